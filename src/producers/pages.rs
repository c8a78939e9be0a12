//! Pages of a producer's record: beginning it, its steps, the picture.
//!
//! The task list, the check page and handing in are in [`super::tasks`].

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use crate::accounts::model::Role;
use crate::accounts::store as accounts;
use crate::db::is_unique_violation;
use crate::files::store::FileUse;
use crate::files::{Upload, picture_url};
use crate::ids::{ProducerId, new_id};
use crate::review::flow::{self, Author, Written};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

use super::acting::{self, Acting};
use super::answers::{self, Answer};
use super::model::{Channel, Producer, ProducerContent, ProducerKind, State};
use super::registration::Registration;
use super::steps::Step;
use super::store;
use super::tax_code::{self, TaxCode};
use super::texts::Texts;

/// A choice as the templates take it: value, words, hint.
pub(super) type Pick = (&'static str, &'static str, &'static str);

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/step.html")]
struct StepPage {
    page: Page,
    t: Texts,
    form: Form,
    step: Step,
    action: String,
    back: String,
    version: String,
    /// Where the form was opened from: `xem-lai`, or "".
    from: String,
    kinds: Vec<Pick>,
    villages: Vec<(String, String)>,
    /// What somebody else stored meanwhile.
    stale: Vec<Answer>,
    asked: Vec<String>,
    notes: Vec<String>,
    tax_kept: Option<String>,
    picture: Option<String>,
    name: String,
}

impl StepPage {
    fn is(&self, path: &str) -> bool {
        self.step.path() == path
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn total(&self) -> usize {
        Step::ALL.len()
    }

    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn steps(&self) -> [Step; 7] {
        Step::ALL
    }

    fn title(&self) -> &'static str {
        self.step.title(self.page.lang)
    }

    fn seen(&self) -> [Pick; 2] {
        [("office", self.t.seen_office(), ""), ("all", self.t.seen_all(), "")]
    }

    fn seen_phone(&self) -> [Pick; 2] {
        let t = self.t;
        [("office", t.seen_office(), t.seen_office_phone()), ("all", t.seen_all(), t.seen_all_phone())]
    }

    fn tax_answers(&self) -> [Pick; 3] {
        let t = self.t;
        [
            ("known", t.tax_yes(), t.tax_yes_hint()),
            ("none", t.tax_none(), t.tax_none_hint()),
            ("unknown", t.tax_unknown(), t.tax_unknown_hint()),
        ]
    }

    fn label_answers(&self) -> [Pick; 2] {
        let t = self.t;
        [("all", t.labels_yes(), t.labels_yes_hint()), ("office", t.labels_no(), t.labels_no_hint())]
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/begin.html")]
struct BeginPage {
    page: Page,
    t: Texts,
    form: Form,
    kinds: Vec<Pick>,
    request_id: String,
    /// Begun before: address and name.
    begun: Vec<(String, String)>,
}

/// The query of a step's page.
#[derive(Deserialize)]
pub struct From {
    #[serde(default)]
    ve: String,
}

/// The part of the site that a record's pages belong to, for whoever works on it.
pub(super) fn area(author: Author) -> (Area, &'static str) {
    match author.channel {
        Channel::Helper => (Area::Helper, "/ho-tro"),
        _ => (Area::Mine, "/cua-toi"),
    }
}

/// Address of a record's page.
pub(super) fn address(short: &str, part: &str) -> String {
    if part.is_empty() { format!("/cua-toi/co-so/{short}") } else { format!("/cua-toi/co-so/{short}/{part}") }
}

fn kinds(lang: Lang) -> Vec<Pick> {
    let t = Texts(lang);
    let hint = |kind| match kind {
        ProducerKind::Household => t.kind_household(),
        ProducerKind::HouseholdBusiness => t.kind_household_business(),
        ProducerKind::Cooperative => t.kind_cooperative(),
        ProducerKind::CooperativeGroup => t.kind_cooperative_group(),
        ProducerKind::Enterprise => t.kind_enterprise(),
    };
    ProducerKind::ALL.iter().map(|kind| (kind.word(), kind.label(lang), hint(*kind))).collect()
}

/// `GET /cua-toi/co-so/moi`: the first question; nothing is stored yet.
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    Ok(begin_page(&ctx, Form::default()).await?.into_response())
}

async fn begin_page(ctx: &Ctx, form: Form) -> Result<BeginPage, AppError> {
    let person = ctx.person()?;
    let t = Texts(ctx.lang);
    let mut begun = Vec::new();
    let mut conn = ctx.app.db.read().await?;
    for id in person.producers(ctx.commune_id()) {
        if let Some(producer) = store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?
            && producer.state == State::Draft
        {
            let name = if producer.name.is_empty() { t.nameless().to_owned() } else { producer.name.clone() };
            begun.push((address(&producer.short, ""), t.go_on_with(name)));
        }
    }
    let request_id = form.request_id(ctx.now()).to_string();
    let page = Page::of(ctx, Area::Mine, "/cua-toi");
    Ok(BeginPage { page, t, form, kinds: kinds(ctx.lang), request_id, begun })
}

/// `POST /cua-toi/co-so/moi`: begins a producer of which the person at the form is the owner. The same form sent
/// twice begins one.
pub async fn do_begin(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let author = Author { user: ctx.user_id()?, channel: Channel::OneSelf };
    let mut content = ProducerContent::default();
    Step::Kind.read(&mut form, &mut content, &[], ctx.lang);
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, begin_page(&ctx, form).await?).into_response());
    }
    let id = ProducerId(form.request_id(ctx.now()));
    let short = begin_once(&ctx, id, &content, author, None).await?;
    Ok(Redirect::to(&format!("{}?da-luu=1", address(&short, Step::Place.path()))).into_response())
}

