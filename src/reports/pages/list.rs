//! `/van-phong/bao-cao`: reports that were taken, and taking one.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, figures, title};
use crate::reports::model::{Period, Report, ReportState};
use crate::reports::store::{self, NewReport};
use crate::reports::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "reports/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    years: Vec<(String, String)>,
    periods: Vec<(String, String)>,
    reports: Vec<Report>,
    lan: uuid::Uuid,
    may_change: bool,
}

impl ListPage {
    fn title(&self, report: &Report) -> String {
        title(report, self.t)
    }

    fn tag(report: &Report) -> &'static str {
        if report.state == ReportState::Signed { " ok" } else { " wait" }
    }
}

async fn shown(ctx: &Ctx, form: Form) -> Result<ListPage, AppError> {
    let this = ctx.today().year();
    let mut conn = ctx.app.db.read().await?;
    Ok(ListPage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        years: (this - 4..=this).rev().map(|year| (year.to_string(), year.to_string())).collect(),
        periods: Period::ALL.iter().map(|p| (p.word().to_owned(), p.label(ctx.lang).to_owned())).collect(),
        reports: store::list(&mut conn.cx(), ctx.commune_id()).await?,
        may_change: ctx.officer().is_ok(),
    })
}

/// `GET /van-phong/bao-cao`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut form = Form::default();
    form.push("nam", &ctx.today().year().to_string());
    form.push("ky", Period::Year.word());
    Ok(shown(&ctx, form).await?.into_response())
}

/// `POST /van-phong/bao-cao`: takes a period's figures as they stand; the same form sent twice takes them once.
pub async fn take(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let year = form.value("nam").parse::<i32>().ok().filter(|year| (2010..=ctx.today().year()).contains(year));
    if year.is_none() {
        form.fail("nam", t.year_wrong());
    }
    let period = form.value("ky").parse::<Period>().ok();
    if period.is_none() {
        form.fail("ky", t.period_wrong());
    }
    let days = period.zip(year).and_then(|(period, year)| period.days(year));
    if days.is_some_and(|(from, _)| from > ctx.today()) {
        form.fail("ky", t.not_begun());
    }
    let (Some(year), Some(period), Some(days), true) = (year, period, days, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    let figures = figures(&ctx, &mut tx.cx(), year, period, days).await?;
    let request = form.request_id(ctx.now());
    let new = NewReport { year, period, days, figures: &figures, request, by: officer, at: ctx.now() };
    let id = store::insert(&mut tx.cx(), ctx.commune_id(), &new).await?;
    let told = format!("{period} {year}");
    audit::note(&ctx, &mut tx.cx(), "report.take", ("report", id.0), None, Some(&told)).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{id}?da-luu=1")).into_response())
}
