//! Labels on paper as PDF: QR symbols as vectors, text in Be Vietnam Pro, geometry in millimetres.
//!
//! [`papers`] lists what they are printed on (die-cut sheets, plain paper and scissors, rolls, a card for the shelf),
//! [`render`] fills it, [`preview`] draws one label and tells what of it did not fit, [`calibration`] draws where
//! labels lie. How one label is set is in `layout` and `card`, how text is measured, wrapped and cut in `typeset`;
//! `placed` draws what was set.

mod calibrate;
mod card;
mod layout;
mod outline;
mod paper;
mod placed;
#[cfg(test)]
pub(crate) mod reading;
pub(crate) mod typeset;

use std::sync::Arc;

use krilla::Document;
use krilla::color::luma;
use krilla::geom::PathBuilder;
use krilla::metadata::{DateTime, Metadata};
use krilla::page::PageSettings;
use krilla::paint::Stroke;
use krilla::surface::Surface;
use time::{OffsetDateTime, UtcOffset};

use super::code::LabelCode;
use super::qr::QrError;
use layout::LabelArea;
use placed::Placed;
use typeset::Typesetter;

pub use calibrate::{CalibrationWords, calibration};
pub use paper::{GeometryError, OwnGeometry, PAGE_HEIGHT_MM, PAGE_WIDTH_MM, PaperKind, Part, SheetSpec, Wrong, papers};
pub use placed::{Fate, Loss, Photo};

/// No module is smaller (mm): phones misread smaller ones, and a 203 dpi printer has less than three dots for them.
pub const LEAST_MODULE_MM: f32 = 0.33;
/// Points (1/72 inch) in a millimetre.
const PT_PER_MM: f32 = 72.0 / 25.4;
/// Official time of Vietnam has no summer time.
const VIETNAM: UtcOffset = time::macros::offset!(+7);

/// What is printed on one label. Empty texts take no line. Text is set in Vietnamese order: product,
/// producer, village, lot, other lines, code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The code, printed in groups beside its QR.
    pub code: LabelCode,
    /// What the QR holds: [`label_url`](super::qr::label_url) of the code.
    pub url: String,
    /// Name of the product, the strongest line.
    pub product: String,
    /// Trade name of the producer.
    pub producer: String,
    /// Village and commune, as one line.
    pub village: String,
    /// The lot's code; printed after “Lô”.
    pub lot: Option<String>,
    /// Further lines, most important first; the last are the first to go when a label is small.
    pub lines: Vec<LabelLine>,
    /// The product's story; on cards only.
    pub story: String,
    /// The product's photo; on cards only.
    pub photo: Option<Arc<Photo>>,
}

/// A further line of a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelLine {
    /// What it tells.
    pub part: Part,
    /// As printed.
    pub text: String,
}

impl Label {
    /// `Lô VT-261101`; None without a lot.
    fn lot_line(&self) -> Option<String> {
        self.lot.as_deref().filter(|lot| !lot.trim().is_empty()).map(|lot| format!("Lô {lot}"))
    }

    /// All its texts but the code, in their order.
    fn texts(&self) -> impl Iterator<Item = (Part, &str)> {
        let first = [(Part::Product, &self.product), (Part::Producer, &self.producer), (Part::Village, &self.village)];
        let first = first.into_iter().map(|(part, text)| (part, text.as_str()));
        let lot = self.lot.as_deref().map(|lot| (Part::Lot, lot));
        let lines = self.lines.iter().map(|line| (line.part, line.text.as_str()));
        first.chain(lot).chain(lines).filter(|(_, text)| !text.trim().is_empty())
    }
}

/// What belongs to a whole print job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetJob {
    /// Title in the PDF's properties.
    pub title: String,
    /// The site's name, set small on each label.
    pub site: String,
    /// When the sheet was made, from the clock.
    pub created: OffsetDateTime,
    /// Places of the first page to leave empty: a sheet of which some labels were used before.
    pub skip: usize,
}

/// Why a sheet could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// There was no label to print.
    #[error("there is no label to print")]
    NoLabels,
    /// A label's address does not fit in a QR symbol.
    #[error("the QR code of label {code} cannot be made: {source}")]
    Qr {
        /// The label.
        code: LabelCode,
        /// What is wrong with its address.
        source: QrError,
    },
    /// The address is so long that its symbol's modules would be too small on this paper.
    #[error(
        "on paper {sheet} the QR code of label {code} would have modules of {module_mm:.2} mm, at least {LEAST_MODULE_MM} are needed: choose larger labels or a shorter host name"
    )]
    TooSmall {
        /// The label.
        code: LabelCode,
        /// The paper's key.
        sheet: String,
        /// How wide a module would be, in mm.
        module_mm: f32,
    },
    /// The paper's labels have no room for the code beside the QR symbol.
    #[error("on paper {sheet} there is no room for the code of label {code}: choose larger labels")]
    NoRoom {
        /// The label.
        code: LabelCode,
        /// The paper's key.
        sheet: String,
    },
    /// A built-in font cannot be read.
    #[error("the built-in font {0} cannot be read")]
    Font(&'static str),
    /// The PDF could not be written.
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}

