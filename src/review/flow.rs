//! What happens to a revision: opened, saved, handed in, decided. Each function is called inside the
//! transaction that the caller commits; after a commit that queued jobs the caller rings `app.jobs`.
//!
//! The live version stays up while a revision is under review; approval writes the revision's content over it.

use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::files;
use crate::ids::{CommuneId, ProducerId, ProductId, RevisionId, UserId, new_short};
use crate::market::index;
use crate::producers::model::{Channel, Producer, ProducerContent, State};
use crate::producers::store as producers;
use crate::products::model::{Product, ProductContent};
use crate::products::store as products;
use crate::web::audit;

use super::model::{FieldNotes, Revision};
use super::store;

/// Who writes, and by what way.
#[derive(Clone, Copy, Debug)]
pub struct Author {
    /// The user.
    pub user: UserId,
    /// By itself, or by a helper or officer on its behalf.
    pub channel: Channel,
}

/// What came of writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It is stored.
    Done,
    /// Somebody else changed or decided it meanwhile; nothing was overwritten. The transaction is to be dropped.
    Stale,
}

impl Written {
    fn from(done: bool) -> Self {
        if done { Self::Done } else { Self::Stale }
    }
}

/// What an officer decides.
#[derive(Clone, Debug)]
pub enum Decision {
    /// It becomes the live version.
    Approve,
    /// The author shall change these fields.
    AskChanges {
        /// Words on the whole.
        note: String,
        /// Words on single fields.
        fields: FieldNotes,
    },
    /// Turned down, with a reason.
    Reject {
        /// The reason.
        note: String,
    },
}

/// Begins a producer: a draft row and its first revision.
pub async fn begin_producer(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    content: &ProducerContent,
    author: Author,
    now: Time,
) -> Result<(Producer, Revision)> {
    begin_producer_as(cx, commune, ProducerId::new(now), content, author, now).await
}

/// As [`begin_producer`], under an id that the form brought along: the same form sent twice is a unique
/// violation and no second producer.
pub async fn begin_producer_as(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ProducerId,
    content: &ProducerContent,
    author: Author,
    now: Time,
) -> Result<(Producer, Revision)> {
    let producer = Producer {
        commune_id: commune,
        id,
        short: new_short(),
        state: State::Draft,
        kind: content.kind.map(|k| k.word().to_owned()).unwrap_or_default(),
        name: content.name.clone(),
        village_id: content.village,
        content: content.clone(),
        channel: author.channel,
        version: 1,
        created_at: now,
        updated_at: now,
        approved_at: None,
    };
    producers::insert(cx, &producer, Some(author.user)).await?;
    let revision = new_revision(commune, producer.id, None, json(content), author, now);
    store::insert(cx, &revision).await?;
    Ok((producer, revision))
}

/// Begins a product of a producer: a draft row and its first revision.
pub async fn begin_product(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    content: &ProductContent,
    author: Author,
    now: Time,
) -> Result<(Product, Revision)> {
    begin_product_as(cx, commune, producer, ProductId::new(now), content, author, now).await
}

/// As [`begin_product`], under an id that the form brought along: the same form sent twice is a unique
/// violation and no second product.
pub async fn begin_product_as(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    id: ProductId,
    content: &ProductContent,
    author: Author,
    now: Time,
) -> Result<(Product, Revision)> {
    let product = Product {
        commune_id: commune,
        id,
        producer_id: producer,
        short: new_short(),
        state: State::Draft,
        name: content.name.clone(),
        category: content.category.clone(),
        content: content.clone(),
        version: 1,
        created_at: now,
        updated_at: now,
        approved_at: None,
    };
    products::insert(cx, &product, Some(author.user)).await?;
    let revision = new_revision(commune, producer, Some(product.id), json(content), author, now);
    store::insert(cx, &revision).await?;
    Ok((product, revision))
}

fn json(content: &impl serde::Serialize) -> String {
    serde_json::to_string(content).unwrap_or_default()
}

