//! The pages of the tables of producers and products, and their downloads.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::listing::Listing;
use super::names;
use super::register::{self, Part, ProducerLine, ProducerTable, ProductLine, ProductTable};
use super::texts::Texts;
use crate::producers::model::{ProducerKind, State};
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::support::model::kind_name;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

const PRODUCERS: &str = "/van-phong/co-so";
const PRODUCTS: &str = "/van-phong/san-pham";

type Choice = (String, String);

fn state_choices(lang: Lang) -> Vec<Choice> {
    let shown =
        [State::Approved, State::Submitted, State::ChangesRequested, State::Draft, State::Rejected, State::Suspended];
    shown.iter().map(|state| (state.word().to_owned(), state.label(lang).to_owned())).collect()
}

fn kind_choices(lang: Lang) -> Vec<Choice> {
    ProducerKind::ALL.iter().map(|kind| (kind.word().to_owned(), kind.label(lang).to_owned())).collect()
}

fn ocop_choices(t: Texts) -> Vec<Choice> {
    let mut choices = vec![("co".to_owned(), t.ocop_any().to_owned()), ("khong".to_owned(), t.ocop_none().to_owned())];
    choices.extend((3..=5).map(|n| (n.to_string(), t.stars(n))));
    choices
}

/// The class of a state's tag.
pub(super) fn tag(state: State) -> &'static str {
    match state {
        State::Approved => " ok",
        State::Submitted => " wait",
        State::ChangesRequested | State::Rejected | State::Suspended => " bad",
        State::Draft | State::Withdrawn => "",
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/producers.html")]
struct ProducersPage {
    page: Page,
    t: Texts,
    form: Form,
    listing: Listing,
    table: ProducerTable,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    supported: Vec<Choice>,
    ocop: Vec<Choice>,
    may_change: bool,
}

impl ProducersPage {
    fn kind(&self, line: &ProducerLine) -> &'static str {
        line.row.kind.parse::<ProducerKind>().map_or("", |kind| kind.label(self.page.lang))
    }

    fn support(&self, line: &ProducerLine) -> String {
        last_support(&self.table, line, self.page.lang).map_or_else(
            || self.t.no_support().to_owned(),
            |(kind, day)| format!("{kind} {:02}/{}", day.month(), day.year()),
        )
    }

    fn name(&self, line: &ProducerLine) -> String {
        super::queue::named(&line.row.name, self.page.lang)
    }

    fn tag(line: &ProducerLine) -> &'static str {
        tag(line.row.state)
    }
}

fn last_support(table: &ProducerTable, line: &ProducerLine, lang: Lang) -> Option<(String, crate::clock::Day)> {
    let (code, day) = line.support.as_ref()?;
    Some((kind_name(&table.kinds, code, lang).to_owned(), *day))
}

/// `GET /van-phong/co-so`.
pub async fn producers(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (lang, t) = (ctx.lang, Texts(ctx.lang));
    let listing = Listing::of(&ctx);
    let table = register::producers(&ctx, &listing, Part::Page).await?;
    let page = ProducersPage {
        page: Page::of(&ctx, Area::Office, PRODUCERS),
        t,
        form: listing.form(),
        listing,
        table,
        kinds: kind_choices(lang),
        states: state_choices(lang),
        supported: vec![("co".to_owned(), t.had().to_owned()), ("chua".to_owned(), t.had_not().to_owned())],
        ocop: ocop_choices(t),
        may_change: ctx.officer().is_ok(),
    };
    Ok(page.into_response())
}

/// The filter in words, part by part.
fn in_words(ctx: &Ctx, listing: &Listing, villages: &names::Villages) -> Vec<String> {
    let (lang, t) = (ctx.lang, Texts(ctx.lang));
    let mut words = Vec::new();
    if !listing.get("q").is_empty() {
        words.push(t.name_has(listing.get("q")));
    }
    if let Some(village) = listing.parsed("thon") {
        words.push(format!("{} {}", t.f_village(), villages.name(Some(village))));
    }
    if let Some(kind) = listing.parsed::<ProducerKind>("loai") {
        words.push(kind.label(lang).to_owned());
    }
    if !listing.get("nhom").is_empty() {
        words.push(names::category(listing.get("nhom"), lang));
    }
    if let Some(state) = listing.parsed::<State>("tinh-trang") {
        words.push(state.label(lang).to_owned());
    }
    let choices = [
        ("ho-tro", t.supported_year(), vec![("co", t.had()), ("chua", t.had_not())]),
        ("chung-nhan", t.cert(), vec![("con", t.cert_valid()), ("het", t.cert_ended()), ("chua", t.cert_none())]),
        ("ocop", t.ocop(), vec![("co", t.ocop_any()), ("khong", t.ocop_none()), ("3", "3"), ("4", "4"), ("5", "5")]),
    ];
    for (name, label, values) in choices {
        if let Some((_, said)) = values.iter().find(|(value, _)| *value == listing.get(name)) {
            words.push(format!("{label}: {said}"));
        }
    }
    words
}

