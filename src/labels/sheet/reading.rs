//! Reads PDF files back, for tests: their text and their pictures.

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings,
    SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page;
use hayro::kurbo::{Affine, BezPath, Rect};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::GrayImage;

/// The pages as grey pictures at 300 dots per inch.
pub(crate) fn rasterise(file: &[u8]) -> Vec<GrayImage> {
    let pdf = Pdf::new(file.to_vec()).unwrap();
    let cache = RenderCache::new();
    let scale = PixmapSettings { x_scale: 300.0 / 72.0, y_scale: 300.0 / 72.0, bg_color: WHITE };
    let mut pictures = Vec::new();
    for page in pdf.pages().iter() {
        let settings = InterpreterSettings::default();
        let pixels = hayro::render(page, &cache, &settings, &RenderSettings::default(), &scale);
        let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
        // Everything is printed in grey, so one channel says it all.
        pictures.push(GrayImage::from_fn(width, height, |x, y| image::Luma([pixels.sample(x as u16, y as u16).r])));
    }
    pictures
}

/// Collects the characters that a reader's search or copy would find, page by page.
#[derive(Default)]
struct TextReader(String);

impl Device<'_> for TextReader {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: hayro::hayro_interpret::BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, _: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(character)) => self.0.push(character),
                Some(BfString::String(text)) => self.0.push_str(&text),
                None => self.0.push('\u{FFFD}'),
            }
        }
    }
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// The text of each page, in the order in which it is drawn; spaces at the ends of lines are gone.
pub(crate) fn texts(file: &[u8]) -> Vec<String> {
    let pdf = Pdf::new(file.to_vec()).unwrap();
    let text = |page: &Page<'_>| {
        let mut reader = TextReader::default();
        let cache = InterpreterCache::new();
        let area = Rect::new(0.0, 0.0, 842.0, 842.0);
        let mut context = Context::new(Affine::IDENTITY, area, &cache, page.xref(), InterpreterSettings::default());
        interpret_page(page, &mut context, &mut reader);
        reader.0
    };
    pdf.pages().iter().map(text).collect()
}
