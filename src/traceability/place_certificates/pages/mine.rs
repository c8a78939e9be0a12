//! Adding a certificate to a place, and withdrawing it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::model::{CertificateState, GROWING_AREA, PlaceCertificate, Told, kinds, read};
use super::super::products;
use super::super::store;
use super::super::texts::Texts;
use crate::db::Cx;
use crate::files::store::{self as files, FileUse};
use crate::files::{Received, Upload, paper_url};
use crate::ids::FileId;
use crate::producers::model::{Channel, Producer};
use crate::review::flow::Author;
use crate::traceability::access;
use crate::traceability::model::Place;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// Most certificates of a place, withdrawn ones among them.
const MOST: usize = 100;

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/place_certificate.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    place: Place,
    kinds: Vec<(&'static str, &'static str)>,
    lan: String,
    kept: Option<String>,
}

fn form_page(ctx: &Ctx, form: Form, place: Place) -> FormPage {
    FormPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        place,
        kinds: kinds(ctx.lang),
        lan: form.request_id(ctx.now()).to_string(),
        kept: form.value("kept").parse().ok().map(paper_url),
        form,
    }
}

/// `GET /cua-toi/noi/{id}/giay-to/moi`.
pub async fn new(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (place, _, _) = access::my_place(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    form.push("kind", GROWING_AREA);
    Ok(form_page(&ctx, form, place).into_response())
}

/// `POST /cua-toi/noi/{id}/giay-to/moi`.
pub async fn add(ctx: Ctx, Path(id): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let producer = {
        let mut conn = ctx.app.db.read().await?;
        access::my_place(&ctx, &mut conn.cx(), &id).await?.1
    };
    let received = upload.receive(&ctx, Some(producer.id), &[("file", FileUse::Paper)]).await?;
    let mut tx = ctx.app.db.begin().await?;
    let (place, producer, author) = access::my_place(&ctx, &mut tx.cx(), &id).await?;
    let file = file_of(&ctx, &mut tx.cx(), &producer, &received).await?;
    let mut form = received.form;
    form.set("kept", &file.map(|file| file.to_string()).unwrap_or_default());
    let request = form.request_id(ctx.now());
    let there = store::of_place(&mut tx.cx(), ctx.commune_id(), place.id).await?;
    if there.len() >= MOST {
        form.fail("kind", Texts(ctx.lang).full());
    }
    let Some(told) = read(&mut form, request, ctx.today(), ctx.lang) else {
        // The file that came with it is kept for the next try.
        tx.commit().await?;
        return Ok((form.status(), form_page(&ctx, form, place)).into_response());
    };
    let certificate = certificate(&ctx, &place, told, file, &author);
    // The same form sent twice is one certificate.
    if !there.iter().any(|other| other.id == certificate.id) {
        store::insert(&mut tx.cx(), &certificate).await?;
        if certificate.state == CertificateState::Approved {
            products::after_change(&mut tx.cx(), ctx.commune_id(), place.id, ctx.now()).await?;
        }
        let after = certificate.for_log();
        let entry = certificate.entry("place.certificate_add", author.user, &after, access::address(&ctx));
        audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/noi/{}?da-luu=1", place.id)).into_response())
}

/// The certificate that a form tells of; what an officer enters needs no second look.
fn certificate(ctx: &Ctx, place: &Place, told: Told, file: Option<FileId>, author: &Author) -> PlaceCertificate {
    let by_office = author.channel == Channel::Office;
    let c = told.content;
    PlaceCertificate {
        commune_id: ctx.commune_id(),
        id: c.id,
        place_id: place.id,
        kind: c.kind,
        number: c.number,
        issuer: c.issuer,
        scope: c.scope,
        market: told.market,
        area: told.area,
        issued_on: c.issued_on,
        expires_on: c.expires_on,
        file_id: file,
        state: if by_office { CertificateState::Approved } else { CertificateState::Submitted },
        reason: String::new(),
        version: 1,
        created_by: Some(author.user),
        created_at: ctx.now(),
    }
}

/// The paper just sent, else the one of an earlier try, which must be this producer's.
async fn file_of(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    producer: &Producer,
    received: &Received,
) -> Result<Option<FileId>, AppError> {
    if let Some(file) = received.id("file") {
        return Ok(Some(file));
    }
    let Ok(kept) = received.form.value("kept").parse::<FileId>() else { return Ok(None) };
    let row = files::by_id(cx, ctx.commune_id(), kept).await?;
    Ok(row.filter(|row| row.producer_id == Some(producer.id) && row.kind == FileUse::Paper).map(|row| row.id))
}

/// `POST /cua-toi/noi/{id}/giay-to/{certificate}/bo`: takes a certificate off; its row stays.
pub async fn withdraw(ctx: Ctx, Path((id, which)): Path<(String, String)>) -> Result<Response, AppError> {
    let which: Uuid = which.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let (place, _, author) = access::my_place(&ctx, &mut tx.cx(), &id).await?;
    let found = store::by_id(&mut tx.cx(), ctx.commune_id(), which).await?;
    let found = found.filter(|one| one.place_id == place.id).ok_or(AppError::NotFound)?;
    if found.may_be_withdrawn() {
        let withdrawn = CertificateState::Withdrawn;
        if !store::decide(&mut tx.cx(), &found, withdrawn, "", author.user, ctx.now()).await? {
            return Err(AppError::Conflict(Texts(ctx.lang).raced().to_owned()));
        }
        if found.state == CertificateState::Approved {
            products::after_change(&mut tx.cx(), ctx.commune_id(), place.id, ctx.now()).await?;
        }
        let after = found.for_log();
        let entry = found.entry("place.certificate_withdraw", author.user, &after, access::address(&ctx));
        audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/noi/{}?da-luu=1", place.id)).into_response())
}
