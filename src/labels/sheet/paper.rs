//! Papers: where labels lie on a page, how large their text is, and which parts they show unless told otherwise.
//!
//! [`papers`] are those on offer, data in `seed/label-papers.json`; a producer's own come from [`OwnGeometry`].

use std::sync::LazyLock;

use serde::Deserialize;

use crate::db::words;

/// Width of A4 paper in mm (ISO 216).
pub const PAGE_WIDTH_MM: f32 = 210.0;
/// Height of A4 paper in mm (ISO 216).
pub const PAGE_HEIGHT_MM: f32 = 297.0;

words! {
    /// What may stand on a label.
    Part {
        /// The strongest line.
        Product = "product": "Tên sản phẩm" / "Product name",
        /// Trade name.
        Producer = "producer": "Tên cơ sở" / "Producer",
        /// Village and commune.
        Village = "village": "Thôn, xã" / "Village and commune",
        /// The lot's code.
        Lot = "lot": "Mã lô" / "Lot code",
        /// The day it was made or harvested.
        MadeOn = "made_on": "Ngày sản xuất" / "Day made",
        /// Last good day.
        BestBefore = "best_before": "Hạn sử dụng" / "Best before",
        /// Net quantity of a piece.
        Net = "net": "Khối lượng tịnh" / "Net quantity",
        /// Price a unit.
        Price = "price": "Giá bán" / "Price",
        /// OCOP stars that stand today.
        Stars = "stars": "Sao OCOP còn hạn" / "OCOP stars, valid only",
        /// Certificates that are valid today.
        Certificates = "certificates": "Chứng nhận còn hạn" / "Certificates, valid only",
        /// Number of the piece.
        Serial = "serial": "Số thứ tự" / "Piece number",
        /// The product's story.
        Story = "story": "Câu chuyện" / "Story",
        /// The product's first photo.
        Photo = "photo": "Ảnh" / "Photo",
    }
}

impl Part {
    /// Those that a producer may leave out, in the order in which they stand.
    pub const CHOSEN: [Self; 6] =
        [Self::BestBefore, Self::Net, Self::Stars, Self::Certificates, Self::Price, Self::MadeOn];
}

/// What kind of paper it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PaperKind {
    /// A sheet of die-cut labels.
    Sticky,
    /// A sheet of plain paper to cut by hand, with thin lines.
    Plain,
    /// A roll: one label a page.
    Roll,
    /// A card for the shelf, with story and photo.
    Card,
}

/// One kind of label paper: where its labels lie on a page and how large their text is. Lengths in mm.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetSpec {
    /// Name in addresses and forms; stays the same for ever.
    pub key: String,
    /// What kind of paper it is.
    pub kind: PaperKind,
    /// Width of a page.
    pub page_width: f32,
    /// Height of a page.
    pub page_height: f32,
    /// Width of a label.
    pub label_width: f32,
    /// Height of a label.
    pub label_height: f32,
    /// Labels in a row.
    pub columns: usize,
    /// Labels in a column.
    pub rows: usize,
    /// From the paper's left edge to the first label.
    pub margin_left: f32,
    /// From the paper's top edge to the first label.
    pub margin_top: f32,
    /// Between two labels of a row.
    pub gap_x: f32,
    /// Between two labels of a column.
    pub gap_y: f32,
    /// Kept free inside each label for the printer's slip.
    pub padding: f32,
    /// Size of the product name in points, before it shrinks to fit.
    pub name_size: f32,
    /// Size of the other lines in points, before they shrink to fit.
    pub text_size: f32,
    /// What stands on its labels unless the producer chose otherwise; among [`Part::CHOSEN`].
    pub parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    key: String,
    kind: PaperKind,
    page: (f32, f32),
    label: (f32, f32),
    grid: (usize, usize),
    margin: (f32, f32),
    gap: (f32, f32),
    padding: f32,
    #[serde(rename = "type")]
    sizes: (f32, f32),
    parts: Vec<Part>,
}

static PAPERS: LazyLock<Vec<SheetSpec>> = LazyLock::new(|| {
    let rows: Vec<Row> =
        serde_json::from_str(include_str!("../../../seed/label-papers.json")).expect("embedded and read by a test");
    rows.into_iter().map(SheetSpec::from).collect()
});

/// The papers on offer: A4 sheets by the geometry of the common die-cut ones, rolls, a card for the shelf.
pub fn papers() -> &'static [SheetSpec] {
    &PAPERS
}

