//! URIs as RFC 3986 defines them, checked in full: what the `uri` format of the JSON schema refuses is refused here.

use std::fmt;
use std::net::Ipv6Addr;

use serde_json::Value;

use super::rule::Rule;
use super::violation::Fault;

/// A URI or CURIE with its scheme (RFC 3986, section 3), kept as written.
///
/// A CURIE such as `cbv:BizStep-packing` is, by its form alone, a URI whose scheme is the prefix.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uri(String);

impl Uri {
    /// Reads a URI; the fault says what is wrong in words fit for the sender.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        if is_uri(text) {
            return Ok(Self(text.to_owned()));
        }
        Err(Fault::new(Rule::URI, format!("`{}` is not a URI", shortened(text))))
    }

    /// The URI as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<&Uri> for Value {
    fn from(uri: &Uri) -> Self {
        Value::String(uri.0.clone())
    }
}

/// The start of a text that may be long, for a message.
pub(super) fn shortened(text: &str) -> String {
    const MOST: usize = 120;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// True for a URI with a scheme (RFC 3986, appendix A, rule `URI`).
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let (rest, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let (hierarchy, query) = rest.split_once('?').unwrap_or((rest, ""));
    let hierarchy_fits = match hierarchy.strip_prefix("//") {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            is_authority(authority) && made_of(path, is_path_char)
        }
        None => made_of(hierarchy, is_path_char),
    };
    let is_query_char = |byte: u8| is_path_char(byte) || byte == b'?';
    is_scheme(scheme) && hierarchy_fits && made_of(query, is_query_char) && made_of(fragment, is_query_char)
}

fn is_scheme(scheme: &str) -> bool {
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// `[user@]host[:port]`.
fn is_authority(authority: &str) -> bool {
    let (user, host_and_port) = authority.split_once('@').unwrap_or(("", authority));
    let (host_fits, port) = if let Some(rest) = host_and_port.strip_prefix('[') {
        let Some((literal, after)) = rest.split_once(']') else { return false };
        (is_ip_literal(literal), after.strip_prefix(':').or(after.is_empty().then_some("")))
    } else {
        let (host, port) = host_and_port.split_once(':').unwrap_or((host_and_port, ""));
        (made_of(host, is_name_char), Some(port))
    };
    made_of(user, |byte| is_name_char(byte) || byte == b':')
        && host_fits
        && port.is_some_and(|port| port.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What stands between the brackets of an IPv6 address or of a later version (`v1.…`).
fn is_ip_literal(literal: &str) -> bool {
    let Some(future) = literal.strip_prefix(['v', 'V']) else { return literal.parse::<Ipv6Addr>().is_ok() };
    future.split_once('.').is_some_and(|(version, address)| {
        !version.is_empty()
            && version.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !address.is_empty()
            && address.bytes().all(|byte| is_name_char(byte) || byte == b':')
    })
}

/// True when `text` holds only allowed bytes and whole `%hh` escapes.
fn made_of(text: &str, allowed: impl Fn(u8) -> bool) -> bool {
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        let fits = if byte == b'%' {
            let escape = (bytes.next(), bytes.next());
            matches!(escape, (Some(high), Some(low)) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
        } else {
            allowed(byte)
        };
        if !fits {
            return false;
        }
    }
    true
}

/// `unreserved` or `sub-delims`.
fn is_name_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+')
        || matches!(byte, b',' | b';' | b'=')
}

/// `pchar` or the slash between segments.
fn is_path_char(byte: u8) -> bool {
    is_name_char(byte) || matches!(byte, b':' | b'@' | b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_of_all_forms_are_read() {
        for text in [
            "urn:epc:id:sgtin:4012345.011111.9876%2F1",
            "https://id.gs1.org/01/09521141012345/21/2017?linkType=all&x=a/b#top",
            "ni:///sha-256;df7bb3c352fef055578554f09f5e2aa41782150ced7bd0b8af24dd3ccb30ba69?ver=CBV2.0",
            "geo:21.0285,105.8542",
            "mailto:someone@example.com",
            "http://user:pw@[2001:db8::1]:8080/a",
            "http://[v1.fe80:a]/",
            "ftp://",
            "cbv:BizStep-packing",
            "ex:",
        ] {
            assert!(is_uri(text), "{text}");
        }
    }

    #[test]
    fn what_rfc_3986_forbids_is_refused() {
        for text in [
            "",
            "shipping",
            ":a",
            "1a:b",
            "my_ns:name",
            "urn:a b",
            "urn:é",
            "urn:a%2",
            "urn:a%zz",
            "http://a:b:80/",
            "http://a:8x/",
            "http://[::1/",
            "http://[::1]x/",
            "http://[v.a]/",
            "http://a@b@c/",
            "urn:<a>",
            "urn:a#b#c",
            "urn:[a]",
            "@context",
            "#text",
        ] {
            assert!(!is_uri(text), "{text}");
        }
        assert!(Uri::parse(&"é".repeat(1000)).unwrap_err().message.len() < 400);
    }
}
