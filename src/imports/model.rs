//! What an import is: its batch, the fields of its kind, and what a check of its lines finds.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::words;
use crate::ids::{ActivityId, CommuneId, ImportId, UserId};
use crate::web::Lang;

words! {
    /// What the lines of a file are.
    Kind {
        /// Producers.
        Producers = "producers": "Cơ sở (chủ thể)" / "Producers",
        /// Products.
        Products = "products": "Sản phẩm" / "Products",
        /// Support records.
        Support = "support": "Lượt hỗ trợ" / "Support records",
        /// People who came to activities.
        Attendance = "attendance": "Người dự tập huấn, hội chợ" / "Attendance of activities",
    }
}

impl Kind {
    /// True of kinds whose lists can be held against the register without being written.
    pub const fn is_compared(self) -> bool {
        matches!(self, Self::Producers | Self::Attendance)
    }
}

words! {
    /// What a file was uploaded for.
    Mode {
        /// To be written into the register.
        Import = "import": "Nhập vào sổ" / "Import",
        /// To be held against the register; writes nothing.
        Compare = "compare": "Chỉ đối chiếu" / "Compare only",
    }
}

words! {
    /// Where a batch stands.
    BatchState {
        /// Checked; nothing is written.
        Checked = "checked": "Chưa nhập" / "Not imported",
        /// Being written.
        Queued = "queued": "Đang nhập" / "Being imported",
        /// Written.
        Done = "done": "Đã nhập" / "Imported",
        /// Taken back.
        Undone = "undone": "Đã hoàn tác" / "Undone",
    }
}

words! {
    /// Which lines are written.
    Choice {
        /// All, or none if one is wrong.
        All = "all": "Chỉ nhập khi mọi dòng đều đúng" / "Only if all lines are right",
        /// Those that are right.
        Valid = "valid": "Nhập các dòng đúng, bỏ qua dòng sai" / "Lines that are right, leaving wrong ones out",
    }
}

words! {
    /// What became of an item when its batch was taken back.
    Undo {
        /// It was not taken back.
        No = "": "" / "",
        /// It is as it was.
        Done = "done": "đã trả về như cũ" / "as it was before",
        /// Left: somebody changed it after the import.
        Edited = "edited": "đã được sửa sau khi nhập" / "changed after the import",
        /// Left: it was approved after the import.
        Decided = "decided": "đã được duyệt sau khi nhập" / "approved after the import",
        /// Left: other records hang on it.
        Used = "used": "đã có dữ liệu khác gắn vào" / "other records hang on it",
        /// Left: its personal data was erased on request.
        Erased = "erased": "dữ liệu đã xóa theo yêu cầu" / "erased on request",
        /// Left: it counts as support.
        Counted = "counted": "đã tính thành lượt hỗ trợ" / "it counts as support",
    }
}

/// How a column's cells are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Words.
    Text,
    /// A phone number; lost zeros are put back.
    Phone,
    /// A tax code; lost zeros are put back.
    TaxCode,
    /// Whole đồng.
    Money,
    /// A number with up to three decimals.
    Quantity,
    /// A day.
    Date,
}

/// A column that a kind knows.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its word in mappings.
    pub key: &'static str,
    /// Its heading in our files, in Vietnamese.
    pub vi: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// How its cells are read.
    pub what: What,
    /// Personal data: in our files only when asked for with a reason.
    pub personal: bool,
    /// Width of its column in characters.
    pub width: u16,
}

impl Field {
    /// A field of words.
    pub const fn text(key: &'static str, vi: &'static str, en: &'static str, width: u16) -> Self {
        Self { key, vi, en, what: What::Text, personal: false, width }
    }

    /// The same, read otherwise.
    pub const fn read_as(self, what: What) -> Self {
        Self { what, ..self }
    }

    /// The same, personal.
    pub const fn private(self) -> Self {
        Self { personal: true, ..self }
    }

    /// Its heading.
    pub const fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.vi, self.en)
    }
}

/// A batch's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Batch {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: ImportId,
    /// What its lines are.
    pub kind: Kind,
    /// What for.
    pub mode: Mode,
    /// Where it stands.
    pub state: BatchState,
    /// The file's name as uploaded.
    pub file_name: String,
    /// SHA-256 of the file, hex.
    pub sha256: String,
    /// Bytes of the file.
    pub bytes: i64,
    /// The sheet chosen; empty: the one that fits best.
    pub sheet: String,
    /// Hidden lines are left out.
    pub leave_hidden: bool,
    /// The activity of lines that name none.
    pub activity_id: Option<ActivityId>,
    /// Lines that made something.
    pub made: i64,
    /// Lines that changed something.
    pub changed: i64,
    /// Lines that told nothing new.
    pub same: i64,
    /// Lines with errors, left out.
    pub wrong: i64,
    /// Why a queued run wrote nothing.
    pub trouble: String,
    /// Counts up with each step.
    pub version: i64,
    /// Who uploaded it.
    pub created_by: UserId,
    /// When.
    pub created_at: Time,
    /// Who imported it.
    pub ran_by: Option<UserId>,
    /// When.
    pub ran_at: Option<Time>,
    /// Who took it back.
    pub undone_by: Option<UserId>,
    /// When.
    pub undone_at: Option<Time>,
    /// When the file was dropped.
    pub dropped_at: Option<Time>,
}

