//! One walk over the matching documents: filters, counts of all facets, and the best hits.
//!
//! Start at [`Page`]. A document that fails exactly one facet's filter still counts for that facet, which is what
//! "a facet's own counts ignore its own filter" means; so no facet needs a walk of its own.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::{Column, StrColumn};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::search::query::{Cursor, Facet, Facets, Filters, Sort};
use crate::search::typed::StarsWanted;

/// Which hits are wanted; the collector of one search.
pub struct Page<'a> {
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
        let columns = reader.fast_fields();
        let f = self.filters;
        let kind: Vec<String> = f.kind.iter().map(|k| k.code().to_owned()).collect();
        Ok(Walk {
            segment,
            kind: Codes::open(reader, "kind", &kind)?,
            category: Codes::open(reader, "category", &f.category)?,
            village: Codes::open(reader, "village", &f.village)?,
            producer_kind: Codes::open(reader, "producer_kind", &f.producer_kind)?,
            availability: Codes::open(reader, "availability", &f.availability)?,
            certificate: Codes::open(reader, "certificate", &f.certificate)?,
            certificate_until: columns.u64("certificate_until")?,
            stars: columns.u64("stars")?,
            stars_until: columns.u64("stars_until")?,
            season: columns.u64("season")?,
            price_min: columns.i64("price_min")?,
            price_max: columns.i64("price_max")?,
            updated_at: columns.i64("updated_at")?,
            name_length: columns.u64("name_length")?,
            id_high: columns.u64("id_high")?,
            id_low: columns.u64("id_low")?,
            stars_filter: f.stars.clone(),
            stars_typed: self.stars,
            season_filter: f.season,
            prices: (f.price_min, f.price_max),
            today: self.today,
            sort: self.sort,
            scored: self.scored,
            after: self.after,
            keep: self.limit + 1,
            effort: self.effort,
            top: BinaryHeap::new(),
            star_counts: [0; 6],
            season_counts: [0; 12],
            total: 0,
            matched: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        self.scored && self.sort == Sort::Relevance
    }

    fn merge_fruits(&self, fruits: Vec<tantivy::Result<Walked>>) -> tantivy::Result<Walked> {
        let mut all = Walked::default();
        for fruit in fruits {
            let fruit = fruit?;
            all.total += fruit.total;
            all.matched += fruit.matched;
            all.top.extend(fruit.top);
            for facet in Facet::ALL {
                for (code, count) in fruit.facets.of(facet) {
                    all.facets.add(facet, &code, count);
                }
            }
        }
        all.top.sort_by_key(|(cursor, _)| Reverse(*cursor));
        all.top.truncate(self.limit + 1);
        Ok(all)
    }
}

/// The walk over one segment.
pub struct Walk {
    segment: SegmentOrdinal,
    kind: Codes,
    category: Codes,
    village: Codes,
    producer_kind: Codes,
    availability: Codes,
    certificate: Codes,
    certificate_until: Column<u64>,
    stars: Column<u64>,
    stars_until: Column<u64>,
    season: Column<u64>,
    price_min: Column<i64>,
    price_max: Column<i64>,
    updated_at: Column<i64>,
    name_length: Column<u64>,
    id_high: Column<u64>,
    id_low: Column<u64>,
    stars_filter: Vec<u8>,
    stars_typed: Option<StarsWanted>,
    season_filter: Option<u8>,
    prices: (Option<i64>, Option<i64>),
    today: u64,
    sort: Sort,
    scored: bool,
    after: Option<Cursor>,
    keep: usize,
    effort: u8,
    top: BinaryHeap<Reverse<(Cursor, DocId)>>,
    star_counts: [u64; 6],
    season_counts: [u64; 12],
    total: u64,
    matched: u64,
}

/// Names of a longer run do not matter for ranking.
const NAME_LENGTH_MAX: i64 = 31;

impl Walk {
    fn stars_today(&self, doc: DocId) -> u8 {
        let valid = self.stars_until.first(doc).is_some_and(|until| until >= self.today);
        if valid { self.stars.first(doc).map_or(0, |s| s.min(5) as u8) } else { 0 }
    }

    fn price_fits(&self, doc: DocId) -> bool {
        let (least, most) = self.prices;
        least.is_none_or(|least| self.price_max.first(doc).is_some_and(|p| p >= least))
            && most.is_none_or(|most| self.price_min.first(doc).is_some_and(|p| p <= most))
    }

    fn cursor(&self, doc: DocId, score: Score) -> Cursor {
        let updated = self.updated_at.first(doc).unwrap_or(0);
        let id =
            u128::from(self.id_high.first(doc).unwrap_or(0)) << 64 | u128::from(self.id_low.first(doc).unwrap_or(0));
        let (primary, secondary) = match self.sort {
            Sort::Relevance if self.scored => {
                let length = (self.name_length.first(doc).unwrap_or(0) as i64).min(NAME_LENGTH_MAX);
                (score as i64 * (NAME_LENGTH_MAX + 1) - length, updated)
            }
            Sort::Relevance | Sort::Newest => (updated, 0),
            Sort::PriceAsc => (self.price_min.first(doc).map_or(i64::MIN, |p| -p), updated),
            Sort::PriceDesc => (self.price_max.first(doc).unwrap_or(i64::MIN), updated),
        };
        Cursor { primary, secondary, id, effort: self.effort }
    }

