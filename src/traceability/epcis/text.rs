//! From text to JSON: what no later step could see, or could not stand, is refused here.
//!
//! Start at [`parse_json`]. Nothing in this module calls itself, so no text can use up the stack.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::rule::Rule;
use super::uri::shortened;
use super::violation::{Fault, Violations};

/// How deep lists and objects may stand in each other; an event of all fields of the standard needs nine levels.
pub const MAX_DEPTH: usize = 100;

/// How many bytes a document may have: a thousand events with all fields of the standard, and room for extensions.
pub const MAX_BYTES: usize = 8 << 20;

/// Reads a text as JSON. Refused are, besides what is not JSON: more than [`MAX_BYTES`], nesting beyond [`MAX_DEPTH`],
/// and a name that stands twice in an object, since one of the two values would be lost.
pub fn parse_json(text: &str) -> Result<Value, Violations> {
    if text.len() > MAX_BYTES {
        let message = format!("has {} bytes, more than {MAX_BYTES}", text.len());
        return Err(Violations::single("$", Fault::new(Rule::SIZE, message)));
    }
    if depth_of_text(text) > MAX_DEPTH {
        return Err(too_deep());
    }
    let value = serde_json::from_str(text)
        .map_err(|error| Violations::single("$", Fault::new(Rule::JSON, format!("is not JSON: {error}"))))?;
    match repeated_name(text) {
        Some(path) => Err(Violations::single(path, Fault::new(Rule::UNIQUE_NAMES, "stands in the same object twice"))),
        None => Ok(value),
    }
}

/// Refuses a value whose lists and objects stand deeper in each other than [`MAX_DEPTH`].
pub(super) fn check_nesting(value: &Value) -> Result<(), Violations> {
    let is_container = |value: &&Value| value.is_array() || value.is_object();
    let mut open = vec![(value, 1)];
    while let Some((value, depth)) = open.pop() {
        if depth > MAX_DEPTH {
            return Err(too_deep());
        }
        match value {
            Value::Array(items) => open.extend(items.iter().filter(is_container).map(|item| (item, depth + 1))),
            Value::Object(map) => open.extend(map.values().filter(is_container).map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(())
}

fn too_deep() -> Violations {
    let message = format!("lists and objects stand more than {MAX_DEPTH} levels deep in each other");
    Violations::single("$", Fault::new(Rule::NESTING, message))
}

/// The parts of a JSON text that give it its structure.
enum Mark<'a> {
    Open(u8),
    Close,
    Comma,
    /// A string without its quotes, escapes unread, and whether a colon follows.
    Text(&'a str, bool),
}

/// Walks over a text that may or may not be JSON.
struct Marks<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Marks<'a> {
    type Item = Mark<'a>;

    fn next(&mut self) -> Option<Mark<'a>> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => return Some(Mark::Open(byte)),
                b'}' | b']' => return Some(Mark::Close),
                b',' => return Some(Mark::Comma),
                b'"' => {
                    let start = self.at;
                    while let Some(&byte) = bytes.get(self.at).filter(|byte| **byte != b'"') {
                        self.at += if byte == b'\\' { 2 } else { 1 };
                    }
                    let end = self.at.min(bytes.len());
                    self.at = end + 1;
                    let after = bytes.get(self.at..).unwrap_or_default();
                    let is_name = after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                    return Some(Mark::Text(self.text.get(start..end).unwrap_or_default(), is_name));
                }
                _ => {}
            }
        }
        None
    }
}

