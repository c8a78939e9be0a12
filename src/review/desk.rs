//! The desk: `GET /van-phong` shows the queue with one thing opened, and the forms on it decide.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use uuid::Uuid;

use super::flow::{self, Decision, Written};
use super::model::{FieldNotes, Revision};
use super::opened::{self, Opened};
use super::queue::{Waiting, Work, WorkKind};
use super::queue_store;
use super::store;
use super::texts::Texts;
use crate::accounts::model::Role;
use crate::ids::{AlertId, EnquiryId, FeedbackId, RevisionId};
use crate::jobs;
use crate::producers::model::State;
use crate::recalls::store::alerts;
use crate::support::model::{SupportKind, kind_name};
use crate::traceability::place_certificates::store as place_certificates;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

use super::listing::Listing;

pub(super) const DESK: &str = "/van-phong";
/// Lines shown at once.
const SHOWN: usize = 60;

/// A kind of work with its count, as the left column shows it.
struct KindRow {
    word: &'static str,
    label: &'static str,
    count: usize,
    current: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/desk.html")]
struct DeskPage {
    page: Page,
    t: Texts,
    form: Form,
    kinds: Vec<KindRow>,
    lines: Vec<Work>,
    total: usize,
    in_kind: usize,
    /// Kind chosen at the left; empty: all.
    kind: &'static str,
    opened: Opened,
    /// Opened by its address rather than as the first of the list: then a phone shows it alone.
    asked: bool,
    next: Option<Uuid>,
    may_decide: bool,
    is_admin: bool,
    /// Certificates of places that wait.
    place_papers: i64,
    /// Names of the kinds of support.
    support_kinds: Vec<SupportKind>,
}

impl DeskPage {
    fn link(&self, id: &Uuid) -> String {
        link(self.kind, Some(*id), "")
    }

    fn support_kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.support_kinds, code, self.page.lang)
    }

    fn kind_link(word: &str) -> String {
        link(word, None, "")
    }
}

