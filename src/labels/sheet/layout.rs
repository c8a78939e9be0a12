//! One label: its QR on the left and the text beside it, or the text below on a narrow label.
//!
//! The text stands in two groups: product, producer, village, lot and other lines from the top, code
//! and site name at the bottom. The code is always whole. When a label is too small for the rest,
//! [`ECONOMIES`] says what gives way, in order; [`set`] tells what did, for people to see before they print.

use super::super::qr::QrModules;
use super::placed::{Fate, Loss, Placed, PlacedLine, Symbol};
use super::typeset::{Fitted, Line, Room, Typesetter, Weight};
use super::{LEAST_MODULE_MM, Label, PT_PER_MM, Part, SheetError, SheetSpec};

/// A label narrower than this part of its height has its text below the QR.
const NARROW: f32 = 1.2;
/// A larger module (mm) reads no better and only takes room from the text.
const LARGEST_MODULE_MM: f32 = 1.0;
/// Part of the label's inner width that the QR takes beside the text …
const QR_WIDTH: f32 = 0.44;
/// … and takes at most, when the modules would else be smaller than [`LEAST_MODULE_MM`].
const QR_WIDTH_AT_MOST: f32 = 0.62;
/// Part of the inner height that the QR takes above the text.
const QR_HEIGHT: f32 = 0.58;
/// Smallest sizes in points before a text is cut: capitals of 1.4 and 1.2 mm.
const NAME_FLOOR: f32 = 5.6;
pub(super) const TEXT_FLOOR: f32 = 4.9;
/// How far the product name may shrink before it is cut.
pub(super) const NAME_SHRINK: f32 = 0.7;
/// From line to line, per unit of size; Vietnamese capitals carry two marks (Ậ, Ễ).
pub(super) const NAME_LEADING: f32 = 1.24;
pub(super) const TEXT_LEADING: f32 = 1.3;
/// From a line's top to its baseline, per unit of leading.
const BASELINE: f32 = 0.84;
/// Width of a character of the code and of a dash in it, per unit of size.
const CODE_CELL: f32 = 0.78;
const CODE_DASH: f32 = 0.48;

/// Where a label lies on its page and how it is typed; lengths in points.
pub(super) struct LabelArea<'a> {
    spec: &'a SheetSpec,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
    pub(super) padding: f32,
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
const ECONOMIES: [Economy; 13] = [
    Economy { name_lines: 3, producer_lines: 2, village_lines: 2, small_name: false, extras: usize::MAX, site: true },
    Economy { name_lines: 3, producer_lines: 2, village_lines: 1, small_name: false, extras: 4, site: true },
    Economy { name_lines: 3, producer_lines: 1, village_lines: 1, small_name: false, extras: 3, site: true },
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
    losses: Vec<Loss>,
}

impl Composition {
    fn height(&self) -> f32 {
        let lines: f32 = self.upper.iter().chain(&self.lower).map(Line::height).sum();
        lines + 2.5 * self.gap
    }
}

/// Sets `label` in `area`.
pub(super) fn set(
    typesetter: &mut Typesetter,
    label: &Label,
    area: &LabelArea<'_>,
    site: &str,
) -> Result<Placed, SheetError> {
    let modules = QrModules::of(&label.url).map_err(|source| SheetError::Qr { code: label.code, source })?;
    let module = module_size(&modules, area, label)?;
    let side = module * modules.width_with_quiet_zone() as f32;
    let left = area.left + area.padding;
    let (symbol, room) = if area.is_narrow() {
        let room = TextRoom {
            left,
            top: area.top + area.padding + side,
            width: area.inner_width(),
            height: area.inner_height() - side,
            centred: true,
        };
        ((area.left + (area.width - side) / 2.0, area.top + area.padding), room)
    } else {
        let room = TextRoom {
            left: left + side,
            top: area.top + area.padding,
            width: area.inner_width() - side,
            height: area.inner_height(),
            centred: false,
        };
        ((left, area.top + (area.height - side) / 2.0), room)
    };
    let composition = compose(typesetter, label, area.spec, site, &room)?;
    let symbol_height = module * modules.width() as f32;
    let room = if room.centred {
        room
    } else {
        // The text stands as high as the symbol where it fits, so that their edges line up.
        let height = composition.height().clamp(symbol_height.min(room.height), room.height);
        TextRoom { top: area.top + (area.height - height) / 2.0, height, ..room }
    };
    let lines = place(&composition, &room);
    let symbol = Symbol { modules, left: symbol.0, top: symbol.1, module };
    Ok(Placed { symbol, lines, photo: None, losses: composition.losses })
}

/// Width of a module in points, chosen from the room that the label has.
fn module_size(modules: &QrModules, area: &LabelArea<'_>, label: &Label) -> Result<f32, SheetError> {
    let count = modules.width_with_quiet_zone() as f32;
    let (usual, most) = if area.is_narrow() {
        (area.inner_width().min(area.inner_height() * QR_HEIGHT), area.inner_width())
    } else {
        let height = area.inner_height();
        (height.min(area.inner_width() * QR_WIDTH), height.min(area.inner_width() * QR_WIDTH_AT_MOST))
    };
    fitting_module(count, usual, most).ok_or_else(|| SheetError::TooSmall {
        code: label.code,
        sheet: area.spec.key.clone(),
        module_mm: most / count / PT_PER_MM,
    })
}

