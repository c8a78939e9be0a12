//! Products: what a line tells goes through the steps of the product's form. A new one is a draft of the office for its
//! producer; it lacks at least its photos, which no table holds.

mod read;

use std::collections::{HashMap, HashSet};

use super::people::{Found, Keys, People};
use super::subject::{self, Seen};
use super::{Around, Work as Any, Writing, Written, json};
use crate::clock::Time;
use crate::db::{Cx, is_unique_violation};
use crate::fold::fold;
use crate::ids::{CommuneId, ProducerId, ProductId};
use crate::imports::model::{Field, Outcome, Planned, Told, Undo, What};
use crate::imports::store::{Item, register};
use crate::imports::words;
use crate::producers::model::{Channel, State};
use crate::products::catalogue;
use crate::products::fields as form_fields;
use crate::products::model::{Price, Product, ProductContent};
use crate::review::flow::{self, Author};
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::web::{AppError, Lang};

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::text("id", "Mã sản phẩm", "Product code", 12),
    Field::text("producer_id", "Mã cơ sở", "Producer code", 12),
    Field::text("producer", "Tên cơ sở", "Producer", 34),
    Field::text("producer_phone", "Điện thoại", "Phone", 14).read_as(What::Phone).private(),
    Field::text("producer_tax_code", "Mã số thuế cơ sở", "Producer's tax code", 16).read_as(What::TaxCode),
    Field::text("village", "Thôn", "Village", 14),
    Field::text("name", "Tên sản phẩm", "Product name", 34),
    Field::text("name_en", "Tên tiếng Anh", "English name", 30),
    Field::text("category", "Nhóm hàng", "Category", 26),
    Field::text("description", "Mô tả", "Description", 50),
    Field::text("description_en", "Mô tả bằng tiếng Anh", "Description in English", 50),
    Field::text("story", "Câu chuyện", "Story", 50),
    Field::text("story_en", "Câu chuyện bằng tiếng Anh", "Story in English", 50),
    Field::text("warnings", "Lưu ý khi dùng", "Warnings", 30),
    Field::text("price", "Giá", "Price", 18).read_as(What::Money),
    Field::text("unit", "Đơn vị tính", "Unit", 12),
    Field::text("net_quantity", "Quy cách", "Pack", 16),
    Field::text("season", "Tháng có bán", "Months", 18),
    Field::text("season_peak", "Tháng rộ", "Best months", 18),
    Field::text("availability", "Còn hàng", "Availability", 14),
    Field::text("shelf_life_days", "Để được bao lâu (ngày)", "Keeps for (days)", 12),
    Field::text("storage", "Cách giữ", "Storage", 30),
    Field::text("origin", "Nơi làm ra", "Origin", 30),
    Field::text("standards", "Tiêu chuẩn áp dụng", "Standards", 30),
    Field::text("gtin", "Số mã vạch", "Barcode number", 16),
    Field::text("channels", "Nơi bán", "Where it is sold", 40),
];

/// How a line names the producer.
pub const OWNER: Keys = Keys {
    id: "producer_id",
    name: "producer",
    phone: "producer_phone",
    tax_code: "producer_tax_code",
    village: "village",
};

/// A product to be made or changed.
#[derive(Clone, Debug)]
pub struct Work {
    /// The one that is there.
    pub id: Option<ProductId>,
    /// Whose it is.
    pub producer: ProducerId,
    /// Its open revision, as it was seen.
    pub seen: Option<Seen>,
    /// The live version that was seen.
    pub version: i64,
    /// What it was.
    pub before: ProductContent,
    /// What it becomes.
    pub after: ProductContent,
}

/// A product as it is being written: the open revision before the live version.
#[derive(Clone, Debug)]
pub struct Current {
    /// The live row.
    pub live: Product,
    /// The open revision.
    pub open: Option<Revision>,
    /// The content.
    pub content: ProductContent,
}

