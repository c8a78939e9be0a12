//! The outer build of picture files, read without unpacking a pixel.
//!
//! A picture's size, whether it moves, and whether the file is all there stand in its headers. They are read here
//! by hand and before any decoder runs, because decoders set memory aside by those headers (a file of 100 bytes may
//! claim 50,000 × 50,000 pixels) and because a lenient decoder paints a cut-off photo grey instead of failing.

use super::refusal::Refusal;
use super::sniff::FileKind;

/// What the headers say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anatomy {
    pub width: u32,
    pub height: u32,
    pub animated: bool,
    /// Upper estimate of the memory that decoding takes, in bytes.
    pub decoded_bytes: u64,
}

/// Reads the headers of a JPEG, PNG or WebP file and walks to its end.
pub fn dissect(kind: FileKind, bytes: &[u8]) -> Result<Anatomy, Refusal> {
    match kind {
        FileKind::Jpeg => jpeg(bytes),
        FileKind::Png => png(bytes),
        FileKind::WebP => webp(bytes),
        _ => Err(Refusal::Broken { kind }),
    }
}

/// A walk over bytes in which running out means that the file was cut off.
struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Walk<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Refusal> {
        let end = self.at.checked_add(count).ok_or(Refusal::CutOff)?;
        let taken = self.bytes.get(self.at..end).ok_or(Refusal::CutOff)?;
        self.at = end;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, Refusal> {
        Ok(self.take(1)?[0])
    }
}

fn be16(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?)))
}

fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn le24(bytes: &[u8], at: usize) -> Option<u32> {
    let part = bytes.get(at..at + 3)?;
    Some(u32::from(part[0]) | u32::from(part[1]) << 8 | u32::from(part[2]) << 16)
}

fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// JPEG (ITU-T T.81, annex B): markers from SOI to the EOI that ends the first picture. What a phone appends after
/// that (a depth map, a short film) does not concern the photo.
fn jpeg(bytes: &[u8]) -> Result<Anatomy, Refusal> {
    const BROKEN: Refusal = Refusal::Broken { kind: FileKind::Jpeg };
    let mut walk = Walk { bytes, at: 2 };
    let mut frame: Option<JpegFrame> = None;
    let mut scanned = false;
    loop {
        if walk.byte()? != 0xFF {
            return Err(BROKEN);
        }
        let mut marker = walk.byte()?;
        while marker == 0xFF {
            marker = walk.byte()?;
        }
        match marker {
            0xD9 => break,
            // Markers without a body: restarts and TEM.
            0x01 | 0xD0..=0xD7 => continue,
            0x00 | 0xD8 => return Err(BROKEN),
            _ => {}
        }
        let length = be16(walk.take(2)?, 0).unwrap_or(0) as usize;
        let body = walk.take(length.checked_sub(2).ok_or(BROKEN)?)?;
        match marker {
            // Start of frame; C4, C8 and CC share the range and are other things.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                if frame.is_some() {
                    return Err(BROKEN);
                }
                frame = Some(JpegFrame::read(marker, body).ok_or(BROKEN)?);
            }
            0xDA => {
                let frame = frame.as_mut().ok_or(BROKEN)?;
                let in_scan = body.first().copied().ok_or(BROKEN)?;
                if in_scan < frame.components && !frame.progressive {
                    // zune-jpeg 0.5 reads halved colours (4:2:0) wrongly from sequential files with a scan for each
                    // colour: the picture turns green. Legal, and so rare that a clear refusal is enough.
                    if frame.halved {
                        return Err(Refusal::RareLayout);
                    }
                    frame.keeps_coefficients = true;
                }
                scanned = true;
                skip_entropy_coded(&mut walk)?;
            }
            _ => {}
        }
    }
    let frame = frame.filter(|_| scanned).ok_or(BROKEN)?;
    Ok(Anatomy { width: frame.width, height: frame.height, animated: false, decoded_bytes: frame.decoded_bytes() })
}

struct JpegFrame {
    width: u32,
    height: u32,
    components: u8,
    /// Samples for each pixel over all components, in sixteenths.
    samples_in_16ths: u64,
    /// Some component has fewer samples than another.
    halved: bool,
    progressive: bool,
    /// All is unpacked at the end of the file only, so the coefficients stay in memory until then.
    keeps_coefficients: bool,
}

impl JpegFrame {
    fn read(marker: u8, body: &[u8]) -> Option<Self> {
        let (height, width) = (be16(body, 1)?, be16(body, 3)?);
        let components = *body.get(5)?;
        if width == 0 || height == 0 || !matches!(components, 1 | 3 | 4) {
            return None;
        }
        let mut factors = Vec::with_capacity(4);
        for index in 0..usize::from(components) {
            let packed = *body.get(6 + index * 3 + 1)?;
            let (across, down) = (u64::from(packed >> 4), u64::from(packed & 15));
            if !(1..=4).contains(&across) || !(1..=4).contains(&down) {
                return None;
            }
            factors.push((across, down));
        }
        let widest = factors.iter().map(|f| f.0).max()?;
        let tallest = factors.iter().map(|f| f.1).max()?;
        let samples: u64 = factors.iter().map(|(across, down)| across * down).sum();
        let progressive = matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE);
        Some(Self {
            width,
            height,
            components,
            samples_in_16ths: (samples * 16).div_ceil(widest * tallest),
            halved: factors.iter().any(|factor| *factor != factors[0]),
            progressive,
            keeps_coefficients: progressive,
        })
    }

    fn decoded_bytes(&self) -> u64 {
        let pixels = u64::from(self.width) * u64::from(self.height);
        let coefficients = if self.keeps_coefficients { pixels * self.samples_in_16ths * 2 / 16 } else { 0 };
        pixels * if self.components == 1 { 1 } else { 3 } + coefficients
    }
}

