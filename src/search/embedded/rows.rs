//! What filters, counts and orders need of every document, packed in memory: one [`Row`] per document of a segment.
//!
//! The columns on disk are the truth. Reading ten of them for each of 100,000 matching documents costs more than
//! everything else in a search; these rows (about 80 bytes a document) make it one walk over a slice.
//! Start at [`Cache::of`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tantivy::columnar::StrColumn;
use tantivy::index::SegmentId;
use tantivy::{Searcher, SegmentReader};

use crate::search::query::PRICE_BANDS;

/// Stands for "has none" among the numbers of codes.
pub const NONE: u16 = u16::MAX;

/// One document.
pub struct Row {
    pub id: u128,
    pub updated_at: i64,
    /// Đồng; none for "ask".
    pub price_min: Option<i64>,
    pub price_max: Option<i64>,
    pub scans: i64,
    /// Last day of the stars.
    pub stars_until: u32,
    /// Where its certificates begin in [`Rows::certificates`], and how many they are.
    certificates: (u32, u16),
    pub kind: u16,
    pub category: [u16; 2],
    pub village: u16,
    pub producer_kind: u16,
    pub availability: u16,
    /// Bit 0 is January.
    pub season: u16,
    pub stars: u8,
    pub name_length: u8,
    /// Bit 0 is the first of [`PRICE_BANDS`].
    pub price_bands: u8,
}

/// The codes of one facet in a segment, numbered.
#[derive(Default)]
pub struct Codes {
    pub names: Vec<String>,
}

impl Codes {
    fn read(column: Option<&StrColumn>) -> tantivy::Result<Self> {
        let Some(column) = column else { return Ok(Self::default()) };
        let mut names = Vec::with_capacity(column.num_terms());
        for ord in 0..column.num_terms() as u64 {
            let mut name = String::new();
            column.ord_to_str(ord, &mut name)?;
            names.push(name);
        }
        Ok(Self { names })
    }

    /// Which numbers a filter wants; none for no filter.
    pub fn wanted(&self, filter: &[String]) -> Option<Vec<bool>> {
        (!filter.is_empty()).then(|| self.names.iter().map(|name| filter.contains(name)).collect())
    }
}

/// All documents of a segment, deleted ones too.
pub struct Rows {
    pub all: Vec<Row>,
    /// Number of the code and last day.
    certificates: Vec<(u16, u32)>,
    pub kinds: Codes,
    pub categories: Codes,
    pub villages: Codes,
    pub producer_kinds: Codes,
    pub availabilities: Codes,
    pub certificate_kinds: Codes,
}

impl Rows {
    /// The certificates of a row.
    pub fn certificates(&self, row: &Row) -> &[(u16, u32)] {
        let (start, count) = row.certificates;
        &self.certificates[start as usize..start as usize + usize::from(count)]
    }

    fn read(segment: &SegmentReader) -> tantivy::Result<Self> {
        let columns = segment.fast_fields();
        let [kind, category, village, producer_kind, availability, certificate] = [
            columns.str("kind")?,
            columns.str("category")?,
            columns.str("village")?,
            columns.str("producer_kind")?,
            columns.str("availability")?,
            columns.str("certificate")?,
        ];
        let first = |column: &Option<StrColumn>, doc| {
            column.as_ref().and_then(|c| c.term_ords(doc).next()).map_or(NONE, |ord| ord as u16)
        };
        let (id_high, id_low) = (columns.u64("id_high")?, columns.u64("id_low")?);
        let (updated_at, scans) = (columns.i64("updated_at")?, columns.i64("scans")?);
        let (price_min, price_max) = (columns.i64("price_min")?, columns.i64("price_max")?);
        let (stars, stars_until) = (columns.u64("stars")?, columns.u64("stars_until")?);
        let (season, name_length) = (columns.u64("season")?, columns.u64("name_length")?);
        let certificate_until = columns.u64("certificate_until")?;

        let mut certificates: Vec<(u16, u32)> = Vec::new();
        let mut rows = Vec::with_capacity(segment.max_doc() as usize);
        for doc in 0..segment.max_doc() {
            let start = certificates.len();
            if let Some(column) = &certificate {
                let held = column.term_ords(doc).zip(certificate_until.values_for_doc(doc));
                certificates.extend(held.map(|(ord, until)| (ord as u16, until as u32)));
            }
            let mut categories = category.iter().flat_map(|c| c.term_ords(doc)).map(|ord| ord as u16);
            let (least, most) = (price_min.first(doc), price_max.first(doc));
            let bands = least.zip(most).map_or(0, |(least, most)| {
                let touched = PRICE_BANDS.iter().enumerate().filter(|(_, band)| band.holds(least, most));
                touched.fold(0, |bits, (at, _)| bits | 1 << at)
            });
            let id = u128::from(id_high.first(doc).unwrap_or(0)) << 64 | u128::from(id_low.first(doc).unwrap_or(0));
            rows.push(Row {
                id,
                updated_at: updated_at.first(doc).unwrap_or(0),
                price_min: least,
                price_max: most,
                scans: scans.first(doc).unwrap_or(0),
                stars_until: stars_until.first(doc).unwrap_or(0) as u32,
                certificates: (start as u32, (certificates.len() - start) as u16),
                kind: first(&kind, doc),
                category: [categories.next().unwrap_or(NONE), categories.next().unwrap_or(NONE)],
                village: first(&village, doc),
                producer_kind: first(&producer_kind, doc),
                availability: first(&availability, doc),
                season: season.first(doc).unwrap_or(0) as u16,
                stars: stars.first(doc).map_or(0, |s| s.min(5) as u8),
                name_length: name_length.first(doc).unwrap_or(0).min(255) as u8,
                price_bands: bands,
            });
        }
        Ok(Self {
            all: rows,
            certificates,
            kinds: Codes::read(kind.as_ref())?,
            categories: Codes::read(category.as_ref())?,
            villages: Codes::read(village.as_ref())?,
            producer_kinds: Codes::read(producer_kind.as_ref())?,
            availabilities: Codes::read(availability.as_ref())?,
            certificate_kinds: Codes::read(certificate.as_ref())?,
        })
    }
}

/// The rows of the segments that are searched. A segment never changes, so its rows are read once.
#[derive(Default)]
pub struct Cache(Mutex<HashMap<SegmentId, Arc<Rows>>>);

impl Cache {
    /// The rows of a segment, read now if they were not yet.
    pub fn of(&self, segment: &SegmentReader) -> tantivy::Result<Arc<Rows>> {
        let id = segment.segment_id();
        if let Some(rows) = super::lock(&self.0).get(&id) {
            return Ok(Arc::clone(rows));
        }
        let rows = Arc::new(Rows::read(segment)?);
        Ok(Arc::clone(super::lock(&self.0).entry(id).or_insert(rows)))
    }

    /// Reads the rows of all segments of a searcher and forgets those of segments that are gone.
    pub fn warm(&self, searcher: &Searcher) -> tantivy::Result<()> {
        for segment in searcher.segment_readers() {
            self.of(segment)?;
        }
        let live: Vec<SegmentId> = searcher.segment_readers().iter().map(SegmentReader::segment_id).collect();
        super::lock(&self.0).retain(|id, _| live.contains(id));
        Ok(())
    }
}
