//! The pages of figures and reports.

pub mod dashboard;
pub mod list;
pub mod one;
mod paper;
pub mod targets;

use std::collections::BTreeMap;

use super::model::{Figure, Figures, Part, Period, Report, of_activities};
use super::store;
use super::texts::Texts;
use crate::activities::store as activities;
use crate::clock::Day;
use crate::db::Cx;
use crate::potential::store::list as potential;
use crate::support::model::kind_name;
use crate::support::store as support;
use crate::web::chart::{Bar, Bars};
use crate::web::{AppError, Ctx, Lang};

/// The reports' address.
const HERE: &str = "/van-phong/bao-cao";
/// The navigation item.
const NAV: &str = "/van-phong/ho-tro";

/// What is counted from one day to another, reviews being of a year.
async fn values(ctx: &Ctx, cx: &mut Cx<'_>, year: i32, days: (Day, Day)) -> Result<BTreeMap<String, i64>, AppError> {
    let commune = ctx.commune_id();
    let mut values = store::figures::of(cx, commune, days).await?;
    let held = activities::held_between(cx, commune, days.0, days.1).await?;
    let review = potential::figures(cx, commune, year).await?;
    let reviewed = [
        (Figure::Reviewed, review.reviewed),
        (Figure::OcopPotential, review.ocop),
        (Figure::DigitalPotential, review.digital),
    ];
    for (figure, value) in of_activities(&held).into_iter().chain(reviewed) {
        values.insert(figure.word().to_owned(), value);
    }
    Ok(values)
}

/// A period's figures as they stand now, with the plan and the year before. What is sold on the net can be told of now
/// alone.
async fn figures(ctx: &Ctx, cx: &mut Cx<'_>, year: i32, period: Period, days: (Day, Day)) -> Result<Figures, AppError> {
    let commune = ctx.commune_id();
    let mut now = values(ctx, cx, year, days).await?;
    if ctx.today() <= days.1.plus_days(92) {
        now.insert(Figure::OnNet.word().to_owned(), store::figures::on_net(cx, commune).await?);
    }
    let before = match period.days(year - 1) {
        Some(days) => values(ctx, cx, year - 1, days).await?,
        None => BTreeMap::new(),
    };
    let targets = if period == Period::Year { store::targets(cx, commune, year).await? } else { BTreeMap::new() };
    let kinds = support::all_kinds(cx, commune).await?;
    let named = |part: Part| Part { name: kind_name(&kinds, &part.name, Lang::Vi).to_owned(), ..part };
    let by_kind = store::figures::by_kind(cx, commune, days).await?.into_iter().map(named).collect();
    Ok(Figures {
        values: now,
        targets,
        before,
        villages: store::figures::by_village(cx, commune, days).await?,
        kinds: by_kind,
        programmes: store::figures::by_programme(cx, commune, days).await?,
    })
}

/// What a report is called.
fn title(report: &Report, t: Texts) -> String {
    match report.period {
        Period::Year => t.year_title(report.year),
        period => t.one_title(period.label(t.0), report.year),
    }
}

/// How often there was support of each part, by its name.
fn counts(parts: &[Part], none: &str) -> Vec<(String, i64)> {
    parts.iter().map(|part| (name(part, none).to_owned(), part.times)).collect()
}

/// A drawing with a bar for each of the first twelve.
fn bars(counts: &[(String, i64)], id: &str, title: &str, t: Texts) -> String {
    let most = counts.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let bar = |(name, value): &(String, i64)| Bar { name: name.clone(), value: *value, before: None };
    let bars = counts.iter().take(12).map(bar).collect();
    Bars { id: id.to_owned(), title: title.to_owned(), description: t.described(most), bars }.svg(t.0)
}

/// A part's name; `none` where it has none.
fn name<'a>(part: &'a Part, none: &'a str) -> &'a str {
    if part.name.is_empty() { none } else { &part.name }
}
