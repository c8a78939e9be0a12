//! What the sample data tells of a lot, before anything is stored: its day, its amount and its steps.

use crate::clock::Day;
use crate::seeding::lists::Family;
use crate::seeding::sample::LotPattern;
use crate::traceability::model::Lot;

/// One step of the plan of a lot: template, days after the lot's day, time, typed facts.
pub(super) struct Planned {
    pub(super) key: &'static str,
    pub(super) day: i64,
    pub(super) time: (u8, u8),
    pub(super) facts: Vec<(&'static str, String)>,
}

fn planned(key: &'static str, day: i64, time: (u8, u8), facts: &[(&'static str, &str)]) -> Planned {
    Planned { key, day, time, facts: facts.iter().map(|(k, v)| (*k, (*v).to_owned())).collect() }
}

/// Days of the past fourteen months that lie in the season, latest first, some days apart.
pub(super) fn days_in_season(today: Day, season: &[u8], salt: usize) -> Vec<Day> {
    let mut days = Vec::new();
    let mut back = 1 + (salt % 4) as i64;
    while back < 425 {
        let day = today.plus_days(-back);
        if season.is_empty() || season.contains(&day.month()) {
            days.push(day);
            back += 6 + ((salt + days.len() * 5) % 7) as i64;
        } else {
            back += 3;
        }
    }
    days
}

/// A quantity in thousandths that differs by up to a quarter from lot to lot, in whole units.
pub(super) fn varied(typical: i64, turn: usize) -> i64 {
    let percent = 78 + (turn as i64 * 17) % 45;
    (typical * percent / 100).max(1) * 1000
}

fn amount_facts(lot: &Lot) -> [(&'static str, String); 2] {
    [("quantity", (lot.quantity / 1000).to_string()), ("quantity_uom", lot.uom.code().to_owned())]
}

fn with_amount(mut step: Planned, lot: &Lot) -> Planned {
    step.facts.extend(amount_facts(lot));
    step
}

/// What happens until the goods are there: care, inputs, harvest or receiving.
pub(super) fn first_steps(pattern: &LotPattern, lot: &Lot) -> Vec<Planned> {
    let (fertilise, spray) = match pattern.family {
        Family::Fresh => ("fresh.fertilise", "fresh.spray"),
        Family::Grain => ("grain.fertilise", "grain.spray"),
        Family::Livestock => ("livestock.feed", "livestock.treat"),
        _ => ("", ""),
    };
    let mut steps = Vec::new();
    if !fertilise.is_empty() {
        for (number, input) in pattern.inputs.iter().enumerate() {
            let waits = i64::from(input.withholding_days);
            let mut step = planned(
                if waits > 0 { spray } else { fertilise },
                -(waits + 8 + number as i64 * 16),
                (7, 30),
                &[("input_name", &input.name), ("dose", &input.dose)],
            );
            step.facts.push(("withholding_days", waits.to_string()));
            steps.push(step);
        }
        steps.sort_by_key(|step| step.day);
    }
    let (key, time) = match pattern.family {
        Family::Fresh => ("fresh.harvest", (5, 40)),
        Family::Grain => ("grain.harvest", (8, 10)),
        Family::Livestock => ("livestock.catch", (5, 15)),
        Family::Processed => ("processed.receive", (7, 0)),
        Family::Craft | Family::Ornamental | Family::Tourism => ("craft.make", (9, 0)),
    };
    if pattern.family == Family::Ornamental {
        steps.push(planned("craft.care", -24, (16, 0), &[]));
    }
    steps.push(with_amount(planned(key, 0, time, &[]), lot));
    if pattern.family == Family::Grain {
        steps.push(planned("grain.dry", 1, (9, 0), &[]));
    }
    steps
}

/// What makes the second lot of a pair, and what comes after.
pub(super) fn later_steps(pattern: &LotPattern, lot: &Lot) -> Vec<Planned> {
    let (key, time) = match pattern.family {
        Family::Grain => ("grain.mill", (8, 20)),
        Family::Processed => ("processed.make", (8, 0)),
        _ => ("fresh.pack", (9, 10)),
    };
    let mut steps = vec![with_amount(planned(key, 0, time, &[]), lot)];
    steps.extend(closing_steps(pattern));
    steps
}

pub(super) fn closing_steps(pattern: &LotPattern) -> Vec<Planned> {
    match pattern.family {
        Family::Fresh => vec![
            planned("fresh.cool", 0, (10, 20), &[("temperature", "5")]),
            planned("fresh.ship", 0, (15, 40), &[("vehicle", "Xe tải nhỏ (mẫu)")]),
        ],
        Family::Grain => vec![planned("grain.ship", 2, (14, 0), &[])],
        Family::Livestock => vec![
            planned("livestock.cool", 0, (6, 30), &[("temperature", "4")]),
            planned("livestock.ship", 0, (8, 0), &[("vehicle", "Thùng xốp ướp đá (mẫu)")]),
        ],
        Family::Processed => {
            vec![planned("processed.sample", 1, (9, 30), &[]), planned("processed.ship", 3, (14, 15), &[])]
        }
        _ => vec![planned("craft.finish", 2, (10, 0), &[]), planned("craft.ship", 5, (15, 0), &[])],
    }
}
