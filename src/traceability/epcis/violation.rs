//! What is wrong with an EPCIS document, and where: one [`Violation`] per broken rule.
//!
//! The path is written as JSONPath counts it (`$.epcisBody.eventList[0].action`), so that whoever sent the
//! document finds the spot without guessing. The rule says which standard asks for it, and in which section.

use std::fmt;

use super::rule::Rule;

/// How many violations are kept of one document. More help nobody, and a hostile document could hold millions.
const MOST: usize = 500;

/// Why a single value was refused, before it is known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule it breaks.
    pub rule: Rule,
    /// What was expected and what was found, in English; fit to be shown to the sender.
    pub message: String,
}

impl Fault {
    /// A broken rule, and what was found.
    pub fn new(rule: Rule, message: impl Into<String>) -> Self {
        Self { rule, message: message.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.message, self.rule)
    }
}

/// One broken rule at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as JSONPath from the root of what was given (`$.quantityList[0].uom`).
    pub path: String,
    /// The rule that is broken there.
    pub rule: Rule,
    /// What was expected there and what was found, in English; fit to be shown to the sender.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} ({})", self.path, self.message, self.rule)
    }
}

/// Everything that was found wrong in one document, in reading order; never empty when returned as an error.
///
/// At most 500 violations are kept; [`Violations::left_out`] counts the others.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations {
    list: Vec<Violation>,
    left_out: usize,
}

impl Violations {
    /// A list that holds one violation.
    pub fn single(path: impl Into<String>, fault: Fault) -> Self {
        let mut list = Self::default();
        list.add(path, fault.rule, fault.message);
        list
    }

    /// Notes one more broken rule.
    pub fn add(&mut self, path: impl Into<String>, rule: Rule, message: impl Into<String>) {
        if self.list.len() < MOST {
            self.list.push(Violation { path: path.into(), rule, message: message.into() });
        } else {
            self.left_out += 1;
        }
    }

    /// The violations in reading order.
    pub fn as_slice(&self) -> &[Violation] {
        &self.list
    }

    /// How many were noted; lets a reader see whether a part added any.
    pub fn len(&self) -> usize {
        self.list.len() + self.left_out
    }

    /// How many were found beyond those that are kept.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// True while nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.list.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        if self.left_out > 0 {
            write!(f, "; and {} more", self.left_out)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_violations_is_counted_not_kept() {
        let mut found = Violations::default();
        for index in 0..MOST + 7 {
            found.add(format!("$[{index}]"), Rule::URI, "no");
        }
        assert_eq!((found.as_slice().len(), found.left_out(), found.len()), (MOST, 7, MOST + 7));
        assert!(found.to_string().ends_with("; and 7 more"));
    }
}
