//! What traceability knows of a product, as papers of a dossier: lots, what was done, where, and of what. Made from the
//! records as they stand; a fingerprint tells whether the same was taken over before.
//!
//! Where a place is exactly is told with the producer's consent alone, and the name of a supplier who is a person never
//! (DOMAIN.md §6).

use std::collections::{BTreeSet, HashMap};

use super::model::Source;
use super::texts::Texts;
use crate::clock::Day;
use crate::files::paper::FileHash;
use crate::ids::LotId;
use crate::products::catalogue;
use crate::support::export::{Cell, Column, ColumnKind, Table};
use crate::traceability::history::{HistoryStep, LotHistory};
use crate::traceability::model::Place;
use crate::traceability::place_certificates::model::PlaceCertificate;
use crate::web::Lang;

/// The most lots that a paper tells of: the latest.
pub const MOST_LOTS: i64 = 50;

/// What the papers are made from.
#[derive(Clone, Debug)]
pub struct Traced {
    /// The product's lots, the latest first, without those that were set aside.
    pub lots: Vec<LotHistory>,
    /// Codes of their labels.
    pub labels: HashMap<LotId, String>,
    /// True if places may be located exactly.
    pub locates: bool,
    /// Whose they are.
    pub producer: String,
    /// The product.
    pub product: String,
    /// The commune.
    pub commune: String,
    /// Today.
    pub today: Day,
}

/// A paper's table and the fingerprint of what it tells, whatever the day on which it is made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What is printed.
    pub table: Table,
    /// SHA-256 of its rows, in hexadecimal.
    pub mark: String,
}

impl Traced {
    /// The paper of a source; None if there is nothing to tell, or it is no source of facts.
    pub fn paper(&self, source: Source) -> Option<Made> {
        let t = Texts(Lang::Vi);
        let (columns, rows) = match source {
            Source::Lots => (lot_columns(t), self.lot_rows()),
            Source::Events => (event_columns(t), self.event_rows(t)),
            Source::Places => (place_columns(t), self.place_rows(t)),
            Source::Inputs => (input_columns(t), self.input_rows(t)),
            Source::Upload | Source::Certificate | Source::Photo => return None,
        };
        if rows.is_empty() {
            return None;
        }
        let mark = FileHash::of(format!("{source} {:?} {rows:?}", self.product).as_bytes()).to_string();
        let number = |(at, mut row): (usize, Vec<Cell>)| {
            row.insert(0, Cell::Number(at as i64 + 1));
            row
        };
        let mut all = vec![Column::new(t.number(), ColumnKind::Whole, 6)];
        all.extend(columns);
        let title = t.fact_title(source.label(Lang::Vi), &self.product);
        let rows = rows.into_iter().enumerate().map(number).collect();
        Some(Made { table: Table { title, notes: self.notes(t), columns: all, rows, total: None }, mark })
    }

    /// When it was made, of what, by whom.
    fn notes(&self, t: Texts) -> Vec<String> {
        let codes: Vec<String> = self.lots.iter().map(|one| one.lot.code.to_string()).collect();
        let first = codes.iter().take(12).cloned().collect::<Vec<_>>().join(", ");
        let codes = if codes.len() > 12 { format!("{first}, …") } else { first };
        vec![t.fact_source(self.today, &self.producer, &self.commune), t.fact_lots(self.lots.len(), codes)]
    }

    fn lot_rows(&self) -> Vec<Vec<Cell>> {
        let row = |one: &LotHistory| {
            let lot = &one.lot;
            vec![
                Cell::text(lot.code.to_string()),
                Cell::day(Some(lot.made_on)),
                Cell::day(lot.best_before),
                Cell::text(lot.quantity_text(Lang::Vi)),
                Cell::text(one.place.as_ref().map_or("", |place| &place.name)),
                Cell::text(self.labels.get(&lot.id).cloned().unwrap_or_default()),
                Cell::Number(one.standing().count() as i64),
                Cell::text(lot.state.label(Lang::Vi)),
            ]
        };
        self.lots.iter().map(row).collect()
    }

    fn event_rows(&self, t: Texts) -> Vec<Vec<Cell>> {
        let row = |one: &LotHistory, step: &HistoryStep| {
            vec![
                Cell::text(one.lot.code.to_string()),
                Cell::text(step.at.text()),
                Cell::text(step.label.text(Lang::Vi)),
                Cell::text(step.place.clone().unwrap_or_default()),
                Cell::text(step.amount(Lang::Vi).unwrap_or_default()),
                Cell::text(details(step, t)),
            ]
        };
        self.lots.iter().flat_map(|one| one.standing().map(move |step| row(one, step))).collect()
    }

    fn place_rows(&self, t: Texts) -> Vec<Vec<Cell>> {
        let mut seen = BTreeSet::new();
        let mut rows = Vec::new();
        for one in &self.lots {
            let Some(place) = one.place.as_ref().filter(|place| seen.insert(place.id)) else { continue };
            rows.push(self.place_row(place, one, t));
        }
        rows
    }

