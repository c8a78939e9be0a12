//! The real binary, as a process of its own: what can't be tried inside the tests' process.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use super::app::TestApp;
use super::visitor::Visitor;

/// How long a start may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// `sanvat serve`, started and answering.
pub struct Running {
    process: Child,
    url: String,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sanvat"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("SANVAT_")) {
        command.env_remove(name);
    }
    command.args(arguments).arg("--data-dir").arg(folder).stdin(Stdio::null()).kill_on_drop(true);
    command
}

fn free_address() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("the port is known").to_string()
}

/// Runs `sanvat` with these arguments to its end; a server that starts after all is a failure.
pub async fn run_binary(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = command(folder, arguments);
    let process = command.arg("--listen").arg(free_address()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let ended = timeout(PATIENCE, process.expect("the binary starts").wait_with_output()).await;
    ended.unwrap_or_else(|_| panic!("sanvat {arguments:?} did not end")).expect("its output")
}

impl Running {
    /// Starts it over this data folder and waits until it answers.
    pub async fn serve(folder: &Path) -> Self {
        Self::serve_with(folder, &[]).await
    }

    /// Starts it over the database of a test's app, beside that one: as a process without an index of its own, whose
    /// Meilisearch is away.
    pub async fn serve_beside(app: &TestApp) -> Self {
        let config = &app.app.config;
        let away = ["--search-url", "http://127.0.0.1:9", "--search-key", "none", "--database-url"];
        let database = config.database();
        let arguments: Vec<&str> = away.into_iter().chain([&*database]).collect();
        Self::serve_with(&config.data_dir, &arguments).await
    }

    async fn serve_with(folder: &Path, arguments: &[&str]) -> Self {
        let address = free_address();
        let arguments: Vec<&str> = ["serve", "--listen", &address].iter().chain(arguments).copied().collect();
        let mut command = command(folder, &arguments);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the binary starts");
        let mut this = Self { process, url: format!("http://{address}") };
        let answers = async {
            // Waiting for another process, before the test begins.
            while tokio::net::TcpStream::connect(&address).await.is_err() {
                assert!(this.is_alive(), "the server ended while it started");
                sleep(Duration::from_millis(50)).await;
            }
        };
        timeout(PATIENCE, answers).await.expect("the server answers");
        this
    }

    /// Someone with a browser who is not logged in.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.url.clone())
    }

    /// True while the process that was started runs.
    pub fn is_alive(&mut self) -> bool {
        self.process.try_wait().expect("the process is ours").is_none()
    }

    /// Where it listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Kills it as a power cut would, in the middle of whatever it does.
    pub async fn kill(mut self) {
        self.process.kill().await.expect("it can be killed");
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) {
        let id = self.process.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-TERM", &id]).status().await;
        assert!(asked.is_ok_and(|status| status.success()), "it could not be asked to stop");
        let ended = timeout(PATIENCE, self.process.wait()).await.expect("it stops").expect("its status");
        assert!(ended.success(), "it stopped with {ended}");
    }
}
