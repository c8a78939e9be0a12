//! SQL of producers and their consent.

use std::collections::HashMap;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::fold::fold;
use crate::ids::{CommuneId, ProducerId, UserId, VillageId, new_id};

use super::listed;
use super::model::{Channel, ConsentField, Producer, ProducerContent, State};

/// Reads whole producers; what follows says which.
macro_rules! producers {
    ($($rest:tt)+) => {
        concat!(
            "SELECT commune_id, id, short, state, kind, name, village_id, content, channel, version, created_at, \
             updated_at, approved_at \
             FROM producers ",
            $($rest)+
        )
    };
}

const INSERT: &str = "INSERT INTO producers (commune_id, id, short, state, kind, name, name_folded, village_id, phone,
      tax_code, content, channel, version, created_by, created_at, updated_at, approved_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
const UPDATE: &str =
    "UPDATE producers SET state = $3, kind = $4, name = $5, name_folded = $6, village_id = $7, phone = $8,
      tax_code = $9, content = $10, version = version + 1, updated_at = $11,
      approved_at = COALESCE(approved_at, $12)
    WHERE commune_id = $1 AND id = $2 AND version = $13";
const BY_ID: &str = producers!("WHERE commune_id = $1 AND id = $2");
const BY_SHORT: &str = producers!("WHERE commune_id = $1 AND short = $2");
const CONSENTS: &str = "SELECT field FROM consents WHERE commune_id = $1 AND producer_id = $2 AND withdrawn_at IS NULL";
const CONSENTS_GIVEN: &str = "SELECT field, channel, evidence, given_at FROM consents
    WHERE commune_id = $1 AND producer_id = $2 AND withdrawn_at IS NULL ORDER BY given_at, id";
const OF_VILLAGE: &str = producers!("WHERE commune_id = $1 AND village_id = $2 ORDER BY name_folded, id LIMIT 500");
const NEW_ENQUIRIES: &str =
    "SELECT COUNT(*) FROM enquiries WHERE commune_id = $1 AND producer_id = $2 AND state = 'new'";
const GIVE: &str =
    "INSERT INTO consents (commune_id, id, producer_id, field, text_version, channel, evidence, recorded_by, given_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (commune_id, producer_id, field) WHERE withdrawn_at IS NULL DO NOTHING";
const WITHDRAW: &str = "UPDATE consents SET withdrawn_at = $4
    WHERE commune_id = $1 AND producer_id = $2 AND field = $3 AND withdrawn_at IS NULL";
// Pages that show the producer are made anew (labels::cache).
const CHANGED: &str = "UPDATE producers SET page_version = page_version + 1 WHERE commune_id = $1 AND id = $2";
const VILLAGES: &str = "SELECT id, name FROM villages WHERE commune_id = $1 AND hidden = FALSE ORDER BY position, name";
const VILLAGE: &str = "SELECT id, name FROM villages WHERE commune_id = $1 AND id = $2";

/// A village's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Village {
    /// Id.
    pub id: VillageId,
    /// Name without "thôn".
    pub name: String,
}

/// Adds a producer.
pub async fn insert(cx: &mut Cx<'_>, p: &Producer, created_by: Option<UserId>) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT)
        .bind(p.commune_id)
        .bind(p.id)
        .bind(&p.short)
        .bind(p.state)
        .bind(&p.kind)
        .bind(&p.name)
        .bind(fold(&p.name))
        .bind(p.village_id)
        .bind(filled(&p.content.phone))
        .bind(filled(&p.content.tax_code))
        .bind(&p.content)
        .bind(p.channel)
        .bind(p.version)
        .bind(created_by)
        .bind(p.created_at)
        .bind(p.updated_at)
        .bind(p.approved_at)
        .execute(c)
        .await
        .map(drop))?;
    listed::added(cx, p.commune_id, p.id, &p.name).await
}

/// Writes content and state over the version that was read; false if somebody else changed it meanwhile.
pub async fn update(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProducerId,
    state: State,
    content: &ProducerContent,
    version: i64,
    now: Time,
) -> Result<bool> {
    let approved_at = (state == State::Approved).then_some(now);
    let done = on!(cx, c => sqlx::query(UPDATE)
        .bind(commune)
        .bind(id)
        .bind(state)
        .bind(content.kind.map(|k| k.word()).unwrap_or_default())
        .bind(&content.name)
        .bind(fold(&content.name))
        .bind(content.village)
        .bind(filled(&content.phone))
        .bind(filled(&content.tax_code))
        .bind(content)
        .bind(now)
        .bind(approved_at)
        .bind(version)
        .execute(c)
        .await
        .map(|done| done.rows_affected()))?;
    if done == 1 {
        listed::changed(cx, commune, id, &content.name).await?;
    }
    Ok(done == 1)
}

