//! What a lot was made from and what was made from it, as pages and programs tell it: [`family`] reads both ways,
//! nearest first, and lays the graph out.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::draw::{Drawing, Spot, draw};
use super::texts::Texts;
use crate::clock::Day;
use crate::db::{Cx, Result};
use crate::ids::{LotId, ProducerId};
use crate::labels::model::code_of;
use crate::labels::store as labels;
use crate::producers::model::ConsentField;
use crate::producers::store as producers;
use crate::traceability::model::{Lot, amount_text};
use crate::traceability::purchases::model::Purchase;
use crate::traceability::purchases::store as purchases;
use crate::traceability::store::lineage::{Direction, Reach, lineage, links_among};
use crate::traceability::store::lots::{self, ListedLot};
use crate::web::i18n::Lang;

/// Steps that are followed each way.
pub const DEPTH: i64 = 10;
/// Lots that are told each way, the lot itself not counted.
pub const MOST: i64 = 40;

/// Who reads it: where boxes lead to, and what is shown.
#[derive(Clone, Debug)]
pub enum Reader {
    /// Visitors: names of producers that agreed to labels, links to lots that have one; of what was made later, only
    /// lots that have a label.
    Public,
    /// People of these producers: their own lots lead to their pages, others to their labels' pages.
    Producers(HashSet<ProducerId>),
    /// The office: every lot leads to its page there.
    Office,
}

/// A lot of the graph.
#[derive(Clone, Debug, Serialize)]
pub struct Relative {
    /// Which.
    #[serde(skip)]
    pub id: LotId,
    /// Its code.
    pub lot: String,
    /// Name of its product.
    pub product: String,
    /// Name of its producer, where it may be shown.
    pub producer: Option<String>,
    /// How much of it there was.
    pub amount: String,
    /// Day it was made or harvested.
    pub made_on: Day,
    /// Steps from the lot that is asked about.
    pub steps: i64,
    /// Where it is told of.
    pub url: Option<String>,
    /// True while it is recalled.
    pub recalled: bool,
    /// True for goods bought from outside, which are no lot here; its producer is then the supplier.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub outside: bool,
    /// The lots here that went into it, by code.
    pub made_from: Vec<String>,
}

/// A lot with what it came from and what came from it.
#[derive(Clone, Debug, Serialize)]
pub struct Family {
    /// The lot itself.
    #[serde(skip)]
    pub own: Relative,
    /// What it was made from, nearest first.
    pub before: Vec<Relative>,
    /// True if there is more than is told.
    pub before_cut: bool,
    /// What was made from it, nearest first.
    pub after: Vec<Relative>,
    /// True if there is more than is told.
    pub after_cut: bool,
    /// The graph.
    #[serde(skip)]
    pub drawing: Drawing,
    /// Texts for its pages.
    #[serde(skip)]
    pub t: Texts,
}

impl Family {
    /// True if the lot stands alone.
    pub fn is_alone(&self) -> bool {
        self.before.is_empty() && self.after.is_empty() && !self.before_cut && !self.after_cut
    }

    /// The lot at a spot of the drawing.
    pub fn at(&self, spot: &Spot) -> &Relative {
        let others = self.before.iter().chain(&self.after);
        others.into_iter().find(|one| one.id == spot.lot).unwrap_or(&self.own)
    }

    /// True at the spot of the lot itself.
    pub fn is_own(&self, spot: &Spot) -> bool {
        spot.lot == self.own.id
    }
}

impl Relative {
    /// The product's name as far as it fits into a box.
    pub fn short_name(&self) -> String {
        const FITS: usize = 19;
        if self.product.chars().count() <= FITS {
            return self.product.clone();
        }
        let cut: String = self.product.chars().take(FITS - 1).collect();
        format!("{}…", cut.trim_end())
    }
}