    fn keep(&mut self, doc: DocId, score: Score) {
        let cursor = self.cursor(doc, score);
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

    fn count(&mut self, facet: Facet, doc: DocId, stars: u8, months: u64) {
        match facet {
            Facet::Kind => self.kind.count(doc),
            Facet::Category => self.category.count(doc),
            Facet::Village => self.village.count(doc),
            Facet::ProducerKind => self.producer_kind.count(doc),
            Facet::Availability => self.availability.count(doc),
            Facet::Stars => self.star_counts[usize::from(stars)] += 1,
            Facet::Season => {
                for month in (0..12).filter(|m| months >> m & 1 == 1) {
                    self.season_counts[month] += 1;
                }
            }
            Facet::Certificate => {
                let codes = &mut self.certificate;
                let Some(column) = &codes.column else { return };
                for (ord, until) in column.term_ords(doc).zip(self.certificate_until.values_for_doc(doc)) {
                    if until >= self.today
                        && let Some(count) = codes.counts.get_mut(ord as usize)
                    {
                        *count += 1;
                    }
                }
            }
        }
    }
}

impl SegmentCollector for Walk {
    type Fruit = tantivy::Result<Walked>;

    fn collect(&mut self, doc: DocId, score: Score) {
        self.matched += 1;
        let stars = self.stars_today(doc);
        let typed_stars = match self.stars_typed {
            None => true,
            Some(StarsWanted::Any) => stars > 0,
            Some(StarsWanted::Exactly(wanted)) => stars == wanted,
        };
        if !typed_stars || !self.price_fits(doc) {
            return;
        }
        let months = self.season.first(doc).unwrap_or(0);
        let certificate = |codes: &Codes| {
            !codes.filtering
                || codes
                    .ords(doc)
                    .zip(self.certificate_until.values_for_doc(doc))
                    .any(|(ord, until)| until >= self.today && codes.wanted.contains(&ord))
        };
        let fits = [
            (Facet::Kind, self.kind.fits(doc)),
            (Facet::Category, self.category.fits(doc)),
            (Facet::Village, self.village.fits(doc)),
            (Facet::ProducerKind, self.producer_kind.fits(doc)),
            (Facet::Stars, self.stars_filter.is_empty() || self.stars_filter.contains(&stars)),
            (Facet::Certificate, certificate(&self.certificate)),
            (Facet::Season, self.season_filter.is_none_or(|m| months >> (m - 1) & 1 == 1)),
            (Facet::Availability, self.availability.fits(doc)),
        ];
        let mut failing = fits.iter().filter(|(_, fits)| !fits).map(|(facet, _)| *facet);
        match (failing.next(), failing.next()) {
            (None, _) => {
                self.total += 1;
                for facet in Facet::ALL {
                    self.count(facet, doc, stars, months);
                }
                self.keep(doc, score);
            }
            (Some(only), None) => self.count(only, doc, stars, months),
            _ => {}
        }
    }

    fn harvest(self) -> Self::Fruit {
        let mut facets = Facets::default();
        for (facet, codes) in [
            (Facet::Kind, &self.kind),
            (Facet::Category, &self.category),
            (Facet::Village, &self.village),
            (Facet::ProducerKind, &self.producer_kind),
            (Facet::Certificate, &self.certificate),
            (Facet::Availability, &self.availability),
        ] {
            codes.harvest(facet, &mut facets)?;
        }
        for (stars, count) in self.star_counts.iter().enumerate().skip(1) {
            facets.add(Facet::Stars, &stars.to_string(), *count);
        }
        for (month, count) in self.season_counts.iter().enumerate() {
            facets.add(Facet::Season, &(month + 1).to_string(), *count);
        }
        let segment = self.segment;
        let top = self.top.into_iter().map(|Reverse((cursor, doc))| (cursor, DocAddress::new(segment, doc))).collect();
        Ok(Walked { top, facets, total: self.total, matched: self.matched })
    }
}

/// A column of codes in one segment, with its filter and its counts.
struct Codes {
    column: Option<StrColumn>,
    filtering: bool,
    wanted: Vec<u64>,
    counts: Vec<u32>,
}

impl Codes {
    fn open(reader: &SegmentReader, field: &str, filter: &[String]) -> tantivy::Result<Self> {
        let column = reader.fast_fields().str(field)?;
        let mut wanted = Vec::new();
        let mut counts = Vec::new();
        if let Some(column) = &column {
            counts = vec![0; column.dictionary().num_terms()];
            for code in filter {
                wanted.extend(column.dictionary().term_ord(code.as_bytes())?);
            }
        }
        Ok(Self { column, filtering: !filter.is_empty(), wanted, counts })
    }

    fn ords(&self, doc: DocId) -> impl Iterator<Item = u64> + '_ {
        self.column.iter().flat_map(move |c| c.term_ords(doc))
    }

    fn fits(&self, doc: DocId) -> bool {
        !self.filtering || self.ords(doc).any(|ord| self.wanted.contains(&ord))
    }

    fn count(&mut self, doc: DocId) {
        let Some(column) = &self.column else { return };
        for ord in column.term_ords(doc) {
            if let Some(count) = self.counts.get_mut(ord as usize) {
                *count += 1;
            }
        }
    }

    fn harvest(&self, facet: Facet, facets: &mut Facets) -> tantivy::Result<()> {
        let Some(column) = &self.column else { return Ok(()) };
        let mut code = String::new();
        for (ord, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            if column.ord_to_str(ord as u64, &mut code)? {
                facets.add(facet, &code, u64::from(*count));
            }
        }
        Ok(())
    }
}
