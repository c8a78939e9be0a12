//! What a lot's page says of the chain: what is left, what may be done, and who got some of it.

use std::collections::HashSet;

use super::super::family::{Family, Reader, family};
use super::super::flow;
use super::super::model::Work;
use super::super::store::{self, ListedHandover};
use super::super::texts::Texts;
use crate::db::Cx;
use crate::ids::ProducerId;
use crate::traceability::model::{Lot, amount_text};
use crate::web::{AppError, Ctx, Lang};

/// The part, for whoever acts for the lot's producer and for the office.
pub struct Part {
    /// Texts.
    pub t: Texts,
    /// What is left of the lot.
    pub left: String,
    /// True if some was used without an amount.
    pub untold: bool,
    /// Addresses and names of what may be done now.
    pub works: Vec<(String, &'static str)>,
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

/// Reads the part of a lot, for the office or for whoever acts for the lot's producer.
pub async fn part(ctx: &Ctx, cx: &mut Cx<'_>, lot: &Lot, office: bool) -> Result<Part, AppError> {
    let t = Texts(ctx.lang);
    let mut mine: HashSet<ProducerId> = ctx.person()?.producers(ctx.commune_id()).into_iter().collect();
    mine.insert(lot.producer_id);
    let reader = if office { Reader::Office } else { Reader::Producers(mine) };
    let balance = flow::balance_of(cx, lot, lot.producer_id).await?;
    let mut works = Vec::new();
    if lot.is_open() && !balance.is_empty() {
        let address = |slug: &str| format!("/cua-toi/lo/{}/{slug}", lot.code);
        works.extend(Work::ALL.iter().map(|work| (address(&format!("lam/{}", work.slug())), work.label(ctx.lang))));
        works.push((address("giao"), t.ship()));
    }
    Ok(Part {
        t,
        left: amount_text(balance.left_in(lot.uom), lot.uom, ctx.lang),
        untold: balance.untold,
        works,
        handovers: store::of_lot(cx, ctx.commune_id(), lot.id).await?,
        family: family(cx, lot, &reader, ctx.lang).await?,
    })
}
