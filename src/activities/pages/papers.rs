//! The printed attendance list and the codes for the door.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::{NAV, load};
use crate::activities::model::Activity;
use crate::activities::store::people;
use crate::activities::texts::Texts;
use crate::labels::qr;
use crate::official::letterhead::Letterhead;
use crate::review::names::Villages;
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, Table};
use crate::support::store::{self as support, Exported};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Lang, Page};

/// Blank lines for those who weren't invited.
const BLANK: usize = 15;

/// `GET /van-phong/hoat-dong/{id}/danh-sach.pdf`: those invited, with room to sign, then blank lines; in the form of Nghị
/// định 30/2020. Logged as a download.
pub async fn sheet(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(Lang::Vi);
    let mut tx = ctx.app.db.begin().await?;
    let activity = load(&ctx, &mut tx.cx(), &id).await?;
    let invited = people::invited(&mut tx.cx(), ctx.commune_id(), activity.id).await?;
    let villages = Villages::load(&mut tx.cx(), ctx.commune_id()).await?;
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.sheet_person(), ColumnKind::Text, 36),
        Column::new(t.village(), ColumnKind::Text, 16),
        Column::new(t.phone(), ColumnKind::Text, 16),
        Column::new(t.sheet_sign(), ColumnKind::Text, 20),
    ];
    let line = |at: usize, name: &str, village: &str| {
        let blank = Cell::text("");
        vec![Cell::Number(at as i64 + 1), Cell::text(name), Cell::text(village), blank.clone(), blank]
    };
    let named = invited.iter().enumerate().map(|(at, one)| line(at, &one.name, villages.name(one.village_id)));
    let rows: Vec<Vec<Cell>> = named.chain((0..BLANK).map(|at| line(invited.len() + at, "", ""))).collect();
    let subject = t.sheet_subject(&activity.title, activity.days());
    let closing = t.sheet_closing(invited.len());
    let head = Letterhead::list(&ctx.commune.name, activity.starts_on.year(), &subject, closing);
    let table = Table { title: subject.clone(), notes: Vec::new(), columns, rows, total: None };
    let bytes = tokio::task::spawn_blocking(move || table.write(FileFormat::Pdf, Some(&head)))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let exported = Exported {
        by: officer,
        what: "activity-attendance",
        format: "pdf",
        purpose: &subject,
        filter: &activity.title,
        columns: "",
        rows: invited.len(),
    };
    support::log_export(&mut tx.cx(), ctx.commune_id(), &exported, ctx.now()).await?;
    tx.commit().await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(FileFormat::Pdf.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"diem-danh.pdf\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/codes.html")]
struct CodesPage {
    page: Page,
    t: Texts,
    activity: Activity,
    door: (String, String),
    feedback: (String, String),
}

/// `GET /van-phong/hoat-dong/{id}/ma`: the codes at the door, to print. Codes are in capitals, so that they are small.
pub async fn codes(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let activity = load(&ctx, &mut conn.cx(), &id).await?;
    let t = Texts(ctx.lang);
    let code = |path: String, title: &str| {
        let url = format!("{}{path}", ctx.app.config.public());
        qr::svg(&url.to_ascii_uppercase(), title).map(|svg| (url, svg)).map_err(AppError::internal)
    };
    let door = code(format!("/hd/{}", activity.token), t.codes_door())?;
    let feedback = code(format!("/hd/{}/y-kien", activity.token), t.codes_feedback())?;
    Ok(CodesPage { page: Page::of(&ctx, Area::Office, NAV), t, activity, door, feedback }.into_response())
}
