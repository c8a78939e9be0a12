//! The relevance pairs, alone and among distractors, on every engine.

use std::collections::HashMap;
use std::path::PathBuf;

use super::*;

fn shared(name: &str) -> Option<String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        eprintln!("skipped: {} is not there", path.display());
    }
    text
}

/// Names of things that share no word with any query, in several shapes.
fn distractors(count: u128) -> Vec<Document> {
    let heads = ["Giỏ", "Thảm", "Túi", "Lọ", "Khăn", "Đèn", "Ghế", "Bình", "Rổ", "Gối"];
    let stuffs = ["cói", "mây", "gốm", "sứ", "bông", "tre", "gai", "đay", "vôi", "sơn"];
    let styles = ["kẻ", "vuông", "tròn", "nhỏ", "bé", "dày", "mỏng", "mới", "phủ", "bền"];
    (0..count)
        .map(|n| {
            let pick = |list: &[&'static str], by: u128| list[(n / by % 10) as usize];
            let name = format!("{} {} {}", pick(&heads, 1), pick(&stuffs, 10), pick(&styles, 100));
            let mut document = product(100_000 + n, &name);
            document.description = format!("{} bền và {}", pick(&stuffs, 7), pick(&styles, 3));
            document
        })
        .collect()
}

async fn check_pairs(index: &SearchIndex, documents: Vec<Document>, pairs: &[(String, String)], what: &str) {
    let ids: HashMap<u128, String> =
        documents.iter().map(|d| (d.id.id.as_u128(), format!("d{:02}", d.id.id.as_u128()))).collect();
    fill(index, documents).await;
    let mut missed = Vec::new();
    for (text, wanted) in pairs {
        let found = numbers(index, &query(text)).await;
        let top: Vec<&str> = found.iter().take(3).map(|n| ids[n].as_str()).collect();
        if !wanted.split(',').all(|w| top.contains(&w.trim())) {
            missed.push(format!("{text}: wanted {wanted}, got {top:?}"));
        }
    }
    assert!(missed.is_empty(), "{what}, {}: {missed:#?}", index.engine_name());
}

/// What is typed, and the ids that must be among the first three.
type Pairs = Vec<(String, String)>;

fn dev_set() -> Option<(Vec<Document>, Pairs)> {
    let (products, pairs) = (shared("relevance-dev-products.tsv")?, shared("relevance-dev.tsv")?);
    let documents = products.lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        let mut document = product(columns[0][1..].parse().unwrap(), columns[1]);
        document.name_en = Some(columns[2].to_owned());
        document
    });
    let pairs = pairs.lines().skip(1).map(|line| {
        let columns: Vec<&str> = line.split('\t').collect();
        (columns[0].to_owned(), columns[1].to_owned())
    });
    Some((documents.collect(), pairs.collect()))
}

#[tokio::test]
async fn the_dev_set_is_met_alone() {
    let Some((documents, pairs)) = dev_set() else { return };
    for engine in engines().await {
        check_pairs(&engine.index, documents.clone(), &pairs, "alone").await;
    }
}

#[tokio::test]
async fn the_dev_set_is_met_among_distractors() {
    let Some((documents, pairs)) = dev_set() else { return };
    for engine in engines().await {
        let mut all = distractors(2000);
        all.extend(documents.clone());
        check_pairs(&engine.index, all, &pairs, "among distractors").await;
    }
}

fn named(names: &[&str]) -> Vec<Document> {
    names.iter().enumerate().map(|(n, name)| product(n as u128 + 1, name)).collect()
}

#[tokio::test]
async fn what_was_typed_with_marks_ranks_the_exact_word_first() {
    for engine in engines().await {
        fill(&engine.index, named(&["Cay cay", "Cây giống", "Mắm cáy", "Vải thiều", "Vai áo", "Cà chua"])).await;
        for (text, first) in [("cáy", 3), ("cây", 2), ("cay", 1), ("vải", 4), ("vai", 5)] {
            assert_eq!(numbers(&engine.index, &query(text)).await[0], first, "{text}");
        }
    }
}

#[tokio::test]
async fn an_exact_word_in_the_story_outranks_other_marks_in_a_name() {
    for engine in engines().await {
        let mut with_story = product(2, "Bột nêm đồng quê");
        with_story.story = "Nấu từ con cáy bắt ở bãi".into();
        fill(&engine.index, vec![product(1, "Cây cảnh"), with_story]).await;
        if engine.index.engine_name() == "embedded" {
            assert_eq!(numbers(&engine.index, &query("cáy")).await, [2, 1]);
        }
    }
}

