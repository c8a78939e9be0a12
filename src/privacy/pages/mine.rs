//! `/cua-toi/du-lieu`: what is held of a person, their consents and requests, and all of it as a file.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Value, json};

use super::{keep, kinds, read};
use crate::accounts::model::Person;
use crate::db::Cx;
use crate::privacy::model::{DataRequest, RequestChannel, StepRow};
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::producers::model::Producer;
use crate::producers::store::{self as producers, Consent};
use crate::support::needs::store as needs;
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

/// Everything that belongs to an account: where it stands in the database, and what.
async fn held(ctx: &Ctx, cx: &mut Cx<'_>, person: &Person) -> Result<Value, AppError> {
    let commune = ctx.commune_id();
    let mut all = Vec::new();
    for producer in own(ctx, cx, person).await? {
        let consents = store::all_consents_of(cx, commune, producer.id).await?;
        let consent = |(field, version, channel, given, withdrawn): &(String, String, String, _, Option<_>)| {
            let (given, withdrawn): (&crate::clock::Time, &Option<crate::clock::Time>) = (given, withdrawn);
            json!({"field": field, "text_version": version, "channel": channel, "given_at": given.iso(),
                "withdrawn_at": withdrawn.map(|at| at.iso())})
        };
        let needs = needs::of_producer(cx, commune, producer.id).await?;
        let need = |need: &crate::support::needs::model::NeedRow| {
            json!({"kind": need.kind, "words": need.words, "state": need.state.word(), "answer": need.answer,
                "told_at": need.created_at.iso()})
        };
        let given = support::of_producer(cx, commune, producer.id).await?;
        let record = |row: &crate::support::model::SupportRow| {
            json!({"kind": row.kind, "state": row.state.word(), "day": row.given_on.iso(), "paid": row.paid.0,
                "note": row.note, "result": row.result})
        };
        all.push(json!({
            "address": producer.path(),
            "state": producer.state.word(),
            "content": producer.content,
            "consents": consents.iter().map(consent).collect::<Vec<_>>(),
            "needs": needs.iter().map(need).collect::<Vec<_>>(),
            "support": given.iter().map(record).collect::<Vec<_>>(),
        }));
    }
    let requests = store::of_user(cx, commune, person.id).await?;
    let request = |one: &DataRequest| {
        json!({"kind": one.kind.word(), "words": one.words, "state": one.state.word(),
            "received_on": one.received_on.iso()})
    };
    let attended = store::attended(cx, commune, person.id).await?;
    let came = |(title, name, village, phone, at): &(String, String, String, String, crate::clock::Time)| json!({"activity": title, "name": name, "village": village, "phone": phone, "at": at.iso()});
    let files = store::files(cx, commune, person.id).await?;
    let file = |(name, media_type, at): &(String, String, crate::clock::Time)| json!({"name": name, "media_type": media_type, "sent_at": at.iso()});
    Ok(json!({
        "taken_at": ctx.now().iso(),
        "commune": ctx.commune.name,
        "account": {"name": person.name, "phone": person.phone.as_str(), "phone_verified": person.phone_verified},
        "producers": all,
        "attended": attended.iter().map(came).collect::<Vec<_>>(),
        "files": files.iter().map(file).collect::<Vec<_>>(),
        "requests": requests.iter().map(request).collect::<Vec<_>>(),
    }))
}

/// `POST /cua-toi/du-lieu/tai`: all of it as JSON, logged as a download.
pub async fn download(ctx: Ctx) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let mut tx = ctx.app.db.begin().await?;
    let held = held(&ctx, &mut tx.cx(), &person).await?;
    let exported = Exported {
        by: person.id,
        what: "own-data",
        format: "json",
        purpose: Texts(crate::web::Lang::Vi).download_title(),
        filter: "",
        columns: "",
        rows: 1,
    };
    support::log_export(&mut tx.cx(), ctx.commune_id(), &exported, ctx.now()).await?;
    tx.commit().await?;
    let bytes = serde_json::to_vec_pretty(&held).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"du-lieu-cua-toi.json\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}
