//! PostgreSQL for tests: one server a test binary, one database a test, copied from a template that is migrated.
//!
//! `TEST_POSTGRES_URL` names a server to use (`postgres://USER:PASSWORD@HOST/DATABASE`, a user that may make
//! databases). Else the server's binaries are looked for in `PATH` and `/usr/lib/postgresql/*/bin`, and a server
//! is started in a temporary folder on a Unix socket only, with `fsync` off. A guarding shell owns that server: it
//! waits for its input to end, which happens however the tests end, then stops the server and removes the folder.

use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use sanvat::db::Db;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

/// A server that tests share.
pub struct Server {
    options: PgConnectOptions,
    template: String,
    /// Held, so that the guard's input ends with this process.
    _guard: Option<Mutex<Child>>,
}

static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// The server, started by the first who asks; else why there is none.
pub fn server() -> Result<&'static Server, &'static str> {
    SERVER.get_or_init(start).as_ref().map_err(String::as_str)
}

/// A database of one test.
pub struct Database {
    /// Its pool.
    pub db: Db,
    /// Its address, for a process of its own.
    pub url: String,
    name: String,
    server: &'static Server,
}

impl Server {
    /// A new database with the schema in it.
    pub async fn database(&'static self) -> Result<Database, sqlx::Error> {
        let name = format!("sanvat_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut admin = self.options.connect().await?;
        run(&mut admin, &format!("CREATE DATABASE {name} TEMPLATE {}", self.template)).await?;
        admin.close().await?;
        let options = self.options.clone().database(&name);
        let url = options.to_url_lossy().to_string();
        let db = Db::open_postgres(options, 6).await?;
        Ok(Database { db, url, name, server: self })
    }
}

impl Database {
    /// Closes the pool and drops the database.
    pub async fn drop_it(self) -> Result<(), sqlx::Error> {
        self.db.close().await;
        let mut admin = self.server.options.connect().await?;
        run(&mut admin, &format!("DROP DATABASE {} WITH (FORCE)", self.name)).await?;
        admin.close().await
    }
}

async fn run(admin: &mut PgConnection, statement: &str) -> Result<(), sqlx::Error> {
    // Names in it are made here, of letters and digits.
    sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).execute(admin).await.map(drop)
}

fn start() -> Result<Server, String> {
    let (options, guard) = if let Ok(url) = std::env::var("TEST_POSTGRES_URL") {
        (PgConnectOptions::from_str(&url).map_err(|e| format!("TEST_POSTGRES_URL: {e}"))?, None)
    } else {
        let (options, guard) = start_own()?;
        (options, Some(Mutex::new(guard)))
    };
    let options = options.disable_statement_logging();
    let template = on_own_runtime(make_template(options.clone())).map_err(|e| format!("the template: {e}"))?;
    Ok(Server { options, template, _guard: guard })
}

/// Runs a future from code that is inside a runtime already.
fn on_own_runtime<T: Send>(future: impl Future<Output = T> + Send) -> T {
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
        });
        thread.join().expect("the future does not panic")
    })
}

/// A database with the schema in it, kept on a server of one's own under a name that holds the migrations' hash.
async fn make_template(options: PgConnectOptions) -> Result<String, String> {
    let template = format!("sanvat_template_{}", &migrations_hash()?[..12]);
    let said = |e: sqlx::Error| e.to_string();
    let mut admin = options.connect().await.map_err(said)?;
    // Two test binaries may share a server.
    sqlx::query("SELECT pg_advisory_lock(10816)").execute(&mut admin).await.map_err(said)?;
    let exists: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)")
        .bind(&template)
        .fetch_one(&mut admin)
        .await
        .map_err(said)?;
    if !exists {
        let raw = format!("{template}_raw");
        run(&mut admin, &format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)")).await.map_err(said)?;
        run(&mut admin, &format!("CREATE DATABASE {raw} TEMPLATE template0 ENCODING 'UTF8'")).await.map_err(said)?;
        let db = Db::open_postgres(options.database(&raw), 1).await.map_err(said)?;
        sanvat::db::migrate(&db).await.map_err(|e| e.to_string())?;
        db.close().await;
        run(&mut admin, &format!("ALTER DATABASE {raw} RENAME TO {template}")).await.map_err(said)?;
    }
    admin.close().await.map_err(said)?;
    Ok(template)
}

