//! The desk's other work of the sample commune: a year's review, OCOP dossiers, activities with who came, the plan's
//! targets, a request about personal data. All of it visibly sample data.

use std::collections::BTreeMap;

use crate::activities::model::{
    Activity, ActivityKind, ActivityState, AttendanceChannel, AttendanceState, InvitationAnswer, NewAttendance, Topic,
};
use crate::activities::store::{self as activities, feedback, people};
use crate::app::App;
use crate::db::Cx;
use crate::ids::{
    ActivityId, AttendanceId, DataRequestId, DossierId, PotentialId, ProducerId, ProductId, new_id, new_token,
};
use crate::ocop::item_list::built_in;
use crate::ocop::model::{ItemState, PointsText};
use crate::ocop::store::items::{self, Turned};
use crate::ocop::store::judged::{self, Scored};
use crate::ocop::store::{self as ocop, NewDossier};
use crate::potential::model::{Facts, Finding, Gap, Missing, Prospect};
use crate::potential::store as potential;
use crate::privacy::model::{DONE_DAYS, DataRequest, RequestChannel, RequestKind, RequestState};
use crate::privacy::store as privacy;
use crate::producers::model::State;
use crate::products::model::Product;
use crate::products::store as products;
use crate::reports::model::Figure;
use crate::reports::store as reports;

use super::Made;

/// Of so many products one is left for the officer to review.
const UNSEEN: usize = 4;

pub(super) async fn load(app: &App, made: &Made) -> Result<(), String> {
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    fill(&mut tx.cx(), made).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())
}

async fn fill(cx: &mut Cx<'_>, made: &Made) -> Result<(), sqlx::Error> {
    // In the order of their keys, so that every demo is alike.
    let keyed: BTreeMap<&String, ProductId> = made.products.iter().map(|(key, (id, _))| (key, *id)).collect();
    let mut approved: Vec<Product> = Vec::new();
    for id in keyed.values() {
        approved.extend(products::by_id(cx, made.commune, *id).await?.filter(|p| p.state == State::Approved));
    }
    for (number, product) in approved.iter().enumerate().filter(|(number, _)| number % UNSEEN != 3) {
        review(cx, made, number, product).await?;
    }
    for (number, product) in approved.iter().step_by(23).take(4).enumerate() {
        dossier(cx, made, number, product).await?;
    }
    let invited: BTreeMap<&String, ProducerId> = made.producers.iter().map(|(key, id)| (key, *id)).collect();
    let invited: Vec<ProducerId> = invited.into_values().collect();
    held(cx, made, &invited).await?;
    planned(cx, made, &invited).await?;
    for (figure, target) in
        [(Figure::Classes, 2), (Figure::Supported, 30), (Figure::Labelled, 60), (Figure::OcopPotential, 10)]
    {
        let key = (made.today.year(), figure);
        reports::set_target(cx, made.commune, key, Some(target), made.officer, made.now).await?;
    }
    asked(cx, made).await
}

async fn review(cx: &mut Cx<'_>, made: &Made, number: usize, product: &Product) -> Result<(), sqlx::Error> {
    let content = &product.content;
    let facts = Facts {
        photos: content.photos.len(),
        story: !content.story.is_empty(),
        net_quantity: content.net_quantity.clone(),
        on_net: content.channels.iter().filter(|channel| !channel.url.is_empty()).count(),
        ..potential::facts(cx, made.commune, product.id, made.today).await?
    };
    let of = |at: usize| [Prospect::Yes, Prospect::Later, Prospect::No][at % 3];
    let due = made.today.plus_days(i64::try_from(number).unwrap_or(0) % 120 - 15);
    let gap = |gap: &Gap| Missing {
        gap: *gap,
        words: String::new(),
        helper: ["Phòng Kinh tế", "Tổ công nghệ số cộng đồng"][number % 2].to_owned(),
        due_on: Some(due),
        done: false,
    };
    let gaps = Gap::ALL.iter().filter(|gap| facts.lacks(**gap)).take(1 + number % 3).map(gap).collect();
    let finding = Finding { ocop: of(number), digital: of(number / 2), note: String::new(), gaps };
    let key = (PotentialId::new(made.now), product.id, made.today.year());
    potential::insert(cx, made.commune, key, &finding, made.officer, made.now).await.map(drop)
}

