//! Printing labels: what is printed is recorded first, and what was printed before needs a reason.
//!
//! `POST …/in` records sheets, `POST …/ma` a file of codes for a print shop; both are then had under the record's id.
//! Consent, approval and recalls are looked at both times.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::header;
use uuid::Uuid;

use crate::db::Cx;
use crate::web::audit::{self, Entry};
use crate::web::{AppError, Ctx, Form, Lang};

use super::super::model::{LabelRun, PrintKind};
use super::super::papers;
use super::super::sheet::{self, PaperKind, SheetError, SheetJob};
use super::super::store::papers::{self as choices, Choice};
use super::super::store::prints::{self, Print};
use super::codes;
use super::load::{WholeRun, whole_run};
use super::pages::{page, site};
use super::texts::Texts;
use super::wish::{self, Wish, parts_of, words_of};

/// The longest reason, in characters.
const LONGEST: usize = 200;

/// `POST /cua-toi/tem/{number}/in`: records that labels are printed on sheets.
pub async fn record(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let run = may_print(&ctx, &mut tx.cx(), &number).await?;
    let Some((wish, print)) = asked(&ctx, &mut tx.cx(), &run, &mut form).await? else {
        return page(&ctx, &mut tx.cx(), &run, form).await;
    };
    let print = Print {
        kind: PrintKind::Sheet,
        paper: wish.spec.key.clone(),
        skip: wish.skip as i64,
        parts: words_of(&wish.parts),
        ..print
    };
    let choice = Choice { paper: print.paper.clone(), parts: print.parts.clone() };
    let (producer, by) = (run.producer.id, run.author.user);
    choices::choose(&mut tx.cx(), ctx.commune_id(), producer, &choice, by, ctx.now()).await?;
    keep(&ctx, &mut tx.cx(), &run, &print).await?;
    tx.commit().await?;
    Ok(back(&run.run, print.id))
}

/// `POST /cua-toi/tem/{number}/ma`: records that codes are given to a print shop, with their count and checksum.
pub async fn record_file(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    // Counted before the transaction, which must not hold the database for as long.
    let (run, found) = {
        let mut conn = ctx.app.db.read().await?;
        let run = may_print(&ctx, &mut conn.cx(), &number).await?;
        (run, asked_file(&ctx, &mut conn.cx(), &number, &mut form).await?)
    };
    let Some(print) = found else {
        let mut conn = ctx.app.db.read().await?;
        wish::complete(&mut conn.cx(), &run, &mut form).await?;
        return page(&ctx, &mut conn.cx(), &run, form).await;
    };
    let (count, sum) = codes::counted(&ctx.app.db, &run, &print).await?;
    let print = Print { codes: count, sha256: sum, ..print };
    let mut tx = ctx.app.db.begin().await?;
    let run = may_print(&ctx, &mut tx.cx(), &number).await?;
    keep(&ctx, &mut tx.cx(), &run, &print).await?;
    tx.commit().await?;
    Ok(back(&run.run, print.id))
}

/// The whole run as a file, unless some of it was printed before and no reason is given.
async fn asked_file(ctx: &Ctx, cx: &mut Cx<'_>, number: &str, form: &mut Form) -> Result<Option<Print>, AppError> {
    let run = whole_run(ctx, cx, number).await?;
    let print = begun(ctx, cx, &run, form, (1, run.run.count)).await?;
    Ok(print.map(|print| Print { kind: PrintKind::File, ..print }))
}

/// A run that may be printed now.
async fn may_print(ctx: &Ctx, cx: &mut Cx<'_>, number: &str) -> Result<WholeRun, AppError> {
    let run = whole_run(ctx, cx, number).await?;
    match run.obstacle {
        Some(obstacle) => Err(AppError::Conflict(obstacle.why(Texts(ctx.lang)).to_owned())),
        None => Ok(run),
    }
}

/// What a form asks to be printed; None with what is wrong noted.
async fn asked(ctx: &Ctx, cx: &mut Cx<'_>, run: &WholeRun, form: &mut Form) -> Result<Option<(Wish, Print)>, AppError> {
    wish::complete(cx, run, form).await?;
    let Some(wish) = wish::read(cx, run, form, ctx.lang).await? else { return Ok(None) };
    // A card is no label: it takes nothing from the run.
    let labels = (wish.first, wish.last);
    if wish.spec.kind != PaperKind::Card && run.rows(cx, labels).await?.is_empty() {
        form.fail("tu", Texts(ctx.lang).all_void());
        return Ok(None);
    }
    let print = begun(ctx, cx, run, form, labels).await?;
    Ok(print.map(|print| (wish, print)))
}

