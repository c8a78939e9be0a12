//! Pure rules of figures: what a batch of openings adds to which sums, and the period that a page shows.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::clock::{Day, Time};
use crate::ids::{LotId, ProductId, RunId, VillageId};
use crate::labels::visitor::{Device, Referrer};

/// An opening with what its label names.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Opening {
    /// Row.
    pub id: Uuid,
    /// When.
    pub at: Time,
    /// False: a crawler, link preview or program.
    pub person: bool,
    /// By what device.
    pub device: Device,
    /// From where.
    pub referrer: Referrer,
    /// The code's random bits.
    pub label_id: i64,
    /// Its run.
    pub run_id: RunId,
    /// Its product.
    pub product_id: ProductId,
    /// Its lot.
    pub lot_id: Option<LotId>,
    /// The producer's village now.
    pub village_id: Option<VillageId>,
}

/// Openings of one kind of thing in one span of time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// By people.
    pub people: i64,
    /// By anything else.
    pub others: i64,
}

impl Opened {
    fn add(&mut self, person: bool) {
        if person {
            self.people += 1;
        } else {
            self.others += 1;
        }
    }
}

/// What a batch of openings adds to the sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// By product and the beginning of the hour.
    pub hours: BTreeMap<(ProductId, Time), Opened>,
    /// By product and day.
    pub products: BTreeMap<(ProductId, Day), Opened>,
    /// By lot and day.
    pub lots: BTreeMap<(LotId, Day), Opened>,
    /// By village and day.
    pub villages: BTreeMap<(VillageId, Day), Opened>,
    /// People by product, day, device and where they came from.
    pub ways: BTreeMap<(ProductId, Day, Device, Referrer), i64>,
    /// The labels that people opened.
    pub labels: BTreeSet<i64>,
}

impl Sums {
    /// Of a batch. The day and the hour are those of the opening, whenever it is counted.
    pub fn of(openings: &[Opening]) -> Self {
        let mut sums = Self::default();
        for one in openings {
            let day = one.at.day();
            sums.hours.entry((one.product_id, hour_of(one.at))).or_default().add(one.person);
            sums.products.entry((one.product_id, day)).or_default().add(one.person);
            if let Some(lot) = one.lot_id {
                sums.lots.entry((lot, day)).or_default().add(one.person);
            }
            if let Some(village) = one.village_id {
                sums.villages.entry((village, day)).or_default().add(one.person);
            }
            if one.person {
                *sums.ways.entry((one.product_id, day, one.device, one.referrer)).or_default() += 1;
                sums.labels.insert(one.label_id);
            }
        }
        sums
    }
}

/// The beginning of the hour; hours in Việt Nam begin with those of UTC.
pub fn hour_of(at: Time) -> Time {
    const HOUR: i64 = 3_600_000_000;
    Time::from_micros(at.micros().div_euclid(HOUR) * HOUR)
}

/// The days that a page shows, both ends with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// First.
    pub from: Day,
    /// Last.
    pub to: Day,
}

/// Lengths that can be chosen, in days.
pub const LENGTHS: [i64; 4] = [7, 30, 90, 365];
/// The longest that is shown.
const LONGEST: i64 = 366 * 5;
/// From so many days on, a chart shows months.
const BY_MONTH: i64 = 120;

impl Period {
    /// The last so many days with today.
    pub fn last(days: i64, today: Day) -> Self {
        Self { from: today.plus_days(1 - days.clamp(1, LONGEST)), to: today }
    }

    /// Reads `?ngay=30`, or `?tu=…&den=…` as days; what can't be is the last 30 days, a turned pair is turned back.
    pub fn read(days: &str, from: &str, to: &str, today: Day) -> Self {
        if let (Ok(from), Ok(to)) = (Day::parse(from), Day::parse(to)) {
            let (from, to) = (from.min(to), from.max(to));
            return Self { from: from.max(to.plus_days(1 - LONGEST)), to };
        }
        let days = days.parse().ok().filter(|days| LENGTHS.contains(days)).unwrap_or(30);
        Self::last(days, today)
    }

    /// How many days.
    pub fn days(self) -> i64 {
        self.to.days_since(self.from) + 1
    }

    /// The period of the same length just before.
    pub fn before(self) -> Self {
        Self { from: self.from.plus_days(-self.days()), to: self.from.plus_days(-1) }
    }

    /// Its first moment and the first after it.
    pub fn span(self) -> (Time, Time) {
        (self.from.start(), self.to.plus_days(1).start())
    }

    /// True if a chart shows months.
    pub fn is_by_month(self) -> bool {
        self.days() >= BY_MONTH
    }

    /// Points of a chart: each day (`dd/mm`), or each month (`mm/yyyy`) of a long period, with its sum.
    pub fn points(self, by_day: &BTreeMap<Day, i64>) -> Vec<(String, i64)> {
        let mut points: Vec<(String, i64)> = Vec::new();
        for ahead in 0..self.days() {
            let day = self.from.plus_days(ahead);
            let name = if self.is_by_month() {
                format!("{:02}/{}", day.month(), day.year())
            } else {
                format!("{:02}/{:02}", day.day_of_month(), day.month())
            };
            let value = by_day.get(&day).copied().unwrap_or(0);
            match points.last_mut().filter(|_| self.is_by_month()) {
                Some((last, sum)) if *last == name => *sum += value,
                _ => points.push((name, value)),
            }
        }
        points
    }
}

