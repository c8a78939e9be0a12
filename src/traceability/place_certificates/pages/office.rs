//! The office's look at certificates of places: those that wait, and those that buyers see.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::model::CertificateState;
use super::super::products;
use super::super::store::{self, ListedCertificate};
use super::super::texts::Texts;
use crate::accounts::model::Role;
use crate::files::paper_url;
use crate::traceability::access;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

/// Most that are listed in one state.
const SHOWN: i64 = 200;

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/place_certificates.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    waiting: Vec<ListedCertificate>,
    accepted: Vec<ListedCertificate>,
    may_decide: bool,
}

impl ListPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn paper(row: &ListedCertificate) -> Option<String> {
        row.certificate.file_id.map(paper_url)
    }

    /// Name of the reason's field of one row.
    fn reason(row: &ListedCertificate) -> String {
        reason_of(row.certificate.id)
    }
}

fn reason_of(certificate: Uuid) -> String {
    format!("ly-do-{certificate}")
}

async fn list_page(ctx: &Ctx, form: Form) -> Result<ListPage, AppError> {
    let person = ctx.office_reader()?;
    let may_decide = person.has_role(ctx.commune_id(), &[Role::Officer, Role::Admin]);
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    Ok(ListPage {
        page: Page::of(ctx, Area::Office, "/van-phong"),
        t: Texts(ctx.lang),
        form,
        waiting: store::in_state(cx, ctx.commune_id(), CertificateState::Submitted, SHOWN).await?,
        accepted: store::in_state(cx, ctx.commune_id(), CertificateState::Approved, SHOWN).await?,
        may_decide,
    })
}

/// `GET /van-phong/noi`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    Ok(list_page(&ctx, Form::default()).await?.into_response())
}

/// `POST /van-phong/noi/{certificate}`: accepts it, turns it down, or accepts it no longer.
pub async fn decide(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let (from, to) = match form.value("quyet") {
        "duyet" => (CertificateState::Submitted, CertificateState::Approved),
        "tu-choi" => (CertificateState::Submitted, CertificateState::Rejected),
        "thoi" => (CertificateState::Approved, CertificateState::Withdrawn),
        _ => return Err(AppError::NotFound),
    };
    let t = Texts(ctx.lang);
    let reason = match to {
        CertificateState::Approved => Some(String::new()),
        _ => form.required(&reason_of(id), 500, t.reason_missing(), ctx.lang),
    };
    let Some(reason) = reason else {
        let status = form.status();
        return Ok((status, list_page(&ctx, form).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    let found = store::by_id(&mut tx.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let as_seen = found.state == from && form.value("version") == found.version.to_string();
    if !as_seen || !store::decide(&mut tx.cx(), &found, to, &reason, officer, ctx.now()).await? {
        return Err(AppError::Conflict(t.raced().to_owned()));
    }
    if to != CertificateState::Rejected {
        products::after_change(&mut tx.cx(), ctx.commune_id(), found.place_id, ctx.now()).await?;
    }
    let after = format!("{}: {reason}", to.word());
    let mut entry = found.entry("place.certificate_decide", officer, &after, access::address(&ctx));
    let before = found.for_log();
    entry.before = Some(&before);
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/van-phong/noi?da-luu=1").into_response())
}
