//! The form of an activity.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::activities::model::{Activity, ActivityKind, ActivityState, Topic};
use crate::activities::store;
use crate::activities::texts::Texts;
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{ActivityId, new_token};
use crate::support::programmes::model::Programme;
use crate::support::programmes::store as programmes;
use crate::support::record::programme_choices;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// The most days that an activity takes.
const MOST_DAYS: i64 = 60;

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/form.html")]
struct FormPage {
    page: Page,
    t: Texts,
    form: Form,
    title: String,
    action: String,
    back: String,
    programmes: Vec<(String, String)>,
    lan: uuid::Uuid,
}

impl FormPage {
    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        ActivityKind::ALL.iter().map(|kind| (kind.word(), kind.label(self.page.lang))).collect()
    }

    fn topics(&self) -> Vec<(&'static str, &'static str)> {
        Topic::ALL.iter().map(|topic| (topic.word(), topic.label(self.page.lang))).collect()
    }
}

fn shown(ctx: &Ctx, form: Form, activity: Option<&Activity>, programmes: &[Programme]) -> FormPage {
    let t = Texts(ctx.lang);
    FormPage {
        page: Page::of(ctx, Area::Office, NAV),
        t,
        lan: form.request_id(ctx.now()),
        form,
        title: activity.map_or_else(|| t.new_title().to_owned(), |a| t.edit_title(&a.title)),
        action: activity.map_or_else(|| format!("{HERE}/moi"), |a| format!("{HERE}/{}/sua", a.id)),
        back: activity.map_or_else(|| HERE.to_owned(), |a| format!("{HERE}/{}", a.id)),
        programmes: programme_choices(programmes),
    }
}

/// `GET /van-phong/hoat-dong/moi`.
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let programmes = programmes::open(&mut conn.cx(), ctx.commune_id()).await?;
    let mut form = Form::default();
    form.push("loai", ActivityKind::Training.word());
    Ok(shown(&ctx, form, None, &programmes).into_response())
}

/// Reads the form over what was before; None if something is wrong, noted in it.
fn read(ctx: &Ctx, form: &mut Form, before: Activity, programmes: &[Programme]) -> Option<Activity> {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let title = form.required("ten", 160, t.title_missing(), lang);
    let kind = form.value("loai").parse().ok();
    if kind.is_none() {
        form.fail("loai", t.kind_missing());
    }
    let topic = form.value("noi-dung").parse().ok();
    if topic.is_none() {
        form.fail("noi-dung", t.topic_missing());
    }
    let (starts_on, ends_on) = days(form, t);
    let hours = form.text("gio", 80, lang);
    let place = form.required("noi", 200, t.place_missing(), lang);
    let runs_by = form.text("to-chuc", 200, lang);
    let seats = form.parse_with("so-cho", |text| text.replace('.', "").parse::<i32>(), |_| t.seats_wrong().to_owned());
    if seats.is_some_and(|seats| !(1..=10_000).contains(&seats)) {
        form.fail("so-cho", t.seats_wrong());
    }
    let description = form.text("mo-ta", 2_000, lang);
    let chosen = form.value("chuong-trinh").to_owned();
    let programme = programmes.iter().find(|p| p.id.to_string() == chosen);
    if let (Some(programme), Some(day)) = (programme, starts_on)
        && programme.year != day.year()
    {
        form.fail("chuong-trinh", t.programme_year(programme.year));
    }
    if !form.is_fine() {
        return None;
    }
    Some(Activity {
        title: title?,
        kind: kind?,
        topic: topic?,
        starts_on: starts_on?,
        ends_on: ends_on?,
        hours: hours?,
        place: place?,
        runs_by: runs_by?,
        seats,
        description: description?,
        programme_id: programme.map(|p| p.id),
        ..before
    })
}

