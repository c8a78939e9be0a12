//! SQL of pairs: which producers have something in common, and which pairs the office said to be two.

pub mod merges;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::clock::Time;
use crate::db::{Cx, Result, WithIds, on};
use crate::ids::{CommuneId, ProducerId, UserId, VillageId};
use crate::producers::model::State;

use super::model::{Marks, Pair, Reason, Reasons, alike, in_order, pairs};

/// Groups read of each kind: more are looked through when these are dealt with.
macro_rules! shared {
    ($key:literal, $has:literal) => {
        concat!(
            "SELECT CAST(r.",
            $key,
            " AS text), r.village_id, r.producer_id FROM producer_register r JOIN \
             (SELECT village_id, ",
            $key,
            " FROM producer_register WHERE commune_id = $1 AND ",
            $has,
            " AND state NOT IN ('withdrawn', 'rejected') GROUP BY village_id, ",
            $key,
            " HAVING COUNT(*) > 1 LIMIT 1000) g ON g.",
            $key,
            " = r.",
            $key,
            " AND g.village_id = r.village_id \
             WHERE r.commune_id = $1 AND r.state NOT IN ('withdrawn', 'rejected')"
        )
    };
    ($key:literal) => {
        concat!(
            "SELECT r.",
            $key,
            ", r.producer_id FROM producer_register r JOIN (SELECT ",
            $key,
            " FROM producer_register WHERE commune_id = $1 AND ",
            $key,
            " IS NOT NULL AND state NOT IN ('withdrawn', 'rejected') GROUP BY ",
            $key,
            " HAVING COUNT(*) > 1 LIMIT 1000) g ON g.",
            $key,
            " = r.",
            $key,
            " WHERE r.commune_id = $1 AND r.state NOT IN ('withdrawn', 'rejected')"
        )
    };
}

const SAME_PHONE: &str = shared!("phone");
const SAME_TAX_CODE: &str = shared!("tax_code");
const SAME_NAME: &str = shared!("name_key", "name_key <> '' AND village_id IS NOT NULL");
const MARKS: &str = "SELECT producer_id, name_key, village_id, phone, tax_code FROM producer_register
    WHERE commune_id = $1 AND producer_id = $2";
// Each by its own index: same phone, same tax code, and of the village what follows.
macro_rules! compared {
    ($of_village:literal) => {
        concat!(
            "SELECT producer_id, name_key, village_id, phone, tax_code FROM producer_register \
               WHERE commune_id = $1 AND phone = $2 AND state NOT IN ('withdrawn', 'rejected') \
             UNION SELECT producer_id, name_key, village_id, phone, tax_code FROM producer_register \
               WHERE commune_id = $1 AND tax_code = $3 AND state NOT IN ('withdrawn', 'rejected') \
             UNION SELECT producer_id, name_key, village_id, phone, tax_code FROM producer_register \
               WHERE commune_id = $1 AND village_id = $4 AND state NOT IN ('withdrawn', 'rejected')",
            $of_village
        )
    };
}
const SURE: &str = compared!(" AND name_key = $5");
const NEAR: &str = compared!(" AND $5 <> ''");
const ALL_APART: &str = "SELECT first_id, second_id, reasons FROM producers_apart WHERE commune_id = $1";
const APART_OF: &str = "SELECT first_id, second_id, reasons FROM producers_apart
      WHERE commune_id = $1 AND first_id = $2
    UNION ALL SELECT first_id, second_id, reasons FROM producers_apart WHERE commune_id = $1 AND second_id = $2";
const APART: &str = "INSERT INTO producers_apart (commune_id, first_id, second_id, reasons, note, by_user, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (commune_id, first_id, second_id) DO UPDATE SET reasons = $4, note = $5, by_user = $6, at = $7";
const NOT_APART: &str = "DELETE FROM producers_apart WHERE commune_id = $1 AND first_id = $2 AND second_id = $3";
const SAID_APART: &str = "SELECT a.first_id, a.second_id, a.reasons, a.note, a.at, u.name AS by_name
    FROM producers_apart a LEFT JOIN users u ON u.id = a.by_user
    WHERE a.commune_id = $1 ORDER BY a.at DESC, a.first_id LIMIT $2 OFFSET $3";
const ONE_APART: &str = "SELECT a.first_id, a.second_id, a.reasons, a.note, a.at, u.name AS by_name
    FROM producers_apart a LEFT JOIN users u ON u.id = a.by_user
    WHERE a.commune_id = $1 AND a.first_id = $2 AND a.second_id = $3";
const COUNT_APART: &str = "SELECT COUNT(*) FROM producers_apart WHERE commune_id = $1";
static NAMES: LazyLock<WithIds> = LazyLock::new(|| {
    let open = "SELECT id, short, state, name, village_id FROM producers WHERE commune_id = $1 AND id IN (";
    WithIds::new(open, 2, ")")
});

/// A producer of a pair, as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Named {
    /// Id.
    pub id: ProducerId,
    /// Suffix of its address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Name.
    pub name: String,
    /// Village.
    pub village_id: Option<VillageId>,
}

/// A pair that the office said to be two.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Apart {
    /// The lesser id.
    pub first_id: ProducerId,
    /// The other.
    pub second_id: ProducerId,
    /// What they had in common.
    pub reasons: i32,
    /// The officer's words.
    pub note: String,
    /// When.
    pub at: Time,
    /// Who.
    pub by_name: Option<String>,
}

type Key = (ProducerId, ProducerId);

