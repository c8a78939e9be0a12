//! The audit log: who did what to what, what it was before and after, and from where.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, UserId, new_id};
use crate::web::{AppError, Ctx};

const INSERT: &str = "INSERT INTO audit_log (commune_id, id, at, actor_id, action, subject_kind, subject_id, before_value, after_value, address)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

/// One entry.
#[derive(Clone, Debug, Default)]
pub struct Entry<'a> {
    /// Who; None: the program itself.
    pub actor: Option<UserId>,
    /// What was done, such as `product.approve`.
    pub action: &'a str,
    /// To what kind of thing.
    pub subject_kind: &'a str,
    /// To which.
    pub subject: Option<Uuid>,
    /// What it was before, as JSON or text.
    pub before: Option<&'a str>,
    /// What it is now.
    pub after: Option<&'a str>,
    /// From which address.
    pub address: Option<String>,
}

/// Writes an entry of the person at hand.
pub async fn note(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    action: &str,
    (subject_kind, subject): (&str, Uuid),
    before: Option<&str>,
    after: Option<&str>,
) -> std::result::Result<(), AppError> {
    let (actor, address) = (Some(ctx.user_id()?), Some(ctx.address.to_string()));
    let entry = Entry { actor, action, subject_kind, subject: Some(subject), before, after, address };
    Ok(write(cx, ctx.commune_id(), &entry, ctx.now()).await?)
}

/// Writes an entry, in the transaction of what it tells.
pub async fn write(cx: &mut Cx<'_>, commune: CommuneId, entry: &Entry<'_>, now: Time) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(new_id(now))
        .bind(now)
        .bind(entry.actor)
        .bind(entry.action)
        .bind(entry.subject_kind)
        .bind(entry.subject)
        .bind(entry.before)
        .bind(entry.after)
        .bind(&entry.address)
        .execute(c)
        .await
        .map(drop))
}
