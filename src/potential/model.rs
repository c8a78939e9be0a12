//! What a review finds of a product, and what the program already knows that speaks for it.

use crate::clock::{Day, Time};
use crate::db::words;
use crate::ids::{GapId, PotentialId, ProducerId, ProductId, SupportId, VillageId};
use crate::support::state::SupportState;
use crate::traceability::quantity::Uom;

words! {
    /// What a review says of a way to the market.
    Prospect {
        /// It goes into the list.
        Yes = "yes": "Có tiềm năng" / "It has potential",
        /// Not this year.
        Later = "later": "Xét lại sau" / "To be looked at again",
        /// It doesn't suit.
        No = "no": "Không phù hợp" / "It doesn't suit",
    }
}

impl Prospect {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Yes => " ok",
            Self::Later => " wait",
            Self::No => "",
        }
    }
}

words! {
    /// What a product may lack (the plan's section III.5: quality, form, packaging, brand, traceability, channels).
    Gap {
        /// Packaging and labelling.
        Packaging = "packaging": "Bao bì, nhãn" / "Packaging",
        /// Brand or trademark.
        Brand = "brand": "Nhãn hiệu, thương hiệu" / "Brand",
        /// Traceability and QR codes.
        Traceability = "traceability": "Truy xuất nguồn gốc, tem QR" / "Traceability, QR labels",
        /// Standard, certificate, tests.
        Standard = "standard": "Tiêu chuẩn, chất lượng" / "Standard, quality",
        /// Enough of it, steadily.
        Volume = "volume": "Sản lượng ổn định" / "Steady volume",
        /// Where it is sold on the net.
        Channel = "channel": "Kênh tiêu thụ số" / "Digital channel",
        /// Pictures and words.
        Story = "story": "Hình ảnh, câu chuyện" / "Pictures, story",
    }
}

impl Gap {
    /// The kind of support (code in `seed/support-kinds.json`) that usually helps.
    pub const fn support_kind(self) -> &'static str {
        match self {
            Self::Packaging => "packaging",
            Self::Brand => "brand",
            Self::Traceability => "traceability",
            Self::Standard => "standard",
            Self::Volume => "technique",
            Self::Channel => "e-commerce",
            Self::Story => "digital-promotion",
        }
    }
}

words! {
    /// Where a gap stands.
    GapState {
        /// Nobody has begun.
        Open = "open": "Chưa làm" / "To be done",
        /// Support was proposed for it.
        Proposed = "proposed": "Đã đề xuất hỗ trợ" / "Support proposed",
        /// It is no longer missing.
        Done = "done": "Đã xong" / "Done",
        /// A later look found that it isn't missing.
        Dropped = "dropped": "Không thiếu nữa" / "No longer missing",
    }
}

impl GapState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Open | Self::Proposed => " wait",
            Self::Done => " ok",
            Self::Dropped => "",
        }
    }
}

/// A product's review of one year.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Review {
    /// Id.
    pub id: PotentialId,
    /// Of which product.
    pub product_id: ProductId,
    /// Calendar year.
    pub year: i32,
    /// For OCOP.
    pub ocop: Prospect,
    /// For digital channels.
    pub digital: Prospect,
    /// The office's words.
    pub note: String,
    /// Counts up with each change.
    pub version: i64,
    /// When it was last looked at.
    pub reviewed_at: Time,
    /// By whom; None: no longer known.
    pub by_name: Option<String>,
}

/// Something that a product lacks.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct GapRow {
    /// Id.
    pub id: GapId,
    /// Of which review.
    pub review_id: PotentialId,
    /// What.
    pub gap: Gap,
    /// What exactly.
    pub words: String,
    /// Who helps.
    pub helper: String,
    /// By when.
    pub due_on: Option<Day>,
    /// As it was set.
    pub state: GapState,
    /// The support that was proposed for it.
    pub record_id: Option<SupportId>,
    /// Where that stands.
    pub record_state: Option<SupportState>,
}

