//! Statements of what a piece weighs or holds, and amounts converted by them.

use crate::clock::Time;
use crate::ids::{CommuneId, ConversionId, ProductId, UserId};
use crate::traceability::model::amount_text;
use crate::traceability::quantity::{Measure, Quantity, Uom};
use crate::web::i18n::Lang;

/// A statement about a product.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Conversion {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id, that of its form.
    pub id: ConversionId,
    /// Of which product.
    pub product_id: ProductId,
    /// One piece is so many thousandths of [`Conversion::uom`]; None: no longer stated.
    pub quantity: Option<i64>,
    /// Unit of mass or volume.
    pub uom: Option<Uom>,
    /// Who stated it.
    pub stated_by: Option<UserId>,
    /// When; it counts for what is recorded from then on.
    pub stated_at: Time,
}

impl Conversion {
    /// The rate; None if it ended an earlier one.
    pub fn rate(&self) -> Option<Rate> {
        Rate::new(Quantity::new(self.quantity?, self.uom?).ok()?)
    }
}

/// How much one piece is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate(Quantity);

impl Rate {
    /// The units in which it may be stated.
    pub const UNITS: [Uom; 4] = [Uom::Kilogram, Uom::Gram, Uom::Litre, Uom::Millilitre];

    /// One piece is this much; None for a unit that says nothing of a piece.
    pub fn new(piece: Quantity) -> Option<Self> {
        Self::UNITS.contains(&piece.uom()).then_some(Self(piece))
    }

    /// What is measured: mass or volume.
    pub fn measure(self) -> Measure {
        self.0.uom().measure().0
    }

    /// An amount in thousandths of the smallest unit of `to`; None if the rate says nothing of it.
    pub fn convert(self, amount: Quantity, to: Measure) -> Option<i128> {
        let (from, amount) = amount.in_smallest();
        let (measure, piece) = self.0.in_smallest();
        match (from, to) {
            (Measure::Count, to) if to == measure => Some(amount * piece / 1_000),
            // Rounded up: what was used is never told as less.
            (from, Measure::Count) if from == measure => Some((amount * 1_000 + piece - 1) / piece),
            _ => None,
        }
    }

    /// The same amount by mass or volume, if it is counted in pieces.
    pub fn measured(self, amount: Quantity) -> Option<Quantity> {
        let smallest = if self.measure() == Measure::Mass { Uom::Gram } else { Uom::Millilitre };
        let thousandths = self.convert(amount, self.measure())?;
        Quantity::new(i64::try_from(thousandths).ok()?, smallest).ok()
    }

    /// `1 cái = 0,35 kg`.
    pub fn text(self, lang: Lang) -> String {
        format!("{} = {}", amount_text(1_000, Uom::Piece, lang), amount_text(self.0.thousandths(), self.0.uom(), lang))
    }
}

/// The statements about a product, latest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Statements(pub Vec<Conversion>);

impl Statements {
    /// The rate that stood at a moment.
    pub fn at(&self, moment: Time) -> Option<Rate> {
        self.0.iter().find(|one| one.stated_at <= moment)?.rate()
    }

    /// The rate that stands.
    pub fn latest(&self) -> Option<Rate> {
        self.0.first()?.rate()
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn rate(thousandths: i64, uom: Uom) -> Rate {
        Rate::new(Quantity::new(thousandths, uom).unwrap()).unwrap()
    }

    fn amount(thousandths: i64, uom: Uom) -> Quantity {
        Quantity::new(thousandths, uom).unwrap()
    }

    #[test]
    fn pieces_and_kilograms_convert_both_ways_by_what_was_stated() {
        let fruit = rate(350, Uom::Kilogram);
        assert_eq!(fruit.convert(amount(10_000, Uom::Piece), Measure::Mass), Some(3_500_000));
        assert_eq!(fruit.convert(amount(3_500, Uom::Kilogram), Measure::Count), Some(10_000));
        assert_eq!(fruit.convert(amount(1_000, Uom::Kilogram), Measure::Count), Some(2_858), "rounded up");
        assert_eq!(fruit.convert(amount(1_000, Uom::Litre), Measure::Count), None);
        assert_eq!(fruit.convert(amount(1_000, Uom::Piece), Measure::Volume), None);
        assert_eq!(fruit.measured(amount(2_000, Uom::Piece)), Some(amount(700_000, Uom::Gram)));
        assert_eq!(fruit.measured(amount(2_000, Uom::Kilogram)), None);
        assert_eq!(fruit.text(Lang::Vi), "1 cái = 0,35 kg");
        assert!(Rate::new(amount(1_000, Uom::Metre)).is_none() && Rate::new(amount(1_000, Uom::Piece)).is_none());
    }

    #[test]
    fn a_later_statement_does_not_count_for_what_was_before() {
        let stated = |at: i64, quantity: Option<i64>| Conversion {
            commune_id: CommuneId(10816),
            id: ConversionId(Uuid::from_u128(at as u128)),
            product_id: ProductId(Uuid::nil()),
            uom: quantity.map(|_| Uom::Kilogram),
            quantity,
            stated_by: None,
            stated_at: Time::from_micros(at),
        };
        let all = Statements(vec![stated(30, None), stated(20, Some(500)), stated(10, Some(350))]);
        let at = |micros| all.at(Time::from_micros(micros)).map(|rate| rate.text(Lang::Vi));
        assert_eq!(at(9), None);
        assert_eq!(at(10).as_deref(), Some("1 cái = 0,35 kg"));
        assert_eq!(at(29).as_deref(), Some("1 cái = 0,5 kg"));
        assert_eq!((at(30), all.latest()), (None, None));
    }
}
