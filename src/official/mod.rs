//! Tables on paper: PDF to print and DOCX to edit, and with a [`letterhead::Letterhead`] in the form that Nghị định
//! 30/2020/NĐ-CP (appendix I) gives to official lists. Number, day and signature stay blank: a person puts them there.

pub mod docx;
pub mod letterhead;
pub mod paper;
pub mod pdf;
mod sheet;

#[cfg(test)]
mod tests;
