//! One record: its page, and the steps it takes over the version that was seen.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::entry;
use super::model::{SupportRow, kind_name};
use super::pages::log;
use super::programmes::model::Programme;
use super::programmes::store as programmes;
use super::record::programme_choices;
use super::state::StepKind;
use super::store;
use super::store::steps::{self, After, EvidenceRow, NewStep, StepRow};
use super::texts::Texts;
use super::warn;
use crate::amounts::Dong;
use crate::clock::Day;
use crate::db::Cx;
use crate::files::store::FileUse;
use crate::files::{Upload, paper_url};
use crate::ids::SupportId;
use crate::reports::model::Period as ReportPeriod;
use crate::reports::store as reports;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

const HERE: &str = "/van-phong/ho-tro";

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/one.html")]
struct RecordPage {
    page: Page,
    t: Texts,
    form: Form,
    row: SupportRow,
    kind: String,
    history: Vec<StepRow>,
    files: Vec<EvidenceRow>,
    may_change: bool,
}

impl RecordPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn steps(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let t = self.t;
        let offered = [
            (StepKind::Approved, t.do_approve(), "btn"),
            (StepKind::Delivered, t.do_deliver(), "btn"),
            (StepKind::Known, t.do_result(), "btn"),
            (StepKind::Changed, t.do_change(), "btn alt"),
            (StepKind::Void, t.do_void(), "btn warn"),
        ];
        let possible = offered.into_iter().filter(|(step, ..)| step.leads_to(Some(self.row.state)).is_some());
        possible.map(|(step, words, class)| (step.path(), words, class)).collect()
    }

    fn changes(&self, step: &StepRow) -> Vec<String> {
        changes(&step.told, self.t)
    }

    fn url(file: &EvidenceRow) -> String {
        paper_url(file.file_id)
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/step.html")]
struct StepPage {
    page: Page,
    t: Texts,
    form: Form,
    row: SupportRow,
    kind: String,
    step: StepKind,
    programmes: Vec<(String, String)>,
    warnings: Vec<String>,
    /// Who was there before, if somebody was.
    raced: Option<String>,
}

impl StepPage {
    fn asks(&self, name: &str) -> bool {
        entry::fields(self.step).contains(&name)
    }

    fn title(&self) -> &'static str {
        match self.step {
            StepKind::Approved => self.t.do_approve(),
            StepKind::Delivered => self.t.do_deliver(),
            StepKind::Known => self.t.do_result(),
            _ => self.t.do_change(),
        }
    }

    fn lang(&self) -> Lang {
        self.page.lang
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/void.html")]
struct VoidPage {
    page: Page,
    t: Texts,
    form: Form,
    row: SupportRow,
    kind: String,
    /// Signed reports that count it, in words; empty: none does.
    reports: String,
}

/// What a step changed, as it is kept: a line a field, `field` tab `before` tab `after`.
pub fn told(before: &After, after: &After) -> String {
    let number = |n: Option<crate::amounts::Thousandths>| n.map(|n| n.decimal()).unwrap_or_default();
    let day = |day: Option<Day>| day.map(|day| day.text()).unwrap_or_default();
    let amount = |a: &After| format!("{} {}", number(a.quantity), a.unit).trim().to_owned();
    let sum = |dong: Dong| dong.0.to_string();
    [
        ("state", before.state.word().to_owned(), after.state.word().to_owned()),
        ("date", before.given_on.text(), after.given_on.text()),
        ("quantity", amount(before), amount(after)),
        ("budgeted", sum(before.money.budgeted), sum(after.money.budgeted)),
        ("approved", sum(before.money.approved), sum(after.money.approved)),
        ("paid", sum(before.money.paid), sum(after.money.paid)),
        ("overpaid", before.overpaid.clone(), after.overpaid.clone()),
        ("officer", before.officer.clone(), after.officer.clone()),
        ("note", before.note.clone(), after.note.clone()),
        ("due", day(before.result_due), day(after.result_due)),
        ("result", before.result.clone(), after.result.clone()),
    ]
    .into_iter()
    .filter(|(_, was, is)| was != is)
    .map(|(field, was, is)| [field, &was, &is].map(|part| part.replace(['\t', '\n'], " ")).join("\t"))
    .collect::<Vec<_>>()
    .join("\n")
}

/// The same in words; the state is told by the step itself.
fn changes(told: &str, t: Texts) -> Vec<String> {
    let line = |line: &str| {
        let mut parts = line.split('\t');
        let (field, was, is) = (parts.next()?, parts.next()?, parts.next()?);
        let money = |text: &str| text.parse().map_or_else(|_| text.to_owned(), |n| Dong(n).text(t.0));
        let (label, was, is) = match field {
            "budgeted" => (t.budgeted(), money(was), money(is)),
            "approved" => (t.approved(), money(was), money(is)),
            "paid" => (t.paid(), money(was), money(is)),
            "date" => (t.date(), was.to_owned(), is.to_owned()),
            "quantity" => (t.quantity(), was.to_owned(), is.to_owned()),
            "overpaid" => (t.overpaid(), was.to_owned(), is.to_owned()),
            "officer" => (t.officer(), was.to_owned(), is.to_owned()),
            "note" => (t.note(), was.to_owned(), is.to_owned()),
            "due" => (t.result_due(), was.to_owned(), is.to_owned()),
            "result" => (t.result(), was.to_owned(), is.to_owned()),
            _ => return None,
        };
        let was = if was.is_empty() { t.dash().to_owned() } else { was };
        let is = if is.is_empty() { t.dash().to_owned() } else { is };
        Some(format!("{label}: {was} → {is}"))
    };
    told.lines().filter_map(line).collect()
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(SupportRow, String), AppError> {
    let id: SupportId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let kinds = store::all_kinds(cx, ctx.commune_id()).await?;
    let kind = kind_name(&kinds, &row.kind, ctx.lang).to_owned();
    Ok((row, kind))
}

async fn record_page(ctx: &Ctx, id: &str, form: Form) -> Result<RecordPage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (row, kind) = load(ctx, &mut cx, id).await?;
    Ok(RecordPage {
        page: Page::of(ctx, Area::Office, HERE),
        t: Texts(ctx.lang),
        form,
        history: steps::history(&mut cx, ctx.commune_id(), row.id).await?,
        files: steps::files(&mut cx, ctx.commune_id(), row.id).await?,
        may_change: ctx.officer().is_ok(),
        row,
        kind,
    })
}

/// `GET /van-phong/ho-tro/{id}`: one record with its history and papers.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    Ok(record_page(&ctx, &id, Form::default()).await?.into_response())
}

/// Programmes that may be chosen: the open ones, and the record's own.
async fn offered(ctx: &Ctx, cx: &mut Cx<'_>, row: &SupportRow) -> Result<Vec<Programme>, AppError> {
    let mut offered = programmes::open(cx, ctx.commune_id()).await?;
    if let Some(id) = row.programme_id
        && !offered.iter().any(|p| p.id == id)
    {
        offered.extend(programmes::by_id(cx, ctx.commune_id(), id).await?);
    }
    Ok(offered)
}

fn possible(word: &str, row: &SupportRow) -> Option<StepKind> {
    StepKind::of_path(word).filter(|step| step.leads_to(Some(row.state)).is_some())
}

/// `GET /van-phong/ho-tro/{id}/{step}`: the form of a step.
pub async fn ask(ctx: Ctx, Path((id, word)): Path<(String, String)>) -> Result<Response, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (row, kind) = load(&ctx, &mut cx, &id).await?;
    let asked = StepKind::of_path(&word).ok_or(AppError::NotFound)?;
    let page = Page::of(&ctx, Area::Office, HERE);
    if asked == StepKind::Void {
        let mut form = Form::default();
        form.push("version", &row.version.to_string());
        let reports = in_reports(&ctx, &mut cx, &row).await?;
        return Ok(VoidPage { page, t, form, row, kind, reports }.into_response());
    }
    let Some(step) = possible(&word, &row) else {
        return Ok(Redirect::to(&format!("{HERE}/{}", row.id)).into_response());
    };
    let mut form = After::of(&row).into_form(ctx.today());
    match step {
        // What was estimated is what is usually approved, and what was approved what is paid.
        StepKind::Approved => form.set("duyet", &row.budgeted.digits()),
        StepKind::Delivered if row.paid.0 == 0 => form.set("chi", &row.approved.digits()),
        StepKind::Changed => form.set("ngay", &row.given_on.text()),
        _ => {}
    }
    form.push("version", &row.version.to_string());
    let programmes = programme_choices(&offered(&ctx, &mut cx, &row).await?);
    Ok(StepPage { page, t, form, row, kind, step, programmes, warnings: Vec::new(), raced: None }.into_response())
}

