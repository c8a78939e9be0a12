//! The report as a paper to be signed: what was reached, support by village, kind and programme, difficulties, proposals.

use super::{counts, name, title};
use crate::amounts::Dong;
use crate::official::letterhead::Letterhead;
use crate::official::paper::{Paper, Part as Piece};
use crate::reports::model::{Figure, Part, Period, Report};
use crate::reports::texts::Texts;
use crate::support::download;
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::Ctx;
use crate::web::i18n::whole;

/// Stands where nothing was written yet, for a pen.
const BLANK: &str = "……………………………………………………………………………";

/// The report in the form of Nghị định 30/2020/NĐ-CP (appendix I), number, day and signature left blank.
pub(super) fn paper(ctx: &Ctx, report: &Report) -> Paper {
    let t = Texts(ctx.lang);
    let year = report.taken_at.day().year();
    let subject = match report.period {
        Period::Year => t.year_subject(report.year),
        period => t.subject(period.label(ctx.lang), report.year),
    };
    let list = Letterhead::list(&ctx.commune.name, year, &subject, t.paper_end(&ctx.commune.name));
    let letterhead =
        Letterhead { kind: t.kind_name().to_owned(), number: "Số: ………/BC-UBND".to_owned(), ..list };
    let mut parts: Vec<Piece> = download::sample(ctx).map(|words| Piece::Text(words.to_owned())).into_iter().collect();
    let mut sections = ["I", "II", "III", "IV"].into_iter();
    let mut section = |words: &str| Piece::Heading(format!("{}. {words}", sections.next().unwrap_or_default()));
    parts.extend([
        Piece::Text(t.paper_begin(&ctx.commune.name, report.from_day, report.to_day, report.taken_at.text())),
        section(t.paper_results()),
        Piece::Text(summed(report, t)),
        Piece::Table(figures(report, t)),
    ]);
    let f = &report.figures;
    let by = [
        (t.by_village(), t.no_village(), &f.villages),
        (t.by_kind(), "", &f.kinds),
        (t.by_programme(), t.no_programme(), &f.programmes),
    ];
    if by.iter().any(|(.., parts)| !parts.is_empty()) {
        parts.push(section(t.paper_support()));
    }
    for (at, (heading, none, of)) in by.into_iter().filter(|(.., of)| !of.is_empty()).enumerate() {
        parts.push(Piece::Heading(format!("{}. {heading}", at + 1)));
        parts.push(Piece::Table(support(of, none, t)));
        parts.push(Piece::Bars(counts(of, none)));
    }
    for (heading, words) in [(t.paper_difficulties(), &report.difficulties), (t.paper_proposals(), &report.proposals)] {
        parts.push(section(heading));
        parts.push(Piece::Text(if words.is_empty() { BLANK.to_owned() } else { words.clone() }));
    }
    Paper { title: title(report, t), letterhead, parts }
}

/// The first paragraph of the results: whom the support reached, how often, with how much.
fn summed(report: &Report, t: Texts) -> String {
    let of = |figure: Figure| whole(report.figures.get(figure), t.0);
    t.paper_summed(of(Figure::Supported), of(Figure::Times), of(Figure::Paid))
}

fn figures(report: &Report, t: Texts) -> Table {
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 5),
        Column::new(t.figure(), ColumnKind::Text, 36),
        Column::new(t.target(), ColumnKind::Whole, 10),
        Column::new(t.value(), ColumnKind::Money, 14),
        Column::new(t.reached(), ColumnKind::Phone, 8),
        Column::new(t.before(), ColumnKind::Money, 14),
    ];
    let number = |n: Option<i64>| n.map_or(Cell::Empty, Cell::Number);
    let row = |(at, line): (usize, crate::reports::model::Line)| {
        vec![
            Cell::Number(at as i64 + 1),
            Cell::text(line.figure.label(t.0)),
            number(line.target),
            Cell::Number(line.value),
            line.percent().map_or(Cell::Empty, |n| Cell::text(t.percent(n))),
            number(line.before),
        ]
    };
    let rows = report.figures.lines().into_iter().enumerate().map(row).collect();
    Table { columns, rows, ..Table::default() }
}

/// Support by one thing; producers are not summed, since one may stand in several lines.
fn support(of: &[Part], none: &str, t: Texts) -> Table {
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 5),
        Column::new(t.named(), ColumnKind::Text, 36),
        Column::new(t.producers(), ColumnKind::Whole, 10),
        Column::new(t.times(), ColumnKind::Whole, 10),
        Column::new(t.paid(), ColumnKind::Money, 18),
    ];
    let row = |(at, part): (usize, &Part)| {
        vec![
            Cell::Number(at as i64 + 1),
            Cell::text(name(part, none)),
            Cell::Number(part.producers),
            Cell::Number(part.times),
            Cell::Number(part.paid),
        ]
    };
    let sum = |of_part: fn(&Part) -> i64| Cell::Number(of.iter().map(of_part).sum());
    let total =
        vec![Cell::Empty, Cell::text(t.total()), Cell::Empty, sum(|part| part.times), sum(|part| Dong(part.paid).0)];
    Table { columns, rows: of.iter().enumerate().map(row).collect(), total: Some(total), ..Table::default() }
}
