//! The program as a whole: [`App::build`] opens everything from a [`Config`], [`App::router`] serves it,
//! [`dispatch`] does queued jobs.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::Router;

use crate::accounts::password::Hasher;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::Db;
use crate::duplicates;
use crate::files::{self, FileStore};
use crate::imports;
use crate::jobs::{Bell, Failure, Job};
use crate::labels::cache::PageCache;
use crate::labels::finder::Finder;
use crate::labels::issue;
use crate::labels::scan_log::ScanLog;
use crate::market::index::{self, lease, lease::Lease};
use crate::market::poster::Posters;
use crate::misuse::guesses::Guesses;
use crate::misuse::look;
use crate::privacy::erasure;
use crate::search::SearchIndex;
use crate::web::communes::Communes;
use crate::web::{AppError, assets, health, layers};

/// What handlers and jobs work with; cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of an [`App`].
pub struct Parts {
    /// Settings as told at start.
    pub config: Config,
    /// Tells the time.
    pub clock: Clock,
    /// The database.
    pub db: Db,
    /// Communes served here, by host.
    pub communes: Communes,
    /// Wakes the worker when jobs were queued.
    pub jobs: Bell,
    /// How passwords are hashed.
    pub passwords: Hasher,
    /// Where uploaded files are kept.
    pub files: FileStore,
    /// Counts openings of labels.
    pub scans: ScanLog,
    /// What scanned codes name.
    pub codes: Finder,
    /// Codes that were tried and never issued.
    pub guesses: Guesses,
    /// Scan pages as rendered.
    pub pages: PageCache,
    /// Pictures of shared links.
    pub posters: Posters,
    /// Finds products and producers.
    pub search: SearchIndex,
    /// Keeps other processes away from an embedded index.
    lease: Option<Lease>,
}

/// Why the program can't start, in words for whoever starts it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is wrong or two don't fit.
    #[error("{0}")]
    Config(String),
    /// The data folder can't be made or written.
    #[error(
        "the data folder {folder} can't be used: {path}: {error}. Let the user that runs sanvat own it, or name another with --data-dir"
    )]
    Folder {
        /// The folder.
        folder: String,
        /// What in it, or the folder itself.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The folder of uploaded files can't be used.
    #[error("uploaded files can't be kept: {0}")]
    Files(#[from] crate::files::StoreError),
    /// The search index can't be opened.
    #[error("the search index can't be used: {0}")]
    Search(String),
    /// Another process serves with an embedded index over this database.
    #[error(
        "another sanvat serves from this database with its own search index: {0}. Stop that one first, or run several over PostgreSQL and Meilisearch (SANVAT_SEARCH_URL)"
    )]
    Taken(String),
    /// The database can't be opened.
    #[error("the database {place} can't be opened: {error}. {mend}")]
    Opening {
        /// Which; passwords left out.
        place: String,
        /// What the engine said.
        error: sqlx::Error,
        /// What to do.
        mend: &'static str,
    },
    /// The database is not what is expected.
    #[error("the database can't be used: {0}")]
    Database(#[from] sqlx::Error),
    /// The schema can't be brought up to date.
    #[error("the database's schema can't be brought up to date: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
}

impl App {
    /// Opens the database, brings its schema up to date and puts the parts together.
    pub async fn build(config: Config, clock: Clock, passwords: Hasher) -> Result<Self, StartError> {
        let db = Self::open_database(&config).await?;
        Self::assemble(config, clock, passwords, db).await
    }

    /// As [`App::build`], for commands that work on the database beside a running server: its index stays the
    /// server's, whose worker does the jobs that are queued here.
    pub async fn build_aside(config: Config, clock: Clock, passwords: Hasher) -> Result<Self, StartError> {
        let db = Self::open_database(&config).await?;
        crate::db::migrate(&db).await?;
        crate::producers::listed::fill_keys(&db).await?;
        let search = index::unopened().map_err(StartError::Search)?;
        Self::put_together(config, clock, passwords, db, search, None).await
    }

    async fn open_database(config: &Config) -> Result<Db, StartError> {
        config.check().map_err(StartError::Config)?;
        let folder = &config.data_dir;
        let unfit = |(path, error): (PathBuf, _)| StartError::Folder {
            folder: folder.display().to_string(),
            path: path.display().to_string(),
            error,
        };
        // Everything is looked at before anything is made.
        fits(folder, config.database_url.is_none()).map_err(unfit)?;
        std::fs::create_dir_all(folder).map_err(|error| unfit((folder.clone(), error)))?;
        files::Disk::open(folder.join("files"))?;
        let url = config.database();
        Db::open(&url).await.map_err(|error| {
            let is_file = url.starts_with("sqlite:");
            let place =
                if is_file { url.trim_start_matches("sqlite:").to_owned() } else { crate::db::without_password(&url) };
            let mend = if is_file {
                "Let the user that runs sanvat own the file and its folder, or name another with --database-url"
            } else {
                "See that the server runs and lets this user in, or name another with --database-url"
            };
            StartError::Opening { place, error, mend }
        })
    }

