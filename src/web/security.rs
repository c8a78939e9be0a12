//! Requests from other sites are refused, and the usual headers are set on every answer.

use http::{HeaderMap, HeaderValue, Method, header};

use super::error::AppError;

/// No inline script or style, nothing from elsewhere.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'";

/// Refuses a changing request that a page of another site sent. Browsers say where a form comes from by
/// `Sec-Fetch-Site` or `Origin`; a program that sends neither carries no cookie of a visitor's browser.
pub fn check_same_site(method: &Method, headers: &HeaderMap, has_session: bool) -> Result<(), AppError> {
    if matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return if matches!(site, "same-origin" | "none") { Ok(()) } else { Err(AppError::CrossSite) };
    }
    let host = text("host").unwrap_or_default();
    let same = |url: &str| {
        url.split("://")
            .nth(1)
            .is_some_and(|rest| rest.split('/').next().unwrap_or_default().eq_ignore_ascii_case(host))
    };
    match (text("origin"), text("referer")) {
        (Some(origin), _) => {
            if same(origin) {
                Ok(())
            } else {
                Err(AppError::CrossSite)
            }
        }
        (None, Some(referer)) => {
            if same(referer) {
                Ok(())
            } else {
                Err(AppError::CrossSite)
            }
        }
        (None, None) if has_session => Err(AppError::CrossSite),
        (None, None) => Ok(()),
    }
}

/// Sets the headers of every answer; a handler's own value stays.
pub fn set_headers(headers: &mut HeaderMap, https: bool) {
    let mut set = |name: header::HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    set(header::CONTENT_SECURITY_POLICY, CSP);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::X_FRAME_OPTIONS, "DENY");
    set(header::REFERRER_POLICY, "same-origin");
    set(header::HeaderName::from_static("permissions-policy"), "camera=(self), geolocation=(), microphone=()");
    set(header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(header::CACHE_CONTROL, "no-store");
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (header::HeaderName::from_static(n), HeaderValue::from_static(v))).collect()
    }

    #[test]
    fn a_form_of_another_site_is_refused() {
        let check = |pairs: &[(&'static str, &'static str)], session| {
            check_same_site(&Method::POST, &headers(pairs), session).is_ok()
        };
        assert!(check(&[("host", "a.vn"), ("sec-fetch-site", "same-origin")], true));
        assert!(!check(&[("host", "a.vn"), ("sec-fetch-site", "cross-site")], true));
        assert!(!check(&[("host", "a.vn"), ("sec-fetch-site", "same-site")], true));
        assert!(check(&[("host", "a.vn"), ("origin", "https://a.vn")], true));
        assert!(check(&[("host", "a.vn:8080"), ("origin", "http://a.vn:8080")], true));
        assert!(!check(&[("host", "a.vn"), ("origin", "https://a.vn.evil.example")], true));
        assert!(!check(&[("host", "a.vn"), ("origin", "null")], true));
        assert!(check(&[("host", "a.vn"), ("referer", "https://a.vn/x")], true));
        assert!(!check(&[("host", "a.vn")], true));
        assert!(check(&[("host", "a.vn")], false));
        assert!(check_same_site(&Method::GET, &headers(&[("sec-fetch-site", "cross-site")]), true).is_ok());
    }
}
