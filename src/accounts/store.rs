//! SQL of users, grants, sessions, login slips and the guard against guessing.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, UserId, VillageId, new_id};

use super::model::{Grant, Phone, Role};

/// A user's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct User {
    /// Id.
    pub id: UserId,
    /// Phone as given.
    pub phone: Phone,
    /// When somebody confirmed it.
    pub phone_verified_at: Option<Time>,
    /// Name as given.
    pub name: String,
    /// PHC string; None: enters by slips only.
    pub password_hash: Option<String>,
    /// When the account was closed.
    pub closed_at: Option<Time>,
    /// When it was made.
    pub created_at: Time,
}

const INSERT_USER: &str =
    "INSERT INTO users (id, phone, phone_verified_at, phone_verified_how, name, password_hash, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const USER: &str =
    "SELECT id, phone, phone_verified_at, name, password_hash, closed_at, created_at FROM users WHERE id = $1";
// The verified owner of a number first; then unverified ones, oldest first, so nobody takes a number over
// by registering it again.
const BY_PHONE: &str = "SELECT id, phone, phone_verified_at, name, password_hash, closed_at, created_at FROM users
    WHERE phone = $1 AND closed_at IS NULL
    ORDER BY CASE WHEN phone_verified_at IS NULL THEN 1 ELSE 0 END, created_at LIMIT 20";
const SET_PASSWORD: &str = "UPDATE users SET password_hash = $2 WHERE id = $1";
const CLEAR_PASSWORD: &str = "UPDATE users SET password_hash = NULL WHERE id = $1";
const VERIFY_PHONE: &str = "UPDATE users SET phone_verified_at = $2, phone_verified_how = $3
    WHERE id = $1 AND phone_verified_at IS NULL";
const ALL_USERS: &str = "SELECT id, phone, phone_verified_at, name, password_hash, closed_at, created_at FROM users ORDER BY created_at LIMIT 1000";
const INSERT_GRANT: &str = "INSERT INTO grants (id, user_id, role, commune_id, producer_id, village_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const GRANTS: &str = "SELECT role, commune_id, producer_id, village_id FROM grants WHERE user_id = $1 ORDER BY id";
const INSERT_SESSION: &str = "INSERT INTO sessions (token_hash, user_id, device, created_at, seen_at, expires_at)
    VALUES ($1, $2, $3, $4, $4, $5)";
const SESSION: &str = "SELECT s.user_id, s.seen_at, s.expires_at, u.name, u.phone, u.phone_verified_at
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.closed_at IS NULL";
const TOUCH_SESSION: &str = "UPDATE sessions SET seen_at = $2, expires_at = $3 WHERE token_hash = $1";
const SESSIONS: &str = "SELECT token_hash, device, created_at, seen_at FROM sessions WHERE user_id = $1 AND expires_at > $2 ORDER BY seen_at DESC LIMIT 50";
const END_SESSION: &str = "DELETE FROM sessions WHERE token_hash = $1";
const END_ALL: &str = "DELETE FROM sessions WHERE user_id = $1";
const END_OTHERS: &str = "DELETE FROM sessions WHERE user_id = $1 AND token_hash <> $2";
const SWEEP: &str = "DELETE FROM sessions WHERE expires_at < $1";
const INSERT_SLIP: &str =
    "INSERT INTO login_slips (token_hash, user_id, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)";
const SLIP: &str = "SELECT user_id FROM login_slips WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2";
const USE_SLIP: &str = "UPDATE login_slips SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2 RETURNING user_id";
const GUARD: &str = "SELECT failures, window_started_at, locked_until FROM login_guards WHERE key = $1";
const SET_GUARD: &str =
    "INSERT INTO login_guards (key, failures, window_started_at, locked_until) VALUES ($1, 1, $2, NULL)
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN login_guards.window_started_at < $3 THEN 1 ELSE login_guards.failures + 1 END,
      window_started_at = CASE WHEN login_guards.window_started_at < $3 THEN $2 ELSE login_guards.window_started_at END
    RETURNING failures";
