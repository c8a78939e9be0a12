//! What a file is, told by its first bytes.
//!
//! Names and declared content types are the sender's claims and are not looked at. Signatures follow the WHATWG
//! MIME Sniffing Standard (sections 6 and 7.1), with ISO 14496-12 brands for the HEIF family.

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FileKind {
    Jpeg,
    Png,
    WebP,
    Gif,
    /// Phones' HEIC, and other pictures in the HEIF box format.
    Heic,
    Avif,
    /// TIFF, and the raw formats of cameras that build on it.
    Tiff,
    Bmp,
    Svg,
    Html,
    Pdf,
    /// Word, Excel, PowerPoint: today's (zipped) and the old (OLE) form.
    Office,
    Zip,
    Video,
    Unknown,
}

/// How far text is looked into for its first tag.
const TEXT_WINDOW: usize = 1024;
/// How far into a ZIP archive the names that betray an Office file are looked for.
const ZIP_WINDOW: usize = 8192;

/// Tags that a browser would take for the beginning of a page (WHATWG MIME Sniffing, section 7.1).
const HTML_TAGS: [&[u8]; 17] = [
    b"<!doctype html",
    b"<html",
    b"<head",
    b"<script",
    b"<iframe",
    b"<h1",
    b"<div",
    b"<font",
    b"<table",
    b"<a",
    b"<style",
    b"<title",
    b"<b",
    b"<body",
    b"<br",
    b"<p",
    b"<!--",
];

/// Tells what `bytes` are. Never fails: what is not recognised is [`FileKind::Unknown`].
pub fn sniff(bytes: &[u8]) -> FileKind {
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        FileKind::Jpeg
    } else if bytes.starts_with(b"\x89PNG\r\n\x1A\n") {
        FileKind::Png
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        FileKind::WebP
    } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"AVI ") {
        FileKind::Video
    } else if bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a") {
        FileKind::Gif
    } else if bytes.get(4..8) == Some(b"ftyp") {
        boxed_media(bytes)
    } else if bytes.starts_with(b"II*\0") || bytes.starts_with(b"MM\0*") {
        FileKind::Tiff
    } else if bytes.starts_with(b"BM") && bytes.get(6..10) == Some(&[0; 4]) {
        FileKind::Bmp
    } else if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        archive(bytes)
    } else if bytes.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") {
        FileKind::Office
    } else if bytes.starts_with(b"\x1A\x45\xDF\xA3") {
        FileKind::Video
    } else {
        text(bytes)
    }
}

/// ISO base media: the brand right after `ftyp` says still picture or film.
fn boxed_media(bytes: &[u8]) -> FileKind {
    match bytes.get(8..12) {
        Some(b"avif" | b"avis") => FileKind::Avif,
        Some(b"heic" | b"heix" | b"heim" | b"heis" | b"hevc" | b"hevx" | b"mif1" | b"msf1") => FileKind::Heic,
        Some(_) => FileKind::Video,
        None => FileKind::Unknown,
    }
}

fn archive(bytes: &[u8]) -> FileKind {
    let head = &bytes[..bytes.len().min(ZIP_WINDOW)];
    let names: [&[u8]; 4] = [b"[Content_Types].xml", b"word/", b"xl/", b"ppt/"];
    if names.iter().any(|name| head.windows(name.len()).any(|window| window == *name)) {
        FileKind::Office
    } else {
        FileKind::Zip
    }
}

/// Formats that begin with text: PDF, and the pages and drawings a browser would run scripts from.
fn text(bytes: &[u8]) -> FileKind {
    let head = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let head = head[..head.len().min(TEXT_WINDOW)].trim_ascii_start();
    if head.starts_with(b"%PDF-") {
        return FileKind::Pdf;
    }
    let head = head.to_ascii_lowercase();
    if head.starts_with(b"<svg") {
        FileKind::Svg
    } else if head.starts_with(b"<?xml") || head.starts_with(b"<!doctype svg") || head.starts_with(b"<!--") {
        if head.windows(4).any(|window| window == b"<svg") { FileKind::Svg } else { FileKind::Html }
    } else if HTML_TAGS.iter().any(|tag| begins_with_tag(&head, tag)) {
        FileKind::Html
    } else {
        FileKind::Unknown
    }
}

/// A tag counts only when it ends there: `<b>` is one, `<bananas` is none.
fn begins_with_tag(head: &[u8], tag: &[u8]) -> bool {
    head.strip_prefix(tag).is_some_and(|rest| {
        tag == b"<!--" || rest.first().is_none_or(|next| next.is_ascii_whitespace() || matches!(next, b'>' | b'/'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_kind_is_told_by_its_first_bytes() {
        let cases: [(&[u8], FileKind); 24] = [
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", FileKind::Jpeg),
            (b"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", FileKind::Png),
            (b"RIFF\x24\0\0\0WEBPVP8 ", FileKind::WebP),
            (b"RIFF\x24\0\0\0AVI LIST", FileKind::Video),
            (b"RIFF\x24\0\0\0WAVEfmt ", FileKind::Unknown),
            (b"GIF89a\x01\0\x01\0", FileKind::Gif),
            (b"\0\0\0\x24ftypheic\0\0\0\0mif1heic", FileKind::Heic),
            (b"\0\0\0\x1Cftypavif\0\0\0\0", FileKind::Avif),
            (b"\0\0\0\x18ftypmp42\0\0\0\0", FileKind::Video),
            (b"II*\0\x08\0\0\0", FileKind::Tiff),
            (b"BM\x36\0\0\0\0\0\0\0\x36", FileKind::Bmp),
            (b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", FileKind::Office),
            (b"PK\x03\x04\x14\0\0\0photos/a.jpg", FileKind::Zip),
            (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", FileKind::Office),
            (b"%PDF-1.7\n%\xE2\xE3", FileKind::Pdf),
            (b"\xEF\xBB\xBF\n<!DOCTYPE html><html>", FileKind::Html),
            (b"  <HTML><body>", FileKind::Html),
            (b"<script>alert(1)</script>", FileKind::Html),
            (b"<!-- x --><p>", FileKind::Html),
            (b"<?xml version='1.0'?>\n<svg xmlns='x'>", FileKind::Svg),
            (b"<svg onload=alert(1)>", FileKind::Svg),
            (b"<bananas", FileKind::Unknown),
            (b"BMW is a car", FileKind::Unknown),
            (b"", FileKind::Unknown),
        ];
        for (bytes, kind) in cases {
            assert_eq!(sniff(bytes), kind, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_sniffed_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            sniff(&bytes);
        }
    }
}
