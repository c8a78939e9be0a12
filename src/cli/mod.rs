//! The command line: what each command does, in words that `--help` prints.

mod demo;
mod doctor;
mod serve;
mod user;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::accounts::password::Hasher;
use crate::app::App;
use crate::clock::Clock;
use crate::config::{Config, LogFormat};
use crate::seeding;

/// Sản Vật: a commune's local specialities, registered, traced, labelled, found and supported.
///
/// `sanvat demo` shows the whole product with sample data. `sanvat serve` runs a commune's own: make the first
/// officer with `sanvat user add --role admin`. Every setting can also be given in the environment.
#[derive(Parser)]
#[command(name = "sanvat", version, about, long_about)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Loads the sample commune into a data folder of its own and serves it.
    ///
    /// Starting it again keeps what was done.
    Demo {
        /// Empties the demo's data folder first.
        #[arg(long)]
        fresh: bool,
    },
    /// Serves the commune's pages; brings the database's schema up to date first.
    Serve,
    /// Brings the database's schema up to date and says what was done.
    Migrate,
    /// Makes the commune of `--commune` in the database, with its lists; what is there stays.
    Seed {
        /// Loads the sample commune's people, products, lots and support as well. Only into an empty database.
        #[arg(long)]
        sample: bool,
    },
    /// Adds, lists and lets in people.
    #[command(subcommand)]
    User(user::Command),
    /// Builds the search index anew beside the one in use, then swaps them.
    Reindex,
    /// Checks settings, database, index, files, clock and public URL, and says how to mend what is wrong.
    Doctor,
    /// Asks the server at the listening address whether it is alive; for container health checks.
    Healthcheck,
}

/// Runs the program; errors are told in one line on standard error.
pub fn main() -> ExitCode {
    let mut cli = Cli::parse();
    if let Command::Demo { .. } = cli.command {
        demo::settle(&mut cli.config);
    }
    log_to_stderr(&cli.config);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.to_string()),
    };
    match runtime.block_on(run(cli)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(message: &str) -> ExitCode {
    eprintln!("sanvat: {message}");
    ExitCode::FAILURE
}

fn log_to_stderr(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log_level)
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log {
        LogFormat::Json => log.json().init(),
        LogFormat::Text => log.with_target(false).init(),
    }
}

async fn run(cli: Cli) -> Result<(), String> {
    match &cli.command {
        Command::Doctor => return doctor::run(cli.config).await,
        Command::Healthcheck => return doctor::healthcheck(&cli.config).await,
        Command::Demo { fresh: true } => demo::empty(&cli.config)?,
        _ => {}
    }
    let beside = matches!(cli.command, Command::Migrate | Command::User(_) | Command::Seed { .. });
    let app = if beside {
        App::build_aside(cli.config, Clock::System, Hasher::strong()).await
    } else {
        App::build(cli.config, Clock::System, Hasher::strong()).await
    };
    let app = app.map_err(|e| e.to_string())?;
    let result = match cli.command {
        Command::Demo { .. } => return demo::run(app).await,
        Command::Serve => {
            seeding::base::ensure(&app, false).await.map_err(|e| e.to_string())?;
            return serve::run(app, || {}).await;
        }
        Command::Migrate => {
            println!("The schema is up to date ({}).", app.db.engine());
            Ok(())
        }
        Command::Seed { sample } => seed(&app, sample).await,
        Command::User(command) => user::run(&app, command).await,
        Command::Reindex => reindex(&app).await,
        Command::Doctor | Command::Healthcheck => Ok(()),
    };
    app.close().await;
    result
}

async fn seed(app: &App, sample: bool) -> Result<(), String> {
    seeding::base::ensure(app, sample).await.map_err(|e| e.to_string())?;
    if sample {
        seeding::loader::load(app, &seeding::loader::tell).await?;
    }
    println!("The database holds commune {} and its lists.", app.config.commune);
    Ok(())
}

async fn reindex(app: &App) -> Result<(), String> {
    let count = crate::market::index::rebuild(app).await?;
    println!("The index was built anew: {count} products and producers.");
    Ok(())
}
