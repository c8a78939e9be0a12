//! Attendance: confirming who signed in at the door, adding people from the printed list.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::activities::model::{
    Activity, ActivityState, Attendance, AttendanceChannel, AttendanceState, Invitation, NewAttendance,
};
use crate::activities::store::people::{self, Decided};
use crate::activities::texts::Texts;
use crate::db::Cx;
use crate::ids::AttendanceId;
use crate::producers::store as producers;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// The most people added by one form.
const MOST: usize = 300;

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/attend.html")]
struct AttendPage {
    page: Page,
    t: Texts,
    form: Form,
    activity: Activity,
    rows: Vec<Attendance>,
    invited: Vec<Invitation>,
    /// Producers that a line may be for: those invited.
    choices: Vec<(String, String)>,
    lan: uuid::Uuid,
    may_change: bool,
}

impl AttendPage {
    fn is_waiting(row: &Attendance) -> bool {
        row.state == AttendanceState::Waiting
    }

    fn may_remove(row: &Attendance) -> bool {
        row.state == AttendanceState::Confirmed && row.support_id.is_none()
    }

    fn is_for(row: &Attendance, short: &str) -> bool {
        row.producer_short.as_deref() == Some(short)
    }
}

async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, activity: Activity, form: Form) -> Result<AttendPage, AppError> {
    let rows = people::rows(cx, ctx.commune_id(), activity.id).await?;
    let invited = people::invited(cx, ctx.commune_id(), activity.id).await?;
    let mut choices: Vec<(String, String)> = invited.iter().map(|one| (one.short.clone(), one.name.clone())).collect();
    for row in &rows {
        if let (Some(short), Some(name)) = (&row.producer_short, &row.producer_name)
            && !choices.iter().any(|(known, _)| known == short)
        {
            choices.push((short.clone(), name.clone()));
        }
    }
    Ok(AttendPage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        rows,
        invited: invited.into_iter().filter(|one| one.attended == 0).collect(),
        choices,
        may_change: ctx.officer().is_ok() && activity.state != ActivityState::Cancelled,
        activity,
    })
}

/// `GET /van-phong/hoat-dong/{id}/diem-danh`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let activity = load(&ctx, &mut cx, &id).await?;
    Ok(shown(&ctx, &mut cx, activity, Form::default()).await?.into_response())
}

/// Name, village and phone of each line; the number of the first that is none.
fn read_lines(text: &str) -> Result<Vec<[String; 3]>, usize> {
    let mut people = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split([';', '\t']).map(|field| field.trim().to_owned());
        let mut next = || fields.next().unwrap_or_default();
        let person = [next(), next(), next()];
        if person[0].is_empty() || person.iter().any(|field| field.chars().count() > 120) {
            return Err(at + 1);
        }
        people.push(person);
    }
    Ok(people)
}

/// An id of a line that is the same for the same form.
fn line_request(request: uuid::Uuid, at: usize) -> uuid::Uuid {
    uuid::Uuid::from_u128(request.as_u128().wrapping_add(at as u128))
}

/// `POST /van-phong/hoat-dong/{id}/diem-danh`: adds people, confirmed; the same form sent twice adds them once.
pub async fn add(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let (commune, now, t) = (ctx.commune_id(), ctx.now(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let activity = load(&ctx, &mut tx.cx(), &id).await?;
    if activity.state == ActivityState::Cancelled {
        return Err(AppError::Conflict(t.turned().to_owned()));
    }
    let lines = form.parse_with("nguoi", read_lines, |line| t.add_line_wrong(line)).unwrap_or_default();
    let shorts: Vec<String> = form.values("co-so").map(str::to_owned).collect();
    if form.is_fine() && lines.is_empty() && shorts.is_empty() {
        form.fail("nguoi", t.add_nothing());
    }
    if lines.len() + shorts.len() > MOST {
        form.fail("nguoi", t.add_too_many());
    }
    if !form.is_fine() {
        let page = shown(&ctx, &mut tx.cx(), activity, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let request = form.request_id(now);
    let mut new: Vec<NewAttendance> = Vec::new();
    let line = |[name, village, phone]: [String; 3]| NewAttendance {
        id: AttendanceId::new(now),
        producer: None,
        user: None,
        name,
        village,
        phone,
        channel: AttendanceChannel::Office,
        state: AttendanceState::Confirmed,
        request,
        at: now,
    };
    for short in &shorts {
        let producer = producers::by_short(&mut tx.cx(), commune, short).await?.ok_or(AppError::NotFound)?;
        new.push(NewAttendance { producer: Some(producer.id), ..line([producer.name, String::new(), String::new()]) });
    }
    new.extend(lines.into_iter().map(line));
    let mut added = 0;
    for (at, one) in new.into_iter().enumerate() {
        let one = NewAttendance { request: line_request(request, at), ..one };
        added += i32::from(people::add(&mut tx.cx(), commune, activity.id, &one).await?);
    }
    if added > 0 {
        note(&ctx, &mut tx.cx(), &activity, "activity.attend", &added.to_string()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}/diem-danh?da-luu=1", activity.id)).into_response())
}

/// `POST /van-phong/hoat-dong/{id}/diem-danh/{row}`: confirms a line, for a producer or none, or takes it out.
pub async fn decide(ctx: Ctx, Path((id, row)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (commune, t) = (ctx.commune_id(), Texts(ctx.lang));
    let mut tx = ctx.app.db.begin().await?;
    let activity = load(&ctx, &mut tx.cx(), &id).await?;
    let row: AttendanceId = row.parse().map_err(|_| AppError::NotFound)?;
    let known = people::rows(&mut tx.cx(), commune, activity.id).await?;
    let line = known.into_iter().find(|one| one.id == row).ok_or(AppError::NotFound)?;
    let remove = form.has("viec", "bo");
    let reason = if remove { form.required("ly-do", 200, t.why_missing(), ctx.lang) } else { Some(String::new()) };
    let Some(reason) = reason else {
        let page = shown(&ctx, &mut tx.cx(), activity, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let producer = match form.value("co-so") {
        _ if remove => line.producer_id,
        "" => None,
        short => Some(producers::by_short(&mut tx.cx(), commune, short).await?.ok_or(AppError::NotFound)?.id),
    };
    let state = if remove { AttendanceState::Removed } else { AttendanceState::Confirmed };
    let seen = form.value("thay").parse().unwrap_or(AttendanceState::Waiting);
    let decided = Decided { state, producer, reason: &reason, seen };
    if !people::decide(&mut tx.cx(), commune, (activity.id, row), &decided, officer).await? {
        // The same form sent twice: it is as it says.
        if (line.state, line.producer_id, line.reason.as_str()) != (state, producer, reason.as_str()) {
            let why = if line.support_id.is_some() { t.is_counted() } else { t.line_raced() };
            return Err(AppError::Conflict(why.to_owned()));
        }
    } else if remove {
        note(&ctx, &mut tx.cx(), &activity, "activity.attend_remove", &reason).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}/diem-danh?da-luu=1", activity.id)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_person() {
        let lines = read_lines("Nguyễn Văn Mẫu; thôn Đông ;0912 345 678\n\nTrần Thị Ví Dụ\t\t").unwrap();
        assert_eq!(lines[0], ["Nguyễn Văn Mẫu", "thôn Đông", "0912 345 678"]);
        assert_eq!(lines[1], ["Trần Thị Ví Dụ", "", ""]);
        assert_eq!(read_lines("A\n; thôn Đông"), Err(2));
        assert_eq!(read_lines(&"x".repeat(200)), Err(1));
        assert_eq!(read_lines(" \n"), Ok(vec![]));
    }
}
