//! SQL of dossiers and rubrics. Items and their files are in [`items`], scores and opinions in [`judged`], decisions
//! in [`decisions`], versions of the list of items in [`lists`], dossiers that weren't recognised in [`refusals`].

/// A dossier's states in which items, scores and the opinion may be changed, as a list (`DossierState::is_open`).
macro_rules! open_states {
    () => {
        "('preparing', 'complete', 'returned')"
    };
}
/// Its states until it comes to an end (`DossierState::is_live`).
macro_rules! live_states {
    () => {
        "('preparing', 'complete', 'passed', 'returned')"
    };
}

pub mod decisions;
pub mod items;
pub mod judged;
pub mod lists;
pub mod refusals;

use super::item_list::ItemList;
use super::model::{Dossier, DossierState, StepRow};
use super::rubric::{Rubric, built_in};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, ProductId, UserId, VillageId, new_id};
use crate::support::filter::contains;

/// Reads dossiers with their product, producer and decision; what follows says which.
macro_rules! dossiers {
    ($($rest:tt)+) => {
        concat!(
            "SELECT d.id, d.product_id, d.year, d.product_group, d.rubric, d.item_list, d.state, d.passed_on, d.letter, \
             d.override, d.version, d.created_at, s.name AS product_name, s.short AS product_short, \
             s.producer_id, p.name AS producer_name, p.short AS producer_short, p.village_id, \
             (SELECT o.stars FROM ocop_decisions o WHERE o.commune_id = d.commune_id AND o.id = d.decision_id \
               AND o.voided_at IS NULL) AS stars, \
             (SELECT COUNT(*) FROM ocop_items i WHERE i.commune_id = d.commune_id AND i.dossier_id = d.id \
               AND i.listed AND i.state IN ('ok', 'unneeded')) AS settled, \
             (SELECT COUNT(*) FROM ocop_items i WHERE i.commune_id = d.commune_id AND i.dossier_id = d.id \
               AND i.listed) AS all_items \
             FROM ocop_dossiers d \
             JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id \
             JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id ",
            $($rest)+
        )
    };
}

/// Which dossiers a list shows: bound from `$2` on.
macro_rules! filtered {
    () => {
        "d.commune_id = $1 AND ($2 = 0 OR d.year = $2) AND ($3 = '' OR d.state = $3) AND ($4 = 0 OR p.village_id = $5) \
         AND ($6 = '' OR d.product_group = $6) AND (s.name_folded LIKE $7 ESCAPE '!' OR p.name_folded LIKE $7 ESCAPE '!')"
    };
}

const BY_ID: &str = dossiers!("WHERE d.commune_id = $1 AND d.id = $2");
const OPEN_OF: &str =
    dossiers!("WHERE d.commune_id = $1 AND d.product_id = $2 AND d.state IN ", live_states!(), " LIMIT 1");
const OF_PRODUCT: &str =
    dossiers!("WHERE d.commune_id = $1 AND d.product_id = $2 ORDER BY d.created_at DESC, d.id DESC LIMIT 50");
const PAGE: &str = dossiers!("WHERE ", filtered!(), " ORDER BY d.year DESC, s.name_folded, d.id LIMIT $8 OFFSET $9");
const COUNT: &str = concat!(
    "SELECT COUNT(*) FROM ocop_dossiers d
    JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id
    JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id WHERE ",
    filtered!()
);
const INSERT: &str =
    "INSERT INTO ocop_dossiers (commune_id, id, product_id, year, product_group, rubric, item_list, state, letter, override,
      version, request_id, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 'preparing', '', '', 1, $8, $9, $10) ON CONFLICT DO NOTHING";
const SET_STATE: &str = "UPDATE ocop_dossiers SET state = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3";
const HOLD: &str = "UPDATE ocop_dossiers SET version = version WHERE commune_id = $1 AND id = $2";
const PASS: &str = concat!(
    "UPDATE ocop_dossiers SET state = 'passed', passed_on = $4, letter = $5, override = $6, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state IN ",
    open_states!()
);
const DECIDE: &str = "UPDATE ocop_dossiers SET state = 'decided', decision_id = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state = 'passed'";
const NOTE: &str = "INSERT INTO ocop_steps (commune_id, id, dossier_id, step, note, by_user, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)";
const HISTORY: &str = "SELECT t.step, t.note, t.at, u.name AS by_name FROM ocop_steps t
    LEFT JOIN users u ON u.id = t.by_user WHERE t.commune_id = $1 AND t.dossier_id = $2 ORDER BY t.id";
const RUBRICS: &str = "SELECT content FROM ocop_rubrics WHERE commune_id = $1 ORDER BY created_at DESC, code";
const PUT_RUBRIC: &str = "INSERT INTO ocop_rubrics (commune_id, code, content, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5) ON CONFLICT (commune_id, code) DO NOTHING";

/// Which dossiers a list shows.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Year; 0: every one.
    pub year: i32,
    /// State.
    pub state: Option<DossierState>,
    /// Village of the producer.
    pub village: Option<VillageId>,
    /// Code of the product group; empty: every one.
    pub group: String,
    /// Folded words of the product's or the producer's name.
    pub words: String,
}

