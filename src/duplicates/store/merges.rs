//! SQL of merges: what belongs to a producer is moved to another, each row noted, so that it can be moved back.

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::duplicates::model::{Before, Merge};
use crate::ids::{CommuneId, MergeId, ProducerId, RevisionId, UserId};
use crate::producers::listed;
use crate::producers::model::{ConsentField, ProducerContent, State};

/// What is moved: a table's rows with a producer in this column, and which of them.
struct Place {
    name: &'static str,
    table: &'static str,
    column: &'static str,
    /// Its key beside the commune.
    key: &'static str,
    /// Which rows, as one more condition.
    rows: &'static str,
}

const fn whole(table: &'static str) -> Place {
    Place { name: table, table, column: "producer_id", key: "id", rows: "" }
}

/// Every table that tells of a producer is moved, or stays with the one that goes and is named in [`STAYS`]; a test
/// holds both against the schema.
const PLACES: [Place; 20] = [
    whole("products"),
    Place { key: "product_id", ..whole("product_register") },
    Place { rows: " AND product_id IS NOT NULL", ..whole("revisions") },
    whole("files"),
    whole("certificates"),
    whole("places"),
    whole("lots"),
    whole("trace_events"),
    whole("label_runs"),
    whole("label_papers"),
    whole("enquiries"),
    whole("parties"),
    Place { name: "handovers.from", column: "from_producer_id", ..whole("handovers") },
    Place { name: "handovers.to", column: "to_producer_id", ..whole("handovers") },
    whole("recall_alerts"),
    whole("misuse_cases"),
    whole("support_needs"),
    whole("support_records"),
    whole("activity_attendance"),
    whole("grants"),
];

/// What stays with the one that goes: what it was invited to; its consents, which were given for it alone; what its people chose for its
/// labels; its own row of the register; what was said of its likeness to others.
#[cfg(test)]
const STAYS: [&str; 7] = [
    "activity_invitations",
    "consents",
    "label_choices",
    "producer_register",
    "producers_apart",
    "producer_merges",
    "producer_merge_moves",
];

// The form that recorded both in one go: its number may stand once with each producer.
const OTHER_REQUESTS: &str = "UPDATE support_records SET request_id = id WHERE commune_id = $1 AND producer_id = $2
    AND request_id IN (SELECT o.request_id FROM support_records o WHERE o.commune_id = $1 AND o.producer_id = $3)";
const PAGES: [&str; 3] = [
    "UPDATE products SET page_version = page_version + 1 WHERE commune_id = $1 AND producer_id = $2",
    "UPDATE lots SET page_version = page_version + 1 WHERE commune_id = $1 AND producer_id = $2",
    "UPDATE producers SET page_version = page_version + 1 WHERE commune_id = $1 AND id = $2",
];
const SET_REVISION: &str = "UPDATE revisions SET state = $3, version = version + 1 WHERE commune_id = $1 AND id = $2";
const INSERT: &str = "INSERT INTO producer_merges (commune_id, id, kept_id, gone_id, note, before, by_user, at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
// What was erased stays so.
const UNDONE: &str = "UPDATE producer_merges SET undone_by = $3, undone_at = $4
    WHERE commune_id = $1 AND id = $2 AND undone_at IS NULL AND NOT EXISTS (SELECT 1 FROM erasure_subjects e
      WHERE e.commune_id = $1 AND e.subject_id IN (producer_merges.kept_id, producer_merges.gone_id))";
const OF_PRODUCER: &str =
    "SELECT id, before FROM producer_merges WHERE commune_id = $1 AND (kept_id = $2 OR gone_id = $2)";
const FORGET: &str = "UPDATE producer_merges SET note = '', before = $3 WHERE commune_id = $1 AND id = $2";
const MOVED: &str = "SELECT place, COUNT(*) FROM producer_merge_moves WHERE commune_id = $1 AND merge_id = $2
    GROUP BY place ORDER BY place";
// What its people said of the field since holds: neither given nor withdrawn behind their backs.
const CONSENT_BACK: &str = "UPDATE consents SET withdrawn_at = NULL
    WHERE commune_id = $1 AND producer_id = $2 AND field = $3 AND withdrawn_at = $4
      AND NOT EXISTS (SELECT 1 FROM consents o WHERE o.commune_id = $1 AND o.producer_id = $2 AND o.field = $3
        AND (o.given_at > $4 OR o.withdrawn_at > $4 OR o.withdrawn_at IS NULL))";
const INTO: &str = "SELECT k.id, k.short, k.name FROM producer_merges m
    JOIN producers k ON k.commune_id = m.commune_id AND k.id = m.kept_id
    WHERE m.commune_id = $1 AND m.gone_id = $2 AND m.undone_at IS NULL";
