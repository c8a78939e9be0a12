//! Rules on the steps of a lot that warn and never block: a person may know better, but is told.

use time::{Date, Duration, OffsetDateTime};

use super::quantity::{Measure, Quantity};
use super::record::LOCAL_OFFSET;
use super::template::StepRole;

/// A step as the rules see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep<'a> {
    /// What it means.
    pub role: StepRole,
    /// When it happened.
    pub at: OffsetDateTime,
    /// What was used, if anything.
    pub input_name: Option<&'a str>,
    /// The days to wait after it before harvest.
    pub withholding_days: Option<u16>,
}

/// Something that a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Warning {
    /// Harvested before the withholding period of an input was over.
    HarvestTooEarly {
        /// What was used.
        input_name: Option<String>,
        /// The local day it was used.
        used_on: Date,
        /// Its withholding period.
        withholding_days: u16,
        /// The local day of the harvest.
        harvested_on: Date,
        /// The first day on which harvest would have been in order.
        safe_from: Date,
    },
    /// Harvested before anything was planted or stocked.
    HarvestBeforePlanting {
        /// The first local day on which it was planted.
        planted_on: Date,
        /// The local day of the harvest.
        harvested_on: Date,
    },
    /// Harvested or made before the day that the lot names.
    BeforeLot {
        /// The day on which the lot was harvested or made.
        made_on: Date,
        /// The local day of the step.
        done_on: Date,
    },
    /// More came out than went in.
    MoreOutThanIn {
        /// What is measured.
        measure: Measure,
        /// What went in, in thousandths of the smallest unit (gram, millilitre, metre, piece).
        input: i128,
        /// What came out, in the same unit.
        output: i128,
    },
}

