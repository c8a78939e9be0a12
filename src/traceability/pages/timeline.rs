//! What a lot's timeline says under its steps, for everybody who sees it.

use super::super::history::HistoryStep;
use super::super::texts::Texts;
use super::super::warnings::Warning;

/// What the timeline says under a step's name, in one line.
pub fn details(step: &HistoryStep, t: Texts) -> String {
    let mut parts: Vec<String> = Vec::new();
    parts.extend(step.input_name.clone());
    parts.extend(step.dose.as_ref().map(|dose| t.dose(dose)));
    parts.extend(step.amount(t.0));
    // The event has a decimal point; people here write a comma.
    let point = t.0.pick(",", ".");
    parts.extend(step.celsius.as_ref().map(|degrees| t.celsius(degrees.replace('.', point))));
    parts.extend(step.place.as_ref().map(|place| t.at_place(place)));
    parts.extend(step.withheld_to().map(|day| t.withheld_to(day)));
    parts.join(", ")
}

/// A warning in words.
pub fn say_warning(warning: &Warning, t: Texts) -> String {
    let day = |date: &time::Date| format!("{:02}/{:02}/{:04}", date.day(), u8::from(date.month()), date.year());
    match warning {
        Warning::HarvestTooEarly { input_name, used_on, withholding_days, harvested_on, safe_from } => {
            let what = input_name.as_deref().unwrap_or(t.some_input());
            t.too_early(what, day(used_on), withholding_days, day(harvested_on), day(safe_from))
        }
        Warning::HarvestBeforePlanting { planted_on, harvested_on } => {
            t.harvest_before_planting(day(harvested_on), day(planted_on))
        }
        Warning::BeforeLot { made_on, done_on } => t.before_lot_day(day(done_on), day(made_on)),
        // Amounts in and out are only compared where both were told.
        Warning::MoreOutThanIn { .. } => String::new(),
    }
}
