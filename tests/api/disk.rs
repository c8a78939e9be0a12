//! Disks that can't be written or are full: at the start, and while people use the program.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use sanvat::web::i18n::Lang;

use crate::support::{PASSWORD, Page, Running, Visitor, html, on_both_engines, run_binary};

/// A JPEG that weighs some 100 KB, with these words behind it, which make it a file of its own.
fn jpeg(words: &str) -> Vec<u8> {
    let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503).rotate_left(7)) as u8;
    let picture = image::RgbImage::from_fn(400, 300, |x, y| image::Rgb([noise(x, y), noise(y, x), noise(x + y, x)]));
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Jpeg).unwrap();
    let mut bytes = bytes.into_inner();
    bytes.extend_from_slice(words.as_bytes());
    bytes
}

/// Every path below a folder, in order.
fn everything(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
        }
        found.push(path);
    }
    found.sort();
    found
}

#[tokio::test]
async fn a_start_over_a_folder_that_can_not_be_used_says_why_and_makes_nothing() {
    // What stands in the way, and what the message names. Root may write everywhere: the obstacles are of the wrong kind.
    for (obstacle, is_file) in [("", true), ("files", true), ("index", true), ("sanvat.db", false)] {
        for command in ["serve", "demo"] {
            let room = tempfile::tempdir().unwrap();
            let folder = room.path().join("du-lieu");
            let path = if obstacle.is_empty() { folder.clone() } else { folder.join(obstacle) };
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            if is_file {
                std::fs::write(&path, "không phải thư mục").unwrap();
            } else {
                std::fs::create_dir(&path).unwrap();
            }
            let before = everything(room.path());
            let ended = run_binary(&folder, &[command]).await;
            let said = String::from_utf8_lossy(&ended.stderr).into_owned();
            assert_eq!(ended.status.code(), Some(1), "{command} over {obstacle:?}: {said}");
            assert!(said.contains(&path.display().to_string()), "{command} over {obstacle:?} names it: {said}");
            assert!(said.contains("--data-dir"), "{command} over {obstacle:?} says what to do: {said}");
            assert!(!said.contains("panicked"), "{said}");
            assert_eq!(everything(room.path()), before, "{command} over {obstacle:?} left something behind");
        }
    }
}

#[tokio::test]
async fn a_start_with_a_database_that_can_not_be_opened_names_it_without_its_password() {
    let room = tempfile::tempdir().unwrap();
    let folder = room.path().join("du-lieu");
    let nowhere = room.path().join("khong-co/sanvat.db");
    let ended = run_binary(&folder, &["serve", "--database-url", &format!("sqlite:{}", nowhere.display())]).await;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("khong-co/sanvat.db") && said.contains("--database-url"), "{said}");

    let url = "postgres://sanvat:bi-mat@127.0.0.1:1/sanvat";
    let ended = run_binary(&folder, &["serve", "--database-url", url]).await;
    let said = String::from_utf8_lossy(&ended.stderr).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}");
    assert!(said.contains("sanvat@127.0.0.1:1/sanvat") && said.contains("the server runs"), "{said}");
    assert!(!said.contains("bi-mat"), "{said}");
}

#[tokio::test]
async fn files_that_can_not_be_kept_are_told_and_the_words_beside_them_stay() {
    on_both_engines(async |app| {
        let sample = app.sample().await;
        app.run_jobs().await;
        let owner = &sample.owner;
        let picture = format!("/cua-toi/co-so/{}/anh", sample.producer.short);
        let send = async |bytes: Vec<u8>| {
            let form = owner.get(&picture).await.expect(200).form("main form");
            form.attach("picture", "vườn.jpg", "image/jpeg", bytes).press("Tiếp tục").await
        };
        send(jpeg("")).await.expect(200);
        app.run_jobs().await;
        let kept = owner.get(&picture).await.expect(200).attr("main figure img", "src");
        owner.get(&kept).await.expect(200);
        let step = format!("{}/ghi?viec=fresh.spray", sample.lot);
        let step = owner.get(&step).await.expect(200).form("main form");
        let step = step.fill("input_name", "Chế phẩm Bt mẫu").fill("withholding_days", "7");
        let step = step.attach("anh", "vườn.jpg", "image/jpeg", jpeg("bước"));
        let events = app.count("SELECT COUNT(*) FROM trace_events").await;

        let files = app.app.config.data_dir.join("files");
        let aside = app.app.config.data_dir.join("cat-di");
        std::fs::rename(&files, &aside).unwrap();
        std::fs::write(&files, "không phải thư mục").unwrap();

        let told = send(jpeg("khác")).await.expect(503);
        assert!(told.error_of("picture").contains("Máy chủ chưa lưu được tệp"), "{told}");
        assert_eq!(html::faults(&told, Lang::Vi), Vec::<String>::new());
        let told = step.clone().submit().await.expect(503);
        assert!(told.error_of("anh").contains("Máy chủ chưa lưu được tệp"), "{told}");
        assert_eq!(told.form("main form").value("input_name"), "Chế phẩm Bt mẫu");
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events").await, events, "nothing was recorded by half");
        let problem = step.clone().by(&owner.with_header("accept", "application/json")).submit().await.expect(503);
        assert_eq!(problem.header("content-type"), "application/problem+json");
        assert_eq!(problem.json()["code"], "unavailable");
        owner.get(&kept).await.expect(503);
        let ready = app.visitor().get("/readyz").await.expect(503).json();
        assert_eq!((&ready["files"], &ready["database"]), (&"down".into(), &"ok".into()));
        app.visitor().get("/healthz").await.expect(200);
        owner.get(&sample.lot).await.expect(200);

        std::fs::remove_file(&files).unwrap();
        std::fs::rename(&aside, &files).unwrap();
        owner.get(&kept).await.expect(200);
        let done =
            told.form("main form").attach("anh", "vườn.jpg", "image/jpeg", jpeg("bước")).submit().await.expect(200);
        assert!(done.says("Phun thuốc"), "{done}");
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events").await, events + 1);
        send(jpeg("khác")).await.expect(200);
        app.visitor().get("/readyz").await.expect(200);
        app.run_jobs().await;
    })
    .await;
}

