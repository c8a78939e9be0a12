//! The year's support records: list, filter and download; and what the pages of this room share.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use super::download::{self, Offer, Wanted};
use super::export::{Cell, Column, ColumnKind, Table};
use super::filter::{States, SupportFilter};
use super::model::{Figures, SupportKind, SupportRow, kind_name};
use super::programmes::model::Programme;
use super::programmes::store as programmes;
use super::state::SupportState;
use super::store::{self, ledger};
use super::texts::Texts;
use crate::amounts::AmountError;
use crate::db::Cx;
use crate::producers::model::ProducerKind;
use crate::review::listing::{Listing, Pager, ROWS, counted};
use crate::review::names::Villages;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};
use futures_util::future::BoxFuture;

/// As many rows as there are: for files.
pub(super) const ALL_ROWS: i64 = i64::MAX;

/// A year's filter with its sums and the names that its lists show.
pub(super) struct Year {
    pub filter: SupportFilter,
    pub figures: Figures,
    pub kinds: Vec<SupportKind>,
    pub programmes: Vec<Programme>,
    pub villages: Villages,
}

impl Year {
    pub async fn of(ctx: &Ctx, cx: &mut Cx<'_>, filter: SupportFilter) -> Result<Self, AppError> {
        let commune = ctx.commune_id();
        Ok(Self {
            figures: ledger::figures(cx, commune, &filter).await?,
            kinds: store::all_kinds(cx, commune).await?,
            programmes: programmes::of_year(cx, commune, filter.year).await?,
            villages: Villages::load(cx, commune).await?,
            filter,
        })
    }

    /// The filter in words, part by part.
    pub fn in_words(&self, ctx: &Ctx, listing: &Listing) -> Vec<String> {
        let t = Texts(ctx.lang);
        let mut words = vec![format!("{} {}", t.year(), self.filter.year)];
        if !self.filter.kind.is_empty() {
            words.push(kind_name(&self.kinds, &self.filter.kind, ctx.lang).to_owned());
        }
        if let States::One(state) = self.filter.states {
            words.push(t.state_is(state.label(ctx.lang)));
        }
        if let Some(id) = self.filter.programme {
            words.push(t.programme_is(self.programmes.iter().find(|p| p.id == id).map_or("–", |p| p.name.as_str())));
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
    pub programmes: Vec<(String, String)>,
    pub states: Vec<(String, String)>,
    pub villages: Vec<(String, String)>,
    pub producer_kinds: Vec<(String, String)>,
}

impl Choices {
    pub fn of(ctx: &Ctx, year: &Year) -> Self {
        let this = ctx.today().year();
        let mut years: Vec<i32> = (this - 5..=this + 1).rev().collect();
        if !years.contains(&year.filter.year) {
            years.push(year.filter.year);
        }
        let state = |state: &SupportState| (state.word().to_owned(), state.label(ctx.lang).to_owned());
        Self {
            years: years.into_iter().map(|y| (y.to_string(), y.to_string())).collect(),
            kinds: kind_choices(ctx, &year.kinds),
            programmes: year.programmes.iter().map(|p| (p.id.to_string(), p.name.clone())).collect(),
            // The official list holds what was given, whatever is asked for.
            states: match year.filter.states {
                States::Counted => Vec::new(),
                _ => SupportState::ALL.iter().map(state).collect(),
            },
            villages: year.villages.choices(),
            producer_kinds: producer_kind_choices(ctx.lang),
        }
    }
}

/// Kinds of support for a field.
pub fn kind_choices(ctx: &Ctx, kinds: &[SupportKind]) -> Vec<(String, String)> {
    kinds.iter().map(|k| (k.code.clone(), ctx.lang.pick_or(&k.name_vi, &k.name_en).to_owned())).collect()
}

/// Kinds of producer for a field.
pub fn producer_kind_choices(lang: Lang) -> Vec<(String, String)> {
    ProducerKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.label(lang).to_owned())).collect()
}

/// A producer's kind in words.
pub fn producer_kind(ctx: &Ctx, word: &str) -> &'static str {
    word.parse::<ProducerKind>().map_or("", |kind| kind.label(ctx.lang))
}

/// What is wrong with an amount, in words.
pub(super) fn amount_wrong(error: AmountError, lang: Lang) -> String {
    let t = Texts(lang);
    match error {
        AmountError::Empty | AmountError::NotANumber => t.amount_not_number(),
        AmountError::TooSmall => t.amount_small(),
        AmountError::TooLarge => t.amount_large(),
        AmountError::TooFine => t.amount_fine(),
    }
    .to_owned()
}

/// Writes an audit entry of the person at hand about one thing (its kind and id).
pub(super) async fn log(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    action: &str,
    subject: (&str, Uuid),
    before: Option<&str>,
    after: &str,
) -> Result<(), AppError> {
    audit::note(ctx, cx, action, subject, before, Some(after)).await
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
        row.amount(self.page.lang)
    }
}

