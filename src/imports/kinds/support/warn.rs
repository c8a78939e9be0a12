//! What an officer should look at again before support is written: the same that is told where it is recorded by hand,
//! with the lines before it in the file counted as given.

use std::collections::{HashMap, HashSet};

use super::{Any, Around, Work, World};
use crate::amounts::Dong;
use crate::clock::Day;
use crate::db::Cx;
use crate::duplicates::model::{Pair, Reason};
use crate::duplicates::store as duplicates;
use crate::ids::{ProducerId, ProgrammeId};
use crate::imports::kinds::people::People;
use crate::imports::model::{Caution, Planned};
use crate::producers::model::State;
use crate::support::model::{SupportKind, kind_name};
use crate::support::store::{self as records, ledger};
use crate::support::warn::say;
use crate::support::warnings::{self, Warning, again_within};
use crate::web::AppError;

/// Days on which a kind was given to a producer.
type Given = HashMap<(ProducerId, String), Vec<Day>>;

/// Notes with each line what is told of it.
pub(super) async fn warn(
    cx: &mut Cx<'_>,
    around: Around,
    world: &World,
    rows: &mut [Planned<Any>],
) -> Result<(), AppError> {
    let mut given = given(world);
    let alike = alike(cx, around, world, rows, &mut given).await?;
    let mut left = left(cx, around, world, rows).await?;
    for row in rows {
        let Some(Any::Support(work)) = &row.work else { continue };
        let mut found = Vec::new();
        if work.id.is_none() {
            found.extend(not_standing(&world.people, work.producer));
            found.extend(repeated(work, world, &alike, &given));
            given.entry((work.producer, work.kind.clone())).or_default().push(work.after.given_on);
        }
        found.extend(over_budget(work, world, &mut left));
        let kind = kind_name(&world.kinds, &work.kind, around.lang);
        let caution =
            |warning: &Warning| Caution { mark: format!("{warning:?}"), words: say(warning, kind, around.lang) };
        row.cautions.extend(found.iter().map(caution));
    }
    Ok(())
}

fn given(world: &World) -> Given {
    let mut given = Given::new();
    for row in world.known.iter().filter(|row| row.stands()) {
        given.entry((row.producer_id, row.kind.clone())).or_default().push(row.given_on);
    }
    given
}

/// The producers that may be the same as those who get something new, with what these got.
async fn alike(
    cx: &mut Cx<'_>,
    around: Around,
    world: &World,
    rows: &[Planned<Any>],
    given: &mut Given,
) -> Result<HashMap<ProducerId, Vec<(ProducerId, Reason)>>, AppError> {
    let new = |row: &Planned<Any>| match &row.work {
        Some(Any::Support(work)) if work.id.is_none() && months(&world.kinds, &work.kind) > 0 => Some(work.producer),
        _ => None,
    };
    let owners: HashSet<ProducerId> = rows.iter().filter_map(new).collect();
    let mut alike: HashMap<ProducerId, Vec<(ProducerId, Reason)>> = HashMap::new();
    if owners.is_empty() {
        return Ok(alike);
    }
    let mut add = |owner: ProducerId, pair: &Pair| {
        if let (true, Some(by)) = (owners.contains(&owner), pair.reasons.iter().next()) {
            alike.entry(owner).or_default().push((pair.other(owner), by));
        }
    };
    for pair in duplicates::suspected(cx, around.commune).await? {
        add(pair.first, &pair);
        add(pair.second, &pair);
    }
    let read: HashSet<ProducerId> = world.known.iter().map(|row| row.producer_id).collect();
    let others: HashSet<ProducerId> = alike.values().flatten().map(|(other, _)| *other).collect();
    let others: Vec<ProducerId> = others.difference(&read).copied().collect();
    for row in records::of_many(cx, around.commune, &others).await?.iter().filter(|row| row.stands()) {
        given.entry((row.producer_id, row.kind.clone())).or_default().push(row.given_on);
    }
    Ok(alike)
}

fn months(kinds: &[SupportKind], code: &str) -> i32 {
    kinds.iter().find(|kind| kind.code == code).map_or(0, |kind| kind.months)
}

/// A list of the past is of drafts that were just imported; who was turned down or taken off is told.
fn not_standing(people: &People, producer: ProducerId) -> Option<Warning> {
    let mark = people.get(producer)?;
    let is_off = matches!(mark.state, State::Rejected | State::Suspended | State::Withdrawn);
    is_off.then(|| Warning::NotStanding { producer: mark.name.clone(), state: mark.state })
}

/// The kind given to this producer, or to one that may be the same.
fn repeated(
    work: &Work,
    world: &World,
    alike: &HashMap<ProducerId, Vec<(ProducerId, Reason)>>,
    given: &Given,
) -> Vec<Warning> {
    let months = months(&world.kinds, &work.kind);
    if months == 0 {
        return Vec::new();
    }
    let (after, before) = again_within(work.after.given_on, months);
    let last = |producer: ProducerId| {
        let days = given.get(&(producer, work.kind.clone())).into_iter().flatten().copied();
        days.filter(|day| after < *day && *day < before).max()
    };
    let name = |id: ProducerId| world.people.get(id).map(|mark| mark.name.clone()).unwrap_or_default();
    let producer = name(work.producer);
    let own = last(work.producer).map(|day| Warning::SameKind { producer: producer.clone(), day, months });
    let others = alike.get(&work.producer).into_iter().flatten().filter_map(|(other, by)| {
        let day = last(*other)?;
        Some(Warning::SameKindAlike { producer: producer.clone(), other: name(*other), by: *by, day })
    });
    own.into_iter().chain(others).collect()
}

/// What is left of each programme that the lines take of.
async fn left(
    cx: &mut Cx<'_>,
    around: Around,
    world: &World,
    rows: &[Planned<Any>],
) -> Result<HashMap<ProgrammeId, Dong>, AppError> {
    let mut left = HashMap::new();
    for row in rows {
        let Some(Any::Support(work)) = &row.work else { continue };
        let before = work.before.as_ref().and_then(|before| before.programme);
        for id in [work.after.programme, before].into_iter().flatten() {
            let known = world.programmes.iter().find(|programme| programme.id == id);
            if let (Some(programme), false) = (known, left.contains_key(&id)) {
                left.insert(id, programme.left(&ledger::sums(cx, around.commune, id).await?));
            }
        }
    }
    Ok(left)
}

/// A programme's budget that does not reach for this line after those before it.
fn over_budget(work: &Work, world: &World, left: &mut HashMap<ProgrammeId, Dong>) -> Option<Warning> {
    let had = work.before.as_ref().map(|before| (before.programme, before.money.committed(before.state)));
    let asked = work.after.money.committed(work.after.state);
    if let Some((Some(id), had)) = had
        && let Some(left) = left.get_mut(&id)
    {
        left.0 = left.0.saturating_add(had.0);
    }
    let id = work.after.programme?;
    let now = left.get_mut(&id)?;
    let had = had.filter(|(programme, _)| *programme == Some(id)).map_or(Dong(0), |(_, had)| had);
    let without = Dong(now.0.saturating_sub(had.0));
    now.0 = now.0.saturating_sub(asked.0);
    let programme = world.programmes.iter().find(|programme| programme.id == id)?;
    warnings::over_budget(&programme.name, without, had, asked)
}
