//! Issuing labels: a run and its codes, in one transaction.

use std::collections::HashSet;

use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, RunId};

use super::code::LabelCode;
use super::model::{LabelRow, LabelRun, RunKind};
use super::store::{self, NewRun};

/// Labels drawn and written at once.
const BATCH: i64 = 2_000;
/// Draws for the same labels before giving up. With 2⁴⁸ numbers even the second is rare; many in a row mean
/// that the source of chance is broken.
const DRAWS: usize = 8;

/// Issues a run: one code for a product or lot, one a piece for a serial run.
pub async fn issue(cx: &mut Cx<'_>, commune: CommuneId, new: &NewRun, now: Time) -> Result<LabelRun> {
    issue_as(cx, commune, RunId::new(now), new, now).await
}

/// As [`issue`], under an id that the form brought: the same form sent twice meets the first run's row.
pub async fn issue_as(cx: &mut Cx<'_>, commune: CommuneId, id: RunId, new: &NewRun, now: Time) -> Result<LabelRun> {
    let run = store::insert_run(cx, commune, id, new, now).await?;
    if run.kind != RunKind::Serial {
        add(cx, &run, &[None]).await?;
        return Ok(run);
    }
    let mut first = 1;
    while first <= run.count {
        let last = run.count.min(first + BATCH - 1);
        let serials: Vec<Option<i64>> = (first..=last).map(Some).collect();
        add(cx, &run, &serials).await?;
        first = last + 1;
    }
    Ok(run)
}

/// Draws a code for each of these serials; those whose number is taken draw again.
async fn add(cx: &mut Cx<'_>, run: &LabelRun, serials: &[Option<i64>]) -> Result<()> {
    let mut wanted = serials.to_vec();
    for _ in 0..DRAWS {
        let labels = wanted.iter().map(|serial| draw(run, *serial)).collect::<Result<Vec<_>>>()?;
        if store::insert_labels(cx, run.commune_id, run.id, &labels).await? == labels.len() as u64 {
            return Ok(());
        }
        let (Some(Some(first)), Some(Some(last))) = (wanted.first(), wanted.last()) else { continue };
        let there: HashSet<i64> =
            store::serials(cx, run.commune_id, run.id, *first, *last).await?.into_iter().collect();
        wanted.retain(|serial| serial.is_some_and(|serial| !there.contains(&serial)));
    }
    Err(sqlx::Error::Protocol(format!("no free label numbers found in {DRAWS} draws")))
}

fn draw(run: &LabelRun, serial: Option<i64>) -> Result<LabelRow> {
    let commune = u32::try_from(run.commune_id.0).unwrap_or(u32::MAX);
    let code = LabelCode::generate(commune, &mut rand::rng()).map_err(|error| sqlx::Error::Encode(Box::new(error)))?;
    Ok(LabelRow { id: code.number(), serial })
}
