//! `/van-phong/ho-tro/chuong-trinh`: a year's programmes, one of them, adding and changing, opening and closing.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::model::{Programme, ProgrammeState, wrong_line};
use super::store;
use super::texts::Texts;
use crate::amounts::Dong;
use crate::ids::ProgrammeId;
use crate::review::listing::Listing;
use crate::support::filter::{States, SupportFilter};
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::pages::{amount_wrong, log};
use crate::support::store::ledger::{self, Sums};
use crate::support::store::{self as support};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

const HERE: &str = "/van-phong/ho-tro/chuong-trinh";
const NAV: &str = "/van-phong/ho-tro";
/// Records on a programme's own page; the others are in the list of support.
const SHOWN: i64 = 30;

struct Line {
    programme: Programme,
    sums: Sums,
}

impl Line {
    fn left(&self) -> Dong {
        self.programme.left(&self.sums)
    }

    fn is_over(&self) -> bool {
        self.left().0 < 0
    }

    /// How much of the budget is used, per cent; a programme without money has none to use.
    fn percent(&self) -> i64 {
        let (used, budget) = (i128::from(self.sums.committed.0), i128::from(self.programme.budget.0));
        if budget == 0 { 0 } else { (used * 100 / budget) as i64 }
    }

    /// Width of the used part of a bar of 100.
    fn bar(&self) -> i64 {
        self.percent().clamp(0, 100)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/programmes.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    year: i32,
    lines: Vec<Line>,
    may_change: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/programme.html")]
struct ProgrammePage {
    page: Page,
    t: Texts,
    line: Line,
    rows: Vec<SupportRow>,
    kinds: Vec<SupportKind>,
    may_change: bool,
}

impl ProgrammePage {
    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.kinds, code, self.page.lang)
    }

    fn lang(&self) -> Lang {
        self.page.lang
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/programme_form.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    lan: uuid::Uuid,
    /// The programme that is changed; None: a new one.
    id: Option<ProgrammeId>,
}

/// `GET /van-phong/ho-tro/chuong-trinh`: the year's programmes.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let year = SupportFilter::of(&listing, ctx.today()).year;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let mut lines = Vec::new();
    for programme in store::of_year(&mut cx, ctx.commune_id(), year).await? {
        let sums = ledger::sums(&mut cx, ctx.commune_id(), programme.id).await?;
        lines.push(Line { programme, sums });
    }
    let mut form = Form::default();
    form.push("nam", &year.to_string());
    let may_change = ctx.officer().is_ok();
    let page = Page::of(&ctx, Area::Office, NAV);
    Ok(ListPage { page, t: Texts(ctx.lang), form, year, lines, may_change }.into_response())
}

async fn load(ctx: &Ctx, id: &str) -> Result<Programme, AppError> {
    let id: ProgrammeId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

/// `GET /van-phong/ho-tro/chuong-trinh/{id}`: what is budgeted, approved, paid, left, and its latest records.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let programme = load(&ctx, &id).await?;
    let mut filter = SupportFilter::of(&Listing::default(), ctx.today());
    (filter.year, filter.programme, filter.states) = (programme.year, Some(programme.id), States::All);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let sums = ledger::sums(&mut cx, ctx.commune_id(), programme.id).await?;
    let rows = ledger::page(&mut cx, ctx.commune_id(), &filter, SHOWN, 0).await?;
    let kinds = support::all_kinds(&mut cx, ctx.commune_id()).await?;
    let (page, may_change) = (Page::of(&ctx, Area::Office, NAV), ctx.officer().is_ok());
    let line = Line { programme, sums };
    Ok(ProgrammePage { page, t: Texts(ctx.lang), line, rows, kinds, may_change }.into_response())
}

fn form_page(ctx: &Ctx, form: Form, id: Option<ProgrammeId>) -> FormPage {
    let lan = form.request_id(ctx.now());
    FormPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, lan, id }
}

/// `GET /van-phong/ho-tro/chuong-trinh/moi`.
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut form = Form::default();
    form.push("nam", &ctx.today().year().to_string());
    Ok(form_page(&ctx, form, None).into_response())
}