impl Current {
    fn of(live: Product, open: Option<Revision>) -> Result<Self, AppError> {
        let content = match &open {
            Some(open) => serde_json::from_str(&open.content).map_err(AppError::internal)?,
            None => live.content.clone(),
        };
        Ok(Self { live, open, content })
    }

    async fn load(cx: &mut Cx<'_>, commune: CommuneId, id: ProductId) -> Result<Option<Self>, AppError> {
        let Some(live) = crate::products::store::by_id(cx, commune, id).await? else { return Ok(None) };
        let open = revisions::open(cx, commune, live.producer_id, Some(id)).await?;
        Self::of(live, open).map(Some)
    }
}

/// The products of these producers as they are being written; those that were taken back are left out.
pub async fn current(cx: &mut Cx<'_>, commune: CommuneId, producers: &[ProducerId]) -> Result<Vec<Current>, AppError> {
    let mut open: HashMap<ProductId, Revision> = register::open_of_products(cx, commune, producers)
        .await?
        .into_iter()
        .filter_map(|revision| Some((revision.product_id?, revision)))
        .collect();
    let mut all = Vec::new();
    for live in register::products(cx, commune, producers).await? {
        let revision = open.remove(&live.id);
        all.push(Current::of(live, revision)?);
    }
    Ok(all)
}

/// A field as our files show it; those that name the producer are not of the content.
pub fn cell(content: &ProductContent, field: &str, lang: Lang) -> String {
    match field {
        "category" => {
            catalogue::category(&content.category).map_or(content.category.as_str(), |c| c.name(lang)).to_owned()
        }
        "unit" => catalogue::unit_name(&content.unit, lang).to_owned(),
        "price" if content.unit.is_empty() => String::new(),
        "price" => match content.price {
            Price::Ask => words::ask(lang).to_owned(),
            Price::Exact(price) => price.digits(),
            Price::Range(from, to) => format!("{} – {}", from.digits(), to.digits()),
        },
        "season" if content.availability.is_none() => String::new(),
        "season" => words::months(&content.season, lang),
        "season_peak" if content.season_peak.is_empty() => String::new(),
        "season_peak" => words::months(&content.season_peak, lang),
        "availability" => content.availability.map(|a| a.label(lang).to_owned()).unwrap_or_default(),
        "shelf_life_days" => content.shelf_life_days.map(|days| days.to_string()).unwrap_or_default(),
        "channels" => words::channels(&content.channels),
        "name" => content.name.clone(),
        "name_en" => content.name_en.clone(),
        "description" => content.description.clone(),
        "description_en" => content.description_en.clone(),
        "story" => content.story.clone(),
        "story_en" => content.story_en.clone(),
        "warnings" => content.warnings.clone(),
        "net_quantity" => content.net_quantity.clone(),
        "storage" => content.storage.clone(),
        "origin" => content.origin.clone(),
        "standards" => content.standards.clone(),
        "gtin" => content.gtin.clone(),
        _ => String::new(),
    }
}

/// What is there, as lines look for it.
struct World {
    people: People,
    known: Vec<Current>,
    by_short: HashMap<String, usize>,
    by_name: HashMap<(ProducerId, String), Vec<usize>>,
}

/// Holds the lines against the register.
pub async fn check(cx: &mut Cx<'_>, around: Around, lines: Vec<Told>) -> Result<Vec<Planned<Any>>, AppError> {
    let people = People::load(cx, around).await?;
    let mut owners: HashSet<ProducerId> = HashSet::new();
    // A code alone has to be asked for; together with its producer it is among the producer's products.
    let mut shorts = Vec::new();
    for told in &lines {
        match people.find(told, OWNER) {
            Found::One(mark) => drop(owners.insert(mark.id)),
            _ => shorts.push(told.get("id").to_ascii_lowercase()),
        }
    }
    owners.extend(register::owners_of_products(cx, around.commune, &shorts).await?);
    let owners: Vec<ProducerId> = owners.into_iter().collect();
    let known = current(cx, around.commune, &owners).await?;
    let by_short = known.iter().enumerate().map(|(at, current)| (current.live.short.clone(), at)).collect();
    let mut by_name: HashMap<(ProducerId, String), Vec<usize>> = HashMap::new();
    for (at, current) in known.iter().enumerate() {
        by_name.entry((current.live.producer_id, fold(&current.content.name))).or_default().push(at);
    }
    let world = World { people, known, by_short, by_name };
    let mut before_them = HashMap::new();
    Ok(lines.into_iter().map(|told| plan(told, &world, &mut before_them, around)).collect())
}

