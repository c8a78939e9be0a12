//! Draws the picture: words as outlines in the labels' fonts, the photo cut to its frame.

use std::fmt::Write as _;

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, ResizeOptions, Resizer};
use image::{ImageFormat, RgbImage};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use crate::files::picture;
use crate::labels::sheet::typeset::{Line, Room, Typesetter, Weight};

/// Width in pixels, as chat programs and social networks show it without cutting.
pub const WIDTH: u32 = 1200;
/// Height in pixels.
pub const HEIGHT: u32 = 630;

/// The photo: left, top, width, height.
const PHOTO: (u32, u32, u32, u32) = (78, 78, 480, 384);
/// White rim around the photo, with a stamp's teeth.
const RIM: u32 = 24;
/// Between two teeth.
const TOOTH: u32 = 24;
/// Where the words stand.
const LEFT: f32 = 624.0;
const ROOM: f32 = 516.0;
const MIDDLE: f32 = 272.0;
/// Top of the band at the foot.
const BAND: u32 = 540;

const PAPER: &str = "#f6e8c9";
const INK: &str = "#1c251f";
const SOFT: &str = "#535b51";
const LEAF: &str = "#17472f";
const STAR: &str = "#a5701c";
const ON_BAND: &str = "#fffaf0";
const NO_PHOTO: &str = "#e3ecd8";

/// Why a picture could not be drawn.
#[derive(Debug, thiserror::Error)]
pub(super) enum PosterError {
    #[error("the fonts can't be used: {0}")]
    Fonts(#[from] crate::labels::sheet::SheetError),
    #[error("the drawing is not well made: {0}")]
    Drawing(#[from] usvg::Error),
    #[error("no room for {WIDTH} × {HEIGHT} pixels, or they can't be encoded")]
    Pixels,
}

/// What is said; empty words take no room.
#[derive(Debug, Clone, Default)]
pub(super) struct Poster {
    pub(super) name: String,
    pub(super) producer: String,
    pub(super) village: String,
    /// 1 to 5; 0: none.
    pub(super) stars: u8,
    pub(super) stars_word: String,
    /// At the foot: whose site.
    pub(super) site: String,
    /// At the foot, right: that all is sample data.
    pub(super) sample: String,
    /// JPEG of the house's own making.
    pub(super) photo: Option<Vec<u8>>,
}

/// A text and how it is set.
struct Said<'a> {
    text: &'a str,
    colour: &'static str,
    room: Room,
    /// Kept free above it.
    gap: f32,
}

impl Poster {
    /// The picture, at most 200 KB.
    pub(super) fn jpeg(&self) -> Result<Vec<u8>, PosterError> {
        let tree = usvg::Tree::from_str(&self.svg()?, &usvg::Options::default())?;
        let mut pixels = Pixmap::new(WIDTH, HEIGHT).ok_or(PosterError::Pixels)?;
        resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
        // The ground covers everything, so alpha is full and premultiplied colours are plain ones.
        let rgb = pixels.data().chunks_exact(4).flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let mut canvas = RgbImage::from_raw(WIDTH, HEIGHT, rgb).ok_or(PosterError::Pixels)?;
        if let Some(photo) = self.photo.as_deref().and_then(framed) {
            image::imageops::replace(&mut canvas, &photo, i64::from(PHOTO.0), i64::from(PHOTO.1));
        }
        picture::poster(canvas).ok_or(PosterError::Pixels)
    }

    fn svg(&self) -> Result<String, PosterError> {
        let mut typesetter = Typesetter::new()?;
        let mut svg = ground();
        let room = |weight, size, floor, leading, lines| Room { weight, width: ROOM, size, floor, leading, lines };
        let said = [
            Said { text: &self.name, colour: INK, room: room(Weight::Bold, 66.0, 36.0, 1.16, 4), gap: 0.0 },
            Said { text: &self.producer, colour: INK, room: room(Weight::Regular, 34.0, 26.0, 1.24, 2), gap: 22.0 },
            Said { text: &self.village, colour: SOFT, room: room(Weight::Regular, 30.0, 22.0, 1.24, 1), gap: 6.0 },
        ];
        let mut set = Vec::with_capacity(said.len());
        let mut height = if self.stars > 0 { 70.0 } else { 0.0 };
        for said in said.into_iter().filter(|said| !said.text.is_empty()) {
            let fitted = typesetter.fit(said.text, said.room);
            height += said.gap + fitted.lines.iter().map(|line| line.height()).sum::<f32>();
            set.push((said, fitted));
        }
        let mut top = MIDDLE - height / 2.0;
        for (said, fitted) in &set {
            top += said.gap;
            for line in &fitted.lines {
                draw_line(&typesetter, &mut svg, said.colour, line, LEFT, top);
                top += line.height();
            }
        }
        self.stars(&mut typesetter, &mut svg, top + 24.0);
        self.foot(&mut typesetter, &mut svg);
        svg.push_str("</svg>");
        Ok(svg)
    }

