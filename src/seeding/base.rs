//! What every database needs before it can serve: the commune, its villages as far as known, the kinds of
//! support. Doing it again changes nothing that an officer has edited.

use crate::app::App;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, VillageId};
use crate::web::communes::{self, Commune};

use super::lists::support_kinds;

const INSERT_VILLAGE: &str =
    "INSERT INTO villages (commune_id, id, name, position, hidden) VALUES ($1, $2, $3, $4, FALSE)
    ON CONFLICT (commune_id, name) DO NOTHING";
const COUNT_VILLAGES: &str = "SELECT COUNT(*) FROM villages WHERE commune_id = $1";
const PUT_KIND: &str =
    "INSERT INTO support_kinds (code, name_vi, name_en, position, hidden) VALUES ($1, $2, $3, $4, FALSE)
    ON CONFLICT (code) DO NOTHING";

/// Villages of xã Hà Bắc that are known; officers add and rename the others.
const HA_BAC_VILLAGES: [&str; 8] = ["Nam", "Bắc", "Đông", "Đoài", "Đồng Vang", "Đồng Hởi", "Hải Hộ", "Hải Yến"];

/// A row of `seed/communes-2025.csv`.
#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct OfficialCommune {
    province_short: String,
    ward_code: String,
    ward_short: String,
}

/// Makes the commune of the settings and its lists, where they are missing.
pub async fn ensure(app: &App, sample: bool) -> Result<()> {
    let id = CommuneId(app.config.commune);
    if app.communes.get(id).is_none() {
        let now = app.clock.now();
        let commune = official(id, app.config.public(), sample, now)?;
        let mut tx = app.db.begin().await?;
        communes::insert(&mut tx.cx(), &commune).await?;
        tx.commit().await?;
        app.communes.reload(&app.db).await?;
    }
    let mut tx = app.db.begin().await?;
    let mut cx = tx.cx();
    if !sample && id == CommuneId(10816) && village_count(&mut cx, id).await? == 0 {
        for (position, name) in HA_BAC_VILLAGES.iter().enumerate() {
            insert_village(&mut cx, id, VillageId::new(app.clock.now()), name, position as i32).await?;
        }
    }
    put_support_kinds(&mut cx).await?;
    tx.commit().await
}

/// The commune of this code in the official list of 2025, or an error that says that there is none.
fn official(id: CommuneId, id_base: String, sample: bool, now: crate::clock::Time) -> Result<Commune> {
    let code = id.to_string();
    let mut list = csv::Reader::from_reader(include_str!("../../seed/communes-2025.csv").as_bytes());
    for row in list.deserialize::<OfficialCommune>() {
        let row = row.map_err(|e| sqlx::Error::Configuration(Box::new(e)))?;
        if row.ward_code == code {
            let (name, province) = (row.ward_short, row.province_short);
            return Ok(Commune { id, name, province, host: None, id_base, sample, created_at: now });
        }
    }
    Err(sqlx::Error::Configuration(format!("no commune has the official code {code}").into()))
}

async fn village_count(cx: &mut Cx<'_>, commune: CommuneId) -> Result<i64> {
    on!(cx, c => sqlx::query_scalar(COUNT_VILLAGES).bind(commune).fetch_one(c).await)
}

/// Adds a village; one of that name that is there already stays.
pub(super) async fn insert_village(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: VillageId,
    name: &str,
    position: i32,
) -> Result<()> {
    on!(cx, c => sqlx::query(INSERT_VILLAGE).bind(commune).bind(id).bind(name).bind(position).execute(c).await.map(drop))
}

async fn put_support_kinds(cx: &mut Cx<'_>) -> Result<()> {
    let kinds = support_kinds().map_err(|e| sqlx::Error::Configuration(Box::new(e)))?;
    for (position, kind) in kinds.iter().enumerate() {
        on!(cx, c => sqlx::query(PUT_KIND)
            .bind(&kind.code)
            .bind(&kind.vi)
            .bind(&kind.en)
            .bind(position as i32)
            .execute(c)
            .await
            .map(drop))?;
    }
    Ok(())
}
