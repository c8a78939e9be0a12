//! Who is not of the place changes nothing there: a helper of another village, and people of another commune who
//! know every id.

use sanvat::accounts::model::Role;
use sanvat::accounts::store as accounts;
use sanvat::ids::CommuneId;
use sanvat::producers::model::ConsentField;
use sanvat::products::model::ProductContent;

use crate::support::{Form, TestApp, Visitor, on_both_engines};

const OTHER: CommuneId = CommuneId(10813);
const OTHER_HOST: &str = "thanh-son.example";

/// A record in its owner's hands: a producer with a product, a lot with a step, labels and an enquiry.
struct Record {
    owner: Visitor,
    /// Every address under which the owner reads or writes of it.
    pages: Vec<String>,
    /// Every form on those pages.
    forms: Vec<Form>,
    /// The office's addresses of it.
    office: Vec<String>,
}

async fn record(app: &TestApp) -> Record {
    let village = app.village("Đoài").await;
    let consents = ConsentField::ALL.iter().copied();
    let producer = app.producer().in_village(village).consenting(consents).approved().create().await;
    let fresh = |content: &mut ProductContent| {
        "food-fresh-produce".clone_into(&mut content.category);
        "Thôn Đoài".clone_into(&mut content.origin);
    };
    let product = app.product().of(producer.id).with(fresh).approved().create().await;
    app.run_jobs().await;
    let owner = app.owner_of(producer.id).await;
    let lot = app.lot(&owner, &product).await;
    let water = owner.get(&format!("{lot}/ghi?viec=fresh.water")).await.expect(200).form("main form");
    let wrong = water.submit().await.expect(200).attr(".way a.back", "href");
    let code = lot.rsplit('/').next().unwrap().to_owned();
    let order = owner.get(&format!("/cua-toi/tem/moi?lo={code}")).await.expect(200).form("main form");
    let run = order.choose("loai", "lot").fill("so-tem", "5").submit().await.expect(200).url().path().to_owned();
    let printed = owner.get(&run).await.form("form[action$='/in']").submit().await.expect(200);
    let printed = printed.attr("#da-in a.btn", "href");
    let (p, x) = (format!("/cua-toi/co-so/{}", producer.short), format!("/cua-toi/san-pham/{}", product.short));
    let places = owner.get(&format!("/cua-toi/noi?co-so={}", producer.short)).await.expect(200);
    let place = places.attr("main .rows a", "href");
    let mut pages = vec![
        lot.clone(),
        format!("{lot}/tai-lieu"),
        format!("{lot}/tai-lieu/in"),
        format!("{lot}/tai-lieu/events.csv"),
        format!("{lot}/tai-lieu/epcis.json"),
        place.clone(),
        format!("{place}/sua"),
        format!("{place}/giay-to/moi"),
        format!("{lot}/ghi"),
        format!("{lot}/ghi?viec=fresh.harvest"),
        format!("{lot}/thu-hoi"),
        format!("{lot}/lam/tach"),
        format!("{lot}/lam/gop"),
        format!("{lot}/lam/che-bien"),
        format!("{lot}/lam/dong-goi"),
        format!("{lot}/giao"),
        format!("{lot}/mo-goi"),
        format!("{lot}/mua-ngoai"),
        format!("{lot}/han-dung"),
        format!("{lot}/xin-thu-hoi"),
        wrong,
        run.clone(),
        format!("{run}/xem.svg?mau=a4-24"),
        format!("{run}/huy"),
        printed,
        format!("/cua-toi/tem/giay?co-so={}", producer.short),
        format!("/cua-toi/tem/giay/moi?co-so={}", producer.short),
        format!("/cua-toi/tem/moi?lo={code}"),
        format!("/cua-toi/tem/moi?san-pham={}", product.short),
        format!("/cua-toi/lo/moi?san-pham={}", product.short),
        format!("/cua-toi/san-pham?co-so={}", producer.short),
        format!("/cua-toi/san-pham/moi?co-so={}", producer.short),
        format!("/cua-toi/noi/moi?co-so={}", producer.short),
        format!("/cua-toi/ho-tro?co-so={}", producer.short),
        format!("/cua-toi/ho-tro/moi?co-so={}", producer.short),
    ];
    let steps = ["", "/loai", "/noi", "/lien-he", "/thue", "/gioi-thieu", "/anh", "/tem", "/xem-lai"];
    pages.extend(steps.iter().map(|step| format!("{p}{step}")));
    let steps = [
        "",
        "/ten",
        "/anh",
        "/mo-ta",
        "/gia",
        "/mua-vu",
        "/nguon-goc",
        "/giay-to",
        "/giay-to/moi",
        "/noi-ban",
        "/quy-doi",
        "/xem-lai",
    ];
    pages.extend(steps.iter().map(|step| format!("{x}{step}")));
    let mut forms = Vec::new();
    for address in &pages {
        let page = owner.get(address).await.expect(200);
        if page.is_html() {
            forms.extend(page.forms("main form[method=post]"));
        }
    }
    let office = vec![
        format!("/van-phong/co-so/{}", producer.short),
        format!("/van-phong/san-pham/{}", product.short),
        format!("/van-phong/lo/{code}"),
        format!("/van-phong/lo/{code}/tai-lieu"),
        format!("/van-phong/lo/{code}/tai-lieu/events.csv"),
        format!("/van-phong/lo/{code}/thu-hoi"),
        format!("/van-phong/ho-tro/moi?co-so={}", producer.short),
        format!("/van-phong/ho-tro/co-so/{}", producer.short),
    ];
    Record { owner, pages, forms, office }
}

