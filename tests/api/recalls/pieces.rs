//! Recalls of some pieces of a lot.

use sanvat::labels::model::RunKind;
use sanvat::traceability::model::LotState;

use super::{chain, confirm, print, state_of};
use crate::support::{html, on_both_engines};
use sanvat::web::i18n::Lang;

#[tokio::test]
async fn only_the_pieces_in_the_range_say_it_and_the_others_tell_of_it() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (run, labels) = print(&app, &chain.first, RunKind::Serial, 30).await;
        let (_, of_lot) = print(&app, &chain.first, RunKind::Lot, 5).await;
        let (third, fifth) = (labels[2].clone(), labels[4].clone());
        for path in [&third, &fifth] {
            app.visitor().get(path).await.expect(200);
        }
        let officer = app.officer().await;
        let ask = officer.get(&format!("/van-phong/lo/{}/thu-hoi", chain.first.code)).await.expect(200);
        let field = format!("dot-{}", run.number);
        let form = ask.form("main form").choose("pham-vi", "serials").fill(&field, "5-9, 12");
        let draft = form.submit().await.expect(200);
        assert_eq!(draft.count("tbody tr"), 1, "the lot alone: {draft}");
        assert!(draft.says(&format!("{}: 5–9, 12", run.number)), "{draft}");
        confirm(&draft, "Thiếu cân mẫu").await.expect(200);

        let inside = app.visitor().get(&fifth).await.expect(200);
        assert!(inside.text(".status.bad .say").contains("Gói này đang bị thu hồi"), "{inside}");
        assert!(inside.says("Thiếu cân mẫu"), "{inside}");
        for path in [&third, &of_lot[0]] {
            let outside = app.visitor().get(path).await.expect(200);
            let said = outside.text(".status.wait .say");
            assert!(
                said.contains("Một phần của lô này bị thu hồi") && said.contains("không thuộc phần đó"),
                "{outside}"
            );
            assert_eq!(html::faults(&outside, Lang::Vi), Vec::<String>::new());
        }
        let program = app.visitor().program();
        let (inside, outside) = (program.get(&fifth).await.json(), program.get(&third).await.json());
        assert_eq!((&inside["status"], &outside["status"]), (&"recalled".into(), &"part_recalled".into()));
        assert_eq!(outside["lot"]["part_recall"]["pieces"][0]["last"], 9);
        assert_eq!(outside["lot"]["recall"], serde_json::Value::Null);
        assert_eq!(state_of(&app, &chain.first).await, LotState::Open);
        assert_eq!(state_of(&app, &chain.second).await, LotState::Open);
        let notice = app.visitor().get("/thu-hoi/1").await.expect(200);
        assert!(notice.says(&format!("{}: 5–9, 12", run.number)), "{notice}");

        let lift = officer.get("/van-phong/thu-hoi/1/thoi").await.expect(200).form("main form");
        lift.fill("reason", "Đã đổi hết").submit().await.expect(200);
        for path in [&third, &fifth] {
            assert!(app.visitor().get(path).await.has(".status:not(.bad):not(.wait)"));
        }
    })
    .await;
}

#[tokio::test]
async fn pieces_that_the_run_has_not_are_refused_at_their_field() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (run, _) = print(&app, &chain.first, RunKind::Serial, 30).await;
        let officer = app.officer().await;
        let path = format!("/van-phong/lo/{}/thu-hoi", chain.first.code);
        let field = format!("dot-{}", run.number);
        for (typed, told) in [
            ("25-31", "chỉ có tem số 1 đến 30"),
            ("0", "chỉ có tem số 1 đến 30"),
            ("9-5", "số đầu lớn hơn số cuối"),
            ("năm", "Không đọc được"),
            ("", "Ghi số tem cần thu hồi"),
        ] {
            let form = officer.get(&path).await.expect(200).form("main form").choose("pham-vi", "serials");
            let wrong = form.fill(&field, typed).submit().await.expect(422);
            assert!(wrong.error_of(&field).contains(told), "{typed}: {wrong}");
            assert_eq!(wrong.attr(&format!("#f-{field}"), "value"), typed);
        }
        assert_eq!(app.count("SELECT COUNT(*) FROM recalls").await, 0);
    })
    .await;
}

#[tokio::test]
async fn pieces_of_two_recalls_are_told_of_their_own() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (run, labels) = print(&app, &chain.first, RunKind::Serial, 30).await;
        let officer = app.officer().await;
        let path = format!("/van-phong/lo/{}/thu-hoi", chain.first.code);
        let begin = async |range: &str| {
            let form = officer.get(&path).await.expect(200).form("main form").choose("pham-vi", "serials");
            form.fill(&format!("dot-{}", run.number), range).submit().await
        };
        confirm(&begin("1-5").await.expect(200), "Lý do một").await.expect(200);
        confirm(&begin("4-8").await.expect(200), "Lý do hai").await.expect(200);
        assert!(begin("2-7").await.expect(422).says("không còn gì để thêm"), "each is in one of them");
        assert!(app.visitor().get(&labels[0]).await.text(".status.bad").contains("Lý do một"));
        assert!(app.visitor().get(&labels[7]).await.text(".status.bad").contains("Lý do hai"));
        assert!(app.visitor().get(&labels[8]).await.has(".status.wait"));
    })
    .await;
}
