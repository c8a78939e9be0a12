//! A recall in the office: as a draft the preview that is confirmed, afterwards the record of what was done.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::flow::{self, Outcome};
use super::super::model::{Grade, MOST_DEPTH, MOST_LOTS, Recall, State, span_text};
use super::super::pieces::serials_text;
use super::super::store::{self, Decision};
use super::super::texts::Texts;
use super::preview::Preview;
use super::{grade, grades, identifiers, numbered};
use crate::db::Cx;
use crate::traceability::access::address;
use crate::traceability::store::lots as trace_lots;
use crate::web::audit::{self, Entry};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/record.html")]
struct RecordPage {
    page: Page,
    t: Texts,
    form: Form,
    recall: Recall,
    lot_code: String,
    p: Preview,
    grades: Vec<(&'static str, &'static str, &'static str)>,
    may_decide: bool,
    /// The list changed while it was looked at.
    changed: bool,
}

impl RecordPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn title(&self) -> String {
        let number = self.recall.number;
        if self.recall.is_drill() { self.t.drill_title(number) } else { self.t.recall_title(number) }
    }

    fn count(&self, number: i64) -> String {
        whole(number, self.page.lang)
    }

    fn state_class(&self) -> &'static str {
        match (self.recall.state, self.recall.is_drill()) {
            (State::Open, false) => "bad",
            (State::Draft, _) => "wait",
            _ => "",
        }
    }

    fn pieces(&self) -> String {
        serials_text(&self.p.pieces)
    }

    fn limits(&self) -> String {
        self.t.followed(MOST_DEPTH, MOST_LOTS)
    }

    fn took(&self) -> Option<String> {
        self.recall.took().map(|span| span_text(span, self.page.lang))
    }
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, form: Form, recall: Recall) -> Result<RecordPage, AppError> {
    let lot = trace_lots::by_id(cx, ctx.commune_id(), recall.lot_id).await?.ok_or(AppError::NotFound)?;
    Ok(RecordPage {
        page: Page::of(ctx, Area::Office, "/van-phong/thu-hoi"),
        t: Texts(ctx.lang),
        form,
        lot_code: lot.code.to_string(),
        p: Preview::load(ctx, cx, &recall).await?,
        grades: grades(ctx.lang),
        may_decide: ctx.officer().is_ok(),
        changed: false,
        recall,
    })
}

/// `GET /van-phong/thu-hoi/{number}`.
pub async fn show(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let recall = numbered(&ctx, &mut conn.cx(), &number).await?;
    Ok(page(&ctx, &mut conn.cx(), Form::default(), recall).await?.into_response())
}

/// Grade, reason and notice as sent; None if something is missing, noted in the form. Without words for the public
/// the reason is what they read.
fn read(form: &mut Form, t: Texts, lang: Lang) -> Option<(Grade, String, String)> {
    let grade = grade(form, t.grade_missing());
    let reason = form.required("reason", 1000, t.reason_missing(), lang);
    let notice = form.text("notice", 1000, lang);
    let (grade, reason, notice) = (grade?, reason?, notice?);
    Some(if notice.is_empty() { (grade, reason.clone(), reason) } else { (grade, reason, notice) })
}

/// `POST /van-phong/thu-hoi/{number}`: takes back what was looked at, or says what changed meanwhile.
pub async fn confirm(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (by, t, at) = (ctx.officer()?.id, Texts(ctx.lang), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let recall = numbered(&ctx, cx, &number).await?;
    if !recall.is_draft() {
        return Err(AppError::Conflict(t.taken(recall.number)));
    }
    let Some((grade, reason, notice)) = read(&mut form, t, ctx.lang) else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, recall).await?).into_response());
    };
    let decision = Decision { grade, reason: &reason, notice: &notice, by, at };
    match flow::confirm(cx, &identifiers(&ctx)?, &recall, form.value("seen"), &decision).await? {
        Outcome::Done(lots) => {
            log(&ctx, cx, &recall, &decision, lots).await?;
            tx.commit().await?;
            told(&ctx, &recall).await?;
            Ok(Redirect::to(&format!("{}?da-luu=1", recall.office_path())).into_response())
        }
        Outcome::Changed => {
            let page = RecordPage { changed: true, ..page(&ctx, cx, form, recall).await? };
            tx.commit().await?;
            Ok((StatusCode::CONFLICT, page).into_response())
        }
        Outcome::Taken => Err(AppError::Conflict(t.taken(recall.number))),
        Outcome::Already => Err(AppError::Conflict(t.already().to_owned())),
    }
}

async fn log(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    recall: &Recall,
    decision: &Decision<'_>,
    lots: usize,
) -> Result<(), AppError> {
    let after = format!("{}, {}, {lots}: {}", recall.kind, decision.grade, decision.reason);
    let entry = Entry {
        actor: Some(decision.by),
        action: "recall.confirm",
        subject_kind: "recall",
        subject: Some(recall.id.0),
        before: Some(State::Draft.word()),
        after: Some(&after),
        address: address(ctx),
    };
    Ok(audit::write(cx, ctx.commune_id(), &entry, decision.at).await?)
}

/// From the commit on every scan page says it: notes that time.
async fn told(ctx: &Ctx, recall: &Recall) -> Result<(), AppError> {
    if !recall.is_drill() {
        let mut tx = ctx.app.db.begin().await?;
        store::shown(&mut tx.cx(), ctx.commune_id(), recall.id, ctx.now()).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// `POST /van-phong/thu-hoi/{number}/bo`: gives a draft up.
pub async fn give_up(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let by = ctx.officer()?.id;
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let recall = numbered(&ctx, cx, &number).await?;
    if !store::give_up(cx, ctx.commune_id(), recall.id).await? {
        return Err(AppError::Conflict(Texts(ctx.lang).taken(recall.number)));
    }
    let entry = Entry {
        actor: Some(by),
        action: "recall.give_up",
        subject_kind: "recall",
        subject: Some(recall.id.0),
        before: Some(State::Draft.word()),
        after: Some(State::Dropped.word()),
        address: address(&ctx),
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/van-phong/thu-hoi?da-luu=1").into_response())
}
