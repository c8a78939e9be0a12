//! One label: its QR on the left and the text beside it, or the text below on a narrow label.
//!
//! The text stands in two groups: product, producer, village, lot and other lines from the top, code
//! and site name at the bottom. The code is always whole. When a label is too small for the rest,
//! [`ECONOMIES`] says what gives way, in order.

use krilla::color::luma;
use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::paint::Fill;
use krilla::surface::Surface;

use super::super::qr::{QUIET_ZONE, QrModules};
use super::typeset::{Line, Room, Typesetter, Weight};
use super::{GOOD_MODULE_MM, LEAST_MODULE_MM, Label, PT_PER_MM, SheetError, SheetSpec};

/// A label narrower than this part of its height has its text below the QR.
const NARROW: f32 = 1.2;
/// A larger module (mm) reads no better and only takes room from the text.
const LARGEST_MODULE_MM: f32 = 1.0;
/// Part of the label's inner width that the QR takes beside the text …
const QR_WIDTH: f32 = 0.44;
/// … and takes at most, when the modules would else be smaller than [`GOOD_MODULE_MM`].
const QR_WIDTH_AT_MOST: f32 = 0.62;
/// Part of the inner height that the QR takes above the text.
const QR_HEIGHT: f32 = 0.58;
/// Smallest sizes in points before a text is cut: capitals of 1.4 and 1.2 mm.
const NAME_FLOOR: f32 = 5.6;
const TEXT_FLOOR: f32 = 4.9;
/// How far the product name may shrink before it is cut.
const NAME_SHRINK: f32 = 0.7;
/// From line to line, per unit of size; Vietnamese capitals carry two marks (Ậ, Ễ).
const NAME_LEADING: f32 = 1.24;
const TEXT_LEADING: f32 = 1.3;
/// From a line's top to its baseline, per unit of leading.
const BASELINE: f32 = 0.84;
/// Width of a character of the code and of a dash in it, per unit of size.
const CODE_CELL: f32 = 0.78;
const CODE_DASH: f32 = 0.48;

/// Where a label lies on its page and how it is typed; lengths in points.
pub(super) struct LabelArea<'a> {
    spec: &'a SheetSpec,
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    padding: f32,
}

impl<'a> LabelArea<'a> {
    pub(super) fn at(spec: &'a SheetSpec, place: usize) -> Self {
        let (left, top) = spec.place(place);
        Self {
            spec,
            left: left * PT_PER_MM,
            top: top * PT_PER_MM,
            width: spec.label_width * PT_PER_MM,
            height: spec.label_height * PT_PER_MM,
            padding: spec.padding * PT_PER_MM,
        }
    }

    fn inner_width(&self) -> f32 {
        self.width - 2.0 * self.padding
    }

    fn inner_height(&self) -> f32 {
        self.height - 2.0 * self.padding
    }

    fn is_narrow(&self) -> bool {
        self.width < NARROW * self.height
    }
}

/// How much is printed: what gives way on a label too small for all.
#[derive(Debug, Clone, Copy)]
struct Economy {
    name_lines: usize,
    producer_lines: usize,
    village_lines: usize,
    /// Sets the name at its floor from the start.
    small_name: bool,
    /// Of the further lines, how many.
    extras: usize,
    site: bool,
}

/// From the fullest to the barest; the first that fits is taken.
const ECONOMIES: [Economy; 12] = [
    Economy { name_lines: 3, producer_lines: 2, village_lines: 2, small_name: false, extras: usize::MAX, site: true },
    Economy { name_lines: 3, producer_lines: 2, village_lines: 1, small_name: false, extras: 4, site: true },
    Economy { name_lines: 3, producer_lines: 1, village_lines: 1, small_name: false, extras: 2, site: true },
    Economy { name_lines: 3, producer_lines: 1, village_lines: 1, small_name: false, extras: 1, site: true },
    Economy { name_lines: 3, producer_lines: 1, village_lines: 1, small_name: false, extras: 0, site: true },
    Economy { name_lines: 2, producer_lines: 1, village_lines: 1, small_name: false, extras: 0, site: true },
    Economy { name_lines: 2, producer_lines: 2, village_lines: 1, small_name: false, extras: 0, site: false },
    Economy { name_lines: 2, producer_lines: 1, village_lines: 1, small_name: false, extras: 0, site: false },
    Economy { name_lines: 2, producer_lines: 1, village_lines: 1, small_name: true, extras: 0, site: false },
    Economy { name_lines: 1, producer_lines: 1, village_lines: 1, small_name: false, extras: 0, site: false },
    Economy { name_lines: 1, producer_lines: 1, village_lines: 0, small_name: false, extras: 0, site: false },
    Economy { name_lines: 1, producer_lines: 0, village_lines: 0, small_name: false, extras: 0, site: false },
];