impl From<Row> for SheetSpec {
    fn from(row: Row) -> Self {
        Self {
            key: row.key,
            kind: row.kind,
            page_width: row.page.0,
            page_height: row.page.1,
            label_width: row.label.0,
            label_height: row.label.1,
            columns: row.grid.0,
            rows: row.grid.1,
            margin_left: row.margin.0,
            margin_top: row.margin.1,
            gap_x: row.gap.0,
            gap_y: row.gap.1,
            padding: row.padding,
            name_size: row.sizes.0,
            text_size: row.sizes.1,
            parts: row.parts,
        }
    }
}

impl SheetSpec {
    /// The paper of that key, if it is on offer.
    pub fn by_key(key: &str) -> Option<&'static Self> {
        papers().iter().find(|spec| spec.key == key)
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

    /// This paper as one page that is nothing but its label: what a preview shows.
    pub fn alone(&self) -> Self {
        Self {
            page_width: self.label_width,
            page_height: self.label_height,
            columns: 1,
            rows: 1,
            margin_left: 0.0,
            margin_top: 0.0,
            ..self.clone()
        }
    }
}

/// A producer's own A4 label paper; lengths in hundredths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnGeometry {
    /// Width of a label.
    pub label_width: i64,
    /// Height of a label.
    pub label_height: i64,
    /// Labels in a row.
    #[sqlx(rename = "across")]
    pub columns: i64,
    /// Labels in a column.
    #[sqlx(rename = "down")]
    pub rows: i64,
    /// From the paper's left edge to the first label.
    pub margin_left: i64,
    /// From the paper's top edge to the first label.
    pub margin_top: i64,
    /// From the left edge of a label to that of the next in its row.
    pub pitch_x: i64,
    /// From the top edge of a label to that of the next in its column.
    pub pitch_y: i64,
    /// How far this printer must print further right (left: negative).
    pub offset_x: i64,
    /// How far this printer must print further down (up: negative).
    pub offset_y: i64,
}

/// What is wrong with a geometry; lengths in hundredths of a millimetre.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeometryError {
    /// A measure is outside of what labels have.
    Outside {
        /// Least.
        least: i64,
        /// Most.
        most: i64,
    },
    /// Labels lie on each other by so much.
    Overlap(i64),
    /// All labels together reach beyond the paper's edge by so much.
    OffPage(i64),
}

