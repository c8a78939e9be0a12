//! `/cua-toi/tem/{number}/da-ban`: the seller marks pieces of a run as sold or used up.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::super::model::MarkKind;
use super::super::store::marks::{self, Mark};
use super::super::texts::Texts;
use crate::ids::new_id;
use crate::labels::runs::load::{WholeRun, whole_run};
use crate::recalls::pieces::{Serials, SerialsError, parse_serials};
use crate::web::audit::{self, Entry};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "misuse/templates/marks.html")]
struct MarksPage {
    page: Page,
    t: Texts,
    form: Form,
    number: i64,
    count: i64,
    product: String,
    kinds: [(&'static str, &'static str, &'static str); 2],
    marks: Vec<Mark>,
}

impl MarksPage {
    fn new(ctx: &Ctx, form: Form, run: &WholeRun, marks: Vec<Mark>) -> Self {
        let t = Texts(ctx.lang);
        let kind = |kind: MarkKind, hint| (kind.word(), kind.label(ctx.lang), hint);
        Self {
            page: Page::of(ctx, Area::Mine, "/cua-toi"),
            form,
            number: run.run.number,
            count: run.run.count,
            product: run.product.name.clone(),
            kinds: [kind(MarkKind::Sold, t.sold_hint()), kind(MarkKind::Used, t.used_hint())],
            marks,
            t,
        }
    }
}

/// The run, if its pieces can be marked.
fn of_pieces(ctx: &Ctx, run: WholeRun) -> Result<WholeRun, AppError> {
    if run.is_serial() { Ok(run) } else { Err(AppError::Conflict(Texts(ctx.lang).only_pieces().to_owned())) }
}

/// `GET /cua-toi/tem/{number}/da-ban`.
pub async fn ask(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let run = of_pieces(&ctx, whole_run(&ctx, &mut conn.cx(), &number).await?)?;
    let marks = marks::standing(&mut conn.cx(), ctx.commune_id(), run.run.id).await?;
    let mut form = Form::default();
    form.set("lan", &new_id(ctx.now()).to_string());
    Ok(MarksPage::new(&ctx, form, &run, marks).into_response())
}

/// `POST /cua-toi/tem/{number}/da-ban`.
pub async fn mark(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (t, mut tx) = (Texts(ctx.lang), ctx.app.db.begin().await?);
    let run = of_pieces(&ctx, whole_run(&ctx, &mut tx.cx(), &number).await?)?;
    let kind = form.value("loai").parse::<MarkKind>().ok();
    if kind.is_none() {
        form.fail("loai", t.mark_kind_missing());
    }
    let pieces = pieces(&mut form, run.run.count, t);
    let (Some(kind), Some(pieces)) = (kind, pieces) else {
        let marks = marks::standing(&mut tx.cx(), ctx.commune_id(), run.run.id).await?;
        return Ok((form.status(), MarksPage::new(&ctx, form, &run, marks)).into_response());
    };
    let (request, now) = (form.request_id(ctx.now()), ctx.now());
    for serials in &pieces {
        // The same form sent twice marks once: ids follow from the form's and the piece.
        let id = Uuid::from_u128(request.as_u128() ^ serials.first as u128);
        let mark = Mark { id, serials: *serials, kind, created_at: now };
        marks::insert(&mut tx.cx(), ctx.commune_id(), run.run.id, &mark, run.author.user).await?;
    }
    let after = pieces.iter().map(|range| range.text()).collect::<Vec<_>>().join(", ");
    noted(&ctx, &mut tx, &run, "labels.mark", &format!("{kind} {after}")).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/tem/{}/da-ban?da-luu=1", run.run.number)).into_response())
}

/// `POST /cua-toi/tem/{number}/da-ban/{id}/thoi`: takes a mark back.
pub async fn withdraw(ctx: Ctx, Path((number, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let run = whole_run(&ctx, &mut tx.cx(), &number).await?;
    if !marks::withdraw(&mut tx.cx(), ctx.commune_id(), run.run.id, id, run.author.user, ctx.now()).await? {
        return Err(AppError::Conflict(Texts(ctx.lang).mark_withdrawn().to_owned()));
    }
    noted(&ctx, &mut tx, &run, "labels.unmark", &id.to_string()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/tem/{}/da-ban?da-luu=1", run.run.number)).into_response())
}

fn pieces(form: &mut Form, count: i64, t: Texts) -> Option<Vec<Serials>> {
    match parse_serials(form.value("so"), count) {
        Ok(ranges) if ranges.is_empty() => form.fail("so", t.mark_serials_missing()),
        Ok(ranges) => return Some(ranges),
        Err(SerialsError::Outside(text, most)) => form.fail("so", t.serials_outside(text, whole(most, t.0))),
        Err(SerialsError::Backwards(text)) => form.fail("so", t.serials_backwards(text)),
        Err(SerialsError::Shape(text)) => form.fail("so", t.serials_shape(text)),
        Err(SerialsError::TooMany) => form.fail("so", t.serials_too_many()),
    }
    None
}

async fn noted(ctx: &Ctx, tx: &mut crate::db::Tx, run: &WholeRun, action: &str, after: &str) -> Result<(), AppError> {
    let entry = Entry {
        actor: Some(run.author.user),
        action,
        subject_kind: "label_run",
        subject: Some(run.run.id.0),
        after: Some(after),
        address: Some(ctx.address.to_string()),
        ..Entry::default()
    };
    Ok(audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?)
}