/// `POST /van-phong/ho-tro/{id}/{step}`: takes the step over the version that was seen.
pub async fn take(ctx: Ctx, Path((id, word)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let (row, kind) = load(&ctx, &mut tx.cx(), &id).await?;
    let here = format!("{HERE}/{}?da-luu=1", row.id);
    let asked = StepKind::of_path(&word).ok_or(AppError::NotFound)?;
    if asked == StepKind::Void {
        drop(tx);
        return void(&ctx, row, kind, form).await;
    }
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let history = steps::history(&mut tx.cx(), ctx.commune_id(), row.id).await?;
    if was_just_done(&ctx, &row, seen, asked, &history)? {
        return Ok(Redirect::to(&here).into_response());
    }
    let Some(step) = possible(&word, &row) else {
        return Err(AppError::Conflict(Texts(ctx.lang).raced(who(&ctx, &history))));
    };
    let offered = offered(&ctx, &mut tx.cx(), &row).await?;
    for programme in form.value("chuong-trinh").parse().ok().into_iter().chain(row.programme_id) {
        programmes::hold(&mut tx.cx(), ctx.commune_id(), programme).await?;
    }
    let before = After::of(&row);
    let start = After { state: step.leads_to(Some(row.state)).unwrap_or(row.state), ..before.clone() };
    let after = entry::read(&ctx, &mut form, start, entry::fields(step), &offered);
    let note = form.text("ghi-chu-buoc", 500, ctx.lang);
    let mut again = StepPage {
        page: Page::of(&ctx, Area::Office, HERE),
        t: Texts(ctx.lang),
        form,
        row,
        kind,
        step,
        programmes: programme_choices(&offered),
        warnings: Vec::new(),
        raced: None,
    };
    let (Some(after), Some(note)) = (after, note) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, again).into_response());
    };
    if seen != again.row.version {
        // Told of it, the officer may save over it.
        again.form.set("version", &again.row.version.to_string());
        again.raced = Some(who(&ctx, &history));
        return Ok((StatusCode::CONFLICT, again).into_response());
    }
    again.warnings.extend(warn::over_budget_by_step(&ctx, &mut tx.cx(), &before, &after).await?);
    if !again.warnings.is_empty() && !again.form.has("van-ghi", &warn::mark(&again.warnings)) {
        return Ok(again.into_response());
    }
    if step == StepKind::Changed && after == before {
        return Ok(Redirect::to(&here).into_response());
    }
    let row = &again.row;
    if !steps::take(&mut tx.cx(), ctx.commune_id(), row.id, seen, &after).await? {
        return Err(AppError::Conflict(Texts(ctx.lang).raced(Texts(ctx.lang).somebody())));
    }
    let told = told(&before, &after);
    keep_step(&ctx, &mut tx.cx(), row, step, &told, &note).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}

