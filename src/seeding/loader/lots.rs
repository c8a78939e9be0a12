//! Lots with the steps of each, by the patterns of the sample data and the templates that people use.
//!
//! Goods that are packed, milled or cooked come as two lots: what went in and what came out.

use std::collections::HashMap;

use crate::app::App;
use crate::clock::Day;
use crate::db::Cx;
use crate::files::paper::FileHash;
use crate::files::store::{self as files, FileRow, FileState, FileUse};
use crate::ids::{FileId, LotId, PlaceId, ProducerId, ProductId, new_id};
use crate::products::store as products;
use crate::seeding::lists::Family;
use crate::seeding::pictures::Drawings;
use crate::seeding::sample::{LotPattern, Sample, SampleRecall};
use crate::traceability::event_lots::{LotAmount, StepLots};
use crate::traceability::identifiers::Identifiers;
use crate::traceability::model::{Lot, LotCode, LotState, Place, PlaceKind, templates};
use crate::traceability::place_certificates;
use crate::traceability::place_certificates::model::{CertificateState, GROWING_AREA, PlaceCertificate};
use crate::traceability::quantity::{Quantity, Uom};
use crate::traceability::record::{DiaryStep, record};
use crate::traceability::store::{events, lots, places};

use super::catalogue::Wanted;
use super::lot_plan::{Planned, closing_steps, days_in_season, first_steps, later_steps, varied};
use super::{Made, MadeLot};

pub(super) type Fallible<T> = std::result::Result<T, String>;

/// What the lots of one product have in common.
pub(super) struct Line<'a> {
    pub(super) pattern: &'a LotPattern,
    pub(super) product: ProductId,
    pub(super) producer: ProducerId,
    pub(super) place: PlaceId,
    pub(super) uom: Uom,
    season: Vec<u8>,
    pub(super) shelf_life: Option<i32>,
}

/// A scene that stands for a photo of a step, with the hash that its event names.
struct Scene {
    file: FileId,
    sha256: String,
}

pub(super) struct Loader<'a> {
    pub(super) made: &'a mut Made,
    pub(super) identifiers: Identifiers,
    scenes: HashMap<String, Scene>,
}

pub(super) async fn load(app: &App, sample: &Sample, made: &mut Made) -> Fallible<()> {
    let base = app.communes.get(made.commune).map(|c| c.id_base.clone()).unwrap_or_default();
    let identifiers = Identifiers::new(&base).map_err(|e| e.to_string())?;
    let scenes = draw_scenes(app, sample, made).await?;
    let mut loader = Loader { made, identifiers, scenes };
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    for (number, pattern) in sample.lots.products.iter().enumerate() {
        let line = loader.line(&mut cx, pattern).await.map_err(|e| format!("lots of {}: {e}", pattern.product))?;
        let recall = sample.lots.recalls.iter().find(|recall| recall.product == pattern.product);
        loader.fill(&mut cx, &line, number, recall).await.map_err(|e| format!("lots of {}: {e}", pattern.product))?;
    }
    for chain in &sample.lots.chains {
        loader
            .chain(&mut cx, &sample.lots.products, chain)
            .await
            .map_err(|e| format!("chain to {}: {e}", chain.output))?;
    }
    tx.commit().await.map_err(|e| e.to_string())
}

/// Draws each scene once; every producer's steps share them.
async fn draw_scenes(app: &App, sample: &Sample, made: &Made) -> Fallible<HashMap<String, Scene>> {
    let drawings = Drawings::load().map_err(|e| e.to_string())?;
    let mut scenes = HashMap::new();
    let mut wanted = Vec::new();
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    for drawing in sample.lots.products.iter().flat_map(|pattern| pattern.step_pictures.values()) {
        if scenes.contains_key(drawing) {
            continue;
        }
        let jpeg = drawings.jpeg(drawing, 1, &[], super::pictures::WIDTH).map_err(|e| e.to_string())?;
        let sha256 = FileHash::of(&jpeg).to_string();
        let file = FileId(new_id(made.now));
        let row = FileRow {
            commune_id: made.commune,
            id: file,
            producer_id: None,
            kind: FileUse::Picture,
            state: FileState::Ready,
            media_type: "image/jpeg".to_owned(),
            bytes: jpeg.len() as i64,
            sha256: sha256.clone(),
            width: Some(super::pictures::WIDTH as i32),
            height: Some(super::pictures::WIDTH as i32 / 4 * 3),
            name: "Tranh thay ảnh (dữ liệu mẫu)".to_owned(),
            refusal: None,
            public: true,
            created_by: None,
            created_at: made.now,
        };
        files::insert(&mut tx.cx(), &row).await.map_err(|e| e.to_string())?;
        wanted.push(Wanted { file, drawing: drawing.clone(), variant: 1, colours: Vec::new() });
        scenes.insert(drawing.clone(), Scene { file, sha256 });
    }
    tx.commit().await.map_err(|e| e.to_string())?;
    super::pictures::load(app, made.commune, wanted).await?;
    Ok(scenes)
}

