//! Time, from one place: [`Clock`] tells now, [`Time`] is an instant, [`Day`] a calendar day in Việt Nam.
//!
//! Both engines store a [`Time`] as whole microseconds (TIMESTAMPTZ in PostgreSQL, INTEGER in SQLite,
//! where date-time text would sort wrongly), and a [`Day`] as `YYYY-MM-DD` text.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sqlx::encode::IsNull;
use sqlx::error::BoxDynError;
use sqlx::{Decode, Encode, Postgres, Sqlite, Type};
use time::macros::offset;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// Việt Nam's offset: UTC+7 all year, no summer time.
pub const VIETNAM: UtcOffset = offset!(+7);

/// The first and last microsecond of the calendar, years -9999 to 9999.
const FIRST_MICRO: i64 = -377_705_116_800_000_000;
const LAST_MICRO: i64 = 253_402_300_799_999_999;

/// Tells the time. Tests hold it still and move it.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// A clock that stands where it was set; microseconds since 1970 UTC.
    Set(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until moved.
    pub fn standing_at(at: Time) -> Self {
        Self::Set(Arc::new(AtomicI64::new(at.0)))
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        match self {
            Self::System => {
                #[expect(clippy::disallowed_methods, reason = "the one home of the machine's clock")]
                let now = OffsetDateTime::now_utc();
                Time::from(now)
            }
            Self::Set(at) => Time(at.load(Ordering::SeqCst)),
        }
    }

    /// Today in Việt Nam.
    pub fn today(&self) -> Day {
        self.now().day()
    }

    /// Moves a standing clock forward; the machine's clock is not moved.
    pub fn advance(&self, by: Duration) {
        if let Self::Set(at) = self {
            at.fetch_add(by.as_micros() as i64, Ordering::SeqCst);
        }
    }
}

/// An instant in whole microseconds since 1970-01-01 UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// From microseconds since 1970 UTC.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970 UTC.
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// The instant in UTC. Times outside years -9999…9999 become the nearest of them.
    pub fn utc(self) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0.clamp(FIRST_MICRO, LAST_MICRO)) * 1000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }

    /// The instant on a clock in Việt Nam.
    pub fn local(self) -> OffsetDateTime {
        // The last hours of the calendar have no place on that clock; an event from outside may name them.
        self.utc().checked_to_offset(VIETNAM).unwrap_or(self.utc())
    }

    /// The day in Việt Nam.
    pub fn day(self) -> Day {
        Day(self.local().date())
    }

    /// `dd/mm/yyyy` in Việt Nam.
    pub fn date_text(self) -> String {
        self.day().text()
    }

    /// `dd/mm/yyyy, hh:mm` in Việt Nam.
    pub fn text(self) -> String {
        let local = self.local();
        format!("{}, {:02}:{:02}", self.day().text(), local.hour(), local.minute())
    }

    /// `hh:mm` in Việt Nam.
    pub fn clock_text(self) -> String {
        let local = self.local();
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// RFC 3339 with Việt Nam's offset, for `<time datetime>` and JSON.
    pub fn iso(self) -> String {
        let t = self.local();
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+07:00",
            t.year(),
            u8::from(t.month()),
            t.day(),
            t.hour(),
            t.minute(),
            t.second(),
            t.millisecond()
        )
    }

    /// This instant and `by`.
    pub fn plus(self, by: Duration) -> Self {
        Self(self.0.saturating_add(by.as_micros() as i64))
    }

    /// This instant less `by`.
    pub fn minus(self, by: Duration) -> Self {
        Self(self.0.saturating_sub(by.as_micros() as i64))
    }

    /// What has passed since `earlier`; zero if that is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0).max(0) as u64)
    }
}

impl From<OffsetDateTime> for Time {
    fn from(value: OffsetDateTime) -> Self {
        Self((value.unix_timestamp_nanos() / 1000) as i64)
    }
}

