//! A need and its states.

use crate::clock::Time;
use crate::db::words;
use crate::ids::{NeedId, ProducerId, ProductId, ProgrammeId, UserId};
use crate::producers::model::Channel;

words! {
    /// Where a need stands.
    NeedState {
        /// The office has not answered.
        Open = "open": "Chờ trả lời" / "Waiting",
        /// It is in a programme.
        Programme = "programme": "Đưa vào chương trình" / "In a programme",
        /// Not now.
        Later = "later": "Để sau" / "Later",
        /// No, with the reason.
        Refused = "refused": "Chưa hỗ trợ được" / "Not supported",
        /// The producer no longer needs it.
        Withdrawn = "withdrawn": "Đã rút" / "Withdrawn",
    }
}

impl NeedState {
    /// The class of its tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Open | Self::Later => " wait",
            Self::Programme => " ok",
            Self::Refused => " bad",
            Self::Withdrawn => "",
        }
    }

    /// True if the office may answer, or answer anew.
    pub const fn may_be_answered(self) -> bool {
        !matches!(self, Self::Withdrawn)
    }
}

/// A need as it is stated.
#[derive(Clone, Debug)]
pub struct NewNeed {
    /// Id.
    pub id: NeedId,
    /// Whose.
    pub producer: ProducerId,
    /// For which product.
    pub product: Option<ProductId>,
    /// Code of the kind of support.
    pub kind: String,
    /// In the producer's words.
    pub words: String,
    /// By whom it was told.
    pub channel: Channel,
    /// Of the form: the same form sent twice is one need.
    pub request: uuid::Uuid,
    /// Who wrote it.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// The office's answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// In a programme, later, or refused.
    pub state: NeedState,
    /// Which programme.
    pub programme: Option<ProgrammeId>,
    /// When, of a later one.
    pub later: String,
    /// The office's words.
    pub words: String,
    /// Who.
    pub by: UserId,
    /// When it was answered.
    pub at: Time,
}

/// A need with what lists show beside it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct NeedRow {
    /// Id.
    pub id: NeedId,
    /// Whose.
    pub producer_id: ProducerId,
    /// Code of the kind of support.
    pub kind: String,
    /// In the producer's words.
    pub words: String,
    /// By whom it was told.
    pub channel: Channel,
    /// Where it stands.
    pub state: NeedState,
    /// When, of a later one.
    pub later: String,
    /// The office's words.
    pub answer: String,
    /// When the office answered.
    pub answered_at: Option<Time>,
    /// Counts up with each change.
    pub version: i64,
    /// When it was told.
    pub created_at: Time,
    /// The programme of the answer.
    pub programme_id: Option<ProgrammeId>,
    /// Its name.
    pub programme_name: Option<String>,
    /// The producer's name.
    pub producer_name: String,
    /// Suffix of the producer's address.
    pub producer_short: String,
    /// The product's name.
    pub product_name: Option<String>,
    /// Suffix of the product's address.
    pub product_short: Option<String>,
}
