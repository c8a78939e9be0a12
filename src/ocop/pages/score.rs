//! Scoring a dossier by its rubric: a sheet of each officer's own.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::amounts::Thousandths;
use crate::db::Cx;
use crate::ocop::model::{Dossier, PointsText, Sheet};
use crate::ocop::rubric::{Points, Rubric};
use crate::ocop::store::judged::{self, Scored};
use crate::ocop::store::rubrics;
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/score.html")]
struct ScorePage {
    page: Page,
    t: Texts,
    form: Form,
    dossier: Dossier,
    rubric: Rubric,
    fields: Vec<(String, Vec<Field>)>,
}

/// A criterion's field.
struct Field {
    name: String,
    label: String,
    hint: String,
}

fn field(at: usize) -> String {
    format!("diem-{at}")
}

fn shown(ctx: &Ctx, form: Form, dossier: Dossier, rubric: Rubric) -> ScorePage {
    let t = Texts(ctx.lang);
    let text = |points: i64| Thousandths(points).text(ctx.lang);
    let mut at = 0;
    let mut fields = Vec::new();
    for part in &rubric.parts {
        let mut of_part = Vec::new();
        for one in &part.criteria {
            let label = format!("{}. {}", one.code, one.title);
            of_part.push(Field { name: field(at), label, hint: t.score_most(text(one.max)) });
            at += 1;
        }
        let heading = format!("{}. {} ({})", part.code, part.title, t.rubric_points(text(part.max())));
        fields.push((heading, of_part));
    }
    ScorePage { page: Page::of(ctx, Area::Office, NAV), t, form, dossier, rubric, fields }
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(Dossier, Rubric, Option<Sheet>), AppError> {
    let me = ctx.officer()?.id;
    let dossier = load(ctx, cx, id).await?;
    if !dossier.state.is_open() {
        return Err(AppError::Conflict(Texts(ctx.lang).closed().to_owned()));
    }
    let rubric = rubrics(cx, ctx.commune_id()).await?.into_iter().find(|one| one.code == dossier.rubric);
    let sheets = judged::sheets(cx, ctx.commune_id(), dossier.id).await?;
    Ok((dossier, rubric.ok_or(AppError::NotFound)?, sheets.into_iter().find(|sheet| sheet.scorer_id == me)))
}

/// `GET /van-phong/ocop/{id}/cham`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (dossier, rubric, sheet) = subject(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    form.push("version", &sheet.as_ref().map_or(0, |sheet| sheet.version).to_string());
    if let Some(sheet) = &sheet {
        for (at, one) in rubric.criteria().enumerate() {
            let points = sheet.points.0.get(&one.code).map(|points| Thousandths(*points).text(Lang::Vi));
            form.push(&field(at), &points.unwrap_or_default());
        }
        form.push("ghi-chu", &sheet.note);
    }
    Ok(shown(&ctx, form, dossier, rubric).into_response())
}

fn read(form: &mut Form, rubric: &Rubric, t: Texts) -> Points {
    let mut points = Points::new();
    for (at, one) in rubric.criteria().enumerate() {
        let (name, max) = (field(at), Thousandths(one.max).text(t.0));
        if form.value(&name).is_empty() {
            form.fail(&name, t.score_missing());
        }
        let typed = form.parse_with(&name, Thousandths::parse, |_| t.score_wrong(max.clone()));
        match typed {
            Some(typed) if typed.0 > one.max || typed.0 < 0 => form.fail(&name, t.score_wrong(max)),
            Some(typed) => drop(points.insert(one.code.clone(), typed.0)),
            None => {}
        }
    }
    points
}

/// `POST /van-phong/ocop/{id}/cham`: writes the officer's own sheet.
pub async fn save(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let me = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let (dossier, rubric, sheet) = subject(&ctx, &mut tx.cx(), &id).await?;
    let points = PointsText(read(&mut form, &rubric, t));
    let words = form.text("ghi-chu", 500, ctx.lang);
    let (Some(words), true) = (words, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, dossier, rubric)).into_response());
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let scored = Scored { points: &points, total: points.0.values().sum(), note: &words };
    let here = format!("{HERE}/{}?da-luu=1", dossier.id);
    if judged::put_sheet(&mut tx.cx(), ctx.commune_id(), (dossier.id, me, seen), &scored, ctx.now()).await? {
        let told = Thousandths(scored.total).text(Lang::Vi);
        note(&ctx, &mut tx.cx(), &dossier, "scored", &told).await?;
    } else if sheet.is_none_or(|sheet| (&sheet.points, &sheet.note) != (&points, &words)) {
        form.fail("ghi-chu", t.raced());
        return Ok((StatusCode::CONFLICT, shown(&ctx, form, dossier, rubric)).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
