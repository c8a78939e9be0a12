//! What producers and products share: content under review, with the open revision before the live version.

use uuid::Uuid;

use crate::clock::Time;
use crate::db::Cx;
use crate::ids::{CommuneId, ProducerId, ProductId, RevisionId};
use crate::imports::model::{Change, Field, Outcome, Planned, Told};
use crate::review::flow;
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::web::AppError;

/// The open revision that a check saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which.
    pub id: RevisionId,
    /// In which version.
    pub version: i64,
}

impl Seen {
    /// Of a revision.
    pub fn of(revision: &Revision) -> Self {
        Self { id: revision.id, version: revision.version }
    }
}

/// Hands the open revision in, to be looked at like any other change of what is public; false if somebody was faster.
pub async fn hand_in(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    owner: ProducerId,
    product: Option<ProductId>,
    now: Time,
) -> Result<bool, AppError> {
    match revisions::open(cx, commune, owner, product).await? {
        Some(open) => Ok(flow::submit(cx, &open, now).await? == flow::Written::Done),
        None => Ok(true),
    }
}

/// The fields in which two contents differ, as our files show them.
pub fn changes(fields: &'static [Field], show: impl Fn(&str, bool) -> String) -> Vec<Change> {
    let change = |field: &'static Field| {
        let (before, after) = (show(field.key, false), show(field.key, true));
        (before != after).then_some(Change { field: field.key, before, after })
    };
    fields.iter().filter_map(change).collect()
}

/// A line that has errors.
pub fn wrong<W>(told: Told, name: String, subject: Option<Uuid>, producer: Option<ProducerId>) -> Planned<W> {
    Planned {
        number: told.number,
        name,
        outcome: Outcome::Wrong,
        changes: Vec::new(),
        faults: told.faults,
        notes: told.notes,
        cautions: told.cautions,
        subject,
        producer,
        work: None,
    }
}