async fn dossier(cx: &mut Cx<'_>, made: &Made, number: usize, product: &Product) -> Result<(), sqlx::Error> {
    let group = crate::products::catalogue::category(&product.category).map_or("food", |one| one.group.as_str());
    let (rubric, now) = (&crate::ocop::rubric::built_in()[0], made.now);
    let new = NewDossier {
        id: DossierId::new(now),
        product: product.id,
        year: made.today.year(),
        group: group.to_owned(),
        rubric: rubric.code.clone(),
        list: built_in().clone(),
        request: new_id(now),
        by: made.officer,
        at: now,
    };
    if !ocop::insert(cx, made.commune, &new).await? {
        return Ok(());
    }
    for item in built_in().items.iter().take(3 + number * 3) {
        let state = if item.number % 4 == 0 { ItemState::Handed } else { ItemState::Fine };
        let turned = Turned { state, note: "Bản giấy mẫu", due_on: Some(made.today.plus_days(30)) };
        items::set(cx, made.commune, (new.id, item.number, 1), &turned, made.officer, now).await?;
    }
    let points: BTreeMap<String, i64> =
        rubric.criteria().map(|one| (one.code.clone(), one.max * (70 + number as i64 * 7) / 100)).collect();
    let points = PointsText(points);
    let scored = Scored { points: &points, total: points.0.values().sum(), note: "Phiếu mẫu" };
    judged::put_sheet(cx, made.commune, (new.id, made.officer, 0), &scored, now).await.map(drop)
}

fn activity(made: &Made, title: &str, kind: ActivityKind, topic: Topic, day: i64) -> Activity {
    Activity {
        id: ActivityId::new(made.now),
        kind,
        title: title.to_owned(),
        topic,
        starts_on: made.today.plus_days(day),
        ends_on: made.today.plus_days(day),
        hours: "8 giờ đến 11 giờ".to_owned(),
        place: "Nhà văn hóa xã (mẫu)".to_owned(),
        runs_by: "Phòng Kinh tế".to_owned(),
        programme_id: None,
        seats: Some(40),
        description: String::new(),
        state: ActivityState::Planned,
        door_open: false,
        token: new_token(10),
        participants: None,
        results: String::new(),
        cancel_reason: String::new(),
        version: 1,
        attended: 0,
        producers: 0,
    }
}

async fn held(cx: &mut Cx<'_>, made: &Made, invited: &[ProducerId]) -> Result<(), sqlx::Error> {
    let (commune, by, now) = (made.commune, made.officer, made.now);
    let class = activity(made, "Bán hàng trực tuyến (dữ liệu mẫu)", ActivityKind::Training, Topic::Selling, -45);
    let (id, _) = activities::insert(cx, commune, &class, new_id(now), by, now).await?;
    for (number, producer) in invited.iter().step_by(3).enumerate() {
        people::invite(cx, commune, id, *producer, now).await?;
        if number % 4 == 3 {
            continue;
        }
        let came = NewAttendance {
            id: AttendanceId::new(now),
            producer: Some(*producer),
            user: None,
            name: format!("Người dự mẫu {}", number + 1),
            village: String::new(),
            phone: String::new(),
            channel: AttendanceChannel::Office,
            state: AttendanceState::Confirmed,
            request: new_id(now),
            at: now,
        };
        people::add(cx, commune, id, &came).await?;
    }
    for (number, words) in ["Nên có thêm buổi thực hành.", "", "Dễ hiểu.", "", "", ""].into_iter().enumerate()
    {
        let mark = |n: usize| 5 - ((number + n) % 3) as i32;
        let marks = [mark(0), mark(1), mark(2), mark(3)];
        feedback::insert(cx, commune, id, marks, words, new_id(now), now).await?;
    }
    let results = "12 cơ sở mẫu mở gian hàng trực tuyến.".to_owned();
    let held = Activity { id, state: ActivityState::Held, participants: Some(26), results, ..class };
    activities::turn(cx, commune, &held).await.map(drop)
}

async fn planned(cx: &mut Cx<'_>, made: &Made, invited: &[ProducerId]) -> Result<(), sqlx::Error> {
    let (commune, by, now) = (made.commune, made.officer, made.now);
    let fair = activity(made, "Hội chợ nông sản (dữ liệu mẫu)", ActivityKind::Fair, Topic::Market, 12);
    let (id, _) = activities::insert(cx, commune, &fair, new_id(now), by, now).await?;
    for (number, producer) in invited.iter().take(18).enumerate() {
        people::invite(cx, commune, id, *producer, now).await?;
        if number % 2 == 0 {
            people::answer(cx, commune, (id, *producer), InvitationAnswer::Coming, by, now).await?;
        }
    }
    Ok(())
}

async fn asked(cx: &mut Cx<'_>, made: &Made) -> Result<(), sqlx::Error> {
    let request = DataRequest {
        id: DataRequestId::new(made.now),
        kind: RequestKind::Correction,
        channel: RequestChannel::Office,
        name: "Người yêu cầu mẫu".to_owned(),
        contact: "Nhà văn hóa thôn mẫu".to_owned(),
        user_id: None,
        words: "Tên thôn ghi chưa đúng (dữ liệu mẫu).".to_owned(),
        state: RequestState::Open,
        received_on: made.today,
        answer_due: made.today.plus_days(2),
        done_due: made.today.plus_days(DONE_DAYS),
        version: 1,
        created_at: made.now,
    };
    privacy::insert(cx, made.commune, &request, new_id(made.now), Some(made.officer)).await.map(drop)
}
