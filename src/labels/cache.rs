//! Scan pages in memory: rendered once for a run, with gaps for what belongs to one code.
//!
//! No message says that an entry is stale. The one key read of a scan ([`super::store::find`]) also brings the versions
//! of the product's, producer's, lot's and run's rows, and whatever changes what a page says (an approval, a consent
//! given or withdrawn, a diary step, a recall, labels declared void, a case of misuse, a certificate, an OCOP decision)
//! counts one of them up in its own transaction. An entry made from other versions is not used, so a recall shows with
//! the first scan after its commit, in other processes half a second later at most (what a code names is remembered
//! that long, [`super::known`]), on both engines, and no lost notification can delay it. The day is part of the stamp
//! too (certificates end, lots expire), and an entry serves [`LASTS`] at most, for what has no version of its own: the
//! name of a place, a photo whose sizes were just made.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::{Day, Time};
use crate::db::{Db, Result};
use crate::ids::{CommuneId, RecallId, RunId};
use crate::misuse::model::Standing;
use crate::misuse::store::cases;
use crate::recalls::store::serials::{self, TakenBack};
use crate::web::Lang;

use super::model::{Found, Openings};
use super::store;
use super::store::voids::{self, Void};

/// How long an entry serves.
const LASTS: Duration = Duration::from_secs(30);
/// Bytes of entries that are kept; beyond it all go, and the pages in use come back with their next scan.
const MOST_BYTES: usize = 32 << 20;
/// Labels whose openings are kept in mind.
const MOST_TALLIES: usize = 20_000;

/// What an entry is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    /// Commune.
    pub commune: CommuneId,
    /// Run of the code: its codes share everything but the gaps.
    pub run: RunId,
    /// Language.
    pub lang: Lang,
    /// Page or JSON.
    pub json: bool,
    /// The page of a label that was opened unusually often.
    pub unusual: bool,
    /// What the page says of some pieces and not of others of the run.
    pub piece: OfPiece,
}

/// What is true of some pieces of a run and not of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct OfPiece {
    /// The recall that takes the piece back.
    pub taken_back: Option<RecallId>,
    /// The declaration by which its label is void.
    pub void: Option<uuid::Uuid>,
}

/// What an entry was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    product: i64,
    producer: i64,
    lot: i64,
    run: i64,
    voided: Option<Time>,
    day: Day,
}

impl Stamp {
    /// Of what was found today.
    pub fn of(found: &Found, today: Day) -> Self {
        Self {
            product: found.product_version,
            producer: found.producer_version,
            lot: found.lot_version,
            run: found.run_version,
            voided: found.voided_at(),
            day: today,
        }
    }
}

/// A gap in a rendered page. While rendering, a private-use character stands for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gap {
    /// The code in groups.
    Code,
    /// The code without dashes, for addresses.
    Compact,
    /// The piece's number.
    Serial,
    /// How often it was opened.
    Openings,
    /// The number of openings, for programs.
    Times,
    /// Request id of the first form.
    FirstForm,
    /// Request id of the second form.
    SecondForm,
}

impl Gap {
    const ALL: [Self; 7] =
        [Self::Code, Self::Compact, Self::Serial, Self::Openings, Self::Times, Self::FirstForm, Self::SecondForm];

    /// What stands for it while rendering.
    pub const fn mark(self) -> char {
        match self {
            Self::Code => '\u{f0001}',
            Self::Compact => '\u{f0002}',
            Self::Serial => '\u{f0003}',
            Self::Openings => '\u{f0004}',
            Self::Times => '\u{f0005}',
            Self::FirstForm => '\u{f0006}',
            Self::SecondForm => '\u{f0007}',
        }
    }
}

/// A rendered page with its gaps.
#[derive(Debug)]
pub struct Rendered {
    pieces: Vec<(String, Option<Gap>)>,
    bytes: usize,
}

impl Rendered {
    /// Finds the gaps in a rendered text.
    pub fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        let gap_of = |c: char| Gap::ALL.into_iter().find(|gap| gap.mark() == c);
        while let Some((at, gap)) = rest.char_indices().find_map(|(at, c)| Some((at, gap_of(c)?))) {
            pieces.push((rest[..at].to_owned(), Some(gap)));
            rest = &rest[at + gap.mark().len_utf8()..];
        }
        pieces.push((rest.to_owned(), None));
        Self { pieces, bytes: text.len() }
    }

    /// The whole text, with `fill` in the gaps.
    pub fn fill<'a>(&self, fill: impl Fn(Gap) -> &'a str) -> String {
        let mut text = String::with_capacity(self.bytes + 256);
        for (piece, gap) in &self.pieces {
            text.push_str(piece);
            if let Some(gap) = gap {
                text.push_str(fill(*gap));
            }
        }
        text
    }
}

