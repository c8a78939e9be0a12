//! A table as DOCX, to be edited before it is signed; with a letterhead in the form of an official list.
//!
//! The rows are written one after the other into the document that the library made of all the rest: their number does
//! not decide the memory that it takes. The library knows no repeated heading rows, so that mark is put in here.

pub(super) mod paper;

use std::io::Cursor;

use docx_rs::{
    AlignmentType, BorderType, BuildXML, Docx, Header, LineSpacing, PageMargin, PageNum, PageOrientationType,
    Paragraph, ParagraphBorder, ParagraphBorderPosition, ParagraphBorders, Run, RunFonts, Shading, Table as Grid,
    TableCell, TableCellMargins, TableLayoutType, TableRow, VAlignType, WidthType, XMLDocx,
};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use super::letterhead::{Letterhead, MOTTO, NATION, RECEIVERS, SIGNER};
use super::sheet::{self, BOTTOM, LEFT, Lie, RIGHT, Side, TOP};
use crate::labels::sheet::typeset::Typesetter;
use crate::support::export::{Cell, Column, Table};

const FONT: &str = "Times New Roman";
/// Stands where the rows go.
const ROWS: &str = "\u{f0008}";
/// Twips between a cell's border and its text, left and right; half of it above and below.
const CELL_MARGIN: usize = 80;
const HEADING_GREY: &str = "ECECEC";

