//! A dossier that is complete, and one that led to no recognition.

use axum::extract::Path;
use axum::response::Response;

use super::turn::{again, done, raced};
use super::{held, load, note, past_day};
use crate::db::Cx;
use crate::files::Upload;
use crate::files::store::FileUse;
use crate::ids::FileId;
use crate::ocop::model::{Dossier, DossierState, Lacking, Level, Refusal};
use crate::ocop::store::{self, items, refusals};
use crate::ocop::texts::Texts;
use crate::web::{AppError, Ctx, Form, Lang};
use http::StatusCode;

/// Levels that may find that a product isn't recognised; the commune writes its opinion alone (DOMAIN.md §3).
pub(super) const LEVELS: [Level; 2] = [Level::City, Level::Central];

/// `POST /van-phong/ocop/{id}/day-du`: an officer says that it is complete. Every mandatory item is accepted.
pub async fn complete(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let dossier = held(&ctx, &mut tx.cx(), &id).await?;
    if dossier.state == DossierState::Complete {
        return Ok(done(&dossier));
    }
    if !dossier.state.is_open() {
        return Err(AppError::Conflict(Texts(ctx.lang).closed().to_owned()));
    }
    if !lacking(&ctx, &mut tx.cx(), &dossier).await?.is_empty() {
        return Err(AppError::Conflict(Texts(ctx.lang).complete_not().to_owned()));
    }
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let key = (dossier.id, seen);
    if !store::set_state(&mut tx.cx(), ctx.commune_id(), key, DossierState::Complete).await? {
        return Err(raced(&ctx));
    }
    note(&ctx, &mut tx.cx(), &dossier, "complete", "").await?;
    tx.commit().await?;
    Ok(done(&dossier))
}

/// Places of mandatory items that aren't accepted.
async fn lacking(ctx: &Ctx, cx: &mut Cx<'_>, dossier: &Dossier) -> Result<Vec<usize>, AppError> {
    let rows = items::rows(cx, ctx.commune_id(), dossier).await?;
    Ok(Lacking::of(&rows, None).items)
}

/// After a change of items: a dossier that was complete no longer is if a mandatory item isn't accepted.
pub(super) async fn look_again(ctx: &Ctx, cx: &mut Cx<'_>, before: &Dossier) -> Result<(), AppError> {
    let dossier = load(ctx, cx, &before.id.to_string()).await?;
    if dossier.state != DossierState::Complete {
        return Ok(());
    }
    let lacking = lacking(ctx, cx, &dossier).await?;
    if lacking.is_empty() {
        return Ok(());
    }
    let key = (dossier.id, dossier.version);
    if !store::set_state(cx, ctx.commune_id(), key, DossierState::Preparing).await? {
        return Err(raced(ctx));
    }
    let numbers = lacking.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    note(ctx, cx, &dossier, "incomplete", &Texts(Lang::Vi).incomplete_told(numbers)).await
}

/// Reads how a product wasn't recognised; None if something is wrong, noted in the form.
fn read(ctx: &Ctx, form: &mut Form, file_id: Option<FileId>) -> Option<Refusal> {
    let t = Texts(ctx.lang);
    let decided_on = past_day(form, "ngay-kcn", ctx.today(), t);
    let level = form.value("cap").parse().ok().filter(|level| LEVELS.contains(level));
    if level.is_none() {
        form.fail("cap", t.refuse_level_wrong());
    }
    let reason = form.required("ly-do-kcn", 500, t.why_missing(), ctx.lang);
    let refusal = Refusal { decided_on: decided_on?, level: level?, reason: reason?, file_id };
    form.is_fine().then_some(refusal)
}

/// `POST /van-phong/ocop/{id}/khong-cong-nhan`: the product wasn't recognised, with day, level, reason and paper.
pub async fn refuse(ctx: Ctx, Path(id): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let subject = {
        let mut conn = ctx.app.db.read().await?;
        load(&ctx, &mut conn.cx(), &id).await?
    };
    let received = upload.receive(&ctx, Some(subject.producer_id), &[("giay-kcn", FileUse::Paper)]).await?;
    let (file, mut form) = (received.id("giay-kcn"), received.form);
    let Some(refusal) = read(&ctx, &mut form, file) else {
        let status = form.status();
        return again(&ctx, &id, form, status).await;
    };
    let mut tx = ctx.app.db.begin().await?;
    let dossier = held(&ctx, &mut tx.cx(), &id).await?;
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if !refusals::record(&mut tx.cx(), ctx.commune_id(), (dossier.id, seen), &refusal, officer, ctx.now()).await? {
        let stored = refusals::of_dossier(&mut tx.cx(), ctx.commune_id(), dossier.id).await?;
        let same = |one: &Refusal| (one.decided_on, &one.reason) == (refusal.decided_on, &refusal.reason);
        return if stored.as_ref().is_some_and(same) { Ok(done(&dossier)) } else { Err(raced(&ctx)) };
    }
    let told = format!("{}, {}: {}", refusal.level.label(Lang::Vi), refusal.decided_on.text(), refusal.reason);
    note(&ctx, &mut tx.cx(), &dossier, "refused", &told).await?;
    tx.commit().await?;
    Ok(done(&dossier))
}

/// `POST /van-phong/ocop/{id}/bo-ket-luan`: that was recorded by mistake; the dossier waits for the city's word again.
pub async fn take_back(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (commune, t) = (ctx.commune_id(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let dossier = held(&ctx, &mut tx.cx(), &id).await?;
    let Some(why) = form.required("ly-do-bo", 300, t.why_missing(), ctx.lang) else {
        drop(tx);
        return again(&ctx, &id, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    if !refusals::take_back(&mut tx.cx(), commune, (dossier.id, seen), ctx.now()).await? {
        return match store::open_of(&mut tx.cx(), commune, dossier.product_id).await? {
            Some(open) if open.id == dossier.id => Ok(done(&dossier)),
            Some(_) => Err(AppError::Conflict(t.refusal_other().to_owned())),
            None => Err(raced(&ctx)),
        };
    }
    note(&ctx, &mut tx.cx(), &dossier, "unrefused", &why).await?;
    tx.commit().await?;
    Ok(done(&dossier))
}
