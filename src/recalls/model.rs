//! What a recall is, and the rules that need neither database nor web.

use sha2::Digest;

use super::pieces::RunSerials;
use crate::clock::Time;
use crate::db::words;
use crate::ids::{CommuneId, LotId, RecallId, UserId};
use crate::traceability::model::Lot;
use crate::web::i18n::Lang;

words! {
    /// What the office is to look at.
    AlertKind {
        /// A producer recalled its own lot.
        Recalled = "recalled": "Cơ sở đã thu hồi" / "Recalled by its producer",
        /// Somebody asks for a recall.
        Requested = "requested": "Đề nghị thu hồi" / "A recall is asked for",
    }
}

words! {
    /// Whether it counts.
    Kind {
        /// The goods are taken back.
        Real = "real": "Thu hồi thật" / "Real recall",
        /// Only practised and measured: no page changes and no event is written.
        Drill = "drill": "Diễn tập" / "Drill",
    }
}

words! {
    /// How much of the lot is taken back.
    Scope {
        /// The lot and every lot made from it.
        Whole = "whole": "Cả lô và mọi lô làm từ nó" / "The whole lot and every lot made from it",
        /// Pieces of the lot by their serial numbers.
        Serials = "serials": "Chỉ một số tem từng gói" / "Some pieces by their label numbers",
    }
}

words! {
    /// Where a recall stands.
    State {
        /// Being looked at; nothing has changed yet.
        Draft = "draft": "Đang soạn" / "In preparation",
        /// It stands; of a drill: its list was confirmed.
        Open = "open": "Đang thu hồi" / "Standing",
        /// Ended, with a reason.
        Lifted = "lifted": "Đã thôi" / "Ended",
        /// Never confirmed.
        Dropped = "dropped": "Đã bỏ" / "Given up",
    }
}

words! {
    /// How grave it is, gravest first. The three grades follow the classes I to III of 21 CFR 7.3(m): serious harm
    /// is likely, passing harm is possible, harm is unlikely.
    Grade {
        /// Serious harm is likely.
        Danger = "danger": "Nguy hiểm" / "Dangerous",
        /// Harm is possible and passes.
        Harm = "harm": "Có thể hại" / "May harm",
        /// Not harmful in itself, but the label is wrong.
        Label = "label": "Ghi sai nhãn" / "Wrong label",
    }
}

impl Grade {
    /// When to choose it.
    pub const fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Self::Danger => lang
                .pick("Dùng vào rất có thể hại nặng đến sức khỏe.", "Using it is likely to do serious harm to health."),
            Self::Harm => lang.pick(
                "Có thể hại nhẹ, khỏi được; hoặc chưa loại trừ được.",
                "It may do harm that passes, or harm can't be ruled out yet.",
            ),
            Self::Label => lang.pick(
                "Bản thân hàng không hại; nhãn, hạn dùng hay thành phần ghi sai.",
                "The goods do no harm; label, date or ingredients are wrong.",
            ),
        }
    }
}

/// The steps from a lot to what is made from it that a recall follows.
pub const MOST_DEPTH: i64 = 20;
/// The lots that one recall reaches at most.
pub const MOST_LOTS: i64 = 5_000;

/// A recall's row.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Recall {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: RecallId,
    /// Counts up per commune, drills among them.
    pub number: i64,
    /// Whether it counts.
    pub kind: Kind,
    /// How much of the lot.
    pub scope: Scope,
    /// The lot it begins with.
    pub lot_id: LotId,
    /// Where it stands.
    pub state: State,
    /// How grave; None in a draft and for recalls older than grades.
    pub grade: Option<Grade>,
    /// Why, for the office.
    pub reason: String,
    /// What the public reads.
    pub notice: String,
    /// True if lots were followed only so far and there may be more.
    pub cut: bool,
    /// When somebody began to look.
    pub started_at: Time,
    /// Who.
    pub started_by: Option<UserId>,
    /// When the list was confirmed.
    pub confirmed_at: Option<Time>,
    /// By whom.
    pub confirmed_by: Option<UserId>,
    /// When the pages said it.
    pub shown_at: Option<Time>,
    /// When it ended.
    pub lifted_at: Option<Time>,
    /// By whom.
    pub lifted_by: Option<UserId>,
    /// Why it ended.
    pub lift_reason: Option<String>,
}

impl Recall {
    /// True for a drill.
    pub fn is_drill(&self) -> bool {
        self.kind == Kind::Drill
    }

    /// True while nothing has changed yet.
    pub fn is_draft(&self) -> bool {
        self.state == State::Draft
    }

    /// True while it stands.
    pub fn is_open(&self) -> bool {
        self.state == State::Open
    }

    /// True while goods are taken back by it; never for a drill.
    pub fn stands(&self) -> bool {
        self.is_open() && !self.is_drill()
    }

    /// True if the public may read of it.
    pub fn is_public(&self) -> bool {
        !self.is_drill() && matches!(self.state, State::Open | State::Lifted)
    }

    /// True once it ended.
    pub fn is_lifted(&self) -> bool {
        self.state == State::Lifted
    }

    /// True if only pieces are taken back.
    pub fn is_partial(&self) -> bool {
        self.scope == Scope::Serials
    }

