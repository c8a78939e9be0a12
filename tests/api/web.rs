//! What is around every page: who may send what, headers, errors by route family, languages, hosts.

use reqwest::Method;
use sanvat::ids::CommuneId;

use crate::support::{Page, on_both_engines};

const PHONE: &str = "0912345678";

#[tokio::test]
async fn a_form_sent_from_another_site_is_refused() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", PHONE).await;
        let fields = [("moi-noi", "1")];
        for foreign in [
            visitor.with_header("sec-fetch-site", "cross-site"),
            visitor.with_header("sec-fetch-site", "same-site"),
            visitor.with_header("sec-fetch-site", "").with_header("origin", "https://evil.example"),
            visitor.with_header("sec-fetch-site", "").with_header("origin", "null"),
            visitor
                .with_header("sec-fetch-site", "")
                .with_header("origin", "")
                .with_header("referer", "https://evil.example/"),
            // Neither header, but the cookie of a session: no browser does that.
            visitor.with_header("sec-fetch-site", "").with_header("origin", ""),
        ] {
            let answer = foreign.post("/dang-xuat", &fields).await.expect(403);
            assert_eq!(answer.h1(), "Yêu cầu đến từ trang khác");
        }
        assert_eq!(visitor.get("/tai-khoan").await.h1(), "Hộ mẫu", "the session stands");
        let old_browser = visitor.with_header("sec-fetch-site", "");
        old_browser.stays_on_redirect().post("/dang-xuat", &fields).await.expect(303);
    })
    .await;
}

#[tokio::test]
async fn links_from_other_sites_open_pages() {
    on_both_engines(async |app| {
        let visitor = app.register("Hộ mẫu", PHONE).await.with_header("sec-fetch-site", "cross-site");
        assert_eq!(visitor.get("/tai-khoan").await.expect(200).h1(), "Hộ mẫu");
    })
    .await;
}

fn assert_guarded(page: &Page) {
    let csp = page.header("content-security-policy");
    for rule in
        ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"]
    {
        assert!(csp.contains(rule), "{rule} in {csp:?} of {page}");
    }
    assert!(!csp.contains("unsafe"), "{csp}");
    assert_eq!(page.header("x-content-type-options"), "nosniff", "{page}");
    assert_eq!(page.header("referrer-policy"), "same-origin", "{page}");
    assert_eq!(page.header("x-frame-options"), "DENY", "{page}");
    assert!(page.header("x-request-id").len() >= 12, "{page}");
    assert_eq!(page.header("server"), "", "{page}");
}

#[tokio::test]
async fn every_answer_carries_the_headers_that_guard_it() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        let style = visitor.get("/dang-nhap").await.attr("link[rel=stylesheet]", "href");
        let pages = [
            visitor.get("/dang-nhap").await.expect(200),
            visitor.get("/khong-co").await.expect(404),
            visitor.get("/dang-xuat").await.expect(405),
            visitor.stays_on_redirect().get("/tai-khoan").await.expect(303),
            visitor.post("/dang-nhap", &[]).await.expect(422),
            visitor.program().get("/api/v1/khong-co").await.expect(404),
            visitor.get(&style).await.expect(200),
        ];
        let mut ids = std::collections::BTreeSet::new();
        for page in &pages {
            assert_guarded(page);
            ids.insert(page.header("x-request-id").to_owned());
        }
        assert_eq!(ids.len(), pages.len(), "each request has its own number");
        for page in &pages[..6] {
            assert_eq!(page.header("cache-control"), "no-store", "{page}");
        }
        assert_eq!(pages[6].header("cache-control"), "public, max-age=31536000, immutable");
    })
    .await;
}

#[tokio::test]
async fn programs_get_errors_as_problem_json() {
    on_both_engines(async |app| {
        let program = app.visitor().program();
        for (answer, status, code) in [
            (program.get("/api/v1/khong-co").await, 404, "not_found"),
            (app.visitor().get("/api/v1/khong-co").await, 404, "not_found"),
            (program.get("/khong-co").await, 404, "not_found"),
            (program.get("/tai-khoan").await, 401, "login_needed"),
            (program.get("/dang-xuat").await, 405, "method_not_allowed"),
            (program.post("/tai-khoan/mat-khau", &[("new", "x")]).await, 401, "login_needed"),
        ] {
            let answer = answer.expect(status);
            assert_eq!(answer.header("content-type"), "application/problem+json", "{answer}");
            let problem = answer.json();
            assert_eq!(problem["status"], status);
            assert_eq!(problem["code"], code);
            assert_eq!(problem["type"], format!("urn:sanvat:problem:{code}"));
            assert_eq!(problem["request_id"], answer.header("x-request-id"));
            assert!(problem["title"].as_str().is_some_and(|title| !title.is_empty()));
        }
        let english = program.get("/api/v1/khong-co?lang=en").await.json();
        assert_eq!(english["title"], "There is no such page");
    })
    .await;
}

#[tokio::test]
async fn a_missing_page_leads_on() {
    on_both_engines(async |app| {
        let page = app.visitor().get("/khong-co-trang-nay").await.expect(404);
        assert_eq!(page.h1(), "Không có trang này");
        assert_eq!(page.attrs("main a", "href"), ["/", "/san-pham"]);
        assert!(!page.body().contains(page.header("x-request-id")), "a 404 needs no number");
    })
    .await;
}

