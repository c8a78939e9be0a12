//! Text on labels and official papers: shaping with the built-in fonts, measuring, wrapping, shrinking, cutting.
//!
//! The rule for a text too long for its room ([`Typesetter::fit`]): it shrinks in small steps to a
//! floor, and by up to a fifth only to save a line; what does not fit at the floor is cut and ends in
//! “…”. Sizes and widths are in points.

use std::collections::HashMap;
use std::rc::Rc;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::SheetError;
use super::outline::Outline;

/// Be Vietnam Pro (SIL Open Font License 1.1, `seed/fonts/BeVietnamPro-OFL.txt`).
const REGULAR: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/fonts/BeVietnamPro-Regular.ttf"));
const BOLD: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/fonts/BeVietnamPro-Bold.ttf"));
/// Tinos, as wide as Times New Roman, cut down to the letters of Vietnamese and its neighbours (SIL Open Font License
/// 1.1, `seed/fonts/Tinos-OFL.txt`): Nghị định 30/2020 wants such letters.
const SERIF: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/fonts/Tinos-Regular.ttf"));
const SERIF_BOLD: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/fonts/Tinos-Bold.ttf"));
const SERIF_ITALIC: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/seed/fonts/Tinos-Italic.ttf"));
/// Longer texts are cut before they are measured; nothing has room for so much.
const LONGEST_TEXT: usize = 1_500;
/// Texts that are kept shaped: a long run has a number on each label that never comes again.
const MOST_SHAPED: usize = 4_000;
/// Steps from the full size down to the floor.
const SHRINK_STEPS: u8 = 8;
/// A text shrinks no further than this part of its size just to take a line less.
const LINE_SAVING_SHRINK: f32 = 0.8;
/// The fonts are Latin, as is what they shape.
const DIRECTION: rustybuzz::Direction = rustybuzz::Direction::LeftToRight;
const ELLIPSIS: &str = "…";
/// From one baseline of a paragraph to the next, per unit of size.
const LEADING: f32 = 1.2;

/// Which of a family's fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Weight {
    Regular,
    Bold,
    /// Upright in a family that has none.
    Italic,
}

/// A line of text turned into glyphs; measures are per unit of size.
#[derive(Debug)]
pub(crate) struct Shaped {
    pub(crate) text: String,
    pub(crate) glyphs: Vec<KrillaGlyph>,
    /// Width at size 1.
    pub(crate) width: f32,
}

/// A line ready to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) shaped: Rc<Shaped>,
    pub(crate) weight: Weight,
    pub(crate) size: f32,
    /// From this baseline to the next, per unit of size.
    pub(crate) leading: f32,
}

impl Line {
    pub(crate) fn width(&self) -> f32 {
        self.shaped.width * self.size
    }

    pub(crate) fn height(&self) -> f32 {
        self.leading * self.size
    }
}

/// The room a text has and how it may be set in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) weight: Weight,
    pub(crate) width: f32,
    pub(crate) size: f32,
    /// Smallest size before the text is cut.
    pub(crate) floor: f32,
    pub(crate) leading: f32,
    pub(crate) lines: usize,
}

/// A text set in its room.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    pub(crate) lines: Vec<Line>,
    /// Whether some of the text is missing.
    pub(crate) cut: bool,
}

struct Typeface {
    font: Font,
    face: rustybuzz::Face<'static>,
    /// Made once: a plan takes longer than the shaping itself.
    plan: rustybuzz::ShapePlan,
}

/// The fonts and all that was shaped with them so far: labels of one run repeat their texts.
pub(crate) struct Typesetter {
    regular: Typeface,
    bold: Typeface,
    italic: Option<Typeface>,
    shaped: HashMap<(Weight, String), Rc<Shaped>>,
    fitted: HashMap<(String, RoomKey), Fitted>,
}

/// A font's bytes and its name.
type FontFile = (&'static [u8], &'static str);

/// A [`Room`] by the bits of its numbers.
type RoomKey = (Weight, [u32; 4], usize);

