//! What a preview, a card and the test page show.

use super::*;

#[test]
fn a_name_of_300_characters_on_the_smallest_label_is_cut_and_that_is_told_before() {
    let name = "Bánh đa nem truyền thống từ gạo nếp cái hoa vàng ".repeat(7).chars().take(300).collect::<String>();
    let long = Label { product: name, ..label(5) };
    let spec = paper("roll-30x20");
    let preview = preview(&long, spec, "Sản Vật Hà Bắc", "Tem").unwrap();
    let cut = preview.losses.iter().find(|loss| loss.part == Part::Product).unwrap();
    let Fate::Cut(printed) = &cut.fate else { panic!("{cut:?}") };
    assert!(printed.starts_with("Bánh đa") && printed.ends_with('…'), "{printed}");
    let file = render([long.clone()], spec, &job()).unwrap();
    let text: String = text_of(&file).chars().filter(|c| *c != ' ').collect();
    assert!(text.contains(&printed.replace(' ', "")), "what was told is what is printed: {printed} in {text}");
    assert_eq!(decode(&crop(&rasterise(&file)[0], spec, 0)), [long.url]);
}

#[test]
fn a_preview_tells_of_nothing_where_all_fits_and_is_the_label_as_a_picture() {
    let label = label(2);
    let preview = preview(&label, paper("a4-8"), "Sản Vật Hà Bắc", "Tem <mẫu>").unwrap();
    assert_eq!(preview.losses, []);
    assert!(
        preview.svg.contains("<title>Tem &lt;mẫu&gt;</title>") && !preview.svg.contains("style"),
        "{}",
        preview.svg
    );
    let tree = resvg::usvg::Tree::from_str(&preview.svg, &resvg::usvg::Options::default()).unwrap();
    let scale = 300.0 / 72.0;
    let (width, height) = (tree.size().width() * scale, tree.size().height() * scale);
    let mut pixels = resvg::tiny_skia::Pixmap::new(width as u32, height as u32).unwrap();
    resvg::render(&tree, resvg::tiny_skia::Transform::from_scale(scale, scale), &mut pixels.as_mut());
    let picture = GrayImage::from_fn(width as u32, height as u32, |x, y| {
        image::Luma([pixels.pixel(x, y).map_or(255, |pixel| pixel.red())])
    });
    assert_eq!(decode(&picture), [label.url]);
}

#[test]
fn a_card_shows_photo_price_and_story_and_says_where_the_story_ends_early() {
    let spec = paper("card-a6");
    let red = image::RgbImage::from_pixel(60, 40, image::Rgb([200, 20, 20]));
    let mut jpeg = std::io::Cursor::new(Vec::new());
    red.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let card = Label {
        story: "Vườn vải trồng từ năm 1987, ba đời chăm.".to_owned(),
        photo: Some(Arc::new(Photo { jpeg: jpeg.into_inner(), width: 60, height: 40 })),
        lines: vec![line(Part::Price, "45.000 đ/kg"), line(Part::Stars, "OCOP 4 sao")],
        ..label(4)
    };
    let file = render([card.clone()], spec, &job()).unwrap();
    let text: String = text_of(&file).chars().filter(|c| *c != ' ').collect();
    for wanted in ["45.000đ/kg", "OCOP4sao", "bađờichăm.", &card.code.to_string()] {
        assert!(text.contains(wanted), "{wanted} is not in {text}");
    }
    let page = rasterise(&file).remove(0);
    assert!((150..=230).contains(&page.get_pixel(600, 100).0[0]), "the photo is at the top");
    assert_eq!(preview(&card, spec, "", "Thẻ").unwrap().losses, []);
    let long = Label { story: "Câu chuyện rất dài của vườn. ".repeat(200), ..card };
    let losses = preview(&long, spec, "", "Thẻ").unwrap().losses;
    assert!(matches!(losses.as_slice(), [Loss { part: Part::Story, fate: Fate::Cut(_) }]), "{losses:?}");
}

#[test]
fn the_test_page_outlines_every_label_where_it_lies() {
    for spec in papers() {
        let words = ["Tờ canh".to_owned(), "In ở 100%.".to_owned()];
        let file = calibration(spec, &words, &job()).unwrap();
        let page = rasterise(&file).remove(0);
        let dark = |x: f32, y: f32| {
            let (x, y) = ((x * DOTS_PER_MM).round() as i64, (y * DOTS_PER_MM).round() as i64);
            let near = (-2..=2).flat_map(|dx| (-2..=2).map(move |dy| (x + dx, y + dy)));
            near.filter(|(x, y)| (0..i64::from(page.width())).contains(x) && (0..i64::from(page.height())).contains(y))
                .any(|(x, y)| page.get_pixel(x as u32, y as u32).0[0] < 160)
        };
        for place in 0..spec.per_page() {
            let (left, top) = spec.place(place);
            let (middle, half) = (left + spec.label_width * 0.3, top + spec.label_height * 0.6);
            for (x, y) in
                [(middle, top), (middle, top + spec.label_height), (left, half), (left + spec.label_width, half)]
            {
                let at_the_edge = x < 0.2 || y < 0.2 || x > spec.page_width - 0.2 || y > spec.page_height - 0.2;
                assert!(at_the_edge || dark(x, y), "{} place {place}: nothing at {x} {y}", spec.key);
            }
        }
        assert!(text_of(&file).contains("Tờ canh"), "{}", spec.key);
    }
}
