//! The commune's opinion on the four points (DOMAIN.md §3).

use std::collections::BTreeMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::db::Cx;
use crate::ocop::model::{Dossier, Mark, Marks, Opinion, Point};
use crate::ocop::store::judged;
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Names of a point's fields: its mark and its words.
const fn names(point: Point) -> (&'static str, &'static str) {
    match point {
        Point::Origin => ("y-origin", "loi-origin"),
        Point::Labour => ("y-labour", "loi-labour"),
        Point::Idea => ("y-idea", "loi-idea"),
        Point::Identity => ("y-identity", "loi-identity"),
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/opinion.html")]
struct OpinionPage {
    page: Page,
    t: Texts,
    form: Form,
    dossier: Dossier,
    points: Vec<(&'static str, &'static str, &'static str)>,
}

impl OpinionPage {
    fn marks(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        Mark::ALL.iter().map(|mark| (mark.word(), mark.label(self.page.lang), "")).collect()
    }

    fn answers(&self) -> [(&'static str, &'static str, &'static str); 2] {
        [("co", self.page.t().yes(), ""), ("khong", self.page.t().no(), "")]
    }
}

fn shown(ctx: &Ctx, form: Form, dossier: Dossier) -> OpinionPage {
    let point = |point: &Point| {
        let (mark, words) = names(*point);
        (mark, words, point.label(ctx.lang))
    };
    let points = Point::ALL.iter().map(point).collect();
    OpinionPage { page: Page::of(ctx, Area::Office, NAV), t: Texts(ctx.lang), form, dossier, points }
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(Dossier, Option<Opinion>), AppError> {
    ctx.officer()?;
    let dossier = load(ctx, cx, id).await?;
    if !dossier.state.is_open() {
        return Err(AppError::Conflict(Texts(ctx.lang).closed().to_owned()));
    }
    let opinion = judged::opinion(cx, ctx.commune_id(), dossier.id).await?;
    Ok((dossier, opinion))
}

/// `GET /van-phong/ocop/{id}/y-kien`.
pub async fn ask(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (dossier, opinion) = subject(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    form.push("version", &opinion.as_ref().map_or(0, |opinion| opinion.version).to_string());
    if let Some(opinion) = &opinion {
        for point in Point::ALL {
            let (mark_name, words_name) = names(*point);
            let (mark, words) = opinion.marks.of(*point);
            form.push(mark_name, mark.map_or("", |mark| mark.word()));
            form.push(words_name, words);
        }
        form.push("de-nghi", if opinion.agreed { "co" } else { "khong" });
        form.push("them", &opinion.words);
    }
    Ok(shown(&ctx, form, dossier).into_response())
}

fn read(ctx: &Ctx, form: &mut Form) -> Option<Opinion> {
    let t = Texts(ctx.lang);
    let mut marks = BTreeMap::new();
    for point in Point::ALL {
        let (mark_name, words_name) = names(*point);
        let mark = form.value(mark_name).parse::<Mark>().ok();
        if mark.is_none() {
            form.fail(mark_name, t.opinion_mark_wrong());
        }
        let words = form.required(words_name, 500, t.opinion_words_missing(), ctx.lang);
        if let (Some(mark), Some(words)) = (mark, words) {
            marks.insert(point.word().to_owned(), (mark.word().to_owned(), words));
        }
    }
    let agreed = match form.value("de-nghi") {
        "co" => Some(true),
        "khong" => Some(false),
        _ => {
            form.fail("de-nghi", t.opinion_mark_wrong());
            None
        }
    };
    let words = form.text("them", 1000, ctx.lang)?;
    let version = form.value("version").parse().unwrap_or(-1);
    let opinion =
        Opinion { marks: Marks(marks), agreed: agreed?, words, version, updated_at: ctx.now(), by_name: None };
    form.is_fine().then_some(opinion)
}

/// `POST /van-phong/ocop/{id}/y-kien`: writes it over the version that was seen.
pub async fn save(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let mut tx = ctx.app.db.begin().await?;
    let (dossier, stored) = subject(&ctx, &mut tx.cx(), &id).await?;
    let Some(opinion) = read(&ctx, &mut form) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, dossier)).into_response());
    };
    let here = format!("{HERE}/{}?da-luu=1", dossier.id);
    let same = |stored: &Opinion| {
        (&stored.marks, stored.agreed, &stored.words) == (&opinion.marks, opinion.agreed, &opinion.words)
    };
    if judged::put_opinion(&mut tx.cx(), ctx.commune_id(), dossier.id, &opinion, officer, ctx.now()).await? {
        note(&ctx, &mut tx.cx(), &dossier, "opinion", "").await?;
    } else if !stored.as_ref().is_some_and(same) {
        form.set("version", &stored.map_or(0, |stored| stored.version).to_string());
        form.fail("de-nghi", Texts(ctx.lang).raced());
        return Ok((StatusCode::CONFLICT, shown(&ctx, form, dossier)).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&here).into_response())
}