/// Whose product a line tells of, and the product where it is there; faults are noted in the line.
fn find<'a>(told: &mut Told, world: &'a World, around: Around) -> (Option<ProducerId>, Option<&'a Current>) {
    let t = around.t();
    let short = told.get("id").to_ascii_lowercase();
    let names_owner = told.tells(&[OWNER.id, OWNER.name, OWNER.phone, OWNER.tax_code]);
    if !short.is_empty() {
        let Some(current) = world.by_short.get(&short).map(|at| &world.known[*at]) else {
            told.fail("id", t.no_such_code(short));
            return (None, None);
        };
        if names_owner
            && let Some(owner) = world.people.owner(told, OWNER, around).map(|mark| mark.id)
            && owner != current.live.producer_id
        {
            told.fail("id", t.other_owner());
        }
        return (Some(current.live.producer_id), Some(current));
    }
    let Some(owner) = world.people.owner(told, OWNER, around).map(|mark| mark.id) else { return (None, None) };
    match world.by_name.get(&(owner, fold(told.get("name")))).map(Vec::as_slice) {
        Some([one]) => (Some(owner), Some(&world.known[*one])),
        Some([_, _, ..]) => {
            let same = world.by_name.get(&(owner, fold(told.get("name")))).into_iter().flatten();
            let names: Vec<String> =
                same.map(|at| &world.known[*at]).map(|c| format!("{} ({})", c.content.name, c.live.short)).collect();
            told.fail("name", t.several(names.join("; ")));
            (Some(owner), None)
        }
        _ => (Some(owner), None),
    }
}

fn plan(mut told: Told, world: &World, before_them: &mut HashMap<String, u32>, around: Around) -> Planned<Any> {
    let t = around.t();
    let (owner, found) = find(&mut told, world, around);
    let blank = ProductContent::default();
    let before = found.map_or(&blank, |current| &current.content);
    let after = read::read(&mut told, before, around);
    if after.name.is_empty() && told.faults.is_empty() {
        told.fail("name", t.product_name_missing());
    }
    let identity = match (found, owner) {
        (Some(current), _) => current.live.short.clone(),
        (None, Some(owner)) => format!("{owner}\n{}", fold(&after.name)),
        (None, None) => format!("line {}", told.number),
    };
    if let Some(earlier) = before_them.get(&identity) {
        told.fail("name", t.twice(*earlier));
    } else {
        before_them.insert(identity, told.number);
    }
    let name = if after.name.is_empty() { before.name.clone() } else { after.name.clone() };
    let id = found.map(|current| current.live.id);
    let (Some(owner), true) = (owner, told.faults.is_empty()) else {
        return subject::wrong(told, name, id.map(|id| id.0), owner);
    };
    let outcome = match found {
        None => Outcome::New,
        Some(_) if after == *before => Outcome::Same,
        Some(_) => Outcome::Changed,
    };
    let missing = form_fields::missing(&after);
    if outcome != Outcome::Same && !missing.is_empty() {
        let labels: Vec<&str> = missing.iter().map(|field| form_fields::label(field, around.lang)).collect();
        told.notes.push(t.still_lacks(labels.join(", ")));
    }
    let changes = if outcome == Outcome::Changed {
        subject::changes(FIELDS, |key, new| cell(if new { &after } else { before }, key, around.lang))
    } else {
        Vec::new()
    };
    let work = (outcome != Outcome::Same).then(|| {
        Any::Product(Box::new(Work {
            id,
            producer: owner,
            seen: found.and_then(|current| current.open.as_ref()).map(Seen::of),
            version: found.map_or(0, |current| current.live.version),
            before: before.clone(),
            after,
        }))
    });
    let (number, notes, producer) = (told.number, told.notes, Some(owner));
    let (faults, cautions, subject) = (Vec::new(), Vec::new(), id.map(|id| id.0));
    Planned { number, name, outcome, changes, faults, notes, cautions, subject, producer, work }
}