#[tokio::test]
async fn an_address_says_which_methods_it_takes() {
    on_both_engines(async |app| {
        let page = app.visitor().get("/dang-xuat").await.expect(405);
        assert_eq!(page.header("allow"), "POST");
        let visitor = app.visitor();
        let answer = visitor.send(visitor.request(Method::DELETE, "/dang-nhap")).await.expect(405);
        assert_eq!(answer.header("allow"), "GET,HEAD,POST");
        let head = visitor.send(visitor.request(Method::HEAD, "/dang-nhap")).await.expect(200);
        assert!(head.bytes().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_form_that_is_too_large_is_refused_in_words() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        let body = format!("name={}", "a".repeat(600 * 1024)).into_bytes();
        let page = visitor.post_body("/dang-ky", "application/x-www-form-urlencoded", body.clone()).await.expect(413);
        assert!(page.says("512 KB"), "{page}");
        let other = visitor.post_body("/dang-ky", "text/plain", vec![b'a'; 3 * 1024 * 1024]).await.expect(413);
        assert!(!other.h1().is_empty());
        assert_eq!(app.count("SELECT COUNT(*) FROM users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn bytes_that_are_no_form_do_no_harm() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        for body in [&b"\xff\xfe=%ff%00&&&=&%"[..], b"phone=%F0%28%8C%28&password", b"", b"phone[]=1&phone=0912345678"]
        {
            let answer = visitor.post_body("/dang-nhap", "application/x-www-form-urlencoded", body.to_vec()).await;
            assert_eq!(answer.code(), 422, "{body:?}: {answer}");
        }
        for path in [
            "/%00",
            "/%ff%fe",
            "/dang-nhap?tiep=%ff",
            "/dang-nhap?tiep=a&tiep=b",
            "/vao/%2e%2e%2f",
            "/a/0/../../etc/passwd",
        ] {
            let code = visitor.get(path).await.code();
            assert!(code < 500, "{path}: {code}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_language_is_chosen_by_link_and_remembered() {
    on_both_engines(async |app| {
        let visitor = app.visitor().with_header("accept-language", "en-GB");
        let page = visitor.get("/dang-nhap").await;
        assert_eq!((page.attr("html", "lang").as_str(), page.h1().as_str()), ("vi", "Đăng nhập"));
        let english = page.click("English").await;
        assert_eq!((english.attr("html", "lang").as_str(), english.h1().as_str()), ("en", "Log in"));
        assert_eq!(visitor.cookie("lang").as_deref(), Some("en"));
        assert_eq!(visitor.get("/dang-ky").await.h1(), "Make an account");
        let back = english.click("Tiếng Việt").await;
        assert_eq!(back.h1(), "Đăng nhập");
        assert_eq!(visitor.get("/dang-ky").await.h1(), "Đăng ký tài khoản");
        assert_eq!(visitor.get("/dang-ky?lang=fr").await.attr("html", "lang"), "vi");
    })
    .await;
}

#[tokio::test]
async fn the_host_names_the_commune() {
    on_both_engines(async |app| {
        app.add_commune(CommuneId(10813), "Thanh Sơn", Some("thanh-son.example")).await;
        let visitor = app.visitor();
        let site = async |host: &str| visitor.with_header("host", host).get("/dang-nhap").await;
        assert!(site("thanh-son.example").await.title().contains("Thanh Sơn"));
        assert!(site("THANH-SON.example:8443").await.title().contains("Thanh Sơn"));
        assert!(site("khac.example").await.title().contains("Hà Bắc"), "the commune without a host takes the others");
    })
    .await;
}

#[tokio::test]
async fn a_gzip_answer_holds_the_same_page() {
    on_both_engines(async |app| {
        let plain = app.visitor().get("/dang-nhap").await;
        let packed = app.visitor().with_header("accept-encoding", "gzip").get("/dang-nhap").await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        let mut unpacked = String::new();
        let mut reader = flate2::read::GzDecoder::new(packed.bytes());
        std::io::Read::read_to_string(&mut reader, &mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body());
        assert!(packed.bytes().len() < plain.bytes().len());
    })
    .await;
}

#[tokio::test]
async fn roles_open_only_their_own_doors() {
    on_both_engines(async |app| {
        let village = app.village("Đông").await;
        let producer = app.producer().in_village(village).approved().create().await;
        let people = [
            ("visitor", app.visitor()),
            ("owner", app.owner_of(producer.id).await),
            ("newcomer", app.register("Người mới", PHONE).await),
            ("helper", app.helper(village).await),
            ("viewer", app.viewer().await),
            ("officer", app.officer().await),
        ];
        // Address; who may open it.
        for (path, allowed) in [
            ("/van-phong", &["viewer", "officer"][..]),
            ("/van-phong/co-so", &["viewer", "officer"]),
            ("/van-phong/san-pham", &["viewer", "officer"]),
            ("/van-phong/ho-tro", &["viewer", "officer"]),
            ("/van-phong/nhap", &["viewer", "officer"]),
            ("/ho-tro", &["helper"]),
            ("/tai-khoan", &["owner", "newcomer", "helper", "viewer", "officer"]),
        ] {
            for (name, person) in &people {
                let answer = person.stays_on_redirect().get(path).await;
                let open = answer.code() == 200;
                // What is not built yet answers 404 to all.
                if answer.code() != 404 {
                    assert_eq!(open, allowed.contains(name), "{name} at {path}: {answer}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn an_account_of_one_commune_has_no_role_in_another() {
    on_both_engines(async |app| {
        app.add_commune(CommuneId(10813), "Thanh Sơn", Some("thanh-son.example")).await;
        let officer = app.officer().await;
        let home = |visitor: crate::support::Visitor| async move {
            visitor.stays_on_redirect().get("/tai-khoan/vao").await.location().to_owned()
        };
        assert_eq!(home(officer.clone()).await, "/van-phong");
        let token = officer.cookie("phien").unwrap();
        let there =
            app.visitor().with_header("host", "thanh-son.example").with_header("cookie", &format!("phien={token}"));
        assert_eq!(home(there).await, "/cua-toi");
    })
    .await;
}