/// Days before and after a support that are compared.
pub const WINDOW: i64 = 90;

/// Openings of a product before and after it was supported, over as many days on both sides: the day of the support
/// itself belongs to neither, and what is not over yet is not compared with what is.
pub fn before_and_after(given_on: Day, today: Day, by_day: &BTreeMap<Day, i64>) -> (i64, i64) {
    let days = today.days_since(given_on).clamp(0, WINDOW);
    let sum = |from: Day, to: Day| if to < from { 0 } else { by_day.range(from..=to).map(|(_, n)| n).sum() };
    (sum(given_on.plus_days(-days), given_on.plus_days(-1)), sum(given_on.plus_days(1), given_on.plus_days(days)))
}

/// The beginning of ids that were made at a time: ids begin with the millisecond (RFC 9562, section 5.7).
pub fn first_id_at(at: Time) -> Uuid {
    Uuid::from_u128(((at.micros().max(0) / 1000) as u128 & 0xffff_ffff_ffff) << 80)
}

/// From when on rows of openings are kept: whole days.
pub fn kept_from(now: Time, days: i64) -> Time {
    now.day().plus_days(-days).start()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn day(month: u8, day: u8) -> Day {
        Day::new(2026, month, day).unwrap()
    }

    fn opening(at: Time, person: bool, lot: bool) -> Opening {
        Opening {
            id: first_id_at(at),
            at,
            person,
            device: Device::Phone,
            referrer: Referrer::Direct,
            label_id: 7,
            run_id: RunId(Uuid::from_u128(1)),
            product_id: ProductId(Uuid::from_u128(2)),
            lot_id: lot.then_some(LotId(Uuid::from_u128(3))),
            village_id: Some(VillageId(Uuid::from_u128(4))),
        }
    }

    #[test]
    fn an_opening_is_added_to_its_own_hour_and_day() {
        let late = day(6, 14).at(23, 59);
        let next = day(6, 15).at(0, 0);
        let sums = Sums::of(&[opening(late, true, true), opening(next, true, false), opening(next, false, true)]);
        let product = ProductId(Uuid::from_u128(2));
        assert_eq!(sums.hours[&(product, day(6, 14).at(23, 0))], Opened { people: 1, others: 0 });
        assert_eq!(sums.products[&(product, day(6, 15))], Opened { people: 1, others: 1 });
        let lot = LotId(Uuid::from_u128(3));
        assert_eq!(sums.lots[&(lot, day(6, 15))], Opened { people: 0, others: 1 });
        assert_eq!(sums.ways.values().sum::<i64>(), 2, "people alone");
    }

    #[test]
    fn a_period_is_read_from_the_address_and_nonsense_is_a_month() {
        let today = day(6, 14);
        assert_eq!(Period::read("7", "", "", today), Period { from: day(6, 8), to: today });
        assert_eq!(Period::read("", "", "", today).days(), 30);
        assert_eq!(Period::read("999999", "x", "", today).days(), 30);
        let turned = Period::read("", "2026-05-10", "01/05/2026", today);
        assert_eq!(turned, Period { from: day(5, 1), to: day(5, 10) });
        assert_eq!(turned.before(), Period { from: day(4, 21), to: day(4, 30) });
        assert_eq!(Period::read("", "1900-01-01", "2026-01-01", today).days(), LONGEST);
    }

    #[test]
    fn a_chart_has_a_point_a_day_and_a_long_one_a_point_a_month() {
        let by_day = BTreeMap::from([(day(5, 31), 2), (day(6, 1), 3), (day(6, 14), 4)]);
        let short = Period::last(14, day(6, 14)).points(&by_day);
        assert_eq!((short.len(), short[0].clone(), short[13].clone()), (14, ("01/06".into(), 3), ("14/06".into(), 4)));
        let long = Period::last(365, day(6, 14)).points(&by_day);
        assert_eq!(
            (long.len(), long[12].clone(), long[11].clone()),
            (13, ("06/2026".into(), 7), ("05/2026".into(), 2))
        );
    }

    #[test]
    fn before_and_after_a_support_are_counted_over_as_many_days() {
        let by_day: BTreeMap<Day, i64> = (0..200).map(|back| (day(6, 14).plus_days(-back), 1)).collect();
        assert_eq!(before_and_after(day(6, 4), day(6, 14), &by_day), (10, 10));
        assert_eq!(before_and_after(day(3, 1), day(6, 14), &by_day), (90, 90));
        assert_eq!(before_and_after(day(6, 14), day(6, 14), &by_day), (0, 0));
        assert_eq!(before_and_after(day(6, 20), day(6, 14), &by_day), (0, 0), "given in the future");
    }

    #[test]
    fn ids_of_a_time_come_after_those_before_it() {
        let at = day(6, 14).at(12, 0);
        assert!(crate::ids::new_id(at.minus(Duration::from_millis(1))) < first_id_at(at));
        assert!(first_id_at(at) <= crate::ids::new_id(at));
        assert_eq!(kept_from(at, 90), day(3, 16).start());
    }
}