/// Address of the desk with a kind chosen, a thing opened, and what was done last.
fn link(kind: &str, opened: Option<Uuid>, done: &str) -> String {
    let mut pairs = Vec::new();
    if !kind.is_empty() {
        pairs.push(format!("loai={kind}"));
    }
    if let Some(id) = opened {
        pairs.push(format!("viec={id}"));
    }
    if !done.is_empty() {
        pairs.push(format!("xong={done}"));
    }
    if pairs.is_empty() { DESK.to_owned() } else { format!("{DESK}?{}", pairs.join("&")) }
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/conflict.html")]
struct ConflictPage {
    page: Page,
    t: Texts,
    /// Who decided and when, if somebody did.
    who: Option<String>,
    state: Option<&'static str>,
    note: String,
    /// The revision, if it still waits.
    again: Option<String>,
}

/// `GET /van-phong`.
pub async fn desk(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let kind = listing.parsed::<WorkKind>("loai");
    let asked = listing.parsed::<Uuid>("viec");
    let mut page = show(&ctx, kind, asked, Form::default()).await?;
    page.page.notice = done_notice(&ctx);
    Ok(page.into_response())
}

fn done_notice(ctx: &Ctx) -> Option<String> {
    let t = Texts(ctx.lang);
    let done = ctx.query.split('&').find_map(|pair| pair.strip_prefix("xong="))?;
    let said = match done {
        "duyet" => t.done_approved(),
        "sua" => t.done_asked(),
        "tu-choi" => t.done_rejected(),
        "dong" => t.done_closed(),
        "lam-lai" => t.done_requeued(),
        _ => return None,
    };
    Some(said.to_owned())
}

async fn show(ctx: &Ctx, kind: Option<WorkKind>, asked: Option<Uuid>, form: Form) -> Result<DeskPage, AppError> {
    let waiting = Waiting::load(ctx).await?;
    let all = waiting.lines(ctx.now(), ctx.lang);
    let t = Texts(ctx.lang);
    let count = |kind: WorkKind| all.iter().filter(|line| line.kind == kind).count();
    let mut kinds = vec![KindRow { word: "", label: t.all(), count: all.len(), current: kind.is_none() }];
    kinds.extend(WorkKind::ALL.iter().map(|one| KindRow {
        word: one.word(),
        label: one.label(ctx.lang),
        count: count(*one),
        current: kind == Some(*one),
    }));
    let total = all.len();
    let mut lines: Vec<Work> = all.into_iter().filter(|line| kind.is_none_or(|kind| line.kind == kind)).collect();
    let in_kind = lines.len();
    let at = asked.and_then(|id| lines.iter().position(|line| line.id == id));
    let open = asked.or_else(|| lines.first().map(|line| line.id));
    let next = match at {
        Some(at) => lines.get(at + 1),
        None if asked.is_some() => lines.first(),
        None => lines.get(1),
    }
    .map(|line| line.id);
    // The opened line stays in sight also where it is far down.
    let from = at.map_or(0, |at| (at + 1).saturating_sub(SHOWN));
    lines = lines.into_iter().skip(from).take(SHOWN).collect();
    let opened = match open {
        Some(id) => opened::open(ctx, &waiting, id).await?,
        None => Opened::default(),
    };
    let page = Page::of(ctx, Area::Office, DESK);
    let kind = kind.map(WorkKind::word).unwrap_or_default();
    let may_decide = ctx.officer().is_ok();
    let place_papers = {
        let mut conn = ctx.app.db.read().await?;
        place_certificates::waiting(&mut conn.cx(), ctx.commune_id()).await?
    };
    let is_admin = ctx.person()?.has_role(ctx.commune_id(), &[Role::Admin]);
    Ok(DeskPage {
        page,
        t,
        form,
        kinds,
        lines,
        total,
        in_kind,
        kind,
        opened,
        asked: asked.is_some(),
        next,
        may_decide,
        place_papers,
        support_kinds: waiting.kinds,
        is_admin,
    })
}

/// What the decision form says, if it can be taken.
fn read_decision(form: &mut Form, t: Texts, ctx: &Ctx) -> Option<(Decision, &'static str)> {
    let note = form.text("loi-nhan", 2000, ctx.lang)?;
    match form.value("quyet") {
        "duyet" => Some((Decision::Approve, "duyet")),
        "sua" if note.is_empty() => {
            form.fail("loi-nhan", t.message_missing_ask());
            None
        }
        "sua" => {
            let fields = form.values("muc").filter(|key| opened::is_field(key));
            let fields = FieldNotes(fields.map(|key| (key.to_owned(), t.field_note().to_owned())).collect());
            Some((Decision::AskChanges { note, fields }, "sua"))
        }
        "tu-choi" if note.is_empty() => {
            form.fail("loi-nhan", t.message_missing_reject());
            None
        }
        "tu-choi" => Some((Decision::Reject { note }, "tu-choi")),
        _ => {
            form.fail("loi-nhan", t.decision_missing());
            None
        }
    }
}

/// `POST /van-phong/duyet/{id}`: decides on a revision, over the version that the officer saw.
pub async fn decide(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let id: RevisionId = id.parse().map_err(|_| AppError::NotFound)?;
    let kind = form.value("loai").parse::<WorkKind>().ok();
    let Some((decision, done)) = read_decision(&mut form, Texts(ctx.lang), &ctx) else {
        let page = show(&ctx, kind, Some(id.0), form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let version: i64 = form.value("version").parse().unwrap_or(-1);
    let mut tx = ctx.app.db.begin().await?;
    let seen = store::by_id(&mut tx.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let revision = Revision { version, ..seen };
    let written = flow::decide(&mut tx.cx(), &revision, &decision, officer, ctx.address.to_string(), ctx.now()).await?;
    if written == Written::Stale {
        drop(tx);
        return stale(&ctx, id, version, &decision, kind, &form).await;
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(go_on(kind, &form, done))
}

fn go_on(kind: Option<WorkKind>, form: &Form, done: &str) -> Response {
    let next = form.value("tiep").parse::<Uuid>().ok();
    Redirect::to(&link(kind.map(WorkKind::word).unwrap_or_default(), next, done)).into_response()
}

/// Somebody was first. The same decision of the same officer is the form sent twice, and no quarrel.
async fn stale(
    ctx: &Ctx,
    id: RevisionId,
    version: i64,
    decision: &Decision,
    kind: Option<WorkKind>,
    form: &Form,
) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let now = store::by_id(&mut cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    let (state, done) = match decision {
        Decision::Approve => (State::Approved, "duyet"),
        Decision::AskChanges { .. } => (State::ChangesRequested, "sua"),
        Decision::Reject { .. } => (State::Rejected, "tu-choi"),
    };
    if now.state == state && now.decided_by == Some(ctx.user_id()?) && now.version == version + 1 {
        return Ok(go_on(kind, form, done));
    }
    let t = Texts(ctx.lang);
    let is_decided = matches!(now.state, State::Approved | State::ChangesRequested | State::Rejected);
    let who = match (is_decided, now.decided_by, now.decided_at) {
        (true, Some(by), Some(at)) => {
            let name = queue_store::user_name(&mut cx, by).await?;
            Some(t.conflict_by(name.unwrap_or_else(|| t.someone().to_owned()), at.text()))
        }
        _ => None,
    };
    let page = ConflictPage {
        page: Page::of(ctx, Area::Office, DESK),
        t,
        state: who.is_some().then(|| now.state.label(ctx.lang)),
        who,
        note: if is_decided { now.note } else { String::new() },
        again: (now.state == State::Submitted).then(|| link("", Some(id.0), "")),
    };
    Ok((StatusCode::CONFLICT, page).into_response())
}

/// `POST /van-phong/bao-van-de/{id}`: closes a report with what was done.
pub async fn close_report(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let id: FeedbackId = id.parse().map_err(|_| AppError::NotFound)?;
    let kind = form.value("loai").parse::<WorkKind>().ok();
    let Some(note) = form.required("da-lam", 1000, Texts(ctx.lang).report_note_missing(), ctx.lang) else {
        let page = show(&ctx, kind, Some(id.0), form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    if queue_store::close_report(&mut tx.cx(), ctx.commune_id(), id, ctx.now()).await? {
        log(&ctx, &mut tx.cx(), "report.close", "feedback", id.0, Some(&note)).await?;
    }
    tx.commit().await?;
    Ok(go_on(kind, &form, "dong"))
}

/// `POST /van-phong/bao-thu-hoi/{id}`: notes that an officer looked at a producer's recall or request, and what was
/// done.
pub async fn see_recall(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let id: AlertId = id.parse().map_err(|_| AppError::NotFound)?;
    let kind = form.value("loai").parse::<WorkKind>().ok();
    let Some(note) = form.required("da-lam", 1000, Texts(ctx.lang).report_note_missing(), ctx.lang) else {
        let page = show(&ctx, kind, Some(id.0), form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    if alerts::seen(&mut tx.cx(), ctx.commune_id(), id, &note, officer, ctx.now()).await? {
        log(&ctx, &mut tx.cx(), "recall.seen", "recall_alert", id.0, Some(&note)).await?;
    }
    tx.commit().await?;
    Ok(go_on(kind, &form, "dong"))
}

/// `POST /van-phong/hoi-mua/{id}`: notes that the producer has answered.
pub async fn answer_enquiry(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let id: EnquiryId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    if queue_store::answer_enquiry(&mut tx.cx(), ctx.commune_id(), id, ctx.now()).await? {
        log(&ctx, &mut tx.cx(), "enquiry.answered", "enquiry", id.0, None).await?;
    }
    tx.commit().await?;
    Ok(go_on(form.value("loai").parse().ok(), &form, "dong"))
}

/// `POST /van-phong/viec-nen/{id}`: queues a failed job again.
pub async fn retry_job(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    jobs::requeue(&mut tx.cx(), ctx.commune_id(), id, ctx.now()).await?;
    log(&ctx, &mut tx.cx(), "job.retry", "job", id, None).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(go_on(form.value("loai").parse().ok(), &form, "lam-lai"))
}

/// Writes an audit entry of the officer at hand.
pub(super) async fn log(
    ctx: &Ctx,
    cx: &mut crate::db::Cx<'_>,
    action: &str,
    subject_kind: &str,
    subject: Uuid,
    after: Option<&str>,
) -> Result<(), AppError> {
    audit::note(ctx, cx, action, (subject_kind, subject), None, after).await
}
