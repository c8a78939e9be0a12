//! Making two producers one, and two again. Everything of the one that goes is moved to the one that is kept, inside
//! the transaction that the caller commits; it stays as a withdrawn record whose address leads to the other.

use super::fields::unconsented;
use super::model::{Before, Merge};
use super::store::merges::{self, NewMerge};
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, MergeId, UserId};
use crate::market::index;
use crate::producers::model::{Producer, ProducerContent, State};
use crate::producers::store as producers;
use crate::review::store as revisions;

/// Who merges, when, and in what words.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// The officer.
    pub user: UserId,
    /// When.
    pub at: Time,
    /// Why, in the officer's words.
    pub note: &'a str,
}

/// Merges `gone` into `kept`, which then says `content`; both at the versions that the officer saw. None if one of
/// them changed meanwhile: the transaction is to be dropped.
pub async fn merge(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    kept: &Producer,
    gone: &Producer,
    content: &ProducerContent,
    by: By<'_>,
) -> Result<Option<MergeId>> {
    let (given, others) =
        (producers::consents(cx, commune, kept.id).await?, producers::consents(cx, commune, gone.id).await?);
    let withdrawn = unconsented(&kept.content, content, &given, &others);
    for field in &withdrawn {
        producers::withdraw_consent(cx, commune, kept.id, *field, by.at).await?;
    }
    let revision = revisions::open(cx, commune, gone.id, None).await?;
    if let Some(revision) = &revision {
        merges::set_revision(cx, commune, revision.id, State::Withdrawn).await?;
    }
    let before = Before {
        kept: kept.content.clone(),
        kept_version: kept.version + 1,
        gone_state: gone.state,
        gone_revision: revision.map(|revision| (revision.id, revision.state)),
        withdrawn,
    };
    let id = MergeId::new(by.at);
    let new = NewMerge { id, kept: kept.id, gone: gone.id, note: by.note, before: &before, by: by.user, at: by.at };
    merges::merge(cx, commune, &new).await?;
    // Last: these write the registers' rows of what has come to each.
    let went = producers::update(cx, commune, gone.id, State::Withdrawn, &gone.content, gone.version, by.at).await?;
    let stays = producers::update(cx, commune, kept.id, kept.state, content, kept.version, by.at).await?;
    index::enqueue_producer(cx, commune, gone.id, by.at).await?;
    index::enqueue_producer(cx, commune, kept.id, by.at).await?;
    Ok((went && stays).then_some(id))
}

/// What came of undoing a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    /// All is as it was before.
    Whole,
    /// Both are there again; the kept one was changed since and keeps its words.
    KeptWords,
    /// Somebody undid it before, or one of them has gone into a third since: that is to be undone first.
    Stale,
}

/// Undoes a merge.
pub async fn undo(cx: &mut Cx<'_>, commune: CommuneId, merge: &Merge, user: UserId, now: Time) -> Result<Undone> {
    let kept = producers::by_id(cx, commune, merge.kept_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    let gone = producers::by_id(cx, commune, merge.gone_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    if merges::into(cx, commune, kept.id).await?.is_some() || !merges::undo(cx, commune, merge, user, now).await? {
        return Ok(Undone::Stale);
    }
    let before = &merge.before;
    if let Some((id, state)) = before.gone_revision {
        merges::set_revision(cx, commune, id, state).await?;
    }
    let untouched = kept.version == before.kept_version;
    let content = if untouched { &before.kept } else { &kept.content };
    if untouched {
        for field in &before.withdrawn {
            merges::give_back(cx, commune, kept.id, *field, merge.at).await?;
        }
    }
    let back = producers::update(cx, commune, gone.id, before.gone_state, &gone.content, gone.version, now).await?
        && producers::update(cx, commune, kept.id, kept.state, content, kept.version, now).await?;
    index::enqueue_producer(cx, commune, gone.id, now).await?;
    index::enqueue_producer(cx, commune, kept.id, now).await?;
    Ok(match (back, untouched) {
        (false, _) => Undone::Stale,
        (true, true) => Undone::Whole,
        (true, false) => Undone::KeptWords,
    })
}
