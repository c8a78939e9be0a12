//! What the sample commune must hold for the demo to show every state and for every link to resolve.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::accounts::model::Phone;
use crate::clock::Day;
use crate::fold::nfc;
use crate::products::catalogue;
use crate::products::model::ocop_term_ends;
use crate::seeding::lists::support_kinds;
use crate::seeding::pictures::Drawings;
use crate::support::state::SupportState;

const STEP_TEMPLATES: &str = include_str!("../../../seed/step-templates.json");

fn sample() -> Sample {
    Sample::load().unwrap()
}

fn all_different<'a>(what: &str, items: impl Iterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for item in items {
        assert!(seen.insert(item), "{what} “{item}” occurs twice");
    }
}

#[test]
fn it_is_as_large_as_promised() {
    let sample = sample();
    assert_eq!((sample.villages.len(), sample.producers.len(), sample.products.len()), (12, 60, 180));
    let alone: usize = sample.lots.products.iter().map(|pattern| pattern.count).sum();
    assert_eq!(alone + sample.lots.chains.iter().map(SampleChain::lots).sum::<usize>(), 400);
    assert_eq!(sample.lots.chains.len(), 3);
    assert_eq!(sample.lots.recalls.len(), 2);
    assert_eq!(sample.support.len(), 90);
    assert_eq!(sample.villages.iter().filter(|village| village.sample).count(), 4);
}

#[test]
fn names_and_keys_are_given_once() {
    let sample = sample();
    all_different("village", sample.villages.iter().map(|one| one.key.as_str()));
    all_different("producer", sample.producers.iter().map(|one| one.key.as_str()));
    all_different("trade name", sample.producers.iter().map(|one| one.trade_name.as_str()));
    all_different("phone", sample.producers.iter().map(|one| one.phone.as_str()));
    all_different("tax code", sample.producers.iter().filter_map(|one| one.tax_code.as_deref()));
    all_different("product", sample.products.iter().map(|one| one.key.as_str()));
    all_different("product name", sample.products.iter().map(|one| one.name_vi.as_str()));
    all_different("description", sample.products.iter().map(|one| one.summary_vi.as_str()));
    all_different("story", sample.products.iter().filter_map(|one| one.story_vi.as_deref()));
    all_different("producer's story", sample.producers.iter().map(|one| one.story_vi.as_str()));
}

