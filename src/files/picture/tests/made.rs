//! Pictures and files made here, byte by byte where it matters.

use image::codecs::{png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage};
use jpeg_encoder::{ColorType as JpegColour, Encoder};

pub(super) const RED: [u8; 3] = [220, 30, 40];
pub(super) const GREEN: [u8; 3] = [30, 160, 60];
pub(super) const BLUE: [u8; 3] = [40, 60, 200];
pub(super) const YELLOW: [u8; 3] = [240, 220, 40];

/// Four quarters: red top left, green top right, blue bottom left, yellow bottom right.
pub(super) fn quarters(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb(match (x < width / 2, y < height / 2) {
            (true, true) => RED,
            (false, true) => GREEN,
            (true, false) => BLUE,
            (false, false) => YELLOW,
        })
    })
}

/// Random dots: the busiest picture there is, and the hardest to compress.
pub(super) fn noise(width: u32, height: u32) -> RgbImage {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    RgbImage::from_fn(width, height, |_, _| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let bytes = state.to_le_bytes();
        Rgb([bytes[0], bytes[1], bytes[2]])
    })
}

pub(super) fn jpeg_with(picture: &RgbImage, set: impl FnOnce(&mut Encoder<&mut Vec<u8>>)) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 90);
    set(&mut encoder);
    encoder.encode(picture, picture.width() as u16, picture.height() as u16, JpegColour::Rgb).unwrap();
    bytes
}

pub(super) fn jpeg(picture: &RgbImage) -> Vec<u8> {
    jpeg_with(picture, |_| {})
}

pub(super) fn png(pixels: &[u8], width: u32, height: u32, colour: ExtendedColorType) -> Vec<u8> {
    let mut bytes = Vec::new();
    PngEncoder::new(&mut bytes).write_image(pixels, width, height, colour).unwrap();
    bytes
}

pub(super) fn webp(picture: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (width, height) = picture.dimensions();
    WebPEncoder::new_lossless(&mut bytes).write_image(picture, width, height, ExtendedColorType::Rgb8).unwrap();
    bytes
}

/// A TIFF block as phones write it: maker, orientation and the place (20°58' N, 106°23' E).
pub(super) fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"MM\0*\0\0\0\x08".to_vec();
    let entry = |tiff: &mut Vec<u8>, tag: u16, kind: u16, count: u32, value: [u8; 4]| {
        tiff.extend(tag.to_be_bytes());
        tiff.extend(kind.to_be_bytes());
        tiff.extend(count.to_be_bytes());
        tiff.extend(value);
    };
    // IFD0 at 8: 3 entries, ends at 8 + 2 + 36 + 4 = 50; the maker's name at 50, the GPS IFD at 58.
    tiff.extend(3u16.to_be_bytes());
    entry(&mut tiff, 0x010F, 2, 8, 50u32.to_be_bytes());
    entry(&mut tiff, 0x0112, 3, 1, [0, orientation, 0, 0]);
    entry(&mut tiff, 0x8825, 4, 1, 58u32.to_be_bytes());
    tiff.extend([0; 4]);
    tiff.extend(b"SAMSUNG\0");
    // GPS IFD: 2 entries, ends at 58 + 2 + 24 + 4 = 88, where the latitude stands.
    tiff.extend(2u16.to_be_bytes());
    entry(&mut tiff, 1, 2, 2, *b"N\0\0\0");
    entry(&mut tiff, 2, 5, 3, 88u32.to_be_bytes());
    tiff.extend([0; 4]);
    for (value, over) in [(20u32, 1u32), (58, 1), (1234, 100)] {
        tiff.extend(value.to_be_bytes());
        tiff.extend(over.to_be_bytes());
    }
    tiff
}

/// Puts segments right after the SOI marker.
pub(super) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = jpeg[..2].to_vec();
    for (marker, body) in segments {
        bytes.extend([0xFF, *marker]);
        bytes.extend((body.len() as u16 + 2).to_be_bytes());
        bytes.extend(body);
    }
    bytes.extend(&jpeg[2..]);
    bytes
}

pub(super) fn with_exif(jpeg: &[u8], tiff: &[u8]) -> Vec<u8> {
    with_segments(jpeg, &[(0xE1, [b"Exif\0\0", tiff].concat())])
}

/// One chunk with its CRC (W3C PNG, annex D), computed bit by bit.
pub(super) fn chunk(name: [u8; 4], body: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in name.iter().chain(body) {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    let mut bytes = (body.len() as u32).to_be_bytes().to_vec();
    bytes.extend(name);
    bytes.extend(body);
    bytes.extend((!crc).to_be_bytes());
    bytes
}

pub(super) fn raw_png(width: u32, height: u32, depth: u8, colour: u8, middle: &[Vec<u8>]) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([depth, colour, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1A\n".to_vec();
    bytes.extend(chunk(*b"IHDR", &header));
    bytes.extend(middle.concat());
    bytes.extend(chunk(*b"IEND", b""));
    bytes
}

/// A zlib stream of one stored block (RFC 1950, 1951).
pub(super) fn stored(body: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (1u32, 0u32);
    for byte in body {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    let length = body.len() as u16;
    let mut bytes = vec![0x78, 0x01, 1];
    bytes.extend(length.to_le_bytes());
    bytes.extend((!length).to_le_bytes());
    bytes.extend(body);
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}
