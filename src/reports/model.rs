//! What a report counts, over which days, and how it stands against the plan.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::activities::model::{ActivityKind, Held};
use crate::clock::{Day, Time};
use crate::db::{text_column, words};
use crate::ids::ReportId;

words! {
    /// What is counted. What stands is counted on the last day of the period; what happens, in its days.
    Figure {
        /// Different producers that got support.
        Supported = "supported": "Chủ thể được hỗ trợ" / "Producers supported",
        /// Support records.
        Times = "times": "Lượt hỗ trợ" / "Support records",
        /// Paid, whole đồng.
        Paid = "paid": "Kinh phí đã chi (đồng)" / "Paid (VND)",
        /// Approved producers, as they stand.
        Producers = "producers": "Chủ thể đã đăng ký" / "Registered producers",
        /// Approved products, as they stand.
        Products = "products": "Sản phẩm đã đăng ký" / "Registered products",
        /// Products with a label run, as they stand.
        Labelled = "labelled": "Sản phẩm có mã QR" / "Products with QR codes",
        /// Products with a traced lot, as they stand.
        Traced = "traced": "Sản phẩm có truy xuất nguồn gốc" / "Products traced",
        /// Products sold at an address on the net, as they stand.
        OnNet = "on_net": "Sản phẩm có kênh tiêu thụ số" / "Products on digital channels",
        /// Products reviewed.
        Reviewed = "reviewed": "Sản phẩm được rà soát" / "Products reviewed",
        /// Products with potential for OCOP.
        OcopPotential = "ocop_potential": "Sản phẩm tiềm năng OCOP" / "Potential for OCOP",
        /// Products with potential for digital channels.
        DigitalPotential = "digital_potential": "Sản phẩm tiềm năng kênh số" / "Potential for digital channels",
        /// OCOP dossiers passed on to the city.
        Dossiers = "dossiers": "Hồ sơ OCOP đã chuyển thành phố" / "OCOP dossiers passed on",
        /// Products with 3 to 5 stars that stand on the last day.
        Starred = "starred": "Sản phẩm đạt OCOP còn hạn" / "Products with OCOP stars",
        /// Training classes held.
        Classes = "classes": "Lớp, hoạt động tập huấn" / "Training activities",
        /// Other activities held.
        Activities = "activities": "Hội chợ, tư vấn, hoạt động khác" / "Fairs and other activities",
        /// Those who attended.
        Attendances = "attendances": "Lượt người tham dự" / "Attendances",
        /// Openings of labels by people.
        Scans = "scans": "Lượt mở tem" / "Openings of labels",
        /// Buyers' enquiries.
        Enquiries = "enquiries": "Lượt hỏi mua" / "Enquiries",
        /// Needs that producers stated.
        Needs = "needs": "Nhu cầu được nêu" / "Needs stated",
        /// Needs that the office answered.
        Answered = "answered": "Nhu cầu đã trả lời" / "Needs answered",
    }
}

words! {
    /// A report's span of the year.
    Period {
        /// January to March.
        Q1 = "q1": "Quý I" / "First quarter",
        /// April to June.
        Q2 = "q2": "Quý II" / "Second quarter",
        /// July to September.
        Q3 = "q3": "Quý III" / "Third quarter",
        /// October to December.
        Q4 = "q4": "Quý IV" / "Fourth quarter",
        /// January to June.
        H1 = "h1": "6 tháng đầu năm" / "First half-year",
        /// July to December.
        H2 = "h2": "6 tháng cuối năm" / "Second half-year",
        /// The whole year.
        Year = "year": "Cả năm" / "Whole year",
    }
}

impl Period {
    /// First and last month.
    const fn months(self) -> (u8, u8) {
        match self {
            Self::Q1 => (1, 3),
            Self::Q2 => (4, 6),
            Self::Q3 => (7, 9),
            Self::Q4 => (10, 12),
            Self::H1 => (1, 6),
            Self::H2 => (7, 12),
            Self::Year => (1, 12),
        }
    }

    /// First and last day in a year.
    pub fn days(self, year: i32) -> Option<(Day, Day)> {
        let (first, last) = self.months();
        let from = Day::new(year, first, 1).ok()?;
        let next = if last == 12 { Day::new(year + 1, 1, 1) } else { Day::new(year, last + 1, 1) };
        Some((from, next.ok()?.plus_days(-1)))
    }
}

words! {
    /// Where a report stands.
    ReportState {
        /// Its words may still be changed; its figures never.
        Draft = "draft": "Dự thảo" / "Draft",
        /// The paper was signed.
        Signed = "signed": "Đã ký" / "Signed",
    }
}

/// Support by village, kind or programme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, sqlx::FromRow)]
pub struct Part {
    /// The village's or programme's name as it was, or the kind's.
    pub name: String,
    /// Different producers.
    pub producers: i64,
    /// Records.
    pub times: i64,
    /// Paid, whole đồng.
    pub paid: i64,
}

/// A period's figures as they were taken.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// By [`Figure`]; one that is missing wasn't counted then.
    pub values: BTreeMap<String, i64>,
    /// Targets of the year's plan, as they were.
    pub targets: BTreeMap<String, i64>,
    /// The same of the year before.
    pub before: BTreeMap<String, i64>,
    /// Support by village of the producer.
    pub villages: Vec<Part>,
    /// Support by kind.
    pub kinds: Vec<Part>,
    /// Support by programme.
    pub programmes: Vec<Part>,
}

text_column!(Figures, |figures| serde_json::to_string(figures).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<Figures>(text)
});

