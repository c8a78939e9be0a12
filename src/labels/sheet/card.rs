//! The card for a shop's shelf: photo, name, price and facts, the story, and the QR with its code at the foot.

use super::super::qr::QrModules;
use super::layout::{
    LabelArea, NAME_LEADING, NAME_SHRINK, TEXT_FLOOR, TEXT_LEADING, code_lines, fitting_module, loss_of, stacked,
};
use super::placed::{Fate, Loss, Placed, PlacedPhoto, Symbol};
use super::typeset::{Line, Room, Typesetter, Weight};
use super::{Label, PT_PER_MM, Part, SheetError, SheetSpec};

/// Part of the card's height that the photo takes.
const PHOTO_HEIGHT: f32 = 0.36;
/// Part of the inner width that the QR takes.
const QR_WIDTH: f32 = 0.3;
/// Between photo, name, facts, story and foot, in mm.
const GAP_MM: f32 = 2.5;

/// Sets `label` on the card `spec` that lies at `area`.
pub(super) fn set(
    typesetter: &mut Typesetter,
    label: &Label,
    spec: &SheetSpec,
    area: &LabelArea<'_>,
    site: &str,
) -> Result<Placed, SheetError> {
    let modules = QrModules::of(&label.url).map_err(|source| SheetError::Qr { code: label.code, source })?;
    let (left, width) = (area.left + area.padding, area.width - 2.0 * area.padding);
    let (bottom, gap) = (area.top + area.height - area.padding, GAP_MM * PT_PER_MM);
    let count = modules.width_with_quiet_zone() as f32;
    let module = fitting_module(count, width * QR_WIDTH, width * 0.5).ok_or_else(|| SheetError::TooSmall {
        code: label.code,
        sheet: spec.key.clone(),
        module_mm: width * 0.5 / count / PT_PER_MM,
    })?;
    let side = module * count;
    let mut losses = Vec::new();
    let mut top = area.top + area.padding;
    let photo = label.photo.clone().map(|photo| PlacedPhoto {
        photo,
        left: area.left,
        top: area.top,
        width: area.width,
        height: area.height * PHOTO_HEIGHT,
    });
    if photo.is_some() {
        top = area.top + area.height * PHOTO_HEIGHT + gap;
    }
    let room = |weight, size: f32, lines| Room {
        weight,
        width,
        size,
        floor: (size * NAME_SHRINK).max(TEXT_FLOOR),
        leading: if weight == Weight::Bold { NAME_LEADING } else { TEXT_LEADING },
        lines,
    };
    let foot = bottom - side;
    let size = spec.text_size;
    let price = label.lines.iter().find(|line| line.part == Part::Price);
    let others = label.lines.iter().filter(|line| line.part != Part::Price);
    let mut facts = vec![(Part::Product, label.product.as_str(), room(Weight::Bold, spec.name_size, 2))];
    facts.extend(price.map(|price| (Part::Price, price.text.as_str(), room(Weight::Bold, spec.name_size * 0.7, 1))));
    facts.push((Part::Producer, &label.producer, room(Weight::Regular, size, 2)));
    facts.push((Part::Village, &label.village, room(Weight::Regular, size, 1)));
    facts.extend(others.map(|line| (line.part, line.text.as_str(), room(Weight::Regular, size, 1))));
    let (mut lines, mut below) = (Vec::new(), top);
    for (part, text, room) in facts {
        let mut fitted = typesetter.fit(text, room);
        if below + fitted.lines.iter().map(Line::height).sum::<f32>() > foot {
            fitted.lines.clear();
        }
        losses.extend(loss_of(part, text, &fitted));
        let (placed, end) = stacked(fitted.lines, left, below);
        lines.extend(placed);
        below = end;
    }
    let story_room = room(Weight::Regular, size * 0.9, 0);
    let story_lines = ((foot - below - 2.0 * gap) / (story_room.floor * TEXT_LEADING)).max(0.0) as usize;
    let story = set_story(typesetter, &label.story, story_room, foot - below - 2.0 * gap, story_lines);
    losses.extend(story.1);
    lines.extend(stacked(story.0, left, below + gap).0);
    let beside = width - side;
    let mut lower = code_lines(typesetter, label, beside, size);
    if let Some(lot) = label.lot_line() {
        lower.extend(typesetter.fit(&lot, Room { width: beside, ..room(Weight::Regular, size * 0.9, 1) }).lines);
    }
    lower.extend(typesetter.fit(site, Room { width: beside, ..room(Weight::Regular, size * 0.8, 1) }).lines);
    let height: f32 = lower.iter().map(Line::height).sum();
    lines.extend(stacked(lower, left + side, foot + (side - height) / 2.0).0);
    let symbol = Symbol { modules, left, top: foot, module };
    Ok(Placed { symbol, lines, photo, losses })
}

/// The story as large as it fits in `height` points, at most `most` lines; cut by the rule of all texts.
fn set_story(
    typesetter: &mut Typesetter,
    story: &str,
    room: Room,
    height: f32,
    most: usize,
) -> (Vec<Line>, Option<Loss>) {
    if story.trim().is_empty() {
        return (Vec::new(), None);
    }
    if most == 0 {
        return (Vec::new(), Some(Loss { part: Part::Story, fate: Fate::LeftOut }));
    }
    for size in [room.size, f32::midpoint(room.size, room.floor)] {
        let lines = (height / (size * TEXT_LEADING)) as usize;
        let fitted = typesetter.fit(story, Room { size, floor: size, lines, ..room });
        if !fitted.cut && !fitted.lines.is_empty() {
            return (fitted.lines, None);
        }
    }
    let fitted = typesetter.fit(story, Room { size: room.floor, lines: most, ..room });
    let loss = loss_of(Part::Story, story, &fitted);
    (fitted.lines, loss)
}
