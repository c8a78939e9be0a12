//! A producer takes its own lot back, with what it made from it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::flow::{self, Outcome};
use super::super::model::{AlertKind, Grade, Kind, Scope};
use super::super::store::alerts::{self, NewAlert};
use super::super::store::{self, Decision, NewRecall};
use super::super::texts::Texts;
use super::{grade, grades, identifiers};
use crate::db::Cx;
use crate::ids::AlertId;
use crate::labels::{self, model::Reach};
use crate::producers::model::Channel;
use crate::products::store as products;
use crate::traceability::access::{MyLot, address, may_recall, my_lot};
use crate::traceability::model::Lot;
use crate::traceability::store::lots::{self, ListedLot};
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/own.html")]
struct OwnPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    product: String,
    producer: String,
    reach: Reach,
    /// Lots made from it that are the producer's own.
    mine: Vec<ListedLot>,
    /// Lots that others made from it.
    others: Vec<ListedLot>,
    grades: Vec<(&'static str, &'static str, &'static str)>,
    request: String,
}

impl OwnPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, mine: MyLot) -> Result<OwnPage, AppError> {
    let (commune, lot) = (ctx.commune_id(), mine.lot);
    let product = products::by_id(cx, commune, lot.product_id).await?.ok_or(AppError::NotFound)?;
    let made = lots::made_from(cx, commune, lot.id).await?;
    let (own, others) = made.into_iter().partition(|row| row.lot.producer_id == lot.producer_id);
    Ok(OwnPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        request: form.request_id(ctx.now()).to_string(),
        form,
        reach: labels::store::reach(cx, commune, lot.id).await?,
        product: product.name,
        producer: mine.producer.name,
        mine: own,
        others,
        grades: grades(ctx.lang),
        lot,
    })
}

/// The lot, for its owner.
async fn own(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<MyLot, AppError> {
    let mine = my_lot(ctx, cx, code).await?;
    if may_recall(ctx, &mine) { Ok(mine) } else { Err(AppError::Forbidden) }
}

/// `GET /cua-toi/lo/{code}/thu-hoi`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mine = own(&ctx, &mut conn.cx(), &code).await?;
    if mine.lot.is_recalled() || mine.lot.is_set_aside() {
        return Ok(Redirect::to(&format!("/cua-toi/lo/{}", mine.lot.code)).into_response());
    }
    Ok(page(&ctx, &mut conn.cx(), Form::default(), mine).await?.into_response())
}

/// `POST /cua-toi/lo/{code}/thu-hoi`.
pub async fn recall(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let mine = own(&ctx, cx, &code).await?;
    let back = format!("/cua-toi/lo/{}", mine.lot.code);
    // Sent twice, it is one recall.
    if mine.lot.is_recalled() || mine.lot.is_set_aside() {
        return Ok(Redirect::to(&back).into_response());
    }
    let chosen = grade(&mut form, t.grade_missing());
    let reason = form.required("reason", 1000, t.reason_missing(), ctx.lang);
    let (Some(grade), Some(reason)) = (chosen, reason) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, mine).await?).into_response());
    };
    take_back(&ctx, cx, &mine, &form, grade, &reason).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{back}?da-luu=1")).into_response())
}

async fn take_back(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    mine: &MyLot,
    form: &Form,
    grade: Grade,
    reason: &str,
) -> Result<(), AppError> {
    let (by, commune, at) = (mine.author.user, ctx.commune_id(), ctx.now());
    let decision = Decision { grade, reason, notice: reason, by, at };
    let request = form.request_id(at);
    let new = NewRecall { kind: Kind::Real, scope: Scope::Whole, lot: mine.lot.id, cut: false, request, by };
    let (recall, outcome) = flow::recall_own(cx, commune, &identifiers(ctx)?, new, mine.producer.id, &decision).await?;
    if !matches!(outcome, Outcome::Done(_)) {
        return Err(AppError::Conflict(Texts(ctx.lang).already().to_owned()));
    }
    store::shown(cx, commune, recall.id, ctx.now()).await?;
    if mine.author.channel != Channel::Office {
        let (kind, lot, producer) = (AlertKind::Recalled, mine.lot.id, mine.producer.id);
        let new = NewAlert { id: AlertId(recall.id.0), kind, lot, producer, recall: Some(recall.id), reason, by };
        alerts::insert(cx, commune, &new, at).await?;
    }
    let entry = Entry {
        actor: Some(by),
        action: "recall.confirm",
        subject_kind: "recall",
        subject: Some(recall.id.0),
        before: Some(mine.lot.state.word()),
        after: Some(reason),
        address: address(ctx),
    };
    Ok(audit::write(cx, commune, &entry, at).await?)
}