/// Writes a line: a draft of the office, or a revision. What is public waits for review, like any other change of it.
pub async fn write(cx: &mut Cx<'_>, writing: Writing<'_>, work: &Work) -> Result<Written, AppError> {
    let author = Author { user: writing.actor.by, channel: Channel::Office };
    let Some(id) = work.id else {
        let (product, _) =
            flow::begin_product(cx, writing.commune, work.producer, &work.after, author, writing.now).await?;
        return Ok(Some((product.id.0, None, json(&work.after), 0)));
    };
    let current = Current::load(cx, writing.commune, id).await?.ok_or(AppError::NotFound)?;
    if current.live.version != work.version || current.open.as_ref().map(Seen::of) != work.seen {
        return Ok(None);
    }
    if !put(cx, &current, &work.after, author, writing.now).await? {
        return Ok(None);
    }
    Ok(Some((id.0, Some(json(&work.before)), json(&work.after), 0)))
}

/// As `super::producers` puts a producer's.
async fn put(
    cx: &mut Cx<'_>,
    current: &Current,
    content: &ProductContent,
    author: Author,
    now: Time,
) -> Result<bool, AppError> {
    let was = current.open.as_ref().map(|open| open.state);
    let revision = match flow::open_product(cx, &current.live, author, now).await {
        Ok(revision) => revision,
        // Another editor opened one at the same moment.
        Err(error) if is_unique_violation(&error) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    if flow::save_product(cx, &revision, content, now).await? == flow::Written::Stale {
        return Ok(false);
    }
    let waits = was.is_none_or(|state| state == State::Submitted) && current.live.approved_at.is_some();
    if waits && form_fields::missing(content).is_empty() {
        let live = &current.live;
        return subject::hand_in(cx, live.commune_id, live.producer_id, Some(live.id), now).await;
    }
    Ok(true)
}

/// Takes a line back.
pub async fn undo(cx: &mut Cx<'_>, writing: Writing<'_>, item: &Item) -> Result<Undo, AppError> {
    let (commune, id) = (writing.commune, ProductId(item.subject_id));
    let Some(current) = Current::load(cx, commune, id).await? else { return Ok(Undo::Edited) };
    let after: ProductContent = serde_json::from_str(&item.after_value).map_err(AppError::internal)?;
    if current.content != after || current.live.state == State::Withdrawn {
        return Ok(Undo::Edited);
    }
    let done = match &item.before_value {
        None => {
            let open = current.open.as_ref().filter(|_| current.live.approved_at.is_none());
            let Some(open) = open else { return Ok(Undo::Decided) };
            if register::product_is_used(cx, commune, id).await? {
                return Ok(Undo::Used);
            }
            flow::withdraw(cx, open, writing.now).await? == flow::Written::Done
        }
        Some(before) => {
            let before: ProductContent = serde_json::from_str(before).map_err(AppError::internal)?;
            let author = Author { user: writing.actor.by, channel: Channel::Office };
            match &current.open {
                Some(open) if current.live.approved_at.is_some() && current.live.content == before => {
                    flow::withdraw(cx, open, writing.now).await? == flow::Written::Done
                }
                _ => put(cx, &current, &before, author, writing.now).await?,
            }
        }
    };
    Ok(if done { Undo::Done } else { Undo::Edited })
}
