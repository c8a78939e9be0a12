//! Filters, counts, order, paging, changes and bad input, on every engine.

use super::*;

fn market() -> Vec<Document> {
    (1..=40u128)
        .map(|n| {
            let mut d = product(n, &format!("Ổi lê vườn số {n}"));
            d.village = Labelled::new(if n % 2 == 0 { "even" } else { "odd" }, "Thôn Nam");
            d.producer_kind = Labelled::new(["household", "cooperative"][(n % 4 / 2) as usize], "hộ");
            d.category = Some(Labelled::new(if n <= 10 { "fresh" } else { "dried" }, "Nhóm"));
            d.parent_category = Some(Labelled::new("food", "Thực phẩm"));
            d.availability = if n % 5 == 0 { "sold_out" } else { "in_stock" }.into();
            d.season_months = if n <= 20 { 0b0000_0001_1000 } else { 0b1000_0000_0000 };
            d.scans = if n % 13 == 0 { n as i64 } else { 0 };
            d.price_min = (n != 7).then_some(n as i64 * 1000);
            d.stars = (n <= 6).then(|| Stars { stars: 4, until: day(2026 + (n % 2) as i32, Month::January, 1) });
            d.certificates = if n <= 4 {
                let until = |year| Some(day(year, Month::June, 1));
                vec![
                    Certificate { kind: Labelled::new("zeta", "Zeta"), until: until(2020) },
                    Certificate { kind: Labelled::new("vietgap", "VietGAP"), until: until(2026 + n as i32 % 2) },
                    Certificate { kind: Labelled::new("organic", "hữu cơ"), until: None },
                ]
            } else {
                Vec::new()
            };
            d
        })
        .collect()
}

#[tokio::test]
async fn a_facets_counts_ignore_its_own_filter_and_obey_the_others() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        let mut q = query("ổi");
        let plain = engine.index.search(&q).await.unwrap();
        assert_eq!(plain.total, 40);
        assert_eq!(plain.facets.of(Facet::Village), [("even".to_owned(), 20), ("odd".to_owned(), 20)]);
        assert_eq!(plain.facets.count(Facet::Category, "food"), 40);
        q.filters.village = vec!["even".into()];
        q.filters.category = vec!["fresh".into()];
        let found = engine.index.search(&q).await.unwrap();
        assert_eq!(found.total, 5);
        assert_eq!(found.facets.count(Facet::Village, "odd"), 5, "own filter ignored, category obeyed");
        assert_eq!(found.facets.count(Facet::Village, "even"), 5);
        assert_eq!(found.facets.count(Facet::Category, "dried"), 15);
        assert_eq!(found.facets.count(Facet::ProducerKind, "household"), 2);
        assert_eq!(found.facets.count(Facet::Availability, "sold_out"), 1);
        assert_eq!(found.facets.count(Facet::Kind, "product"), 5);
    }
}

#[tokio::test]
async fn stars_and_certificates_count_only_while_valid() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        let found = engine.index.search(&query("")).await.unwrap();
        assert_eq!(found.facets.count(Facet::Stars, "4"), 3);
        assert_eq!(found.facets.of(Facet::Certificate), [("organic".to_owned(), 4), ("vietgap".to_owned(), 2)]);
        let mut q = query("");
        q.filters.stars = vec![4, 5];
        assert_eq!(engine.index.search(&q).await.unwrap().total, 3);
        q.filters.stars.clear();
        q.filters.certificate = vec!["vietgap".into()];
        assert_eq!(engine.index.search(&q).await.unwrap().total, 2);
        q.filters.certificate = vec!["zeta".into()];
        assert_eq!(engine.index.search(&q).await.unwrap().total, 0);
        q.filters.certificate = vec!["vietgap".into()];
        q.today = day(2026, Month::May, 1);
        assert_eq!(engine.index.search(&q).await.unwrap().total, 4);
    }
}