/// A small disk of its own, taken off again when it is dropped.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let room = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=24m", "tmpfs"]).arg(room.path()).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self(room))
    }

    fn ballast(&self) -> PathBuf {
        self.0.path().join("day-dia")
    }

    /// Fills it to the last byte.
    fn fill(&self) {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(self.ballast()).unwrap();
        for size in [64 * 1024, 4096, 1] {
            while file.write_all(&vec![7; size]).is_ok() {}
        }
    }

    fn clear(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: after a failure the server may still hold it.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// Waits until the picture's sizes are made, by the worker of another process.
async fn until_ready(visitor: &Visitor, url: &str) -> Page {
    for _ in 0..200 {
        let page = visitor.get(url).await.expect(200);
        if page.header("content-type") == "image/jpeg" {
            return page;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{url} was not made ready");
}

#[tokio::test]
async fn a_full_disk_is_told_to_who_writes_and_takes_nothing_away() {
    let Some(disk) = SmallDisk::mount() else {
        let _ = writeln!(std::io::stderr(), "SKIPPED a full disk: a small file system can't be mounted here");
        return;
    };
    let folder = disk.0.path().join("du-lieu");
    // A stop leaves no log of the database behind in which there would still be room.
    Running::serve(&folder).await.stop().await;
    let mut server = Running::serve(&folder).await;
    let visitor = server.visitor();
    let form = visitor.get("/dang-ky").await.expect(200).form("form[action='/dang-ky']");
    let form = form.fill("name", "Hộ mẫu").fill("phone", "0912345678").fill("password", PASSWORD);
    let begin = form.submit().await.expect(200);
    let place = begin.form("main form").choose("kind", "household").submit().await.expect(200);
    let path = place.url().path().trim_end_matches("/noi").to_owned();
    let (story, picture) = (format!("{path}/gioi-thieu"), format!("{path}/anh"));
    let tell = async |words: &str| visitor.get(&story).await.expect(200).form("main form").fill("story", words);
    let send = async |bytes: Vec<u8>| {
        let form = visitor.get(&picture).await.expect(200).form("main form");
        form.attach("picture", "vườn.jpg", "image/jpeg", bytes)
    };
    tell("Chuyện trước khi đĩa đầy.").await.submit().await.expect(200);
    send(jpeg("")).await.press("Tiếp tục").await.expect(200);
    let kept = visitor.get(&picture).await.expect(200).attr("main figure img", "src");
    let seen = until_ready(&visitor, &kept).await.bytes().to_vec();

    disk.fill();
    let upload = send(jpeg("khác")).await;
    let told = upload.clone().press("Tiếp tục").await.expect(507);
    assert!(told.error_of("picture").contains("Máy chủ hết chỗ lưu tệp"), "{told}");
    let problem = upload.clone().by(&visitor.with_header("accept", "application/json")).press("Tiếp tục").await;
    assert_eq!(problem.expect(507).json()["code"], "no_room");

    let mut last = "Chuyện trước khi đĩa đầy.".to_owned();
    let mut refused = None;
    for n in 0..100 {
        // Some writes still fit into what the database has already.
        let words = format!("Chuyện số {n}. {}", "vải chín đỏ ".repeat(200));
        let form = tell(words.trim()).await;
        let answer = form.clone().submit().await;
        if answer.code() == 200 {
            words.trim().clone_into(&mut last);
            continue;
        }
        refused = Some((words.trim().to_owned(), form, answer));
        break;
    }
    let (words, form, told) = refused.expect("the disk was full");
    // Where its shared memory finds no room, SQLite speaks of a failed write: 503.
    assert!(matches!(told.code(), 507 | 503), "{told}");
    assert!(told.says("Chưa có gì được ghi") && told.says(&words), "{told}");
    assert_eq!(html::faults(&told, Lang::Vi), Vec::<String>::new());
    let problem = form.by(&visitor.with_header("accept", "application/json")).submit().await;
    assert!(matches!(problem.code(), 507 | 503), "{problem}");
    assert_eq!(problem.header("content-type"), "application/problem+json");

    assert!(server.is_alive());
    visitor.get("/healthz").await.expect(200);
    assert_eq!(visitor.get("/readyz").await.expect(503).json()["files"], "down");
    assert_eq!(visitor.get(&story).await.expect(200).form("main form").value("story"), last);
    assert_eq!(visitor.get(&kept).await.expect(200).bytes(), seen);

    disk.clear();
    told.form("main form").submit().await.expect(200);
    assert_eq!(visitor.get(&story).await.expect(200).form("main form").value("story"), words);
    upload.press("Tiếp tục").await.expect(200);
    visitor.get("/readyz").await.expect(200);
    assert!(server.is_alive());
    server.stop().await;
}