#[test]
fn every_link_resolves() {
    let (sample, drawings) = (sample(), Drawings::load().unwrap());
    let kinds = support_kinds().unwrap();
    let villages: BTreeSet<_> = sample.villages.iter().map(|one| &one.key).collect();
    let producers: BTreeMap<_, _> = sample.producers.iter().map(|one| (&one.key, one)).collect();
    let products: BTreeMap<_, _> = sample.products.iter().map(|one| (&one.key, one)).collect();
    for producer in &sample.producers {
        assert!(villages.contains(&producer.village), "{}", producer.key);
    }
    for product in &sample.products {
        assert_eq!(producers[&product.producer].state, State::Approved, "{}", product.key);
        assert!(catalogue::category(&product.category).is_some(), "{}: {}", product.key, product.category);
        assert!(catalogue::unit(&product.unit).is_some(), "{}: {}", product.key, product.unit);
        assert!((1..=8).contains(&product.pictures.len()), "{}", product.key);
        for picture in &product.pictures {
            let drawing =
                drawings.get(&picture.drawing).unwrap_or_else(|| panic!("{}: {}", product.key, picture.drawing));
            for (colour, set) in picture.colours.iter().zip(&drawing.swaps) {
                assert!(*colour < set.len(), "{}: colour {colour} of {}", product.key, drawing.key);
            }
            assert!(picture.colours.len() <= drawing.swaps.len(), "{}: {}", product.key, drawing.key);
        }
        for certificate in &product.certificates {
            assert!(catalogue::certificate_kind(&certificate.kind).is_some(), "{}: {}", product.key, certificate.kind);
        }
    }
    for pattern in &sample.lots.products {
        let product = products[&pattern.product];
        assert_eq!(
            catalogue::category(&product.category).unwrap().family().unwrap().as_str(),
            pattern.family.templates()
        );
        assert_ne!(pattern.family, Family::Tourism);
        for (step, drawing) in &pattern.step_pictures {
            assert!(STEP_TEMPLATES.contains(&format!("\"{step}\"")), "{}: {step}", pattern.product);
            assert!(step.starts_with(&format!("{}.", pattern.family.templates())), "{}: {step}", pattern.product);
            assert!(drawings.get(drawing).is_some_and(|drawing| drawing.scene), "{}: {drawing}", pattern.product);
        }
        assert!(pattern.count > 0 && pattern.typical_quantity > 0, "{}", pattern.product);
    }
    for recall in &sample.lots.recalls {
        assert!(products.contains_key(&recall.product) && recall.made_day < recall.recalled_day);
    }
    for category in catalogue::categories() {
        assert!(drawings.get(&category.drawing).is_some(), "{}", category.code);
    }
    for programme in &sample.plan.programmes {
        assert!(programme.name.contains("dữ liệu mẫu"), "{}", programme.key);
        for kind in &programme.kinds {
            assert!(kinds.iter().any(|one| one.code == *kind), "{}: {kind}", programme.key);
        }
        let targets = programme.targets.as_str();
        assert_eq!(crate::support::programmes::model::wrong_line(targets), None, "{}", programme.key);
    }
    for state in SupportState::ALL.iter().filter(|state| !matches!(state, SupportState::Delivered | SupportState::Void))
    {
        assert!(sample.support.iter().any(|one| one.state == Some(*state)), "no support is {state}");
    }
    for need in &sample.plan.needs {
        assert!(kinds.iter().any(|kind| kind.code == need.kind), "{}", need.words);
        assert!(producers.contains_key(&need.producer), "{}", need.words);
        if let Some(product) = &need.product {
            assert_eq!(products[product].producer, need.producer, "{}", need.words);
        }
    }
    for support in &sample.support {
        assert!(kinds.iter().any(|kind| kind.code == support.kind), "{}: {}", support.key, support.kind);
        assert!(producers.contains_key(&support.producer), "{}", support.key);
        assert!(support.paid_dong <= support.approved_dong, "{}", support.key);
        if let Some(product) = &support.product {
            assert_eq!(products[product].producer, support.producer, "{}", support.key);
        }
    }
}

#[test]
fn phones_are_valid_and_of_the_sample_range() {
    for producer in sample().producers {
        assert!(producer.phone.starts_with("0912 000 0"), "{}", producer.key);
        assert!(Phone::parse(&producer.phone).is_ok(), "{}: {}", producer.key, producer.phone);
    }
}

/// DOMAIN.md §5: weights over the first nine digits, check digit 10 − (sum mod 11), remainder 0 invalid.
fn has_right_check_digit(tax_code: &str) -> bool {
    let digits: Vec<u32> = tax_code.chars().filter_map(|c| c.to_digit(10)).collect();
    let sum: u32 = digits.iter().zip([31, 29, 23, 19, 17, 13, 7, 5, 3]).map(|(digit, weight)| digit * weight).sum();
    digits.len() == 10 && !sum.is_multiple_of(11) && digits[9] == 10 - sum % 11
}

#[test]
fn tax_codes_have_right_check_digits() {
    assert!(has_right_check_digit("0100047516") && has_right_check_digit("0100233488"));
    assert!(!has_right_check_digit("0100047517"));
    let codes: Vec<_> = sample().producers.into_iter().filter_map(|producer| producer.tax_code).collect();
    assert!(codes.len() > 15);
    for code in codes {
        assert!(has_right_check_digit(&code) && code.starts_with("09999"), "{code}");
    }
}

#[test]
fn every_kind_of_producer_and_every_ocop_group_is_there() {
    let sample = sample();
    for kind in [
        ProducerKind::Household,
        ProducerKind::HouseholdBusiness,
        ProducerKind::Cooperative,
        ProducerKind::CooperativeGroup,
        ProducerKind::Enterprise,
    ] {
        assert!(sample.producers.iter().filter(|one| one.kind == kind).count() >= 3, "{kind}");
    }
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for product in sample.products.iter().filter(|product| product.state == State::Approved) {
        *groups.entry(&catalogue::category(&product.category).unwrap().group).or_default() += 1;
    }
    for group in catalogue::groups() {
        assert!(groups.get(group.code.as_str()).is_some_and(|count| *count >= 8), "{}: {groups:?}", group.code);
    }
}