fn days(form: &mut Form, t: Texts) -> (Option<Day>, Option<Day>) {
    if form.value("tu").is_empty() {
        form.fail("tu", t.day_missing());
    }
    let starts = form.parse_with("tu", Day::parse, |_| t.day_wrong().to_owned());
    let ends = form.parse_with("den", Day::parse, |_| t.day_wrong().to_owned());
    let ends = if form.value("den").is_empty() { starts } else { ends };
    if let (Some(from), Some(to)) = (starts, ends) {
        if !(2010..=2999).contains(&from.year()) {
            form.fail("tu", t.day_wrong());
        }
        if !(0..=MOST_DAYS).contains(&to.days_since(from)) {
            form.fail("den", t.days_wrong());
        }
    }
    (starts, ends)
}

fn blank(ctx: &Ctx) -> Activity {
    Activity {
        id: ActivityId::new(ctx.now()),
        kind: ActivityKind::Training,
        title: String::new(),
        topic: Topic::Other,
        starts_on: ctx.today(),
        ends_on: ctx.today(),
        hours: String::new(),
        place: String::new(),
        runs_by: String::new(),
        programme_id: None,
        seats: None,
        description: String::new(),
        state: ActivityState::Planned,
        door_open: false,
        token: new_token(10),
        participants: None,
        results: String::new(),
        cancel_reason: String::new(),
        version: 0,
        attended: 0,
        producers: 0,
    }
}

/// `POST /van-phong/hoat-dong/moi`: the same form sent twice adds one.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let mut tx = ctx.app.db.begin().await?;
    let programmes = programmes::open(&mut tx.cx(), ctx.commune_id()).await?;
    let Some(activity) = read(&ctx, &mut form, blank(&ctx), &programmes) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, None, &programmes)).into_response());
    };
    let request = form.request_id(ctx.now());
    let (id, new) = store::insert(&mut tx.cx(), ctx.commune_id(), &activity, request, officer, ctx.now()).await?;
    if new {
        note(&ctx, &mut tx.cx(), &activity, "activity.add", &activity.days()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{id}?da-luu=1")).into_response())
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(Activity, Vec<Programme>), AppError> {
    ctx.officer()?;
    let activity = load(ctx, cx, id).await?;
    if activity.state == ActivityState::Cancelled {
        return Err(AppError::Conflict(Texts(ctx.lang).turned().to_owned()));
    }
    let mut programmes = programmes::open(cx, ctx.commune_id()).await?;
    if let Some(id) = activity.programme_id.filter(|id| !programmes.iter().any(|p| p.id == *id)) {
        programmes.extend(programmes::by_id(cx, ctx.commune_id(), id).await?);
    }
    Ok((activity, programmes))
}

/// `GET /van-phong/hoat-dong/{id}/sua`.
pub async fn edit(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (a, programmes) = subject(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    let programme = a.programme_id.map(|id| id.to_string()).unwrap_or_default();
    let seats = a.seats.map(|seats| seats.to_string()).unwrap_or_default();
    let version = a.version.to_string();
    for (name, value) in [
        ("version", version.as_str()),
        ("ten", &a.title),
        ("loai", a.kind.word()),
        ("noi-dung", a.topic.word()),
        ("tu", &a.starts_on.text()),
        ("den", &a.ends_on.text()),
        ("gio", &a.hours),
        ("noi", &a.place),
        ("to-chuc", &a.runs_by),
        ("chuong-trinh", &programme),
        ("so-cho", &seats),
        ("mo-ta", &a.description),
    ] {
        form.push(name, value);
    }
    Ok(shown(&ctx, form, Some(&a), &programmes).into_response())
}

/// `POST /van-phong/hoat-dong/{id}/sua`: over the version that was seen.
pub async fn change(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (before, programmes) = subject(&ctx, &mut tx.cx(), &id).await?;
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let Some(after) = read(&ctx, &mut form, before.clone(), &programmes) else {
        let page = shown(&ctx, form, Some(&before), &programmes);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if after != before {
        let seen = Activity { version: seen, ..after.clone() };
        if !store::update(&mut tx.cx(), ctx.commune_id(), &seen).await? {
            form.set("version", &before.version.to_string());
            form.fail("ten", Texts(ctx.lang).raced());
            let page = shown(&ctx, form, Some(&before), &programmes);
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        note(&ctx, &mut tx.cx(), &before, "activity.change", &after.title).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", before.id)).into_response())
}
