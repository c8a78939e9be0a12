//! `GET /cua-toi/tem/{number}/to.pdf?mau=a4-24&bo-qua=0&tu=1`: a run's labels on sheets of paper.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;

use crate::producers::model::ConsentField;
use crate::producers::store as producers;
use crate::web::{AppError, Ctx, Lang};

use super::super::code::LabelCode;
use super::super::model::{RunKind, code_of};
use super::super::qr::label_url;
use super::super::scan::page::origin;
use super::super::sheet::{self, Label, SheetError, SheetJob, SheetSpec};
use super::order::USUAL_SHEET;
use super::pages::{WholeRun, whole_run};
use super::texts::Texts;

/// The most labels of one PDF: a few seconds of work on a cheap machine.
pub const PART: i64 = 2_000;

/// The query of a sheet.
#[derive(Debug, Default, Deserialize)]
pub struct Wanted {
    /// Key of the paper.
    #[serde(default)]
    mau: String,
    /// Places of the first page to leave empty.
    #[serde(default, rename = "bo-qua")]
    skip: String,
    /// First label, counted from 1.
    #[serde(default)]
    tu: String,
}

/// Further lines of a label, most important first. A label speaks Vietnamese, whoever prints it.
pub fn lines(run: &WholeRun, serial: Option<i64>) -> Vec<String> {
    let t = Texts(Lang::Vi);
    let lot = run.lot.as_ref();
    let net = run.product.content.net_quantity.trim();
    [
        lot.map(|lot| t.made_line(lot.made_on)),
        lot.and_then(|lot| lot.best_before).map(|day| t.best_line(day)),
        (!net.is_empty()).then(|| net.to_owned()),
        serial.map(|serial| t.piece(serial, run.run.count)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The labels from number `first` on, at most [`PART`]: those of a serial run in order, else the one code
/// repeated.
fn labels(ctx: &Ctx, run: &WholeRun, first: i64) -> Result<Vec<Label>, AppError> {
    let origin = origin(&ctx.app, &ctx.commune);
    let label = |code: LabelCode, serial| {
        Ok(Label {
            code,
            url: label_url(&origin, code).map_err(AppError::internal)?,
            product: run.product.name.clone(),
            producer: run.producer.name.clone(),
            village: run.village.clone(),
            lot: run.lot.as_ref().map(|lot| lot.code.to_string()),
            lines: lines(run, serial),
        })
    };
    let code = |id| code_of(ctx.commune_id(), id).ok_or_else(|| AppError::internal("a label's number has no code"));
    let (skip, take) = ((first - 1) as usize, PART as usize);
    if run.run.kind == RunKind::Serial {
        return run.labels.iter().skip(skip).take(take).map(|row| label(code(row.id)?, row.serial)).collect();
    }
    let row = run.labels.first().ok_or(AppError::NotFound)?;
    let one = label(code(row.id)?, None)?;
    Ok(vec![one; (run.run.count as usize).saturating_sub(skip).min(take)])
}

/// The PDF; not for a run that was declared void, nor after consent to labels was withdrawn.
pub async fn pdf(ctx: Ctx, Path(number): Path<String>, Query(wanted): Query<Wanted>) -> Result<Response, AppError> {
    let (run, consents) = {
        let mut conn = ctx.app.db.read().await?;
        let run = whole_run(&ctx, &mut conn.cx(), &number).await?;
        let consents = producers::consents(&mut conn.cx(), ctx.commune_id(), run.producer.id).await?;
        (run, consents)
    };
    let t = Texts(ctx.lang);
    if run.run.voided_at.is_some() {
        return Err(AppError::Conflict(t.voided().to_owned()));
    }
    if !consents.contains(&ConsentField::Labels) {
        return Err(AppError::Conflict(t.consent_lead().to_owned()));
    }
    let key = if wanted.mau.is_empty() { USUAL_SHEET } else { &wanted.mau };
    let spec = SheetSpec::by_key(key).ok_or_else(|| AppError::field("mau", t.sheet_wrong()))?;
    let number_of = |text: &str, least: i64, most: i64, field: &str| {
        let text = if text.trim().is_empty() { least.to_string() } else { text.trim().to_owned() };
        text.parse::<i64>()
            .ok()
            .filter(|n| (least..=most).contains(n))
            .ok_or_else(|| AppError::field(field, t.count_range(most)))
    };
    let skip = number_of(&wanted.skip, 0, spec.per_page() as i64 - 1, "bo-qua")? as usize;
    let first = number_of(&wanted.tu, 1, run.run.count, "tu")?;
    let labels = labels(&ctx, &run, first)?;
    let job = SheetJob {
        title: t.pdf_title(run.run.number, &run.product.name),
        site: format!("Sản Vật {}", ctx.commune.name),
        created: ctx.now().utc(),
        skip,
    };
    let pdf =
        tokio::task::spawn_blocking(move || sheet::render(labels, spec, &job)).await.map_err(AppError::internal)?;
    let pdf = pdf.map_err(|error| match error {
        SheetError::TooSmall { .. } => AppError::field("mau", t.too_small()),
        other => AppError::internal(other),
    })?;
    let name = format!("inline; filename=\"tem-dot-{}-{first}.pdf\"", run.run.number);
    Ok(([(header::CONTENT_TYPE, "application/pdf".to_owned()), (header::CONTENT_DISPOSITION, name)], pdf)
        .into_response())
}
