//! A dossier's steps: passed on, decided, sent back, given up.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, dossier, load, note, past_day};
use crate::clock::Day;
use crate::files::Upload;
use crate::files::store::FileUse;
use crate::ids::FileId;
use crate::market::index;
use crate::ocop::model::{Decision, Dossier, DossierState, Lacking};
use crate::ocop::store::{self, decisions, items, judged};
use crate::ocop::texts::Texts;
use crate::products::model::ocop_term_ends;
use crate::products::store::{self as products, OcopDecision};
use crate::web::{AppError, Ctx, Form};

fn done(dossier: &Dossier) -> Response {
    Redirect::to(&format!("{HERE}/{}?da-luu=1", dossier.id)).into_response()
}

async fn again(ctx: &Ctx, id: &str, form: Form, status: StatusCode) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    Ok((status, dossier::shown(ctx, &mut conn.cx(), id, form).await?).into_response())
}

fn raced(ctx: &Ctx) -> AppError {
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

/// Reads the city's decision; None if something is wrong, noted in the form.
fn decision(ctx: &Ctx, form: &mut Form) -> Option<OcopDecision> {
    let t = Texts(ctx.lang);
    let number = form.required("so", 60, t.number_missing(), ctx.lang);
    let authority = form.required("co-quan", 120, t.authority_missing(), ctx.lang);
    let decided_on = past_day(form, "ngay", ctx.today(), t);
    let until = form.parse_with("han", Day::parse, |_| t.day_wrong().to_owned());
    if until.zip(decided_on).is_some_and(|(until, from)| until <= from || until > ocop_term_ends(from)) {
        form.fail("han", t.until_wrong());
    }
    let stars = form.value("sao").parse::<i32>().ok().filter(|stars| (1..=5).contains(stars));
    if stars.is_none() {
        form.fail("sao", t.stars_missing());
    }
    if !form.is_fine() {
        return None;
    }
    let decided_on = decided_on?;
    let expires_on = until.unwrap_or_else(|| ocop_term_ends(decided_on));
    Some(OcopDecision { number: number?, authority: authority?, decided_on, expires_on, stars: stars? })
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
    let Some(decision) = decision(&ctx, &mut form) else {
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
        _ => dossier.state != DossierState::Decided,
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if !possible || !store::set_state(&mut tx.cx(), ctx.commune_id(), (dossier.id, seen), to).await? {
        return Err(raced(&ctx));
    }
    note(&ctx, &mut tx.cx(), &dossier, step, &why).await?;
    tx.commit().await?;
    Ok(done(&dossier))
}
