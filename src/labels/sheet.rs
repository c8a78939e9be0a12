//! A4 sheets of labels as PDF: QR symbols as vectors, text in Be Vietnam Pro, geometry in millimetres.
//!
//! [`SHEETS`] lists the label papers (and two layouts for plain paper and scissors); [`render`] fills
//! them. How one label is set is in `layout`, how text is measured, wrapped and cut in `typeset`.

mod layout;
mod typeset;

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
use typeset::Typesetter;

/// Width of A4 paper in mm (ISO 216).
pub const PAGE_WIDTH_MM: f32 = 210.0;
/// Height of A4 paper in mm (ISO 216).
pub const PAGE_HEIGHT_MM: f32 = 297.0;
/// A module smaller than this (mm) is avoided wherever the label has room for a larger symbol.
pub const GOOD_MODULE_MM: f32 = 0.33;
/// A module smaller than this (mm) is refused: two dots of a 203 dpi printer, which phones misread.
pub const LEAST_MODULE_MM: f32 = 0.25;
/// Points (1/72 inch) in a millimetre.
const PT_PER_MM: f32 = 72.0 / 25.4;
/// Official time of Vietnam has no summer time.
const VIETNAM: UtcOffset = time::macros::offset!(+7);

/// One kind of label paper: where its labels lie on an A4 page and how large their text is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SheetSpec {
    /// Name in addresses and forms; stays the same for ever.
    pub key: &'static str,
    /// Width of a label in mm.
    pub label_width: f32,
    /// Height of a label in mm.
    pub label_height: f32,
    /// Labels in a row.
    pub columns: usize,
    /// Labels in a column.
    pub rows: usize,
    /// From the paper's left edge to the first label, in mm.
    pub margin_left: f32,
    /// From the paper's top edge to the first label, in mm.
    pub margin_top: f32,
    /// Between two labels of a row, in mm.
    pub gap_x: f32,
    /// Between two labels of a column, in mm.
    pub gap_y: f32,
    /// Kept free inside each label for the printer's slip, in mm.
    pub padding: f32,
    /// Size of the product name in points, before it shrinks to fit.
    pub name_size: f32,
    /// Size of the other lines in points, before they shrink to fit.
    pub text_size: f32,
    /// Whether thin lines show where to cut (plain paper).
    pub cut_guides: bool,
}

/// The papers on offer, most labels first. Geometry is that of the common die-cut A4 sheets.
pub const SHEETS: [SheetSpec; 8] = [
    SheetSpec::die_cut("a4-65", (38.1, 21.2), (5, 13), (4.67, 10.7), 2.54).typed(1.2, 7.0, 5.2),
    SheetSpec::die_cut("a4-40", (48.5, 25.4), (4, 10), (8.0, 21.5), 0.0).typed(1.8, 8.0, 5.8),
    SheetSpec::die_cut("a4-24", (63.5, 33.9), (3, 8), (7.21, 12.9), 2.54).typed(2.0, 10.5, 7.0),
    SheetSpec::die_cut("a4-24-wide", (70.0, 37.0), (3, 8), (0.0, 0.5), 0.0).typed(4.5, 10.5, 7.0),
    SheetSpec::die_cut("a4-21", (63.5, 38.1), (3, 7), (7.21, 15.15), 2.54).typed(2.0, 11.0, 7.4),
    SheetSpec::die_cut("a4-8", (99.1, 67.7), (2, 4), (4.63, 13.1), 2.54).typed(4.0, 18.0, 10.5),
    SheetSpec::die_cut("plain-24", (65.0, 34.0), (3, 8), (7.5, 12.5), 0.0).typed(2.0, 10.5, 7.0).cut_by_hand(),
    SheetSpec::die_cut("tag-20", (40.0, 60.0), (5, 4), (5.0, 28.5), 0.0).typed(2.5, 10.0, 6.8).cut_by_hand(),
];

impl SheetSpec {
    const fn die_cut(
        key: &'static str,
        (label_width, label_height): (f32, f32),
        (columns, rows): (usize, usize),
        (margin_left, margin_top): (f32, f32),
        gap_x: f32,
    ) -> Self {
        Self {
            key,
            label_width,
            label_height,
            columns,
            rows,
            margin_left,
            margin_top,
            gap_x,
            gap_y: 0.0,
            padding: 2.0,
            name_size: 10.0,
            text_size: 7.0,
            cut_guides: false,
        }
    }

    const fn typed(mut self, padding: f32, name_size: f32, text_size: f32) -> Self {
        self.padding = padding;
        self.name_size = name_size;
        self.text_size = text_size;
        self
    }

    const fn cut_by_hand(mut self) -> Self {
        self.cut_guides = true;
        self
    }

    /// The paper of that key, if it is on offer.
    pub fn by_key(key: &str) -> Option<&'static SheetSpec> {
        SHEETS.iter().find(|spec| spec.key == key)
    }

    /// Labels on one page.
    pub fn per_page(&self) -> usize {
        self.columns * self.rows
    }

    /// Pages that `labels` labels take when the first `skip` places are already used up.
    pub fn pages_for(&self, labels: usize, skip: usize) -> usize {
        (labels + skip % self.per_page()).div_ceil(self.per_page())
    }

    /// Left and top of the label at `place` on its page, in mm from the paper's top left corner.
    /// Places count from 0 along the rows; those of later pages fall on the same spots.
    pub fn place(&self, place: usize) -> (f32, f32) {
        let column = (place % self.columns) as f32;
        let row = (place / self.columns % self.rows) as f32;
        (
            self.margin_left + column * (self.label_width + self.gap_x),
            self.margin_top + row * (self.label_height + self.gap_y),
        )
    }
}

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
    pub lines: Vec<String>,
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
        sheet: &'static str,
        /// How wide a module would be, in mm.
        module_mm: f32,
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
        let size = PageSettings::from_wh(PAGE_WIDTH_MM * PT_PER_MM, PAGE_HEIGHT_MM * PT_PER_MM)
            .ok_or_else(|| SheetError::Pdf("A4 is not a page size".to_owned()))?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        if spec.cut_guides {
            draw_guides(&mut surface, spec);
        }
        for label in labels.by_ref().take(spec.per_page() - place) {
            let area = LabelArea::at(spec, place);
            layout::draw(&mut surface, &mut typesetter, &label, &area, &job.site)?;
            place += 1;
        }
        place = 0;
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| SheetError::Pdf(error.to_string()))
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
