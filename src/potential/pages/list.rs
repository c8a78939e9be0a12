//! `/van-phong/ra-soat`: a year's products with what was found of them, as a table and as files.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::{Choices, NAV, Part, all, missing, offer, who_helps};
use crate::clock::Day;
use crate::ids::ProductId;
use crate::potential::filter::{Filter, Found};
use crate::potential::model::{Figures, Gap, Line};
use crate::potential::store::list as store;
use crate::potential::texts::Texts;
use crate::review::listing::{Listing, Pager};
use crate::review::names::{self, Villages};
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::chart::{Bar, Bars};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "potential/templates/list.html")]
struct ListPage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    filter: Filter,
    figures: Figures,
    lacks: Vec<(Gap, i64, i64)>,
    next: Option<String>,
    choices: Choices,
    listing: Listing,
    villages: Villages,
    lines: Vec<Line>,
    pager: Pager,
    may_change: bool,
}

impl ListPage {
    fn to_do(&self) -> i64 {
        self.lacks.iter().map(|(_, count, _)| count).sum()
    }

    fn late(&self) -> i64 {
        self.lacks.iter().map(|(_, _, late)| late).sum()
    }

    fn missing(&self, line: &Line) -> String {
        missing(line, self.page.lang)
    }

    fn is_late(&self, line: &Line) -> bool {
        line.missing().any(|row| row.is_late(self.today))
    }

    fn chart(&self) -> String {
        let (t, lang) = (self.t, self.page.lang);
        let most = self.lacks.iter().map(|(_, count, _)| *count).max().unwrap_or(0);
        let bar =
            |(gap, count, _): &(Gap, i64, i64)| Bar { name: gap.label(lang).to_owned(), value: *count, before: None };
        let bars = Bars {
            id: "thieu".to_owned(),
            title: t.lacks_title().to_owned(),
            description: t.lacks_described(most),
            bars: self.lacks.iter().map(bar).collect(),
        };
        bars.svg(lang)
    }
}

/// `GET /van-phong/ra-soat`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (listing, commune, today) = (Listing::of(&ctx), ctx.commune_id(), ctx.today());
    let filter = Filter::of(&listing, today);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let Part { villages, lines, pager } = Part::of(&ctx, &mut cx, &listing, &filter).await?;
    let mut form = listing.form();
    form.set("nam", &filter.year.to_string());
    let list = ListPage {
        page: Page::of(&ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        today,
        figures: store::figures(&mut cx, commune, filter.year).await?,
        lacks: store::lacks(&mut cx, commune, filter.year, today).await?,
        next: store::next_unseen(&mut cx, commune, filter.year, ("", ProductId(uuid::Uuid::nil()))).await?,
        choices: Choices::of(&ctx, &filter, &villages, Found::ALL),
        may_change: ctx.officer().is_ok(),
        filter,
        listing,
        villages,
        lines,
        pager,
    };
    Ok(list.into_response())
}

async fn offered(ctx: &Ctx) -> Result<(Offer, Filter, Villages), AppError> {
    let filter = Filter::of(&Listing::of(ctx), ctx.today());
    let told = ("potential-review", Texts(ctx.lang).title(filter.year), "");
    let (offer, villages) = offer(ctx, &filter, told).await?;
    Ok((offer, filter, villages))
}

/// `GET /van-phong/ra-soat/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, ..) = offered(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ra-soat/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (offer, filter, villages) = offered(&ctx).await?;
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let table = table(&ctx, &villages, &all(&ctx, &filter).await?, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, table).await
}

fn table(ctx: &Ctx, villages: &Villages, lines: &[Line], offer: &Offer, wanted: &Wanted) -> Table {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.product(), ColumnKind::Text, 30),
        Column::new(t.producer(), ColumnKind::Text, 30),
        Column::new(t.village(), ColumnKind::Text, 14),
        Column::new(t.category(), ColumnKind::Text, 24),
        Column::new(t.ocop(), ColumnKind::Text, 16),
        Column::new(t.digital(), ColumnKind::Text, 16),
        Column::new(t.gap(), ColumnKind::Text, 36),
        Column::new(t.who_helps(), ColumnKind::Text, 30),
        Column::new(t.due(), ColumnKind::Date, 13),
        Column::new(t.remarks(), ColumnKind::Text, 30),
    ];
    if wanted.phones {
        columns.insert(4, Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let cells = |(at, line): (usize, &Line)| {
        let review = line.review.as_ref();
        let says = |prospect: Option<&'static str>| Cell::text(prospect.unwrap_or_else(|| t.not_yet()));
        let mut cells = vec![
            Cell::Number(at as i64 + 1),
            Cell::text(line.product.name.clone()),
            Cell::text(line.product.producer_name.clone()),
            Cell::text(villages.name(line.product.village_id)),
            Cell::text(names::category(&line.product.category, lang)),
            says(review.map(|review| review.ocop.label(lang))),
            says(review.map(|review| review.digital.label(lang))),
            Cell::text(missing(line, lang)),
            Cell::text(who_helps(line)),
            Cell::day(line.next_due()),
            Cell::text(review.map_or_else(String::new, |review| review.note.clone())),
        ];
        if wanted.phones {
            cells.insert(4, line.product.phone.clone().map_or(Cell::Empty, Cell::Phone));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = lines.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}
