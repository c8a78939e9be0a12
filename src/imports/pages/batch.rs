//! `/van-phong/nhap/{id}`: what a file would do, line by line; writing it, what became of it, taking it back.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, actor, around, load};
use crate::activities::model::Activity;
use crate::activities::store as activities;
use crate::db::Cx;
use crate::ids::ProducerId;
use crate::imports::headings::{self, Column, How};
use crate::imports::kinds::{Work, attendance};
use crate::imports::model::{Batch, BatchState, Choice, Kind, Mode, Outcome, Planned, Undo};
use crate::imports::plan::{self, Plan, Reading};
use crate::imports::run::{self, Order, Ran};
use crate::imports::store::{self, Item, register};
use crate::imports::texts::Texts;
use crate::review::listing::{Listing, Pager};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// The word in addresses for lines to be looked at again.
const WARNED: &str = "xem-lai";

/// A file that was read and held against the register.
pub(super) struct Seen {
    pub reading: Reading,
    /// None where columns are missing without which no line can be read.
    pub plan: Option<Plan>,
    /// How often each producer was supported this year; for comparing.
    pub supported: HashMap<ProducerId, i64>,
}

/// The file as it stands, or why there is nothing to see.
pub(super) async fn see(ctx: &Ctx, batch: &Batch) -> Result<Result<Seen, String>, AppError> {
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let mut reading = match plan::reading(&ctx.app, &mut conn.cx(), batch, ctx.lang).await? {
        None => return Ok(Err(t.file_gone().to_owned())),
        Some(Err(refusal)) => return Ok(Err(refusal.say(ctx.lang))),
        Some(Ok(reading)) => reading,
    };
    if !reading.missing(batch).is_empty() {
        return Ok(Ok(Seen { reading, plan: None, supported: HashMap::new() }));
    }
    let lines = std::mem::take(&mut reading.lines);
    let plan = plan::check(&mut conn.cx(), batch, lines, around(ctx)).await?;
    let supported = if batch.mode == Mode::Compare {
        let ids: Vec<ProducerId> = plan.rows.iter().filter_map(|row| row.producer).collect();
        register::supported(&mut conn.cx(), batch.commune_id, ctx.today().year(), &ids).await?
    } else {
        HashMap::new()
    };
    Ok(Ok(Seen { reading, plan: Some(plan), supported }))
}

#[derive(Template, WebTemplate)]
#[template(path = "imports/templates/batch.html")]
struct BatchPage {
    page: Page,
    t: Texts,
    form: Form,
    batch: Batch,
    /// Said at the top: why nothing was written.
    trouble: Option<String>,
    seen: Option<Seen>,
    rows: Vec<Planned<Work>>,
    items: Vec<Item>,
    pager: Pager,
    listing: Listing,
    year: i32,
    choices: Vec<(&'static str, &'static str, &'static str)>,
    /// The activity of lines that name none.
    activity: Option<Activity>,
    /// Activities whose attendance was written, to be counted as support there.
    attended: Vec<Activity>,
}

impl BatchPage {
    fn is_open(&self) -> bool {
        self.batch.state == BatchState::Checked
    }

    fn is_compare(&self) -> bool {
        self.batch.mode == Mode::Compare
    }

    fn is_attendance(&self) -> bool {
        self.batch.kind == Kind::Attendance
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        label(self.t, &self.batch, outcome)
    }

    /// Each outcome's word, name and number of lines.
    fn outcomes(&self) -> Vec<(&'static str, &'static str, usize)> {
        let count = |outcome| self.plan().map_or(0, |plan| plan.counts.of(outcome));
        Outcome::ALL.iter().map(|outcome| (outcome.word(), self.outcome(*outcome), count(*outcome))).collect()
    }

    fn field(&self, key: &str) -> &'static str {
        headings::field(self.batch.kind, key).map_or("", |field| field.label(self.page.lang))
    }

    fn plan(&self) -> Option<&Plan> {
        self.seen.as_ref().and_then(|seen| seen.plan.as_ref())
    }

    /// Right lines that should be looked at again.
    fn warned(&self) -> usize {
        self.plan().map_or(0, |plan| plan.warned().count())
    }

    /// Something can be written.
    fn may_run(&self) -> bool {
        self.is_open()
            && !self.is_compare()
            && self.plan().is_some_and(|plan| plan.counts.new + plan.counts.changed > 0)
    }

    fn times(&self, row: &Planned<Work>) -> i64 {
        let seen = self.seen.as_ref();
        row.producer.and_then(|id| seen?.supported.get(&id).copied()).unwrap_or(0)
    }