#[tokio::test]
async fn season_price_and_availability_narrow() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        let total = async |change: fn(&mut Filters)| {
            let mut q = query("");
            change(&mut q.filters);
            engine.index.search(&q).await.unwrap().total
        };
        assert_eq!(total(|f| f.season = Some(4)).await, 20);
        assert_eq!(total(|f| f.season = Some(1)).await, 0);
        assert_eq!(total(|f| (f.price_min, f.price_max) = (Some(3000), Some(8000))).await, 5);
        assert_eq!(total(|f| f.availability = vec!["in_stock".into()]).await, 32);
        assert_eq!(total(|f| f.kind = Some(Kind::Producer)).await, 0);
    }
}

#[tokio::test]
async fn a_band_of_prices_counts_what_its_ends_would_find() {
    for engine in engines().await {
        let mut documents = market();
        documents[0].price_max = Some(250_000);
        fill(&engine.index, documents).await;
        let plain = engine.index.search(&query("")).await.unwrap();
        assert_eq!(plain.facets.count(Facet::Price, "0-20000"), 19, "1 to 20 but the one without a price");
        assert_eq!(plain.facets.count(Facet::Price, "200000-500000"), 1, "a range counts in every band it touches");
        for band in PRICE_BANDS {
            let mut q = query("");
            (q.filters.price_min, q.filters.price_max) = (Some(band.min), band.max);
            let narrowed = engine.index.search(&q).await.unwrap();
            assert_eq!(narrowed.total, plain.facets.count(Facet::Price, band.code), "{}", band.code);
            assert_eq!(narrowed.facets.of(Facet::Price), plain.facets.of(Facet::Price), "own filter ignored");
        }
    }
}

#[tokio::test]
async fn a_misspelt_question_is_offered_a_spelling_that_finds_something() {
    for engine in engines().await {
        let mut producer = product(5, "HTX Vải Bến Sậy");
        producer.kind = Kind::Producer;
        let names = ["Vải thiều Thanh Hà", "Mắm rươi ủ chum", "Bưởi đào", "Chiếu cói"];
        let products = names.iter().enumerate().map(|(n, name)| product(n as u128 + 1, name)).chain([producer]);
        fill(&engine.index, products.collect()).await;
        for (typed, meant) in [
            ("vai thiueeu", Some("vai thiều")),
            ("rouiw", None),
            ("mắm ruwowii", None),
            ("chiuue cói", Some("chiếu cói")),
            ("xyzxyz", None),
            ("vải", None),
            ("!!!", None),
        ] {
            let corrected = engine.index.correct(&query(typed)).await.unwrap();
            if let (Some(meant), Some(corrected)) = (meant, &corrected) {
                assert_eq!(corrected.text, meant, "{typed} on {}", engine.index.engine_name());
                assert!(engine.index.search(&query(&corrected.text)).await.unwrap().total > 0);
            }
            assert!(meant.is_none() || corrected.is_some(), "{typed} on {}", engine.index.engine_name());
        }
    }
}

#[tokio::test]
async fn marks_that_agree_come_first_however_many_others_there_are() {
    for engine in engines().await {
        let mut documents: Vec<Document> = (1..=450).map(|n| product(n, &format!("Cam vườn số {n}"))).collect();
        let mut bran = product(777, "Thức ăn cho gà, vịt và lợn trong nhà");
        bran.description = "Nghiền từ cám gạo mới".into();
        documents.push(bran);
        fill(&engine.index, documents).await;
        let mut q = query("cám");
        assert_eq!(numbers(&engine.index, &q).await[0], 777, "{}", engine.index.engine_name());
        // And every hit stands on one page only, the one that was drawn forward too.
        q.limit = 90;
        let mut seen = Vec::new();
        loop {
            let found = engine.index.search(&q).await.unwrap();
            seen.extend(found.hits.iter().map(|h| h.id.as_u128()));
            q.cursor = found.next_cursor;
            if q.cursor.is_none() {
                break;
            }
            assert!(seen.len() < 1000, "pages go on for ever");
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=450).chain([777]).collect::<Vec<u128>>(), "{}", engine.index.engine_name());
    }
}

