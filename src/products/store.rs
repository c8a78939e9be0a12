//! SQL of products, their certificates and OCOP decisions.

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::fold::fold;
use crate::ids::{CommuneId, FileId, ProducerId, ProductId, UserId, new_id};
use crate::producers::model::{State, open_states};

use super::listed;
use super::model::{Product, ProductContent};

/// Reads whole products; what follows says which.
macro_rules! products {
    ($($rest:tt)+) => {
        concat!(
            "SELECT commune_id, id, producer_id, short, state, name, category, content, version, created_at, \
             updated_at, approved_at \
             FROM products ",
            $($rest)+
        )
    };
}

/// True of a decision `d` whose stars a buyer may be shown on a day (a parameter's number): recorded, not voided, 3 to
/// 5, within its term. [`stars_show`] says the same of what was read.
macro_rules! stands {
    (first) => {
        "d.voided_at IS NULL AND d.stars BETWEEN 3 AND 5 AND d.decided_on <= "
    };
    (last) => {
        " AND d.expires_on >= "
    };
    ($day:literal) => {
        concat!(crate::products::store::stands!(first), $day, crate::products::store::stands!(last), $day)
    };
}
pub(crate) use stands;

const INSERT: &str =
    "INSERT INTO products (commune_id, id, producer_id, short, state, name, name_folded, category, content,
      price_min, price_max, unit, season, availability, version, created_by, created_at, updated_at, approved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
const UPDATE: &str = "UPDATE products SET state = $3, name = $4, name_folded = $5, category = $6, content = $7,
      price_min = $8, price_max = $9, unit = $10, season = $11, availability = $12,
      version = version + 1, updated_at = $13, approved_at = COALESCE(approved_at, $14)
    WHERE commune_id = $1 AND id = $2 AND version = $15";
const BY_ID: &str = products!("WHERE commune_id = $1 AND id = $2");
const BY_SHORT: &str = products!("WHERE commune_id = $1 AND short = $2");
const OF_PRODUCER: &str = products!("WHERE commune_id = $1 AND producer_id = $2 ORDER BY name_folded, id");
const LINES: &str = concat!(
    "SELECT p.short, p.name, p.state, p.content, p.approved_at, r.state AS revision_state
    FROM products p LEFT JOIN revisions r ON r.commune_id = p.commune_id AND r.product_id = p.id
      AND r.state IN ",
    open_states!(),
    " WHERE p.commune_id = $1 AND p.producer_id = $2 ORDER BY p.name_folded, p.id"
);
const CERTIFICATES: &str = "SELECT id, kind, number, issuer, scope, issued_on, expires_on, file_id FROM certificates
    WHERE commune_id = $1 AND product_id = $2 AND retired_at IS NULL ORDER BY expires_on DESC, id";
const PUT_CERTIFICATE: &str =
    "INSERT INTO certificates (commune_id, id, producer_id, product_id, kind, number, issuer, scope,
      issued_on, expires_on, file_id, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    ON CONFLICT (commune_id, id) DO UPDATE SET kind = $5, number = $6, issuer = $7, scope = $8, issued_on = $9,
      expires_on = $10, file_id = $11, retired_at = NULL
    WHERE certificates.product_id = $4";
const RETIRE_CERTIFICATES: &str = "UPDATE certificates SET retired_at = $3
    WHERE commune_id = $1 AND product_id = $2 AND retired_at IS NULL";
// Pages that show the product are made anew (labels::cache).
const CHANGED: &str = "UPDATE products SET page_version = page_version + 1 WHERE commune_id = $1 AND id = $2";
const HOLD: &str = "UPDATE products SET version = version WHERE commune_id = $1 AND id = $2";
const INSERT_DECISION: &str =
    "INSERT INTO ocop_decisions (commune_id, id, product_id, number, authority, decided_on, expires_on,
      stars, file_id, recorded_by, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
const DECISIONS: &str = "SELECT number, authority, decided_on, expires_on, stars FROM ocop_decisions
    WHERE commune_id = $1 AND product_id = $2 AND voided_at IS NULL ORDER BY decided_on DESC, id DESC";

/// A product in its producer's list.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// Suffix of its addresses.
    pub short: String,
    /// Name; "" while a draft lacks it.
    pub name: String,
    /// Where the live version stands.
    pub state: State,
    /// The live content.
    pub content: ProductContent,
    /// When it was first approved.
    pub approved_at: Option<Time>,
    /// Where the open revision stands, if there is one.
    pub revision_state: Option<State>,
}

impl Line {
    /// What its producer is told: what comes next where something is open, else the live state.
    pub fn stands(&self) -> State {
        self.revision_state.unwrap_or(self.state)
    }

    /// True if visitors see it.
    pub fn is_live(&self) -> bool {
        self.state == State::Approved
    }
}

/// A certificate's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Certificate {
    /// Id.
    pub id: uuid::Uuid,
    /// Code in `seed/certificate-kinds.json`.
    pub kind: String,
    /// Number on the paper.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// What it covers.
    pub scope: String,
    /// First day.
    pub issued_on: Option<Day>,
    /// Last day; None: without end.
    pub expires_on: Option<Day>,
    /// The paper.
    pub file_id: Option<FileId>,
}

impl Certificate {
    /// True if it covers this day.
    pub fn is_valid_on(&self, day: Day) -> bool {
        self.issued_on.is_none_or(|from| from <= day) && self.expires_on.is_none_or(|to| day <= to)
    }
}