/// The same form sent twice: the step stands, and it is this person's.
fn was_just_done(
    ctx: &Ctx,
    row: &SupportRow,
    seen: i64,
    step: StepKind,
    history: &[StepRow],
) -> Result<bool, AppError> {
    let me = ctx.user_id()?;
    Ok(row.version == seen + 1 && history.last().is_some_and(|last| last.step == step && last.by_user == Some(me)))
}

/// Who took the last step.
fn who(ctx: &Ctx, history: &[StepRow]) -> String {
    let last = history.last().and_then(|last| last.by_name.clone());
    last.unwrap_or_else(|| Texts(ctx.lang).somebody().to_owned())
}

async fn keep_step(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    row: &SupportRow,
    step: StepKind,
    told: &str,
    note: &str,
) -> Result<(), AppError> {
    let new = NewStep { record: row.id, step, told, note, by: ctx.user_id()?, at: ctx.now() };
    steps::note(cx, ctx.commune_id(), &new).await?;
    let action = if step == StepKind::Void { "support.void" } else { "support.step" };
    let said = match step {
        StepKind::Void => note.to_owned(),
        _ => format!("{step} {}: {}", row.id, told.replace('\t', " ").replace('\n', "; ")),
    };
    log(ctx, cx, action, ("producer", row.producer_id.0), Some(&row.kind), &said).await
}

