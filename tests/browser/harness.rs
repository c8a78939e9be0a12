//! The harness tested on a page of its own, served here: each call once, and each way it must fail.

use std::sync::{Arc, Mutex};

use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::header;
use axum::response::{Html, IntoResponse, Redirect};
use axum::routing::{get, post};

use crate::cdp::{Browser, Fault, Result};
use crate::measure::Throttle;
use crate::page::{Page, Screen};

const FORM: &str = r#"<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thử</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><link rel="stylesheet" href="/look.css">
<script src="/later.js" defer></script></head><body><main><h1>Biểu mẫu thử</h1><p id="who">chưa có</p>
<form method="post" action="/sent" enctype="multipart/form-data">
<p><label>Tên <input name="name" value="cũ"></label></p>
<p><label>Thôn <select name="village"><option value="n">Nam</option><option value="d">Đông</option></select></label></p>
<p class="far"><label class="pick"><input class="hid" type="radio" name="kind" value="household">Hộ sản xuất</label></p>
<p><label><input type="checkbox" name="agree" value="yes"> Đồng ý</label></p>
<p><label>Ảnh <input type="file" name="photo"></label></p><p><button>Gửi</button></p></form>
<p class="under"><a href="/" id="covered">Bị che</a><span class="over"></span></p></main></body></html>"#;

const LOOK: &str =
    ".hid{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.far{margin-top:1500px}
.under{position:relative}.over{position:absolute;inset:0;background:#fff}";

const LATER: &str = "document.getElementById('who').textContent = 'có script';";

const POLICY: &str = "default-src 'self'; img-src 'self' data:";

/// What the server was sent last, field by field.
type Received = Arc<Mutex<Vec<String>>>;

struct Server {
    origin: String,
    received: Received,
}

impl Server {
    async fn start() -> Result<Self> {
        let received = Received::default();
        let typed = |kind: &'static str, text: &'static str| get(async move || ([(header::CONTENT_TYPE, kind)], text));
        let routes = axum::Router::new()
            .route("/", get(async || ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(FORM))))
            .route("/look.css", typed("text/css", LOOK))
            .route("/later.js", typed("text/javascript", LATER))
            .route("/sent", post(take))
            .route("/thanks", get(async || Html("<!doctype html><title>Xong</title><h1>Đã nhận</h1>")))
            .route("/bad", get(async || Html("<!doctype html><title>x</title><img src=/nowhere.png>")))
            .layer(DefaultBodyLimit::max(1 << 20))
            .with_state(Arc::clone(&received));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self { origin, received })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    fn received(&self) -> Vec<String> {
        self.received.lock().map(|fields| fields.clone()).unwrap_or_default()
    }
}

async fn take(State(received): State<Received>, mut form: Multipart) -> impl IntoResponse {
    let mut fields = Vec::new();
    while let Ok(Some(field)) = form.next_field().await {
        let name = field.name().unwrap_or_default().to_owned();
        let file = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.unwrap_or_default();
        fields.push(match file {
            Some(file) => format!("{name}: {file}, {} bytes", bytes.len()),
            None => format!("{name}={}", String::from_utf8_lossy(&bytes)),
        });
    }
    if let Ok(mut held) = received.lock() {
        *held = fields;
    }
    ([(header::SET_COOKIE, "seen=1; Path=/; HttpOnly")], Redirect::to("/thanks"))
}

async fn fill_in(page: &Page, server: &Server) -> Result<()> {
    let photo = tempfile::tempdir()?;
    let photo = photo.path().join("vuon.jpg");
    std::fs::write(&photo, [7_u8; 1234])?;
    page.fill("[name=name]", "Vườn ổi Bãi Triều").await?;
    page.select("[name=village]", "d").await?;
    page.check("kind", "household").await?;
    page.check("agree", "yes").await?;
    page.attach("[name=photo]", &[&photo]).await?;
    assert_eq!(page.value("[name=name]").await?, "Vườn ổi Bãi Triều");
    page.follow("button").await?;
    assert_eq!(page.url().await?, server.url("/thanks"));
    assert_eq!(page.text("h1").await?, "Đã nhận");
    let sent = ["name=Vườn ổi Bãi Triều", "village=d", "kind=household", "agree=yes", "photo: vuon.jpg, 1234 bytes"];
    assert_eq!(server.received(), sent);
    Ok(())
}

#[tokio::test]
async fn a_form_is_filled_and_sent_by_real_input_with_and_without_scripts() -> Result<()> {
    let Some(browser) = Browser::start("harness: form").await? else { return Ok(()) };
    let server = Server::start().await?;
    let page = browser.page().await?;
    page.goto(&server.url("/")).await?;
    assert_eq!(page.text("#who").await?, "có script");
    fill_in(&page, &server).await?;
    assert_eq!(page.cookies().await?, [("seen".to_owned(), "1".to_owned())]);

    let other = browser.page().await?;
    other.scripts(false).await?;
    other.goto(&server.url("/")).await?;
    assert_eq!(other.text("#who").await?, "chưa có", "the page's script must not have run");
    assert_eq!(other.cookies().await?, [], "a page has its own cookies");
    fill_in(&other, &server).await
}