/// A record of these labels, which says whether some of them were printed before; None if that needs a reason.
async fn begun(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    run: &WholeRun,
    form: &mut Form,
    (first_label, last_label): (i64, i64),
) -> Result<Option<Print>, AppError> {
    let t = Texts(ctx.lang);
    let id = form.request_id(ctx.now());
    let before = prints::last_of(cx, ctx.commune_id(), run.run.id, (first_label, last_label)).await?;
    let reprint = before.as_ref().is_some_and(|before| before.id != id);
    let reason = form.text("ly-do", LONGEST, ctx.lang).unwrap_or_default();
    if reprint && reason.is_empty() {
        let day = before.map_or(ctx.today(), |before| before.created_at.day());
        form.fail("ly-do", t.reprint_reason_missing(day));
    }
    Ok(form.is_fine().then(|| Print {
        id,
        run_id: run.run.id,
        kind: PrintKind::Sheet,
        first_label,
        last_label,
        paper: String::new(),
        skip: 0,
        parts: String::new(),
        reprint,
        reason: if reprint { reason } else { String::new() },
        codes: 0,
        sha256: String::new(),
        created_by: Some(run.author.user),
        created_at: ctx.now(),
    }))
}

async fn keep(ctx: &Ctx, cx: &mut Cx<'_>, run: &WholeRun, print: &Print) -> Result<(), AppError> {
    prints::insert(cx, ctx.commune_id(), print).await?;
    let after = format!("{} {}–{} {} {}", print.kind, print.first_label, print.last_label, print.paper, print.reason);
    let entry = Entry {
        actor: Some(run.author.user),
        action: if print.reprint { "labels.reprint" } else { "labels.print" },
        subject_kind: "label_run",
        subject: Some(run.run.id.0),
        after: Some(after.trim()),
        address: Some(ctx.address.to_string()),
        ..Entry::default()
    };
    Ok(audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?)
}

fn back(run: &LabelRun, print: Uuid) -> Response {
    Redirect::to(&format!("/cua-toi/tem/{}?da-in={print}#da-in", run.number)).into_response()
}

/// A recorded print of a run that may still be printed.
pub async fn recorded(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    number: &str,
    id: &str,
    kind: PrintKind,
) -> Result<(WholeRun, Print), AppError> {
    let run = whole_run(ctx, cx, number).await?;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let print = prints::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    if print.run_id != run.run.id || print.kind != kind {
        return Err(AppError::NotFound);
    }
    let run = may_print(ctx, cx, number).await?;
    Ok((run, print))
}

/// `GET /cua-toi/tem/{number}/in/{id}/to.pdf`: the sheets of a record, without labels that were declared void.
pub async fn pdf(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let (run, print) = recorded(&ctx, cx, &number, &id, PrintKind::Sheet).await?;
    let spec = papers::find(cx, ctx.commune_id(), run.producer.id, &print.paper).await?.ok_or(AppError::NotFound)?;
    let photo = run.photo(&ctx, cx, &spec).await?;
    let rows = run.rows(cx, (print.first_label, print.last_label)).await?;
    drop(conn);
    let (t, parts) = (Texts(Lang::Vi), parts_of(&print.parts));
    let job = SheetJob {
        title: t.pdf_title(run.run.number, &run.product.name),
        site: site(&ctx),
        created: ctx.now().utc(),
        skip: print.skip as usize,
    };
    let name = format!("inline; filename=\"tem-dot-{}-{}.pdf\"", run.run.number, print.first_label);
    let drawing = tokio::task::spawn_blocking(move || {
        let mut wrong = None;
        let labels = rows.into_iter().map_while(|row| match run.label(row, &parts, photo.clone()) {
            Ok(label) => Some(label),
            Err(error) => {
                wrong = Some(error);
                None
            }
        });
        let pdf = sheet::render(labels, &spec, &job);
        wrong.map_or(Ok(pdf), Err)
    });
    let pdf = drawing.await.map_err(AppError::internal)??.map_err(|error| refused(error, Texts(ctx.lang)))?;
    let headers = [(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, pdf).into_response())
}

fn refused(error: SheetError, t: Texts) -> AppError {
    match error {
        SheetError::TooSmall { .. } | SheetError::NoRoom { .. } => AppError::field("mau", t.too_small()),
        SheetError::NoLabels => AppError::Conflict(t.all_void().to_owned()),
        other => AppError::internal(other),
    }
}
