//! One item as the office looks at it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, file_name, file_note, file_url, held, load, note, outcome};
use crate::clock::Day;
use crate::db::Cx;
use crate::ocop::model::{Dossier, ItemFile, ItemRow, ItemState};
use crate::ocop::store::items::{self as store, Turned};
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// What the office may find.
const FINDINGS: [ItemState; 4] = [ItemState::Fine, ItemState::Back, ItemState::Unneeded, ItemState::Missing];

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/item.html")]
struct ItemPage {
    page: Page,
    t: Texts,
    form: Form,
    dossier: Dossier,
    row: ItemRow,
    files: Vec<ItemFile>,
    may_change: bool,
}

impl ItemPage {
    fn url(file: &ItemFile) -> String {
        file_url(file)
    }

    fn name(&self, file: &ItemFile) -> String {
        file_name(file, self.t)
    }

    fn told(&self, file: &ItemFile) -> String {
        file_note(file, self.t)
    }

    fn findings(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        FINDINGS.iter().map(|one| (one.word(), one.label(self.page.lang), "")).collect()
    }
}

/// An item of a dossier with its files.
pub(super) async fn of(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    dossier: &Dossier,
    number: &str,
) -> Result<(ItemRow, Vec<ItemFile>), AppError> {
    let number: i32 = number.parse().map_err(|_| AppError::NotFound)?;
    let rows = store::rows(cx, ctx.commune_id(), dossier).await?;
    let row = rows.into_iter().find(|row| row.number == number).ok_or(AppError::NotFound)?;
    let mut files = store::files(cx, ctx.commune_id(), dossier.id).await?;
    files.retain(|file| file.number == number);
    Ok((row, files))
}

fn shown(ctx: &Ctx, form: Form, dossier: Dossier, row: ItemRow, files: Vec<ItemFile>) -> ItemPage {
    let may_change = ctx.officer().is_ok() && dossier.state.is_open() && row.listed;
    ItemPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, dossier, row, files, may_change }
}

/// `GET /van-phong/ocop/{id}/muc/{number}`.
pub async fn ask(ctx: Ctx, Path((id, number)): Path<(String, String)>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let dossier = load(&ctx, &mut cx, &id).await?;
    let (row, files) = of(&ctx, &mut cx, &dossier, &number).await?;
    let mut form = Form::default();
    form.push("version", &row.version.to_string());
    if FINDINGS.contains(&row.state) && row.state != ItemState::Missing {
        form.push("ket-qua", row.state.word());
    }
    form.push("ghi-chu", &row.note);
    form.push("han", &row.due_on.map(|day| day.text()).unwrap_or_default());
    Ok(shown(&ctx, form, dossier, row, files).into_response())
}

/// `POST /van-phong/ocop/{id}/muc/{number}`: what the office found, over the version that was seen.
pub async fn check(ctx: Ctx, Path((id, number)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let dossier = held(&ctx, &mut tx.cx(), &id).await?;
    let (row, files) = of(&ctx, &mut tx.cx(), &dossier, &number).await?;
    if !dossier.state.is_open() || !row.listed {
        let why = if row.listed { t.closed() } else { t.item_unlisted() };
        return Err(AppError::Conflict(why.to_owned()));
    }
    let state = form.value("ket-qua").parse().ok().filter(|state| FINDINGS.contains(state));
    if state.is_none() {
        form.fail("ket-qua", t.item_state_wrong());
    }
    let words = form.text("ghi-chu", 500, ctx.lang);
    if words.as_deref() == Some("") {
        match state {
            Some(ItemState::Back | ItemState::Unneeded) => form.fail("ghi-chu", t.item_note_missing()),
            Some(ItemState::Fine) if files.is_empty() => form.fail("ghi-chu", t.item_no_paper()),
            _ => {}
        }
    }
    let due_on = form.parse_with("han", Day::parse, |_| t.day_wrong().to_owned());
    let (Some(state), Some(words), true) = (state, words, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, dossier, row, files)).into_response());
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let turned = Turned { state, note: &words, due_on };
    let key = (dossier.id, row.number, seen);
    let here = format!("{HERE}/{}?da-luu=1", dossier.id);
    if store::set(&mut tx.cx(), ctx.commune_id(), key, &turned, officer, ctx.now()).await? {
        let told = format!("{}: {} {words}", row.told(), state.label(crate::web::Lang::Vi));
        note(&ctx, &mut tx.cx(), &dossier, "checked", told.trim()).await?;
        outcome::look_again(&ctx, &mut tx.cx(), &dossier).await?;
    } else if (row.state, row.note.as_str(), row.due_on) != (state, words.as_str(), due_on) {
        form.set("version", &row.version.to_string());
        form.fail("ket-qua", t.raced());
        return Ok((StatusCode::CONFLICT, shown(&ctx, form, dossier, row, files)).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