/// A recorded decision on a product's OCOP stars.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OcopDecision {
    /// Number of the decision.
    pub number: String,
    /// Who decided.
    pub authority: String,
    /// When.
    pub decided_on: Day,
    /// Last day of the 36 months.
    pub expires_on: Day,
    /// 1 to 5.
    pub stars: i32,
}

impl OcopDecision {
    /// True if a buyer may be shown these stars on this day: 3 to 5, and within the term
    /// (Quyết định 148/QĐ-TTg; DOMAIN.md §3).
    pub fn shows_on(&self, day: Day) -> bool {
        stars_show(self.stars, self.decided_on, self.expires_on, day)
    }
}

/// True if stars of a decision from one day to another may be shown to a buyer on this day.
pub fn stars_show(stars: i32, decided_on: Day, expires_on: Day, day: Day) -> bool {
    (3..=5).contains(&stars) && decided_on <= day && day <= expires_on
}

/// Adds a product.
pub async fn insert(cx: &mut Cx<'_>, p: &Product, created_by: Option<UserId>) -> Result<()> {
    let content = &p.content;
    on!(cx, c => sqlx::query(INSERT)
        .bind(p.commune_id)
        .bind(p.id)
        .bind(p.producer_id)
        .bind(&p.short)
        .bind(p.state)
        .bind(&p.name)
        .bind(fold(&p.name))
        .bind(&p.category)
        .bind(content)
        .bind(content.price.min())
        .bind(content.price.max())
        .bind(&content.unit)
        .bind(content.season_bits())
        .bind(content.availability.map(|a| a.word()).unwrap_or_default())
        .bind(p.version)
        .bind(created_by)
        .bind(p.created_at)
        .bind(p.updated_at)
        .bind(p.approved_at)
        .execute(c)
        .await
        .map(drop))?;
    listed::put(cx, p.commune_id, p.id).await
}

/// Writes content and state over the version that was read; false if somebody else changed it meanwhile.
pub async fn update(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProductId,
    state: State,
    content: &ProductContent,
    version: i64,
    now: Time,
) -> Result<bool> {
    let approved_at = (state == State::Approved).then_some(now);
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(id)
        .bind(state)
        .bind(&content.name)
        .bind(fold(&content.name))
        .bind(&content.category)
        .bind(content)
        .bind(content.price.min())
        .bind(content.price.max())
        .bind(&content.unit)
        .bind(content.season_bits())
        .bind(content.availability.map(|a| a.word()).unwrap_or_default())
        .bind(now)
        .bind(approved_at)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        listed::put(cx, commune, id).await?;
    }
    Ok(done == 1)
}

/// Takes a product for this transaction: others who would wait for the commit.
pub async fn hold(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<()> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))
}

/// A product by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<Option<Product>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A product by the suffix of its public address.
pub async fn by_short(cx: &mut Cx<'_>, commune: CommuneId, short: &str) -> Result<Option<Product>> {
    on!(cx, c => sqlx::query_as(BY_SHORT).bind(commune).bind(short).fetch_optional(c).await)
}

/// A producer's products in every state, by name.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Product>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)
}

/// A producer's products with the state of what is open, by name.
pub async fn lines(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Line>> {
    on!(cx, c => sqlx::query_as(LINES).bind(commune).bind(producer).fetch_all(c).await)
}

/// A product's certificates that stand, those that end last first.
pub async fn certificates(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Vec<Certificate>> {
    on!(cx, c => sqlx::query_as(CERTIFICATES).bind(commune).bind(product).fetch_all(c).await)
}

/// Makes a product's certificates those of its content: present ones are written, others retired.
pub async fn put_certificates(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    product: ProductId,
    content: &ProductContent,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(RETIRE_CERTIFICATES).bind(commune).bind(product).bind(now).execute(c).await.map(drop))?;
    for certificate in &content.certificates {
        on!(cx, c => sqlx::query(PUT_CERTIFICATE)
            .bind(commune)
            .bind(certificate.id)
            .bind(producer)
            .bind(product)
            .bind(&certificate.kind)
            .bind(&certificate.number)
            .bind(&certificate.issuer)
            .bind(&certificate.scope)
            .bind(certificate.issued_on)
            .bind(certificate.expires_on)
            .bind(certificate.file)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
    }
    listed::recount(cx, commune, product).await?;
    changed(cx, commune, product).await
}

/// Records a decision on OCOP stars; returns its id.
pub async fn insert_decision(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    product: ProductId,
    decision: &OcopDecision,
    file: Option<FileId>,
    by: Option<UserId>,
    now: Time,
) -> Result<uuid::Uuid> {
    let id = new_id(now);
    on!(cx, c => sqlx::query(INSERT_DECISION)
        .bind(commune)
        .bind(id)
        .bind(product)
        .bind(&decision.number)
        .bind(&decision.authority)
        .bind(decision.decided_on)
        .bind(decision.expires_on)
        .bind(decision.stars)
        .bind(file)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))?;
    listed::recount_stars(cx, commune, product).await?;
    changed(cx, commune, product).await?;
    Ok(id)
}

/// Pages that show the product are made anew.
pub async fn changed(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<()> {
    on!(cx, c => sqlx::query(CHANGED).bind(commune).bind(product).execute(c).await.map(drop))
}

/// A product's decisions, newest first.
pub async fn decisions(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Vec<OcopDecision>> {
    on!(cx, c => sqlx::query_as(DECISIONS).bind(commune).bind(product).fetch_all(c).await)
}

/// The stars that a buyer may be shown today, if any.
pub async fn stars(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    product: ProductId,
    today: Day,
) -> Result<Option<OcopDecision>> {
    Ok(decisions(cx, commune, product).await?.into_iter().find(|decision| decision.shows_on(today)))
}
