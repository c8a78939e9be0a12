//! Villages, sample accounts, producers with their people and consent.

use crate::accounts::model::{Phone, Role};
use crate::accounts::store as accounts;
use crate::app::App;
use crate::db::{Cx, Result};
use crate::ids::{ProducerId, RevisionId, UserId, VillageId, new_short};
use crate::producers::model::{Channel, Producer, ProducerContent, State};
use crate::producers::store::{self as producers, ConsentGiven};
use crate::review::model::{FieldNotes, Revision};
use crate::review::store as revisions;
use crate::seeding::sample::{Sample, SampleProducer, SampleReview};

use super::Made;

/// A sample account: who, by which phone. All have [`PASSWORD`].
pub struct Account {
    /// What it is for, in Vietnamese.
    pub role: &'static str,
    /// Phone number to log in with.
    pub phone: &'static str,
}

/// Password of the sample accounts.
pub const PASSWORD: &str = "san vat 2026";

/// Name of the demo's officer.
pub(super) const OFFICER: &str = "Cán bộ mẫu 01";

/// The officer, the helper and the producer of the demo.
pub const ACCOUNTS: [Account; 3] = [
    Account { role: "cán bộ Phòng Kinh tế (officer)", phone: "0912 000 900" },
    Account { role: "Tổ công nghệ số thôn Đông (helper)", phone: "0912 000 901" },
    Account { role: "chủ cơ sở HTX Vải Bến Sậy (producer)", phone: "0912 000 001" },
];

pub(super) async fn load(app: &App, sample: &Sample, made: &mut Made) -> std::result::Result<(), String> {
    let password = app.passwords.hash(PASSWORD).await?;
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    fill(&mut tx.cx(), sample, made, &password).await.map_err(|e| e.to_string())?;
    tx.commit().await.map_err(|e| e.to_string())
}

async fn fill(cx: &mut Cx<'_>, sample: &Sample, made: &mut Made, password: &str) -> Result<()> {
    let first = made.at(-730, 0);
    for (position, village) in sample.villages.iter().enumerate() {
        let id = VillageId::new(first);
        let name = village.name.trim_start_matches("Thôn ").to_owned();
        super::super::base::insert_village(cx, made.commune, id, &name, position as i32).await?;
        made.villages.insert(village.key.clone(), (id, name));
    }
    let helped = made.villages.values().find(|(_, name)| name == "Đông").map(|(id, _)| *id);
    user(cx, made, made.officer, ACCOUNTS[0].phone, OFFICER, password).await?;
    accounts::insert_grant(cx, made.officer, Role::Admin, Some(made.commune), None, None, first).await?;
    accounts::insert_grant(cx, made.officer, Role::Officer, Some(made.commune), None, None, first).await?;
    let helper = UserId::new(first);
    user(cx, made, helper, ACCOUNTS[1].phone, "Tổ viên mẫu thôn Đông", password).await?;
    accounts::insert_grant(cx, helper, Role::Helper, Some(made.commune), None, helped, first).await?;
    for (number, producer) in sample.producers.iter().enumerate() {
        let id = insert(cx, made, producer, number, password).await?;
        made.producers.insert(producer.key.clone(), id);
    }
    Ok(())
}

async fn user(cx: &mut Cx<'_>, made: &Made, id: UserId, phone: &str, name: &str, password: &str) -> Result<()> {
    let phone = Phone::parse(phone).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let at = made.at(-730, 0);
    accounts::insert_user(cx, id, &phone, Some((at, "sample")), name, Some(password), at).await
}

async fn insert(cx: &mut Cx<'_>, made: &Made, p: &SampleProducer, number: usize, password: &str) -> Result<ProducerId> {
    let at = made.at(p.registered_day, number);
    let phone = Phone::parse(&p.phone).map_err(|e| sqlx::Error::Encode(Box::new(e)))?;
    let owner = UserId::new(at);
    let verified = p.phone_confirmed.then_some((at, "helper"));
    accounts::insert_user(cx, owner, &phone, verified, &p.representative, Some(password), at).await?;
    let content = ProducerContent {
        kind: Some(p.kind),
        name: p.trade_name.clone(),
        representative: p.representative.clone(),
        phone: phone.as_str().to_owned(),
        village: made.villages.get(&p.village).map(|(id, _)| *id),
        address: p.address.clone(),
        tax_code: p.tax_code.clone().unwrap_or_default(),
        story: p.story_vi.clone(),
        story_en: p.story_en.clone(),
        ..ProducerContent::default()
    };
    let approved = p.state == State::Approved;
    let decided = approved.then(|| made.at(p.registered_day + 2, number + 3));
    let producer = Producer {
        commune_id: made.commune,
        id: ProducerId::new(at),
        short: new_short(),
        state: p.state,
        kind: p.kind.word().to_owned(),
        name: p.trade_name.clone(),
        village_id: content.village,
        content,
        channel: p.consent_channel,
        version: 1,
        created_at: at,
        updated_at: decided.unwrap_or(at),
        approved_at: decided,
    };
    producers::insert(cx, &producer, Some(owner)).await?;
    accounts::insert_grant(cx, owner, Role::Owner, Some(made.commune), Some(producer.id), None, at).await?;
    for field in &p.consents {
        let evidence = if p.consent_channel == Channel::OneSelf {
            ""
        } else {
            "Gặp tại nhà văn hóa thôn (dữ liệu mẫu)"
        };
        let given = ConsentGiven { by: Some(owner), channel: p.consent_channel, evidence, at };
        producers::give_consent(cx, made.commune, producer.id, *field, &given).await?;
    }
    let revision = revision(made, &producer, owner, p.review.as_ref());
    revisions::insert(cx, &revision).await?;
    Ok(producer.id)
}

/// The revision by which the producer got where it stands.
fn revision(made: &Made, producer: &Producer, owner: UserId, review: Option<&SampleReview>) -> Revision {
    let decided = matches!(producer.state, State::Approved | State::ChangesRequested | State::Rejected);
    Revision {
        commune_id: made.commune,
        id: RevisionId::new(producer.created_at),
        producer_id: producer.id,
        product_id: None,
        state: producer.state,
        content: serde_json::to_string(&producer.content).unwrap_or_default(),
        note: review.map(|r| r.reason.clone()).unwrap_or_default(),
        field_notes: field_notes(review),
        author_id: Some(owner),
        channel: producer.channel,
        decided_by: decided.then_some(made.officer),
        decided_at: decided.then_some(producer.updated_at),
        submitted_at: (producer.state != State::Draft).then_some(producer.created_at),
        version: 1,
        created_at: producer.created_at,
        updated_at: producer.updated_at,
    }
}

/// The officer's words on single fields.
pub(super) fn field_notes(review: Option<&SampleReview>) -> FieldNotes {
    FieldNotes(
        review.map(|r| r.fields.iter().map(|f| (f.field.clone(), f.message.clone())).collect()).unwrap_or_default(),
    )
}
