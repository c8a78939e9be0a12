//! A recall's lots and the people it concerns as files for the office.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use axum::extract::Path;
use axum::response::Response;

use super::super::model::{Recall, RecalledLot};
use super::super::texts::Texts;
use super::numbered;
use super::preview::Preview;
use crate::amounts::Thousandths;
use crate::ids::ProducerId;
use crate::producers::store as producers;
use crate::support::download::{self, Offer, Wanted};
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::web::{AppError, Ctx, Form};

/// The recall with all that its files hold.
async fn load(ctx: &Ctx, number: &str) -> Result<(Recall, Preview), AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let recall = numbered(ctx, &mut conn.cx(), number).await?;
    let preview = Preview::load(ctx, &mut conn.cx(), &recall).await?;
    Ok((recall, preview))
}

fn offer(ctx: &Ctx, recall: &Recall, what: &'static str, title: String, rows: usize) -> Offer {
    let t = Texts(ctx.lang);
    let number = recall.number;
    let of = if recall.is_drill() { t.drill_title(number) } else { t.recall_title(number) };
    Offer {
        what,
        title,
        rows,
        filter: vec![of],
        back: recall.office_path(),
        current: "/van-phong/thu-hoi",
        on_paper: true,
    }
}

fn lots_offer(ctx: &Ctx, recall: &Recall, preview: &Preview) -> Offer {
    let title = Texts(ctx.lang).export_lots(recall.number);
    offer(ctx, recall, "recall-lots", title, preview.rows.len())
}

fn parties_offer(ctx: &Ctx, recall: &Recall, preview: &Preview) -> Offer {
    let title = Texts(ctx.lang).export_parties(recall.number);
    offer(ctx, recall, "recall-parties", title, preview.sent.len() + preview.asked.len())
}

/// `GET /van-phong/thu-hoi/{number}/lo/tai`: asks what the file is for.
pub async fn ask_lots(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let (recall, preview) = load(&ctx, &number).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), lots_offer(&ctx, &recall, &preview)))
}

/// `POST /van-phong/thu-hoi/{number}/lo/tai`: the lots as a file.
pub async fn lots(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (recall, preview) = load(&ctx, &number).await?;
    let offer = lots_offer(&ctx, &recall, &preview);
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let phones = if wanted.phones { phones(&ctx, &preview).await? } else { HashMap::new() };
    let table = lots_table(&ctx, &preview, &offer, &wanted, &phones);
    download::deliver(&ctx, &offer, &wanted, table).await
}

/// `GET /van-phong/thu-hoi/{number}/noi-nhan/tai`: asks what the file is for.
pub async fn ask_parties(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let (recall, preview) = load(&ctx, &number).await?;
    Ok(download::ask(&ctx, download::asked(&ctx), parties_offer(&ctx, &recall, &preview)))
}

/// `POST /van-phong/thu-hoi/{number}/noi-nhan/tai`: who received and who asked, as a file.
pub async fn parties(ctx: Ctx, Path(number): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (recall, preview) = load(&ctx, &number).await?;
    let offer = parties_offer(&ctx, &recall, &preview);
    let Some(wanted) = download::read(&ctx, &mut form) else { return Ok(download::ask(&ctx, form, offer)) };
    let table = parties_table(&ctx, &preview, &offer, &wanted);
    download::deliver(&ctx, &offer, &wanted, table).await
}

/// Phones of the lots' producers.
async fn phones(ctx: &Ctx, preview: &Preview) -> Result<HashMap<ProducerId, String>, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut phones = HashMap::new();
    for row in &preview.rows {
        let id = row.lot.producer_id;
        if let Entry::Vacant(entry) = phones.entry(id) {
            let found = producers::by_id(&mut conn.cx(), ctx.commune_id(), id).await?;
            entry.insert(found.map(|producer| producer.content.phone).unwrap_or_default());
        }
    }
    Ok(phones)
}

fn phone(digits: &str) -> Cell {
    if digits.is_empty() { Cell::Empty } else { Cell::Phone(digits.to_owned()) }
}

fn lots_table(
    ctx: &Ctx,
    preview: &Preview,
    offer: &Offer,
    wanted: &Wanted,
    phones: &HashMap<ProducerId, String>,
) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.lot(), ColumnKind::Text, 12),
        Column::new(t.depth(), ColumnKind::Whole, 9),
        Column::new(t.product(), ColumnKind::Text, 34),
        Column::new(t.producer(), ColumnKind::Text, 34),
        Column::new(t.made_on(), ColumnKind::Date, 13),
        Column::new(t.best_before(), ColumnKind::Date, 13),
        Column::new(t.quantity(), ColumnKind::Quantity, 12),
        Column::new(t.unit(), ColumnKind::Text, 10),
        Column::new(t.codes(), ColumnKind::Whole, 11),
        Column::new(t.scans(), ColumnKind::Whole, 11),
        Column::new(t.asked_count(), ColumnKind::Whole, 11),
    ];
    if wanted.phones {
        columns.push(Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let cells = |row: &RecalledLot| {
        let mut cells = vec![
            Cell::text(row.lot.code.to_string()),
            Cell::Number(row.depth),
            Cell::text(row.product_name.clone()),
            Cell::text(row.producer_name.clone()),
            Cell::Date(row.lot.made_on),
            Cell::day(row.lot.best_before),
            Cell::Quantity(Thousandths(row.lot.quantity)),
            Cell::text(row.lot.uom.name(ctx.lang)),
            Cell::Number(row.codes),
            Cell::Number(row.scans),
            Cell::Number(preview.asked_for(row) as i64),
        ];
        if wanted.phones {
            cells.push(phone(phones.get(&row.lot.producer_id).map_or("", String::as_str)));
        }
        cells
    };
    let rows: Vec<Vec<Cell>> = preview.rows.iter().map(cells).collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}

fn parties_table(ctx: &Ctx, preview: &Preview, offer: &Offer, wanted: &Wanted) -> Table {
    let t = Texts(ctx.lang);
    let mut columns = vec![
        Column::new(t.concerned_as(), ColumnKind::Text, 16),
        Column::new(t.lot(), ColumnKind::Text, 12),
        Column::new(t.product(), ColumnKind::Text, 34),
        Column::new(t.sender(), ColumnKind::Text, 30),
        Column::new(t.receiver(), ColumnKind::Text, 30),
        Column::new(t.day(), ColumnKind::Date, 13),
        Column::new(t.words(), ColumnKind::Text, 60),
    ];
    let sent = preview.sent.iter().map(|row| {
        let parts = [&row.lot_code, &row.product, &row.sender, &row.receiver];
        (t.as_receiver(), parts.map(String::clone), row.at, row.note.clone(), String::new())
    });
    let asked = preview.asked.iter().map(|row| {
        let parts = [row.lot_code.clone(), row.product_name.clone(), String::new(), String::new()];
        (t.as_asking(row.is_enquiry()), parts, row.at, row.message.clone(), row.phone.clone())
    });
    if wanted.phones {
        columns.push(Column::new(t.phone(), ColumnKind::Phone, 14));
    }
    let rows: Vec<Vec<Cell>> = sent
        .chain(asked)
        .map(|(kind, parts, at, words, digits)| {
            let mut cells = vec![Cell::text(kind)];
            cells.extend(parts.map(Cell::text));
            cells.extend([Cell::Date(at.day()), Cell::text(words)]);
            cells.extend(wanted.phones.then(|| phone(&digits)));
            cells
        })
        .collect();
    let notes = download::notes(ctx, &offer.filter, rows.len());
    Table { title: offer.title.clone(), notes, columns, rows, total: None }
}
