//! What a label run is, and the rules that need neither database nor web.

use crate::clock::Time;
use crate::db::words;
use crate::ids::{CommuneId, LotId, ProducerId, ProductId, RunId, UserId};

use super::code::LabelCode;

words! {
    /// What one code of a run stands for (DESIGN.md, "Labels").
    RunKind {
        /// Every print names the product.
        Product = "product": "Tem sản phẩm" / "Product label",
        /// Every print names one lot.
        Lot = "lot": "Tem lô" / "Lot label",
        /// Each piece has a code of its own.
        Serial = "serial": "Tem từng gói" / "Piece label",
    }
}

words! {
    /// How far a run's codes are.
    RunState {
        /// They are being made in the background.
        Making = "making": "Đang tạo mã" / "Making codes",
        /// All are there.
        Ready = "ready": "Sẵn sàng" / "Ready",
        /// Stopped before all were there; those that are there are void.
        Cancelled = "cancelled": "Đã dừng" / "Stopped",
    }
}

words! {
    /// In which form labels leave the house.
    PrintKind {
        /// A PDF to print.
        Sheet = "sheet": "Tờ in (PDF)" / "Sheets (PDF)",
        /// A table of codes for a print shop.
        File = "file": "Tệp mã (CSV)" / "File of codes (CSV)",
    }
}

/// The most pieces of one serial run.
pub const MOST_SERIALS: i64 = 1_000_000;
/// The most prints of one code in one run.
pub const MOST_PRINTS: i64 = 100_000;
/// The most labels of one PDF: some seconds of work on a cheap machine.
pub const MOST_OF_A_PDF: i64 = 10_000;

/// A label run's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LabelRun {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: RunId,
    /// Counts up per commune: "đợt 12".
    pub number: i64,
    /// What its codes stand for.
    pub kind: RunKind,
    /// Whose labels they are.
    pub producer_id: ProducerId,
    /// Of which product.
    pub product_id: ProductId,
    /// Of which lot.
    pub lot_id: Option<LotId>,
    /// Prints (product, lot) or pieces (serial).
    pub count: i64,
    /// What they are for, in the producer's words.
    pub purpose: String,
    /// How far its codes are.
    pub state: RunState,
    /// Codes that are there.
    pub made: i64,
    /// Counts up when labels are declared void.
    pub version: i64,
    /// By whom.
    pub created_by: Option<UserId>,
    /// When they were issued.
    pub created_at: Time,
    /// When the whole run was declared void.
    pub voided_at: Option<Time>,
    /// Why.
    pub void_reason: Option<String>,
}

impl LabelRun {
    /// True while its codes are being made.
    pub fn is_making(&self) -> bool {
        self.state == RunState::Making
    }
}

/// One label of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct LabelRow {
    /// The code's random bits.
    pub id: i64,
    /// 1 … count in a serial run.
    pub serial: Option<i64>,
}

/// What one key read says of a scanned code: its run, and the versions of all that its page is made of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Found {
    /// The code's random bits.
    pub id: i64,
    /// 1 … count in a serial run.
    pub serial: Option<i64>,
    /// When this one label was declared void.
    pub label_voided_at: Option<Time>,
    /// Its run.
    pub run_id: RunId,
    /// What the run's codes stand for.
    pub kind: RunKind,
    /// Pieces of a serial run.
    pub count: i64,
    /// Producer.
    pub producer_id: ProducerId,
    /// Product.
    pub product_id: ProductId,
    /// Lot.
    pub lot_id: Option<LotId>,
    /// When it was issued.
    pub issued_at: Time,
    /// When the run was declared void.
    pub run_voided_at: Option<Time>,
    /// Why.
    pub void_reason: Option<String>,
    /// Version of the run's row.
    pub run_version: i64,
    /// Version of the product's row.
    pub product_version: i64,
    /// Version of the producer's row.
    pub producer_version: i64,
    /// Version of the lot's row; 0 without a lot.
    pub lot_version: i64,
    /// True if its page was opened before, by whomever.
    pub was_opened: bool,
}

impl Found {
    /// The same with the label declared void, others of its run not.
    pub fn declared_void(&self, at: Time, reason: &str) -> Self {
        Self { label_voided_at: Some(at), void_reason: Some(reason.to_owned()), ..self.clone() }
    }

    /// When the label or its run was declared void.
    pub fn voided_at(&self) -> Option<Time> {
        self.label_voided_at.or(self.run_voided_at)
    }
}

/// How often a label was opened, as far as a page says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Openings {
    /// Openings by people; counting stops at [`Openings::MOST`].
    pub times: usize,
    /// Different phones, each counted anew on each day (the visitor's hash changes daily).
    pub visitors: usize,
}

impl Openings {
    /// Where counting stops: beyond it a page says "more than".
    pub const MOST: usize = 1_000;
    /// One piece is bought by one household. From more phones than this, its page says calmly that the
    /// label may have been copied.
    pub const USUAL_VISITORS: usize = 20;

    /// True if a label of one piece was opened on more phones than one piece is.
    pub fn is_unusual(self, kind: RunKind) -> bool {
        kind == RunKind::Serial && self.visitors > Self::USUAL_VISITORS
    }
}

/// The code of a label's row; None only if the row holds what no code can (no row that [`super::issue`]
/// wrote does).
pub fn code_of(commune: CommuneId, id: i64) -> Option<LabelCode> {
    LabelCode::new(u32::try_from(commune.0).ok()?, u64::try_from(id).ok()?).ok()
}

/// The tenant and the row of a code.
pub fn key_of(code: LabelCode) -> (CommuneId, i64) {
    // A code's commune has 17 bits.
    (CommuneId(code.commune() as i32), code.number())
}

/// How far the labels of a lot have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// Label codes printed for it.
    pub labels: i64,
    /// How often people opened them.
    pub scans: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_and_its_row_name_each_other() {
        let code = LabelCode::new(10_816, 123_456_789).unwrap();
        let (commune, id) = key_of(code);
        assert_eq!(code_of(commune, id), Some(code));
        assert_eq!(code_of(commune, -1), None);
        assert_eq!(code_of(CommuneId(-1), 1), None);
    }

    #[test]
    fn only_a_label_of_one_piece_is_opened_unusually_often() {
        let many = Openings { times: 400, visitors: 21 };
        assert!(many.is_unusual(RunKind::Serial));
        assert!(!many.is_unusual(RunKind::Lot));
        assert!(!Openings { times: 400, visitors: 20 }.is_unusual(RunKind::Serial));
    }
}
