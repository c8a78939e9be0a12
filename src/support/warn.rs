//! Looks up what is to be told before support is recorded, and says it.

use sha2::Digest as _;

use super::model::{SupportKind, kind_name};
use super::programmes::store as programmes;
use super::store::steps::After;
use super::store::{self, ledger};
use super::texts::Texts;
use super::warnings::{self, Warning, again_within};
use crate::amounts::Dong;
use crate::db::Cx;
use crate::duplicates::model::Reason;
use crate::duplicates::store::{self as duplicates, Look};
use crate::producers::model::{Producer, State};
use crate::web::{AppError, Ctx, Lang};

/// What is about to be recorded, of each producer alike.
pub struct About<'a> {
    /// Code of the kind.
    pub kind: &'a str,
    /// The record.
    pub after: &'a After,
    /// Of the form: its own records are no repetition.
    pub request: uuid::Uuid,
}

/// Everything to be told, in words.
pub async fn of(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    about: &About<'_>,
    chosen: &[Producer],
    kinds: &[SupportKind],
) -> Result<Vec<String>, AppError> {
    let mut found = Vec::new();
    let mut new = 0;
    let months = kinds.iter().find(|kind| kind.code == about.kind).map_or(0, |kind| kind.months);
    for producer in chosen {
        if store::was_sent(cx, ctx.commune_id(), about.request, producer.id).await? {
            continue;
        }
        new += 1;
        if producer.state != State::Approved {
            found.push(Warning::NotStanding { producer: producer.name.clone(), state: producer.state });
        }
        if months > 0 {
            repeated(ctx, cx, about, producer, months, &mut found).await?;
        }
    }
    found.extend(over_budget(ctx, cx, about.after, new).await?);
    Ok(found.iter().map(|warning| say(warning, kind_name(kinds, about.kind, ctx.lang), ctx.lang)).collect())
}

/// The kind given to this producer, or to one that may be the same.
async fn repeated(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    about: &About<'_>,
    producer: &Producer,
    months: i32,
    found: &mut Vec<Warning>,
) -> Result<(), AppError> {
    let commune = ctx.commune_id();
    let day = about.after.given_on;
    let (after, before) = again_within(day, months);
    if let Some(day) = store::same_kind_between(cx, commune, producer.id, about.kind, after, before).await? {
        found.push(Warning::SameKind { producer: producer.name.clone(), day, months });
    }
    let pairs = duplicates::of_producer(cx, commune, producer.id, Look::Sure).await?;
    let others: Vec<_> = pairs.iter().map(|pair| (pair.other(producer.id), pair.reasons)).collect();
    let names = duplicates::names(cx, commune, &others.iter().map(|(id, _)| *id).collect::<Vec<_>>()).await?;
    for (id, reasons) in others {
        let (Some(other), Some(by)) = (names.get(&id), reasons.iter().next()) else { continue };
        if let Some(day) = store::same_kind_between(cx, commune, id, about.kind, after, before).await? {
            let (producer, other) = (producer.name.clone(), other.name.clone());
            found.push(Warning::SameKindAlike { producer, other, by, day });
        }
    }
    Ok(())
}

/// A programme's budget that does not reach for `count` records like this.
async fn over_budget(ctx: &Ctx, cx: &mut Cx<'_>, after: &After, count: i64) -> Result<Option<Warning>, AppError> {
    let Some(id) = after.programme else { return Ok(None) };
    let Some(programme) = programmes::by_id(cx, ctx.commune_id(), id).await? else { return Ok(None) };
    let left = programme.left(&ledger::sums(cx, ctx.commune_id(), id).await?);
    let mut asked = after.money.committed(after.state);
    asked.0 = asked.0.saturating_mul(count);
    Ok(warnings::over_budget(&programme.name, left, Dong(0), asked))
}

/// As [`over_budget`], for a step of a record that is there: `before` is what it takes of the budget now.
pub async fn over_budget_by_step(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    before: &After,
    after: &After,
) -> Result<Option<String>, AppError> {
    let Some(id) = after.programme else { return Ok(None) };
    let Some(programme) = programmes::by_id(cx, ctx.commune_id(), id).await? else { return Ok(None) };
    let left = programme.left(&ledger::sums(cx, ctx.commune_id(), id).await?);
    let had = if before.programme == after.programme { before.money.committed(before.state) } else { Dong(0) };
    let told = warnings::over_budget(&programme.name, left, had, after.money.committed(after.state));
    Ok(told.map(|warning| say(&warning, "", ctx.lang)))
}

/// What an officer was told, in 16 hexadecimal digits: saving in spite of it holds for these words and no others.
pub fn mark(warnings: &[String]) -> String {
    let mut hash = sha2::Sha256::new();
    for warning in warnings {
        hash.update(warning.as_bytes());
        hash.update([0]);
    }
    data_encoding::HEXLOWER.encode(&hash.finalize()[..8])
}

/// A warning in words; `kind` is the name of the kind of support.
pub fn say(warning: &Warning, kind: &str, lang: Lang) -> String {
    let t = Texts(lang);
    match warning {
        Warning::SameKind { producer, day, months } => t.again(producer, kind, day, months),
        Warning::SameKindAlike { producer, other, by, day } => {
            let by = match by {
                Reason::TaxCode => t.by_tax(),
                Reason::Phone => t.by_phone(),
                Reason::Name => t.by_name(),
                Reason::NearName => t.by_near_name(),
            };
            t.again_alike(producer, other, by, kind, day)
        }
        Warning::OverBudget { programme, left, asked } => t.over_budget(programme, left.text(lang), asked.text(lang)),
        Warning::NotStanding { producer, state } => t.not_standing(producer, state.label(lang)),
    }
}
