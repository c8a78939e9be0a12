//! SQL of the people whom a recall concerns: who received its goods and who asked for them.

use crate::accounts::model::Phone;
use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, RecallId};

/// The most rows that are read of either.
const MOST: i64 = 2_000;

const SENT: &str = "SELECT l.id AS lot_id, l.code AS lot_code, p.name AS product_name, e.producer_id AS sender_id,
      o.name AS sender_name, e.event_time AS at, e.body, e.note, b.name AS party
    FROM recall_lots n
      JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
      JOIN trace_event_lots x ON x.commune_id = n.commune_id AND x.lot_id = n.lot_id
      JOIN trace_events e ON e.commune_id = x.commune_id AND e.id = x.event_id
      JOIN producers o ON o.commune_id = e.commune_id AND o.id = e.producer_id
      LEFT JOIN handovers h ON h.commune_id = e.commune_id AND h.ship_event_id = e.id
      LEFT JOIN parties b ON b.commune_id = h.commune_id AND b.id = h.party_id
    WHERE n.commune_id = $1 AND n.recall_id = $2 AND e.biz_step = 'shipping' AND x.standing = TRUE
    ORDER BY e.event_time, e.id, l.code LIMIT $3";
// Enquiries name a product, reports a lot.
const ASKED: &str = "SELECT 'enquiry' AS source, e.product_id, p.name AS product_name, '' AS lot_code, e.phone,
      e.message, e.created_at AS at
    FROM enquiries e JOIN products p ON p.commune_id = e.commune_id AND p.id = e.product_id
    WHERE e.commune_id = $1 AND e.created_at >= $3 AND e.product_id IN (SELECT l.product_id FROM recall_lots n
      JOIN lots l ON l.commune_id = n.commune_id AND l.id = n.lot_id WHERE n.commune_id = $1 AND n.recall_id = $2)
    UNION ALL
    SELECT 'report' AS source, l.product_id, p.name AS product_name, l.code AS lot_code, f.phone, f.message,
      f.created_at AS at
    FROM feedback f
      JOIN recall_lots n ON n.commune_id = f.commune_id AND n.lot_id = f.lot_id AND n.recall_id = $2
      JOIN lots l ON l.commune_id = f.commune_id AND l.id = f.lot_id
      JOIN products p ON p.commune_id = l.commune_id AND p.id = l.product_id
    WHERE f.commune_id = $1 AND f.kind = 'report' AND f.created_at >= $3
    ORDER BY at DESC LIMIT $4";

/// Goods of a recalled lot that were sent on.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Sent {
    /// The lot.
    pub lot_id: LotId,
    /// Its code.
    pub lot_code: String,
    /// Name of its product.
    pub product_name: String,
    /// Who sent it.
    pub sender_id: ProducerId,
    /// Trade name of the sender.
    pub sender_name: String,
    /// When.
    pub at: Time,
    /// The whole event, which names the receiver if it was told.
    pub body: String,
    /// What the sender wrote beside it: vehicle, shop.
    pub note: String,
    /// Name of a receiver outside, as the sender's book has it.
    pub party: Option<String>,
}

/// Somebody who asked for the goods or reported something about them.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Asked {
    /// `enquiry` or `report`.
    pub source: String,
    /// For which product.
    pub product_id: ProductId,
    /// Its name.
    pub product_name: String,
    /// About which lot; "" for an enquiry.
    pub lot_code: String,
    /// The phone, if one was left.
    pub phone: String,
    /// What was written.
    pub message: String,
    /// When.
    pub at: Time,
}

impl Asked {
    /// True for a question of a buyer.
    pub fn is_enquiry(&self) -> bool {
        self.source == "enquiry"
    }

    /// The phone as pages of the office show it: masked.
    pub fn masked_phone(&self) -> String {
        Phone::parse(&self.phone).map_or_else(|_| "–".to_owned(), |phone| phone.masked())
    }
}

/// Every sending of a recall's lots that stands, earliest first; at most 2,000.
pub async fn sent(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId) -> Result<Vec<Sent>> {
    on!(cx, c => sqlx::query_as(SENT).bind(commune).bind(recall).bind(MOST).fetch_all(c).await)
}

/// Who asked for the products of a recall's lots or reported about the lots since a time, latest first; at most
/// 2,000.
pub async fn asked(cx: &mut Cx<'_>, commune: CommuneId, recall: RecallId, since: Time) -> Result<Vec<Asked>> {
    on!(cx, c => sqlx::query_as(ASKED).bind(commune).bind(recall).bind(since).bind(MOST).fetch_all(c).await)
}