/// Reads a lot's family.
pub async fn family(cx: &mut Cx<'_>, lot: &Lot, reader: &Reader, lang: Lang) -> Result<Family> {
    let commune = lot.commune_id;
    let back = lineage(cx, commune, &[lot.id], Direction::Back, DEPTH, MOST + 1).await?;
    let forward = lineage(cx, commune, &[lot.id], Direction::Forward, DEPTH, MOST + 1).await?;
    let ids: Vec<LotId> =
        back.lots.iter().chain(&forward.lots).map(|one| one.lot).collect::<HashSet<_>>().into_iter().collect();
    let rows: HashMap<LotId, ListedLot> =
        lots::among(cx, commune, &ids).await?.into_iter().map(|row| (row.lot.id, row)).collect();
    let urls = urls(cx, lot, reader, &rows).await?;
    let named = named(cx, lot, reader, &rows).await?;
    let mut links = links_among(cx, commune, &ids).await?;
    let codes: HashMap<LotId, String> = rows.iter().map(|(id, row)| (*id, row.lot.code.to_string())).collect();
    let relative = |id: LotId, steps: i64| {
        let row = rows.get(&id)?;
        let mut made_from: Vec<String> =
            links.iter().filter(|link| link.to == id).filter_map(|link| codes.get(&link.from).cloned()).collect();
        made_from.sort_unstable();
        made_from.dedup();
        Some(Relative {
            id,
            lot: row.lot.code.to_string(),
            product: row.product_name.clone(),
            producer: named.contains(&row.lot.producer_id).then(|| row.producer_name.clone()),
            amount: amount_text(row.lot.quantity, row.lot.uom, lang),
            made_on: row.lot.made_on,
            steps,
            url: urls.get(&id).cloned(),
            recalled: row.lot.is_recalled(),
            outside: false,
            made_from,
        })
    };
    let others = |reach: &Reach| -> Vec<Relative> {
        reach.lots.iter().filter(|one| one.depth > 0).filter_map(|one| relative(one.lot, one.depth)).collect()
    };
    let own = relative(lot.id, 0).ok_or(sqlx::Error::RowNotFound)?;
    let (mut before, mut after) = (others(&back), others(&forward));
    let (bought, bought_cut) = bought(cx, lot, &back, reader, lang).await?;
    if matches!(reader, Reader::Public) {
        after.retain(|one| one.url.is_some());
    }
    let shown: Vec<LotId> =
        before.iter().chain(std::iter::once(&own)).chain(&after).map(|one| one.id).collect::<Vec<_>>();
    let shown: Vec<LotId> = bought.iter().map(|(one, _)| one.id).chain(shown).collect();
    links.retain(|link| shown.contains(&link.from) && shown.contains(&link.to));
    let mut arrows: Vec<(LotId, LotId)> = links.iter().map(|link| (link.from, link.to)).collect();
    arrows.extend(bought.iter().map(|(one, into)| (one.id, *into)));
    before.extend(bought.into_iter().map(|(one, _)| one));
    before.sort_by_key(|one| one.steps);
    Ok(Family {
        drawing: draw(&shown, &arrows),
        own,
        before,
        before_cut: back.cut || bought_cut,
        after,
        after_cut: forward.cut,
        t: Texts(lang),
    })
}

/// What was bought from outside for these lots, each with the lot it went into; true if there is more.
async fn bought(
    cx: &mut Cx<'_>,
    own: &Lot,
    back: &Reach,
    reader: &Reader,
    lang: Lang,
) -> Result<(Vec<(Relative, LotId)>, bool)> {
    let depths: HashMap<LotId, i64> = back.lots.iter().map(|one| (one.lot, one.depth)).collect();
    let ids: Vec<LotId> = back.lots.iter().map(|one| one.lot).collect();
    let rows = purchases::of_lots(cx, own.commune_id, &ids).await?;
    let most = usize::try_from(MOST).unwrap_or_default();
    let cut = rows.len() > most;
    let told = |one: &Purchase| {
        // A person's name is for who bought of them, and for the office.
        let named = match reader {
            Reader::Office => true,
            Reader::Producers(mine) => mine.contains(&one.producer_id),
            Reader::Public => false,
        };
        let supplier = if named { Some(&*one.supplier) } else { one.public_supplier() };
        let relative = Relative {
            id: LotId(one.id.0),
            lot: String::new(),
            product: one.goods.clone(),
            producer: supplier.map(str::to_owned),
            amount: one.amount(lang),
            made_on: one.bought_on,
            steps: depths.get(&one.lot_id).copied().unwrap_or_default() + 1,
            url: None,
            recalled: false,
            outside: true,
            made_from: Vec::new(),
        };
        (relative, one.lot_id)
    };
    Ok((rows.iter().take(most).map(told).collect(), cut))
}

/// Where each lot leads this reader; the lot itself leads nowhere.
async fn urls(
    cx: &mut Cx<'_>,
    own: &Lot,
    reader: &Reader,
    rows: &HashMap<LotId, ListedLot>,
) -> Result<HashMap<LotId, String>> {
    let others: Vec<LotId> = rows.keys().copied().filter(|id| *id != own.id).collect();
    let labels = if matches!(reader, Reader::Office) {
        HashMap::new()
    } else {
        labels::codes_of_lots(cx, own.commune_id, &others).await?
    };
    let url = |id: &LotId| {
        let lot = &rows.get(id)?.lot;
        match reader {
            Reader::Office => Some(format!("/van-phong/lo/{}", lot.code)),
            Reader::Producers(mine) if mine.contains(&lot.producer_id) => Some(format!("/cua-toi/lo/{}", lot.code)),
            _ => labels
                .get(id)
                .and_then(|label| code_of(own.commune_id, *label))
                .map(|code| format!("/t/{}", code.compact())),
        }
    };
    Ok(others.iter().filter_map(|id| Some((*id, url(id)?))).collect())
}

/// The producers whose names this reader is shown.
async fn named(
    cx: &mut Cx<'_>,
    own: &Lot,
    reader: &Reader,
    rows: &HashMap<LotId, ListedLot>,
) -> Result<HashSet<ProducerId>> {
    let all: HashSet<ProducerId> = rows.values().map(|row| row.lot.producer_id).collect();
    if !matches!(reader, Reader::Public) {
        return Ok(all);
    }
    let mut named = HashSet::new();
    for id in all {
        if producers::consents(cx, own.commune_id, id).await?.contains(&ConsentField::Labels) {
            named.insert(id);
        }
    }
    Ok(named)
}