#[tokio::test]
async fn a_word_less_or_a_slip_is_said_to_be_near() {
    for engine in engines().await {
        fill(&engine.index, vec![product(1, "Chiếu cói hoa dệt tay")]).await;
        assert!(!engine.index.search(&query("chiếu hoa")).await.unwrap().near);
        let found = engine.index.search(&query("chiếu cói hoa dệt máy")).await.unwrap();
        assert!(found.near && found.total == 1, "{}", engine.index.engine_name());
        for (text, near) in [("chiếuu", true), ("chieuu coi", true), ("chi", false), ("hoa det", false), ("tay", false)]
        {
            let found = engine.index.search(&query(text)).await.unwrap();
            assert_eq!((found.near, found.total), (near, 1), "{text} on {}", engine.index.engine_name());
        }
    }
}

#[tokio::test]
async fn every_order_pages_through_all_hits_once() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        for (sort, text) in [
            (Sort::Relevance, "ổi"),
            (Sort::Relevance, ""),
            (Sort::Newest, "ổi"),
            (Sort::PriceAsc, ""),
            (Sort::PriceDesc, ""),
            (Sort::Scans, "ổi"),
        ] {
            let mut q = query(text);
            (q.sort, q.limit) = (sort, 7);
            let mut seen = Vec::new();
            loop {
                let found = engine.index.search(&q).await.unwrap();
                seen.extend(found.hits.iter().map(|h| h.id.as_u128()));
                q.cursor = found.next_cursor;
                if q.cursor.is_none() {
                    break;
                }
                assert!(seen.len() < 100, "pages go on for ever");
            }
            match sort {
                Sort::PriceAsc | Sort::PriceDesc => assert_eq!(seen.last(), Some(&7), "no price comes last"),
                Sort::Newest => assert_eq!(seen[0], 40),
                Sort::Scans => assert_eq!(seen[..3], [39, 26, 13], "most openings first"),
                Sort::Relevance => {}
            }
            seen.sort_unstable();
            assert_eq!(seen, (1..=40).collect::<Vec<u128>>(), "{sort:?} {text:?}");
        }
    }
}

#[tokio::test]
async fn a_page_stays_in_place_when_something_new_comes_before_it() {
    for engine in engines().await.into_iter().filter(|e| e.index.engine_name() == "embedded") {
        fill(&engine.index, market()).await;
        let mut q = query("");
        (q.sort, q.limit) = (Sort::Newest, 5);
        let first = engine.index.search(&q).await.unwrap();
        fill(&engine.index, vec![product(900, "Mới nhất")]).await;
        q.cursor = first.next_cursor;
        assert_eq!(numbers(&engine.index, &q).await, [35, 34, 33, 32, 31]);
    }
}

#[tokio::test]
async fn a_foreign_or_broken_cursor_is_refused() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        let mut q = query("ổi");
        q.limit = 3;
        let cursor = engine.index.search(&q).await.unwrap().next_cursor;
        q.text = "cam".into();
        q.cursor = cursor;
        assert!(matches!(engine.index.search(&q).await, Err(SearchError::BadCursor)));
        for bad in ["", "x", "%%%", "AAAA", "é"] {
            q.cursor = Some(bad.into());
            assert!(matches!(engine.index.search(&q).await, Err(SearchError::BadCursor)), "{bad}");
        }
    }
}

#[tokio::test]
async fn changes_replace_remove_and_repeat_without_harm() {
    for engine in engines().await {
        fill(&engine.index, vec![product(1, "Ổi găng"), product(2, "Ổi lê")]).await;
        let put = Change::Put(Box::new(product(1, "Táo đào")));
        let remove = Change::Remove(DocId { commune: COMMUNE, id: uuid::Uuid::from_u128(2) });
        for _ in 0..2 {
            engine.index.apply(vec![put.clone(), remove.clone()]).await.unwrap();
        }
        assert!(numbers(&engine.index, &query("ổi")).await.is_empty());
        assert_eq!(numbers(&engine.index, &query("táo")).await, [1]);
        assert_eq!(engine.index.document_count(COMMUNE).await.unwrap(), 1);
        assert_eq!(engine.index.document_count(1).await.unwrap(), 0);
    }
}