#[tokio::test]
async fn slips_prefixes_and_raw_keys_find_what_was_meant() {
    for engine in engines().await {
        fill(&engine.index, named(&["Chả rươi", "Vải thiều sớm", "Ổi lê", "Nghêu hấp", "Quất cảnh", "Dưa chuột"]))
            .await;
        for (text, first) in [
            ("chả rưoi", 1),
            ("cha ruio", 1),
            ("vải thi", 2),
            ("vair thieeuf", 2),
            ("va3i thie62u", 2),
            ("thieuu", 2),
            ("nghuê", 4),
            ("quả ổi", 3),
            ("trái tắc", 5),
            ("dưa leo", 6),
            ("RƯƠI", 1),
        ] {
            let found = numbers(&engine.index, &query(text)).await;
            assert_eq!(found.first(), Some(&first), "{text}: {found:?} on {}", engine.index.engine_name());
        }
    }
}

#[tokio::test]
async fn synonyms_keep_their_direction() {
    for engine in engines().await {
        fill(&engine.index, named(&["Mận hậu", "Roi đỏ", "Dứa mật", "Gạo thơm", "Củ sắn khô", "Mật hoa dừa"])).await;
        assert!(numbers(&engine.index, &query("mận")).await.contains(&2));
        assert!(!numbers(&engine.index, &query("roi")).await.contains(&1));
        assert_eq!(numbers(&engine.index, &query("trái thơm")).await[0], 3);
        assert!(!numbers(&engine.index, &query("thơm")).await.contains(&3));
        assert!(numbers(&engine.index, &query("mật ong")).await.contains(&6));
    }
}

#[tokio::test]
async fn words_of_producer_village_category_and_certificate_find_a_product() {
    for engine in engines().await {
        let mut guava = product(1, "Ổi lê");
        guava.producer_name = "HTX Sông Hương".into();
        guava.village = Labelled::new("v1", "Đồng Vang");
        guava.category = Some(Labelled::new("fresh", "Rau củ quả tươi"));
        let kind = Labelled::new("vietgap", "VietGAP");
        guava.certificates = vec![Certificate { kind, until: Some(day(2027, Month::May, 1)) }];
        guava.stars = Some(Stars { stars: 4, until: day(2027, Month::May, 1) });
        let mut expired = product(2, "Ổi đào");
        expired.stars = Some(Stars { stars: 4, until: day(2026, Month::May, 1) });
        fill(&engine.index, vec![guava, expired]).await;
        for text in ["sông hương", "dong vang", "rau củ", "vietgap", "ổi đồng vang", "ocop 4 sao ổi", "ocop"]
        {
            assert_eq!(numbers(&engine.index, &query(text)).await, [1], "{text}");
        }
        assert!(numbers(&engine.index, &query("ocop 5 sao ổi")).await.is_empty());
    }
}

#[tokio::test]
async fn southern_words_slips_and_english_find_the_northern_name() {
    let mut documents = named(&[
        "Thịt lợn mán gác bếp",
        "Lạc rang húng lìu",
        "Ngô nếp luộc",
        "Dứa mật cắt sẵn",
        "Quất cảnh bonsai",
        "Hồng xiêm chín cây",
        "Mật ong hoa vải",
        "Vải thiều sấy khô",
        "Giò lụa truyền thống",
        "Gạo nếp cái hoa vàng",
        "Chuối tiêu hồng",
        "Bưởi đào Thanh Hồng",
        "Rươi tươi cấp đông",
        "Rượu rươi ngâm",
        "Nem rán giòn",
        "Đậu phụ mơ",
    ]);
    documents[7].name_en = Some("Dried lychee".into());
    documents[11].name_en = Some("Pink pomelo".into());
    for engine in engines().await {
        let pairs: Pairs = [
            ("thịt heo", "d01"),
            ("thit heo", "d01"),
            ("đậu phộng", "d02"),
            ("dau phong", "d02"),
            ("bắp", "d03"),
            ("khóm", "d04"),
            ("trái thơm", "d04"),
            ("tắc", "d05"),
            ("sa bô chê", "d06"),
            ("mat ong", "d07"),
            ("vải sấy", "d08"),
            ("lychee", "d08"),
            ("dried lychee", "d08"),
            ("pomelo", "d12"),
            ("chả lụa", "d09"),
            ("nếp cái", "d10"),
            ("chuoi", "d11"),
            ("chuôi tiêu", "d11"),
            ("buowir ddaof", "d12"),
            ("bu7o7i3 d9ao2", "d12"),
            ("rươi", "d13,d14"),
            ("ruou", "d14"),
            ("chả giò", "d15"),
            ("dau hu", "d16"),
            ("đậu hũ", "d16"),
            ("bưỏi", "d12"),
            ("hong xiem", "d06"),
        ]
        .map(|(text, wanted)| (text.to_owned(), wanted.to_owned()))
        .to_vec();
        let mut all = distractors(200);
        all.extend(documents.clone());
        check_pairs(&engine.index, all, &pairs, "southern words").await;
    }
}

