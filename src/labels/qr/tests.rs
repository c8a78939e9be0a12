use proptest::prelude::*;

use super::*;

const URL: &str = "HTTPS://SANVAT.HABAC.VN/T/2MG0J6HB7H6NW5";

fn code() -> LabelCode {
    LabelCode::parse("2MG0-J6HB-7H6N-W5").unwrap()
}

fn decode(width: usize, height: usize, grey: impl FnMut(usize, usize) -> u8) -> Vec<String> {
    let mut picture = rqrr::PreparedImage::prepare_from_greyscale(width, height, grey);
    picture.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

#[test]
fn the_address_is_upper_case_with_the_compact_code() {
    for (public_url, expected) in [
        ("https://sanvat.habac.vn", "HTTPS://SANVAT.HABAC.VN/T/2MG0J6HB7H6NW5"),
        ("https://SanVat.HaBac.vn/", "HTTPS://SANVAT.HABAC.VN/T/2MG0J6HB7H6NW5"),
        ("http://192.168.1.20:8080", "HTTP://192.168.1.20:8080/T/2MG0J6HB7H6NW5"),
        ("https://xn--snvt-0ra.vn", "HTTPS://XN--SNVT-0RA.VN/T/2MG0J6HB7H6NW5"),
    ] {
        assert_eq!(label_url(public_url, code()).unwrap(), expected);
    }
}

#[test]
fn an_address_that_upper_case_would_break_is_refused() {
    let refused = |address| label_url(address, code()).unwrap_err();
    assert!(matches!(refused("ftp://a.vn"), AddressError::Scheme(_)));
    assert!(matches!(refused("sanvat.vn"), AddressError::Scheme(_)));
    assert!(matches!(refused("https://"), AddressError::Host(_)));
    assert!(matches!(refused("http://[::1]:8080"), AddressError::Host(_)));
    assert!(matches!(refused("https://sảnvật.vn"), AddressError::Host(_)));
    assert!(matches!(refused("https://me@a.vn"), AddressError::Host(_)));
    assert!(matches!(refused("https://a.vn:0"), AddressError::Port(_)));
    assert!(matches!(refused("https://a.vn:http"), AddressError::Port(_)));
    assert!(matches!(refused("https://a.vn/app"), AddressError::Path(_)));
    assert!(matches!(refused("https://a.vn?x"), AddressError::Path(_)));
}

/// Version 3-M holds 61 alphanumeric characters but only 42 bytes (ISO/IEC 18004:2015, table 7), so
/// the sizes prove the mode.
#[test]
fn a_label_takes_the_smallest_symbol_that_alphanumeric_mode_allows() {
    let sixty_one = format!("HTTPS://{}.VN/T/2MG0J6HB7H6NW5", "A".repeat(33));
    assert_eq!(sixty_one.len(), 61);
    assert_eq!(QrModules::of(&sixty_one).unwrap().width(), 29);
    assert_eq!(QrModules::of(&format!("{sixty_one}A")).unwrap().width(), 33);
    assert_eq!(QrModules::of(&"A".repeat(38)).unwrap().width(), 25);
    assert_eq!(QrModules::of(&"A".repeat(39)).unwrap().width(), 29);
}

#[test]
fn text_outside_alphanumeric_mode_is_an_error() {
    assert_eq!(QrModules::of(""), Err(QrError::Empty));
    assert_eq!(QrModules::of("https://A.VN"), Err(QrError::NotAlphanumeric('h')));
    assert_eq!(QrModules::of("HTTPS://A.VN?X"), Err(QrError::NotAlphanumeric('?')));
    assert_eq!(QrModules::of("VẢI"), Err(QrError::NotAlphanumeric('Ả')));
    assert_eq!(QrModules::of(&"A".repeat(5_000)), Err(QrError::TooLong(5_000)));
}

#[test]
fn more_correction_makes_a_larger_symbol_that_still_reads() {
    for (correction, width) in
        [(Correction::Low, 25), (Correction::Medium, 29), (Correction::Quartile, 29), (Correction::High, 33)]
    {
        let modules = QrModules::with_correction(URL, correction).unwrap();
        assert_eq!(modules.width(), width, "{correction:?}");
        let side = modules.width_with_quiet_zone() * 4;
        let found = decode(side, side, |x, y| {
            let dark = (x / 4).checked_sub(QUIET_ZONE).zip((y / 4).checked_sub(QUIET_ZONE));
            if dark.is_some_and(|(x, y)| modules.dark(x, y)) { 0 } else { 255 }
        });
        assert_eq!(found, [URL]);
    }
}

#[test]
fn the_png_reads_back_and_keeps_its_quiet_zone() {
    for scale in [3, 8] {
        let picture = image::load_from_memory(&png(URL, scale).unwrap()).unwrap().into_luma8();
        let side = (29 + 8) * scale;
        assert_eq!(picture.dimensions(), (side, side));
        let quiet = QUIET_ZONE as u32 * scale;
        assert!(picture.enumerate_pixels().all(|(x, y, pixel)| {
            let inside = |n| n >= quiet && n < side - quiet;
            pixel.0[0] == 255 || inside(x) && inside(y)
        }));
        assert_eq!(decode(side as usize, side as usize, |x, y| picture.get_pixel(x as u32, y as u32).0[0]), [URL]);
    }
    assert_eq!(png(URL, 0), Err(QrError::PixelsPerModule(0)));
    assert_eq!(png(URL, 101), Err(QrError::PixelsPerModule(101)));
}

#[test]
fn the_svg_reads_back_when_drawn() {
    let drawing = svg(URL, "Mã tem <2MG0> & \"tem\"").unwrap();
    let tree = resvg::usvg::Tree::from_str(&drawing, &resvg::usvg::Options::default()).unwrap();
    assert_eq!((tree.size().width(), tree.size().height()), (148.0, 148.0));
    let mut canvas = resvg::tiny_skia::Pixmap::new(148, 148).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::identity(), &mut canvas.as_mut());
    let modules = QrModules::of(URL).unwrap();
    for y in 0..37_usize {
        for x in 0..37_usize {
            let dark = x.checked_sub(4).zip(y.checked_sub(4)).is_some_and(|(x, y)| modules.dark(x, y));
            let pixel = canvas.pixel((x * 4 + 2) as u32, (y * 4 + 2) as u32).unwrap();
            assert_eq!(pixel.red() == 0, dark, "module {x}, {y}");
        }
    }
    assert_eq!(decode(148, 148, |x, y| canvas.pixel(x as u32, y as u32).unwrap().red()), [URL]);
    assert!(drawing.contains("<title>Mã tem &lt;2MG0&gt; &amp; &quot;tem&quot;</title>"));
    assert!(drawing.len() < 5_000, "{} bytes", drawing.len());
}