/// `GET /van-phong/ho-tro`: the year's records, as filtered by the address.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let filter = SupportFilter::of(&listing, ctx.today());
    let year = async {
        let mut conn = ctx.app.db.read().await?;
        Year::of(&ctx, &mut conn.cx(), filter.clone()).await
    };
    let (of, filter) = (&ctx, &filter);
    let read = |offset| -> BoxFuture<'_, Result<Vec<SupportRow>, AppError>> {
        Box::pin(async move {
            let mut conn = of.app.db.read().await?;
            Ok(ledger::page(&mut conn.cx(), of.commune_id(), filter, ROWS as i64, offset).await?)
        })
    };
    let (year, pager, rows) = counted(&listing, year, |year| year.figures.records as usize, read).await?;
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
    let mut conn = ctx.app.db.read().await?;
    let year = Year::of(ctx, &mut conn.cx(), SupportFilter::of(&listing, ctx.today())).await?;
    let offer = Offer {
        what: "support",
        title: Texts(ctx.lang).list_title(year.filter.year),
        rows: year.figures.records as usize,
        filter: year.in_words(ctx, &listing),
        back: format!("/van-phong/ho-tro{}", listing.query()),
        current: "/van-phong/ho-tro",
        on_paper: true,
    };
    Ok((offer, year))
}

/// `GET /van-phong/ho-tro/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, _) = offer(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ho-tro/tai`: the file. Its total is summed over the rows that are in it.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (offer, year) = offer(&ctx).await?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let rows = {
        let mut conn = ctx.app.db.read().await?;
        ledger::page(&mut conn.cx(), ctx.commune_id(), &year.filter, ALL_ROWS, 0).await?
    };
    let table = table(&ctx, &year, &rows, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, table).await
}

fn table(ctx: &Ctx, year: &Year, rows: &[SupportRow], offer: &Offer, wanted: &Wanted) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.date(), ColumnKind::Date, 12),
        Column::new(t.producer(), ColumnKind::Text, 34),
        Column::new(t.producer_kind(), ColumnKind::Text, 18),
        Column::new(t.village(), ColumnKind::Text, 14),
        Column::new(t.kind(), ColumnKind::Text, 28),
        Column::new(t.product(), ColumnKind::Text, 26),
        Column::new(t.programme(), ColumnKind::Text, 30),
        Column::new(t.quantity(), ColumnKind::Quantity, 11),
        Column::new(t.unit(), ColumnKind::Text, 10),
        Column::new(t.budgeted_dong(), ColumnKind::Money, 17),
        Column::new(t.approved_dong(), ColumnKind::Money, 17),
        Column::new(t.paid_dong(), ColumnKind::Money, 17),
        Column::new(t.state(), ColumnKind::Text, 22),
        Column::new(t.officer(), ColumnKind::Text, 24),
        Column::new(t.note(), ColumnKind::Text, 30),
        Column::new(t.result(), ColumnKind::Text, 30),
    ];
    if wanted.phones {
        columns.insert(5, Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let cells = rows.iter().enumerate().map(|(at, row)| record_cells(ctx, year, at, row, wanted)).collect();
    let mut total = vec![Cell::Empty; columns.len()];
    total[2] = Cell::text(t.total());
    let money = columns.iter().position(|c| c.kind == ColumnKind::Money).unwrap_or(0);
    let standing = || rows.iter().filter(|row| row.stands());
    total[money] = Cell::Number(standing().map(|row| row.budgeted.0).sum());
    total[money + 1] = Cell::Number(standing().map(|row| row.approved.0).sum());
    total[money + 2] = Cell::Number(standing().map(|row| row.paid.0).sum());
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows: cells, total: Some(total) }
}

fn record_cells(ctx: &Ctx, year: &Year, at: usize, row: &SupportRow, wanted: &Wanted) -> Vec<Cell> {
    let state = match &row.void_reason {
        Some(reason) => format!("{}: {reason}", row.state.label(ctx.lang)),
        None => row.state.label(ctx.lang).to_owned(),
    };
    let figure = row.result_figure(ctx.lang);
    let result = if figure.is_empty() { row.result.clone() } else { format!("{} ({figure})", row.result) };
    let mut cells = vec![
        Cell::Number(at as i64 + 1),
        Cell::Date(row.given_on),
        Cell::text(row.producer_name.clone()),
        Cell::text(producer_kind(ctx, &row.producer_kind)),
        Cell::text(year.villages.name(row.village_id)),
        Cell::text(kind_name(&year.kinds, &row.kind, ctx.lang)),
        Cell::text(row.product_name.clone().unwrap_or_default()),
        Cell::text(row.programme_name.clone().unwrap_or_default()),
        Cell::number(row.quantity, wanted.format),
        Cell::text(row.quantity_unit.clone()),
        Cell::Number(row.budgeted.0),
        Cell::Number(row.approved.0),
        Cell::Number(row.paid.0),
        Cell::text(state),
        Cell::text(row.officer.clone()),
        Cell::text(row.note.clone()),
        Cell::text(result),
    ];
    if wanted.phones {
        cells.insert(5, row.phone.clone().map_or(Cell::Empty, Cell::Phone));
    }
    cells
}