impl Typesetter {
    /// The labels' family.
    pub(crate) fn new() -> Result<Self, SheetError> {
        Self::of((REGULAR, "Be Vietnam Pro Regular"), (BOLD, "Be Vietnam Pro Bold"), None)
    }

    /// The family of official papers.
    pub(crate) fn serif() -> Result<Self, SheetError> {
        Self::of((SERIF, "Tinos Regular"), (SERIF_BOLD, "Tinos Bold"), Some((SERIF_ITALIC, "Tinos Italic")))
    }

    fn of(regular: FontFile, bold: FontFile, italic: Option<FontFile>) -> Result<Self, SheetError> {
        let typeface = |(bytes, name): FontFile| {
            let font = Font::new(bytes.into(), 0).ok_or(SheetError::Font(name))?;
            let face = rustybuzz::Face::from_slice(bytes, 0).ok_or(SheetError::Font(name))?;
            let plan = rustybuzz::ShapePlan::new(&face, DIRECTION, Some(rustybuzz::script::LATIN), None, &[]);
            Ok::<_, SheetError>(Typeface { font, face, plan })
        };
        Ok(Self {
            regular: typeface(regular)?,
            bold: typeface(bold)?,
            italic: italic.map(typeface).transpose()?,
            shaped: HashMap::new(),
            fitted: HashMap::new(),
        })
    }

    pub(crate) fn font(&self, weight: Weight) -> Font {
        self.typeface(weight).font.clone()
    }

    fn typeface(&self, weight: Weight) -> &Typeface {
        match weight {
            Weight::Regular => &self.regular,
            Weight::Bold => &self.bold,
            Weight::Italic => self.italic.as_ref().unwrap_or(&self.regular),
        }
    }

    /// The characters of `text` that are not spaces and have no glyph, each once.
    pub(crate) fn unprintable(&self, text: &str) -> Vec<char> {
        let mut missing = Vec::new();
        for character in text.nfc() {
            let blank = character.is_whitespace() || character.is_control();
            if !blank && !self.has_glyph(character) && !missing.contains(&character) {
                missing.push(character);
            }
        }
        missing
    }

    fn has_glyph(&self, character: char) -> bool {
        [&self.regular, &self.bold].iter().all(|typeface| typeface.face.glyph_index(character).is_some())
    }

    /// `text` in NFC, on one line, without what the fonts cannot show, and whether it had to be cut for its length.
    fn printable(&self, text: &str) -> (String, bool) {
        let mut printable = String::new();
        let mut characters = text.nfc();
        for character in characters.by_ref().take(LONGEST_TEXT) {
            if character.is_whitespace() || character.is_control() {
                if !printable.ends_with(' ') {
                    printable.push(' ');
                }
            } else if self.has_glyph(character) {
                printable.push(character);
            }
        }
        (printable.trim().to_owned(), characters.any(|rest| !rest.is_whitespace()))
    }

    /// All of `text` in lines no wider than `width`, at one size; a word that is wider breaks. A character without a
    /// glyph is shown as an empty square, so that nothing goes missing unseen.
    pub(crate) fn paragraph(&mut self, text: &str, weight: Weight, size: f32, width: f32) -> Vec<Line> {
        let shown = |c: char| {
            if c.is_whitespace() || c.is_control() {
                ' '
            } else if self.has_glyph(c) {
                c
            } else {
                '□'
            }
        };
        let text: String = text.nfc().map(shown).collect();
        let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        if text.is_empty() {
            return Vec::new();
        }
        let room = Room { weight, width, size, floor: size, leading: LEADING, lines: usize::MAX };
        let lines = self.wrap(&text, weight, width / size).unwrap_or_else(|| self.wrap_and_cut(&text, room));
        self.lines(lines, room, size)
    }

