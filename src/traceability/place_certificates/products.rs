//! Which certificates of places speak for a product as such, in search: those that every place holds at which lots of
//! it were made in the last year. A kind that one of them lacks would promise too much of the others' lots.

use std::collections::{BTreeMap, BTreeSet};

use super::store::{self, MadeAt};
use crate::clock::{Day, Time};
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, PlaceId, ProducerId, ProductId};
use crate::market::index;
use crate::traceability::model::Lot;

/// Days over which a product's lots are looked at.
const LOTS_OF: i64 = 365;

/// A kind of certificate that a product has by the places of its lots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByPlaces {
    /// The producer.
    pub producer_id: ProducerId,
    /// The product.
    pub product_id: ProductId,
    /// Code in `seed/certificate-kinds.json`.
    pub kind: String,
    /// Last day on which all places hold it; None: without end.
    pub expires_on: Option<Day>,
}

/// What the products from `first` to `last` have by their places on this day.
pub async fn between(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    first: ProductId,
    last: ProductId,
    today: Day,
) -> Result<Vec<ByPlaces>> {
    let since = today.plus_days(-LOTS_OF);
    Ok(by_places(&store::made_at(cx, commune, (first, last), since, today).await?))
}

/// Has products indexed anew whose lots were made at a place.
pub async fn after_change(cx: &mut Cx<'_>, commune: CommuneId, place: PlaceId, now: Time) -> Result<()> {
    for product in store::products_of(cx, commune, place).await? {
        index::enqueue_product(cx, commune, product, now).await?;
    }
    Ok(())
}

/// Has the product of a lot that was made or set aside indexed anew, if its producer has such certificates.
pub async fn after_lot(cx: &mut Cx<'_>, lot: &Lot, now: Time) -> Result<()> {
    if store::of_producer(cx, lot.commune_id, lot.producer_id).await?.is_empty() {
        return Ok(());
    }
    index::enqueue_product(cx, lot.commune_id, lot.product_id, now).await
}

/// Latest last day of a kind at a place; no end goes beyond any day.
fn later(one: Option<Day>, other: Option<Day>) -> Option<Day> {
    one.zip(other).map(|(one, other)| one.max(other))
}

fn sooner(one: Option<Day>, other: Option<Day>) -> Option<Day> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

/// Last day of a kind at each place.
type LastDays = BTreeMap<Option<PlaceId>, Option<Day>>;

fn by_places(rows: &[MadeAt]) -> Vec<ByPlaces> {
    let mut products: BTreeMap<ProductId, (ProducerId, BTreeSet<Option<PlaceId>>)> = BTreeMap::new();
    let mut held: BTreeMap<(ProductId, &str), LastDays> = BTreeMap::new();
    for row in rows {
        products.entry(row.product_id).or_insert_with(|| (row.producer_id, BTreeSet::new())).1.insert(row.place_id);
        if let Some(kind) = &row.kind {
            let places = held.entry((row.product_id, kind)).or_default();
            let until = places.get(&row.place_id).map_or(row.expires_on, |known| later(*known, row.expires_on));
            places.insert(row.place_id, until);
        }
    }
    let speaks = |((product, kind), places): (&(ProductId, &str), &LastDays)| {
        let (producer, all) = products.get(product)?;
        let everywhere = all.iter().all(|place| places.contains_key(place));
        everywhere.then(|| ByPlaces {
            producer_id: *producer,
            product_id: *product,
            kind: (*kind).to_owned(),
            expires_on: places.values().copied().reduce(sooner).flatten(),
        })
    };
    held.iter().filter_map(speaks).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn row(place: u128, kind: Option<&str>, until: Option<u8>) -> MadeAt {
        MadeAt {
            producer_id: ProducerId(Uuid::from_u128(1)),
            product_id: ProductId(Uuid::from_u128(2)),
            place_id: (place > 0).then(|| PlaceId(Uuid::from_u128(place))),
            kind: kind.map(str::to_owned),
            expires_on: until.map(|day| Day::new(2026, 7, day).unwrap()),
        }
    }

    fn told(rows: &[MadeAt]) -> Vec<(String, Option<String>)> {
        by_places(rows).into_iter().map(|one| (one.kind, one.expires_on.map(Day::iso))).collect()
    }

    #[test]
    fn a_kind_speaks_for_a_product_only_if_every_place_holds_it() {
        let own = |kind: &str, day: Option<&str>| (kind.to_owned(), day.map(str::to_owned));
        assert_eq!(told(&[row(1, Some("vietgap"), Some(9))]), [own("vietgap", Some("2026-07-09"))]);
        let both = [row(1, Some("vietgap"), Some(9)), row(2, Some("vietgap"), Some(5)), row(2, Some("haccp"), None)];
        assert_eq!(told(&both), [own("vietgap", Some("2026-07-05"))], "it holds until the first place loses it");
        assert_eq!(told(&[row(1, Some("vietgap"), None), row(2, None, None)]), []);
        assert_eq!(told(&[row(1, Some("vietgap"), None), row(0, None, None)]), [], "some lots have no place");
    }

    #[test]
    fn a_renewed_certificate_counts_to_its_own_end() {
        let renewed = [row(1, Some("vietgap"), Some(9)), row(1, Some("vietgap"), Some(20))];
        assert_eq!(told(&renewed), [("vietgap".to_owned(), Some("2026-07-20".to_owned()))]);
        let endless = [row(1, Some("vietgap"), Some(9)), row(1, Some("vietgap"), None)];
        assert_eq!(told(&endless), [("vietgap".to_owned(), None)]);
        let one_ends = [row(1, Some("vietgap"), None), row(2, Some("vietgap"), Some(3))];
        assert_eq!(told(&one_ends), [("vietgap".to_owned(), Some("2026-07-03".to_owned()))]);
    }
}
