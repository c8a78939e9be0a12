//! Pages of the chain of lots.

pub mod handover;
pub mod part;
pub mod receive;
pub mod ship;
pub mod work;
mod work_form;

use serde::Deserialize;

use super::model::Refusal;
use super::texts::Texts;
use crate::traceability::model::amount_text;
use crate::traceability::quantity::{Quantity, QuantityError, Uom};
use crate::traceability::texts::Texts as Words;
use crate::web::{Form, Lang};

/// In whose hands the goods are: a producer's short address; empty for the person's own.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default, rename = "co-so")]
    producer: String,
}

/// Why an amount of a lot can't be used, in words.
pub(in crate::traceability) fn say(refusal: &Refusal, t: Texts) -> String {
    match refusal {
        Refusal::Recalled => t.refused_recalled().to_owned(),
        Refusal::Closed => t.refused_closed().to_owned(),
        Refusal::ProductNotApproved => t.refused_product().to_owned(),
        Refusal::OtherMeasure { of } => t.refused_measure(of.name(t.0)),
        Refusal::NotEnough { left: 0, .. } => t.refused_nothing_left().to_owned(),
        Refusal::NotEnough { left, of } => t.refused_too_much(amount_text(*left, *of, t.0)),
    }
}

/// Reads an amount and its unit; what is wrong is noted at the amount.
fn read_amount(form: &mut Form, name: &str, unit: &str, lang: Lang) -> Option<Quantity> {
    let uom = Uom::from_code(form.value(unit)).filter(|_| !form.value(unit).is_empty());
    let read = uom.ok_or(QuantityError::UnknownUnit).and_then(|uom| Quantity::parse_vi(form.value(name), uom));
    read.map_err(|error| form.fail(name, Words(lang).quantity_error(error))).ok()
}

/// The units into which a unit converts, itself first.
fn units_of(uom: Uom, lang: Lang) -> Vec<(&'static str, &'static str)> {
    let mut units: Vec<Uom> = Uom::ALL.into_iter().filter(|other| other.measure().0 == uom.measure().0).collect();
    units.sort_by_key(|other| *other != uom);
    units.iter().map(|uom| (uom.code(), uom.name(lang))).collect()
}