fn migrations_hash() -> Result<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let files = std::fs::read_dir(&folder).map_err(|e| e.to_string())?;
    let mut paths: Vec<PathBuf> = files.filter_map(|f| f.ok().map(|f| f.path())).collect();
    paths.sort();
    let texts: Result<Vec<String>, _> = paths.iter().map(std::fs::read_to_string).collect();
    Ok(sanvat::ids::digest(&texts.map_err(|e| e.to_string())?.concat()))
}

fn binaries() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    if let Ok(versions) = std::fs::read_dir("/usr/lib/postgresql") {
        let mut versions: Vec<PathBuf> = versions.filter_map(|v| v.ok().map(|v| v.path().join("bin"))).collect();
        versions.sort();
        folders.extend(versions.into_iter().rev());
    }
    folders.into_iter().find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

/// A command that runs as a user other than root, as the server demands.
fn as_plain_user(user: Option<&str>, program: &Path) -> Command {
    match user {
        Some(user) => {
            let mut command = Command::new("setpriv");
            command.args([&format!("--reuid={user}"), "--init-groups", "--regid", user, "--"]).arg(program);
            command
        }
        None => Command::new(program),
    }
}

fn start_own() -> Result<(PgConnectOptions, Child), String> {
    let (folder, postgres) = prepare()?;
    let folder = folder.keep();
    let guard = guarded(&postgres, &folder, true).map_err(|e| format!("the guard: {e}"))?;
    let options = own_options(&folder);
    wait_until_up(&options, &folder)?;
    Ok((options, guard))
}

fn own_options(folder: &Path) -> PgConnectOptions {
    PgConnectOptions::new().socket(folder).username("sanvat").database("postgres")
}

/// A server of one test alone, which it may stop and start again.
pub struct OwnServer {
    folder: tempfile::TempDir,
    postgres: Command,
    guard: Option<Child>,
}

impl OwnServer {
    /// A server that runs; else why there is none.
    pub fn start() -> Result<Self, String> {
        let (folder, postgres) = prepare()?;
        let mut this = Self { folder, postgres, guard: None };
        this.go_on()?;
        Ok(this)
    }

    /// A pool of its one database.
    pub async fn open(&self) -> Result<Db, sqlx::Error> {
        Db::open_postgres(own_options(self.folder.path()).disable_statement_logging(), 6).await
    }

    /// Starts it again where it was stopped.
    pub fn go_on(&mut self) -> Result<(), String> {
        let guard = guarded(&self.postgres, self.folder.path(), false).map_err(|e| format!("the guard: {e}"))?;
        self.guard = Some(guard);
        wait_until_up(&own_options(self.folder.path()), self.folder.path())
    }

    /// Stops it; connections to it break.
    pub fn stop(&mut self) {
        if let Some(mut guard) = self.guard.take() {
            drop(guard.stdin.take());
            let _ = guard.wait();
        }
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// A folder with a fresh cluster in it, and the command that serves it.
fn prepare() -> Result<(tempfile::TempDir, Command), String> {
    let bin = binaries().ok_or("no PostgreSQL server on this machine and no TEST_POSTGRES_URL")?;
    let folder = tempfile::Builder::new().prefix("sanvat-pg-").tempdir().map_err(|e| e.to_string())?;
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o700)).map_err(|e| e.to_string())?;
    let is_root = std::fs::metadata(folder.path()).map_err(|e| e.to_string())?.uid() == 0;
    let user = if is_root { Some(give_away(folder.path())?) } else { None };
    let data = folder.path().join("data");

