//! Support records: what a line tells goes through the forms of the ledger. A new one begins where the line says,
//! delivered unless told otherwise, with its steps in its history; one that is there takes the steps that lead to what
//! the line says.

mod read;
mod warn;
mod write;

pub use write::{undo, write};

use std::collections::{HashMap, HashSet};

use super::people::{Found, Keys, People};
use super::{Around, Work as Any, subject};
use crate::amounts::Thousandths;
use crate::clock::Day;
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::{ProducerId, ProductId, SupportId};
use crate::imports::model::{Field, Outcome, Planned, Told, What};
use crate::imports::store::register::{self, ProductMark};
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::programmes::model::Programme;
use crate::support::programmes::store as programmes;
use crate::support::store as ledger;
use crate::support::store::steps::After;
use crate::web::{AppError, Lang};

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::text("id", "Mã lượt hỗ trợ", "Record code", 38),
    Field::text("given_on", "Ngày", "Date", 12).read_as(What::Date),
    Field::text("producer_id", "Mã cơ sở", "Producer code", 12),
    Field::text("producer", "Tên cơ sở", "Producer", 34),
    Field::text("producer_phone", "Điện thoại", "Phone", 14).read_as(What::Phone).private(),
    Field::text("producer_tax_code", "Mã số thuế cơ sở", "Producer's tax code", 16).read_as(What::TaxCode),
    Field::text("village", "Thôn", "Village", 14),
    Field::text("product", "Sản phẩm", "Product", 26),
    Field::text("kind", "Nội dung hỗ trợ", "Kind of support", 28),
    Field::text("programme", "Chương trình", "Programme", 30),
    Field::text("state", "Tình trạng", "State", 16),
    Field::text("quantity", "Số lượng", "Quantity", 11).read_as(What::Quantity),
    Field::text("unit", "Đơn vị", "Unit", 10),
    Field::text("budgeted", "Dự kiến (đồng)", "Budgeted (VND)", 17).read_as(What::Money),
    Field::text("approved", "Duyệt (đồng)", "Approved (VND)", 17).read_as(What::Money),
    Field::text("paid", "Chi (đồng)", "Paid (VND)", 17).read_as(What::Money),
    Field::text("overpaid", "Lý do chi vượt", "Why more was paid", 30),
    Field::text("officer", "Cán bộ phụ trách", "Officer in charge", 24),
    Field::text("note", "Ghi chú", "Note", 30),
    Field::text("result_due", "Ngày hỏi kết quả", "Ask for the result on", 14).read_as(What::Date),
    Field::text("result", "Kết quả", "Result", 30),
    Field::text("result_amount", "Kết quả bằng số", "Result in figures", 14).read_as(What::Quantity),
    Field::text("result_unit", "Đơn vị kết quả", "Unit of the result", 12),
    Field::text("void_reason", "Lý do bỏ", "Why voided", 30),
];

const OWNER: Keys = super::products::OWNER;

/// A record to be made or changed.
#[derive(Clone, Debug)]
pub struct Work {
    /// The one that is there, in the version that was seen.
    pub id: Option<(SupportId, i64)>,
    /// Who gets it.
    pub producer: ProducerId,
    /// For which product.
    pub product: Option<ProductId>,
    /// Code of the kind.
    pub kind: String,
    /// What it was.
    pub before: Option<After>,
    /// What it becomes.
    pub after: After,
}

/// A field as pages show it before and after.
fn cell(after: &After, field: &str, world: &World, lang: Lang) -> String {
    let number = |number: Option<Thousandths>| number.map(|n| n.text(Lang::Vi)).unwrap_or_default();
    match field {
        "given_on" => after.given_on.text(),
        "programme" => {
            let found = world.programmes.iter().find(|p| Some(p.id) == after.programme);
            found.map(|p| p.name.clone()).unwrap_or_default()
        }
        "state" => after.state.label(lang).to_owned(),
        "quantity" => number(after.quantity),
        "unit" => after.unit.clone(),
        "budgeted" => after.money.budgeted.digits(),
        "approved" => after.money.approved.digits(),
        "paid" => after.money.paid.digits(),
        "overpaid" => after.overpaid.clone(),
        "officer" => after.officer.clone(),
        "note" => after.note.clone(),
        "result_due" => after.result_due.map(|day| day.text()).unwrap_or_default(),
        "result" => after.result.clone(),
        "result_amount" => number(after.result_amount),
        "result_unit" => after.result_unit.clone(),
        _ => String::new(),
    }
}

/// The texts of a record that are no sum, number or day, as our files show them.
pub fn row_cell(row: &SupportRow, field: &str, kinds: &[SupportKind], lang: Lang) -> String {
    match field {
        "id" => row.id.to_string(),
        "producer_id" => row.producer_short.clone(),
        "producer" => row.producer_name.clone(),
        "product" => row.product_name.clone().unwrap_or_default(),
        "kind" => kind_name(kinds, &row.kind, lang).to_owned(),
        "programme" => row.programme_name.clone().unwrap_or_default(),
        "state" => row.state.label(lang).to_owned(),
        "unit" => row.quantity_unit.clone(),
        "overpaid" => row.overpaid.clone(),
        "officer" => row.officer.clone(),
        "note" => row.note.clone(),
        "result" => row.result.clone(),
        "result_unit" => row.result_unit.clone(),
        "void_reason" => row.void_reason.clone().unwrap_or_default(),
        _ => String::new(),
    }
}

