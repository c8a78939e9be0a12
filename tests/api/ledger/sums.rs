//! Sums and pages of the ledger under any filter, over records thrown together.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use sanvat::amounts::Dong;
use sanvat::ids::{ProducerId, SupportId, UserId, new_id};
use sanvat::review::listing::Listing;
use sanvat::support::filter::{States, SupportFilter};
use sanvat::support::model::{Figures, NewSupport};
use sanvat::support::state::{Money, SupportState};
use sanvat::support::store as support;
use sanvat::support::store::{ledger, steps};

use crate::support::{TestApp, on_both_engines};

/// One record as it is thrown together.
#[derive(Clone, Debug)]
struct Thrown {
    producer: usize,
    kind: bool,
    state: SupportState,
    year: i32,
    money: (i64, i64, i64),
}

fn thrown() -> impl Strategy<Value = Thrown> {
    let money = (0..9_000_000_i64, 0..9_000_000_i64, 0..9_000_000_i64);
    let state = (0..SupportState::ALL.len()).prop_map(|at| SupportState::ALL[at]);
    (0..6_usize, any::<bool>(), state, 2025..2027_i32, money).prop_map(|(producer, kind, state, year, money)| Thrown {
        producer,
        kind,
        state,
        year,
        money,
    })
}

async fn store_all(app: &TestApp, all: &[Thrown], producers: &[ProducerId], by: UserId) {
    let mut tx = app.begin().await;
    for one in all {
        let state = if one.state == SupportState::Void { SupportState::Approved } else { one.state };
        let new = NewSupport {
            id: SupportId::new(app.now()),
            producer: producers[one.producer],
            product: None,
            programme: None,
            kind: if one.kind { "packaging" } else { "fair" }.to_owned(),
            state,
            given_on: format!("{}-03-05", one.year).parse().unwrap(),
            quantity: None,
            unit: String::new(),
            money: Money { budgeted: Dong(one.money.0), approved: Dong(one.money.1), paid: Dong(one.money.2) },
            overpaid: String::new(),
            officer: String::new(),
            note: String::new(),
            result_due: None,
            request: new_id(app.now()),
            by,
            at: app.now(),
        };
        assert!(support::insert(&mut tx.cx(), app.commune, &new).await.unwrap());
        if one.state == SupportState::Void {
            assert!(steps::void(&mut tx.cx(), app.commune, new.id, 1, by, "nhầm", app.now()).await.unwrap());
        }
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn sums_and_pages_of_any_filter_are_those_of_its_records() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let mut producers = Vec::new();
        for n in 0..6 {
            producers.push(app.producer().named(&format!("Hộ {n}")).approved().create().await.id);
        }
        let by = app.person("Cán bộ mẫu").await;
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let all = proptest::collection::vec(thrown(), 120).new_tree(&mut runner).unwrap().current();
        store_all(&app, &all, &producers, by).await;
        let states = SupportState::ALL.iter().map(|state| States::One(*state)).chain([States::All, States::Counted]);
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        for states in states {
            for (kind, words) in [("", ""), ("fair", ""), ("packaging", "q=ho+3"), ("", "q=ho+1")] {
                let mut filter = SupportFilter::of(&Listing::parse(&format!("nam=2026&{words}")), app.today());
                (filter.states, filter.kind) = (states, kind.to_owned());
                let taken: Vec<&Thrown> = all.iter().filter(|one| takes(&filter, one)).collect();
                let figures = ledger::figures(&mut cx, app.commune, &filter).await.unwrap();
                assert_eq!(figures, figures_of(&taken), "{filter:?}");
                let (mut pages, mut at) = (Vec::new(), 0);
                loop {
                    let page = ledger::page(&mut cx, app.commune, &filter, 7, at).await.unwrap();
                    at += page.len() as i64;
                    if page.is_empty() {
                        break;
                    }
                    pages.extend(page);
                }
                assert_eq!(pages.len(), taken.len(), "{filter:?}");
                assert!(pages.windows(2).all(|two| (two[0].given_on, two[0].id) > (two[1].given_on, two[1].id)));
                let names = ledger::producers(&mut cx, app.commune, &filter, 100, 0).await.unwrap();
                let rows = ledger::of_producers(&mut cx, app.commune, &filter, &names).await.unwrap();
                assert_eq!(rows.len(), taken.len(), "{filter:?}");
            }
        }
    })
    .await;
}

fn takes(filter: &SupportFilter, one: &Thrown) -> bool {
    let state = match filter.states {
        States::All => true,
        States::One(state) => state == one.state,
        States::Counted => one.state.counts(),
    };
    let kind = if one.kind { "packaging" } else { "fair" };
    one.year == 2026
        && state
        && (filter.kind.is_empty() || filter.kind == kind)
        && (filter.words.is_empty() || format!("ho {}", one.producer) == filter.words)
}

fn figures_of(taken: &[&Thrown]) -> Figures {
    let standing = || taken.iter().filter(|one| one.state != SupportState::Void);
    let producers: std::collections::BTreeSet<usize> = standing().map(|one| one.producer).collect();
    Figures {
        records: taken.len() as i64,
        voided: taken.len() as i64 - standing().count() as i64,
        producers: producers.len() as i64,
        budgeted: Dong(standing().map(|one| one.money.0).sum()),
        approved: Dong(standing().map(|one| one.money.1).sum()),
        paid: Dong(standing().map(|one| one.money.2).sum()),
    }
}
