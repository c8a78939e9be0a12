//! A dossier on paper: the commune's opinion and the list of papers in the form of Nghị định 30/2020, and all files in
//! one archive.

use std::io::{Cursor, Write as _};

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::load;
use crate::db::Cx;
use crate::files::paper::FileHash;
use crate::files::render::kind_of;
use crate::files::store::FileUse;
use crate::files::{FileKey, Size};
use crate::ocop::item_list::by_code;
use crate::ocop::model::{Dossier, ItemFile, ItemRow, Opinion, Point};
use crate::ocop::store::{items, judged, lists};
use crate::ocop::texts::Texts;
use crate::official::letterhead::Letterhead;
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, Table};
use crate::support::store::{self as support, Exported};
use crate::web::{AppError, Ctx, Lang};

/// Everything of a dossier that is made into a paper.
struct Whole {
    dossier: Dossier,
    rows: Vec<ItemRow>,
    files: Vec<ItemFile>,
    opinion: Option<Opinion>,
    list_name: String,
}

async fn whole(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Whole, AppError> {
    let (commune, dossier) = (ctx.commune_id(), load(ctx, cx, id).await?);
    let lists = lists::all(cx, commune).await?;
    let list = by_code(&lists, &dossier.item_list);
    Ok(Whole {
        list_name: list.name.clone(),
        rows: items::rows(cx, commune, &dossier).await?,
        files: items::files(cx, commune, dossier.id).await?,
        opinion: judged::opinion(cx, commune, dossier.id).await?,
        dossier,
    })
}

/// `GET /van-phong/ocop/{id}/giay/{name}`: `y-kien.pdf`, `y-kien.docx`, `bang-ke.pdf` or `tep.zip`. What is to be signed
/// is in Vietnamese; each is logged as a download.
pub async fn paper(ctx: Ctx, Path((id, name)): Path<(String, String)>) -> Result<Response, AppError> {
    ctx.officer()?;
    let whole = {
        let mut conn = ctx.app.db.read().await?;
        whole(&ctx, &mut conn.cx(), &id).await?
    };
    let (bytes, media_type) = match name.as_str() {
        "y-kien.pdf" => (opinion(&ctx, &whole, FileFormat::Pdf).await?, FileFormat::Pdf.media_type()),
        "y-kien.docx" => (opinion(&ctx, &whole, FileFormat::Docx).await?, FileFormat::Docx.media_type()),
        "bang-ke.pdf" => (list(&ctx, &whole).await?, FileFormat::Pdf.media_type()),
        "tep.zip" => (archive(&ctx, &whole).await?, "application/zip"),
        _ => return Err(AppError::NotFound),
    };
    log(&ctx, &whole, &name).await?;
    let file = format!("attachment; filename=\"ocop-{}-{name}\"", whole.dossier.product_short);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media_type)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&file).map_err(AppError::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}

async fn log(ctx: &Ctx, whole: &Whole, name: &str) -> Result<(), AppError> {
    let exported = Exported {
        by: ctx.officer()?.id,
        what: "ocop-dossier",
        format: name.rsplit('.').next().unwrap_or_default(),
        purpose: Texts(Lang::Vi).title(),
        filter: &whole.dossier.product_name,
        columns: "",
        rows: whole.rows.len(),
    };
    let mut tx = ctx.app.db.begin().await?;
    support::log_export(&mut tx.cx(), ctx.commune_id(), &exported, ctx.now()).await?;
    Ok(tx.commit().await?)
}

fn head(ctx: &Ctx, kind: &str, subject: String, closing: String) -> Letterhead {
    let list = Letterhead::list(&ctx.commune.name, ctx.today().year(), &subject, closing);
    Letterhead { kind: kind.to_owned(), number: "Số: ………/UBND-KT".to_owned(), ..list }
}

async fn write(table: Table, format: FileFormat, head: Letterhead) -> Result<Vec<u8>, AppError> {
    tokio::task::spawn_blocking(move || table.write(format, Some(&head)))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)
}

