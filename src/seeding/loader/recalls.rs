//! Recalls of the sample commune: of whole lots, one of them ended; of some pieces; and a drill.

use std::time::Duration;

use crate::app::App;
use crate::clock::Time;
use crate::db::Cx;
use crate::ids::{LotId, new_id};
use crate::recalls::flow;
use crate::recalls::model::{Grade, Kind, Recall, Scope};
use crate::recalls::pieces::{RunSerials, Serials};
use crate::recalls::store::{self, Decision, NewRecall, serials};
use crate::seeding::sample::{Sample, SampleDrill, SamplePart, SampleRecall};
use crate::traceability::identifiers::Identifiers;

use super::Made;

type Fallible<T> = Result<T, String>;

/// What each of them is made of.
struct Raised<'a> {
    kind: Kind,
    lot: LotId,
    pieces: &'a [RunSerials],
    grade: Grade,
    reason: &'a str,
    notice: &'a str,
    /// When it was confirmed.
    at: Time,
    took: Duration,
}

struct Loader<'a> {
    made: &'a Made,
    identifiers: Identifiers,
}

pub(super) async fn load(app: &App, sample: &Sample, made: &Made) -> Fallible<()> {
    let base = app.communes.get(made.commune).map(|c| c.id_base.clone()).unwrap_or_default();
    let loader = Loader { made, identifiers: Identifiers::new(&base).map_err(|e| e.to_string())? };
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    for drill in &sample.lots.drills {
        loader.drill(&mut cx, drill).await?;
    }
    let mut recalls: Vec<&SampleRecall> = sample.lots.recalls.iter().collect();
    recalls.sort_by_key(|recall| recall.recalled_day);
    for recall in recalls {
        loader.recall(&mut cx, recall).await?;
    }
    for part in &sample.lots.parts {
        loader.part(&mut cx, part).await?;
    }
    tx.commit().await.map_err(|e| e.to_string())
}

impl Loader<'_> {
    async fn raise(&self, cx: &mut Cx<'_>, raised: Raised<'_>) -> Fallible<Recall> {
        let (commune, by) = (self.made.commune, self.made.officer);
        let scope = if raised.pieces.is_empty() { Scope::Whole } else { Scope::Serials };
        let request = new_id(raised.at);
        let new = NewRecall { kind: raised.kind, scope, lot: raised.lot, cut: false, request, by };
        let started = raised.at.minus(raised.took);
        let recall = flow::begin(cx, commune, new, raised.pieces, started).await.map_err(|e| e.to_string())?;
        let Raised { grade, reason, notice, at, .. } = raised;
        let decision = Decision { grade, reason, notice, by, at };
        flow::decide(cx, &self.identifiers, &recall, recall.cut, &decision).await.map_err(|e| e.to_string())?;
        if raised.kind == Kind::Real {
            store::shown(cx, commune, recall.id, at).await.map_err(|e| e.to_string())?;
        }
        let recall = store::by_number(cx, commune, recall.number).await.map_err(|e| e.to_string())?;
        recall.ok_or_else(|| "the recall is gone".to_owned())
    }

    async fn recall(&self, cx: &mut Cx<'_>, recall: &SampleRecall) -> Fallible<()> {
        let lot = *self.made.recalls.get(&recall.product).ok_or_else(|| format!("no lot of {}", recall.product))?;
        let raised = Raised {
            kind: Kind::Real,
            lot,
            pieces: &[],
            grade: recall.grade,
            reason: &recall.reason_vi,
            notice: &format!("{} {}", recall.reason_vi, recall.advice_vi),
            at: self.made.at(recall.recalled_day, 2),
            took: Duration::from_secs(277),
        };
        let raised = self.raise(cx, raised).await?;
        if let Some(end) = &recall.lifted {
            let at = self.made.at(end.day, 4);
            flow::lift(cx, &self.identifiers, &raised, self.made.officer, &end.reason_vi, at)
                .await
                .map_err(|e| e.to_string())?;
        }
        Ok(())
    }

    async fn part(&self, cx: &mut Cx<'_>, part: &SamplePart) -> Fallible<()> {
        for lot in self.made.lots.iter().filter(|lot| !lot.recalled) {
            let runs = serials::runs_of_lot(cx, self.made.commune, lot.id).await.map_err(|e| e.to_string())?;
            let Some(run) = runs.first().filter(|run| run.count >= part.last) else { continue };
            let serials = Serials { first: part.first, last: part.last };
            let raised = Raised {
                kind: Kind::Real,
                lot: lot.id,
                pieces: &[RunSerials { run_id: run.id, run_number: run.number, serials }],
                grade: part.grade,
                reason: &part.reason_vi,
                notice: &format!("{} {}", part.reason_vi, part.advice_vi),
                at: self.made.at(part.recalled_day, 3),
                took: Duration::from_secs(143),
            };
            self.raise(cx, raised).await?;
            return Ok(());
        }
        Err("no lot has labels for its pieces".to_owned())
    }

    async fn drill(&self, cx: &mut Cx<'_>, drill: &SampleDrill) -> Fallible<()> {
        let product = self.made.products.get(&drill.product).ok_or_else(|| format!("no product {}", drill.product))?;
        let day = self.made.today.plus_days(drill.day);
        let mut lots: Vec<_> = self.made.lots.iter().filter(|lot| lot.product == product.0).collect();
        // The first that was there by then; pairs begin with what went in.
        lots.sort_by_key(|lot| (lot.made_on > day, lot.made_on));
        let lot = lots.first().ok_or("no lot for the drill")?;
        let raised = Raised {
            kind: Kind::Drill,
            lot: lot.id,
            pieces: &[],
            grade: drill.grade,
            reason: &drill.reason_vi,
            notice: &drill.reason_vi,
            at: self.made.at(drill.day, 5),
            took: Duration::from_secs(drill.seconds),
        };
        self.raise(cx, raised).await.map(drop)
    }
}
