//! `/van-phong/ocop`: dossiers by year and state, and stars that end soon.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::{HERE, NAV, group_name, groups};
use crate::clock::Day;
use crate::fold::fold;
use crate::ocop::model::{Dossier, DossierState, Ending, TOLD_MONTHS};
use crate::ocop::store::{self, Filter, decisions};
use crate::ocop::texts::Texts;
use crate::review::listing::{Listing, Pager, ROWS};
use crate::review::names::Villages;
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::support::warnings::months_before;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    listing: Listing,
    villages: Villages,
    years: Vec<(String, String)>,
    states: Vec<(String, String)>,
    groups: Vec<(String, String)>,
    rows: Vec<Dossier>,
    pager: Pager,
    ending: Vec<Ending>,
    may_change: bool,
}

impl ListPage {
    fn group(&self, row: &Dossier) -> String {
        group_name(&row.product_group, self.page.lang)
    }

    fn is_near(&self, row: &Ending) -> bool {
        row.is_near(self.today)
    }
}

fn filter(listing: &Listing) -> Filter {
    Filter {
        year: listing.parsed("nam").unwrap_or(0),
        state: listing.parsed("tinh-trang"),
        village: listing.parsed("thon"),
        group: listing.get("nhom").to_owned(),
        words: fold(listing.get("q")),
    }
}

/// `GET /van-phong/ocop`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (listing, commune, today) = (Listing::of(&ctx), ctx.commune_id(), ctx.today());
    let filter = filter(&listing);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let pager = Pager::of(&listing, store::count(&mut cx, commune, &filter).await? as usize);
    let rows = store::page(&mut cx, commune, &filter, (ROWS as i64, pager.offset() as i64)).await?;
    let until = months_before(today, -TOLD_MONTHS[0]);
    let page = ListPage {
        page: Page::of(&ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form: listing.form(),
        today,
        villages: Villages::load(&mut cx, commune).await?,
        years: (today.year() - 4..=today.year() + 2).rev().map(|y| (y.to_string(), y.to_string())).collect(),
        states: DossierState::ALL.iter().map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())).collect(),
        groups: groups(ctx.lang),
        ending: decisions::ending(&mut cx, commune, today, until).await?,
        may_change: ctx.officer().is_ok(),
        listing,
        rows,
        pager,
    };
    Ok(page.into_response())
}

async fn offer(ctx: &Ctx) -> Result<(Offer, Filter, Villages), AppError> {
    ctx.officer()?;
    let (listing, t) = (Listing::of(ctx), Texts(ctx.lang));
    let filter = filter(&listing);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let villages = Villages::load(&mut cx, ctx.commune_id()).await?;
    let mut words = Vec::new();
    if filter.year > 0 {
        words.push(t.year_is(filter.year));
    }
    words.extend(filter.state.map(|state| state.label(ctx.lang).to_owned()));
    words.extend(filter.village.map(|village| format!("{} {}", t.village(), villages.name(Some(village)))));
    if !filter.group.is_empty() {
        words.push(group_name(&filter.group, ctx.lang));
    }
    if !filter.words.is_empty() {
        words.push(t.name_has(listing.get("q")));
    }
    let offer = Offer {
        what: "ocop-dossiers",
        title: t.title().to_owned(),
        rows: store::count(&mut cx, ctx.commune_id(), &filter).await? as usize,
        filter: words,
        back: format!("{HERE}{}", listing.query()),
        current: NAV,
        on_paper: true,
    };
    Ok((offer, filter, villages))
}

/// `GET /van-phong/ocop/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, ..) = offer(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ocop/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (offer, filter, villages) = offer(&ctx).await?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let rows = {
        let mut conn = ctx.app.db.read().await?;
        store::page(&mut conn.cx(), ctx.commune_id(), &filter, (i64::MAX, 0)).await?
    };
    let table = table(&ctx, &villages, &rows, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, table).await
}

fn table(ctx: &Ctx, villages: &Villages, rows: &[Dossier], offer: &Offer, _wanted: &Wanted) -> Table {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.year(), ColumnKind::Text, 8),
        Column::new(t.product(), ColumnKind::Text, 30),
        Column::new(t.producer(), ColumnKind::Text, 30),
        Column::new(t.village(), ColumnKind::Text, 14),
        Column::new(t.group(), ColumnKind::Text, 22),
        Column::new(t.state(), ColumnKind::Text, 22),
        Column::new(t.items_done(), ColumnKind::Whole, 11),
        Column::new(t.items_all(), ColumnKind::Whole, 11),
        Column::new(t.passed_on(), ColumnKind::Date, 13),
        Column::new(t.stars(), ColumnKind::Whole, 8),
    ];
    let cells = |(at, row): (usize, &Dossier)| {
        vec![
            Cell::Number(at as i64 + 1),
            Cell::text(row.year.to_string()),
            Cell::text(row.product_name.clone()),
            Cell::text(row.producer_name.clone()),
            Cell::text(villages.name(row.village_id)),
            Cell::text(group_name(&row.product_group, lang)),
            Cell::text(row.state.label(lang)),
            Cell::Number(row.settled),
            Cell::Number(row.all_items),
            Cell::day(row.passed_on),
            row.stars.map_or(Cell::Empty, |stars| Cell::Number(i64::from(stars))),
        ]
    };
    let rows: Vec<Vec<Cell>> = rows.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}
