//! The year's support records: list, filter and download.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::download::{self, Offer, Wanted};
use super::export::{Cell, Column, ColumnKind, Table};
use super::model::{SupportFilter, SupportKind, SupportRow, Totals, kind_name};
use super::store;
use super::texts::Texts;
use crate::producers::model::ProducerKind;
use crate::review::listing::{Listing, Pager};
use crate::review::names::Villages;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// A year's filtered records with what their lists show.
pub(super) struct Year {
    pub filter: SupportFilter,
    pub rows: Vec<SupportRow>,
    pub totals: Totals,
    pub kinds: Vec<SupportKind>,
    pub villages: Villages,
}

impl Year {
    pub async fn of(ctx: &Ctx, listing: &Listing) -> Result<Self, AppError> {
        let filter = SupportFilter::of(listing, ctx.today());
        let (from, to) = filter.span();
        let mut conn = ctx.app.db.read().await?;
        let mut cx = conn.cx();
        let mut rows = store::of_span(&mut cx, ctx.commune_id(), &from, &to).await?;
        let kinds = store::all_kinds(&mut cx).await?;
        let villages = Villages::load(&mut cx, ctx.commune_id()).await?;
        rows.retain(|row| filter.takes(row));
        let totals = Totals::of(&rows);
        Ok(Self { filter, rows, totals, kinds, villages })
    }

    /// The filter in words, part by part.
    pub fn in_words(&self, ctx: &Ctx, listing: &Listing) -> Vec<String> {
        let t = Texts(ctx.lang);
        let mut words = vec![format!("{} {}", t.year(), self.filter.year)];
        if !self.filter.kind.is_empty() {
            words.push(kind_name(&self.kinds, &self.filter.kind, ctx.lang).to_owned());
        }
        if let Some(village) = self.filter.village {
            words.push(format!("{} {}", t.village(), self.villages.name(Some(village))));
        }
        if let Some(kind) = self.filter.producer_kind {
            words.push(kind.label(ctx.lang).to_owned());
        }
        if !self.filter.words.is_empty() {
            words.push(t.name_has(listing.get("q")));
        }
        words
    }
}

/// The choices of a filter.
pub(super) struct Choices {
    pub years: Vec<(String, String)>,
    pub kinds: Vec<(String, String)>,
    pub villages: Vec<(String, String)>,
    pub producer_kinds: Vec<(String, String)>,
}

impl Choices {
    pub fn of(ctx: &Ctx, year: &Year) -> Self {
        let this = ctx.today().year();
        let mut years: Vec<i32> = (this - 5..=this).rev().collect();
        if !years.contains(&year.filter.year) {
            years.push(year.filter.year);
        }
        Self {
            years: years.into_iter().map(|y| (y.to_string(), y.to_string())).collect(),
            kinds: kind_choices(ctx, &year.kinds),
            villages: year.villages.choices(),
            producer_kinds: ProducerKind::ALL
                .iter()
                .map(|kind| (kind.word().to_owned(), kind.label(ctx.lang).to_owned()))
                .collect(),
        }
    }
}

pub(super) fn kind_choices(ctx: &Ctx, kinds: &[SupportKind]) -> Vec<(String, String)> {
    kinds.iter().map(|k| (k.code.clone(), ctx.lang.pick(&k.name_vi, &k.name_en).to_owned())).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    year: Year,
    choices: Choices,
    listing: Listing,
    rows: Vec<SupportRow>,
    pager: Pager,
    may_change: bool,
}

impl ListPage {
    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.year.kinds, code, self.page.lang)
    }

    fn quantity(&self, row: &SupportRow) -> String {
        row.quantity.map_or_else(String::new, |q| format!("{} {}", q.text(self.page.lang), row.quantity_unit))
    }
}