#[tokio::test]
async fn what_a_person_can_not_click_is_an_error() -> Result<()> {
    let Some(browser) = Browser::start("harness: errors").await? else { return Ok(()) };
    let server = Server::start().await?;
    let page = browser.page().await?;
    page.goto(&server.url("/")).await?;
    let covered = page.click("#covered").await.expect_err("a covered link was clicked").to_string();
    assert!(covered.contains("is covered by"), "{covered}");
    assert!(matches!(page.click("#nowhere").await, Err(Fault::Page(_))));
    assert!(matches!(page.select("select", "zz").await, Err(Fault::Page(_))));
    assert!(matches!(page.eval("throw new Error('boom')").await, Err(Fault::Page(_))));
    assert!(matches!(page.goto("http://127.0.0.1:9/").await, Err(Fault::Page(_))));
    assert_eq!(page.complaints(), Vec::<String>::new());
    page.goto(&server.url("/bad")).await?;
    let complaints = page.complaints();
    assert!(complaints.iter().any(|line| line.contains("nowhere.png")), "{complaints:?}");
    Ok(())
}

#[tokio::test]
async fn a_page_is_weighed_timed_pictured_and_printed() -> Result<()> {
    let Some(browser) = Browser::start("harness: measure").await? else { return Ok(()) };
    let server = Server::start().await?;
    let page = browser.page().await?;
    page.weigh(&server.url("/")).await?;
    let weight = page.weigh(&server.url("/")).await?;
    let kinds: Vec<_> = weight.requests.iter().map(|sent| sent.kind.as_str()).collect();
    assert_eq!(kinds.len(), 3, "an empty cache each time: {:?}", weight.requests);
    assert!(weight.of(&["Document"]) > FORM.len() as u64, "headers count too");
    assert!(weight.of(&["Stylesheet"]) > LOOK.len() as u64);
    assert_eq!(weight.total(), weight.of(&["Document", "Stylesheet", "Script"]));
    assert!(weight.requests.iter().all(|sent| sent.status == 200));
    assert_eq!(weight.foreign(&server.origin).count(), 0);

    let fast = page.vitals(&server.url("/")).await?;
    page.throttle(Some(Throttle::PHONE)).await?;
    let slow = page.vitals(&server.url("/")).await?;
    assert!(fast.lcp > 0.0 && slow.lcp > fast.lcp + 150.0, "{fast:?} {slow:?}");
    assert!(slow.cls < 0.05, "{slow:?}");
    page.throttle(Some(Throttle::PHONE_HARSH)).await?;
    let harsh = page.median_vitals(&server.url("/")).await?;
    assert!(harsh.lcp > slow.lcp && harsh.cls < 0.05, "{slow:?} {harsh:?}");
    page.throttle(None).await?;

    let picture = tempfile::tempdir()?;
    let picture = picture.path().join("page.png");
    page.screen(Screen::NARROWEST).await?;
    page.screenshot(&picture, true).await?;
    let picture = std::fs::read(picture)?;
    let side = |at: usize| u32::from_be_bytes([picture[at], picture[at + 1], picture[at + 2], picture[at + 3]]);
    assert_eq!(side(16), 320, "PNG width");
    assert!(side(20) > 1500, "the whole page, not the screen");
    assert_eq!(page.overflow().await?, 0);
    assert!(page.pdf().await?.starts_with(b"%PDF-"));
    Ok(())
}

#[tokio::test]
async fn screen_colours_and_net_are_as_asked() -> Result<()> {
    let Some(browser) = Browser::start("harness: surroundings").await? else { return Ok(()) };
    let server = Server::start().await?;
    let page = browser.page().await?;
    page.screen(Screen::DESK).await?;
    page.dark(true).await?;
    page.goto(&server.url("/")).await?;
    let seen = "[innerWidth, innerHeight, matchMedia('(prefers-color-scheme: dark)').matches].join()";
    assert_eq!(page.eval(seen).await?, "1280,900,true");
    page.dark(false).await?;
    page.screen(Screen::PHONE).await?;
    assert_eq!(page.eval(seen).await?, "360,740,false");
    page.eval("setTimeout(() => document.body.append(document.createElement('hr')), 120), 0").await?;
    assert!(!page.has("hr").await?);
    page.wait_for("hr").await?;
    assert!(page.html().await?.contains("<hr>"));
    page.offline(true).await?;
    assert!(matches!(page.goto(&server.url("/thanks")).await, Err(Fault::Page(_))));
    page.offline(false).await?;
    page.goto(&server.url("/thanks")).await
}

#[tokio::test]
async fn axe_names_what_is_wrong() -> Result<()> {
    let Some(browser) = Browser::start("harness: axe").await? else { return Ok(()) };
    let server = Server::start().await?;
    let page = browser.page().await?;
    page.goto(&server.url("/bad")).await?;
    let Some(found) = page.axe("a picture without alt").await? else { return Ok(()) };
    let picture = found.iter().find(|violation| violation.id == "image-alt");
    let picture = picture.unwrap_or_else(|| panic!("image-alt is not among {found:?}"));
    assert_eq!((picture.impact.as_deref(), picture.nodes.as_slice()), (Some("critical"), &["img".to_owned()][..]));
    assert!(!picture.help.is_empty());
    Ok(())
}
