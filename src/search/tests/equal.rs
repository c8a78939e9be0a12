//! Both engines find the same documents, and so count the same, for questions thrown together from the corpus's words.

use std::collections::BTreeMap;

use super::relevance::sample_commune;
use super::*;

/// The same numbers in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end
    }

    fn pick<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

/// The sample commune with prices, stars, seasons and the rest, and as many products made of its words at random.
fn corpus(dice: &mut Dice) -> Vec<Document> {
    let mut documents = sample_commune();
    let names: Vec<String> = documents.iter().map(|d| d.name.to_lowercase()).collect();
    let words: Vec<&str> = names.iter().flat_map(|name| name.split(' ')).collect();
    for n in 0..200 {
        let mut some = |count: usize| (0..count).map(|_| *dice.pick(&words)).collect::<Vec<_>>().join(" ");
        let mut made = product(20_000 + n, &some(3));
        (made.description, made.story, made.producer_name) = (some(8), some(12), some(2));
        documents.push(made);
    }
    let kinds = [("household", "Hộ kinh doanh"), ("cooperative", "Hợp tác xã")];
    for document in &mut documents {
        let (code, label) = *dice.pick(&kinds);
        document.producer_kind = Labelled::new(code, label);
        document.kind = if dice.below(12) == 0 { Kind::Producer } else { Kind::Product };
        document.price_min = (dice.below(6) > 0).then(|| 1_000 * dice.below(600) as i64);
        document.price_max = document.price_min.filter(|_| dice.below(2) == 0).map(|p| p + 50_000);
        document.season_months = dice.below(1 << 12) as u16;
        document.availability = (*dice.pick(&["in_stock", "sold_out", ""])).to_owned();
        let year = 2026 + dice.below(2) as i32;
        document.stars =
            (dice.below(4) == 0).then(|| Stars { stars: 3 + year as u8 % 3, until: day(year, Month::May, 1) });
        if dice.below(5) == 0 {
            let kind = Labelled::new("vietgap", "VietGAP trồng trọt");
            document.certificates.push(Certificate { kind, until: Some(day(year, Month::June, 1)) });
        }
    }
    documents
}

/// The words of a document as written, in lower case.
fn words_of(document: &Document) -> Vec<String> {
    let d = document;
    let texts = [&d.name, &d.description, &d.producer_name, &d.village.label].into_iter().chain(&d.name_en);
    texts.flat_map(|text| words::words(text).into_iter().map(|word| text[word.span].to_lowercase())).collect()
}

/// Something somebody might type: words of the corpus, without marks, cut short, misspelt, with a classifier, by
/// another name, with words that no document holds.
fn question(dice: &mut Dice, words: &[String], n: usize) -> Query {
    let others = ["thịt heo", "trái thơm", "đậu phộng", "dau hu", "chả giò", "xyzt", "vietgap", "ocop", "ocop 4 sao"];
    let mut typed: Vec<String> = (0..=dice.below(4)).map(|_| dice.pick(words).clone()).collect();
    match dice.below(10) {
        0 => typed.insert(0, (*dice.pick(&["quả", "trái", "con"])).to_owned()),
        1 => typed.push((*dice.pick(&others)).to_owned()),
        2 => typed.insert(0, (*dice.pick(&others)).to_owned()),
        3 => {
            let at = dice.below(typed.len());
            let mut letters: Vec<char> = typed[at].chars().collect();
            let (one, other) = (dice.below(letters.len()), dice.below(letters.len()));
            letters.swap(one, other);
            typed[at] = letters.into_iter().collect();
        }
        4 => typed[0].push(*dice.pick(&['s', 'f', 'r', 'x', 'j', 'h'])),
        _ => {}
    }
    let mut text = typed.join(" ");
    if dice.below(2) == 0 {
        text = crate::fold::fold(&text);
    }
    if dice.below(3) == 0 {
        let last = text.split(' ').next_back().map_or(0, |w| w.chars().count());
        text = text.chars().take(text.chars().count() - last / 2).collect();
    }
    let mut asked = query(&text);
    if n.is_multiple_of(3) {
        let f = &mut asked.filters;
        match dice.below(7) {
            0 => f.producer_kind = vec!["cooperative".into()],
            1 => f.availability = vec!["in_stock".into()],
            2 => (f.price_min, f.price_max) = (Some(20_000), Some(200_000)),
            3 => f.season = Some(1 + dice.below(12) as u8),
            4 => f.stars = vec![3, 4],
            5 => (f.certificate, f.kind) = (vec!["vietgap".into()], Some(Kind::Product)),
            _ => (f.kind, f.season) = (Some(Kind::Product), Some(1 + dice.below(12) as u8)),
        }
    }
    asked
}

fn counts(found: &Found) -> BTreeMap<Facet, Vec<(String, u64)>> {
    Facet::ALL.into_iter().map(|facet| (facet, found.facets.of(facet))).collect()
}

#[tokio::test]
async fn thrown_together_questions_have_equal_totals_and_counts_on_both_engines() {
    let mut dice = Dice(23);
    let documents = corpus(&mut dice);
    let mut words: Vec<String> = documents.iter().flat_map(words_of).collect();
    words.sort();
    words.dedup();
    let questions: Vec<Query> = (0..300).map(|n| question(&mut dice, &words, n)).collect();
    let mut first: Vec<Found> = Vec::new();
    for engine in engines().await {
        fill(&engine.index, documents.clone()).await;
        let (name, mut different, mut found_some) = (engine.index.engine_name(), Vec::new(), 0);
        for (n, asked) in questions.iter().enumerate() {
            let found = engine.index.search(asked).await.unwrap();
            found_some += usize::from(found.total > 0);
            if asked.filters.kind.is_none() {
                let kinds: u64 = found.facets.of(Facet::Kind).iter().map(|(_, count)| count).sum();
                assert_eq!(kinds, found.total, "{} on {name}", asked.text);
            }
            match first.get(n) {
                None => first.push(found),
                Some(own) if (own.total, own.near) != (found.total, found.near) || counts(own) != counts(&found) => {
                    let (own, other) = ((own.total, own.near), (found.total, found.near));
                    different.push(format!("{:?} {own:?} and {other:?}, {:?}", asked.text, asked.filters));
                }
                Some(_) => {}
            }
        }
        assert!(found_some * 3 > questions.len(), "most questions find nothing: {found_some}");
        assert!(different.is_empty(), "{} of {} on {name}: {different:#?}", different.len(), questions.len());
    }
}

#[tokio::test]
async fn all_that_is_counted_is_found_page_by_page() {
    let mut dice = Dice(5);
    let documents = corpus(&mut dice);
    for engine in engines().await {
        fill(&engine.index, documents.clone()).await;
        // Plural endings, joined words and slips are read otherwise by the server's own query.
        for text in
            ["vải", "mam", "cake", "dried lychee", "mật ong", "thieuu", "quả ổi đào hồng chín", "trái thơm", "t"]
        {
            let mut asked = query(text);
            asked.limit = 17;
            let mut seen = Vec::new();
            let total = loop {
                let found = engine.index.search(&asked).await.unwrap();
                seen.extend(found.hits.iter().map(|hit| hit.id));
                asked.cursor = found.next_cursor;
                if asked.cursor.is_none() || seen.len() > documents.len() {
                    break found.total as usize;
                }
            };
            let given = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!((given, seen.len()), (total, total), "{text} on {}", engine.index.engine_name());
        }
    }
}