/// Reads the form; None if something is wrong, noted in it.
fn read(ctx: &Ctx, form: &mut Form, id: ProgrammeId, year: Option<i32>) -> Option<Programme> {
    let t = Texts(ctx.lang);
    let lang = ctx.lang;
    let year = year.or_else(|| {
        let typed = form.value("nam").parse().ok().filter(|year| (2010..=2999).contains(year));
        if typed.is_none() {
            form.fail("nam", t.year_wrong());
        }
        typed
    });
    let name = form.required("ten", 200, t.name_missing(), lang);
    let budget = form.parse_with("kinh-phi", Dong::parse, |error| amount_wrong(error, lang));
    if form.value("kinh-phi").is_empty() {
        form.fail("kinh-phi", t.budget_missing());
    }
    let source = form.text("nguon", 200, lang);
    let legal_basis = form.text("can-cu", 300, lang);
    let targets = form.text("chi-tieu", 1000, lang);
    if let Some(line) = targets.as_deref().and_then(wrong_line) {
        form.fail("chi-tieu", t.target_wrong(line));
    }
    let version = form.value("version").parse().unwrap_or(1);
    let state = ProgrammeState::Open;
    let (year, name, budget, source, legal_basis, targets) = (year?, name?, budget?, source?, legal_basis?, targets?);
    form.is_fine().then_some(Programme { id, year, name, budget, source, legal_basis, targets, state, version })
}

/// `POST /van-phong/ho-tro/chuong-trinh/moi`.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let Some(new) = read(&ctx, &mut form, ProgrammeId::new(ctx.now()), None) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(&ctx, form, None)).into_response());
    };
    let request = form.request_id(ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let (id, is_new) = store::insert(&mut tx.cx(), ctx.commune_id(), &new, request, officer, ctx.now()).await?;
    if is_new {
        let told = format!("{} {} {}", new.year, new.name, new.budget.0);
        log(&ctx, &mut tx.cx(), "support.programme_add", ("programme", id.0), None, &told).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{id}?da-luu=1")).into_response())
}

/// `GET /van-phong/ho-tro/chuong-trinh/{id}/sua`.
pub async fn edit(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let p = load(&ctx, &id).await?;
    let mut form = Form::default();
    for (name, value) in [
        ("nam", p.year.to_string()),
        ("ten", p.name),
        ("kinh-phi", p.budget.digits()),
        ("nguon", p.source),
        ("can-cu", p.legal_basis),
        ("chi-tieu", p.targets),
        ("version", p.version.to_string()),
    ] {
        form.push(name, &value);
    }
    Ok(form_page(&ctx, form, Some(p.id)).into_response())
}

/// `POST /van-phong/ho-tro/chuong-trinh/{id}/sua`: over the version that was seen.
pub async fn change(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let before = load(&ctx, &id).await?;
    let Some(new) = read(&ctx, &mut form, before.id, Some(before.year)) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(&ctx, form, Some(before.id))).into_response());
    };
    let is_same = Programme { state: before.state, version: before.version, ..new.clone() } == before;
    if !is_same {
        let mut tx = ctx.app.db.begin().await?;
        if !store::update(&mut tx.cx(), ctx.commune_id(), &new).await? {
            form.fail("ten", Texts(ctx.lang).raced());
            return Ok((StatusCode::CONFLICT, form_page(&ctx, form, Some(before.id))).into_response());
        }
        let told = |p: &Programme| {
            format!("{} {} {} {} {}", p.name, p.budget.0, p.source, p.legal_basis, p.targets.replace('\n', "; "))
        };
        let was = told(&before);
        log(&ctx, &mut tx.cx(), "support.programme_change", ("programme", before.id.0), Some(&was), &told(&new))
            .await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", before.id)).into_response())
}

/// `POST /van-phong/ho-tro/chuong-trinh/{id}/dong` and `/mo`: whether records may be added.
pub async fn turn(ctx: Ctx, Path((id, way)): Path<(String, String)>, form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let state = match way.as_str() {
        "dong" => ProgrammeState::Closed,
        "mo" => ProgrammeState::Open,
        _ => return Err(AppError::NotFound),
    };
    let before = load(&ctx, &id).await?;
    if before.state != state {
        let version = form.value("version").parse().unwrap_or(-1);
        let mut tx = ctx.app.db.begin().await?;
        if !store::set_state(&mut tx.cx(), ctx.commune_id(), before.id, version, state).await? {
            return Err(AppError::Conflict(Texts(ctx.lang).raced().to_owned()));
        }
        let was = Some(before.state.word());
        log(&ctx, &mut tx.cx(), "support.programme_state", ("programme", before.id.0), was, state.word()).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", before.id)).into_response())
}
