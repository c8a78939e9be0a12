//! Counting attendance as support: a record for each producer that came, once.

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::activities::model::{Activity, ActivityState, AttendanceState};
use crate::activities::store::{self, people};
use crate::activities::texts::Texts;
use crate::db::Cx;
use crate::ids::ProducerId;
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::support::entry::RESULT_AFTER;
use crate::support::model::{NewSupport, SupportKind};
use crate::support::pages::kind_choices;
use crate::support::state::{StepKind, SupportState};
use crate::support::store as support;
use crate::support::store::steps::After;
use crate::support::warnings::months_before;
use crate::support::{record, warn};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/give.html")]
struct GivePage {
    page: Page,
    t: Texts,
    form: Form,
    activity: Activity,
    chosen: Vec<Producer>,
    kinds: Vec<(String, String)>,
    warnings: Vec<String>,
}

struct Subject {
    activity: Activity,
    chosen: Vec<Producer>,
    kinds: Vec<SupportKind>,
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Subject, AppError> {
    ctx.officer()?;
    let commune = ctx.commune_id();
    let activity = load(ctx, cx, id).await?;
    if activity.state == ActivityState::Cancelled {
        return Err(AppError::Conflict(Texts(ctx.lang).turned().to_owned()));
    }
    let mut came: BTreeMap<ProducerId, bool> = BTreeMap::new();
    for row in people::rows(cx, commune, activity.id).await? {
        if let (Some(producer), AttendanceState::Confirmed) = (row.producer_id, row.state) {
            *came.entry(producer).or_default() |= row.support_id.is_some();
        }
    }
    let mut chosen = Vec::new();
    for producer in came.into_iter().filter(|(_, counted)| !counted).map(|(producer, _)| producer) {
        chosen.extend(producers::by_id(cx, commune, producer).await?);
    }
    chosen.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(Subject { activity, chosen, kinds: support::kinds(cx, commune).await? })
}

fn shown(ctx: &Ctx, form: Form, s: Subject, warnings: Vec<String>) -> GivePage {
    let kinds = kind_choices(ctx, &s.kinds);
    let (page, t) = (Page::of(ctx, Area::Office, NAV), Texts(ctx.lang));
    GivePage { page, t, form, activity: s.activity, chosen: s.chosen, kinds, warnings }
}

/// `GET /van-phong/hoat-dong/{id}/ho-tro`: who would get a record.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let subject = subject(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    let usual = subject.activity.kind.support_kind();
    if subject.kinds.iter().any(|kind| kind.code == usual) {
        form.push("loai", usual);
    }
    Ok(shown(&ctx, form, subject, Vec::new()).into_response())
}

/// `POST /van-phong/hoat-dong/{id}/ho-tro`: a record for each that has none; what an officer should know is told first.
pub async fn give(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (commune, t) = (ctx.commune_id(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let held = load(&ctx, &mut tx.cx(), &id).await?;
    store::hold(&mut tx.cx(), commune, held.id).await?;
    let mut subject = subject(&ctx, &mut tx.cx(), &id).await?;
    let kind = form.value("loai").to_owned();
    if !subject.kinds.iter().any(|k| k.code == kind) {
        form.fail("loai", t.give_kind_missing());
    }
    if subject.activity.starts_on > ctx.today() {
        form.fail("loai", t.give_early());
    }
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, subject, Vec::new())).into_response());
    }
    let after = told(&ctx, &subject.activity)?;
    let about = warn::About { kind: &kind, after: &after, request: uuid::Uuid::nil() };
    let warnings = warn::of(&ctx, &mut tx.cx(), &about, &subject.chosen, &subject.kinds).await?;
    if !warnings.is_empty() && !form.has("van-ghi", &warn::mark(&warnings)) {
        return Ok(shown(&ctx, form, subject, warnings).into_response());
    }
    // In one order whoever writes: two who record for the same producers at once never wait each for each.
    subject.chosen.sort_by_key(|producer| producer.id);
    for producer in &subject.chosen {
        let (request, by, at) = (crate::ids::new_id(ctx.now()), ctx.user_id()?, ctx.now());
        let new = NewSupport::of(after.clone(), (producer.id, None), &kind, request, by, at);
        record::store(&ctx, &mut tx.cx(), &new, StepKind::Delivered).await?;
        people::counted(&mut tx.cx(), commune, (subject.activity.id, producer.id), new.id).await?;
    }
    if !subject.chosen.is_empty() {
        note(&ctx, &mut tx.cx(), &subject.activity, "activity.support", &subject.chosen.len().to_string()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", subject.activity.id)).into_response())
}

/// What a record of it says: given on its first day, of its programme, without money.
fn told(ctx: &Ctx, activity: &Activity) -> Result<After, AppError> {
    let begun = After::begun(ctx, SupportState::Delivered)?;
    let note: String = Texts(ctx.lang).give_note(&activity.title).chars().take(500).collect();
    Ok(After {
        programme: activity.programme_id,
        given_on: activity.starts_on,
        note,
        result_due: Some(months_before(activity.starts_on, -RESULT_AFTER)),
        ..begun
    })
}
