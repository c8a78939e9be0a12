//! The lots of an event: what a step does to them, and what an event says of them.

use super::epcis::{Event, EventBody, QuantityElement, Uri};
use super::quantity::Quantity;
use super::record::RecordError;
use super::template::LotUse;

/// An amount of a lot; without quantity, the lot as such.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotAmount {
    /// The lot's URI.
    pub class: Uri,
    /// How much of it.
    pub quantity: Option<Quantity>,
}

/// The lots of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepLots {
    /// The one lot that the step is about.
    One(LotAmount),
    /// Inputs used up and outputs made; only for steps that transform.
    Transformation {
        /// What was used up.
        inputs: Vec<LotAmount>,
        /// What came out.
        outputs: Vec<LotAmount>,
    },
}

/// The part that a lot has in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LotRole {
    /// Used up.
    Input,
    /// Made.
    Output,
    /// What the event is about.
    Object,
    /// What others were packed into.
    Parent,
    /// Packed into another.
    Child,
}

impl LotRole {
    /// The value of the database column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Output => "output",
            Self::Object => "object",
            Self::Parent => "parent",
            Self::Child => "child",
        }
    }

    /// The role of a column's value.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "input" => Ok(Self::Input),
            "output" => Ok(Self::Output),
            "object" => Ok(Self::Object),
            "parent" => Ok(Self::Parent),
            "child" => Ok(Self::Child),
            other => Err(format!("`{other}` is no role of a lot")),
        }
    }
}

crate::db::text_column!(LotRole, |role| role.as_str().to_owned(), LotRole::parse);

/// A lot in an event, for the lot graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventLot {
    /// Its part.
    pub role: LotRole,
    /// Which lot and how much.
    pub amount: LotAmount,
}

/// The lots of a step, each with its part; the amount that was told (`told`) stands in where a lot has none.
pub(super) fn lots_of(lots: &StepLots, lot_use: LotUse, told: Option<Quantity>) -> Result<Vec<EventLot>, RecordError> {
    let lots: Vec<EventLot> = match (lots, lot_use) {
        (StepLots::Transformation { inputs, outputs }, LotUse::Transforms) => {
            if inputs.is_empty() || outputs.is_empty() {
                return Err(RecordError::MissingLots);
            }
            // A told amount is what came out; with several outputs it would be a guess whose.
            let told = told.filter(|_| outputs.len() == 1);
            let outputs = outputs.iter().map(|lot| (LotRole::Output, or_told(lot, told)));
            inputs.iter().map(|lot| (LotRole::Input, lot.clone())).chain(outputs).map(event_lot).collect()
        }
        (StepLots::One(_), LotUse::Transforms) | (StepLots::Transformation { .. }, _) => {
            return Err(RecordError::LotsDoNotFit);
        }
        (StepLots::One(lot), _) => vec![event_lot((LotRole::Object, or_told(lot, told)))],
    };
    let made = |lot: &EventLot| match lot.role {
        LotRole::Output => true,
        LotRole::Object => lot_use == LotUse::Makes,
        LotRole::Input | LotRole::Parent | LotRole::Child => false,
    };
    if lots.iter().any(|lot| made(lot) && lot.amount.quantity.is_none()) {
        return Err(RecordError::MissingQuantity);
    }
    let mut classes: Vec<&str> = lots.iter().map(|lot| lot.amount.class.as_str()).collect();
    classes.sort_unstable();
    match classes.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(RecordError::LotTwice(pair[0].to_owned())),
        None => Ok(lots),
    }
}

fn or_told(lot: &LotAmount, told: Option<Quantity>) -> LotAmount {
    LotAmount { class: lot.class.clone(), quantity: lot.quantity.or(told) }
}

fn event_lot((role, amount): (LotRole, LotAmount)) -> EventLot {
    EventLot { role, amount }
}

/// The lots of one part, as an event writes them.
pub(super) fn quantities(lots: &[EventLot], role: LotRole) -> Vec<QuantityElement> {
    let of_role = lots.iter().filter(|lot| lot.role == role);
    let element = |lot: &EventLot| {
        let quantity = lot.amount.quantity;
        let uom = quantity.and_then(|quantity| quantity.uom().epcis_code()).map(str::to_owned);
        QuantityElement::new(lot.amount.class.clone(), quantity.map(|quantity| quantity.number().to_number()), uom)
    };
    of_role.map(element).collect()
}

/// The lots that an event names as quantities; amounts in units that are not known here are left open.
pub(super) fn lots_in(event: &Event) -> Vec<EventLot> {
    let lists: Vec<(LotRole, Option<&Vec<QuantityElement>>)> = match &event.body {
        EventBody::Object(body) => vec![(LotRole::Object, body.quantities.as_ref())],
        EventBody::Transaction(body) => vec![(LotRole::Object, body.quantities.as_ref())],
        EventBody::Aggregation(body) => vec![(LotRole::Child, body.child_quantities.as_ref())],
        EventBody::Association(body) => vec![(LotRole::Object, body.child_quantities.as_ref())],
        EventBody::Transformation(body) => {
            vec![(LotRole::Input, body.input_quantities.as_ref()), (LotRole::Output, body.output_quantities.as_ref())]
        }
    };
    let mut lots = Vec::new();
    if let EventBody::Aggregation(body) = &event.body {
        let parent = |class: &Uri| EventLot {
            role: LotRole::Parent,
            amount: LotAmount { class: class.clone(), quantity: None },
        };
        lots.extend(body.parent.iter().map(parent));
    }
    for (role, elements) in lists {
        for element in elements.into_iter().flatten() {
            let number = element.quantity.as_ref();
            let quantity = number.and_then(|number| Quantity::from_event(number, element.uom.as_deref()).ok());
            lots.push(EventLot { role, amount: LotAmount { class: element.class.clone(), quantity } });
        }
    }
    lots
}
