mod shown;

use hayro::hayro_syntax::Pdf;
use image::GrayImage;
use time::macros::datetime;

use super::super::qr::label_url;
use super::reading::{rasterise, texts};
use super::*;

const DOTS_PER_MM: f32 = 300.0 / 25.4;
/// Names with all tone marks and stacked marks, short and long.
const PRODUCTS: [&str; 6] = [
    "Vải thiều sấy dẻo",
    "Mắm cáy Hồng Lạc ủ chượp 12 tháng",
    "Ổi lê Thanh Hà",
    "Rượu nếp cái hoa vàng ủ hạ thổ",
    "Chả rươi",
    "Bưởi đào, quất, chuối tiêu hồng – giỏ quà Tết NGUYỄN ẤT DẬU ỄẪỮỖ",
];

fn label(number: u64) -> Label {
    let code = LabelCode::new(10816, number * 0x2545_f491 + 0x1234_5678).unwrap();
    Label {
        code,
        url: label_url("https://sanvat.habac.haiphong.gov.vn", code).unwrap(),
        product: PRODUCTS[number as usize % PRODUCTS.len()].to_owned(),
        producer: "HTX Nông sản Đồng Vang (mẫu)".to_owned(),
        village: "Thôn Đồng Vang, xã Hà Bắc".to_owned(),
        lot: Some("VT-261101".to_owned()),
        lines: vec![line(Part::BestBefore, "HSD 01/11/2027"), line(Part::Net, "Túi 500 g")],
        story: String::new(),
        photo: None,
    }
}

fn line(part: Part, text: &str) -> LabelLine {
    LabelLine { part, text: text.to_owned() }
}

fn paper(key: &str) -> &'static SheetSpec {
    SheetSpec::by_key(key).unwrap()
}

fn labels(count: usize) -> Vec<Label> {
    (0..count as u64).map(label).collect()
}

fn job() -> SheetJob {
    SheetJob {
        title: "Tem lô VT-261101".to_owned(),
        site: "Sản Vật Hà Bắc".to_owned(),
        created: datetime!(2026-11-22 20:15:00 UTC),
        skip: 0,
    }
}

fn crop(page: &GrayImage, spec: &SheetSpec, place: usize) -> GrayImage {
    let (left, top) = spec.place(place);
    let dots = |mm: f32| (mm * DOTS_PER_MM).round() as u32;
    image::imageops::crop_imm(page, dots(left), dots(top), dots(spec.label_width), dots(spec.label_height)).to_image()
}

fn decode(picture: &GrayImage) -> Vec<String> {
    let (width, height) = picture.dimensions();
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width as usize, height as usize, |x, y| {
        picture.get_pixel(x as u32, y as u32).0[0]
    });
    prepared.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

fn text_of(file: &[u8]) -> String {
    texts(file).concat()
}

/// A picture turned by 15° on white and seen out of focus.
fn turned_and_blurred(picture: &GrayImage) -> GrayImage {
    let (width, height) = picture.dimensions();
    let side = (width.max(height) as f32 * 1.3) as u32;
    let (sin, cos) = 15_f32.to_radians().sin_cos();
    let middle = |length: u32| length as f32 / 2.0;
    let at = |x: i64, y: i64| {
        let inside = (0..i64::from(width)).contains(&x) && (0..i64::from(height)).contains(&y);
        if inside { f32::from(picture.get_pixel(x as u32, y as u32).0[0]) } else { 255.0 }
    };
    let turned = GrayImage::from_fn(side, side, |x, y| {
        let (dx, dy) = (x as f32 - middle(side), y as f32 - middle(side));
        let (from_x, from_y) = (dx * cos + dy * sin + middle(width), dy * cos - dx * sin + middle(height));
        let (left, top) = (from_x.floor(), from_y.floor());
        let (right_part, lower_part) = (from_x - left, from_y - top);
        let (left, top) = (left as i64, top as i64);
        let upper = at(left, top) * (1.0 - right_part) + at(left + 1, top) * right_part;
        let lower = at(left, top + 1) * (1.0 - right_part) + at(left + 1, top + 1) * right_part;
        image::Luma([(upper * (1.0 - lower_part) + lower * lower_part).round() as u8])
    });
    image::imageops::blur(&turned, 1.2)
}

#[test]
fn every_paper_fits_its_page_and_has_its_own_key() {
    for spec in papers() {
        let (left, top) = spec.place(spec.per_page() - 1);
        let slack_right = spec.page_width - left - spec.label_width;
        let slack_bottom = spec.page_height - top - spec.label_height;
        assert!((slack_right - spec.margin_left).abs() < 0.1, "{}: {slack_right}", spec.key);
        assert!((slack_bottom - spec.margin_top).abs() < 0.1, "{}: {slack_bottom}", spec.key);
        assert_eq!(SheetSpec::by_key(&spec.key), Some(spec));
        assert!(spec.parts.iter().all(|part| Part::CHOSEN.contains(part)), "{}", spec.key);
    }
    for (count, key) in [(65, "a4-65"), (40, "a4-40"), (24, "a4-24"), (21, "a4-21"), (8, "a4-8")] {
        assert_eq!(paper(key).per_page(), count);
    }
    assert_eq!(SheetSpec::by_key("a4-66"), None);
}

