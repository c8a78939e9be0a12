//! [`Person`]: somebody with a phone who goes through the pages by link, field and button, and looks each page over.
//!
//! Fields are found by the name they send, links by where they lead and buttons by being the page's main one, so that
//! a changed wording does not break a journey. What is wrong with a page is noted and the journey goes on; it is told
//! at the end by [`Person::leaves`], all at once.

use std::cell::{Cell, RefCell};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::cdp::{Browser, Fault, Result};
use crate::page::{Page, Screen};
use crate::support::TestApp;

/// Somebody who uses the pages on a phone.
pub struct Person {
    app: TestApp,
    page: Page,
    who: &'static str,
    scripts: bool,
    shots: PathBuf,
    seen: Cell<usize>,
    faults: RefCell<Vec<String>>,
}

/// Things to press that are smaller than a thumb, by what they say (44 CSS px; links inside of sentences may be less).
const SMALL: &str = "[...document.querySelectorAll('main .btn, main .in:not([type=file]), main .pick, main summary')]
  .filter(el => { const box = el.getBoundingClientRect(); return box.width > 1 && box.height > 1 && box.height < 43.5; })
  .map(el => `${el.tagName} ${(el.name || el.textContent || '').trim().slice(0, 40)}: ${el.getBoundingClientRect().height}px`)
  .join('; ')";

/// What reaches over the right edge, innermost first.
const WIDE: &str = "[...document.querySelectorAll('body *')].reverse()
  .filter(el => el.getBoundingClientRect().right > document.documentElement.clientWidth + 1).slice(0, 4)
  .map(el => `${el.tagName}.${el.className?.baseVal ?? el.className}`).join(' < ')";

impl Person {
    /// A new phone with an empty browser; pictures of what it shows go to `target/journey`.
    pub async fn arrives(browser: &Browser, app: &TestApp, who: &'static str, scripts: bool) -> Result<Self> {
        let page = browser.page().await?;
        page.scripts(scripts).await?;
        let folder = if scripts { "target/journey" } else { "target/journey/without-scripts" };
        let shots = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        std::fs::create_dir_all(&shots)?;
        Ok(Self { app: app.clone(), page, who, scripts, shots, seen: Cell::new(0), faults: RefCell::default() })
    }

    /// Types an address, whole or from the root.
    pub async fn opens(&self, address: &str) -> Result<()> {
        let whole = if address.starts_with('/') { format!("{}{address}", self.app.url()) } else { address.to_owned() };
        self.page.goto(&whole).await
    }

    /// Taps the first link in the page's main part that leads to an address that begins so.
    pub async fn follows(&self, start: &str) -> Result<()> {
        self.page.follow(&format!("main a[href^={}]", json!(start))).await
    }

    /// Taps whatever matches this selector, and comes to the next page.
    pub async fn taps(&self, selector: &str) -> Result<()> {
        self.page.follow(selector).await
    }

    /// Answers a question: types, chooses from a list, or ticks, whatever the field of this name is.
    pub async fn answers(&self, field: &str, answer: &str) -> Result<()> {
        let named = format!("main [name={}]:not([type=hidden])", json!(field));
        self.unfolds(&named, answer).await?;
        let kind = format!(
            "(() => {{ const el = document.querySelector({}); return el && (el.type || ''); }})()",
            json!(named)
        );
        match self.page.eval(&kind).await?.as_str() {
            None => Err(Fault::Page(format!("{} is not asked for {field} on {}", self.who, self.path().await?))),
            Some("radio" | "checkbox") => self.page.check(field, answer).await,
            Some("select-one") => self.page.select(&named, answer).await,
            Some(_) => self.page.fill(&named, answer).await,
        }
    }

