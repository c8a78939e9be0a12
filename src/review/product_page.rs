//! One product as the office sees it: everything told, its versions, lots, certificates and OCOP decisions.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::desk::log;
use super::fields::{self, Field};
use super::queue::named;
use super::queue_store::{self, AuditRow, RevisionRow};
use super::register::store::products as register;
use super::standing::{self, Kind, Turn};
use super::store;
use super::texts::Texts;
use crate::clock::Day;
use crate::ids::RevisionId;
use crate::market::index;
use crate::ocop::model::{Decision, Dossier};
use crate::ocop::store::{self as ocop, decisions};
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store::{self as products, OcopDecision, stars_show};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/product.html")]
struct ProductPage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    producer: Producer,
    product: Product,
    fields: Vec<Field>,
    waiting: Option<RevisionId>,
    decisions: Vec<Decision>,
    dossier: Option<Dossier>,
    versions: Vec<RevisionRow>,
    audit: Vec<AuditRow>,
    lots: i64,
    stars: Vec<(String, String)>,
    may_change: bool,
}

impl ProductPage {
    fn name(&self) -> String {
        named(&self.product.name, self.page.lang)
    }

    fn state_tag(&self) -> &'static str {
        super::tables::tag(self.product.state)
    }

    fn tag(row: &RevisionRow) -> &'static str {
        super::tables::tag(row.state)
    }

    fn is_suspended(&self) -> bool {
        self.product.state == State::Suspended
    }

    fn is_approved(&self) -> bool {
        self.product.state == State::Approved
    }

    fn is_public(&self) -> bool {
        self.is_approved() && self.producer.state == State::Approved
    }

    fn shows(&self, decision: &Decision) -> bool {
        stars_show(decision.stars, decision.decided_on, decision.expires_on, self.today)
    }

    fn action(&self, row: &AuditRow) -> String {
        super::producer_page::action(self.t, &row.action)
    }
}

async fn load(ctx: &Ctx, short: &str, form: Form) -> Result<ProductPage, AppError> {
    ctx.office_reader()?;
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let product = products::by_short(&mut cx, commune, short).await?.ok_or(AppError::NotFound)?;
    let producer = producers::by_id(&mut cx, commune, product.producer_id).await?.ok_or(AppError::NotFound)?;
    let open = store::open(&mut cx, commune, producer.id, Some(product.id)).await?;
    let lots = register::lots(&mut cx, commune, &[product.id]).await?;
    let t = Texts(ctx.lang);
    Ok(ProductPage {
        page: Page::of(ctx, Area::Office, "/van-phong/san-pham"),
        t,
        form,
        today: ctx.today(),
        fields: fields::product_fields(&product.content, &product.content, ctx.lang),
        waiting: open.filter(|revision| revision.state == State::Submitted).map(|revision| revision.id),
        decisions: decisions::of_product(&mut cx, commune, product.id).await?,
        dossier: ocop::open_of(&mut cx, commune, product.id).await?,
        versions: queue_store::revisions_of(&mut cx, commune, producer.id, Some(product.id)).await?,
        audit: queue_store::audit_of(&mut cx, commune, product.id.0).await?,
        lots: lots.first().map_or(0, |(_, count)| *count),
        stars: (1..=5).map(|n| (n.to_string(), t.stars(n))).collect(),
        may_change: ctx.officer().is_ok(),
        producer,
        product,
    })
}

/// `GET /van-phong/san-pham/{short}`.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    Ok(load(&ctx, &short, Form::default()).await?.into_response())
}

/// `POST /van-phong/san-pham/{short}/ocop`: records a decision of the city. One of this number, day and stars that is
/// there already is the form sent twice.
pub async fn record_ocop(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let Some(decision) = crate::ocop::read_decision(&ctx, &mut form) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, load(&ctx, &short, form).await?).into_response());
    };
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let product = products::by_short(&mut tx.cx(), commune, &short).await?.ok_or(AppError::NotFound)?;
    let same = |one: &OcopDecision| {
        (&one.number, one.decided_on, one.stars) == (&decision.number, decision.decided_on, decision.stars)
    };
    if !products::decisions(&mut tx.cx(), commune, product.id).await?.iter().any(same) {
        products::insert_decision(&mut tx.cx(), commune, product.id, &decision, None, Some(officer), now).await?;
        index::enqueue_product(&mut tx.cx(), commune, product.id, now).await?;
        let told = format!("{}, {}, {}", decision.number, decision.decided_on, Texts(ctx.lang).stars(decision.stars));
        log(&ctx, &mut tx.cx(), "ocop.record", "product", product.id.0, Some(&told)).await?;
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&Kind::Product.saved(&short)).into_response())
}

/// `POST /van-phong/san-pham/{short}/tam-dung`: takes a product down for the time being, with a reason.
pub async fn suspend(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    set_state(ctx, short, form, Turn::Suspend).await
}

/// `POST /van-phong/san-pham/{short}/hien-lai`: shows it again.
pub async fn resume(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    set_state(ctx, short, form, Turn::Resume).await
}

async fn set_state(ctx: Ctx, short: String, mut form: Form, turn: Turn) -> Result<Response, AppError> {
    match standing::change(&ctx, Kind::Product, &short, &mut form, turn).await? {
        Some(done) => Ok(done),
        None => Ok((StatusCode::UNPROCESSABLE_ENTITY, load(&ctx, &short, form).await?).into_response()),
    }
}
