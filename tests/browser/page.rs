//! One tab, and what a person can do in it: open, read, click, type, choose, attach, send.
//!
//! Clicks and keys are real input events at real coordinates: an element that is covered, empty or off the page is an
//! error here, as it is for a thumb. Everything works with scripts turned off too.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::cdp::{Client, Event, Fault, PATIENCE, Result};

/// A tab. Dropping it leaves the tab open until its browser ends.
pub struct Page {
    client: Client,
    session: String,
    /// Main frame and the loader of the document in it: a new loader is a new document.
    frame: String,
    loader: Mutex<String>,
    complaints: Mutex<UnboundedReceiver<Event>>,
}

/// Width and height in CSS pixels; scale is the screen's pixels per CSS pixel.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    pub width: u32,
    pub height: u32,
    pub scale: f64,
    pub mobile: bool,
}

impl Screen {
    /// A small Android phone.
    pub const PHONE: Self = Self { width: 360, height: 740, scale: 2.0, mobile: true };
    /// The narrowest page that WCAG 2.2 (1.4.10, reflow) asks for.
    pub const NARROWEST: Self = Self { width: 320, height: 640, scale: 1.0, mobile: true };
    /// An office PC.
    pub const DESK: Self = Self { width: 1280, height: 900, scale: 1.0, mobile: false };
}

impl Page {
    pub(crate) async fn open(client: Client, session: String) -> Result<Self> {
        let complaints = Mutex::new(client.listen(&session));
        let mut page = Self { client, session, frame: String::new(), loader: Mutex::default(), complaints };
        page.accept_dialogs();
        for domain in ["Page.enable", "Runtime.enable", "Network.enable", "DOM.enable", "Log.enable"] {
            page.call(domain, json!({})).await?;
        }
        page.call("Page.setLifecycleEventsEnabled", json!({ "enabled": true })).await?;
        let tree = page.call("Page.getFrameTree", json!({})).await?;
        let frame = &tree["frameTree"]["frame"];
        page.frame = frame["id"].as_str().unwrap_or_default().to_owned();
        page.remember(frame["loaderId"].as_str().unwrap_or_default());
        page.screen(Screen::PHONE).await?;
        Ok(page)
    }

    /// "Leave this page?" and the like would stop the tab for good: each is answered with yes. A test that wants to
    /// know sees `Page.javascriptDialogOpening` through [`Page::listen`].
    fn accept_dialogs(&self) {
        let (client, session, mut events) = (self.client.clone(), self.session.clone(), self.listen());
        tokio::spawn(async move {
            while let Some(event) = events.recv().await {
                if event.method == "Page.javascriptDialogOpening" {
                    let yes = json!({ "accept": true });
                    // The tab may be gone by now; then there is nothing to answer.
                    let _ = client.call(&session, "Page.handleJavaScriptDialog", yes).await;
                }
            }
        });
    }

    /// A protocol command for this tab, for what has no method here.
    pub async fn call(&self, method: &str, params: Value) -> Result<Value> {
        self.client.call(&self.session, method, params).await
    }

    /// This tab's events from now on.
    pub fn listen(&self) -> UnboundedReceiver<Event> {
        self.client.listen(&self.session)
    }

    /// Sets the size of the screen; a new page is a [`Screen::PHONE`].
    pub async fn screen(&self, screen: Screen) -> Result<()> {
        let Screen { width, height, scale, mobile } = screen;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": mobile });
        self.call("Emulation.setDeviceMetricsOverride", metrics).await?;
        self.call("Emulation.setTouchEmulationEnabled", json!({ "enabled": mobile })).await.map(drop)
    }

    /// Light or dark, as the person's system would ask for.
    pub async fn dark(&self, on: bool) -> Result<()> {
        let value = if on { "dark" } else { "light" };
        let feature = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.call("Emulation.setEmulatedMedia", feature).await.map(drop)
    }

