//! One report: its figures as they were taken, its words, signing, and the paper.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::paper::paper;
use super::{HERE, NAV, bars, counts, name, title, values};
use crate::amounts::Dong;
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::ReportId;
use crate::reports::model::{Figure, Line, Part, Report, ReportState};
use crate::reports::store;
use crate::reports::texts::Texts;
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

/// A line as it is shown; empty where there is nothing to say.
struct Shown {
    name: &'static str,
    target: String,
    value: String,
    reached: String,
    before: String,
    change: String,
}

impl Shown {
    fn of(line: &Line, t: Texts) -> Self {
        let number = |n: Option<i64>| n.map_or_else(String::new, |n| whole(n, t.0));
        let change = |n: i64| format!("{}{}", if n > 0 { "+" } else { "" }, whole(n, t.0));
        Self {
            name: line.figure.label(t.0),
            target: number(line.target),
            value: whole(line.value, t.0),
            reached: line.percent().map_or_else(String::new, |n| t.percent(n)),
            before: number(line.before),
            change: line.change().map_or_else(String::new, change),
        }
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "reports/templates/one.html")]
struct OnePage {
    page: Page,
    t: Texts,
    form: Form,
    report: Report,
    lines: Vec<Shown>,
    since: Vec<(&'static str, String, String)>,
    may_change: bool,
}

impl OnePage {
    fn title(&self) -> String {
        title(&self.report, self.t)
    }

    fn parts(&self) -> Vec<(&'static str, &'static str, &'static str, &[Part])> {
        let (t, f) = (self.t, &self.report.figures);
        let parts: Vec<(&str, &str, &str, &[Part])> = vec![
            ("thon", t.by_village(), t.no_village(), &f.villages),
            ("loai", t.by_kind(), "", &f.kinds),
            ("ct", t.by_programme(), t.no_programme(), &f.programmes),
        ];
        parts.into_iter().filter(|(.., parts)| !parts.is_empty()).collect()
    }

    fn svg(&self, id: &str, title: &str, none: &str, parts: &[Part]) -> String {
        bars(&counts(parts, none), id, title, self.t)
    }

    fn name<'a>(part: &'a Part, none: &'a str) -> &'a str {
        name(part, none)
    }

    fn money(&self, part: &Part) -> String {
        Dong(part.paid).digits_in(self.page.lang)
    }

    fn is_draft(&self) -> bool {
        store::is_draft(&self.report)
    }

    fn was_early(&self) -> bool {
        self.report.taken_at.day() <= self.report.to_day
    }
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Report, AppError> {
    let id: ReportId = id.parse().map_err(|_| AppError::NotFound)?;
    store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, id: &str, mut form: Form) -> Result<OnePage, AppError> {
    let report = load(ctx, cx, id).await?;
    if !form.sent("version") {
        form.push("version", &report.version.to_string());
        form.push("kho-khan", &report.difficulties);
        form.push("de-xuat", &report.proposals);
    }
    if !form.sent("ngay-ky") {
        form.push("ngay-ky", &ctx.today().text());
    }
    let now = values(ctx, cx, report.year, (report.from_day, report.to_day)).await?;
    Ok(OnePage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        lines: report.figures.lines().iter().map(|line| Shown::of(line, Texts(ctx.lang))).collect(),
        since: report.figures.differs(&now).iter().map(|one| said(one, ctx.lang)).collect(),
        may_change: ctx.officer().is_ok(),
        report,
    })
}

fn said((figure, then, now): &(Figure, i64, i64), lang: Lang) -> (&'static str, String, String) {
    (figure.label(lang), whole(*then, lang), whole(*now, lang))
}

/// `GET /van-phong/bao-cao/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(shown(&ctx, &mut conn.cx(), &id, Form::default()).await?.into_response())
}

