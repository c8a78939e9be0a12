//! What a lot's page says of the chain: what is left, what may be done, and who got some of it.

use std::collections::HashSet;

use super::super::family::{Family, Reader, family};
use super::super::flow;
use super::super::model::Work;
use super::super::store::{self, ListedHandover};
use super::super::texts::Texts;
use crate::db::Cx;
use crate::ids::ProducerId;
use crate::traceability::conversions::texts::Texts as Stated;
use crate::traceability::model::{Lot, amount_text};
use crate::traceability::purchases;
use crate::traceability::purchases::model::Purchase;
use crate::traceability::purchases::texts::Texts as Outside;
use crate::web::{AppError, Ctx, Lang};

/// The part, for whoever acts for the lot's producer and for the office.
pub struct Part {
    /// Texts.
    pub t: Texts,
    /// What is left of the lot.
    pub left: String,
    /// True if some was used without an amount.
    pub untold: bool,
    /// What is stated of a piece, if some of the lot was counted by it.
    pub converted: Option<String>,
    /// Addresses and names of what may be done now.
    pub works: Vec<(String, &'static str)>,
    /// What was bought from outside: what, and from whom.
    pub bought: Vec<(String, String)>,
    /// Goods that changed hands, latest first.
    pub handovers: Vec<ListedHandover>,
    /// Which lots it came from and went into.
    pub family: Family,
}

impl Part {
    /// How much changed hands.
    pub fn amount(&self, row: &ListedHandover) -> String {
        amount_text(row.handover.received_quantity.unwrap_or(row.handover.quantity), row.handover.uom, self.t.0)
    }

    /// The word for where a handover stands.
    pub fn state(&self, row: &ListedHandover) -> &'static str {
        row.handover.state.label(self.t.0)
    }

    /// The language of the page.
    pub fn lang(&self) -> Lang {
        self.t.0
    }
}

/// What was bought, and its supplier, paper and day.
fn told(one: &Purchase, lang: Lang) -> (String, String) {
    let t = Outside(lang);
    let from = [&*one.supplier, &*one.supplier_place].into_iter().filter(|text| !text.is_empty());
    let from = t.from(from.collect::<Vec<_>>().join(", "));
    let paper = (!one.document.is_empty()).then(|| t.paper(&one.document));
    let small = [Some(from), paper, Some(one.bought_on.text())].into_iter().flatten().collect::<Vec<_>>().join(", ");
    (format!("{}, {}", one.goods, one.amount(lang)), small)
}

/// Reads the part of a lot, for the office or for whoever acts for the lot's producer.
pub async fn part(ctx: &Ctx, cx: &mut Cx<'_>, lot: &Lot, office: bool) -> Result<Part, AppError> {
    let t = Texts(ctx.lang);
    let mut mine: HashSet<ProducerId> = ctx.person()?.producers(ctx.commune_id()).into_iter().collect();
    mine.insert(lot.producer_id);
    let reader = if office { Reader::Office } else { Reader::Producers(mine) };
    let packing = store::undo::packing_of(cx, lot).await?;
    let balance = flow::balance_of(cx, lot, lot.producer_id).await?;
    let mut works = Vec::new();
    if lot.is_open() && !balance.is_empty() {
        let address = |slug: &str| format!("/cua-toi/lo/{}/{slug}", lot.code);
        works.extend(Work::ALL.iter().map(|work| (address(&format!("lam/{}", work.slug())), work.label(ctx.lang))));
        works.push((address("giao"), t.ship()));
        if packing.is_some() && balance.left == balance.had {
            works.push((address("mo-goi"), t.unpack()));
        }
    }
    if lot.is_open() {
        works.push((format!("/cua-toi/lo/{}/mua-ngoai", lot.code), Outside(ctx.lang).add()));
    }
    let bought = purchases::store::of_lots(cx, ctx.commune_id(), &[lot.id]).await?;
    Ok(Part {
        t,
        bought: bought.iter().map(|one| told(one, ctx.lang)).collect(),
        left: amount_text(balance.left_in(lot.uom), lot.uom, ctx.lang),
        untold: balance.untold,
        converted: balance.converted.then(|| match balance.rate {
            Some(rate) => Stated(ctx.lang).counted(rate.text(ctx.lang)),
            None => Stated(ctx.lang).counted_before().to_owned(),
        }),
        works,
        handovers: store::of_lot(cx, ctx.commune_id(), lot.id).await?,
        family: family(cx, lot, &reader, ctx.lang).await?,
    })
}
