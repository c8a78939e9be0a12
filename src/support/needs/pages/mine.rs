//! `/cua-toi/ho-tro`: what a producer needs and got, for its people, its village's helpers and the office.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::model::{NeedRow, NeedState, NewNeed};
use super::super::store;
use super::super::texts::Texts;
use crate::db::Cx;
use crate::ids::{NeedId, ProductId};
use crate::potential::store::{self as potential, ToldGap};
use crate::producers::acting::Acting;
use crate::producers::model::{Channel, Producer};
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::flow::Author;
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::pages::{kind_choices, log};
use crate::support::store as support;
use crate::traceability::access::producers_of;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// Most needs of a producer that wait at once.
const MOST_OPEN: i64 = 20;
const HERE: &str = "/cua-toi/ho-tro";

struct One {
    producer: Producer,
    needs: Vec<NeedRow>,
    got: Vec<SupportRow>,
    /// What this year's review found its products to lack.
    lacks: Vec<ToldGap>,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/needs_mine.html")]
struct MinePage {
    page: Page,
    t: Texts,
    year: i32,
    all: Vec<One>,
    kinds: Vec<SupportKind>,
}

impl MinePage {
    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.kinds, code, self.page.lang)
    }

    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn is_open(need: &NeedRow) -> bool {
        need.state == NeedState::Open
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/need_form.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    producer: Producer,
    products: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    lan: uuid::Uuid,
}

/// The part of the site that somebody who acts this way is in.
fn area(channel: Channel) -> (Area, &'static str) {
    match channel {
        Channel::Helper => (Area::Helper, "/ho-tro"),
        _ => (Area::Mine, "/cua-toi"),
    }
}

/// `GET /cua-toi/ho-tro`: needs with their answers, and support that was given; `?co-so={short}` for one producer.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    let asked = Form::parse(ctx.query.as_bytes());
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let year = ctx.today().year();
    let mut all = Vec::new();
    for producer in producers_of(&ctx, &mut cx, asked.value("co-so")).await? {
        let needs = store::of_producer(&mut cx, commune, producer.id).await?;
        let mut got = support::of_producer(&mut cx, commune, producer.id).await?;
        got.retain(|row| row.state.counts());
        let lacks = potential::told_to_producer(&mut cx, commune, producer.id, year).await?;
        all.push(One { producer, needs, got, lacks });
    }
    let kinds = support::all_kinds(&mut cx, commune).await?;
    let acts_by_village = asked.sent("co-so") && !all.iter().any(|one| is_own(&ctx, &one.producer));
    let is_helper = acts_by_village && ctx.officer().is_err();
    let (area, current) = area(if is_helper { Channel::Helper } else { Channel::OneSelf });
    let page = Page::of(&ctx, area, current);
    Ok(MinePage { page, t: Texts(ctx.lang), year, all, kinds }.into_response())
}

fn is_own(ctx: &Ctx, producer: &Producer) -> bool {
    ctx.person.as_ref().is_some_and(|person| person.acts_for(ctx.commune_id(), producer.id))
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<(Producer, Author, Vec<Product>, Vec<SupportKind>), AppError> {
    let asked = Form::parse(ctx.query.as_bytes());
    let (producer, author) = Acting::of_short(ctx, cx, asked.value("co-so")).await?;
    let own = products::of_producer(cx, ctx.commune_id(), producer.id).await?;
    let kinds = support::kinds(cx, ctx.commune_id()).await?;
    Ok((producer, author, own, kinds))
}

fn form_page(
    ctx: &Ctx,
    form: Form,
    producer: Producer,
    author: &Author,
    own: &[Product],
    kinds: &[SupportKind],
) -> FormPage {
    let (area, current) = area(author.channel);
    FormPage {
        page: Page::of(ctx, area, current),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        producer,
        products: own.iter().filter(|p| !p.name.is_empty()).map(|p| (p.short.clone(), p.name.clone())).collect(),
        kinds: kind_choices(ctx, kinds),
    }
}

/// `GET /cua-toi/ho-tro/moi?co-so={short}`.
pub async fn ask(ctx: Ctx) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (producer, author, own, kinds) = subject(&ctx, &mut conn.cx()).await?;
    Ok(form_page(&ctx, Form::default(), producer, &author, &own, &kinds).into_response())
}

fn read(
    ctx: &Ctx,
    form: &mut Form,
    own: &[Product],
    kinds: &[SupportKind],
) -> Option<(String, String, Option<ProductId>)> {
    let t = Texts(ctx.lang);
    let kind = form.value("loai").to_owned();
    if !kinds.iter().any(|k| k.code == kind) {
        form.fail("loai", t.kind_missing());
    }
    let short = form.value("san-pham").to_owned();
    let product = own.iter().find(|p| p.short == short).map(|p| p.id);
    if product.is_none() && !short.is_empty() {
        form.fail("san-pham", t.product_wrong());
    }
    let words = form.required("can", 1000, t.words_missing(), ctx.lang)?;
    form.is_fine().then_some((kind, words, product))
}

/// `POST /cua-toi/ho-tro/moi?co-so={short}`: states a need; it shows in the office's queue.
pub async fn tell(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let commune = ctx.commune_id();
    let mut tx = ctx.app.db.begin().await?;
    let (producer, author, own, kinds) = subject(&ctx, &mut tx.cx()).await?;
    let Some((kind, words, product)) = read(&ctx, &mut form, &own, &kinds) else {
        let page = form_page(&ctx, form, producer, &author, &own, &kinds);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let (at, request) = (ctx.now(), form.request_id(ctx.now()));
    let (id, by, channel) = (NeedId::new(at), author.user, author.channel);
    let need = NewNeed { id, producer: producer.id, product, kind, words, channel, request, by, at };
    if store::open_count(&mut tx.cx(), commune, producer.id).await? >= MOST_OPEN {
        form.fail("can", Texts(ctx.lang).too_many());
        let page = form_page(&ctx, form, producer, &author, &own, &kinds);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    if store::insert(&mut tx.cx(), commune, &need).await? {
        let told = format!("{}: {}", need.kind, need.words);
        log(&ctx, &mut tx.cx(), "support.need", ("producer", producer.id.0), None, &told).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?co-so={}&da-luu=1", producer.short)).into_response())
}

/// `POST /cua-toi/ho-tro/{id}/rut`: the producer no longer needs it; only before the office answered.
pub async fn withdraw(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    ctx.person()?;
    let id: NeedId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let need = store::by_id(&mut tx.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let (producer, _) = Acting::of_id(&ctx, &mut tx.cx(), need.producer_id).await?;
    if need.state != NeedState::Withdrawn {
        let seen = form.value("version").parse().unwrap_or(-1);
        if !store::withdraw(&mut tx.cx(), ctx.commune_id(), id, seen).await? {
            return Err(AppError::Conflict(Texts(ctx.lang).raced().to_owned()));
        }
        let told = format!("{}: {}", NeedState::Withdrawn, need.words);
        log(&ctx, &mut tx.cx(), "support.need", ("producer", producer.id.0), Some("open"), &told).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?co-so={}&da-luu=1", producer.short)).into_response())
}