impl Serialize for Time {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl Type<Sqlite> for Time {
    fn type_info() -> <Sqlite as sqlx::Database>::TypeInfo {
        <i64 as Type<Sqlite>>::type_info()
    }
}

impl Encode<'_, Sqlite> for Time {
    fn encode_by_ref(&self, buf: &mut <Sqlite as sqlx::Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <i64 as Encode<Sqlite>>::encode_by_ref(&self.0, buf)
    }
}

impl<'r> Decode<'r, Sqlite> for Time {
    fn decode(value: <Sqlite as sqlx::Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(Self(<i64 as Decode<Sqlite>>::decode(value)?))
    }
}

impl Type<Postgres> for Time {
    fn type_info() -> <Postgres as sqlx::Database>::TypeInfo {
        <OffsetDateTime as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Time {
    fn encode_by_ref(&self, buf: &mut <Postgres as sqlx::Database>::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        <OffsetDateTime as Encode<Postgres>>::encode_by_ref(&self.utc(), buf)
    }
}

impl<'r> Decode<'r, Postgres> for Time {
    fn decode(value: <Postgres as sqlx::Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
        Ok(<OffsetDateTime as Decode<Postgres>>::decode(value)?.into())
    }
}

/// A calendar day, as people in Việt Nam count them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// Why a day could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not three numbers for day, month, year.
    #[error("not a date")]
    Shape,
    /// Such as 31/02.
    #[error("no such day in the calendar")]
    NoSuchDay,
}

impl Day {
    /// From year, month (1–12) and day of the month.
    pub fn new(year: i32, month: u8, day: u8) -> Result<Self, DayError> {
        let month = Month::try_from(month).map_err(|_| DayError::NoSuchDay)?;
        Date::from_calendar_date(year, month, day).map(Self).map_err(|_| DayError::NoSuchDay)
    }

    /// Reads `dd/mm/yyyy` (also `d/m/yyyy`, `-` or `.` between) or `yyyy-mm-dd`.
    pub fn parse(text: &str) -> Result<Self, DayError> {
        let parts: Vec<&str> = text.trim().split(['/', '-', '.', ' ']).filter(|part| !part.is_empty()).collect();
        let [a, b, c] = parts[..] else { return Err(DayError::Shape) };
        let number = |text: &str| -> Result<i32, DayError> {
            if text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
                return Err(DayError::Shape);
            }
            text.parse().map_err(|_| DayError::Shape)
        };
        let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
        if year.len() != 4 || month.len() > 2 || day.len() > 2 {
            return Err(DayError::Shape);
        }
        Self::new(number(year)?, number(month)? as u8, number(day)? as u8)
    }

    /// `dd/mm/yyyy`.
    pub fn text(self) -> String {
        format!("{:02}/{:02}/{:04}", self.0.day(), u8::from(self.0.month()), self.0.year())
    }

    /// `yyyy-mm-dd`.
    pub fn iso(self) -> String {
        format!("{:04}-{:02}-{:02}", self.0.year(), u8::from(self.0.month()), self.0.day())
    }

    /// Month, 1–12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// Day of the month, 1–31.
    pub fn day_of_month(self) -> u8 {
        self.0.day()
    }

    /// Year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The first day of its year.
    pub fn year_start(self) -> Self {
        self.plus_days(1 - i64::from(self.0.ordinal()))
    }

    /// The day `days` later (earlier if negative), within the calendar's ends.
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.checked_add(time::Duration::days(days)).unwrap_or(self.0))
    }

    /// Days from `earlier` to this day; negative if it is later.
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).whole_days()
    }

    /// Midnight at which the day begins in Việt Nam.
    pub fn start(self) -> Time {
        Time::from(self.0.midnight().assume_offset(VIETNAM))
    }

    /// The instant `hour:minute` of this day in Việt Nam; minutes past midnight are wrapped within the day.
    pub fn at(self, hour: u8, minute: u8) -> Time {
        self.start().plus(Duration::from_secs((u64::from(hour % 24) * 60 + u64::from(minute % 60)) * 60))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text())
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, DayError> {
        Self::parse(text)
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.iso())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