fn filled(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// A producer by id.
pub async fn by_id(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Option<Producer>> {
    on!(cx, c => sqlx::query_as(BY_ID).bind(commune).bind(id).fetch_optional(c).await)
}

/// A producer by the suffix of its public address.
pub async fn by_short(cx: &mut Cx<'_>, commune: CommuneId, short: &str) -> Result<Option<Producer>> {
    on!(cx, c => sqlx::query_as(BY_SHORT).bind(commune).bind(short).fetch_optional(c).await)
}

/// The fields whose consent stands.
pub async fn consents(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Vec<ConsentField>> {
    on!(cx, c => sqlx::query_scalar(CONSENTS).bind(commune).bind(id).fetch_all(c).await)
}

/// A consent that stands.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Consent {
    /// For what.
    pub field: ConsentField,
    /// By what way it was recorded.
    pub channel: Channel,
    /// How and where it was given; "" for oneself.
    pub evidence: String,
    /// When it was recorded.
    pub given_at: Time,
}

/// The consents that stand, with how they were given.
pub async fn consents_given(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Vec<Consent>> {
    on!(cx, c => sqlx::query_as(CONSENTS_GIVEN).bind(commune).bind(id).fetch_all(c).await)
}

/// A village's producers in every state, by name, at most 500.
pub async fn of_village(cx: &mut Cx<'_>, commune: CommuneId, village: VillageId) -> Result<Vec<Producer>> {
    on!(cx, c => sqlx::query_as(OF_VILLAGE).bind(commune).bind(village).fetch_all(c).await)
}

/// How many enquiries to a producer nobody has answered.
pub async fn new_enquiries(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(NEW_ENQUIRIES).bind(commune).bind(id).fetch_one(c).await)
}

/// How a consent was given.
#[derive(Clone, Debug)]
pub struct ConsentGiven<'a> {
    /// By whom it was recorded.
    pub by: Option<UserId>,
    /// By what way.
    pub channel: Channel,
    /// How and where, as the helper wrote it; "" for oneself.
    pub evidence: &'a str,
    /// When.
    pub at: Time,
}

/// Records consent for a field; one that stands already stays.
pub async fn give_consent(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProducerId,
    field: ConsentField,
    given: &ConsentGiven<'_>,
) -> Result<()> {
    on!(cx, c => sqlx::query(GIVE)
        .bind(commune)
        .bind(new_id(given.at))
        .bind(id)
        .bind(field)
        .bind(super::model::CONSENT_TEXT)
        .bind(given.channel)
        .bind(given.evidence)
        .bind(given.by)
        .bind(given.at)
        .execute(c)
        .await
        .map(drop))?;
    on!(cx, c => sqlx::query(CHANGED).bind(commune).bind(id).execute(c).await.map(drop))
}

/// Withdraws consent for a field; the record of it stays.
pub async fn withdraw_consent(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProducerId,
    field: ConsentField,
    now: Time,
) -> Result<()> {
    on!(cx, c => sqlx::query(WITHDRAW).bind(commune).bind(id).bind(field).bind(now).execute(c).await.map(drop))?;
    on!(cx, c => sqlx::query(CHANGED).bind(commune).bind(id).execute(c).await.map(drop))
}

/// The commune's villages, in its order.
pub async fn villages(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Village>> {
    on!(cx, c => sqlx::query_as(VILLAGES).bind(commune).fetch_all(c).await)
}

/// A village, also a hidden one.
pub async fn village(cx: &mut Cx<'_>, commune: CommuneId, id: VillageId) -> Result<Option<Village>> {
    on!(cx, c => sqlx::query_as(VILLAGE).bind(commune).bind(id).fetch_optional(c).await)
}

/// Names of the villages by id, hidden ones left out.
pub async fn village_names(cx: &mut Cx<'_>, commune: CommuneId) -> Result<HashMap<VillageId, String>> {
    Ok(villages(cx, commune).await?.into_iter().map(|v| (v.id, v.name)).collect())
}
