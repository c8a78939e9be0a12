//! Codes that were never issued, by who tries them: counted in memory, slowed beyond a rate, kept each minute.
//!
//! A source is a network's address hashed with the day's salt; the address is not kept. Only answers to codes that were
//! never issued are slowed: behind the one address of a market hall, labels that exist open as fast as ever. The same
//! code tried again is no further guess, so many buyers of one fake are not slowed either. A kill of the process loses
//! a minute of what is told to the office, and no label.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::app::App;
use crate::clock::{Day, Time};
use crate::db::Result;
use crate::ids::CommuneId;
use crate::labels::visitor;

use super::look;
use super::model::{Evidence, Finding, Rule, Subject};
use super::store::evidence::{self, Guessed};

/// Different codes that a source may try at once.
const BURST: i64 = 60;
/// Microseconds after which it may try one more.
const REFILL: i64 = 5_000_000;
/// Codes of a source that are told apart; beyond it each counts as another.
const MOST_CODES: usize = 500;
/// Sources kept in mind.
const MOST_SOURCES: usize = 20_000;

#[derive(Debug)]
struct Source {
    codes: HashSet<i64>,
    /// Different codes that the database does not know of yet.
    fresh: i64,
    first_at: Time,
    last_at: Time,
    /// Guesses left, as microseconds of refilling.
    left: i64,
}

#[derive(Debug, Default)]
struct Sources {
    day: Option<Day>,
    by_source: HashMap<(CommuneId, String), Source>,
}

/// The guesses in memory.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<Sources>);

impl Guesses {
    /// Notes a code that was never issued; false if its source tried too many and is to wait.
    pub fn takes(&self, commune: CommuneId, source: &str, code: i64, now: Time) -> bool {
        let mut sources = self.lock();
        if sources.day != Some(now.day()) {
            // Yesterday's sources have another salt; what was not kept of them is a minute's.
            *sources = Sources { day: Some(now.day()), ..Sources::default() };
        }
        let key = (commune, source.to_owned());
        if sources.by_source.len() >= MOST_SOURCES && !sources.by_source.contains_key(&key) {
            return true;
        }
        let full = BURST * REFILL;
        let known = sources.by_source.entry(key).or_insert_with(|| Source {
            codes: HashSet::new(),
            fresh: 0,
            first_at: now,
            last_at: now,
            left: full,
        });
        let passed = i64::try_from(now.since(known.last_at).as_micros()).unwrap_or(full);
        known.left = known.left.saturating_add(passed).min(full);
        known.last_at = known.last_at.max(now);
        if known.codes.contains(&code) {
            return true;
        }
        if known.codes.len() < MOST_CODES {
            known.codes.insert(code);
        }
        known.fresh += 1;
        if known.left < REFILL {
            return false;
        }
        known.left -= REFILL;
        true
    }

    /// What was not kept yet of a commune; it counts as kept from now on.
    fn fresh(&self, commune: CommuneId) -> Vec<Guessed> {
        let mut sources = self.lock();
        let Some(day) = sources.day else { return Vec::new() };
        let of_commune = sources.by_source.iter_mut().filter(|((of, _), source)| *of == commune && source.fresh > 0);
        of_commune
            .map(|((_, name), source)| Guessed {
                day,
                source: name.clone(),
                codes: std::mem::take(&mut source.fresh),
                first_at: source.first_at,
                last_at: source.last_at,
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Sources> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A network's name for a day. One household has a whole /64 of IPv6.
pub fn source(salt: &str, address: IpAddr) -> String {
    let network = match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    };
    visitor::hash(salt, network, "").to_string()
}

/// Keeps what was tried since the last time, and makes cases of those who tried many.
pub async fn keep(app: &App, commune: CommuneId) -> Result<()> {
    let fresh = app.guesses.fresh(commune);
    if fresh.is_empty() {
        return Ok(());
    }
    let (rule, now) = (Rule::Guessing, app.clock.now());
    let mut found = Vec::new();
    let mut tx = app.db.begin().await?;
    for one in &fresh {
        let count = evidence::add_guesses(&mut tx.cx(), commune, one).await?;
        let key = format!("{} {}", one.day.iso(), one.source);
        let subject = Subject { key, label: None, run: None, lot: None, producer: None };
        found.extend(Finding::of(rule, subject, Evidence { count, since: one.day }));
    }
    tx.commit().await?;
    look::keep(app, commune, &found, now).await
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const HERE: CommuneId = CommuneId(10_816);
    const NOW: Time = Time::from_micros(1_790_000_000_000_000);

    #[test]
    fn a_flood_of_codes_is_slowed_and_goes_on_slowly() {
        let guesses = Guesses::default();
        assert!((0..BURST).all(|code| guesses.takes(HERE, "a", code, NOW)));
        assert!(!guesses.takes(HERE, "a", 1_000, NOW));
        assert!(guesses.takes(HERE, "b", 1_000, NOW), "another source is not slowed");
        let later = NOW.plus(Duration::from_secs(5));
        assert!(guesses.takes(HERE, "a", 1_001, later));
        assert!(!guesses.takes(HERE, "a", 1_002, later));
        assert_eq!(guesses.fresh(HERE).iter().map(|one| one.codes).max(), Some(BURST + 3));
        assert!(guesses.fresh(HERE).is_empty(), "kept once");
    }

    #[test]
    fn buyers_of_one_fake_in_a_hall_are_not_slowed() {
        let guesses = Guesses::default();
        assert!((0..10_000).all(|_| guesses.takes(HERE, "hall", 7, NOW)));
        assert_eq!(guesses.fresh(HERE)[0].codes, 1);
    }

    #[test]
    fn a_clock_that_jumps_back_neither_fills_nor_panics() {
        let guesses = Guesses::default();
        for code in 0..BURST {
            guesses.takes(HERE, "a", code, NOW);
        }
        assert!(!guesses.takes(HERE, "a", 1_000, NOW.minus(Duration::from_secs(3_600))));
    }

    #[test]
    fn memory_stays_bounded() {
        let guesses = Guesses::default();
        for source in 0..MOST_SOURCES + 100 {
            assert!(guesses.takes(HERE, &source.to_string(), 1, NOW));
        }
        assert_eq!(guesses.lock().by_source.len(), MOST_SOURCES);
        for code in 0..2_000 {
            guesses.takes(HERE, "0", code, NOW);
        }
        assert!(guesses.lock().by_source.values().all(|source| source.codes.len() <= MOST_CODES));
    }

    #[test]
    fn a_source_is_a_network_of_a_day() {
        let a: IpAddr = "2001:db8::1".parse().unwrap();
        let b: IpAddr = "2001:db8::2".parse().unwrap();
        assert_eq!(source("today", a), source("today", b));
        assert_ne!(source("today", a), source("tomorrow", a));
    }
}
