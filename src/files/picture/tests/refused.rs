//! Files that are refused, and by what.

use image::ExtendedColorType;
use jpeg_encoder::SamplingFactor;

use super::super::{FileKind, Refusal, Wanted, check, render, sniff};
use super::made::{
    BLUE, GREEN, RED, YELLOW, chunk, exif, jpeg, jpeg_with, noise, png, quarters, raw_png, stored, webp, with_exif,
};
use super::{assert_corners, open_jpeg};

#[test]
fn a_layout_that_the_decoder_paints_green_is_refused() {
    // Optimised tables make this encoder write each colour in a scan of its own; 4:2:0 then halves two of them.
    let halved = jpeg_with(&quarters(200, 160), |encoder| {
        encoder.set_optimized_huffman_tables(true);
        encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    });
    assert_eq!(check(&halved), Err(Refusal::RareLayout));
    let whole = jpeg_with(&quarters(200, 160), |encoder| {
        encoder.set_optimized_huffman_tables(true);
        encoder.set_sampling_factor(SamplingFactor::R_4_4_4);
    });
    assert_corners(&open_jpeg(&render(&whole).unwrap().large), [RED, GREEN, BLUE, YELLOW]);
}

#[test]
fn a_claim_of_fifty_thousand_by_fifty_thousand_is_refused_unread() {
    let bomb = raw_png(50_000, 50_000, 8, 6, &[chunk(*b"IDAT", &stored(&[0; 100]))]);
    let refusal = Refusal::TooManyPixels { width: 50_000, height: 50_000 };
    assert_eq!(check(&bomb), Err(refusal.clone()));
    assert_eq!(render(&bomb), Err(refusal));
    // Within the sides, but too much in all; and few pixels that are too wide.
    let heavy = raw_png(9_000, 9_000, 8, 0, &[chunk(*b"IDAT", &stored(&[0; 100]))]);
    assert_eq!(check(&heavy).unwrap_err().code(), "picture_too_many_pixels");
    let strip = raw_png(20_001, 1, 8, 0, &[chunk(*b"IDAT", &stored(&[0; 100]))]);
    assert_eq!(check(&strip).unwrap_err().code(), "picture_too_many_pixels");
    // 56 megapixels are taken at 8 bits, and are too much at 16.
    let deep = raw_png(8_000, 7_000, 16, 6, &[chunk(*b"IDAT", &stored(&[0; 100]))]);
    assert_eq!(check(&deep).unwrap_err().code(), "picture_too_many_pixels");
}

#[test]
fn a_jpeg_whose_header_was_raised_is_refused_unread() {
    let mut bytes = jpeg(&quarters(64, 64));
    let frame = bytes.windows(2).position(|window| window == [0xFF, 0xC0]).unwrap();
    bytes[frame + 5..frame + 9].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0xFF]);
    assert_eq!(render(&bytes), Err(Refusal::TooManyPixels { width: 65535, height: 65535 }));
}

#[test]
fn a_photo_cut_off_anywhere_is_refused() {
    let picture = noise(160, 120);
    let files = [
        jpeg(&picture),
        with_exif(&jpeg(&picture), &exif(6)),
        jpeg_with(&picture, |encoder| encoder.set_progressive(true)),
        png(&picture, 160, 120, ExtendedColorType::Rgb8),
        webp(&picture),
    ];
    for file in files {
        assert!(render(&file).is_ok());
        let kind = sniff(&file);
        for percent in [1, 5, 20, 50, 80, 95, 99] {
            let cut = &file[..(file.len() * percent / 100).max(13)];
            assert_eq!(check(cut), Err(Refusal::CutOff), "{kind:?} cut at {percent} %");
            assert_eq!(render(cut), Err(Refusal::CutOff), "{kind:?} cut at {percent} %");
        }
        // The last byte of WebP may be padding; of the others it is part of the end mark.
        assert_eq!(check(&file[..file.len() - 2]), Err(Refusal::CutOff), "{kind:?} without its last bytes");
    }
}

#[test]
fn a_png_whose_inside_is_short_is_refused_when_unpacked() {
    let bytes = raw_png(64, 64, 8, 2, &[chunk(*b"IDAT", &stored(&[0; 100]))]);
    assert!(check(&bytes).is_ok());
    assert!(matches!(render(&bytes), Err(Refusal::CutOff | Refusal::Broken { .. })));
}

#[test]
fn files_in_disguise_are_refused_by_what_they_are() {
    let refused = |bytes: &[u8]| match render(bytes) {
        Err(Refusal::WrongKind { found, wanted: Wanted::Picture }) => found,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(b"<!DOCTYPE html><script>alert(1)</script>"), FileKind::Html);
    assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"), FileKind::Svg);
    assert_eq!(refused(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic"), FileKind::Heic);
    assert_eq!(refused(b"%PDF-1.7"), FileKind::Pdf);
    assert_eq!(refused(b"GIF89a\x01\0\x01\0\0\0\0;"), FileKind::Gif);
    assert_eq!(refused(b"hello"), FileKind::Unknown);
    let signed = [b"\x89PNG\r\n\x1A\n".as_slice(), b"<!DOCTYPE html><script>alert(1)</script>"].concat();
    assert_eq!(render(&signed), Err(Refusal::Broken { kind: FileKind::Png }));
    assert_eq!(render(b""), Err(Refusal::Empty));
}

#[test]
fn forty_megabytes_are_refused_by_weight() {
    let mut bytes = jpeg(&quarters(64, 64));
    bytes.resize(40 * 1024 * 1024, 0);
    let refusal = render(&bytes).unwrap_err();
    assert_eq!(refusal.in_vietnamese(), "Tệp nặng 40 MB, tối đa 15 MB.");
}

#[test]
fn animations_are_refused() {
    let still = png(&quarters(32, 32), 32, 32, ExtendedColorType::Rgb8);
    // After the signature (8) and IHDR (25): one frame, played forever.
    let moving = [&still[..33], &chunk(*b"acTL", &[0, 0, 0, 1, 0, 0, 0, 0]), &still[33..]].concat();
    assert_eq!(check(&moving), Err(Refusal::Animated));
    let mut webp = b"RIFF\x1E\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x1F\0\0\x1F\0\0ANIM\0\0\0\0".to_vec();
    webp[4] = (webp.len() - 8) as u8;
    assert_eq!(check(&webp), Err(Refusal::Animated));
}
