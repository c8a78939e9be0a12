//! What items take over from the records that are here: photos, and papers made of what traceability knows.

use std::collections::HashMap;

use sanvat::files::store::{self as files, FileRow, FileState, FileUse};
use sanvat::files::{FileKey, Size};
use sanvat::ids::{FileId, ProducerId, ProductId};
use sanvat::ocop::facts::Traced;
use sanvat::ocop::model::Source;
use sanvat::support::export::{Cell, Table};
use sanvat::traceability::history::lot_history;
use sanvat::traceability::store::lots;

use super::{open, scan};
use crate::support::{TestApp, Visitor, on_both_engines};

/// A picture that is ready to be shown.
async fn picture(app: &TestApp, producer: ProducerId) -> FileId {
    let now = app.now();
    let id = FileId::new(now);
    let row = FileRow {
        commune_id: app.commune,
        id,
        producer_id: Some(producer),
        kind: FileUse::Picture,
        state: FileState::Ready,
        media_type: "image/png".to_owned(),
        bytes: 1,
        sha256: "ab".repeat(32),
        width: Some(64),
        height: Some(48),
        name: "DSC_0001.png".to_owned(),
        refusal: None,
        public: false,
        created_by: None,
        created_at: now,
    };
    let key = FileKey::picture(app.commune.0 as u32, id.0, Size::Large);
    app.app.files.put(key, scan()).await.expect("kept");
    let mut tx = app.begin().await;
    files::insert(&mut tx.cx(), &row).await.expect("its row");
    tx.commit().await.expect("committed");
    id
}

/// An approved product with a photo, and its owner.
async fn house(app: &TestApp) -> (ProducerId, String, ProductId, Visitor, FileId) {
    let village = app.village("Đông").await;
    let producer = app.producer().in_village(village).approved().create().await;
    let photo = picture(app, producer.id).await;
    let product = app.product().of(producer.id).with(|content| content.photos = vec![photo]);
    let product = product.approved().create().await;
    let owner = app.owner_of(producer.id).await;
    (producer.id, product.short.clone(), product.id, owner, photo)
}

async fn spray(owner: &Visitor, lot: &str, name: &str) {
    let form = owner.get(&format!("{lot}/ghi?viec=fresh.spray")).await.expect(200).form("main form");
    form.fill("input_name", name).fill("withholding_days", "7").submit().await.expect(200);
}

/// What is known of the product's lots.
async fn traced(app: &TestApp, product: ProductId, locates: bool) -> Traced {
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    let mut all = Vec::new();
    for lot in lots::of_product(&mut cx, app.commune, product, 10).await.unwrap() {
        all.push(lot_history(&mut cx, app.commune, lot).await.unwrap());
    }
    let [producer, product, commune] = ["Hộ mẫu", "Ổi lê", "Hà Bắc"].map(str::to_owned);
    Traced { lots: all, labels: HashMap::new(), locates, producer, product, commune, today: app.today() }
}

fn words(table: &Table) -> String {
    format!(
        "{:?} {:?}",
        table.notes,
        table.rows.iter().flatten().filter(|cell| **cell != Cell::Empty).collect::<Vec<_>>()
    )
}

#[tokio::test]
async fn photos_and_papers_made_of_traceability_answer_items_and_are_taken_over_once() {
    Box::pin(on_both_engines(async |app| {
        let (_, short, product, owner, photo) = house(&app).await;
        let officer = app.officer().await;
        let dossier = open(&officer, &short).await.url().path().to_owned();
        let mine = |number: i32| format!("/cua-toi/san-pham/{short}/ocop/{number}");
        let story = owner.get(&mine(16)).await.expect(200);
        assert_eq!(story.attr("input[name=giay]", "value"), photo.to_string());
        let plan = owner.get(&mine(2)).await.expect(200);
        assert!(!plan.has("input[name=giay]") && !plan.has("input[name=tu-lieu]"), "nothing answers a plan: {plan}");
        story.form("main form").choose("giay", &photo.to_string()).press("viec=nop").await.expect(200);
        assert!(officer.get(&format!("{dossier}/muc/16")).await.says("lấy từ: Ảnh sản phẩm"));
        assert!(!owner.get(&mine(16)).await.has("input[name=giay]"), "it is there");
        // Not of another item, and not a file that isn't the product's.
        owner
            .get(&mine(2))
            .await
            .form("main form")
            .tamper("giay", &photo.to_string())
            .press("viec=nop")
            .await
            .expect(422);
        assert_eq!(app.count("SELECT COUNT(*) FROM ocop_item_files").await, 1);

        // No lot yet: nothing to make a paper of.
        assert!(!owner.get(&mine(17)).await.expect(200).has("input[name=tu-lieu]"));
        let form = owner.get(&format!("/cua-toi/lo/moi?san-pham={short}")).await.expect(200).form("main form");
        let form = form.fill("quantity", "120").fill("place_name", "Vườn mẫu");
        let lot = form.submit().await.expect(200).url().path().to_owned();
        let item = owner.get(&mine(17)).await.expect(200);
        assert_eq!(item.attrs("input[name=tu-lieu]", "value"), ["lots", "events", "inputs"]);
        let none = item.form("main form").choose("tu-lieu", "inputs").press("viec=nop").await.expect(422);
        assert!(none.error_of("tu-lieu").contains("chưa có dữ liệu"), "{none}");
        spray(&owner, &lot, "Chế phẩm Bt mẫu").await;
        let form = owner.get(&mine(17)).await.form("main form").choose("tu-lieu", "lots").choose("tu-lieu", "inputs");
        form.clone().press("viec=nop").await.expect(200);
        let again = form.press("viec=nop").await.expect(422);
        assert!(again.error_of("tu-lieu").contains("không có gì mới"), "{again}");
        let made = "SELECT COUNT(*) FROM ocop_item_files WHERE source IN ('lots', 'inputs') AND removed_at IS NULL";
        assert_eq!(app.count(made).await, 2);
        let item = officer.get(&format!("{dossier}/muc/17")).await.expect(200);
        assert!(item.says("từ dữ liệu truy xuất") && item.says("Danh sách lô sản xuất, 14-06-2026.pdf"), "{item}");
        let file = officer.get(&item.attr("main ul.rows a[href^='/giay/']", "href")).await.expect(200);
        assert!(file.bytes().starts_with(b"%PDF"));
        assert!(officer.get(&dossier).await.says("Danh sách lô sản xuất, Vật tư, nguyên liệu đã dùng"), "the history");

        // Something was recorded since: what tells of it is made anew, what doesn't is not.
        app.later(std::time::Duration::from_hours(24));
        let owner = app.owner_of(producer_of(&app, product).await).await;
        spray(&owner, &lot, "Dầu khoáng mẫu").await;
        let form = owner.get(&mine(17)).await.expect(200).form("main form").choose("tu-lieu", "inputs");
        form.press("viec=nop").await.expect(200);
        assert_eq!(app.count(made).await, 3);
        // Taken out, it may be made again.
        let item = owner.get(&mine(17)).await.expect(200);
        let out = format!("viec={}", item.attrs("button[value^='bo-']", "value").last().unwrap());
        item.form("main form").press(&out).await.expect(200);
        let form = owner.get(&mine(17)).await.expect(200).form("main form").choose("tu-lieu", "inputs");
        form.press("viec=nop").await.expect(200);
        assert_eq!(app.count(made).await, 3);

        let zip = app.officer().await.get(&format!("{dossier}/giay/tep.zip")).await.expect(200);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(zip.bytes().to_vec())).unwrap();
        let names: Vec<String> =
            (0..zip.len()).map(|at| zip.by_index(at).unwrap().name().unwrap().into_owned()).collect();
        assert_eq!(names.iter().filter(|name| name.starts_with("17/")).count(), 3, "{names:?}");
        assert!(names.contains(&"16/001.jpg".to_owned()), "photos go along: {names:?}");
        app.run_jobs().await;
    }))
    .await;
}

