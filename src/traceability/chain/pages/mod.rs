//! Pages of the chain of lots.

pub mod handover;
pub mod part;
pub mod receive;
pub mod ship;
pub mod unpack;
pub mod withdraw;
pub mod work;
mod work_form;

use serde::Deserialize;

use super::model::Refusal;
use super::texts::Texts;
use super::undo::WentOn;
use crate::traceability::conversions::model::Rate;
use crate::traceability::model::{LotCode, amount_text};
use crate::traceability::quantity::{Measure, Quantity, QuantityError, Uom};
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
        Refusal::SetAside => t.refused_set_aside().to_owned(),
        Refusal::ProductNotApproved => t.refused_product().to_owned(),
        Refusal::OtherMeasure { of } => t.refused_measure(of.name(t.0)),
        Refusal::NotEnough { left: 0, .. } => t.refused_nothing_left().to_owned(),
        Refusal::NotEnough { left, of } => t.refused_too_much(amount_text(*left, *of, t.0)),
    }
}

/// What went on with lots that were made, in words.
pub(in crate::traceability) fn say_went_on(stopped: &[(LotCode, WentOn)], lang: Lang) -> Vec<String> {
    let t = Texts(lang);
    let say = |(code, what): &(LotCode, WentOn)| match what {
        WentOn::Recalled => t.went_recalled(code),
        WentOn::Used => t.went_used(code),
        WentOn::Sent => t.went_sent(code),
        WentOn::Opened => t.went_opened(code),
        WentOn::Labelled => t.went_labelled(code),
    };
    stopped.iter().map(say).collect()
}

/// Reads an amount and its unit; what is wrong is noted at the amount.
fn read_amount(form: &mut Form, name: &str, unit: &str, lang: Lang) -> Option<Quantity> {
    let uom = Uom::from_code(form.value(unit)).filter(|_| !form.value(unit).is_empty());
    let read = uom.ok_or(QuantityError::UnknownUnit).and_then(|uom| Quantity::parse_vi(form.value(name), uom));
    read.map_err(|error| form.fail(name, Words(lang).quantity_error(error))).ok()
}

/// The units into which a unit converts, itself first; by what is stated of a piece, pieces too.
fn units_of(uom: Uom, rate: Option<Rate>, lang: Lang) -> Vec<(&'static str, &'static str)> {
    let measure = uom.measure().0;
    let by_rate = |other: Measure| match rate.map(Rate::measure) {
        Some(stated) => (measure, other) == (stated, Measure::Count) || (measure, other) == (Measure::Count, stated),
        None => false,
    };
    let fits = |other: &Uom| other.measure().0 == measure || by_rate(other.measure().0);
    let mut units: Vec<Uom> = Uom::ALL.into_iter().filter(fits).collect();
    units.sort_by_key(|other| *other != uom);
    units.iter().map(|uom| (uom.code(), uom.name(lang))).collect()
}
