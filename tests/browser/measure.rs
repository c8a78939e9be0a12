//! What a page costs and how good it is: bytes over the wire, LCP and CLS, axe's findings.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::cdp::{Event, Fault, Result, in_ci, say_skipped};
use crate::page::Page;

/// A slower processor and net than the machine has.
#[derive(Debug, Clone, Copy)]
pub struct Throttle {
    /// How many times slower scripts and layout run.
    pub cpu: f64,
    /// Added to each request, in milliseconds.
    pub latency: f64,
    /// Kilobits a second, down and up.
    pub down: f64,
    pub up: f64,
}

impl Throttle {
    /// Lighthouse's mobile profile: 4× slower processor, 150 ms round trip, 1.6 Mbps down, 750 kbps up.
    pub const PHONE: Self = Self { cpu: 4.0, latency: 150.0, down: 1638.4, up: 750.0 };
    /// The same profile as Lighthouse applies it through the browser, where it charges every request for a connection
    /// of its own (3.75 round trips) and a tenth of the width for overhead: the harsher reading.
    pub const PHONE_HARSH: Self = Self { cpu: 4.0, latency: 562.5, down: 1474.56, up: 675.0 };
}

/// One answered request of a page.
#[derive(Debug, Clone)]
pub struct Sent {
    pub url: String,
    /// As the browser names it: `Document`, `Stylesheet`, `Image`, `Script`, `Font`, `Fetch` …
    pub kind: String,
    pub status: i64,
    /// Bytes on the wire, headers included, compressed.
    pub bytes: u64,
}

/// What came over the wire for one page with an empty cache.
#[derive(Debug, Default)]
pub struct Weight {
    pub requests: Vec<Sent>,
}

impl Weight {
    /// All bytes.
    pub fn total(&self) -> u64 {
        self.requests.iter().map(|sent| sent.bytes).sum()
    }

    /// Bytes of some kinds, such as `["Document", "Stylesheet"]`.
    pub fn of(&self, kinds: &[&str]) -> u64 {
        self.requests.iter().filter(|sent| kinds.contains(&sent.kind.as_str())).map(|sent| sent.bytes).sum()
    }

    /// Addresses that are not under `origin`: there must be none.
    pub fn foreign<'a>(&'a self, origin: &'a str) -> impl Iterator<Item = &'a str> {
        self.requests.iter().map(|sent| sent.url.as_str()).filter(move |url| !url.starts_with(origin))
    }
}

/// How soon the main thing is drawn (ms) and how much things jump (no unit).
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Vitals {
    pub lcp: f64,
    pub cls: f64,
}

/// One rule that axe found broken.
#[derive(Debug, Deserialize)]
pub struct Violation {
    pub id: String,
    pub impact: Option<String>,
    pub help: String,
    /// The elements, as selectors.
    pub nodes: Vec<String>,
}

const OBSERVE: &str = "
  window.__vitals = {lcp: 0, cls: 0};
  new PerformanceObserver(list => { for (const e of list.getEntries()) window.__vitals.lcp = e.startTime; })
    .observe({type: 'largest-contentful-paint', buffered: true});
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) window.__vitals.cls += e.value; })
    .observe({type: 'layout-shift', buffered: true});";

impl Page {
    /// Slows the tab down; `None` gives full speed back.
    pub async fn throttle(&self, to: Option<Throttle>) -> Result<()> {
        let bytes = |kbps: f64| kbps * 1024.0 / 8.0;
        let (cpu, latency, down, up) = match to {
            Some(Throttle { cpu, latency, down, up }) => (cpu, latency, bytes(down), bytes(up)),
            None => (1.0, 0.0, -1.0, -1.0),
        };
        self.call("Emulation.setCPUThrottlingRate", json!({ "rate": cpu })).await?;
        let net = json!({ "offline": false, "latency": latency, "downloadThroughput": down, "uploadThroughput": up });
        self.call("Network.emulateNetworkConditions", net).await.map(drop)
    }

    /// Opens an address with an empty cache and weighs all that it sends until the net is quiet.
    pub async fn weigh(&self, url: &str) -> Result<Weight> {
        self.call("Network.clearBrowserCache", json!({})).await?;
        let mut events = self.listen();
        self.goto(url).await?;
        self.quiet(&mut events, url).await
    }