const LOCK: &str = "UPDATE login_guards SET locked_until = $2 WHERE key = $1";
const CLEAR_GUARD: &str = "DELETE FROM login_guards WHERE key = $1";
const SWEEP_GUARDS: &str =
    "DELETE FROM login_guards WHERE window_started_at < $1 AND (locked_until IS NULL OR locked_until < $2)";

/// A session's row with its user.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SessionRow {
    /// Whose it is.
    pub user_id: UserId,
    /// When it was last seen.
    pub seen_at: Time,
    /// When it ends.
    pub expires_at: Time,
    /// The user's name.
    pub name: String,
    /// The user's phone.
    pub phone: Phone,
    /// When the phone was confirmed.
    pub phone_verified_at: Option<Time>,
}

/// A session in the list of one's own.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OwnSession {
    /// Hash of its token.
    pub token_hash: String,
    /// Browser and system, as far as told.
    pub device: String,
    /// When it began.
    pub created_at: Time,
    /// When it was last seen.
    pub seen_at: Time,
}

impl OwnSession {
    /// The browser and the system in a word each; "" when neither is known.
    pub fn device_name(&self) -> String {
        super::session::device_name(&self.device)
    }
}

/// A guard's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Guard {
    /// Failures in the window.
    pub failures: i32,
    /// When the window began.
    pub window_started_at: Time,
    /// Until when nothing is tried.
    pub locked_until: Option<Time>,
}

/// Makes a user. A second verified user of one phone is a unique violation.
pub async fn insert_user(
    cx: &mut Cx<'_>,
    id: UserId,
    phone: &Phone,
    verified: Option<(Time, &str)>,
    name: &str,
    password_hash: Option<&str>,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_USER)
        .bind(id)
        .bind(phone)
        .bind(verified.map(|v| v.0))
        .bind(verified.map(|v| v.1))
        .bind(name)
        .bind(password_hash)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// A user by id.
pub async fn user(cx: &mut Cx<'_>, id: UserId) -> Result<Option<User>> {
    on!(cx, c => sqlx::query_as(USER).bind(id).fetch_optional(c).await)
}

/// Users who gave this number: the verified one first, at most twenty.
pub async fn users_by_phone(cx: &mut Cx<'_>, phone: &Phone) -> Result<Vec<User>> {
    on!(cx, c => sqlx::query_as(BY_PHONE).bind(phone).fetch_all(c).await)
}

/// The first thousand users.
pub async fn all_users(cx: &mut Cx<'_>) -> Result<Vec<User>> {
    on!(cx, c => sqlx::query_as(ALL_USERS).fetch_all(c).await)
}

/// Sets the password.
pub async fn set_password(cx: &mut Cx<'_>, id: UserId, hash: &str) -> Result<()> {
    on!(cx, c => sqlx::query(SET_PASSWORD).bind(id).bind(hash).execute(c).await.map(drop))
}

/// Takes the password away: from now on the user enters by slips, until they set another.
pub async fn clear_password(cx: &mut Cx<'_>, id: UserId) -> Result<()> {
    on!(cx, c => sqlx::query(CLEAR_PASSWORD).bind(id).execute(c).await.map(drop))
}

/// Notes that the phone is theirs and how that is known; a unique violation if another has it verified.
pub async fn verify_phone(cx: &mut Cx<'_>, id: UserId, how: &str, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(VERIFY_PHONE).bind(id).bind(now).bind(how).execute(c).await.map(drop))
}

/// Gives a person a role.
pub async fn insert_grant(
    cx: &mut Cx<'_>,
    user: UserId,
    role: Role,
    commune: Option<CommuneId>,
    producer: Option<ProducerId>,
    village: Option<VillageId>,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_GRANT)
        .bind(new_id(now))
        .bind(user)
        .bind(role)
        .bind(commune)
        .bind(producer)
        .bind(village)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// A person's grants.
pub async fn grants(cx: &mut Cx<'_>, user: UserId) -> Result<Vec<Grant>> {
    on!(cx, c => sqlx::query_as(GRANTS).bind(user).fetch_all(c).await)
}

/// Begins a session.
pub async fn insert_session(
    cx: &mut Cx<'_>,
    hash: &str,
    user: UserId,
    device: &str,
    now: Time,
    expires: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_SESSION).bind(hash).bind(user).bind(device).bind(now).bind(expires).execute(c).await.map(drop))
}

