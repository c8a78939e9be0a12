//! Recalling a lot, and ending a recall: what it reaches is shown first, a reason is asked for, and the pages say it
//! at once.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::access::{self, MyLot, lot_of, may_recall, my_lot};
use super::super::diary::tell;
use super::super::model::Lot;
use super::super::recall::Notice;
use super::super::store::lots::{self, ListedLot};
use super::super::texts::Texts;
use super::identifiers;
use crate::db::Cx;
use crate::ids::UserId;
use crate::labels::{self, model::Reach};
use crate::producers::store as producers;
use crate::products::store as products;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/recall.html")]
struct RecallPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    product: String,
    producer: String,
    reach: Reach,
    made_from: Vec<ListedLot>,
    what: Notice,
    /// Path of the lot's page.
    back: String,
}

impl RecallPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn lifts(&self) -> bool {
        self.what == Notice::Lifted
    }

    fn title(&self) -> String {
        if self.lifts() { self.t.lift_title(&self.lot.code) } else { self.t.recall_title(&self.lot.code) }
    }
}

/// On which of the two desks a page stands.
fn desk(area: Area, code: &impl std::fmt::Display) -> String {
    if area == Area::Office { format!("/van-phong/lo/{code}") } else { format!("/cua-toi/lo/{code}") }
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: Form,
    lot: Lot,
    what: Notice,
    area: Area,
) -> Result<RecallPage, AppError> {
    let commune = ctx.commune_id();
    let product = products::by_id(cx, commune, lot.product_id).await?.ok_or(AppError::NotFound)?;
    let producer = producers::by_id(cx, commune, lot.producer_id).await?.ok_or(AppError::NotFound)?;
    let current = if area == Area::Office { "/van-phong/lo" } else { "/cua-toi" };
    Ok(RecallPage {
        page: Page::of(ctx, area, current),
        t: Texts(ctx.lang),
        form,
        reach: labels::store::reach(cx, commune, lot.id).await?,
        made_from: lots::made_from(cx, commune, lot.id).await?,
        product: product.name,
        producer: producer.name,
        what,
        back: desk(area, &lot.code),
        lot,
    })
}

/// The lot, for its owner.
async fn own(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<(Lot, UserId), AppError> {
    let mine: MyLot = my_lot(ctx, cx, code).await?;
    if may_recall(ctx, &mine) { Ok((mine.lot, mine.author.user)) } else { Err(AppError::Forbidden) }
}

/// The lot, for an officer.
async fn office(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<(Lot, UserId), AppError> {
    let officer = ctx.officer()?.id;
    Ok((lot_of(ctx, cx, code).await?, officer))
}

/// `GET /cua-toi/lo/{code}/thu-hoi`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (lot, _) = own(&ctx, &mut conn.cx(), &code).await?;
    preview(&ctx, &mut conn.cx(), lot, Notice::Recalled, Area::Mine).await
}

/// `GET /van-phong/lo/{code}/thu-hoi`.
pub async fn ask_office(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (lot, _) = office(&ctx, &mut conn.cx(), &code).await?;
    preview(&ctx, &mut conn.cx(), lot, Notice::Recalled, Area::Office).await
}

/// `GET /van-phong/lo/{code}/thoi`.
pub async fn ask_lift(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (lot, _) = office(&ctx, &mut conn.cx(), &code).await?;
    preview(&ctx, &mut conn.cx(), lot, Notice::Lifted, Area::Office).await
}

async fn preview(ctx: &Ctx, cx: &mut Cx<'_>, lot: Lot, what: Notice, area: Area) -> Result<Response, AppError> {
    if lot.is_recalled() == (what == Notice::Recalled) {
        return Ok(Redirect::to(&desk(area, &lot.code)).into_response());
    }
    Ok(page(ctx, cx, Form::default(), lot, what, area).await?.into_response())
}

/// `POST /cua-toi/lo/{code}/thu-hoi`.
pub async fn recall(ctx: Ctx, Path(code): Path<String>, form: Form) -> Result<Response, AppError> {
    decide(&ctx, &code, form, Notice::Recalled, Area::Mine).await
}

/// `POST /van-phong/lo/{code}/thu-hoi`.
pub async fn recall_office(ctx: Ctx, Path(code): Path<String>, form: Form) -> Result<Response, AppError> {
    decide(&ctx, &code, form, Notice::Recalled, Area::Office).await
}

/// `POST /van-phong/lo/{code}/thoi`.
pub async fn lift(ctx: Ctx, Path(code): Path<String>, form: Form) -> Result<Response, AppError> {
    decide(&ctx, &code, form, Notice::Lifted, Area::Office).await
}

async fn decide(ctx: &Ctx, code: &str, mut form: Form, what: Notice, area: Area) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (lot, by) = if area == Area::Office { office(ctx, cx, code).await? } else { own(ctx, cx, code).await? };
    let back = desk(area, &lot.code);
    // Sent twice, it is one recall.
    if lot.is_recalled() == (what == Notice::Recalled) {
        return Ok(Redirect::to(&back).into_response());
    }
    let Some(reason) = form.required("reason", 1000, t.recall_reason_missing(), ctx.lang) else {
        let page = page(ctx, cx, form, lot, what, area).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    // The version that was looked at: what changed meanwhile is to be looked at first.
    let version = form.value("version").parse().unwrap_or(lot.version);
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let done = match what {
        Notice::Recalled => lots::recall(cx, commune, lot.id, version, &reason, by, now).await?,
        Notice::Lifted => lots::lift(cx, commune, lot.id, version).await?,
    };
    if !done {
        return Err(AppError::Conflict(t.recall_raced().to_owned()));
    }
    tell(cx, &identifiers(ctx)?, &lot, what, &reason, Some(by), now).await?;
    let entry = Entry {
        actor: Some(by),
        action: if what == Notice::Recalled { "lot.recall" } else { "lot.lift_recall" },
        subject_kind: "lot",
        subject: Some(lot.id.0),
        before: lot.recall_reason.as_deref().or(Some(lot.state.word())),
        after: Some(&reason),
        address: access::address(ctx),
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{back}?da-luu=1")).into_response())
}
