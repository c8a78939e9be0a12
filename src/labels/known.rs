//! What was read of a code a moment ago: many phones scan the labels of one stall at once.
//!
//! An entry is never older than the last commit of this process, so what an officer does here is seen by the next
//! scan. What another process commits is seen after [`LASTS`] at the latest, with no message that could be lost.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::model::Found;
use crate::ids::CommuneId;

/// How long an entry serves.
pub const LASTS: Duration = Duration::from_millis(500);
/// Entries that are kept, some 250 bytes each; beyond it all go, and those in use come back with their next scan.
const MOST: usize = 20_000;

#[derive(Debug)]
struct Entry {
    found: Found,
    read_at: Instant,
}

/// Codes by commune and number.
#[derive(Debug, Default)]
struct Entries {
    /// Commits when they were read.
    commits: u64,
    by_code: HashMap<(CommuneId, i64), Entry>,
}

/// The codes in memory. All of it can be dropped at any time.
#[derive(Debug, Default)]
pub struct Known(Mutex<Entries>);

impl Known {
    /// What a code names, if that was read after the last of so many commits and not long before `now`.
    pub fn get(&self, code: (CommuneId, i64), commits: u64, now: Instant) -> Option<Found> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = entries.by_code.get(&code).filter(|_| entries.commits == commits)?;
        (now.saturating_duration_since(entry.read_at) < LASTS).then(|| entry.found.clone())
    }

    /// Keeps what was read from `read_at` on, when there had been so many commits.
    pub fn put(&self, commune: CommuneId, found: &[Found], commits: u64, read_at: Instant) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.commits > commits {
            return;
        }
        if entries.commits < commits || entries.by_code.len() + found.len() > MOST {
            entries.by_code.clear();
            entries.commits = commits;
        }
        for found in found {
            entries.by_code.insert((commune, found.id), Entry { found: found.clone(), read_at });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::ids::{ProducerId, ProductId, RunId};
    use crate::labels::model::RunKind;

    const COMMUNE: CommuneId = CommuneId(10_816);

    fn found(id: i64) -> Found {
        let at = Time::from_micros(1_790_000_000_000_000);
        Found {
            id,
            serial: None,
            label_voided_at: None,
            run_id: RunId::new(at),
            kind: RunKind::Lot,
            count: 1,
            producer_id: ProducerId::new(at),
            product_id: ProductId::new(at),
            lot_id: None,
            issued_at: at,
            run_voided_at: None,
            void_reason: None,
            run_version: 1,
            product_version: 1,
            producer_version: 1,
            lot_version: 0,
            was_opened: false,
        }
    }

    #[test]
    fn what_was_read_before_a_commit_or_a_while_ago_is_not_known() {
        let (known, now) = (Known::default(), Instant::now());
        known.put(COMMUNE, &[found(7)], 3, now);
        assert_eq!(known.get((COMMUNE, 7), 3, now).map(|found| found.id), Some(7));
        assert_eq!(known.get((COMMUNE, 8), 3, now), None);
        assert_eq!(known.get((CommuneId(1), 7), 3, now), None, "another commune's");
        assert_eq!(known.get((COMMUNE, 7), 4, now), None, "something was committed meanwhile");
        assert_eq!(known.get((COMMUNE, 7), 3, now + LASTS), None);
    }

    #[test]
    fn what_was_read_while_something_was_committed_is_not_kept() {
        let (known, now) = (Known::default(), Instant::now());
        known.put(COMMUNE, &[found(7)], 4, now);
        known.put(COMMUNE, &[found(8)], 3, now);
        assert_eq!(known.get((COMMUNE, 8), 4, now), None);
        known.put(COMMUNE, &[found(9)], 5, now);
        assert_eq!(known.get((COMMUNE, 7), 5, now), None, "read before the fifth");
        assert!(known.get((COMMUNE, 9), 5, now).is_some());
    }

    #[test]
    fn it_never_takes_more_than_its_share() {
        let (known, now) = (Known::default(), Instant::now());
        for id in 0..2 * MOST as i64 + 5 {
            known.put(COMMUNE, &[found(id)], 0, now);
        }
        assert!(known.0.lock().unwrap().by_code.len() <= MOST);
        assert!(known.get((COMMUNE, 2 * MOST as i64 + 4), 0, now).is_some());
    }
}