/// `GET /van-phong/ho-tro`: the year's records, as filtered by the address.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let mut year = Year::of(&ctx, &listing).await?;
    let mut rows = std::mem::take(&mut year.rows);
    let pager = Pager::cut(&listing, &mut rows);
    let mut form = listing.form();
    form.set("nam", &year.filter.year.to_string());
    let choices = Choices::of(&ctx, &year);
    let page = Page::of(&ctx, Area::Office, "/van-phong/ho-tro");
    let may_change = ctx.officer().is_ok();
    let list = ListPage { page, t: Texts(ctx.lang), form, year, choices, listing, rows, pager, may_change };
    Ok(list.into_response())
}

async fn offer(ctx: &Ctx) -> Result<(Offer, Year), AppError> {
    ctx.officer()?;
    let listing = Listing::of(ctx);
    let year = Year::of(ctx, &listing).await?;
    let offer = Offer {
        what: "support",
        title: Texts(ctx.lang).list_title(year.filter.year),
        rows: year.rows.len(),
        filter: year.in_words(ctx, &listing),
        back: format!("/van-phong/ho-tro{}", listing.query()),
        current: "/van-phong/ho-tro",
    };
    Ok((offer, year))
}

/// `GET /van-phong/ho-tro/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, _) = offer(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ho-tro/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (offer, year) = offer(&ctx).await?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let table = table(&ctx, &year, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, table).await
}

fn table(ctx: &Ctx, year: &Year, offer: &Offer, wanted: &Wanted) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.date(), ColumnKind::Date, 12),
        Column::new(t.producer(), ColumnKind::Text, 34),
        Column::new(t.producer_kind(), ColumnKind::Text, 18),
        Column::new(t.village(), ColumnKind::Text, 14),
        Column::new(t.kind(), ColumnKind::Text, 28),
        Column::new(t.product(), ColumnKind::Text, 26),
        Column::new(t.quantity(), ColumnKind::Quantity, 11),
        Column::new(t.unit(), ColumnKind::Text, 10),
        Column::new(t.approved_dong(), ColumnKind::Money, 17),
        Column::new(t.paid_dong(), ColumnKind::Money, 17),
        Column::new(t.note(), ColumnKind::Text, 30),
        Column::new(t.state(), ColumnKind::Text, 22),
    ];
    if wanted.phones {
        columns.insert(5, Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let rows = year.rows.iter().enumerate().map(|(at, row)| record_cells(ctx, year, at, row, wanted)).collect();
    let mut total = vec![Cell::Empty; columns.len()];
    total[2] = Cell::text(t.total());
    let money = columns.iter().position(|c| c.kind == ColumnKind::Money).unwrap_or(0);
    total[money] = Cell::Number(year.totals.approved.0);
    total[money + 1] = Cell::Number(year.totals.paid.0);
    let notes = download::notes(ctx, &offer.filter, year.rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: Some(total) }
}

fn record_cells(ctx: &Ctx, year: &Year, at: usize, row: &SupportRow, wanted: &Wanted) -> Vec<Cell> {
    let t = Texts(ctx.lang);
    let state = match &row.void_reason {
        Some(reason) => format!("{}: {reason}", t.voided()),
        None => t.stands().to_owned(),
    };
    let mut cells = vec![
        Cell::Number(at as i64 + 1),
        Cell::Date(row.given_on),
        Cell::text(row.producer_name.clone()),
        Cell::text(producer_kind(ctx, &row.producer_kind)),
        Cell::text(year.villages.name(row.village_id)),
        Cell::text(kind_name(&year.kinds, &row.kind, ctx.lang)),
        Cell::text(row.product_name.clone().unwrap_or_default()),
        row.quantity.map_or(Cell::Empty, Cell::Quantity),
        Cell::text(row.quantity_unit.clone()),
        Cell::Number(row.approved.0),
        Cell::Number(row.paid.0),
        Cell::text(row.note.clone()),
        Cell::text(state),
    ];
    if wanted.phones {
        cells.insert(5, row.phone.clone().map_or(Cell::Empty, Cell::Phone));
    }
    cells
}

/// A producer's kind in words.
pub fn producer_kind(ctx: &Ctx, word: &str) -> &'static str {
    word.parse::<ProducerKind>().map_or("", |kind| kind.label(ctx.lang))
}
