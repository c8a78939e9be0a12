//! Photos: judged, turned upright, stripped and made in three sizes.
//!
//! [`check`] reads headers only and takes microseconds to a few milliseconds; it is for the moment of upload.
//! [`render`] unpacks the pixels. It is work for the processor (about a second for a phone's photo) and takes at most
//! [`MAX_DECODED_BYTES`] and some tens of megabytes beside: call it inside `tokio::task::spawn_blocking`, one picture
//! at a time on a small machine. A file may pass the first and fail the second, when its inside is damaged.
//!
//! What is handed out is encoded anew from pixels, so that place, device and owner (EXIF, XMP, IPTC, comments,
//! embedded thumbnails, colour profiles) cannot come along. Colours in another profile (Display P3 of iPhones) are
//! converted to sRGB first, and the orientation is applied.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};
use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, webp::WebPDecoder};
use image::metadata::Orientation;
use image::{ColorType, DynamicImage, ImageDecoder, ImageError, Limits, RgbImage};

use super::anatomy::{self, Anatomy};
use super::refusal::{Refusal, Wanted};
use super::sniff::{FileKind, sniff};
use super::{MAX_BYTES, colour, encoding};

pub use super::colour::Colour;
pub use super::encoding::Rendition;

/// Longest side taken, in pixels.
pub const MAX_SIDE: u32 = 20_000;
/// Most pixels taken: above the 50-megapixel mode of today's phones.
pub const MAX_PIXELS: u64 = 60_000_000;
/// Most memory that unpacking may take, in bytes. Stricter than [`MAX_PIXELS`] for formats that need more for each
/// pixel: 16-bit PNG, progressive JPEG.
pub const MAX_DECODED_BYTES: u64 = 384 * 1024 * 1024;
/// For colour profiles and a decoder's own tables, beside the pixels.
const DECODER_ALLOWANCE: u64 = 16 * 1024 * 1024;

/// A picture's size in the catalogue: the catalogue page with 24 of them stays under 200 KB.
const SMALL: encoding::Target = encoding::Target { long_side: 320, bytes: 6 * 1024 };
/// Beside a shared link: chat programs leave out pictures of more than 300 KB.
const POSTER: encoding::Target = encoding::Target { long_side: 1200, bytes: 200 * 1024 };
/// On the scan page, which with one of them, and with the small pictures of two steps, stays under 60 KB.
const MEDIUM: encoding::Target = encoding::Target { long_side: 800, bytes: 32 * 1024 };
/// For looking closely, opened on demand.
const LARGE: encoding::Target = encoding::Target { long_side: 1600, bytes: 280 * 1024 };

/// What the headers of an acceptable picture say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    /// [`FileKind::Jpeg`], [`FileKind::Png`] or [`FileKind::WebP`].
    pub format: FileKind,
    /// Pixels as stored, before the orientation is applied.
    pub width: u32,
    pub height: u32,
    /// Exif 2.32, tag 0x0112: 1 (upright) to 8.
    pub orientation: u8,
}

/// A picture in the three sizes in which it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// At most 320 pixels on the long side and 6 KB.
    pub small: Rendition,
    /// At most 800 pixels and 32 KB.
    pub medium: Rendition,
    /// At most 1600 pixels and 280 KB.
    pub large: Rendition,
    /// To paint the place of the picture while it loads.
    pub dominant: Colour,
}

/// Judges a file by its bytes without unpacking it: kind, weight, size in pixels, completeness.
pub fn check(bytes: &[u8]) -> Result<Checked, Refusal> {
    let (kind, anatomy) = admit(bytes)?;
    let orientation = guarded(kind, || read_orientation(kind, bytes, &anatomy))?;
    Ok(Checked { format: kind, width: anatomy.width, height: anatomy.height, orientation: orientation.to_exif() })
}

/// Makes the three sizes. Checks first, so it may be given any bytes. CPU-bound: see the module.
pub fn render(bytes: &[u8]) -> Result<Rendered, Refusal> {
    let (kind, anatomy) = admit(bytes)?;
    guarded(kind, || render_admitted(kind, bytes, &anatomy))
}

/// Encodes a picture that was drawn here for shared links. None only if the encoder fails.
pub fn poster(pixels: RgbImage) -> Option<Vec<u8>> {
    POSTER.encode(pixels).map(|rendition| rendition.jpeg)
}

fn admit(bytes: &[u8]) -> Result<(FileKind, Anatomy), Refusal> {
    if bytes.is_empty() {
        return Err(Refusal::Empty);
    }
    if bytes.len() > MAX_BYTES {
        return Err(Refusal::TooHeavy { bytes: bytes.len(), limit: MAX_BYTES });
    }
    let kind = sniff(bytes);
    if !matches!(kind, FileKind::Jpeg | FileKind::Png | FileKind::WebP) {
        return Err(Refusal::WrongKind { found: kind, wanted: Wanted::Picture });
    }
    let anatomy = anatomy::dissect(kind, bytes)?;
    let Anatomy { width, height, animated, decoded_bytes } = anatomy;
    let pixels = u64::from(width) * u64::from(height);
    if width > MAX_SIDE || height > MAX_SIDE || pixels > MAX_PIXELS || decoded_bytes > MAX_DECODED_BYTES {
        return Err(Refusal::TooManyPixels { width, height });
    }
    if animated {
        return Err(Refusal::Animated);
    }
    Ok((kind, anatomy))
}

/// Runs a decoder of another house. Should it panic on a hostile file, that file is refused and the server goes on.
fn guarded<T>(kind: FileKind, work: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Refusal::Broken { kind }))
}

fn limits(anatomy: &Anatomy) -> Limits {
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(anatomy.decoded_bytes + DECODER_ALLOWANCE);
    limits
}

