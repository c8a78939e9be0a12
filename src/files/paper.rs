//! Papers: certificates, decisions, test reports, receipts, as PDF or photo.
//!
//! A paper is evidence, so it is kept byte for byte as it came, with its SHA-256. That also means that a photo of a
//! paper still carries its metadata: what is shown to the public is made by [`super::picture::render`], and a PDF is
//! only ever handed out as a download.

use std::fmt;

use sha2::{Digest, Sha256};

use super::refusal::{Refusal, Wanted};
use super::sniff::{FileKind, sniff};
use super::{MAX_BYTES, picture};

/// How far from the end the mark `%%EOF` may stand, in bytes: readers of PDF look that far (ISO 32000-1, annex H,
/// implementation note 18).
const END_WINDOW: usize = 1024;

/// The SHA-256 of a file; `Display` writes 64 hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FileHash(pub [u8; 32]);

impl FileHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&data_encoding::HEXLOWER.encode(&self.0))
    }
}

/// An acceptable paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paper {
    /// [`FileKind::Pdf`], [`FileKind::Jpeg`], [`FileKind::Png`] or [`FileKind::WebP`].
    pub kind: FileKind,
    /// Weight in bytes.
    pub bytes: usize,
    pub hash: FileHash,
}

/// Judges a paper by its bytes.
pub fn check(bytes: &[u8]) -> Result<Paper, Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooHeavy { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let kind = match sniff(bytes) {
        FileKind::Pdf => check_pdf(bytes)?,
        FileKind::Jpeg | FileKind::Png | FileKind::WebP => picture::check(bytes)?.format,
        found => return Err(Refusal::WrongKind { found, wanted: Wanted::Paper }),
    };
    Ok(Paper { kind, bytes: bytes.len(), hash: FileHash::of(bytes) })
}

/// Header, objects, and the end that tells a whole PDF from one that broke off on its way.
fn check_pdf(bytes: &[u8]) -> Result<FileKind, Refusal> {
    let has = |part: &[u8], wanted: &[u8]| part.windows(wanted.len()).any(|window| window == wanted);
    let head = &bytes[..bytes.len().min(END_WINDOW)];
    let version = head.windows(8).find(|window| window.starts_with(b"%PDF-"));
    if !version.is_some_and(|header| header[5].is_ascii_digit() && header[6] == b'.' && header[7].is_ascii_digit()) {
        return Err(Refusal::Broken { kind: FileKind::Pdf });
    }
    if !has(bytes, b" obj") {
        // Nothing but a header: cut off early, or never a document.
        return Err(Refusal::CutOff);
    }
    let end = &bytes[bytes.len().saturating_sub(END_WINDOW)..];
    if !has(end, b"%%EOF") || !has(end, b"startxref") {
        return Err(Refusal::CutOff);
    }
    Ok(FileKind::Pdf)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pdf() -> Vec<u8> {
        let mut bytes = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n".to_vec();
        bytes.extend(std::iter::repeat_n(b'%', 3000));
        bytes.extend(b"\nxref\n0 1\ntrailer\n<< /Root 1 0 R >>\nstartxref\n47\n%%EOF\n");
        bytes
    }

    #[test]
    fn a_whole_pdf_is_taken_with_its_hash() {
        let paper = check(&pdf()).unwrap();
        assert_eq!(paper.kind, FileKind::Pdf);
        assert_eq!(paper.bytes, pdf().len());
        assert_eq!(paper.hash, FileHash::of(&pdf()));
    }

    #[test]
    fn the_hash_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            FileHash::of(b"abc").to_string(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_pdf_that_broke_off_is_refused_wherever_it_broke() {
        let whole = pdf();
        for cut in [9, 30, 60, whole.len() / 2, whole.len() - 10] {
            assert_eq!(check(&whole[..cut]), Err(Refusal::CutOff), "cut at {cut}");
        }
    }

    #[test]
    fn other_files_are_refused_by_what_they_are() {
        let refused = |bytes: &[u8]| match check(bytes) {
            Err(Refusal::WrongKind { found, wanted: Wanted::Paper }) => found,
            other => panic!("{other:?}"),
        };
        assert_eq!(refused(b"<!DOCTYPE html><p>%PDF-1.4 %%EOF"), FileKind::Html);
        assert_eq!(refused(b"PK\x03\x04\x14\0\x06\0\0\0\0\0word/document.xml"), FileKind::Office);
        assert_eq!(check(b""), Err(Refusal::Empty));
        assert_eq!(check(b"%PDF-x\n 1 0 obj"), Err(Refusal::Broken { kind: FileKind::Pdf }));
        assert_eq!(check(&vec![b'%'; MAX_BYTES + 1]).unwrap_err().code(), "file_too_heavy");
    }

    proptest! {
        #[test]
        fn no_bytes_after_a_pdf_header_make_it_panic(tail in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut bytes = b"%PDF-".to_vec();
            bytes.extend(tail);
            let _ = check(&bytes);
        }
    }
}
