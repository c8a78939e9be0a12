//! One handover: what was told, and the other side's word.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow::{self, Hand, Word};
use super::super::model::{Handover, HandoverState};
use super::super::store::{self, ListedHandover};
use super::super::texts::Texts;
use super::super::undo::withdrawn_by;
use super::say;
use crate::amounts::Thousandths;
use crate::db::Cx;
use crate::ids::{HandoverId, PlaceId};
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::review::flow::Author;
use crate::traceability::access::address;
use crate::traceability::model::amount_text;
use crate::traceability::pages::identifiers;
use crate::traceability::quantity::Quantity;
use crate::traceability::store::{lots, places};
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/handover.html")]
struct HandoverPage {
    page: Page,
    t: Texts,
    form: Form,
    row: ListedHandover,
    amount: String,
    received: Option<String>,
    /// True if this person's word is waited for.
    asked: bool,
    /// True if this person may take its word back.
    withdraws: bool,
    places: Vec<(String, String)>,
    answers: Vec<(&'static str, &'static str, &'static str)>,
}

impl HandoverPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn is_claim(&self) -> bool {
        self.row.handover.state == HandoverState::Claimed
    }
}

/// A handover and the side of it that the person acts for: the one that is waited for, if it may be either.
pub(super) async fn mine(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(ListedHandover, Producer, Author), AppError> {
    ctx.person()?;
    let id: HandoverId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = store::handover(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let h = &row.handover;
    let sides = [h.waits_for(), Some(h.from_producer_id), h.to_producer_id];
    for side in sides.into_iter().flatten() {
        if let Ok((producer, author)) = Acting::of_id(ctx, cx, side).await {
            return Ok((row, producer, author));
        }
    }
    Err(AppError::NotFound)
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    mut form: Form,
    row: ListedHandover,
    side: &Producer,
) -> Result<HandoverPage, AppError> {
    let t = Texts(ctx.lang);
    let h = &row.handover;
    let asked = h.waits_for() == Some(side.id);
    let places = places::of_producer(cx, ctx.commune_id(), side.id).await?;
    let places = crate::traceability::pages::places::offered(places);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    let answers = if h.state == HandoverState::Claimed {
        vec![("dung", t.yes_sent(), ""), ("khong", t.no_sent(), t.no_sent_hint())]
    } else {
        vec![("dung", t.yes_received(), ""), ("khong", t.no_received(), t.no_received_hint())]
    };
    Ok(HandoverPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        form,
        amount: amount_text(h.quantity, h.uom, ctx.lang),
        received: h.received_quantity.map(|quantity| amount_text(quantity, h.uom, ctx.lang)),
        asked,
        withdraws: withdrawn_by(h, side.id).is_some(),
        places,
        answers,
        row,
    })
}

/// `GET /cua-toi/giao-nhan/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let (row, side, _) = mine(&ctx, cx, &id).await?;
    let mut form = Form::default();
    form.push("quantity", &Thousandths(row.handover.quantity).text(Lang::Vi));
    Ok(page(&ctx, cx, form, row, &side).await?.into_response())
}

/// `POST /cua-toi/giao-nhan/{id}`: confirms or refuses.
pub async fn decide(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (row, side, author) = mine(&ctx, cx, &id).await?;
    let back = format!("/cua-toi/giao-nhan/{}?da-luu=1", row.handover.id);
    let wanted = match form.value("tra-loi") {
        "dung" => HandoverState::Confirmed,
        _ => HandoverState::Refused,
    };
    // Sent twice, it is one answer.
    if row.handover.state == wanted {
        return Ok(Redirect::to(&back).into_response());
    }
    if row.handover.waits_for() != Some(side.id) {
        return Err(AppError::Conflict(t.decided_already().to_owned()));
    }
    flow::take_all(cx, ctx.commune_id(), &[(row.handover.lot_id, None)]).await?;
    let (answer, place) = read(&ctx, cx, &mut form, &row.handover, &side).await?;
    let Some(answer) = answer.filter(|_| form.is_fine()) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, row, &side).await?).into_response());
    };
    let word = match &answer {
        Answer::Yes(received) => Word::Yes(*received),
        Answer::No(reason) => Word::No(reason),
    };
    let ids = identifiers(&ctx)?;
    let hand =
        Hand { commune: ctx.commune_id(), identifiers: &ids, holder: side.id, by: Some(author.user), now: ctx.now() };
    if !flow::decide(cx, hand, &row, word, place).await? {
        return Err(AppError::Conflict(t.decided_already().to_owned()));
    }
    let entry = Entry {
        actor: Some(author.user),
        action: "handover.decide",
        subject_kind: "handover",
        subject: Some(row.handover.id.0),
        before: Some(row.handover.state.word()),
        after: Some(wanted.word()),
        address: address(&ctx),
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&back).into_response())
}

/// What was answered.
enum Answer {
    /// This much arrived.
    Yes(i64),
    /// It did not, and why.
    No(String),
}

/// Reads the answer; the lot is taken.
async fn read(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    h: &Handover,
    side: &Producer,
) -> Result<(Option<Answer>, Option<PlaceId>), AppError> {
    let t = Texts(ctx.lang);
    match form.value("tra-loi") {
        "khong" => Ok((form.required("ly-do", 500, t.reason_missing(), ctx.lang).map(Answer::No), None)),
        "dung" => {
            let mine = places::of_producer(cx, ctx.commune_id(), side.id).await?;
            let place = form.value("place").parse::<PlaceId>().ok().filter(|id| mine.iter().any(|p| p.id == *id));
            if h.state == HandoverState::Claimed {
                let lot = lots::by_id(cx, ctx.commune_id(), h.lot_id).await?.ok_or(AppError::NotFound)?;
                if let Some(amount) = h.amount()
                    && let Some(refusal) = flow::check(cx, &lot, side.id, amount).await?
                {
                    form.fail("tra-loi", say(&refusal, t));
                }
                return Ok((Some(Answer::Yes(h.quantity)), place));
            }
            let words = Words(ctx.lang);
            let received = match Quantity::parse_vi(form.value("quantity"), h.uom) {
                Ok(amount) if amount.thousandths() > h.quantity => {
                    form.fail("quantity", t.more_than_sent(amount_text(h.quantity, h.uom, ctx.lang)));
                    None
                }
                Ok(amount) => Some(Answer::Yes(amount.thousandths())),
                Err(error) => {
                    form.fail("quantity", words.quantity_error(error));
                    None
                }
            };
            Ok((received, place))
        }
        _ => {
            form.fail("tra-loi", t.answer_missing());
            Ok((None, None))
        }
    }
}
