//! A producer's list of products, and the page that begins a new one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::desk::{self, on_behalf};
use super::fields::Step;
use super::model::ProductContent;
use super::step_pages::StepPage;
use super::store::{self, Line};
use super::texts::Texts;
use super::{fields, steps};
use crate::db::is_unique_violation;
use crate::files::picture_url;
use crate::ids::{ProducerId, ProductId};
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::review::flow::{self, Author};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Of which producer.
#[derive(Deserialize)]
pub struct Of {
    #[serde(default, rename = "co-so")]
    producer: String,
}

/// A product of the list, as shown.
struct Row {
    url: String,
    name: String,
    more: String,
    photo: Option<String>,
    tag: &'static str,
    state: &'static str,
}

/// A producer with its products.
struct Shelf {
    producer: Producer,
    add: String,
    rows: Vec<Row>,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    on_behalf: Option<String>,
    shelves: Vec<Shelf>,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/choose.html")]
struct ChoosePage {
    page: Page,
    t: Texts,
    producers: Vec<Producer>,
}

/// `GET /cua-toi/san-pham?co-so=`: the products of one producer, or of all one's own.
pub async fn list(ctx: Ctx, Query(of): Query<Of>) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let (page, on_behalf, producers) = if of.producer.is_empty() {
        (Page::of(&ctx, Area::Mine, "/cua-toi"), None, own(&ctx).await?)
    } else {
        let (producer, author) = Acting::of(&ctx, &of.producer).await?;
        (desk::page(&ctx, author), on_behalf(&producer, author, t), vec![producer])
    };
    let mut conn = ctx.app.db.read().await?;
    let mut shelves = Vec::new();
    for producer in producers {
        let lines = store::lines(&mut conn.cx(), ctx.commune_id(), producer.id).await?;
        let rows = lines.iter().map(|line| row(line, t)).collect();
        shelves.push(Shelf { add: add_path(&producer), producer, rows });
    }
    Ok(ListPage { page, t, on_behalf, shelves }.into_response())
}

fn row(line: &Line, t: Texts) -> Row {
    let stands = line.stands();
    let more = if line.is_live() && line.revision_state.is_some() {
        t.live_too().to_owned()
    } else {
        fields::shown(&line.content, "price", t.0)
    };
    Row {
        url: desk::path(&line.short),
        name: if line.name.is_empty() { t.unnamed().to_owned() } else { line.name.clone() },
        more,
        photo: line.content.photos.first().map(|photo| picture_url(*photo, 's')),
        tag: desk::tag(stands),
        state: stands.label(t.0),
    }
}

fn add_path(producer: &Producer) -> String {
    format!("/cua-toi/san-pham/moi?co-so={}", producer.short)
}

/// The producers that the person logged in owns or works for.
async fn own(ctx: &Ctx) -> Result<Vec<Producer>, AppError> {
    let ids: Vec<ProducerId> = ctx.person()?.producers(ctx.commune_id());
    let mut conn = ctx.app.db.read().await?;
    let mut own = Vec::new();
    for id in ids {
        own.extend(producers::by_id(&mut conn.cx(), ctx.commune_id(), id).await?);
    }
    Ok(own)
}

/// `GET /cua-toi/san-pham/moi?co-so=`: the first step of a new product.
pub async fn new(ctx: Ctx, Query(of): Query<Of>) -> Result<Response, AppError> {
    if of.producer.is_empty() {
        let producers = own(&ctx).await?;
        if let [only] = producers.as_slice() {
            return Ok(Redirect::to(&add_path(only)).into_response());
        }
        let page = Page::of(&ctx, Area::Mine, "/cua-toi");
        return Ok(ChoosePage { page, t: Texts(ctx.lang), producers }.into_response());
    }
    let (producer, author) = Acting::of(&ctx, &of.producer).await?;
    let mut form = steps::fill(Step::Name, &ProductContent::default());
    form.set("lan", &crate::ids::new_id(ctx.now()).to_string());
    Ok(begin_page(&ctx, &producer, author, form).into_response())
}

fn begin_page(ctx: &Ctx, producer: &Producer, author: Author, form: Form) -> StepPage {
    let t = Texts(ctx.lang);
    StepPage {
        heading: t.new_title().to_owned(),
        action: add_path(producer),
        back: desk::list_path(producer),
        on_behalf: on_behalf(producer, author, t),
        ..StepPage::new(ctx, desk::page(ctx, author), Step::Name, form)
    }
}

/// `POST /cua-toi/san-pham/moi?co-so=`: begins the product. The same form sent twice leads to the one product.
pub async fn begin(ctx: Ctx, Query(of): Query<Of>, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, &of.producer).await?;
    let now = ctx.now();
    let id = ProductId(form.request_id(now));
    form.set("lan", &id.to_string());
    let Some(content) = steps::read(Step::Name, &mut form, &ProductContent::default(), ctx.lang) else {
        let page = begin_page(&ctx, &producer, author, form);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    let begun = flow::begin_product_as(&mut tx.cx(), ctx.commune_id(), producer.id, id, &content, author, now).await;
    let short = match begun {
        Ok((product, _)) => {
            tx.commit().await?;
            product.short
        }
        Err(error) if is_unique_violation(&error) => {
            drop(tx);
            begun_before(&ctx, &producer, id).await?
        }
        Err(error) => return Err(error.into()),
    };
    Ok(Redirect::to(&format!("{}/{}?da-luu=1", desk::path(&short), Step::Photos.slug())).into_response())
}

/// The product that the same form made the first time.
async fn begun_before(ctx: &Ctx, producer: &Producer, id: ProductId) -> Result<String, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let product = store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?;
    let own = product.filter(|product| product.producer_id == producer.id);
    let taken = || {
        let text = ctx
            .lang
            .pick("Hãy mở lại trang Thêm sản phẩm rồi gửi lần nữa.", "Open the page again, and send it once more.");
        AppError::Conflict(text.to_owned())
    };
    own.map(|product| product.short).ok_or_else(taken)
}

impl ListPage {
    fn heading(&self) -> String {
        match self.shelves.as_slice() {
            [one] if !one.producer.name.is_empty() => self.t.list_of(&one.producer.name),
            _ => self.t.list_title().to_owned(),
        }
    }
}
