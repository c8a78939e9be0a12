//! `/van-phong/du-lieu-ca-nhan/{id}/xoa`: what is erased is nowhere any more, and the ledger's sums are what they were.

use image::{ImageFormat, RgbImage};
use rust_xlsxwriter::Workbook;
use sanvat::files::{FileKey, Size};
use sanvat::ids::{FileId, UserId};
use sanvat::producers::model::{ConsentField, Producer};
use sanvat::products::model::Product;

use crate::support::{TestApp, Visitor, on, on_both_engines};

const HERE: &str = "/van-phong/du-lieu-ca-nhan";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const PHONE: &str = "0977123456";
/// What is looked for in every column of words: as typed, folded, as part of an address, the phone.
const TRACES: [&str; 4] = ["Dấu Vết", "dau vet", "dau-vet", PHONE];

struct Person {
    visitor: Visitor,
    producer: Producer,
    product: Product,
    label: String,
    lot: String,
}

async fn person(app: &TestApp) -> Person {
    let village = app.village("Đông").await;
    let visitor = app.register("Trần Dấu Vết", PHONE).await;
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    let text = "SELECT id FROM users WHERE phone = $1";
    let owner: UserId = on!(cx, c => sqlx::query_scalar(text).bind(PHONE).fetch_one(c).await).unwrap();
    drop(conn);
    let producer = app.producer().named("Hộ bà Dấu Vết").phone(PHONE).in_village(village).owned_by(owner);
    let producer = producer.consenting(ConsentField::ALL.iter().copied()).with(|content| {
        "Trần Dấu Vết".clone_into(&mut content.representative);
        "Ngõ Dấu Vết".clone_into(&mut content.address);
        "Chuyện nhà Dấu Vết".clone_into(&mut content.story);
    });
    let producer = producer.approved().create().await;
    let product = app.product().of(producer.id).named("Mật ong mẫu").with(|content| {
        "Của nhà Dấu Vết".clone_into(&mut content.description);
    });
    let product = product.approved().create().await;
    let lot = app.lot(&visitor, &product).await;
    let label = app.label_of_lot(&product, lot.rsplit('/').next().unwrap()).await;
    Person { visitor, producer, product, label, lot }
}

/// Rows in which a trace is found, by table and column; the request that is being done is left out.
async fn traces(app: &TestApp) -> Vec<String> {
    let columns = if app.app.db.is_shared() {
        "SELECT table_name::text, column_name::text FROM information_schema.columns
         WHERE table_schema = 'public' AND data_type = 'text' ORDER BY 1, 2"
    } else {
        "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c
         WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND LOWER(c.type) = 'text' ORDER BY 1, 2"
    };
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    let columns: Vec<(String, String)> = on!(cx, c => sqlx::query_as(columns).fetch_all(c).await).unwrap();
    assert!(columns.len() > 200);
    let mut found = Vec::new();
    for (table, column) in columns.iter().filter(|(table, _)| table != "_sqlx_migrations") {
        for trace in TRACES {
            let own = if table == "data_requests" { " AND kind <> 'erasure'" } else { "" };
            let text = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE $1{own}");
            let count: i64 = on!(cx, c => {
                let query = sqlx::query_scalar(sqlx::AssertSqlSafe(text));
                query.bind(format!("%{trace}%")).fetch_one(c).await
            })
            .unwrap();
            if count > 0 {
                found.push(format!("{table}.{column}: {trace}"));
            }
        }
    }
    found
}

/// Words in columns that the forms of this test don't fill.
async fn fill_the_rest(app: &TestApp) {
    let mut tx = app.begin().await;
    for text in [
        "UPDATE label_runs SET purpose = 'của Dấu Vết'",
        "UPDATE trace_events SET note = 'ông Dấu Vết ghi'",
        "UPDATE lots SET version = version",
        "UPDATE consents SET evidence = 'nghe Dấu Vết nói' WHERE recorded_by IS NOT NULL",
        "UPDATE revisions SET note = 'gọi Dấu Vết' WHERE product_id IS NOT NULL",
        "UPDATE places SET address = 'Ngõ Dấu Vết', gln = 'Dấu Vết'",
        "UPDATE audit_log SET after_value = 'Dấu Vết' WHERE subject_id IN (SELECT id FROM products)",
    ] {
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query(text).execute(c).await.map(drop)).unwrap();
    }
    tx.commit().await.unwrap();
}

