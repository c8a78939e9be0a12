//! A table as PDF: A4, the heading row on each page, the number of a page above its text from the second on
//! (appendix I, part II, "số trang"), a letterhead around it if it is an official list.
//!
//! Pages are drawn one after the other, so that memory grows by what the file holds and not by what is laid out.

pub(super) mod paper;

use krilla::Document;
use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use krilla::paint::{Fill, Stroke};
use krilla::surface::Surface;

use super::letterhead::{Letterhead, MOTTO, NATION, RECEIVERS, SIGNER};
use super::sheet::{self, BOTTOM, LEFT, Lie, MM, RIGHT, Side, TOP};
use crate::labels::sheet::SheetError;
use crate::labels::sheet::typeset::{Line, Typesetter, Weight};
use crate::support::export::Table;

/// Room between a cell's border and its text.
const PAD: f32 = 3.0;
const BORDER: f32 = 0.5;
const HEADING_GREY: u8 = 236;
/// Where a baseline lies below its line's top, per unit of size.
const ASCENT: f32 = 0.95;
/// Room for a signature.
const SIGNATURE: f32 = 70.0;

enum Mark {
    Text { line: Line, left: f32, baseline: f32 },
    Rule { from: (f32, f32), to: (f32, f32), width: f32 },
    Grey { left: f32, top: f32, width: f32, height: f32, grey: u8 },
}

/// The table as a PDF; with a letterhead as an official list.
pub fn render(table: &Table, letterhead: Option<&Letterhead>) -> Result<Vec<u8>, SheetError> {
    let lie = Lie::of(table);
    let mut pages = Pages::new(lie)?;
    let metadata = Metadata::new().title(table.title.clone()).language("vi".to_owned());
    pages.document.set_metadata(metadata);
    match letterhead {
        Some(letterhead) => pages.head(letterhead),
        None => pages.centred(&[&table.title], Weight::Bold, 14.0),
    }
    pages.y += 4.0;
    pages.centred(&table.notes.iter().map(String::as_str).collect::<Vec<_>>(), Weight::Italic, 11.0);
    pages.y += 8.0;
    pages.rows(table, lie.size, letterhead.map_or(0.0, |_| CLOSING_HEIGHT))?;
    if let Some(letterhead) = letterhead {
        pages.close(letterhead)?;
    }
    pages.end_page()?;
    pages.document.finish().map_err(|error| SheetError::Pdf(error.to_string()))
}

/// Closing line, signer, receivers and the room for a signature.
const CLOSING_HEIGHT: f32 = 16.0 + 2.0 * 17.0 + SIGNATURE;

struct Pages {
    document: Document,
    typesetter: Typesetter,
    marks: Vec<Mark>,
    width: f32,
    height: f32,
    left: f32,
    right: f32,
    bottom: f32,
    /// Where the next thing goes.
    y: f32,
    /// Pages that are drawn.
    done: usize,
}

impl Pages {
    fn new(lie: Lie) -> Result<Self, SheetError> {
        let (width, height) = lie.page();
        Ok(Self {
            document: Document::new(),
            typesetter: Typesetter::serif()?,
            marks: Vec::new(),
            width: width * MM,
            height: height * MM,
            left: LEFT * MM,
            right: (width - RIGHT) * MM,
            bottom: (height - BOTTOM) * MM,
            y: TOP * MM,
            done: 0,
        })
    }

    /// Draws what is laid out and begins the next page.
    fn end_page(&mut self) -> Result<(), SheetError> {
        if self.done > 0 {
            let number = (self.done + 1).to_string();
            let lines = self.typesetter.paragraph(&number, Weight::Regular, 13.0, self.width);
            self.put(lines, self.left, self.right, TOP * MM / 2.0, Side::Middle);
        }
        let settings = PageSettings::from_wh(self.width, self.height);
        let settings = settings.ok_or_else(|| SheetError::Pdf("A4 is no page size".to_owned()))?;
        let mut page = self.document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in self.marks.drain(..) {
            draw(&mut surface, &self.typesetter, &mark);
        }
        surface.finish();
        page.finish();
        self.done += 1;
        self.y = TOP * MM;
        Ok(())
    }

    /// Puts lines one below the other between two edges; returns where they end.
    fn put(&mut self, lines: Vec<Line>, left: f32, right: f32, top: f32, side: Side) -> f32 {
        let mut top = top;
        for line in lines {
            let start = match side {
                Side::Left => left,
                Side::Middle => f32::midpoint(left, right) - line.width() / 2.0,
                Side::Right => right - line.width(),
            };
            let (baseline, height) = (top + line.size * ASCENT, line.height());
            self.marks.push(Mark::Text { line, left: start, baseline });
            top += height;
        }
        top
    }

