//! `/t/{code}/…`, `/api/v1/lots/{code}/…`, `/cua-toi/lo/{code}/tai-lieu`, `/van-phong/lo/{code}/tai-lieu`: a lot's
//! history as a document.

use std::path::Path;

use sanvat::ids::LotId;
use sanvat::producers::model::ConsentField;
use sanvat::producers::store as producers;
use sanvat::traceability::epcis::{Document, events_of};
use sanvat::traceability::event_lots::{LotAmount, StepLots};
use sanvat::traceability::facts::FactKind;
use sanvat::traceability::identifiers::Identifiers;
use sanvat::traceability::model::{Lot, LotCode, templates};
use sanvat::traceability::record::{DiaryStep, record};
use sanvat::traceability::store::events::{NewEvent, Stored};
use sanvat::traceability::store::{events, lots};
use sanvat::traceability::template::LotUse;
use sanvat::web::i18n::Lang;
use serde_json::Value;

use crate::support::{Page, Sample, TestApp, html, on_both_engines};

/// A sample whose lot went through a treatment, a harvest, a step that was taken back, and packing.
async fn told(app: &TestApp) -> Sample {
    let sample = app.sample().await;
    for (key, facts) in [
        (
            "fresh.spray",
            &[("input_name", "=Bt mẫu"), ("dose", "20 ml"), ("withholding_days", "7"), ("ngay", "01/06/2026")][..],
        ),
        ("fresh.harvest", &[("quantity", "120"), ("note", "chị Mẫu hái")]),
        ("fresh.cool", &[("temperature", "4,5")]),
        ("fresh.water", &[]),
        ("fresh.pack", &[("quantity", "118")]),
        ("fresh.ship", &[("destination", "Chợ mẫu")]),
    ] {
        let form = sample.owner.get(&format!("{}/ghi?viec={key}", sample.lot)).await.expect(200).form("main form");
        let form = facts.iter().fold(form, |form, (name, value)| form.fill(name, value));
        form.submit().await.expect(200);
        app.later(std::time::Duration::from_secs(60));
    }
    let lot = sample.owner.get(&sample.lot).await.expect(200);
    let wrong = lot.dom();
    let link = scraper::Selector::parse(".way li").unwrap();
    let water = wrong.select(&link).find(|li| li.text().any(|text| text.contains("Tưới nước"))).unwrap();
    let href = scraper::Selector::parse("a.back").unwrap();
    let href = water.select(&href).next().unwrap().value().attr("href").unwrap().to_owned();
    let form = sample.owner.get(&href).await.form("main form").choose("reason", "did_not_occur");
    form.fill("note", "bấm nhầm").submit().await.expect(200);
    sample
}

fn code(sample: &Sample) -> &str {
    sample.lot.rsplit('/').next().unwrap()
}

/// The stored events of the sample's lot.
async fn stored(app: &TestApp, sample: &Sample) -> Vec<Value> {
    let mut conn = app.read().await;
    let lot = lots::by_code(&mut conn.cx(), app.commune, &code(sample).parse().unwrap()).await.unwrap().unwrap();
    let rows = events::events_of_lot(&mut conn.cx(), app.commune, lot.id).await.unwrap();
    rows.iter().map(|row| serde_json::from_str(&row.body).unwrap()).collect()
}

/// The standard's own schema, where it stands beside the project.
fn standard_schema() -> Option<jsonschema::Validator> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/vectors/epcis/EPCIS-JSON-Schema.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: no third-party schema at {}", path.display());
        return None;
    };
    let schema = serde_json::from_str(&text).unwrap();
    Some(jsonschema::draft7::options().should_validate_formats(true).build(&schema).unwrap())
}