    let mut init = as_plain_user(user, &bin.join("initdb"));
    init.args(["-A", "trust", "-U", "sanvat", "-E", "UTF8", "--locale=C", "--no-sync", "-D"]).arg(&data);
    let output = init.current_dir(folder.path()).stdin(Stdio::null()).output().map_err(|e| format!("initdb: {e}"))?;
    if !output.status.success() {
        return Err(format!("initdb: {}", String::from_utf8_lossy(&output.stderr)));
    }

    let mut postgres = as_plain_user(user, &bin.join("postgres"));
    postgres.arg("-D").arg(&data).arg("-k").arg(folder.path());
    for setting in [
        "listen_addresses=",
        "fsync=off",
        "synchronous_commit=off",
        "full_page_writes=off",
        "max_connections=300",
        "jit=off",
        "autovacuum=off",
        "log_min_messages=fatal",
    ] {
        postgres.args(["-c", setting]);
    }
    Ok((folder, postgres))
}

/// Gives the folder to a user that is not root; returns the user.
fn give_away(folder: &Path) -> Result<&'static str, String> {
    let users = std::fs::read_to_string("/etc/passwd").map_err(|e| e.to_string())?;
    for user in ["postgres", "nobody"] {
        let ids = users.lines().find_map(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            (fields.first() == Some(&user)).then(|| (fields.get(2)?.parse().ok(), fields.get(3)?.parse().ok()).into())
        });
        if let Some(Some((Some(uid), Some(gid)))) = ids.map(|ids: Option<(Option<u32>, Option<u32>)>| ids) {
            chown(folder, Some(uid), Some(gid)).map_err(|e| e.to_string())?;
            return Ok(user);
        }
    }
    Err("the server does not run as root, and there is no user postgres or nobody".to_owned())
}

/// Starts the server under a shell that stops it when this process is gone, and then removes the folder or leaves it.
fn guarded(postgres: &Command, folder: &Path, removes: bool) -> std::io::Result<Child> {
    const SCRIPT: &str = r#"
        trap '' INT TERM HUP
        folder=$1; removes=$2; shift 2
        "$@" >"$folder/log" 2>&1 &
        server=$!
        cat >/dev/null
        kill -INT "$server"
        wait "$server"
        if [ "$removes" = true ]; then rm -rf "$folder"; fi
    "#;
    Command::new("sh")
        .args(["-c", SCRIPT, "guard"])
        .arg(folder)
        .arg(removes.to_string())
        .arg(postgres.get_program())
        .args(postgres.get_args())
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
}

fn wait_until_up(options: &PgConnectOptions, folder: &Path) -> Result<(), String> {
    let begun = Instant::now();
    loop {
        let tried = on_own_runtime(async { PgConnection::connect_with(options).await?.close().await });
        match tried {
            Ok(()) => return Ok(()),
            Err(error) if begun.elapsed() > Duration::from_secs(30) => {
                let mut log = String::new();
                let _ = std::fs::File::open(folder.join("log")).and_then(|mut f| f.read_to_string(&mut log));
                return Err(format!("the server does not answer: {error}\n{log}"));
            }
            // Waiting for another process, before any test begins.
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Says, past the capture of test output, that a test did not run on PostgreSQL; fails where it must.
pub fn skip(name: &str, why: &str) {
    static SKIPPED: AtomicUsize = AtomicUsize::new(0);
    assert!(
        !std::env::var("CI").is_ok_and(|ci| ci == "true"),
        "{name}: CI=true wants PostgreSQL too, and there is none: {why}"
    );
    let count = SKIPPED.fetch_add(1, Ordering::Relaxed) + 1;
    // Not eprintln!, which the test runner would capture and drop.
    let _ = writeln!(std::io::stderr(), "SKIPPED {name} on PostgreSQL: {why} ({count} skipped so far)");
}
