//! A page to lay on a sheet of labels: where each label lies, rulers along two edges and crosshairs, to see whether
//! the printer prints at full size and how far it slips.

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point};
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use super::typeset::{Line, Room, Typesetter, Weight};
use super::{PT_PER_MM, SheetError, SheetJob, SheetSpec, metadata, page_size};

/// What the page says, in order; the first is set larger.
pub type CalibrationWords<'a> = &'a [String];

/// Length of a ruler's strokes in mm: each millimetre, each fifth, each tenth.
const STROKES: [f32; 3] = [1.6, 2.6, 4.0];
/// Half the length of a crosshair's strokes, in mm.
const CROSSHAIR: f32 = 4.0;
const HAIRLINE: f32 = 0.3;

/// The page for paper `spec` as a PDF, with `words` in its middle.
pub fn calibration(spec: &SheetSpec, words: CalibrationWords<'_>, job: &SheetJob) -> Result<Vec<u8>, SheetError> {
    let mut typesetter = Typesetter::new()?;
    let mut document = Document::new();
    document.set_metadata(metadata(job));
    let mut page = document.start_page_with(page_size(spec)?);
    let mut surface = page.surface();
    surface.set_fill(None);
    surface.set_stroke(Some(Stroke { paint: luma::Color::black().into(), width: HAIRLINE, ..Stroke::default() }));
    for place in 0..spec.per_page() {
        let (left, top) = spec.place(place);
        let (right, bottom) = (left + spec.label_width, top + spec.label_height);
        strokes(&mut surface, &[[left, top, right, top], [right, top, right, bottom]]);
        strokes(&mut surface, &[[right, bottom, left, bottom], [left, bottom, left, top]]);
    }
    rulers(&mut surface, spec);
    crosshairs(&mut surface, spec);
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: luma::Color::black().into(), ..Fill::default() }));
    numbers(&mut surface, &mut typesetter, spec);
    said(&mut surface, &mut typesetter, spec, words);
    surface.finish();
    page.finish();
    document.finish().map_err(|error| SheetError::Pdf(error.to_string()))
}

/// Draws lines from (x, y) to (x, y), in mm.
fn strokes(surface: &mut Surface<'_>, lines: &[[f32; 4]]) {
    let mut path = PathBuilder::new();
    for [x, y, to_x, to_y] in lines {
        path.move_to(x * PT_PER_MM, y * PT_PER_MM);
        path.line_to(to_x * PT_PER_MM, to_y * PT_PER_MM);
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
}

fn stroke_at(mm: usize) -> f32 {
    match (mm.is_multiple_of(10), mm.is_multiple_of(5)) {
        (true, _) => STROKES[2],
        (_, true) => STROKES[1],
        _ => STROKES[0],
    }
}

/// Millimetres along the upper and the left edge of the paper.
fn rulers(surface: &mut Surface<'_>, spec: &SheetSpec) {
    let across: Vec<[f32; 4]> =
        (0..=spec.page_width as usize).map(|mm| [mm as f32, 0.0, mm as f32, stroke_at(mm)]).collect();
    let down: Vec<[f32; 4]> =
        (0..=spec.page_height as usize).map(|mm| [0.0, mm as f32, stroke_at(mm), mm as f32]).collect();
    strokes(surface, &across);
    strokes(surface, &down);
}

/// In the middle of the paper and of the outermost labels.
fn crosshairs(surface: &mut Surface<'_>, spec: &SheetSpec) {
    let (half_width, half_height) = (spec.label_width / 2.0, spec.label_height / 2.0);
    let last = spec.per_page() - 1;
    let corners = [0, spec.columns - 1, last + 1 - spec.columns, last].map(|place| spec.place(place));
    let centres = corners.map(|(left, top)| (left + half_width, top + half_height));
    let reach = CROSSHAIR.min(half_width).min(half_height);
    for (x, y) in centres.into_iter().chain([(spec.page_width / 2.0, spec.page_height / 2.0)]) {
        strokes(surface, &[[x - reach, y, x + reach, y], [x, y - reach, x, y + reach]]);
    }
}

fn draw(surface: &mut Surface<'_>, typesetter: &Typesetter, line: &Line, left: f32, baseline: f32) {
    let font = typesetter.font(line.weight);
    let start = Point::from_xy(left * PT_PER_MM, baseline * PT_PER_MM);
    surface.draw_glyphs(start, &line.shaped.glyphs, font, &line.shaped.text, line.size, false);
}

/// The number of each label at its lower right, and the centimetres of the upper ruler.
fn numbers(surface: &mut Surface<'_>, typesetter: &mut Typesetter, spec: &SheetSpec) {
    let small = Room { weight: Weight::Regular, width: 40.0, size: 5.5, floor: 5.5, leading: 1.2, lines: 1 };
    for place in 0..spec.per_page() {
        let (left, top) = spec.place(place);
        for line in typesetter.fit(&(place + 1).to_string(), small).lines {
            let x = left + spec.label_width - 1.0 - line.width() / PT_PER_MM;
            draw(surface, typesetter, &line, x, top + spec.label_height - 1.0);
        }
    }
    for centimetre in 1..=(spec.page_width as usize) / 10 {
        for line in typesetter.fit(&(centimetre * 10).to_string(), small).lines {
            draw(surface, typesetter, &line, centimetre as f32 * 10.0 + 0.4, STROKES[2]);
        }
    }
}

/// The words in the label in the middle of the sheet, as wide as it is.
fn said(surface: &mut Surface<'_>, typesetter: &mut Typesetter, spec: &SheetSpec, words: CalibrationWords<'_>) {
    let (left, top) = spec.place(spec.rows / 2 * spec.columns + spec.columns / 2);
    let width = (spec.label_width - 4.0) * PT_PER_MM;
    let mut baseline = top + 3.5;
    for (index, text) in words.iter().enumerate() {
        let (weight, size) = if index == 0 { (Weight::Bold, 7.0) } else { (Weight::Regular, 6.0) };
        for line in typesetter.fit(text, Room { weight, width, size, floor: 4.5, leading: 1.25, lines: 3 }).lines {
            if baseline < top + spec.label_height - 1.0 {
                draw(surface, typesetter, &line, left + 2.0, baseline);
            }
            baseline += line.height() / PT_PER_MM;
        }
    }
}
