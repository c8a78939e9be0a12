//! What becomes of pictures: their sizes, shape and colours, and what of the file does not come along.

mod made;
mod refused;

use image::{ExtendedColorType, Rgb};
use jpeg_encoder::{ColorType as JpegColour, Encoder, SamplingFactor};
use proptest::prelude::*;

use super::*;
use made::{
    BLUE, GREEN, RED, YELLOW, chunk, exif, jpeg, jpeg_with, noise, png, quarters, raw_png, stored, webp, with_exif,
    with_segments,
};

fn open_jpeg(rendition: &Rendition) -> RgbImage {
    let picture = image::load_from_memory_with_format(&rendition.jpeg, image::ImageFormat::Jpeg).unwrap().into_rgb8();
    assert_eq!(picture.dimensions(), (rendition.width, rendition.height));
    picture
}

fn near(pixel: Rgb<u8>, wanted: [u8; 3], slack: u8) -> bool {
    pixel.0.iter().zip(wanted).all(|(a, b)| a.abs_diff(b) <= slack)
}

#[track_caller]
fn assert_corners(picture: &RgbImage, corners: [[u8; 3]; 4]) {
    let (right, bottom) = (picture.width() * 3 / 4, picture.height() * 3 / 4);
    let (left, top) = (picture.width() / 4, picture.height() / 4);
    for ((x, y), wanted) in [(left, top), (right, top), (left, bottom), (right, bottom)].into_iter().zip(corners) {
        assert!(
            near(*picture.get_pixel(x, y), wanted, 12),
            "at {x},{y}: {:?}, not {wanted:?}",
            picture.get_pixel(x, y)
        );
    }
}

#[test]
fn a_photo_comes_out_in_three_sizes_of_the_same_shape() {
    let rendered = render(&jpeg(&quarters(2000, 1500))).unwrap();
    let sizes = [&rendered.small, &rendered.medium, &rendered.large].map(|r| (r.width, r.height));
    assert_eq!(sizes, [(320, 240), (800, 600), (1600, 1200)]);
    assert_corners(&open_jpeg(&rendered.small), [RED, GREEN, BLUE, YELLOW]);
    assert_corners(&open_jpeg(&rendered.large), [RED, GREEN, BLUE, YELLOW]);
}

#[test]
fn a_small_picture_is_not_enlarged() {
    let rendered = render(&jpeg(&quarters(200, 100))).unwrap();
    for rendition in [&rendered.small, &rendered.medium, &rendered.large] {
        assert_eq!((rendition.width, rendition.height), (200, 100));
    }
}

#[test]
fn every_exif_orientation_comes_out_upright() {
    let stored = jpeg(&quarters(400, 240));
    // Exif 2.32, tag 0x0112: where the stored corners (top left, top right, bottom left, bottom right) are seen.
    let seen: [[[u8; 3]; 4]; 8] = [
        [RED, GREEN, BLUE, YELLOW],
        [GREEN, RED, YELLOW, BLUE],
        [YELLOW, BLUE, GREEN, RED],
        [BLUE, YELLOW, RED, GREEN],
        [RED, BLUE, GREEN, YELLOW],
        [BLUE, RED, YELLOW, GREEN],
        [YELLOW, GREEN, BLUE, RED],
        [GREEN, YELLOW, RED, BLUE],
    ];
    for (orientation, corners) in (1u8..).zip(seen) {
        let bytes = with_exif(&stored, &exif(orientation));
        assert_eq!(check(&bytes).unwrap().orientation, orientation);
        let medium = open_jpeg(&render(&bytes).unwrap().medium);
        let upright = if orientation < 5 { (400, 240) } else { (240, 400) };
        assert_eq!(medium.dimensions(), upright, "orientation {orientation}");
        assert_corners(&medium, corners);
    }
}

#[test]
fn an_exif_block_of_nonsense_does_not_spoil_the_photo() {
    for tiff in [&b""[..], b"MM\0*\xFF\xFF\xFF\xFF", b"II*\0\x08\0\0\0\xFF\xFF", &exif(9), &exif(0)] {
        let bytes = with_exif(&jpeg(&quarters(64, 48)), tiff);
        assert_eq!(check(&bytes).unwrap().orientation, 1);
        assert!(render(&bytes).is_ok());
    }
}

