//! SQL of the list from which producers are chosen for support.

use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, VillageId};
use crate::producers::model::{ProducerKind, State};
use crate::support::filter::contains;

macro_rules! picked {
    () => {
        "FROM producers p WHERE p.commune_id = $1 AND p.name_folded LIKE $2 ESCAPE '!' AND p.name_folded <> '' \
         AND ($3 = 0 OR p.village_id = $4) AND ($5 = '' OR p.kind = $5)"
    };
}
const COUNT: &str = concat!("SELECT COUNT(*) ", picked!());
const PAGE: &str = concat!(
    "SELECT p.short, p.name, p.kind, p.village_id, p.state ",
    picked!(),
    " ORDER BY p.name_folded, p.id LIMIT $6"
);

/// Which producers are offered.
#[derive(Clone, Debug, Default)]
pub struct PickFilter {
    /// Folded words of the name.
    pub words: String,
    /// Village.
    pub village: Option<VillageId>,
    /// Kind.
    pub kind: Option<ProducerKind>,
}

/// A producer that is offered.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PickRow {
    /// Suffix of its address.
    pub short: String,
    /// Name.
    pub name: String,
    /// Kind, as a word.
    pub kind: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Where it stands.
    pub state: State,
}

/// How many producers fit.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId, f: &PickFilter) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT)
        .bind(commune)
        .bind(contains(&f.words))
        .bind(i32::from(f.village.is_some()))
        .bind(f.village)
        .bind(f.kind.map_or("", |kind| kind.word()))
        .fetch_one(c)
        .await)
}

/// The first of them, by name.
pub async fn page(cx: &mut Cx<'_>, commune: CommuneId, f: &PickFilter, limit: i64) -> Result<Vec<PickRow>> {
    on!(cx, c => sqlx::query_as(PAGE)
        .bind(commune)
        .bind(contains(&f.words))
        .bind(i32::from(f.village.is_some()))
        .bind(f.village)
        .bind(f.kind.map_or("", |kind| kind.word()))
        .bind(limit)
        .fetch_all(c)
        .await)
}
