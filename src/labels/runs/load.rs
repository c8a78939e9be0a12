//! A run with what is printed on its labels.

use std::sync::Arc;

use crate::db::Cx;
use crate::files::store::{self as files, FileState};
use crate::files::{FileKey, Size};
use crate::ids::FileId;
use crate::producers::acting::Acting;
use crate::producers::model::{ConsentField, Producer};
use crate::producers::store as producers;
use crate::products::catalogue::{certificate_kind_name, unit_name};
use crate::products::model::{Price, Product};
use crate::products::store as products;
use crate::review::flow::Author;
use crate::traceability::model::Lot;
use crate::traceability::store::lots;
use crate::web::{AppError, Ctx, Lang};

use super::super::code::LabelCode;
use super::super::model::{LabelRow, LabelRun, RunKind, code_of};
use super::super::qr::label_url;
use super::super::scan::page::origin;
use super::super::sheet::{Label, LabelLine, PaperKind, Part, Photo, SheetSpec};
use super::super::store::voids::Void;
use super::super::store::{self, runs, voids};
use super::gate::Obstacle;
use super::texts::Texts;

/// A run with what is printed on its labels.
pub struct WholeRun {
    /// The run.
    pub run: LabelRun,
    /// Whose.
    pub producer: Producer,
    /// As whom the person acts.
    pub author: Author,
    /// Village and commune, as one line.
    pub village: String,
    /// Of what.
    pub product: Product,
    /// Of which lot.
    pub lot: Option<Lot>,
    /// Its pieces that were declared void.
    pub voids: Vec<Void>,
    /// What stands in the way of printing it.
    pub obstacle: Option<Obstacle>,
    /// OCOP stars that stand today.
    stars: Option<i32>,
    /// Names of the certificates that are valid today.
    certificates: Vec<String>,
    origin: String,
}