/// The markers of a JPEG file up to its first scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 2;
    while found.last() != Some(&0xDA) {
        found.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

#[test]
fn place_device_and_profile_do_not_come_along() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let bytes = jpeg_with(&quarters(900, 600), |encoder| encoder.add_icc_profile(&profile).unwrap());
    let bytes = with_segments(
        &bytes,
        &[
            (0xE1, [b"Exif\0\0", &exif(1)[..]].concat()),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>Lan</x:xmpmeta>".to_vec()),
            (0xED, b"Photoshop 3.0\x008BIM\x04\x04Lan".to_vec()),
            (0xFE, "chụp tại nhà bà Lan".into()),
        ],
    );
    let mut bytes = bytes;
    bytes.extend(b"trailer: MotionPhoto_Data SAMSUNG");
    let rendered = render(&bytes).unwrap();
    for rendition in [rendered.small, rendered.medium, rendered.large] {
        let kept = markers(&rendition.jpeg);
        // JFIF's own APP0 (pixel density) may stay; no other application segment and no comment.
        assert!(kept.iter().all(|marker| !matches!(marker, 0xE1..=0xEF | 0xFE)), "{kept:x?}");
        for trace in [&b"Exif"[..], b"SAMSUNG", b"GPS", b"Lan", b"ICC_PROFILE", b"adobe"] {
            assert!(!rendition.jpeg.windows(trace.len()).any(|window| window == trace));
        }
        assert!(rendition.jpeg.ends_with(&[0xFF, 0xD9]));
    }
}

#[test]
fn colours_of_an_iphone_profile_are_converted() {
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let orange = RgbImage::from_pixel(64, 64, Rgb([200, 120, 60]));
    let bytes = jpeg_with(&orange, |encoder| encoder.add_icc_profile(&profile).unwrap());
    // Display P3 (200, 120, 60) is sRGB (213, 115, 42): computed from the matrices of SMPTE EG 432-1 and IEC 61966-2-1.
    let converted = open_jpeg(&render(&bytes).unwrap().large);
    assert!(near(*converted.get_pixel(30, 30), [213, 115, 42], 4), "{:?}", converted.get_pixel(30, 30));
    let plain = open_jpeg(&render(&jpeg(&orange)).unwrap().large);
    assert!(near(*plain.get_pixel(30, 30), [200, 120, 60], 4), "{:?}", plain.get_pixel(30, 30));
}

#[test]
fn the_busiest_picture_keeps_the_byte_budgets() {
    let rendered = render(&jpeg(&noise(1600, 1200))).unwrap();
    assert!(rendered.small.jpeg.len() <= 6 * 1024, "{}", rendered.small.jpeg.len());
    assert!(rendered.medium.jpeg.len() <= 38 * 1024, "{}", rendered.medium.jpeg.len());
    assert!(rendered.large.jpeg.len() <= 280 * 1024, "{}", rendered.large.jpeg.len());
    let medium = open_jpeg(&rendered.medium);
    assert_eq!(medium.width() * 3 / 4, medium.height());
}

#[test]
fn the_dominant_colour_is_the_one_that_covers_most() {
    let picture = RgbImage::from_fn(300, 300, |x, _| Rgb(if x < 200 { GREEN } else { RED }));
    let colour = render(&jpeg(&picture)).unwrap().dominant;
    assert!(near(Rgb(colour.0), GREEN, 6), "{colour}");
    assert_eq!(Colour([1, 160, 255]).to_string(), "#01a0ff");
}

#[test]
fn transparency_becomes_white() {
    let pixels: Vec<u8> =
        (0..64 * 64).flat_map(|i| if i % 64 < 32 { [220, 30, 40, 255] } else { [0, 0, 0, 0] }).collect();
    let picture = open_jpeg(&render(&png(&pixels, 64, 64, ExtendedColorType::Rgba8)).unwrap().large);
    assert_corners(&picture, [RED, [255; 3], RED, [255; 3]]);
}

#[test]
fn sixteen_bits_grey_and_half_transparent_are_read() {
    let wide = |values: &[u16]| -> Vec<u8> {
        (0..32 * 32).flat_map(|_| values.iter().flat_map(|v| v.to_ne_bytes()).collect::<Vec<_>>()).collect()
    };
    let narrow = |values: &[u8]| values.repeat(32 * 32);
    let cases = [
        (narrow(&[90]), ExtendedColorType::L8, [90; 3]),
        (narrow(&[0, 128]), ExtendedColorType::La8, [127; 3]),
        (wide(&[0x8000]), ExtendedColorType::L16, [128; 3]),
        (wide(&[0, 0x8000]), ExtendedColorType::La16, [127; 3]),
        (wide(&[0xDC00, 0x1E00, 0x2800]), ExtendedColorType::Rgb16, RED),
        (wide(&[0xDC00, 0x1E00, 0x2800, 0xFFFF]), ExtendedColorType::Rgba16, RED),
    ];
    for (pixels, colour, wanted) in cases {
        let picture = open_jpeg(&render(&png(&pixels, 32, 32, colour)).unwrap().large);
        assert!(near(*picture.get_pixel(16, 16), wanted, 4), "{colour:?}: {:?}", picture.get_pixel(16, 16));
    }
}

