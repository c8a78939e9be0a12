//! SQL of consents as a register, of requests and of holidays.

use crate::accounts::model::Phone;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::files::store::FileUse;
use crate::fold::fold;
use crate::ids::{CommuneId, DataRequestId, FileId, ProducerId, UserId, VillageId, new_id};
use crate::privacy::erasure::store::Dropped;
use crate::privacy::model::{DataRequest, RequestState, StepRow};
use crate::producers::model::{ConsentField, Producer};
use crate::producers::store as producers;
use crate::support::filter::contains;

macro_rules! consents {
    () => {
        "FROM consents c JOIN producers p ON p.commune_id = c.commune_id AND p.id = c.producer_id \
         LEFT JOIN users u ON u.id = c.recorded_by \
         WHERE c.commune_id = $1 AND ($2 = '' OR c.field = $2) AND p.name_folded LIKE $3 ESCAPE '!' \
         AND ($4 = '' OR ($4 = 'con' AND c.withdrawn_at IS NULL) OR ($4 = 'rut' AND c.withdrawn_at IS NOT NULL))"
    };
}
const CONSENTS: &str = concat!(
    "SELECT c.field, c.text_version, c.channel, c.evidence, c.given_at, c.withdrawn_at, u.name AS by_name, \
     p.name AS producer_name, p.short AS producer_short ",
    consents!(),
    " ORDER BY c.given_at DESC, c.id DESC LIMIT $5 OFFSET $6"
);
const COUNT_CONSENTS: &str = concat!("SELECT COUNT(*) ", consents!());

macro_rules! requests {
    ($rest:literal) => {
        concat!(
            "SELECT r.id, r.kind, r.channel, r.name, r.contact, r.user_id, r.words, r.state, r.received_on, \
             r.answer_due, r.done_due, r.version, r.created_at FROM data_requests r ",
            $rest
        )
    };
}
const LIST: &str = requests!(
    "WHERE r.commune_id = $1 AND ($2 = '' OR r.state = $2)
     ORDER BY CASE r.state WHEN 'open' THEN 0 WHEN 'answered' THEN 1 ELSE 2 END, r.answer_due, r.id LIMIT 500"
);
const OPEN: &str =
    requests!("WHERE r.commune_id = $1 AND r.state IN ('open', 'answered') ORDER BY r.answer_due, r.id LIMIT 200");
const OF_USER: &str =
    requests!("WHERE r.commune_id = $1 AND r.user_id = $2 ORDER BY r.created_at DESC, r.id DESC LIMIT 100");
const BY_ID: &str = requests!("WHERE r.commune_id = $1 AND r.id = $2");
const INSERT: &str =
    "INSERT INTO data_requests (commune_id, id, kind, channel, name, contact, user_id, words, state, received_on,
      answer_due, done_due, version, request_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'open', $9, $10, $11, 1, $12, $13, $14)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const TURN: &str = "UPDATE data_requests SET state = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const NOTE: &str = "INSERT INTO data_request_steps (commune_id, id, data_request_id, state, note, by_user, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const HISTORY: &str = "SELECT t.state, t.note, t.at, u.name AS by_name FROM data_request_steps t
    LEFT JOIN users u ON u.id = t.by_user WHERE t.commune_id = $1 AND t.data_request_id = $2 ORDER BY t.id";
const HOLIDAYS: &str = "SELECT day, name, off FROM holidays WHERE commune_id = $1 ORDER BY day";
const SET_HOLIDAY: &str = "INSERT INTO holidays (commune_id, day, name, off, set_by, set_at)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (commune_id, day) DO UPDATE SET name = $3, off = $4, set_by = $5,
      set_at = $6";
const UNSET_HOLIDAY: &str = "DELETE FROM holidays WHERE commune_id = $1 AND day = $2";
const ALL_CONSENTS_OF: &str = "SELECT field, text_version, channel, given_at, withdrawn_at FROM consents
    WHERE commune_id = $1 AND producer_id = $2 ORDER BY given_at, id";
const ATTENDED: &str = "SELECT a.title, t.name, t.village, t.phone, t.at FROM activity_attendance t
    JOIN activities a ON a.commune_id = t.commune_id AND a.id = t.activity_id
    WHERE t.commune_id = $1 AND t.user_id = $2 ORDER BY t.at";
const FILES_OF: &str = "SELECT id, kind, media_type, name, bytes FROM files
    WHERE commune_id = $1 AND state = 'ready' AND producer_id = $2 ORDER BY created_at, id LIMIT 5000";

const CANDIDATES: &str = "SELECT p.short, p.name, p.village_id FROM producer_register r
    JOIN producers p ON p.commune_id = r.commune_id AND p.id = r.producer_id
    WHERE r.commune_id = $1 AND r.state <> 'withdrawn' AND (($2 <> '%%' AND r.name_folded LIKE $2 ESCAPE '!') OR r.phone = $3)
    ORDER BY r.name_folded, r.producer_id LIMIT 20";
const CANDIDATES_OF: &str = "SELECT DISTINCT p.short, p.name, p.village_id FROM grants g
    JOIN producers p ON p.commune_id = g.commune_id AND p.id = g.producer_id
    WHERE g.commune_id = $1 AND g.user_id = $2 AND g.role = 'owner' AND p.state <> 'withdrawn' ORDER BY p.name LIMIT 20";

/// A producer whom a request may be about.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Candidate {
    /// Suffix of its address.
    pub short: String,
    /// Name.
    pub name: String,
    /// Village.
    pub village_id: Option<VillageId>,
}