/// A standing session.
pub async fn session(cx: &mut Cx<'_>, hash: &str, now: Time) -> Result<Option<SessionRow>> {
    on!(cx, c => sqlx::query_as(SESSION).bind(hash).bind(now).fetch_optional(c).await)
}

/// Notes that a session was seen.
pub async fn touch_session(cx: &mut Cx<'_>, hash: &str, now: Time, expires: Time) -> Result<()> {
    on!(cx, c => sqlx::query(TOUCH_SESSION).bind(hash).bind(now).bind(expires).execute(c).await.map(drop))
}

/// A user's standing sessions, last seen first.
pub async fn sessions(cx: &mut Cx<'_>, user: UserId, now: Time) -> Result<Vec<OwnSession>> {
    on!(cx, c => sqlx::query_as(SESSIONS).bind(user).bind(now).fetch_all(c).await)
}

/// Ends one session.
pub async fn end_session(cx: &mut Cx<'_>, hash: &str) -> Result<()> {
    on!(cx, c => sqlx::query(END_SESSION).bind(hash).execute(c).await.map(drop))
}

/// Ends every session of a user.
pub async fn end_all_sessions(cx: &mut Cx<'_>, user: UserId) -> Result<()> {
    on!(cx, c => sqlx::query(END_ALL).bind(user).execute(c).await.map(drop))
}

/// Ends every session of a user but this one.
pub async fn end_other_sessions(cx: &mut Cx<'_>, user: UserId, kept: &str) -> Result<()> {
    on!(cx, c => sqlx::query(END_OTHERS).bind(user).bind(kept).execute(c).await.map(drop))
}

/// Drops sessions that have ended.
pub async fn sweep_sessions(cx: &mut Cx<'_>, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(SWEEP).bind(now).execute(c).await.map(drop))
}

/// Makes a login slip.
pub async fn insert_slip(
    cx: &mut Cx<'_>,
    hash: &str,
    user: UserId,
    by: Option<UserId>,
    now: Time,
    expires: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_SLIP).bind(hash).bind(user).bind(by).bind(now).bind(expires).execute(c).await.map(drop))
}

/// Whose slip this is, if it can still be used.
pub async fn slip(cx: &mut Cx<'_>, hash: &str, now: Time) -> Result<Option<UserId>> {
    on!(cx, c => sqlx::query_scalar(SLIP).bind(hash).bind(now).fetch_optional(c).await)
}

/// Uses a slip up; None if it was used or has expired.
pub async fn use_slip(cx: &mut Cx<'_>, hash: &str, now: Time) -> Result<Option<UserId>> {
    on!(cx, c => sqlx::query_scalar(USE_SLIP).bind(hash).bind(now).fetch_optional(c).await)
}

/// A guard.
pub async fn guard(cx: &mut Cx<'_>, key: &str) -> Result<Option<Guard>> {
    on!(cx, c => sqlx::query_as(GUARD).bind(key).fetch_optional(c).await)
}

/// Counts a failure; returns how many there were since `window`, with this one.
pub async fn count_failure(cx: &mut Cx<'_>, key: &str, now: Time, window: Time) -> Result<i32> {
    on!(cx, c => sqlx::query_scalar(SET_GUARD).bind(key).bind(now).bind(window).fetch_one(c).await)
}

/// Locks a guard.
pub async fn lock(cx: &mut Cx<'_>, key: &str, until: Time) -> Result<()> {
    on!(cx, c => sqlx::query(LOCK).bind(key).bind(until).execute(c).await.map(drop))
}

/// Drops guards whose window began before `window` and that are open at `now`.
pub async fn sweep_guards(cx: &mut Cx<'_>, window: Time, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(SWEEP_GUARDS).bind(window).bind(now).execute(c).await.map(drop))
}

/// Forgets a guard's failures.
pub async fn clear_guard(cx: &mut Cx<'_>, key: &str) -> Result<()> {
    on!(cx, c => sqlx::query(CLEAR_GUARD).bind(key).execute(c).await.map(drop))
}