/// The products of the sample commune as the catalogue would index them.
pub(super) fn sample_commune() -> Vec<Document> {
    use serde_json::Value;
    let read = |text: &str| serde_json::from_str::<Vec<Value>>(text).unwrap();
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let producers: HashMap<String, Value> =
        read(include_str!("../../../seed/demo/producers.json")).into_iter().map(|p| (text(&p, "key"), p)).collect();
    let villages: HashMap<String, String> = read(include_str!("../../../seed/demo/villages.json"))
        .into_iter()
        .map(|v| (text(&v, "key"), text(&v, "name")))
        .collect();
    let products = read(include_str!("../../../seed/demo/products.json"));
    let document = |(n, p): (usize, &Value)| {
        let producer = &producers[p["producer"].as_str().unwrap()];
        let mut document = product(10_000 + n as u128, &text(p, "name_vi"));
        document.name_en = Some(text(p, "name_en"));
        document.producer_name = text(producer, "trade_name");
        let village = text(producer, "village");
        document.village = Labelled::new(village.clone(), format!("{} / village", villages[&village]));
        let category = crate::products::catalogue::category(p["category"].as_str().unwrap()).unwrap();
        let both = |l| category.name(l).to_owned();
        let label = crate::web::Lang::ALL.map(both).join(" / ");
        document.category = Some(Labelled::new(category.code.clone(), label));
        document.description = [text(p, "summary_vi"), text(p, "summary_en")].join("\n");
        document.story = [text(p, "story_vi"), text(p, "story_en")].join("\n");
        for certificate in p["certificates"].as_array().into_iter().flatten() {
            let kind = text(certificate, "kind");
            let name = crate::products::catalogue::certificate_kind_name(&kind, crate::web::Lang::Vi).to_owned();
            document.certificates.push(Certificate { kind: Labelled::new(kind, name), until: None });
        }
        document
    };
    products.iter().enumerate().map(document).collect()
}

#[tokio::test]
async fn our_own_pairs_are_met_in_the_sample_commune() {
    let documents = sample_commune();
    let pairs: Vec<Vec<&str>> = include_str!("pairs.tsv").lines().skip(1).map(|l| l.split('\t').collect()).collect();
    assert!(pairs.len() >= 60);
    for engine in engines().await {
        let names: HashMap<u128, String> = documents.iter().map(|d| (d.id.id.as_u128(), d.name.clone())).collect();
        fill(&engine.index, documents.clone()).await;
        let mut missed = Vec::new();
        for pair in &pairs {
            let found = numbers(&engine.index, &query(pair[0])).await;
            let top: Vec<&str> = found.iter().take(3).map(|n| names[n].as_str()).collect();
            // A comma parts wanted names, where no name with a comma is meant.
            let whole = names.values().any(|name| name == pair[1]);
            let wanted: Vec<&str> = if whole { vec![pair[1]] } else { pair[1].split(',').collect() };
            if !wanted.iter().all(|one| top.contains(one)) {
                missed.push(format!("{} ({}): wanted {}, got {top:?}", pair[0], pair[2], pair[1]));
            }
        }
        assert!(missed.is_empty(), "{}: {missed:#?}", engine.index.engine_name());
    }
}

#[tokio::test]
async fn the_dev_set_is_met_beside_the_sample_commune() {
    let Some((documents, pairs)) = dev_set() else { return };
    for engine in engines().await {
        let mut all = sample_commune();
        all.extend(documents.clone());
        fill(&engine.index, all).await;
        let mut missed = Vec::new();
        for (text, wanted) in &pairs {
            let found = numbers(&engine.index, &query(text)).await;
            let top: Vec<String> = found.iter().take(3).map(|n| format!("d{n:02}")).collect();
            if !wanted.split(',').all(|w| top.iter().any(|t| t == w.trim())) {
                missed.push(format!("{text}: wanted {wanted}, got {top:?}"));
            }
        }
        let met = pairs.len() - missed.len();
        assert!(met * 100 >= pairs.len() * 95, "{}: {met} of {}: {missed:#?}", engine.index.engine_name(), pairs.len());
    }
}