crate::db::text_column!(Day, |day| day.iso(), |text| Day::parse(text));

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_day() -> impl Strategy<Value = Day> {
        (300..=9999i32, 1..=12u8, 1..=28u8).prop_map(|(year, month, day)| Day::new(year, month, day).unwrap())
    }

    proptest! {
        #[test]
        fn a_day_reads_back_as_it_was_written(day in any_day()) {
            prop_assert_eq!(Day::parse(&day.text()), Ok(day));
            prop_assert_eq!(Day::parse(&day.iso()), Ok(day));
        }

        #[test]
        fn every_minute_of_a_day_lies_in_that_day(day in any_day(), hour in 0..24u8, minute in 0..60u8) {
            prop_assert_eq!(day.at(hour, minute).day(), day);
            prop_assert_eq!(day.at(hour, minute).clock_text(), format!("{hour:02}:{minute:02}"));
        }

        #[test]
        fn days_are_counted_both_ways(day in any_day(), days in -100_000..100_000i64) {
            let other = day.plus_days(days);
            if other != day {
                prop_assert_eq!(other.days_since(day), days);
                prop_assert_eq!(other.plus_days(-days), day);
                prop_assert_eq!(other > day, days > 0);
                prop_assert_eq!(other.iso() > day.iso(), days > 0, "days sort as text");
            }
        }

        #[test]
        fn whatever_is_typed_gives_a_day_or_an_error(text in prop_oneof!["\\PC{0,16}", "[0-9/. -]{0,12}"]) {
            if let Ok(day) = Day::parse(&text) {
                prop_assert_eq!(Day::parse(&day.iso()), Ok(day));
            }
        }

        #[test]
        fn every_instant_can_be_shown(micros in any::<i64>()) {
            let time = Time::from_micros(micros);
            prop_assert!(!time.text().is_empty() && !time.iso().is_empty());
        }
    }

    #[test]
    fn the_ends_of_the_calendar_can_be_shown() {
        for micros in [i64::MIN, i64::MAX, 253_402_300_799_999_999, -377_705_116_800_000_000] {
            let time = Time::from_micros(micros);
            assert!(!time.text().is_empty() && !time.iso().is_empty() && !time.date_text().is_empty());
            assert!(time.plus(Duration::from_hours(1)) >= time);
        }
    }

    #[test]
    fn a_day_is_read_as_people_write_it() {
        let day = Day::new(2026, 6, 14).unwrap();
        for text in ["14/06/2026", "14/6/2026", "14-06-2026", "14.6.2026", "2026-06-14", " 14 / 06 / 2026 "] {
            assert_eq!(Day::parse(text), Ok(day), "{text}");
        }
        assert_eq!(day.text(), "14/06/2026");
    }

    #[test]
    fn a_day_that_is_not_in_the_calendar_is_refused_as_such() {
        assert_eq!(Day::parse("31/02/2026"), Err(DayError::NoSuchDay));
        assert_eq!(Day::parse("29/02/2024").map(Day::iso), Ok("2024-02-29".to_owned()));
        for text in ["", "14/06", "14/06/26", "a/b/c", "1/1/20266", "999999999999/1/2020"] {
            assert_eq!(Day::parse(text), Err(DayError::Shape), "{text}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_vietnam() {
        let day = Day::new(2026, 1, 1).unwrap();
        assert_eq!(day.start().iso(), "2026-01-01T00:00:00.000+07:00");
        assert_eq!(day.start().minus(Duration::from_micros(1)).day(), day.plus_days(-1));
    }

    #[test]
    fn a_standing_clock_moves_only_when_told() {
        let clock = Clock::standing_at(Day::new(2026, 6, 14).unwrap().at(14, 5));
        assert_eq!(clock.now().text(), "14/06/2026, 14:05");
        clock.advance(Duration::from_secs(60));
        assert_eq!(clock.now().clock_text(), "14:06");
    }
}