#[derive(Debug)]
struct Entry {
    stamp: Stamp,
    made_at: Time,
    page: Arc<Rendered>,
}

#[derive(Debug, Default)]
struct Entries {
    by_key: HashMap<Key, Entry>,
    bytes: usize,
}

/// What is known of a label's openings without asking the database for each.
#[derive(Debug)]
struct Tally {
    times: usize,
    visitors: HashSet<u64>,
    loaded_at: Time,
}

/// The pages and tallies in memory. All of it can be dropped at any time.
#[derive(Debug, Default)]
pub struct PageCache {
    entries: Mutex<Entries>,
    tallies: Mutex<HashMap<(CommuneId, i64), Tally>>,
    pieces: Mutex<HashMap<(CommuneId, RunId), Pieces>>,
}

/// The pieces of a run that are taken back or whose labels are void, and what that was read from.
#[derive(Clone, Debug)]
struct Pieces {
    stamp: Stamp,
    taken_back: Arc<[TakenBack]>,
    void: Arc<[Void]>,
    /// Labels that a case of misuse was made of.
    cases: Arc<[(i64, Standing)]>,
}

impl PageCache {
    /// The page made from exactly this, if there is one.
    pub fn get(&self, key: &Key, stamp: &Stamp, now: Time) -> Option<Arc<Rendered>> {
        let entries = lock(&self.entries);
        let entry = entries.by_key.get(key)?;
        (entry.stamp == *stamp && now.since(entry.made_at) < LASTS && entry.made_at <= now).then(|| entry.page.clone())
    }

    /// Keeps a page.
    pub fn put(&self, key: Key, stamp: Stamp, now: Time, page: Arc<Rendered>) {
        let mut entries = lock(&self.entries);
        if entries.bytes + page.bytes > MOST_BYTES {
            *entries = Entries::default();
        }
        entries.bytes += page.bytes;
        if let Some(old) = entries.by_key.insert(key, Entry { stamp, made_at: now, page }) {
            entries.bytes -= old.page.bytes;
        }
    }

    /// How often a label was opened, with the opening at hand (`visitor` if it is a person's). Read from the
    /// database once in [`LASTS`] and counted on in memory between: other processes' openings come with the
    /// next reading. Of a label that nobody opened before (`found` says so) nothing is read.
    pub async fn opened(
        &self,
        db: &Db,
        commune: CommuneId,
        found: &Found,
        visitor: Option<&str>,
        now: Time,
    ) -> Result<Openings> {
        let label = (commune, found.id);
        if let Some(openings) = self.count_on(label, visitor, now) {
            return Ok(openings);
        }
        // What was found may have been read before an opening that was counted on here, and that is too old by now.
        if !found.was_opened && !lock(&self.tallies).contains_key(&label) {
            self.keep(label, Tally { times: 0, visitors: HashSet::new(), loaded_at: now });
            return Ok(self.count_on(label, visitor, now).unwrap_or_default());
        }
        let mut conn = db.read().await?;
        let (visitors, past) = store::visitors(&mut conn.cx(), label.0, label.1).await?;
        drop(conn);
        let tally = Tally {
            times: visitors.len() + past,
            visitors: visitors.iter().map(|visitor| short(visitor)).collect(),
            loaded_at: now,
        };
        self.keep(label, tally);
        Ok(self.count_on(label, visitor, now).unwrap_or_default())
    }

    fn keep(&self, label: (CommuneId, i64), tally: Tally) {
        let mut tallies = lock(&self.tallies);
        if tallies.len() >= MOST_TALLIES {
            tallies.clear();
        }
        tallies.insert(label, tally);
    }

    /// The gravest recall that takes a piece of a run back, others of the run not, the declaration that its label
    /// is void, and what cases of misuse say of it. Read once for each version of what the run's pages are made of: a
    /// recall counts its lot's version up, a declaration or a case its run's, so none is missed.
    pub async fn of_piece(
        &self,
        db: &Db,
        run: (CommuneId, RunId),
        (label, serial): (i64, i64),
        stamp: &Stamp,
    ) -> Result<(OfPiece, Option<Void>, Option<Standing>)> {
        let all = self.pieces_of(db, run, stamp).await?;
        let taken_back = all.taken_back.iter().find(|taken| taken.serials.holds(serial)).map(|taken| taken.recall_id);
        let void = all.void.iter().find(|void| void.serials.holds(serial));
        let standing = all.cases.iter().find(|(of, _)| *of == label).map(|(_, standing)| *standing);
        Ok((OfPiece { taken_back, void: void.map(|void| void.id) }, void.cloned(), standing))
    }