    fn place_row(&self, place: &Place, one: &LotHistory, t: Texts) -> Vec<Cell> {
        let exact = if place.address.is_empty() {
            String::new()
        } else if self.locates {
            place.address.clone()
        } else {
            t.fact_no_consent().to_owned()
        };
        let codes: Vec<String> = one.place_certificates.iter().map(|paper| certificate(paper, t)).collect();
        vec![
            Cell::text(place.name.clone()),
            Cell::text(place.kind.label(Lang::Vi)),
            Cell::text(one.village.clone().unwrap_or_default()),
            Cell::text(exact),
            Cell::text(place.gln.clone().unwrap_or_default()),
            Cell::text(codes.join("; ")),
        ]
    }

    fn input_rows(&self, t: Texts) -> Vec<Vec<Cell>> {
        let mut rows = Vec::new();
        for one in &self.lots {
            let row = |day: Day, kind: &str, name: &str, amount: String, from: String| {
                let cells = [kind, name, &amount, &from].map(Cell::text);
                let mut row = vec![Cell::text(one.lot.code.to_string()), Cell::day(Some(day))];
                row.extend(cells);
                row
            };
            for step in one.inputs_used() {
                let name = step.input_name.as_deref().unwrap_or_default();
                let amount = step.dose.clone().unwrap_or_default();
                rows.push(row(step.at.day(), t.fact_used(), name, amount, step.place.clone().unwrap_or_default()));
            }
            for bought in &one.purchases {
                let who = bought.public_supplier().unwrap_or_else(|| t.fact_person());
                let from = [who, &bought.supplier_place, &bought.document].map(str::to_owned);
                let from = from.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
                rows.push(row(bought.bought_on, t.fact_bought(), &bought.goods, bought.amount(Lang::Vi), from));
            }
            for used in &one.inputs {
                let amount = used.quantity.map(|(n, uom)| crate::traceability::model::amount_text(n, uom, Lang::Vi));
                let code = used.lot.code.to_string();
                let amount = amount.unwrap_or_default();
                rows.push(row(used.lot.made_on, t.fact_lot(), &used.product, amount, code));
            }
        }
        rows
    }
}

/// What was used, how long is waited, how warm.
fn details(step: &HistoryStep, t: Texts) -> String {
    let parts = [
        step.input_name.clone(),
        step.dose.clone(),
        step.withholding_days.filter(|days| *days > 0).map(|days| t.fact_withheld(days)),
        step.celsius.as_ref().map(|degrees| format!("{} °C", degrees.replace('.', ","))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Kind, number, market and last day of a place's certificate or area code.
fn certificate(paper: &PlaceCertificate, t: Texts) -> String {
    let kind = catalogue::certificate_kind_name(&paper.kind, Lang::Vi);
    let mut told = format!("{kind} {}", paper.number).trim().to_owned();
    if !paper.market.is_empty() {
        told = format!("{told} ({})", paper.market);
    }
    match paper.expires_on {
        Some(day) => format!("{told}, {}", t.ends_on(day)),
        None => told,
    }
}

fn columns(of: &[(&str, ColumnKind, u16)]) -> Vec<Column> {
    of.iter().map(|(name, kind, width)| Column::new(*name, *kind, *width)).collect()
}

fn lot_columns(t: Texts) -> Vec<Column> {
    columns(&[
        (t.fact_code(), ColumnKind::Text, 12),
        (t.fact_made(), ColumnKind::Date, 13),
        (t.fact_best(), ColumnKind::Date, 13),
        (t.fact_amount(), ColumnKind::Text, 14),
        (t.fact_place(), ColumnKind::Text, 26),
        (t.fact_label(), ColumnKind::Text, 20),
        (t.fact_steps(), ColumnKind::Whole, 8),
        (t.state(), ColumnKind::Text, 12),
    ])
}

fn event_columns(t: Texts) -> Vec<Column> {
    columns(&[
        (t.fact_code(), ColumnKind::Text, 12),
        (t.fact_at(), ColumnKind::Text, 18),
        (t.fact_step(), ColumnKind::Text, 24),
        (t.fact_place(), ColumnKind::Text, 24),
        (t.fact_amount(), ColumnKind::Text, 14),
        (t.fact_details(), ColumnKind::Text, 34),
    ])
}

fn place_columns(t: Texts) -> Vec<Column> {
    columns(&[
        (t.fact_place(), ColumnKind::Text, 26),
        (t.fact_kind(), ColumnKind::Text, 18),
        (t.village(), ColumnKind::Text, 14),
        (t.fact_exact(), ColumnKind::Text, 30),
        ("GLN", ColumnKind::Text, 16),
        (t.fact_area_code(), ColumnKind::Text, 36),
    ])
}

fn input_columns(t: Texts) -> Vec<Column> {
    columns(&[
        (t.fact_code(), ColumnKind::Text, 12),
        (t.fact_day(), ColumnKind::Date, 13),
        (t.fact_kind(), ColumnKind::Text, 16),
        (t.fact_name(), ColumnKind::Text, 28),
        (t.fact_amount(), ColumnKind::Text, 16),
        (t.fact_from(), ColumnKind::Text, 32),
    ])
}
