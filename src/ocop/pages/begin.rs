//! Opening a dossier for a product.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, groups};
use crate::db::Cx;
use crate::ids::DossierId;
use crate::ocop::item_list::{ItemList, in_force};
use crate::ocop::rubric::Rubric;
use crate::ocop::store::{self, NewDossier, lists};
use crate::ocop::texts::Texts;
use crate::producers::model::State;
use crate::products::catalogue;
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/begin.html")]
struct BeginPage {
    page: Page,
    t: Texts,
    form: Form,
    product: Product,
    years: Vec<(String, String)>,
    groups: Vec<(String, String)>,
    rubrics: Vec<(String, String)>,
    lists: Vec<(String, String)>,
    lan: uuid::Uuid,
}

/// What a dossier may be begun with: versions of the rubric and of the list of items.
type Versions = (Vec<Rubric>, Vec<ItemList>);

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Product, Versions), AppError> {
    let product = products::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    if product.state != State::Approved {
        return Err(AppError::Conflict(Texts(ctx.lang).open_not_approved().to_owned()));
    }
    let rubrics = store::rubrics(cx, ctx.commune_id()).await?;
    Ok((product, (rubrics, lists::all(cx, ctx.commune_id()).await?)))
}

fn shown(ctx: &Ctx, form: Form, product: Product, (rubrics, lists): &Versions) -> BeginPage {
    let this = ctx.today().year();
    BeginPage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        product,
        years: (this..=this + 2).map(|year| (year.to_string(), year.to_string())).collect(),
        groups: groups(ctx.lang),
        rubrics: rubrics.iter().map(|one| (one.code.clone(), one.name.clone())).collect(),
        lists: lists.iter().rev().map(|one| (one.code.clone(), one.name.clone())).collect(),
    }
}

/// `GET /van-phong/ocop/mo/{short}`: asks; a product with an open dossier leads to it.
pub async fn ask(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (product, versions) = load(&ctx, &mut cx, &short).await?;
    if let Some(open) = store::open_of(&mut cx, ctx.commune_id(), product.id).await? {
        return Ok(Redirect::to(&format!("{HERE}/{}", open.id)).into_response());
    }
    let mut form = Form::default();
    form.push("nam", &ctx.today().year().to_string());
    form.push("nhom", catalogue::category(&product.category).map_or("", |category| category.group.as_str()));
    form.push("danh-muc", &in_force(&versions.1, ctx.today()).code);
    Ok(shown(&ctx, form, product, &versions).into_response())
}

/// `POST /van-phong/ocop/mo/{short}`: opens it; the same form sent twice opens one.
pub async fn open(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (commune, now, t) = (ctx.commune_id(), ctx.now(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let (product, versions) = load(&ctx, &mut tx.cx(), &short).await?;
    let this = ctx.today().year();
    let year = form.value("nam").parse().ok().filter(|year| (this..=this + 2).contains(year));
    if year.is_none() {
        form.fail("nam", t.open_year_wrong());
    }
    let group = form.value("nhom").to_owned();
    if !catalogue::groups().iter().any(|one| one.code == group) {
        form.fail("nhom", t.open_group_wrong());
    }
    let rubric = form.value("bo").to_owned();
    if !versions.0.iter().any(|one| one.code == rubric) {
        form.fail("bo", t.rubric_wrong());
    }
    let list = versions.1.iter().find(|one| one.code == form.value("danh-muc")).cloned();
    if list.is_none() {
        form.fail("danh-muc", t.list_wrong());
    }
    let (Some(year), Some(list), true) = (year, list, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, product, &versions)).into_response());
    };
    let request = form.request_id(now);
    let (id, product_id) = (DossierId::new(now), product.id);
    let new = NewDossier { id, product: product_id, year, group, rubric, list, request, by: officer, at: now };
    if store::insert(&mut tx.cx(), commune, &new).await? {
        let told = format!("open {year}");
        let about = ("product", product.id.0);
        audit::note(&ctx, &mut tx.cx(), "ocop.dossier", about, None, Some(&told)).await?;
    }
    let open = store::open_of(&mut tx.cx(), commune, product.id).await?;
    let open = open.ok_or_else(|| AppError::Conflict(t.open_already().to_owned()))?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}", open.id)).into_response())
}
