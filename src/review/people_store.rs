//! SQL of the people whom the office manages: their grants, and a producer's consents as a record.

use uuid::Uuid;

use crate::accounts::model::{Phone, Role};
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, ProducerId, UserId, VillageId};
use crate::producers::model::{Channel, ConsentField};

const OF_PRODUCER: &str = "SELECT g.id AS grant_id, g.role, g.village_id, u.id, u.name, u.phone, u.phone_verified_at
    FROM grants g JOIN users u ON u.id = g.user_id
    WHERE g.commune_id = $1 AND g.producer_id = $2 AND u.closed_at IS NULL ORDER BY u.name, g.id";
const OF_OFFICE: &str = "SELECT g.id AS grant_id, g.role, g.village_id, u.id, u.name, u.phone, u.phone_verified_at
    FROM grants g JOIN users u ON u.id = g.user_id
    WHERE g.commune_id = $1 AND g.role IN ('helper', 'officer', 'viewer', 'admin') AND u.closed_at IS NULL
    ORDER BY u.name, g.id LIMIT 1000";
const REVOKE: &str =
    "DELETE FROM grants WHERE commune_id = $1 AND id = $2 AND role IN ('helper', 'officer', 'viewer', 'admin')";
const CONSENTS: &str = "SELECT c.field, c.channel, c.evidence, c.given_at, c.withdrawn_at, u.name AS recorded_by
    FROM consents c LEFT JOIN users u ON u.id = c.recorded_by
    WHERE c.commune_id = $1 AND c.producer_id = $2 ORDER BY c.given_at DESC, c.id DESC";

/// A person with one grant.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Granted {
    /// The grant.
    pub grant_id: Uuid,
    /// What it lets them do.
    pub role: Role,
    /// For helpers.
    pub village_id: Option<VillageId>,
    /// The user.
    pub id: UserId,
    /// Name.
    pub name: String,
    /// Phone.
    pub phone: Phone,
    /// When the phone was confirmed.
    pub phone_verified_at: Option<Time>,
}

/// A consent as recorded.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ConsentRow {
    /// To show what.
    pub field: ConsentField,
    /// By what way it was given.
    pub channel: Channel,
    /// How and where.
    pub evidence: String,
    /// When.
    pub given_at: Time,
    /// When it was withdrawn.
    pub withdrawn_at: Option<Time>,
    /// Who recorded it.
    pub recorded_by: Option<String>,
}

/// The people who act for a producer.
pub async fn of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<Granted>> {
    let mut rows: Vec<Granted> =
        on!(cx, c => sqlx::query_as(OF_PRODUCER).bind(commune).bind(producer).fetch_all(c).await)?;
    // Who managed both of two that were merged is one person still.
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.id));
    Ok(rows)
}

/// Helpers, officers, viewers and administrators of the commune, one line a grant.
pub async fn of_office(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Vec<Granted>> {
    on!(cx, c => sqlx::query_as(OF_OFFICE).bind(commune).fetch_all(c).await)
}

/// Takes a grant of the office or of a helper back; false if there is none of this id here.
pub async fn revoke(cx: &mut Cx<'_>, commune: CommuneId, grant: Uuid) -> Result<bool> {
    let done =
        on!(cx, c => sqlx::query(REVOKE).bind(commune).bind(grant).execute(c).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}

/// A producer's consents, given and withdrawn, the latest first.
pub async fn consents(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ConsentRow>> {
    on!(cx, c => sqlx::query_as(CONSENTS).bind(commune).bind(producer).fetch_all(c).await)
}
