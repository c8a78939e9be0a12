//! SQL of photos to buyers' reports.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, FeedbackId, FileId};

const WAITING: &str = "SELECT f.id FROM feedback f
    WHERE f.commune_id = $1 AND f.request_id = $2 AND f.kind = 'report' AND f.created_at >= $3
      AND NOT EXISTS (SELECT 1 FROM feedback_files p WHERE p.commune_id = $1 AND p.feedback_id = f.id)";
const ADD: &str = "INSERT INTO feedback_files (commune_id, feedback_id, file_id) VALUES ($1, $2, $3)
    ON CONFLICT (commune_id, feedback_id) DO NOTHING";

/// The report of a form, if it is no older than a time and has no photo.
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId, request: Uuid, since: Time) -> Result<Option<FeedbackId>> {
    on!(cx, c => sqlx::query_scalar(WAITING).bind(commune).bind(request).bind(since).fetch_optional(c).await)
}

/// Adds a report's photo; the first one stays.
pub async fn add(cx: &mut Cx<'_>, commune: CommuneId, report: FeedbackId, photo: FileId) -> Result<()> {
    on!(cx, c => sqlx::query(ADD).bind(commune).bind(report).bind(photo).execute(c).await.map(drop))
}
