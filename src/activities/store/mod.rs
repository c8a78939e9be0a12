//! SQL of activities. Invitations and attendance are in [`people`], feedback in [`feedback`].

pub mod feedback;
pub mod people;

use super::model::{Activity, ActivityKind, ActivityState, Held};
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{ActivityId, CommuneId, FileId, UserId};

/// Reads activities; what follows says which.
macro_rules! activities {
    ($($rest:tt)+) => {
        concat!(
            "SELECT a.id, a.kind, a.title, a.topic, a.starts_on, a.ends_on, a.hours, a.place, a.runs_by, \
             a.programme_id, a.seats, a.description, a.state, a.door_open, a.token, a.participants, a.results, \
             a.cancel_reason, a.version, \
             (SELECT COUNT(*) FROM activity_attendance t WHERE t.commune_id = a.commune_id AND t.activity_id = a.id \
               AND t.state = 'confirmed') AS attended, \
             (SELECT COUNT(DISTINCT t.producer_id) FROM activity_attendance t WHERE t.commune_id = a.commune_id \
               AND t.activity_id = a.id AND t.state = 'confirmed') AS producers \
             FROM activities a ",
            $($rest)+
        )
    };
}

const BY_ID: &str = activities!("WHERE a.commune_id = $1 AND a.id = $2");
const BY_TOKEN: &str = activities!("WHERE a.commune_id = $1 AND a.token = $2");
const OF_YEAR: &str = activities!(
    "WHERE a.commune_id = $1 AND a.year = $2 AND ($3 = '' OR a.kind = $3) AND ($4 = '' OR a.state = $4)
     ORDER BY a.starts_on DESC, a.id DESC LIMIT 1000"
);
const ALL: &str = activities!("WHERE a.commune_id = $1 ORDER BY a.starts_on DESC, a.id DESC");
const HOLD: &str = "UPDATE activities SET version = version WHERE commune_id = $1 AND id = $2";
const INSERT: &str =
    "INSERT INTO activities (commune_id, id, year, kind, title, topic, starts_on, ends_on, hours, place, runs_by,
      programme_id, seats, description, state, door_open, token, results, cancel_reason, version, request_id,
      created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'planned', FALSE, $15, '', '', 1, $16, $17, $18)
    ON CONFLICT (commune_id, request_id) DO NOTHING";
const OF_REQUEST: &str = "SELECT id FROM activities WHERE commune_id = $1 AND request_id = $2";
const UPDATE: &str =
    "UPDATE activities SET year = $4, kind = $5, title = $6, topic = $7, starts_on = $8, ends_on = $9, hours = $10,
      place = $11, runs_by = $12, programme_id = $13, seats = $14, description = $15, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const TURN: &str =
    "UPDATE activities SET state = $4, door_open = $5, participants = $6, results = $7, cancel_reason = $8,
      version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const ADD_MATERIAL: &str = "INSERT INTO activity_materials (commune_id, activity_id, file_id, added_by, added_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (commune_id, activity_id, file_id) DO NOTHING";
const MATERIALS: &str = "SELECT m.file_id, f.name, m.added_at FROM activity_materials m
    JOIN files f ON f.commune_id = m.commune_id AND f.id = m.file_id
    WHERE m.commune_id = $1 AND m.activity_id = $2 ORDER BY m.added_at, m.file_id";
const HELD: &str = "SELECT kind, COUNT(*) FROM activities
    WHERE commune_id = $1 AND state = 'held' AND starts_on >= $2 AND starts_on <= $3 GROUP BY kind ORDER BY kind";
const HELD_PEOPLE: &str = "SELECT COUNT(*), COUNT(DISTINCT t.producer_id) FROM activity_attendance t
    JOIN activities a ON a.commune_id = t.commune_id AND a.id = t.activity_id AND a.state = 'held'
    WHERE t.commune_id = $1 AND t.state = 'confirmed' AND a.starts_on >= $2 AND a.starts_on <= $3";

