//! `/van-phong/tong-quan`: what waits, what ends soon, support and products as they stand, the trend of openings.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::bars;
use crate::db::Cx;
use crate::figures::model::Period as Days;
use crate::figures::store::sums;
use crate::ocop::model::TOLD_MONTHS;
use crate::ocop::store::decisions;
use crate::potential::store::list as potential;
use crate::producers::model::State;
use crate::reports::store::figures as store;
use crate::reports::texts::Texts;
use crate::review::queue::{Waiting, WorkKind};
use crate::support::model::kind_name;
use crate::support::store as support;
use crate::support::warnings::months_before;
use crate::web::chart::Timeline;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// Days of the trend.
const TREND: i64 = 90;

/// A drawing with its numbers.
struct Chart {
    id: &'static str,
    title: String,
    svg: String,
    rows: Vec<(String, String)>,
}

#[derive(Template, WebTemplate)]
#[template(path = "reports/templates/dashboard.html")]
struct DashboardPage {
    page: Page,
    t: Texts,
    year: i32,
    waits: Vec<(WorkKind, usize)>,
    ends: Vec<(&'static str, i64, &'static str)>,
    charts: Vec<Chart>,
}

impl DashboardPage {
    fn is_calm(&self) -> bool {
        self.ends.iter().all(|(_, count, _)| *count == 0)
    }
}

/// A drawing of these numbers and the table behind it; None if there are none.
fn chart(id: &'static str, title: &str, counts: &[(String, i64)], t: Texts) -> Option<Chart> {
    let rows = counts.iter().map(|(name, count)| (name.clone(), whole(*count, t.0))).collect();
    (!counts.is_empty()).then(|| Chart { id, title: title.to_owned(), svg: bars(counts, id, title, t), rows })
}

/// `GET /van-phong/tong-quan`.
pub async fn show(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (t, today) = (Texts(ctx.lang), ctx.today());
    // Two side by side, so that half of SQLite's connections are left to others.
    let work = async { Ok::<_, AppError>((Waiting::load(&ctx).await?, ending(&ctx).await?)) };
    let ((waiting, ends), charts) = tokio::try_join!(work, drawn(&ctx))?;
    let lines = waiting.lines(ctx.now(), ctx.lang);
    let count = |kind: &WorkKind| (*kind, lines.iter().filter(|line| line.kind == *kind).count());
    let waits = WorkKind::ALL.iter().map(count).filter(|(_, count)| *count > 0).collect();
    let page = Page::of(&ctx, Area::Office, "/van-phong");
    Ok(DashboardPage { page, t, year: today.year(), waits, ends, charts }.into_response())
}

/// What ends soon or is late: name, how many, where they are listed.
async fn ending(ctx: &Ctx) -> Result<Vec<(&'static str, i64, &'static str)>, AppError> {
    let (t, commune, today) = (Texts(ctx.lang), ctx.commune_id(), ctx.today());
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let until = months_before(today, -TOLD_MONTHS[0]);
    let late: i64 = potential::lacks(&mut cx, commune, today.year(), today).await?.iter().map(|(_, _, n)| n).sum();
    let month = today.plus_days(30);
    let certificates = store::certificates_ending(&mut cx, commune, today, month).await?;
    Ok(vec![
        (t.results_due(), support::count_due(&mut cx, commune, month).await?, "/van-phong?loai=ket-qua"),
        (t.certificates_end(), certificates, "/van-phong/san-pham?chung-nhan=het"),
        (t.stars_end(), decisions::count_ending(&mut cx, commune, today, until).await?, "/van-phong/ocop"),
        (t.gaps_late(), late, "/van-phong/ra-soat?han=qua"),
    ])
}

/// The year's support by kind and by village, products by where they stand, openings of labels day by day.
async fn drawn(ctx: &Ctx) -> Result<Vec<Chart>, AppError> {
    let (t, commune, today) = (Texts(ctx.lang), ctx.commune_id(), ctx.today());
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let kinds = support::all_kinds(&mut cx, commune).await?;
    let kind = |(code, n): (String, i64)| (kind_name(&kinds, &code, t.0).to_owned(), n);
    let by_kind: Vec<_> = store::kinds_of_year(&mut cx, commune, today.year()).await?.into_iter().map(kind).collect();
    let villages = store::villages(&mut cx, commune, today).await?;
    let approved = villages.iter().map(|(_, _, products)| products).sum();
    let stages = stages(ctx, &mut cx, approved).await?;
    let village =
        |(name, n, _): (String, i64, i64)| (if name.is_empty() { t.no_village().to_owned() } else { name }, n);
    let by_village: Vec<_> = villages.into_iter().map(village).filter(|(_, n)| *n > 0).collect();
    let charts = [
        chart("loai", t.by_kind(), &by_kind, t),
        chart("thon", t.by_village(), &by_village, t),
        chart("buoc", t.stages(), &stages, t),
        Some(trend(ctx, &mut cx).await?),
    ];
    Ok(charts.into_iter().flatten().collect())
}

/// Products by where they stand; most are approved, and summed already.
async fn stages(ctx: &Ctx, cx: &mut Cx<'_>, approved: i64) -> Result<Vec<(String, i64)>, AppError> {
    let mut stages = Vec::new();
    for state in State::ALL {
        let count = match state {
            State::Approved => approved,
            _ => store::stage(cx, ctx.commune_id(), *state).await?,
        };
        stages.push((state.label(ctx.lang).to_owned(), count));
    }
    stages.retain(|(_, count)| *count > 0);
    Ok(stages)
}

async fn trend(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Chart, AppError> {
    let (t, lang, today) = (Texts(ctx.lang), ctx.lang, ctx.today());
    let from = today.plus_days(1 - TREND);
    let by_day = sums::by_days(cx, ctx.commune_id(), Days { from, to: today }).await?;
    let count = |ago: i64| {
        let day = from.plus_days(ago);
        (day.text(), by_day.get(&day).copied().unwrap_or(0))
    };
    let counted: Vec<(String, i64)> = (0..TREND).map(count).collect();
    let rows = counted.iter().filter(|(_, n)| *n > 0).map(|(day, n)| (day.clone(), whole(*n, lang))).collect();
    // Day and month stand under the drawing, whose names have little room.
    let points: Vec<(String, i64)> = counted.into_iter().map(|(day, n)| (day[..5].to_owned(), n)).collect();
    let drawn = Timeline {
        id: "mo".to_owned(),
        title: t.scans_trend().to_owned(),
        description: t.described(points.iter().map(|point| point.1).max().unwrap_or(0)),
        points,
        mark: None,
    };
    Ok(Chart { id: "mo", title: t.scans_trend().to_owned(), svg: drawn.svg(lang), rows })
}
