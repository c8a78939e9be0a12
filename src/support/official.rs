//! The list of supported producers (danh sách chủ thể được hỗ trợ): one line a producer.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::download::{self, Offer, Wanted};
use super::export::{Cell, Column, ColumnKind, Table};
use super::filter::SupportFilter;
use super::model::{SupportKind, Supported, by_producer, kind_name};
use super::pages::{ALL_ROWS, Choices, Year, producer_kind};
use super::store::ledger;
use super::texts::Texts;
use crate::official::letterhead::Letterhead;
use crate::review::listing::{Listing, Pager, ROWS, counted};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};
use futures_util::future::BoxFuture;

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/official.html")]
struct OfficialPage {
    page: Page,
    t: Texts,
    form: Form,
    year: Year,
    choices: Choices,
    listing: Listing,
    rows: Vec<Supported>,
    pager: Pager,
    may_change: bool,
}

impl OfficialPage {
    fn got(&self, row: &Supported) -> String {
        got(&self.year.kinds, row, self.page.lang)
    }

    fn kind(&self, row: &Supported) -> &'static str {
        row.kind.parse::<crate::producers::model::ProducerKind>().map_or("", |kind| kind.label(self.page.lang))
    }
}

/// What a producer got, with days: `Bao bì (01/03/2026, 02/05/2026); Tập huấn (01/04/2026)`.
fn got(kinds: &[SupportKind], row: &Supported, lang: Lang) -> String {
    let one = |(code, days): (&String, &Vec<crate::clock::Day>)| {
        let name = kind_name(kinds, code, lang);
        let days = days.iter().map(|day| day.text()).collect::<Vec<_>>().join(", ");
        format!("{name} ({days})")
    };
    row.got.iter().map(one).collect::<Vec<_>>().join("; ")
}

/// `GET /van-phong/ho-tro/danh-sach`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let commune = ctx.commune_id();
    let filter = SupportFilter::of(&listing, ctx.today()).counted();
    let year = async {
        let mut conn = ctx.app.db.read().await?;
        Year::of(&ctx, &mut conn.cx(), filter.clone()).await
    };
    let (of, filter) = (&ctx, &filter);
    let read = |offset| -> BoxFuture<'_, Result<Vec<Supported>, AppError>> {
        Box::pin(async move {
            let mut conn = of.app.db.read().await?;
            let producers = ledger::producers(&mut conn.cx(), commune, filter, ROWS as i64, offset).await?;
            Ok(by_producer(&ledger::of_producers(&mut conn.cx(), commune, filter, &producers).await?))
        })
    };
    let (year, pager, rows) = counted(&listing, year, |year| year.figures.producers as usize, read).await?;
    let mut form = listing.form();
    form.set("nam", &year.filter.year.to_string());
    let choices = Choices::of(&ctx, &year);
    let page = Page::of(&ctx, Area::Office, "/van-phong/ho-tro");
    let may_change = ctx.officer().is_ok();
    let list = OfficialPage { page, t: Texts(ctx.lang), form, year, choices, listing, rows, pager, may_change };
    Ok(list.into_response())
}

async fn offer(ctx: &Ctx) -> Result<(Offer, Year, Vec<Supported>), AppError> {
    ctx.officer()?;
    let listing = Listing::of(ctx);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let year = Year::of(ctx, &mut cx, SupportFilter::of(&listing, ctx.today()).counted()).await?;
    let lines = by_producer(&ledger::page(&mut cx, ctx.commune_id(), &year.filter, ALL_ROWS, 0).await?);
    let offer = Offer {
        what: "supported-producers",
        title: Texts(ctx.lang).official_title(year.filter.year),
        rows: lines.len(),
        filter: year.in_words(ctx, &listing),
        back: format!("/van-phong/ho-tro/danh-sach{}", listing.query()),
        current: "/van-phong/ho-tro",
        on_paper: true,
    };
    Ok((offer, year, lines))
}

/// `GET /van-phong/ho-tro/danh-sach/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, ..) = offer(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ho-tro/danh-sach/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let Some(wanted) = download::read(&ctx, &mut form) else {
        let (offer, ..) = offer(&ctx).await?;
        return Ok(download::ask(&ctx, form, offer));
    };
    // What is to be signed is in Vietnamese, whatever the officer reads in.
    let ctx = if wanted.format.is_paper() { Ctx { lang: Lang::Vi, ..ctx } } else { ctx };
    let (offer, year, lines) = offer(&ctx).await?;
    let table = table(&ctx, &year, &lines, &offer, &wanted);
    let t = Texts(ctx.lang);
    let subject = t.official_subject(year.filter.year);
    let head = Letterhead::list(&ctx.commune.name, ctx.today().year(), &subject, t.official_closing(lines.len()));
    download::deliver_with(&ctx, &offer, &wanted, table, Some(head)).await
}

fn table(ctx: &Ctx, year: &Year, lines: &[Supported], offer: &Offer, wanted: &Wanted) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.producer(), ColumnKind::Text, 34),
        Column::new(t.producer_kind(), ColumnKind::Text, 18),
        Column::new(t.village(), ColumnKind::Text, 14),
        Column::new(t.kind(), ColumnKind::Text, 56),
        Column::new(t.times(), ColumnKind::Whole, 9),
        Column::new(t.last(), ColumnKind::Date, 13),
        Column::new(t.approved_dong(), ColumnKind::Money, 17),
        Column::new(t.paid_dong(), ColumnKind::Money, 17),
    ];
    if wanted.phones {
        columns.insert(4, Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let rows = lines.iter().enumerate().map(|(at, line)| line_cells(ctx, year, at, line, wanted)).collect();
    let mut total = vec![Cell::Empty; columns.len()];
    total[1] = Cell::text(t.total());
    let end = total.len();
    total[end - 4] = Cell::Number(lines.iter().map(|line| line.times as i64).sum());
    total[end - 2] = Cell::Number(lines.iter().map(|line| line.approved.0).sum());
    total[end - 1] = Cell::Number(lines.iter().map(|line| line.paid.0).sum());
    let notes = download::notes(ctx, &offer.filter, lines.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: Some(total) }
}

fn line_cells(ctx: &Ctx, year: &Year, at: usize, line: &Supported, wanted: &Wanted) -> Vec<Cell> {
    let mut cells = vec![
        Cell::Number(at as i64 + 1),
        Cell::text(line.name.clone()),
        Cell::text(producer_kind(ctx, &line.kind)),
        Cell::text(year.villages.name(line.village_id)),
        Cell::text(got(&year.kinds, line, ctx.lang)),
        Cell::Number(line.times as i64),
        Cell::Date(line.last),
        Cell::Number(line.approved.0),
        Cell::Number(line.paid.0),
    ];
    if wanted.phones {
        cells.insert(4, line.phone.clone().map_or(Cell::Empty, Cell::Phone));
    }
    cells
}
