//! The kinds of support that a fresh installation begins with, and how goods of the sample commune are grown or made.
//! (Categories, units and kinds of certificate are in [`crate::products::catalogue`].)

use serde::Deserialize;

/// How the lots of a sample product come to be (DOMAIN.md §4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Fresh fruit and vegetables.
    Fresh,
    /// Rice and grain.
    Grain,
    /// Livestock, fish, rươi, cáy.
    Livestock,
    /// Processed food, drinks, herbal goods.
    Processed,
    /// Crafts.
    Craft,
    /// Ornamental plants.
    Ornamental,
    /// Has no lots: a label opens the service's page.
    Tourism,
}

impl Family {
    /// Key of the family's steps in `seed/step-templates.json`; ornamental plants are grown by those of the crafts.
    pub const fn templates(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Grain => "grain",
            Self::Livestock => "livestock",
            Self::Processed => "processed",
            Self::Craft | Self::Ornamental => "craft",
            Self::Tourism => "tourism",
        }
    }
}

/// A kind of support (DOMAIN.md §7).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SupportKind {
    /// Stable code.
    pub code: String,
    /// Name in Vietnamese.
    pub vi: String,
    /// Name in English.
    pub en: String,
}

/// Reads the embedded kinds of support, in order.
///
/// # Errors
/// When the file is not JSON of the right shape.
pub fn support_kinds() -> Result<Vec<SupportKind>, serde_json::Error> {
    serde_json::from_str(include_str!("../../seed/support-kinds.json"))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn codes_are_ascii_and_given_once() {
        let kinds = support_kinds().unwrap();
        assert_eq!(kinds.iter().map(|kind| &kind.code).collect::<BTreeSet<_>>().len(), kinds.len());
        for kind in kinds {
            assert!(kind.code.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", kind.code);
        }
    }
}
