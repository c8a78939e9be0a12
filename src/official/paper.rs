//! A document of several parts, such as a report (báo cáo): headings, paragraphs, tables and drawings of what they sum.

use super::letterhead::Letterhead;
use super::sheet::Lie;
use super::{docx, pdf};
use crate::support::export::{ExportError, FileFormat, Table};

/// The page: upright, letters of tables in points.
pub(super) const LIE: Lie = Lie { landscape: false, size: 12.0 };
/// Size of the text in points (appendix I, part II, item 6: 13–14).
pub(super) const TEXT: f32 = 14.0;
/// How far the first line of a paragraph is set in, in mm (the same: 1 cm or 1.27 cm).
pub(super) const INDENT: f32 = 10.0;
/// Room above a paragraph in points (the same: at least 6).
pub(super) const ABOVE: f32 = 6.0;

/// A piece of the text, from top to bottom.
#[derive(Clone, Debug)]
pub enum Part {
    /// A heading in bold, numbered by who writes it: `I. KẾT QUẢ`.
    Heading(String),
    /// A paragraph; each line of it is one of its own.
    Text(String),
    /// A table; its title and notes are not printed.
    Table(Table),
    /// Bars of a name, a number and its words each; on pages alone, since the table before it says the same.
    Bars(Vec<(String, i64)>),
}

/// A document and what stands around it.
#[derive(Clone, Debug)]
pub struct Paper {
    /// Title of the file.
    pub title: String,
    /// Who, what, when, and the closing line.
    pub letterhead: Letterhead,
    /// Its text.
    pub parts: Vec<Part>,
}

impl Paper {
    /// The file's bytes: [`FileFormat::Pdf`] or [`FileFormat::Docx`]; None for what isn't made for paper.
    ///
    /// # Errors
    /// [`ExportError`] if the writer fails.
    pub fn write(&self, format: FileFormat) -> Result<Option<Vec<u8>>, ExportError> {
        Ok(match format {
            FileFormat::Pdf => Some(pdf::paper::render(self)?),
            FileFormat::Docx => Some(docx::paper::render(self)?),
            FileFormat::Xlsx | FileFormat::Csv => None,
        })
    }
}