/// The lines of a label in their two groups.
struct Composition {
    upper: Vec<Line>,
    lower: Vec<Line>,
    /// Between name and facts; half as much again is at least between the groups.
    gap: f32,
}

impl Composition {
    fn height(&self) -> f32 {
        let lines: f32 = self.upper.iter().chain(&self.lower).map(Line::height).sum();
        lines + 2.5 * self.gap
    }
}

/// Draws `label` in `area`.
pub(super) fn draw(
    surface: &mut Surface<'_>,
    typesetter: &mut Typesetter,
    label: &Label,
    area: &LabelArea<'_>,
    site: &str,
) -> Result<(), SheetError> {
    let modules = QrModules::of(&label.url).map_err(|source| SheetError::Qr { code: label.code, source })?;
    let module = module_size(&modules, area, label)?;
    let side = module * modules.width_with_quiet_zone() as f32;
    surface.set_fill(Some(Fill { paint: luma::Color::black().into(), ..Fill::default() }));
    surface.set_stroke(None);
    if area.is_narrow() {
        draw_symbol(surface, &modules, area.left + (area.width - side) / 2.0, area.top + area.padding, module);
        let room = TextRoom {
            left: area.left + area.padding,
            top: area.top + area.padding + side,
            width: area.inner_width(),
            height: area.inner_height() - side,
            centred: true,
        };
        draw_text(surface, typesetter, label, area.spec, site, &room);
    } else {
        let left = area.left + area.padding;
        draw_symbol(surface, &modules, left, area.top + (area.height - side) / 2.0, module);
        let symbol_height = module * modules.width() as f32;
        let room = TextRoom {
            left: left + side,
            top: area.top + area.padding,
            width: area.inner_width() - side,
            height: area.inner_height(),
            centred: false,
        };
        let composition = compose(typesetter, label, area.spec, site, room.width, room.height);
        // The text stands as high as the symbol where it fits, so that their edges line up.
        let height = composition.height().clamp(symbol_height.min(room.height), room.height);
        let top = area.top + (area.height - height) / 2.0;
        place(surface, typesetter, &composition, &TextRoom { top, height, ..room });
    }
    Ok(())
}

/// Width of a module in points, chosen from the room that the label has.
fn module_size(modules: &QrModules, area: &LabelArea<'_>, label: &Label) -> Result<f32, SheetError> {
    let count = modules.width_with_quiet_zone() as f32;
    let good = GOOD_MODULE_MM * PT_PER_MM * count;
    let (usual, most) = if area.is_narrow() {
        (area.inner_width().min(area.inner_height() * QR_HEIGHT), area.inner_width())
    } else {
        let height = area.inner_height();
        (height.min(area.inner_width() * QR_WIDTH), height.min(area.inner_width() * QR_WIDTH_AT_MOST))
    };
    let side = if usual < good { good.min(most) } else { usual };
    let module = (side / count).min(LARGEST_MODULE_MM * PT_PER_MM);
    if module < LEAST_MODULE_MM * PT_PER_MM {
        let module_mm = module / PT_PER_MM;
        return Err(SheetError::TooSmall { code: label.code, sheet: area.spec.key, module_mm });
    }
    Ok(module)
}

/// The symbol as one path in module units; its quiet zone starts at (left, top).
fn draw_symbol(surface: &mut Surface<'_>, modules: &QrModules, left: f32, top: f32, module: f32) {
    if let Some(path) = symbol_path(modules) {
        let quiet = QUIET_ZONE as f32 * module;
        surface.push_transform(&Transform::from_row(module, 0.0, 0.0, module, left + quiet, top + quiet));
        surface.draw_path(&path);
        surface.pop();
    }
}