/// Writes down that somebody asks for erasure; returns the request's path.
async fn asked(officer: &Visitor) -> String {
    let form = officer.get(HERE).await.expect(200).form("form[action='/van-phong/du-lieu-ca-nhan']");
    let form = form.fill("ten", "Trần Dấu Vết").fill("lien-he", "0977 123 456").fill("loai", "erasure");
    form.fill("noi-dung", "Gia đình thôi bán hàng").submit().await.expect(200);
    let list = officer.get(&format!("{HERE}?tinh-trang=open")).await.expect(200);
    let rows = "ul.rows a[href*='/du-lieu-ca-nhan/0']";
    let mut all = list.texts(rows).into_iter().zip(list.attrs(rows, "href"));
    all.find(|(text, _)| text.contains("Xóa dữ liệu")).expect("the request").1
}

async fn upload(owner: &Visitor, producer: &Producer) {
    let picture = RgbImage::from_fn(700, 500, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, 90]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    let form = owner.get(&format!("/cua-toi/co-so/{}/anh", producer.short)).await.expect(200).form("main form");
    let form = form.attach("picture", "nhà Dấu Vết.jpg", "image/jpeg", bytes.into_inner());
    form.press("Tiếp tục").await.expect(200);
}

async fn import(officer: &Visitor) -> String {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in
        [["Tên cơ sở", "Số điện thoại", "Giới thiệu"], ["Hộ bà Dấu Vết", PHONE, "Kể lại: Dấu Vết"]].iter().enumerate()
    {
        for (column, cell) in cells.iter().enumerate() {
            sheet.write_string(row as u32, column as u16, *cell).unwrap();
        }
    }
    let form = officer.get("/van-phong/nhap").await.expect(200).form("form[action='/van-phong/nhap']");
    let form = form.choose("loai", "producers").attach("tep", "ds.xlsx", XLSX, book.save_to_buffer().unwrap());
    let page = form.submit().await.expect(200);
    let run = page.form("form[action$='/chay']").choose("cach", "valid");
    run.submit().await.expect(200).url().path().to_owned()
}