async fn producer_of(app: &TestApp, product: ProductId) -> ProducerId {
    let mut conn = app.read().await;
    let product = sanvat::products::store::by_id(&mut conn.cx(), app.commune, product).await.unwrap().unwrap();
    product.producer_id
}

#[tokio::test]
async fn papers_of_traceability_say_what_they_were_made_of_and_name_nobody() {
    on_both_engines(async |app| {
        let (_, short, product, owner, _) = house(&app).await;
        let form = owner.get(&format!("/cua-toi/lo/moi?san-pham={short}")).await.expect(200).form("main form");
        let form = form.fill("quantity", "120").fill("place_name", "Vườn mẫu");
        let lot = form.submit().await.expect(200).url().path().to_owned();
        let code = lot.rsplit('/').next().unwrap();
        spray(&owner, &lot, "Chế phẩm Bt mẫu").await;
        let bought = owner.get(&format!("{lot}/mua-ngoai")).await.expect(200).form("main form");
        let bought = bought.fill("hang", "Phân chuồng").fill("quantity", "12,5").fill("uom", "KGM").fill("so", "HĐ-12");
        bought
            .choose("loai", "person")
            .fill("ten", "Bà Mẫu Văn Thị")
            .fill("noi", "thôn Đoài")
            .submit()
            .await
            .expect(200);

        let known = traced(&app, product, true).await;
        let inputs = known.paper(Source::Inputs).expect("two inputs");
        let told = words(&inputs.table);
        for word in ["Chế phẩm Bt mẫu", "Phân chuồng", "12,5 kg", "HĐ-12", code, "Lập ngày 14/06/2026", "Hộ mẫu"]
        {
            assert!(told.contains(word), "{word}: {told}");
        }
        assert!(!told.contains("Văn Thị"), "a person's name is told to nobody: {told}");
        let lots = known.paper(Source::Lots).expect("a lot");
        assert!(words(&lots.table).contains("120 kg") && lots.table.rows.len() == 1, "{}", words(&lots.table));
        let events = known.paper(Source::Events).expect("steps");
        assert!(words(&events.table).contains("cách ly 7 ngày"), "{}", words(&events.table));
        assert_eq!(known.paper(Source::Photo).map(|made| made.mark), None);
        assert!(events.table.write(sanvat::support::export::FileFormat::Pdf, None).unwrap().starts_with(b"%PDF"));

        // Another day alone makes no other state; another fact does.
        let later = Traced { today: app.today().plus_days(3), ..traced(&app, product, true).await };
        assert_eq!(later.paper(Source::Events).unwrap().mark, events.mark);
        spray(&owner, &lot, "Dầu khoáng mẫu").await;
        assert_ne!(traced(&app, product, true).await.paper(Source::Events).unwrap().mark, events.mark);

        // Where exactly is told with consent alone.
        let mut places = traced(&app, product, true).await;
        for lot in &mut places.lots {
            lot.place.as_mut().unwrap().address = "20.9012, 106.4123".to_owned();
        }
        assert!(words(&places.paper(Source::Places).unwrap().table).contains("20.9012"));
        places.locates = false;
        let told = words(&places.paper(Source::Places).unwrap().table);
        assert!(!told.contains("20.9012") && told.contains("chưa đồng ý") && told.contains("Vườn mẫu"), "{told}");
    })
    .await;
}
