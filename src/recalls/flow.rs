//! What happens to a recall, each step within the caller's transaction: [`begin`] follows the lots and keeps them as
//! a draft, [`confirm`] takes them back, [`lift`] ends it.

use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, LotId, ProducerId, UserId};
use crate::traceability::diary::{DiaryError, Telling, tell};
use crate::traceability::identifiers::Identifiers;
use crate::traceability::recall::{Notice, Which};
use crate::traceability::store::lineage::{Direction, Reach, Reached, lineage};

use super::model::{Grade, MOST_DEPTH, MOST_LOTS, Recall, Scope, fingerprint};
use super::pieces::{RunSerials, are_covered, serials_text};
use super::store::{self, Decision, NewRecall, lots, serials};

/// What came of an attempt to confirm.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Done; so many lots.
    Done(usize),
    /// Other lots are reached now than were looked at; the draft has the new list.
    Changed,
    /// Somebody confirmed the draft or gave it up.
    Taken,
    /// Everything in it is recalled already.
    Already,
}

/// Every lot made from a lot, itself among them; of a recall of pieces the lot alone.
async fn reach_of(cx: &mut Cx<'_>, commune: CommuneId, scope: Scope, lot: LotId) -> Result<Reach> {
    match scope {
        Scope::Whole => lineage(cx, commune, &[lot], Direction::Forward, MOST_DEPTH, MOST_LOTS).await,
        Scope::Serials => Ok(Reach { lots: vec![Reached { lot, depth: 0 }], cut: false }),
    }
}

/// Begins a recall: a draft with the lots that it reaches now. The same form sent again gives the same draft.
pub async fn begin(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    new: NewRecall,
    pieces: &[RunSerials],
    now: Time,
) -> Result<Recall> {
    if let Some(known) = store::by_request(cx, commune, new.request).await? {
        return Ok(known);
    }
    let reach = reach_of(cx, commune, new.scope, new.lot).await?;
    if let Some(id) = store::insert(cx, commune, &NewRecall { cut: reach.cut, ..new }, now).await? {
        lots::replace(cx, commune, id, &reach.lots).await?;
        serials::insert(cx, commune, id, pieces).await?;
    }
    store::by_request(cx, commune, new.request).await?.ok_or(sqlx::Error::RowNotFound)
}