/// The PDF of `labels` on paper `spec`, as many pages as it takes.
pub fn render(
    labels: impl IntoIterator<Item = Label>,
    spec: &SheetSpec,
    job: &SheetJob,
) -> Result<Vec<u8>, SheetError> {
    let mut labels = labels.into_iter().peekable();
    let mut typesetter = Typesetter::new()?;
    let mut document = Document::new();
    document.set_metadata(metadata(job));
    let mut place = job.skip % spec.per_page();
    if labels.peek().is_none() {
        return Err(SheetError::NoLabels);
    }
    while labels.peek().is_some() {
        let mut page = document.start_page_with(page_size(spec)?);
        let mut surface = page.surface();
        if spec.kind == PaperKind::Plain {
            draw_guides(&mut surface, spec);
        }
        for label in labels.by_ref().take(spec.per_page() - place) {
            set(&mut typesetter, &label, spec, place, &job.site)?.draw(&mut surface, &typesetter)?;
            place += 1;
        }
        place = 0;
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| SheetError::Pdf(error.to_string()))
}

/// One label as it will be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The label as an SVG picture.
    pub svg: String,
    /// What of it does not fit.
    pub losses: Vec<Loss>,
}

/// Draws one label of paper `spec` as it will be printed, and tells what does not fit. `title` is what a screen
/// reader says.
pub fn preview(label: &Label, spec: &SheetSpec, site: &str, title: &str) -> Result<Preview, SheetError> {
    let mut typesetter = Typesetter::new()?;
    let alone = spec.alone();
    let placed = set(&mut typesetter, label, &alone, 0, site)?;
    let (width, height) = (alone.page_width * PT_PER_MM, alone.page_height * PT_PER_MM);
    Ok(Preview { svg: placed.svg(&typesetter, width, height, title), losses: placed.losses })
}

fn set(
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    place: usize,
    site: &str,
) -> Result<Placed, SheetError> {
    let area = LabelArea::at(spec, place);
    match spec.kind {
        PaperKind::Card => card::set(typesetter, label, spec, &area, site),
        _ => layout::set(typesetter, label, &area, site),
    }
}

fn page_size(spec: &SheetSpec) -> Result<PageSettings, SheetError> {
    PageSettings::from_wh(spec.page_width * PT_PER_MM, spec.page_height * PT_PER_MM)
        .ok_or_else(|| SheetError::Pdf(format!("{} is no page size", spec.key)))
}

/// The characters of `text` that the labels' font lacks and that a sheet therefore leaves out, each
/// once: what a form warns of before printing.
pub fn unprintable(text: &str) -> Result<Vec<char>, SheetError> {
    Ok(Typesetter::new()?.unprintable(text))
}

fn metadata(job: &SheetJob) -> Metadata {
    let created = job.created.to_offset(VIETNAM);
    let date = DateTime::new(u16::try_from(created.year()).unwrap_or(0))
        .month(u8::from(created.month()))
        .day(created.day())
        .hour(created.hour())
        .minute(created.minute())
        .second(created.second())
        .utc_offset_hour(VIETNAM.whole_hours());
    Metadata::new().title(job.title.clone()).language("vi".to_owned()).creator(job.site.clone()).creation_date(date)
}

/// Hairlines along all edges of the labels, through the whole block.
fn draw_guides(surface: &mut Surface<'_>, spec: &SheetSpec) {
    let (left, top) = spec.place(0);
    let (last_left, last_top) = spec.place(spec.per_page() - 1);
    let (right, bottom) = (last_left + spec.label_width, last_top + spec.label_height);
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: luma::Color::new(150).into(), width: 0.25, ..Stroke::default() }));
    let mut lines = PathBuilder::new();
    let mut line = |from: (f32, f32), to: (f32, f32)| {
        lines.move_to(from.0 * PT_PER_MM, from.1 * PT_PER_MM);
        lines.line_to(to.0 * PT_PER_MM, to.1 * PT_PER_MM);
    };
    for column in 0..spec.columns {
        let x = spec.place(column).0;
        line((x, top), (x, bottom));
        if spec.gap_x > 0.0 || column + 1 == spec.columns {
            line((x + spec.label_width, top), (x + spec.label_width, bottom));
        }
    }
    for row in 0..spec.rows {
        let y = spec.place(row * spec.columns).1;
        line((left, y), (right, y));
        if spec.gap_y > 0.0 || row + 1 == spec.rows {
            line((left, y + spec.label_height), (right, y + spec.label_height));
        }
    }
    if let Some(path) = lines.finish() {
        surface.draw_path(&path);
    }
    surface.set_stroke(None);
}

#[cfg(test)]
mod tests;