    fn stars(&self, typesetter: &mut Typesetter, svg: &mut String, top: f32) {
        const STEP: f32 = 46.0;
        for number in 0..self.stars {
            let (x, y) = (LEFT + f32::from(number) * STEP + 20.0, top + 22.0);
            let _ = write!(svg, "<path fill=\"{STAR}\" d=\"{}\"/>", star(x, y, 21.0));
        }
        if self.stars > 0 {
            let left = LEFT + f32::from(self.stars) * STEP + 8.0;
            let width = LEFT + ROOM - left;
            let room = Room { weight: Weight::Bold, width, size: 32.0, floor: 20.0, leading: 1.2, lines: 1 };
            for line in typesetter.fit(&self.stars_word, room).lines {
                draw_line(typesetter, svg, STAR, &line, left, top + 1.0);
            }
        }
    }

    fn foot(&self, typesetter: &mut Typesetter, svg: &mut String) {
        let (left, right) = (PHOTO.0 as f32, LEFT + ROOM);
        let room = |weight, width| Room { weight, width, size: 30.0, floor: 20.0, leading: 1.2, lines: 1 };
        let top = BAND as f32 + 27.0;
        for line in typesetter.fit(&self.site, room(Weight::Bold, 760.0)).lines {
            draw_line(typesetter, svg, ON_BAND, &line, left, top);
        }
        for line in typesetter.fit(&self.sample, room(Weight::Regular, 260.0)).lines {
            draw_line(typesetter, svg, ON_BAND, &line, right - line.width(), top);
        }
    }
}

/// Draws a line of text whose room begins at (left, top).
fn draw_line(typesetter: &Typesetter, svg: &mut String, colour: &str, line: &Line, left: f32, top: f32) {
    let _ = write!(svg, "<path fill=\"{colour}\" d=\"");
    typesetter.outline(line, left, top + line.size, svg);
    svg.push_str("\"/>");
}

/// Paper, stamp without its photo, and the band at the foot.
fn ground() -> String {
    let (left, top, width, height) = PHOTO;
    let (x, y, w, h) = (left - RIM, top - RIM, width + 2 * RIM, height + 2 * RIM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" width=\"{WIDTH}\" \
         height=\"{HEIGHT}\"><path fill=\"{PAPER}\" d=\"M0 0H{WIDTH}V{HEIGHT}H0z\"/>\
         <path fill=\"{LEAF}\" d=\"M0 {BAND}H{WIDTH}V{HEIGHT}H0z\"/><path fill=\"#fff\" d=\"M{x} {y}h{w}v{h}h-{w}z\"/>\
         <path fill=\"{NO_PHOTO}\" d=\"M{left} {top}h{width}v{height}h-{width}z\"/><g fill=\"{PAPER}\">"
    );
    let mut tooth = |x: u32, y: u32| {
        let _ = write!(svg, "<circle cx=\"{x}\" cy=\"{y}\" r=\"7\"/>");
    };
    for across in (0..=w).step_by(TOOTH as usize) {
        tooth(x + across, y);
        tooth(x + across, y + h);
    }
    for down in (TOOTH..h).step_by(TOOTH as usize) {
        tooth(x, y + down);
        tooth(x + w, y + down);
    }
    svg.push_str("</g>");
    svg
}

/// A star with five points around (x, y).
fn star(x: f32, y: f32, radius: f32) -> String {
    let mut path = String::new();
    for point in 0..10_u8 {
        let angle = f32::from(point) * std::f32::consts::PI / 5.0 - std::f32::consts::FRAC_PI_2;
        let reach = if point % 2 == 0 { radius } else { radius * 0.4 };
        let command = if point == 0 { 'M' } else { 'L' };
        let _ = write!(path, "{command}{:.2} {:.2}", x + reach * angle.cos(), y + reach * angle.sin());
    }
    path.push('z');
    path
}

/// The photo, cut around its middle to fill the frame; None if it can't be read.
fn framed(jpeg: &[u8]) -> Option<RgbImage> {
    let photo = image::load_from_memory_with_format(jpeg, ImageFormat::Jpeg).ok()?.into_rgb8();
    let (_, _, width, height) = PHOTO;
    let source = Image::from_vec_u8(photo.width(), photo.height(), photo.into_raw(), PixelType::U8x3).ok()?;
    let mut cut = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().fit_into_destination(Some((0.5, 0.5)));
    Resizer::new().resize(&source, &mut cut, &options).ok()?;
    RgbImage::from_raw(width, height, cut.into_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poster() -> Poster {
        Poster {
            name: "Ổi lê Hà Bắc".to_owned(),
            producer: "Hợp tác xã mẫu".to_owned(),
            village: "Thôn mẫu".to_owned(),
            stars: 4,
            stars_word: "OCOP 4 sao".to_owned(),
            site: "Sản vật xã Hà Bắc".to_owned(),
            sample: "dữ liệu mẫu".to_owned(),
            photo: None,
        }
    }

    fn pixels(poster: &Poster) -> RgbImage {
        let jpeg = poster.jpeg().unwrap();
        assert!(jpeg.len() <= 200 * 1024, "{} bytes", jpeg.len());
        image::load_from_memory_with_format(&jpeg, ImageFormat::Jpeg).unwrap().into_rgb8()
    }

    /// Pixels of the words' column that are darker than paper.
    fn dark(picture: &RgbImage, from: u32, to: u32) -> usize {
        let right = (LEFT + ROOM) as u32;
        let rows = (from..to).flat_map(|y| (LEFT as u32..right).map(move |x| (x, y)));
        rows.filter(|(x, y)| picture.get_pixel(*x, *y).0[0] < 120).count()
    }

    #[test]
    fn words_stars_and_photo_are_in_the_picture() {
        let with_stars = pixels(&poster());
        assert_eq!(with_stars.dimensions(), (WIDTH, HEIGHT));
        assert!(dark(&with_stars, 0, BAND) > 3_000);
        let plain = Poster { stars: 0, stars_word: String::new(), ..poster() };
        let gold = |picture: &RgbImage| {
            picture
                .pixels()
                .filter(|p| p.0[0] > 140 && p.0[0] < 190 && p.0[1] > 90 && p.0[1] < 135 && p.0[2] < 60)
                .count()
        };
        assert!(gold(&with_stars) > 2_000 && gold(&pixels(&plain)) < 50);

        let mut red = Vec::new();
        let photo = RgbImage::from_pixel(300, 900, image::Rgb([200, 20, 20]));
        image::codecs::jpeg::JpegEncoder::new(&mut red).encode_image(&photo).unwrap();
        let shown = pixels(&Poster { photo: Some(red), ..poster() });
        for (x, y) in [(PHOTO.0 + 8, PHOTO.1 + 8), (PHOTO.0 + PHOTO.2 - 8, PHOTO.1 + PHOTO.3 - 8)] {
            let [r, g, _] = shown.get_pixel(x, y).0;
            assert!(r > 180 && g < 60, "the photo fills its frame at {x}, {y}");
        }
        // A photo that can't be read leaves the frame empty.
        let broken = pixels(&Poster { photo: Some(b"not a picture".to_vec()), ..poster() });
        assert!(broken.get_pixel(PHOTO.0 + 8, PHOTO.1 + 8).0[1] > 200);
    }

    #[test]
    fn a_name_of_300_characters_stays_within_its_room() {
        let long = "Bánh gai nhân đậu xanh dừa sợi ".repeat(10);
        let picture = pixels(&Poster { name: long.clone(), producer: long.clone(), village: long, ..poster() });
        let right = (LEFT + ROOM) as u32 + 4;
        let outside = (right..WIDTH).flat_map(|x| (0..BAND).map(move |y| (x, y)));
        assert!(outside.into_iter().all(|(x, y)| picture.get_pixel(x, y).0[0] > 150));
        assert_eq!(dark(&picture, BAND - 20, BAND - 6), 0, "nothing runs into the band");
    }
}