async fn opinion(ctx: &Ctx, whole: &Whole, format: FileFormat) -> Result<Vec<u8>, AppError> {
    let (t, lang) = (Texts(Lang::Vi), Lang::Vi);
    let Some(opinion) = &whole.opinion else { return Err(AppError::NotFound) };
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.opinion_content(), ColumnKind::Text, 30),
        Column::new(t.opinion_mark(), ColumnKind::Text, 14),
        Column::new(t.opinion_words(), ColumnKind::Text, 40),
    ];
    let row = |(at, point): (usize, &Point)| {
        let (mark, words) = opinion.marks.of(*point);
        let mark = mark.map_or("", |mark| mark.label(lang));
        vec![Cell::Number(at as i64 + 1), Cell::text(point.label(lang)), Cell::text(mark), Cell::text(words)]
    };
    let rows: Vec<Vec<Cell>> = Point::ALL.iter().enumerate().map(row).collect();
    let agreed = if opinion.agreed { t.opinion_agreed() } else { t.opinion_not_agreed() };
    let closing = match opinion.words.trim() {
        "" => format!("{agreed}./."),
        words => format!("{} {agreed}./.", words.trim_end_matches('.').to_owned() + "."),
    };
    let subject = t.opinion_subject(&whole.dossier.product_name, &whole.dossier.producer_name);
    let head = head(ctx, t.opinion_kind(), subject.clone(), closing);
    write(Table { title: subject, notes: Vec::new(), columns, rows, total: None }, format, head).await
}

async fn list(ctx: &Ctx, whole: &Whole) -> Result<Vec<u8>, AppError> {
    let (t, lang) = (Texts(Lang::Vi), Lang::Vi);
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.list_item(), ColumnKind::Text, 44),
        Column::new(t.list_need(), ColumnKind::Text, 12),
        Column::new(t.state(), ColumnKind::Text, 18),
        Column::new(t.list_files(), ColumnKind::Whole, 8),
    ];
    let row = |row: &ItemRow| {
        let files = whole.files.iter().filter(|file| file.number == row.number).count();
        let need = if row.item.mandatory { t.mandatory() } else { t.supplementary() };
        vec![
            Cell::Number(row.at as i64),
            Cell::text(row.item.title.clone()),
            Cell::text(need),
            Cell::text(row.state.label(lang)),
            Cell::Number(files as i64),
        ]
    };
    let rows: Vec<Vec<Cell>> = whole.rows.iter().filter(|row| row.listed).map(row).collect();
    let subject = t.list_subject(&whole.dossier.product_name, &whole.dossier.producer_name);
    let head = head(ctx, t.list_kind(), subject.clone(), t.list_closing(rows.len(), &whole.list_name));
    write(Table { title: subject, notes: Vec::new(), columns, rows, total: None }, FileFormat::Pdf, head).await
}

/// All papers by their item's place in the list, with a list of their SHA-256.
async fn archive(ctx: &Ctx, whole: &Whole) -> Result<Vec<u8>, AppError> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let mut sums: Vec<String> = Vec::new();
    for (at, file) in whole.files.iter().enumerate() {
        let kind = kind_of(&file.media_type);
        let commune = ctx.commune_id().0 as u32;
        let (key, extension) = match file.kind {
            FileUse::Paper => (FileKey::original(commune, file.file_id.0, kind), kind.extension()),
            FileUse::Picture => (FileKey::picture(commune, file.file_id.0, Size::Large), "jpg"),
        };
        let bytes = ctx.app.files.get(key).await.map_err(|error| AppError::from(&error))?;
        let row = whole.rows.iter().find(|row| row.number == file.number && row.listed);
        let folder = row.map_or_else(|| format!("ngoai-danh-muc/{:02}", file.number), |row| format!("{:02}", row.at));
        let name = format!("{folder}/{:03}.{}", at + 1, extension);
        zip.start_file(name.as_str(), options).map_err(AppError::internal)?;
        zip.write_all(&bytes).map_err(AppError::internal)?;
        sums.push(format!("{}  {name}\n", FileHash::of(&bytes)));
    }
    zip.start_file("sha256.txt", options).map_err(AppError::internal)?;
    zip.write_all(sums.concat().as_bytes()).map_err(AppError::internal)?;
    Ok(zip.finish().map_err(AppError::internal)?.into_inner())
}
