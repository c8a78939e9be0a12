//! What pages may cost (UI.md, "Budgets"), measured on a release build with the sample commune, an empty cache and
//! Lighthouse's mobile profile.
//!
//! `SANVAT_BIN` names the program to measure: a debug build says nothing about time. Without it the test is skipped,
//! said by name and counted. The table goes to stderr whether it passes or not.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use crate::cdp::{Browser, Fault, Result, say_skipped};
use crate::measure::{Throttle, Vitals, Weight};
use crate::page::Page;

const KB: u64 = 1024;
/// Script on any page.
const SCRIPT: u64 = 15 * KB;
/// The main thing is drawn within this, in milliseconds: what UI.md wants, and where it fails.
const LCP_WANTED: f64 = 2000.0;
const LCP_MOST: f64 = 2500.0;
const CLS_MOST: f64 = 0.05;
/// How long the sample commune may take to load.
const LOADING: Duration = Duration::from_secs(300);

/// What one page may cost; none where it is only reported.
struct Budget {
    name: &'static str,
    path: String,
    total: Option<u64>,
    html_and_css: Option<u64>,
}

impl Budget {
    fn new(name: &'static str, path: &str) -> Self {
        Self { name, path: path.to_owned(), total: None, html_and_css: None }
    }

    fn total(mut self, kilobytes: u64) -> Self {
        self.total = Some(kilobytes * KB);
        self
    }

    fn html_and_css(mut self, kilobytes: u64) -> Self {
        self.html_and_css = Some(kilobytes * KB);
        self
    }

    /// What is over, in words.
    fn over(&self, weight: &Weight, vitals: Vitals, origin: &str) -> Vec<String> {
        let name = self.name;
        let mut over = Vec::new();
        let mut most = |what: &str, is: u64, may: Option<u64>| {
            if let Some(may) = may.filter(|may| is > *may) {
                over.push(format!("{name}: {what} is {is} bytes, may be {may}"));
            }
        };
        most("all", weight.total(), self.total);
        most("HTML and CSS", weight.of(&["Document", "Stylesheet"]), self.html_and_css);
        most("script", weight.of(&["Script"]), Some(SCRIPT));
        most("fonts", weight.of(&["Font"]), Some(0));
        if vitals.lcp > LCP_MOST || vitals.lcp <= 0.0 {
            over.push(format!("{name}: LCP is {:.0} ms, may be {LCP_MOST}", vitals.lcp));
        }
        if vitals.cls > CLS_MOST {
            over.push(format!("{name}: CLS is {:.3}, may be {CLS_MOST}", vitals.cls));
        }
        over.extend(weight.foreign(origin).map(|url| format!("{name}: asks elsewhere: {url}")));
        let failed = weight.requests.iter().filter(|sent| sent.status >= 400);
        over.extend(failed.map(|sent| format!("{name}: {} answered {}", sent.url, sent.status)));
        over
    }
}

/// The demo that is measured; ends when dropped.
struct Demo {
    origin: String,
    product: String,
    label: String,
    producer_phone: String,
    password: String,
    _process: Child,
    _folder: tempfile::TempDir,
}

