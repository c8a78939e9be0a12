//! Declaring labels void (a lost roll, a spoiled sheet), and stopping a run whose codes are being made.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::db::Cx;
use crate::ids::new_id;
use crate::recalls::pieces::{Serials, SerialsError, are_covered, parse_serials};
use crate::web::audit::{self, Entry};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

use super::super::model::LabelRun;
use super::super::store::runs;
use super::super::store::voids::{self, Void};
use super::load::{WholeRun, whole_run};
use super::texts::Texts;

/// The longest reason, in characters.
const LONGEST: usize = 300;

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/void.html")]
struct VoidPage {
    page: Page,
    t: Texts,
    form: Form,
    run: LabelRun,
    product: String,
    is_serial: bool,
}

impl VoidPage {
    fn new(ctx: &Ctx, form: Form, run: &WholeRun) -> Self {
        Self {
            page: Page::of(ctx, Area::Mine, "/cua-toi"),
            t: Texts(ctx.lang),
            form,
            run: run.run.clone(),
            product: run.product.name.clone(),
            is_serial: run.is_serial(),
        }
    }
}

/// `GET /cua-toi/tem/{number}/huy`.
pub async fn ask(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let run = whole_run(&ctx, &mut conn.cx(), &number).await?;
    if run.run.voided_at.is_some() {
        return Ok(to_run(&run.run));
    }
    let mut form = Form::default();
    form.set("ban", &run.run.version.to_string());
    Ok(VoidPage::new(&ctx, form, &run).into_response())
}

fn to_run(run: &LabelRun) -> Response {
    Redirect::to(&format!("/cua-toi/tem/{}", run.number)).into_response()
}

/// `POST /cua-toi/tem/{number}/huy`: the whole run, or the pieces that are named.
pub async fn declare(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (t, mut tx) = (Texts(ctx.lang), ctx.app.db.begin().await?);
    let run = whole_run(&ctx, &mut tx.cx(), &number).await?;
    let reason = form.required("ly-do", LONGEST, t.void_reason_missing(), ctx.lang);
    let pieces = pieces(&mut form, &run, t);
    let (Some(reason), Some(pieces)) = (reason, pieces) else {
        return Ok((form.status(), VoidPage::new(&ctx, form, &run)).into_response());
    };
    let version = form.value("ban").parse().unwrap_or_default();
    let done = if pieces.is_empty() {
        runs::void(&mut tx.cx(), &run.run, version, &reason, ctx.now()).await?
    } else {
        void_pieces(&ctx, &mut tx.cx(), &run, (version, &pieces), &reason).await?
    };
    if !done {
        if run.run.voided_at.is_some() {
            return Err(AppError::Conflict(t.void_stale(run.run.number)));
        }
        // What was typed stays; sent again, it is over what is there now.
        form.set("ban", &run.run.version.to_string());
        form.fail("ly-do", t.void_stale(run.run.number));
        return Ok((StatusCode::CONFLICT, VoidPage::new(&ctx, form, &run)).into_response());
    }
    let after = pieces.iter().map(|range| range.text()).collect::<Vec<_>>().join(", ");
    noted(&ctx, &mut tx.cx(), &run, "labels.void", &format!("{after} {reason}")).await?;
    tx.commit().await?;
    Ok(to_run(&run.run))
}

/// The pieces that a form names, none for the whole run; None with what is wrong noted.
fn pieces(form: &mut Form, run: &WholeRun, t: Texts) -> Option<Vec<Serials>> {
    if !run.is_serial() {
        return Some(Vec::new());
    }
    if form.value("pham-vi") != "so" {
        if form.value("pham-vi") != "ca-dot" {
            form.fail("pham-vi", t.void_what_missing());
            return None;
        }
        return Some(Vec::new());
    }
    let there: Vec<Serials> = run.voids.iter().map(|void| void.serials).collect();
    match parse_serials(form.value("so"), run.run.count) {
        Ok(ranges) if ranges.is_empty() => form.fail("so", t.void_serials_missing()),
        Ok(ranges) => {
            // What was declared void before stays with its reason and its day.
            let fresh: Vec<Serials> = ranges.into_iter().filter(|range| !are_covered(*range, &there)).collect();
            if !fresh.is_empty() {
                return Some(fresh);
            }
            form.fail("so", t.void_already());
        }
        Err(SerialsError::Outside(text, most)) => form.fail("so", t.serials_outside(text, whole(most, t.0))),
        Err(SerialsError::Backwards(text)) => form.fail("so", t.serials_backwards(text)),
        Err(SerialsError::Shape(text)) => form.fail("so", t.serials_shape(text)),
        Err(SerialsError::TooMany) => form.fail("so", t.serials_too_many()),
    }
    None
}

async fn void_pieces(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    run: &WholeRun,
    (version, pieces): (i64, &[Serials]),
    reason: &str,
) -> Result<bool, AppError> {
    if !runs::count_up(cx, &run.run, version).await? {
        return Ok(false);
    }
    for serials in pieces {
        let void = Void {
            id: new_id(ctx.now()),
            serials: *serials,
            reason: reason.to_owned(),
            created_by: Some(run.author.user),
            created_at: ctx.now(),
        };
        voids::insert(cx, ctx.commune_id(), run.run.id, &void).await?;
    }
    Ok(true)
}

async fn noted(ctx: &Ctx, cx: &mut Cx<'_>, run: &WholeRun, action: &str, after: &str) -> Result<(), AppError> {
    let entry = Entry {
        actor: Some(run.author.user),
        action,
        subject_kind: "label_run",
        subject: Some(run.run.id.0),
        after: Some(after.trim()),
        address: Some(ctx.address.to_string()),
        ..Entry::default()
    };
    Ok(audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?)
}

/// `POST /cua-toi/tem/{number}/dung`: stops making codes; those that are there are void.
pub async fn stop(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let (t, mut tx) = (Texts(ctx.lang), ctx.app.db.begin().await?);
    let run = whole_run(&ctx, &mut tx.cx(), &number).await?;
    if !runs::cancel(&mut tx.cx(), &run.run, Texts(crate::web::Lang::Vi).stopped_reason(), ctx.now()).await? {
        return Err(AppError::Conflict(t.not_making(run.run.number)));
    }
    noted(&ctx, &mut tx.cx(), &run, "labels.stop", &run.run.made.to_string()).await?;
    tx.commit().await?;
    Ok(to_run(&run.run))
}