/// Producers by words of their name or by their phone; at most 20.
pub async fn candidates(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    words: &str,
    phone: Option<&Phone>,
) -> Result<Vec<Candidate>> {
    let name = if phone.is_some() { "%%".to_owned() } else { contains(&fold(words)) };
    on!(cx, c => sqlx::query_as(CANDIDATES)
        .bind(commune).bind(name).bind(phone.map_or("", Phone::as_str)).fetch_all(c).await)
}

/// Producers that an account owns; at most 20.
pub async fn candidates_of(cx: &mut Cx<'_>, commune: CommuneId, user: UserId) -> Result<Vec<Candidate>> {
    on!(cx, c => sqlx::query_as(CANDIDATES_OF).bind(commune).bind(user).fetch_all(c).await)
}

/// Producers that an account owns.
pub async fn owned_by(cx: &mut Cx<'_>, commune: CommuneId, user: UserId) -> Result<Vec<Producer>> {
    let mut owned = Vec::new();
    for one in candidates_of(cx, commune, user).await? {
        owned.extend(producers::by_short(cx, commune, &one.short).await?);
    }
    Ok(owned)
}

/// A consent as the register shows it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ConsentRow {
    /// For what.
    pub field: ConsentField,
    /// Version of the text that was agreed to.
    pub text_version: String,
    /// How it was given.
    pub channel: String,
    /// How and where, as it was written.
    pub evidence: String,
    /// When it was given.
    pub given_at: Time,
    /// When it was taken back.
    pub withdrawn_at: Option<Time>,
    /// Who wrote it down.
    pub by_name: Option<String>,
    /// Whose.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
}

/// Which consents are shown.
#[derive(Clone, Debug, Default)]
pub struct ConsentFilter {
    /// For what.
    pub field: Option<ConsentField>,
    /// `con`: standing; `rut`: withdrawn; anything else: both.
    pub standing: String,
    /// Words of the producer's name.
    pub words: String,
}

impl ConsentFilter {
    fn standing(&self) -> &str {
        if matches!(self.standing.as_str(), "con" | "rut") { &self.standing } else { "" }
    }
}

/// How many consents a filter leaves.
pub async fn count_consents(cx: &mut Cx<'_>, commune: CommuneId, f: &ConsentFilter) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_CONSENTS)
        .bind(commune)
        .bind(f.field.map_or("", |field| field.word()))
        .bind(contains(&fold(&f.words)))
        .bind(f.standing())
        .fetch_one(c)
        .await)
}

