//! The net under every room: each role follows every link it is shown, in both languages, and every page keeps the
//! rules of `support::html`.

use sanvat::web::i18n::Lang;

use crate::support::crawl::crawl;
use crate::support::{Visitor, html, on_both_engines};

const PUBLIC: &[&str] =
    &["/", "/dang-nhap", "/dang-ky", "/san-pham", "/co-so", "/t", "/gioi-thieu", "/sitemap.xml", "/robots.txt"];

async fn follows_every_link(visitor: &Visitor, starts: &[&str]) {
    let report = crawl(visitor, starts).await;
    let opened = report.visited.values().filter(|status| **status == 200).count();
    assert!(opened >= 3, "only {:?} were reached", report.visited);
    let faults: Vec<String> = report.faults.iter().map(|(what, at)| format!("  {what}\n      on {at}")).collect();
    assert!(faults.is_empty(), "{} faults on {opened} pages:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn a_visitor_meets_no_dead_end() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        let starts: Vec<&str> = PUBLIC.iter().copied().chain([sample.label.as_str()]).collect();
        follows_every_link(&app.visitor(), &starts).await;
    })
    .await;
}

#[tokio::test]
async fn a_producer_meets_no_dead_end() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        follows_every_link(&sample.owner, &["/cua-toi", "/tai-khoan", "/"]).await;
    })
    .await;
}

#[tokio::test]
async fn someone_who_just_registered_meets_no_dead_end() {
    on_both_engines(async |app| {
        app.village("Đông").await;
        let visitor = app.register("Người mới", "0912345678").await;
        follows_every_link(&visitor, &["/cua-toi", "/tai-khoan", "/"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_helper_meets_no_dead_end() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        follows_every_link(&app.helper(sample.village).await, &["/ho-tro", "/tai-khoan"]).await;
    })
    .await;
}

#[tokio::test]
async fn an_officer_meets_no_dead_end() {
    on_both_engines(async |app| {
        app.sample().await;
        follows_every_link(&app.officer().await, &["/van-phong", "/tai-khoan"]).await;
    })
    .await;
}

#[tokio::test]
async fn a_viewer_meets_no_dead_end() {
    on_both_engines(async |app| {
        app.sample().await;
        follows_every_link(&app.viewer().await, &["/van-phong", "/tai-khoan"]).await;
    })
    .await;
}

#[tokio::test]
async fn pages_of_errors_keep_the_rules_too() {
    on_both_engines(async |app| {
        let visitor = app.visitor();
        for lang in Lang::ALL {
            let tag = lang.tag();
            let wrong = [("phone", "12"), ("name", ""), ("password", "x")];
            let pages = [
                visitor.get(&format!("/khong-co-trang-nay?lang={tag}")).await.expect(404),
                visitor.get(&format!("/dang-xuat?lang={tag}")).await.expect(405),
                visitor.post(&format!("/dang-nhap?lang={tag}"), &wrong).await.expect(422),
                visitor.post(&format!("/dang-ky?lang={tag}"), &wrong).await.expect(422),
                visitor.post(&format!("/tai-khoan/mat-khau?lang={tag}"), &wrong).await.expect(401),
                visitor.get(&format!("/vao/khong-co?lang={tag}")).await.expect(410),
            ];
            for page in pages {
                assert_eq!(html::faults(&page, lang), Vec::<String>::new(), "{page}");
            }
        }
    })
    .await;
}

/// The rules themselves: each is broken once.
#[test]
fn the_rules_catch_what_they_are_for() {
    let page = |head: &str, body: &str| {
        format!(
            "<!doctype html><html lang=\"vi\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"x\">\
             <title>Trang – Sản Vật</title>{head}</head><body>{body}</body></html>"
        )
    };
    let fine = page("", "<main><h1>Một</h1><h2>Hai</h2><p>Chữ</p></main>");
    assert_eq!(html::faults_in(&fine, Lang::Vi), Vec::<String>::new());
    assert_eq!(html::faults_in(&fine, Lang::En).len(), 1, "the language is another");

    for (broken, complaint) in [
        ("<p><div>khối trong đoạn</div></p>", "not valid HTML"),
        ("<h1>Hai</h1>", "2 <h1>"),
        ("<h3>nhảy bậc</h3>", "level 3 after level 1"),
        ("<p id=\"a\"></p><p id=\"a\"></p>", "is there 2 times"),
        ("<label for=\"x\">a</label>", "missing id"),
        ("<a href=\"#x\">a</a>", "missing id"),
        ("<input name=\"a\">", "without a label"),
        ("<label for=\"b\"></label><input id=\"b\" name=\"b\">", "without a label"),
        ("<fieldset><label><input type=\"radio\" name=\"r\">r</label></fieldset>", "without a legend"),
        ("<img src=\"/a.svg\" width=\"1\" height=\"1\">", "without alt"),
        ("<img src=\"/a.svg\" alt=\"\">", "width and height"),
        ("<a href=\"/x\"><svg></svg></a>", "without a name"),
        ("<a href=\"/x\"><button>a</button></a>", "inside something to press"),
        ("<p style=\"color:red\">a</p>", "inline style"),
        ("<p onclick=\"a()\">a</p>", "inline onclick"),
        ("<script>a()</script>", "inline script"),
        ("<script type=\"application/ld+json\">{\"a\":</script>", "no JSON"),
        ("<script src=\"https://evil.example/a.js\"></script>", "from elsewhere"),
        ("<a href=\"javascript:a()\">a</a>", "a link that runs"),
        ("<p>{{ quên }}</p>", "a leftover in the text"),
        ("<p title=\"{n}\">a</p>", "a leftover in title"),
        ("<form method=\"post\"><label>a<input name=\"a\"></label></form>", "can't be sent"),
        ("<form method=\"post\"><label>a<input type=\"file\" name=\"a\"></label><button>b</button></form>", "enctype"),
        ("<form><label>a<input type=\"password\" name=\"a\"></label><button>b</button></form>", "into the address"),
        ("<table><tr><td>a</td></tr></table>", "without headers"),
    ] {
        let found = html::faults_in(&page("", &format!("<main><h1>Một</h1>{broken}</main>")), Lang::Vi);
        assert!(found.iter().any(|fault| fault.contains(complaint)), "{broken}: {found:?}");
    }
}
