//! What a recall is, and the rules that need neither database nor web.

use sha2::Digest;

use crate::clock::Time;
use crate::db::words;
use crate::ids::{CommuneId, LotId, RecallId, RunId, UserId};
use crate::traceability::model::Lot;
use crate::web::i18n::Lang;

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
/// The ranges of serial numbers in one field.
pub const MOST_RANGES: usize = 50;

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

/// Serial numbers of one label run, both ends taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, sqlx::FromRow)]
pub struct Serials {
    /// First.
    #[sqlx(rename = "first_serial")]
    pub first: i64,
    /// Last.
    #[sqlx(rename = "last_serial")]
    pub last: i64,
}

impl Serials {
    /// True if the number is one of them.
    pub fn holds(self, serial: i64) -> bool {
        (self.first..=self.last).contains(&serial)
    }

    /// How many.
    pub fn count(self) -> i64 {
        self.last - self.first + 1
    }

    /// `12–40`, or `7` alone.
    pub fn text(self) -> String {
        if self.first == self.last { self.first.to_string() } else { format!("{}–{}", self.first, self.last) }
    }
}

/// Why serial numbers were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SerialsError {
    /// No number and no `first-last`.
    Shape(String),
    /// The last comes before the first.
    Backwards(String),
    /// Not among the run's numbers, 1 to this.
    Outside(String, i64),
    /// More ranges than [`MOST_RANGES`].
    TooMany,
}

/// Reads `12-40, 55` against a run of pieces 1 to `count`; ranges that touch become one. Empty text gives none.
pub fn parse_serials(text: &str, count: i64) -> Result<Vec<Serials>, SerialsError> {
    let mut all = Vec::new();
    for part in text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty()) {
        let shape = || SerialsError::Shape(part.to_owned());
        let number = |text: &str| text.trim().parse::<i64>().map_err(|_| shape());
        let (first, last) = match part.split_once(['-', '–', '—']) {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (number(part)?, number(part)?),
        };
        if last < first {
            return Err(SerialsError::Backwards(part.to_owned()));
        }
        if first < 1 || last > count {
            return Err(SerialsError::Outside(part.to_owned(), count));
        }
        all.push(Serials { first, last });
        if all.len() > MOST_RANGES {
            return Err(SerialsError::TooMany);
        }
    }
    all.sort_unstable();
    let mut merged: Vec<Serials> = Vec::new();
    for next in all {
        match merged.last_mut() {
            Some(before) if next.first <= before.last + 1 => before.last = before.last.max(next.last),
            _ => merged.push(next),
        }
    }
    Ok(merged)
}

/// Serial numbers with the run they are of.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct RunSerials {
    /// The run.
    pub run_id: RunId,
    /// Its number in the commune.
    pub run_number: i64,
    /// Which pieces.
    #[sqlx(flatten)]
    pub serials: Serials,
}

/// Pieces with their runs, `3: 12–40, 55; 7: 1–9`; "" if there are none.
pub fn serials_text(pieces: &[RunSerials]) -> String {
    let of_run = |run: &[RunSerials]| {
        let numbers: Vec<String> = run.iter().map(|piece| piece.serials.text()).collect();
        run.first().map(|first| format!("{}: {}", first.run_number, numbers.join(", ")))
    };
    let runs = pieces.chunk_by(|one, next| one.run_id == next.run_id);
    runs.filter_map(of_run).collect::<Vec<_>>().join("; ")
}

/// True if every number of a range is among the others.
pub fn are_covered(range: Serials, others: &[Serials]) -> bool {
    let mut others = others.to_vec();
    others.sort_unstable();
    let mut next = range.first;
    for other in others {
        if other.first <= next && next <= other.last {
            next = other.last + 1;
        }
    }
    next > range.last
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
    use super::*;
    use crate::clock::Day;
    use std::time::Duration;

    fn parsed(text: &str) -> Result<Vec<String>, SerialsError> {
        parse_serials(text, 100).map(|all| all.into_iter().map(Serials::text).collect())
    }

    #[test]
    fn serial_numbers_are_read_as_people_write_them() {
        assert_eq!(parsed("12-40, 55").unwrap(), ["12–40", "55"]);
        assert_eq!(parsed(" 55; 12 – 40\n41 ").unwrap(), ["12–41", "55"]);
        assert_eq!(parsed("1-10,5-20,20").unwrap(), ["1–20"]);
        assert_eq!(parsed("").unwrap(), Vec::<String>::new());
        assert_eq!(parsed("100").unwrap(), ["100"]);
    }

    #[test]
    fn serial_numbers_that_the_run_has_not_are_refused() {
        assert_eq!(parsed("90-101"), Err(SerialsError::Outside("90-101".to_owned(), 100)));
        assert_eq!(parsed("0-3"), Err(SerialsError::Outside("0-3".to_owned(), 100)));
        assert_eq!(parsed("-3"), Err(SerialsError::Shape("-3".to_owned())));
        assert_eq!(parsed("40-12"), Err(SerialsError::Backwards("40-12".to_owned())));
        for text in ["mười", "1-2-3", "1.5", "99999999999999999999"] {
            assert!(matches!(parsed(text), Err(SerialsError::Shape(_))), "{text}");
        }
        let many = (0..51).map(|n| (n * 2 + 1).to_string()).collect::<Vec<_>>().join(",");
        assert_eq!(parse_serials(&many, 1000), Err(SerialsError::TooMany));
    }

    #[test]
    fn pieces_are_told_run_by_run() {
        let piece = |run: u128, run_number, first, last| RunSerials {
            run_id: RunId(uuid::Uuid::from_u128(run)),
            run_number,
            serials: Serials { first, last },
        };
        let all = [piece(1, 3, 12, 40), piece(1, 3, 55, 55), piece(2, 7, 1, 9)];
        assert_eq!(serials_text(&all), "3: 12–40, 55; 7: 1–9");
        assert_eq!(serials_text(&[]), "");
    }

    #[test]
    fn a_range_may_be_covered_by_several() {
        let range = |first, last| Serials { first, last };
        assert!(are_covered(range(5, 20), &[range(10, 30), range(1, 9)]));
        assert!(!are_covered(range(5, 20), &[range(11, 30), range(1, 9)]));
        assert!(!are_covered(range(5, 20), &[range(5, 19)]));
        assert!(!are_covered(range(5, 20), &[]));
    }

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