/// What is there, as lines look for it.
struct World {
    people: People,
    kinds: Vec<SupportKind>,
    programmes: Vec<Programme>,
    products: HashMap<(ProducerId, String), Vec<ProductMark>>,
    known: Vec<SupportRow>,
    by_id: HashMap<SupportId, usize>,
    by_key: HashMap<Key, Vec<usize>>,
}

/// What makes two lines without our code the same record.
type Key = (ProducerId, String, Day, String);

impl World {
    async fn load(cx: &mut Cx<'_>, around: Around, lines: &[Told]) -> Result<Self, AppError> {
        let people = People::load(cx, around).await?;
        let mut owners: HashSet<ProducerId> = HashSet::new();
        owners.extend(lines.iter().filter_map(|told| match people.find(told, OWNER) {
            Found::One(mark) => Some(mark.id),
            _ => None,
        }));
        let ids: Vec<SupportId> = lines.iter().filter_map(|told| told.get("id").parse().ok()).collect();
        owners.extend(register::owners_of_records(cx, around.commune, &ids).await?);
        let owners: Vec<ProducerId> = owners.into_iter().collect();
        let known = ledger::of_many(cx, around.commune, &owners).await?;
        let mut products: HashMap<(ProducerId, String), Vec<ProductMark>> = HashMap::new();
        for product in register::product_marks(cx, around.commune, &owners).await? {
            products.entry((product.producer_id, product.name_folded.clone())).or_default().push(product);
        }
        let mut all = Vec::new();
        for year in 2010..=around.today.year() + 3 {
            all.extend(programmes::of_year(cx, around.commune, year).await?);
        }
        let kinds = ledger::all_kinds(cx, around.commune).await?;
        let by_id = known.iter().enumerate().map(|(at, row)| (row.id, at)).collect();
        let mut by_key: HashMap<Key, Vec<usize>> = HashMap::new();
        for (at, row) in known.iter().enumerate().filter(|(_, row)| row.stands()) {
            let product = fold(row.product_name.as_deref().unwrap_or_default());
            by_key.entry((row.producer_id, row.kind.clone(), row.given_on, product)).or_default().push(at);
        }
        Ok(Self { people, kinds, programmes: all, products, known, by_id, by_key })
    }

    /// Code of the kind of this name.
    fn kind(&self, text: &str) -> Option<String> {
        let folded = fold(text);
        let named =
            |kind: &&SupportKind| kind.code == text || fold(&kind.name_vi) == folded || fold(&kind.name_en) == folded;
        self.kinds.iter().find(named).map(|kind| kind.code.clone())
    }
}

/// Holds the lines against the register.
pub async fn check(cx: &mut Cx<'_>, around: Around, lines: Vec<Told>) -> Result<Vec<Planned<Any>>, AppError> {
    let world = World::load(cx, around, &lines).await?;
    let mut before_them = HashMap::new();
    let mut rows: Vec<_> = lines.into_iter().map(|told| plan(told, &world, &mut before_them, around)).collect();
    warn::warn(cx, around, &world, &mut rows).await?;
    Ok(rows)
}

/// The record that a line means, where it is there.
fn find<'a>(told: &mut Told, world: &'a World, key: Option<&Key>, around: Around) -> Option<&'a SupportRow> {
    let t = around.t();
    let id = told.get("id").to_owned();
    if !id.is_empty() {
        let found = id.parse().ok().and_then(|id: SupportId| world.by_id.get(&id)).map(|at| &world.known[*at]);
        match found {
            None => told.fail("id", t.no_such_code(id)),
            Some(row) if !row.stands() => told.fail("id", t.record_void()),
            Some(_) => {}
        }
        return found;
    }
    match world.by_key.get(key?).map(Vec::as_slice) {
        Some([one]) => Some(&world.known[*one]),
        Some([_, _, ..]) => {
            let same = world.by_key.get(key?).into_iter().flatten().map(|at| world.known[*at].id.to_string());
            told.fail("given_on", t.several(same.collect::<Vec<_>>().join("; ")));
            None
        }
        _ => None,
    }
}