    async fn pieces_of(&self, db: &Db, run: (CommuneId, RunId), stamp: &Stamp) -> Result<Pieces> {
        if let Some(known) = lock(&self.pieces).get(&run).filter(|known| known.stamp == *stamp) {
            return Ok(known.clone());
        }
        let mut conn = db.read().await?;
        let taken_back: Arc<[TakenBack]> = serials::standing(&mut conn.cx(), run.0, run.1).await?.into();
        let void: Arc<[Void]> = voids::of_run(&mut conn.cx(), run.0, run.1).await?.into();
        let cases: Arc<[(i64, Standing)]> = cases::standing(&mut conn.cx(), run.0, run.1).await?.into();
        drop(conn);
        let read = Pieces { stamp: *stamp, taken_back, void, cases };
        let mut pieces = lock(&self.pieces);
        if pieces.len() >= MOST_TALLIES {
            pieces.clear();
        }
        pieces.insert(run, read.clone());
        Ok(read)
    }

    fn count_on(&self, label: (CommuneId, i64), visitor: Option<&str>, now: Time) -> Option<Openings> {
        let mut tallies = lock(&self.tallies);
        let tally = tallies.get_mut(&label)?;
        if now.since(tally.loaded_at) >= LASTS {
            return None;
        }
        if let Some(visitor) = visitor {
            tally.times += 1;
            if tally.visitors.len() < Openings::MOST {
                tally.visitors.insert(short(visitor));
            }
        }
        Some(Openings { times: tally.times, visitors: tally.visitors.len() })
    }
}

/// Enough of a visitor's hash to tell a thousand apart.
fn short(visitor: &str) -> u64 {
    visitor.get(..16).and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_micros(1_790_000_000_000_000);

    fn key() -> Key {
        Key {
            commune: CommuneId(10_816),
            run: RunId::new(NOW),
            lang: Lang::Vi,
            json: false,
            unusual: false,
            piece: OfPiece::default(),
        }
    }

    fn stamp(lot: i64) -> Stamp {
        Stamp { product: 1, producer: 1, lot, run: 1, voided: None, day: NOW.day() }
    }

    #[test]
    fn gaps_are_filled_in_their_places() {
        let text =
            format!("<p>{}</p><a href=\"/t/{}\">Ễ</a>{}", Gap::Code.mark(), Gap::Compact.mark(), Gap::Code.mark());
        let page = Rendered::new(&text);
        let filled = page.fill(|gap| if gap == Gap::Code { "0ABC-1" } else { "0ABC1" });
        assert_eq!(filled, "<p>0ABC-1</p><a href=\"/t/0ABC1\">Ễ</a>0ABC-1");
    }

    #[test]
    fn a_page_made_from_another_version_or_long_ago_is_not_served() {
        let (cache, key) = (PageCache::default(), key());
        cache.put(key, stamp(1), NOW, Arc::new(Rendered::new("fine")));
        assert!(cache.get(&key, &stamp(1), NOW).is_some());
        assert!(cache.get(&key, &stamp(2), NOW).is_none(), "recalled meanwhile");
        assert!(cache.get(&key, &stamp(1), NOW.plus(LASTS)).is_none());
        assert!(cache.get(&Key { lang: Lang::En, ..key }, &stamp(1), NOW).is_none());
    }

    #[test]
    fn pages_never_take_more_than_their_share_of_memory() {
        let cache = PageCache::default();
        let page = Arc::new(Rendered::new(&"x".repeat(1 << 20)));
        for n in 0..100 {
            let run = RunId::new(NOW.plus(Duration::from_millis(n)));
            cache.put(Key { run, ..key() }, stamp(1), NOW, page.clone());
        }
        let entries = lock(&cache.entries);
        assert!(entries.bytes <= MOST_BYTES);
        assert_eq!(entries.bytes, entries.by_key.len() << 20);
        assert!(!entries.by_key.is_empty());
    }

    #[test]
    fn replacing_a_page_gives_its_bytes_back() {
        let (cache, key) = (PageCache::default(), key());
        for lot in 0..10 {
            cache.put(key, stamp(lot), NOW, Arc::new(Rendered::new("0123456789")));
        }
        assert_eq!(lock(&cache.entries).bytes, 10);
    }
}
