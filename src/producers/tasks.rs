//! The task list of a producer's record, the check page, handing in, and withdrawing consent.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::review::flow::{self, Written};
use crate::review::model::Revision;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

use super::answers::{self, Answer};
use super::model::{Channel, ConsentField, State};
use super::pages::{address, area};
use super::registration::Registration;
use super::steps::{self, Choice, Progress, Step};
use super::texts::Texts;

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/tasks.html")]
struct TasksPage {
    page: Page,
    t: Texts,
    short: String,
    name: String,
    tasks: Vec<Task>,
    done: usize,
    asking: Option<Asking>,
    notes: Vec<Note>,
    /// What the last row says: open, closed, or nothing to hand in.
    send: Send,
    public: Option<String>,
    consents: Vec<Standing>,
    /// True for a helper or officer, who may print a login slip.
    may_slip: bool,
    home: (&'static str, &'static str),
}

impl TasksPage {
    fn total(&self) -> usize {
        self.tasks.len()
    }

    /// Where each leaf of the progress drawing stands, and whether it is green.
    fn leaves(&self) -> Vec<(usize, bool)> {
        (0..self.total()).map(|n| (n * 38, n < self.done)).collect()
    }

    fn is_open(&self) -> bool {
        self.send == Send::Open
    }

    fn is_closed(&self) -> bool {
        self.send == Send::Closed
    }
}

struct Task {
    href: String,
    title: &'static str,
    line: String,
    class: &'static str,
    tag: &'static str,
}

/// What the office said and where to mend it.
struct Asking {
    title: String,
    rejected: bool,
    note: String,
    fields: Vec<(String, String, String)>,
}

struct Note {
    class: &'static str,
    text: String,
}

struct Standing {
    field: &'static str,
    label: &'static str,
    line: String,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Send {
    Open,
    Closed,
    Nothing,
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/check.html")]
struct CheckPage {
    page: Page,
    t: Texts,
    short: String,
    answers: Vec<Answer>,
    version: String,
    stale: bool,
    can_send: bool,
    missing: Vec<Step>,
    picture: Option<String>,
}

impl CheckPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }
}

/// `GET /cua-toi/co-so/{short}`: what is done, what is missing, what the office asks.
pub async fn tasks(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let record = Registration::load(&ctx, &mut conn.cx(), &short).await?;
    drop(conn);
    if record.needs_agreement() {
        return Ok(Redirect::to(&address(&short, "dong-y")).into_response());
    }
    Ok(tasks_page(&ctx, &record).into_response())
}

fn tasks_page(ctx: &Ctx, record: &Registration) -> TasksPage {
    let t = Texts(ctx.lang);
    let short = record.producer.short.clone();
    let (area, current) = area(record.author);
    let mut page = Page::of(ctx, area, current);
    if ctx.query.split('&').any(|pair| pair == "da-rut=1") {
        page.notice = Some(t.withdrawn().to_owned());
    }
    let name = if record.content.name.is_empty() { t.tasks_title().to_owned() } else { record.content.name.clone() };
    let complete = steps::missing(&record.content).is_empty();
    let send = match (record.open().map(|r| r.state), complete) {
        (Some(State::Submitted) | None, _) if record.producer.state != State::Rejected => Send::Nothing,
        (_, true) => Send::Open,
        (_, false) => Send::Closed,
    };
    TasksPage {
        page,
        t,
        tasks: Step::ALL.into_iter().map(|step| task(record, step, ctx.lang)).collect(),
        done: record.done(),
        asking: record.asking().map(|revision| asking(revision, &short, t)),
        notes: notes(record, t),
        send,
        public: (record.producer.state == State::Approved).then(|| record.producer.path()),
        consents: record.consents.iter().map(|consent| standing(consent, ctx.lang)).collect(),
        may_slip: record.author.channel != Channel::OneSelf,
        home: match record.author.channel {
            Channel::Helper => ("/ho-tro", t.back_helping()),
            _ => ("/cua-toi", t.back_home()),
        },
        short,
        name,
    }
}

fn standing(consent: &super::store::Consent, lang: Lang) -> Standing {
    let how = consent.channel.label(lang);
    let how = if consent.evidence.is_empty() { how.to_owned() } else { format!("{how} ({})", consent.evidence) };
    Standing {
        field: consent.field.word(),
        label: consent.field.label(lang),
        line: Texts(lang).consent_given(consent.given_at.date_text(), how),
    }
}