fn plan(mut told: Told, world: &World, before_them: &mut HashMap<String, u32>, around: Around) -> Planned<Any> {
    let t = around.t();
    let by_id = told.get("id").parse().ok().and_then(|id: SupportId| world.by_id.get(&id)).map(|at| &world.known[*at]);
    if let Some(row) = by_id.filter(|row| !row.stands() && read::says_void(told.get("state"))) {
        return void(&told, row, world, around);
    }
    let names_owner = told.tells(&[OWNER.id, OWNER.name, OWNER.phone, OWNER.tax_code]);
    let owner = if names_owner || by_id.is_none() {
        world.people.owner(&mut told, OWNER, around).map(|mark| mark.id)
    } else {
        by_id.map(|row| row.producer_id)
    };
    if let (Some(row), Some(owner)) = (by_id, owner)
        && row.producer_id != owner
    {
        told.fail("id", t.other_owner());
    }
    let kind = kind(&mut told, world, by_id, around);
    // The record that a code names has its product already.
    let product = owner.filter(|_| by_id.is_none()).and_then(|owner| product(&mut told, world, owner, around));
    let day = Day::parse(told.get("given_on")).ok().or(by_id.map(|row| row.given_on));
    let key = match (owner, &kind, day) {
        (Some(owner), Some(kind), Some(day)) => Some((owner, kind.clone(), day, fold(told.get("product")))),
        _ => None,
    };
    let found = find(&mut told, world, key.as_ref(), around);
    if let Some(row) = found
        && !told.get("product").is_empty()
        && fold(told.get("product")) != fold(row.product_name.as_deref().unwrap_or_default())
    {
        told.fail("product", t.product_fixed());
    }
    let before = found.map(After::of);
    let after = read::read(&mut told, before.as_ref(), world, around);
    let identity = found.map_or_else(|| format!("{key:?}"), |row| row.id.to_string());
    if key.is_some() || found.is_some() {
        if let Some(earlier) = before_them.get(&identity) {
            told.fail("given_on", t.twice(*earlier));
        } else {
            before_them.insert(identity, told.number);
        }
    }
    let owner_name = owner.and_then(|owner| world.people.get(owner)).map(|mark| mark.name.clone());
    let what = kind.as_deref().map(|code| kind_name(&world.kinds, code, around.lang)).unwrap_or_default();
    let name = [owner_name.unwrap_or_else(|| told.get(OWNER.name).to_owned()), what.to_owned()].join(" · ");
    let subject_id = found.map(|row| row.id.0);
    let (Some(after), Some(kind), Some(owner), true) = (after, kind, owner, told.faults.is_empty()) else {
        return subject::wrong(told, name, subject_id, owner);
    };
    let outcome = match &before {
        None => Outcome::New,
        Some(before) if *before == after => Outcome::Same,
        Some(_) => Outcome::Changed,
    };
    let changes = match &before {
        Some(before) if outcome == Outcome::Changed => {
            subject::changes(FIELDS, |key, new| cell(if new { &after } else { before }, key, world, around.lang))
        }
        _ => Vec::new(),
    };
    let id = found.map(|row| (row.id, row.version));
    let work = (outcome != Outcome::Same).then_some(Any::Support(Box::new(Work {
        id,
        producer: owner,
        product,
        kind,
        before,
        after,
    })));
    let (number, notes, producer) = (told.number, told.notes, Some(owner));
    let (faults, cautions, subject) = (Vec::new(), Vec::new(), subject_id);
    Planned { number, name, outcome, changes, faults, notes, cautions, subject, producer, work }
}

/// A line of a record that was voided, as our own file has it: it stays so.
fn void(told: &Told, row: &SupportRow, world: &World, around: Around) -> Planned<Any> {
    let what = kind_name(&world.kinds, &row.kind, around.lang);
    Planned {
        number: told.number,
        name: [row.producer_name.as_str(), what].join(" · "),
        outcome: Outcome::Same,
        changes: Vec::new(),
        faults: Vec::new(),
        notes: vec![around.t().void_left().to_owned()],
        cautions: Vec::new(),
        subject: Some(row.id.0),
        producer: Some(row.producer_id),
        work: None,
    }
}

fn kind(told: &mut Told, world: &World, row: Option<&SupportRow>, around: Around) -> Option<String> {
    let text = told.get("kind").to_owned();
    if text.is_empty() {
        if row.is_none() {
            told.fail("kind", around.t().kind_missing());
        }
        return row.map(|row| row.kind.clone());
    }
    let found = world.kind(&text);
    match (&found, row) {
        (None, _) => told.fail("kind", around.t().not_in_list(text)),
        (Some(code), Some(row)) if *code != row.kind => told.fail("kind", around.t().kind_fixed()),
        (Some(code), None) if world.kinds.iter().any(|kind| kind.code == *code && kind.hidden) => {
            told.fail("kind", around.t().kind_hidden(text));
        }
        _ => {}
    }
    found
}

fn product(told: &mut Told, world: &World, owner: ProducerId, around: Around) -> Option<ProductId> {
    let text = told.get("product").to_owned();
    if text.is_empty() {
        return None;
    }
    match world.products.get(&(owner, fold(&text))).map(Vec::as_slice) {
        Some([one]) => Some(one.id),
        Some([_, _, ..]) => {
            told.fail("product", around.t().several(text));
            None
        }
        _ => {
            told.fail("product", around.t().no_product(text));
            None
        }
    }
}
