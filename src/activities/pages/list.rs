//! `/van-phong/hoat-dong`: a year's activities, as a table and as files.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::{HERE, NAV};
use crate::activities::model::{Activity, ActivityKind, ActivityState, Held};
use crate::activities::store;
use crate::activities::texts::Texts;
use crate::reports::model::{Figures, Line, Period};
use crate::reports::store as reports;
use crate::review::listing::Listing;
use crate::support::download::{self, Offer};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    year: i32,
    listing: Listing,
    years: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    states: Vec<(String, String)>,
    held: Held,
    /// What the year's plan asks for; empty where it asks for nothing of activities.
    plan: Vec<Line>,
    rows: Vec<Activity>,
    may_change: bool,
}

impl ListPage {
    fn classes(&self) -> i64 {
        self.held.of(ActivityKind::Training)
    }

    /// How much of its target a line reached, as words and as the class of a tag.
    fn reached(line: &Line) -> (String, &'static str) {
        let percent = line.percent().unwrap_or(0);
        (format!("{percent}%"), if percent >= 100 { " ok" } else { " wait" })
    }
}

fn year(ctx: &Ctx, listing: &Listing) -> i32 {
    listing.parsed("nam").filter(|year| (2010..=2999).contains(year)).unwrap_or(ctx.today().year())
}

async fn rows(ctx: &Ctx, listing: &Listing) -> Result<Vec<Activity>, AppError> {
    let (kind, state) = (listing.parsed("loai"), listing.parsed("tinh-trang"));
    let mut conn = ctx.app.db.read().await?;
    Ok(store::of_year(&mut conn.cx(), ctx.commune_id(), year(ctx, listing), kind, state).await?)
}

/// `GET /van-phong/hoat-dong`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let year = year(&ctx, &listing);
    let rows = rows(&ctx, &listing).await?;
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let held = match Period::Year.days(year) {
        Some((from, to)) => store::held_between(&mut cx, ctx.commune_id(), from, to).await?,
        None => Held::default(),
    };
    let targets = reports::targets(&mut cx, ctx.commune_id(), year).await?;
    let plan = Figures::of_held(&held, targets).lines().into_iter().filter(|line| line.percent().is_some()).collect();
    let this = ctx.today().year();
    let mut form = listing.form();
    form.set("nam", &year.to_string());
    let page = ListPage {
        page: Page::of(&ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        year,
        years: (this - 4..=this + 1).rev().map(|y| (y.to_string(), y.to_string())).collect(),
        kinds: ActivityKind::ALL.iter().map(|k| (k.word().to_owned(), k.label(ctx.lang).to_owned())).collect(),
        states: ActivityState::ALL.iter().map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())).collect(),
        held,
        plan,
        rows,
        listing,
        may_change: ctx.officer().is_ok(),
    };
    Ok(page.into_response())
}

fn offer(ctx: &Ctx, listing: &Listing, rows: usize) -> Result<Offer, AppError> {
    ctx.officer()?;
    let (t, year) = (Texts(ctx.lang), year(ctx, listing));
    let mut filter = vec![t.year_is(year)];
    filter.extend(listing.parsed::<ActivityKind>("loai").map(|kind| kind.label(ctx.lang).to_owned()));
    filter.extend(listing.parsed::<ActivityState>("tinh-trang").map(|state| state.label(ctx.lang).to_owned()));
    Ok(Offer {
        what: "activities",
        title: t.list_title(year),
        rows,
        filter,
        back: format!("{HERE}{}", listing.query()),
        current: NAV,
        on_paper: true,
    })
}

/// `GET /van-phong/hoat-dong/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let listing = Listing::of(&ctx);
    let offer = offer(&ctx, &listing, rows(&ctx, &listing).await?.len())?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/hoat-dong/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let listing = Listing::of(&ctx);
    let rows = rows(&ctx, &listing).await?;
    let offer = offer(&ctx, &listing, rows.len())?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let table = table(&ctx, &rows, &offer);
    download::deliver(&ctx, &offer, &wanted, table).await
}

fn table(ctx: &Ctx, rows: &[Activity], offer: &Offer) -> Table {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.starts(), ColumnKind::Date, 13),
        Column::new(t.ends(), ColumnKind::Date, 13),
        Column::new(t.kind(), ColumnKind::Text, 22),
        Column::new(t.name(), ColumnKind::Text, 36),
        Column::new(t.topic(), ColumnKind::Text, 24),
        Column::new(t.place(), ColumnKind::Text, 24),
        Column::new(t.state(), ColumnKind::Text, 14),
        Column::new(t.attended(), ColumnKind::Whole, 10),
        Column::new(t.producers(), ColumnKind::Whole, 10),
        Column::new(t.results(), ColumnKind::Text, 40),
    ];
    let cells = |(at, row): (usize, &Activity)| {
        vec![
            Cell::Number(at as i64 + 1),
            Cell::Date(row.starts_on),
            Cell::Date(row.ends_on),
            Cell::text(row.kind.label(lang)),
            Cell::text(row.title.clone()),
            Cell::text(row.topic.label(lang)),
            Cell::text(row.place.clone()),
            Cell::text(row.state.label(lang)),
            Cell::Number(row.participants.unwrap_or(row.attended)),
            Cell::Number(row.producers),
            Cell::text(row.results.clone()),
        ]
    };
    let cells: Vec<Vec<Cell>> = rows.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, cells.len());
    Table { title: offer.title.clone(), notes, columns, rows: cells, total: None }
}
