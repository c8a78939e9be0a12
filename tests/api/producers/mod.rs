//! `/cua-toi`, `/cua-toi/co-so/…`, `/ho-tro`: registering a producer, by itself and with a helper.

mod helping;
mod registration;
mod slips;

use crate::support::{Page, TestApp, Visitor};

/// Answers the pages up to the one on labels, as somebody who fills in what must be and no more; comes back on
/// the page of the labels.
async fn answer_until_labels(app: &TestApp, visitor: &Visitor, village: &str) -> Page {
    let _ = app;
    let page = visitor.get("/cua-toi/co-so/moi").await.expect(200);
    let page = page.form("main form").choose("kind", "household").submit().await.expect(200);
    answer_from_place(page, village).await
}

/// As [`answer_until_labels`], from the page of name and place on.
async fn answer_from_place(page: Page, village: &str) -> Page {
    let form = page.form("main form").fill("name", "Vườn vải mẫu").fill("village", village);
    let page = form.fill("address", "Xóm 2, bờ sông mẫu").choose("address_seen", "office").submit().await.expect(200);
    let form = page.form("main form").fill("representative", "Nguyễn Thị Mẫu").choose("representative_seen", "office");
    let page = form.fill("phone", "0912 345 678").choose("phone_seen", "all").submit().await.expect(200);
    let page = page.form("main form").choose("tax_answer", "unknown").submit().await.expect(200);
    let page = page.form("main form").submit().await.expect(200);
    page.form("main form").press("Tiếp tục").await.expect(200)
}
