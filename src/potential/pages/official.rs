//! `/van-phong/ra-soat/danh-sach`: the list of products with potential for OCOP or digital channels, the second of the
//! office's official lists (the commune's plan, section V, row 5).

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::{Choices, NAV, Part, all, missing, offer, who_helps};
use crate::official::letterhead::Letterhead;
use crate::potential::filter::{Filter, Found};
use crate::potential::model::{Line, Prospect};
use crate::potential::texts::Texts;
use crate::review::listing::{Listing, Pager};
use crate::review::names::{self, Villages};
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::support::pages::producer_kind;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// What may be chosen: potential for one way alone.
const WAYS: [Found; 2] = [Found::Ocop, Found::Digital];

#[derive(Template, WebTemplate)]
#[template(path = "potential/templates/official.html")]
struct OfficialPage {
    page: Page,
    t: Texts,
    form: Form,
    filter: Filter,
    choices: Choices,
    listing: Listing,
    villages: Villages,
    lines: Vec<Line>,
    pager: Pager,
    may_change: bool,
}

impl OfficialPage {
    fn which(&self, line: &Line) -> &'static str {
        which(line, self.t)
    }

    fn missing(&self, line: &Line) -> String {
        missing(line, self.page.lang)
    }

    fn who(line: &Line) -> String {
        who_helps(line)
    }

    fn category(&self, line: &Line) -> String {
        names::category(&line.product.category, self.page.lang)
    }
}

/// Which way to the market a product has potential for.
fn which(line: &Line, t: Texts) -> &'static str {
    let yes = |prospect: Prospect| prospect == Prospect::Yes;
    match line.review.as_ref().map(|review| (yes(review.ocop), yes(review.digital))) {
        Some((true, true)) => t.both(),
        Some((true, false)) => t.ocop(),
        Some((false, true)) => t.digital(),
        _ => "",
    }
}

/// `GET /van-phong/ra-soat/danh-sach`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let filter = Filter::of(&listing, ctx.today()).potential();
    let mut conn = ctx.app.db.read().await?;
    let Part { villages, lines, pager } = Part::of(&ctx, &mut conn.cx(), &listing, &filter).await?;
    let choices = Choices::of(&ctx, &filter, &villages, &WAYS);
    let mut form = listing.form();
    form.set("nam", &filter.year.to_string());
    let (page, may_change) = (Page::of(&ctx, Area::Office, NAV), ctx.officer().is_ok());
    let t = Texts(ctx.lang);
    let list = OfficialPage { page, t, form, filter, choices, listing, villages, lines, pager, may_change };
    Ok(list.into_response())
}

async fn offered(ctx: &Ctx) -> Result<(Offer, Filter, Villages), AppError> {
    let filter = Filter::of(&Listing::of(ctx), ctx.today()).potential();
    let told = ("potential-products", Texts(ctx.lang).official_title(filter.year), "/danh-sach");
    let (offer, villages) = offer(ctx, &filter, told).await?;
    Ok((offer, filter, villages))
}

/// `GET /van-phong/ra-soat/danh-sach/tai`: asks what the file is for.
pub async fn ask_download(ctx: Ctx) -> Result<Response, AppError> {
    let (offer, ..) = offered(&ctx).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), offer))
}

/// `POST /van-phong/ra-soat/danh-sach/tai`: the file.
pub async fn download(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let Some(wanted) = download::read(&ctx, &mut form) else {
        let (offer, ..) = offered(&ctx).await?;
        return Ok(download::ask(&ctx, form, offer));
    };
    // What is to be signed is in Vietnamese, whatever the officer reads in.
    let ctx = if wanted.format.is_paper() { Ctx { lang: Lang::Vi, ..ctx } } else { ctx };
    let (offer, filter, villages) = offered(&ctx).await?;
    let lines = all(&ctx, &filter).await?;
    let table = table(&ctx, &villages, &lines, &offer, &wanted);
    let t = Texts(ctx.lang);
    let (subject, closing) = (t.official_subject(filter.year), t.official_closing(lines.len()));
    let head = Letterhead::list(&ctx.commune.name, ctx.today().year(), &subject, closing);
    download::deliver_with(&ctx, &offer, &wanted, table, Some(head)).await
}

fn table(ctx: &Ctx, villages: &Villages, lines: &[Line], offer: &Offer, wanted: &Wanted) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.number(), ColumnKind::Whole, 6),
        Column::new(t.product(), ColumnKind::Text, 28),
        Column::new(t.producer(), ColumnKind::Text, 28),
        Column::new(t.producer_kind(), ColumnKind::Text, 16),
        Column::new(t.village(), ColumnKind::Text, 12),
        Column::new(t.category(), ColumnKind::Text, 24),
        Column::new(t.which(), ColumnKind::Text, 16),
        Column::new(t.gap(), ColumnKind::Text, 34),
        Column::new(t.who_helps(), ColumnKind::Text, 28),
        Column::new(t.remarks(), ColumnKind::Text, 24),
    ];
    if wanted.phones {
        columns.insert(5, Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let cells = |(at, line): (usize, &Line)| {
        let mut cells = vec![
            Cell::Number(at as i64 + 1),
            Cell::text(line.product.name.clone()),
            Cell::text(line.product.producer_name.clone()),
            Cell::text(producer_kind(ctx, &line.product.producer_kind)),
            Cell::text(villages.name(line.product.village_id)),
            Cell::text(names::category(&line.product.category, ctx.lang)),
            Cell::text(which(line, t)),
            Cell::text(missing(line, ctx.lang)),
            Cell::text(who_helps(line)),
            Cell::text(line.review.as_ref().map_or_else(String::new, |review| review.note.clone())),
        ];
        if wanted.phones {
            cells.insert(5, line.product.phone.clone().map_or(Cell::Empty, Cell::Phone));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = lines.iter().enumerate().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}
