//! From the start to the end: what is reached, who decides, what is refused.

use std::time::Duration;

use sanvat::labels::model::RunKind;
use sanvat::traceability::model::LotState;

use super::{CONFIRM, begin, chain, confirm, makes, new_lot, print, state_of};
use crate::support::{on, on_both_engines};

#[tokio::test]
async fn a_recall_reaches_every_lot_made_from_it_and_every_label_at_once() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (_, labels) = print(&app, &chain.third, RunKind::Serial, 30).await;
        app.visitor().get(&labels[0]).await.expect(200);
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "real").await.expect(200);
        assert_eq!(draft.texts("tbody tr td:nth-child(2)"), ["Lô gốc", "Sau 1 bước", "Sau 2 bước"]);
        assert_eq!(draft.texts("tbody tr td:nth-child(7)"), ["0", "0", "30"], "label codes");
        assert_eq!(draft.texts("tbody tr td:nth-child(8)"), ["0", "0", "1"], "scans");
        assert_eq!(state_of(&app, &chain.third).await, LotState::Open, "nothing changes before");
        assert!(app.visitor().get(&labels[0]).await.has(".status:not(.bad)"));

        let form = draft.form(CONFIRM).choose("grade", "danger").fill("reason", "Phiếu kiểm nghiệm số 7 mẫu");
        let done = form.fill("notice", "Dư lượng vượt mức, xin đừng ăn.").submit().await.expect(200);
        assert!(done.says("Đang thu hồi") && done.says("Phiếu kiểm nghiệm số 7 mẫu"), "{done}");
        for lot in [&chain.first, &chain.second, &chain.third] {
            assert_eq!(state_of(&app, lot).await, LotState::Recalled);
        }
        let scanned = app.visitor().get(&labels[0]).await.expect(200);
        assert!(scanned.text(".status.bad").contains("Nguy hiểm"), "{scanned}");
        assert!(scanned.says("Dư lượng vượt mức") && !scanned.says("Phiếu kiểm nghiệm"), "{scanned}");
        assert_eq!(scanned.attr(".status.bad a", "href"), "/thu-hoi/1");
        let json = app.visitor().program().get(&labels[0]).await.json();
        assert_eq!(json["status"], "recalled");
        assert_eq!(json["lot"]["recall"]["grade"], "danger");
        assert_eq!(json["lot"]["recall"]["url"], "/thu-hoi/1");
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE step = 'recall'").await, 3);
        assert_eq!(app.count("SELECT COUNT(*) FROM audit_log WHERE action = 'recall.confirm'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn without_grade_or_reason_nothing_is_recalled_and_what_was_typed_stays() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "real").await.expect(200);
        let wrong = draft.form(CONFIRM).fill("reason", "  ").fill("notice", "Xin đừng ăn").submit().await.expect(422);
        assert!(wrong.error_of("reason").contains("lý do") && wrong.error_of("grade").contains("mức độ"), "{wrong}");
        assert_eq!(wrong.form(CONFIRM).value("notice"), "Xin đừng ăn");
        assert_eq!(state_of(&app, &chain.first).await, LotState::Open);
        let viewer = app.viewer().await;
        let seen = viewer.get(&draft.path()).await.expect(200);
        assert!(!seen.has(CONFIRM), "{seen}");
        let fields = [("grade", "harm"), ("reason", "x"), ("seen", "x")];
        viewer.post(&draft.path(), &fields).await.expect(403);
        officer.get("/van-phong/thu-hoi/99").await.expect(404);
        officer.get("/van-phong/thu-hoi/abc").await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn what_is_recalled_already_is_not_recalled_again() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let officer = app.officer().await;
        confirm(&begin(&officer, &chain.first, "real").await.expect(200), "mẫu").await.expect(200);
        let again = begin(&officer, &chain.second, "real").await.expect(422);
        assert!(again.says("không còn gì để thêm") && again.has("a[href='/van-phong/thu-hoi/1']"), "{again}");
        assert_eq!(app.count("SELECT COUNT(*) FROM recalls").await, 1, "no draft is left");
        // A lot made since makes it worth while.
        let since = new_lot(&app, &chain.other).await;
        makes(&app, &chain.third, &since).await;
        let more = officer.get("/van-phong/thu-hoi/1").await.expect(200);
        assert!(more.says("Còn 1 lô làm từ lô gốc chưa bị thu hồi"), "{more}");
        confirm(&begin(&officer, &chain.first, "real").await.expect(200), "mẫu").await.expect(200);
        assert_eq!(state_of(&app, &since).await, LotState::Recalled);
    })
    .await;
}

