//! What the demo shows first: a product, a producer, three labels; and the mark that loading was finished.

use crate::app::App;
use crate::clock::Day;
use crate::db::{Result, on};
use crate::ids::CommuneId;
use crate::labels::code::LabelCode;
use crate::{producers, products};

const MARK: &str =
    "INSERT INTO settings (key, value) VALUES ('sample.loaded', $1) ON CONFLICT (key) DO UPDATE SET value = $1";
const MARKED: &str = "SELECT COUNT(*) FROM settings WHERE key = 'sample.loaded'";
const PRODUCT: &str = "SELECT p.name, p.short, o.name, o.short FROM products p
      JOIN producers o ON o.commune_id = p.commune_id AND o.id = p.producer_id
    WHERE p.commune_id = $1 AND p.state = 'approved' AND o.state = 'approved'
    ORDER BY (SELECT COUNT(*) FROM lots l WHERE l.commune_id = p.commune_id AND l.product_id = p.id) DESC, p.id LIMIT 1";
// The freshest lot with the longest way; recalled: the one taken back last.
const LOT_LABEL: &str = "SELECT s.id FROM labels s JOIN label_runs r ON r.commune_id = s.commune_id AND r.id = s.run_id
      JOIN lots l ON l.commune_id = r.commune_id AND l.id = r.lot_id
    WHERE s.commune_id = $1 AND r.kind = $2 AND (l.state = 'recalled') = $3
      AND (l.best_before IS NULL OR l.best_before >= $4 OR l.state = 'recalled')
      AND l.id IN (SELECT e.lot_id FROM trace_event_lots e WHERE e.commune_id = l.commune_id AND e.role IN ('object', 'output')
                   GROUP BY e.lot_id HAVING COUNT(*) >= 3)
    ORDER BY l.made_on DESC, s.id LIMIT 1";

/// Addresses of what the demo shows first; label codes in groups.
pub struct Sights {
    /// Path of a product.
    pub product: String,
    /// Path of its producer.
    pub producer: String,
    /// Code of a lot's label.
    pub lot: String,
    /// Code of a recalled lot's label.
    pub recalled: String,
    /// Code of one piece's label.
    pub serial: String,
}

/// Notes that the sample data is whole.
pub(super) async fn mark_loaded(app: &App) -> Result<()> {
    let mut tx = app.db.begin().await?;
    let at = app.clock.now().iso();
    on!(&mut tx.cx(), c => sqlx::query(MARK).bind(&at).execute(c).await.map(drop))?;
    tx.commit().await
}

/// True if the sample data was loaded to the end.
pub async fn is_loaded(app: &App) -> std::result::Result<bool, String> {
    let count = async {
        let mut conn = app.db.read().await?;
        let count: i64 = on!(&mut conn.cx(), c => sqlx::query_scalar(MARKED).fetch_one(c).await)?;
        Ok::<_, sqlx::Error>(count)
    };
    Ok(count.await.map_err(|e| e.to_string())? > 0)
}

/// Finds what to show first.
pub async fn sights(app: &App) -> Result<Sights> {
    let commune = CommuneId(app.config.commune);
    let today = app.clock.today();
    let mut conn = app.db.read().await?;
    let mut cx = conn.cx();
    let names: Option<(String, String, String, String)> =
        on!(&mut cx, c => sqlx::query_as(PRODUCT).bind(commune).fetch_optional(c).await)?;
    let (product, producer) = names
        .map(|(name, short, owner, owner_short)| {
            (products::model::path(&name, &short), producers::model::path(&owner, &owner_short))
        })
        .unwrap_or_default();
    Ok(Sights {
        product,
        producer,
        lot: label(&mut cx, commune, "lot", false, today).await?,
        recalled: label(&mut cx, commune, "lot", true, today).await?,
        serial: label(&mut cx, commune, "serial", false, today).await?,
    })
}

async fn label(
    cx: &mut crate::db::Cx<'_>,
    commune: CommuneId,
    kind: &str,
    recalled: bool,
    today: Day,
) -> Result<String> {
    let id: Option<i64> = on!(cx, c => sqlx::query_scalar(LOT_LABEL)
        .bind(commune)
        .bind(kind)
        .bind(recalled)
        .bind(today)
        .fetch_optional(c)
        .await)?;
    let code = id.and_then(|id| LabelCode::new(commune.0 as u32, id as u64).ok());
    Ok(code.map(|code| code.to_string()).unwrap_or_default())
}