/// Width of a module in points of a symbol `count` modules wide that takes `usual` points, or up to `most` where its
/// modules would be too small.
pub(super) fn fitting_module(count: f32, usual: f32, most: f32) -> Option<f32> {
    let least = LEAST_MODULE_MM * PT_PER_MM;
    let module = (usual / count).max(least);
    (module * count <= most.max(usual)).then_some(module.min(LARGEST_MODULE_MM * PT_PER_MM))
}

struct TextRoom {
    left: f32,
    top: f32,
    width: f32,
    height: f32,
    centred: bool,
}

/// The fullest composition that fits, at the least the code alone.
fn compose(
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    site: &str,
    room: &TextRoom,
) -> Result<Composition, SheetError> {
    for economy in ECONOMIES {
        let composition = compose_with(typesetter, label, spec, site, room.width, economy);
        if composition.height() <= room.height {
            return Ok(composition);
        }
    }
    let lower = code_lines(typesetter, label, room.width, spec.text_size);
    let losses = label.texts().map(|(part, _)| Loss { part, fate: Fate::LeftOut }).collect();
    let composition = Composition { upper: Vec::new(), lower, gap: 0.0, losses };
    if composition.height() > room.height {
        return Err(SheetError::NoRoom { code: label.code, sheet: spec.key.clone() });
    }
    Ok(composition)
}

/// The texts of a label with the lines that each may take, in their order; those that are left out with 0.
fn facts_of(label: &Label, economy: Economy) -> Vec<(Part, String, usize)> {
    let mut facts = vec![
        (Part::Producer, label.producer.clone(), economy.producer_lines),
        (Part::Village, label.village.clone(), economy.village_lines),
    ];
    facts.extend(label.lot_line().map(|lot| (Part::Lot, lot, 1)));
    let lines = label.lines.iter().enumerate();
    facts.extend(lines.map(|(at, line)| (line.part, line.text.clone(), usize::from(at < economy.extras))));
    facts
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
    let facts = facts_of(label, economy);
    // All facts get the size of the one that had to shrink most, unless it is too long at any size.
    let mut common = text.size;
    for (_, fact, lines) in &facts {
        let fitted = typesetter.fit(fact, Room { lines: *lines, ..text });
        if !fitted.cut {
            common = fitted.lines.iter().fold(common, |common, line| common.min(line.size));
        }
    }
    let mut losses = Vec::new();
    let fitted = typesetter.fit(&label.product, name);
    losses.extend(loss_of(Part::Product, &label.product, &fitted));
    let mut upper = fitted.lines;
    for (part, fact, lines) in facts {
        let fitted = typesetter.fit(&fact, Room { lines, size: common, floor: common, ..text });
        losses.extend(loss_of(part, &fact, &fitted));
        upper.extend(fitted.lines);
    }
    let mut lower = code_lines(typesetter, label, width, spec.text_size);
    if economy.site {
        let size = (spec.text_size * 0.86).max(text_floor);
        lower.extend(typesetter.fit(site, Room { size, floor: text_floor.min(size), ..text }).lines);
    }
    Composition { upper, lower, gap: spec.text_size * 0.3, losses }
}

/// What a text lost in its room; None if all of it is there.
pub(super) fn loss_of(part: Part, text: &str, fitted: &Fitted) -> Option<Loss> {
    if text.trim().is_empty() {
        None
    } else if fitted.lines.is_empty() {
        Some(Loss { part, fate: Fate::LeftOut })
    } else if fitted.cut {
        let lines: Vec<&str> = fitted.lines.iter().map(|line| line.shaped.text.as_str()).collect();
        Some(Loss { part, fate: Fate::Cut(lines.join(" ")) })
    } else {
        None
    }
}

/// The code in one line, or in two where the label is too narrow; never cut.
pub(super) fn code_lines(typesetter: &Typesetter, label: &Label, width: f32, size: f32) -> Vec<Line> {
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

/// The upper group from the top of `room` and the lower group up from its bottom.
fn place(composition: &Composition, room: &TextRoom) -> Vec<PlacedLine> {
    let mut placed = Vec::with_capacity(composition.upper.len() + composition.lower.len());
    let mut put = |line: &Line, top: f32| {
        let left = if room.centred { room.left + (room.width - line.width()) / 2.0 } else { room.left };
        placed.push(PlacedLine { line: line.clone(), left, baseline: top + line.height() * BASELINE });
    };
    let mut top = room.top;
    for (index, line) in composition.upper.iter().enumerate() {
        let after_name =
            index > 0 && line.weight == Weight::Regular && composition.upper[index - 1].weight == Weight::Bold;
        if after_name {
            top += composition.gap;
        }
        put(line, top);
        top += line.height();
    }
    let mut top = room.top + room.height - composition.lower.iter().map(Line::height).sum::<f32>();
    for line in &composition.lower {
        put(line, top);
        top += line.height();
    }
    placed
}

/// Lines one below the other from `top`, at `left`; returns them and where the next would begin.
pub(super) fn stacked(lines: Vec<Line>, left: f32, mut top: f32) -> (Vec<PlacedLine>, f32) {
    let mut placed = Vec::with_capacity(lines.len());
    for line in lines {
        let height = line.height();
        placed.push(PlacedLine { line, left, baseline: top + height * BASELINE });
        top += height;
    }
    (placed, top)
}