/// The field of a geometry that is to be mended, as in [`OwnGeometry`].
pub type Wrong = (&'static str, GeometryError);

/// Least width and height of a label: room for a QR symbol and its code.
const LEAST_LABEL: (i64, i64) = (2_500, 1_500);
/// The farthest that a printer's slip is made good for.
const MOST_OFFSET: i64 = 1_000;
const A4: (i64, i64) = (21_000, 29_700);

impl OwnGeometry {
    /// The geometry of a paper on offer, to begin an own one with.
    pub fn like(spec: &SheetSpec) -> Self {
        let hundredths = |mm: f32| (mm * 100.0).round() as i64;
        Self {
            label_width: hundredths(spec.label_width),
            label_height: hundredths(spec.label_height),
            columns: spec.columns as i64,
            rows: spec.rows as i64,
            margin_left: hundredths(spec.margin_left),
            margin_top: hundredths(spec.margin_top),
            pitch_x: hundredths(spec.label_width + spec.gap_x),
            pitch_y: hundredths(spec.label_height + spec.gap_y),
            offset_x: 0,
            offset_y: 0,
        }
    }

    /// All that is wrong, each with its field: measures that no label has, labels on each other or off the page.
    pub fn faults(&self) -> Vec<Wrong> {
        let mut faults = Vec::new();
        let mut within = |field, value: i64, least: i64, most: i64| {
            if !(least..=most).contains(&value) {
                faults.push((field, GeometryError::Outside { least, most }));
            }
        };
        within("label_width", self.label_width, LEAST_LABEL.0, A4.0);
        within("label_height", self.label_height, LEAST_LABEL.1, A4.1);
        within("columns", self.columns, 1, 20);
        within("rows", self.rows, 1, 40);
        within("margin_left", self.margin_left, 0, A4.0);
        within("margin_top", self.margin_top, 0, A4.1);
        within("offset_x", self.offset_x, -MOST_OFFSET, MOST_OFFSET);
        within("offset_y", self.offset_y, -MOST_OFFSET, MOST_OFFSET);
        within("pitch_x", self.pitch_x, 0, A4.0);
        within("pitch_y", self.pitch_y, 0, A4.1);
        if !faults.is_empty() {
            return faults;
        }
        let across = Run::new(self.label_width, self.columns, self.margin_left, self.pitch_x, self.offset_x, A4.0);
        let down = Run::new(self.label_height, self.rows, self.margin_top, self.pitch_y, self.offset_y, A4.1);
        faults.extend(across.fault(["pitch_x", "margin_left", "columns", "offset_x"]));
        faults.extend(down.fault(["pitch_y", "margin_top", "rows", "offset_y"]));
        faults
    }

    /// The paper; only of a geometry without faults. Type grows with the root of a label's area, as on the papers on
    /// offer.
    pub fn spec(&self, key: String) -> SheetSpec {
        let mm = |hundredths: i64| hundredths as f32 / 100.0;
        let (width, height) = (mm(self.label_width), mm(self.label_height));
        let measure = (width * height).sqrt();
        let gap = |pitch: i64, label: i64, count: i64| if count > 1 { mm(pitch - label) } else { 0.0 };
        SheetSpec {
            key,
            kind: PaperKind::Sticky,
            page_width: PAGE_WIDTH_MM,
            page_height: PAGE_HEIGHT_MM,
            label_width: width,
            label_height: height,
            columns: self.columns as usize,
            rows: self.rows as usize,
            margin_left: mm(self.margin_left + self.offset_x),
            margin_top: mm(self.margin_top + self.offset_y),
            gap_x: gap(self.pitch_x, self.label_width, self.columns),
            gap_y: gap(self.pitch_y, self.label_height, self.rows),
            padding: (measure * 0.045).clamp(1.0, 4.5),
            name_size: (measure * 0.22 + 0.4).clamp(6.0, 26.0),
            text_size: (measure * 0.1 + 2.4).clamp(4.9, 13.0),
            parts: if measure < 30.0 { Part::CHOSEN[..2].to_vec() } else { Part::CHOSEN[..4].to_vec() },
        }
    }
}

/// Labels one after the other along one edge of the paper.
struct Run {
    label: i64,
    count: i64,
    margin: i64,
    pitch: i64,
    offset: i64,
    paper: i64,
}

impl Run {
    fn new(label: i64, count: i64, margin: i64, pitch: i64, offset: i64, paper: i64) -> Self {
        Self { label, count, margin, pitch, offset, paper }
    }

    /// What is wrong, at the field among pitch, margin, count and offset where it is mended.
    fn fault(&self, [pitch, margin, count, offset]: [&'static str; 4]) -> Option<Wrong> {
        if self.count > 1 && self.pitch < self.label {
            return Some((pitch, GeometryError::Overlap(self.label - self.pitch)));
        }
        let end = self.margin + (self.count - 1) * self.pitch + self.label;
        if end > self.paper {
            let field = if self.count > 1 { count } else { margin };
            return Some((field, GeometryError::OffPage(end - self.paper)));
        }
        let beyond = (end + self.offset - self.paper).max(-(self.margin + self.offset));
        (beyond > 0).then_some((offset, GeometryError::OffPage(beyond)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_own_paper_like_one_on_offer_lies_as_that_does() {
        for spec in papers().iter().filter(|spec| spec.page_width > 200.0) {
            let own = OwnGeometry::like(spec);
            assert_eq!(own.faults(), [], "{}", spec.key);
            let made = own.spec(spec.key.clone());
            for place in 0..spec.per_page() {
                let ((x, y), (own_x, own_y)) = (spec.place(place), made.place(place));
                assert!((x - own_x).abs() < 0.05 && (y - own_y).abs() < 0.05, "{} {place}", spec.key);
            }
        }
    }

    #[test]
    fn labels_off_the_page_or_on_each_other_are_refused_where_it_is_mended() {
        let fine = OwnGeometry::like(SheetSpec::by_key("a4-24").unwrap());
        let faults = |change: fn(&mut OwnGeometry)| {
            let mut own = fine;
            change(&mut own);
            own.faults()
        };
        assert_eq!(faults(|own| own.columns = 4), [("columns", GeometryError::OffPage(5_883))]);
        assert_eq!(faults(|own| own.pitch_x = 6_000), [("pitch_x", GeometryError::Overlap(350))]);
        assert_eq!(faults(|own| own.pitch_y = 3_389), [("pitch_y", GeometryError::Overlap(1))]);
        assert_eq!(faults(|own| own.offset_x = -800), [("offset_x", GeometryError::OffPage(79))]);
        assert_eq!(faults(|own| own.offset_y = 1_000), []);
        assert_eq!(
            faults(|own| own.label_width = 0),
            [("label_width", GeometryError::Outside { least: 2_500, most: 21_000 })]
        );
        assert_eq!(faults(|own| own.rows = 0), [("rows", GeometryError::Outside { least: 1, most: 40 })]);
        let mut one = OwnGeometry { columns: 1, rows: 1, pitch_x: 0, pitch_y: 0, ..fine };
        assert_eq!(one.faults(), [], "one label has no next");
        one.margin_left = 20_000;
        assert_eq!(one.faults(), [("margin_left", GeometryError::OffPage(5_350))]);
    }
}
