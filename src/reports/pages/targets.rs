//! Targets of a year's plan.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV};
use crate::reports::model::Figure;
use crate::reports::store;
use crate::reports::texts::Texts;
use crate::review::listing::Listing;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "reports/templates/targets.html")]
struct TargetsPage {
    page: Page,
    t: Texts,
    form: Form,
    of_year: Form,
    year: i32,
    years: Vec<(String, String)>,
}

impl TargetsPage {
    fn fields(&self) -> Vec<(&'static str, &'static str)> {
        Figure::ALL.iter().map(|figure| (figure.word(), figure.label(self.page.lang))).collect()
    }
}

fn year(ctx: &Ctx) -> i32 {
    let asked = Listing::of(ctx).parsed("nam");
    asked.filter(|year| (2010..=2999).contains(year)).unwrap_or(ctx.today().year())
}

fn shown(ctx: &Ctx, form: Form) -> TargetsPage {
    let (year, this) = (year(ctx), ctx.today().year());
    TargetsPage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        of_year: Form::parse(format!("nam={year}").as_bytes()),
        year,
        years: (this - 3..=this + 4).map(|year| (year.to_string(), year.to_string())).collect(),
    }
}

/// `GET /van-phong/bao-cao/chi-tieu`: `?nam=` names another year than this.
pub async fn ask(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let mut form = Form::default();
    for (figure, target) in store::targets(&mut conn.cx(), ctx.commune_id(), year(&ctx)).await? {
        form.push(&figure, &target.to_string());
    }
    Ok(shown(&ctx, form).into_response())
}

/// `POST /van-phong/bao-cao/chi-tieu`: sets all of a year; an empty field takes a target away.
pub async fn save(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (year, t) = (year(&ctx), Texts(ctx.lang));
    let mut targets = Vec::new();
    for figure in Figure::ALL {
        let parse = |text: &str| text.replace(['.', ' '], "").parse::<i64>();
        let target = form.parse_with(figure.word(), parse, |_| t.target_wrong().to_owned());
        if target.is_some_and(|target| target < 0) {
            form.fail(figure.word(), t.target_wrong());
        }
        targets.push((*figure, target));
    }
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form)).into_response());
    }
    let mut tx = ctx.app.db.begin().await?;
    let before = store::targets(&mut tx.cx(), ctx.commune_id(), year).await?;
    for (figure, target) in targets {
        let was = before.get(figure.word()).copied();
        if was == target {
            continue;
        }
        store::set_target(&mut tx.cx(), ctx.commune_id(), (year, figure), target, officer, ctx.now()).await?;
        let said = |n: Option<i64>| n.map(|n| n.to_string());
        let about = ("target", uuid::Uuid::nil());
        let after = format!("{year} {figure} {}", said(target).unwrap_or_default());
        audit::note(&ctx, &mut tx.cx(), "report.target", about, said(was).as_deref(), Some(&after)).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/chi-tieu?nam={year}&da-luu=1")).into_response())
}
