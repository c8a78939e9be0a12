//! Which documents a text finds, said in the server's filter language.
//!
//! The server's own query takes slips for every word, leaves the marks of synonyms out and begins words anywhere, so it
//! would find and count more than the embedded index. Filters over a document's [`super::terms`] find just what
//! `embedded::ask` does; the query beside them only puts the hits in order. Start at [`membership`].
//!
//! All filters have one shape: every clause must fit, and in a clause one of its ways. The server reads each clause by
//! itself, which takes it no time; it reads nested brackets again and again.

use super::terms::{BEGINNINGS, CERTIFICATES, ENGLISH, PHRASES, TERMS, is_attribute, phrase_key};
use crate::search::typed::{Effort, Typed, TypedWord, Unit};
use crate::search::words::singular;

/// Ways, of which one must fit.
type Clause = Vec<String>;

/// Typed words for which a slip may be taken, each with the words of the index that are one slip away.
pub type Slips = Vec<(TypedWord, Vec<String>)>;

/// The clauses for a text, every one to be met; empty when nothing was typed that has to be found.
pub fn membership(typed: &Typed, effort: Effort, slips: &Slips, today: u64) -> Vec<String> {
    let needed: Vec<Vec<Clause>> =
        typed.units.iter().map(|u| unit(u, slips, today)).filter(|u| !u.is_empty()).collect();
    let clauses: Vec<Clause> = match effort {
        Effort::Forgiving if needed.len() >= 3 => all_but_one(&needed),
        _ => needed.into_iter().flatten().collect(),
    };
    clauses.into_iter().map(|ways| ways.join(" OR ")).collect()
}

/// At least all but one of some units: of every two of them one.
fn all_but_one(units: &[Vec<Clause>]) -> Vec<Clause> {
    let pairs = units.iter().enumerate().flat_map(|(at, one)| units[at + 1..].iter().map(move |other| (one, other)));
    let either = |(one, other): (&Vec<Clause>, &Vec<Clause>)| {
        let both = one.iter().flat_map(|a| other.iter().map(move |b| a.iter().chain(b).cloned().collect()));
        both.collect::<Vec<Clause>>()
    };
    pairs.flat_map(either).collect()
}

/// One unit: its words, or a phrase that stands for them. Empty for a classifier that may be dropped.
fn unit(unit: &Unit, slips: &Slips, today: u64) -> Vec<Clause> {
    let phrases: Vec<String> = unit.synonyms.iter().map(|phrase| quoted(&phrase_key(phrase))).collect();
    let phrases = (!phrases.is_empty()).then(|| format!("{PHRASES} IN [{}]", phrases.join(", ")));
    let words = unit.words.iter().filter(|w| !w.optional).map(|w| {
        let near = slips.iter().find(|(word, _)| word == w).map_or(&[][..], |(_, near)| near);
        word(w, near, today).into_iter().chain(phrases.clone()).collect()
    });
    words.collect()
}

/// One word in all fields, or words that are one slip away from it.
fn word(typed: &TypedWord, near: &[String], today: u64) -> Clause {
    let folded = typed.word.folded.as_str();
    let mut ways = stands_as(folded);
    if !near.is_empty() {
        let near: Vec<String> = near.iter().map(|word| quoted(word)).collect();
        ways.push(format!("{TERMS} IN [{}]", near.join(", ")));
    }
    if is_attribute(folded) {
        ways.push(format!("{CERTIFICATES}.{folded} >= {today}"));
    }
    if typed.last {
        // One or two letters begin too many words of a story to mean any of them.
        let long = folded.chars().count() >= 3;
        let begins = if long { format!("{TERMS} STARTS WITH ") } else { format!("{BEGINNINGS} = ") };
        ways.push(begins + &quoted(folded));
    }
    ways
}

fn stands_as(folded: &str) -> Clause {
    let one = singular(folded);
    let english = (one != folded).then(|| format!("{ENGLISH} = {}", quoted(one)));
    [format!("{TERMS} = {}", quoted(folded))].into_iter().chain(english).collect()
}

/// The documents that hold a folded word, in whatever field but a certificate.
pub fn holding_word(folded: &str) -> String {
    stands_as(folded).join(" OR ")
}

/// The documents that hold a typed word, in a certificate too, or, of the last one, a word that begins with it.
pub fn holding(typed: &TypedWord) -> String {
    let folded = typed.word.folded.as_str();
    let mut ways = stands_as(folded);
    if is_attribute(folded) {
        ways.push(format!("{CERTIFICATES}.{folded} >= 0"));
    }
    if typed.last {
        ways.push(format!("{TERMS} STARTS WITH {}", quoted(folded)));
    }
    ways.join(" OR ")
}

/// A value in quotes. No word holds a quote or a backslash, so leaving them out changes nothing but what is not ours.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace(['"', '\\'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::meili::vocabulary::Held;
    use crate::search::settings::Settings;

    const DAY: u64 = 20_261_122;

    fn ask(text: &str, effort: Effort) -> Vec<String> {
        let typed = Typed::read(text, &Settings::bundled().unwrap(), &Held::default());
        membership(&typed, effort, &Vec::new(), DAY)
    }

    #[test]
    fn a_text_becomes_a_clause_for_each_word() {
        assert!(ask("", Effort::Strict).is_empty());
        let found = ask("quả Gỗ lê", Effort::Strict);
        let go = r#"terms = "go" OR certificate_terms.go >= 20261122"#;
        let le = r#"terms = "le" OR certificate_terms.le >= 20261122 OR beginnings = "le""#;
        assert_eq!(found, [go, le], "the classifier may be dropped");
        let phrase = ask("đậu phộng", Effort::Strict);
        assert!(phrase.iter().all(|clause| clause.contains("phrases IN [")), "{phrase:?}");
        assert!(ask("cakes", Effort::Strict)[0].contains(r#"english_terms = "cake""#));
    }

    #[test]
    fn with_one_word_left_out_of_every_two_one_must_fit() {
        let found = ask("gỗ mít lê", Effort::Forgiving);
        assert_eq!(found.len(), 3);
        assert!(found[0].contains(r#""go""#) && found[0].contains(r#""mit""#) && !found[0].contains(r#""le""#));
        assert_eq!(ask("gỗ mít", Effort::Forgiving), ask("gỗ mít", Effort::Strict));
    }

    #[test]
    fn a_slip_is_looked_for_where_it_may_be_taken() {
        let typed = Typed::read("ruio mật", &Settings::bundled().unwrap(), &Held::default());
        let slips = vec![(typed.words().next().unwrap().clone(), vec!["ruoi".to_owned()])];
        let found = membership(&typed, Effort::Strict, &slips, DAY);
        assert!(found[0].contains(r#"terms IN ["ruoi"]"#) && !found[1].contains("ruoi"), "{found:?}");
    }

    #[test]
    fn nothing_typed_leaves_its_quotes() {
        assert_eq!(quoted("a\" OR commune = 1 \\"), "\"a OR commune = 1 \"");
        assert!(!is_attribute("a >= 0 OR b") && !is_attribute("") && is_attribute("vietgap"));
    }
}
