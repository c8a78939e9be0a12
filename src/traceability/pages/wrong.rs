//! Taking a wrongly noted step back: it stays, struck through, with the reason. Work with lots is taken back here too,
//! as long as nothing went on with what it made.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::access::{self, MyLot, my_lot};
use super::super::chain::flow::Hand;
use super::super::chain::pages::say_went_on;
use super::super::chain::undo::{self, Undone, Why, what_stops};
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

/// A reason to choose: word, name, hint.
pub type Reason = (&'static str, &'static str, &'static str);

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/wrong.html")]
struct WrongPage {
    page: Page,
    t: Texts,
    /// Texts of the chain of lots.
    c: super::super::chain::texts::Texts,
    form: Form,
    lot: Lot,
    step: HistoryStep,
    reasons: Vec<Reason>,
    /// Why it can't be taken back yet.
    stopped: Vec<String>,
}

impl WrongPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn said(&self) -> String {
        details(&self.step, self.t)
    }
}

/// The reasons to choose from.
pub fn reasons(lang: Lang) -> Vec<Reason> {
    let t = Texts(lang);
    vec![
        (ErrorReason::DidNotOccur.as_str(), t.wrong_never(), t.wrong_never_hint()),
        (ErrorReason::IncorrectData.as_str(), t.wrong_data(), t.wrong_data_hint()),
    ]
}

/// Reads the reason and the words beside it; what is missing is noted.
pub fn read_why(form: &mut Form, lang: Lang) -> Option<(ErrorReason, String)> {
    let t = Texts(lang);
    let reason = [ErrorReason::DidNotOccur, ErrorReason::IncorrectData]
        .into_iter()
        .find(|reason| reason.as_str() == form.value("reason"));
    if reason.is_none() {
        form.fail("reason", t.wrong_why_missing());
    }
    reason.zip(form.required("note", 500, t.wrong_note_missing(), lang))
}

fn page(ctx: &Ctx, form: Form, lot: Lot, step: HistoryStep, stopped: Vec<String>) -> WrongPage {
    let (t, c) = (Texts(ctx.lang), super::super::chain::texts::Texts(ctx.lang));
    let page = Page::of(ctx, Area::Mine, "/cua-toi");
    WrongPage { page, t, c, form, lot, step, reasons: reasons(ctx.lang), stopped }
}

/// A step of the lot's diary, for whoever acts for its producer.
async fn step_of(ctx: &Ctx, cx: &mut Cx<'_>, code: &str, id: &str) -> Result<(Lot, Author, HistoryStep), AppError> {
    let MyLot { lot, author, .. } = my_lot(ctx, cx, code).await?;
    let id: EventId = id.parse().map_err(|_| AppError::NotFound)?;
    let history = lot_history(cx, ctx.commune_id(), lot.clone()).await?;
    let step = history.steps.into_iter().find(|step| step.id == id && step.is_producers());
    Ok((lot, author, step.ok_or(AppError::NotFound)?))
}

/// `GET /cua-toi/lo/{code}/buoc/{id}/sai`.
pub async fn ask(ctx: Ctx, Path((code, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (lot, _, step) = step_of(&ctx, &mut conn.cx(), &code, &id).await?;
    if !step.stands() {
        return Err(AppError::Conflict(Texts(ctx.lang).already_wrong().to_owned()));
    }
    let mut stopped = Vec::new();
    if step.is_own_work {
        stopped = say_went_on(&what_stops(&mut conn.cx(), ctx.commune_id(), step.id).await?, ctx.lang);
    }
    Ok(page(&ctx, Form::default(), lot, step, stopped).into_response())
}

/// `POST /cua-toi/lo/{code}/buoc/{id}/sai`.
pub async fn declare(ctx: Ctx, Path((code, id)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (lot, author, step) = step_of(&ctx, cx, &code, &id).await?;
    let back = format!("/cua-toi/lo/{}?da-luu=1", lot.code);
    // Sent twice, it is one correction.
    if !step.stands() {
        return Ok(Redirect::to(&back).into_response());
    }
    let Some((reason, note)) = read_why(&mut form, ctx.lang) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&ctx, form, lot, step, Vec::new())).into_response());
    };
    let undone = undone(&ctx, cx, &lot, &step, TakenBack { reason, note: &note, by: Some(author.user) }).await?;
    if let Undone::Stopped(stopped) = &undone {
        let stopped = say_went_on(stopped, ctx.lang);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&ctx, form, lot, step, stopped)).into_response());
    }
    if undone == Undone::Done {
        let entry = Entry {
            actor: Some(author.user),
            action: "trace.take_back",
            subject_kind: "trace_event",
            subject: Some(step.id.0),
            before: Some(&step.event_id),
            after: Some(&note),
            address: access::address(&ctx),
        };
        audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}

async fn undone(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    lot: &Lot,
    step: &HistoryStep,
    why: TakenBack<'_>,
) -> Result<Undone, AppError> {
    let ids = identifiers(ctx)?;
    if step.is_own_work {
        let (commune, holder, by, now) = (ctx.commune_id(), lot.producer_id, why.by, ctx.now());
        let hand = Hand { commune, identifiers: &ids, holder, by, now };
        return Ok(undo::take_back(cx, hand, step, Why { reason: why.reason, note: why.note }).await?);
    }
    let stored = take_back(cx, &ids, lot, step, why, ctx.now()).await?;
    Ok(if matches!(stored, Stored::Added(_)) { Undone::Done } else { Undone::Before })
}
