//! What is wrong with an EPCIS document, and where: one [`Violation`] per broken rule.
//!
//! The path is written as JSONPath counts it (`$.epcisBody.eventList[0].action`), so that whoever sent the
//! document finds the spot without guessing.

use std::fmt;

/// One broken rule at one place of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Where, as JSONPath from the root of what was given (`$.quantityList[0].uom`).
    pub path: String,
    /// What was expected there and what was found, in English; fit to be shown to the sender.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.message)
    }
}

/// Everything that was found wrong in one document, in reading order; never empty when returned as an error.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Violations(Vec<Violation>);

impl Violations {
    /// A list that holds one violation.
    pub fn single(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut list = Self::default();
        list.add(path, message);
        list
    }

    /// Notes one more broken rule.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Violation { path: path.into(), message: message.into() });
    }

    /// The violations in reading order.
    pub fn as_slice(&self) -> &[Violation] {
        &self.0
    }

    /// How many were noted; lets a reader see whether a part added any.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True while nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            violation.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Violations {}
