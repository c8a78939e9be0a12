//! Pages of misuse: lists of cases, one case, and marks on sold pieces.

pub mod case;
pub mod list;
pub mod marks;

use super::store::cases::Case;
use super::texts::Texts;
use crate::web::Lang;

/// A case as a line of a list.
pub struct Line {
    /// Its page.
    pub href: String,
    /// The case's number and what may be wrong.
    pub title: String,
    /// Whose goods, which goods.
    pub about: String,
    /// Why, in words.
    pub why: String,
    /// Score while it is open, outcome afterwards.
    pub tag: String,
    /// Class of the tag.
    pub class: &'static str,
}

impl Line {
    fn of(case: &Case, base: &str, lang: Lang) -> Self {
        let t = Texts(lang);
        let tag = match case.outcome {
            Some(outcome) => outcome.label(lang).to_owned(),
            None => t.score(case.score),
        };
        Self {
            href: format!("{base}/{}", case.number),
            title: format!("{}: {}", t.case(case.number), case.rule.label(lang)),
            about: about(case, lang),
            why: case.evidence().say(case.rule, lang),
            tag,
            class: if case.is_open() { " wait" } else { "" },
        }
    }
}

/// What a case is about, in words.
pub fn about(case: &Case, lang: Lang) -> String {
    let t = Texts(lang);
    let which = match (case.serial, case.run_number, &case.lot_code) {
        (Some(serial), Some(run), _) => t.about_piece(serial, run),
        (None, Some(run), _) => t.about_run(run),
        (_, None, Some(code)) => t.about_lot(code),
        (_, None, None) => t.about_source().to_owned(),
    };
    let names = [case.producer_name.as_deref(), case.product_name.as_deref(), Some(&which)];
    names.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