/// What a helper records of the producer's consent to being helped.
pub(super) struct Agreement {
    /// Helper or paper.
    pub channel: Channel,
    /// How and when, in words.
    pub evidence: String,
}

/// Begins a producer under an id of the form, unless the same form did already; returns its short address.
pub(super) async fn begin_once(
    ctx: &Ctx,
    id: ProducerId,
    content: &ProducerContent,
    author: Author,
    agreement: Option<&Agreement>,
) -> Result<String, AppError> {
    match begin_now(ctx, id, content, author, agreement).await {
        Ok(producer) => Ok(producer.short),
        Err(error) if is_unique_violation(&error) => {
            // Whoever sent the form twice became the owner after this request began.
            let mut conn = ctx.app.db.read().await?;
            let mut person = (**ctx.person()?).clone();
            person.grants = accounts::grants(&mut conn.cx(), person.id).await?;
            let producer = store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
            acting::channel(&person, &producer).map(|_| producer.short).ok_or(AppError::NotFound)
        }
        Err(error) => Err(error.into()),
    }
}

async fn begin_now(
    ctx: &Ctx,
    id: ProducerId,
    content: &ProducerContent,
    author: Author,
    agreement: Option<&Agreement>,
) -> crate::db::Result<Producer> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let (producer, _) = flow::begin_producer_as(cx, commune, id, content, author, now).await?;
    if let Some(agreement) = agreement {
        super::helping::record(ctx, cx, &producer, author, agreement).await?;
    } else {
        accounts::insert_grant(cx, author.user, Role::Owner, Some(commune), Some(id), None, now).await?;
    }
    let entry = audit::Entry {
        actor: Some(author.user),
        action: "producer.begin",
        subject_kind: "producer",
        subject: Some(id.0),
        before: None,
        after: Some(author.channel.word()),
        address: Some(ctx.address.to_string()),
    };
    audit::write(cx, commune, &entry, now).await?;
    tx.commit().await?;
    Ok(producer)
}

/// `GET /cua-toi/co-so/{short}/{step}`: a page of questions as they stand.
pub async fn show(
    ctx: Ctx,
    Path((short, step)): Path<(String, String)>,
    Query(from): Query<From>,
) -> Result<Response, AppError> {
    let step = Step::of_path(&step).ok_or(AppError::NotFound)?;
    show_step(&ctx, &short, step, &from).await
}

/// `GET /cua-toi/co-so/{short}/anh`: the page of the picture.
pub async fn show_picture(ctx: Ctx, Path(short): Path<String>, Query(from): Query<From>) -> Result<Response, AppError> {
    show_step(&ctx, &short, Step::Picture, &from).await
}

async fn show_step(ctx: &Ctx, short: &str, step: Step, from: &From) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let record = Registration::load(ctx, &mut conn.cx(), short).await?;
    if record.needs_agreement() {
        return Ok(Redirect::to(&address(short, "dong-y")).into_response());
    }
    let own = ctx.person()?;
    let own = (record.author.channel == Channel::OneSelf).then_some(own.as_ref());
    let mut form = step.fill(&record.content, &record.consent_fields(), own);
    form.push("ve", &from.ve);
    Ok(step_page(ctx, &record, step, form, Vec::new()).into_response())
}

