//! SQL that counts a period's figures.

use std::collections::BTreeMap;

use crate::clock::Day;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProductId};
use crate::producers::model::State;
use crate::products::model::ProductContent;
use crate::products::store::stands;
use crate::reports::model::{Figure, Part};

// From the first day to the last, both of one year; times from the beginning of the one to the end of the other.
const SUPPORT: &str = "SELECT COUNT(DISTINCT producer_id), COUNT(*), CAST(COALESCE(SUM(paid), 0) AS BIGINT)
    FROM support_records WHERE commune_id = $1 AND year = $4 AND state IN ('delivered', 'known')
      AND given_on >= $2 AND given_on <= $3";
const STANDING: &str = concat!(
    "SELECT
      (SELECT COUNT(*) FROM producers p WHERE p.commune_id = $1 AND p.state = 'approved' AND p.created_at < $3)
        AS producers,
      (SELECT COUNT(*) FROM products s WHERE s.commune_id = $1 AND s.state = 'approved' AND s.approved_at < $3)
        AS products,
      (SELECT COUNT(DISTINCT n.product_id) FROM label_runs n WHERE n.commune_id = $1 AND n.voided_at IS NULL
        AND n.created_at < $3) AS labelled,
      (SELECT COUNT(DISTINCT l.product_id) FROM lots l WHERE l.commune_id = $1 AND l.state <> 'set_aside'
        AND l.made_on <= $2) AS traced,
      (SELECT COUNT(DISTINCT d.product_id) FROM ocop_decisions d WHERE d.commune_id = $1 AND ",
    stands!("$2"),
    ") AS starred"
);
const HAPPENED: &str = "SELECT
      (SELECT COUNT(*) FROM ocop_dossiers d WHERE d.commune_id = $1 AND d.passed_on >= $2 AND d.passed_on <= $3)
        AS dossiers,
      (SELECT CAST(COALESCE(SUM(n.people), 0) AS BIGINT) FROM scan_product_days n
        WHERE n.commune_id = $1 AND n.day >= $2 AND n.day <= $3) AS scans,
      (SELECT COUNT(*) FROM enquiries e WHERE e.commune_id = $1 AND e.created_at >= $4 AND e.created_at < $5)
        AS enquiries,
      (SELECT COUNT(*) FROM support_needs n WHERE n.commune_id = $1 AND n.created_at >= $4 AND n.created_at < $5)
        AS needs,
      (SELECT COUNT(*) FROM support_needs n WHERE n.commune_id = $1 AND n.answered_at >= $4 AND n.answered_at < $5)
        AS answered";
const CONTENTS: &str = "SELECT id, content FROM products WHERE commune_id = $1 AND state = 'approved' AND id > $2
    ORDER BY id LIMIT 500";

macro_rules! parts {
    ($name:literal, $join:literal, $by:literal) => {
        concat!(
            "SELECT ",
            $name,
            " AS name, COUNT(DISTINCT r.producer_id) AS producers, COUNT(*) AS times, \
             CAST(COALESCE(SUM(r.paid), 0) AS BIGINT) AS paid FROM support_records r ",
            $join,
            " WHERE r.commune_id = $1 AND r.year = $4 AND r.state IN ('delivered', 'known') \
             AND r.given_on >= $2 AND r.given_on <= $3 GROUP BY ",
            $by,
            " ORDER BY times DESC, name"
        )
    };
}
// Summed by producer first: each is looked up once.
const BY_VILLAGE: &str = "SELECT COALESCE(v.name, '') AS name, COUNT(*) AS producers,
      CAST(SUM(o.times) AS BIGINT) AS times, CAST(SUM(o.paid) AS BIGINT) AS paid
    FROM (SELECT r.commune_id, r.producer_id, COUNT(*) AS times, CAST(COALESCE(SUM(r.paid), 0) AS BIGINT) AS paid
        FROM support_records r WHERE r.commune_id = $1 AND r.year = $4 AND r.state IN ('delivered', 'known')
          AND r.given_on >= $2 AND r.given_on <= $3 GROUP BY r.commune_id, r.producer_id) o
      JOIN producer_register p ON p.commune_id = o.commune_id AND p.producer_id = o.producer_id
      LEFT JOIN villages v ON v.commune_id = p.commune_id AND v.id = p.village_id
    GROUP BY COALESCE(v.name, '') ORDER BY times DESC, name";
const BY_KIND: &str = parts!("r.kind", "", "r.kind");
const BY_PROGRAMME: &str = parts!(
    "COALESCE(g.name, '')",
    "LEFT JOIN support_programmes g ON g.commune_id = r.commune_id AND g.id = r.programme_id",
    "COALESCE(g.name, '')"
);
// From an index that holds the year in the order in which it is summed.
const KINDS_OF_YEAR: &str = "SELECT kind AS name, COUNT(*) AS times FROM support_records
    WHERE commune_id = $1 AND year = $2 AND state IN ('delivered', 'known') GROUP BY kind ORDER BY times DESC, name";
// What the producers' rows tell: none was given support after this year.
const VILLAGES: &str = "SELECT COALESCE(v.name, '') AS name, CAST(SUM(o.times) AS BIGINT) AS times,
      CAST(SUM(o.products) AS BIGINT) AS products
    FROM (SELECT village_id, SUM(CASE WHEN supported_on >= $2 THEN supported ELSE 0 END) AS times,
          SUM(products) AS products
        FROM producer_register WHERE commune_id = $1 GROUP BY village_id) o
      LEFT JOIN villages v ON v.commune_id = $1 AND v.id = o.village_id
    GROUP BY COALESCE(v.name, '') ORDER BY times DESC, name";
const ENDING: &str = "SELECT COUNT(*) FROM certificates WHERE commune_id = $1 AND product_id IS NOT NULL
    AND retired_at IS NULL AND expires_on >= $2 AND expires_on <= $3";
const STAGE: &str = "SELECT COUNT(*) FROM product_register WHERE commune_id = $1 AND state = $2";

type Values = BTreeMap<String, i64>;

fn put(values: &mut Values, figure: Figure, value: i64) {
    values.insert(figure.word().to_owned(), value);
}

/// The figures of this room's own statements; those of activities and reviews are added by who knows them.
pub async fn of(cx: &mut Cx<'_>, commune: CommuneId, (from, to): (Day, Day)) -> Result<Values> {
    let mut values = Values::new();
    let (supported, times, paid): (i64, i64, i64) = on!(cx, c => sqlx::query_as(SUPPORT)
        .bind(commune).bind(from).bind(to).bind(from.year()).fetch_one(c).await)?;
    put(&mut values, Figure::Supported, supported);
    put(&mut values, Figure::Times, times);
    put(&mut values, Figure::Paid, paid);
    let end = to.plus_days(1).start();
    let standing: (i64, i64, i64, i64, i64) =
        on!(cx, c => sqlx::query_as(STANDING).bind(commune).bind(to).bind(end).fetch_one(c).await)?;
    put(&mut values, Figure::Producers, standing.0);
    put(&mut values, Figure::Products, standing.1);
    put(&mut values, Figure::Labelled, standing.2);
    put(&mut values, Figure::Traced, standing.3);
    put(&mut values, Figure::Starred, standing.4);
    let happened: (i64, i64, i64, i64, i64) = on!(cx, c => sqlx::query_as(HAPPENED)
        .bind(commune).bind(from).bind(to).bind(from.start()).bind(end).fetch_one(c).await)?;
    put(&mut values, Figure::Dossiers, happened.0);
    put(&mut values, Figure::Scans, happened.1);
    put(&mut values, Figure::Enquiries, happened.2);
    put(&mut values, Figure::Needs, happened.3);
    put(&mut values, Figure::Answered, happened.4);
    Ok(values)
}

/// How many approved products are sold at an address on the net: read from their contents, five hundred at a time.
pub async fn on_net(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    let (mut count, mut after) = (0, ProductId(uuid::Uuid::nil()));
    loop {
        let rows: Vec<(ProductId, ProductContent)> =
            on!(cx, c => sqlx::query_as(CONTENTS).bind(commune).bind(after).fetch_all(c).await)?;
        let Some((last, _)) = rows.last() else { return Ok(count) };
        after = *last;
        let is_on_net = |content: &ProductContent| content.channels.iter().any(|channel| !channel.url.is_empty());
        count += rows.iter().filter(|(_, content)| is_on_net(content)).count() as i64;
    }
}

async fn parts(cx: &mut Cx<'_>, commune: CommuneId, text: &'static str, (from, to): (Day, Day)) -> Result<Vec<Part>> {
    on!(cx, c => sqlx::query_as(text)
        .bind(commune).bind(from).bind(to).bind(from.year()).fetch_all(c).await)
}

/// Support by village of the producer; no name: none.
pub async fn by_village(cx: &mut Cx<'_>, commune: CommuneId, days: (Day, Day)) -> Result<Vec<Part>> {
    parts(cx, commune, BY_VILLAGE, days).await
}

/// Support by kind; names are codes.
pub async fn by_kind(cx: &mut Cx<'_>, commune: CommuneId, days: (Day, Day)) -> Result<Vec<Part>> {
    parts(cx, commune, BY_KIND, days).await
}

/// Support by programme; no name: none.
pub async fn by_programme(cx: &mut Cx<'_>, commune: CommuneId, days: (Day, Day)) -> Result<Vec<Part>> {
    parts(cx, commune, BY_PROGRAMME, days).await
}

/// How often a year's support was given, by kind; names are codes.
pub async fn kinds_of_year(cx: &mut Cx<'_>, commune: CommuneId, year: i32) -> Result<Vec<(String, i64)>> {
    on!(cx, c => sqlx::query_as(KINDS_OF_YEAR).bind(commune).bind(year).fetch_all(c).await)
}

/// Of each village's producers: how often they were given support this year, and their approved products. No name: none.
pub async fn villages(cx: &mut Cx<'_>, commune: CommuneId, today: Day) -> Result<Vec<(String, i64, i64)>> {
    on!(cx, c => sqlx::query_as(VILLAGES).bind(commune).bind(today.year_start()).fetch_all(c).await)
}

/// How many products stand here.
pub async fn stage(cx: &mut Cx<'_>, commune: CommuneId, state: State) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(STAGE).bind(commune).bind(state).fetch_one(c).await)
}

/// Certificates of products that end from one day to another.
pub async fn certificates_ending(cx: &mut Cx<'_>, commune: CommuneId, from: Day, to: Day) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(ENDING).bind(commune).bind(from).bind(to).fetch_one(c).await)
}
