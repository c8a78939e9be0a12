//! Who may act for a producer, and by what way: [`Acting::of`] is the one gate before every page that edits a
//! producer, its products or its lots.
//!
//! Owner and staff act for themselves, officers for the office, helpers for the producers of their villages.
//! Everybody else is told that there is no such thing, so that addresses give nothing away.

use crate::accounts::model::{Person, Role};
use crate::db::Cx;
use crate::duplicates::store::merges;
use crate::ids::{CommuneId, ProducerId};
use crate::review::flow::Author;
use crate::web::{AppError, Ctx};

use super::model::{Channel, Producer, State};
use super::store;
use super::texts::Texts;

/// The gate: which producer somebody acts for, and as whom what they write is recorded.
#[derive(Clone, Copy, Debug)]
pub struct Acting;

impl Acting {
    /// The producer of this short address and how the person logged in acts for it.
    ///
    /// # Errors
    /// [`AppError::LoginNeeded`] without a session; [`AppError::NotFound`] for a producer that does not exist here
    /// and for anyone who may not act for it; [`AppError::Conflict`] for one that was merged into another.
    pub async fn of(ctx: &Ctx, short: &str) -> Result<(Producer, Author), AppError> {
        let person = ctx.person()?;
        let mut conn = ctx.app.db.read().await?;
        let mut cx = conn.cx();
        let producer = store::by_short(&mut cx, ctx.commune_id(), short).await?;
        Self::by(ctx, &mut cx, person, producer).await
    }

    /// As [`Acting::of`], by id and in the caller's transaction.
    pub async fn of_id(ctx: &Ctx, cx: &mut Cx<'_>, id: ProducerId) -> Result<(Producer, Author), AppError> {
        let person = ctx.person()?;
        let producer = store::by_id(cx, ctx.commune_id(), id).await?;
        Self::by(ctx, cx, person, producer).await
    }

    /// As [`Acting::of`], by short address and in the caller's transaction.
    pub async fn of_short(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<(Producer, Author), AppError> {
        let person = ctx.person()?;
        let producer = store::by_short(cx, ctx.commune_id(), short).await?;
        Self::by(ctx, cx, person, producer).await
    }

    async fn by(
        ctx: &Ctx,
        cx: &mut Cx<'_>,
        person: &Person,
        producer: Option<Producer>,
    ) -> Result<(Producer, Author), AppError> {
        let producer = producer.ok_or(AppError::NotFound)?;
        let channel = channel(person, &producer).ok_or(AppError::NotFound)?;
        if producer.state == State::Withdrawn
            && let Some((_, _, name)) = merges::into(cx, ctx.commune_id(), producer.id).await?
        {
            return Err(AppError::Conflict(Texts(ctx.lang).merged_into(name)));
        }
        Ok((producer, Author { user: person.id, channel }))
    }
}

/// By what way this person acts for this producer; None: not at all.
pub fn channel(person: &Person, producer: &Producer) -> Option<Channel> {
    let commune: CommuneId = producer.commune_id;
    if person.acts_for(commune, producer.id) {
        Some(Channel::OneSelf)
    } else if person.has_role(commune, &[Role::Officer, Role::Admin]) {
        Some(Channel::Office)
    } else if producer.village_id.is_some_and(|village| person.villages(commune).contains(&village)) {
        Some(Channel::Helper)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::model::{Grant, Phone};
    use crate::clock::Time;
    use crate::ids::{UserId, VillageId};
    use crate::producers::model::{ProducerContent, State};

    const HERE: CommuneId = CommuneId(10816);
    const NOW: Time = Time::from_micros(1_790_000_000_000_000);

    fn producer(village: VillageId) -> Producer {
        Producer {
            commune_id: HERE,
            id: ProducerId::new(NOW),
            short: "abcd1234".to_owned(),
            state: State::Approved,
            kind: "household".to_owned(),
            name: "Hộ mẫu 01".to_owned(),
            village_id: Some(village),
            content: ProducerContent::default(),
            channel: Channel::OneSelf,
            version: 1,
            created_at: NOW,
            updated_at: NOW,
            approved_at: Some(NOW),
        }
    }

    fn person(grants: Vec<Grant>) -> Person {
        Person {
            id: UserId::new(NOW),
            name: "Người mẫu".to_owned(),
            phone: Phone::parse("0912345678").unwrap(),
            phone_verified: true,
            grants,
            session: String::new(),
        }
    }

    fn grant(role: Role, commune: i32, producer: Option<ProducerId>, village: Option<VillageId>) -> Grant {
        Grant { role, commune_id: Some(CommuneId(commune)), producer_id: producer, village_id: village }
    }

    #[test]
    fn each_acts_by_their_own_way() {
        let village = VillageId::new(NOW);
        let p = producer(village);
        let way = |grants| channel(&person(grants), &p);
        assert_eq!(way(vec![grant(Role::Owner, 10816, Some(p.id), None)]), Some(Channel::OneSelf));
        assert_eq!(way(vec![grant(Role::Staff, 10816, Some(p.id), None)]), Some(Channel::OneSelf));
        assert_eq!(way(vec![grant(Role::Helper, 10816, None, Some(village))]), Some(Channel::Helper));
        assert_eq!(way(vec![grant(Role::Officer, 10816, None, None)]), Some(Channel::Office));
    }

    #[test]
    fn nobody_else_acts_for_it() {
        let village = VillageId::new(NOW);
        let p = producer(village);
        let way = |grants| channel(&person(grants), &p);
        assert_eq!(way(vec![]), None);
        assert_eq!(way(vec![grant(Role::Viewer, 10816, None, None)]), None);
        assert_eq!(way(vec![grant(Role::Owner, 10816, Some(ProducerId::new(NOW)), None)]), None);
        assert_eq!(way(vec![grant(Role::Helper, 10816, None, Some(VillageId::new(NOW)))]), None);
        assert_eq!(way(vec![grant(Role::Helper, 10817, None, Some(village))]), None);
        assert_eq!(way(vec![grant(Role::Officer, 10817, None, None)]), None);
        assert_eq!(way(vec![grant(Role::Owner, 10817, Some(p.id), None)]), None);
    }
}