/// Counts and versions of all that could be changed.
async fn state_of_all(app: &TestApp) -> Vec<i64> {
    let mut found = Vec::new();
    for sql in [
        "SELECT COUNT(*) FROM producers",
        "SELECT COUNT(*) FROM products",
        "SELECT COUNT(*) FROM revisions",
        "SELECT COUNT(*) FROM lots",
        "SELECT COUNT(*) FROM trace_events",
        "SELECT COUNT(*) FROM recalls",
        "SELECT COUNT(*) FROM places",
        "SELECT COUNT(*) FROM handovers",
        "SELECT COUNT(*) FROM parties",
        "SELECT COUNT(*) FROM label_runs",
        "SELECT COUNT(*) FROM labels",
        "SELECT COUNT(*) FROM files",
        "SELECT COUNT(*) FROM certificates",
        "SELECT COUNT(*) FROM ocop_decisions",
        "SELECT COUNT(*) FROM support_records",
        "SELECT COUNT(*) FROM support_needs",
        "SELECT COUNT(*) FROM support_programmes",
        "SELECT COUNT(*) FROM grants",
        "SELECT COUNT(*) FROM audit_log",
        "SELECT COUNT(*) FROM consents WHERE withdrawn_at IS NULL",
        "SELECT COUNT(*) FROM jobs",
        "SELECT CAST(SUM(version) AS BIGINT) FROM producers",
        "SELECT CAST(SUM(version) AS BIGINT) FROM products",
        "SELECT CAST(SUM(version) AS BIGINT) FROM lots",
        "SELECT CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM revisions",
        "SELECT CAST(SUM(LENGTH(content)) AS BIGINT) FROM revisions",
    ] {
        found.push(app.count(sql).await);
    }
    found
}

/// None of these pages opens and none of these forms is taken.
async fn is_shut_out(stranger: &Visitor, name: &str, pages: &[String], forms: &[Form]) {
    for address in pages {
        let page = stranger.get(address).await;
        assert!(matches!(page.code(), 403 | 404), "{name} opened {address}: {page}");
    }
    for form in forms {
        let answer = form.clone().by(stranger).submit().await;
        assert!(matches!(answer.code(), 403 | 404), "{name} sent {} {:?}: {answer}", form.action(), form.names());
    }
}

#[tokio::test]
async fn a_helper_of_another_village_reads_and_changes_nothing() {
    on_both_engines(async |app| {
        let record = record(&app).await;
        assert!(record.forms.len() >= 18, "only {} forms were found", record.forms.len());
        let near = app.village("Đông").await;
        app.producer().named("Hộ trong thôn").in_village(near).approved().create().await;
        let helper = app.helper(near).await;
        app.run_jobs().await;
        let before = state_of_all(&app).await;
        is_shut_out(&helper, "a helper", &record.pages, &record.forms).await;
        is_shut_out(&helper, "a helper", &record.office, &[]).await;
        assert_eq!(state_of_all(&app).await, before);
        let list = helper.get("/ho-tro").await.expect(200);
        assert!(list.says("Hộ trong thôn") && !list.says("Hộ mẫu Bến Sậy"), "{list}");

        // The same forms are taken from their owner: what was refused was the person and not the form.
        let words = record.forms.iter().find(|form| form.action().ends_with("/mo-ta")).unwrap();
        words.clone().fill("description", "Sửa lời").submit().await.expect(200);
        assert_ne!(state_of_all(&app).await, before);
    })
    .await;
}

#[tokio::test]
async fn people_of_another_commune_find_none_of_its_ids() {
    on_both_engines(async |app| {
        let mut record = record(&app).await;
        app.add_commune(OTHER, "Thanh Sơn", Some(OTHER_HOST)).await;
        let officer_here = app.officer().await;
        let form = officer_here.get("/van-phong/nhap").await.expect(200).form("form[enctype]");
        let file =
            form.attach("tep", "a.csv", "text/csv", b"Ten co so,Thon\nx,y\n".to_vec()).submit().await.expect(200);
        record.office.extend(["", "/cot", "/tep"].map(|page| format!("{}{page}", file.path())));
        for address in &record.office {
            officer_here.get(address).await.expect(200);
        }
        let officer = app.person("Cán bộ xã bên").await;
        let mut tx = app.begin().await;
        accounts::insert_grant(&mut tx.cx(), officer, Role::Officer, Some(OTHER), None, None, app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let officer_there = app.enter(officer).await;
        app.run_jobs().await;
        let before = state_of_all(&app).await;
        for (name, person) in
            [("the owner", &record.owner), ("an officer there", &officer_there), ("an officer of here", &officer_here)]
        {
            let there = person.with_header("host", OTHER_HOST);
            let there = there.with_header("origin", &format!("http://{OTHER_HOST}"));
            is_shut_out(&there, name, &record.pages, &record.forms).await;
            is_shut_out(&there, name, &record.office, &[]).await;
        }
        // On this commune's own address the other's officer is a stranger.
        is_shut_out(&officer_there, "another commune's officer", &record.pages, &record.forms).await;
        is_shut_out(&officer_there, "another commune's officer", &record.office, &[]).await;
        assert_eq!(state_of_all(&app).await, before);
    })
    .await;
}
