//! One walk over the matching documents: filters, counts of all facets, and the best hits.
//!
//! Start at [`Page`]. A document that fails exactly one facet's filter still counts for that facet, which is what
//! "a facet's own counts ignore its own filter" means; so no facet needs a walk of its own.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use super::rows::{Cache, Codes, NONE, Row, Rows};
use crate::search::document::Kind;
use crate::search::query::{Cursor, Facet, Facets, Filters, PRICE_BANDS, Sort};
use crate::search::rank::place;
use crate::search::typed::StarsWanted;

/// Which hits are wanted; the collector of one search.
pub struct Page<'a> {
    pub rows: &'a Cache,
    pub filters: &'a Filters,
    pub stars: Option<StarsWanted>,
    pub today: u64,
    pub sort: Sort,
    /// Whether the text gave scores to sort by.
    pub scored: bool,
    pub after: Option<Cursor>,
    pub limit: usize,
    pub effort: u8,
}

/// What the walk found.
#[derive(Default)]
pub struct Walked {
    /// Best first, at most `limit` + 1: one more tells that there is a next page.
    pub top: Vec<(Cursor, DocAddress)>,
    pub facets: Facets,
    pub total: u64,
    /// Documents that matched the text, whatever the filters.
    pub matched: u64,
}

impl Collector for Page<'_> {
    type Fruit = Walked;
    type Child = Walk;

    fn for_segment(&self, segment: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Walk> {
        let rows = self.rows.of(reader)?;
        let f = self.filters;
        let kind: Vec<String> = f.kind.iter().map(|k: &Kind| k.code().to_owned()).collect();
        Ok(Walk {
            segment,
            kind: Counter::of(&rows.kinds, &kind),
            category: Counter::of(&rows.categories, &f.category),
            village: Counter::of(&rows.villages, &f.village),
            producer_kind: Counter::of(&rows.producer_kinds, &f.producer_kind),
            availability: Counter::of(&rows.availabilities, &f.availability),
            certificate: Counter::of(&rows.certificate_kinds, &f.certificate),
            filtered: filtered(f),
            rows,
            // Bit n: n stars will do.
            stars_filter: f.stars.iter().fold(0, |bits, stars| bits | 1 << stars),
            stars_typed: self.stars,
            season_filter: f.season.map_or(0, |month| 1 << (month - 1)),
            prices: (f.price_min, f.price_max),
            today: self.today as u32,
            sort: self.sort,
            scored: self.scored,
            after: self.after,
            keep: self.limit + 1,
            effort: self.effort,
            top: BinaryHeap::new(),
            star_counts: [0; 6],
            season_counts: [0; 12],
            band_counts: [0; PRICE_BANDS.len()],
            total: 0,
            matched: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored && self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<Walked>) -> tantivy::Result<Walked> {
        let mut all = Walked::default();
        for fruit in fruits {
            all.total += fruit.total;
            all.matched += fruit.matched;
            all.top.extend(fruit.top);
            all.facets.merge(fruit.facets);
        }
        all.top.sort_by_key(|(cursor, _)| Reverse(*cursor));
        all.top.truncate(self.limit + 1);
        Ok(all)
    }
}

/// The walk over one segment.
pub struct Walk {
    segment: SegmentOrdinal,
    rows: Arc<Rows>,
    /// The facets that are filtered by.
    filtered: Vec<Facet>,
    kind: Counter,
    category: Counter,
    village: Counter,
    producer_kind: Counter,
    availability: Counter,
    certificate: Counter,
    stars_filter: u8,
    stars_typed: Option<StarsWanted>,
    season_filter: u16,
    prices: (Option<i64>, Option<i64>),
    today: u32,
    sort: Sort,
    scored: bool,
    after: Option<Cursor>,
    keep: usize,
    effort: u8,
    top: BinaryHeap<Reverse<(Cursor, DocId)>>,
    star_counts: [u64; 6],
    season_counts: [u64; 12],
    band_counts: [u64; PRICE_BANDS.len()],
    total: u64,
    matched: u64,
}

/// The facets that a question narrows; most narrow one or two, and only these are looked at for each document.
fn filtered(filters: &Filters) -> Vec<Facet> {
    let f = filters;
    [
        (Facet::Kind, f.kind.is_some()),
        (Facet::Category, !f.category.is_empty()),
        (Facet::Village, !f.village.is_empty()),
        (Facet::ProducerKind, !f.producer_kind.is_empty()),
        (Facet::Stars, !f.stars.is_empty()),
        (Facet::Certificate, !f.certificate.is_empty()),
        (Facet::Season, f.season.is_some()),
        (Facet::Availability, !f.availability.is_empty()),
        (Facet::Price, f.price_min.is_some() || f.price_max.is_some()),
    ]
    .into_iter()
    .filter_map(|(facet, narrows)| narrows.then_some(facet))
    .collect()
}

impl Walk {
    fn price_fits(&self, row: &Row) -> bool {
        let (least, most) = self.prices;
        least.is_none_or(|least| row.price_max.is_some_and(|p| p >= least))
            && most.is_none_or(|most| row.price_min.is_some_and(|p| p <= most))
    }

    fn certificate_fits(&self, row: &Row) -> bool {
        let Some(wanted) = &self.certificate.wanted else { return true };
        let held = self.rows.certificates(row);
        held.iter().any(|(ord, until)| *until >= self.today && wanted[usize::from(*ord)])
    }

    fn fits(&self, facet: Facet, row: &Row, stars: u8) -> bool {
        match facet {
            Facet::Kind => self.kind.fits(row.kind),
            Facet::Category => row.category.iter().any(|ord| self.category.fits(*ord)),
            Facet::Village => self.village.fits(row.village),
            Facet::ProducerKind => self.producer_kind.fits(row.producer_kind),
            Facet::Stars => self.stars_filter >> stars & 1 == 1,
            Facet::Certificate => self.certificate_fits(row),
            Facet::Season => row.season & self.season_filter != 0,
            Facet::Availability => self.availability.fits(row.availability),
            Facet::Price => self.price_fits(row),
        }
    }

    fn cursor(&self, row: &Row, score: Score) -> Cursor {
        let updated = row.updated_at;
        let (primary, secondary) = match self.sort {
            Sort::Relevance if self.scored => (place(score as i64, i64::from(row.name_length)), updated),
            Sort::Relevance | Sort::Newest => (updated, 0),
            Sort::PriceAsc => (row.price_min.map_or(i64::MIN, |p| -p), updated),
            Sort::PriceDesc => (row.price_max.unwrap_or(i64::MIN), updated),
            Sort::Scans => (row.scans, updated),
        };
        Cursor { primary, secondary, id: row.id, effort: self.effort }
    }

    fn keep(&mut self, cursor: Cursor, doc: DocId) {
        if self.after.is_some_and(|after| cursor >= after) {
            return;
        }
        if self.top.len() < self.keep {
            self.top.push(Reverse((cursor, doc)));
        } else if let Some(mut least) = self.top.peek_mut()
            && least.0.0 < cursor
        {
            *least = Reverse((cursor, doc));
        }
    }

    fn count(&mut self, facet: Facet, doc: DocId, stars: u8) {
        let row = &self.rows.all[doc as usize];
        match facet {
            Facet::Kind => self.kind.count(row.kind),
            Facet::Category => row.category.iter().for_each(|ord| self.category.count(*ord)),
            Facet::Village => self.village.count(row.village),
            Facet::ProducerKind => self.producer_kind.count(row.producer_kind),
            Facet::Availability => self.availability.count(row.availability),
            Facet::Stars => self.star_counts[usize::from(stars)] += 1,
            Facet::Season => add_bits(&mut self.season_counts, u32::from(row.season)),
            Facet::Price => add_bits(&mut self.band_counts, u32::from(row.price_bands)),
            Facet::Certificate => {
                for (ord, until) in self.rows.certificates(row) {
                    if *until >= self.today {
                        self.certificate.count(*ord);
                    }
                }
            }
        }
    }

    /// A document that all filters let through.
    fn take(&mut self, doc: DocId, score: Score, stars: u8) {
        self.total += 1;
        for facet in Facet::ALL {
            self.count(facet, doc, stars);
        }
        let cursor = self.cursor(&self.rows.all[doc as usize], score);
        self.keep(cursor, doc);
    }
}

fn add_bits(counts: &mut [u64], mut bits: u32) {
    while bits != 0 {
        counts[bits.trailing_zeros() as usize] += 1;
        bits &= bits - 1;
    }
}

impl SegmentCollector for Walk {
    type Fruit = Walked;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.matched += 1;
        let row = &self.rows.all[doc as usize];
        let stars = if row.stars_until >= self.today { row.stars } else { 0 };
        let typed_stars = match self.stars_typed {
            None => true,
            Some(StarsWanted::Any) => stars > 0,
            Some(StarsWanted::Exactly(wanted)) => stars == wanted,
        };
        if !typed_stars {
            return;
        }
        let mut failing = None;
        for facet in &self.filtered {
            if !self.fits(*facet, row, stars) {
                if failing.is_some() {
                    return;
                }
                failing = Some(*facet);
            }
        }
        match failing {
            None => self.take(doc, score, stars),
            Some(only) => self.count(only, doc, stars),
        }
    }

    fn harvest(self) -> Self::Fruit {
        let mut facets = Facets::default();
        for (facet, codes, counter) in [
            (Facet::Kind, &self.rows.kinds, &self.kind),
            (Facet::Category, &self.rows.categories, &self.category),
            (Facet::Village, &self.rows.villages, &self.village),
            (Facet::ProducerKind, &self.rows.producer_kinds, &self.producer_kind),
            (Facet::Certificate, &self.rows.certificate_kinds, &self.certificate),
            (Facet::Availability, &self.rows.availabilities, &self.availability),
        ] {
            for (name, count) in codes.names.iter().zip(&counter.counts) {
                facets.add(facet, name, *count);
            }
        }
        for (stars, count) in self.star_counts.iter().enumerate().skip(1) {
            facets.add(Facet::Stars, &stars.to_string(), *count);
        }
        for (month, count) in self.season_counts.iter().enumerate() {
            facets.add(Facet::Season, &(month + 1).to_string(), *count);
        }
        for (band, count) in PRICE_BANDS.iter().zip(&self.band_counts) {
            facets.add(Facet::Price, band.code, *count);
        }
        let segment = self.segment;
        let top = self.top.into_iter().map(|Reverse((cursor, doc))| (cursor, DocAddress::new(segment, doc))).collect();
        Walked { top, facets, total: self.total, matched: self.matched }
    }
}

/// The filter and the counts of one facet in one segment.
struct Counter {
    /// By number of the code; none: everything fits.
    wanted: Option<Vec<bool>>,
    counts: Vec<u64>,
}

impl Counter {
    fn of(codes: &Codes, filter: &[String]) -> Self {
        Self { wanted: codes.wanted(filter), counts: vec![0; codes.names.len()] }
    }

    fn fits(&self, ord: u16) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| ord != NONE && wanted[usize::from(ord)])
    }

    fn count(&mut self, ord: u16) {
        if ord != NONE {
            self.counts[usize::from(ord)] += 1;
        }
    }
}