/// True if a draft would take back nothing that is not taken back already.
pub async fn adds_nothing(cx: &mut Cx<'_>, recall: &Recall) -> Result<bool> {
    let commune = recall.commune_id;
    if recall.is_drill() {
        return Ok(false);
    }
    if lots::not_yet_recalled(cx, commune, recall.id).await? == 0 {
        return Ok(true);
    }
    if !recall.is_partial() {
        return Ok(false);
    }
    for piece in serials::of_recall(cx, commune, recall.id).await? {
        let standing = serials::standing(cx, commune, piece.run_id).await?;
        let standing: Vec<_> = standing.into_iter().map(|taken| taken.serials).collect();
        if !are_covered(piece.serials, &standing) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Confirms a draft whose lots and pieces have the fingerprint that was looked at.
pub async fn confirm(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    recall: &Recall,
    seen: &str,
    decision: &Decision<'_>,
) -> std::result::Result<Outcome, DiaryError> {
    let commune = recall.commune_id;
    lots::lock(cx, commune, recall.lot_id).await?;
    if !store::by_number(cx, commune, recall.number).await?.is_some_and(|now| now.is_draft()) {
        return Ok(Outcome::Taken);
    }
    let reach = reach_of(cx, commune, recall.scope, recall.lot_id).await?;
    let pieces = serials::of_recall(cx, commune, recall.id).await?;
    if fingerprint(reach.lots.iter().map(|reached| reached.lot), &pieces) != seen {
        lots::replace(cx, commune, recall.id, &reach.lots).await?;
        return Ok(Outcome::Changed);
    }
    decide(cx, identifiers, recall, reach.cut, decision).await
}

/// A producer takes its own lot back at once, with those made from it that are its own; another producer's are for
/// the office to decide.
pub async fn recall_own(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    identifiers: &Identifiers,
    new: NewRecall,
    producer: ProducerId,
    decision: &Decision<'_>,
) -> std::result::Result<(Recall, Outcome), DiaryError> {
    let recall = begin(cx, commune, new, &[], decision.at).await?;
    lots::keep_of(cx, commune, recall.id, producer).await?;
    let outcome = decide(cx, identifiers, &recall, recall.cut, decision).await?;
    Ok((recall, outcome))
}

/// How many lots made from a recall's first lot are not recalled: of another producer, or recorded since.
pub async fn left_out(cx: &mut Cx<'_>, recall: &Recall) -> Result<usize> {
    if recall.is_partial() || recall.is_drill() || !recall.is_open() {
        return Ok(0);
    }
    let reach = reach_of(cx, recall.commune_id, recall.scope, recall.lot_id).await?;
    let listed = lots::ids(cx, recall.commune_id, recall.id).await?;
    let listed: std::collections::HashSet<LotId> = listed.into_iter().collect();
    let mut left = 0;
    for reached in reach.lots.iter().filter(|reached| !listed.contains(&reached.lot)) {
        let lot = crate::traceability::store::lots::by_id(cx, recall.commune_id, reached.lot).await?;
        left += usize::from(lot.is_some_and(|lot| !lot.is_recalled()));
    }
    Ok(left)
}

/// Confirms a draft with the lots that stand in its list.
pub async fn decide(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    recall: &Recall,
    cut: bool,
    decision: &Decision<'_>,
) -> std::result::Result<Outcome, DiaryError> {
    let commune = recall.commune_id;
    lots::lock(cx, commune, recall.lot_id).await?;
    if adds_nothing(cx, recall).await? {
        return Ok(Outcome::Already);
    }
    if !store::confirm(cx, commune, recall.id, decision, cut).await? {
        return Ok(Outcome::Taken);
    }
    if recall.is_drill() {
        return Ok(Outcome::Done(lots::ids(cx, commune, recall.id).await?.len()));
    }
    if !recall.is_partial() {
        lots::mark(cx, commune, recall.id, decision.notice, decision.by, decision.at).await?;
    }
    let rows = lots::rows(cx, commune, recall.id).await?;
    let pieces = serials::of_recall(cx, commune, recall.id).await?;
    let text = serials_text(&pieces);
    let which = which(recall, Some(decision.grade), &text, &pieces);
    let (what, reason, by, now) = (Notice::Recalled, decision.notice, decision.by, decision.at);
    tell(cx, identifiers, &rows, Telling { what, which, reason, by, now }).await?;
    Ok(Outcome::Done(rows.len()))
}

/// Ends a recall that stands; false if it does not. Lots that another recall holds stay recalled.
pub async fn lift(
    cx: &mut Cx<'_>,
    identifiers: &Identifiers,
    recall: &Recall,
    by: UserId,
    reason: &str,
    now: Time,
) -> std::result::Result<bool, DiaryError> {
    let commune = recall.commune_id;
    lots::lock(cx, commune, recall.lot_id).await?;
    if !store::lift(cx, commune, recall.id, by, reason, now).await? {
        return Ok(false);
    }
    if !recall.is_partial() {
        lots::free(cx, commune, recall.id).await?;
    }
    let pieces = serials::of_recall(cx, commune, recall.id).await?;
    let text = serials_text(&pieces);
    let which = which(recall, recall.grade, &text, &pieces);
    let mut rows = lots::rows(cx, commune, recall.id).await?;
    rows.retain(|lot| !lot.is_recalled());
    tell(cx, identifiers, &rows, Telling { what: Notice::Lifted, which, reason, by, now }).await?;
    Ok(true)
}

fn which<'a>(recall: &Recall, grade: Option<Grade>, text: &'a str, pieces: &[RunSerials]) -> Which<'a> {
    let count = pieces.iter().map(|piece| piece.serials.count()).sum();
    Which {
        number: recall.number,
        grade: grade.map_or("", Grade::word),
        serials: text,
        pieces: recall.is_partial().then_some(count),
    }
}
