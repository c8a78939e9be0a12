//! Taking one's word on a handover back: the sender before it is confirmed, the receiver after.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow::{self, Hand};
use super::super::model::{HandoverState, Refusal};
use super::super::store::ListedHandover;
use super::super::texts::Texts;
use super::super::undo::{self, Why, still_has, withdrawn_by};
use super::handover::mine;
use super::say;
use crate::db::Cx;
use crate::producers::model::Producer;
use crate::review::flow::Author;
use crate::traceability::access::address;
use crate::traceability::model::amount_text;
use crate::traceability::pages::identifiers;
use crate::traceability::pages::wrong::{Reason, read_why, reasons};
use crate::traceability::store::lots;
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/withdraw.html")]
struct WithdrawPage {
    page: Page,
    t: Texts,
    words: Words,
    form: Form,
    row: ListedHandover,
    amount: String,
    /// True if the sender takes it back.
    by_sender: bool,
    refusal: Option<String>,
    reasons: Vec<Reason>,
}

/// The handover, the side that the person acts for, and what it becomes; else why nothing can be taken back.
async fn side(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    id: &str,
) -> Result<(ListedHandover, Producer, Author, HandoverState), AppError> {
    let t = Texts(ctx.lang);
    let (row, producer, author) = mine(ctx, cx, id).await?;
    let h = &row.handover;
    // Who acts for both sides takes back as the one that can.
    let other = if producer.id == h.from_producer_id { h.to_producer_id } else { Some(h.from_producer_id) };
    if let Some(to) = withdrawn_by(h, producer.id) {
        return Ok((row, producer, author, to));
    }
    if let Some(other) = other
        && let Some(to) = withdrawn_by(h, other)
        && let Ok((producer, author)) = crate::producers::acting::Acting::of_id(ctx, cx, other).await
    {
        return Ok((row, producer, author, to));
    }
    let confirmed = h.state == HandoverState::Confirmed;
    Err(AppError::Conflict(if confirmed { t.withdraw_confirmed(&row.to_name) } else { t.withdraw_not().to_owned() }))
}

/// Why the goods can't go back although this side may say so; the lot is to be taken before it counts.
async fn refusal(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    row: &ListedHandover,
    side: &Producer,
) -> Result<Option<String>, AppError> {
    let t = Texts(ctx.lang);
    let h = &row.handover;
    let lot = lots::by_id(cx, ctx.commune_id(), h.lot_id).await?.ok_or(AppError::NotFound)?;
    if lot.is_recalled() {
        return Ok(Some(say(&Refusal::Recalled, t)));
    }
    let gone = h.state == HandoverState::Confirmed && !still_has(cx, &lot, h, side.id).await?;
    Ok(gone.then(|| t.withdraw_used().to_owned()))
}

fn page(ctx: &Ctx, form: Form, row: ListedHandover, side: &Producer, refusal: Option<String>) -> WithdrawPage {
    let h = &row.handover;
    WithdrawPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        words: Words(ctx.lang),
        form,
        amount: amount_text(h.received_quantity.unwrap_or(h.quantity), h.uom, ctx.lang),
        by_sender: h.from_producer_id == side.id,
        refusal,
        reasons: reasons(ctx.lang),
        row,
    }
}

/// `GET /cua-toi/giao-nhan/{id}/rut-lai`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let (row, side, ..) = side(&ctx, cx, &id).await?;
    let refusal = refusal(&ctx, cx, &row, &side).await?;
    Ok(page(&ctx, Form::default(), row, &side, refusal).into_response())
}

/// `POST /cua-toi/giao-nhan/{id}/rut-lai`.
pub async fn withdraw(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (row, side, author, to) = side(&ctx, cx, &id).await?;
    let (commune, by, now) = (ctx.commune_id(), Some(author.user), ctx.now());
    flow::take_all(cx, commune, &[(row.handover.lot_id, None)]).await?;
    let refusal = refusal(&ctx, cx, &row, &side).await?;
    let why = read_why(&mut form, ctx.lang);
    let (Some((reason, note)), None) = (why, &refusal) else {
        return Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page(&ctx, form, row, &side, refusal)).into_response());
    };
    let ids = identifiers(&ctx)?;
    let hand = Hand { commune, identifiers: &ids, holder: side.id, by, now };
    if !undo::withdraw(cx, hand, &row.handover, to, Why { reason, note: &note }).await? {
        return Err(AppError::Conflict(t.decided_already().to_owned()));
    }
    let entry = Entry {
        actor: by,
        action: "handover.withdraw",
        subject_kind: "handover",
        subject: Some(row.handover.id.0),
        before: Some(row.handover.state.word()),
        after: Some(&note),
        address: address(&ctx),
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/giao-nhan/{}?da-luu=1", row.handover.id)).into_response())
}