async fn producers_offer(ctx: &Ctx, part: Part) -> Result<(Offer, ProducerTable), AppError> {
    ctx.officer()?;
    let listing = Listing::of(ctx);
    let table = register::producers(ctx, &listing, part).await?;
    let offer = Offer {
        what: "producers",
        title: Texts(ctx.lang).producers().to_owned(),
        rows: table.pager.total,
        filter: in_words(ctx, &listing, &table.villages),
        back: format!("{PRODUCERS}{}", listing.query()),
        current: PRODUCERS,
        on_paper: true,
    };
    Ok((offer, table))
}

/// `GET /van-phong/co-so/tai`.
pub async fn ask_producers(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, _) = producers_offer(&ctx, Part::Count).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/co-so/tai`.
pub async fn download_producers(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let Some(wanted) = download::read(&ctx, &mut form) else {
        let (offer, _) = producers_offer(&ctx, Part::Count).await?;
        return Ok(download::ask(&ctx, form, offer));
    };
    let (offer, table) = producers_offer(&ctx, Part::All).await?;
    let sheet = producers_sheet(&ctx, &table, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, sheet).await
}

fn producers_sheet(ctx: &Ctx, table: &ProducerTable, offer: &Offer, wanted: &Wanted) -> Table {
    let (lang, t) = (ctx.lang, Texts(ctx.lang));
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.f_name(), ColumnKind::Text, 34),
        Column::new(t.f_kind(), ColumnKind::Text, 18),
        Column::new(t.f_village(), ColumnKind::Text, 14),
        Column::new(t.state(), ColumnKind::Text, 14),
        Column::new(t.products(), ColumnKind::Whole, 11),
        Column::new(t.ocop(), ColumnKind::Whole, 8),
        Column::new(t.last_support(), ColumnKind::Text, 30),
        Column::new(format!("{} ({})", t.last_support(), t.ocop_date()), ColumnKind::Date, 14),
        Column::new(t.registered_by(), ColumnKind::Text, 22),
        Column::new(t.changed_at(), ColumnKind::Date, 13),
    ];
    if wanted.phones {
        columns.insert(4, Column::new(t.f_phone(), ColumnKind::Phone, 14));
    }
    let cells = |(at, line): (usize, &ProducerLine)| {
        let support = last_support(table, line, lang);
        let mut cells = vec![
            Cell::Number(at as i64 + 1),
            Cell::text(line.row.name.clone()),
            Cell::text(line.row.kind.parse::<ProducerKind>().map_or("", |kind| kind.label(lang))),
            Cell::text(table.villages.name(line.row.village_id)),
            Cell::text(line.row.state.label(lang)),
            Cell::Number(line.products),
            line.stars.map_or(Cell::Empty, |stars| Cell::Number(i64::from(stars))),
            Cell::text(support.as_ref().map(|s| s.0.clone()).unwrap_or_default()),
            Cell::day(support.map(|s| s.1)),
            Cell::text(line.row.channel.label(lang)),
            Cell::Date(line.row.updated_at.day()),
        ];
        if wanted.phones {
            cells.insert(4, line.row.phone.clone().map_or(Cell::Empty, Cell::Phone));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = table.lines.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/products.html")]
struct ProductsPage {
    page: Page,
    t: Texts,
    form: Form,
    listing: Listing,
    table: ProductTable,
    categories: Vec<Choice>,
    kinds: Vec<Choice>,
    states: Vec<Choice>,
    papers: Vec<Choice>,
    ocop: Vec<Choice>,
    may_change: bool,
}

impl ProductsPage {
    fn category(&self, line: &ProductLine) -> String {
        names::category(&line.row.category, self.page.lang)
    }

    fn price(&self, line: &ProductLine) -> String {
        let lang = self.page.lang;
        match (line.row.price_min, line.row.price_max) {
            (Some(from), Some(to)) if from != to => format!("{}–{}", from.digits_in(lang), to.text(lang)),
            (Some(price), _) => format!("{}/{}", price.text(lang), names::unit(&line.row.unit, lang)),
            _ => "–".to_owned(),
        }
    }

    fn papers(&self, line: &ProductLine) -> String {
        let papers = &line.papers;
        match (papers.valid, papers.ended, papers.until) {
            (0, 0, _) => "–".to_owned(),
            (0, ..) => self.t.cert_ended().to_owned(),
            (valid, _, Some(day)) if !papers.endless => self.t.cert_until(valid, day),
            (valid, ..) => valid.to_string(),
        }
    }

    fn name(&self, line: &ProductLine) -> String {
        super::queue::named(&line.row.name, self.page.lang)
    }

    fn tag(line: &ProductLine) -> &'static str {
        tag(line.row.state)
    }
}

/// `GET /van-phong/san-pham`.
pub async fn products(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (lang, t) = (ctx.lang, Texts(ctx.lang));
    let listing = Listing::of(&ctx);
    let table = register::products(&ctx, &listing, Part::Page).await?;
    let choice = |(value, label): (&str, &str)| (value.to_owned(), label.to_owned());
    let page = ProductsPage {
        page: Page::of(&ctx, Area::Office, PRODUCTS),
        t,
        form: listing.form(),
        listing,
        table,
        categories: names::category_choices(lang),
        kinds: kind_choices(lang),
        states: state_choices(lang),
        papers: [("con", t.cert_valid()), ("het", t.cert_ended()), ("chua", t.cert_none())].map(choice).into(),
        ocop: ocop_choices(t),
        may_change: ctx.officer().is_ok(),
    };
    Ok(page.into_response())
}

async fn products_offer(ctx: &Ctx, part: Part) -> Result<(Offer, ProductTable), AppError> {
    ctx.officer()?;
    let listing = Listing::of(ctx);
    let table = register::products(ctx, &listing, part).await?;
    let offer = Offer {
        what: "products",
        title: Texts(ctx.lang).products().to_owned(),
        rows: table.pager.total,
        filter: in_words(ctx, &listing, &table.villages),
        back: format!("{PRODUCTS}{}", listing.query()),
        current: PRODUCTS,
        on_paper: true,
    };
    Ok((offer, table))
}

/// `GET /van-phong/san-pham/tai`.
pub async fn ask_products(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, _) = products_offer(&ctx, Part::Count).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/san-pham/tai`.
pub async fn download_products(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let Some(wanted) = download::read(&ctx, &mut form) else {
        let (offer, _) = products_offer(&ctx, Part::Count).await?;
        return Ok(download::ask(&ctx, form, offer));
    };
    let (offer, table) = products_offer(&ctx, Part::All).await?;
    let sheet = products_sheet(&ctx, &table, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, sheet).await
}