/// Records one step of every template there is for the sample's lot, with every fact told, and returns how many.
async fn every_step(app: &TestApp, sample: &Sample) -> usize {
    let ids = Identifiers::new("https://id.example").unwrap();
    let mut tx = app.begin().await;
    let lot = lots::by_code(&mut tx.cx(), app.commune, &code(sample).parse().unwrap()).await.unwrap().unwrap();
    let raw = Lot { id: LotId::new(app.now()), code: LotCode::random(), ..lot.clone() };
    assert!(lots::insert(&mut tx.cx(), &raw).await.unwrap());
    let amount = |lot: &Lot| LotAmount { class: ids.lot(&lot.id.to_string()).unwrap(), quantity: lot.amount() };
    let photos = ["ab".repeat(32)];
    let place = lot.place_id.unwrap();
    let mut count = 0;
    for template in templates().steps() {
        let answer = |key: &str| {
            let fact = template.facts.iter().find(|fact| fact.key == key)?;
            Some(match fact.kind {
                FactKind::Quantity | FactKind::WithholdingDays => "7",
                FactKind::Temperature => "4,5",
                _ => "mẫu",
            })
        };
        let facts = template.read_facts(answer).unwrap();
        let lots = if template.takes_lots() {
            StepLots::Transformation { inputs: vec![amount(&raw)], outputs: vec![amount(&lot)] }
        } else {
            StepLots::One(amount(&lot))
        };
        let (sends, receives) = (template.event.lots == LotUse::Sends, template.event.lots == LotUse::Receives);
        let step = DiaryStep {
            template,
            facts: &facts,
            lots,
            at: app.now().utc(),
            producer: ids.party(&lot.producer_id.to_string()).unwrap(),
            place: ids.place(&place.to_string()).unwrap(),
            source: receives.then(|| ids.party("nguoi-gui").unwrap()),
            destination: sends.then(|| ids.party("nguoi-nhan").unwrap()),
            document: sends.then(|| ids.document("pgh-1").unwrap()),
            photos: &photos,
        };
        let event = record(&step, &ids).unwrap_or_else(|error| panic!("{}: {error}", template.key));
        let new = NewEvent {
            event: &event,
            producer: lot.producer_id,
            place: Some(place),
            client: None,
            step: &template.key,
            note: "",
            files: &[],
            by: None,
            now: app.now(),
        };
        assert!(matches!(events::insert(&mut tx.cx(), app.commune, &ids, &new).await.unwrap(), Stored::Added(_)));
        count += 1;
    }
    tx.commit().await.unwrap();
    count
}

#[tokio::test]
async fn a_document_of_every_kind_of_step_keeps_the_standards_schema() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let steps = every_step(&app, &sample).await;
        assert!(steps > 30, "{steps} steps");
        let ask = sample.owner.get(&format!("{}/thu-hoi", sample.lot)).await.expect(200).form("main form");
        ask.choose("grade", "harm").fill("reason", "dữ liệu mẫu").submit().await.expect(200);
        let answer = app.visitor().get(&format!("{}/epcis.json", sample.label)).await.expect(200);
        let document = answer.json();
        if let Some(schema) = standard_schema() {
            let faults: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new());
        }
        let read = Document::from_text(&answer.body()).unwrap();
        let stored = stored(&app, &sample).await;
        assert_eq!(stored.len(), steps + 1, "and the recall");
        assert_eq!(read.events.iter().map(|event| event.to_json()).collect::<Vec<_>>(), stored);
        assert_eq!(attribute(&document, "EPCClass", "cbvmda:lotNumber").len(), 2, "the lot that went in too");
        let page = app.visitor().get(&format!("{}/in", sample.label)).await.expect(200);
        assert_eq!(page.count("#cd + .scroll tbody tr"), steps + 1);
        let passport = app.visitor().get(&format!("{}/passport.json", sample.label)).await.expect(200).json();
        assert_eq!(passport["recall"]["reason"], "dữ liệu mẫu");
        assert_eq!(passport["traceability"]["stages"].as_array().unwrap().len(), steps);
    })
    .await;
}

fn attribute<'a>(document: &'a Value, kind: &str, name: &str) -> Vec<&'a str> {
    let lists = document["epcisHeader"]["epcisMasterData"]["vocabularyList"].as_array().unwrap();
    let list = lists.iter().find(|list| list["type"].as_str().unwrap().ends_with(kind));
    let elements = list.and_then(|list| list["vocabularyElementList"].as_array());
    let attributes = elements.into_iter().flatten().flat_map(|one| one["attributes"].as_array().unwrap());
    attributes.filter(|one| one["id"] == name).filter_map(|one| one["attribute"].as_str()).collect()
}