fn symbol_path(modules: &QrModules) -> Option<Path> {
    let mut path = PathBuilder::new();
    for outline in modules.outlines() {
        for (index, (x, y)) in outline.into_iter().enumerate() {
            let (x, y) = (x as f32, y as f32);
            if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close();
    }
    path.finish()
}

struct TextRoom {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    centred: bool,
}

fn draw_text(
    surface: &mut Surface<'_>,
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    site: &str,
    room: &TextRoom,
) {
    let composition = compose(typesetter, label, spec, site, room.width, room.height);
    place(surface, typesetter, &composition, room);
}

/// The fullest composition that fits in `height`, else the barest.
fn compose(
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    site: &str,
    width: f32,
    height: f32,
) -> Composition {
    let mut barest = None;
    for economy in ECONOMIES {
        let composition = compose_with(typesetter, label, spec, site, width, economy);
        if composition.height() <= height {
            return composition;
        }
        barest = Some(composition);
    }
    barest.unwrap_or(Composition { upper: Vec::new(), lower: Vec::new(), gap: 0.0 })
}

fn compose_with(
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    site: &str,
    width: f32,
    economy: Economy,
) -> Composition {
    let text_floor = TEXT_FLOOR.min(spec.text_size);
    let name_floor = (spec.name_size * NAME_SHRINK).max(NAME_FLOOR).min(spec.name_size);
    let name = Room {
        weight: Weight::Bold,
        width,
        size: if economy.small_name { name_floor } else { spec.name_size },
        floor: name_floor,
        leading: NAME_LEADING,
        lines: economy.name_lines,
    };
    let text = Room {
        weight: Weight::Regular,
        width,
        size: spec.text_size,
        floor: text_floor.max(spec.text_size * NAME_SHRINK),
        leading: TEXT_LEADING,
        lines: 1,
    };
    let lot = label.lot.as_deref().filter(|lot| !lot.trim().is_empty()).map(|lot| format!("Lô {lot}"));
    let mut facts =
        vec![(label.producer.as_str(), economy.producer_lines), (label.village.as_str(), economy.village_lines)];
    facts.extend(lot.as_deref().map(|lot| (lot, 1)));
    facts.extend(label.lines.iter().take(economy.extras).map(|line| (line.as_str(), 1)));
    // All facts get the size of the one that had to shrink most, unless it is too long at any size.
    let mut common = text.size;
    for &(fact, lines) in &facts {
        let fitted = typesetter.fit(fact, Room { lines, ..text });
        if !fitted.cut {
            common = fitted.lines.iter().fold(common, |common, line| common.min(line.size));
        }
    }
    let mut upper = typesetter.fit(&label.product, name).lines;
    for (fact, lines) in facts {
        upper.extend(typesetter.fit(fact, Room { lines, size: common, floor: common, ..text }).lines);
    }
    let mut lower = code_lines(typesetter, label, width, spec.text_size);
    if economy.site {
        let size = (spec.text_size * 0.86).max(text_floor);
        lower.extend(typesetter.fit(site, Room { size, floor: text_floor.min(size), ..text }).lines);
    }
    Composition { upper, lower, gap: spec.text_size * 0.3 }
}

/// The code in one line, or in two where the label is too narrow; never cut.
fn code_lines(typesetter: &Typesetter, label: &Label, width: f32, size: f32) -> Vec<Line> {
    let code = label.code.to_string();
    let whole = typesetter.in_cells(Weight::Bold, &code, CODE_CELL, CODE_DASH);
    let parts = if whole.width * size <= width {
        vec![whole]
    } else {
        // After the second group: 0ABC-DEFG- over HJKM-NP.
        let (first, second) = code.split_at(code.len().min(10));
        [first, second].map(|part| typesetter.in_cells(Weight::Bold, part, CODE_CELL, CODE_DASH)).to_vec()
    };
    parts
        .into_iter()
        .map(|shaped| {
            let size = size.min(width / shaped.width);
            Line { shaped, weight: Weight::Bold, size, leading: TEXT_LEADING }
        })
        .collect()
}

/// Draws the upper group from the top of `room` and the lower group up from its bottom.
fn place(surface: &mut Surface<'_>, typesetter: &Typesetter, composition: &Composition, room: &TextRoom) {
    let mut draw_line = |line: &Line, top: f32| {
        let left = if room.centred { room.left + (room.width - line.width()) / 2.0 } else { room.left };
        let start = Point::from_xy(left, top + line.height() * BASELINE);
        let font = typesetter.font(line.weight);
        surface.draw_glyphs(start, &line.shaped.glyphs, font, &line.shaped.text, line.size, false);
    };
    let mut top = room.top;
    for (index, line) in composition.upper.iter().enumerate() {
        let after_name =
            index > 0 && line.weight == Weight::Regular && composition.upper[index - 1].weight == Weight::Bold;
        if after_name {
            top += composition.gap;
        }
        draw_line(line, top);
        top += line.height();
    }
    let mut top = room.top + room.height - composition.lower.iter().map(Line::height).sum::<f32>();
    for line in &composition.lower {
        draw_line(line, top);
        top += line.height();
    }
}
