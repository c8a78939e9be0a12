//! SQL of invitations and attendance.

use std::sync::LazyLock;

use crate::activities::model::{Attendance, AttendanceState, Invitation, InvitationAnswer, NewAttendance, Said};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{ActivityId, AttendanceId, CommuneId, ProducerId, SupportId, UserId};

/// Reads lines of the attendance; what follows says which.
macro_rules! lines {
    ($rest:literal) => {
        concat!(
            "SELECT t.id, t.activity_id, t.producer_id, p.name AS producer_name, p.short AS producer_short, t.name, \
             t.village, t.phone, t.channel, t.state, t.reason, r.id AS support_id, t.at FROM activity_attendance t \
             LEFT JOIN producers p ON p.commune_id = t.commune_id AND p.id = t.producer_id \
             LEFT JOIN support_records r ON r.commune_id = t.commune_id AND r.id = t.support_id AND r.state <> 'void' ",
            $rest
        )
    };
}

/// True of a line that doesn't count as support: a record that was voided counts no more.
macro_rules! uncounted {
    () => {
        "NOT EXISTS (SELECT 1 FROM support_records r WHERE r.commune_id = activity_attendance.commune_id \
         AND r.id = activity_attendance.support_id AND r.state <> 'void')"
    };
}

const INVITE: &str = "INSERT INTO activity_invitations (commune_id, activity_id, producer_id, answer, invited_at)
    VALUES ($1, $2, $3, 'none', $4) ON CONFLICT (commune_id, activity_id, producer_id) DO NOTHING";
const ANSWER: &str = "UPDATE activity_invitations SET answer = $4, answered_by = $5, answered_at = $6
    WHERE commune_id = $1 AND activity_id = $2 AND producer_id = $3";
const INVITED: &str = "SELECT i.producer_id, p.name, p.short, p.village_id, p.phone, i.answer,
      (SELECT COUNT(*) FROM activity_attendance t WHERE t.commune_id = i.commune_id AND t.activity_id = i.activity_id
        AND t.producer_id = i.producer_id AND t.state = 'confirmed') AS attended
    FROM activity_invitations i JOIN producers p ON p.commune_id = i.commune_id AND p.id = i.producer_id
    WHERE i.commune_id = $1 AND i.activity_id = $2 AND p.state <> 'withdrawn' ORDER BY p.name_folded, p.id LIMIT 2000";
const OF_PRODUCER: &str = "SELECT a.id, a.title, a.starts_on, a.ends_on, a.hours, a.place, a.state, i.answer,
      (SELECT COUNT(*) FROM activity_attendance t WHERE t.commune_id = a.commune_id AND t.activity_id = a.id
        AND t.producer_id = $2 AND t.state = 'confirmed') AS attended
    FROM activities a
    LEFT JOIN activity_invitations i ON i.commune_id = a.commune_id AND i.activity_id = a.id AND i.producer_id = $2
    WHERE a.commune_id = $1 AND (i.producer_id IS NOT NULL OR a.id IN
      (SELECT t.activity_id FROM activity_attendance t WHERE t.commune_id = $1 AND t.producer_id = $2
        AND t.state = 'confirmed'))
    ORDER BY a.starts_on DESC, a.id DESC LIMIT 100";
const ADD: &str =
    "INSERT INTO activity_attendance (commune_id, id, activity_id, producer_id, user_id, name, village, phone, channel,
      state, reason, request_id, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, '', $11, $12) ON CONFLICT DO NOTHING";
const ROWS: &str = lines!(
    "WHERE t.commune_id = $1 AND t.activity_id = $2
    ORDER BY CASE t.state WHEN 'waiting' THEN 0 WHEN 'confirmed' THEN 1 ELSE 2 END, t.name, t.id LIMIT 5000"
);
static OF_MANY: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(lines!("WHERE t.commune_id = $1 AND t.activity_id IN ("), 2, ")"));
static BY_IDS: LazyLock<WithIds> =
    LazyLock::new(|| WithIds::new(lines!("WHERE t.commune_id = $1 AND t.id IN ("), 2, ")"));
// What counts as support stays with its producer.
const CORRECT: &str = concat!(
    "UPDATE activity_attendance SET producer_id = $4, name = $5, village = $6, phone = $7, state = $8,
      decided_by = $9
    WHERE commune_id = $1 AND activity_id = $2 AND id = $3 AND name = $10 AND village = $11 AND phone = $12
      AND state = $13 AND (producer_id = $14 OR (producer_id IS NULL AND $15 = 0))
      AND ((producer_id = $4 AND state = $8) OR ",
    uncounted!(),
    ")"
);
const DECIDE: &str = concat!(
    "UPDATE activity_attendance SET state = $4, producer_id = $5, reason = $6, decided_by = $7
    WHERE commune_id = $1 AND activity_id = $2 AND id = $3 AND state = $8 AND ",
    uncounted!()
);
const COUNTED: &str = concat!(
    "UPDATE activity_attendance SET support_id = $4
    WHERE commune_id = $1 AND activity_id = $2 AND producer_id = $3 AND state = 'confirmed' AND ",
    uncounted!()
);
const WAITING: &str = "SELECT a.id, a.title, COUNT(*) AS people, MIN(t.at) AS since FROM activity_attendance t
    JOIN activities a ON a.commune_id = t.commune_id AND a.id = t.activity_id
    WHERE t.commune_id = $1 AND t.state = 'waiting' GROUP BY a.id, a.title ORDER BY since LIMIT 100";

/// Invites a producer; again changes nothing. True if it is new.
pub async fn invite(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    activity: ActivityId,
    producer: ProducerId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INVITE)
        .bind(commune).bind(activity).bind(producer).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Writes what a producer that was invited says; false if it wasn't.
pub async fn answer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (activity, producer): (ActivityId, ProducerId),
    answer: InvitationAnswer,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ANSWER)
        .bind(commune)
        .bind(activity)
        .bind(producer)
        .bind(answer)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Who was invited, by name; at most 2,000.
