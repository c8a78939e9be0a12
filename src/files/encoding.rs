//! JPEG within a byte budget.
//!
//! The page budgets (60 KB for the scan page, 200 KB for the catalogue) hold for every photo, however busy: quality
//! is lowered step by step, and only where that is not enough the picture gets smaller.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{PixelType, Resizer};
use image::RgbImage;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// Tried in turn; below the last one blocks show, and a smaller picture looks better than a coarser one.
const QUALITIES: [u8; 7] = [82, 76, 70, 63, 56, 48, 40];

/// One encoded picture: progressive JPEG, sRGB, no metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendition {
    pub jpeg: Vec<u8>,
    pub width: u32,
    pub height: u32,
}

/// What one size must fit in.
#[derive(Debug, Clone, Copy)]
pub struct Target {
    /// Pixels of the longer side.
    pub long_side: u32,
    /// Most bytes of the file.
    pub bytes: usize,
}

impl Target {
    /// Encodes within the budget. None only if the encoder fails, which for these sizes it has no reason to.
    pub fn encode(self, mut pixels: RgbImage) -> Option<Rendition> {
        loop {
            let mut jpeg = Vec::new();
            for quality in QUALITIES {
                jpeg = encode(&pixels, quality)?;
                if jpeg.len() <= self.bytes {
                    break;
                }
            }
            let (width, height) = pixels.dimensions();
            if jpeg.len() <= self.bytes || width.max(height) <= 16 {
                return Some(Rendition { jpeg, width, height });
            }
            let (width, height) = fit(width, height, width.max(height) * 7 / 8);
            let source = ImageRef::new(pixels.width(), pixels.height(), &pixels, PixelType::U8x3).ok()?;
            let mut smaller = Image::new(width, height, PixelType::U8x3);
            Resizer::new().resize(&source, &mut smaller, None).ok()?;
            pixels = RgbImage::from_raw(width, height, smaller.into_vec())?;
        }
    }
}

/// Width and height shrunk to fit `long_side`, keeping the shape as nearly as whole pixels allow.
pub fn fit(width: u32, height: u32, long_side: u32) -> (u32, u32) {
    let longest = width.max(height).max(1);
    if longest <= long_side {
        return (width, height);
    }
    let scaled = |side: u32| {
        let nearest = (u64::from(side) * u64::from(long_side) + u64::from(longest) / 2) / u64::from(longest);
        (nearest as u32).max(1)
    };
    (scaled(width), scaled(height))
}

fn encode(pixels: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let (width, height) = (u16::try_from(pixels.width()).ok()?, u16::try_from(pixels.height()).ok()?);
    let mut jpeg = Vec::new();
    let mut encoder = Encoder::new(&mut jpeg, quality);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    // Progressive saves some 5% here, and shows a blurred whole early on a slow line.
    encoder.set_progressive(true);
    encoder.set_optimized_huffman_tables(true);
    encoder.encode(pixels, width, height, ColorType::Rgb).ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_fitted_picture_fits_and_is_never_empty(width in 1u32..20_000, height in 1u32..20_000, side in 1u32..2_000) {
            let (w, h) = fit(width, height, side);
            prop_assert!(w >= 1 && h >= 1);
            prop_assert!(w.max(h) <= side.max(1) && w <= width && h <= height);
        }
    }

    #[test]
    fn a_four_by_three_photo_stays_four_by_three() {
        assert_eq!(fit(4032, 3024, 800), (800, 600));
        assert_eq!(fit(3024, 4032, 320), (240, 320));
        assert_eq!(fit(300, 200, 320), (300, 200));
    }
}
