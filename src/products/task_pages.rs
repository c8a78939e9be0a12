//! The page of tasks: what is told, what an officer asks, where the product stands; and the switch of whether it
//! can be had now.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::{CHECK, Desk, Note, list_path, tag};
use super::fields::{self, Step};
use super::model::Availability;
use super::store;
use super::texts::Texts;
use crate::market::index;
use crate::producers::model::State;
use crate::review::store as revisions;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// A step of the list.
struct Task {
    url: String,
    title: &'static str,
    summary: String,
    tag: &'static str,
    state: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/tasks.html")]
struct TasksPage {
    page: Page,
    t: Texts,
    desk: Desk,
    on_behalf: Option<String>,
    back: String,
    tasks: Vec<Task>,
    done: Vec<bool>,
    notes: Vec<Note>,
    check: Task,
}

impl TasksPage {
    fn title(&self) -> String {
        self.desk.title(self.t)
    }

    fn state(&self) -> &'static str {
        self.desk.stands().label(self.page.lang)
    }

    fn tag(&self) -> &'static str {
        tag(self.desk.stands())
    }

    fn done_count(&self) -> usize {
        self.done.iter().filter(|done| **done).count()
    }

    /// Day on which the newest revision was decided.
    fn decided(&self) -> String {
        self.desk.revision.as_ref().and_then(|r| r.decided_at).map(|at| at.date_text()).unwrap_or_default()
    }

    fn submitted(&self) -> String {
        self.desk.opened().and_then(|r| r.submitted_at).map(|at| at.date_text()).unwrap_or_default()
    }

    /// An officer's words on the whole.
    fn words(&self) -> &str {
        self.desk.revision.as_ref().map_or("", |revision| revision.note.as_str())
    }

    fn is_asked(&self) -> bool {
        self.desk.stands() == State::ChangesRequested
    }

    fn is_rejected(&self) -> bool {
        self.desk.revision.as_ref().is_some_and(|revision| revision.state == State::Rejected)
    }

    fn is_suspended(&self) -> bool {
        self.desk.product.state == State::Suspended
    }

    fn is_taken_back(&self) -> bool {
        self.desk.product.state == State::Withdrawn && self.desk.opened().is_none()
    }

    fn stamp(&self) -> String {
        self.desk.stamp()
    }

    /// True if there is something open to take back.
    fn may_take_back(&self) -> bool {
        self.desk.opened().is_some()
    }

    fn availabilities(&self) -> Vec<(&'static str, &'static str, bool)> {
        let now = self.desk.product.content.availability;
        Availability::ALL.iter().map(|a| (a.word(), a.label(self.page.lang), now == Some(*a))).collect()
    }
}

/// `GET /cua-toi/san-pham/{short}`.
pub async fn tasks(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let desk = Desk::read(&ctx, &short).await?;
    let t = Texts(ctx.lang);
    let mut page = desk.page(&ctx);
    let said = ctx.query.split('&').find_map(|pair| match pair {
        "da-gui=1" => Some(t.sent()),
        "da-rut=1" => Some(t.withdrawn_note()),
        "da-doi=1" => Some(t.switched()),
        _ => None,
    });
    page.notice = said.map(str::to_owned).or(page.notice);
    let page = TasksPage {
        on_behalf: desk.on_behalf(t),
        back: list_path(&desk.producer),
        tasks: Step::ALL.into_iter().map(|step| task(&desk, step, t)).collect(),
        done: Step::ALL.into_iter().map(|step| step.is_done(&desk.content)).collect(),
        notes: desk.notes(&ctx),
        check: check(&desk, t),
        page,
        t,
        desk,
    };
    Ok(page.into_response())
}

fn task(desk: &Desk, step: Step, t: Texts) -> Task {
    let (tag, state) = if !desk.asked(step).is_empty() {
        ("bad", t.fix())
    } else if step.is_done(&desk.content) {
        ("ok", t.done())
    } else if step.is_optional() {
        ("", t.optional())
    } else if step != Step::Season && step.is_begun(&desk.content) {
        ("wait", t.doing())
    } else {
        ("", t.todo())
    };
    let summary = step.summary(&desk.content, t.0);
    Task { url: desk.step_path(step), title: step.title(t.0), summary, tag, state }
}

/// The last task: checking and handing in.
fn check(desk: &Desk, t: Texts) -> Task {
    let missing = missing_words(desk, t);
    let (summary, tag, state) = if desk.is_waiting() {
        (t.check_hint_sent().to_owned(), "wait", State::Submitted.label(t.0))
    } else if !missing.is_empty() {
        (t.check_hint_missing(missing), "", t.open_soon())
    } else if desk.is_changed() {
        (t.check_hint_ready().to_owned(), "wait", t.ready())
    } else {
        (t.check_hint_same().to_owned(), "ok", State::Approved.label(t.0))
    };
    Task { url: format!("{}/{CHECK}", desk.path()), title: t.check_title(), summary, tag, state }
}

/// `ảnh, giá`: what must still be told.
fn missing_words(desk: &Desk, t: Texts) -> String {
    let names = fields::missing(&desk.content).into_iter().map(|field| fields::label(field, t.0).to_lowercase());
    names.collect::<Vec<_>>().join(", ")
}

/// `POST /cua-toi/san-pham/{short}/con-hang`: whether a live product can be had now. A fact of the day, so it needs
/// no review; everything else of a live product does.
pub async fn switch(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    let now = ctx.now();
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let to: Availability = form
        .value("availability")
        .parse()
        .map_err(|_| AppError::field("availability", Texts(ctx.lang).availability_missing()))?;
    let before = desk.product.content.availability;
    if !desk.is_live() || before == Some(to) {
        return Ok(Redirect::to(&desk.path()).into_response());
    }
    let (commune, product) = (ctx.commune_id(), &desk.product);
    let mut content = product.content.clone();
    content.availability = Some(to);
    if !store::update(&mut tx.cx(), commune, product.id, product.state, &content, product.version, now).await? {
        return Err(AppError::Conflict(Texts(ctx.lang).stale().to_owned()));
    }
    if let Some(revision) = desk.opened() {
        let mut written = desk.content.clone();
        written.availability = Some(to);
        let written = serde_json::to_string(&written).map_err(AppError::internal)?;
        revisions::amend(&mut tx.cx(), commune, revision.id, &written).await?;
    }
    let entry = audit::Entry {
        actor: Some(desk.author.user),
        action: "product.availability",
        subject_kind: "product",
        subject: Some(product.id.0),
        before: before.map(Availability::word),
        after: Some(to.word()),
        address: Some(ctx.address.to_string()),
    };
    audit::write(&mut tx.cx(), commune, &entry, now).await?;
    index::enqueue_product(&mut tx.cx(), commune, product.id, now).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{}?da-doi=1", desk.path())).into_response())
}