/// Who acts, for rows, history and audit.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Actor {
    /// The officer.
    pub by: UserId,
    /// In whose words they are answered.
    pub lang: Lang,
    /// From which address.
    pub address: String,
}

/// What a line does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Makes something.
    New,
    /// Changes something.
    Changed,
    /// Tells nothing new.
    Same,
    /// Has errors.
    Wrong,
}

impl Outcome {
    /// In the order of pages.
    pub const ALL: [Self; 4] = [Self::Wrong, Self::New, Self::Changed, Self::Same];

    /// Its word in addresses.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "moi",
            Self::Changed => "doi",
            Self::Same => "nguyen",
            Self::Wrong => "sai",
        }
    }

    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::New => " ok",
            Self::Changed => " wait",
            Self::Same => "",
            Self::Wrong => " bad",
        }
    }
}

/// A line as told: its fields' texts, as a form would send them.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Its number in the sheet.
    pub number: u32,
    values: Vec<(&'static str, String)>,
    /// What was repaired, in words.
    pub notes: Vec<String>,
    /// What to look at again.
    pub cautions: Vec<Caution>,
    /// What can't be read at all.
    pub faults: Vec<Fault>,
}

impl Told {
    /// An empty line.
    pub fn new(number: u32) -> Self {
        Self { number, ..Self::default() }
    }

    /// Tells a field.
    pub fn set(&mut self, key: &'static str, value: String) {
        if !value.is_empty() {
            self.values.push((key, value));
        }
    }

    /// A field's text; empty where nothing was told.
    pub fn get(&self, key: &str) -> &str {
        self.values.iter().find(|(k, _)| *k == key).map_or("", |(_, value)| value)
    }

    /// True if any of the fields is told.
    pub fn tells(&self, keys: &[&str]) -> bool {
        keys.iter().any(|key| !self.get(key).is_empty())
    }

    /// Notes what is wrong with a field.
    pub fn fail(&mut self, key: &str, message: impl Into<String>) {
        self.faults.push(Fault { field: key.to_owned(), message: message.into() });
    }
}

/// What an officer should look at again; the line is right all the same.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Caution {
    /// The same in any language.
    pub mark: String,
    /// In words.
    pub words: String,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// Which field.
    pub field: String,
    /// In words.
    pub message: String,
}

/// A field that a line changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// Which field.
    pub field: &'static str,
    /// What it was.
    pub before: String,
    /// What it becomes.
    pub after: String,
}

/// A line with what it does.
#[derive(Clone, Debug)]
pub struct Planned<W> {
    /// Its number in the sheet.
    pub number: u32,
    /// Of whom or what it tells.
    pub name: String,
    /// What it does.
    pub outcome: Outcome,
    /// Field by field, where it changes something.
    pub changes: Vec<Change>,
    /// What is wrong.
    pub faults: Vec<Fault>,
    /// What was repaired or is still missing.
    pub notes: Vec<String>,
    /// What to look at again.
    pub cautions: Vec<Caution>,
    /// What it is about, where that is known.
    pub subject: Option<Uuid>,
    /// The producer it is about, where that is known.
    pub producer: Option<crate::ids::ProducerId>,
    /// What to write; None where there is nothing to.
    pub work: Option<W>,
}

/// Lines of each outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// That make something.
    pub new: usize,
    /// That change something.
    pub changed: usize,
    /// That tell nothing new.
    pub same: usize,
    /// With errors.
    pub wrong: usize,
}

impl Counts {
    /// Counts a line.
    pub fn add(&mut self, outcome: Outcome) {
        *match outcome {
            Outcome::New => &mut self.new,
            Outcome::Changed => &mut self.changed,
            Outcome::Same => &mut self.same,
            Outcome::Wrong => &mut self.wrong,
        } += 1;
    }

    /// Lines of an outcome.
    pub fn of(&self, outcome: Outcome) -> usize {
        match outcome {
            Outcome::New => self.new,
            Outcome::Changed => self.changed,
            Outcome::Same => self.same,
            Outcome::Wrong => self.wrong,
        }
    }

    /// All lines.
    pub fn all(&self) -> usize {
        self.new + self.changed + self.same + self.wrong
    }
}
