//! Taking a wrongly noted step back: it stays, struck through, with the reason.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::access::{self, MyLot, my_lot};
use super::super::diary::{TakenBack, take_back};
use super::super::history::{HistoryStep, lot_history};
use super::super::model::Lot;
use super::super::record::ErrorReason;
use super::super::store::events::Stored;
use super::super::texts::Texts;
use super::identifiers;
use super::timeline::details;
use crate::db::Cx;
use crate::ids::EventId;
use crate::review::flow::Author;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/wrong.html")]
struct WrongPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    step: HistoryStep,
    reasons: Vec<(&'static str, &'static str, &'static str)>,
}

impl WrongPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn said(&self) -> String {
        details(&self.step, self.t)
    }
}

fn page(ctx: &Ctx, form: Form, lot: Lot, step: HistoryStep) -> WrongPage {
    let t = Texts(ctx.lang);
    let reasons = vec![
        (ErrorReason::DidNotOccur.as_str(), t.wrong_never(), t.wrong_never_hint()),
        (ErrorReason::IncorrectData.as_str(), t.wrong_data(), t.wrong_data_hint()),
    ];
    WrongPage { page: Page::of(ctx, Area::Mine, "/cua-toi"), t, form, lot, step, reasons }
}

/// A step of the lot's diary, for whoever acts for its producer.
async fn step_of(ctx: &Ctx, cx: &mut Cx<'_>, code: &str, id: &str) -> Result<(Lot, Author, HistoryStep), AppError> {
    let MyLot { lot, author, .. } = my_lot(ctx, cx, code).await?;
    let id: EventId = id.parse().map_err(|_| AppError::NotFound)?;
    let history = lot_history(cx, ctx.commune_id(), lot.clone()).await?;
    let step = history.steps.into_iter().find(|step| step.id == id && step.role.is_some());
    Ok((lot, author, step.ok_or(AppError::NotFound)?))
}

/// `GET /cua-toi/lo/{code}/buoc/{id}/sai`.
pub async fn ask(ctx: Ctx, Path((code, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (lot, _, step) = step_of(&ctx, &mut conn.cx(), &code, &id).await?;
    if !step.stands() {
        return Err(AppError::Conflict(Texts(ctx.lang).already_wrong().to_owned()));
    }
    Ok(page(&ctx, Form::default(), lot, step).into_response())
}

/// `POST /cua-toi/lo/{code}/buoc/{id}/sai`.
pub async fn declare(ctx: Ctx, Path((code, id)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let (lot, author, step) = step_of(&ctx, &mut tx.cx(), &code, &id).await?;
    let back = format!("/cua-toi/lo/{}?da-luu=1", lot.code);
    // Sent twice, it is one correction.
    if !step.stands() {
        return Ok(Redirect::to(&back).into_response());
    }
    let reason = [ErrorReason::DidNotOccur, ErrorReason::IncorrectData]
        .into_iter()
        .find(|reason| reason.as_str() == form.value("reason"));
    if reason.is_none() {
        form.fail("reason", t.wrong_why_missing());
    }
    let note = form.required("note", 500, t.wrong_note_missing(), ctx.lang);
    let (Some(reason), Some(note)) = (reason, note) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&ctx, form, lot, step)).into_response());
    };
    let cx = &mut tx.cx();
    let stored = take_back(
        cx,
        &identifiers(&ctx)?,
        &lot,
        &step,
        TakenBack { reason, note: &note, by: Some(author.user) },
        ctx.now(),
    )
    .await?;
    if let Stored::Added(event) = stored {
        let entry = Entry {
            actor: Some(author.user),
            action: "trace.take_back",
            subject_kind: "trace_event",
            subject: Some(event.0),
            before: Some(&step.event_id),
            after: Some(&note),
            address: access::address(&ctx),
        };
        audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}
