//! Support that was given over two years, some of it voided.

use crate::amounts::{Dong, Thousandths};
use crate::app::App;
use crate::ids::{SupportId, new_id};
use crate::seeding::sample::Sample;
use crate::support::model::NewSupport;
use crate::support::state::{Money, SupportState};
use crate::support::store as support;
use crate::support::store::steps;

use super::Made;

pub(super) async fn load(app: &App, sample: &Sample, made: &Made) -> Result<(), String> {
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    for (number, record) in sample.support.iter().enumerate() {
        let at = made.at(record.day, number);
        let producer =
            *made.producers.get(&record.producer).ok_or_else(|| format!("no producer {}", record.producer))?;
        let product = record.product.as_ref().and_then(|key| made.products.get(key)).map(|(id, _)| *id);
        let new = NewSupport {
            id: SupportId::new(at),
            producer,
            product,
            programme: None,
            kind: record.kind.clone(),
            state: SupportState::Delivered,
            given_on: made.today.plus_days(record.day),
            quantity: Some(Thousandths(record.quantity * 1000)),
            unit: String::new(),
            money: Money {
                budgeted: Dong(record.approved_dong),
                approved: Dong(record.approved_dong),
                paid: Dong(record.paid_dong),
            },
            overpaid: String::new(),
            result_due: None,
            note: record.note.clone(),
            request: new_id(at),
            by: made.officer,
            at,
        };
        support::insert(&mut cx, made.commune, &new).await.map_err(|e| e.to_string())?;
        if let Some(reason) = &record.void_reason {
            let at = made.at(record.day + 3, number);
            steps::void(&mut cx, made.commune, new.id, 1, made.officer, reason, at).await.map_err(|e| e.to_string())?;
        }
    }
    tx.commit().await.map_err(|e| e.to_string())
}
