//! What a support record is, and what is made of many: sums and the list of supported producers.

use std::collections::BTreeMap;

use crate::amounts::{Dong, Thousandths};
use crate::clock::{Day, Time};
use crate::ids::{ProducerId, ProductId, ProgrammeId, SupportId, UserId, VillageId};
use crate::web::Lang;

use super::state::{Money, SupportState};
use super::store::steps::After;

/// A kind of support, as this commune has it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct SupportKind {
    /// Stable code.
    pub code: String,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// The same again within so many months is warned of; 0: never.
    pub months: i32,
    /// No longer offered.
    pub hidden: bool,
    /// Counts up with each change; 0: as every commune has it.
    pub version: i64,
}

/// Name of a kind of support; its code if it is no longer listed.
pub fn kind_name<'a>(kinds: &'a [SupportKind], code: &'a str, lang: Lang) -> &'a str {
    kinds.iter().find(|kind| kind.code == code).map_or(code, |kind| lang.pick_or(&kind.name_vi, &kind.name_en))
}

/// What one producer gets, ready to be stored.
#[derive(Clone, Debug)]
pub struct NewSupport {
    /// Id.
    pub id: SupportId,
    /// Who gets it.
    pub producer: ProducerId,
    /// For which of its products.
    pub product: Option<ProductId>,
    /// Of which programme.
    pub programme: Option<ProgrammeId>,
    /// Code of the kind.
    pub kind: String,
    /// Where it begins: proposed, approved or delivered.
    pub state: SupportState,
    /// When it was given, or is meant to be.
    pub given_on: Day,
    /// How much, if it can be counted.
    pub quantity: Option<Thousandths>,
    /// Of what: "hộp", "buổi".
    pub unit: String,
    /// Its sums.
    pub money: Money,
    /// Why more was paid than approved; empty where it was not.
    pub overpaid: String,
    /// Who of the office sees it through.
    pub officer: String,
    /// The office's words.
    pub note: String,
    /// When to ask what came of it.
    pub result_due: Option<Day>,
    /// Of the form: the same form sent twice is one record a producer.
    pub request: uuid::Uuid,
    /// Who recorded it.
    pub by: UserId,
    /// When it was recorded.
    pub at: Time,
}

impl NewSupport {
    /// A record with all that a form told of it, for a producer and one of its products.
    pub fn of(
        told: After,
        (producer, product): (ProducerId, Option<ProductId>),
        kind: &str,
        request: uuid::Uuid,
        by: UserId,
        at: Time,
    ) -> Self {
        Self {
            id: SupportId::new(at),
            producer,
            product,
            programme: told.programme,
            kind: kind.to_owned(),
            state: told.state,
            given_on: told.given_on,
            quantity: told.quantity,
            unit: told.unit,
            money: told.money,
            overpaid: told.overpaid,
            officer: told.officer,
            note: told.note,
            result_due: told.result_due,
            request,
            by,
            at,
        }
    }
}

/// A support record with what lists show of its producer, product and programme.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct SupportRow {
    /// Id.
    pub id: SupportId,
    /// Who gets it.
    pub producer_id: ProducerId,
    /// Code of the kind.
    pub kind: String,
    /// Where it stands.
    pub state: SupportState,
    /// When it was given, or is meant to be.
    pub given_on: Day,
    /// How much.
    pub quantity: Option<Thousandths>,
    /// Of what.
    pub quantity_unit: String,
    /// Thought to cost.
    pub budgeted: Dong,
    /// Approved.
    pub approved: Dong,
    /// Paid.
    pub paid: Dong,
    /// Why more was paid than approved.
    pub overpaid: String,
    /// Who of the office sees it through; empty: nobody was named.
    pub officer: String,
    /// The office's words.
    pub note: String,
    /// When to ask what came of it.
    pub result_due: Option<Day>,
    /// What came of it.
    pub result: String,
    /// The same in figures.
    pub result_amount: Option<Thousandths>,
    /// Of what.
    pub result_unit: String,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// Counts up with each step.
    pub version: i64,
    /// The programme.
    pub programme_id: Option<ProgrammeId>,
    /// Its name.
    pub programme_name: Option<String>,
    /// The producer's name.
    pub producer_name: String,
    /// The same, folded.
    pub producer_folded: String,
    /// Suffix of the producer's address.
    pub producer_short: String,
    /// The producer's kind, as a word.
    pub producer_kind: String,
    /// The producer's village.
    pub village_id: Option<VillageId>,
    /// The producer's phone.
    pub phone: Option<String>,
    /// The product's name.
    pub product_name: Option<String>,
}

impl SupportRow {
    /// True unless it was voided.
    pub fn stands(&self) -> bool {
        self.state != SupportState::Void
    }

    /// Its sums.
    pub fn money(&self) -> Money {
        Money { budgeted: self.budgeted, approved: self.approved, paid: self.paid }
    }

