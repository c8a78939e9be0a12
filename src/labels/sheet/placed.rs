//! A label with everything in its place, ready to be drawn into a PDF or as SVG: both draw the same.

use std::fmt::Write as _;
use std::sync::Arc;

use krilla::Data;
use krilla::color::luma;
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;

use super::super::qr::{QUIET_ZONE, QrModules};
use super::typeset::{Line, Typesetter};
use super::{Part, SheetError};

/// What became of a text that did not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// Printed as this much, which ends in “…”.
    Cut(String),
    /// Not printed.
    LeftOut,
}

/// A part of a label that is not printed whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Which.
    pub part: Part,
    /// What became of it.
    pub fate: Fate,
}

/// A photo as a JPEG file.
#[derive(Debug, PartialEq, Eq)]
pub struct Photo {
    /// The file.
    pub jpeg: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// A QR symbol; its quiet zone starts at (left, top). Lengths in points.
pub(super) struct Symbol {
    pub(super) modules: QrModules,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) module: f32,
}

/// A line of text where it stands.
pub(super) struct PlacedLine {
    pub(super) line: Line,
    pub(super) left: f32,
    pub(super) baseline: f32,
}

/// A photo that fills its frame, cut at two sides.
pub(super) struct PlacedPhoto {
    pub(super) photo: Arc<Photo>,
    pub(super) left: f32,
    pub(super) top: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

/// A label with everything in its place; lengths in points from the page's top left corner.
pub(super) struct Placed {
    pub(super) symbol: Symbol,
    pub(super) lines: Vec<PlacedLine>,
    pub(super) photo: Option<PlacedPhoto>,
    /// What is not printed whole.
    pub(super) losses: Vec<Loss>,
}

impl Placed {
    /// Draws it into a page of a PDF.
    pub(super) fn draw(&self, surface: &mut Surface<'_>, typesetter: &Typesetter) -> Result<(), SheetError> {
        if let Some(photo) = &self.photo {
            photo.draw(surface)?;
        }
        surface.set_fill(Some(Fill { paint: luma::Color::black().into(), ..Fill::default() }));
        surface.set_stroke(None);
        self.symbol.draw(surface);
        for PlacedLine { line, left, baseline } in &self.lines {
            let font = typesetter.font(line.weight);
            let start = Point::from_xy(*left, *baseline);
            surface.draw_glyphs(start, &line.shaped.glyphs, font, &line.shaped.text, line.size, false);
        }
        Ok(())
    }

    /// As an SVG picture of a page `width` × `height` points; text as outlines, so it looks as it prints.
    pub(super) fn svg(&self, typesetter: &Typesetter, width: f32, height: f32, title: &str) -> String {
        let mut svg = String::with_capacity(32 << 10);
        // Writing to a String does not fail.
        let _ = write!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.2} {height:.2}\" \
             width=\"{width:.0}\" height=\"{height:.0}\" role=\"img\"><title>{}</title>\
             <path fill=\"#fff\" d=\"M0 0H{width:.2}V{height:.2}H0z\"/>",
            super::super::qr::escape_xml(title)
        );
        if let Some(photo) = &self.photo {
            let jpeg = data_encoding::BASE64.encode(&photo.photo.jpeg);
            let PlacedPhoto { left, top, width, height, .. } = photo;
            let _ = write!(
                svg,
                "<image x=\"{left:.2}\" y=\"{top:.2}\" width=\"{width:.2}\" height=\"{height:.2}\" \
                 preserveAspectRatio=\"xMidYMid slice\" href=\"data:image/jpeg;base64,{jpeg}\"/>"
            );
        }
        let Symbol { modules, left, top, module } = &self.symbol;
        let quiet = QUIET_ZONE as f32 * module;
        let _ = write!(
            svg,
            "<path transform=\"translate({:.3} {:.3}) scale({module:.4})\" d=\"",
            left + quiet,
            top + quiet
        );
        for outline in modules.outlines() {
            for (index, (x, y)) in outline.into_iter().enumerate() {
                let _ = write!(svg, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
            }
            svg.push('z');
        }
        svg.push_str("\"/><path d=\"");
        for PlacedLine { line, left, baseline } in &self.lines {
            typesetter.outline(line, *left, *baseline, &mut svg);
        }
        svg.push_str("\"/></svg>");
        svg
    }
}

impl Symbol {
    /// As one path in module units, so that no seam shows between modules.
    fn draw(&self, surface: &mut Surface<'_>) {
        if let Some(path) = symbol_path(&self.modules) {
            let quiet = QUIET_ZONE as f32 * self.module;
            let at = Transform::from_row(self.module, 0.0, 0.0, self.module, self.left + quiet, self.top + quiet);
            surface.push_transform(&at);
            surface.draw_path(&path);
            surface.pop();
        }
    }
}

impl PlacedPhoto {
    fn draw(&self, surface: &mut Surface<'_>) -> Result<(), SheetError> {
        let wrong = || SheetError::Pdf("the photo can't be placed".to_owned());
        let image = Image::from_jpeg(Data::from(self.photo.jpeg.clone()), true).map_err(SheetError::Pdf)?;
        let (width, height) = (self.photo.width as f32, self.photo.height as f32);
        let scale = (self.width / width).max(self.height / height);
        let size = Size::from_wh(width * scale, height * scale).ok_or_else(wrong)?;
        let mut frame = PathBuilder::new();
        frame.move_to(self.left, self.top);
        frame.line_to(self.left + self.width, self.top);
        frame.line_to(self.left + self.width, self.top + self.height);
        frame.line_to(self.left, self.top + self.height);
        frame.close();
        surface.push_clip_path(&frame.finish().ok_or_else(wrong)?, &FillRule::NonZero);
        surface.push_transform(&Transform::from_translate(
            self.left + (self.width - width * scale) / 2.0,
            self.top + (self.height - height * scale) / 2.0,
        ));
        surface.draw_image(image, size);
        surface.pop();
        surface.pop();
        Ok(())
    }
}

fn symbol_path(modules: &QrModules) -> Option<Path> {
    let mut path = PathBuilder::new();
    for outline in modules.outlines() {
        for (index, (x, y)) in outline.into_iter().enumerate() {
            let (x, y) = (x as f32, y as f32);
            if index == 0 { path.move_to(x, y) } else { path.line_to(x, y) }
        }
        path.close();
    }
    path.finish()
}