/// An activity.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ActivityId) -> Result<Option<Activity>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// An activity by the token of its pages at the door.
pub async fn by_token(cx: &mut Cx<'_>, commune: CommuneId, token: &str) -> Result<Option<Activity>> {
    on!(cx, c => sqlx::query_as(BY_TOKEN).bind(commune).bind(token).fetch_optional(c).await)
}

/// A year's activities, the latest first; at most 1,000.
pub async fn of_year(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    year: i32,
    kind: Option<ActivityKind>,
    state: Option<ActivityState>,
) -> Result<Vec<Activity>> {
    on!(cx, c => sqlx::query_as(OF_YEAR)
        .bind(commune)
        .bind(year)
        .bind(kind.map_or("", |kind| kind.word()))
        .bind(state.map_or("", |state| state.word()))
        .fetch_all(c)
        .await)
}

/// All activities, the latest first.
pub async fn all(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Activity>> {
    on!(cx, c => sqlx::query_as(ALL).bind(commune).fetch_all(c).await)
}

/// Holds an activity until the transaction ends.
pub async fn hold(cx: &mut Cx<'_>, commune: CommuneId, id: ActivityId) -> Result<()> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Adds an activity; the same form sent twice adds one. Returns its id.
pub async fn insert(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    a: &Activity,
    request: uuid::Uuid,
    by: UserId,
    now: Time,
) -> Result<(ActivityId, bool)> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(a.id)
        .bind(a.starts_on.year())
        .bind(a.kind)
        .bind(&a.title)
        .bind(a.topic)
        .bind(a.starts_on)
        .bind(a.ends_on)
        .bind(&a.hours)
        .bind(&a.place)
        .bind(&a.runs_by)
        .bind(a.programme_id)
        .bind(a.seats)
        .bind(&a.description)
        .bind(&a.token)
        .bind(request)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    let id = on!(cx, c => sqlx::query_scalar(OF_REQUEST).bind(commune).bind(request).fetch_one(c).await)?;
    Ok((id, done == 1))
}

/// Writes what it is over the version that was seen; false if somebody was there before.
pub async fn update(cx: &mut Cx<'_>, commune: CommuneId, a: &Activity) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(a.id)
        .bind(a.version)
        .bind(a.starts_on.year())
        .bind(a.kind)
        .bind(&a.title)
        .bind(a.topic)
        .bind(a.starts_on)
        .bind(a.ends_on)
        .bind(&a.hours)
        .bind(&a.place)
        .bind(&a.runs_by)
        .bind(a.programme_id)
        .bind(a.seats)
        .bind(&a.description)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Writes where it stands over the version that was seen; false if somebody was there before.
pub async fn turn(cx: &mut Cx<'_>, commune: CommuneId, a: &Activity) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(TURN)
        .bind(commune)
        .bind(a.id)
        .bind(a.version)
        .bind(a.state)
        .bind(a.door_open)
        .bind(a.participants)
        .bind(&a.results)
        .bind(&a.cancel_reason)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Adds a paper for those who come; false if it is there.
pub async fn add_material(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ActivityId,
    file: FileId,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ADD_MATERIAL)
        .bind(commune).bind(id).bind(file).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Id, name and time of the papers.
pub async fn materials(cx: &mut Cx<'_>, commune: CommuneId, id: ActivityId) -> Result<Vec<(FileId, String, Time)>> {
    on!(cx, c => sqlx::query_as(MATERIALS).bind(commune).bind(id).fetch_all(c).await)
}

/// What was held from one day to another.
pub async fn held_between(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    from: crate::clock::Day,
    to: crate::clock::Day,
) -> Result<Held> {
    let by_kind = on!(cx, c => sqlx::query_as(HELD).bind(commune).bind(from).bind(to).fetch_all(c).await)?;
    let (attendances, producers): (i64, i64) =
        on!(cx, c => sqlx::query_as(HELD_PEOPLE).bind(commune).bind(from).bind(to).fetch_one(c).await)?;
    Ok(Held { by_kind, attendances, producers })
}