/// A dossier that is opened.
#[derive(Clone, Debug)]
pub struct NewDossier {
    /// Id.
    pub id: DossierId,
    /// Of which product.
    pub product: ProductId,
    /// Year.
    pub year: i32,
    /// Product group.
    pub group: String,
    /// Code of the rubric's version.
    pub rubric: String,
    /// The version of the list of items.
    pub list: ItemList,
    /// Of the form.
    pub request: uuid::Uuid,
    /// Who opens it.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// A dossier.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: DossierId) -> Result<Option<Dossier>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A product's dossier that is open or with the city.
pub async fn open_of(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Option<Dossier>> {
    on!(cx, c => sqlx::query_as(OPEN_OF).bind(commune).bind(product).fetch_optional(c).await)
}

/// A product's dossiers, the latest first; at most 50.
pub async fn of_product(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Vec<Dossier>> {
    on!(cx, c => sqlx::query_as(OF_PRODUCT).bind(commune).bind(product).fetch_all(c).await)
}

/// How many dossiers a filter leaves.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, f: &Filter) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT)
        .bind(commune)
        .bind(f.year)
        .bind(f.state.map_or("", |state| state.word()))
        .bind(i32::from(f.village.is_some()))
        .bind(f.village)
        .bind(&f.group)
        .bind(contains(&f.words))
        .fetch_one(c)
        .await)
}

/// The dossiers that a filter leaves, by year and name: so many, after so many.
pub async fn page(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    f: &Filter,
    (limit, offset): (i64, i64),
) -> Result<Vec<Dossier>> {
    on!(cx, c => sqlx::query_as(PAGE)
        .bind(commune)
        .bind(f.year)
        .bind(f.state.map_or("", |state| state.word()))
        .bind(i32::from(f.village.is_some()))
        .bind(f.village)
        .bind(&f.group)
        .bind(contains(&f.words))
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

/// Opens a dossier with its items; false if one is open already, or this form's is there.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, d: &NewDossier) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(d.id)
        .bind(d.product)
        .bind(d.year)
        .bind(&d.group)
        .bind(&d.rubric)
        .bind(&d.list.code)
        .bind(d.request)
        .bind(d.by)
        .bind(d.at)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        lists::list(cx, commune, d.id, &d.list, d.by, d.at).await?;
        note(cx, commune, d.id, "open", "", d.by, d.at).await?;
    }
    Ok(done == 1)
}

/// Takes a dossier for this transaction: others who would wait for the commit.
pub async fn hold(cx: &mut Cx<'_>, commune: CommuneId, id: DossierId) -> Result<()> {
    on!(cx, c => sqlx::query(HOLD).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Sets a state over the version that was seen; false if somebody was there before.
pub async fn set_state(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (DossierId, i64),
    state: DossierState,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET_STATE)
        .bind(commune).bind(id).bind(version).bind(state).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes that it went to the city, over the version that was seen.
pub async fn pass(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (DossierId, i64),
    (day, letter, despite): (Day, &str, &str),
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(PASS)
        .bind(commune)
        .bind(id)
        .bind(version)
        .bind(day)
        .bind(letter)
        .bind(despite)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Notes the decision that came of it, over the version that was seen.
pub async fn decide(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, version): (DossierId, i64),
    decision: uuid::Uuid,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(DECIDE)
        .bind(commune).bind(id).bind(version).bind(decision).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Adds a line to a dossier's history.
pub async fn note(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: DossierId,
    step: &str,
    note: &str,
    by: UserId,
    at: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(NOTE)
        .bind(commune)
        .bind(new_id(at))
        .bind(id)
        .bind(step)
        .bind(note)
        .bind(by)
        .bind(at)
        .execute(c)
        .await
        .map(drop))
}

/// A dossier's history, from its beginning.
pub async fn history(cx: &mut Cx<'_>, commune: CommuneId, id: DossierId) -> Result<Vec<StepRow>> {
    on!(cx, c => sqlx::query_as(HISTORY).bind(commune).bind(id).fetch_all(c).await)
}

/// Every rubric that may be chosen: those of the law, then the commune's own, the latest first.
pub async fn rubrics(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Rubric>> {
    let own: Vec<String> = on!(cx, c => sqlx::query_scalar(RUBRICS).bind(commune).fetch_all(c).await)?;
    let own = own.iter().filter_map(|text| serde_json::from_str(text).ok());
    Ok(built_in().iter().cloned().chain(own).collect())
}

/// Writes a rubric of the commune's own; false if one of its code is there.
pub async fn put_rubric(cx: &mut Cx<'_>, commune: CommuneId, rubric: &Rubric, by: UserId, now: Time) -> Result<bool> {
    let content = serde_json::to_string(rubric).unwrap_or_default();
    let done = on!(cx, c => sqlx::query(PUT_RUBRIC)
        .bind(commune).bind(&rubric.code).bind(content).bind(by).bind(now).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