fn known(rows: Vec<(ProducerId, ProducerId, i32)>) -> HashMap<Key, Reasons> {
    rows.into_iter().map(|(first, second, reasons)| ((first, second), Reasons(reasons))).collect()
}

/// Those with something in common that the office did not know of when it said that they are two.
fn open(pairs: impl IntoIterator<Item = Pair>, known: &HashMap<Key, Reasons>) -> Vec<Pair> {
    let is_open =
        |pair: &Pair| known.get(&(pair.first, pair.second)).is_none_or(|k| !pair.reasons.without(*k).is_empty());
    pairs.into_iter().filter(is_open).collect()
}

/// Pairs of the commune that share a tax code, a phone, or a name in their village, the surest first; those that the
/// office said to be two left out. Names that are only near are told for one producer ([`of_producer`]).
pub async fn suspected(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Pair>> {
    let phones: Vec<(String, ProducerId)> = on!(cx, c => sqlx::query_as(SAME_PHONE).bind(commune).fetch_all(c).await)?;
    let codes: Vec<(String, ProducerId)> =
        on!(cx, c => sqlx::query_as(SAME_TAX_CODE).bind(commune).fetch_all(c).await)?;
    let names: Vec<(String, VillageId, ProducerId)> =
        on!(cx, c => sqlx::query_as(SAME_NAME).bind(commune).fetch_all(c).await)?;
    let groups = phones
        .into_iter()
        .map(|(phone, id)| (Reason::Phone, (phone, None), id))
        .chain(codes.into_iter().map(|(code, id)| (Reason::TaxCode, (code, None), id)))
        .chain(names.into_iter().map(|(name, village, id)| (Reason::Name, (name, Some(village)), id)));
    let found = pairs(groups);
    let apart = known(on!(cx, c => sqlx::query_as(ALL_APART).bind(commune).fetch_all(c).await)?);
    Ok(open(found, &apart))
}

/// How far likeness is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// By what is the same: a few rows by their indexes.
    Sure,
    /// Also among all names of the village.
    Near,
}

/// Pairs of this producer, the surest first; at most 20.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId, look: Look) -> Result<Vec<Pair>> {
    let Some(own) = marks(cx, commune, id).await? else { return Ok(Vec::new()) };
    let text = match look {
        Look::Sure => SURE,
        Look::Near => NEAR,
    };
    let near: Vec<Marks> = on!(cx, c => sqlx::query_as(text)
        .bind(commune)
        .bind(&own.phone)
        .bind(&own.tax_code)
        .bind(own.village_id)
        .bind(&own.name_key)
        .fetch_all(c)
        .await)?;
    let alikes = near.iter().map(|other| (other.producer_id, alike(&own, other))).filter(|(_, r)| !r.is_empty());
    let found = alikes.map(|(other, reasons)| {
        let (first, second) = in_order(id, other);
        Pair { first, second, reasons }
    });
    let apart = known(on!(cx, c => sqlx::query_as(APART_OF).bind(commune).bind(id).fetch_all(c).await)?);
    let mut found = open(found, &apart);
    found.sort_by_key(|pair| (std::cmp::Reverse(pair.reasons.weight()), pair.first, pair.second));
    found.truncate(20);
    Ok(found)
}

/// Producers that may be the same as this one, near names of its village among them, the surest first; at most 20.
pub async fn alike_to(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Vec<Named>> {
    let pairs = of_producer(cx, commune, id, Look::Near).await?;
    let others: Vec<ProducerId> = pairs.iter().map(|pair| pair.other(id)).collect();
    let mut named = names(cx, commune, &others).await?;
    Ok(others.iter().filter_map(|other| named.remove(other)).collect())
}

/// What a producer is compared by.
pub async fn marks(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Option<Marks>> {
    on!(cx, c => sqlx::query_as(MARKS).bind(commune).bind(id).fetch_optional(c).await)
}

/// Producers by id.
pub async fn names(cx: &mut Cx<'_>, commune: CommuneId, ids: &[ProducerId]) -> Result<HashMap<ProducerId, Named>> {
    let rows: Vec<Named> = NAMES.rows(cx, commune, ids).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Remembers that a pair is two, for what it has in common now.
pub async fn set_apart(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    pair: Pair,
    note: &str,
    by: UserId,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(APART)
        .bind(commune)
        .bind(pair.first)
        .bind(pair.second)
        .bind(pair.reasons.0)
        .bind(note)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(drop))
}

/// Forgets that a pair is two; false if it was not said.
pub async fn unset_apart(cx: &mut Cx<'_>, commune: CommuneId, first: ProducerId, second: ProducerId) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(NOT_APART)
        .bind(commune).bind(first).bind(second).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// What was said of a pair, the lesser id first.
pub async fn apart(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    first: ProducerId,
    second: ProducerId,
) -> Result<Option<Apart>> {
    on!(cx, c => sqlx::query_as(ONE_APART).bind(commune).bind(first).bind(second).fetch_optional(c).await)
}

/// How many pairs were said to be two.
pub async fn count_apart(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_APART).bind(commune).fetch_one(c).await)
}

/// Pairs said to be two, the latest first: so many, after so many.
pub async fn said_apart(cx: &mut Cx<'_>, commune: CommuneId, limit: i64, offset: i64) -> Result<Vec<Apart>> {
    on!(cx, c => sqlx::query_as(SAID_APART).bind(commune).bind(limit).bind(offset).fetch_all(c).await)
}