    /// As [`App::build`], over a database that is open already.
    pub async fn assemble(config: Config, clock: Clock, passwords: Hasher, db: Db) -> Result<Self, StartError> {
        crate::db::migrate(&db).await?;
        crate::producers::listed::fill_keys(&db).await?;
        let lease = match config.search_url {
            Some(_) => None,
            None => Some(Lease::take(&(&db, &clock), lease::EMBEDDED).await.map_err(StartError::Taken)?),
        };
        let opened = index::open(&config).await.map_err(StartError::Search)?;
        let app = Self::put_together(config, clock, passwords, db, opened.index, lease).await?;
        if opened.must_rebuild {
            index::rebuild_if_needed(&app).await.map_err(|e| StartError::Search(e.to_string()))?;
        } else if app.config.search_url.is_some() {
            tokio::spawn(index::keep_whole(app.downgrade()));
        }
        Ok(app)
    }

    async fn put_together(
        config: Config,
        clock: Clock,
        passwords: Hasher,
        db: Db,
        search: SearchIndex,
        lease: Option<Lease>,
    ) -> Result<Self, StartError> {
        let communes = Communes::load(&db).await?;
        let files = FileStore::Disk(files::Disk::open(config.data_dir.join("files"))?);
        let (jobs, scans, pages) = (Bell::default(), ScanLog::start(db.clone()), PageCache::default());
        let codes = Finder::start(db.clone());
        let (guesses, posters) = (Guesses::default(), Posters::default());
        let parts = Parts {
            config,
            clock,
            db,
            communes,
            jobs,
            passwords,
            files,
            scans,
            codes,
            guesses,
            pages,
            posters,
            search,
            lease,
        };
        Ok(Self(Arc::new(parts)))
    }

    /// The program, unless it has ended: for work that must not keep it alive.
    pub fn downgrade(&self) -> impl Fn() -> Option<Self> + Send + Sync + 'static {
        let parts = Arc::downgrade(&self.0);
        move || parts.upgrade().map(Self)
    }

    /// Writes what waits in memory, gives up what other processes wait for and closes the database.
    pub async fn close(&self) {
        self.scans.flush().await;
        if let Some(lease) = &self.lease {
            lease.release(&self.db).await;
        }
        self.db.close().await;
    }

    /// Every route, with the layers around them.
    pub fn router(&self) -> Router {
        self.router_with(Router::new())
    }

    /// Every route and those of `extra`, with the same layers around them; what is measured is compared with a
    /// constant page served this way.
    pub fn router_with(&self, extra: Router<Self>) -> Router {
        let routes = Router::new()
            .route("/a/{hash}/{*name}", axum::routing::get(assets::serve))
            .route("/healthz", axum::routing::get(health::alive))
            .route("/readyz", axum::routing::get(health::ready))
            .merge(crate::accounts::router())
            .merge(crate::traceability::router())
            .merge(crate::recalls::router())
            .merge(files::router())
            .merge(crate::products::router())
            .merge(crate::market::router())
            .merge(crate::review::router())
            .merge(crate::support::router())
            .merge(crate::potential::router())
            .merge(crate::ocop::router())
            .merge(crate::activities::router())
            .merge(crate::reports::router())
            .merge(crate::privacy::router())
            .merge(duplicates::router())
            .merge(imports::router())
            .merge(crate::labels::router())
            .merge(crate::figures::router())
            .merge(crate::misuse::router())
            .merge(crate::producers::router())
            .merge(extra)
            .fallback(|| async { AppError::NotFound });
        layers::wrap(routes, self).with_state(self.clone())
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of a data folder, as far as they are there, are what they should be: folders, and a file for the
/// database if it is kept here. Makes nothing.
fn fits(folder: &Path, holds_database: bool) -> Result<(), (PathBuf, std::io::Error)> {
    let wrong = |path: &Path, what: &str| Err((path.to_owned(), std::io::Error::other(what)));
    for path in [folder.to_owned(), folder.join("files"), folder.join("index")] {
        if std::fs::metadata(&path).is_ok_and(|found| !found.is_dir()) {
            return wrong(&path, "there is a file where a folder should be");
        }
    }
    let database = folder.join("sanvat.db");
    if holds_database && std::fs::metadata(&database).is_ok_and(|found| !found.is_file()) {
        return wrong(&database, "there is a folder where the database's file should be");
    }
    Ok(())
}

/// Does a queued job; the error's text is kept with the job.
pub async fn dispatch(app: &App, job: &Job) -> Result<(), Failure> {
    match job.kind.as_str() {
        files::RENDER => Ok(files::render(app, job).await?),
        issue::MAKE => Ok(issue::make(app, job).await?),
        look::LOOK => Ok(look::do_job(app, job).await?),
        erasure::DROP => Ok(erasure::job(app, job).await?),
        imports::run::RUN => Ok(Box::pin(imports::run::job(app, job)).await?),
        kind if index::does(kind) => index::do_job(app, job).await,
        kind => Err(Failure::Failed(format!("no feature does jobs of kind {kind:?}"))),
    }
}
