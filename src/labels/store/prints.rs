//! SQL of what was printed of a run.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, RunId, UserId};

use super::super::model::PrintKind;

/// Reads whole rows; what follows says which.
macro_rules! prints {
    ($($rest:tt)+) => {
        concat!(
            "SELECT id, run_id, kind, first_label, last_label, paper, skip, parts, reprint, reason, codes, sha256, \
             created_by, created_at FROM label_prints ",
            $($rest)+
        )
    };
}

const INSERT: &str = "INSERT INTO label_prints (commune_id, id, run_id, kind, first_label, last_label, paper, skip,
      parts, reprint, reason, codes, sha256, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) ON CONFLICT (commune_id, id) DO NOTHING";
const BY_ID: &str = prints!("WHERE commune_id = $1 AND id = $2");
const OF_RUN: &str = prints!("WHERE commune_id = $1 AND run_id = $2 ORDER BY created_at DESC, id DESC LIMIT 50");
const OVERLAPPING: &str = prints!(
    "WHERE commune_id = $1 AND run_id = $2 AND first_label <= $4 AND last_label >= $3
    ORDER BY created_at DESC, id DESC LIMIT 1"
);

/// One time that labels of a run were printed, or given to a print shop.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Print {
    /// Id; the request id of its form.
    pub id: Uuid,
    /// Of which run.
    pub run_id: RunId,
    /// In which form.
    pub kind: PrintKind,
    /// First label, counted from 1.
    pub first_label: i64,
    /// Last label.
    pub last_label: i64,
    /// Key of the paper; empty for a file.
    pub paper: String,
    /// Places of the first page that were left empty.
    pub skip: i64,
    /// Words of what stood on the labels beside the usual, separated by spaces.
    pub parts: String,
    /// Some of these labels were printed before.
    pub reprint: bool,
    /// Why they were printed again.
    pub reason: String,
    /// Codes in a file.
    pub codes: i64,
    /// SHA-256 of a file, as hex.
    pub sha256: String,
    /// By whom.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Time,
}

impl Print {
    /// True for a file of codes.
    pub fn is_file(&self) -> bool {
        self.kind == PrintKind::File
    }
}

/// Keeps what is printed; the same form sent again is kept once.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, print: &Print) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(print.id)
        .bind(print.run_id)
        .bind(print.kind)
        .bind(print.first_label)
        .bind(print.last_label)
        .bind(&print.paper)
        .bind(print.skip)
        .bind(&print.parts)
        .bind(print.reprint)
        .bind(&print.reason)
        .bind(print.codes)
        .bind(&print.sha256)
        .bind(print.created_by)
        .bind(print.created_at)
        .execute(c)
        .await
        .map(drop))
}

/// One by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid) -> Result<Option<Print>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// The last 50 of a run, newest first.
pub async fn of_run(cx: &mut Cx<'_>, commune: CommuneId, run: RunId) -> Result<Vec<Print>> {
    on!(cx, c => sqlx::query_as(OF_RUN).bind(commune).bind(run).fetch_all(c).await)
}

/// The last time that any of these labels was printed.
pub async fn last_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    run: RunId,
    (first, last): (i64, i64),
) -> Result<Option<Print>> {
    on!(cx, c => sqlx::query_as(OVERLAPPING)
        .bind(commune)
        .bind(run)
        .bind(first)
        .bind(last)
        .fetch_optional(c)
        .await)
}
