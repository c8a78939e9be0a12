//! The `@context` of a document or event: checked for its form, kept as given, never fetched.

use std::collections::HashSet;

use serde_json::Value;

use super::super::hash::canonical_number;
use super::reader::{kind_of, parsed};
use super::rule::Rule;
use super::uri::Uri;
use super::violation::Violations;

/// Notes what is wrong with a context: it is a URI, a map of terms, or a list of those without repeats.
pub(super) fn check_context(context: &Value, path: &str, found: &mut Violations) {
    let Value::Array(parts) = context else {
        check_part(context, path, found);
        return;
    };
    let mut seen = HashSet::new();
    for (index, part) in parts.iter().enumerate() {
        let path = format!("{path}[{index}]");
        check_part(part, &path, found);
        if !seen.insert(canonical_text(part)) {
            found.add(path, Rule::CONTEXT, "stands in the list twice");
        }
    }
}

fn check_part(part: &Value, path: &str, found: &mut Violations) {
    match part {
        Value::Object(_) => {}
        Value::String(uri) => drop(parsed(Uri::parse(uri), path, found)),
        other => found.add(path, Rule::CONTEXT, format!("expected a URI or an object, found {}", kind_of(other))),
    }
}

/// A text that two values share exactly when they are equal: order of keys and spelling of numbers do not count.
fn canonical_text(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut fields: Vec<String> =
                map.iter().map(|(key, value)| format!("{key:?}:{}", canonical_text(value))).collect();
            fields.sort_unstable();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical_text).collect();
            format!("[{}]", items.join(","))
        }
        Value::String(text) => format!("{text:?}"),
        Value::Number(number) => {
            let text = number.to_string();
            canonical_number(&text).unwrap_or(text)
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn violations(context: Value) -> usize {
        let mut found = Violations::default();
        check_context(&context, "$.@context", &mut found);
        found.len()
    }

    #[test]
    fn a_context_is_a_uri_a_map_or_a_list_of_them() {
        for good in
            [json!("https://a.example/c"), json!({}), json!([]), json!(["https://a.example/c", {"ex": "urn:x:"}])]
        {
            assert_eq!(violations(good.clone()), 0, "{good}");
        }
        for bad in [json!(null), json!("context"), json!(1), json!([["https://a.example/c"]]), json!([null])] {
            assert_eq!(violations(bad.clone()), 1, "{bad}");
        }
    }

    #[test]
    fn no_part_stands_twice_however_it_is_written() {
        assert_eq!(violations(json!(["urn:a", "urn:b", "urn:a"])), 1);
        let written: Value = serde_json::from_str(r#"[{"a": 1.0, "b": [2]}, {"b": [2e0], "a": 1}]"#).unwrap();
        assert_eq!(violations(written), 1);
    }
}