const INTO_BY_SHORT: &str = "SELECT k.short FROM producers g
    JOIN producer_merges m ON m.commune_id = g.commune_id AND m.gone_id = g.id AND m.undone_at IS NULL
    JOIN producers k ON k.commune_id = m.commune_id AND k.id = m.kept_id
    WHERE g.commune_id = $1 AND g.short = $2";
const COUNT: &str = "SELECT COUNT(*) FROM producer_merges WHERE commune_id = $1";

macro_rules! merges {
    ($rest:literal) => {
        concat!(
            "SELECT m.id, m.kept_id, m.gone_id, m.note, m.before, m.at, u.name AS by_name, m.undone_at, \
             k.name AS kept_name, k.short AS kept_short, g.name AS gone_name, g.short AS gone_short \
             FROM producer_merges m JOIN producers k ON k.commune_id = m.commune_id AND k.id = m.kept_id \
             JOIN producers g ON g.commune_id = m.commune_id AND g.id = m.gone_id \
             LEFT JOIN users u ON u.id = m.by_user ",
            $rest
        )
    };
}

const BY_ID: &str = merges!("WHERE m.commune_id = $1 AND m.id = $2");
const STANDING_OF: &str = merges!("WHERE m.commune_id = $1 AND m.gone_id = $2 AND m.undone_at IS NULL");
const LATEST: &str = merges!("WHERE m.commune_id = $1 ORDER BY m.at DESC, m.id DESC LIMIT $2 OFFSET $3");

/// A merge to be recorded.
#[derive(Clone, Debug)]
pub struct NewMerge<'a> {
    /// Id.
    pub id: MergeId,
    /// The one that is kept.
    pub kept: ProducerId,
    /// The one that goes into it.
    pub gone: ProducerId,
    /// The officer's words.
    pub note: &'a str,
    /// What it found.
    pub before: &'a Before,
    /// Who.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// Records a merge and moves everything of the one that goes.
pub async fn merge(cx: &mut Cx<'_>, commune: CommuneId, m: &NewMerge<'_>) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(commune)
        .bind(m.id)
        .bind(m.kept)
        .bind(m.gone)
        .bind(m.note)
        .bind(m.before)
        .bind(m.by)
        .bind(m.at)
        .execute(c)
        .await
        .map(drop))?;
    on!(cx, c => sqlx::query(OTHER_REQUESTS).bind(commune).bind(m.gone).bind(m.kept).execute(c).await.map(drop))?;
    for place in &PLACES {
        let Place { name, table, column, key, rows } = place;
        let note = format!(
            "INSERT INTO producer_merge_moves (commune_id, merge_id, place, row_id) \
             SELECT commune_id, $3, '{name}', {key} FROM {table} WHERE commune_id = $1 AND {column} = $2{}",
            rows
        );
        let taken = on!(cx, c => {
            let query = sqlx::query(sqlx::AssertSqlSafe(note)).bind(commune).bind(m.gone).bind(m.id);
            query.execute(c).await.map(|done| done.rows_affected())
        })?;
        if taken > 0 {
            set(cx, commune, place, m.id, (m.gone, m.kept)).await?;
        }
    }
    recount(cx, commune, (m.kept, m.gone)).await?;
    touch(cx, commune, m.kept).await
}

/// Moves back what a merge moved and is still where it was moved to.
pub async fn undo(cx: &mut Cx<'_>, commune: CommuneId, merge: &Merge, by: UserId, now: Time) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(UNDONE)
        .bind(commune).bind(merge.id).bind(by).bind(now).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 0 {
        return Ok(false);
    }
    touch(cx, commune, merge.kept_id).await?;
    for place in &PLACES {
        set(cx, commune, place, merge.id, (merge.kept_id, merge.gone_id)).await?;
    }
    recount(cx, commune, (merge.kept_id, merge.gone_id)).await?;
    touch(cx, commune, merge.gone_id).await?;
    Ok(true)
}