/// A growing-area code that nobody could take for a real one, granted when the place was entered.
fn growing_area(place: &Place, number: usize, today: Day) -> PlaceCertificate {
    PlaceCertificate {
        commune_id: place.commune_id,
        id: new_id(place.created_at),
        place_id: place.id,
        kind: GROWING_AREA.to_owned(),
        number: format!("MAU-{number:04}"),
        issuer: "Cơ quan cấp mã (dữ liệu mẫu)".to_owned(),
        scope: String::new(),
        market: "trong nước".to_owned(),
        area: Some(number as i64 * 1_000),
        issued_on: Some(place.created_at.day()),
        expires_on: Some(today.plus_days(400)),
        file_id: None,
        state: CertificateState::Approved,
        reason: String::new(),
        version: 1,
        created_by: None,
        created_at: place.created_at,
    }
}

impl Loader<'_> {
    pub(super) async fn line<'p>(&mut self, cx: &mut Cx<'_>, pattern: &'p LotPattern) -> Fallible<Line<'p>> {
        let (product, producer) = *self.made.products.get(&pattern.product).ok_or("no such product")?;
        let row = products::by_id(cx, self.made.commune, product).await.map_err(|e| e.to_string())?;
        let content = row.ok_or("no such product")?.content;
        let uom = Uom::from_code(&pattern.uom).ok_or_else(|| format!("unit {}", pattern.uom))?;
        let place = self.place(cx, producer, pattern).await.map_err(|e| e.to_string())?;
        let (season, shelf_life) = (content.season, content.shelf_life_days);
        Ok(Line { pattern, product, producer, place, uom, season, shelf_life })
    }

    async fn place(
        &mut self,
        cx: &mut Cx<'_>,
        producer: ProducerId,
        pattern: &LotPattern,
    ) -> crate::db::Result<PlaceId> {
        let key = (producer, pattern.place.clone());
        if let Some(id) = self.made.places.get(&key) {
            return Ok(*id);
        }
        let grown = matches!(pattern.family, Family::Fresh | Family::Grain | Family::Livestock | Family::Ornamental);
        let village = self.made.villages.values().find(|(_, name)| pattern.place.contains(name.as_str()));
        let place = Place {
            commune_id: self.made.commune,
            id: PlaceId::new(self.made.now),
            producer_id: producer,
            kind: if grown { PlaceKind::Plot } else { PlaceKind::Workshop },
            name: pattern.place.clone(),
            village_id: village.map(|(id, _)| *id),
            gln: None,
            address: String::new(),
            hidden: false,
            version: 1,
            created_at: self.made.at(-700, 1),
        };
        places::insert(cx, &place).await?;
        if matches!(pattern.family, Family::Fresh) {
            let number = self.made.places.len() + 1;
            place_certificates::store::insert(cx, &growing_area(&place, number, self.made.today)).await?;
        }
        self.made.places.insert(key, place.id);
        Ok(place.id)
    }

    async fn fill(
        &mut self,
        cx: &mut Cx<'_>,
        line: &Line<'_>,
        number: usize,
        recall: Option<&SampleRecall>,
    ) -> Fallible<()> {
        let mut days = days_in_season(self.made.today, &line.season, number).into_iter();
        let mut left = line.pattern.count;
        let mut turn = number;
        while left > 0 {
            let recall = recall.filter(|_| left == line.pattern.count);
            let day = recall.map_or_else(|| days.next(), |r| Some(self.made.today.plus_days(r.made_day)));
            let Some(day) = day else { break };
            let in_pairs = match line.pattern.family {
                Family::Grain | Family::Processed => left >= 2,
                Family::Fresh => left >= 2 && turn.is_multiple_of(3),
                _ => false,
            };
            let thousandths = recall.map_or_else(|| varied(line.pattern.typical_quantity, turn), |r| r.quantity * 1000);
            let lot = if in_pairs {
                let came_in = day.plus_days(if line.pattern.family == Family::Fresh { 0 } else { -4 });
                // An eighth is lost; pieces stay whole.
                let raw_amount = (thousandths + thousandths / 8) / 1_000 * 1_000;
                let raw = self.lot(cx, line, came_in, raw_amount, None).await?;
                self.steps(cx, line, &raw, &first_steps(line.pattern, &raw), None).await?;
                let lot = self.lot(cx, line, day, thousandths, line.shelf_life).await?;
                self.steps(cx, line, &lot, &later_steps(line.pattern, &lot), Some(&raw)).await?;
                left -= 2;
                lot
            } else {
                let lot = self.lot(cx, line, day, thousandths, line.shelf_life).await?;
                let mut steps = first_steps(line.pattern, &lot);
                steps.extend(closing_steps(line.pattern));
                self.steps(cx, line, &lot, &steps, None).await?;
                left -= 1;
                lot
            };
            if recall.is_some() {
                self.made.recalls.insert(line.pattern.product.clone(), lot.id);
                if let Some(made) = self.made.lots.last_mut() {
                    made.recalled = true;
                }
            }
            turn += 1;
        }
        Ok(())
    }

    pub(super) async fn lot(
        &mut self,
        cx: &mut Cx<'_>,
        line: &Line<'_>,
        day: Day,
        thousandths: i64,
        shelf_life: Option<i32>,
    ) -> Fallible<Lot> {
        let mut lot = self.planned(line, day, thousandths, shelf_life);
        while !lots::insert(cx, &lot).await.map_err(|e| e.to_string())? {
            lot.code = LotCode::random();
        }
        self.note(&lot);
        Ok(lot)
    }

    /// A lot that is not stored yet.
    pub(super) fn planned(&self, line: &Line<'_>, day: Day, thousandths: i64, shelf_life: Option<i32>) -> Lot {
        let at = day.at(6, 0).min(self.made.now);
        Lot {
            commune_id: self.made.commune,
            id: LotId::new(at),
            producer_id: line.producer,
            product_id: line.product,
            place_id: Some(line.place),
            code: LotCode::random(),
            state: LotState::Open,
            made_on: day,
            best_before: shelf_life.map(|days| day.plus_days(i64::from(days))),
            quantity: thousandths,
            uom: line.uom,
            recall_reason: None,
            recalled_at: None,
            recalled_by: None,
            version: 1,
            created_by: None,
            created_at: at,
        }
    }

    /// Notes a stored lot, for labels and scans.
    pub(super) fn note(&mut self, lot: &Lot) {
        self.made.lots.push(MadeLot {
            id: lot.id,
            product: lot.product_id,
            producer: lot.producer_id,
            made_on: lot.made_on,
            recalled: false,
            quantity: lot.quantity / 1000,
        });
    }

    pub(super) async fn steps(
        &self,
        cx: &mut Cx<'_>,
        line: &Line<'_>,
        lot: &Lot,
        steps: &[Planned],
        raw: Option<&Lot>,
    ) -> Fallible<()> {
        for step in steps {
            let day = lot.made_on.plus_days(step.day);
            let at = day.at(step.time.0, step.time.1);
            if at > self.made.now {
                continue;
            }
            let template = templates().step(step.key).ok_or_else(|| format!("no step {}", step.key))?;
            let facts = template
                .read_facts(|key| {
                    let typed = step.facts.iter().find(|(k, _)| *k == key).map(|(_, v)| v.as_str());
                    typed.or_else(|| (key == "place").then_some("here"))
                })
                .map_err(|problems| problems.first().map(ToString::to_string).unwrap_or_default())?;
            let amount = |lot: &Lot| -> Fallible<LotAmount> {
                let class = self.identifiers.lot(&lot.id.to_string()).map_err(|e| e.to_string())?;
                Ok(LotAmount { class, quantity: Quantity::new(lot.quantity, lot.uom).ok() })
            };
            let amounts = match raw.filter(|_| template.event.lots == crate::traceability::template::LotUse::Transforms)
            {
                Some(raw) => StepLots::Transformation { inputs: vec![amount(raw)?], outputs: vec![amount(lot)?] },
                None => StepLots::One(amount(lot)?),
            };
            let scene = line.pattern.step_pictures.get(step.key).and_then(|drawing| self.scenes.get(drawing));
            let photos: Vec<String> = scene.iter().map(|scene| scene.sha256.clone()).collect();
            let files: Vec<FileId> = scene.iter().map(|scene| scene.file).collect();
            let diary = DiaryStep {
                template,
                facts: &facts,
                lots: amounts,
                at: at.local(),
                producer: self.identifiers.party(&line.producer.to_string()).map_err(|e| e.to_string())?,
                place: self.identifiers.place(&line.place.to_string()).map_err(|e| e.to_string())?,
                source: None,
                destination: None,
                document: None,
                photos: &photos,
            };
            let event = record(&diary, &self.identifiers).map_err(|e| format!("{}: {e}", step.key))?;
            let new = events::NewEvent {
                event: &event,
                producer: line.producer,
                place: Some(line.place),
                client: None,
                step: step.key,
                note: "",
                files: &files,
                by: None,
                now: at,
            };
            events::insert(cx, self.made.commune, &self.identifiers, &new).await.map_err(|e| e.to_string())?;
        }
        Ok(())
    }
}
