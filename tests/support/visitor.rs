//! [`Visitor`]: one browser, with its own cookies.

use std::sync::Arc;

use reqwest::cookie::{CookieStore, Jar};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder, Url, redirect};
use sanvat::web::form;

use super::page::Page;

/// Someone's browser. Clones share the cookies.
#[derive(Clone)]
pub struct Visitor {
    base: Url,
    jar: Arc<Jar>,
    client: Client,
    headers: HeaderMap,
    follows: bool,
}

impl Visitor {
    pub(super) fn new(url: String) -> Self {
        let base: Url = url.parse().expect("an address");
        let mut headers = HeaderMap::new();
        headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        headers.insert("origin", HeaderValue::from_str(&url).expect("an origin"));
        headers.insert("accept", HeaderValue::from_static("text/html,application/xhtml+xml,*/*;q=0.8"));
        headers.insert("user-agent", HeaderValue::from_static("Mozilla/5.0 (Android 9; Mobile) Test"));
        let jar = Arc::new(Jar::default());
        Self { base, client: client(&jar, true), jar, headers, follows: true }
    }

    /// The same browser, which shows a redirect itself rather than where it leads.
    pub fn stays_on_redirect(&self) -> Self {
        Self { client: client(&self.jar, false), follows: false, ..self.clone() }
    }

    /// The same browser, which follows redirects (as it does unless told otherwise).
    pub fn follows_redirects(&self) -> Self {
        Self { client: client(&self.jar, true), follows: true, ..self.clone() }
    }

    /// The same browser, which sends this header too; an empty value takes a header away.
    pub fn with_header(&self, name: &'static str, value: &str) -> Self {
        let mut changed = self.clone();
        if value.is_empty() {
            changed.headers.remove(name);
        } else {
            let value = HeaderValue::from_str(value).expect("a header's value");
            changed.headers.insert(HeaderName::from_static(name), value);
        }
        changed
    }

    /// The same browser behind a proxy that says it forwards for this address.
    pub fn behind(&self, address: &str) -> Self {
        self.with_header("x-forwarded-for", address)
    }

    /// A program rather than a browser: asks for JSON, sends no browser's headers.
    pub fn program(&self) -> Self {
        self.with_header("accept", "application/json").with_header("origin", "").with_header("sec-fetch-site", "")
    }

    /// A cookie of this site as the browser keeps it.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let cookies = self.jar.cookies(&self.base)?;
        let all = cookies.to_str().ok()?.to_owned();
        all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    }

    /// Puts a cookie into the browser.
    pub fn set_cookie(&self, cookie: &str) {
        self.jar.add_cookie_str(cookie, &self.base);
    }

    /// Where `path` (or a whole address) leads, as seen from this site.
    pub fn resolve(&self, path: &str) -> Url {
        self.base.join(path).expect("an address")
    }

    /// Opens a page.
    pub async fn get(&self, path: &str) -> Page {
        self.send(self.request(Method::GET, path)).await
    }

    /// Sends fields as a form does, without reading one first.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let fields: Vec<(String, String)> =
            fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.post_body(path, "application/x-www-form-urlencoded", form::encode(&fields).into_bytes()).await
    }

    /// Sends bytes.
    pub async fn post_body(&self, path: &str, media_type: &str, body: Vec<u8>) -> Page {
        self.send(self.request(Method::POST, path).header("content-type", media_type).body(body)).await
    }

    /// Sends a JSON body.
    pub async fn post_json(&self, path: &str, body: &serde_json::Value) -> Page {
        self.post_body(path, "application/json", body.to_string().into_bytes()).await
    }

    /// Fills in the login form and sends it.
    pub async fn try_login(&self, phone: &str, password: &str) -> Page {
        let form = self.get("/dang-nhap").await.form("form[action='/dang-nhap']");
        form.fill("phone", phone).fill("password", password).submit().await
    }

    /// Any request, with this browser's headers.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.resolve(path)).headers(self.headers.clone())
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&self, request: RequestBuilder) -> Page {
        let response = request.send().await.expect("an answer");
        Page::read(response, self.clone()).await
    }
}

fn client(jar: &Arc<Jar>, follows: bool) -> Client {
    let policy = if follows { redirect::Policy::limited(10) } else { redirect::Policy::none() };
    Client::builder().cookie_provider(jar.clone()).redirect(policy).no_proxy().build().expect("a client")
}