/// What is counted of the activities that were held.
pub fn of_activities(held: &Held) -> [(Figure, i64); 3] {
    let classes = held.of(ActivityKind::Training);
    [(Figure::Classes, classes), (Figure::Activities, held.count() - classes), (Figure::Attendances, held.attendances)]
}

/// A figure against the plan and the year before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What.
    pub figure: Figure,
    /// How much.
    pub value: i64,
    /// What the plan asks for.
    pub target: Option<i64>,
    /// The same of the year before.
    pub before: Option<i64>,
}

impl Line {
    /// How much of the target is reached, in percent, rounded down.
    pub fn percent(&self) -> Option<i64> {
        self.target.filter(|target| *target > 0).map(|target| self.value * 100 / target)
    }

    /// More or less than the year before.
    pub fn change(&self) -> Option<i64> {
        self.before.map(|before| self.value - before)
    }
}

impl Figures {
    /// A year's activities as they are held, with the targets of its plan.
    pub fn of_held(held: &Held, targets: BTreeMap<String, i64>) -> Self {
        let values = of_activities(held).into_iter().map(|(figure, value)| (figure.word().to_owned(), value)).collect();
        Self { values, targets, ..Self::default() }
    }

    /// A figure.
    pub fn get(&self, figure: Figure) -> i64 {
        self.values.get(figure.word()).copied().unwrap_or(0)
    }

    /// The lines of a report, in the order of [`Figure::ALL`].
    pub fn lines(&self) -> Vec<Line> {
        let line = |figure: &Figure| {
            let word = figure.word();
            let value = *self.values.get(word)?;
            let (target, before) = (self.targets.get(word).copied(), self.before.get(word).copied());
            Some(Line { figure: *figure, value, target, before })
        };
        Figure::ALL.iter().filter_map(line).collect()
    }

    /// What differs from what is counted later: what, then, now.
    pub fn differs(&self, later: &BTreeMap<String, i64>) -> Vec<(Figure, i64, i64)> {
        let one = |figure: &Figure| {
            let (then, now) = (*self.values.get(figure.word())?, *later.get(figure.word())?);
            (then != now).then_some((*figure, then, now))
        };
        Figure::ALL.iter().filter_map(one).collect()
    }
}

/// A report.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Report {
    /// Id.
    pub id: ReportId,
    /// Year.
    pub year: i32,
    /// Span of the year.
    pub period: Period,
    /// First day.
    pub from_day: Day,
    /// Last day.
    pub to_day: Day,
    /// As taken.
    pub figures: Figures,
    /// Difficulties, in words.
    pub difficulties: String,
    /// What is proposed, in words.
    pub proposals: String,
    /// Draft or signed.
    pub state: ReportState,
    /// Number of the signed paper.
    pub number: String,
    /// When it was signed.
    pub signed_on: Option<Day>,
    /// Counts up with each change.
    pub version: i64,
    /// When its figures were taken.
    pub taken_at: Time,
    /// By whom.
    pub by_name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_cover_the_year_without_a_gap() {
        let days = |period: Period| period.days(2028).map(|(from, to)| format!("{} {}", from.text(), to.text()));
        assert_eq!(days(Period::Q1).unwrap(), "01/01/2028 31/03/2028");
        assert_eq!(days(Period::H1).unwrap(), "01/01/2028 30/06/2028");
        assert_eq!(days(Period::Year).unwrap(), "01/01/2028 31/12/2028");
        let quarters = [Period::Q1, Period::Q2, Period::Q3, Period::Q4];
        for pair in quarters.windows(2) {
            let (before, after) = (pair[0].days(2028).unwrap(), pair[1].days(2028).unwrap());
            assert_eq!(before.1.plus_days(1), after.0);
        }
    }

    #[test]
    fn classes_and_other_activities_are_held_against_the_plan_each_by_itself() {
        let by_kind = vec![(ActivityKind::Training, 2), (ActivityKind::Fair, 1), (ActivityKind::Other, 3)];
        let held = Held { by_kind, attendances: 70, producers: 9 };
        let targets = BTreeMap::from([("classes".to_owned(), 2), ("supported".to_owned(), 50)]);
        let lines = Figures::of_held(&held, targets).lines();
        let told: Vec<_> = lines.iter().map(|line| (line.figure, line.value, line.percent())).collect();
        let wanted = [(Figure::Classes, 2, Some(100)), (Figure::Activities, 4, None), (Figure::Attendances, 70, None)];
        assert_eq!(told, wanted);
    }

    #[test]
    fn lines_tell_the_target_and_the_year_before_and_what_changed_since() {
        let of = |pairs: &[(Figure, i64)]| -> BTreeMap<String, i64> {
            pairs.iter().map(|(f, n)| (f.word().to_owned(), *n)).collect()
        };
        let figures = Figures {
            values: of(&[(Figure::Classes, 1), (Figure::Supported, 30)]),
            targets: of(&[(Figure::Classes, 2), (Figure::Supported, 0)]),
            before: of(&[(Figure::Supported, 40)]),
            ..Figures::default()
        };
        let lines = figures.lines();
        assert_eq!(lines.iter().map(|line| line.figure).collect::<Vec<_>>(), [Figure::Supported, Figure::Classes]);
        assert_eq!((lines[0].percent(), lines[0].change()), (None, Some(-10)));
        assert_eq!((lines[1].percent(), lines[1].change()), (Some(50), None));
        let later = of(&[(Figure::Classes, 1), (Figure::Supported, 29)]);
        assert_eq!(figures.differs(&later), [(Figure::Supported, 30, 29)]);
        let kept: Figures = serde_json::from_str(&serde_json::to_string(&figures).unwrap()).unwrap();
        assert_eq!(kept, figures);
    }
}
