//! A printed sheet of labels as a phone's camera meets it: the PDF rendered, one label cut out by the paper's known
//! geometry, its QR read.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::GrayImage;
use sanvat::labels::sheet::SheetSpec;

/// Dots per inch of a plain office printer.
const DPI: f32 = 300.0;

/// What the QR says on the label at `place` (from 0, along the rows) of the first page.
pub fn read_label(pdf: &[u8], paper: &str, place: usize) -> Result<String, String> {
    let spec = SheetSpec::by_key(paper).ok_or(format!("no paper {paper}"))?;
    let page = first_page(pdf)?;
    let (left, top) = spec.place(place);
    let dots = |mm: f32| (mm / 25.4 * DPI).round() as u32;
    let label =
        image::imageops::crop_imm(&page, dots(left), dots(top), dots(spec.label_width), dots(spec.label_height));
    let label = label.to_image();
    let (width, height) = label.dimensions();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
        label.get_pixel(x as u32, y as u32).0[0]
    });
    let grids = prepared.detect_grids();
    let [grid] = grids.as_slice() else { return Err(format!("{} QR symbols on label {place}", grids.len())) };
    grid.decode().map(|(_, text)| text).map_err(|error| error.to_string())
}

fn first_page(pdf: &[u8]) -> Result<GrayImage, String> {
    let pdf = Pdf::new(pdf.to_vec()).map_err(|error| format!("no PDF: {error:?}"))?;
    let page = pdf.pages().iter().next().ok_or("a PDF without pages")?;
    let scale = PixmapSettings { x_scale: DPI / 72.0, y_scale: DPI / 72.0, bg_color: WHITE };
    let pixels =
        hayro::render(page, &RenderCache::new(), &InterpreterSettings::default(), &RenderSettings::default(), &scale);
    let (width, height) = (u32::from(pixels.width()), u32::from(pixels.height()));
    Ok(GrayImage::from_fn(width, height, |x, y| image::Luma([pixels.sample(x as u16, y as u16).r])))
}
