//! SQL of the versions of the list of items, and of moving a dossier from one to another.

use serde::{Deserialize, Serialize};

use crate::clock::{Day, Time};
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, DossierId, UserId};
use crate::ocop::item_list::{Item, ItemList, built_in};

const OWN: &str = "SELECT code, holds_from, content FROM ocop_item_lists WHERE commune_id = $1
    ORDER BY holds_from, serial";
const PUT: &str = "INSERT INTO ocop_item_lists (commune_id, code, serial, holds_from, content, created_by, created_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING";
const MOVE: &str = concat!(
    "UPDATE ocop_dossiers SET item_list = $4, version = version + 1
    WHERE commune_id = $1 AND id = $2 AND version = $3 AND state IN ",
    open_states!()
);
const LEAVE_OUT: &str = "UPDATE ocop_items SET listed = FALSE WHERE commune_id = $1 AND dossier_id = $2";
const LIST: &str =
    "INSERT INTO ocop_items (commune_id, dossier_id, number, state, note, version, updated_by, updated_at)
    VALUES ($1, $2, $3, 'missing', '', 1, $4, $5)
    ON CONFLICT (commune_id, dossier_id, number) DO UPDATE SET listed = TRUE";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    name: String,
    basis: String,
    items: Vec<Item>,
}

/// Every version of the list: the program's, then the commune's own by the day from which they hold, the latest last.
pub async fn all(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<ItemList>> {
    let own: Vec<(String, Day, String)> = on!(cx, c => sqlx::query_as(OWN).bind(commune).fetch_all(c).await)?;
    let read = |(code, from, content): (String, Day, String)| {
        let content: Content =
            serde_json::from_str(&content).map_err(|error| sqlx::Error::Decode(error.to_string().into()))?;
        let Content { name, basis, items } = content;
        Ok(ItemList { code, name, basis, holds_from: Some(from), items })
    };
    std::iter::once(Ok(built_in().clone())).chain(own.into_iter().map(read)).collect()
}

/// Writes a version of the commune's own after `lists`, all that are there; false if somebody wrote one meanwhile.
pub async fn put(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    lists: &[ItemList],
    (new, from): (&ItemList, Day),
    by: UserId,
    now: Time,
) -> Result<bool> {
    let content = Content { name: new.name.clone(), basis: new.basis.clone(), items: new.items.clone() };
    let content = serde_json::to_string(&content).unwrap_or_default();
    let done = on!(cx, c => sqlx::query(PUT)
        .bind(commune)
        .bind(&new.code)
        .bind(lists.len() as i32)
        .bind(from)
        .bind(content)
        .bind(by)
        .bind(now)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// Puts the items of a version into a dossier: those that are there keep state, words, day and files.
pub async fn list(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    dossier: DossierId,
    list: &ItemList,
    by: UserId,
    now: Time,
) -> Result<()> {
    for item in &list.items {
        on!(cx, c => sqlx::query(LIST)
            .bind(commune).bind(dossier).bind(item.number).bind(by).bind(now).execute(c).await.map(drop))?;
    }
    Ok(())
}

/// Moves an open dossier to a version, over the version of the dossier that was seen; false if somebody was there
/// before. What the new list doesn't have stays with the dossier, out of the list.
pub async fn move_to(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    (id, seen): (DossierId, i64),
    to: &ItemList,
    by: UserId,
    now: Time,
) -> Result<bool> {
    let done = on!(cx, c => sqlx::query(MOVE)
        .bind(commune).bind(id).bind(seen).bind(&to.code).execute(c).await.map(|done| done.rows_affected()))?;
    if done == 1 {
        on!(cx, c => sqlx::query(LEAVE_OUT).bind(commune).bind(id).execute(c).await.map(drop))?;
        list(cx, commune, id, to, by, now).await?;
    }
    Ok(done == 1)
}
