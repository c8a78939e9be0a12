//! SQL of the officer's work queue: what waits, and what an officer needs beside it.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EnquiryId, FeedbackId, FileId, ProducerId, ProductId, RevisionId, UserId, VillageId};
use crate::producers::model::{Channel, State};

const REVISIONS: &str = "SELECT r.id, r.channel, r.submitted_at, r.updated_at, p.name AS producer_name,
      p.approved_at AS producer_approved_at, s.name AS product_name, s.approved_at AS product_approved_at
    FROM revisions r
    JOIN producers p ON p.commune_id = r.commune_id AND p.id = r.producer_id
    LEFT JOIN products s ON s.commune_id = r.commune_id AND s.id = r.product_id
    WHERE r.commune_id = $1 AND r.state = 'submitted' ORDER BY r.submitted_at, r.id LIMIT 1000";
const REPORTS: &str = "SELECT f.id, f.code_text, f.message, f.phone, f.created_at, s.name AS product_name,
      s.short AS product_short, p.name AS producer_name, p.short AS producer_short,
      h.file_id AS photo
    FROM feedback f
    LEFT JOIN feedback_files h ON h.commune_id = f.commune_id AND h.feedback_id = f.id
    LEFT JOIN products s ON s.commune_id = f.commune_id AND s.id = f.product_id
    LEFT JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
    WHERE f.commune_id = $1 AND f.kind = 'report' AND f.state = 'new' ORDER BY f.created_at, f.id LIMIT 500";
const ENQUIRIES: &str = "SELECT e.id, e.message, e.phone, e.created_at, s.name AS product_name,
      p.name AS producer_name, p.short AS producer_short, p.phone AS producer_phone
    FROM enquiries e
    JOIN products s ON s.commune_id = e.commune_id AND s.id = e.product_id
    JOIN producers p ON p.commune_id = e.commune_id AND p.id = e.producer_id
    WHERE e.commune_id = $1 AND e.state = 'new' AND e.created_at < $2 ORDER BY e.created_at, e.id LIMIT 500";
const CLOSE_REPORT: &str = "UPDATE feedback SET state = 'closed', closed_at = $3
    WHERE commune_id = $1 AND id = $2 AND kind = 'report' AND state = 'new'";
const ANSWER_ENQUIRY: &str = "UPDATE enquiries SET state = 'answered', answered_at = $3
    WHERE commune_id = $1 AND id = $2 AND state = 'new'";
// A new producer that may be there already: same phone, same tax code, or same name in the village.
const DUPLICATES: &str = "SELECT short, name, state, village_id, phone, tax_code, name_folded FROM producers
    WHERE commune_id = $1 AND id <> $2
      AND (phone = $3 OR tax_code = $4 OR (village_id = $5 AND name_folded = $6))
    ORDER BY name_folded, id LIMIT 20";
const USER_NAME: &str = "SELECT name FROM users WHERE id = $1";
const AUDIT_OF: &str = "SELECT a.at, a.action, a.after_value, u.name AS actor FROM audit_log a
    LEFT JOIN users u ON u.id = a.actor_id
    WHERE a.commune_id = $1 AND a.subject_id = $2 ORDER BY a.id DESC LIMIT 50";
const REVISIONS_OF: &str =
    "SELECT r.state, r.channel, r.note, r.created_at, r.submitted_at, r.decided_at, u.name AS decided_by
    FROM revisions r LEFT JOIN users u ON u.id = r.decided_by
    WHERE r.commune_id = $1 AND r.producer_id = $2
      AND (r.product_id = $3 OR (r.product_id IS NULL AND $4 = 1)) ORDER BY r.id DESC LIMIT 50";

/// A revision that waits.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct WaitingRevision {
    /// Id.
    pub id: RevisionId,
    /// By what way.
    pub channel: Channel,
    /// When it was handed in.
    pub submitted_at: Option<Time>,
    /// When it last changed.
    pub updated_at: Time,
    /// The producer's name.
    pub producer_name: String,
    /// When the producer was first approved.
    pub producer_approved_at: Option<Time>,
    /// The product's name.
    pub product_name: Option<String>,
    /// When the product was first approved.
    pub product_approved_at: Option<Time>,
}

/// A visitor's report of a problem.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    /// Id.
    pub id: FeedbackId,
    /// The code as scanned.
    pub code_text: String,
    /// What they wrote.
    pub message: String,
    /// Their phone, if given.
    pub phone: String,
    /// When.
    pub created_at: Time,
    /// The product's name.
    pub product_name: Option<String>,
    /// Suffix of its address.
    pub product_short: Option<String>,
    /// The producer's name.
    pub producer_name: Option<String>,
    /// Suffix of its address.
    pub producer_short: Option<String>,
    /// What they photographed.
    pub photo: Option<FileId>,
}