/// The consents that a filter leaves, the latest first.
pub async fn consents(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &ConsentFilter,
    (limit, offset): (i64, i64),
) -> Result<Vec<ConsentRow>> {
    on!(cx, c => sqlx::query_as(CONSENTS)
        .bind(commune)
        .bind(f.field.map_or("", |field| field.word()))
        .bind(contains(&fold(&f.words)))
        .bind(f.standing())
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

/// Requests in one state, or all, those that wait first; at most 500.
pub async fn list(cx: &mut Cx<'_>, commune: CommuneId, state: Option<RequestState>) -> Result<Vec<DataRequest>> {
    on!(cx, c => sqlx::query_as(LIST).bind(commune).bind(state.map_or("", |s| s.word())).fetch_all(c).await)
}

/// Requests that wait for the office, the first due first; at most 200.
pub async fn open(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<DataRequest>> {
    on!(cx, c => sqlx::query_as(OPEN).bind(commune).fetch_all(c).await)
}

/// A person's own requests, the latest first; at most 100.
pub async fn of_user(cx: &mut Cx<'_>, commune: CommuneId, user: UserId) -> Result<Vec<DataRequest>> {
    on!(cx, c => sqlx::query_as(OF_USER).bind(commune).bind(user).fetch_all(c).await)
}

/// A request.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: DataRequestId) -> Result<Option<DataRequest>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// Keeps a request; the same form sent twice is one.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    r: &DataRequest,
    request: uuid::Uuid,
    by: Option<UserId>,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(r.id)
        .bind(r.kind)
        .bind(r.channel)
        .bind(&r.name)
        .bind(&r.contact)
        .bind(r.user_id)
        .bind(&r.words)
        .bind(r.received_on)
        .bind(r.answer_due)
        .bind(r.done_due)
        .bind(request)
        .bind(by)
        .bind(r.created_at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        note(cx, commune, r.id, RequestState::Open, "", by, r.created_at).await?;
    }
    Ok(done == 1)
}

/// Writes where a request stands over the version that was seen; false if somebody was there before.
pub async fn turn(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (DataRequestId, i64),
    state: RequestState,
    words: &str,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(TURN)
        .bind(commune).bind(id).bind(version).bind(state).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        note(cx, commune, id, state, words, Some(by), now).await?;
    }
    Ok(done == 1)
}

async fn note(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: DataRequestId,
    state: RequestState,
    words: &str,
    by: Option<UserId>,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(NOTE)
        .bind(commune)
        .bind(new_id(now))
        .bind(id)
        .bind(state)
        .bind(words)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// A request's history.
pub async fn history(cx: &mut Cx<'_>, commune: CommuneId, id: DataRequestId) -> Result<Vec<StepRow>> {
    on!(cx, c => sqlx::query_as(HISTORY).bind(commune).bind(id).fetch_all(c).await)
}

/// Day, name and whether it is off, of the days that a commune set.
pub async fn holidays(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(Day, String, bool)>> {
    on!(cx, c => sqlx::query_as(HOLIDAYS).bind(commune).fetch_all(c).await)
}

/// Sets a day, or takes what was set away.
pub async fn set_holiday(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    day: Day,
    set: Option<(&str, bool)>,
    by: UserId,
    now: Time,
) -> Result<()> {
    match set {
        Some((name, off)) => on!(cx, c => sqlx::query(SET_HOLIDAY)
            .bind(commune).bind(day).bind(name).bind(off).bind(by).bind(now).execute(c).await.map(drop)),
        None => on!(cx, c => sqlx::query(UNSET_HOLIDAY).bind(commune).bind(day).execute(c).await.map(drop)),
    }
}

/// Field, version of the text, way, and times of all consents of a producer.
pub async fn all_consents_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<(String, String, String, Time, Option<Time>)>> {
    on!(cx, c => sqlx::query_as(ALL_CONSENTS_OF).bind(commune).bind(producer).fetch_all(c).await)
}

/// Activity, name, village, phone and time of a person's own signings at doors.
pub async fn attended(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    user: UserId,
) -> Result<Vec<(String, String, String, String, Time)>> {
    on!(cx, c => sqlx::query_as(ATTENDED).bind(commune).bind(user).fetch_all(c).await)
}

/// A producer's files, with name and bytes; at most 5,000.
pub async fn files_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<(Dropped, String, i64)>> {
    let rows: Vec<(FileId, FileUse, String, String, i64)> =
        on!(cx, c => sqlx::query_as(FILES_OF).bind(commune).bind(producer).fetch_all(c).await)?;
    let file = |(id, kind, media_type, name, bytes)| (Dropped { id, kind, media_type }, name, bytes);
    Ok(rows.into_iter().map(file).collect())
}
