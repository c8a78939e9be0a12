//! A document of several parts as DOCX.

use docx_rs::{LineSpacing, Paragraph, SpecialIndentType};

use super::{DocxError, blank, close, empty_grid, head, line, packed, run, set, twips, widths, with_rows};
use crate::official::paper::{ABOVE, INDENT, LIE, Paper, Part, TEXT};

/// Twentieths of a point.
const fn twentieths(points: f32) -> u32 {
    (points * 20.0) as u32
}

fn spaced(paragraph: Paragraph, above: f32) -> Paragraph {
    paragraph.line_spacing(LineSpacing::new().before(twentieths(above)).after(0))
}

/// The document, to be edited before it is signed.
pub fn render(paper: &Paper) -> Result<Vec<u8>, DocxError> {
    let mut docx = head(blank(LIE), &paper.letterhead, LIE);
    let size = (TEXT * 2.0) as usize;
    let cells = (LIE.size * 2.0) as usize;
    let mut tables = Vec::new();
    for part in &paper.parts {
        docx = match part {
            Part::Heading(text) => {
                let heading = set(run(text, size).bold()).keep_next(true);
                docx.add_paragraph(spaced(heading, 2.0 * ABOVE))
            }
            Part::Text(text) => text.lines().fold(docx, |docx, text| {
                let first = Some(SpecialIndentType::FirstLine(twips(INDENT) as i32));
                docx.add_paragraph(spaced(line(text, size).indent(None, first, None, None), ABOVE))
            }),
            Part::Table(table) => {
                let widths = widths(table, LIE)?;
                let grid = empty_grid(&widths, cells);
                tables.push((table, widths));
                docx.add_paragraph(line("", 12)).add_table(grid)
            }
            // The table before it says the same.
            Part::Bars(_) => docx,
        };
    }
    let mut parts = close(docx, &paper.letterhead, LIE).build();
    let mut document = std::mem::take(&mut parts.document);
    // The last place that was kept is found first.
    for (table, widths) in tables.iter().rev() {
        let text = String::from_utf8(document).map_err(super::broken)?;
        document = with_rows(&text, table, widths, cells)?;
    }
    parts.document = document;
    packed(parts)
}
