//! One producer as the office sees it: everything told, consents, people, products, support, log; and what an
//! officer does there.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::access;
use super::fields::{self, Field};
use super::names::Villages;
use super::people_store::{self, ConsentRow, Granted};
use super::queue::named;
use super::queue_store::{self, AuditRow};
use super::standing::{self, Kind, Turn};
use super::store;
use super::texts::Texts;
use crate::duplicates::store::{self as duplicates, Named, merges};
use crate::ids::{RevisionId, UserId};
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::store as support;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/producer.html")]
struct ProducerPage {
    page: Page,
    t: Texts,
    form: Form,
    producer: Producer,
    fields: Vec<Field>,
    waiting: Option<RevisionId>,
    consents: Vec<ConsentRow>,
    people: Vec<Granted>,
    products: Vec<Product>,
    support: Vec<SupportRow>,
    kinds: Vec<SupportKind>,
    audit: Vec<AuditRow>,
    /// Others that may be the same.
    alike: Vec<Named>,
    /// The one into which it was merged: suffix of its address, name.
    merged: Option<(String, String)>,
    may_change: bool,
}

impl ProducerPage {
    fn name(&self) -> String {
        named(&self.producer.name, self.page.lang)
    }

    fn state_tag(&self) -> &'static str {
        super::tables::tag(self.producer.state)
    }

    fn tag(product: &Product) -> &'static str {
        super::tables::tag(product.state)
    }

    fn product_name(&self, product: &Product) -> String {
        named(&product.name, self.page.lang)
    }

    fn support_kind<'a>(&'a self, row: &'a SupportRow) -> &'a str {
        kind_name(&self.kinds, &row.kind, self.page.lang)
    }

    fn is_suspended(&self) -> bool {
        self.producer.state == State::Suspended
    }

    fn is_approved(&self) -> bool {
        self.producer.state == State::Approved
    }

    fn action(&self, row: &AuditRow) -> String {
        action(self.t, &row.action)
    }
}

/// An audit entry's action in words; its code if there is no word.
pub(super) fn action(t: Texts, code: &str) -> String {
    match code {
        "producer.approve" => t.a_producer_approve(),
        "producer.ask_changes" => t.a_producer_ask(),
        "producer.reject" => t.a_producer_reject(),
        "product.approve" => t.a_product_approve(),
        "product.ask_changes" => t.a_product_ask(),
        "product.reject" => t.a_product_reject(),
        "producer.suspend" | "product.suspend" => t.a_suspend(),
        "producer.resume" | "product.resume" => t.a_resume(),
        "support.record" => t.a_support(),
        "support.void" => t.a_support_void(),
        "support.step" => t.a_support_step(),
        "support.need" => t.a_need(),
        "support.need_answer" => t.a_need_answer(),
        "user.slip" => t.a_slip(),
        "user.verify_phone" => t.a_verify(),
        "ocop.record" => t.a_ocop(),
        "producer.merge" => t.a_merge(),
        "producer.merged" => t.a_merged(),
        "producer.unmerge" => t.a_unmerge(),
        "producer.apart" => t.a_apart(),
        "producer.not_apart" => t.a_not_apart(),
        "ocop.void" => t.a_ocop_void(),
        "ocop.dossier" => t.a_ocop_dossier(),
        "potential.review" => t.a_potential(),
        "potential.propose" => t.a_potential_propose(),
        other => other,
    }
    .to_owned()
}

/// What stands in the log beside an action: an officer's words, never a whole content.
pub(super) fn told(row: &AuditRow) -> &str {
    row.after_value.as_deref().filter(|text| !text.starts_with('{')).unwrap_or_default()
}

impl AuditRow {
    /// The words beside the action.
    pub fn told(&self) -> &str {
        told(self)
    }
}

async fn load(ctx: &Ctx, short: &str, form: Form) -> Result<ProducerPage, AppError> {
    ctx.office_reader()?;
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let producer = producers::by_short(&mut cx, commune, short).await?.ok_or(AppError::NotFound)?;
    let villages = Villages::load(&mut cx, commune).await?;
    let open = store::open(&mut cx, commune, producer.id, None).await?;
    let merged = merges::into(&mut cx, commune, producer.id).await?.map(|(_, short, name)| (short, name));
    let alike = match merged {
        Some(_) => Vec::new(),
        None => duplicates::alike_to(&mut cx, commune, producer.id).await?,
    };
    let page = ProducerPage {
        page: Page::of(ctx, Area::Office, "/van-phong/co-so"),
        t: Texts(ctx.lang),
        form,
        fields: fields::producer_fields(&producer.content, &producer.content, &villages, ctx.lang),
        waiting: open.filter(|revision| revision.state == State::Submitted).map(|revision| revision.id),
        consents: people_store::consents(&mut cx, commune, producer.id).await?,
        people: people_store::of_producer(&mut cx, commune, producer.id).await?,
        products: products::of_producer(&mut cx, commune, producer.id).await?,
        support: support::of_producer(&mut cx, commune, producer.id).await?,
        kinds: support::all_kinds(&mut cx, commune).await?,
        audit: queue_store::audit_of(&mut cx, commune, producer.id.0).await?,
        alike,
        merged,
        may_change: ctx.officer().is_ok(),
        producer,
    };
    Ok(page)
}

/// `GET /van-phong/co-so/{short}`.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    Ok(load(&ctx, &short, Form::default()).await?.into_response())
}

/// `POST /van-phong/co-so/{short}/tam-dung`: takes a public producer down for the time being, with a reason.
pub async fn suspend(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    set_state(ctx, short, form, Turn::Suspend).await
}

/// `POST /van-phong/co-so/{short}/hien-lai`: shows it again.
pub async fn resume(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    set_state(ctx, short, form, Turn::Resume).await
}

async fn set_state(ctx: Ctx, short: String, mut form: Form, turn: Turn) -> Result<Response, AppError> {
    match standing::change(&ctx, Kind::Producer, &short, &mut form, turn).await? {
        Some(done) => Ok(done),
        None => Ok((StatusCode::UNPROCESSABLE_ENTITY, load(&ctx, &short, form).await?).into_response()),
    }
}

/// One of this producer's people, or no such page.
async fn person_of(ctx: &Ctx, short: &str, user: &str) -> Result<UserId, AppError> {
    ctx.officer()?;
    let user: UserId = user.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let producer = producers::by_short(&mut cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    let people = people_store::of_producer(&mut cx, ctx.commune_id(), producer.id).await?;
    people.iter().find(|person| person.id == user).map(|person| person.id).ok_or(AppError::NotFound)
}

/// `POST /van-phong/co-so/{short}/phieu-vao/{user}`: a login slip for one of its people.
pub async fn slip(ctx: Ctx, Path((short, user)): Path<(String, String)>) -> Result<Response, AppError> {
    let user = person_of(&ctx, &short, &user).await?;
    access::issue_slip(&ctx, user, format!("/van-phong/co-so/{short}")).await
}

/// `POST /van-phong/co-so/{short}/xac-nhan/{user}`: the phone is theirs.
pub async fn verify(ctx: Ctx, Path((short, user)): Path<(String, String)>) -> Result<Response, AppError> {
    let user = person_of(&ctx, &short, &user).await?;
    access::verify_phone(&ctx, user).await?;
    Ok(Redirect::to(&Kind::Producer.saved(&short)).into_response())
}
