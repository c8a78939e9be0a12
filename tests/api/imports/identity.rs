//! A file that was exported with every column and is imported again changes nothing, and brings back what was changed
//! meanwhile: over generated Vietnamese text, as XLSX and as CSV.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use sanvat::accounts::model::Phone;
use sanvat::activities::model::{AttendanceState, Said};
use sanvat::activities::store::people::{self, Decided};
use sanvat::amounts::{Dong, Thousandths};
use sanvat::clock::Day;
use sanvat::fold::nfc;
use sanvat::ids::{ActivityId, ProducerId, SupportId, UserId, VillageId, new_id};
use sanvat::producers::model::{Channel, ProducerContent, ProducerKind};
use sanvat::products::model::{Availability, Price, ProductContent, SalesChannel};
use sanvat::review::flow::{self, Author};
use sanvat::review::store as revisions;
use sanvat::support::model::{NewSupport, SupportRow};
use sanvat::support::state::{Money, SupportState};
use sanvat::support::store as ledger;
use sanvat::support::store::steps::After;
use sanvat::web::form::clean;

use super::{RUN, attend, class, counts, send, workbook};
use crate::support::{TestApp, Visitor, on_both_engines};

/// Records of each kind.
const MANY: usize = 40;

/// Text as people and spreadsheets make it; as it is stored, NFC and trimmed, it is whatever the forms make of it.
fn text(most: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-zA-Zăâđêôơưàáảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]{1,6}",
        1 => Just("hoa\u{300} Vu\u{31b}\u{1a1}\u{300}n".to_owned()),
        1 => Just("\"trong ngoặc\", ; \t |".to_owned()),
        1 => Just("\ndòng sau\r\n".to_owned()),
        1 => "0[0-9]{1,4}",
        1 => prop_oneof![Just("=1+1"), Just("'=x"), Just("''-y"), Just("@SUM"), Just("+84"), Just("-5"), Just("'"), Just("_x0041_")]
            .prop_map(str::to_owned),
        1 => Just("<b>&amp; 5 < 6".to_owned()),
    ];
    proptest::collection::vec(piece, 1..5).prop_map(move |pieces| {
        clean(&pieces.join(" ")).trim().chars().take(most).collect::<String>().trim().to_owned()
    })
}