/// Why a document could not be written.
#[derive(Debug, thiserror::Error)]
pub enum DocxError {
    /// A part's text.
    #[error("document: {0}")]
    Xml(String),
    /// The package.
    #[error("package: {0}")]
    Zip(String),
    /// The package, packed small.
    #[error("package: {0}")]
    Packed(#[from] ZipError),
}

fn broken(error: impl std::fmt::Display) -> DocxError {
    DocxError::Xml(error.to_string())
}

/// Twentieths of a point, the measure of these files.
const fn twips(mm: f32) -> usize {
    (mm * 1440.0 / 25.4) as usize
}

/// The table as a document; with a letterhead as an official list.
pub fn render(table: &Table, letterhead: Option<&Letterhead>) -> Result<Vec<u8>, DocxError> {
    let lie = Lie::of(table);
    let half_points = (lie.size * 2.0) as usize;
    let mut docx = blank(lie);
    docx = match letterhead {
        Some(letterhead) => head(docx, letterhead, lie),
        None => docx.add_paragraph(bold(&table.title, 28)),
    };
    for note in &table.notes {
        docx = docx.add_paragraph(italic(note, 22));
    }
    let widths = widths(table, lie)?;
    docx = docx.add_paragraph(line("", 12)).add_table(empty_grid(&widths, half_points));
    if let Some(letterhead) = letterhead {
        docx = close(docx, letterhead, lie);
    }
    let mut parts = docx.build();
    let text = String::from_utf8(std::mem::take(&mut parts.document)).map_err(broken)?;
    parts.document = with_rows(&text, table, &widths, half_points)?;
    packed(parts)
}

/// A document without text: its page, its letters, and the number of a page above its text from the second on.
fn blank(lie: Lie) -> Docx {
    let (width, height) = lie.page();
    let number = line("", 26).align(AlignmentType::Center).add_page_num(PageNum::new());
    Docx::new()
        .page_size(twips(width) as u32, twips(height) as u32)
        .page_orient(if lie.landscape { PageOrientationType::Landscape } else { PageOrientationType::Portrait })
        .page_margin(margins())
        .default_fonts(font())
        .default_size(26)
        .title_pg()
        .first_header(Header::new())
        .header(Header::new().add_paragraph(number))
}

/// A table that keeps the place of its rows.
fn empty_grid(widths: &[usize], half_points: usize) -> Grid {
    Grid::new(vec![TableRow::new(vec![TableCell::new().add_paragraph(line(ROWS, half_points))])])
        .set_grid(widths.to_vec())
        .width(widths.iter().sum(), WidthType::Dxa)
        .margins(TableCellMargins::new().margin(CELL_MARGIN / 2, CELL_MARGIN, CELL_MARGIN / 2, CELL_MARGIN))
        .layout(TableLayoutType::Fixed)
}

fn packed(parts: XMLDocx) -> Result<Vec<u8>, DocxError> {
    let mut file = Cursor::new(Vec::new());
    parts.pack(&mut file).map_err(|error| DocxError::Zip(error.to_string()))?;
    Ok(deflated(file)?)
}

/// The same package, packed small: the library stores its parts as they are.
fn deflated(stored: Cursor<Vec<u8>>) -> Result<Vec<u8>, ZipError> {
    let mut parts = ZipArchive::new(stored)?;
    let mut packed = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    for at in 0..parts.len() {
        let mut part = parts.by_index(at)?;
        if part.is_file() {
            let name = part.name()?.into_owned();
            packed.start_file(name, options)?;
            std::io::copy(&mut part, &mut packed)?;
        }
    }
    Ok(packed.finish()?.into_inner())
}

fn margins() -> PageMargin {
    let edge = twips(TOP) as i32;
    PageMargin::new()
        .top(edge)
        .bottom(twips(BOTTOM) as i32)
        .left(twips(LEFT) as i32)
        .right(twips(RIGHT) as i32)
        .header(edge / 2)
        .footer(edge / 2)
}

fn font() -> RunFonts {
    RunFonts::new().ascii(FONT).hi_ansi(FONT).east_asia(FONT).cs(FONT)
}

/// A paragraph of one text, without room around it; `size` in half points.
fn line(text: &str, size: usize) -> Paragraph {
    set(run(text, size))
}

/// The same in bold, in the middle.
fn bold(text: &str, size: usize) -> Paragraph {
    set(run(text, size).bold()).align(AlignmentType::Center)
}

/// The same in italics, in the middle.
fn italic(text: &str, size: usize) -> Paragraph {
    set(run(text, size).italic()).align(AlignmentType::Center)
}

fn set(run: Run) -> Paragraph {
    Paragraph::new().line_spacing(LineSpacing::new().before(0).after(0)).add_run(run)
}

fn run(text: &str, size: usize) -> Run {
    Run::new().add_text(printable(text)).size(size)
}

/// The text without what XML 1.0 does not take (section 2.2).
fn printable(text: &str) -> String {
    let fits = |c: &char| ("\t\n\r".contains(*c) || !c.is_control()) && !matches!(*c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(fits).collect()
}

/// An empty line with a rule at its top, this part of `width` (twips) wide, in the middle.
fn rule(width: usize, part: f32) -> Paragraph {
    let edge = (width as f32 * (1.0 - part) / 2.0) as i32;
    let border = ParagraphBorder::new(ParagraphBorderPosition::Top).val(BorderType::Single).size(6).space(1);
    let mut paragraph = line("", 12).indent(Some(edge), None, Some(edge), None);
    paragraph.property = paragraph.property.set_borders(ParagraphBorders::with_empty().set(border));
    paragraph
}

/// Items 1 to 5 of appendix I.
fn head(docx: Docx, letterhead: &Letterhead, lie: Lie) -> Docx {
    let whole = twips(lie.width());
    let (who, nation) = (whole * 42 / 100, whole - whole * 42 / 100);
    let cell = |width: usize| TableCell::new().width(width, WidthType::Dxa);
    let left = cell(who)
        .add_paragraph(line(&letterhead.authority[0], 26).align(AlignmentType::Center))
        .add_paragraph(bold(&letterhead.authority[1], 26))
        .add_paragraph(rule(who, 0.3));
    let motto = motto_part(nation);
    let right =
        cell(nation).add_paragraph(bold(NATION, 26)).add_paragraph(bold(MOTTO, 27)).add_paragraph(rule(nation, motto));
    let number = cell(who).add_paragraph(line(&letterhead.number, 26).align(AlignmentType::Center));
    let day = cell(nation).add_paragraph(italic(&letterhead.place_and_day, 26));
    let block = Grid::without_borders(vec![TableRow::new(vec![left, right]), TableRow::new(vec![number, day])])
        .set_grid(vec![who, nation])
        .width(whole, WidthType::Dxa)
        .layout(TableLayoutType::Fixed);
    docx.add_table(block)
        .add_paragraph(line("", 20))
        .add_paragraph(bold(&letterhead.kind, 28))
        .add_paragraph(bold(&letterhead.subject, 28))
        .add_paragraph(rule(whole, 0.2))
}

/// The motto at 13.5 points is some 62 mm wide.
fn motto_part(width: usize) -> f32 {
    (twips(62.0) as f32 / width as f32).min(1.0)
}

/// Items 7 to 9 of appendix I.
fn close(docx: Docx, letterhead: &Letterhead, lie: Lie) -> Docx {
    let whole = twips(lie.width());
    let half = whole / 2;
    let mut receivers = TableCell::new().width(half, WidthType::Dxa);
    for (at, text) in RECEIVERS.iter().enumerate() {
        let paragraph = if at == 0 { set(run(text, 24).bold().italic()) } else { line(text, 22) };
        receivers = receivers.add_paragraph(paragraph.keep_next(true));
    }
    let mut signer = TableCell::new().width(half, WidthType::Dxa);
    for text in SIGNER {
        signer = signer.add_paragraph(bold(text, 26));
    }
    let block = Grid::without_borders(vec![TableRow::new(vec![receivers, signer]).cant_split()])
        .set_grid(vec![half, whole - half])
        .width(whole, WidthType::Dxa)
        .layout(TableLayoutType::Fixed);
    let spacing = LineSpacing::new().before(120).after(160);
    docx.add_paragraph(line(&letterhead.closing, 26).keep_next(true).line_spacing(spacing))
        .add_table(block)
        .add_paragraph(line("", 2))
}

/// Widths of columns in twips; measured with letters as wide as those that the document asks for.
fn widths(table: &Table, lie: Lie) -> Result<Vec<usize>, DocxError> {
    let mut typesetter = Typesetter::serif().map_err(broken)?;
    let least = sheet::least_widths(&mut typesetter, table, lie.size, 2.0 * CELL_MARGIN as f32 / 20.0 + 1.0);
    let widths = sheet::widths(&table.columns, &least, lie.width() * sheet::MM);
    Ok(widths.into_iter().map(|points| (points * 20.0) as usize).collect())
}

/// Puts the table's rows in the place that was kept for them.
fn with_rows(document: &str, table: &Table, widths: &[usize], size: usize) -> Result<Vec<u8>, DocxError> {
    // The last: a filter in words may hold anything.
    let at = document.rfind(ROWS).ok_or_else(|| broken("no place for the rows"))?;
    let start = document[..at].rfind("<w:tr>").ok_or_else(|| broken("no row before its text"))?;
    let end = at + document[at..].find("</w:tr>").ok_or_else(|| broken("no row around its text"))? + "</w:tr>".len();
    let mut whole = Vec::with_capacity(document.len() + table.rows.len() * 2_000);
    whole.extend_from_slice(&document.as_bytes()[..start]);
    let heading = table.columns.iter().zip(widths).map(|(column, width)| {
        let cell = TableCell::new().width(*width, WidthType::Dxa).vertical_align(VAlignType::Center);
        cell.shading(Shading::new().fill(HEADING_GREY)).add_paragraph(bold(&column.name, size))
    });
    let heading = String::from_utf8(TableRow::new(heading.collect()).cant_split().build()).map_err(broken)?;
    whole.extend_from_slice(heading.replacen("<w:trPr>", "<w:trPr><w:tblHeader/>", 1).as_bytes());
    for row in &table.rows {
        let row = TableRow::new(cells(row, table, widths, size, false)).cant_split();
        whole.extend_from_slice(&row.build());
    }
    if let Some(total) = &table.total {
        let row = TableRow::new(cells(total, table, widths, size, true)).cant_split();
        whole.extend_from_slice(&row.build());
    }
    whole.extend_from_slice(&document.as_bytes()[end..]);
    Ok(whole)
}

fn cells(row: &[Cell], table: &Table, widths: &[usize], size: usize, is_total: bool) -> Vec<TableCell> {
    let cell = |((cell, column), width): ((&Cell, &Column), &usize)| {
        let side = match sheet::side(column) {
            Side::Left => AlignmentType::Left,
            Side::Middle => AlignmentType::Center,
            Side::Right => AlignmentType::Right,
        };
        let text = run(&sheet::text(cell), size);
        let text = set(if is_total { text.bold() } else { text }).align(side);
        TableCell::new().width(*width, WidthType::Dxa).add_paragraph(text)
    };
    row.iter().zip(&table.columns).zip(widths).map(cell).collect()
}
