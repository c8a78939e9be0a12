//! The small types that EPCIS events are made of: vocabulary words, times, actions, event types.
//!
//! Each keeps the text it was read from, because an event is stored and given back exactly as accepted.

use std::fmt;

use serde_json::Value;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::rule::Rule;
use super::uri::{is_uri, shortened};
use super::violation::Fault;
use super::vocabulary::Vocabulary;

/// A standard word of a [`Vocabulary`], written bare, or a URI of one's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    /// Reads a word of `vocabulary`; a bare word that is not standard is refused.
    pub fn parse(text: &str, vocabulary: Vocabulary) -> Result<Self, Fault> {
        if vocabulary.contains(text) {
            return Ok(Self(text.to_owned()));
        }
        let fault = |what: &str| {
            let message = format!("`{}` {what} ({vocabulary:?})", shortened(text));
            Err(Fault::new(Rule::word(vocabulary), message))
        };
        if !is_uri(text) {
            return fault("is neither a standard word nor a URI");
        }
        if vocabulary.must_be_bare(text) {
            return fault("is of the standard vocabulary, whose words are written bare");
        }
        Ok(Self(text.to_owned()))
    }

    /// The word or URI as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&Word> for Value {
    fn from(word: &Word) -> Self {
        Value::String(word.0.clone())
    }
}

/// A point in time with its zone, and the text it was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    text: String,
    instant: OffsetDateTime,
}

impl Timestamp {
    /// Reads a time that is both RFC 3339 and `xsd:dateTimeStamp` (EPCIS 2.0 section 7.3.1).
    ///
    /// Without a zone it is refused; so is what only one of the two allows: `t` and `z`, a blank for the `T`, a leap
    /// second, 24:00.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let bytes = text.as_bytes();
        let is_written_so = bytes.get(10) == Some(&b'T') && bytes.get(17) != Some(&b'6') && !text.ends_with('z');
        let instant = OffsetDateTime::parse(text, &Rfc3339).ok().filter(|_| is_written_so);
        let fault = || {
            let what =
                format!("`{}` is not a date and time with its zone (2026-06-14T16:20:00+07:00)", shortened(text));
            Fault::new(Rule::TIME, what)
        };
        Ok(Self { text: text.to_owned(), instant: instant.ok_or_else(fault)? })
    }

    /// Writes `instant` in its own zone, with milliseconds only when it has any; finer parts are cut off.
    pub fn from_instant(instant: OffsetDateTime) -> Self {
        let millis = instant.millisecond();
        let instant = instant.replace_millisecond(millis).unwrap_or(instant);
        let fraction = if millis == 0 { String::new() } else { format!(".{millis:03}") };
        let text = format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{fraction}{}",
            instant.year(),
            u8::from(instant.month()),
            instant.day(),
            instant.hour(),
            instant.minute(),
            instant.second(),
            ZoneOffset::of(instant),
        );
        Self { text, instant }
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The point in time.
    pub fn instant(&self) -> OffsetDateTime {
        self.instant
    }
}

impl From<&Timestamp> for Value {
    fn from(time: &Timestamp) -> Self {
        Value::String(time.text.clone())
    }
}

/// The offset from UTC at the place of the event, `+07:00`; −13:59 to +14:00 (EPCIS 2.0 JSON schema).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneOffset(String);

impl ZoneOffset {
    /// Reads `±hh:mm`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let bytes = text.as_bytes();
        let shaped = bytes.len() == 6
            && matches!(bytes[0], b'+' | b'-')
            && bytes[3] == b':'
            && [1, 2, 4, 5].iter().all(|&i| bytes[i].is_ascii_digit());
        let valid = shaped && (&text[1..] == "14:00" || (&text[1..3] <= "13" && &text[4..6] <= "59"));
        if valid {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(Rule::WHEN, format!("`{}` is not an offset such as +07:00", shortened(text))))
    }

    /// The offset that `instant` is written in.
    pub fn of(instant: OffsetDateTime) -> Self {
        let offset = instant.offset();
        let sign = if offset.is_negative() { '-' } else { '+' };
        let (hours, minutes, _) = offset.as_hms();
        Self(format!("{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs()))
    }

    /// The offset as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where an event stands in the life of its objects (EPCIS 2.0 section 7.3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Action {
    /// The objects or the relation come into being.
    Add,
    /// They were seen, nothing began or ended.
    Observe,
    /// They end.
    Delete,
}

impl Action {
    /// Reads `ADD`, `OBSERVE` or `DELETE`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text {
            "ADD" => Ok(Self::Add),
            "OBSERVE" => Ok(Self::Observe),
            "DELETE" => Ok(Self::Delete),
            other => {
                let message = format!("`{}` is not an action: ADD, OBSERVE or DELETE", shortened(other));
                Err(Fault::new(Rule::ACTION, message))
            }
        }
    }

    /// The word of the standard.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "ADD",
            Self::Observe => "OBSERVE",
            Self::Delete => "DELETE",
        }
    }
}

