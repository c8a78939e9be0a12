//! What a producer is: its kind, state, content, and which fields of it a visitor may see.

use serde::{Deserialize, Serialize};

use crate::clock::Time;
use crate::db::{text_column, words};
use crate::ids::{CommuneId, FileId, ProducerId, VillageId};

words! {
    /// Kinds of producer (DOMAIN.md §1).
    ProducerKind {
        /// Hộ sản xuất.
        Household = "household": "Hộ sản xuất" / "Farming household",
        /// Hộ kinh doanh.
        HouseholdBusiness = "household_business": "Hộ kinh doanh" / "Business household",
        /// Hợp tác xã.
        Cooperative = "cooperative": "Hợp tác xã" / "Cooperative",
        /// Tổ hợp tác.
        CooperativeGroup = "cooperative_group": "Tổ hợp tác" / "Cooperative group",
        /// Doanh nghiệp.
        Enterprise = "enterprise": "Doanh nghiệp" / "Enterprise",
    }
}

words! {
    /// Where a producer, a product or a revision stands. Nothing is deleted; it changes state.
    State {
        /// Being written.
        Draft = "draft": "Bản nháp" / "Draft",
        /// Waits for an officer.
        Submitted = "submitted": "Chờ duyệt" / "Waiting for review",
        /// The officer asked for changes.
        ChangesRequested = "changes_requested": "Cần sửa" / "Changes asked",
        /// Public.
        Approved = "approved": "Đã duyệt" / "Approved",
        /// Turned down, with a reason.
        Rejected = "rejected": "Bị từ chối" / "Turned down",
        /// Was public; taken down by an officer for the time being.
        Suspended = "suspended": "Tạm dừng" / "Suspended",
        /// A revision that its author took back.
        Withdrawn = "withdrawn": "Đã rút" / "Withdrawn",
    }
}

impl State {
    /// True for a revision that may still be written or decided.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Draft | Self::Submitted | Self::ChangesRequested)
    }
}

/// The states of an open revision ([`State::is_open`]), as a list in SQL.
macro_rules! open_states {
    () => {
        "('draft', 'submitted', 'changes_requested')"
    };
}
pub(crate) use open_states;

words! {
    /// By whom a record was brought in.
    Channel {
        /// By the producer itself.
        OneSelf = "self": "tự khai" / "by itself",
        /// By a helper on its behalf.
        Helper = "helper": "Tổ công nghệ số khai giúp" / "by a helper",
        /// From a paper form.
        Paper = "paper": "theo phiếu giấy" / "from a paper form",
        /// By an officer.
        Office = "office": "cán bộ nhập" / "by the office",
    }
}

words! {
    /// A field that is public only with the producer's consent (Law 91/2025/QH15; DOMAIN.md §6).
    ConsentField {
        /// Phone number.
        Phone = "phone": "Số điện thoại" / "Phone number",
        /// Name of the person who represents it.
        Representative = "representative": "Tên người đại diện" / "Name of the representative",
        /// Exact place.
        Address = "address": "Địa chỉ cụ thể" / "Exact address",
        /// Trade name and village on printed labels.
        Labels = "labels": "Tên cơ sở và thôn trên tem" / "Trade name and village on labels",
        /// That a helper or officer writes on its behalf.
        Helping = "helping": "Nhờ người khai giúp" / "Being helped with the forms",
    }
}

words! {
    /// What was answered to "do you have a tax code?"; not knowing is an answer.
    TaxAnswer {
        /// Yes, this one.
        Known = "known": "Có" / "Yes",
        /// None.
        NoCode = "none": "Tôi không có" / "I have none",
        /// The person does not know.
        Unknown = "unknown": "Tôi không biết" / "I do not know",
    }
}

/// The version of the consent text that is shown now; kept with each consent.
pub const CONSENT_TEXT: &str = "2026-11";

/// Everything a producer tells of itself; stored as JSON, reviewed as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ProducerContent {
    /// Kind; None while a draft lacks it.
    pub kind: Option<ProducerKind>,
    /// Trade name, always public.
    pub name: String,
    /// Who represents it; personal data.
    pub representative: String,
    /// Phone as parsed; personal data.
    pub phone: String,
    /// Village, always public.
    pub village: Option<VillageId>,
    /// Exact place; personal data.
    pub address: String,
    /// Tax code or twelve-digit personal number as [`super::tax_code::TaxCode`] writes it; never public.
    pub tax_code: String,
    /// What was answered about the tax code; None while it was not asked.
    pub tax_answer: Option<TaxAnswer>,
    /// What it does and since when, for visitors.
    pub story: String,
    /// The same in English, if given.
    pub story_en: String,
    /// Web page or sales page.
    pub website: String,
    /// Picture of the place or people.
    pub picture: Option<FileId>,
    /// True once the question on printed labels was answered; a yes is a consent, a no is nothing.
    pub asked_labels: bool,
}

text_column!(ProducerContent, |content| serde_json::to_string(content).unwrap_or_default(), |text: &str| {
    serde_json::from_str::<ProducerContent>(text)
});

/// A producer's row: the live version.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Producer {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: ProducerId,
    /// Suffix of its public address.
    pub short: String,
    /// Where it stands.
    pub state: State,
    /// Kind as a word; "" while a draft lacks it.
    pub kind: String,
    /// Trade name.
    pub name: String,
    /// Village.
    pub village_id: Option<VillageId>,
    /// The live content.
    pub content: ProducerContent,
    /// By whom it was brought in.
    pub channel: Channel,
    /// Counts up with each change.
    pub version: i64,
    /// When it was begun.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// When it was first approved.
    pub approved_at: Option<Time>,
}

impl Producer {
    /// Its public path, `/co-so/{slug}-{short}`.
    pub fn path(&self) -> String {
        path(&self.name, &self.short)
    }

    /// Kind, if known.
    pub fn kind(&self) -> Option<ProducerKind> {
        self.kind.parse().ok()
    }
}

/// A producer's public path.
pub fn path(name: &str, short: &str) -> String {
    let slug = crate::fold::slug(name);
    if slug.is_empty() { format!("/co-so/{short}") } else { format!("/co-so/{slug}-{short}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_states_that_sql_calls_open_are_those_that_rust_calls_open() {
        let open: Vec<String> =
            State::ALL.iter().filter(|state| state.is_open()).map(|state| format!("'{state}'")).collect();
        assert_eq!(open_states!(), format!("({})", open.join(", ")));
    }
}
