//! Pictures of the sample commune: drawings composed on varied grounds and rendered to JPEG.
//!
//! No photo of the commune's goods can be had, so each kind of product has a drawing in `seed/demo/drawings`
//! (listed with its grounds and colour swaps in `seed/demo/drawings.json`). Start at [`Drawings::load`], then
//! [`Drawings::jpeg`]. The same key and variant always give the same picture.

use std::collections::BTreeMap;

use image::ExtendedColorType;
use image::codecs::jpeg::JpegEncoder;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;
use rust_embed::RustEmbed;
use serde::Deserialize;

use super::composition::{Dice, is_palette, surroundings};

/// Width in pixels of a sample photo as handed to the file store; the height is three quarters of it.
pub const WIDTH: u32 = 1200;
/// JPEG quality: flat colours show ringing below this.
const QUALITY: u8 = 84;

#[derive(RustEmbed)]
#[folder = "seed/demo/drawings"]
struct DrawingFiles;

/// Why a picture could not be made.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    #[error("seed/demo/drawings.json: {0}")]
    List(#[from] serde_json::Error),
    #[error("there is no drawing “{0}”")]
    Unknown(String),
    #[error("drawing “{key}”: {why}")]
    Broken { key: String, why: String },
    #[error("a picture of {0} pixels width cannot be made")]
    Size(u32),
    #[error("the picture could not be encoded: {0}")]
    Encode(#[from] image::ImageError),
}

/// One drawing as `drawings.json` lists it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Drawing {
    /// File name without `.svg`.
    pub key: String,
    pub vi: String,
    pub en: String,
    /// A whole scene with its own ground, used for photos of steps.
    pub scene: bool,
    /// The line on which the subject stands, in the drawing's own units; none if it hangs.
    pub stand: Option<f64>,
    /// Names of the grounds that suit it.
    pub palettes: Vec<String>,
    /// Sets of colours that may take each other's place; the first of each set is what the file holds.
    pub swaps: Vec<Vec<Vec<String>>>,
}

/// All drawings, by key.
#[derive(Debug)]
pub struct Drawings(BTreeMap<String, Drawing>);

impl Drawings {
    /// Reads the embedded list.
    ///
    /// # Errors
    /// [`PictureError::List`] when it is not JSON of the right shape, [`PictureError::Broken`] when an entry names
    /// an unknown ground or has no file.
    pub fn load() -> Result<Self, PictureError> {
        let list: Vec<Drawing> = serde_json::from_str(include_str!("../../seed/demo/drawings.json"))?;
        let mut drawings = BTreeMap::new();
        for drawing in list {
            let broken = |why: &str| PictureError::Broken { key: drawing.key.clone(), why: why.to_owned() };
            if drawing.palettes.iter().any(|name| !is_palette(name)) {
                return Err(broken("names a ground that does not exist"));
            }
            if DrawingFiles::get(&format!("{}.svg", drawing.key)).is_none() {
                return Err(broken("has no file in seed/demo/drawings"));
            }
            drawings.insert(drawing.key.clone(), drawing);
        }
        Ok(Self(drawings))
    }

    /// The drawing of this key, if there is one.
    pub fn get(&self, key: &str) -> Option<&Drawing> {
        self.0.get(key)
    }

    /// All drawings in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = &Drawing> {
        self.0.values()
    }

    /// The whole picture as SVG, 400 by 300 units. `colours` picks from the drawing's colour sets, one number a set;
    /// where it says nothing, chance decides.
    ///
    /// # Errors
    /// [`PictureError::Unknown`] for a key that is not listed, [`PictureError::Broken`] for a file that is not one
    /// of our drawings.
    pub fn compose(&self, key: &str, variant: u32, colours: &[usize]) -> Result<String, PictureError> {
        let drawing = self.get(key).ok_or_else(|| PictureError::Unknown(key.to_owned()))?;
        let mut dice = Dice::new(key, variant);
        let subject = recoloured(subject(key)?, drawing, colours, &mut dice);
        let mirror = if dice.chance(50) { "translate(400 0) scale(-1 1) " } else { "" };
        let (behind, place) = if drawing.scene {
            // A scene fills the frame; a slight zoom about its lower middle keeps two of them from looking alike.
            let zoom = dice.between(1.0, 1.12);
            (
                String::new(),
                format!("translate({:.1} {:.1}) scale({zoom:.3})", 200.0 * (1.0 - zoom), 300.0 * (1.0 - zoom)),
            )
        } else {
            let behind = surroundings(&mut dice, &drawing.palettes, variant, drawing.stand);
            let size = dice.between(0.88, 1.0);
            let (anchor, turn) = match drawing.stand {
                Some(line) => (line, 0.0),
                None => (20.0, dice.between(-4.0, 4.0)),
            };
            let aside = dice.between(-8.0, 8.0);
            let place = format!(
                "translate({:.1} {:.1}) rotate({turn:.1} 200 150) scale({size:.3})",
                200.0 * (1.0 - size) + aside,
                anchor * (1.0 - size)
            );
            (behind, place)
        };
        Ok(format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300">{behind}<g transform="{mirror}{place}">{subject}</g></svg>"#
        ))
    }

    /// The picture as a JPEG of `width` pixels, four to three.
    ///
    /// # Errors
    /// As [`Drawings::compose`]; [`PictureError::Size`] for a width of 0 or beyond memory.
    pub fn jpeg(&self, key: &str, variant: u32, colours: &[usize], width: u32) -> Result<Vec<u8>, PictureError> {
        let svg = self.compose(key, variant, colours)?;
        let tree = usvg::Tree::from_str(&svg, &usvg::Options::default())
            .map_err(|error| PictureError::Broken { key: key.to_owned(), why: error.to_string() })?;
        let height = width / 4 * 3;
        let mut pixels = Pixmap::new(width, height).ok_or(PictureError::Size(width))?;
        let scale = width as f32 / 400.0;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        // The ground covers everything, so alpha is full and premultiplied colours are plain ones.
        let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let mut jpeg = Vec::with_capacity(128 * 1024);
        JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode(&rgb, width, height, ExtendedColorType::Rgb8)?;
        Ok(jpeg)
    }
}

