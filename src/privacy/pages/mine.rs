//! `/cua-toi/du-lieu`: what is held of a person, their consents and requests, and all of it as a file.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{as_archive, as_file, keep, kinds, read};
use crate::accounts::model::Person;
use crate::accounts::store as accounts;
use crate::db::Cx;
use crate::privacy::held::{self, Whose};
use crate::privacy::model::{DataRequest, RequestChannel, StepRow};
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::producers::model::Producer;
use crate::producers::store::{self as producers, Consent};
use crate::support::store::{self as support, Exported};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/mine.html")]
struct MinePage {
    page: Page,
    t: Texts,
    form: Form,
    name: String,
    phone: String,
    producers: Vec<(Producer, Vec<Consent>)>,
    requests: Vec<(DataRequest, Vec<StepRow>)>,
    kinds: Vec<(String, String)>,
    lan: uuid::Uuid,
}

async fn own(ctx: &Ctx, cx: &mut Cx<'_>, person: &Person) -> Result<Vec<Producer>, AppError> {
    let mut own = Vec::new();
    for id in person.producers(ctx.commune_id()) {
        own.extend(producers::by_id(cx, ctx.commune_id(), id).await?);
    }
    Ok(own)
}

async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, form: Form) -> Result<MinePage, AppError> {
    let (person, commune) = (ctx.person()?.clone(), ctx.commune_id());
    let mut all = Vec::new();
    for producer in own(ctx, cx, &person).await? {
        let consents = producers::consents_given(cx, commune, producer.id).await?;
        all.push((producer, consents));
    }
    let mut requests = Vec::new();
    for request in store::of_user(cx, commune, person.id).await? {
        let history = store::history(cx, commune, request.id).await?;
        requests.push((request, history));
    }
    Ok(MinePage {
        page: Page::of(ctx, Area::Mine, "/tai-khoan"),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        name: person.name.clone(),
        phone: person.phone.grouped(),
        producers: all,
        requests,
        kinds: kinds(ctx.lang),
    })
}

/// `GET /cua-toi/du-lieu`.
pub async fn show(ctx: Ctx) -> Result<Response, AppError> {
    ctx.person()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(shown(&ctx, &mut conn.cx(), Form::default()).await?.into_response())
}

/// `POST /cua-toi/du-lieu`: sends a request.
pub async fn ask(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let mut tx = ctx.app.db.begin().await?;
    let phone = person.phone.grouped();
    let Some(asked) = read(&mut form, Some((&person.name, &phone)), Texts(ctx.lang)) else {
        let page = shown(&ctx, &mut tx.cx(), form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let request = form.request_id(ctx.now());
    keep(&ctx, &mut tx.cx(), asked, RequestChannel::Account, Some(person.id), request).await?;
    tx.commit().await?;
    Ok(Redirect::to("/cua-toi/du-lieu?da-luu=1").into_response())
}

/// `POST /cua-toi/du-lieu/tai`: all of it, as an archive or as JSON, logged as a download.
pub async fn download(ctx: Ctx, form: Form) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let archive = form.value("dang") == "zip";
    let mut tx = ctx.app.db.begin().await?;
    let account = accounts::user(&mut tx.cx(), person.id).await?;
    let producers = own(&ctx, &mut tx.cx(), &person).await?;
    let held = held::held(&ctx, &mut tx.cx(), &Whose { account, producers }).await?;
    let exported = Exported {
        by: person.id,
        what: "own-data",
        format: if archive { "zip" } else { "json" },
        purpose: Texts(crate::web::Lang::Vi).download_title(),
        filter: "",
        columns: "",
        rows: 1,
    };
    support::log_export(&mut tx.cx(), ctx.commune_id(), &exported, ctx.now()).await?;
    tx.commit().await?;
    if archive {
        return Ok(as_archive(held::archive(&ctx.app, ctx.commune_id(), &held, ctx.lang).await?, "du-lieu-cua-toi"));
    }
    Ok(as_file(held::json(&held)?, "application/json", "du-lieu-cua-toi.json"))
}
