//! `/anh/…` and the forms that carry files.

use std::io::Cursor;

use image::{ImageFormat, RgbImage};

use crate::support::{Page, TestApp, Visitor, on_both_engines};

fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| image::Rgb([(x % 251) as u8, (y % 241) as u8, 90]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Jpeg).unwrap();
    bytes.into_inner()
}

async fn owner(app: &TestApp) -> (Visitor, String) {
    let village = app.village("Đông").await;
    let producer = app.producer().in_village(village).create().await;
    (app.owner_of(producer.id).await, format!("/cua-toi/co-so/{}/anh", producer.short))
}

async fn send(owner: &Visitor, path: &str, bytes: Vec<u8>) -> Page {
    let form = owner.get(path).await.expect(200).form("main form");
    form.attach("picture", "ảnh vườn.jpg", "image/jpeg", bytes).press("Tiếp tục").await
}

#[tokio::test]
async fn a_picture_is_made_in_three_sizes_and_is_private_until_approved() {
    on_both_engines(async |app| {
        let (owner, path) = owner(&app).await;
        send(&owner, &path, jpeg(1200, 900)).await.expect(200);
        let url = owner.get(&path).await.expect(200).attr("main figure img", "src");
        let pending = owner.get(&url).await.expect(200);
        assert_eq!((pending.header("content-type"), pending.header("cache-control")), ("image/svg+xml", "no-store"));
        assert_eq!(app.run_jobs().await, 1);
        let stem = url.rsplit_once('/').unwrap().0;
        for (size, longest) in [("s", 320), ("m", 800), ("l", 1200)] {
            let picture = owner.get(&format!("{stem}/{size}")).await.expect(200);
            assert_eq!(picture.header("content-type"), "image/jpeg");
            assert!(picture.header("cache-control").starts_with("private"));
            let read = image::load_from_memory(picture.bytes()).unwrap();
            assert_eq!(read.width(), longest);
        }
        app.visitor().get(&url).await.expect(404);
        owner.get(&format!("{stem}/x")).await.expect(404);
        owner.get("/anh/khong-phai-id/m").await.expect(404);
        app.officer().await.get(&url).await.expect(200);
    })
    .await;
}

#[tokio::test]
async fn the_same_picture_sent_twice_is_one_file() {
    on_both_engines(async |app| {
        let (owner, path) = owner(&app).await;
        let bytes = jpeg(400, 300);
        send(&owner, &path, bytes.clone()).await.expect(200);
        send(&owner, &path, bytes).await.expect(200);
        assert_eq!(app.count("SELECT COUNT(*) FROM files").await, 1);
        app.run_jobs().await;
    })
    .await;
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words() {
    on_both_engines(async |app| {
        let (owner, path) = owner(&app).await;
        let whole = jpeg(800, 600);
        let cases = [
            (b"<!doctype html><script>alert(1)</script>".to_vec(), "trang HTML, không phải ảnh"),
            (whole[..whole.len() / 2].to_vec(), "cắt ngang"),
            (vec![0xff; 40 * 1024 * 1024], "40 MB, tối đa 15 MB"),
        ];
        for (bytes, words) in cases {
            let page = send(&owner, &path, bytes).await.expect(422);
            assert!(page.error_of("picture").contains(words), "{words}: {page}");
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM files").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_form_that_breaks_off_is_told_so() {
    on_both_engines(async |app| {
        let (owner, path) = owner(&app).await;
        let body =
            b"--x\r\ncontent-disposition: form-data; name=\"picture\"; filename=\"a.jpg\"\r\n\r\n\xff\xd8".to_vec();
        let page = owner.post_body(&path, "multipart/form-data; boundary=x", body).await.expect(422);
        assert!(page.says("chưa gửi hết"), "{page}");
        owner.post(&path, &[("picture", "x")]).await.expect(422);
    })
    .await;
}