/// `POST /cua-toi/co-so/{short}/{step}`: stores the answers, or shows the page again with what is wrong.
pub async fn save(ctx: Ctx, Path((short, step)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let step = Step::of_path(&step).filter(|step| *step != Step::Picture).ok_or(AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let record = Registration::load(&ctx, &mut tx.cx(), &short).await?;
    if record.needs_agreement() {
        return Ok(Redirect::to(&address(&short, "dong-y")).into_response());
    }
    let mut content = record.content.clone();
    let choices = step.read(&mut form, &mut content, &record.own_villages, ctx.lang);
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, step_page(&ctx, &record, step, form, Vec::new())).into_response());
    }
    let seen_version = form.value("phien-ban").to_owned();
    let fresh = seen_version == record.version() || content == record.content;
    if !fresh || record.save(&ctx, &mut tx.cx(), &content, &choices).await? == Written::Stale {
        drop(tx);
        return stale(&ctx, &short, step, form).await;
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&onward(&record, step, &form)).into_response())
}

/// Somebody else changed it: what was typed stays, beside what is stored now.
async fn stale(ctx: &Ctx, short: &str, step: Step, form: Form) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let record = Registration::load(ctx, &mut conn.cx(), short).await?;
    let stored = answers::of_step(&record, step, ctx.lang);
    Ok((StatusCode::CONFLICT, step_page(ctx, &record, step, form, stored)).into_response())
}

/// Where a saved step leads.
fn onward(record: &Registration, step: Step, form: &Form) -> String {
    let short = &record.producer.short;
    let to = if form.value("ve") == "xem-lai" {
        address(short, "xem-lai")
    } else if form.has("sau", "1") || !record.is_first_time() {
        address(short, "")
    } else {
        address(short, step.next().map_or("xem-lai", Step::path))
    };
    format!("{to}?da-luu=1")
}

fn step_page(ctx: &Ctx, record: &Registration, step: Step, form: Form, stale: Vec<Answer>) -> StepPage {
    let t = Texts(ctx.lang);
    let short = &record.producer.short;
    let (area, current) = area(record.author);
    let from = form.value("ve").to_owned();
    let back = match (from.as_str(), step.previous()) {
        ("xem-lai", _) => address(short, "xem-lai"),
        (_, Some(previous)) if record.is_first_time() => address(short, previous.path()),
        _ => address(short, ""),
    };
    let mut notes = Vec::new();
    if let Some(helping) = record.helping().filter(|_| record.author.channel != Channel::OneSelf) {
        notes.push(t.helped_note(&helping.evidence));
    }
    match record.state() {
        State::Submitted => notes.push(t.submitted_note().to_owned()),
        State::Approved => notes.push(t.already_public_note().to_owned()),
        _ => {}
    }
    let stored = TaxCode::parse(&record.content.tax_code).ok();
    StepPage {
        page: Page::of(ctx, area, current),
        t,
        step,
        action: address(short, step.path()),
        back,
        version: record.version(),
        from,
        kinds: kinds(ctx.lang),
        villages: record.choosable().iter().map(|v| (v.id.to_string(), v.name.clone())).collect(),
        stale,
        asked: record.asked(step).into_iter().map(str::to_owned).collect(),
        notes,
        tax_kept: stored.filter(|c| c.is_personal()).map(|c| t.tax_kept(tax_code::shown(c.as_str()))),
        picture: record.content.picture.map(|id| picture_url(id, 'm')),
        name: record.content.name.clone(),
        form,
    }
}

/// `POST /cua-toi/co-so/{short}/anh`: takes a new picture, or leaves or removes the present one.
pub async fn save_picture(ctx: Ctx, Path(short): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let (producer, _) = Acting::of(&ctx, &short).await?;
    let received = upload.receive(&ctx, Some(producer.id), &[("picture", FileUse::Picture)]).await?;
    let (picture, form) = (received.id("picture"), received.form);
    let mut tx = ctx.app.db.begin().await?;
    let record = Registration::load(&ctx, &mut tx.cx(), &short).await?;
    if record.needs_agreement() {
        return Ok(Redirect::to(&address(&short, "dong-y")).into_response());
    }
    if !form.is_fine() {
        let status = form.status();
        return Ok((status, step_page(&ctx, &record, Step::Picture, form, Vec::new())).into_response());
    }
    let mut content = record.content.clone();
    if form.has("bo", "1") {
        content.picture = None;
    } else if picture.is_some() {
        content.picture = picture;
    }
    // A picture replaces a picture; what somebody else wrote meanwhile is untouched by it.
    if record.save(&ctx, &mut tx.cx(), &content, &[]).await? == Written::Stale {
        drop(tx);
        return stale(&ctx, &short, Step::Picture, form).await;
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    let to = if form.has("bo", "1") {
        format!("{}?da-luu=1", address(&short, Step::Picture.path()))
    } else {
        onward(&record, Step::Picture, &form)
    };
    Ok(Redirect::to(&to).into_response())
}

/// A fresh request id for a form.
pub(super) fn request_id(ctx: &Ctx, form: &Form) -> String {
    if form.sent("lan") { form.request_id(ctx.now()).to_string() } else { new_id(ctx.now()).to_string() }
}
