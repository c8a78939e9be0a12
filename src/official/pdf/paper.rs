//! A document of several parts as PDF.

use krilla::metadata::Metadata;

use super::{CLOSING_HEIGHT, Mark, PAD, Pages};
use crate::amounts::Dong;
use crate::labels::sheet::SheetError;
use crate::labels::sheet::typeset::{Line, Weight};
use crate::official::paper::{ABOVE, INDENT, LIE, Paper, Part, TEXT};
use crate::official::sheet::{MM, Side};

/// Height of a bar with the room below it.
const BAR: f32 = 18.0;
/// What stays with a heading on its page.
const KEEP: f32 = 60.0;
const BAR_GREY: u8 = 150;

/// The document as PDF.
pub fn render(paper: &Paper) -> Result<Vec<u8>, SheetError> {
    let mut pages = Pages::new(LIE)?;
    pages.document.set_metadata(Metadata::new().title(paper.title.clone()).language("vi".to_owned()));
    pages.head(&paper.letterhead);
    for part in &paper.parts {
        match part {
            Part::Heading(text) => pages.title(text)?,
            Part::Text(text) => {
                for paragraph in text.lines() {
                    pages.text(paragraph)?;
                }
            }
            Part::Table(table) => {
                pages.y += ABOVE;
                pages.break_for(KEEP)?;
                pages.rows(table, LIE.size, 0.0)?;
            }
            Part::Bars(bars) => pages.bars(bars)?,
        }
    }
    if pages.y + CLOSING_HEIGHT > pages.bottom {
        pages.end_page()?;
    }
    pages.text(&paper.letterhead.closing)?;
    pages.signed();
    pages.end_page()?;
    pages.document.finish().map_err(|error| SheetError::Pdf(error.to_string()))
}

impl Pages {
    /// Goes on on the next page where so much has no room.
    fn break_for(&mut self, height: f32) -> Result<(), SheetError> {
        if self.y + height > self.bottom { self.end_page() } else { Ok(()) }
    }

    /// A heading, never the last line of a page.
    fn title(&mut self, text: &str) -> Result<(), SheetError> {
        let lines = self.typesetter.paragraph(text, Weight::Bold, TEXT, self.right - self.left);
        let height: f32 = lines.iter().map(Line::height).sum();
        self.y += 2.0 * ABOVE;
        self.break_for(height + KEEP)?;
        self.y = self.put(lines, self.left, self.right, self.y, Side::Left);
        Ok(())
    }

    /// A paragraph, its first line set in.
    fn text(&mut self, text: &str) -> Result<(), SheetError> {
        let (width, indent) = (self.right - self.left, INDENT * MM);
        let words: Vec<&str> = text.split_whitespace().collect();
        let mut lines = self.typesetter.paragraph(text, Weight::Regular, TEXT, width - indent);
        if lines.is_empty() {
            return Ok(());
        }
        // What the first line has no room for runs over the whole width.
        let first = lines.remove(0);
        let taken = first.shaped.text.split_whitespace().count();
        let rest = words.get(taken..).unwrap_or_default().join(" ");
        let rest = self.typesetter.paragraph(&rest, Weight::Regular, TEXT, width);
        self.y += ABOVE;
        for (at, line) in std::iter::once(first).chain(rest).enumerate() {
            self.break_for(line.height())?;
            let left = if at == 0 { self.left + indent } else { self.left };
            self.y = self.put(vec![line], left, self.right, self.y, Side::Left);
        }
        Ok(())
    }

    /// A bar for each, as long as its share of the longest, between its name and its number.
    fn bars(&mut self, bars: &[(String, i64)]) -> Result<(), SheetError> {
        let most = bars.iter().map(|(_, value)| *value).max().unwrap_or(0).max(1);
        let (name_end, number) = (self.left + (self.right - self.left) * 0.38, 60.0);
        let whole = self.right - name_end - 2.0 * PAD - number;
        self.y += ABOVE;
        for (name, value) in bars {
            self.break_for(BAR)?;
            let top = self.y;
            let mut lines = self.typesetter.paragraph(name, Weight::Regular, 11.0, name_end - self.left - PAD);
            lines.truncate(1);
            self.put(lines, self.left, name_end - PAD, top, Side::Right);
            let width = whole * (*value as f32 / most as f32);
            self.marks.push(Mark::Grey {
                left: name_end,
                top,
                width: width.max(0.5),
                height: BAR - 5.0,
                grey: BAR_GREY,
            });
            let told = self.typesetter.paragraph(&Dong(*value).digits(), Weight::Regular, 11.0, number);
            self.put(told, name_end + width + PAD, self.right, top, Side::Left);
            self.y += BAR;
        }
        Ok(())
    }
}