proptest! {
    /// Filling the outlines by the even-odd rule along each row gives the modules back.
    #[test]
    fn outlines_enclose_exactly_the_dark_modules(width in 1_usize..12, seed in any::<[u64; 3]>()) {
        let dark: Vec<bool> = (0..width * width).map(|i| seed[i / 64] >> (i % 64) & 1 == 1).collect();
        let modules = QrModules { width, dark };
        let outlines = modules.outlines();
        for y in 0..width {
            for x in 0..width {
                let mut crossings = 0;
                let mut winding = 0;
                for outline in &outlines {
                    for (index, &(from_x, from_y)) in outline.iter().enumerate() {
                        let (to_x, to_y) = outline[(index + 1) % outline.len()];
                        prop_assert!((from_x == to_x) != (from_y == to_y));
                        if from_x == to_x && from_x <= x && (from_y.min(to_y)..from_y.max(to_y)).contains(&y) {
                            crossings += 1;
                            winding += if to_y > from_y { 1 } else { -1 };
                        }
                    }
                }
                prop_assert_eq!(crossings % 2 == 1, modules.dark(x, y), "even-odd at {}, {}", x, y);
                prop_assert_eq!(winding != 0, modules.dark(x, y), "non-zero at {}, {}", x, y);
            }
        }
    }

    #[test]
    fn any_label_of_any_commune_reads_back(commune in 0_u32..131_072, number in 0_u64..1 << 48) {
        let code = LabelCode::new(commune, number).unwrap();
        let url = label_url("https://sanvat.haiphong.gov.vn", code).unwrap();
        let modules = QrModules::of(&url).unwrap();
        let grid = rqrr::SimpleGrid::from_func(modules.width(), |x, y| modules.dark(x, y));
        prop_assert_eq!(rqrr::Grid::new(grid).decode().unwrap().1, url);
    }

    #[test]
    fn no_text_or_address_makes_it_panic(text in any::<String>()) {
        let _ = label_url(&text, code()).map(|url| QrModules::of(&url).unwrap());
        let _ = QrModules::of(&text);
    }
}