/// Takes the words out of all merges that a producer was part of.
pub async fn forget(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<()> {
    let merges: Vec<(MergeId, Before)> =
        on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)?;
    for (id, before) in merges {
        let before = Before { kept: ProducerContent::default(), ..before };
        on!(cx, c => sqlx::query(FORGET).bind(commune).bind(id).bind(before).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Moves the rows that a merge noted from one producer to another.
async fn set(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    place: &Place,
    merge: MergeId,
    (from, to): (ProducerId, ProducerId),
) -> Result<()> {
    let Place { name, table, column, key, .. } = place;
    let text = format!(
        "UPDATE {table} SET {column} = $4 WHERE commune_id = $1 AND {column} = $3 AND {key} IN \
         (SELECT row_id FROM producer_merge_moves WHERE commune_id = $1 AND merge_id = $2 AND place = '{name}')"
    );
    on!(cx, c => sqlx::query(sqlx::AssertSqlSafe(text))
        .bind(commune).bind(merge).bind(from).bind(to).execute(c).await.map(drop))
}

/// The register counts both anew.
async fn recount(cx: &mut Cx<'_>, commune: CommuneId, (one, other): (ProducerId, ProducerId)) -> Result<()> {
    for producer in [one.min(other), one.max(other)] {
        listed::recount_products(cx, commune, producer).await?;
        listed::recount_support(cx, commune, producer).await?;
    }
    Ok(())
}

/// Pages of a producer, its products and its lots are made anew.
async fn touch(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<()> {
    for text in PAGES {
        on!(cx, c => sqlx::query(text).bind(commune).bind(producer).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Sets where a change under review stands: closed with its producer, opened again when that comes back.
pub async fn set_revision(cx: &mut Cx<'_>, commune: CommuneId, id: RevisionId, state: State) -> Result<()> {
    on!(cx, c => sqlx::query(SET_REVISION).bind(commune).bind(id).bind(state).execute(c).await.map(drop))
}

/// Lets a consent stand again that a merge withdrew at this time, unless the field was answered anew since.
pub async fn give_back(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    field: ConsentField,
    withdrawn_at: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(CONSENT_BACK)
        .bind(commune).bind(producer).bind(field).bind(withdrawn_at).execute(c).await.map(drop))
}

/// A merge.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: MergeId) -> Result<Option<Merge>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// The merge by which this producer went into another, if that stands.
pub async fn standing_of(cx: &mut Cx<'_>, commune: CommuneId, gone: ProducerId) -> Result<Option<Merge>> {
    on!(cx, c => sqlx::query_as(STANDING_OF).bind(commune).bind(gone).fetch_optional(c).await)
}

/// Into which producer this one went: id, suffix of its address, name.
pub async fn into(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    gone: ProducerId,
) -> Result<Option<(ProducerId, String, String)>> {
    on!(cx, c => sqlx::query_as(INTO).bind(commune).bind(gone).fetch_optional(c).await)
}

/// Suffix of the address of the producer into which the one with this suffix went.
pub async fn into_by_short(cx: &mut Cx<'_>, commune: CommuneId, short: &str) -> Result<Option<String>> {
    on!(cx, c => sqlx::query_scalar(INTO_BY_SHORT).bind(commune).bind(short).fetch_optional(c).await)
}

/// How many rows a merge moved, by place.
pub async fn moved(cx: &mut Cx<'_>, commune: CommuneId, id: MergeId) -> Result<Vec<(String, i64)>> {
    on!(cx, c => sqlx::query_as(MOVED).bind(commune).bind(id).fetch_all(c).await)
}

/// How many merges there were.
pub async fn count(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT).bind(commune).fetch_one(c).await)
}

/// Merges, the latest first: so many, after so many.
pub async fn latest(cx: &mut Cx<'_>, commune: CommuneId, limit: i64, offset: i64) -> Result<Vec<Merge>> {
    on!(cx, c => sqlx::query_as(LATEST).bind(commune).bind(limit).bind(offset).fetch_all(c).await)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sqlx::sqlite::SqliteSynchronous;

    use super::*;
    use crate::db::{Db, migrate};

    const COLUMNS: &str = "SELECT t.name || '.' || f.\"from\" FROM sqlite_schema t
        JOIN pragma_foreign_key_list(t.name) f ON f.\"table\" = 'producers' AND f.\"to\" = 'id'
        WHERE t.type = 'table'";

    #[tokio::test]
    async fn every_table_that_tells_of_a_producer_is_moved_or_stays() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("a.db"), SqliteSynchronous::Off).await.unwrap();
        migrate(&db).await.unwrap();
        let mut conn = db.read().await.unwrap();
        let cx = &mut conn.cx();
        let there: BTreeSet<String> = on!(cx, c => sqlx::query_scalar(COLUMNS).fetch_all(c).await)
            .unwrap()
            .into_iter()
            .filter(|place: &String| !STAYS.iter().any(|table| place.starts_with(&format!("{table}."))))
            .collect();
        let moved: BTreeSet<String> = PLACES.iter().map(|place| format!("{}.{}", place.table, place.column)).collect();
        assert_eq!(there, moved);
    }
}
