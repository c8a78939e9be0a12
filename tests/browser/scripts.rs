//! The small scripts of `src/web/assets`, each on a page as plain as it can be, under the real content policy.

use std::path::Path;

use axum::Router;
use axum::http::header;
use axum::response::Html;
use axum::routing::get;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use serde_json::json;

use crate::cdp::{Browser, Result};
use crate::page::Page;

const FORM: &str = r#"<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thử</title>
<script src="/form.js" defer></script><script src="/photo.js" defer></script></head><body><main><h1>Thử</h1>
<form action="/next" data-guard data-draft="product" data-restored="Đã lấy lại bản đang viết dở.">
<p data-say hidden></p><p><label>Tên <input name="name"></label></p>
<p><label>Mật khẩu <input name="secret" type="password"></label></p>
<p><label><input type="radio" name="kind" value="a"> A</label> <label><input type="radio" name="kind" value="b"> B</label></p>
<p><label>Ảnh <input type="file" name="photo" data-shrink="800" data-busy="Đang thu nhỏ" data-done="Đã thu nhỏ"
 data-preview="seen"></label></p><ul id="seen"></ul><p><button>Gửi</button></p></form></main></body></html>"#;

const DESK: &str = r#"<!doctype html><html lang="vi"><head><meta charset="utf-8"><title>Thử</title>
<script src="/desk.js" defer></script></head><body><main><h1>Thử</h1>
<p><label><input type="checkbox" data-keys> Phím tắt</label></p><p><label>Lời nhắn <textarea id="why"></textarea></label></p>
<p><a href="/approved" data-key="d">Duyệt</a> <a href="/refused" data-key="t" data-needs="why">Từ chối</a></p>
<p><label><input type="checkbox" data-all="row"> Tất cả</label> <b data-count="row"></b></p>
<p><label><input type="checkbox" name="row" value="1"> 1</label> <label><input type="checkbox" name="row" value="2"> 2</label></p>
</main></body></html>"#;

async fn serve() -> Result<String> {
    let script = |name: &'static str| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/assets").join(name);
        get(async move || {
            ([(header::CONTENT_TYPE, "text/javascript")], std::fs::read_to_string(path).unwrap_or_default())
        })
    };
    let page = |html: &'static str| {
        get(async move || ([(header::CONTENT_SECURITY_POLICY, "default-src 'self'; img-src 'self' data:")], Html(html)))
    };
    let plain = "<!doctype html><title>Xong</title><h1>Xong</h1>";
    let routes = Router::new()
        .route("/form.js", script("form.js"))
        .route("/photo.js", script("photo.js"))
        .route("/desk.js", script("desk.js"))
        .route("/", page(FORM))
        .route("/desk", page(DESK))
        .fallback(async move || Html(plain));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let origin = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(origin)
}

/// Waits until the page's script has said this.
async fn said(page: &Page, words: &str) -> Result<()> {
    page.eval(&format!("document.title = {}", json!(words))).await?;
    let heard =
        "new Promise(done => { const look = () => document.querySelector('[data-say]').textContent === document.title
        ? done(true) : setTimeout(look, 20); look(); })";
    page.eval(heard).await.map(drop)
}

#[tokio::test]
async fn a_photo_is_shrunk_and_shown_before_it_is_sent() -> Result<()> {
    let Some(browser) = Browser::start("scripts: photo").await? else { return Ok(()) };
    let origin = serve().await?;
    let page = browser.page().await?;
    let folder = tempfile::tempdir()?;
    let photo = folder.path().join("vườn vải.png");
    let speckled = RgbImage::from_fn(1600, 1200, |x, y| Rgb([(x * y % 251) as u8, (x % 253) as u8, (y % 249) as u8]));
    DynamicImage::ImageRgb8(speckled).save_with_format(&photo, ImageFormat::Png).expect("a PNG is written");
    page.goto(&origin).await?;
    page.attach("[type=file]", &[&photo]).await?;
    said(&page, "Đã thu nhỏ").await?;
    let sent = "(async () => { const file = document.querySelector('[type=file]').files[0];
        const photo = await createImageBitmap(file);
        return [file.name, file.type, photo.width, photo.height].join(); })()";
    assert_eq!(page.eval(sent).await?, "vườn vải.jpg,image/jpeg,800,600");
    assert!(page.has("#seen > li > canvas").await?);

    let broken = folder.path().join("gia.png");
    std::fs::write(&broken, "<html>")?;
    // Emptied before the file is there, or the second word may be wiped out after it was said.
    page.eval("document.querySelector('[data-say]').textContent = ''").await?;
    page.attach("[type=file]", &[&broken]).await?;
    said(&page, "Đã thu nhỏ").await?;
    let name = page.eval("document.querySelector('[type=file]').files[0].name").await?;
    assert_eq!(name, "gia.png", "what is no picture is left for the server to refuse");
    assert_eq!(page.complaints(), Vec::<String>::new());
    Ok(())
}

#[tokio::test]
async fn a_draft_is_kept_and_leaving_is_asked_about() -> Result<()> {
    let Some(browser) = Browser::start("scripts: draft").await? else { return Ok(()) };
    let origin = serve().await?;
    let page = browser.page().await?;
    page.goto(&origin).await?;
    page.fill("[name=name]", "Ổi lê").await?;
    page.fill("[name=secret]", "mật").await?;
    page.check("kind", "b").await?;
    let mut events = page.listen();
    page.goto(&format!("{origin}/elsewhere")).await?;
    let mut asked = false;
    while let Ok(event) = events.try_recv() {
        asked |= event.method == "Page.javascriptDialogOpening";
    }
    assert!(asked, "unsent input must not be left without a question");

    page.goto(&origin).await?;
    said(&page, "Đã lấy lại bản đang viết dở.").await?;
    assert_eq!(page.value("[name=name]").await?, "Ổi lê");
    assert_eq!(page.value("[name=secret]").await?, "", "a password is never stored");
    assert!(page.has("[value=b]:checked").await?);

    page.follow("button").await?;
    page.goto(&origin).await?;
    assert_eq!(page.value("[name=name]").await?, "", "what was sent is no draft any more");
    Ok(())
}

#[tokio::test]
async fn keys_work_but_not_while_typing_nor_when_turned_off() -> Result<()> {
    let Some(browser) = Browser::start("scripts: keys").await? else { return Ok(()) };
    let origin = serve().await?;
    let desk = format!("{origin}/desk");
    let page = browser.page().await?;
    page.goto(&desk).await?;
    page.click("#why").await?;
    page.press("d").await?;
    assert_eq!((page.url().await?, page.value("#why").await?), (desk.clone(), "d".to_owned()));

    page.goto(&desk).await?;
    page.press("t").await?;
    assert_eq!(page.eval("document.activeElement.id").await?, "why", "a refusal needs its reason first");
    page.goto(&desk).await?;
    page.click("[data-keys]").await?;
    page.press("d").await?;
    assert_eq!(page.url().await?, desk, "turned off");
    page.goto(&desk).await?;
    page.click("[data-keys]").await?;
    page.follow_key("d").await?;
    assert_eq!(page.url().await?, format!("{origin}/approved"), "turned on again");
    page.goto(&desk).await?;

    page.click("[data-all]").await?;
    assert_eq!(page.text("[data-count]").await?, "2");
    page.click("[name=row]").await?;
    assert_eq!(page.text("[data-count]").await?, "1");
    assert_eq!(page.eval("document.querySelector('[data-all]').indeterminate").await?, true);
    Ok(())
}