/// The same on one line.
fn line(most: usize) -> impl Strategy<Value = String> {
    text(most).prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn producer(village: VillageId) -> impl Strategy<Value = ProducerContent> {
    let kind = proptest::option::of((0..ProducerKind::ALL.len()).prop_map(|at| ProducerKind::ALL[at]));
    let phone = proptest::option::of("09[0-4][0-9]{7}");
    let personal = proptest::option::of("[0-9]{12}");
    (kind, text(100), text(150), text(60), phone, personal, text(900), line(40)).prop_map(
        move |(kind, name, address, representative, phone, personal, story, story_en)| ProducerContent {
            kind,
            name,
            village: Some(village),
            address,
            representative,
            phone: phone.unwrap_or_default(),
            tax_code: personal.unwrap_or_else(|| "0100233488-001".to_owned()),
            tax_answer: Some(sanvat::producers::model::TaxAnswer::Known),
            story,
            story_en,
            website: "https://example.vn/a?b=1|2".to_owned(),
            ..ProducerContent::default()
        },
    )
}

fn product() -> impl Strategy<Value = ProductContent> {
    let price = prop_oneof![
        Just(Price::Ask),
        (1..90_000_000i64).prop_map(|dong| Price::Exact(Dong(dong))),
        (1..1_000i64, 1_000..9_000_000i64).prop_map(|(from, to)| Price::Range(Dong(from), Dong(to))),
    ];
    let season =
        proptest::collection::btree_set(1u8..=12, 0..9).prop_map(|months| months.into_iter().collect::<Vec<_>>());
    let channels = proptest::collection::vec((line(30), line(20)), 0..4);
    (line(80), text(600), text(300), price, season, channels, proptest::option::of(1..400i32), text(100)).prop_map(
        |(name, description, story, price, season, channels, days, storage)| ProductContent {
            name,
            category: "food-fresh-produce".to_owned(),
            description,
            story,
            unit: "kg".to_owned(),
            price,
            season_peak: season.iter().copied().take(2).collect(),
            season,
            availability: Some(Availability::Seasonal),
            shelf_life_days: days,
            storage,
            origin: "Xóm 2".to_owned(),
            gtin: "8930000000019".to_owned(),
            channels: channels
                .into_iter()
                .map(|(name, note)| SalesChannel { name, note, url: "https://example.vn/x".to_owned() })
                .collect(),
            ..ProductContent::default()
        },
    )
}

fn support(today: Day) -> impl Strategy<Value = (SupportState, After)> {
    let states = [SupportState::Proposed, SupportState::Approved, SupportState::Delivered, SupportState::Known];
    let amount = proptest::option::of((1..9_000_000i64, line(20)));
    let sums = (0..9_000_000i64, 0..5_000_000i64, 0..900_000i64);
    (0..states.len(), 0..900i64, amount, sums, text(300), text(300), line(60)).prop_map(
        move |(state, back, amount, (budgeted, approved, paid), note, result, officer)| {
            let state = states[state];
            let (approved, paid) = if state == SupportState::Proposed { (0, 0) } else { (approved, paid) };
            let mut after = After::blank(state, today.plus_days(-back));
            (after.quantity, after.unit) = match amount {
                Some((number, unit)) => (Some(Thousandths(number)), unit),
                None => (None, String::new()),
            };
            after.money = Money { budgeted: Dong(budgeted), approved: Dong(approved), paid: Dong(paid) };
            if paid > approved {
                after.overpaid.clone_from(&note);
            }
            after.note = note;
            after.officer = officer;
            if state == SupportState::Delivered {
                after.result_due = Some(after.given_on.plus_days(90));
            }
            if state == SupportState::Known {
                after.result = result;
                after.result_amount = Some(Thousandths(1_125));
                "tấn".clone_into(&mut after.result_unit);
            }
            (state, after)
        },
    )
}

fn person(producers: Vec<ProducerId>) -> impl Strategy<Value = Said> {
    // Also what other hands wrote into the field of phones.
    let phone = prop_oneof![
        Just(String::new()),
        "09[0-4][0-9]{7}",
        Just("0912 000 111".to_owned()),
        Just("912345678".to_owned()),
        Just("-38".to_owned()),
        Just("nhà bà Mẫu".to_owned()),
    ];
    let producer = proptest::option::of((0..producers.len()).prop_map(move |at| producers[at]));
    let state = (0..AttendanceState::ALL.len()).prop_map(|at| AttendanceState::ALL[at]);
    (producer, text(90), text(60), phone, state).prop_map(|(producer, name, village, phone, state)| Said {
        producer,
        name: format!("{name} Mẫu").trim().to_owned(),
        village,
        phone,
        state,
    })
}

/// Values of a strategy, other ones in each run.
fn some<S: Strategy>(strategy: S) -> Vec<S::Value> {
    let mut runner = TestRunner::default();
    (0..MANY).map(|_| strategy.new_tree(&mut runner).expect("a value").current()).collect()
}

/// Activities and who came to them, some of them taken out.
async fn gather(app: &TestApp, producers: &[ProducerId]) -> Vec<ActivityId> {
    let by = app.person("Cán bộ mẫu").await;
    let days = [app.today().plus_days(-40), app.today().plus_days(-3)];
    let ids = [class(app, "=Lớp \"mẫu\", buổi 1", days[0]).await, class(app, "Hội chợ mẫu", days[1]).await];
    for (said, activity) in some(person(producers.to_vec())).into_iter().zip(ids.iter().cycle()) {
        let is_removed = said.state == AttendanceState::Removed;
        let first = if is_removed { AttendanceState::Confirmed } else { said.state };
        let row = attend(app, *activity, &Said { state: first, ..said.clone() }).await;
        if is_removed {
            let decided = Decided { state: said.state, producer: said.producer, reason: "=ghi nhầm", seen: first };
            let mut tx = app.begin().await;
            assert!(people::decide(&mut tx.cx(), app.commune, (*activity, row), &decided, by).await.unwrap());
            tx.commit().await.unwrap();
        }
    }
    ids.to_vec()
}

async fn fill(app: &TestApp) -> Vec<ProducerId> {
    let village = app.village("Đông").await;
    let author = Author { user: app.person("Cán bộ mẫu").await, channel: Channel::Office };
    let (now, mut ids) = (app.now(), Vec::new());
    let mut tx = app.begin().await;
    for content in some(producer(village)) {
        let (made, _) = flow::begin_producer(&mut tx.cx(), app.commune, &content, author, now).await.unwrap();
        ids.push(made.id);
    }
    for (content, owner) in some(product()).into_iter().zip(&ids) {
        flow::begin_product(&mut tx.cx(), app.commune, *owner, &content, author, now).await.unwrap();
    }
    for (at, ((state, after), owner)) in some(support(app.today())).into_iter().zip(ids.iter().cycle()).enumerate() {
        let id = record(app, &mut tx, *owner, state, after, author.user).await;
        if at % 5 == 0 {
            let reason = "=ghi nhầm";
            assert!(ledger::steps::void(&mut tx.cx(), app.commune, id, 2, author.user, reason, now).await.unwrap());
        }
    }
    tx.commit().await.unwrap();
    ids
}

async fn record(
    app: &TestApp,
    tx: &mut sanvat::db::Tx,
    producer: ProducerId,
    state: SupportState,
    a: After,
    by: UserId,
) -> SupportId {
    let (id, at) = (SupportId::new(app.now()), app.now());
    let new = NewSupport {
        id,
        producer,
        product: None,
        programme: None,
        kind: "packaging".to_owned(),
        state,
        given_on: a.given_on,
        quantity: a.quantity,
        unit: a.unit.clone(),
        money: a.money,
        overpaid: a.overpaid.clone(),
        officer: a.officer.clone(),
        note: a.note.clone(),
        result_due: a.result_due,
        request: new_id(at),
        by,
        at,
    };
    assert!(ledger::insert(&mut tx.cx(), app.commune, &new).await.unwrap());
    assert!(ledger::steps::take(&mut tx.cx(), app.commune, id, 1, &a).await.unwrap());
    id
}

/// Everything that files tell of, as it is stored.
async fn everything(app: &TestApp, ids: &[ProducerId], activities: &[ActivityId]) -> Vec<String> {
    let mut conn = app.read().await;
    let mut all = Vec::new();
    for id in ids {
        for revision in revisions::open_of_all(&mut conn.cx(), app.commune, *id).await.unwrap() {
            all.push(revision.content);
        }
        for row in ledger::of_producer(&mut conn.cx(), app.commune, *id).await.unwrap() {
            let after = serde_json::to_string(&After::of(&row)).unwrap();
            all.push(format!("{} {after} {:?}", row.id, row.void_reason));
        }
    }
    let mut lines = people::of_many(&mut conn.cx(), app.commune, activities).await.unwrap();
    lines.sort_by_key(|line| line.id);
    all.extend(lines.iter().map(|line| format!("{} {:?} {}", line.id, Said::of(line), line.reason)));
    all
}

async fn exported(officer: &Visitor, kind: &str, format: &str) -> Vec<u8> {
    let form = officer.get(&format!("/van-phong/nhap/xuat/{kind}")).await.expect(200).form("main form");
    let form = form.choose("dang", format).fill("muc-dich", "Sửa số liệu").choose("dien-thoai", "1");
    form.fill("ly-do", "Cần liên hệ").submit().await.expect(200).bytes().to_vec()
}

/// Changes what files tell of, by other texts.
async fn spoil(app: &TestApp, ids: &[ProducerId], activities: &[ActivityId]) {
    let by = app.person("Cán bộ khác").await;
    let mut tx = app.begin().await;
    for id in ids {
        for revision in revisions::open_of_all(&mut tx.cx(), app.commune, *id).await.unwrap() {
            if revision.product_id.is_some() {
                let mut content: ProductContent = serde_json::from_str(&revision.content).unwrap();
                (content.story, content.price, content.season) =
                    ("khác".to_owned(), Price::Exact(Dong(7)), vec![1, 2, 12]);
                content.season_peak.clear();
                flow::save_product(&mut tx.cx(), &revision, &content, app.now()).await.unwrap();
            } else {
                let mut content: ProducerContent = serde_json::from_str(&revision.content).unwrap();
                (content.story, content.address) = ("khác".to_owned(), "khác".to_owned());
                flow::save_producer(&mut tx.cx(), &revision, &content, app.now()).await.unwrap();
            }
        }
        let rows = ledger::of_producer(&mut tx.cx(), app.commune, *id).await.unwrap();
        for row in rows.into_iter().filter(SupportRow::stands) {
            let mut after = After::of(&row);
            "khác".clone_into(&mut after.note);
            assert!(ledger::steps::take(&mut tx.cx(), app.commune, row.id, row.version, &after).await.unwrap());
        }
    }
    for line in people::of_many(&mut tx.cx(), app.commune, activities).await.unwrap() {
        if line.state != AttendanceState::Removed {
            let (seen, row) = (Said::of(&line), (line.activity_id, line.id));
            let mut said = Said { name: "khác".to_owned(), village: "khác".to_owned(), ..seen.clone() };
            // What is no number was written by other hands; a file only leaves it as it is.
            if Phone::parse(&seen.phone).is_ok_and(|phone| phone.as_str() == seen.phone) {
                "0987654321".clone_into(&mut said.phone);
            }
            assert!(people::correct(&mut tx.cx(), app.commune, row, &seen, &said, by).await.unwrap());
        }
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_was_exported_comes_back_as_it_was() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let ids = fill(&app).await;
        let activities = gather(&app, &ids).await;
        let officer = app.officer().await;
        let before = everything(&app, &ids, &activities).await;
        assert!(before.iter().any(|text| text.contains("=1+1")) && before.len() > 3 * MANY);
        let many = MANY.to_string();
        for format in ["xlsx", "csv"] {
            let mut files = Vec::new();
            for kind in ["producers", "products", "support", "attendance"] {
                let file = exported(&officer, kind, format).await;
                let page = send(&officer, kind, &format!("a.{format}"), file.clone()).await.expect(200);
                assert_eq!(counts(&page), ["0", "0", "0", many.as_str()], "{kind} as {format}: {page}");
                files.push((kind, file));
            }
            spoil(&app, &ids, &activities).await;
            assert_ne!(everything(&app, &ids, &activities).await, before);
            for (kind, file) in files {
                let page = send(&officer, kind, &format!("a.{format}"), file).await.expect(200);
                page.form(RUN).submit().await.expect(200);
            }
            for (was, is) in before.iter().zip(everything(&app, &ids, &activities).await) {
                assert_eq!(*was, is, "{format}");
            }
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE purpose LIKE 'Sửa số liệu%'").await, 8);
        assert!(before.iter().all(|text| nfc(text) == *text));
    })
    .await;
}

#[tokio::test]
async fn the_ledgers_own_list_is_read_with_the_numbers_that_it_shows() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let owner = app.producer().named("HTX Vải mẫu").approved().create().await;
        let officer = app.officer().await;
        let by = app.person("Cán bộ mẫu").await;
        let amounts = [1_125, 1_240_500, 12_500, 1_000_000, 250, 1_234_567_800];
        let mut tx = app.begin().await;
        for (at, amount) in amounts.into_iter().enumerate() {
            let day = app.today().plus_days(-i64::try_from(at).unwrap());
            let mut after = After::blank(SupportState::Delivered, day);
            (after.quantity, after.unit) = (Some(Thousandths(amount)), "tấn".to_owned());
            after.money.paid = Dong(500);
            after.money.approved = Dong(1_500);
            after.money.budgeted = Dong(2_500);
            record(&app, &mut tx, owner.id, SupportState::Delivered, after, by).await;
        }
        tx.commit().await.unwrap();
        for format in ["csv", "xlsx"] {
            let ask = officer.get(&format!("/van-phong/ho-tro/tai?dang={format}")).await.expect(200).form("main form");
            let file = ask.fill("muc-dich", "Đối chiếu").submit().await.expect(200);
            if format == "csv" {
                let text = file.body();
                assert!(text.contains(r#""1,125",tấn"#) && text.contains(r#""1.240,5",tấn"#), "{text}");
            }
            let page = send(&officer, "support", &format!("so.{format}"), file.bytes().to_vec()).await.expect(200);
            assert_eq!(counts(&page), ["0", "0", "0", "6"], "{format}: {page}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_voided_record_is_in_the_file_and_neither_voided_nor_brought_back_by_one() {
    on_both_engines(async |app| {
        app.support_kinds().await;
        let owner = app.producer().named("HTX Vải mẫu").approved().create().await;
        let officer = app.officer().await;
        let by = app.person("Cán bộ mẫu").await;
        let mut tx = app.begin().await;
        let after = After::blank(SupportState::Delivered, app.today());
        let gone = record(&app, &mut tx, owner.id, SupportState::Delivered, after.clone(), by).await;
        assert!(ledger::steps::void(&mut tx.cx(), app.commune, gone, 2, by, "ghi nhầm", app.now()).await.unwrap());
        let after = After { given_on: app.today().plus_days(-1), ..after };
        let stands = record(&app, &mut tx, owner.id, SupportState::Delivered, after, by).await;
        tx.commit().await.unwrap();
        let file = String::from_utf8(exported(&officer, "support", "csv").await).unwrap();
        assert!(file.contains("Lý do bỏ") && file.contains("ghi nhầm"), "{file}");
        let (gone, stands) = (gone.to_string(), stands.to_string());
        let rows: &[&[&str]] = &[
            &["Mã lượt hỗ trợ", "Tình trạng", "Ghi chú", "Lý do bỏ"],
            &[&gone, "Đã bỏ", "khác", "khác"],
            &[&gone, "Đã hỗ trợ", "", ""],
            &[&stands, "Đã bỏ", "", "nhầm"],
            &[&stands, "", "", "nhầm"],
        ];
        let page = send(&officer, "support", "a.xlsx", workbook(rows)).await.expect(200);
        assert_eq!(counts(&page), ["3", "0", "0", "1"], "{page}");
        for words in ["dòng này không được đọc", "Lượt này đã bỏ, không sửa được", "Không bỏ lượt hỗ trợ bằng tệp"]
        {
            assert!(page.says(words), "{words}: {page}");
        }
        assert!(page.forms(RUN).is_empty());
    })
    .await;
}
