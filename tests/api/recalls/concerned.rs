//! Who received and who asked, on the page and as files.

use std::io::Cursor;
use std::time::Duration;

use calamine::{Reader, Xlsx};

use super::{begin, chain, confirm, event};
use crate::support::{TestApp, on, on_both_engines};

/// A buyer's question about a product, so long before now.
async fn enquiry(app: &TestApp, lot: &sanvat::traceability::model::Lot, phone: &str, words: &str, ago: Duration) {
    let at = app.now().minus(ago);
    let mut tx = app.begin().await;
    {
        let mut cx = tx.cx();
        on!(cx, c => sqlx::query(
            "INSERT INTO enquiries (commune_id, id, producer_id, product_id, phone, message, state, request_id, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, 'new', $2, $7)")
            .bind(app.commune)
            .bind(sanvat::ids::new_id(at))
            .bind(lot.producer_id)
            .bind(lot.product_id)
            .bind(phone)
            .bind(words)
            .bind(at)
            .execute(c)
            .await
            .map(drop))
        .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn receivers_and_askers_since_the_lot_was_made_are_told() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let day = Duration::from_secs(24 * 3600);
        enquiry(&app, &chain.first, "0912000111", "Còn hàng không?", Duration::from_secs(60)).await;
        enquiry(&app, &chain.first, "0912000222", "Hỏi từ trước", day * 3).await;
        let receiver = app.producer().named("Cửa hàng mẫu").approved().create().await;
        let body = format!(
            "{{\"destinationList\":[{{\"type\":\"owning_party\",\"destination\":\"https://id.example/party/{}\"}}]}}",
            receiver.id
        );
        event(&app, chain.second.producer_id, "shipping", &body, &[(chain.second.id, "object")]).await;
        app.run_jobs().await;
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "real").await.expect(200);
        let askers = draft.text("section[aria-labelledby=hoi]");
        assert!(askers.contains("•••• ••• 111") && !askers.contains("0912000111"), "{askers}");
        assert!(!askers.contains("222"), "asked before the lot was made: {askers}");
        let sent = draft.text("section[aria-labelledby=gui]");
        assert!(sent.contains("Cửa hàng mẫu") && sent.contains(chain.second.code.as_str()), "{sent}");
    })
    .await;
}

#[tokio::test]
async fn both_lists_are_files_that_are_logged_and_run_no_formula() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        enquiry(&app, &chain.first, "0912000111", "=1+1 còn hàng?", Duration::from_secs(60)).await;
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "real").await.expect(200);
        confirm(&draft, "mẫu").await.expect(200);
        for (list, rows) in [("lo", 3), ("noi-nhan", 1)] {
            let path = format!("{}/{list}/tai", draft.path());
            let ask = officer.get(&format!("{path}?dang=csv")).await.expect(200);
            assert!(!ask.form("main form").submit().await.expect(422).error_of("muc-dich").is_empty());
            let csv = ask.form("main form").fill("muc-dich", "Gửi thanh tra mẫu").submit().await.expect(200).body();
            assert!(csv.starts_with('\u{feff}'), "{csv}");
            assert_eq!(csv.lines().count(), rows + 1, "{csv}");
            assert!(!csv.contains("0912"), "phones only if asked for: {csv}");
            let form = officer.get(&format!("{path}?dang=xlsx")).await.expect(200).form("main form");
            let form = form.fill("muc-dich", "Gọi từng người").choose("dien-thoai", "1").fill("ly-do", "báo thu hồi");
            let file = form.submit().await.expect(200);
            let mut book: Xlsx<_> = Xlsx::new(Cursor::new(file.bytes().to_vec())).unwrap();
            let sheet = book.sheet_names()[0].clone();
            let cells = book.worksheet_range(&sheet).unwrap();
            let has = |text: &str| cells.rows().flatten().any(|cell| cell.to_string().contains(text));
            assert!(has("0912") && has(chain.first.code.as_str()) == (list == "lo"), "{cells:?}");
            if list == "noi-nhan" {
                assert!(csv.contains("'=1+1"), "{csv}");
            }
        }
        let logged = "SELECT COUNT(*) FROM exports WHERE what IN ('recall-lots', 'recall-parties') AND purpose <> ''";
        assert_eq!(app.count(logged).await, 4);
        app.viewer().await.get(&format!("{}/lo/tai", draft.path())).await.expect(403);
    })
    .await;
}
