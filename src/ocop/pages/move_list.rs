//! Moving an open dossier to another version of the list of items.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::item_lists::told;
use super::{HERE, NAV, load, note, outcome};
use crate::db::Cx;
use crate::ocop::item_list::{ItemList, in_force};
use crate::ocop::model::Dossier;
use crate::ocop::store::lists;
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/move_list.html")]
struct MovePage {
    page: Page,
    t: Texts,
    form: Form,
    dossier: Dossier,
    present: String,
    /// Code, name and what would change.
    others: Vec<(String, String, String)>,
}

/// A dossier that is open, its version of the list, all versions.
struct Subject {
    dossier: Dossier,
    present: ItemList,
    lists: Vec<ItemList>,
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Subject, AppError> {
    ctx.officer()?;
    let dossier = load(ctx, cx, id).await?;
    if !dossier.state.is_open() {
        return Err(AppError::Conflict(Texts(ctx.lang).closed().to_owned()));
    }
    let lists = lists::all(cx, ctx.commune_id()).await?;
    let present = lists.iter().find(|list| list.code == dossier.item_list).cloned().ok_or(AppError::NotFound)?;
    Ok(Subject { dossier, present, lists })
}

fn shown(ctx: &Ctx, mut form: Form, subject: Subject) -> MovePage {
    let t = Texts(ctx.lang);
    let Subject { dossier, present, lists } = subject;
    if !form.sent("version") {
        form.push("version", &dossier.version.to_string());
        form.push("ban", &in_force(&lists, ctx.today()).code);
    }
    let other = |list: &ItemList| {
        let from = list.holds_from.map_or_else(|| t.list_always().to_owned(), |day| t.list_from(day));
        let hint = format!("{from}. {}", told(&list.since(&present), t).join(" "));
        (list.code.clone(), list.name.clone(), hint)
    };
    let others = lists.iter().rev().filter(|list| list.code != present.code).map(other).collect();
    MovePage { page: Page::of(ctx, Area::Office, NAV), t, form, dossier, present: present.name, others }
}

/// `GET /van-phong/ocop/{id}/danh-muc`: asks which, telling what would change.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let subject = subject(&ctx, &mut conn.cx(), &id).await?;
    Ok(shown(&ctx, Form::default(), subject).into_response())
}

/// `POST /van-phong/ocop/{id}/danh-muc`: moves it, over the version that was seen. Nothing of an item is lost.
pub async fn turn(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let mut tx = ctx.app.db.begin().await?;
    let subject = subject(&ctx, &mut tx.cx(), &id).await?;
    let here = format!("{HERE}/{}?da-luu=1", subject.dossier.id);
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if form.value("ban") == subject.present.code && seen < subject.dossier.version {
        return Ok(Redirect::to(&here).into_response()); // The same form, sent twice.
    }
    let to = subject.lists.iter().find(|list| list.code == form.value("ban") && list.code != subject.present.code);
    let Some(to) = to else {
        form.fail("ban", Texts(ctx.lang).move_wrong());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, subject)).into_response());
    };
    let key = (subject.dossier.id, seen);
    if !lists::move_to(&mut tx.cx(), ctx.commune_id(), key, to, officer, ctx.now()).await? {
        form.set("version", &subject.dossier.version.to_string());
        form.fail("ban", Texts(ctx.lang).raced());
        return Ok((StatusCode::CONFLICT, shown(&ctx, form, subject)).into_response());
    }
    let told = Texts(Lang::Vi).moved_told(&subject.present.name, &to.name);
    note(&ctx, &mut tx.cx(), &subject.dossier, "list", &told).await?;
    outcome::look_again(&ctx, &mut tx.cx(), &subject.dossier).await?;
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
