//! A crawler: from a few addresses it follows every link, form by GET, picture, style sheet and script that this
//! site's pages name, and holds each page in both languages against the rules of [`super::html`].

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use sanvat::web::i18n::Lang;

use super::html;
use super::visitor::Visitor;

/// How many addresses of one shape (`/san-pham/*`) are opened.
const OF_ONE_SHAPE: usize = 3;

/// What a crawl found.
#[derive(Debug, Default)]
pub struct Report {
    /// Addresses that answered, with their status.
    pub visited: BTreeMap<String, u16>,
    /// What is wrong, each once, with where it was met.
    pub faults: BTreeMap<String, String>,
    /// Addresses of pages that show the words looked for, as text.
    pub shown: BTreeSet<String>,
}

struct Link {
    to: String,
    from: String,
}

/// Opens everything that can be reached from `starts`.
pub async fn crawl(visitor: &Visitor, starts: &[&str]) -> Report {
    crawl_for(visitor, starts, "").await
}

/// As [`crawl`], looking for words.
pub async fn crawl_for(visitor: &Visitor, starts: &[&str], words: &str) -> Report {
    let mut report = Report::default();
    let mut seen: HashSet<String> = HashSet::new();
    let mut shapes: HashMap<String, usize> = HashMap::new();
    let mut queue: VecDeque<Link> =
        starts.iter().map(|to| Link { to: (*to).to_owned(), from: "the start".to_owned() }).collect();
    while let Some(link) = queue.pop_front() {
        if !seen.insert(link.to.clone()) {
            continue;
        }
        let count = shapes.entry(shape(&link.to)).or_default();
        *count += 1;
        if *count > OF_ONE_SHAPE {
            continue;
        }
        for lang in Lang::ALL {
            let more = open(visitor, &link, lang, words, &mut report).await;
            queue.extend(more.into_iter().filter(|to| !seen.contains(to)).map(|to| Link { to, from: link.to.clone() }));
        }
    }
    report
}

/// Opens one address in one language; returns what it links to.
async fn open(visitor: &Visitor, link: &Link, lang: Lang, words: &str, report: &mut Report) -> Vec<String> {
    let between = if link.to.contains('?') { '&' } else { '?' };
    let page = visitor.get(&format!("{}{between}lang={}", link.to, lang.tag())).await;
    let path = page.url().path().to_owned();
    report.visited.insert(link.to.clone(), page.code());
    let mut fault = |what: String| {
        report.faults.entry(what).or_insert_with(|| format!("{} [{}], linked from {}", link.to, lang.tag(), link.from));
    };
    if page.code() != 200 {
        fault(format!("{path} answered {}", page.code()));
    }
    if !page.is_html() {
        return Vec::new();
    }
    if !words.is_empty() && page.text("body").contains(words) {
        report.shown.insert(link.to.clone());
    }
    for what in html::faults(&page, lang) {
        fault(what);
    }
    for own in ["link[rel=canonical]", "link[hreflang]"] {
        for address in page.attrs(own, "href") {
            if !address.contains("://") {
                fault(format!("{own} is no whole address: {address}"));
            }
        }
    }
    let mut more = Vec::new();
    for (css, attribute) in [
        ("a[href]", "href"),
        ("link[rel=icon], link[rel=stylesheet], link[rel=manifest]", "href"),
        ("img[src], script[src], source[src]", "src"),
        ("form:not([method=post])", "action"),
    ] {
        more.extend(page.attrs(css, attribute).iter().filter_map(|to| local(visitor, &page, to)));
    }
    for set in page.attrs("img[srcset], source[srcset]", "srcset") {
        more.extend(set.split(',').filter_map(|one| local(visitor, &page, one.split_whitespace().next()?)));
    }
    more
}

/// Path and query of a link to this site, without language and fragment; None for other sites.
fn local(visitor: &Visitor, page: &super::Page, to: &str) -> Option<String> {
    let url = page.url().join(to).ok()?;
    if url.origin() != visitor.resolve("/").origin() {
        return None;
    }
    let query: Vec<String> = url
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("lang="))
        .map(str::to_owned)
        .collect();
    let path = url.path();
    Some(if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) })
}

/// An address with its ids taken out: `/san-pham/vai-thieu-0abc1234?trang=2` → `/san-pham/*?trang`.
fn shape(address: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let segments: Vec<&str> = path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    let mut names: Vec<&str> = query.split('&').filter_map(|pair| pair.split('=').next()).collect();
    names.sort_unstable();
    format!("{}?{}", segments.join("/"), names.join("&"))
}

fn is_id(part: &str) -> bool {
    let is_number = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let is_code = part.len() >= 12 && part.bytes().any(|b| b.is_ascii_digit());
    is_number || is_code || sanvat::ids::short_of(part).is_some_and(|short| short.bytes().any(|b| b.is_ascii_digit()))
}