#[tokio::test]
async fn what_is_erased_is_nowhere_and_the_sums_stay() {
    Box::pin(on_both_engines(async |app| {
        app.support_kinds().await;
        let p = person(&app).await;
        let officer = app.officer().await;
        upload(&p.visitor, &p.producer).await;
        app.run_jobs().await;
        let batch = import(&officer).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM import_items").await, 1);
        let form = officer.get(&format!("/van-phong/ho-tro/moi?co-so={}", p.producer.short)).await.expect(200);
        let form = form.form("main form").fill("loai", "packaging").fill("tinh-trang", "delivered");
        let form = form.fill("duyet", "4.000.000").fill("chi", "3.500.000").fill("ghi-chu", "Giao cho Dấu Vết");
        form.submit().await.expect(200);
        let ask = format!("{}/hoi-mua", p.product.path());
        let buyer = app.visitor();
        let lan = buyer.get(&p.product.path()).await.expect(200).attr("#hoi-mua [name=lan]", "value");
        let words = [("message", "Chị Dấu Vết còn mật không?"), ("phone", "0988111222"), ("lan", lan.as_str())];
        buyer.post(&ask, &words).await.expect(200);
        let own = p.visitor.get("/cua-toi/du-lieu").await.expect(200).form("form[action='/cua-toi/du-lieu']");
        own.fill("loai", "access").fill("noi-dung", "Dấu Vết muốn xem").submit().await.expect(200);
        fill_the_rest(&app).await;
        app.run_jobs().await;
        let before = traces(&app).await;
        assert!(before.len() > 20, "there is something to erase: {before:?}");
        let file: FileId = {
            let mut conn = app.read().await;
            let mut cx = conn.cx();
            on!(cx, c => sqlx::query_scalar("SELECT id FROM files").fetch_one(c).await).unwrap()
        };
        let key = FileKey::picture(app.commune.0 as u32, file.0, Size::Large);
        assert!(app.app.files.exists(key.clone()).await.unwrap());
        let found = app.visitor().get("/co-so?q=D%E1%BA%A5u+V%E1%BA%BFt").await.expect(200);
        assert!(found.says("Hộ bà Dấu Vết"), "{found}");

        let request = asked(&officer).await;
        let whose = officer.get(&format!("{request}/xoa")).await.expect(200);
        assert!(whose.says("Hộ bà Dấu Vết") && whose.says("Chỉ số điện thoại này"), "{whose}");
        let erase = format!("{request}/xoa?co-so={}", p.producer.short);
        let preview = officer.get(&erase).await.expect(200);
        assert!(preview.says("Gõ lại: Hộ bà Dấu Vết"), "{preview}");
        assert!(preview.says("3.500.000 đ đã chi") && preview.says("1 lô hàng"), "{preview}");
        assert_eq!(traces(&app).await, before, "a look writes nothing");
        app.viewer().await.get(&erase).await.expect(403);
        let form = preview.form("main form");
        let refused = form.clone().fill("xac-nhan", "Hộ bà Dấu").submit().await.expect(422);
        assert!(!refused.error_of("xac-nhan").is_empty());
        // The producer is taken down by somebody else between the look and the word.
        let own = format!("/van-phong/co-so/{}", p.producer.short);
        let pause = officer.get(&own).await.expect(200).form("form[action$='/tam-dung']");
        pause.fill("ly-do", "thử").submit().await.expect(200);
        let before = traces(&app).await;
        let stale = form.fill("xac-nhan", "Hộ bà Dấu Vết").submit().await.expect(409);
        assert!(stale.says("vừa xử lý"));
        assert_eq!(traces(&app).await, before);

        let form = stale.form("main form");
        let done = form.fill("xac-nhan", "hộ bà  Dấu Vết").submit().await.expect(200);
        assert!(done.says("Đã làm xong") && done.says("Đã xóa dữ liệu cá nhân theo yêu cầu"), "{done}");
        app.run_jobs().await;
        assert_eq!(traces(&app).await, Vec::<String>::new());
        assert!(!app.app.files.exists(key).await.unwrap(), "the picture's bytes are gone");
        for size in ["s", "m", "l"] {
            officer.get(&format!("/anh/{file}/{size}")).await.expect(404);
        }

        let sums =
            "SELECT COUNT(*) FROM support_records WHERE paid = 3500000 AND approved = 4000000 AND kind = 'packaging'";
        assert_eq!(app.count(sums).await, 1);
        let year = format!("/van-phong/ho-tro/danh-sach?nam={}", app.today().year());
        let list = officer.get(&year).await.expect(200);
        assert!(list.says("Cơ sở đã xóa dữ liệu") && list.says("3.500.000"), "{list}");
        app.visitor().get(&p.producer.path()).await.expect(404);
        app.visitor().get(&p.product.path()).await.expect(404);
        let found = app.visitor().get("/co-so?q=D%E1%BA%A5u+V%E1%BA%BFt").await.expect(200);
        assert!(!found.says("Hộ bà Dấu Vết"), "{found}");
        let label = app.visitor().get(&p.label).await.expect(200);
        assert!(label.says("Mật ong mẫu") && !label.says("Dấu Vết") && !label.says(PHONE), "{label}");
        assert_eq!(p.visitor.get("/cua-toi").await.url().path(), "/dang-nhap");
        assert!(app.visitor().try_login(PHONE, "san vat 2026").await.status() != 200);
        officer.get(&format!("{request}/xoa")).await.expect(404);

        let undo = officer.get(&batch).await.expect(200).form("form[action$='/hoan-tac']").submit().await.expect(200);
        assert!(undo.says("dữ liệu đã xóa theo yêu cầu"), "{undo}");
        assert_eq!(traces(&app).await, Vec::<String>::new());
        for page in ["/van-phong", "/van-phong/co-so", "/van-phong/san-pham", HERE, "/van-phong/tong-quan"] {
            officer.get(page).await.expect(200);
        }
        officer.get(&format!("/van-phong/co-so/{}", p.producer.short)).await.expect(200);
        officer.get(&format!("/van-phong/san-pham/{}", p.product.short)).await.expect(200);
    }))
    .await;
}

