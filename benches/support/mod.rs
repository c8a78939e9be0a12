//! What the benchmarks share: a load generator, the figures, and in [`rows`] what is in the database.
#![allow(dead_code, reason = "each benchmark uses a part")]

pub mod rows;

use std::error::Error;
use std::net::SocketAddr;
use std::path::Path;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a step of a benchmark ends with.
pub type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Measures on SQLite, in a file of its own, and on PostgreSQL where `TEST_POSTGRES_URL` names an empty database.
pub fn on_both_engines(measure: impl AsyncFn(&str, &str, &Path) -> Outcome<()>) -> Outcome<()> {
    // `cargo test --benches` starts a benchmark too; it is no test.
    if std::env::args().any(|arg| arg == "--test") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let sqlite = format!("sqlite:{}", folder.path().join("bench.db").display());
        measure("SQLite", &sqlite, folder.path()).await?;
        match std::env::var("TEST_POSTGRES_URL") {
            Ok(url) if !url.is_empty() => measure("PostgreSQL", &url, folder.path()).await?,
            _ => println!("PostgreSQL: skipped (set TEST_POSTGRES_URL to an empty database)"),
        }
        Ok(())
    })
}

/// A number from the environment.
pub fn setting(name: &str, usual: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// One keep-alive connection.
pub struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(64 << 10) })
    }

    /// Asks for a page and reads it to its end, which is returned; anything but 200 is an error.
    pub async fn get(&mut self, path: &str, accept: &str) -> Outcome<&[u8]> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: bench\r\naccept: {accept}\r\naccept-language: vi\r\n\
             user-agent: Mozilla/5.0 (Linux; Android 11) Mobile Safari\r\n\r\n"
        );
        self.send(&request, path, "200").await
    }

    /// Asks for a page as the person of this cookie and reads it to its end; anything but 200 is an error.
    pub async fn get_as(&mut self, path: &str, cookie: &str) -> Outcome<&[u8]> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nhost: bench\r\naccept: text/html\r\ncookie: {cookie}\r\n\
             user-agent: Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0\r\n\r\n"
        );
        self.send(&request, path, "200").await
    }

    /// Sends a form in parts, whose boundary is `bench`, as the person of this cookie; anything but a redirect (303) is
    /// an error.
    pub async fn post_form(&mut self, path: &str, cookie: &str, body: &str) -> Outcome<()> {
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: bench\r\naccept: text/html\r\ncookie: {cookie}\r\n\
             sec-fetch-site: same-origin\r\nuser-agent: Mozilla/5.0 (Linux; Android 11) Mobile Safari\r\n\
             content-type: multipart/form-data; boundary=bench\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.send(&request, path, "303").await.map(drop)
    }

    async fn send(&mut self, request: &str, path: &str, status: &str) -> Outcome<&[u8]> {
        self.stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let (head, length) = loop {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
            if let Some(end) = self.buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.buffer[..end])?.to_ascii_lowercase();
                if !head.starts_with(&format!("http/1.1 {status}")) {
                    return Err(format!("{path}: {}", head.lines().next().unwrap_or_default()).into());
                }
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).ok_or("no length")?;
                break (end + 4, length.parse::<usize>()?);
            }
        };
        while self.buffer.len() < head + length {
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the answer broke off".into());
            }
        }
        Ok(&self.buffer[head..head + length])
    }
}

/// The median; 0 of nothing.
pub fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// The value at a percentile of sorted values.
pub fn at(sorted: &[f64], percent: usize) -> f64 {
    let index = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(index).copied().unwrap_or_default()
}