    /// Producers of the list that were supported this year.
    fn supported(&self) -> usize {
        self.seen.as_ref().map_or(0, |seen| seen.supported.len())
    }

    fn missing(&self) -> Vec<String> {
        let Some(seen) = &self.seen else { return Vec::new() };
        let or = self.t.or();
        let name = |fields: &&'static [&'static str]| {
            let named: Vec<&str> = fields.iter().filter(|key| **key != "id").map(|key| self.field(key)).collect();
            named.join(or)
        };
        seen.reading.missing(&self.batch).iter().map(name).collect()
    }

    fn used(&self) -> Vec<String> {
        let columns = self.seen.iter().flat_map(|seen| &seen.reading.layout.columns);
        let said = |column: &Column| Some(format!("{} → {}", column.heading, self.field(column.field?)));
        columns.filter_map(said).collect()
    }

    fn unused(&self) -> Vec<String> {
        let columns = self.seen.iter().flat_map(|seen| seen.reading.layout.unused());
        let said = |column: &Column| match column.how {
            How::Twice => self.t.column_twice(&column.heading),
            _ => column.heading.clone(),
        };
        columns.map(said).collect()
    }

    fn has_unknown(&self) -> bool {
        self.seen.as_ref().is_some_and(|seen| seen.reading.layout.unknown().next().is_some())
    }

    /// The first digits of the file's hash.
    fn hash(&self) -> &str {
        self.batch.sha256.get(..12).unwrap_or_default()
    }

    /// Name of the sheet that was read.
    fn sheet(&self) -> &str {
        let seen = self.seen.as_ref();
        seen.and_then(|s| s.reading.book.sheets.get(s.reading.sheet)).map_or("", |sheet| sheet.name.as_str())
    }

    fn undo(&self, undo: Undo) -> &'static str {
        undo.label(self.page.lang)
    }
}

pub(super) fn label(t: Texts, batch: &Batch, outcome: Outcome) -> &'static str {
    match (batch.mode, batch.kind, outcome) {
        (Mode::Import, _, Outcome::New) => t.out_new(),
        (Mode::Import, _, Outcome::Changed) => t.out_changed(),
        (Mode::Import, _, Outcome::Same) => t.out_same(),
        (Mode::Compare, Kind::Attendance, Outcome::New) => t.cmp_new_person(),
        (Mode::Compare, Kind::Attendance, Outcome::Changed) => t.cmp_changed_person(),
        (Mode::Compare, Kind::Attendance, Outcome::Same) => t.cmp_same_person(),
        (Mode::Compare, _, Outcome::New) => t.cmp_new(),
        (Mode::Compare, _, Outcome::Changed) => t.cmp_changed(),
        (Mode::Compare, _, Outcome::Same) => t.cmp_same(),
        (_, _, Outcome::Wrong) => t.out_wrong(),
    }
}

async fn batch_page(ctx: &Ctx, batch: Batch, mut form: Form, trouble: Option<String>) -> Result<BatchPage, AppError> {
    let t = Texts(ctx.lang);
    let listing = Listing::of(ctx);
    let (mut seen, mut trouble) = (None, trouble.or(Some(batch.trouble.clone()).filter(|text| !text.is_empty())));
    let (mut rows, mut items, mut pager) = (Vec::new(), Vec::new(), Pager::of(&listing, 0));
    let (activity, mut attended) = (chosen(ctx, &batch).await?, Vec::new());
    match batch.state {
        BatchState::Checked => match see(ctx, &batch).await? {
            Ok(found) => seen = Some(found),
            Err(why) => trouble = trouble.or(Some(why)),
        },
        BatchState::Undone => {
            let mut conn = ctx.app.db.read().await?;
            items = store::left(&mut conn.cx(), batch.commune_id, batch.id).await?;
        }
        BatchState::Done => {
            let mut conn = ctx.app.db.read().await?;
            items = store::items(&mut conn.cx(), batch.commune_id, batch.id).await?;
            attended = activities_of(&mut conn.cx(), &batch, &items).await?;
            pager = Pager::cut(&listing, &mut items);
        }
        BatchState::Queued => {}
    }
    if let Some(plan) = seen.as_ref().and_then(|seen: &Seen| seen.plan.as_ref()) {
        let only = Outcome::ALL.into_iter().find(|outcome| outcome.word() == listing.get("xem"));
        let mut shown: Vec<&Planned<Work>> =
            if listing.get("xem") == WARNED { plan.warned().collect() } else { plan.of(only).collect() };
        if only.is_none() {
            let place = |row: &&Planned<Work>| Outcome::ALL.iter().position(|outcome| *outcome == row.outcome);
            shown.sort_by_key(|row| (place(row), row.cautions.is_empty()));
        }
        pager = Pager::cut(&listing, &mut shown);
        rows = shown.into_iter().cloned().collect();
        form.set("dau", &plan.fingerprint);
        form.set("version", &batch.version.to_string());
        if !form.sent("cach") {
            form.push("cach", Choice::All.word());
        }
    }
    let choices = Choice::ALL.iter().map(|choice| (choice.word(), choice.label(ctx.lang), "")).collect();
    let (page, year) = (Page::of(ctx, Area::Office, HERE), ctx.today().year());
    Ok(BatchPage {
        page,
        t,
        form,
        batch,
        trouble,
        seen,
        rows,
        items,
        pager,
        listing,
        year,
        choices,
        activity,
        attended,
    })
}