/// `POST /van-phong/bao-cao/{id}`: a draft's words, over the version that was seen.
pub async fn save(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let report = load(&ctx, &mut tx.cx(), &id).await?;
    let difficulties = form.text("kho-khan", 4_000, ctx.lang);
    let proposals = form.text("de-xuat", 4_000, ctx.lang);
    let (Some(difficulties), Some(proposals)) = (difficulties, proposals) else {
        let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let seen = form.value("version").parse().unwrap_or(-1);
    let key = (report.id, seen);
    if store::write(&mut tx.cx(), ctx.commune_id(), key, &difficulties, &proposals).await? {
        audit::note(&ctx, &mut tx.cx(), "report.write", ("report", report.id.0), None, None).await?;
    } else if (&report.difficulties, &report.proposals) != (&difficulties, &proposals) {
        form.set("version", &report.version.to_string());
        form.fail("kho-khan", Texts(ctx.lang).raced());
        let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", report.id)).into_response())
}

/// `POST /van-phong/bao-cao/{id}/ky`: the paper was signed.
pub async fn sign(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let report = load(&ctx, &mut tx.cx(), &id).await?;
    let number = form.required("so", 60, t.number_missing(), ctx.lang);
    if form.value("ngay-ky").is_empty() {
        form.fail("ngay-ky", t.day_wrong());
    }
    let day = form.parse_with("ngay-ky", Day::parse, |_| t.day_wrong().to_owned());
    if day.is_some_and(|day| day > ctx.today()) {
        form.fail("ngay-ky", t.day_wrong());
    }
    let (Some(number), Some(day), true) = (number, day, form.is_fine()) else {
        let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let seen = form.value("version").parse().unwrap_or(-1);
    if store::sign(&mut tx.cx(), ctx.commune_id(), (report.id, seen), &number, day).await? {
        audit::note(&ctx, &mut tx.cx(), "report.sign", ("report", report.id.0), None, Some(&number)).await?;
    } else if report.state != ReportState::Signed || report.number != number {
        form.fail("so", t.raced());
        let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", report.id)).into_response())
}

async fn offer(ctx: &Ctx, id: &str) -> Result<(Offer, Report, Table), AppError> {
    ctx.officer()?;
    let report = {
        let mut conn = ctx.app.db.read().await?;
        load(ctx, &mut conn.cx(), id).await?
    };
    let t = Texts(ctx.lang);
    let table = table(ctx, &report);
    let offer = Offer {
        what: "report",
        title: title(&report, t),
        rows: table.rows.len(),
        filter: vec![t.days(report.from_day, report.to_day)],
        back: format!("{HERE}/{}", report.id),
        current: NAV,
        on_paper: true,
    };
    Ok((offer, report, table))
}

/// `GET /van-phong/bao-cao/{id}/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let (offer, ..) = offer(&ctx, &id).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/bao-cao/{id}/tai`: the file, of the figures as they were taken.
pub async fn download(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let wanted: Option<Wanted> = download::read(&ctx, &mut form);
    // What is to be signed is in Vietnamese, whatever the officer reads in.
    let on_paper = wanted.as_ref().is_some_and(|wanted| wanted.format.is_paper());
    let ctx = if on_paper { Ctx { lang: Lang::Vi, ..ctx } } else { ctx };
    let (offer, report, table) = offer(&ctx, &id).await?;
    let Some(wanted) = wanted else { return Ok(download::ask(&ctx, form, offer)) };
    download::deliver_paper(&ctx, &offer, &wanted, table, paper(&ctx, &report)).await
}

/// The report as lines: figures against plan and year before, then support by village, kind and programme.
fn table(ctx: &Ctx, report: &Report) -> Table {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.figure(), ColumnKind::Text, 44),
        Column::new(t.target(), ColumnKind::Whole, 12),
        Column::new(t.value(), ColumnKind::Money, 16),
        Column::new(t.before(), ColumnKind::Money, 16),
        Column::new(t.note(), ColumnKind::Text, 24),
    ];
    let number = |n: Option<i64>| n.map_or(Cell::Empty, Cell::Number);
    let mut rows = Vec::new();
    for line in report.figures.lines() {
        let note = line.percent().map_or_else(String::new, |n| format!("{} {}", t.reached(), t.percent(n)));
        rows.push(vec![
            Cell::Number(rows.len() as i64 + 1),
            Cell::text(line.figure.label(lang)),
            number(line.target),
            Cell::Number(line.value),
            number(line.before),
            Cell::text(note),
        ]);
    }
    let f = &report.figures;
    for (heading, none, parts) in [
        (t.by_village(), t.no_village(), &f.villages),
        (t.by_kind(), "", &f.kinds),
        (t.by_programme(), t.no_programme(), &f.programmes),
    ] {
        for part in parts {
            let note =
                format!("{} {}; {} {}", part.producers, t.producers().to_lowercase(), Dong(part.paid).digits(), "đ");
            rows.push(vec![
                Cell::Number(rows.len() as i64 + 1),
                Cell::text(format!("{heading}: {}", name(part, none))),
                Cell::Empty,
                Cell::Number(part.times),
                Cell::Empty,
                Cell::text(note),
            ]);
        }
    }
    let mut notes = download::notes(ctx, &[t.days(report.from_day, report.to_day)], rows.len());
    notes.push(t.taken_on_alone(report.taken_at.text()));
    Table { title: title(report, t), notes, columns, rows, total: None }
}
