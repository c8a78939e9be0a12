//! SQL of erasures: whom one is about, what stands in its way, the rows and files that it empties.

use super::places::{By, PLACES, Place};
use crate::accounts::model::{Phone, Role};
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::files::store::FileUse;
use crate::ids::{CommuneId, DataRequestId, ErasureId, FileId, ImportId, ProducerId, ProductId, UserId};

const BEGIN: &str = "INSERT INTO erasures (commune_id, id, data_request_id, told, by_user, at)
    VALUES ($1, $2, $3, '{}', $4, $5)";
const TOLD: &str = "UPDATE erasures SET told = $3 WHERE commune_id = $1 AND id = $2";
const SUBJECT: &str = "INSERT INTO erasure_subjects (commune_id, erasure_id, kind, subject_id) VALUES ($1, $2, $3, $4)
    ON CONFLICT (commune_id, erasure_id, kind, subject_id) DO NOTHING";
const MERGED_INTO: &str = "SELECT gone_id FROM producer_merges
    WHERE commune_id = $1 AND kept_id = $2 AND undone_at IS NULL ORDER BY at, id";
const PEOPLE_OF: &str = "SELECT DISTINCT user_id FROM grants WHERE commune_id = $1 AND producer_id = $2";
const OTHER_ROLES: &str = "SELECT COUNT(*) FROM grants g WHERE g.user_id = $3 AND NOT (g.producer_id IS NOT NULL
    AND g.commune_id = $1 AND g.producer_id IN (SELECT subject_id FROM erasure_subjects
      WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer'))";
const ROLES: &str = "SELECT role FROM grants WHERE user_id = $1 ORDER BY id";
const OPEN_RECALLS: &str = "SELECT DISTINCT r.number FROM recalls r
    JOIN recall_lots n ON n.commune_id = r.commune_id AND n.recall_id = r.id
    JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
    JOIN erasure_subjects e ON e.commune_id = l.commune_id AND e.subject_id = l.producer_id
    WHERE r.commune_id = $1 AND r.kind = 'real' AND r.state = 'open' AND e.erasure_id = $2 AND e.kind = 'producer'
    ORDER BY r.number LIMIT 20";
const PRODUCTS: &str = "SELECT id FROM products WHERE commune_id = $1 AND producer_id = $2 ORDER BY id";
const PAGES: [&str; 3] = [
    "UPDATE products SET page_version = page_version + 1 WHERE commune_id = $1 AND producer_id IN (SELECT subject_id
       FROM erasure_subjects WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer')",
    "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND producer_id IN (SELECT subject_id
       FROM erasure_subjects WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer')",
    "UPDATE producers SET page_version = page_version + 1 WHERE commune_id = $1 AND id IN (SELECT subject_id
       FROM erasure_subjects WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer')",
];
// What belongs to no producer (papers of activities, of decisions) is the office's, whoever sent it.
// Papers of support are records of public money and stay unless the office says that they need not be kept any more;
// then those go that no other producer's record rests on.
const FILES: &str = "SELECT f.id, f.kind, f.media_type FROM files f WHERE f.commune_id = $1
      AND NOT (f.state = 'refused' AND f.sha256 = '')
      AND f.producer_id IN (SELECT subject_id FROM erasure_subjects
            WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer')
      AND NOT EXISTS (SELECT 1 FROM support_evidence v WHERE v.commune_id = $1 AND v.file_id = f.id)";
const EVIDENCE: &str = "SELECT DISTINCT f.id, f.kind, f.media_type FROM files f
    JOIN support_evidence v ON v.commune_id = f.commune_id AND v.file_id = f.id
    JOIN support_records s ON s.commune_id = v.commune_id AND s.id = v.record_id
    JOIN erasure_subjects e ON e.commune_id = s.commune_id AND e.subject_id = s.producer_id
    WHERE f.commune_id = $1 AND e.erasure_id = $2 AND e.kind = 'producer'
      AND NOT (f.state = 'refused' AND f.sha256 = '')
      AND NOT EXISTS (SELECT 1 FROM support_evidence w
        JOIN support_records o ON o.commune_id = w.commune_id AND o.id = w.record_id
        WHERE w.commune_id = $1 AND w.file_id = f.id AND o.producer_id NOT IN (SELECT subject_id FROM erasure_subjects
          WHERE commune_id = $1 AND erasure_id = $2 AND kind = 'producer'))";
const FILES_OF_PHONE: &str = "SELECT f.id, f.kind, f.media_type FROM files f
    JOIN feedback_files n ON n.commune_id = f.commune_id AND n.file_id = f.id
    JOIN feedback b ON b.commune_id = n.commune_id AND b.id = n.feedback_id
    WHERE f.commune_id = $1 AND b.phone = $2 AND NOT (f.state = 'refused' AND f.sha256 = '')";
const EMPTY_FILE: &str = "UPDATE files SET state = 'refused', name = '', sha256 = '', width = NULL, height = NULL,
    public = FALSE, refusal = $3 WHERE commune_id = $1 AND id = $2";
const WORKBOOKS: &str = "SELECT DISTINCT b.id FROM import_batches b
    JOIN import_items i ON i.commune_id = b.commune_id AND i.batch_id = b.id
    WHERE b.commune_id = $1 AND b.dropped_at IS NULL AND b.state <> 'queued' AND i.undo = 'erased'";
const KEPT_RECORDS: &str = "SELECT COUNT(*), CAST(COALESCE(SUM(s.paid), 0) AS bigint) FROM support_records s
    JOIN erasure_subjects e ON e.commune_id = s.commune_id AND e.subject_id = s.producer_id
    WHERE s.commune_id = $1 AND e.erasure_id = $2 AND e.kind = 'producer' AND s.state <> 'void'";
const KEPT_LOTS: &str = "SELECT COUNT(*) FROM lots l
    JOIN erasure_subjects e ON e.commune_id = l.commune_id AND e.subject_id = l.producer_id
    WHERE l.commune_id = $1 AND e.erasure_id = $2 AND e.kind = 'producer'";

/// What an emptied file says instead of a picture, in both languages.
const SAID: &str = "Đã xóa theo yêu cầu về dữ liệu cá nhân.\nErased on request.";

/// A file whose bytes are to be dropped.
#[derive(Clone, Debug, sqlx::FromRow, serde::Serialize, serde::Deserialize)]
pub struct Dropped {
    /// The file.
    pub id: FileId,
    /// What it was for.
    pub kind: FileUse,
    /// Its media type.
    pub media_type: String,
}

/// Notes an erasure.
pub async fn begin(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ErasureId,
    request: DataRequestId,
    by: UserId,
    at: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(BEGIN)
        .bind(commune).bind(id).bind(request).bind(by).bind(at).execute(c).await.map(drop))
}

/// Notes what it emptied, as JSON.
pub async fn told(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, told: &str) -> Result<()> {
    on!(cx, c => sqlx::query(TOLD).bind(commune).bind(id).bind(told).execute(c).await.map(drop))
}

/// Adds a producer to an erasure.
pub async fn add_producer(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, producer: ProducerId) -> Result<()> {
    on!(cx, c => sqlx::query(SUBJECT)
        .bind(commune).bind(id).bind("producer").bind(producer).execute(c).await.map(drop))
}

/// Adds an account to an erasure.
pub async fn add_user(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, user: UserId) -> Result<()> {
    on!(cx, c => sqlx::query(SUBJECT).bind(commune).bind(id).bind("user").bind(user).execute(c).await.map(drop))
}

/// Producers that went into this one.
pub async fn merged_into(cx: &mut Cx<'_>, commune: CommuneId, kept: ProducerId) -> Result<Vec<ProducerId>> {
    on!(cx, c => sqlx::query_scalar(MERGED_INTO).bind(commune).bind(kept).fetch_all(c).await)
}

/// Accounts that act for a producer.
pub async fn people_of(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<UserId>> {
    on!(cx, c => sqlx::query_scalar(PEOPLE_OF).bind(commune).bind(producer).fetch_all(c).await)
}

/// True if an account has something to do beside the producers of an erasure.
pub async fn acts_elsewhere(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, user: UserId) -> Result<bool> {
    let roles: i64 =
        on!(cx, c => sqlx::query_scalar(OTHER_ROLES).bind(commune).bind(id).bind(user).fetch_one(c).await)?;
    Ok(roles > 0)
}

/// What an account may do, anywhere.
pub async fn roles(cx: &mut Cx<'_>, user: UserId) -> Result<Vec<Role>> {
    on!(cx, c => sqlx::query_scalar(ROLES).bind(user).fetch_all(c).await)
}

/// Numbers of recalls that are open over lots of these producers; at most 20.
pub async fn open_recalls(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId) -> Result<Vec<i64>> {
    on!(cx, c => sqlx::query_scalar(OPEN_RECALLS).bind(commune).bind(id).fetch_all(c).await)
}

/// A producer's products.
pub async fn products(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ProductId>> {
    on!(cx, c => sqlx::query_scalar(PRODUCTS).bind(commune).bind(producer).fetch_all(c).await)
}

/// Empties a place; returns how many rows it wrote.
pub async fn empty(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, place: &Place) -> Result<u64> {
    on!(cx, c => sqlx::query(place.sql).bind(commune).bind(id).execute(c).await.map(|done| done.rows_affected()))
}

/// Empties the places that a phone number leads to; returns group and rows of each.
pub async fn empty_phone(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    phone: &Phone,
) -> Result<Vec<(super::group::Group, u64)>> {
    let mut done = Vec::new();
    for place in PLACES.iter().filter(|place| place.by == By::Phone) {
        let rows = on!(cx, c => sqlx::query(place.sql)
            .bind(commune).bind(phone.as_str()).execute(c).await.map(|done| done.rows_affected()))?;
        done.push((place.group, rows));
    }
    Ok(done)
}

/// Files of the producers; with `evidence`, papers of their support too.
pub async fn files(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, evidence: bool) -> Result<Vec<Dropped>> {
    let mut files: Vec<Dropped> = on!(cx, c => sqlx::query_as(FILES).bind(commune).bind(id).fetch_all(c).await)?;
    if evidence {
        files.extend(self::evidence(cx, commune, id).await?);
    }
    Ok(files)
}

/// Papers of support that rest on these producers alone.
pub async fn evidence(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId) -> Result<Vec<Dropped>> {
    on!(cx, c => sqlx::query_as(EVIDENCE).bind(commune).bind(id).fetch_all(c).await)
}

/// Photos sent with reports from a phone number.
pub async fn files_of_phone(cx: &mut Cx<'_>, commune: CommuneId, phone: &Phone) -> Result<Vec<Dropped>> {
    on!(cx, c => sqlx::query_as(FILES_OF_PHONE).bind(commune).bind(phone.as_str()).fetch_all(c).await)
}

/// Empties a file's row.
pub async fn empty_file(cx: &mut Cx<'_>, commune: CommuneId, file: FileId) -> Result<()> {
    on!(cx, c => sqlx::query(EMPTY_FILE).bind(commune).bind(file).bind(SAID).execute(c).await.map(drop))
}

/// Imports with a line that was emptied, whose workbook is still kept.
pub async fn workbooks(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<ImportId>> {
    on!(cx, c => sqlx::query_scalar(WORKBOOKS).bind(commune).fetch_all(c).await)
}

/// Pages of these producers, their products and lots are made anew.
pub async fn touch(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId) -> Result<()> {
    for text in PAGES {
        on!(cx, c => sqlx::query(text).bind(commune).bind(id).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// What stays of the producers: records of support with the đồng paid, and lots.
pub async fn kept(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId) -> Result<(i64, i64, i64)> {
    let (records, paid): (i64, i64) =
        on!(cx, c => sqlx::query_as(KEPT_RECORDS).bind(commune).bind(id).fetch_one(c).await)?;
    let lots: i64 = on!(cx, c => sqlx::query_scalar(KEPT_LOTS).bind(commune).bind(id).fetch_one(c).await)?;
    Ok((records, paid, lots))
}
