//! From a filtered list to a file: what for is asked first, then the file is made of exactly the filtered rows
//! and the export is logged. The officers' tables of producers and products go through here too.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::export::{ExportError, FileFormat, Table};
use super::store::{self, Exported};
use super::texts::Texts;
use crate::official::letterhead::Letterhead;
use crate::official::paper::Paper;
use crate::review::listing::Listing;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// What is to be downloaded.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Stable word of the list, for the log.
    pub what: &'static str,
    /// What it is, for people.
    pub title: String,
    /// How many rows the filter leaves.
    pub rows: usize,
    /// The filter in words, part by part.
    pub filter: Vec<String>,
    /// Back to the list, with its filter.
    pub back: String,
    /// The navigation item.
    pub current: &'static str,
    /// True if it may be made for paper too: one with too many columns may not.
    pub on_paper: bool,
}

/// What the officer asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Which file.
    pub format: FileFormat,
    /// With the column of phone numbers.
    pub phones: bool,
    /// What for; with the reason for the phone numbers.
    pub purpose: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/download.html")]
struct DownloadPage {
    page: Page,
    t: Texts,
    form: Form,
    offer: Offer,
    formats: Vec<(&'static str, &'static str, &'static str)>,
}

/// The page that asks what for.
pub fn ask(ctx: &Ctx, mut form: Form, offer: Offer) -> Response {
    if !form.sent("dang") {
        form.push("dang", "xlsx");
    }
    let status = if form.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let formats = FileFormat::ALL
        .iter()
        .filter(|format| offer.on_paper || !format.is_paper())
        .map(|format| (format.word(), format.label(ctx.lang), ""))
        .collect();
    let page = Page::of(ctx, Area::Office, offer.current);
    (status, DownloadPage { page, t: Texts(ctx.lang), form, offer, formats }).into_response()
}

/// The form with the kind of file that the link named.
pub fn asked(ctx: &Ctx) -> Form {
    let mut form = Form::default();
    let format = Listing::of(ctx).parsed("dang").unwrap_or(FileFormat::Xlsx);
    form.push("dang", format.word());
    form
}

/// Reads the form; None if something is missing, noted in it.
pub fn read(ctx: &Ctx, form: &mut Form) -> Option<Wanted> {
    let t = Texts(ctx.lang);
    let purpose = form.required("muc-dich", 300, t.export_purpose_missing(), ctx.lang);
    let format = form.value("dang").parse::<FileFormat>().ok();
    if format.is_none() {
        form.fail("dang", t.export_format_missing());
    }
    let phones = form.has("dien-thoai", "1");
    let reason =
        if phones { form.required("ly-do", 300, t.export_reason_missing(), ctx.lang) } else { Some(String::new()) };
    let (purpose, reason) = (purpose?, reason?);
    let purpose = if reason.is_empty() { purpose } else { format!("{purpose}; {}: {reason}", t.export_phones()) };
    Some(Wanted { format: format?, phones, purpose })
}

/// The lines above the table in a workbook: commune, filter, number of rows and time; that all is sample data.
pub fn notes(ctx: &Ctx, filter: &[String], rows: usize) -> Vec<String> {
    let t = Texts(ctx.lang);
    let filter = if filter.is_empty() { t.export_all().to_owned() } else { filter.join("; ") };
    let mut notes = vec![
        t.export_of(&ctx.commune.name),
        format!("{}: {filter}", t.export_filter()),
        t.export_counted(rows, ctx.now().text()),
    ];
    notes.extend(sample(ctx).map(str::to_owned));
    notes
}

/// That all is sample data, where it is.
pub fn sample(ctx: &Ctx) -> Option<&'static str> {
    ctx.commune.sample.then(|| Texts(ctx.lang).export_sample())
}

/// Logs the export, then hands the file over. Nothing is handed over that is not logged.
pub async fn deliver(ctx: &Ctx, offer: &Offer, wanted: &Wanted, table: Table) -> Result<Response, AppError> {
    deliver_with(ctx, offer, wanted, table, None).await
}

/// The same of an official list: on paper it has its letterhead.
pub async fn deliver_with(
    ctx: &Ctx,
    offer: &Offer,
    wanted: &Wanted,
    table: Table,
    letterhead: Option<Letterhead>,
) -> Result<Response, AppError> {
    made(ctx, offer, wanted, table, move |table, format| table.write(format, letterhead.as_ref())).await
}

/// The same of what is a document of its own on paper, and a table elsewhere.
pub async fn deliver_paper(
    ctx: &Ctx,
    offer: &Offer,
    wanted: &Wanted,
    table: Table,
    paper: Paper,
) -> Result<Response, AppError> {
    let write = move |table: &Table, format| match paper.write(format)? {
        Some(bytes) => Ok(bytes),
        None => table.write(format, None),
    };
    made(ctx, offer, wanted, table, write).await
}

async fn made(
    ctx: &Ctx,
    offer: &Offer,
    wanted: &Wanted,
    table: Table,
    write: impl FnOnce(&Table, FileFormat) -> Result<Vec<u8>, ExportError> + Send + 'static,
) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let columns = table.columns.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join("; ");
    let (rows, format) = (table.rows.len(), wanted.format);
    let filter = offer.filter.join("; ");
    let bytes = tokio::task::spawn_blocking(move || write(&table, format))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let exported = Exported {
        by: officer,
        what: offer.what,
        format: format.word(),
        purpose: &wanted.purpose,
        filter: &filter,
        columns: &columns,
        rows,
    };
    let mut tx = ctx.app.db.begin().await?;
    store::log_export(&mut tx.cx(), commune, &exported, now).await?;
    let told = format!("{}, {rows}: {}", format.word(), wanted.purpose);
    let entry = audit::Entry {
        actor: Some(officer),
        action: "export",
        subject_kind: offer.what,
        after: Some(&told),
        address: Some(ctx.address.to_string()),
        ..audit::Entry::default()
    };
    audit::write(&mut tx.cx(), commune, &entry, now).await?;
    tx.commit().await?;
    let name = format!("{}-{}.{}", offer.what, ctx.today().iso(), format.word());
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(AppError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(format.media_type())),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}
