//! `/van-phong/thu-hoi`, `/thu-hoi`: recalls from the start to the end, drills, notices, exports.

mod alerts;
mod concerned;
mod decide;
mod pieces;
mod public;

use sanvat::ids::{EventId, LotId, ProducerId};
use sanvat::labels::issue::issue;
use sanvat::labels::model::{LabelRun, RunKind, code_of};
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::products::model::Product;
use sanvat::traceability::model::{Lot, LotCode, LotState};
use sanvat::traceability::quantity::Uom;
use sanvat::traceability::store::lots;

use crate::support::{Page, TestApp, Visitor, on};

/// The form that confirms a draft, as against the one that gives it up.
const CONFIRM: &str = "main form:not([action])";

async fn new_lot(app: &TestApp, product: &Product) -> Lot {
    let lot = Lot {
        commune_id: app.commune,
        id: LotId::new(app.now()),
        producer_id: product.producer_id,
        product_id: product.id,
        place_id: None,
        code: LotCode::random(),
        state: LotState::Open,
        made_on: app.today(),
        best_before: None,
        quantity: 120_000,
        uom: Uom::Kilogram,
        recall_reason: None,
        recalled_at: None,
        recalled_by: None,
        version: 1,
        created_by: None,
        created_at: app.now(),
    };
    let mut tx = app.begin().await;
    assert!(lots::insert(&mut tx.cx(), &lot).await.unwrap());
    tx.commit().await.unwrap();
    lot
}

/// Links a lot to one made from it, by an event that names both.
async fn makes(app: &TestApp, from: &Lot, to: &Lot) {
    event(app, to.producer_id, "commissioning", "{}", &[(from.id, "input"), (to.id, "output")]).await;
}

async fn event(app: &TestApp, producer: ProducerId, biz_step: &str, body: &str, lots: &[(LotId, &str)]) {
    let id = EventId::new(app.now());
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    on!(cx, c => sqlx::query(
        "INSERT INTO trace_events (commune_id, id, event_id, event_hash, is_error_declaration, event_type, biz_step,
           event_time, zone_offset, record_time, producer_id, step, note, body)
         VALUES ($1, $2, $3, $3, FALSE, 'TransformationEvent', $4, $5, '+07:00', $5, $6, 'test', 'xe mẫu', $7)")
        .bind(app.commune)
        .bind(id)
        .bind(id.to_string())
        .bind(biz_step)
        .bind(app.now())
        .bind(producer)
        .bind(body)
        .execute(c)
        .await
        .map(drop))
    .unwrap();
    for (lot, role) in lots {
        on!(cx, c => sqlx::query(
            "INSERT INTO trace_event_lots (commune_id, event_id, lot_id, role) VALUES ($1, $2, $3, $4)")
            .bind(app.commune)
            .bind(id)
            .bind(*lot)
            .bind(*role)
            .execute(c)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
}

/// Labels of a lot with their public paths: one code for the lot, or one for each piece.
async fn print(app: &TestApp, lot: &Lot, kind: RunKind, count: i64) -> (LabelRun, Vec<String>) {
    let (producer, product) = (lot.producer_id, lot.product_id);
    let new = NewRun { kind, producer, product, lot: Some(lot.id), count, purpose: String::new(), by: None };
    let mut tx = app.begin().await;
    let run = issue(&mut tx.cx(), app.commune, &new, app.now()).await.unwrap();
    let rows = labels::labels_of(&mut tx.cx(), app.commune, run.id).await.unwrap();
    tx.commit().await.unwrap();
    let path = |id| format!("/t/{}", code_of(app.commune, id).unwrap().compact());
    (run, rows.iter().map(|row| path(row.id)).collect())
}

/// Two producers' products, and three lots in a row: the first and second of one, the third of the other.
struct Chain {
    first: Lot,
    second: Lot,
    third: Lot,
    other: Product,
}

async fn chain(app: &TestApp) -> Chain {
    let product = app.product().named("Rau cải mẫu").approved().create().await;
    let other = app.product().named("Dưa cải mẫu").approved().create().await;
    app.run_jobs().await;
    let (first, second) = (new_lot(app, &product).await, new_lot(app, &product).await);
    let third = new_lot(app, &other).await;
    makes(app, &first, &second).await;
    makes(app, &second, &third).await;
    Chain { first, second, third, other }
}

async fn begin(officer: &Visitor, lot: &Lot, kind: &str) -> Page {
    let form = officer.get(&format!("/van-phong/lo/{}/thu-hoi", lot.code)).await.expect(200).form("main form");
    form.choose("kieu", kind).submit().await
}

/// Confirms the draft on a page.
async fn confirm(draft: &Page, reason: &str) -> Page {
    draft.form(CONFIRM).choose("grade", "danger").fill("reason", reason).submit().await
}

async fn state_of(app: &TestApp, lot: &Lot) -> LotState {
    let mut conn = app.read().await;
    lots::by_id(&mut conn.cx(), app.commune, lot.id).await.unwrap().unwrap().state
}
