//! The address of a producer's own web page, as people type it.

use crate::web::i18n::Lang;

/// Longest address kept, in characters.
const LONGEST: usize = 300;

/// Why an address could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebsiteError {
    /// No host name with a dot, a space inside, or the like.
    #[error("not a web address")]
    Shape,
    /// Such as `javascript:` or `mailto:`.
    #[error("neither http nor https")]
    Scheme,
    /// More than 300 characters.
    #[error("too long")]
    TooLong,
}

impl WebsiteError {
    /// What to tell the person.
    pub fn say(self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::Shape => (
                "Địa chỉ trang web chưa đúng. Ví dụ: facebook.com/vuonmau",
                "This is not a web address. For example: facebook.com/garden",
            ),
            Self::Scheme => (
                "Địa chỉ trang web phải bắt đầu bằng http:// hoặc https://",
                "A web address begins with http:// or https://",
            ),
            Self::TooLong => {
                ("Địa chỉ dài quá 300 chữ. Chỉ chép phần đầu.", "The address has more than 300 characters.")
            }
        };
        lang.pick(vi, en).to_owned()
    }
}

/// Reads an address, with or without `https://`; the result always begins with `http://` or `https://`.
pub fn parse(text: &str) -> Result<String, WebsiteError> {
    let text = text.trim();
    if text.chars().count() > LONGEST {
        return Err(WebsiteError::TooLong);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("http") => ("http", rest),
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("https") => ("https", rest),
        Some(_) => return Err(WebsiteError::Scheme),
        None => ("https", text),
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, tail) = rest.split_at(end);
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    if let Some(port) = port
        && port.parse::<u16>().is_err()
    {
        // `mailto:a@b` and `javascript:x` look like a host and its port.
        return Err(WebsiteError::Scheme);
    }
    let label = |part: &str| {
        !part.is_empty()
            && !part.starts_with('-')
            && !part.ends_with('-')
            && part.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let last_is_name = host.rsplit('.').next().is_some_and(|part| part.chars().any(char::is_alphabetic));
    if !host.contains('.') || !host.split('.').all(label) || !last_is_name {
        return Err(WebsiteError::Shape);
    }
    if tail.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '<' | '>' | '\\' | '`')) {
        return Err(WebsiteError::Shape);
    }
    Ok(format!("{scheme}://{}{tail}", authority.to_lowercase()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        assert_eq!(parse("facebook.com/VuonMau"), Ok("https://facebook.com/VuonMau".to_owned()));
        assert_eq!(parse(" HTTP://Vuon.Example:8080/a?b=c "), Ok("http://vuon.example:8080/a?b=c".to_owned()));
    }

    #[test]
    fn what_is_no_page_is_refused() {
        assert_eq!(parse("javascript:alert(1)"), Err(WebsiteError::Scheme));
        assert_eq!(parse("data://x.vn"), Err(WebsiteError::Scheme));
        assert_eq!(parse("mailto:a@b.vn"), Err(WebsiteError::Scheme));
        for text in ["vuon", "vườn mẫu.vn", "http://", "a..vn", "192.168.1.1", "x.vn/\"><script>", "a@b.vn"] {
            assert_eq!(parse(text), Err(WebsiteError::Shape), "{text}");
        }
        assert_eq!(parse(&"a".repeat(301)), Err(WebsiteError::TooLong));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_a_web_address(text in "\\PC{0,60}") {
            if let Ok(address) = parse(&text) {
                prop_assert!(address.starts_with("http://") || address.starts_with("https://"));
                prop_assert!(!address.contains(['"', '<', '>', ' ']));
                prop_assert_eq!(parse(&address), Ok(address.clone()));
            }
        }
    }
}
