//! Who opens a label's page, as little as needs knowing: the kind of device, where they came from, whether it
//! is a person at all, and a hash that tells two visitors of one day apart and nobody from anybody.

use std::net::IpAddr;
use std::sync::Arc;

use http::{HeaderMap, header};
use sha2::{Digest, Sha256};

use crate::db::words;

words! {
    /// Kind of device.
    Device {
        /// A phone.
        Phone = "phone": "Điện thoại" / "Phone",
        /// A tablet.
        Tablet = "tablet": "Máy tính bảng" / "Tablet",
        /// A computer.
        Desktop = "desktop": "Máy tính" / "Computer",
        /// Not told.
        Other = "other": "Khác" / "Other",
    }
}

words! {
    /// Where a visitor came from.
    Referrer {
        /// From the label itself, a typed address or this site.
        Direct = "direct": "Quét hoặc gõ" / "Scanned or typed",
        /// A search engine.
        Search = "search": "Tìm kiếm" / "Search",
        /// A social network or chat.
        Social = "social": "Mạng xã hội" / "Social network",
        /// Another site.
        Other = "other": "Trang khác" / "Another site",
    }
}

/// What programs that are no person call themselves. Chat programs fetch a page to draw a preview of its
/// link; libraries and monitors say their name or nothing.
const ROBOTS: [&str; 34] = [
    "bot",
    "crawl",
    "spider",
    "slurp",
    "preview",
    "facebookexternalhit",
    "facebookcatalog",
    "meta-external",
    "whatsapp/",
    "skypeuripreview",
    "viber",
    "embedly",
    "pinterest",
    "vkshare",
    "w3c_validator",
    "validator",
    "lighthouse",
    "headless",
    "pagespeed",
    "uptime",
    "monitor",
    "pingdom",
    "curl",
    "wget",
    "python",
    "go-http",
    "java/",
    "okhttp",
    "axios",
    "node-fetch",
    "undici",
    "libwww",
    "httpclient",
    "postman",
];
const SEARCH: [&str; 7] = ["google.", "bing.", "coccoc.", "duckduckgo.", "yahoo.", "yandex.", "baidu."];
const SOCIAL: [&str; 12] = [
    "facebook.",
    "fb.",
    "messenger.",
    "zalo.",
    "tiktok.",
    "instagram.",
    "youtube.",
    "t.co",
    "twitter.",
    "x.com",
    "t.me",
    "telegram.",
];

/// Kind of device by its user agent.
pub fn device(agent: &str) -> Device {
    let agent = agent.to_ascii_lowercase();
    let has = |part: &str| agent.contains(part);
    if has("ipad") || has("tablet") || (has("android") && !has("mobile")) {
        Device::Tablet
    } else if has("mobi") || has("iphone") || has("android") {
        Device::Phone
    } else if has("windows") || has("macintosh") || has("x11") || has("cros") {
        Device::Desktop
    } else {
        Device::Other
    }
}

/// Kind of the page that the visitor came from; `own_host` is this site.
pub fn referrer(url: &str, own_host: &str) -> Referrer {
    let host = url.split("://").nth(1).unwrap_or_default().split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let of = |names: &[&str]| names.iter().any(|name| host.starts_with(name) || host.contains(&format!(".{name}")));
    if host.is_empty() || host == own_host.to_ascii_lowercase() {
        Referrer::Direct
    } else if of(&SEARCH) {
        Referrer::Search
    } else if of(&SOCIAL) {
        Referrer::Social
    } else {
        Referrer::Other
    }
}

/// False for crawlers, link previews and programs.
pub fn is_person(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    // Zalo's own browser names a mobile system; its preview fetcher does not.
    let zalo_preview = agent.contains("zalo") && !agent.contains("mobile") && !agent.contains("windows");
    !agent.trim().is_empty() && !zalo_preview && !ROBOTS.iter().any(|name| agent.contains(name))
}

/// True for a page that a browser fetches before anybody asked for it.
pub fn is_prefetch(headers: &HeaderMap) -> bool {
    ["sec-purpose", "purpose", "x-moz"].iter().any(|name| {
        let value = headers.get(*name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.contains("prefetch") || value.contains("preview") || value.contains("prerender")
    })
}

/// The visitor's hash: from the day's salt, the address and the user agent, none of which is kept. 128 bits, hex.
pub fn hash(salt: &str, address: IpAddr, agent: &str) -> Arc<str> {
    let digest = Sha256::new()
        .chain_update(salt.as_bytes())
        .chain_update([0])
        .chain_update(address.to_string().as_bytes())
        .chain_update([0])
        .chain_update(agent.as_bytes())
        .finalize();
    data_encoding::HEXLOWER.encode(&digest[..16]).into()
}

/// The user agent, cut to what a browser's needs.
pub fn agent(headers: &HeaderMap) -> &str {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    agent.get(..400).unwrap_or(agent)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANDROID: &str = "Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Mobile Safari/537.36";
    const TABLET: &str = "Mozilla/5.0 (Linux; Android 12; SM-T500) AppleWebKit/537.36 Chrome/120.0 Safari/537.36";
    const IPHONE: &str =
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Zalo iOS/540";
    const DESK: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36";

    #[test]
    fn devices_are_told_by_their_agents() {
        assert_eq!(device(ANDROID), Device::Phone);
        assert_eq!(device(TABLET), Device::Tablet);
        assert_eq!(device(IPHONE), Device::Phone);
        assert_eq!(device(DESK), Device::Desktop);
        assert_eq!(device(""), Device::Other);
    }

    #[test]
    fn previews_and_programs_are_no_people() {
        for agent in [ANDROID, TABLET, IPHONE, DESK] {
            assert!(is_person(agent), "{agent}");
        }
        for agent in [
            "",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "TelegramBot (like TwitterBot)",
            "WhatsApp/2.23.20.0 A",
            "ZaloPreview/1.0",
            "curl/8.5.0",
            "python-requests/2.31",
        ] {
            assert!(!is_person(agent), "{agent}");
        }
    }

    #[test]
    fn visitors_come_from_a_label_a_search_a_chat_or_elsewhere() {
        let from = |url| referrer(url, "sanvat.example");
        assert_eq!(from(""), Referrer::Direct);
        assert_eq!(from("https://sanvat.example/t"), Referrer::Direct);
        assert_eq!(from("https://www.google.com.vn/"), Referrer::Search);
        assert_eq!(from("https://m.facebook.com/story"), Referrer::Social);
        assert_eq!(from("https://chat.zalo.me/"), Referrer::Social);
        assert_eq!(from("https://notgoogle.example/"), Referrer::Other);
    }

    #[test]
    fn a_visitor_cannot_be_followed_over_days() {
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let today = hash("salt of today", address, ANDROID);
        assert_eq!(today, hash("salt of today", address, ANDROID));
        assert_ne!(today, hash("salt of tomorrow", address, ANDROID));
        assert_ne!(today, hash("salt of today", "203.0.113.8".parse().unwrap(), ANDROID));
        assert_ne!(today, hash("salt of today", address, DESK));
        assert_eq!(today.len(), 32);
    }

    #[test]
    fn what_a_browser_fetches_ahead_is_no_scan() {
        let mut headers = HeaderMap::new();
        assert!(!is_prefetch(&headers));
        headers.insert("sec-purpose", "prefetch;prerender".parse().unwrap());
        assert!(is_prefetch(&headers));
    }
}