#[tokio::test]
async fn of_two_officers_the_second_is_told() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (one, two) = (app.officer().await, app.officer().await);
        let mine = begin(&one, &chain.first, "real").await.expect(200);
        let same = two.get(&mine.path()).await.expect(200);
        let theirs = begin(&two, &chain.first, "real").await.expect(200);
        assert_ne!(mine.path(), theirs.path());
        confirm(&mine, "mẫu").await.expect(200);
        let told = confirm(&same, "mẫu").await.expect(409);
        assert!(told.says("người khác xác nhận"), "{told}");
        let told = confirm(&theirs, "mẫu").await.expect(409);
        assert!(told.says("không còn gì để thêm"), "{told}");
        let gone = theirs.form("main form[action$='/bo']").submit().await.expect(200);
        assert!(gone.says("Đã bỏ"), "{gone}");
        theirs.form("main form[action$='/bo']").submit().await.expect(409);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE step = 'recall'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn two_confirmations_at_the_same_moment_are_one_recall() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (one, two) = (app.officer().await, app.officer().await);
        let mine = begin(&one, &chain.first, "real").await.expect(200);
        let theirs = begin(&two, &chain.first, "real").await.expect(200);
        let (a, b) = tokio::join!(confirm(&mine, "mẫu"), confirm(&theirs, "mẫu"));
        let mut codes = [a.code(), b.code()];
        codes.sort_unstable();
        assert_eq!(codes, [200, 409]);
        assert_eq!(app.count("SELECT COUNT(*) FROM recalls WHERE state = 'open'").await, 1);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE step = 'recall'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_list_that_changed_while_it_was_looked_at_is_shown_anew() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "real").await.expect(200);
        let since = new_lot(&app, &chain.other).await;
        makes(&app, &chain.first, &since).await;
        let changed = confirm(&draft, "Lý do mẫu").await.expect(409);
        assert!(changed.says("Danh sách đã đổi") && changed.says(since.code.as_str()), "{changed}");
        assert_eq!(changed.form(CONFIRM).value("reason"), "Lý do mẫu");
        assert_eq!(state_of(&app, &chain.first).await, LotState::Open);
        changed.form(CONFIRM).submit().await.expect(200);
        assert_eq!(state_of(&app, &since).await, LotState::Recalled);
    })
    .await;
}

#[tokio::test]
async fn a_lot_of_two_recalls_stays_recalled_till_both_are_ended() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let mut tx = app.begin().await;
        {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query("UPDATE lots SET state = 'closed' WHERE id = $1")
                .bind(chain.third.id)
                .execute(c)
                .await
                .map(drop))
            .unwrap();
        }
        tx.commit().await.unwrap();
        let officer = app.officer().await;
        confirm(&begin(&officer, &chain.third, "real").await.expect(200), "riêng lô ba").await.expect(200);
        app.later(Duration::from_secs(60));
        confirm(&begin(&officer, &chain.first, "real").await.expect(200), "cả chuỗi").await.expect(200);
        let lift = async |number: u8| {
            let ask = officer.get(&format!("/van-phong/thu-hoi/{number}/thoi")).await.expect(200);
            assert!(ask.form("main form").submit().await.expect(422).error_of("reason").contains("lý do"));
            ask.form("main form").fill("reason", "Kiểm lại đạt").submit().await.expect(200);
            ask
        };
        let asked = lift(2).await;
        assert_eq!(state_of(&app, &chain.first).await, LotState::Open);
        assert_eq!(state_of(&app, &chain.third).await, LotState::Recalled);
        let held = officer.get(&format!("/van-phong/lo/{}", chain.third.code)).await.expect(200);
        assert!(held.says("riêng lô ba") && !held.says("Thôi thu hồi"), "the first recall's words: {held}");
        asked.form("main form").fill("reason", "lần nữa").submit().await.expect(409);
        lift(1).await;
        assert_eq!(state_of(&app, &chain.third).await, LotState::Closed, "as it was before");
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE step = 'recall_lifted'").await, 3);
    })
    .await;
}