fn products_sheet(ctx: &Ctx, table: &ProductTable, offer: &Offer, wanted: &Wanted) -> Table {
    let (lang, t) = (ctx.lang, Texts(ctx.lang));
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.f_product_name(), ColumnKind::Text, 32),
        Column::new(t.f_name(), ColumnKind::Text, 30),
        Column::new(t.f_village(), ColumnKind::Text, 14),
        Column::new(t.f_category(), ColumnKind::Text, 26),
        Column::new(t.price_from(), ColumnKind::Money, 13),
        Column::new(t.price_to(), ColumnKind::Money, 13),
        Column::new(t.unit(), ColumnKind::Text, 9),
        Column::new(t.ocop(), ColumnKind::Whole, 8),
        Column::new(t.ocop_until(), ColumnKind::Date, 13),
        Column::new(t.cert_count(), ColumnKind::Whole, 12),
        Column::new(t.lots(), ColumnKind::Whole, 8),
        Column::new(t.state(), ColumnKind::Text, 14),
        Column::new(t.changed_at(), ColumnKind::Date, 13),
    ];
    if wanted.phones {
        columns.insert(4, Column::new(t.f_phone(), ColumnKind::Phone, 14));
    }
    let cells = |(at, line): (usize, &ProductLine)| {
        let row = &line.row;
        let mut cells = vec![
            Cell::Number(at as i64 + 1),
            Cell::text(row.name.clone()),
            Cell::text(row.producer_name.clone()),
            Cell::text(table.villages.name(row.village_id)),
            Cell::text(names::category(&row.category, lang)),
            row.price_min.map_or(Cell::Empty, |price| Cell::Number(price.0)),
            row.price_max.map_or(Cell::Empty, |price| Cell::Number(price.0)),
            Cell::text(names::unit(&row.unit, lang)),
            line.stars.map_or(Cell::Empty, |(stars, _)| Cell::Number(i64::from(stars))),
            Cell::day(line.stars.map(|(_, until)| until)),
            Cell::Number(line.papers.valid as i64),
            Cell::Number(line.lots),
            Cell::text(row.state.label(lang)),
            Cell::Date(row.updated_at.day()),
        ];
        if wanted.phones {
            cells.insert(4, row.phone.clone().map_or(Cell::Empty, Cell::Phone));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = table.lines.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}