fn open<'a>(kind: FileKind, bytes: &'a [u8], anatomy: &Anatomy) -> Result<Box<dyn ImageDecoder + 'a>, Refusal> {
    let failed = |error| refusal(kind, anatomy, &error);
    let limits = limits(anatomy);
    let mut decoder: Box<dyn ImageDecoder + 'a> = match kind {
        FileKind::Png => Box::new(PngDecoder::with_limits(Cursor::new(bytes), limits.clone()).map_err(failed)?),
        FileKind::WebP => Box::new(WebPDecoder::new(Cursor::new(bytes)).map_err(failed)?),
        _ => Box::new(JpegDecoder::new(Cursor::new(bytes)).map_err(failed)?),
    };
    decoder.set_limits(limits).map_err(failed)?;
    // The limits were kept by our own reading of the headers; a decoder that reads them otherwise is not trusted.
    if decoder.dimensions() != (anatomy.width, anatomy.height) {
        return Err(Refusal::Broken { kind });
    }
    Ok(decoder)
}

fn refusal(kind: FileKind, anatomy: &Anatomy, error: &ImageError) -> Refusal {
    match error {
        ImageError::Limits(_) => Refusal::TooManyPixels { width: anatomy.width, height: anatomy.height },
        ImageError::IoError(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Refusal::CutOff,
        _ => Refusal::Broken { kind },
    }
}

/// A metadata block that cannot be read is as good as none: the pixels matter.
fn read_orientation(kind: FileKind, bytes: &[u8], anatomy: &Anatomy) -> Result<Orientation, Refusal> {
    Ok(open(kind, bytes, anatomy)?.orientation().unwrap_or(Orientation::NoTransforms))
}

fn render_admitted(kind: FileKind, bytes: &[u8], anatomy: &Anatomy) -> Result<Rendered, Refusal> {
    let broken = || Refusal::Broken { kind };
    let mut decoder = open(kind, bytes, anatomy)?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let profile = decoder.icc_profile().ok().flatten();
    let colour_type = decoder.color_type();
    let size = usize::try_from(decoder.total_bytes()).map_err(|_| broken())?;
    let mut pixels = vec![0; size];
    decoder.read_image(&mut pixels).map_err(|error| refusal(kind, anatomy, &error))?;
    let pixel_type = flatten(&mut pixels, colour_type).ok_or_else(broken)?;

    let source = ImageRef::new(anatomy.width, anatomy.height, &pixels, pixel_type).map_err(|_| broken())?;
    let large = shrink(&source, LARGE.long_side).ok_or_else(broken)?;
    drop(pixels);
    let mut large = DynamicImage::ImageRgb8(large);
    large.apply_orientation(orientation);
    let mut large = large.into_rgb8();
    if let Some(profile) = profile {
        colour::to_srgb(&mut large, &profile);
    }
    let source = ImageRef::new(large.width(), large.height(), &large, PixelType::U8x3).map_err(|_| broken())?;
    let medium = shrink(&source, MEDIUM.long_side).ok_or_else(broken)?;
    let small = shrink(&source, SMALL.long_side).ok_or_else(broken)?;
    let dominant = colour::dominant(&small);
    Ok(Rendered {
        small: SMALL.encode(small).ok_or_else(broken)?,
        medium: MEDIUM.encode(medium).ok_or_else(broken)?,
        large: LARGE.encode(large).ok_or_else(broken)?,
        dominant,
    })
}

/// Brings any pixel layout to opaque 8-bit grey or RGB, in place: transparent parts become white, as paper is.
fn flatten(pixels: &mut Vec<u8>, colour_type: ColorType) -> Option<PixelType> {
    let (colours, alpha, wide) = match colour_type {
        ColorType::L8 => (1, false, false),
        ColorType::La8 => (1, true, false),
        ColorType::Rgb8 => (3, false, false),
        ColorType::Rgba8 => (3, true, false),
        ColorType::L16 => (1, false, true),
        ColorType::La16 => (1, true, true),
        ColorType::Rgb16 => (3, false, true),
        ColorType::Rgba16 => (3, true, true),
        _ => return None,
    };
    let sample_bytes = if wide { 2 } else { 1 };
    let stride = (colours + usize::from(alpha)) * sample_bytes;
    // The upper byte of a 16-bit sample, whichever end the machine puts first.
    let upper = usize::from(wide && cfg!(target_endian = "little"));
    if alpha || wide {
        let count = pixels.len() / stride;
        for index in 0..count {
            let from = index * stride;
            let opacity = if alpha { u32::from(pixels[from + colours * sample_bytes + upper]) } else { 255 };
            for colour in 0..colours {
                let sample = u32::from(pixels[from + colour * sample_bytes + upper]);
                pixels[index * colours + colour] = ((sample * opacity + 255 * (255 - opacity) + 127) / 255) as u8;
            }
        }
        pixels.truncate(count * colours);
    }
    Some(if colours == 1 { PixelType::U8 } else { PixelType::U8x3 })
}

/// Shrinks to fit the long side, keeping the shape; never enlarges. Grey becomes RGB on the way out.
fn shrink(source: &ImageRef<'_>, long_side: u32) -> Option<RgbImage> {
    let (width, height) = encoding::fit(source.width(), source.height(), long_side);
    let pixels = if (width, height) == (source.width(), source.height()) {
        source.buffer().to_vec()
    } else {
        let mut target = Image::new(width, height, source.pixel_type());
        Resizer::new().resize(source, &mut target, None).ok()?;
        target.into_vec()
    };
    let pixels = if source.pixel_type() == PixelType::U8 {
        pixels.into_iter().flat_map(|grey| [grey; 3]).collect()
    } else {
        pixels
    };
    RgbImage::from_raw(width, height, pixels)
}

#[cfg(test)]
mod tests;