/// The five event types of EPCIS 2.0 (section 7.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum EventType {
    /// Something happened to objects or to quantities of a class.
    ObjectEvent,
    /// Objects were put into or taken out of a container.
    AggregationEvent,
    /// Objects were bound to a business document.
    TransactionEvent,
    /// Inputs were used up and outputs came into being.
    TransformationEvent,
    /// An object was bound to a place or asset, such as a sensor.
    AssociationEvent,
}

impl EventType {
    /// Reads the value of `type`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "ObjectEvent" => Self::ObjectEvent,
            "AggregationEvent" => Self::AggregationEvent,
            "TransactionEvent" => Self::TransactionEvent,
            "TransformationEvent" => Self::TransformationEvent,
            "AssociationEvent" => Self::AssociationEvent,
            _ => return None,
        })
    }

    /// The value of `type`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ObjectEvent => "ObjectEvent",
            Self::AggregationEvent => "AggregationEvent",
            Self::TransactionEvent => "TransactionEvent",
            Self::TransformationEvent => "TransformationEvent",
            Self::AssociationEvent => "AssociationEvent",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_within_the_zones_of_the_world() {
        for good in ["+07:00", "-13:59", "+14:00", "+00:00"] {
            assert!(ZoneOffset::parse(good).is_ok(), "{good}");
        }
        for bad in ["+14:01", "7:00", "+07:60", "+0700", "Z", "+1a:00", "é7:00"] {
            assert!(ZoneOffset::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_time_without_zone_is_refused() {
        assert!(Timestamp::parse("2026-06-14T16:20:00").is_err());
        assert!(Timestamp::parse("2026-02-31T16:20:00Z").is_err());
        assert!(Timestamp::parse("2026-06-14T16:20:00+07:00").is_ok());
        assert!(Timestamp::parse("2026-06-14T16:20:00.123456789012345Z").is_ok());
    }

    #[test]
    fn a_time_is_written_as_both_standards_have_it() {
        for text in [
            "2026-06-14 16:20:00Z",
            "2026-06-14x16:20:00Z",
            "2026-06-14t16:20:00Z",
            "2026-06-14T16:20:00z",
            "2026-06-14T16:20:00.Z",
            "2026-06-14T24:00:00Z",
            "2026-06-30T23:59:60Z",
            "2026-06-14T16:20Z",
            "2026-06-14T16:20:00+0700",
            "2026-06-14",
            "+2026-06-14T16:20:00Z",
            "",
            "2026-06-14é6:20:00Z",
        ] {
            assert_eq!(Timestamp::parse(text).unwrap_err().rule, Rule::TIME, "{text}");
        }
    }

    #[test]
    fn a_written_time_reads_back_as_itself() {
        for text in ["2026-06-14T16:20:00+07:00", "2026-06-14T16:20:00.045-03:30"] {
            let read = Timestamp::parse(text).unwrap();
            assert_eq!(Timestamp::from_instant(read.instant()).as_str(), text);
        }
    }

    #[test]
    fn a_word_is_standard_or_a_uri() {
        assert!(Word::parse("packing", Vocabulary::BizStep).is_ok());
        assert!(Word::parse("https://example.com/step", Vocabulary::BizStep).is_ok());
        assert!(Word::parse("transforming", Vocabulary::BizStep).is_err());
        assert!(Word::parse("urn:epcglobal:cbv:bizstep:packing", Vocabulary::BizStep).is_err());
    }
}
