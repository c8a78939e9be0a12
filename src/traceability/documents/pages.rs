//! The pages and files of a lot's documents: for its producer, for the office, and for anybody.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::super::access::{lot_of, my_lot};
use super::super::history::HistoryStep;
use super::epcis;
use super::load::{Audience, LotPapers, load, load_public};
use super::passport::{Missing, Passport, SCHEMA};
use super::table::{file_name, table};
use super::texts::Texts;
use crate::support::export::FileFormat;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/documents.html")]
struct DocumentsPage {
    page: Page,
    t: Texts,
    papers: LotPapers,
    missing: Vec<Missing>,
    base: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/documents_print.html")]
struct PrintPage {
    page: Page,
    t: Texts,
    papers: LotPapers,
    passport: Passport,
    back: String,
}

/// The forms in which a lot's history is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LotFile {
    /// EPCIS 2.0 document.
    Epcis,
    /// Table of events.
    Csv,
    /// The passport.
    Passport,
    /// A page to print.
    Print,
}

impl LotFile {
    /// The file that the last part of an address names.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "epcis.json" => Some(Self::Epcis),
            "events.csv" => Some(Self::Csv),
            "passport.json" => Some(Self::Passport),
            "in" => Some(Self::Print),
            _ => None,
        }
    }
}

impl DocumentsPage {
    fn mends(&self, missing: &Missing) -> Option<String> {
        // The office sees what is missing; mending is the producer's.
        missing.mend_at(&self.papers).filter(|_| !self.page.is_desk())
    }
}

impl PrintPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    /// What was used, how much, how warm.
    fn details(&self, step: &HistoryStep) -> String {
        let days = step.withheld_to().map(|_| step.withholding_days.unwrap_or_default());
        let parts = [
            step.input_name.clone(),
            step.dose.clone(),
            days.map(|days| format!("{}: {days}", self.t.column_days().to_lowercase())),
            step.celsius.as_ref().map(|degrees| format!("{} °C", degrees.replace('.', self.lang().pick(",", ".")))),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn place<'a>(&self, step: &'a HistoryStep) -> &'a str {
        step.place.as_deref().filter(|_| self.papers.tells_names()).unwrap_or_default()
    }
}

/// `GET /cua-toi/lo/{code}/tai-lieu`.
pub async fn mine(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let papers = my_papers(&ctx, &code).await?;
    Ok(documents_page(&ctx, papers, Area::Mine, "/cua-toi").into_response())
}

/// `GET /cua-toi/lo/{code}/tai-lieu/{name}`.
pub async fn my_file(ctx: Ctx, Path((code, name)): Path<(String, String)>) -> Result<Response, AppError> {
    let file = LotFile::parse(&name).ok_or(AppError::NotFound)?;
    answer(&ctx, my_papers(&ctx, &code).await?, file, Page::of(&ctx, Area::Mine, "/cua-toi"))
}

/// `GET /van-phong/lo/{code}/tai-lieu`.
pub async fn office(ctx: Ctx, Path(code): Path<String>) -> Result<Response, AppError> {
    let papers = office_papers(&ctx, &code).await?;
    Ok(documents_page(&ctx, papers, Area::Office, "/van-phong/lo").into_response())
}

/// `GET /van-phong/lo/{code}/tai-lieu/{name}`.
pub async fn office_file(ctx: Ctx, Path((code, name)): Path<(String, String)>) -> Result<Response, AppError> {
    let file = LotFile::parse(&name).ok_or(AppError::NotFound)?;
    answer(&ctx, office_papers(&ctx, &code).await?, file, Page::of(&ctx, Area::Office, "/van-phong/lo"))
}

/// `GET /api/v1/lots/{code}/{name}`: `epcis.json`, `events.csv` or `passport.json` of a lot that a label was issued for.
pub async fn api(ctx: Ctx, Path((code, name)): Path<(String, String)>) -> Result<Response, AppError> {
    let file = LotFile::parse(&name).filter(|file| *file != LotFile::Print).ok_or(AppError::NotFound)?;
    let papers = load_public(&ctx, &code).await?;
    let mut response = answer(&ctx, papers, file, Page::new(&ctx))?;
    response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    Ok(response)
}

/// `GET /api/schema/lot-passport.json`.
pub async fn schema() -> Response {
    let headers = [(header::CONTENT_TYPE, "application/schema+json"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    (headers, SCHEMA).into_response()
}

async fn my_papers(ctx: &Ctx, code: &str) -> Result<LotPapers, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mine = my_lot(ctx, &mut conn.cx(), code).await?;
    load(ctx, &mut conn.cx(), mine.lot, Audience::Own).await
}

async fn office_papers(ctx: &Ctx, code: &str) -> Result<LotPapers, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let lot = lot_of(ctx, &mut conn.cx(), code).await?;
    load(ctx, &mut conn.cx(), lot, Audience::Own).await
}

fn documents_page(ctx: &Ctx, papers: LotPapers, area: Area, current: &'static str) -> DocumentsPage {
    let missing = Passport::of(&papers, ctx.lang).missing;
    let root = if area == Area::Office { "/van-phong/lo" } else { "/cua-toi/lo" };
    let base = format!("{root}/{}", papers.history.lot.code);
    DocumentsPage { page: Page::of(ctx, area, current), t: Texts(ctx.lang), papers, missing, base }
}

/// The file of these papers; `page` is what stands around a page to print.
pub fn answer(ctx: &Ctx, papers: LotPapers, file: LotFile, page: Page) -> Result<Response, AppError> {
    match file {
        LotFile::Epcis => {
            let text = epcis::document(&papers).map_err(AppError::internal)?;
            attachment(epcis::MEDIA_TYPE, &file_name(&papers, "epcis", "json"), text.into_bytes())
        }
        LotFile::Csv => {
            let bytes = table(&papers, ctx.lang).csv().map_err(AppError::internal)?;
            attachment(FileFormat::Csv.media_type(), &file_name(&papers, "nhat-ky", "csv"), bytes)
        }
        LotFile::Passport => Ok(axum::Json(Passport::of(&papers, ctx.lang)).into_response()),
        LotFile::Print => {
            let back = page.path.trim_end_matches("/in").to_owned();
            let passport = Passport::of(&papers, ctx.lang);
            Ok(PrintPage { page, t: Texts(ctx.lang), papers, passport, back }.into_response())
        }
    }
}

fn attachment(media_type: &'static str, name: &str, bytes: Vec<u8>) -> Result<Response, AppError> {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")).map_err(AppError::internal)?;
    let headers =
        [(header::CONTENT_TYPE, HeaderValue::from_static(media_type)), (header::CONTENT_DISPOSITION, disposition)];
    Ok((headers, bytes).into_response())
}
