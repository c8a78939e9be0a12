//! A producer's record while somebody works on it: loaded with what is open, saved with the choices on who may see
//! what, handed in. Pages call this inside the transaction that they commit.

use crate::db::{Cx, is_unique_violation};
use crate::ids::VillageId;
use crate::market::index;
use crate::review::flow::{self, Author, Written};
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::web::{AppError, Ctx, audit};

use super::acting::Acting;
use super::model::{Channel, ConsentField, Producer, ProducerContent, State};
use super::steps::{Choice, Progress, Step};
use super::store::{self, Consent, ConsentGiven, Village};

/// The record, as the person at the form may work on it.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The live row.
    pub producer: Producer,
    /// Who writes, and by what way.
    pub author: Author,
    /// The open revision, else the newest decided one.
    pub last: Option<Revision>,
    /// The content that the forms show: of the open revision, else the live one.
    pub content: ProducerContent,
    /// The consents that stand.
    pub consents: Vec<Consent>,
    /// The commune's villages.
    pub villages: Vec<Village>,
    /// The villages that may be chosen.
    pub own_villages: Vec<VillageId>,
}

impl Registration {
    /// Loads the record of this short address for whoever may act for it.
    pub async fn load(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<Self, AppError> {
        let (producer, author) = Acting::of_short(ctx, cx, short).await?;
        let commune = ctx.commune_id();
        let last = match revisions::open(cx, commune, producer.id, None).await? {
            Some(open) => Some(open),
            None => revisions::last(cx, commune, producer.id, None).await?,
        };
        let content = match last.as_ref().filter(|r| r.state.is_open()) {
            Some(revision) => serde_json::from_str(&revision.content).map_err(AppError::internal)?,
            None => producer.content.clone(),
        };
        let consents = store::consents_given(cx, commune, producer.id).await?;
        let villages = store::villages(cx, commune).await?;
        let own_villages = match author.channel {
            Channel::Helper => ctx.person()?.villages(commune),
            _ => villages.iter().map(|v| v.id).collect(),
        };
        Ok(Self { producer, author, last, content, consents, villages, own_villages })
    }

    /// The revision that is open.
    pub fn open(&self) -> Option<&Revision> {
        self.last.as_ref().filter(|r| r.state.is_open())
    }

    /// Where the person stands with it: the open revision's state, else the live one.
    pub fn state(&self) -> State {
        self.open().map_or(self.producer.state, |r| r.state)
    }

    /// What a form names as the version that it began from.
    pub fn version(&self) -> String {
        match self.open() {
            Some(revision) => format!("{}.{}", revision.id, revision.version),
            None => format!("live.{}", self.producer.version),
        }
    }

    /// The fields whose consent stands.
    pub fn consent_fields(&self) -> Vec<ConsentField> {
        self.consents.iter().map(|c| c.field).collect()
    }

    /// The consent to being helped.
    pub fn helping(&self) -> Option<&Consent> {
        self.consents.iter().find(|c| c.field == ConsentField::Helping)
    }

    /// True if whoever writes is not the producer itself and no consent to that is on record.
    pub fn needs_agreement(&self) -> bool {
        self.author.channel != Channel::OneSelf && self.helping().is_none()
    }

    /// The villages that may be chosen, and the one that is.
    pub fn choosable(&self) -> Vec<&Village> {
        self.villages.iter().filter(|v| self.own_villages.contains(&v.id)).collect()
    }

    /// Name of the village of the content.
    pub fn village_name(&self) -> &str {
        self.villages.iter().find(|v| Some(v.id) == self.content.village).map_or("", |v| v.name.as_str())
    }

    /// What the office asks to change in a step.
    pub fn asked(&self, step: Step) -> Vec<&str> {
        let Some(revision) = self.asking() else { return Vec::new() };
        let notes = revision.field_notes.0.iter();
        notes.filter(|(field, _)| Step::of_field(field) == Some(step)).map(|(_, note)| note.as_str()).collect()
    }

    /// The revision whose notes still ask for something: changes asked, or turned down and not begun anew.
    pub fn asking(&self) -> Option<&Revision> {
        self.last.as_ref().filter(|r| matches!(r.state, State::ChangesRequested | State::Rejected))
    }

    /// How many steps are answered.
    pub fn done(&self) -> usize {
        Step::ALL.into_iter().filter(|step| self.progress(*step) == Progress::Done).count()
    }

    /// How far a step is; a consent for labels that stands is an answer, wherever it was given.
    pub fn progress(&self, step: Step) -> Progress {
        let agreed = step == Step::Labels && self.consents.iter().any(|c| c.field == ConsentField::Labels);
        if agreed { Progress::Done } else { step.progress(&self.content) }
    }

    /// True while it was never handed in: then one step leads to the next.
    pub fn is_first_time(&self) -> bool {
        self.producer.approved_at.is_none() && self.state() == State::Draft
    }

    /// Saves the content and the choices. Nothing is written when somebody else was faster. An edit that changes
    /// nothing opens no revision.
    pub async fn save(
        &self,
        ctx: &Ctx,
        cx: &mut Cx<'_>,
        content: &ProducerContent,
        choices: &[Choice],
    ) -> Result<Written, AppError> {
        let now = ctx.now();
        if *content != self.content {
            let revision = match flow::open_producer(cx, &self.producer, self.author, now).await {
                Ok(revision) => revision,
                // Another editor opened one at the same moment.
                Err(error) if is_unique_violation(&error) => return Ok(Written::Stale),
                Err(error) => return Err(error.into()),
            };
            let as_seen = match self.open() {
                Some(seen) => (seen.id, seen.version) == (revision.id, revision.version),
                None => revision.created_at == now,
            };
            if !as_seen {
                return Ok(Written::Stale);
            }
            if flow::save_producer(cx, &revision, content, now).await? == Written::Stale {
                return Ok(Written::Stale);
            }
        }
        for choice in choices {
            self.choose(ctx, cx, *choice).await?;
        }
        Ok(Written::Done)
    }

    /// Gives or withdraws a consent, if that changes anything. It holds at once, whatever the review says.
    pub async fn choose(&self, ctx: &Ctx, cx: &mut Cx<'_>, choice: Choice) -> Result<(), AppError> {
        let stands = self.consents.iter().any(|c| c.field == choice.field);
        if stands == choice.public {
            return Ok(());
        }
        let (commune, id, now) = (ctx.commune_id(), self.producer.id, ctx.now());
        if choice.public {
            let by_helper = self.helping().filter(|_| self.author.channel != Channel::OneSelf);
            let given = ConsentGiven {
                by: Some(self.author.user),
                channel: by_helper.map_or(self.author.channel, |c| c.channel),
                evidence: by_helper.map_or("", |c| c.evidence.as_str()),
                at: now,
            };
            store::give_consent(cx, commune, id, choice.field, &given).await?;
        } else {
            store::withdraw_consent(cx, commune, id, choice.field, now).await?;
        }
        let entry = audit::Entry {
            actor: Some(self.author.user),
            action: if choice.public { "consent.give" } else { "consent.withdraw" },
            subject_kind: "producer",
            subject: Some(id.0),
            before: None,
            after: Some(choice.field.word()),
            address: Some(ctx.address.to_string()),
        };
        audit::write(cx, commune, &entry, now).await?;
        if self.producer.approved_at.is_some() {
            index::enqueue_producer(cx, commune, id, now).await?;
        }
        Ok(())
    }
}
