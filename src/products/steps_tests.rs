use super::*;

fn form(pairs: &[(&str, &str)]) -> Form {
    let mut form = Form::default();
    for (name, value) in pairs {
        form.push(name, value);
    }
    form
}

fn read_from(step: Step, pairs: &[(&str, &str)]) -> (Option<ProductContent>, Form) {
    let mut form = form(pairs);
    let content = read(step, &mut form, &ProductContent::default(), Lang::Vi);
    (content, form)
}

#[test]
fn a_product_read_from_its_own_form_is_the_same() {
    let content = ProductContent {
        name: "Vải thiều Bến Sậy".to_owned(),
        category: "food-fresh-produce".to_owned(),
        description: "Vải chính vụ.\nHái sớm.".to_owned(),
        story: "<script>alert(1)</script>".to_owned(),
        origin: "Thôn Đông, xã Hà Bắc".to_owned(),
        unit: "kg".to_owned(),
        price: Price::Range(Dong(45_000), Dong(60_000)),
        net_quantity: "thùng 5 kg".to_owned(),
        season: vec![5, 6, 7],
        season_peak: vec![6],
        availability: Some(Availability::Seasonal),
        shelf_life_days: Some(5),
        gtin: "8934563138165".to_owned(),
        channels: vec![SalesChannel {
            name: "Chợ quê".to_owned(),
            note: "sáng sớm".to_owned(),
            url: "https://mau.example".to_owned(),
        }],
        ..ProductContent::default()
    };
    for step in Step::ALL {
        let mut form = fill(step, &content);
        assert_eq!(read(step, &mut form, &content, Lang::Vi).as_ref(), Some(&content), "{step:?} {:?}", form.errors());
    }
}

#[test]
fn a_price_with_letters_is_refused_in_words_and_kept() {
    let (content, form) =
        read_from(Step::Price, &[("price_kind", "exact"), ("price", "bốn mươi nghìn"), ("unit", "kg")]);
    assert!(content.is_none());
    assert_eq!(form.value("price"), "bốn mươi nghìn");
    assert!(form.error("price").is_some_and(|e| e.contains("bốn mươi nghìn") && e.contains("45.000")));
}

#[test]
fn a_price_is_read_in_the_kind_that_was_typed() {
    let (content, _) = read_from(Step::Price, &[("price", "45k"), ("unit", "kg")]);
    assert_eq!(content.unwrap().price, Price::Exact(Dong(45_000)));
    let (content, _) = read_from(
        Step::Price,
        &[("price_kind", "range"), ("price_from", "45k"), ("price_to", "45.000"), ("unit", "kg")],
    );
    assert_eq!(content.unwrap().price, Price::Exact(Dong(45_000)));
    let (content, _) = read_from(Step::Price, &[("price_kind", "ask"), ("price", "rác"), ("unit", "kg")]);
    assert_eq!(content.unwrap().price, Price::Ask);
}

#[test]
fn what_is_wrong_with_a_price_is_told_at_its_field() {
    for (pairs, field) in [
        (&[("unit", "kg")][..], "price_kind"),
        (&[("price_kind", "exact"), ("unit", "kg")], "price"),
        (&[("price_kind", "exact"), ("price", "0"), ("unit", "kg")], "price"),
        (&[("price_kind", "exact"), ("price", "-5"), ("unit", "kg")], "price"),
        (&[("price_kind", "exact"), ("price", "99999999999999"), ("unit", "kg")], "price"),
        (&[("price_kind", "range"), ("price_from", "60.000"), ("price_to", "45.000"), ("unit", "kg")], "price_to"),
        (&[("price_kind", "ask"), ("unit", "sọt")], "unit"),
    ] {
        let (content, form) = read_from(Step::Price, pairs);
        assert!(content.is_none(), "{pairs:?}");
        assert!(form.error(field).is_some(), "{pairs:?}: {:?}", form.errors());
    }
}

#[test]
fn a_name_of_ten_thousand_characters_is_refused_and_kept() {
    let long = "ổ".repeat(10_000);
    let (content, form) = read_from(Step::Name, &[("name", &long), ("category", "food-grain")]);
    assert!(content.is_none());
    assert_eq!(form.value("name"), long);
    assert!(form.error("name").is_some_and(|e| e.contains("120")));
}

#[test]
fn a_category_must_be_of_the_list() {
    let (content, form) = read_from(Step::Name, &[("name", "Ổi"), ("category", "food")]);
    assert!(content.is_none() && form.error("category").is_some());
}

#[test]
fn months_at_their_best_belong_to_the_season() {
    let (content, _) = read_from(
        Step::Season,
        &[("season_kind", "months"), ("season", "6"), ("season_peak", "7"), ("availability", "seasonal")],
    );
    let content = content.unwrap();
    assert_eq!((content.season, content.season_peak), (vec![6, 7], vec![7]));
}

#[test]
fn all_twelve_months_are_all_year() {
    let months: Vec<String> = (1..=12).map(|m| m.to_string()).collect();
    let mut pairs: Vec<(&str, &str)> = months.iter().map(|m| ("season", m.as_str())).collect();
    pairs.push(("availability", "in_stock"));
    let (content, _) = read_from(Step::Season, &pairs);
    assert!(content.unwrap().season.is_empty());
}

#[test]
fn a_season_must_be_told() {
    let (_, form) = read_from(Step::Season, &[("season_kind", "months"), ("shelf_life_days", "vài hôm")]);
    for field in ["season", "availability", "shelf_life_days"] {
        assert!(form.error(field).is_some(), "{field}");
    }
    let (_, form) = read_from(Step::Season, &[("availability", "in_stock"), ("season", "13")]);
    assert!(form.error("season_kind").is_some());
}

#[test]
fn days_are_read_with_and_without_their_word() {
    assert_eq!(parse_days("5"), Ok(5));
    assert_eq!(parse_days("5 ngày"), Ok(5));
    for text in ["0", "-1", "+5", "36501", "5,5", "ngày", ""] {
        assert_eq!(parse_days(text), Err(()), "{text}");
    }
}

#[test]
fn a_wrong_barcode_is_refused() {
    let (content, form) = read_from(Step::Origin, &[("origin", "Thôn Nam"), ("gtin", "8934563138166")]);
    assert!(content.is_none() && form.error("gtin").is_some());
}

#[test]
fn web_addresses_lead_to_the_web_only() {
    assert_eq!(parse_url("shop.example/vai"), Ok("https://shop.example/vai".to_owned()));
    assert_eq!(parse_url("http://shop.example"), Ok("http://shop.example".to_owned()));
    for text in [
        "javascript:alert(1)",
        "facebook",
        "https://",
        "https://a b.vn",
        "https://vn.",
        "https://a@b.vn",
        "ftp://a.vn/",
    ] {
        assert_eq!(parse_url(text), Err(()), "{text}");
    }
}

#[test]
fn places_of_sale_need_a_name_and_empty_rows_are_none() {
    let (content, _) = read_from(Step::Channels, &[("name_0", ""), ("name_3", "Chợ quê"), ("note_3", "sáng")]);
    assert_eq!(content.unwrap().channels.len(), 1);
    let (content, form) = read_from(Step::Channels, &[("note_1", "sáng")]);
    assert!(content.is_none() && form.error("name_1").is_some());
    assert_eq!(channel_rows(&form), 3);
    assert_eq!(channel_rows(&Form::default()), 1);
}