impl GapRow {
    /// Where it stands, with what became of the support proposed for it: given, it is done; voided, it is open again.
    pub fn stands(&self) -> GapState {
        match (self.state, self.record_state) {
            (GapState::Proposed, Some(SupportState::Void)) => GapState::Open,
            (GapState::Proposed, Some(record)) if record.counts() => GapState::Done,
            (state, _) => state,
        }
    }

    /// True if something is still to be done.
    pub fn is_missing(&self) -> bool {
        matches!(self.stands(), GapState::Open | GapState::Proposed)
    }

    /// True if its day is over and it is still missing.
    pub fn is_late(&self, today: Day) -> bool {
        self.is_missing() && self.due_on.is_some_and(|due| due < today)
    }
}

/// A review as an officer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// For OCOP.
    pub ocop: Prospect,
    /// For digital channels.
    pub digital: Prospect,
    /// The office's words.
    pub note: String,
    /// What is missing; each at most once.
    pub gaps: Vec<Missing>,
}

/// One thing missing, as an officer tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What.
    pub gap: Gap,
    /// What exactly.
    pub words: String,
    /// Who helps.
    pub helper: String,
    /// By when.
    pub due_on: Option<Day>,
    /// True once it is there.
    pub done: bool,
}

impl Finding {
    /// True if a stored review says the same.
    pub fn is_told_by(&self, review: &Review, gaps: &[GapRow]) -> bool {
        let open = gaps.iter().filter(|row| row.state != GapState::Dropped);
        let told: Vec<Missing> = open
            .map(|row| Missing {
                gap: row.gap,
                words: row.words.clone(),
                helper: row.helper.clone(),
                due_on: row.due_on,
                done: row.stands() == GapState::Done,
            })
            .collect();
        (self.ocop, self.digital, &self.note) == (review.ocop, review.digital, &review.note)
            && told.len() == self.gaps.len()
            && self.gaps.iter().all(|missing| told.contains(missing))
    }
}

/// What the program knows of a product on a day; sums are of the twelve months before it.
#[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Facts {
    /// Certificates of quality valid on the day: all but brands and growing areas.
    pub standards: i64,
    /// Certificates of quality that are over.
    pub ended: i64,
    /// Trademarks and geographical indications valid on the day.
    pub brands: i64,
    /// Lots made.
    pub lots: i64,
    /// Label runs made.
    pub runs: i64,
    /// Openings of its labels by people.
    pub scans: i64,
    /// Buyers' enquiries.
    pub enquiries: i64,
    /// Photos shown.
    #[sqlx(skip)]
    pub photos: usize,
    /// True if its story is told.
    #[sqlx(skip)]
    pub story: bool,
    /// Net quantity as printed on a piece.
    #[sqlx(skip)]
    pub net_quantity: String,
    /// Places where it is sold.
    #[sqlx(skip)]
    pub channels: usize,
    /// Of these with an address on the net.
    #[sqlx(skip)]
    pub on_net: usize,
    /// How much was made, by unit, in thousandths.
    #[sqlx(skip)]
    pub made: Vec<(Uom, i64)>,
}

/// Photos from which a product is shown well.
const ENOUGH_PHOTOS: usize = 3;

impl Facts {
    /// What seems to be missing.
    pub fn lacks(&self, gap: Gap) -> bool {
        match gap {
            Gap::Packaging => self.net_quantity.is_empty(),
            Gap::Brand => self.brands == 0,
            Gap::Traceability => self.lots == 0 || self.runs == 0,
            Gap::Standard => self.standards == 0,
            Gap::Volume => self.made.is_empty(),
            Gap::Channel => self.on_net == 0,
            Gap::Story => self.photos < ENOUGH_PHOTOS || !self.story,
        }
    }
}

