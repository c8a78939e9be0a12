//! What of a product or producer goes into the index: public fields only, in words of both languages.

use std::collections::HashMap;

use time::Date;

use crate::clock::Day;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, ProducerId, ProductId, VillageId};
use crate::market::store::{self, Held, Listed, ListedProducer, Starred};
use crate::producers::model::ProducerKind;
use crate::products::catalogue;
use crate::search::{Certificate, Change, DocId, Document, Kind, Labelled, Stars};
use crate::traceability::place_certificates::products::{self as by_places, ByPlaces};
use crate::web::i18n::Lang;

/// Products read and indexed at once.
const BATCH: i64 = 500;

/// The change that brings one product up to date: put if visitors may see it, else removed.
pub async fn document_of_product(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    product: ProductId,
    today: Day,
) -> Result<Change> {
    let gone = Change::Remove(DocId { commune: commune.0, id: product.0 });
    let Some(row) = store::listed(cx, commune, product, today).await? else { return Ok(gone) };
    let held = store::held(cx, commune, row.producer_id).await?;
    let stars = store::starred_between(cx, commune, product, product, today).await?;
    let by_places = held_by_places(cx, commune, product, product, today).await?;
    let held = held.iter().filter(|one| one.product_id.is_none_or(|of| of == product)).chain(&by_places);
    Ok(Change::Put(Box::new(of_product(&row, held, stars.first()))))
}

/// What products have by the places at which their lots are made.
async fn held_by_places(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    first: ProductId,
    last: ProductId,
    today: Day,
) -> Result<Vec<Held>> {
    let held = |one: ByPlaces| Held {
        producer_id: one.producer_id,
        product_id: Some(one.product_id),
        kind: one.kind,
        expires_on: one.expires_on,
    };
    Ok(by_places::between(cx, commune, first, last, today).await?.into_iter().map(held).collect())
}

/// The change that brings one producer up to date (without its products).
pub async fn document_of_producer(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Change> {
    let gone = Change::Remove(DocId { commune: commune.0, id: producer.0 });
    let Some(row) = store::producer(cx, commune, producer).await? else { return Ok(gone) };
    let held = store::held(cx, commune, producer).await?;
    let held = held.iter().filter(|one| one.product_id.is_none());
    Ok(Change::Put(Box::new(of_producer(&row, held))))
}

/// The next batch of products after `after`, and the id to go on from; None when there are no more.
pub async fn products_after(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    after: ProductId,
    of_producers: &HashMap<ProducerId, Vec<Held>>,
    today: Day,
) -> Result<Option<(Vec<Document>, ProductId)>> {
    let rows = store::listed_after(cx, commune, after, BATCH, today).await?;
    let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
    let mut stars: HashMap<ProductId, Starred> = HashMap::new();
    for one in store::starred_between(cx, commune, first.id, last.id, today).await? {
        stars.entry(one.product_id).or_insert(one);
    }
    let mut held: HashMap<ProductId, Vec<Held>> = HashMap::new();
    let mut all = store::held_between(cx, commune, first.id, last.id).await?;
    all.extend(held_by_places(cx, commune, first.id, last.id, today).await?);
    for one in all {
        if let Some(product) = one.product_id {
            held.entry(product).or_default().push(one);
        }
    }
    let none = Vec::new();
    let documents = rows.iter().map(|row| {
        let own = held.get(&row.id).unwrap_or(&none);
        let whole = of_producers.get(&row.producer_id).unwrap_or(&none);
        of_product(row, own.iter().chain(whole), stars.get(&row.id))
    });
    Ok(Some((documents.collect(), last.id)))
}

/// The next batch of producers after `after`, and the id to go on from; None when there are no more.
pub async fn producers_after(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    after: ProducerId,
    of_producers: &HashMap<ProducerId, Vec<Held>>,
) -> Result<Option<(Vec<Document>, ProducerId)>> {
    let rows = store::producers_after(cx, commune, after, BATCH).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    let none = Vec::new();
    let documents = rows.iter().map(|row| of_producer(row, of_producers.get(&row.id).unwrap_or(&none).iter()));
    Ok(Some((documents.collect(), last.id)))
}

/// Certificates that producers hold as a whole, by producer.
pub async fn held_by_producers(cx: &mut Cx<'_>, commune: CommuneId) -> Result<HashMap<ProducerId, Vec<Held>>> {
    let mut by_producer: HashMap<ProducerId, Vec<Held>> = HashMap::new();
    for one in store::held_by_producers(cx, commune).await? {
        by_producer.entry(one.producer_id).or_default().push(one);
    }
    Ok(by_producer)
}

fn of_product<'a>(row: &Listed, held: impl Iterator<Item = &'a Held>, stars: Option<&Starred>) -> Document {
    let content = &row.content;
    let category = catalogue::category(&content.category);
    let both = |name: &dyn Fn(Lang) -> String| Lang::ALL.map(name).join(" / ");
    Document {
        id: DocId { commune: row.commune_id.0, id: row.id.0 },
        kind: Kind::Product,
        name: content.name.clone(),
        name_en: filled(&content.name_en),
        producer_name: row.producer_name.clone(),
        producer_kind: kind_labelled(row.kind()),
        village: village_labelled(row.village_id, row.village.as_deref()),
        category: category.map(|c| Labelled::new(&c.code, both(&|lang| c.name(lang).to_owned()))),
        parent_category: category
            .and_then(|c| c.group())
            .map(|g| Labelled::new(&g.code, both(&|lang| g.name(lang).to_owned()))),
        description: joined(&content.description, &content.description_en),
        story: joined(&content.story, &content.story_en),
        certificates: held.map(certificate).collect(),
        stars: stars.and_then(stars_of),
        season_months: content.season_bits() as u16,
        availability: content.availability.map(|a| a.word().to_owned()).unwrap_or_default(),
        price_min: content.price.min().map(|d| d.0),
        price_max: content.price.max().map(|d| d.0),
        updated_at: row.updated_at.micros(),
        scans: row.scans,
    }
}

