//! SQL of a dossier's items and their files.

use super::lists;
use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, FileId, ProducerId, ProductId, UserId};
use crate::ocop::item_list::{by_code, known};
use crate::ocop::model::{Dossier, ItemFile, ItemRow, ItemState, Source};

const ROWS: &str = "SELECT i.number, i.listed, i.state, i.note, i.due_on, i.version, i.updated_at, u.name AS by_name
    FROM ocop_items i LEFT JOIN users u ON u.id = i.updated_by
    WHERE i.commune_id = $1 AND i.dossier_id = $2 ORDER BY i.number";
const SET: &str = "UPDATE ocop_items SET state = $5, note = $6, due_on = $7, version = version + 1, updated_by = $8,
      updated_at = $9
    WHERE commune_id = $1 AND dossier_id = $2 AND number = $3 AND version = $4";
const ADD_FILE: &str =
    "INSERT INTO ocop_item_files (commune_id, dossier_id, number, file_id, source, source_mark, added_by, added_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";
const ADD_AGAIN: &str =
    "UPDATE ocop_item_files SET removed_at = NULL, source = $5, source_mark = $6, added_by = $7, added_at = $8
    WHERE commune_id = $1 AND dossier_id = $2 AND number = $3 AND file_id = $4 AND removed_at IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM ocop_item_files o WHERE o.commune_id = $1 AND o.dossier_id = $2 AND o.number = $3
        AND o.source = $5 AND o.source_mark = $6 AND $6 <> '' AND o.removed_at IS NULL)";
const REMOVE_FILE: &str = "UPDATE ocop_item_files SET removed_at = $5
    WHERE commune_id = $1 AND dossier_id = $2 AND number = $3 AND file_id = $4 AND removed_at IS NULL";
const FILES: &str = "SELECT e.number, e.file_id, f.name, f.kind, f.media_type, f.sha256, e.added_at, e.source,
      e.source_mark
    FROM ocop_item_files e JOIN files f ON f.commune_id = e.commune_id AND f.id = e.file_id
    WHERE e.commune_id = $1 AND e.dossier_id = $2 AND e.removed_at IS NULL ORDER BY e.number, e.added_at, e.file_id";
const ACCEPTED: &str = "SELECT COUNT(*) FROM ocop_items WHERE commune_id = $1 AND dossier_id = $2 AND state = 'ok'";
const AGAIN: &str = "UPDATE ocop_items SET state = 'handed', note = $4, updated_by = $5, updated_at = $6,
      version = version + 1
    WHERE commune_id = $1 AND dossier_id = $2 AND state = 'missing' AND number IN
      (SELECT o.number FROM ocop_items o WHERE o.commune_id = $1 AND o.dossier_id = $3 AND o.state = 'ok')";
const FILES_AGAIN: &str =
    "INSERT INTO ocop_item_files (commune_id, dossier_id, number, file_id, source, source_mark, added_by, added_at)
    SELECT e.commune_id, i.dossier_id, e.number, e.file_id, e.source, e.source_mark, $4, $5 FROM ocop_item_files e
    JOIN ocop_items o ON o.commune_id = e.commune_id AND o.dossier_id = e.dossier_id AND o.number = e.number
      AND o.state = 'ok'
    JOIN ocop_items i ON i.commune_id = e.commune_id AND i.dossier_id = $2 AND i.number = e.number
    WHERE e.commune_id = $1 AND e.dossier_id = $3 AND e.removed_at IS NULL";
// Papers of a product and of its producer that are here already.
const HELD: &str = "SELECT c.kind, c.number, c.file_id FROM certificates c
    JOIN products s ON s.commune_id = c.commune_id AND s.id = $2
    WHERE c.commune_id = $1 AND c.producer_id = s.producer_id AND (c.product_id IS NULL OR c.product_id = s.id)
      AND c.retired_at IS NULL AND c.file_id IS NOT NULL
    ORDER BY c.kind, c.id";

const HANDED: &str = concat!(
    "SELECT d.id, s.name, p.name AS producer_name, COUNT(*) AS items, MIN(i.updated_at) AS since
    FROM ocop_items i
    JOIN ocop_dossiers d ON d.commune_id = i.commune_id AND d.id = i.dossier_id AND d.state IN ",
    open_states!(),
    "
    JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id
    JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id
    WHERE i.commune_id = $1 AND i.listed AND i.state = 'handed' GROUP BY d.id, s.name, p.name ORDER BY since LIMIT 200"
);
const WANTED_OF: &str = concat!(
    "SELECT s.short, s.name, d.item_list, i.number, i.state FROM ocop_items i
    JOIN ocop_dossiers d ON d.commune_id = i.commune_id AND d.id = i.dossier_id AND d.state IN ",
    open_states!(),
    "
    JOIN products s ON s.commune_id = d.commune_id AND s.id = d.product_id
    WHERE s.commune_id = $1 AND s.producer_id = $2 AND i.listed AND i.state IN ('back', 'missing', 'preparing')
    ORDER BY s.name_folded, s.id LIMIT 2000"
);
const REOPEN: &str =
    "UPDATE ocop_items SET state = 'preparing', version = version + 1, updated_by = $4, updated_at = $5
    WHERE commune_id = $1 AND dossier_id = $2 AND number = $3 AND state IN ('ok', 'unneeded', 'handed')";

/// A dossier with items that wait for the office.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct HandedRow {
    /// The dossier.
    pub id: DossierId,
    /// Its product's name.
    pub name: String,
    /// Its producer's name.
    pub producer_name: String,
    /// How many items.
    pub items: i64,
    /// Since when the first of them waits.
    pub since: Time,
}