#[tokio::test]
async fn a_drill_is_timed_and_changes_nothing() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let (_, labels) = print(&app, &chain.first, RunKind::Lot, 5).await;
        let officer = app.officer().await;
        let draft = begin(&officer, &chain.first, "drill").await.expect(200);
        app.later(Duration::from_secs(125));
        let done = confirm(&draft, "Diễn tập quý mẫu").await.expect(200);
        assert!(done.says("2 phút 05 giây") && done.says("không trang nào thay đổi"), "{done}");
        assert_eq!(state_of(&app, &chain.first).await, LotState::Open);
        assert_eq!(app.count("SELECT COUNT(*) FROM trace_events WHERE step = 'recall'").await, 0);
        assert!(app.visitor().get(&labels[0]).await.has(".status:not(.bad)"));
        app.visitor().get("/thu-hoi/1").await.expect(404);
        assert!(!app.visitor().get("/thu-hoi").await.expect(200).says("Rau cải mẫu"));
        let list = officer.get("/van-phong/thu-hoi?kieu=drill").await.expect(200);
        assert!(list.says("2 phút 05 giây"), "{list}");
        assert!(!officer.get("/van-phong/thu-hoi?kieu=real").await.expect(200).says("2 phút 05 giây"));
        officer.post("/van-phong/thu-hoi/1/thoi", &[("reason", "x")]).await.expect(409);
    })
    .await;
}

#[tokio::test]
async fn a_producer_recalls_what_it_made_and_the_office_the_rest() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let owner = app.owner_of(chain.first.producer_id).await;
        let ask = owner.get(&format!("/cua-toi/lo/{}/thu-hoi", chain.first.code)).await.expect(200);
        let form = ask.form("main form").choose("grade", "label").fill("reason", "Nhãn ghi nhầm hạn");
        form.submit().await.expect(200);
        assert_eq!(state_of(&app, &chain.second).await, LotState::Recalled);
        assert_eq!(state_of(&app, &chain.third).await, LotState::Open, "another producer's");
        let officer = app.officer().await;
        let seen = officer.get("/van-phong/thu-hoi/1").await.expect(200);
        assert!(seen.says("Còn 1 lô làm từ lô gốc chưa bị thu hồi"), "{seen}");
        assert!(app.visitor().get("/thu-hoi/1").await.expect(200).says("Nhãn ghi nhầm hạn"));
        let stranger = app.owner_of(chain.third.producer_id).await;
        stranger.get(&format!("/cua-toi/lo/{}/thu-hoi", chain.first.code)).await.expect(404);
    })
    .await;
}

#[tokio::test]
async fn lots_recalled_before_recalls_had_records_get_one() {
    on_both_engines(async |app| {
        let chain = chain(&app).await;
        let text = include_str!("../../../migrations/0007_recalls.sql");
        let (_, carry) = text.split_once("-- Lots that were recalled before").unwrap();
        let mut tx = app.begin().await;
        {
            let mut cx = tx.cx();
            let mark = "UPDATE lots SET state = 'recalled', recall_reason = 'từ trước', recalled_at = created_at
                WHERE id = $1";
            on!(cx, c => sqlx::query(mark).bind(chain.second.id).execute(c).await.map(drop)).unwrap();
            for statement in carry.split(';').filter_map(|part| part.find("INSERT").map(|at| &part[at..])) {
                let statement: &'static str = statement;
                on!(cx, c => sqlx::query(statement).execute(c).await.map(drop)).unwrap();
            }
        }
        tx.commit().await.unwrap();
        assert!(app.visitor().get("/thu-hoi/1").await.expect(200).says("từ trước"));
        let officer = app.officer().await;
        let ask = officer.get("/van-phong/thu-hoi/1/thoi").await.expect(200);
        ask.form("main form").fill("reason", "xong").submit().await.expect(200);
        assert_eq!(state_of(&app, &chain.second).await, LotState::Open);
        let next = begin(&officer, &chain.first, "real").await.expect(200);
        assert_eq!(next.path(), "/van-phong/thu-hoi/2", "numbers go on");
    })
    .await;
}