fn task(record: &Registration, step: Step, lang: Lang) -> Task {
    let t = Texts(lang);
    let asked = record.asked(step);
    let (class, tag) = match record.progress(step) {
        _ if !asked.is_empty() => (" bad", t.tag_fix()),
        Progress::Done => (" ok", t.tag_done()),
        Progress::Missing => (" wait", t.tag_todo()),
        Progress::Optional => ("", t.tag_optional()),
    };
    let line = match asked.first() {
        Some(note) => (*note).to_owned(),
        None => answers::line(record, step, lang),
    };
    Task { href: address(&record.producer.short, step.path()), title: step.title(lang), line, class, tag }
}

fn asking(revision: &Revision, short: &str, t: Texts) -> Asking {
    let day = revision.decided_at.unwrap_or(revision.updated_at).date_text();
    let rejected = revision.state == State::Rejected;
    let fields = revision.field_notes.0.iter().map(|(field, note)| {
        let step = Step::of_field(field);
        let href = step.map_or_else(|| address(short, ""), |step| address(short, step.path()));
        let label = step.map_or("", |step| step.title(t.0));
        (href, label.to_owned(), note.clone())
    });
    Asking {
        title: if rejected { t.rejected_title(day) } else { t.asked_title(day) },
        rejected,
        note: revision.note.clone(),
        fields: fields.collect(),
    }
}

fn notes(record: &Registration, t: Texts) -> Vec<Note> {
    let mut notes = Vec::new();
    if let Some(helping) = record.helping().filter(|_| record.author.channel != Channel::OneSelf) {
        notes.push(Note { class: "", text: t.helped_note(&helping.evidence) });
    }
    if record.producer.state == State::Suspended {
        notes.push(Note { class: " wait", text: t.suspended_note().to_owned() });
    }
    match record.open() {
        Some(revision) if revision.state == State::Submitted => {
            let at = revision.submitted_at.unwrap_or(revision.updated_at);
            notes.push(Note { class: " ok", text: t.sent_note(at.text()) });
        }
        Some(revision) if record.producer.approved_at.is_some() && revision.state == State::Draft => {
            notes.push(Note { class: " wait", text: t.draft_change_note().to_owned() });
        }
        _ => {}
    }
    notes
}

/// `GET /cua-toi/co-so/{short}/xem-lai`: every answer, to be read once more.
pub async fn check(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let record = Registration::load(&ctx, &mut conn.cx(), &short).await?;
    drop(conn);
    if record.needs_agreement() {
        return Ok(Redirect::to(&address(&short, "dong-y")).into_response());
    }
    Ok(check_page(&ctx, &record, false).into_response())
}

fn check_page(ctx: &Ctx, record: &Registration, stale: bool) -> CheckPage {
    let (area, current) = area(record.author);
    let missing = steps::missing(&record.content);
    let open = record.open().is_some_and(|r| r.state != State::Submitted);
    CheckPage {
        page: Page::of(ctx, area, current),
        t: Texts(ctx.lang),
        short: record.producer.short.clone(),
        answers: answers::all(record, ctx.lang),
        version: record.version(),
        stale,
        can_send: missing.is_empty() && open,
        missing,
        picture: record.content.picture.map(|id| crate::files::picture_url(id, 's')),
    }
}

/// `POST /cua-toi/co-so/{short}/gui`: hands it in. Sent twice, it is handed in once.
pub async fn send(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let record = Registration::load(&ctx, &mut tx.cx(), &short).await?;
    let tasks = Redirect::to(&address(&short, "")).into_response();
    let Some(revision) = record.open().filter(|_| !record.needs_agreement()) else { return Ok(tasks) };
    if revision.state == State::Submitted {
        return Ok(tasks);
    }
    if !steps::missing(&record.content).is_empty() {
        let page = check_page(&ctx, &record, false);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let fresh = form.value("phien-ban") == record.version();
    if !fresh || flow::submit(&mut tx.cx(), revision, ctx.now()).await? == Written::Stale {
        return Ok((StatusCode::CONFLICT, check_page(&ctx, &record, true)).into_response());
    }
    let entry = audit::Entry {
        actor: Some(record.author.user),
        action: "producer.submit",
        subject_kind: "producer",
        subject: Some(record.producer.id.0),
        before: None,
        after: Some(record.author.channel.word()),
        address: Some(ctx.address.to_string()),
    };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(tasks)
}

/// `POST /cua-toi/co-so/{short}/rut`: withdraws one consent; page, index and cache follow at once.
pub async fn withdraw(ctx: Ctx, Path(short): Path<String>, form: Form) -> Result<Response, AppError> {
    let field: ConsentField = form.value("field").parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let record = Registration::load(&ctx, &mut tx.cx(), &short).await?;
    record.choose(&ctx, &mut tx.cx(), Choice { field, public: false }).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{}?da-rut=1", address(&short, ""))).into_response())
}