    async fn quiet(&self, events: &mut tokio::sync::mpsc::UnboundedReceiver<Event>, what: &str) -> Result<Weight> {
        let mut open: HashMap<String, Sent> = HashMap::new();
        let mut weight = Weight::default();
        let calm = Duration::from_millis(500);
        let end = tokio::time::Instant::now() + crate::cdp::PATIENCE;
        loop {
            let Event { method, params } = match tokio::time::timeout(calm, events.recv()).await {
                Err(_) if open.is_empty() => return Ok(weight),
                Err(_) if tokio::time::Instant::now() > end => return Err(Fault::Slow(format!("quiet on {what}"))),
                Err(_) => continue,
                Ok(None) => return Err(Fault::Gone(what.to_owned())),
                Ok(Some(event)) => event,
            };
            let id = params["requestId"].as_str().unwrap_or_default().to_owned();
            match method.as_str() {
                "Network.responseReceived"
                    if !params["response"]["url"].as_str().unwrap_or("data:").starts_with("data:") =>
                {
                    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
                    let (url, kind) = (text(&params["response"]["url"]), text(&params["type"]));
                    let status = params["response"]["status"].as_i64().unwrap_or_default();
                    open.insert(id, Sent { url, kind, status, bytes: 0 });
                }
                "Network.loadingFinished" => {
                    if let Some(mut sent) = open.remove(&id) {
                        sent.bytes = params["encodedDataLength"].as_f64().unwrap_or_default() as u64;
                        weight.requests.push(sent);
                    }
                }
                "Network.loadingFailed" => {
                    open.remove(&id);
                }
                _ => {}
            }
        }
    }

    /// LCP and CLS of an address, opened with an empty cache. Scripts must be on: the figures come from the page.
    pub async fn vitals(&self, url: &str) -> Result<Vitals> {
        let added = self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": OBSERVE })).await?;
        let weighed = self.weigh(url).await;
        self.call("Page.removeScriptToEvaluateOnNewDocument", json!({ "identifier": added["identifier"] })).await?;
        weighed?;
        let vitals = self.eval("window.__vitals").await?;
        serde_json::from_value(vitals).map_err(|error| Fault::Page(format!("no vitals for {url}: {error}")))
    }

    /// The median LCP and the worst CLS of five openings.
    pub async fn median_vitals(&self, url: &str) -> Result<Vitals> {
        let mut runs = Vec::new();
        for _ in 0..5 {
            runs.push(self.vitals(url).await?);
        }
        runs.sort_by(|one, other| one.lcp.total_cmp(&other.lcp));
        Ok(Vitals { lcp: runs[2].lcp, cls: runs.iter().map(|run| run.cls).fold(0.0, f64::max) })
    }

    /// What axe finds wrong with the page as it stands (WCAG 2.2 A and AA, and axe's good practice); `None`, said and
    /// counted, where axe-core is not installed. `CI=true` makes that an error.
    pub async fn axe(&self, name: &str) -> Result<Option<Vec<Violation>>> {
        let Some(file) = find_axe() else {
            if in_ci() {
                return Err(Fault::Page("axe-core not found: npm install axe-core, or set AXE_JS".to_owned()));
            }
            say_skipped(&format!("axe on {name}"), "axe-core is not installed");
            return Ok(None);
        };
        let source = std::fs::read_to_string(file)?;
        self.eval(&format!("{source}; true")).await?;
        let run = "axe.run(document, {resultTypes: ['violations']}).then(r => JSON.stringify(r.violations.map(v =>
            ({id: v.id, impact: v.impact, help: v.help, nodes: v.nodes.map(n => n.target.join(' '))}))))";
        let found = self.eval(run).await?;
        let found = serde_json::from_str(found.as_str().unwrap_or_default());
        found.map(Some).map_err(|error| Fault::Page(format!("axe on {name}: {error}")))
    }
}

/// axe-core's file: `AXE_JS`, else where npm puts it in this crate or under `target/tools`.
pub fn find_axe() -> Option<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let usual = ["node_modules", "target/tools/node_modules"].map(|dir| here.join(dir).join("axe-core/axe.min.js"));
    let named = std::env::var_os("AXE_JS").map(PathBuf::from);
    named.into_iter().chain(usual).find(|path| path.is_file())
}