#[tokio::test]
async fn nothing_is_erased_while_a_recall_is_open() {
    Box::pin(on_both_engines(async |app| {
        let p = person(&app).await;
        app.recall(p.lot.rsplit('/').next().unwrap(), "Trả lại nơi mua").await;
        let before = traces(&app).await;
        let officer = app.officer().await;
        let request = asked(&officer).await;
        let page = officer.get(&format!("{request}/xoa?co-so={}", p.producer.short)).await.expect(200);
        assert!(page.says("đợt thu hồi số 1 còn mở") && page.count("main form") == 0, "{page}");
        let words =
            [("co-so", p.producer.short.as_str()), ("version", "1"), ("tra-loi", "x"), ("xac-nhan", "Hộ bà Dấu Vết")];
        officer.post(&format!("{request}/xoa"), &words).await.expect(409);
        assert_eq!(traces(&app).await, before);
        assert_eq!(app.count("SELECT COUNT(*) FROM erasures").await, 0);
    }))
    .await;
}

#[tokio::test]
async fn who_went_into_another_is_erased_with_it_and_the_merge_is_not_undone() {
    Box::pin(on_both_engines(async |app| {
        let p = person(&app).await;
        let village = p.producer.village_id.unwrap();
        let twin = app.producer().named("Nhà Dấu Vết").phone(PHONE).in_village(village).approved().create().await;
        let officer = app.officer().await;
        let pair = format!("/van-phong/trung-lap/{}/{}", p.producer.short, twin.short);
        let merge = officer.get(&pair).await.expect(200).form("section[aria-labelledby=gop] form");
        let merged = merge.fill("ghi-chu", "Dấu Vết khai hai lần").submit().await.expect(200);
        let merged = merged.url().path().to_owned();
        let request = asked(&officer).await;
        let preview = officer.get(&format!("{request}/xoa?co-so={}", p.producer.short)).await.expect(200);
        preview.form("main form").fill("xac-nhan", "Hộ bà Dấu Vết").submit().await.expect(200);
        app.run_jobs().await;
        assert_eq!(traces(&app).await, Vec::<String>::new());
        assert_eq!(app.count("SELECT COUNT(*) FROM erasure_subjects WHERE kind = 'producer'").await, 2);
        let list = officer.get("/van-phong/trung-lap?xem=gop").await.expect(200);
        assert!(list.says("Cơ sở đã xóa dữ liệu"), "{list}");
        officer.post(&format!("{merged}/hoan-tac"), &[]).await;
        assert_eq!(app.count("SELECT COUNT(*) FROM producers WHERE state = 'approved'").await, 0, "it stays so");
        assert_eq!(app.count("SELECT COUNT(*) FROM producer_merges WHERE undone_at IS NULL").await, 1);
    }))
    .await;
}

#[tokio::test]
async fn an_account_or_a_phone_number_alone_is_erased_and_roles_are_ended_first() {
    Box::pin(on_both_engines(async |app| {
        let sample = app.sample().await;
        let buyer = app.visitor();
        let lan = buyer.get(&sample.product.path()).await.expect(200).attr("#hoi-mua [name=lan]", "value");
        let words = [("message", "Nhà Dấu Vết hỏi mua"), ("phone", PHONE), ("lan", lan.as_str())];
        buyer.post(&format!("{}/hoi-mua", sample.product.path()), &words).await.expect(200);
        let stranger = app.register("Trần Dấu Vết", PHONE).await;
        let officer = app.officer().await;
        let request = asked(&officer).await;
        let whose = officer.get(&format!("{request}/xoa")).await.expect(200);
        let account = whose.attr("a[href*='tai-khoan=']", "href");
        let form = officer.get(&account).await.expect(200).form("main form");
        form.fill("xac-nhan", "Trần Dấu Vết").submit().await.expect(200);
        assert_eq!(stranger.get("/cua-toi").await.url().path(), "/dang-nhap");
        // Nobody confirmed that the number is theirs, so the question sent from it is not touched.
        assert_eq!(traces(&app).await, ["enquiries.message: Dấu Vết", "enquiries.phone: 0977123456"]);
        let request = asked(&officer).await;
        let form = officer.get(&format!("{request}/xoa?so={PHONE}")).await.expect(200).form("main form");
        form.fill("xac-nhan", "0977 123 456").submit().await.expect(200);
        app.run_jobs().await;
        assert_eq!(traces(&app).await, Vec::<String>::new());
        assert_eq!(app.count("SELECT COUNT(*) FROM enquiries").await, 1, "that somebody asked still counts");

        let request = asked(&officer).await;
        let mut conn = app.read().await;
        let mut cx = conn.cx();
        let text = "SELECT user_id FROM grants WHERE role = 'officer'";
        let office: UserId = on!(cx, c => sqlx::query_scalar(text).fetch_one(c).await).unwrap();
        let refused = officer.get(&format!("{request}/xoa?tai-khoan={office}")).await.expect(200);
        assert!(refused.says("Gỡ vai trò") && refused.count("main form") == 0, "{refused}");
    }))
    .await;
}

