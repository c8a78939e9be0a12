//! [`Page`]: an answer, read as a person or a program reads it.

use std::fmt;

use reqwest::header::HeaderMap;
use reqwest::{Response, StatusCode, Url};
use scraper::{ElementRef, Html, Selector};

use super::form::Form;
use super::visitor::Visitor;

/// A whole answer.
#[derive(Clone)]
pub struct Page {
    status: StatusCode,
    url: Url,
    headers: HeaderMap,
    body: Vec<u8>,
    visitor: Visitor,
}

impl Page {
    pub(super) async fn read(response: Response, visitor: Visitor) -> Self {
        let (status, url, headers) = (response.status(), response.url().clone(), response.headers().clone());
        let body = response.bytes().await.expect("the whole answer").to_vec();
        Self { status, url, headers, body, visitor }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The status as a number.
    pub fn code(&self) -> u16 {
        self.status.as_u16()
    }

    /// Where it was found, after redirects.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Path and query of where it was found, after redirects.
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// A header's value; "" if it was not sent.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// Every header.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.body
    }

    /// The body as text.
    pub fn body(&self) -> String {
        String::from_utf8(self.body.clone()).expect("the body is UTF-8")
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("no JSON ({error}): {self}"))
    }

    /// The same page, asserted to have this status.
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.code(), status, "{self}");
        self
    }

    /// True if it says it is HTML.
    pub fn is_html(&self) -> bool {
        self.header("content-type").starts_with("text/html")
    }

    /// The document.
    pub fn dom(&self) -> Html {
        Html::parse_document(&self.body())
    }

    /// Text of `<title>`.
    pub fn title(&self) -> String {
        self.text("title")
    }

    /// Text of the one `<h1>`.
    pub fn h1(&self) -> String {
        let found = self.texts("h1");
        assert_eq!(found.len(), 1, "one h1: {found:?} in {self}");
        found[0].clone()
    }

    /// Text of the first element that a CSS selector finds, spaces made single.
    pub fn text(&self, css: &str) -> String {
        self.texts(css).into_iter().next().unwrap_or_else(|| panic!("no {css} in {self}"))
    }

    /// Texts of every element that a CSS selector finds.
    pub fn texts(&self, css: &str) -> Vec<String> {
        self.dom().select(&selector(css)).map(text_of).collect()
    }

    /// True if a CSS selector finds something.
    pub fn has(&self, css: &str) -> bool {
        self.dom().select(&selector(css)).next().is_some()
    }

    /// How many elements a CSS selector finds.
    pub fn count(&self, css: &str) -> usize {
        self.dom().select(&selector(css)).count()
    }

    /// An attribute of the first element that a CSS selector finds.
    pub fn attr(&self, css: &str, name: &str) -> String {
        self.attrs(css, name).into_iter().next().unwrap_or_else(|| panic!("no {css} with {name} in {self}"))
    }

    /// An attribute of every element that a CSS selector finds and that has it.
    pub fn attrs(&self, css: &str, name: &str) -> Vec<String> {
        self.dom().select(&selector(css)).filter_map(|e| e.value().attr(name).map(str::to_owned)).collect()
    }

    /// What `<main>` says.
    pub fn main(&self) -> String {
        self.text("main")
    }

    /// True if `<main>` says this.
    pub fn says(&self, words: &str) -> bool {
        self.main().contains(words)
    }

    /// What the page says is wrong with a field; "" if nothing.
    pub fn error_of(&self, field: &str) -> String {
        self.texts(&format!("#l-{field}")).into_iter().next().unwrap_or_default()
    }

    /// The form that a CSS selector finds, as a browser would send it.
    pub fn form(&self, css: &str) -> Form {
        let dom = self.dom();
        let form = dom.select(&selector(css)).next().unwrap_or_else(|| panic!("no form {css} in {self}"));
        Form::read(&dom, form, &self.url, self.visitor.clone())
    }

    /// Every form that a CSS selector finds.
    pub fn forms(&self, css: &str) -> Vec<Form> {
        let dom = self.dom();
        dom.select(&selector(css)).map(|form| Form::read(&dom, form, &self.url, self.visitor.clone())).collect()
    }

    /// Clicks the link with this text.
    pub async fn click(&self, text: &str) -> Page {
        let dom = self.dom();
        let href = dom
            .select(&selector("a[href]"))
            .find(|link| text_of(*link) == text)
            .and_then(|link| link.value().attr("href").map(str::to_owned))
            .unwrap_or_else(|| panic!("no link {text:?} in {self}"));
        let to = self.url.join(&href).expect("an address");
        self.visitor.get(to.as_str()).await
    }
}

impl fmt::Display for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.url)?;
        if !self.location().is_empty() {
            write!(f, " -> {}", self.location())?;
        }
        let body = String::from_utf8_lossy(&self.body);
        let said = if self.is_html() {
            let dom = Html::parse_document(&body);
            let main = dom.select(&selector("main")).next().map(text_of);
            main.unwrap_or_else(|| body.into_owned())
        } else {
            body.into_owned()
        };
        write!(f, "\n{}", said.chars().take(1500).collect::<String>())
    }
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A CSS selector.
pub fn selector(css: &str) -> Selector {
    Selector::parse(css).unwrap_or_else(|error| panic!("{css:?} is no selector: {error}"))
}

/// Text of an element, spaces made single.
pub fn text_of(element: ElementRef<'_>) -> String {
    element.text().collect::<Vec<_>>().concat().split_whitespace().collect::<Vec<_>>().join(" ")
}
