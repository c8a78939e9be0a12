//! A label run for every lot and some products, and one code a piece for a few lots.

use crate::app::App;
use crate::db::Cx;
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, new_id};
use crate::labels::issue::issue;
use crate::labels::model::{LabelRun, PrintKind, RunKind};
use crate::labels::store::prints::{self, Print};
use crate::labels::store::{self as labels, NewRun};

use super::Made;

/// A code that was issued, for the scans.
pub(super) struct MadeLabel {
    pub(super) id: i64,
    /// Days since it was issued.
    pub(super) age: i64,
    /// How much it is opened, against others.
    pub(super) weight: u64,
    /// It is the label of one piece.
    pub(super) piece: bool,
}

pub(super) async fn load(app: &App, made: &Made) -> Result<Vec<MadeLabel>, String> {
    let mut all = Vec::new();
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    for (number, lot) in made.lots.iter().enumerate() {
        let serial = number % 40 == 7 && !lot.recalled;
        let count = if serial { 24 } else { lot.quantity.clamp(20, 800) };
        let kind = if serial { RunKind::Serial } else { RunKind::Lot };
        let new = run(kind, lot.producer, lot.product, Some(lot.id), count);
        let at = lot.made_on.at(8, 30).min(made.now);
        let run = issue(&mut cx, made.commune, &new, at).await.map_err(|e| e.to_string())?;
        let codes = labels::labels_of(&mut cx, made.commune, run.id).await.map_err(|e| e.to_string())?;
        let age = made.today.days_since(lot.made_on);
        let weight = if lot.recalled { 6 } else { 1 + (number as u64 * 7) % 5 };
        print(&mut cx, made.commune, &run).await?;
        let weight = if serial { 1 } else { weight };
        all.extend(codes.iter().map(|code| MadeLabel { id: code.id, age, weight, piece: serial }));
    }
    for (product, producer) in made.products.values().filter(|(id, _)| id.0.as_u128() % 5 == 0) {
        let new = run(RunKind::Product, *producer, *product, None, 100);
        let at = made.at(-60, 3);
        if !made.lots.iter().any(|lot| lot.product == *product) {
            let run = issue(&mut cx, made.commune, &new, at).await.map_err(|e| e.to_string())?;
            let codes = labels::labels_of(&mut cx, made.commune, run.id).await.map_err(|e| e.to_string())?;
            print(&mut cx, made.commune, &run).await?;
            all.extend(codes.iter().map(|code| MadeLabel { id: code.id, age: 60, weight: 3, piece: false }));
        }
    }
    tx.commit().await.map_err(|e| e.to_string())?;
    Ok(all)
}

/// Notes that all labels of a run were printed when it was issued.
async fn print(cx: &mut Cx<'_>, commune: CommuneId, run: &LabelRun) -> Result<(), String> {
    let print = Print {
        id: new_id(run.created_at),
        run_id: run.id,
        kind: PrintKind::Sheet,
        first_label: 1,
        last_label: run.count,
        paper: "a4-24".to_owned(),
        skip: 0,
        parts: String::new(),
        reprint: false,
        reason: String::new(),
        codes: 0,
        sha256: String::new(),
        created_by: None,
        created_at: run.created_at,
    };
    prints::insert(cx, commune, &print).await.map_err(|e| e.to_string())
}

fn run(kind: RunKind, producer: ProducerId, product: ProductId, lot: Option<LotId>, count: i64) -> NewRun {
    NewRun { kind, producer, product, lot, count, purpose: "Dán hàng bán (dữ liệu mẫu)".to_owned(), by: None }
}
