//! Lists of cases: `/van-phong/nghi-van` for the office, with how right each rule has been, and `/cua-toi/nghi-van`.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::model::{Outcome, Rule};
use super::super::store::cases;
use super::super::texts::Texts;
use super::Line;
use crate::traceability::access::producers_of;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// A rule with what came of its cases.
struct Right {
    name: &'static str,
    from: i64,
    open: i64,
    misuse: i64,
    false_alarms: i64,
    unclear: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "misuse/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    lead: &'static str,
    back: (&'static str, &'static str),
    open: Vec<Line>,
    closed: Vec<Line>,
    rules: Vec<Right>,
}

/// `GET /van-phong/nghi-van`.
pub async fn office(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (t, commune) = (Texts(ctx.lang), ctx.commune_id());
    let (open, closed, tally) = {
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        (cases::open(cx, commune).await?, cases::closed(cx, commune).await?, cases::tally(cx, commune).await?)
    };
    let line = |case: &cases::Case| Line::of(case, "/van-phong/nghi-van", ctx.lang);
    let right = |rule: &Rule| {
        let count = |outcome: Option<Outcome>| {
            tally.iter().filter(|row| row.0 == *rule && row.1 == outcome).map(|row| row.2).sum()
        };
        Right {
            name: rule.label(ctx.lang),
            from: rule.bounds().case,
            open: count(None),
            misuse: count(Some(Outcome::Misuse)),
            false_alarms: count(Some(Outcome::FalseAlarm)),
            unclear: count(Some(Outcome::Unclear)),
        }
    };
    let page = ListPage {
        page: Page::of(&ctx, Area::Office, "/van-phong"),
        lead: t.lead_office(),
        back: ("/van-phong", t.back_queue()),
        open: open.iter().map(line).collect(),
        closed: closed.iter().map(line).collect(),
        rules: Rule::ALL.iter().map(right).collect(),
        t,
    };
    Ok(page.into_response())
}

/// `GET /cua-toi/nghi-van`: the cases of the producers that somebody acts for.
pub async fn mine(ctx: Ctx) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    let mut conn = ctx.app.db.read().await?;
    for producer in producers_of(&ctx, &mut conn.cx(), "").await? {
        for case in cases::of_producer(&mut conn.cx(), ctx.commune_id(), producer.id).await? {
            let line = Line::of(&case, "/cua-toi/nghi-van", ctx.lang);
            if case.is_open() { open.push(line) } else { closed.push(line) }
        }
    }
    let page = ListPage {
        page: Page::of(&ctx, Area::Mine, "/cua-toi"),
        lead: t.lead_mine(),
        back: ("/cua-toi", t.back_mine()),
        open,
        closed,
        rules: Vec::new(),
        t,
    };
    Ok(page.into_response())
}