/// What stands between `</title>` and `</svg>` in the drawing's file.
fn subject(key: &str) -> Result<String, PictureError> {
    let broken = |why: &str| PictureError::Broken { key: key.to_owned(), why: why.to_owned() };
    let file = DrawingFiles::get(&format!("{key}.svg")).ok_or_else(|| broken("has no file"))?;
    let text = std::str::from_utf8(&file.data).map_err(|_| broken("is not UTF-8"))?;
    let (_, rest) = text.split_once("</title>").ok_or_else(|| broken("has no title"))?;
    let (inner, _) = rest.rsplit_once("</svg>").ok_or_else(|| broken("does not end in </svg>"))?;
    Ok(inner.to_owned())
}

/// The subject with one alternative of each colour set put in.
fn recoloured(mut svg: String, drawing: &Drawing, colours: &[usize], dice: &mut Dice) -> String {
    for (place, set) in drawing.swaps.iter().enumerate() {
        let thrown = dice.below(set.len());
        let wanted = colours.get(place).copied().unwrap_or(thrown);
        let Some((original, chosen)) = set.first().zip(set.get(wanted)) else { continue };
        // By way of marks, because a new colour may equal another old one.
        for (index, colour) in original.iter().enumerate() {
            svg = svg.replace(colour.as_str(), &format!("@{index}@"));
        }
        for (index, colour) in chosen.iter().enumerate() {
            svg = svg.replace(&format!("@{index}@"), colour);
        }
    }
    svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drawing_renders_and_variants_differ() {
        let drawings = Drawings::load().unwrap();
        assert!(drawings.iter().count() >= 100);
        for drawing in drawings.iter() {
            let first = drawings.jpeg(&drawing.key, 1, &[], 120).unwrap();
            let size = image::load_from_memory(&first).unwrap();
            assert_eq!((size.width(), size.height()), (120, 90), "{}", drawing.key);
            let others: Vec<_> = (2..6).map(|variant| drawings.compose(&drawing.key, variant, &[]).unwrap()).collect();
            assert!(others.windows(2).all(|pair| pair[0] != pair[1]), "{} looks alike twice", drawing.key);
        }
    }

    #[test]
    fn a_picture_never_changes() {
        let drawings = Drawings::load().unwrap();
        assert_eq!(drawings.compose("oi", 7, &[]).unwrap(), drawings.compose("oi", 7, &[]).unwrap());
    }

    #[test]
    fn colour_sets_are_of_one_length_and_occur_in_the_file() {
        for drawing in Drawings::load().unwrap().iter() {
            let svg = subject(&drawing.key).unwrap();
            for set in &drawing.swaps {
                assert!(set.iter().all(|colours| colours.len() == set[0].len()), "{}: uneven colour set", drawing.key);
                for colour in &set[0] {
                    assert!(svg.contains(colour), "{} has no {colour}", drawing.key);
                }
            }
        }
    }

    #[test]
    fn an_unknown_drawing_and_an_empty_size_are_refused() {
        let drawings = Drawings::load().unwrap();
        assert!(matches!(drawings.jpeg("no-such", 1, &[], 400), Err(PictureError::Unknown(key)) if key == "no-such"));
        assert!(matches!(drawings.jpeg("oi", 1, &[], 0), Err(PictureError::Size(0))));
    }
}