#[test]
fn no_module_is_smaller_than_phones_read_and_the_quiet_zone_stays_free() {
    for spec in papers() {
        let mut typesetter = Typesetter::new().unwrap();
        let placed = set(&mut typesetter, &label(1), &spec.alone(), 0, "Sản Vật Hà Bắc").unwrap();
        let symbol = &placed.symbol;
        let module_mm = symbol.module / PT_PER_MM;
        assert!(module_mm >= 0.3299, "{}: {module_mm}", spec.key);
        let side = symbol.module * symbol.modules.width_with_quiet_zone() as f32;
        let right = symbol.left + side;
        assert!(symbol.left >= 0.0 && right <= spec.label_width * PT_PER_MM + 0.01, "{}", spec.key);
        assert!(symbol.top >= 0.0 && symbol.top + side <= spec.label_height * PT_PER_MM + 0.01, "{}", spec.key);
        for line in &placed.lines {
            let (top, below) = (line.baseline - line.line.size, line.baseline);
            let beside = line.left >= right - 0.01 || line.left + line.line.width() <= symbol.left + 0.01;
            let apart = beside || top >= symbol.top + side - 1.0 || below <= symbol.top + 0.01;
            assert!(apart, "{}: a line of text lies in the quiet zone", spec.key);
        }
    }
}

#[test]
fn every_qr_on_every_paper_decodes_where_the_geometry_says() {
    for spec in papers() {
        let labels = labels(spec.per_page());
        let file = render(labels.clone(), spec, &job()).unwrap();
        let pages = rasterise(&file);
        assert_eq!(pages.len(), 1, "{}", spec.key);
        for (place, label) in labels.iter().enumerate() {
            assert_eq!(
                decode(&crop(&pages[0], spec, place)),
                std::slice::from_ref(&label.url),
                "{} place {place}",
                spec.key
            );
        }
        for place in [0, spec.per_page() / 2, spec.per_page() - 1] {
            let seen = turned_and_blurred(&crop(&pages[0], spec, place));
            assert_eq!(decode(&seen), std::slice::from_ref(&labels[place].url), "{} place {place}, turned", spec.key);
        }
    }
}

#[test]
fn nothing_is_printed_outside_the_labels_and_their_padding() {
    for spec in papers().iter().filter(|spec| spec.kind != PaperKind::Plain) {
        let mut labels = labels(spec.per_page());
        labels[0] = overlong();
        let file = render(labels, spec, &job()).unwrap();
        let mut page = rasterise(&file).remove(0);
        let inset = spec.padding * 0.8;
        for place in 0..spec.per_page() {
            let (left, top) = spec.place(place);
            let dots = |mm: f32| (mm * DOTS_PER_MM).round() as u32;
            for y in dots(top + inset)..dots(top + spec.label_height - inset) {
                for x in dots(left + inset)..dots(left + spec.label_width - inset) {
                    page.put_pixel(x, y, image::Luma([255]));
                }
            }
        }
        let stray = page.enumerate_pixels().find(|(_, _, pixel)| pixel.0[0] < 200);
        assert!(stray.is_none(), "{}: {stray:?}", spec.key);
    }
}

#[test]
fn product_producer_village_lot_and_code_can_be_read_on_every_paper() {
    for spec in papers() {
        let file = render([label(0)], spec, &job()).unwrap();
        // Lines break at words, so spaces at line ends are gone.
        let text: String = text_of(&file).chars().filter(|c| *c != ' ').collect();
        let wanted = ["Vải thiều sấy dẻo", "HTX Nông sản", "Thôn Đồng", "Lô VT-261101", &label(0).code.to_string()];
        for part in wanted {
            assert!(text.contains(&part.replace(' ', "")), "{}: “{part}” is not in “{text}”", spec.key);
        }
        if spec.label_width * spec.label_height > 1_400.0 {
            assert!(text.contains("ThônĐồngVang,xãHàBắc"), "{}: {text}", spec.key);
            assert!(text.ends_with("SảnVậtHàBắc"), "{}: {text}", spec.key);
        }
    }
}

#[test]
fn decomposed_text_is_printed_composed() {
    let mut decomposed = label(0);
    decomposed.product = "Va\u{309}i thie\u{302}\u{300}u".to_owned();
    let text = text_of(&render([decomposed], paper("a4-8"), &job()).unwrap());
    assert!(text.contains("Vải"), "{text}");
    assert!(text.contains("thiều"), "{text}");
}