impl Report {
    /// Address of the photo.
    pub fn photo_url(&self) -> Option<String> {
        self.photo.map(|id| crate::files::picture_url(id, 'm'))
    }
}

/// A buyer's enquiry that nobody answered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Enquiry {
    /// Id.
    pub id: EnquiryId,
    /// What they wrote.
    pub message: String,
    /// Their phone.
    pub phone: String,
    /// When.
    pub created_at: Time,
    /// The product's name.
    pub product_name: String,
    /// The producer's name.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
    /// The producer's phone.
    pub producer_phone: Option<String>,
}

/// A producer that may be the same as a new one.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Duplicate {
    /// Suffix of its address.
    pub short: String,
    /// Name.
    pub name: String,
    /// Where it stands.
    pub state: State,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// Tax code.
    pub tax_code: Option<String>,
    /// Name, folded.
    pub name_folded: String,
}

/// What a new producer is compared by.
#[derive(Clone, Copy, Debug)]
pub struct Likeness<'a> {
    /// Itself.
    pub id: ProducerId,
    /// Phone as digits, if given.
    pub phone: Option<&'a str>,
    /// Tax code, if given.
    pub tax_code: Option<&'a str>,
    /// Village.
    pub village: Option<VillageId>,
    /// Name, folded.
    pub name_folded: &'a str,
}

/// An entry of the audit log.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AuditRow {
    /// When.
    pub at: Time,
    /// What was done.
    pub action: String,
    /// What it became, or the reason.
    pub after_value: Option<String>,
    /// By whom.
    pub actor: Option<String>,
}

/// A revision in a subject's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RevisionRow {
    /// Where it stands.
    pub state: State,
    /// By what way.
    pub channel: Channel,
    /// The officer's words.
    pub note: String,
    /// When it was begun.
    pub created_at: Time,
    /// When it was handed in.
    pub submitted_at: Option<Time>,
    /// When it was decided.
    pub decided_at: Option<Time>,
    /// By whom.
    pub decided_by: Option<String>,
}

/// Revisions that wait, oldest first.
pub async fn revisions(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<WaitingRevision>> {
    on!(cx, c => sqlx::query_as(REVISIONS).bind(commune).fetch_all(c).await)
}

/// Reports nobody closed, oldest first.
pub async fn reports(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Report>> {
    on!(cx, c => sqlx::query_as(REPORTS).bind(commune).fetch_all(c).await)
}

/// Enquiries from before `since` that nobody answered, oldest first.
pub async fn enquiries(cx: &mut Cx<'_>, commune: CommuneId, since: Time) -> Result<Vec<Enquiry>> {
    on!(cx, c => sqlx::query_as(ENQUIRIES).bind(commune).bind(since).fetch_all(c).await)
}

/// Closes a report; false if it is closed already or there is none.
pub async fn close_report(cx: &mut Cx<'_>, commune: CommuneId, id: FeedbackId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(CLOSE_REPORT)
        .bind(commune).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes that an enquiry was answered; false if it was already or there is none.
pub async fn answer_enquiry(cx: &mut Cx<'_>, commune: CommuneId, id: EnquiryId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(ANSWER_ENQUIRY)
        .bind(commune).bind(id).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Producers that may be the same as this one.
pub async fn duplicates(cx: &mut Cx<'_>, commune: CommuneId, like: Likeness<'_>) -> Result<Vec<Duplicate>> {
    on!(cx, c => sqlx::query_as(DUPLICATES)
        .bind(commune)
        .bind(like.id)
        .bind(like.phone)
        .bind(like.tax_code)
        .bind(like.village)
        .bind(like.name_folded)
        .fetch_all(c)
        .await)
}

/// A user's name.
pub async fn user_name(cx: &mut Cx<'_>, id: UserId) -> Result<Option<String>> {
    on!(cx, c => sqlx::query_scalar(USER_NAME).bind(id).fetch_optional(c).await)
}

/// What was done to a subject, the latest first.
pub async fn audit_of(cx: &mut Cx<'_>, commune: CommuneId, subject: uuid::Uuid) -> Result<Vec<AuditRow>> {
    on!(cx, c => sqlx::query_as(AUDIT_OF).bind(commune).bind(subject).fetch_all(c).await)
}

/// The revisions of a producer (`product` None) or a product, the latest first.
pub async fn revisions_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    product: Option<ProductId>,
) -> Result<Vec<RevisionRow>> {
    let own = i32::from(product.is_none());
    on!(cx, c => sqlx::query_as(REVISIONS_OF)
        .bind(commune).bind(producer).bind(product).bind(own).fetch_all(c).await)
}