#[tokio::test]
async fn the_epcis_document_has_every_event_and_who_and_where_they_are() {
    on_both_engines(async |app| {
        let sample = told(&app).await;
        let answer = app.visitor().get(&format!("{}/epcis.json", sample.label)).await.expect(200);
        assert_eq!(answer.header("content-type"), "application/ld+json");
        let document = answer.json();
        if let Some(schema) = standard_schema() {
            let faults: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new());
        }
        let read = Document::from_text(&answer.body()).unwrap();
        let stored = stored(&app, &sample).await;
        assert_eq!(stored.len(), 7, "six steps and a correction");
        let given: Vec<Value> = events_of(&document).into_iter().map(|(_, event)| event.clone()).collect();
        assert_eq!(given, stored);
        assert_eq!(read.events.iter().map(|event| event.to_json()).collect::<Vec<_>>(), stored);
        assert_eq!(attribute(&document, "EPCClass", "cbvmda:lotNumber"), [code(&sample)]);
        assert_eq!(attribute(&document, "Location", "cbvmda:name"), ["Vườn mẫu bờ sông"]);
        assert_eq!(attribute(&document, "Party", "cbvmda:name"), ["Hộ mẫu Bến Sậy"]);
        for secret in ["Nguyễn Thị Mẫu", "0912345678", "chị Mẫu", "Chợ mẫu"] {
            assert!(!answer.body().contains(secret), "{secret} is nobody's business");
        }
        let again = app.visitor().get(&format!("/api/v1/lots/{}/epcis.json", code(&sample))).await.expect(200);
        assert_eq!(again.body(), answer.body());
    })
    .await;
}

#[tokio::test]
async fn after_a_withdrawal_no_document_names_the_producer() {
    on_both_engines(async |app| {
        let sample = told(&app).await;
        let mut tx = app.begin().await;
        producers::withdraw_consent(&mut tx.cx(), app.commune, sample.producer.id, ConsentField::Labels, app.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        for name in ["epcis.json", "events.csv", "passport.json", "in"] {
            let body = app.visitor().get(&format!("{}/{name}", sample.label)).await.expect(200).body();
            for secret in ["Hộ mẫu Bến Sậy", "Vườn mẫu bờ sông", "chị Mẫu", "Chợ mẫu", "0912345678"]
            {
                assert!(!body.contains(secret), "{name} tells {secret}");
            }
        }
        let own = sample.owner.get(&format!("{}/tai-lieu/events.csv", sample.lot)).await.expect(200).body();
        assert!(own.contains("chị Mẫu hái") && own.contains("Chợ mẫu") && own.contains("Vườn mẫu bờ sông"), "{own}");
        let page = sample.owner.get(&sample.lot).await.expect(200);
        assert!(page.says("Còn thiếu: tên cơ sở"), "{page}");
    })
    .await;
}

#[tokio::test]
async fn the_table_has_a_row_for_each_event_and_no_formula() {
    on_both_engines(async |app| {
        let sample = told(&app).await;
        let answer = app.visitor().get(&format!("{}/events.csv", sample.label)).await.expect(200);
        assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
        assert!(answer.header("content-disposition").contains(code(&sample)));
        assert!(answer.bytes().starts_with("\u{feff}".as_bytes()), "Excel knows UTF-8 by its mark");
        let text = answer.body().trim_start_matches('\u{feff}').to_owned();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let heads = reader.headers().unwrap().clone();
        let at = |field: &str| heads.iter().position(|head| head.ends_with(&format!("[{field}]"))).unwrap();
        let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 7);
        assert_eq!((&rows[0][at("eventTime")], &rows[0][at("sv:inputName")]), ("2026-06-01 14:05", "'=Bt mẫu"));
        assert_eq!((&rows[1][at("quantity")], &rows[1][at("uom")]), ("120", "KGM"));
        assert_eq!((&rows[1][at("note")], &rows[6][at("note")]), ("chị Mẫu hái", ""), "who it went to is not for all");
        let states: Vec<&str> = rows.iter().map(|row| &row[at("errorDeclaration")]).collect();
        assert_eq!(states[3..5], ["đã báo ghi sai", "việc này không xảy ra"], "{states:?}");
    })
    .await;
}