    /// How much of what; empty where it was not counted.
    pub fn amount(&self, lang: Lang) -> String {
        self.quantity.map_or_else(String::new, |q| format!("{} {}", q.text(lang), self.quantity_unit))
    }

    /// The result in figures; empty where there are none.
    pub fn result_figure(&self, lang: Lang) -> String {
        self.result_amount.map_or_else(String::new, |q| format!("{} {}", q.text(lang), self.result_unit))
    }
}

/// Sums over what a filter leaves; void records count as records and in no sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Figures {
    /// All records.
    pub records: i64,
    /// Of these void.
    pub voided: i64,
    /// Producers with a record that stands.
    pub producers: i64,
    /// Thought to cost, đồng.
    pub budgeted: Dong,
    /// Approved, đồng.
    pub approved: Dong,
    /// Paid, đồng.
    pub paid: Dong,
}

impl Figures {
    /// Records that stand.
    pub fn standing(&self) -> i64 {
        self.records - self.voided
    }
}

/// A line of the list of supported producers (danh sách chủ thể được hỗ trợ).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supported {
    /// Name.
    pub name: String,
    /// Suffix of its address.
    pub short: String,
    /// Kind, as a word.
    pub kind: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// Phone.
    pub phone: Option<String>,
    /// Codes of the kinds of support with their days, first to last.
    pub got: BTreeMap<String, Vec<Day>>,
    /// How many records.
    pub times: usize,
    /// Day of the last record.
    pub last: Day,
    /// Approved, đồng.
    pub approved: Dong,
    /// Paid, đồng.
    pub paid: Dong,
}

/// One line a producer, by name; only support that was given is in it.
pub fn by_producer(rows: &[SupportRow]) -> Vec<Supported> {
    let mut lines: BTreeMap<(String, ProducerId), Supported> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.state.counts()) {
        let line = lines.entry((row.producer_folded.clone(), row.producer_id)).or_insert_with(|| Supported {
            name: row.producer_name.clone(),
            short: row.producer_short.clone(),
            kind: row.producer_kind.clone(),
            village_id: row.village_id,
            phone: row.phone.clone(),
            got: BTreeMap::new(),
            times: 0,
            last: row.given_on,
            approved: Dong(0),
            paid: Dong(0),
        });
        line.got.entry(row.kind.clone()).or_default().push(row.given_on);
        line.times += 1;
        line.last = line.last.max(row.given_on);
        line.approved.0 = line.approved.0.saturating_add(row.approved.0);
        line.paid.0 = line.paid.0.saturating_add(row.paid.0);
    }
    let mut lines: Vec<Supported> = lines.into_values().collect();
    for line in &mut lines {
        line.got.values_mut().for_each(|days| days.sort_unstable());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    fn row(name: &str, kind: &str, day: (i32, u8, u8), paid: i64) -> SupportRow {
        SupportRow {
            id: SupportId(uuid::Uuid::nil()),
            producer_id: ProducerId(uuid::Uuid::from_u128(name.bytes().map(u128::from).sum())),
            kind: kind.to_owned(),
            state: SupportState::Delivered,
            given_on: Day::new(day.0, day.1, day.2).unwrap(),
            quantity: None,
            quantity_unit: String::new(),
            budgeted: Dong(0),
            approved: Dong(paid * 2),
            paid: Dong(paid),
            overpaid: String::new(),
            officer: String::new(),
            note: String::new(),
            result_due: None,
            result: String::new(),
            result_amount: None,
            result_unit: String::new(),
            void_reason: None,
            version: 1,
            programme_id: None,
            programme_name: None,
            producer_name: name.to_owned(),
            producer_folded: fold(name),
            producer_short: "abcd1234".to_owned(),
            producer_kind: "cooperative".to_owned(),
            village_id: None,
            phone: None,
            product_name: None,
        }
    }

    #[test]
    fn the_official_list_has_one_line_a_producer_of_support_that_was_given() {
        let mut rows = vec![
            row("HTX Vải", "packaging", (2026, 5, 2), 300),
            row("Bếp Mắm", "fair", (2026, 1, 9), 50),
            row("HTX Vải", "packaging", (2026, 3, 1), 100),
            row("HTX Vải", "training", (2026, 4, 1), 0),
            row("Vườn Ổi", "fair", (2026, 1, 9), 70),
            row("Vườn Chuối", "fair", (2026, 1, 9), 70),
            row("Bếp Mắm", "fair", (2026, 2, 9), 1),
        ];
        rows[3].state = SupportState::Known;
        rows[4].state = SupportState::Void;
        rows[5].state = SupportState::Proposed;
        rows[6].state = SupportState::Approved;
        let lines = by_producer(&rows);
        assert_eq!(lines.iter().map(|l| l.name.as_str()).collect::<Vec<_>>(), ["Bếp Mắm", "HTX Vải"]);
        assert_eq!((lines[0].times, lines[1].times), (1, 3));
        assert_eq!(lines[1].paid, Dong(400));
        assert_eq!(lines[1].got["packaging"][0], Day::new(2026, 3, 1).unwrap());
    }
}