/// Moves to the marker that ends the compressed data; stuffed zeros and restart markers belong to the data.
fn skip_entropy_coded(walk: &mut Walk<'_>) -> Result<(), Refusal> {
    loop {
        let rest = &walk.bytes[walk.at.min(walk.bytes.len())..];
        let step = rest.iter().position(|byte| *byte == 0xFF).ok_or(Refusal::CutOff)?;
        match rest.get(step + 1) {
            None => return Err(Refusal::CutOff),
            Some(0x00 | 0xD0..=0xD7) => walk.at += step + 2,
            Some(0xFF) => walk.at += step + 1,
            Some(_) => {
                walk.at += step;
                return Ok(());
            }
        }
    }
}

/// PNG (W3C PNG third edition, sections 5 and 11): chunks from IHDR to IEND.
fn png(bytes: &[u8]) -> Result<Anatomy, Refusal> {
    const BROKEN: Refusal = Refusal::Broken { kind: FileKind::Png };
    let mut walk = Walk { bytes, at: 8 };
    let mut header = None;
    let mut animated = false;
    let mut has_data = false;
    loop {
        let length = be32(walk.take(4)?, 0).unwrap_or(u32::MAX);
        if length > i32::MAX as u32 {
            return Err(BROKEN);
        }
        let name = walk.take(4)?;
        if header.is_none() && name != b"IHDR" || !name.iter().all(u8::is_ascii_alphabetic) {
            return Err(BROKEN);
        }
        let body = walk.take(length as usize)?;
        walk.take(4)?;
        match name {
            b"IHDR" => header = Some(png_header(body).ok_or(BROKEN)?),
            b"acTL" => animated = true,
            b"IDAT" => has_data = true,
            b"IEND" => break,
            _ => {}
        }
    }
    let (width, height, bytes_per_pixel) = header.filter(|_| has_data).ok_or(BROKEN)?;
    let decoded_bytes = u64::from(width) * u64::from(height) * bytes_per_pixel;
    Ok(Anatomy { width, height, animated, decoded_bytes })
}

/// Width, height and bytes for each unpacked pixel.
fn png_header(body: &[u8]) -> Option<(u32, u32, u64)> {
    let (width, height) = (be32(body, 0)?, be32(body, 4)?);
    let (depth, colour) = (*body.get(8)?, *body.get(9)?);
    // One more channel than the colour type has, since a tRNS chunk adds transparency.
    let channels = match colour {
        0 => 2,
        2 | 3 | 6 => 4,
        4 => 2,
        _ => return None,
    };
    let wanted = width > 0 && height > 0 && matches!(depth, 1 | 2 | 4 | 8 | 16);
    wanted.then_some((width, height, channels * if depth == 16 { 2 } else { 1 }))
}

/// WebP (RFC 9649, section 2): a RIFF whose first chunk tells the size.
fn webp(bytes: &[u8]) -> Result<Anatomy, Refusal> {
    const BROKEN: Refusal = Refusal::Broken { kind: FileKind::WebP };
    let riff = le32(bytes, 4).ok_or(Refusal::CutOff)? as usize;
    let whole = riff.checked_add(8).and_then(|end| bytes.get(..end)).ok_or(Refusal::CutOff)?;
    let mut walk = Walk { bytes: whole, at: 12 };
    let mut canvas = None;
    let mut animated = false;
    let mut has_data = false;
    while walk.at < whole.len() {
        let name = walk.take(4)?;
        let length = le32(walk.take(4)?, 0).unwrap_or(u32::MAX) as usize;
        let body = walk.take(length)?;
        // Odd chunks are padded; some writers leave the last padding out.
        walk.at += length % 2;
        match name {
            b"VP8X" => {
                let flags = *body.first().ok_or(BROKEN)?;
                animated |= flags & 0b10 != 0;
                canvas = Some((le24(body, 4).ok_or(BROKEN)? + 1, le24(body, 7).ok_or(BROKEN)? + 1));
            }
            b"ANIM" | b"ANMF" => {
                animated = true;
                has_data = true;
            }
            b"VP8 " | b"VP8L" => {
                has_data = true;
                let own = if name == b"VP8L" { vp8l_size(body) } else { vp8_size(body) }.ok_or(BROKEN)?;
                if canvas.is_some_and(|canvas| canvas != own) {
                    return Err(BROKEN);
                }
                canvas = Some(own);
            }
            _ => {}
        }
    }
    let (width, height) = canvas.filter(|_| has_data).ok_or(BROKEN)?;
    // Planes or a lossless buffer beside the pixels that are handed out.
    let decoded_bytes = u64::from(width) * u64::from(height) * 8;
    Ok(Anatomy { width, height, animated, decoded_bytes })
}

/// Key frame header of a lossy picture (RFC 6386, section 9.1).
fn vp8_size(body: &[u8]) -> Option<(u32, u32)> {
    let starts = body.get(3..6)? == [0x9D, 0x01, 0x2A] && body[0] & 1 == 0;
    let side = |at: usize| Some(u32::from(u16::from_le_bytes(body.get(at..at + 2)?.try_into().ok()?)) & 0x3FFF);
    let size = (side(6)?, side(8)?);
    (starts && size.0 > 0 && size.1 > 0).then_some(size)
}

/// Header of a lossless picture (RFC 9649, section 3.4).
fn vp8l_size(body: &[u8]) -> Option<(u32, u32)> {
    let bits = le32(body, 1)?;
    (body[0] == 0x2F).then_some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
}
