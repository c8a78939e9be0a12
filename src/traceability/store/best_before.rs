//! SQL of last good days that are changed.

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, LotId, UserId, new_id};

// Over the version that was looked at; pages of the lot are made anew, as the version counts up.
const SET: &str = "UPDATE lots SET best_before = $3, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $4";
const INSERT: &str =
    "INSERT INTO best_before_changes (commune_id, id, lot_id, before_day, after_day, reason, changed_by,
      changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
const OF_LOT: &str = "SELECT before_day, after_day, reason, changed_at FROM best_before_changes
    WHERE commune_id = $1 AND lot_id = $2 ORDER BY changed_at DESC, id DESC LIMIT 50";

/// A change of a lot's last good day.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Change {
    /// What it was.
    pub before_day: Option<Day>,
    /// What it became.
    pub after_day: Option<Day>,
    /// Why; "" for a change before any label was printed.
    pub reason: String,
    /// When.
    pub changed_at: Time,
}

impl Change {
    /// True if labels with the earlier day were printed already.
    pub fn is_correction(&self) -> bool {
        !self.reason.is_empty()
    }
}

/// Changes the last good day of a lot over the version that was looked at; false if the lot changed meanwhile.
pub async fn change(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (lot, version): (LotId, i64),
    change: &Change,
    by: UserId,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET)
        .bind(commune)
        .bind(lot)
        .bind(change.after_day)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done != 1 {
        return Ok(false);
    }
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(new_id(change.changed_at))
        .bind(lot)
        .bind(change.before_day)
        .bind(change.after_day)
        .bind(&change.reason)
        .bind(by)
        .bind(change.changed_at)
        .execute(c)
        .await
        .map(drop))?;
    Ok(true)
}

/// The changes of a lot's last good day, latest first; at most fifty.
pub async fn of_lot(cx: &mut Cx<'_>, commune: CommuneId, lot: LotId) -> Result<Vec<Change>> {
    on!(cx, c => sqlx::query_as(OF_LOT).bind(commune).bind(lot).fetch_all(c).await)
}
