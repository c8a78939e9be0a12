//! Opening a dossier for a product.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, groups};
use crate::db::Cx;
use crate::ids::{CommuneId, DossierId, ProductId};
use crate::ocop::item_list::{ItemList, in_force};
use crate::ocop::model::{Dossier, DossierState};
use crate::ocop::rubric::Rubric;
use crate::ocop::store::{self, NewDossier, items, lists};
use crate::ocop::texts::Texts;
use crate::producers::model::State;
use crate::products::catalogue;
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

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
    /// An earlier dossier with accepted items: how many, and its year.
    earlier: Option<Earlier>,
    lan: uuid::Uuid,
}

/// What a dossier may be begun with: versions of the rubric and of the list of items, the items that the product's last
/// dossier had accepted.
struct Versions {
    rubrics: Vec<Rubric>,
    lists: Vec<ItemList>,
    earlier: Option<Earlier>,
}

/// The product's last dossier, with accepted items.
#[derive(Clone, Debug)]
struct Earlier {
    dossier: Dossier,
    accepted: i64,
}

impl Earlier {
    async fn of(cx: &mut Cx<'_>, commune: CommuneId, product: ProductId) -> Result<Option<Self>, AppError> {
        let last = store::of_product(cx, commune, product).await?.into_iter().next();
        let Some(dossier) = last.filter(|dossier| !dossier.state.is_live()) else { return Ok(None) };
        let accepted = items::accepted(cx, commune, dossier.id).await?;
        Ok((accepted > 0).then_some(Self { dossier, accepted }))
    }
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Product, Versions), AppError> {
    let product = products::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    if product.state != State::Approved {
        return Err(AppError::Conflict(Texts(ctx.lang).open_not_approved().to_owned()));
    }
    let commune = ctx.commune_id();
    let rubrics = store::rubrics(cx, commune).await?;
    let lists = lists::all(cx, commune).await?;
    let earlier = Earlier::of(cx, commune, product.id).await?;
    Ok((product, Versions { rubrics, lists, earlier }))
}

fn shown(ctx: &Ctx, form: Form, product: Product, versions: &Versions) -> BeginPage {
    let this = ctx.today().year();
    BeginPage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        product,
        years: (this..=this + 2).map(|year| (year.to_string(), year.to_string())).collect(),
        groups: groups(ctx.lang),
        rubrics: versions.rubrics.iter().map(|one| (one.code.clone(), one.name.clone())).collect(),
        lists: versions.lists.iter().rev().map(|one| (one.code.clone(), one.name.clone())).collect(),
        earlier: versions.earlier.clone(),
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
    // A year's judging is over for who wasn't recognised in it.
    let refused = versions.earlier.as_ref().filter(|earlier| earlier.dossier.state == DossierState::Refused);
    let year = refused.map_or(0, |earlier| earlier.dossier.year + 1).max(ctx.today().year());
    form.push("nam", &year.to_string());
    form.push("lay-lai", "co");
    form.push("nhom", catalogue::category(&product.category).map_or("", |category| category.group.as_str()));
    form.push("danh-muc", &in_force(&versions.lists, ctx.today()).code);
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
    if !versions.rubrics.iter().any(|one| one.code == rubric) {
        form.fail("bo", t.rubric_wrong());
    }
    let list = versions.lists.iter().find(|one| one.code == form.value("danh-muc")).cloned();
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
        if let Some(earlier) = versions.earlier.filter(|_| form.has("lay-lai", "co")) {
            begin_with(&ctx, &mut tx.cx(), id, &earlier).await?;
        }
    }
    let open = store::open_of(&mut tx.cx(), commune, product.id).await?;
    let open = open.ok_or_else(|| AppError::Conflict(t.open_already().to_owned()))?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}", open.id)).into_response())
}

/// Begins with what the earlier dossier had accepted.
async fn begin_with(ctx: &Ctx, cx: &mut Cx<'_>, to: DossierId, earlier: &Earlier) -> Result<(), AppError> {
    let (commune, by, now, t) = (ctx.commune_id(), ctx.user_id()?, ctx.now(), Texts(Lang::Vi));
    let words = t.again_note(earlier.dossier.year);
    let n = items::begin_with(cx, commune, (to, earlier.dossier.id), &words, by, now).await?;
    store::note(cx, commune, to, "again", &t.again_told(n, earlier.dossier.year), by, now).await?;
    Ok(())
}
