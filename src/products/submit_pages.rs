//! Checking the answers, handing in, taking back.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::desk::{CHECK, Desk, list_path};
use super::fields::{self, Step};
use super::photo_pages::{Tile, tiles};
use super::texts::Texts;
use crate::db::{Cx, is_unique_violation};
use crate::producers::model::State;
use crate::review::flow::{self, Written};
use crate::web::{AppError, Ctx, Form, Page};

/// One answer.
struct Answer {
    field: &'static str,
    label: &'static str,
    value: String,
    url: String,
    changed: bool,
    missing: bool,
}

/// The answers of a step.
struct Part {
    title: &'static str,
    answers: Vec<Answer>,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/check.html")]
struct CheckPage {
    page: Page,
    t: Texts,
    heading: String,
    path: String,
    stamp: String,
    on_behalf: Option<String>,
    parts: Vec<Part>,
    tiles: Vec<Tile>,
    photos_url: String,
    /// What keeps it from being handed in: words, where to mend it.
    missing: Vec<(String, String)>,
    /// Handing in was tried.
    tried: bool,
    stale: bool,
    waiting: bool,
    again: bool,
    same: bool,
}

impl CheckPage {
    async fn of(ctx: &Ctx, cx: &mut Cx<'_>, desk: &Desk) -> Result<Self, AppError> {
        let t = Texts(ctx.lang);
        let tiles = tiles(cx, ctx.commune_id(), &desk.content.photos).await?;
        Ok(Self {
            page: desk.page(ctx),
            t,
            heading: desk.title(t),
            path: desk.path(),
            stamp: desk.stamp(),
            on_behalf: desk.on_behalf(t),
            parts: Step::ALL.into_iter().map(|step| part(desk, step, t)).collect(),
            missing: obstacles(desk, &tiles, t),
            tiles,
            photos_url: url(desk, "photos"),
            tried: false,
            stale: false,
            waiting: desk.is_waiting(),
            again: desk.stands() == State::ChangesRequested,
            same: !desk.is_changed(),
        })
    }
}

fn url(desk: &Desk, field: &str) -> String {
    format!("{}?ve={CHECK}#f-{field}", desk.step_path(Step::of_field(field)))
}

fn part(desk: &Desk, step: Step, t: Texts) -> Part {
    let answer = |field: &'static str| {
        let value = fields::shown(&desk.content, field, t.0);
        Answer {
            field,
            label: fields::label(field, t.0),
            changed: desk.is_live() && value != fields::shown(&desk.product.content, field, t.0),
            missing: fields::is_missing(&desk.content, field),
            value,
            url: url(desk, field),
        }
    };
    // The price is read with its unit, the photos are shown, and nobody must write English.
    let asked = |field: &&str| !matches!(*field, "unit" | "photos");
    let told = |answer: &Answer| !answer.value.is_empty() || answer.changed || !answer.field.ends_with("_en");
    let answers = step.fields().iter().copied().filter(asked).map(answer).filter(told).collect();
    Part { title: step.title(t.0), answers }
}

/// What keeps it from being handed in.
fn obstacles(desk: &Desk, tiles: &[Tile], t: Texts) -> Vec<(String, String)> {
    let words = |field: &'static str| (fields::label(field, t.0).to_owned(), url(desk, field));
    let mut missing: Vec<(String, String)> = fields::missing(&desk.content).into_iter().map(words).collect();
    if tiles.iter().any(Tile::is_refused) {
        missing.push((t.photos_refused_one().to_owned(), url(desk, "photos")));
    }
    missing
}

/// `GET /cua-toi/san-pham/{short}/xem-lai`.
pub async fn check(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let desk = Desk::read(&ctx, &short).await?;
    let mut conn = ctx.app.db.read().await?;
    Ok(CheckPage::of(&ctx, &mut conn.cx(), &desk).await?.into_response())
}

/// `POST /cua-toi/san-pham/{short}/xem-lai`: hands it in. Sent twice it is handed in once.
pub async fn submit(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let done = Redirect::to(&format!("{}?da-gui=1", desk.path()));
    if desk.is_waiting() {
        return Ok(done.into_response());
    }
    let mut page = CheckPage::of(&ctx, &mut tx.cx(), &desk).await?;
    if !page.missing.is_empty() || page.same {
        page.tried = true;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    page.stale = true;
    if form.value("ban") != desk.stamp() {
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    let written = match flow::open_product(&mut tx.cx(), &desk.product, desk.author, ctx.now()).await {
        Ok(revision) => flow::submit(&mut tx.cx(), &revision, ctx.now()).await?,
        Err(error) if is_unique_violation(&error) => Written::Stale,
        Err(error) => return Err(error.into()),
    };
    if written == Written::Stale {
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    tx.commit().await?;
    Ok(done.into_response())
}

/// `POST /cua-toi/san-pham/{short}/rut`: takes back what is open; what is live stays.
pub async fn take_back(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    if let Some(revision) = desk.opened() {
        let fresh = form.value("ban") == desk.stamp();
        if !fresh || flow::withdraw(&mut tx.cx(), revision, ctx.now()).await? == Written::Stale {
            return Err(AppError::Conflict(Texts(ctx.lang).submit_stale().to_owned()));
        }
    }
    tx.commit().await?;
    let to = if desk.is_live() { format!("{}?da-rut=1", desk.path()) } else { list_path(&desk.producer) };
    Ok(Redirect::to(&to).into_response())
}
