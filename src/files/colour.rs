//! Colours of pictures: conversion to sRGB, and the one colour that stands for a picture.

use std::fmt;

use image::RgbImage;
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// An sRGB colour; `Display` writes it as style sheets do, `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub [u8; 3]);

impl fmt::Display for Colour {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(out, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// Converts RGB pixels from the profile they were made for. A profile that is damaged, or is for grey or print
/// colours (which were turned to RGB already), leaves the pixels as they are.
pub fn to_srgb(pixels: &mut RgbImage, profile: &[u8]) {
    let Ok(profile) = ColorProfile::new_from_slice(profile) else { return };
    if profile.color_space != DataColorSpace::Rgb {
        return;
    }
    let srgb = ColorProfile::new_srgb();
    let Ok(transform) = profile.create_transform_8bit(Layout::Rgb, &srgb, Layout::Rgb, TransformOptions::default())
    else {
        return;
    };
    let mut converted = vec![0; pixels.len()];
    if transform.transform(pixels, &mut converted).is_ok() {
        pixels.copy_from_slice(&converted);
    }
}

/// The average of the most frequent colours: pixels are counted in 512 boxes of the RGB cube, and the fullest box
/// wins. A plain average would turn red lychees on green leaves into mud.
pub fn dominant(pixels: &RgbImage) -> Colour {
    let mut boxes = vec![(0u64, [0u64; 3]); 512];
    for pixel in pixels.pixels() {
        let [red, green, blue] = pixel.0.map(usize::from);
        let (count, sums) = &mut boxes[(red >> 5) << 6 | (green >> 5) << 3 | blue >> 5];
        *count += 1;
        for (sum, channel) in sums.iter_mut().zip(pixel.0) {
            *sum += u64::from(channel);
        }
    }
    let (count, sums) = boxes.into_iter().max_by_key(|(count, _)| *count).unwrap_or((0, [0; 3]));
    Colour(sums.map(|sum| (sum / count.max(1)) as u8))
}
