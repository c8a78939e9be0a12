//! `/van-phong/nhap/{id}/cot`: which sheet is read, and what each of its columns holds. What is said here is remembered
//! for the commune's next files.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{ACTIVITY, HERE, activity_choices, chosen_activity, load};
use crate::imports::headings::{Column, How};
use crate::imports::kinds;
use crate::imports::model::{Batch, BatchState, Kind};
use crate::imports::plan::{self, Reading};
use crate::imports::store;
use crate::imports::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Values of the first lines that are shown with a column.
const EXAMPLES: usize = 3;

#[derive(Template, WebTemplate)]
#[template(path = "imports/templates/columns.html")]
struct ColumnsPage {
    page: Page,
    t: Texts,
    form: Form,
    batch: Batch,
    sheets: Vec<(String, String)>,
    columns: Vec<Asked>,
    fields: Vec<(String, String)>,
    hidden: usize,
    /// Activities that the file may be of; none for other kinds of line.
    activities: Vec<(String, String)>,
}

/// A column with its first values.
struct Asked {
    name: String,
    heading: String,
    letter: String,
    examples: String,
    how: How,
}

impl ColumnsPage {
    fn hint(&self, column: &Asked) -> String {
        if column.examples.is_empty() { self.t.column_empty().to_owned() } else { self.t.column_like(&column.examples) }
    }

    fn label(&self, column: &Asked) -> String {
        let label = format!("{}. {}", column.letter, column.heading);
        if column.how == How::Unknown { format!("{label} ({})", self.t.column_unknown()) } else { label }
    }
}

fn field_name(column: &Column) -> String {
    format!("cot-{}", column.at)
}

async fn reading(ctx: &Ctx, batch: &Batch) -> Result<Reading, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let read = plan::reading(&ctx.app, &mut conn.cx(), batch, ctx.lang).await?;
    read.and_then(Result::ok).filter(|_| batch.state == BatchState::Checked).ok_or(AppError::NotFound)
}

/// Activities that the batch's lines may be of.
async fn offered(ctx: &Ctx, batch: &Batch) -> Result<Vec<(String, String)>, AppError> {
    if batch.kind != Kind::Attendance {
        return Ok(Vec::new());
    }
    let mut conn = ctx.app.db.read().await?;
    activity_choices(ctx, &mut conn.cx()).await
}

fn columns_page(
    ctx: &Ctx,
    batch: Batch,
    reading: &Reading,
    form: Form,
    activities: Vec<(String, String)>,
) -> ColumnsPage {
    let layout = &reading.layout;
    let rows = reading.book.sheets.get(reading.sheet).and_then(|sheet| sheet.rows.get(layout.line + 1..));
    let examples = |column: &Column| {
        let cells = rows.unwrap_or_default().iter().map(|row| row.cell(column.at)).filter(|cell| !cell.is_empty());
        let texts = cells.take(EXAMPLES).map(|cell| cell.text().chars().take(40).collect::<String>());
        texts.collect::<Vec<_>>().join("; ")
    };
    let asked = |column: &Column| Asked {
        name: field_name(column),
        heading: column.heading.clone(),
        letter: column.letter(),
        examples: examples(column),
        how: column.how,
    };
    let fields = kinds::fields(batch.kind);
    ColumnsPage {
        page: Page::of(ctx, Area::Office, HERE),
        t: Texts(ctx.lang),
        form,
        sheets: reading.book.sheets.iter().map(|sheet| (sheet.name.clone(), sheet.name.clone())).collect(),
        columns: layout.columns.iter().map(asked).collect(),
        fields: fields.iter().map(|field| (field.key.to_owned(), field.label(ctx.lang).to_owned())).collect(),
        hidden: reading.hidden,
        activities,
        batch,
    }
}

/// `GET /van-phong/nhap/{id}/cot`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let batch = load(&ctx, &id).await?;
    let reading = reading(&ctx, &batch).await?;
    let mut form = Form::default();
    form.push("version", &batch.version.to_string());
    form.push("trang-tinh", reading.book.sheets.get(reading.sheet).map_or("", |sheet| sheet.name.as_str()));
    if batch.leave_hidden {
        form.push("bo-an", "1");
    }
    for column in &reading.layout.columns {
        form.push(&field_name(column), column.field.unwrap_or_default());
    }
    form.push(ACTIVITY, &batch.activity_id.map(|id| id.to_string()).unwrap_or_default());
    let activities = offered(&ctx, &batch).await?;
    Ok(columns_page(&ctx, batch, &reading, form, activities).into_response())
}

/// `POST /van-phong/nhap/{id}/cot`: remembers what was said; another sheet shows its own columns first.
pub async fn say(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let batch = load(&ctx, &id).await?;
    let reading = reading(&ctx, &batch).await?;
    let before = reading.book.sheets.get(reading.sheet).map_or("", |sheet| sheet.name.as_str());
    let sheet = form.value("trang-tinh").to_owned();
    let is_other = sheet != before && reading.book.sheets.iter().any(|other| other.name == sheet);
    let mut seen: Vec<String> = Vec::new();
    for column in &reading.layout.columns {
        let (name, said) = (field_name(column), form.value(&field_name(column)).to_owned());
        if !said.is_empty() && seen.contains(&said) {
            form.fail(&name, t.field_twice());
        }
        seen.push(said);
    }
    if form.value("version") != batch.version.to_string() {
        form.fail("trang-tinh", t.columns_raced());
    }
    let activities = offered(&ctx, &batch).await?;
    let activity = chosen_activity(&mut form, &activities, t);
    if !form.is_fine() && !is_other {
        let page = columns_page(&ctx, batch, &reading, form, activities);
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let mut tx = ctx.app.db.begin().await?;
    if !is_other {
        for (column, said) in reading.layout.columns.iter().zip(&seen) {
            remember(&mut tx.cx(), &batch, column, said).await?;
        }
    }
    let chosen = if is_other { sheet } else { before.to_owned() };
    if !store::choose(&mut tx.cx(), &batch, &chosen, form.has("bo-an", "1"), activity).await? {
        return Err(AppError::Conflict(t.columns_raced().to_owned()));
    }
    tx.commit().await?;
    let next = if is_other { "/cot" } else { "" };
    Ok(Redirect::to(&format!("{HERE}/{id}{next}")).into_response())
}

/// What is as it would be found anyway needs no remembering.
async fn remember(cx: &mut crate::db::Cx<'_>, batch: &Batch, column: &Column, said: &str) -> Result<(), AppError> {
    let is_found = said == column.field.unwrap_or_default() && !matches!(column.how, How::Unknown | How::Said);
    let is_known = kinds::fields(batch.kind).iter().any(|field| field.key == said);
    if is_found || !(said.is_empty() || is_known) {
        return Ok(());
    }
    Ok(store::say(cx, batch.commune_id, batch.kind, &column.folded(), said).await?)
}
