//! Versions of the list of items: the program's and those that the office writes from the act in force.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV};
use crate::clock::Day;
use crate::db::Cx;
use crate::ocop::item_list::{Difference, Item, ItemList, ItemListError, MOST, codes, in_force};
use crate::ocop::store::lists;
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// A version as its page shows it.
struct Version {
    list: ItemList,
    /// Class and words of its tag.
    tag: (&'static str, &'static str),
    /// How it differs from the one before.
    difference: Vec<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/item_lists.html")]
struct ListPage {
    page: Page,
    t: Texts,
    versions: Vec<Version>,
    may_change: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/item_list.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    code: String,
    lan: uuid::Uuid,
}

/// A difference in words, a line for each kind.
pub(super) fn told(difference: &Difference, t: Texts) -> Vec<String> {
    let mut lines = Vec::new();
    for (titles, say) in [
        (&difference.added, Texts::d_added as fn(Texts, String) -> String),
        (&difference.left_out, Texts::d_left),
        (&difference.changed, Texts::d_changed),
    ] {
        if !titles.is_empty() {
            lines.push(say(t, titles.join("; ")));
        }
    }
    if lines.is_empty() { vec![t.d_none().to_owned()] } else { lines }
}

fn version(lists: &[ItemList], at: usize, today: Day, t: Texts) -> Version {
    let list = lists[at].clone();
    let tag = if list.code == in_force(lists, today).code {
        (" ok", t.lists_now())
    } else if list.holds_from.is_some_and(|from| from > today) {
        (" wait", t.lists_to_come())
    } else {
        ("", t.lists_before())
    };
    let before = at.checked_sub(1).map(|at| &lists[at]);
    let difference = before.map(|before| told(&list.since(before), t)).unwrap_or_default();
    Version { list, tag, difference }
}

/// `GET /van-phong/ocop/danh-muc`: the latest first.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (t, today) = (Texts(ctx.lang), ctx.today());
    let mut conn = ctx.app.db.read().await?;
    let lists = lists::all(&mut conn.cx(), ctx.commune_id()).await?;
    let versions = (0..lists.len()).rev().map(|at| version(&lists, at, today, t)).collect();
    let (page, may_change) = (Page::of(&ctx, Area::Office, NAV), ctx.officer().is_ok());
    Ok(ListPage { page, t, versions, may_change }.into_response())
}

fn shown(ctx: &Ctx, form: Form, code: String) -> FormPage {
    let lan = form.request_id(ctx.now());
    FormPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, code, lan }
}

async fn bases(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<(ItemList, Vec<ItemList>), AppError> {
    ctx.officer()?;
    let lists = lists::all(cx, ctx.commune_id()).await?;
    let base = lists.iter().find(|one| one.code == code).cloned().ok_or(AppError::NotFound)?;
    Ok((base, lists))
}

/// `GET /van-phong/ocop/danh-muc/{code}`: a new version begins from this one.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (base, _) = bases(&ctx, &mut conn.cx(), &code).await?;
    let mut form = Form::default();
    form.push("ngay", &ctx.today().text());
    form.push("muc", &base.lines());
    Ok(shown(&ctx, form, code).into_response())
}

fn say(error: ItemListError, t: Texts) -> String {
    match error {
        ItemListError::Empty => t.l_empty().to_owned(),
        ItemListError::TooMany => t.l_many(MOST),
        ItemListError::Line(at) => t.l_line(at),
        ItemListError::Code(at) => t.l_code(at),
        ItemListError::Twice(at) => t.l_twice(at),
        ItemListError::Need(at) => t.l_need(at),
        ItemListError::Source(at) => t.l_source(at),
        ItemListError::Long(at) => t.l_long(at),
    }
}

/// What the form says of a version; None with the faults noted.
fn read(ctx: &Ctx, form: &mut Form, lists: &[ItemList]) -> Option<(ItemList, Day)> {
    let t = Texts(ctx.lang);
    let name = form.required("ten", 120, t.rubric_name_missing(), ctx.lang);
    let basis = form.required("can-cu", 200, t.list_basis_missing(), ctx.lang);
    if form.value("ngay").is_empty() {
        form.fail("ngay", t.day_missing());
    }
    let from = form.parse_with("ngay", Day::parse, |_| t.day_wrong().to_owned());
    let items: Option<Vec<Item>> = form.parse_with("muc", |text| ItemList::read(text, &codes(lists)), |e| say(e, t));
    if form.value("muc").is_empty() {
        form.fail("muc", t.l_empty());
    }
    // The form's own number, so that the same form sent twice is one version.
    let lan = form.request_id(ctx.now()).simple().to_string();
    let code = format!("rieng-{}", &lan[lan.len() - 12..]);
    let (name, basis, from, items) = (name?, basis?, from?, items?);
    form.is_fine().then_some((ItemList { code, name, basis, holds_from: Some(from), items }, from))
}

/// `POST /van-phong/ocop/danh-muc/{code}`: writes a version of the commune's own.
pub async fn save(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let mut tx = ctx.app.db.begin().await?;
    let (_, lists) = bases(&ctx, &mut tx.cx(), &code).await?;
    let Some((new, from)) = read(&ctx, &mut form, &lists) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, code)).into_response());
    };
    if lists.iter().all(|one| one.code != new.code) {
        let commune = ctx.commune_id();
        if !lists::put(&mut tx.cx(), commune, &lists, (&new, from), officer, ctx.now()).await? {
            form.fail("muc", Texts(ctx.lang).list_raced());
            return Ok((StatusCode::CONFLICT, shown(&ctx, form, code)).into_response());
        }
        let about = ("item-list", uuid::Uuid::nil());
        audit::note(&ctx, &mut tx.cx(), "ocop.item-list", about, Some(&code), Some(&new.code)).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/danh-muc?da-luu=1")).into_response())
}