impl Demo {
    async fn start(program: &Path) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut process = Command::new(program)
            .args(["demo", "--fresh", "--listen", &format!("127.0.0.1:{port}"), "--data-dir"])
            .arg(folder.path().join("demo"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = process.stdout.take().ok_or_else(|| Fault::Start("the demo has no stdout".to_owned()))?;
        let guide = tokio::time::timeout(LOADING, guide(BufReader::new(stdout).lines())).await;
        let guide = guide.map_err(|_| Fault::Slow("loading the sample commune".to_owned()))??;
        let said = |words: &str| {
            let line = guide.iter().find(|line| line.trim_start().starts_with(words));
            line.map(|line| line.trim_start()[words.len()..].trim().to_owned())
                .ok_or_else(|| Fault::Page(format!("the demo does not say {words:?}:\n{}", guide.join("\n"))))
        };
        let origin = said("home")?.trim_end_matches('/').to_owned();
        let path = |url: String| url.strip_prefix(&origin).unwrap_or(&url).to_owned();
        let password = said("log in at")?.rsplit("password: ").next().unwrap_or_default().to_owned();
        let phone =
            guide.iter().map(|line| line.trim()).find(|line| line.starts_with('0') && line.contains("producer"));
        let phone = phone.and_then(|line| line.split("   ").next());
        Ok(Self {
            product: path(said("a product")?),
            label: path(said("a lot's label")?),
            producer_phone: phone
                .ok_or_else(|| Fault::Page(format!("no producer in:\n{}", guide.join("\n"))))?
                .to_owned(),
            password,
            origin,
            _process: process,
            _folder: folder,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    async fn log_in(&self, page: &Page) -> Result<()> {
        page.goto(&self.url("/dang-nhap")).await?;
        page.fill("[name=phone]", &self.producer_phone).await?;
        page.fill("[name=password]", &self.password).await?;
        page.follow("main form[method=post] button.btn").await
    }
}

/// The lines from the demo's address to the last account.
async fn guide(mut lines: Lines<BufReader<ChildStdout>>) -> Result<Vec<String>> {
    let mut said = Vec::new();
    let mut ready = false;
    while let Some(line) = lines.next_line().await? {
        ready |= line.trim_start().starts_with("log in at");
        said.push(line);
        if !ready {
            continue;
        }
        // The accounts come with the rest, in one piece; a moment of silence is their end.
        while let Ok(Ok(Some(line))) = tokio::time::timeout(Duration::from_millis(500), lines.next_line()).await {
            said.push(line);
        }
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        return Ok(said);
    }
    Err(Fault::Start(format!("the demo ended early:\n{}", said.join("\n"))))
}

#[tokio::test]
async fn budgets_of_pages_on_a_phone() -> Result<()> {
    let Some(program) = std::env::var_os("SANVAT_BIN") else {
        say_skipped("budgets_of_pages_on_a_phone", "SANVAT_BIN names no release build to measure");
        return Ok(());
    };
    let Some(browser) = Browser::start("budgets_of_pages_on_a_phone").await? else { return Ok(()) };
    let demo = Demo::start(Path::new(&program)).await?;
    let visitor = browser.page().await?;
    let producer = browser.page().await?;
    demo.log_in(&producer).await?;
    producer.goto(&demo.url("/cua-toi/san-pham")).await?;
    let mine = "document.querySelector('main ul.rows a[href^=\"/cua-toi/san-pham/\"]')?.getAttribute('href') ?? ''";
    let mine = producer.eval(mine).await?.as_str().unwrap_or_default().to_owned();

    let public = [
        Budget::new("scan", &demo.label).total(60).html_and_css(14),
        Budget::new("catalogue", "/san-pham").total(200),
        Budget::new("product", &demo.product),
        Budget::new("home", "/"),
        Budget::new("register", "/dang-ky").total(40),
    ];
    let own = [
        Budget::new("producer step", "/cua-toi/co-so/moi").total(40),
        Budget::new("product step", &format!("{mine}/gia")).total(40),
        Budget::new("season step", &format!("{mine}/mua-vu")).total(40),
    ];
    let mut table = String::from("page             all B  HTML+CSS  script  LCP ms    CLS\n");
    let mut over = Vec::new();
    let visits = public.iter().map(|b| (&visitor, b)).chain(own.iter().map(|b| (&producer, b)));
    for (page, budget) in visits {
        let url = demo.url(&budget.path);
        page.throttle(None).await?;
        let weight = page.weigh(&url).await?;
        page.throttle(Some(Throttle::PHONE)).await?;
        let vitals = page.median_vitals(&url).await?;
        let (css, script) = (weight.of(&["Document", "Stylesheet"]), weight.of(&["Script"]));
        let slow = if vitals.lcp > LCP_WANTED { "  slower than wanted" } else { "" };
        let (name, all, lcp, cls) = (budget.name, weight.total(), vitals.lcp, vitals.cls);
        let line = writeln!(table, "{name:<14} {all:>7}  {css:>8}  {script:>6}  {lcp:>6.0}  {cls:>5.3}{slow}");
        line.expect("text can be appended");
        over.extend(budget.over(&weight, vitals, &demo.origin));
    }
    // A closed stderr is no reason to fail a test.
    let _ = write!(std::io::stderr(), "{table}");
    assert!(over.is_empty(), "over the budget:\n{}\n{table}", over.join("\n"));
    Ok(())
}