fn of_producer<'a>(row: &ListedProducer, held: impl Iterator<Item = &'a Held>) -> Document {
    let content = &row.content;
    Document {
        id: DocId { commune: row.commune_id.0, id: row.id.0 },
        kind: Kind::Producer,
        name: content.name.clone(),
        name_en: None,
        producer_name: String::new(),
        producer_kind: kind_labelled(row.kind()),
        village: village_labelled(row.village_id, row.village.as_deref()),
        category: None,
        parent_category: None,
        description: String::new(),
        story: joined(&content.story, &content.story_en),
        certificates: held.map(certificate).collect(),
        stars: None,
        season_months: 0,
        availability: String::new(),
        price_min: None,
        price_max: None,
        updated_at: row.updated_at.micros(),
        scans: 0,
    }
}

fn filled(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn joined(vi: &str, en: &str) -> String {
    if en.is_empty() { vi.to_owned() } else { format!("{vi}\n{en}") }
}

fn kind_labelled(kind: Option<ProducerKind>) -> Labelled {
    kind.map_or_else(Labelled::default, |kind| {
        Labelled::new(kind.word(), format!("{} / {}", kind.label(Lang::Vi), kind.label(Lang::En)))
    })
}

/// People write "thôn Đông" and "Đông village" alike.
fn village_labelled(id: Option<VillageId>, name: Option<&str>) -> Labelled {
    match (id, name) {
        (Some(id), Some(name)) => Labelled::new(id.0.simple().to_string(), format!("thôn {name} / {name} village")),
        _ => Labelled::default(),
    }
}

fn certificate(held: &Held) -> Certificate {
    let label = Lang::ALL.map(|lang| catalogue::certificate_kind_name(&held.kind, lang)).join(" / ");
    Certificate { kind: Labelled::new(&held.kind, label), until: held.expires_on.and_then(date) }
}

/// Stars below three or beyond five are no stars a buyer is shown (Quyết định 148/QĐ-TTg).
fn stars_of(starred: &Starred) -> Option<Stars> {
    let stars = u8::try_from(starred.stars).ok().filter(|s| (3..=5).contains(s))?;
    Some(Stars { stars, until: date(starred.expires_on)? })
}

/// The index's form of a day.
pub fn date(day: Day) -> Option<Date> {
    let month = time::Month::try_from(day.month()).ok()?;
    Date::from_calendar_date(day.year(), month, day.day_of_month()).ok()
}
