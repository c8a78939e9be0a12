//! `/van-phong/nhap/{id}/tep`: the file given back with words beside its lines.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

use super::batch::{Seen, label, see};
use super::load;
use crate::ids::ProducerId;
use crate::imports::headings;
use crate::imports::kinds::Work;
use crate::imports::marked::{self, Beside};
use crate::imports::model::{Batch, Kind, Mode, Outcome, Planned};
use crate::imports::plan::Reading;
use crate::imports::texts::Texts;
use crate::support::export::FileFormat;
use crate::web::{AppError, Ctx, Lang};

/// `GET /van-phong/nhap/{id}/tep`: the file with words beside its lines.
pub async fn download(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let batch = load(&ctx, &id).await?;
    let Ok(Seen { reading, plan: Some(plan), supported }) = see(&ctx, &batch).await? else {
        return Err(AppError::NotFound);
    };
    let t = Texts(ctx.lang);
    let mut headings: Vec<String> = match batch.mode {
        Mode::Import => vec![t.error_column().to_owned()],
        Mode::Compare => {
            vec![t.compare_column().to_owned(), t.supported_in(ctx.today().year()), t.differs().to_owned()]
        }
    };
    if plan.rows.iter().any(|row| !row.cautions.is_empty()) {
        headings.push(t.caution_column().to_owned());
    }
    let beside =
        plan.rows.iter().map(|row| (row.number, beside(row, &batch, &reading, &supported, ctx.lang))).collect();
    let bytes = tokio::task::spawn_blocking(move || marked::workbook(&reading, &headings, &beside))
        .await
        .map_err(AppError::internal)?
        .map_err(AppError::internal)?;
    let word = if batch.mode == Mode::Import { "loi" } else { "doi-chieu" };
    let name = format!("attachment; filename=\"nhap-{word}-{}.xlsx\"", ctx.today().iso());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(FileFormat::Xlsx.media_type())),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(AppError::internal)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((headers, bytes).into_response())
}

fn beside(
    row: &Planned<Work>,
    batch: &Batch,
    reading: &Reading,
    supported: &HashMap<ProducerId, i64>,
    lang: Lang,
) -> Beside {
    let t = Texts(lang);
    let named = |key: &str| field_name(batch.kind, key, lang);
    let faults: Vec<String> = row.faults.iter().map(|f| format!("{}: {}", named(&f.field), f.message)).collect();
    let at = |key: &str| reading.layout.column(key).map(|column| column.at);
    let wrong = row.faults.iter().filter_map(|fault| at(&fault.field)).collect();
    let mut words = match batch.mode {
        Mode::Import => vec![faults.join("\n")],
        Mode::Compare => {
            let times = row.producer.and_then(|id| supported.get(&id)).copied().unwrap_or(0);
            let changes = row.changes.iter().map(|c| format!("{}: {} → {}", named(c.field), c.before, c.after));
            let told: Vec<String> = faults.into_iter().chain(changes).collect();
            let times = if row.producer.is_some() { times.to_string() } else { String::new() };
            vec![label(t, batch, row.outcome).to_owned(), times, told.join("\n")]
        }
    };
    words.push(row.cautions.iter().map(|caution| caution.words.as_str()).collect::<Vec<_>>().join("\n"));
    Beside { words, wrong, bad: row.outcome == Outcome::Wrong }
}

fn field_name(kind: Kind, key: &str, lang: Lang) -> &'static str {
    headings::field(kind, key).map_or("", |field| field.label(lang))
}