/// Names and contents of an archive's members.
fn members(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let count = zip.len();
    let mut all = Vec::new();
    for at in 0..count {
        let mut file = zip.by_index(at).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut file, &mut bytes).unwrap();
        all.push((file.name().unwrap().into_owned(), bytes));
    }
    all
}

#[tokio::test]
async fn a_copy_of_the_data_holds_the_papers_themselves() {
    Box::pin(on_both_engines(async |app| {
        let p = person(&app).await;
        upload(&p.visitor, &p.producer).await;
        app.run_jobs().await;
        let form = p.visitor.get("/cua-toi/du-lieu").await.expect(200).form("form[action$='/tai']");
        let own = members(form.press("dang=zip").await.expect(200).bytes().to_vec());
        let officer = app.officer().await;
        let form = officer.get(HERE).await.expect(200).form("form[action='/van-phong/du-lieu-ca-nhan']");
        let form = form.fill("ten", "Trần Dấu Vết").fill("lien-he", PHONE).fill("loai", "access");
        form.fill("noi-dung", "Cho tôi xem").submit().await.expect(200);
        let list = officer.get(HERE).await.expect(200);
        let request = list.attr("ul.rows a[href*='/du-lieu-ca-nhan/0']", "href");
        let whose = officer.get(&format!("{request}/xuat")).await.expect(200);
        assert!(!whose.says("Chỉ số điện thoại này"), "a number alone leads to others' words: {whose}");
        let give = officer.get(&whose.attr("a[href*='co-so=']", "href")).await.expect(200);
        let given = members(give.form("main form").submit().await.expect(200).bytes().to_vec());
        for archive in [&own, &given] {
            let names: Vec<&str> = archive.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names[..2], ["du-lieu.pdf", "du-lieu.json"]);
            assert!(archive[0].1.starts_with(b"%PDF"));
            let data: serde_json::Value = serde_json::from_slice(&archive[1].1).unwrap();
            assert_eq!(data["producers"][0]["content"]["address"], "Ngõ Dấu Vết");
            assert_eq!(data["producers"][0]["products"][0]["content"]["name"], "Mật ong mẫu");
            assert_eq!(data["files"][0]["name"], "nhà Dấu Vết.jpg");
            assert!(names[2].starts_with("tep/") && archive[2].1.starts_with(&[0xff, 0xd8]), "{names:?}");
        }
        // Who helped with the forms gets no paper of those who were helped.
        let helper = app.helper(p.producer.village_id.unwrap()).await;
        upload(&helper, &p.producer).await;
        app.run_jobs().await;
        let form = helper.get("/cua-toi/du-lieu").await.expect(200).form("form[action$='/tai']");
        let helped = members(form.press("dang=zip").await.expect(200).bytes().to_vec());
        assert!(helped.iter().all(|(name, _)| !name.starts_with("tep/")), "their own data alone");
        assert_eq!(app.count("SELECT COUNT(*) FROM exports WHERE what = 'person-data' AND format = 'zip'").await, 1);
        app.viewer().await.get(&format!("{request}/xuat")).await.expect(403);
        let stranger = app.register("Người lạ", "0987654321").await;
        stranger.post(&format!("{request}/xuat"), &[("co-so", p.producer.short.as_str())]).await.expect(403);
    }))
    .await;
}