    /// `text` in `room` by the rule of this module; no lines when there is nothing to print.
    pub(crate) fn fit(&mut self, text: &str, room: Room) -> Fitted {
        let measures = [room.width, room.size, room.floor, room.leading].map(f32::to_bits);
        let key = (text.to_owned(), (room.weight, measures, room.lines));
        if let Some(fitted) = self.fitted.get(&key) {
            return fitted.clone();
        }
        let fitted = self.fit_afresh(text, room);
        if self.fitted.len() >= MOST_SHAPED {
            self.fitted.clear();
        }
        self.fitted.insert(key, fitted.clone());
        fitted
    }

    fn fit_afresh(&mut self, text: &str, room: Room) -> Fitted {
        let (text, too_long) = self.printable(text);
        if text.is_empty() || room.lines == 0 {
            return Fitted { lines: Vec::new(), cut: false };
        }
        for lines in 1..=if too_long { 0 } else { room.lines } {
            let saving = if lines < room.lines { room.size * LINE_SAVING_SHRINK } else { room.floor };
            let least = saving.max(room.floor);
            for step in 0..=SHRINK_STEPS {
                let size = room.size - (room.size - least) * f32::from(step) / f32::from(SHRINK_STEPS);
                if let Some(wrapped) = self.wrap(&text, room.weight, room.width / size)
                    && wrapped.len() <= lines
                {
                    return Fitted { lines: self.lines(wrapped, room, size), cut: false };
                }
            }
        }
        let cut = self.wrap_and_cut(&text, room);
        Fitted { lines: self.lines(cut, room, room.floor), cut: true }
    }

    fn lines(&mut self, texts: Vec<String>, room: Room, size: f32) -> Vec<Line> {
        let mut lines = Vec::with_capacity(texts.len());
        for text in texts {
            let shaped = self.shape(room.weight, &text);
            lines.push(Line { shaped, weight: room.weight, size, leading: room.leading });
        }
        lines
    }

    /// Lines of whole words no wider than `width` (at size 1); `None` when a word is wider.
    fn wrap(&mut self, text: &str, weight: Weight, width: f32) -> Option<Vec<String>> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split(' ') {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.shape(weight, &longer).width <= width {
                    *line = longer;
                    continue;
                }
            }
            if self.shape(weight, word).width > width {
                return None;
            }
            lines.push(word.to_owned());
        }
        Some(lines)
    }

    /// As many lines as there is room for at the floor; words may break, the last line ends in “…”.
    fn wrap_and_cut(&mut self, text: &str, room: Room) -> Vec<String> {
        let width = room.width / room.floor;
        let mut lines = Vec::new();
        let mut rest = text;
        while !rest.is_empty() && lines.len() < room.lines {
            let last = lines.len() + 1 == room.lines;
            let end = self.longest_start(rest, room.weight, width, if last { ELLIPSIS } else { "" });
            let (start, after) = rest.split_at(end);
            if last && !after.is_empty() {
                lines.push(format!("{}{ELLIPSIS}", start.trim_end_matches([' ', ',', '-'])));
            } else {
                lines.push(start.trim_end().to_owned());
            }
            rest = after.trim_start();
        }
        lines
    }

    /// Where to break `text` so that its start, with `tail` if anything is left over, fits in `width`:
    /// after a word if one fits, else within it; at least one character.
    fn longest_start(&mut self, text: &str, weight: Weight, width: f32, tail: &str) -> usize {
        if self.shape(weight, text).width <= width {
            return text.len();
        }
        let mut after_word = None;
        let mut within_word = None;
        for (index, character) in text.char_indices().skip(1) {
            // A combining mark stays with the letter before it.
            if is_combining_mark(character) {
                continue;
            }
            let start = text[..index].trim_end();
            if self.width_of(weight, start, tail) > width {
                break;
            }
            within_word = Some(index);
            if character == ' ' {
                after_word = Some(index);
            }
        }
        after_word.or(within_word).unwrap_or_else(|| text.chars().next().map_or(0, char::len_utf8))
    }

    fn width_of(&mut self, weight: Weight, text: &str, tail: &str) -> f32 {
        // Not through the cache: these trial texts never come again.
        shape_with(self.typeface(weight), &format!("{text}{tail}")).width
    }

    fn shape(&mut self, weight: Weight, text: &str) -> Rc<Shaped> {
        let key = (weight, text.to_owned());
        if let Some(shaped) = self.shaped.get(&key) {
            return Rc::clone(shaped);
        }
        let shaped = Rc::new(shape_with(self.typeface(weight), text));
        if self.shaped.len() >= MOST_SHAPED {
            self.shaped.clear();
        }
        self.shaped.insert(key, Rc::clone(&shaped));
        shaped
    }

    /// The outlines of a line that stands at (left, baseline), as SVG path commands.
    pub(crate) fn outline(&self, line: &Line, left: f32, baseline: f32, svg: &mut String) {
        let typeface = self.typeface(line.weight);
        let scale = line.size / typeface.font.units_per_em();
        let mut left = left;
        for glyph in &line.shaped.glyphs {
            let at = left + glyph.x_offset * line.size;
            let mut outline = Outline { svg, scale, left: at, baseline: baseline - glyph.y_offset * line.size };
            let id = u16::try_from(glyph.glyph_id.to_u32()).unwrap_or_default();
            // A space has no outline.
            let _ = typeface.face.outline_glyph(rustybuzz::ttf_parser::GlyphId(id), &mut outline);
            left += glyph.x_advance * line.size;
        }
    }

    /// `text` with each character centred in a cell `cell` wide (at size 1), a dash in one `dash` wide,
    /// like a typewriter's, so that codes line up and are easy to read out.
    pub(crate) fn in_cells(&self, weight: Weight, text: &str, cell: f32, dash: f32) -> Rc<Shaped> {
        let mut shaped = shape_each(self.typeface(weight), text);
        shaped.width = 0.0;
        for (glyph, character) in shaped.glyphs.iter_mut().zip(text.chars()) {
            let cell = if character == '-' { dash } else { cell };
            glyph.x_offset = (cell - glyph.x_advance) / 2.0;
            glyph.x_advance = cell;
            shaped.width += cell;
        }
        Rc::new(shaped)
    }
}

