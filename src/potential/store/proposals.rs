//! SQL of support proposed for what products lack.

use crate::clock::Day;
use crate::db::{Cx, Result, on};
use crate::fold::fold;
use crate::ids::{CommuneId, GapId, ProducerId, ProductId, SupportId, VillageId};
use crate::potential::model::Gap;

// What is to be done and for which no support is on its way.
macro_rules! free {
    () => {
        "(g.state = 'open' OR (g.state = 'proposed' AND COALESCE((SELECT s.state FROM support_records s \
         WHERE s.commune_id = g.commune_id AND s.id = g.record_id), 'void') = 'void'))"
    };
}

const FREE: &str = concat!(
    "SELECT g.id, g.words, g.helper, g.due_on, s.id AS product_id, s.name, s.short, p.id AS producer_id,
      p.name AS producer_name, p.short AS producer_short, p.village_id
    FROM potential_reviews v
    JOIN potential_gaps g ON g.commune_id = v.commune_id AND g.review_id = v.id AND g.gap = $3
    JOIN products s ON s.commune_id = v.commune_id AND s.id = v.product_id AND s.state = 'approved'
    JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
    WHERE v.commune_id = $1 AND v.year = $2 AND (v.ocop = 'yes' OR v.digital = 'yes') AND ",
    free!(),
    " ORDER BY p.name_folded, p.id, s.name_folded, s.id LIMIT 500"
);
// Held first: whoever comes second at one instant waits here and then reads what the first wrote.
const HOLD: &str = "UPDATE potential_gaps SET words = words WHERE commune_id = $1 AND id = $2";
const TAKE: &str = concat!(
    "UPDATE potential_gaps AS g SET state = 'proposed', record_id = NULL WHERE g.commune_id = $1 AND g.id = $2 AND ",
    free!()
);
const BIND: &str = "UPDATE potential_gaps SET record_id = $3 WHERE commune_id = $1 AND id = $2";

/// Something missing for which support may be proposed.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct FreeGap {
    /// Id.
    pub id: GapId,
    /// What exactly.
    pub words: String,
    /// Who helps.
    pub helper: String,
    /// By when.
    pub due_on: Option<Day>,
    /// Of which product.
    pub product_id: ProductId,
    /// Its name.
    pub name: String,
    /// Suffix of its address.
    pub short: String,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// Its name.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
    /// Its village.
    pub village_id: Option<VillageId>,
}

impl FreeGap {
    /// What it is looked for by.
    pub fn folded(&self) -> String {
        fold(&format!("{} {}", self.name, self.producer_name))
    }
}

/// What a year's products with potential lack of one kind, and no support is on its way; at most 500, by producer.
pub async fn free(cx: &mut Cx<'_>, commune: CommuneId, year: i32, gap: Gap) -> Result<Vec<FreeGap>> {
    on!(cx, c => sqlx::query_as(FREE).bind(commune).bind(year).bind(gap).fetch_all(c).await)
}

/// Takes a gap for a proposal; false if somebody did before.
pub async fn take(cx: &mut Cx<'_>, commune: CommuneId, id: GapId) -> Result<bool> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))?;
    let done = on!(cx, c => sqlx::query(TAKE).bind(commune).bind(id).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Names the record proposed for a gap that was taken.
pub async fn bind(cx: &mut Cx<'_>, commune: CommuneId, id: GapId, record: SupportId) -> Result<()> {
    on!(cx, c => sqlx::query(BIND).bind(commune).bind(id).bind(record).execute(c).await.map(drop))
}
