//! One case with its evidence: `/van-phong/nghi-van/{number}`, where the office closes it, and
//! `/cua-toi/nghi-van/{number}` for the producer, without what buyers left of themselves.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::model::Outcome;
use super::super::store::cases::{self, Case, Report};
use super::super::texts::Texts;
use super::about;
use crate::figures::model::Period;
use crate::labels::model::code_of;
use crate::producers::acting::Acting;
use crate::web::audit::{self, Entry};
use crate::web::chart::Timeline;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Days before the case was opened that the drawing shows.
const BEFORE: i64 = 13;
/// The longest note, in characters.
const LONGEST: usize = 1_000;

#[derive(Template, WebTemplate)]
#[template(path = "misuse/templates/case.html")]
struct CasePage {
    page: Page,
    t: Texts,
    form: Form,
    case: Case,
    about: String,
    why: String,
    /// Drawing and numbers of the openings by day.
    chart: Option<(String, Vec<(String, i64)>)>,
    reports: Vec<Report>,
    /// Pages about the goods: address and words.
    links: Vec<(String, &'static str)>,
    outcomes: Vec<(&'static str, &'static str, &'static str)>,
    is_office: bool,
    may_close: bool,
}

impl CasePage {
    fn back(&self) -> &'static str {
        if self.is_office { "/van-phong/nghi-van" } else { "/cua-toi/nghi-van" }
    }
}

async fn found(ctx: &Ctx, number: &str) -> Result<Case, AppError> {
    let number = number.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    cases::by_number(&mut conn.cx(), ctx.commune_id(), number).await?.ok_or(AppError::NotFound)
}

/// `GET /van-phong/nghi-van/{number}`.
pub async fn office(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let case = found(&ctx, &number).await?;
    let mut form = Form::default();
    form.set("ban", &case.version.to_string());
    Ok(show(&ctx, case, form, true).await?.into_response())
}

/// `GET /cua-toi/nghi-van/{number}`.
pub async fn mine(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    ctx.person()?;
    let case = found(&ctx, &number).await?;
    let producer = case.producer_id.ok_or(AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    Acting::of_id(&ctx, &mut conn.cx(), producer).await?;
    drop(conn);
    Ok(show(&ctx, case, Form::default(), false).await?.into_response())
}

/// `POST /van-phong/nghi-van/{number}`: closes it with an outcome.
pub async fn close(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (t, officer) = (Texts(ctx.lang), ctx.officer()?.id);
    let case = found(&ctx, &number).await?;
    let outcome = form.value("ket-luan").parse::<Outcome>().ok();
    if outcome.is_none() {
        form.fail("ket-luan", t.outcome_missing());
    }
    let note = form.required("ghi-chu", LONGEST, t.note_missing(), ctx.lang);
    let (Some(outcome), Some(note)) = (outcome, note) else {
        let status = form.status();
        return Ok((status, show(&ctx, case, form, true).await?).into_response());
    };
    let version = form.value("ban").parse().unwrap_or_default();
    let mut tx = ctx.app.db.begin().await?;
    let end = (outcome, note.as_str());
    if !cases::close(&mut tx.cx(), ctx.commune_id(), &case, version, end, officer, ctx.now()).await? {
        return Err(AppError::Conflict(t.stale(case.number)));
    }
    let after = format!("{outcome}: {note}");
    let entry = Entry {
        actor: Some(officer),
        action: "misuse.close",
        subject_kind: "misuse_case",
        subject: Some(case.id),
        after: Some(&after),
        address: Some(ctx.address.to_string()),
        ..Entry::default()
    };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/van-phong/nghi-van/{}?da-luu=1", case.number)).into_response())
}

async fn show(ctx: &Ctx, case: Case, form: Form, is_office: bool) -> Result<CasePage, AppError> {
    let t = Texts(ctx.lang);
    let from = case.opened_at.day().plus_days(-BEFORE);
    let to = case.closed_at.map_or(ctx.today(), crate::clock::Time::day).max(case.opened_at.day());
    let period = Period { from: from.max(to.plus_days(-59)), to };
    let (days, reports) = {
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        let days = cases::openings(cx, ctx.commune_id(), &case, period.from).await?;
        (days, cases::reports(cx, ctx.commune_id(), &case).await?)
    };
    let points = period.points(&days);
    let sum: i64 = points.iter().map(|point| point.1).sum();
    let chart = (sum > 0).then(|| {
        let (title, description) = (t.evidence().to_owned(), t.evidence_of(sum));
        let drawn = Timeline { id: "luot".to_owned(), title, description, points: points.clone(), mark: None };
        (drawn.svg(ctx.lang), points.into_iter().filter(|point| point.1 > 0).collect())
    });
    let choice = |outcome: &Outcome, hint| (outcome.word(), outcome.label(ctx.lang), hint);
    // Only a piece's own page speaks of its case.
    let hints = if case.rule.is_of_piece() {
        [t.misuse_hint(), t.false_hint(), t.unclear_hint()]
    } else {
        ["", t.false_hint_goods(), ""]
    };
    let page =
        if is_office { Page::of(ctx, Area::Office, "/van-phong") } else { Page::of(ctx, Area::Mine, "/cua-toi") };
    Ok(CasePage {
        about: about(&case, ctx.lang),
        why: case.evidence().say(case.rule, ctx.lang),
        links: links(ctx, &case, is_office),
        outcomes: Outcome::ALL.iter().zip(hints).map(|(outcome, hint)| choice(outcome, hint)).collect(),
        may_close: is_office && case.is_open() && ctx.officer().is_ok(),
        page,
        t,
        form,
        case,
        chart,
        reports,
        is_office,
    })
}

fn links(ctx: &Ctx, case: &Case, is_office: bool) -> Vec<(String, &'static str)> {
    let t = Texts(ctx.lang);
    let mut links = Vec::new();
    if let Some(code) = case.label_id.and_then(|id| code_of(ctx.commune_id(), id)) {
        links.push((format!("/t/{}", code.compact()), t.to_label()));
    }
    // A viewer may look at the office's pages and not act for a producer.
    if let Some(number) = case.run_number.filter(|_| !is_office || ctx.officer().is_ok()) {
        links.push((format!("/cua-toi/tem/{number}"), t.to_run()));
    }
    if let Some(code) = &case.lot_code {
        let base = if is_office { "/van-phong/lo" } else { "/cua-toi/lo" };
        links.push((format!("{base}/{code}"), t.to_lot()));
    }
    if let Some(short) = case.producer_short.as_ref().filter(|_| is_office) {
        links.push((format!("/van-phong/co-so/{short}"), t.to_producer()));
    }
    links
}
