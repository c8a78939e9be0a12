//! SQL of the events that tell a recall or its end: one for each lot, many at once, since a recall may reach
//! thousands of lots and is to be told within a second.

use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::clock::Time;
use crate::db::{Cx, Result, on};
use crate::ids::{CommuneId, EventId, LotId, PlaceId, ProducerId, UserId};

use super::super::event_lots::LotRole;
use super::super::quantity::Quantity;
use super::super::record::RecordedEvent;

/// Rows of a statement, largest first.
const CHUNKS: [usize; 3] = [100, 10, 1];
const EVENT_SHARED: usize = 10;
const EVENT_COLUMNS: usize = 7;
const LOT_COLUMNS: usize = 4;

static INSERT: LazyLock<[String; 3]> = LazyLock::new(|| {
    CHUNKS.map(|rows| {
        let mut sql = "INSERT INTO trace_events (commune_id, event_type, action, biz_step, disposition, event_time,
              zone_offset, record_time, step, note, created_by, is_error_declaration, id, event_id, event_hash,
              read_point, producer_id, place_id, body) VALUES "
            .to_owned();
        for row in 0..rows {
            let comma = if row == 0 { "" } else { ", " };
            // Writing to a String does not fail.
            let _ = write!(sql, "{comma}($1, 'ObjectEvent', 'OBSERVE', $2, $3, $4, $5, $6, $7, $8, $9, $10");
            for column in 1..=EVENT_COLUMNS {
                let _ = write!(sql, ", ${}", EVENT_SHARED + row * EVENT_COLUMNS + column);
            }
            sql.push(')');
        }
        sql
    })
});
static INSERT_LOTS: LazyLock<[String; 3]> = LazyLock::new(|| {
    CHUNKS.map(|rows| {
        let mut sql =
            "INSERT INTO trace_event_lots (commune_id, role, event_id, lot_id, quantity, uom) VALUES ".to_owned();
        for row in 0..rows {
            let (comma, at) = (if row == 0 { "" } else { ", " }, 3 + row * LOT_COLUMNS);
            let _ = write!(sql, "{comma}($1, $2, ${at}, ${}, ${}, ${})", at + 1, at + 2, at + 3);
        }
        sql
    })
});

/// The event of one lot.
#[derive(Clone, Debug)]
pub struct LotNotice {
    /// Which lot.
    pub lot: LotId,
    /// Whose it is.
    pub producer: ProducerId,
    /// Where it was made.
    pub place: Option<PlaceId>,
    /// The event with its columns.
    pub event: RecordedEvent,
}

/// What the events of one recall have in common.
#[derive(Clone, Copy, Debug)]
pub struct Shared<'a> {
    /// `recall`, `recall_lifted`.
    pub step: &'a str,
    /// Free text; never part of the events.
    pub note: &'a str,
    /// Who tells it.
    pub by: Option<UserId>,
    /// When.
    pub now: Time,
}

/// Adds the events of new notices. Who calls it counts the lots' versions up, so that their pages are made anew.
pub async fn insert(cx: &mut Cx<'_>, commune: CommuneId, notices: &[LotNotice], shared: Shared<'_>) -> Result<()> {
    let mut rest = notices;
    for at in 0..CHUNKS.len() {
        while rest.len() >= CHUNKS[at] {
            let (chunk, after) = rest.split_at(CHUNKS[at]);
            rest = after;
            let ids: Vec<EventId> = chunk.iter().map(|_| EventId::new(shared.now)).collect();
            insert_events(cx, commune, &INSERT[at], chunk, &ids, shared).await?;
            insert_lots(cx, commune, &INSERT_LOTS[at], chunk, &ids).await?;
        }
    }
    Ok(())
}

async fn insert_events(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    sql: &'static str,
    chunk: &[LotNotice],
    ids: &[EventId],
    shared: Shared<'_>,
) -> Result<()> {
    let Some(first) = chunk.first().map(|notice| &notice.event) else { return Ok(()) };
    on!(cx, c => {
        let mut query = sqlx::query(sql)
            .bind(commune)
            .bind(&first.biz_step)
            .bind(&first.disposition)
            .bind(Time::from(first.event_time))
            .bind(&first.tz)
            .bind(shared.now)
            .bind(shared.step)
            .bind(shared.note)
            .bind(shared.by)
            .bind(false);
        for (notice, id) in chunk.iter().zip(ids) {
            query = query
                .bind(*id)
                .bind(&notice.event.event_id)
                .bind(&notice.event.event_hash)
                .bind(&notice.event.read_point)
                .bind(notice.producer)
                .bind(notice.place)
                .bind(&notice.event.body);
        }
        query.execute(c).await.map(drop)
    })
}

async fn insert_lots(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    sql: &'static str,
    chunk: &[LotNotice],
    ids: &[EventId],
) -> Result<()> {
    on!(cx, c => {
        let mut query = sqlx::query(sql).bind(commune).bind(LotRole::Object);
        for (notice, id) in chunk.iter().zip(ids) {
            let quantity = notice.event.lots.first().and_then(|lot| lot.amount.quantity);
            query = query
                .bind(*id)
                .bind(notice.lot)
                .bind(quantity.map(Quantity::thousandths))
                .bind(quantity.map(Quantity::uom));
        }
        query.execute(c).await.map(drop)
    })
}
