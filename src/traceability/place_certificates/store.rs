//! SQL of certificates of places.

use uuid::Uuid;

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, PlaceId, ProducerId, ProductId, UserId};

use super::model::{CertificateState, PlaceCertificate};

/// Reads whole certificates; what follows says which.
macro_rules! certificates {
    ($($rest:tt)+) => {
        concat!(
            "SELECT c.commune_id, c.id, c.place_id, c.kind, c.number, c.issuer, c.scope, c.market, c.area, \
             c.issued_on, c.expires_on, c.file_id, c.state, c.reason, c.version, c.created_by, c.created_at ",
            $($rest)+
        )
    };
}

const INSERT: &str = "INSERT INTO place_certificates (commune_id, id, place_id, kind, number, issuer, scope, market,
      area, issued_on, expires_on, file_id, state, reason, version, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    ON CONFLICT (commune_id, id) DO NOTHING";
const BY_ID: &str = certificates!("FROM place_certificates c WHERE c.commune_id = $1 AND c.id = $2");
const OF_PLACE: &str = certificates!(
    "FROM place_certificates c WHERE c.commune_id = $1 AND c.place_id = $2 ORDER BY c.created_at DESC, c.id DESC
    LIMIT 200"
);
const APPROVED: &str = certificates!(
    "FROM place_certificates c WHERE c.commune_id = $1 AND c.place_id = $2 AND c.state = 'approved'
    ORDER BY c.expires_on DESC, c.id LIMIT 50"
);
const IN_STATE: &str = certificates!(
    ", p.name AS place_name, r.name AS producer_name, r.short AS producer_short
    FROM place_certificates c
      JOIN places p ON p.commune_id = c.commune_id AND p.id = c.place_id
      JOIN producers r ON r.commune_id = p.commune_id AND r.id = p.producer_id
    WHERE c.commune_id = $1 AND c.state = $2 ORDER BY c.created_at, c.id LIMIT $3"
);
const OF_PRODUCER: &str = certificates!(
    ", p.name AS place_name, r.name AS producer_name, r.short AS producer_short
    FROM place_certificates c
      JOIN places p ON p.commune_id = c.commune_id AND p.id = c.place_id
      JOIN producers r ON r.commune_id = p.commune_id AND r.id = p.producer_id
    WHERE p.commune_id = $1 AND p.producer_id = $2 AND p.hidden = FALSE AND c.state = 'approved'
    ORDER BY c.expires_on, c.id LIMIT 200"
);
const MADE_AT: &str = "SELECT DISTINCT l.producer_id, l.product_id, l.place_id, c.kind, c.expires_on FROM lots l
      LEFT JOIN place_certificates c ON c.commune_id = l.commune_id AND c.place_id = l.place_id
        AND c.state = 'approved' AND (c.issued_on IS NULL OR c.issued_on <= $5)
    WHERE l.commune_id = $1 AND l.product_id BETWEEN $2 AND $3 AND l.made_on >= $4 AND l.state <> 'set_aside'";
const PRODUCTS_OF: &str = "SELECT DISTINCT product_id FROM lots WHERE commune_id = $1 AND place_id = $2";
const COUNT: &str = "SELECT COUNT(*) FROM place_certificates WHERE commune_id = $1 AND state = 'submitted'";
const DECIDE: &str = "UPDATE place_certificates SET state = $4, reason = $5, decided_by = $6, decided_at = $7,
      version = version + 1 WHERE commune_id = $1 AND id = $2 AND version = $3";
// Pages of lots that were made there are made anew (labels::cache).
const CHANGED: &str = "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND place_id = $2";

/// A certificate with the names that the office's list shows.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ListedCertificate {
    /// The certificate.
    #[sqlx(flatten)]
    pub certificate: PlaceCertificate,
    /// Name of its place.
    pub place_name: String,
    /// Name of the producer.
    pub producer_name: String,
    /// Short address of the producer.
    pub producer_short: String,
}

