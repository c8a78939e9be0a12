//! `/t/{code}/lo/{lot}`: a lot without a label, one tap back from a label whose lot came of it.

use serde_json::Value;

use crate::chain::House;
use crate::support::{TestApp, html, on_both_engines};
use sanvat::web::i18n::Lang;

/// A house with a lot, what it dried of it, and the label of that.
async fn dried(app: &TestApp) -> (House, String) {
    let house = House::new(app, "Hộ mẫu A").await;
    let dried = house.process(&house.lot, "70", "20").await;
    let label = app.label_of_lot(&house.product, dried.rsplit('/').next().unwrap()).await;
    (house, label)
}

#[tokio::test]
async fn a_lot_without_a_label_is_told_one_tap_back() {
    on_both_engines(async |app| {
        let (house, label) = dried(&app).await;
        let scan = app.visitor().get(&label).await.expect(200);
        let link = scan.attr("section[aria-labelledby=vat-tu] a", "href");
        assert!(link.ends_with(&format!("/lo/{}", house.code())), "{link}");
        assert_eq!(scan.attr("section[aria-labelledby=chuoi] svg a", "href"), link, "in the drawing too");
        let page = app.visitor().get(&link).await.expect(200);
        assert_eq!(html::faults(&page, Lang::Vi), Vec::<String>::new());
        for words in ["đã vào sản phẩm mang tem bạn quét", house.code(), "14/06/2026", "120 kg", "Dùng làm ra lô khác"]
        {
            assert!(page.says(words), "{words}: {page}");
        }
        assert!(!page.has("form[action*=danh-gia]"));
        let json: Value = app.visitor().program().get(&link).await.expect(200).json();
        assert_eq!((&json["lot"]["code"], &json["producer"]), (&Value::from(house.code()), &Value::Null));
        let english = app.visitor().get(&format!("{link}?lang=en")).await.expect(200);
        assert_eq!(html::faults(&english, Lang::En), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn no_other_lot_is_told_by_a_label() {
    on_both_engines(async |app| {
        let (house, label) = dried(&app).await;
        let other = house.another_lot().await;
        let visitor = app.visitor();
        visitor.get(&format!("{label}/lo/{}", other.rsplit('/').next().unwrap())).await.expect(404);
        visitor.get(&format!("{label}/lo/0000-00")).await.expect(404);
        visitor.get(&format!("{label}/lo/xyz")).await.expect(404);
        let scan = visitor.get(&label).await.expect(200);
        let own = scan.text("#lo").replace("Lô ", "");
        let back = visitor.get(&format!("{label}/lo/{own}")).await.expect(200);
        assert!(back.url().path().starts_with("/t/") && !back.url().path().contains("/lo/"), "{back}");
        let labelled = app.label_of_lot(&house.product, house.code()).await;
        let to_label = visitor.get(&format!("{label}/lo/{}", house.code())).await.expect(200);
        assert_eq!(to_label.url().path().replace('-', ""), labelled.replace('-', ""), "it has a page of its own");
    })
    .await;
}

#[tokio::test]
async fn a_recall_of_the_input_is_told_there() {
    on_both_engines(async |app| {
        let (house, label) = dried(&app).await;
        app.recall(house.code(), "Mẫu vượt mức").await;
        let page = app.visitor().get(&format!("{label}/lo/{}", house.code())).await.expect(200);
        assert!(page.has(".note.bad") && page.says("thu hồi"), "{page}");
    })
    .await;
}
