//! A dossier, its items and states, the commune's opinion.

pub use super::item_list::Item;
pub use super::level::Level;
pub use super::opinion::{Mark, Marks, Opinion, Point, PointsText, Sheet, mean};
use crate::clock::{Day, Time};
use crate::db::words;
use crate::ids::{DossierId, FileId, ProducerId, ProductId, VillageId};

words! {
    /// Where a dossier stands.
    DossierState {
        /// Items are gathered.
        Preparing = "preparing": "Đang chuẩn bị" / "Being prepared",
        /// Every mandatory item is accepted, and an officer said so.
        Complete = "complete": "Hồ sơ đầy đủ" / "Complete",
        /// It is with the city.
        Passed = "passed": "Đã chuyển thành phố" / "With the city",
        /// A decision came.
        Decided = "decided": "Đã có quyết định" / "Decided",
        /// It was judged, and the product isn't recognised.
        Refused = "refused": "Không được công nhận" / "Not recognised",
        /// The city sent it back; it may be mended and passed on again.
        Returned = "returned": "Thành phố trả lại" / "Sent back",
        /// The producer or the office gave it up.
        Stopped = "stopped": "Đã dừng" / "Stopped",
    }
}

impl DossierState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Preparing | Self::Passed => " wait",
            Self::Complete | Self::Decided => " ok",
            Self::Returned | Self::Refused => " bad",
            Self::Stopped => "",
        }
    }

    /// True while items, scores and the opinion may be changed.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Preparing | Self::Complete | Self::Returned)
    }

    /// True until it comes to an end: one of a product at a time.
    pub const fn is_live(self) -> bool {
        self.is_open() || matches!(self, Self::Passed)
    }
}

words! {
    /// Where an item stands.
    ItemState {
        /// Nothing is there.
        Missing = "missing": "Chưa có" / "Missing",
        /// The producer works on it.
        Preparing = "preparing": "Đang làm" / "Being prepared",
        /// The office is to look at it.
        Handed = "handed": "Đã nộp, chờ xem" / "Handed in",
        /// It is as it should be.
        Fine = "ok": "Đạt" / "Accepted",
        /// It is to be mended.
        Back = "back": "Cần sửa lại" / "To be mended",
        /// This product needs none; the note says why.
        Unneeded = "unneeded": "Không cần" / "Not needed",
    }
}

impl ItemState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Missing | Self::Preparing => "",
            Self::Handed => " wait",
            Self::Fine | Self::Unneeded => " ok",
            Self::Back => " bad",
        }
    }

    /// True if nothing is left to do.
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Fine | Self::Unneeded)
    }
}

/// A dossier with what lists show of its product and producer.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Dossier {
    /// Id.
    pub id: DossierId,
    /// Of which product.
    pub product_id: ProductId,
    /// In which year it is to be judged.
    pub year: i32,
    /// Code of one of the six groups.
    pub product_group: String,
    /// Code of the rubric's version.
    pub rubric: String,
    /// Code of the version of the list of items.
    pub item_list: String,
    /// Where it stands.
    pub state: DossierState,
    /// When it went to the city.
    pub passed_on: Option<Day>,
    /// Number of the letter it went with.
    pub letter: String,
    /// Why it went although something was missing.
    #[sqlx(rename = "override")]
    pub despite: String,
    /// Counts up with each change.
    pub version: i64,
    /// When it was opened.
    pub created_at: Time,
    /// The product's name.
    pub product_name: String,
    /// Suffix of its address.
    pub product_short: String,
    /// Whose it is.
    pub producer_id: ProducerId,
    /// The producer's name.
    pub producer_name: String,
    /// Suffix of its address.
    pub producer_short: String,
    /// Its village.
    pub village_id: Option<VillageId>,
    /// Stars of the decision that came of it.
    pub stars: Option<i32>,
    /// Items of its list that are settled.
    pub settled: i64,
    /// Items of its list.
    pub all_items: i64,
}

/// An item of a dossier as it stands.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct ItemRow {
    /// Its code.
    pub number: i32,
    /// False if the dossier's list doesn't have it, so that it is kept and nothing else.
    pub listed: bool,
    /// Where it stands.
    pub state: ItemState,
    /// The office's words, or why it isn't needed.
    pub note: String,
    /// By when.
    pub due_on: Option<Day>,
    /// Counts up with each change.
    pub version: i64,
    /// When it last changed.
    pub updated_at: Time,
    /// By whom.
    pub by_name: Option<String>,
    /// What it is.
    #[sqlx(skip)]
    pub item: Item,
    /// Its place in the list, from 1; 0 if it isn't listed.
    #[sqlx(skip)]
    pub at: usize,
}

impl ItemRow {
    /// As the history and messages name it.
    pub fn told(&self) -> String {
        format!("{}: {}", self.at, self.item.title)
    }

    /// True if its day is over and it isn't settled.
    pub fn is_late(&self, today: Day) -> bool {
        !self.state.is_settled() && self.due_on.is_some_and(|due| due < today)
    }
}

