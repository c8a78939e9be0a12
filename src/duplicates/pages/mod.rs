//! `/van-phong/trung-lap`: the lists, a pair side by side, a merge.

pub mod lists;
pub mod merged;
pub mod pair;

use super::model::{Reason, Reasons};
use super::texts::Texts;

const HERE: &str = "/van-phong/trung-lap";
const NAV: &str = "/van-phong/co-so";

/// What two have in common, in words.
fn in_words(t: Texts, reasons: Reasons) -> String {
    let word = |reason| match reason {
        Reason::TaxCode => t.r_tax_code(),
        Reason::Phone => t.r_phone(),
        Reason::Name => t.r_name(),
        Reason::NearName => t.r_near_name(),
    };
    reasons.iter().map(word).collect::<Vec<_>>().join("; ")
}