/// Signed reports that count a record, in words.
async fn in_reports(ctx: &Ctx, cx: &mut Cx<'_>, row: &SupportRow) -> Result<String, AppError> {
    let signed = reports::signed_holding(cx, ctx.commune_id(), row.id).await?;
    let name =
        |(number, year, period): &(String, i32, ReportPeriod)| format!("{} {year} ({number})", period.label(ctx.lang));
    Ok(signed.iter().map(name).collect::<Vec<_>>().join("; "))
}

/// Voids a record; it stays in the list.
async fn void(ctx: &Ctx, row: SupportRow, kind: String, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let reports = {
        let mut conn = ctx.app.db.read().await?;
        in_reports(ctx, &mut conn.cx(), &row).await?
    };
    if row.stands() && !reports.is_empty() && !form.has("da-bao-cao", "1") {
        form.fail("da-bao-cao", t.in_reports_missing());
    }
    let reason = form.required("ly-do", 300, t.void_reason_missing(), ctx.lang);
    let Some(reason) = reason.filter(|_| form.is_fine()) else {
        let page = VoidPage { page: Page::of(ctx, Area::Office, HERE), t, form, row, kind, reports };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (commune, officer, now) = (ctx.commune_id(), ctx.user_id()?, ctx.now());
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let mut tx = ctx.app.db.begin().await?;
    if steps::void(&mut tx.cx(), commune, row.id, seen, officer, &reason, now).await? {
        keep_step(ctx, &mut tx.cx(), &row, StepKind::Void, "", &reason).await?;
    } else if row.void_reason.as_deref() != Some(reason.as_str()) {
        let history = steps::history(&mut tx.cx(), commune, row.id).await?;
        let said = if row.stands() { t.raced(who(ctx, &history)) } else { t.already_void().to_owned() };
        return Err(AppError::Conflict(said));
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", row.id)).into_response())
}

/// `POST /van-phong/ho-tro/{id}/minh-chung`: adds a paper.
pub async fn add_evidence(ctx: Ctx, Path(id): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (row, _) = {
        let mut conn = ctx.app.db.read().await?;
        load(&ctx, &mut conn.cx(), &id).await?
    };
    let received = upload.receive(&ctx, Some(row.producer_id), &[("file", FileUse::Paper)]).await?;
    let (file, mut form) = (received.id("file"), received.form);
    if StepKind::Evidence.leads_to(Some(row.state)).is_none() {
        return Err(AppError::Conflict(Texts(ctx.lang).already_void().to_owned()));
    }
    let Some(file) = file else {
        form.fail("file", Texts(ctx.lang).evidence_missing());
        let status = form.status();
        return Ok((status, record_page(&ctx, &id, form).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    if steps::add_file(&mut tx.cx(), ctx.commune_id(), row.id, file, officer, ctx.now()).await? {
        keep_step(&ctx, &mut tx.cx(), &row, StepKind::Evidence, "", "").await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", row.id)).into_response())
}