fn new_revision(
    commune: CommuneId,
    producer: ProducerId,
    product: Option<ProductId>,
    content: String,
    author: Author,
    now: Time,
) -> Revision {
    Revision {
        commune_id: commune,
        id: RevisionId::new(now),
        producer_id: producer,
        product_id: product,
        state: State::Draft,
        content,
        note: String::new(),
        field_notes: FieldNotes::default(),
        author_id: Some(author.user),
        channel: author.channel,
        decided_by: None,
        decided_at: None,
        submitted_at: None,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

/// The open revision of a producer, or a new one that begins from the live content.
pub async fn open_producer(cx: &mut Cx<'_>, producer: &Producer, author: Author, now: Time) -> Result<Revision> {
    if let Some(revision) = store::open(cx, producer.commune_id, producer.id, None).await? {
        return Ok(revision);
    }
    let revision = new_revision(producer.commune_id, producer.id, None, json(&producer.content), author, now);
    store::insert(cx, &revision).await?;
    Ok(revision)
}

/// The open revision of a product, or a new one that begins from the live content.
pub async fn open_product(cx: &mut Cx<'_>, product: &Product, author: Author, now: Time) -> Result<Revision> {
    let (commune, producer) = (product.commune_id, product.producer_id);
    if let Some(revision) = store::open(cx, commune, producer, Some(product.id)).await? {
        return Ok(revision);
    }
    let revision = new_revision(commune, producer, Some(product.id), json(&product.content), author, now);
    store::insert(cx, &revision).await?;
    Ok(revision)
}

/// Saves a producer's revision over the version that was read. While the producer was never approved, its row
/// follows, so that lists show the name.
pub async fn save_producer(
    cx: &mut Cx<'_>,
    revision: &Revision,
    content: &ProducerContent,
    now: Time,
) -> Result<Written> {
    if !store::save(cx, revision.commune_id, revision.id, revision.version, &json(content), now).await? {
        return Ok(Written::Stale);
    }
    follow_producer(cx, revision, content, None, now).await?;
    Ok(Written::Done)
}

/// Saves a product's revision over the version that was read, as [`save_producer`] does.
pub async fn save_product(
    cx: &mut Cx<'_>,
    revision: &Revision,
    content: &ProductContent,
    now: Time,
) -> Result<Written> {
    if !store::save(cx, revision.commune_id, revision.id, revision.version, &json(content), now).await? {
        return Ok(Written::Stale);
    }
    follow_product(cx, revision, content, None, now).await?;
    Ok(Written::Done)
}

async fn follow_producer(
    cx: &mut Cx<'_>,
    revision: &Revision,
    content: &ProducerContent,
    state: Option<State>,
    now: Time,
) -> Result<()> {
    if let Some(live) = producers::by_id(cx, revision.commune_id, revision.producer_id).await?
        && live.approved_at.is_none()
    {
        let state = state.unwrap_or(if live.state == State::Submitted { State::Draft } else { live.state });
        producers::update(cx, live.commune_id, live.id, state, content, live.version, now).await?;
    }
    Ok(())
}

async fn follow_product(
    cx: &mut Cx<'_>,
    revision: &Revision,
    content: &ProductContent,
    state: Option<State>,
    now: Time,
) -> Result<()> {
    let Some(id) = revision.product_id else { return Ok(()) };
    if let Some(live) = products::by_id(cx, revision.commune_id, id).await?
        && live.approved_at.is_none()
    {
        let state = state.unwrap_or(match live.state {
            State::Submitted | State::Withdrawn => State::Draft,
            state => state,
        });
        products::update(cx, live.commune_id, id, state, content, live.version, now).await?;
    }
    Ok(())
}

/// Hands a revision in for review.
pub async fn submit(cx: &mut Cx<'_>, revision: &Revision, now: Time) -> Result<Written> {
    let done = store::submit(cx, revision.commune_id, revision.id, revision.version, now).await?;
    if done {
        follow(cx, revision, State::Submitted, now).await?;
    }
    Ok(Written::from(done))
}

/// Takes an open revision back: it is closed, and what is live stays. A subject that was never approved goes out
/// of the lists with it; opened again, it begins from what it was.
pub async fn withdraw(cx: &mut Cx<'_>, revision: &Revision, now: Time) -> Result<Written> {
    let done = store::withdraw(cx, revision.commune_id, revision.id, revision.version, now).await?;
    if done {
        follow(cx, revision, State::Withdrawn, now).await?;
    }
    Ok(Written::from(done))
}

/// The row of a subject that was never approved takes the revision's content and state.
async fn follow(cx: &mut Cx<'_>, revision: &Revision, state: State, now: Time) -> Result<()> {
    match revision.product_id {
        Some(_) => follow_product(cx, revision, &read(&revision.content)?, Some(state), now).await,
        None => follow_producer(cx, revision, &read(&revision.content)?, Some(state), now).await,
    }
}

fn read<T: serde::de::DeserializeOwned>(content: &str) -> Result<T> {
    serde_json::from_str(content).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

/// Decides on a revision that was handed in. [`Written::Stale`] if another officer was first or the author
/// changed it since `version`.
pub async fn decide(
    cx: &mut Cx<'_>,
    revision: &Revision,
    decision: &Decision,
    officer: UserId,
    address: String,
    now: Time,
) -> Result<Written> {
    let nothing = FieldNotes::default();
    let (state, note, fields, action) = match decision {
        Decision::Approve => (State::Approved, "", &nothing, "approve"),
        Decision::AskChanges { note, fields } => (State::ChangesRequested, note.as_str(), fields, "ask_changes"),
        Decision::Reject { note } => (State::Rejected, note.as_str(), &nothing, "reject"),
    };
    let commune = revision.commune_id;
    if !store::decide(cx, commune, revision.id, revision.version, state, note, fields, officer, now).await? {
        return Ok(Written::Stale);
    }
    let before = if state == State::Approved {
        let Some(before) = approve(cx, revision, now).await? else { return Ok(Written::Stale) };
        Some(before)
    } else {
        follow(cx, revision, state, now).await?;
        None
    };
    let (kind, subject) = match revision.product_id {
        Some(id) => ("product", id.0),
        None => ("producer", revision.producer_id.0),
    };
    let action = format!("{kind}.{action}");
    let entry = audit::Entry {
        actor: Some(officer),
        action: &action,
        subject_kind: kind,
        subject: Some(subject),
        before: before.as_deref(),
        after: Some(if note.is_empty() { &revision.content } else { note }),
        address: Some(address),
    };
    audit::write(cx, commune, &entry, now).await?;
    Ok(Written::Done)
}

/// What an approval makes of a subject. What the office has suspended stays so until the office shows it again: a
/// change to its words is no reason to.
fn standing(before: State) -> State {
    if before == State::Suspended { State::Suspended } else { State::Approved }
}

/// Writes the revision's content over the live version; returns what the live content was, None if the live version
/// changed while it was read.
async fn approve(cx: &mut Cx<'_>, revision: &Revision, now: Time) -> Result<Option<String>> {
    let commune = revision.commune_id;
    if let Some(id) = revision.product_id {
        let content: ProductContent = read(&revision.content)?;
        let live = products::by_id(cx, commune, id).await?.ok_or(sqlx::Error::RowNotFound)?;
        if !products::update(cx, commune, id, standing(live.state), &content, live.version, now).await? {
            return Ok(None);
        }
        products::put_certificates(cx, commune, live.producer_id, id, &content, now).await?;
        for photo in &content.photos {
            files::store::publish(cx, commune, *photo).await?;
        }
        index::enqueue_product(cx, commune, id, now).await?;
        Ok(Some(json(&live.content)))
    } else {
        let content: ProducerContent = read(&revision.content)?;
        let live = producers::by_id(cx, commune, revision.producer_id).await?.ok_or(sqlx::Error::RowNotFound)?;
        if !producers::update(cx, commune, live.id, standing(live.state), &content, live.version, now).await? {
            return Ok(None);
        }
        if let Some(picture) = content.picture {
            files::store::publish(cx, commune, picture).await?;
        }
        index::enqueue_producer(cx, commune, live.id, now).await?;
        Ok(Some(json(&live.content)))
    }
}