    /// Opens the folds around a field, by their summary.
    async fn unfolds(&self, named: &str, answer: &str) -> Result<()> {
        let next = format!(
            "(() => {{ const all = [...document.querySelectorAll({})];
               let el = all.find(one => one.value === {}) || all[0];
               document.querySelectorAll('[data-fold]').forEach(old => old.removeAttribute('data-fold'));
               for (; el; el = el.parentElement) {{
                 const fold = el.closest('details:not([open])');
                 if (!fold) return false;
                 let outer = fold;
                 while (outer.parentElement.closest('details:not([open])'))
                   outer = outer.parentElement.closest('details:not([open])');
                 outer.querySelector('summary').setAttribute('data-fold', '');
                 return true;
               }}
               return false; }})()",
            json!(named),
            json!(answer)
        );
        for _ in 0..4 {
            if self.page.eval(&next).await? != true {
                return Ok(());
            }
            self.page.click("[data-fold]").await?;
        }
        Err(Fault::Page(format!("{named} stays folded away on {}", self.path().await?)))
    }

    /// Takes a photo into a file field; with scripts, waits until the phone has shrunk it.
    pub async fn photographs(&self, field: &str, photo: &Path) -> Result<()> {
        let named = format!("main input[type=file][name={}]", json!(field));
        self.page.attach(&named, &[photo]).await?;
        if self.scripts {
            let shrunk = format!(
                "new Promise((done, fail) => {{ const input = document.querySelector({}), start = Date.now();
                   const look = () => [...document.querySelectorAll('[data-say]')]
                       .some(say => !say.hidden && say.textContent === input.dataset.done) ? done(true)
                     : Date.now() - start > 20000 ? done(false) : setTimeout(look, 30); look(); }})",
                json!(named)
            );
            if self.page.eval(&shrunk).await? != true {
                return Err(Fault::Page(format!("the phone never said that {field} is ready")));
            }
        }
        Ok(())
    }

    /// Presses the page's main button; what was answered must be accepted.
    pub async fn sends(&self) -> Result<()> {
        self.presses("main form[method=post] button.btn:not(.alt):not(.warn)").await
    }

    /// Presses this button; what was answered must be accepted. Work that waits behind it is done before going on.
    pub async fn presses(&self, button: &str) -> Result<()> {
        let before = self.path().await?;
        self.page.follow(button).await?;
        // Nobody does two things at one moment; queues and diaries go by time.
        self.app.later(Duration::from_secs(40));
        self.app.run_jobs().await;
        if self.page.has(".oops[role=alert]").await? {
            let why = self.page.text(".oops[role=alert]").await?;
            return Err(Fault::Page(format!("{} was told on {before}: {why}", self.who)));
        }
        Ok(())
    }

    /// The path and query shown.
    pub async fn path(&self) -> Result<String> {
        let url = self.page.url().await?;
        Ok(url.strip_prefix(&self.app.url()).unwrap_or(&url).to_owned())
    }

    /// The last part of the path shown.
    pub async fn step(&self) -> Result<String> {
        let path = self.path().await?;
        let path = path.split(['?', '#']).next().unwrap_or_default();
        Ok(path.rsplit('/').next().unwrap_or_default().to_owned())
    }

    /// True if something matches the selector.
    pub async fn sees(&self, selector: &str) -> Result<bool> {
        self.page.has(selector).await
    }

    /// The attribute of the first match.
    pub async fn attribute(&self, selector: &str, name: &str) -> Result<String> {
        let script = format!("document.querySelector({})?.getAttribute({}) ?? ''", json!(selector), json!(name));
        Ok(self.page.eval(&script).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Where scripts run, something that matches the selector has to appear without a press of a button.
    pub async fn sees_at_once(&self, selector: &str) -> Result<()> {
        if self.scripts { self.page.wait_for(selector).await } else { Ok(()) }
    }

    /// What stands in the page's main part.
    pub async fn reads(&self) -> Result<String> {
        self.page.text("main").await
    }

    /// The page's main part must say this.
    pub async fn expects(&self, words: &str) -> Result<()> {
        let text = self.reads().await?;
        if text.to_lowercase().contains(&words.to_lowercase()) {
            return Ok(());
        }
        Err(Fault::Page(format!("{} does not say {words:?}:\n{text}", self.path().await?)))
    }

    /// The cookies as a header, for what is fetched beside the browser.
    pub async fn cookies(&self) -> Result<String> {
        let pairs = self.page.cookies().await?;
        Ok(pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; "))
    }

    /// Looks the page over: its name and heading, reflow at 360 and 320 px, size of what is pressed, what the browser
    /// complains of, axe's findings. Keeps a picture of it at 360 px.
    pub async fn looks(&self, name: &str) -> Result<()> {
        let number = self.seen.get() + 1;
        self.seen.set(number);
        let at = format!("{}, {name} ({})", self.who, self.path().await?);
        let mut found = self.page.complaints();
        if name == "scan-unknown" {
            // The page itself answers 404, which is right, and the browser says so.
            found.retain(|complaint| !complaint.contains("status of 404"));
        }
        let title = self.page.eval("document.title").await?.as_str().unwrap_or_default().to_owned();
        let headings =
            self.page.eval("[...document.querySelectorAll('h1')].map(h => h.innerText.trim()).join('|')").await?;
        let heading = headings.as_str().unwrap_or_default();
        if title.trim_start_matches(['–', ' ']).is_empty() || title.starts_with('–') || !title.contains('–') {
            found.push(format!("the title is {title:?}"));
        }
        if heading.is_empty() || heading.contains('|') {
            found.push(format!("the headings of level 1 are {heading:?}"));
        }
        self.page.screenshot(&self.shots.join(format!("{}-{number:02}-{name}.png", self.who)), true).await?;
        for screen in [Screen::NARROWEST, Screen::PHONE] {
            self.page.screen(screen).await?;
            let over = self.page.overflow().await?;
            if over > 0 {
                let wide = self.page.eval(WIDE).await?;
                found.push(format!("{over} px too wide at {} px: {wide}", screen.width));
            }
        }
        let small = self.page.eval(SMALL).await?;
        if small != "" {
            found.push(format!("too small for a thumb: {small}"));
        }
        // Axe needs timers, which a tab without scripts has not; the HTML is the same there.
        if self.scripts {
            for violation in self.page.axe(name).await?.unwrap_or_default() {
                found.push(format!("axe {} ({}): {}", violation.id, violation.help, violation.nodes.join("; ")));
            }
        }
        self.faults.borrow_mut().extend(found.into_iter().map(|fault| format!("{at}: {fault}")));
        Ok(())
    }

    /// The end of a visit: what was wrong with the pages on the way.
    pub fn leaves(self) -> Vec<String> {
        self.faults.into_inner()
    }
}
