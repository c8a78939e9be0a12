//! Changing a lot's last good day: freely until labels are printed, afterwards as a correction with its reason, which
//! label pages tell.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::access::{self, MyLot, my_lot};
use super::super::chain::store::undo::is_labelled;
use super::super::model::Lot;
use super::super::store::best_before::{self, Change};
use super::super::store::lots;
use super::super::texts::Texts;
use super::day_error;
use crate::clock::Day;
use crate::db::Cx;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/best_before.html")]
struct BestBeforePage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    labelled: bool,
}

/// The lot while its day may be changed: not while it is recalled, nor once it was set aside.
async fn lot_of(ctx: &Ctx, cx: &mut Cx<'_>, code: &str) -> Result<Result<MyLot, Response>, AppError> {
    let mine = my_lot(ctx, cx, code).await?;
    let fixed = mine.lot.is_recalled() || mine.lot.is_set_aside();
    let back = || Redirect::to(&format!("/cua-toi/lo/{}", mine.lot.code)).into_response();
    Ok(if fixed { Err(back()) } else { Ok(mine) })
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, lot: Lot) -> Result<BestBeforePage, AppError> {
    let labelled = is_labelled(cx, ctx.commune_id(), lot.id).await?;
    Ok(BestBeforePage { page: Page::of(ctx, Area::Mine, "/cua-toi"), t: Texts(ctx.lang), form, lot, labelled })
}

/// `GET /cua-toi/lo/{code}/han-dung`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let lot = match lot_of(&ctx, cx, &code).await? {
        Ok(mine) => mine.lot,
        Err(back) => return Ok(back),
    };
    let mut form = Form::default();
    form.push("best_before", &lot.best_before.map(Day::text).unwrap_or_default());
    Ok(page(&ctx, cx, form, lot).await?.into_response())
}

/// `POST /cua-toi/lo/{code}/han-dung`.
pub async fn save(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (t, commune, now) = (Texts(ctx.lang), ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let MyLot { lot, author, .. } = match lot_of(&ctx, cx, &code).await? {
        Ok(mine) => mine,
        Err(back) => return Ok(back),
    };
    // Labels that are ordered at the same time carry the day before or the day after.
    lots::hold(cx, commune, lot.id).await?;
    let back = Redirect::to(&format!("/cua-toi/lo/{}?da-luu=1", lot.code)).into_response();
    let day = form.parse_with("best_before", Day::parse, |error| day_error(error, t).to_owned());
    if day.is_some_and(|day| day < lot.made_on) {
        form.fail("best_before", t.best_before_early());
    }
    // Sent twice, it is one change.
    if form.is_fine() && day == lot.best_before {
        return Ok(back);
    }
    let reason = if is_labelled(cx, commune, lot.id).await? {
        form.required("reason", 500, t.correction_reason_missing(), ctx.lang).unwrap_or_default()
    } else {
        String::new()
    };
    if !form.is_fine() {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, lot).await?).into_response());
    }
    let seen = form.value("phien").parse::<i64>().unwrap_or(lot.version);
    let change = Change { before_day: lot.best_before, after_day: day, reason, changed_at: now };
    if !best_before::change(cx, commune, (lot.id, seen), &change, author.user).await? {
        return Err(AppError::Conflict(t.lot_changed_meanwhile().to_owned()));
    }
    let said = |day: Option<Day>| day.map(Day::iso).unwrap_or_default();
    let entry = Entry {
        actor: Some(author.user),
        action: "lot.best_before",
        subject_kind: "lot",
        subject: Some(lot.id.0),
        before: Some(&said(change.before_day)),
        after: Some(&said(change.after_day)),
        address: access::address(&ctx),
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    Ok(back)
}