/// Dossiers with items that wait for the office, the longest first; at most 200.
pub async fn handed(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<HandedRow>> {
    on!(cx, c => sqlx::query_as(HANDED).bind(commune).fetch_all(c).await)
}

/// Suffix and name of a producer's products with an open dossier, and how many items are to be mended or, if
/// mandatory, are missing.
pub async fn wanted_of(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
) -> Result<Vec<(String, String, i64)>> {
    let lists = lists::all(cx, commune).await?;
    let rows: Vec<(String, String, String, i32, ItemState)> =
        on!(cx, c => sqlx::query_as(WANTED_OF).bind(commune).bind(producer).fetch_all(c).await)?;
    let mut wanted: Vec<(String, String, i64)> = Vec::new();
    for (short, name, list, number, state) in rows {
        let list = lists.iter().find(|one| one.code == list);
        let is_mandatory = list.and_then(|list| list.item(number)).is_some_and(|item| item.mandatory);
        if state != ItemState::Back && !is_mandatory {
            continue;
        }
        match wanted.last_mut().filter(|(known, ..)| *known == short) {
            Some((.., count)) => *count += 1,
            None => wanted.push((short, name, 1)),
        }
    }
    Ok(wanted)
}

/// An item whose files changed is to be handed in and looked at anew; true if it had been.
pub async fn reopen(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (dossier, number): (DossierId, i32),
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(REOPEN)
        .bind(commune).bind(dossier).bind(number).bind(by).bind(now).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A dossier's items in the order of its list, then those that its list doesn't have.
pub async fn rows(cx: &mut Cx<'_>, commune: CommuneId, dossier: &Dossier) -> Result<Vec<ItemRow>> {
    let lists = lists::all(cx, commune).await?;
    let list = by_code(&lists, &dossier.item_list);
    let mut rows: Vec<ItemRow> = on!(cx, c => sqlx::query_as(ROWS).bind(commune).bind(dossier.id).fetch_all(c).await)?;
    for row in &mut rows {
        row.item = known(&lists, list, row.number);
        let place = list.items.iter().position(|item| item.number == row.number);
        row.at = place.filter(|_| row.listed).map_or(0, |place| place + 1);
    }
    rows.sort_by_key(|row| (!row.listed, row.at));
    Ok(rows)
}

/// What becomes of an item.
#[derive(Clone, Debug)]
pub struct Turned<'a> {
    /// Where it stands.
    pub state: ItemState,
    /// Words.
    pub note: &'a str,
    /// By when.
    pub due_on: Option<Day>,
}

/// Writes an item over the version that was seen; false if somebody was there before.
pub async fn set(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (dossier, number, version): (DossierId, i32, i64),
    turned: &Turned<'_>,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(SET)
        .bind(commune)
        .bind(dossier)
        .bind(number)
        .bind(version)
        .bind(turned.state)
        .bind(turned.note)
        .bind(turned.due_on)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A file that an item takes, with where it came from.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The file.
    pub file: FileId,
    /// Where it came from.
    pub source: Source,
    /// SHA-256 of the facts it was made of; empty if it wasn't.
    pub mark: String,
}

/// Adds a file to an item. One that is there stays once, and so does one made of the same facts.
pub async fn add_file(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (dossier, number): (DossierId, i32),
    taken: &Taken,
    by: UserId,
    now: Time,
) -> Result<()> {
    for sql in [ADD_AGAIN, ADD_FILE] {
        on!(cx, c => sqlx::query(sql)
            .bind(commune)
            .bind(dossier)
            .bind(number)
            .bind(taken.file)
            .bind(taken.source)
            .bind(&taken.mark)
            .bind(by)
            .bind(now)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}

/// Takes a file out of an item; the file itself stays. False if it wasn't there.
pub async fn remove_file(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (dossier, number, file): (DossierId, i32, FileId),
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(REMOVE_FILE)
        .bind(commune).bind(dossier).bind(number).bind(file).bind(now).execute(c).await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Begins items of a dossier with what an earlier one of the product had accepted: its papers, and words on where they
/// come from. The office looks at them anew, since papers age. Tells how many.
pub async fn begin_with(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (to, from): (DossierId, DossierId),
    words: &str,
    by: UserId,
    now: Time,
) -> Result<u64> {
    let begun = on!(cx, c => sqlx::query(AGAIN)
        .bind(commune).bind(to).bind(from).bind(words).bind(by).bind(now).execute(c).await
        .map(|done| done.rows_affected()))?;
    on!(cx, c => sqlx::query(FILES_AGAIN)
        .bind(commune).bind(to).bind(from).bind(by).bind(now).execute(c).await.map(drop))?;
    Ok(begun)
}

/// How many items of a dossier are accepted.
pub async fn accepted(cx: &mut Cx<'_>, commune: CommuneId, dossier: DossierId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(ACCEPTED).bind(commune).bind(dossier).fetch_one(c).await)
}

/// All files of a dossier, by item.
pub async fn files(cx: &mut Cx<'_>, commune: CommuneId, dossier: DossierId) -> Result<Vec<ItemFile>> {
    on!(cx, c => sqlx::query_as(FILES).bind(commune).bind(dossier).fetch_all(c).await)
}

/// Kind, number and paper of the certificates of a product and its producer.
pub async fn held(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Vec<(String, String, FileId)>> {
    on!(cx, c => sqlx::query_as(HELD).bind(commune).bind(product).fetch_all(c).await)
}
