//! SQL of recorded decisions as the office sees them: voided ones too, with their papers, and those that end soon.

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, ProducerId, ProductId, UserId};
use crate::ocop::model::{Decision, Ending};
use crate::products::listed;
use crate::products::store::stands;

macro_rules! decisions {
    ($rest:literal) => {
        concat!(
            "SELECT id, product_id, number, authority, decided_on, expires_on, stars, file_id, voided_at, void_reason \
             FROM ocop_decisions ",
            $rest
        )
    };
}
const OF_PRODUCT: &str =
    decisions!("WHERE commune_id = $1 AND product_id = $2 ORDER BY decided_on DESC, id DESC LIMIT 100");
const BY_ID: &str = decisions!("WHERE commune_id = $1 AND id = $2");
const PRODUCT: &str = "SELECT product_id FROM ocop_decisions WHERE commune_id = $1 AND id = $2";
const VOID: &str = "UPDATE ocop_decisions SET voided_at = $3, voided_by = $4, void_reason = $5
    WHERE commune_id = $1 AND id = $2 AND voided_at IS NULL";

const OF_DECISION: &str = "SELECT id FROM ocop_dossiers WHERE commune_id = $1 AND decision_id = $2";
// Its dossier waits for the city's word again, unless another was opened meanwhile.
const WAITS_AGAIN: &str = concat!(
    "UPDATE ocop_dossiers SET state = 'passed', decision_id = NULL, version = version + 1
    WHERE commune_id = $1 AND decision_id = $2 AND product_id NOT IN
      (SELECT o.product_id FROM ocop_dossiers o WHERE o.commune_id = $1 AND o.state IN ",
    live_states!(),
    ")"
);

/// Decisions that stand on `$2` and end by `$3`, unless a later one of the product outlasts them.
macro_rules! ends {
    () => {
        concat!(
            "d.commune_id = $1 AND ",
            stands!("$2"),
            " AND d.expires_on <= $3 AND (SELECT COUNT(*) FROM ocop_decisions o WHERE o.commune_id = d.commune_id \
               AND o.product_id = d.product_id AND o.voided_at IS NULL AND o.stars BETWEEN 3 AND 5 \
               AND o.expires_on > d.expires_on) = 0"
        )
    };
}
macro_rules! ending {
    ($which:expr) => {
        concat!(
            "SELECT d.product_id, s.name AS product_name, s.short AS product_short, p.name AS producer_name, d.stars, \
             d.expires_on FROM ocop_decisions d \
             JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id \
             JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id WHERE ",
            ends!(),
            $which,
            " ORDER BY d.expires_on, d.id LIMIT 200"
        )
    };
}
const COUNT_ENDING: &str = concat!("SELECT COUNT(*) FROM ocop_decisions d WHERE ", ends!());
const ENDING: &str = ending!("");
const ENDING_OF: &str = ending!(" AND s.producer_id = $4");
const ENDING_UNTOUCHED: &str = ending!(concat!(
    " AND (SELECT COUNT(*) FROM ocop_dossiers w WHERE w.commune_id = d.commune_id AND w.product_id = d.product_id \
       AND w.state IN ",
    live_states!(),
    ") = 0"
));

/// All decisions of a product, the latest first, voided ones too.
pub async fn of_product(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Vec<Decision>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCT).bind(commune).bind(product).fetch_all(c).await)
}

/// A decision.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: uuid::Uuid) -> Result<Option<Decision>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// Voids a decision that was wrongly recorded; false if it is void already.
pub async fn void(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: uuid::Uuid,
    reason: &str,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(VOID)
        .bind(commune).bind(id).bind(now).bind(by).bind(reason).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        let product = on!(cx, c => sqlx::query_scalar(PRODUCT).bind(commune).bind(id).fetch_one(c).await)?;
        listed::recount_stars(cx, commune, product).await?;
        let of: Option<DossierId> =
            on!(cx, c => sqlx::query_scalar(OF_DECISION).bind(commune).bind(id).fetch_optional(c).await)?;
        if let Some(dossier) = of {
            super::note(cx, commune, dossier, "voided", reason, by, now).await?;
        }
        on!(cx, c => sqlx::query(WAITS_AGAIN).bind(commune).bind(id).execute(c).await.map(drop))?;
    }
    Ok(done == 1)
}

/// Stars that stand today and end by a day, the first to end first; at most 200.
pub async fn ending(cx: &mut Cx<'_>, commune: CommuneId, today: Day, by: Day) -> Result<Vec<Ending>> {
    on!(cx, c => sqlx::query_as(ENDING).bind(commune).bind(today).bind(by).fetch_all(c).await)
}

/// How many there are.
pub async fn count_ending(cx: &mut Cx<'_>, commune: CommuneId, today: Day, by: Day) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_ENDING).bind(commune).bind(today).bind(by).fetch_one(c).await)
}

/// The same where no new dossier is open.
pub async fn ending_untouched(cx: &mut Cx<'_>, commune: CommuneId, today: Day, by: Day) -> Result<Vec<Ending>> {
    on!(cx, c => sqlx::query_as(ENDING_UNTOUCHED).bind(commune).bind(today).bind(by).fetch_all(c).await)
}

/// The same of one producer's products.
pub async fn ending_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    today: Day,
    by: Day,
) -> Result<Vec<Ending>> {
    on!(cx, c => sqlx::query_as(ENDING_OF)
        .bind(commune).bind(today).bind(by).bind(producer).fetch_all(c).await)
}
