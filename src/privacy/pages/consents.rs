//! The register of consents.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::HERE;
use crate::privacy::store::{self, ConsentFilter, ConsentRow};
use crate::privacy::texts::Texts;
use crate::producers::model::{Channel, ConsentField};
use crate::review::listing::{Listing, Pager, ROWS};
use crate::support::download::{self, Offer};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/consents.html")]
struct ConsentsPage {
    page: Page,
    t: Texts,
    form: Form,
    listing: Listing,
    fields: Vec<(String, String)>,
    standings: Vec<(String, String)>,
    rows: Vec<ConsentRow>,
    pager: Pager,
    may_change: bool,
}

impl ConsentsPage {
    fn channel(&self, row: &ConsentRow) -> String {
        channel(row, self.page.lang)
    }
}

fn channel(row: &ConsentRow, lang: Lang) -> String {
    row.channel.parse::<Channel>().map_or_else(|_| row.channel.clone(), |channel| channel.label(lang).to_owned())
}

fn filter(listing: &Listing) -> ConsentFilter {
    ConsentFilter {
        field: listing.parsed("truong"),
        standing: listing.get("hieu-luc").to_owned(),
        words: listing.get("q").to_owned(),
    }
}

/// `GET /van-phong/du-lieu-ca-nhan/dong-y`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (listing, t) = (Listing::of(&ctx), Texts(ctx.lang));
    let filter = filter(&listing);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let total = store::count_consents(&mut cx, ctx.commune_id(), &filter).await?;
    let pager = Pager::of(&listing, total as usize);
    let rows = store::consents(&mut cx, ctx.commune_id(), &filter, (ROWS as i64, pager.offset() as i64)).await?;
    let page = ConsentsPage {
        page: Page::of(&ctx, Area::Office, "/van-phong"),
        t,
        form: listing.form(),
        listing,
        fields: ConsentField::ALL.iter().map(|f| (f.word().to_owned(), f.label(ctx.lang).to_owned())).collect(),
        standings: vec![("con".to_owned(), t.stands().to_owned()), ("rut".to_owned(), t.withdrawn().to_owned())],
        rows,
        pager,
        may_change: ctx.officer().is_ok(),
    };
    Ok(page.into_response())
}

async fn offer(ctx: &Ctx) -> Result<(Offer, ConsentFilter), AppError> {
    ctx.officer()?;
    let (listing, t) = (Listing::of(ctx), Texts(ctx.lang));
    let filter = filter(&listing);
    let mut words = Vec::new();
    words.extend(filter.field.map(|field| field.label(ctx.lang).to_owned()));
    match filter.standing.as_str() {
        "con" => words.push(t.stands().to_owned()),
        "rut" => words.push(t.withdrawn().to_owned()),
        _ => {}
    }
    if !filter.words.is_empty() {
        words.push(format!("{}: {}", t.search(), filter.words));
    }
    let mut conn = ctx.app.db.read().await?;
    let offer = Offer {
        what: "consents",
        title: t.consents_title().to_owned(),
        rows: store::count_consents(&mut conn.cx(), ctx.commune_id(), &filter).await? as usize,
        filter: words,
        back: format!("{HERE}/dong-y{}", listing.query()),
        current: "/van-phong",
        on_paper: true,
    };
    Ok((offer, filter))
}

/// `GET /van-phong/du-lieu-ca-nhan/dong-y/tai`: asks what the file is for.
pub async fn ask(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, _) = offer(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/du-lieu-ca-nhan/dong-y/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (offer, filter) = offer(&ctx).await?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let rows = {
        let mut conn = ctx.app.db.read().await?;
        store::consents(&mut conn.cx(), ctx.commune_id(), &filter, (i64::MAX, 0)).await?
    };
    let t = Texts(ctx.lang);
    let columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.producer(), ColumnKind::Text, 34),
        Column::new(t.field(), ColumnKind::Text, 26),
        Column::new(t.version(), ColumnKind::Text, 12),
        Column::new(t.channel(), ColumnKind::Text, 20),
        Column::new(t.given(), ColumnKind::Date, 13),
        Column::new(t.taken_back(), ColumnKind::Date, 13),
        Column::new(t.evidence(), ColumnKind::Text, 30),
    ];
    let cells = |(at, row): (usize, &ConsentRow)| {
        vec![
            Cell::Number(at as i64 + 1),
            Cell::text(row.producer_name.clone()),
            Cell::text(row.field.label(ctx.lang)),
            Cell::text(row.text_version.clone()),
            Cell::text(channel(row, ctx.lang)),
            Cell::Date(row.given_at.day()),
            Cell::day(row.withdrawn_at.map(|at| at.day())),
            Cell::text(row.evidence.clone()),
        ]
    };
    let cells: Vec<Vec<Cell>> = rows.iter().enumerate().map(cells).collect();
    let notes = download::notes(&ctx, &offer.filter, cells.len());
    let table = Table { title: offer.title.clone(), notes, columns, rows: cells, total: None };
    download::deliver(&ctx, &offer, &wanted, table).await
}