pub async fn invited(cx: &mut Cx<'_>, commune: CommuneId, activity: ActivityId) -> Result<Vec<Invitation>> {
    on!(cx, c => sqlx::query_as(INVITED).bind(commune).bind(activity).fetch_all(c).await)
}

/// An activity that a producer was invited to or attended.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Own {
    /// Id.
    pub id: ActivityId,
    /// Its name.
    pub title: String,
    /// First day.
    pub starts_on: Day,
    /// Last day.
    pub ends_on: Day,
    /// At what time.
    pub hours: String,
    /// Where.
    pub place: String,
    /// Where it stands.
    pub state: crate::activities::model::ActivityState,
    /// What the producer said; None: it wasn't invited.
    pub answer: Option<InvitationAnswer>,
    /// How many of its people came.
    pub attended: i64,
}

/// What a producer was invited to or attended, the latest first; at most 100.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Own>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Adds a line; false if this person or form is there already.
pub async fn add(cx: &mut Cx<'_>, commune: CommuneId, activity: ActivityId, n: &NewAttendance) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ADD)
        .bind(commune)
        .bind(n.id)
        .bind(activity)
        .bind(n.producer)
        .bind(n.user)
        .bind(&n.name)
        .bind(&n.village)
        .bind(&n.phone)
        .bind(n.channel)
        .bind(n.state)
        .bind(n.request)
        .bind(n.at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// The attendance, what waits first; at most 5,000.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, activity: ActivityId) -> Result<Vec<Attendance>> {
    on!(cx, c => sqlx::query_as(ROWS).bind(commune).bind(activity).fetch_all(c).await)
}

/// The attendance of these activities, in no order.
pub async fn of_many(cx: &mut Cx<'_>, commune: CommuneId, activities: &[ActivityId]) -> Result<Vec<Attendance>> {
    OF_MANY.rows(cx, commune, activities).await
}

/// Lines of the attendance by their ids.
pub async fn by_ids(cx: &mut Cx<'_>, commune: CommuneId, ids: &[AttendanceId]) -> Result<Vec<Attendance>> {
    BY_IDS.rows(cx, commune, ids).await
}

/// Corrects a line over what was seen of it; false if it says something else by now, or counts as support and would
/// change its producer.
pub async fn correct(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (activity, row): (ActivityId, AttendanceId),
    seen: &Said,
    said: &Said,
    by: UserId,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(CORRECT)
        .bind(commune)
        .bind(activity)
        .bind(row)
        .bind(said.producer)
        .bind(&said.name)
        .bind(&said.village)
        .bind(&said.phone)
        .bind(said.state)
        .bind(by)
        .bind(&seen.name)
        .bind(&seen.village)
        .bind(&seen.phone)
        .bind(seen.state)
        .bind(seen.producer)
        .bind(i32::from(seen.producer.is_some()))
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What the office says of a line.
#[derive(Clone, Debug)]
pub struct Decided<'a> {
    /// Confirmed or taken out.
    pub state: AttendanceState,
    /// For which producer they came.
    pub producer: Option<ProducerId>,
    /// Why it was taken out.
    pub reason: &'a str,
    /// Where the line stood when it was looked at.
    pub seen: AttendanceState,
}

/// Writes it; false if it stands elsewhere by now or counts as support already.
pub async fn decide(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (activity, row): (ActivityId, AttendanceId),
    decided: &Decided<'_>,
    by: UserId,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(DECIDE)
        .bind(commune)
        .bind(activity)
        .bind(row)
        .bind(decided.state)
        .bind(decided.producer)
        .bind(decided.reason)
        .bind(by)
        .bind(decided.seen)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes the support record that a producer's coming was counted as.
pub async fn counted(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (activity, producer): (ActivityId, ProducerId),
    record: SupportId,
) -> Result<()> {
    on!(cx, c => sqlx::query(COUNTED)
        .bind(commune).bind(activity).bind(producer).bind(record).execute(c).await.map(drop))
}

/// Id and name of activities with lines that wait for the office, how many, since when.
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<(ActivityId, String, i64, Time)>> {
    on!(cx, c => sqlx::query_as(WAITING).bind(commune).fetch_all(c).await)
}