#[test]
fn the_officers_queue_has_work() {
    let sample = sample();
    for state in [State::Submitted, State::ChangesRequested, State::Rejected, State::Draft] {
        assert!(sample.producers.iter().any(|one| one.state == state), "{state}");
    }
    let waiting = sample.products.iter().filter(|one| one.state == State::Submitted || one.pending_edit.is_some());
    assert!(waiting.count() >= 8);
    for product in sample.products.iter().filter(|one| one.pending_edit.is_some()) {
        let edit = product.pending_edit.as_ref().unwrap();
        assert_eq!(product.state, State::Approved);
        let changed = edit.price.is_some_and(|price| price != product.price)
            || edit.availability.is_some_and(|availability| availability != product.availability)
            || edit.summary_vi.as_ref().is_some_and(|summary| *summary != product.summary_vi);
        assert!(changed, "{} has an edit that changes nothing", product.key);
    }
    for answered in [State::ChangesRequested, State::Rejected] {
        assert!(sample.products.iter().filter(|one| one.state == answered).all(|one| one.review.is_some()));
        assert!(sample.producers.iter().filter(|one| one.state == answered).all(|one| one.review.is_some()));
    }
}

#[test]
fn papers_are_valid_and_expired() {
    let sample = sample();
    let certificates: Vec<_> = sample.products.iter().flat_map(|product| &product.certificates).collect();
    assert!(certificates.iter().any(|one| one.expires_day.is_some_and(|day| day < 0)));
    assert!(certificates.iter().any(|one| one.expires_day.is_some_and(|day| day > 0)));
    assert!(
        certificates.iter().all(|one| one.issued_day < 0 && one.expires_day.is_none_or(|day| day > one.issued_day))
    );
    assert!(certificates.iter().all(|one| one.kind != "geographical-indication"));
    let decisions: Vec<_> = sample.products.iter().filter_map(|product| product.ocop.as_ref()).collect();
    assert!(decisions.len() >= 14 && decisions.iter().all(|one| (3..=5).contains(&one.stars)));
    let today = Day::new(2026, 6, 14).unwrap();
    let ended = |decided_day| ocop_term_ends(today.plus_days(decided_day)) < today;
    assert!(decisions.iter().any(|one| ended(one.decided_day)) && decisions.iter().any(|one| !ended(one.decided_day)));
}

#[test]
fn seasons_and_prices_make_sense() {
    for product in sample().products {
        let season = &product.season;
        assert!(
            !season.months.is_empty() && season.months.iter().all(|month| (1..=12).contains(month)),
            "{}",
            product.key
        );
        assert!(season.peak.iter().all(|month| season.months.contains(month)), "{}: peak out of season", product.key);
        match product.price {
            SamplePrice::Ask => {}
            SamplePrice::Fixed { dong } => assert!((1_000..=10_000_000).contains(&dong), "{}", product.key),
            SamplePrice::Range { from, to } => assert!(1_000 <= from && from < to, "{}", product.key),
        }
    }
}

#[test]
fn texts_are_composed_and_claim_nothing_they_may_not() {
    let sample = sample();
    let mut texts: Vec<&str> = Vec::new();
    for producer in &sample.producers {
        texts.extend([
            &*producer.trade_name,
            &producer.representative,
            &producer.address,
            &producer.story_vi,
            &producer.story_en,
        ]);
    }
    for product in &sample.products {
        texts.extend([&*product.name_vi, &product.name_en, &product.summary_vi, &product.summary_en, &product.origin]);
        texts.extend(product.story_vi.as_deref());
        texts.extend(product.warnings.as_deref());
        texts.extend(product.pack.as_deref());
    }
    texts.extend(sample.support.iter().map(|support| support.note.as_str()));
    texts.extend(sample.support.iter().filter_map(|support| support.result.as_deref()));
    texts.extend(sample.plan.programmes.iter().flat_map(|one| [&*one.name, &one.source, &one.legal_basis]));
    texts.extend(sample.plan.needs.iter().map(|need| need.words.as_str()));
    for text in texts {
        assert!(!text.trim().is_empty());
        assert_eq!(text, nfc(text));
        // The geographical indication is not ours to give; food and herbs cure nothing.
        for claim in ["Thanh Hà", "Thanh Ha ", "chữa khỏi", "đặc trị", "điều trị", "cures"] {
            assert!(!text.contains(claim), "“{text}” says “{claim}”");
        }
    }
}
