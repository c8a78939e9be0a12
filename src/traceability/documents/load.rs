//! What the documents of a lot are made from: [`LotPapers`], read in one go.

use std::collections::BTreeSet;

use serde_json::Value;

use super::super::access::lot_of;
use super::super::history::{HistoryStep, LotHistory, lot_history};
use super::super::identifiers::Identifiers;
use super::super::model::{Lot, Place};
use super::super::store::events::{self, TraceEvent};
use super::super::store::{lots, places};
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::{FileId, LotId, PlaceId, ProducerId};
use crate::labels::code::LabelCode;
use crate::labels::model::code_of;
use crate::labels::scan::facts::{CertificateFacts, ProducerFacts};
use crate::labels::scan::load::{self as shown, Reader};
use crate::labels::scan::page::origin;
use crate::labels::store as labels;
use crate::web::{AppError, Ctx};

/// The most lots that a document describes besides its own.
const MOST_LOTS: usize = 200;

/// For whom a document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    /// Anybody: what the producer agreed to.
    Public,
    /// The producer itself and the office.
    Own,
}

/// A lot that stands in the events, with what anybody may know of it.
#[derive(Clone, Debug)]
pub struct KnownLot {
    /// The lot.
    pub lot: Lot,
    /// Name of its product.
    pub product: String,
    /// Net quantity of a piece; "" if none is told.
    pub net_quantity: String,
}

/// Everything that the documents of a lot tell.
#[derive(Clone, Debug)]
pub struct LotPapers {
    /// The lot's whole way.
    pub history: LotHistory,
    /// Its events as stored.
    pub rows: Vec<TraceEvent>,
    /// The lots in them, this one first.
    pub lots: Vec<KnownLot>,
    /// The places in them.
    pub places: Vec<Place>,
    /// Their villages, by place.
    pub villages: Vec<(PlaceId, String)>,
    /// The producers in them that agreed to be named.
    pub parties: Vec<(ProducerId, ProducerFacts)>,
    /// Certificates of the product and of the place.
    pub certificates: Vec<CertificateFacts>,
    /// The newest label that names the lot.
    pub label: Option<LabelCode>,
    /// The product's main photo, if visitors may see it.
    pub picture: Option<FileId>,
    /// For whom.
    pub audience: Audience,
    /// Makes the URIs of events.
    pub identifiers: Identifiers,
    /// Address of this service, `https://…`.
    pub origin: String,
    /// Commune and city, for addresses.
    pub area: (String, String),
    /// Today.
    pub today: Day,
}

impl LotPapers {
    /// The producer as anybody may know it; None: it did not agree to be named.
    pub fn producer(&self) -> Option<&ProducerFacts> {
        self.party(self.history.producer.id)
    }

    /// A producer that agreed to be named.
    pub fn party(&self, id: ProducerId) -> Option<&ProducerFacts> {
        self.parties.iter().find(|(party, _)| *party == id).map(|(_, facts)| facts)
    }

    /// True if what the producer wrote itself (names of places, notes) may be told.
    pub fn tells_names(&self) -> bool {
        self.audience == Audience::Own || self.producer().is_some()
    }

    /// True if a place of this producer may be located exactly.
    pub fn locates(&self, producer: ProducerId) -> bool {
        self.party(producer).is_some_and(|facts| facts.address.is_some())
    }

    /// The place's village, without "thôn"; "" if it has none.
    pub fn village_of(&self, place: PlaceId) -> &str {
        self.villages.iter().find(|(id, _)| *id == place).map_or("", |(_, name)| name)
    }

    /// The step that an event row stands for; for an error declaration, the step that it takes back.
    pub fn step_of(&self, row: &TraceEvent) -> Option<&HistoryStep> {
        self.history.steps.iter().find(|step| step.event_id == row.event_id)
    }

    /// Address of the page that a scan opens.
    pub fn label_url(&self) -> Option<String> {
        self.label.map(|code| format!("{}/t/{}", self.origin, code.compact()))
    }
}