#[test]
fn a_palette_picture_with_a_transparent_entry_is_read() {
    // 16 × 16 pixels of two bits: entry 1 (green) on the left, entry 2 (transparent) on the right.
    let rows: Vec<u8> = (0..16).flat_map(|_| [0, 0b0101_0101, 0b0101_0101, 0b1010_1010, 0b1010_1010]).collect();
    let palette = [[0; 3], GREEN, BLUE].concat();
    let parts = [chunk(*b"PLTE", &palette), chunk(*b"tRNS", &[255, 255, 0]), chunk(*b"IDAT", &stored(&rows))];
    let picture = open_jpeg(&render(&raw_png(16, 16, 2, 3, &parts)).unwrap().large);
    assert!(near(*picture.get_pixel(3, 8), GREEN, 12), "{:?}", picture.get_pixel(3, 8));
    assert!(near(*picture.get_pixel(12, 8), [255; 3], 12), "{:?}", picture.get_pixel(12, 8));
}

#[test]
fn print_colours_grey_progressive_and_webp_are_read() {
    let mut cmyk = Vec::new();
    // No cyan, full magenta and yellow, no black: red. The encoder writes it inverted, as Adobe does.
    let ink = [0, 255, 255, 0].repeat(64 * 64);
    Encoder::new(&mut cmyk, 90).encode(&ink, 64, 64, JpegColour::Cmyk).unwrap();
    let mut grey = Vec::new();
    Encoder::new(&mut grey, 90).encode(&[90; 64 * 64], 64, 64, JpegColour::Luma).unwrap();
    let grey = open_jpeg(&render(&grey).unwrap().large);
    assert!(near(*grey.get_pixel(20, 20), [90; 3], 3), "{:?}", grey.get_pixel(20, 20));
    let cmyk = open_jpeg(&render(&cmyk).unwrap().large);
    assert!(cmyk.get_pixel(20, 20)[0] > 150 && cmyk.get_pixel(20, 20)[1] < 100, "{:?}", cmyk.get_pixel(20, 20));
    let progressive = jpeg_with(&quarters(200, 160), |encoder| {
        encoder.set_progressive(true);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
    });
    assert_corners(&open_jpeg(&render(&progressive).unwrap().large), [RED, GREEN, BLUE, YELLOW]);
    let restarts = jpeg_with(&quarters(200, 160), |encoder| encoder.set_restart_interval(3));
    assert_corners(&open_jpeg(&render(&restarts).unwrap().large), [RED, GREEN, BLUE, YELLOW]);
    assert_eq!(check(&webp(&quarters(200, 160))).unwrap().format, FileKind::WebP);
    let webp = render(&webp(&quarters(200, 160))).unwrap();
    assert_corners(&open_jpeg(&webp.large), [RED, GREEN, BLUE, YELLOW]);
}

fn any_file() -> impl Strategy<Value = Vec<u8>> {
    let picture = quarters(40, 30);
    let files = vec![
        with_exif(&jpeg(&picture), &exif(6)),
        jpeg_with(&noise(40, 30), |encoder| encoder.set_progressive(true)),
        png(&picture, 40, 30, ExtendedColorType::Rgb8),
        webp(&picture),
    ];
    proptest::sample::select(files)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn no_mutation_of_a_picture_makes_it_panic(
        file in any_file(),
        edits in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let mut file = file;
        for (at, byte) in edits {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        let _ = check(&file);
        let small = |file: &[u8]| admit(file).is_ok_and(|(_, a)| u64::from(a.width) * u64::from(a.height) < 1_000_000);
        // Larger claims are legal and only slow.
        if small(&file) && let Ok(rendered) = render(&file) {
            prop_assert!(rendered.medium.jpeg.starts_with(&[0xFF, 0xD8]));
        }
    }

    #[test]
    fn no_bytes_after_a_signature_make_it_panic(
        signature in proptest::sample::select(vec![&b"\xFF\xD8\xFF"[..], b"\x89PNG\r\n\x1A\n", b"RIFF\x20\0\0\0WEBP"]),
        tail in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let _ = check(&[signature, &tail].concat());
    }
}