/// Harvests that came before the withholding period of an earlier input was over, in the order of the harvests.
///
/// Days are local calendar days. An input of the 8th with 7 days is withheld to the end of the 15th, so harvest is in
/// order from the 16th. The order of `steps` does not matter.
pub fn withholding_warnings(steps: &[PastStep<'_>]) -> Vec<Warning> {
    let mut harvests: Vec<&PastStep<'_>> = steps.iter().filter(|step| step.role == StepRole::Harvest).collect();
    harvests.sort_by_key(|step| step.at);
    let mut warnings = Vec::new();
    for harvest in harvests {
        let harvested_on = local_day(harvest.at);
        for input in steps.iter().filter(|step| step.role == StepRole::InputUse && step.at <= harvest.at) {
            let Some(withholding_days) = input.withholding_days.filter(|days| *days > 0) else { continue };
            let used_on = local_day(input.at);
            let Some(safe_from) = safe_from(used_on, withholding_days) else { continue };
            if harvested_on < safe_from {
                let input_name = input.input_name.map(str::to_owned);
                warnings.push(Warning::HarvestTooEarly {
                    input_name,
                    used_on,
                    withholding_days,
                    harvested_on,
                    safe_from,
                });
            }
        }
    }
    warnings
}

/// Harvests before the first planting, and goods that came to be before the day that the lot names, in the order of
/// their times.
pub fn order_warnings(steps: &[PastStep<'_>], made_on: Date) -> Vec<Warning> {
    let makes = |step: &&PastStep<'_>| matches!(step.role, StepRole::Harvest | StepRole::Making);
    let mut making: Vec<&PastStep<'_>> = steps.iter().filter(makes).collect();
    making.sort_by_key(|step| step.at);
    let planted = steps.iter().filter(|step| step.role == StepRole::Planting).map(|step| step.at).min();
    let mut warnings = Vec::new();
    for step in making {
        let done_on = local_day(step.at);
        if let Some(planted) = planted.filter(|planted| step.role == StepRole::Harvest && step.at < *planted) {
            warnings.push(Warning::HarvestBeforePlanting { planted_on: local_day(planted), harvested_on: done_on });
        }
        if done_on < made_on {
            warnings.push(Warning::BeforeLot { made_on, done_on });
        }
    }
    warnings
}

/// The first local day on which harvest is in order after all inputs of `steps`; `None` when nothing is withheld.
pub fn harvest_allowed_from(steps: &[PastStep<'_>]) -> Option<Date> {
    let inputs = steps.iter().filter(|step| step.role == StepRole::InputUse);
    inputs.filter_map(|step| safe_from(local_day(step.at), step.withholding_days.filter(|days| *days > 0)?)).max()
}

/// Warns when outputs weigh, fill or count more than the inputs. Kinds of measure are never mixed: a kind that stands
/// on one side only says nothing (rice in kilograms may become bags by the piece).
pub fn mass_balance(inputs: &[Quantity], outputs: &[Quantity]) -> Vec<Warning> {
    let sum = |side: &[Quantity], wanted: Measure| -> Option<i128> {
        let amounts = side.iter().map(|quantity| quantity.in_smallest());
        let of_kind: Vec<i128> = amounts.filter(|(measure, _)| *measure == wanted).map(|(_, amount)| amount).collect();
        (!of_kind.is_empty()).then(|| of_kind.iter().sum())
    };
    let kinds = [Measure::Mass, Measure::Volume, Measure::Length, Measure::Count];
    let compare = |measure: Measure| {
        let (input, output) = (sum(inputs, measure)?, sum(outputs, measure)?);
        (output > input).then_some(Warning::MoreOutThanIn { measure, input, output })
    };
    kinds.into_iter().filter_map(compare).collect()
}

fn local_day(at: OffsetDateTime) -> Date {
    at.to_offset(LOCAL_OFFSET).date()
}

fn safe_from(used_on: Date, days: u16) -> Option<Date> {
    used_on.checked_add(Duration::days(i64::from(days) + 1))
}

#[cfg(test)]
mod tests {
    use time::macros::{date, datetime};

    use super::super::quantity::Uom;
    use super::*;

    fn step(role: StepRole, at: OffsetDateTime, days: Option<u16>) -> PastStep<'static> {
        PastStep { role, at, input_name: Some("Chế phẩm mẫu"), withholding_days: days }
    }

    #[test]
    fn a_harvest_within_the_withholding_days_is_warned_about() {
        let spray = step(StepRole::InputUse, datetime!(2026-06-08 16:00 +7), Some(7));
        let on_last_day = step(StepRole::Harvest, datetime!(2026-06-15 23:30 +7), None);
        let warnings = withholding_warnings(&[on_last_day, spray.clone()]);
        assert_eq!(
            warnings,
            [Warning::HarvestTooEarly {
                input_name: Some("Chế phẩm mẫu".to_owned()),
                used_on: date!(2026 - 06 - 08),
                withholding_days: 7,
                harvested_on: date!(2026 - 06 - 15),
                safe_from: date!(2026 - 06 - 16),
            }]
        );
        let day_after = step(StepRole::Harvest, datetime!(2026-06-16 00:10 +7), None);
        assert_eq!(withholding_warnings(&[spray, day_after]), []);
    }

    #[test]
    fn days_are_those_of_the_place_not_of_utc() {
        // 23:30 UTC on the 7th is already the 8th here.
        let spray = step(StepRole::InputUse, datetime!(2026-06-07 23:30 UTC), Some(7));
        assert_eq!(harvest_allowed_from(&[spray]), Some(date!(2026 - 06 - 16)));
    }

    #[test]
    fn inputs_after_the_harvest_or_without_days_do_not_matter() {
        let harvest = step(StepRole::Harvest, datetime!(2026-06-10 06:00 +7), None);
        let later = step(StepRole::InputUse, datetime!(2026-06-10 16:00 +7), Some(30));
        let harmless = step(StepRole::InputUse, datetime!(2026-06-09 16:00 +7), Some(0));
        let unknown = step(StepRole::InputUse, datetime!(2026-06-09 16:00 +7), None);
        assert_eq!(withholding_warnings(&[harvest, later, harmless.clone(), unknown.clone()]), []);
        assert_eq!(harvest_allowed_from(&[harmless, unknown]), None);
    }

    #[test]
    fn a_harvest_before_planting_or_before_the_lots_day_is_warned_about() {
        let made_on = date!(2026 - 06 - 11);
        let planted = step(StepRole::Planting, datetime!(2026-06-12 06:00 +7), None);
        let again = step(StepRole::Planting, datetime!(2026-06-20 06:00 +7), None);
        let early = step(StepRole::Harvest, datetime!(2026-06-10 06:00 +7), None);
        let late = step(StepRole::Harvest, datetime!(2026-06-15 06:00 +7), None);
        assert_eq!(
            order_warnings(&[late.clone(), planted.clone(), early, again.clone()], made_on),
            [
                Warning::HarvestBeforePlanting {
                    planted_on: date!(2026 - 06 - 12),
                    harvested_on: date!(2026 - 06 - 10)
                },
                Warning::BeforeLot { made_on, done_on: date!(2026 - 06 - 10) },
            ]
        );
        // A second sowing in the same lot comes after the first harvest, as it should.
        assert_eq!(order_warnings(&[late.clone(), planted, again], made_on), []);
        assert_eq!(order_warnings(&[late], made_on), []);
    }

    #[test]
    fn outputs_beyond_inputs_are_warned_about_across_units_of_one_kind() {
        let kilograms = |n: i64| Quantity::new(n * 1000, Uom::Kilogram).unwrap();
        let quintals = |n: i64| Quantity::new(n * 1000, Uom::Decitonne).unwrap();
        let pieces = |n: i64| Quantity::new(n * 1000, Uom::Piece).unwrap();
        assert_eq!(mass_balance(&[quintals(2)], &[kilograms(200)]), []);
        assert_eq!(mass_balance(&[kilograms(100)], &[pieces(500)]), []);
        let warnings = mass_balance(&[quintals(2)], &[kilograms(150), kilograms(51)]);
        assert!(matches!(warnings[..], [Warning::MoreOutThanIn { measure: Measure::Mass, .. }]), "{warnings:?}");
    }
}
