//! Pages of figures: a producer's own, the office's, and the count of tapped numbers.

pub mod calls;
pub mod mine;
pub mod office;

use std::collections::BTreeMap;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::model::{LENGTHS, Period};
use super::texts::Texts;
use crate::clock::Day;
use crate::review::listing::Listing;
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, Table};
use crate::web::chart::{Bar, Bars, Timeline};
use crate::web::i18n::whole;
use crate::web::{AppError, Ctx, Form, Lang};

/// Bars of one drawing.
const MOST_BARS: usize = 12;

/// A drawing with its numbers.
pub struct Chart {
    /// The drawing.
    pub svg: String,
    /// Names and numbers, for the table beneath.
    pub rows: Vec<(String, i64)>,
    lang: Lang,
}

impl Chart {
    fn number(&self, n: i64) -> String {
        whole(n, self.lang)
    }
}

/// A length of time to choose.
pub struct Choice {
    href: String,
    name: String,
    current: bool,
}

/// The period that the address asks for.
fn period(listing: &Listing, today: Day) -> Period {
    Period::read(listing.get("ngay"), listing.get("tu"), listing.get("den"), today)
}

/// The lengths to choose, as links that keep the rest of the address.
fn choices(ctx: &Ctx, listing: &Listing, shown: Period) -> Vec<Choice> {
    let t = Texts(ctx.lang);
    let rest = Listing::parse(&listing.with("tu", "").replace('?', ""));
    let rest = Listing::parse(&rest.with("den", "").replace('?', ""));
    LENGTHS
        .iter()
        .map(|days| Choice {
            href: format!("{}{}", ctx.path, rest.with("ngay", &days.to_string())),
            name: if *days == 365 { t.year().to_owned() } else { t.days(days) },
            current: shown == Period::last(*days, ctx.today()),
        })
        .collect()
}

/// The form of the two days, filled in with what is shown.
fn form(period: Period) -> Form {
    let mut form = Form::default();
    form.set("tu", &period.from.text());
    form.set("den", &period.to.text());
    form
}

/// A line of openings over the period.
fn over_time(t: Texts, period: Period, by_day: &BTreeMap<Day, i64>) -> Option<Chart> {
    let points = period.points(by_day);
    let sum: i64 = points.iter().map(|point| point.1).sum();
    let most = points.iter().max_by_key(|point| point.1).filter(|_| sum > 0)?;
    let description = t.by_day_of(sum, most.1, &most.0);
    let title = if period.is_by_month() { t.by_month() } else { t.by_day() }.to_owned();
    let drawn = Timeline { id: "ngay".to_owned(), title, description, points: points.clone(), mark: None };
    Some(Chart { svg: drawn.svg(t.0), rows: points, lang: t.0 })
}

/// Bars of names with their numbers, those with the most first.
fn bars(id: &str, title: &str, description: String, rows: Vec<(String, i64)>, lang: Lang) -> Option<Chart> {
    let rows: Vec<(String, i64)> = rows.into_iter().filter(|row| row.1 > 0).collect();
    let bars: Vec<Bar> =
        rows.iter().take(MOST_BARS).map(|row| Bar { name: row.0.clone(), value: row.1, before: None }).collect();
    if bars.is_empty() {
        return None;
    }
    let drawn = Bars { id: id.to_owned(), title: title.to_owned(), description, bars };
    Some(Chart { svg: drawn.svg(lang), rows, lang })
}

/// Rows with the most first; equal ones by name.
fn sorted(mut rows: Vec<(String, i64)>) -> Vec<(String, i64)> {
    rows.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    rows
}

/// Sums of rows of the same name.
fn grouped(rows: impl Iterator<Item = (String, i64)>) -> Vec<(String, i64)> {
    let mut sums: BTreeMap<String, i64> = BTreeMap::new();
    for (name, n) in rows {
        *sums.entry(name).or_default() += n;
    }
    sorted(sums.into_iter().collect())
}

/// A file of figures: which table, name, number before, number.
fn file(t: Texts, name: &str, rows: Vec<(&str, String, Option<i64>, i64)>) -> Result<Response, AppError> {
    let columns = vec![
        Column::new(t.table(), ColumnKind::Text, 24),
        Column::new(t.name(), ColumnKind::Text, 30),
        Column::new(t.before_support(), ColumnKind::Whole, 12),
        Column::new(t.opened(), ColumnKind::Whole, 12),
    ];
    let cells = |(table, name, before, n): (&str, String, Option<i64>, i64)| {
        vec![Cell::text(table), Cell::text(name), before.map_or(Cell::Empty, Cell::Number), Cell::Number(n)]
    };
    let table = Table { columns, rows: rows.into_iter().map(cells).collect(), ..Table::default() };
    let bytes = table.csv().map_err(AppError::internal)?;
    let disposition =
        HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\"")).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(FileFormat::Csv.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}