words! {
    /// Where a file of an item came from.
    Source {
        /// It was handed in.
        Upload = "upload": "Nộp lên" / "Handed in",
        /// The paper of a certificate that is here.
        Certificate = "certificate": "Giấy chứng nhận đã có" / "A certificate that is here",
        /// A photo of the product.
        Photo = "photo": "Ảnh sản phẩm" / "Photo of the product",
        /// Made of the product's lots.
        Lots = "lots": "Danh sách lô sản xuất" / "List of lots",
        /// Made of what was done with them.
        Events = "events": "Nhật ký công đoạn" / "Diary of steps",
        /// Made of the places where they come from.
        Places = "places": "Vùng trồng, nơi sản xuất" / "Places of production",
        /// Made of what was used and bought for them.
        Inputs = "inputs": "Vật tư, nguyên liệu đã dùng" / "Inputs and materials",
    }
}

impl Source {
    /// True for papers that are made of what traceability knows.
    pub const fn is_facts(self) -> bool {
        matches!(self, Self::Lots | Self::Events | Self::Places | Self::Inputs)
    }
}

/// A paper or picture of an item.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ItemFile {
    /// Of which item.
    pub number: i32,
    /// The file.
    pub file_id: FileId,
    /// Its name as it came.
    pub name: String,
    /// Paper or picture.
    pub kind: crate::files::store::FileUse,
    /// Its media type.
    pub media_type: String,
    /// SHA-256 of what came, in hexadecimal.
    pub sha256: String,
    /// When it was added.
    pub added_at: Time,
    /// Where it came from.
    pub source: Source,
    /// SHA-256 of the facts it was made of; empty if it wasn't.
    #[sqlx(rename = "source_mark")]
    pub mark: String,
}

/// What keeps a dossier from being passed on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Places of mandatory items that aren't accepted; one said not to be needed is missing too.
    pub items: Vec<usize>,
    /// No opinion is written.
    pub opinion: bool,
    /// The commune doesn't ask for it to be judged.
    pub against: bool,
}

impl Lacking {
    /// What a dossier lacks.
    pub fn of(rows: &[ItemRow], opinion: Option<&Opinion>) -> Self {
        let open = rows.iter().filter(|row| row.listed && row.item.mandatory && row.state != ItemState::Fine);
        Self {
            items: open.map(|row| row.at).collect(),
            opinion: opinion.is_none(),
            against: opinion.is_some_and(|opinion| !opinion.agreed),
        }
    }

    /// True if it lacks nothing.
    pub fn is_none(&self) -> bool {
        self.items.is_empty() && !self.opinion && !self.against
    }
}

/// A decision as it was recorded, voided ones too.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Decision {
    /// Id.
    pub id: uuid::Uuid,
    /// Of which product.
    pub product_id: ProductId,
    /// Number.
    pub number: String,
    /// Who decided.
    pub authority: String,
    /// When.
    pub decided_on: Day,
    /// Last day.
    pub expires_on: Day,
    /// 1 to 5.
    pub stars: i32,
    /// The paper.
    pub file_id: Option<FileId>,
    /// When it was voided.
    pub voided_at: Option<Time>,
    /// Why.
    pub void_reason: Option<String>,
}

/// How it was told that a product isn't recognised.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Refusal {
    /// When it was decided.
    pub decided_on: Day,
    /// By whom.
    pub level: Level,
    /// Why.
    pub reason: String,
    /// The paper.
    pub file_id: Option<FileId>,
}

/// A line of a dossier's history.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StepRow {
    /// What was done.
    pub step: String,
    /// More of it.
    pub note: String,
    /// When.
    pub at: Time,
    /// By whom.
    pub by_name: Option<String>,
}

/// A decision whose stars end soon, with its product.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Ending {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub product_name: String,
    /// Suffix of its address.
    pub product_short: String,
    /// Whose it is.
    pub producer_name: String,
    /// Stars.
    pub stars: i32,
    /// Last day.
    pub expires_on: Day,
}

/// Months before the end of stars at which the office and the producer are told: the first time and again.
pub const TOLD_MONTHS: [i32; 2] = [6, 3];

impl Ending {
    /// True if it ends within the second of [`TOLD_MONTHS`].
    pub fn is_near(&self, today: Day) -> bool {
        self.expires_on <= crate::support::warnings::months_before(today, -TOLD_MONTHS[1])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dossier_lacks_what_is_mandatory_and_the_opinion() {
        let now = Time::from_micros(1_800_000_000_000_000);
        let row = |number, state| ItemRow {
            number,
            listed: number != 5,
            item: Item { number, mandatory: number <= 5, ..Item::default() },
            at: number as usize,
            state,
            note: String::new(),
            due_on: None,
            version: 1,
            updated_at: now,
            by_name: None,
        };
        let rows = [
            row(1, ItemState::Fine),
            row(2, ItemState::Unneeded),
            row(3, ItemState::Handed),
            row(5, ItemState::Missing),
            row(9, ItemState::Missing),
        ];
        let lacking = Lacking::of(&rows, None);
        assert_eq!((lacking.items.as_slice(), lacking.opinion), ([2, 3].as_slice(), true));
        assert!(!lacking.is_none());
        let opinion = |agreed| Opinion {
            marks: Marks::default(),
            agreed,
            words: String::new(),
            version: 1,
            updated_at: now,
            by_name: None,
        };
        assert!(Lacking::of(&rows[..1], Some(&opinion(true))).is_none());
        assert!(Lacking::of(&rows[..1], Some(&opinion(false))).against, "an opinion against it is no word for it");
    }
}