/// A product in the review's lists.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ProductRow {
    /// Id.
    pub id: ProductId,
    /// Suffix of its address.
    pub short: String,
    /// Name.
    pub name: String,
    /// Category code.
    pub category: String,
    /// Whose.
    pub producer_id: ProducerId,
    /// Name of its producer.
    pub producer_name: String,
    /// Suffix of its producer's address.
    pub producer_short: String,
    /// Kind of its producer, as a word.
    pub producer_kind: String,
    /// Its producer's village.
    pub village_id: Option<VillageId>,
    /// Its producer's phone.
    pub phone: Option<String>,
}

/// A product with its review, if it has one.
#[derive(Clone, Debug)]
pub struct Line {
    /// The product.
    pub product: ProductRow,
    /// Its review of the year.
    pub review: Option<Review>,
    /// What it lacks, in the order of [`Gap::ALL`].
    pub gaps: Vec<GapRow>,
}

impl Line {
    /// What is still missing.
    pub fn missing(&self) -> impl Iterator<Item = &GapRow> {
        self.gaps.iter().filter(|row| row.is_missing())
    }

    /// The next day by which something is to be done.
    pub fn next_due(&self) -> Option<Day> {
        self.missing().filter_map(|row| row.due_on).min()
    }
}

/// A year's review in figures; of approved products alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    /// Approved products.
    pub products: i64,
    /// Of these reviewed.
    pub reviewed: i64,
    /// With potential for OCOP.
    pub ocop: i64,
    /// With potential for digital channels.
    pub digital: i64,
    /// With either.
    pub either: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    fn gap(state: GapState, record: Option<SupportState>, due: Option<&str>) -> GapRow {
        let now = Time::from_micros(1_800_000_000_000_000);
        GapRow {
            id: GapId::new(now),
            review_id: PotentialId::new(now),
            gap: Gap::Brand,
            words: String::new(),
            helper: String::new(),
            due_on: due.map(|day| Day::parse(day).unwrap()),
            state,
            record_id: None,
            record_state: record,
        }
    }

    #[test]
    fn a_gap_follows_the_support_proposed_for_it() {
        use GapState as G;
        use SupportState as S;
        for (record, stands) in [
            (None, G::Proposed),
            (Some(S::Proposed), G::Proposed),
            (Some(S::Approved), G::Proposed),
            (Some(S::Delivered), G::Done),
            (Some(S::Known), G::Done),
            (Some(S::Void), G::Open),
        ] {
            assert_eq!(gap(G::Proposed, record, None).stands(), stands, "{record:?}");
        }
        assert_eq!(gap(G::Done, Some(S::Void), None).stands(), G::Done, "an officer said so");
        assert!(!gap(G::Dropped, None, None).is_missing());
    }

    #[test]
    fn late_is_what_is_missing_after_its_day() {
        let today = Day::parse("02/06/2026").unwrap();
        assert!(gap(GapState::Open, None, Some("01/06/2026")).is_late(today));
        assert!(!gap(GapState::Open, None, Some("02/06/2026")).is_late(today), "the day itself is still time");
        assert!(!gap(GapState::Done, None, Some("01/06/2026")).is_late(today));
        assert!(!gap(GapState::Open, None, None).is_late(today));
    }

    #[test]
    fn what_is_known_says_what_seems_to_be_missing() {
        let none = Facts::default();
        assert!(Gap::ALL.iter().all(|gap| none.lacks(*gap)));
        let all = Facts {
            standards: 1,
            brands: 1,
            lots: 2,
            runs: 1,
            photos: 3,
            story: true,
            net_quantity: "túi 500 g".to_owned(),
            on_net: 1,
            made: vec![(Uom::Kilogram, 1_000)],
            ..Facts::default()
        };
        assert!(Gap::ALL.iter().all(|gap| !all.lacks(*gap)));
        assert!(Facts { runs: 0, ..all.clone() }.lacks(Gap::Traceability), "lots that nobody can look up");
        assert!(Facts { photos: 2, ..all }.lacks(Gap::Story));
    }
}
