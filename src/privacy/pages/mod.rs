//! The pages of personal data.

pub mod consents;
pub mod erase;
pub mod give;
pub mod holidays;
pub mod mine;
pub mod office;
pub mod open;
mod whose;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::model::{ANSWER_DAYS, Calendar, DONE_DAYS, DataRequest, RequestChannel, RequestKind, RequestState};
use super::store;
use super::texts::Texts;
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{DataRequestId, UserId};
use crate::web::{AppError, Ctx, Form, Lang};

/// The office's address.
const HERE: &str = "/van-phong/du-lieu-ca-nhan";

/// A file that nobody but who asked shall keep.
fn as_file(bytes: Vec<u8>, media_type: &'static str, name: &str) -> Response {
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&disposition).unwrap_or(HeaderValue::from_static("attachment")),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    (headers, bytes).into_response()
}

fn as_archive(bytes: Vec<u8>, name: &str) -> Response {
    as_file(bytes, "application/zip", &format!("{name}.zip"))
}

/// What may be asked for, for a field.
fn kinds(lang: Lang) -> Vec<(String, String)> {
    RequestKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.label(lang).to_owned())).collect()
}

/// A request as a form tells it.
struct Asked {
    kind: RequestKind,
    name: String,
    contact: String,
    words: String,
}

/// Reads a request; who asks is known of somebody who is logged in.
fn read(form: &mut Form, known: Option<(&str, &str)>, t: Texts) -> Option<Asked> {
    let kind = form.value("loai").parse().ok();
    if kind.is_none() {
        form.fail("loai", t.kind_missing());
    }
    let (name, contact) = if let Some((name, contact)) = known {
        (Some(name.to_owned()), Some(contact.to_owned()))
    } else {
        let name = form.required("ten", 120, t.name_missing(), t.0);
        (name, form.required("lien-he", 200, t.contact_missing(), t.0))
    };
    let words = form.required("noi-dung", 2_000, t.words_missing(), t.0);
    Some(Asked { kind: kind?, name: name?, contact: contact?, words: words? })
}

/// Keeps a request of today with its due days; the same form sent twice keeps one.
async fn keep(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    asked: Asked,
    channel: RequestChannel,
    user: Option<UserId>,
    request: uuid::Uuid,
) -> Result<(), AppError> {
    let own = store::holidays(cx, ctx.commune_id()).await?;
    let calendar = Calendar::new(own.into_iter().map(|(day, _, off)| (day, off)));
    let today: Day = ctx.today();
    let new = DataRequest {
        id: DataRequestId::new(ctx.now()),
        kind: asked.kind,
        channel,
        name: asked.name,
        contact: asked.contact,
        user_id: user,
        words: asked.words,
        state: RequestState::Open,
        received_on: today,
        answer_due: calendar.after(today, ANSWER_DAYS),
        done_due: today.plus_days(DONE_DAYS),
        version: 1,
        created_at: ctx.now(),
    };
    let by = ctx.person.as_ref().map(|person| person.id);
    store::insert(cx, ctx.commune_id(), &new, request, by).await?;
    Ok(())
}