#[tokio::test]
async fn the_passport_keeps_its_schema_and_names_what_is_missing() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let schema = app.visitor().get("/api/schema/lot-passport.json").await.expect(200);
        assert_eq!(schema.header("content-type"), "application/schema+json");
        let schema = schema.json();
        jsonschema::draft202012::meta::validate(&schema).unwrap();
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap();
        let passport = async |path: String| {
            let json = app.visitor().program().get(&path).await.expect(200).json();
            let faults: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
            assert_eq!(faults, Vec::<String>::new(), "{json:#}");
            json
        };
        let missing = |json: &Value| -> Vec<String> {
            let list = json["missing"].as_array().unwrap().iter();
            list.map(|one| one["item"].as_str().unwrap().to_owned()).collect()
        };
        let fresh = passport(format!("{}/passport.json", sample.label)).await;
        let lacking = missing(&fresh);
        assert!(lacking.contains(&"packing_stage".to_owned()) && lacking.contains(&"origin_stage".to_owned()));
        assert!(lacking.contains(&"product_picture".to_owned()) && !lacking.contains(&"trace_code".to_owned()));
        let page = sample.owner.get(&sample.lot).await.expect(200);
        assert!(page.says("Còn thiếu: nơi đóng gói"), "{page}");
        let links = page.attrs("#ho-so ~ ul a", "href");
        let pack = links.iter().find(|link| link.ends_with("?viec=fresh.pack")).unwrap_or_else(|| panic!("{links:?}"));
        let form = sample.owner.get(pack).await.expect(200).form("main form").fill("quantity", "100");
        assert!(!form.submit().await.expect(200).says("nơi đóng gói"));
        let packed = passport(format!("/api/v1/lots/{}/passport.json?lang=en", code(&sample))).await;
        assert!(!missing(&packed).contains(&"packing_stage".to_owned()), "{packed:#}");
        assert_eq!(packed["traceability"]["stages"][0]["name"], "Pack");
        assert_eq!(
            packed["traceability"]["producer_address"],
            "Xóm 2, bờ sông mẫu, Đông village, Hà Bắc commune, Hải Phòng"
        );
        for link in links {
            sample.owner.get(&link).await.expect(200);
        }
        // The schema can say no.
        let mut broken = packed.clone();
        broken["traceability"].as_object_mut().unwrap().remove("stages");
        assert!(!validator.is_valid(&broken));
    })
    .await;
}

#[tokio::test]
async fn the_printed_page_tells_the_ten_items_and_the_way() {
    on_both_engines(async |app| {
        let sample = told(&app).await;
        let officer = app.officer().await;
        let check = |page: &Page| {
            assert_eq!(html::faults(page, Lang::Vi), Vec::<String>::new());
            assert_eq!(page.count("#muoi + table tr"), 10, "{page}");
            assert_eq!(page.count("#cd + .scroll tbody tr"), 6, "{page}");
            assert_eq!(page.text("#cd + .scroll s"), "Tưới nước");
            assert!(page.has("img[src$='qr.svg']"));
        };
        check(&app.visitor().get(&format!("{}/in", sample.label)).await.expect(200));
        check(&sample.owner.get(&format!("{}/tai-lieu/in", sample.lot)).await.expect(200));
        let office = format!("/van-phong/lo/{}/tai-lieu", code(&sample));
        check(&officer.get(&format!("{office}/in")).await.expect(200));
        assert!(officer.get(&office).await.expect(200).says("Còn thiếu: ảnh sản phẩm"));
        assert_eq!(sample.owner.get(&office).await.code(), 403);
    })
    .await;
}

#[tokio::test]
async fn a_lot_without_a_label_is_nobodys_business() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let page = sample.owner.get(&format!("/cua-toi/lo/moi?san-pham={}", sample.product.short)).await;
        let place = page.attrs("select[name=place] option", "value").into_iter().find(|id| !id.is_empty()).unwrap();
        let lot = page.form("main form").fill("quantity", "5").fill("place", &place).submit().await.expect(200);
        let path = lot.url().path().to_owned();
        let code = path.rsplit('/').next().unwrap();
        let program = app.visitor().program();
        for name in ["epcis.json", "events.csv", "passport.json", "in", "x"] {
            let problem = program.get(&format!("/api/v1/lots/{code}/{name}")).await.expect(404);
            assert_eq!(problem.header("content-type"), "application/problem+json");
        }
        assert!(sample.owner.get(&path).await.expect(200).says("Còn thiếu: mã truy xuất"));
        sample.owner.get(&format!("{path}/tai-lieu/epcis.json")).await.expect(200);
        let stranger = app.register("Người lạ", "0987654321").await;
        stranger.get(&format!("{path}/tai-lieu")).await.expect(404);
        stranger.get(&format!("{path}/tai-lieu/events.csv")).await.expect(404);
        app.visitor().get(&format!("{}/khong-co.json", sample.label)).await.expect(404);
    })
    .await;
}
