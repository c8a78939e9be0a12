//! A thin client of the Chrome DevTools Protocol: finds and starts Chromium, sends commands, hands out events.
//!
//! One socket serves all tabs ("flat" sessions). Replies are matched by id; events go to whoever subscribed to their
//! session. Nothing here knows what a click is: that is `page`.

use std::collections::HashMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::{MutexGuard, mpsc, oneshot};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

use crate::page::Page;

/// How long one command, one page load or one wait may take before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// One browser at a time: figures measured beside a second Chromium on a small machine mean nothing.
static TURN: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
static SKIPPED: AtomicUsize = AtomicUsize::new(0);

/// What went wrong between the test and the browser.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// `CI=true` and no Chromium: there a skipped test would be a lie.
    #[error("no Chromium found (looked at CHROMIUM, {CANDIDATES:?}); install it or set CHROMIUM")]
    NoChromium,
    #[error("Chromium did not start: {0}")]
    Start(String),
    #[error("{method} failed: {message}")]
    Command { method: String, message: String },
    #[error("the browser went away during {0}")]
    Gone(String),
    #[error("{0} took longer than {PATIENCE:?}")]
    Slow(String),
    /// The page is not as the test expects: no such element, covered, not clickable …
    #[error("{0}")]
    Page(String),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

pub type Result<T, E = Fault> = std::result::Result<T, E>;

const CANDIDATES: [&str; 4] =
    ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/opt/google/chrome/chrome"];

const FLAGS: [&str; 16] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--hide-scrollbars",
    "--mute-audio",
    "--accept-lang=vi-VN",
    "--force-color-profile=srgb",
    "--remote-debugging-port=0",
];

/// Says on the real stderr (the test runner swallows `eprintln!` of passing tests) what was left out, and counts it.
pub fn say_skipped(name: &str, why: &str) {
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // A closed stderr is no reason to fail a test.
    let _ = writeln!(std::io::stderr(), "SKIPPED {name}: {why} ({count} skipped so far)");
}

/// The Chromium to use: `CHROMIUM` if set, else the first usual place that exists.
pub fn find_chromium() -> Option<PathBuf> {
    let named = std::env::var_os("CHROMIUM").map(PathBuf::from);
    named.into_iter().chain(CANDIDATES.iter().map(PathBuf::from)).find(|path| path.is_file())
}

/// True when the run must not leave anything out.
pub fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// Something the browser said without being asked, about one session.
#[derive(Debug, Clone)]
pub struct Event {
    pub method: String,
    pub params: Value,
}

type Waiting = HashMap<u64, oneshot::Sender<Result<Value, String>>>;
type Listeners = Vec<(String, mpsc::UnboundedSender<Event>)>;

#[derive(Default)]
struct Shared {
    waiting: Mutex<Waiting>,
    listeners: Mutex<Listeners>,
}

/// The socket to one browser; cheap to clone.
#[derive(Clone)]
pub struct Client {
    outbox: mpsc::UnboundedSender<String>,
    next_id: Arc<AtomicU64>,
    shared: Arc<Shared>,
}

impl Client {
    async fn connect(url: &str) -> Result<Self> {
        // Screenshots and PDFs come back as one message of many megabytes.
        let limits = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let (socket, _) = tokio_tungstenite::connect_async_with_config(url, Some(limits), true)
            .await
            .map_err(|error| Fault::Start(error.to_string()))?;
        let (mut write, mut read) = socket.split();
        let (outbox, mut to_send) = mpsc::unbounded_channel::<String>();
        let shared = Arc::new(Shared::default());
        tokio::spawn(async move {
            while let Some(text) = to_send.recv().await {
                if write.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
        });
        let inbox = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Some(Ok(message)) = read.next().await {
                if let Ok(text) = message.to_text()
                    && let Ok(value) = serde_json::from_str::<Value>(text)
                {
                    inbox.take(value);
                }
            }
            // Whoever still waits sees its channel closed.
            lock(&inbox.waiting).clear();
            lock(&inbox.listeners).clear();
        });
        Ok(Self { outbox, next_id: Arc::new(AtomicU64::new(1)), shared })
    }

    /// Sends one command and waits for its result. `session` is empty for the browser itself.
    pub async fn call(&self, session: &str, method: &str, params: Value) -> Result<Value> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let mut command = json!({ "id": id, "method": method, "params": params });
        if !session.is_empty() {
            command["sessionId"] = session.into();
        }
        let (reply, answer) = oneshot::channel();
        lock(&self.shared.waiting).insert(id, reply);
        self.outbox.send(command.to_string()).map_err(|_| Fault::Gone(method.to_owned()))?;
        match tokio::time::timeout(PATIENCE, answer).await {
            Err(_) => Err(Fault::Slow(method.to_owned())),
            Ok(Err(_)) => Err(Fault::Gone(method.to_owned())),
            Ok(Ok(Err(message))) => Err(Fault::Command { method: method.to_owned(), message }),
            Ok(Ok(Ok(value))) => Ok(value),
        }
    }

    /// All events of one session from now on.
    pub fn listen(&self, session: &str) -> mpsc::UnboundedReceiver<Event> {
        let (sender, receiver) = mpsc::unbounded_channel();
        lock(&self.shared.listeners).push((session.to_owned(), sender));
        receiver
    }
}

