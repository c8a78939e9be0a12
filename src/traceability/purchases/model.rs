//! A purchase from outside, and its event.

use time::OffsetDateTime;

use crate::clock::Day;
use crate::db::words;
use crate::ids::{CommuneId, EventId, LotId, PartyId, ProducerId, PurchaseId};
use crate::traceability::chain::event::begun;
use crate::traceability::epcis::{
    BizTransaction, EventBody, Party, Place, QuantityElement, TransformationBody, Uri, Violations, Vocabulary, Word,
};
use crate::traceability::identifiers::Identifiers;
use crate::traceability::model::amount_text;
use crate::traceability::quantity::{Quantity, Uom};
use crate::traceability::record::{PREFIX, RecordError, RecordedEvent, columns_of};
use crate::web::i18n::Lang;

/// Step key of a purchase.
pub const PURCHASE: &str = "purchase";

words! {
    /// What a supplier is.
    SupplierKind {
        /// Its trade name may be told.
        Firm = "firm": "Doanh nghiệp, hợp tác xã, cửa hàng" / "Firm, cooperative, shop",
        /// Its name is told to nobody but the buyer and the office.
        Person = "person": "Cá nhân, hộ dân" / "Person, household",
    }
}

/// A purchase that stands, with its supplier.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Purchase {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id, that of its form.
    pub id: PurchaseId,
    /// What it went into.
    pub lot_id: LotId,
    /// Whose lot that is.
    pub producer_id: ProducerId,
    /// The supplier.
    pub party_id: PartyId,
    /// Its name.
    pub supplier: String,
    /// What it is.
    pub supplier_kind: SupplierKind,
    /// Where it is, in words.
    pub supplier_place: String,
    /// What was bought.
    pub goods: String,
    /// Thousandths of [`Purchase::uom`].
    pub quantity: i64,
    /// Unit.
    pub uom: Uom,
    /// Number of the paper; "" if there is none.
    pub document: String,
    /// Day.
    pub bought_on: Day,
    /// Its event.
    pub event_id: EventId,
}

impl Purchase {
    /// How much, for people.
    pub fn amount(&self, lang: Lang) -> String {
        amount_text(self.quantity, self.uom, lang)
    }

    /// The supplier as anybody may know it: the trade name of a firm.
    pub fn public_supplier(&self) -> Option<&str> {
        (self.supplier_kind == SupplierKind::Firm).then_some(&*self.supplier)
    }
}

/// What the event of a purchase tells.
#[derive(Clone, Debug)]
pub struct Bought<'a> {
    /// The goods, a class of their own.
    pub goods: Uri,
    /// How much.
    pub amount: Quantity,
    /// What they are called.
    pub name: &'a str,
    /// The lot they went into.
    pub lot: Uri,
    /// Who sold them.
    pub supplier: Uri,
    /// Who bought them.
    pub producer: Uri,
    /// The paper, if there is one.
    pub document: Option<Uri>,
    /// Where they were used, if known.
    pub place: Option<Uri>,
    /// When; written in local time.
    pub at: OffsetDateTime,
}

/// The event of a purchase: the goods go into the lot; ownership passes from the supplier (CBV 2.0 section 7.4.2,
/// `owning_party`) by the invoice (section 7.3, `inv`). The lot's own amount stays as it is told elsewhere.
pub fn bought(told: &Bought<'_>, identifiers: &Identifiers) -> Result<RecordedEvent, RecordError> {
    let word = |text: &str, vocabulary| -> Result<Word, RecordError> {
        Ok(Word::parse(text, vocabulary).map_err(|message| Violations::single("$", message))?)
    };
    let uom = told.amount.uom().epcis_code().map(str::to_owned);
    let goods = QuantityElement::new(told.goods.clone(), Some(told.amount.number().to_number()), uom);
    let body = EventBody::Transformation(TransformationBody {
        input_quantities: Some(vec![goods]),
        output_quantities: Some(vec![QuantityElement::new(told.lot.clone(), None, None)]),
        ..TransformationBody::default()
    });
    let mut event = begun(body, told.at, identifiers, PURCHASE, &told.producer);
    event.extensions.insert(format!("{PREFIX}:inputName"), told.name.into());
    event.biz_step = Some(word("creating_class_instance", Vocabulary::BizStep)?);
    event.disposition = Some(word("active", Vocabulary::Disposition)?);
    event.read_point = told.place.clone().map(Place::new);
    let side = || word("owning_party", Vocabulary::SourceDestinationType);
    event.sources = Some(vec![Party::new(side()?, told.supplier.clone())]);
    event.destinations = Some(vec![Party::new(side()?, told.producer.clone())]);
    if let Some(document) = &told.document {
        let kind = word("inv", Vocabulary::BizTransactionType)?;
        event.biz_transactions = Some(vec![BizTransaction::new(Some(kind), document.clone())]);
    }
    columns_of(event)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::traceability::event_lots::LotRole;

    #[test]
    fn a_purchase_is_a_valid_event_with_source_and_paper() {
        let ids = Identifiers::new("https://id.example").unwrap();
        let told = Bought {
            goods: ids.lot("g").unwrap(),
            amount: Quantity::new(50_000, Uom::Kilogram).unwrap(),
            name: "Đường mẫu",
            lot: ids.lot("a").unwrap(),
            supplier: ids.party("s").unwrap(),
            producer: ids.party("p").unwrap(),
            document: ids.document("d").ok(),
            place: None,
            at: datetime!(2026-06-14 12:00 +7),
        };
        let event = bought(&told, &ids).unwrap();
        let roles: Vec<_> = event.lots.iter().map(|lot| (lot.role, lot.amount.quantity.is_some())).collect();
        assert_eq!(roles, [(LotRole::Input, true), (LotRole::Output, false)]);
        for part in ["\"owning_party\"", "https://id.example/party/s", "\"inv\"", "https://id.example/bt/d"] {
            assert!(event.body.contains(part), "{part}: {}", event.body);
        }
        let bare = bought(&Bought { document: None, ..told }, &ids).unwrap();
        assert!(!bare.body.contains("bizTransactionList"), "{}", bare.body);
    }
}