#[tokio::test]
async fn one_commune_never_sees_anothers_documents() {
    for engine in engines().await {
        let mut other = product(2, "Ổi lê");
        other.id.commune = 99;
        fill(&engine.index, vec![product(1, "Ổi lê"), other]).await;
        assert_eq!(numbers(&engine.index, &query("ổi")).await, [1]);
    }
}

#[tokio::test]
async fn hits_are_marked_as_written() {
    for engine in engines().await {
        fill(&engine.index, vec![product(1, "Vải thiều Hồng Lạc")]).await;
        let found = engine.index.search(&query("thieu hong")).await.unwrap();
        let highlight = &found.hits[0].highlights[0];
        assert_eq!((highlight.field, highlight.text.as_str()), (HighlightField::Name, "Vải thiều Hồng Lạc"));
        let marks: Vec<&str> = highlight.marks.iter().map(|r| &highlight.text[r.clone()]).collect();
        assert_eq!(marks, ["thiều", "Hồng"]);
    }
}

#[tokio::test]
async fn any_text_is_answered() {
    for engine in engines().await {
        fill(&engine.index, market()).await;
        let long = "ổi ".repeat(2000);
        for text in
            ["", "o", "🍑", "\u{301}\u{309}", "\u{0}\u{7}", "AND OR NOT", "\"ổi * ( : ~2^", "a' OR x=1", "----", &long]
        {
            let found = engine.index.search(&query(text)).await.unwrap();
            assert!(found.hits.len() <= 24, "{text:?}");
        }
        assert_eq!(engine.index.search(&query("🍑🍑")).await.unwrap().total, 0);
        assert_eq!(engine.index.search(&query(&long)).await.unwrap().total, 40);
        let mut q = query("ổi");
        for limit in [0, usize::MAX] {
            q.limit = limit;
            assert!(!engine.index.search(&q).await.unwrap().hits.is_empty());
        }
    }
}

#[tokio::test]
async fn a_filter_that_cannot_be_names_its_field() {
    for engine in engines().await {
        let field = async |change: fn(&mut Filters)| {
            let mut q = query("");
            change(&mut q.filters);
            match engine.index.search(&q).await {
                Err(SearchError::BadFilter { field, .. }) => field,
                other => panic!("expected a bad filter, got {other:?}"),
            }
        };
        assert_eq!(field(|f| f.season = Some(13)).await, "season");
        assert_eq!(field(|f| f.category = vec!["x' OR 1=1".into()]).await, "category");
        assert_eq!(field(|f| f.price_min = Some(-1)).await, "price_min");
        assert_eq!(field(|f| f.stars = vec![9]).await, "stars");
    }
}

#[tokio::test]
async fn a_rebuild_swaps_while_searching_goes_on_and_loses_no_change() {
    for engine in engines().await {
        let index = &engine.index;
        fill(index, vec![product(1, "Ổi cũ"), product(2, "Ổi bỏ")]).await;
        let mut rebuild = index.rebuild().await.unwrap();
        assert!(matches!(index.rebuild().await, Err(SearchError::Busy)));
        rebuild.add(vec![product(1, "Ổi cũ"), product(3, "Ổi mới")]).await.unwrap();
        assert_eq!(index.search(&query("ổi")).await.unwrap().total, 2, "the old one still serves");
        fill(index, vec![product(4, "Ổi giữa chừng")]).await;
        rebuild.finish().await.unwrap();
        let mut found = numbers(index, &query("ổi")).await;
        found.sort_unstable();
        assert_eq!(found, [1, 3, 4]);
        assert_eq!(index.needs_rebuild().await.unwrap(), None);
    }
}
