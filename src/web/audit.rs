//! The audit log: who did what to what, what it was before and after, and from where.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, UserId, new_id};

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