    /// A text centred between two edges from `top`; returns where it ends and how wide its widest line is.
    fn block(&mut self, text: &str, weight: Weight, size: f32, (left, right): (f32, f32), top: f32) -> (f32, f32) {
        let lines = self.typesetter.paragraph(text, weight, size, right - left);
        let widest = lines.iter().map(Line::width).fold(0.0, f32::max);
        (self.put(lines, left, right, top, Side::Middle), widest)
    }

    /// Texts centred on the page, each on lines of its own, moving down.
    fn centred(&mut self, texts: &[&str], weight: Weight, size: f32) {
        for text in texts {
            self.y = self.block(text, weight, size, (self.left, self.right), self.y).0;
        }
    }

    /// A rule of some width in the middle between two edges, a little below `top`.
    fn rule(&mut self, (left, right): (f32, f32), width: f32, top: f32) {
        let (middle, y) = (f32::midpoint(left, right), top + 2.5);
        let (from, to) = ((middle - width / 2.0, y), (middle + width / 2.0, y));
        self.marks.push(Mark::Rule { from, to, width: 0.7 });
    }

    /// Items 1 to 5: who and the nation beside each other, number and day, what it is.
    fn head(&mut self, letterhead: &Letterhead) {
        let parting = self.left + (self.right - self.left) * 0.42;
        let (who, nation) = ((self.left, parting), (parting, self.right));
        let top = self.y;
        let (end, _) = self.block(&letterhead.authority[0], Weight::Regular, 13.0, who, top);
        let (who_end, widest) = self.block(&letterhead.authority[1], Weight::Bold, 13.0, who, end);
        self.rule(who, widest * 0.45, who_end);
        let (end, _) = self.block(NATION, Weight::Bold, 13.0, nation, top);
        let (nation_end, widest) = self.block(MOTTO, Weight::Bold, 13.5, nation, end);
        self.rule(nation, widest, nation_end);
        let below = who_end.max(nation_end) + 8.0;
        let (number_end, _) = self.block(&letterhead.number, Weight::Regular, 13.0, who, below);
        let (day_end, _) = self.block(&letterhead.place_and_day, Weight::Italic, 13.0, nation, below);
        self.y = number_end.max(day_end) + 14.0;
        self.centred(&[&letterhead.kind], Weight::Bold, 14.0);
        let (end, widest) = self.block(&letterhead.subject, Weight::Bold, 14.0, (self.left, self.right), self.y);
        self.rule((self.left, self.right), widest * 0.4, end);
        self.y = end + 6.0;
    }

    /// The heading, the rows and the total; the last line keeps together with what closes the list.
    fn rows(&mut self, table: &Table, size: f32, closing: f32) -> Result<(), SheetError> {
        let least = sheet::least_widths(&mut self.typesetter, table, size, 2.0 * PAD + 1.0);
        let widths = sheet::widths(&table.columns, &least, self.right - self.left);
        let grid = Grid { widths, size };
        let heading: Vec<Vec<Line>> = table
            .columns
            .iter()
            .zip(&grid.widths)
            .map(|(column, width)| self.typesetter.paragraph(&column.name, Weight::Bold, size, width - 2.0 * PAD))
            .collect();
        self.heading(&grid, &heading);
        let sides: Vec<Side> = table.columns.iter().map(sheet::side).collect();
        let lines = table.rows.iter().map(|row| (row, Weight::Regular));
        let lines = lines.chain(table.total.iter().map(|total| (total, Weight::Bold)));
        let count = table.rows.len() + usize::from(table.total.is_some());
        for (at, (row, weight)) in lines.enumerate() {
            let cells: Vec<Vec<Line>> = row
                .iter()
                .zip(&grid.widths)
                .map(|(cell, width)| self.typesetter.paragraph(&sheet::text(cell), weight, size, width - 2.0 * PAD))
                .collect();
            // The last row stays with the total, and both with what closes the list.
            let after = match count - at {
                1 => closing,
                2 if table.total.is_some() => closing + grid.height(&[]),
                _ => 0.0,
            };
            let needed = grid.height(&cells) + after;
            if self.y + needed > self.bottom && self.y > TOP * MM + grid.height(&heading) + 1.0 {
                self.end_page()?;
                self.heading(&grid, &heading);
            }
            self.row(&grid, cells, &sides, &heading)?;
        }
        Ok(())
    }

    fn heading(&mut self, grid: &Grid, heading: &[Vec<Line>]) {
        let height = grid.height(heading);
        let (left, top, width) = (self.left, self.y, self.right - self.left);
        self.marks.push(Mark::Grey { left, top, width, height, grey: HEADING_GREY });
        let mut left = self.left;
        for (lines, width) in heading.iter().zip(&grid.widths) {
            let text: f32 = lines.iter().map(Line::height).sum();
            self.put(lines.clone(), left + PAD, left + width - PAD, self.y + (height - text) / 2.0, Side::Middle);
            left += width;
        }
        self.frame(grid, height);
        self.y += height;
    }