/// The activity that was chosen for the batch's lines.
async fn chosen(ctx: &Ctx, batch: &Batch) -> Result<Option<Activity>, AppError> {
    let Some(id) = batch.activity_id else { return Ok(None) };
    let mut conn = ctx.app.db.read().await?;
    Ok(activities::by_id(&mut conn.cx(), batch.commune_id, id).await?)
}

/// The activities of the people whom a batch wrote; the first twenty.
async fn activities_of(cx: &mut Cx<'_>, batch: &Batch, items: &[Item]) -> Result<Vec<Activity>, AppError> {
    let mut all = Vec::new();
    if batch.kind == Kind::Attendance {
        for id in attendance::activities_of(items).into_iter().take(20) {
            all.extend(activities::by_id(cx, batch.commune_id, id).await?);
        }
    }
    Ok(all)
}

/// `GET /van-phong/nhap/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let batch = load(&ctx, &id).await?;
    Ok(batch_page(&ctx, batch, Form::default(), None).await?.into_response())
}

/// `POST /van-phong/nhap/{id}/chay`: writes what was looked at, and nothing else.
pub async fn run(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let batch = load(&ctx, &id).await?;
    let Ok(choice) = form.value("cach").parse::<Choice>() else {
        form.fail("cach", t.choice_missing());
        return again(&ctx, batch, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    if batch.state != BatchState::Checked {
        return again(&ctx, batch, form, Some(t.ran_taken()), StatusCode::CONFLICT).await;
    }
    let order = Order {
        batch: batch.id,
        fingerprint: form.value("dau").to_owned(),
        choice: choice.word().to_owned(),
        actor: actor(&ctx)?,
    };
    let ran = if form.value("version") == batch.version.to_string() {
        run::run(&ctx.app, &batch, &order).await?
    } else {
        Ran::Stale
    };
    let told = match ran {
        Ran::Done => return Ok(Redirect::to(&format!("{HERE}/{id}?da-luu=1")).into_response()),
        Ran::Queued => return Ok(Redirect::to(&format!("{HERE}/{id}")).into_response()),
        Ran::Wrong => {
            form.fail("cach", t.ran_wrong());
            return again(&ctx, batch, form, None, StatusCode::UNPROCESSABLE_ENTITY).await;
        }
        Ran::Taken => t.ran_taken(),
        Ran::Busy => t.ran_busy(),
        Ran::Stale => t.ran_stale(),
        Ran::Gone => t.file_gone(),
    };
    let batch = load(&ctx, &id).await?;
    again(&ctx, batch, form, Some(told), StatusCode::CONFLICT).await
}

async fn again(
    ctx: &Ctx,
    batch: Batch,
    form: Form,
    told: Option<&str>,
    status: StatusCode,
) -> Result<Response, AppError> {
    Ok((status, batch_page(ctx, batch, form, told.map(str::to_owned)).await?).into_response())
}

/// `POST /van-phong/nhap/{id}/hoan-tac`: takes the batch back.
pub async fn undo(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let batch = load(&ctx, &id).await?;
    let as_seen = form.value("version") == batch.version.to_string() && batch.state == BatchState::Done;
    if as_seen && run::undo(&ctx.app, &batch, &actor(&ctx)?).await? {
        return Ok(Redirect::to(&format!("{HERE}/{id}?da-luu=1")).into_response());
    }
    let batch = load(&ctx, &id).await?;
    again(&ctx, batch, form, Some(Texts(ctx.lang).undo_taken()), StatusCode::CONFLICT).await
}