#[test]
fn both_fonts_have_every_vietnamese_letter() {
    let letters = "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵfjwz";
    let text = format!("{letters}{}0123456789.,-–—:;()/%&+'\"“”…°", letters.to_uppercase());
    assert_eq!(unprintable(&text).unwrap(), Vec::<char>::new());
    for product in PRODUCTS {
        assert_eq!(unprintable(product).unwrap(), Vec::<char>::new());
    }
    assert_eq!(unprintable("Mật ong 🐝 蜜").unwrap(), ['🐝', '蜜']);
}

fn overlong() -> Label {
    Label {
        product: "Bánh đa nem truyền thống làm từ gạo nếp cái hoa vàng trồng trên đất phù sa sông Thái Bình "
            .repeat(120),
        producer: "Hợptácxãdịchvụnôngnghiệptổnghợp".repeat(20),
        village: "Thôn Đồng Vang ".repeat(50),
        lot: Some("L".repeat(200)),
        lines: vec![line(Part::Certificates, &"dòng thêm rất dài ".repeat(40)); 30],
        ..label(7)
    }
}

#[test]
fn an_overlong_text_is_cut_and_the_code_and_qr_stay_whole() {
    for spec in papers() {
        let label = overlong();
        let file = render([label.clone()], spec, &job()).unwrap();
        let text: String = text_of(&file).chars().filter(|c| *c != ' ').collect();
        assert!(text.contains(&label.code.to_string()), "{}: {text}", spec.key);
        assert!(text.starts_with("Bánhđa"), "{}: {text}", spec.key);
        assert!(text.contains('…'), "{}: {text}", spec.key);
        assert!(text.contains("Lô"), "{}: {text}", spec.key);
        assert_eq!(decode(&crop(&rasterise(&file)[0], spec, 0)), [label.url], "{}", spec.key);
    }
}

#[test]
fn a_label_without_texts_still_carries_code_and_qr() {
    let bare = Label {
        product: String::new(),
        producer: " ".into(),
        village: "🐝".into(),
        lot: None,
        lines: vec![],
        ..label(3)
    };
    let file = render([bare.clone()], paper("a4-65"), &SheetJob { site: String::new(), ..job() }).unwrap();
    assert_eq!(text_of(&file), bare.code.to_string());
    assert_eq!(decode(&crop(&rasterise(&file)[0], paper("a4-65"), 0)), [bare.url]);
}

#[test]
fn a_used_sheet_starts_at_its_first_free_label_and_runs_over_pages() {
    let spec = SheetSpec::by_key("a4-8").unwrap();
    let labels = labels(9);
    let job = SheetJob { skip: 3, ..job() };
    let pages = rasterise(&render(labels.clone(), spec, &job).unwrap());
    assert_eq!(pages.len(), spec.pages_for(9, 3));
    assert_eq!(decode(&crop(&pages[0], spec, 2)), Vec::<String>::new());
    assert_eq!(decode(&crop(&pages[0], spec, 3)), [labels[0].url.clone()]);
    assert_eq!(decode(&crop(&pages[0], spec, 7)), [labels[4].url.clone()]);
    assert_eq!(decode(&crop(&pages[1], spec, 0)), [labels[5].url.clone()]);
    assert_eq!(decode(&crop(&pages[1], spec, 3)), [labels[8].url.clone()]);
    assert_eq!(decode(&crop(&pages[1], spec, 4)), Vec::<String>::new());
}

#[test]
fn what_cannot_be_printed_is_an_error_that_says_why() {
    assert!(matches!(render([], paper("a4-65"), &job()), Err(SheetError::NoLabels)));
    let lower = Label { url: "https://a.vn/t/x".to_owned(), ..label(1) };
    assert!(matches!(render([lower], paper("a4-65"), &job()), Err(SheetError::Qr { .. })));
    let long = Label { url: format!("HTTPS://{}.VN/T/2MG0J6HB7H6NW5", "A".repeat(900)), ..label(1) };
    let error = render([long], paper("a4-65"), &job()).unwrap_err();
    assert!(matches!(error, SheetError::TooSmall { ref sheet, .. } if sheet == "a4-65"), "{error}");
}

#[test]
fn properties_say_title_language_and_vietnamese_time() {
    let file = render([label(0)], paper("a4-65"), &job()).unwrap();
    let pdf = Pdf::new(file.clone()).unwrap();
    let properties = pdf.metadata();
    // 20:15 UTC is 03:15 of the next day in Vietnam.
    let created = properties.creation_date.unwrap();
    assert_eq!((created.day, created.hour, created.minute), (23, 3, 15));
    assert!(properties.title.is_some());
    let has = |text: &str| file.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    assert!(has("/Lang(vi)") || has("/Lang (vi)"));
}
