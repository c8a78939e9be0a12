//! `/hd/{token}`: signing in at the door. Somebody who is logged in taps once; others write their name, and the office
//! confirms it.

use askama::Template;
use askama_web::WebTemplate;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::by_token;
use crate::accounts::model::Phone;
use crate::activities::model::{Activity, AttendanceChannel, AttendanceState, NewAttendance};
use crate::activities::store::{self, people};
use crate::activities::texts::Texts;
use crate::clock::Time;
use crate::ids::{AttendanceId, FileId};
use crate::market::enquiry::Daily;
use crate::web::{AppError, Ctx, Form, Page};

/// Names taken from one network a day: a village house has one address.
const A_DAY: u32 = 200;

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/door.html")]
struct DoorPage {
    page: Page,
    t: Texts,
    form: Form,
    activity: Activity,
    materials: Vec<(FileId, String, Time)>,
    me: Option<String>,
    is_open: bool,
    takes_feedback: bool,
    /// Done: by a tap, or by a name that waits.
    done: Option<bool>,
    lan: uuid::Uuid,
}

async fn shown(ctx: &Ctx, activity: Activity, form: Form) -> Result<DoorPage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let materials = store::materials(&mut conn.cx(), ctx.commune_id(), activity.id).await?;
    let done = match Form::parse(ctx.query.as_bytes()).value("xong") {
        "tap" => Some(true),
        "ten" => Some(false),
        _ => None,
    };
    Ok(DoorPage {
        page: Page { indexed: false, ..Page::new(ctx) },
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        materials,
        me: ctx.person.as_ref().map(|person| person.name.clone()),
        is_open: activity.takes_at_door(ctx.today()),
        takes_feedback: activity.takes_feedback(ctx.today()),
        done,
        activity,
    })
}

/// `GET /hd/{token}`.
pub async fn show(ctx: Ctx, Path(token): Path<String>) -> Result<Response, AppError> {
    let activity = {
        let mut conn = ctx.app.db.read().await?;
        by_token(&ctx, &mut conn.cx(), &token).await?
    };
    Ok(shown(&ctx, activity, Form::default()).await?.into_response())
}

/// `POST /hd/{token}`: signs in, once.
pub async fn sign_in(
    ctx: Ctx,
    Extension(daily): Extension<Daily>,
    Path(token): Path<String>,
    mut form: Form,
) -> Result<Response, AppError> {
    let (commune, now, t) = (ctx.commune_id(), ctx.now(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let activity = by_token(&ctx, &mut tx.cx(), &token).await?;
    if !activity.takes_at_door(ctx.today()) {
        drop(tx);
        form.fail("ten", t.door_shut());
        return Ok((StatusCode::CONFLICT, shown(&ctx, activity, form).await?).into_response());
    }
    let line = NewAttendance {
        id: AttendanceId::new(now),
        producer: None,
        user: None,
        name: String::new(),
        village: String::new(),
        phone: String::new(),
        channel: AttendanceChannel::Tap,
        state: AttendanceState::Confirmed,
        request: form.request_id(now),
        at: now,
    };
    let (new, done) = match &ctx.person {
        Some(person) if form.has("viec", "cham") => {
            // Of several producers that somebody acts for the office says which; of one it is clear.
            let own = person.producers(commune);
            let producer = match own.as_slice() {
                [one] => Some(*one),
                _ => None,
            };
            (NewAttendance { user: Some(person.id), producer, name: person.name.clone(), ..line }, "tap")
        }
        _ => {
            let name = form.required("ten", 120, t.door_name_missing(), ctx.lang);
            let village = form.text("thon", 120, ctx.lang);
            let phone = form.parse_with("dien-thoai", Phone::parse, |error| error.say(ctx.lang));
            let (Some(name), Some(village), true) = (name, village, form.is_fine()) else {
                drop(tx);
                return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, activity, form).await?).into_response());
            };
            if !daily.takes(ctx.address, ctx.today(), A_DAY) {
                drop(tx);
                form.fail("ten", t.door_too_many());
                return Ok((StatusCode::TOO_MANY_REQUESTS, shown(&ctx, activity, form).await?).into_response());
            }
            let phone = phone.map(|phone| phone.as_str().to_owned()).unwrap_or_default();
            let (channel, state) = (AttendanceChannel::Door, AttendanceState::Waiting);
            (NewAttendance { name, village, phone, channel, state, ..line }, "ten")
        }
    };
    people::add(&mut tx.cx(), commune, activity.id, &new).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/hd/{token}?xong={done}")).into_response())
}

/// `GET /hd/{token}/tai-lieu/{file}`: a paper for those who come.
pub async fn material(ctx: Ctx, Path((token, file)): Path<(String, String)>) -> Result<Response, AppError> {
    let file: FileId = file.parse().map_err(|_| AppError::NotFound)?;
    let is_there = {
        let mut conn = ctx.app.db.read().await?;
        let activity = by_token(&ctx, &mut conn.cx(), &token).await?;
        let materials = store::materials(&mut conn.cx(), ctx.commune_id(), activity.id).await?;
        materials.iter().any(|(id, ..)| *id == file)
    };
    if is_there { crate::files::pages::given(&ctx, file).await } else { Err(AppError::NotFound) }
}

/// `GET /HD/{TOKEN}…`: as the code at the door has it, in capitals, which make a smaller code.
pub async fn lower(ctx: Ctx) -> Redirect {
    Redirect::temporary(&ctx.path.to_ascii_lowercase())
}