fn depth_of_text(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for mark in (Marks { text, at: 0 }) {
        match mark {
            Mark::Open(_) => depth += 1,
            Mark::Close => depth = depth.saturating_sub(1),
            Mark::Comma | Mark::Text(..) => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

/// An object or list that is being walked over.
enum Level<'a> {
    Object { names: HashSet<Cow<'a, str>>, current: Cow<'a, str> },
    List { index: usize },
}

/// The path of the first name that stands twice in its object, in a text that is JSON.
fn repeated_name(text: &str) -> Option<String> {
    let mut levels: Vec<Level<'_>> = Vec::new();
    for mark in (Marks { text, at: 0 }) {
        match (mark, levels.last_mut()) {
            (Mark::Open(b'{'), _) => levels.push(Level::Object { names: HashSet::new(), current: Cow::Borrowed("") }),
            (Mark::Open(_), _) => levels.push(Level::List { index: 0 }),
            (Mark::Close, _) => drop(levels.pop()),
            (Mark::Comma, Some(Level::List { index })) => *index += 1,
            (Mark::Text(raw, true), Some(Level::Object { names, current })) => {
                *current = unescaped(raw);
                if !names.insert(current.clone()) {
                    return Some(path_of(&levels));
                }
            }
            _ => {}
        }
    }
    None
}

/// A name as it is meant: `\u0061` is `a`.
fn unescaped(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    serde_json::from_str(&format!("\"{raw}\"")).map_or(Cow::Borrowed(raw), Cow::Owned)
}

fn path_of(levels: &[Level<'_>]) -> String {
    levels.iter().fold("$".to_owned(), |path, level| match level {
        Level::Object { current, .. } => format!("{path}.{}", shortened(current)),
        Level::List { index } => format!("{path}[{index}]"),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(text: &str) -> (String, Rule) {
        let found = parse_json(text).unwrap_err();
        (found.as_slice()[0].path.clone(), found.as_slice()[0].rule)
    }

    #[test]
    fn nesting_has_a_limit_and_says_so() {
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = |levels: usize| format!("{}1{}", open.repeat(levels), close.repeat(levels));
            assert!(parse_json(&nested(MAX_DEPTH)).is_ok());
            assert_eq!(refusal(&nested(MAX_DEPTH + 1)), ("$".to_owned(), Rule::NESTING));
            let found = parse_json(&nested(10_000)).unwrap_err();
            assert!(found.to_string().contains("more than 100 levels deep"), "{found}");
            // Neither closed nor JSON: still no stack is used up.
            assert_eq!(refusal(&open.repeat(1_000_000)).1, Rule::NESTING);
        }
        // Brackets inside a text do not count.
        assert!(parse_json(&format!("\"{}\\\"\"", "[".repeat(1000))).is_ok());
    }

    #[test]
    fn nesting_of_a_value_is_counted_as_in_its_text() {
        let nested = |levels: usize| format!("{}1{}", "[".repeat(levels), "]".repeat(levels));
        for (levels, fits) in [(MAX_DEPTH, true), (MAX_DEPTH + 1, false)] {
            let value: Value = serde_json::from_str(&nested(levels)).unwrap();
            assert_eq!(check_nesting(&value).is_ok(), fits, "{levels}");
        }
    }

    #[test]
    fn a_name_that_stands_twice_is_found_where_it_is() {
        for (text, path) in [
            (r#"{"a": 1, "a": 1}"#, "$.a"),
            (r#"{"x": [{"a": 1}, {"b": {"a": "}"}, "\u0062": 2}]}"#, "$.x[1].b"),
            (r#"[0, [1, 2, {"a\"": 1, "c": [], "a\"" : 2}]]"#, "$[1][2].a\""),
        ] {
            assert_eq!(refusal(text), (path.to_owned(), Rule::UNIQUE_NAMES), "{text}");
        }
        for text in [r#"{"a": {"a": {"a": "a"}}, "b": ["a", "a", {"a": 1}, {"a": 1}]}"#, "[]", "1", "\"a\"", "{}"] {
            assert!(parse_json(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_told_with_its_line() {
        assert_eq!(refusal("{\"a\": }"), ("$".to_owned(), Rule::JSON));
        assert!(parse_json("{\n\"a\": }").unwrap_err().to_string().contains("line 2"));
        assert_eq!(refusal("").1, Rule::JSON);
        assert_eq!(refusal("\"\\").1, Rule::JSON);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[\\[\\]{}:,\"\\\\ aé01]{0,60}|\\PC{0,40}") {
            let _ = parse_json(&text);
            let _ = repeated_name(&text);
        }
    }
}