    /// Turns the page's own scripts off or on, from the next document on. [`Page::eval`] works all the same.
    pub async fn scripts(&self, on: bool) -> Result<()> {
        self.call("Emulation.setScriptExecutionDisabled", json!({ "value": !on })).await.map(drop)
    }

    /// Cuts the net or gives it back.
    pub async fn offline(&self, on: bool) -> Result<()> {
        let net = json!({ "offline": on, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.call("Network.emulateNetworkConditions", net).await.map(drop)
    }

    /// Opens an address and waits until all of it is loaded.
    pub async fn goto(&self, url: &str) -> Result<()> {
        let mut events = self.listen();
        let reply = self.call("Page.navigate", json!({ "url": url })).await?;
        if let Some(error) = reply["errorText"].as_str() {
            return Err(Fault::Page(format!("{url}: {error}")));
        }
        match reply["loaderId"].as_str() {
            Some(loader) => self.loaded(&mut events, Some(loader), url).await,
            // Only the fragment changed: there is no new document.
            None => Ok(()),
        }
    }

    async fn loaded(&self, events: &mut UnboundedReceiver<Event>, loader: Option<&str>, what: &str) -> Result<()> {
        let before = self.loader();
        let wait = async {
            while let Some(Event { method, params }) = events.recv().await {
                let of = params["loaderId"].as_str().unwrap_or_default();
                let ours = params["frameId"] == self.frame.as_str()
                    && loader.map_or(of != before.as_str(), |wanted| wanted == of);
                if method == "Page.lifecycleEvent" && params["name"] == "load" && ours {
                    self.remember(of);
                    return Ok(());
                }
            }
            Err(Fault::Gone(what.to_owned()))
        };
        let slow = || Fault::Slow(format!("loading after {what}"));
        tokio::time::timeout(PATIENCE, wait).await.map_err(|_| slow())?
    }

    fn loader(&self) -> String {
        self.loader.lock().map(|loader| loader.clone()).unwrap_or_default()
    }

    fn remember(&self, loader: &str) {
        if let Ok(mut held) = self.loader.lock() {
            loader.clone_into(&mut held);
        }
    }

    /// The value of a JavaScript expression; a promise is awaited.
    pub async fn eval(&self, expression: &str) -> Result<Value> {
        let params = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let reply = self.call("Runtime.evaluate", params).await?;
        thrown(&reply, expression)?;
        Ok(reply["result"]["value"].clone())
    }

    /// Runs `body` with `el` as the first match of the selector, which must be there.
    async fn with(&self, selector: &str, body: &str) -> Result<Value> {
        let quoted = json!(selector).to_string();
        let script =
            format!("(() => {{ const el = document.querySelector({quoted}); if (!el) return null; {body} }})()");
        match self.eval(&script).await? {
            Value::Null => Err(Fault::Page(format!("no {selector} on {}", self.url().await?))),
            value => Ok(value),
        }
    }

    /// True if something matches the selector.
    pub async fn has(&self, selector: &str) -> Result<bool> {
        self.eval(&format!("!!document.querySelector({})", json!(selector))).await.map(|found| found == true)
    }

    /// Waits until something matches, for what scripts bring later.
    pub async fn wait_for(&self, selector: &str) -> Result<()> {
        let wait = async {
            while !self.has(selector).await? {
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, wait).await.map_err(|_| Fault::Slow(format!("waiting for {selector}")))?
    }

    /// What a reader sees of the first match, trimmed.
    pub async fn text(&self, selector: &str) -> Result<String> {
        let text = self.with(selector, "return (el.innerText ?? el.textContent).trim()").await?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// The current value of a field.
    pub async fn value(&self, selector: &str) -> Result<String> {
        Ok(self.with(selector, "return String(el.value)").await?.as_str().unwrap_or_default().to_owned())
    }

    /// The document as it stands now.
    pub async fn html(&self) -> Result<String> {
        let html = self.eval("document.documentElement.outerHTML").await?;
        Ok(html.as_str().unwrap_or_default().to_owned())
    }

    /// The address shown.
    pub async fn url(&self) -> Result<String> {
        Ok(self.eval("location.href").await?.as_str().unwrap_or_default().to_owned())
    }

    /// How many CSS pixels the page is wider than the screen: 0 where it reflows.
    pub async fn overflow(&self) -> Result<i64> {
        let width = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
        Ok(self.eval(width).await?.as_i64().unwrap_or_default())
    }

    /// Clicks the middle of the first match, scrolled into view. For a field that is drawn by its label (`.hid`) the
    /// label is clicked, as a person would.
    pub async fn click(&self, selector: &str) -> Result<()> {
        let spot = self.with(selector, SPOT).await?;
        if let Some(why) = spot["why"].as_str() {
            return Err(Fault::Page(format!("{selector} can't be clicked: {why}")));
        }
        for (kind, buttons) in [("mouseMoved", 0), ("mousePressed", 1), ("mouseReleased", 0)] {
            let button = if kind == "mouseMoved" { "none" } else { "left" };
            let (x, y) = (&spot["x"], &spot["y"]);
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// Clicks and waits for the next document: a link, or a form's button.
    pub async fn follow(&self, selector: &str) -> Result<()> {
        let mut events = self.listen();
        self.click(selector).await?;
        self.loaded(&mut events, None, selector).await
    }

    /// Presses a key and waits for the next document.
    pub async fn follow_key(&self, key: &str) -> Result<()> {
        let mut events = self.listen();
        self.press(key).await?;
        self.loaded(&mut events, None, key).await
    }

    /// Puts the text into a field in place of what is there, as input at the caret.
    pub async fn fill(&self, selector: &str, text: &str) -> Result<()> {
        self.click(selector).await?;
        let empty = self.with(selector, "el.focus(); if (el.select) el.select(); return el.value === ''").await?;
        if empty != true {
            self.press("Delete").await?;
        }
        self.call("Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// One key, by its DOM name (`Enter`, `Tab`, `Escape`, `Delete`) or as the character it types.
    pub async fn press(&self, key: &str) -> Result<()> {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "Delete" => 46,
            _ => key.chars().next().map_or(0, |typed| u32::from(typed.to_ascii_uppercase())),
        };
        let text = match key {
            "Enter" => "\r",
            single if single.chars().count() == 1 => single,
            _ => "",
        };
        let down = json!({ "type": "keyDown", "key": key, "windowsVirtualKeyCode": code, "text": text });
        self.call("Input.dispatchKeyEvent", down).await?;
        let up = json!({ "type": "keyUp", "key": key, "windowsVirtualKeyCode": code });
        self.call("Input.dispatchKeyEvent", up).await.map(drop)
    }

    /// Chooses the option with this value in a `<select>`.
    pub async fn select(&self, selector: &str, value: &str) -> Result<()> {
        let body = format!(
            "el.value = {}; el.dispatchEvent(new Event('input', {{bubbles: true}}));
             el.dispatchEvent(new Event('change', {{bubbles: true}})); return el.value",
            json!(value)
        );
        let now = self.with(selector, &body).await?;
        if now == value { Ok(()) } else { Err(Fault::Page(format!("{selector} has no option {value}"))) }
    }

    /// Ticks the radio button or checkbox with this name and value, unless it is ticked.
    pub async fn check(&self, name: &str, value: &str) -> Result<()> {
        let selector = format!("input[name={}][value={}]", json!(name), json!(value));
        if self.with(&selector, "return el.checked").await? == true {
            return Ok(());
        }
        self.click(&selector).await?;
        if self.with(&selector, "return el.checked").await? == true {
            return Ok(());
        }
        Err(Fault::Page(format!("{selector} stayed unticked after a click")))
    }

    /// Attaches files to a file field.
    pub async fn attach(&self, selector: &str, files: &[&Path]) -> Result<()> {
        let expression = format!("document.querySelector({})", json!(selector));
        let reply = self.call("Runtime.evaluate", json!({ "expression": expression })).await?;
        let Some(object) = reply["result"]["objectId"].as_str() else {
            return Err(Fault::Page(format!("no {selector} on {}", self.url().await?)));
        };
        let files: Vec<_> = files.iter().map(|path| path.to_string_lossy()).collect();
        self.call("DOM.setFileInputFiles", json!({ "files": files, "objectId": object })).await.map(drop)
    }

    /// Cookies that the current address would be sent: name and value.
    pub async fn cookies(&self) -> Result<Vec<(String, String)>> {
        let reply = self.call("Network.getCookies", json!({})).await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let cookies = reply["cookies"].as_array().into_iter().flatten();
        Ok(cookies.map(|cookie| (text(&cookie["name"]), text(&cookie["value"]))).collect())
    }

    /// A PNG of the screen, or of the whole page.
    pub async fn screenshot(&self, path: &Path, whole: bool) -> Result<()> {
        let mut params = json!({ "format": "png" });
        if whole {
            let size = self.call("Page.getLayoutMetrics", json!({})).await?["cssContentSize"].clone();
            let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1 });
            params = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        }
        let reply = self.call("Page.captureScreenshot", params).await?;
        std::fs::write(path, decoded(&reply, "Page.captureScreenshot")?)?;
        Ok(())
    }

    /// The page printed as its print styles say, as PDF.
    pub async fn pdf(&self) -> Result<Vec<u8>> {
        let params = json!({ "preferCSSPageSize": true, "printBackground": true });
        decoded(&self.call("Page.printToPDF", params).await?, "Page.printToPDF")
    }

    /// What the browser complained of since the last call: script errors, refused by policy, missing files.
    pub fn complaints(&self) -> Vec<String> {
        let mut found = Vec::new();
        let Ok(mut events) = self.complaints.lock() else { return found };
        while let Ok(Event { method, params }) = events.try_recv() {
            match method.as_str() {
                "Runtime.exceptionThrown" => {
                    found.push(params["exceptionDetails"]["exception"]["description"].to_string());
                }
                "Log.entryAdded" if params["entry"]["level"] == "error" => {
                    found.push(format!("{} {}", params["entry"]["text"], params["entry"]["url"]));
                }
                _ => {}
            }
        }
        found
    }
}

/// Where to click `el`: its middle, or its label's where the field itself is not drawn; or why not.
const SPOT: &str = "
  let at = el;
  if ((el.matches('.hid') || el.getBoundingClientRect().width < 2) && el.labels && el.labels[0]) at = el.labels[0];
  at.scrollIntoView({block: 'center', inline: 'center', behavior: 'instant'});
  const box = at.getClientRects()[0];
  if (!box || box.width < 1 || box.height < 1) return {why: 'it is not drawn'};
  if (el.disabled) return {why: 'it is disabled'};
  const x = box.x + box.width / 2, y = box.y + box.height / 2;
  const top = document.elementFromPoint(x, y);
  if (!top) return {why: 'it is outside of the screen'};
  if (!at.contains(top) && !top.contains(at) && !(el.labels && [...el.labels].some(l => l.contains(top))))
    return {why: 'it is covered by ' + top.outerHTML.slice(0, 120)};
  return {x, y};";

fn thrown(reply: &Value, expression: &str) -> Result<()> {
    let details = &reply["exceptionDetails"];
    if details.is_null() {
        return Ok(());
    }
    let what = details["exception"]["description"].as_str().or(details["text"].as_str()).unwrap_or_default();
    let short: String = expression.chars().take(200).collect();
    Err(Fault::Page(format!("{what} in {short}")))
}

fn decoded(reply: &Value, method: &str) -> Result<Vec<u8>> {
    let text = reply["data"].as_str().unwrap_or_default();
    BASE64
        .decode(text.as_bytes())
        .map_err(|error| Fault::Command { method: method.to_owned(), message: error.to_string() })
}