    /// When it was confirmed; before that, when it was begun.
    pub fn at(&self) -> Time {
        self.confirmed_at.unwrap_or(self.started_at)
    }

    /// Time from the start until the pages said it; of a drill, until the list was confirmed. None where it was
    /// not measured.
    pub fn took(&self) -> Option<std::time::Duration> {
        let end = if self.is_drill() { self.confirmed_at } else { self.shown_at };
        end.map(|end| end.since(self.started_at))
    }

    /// Class of its grade's tag.
    pub fn grade_class(&self) -> &'static str {
        if self.grade == Some(Grade::Label) { "wait" } else { "bad" }
    }

    /// Its page in the office.
    pub fn office_path(&self) -> String {
        format!("/van-phong/thu-hoi/{}", self.number)
    }

    /// Its public notice.
    pub fn public_path(&self) -> String {
        format!("/thu-hoi/{}", self.number)
    }
}

/// A span of time in minutes and seconds: `2 phút 05 giây`.
pub fn span_text(span: std::time::Duration, lang: Lang) -> String {
    let seconds = span.as_secs();
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (lang, hours, minutes) {
        (Lang::Vi, 0, 0) => format!("{rest} giây"),
        (Lang::Vi, 0, _) => format!("{minutes} phút {rest:02} giây"),
        (Lang::Vi, ..) => format!("{hours} giờ {minutes:02} phút"),
        (Lang::En, 0, 0) => format!("{rest} s"),
        (Lang::En, 0, _) => format!("{minutes} min {rest:02} s"),
        (Lang::En, ..) => format!("{hours} h {minutes:02} min"),
    }
}

/// What an officer looked at, in 32 hexadecimal digits: the same lots and pieces give the same text.
pub fn fingerprint(lots: impl IntoIterator<Item = LotId>, serials: &[RunSerials]) -> String {
    let mut ids: Vec<_> = lots.into_iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut hash = sha2::Sha256::new();
    for id in ids {
        hash.update(id.0.as_bytes());
    }
    for range in serials {
        hash.update(range.run_id.0.as_bytes());
        hash.update(range.serials.first.to_be_bytes());
        hash.update(range.serials.last.to_be_bytes());
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..16])
}

/// A lot with its recall's depth and the names that lists show.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct RecalledLot {
    /// The lot.
    #[sqlx(flatten)]
    pub lot: Lot,
    /// Steps from the lot it begins with.
    pub depth: i64,
    /// Name of its product.
    pub product_name: String,
    /// Name of its producer.
    pub producer_name: String,
    /// Suffix of the producer's address.
    pub producer_short: String,
    /// Label codes issued for it; counted apart.
    #[sqlx(skip)]
    pub codes: i64,
    /// Openings of its labels by people since a time; counted apart.
    #[sqlx(skip)]
    pub scans: i64,
}

#[cfg(test)]
mod tests {
    use super::super::pieces::Serials;
    use super::*;
    use crate::clock::Day;
    use crate::ids::RunId;
    use std::time::Duration;

    #[test]
    fn a_fingerprint_tells_other_lots_and_other_pieces() {
        let lot = |n: u128| LotId(uuid::Uuid::from_u128(n));
        let run = RunId(uuid::Uuid::from_u128(9));
        let pieces = |first, last| RunSerials { run_id: run, run_number: 1, serials: Serials { first, last } };
        let one = fingerprint([lot(1), lot(2)], &[]);
        assert_eq!(one.len(), 32);
        assert_eq!(one, fingerprint([lot(2), lot(1)], &[]), "the order says nothing");
        assert_ne!(one, fingerprint([lot(1)], &[]));
        assert_ne!(fingerprint([lot(1)], &[pieces(1, 2)]), fingerprint([lot(1)], &[pieces(1, 3)]));
    }

    #[test]
    fn a_span_is_told_in_words() {
        assert_eq!(span_text(Duration::from_secs(9), Lang::Vi), "9 giây");
        assert_eq!(span_text(Duration::from_secs(125), Lang::Vi), "2 phút 05 giây");
        assert_eq!(span_text(Duration::from_secs(7500), Lang::En), "2 h 05 min");
    }

    #[test]
    fn a_recall_takes_from_its_start_until_the_pages_say_it_and_a_drill_until_it_is_confirmed() {
        let start = Day::new(2026, 6, 14).unwrap().at(9, 0);
        let later = |seconds| Some(start.plus(Duration::from_secs(seconds)));
        let id = uuid::Uuid::nil();
        let mut recall = Recall {
            commune_id: CommuneId(10816),
            id: RecallId(id),
            number: 1,
            kind: Kind::Real,
            scope: Scope::Whole,
            lot_id: LotId(id),
            state: State::Open,
            grade: Some(Grade::Harm),
            reason: String::new(),
            notice: String::new(),
            cut: false,
            started_at: start,
            started_by: None,
            confirmed_at: later(60),
            confirmed_by: None,
            shown_at: later(61),
            lifted_at: None,
            lifted_by: None,
            lift_reason: None,
        };
        assert_eq!(recall.took(), Some(Duration::from_secs(61)));
        recall.kind = Kind::Drill;
        assert_eq!(recall.took(), Some(Duration::from_secs(60)));
        recall.confirmed_at = None;
        assert_eq!(recall.took(), None);
    }
}