    /// A row; one that is higher than a page goes on on the next.
    fn row(
        &mut self,
        grid: &Grid,
        cells: Vec<Vec<Line>>,
        sides: &[Side],
        heading: &[Vec<Line>],
    ) -> Result<(), SheetError> {
        let mut rest = cells;
        loop {
            let fits = grid.lines_in(self.bottom - self.y).max(1);
            let after: Vec<Vec<Line>> = rest.iter_mut().map(|lines| lines.split_off(fits.min(lines.len()))).collect();
            let height = grid.height(&rest);
            let mut left = self.left;
            for ((lines, width), side) in std::mem::take(&mut rest).into_iter().zip(&grid.widths).zip(sides) {
                self.put(lines, left + PAD, left + width - PAD, self.y + PAD - 1.0, *side);
                left += width;
            }
            self.frame(grid, height);
            self.y += height;
            if after.iter().all(Vec::is_empty) {
                return Ok(());
            }
            self.end_page()?;
            self.heading(grid, heading);
            rest = after;
        }
    }

    /// The borders of a row's cells.
    fn frame(&mut self, grid: &Grid, height: f32) {
        let (top, end) = (self.y, self.y + height);
        for y in [top, end] {
            self.marks.push(Mark::Rule { from: (self.left, y), to: (self.right, y), width: BORDER });
        }
        let mut x = self.left;
        for width in std::iter::once(&0.0).chain(&grid.widths) {
            x += width;
            self.marks.push(Mark::Rule { from: (x, top), to: (x, end), width: BORDER });
        }
    }

    /// The last line of the text and items 7 to 9.
    fn close(&mut self, letterhead: &Letterhead) -> Result<(), SheetError> {
        if self.y + CLOSING_HEIGHT > self.bottom {
            self.end_page()?;
        }
        let lines = self.typesetter.paragraph(&letterhead.closing, Weight::Regular, 13.0, self.right - self.left);
        self.y = self.put(lines, self.left, self.right, self.y + 6.0, Side::Left);
        self.signed();
        Ok(())
    }

    /// Items 7 to 9: who signs, who receives.
    fn signed(&mut self) {
        let top = self.y + 8.0;
        let middle = f32::midpoint(self.left, self.right);
        let mut end = top;
        for (at, text) in RECEIVERS.iter().enumerate() {
            let (weight, size) = if at == 0 { (Weight::Bold, 12.0) } else { (Weight::Regular, 11.0) };
            let lines = self.typesetter.paragraph(text, weight, size, middle - self.left);
            end = self.put(lines, self.left, middle, end, Side::Left);
        }
        let mut end = top;
        for text in SIGNER {
            end = self.block(text, Weight::Bold, 13.0, (middle, self.right), end).0;
        }
        self.y = end;
    }
}

/// A table's columns.
struct Grid {
    widths: Vec<f32>,
    size: f32,
}

impl Grid {
    /// How high a row with these cells is; one line at least.
    fn height(&self, cells: &[Vec<Line>]) -> f32 {
        let text = |lines: &Vec<Line>| lines.iter().map(Line::height).sum::<f32>();
        cells.iter().map(text).fold(self.size * 1.2, f32::max) + 2.0 * PAD
    }

    /// How many lines of text a row has room for.
    fn lines_in(&self, height: f32) -> usize {
        ((height - 2.0 * PAD) / (self.size * 1.2)).max(0.0) as usize
    }
}

fn draw(surface: &mut Surface<'_>, typesetter: &Typesetter, mark: &Mark) {
    let ink = |grey: u8| Some(Fill { paint: luma::Color::new(grey).into(), ..Fill::default() });
    match mark {
        Mark::Text { line, left, baseline } => {
            surface.set_stroke(None);
            surface.set_fill(ink(0));
            let start = Point::from_xy(*left, *baseline);
            let font = typesetter.font(line.weight);
            surface.draw_glyphs(start, &line.shaped.glyphs, font, &line.shaped.text, line.size, false);
        }
        Mark::Rule { from, to, width } => {
            surface.set_fill(None);
            surface.set_stroke(Some(Stroke { paint: luma::Color::black().into(), width: *width, ..Stroke::default() }));
            let mut path = PathBuilder::new();
            path.move_to(from.0, from.1);
            path.line_to(to.0, to.1);
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
        Mark::Grey { left, top, width, height, grey } => {
            surface.set_stroke(None);
            surface.set_fill(ink(*grey));
            let mut path = PathBuilder::new();
            if let Some(rect) = Rect::from_xywh(*left, *top, *width, *height) {
                path.push_rect(rect);
            }
            if let Some(path) = path.finish() {
                surface.draw_path(&path);
            }
        }
    }
}
