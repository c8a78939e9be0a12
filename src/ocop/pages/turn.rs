//! A dossier's steps: passed on, decided, sent back, given up.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, decision, dossier, load, note, past_day};
use crate::files::Upload;
use crate::files::store::FileUse;
use crate::ids::FileId;
use crate::market::index;
use crate::ocop::model::{Decision, Dossier, DossierState, Lacking};
use crate::ocop::store::{self, decisions, items, judged};
use crate::ocop::texts::Texts;
use crate::products::store::{self as products, OcopDecision};
use crate::web::{AppError, Ctx, Form};

pub(super) fn done(dossier: &Dossier) -> Response {
    Redirect::to(&format!("{HERE}/{}?da-luu=1", dossier.id)).into_response()
}

pub(super) async fn again(ctx: &Ctx, id: &str, form: Form, status: StatusCode) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    Ok((status, dossier::shown(ctx, &mut conn.cx(), id, form).await?).into_response())
}

pub(super) fn raced(ctx: &Ctx) -> AppError {
    AppError::Conflict(Texts(ctx.lang).raced().to_owned())
}

/// `POST /van-phong/ocop/{id}/chuyen`: it went to the city. Where something is missing, only with a reason.
pub async fn pass(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (commune, t) = (ctx.commune_id(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let dossier = load(&ctx, &mut tx.cx(), &id).await?;
    let day = past_day(&mut form, "ngay-chuyen", ctx.today(), t);
    let letter = form.required("cong-van", 60, t.letter_missing(), ctx.lang);
    let despite = form.text("van-chuyen", 300, ctx.lang);
    let rows = items::rows(&mut tx.cx(), commune, &dossier).await?;
    let opinion = judged::opinion(&mut tx.cx(), commune, dossier.id).await?;
    let lacking = Lacking::of(&rows, opinion.as_ref());
    if !lacking.is_none() && despite.as_deref() == Some("") {
        form.fail("van-chuyen", t.pass_despite_missing());
    }
    let (Some(day), Some(letter), Some(despite), true) = (day, letter, despite, form.is_fine()) else {
        drop(tx);
        return again(&ctx, &id, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let despite = if lacking.is_none() { String::new() } else { despite };
    if dossier.state == DossierState::Passed && dossier.letter == letter {
        return Ok(done(&dossier));
    }
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if !store::pass(&mut tx.cx(), commune, (dossier.id, seen), (day, &letter, &despite)).await? {
        return Err(raced(&ctx));
    }
    let told = format!("{letter}, {}; {despite}", day.text());
    note(&ctx, &mut tx.cx(), &dossier, "passed", told.trim_end_matches("; ")).await?;
    tx.commit().await?;
    Ok(done(&dossier))
}

/// `POST /van-phong/ocop/{id}/ket-qua`: the city's decision with its paper.
pub async fn decide(ctx: Ctx, Path(id): Path<String>, upload: Upload) -> Result<Response, AppError> {
    ctx.officer()?;
    let subject = {
        let mut conn = ctx.app.db.read().await?;
        load(&ctx, &mut conn.cx(), &id).await?
    };
    let received = upload.receive(&ctx, Some(subject.producer_id), &[("giay", FileUse::Paper)]).await?;
    let (file, mut form) = (received.id("giay"), received.form);
    let Some(decision) = decision::read(&ctx, &mut form) else {
        let status = form.status();
        return again(&ctx, &id, form, status).await;
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    record(&ctx, &subject, seen, &decision, file).await
}

async fn record(
    ctx: &Ctx,
    subject: &Dossier,
    seen: i64,
    decision: &OcopDecision,
    file: Option<FileId>,
) -> Result<Response, AppError> {
    let (commune, now, officer) = (ctx.commune_id(), ctx.now(), ctx.officer()?.id);
    let mut tx = ctx.app.db.begin().await?;
    products::hold(&mut tx.cx(), commune, subject.product_id).await?;
    // One that was recorded on the product's page already is the same decision.
    let known = decisions::of_product(&mut tx.cx(), commune, subject.product_id).await?;
    let same = |one: &&Decision| {
        (&one.number, one.decided_on, one.stars) == (&decision.number, decision.decided_on, decision.stars)
            && one.voided_at.is_none()
    };
    let known = known.iter().find(same).map(|one| one.id);
    let current = load(ctx, &mut tx.cx(), &subject.id.to_string()).await?;
    if current.state == DossierState::Decided && known.is_some() {
        return Ok(done(subject));
    }
    let (product, by) = (subject.product_id, Some(officer));
    let id = match known {
        Some(id) => id,
        None => products::insert_decision(&mut tx.cx(), commune, product, decision, file, by, now).await?,
    };
    if !store::decide(&mut tx.cx(), commune, (subject.id, seen), id).await? {
        return Err(raced(ctx));
    }
    index::enqueue_product(&mut tx.cx(), commune, subject.product_id, now).await?;
    let told = format!("{}, {}, {} sao", decision.number, decision.decided_on.text(), decision.stars);
    note(ctx, &mut tx.cx(), subject, "decided", &told).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(done(subject))
}

/// `POST /van-phong/ocop/{id}/{way}`: sent back by the city (`tra-lai`) or given up (`dung`), with the reason.
pub async fn turn(ctx: Ctx, Path((id, way)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (to, step, field) = match way.as_str() {
        "tra-lai" => (DossierState::Returned, "returned", "ly-do-tra"),
        "dung" => (DossierState::Stopped, "stopped", "ly-do-dung"),
        _ => return Err(AppError::NotFound),
    };
    let mut tx = ctx.app.db.begin().await?;
    let dossier = load(&ctx, &mut tx.cx(), &id).await?;
    let Some(why) = form.required(field, 500, Texts(ctx.lang).why_missing(), ctx.lang) else {
        drop(tx);
        return again(&ctx, &id, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if dossier.state == to {
        return Ok(done(&dossier));
    }
    let possible = match to {
        DossierState::Returned => dossier.state == DossierState::Passed,
        _ => dossier.state.is_live(),
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if !possible || !store::set_state(&mut tx.cx(), ctx.commune_id(), (dossier.id, seen), to).await? {
        return Err(raced(&ctx));
    }
    note(&ctx, &mut tx.cx(), &dossier, step, &why).await?;
    tx.commit().await?;
    Ok(done(&dossier))
}
