//! The rules that a document can break, each with the standard and section that states it.

use std::fmt;

use super::vocabulary::Vocabulary;

/// A rule, named by its source: `CBV 2.0 §7.1`, `EPCIS 2.0 §7.4.3`.
///
/// Where the EPCIS standard and its JSON schema say the same, the section is named; what only the schema fixes, as
/// the kind of JSON value a field holds, names the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(&'static str);

impl Rule {
    /// The text must be JSON at all (RFC 8259, section 2).
    pub const JSON: Self = Self("RFC 8259 §2");
    /// A parser may limit how deep values nest (RFC 8259, section 9).
    pub const NESTING: Self = Self("RFC 8259 §9");
    /// A parser may limit how large texts are (RFC 8259, section 9).
    pub const SIZE: Self = Self("RFC 8259 §9, size");
    /// No object may hold a name twice (RFC 7493, I-JSON, section 2.3): what is stored must not depend on who reads it.
    pub const UNIQUE_NAMES: Self = Self("RFC 7493 §2.3");
    /// A context is a URI, a map, or a list of those without repeats (JSON-LD 1.1, section 3.1; JSON schema, `@context`).
    pub const CONTEXT: Self = Self("JSON-LD 1.1 §3.1");
    /// Ids, and names outside the standard, are URIs (EPCIS 2.0 section 6.4; RFC 3986).
    pub const URI: Self = Self("EPCIS 2.0 §6.4 (RFC 3986)");
    /// A name that the standard does not define needs a namespace (EPCIS 2.0 section 6.3).
    pub const EXTENSION: Self = Self("EPCIS 2.0 §6.3");
    /// Objects without an extension point hold nothing but their own fields (JSON schema, `additionalProperties`).
    pub const CLOSED: Self = Self("EPCIS 2.0 JSON schema, additionalProperties");
    /// Each field holds its own kind of JSON value (JSON schema, `type`).
    pub const KIND: Self = Self("EPCIS 2.0 JSON schema, type");
    /// What stands around the events of a document (JSON schema, `epcisDocument` and `epcisQueryDocument`).
    pub const DOCUMENT: Self = Self("EPCIS 2.0 JSON schema, document");
    /// Master data in the header and in query results (EPCIS 2.0 section 6.1.1; JSON schema, `vocabulary`).
    pub const MASTER_DATA: Self = Self("EPCIS 2.0 §6.1.1");
    /// Times are `xsd:dateTimeStamp`: always with zone, `T` and `Z` in capitals, no leap second (EPCIS 2.0 section
    /// 7.3.1; XML Schema 1.1 part 2, sections 3.3.7 and 3.4.28).
    pub const TIME: Self = Self("EPCIS 2.0 §7.3.1 (xsd:dateTimeStamp)");
    /// `ADD`, `OBSERVE` or `DELETE` (EPCIS 2.0 section 7.3.2).
    pub const ACTION: Self = Self("EPCIS 2.0 §7.3.2");
    /// A quantity names its class (EPCIS 2.0 section 7.3.3.1).
    pub const QUANTITY: Self = Self("EPCIS 2.0 §7.3.3.1");
    /// A unit is a code of UN/CEFACT recommendation 20 (EPCIS 2.0 section 7.3.3.1.1).
    pub const UNIT: Self = Self("EPCIS 2.0 §7.3.3.1.1");
    /// Every event says when, and in which zone (EPCIS 2.0 section 7.3.4.1).
    pub const WHEN: Self = Self("EPCIS 2.0 §7.3.4.1");
    /// A place has an id (EPCIS 2.0 section 7.3.5).
    pub const WHERE: Self = Self("EPCIS 2.0 §7.3.5");
    /// Dispositions, business documents, sources and destinations (EPCIS 2.0 section 7.3.6).
    pub const WHY: Self = Self("EPCIS 2.0 §7.3.6");
    /// Sensor elements and their reports (EPCIS 2.0 section 7.3.7).
    pub const SENSOR: Self = Self("EPCIS 2.0 §7.3.7");
    /// Instance or lot master data: namespaced, and only where objects begin (EPCIS 2.0 section 7.3.8).
    pub const ILMD: Self = Self("EPCIS 2.0 §7.3.8");
    /// The five event types (EPCIS 2.0 section 7.4).
    pub const EVENT_TYPE: Self = Self("EPCIS 2.0 §7.4");
    /// What every event has: error declaration (EPCIS 2.0 section 7.4.1).
    pub const EVENT: Self = Self("EPCIS 2.0 §7.4.1");
    /// Object events (EPCIS 2.0 section 7.4.2).
    pub const OBJECT_EVENT: Self = Self("EPCIS 2.0 §7.4.2");
    /// Aggregation events; the parent may be left out only with `OBSERVE` (EPCIS 2.0 section 7.4.3).
    pub const AGGREGATION_EVENT: Self = Self("EPCIS 2.0 §7.4.3");
    /// Transaction events (EPCIS 2.0 section 7.4.4).
    pub const TRANSACTION_EVENT: Self = Self("EPCIS 2.0 §7.4.4");
    /// Transformation events (EPCIS 2.0 section 7.4.5).
    pub const TRANSFORMATION_EVENT: Self = Self("EPCIS 2.0 §7.4.5");
    /// Association events (EPCIS 2.0 section 7.4.6).
    pub const ASSOCIATION_EVENT: Self = Self("EPCIS 2.0 §7.4.6");

    /// The rule that a word is one of `vocabulary`, written bare, or a URI of one's own.
    pub const fn word(vocabulary: Vocabulary) -> Self {
        Self(match vocabulary {
            Vocabulary::BizStep => "CBV 2.0 §7.1",
            Vocabulary::Disposition => "CBV 2.0 §7.2",
            Vocabulary::BizTransactionType => "CBV 2.0 §7.3",
            Vocabulary::SourceDestinationType => "CBV 2.0 §7.4",
            Vocabulary::ErrorReason => "CBV 2.0 §7.5",
            Vocabulary::Component => "CBV 2.0 §7.6",
            Vocabulary::MeasurementType => "GS1 Web Vocabulary, MeasurementType",
            Vocabulary::SensorAlert => "GS1 Web Vocabulary, SensorAlertType",
        })
    }

    /// The name of the rule.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
