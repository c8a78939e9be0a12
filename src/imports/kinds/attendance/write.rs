//! Writing a line by the functions of the page of attendance, and taking it back.

use super::{Line, Work};
use crate::activities::model::{AttendanceChannel, AttendanceState, NewAttendance, Said};
use crate::activities::store::people::{self, Decided};
use crate::db::Cx;
use crate::ids::{ActivityId, AttendanceId, new_id};
use crate::imports::kinds::{Texts, Writing, Written, json};
use crate::imports::model::Undo;
use crate::imports::store::Item;
use crate::web::{AppError, Lang, audit};

/// Writes a line. None if somebody was faster.
pub async fn write(cx: &mut Cx<'_>, writing: Writing<'_>, work: &Work) -> Result<Written, AppError> {
    let (commune, after) = (writing.commune, &work.after);
    let (id, done) = if let (Some(id), Some(before)) = (work.id, &work.before) {
        let row = (after.activity, id);
        (id, people::correct(cx, commune, row, &before.said, &after.said, writing.actor.by).await?)
    } else {
        let new = new(after, writing);
        (new.id, people::add(cx, commune, after.activity, &new).await?)
    };
    if !done {
        return Ok(None);
    }
    let action = if work.before.is_some() { "activity.attend_change" } else { "activity.attend" };
    log(cx, writing, action, after.activity, &id.to_string()).await?;
    Ok(Some((id.0, work.before.as_ref().map(json), json(after), 0)))
}

fn new(line: &Line, writing: Writing<'_>) -> NewAttendance {
    let Said { producer, name, village, phone, state } = line.said.clone();
    NewAttendance {
        id: AttendanceId::new(writing.now),
        producer,
        user: None,
        name,
        village,
        phone,
        channel: AttendanceChannel::Office,
        state,
        request: new_id(writing.now),
        at: writing.now,
    }
}

async fn log(
    cx: &mut Cx<'_>,
    writing: Writing<'_>,
    action: &str,
    activity: ActivityId,
    told: &str,
) -> Result<(), AppError> {
    let entry = audit::Entry {
        actor: Some(writing.actor.by),
        action,
        subject_kind: "activity",
        subject: Some(activity.0),
        before: None,
        after: Some(told),
        address: Some(writing.actor.address.clone()),
    };
    Ok(audit::write(cx, writing.commune, &entry, writing.now).await?)
}

/// Takes a line back: who was added is taken out, what was changed says again what it said. What counts as support by
/// now, or was changed since, is left.
pub async fn undo(cx: &mut Cx<'_>, writing: Writing<'_>, item: &Item) -> Result<Undo, AppError> {
    let (commune, by, id) = (writing.commune, writing.actor.by, AttendanceId(item.subject_id));
    let after: Line = serde_json::from_str(&item.after_value).map_err(AppError::internal)?;
    let Some(row) = people::by_ids(cx, commune, &[id]).await?.pop() else { return Ok(Undo::Edited) };
    if Line::of(&row) != after {
        return Ok(Undo::Edited);
    }
    let done = match &item.before_value {
        _ if row.support_id.is_some() && item.before_value.is_none() => return Ok(Undo::Counted),
        None => {
            let reason = Texts(Lang::Vi).undone_file(writing.file);
            let (state, producer) = (AttendanceState::Removed, after.said.producer);
            let decided = Decided { state, producer, reason: &reason, seen: after.said.state };
            people::decide(cx, commune, (after.activity, id), &decided, by).await?
        }
        Some(before) => {
            let before: Line = serde_json::from_str(before).map_err(AppError::internal)?;
            let is_kept = (before.said.producer, before.said.state) == (after.said.producer, after.said.state);
            if row.support_id.is_some() && !is_kept {
                return Ok(Undo::Counted);
            }
            people::correct(cx, commune, (after.activity, id), &after.said, &before.said, by).await?
        }
    };
    if !done {
        return Ok(Undo::Edited);
    }
    let action = if item.before_value.is_none() { "activity.attend_remove" } else { "activity.attend_change" };
    log(cx, writing, action, after.activity, &id.to_string()).await?;
    Ok(Undo::Done)
}