/// Reads the papers of a lot for whoever asks.
pub async fn load(ctx: &Ctx, cx: &mut Cx<'_>, lot: Lot, audience: Audience) -> Result<LotPapers, AppError> {
    let (commune, lang, today) = (ctx.commune_id(), ctx.lang, ctx.today());
    let identifiers = super::super::pages::identifiers(ctx)?;
    let rows = events::events_of_lot(cx, commune, lot.id).await?;
    let label = labels::code_of_lot(cx, commune, lot.id).await?.and_then(|id| code_of(commune, id));
    let history = lot_history(cx, commune, lot).await?;
    let reader = Reader { commune: &ctx.commune, lang, today, unusual: false, taken_back: None, through: "" };
    let certificates = shown::certificates(cx, &history.product, Some(&history), reader).await?;
    let named = Named::in_events(&rows, &identifiers);
    let photos = &history.product.content.photos;
    let picture = shown::pictures(cx, commune, &photos[..photos.len().min(1)]).await?.pop();
    let mut papers = LotPapers {
        lots: vec![KnownLot {
            lot: history.lot.clone(),
            product: history.product.name.clone(),
            net_quantity: history.product.content.net_quantity.clone(),
        }],
        places: Vec::new(),
        villages: Vec::new(),
        parties: Vec::new(),
        certificates,
        label,
        picture: picture.map(|picture| picture.id),
        audience,
        identifiers,
        origin: origin(&ctx.app, &ctx.commune),
        area: (ctx.commune.name.clone(), ctx.commune.province.clone()),
        today,
        history,
        rows,
    };
    add_named(ctx, cx, &mut papers, named).await?;
    Ok(papers)
}

/// Looks up what the events name: other lots, places, and the producers of all of them.
async fn add_named(ctx: &Ctx, cx: &mut Cx<'_>, papers: &mut LotPapers, named: Named) -> Result<(), AppError> {
    let commune = ctx.commune_id();
    let own = papers.history.lot.id;
    for id in named.lots.into_iter().filter(|id| *id != own).take(MOST_LOTS) {
        let Some(lot) = lots::by_id(cx, commune, id).await? else { continue };
        let Some(product) = crate::products::store::by_id(cx, commune, lot.product_id).await? else { continue };
        papers.lots.push(KnownLot { lot, product: product.name, net_quantity: product.content.net_quantity });
    }
    let mut producers = named.producers;
    producers.insert(papers.history.producer.id);
    for id in named.places.into_iter().chain(papers.history.lot.place_id).collect::<BTreeSet<_>>() {
        let Some(place) = places::by_id(cx, commune, id).await? else { continue };
        if let Some(village) = place.village_id
            && let Some(village) = crate::producers::store::village(cx, commune, village).await?
        {
            papers.villages.push((place.id, village.name));
        }
        producers.insert(place.producer_id);
        papers.places.push(place);
    }
    for id in producers {
        if crate::producers::store::by_id(cx, commune, id).await?.is_some()
            && let Some(facts) = shown::producer(cx, commune, id, None).await?
        {
            papers.parties.push((id, facts));
        }
    }
    Ok(())
}

/// What events name under this service's own identifiers.
#[derive(Default)]
struct Named {
    lots: BTreeSet<LotId>,
    places: BTreeSet<PlaceId>,
    producers: BTreeSet<ProducerId>,
}

impl Named {
    fn in_events(rows: &[TraceEvent], identifiers: &Identifiers) -> Self {
        let mut named = Self::default();
        for row in rows {
            let event: Value = serde_json::from_str(&row.body).unwrap_or_default();
            named.read(&event, identifiers);
        }
        named
    }

    fn read(&mut self, value: &Value, identifiers: &Identifiers) {
        match value {
            Value::String(text) => {
                let local = |kind| identifiers.local(kind, text);
                self.lots.extend(local("class").and_then(|id| id.parse::<LotId>().ok()));
                self.places.extend(local("loc").and_then(|id| id.parse::<PlaceId>().ok()));
                self.producers.extend(local("party").and_then(|id| id.parse::<ProducerId>().ok()));
            }
            Value::Array(items) => items.iter().for_each(|item| self.read(item, identifiers)),
            Value::Object(fields) => fields.values().for_each(|field| self.read(field, identifiers)),
            _ => {}
        }
    }
}

/// The papers of the lot of this code, for anybody: only of a lot that a label was issued for.
pub async fn load_public(ctx: &Ctx, code: &str) -> Result<LotPapers, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let lot = lot_of(ctx, &mut conn.cx(), code).await?;
    let papers = load(ctx, &mut conn.cx(), lot, Audience::Public).await?;
    if papers.label.is_some() { Ok(papers) } else { Err(AppError::NotFound) }
}