fn shape_with(typeface: &Typeface, text: &str) -> Shaped {
    let mut buffer = rustybuzz::UnicodeBuffer::new();
    buffer.push_str(text);
    buffer.set_direction(DIRECTION);
    buffer.set_script(rustybuzz::script::LATIN);
    let output = rustybuzz::shape_with_plan(&typeface.face, &typeface.plan, buffer);
    let unit = 1.0 / typeface.font.units_per_em();
    let infos = output.glyph_infos();
    let mut width = 0.0;
    let mut glyphs = Vec::with_capacity(infos.len());
    for (index, (info, position)) in infos.iter().zip(output.glyph_positions()).enumerate() {
        let start = info.cluster as usize;
        let end = infos[index..].iter().map(|next| next.cluster as usize).find(|&next| next > start);
        let advance = position.x_advance as f32 * unit;
        width += advance;
        glyphs.push(KrillaGlyph::new(
            GlyphId::new(info.glyph_id),
            advance,
            position.x_offset as f32 * unit,
            position.y_offset as f32 * unit,
            position.y_advance as f32 * unit,
            start..end.unwrap_or(text.len()),
            None,
        ));
    }
    Shaped { text: text.to_owned(), glyphs, width }
}

/// One glyph per character, without kerning or ligatures; its width is left to the caller.
fn shape_each(typeface: &Typeface, text: &str) -> Shaped {
    let unit = 1.0 / typeface.font.units_per_em();
    let mut glyphs = Vec::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        let glyph = typeface.face.glyph_index(character).unwrap_or_default();
        let advance = f32::from(typeface.face.glyph_hor_advance(glyph).unwrap_or_default()) * unit;
        let range = index..index + character.len_utf8();
        glyphs.push(KrillaGlyph::new(GlyphId::new(u32::from(glyph.0)), advance, 0.0, 0.0, 0.0, range, None));
    }
    Shaped { text: text.to_owned(), glyphs, width: 0.0 }
}
