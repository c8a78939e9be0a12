//! The shared lists a product is described by: OCOP groups and sub-groups, units, kinds of certificate.
//!
//! They are data in `seed/`, embedded in the program. Codes are stable and stored in records; names may be
//! reworded. Start at [`groups`] and [`category`].

use std::sync::LazyLock;

use serde::Deserialize;

use crate::traceability::template::Family;
use crate::web::i18n::Lang;

/// One of the six OCOP groups (Quyết định 148/QĐ-TTg; DOMAIN.md §3).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Stable code.
    pub code: String,
    vi: String,
    en: String,
}

/// A sub-group of an OCOP group: what a product's `category` names.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Stable code.
    pub code: String,
    /// Code of its [`Group`].
    pub group: String,
    vi: String,
    en: String,
    family: String,
    /// Key of the drawing that stands for it.
    pub drawing: String,
    /// Named by the OCOP rubric; the others are our own division.
    pub in_rubric: bool,
}

/// A unit that prices and quantities are counted in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Stable code.
    pub code: String,
    vi: String,
    en: String,
    /// UN/CEFACT Recommendation 20 code, as EPCIS wants it: `KGM`, `EA` (a piece), `IE` (a person).
    pub uom: String,
}

/// A kind of certificate (DOMAIN.md §4).
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateKind {
    /// Stable code.
    pub code: String,
    vi: String,
    en: String,
    /// How many days one usually holds; None: it has no usual end.
    pub usual_days: Option<i64>,
}

macro_rules! named {
    ($($type:ty),*) => {$(
        impl $type {
            /// The name in the reader's language.
            pub fn name(&self, lang: Lang) -> &str {
                lang.pick(&self.vi, &self.en)
            }
        }
    )*};
}
named!(Group, Category, Unit, CertificateKind);

impl Category {
    /// Which step templates its lots use (DOMAIN.md §4): ornamental plants share those of crafts.
    pub fn family(&self) -> Option<Family> {
        match self.family.as_str() {
            "ornamental" => Some(Family::Craft),
            key => Family::parse(key),
        }
    }

    /// The group it belongs to.
    pub fn group(&self) -> Option<&'static Group> {
        groups().iter().find(|group| group.code == self.group)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tree {
    groups: Vec<Group>,
    categories: Vec<Category>,
}

static TREE: LazyLock<Tree> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../seed/categories.json")).expect("embedded and read by a test")
});
static UNITS: LazyLock<Vec<Unit>> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../seed/units.json")).expect("embedded and read by a test"));
static KINDS: LazyLock<Vec<CertificateKind>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../seed/certificate-kinds.json")).expect("embedded and read by a test")
});

/// The six OCOP groups, in the rubric's order.
pub fn groups() -> &'static [Group] {
    &TREE.groups
}

/// Every sub-group, in the order of the groups.
pub fn categories() -> &'static [Category] {
    &TREE.categories
}

/// The sub-groups of a group.
pub fn categories_of(group: &str) -> impl Iterator<Item = &'static Category> {
    categories().iter().filter(move |category| category.group == group)
}

/// The sub-group of this code.
pub fn category(code: &str) -> Option<&'static Category> {
    categories().iter().find(|category| category.code == code)
}

/// Every unit.
pub fn units() -> &'static [Unit] {
    &UNITS
}

/// The unit of this code.
pub fn unit(code: &str) -> Option<&'static Unit> {
    units().iter().find(|unit| unit.code == code)
}

/// The unit's name in the reader's language; the code itself for one that is not in the list.
pub fn unit_name(code: &str, lang: Lang) -> &str {
    unit(code).map_or(code, |unit| unit.name(lang))
}

/// Every kind of certificate.
pub fn certificate_kinds() -> &'static [CertificateKind] {
    &KINDS
}

/// The kind of certificate of this code.
pub fn certificate_kind(code: &str) -> Option<&'static CertificateKind> {
    certificate_kinds().iter().find(|kind| kind.code == code)
}

/// The kind's name in the reader's language; the code itself for one that is not in the list.
pub fn certificate_kind_name(code: &str, lang: Lang) -> &str {
    certificate_kind(code).map_or(code, |kind| kind.name(lang))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_six_groups_each_have_sub_groups_of_a_known_family() {
        assert_eq!(groups().len(), 6);
        for group in groups() {
            assert!(categories_of(&group.code).next().is_some(), "{} is empty", group.code);
        }
        for category in categories() {
            assert!(category.group().is_some(), "{}", category.code);
            assert!(category.family().is_some(), "{}", category.code);
        }
    }

    #[test]
    fn codes_are_unique_and_named_in_both_languages() {
        fn check<'a>(rows: impl Iterator<Item = (&'a str, &'a str, &'a str)>) {
            let mut seen = BTreeSet::new();
            for (code, vi, en) in rows {
                assert!(seen.insert(code), "{code} is there twice");
                assert!(!vi.is_empty() && !en.is_empty(), "{code} has no name");
            }
            assert!(!seen.is_empty());
        }
        check(groups().iter().map(|x| (&*x.code, &*x.vi, &*x.en)));
        check(categories().iter().map(|x| (&*x.code, &*x.vi, &*x.en)));
        check(units().iter().map(|x| (&*x.code, &*x.vi, &*x.en)));
        check(certificate_kinds().iter().map(|x| (&*x.code, &*x.vi, &*x.en)));
    }

    #[test]
    fn a_code_that_is_not_in_the_list_is_shown_as_it_is() {
        assert_eq!(unit_name("kg", Lang::Vi), "kg");
        assert_eq!(unit_name("sọt", Lang::Vi), "sọt");
        assert!(unit("sọt").is_none() && category("").is_none());
    }
}
