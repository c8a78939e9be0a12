//! A revision: one edition of a producer's or product's content on its way through review.

use std::collections::BTreeMap;

use crate::clock::Time;
use crate::db::text_column;
use crate::ids::{CommuneId, ProducerId, ProductId, RevisionId, UserId};
use crate::producers::model::{Channel, State};

/// What an officer wants changed, by field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct FieldNotes(pub BTreeMap<String, String>);

text_column!(
    FieldNotes,
    |notes| serde_json::to_string(notes).unwrap_or_default(),
    |text: &str| serde_json::from_str::<FieldNotes>(text)
);

/// A revision's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Revision {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: RevisionId,
    /// Whose it is, or of whom.
    pub producer_id: ProducerId,
    /// Of which product; None: of the producer itself.
    pub product_id: Option<ProductId>,
    /// Where it stands.
    pub state: State,
    /// JSON of a ProducerContent or ProductContent.
    pub content: String,
    /// The officer's words.
    pub note: String,
    /// The officer's words on single fields.
    pub field_notes: FieldNotes,
    /// Who wrote it.
    pub author_id: Option<UserId>,
    /// By what way.
    pub channel: Channel,
    /// Who decided.
    pub decided_by: Option<UserId>,
    /// When.
    pub decided_at: Option<Time>,
    /// When it was handed in.
    pub submitted_at: Option<Time>,
    /// Counts up with each change; an edit names the version it began from.
    pub version: i64,
    /// When it was begun.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}
