//! Files with every column that a kind knows: imported again unchanged, they change nothing.
//!
//! Personal columns are in them only when asked for with a reason; what a file does not hold stays as it is.

use std::collections::HashMap;

use super::kinds::people::People;
use super::kinds::{Around, attendance, fields, producers, products, support};
use super::model::{Field, Kind, What};
use super::store::register;
use crate::accounts::model::Phone;
use crate::activities::model::{Activity, Attendance};
use crate::activities::store as activities;
use crate::db::Cx;
use crate::ids::{ActivityId, ProducerId};
use crate::producers::model::State;
use crate::support::export::{Cell, Column, ColumnKind, FileFormat, RISKY, Table};
use crate::support::model::SupportRow;
use crate::support::store as ledger;
use crate::web::{AppError, Lang};

/// The table of a kind; `personal` tells whether it holds personal columns.
pub async fn table(
    cx: &mut Cx<'_>,
    kind: Kind,
    around: Around,
    format: FileFormat,
    personal: bool,
) -> Result<Table, AppError> {
    let fields: Vec<&Field> = fields(kind).iter().filter(|field| personal || !field.personal).collect();
    let columns = fields.iter().map(|field| column(field, around.lang)).collect();
    let people = People::load(cx, around).await?;
    let marks = register::marks(cx, around.commune).await?;
    let owners: Vec<ProducerId> = marks.iter().map(|mark| mark.id).collect();
    let write = Writer { around, format, people };
    let rows = match kind {
        Kind::Producers => {
            let mut all: Vec<_> = producers::current(cx, around.commune, &owners).await?.into_values().collect();
            all.retain(|current| current.live.state != State::Withdrawn);
            all.sort_by(|a, b| a.live.created_at.cmp(&b.live.created_at).then(a.live.id.cmp(&b.live.id)));
            all.iter().map(|current| fields.iter().map(|field| write.producer(current, field)).collect()).collect()
        }
        Kind::Products => {
            let mut all = products::current(cx, around.commune, &owners).await?;
            all.sort_by(|a, b| a.live.created_at.cmp(&b.live.created_at).then(a.live.id.cmp(&b.live.id)));
            all.iter().map(|current| fields.iter().map(|field| write.product(current, field)).collect()).collect()
        }
        Kind::Support => {
            let kinds = ledger::all_kinds(cx, around.commune).await?;
            let mut all = ledger::of_many(cx, around.commune, &owners).await?;
            all.sort_by(|a, b| a.given_on.cmp(&b.given_on).then(a.id.cmp(&b.id)));
            let one = |row: &SupportRow, field: &Field| write.support(row, field, &kinds);
            all.iter().map(|row| fields.iter().map(|field| one(row, field)).collect()).collect()
        }
        Kind::Attendance => {
            let all = activities::all(cx, around.commune).await?;
            let places: HashMap<ActivityId, usize> = all.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
            let ids: Vec<ActivityId> = all.iter().map(|one| one.id).collect();
            let mut lines = activities::people::of_many(cx, around.commune, &ids).await?;
            let place = |line: &Attendance| places.get(&line.activity_id).copied();
            // The earliest activity first, people as they were written down.
            lines.sort_by(|a, b| place(b).cmp(&place(a)).then(a.at.cmp(&b.at)).then(a.id.cmp(&b.id)));
            let one = |line: &Attendance| {
                let activity = place(line).and_then(|at| all.get(at));
                fields.iter().map(|field| write.attendance(line, activity, field)).collect()
            };
            lines.iter().map(one).collect()
        }
    };
    Ok(Table { title: kind.label(around.lang).to_owned(), notes: Vec::new(), columns, rows, total: None })
}

fn column(field: &Field, lang: Lang) -> Column {
    let kind = match field.what {
        What::Phone => ColumnKind::Phone,
        What::Date => ColumnKind::Date,
        What::Quantity => ColumnKind::Quantity,
        What::Money if field.key != "price" => ColumnKind::Money,
        What::Text | What::TaxCode | What::Money => ColumnKind::Text,
    };
    Column::new(field.label(lang), kind, field.width)
}

struct Writer {
    around: Around,
    format: FileFormat,
    people: People,
}

impl Writer {
    /// Words that come back as they are: in CSV a text that begins with apostrophes before a formula's sign gets one more,
    /// as one without any gets its first from `harmless`.
    fn words(&self, text: String) -> Cell {
        let bare = text.trim_start_matches('\'');
        let is_marked = bare.len() < text.len() && bare.trim_start_matches(' ').starts_with(RISKY);
        if self.format == FileFormat::Csv && is_marked { Cell::Text(format!("'{text}")) } else { Cell::text(text) }
    }

    fn owner(&self, owner: ProducerId, field: &Field) -> Option<Cell> {
        let mark = self.people.get(owner)?;
        Some(match field.key {
            "producer_id" => self.words(mark.short.clone()),
            "producer" => self.words(mark.name.clone()),
            "producer_phone" => mark.phone.clone().map_or(Cell::Empty, Cell::Phone),
            "village" => self.words(self.people.village_name(mark.village_id).to_owned()),
            // The code leads to it; it may be a personal number.
            "producer_tax_code" => Cell::Empty,
            _ => return None,
        })
    }

    fn producer(&self, current: &producers::Current, field: &Field) -> Cell {
        let text = match field.key {
            "id" => current.live.short.clone(),
            key => producers::cell(&current.content, key, &self.people, self.around.lang),
        };
        if field.what == What::Phone && !text.is_empty() { Cell::Phone(text) } else { self.words(text) }
    }

    fn product(&self, current: &products::Current, field: &Field) -> Cell {
        if let Some(cell) = self.owner(current.live.producer_id, field) {
            return cell;
        }
        self.words(match field.key {
            "id" => current.live.short.clone(),
            key => products::cell(&current.content, key, self.around.lang),
        })
    }

    fn attendance(&self, line: &Attendance, activity: Option<&Activity>, field: &Field) -> Cell {
        match field.key {
            "day" => Cell::day(activity.map(|activity| activity.starts_on)),
            "phone" if Phone::parse(&line.phone).is_ok() => Cell::Phone(line.phone.clone()),
            key if key.starts_with("producer") => {
                line.producer_id.and_then(|owner| self.owner(owner, field)).unwrap_or(Cell::Empty)
            }
            key => self.words(attendance::row_cell(line, activity, key, self.around.lang)),
        }
    }

    fn support(&self, row: &SupportRow, field: &Field, kinds: &[crate::support::model::SupportKind]) -> Cell {
        match field.key {
            "given_on" => Cell::Date(row.given_on),
            "result_due" => Cell::day(row.result_due),
            "quantity" => Cell::number(row.quantity, self.format),
            "result_amount" => Cell::number(row.result_amount, self.format),
            "budgeted" => Cell::Number(row.budgeted.0),
            "approved" => Cell::Number(row.approved.0),
            "paid" => Cell::Number(row.paid.0),
            key => self
                .owner(row.producer_id, field)
                .unwrap_or_else(|| self.words(support::row_cell(row, key, kinds, self.around.lang))),
        }
    }
}