impl Shared {
    fn take(&self, mut message: Value) {
        if let Some(id) = message["id"].as_u64() {
            let Some(reply) = lock(&self.waiting).remove(&id) else { return };
            let answer = match message["error"]["message"].as_str() {
                Some(error) => Err(error.to_owned()),
                None => Ok(message["result"].take()),
            };
            // The asker may have given up; then nobody wants the answer.
            let _ = reply.send(answer);
        } else if let (Some(method), Some(session)) = (message["method"].as_str(), message["sessionId"].as_str()) {
            let (method, session) = (method.to_owned(), session.to_owned());
            let event = Event { method, params: message["params"].take() };
            lock(&self.listeners).retain(|(of, sender)| *of != session || sender.send(event.clone()).is_ok());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A poisoned lock only means that another test thread failed; the map itself is sound.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A running Chromium with an empty profile; ends when dropped.
pub struct Browser {
    client: Client,
    // Dropped in this order: first the process, then its profile, then the turn passes on.
    _process: Child,
    _profile: tempfile::TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl Browser {
    /// Starts Chromium for the test `name`; `None` (said and counted) where there is none.
    ///
    /// Browsers run one after another, so a test starts one and opens as many [`Page`]s as it has people.
    pub async fn start(name: &str) -> Result<Option<Self>> {
        let Some(program) = find_chromium() else {
            if in_ci() {
                return Err(Fault::NoChromium);
            }
            say_skipped(name, "no Chromium on this machine");
            return Ok(None);
        };
        let turn = TURN.lock().await;
        let profile = tempfile::tempdir()?;
        let mut process = Command::new(program)
            .args(FLAGS)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .arg("about:blank")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let stderr = process.stderr.take().ok_or_else(|| Fault::Start("no stderr".to_owned()))?;
        let url = tokio::time::timeout(PATIENCE, socket_url(stderr))
            .await
            .map_err(|_| Fault::Slow("starting Chromium".to_owned()))??;
        let client = Client::connect(&url).await?;
        Ok(Some(Self { client, _process: process, _profile: profile, _turn: turn }))
    }

    /// A new tab in a browser context of its own: other people's cookies and caches are not seen.
    pub async fn page(&self) -> Result<Page> {
        let context = self.client.call("", "Target.createBrowserContext", json!({})).await?;
        let target = json!({ "url": "about:blank", "browserContextId": context["browserContextId"] });
        let target = self.client.call("", "Target.createTarget", target).await?;
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let session = self.client.call("", "Target.attachToTarget", attach).await?;
        let session = session["sessionId"].as_str().ok_or_else(|| Fault::Start("no session".to_owned()))?;
        Page::open(self.client.clone(), session.to_owned()).await
    }
}

async fn socket_url(stderr: tokio::process::ChildStderr) -> Result<String> {
    let mut lines = BufReader::new(stderr).lines();
    let mut said = String::new();
    while let Some(line) = lines.next_line().await? {
        if let Some(url) = line.strip_prefix("DevTools listening on ") {
            let url = url.trim().to_owned();
            // Keep reading, or Chromium stops once the pipe is full.
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(url);
        }
        said.push_str(&line);
        said.push('\n');
    }
    Err(Fault::Start(said))
}