/// Reads a run, for those who act for its producer; everybody else is told that there is none.
pub async fn whole_run(ctx: &Ctx, cx: &mut Cx<'_>, number: &str) -> Result<WholeRun, AppError> {
    ctx.person()?;
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let number = number.parse().map_err(|_| AppError::NotFound)?;
    let run = store::run(cx, commune, number).await?.ok_or(AppError::NotFound)?;
    let (producer, author) = Acting::of_id(ctx, cx, run.producer_id).await?;
    let product = products::by_id(cx, commune, run.product_id).await?.ok_or(AppError::NotFound)?;
    let lot = match run.lot_id {
        Some(id) => lots::by_id(cx, commune, id).await?,
        None => None,
    };
    let village = match producer.village_id {
        Some(id) => producers::village(cx, commune, id).await?,
        None => None,
    };
    let t = Texts(Lang::Vi);
    let village = match village {
        Some(village) => t.village_line(village.name, &ctx.commune.name),
        None => t.commune_line(&ctx.commune.name),
    };
    let consents = producers::consents(cx, commune, producer.id).await?.contains(&ConsentField::Labels);
    let obstacle = Obstacle::of_run(&run).or_else(|| Obstacle::of(&product, lot.as_ref(), consents, today));
    let certificates = products::certificates(cx, commune, product.id).await?;
    let mut names: Vec<String> = Vec::new();
    for certificate in certificates.iter().filter(|certificate| certificate.is_valid_on(today)) {
        let name = certificate_kind_name(&certificate.kind, Lang::Vi);
        if !name.is_empty() && !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    let stars = products::stars(cx, commune, product.id, today).await?.map(|decision| decision.stars);
    let voids = voids::of_run(cx, commune, run.id).await?;
    let origin = origin(&ctx.app, &ctx.commune);
    Ok(WholeRun { run, producer, author, village, product, lot, voids, obstacle, stars, certificates: names, origin })
}

impl WholeRun {
    /// True if a code of its own stands on each label.
    pub fn is_serial(&self) -> bool {
        self.run.kind == RunKind::Serial
    }

    /// True if the label of this piece was declared void.
    pub fn is_void(&self, serial: i64) -> bool {
        self.voids.iter().any(|void| void.serials.holds(serial))
    }

    /// The labels from number `first` to `last`, without those that were declared void: those of a serial run in
    /// order, else the one code as often as it is printed. Most: [`super::super::model::MOST_OF_A_PDF`].
    pub async fn rows(&self, cx: &mut Cx<'_>, (first, last): (i64, i64)) -> Result<Vec<LabelRow>, AppError> {
        let (commune, run) = (self.run.commune_id, self.run.id);
        if self.is_serial() {
            let rows = runs::labels_between(cx, commune, run, (first, last), last - first + 1).await?;
            return Ok(rows.into_iter().filter(|row| row.serial.is_none_or(|serial| !self.is_void(serial))).collect());
        }
        let row = store::first_label(cx, commune, run).await?.ok_or(AppError::NotFound)?;
        Ok(vec![row; (last - first + 1).max(0) as usize])
    }

    /// One of its labels with these parts; a label speaks Vietnamese, whoever prints it.
    pub fn label(&self, row: LabelRow, parts: &[Part], photo: Option<Arc<Photo>>) -> Result<Label, AppError> {
        let code =
            code_of(self.run.commune_id, row.id).ok_or_else(|| AppError::internal("a label's number has no code"))?;
        Ok(Label {
            code,
            url: self.url(code)?,
            product: self.product.name.clone(),
            producer: self.producer.name.clone(),
            village: self.village.clone(),
            lot: self.lot.as_ref().map(|lot| lot.code.to_string()),
            lines: self.lines(parts, row.serial),
            story: self.product.content.story.clone(),
            photo,
        })
    }

    /// The address that people see for labels.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What the QR of a code holds.
    pub fn url(&self, code: LabelCode) -> Result<String, AppError> {
        label_url(&self.origin, code).map_err(AppError::internal)
    }

    /// The further lines of a label, in the order of [`Part::CHOSEN`]; those that say nothing are left out.
    fn lines(&self, parts: &[Part], serial: Option<i64>) -> Vec<LabelLine> {
        let t = Texts(Lang::Vi);
        let chosen = Part::CHOSEN.into_iter().filter(|part| parts.contains(part));
        let mut lines: Vec<LabelLine> =
            chosen.filter_map(|part| Some(LabelLine { part, text: self.text(part, t)? })).collect();
        if let Some(serial) = serial {
            // Behind the first: whoever declares labels void names them by it.
            let text = t.piece(serial, self.run.count);
            lines.insert(lines.len().min(1), LabelLine { part: Part::Serial, text });
        }
        lines
    }

    /// What a part says of this run; None if there is nothing to say.
    pub fn text(&self, part: Part, t: Texts) -> Option<String> {
        let content = &self.product.content;
        let lot = self.lot.as_ref();
        match part {
            Part::MadeOn => lot.map(|lot| t.made_line(lot.made_on)),
            Part::BestBefore => lot.and_then(|lot| lot.best_before).map(|day| t.best_line(day)),
            Part::Net => Some(content.net_quantity.trim().to_owned()).filter(|net| !net.is_empty()),
            Part::Price if content.price == Price::Ask => None,
            Part::Price => {
                let (price, unit) = (content.price.text(Lang::Vi), unit_name(&content.unit, Lang::Vi));
                Some(if unit.is_empty() { price } else { format!("{price}/{unit}") })
            }
            Part::Stars => self.stars.map(|stars| t.ocop_line(stars)),
            Part::Certificates => Some(self.certificates.join(", ")).filter(|names| !names.is_empty()),
            _ => None,
        }
    }

    /// The product's first photo, where the paper has one.
    pub async fn photo(&self, ctx: &Ctx, cx: &mut Cx<'_>, spec: &SheetSpec) -> Result<Option<Arc<Photo>>, AppError> {
        let Some(id) = self.product.content.photos.first().filter(|_| spec.kind == PaperKind::Card) else {
            return Ok(None);
        };
        photo(ctx, cx, *id).await
    }
}

/// A photo as it is printed; None until its sizes were made.
async fn photo(ctx: &Ctx, cx: &mut Cx<'_>, id: FileId) -> Result<Option<Arc<Photo>>, AppError> {
    let Some(row) = files::by_id(cx, ctx.commune_id(), id).await?.filter(|row| row.state == FileState::Ready) else {
        return Ok(None);
    };
    let key = FileKey::picture(row.commune_id.0 as u32, row.id.0, Size::Large);
    let jpeg = ctx.app.files.get(key).await.map_err(AppError::internal)?;
    let side = |pixels: Option<i32>| pixels.and_then(|pixels| u32::try_from(pixels).ok()).unwrap_or(1).max(1);
    Ok(Some(Arc::new(Photo { jpeg, width: side(row.width), height: side(row.height) })))
}