/// A place at which lots of a product were made, with one of its certificates.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct MadeAt {
    /// The producer.
    pub producer_id: ProducerId,
    /// The product.
    pub product_id: ProductId,
    /// The place; None: not told.
    pub place_id: Option<PlaceId>,
    /// Kind of a certificate that the office accepted.
    pub kind: Option<String>,
    /// Its last day.
    pub expires_on: Option<Day>,
}

/// Where lots of the products from `first` to `last` were made since a day, with certificates that have begun.
pub async fn made_at(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (first, last): (ProductId, ProductId),
    since: Day,
    today: Day,
) -> Result<Vec<MadeAt>> {
    on!(cx, c => sqlx::query_as(MADE_AT)
        .bind(commune)
        .bind(first)
        .bind(last)
        .bind(since)
        .bind(today)
        .fetch_all(c)
        .await)
}

/// The products of which lots were made at a place.
pub async fn products_of(cx: &mut Cx<'_>, commune: CommuneId, place: PlaceId) -> Result<Vec<ProductId>> {
    on!(cx, c => sqlx::query_scalar(PRODUCTS_OF).bind(commune).bind(place).fetch_all(c).await)
}

/// What the office accepted of a producer's places that are in use, those that end first first; at most 200.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ListedCertificate>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// Adds a certificate; one with the same id (the same form sent again) stays as it is.
pub async fn insert(cx: &mut Cx<'_>, c: &PlaceCertificate) -> Result<()> {
    on!(cx, x => sqlx::query(INSERT)
        .bind(c.commune_id)
        .bind(c.id)
        .bind(c.place_id)
        .bind(&c.kind)
        .bind(&c.number)
        .bind(&c.issuer)
        .bind(&c.scope)
        .bind(&c.market)
        .bind(c.area)
        .bind(c.issued_on)
        .bind(c.expires_on)
        .bind(c.file_id)
        .bind(c.state)
        .bind(&c.reason)
        .bind(c.version)
        .bind(c.created_by)
        .bind(c.created_at)
        .execute(x)
        .await
        .map(drop))?;
    changed(cx, c.commune_id, c.place_id).await
}

/// A certificate by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: Uuid) -> Result<Option<PlaceCertificate>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A place's certificates in every state, newest first; at most 200.
pub async fn of_place(cx: &mut Cx<'_>, commune: CommuneId, place: PlaceId) -> Result<Vec<PlaceCertificate>> {
    on!(cx, c => sqlx::query_as(OF_PLACE).bind(commune).bind(place).fetch_all(c).await)
}

/// A place's certificates that the office accepted, those that end last first; at most 50.
pub async fn approved(cx: &mut Cx<'_>, commune: CommuneId, place: PlaceId) -> Result<Vec<PlaceCertificate>> {
    on!(cx, c => sqlx::query_as(APPROVED).bind(commune).bind(place).fetch_all(c).await)
}

/// Certificates in a state, oldest first; at most so many.
pub async fn in_state(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    state: CertificateState,
    most: i64,
) -> Result<Vec<ListedCertificate>> {
    on!(cx, c => sqlx::query_as(IN_STATE).bind(commune).bind(state).bind(most).fetch_all(c).await)
}

/// How many wait for the office.
pub async fn waiting(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT).bind(commune).fetch_one(c).await)
}

/// Moves a certificate to a state over the version that was read; false if somebody else did meanwhile.
pub async fn decide(
    cx: &mut Cx<'_>,
    certificate: &PlaceCertificate,
    state: CertificateState,
    reason: &str,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let (commune, id) = (certificate.commune_id, certificate.id);
    let done = on!(cx, c => sqlx::query(DECIDE)
        .bind(commune)
        .bind(id)
        .bind(certificate.version)
        .bind(state)
        .bind(reason)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    changed(cx, commune, certificate.place_id).await?;
    Ok(done == 1)
}

/// Has the pages of lots that were made at a place made anew.
pub async fn changed(cx: &mut Cx<'_>, commune: CommuneId, place: PlaceId) -> Result<()> {
    on!(cx, c => sqlx::query(CHANGED).bind(commune).bind(place).execute(c).await.map(drop))
}
