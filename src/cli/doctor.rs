//! `sanvat doctor`: looks at each part and says how to mend what is wrong. `sanvat healthcheck`: is it alive?

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::clock::{Clock, Day};
use crate::config::Config;
use crate::db::Db;

/// What a look at one part found.
enum Finding {
    Fine(String),
    Wrong { what: String, mend: String },
}

/// Checks each part; an error if any is wrong.
pub async fn run(config: Config) -> Result<(), String> {
    let mut wrong = 0;
    let mut tell = |part: &str, finding: Finding| match finding {
        Finding::Fine(text) => println!("ok     {part}: {text}"),
        Finding::Wrong { what, mend } => {
            wrong += 1;
            println!("WRONG  {part}: {what}\n       to mend: {mend}");
        }
    };
    tell("settings", settings(&config));
    tell("public URL", public_url(&config));
    tell("clock", clock());
    tell("data folder", data_folder(&config));
    tell("database", database(&config).await);
    tell("files", files(&config).await);
    tell("search index", index(&config).await);
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} of the parts above need mending")) }
}

fn settings(config: &Config) -> Finding {
    match config.check() {
        Ok(()) => Finding::Fine(format!("listening on {}, commune {}", config.listen, config.commune)),
        Err(what) => Finding::Wrong { what, mend: "see sanvat --help".to_owned() },
    }
}

fn public_url(config: &Config) -> Finding {
    let url = config.public();
    let code = crate::labels::code::LabelCode::new(config.commune as u32, 1);
    let label =
        code.map_err(|e| e.to_string()).and_then(|c| crate::labels::qr::label_url(&url, c).map_err(|e| e.to_string()));
    match label {
        Ok(label) if config.is_https() => Finding::Fine(format!("labels will say {label}")),
        Ok(label) => Finding::Wrong {
            what: format!("{url} is plain http: labels would say {label}, and phones elsewhere can't open it"),
            mend: "set SANVAT_PUBLIC_URL to the https:// address that people use before printing labels".to_owned(),
        },
        Err(what) => Finding::Wrong { what, mend: "set SANVAT_PUBLIC_URL to https:// and a host name".to_owned() },
    }
}

fn clock() -> Finding {
    let today = Clock::System.today();
    let built = Day::new(2026, 11, 1);
    if built.is_ok_and(|built| today < built) {
        Finding::Wrong {
            what: format!("the machine thinks it is {today}, before this program was made"),
            mend: "set the machine's clock, best by NTP (timedatectl set-ntp true)".to_owned(),
        }
    } else {
        Finding::Fine(format!("{} in Việt Nam", Clock::System.now().text()))
    }
}

fn data_folder(config: &Config) -> Finding {
    let folder = &config.data_dir;
    let probe = folder.join(".doctor");
    let tried = std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(&probe, b"ok"))
        .and_then(|()| std::fs::remove_file(&probe));
    match tried {
        Ok(()) => Finding::Fine(format!("{} can be written", folder.display())),
        Err(error) => Finding::Wrong {
            what: format!("{} can't be written: {error}", folder.display()),
            mend: "let the user that runs sanvat own it, free some space, or name another with SANVAT_DATA_DIR"
                .to_owned(),
        },
    }
}

async fn database(config: &Config) -> Finding {
    let db = match Db::open(&config.database()).await {
        Ok(db) => db,
        Err(error) => {
            return Finding::Wrong {
                what: error.to_string(),
                mend: "check SANVAT_DATABASE_URL, and that the server runs and lets this user in".to_owned(),
            };
        }
    };
    let pending = crate::db::pending(&db).await;
    let finding = match pending {
        Ok(steps) if steps.is_empty() => Finding::Fine(format!("{}, schema up to date", db.engine())),
        Ok(steps) => Finding::Wrong {
            what: format!("{} steps of the schema are not taken: {}", steps.len(), steps.join(", ")),
            mend: "run sanvat migrate (serve does it too)".to_owned(),
        },
        Err(error) => Finding::Wrong { what: error.to_string(), mend: "run sanvat migrate".to_owned() },
    };
    db.close().await;
    finding
}

async fn files(config: &Config) -> Finding {
    let root = config.data_dir.join("files");
    let probed = match crate::files::Disk::open(&root) {
        Ok(disk) => crate::files::FileStore::Disk(disk).probe().await,
        Err(error) => Err(error),
    };
    match probed {
        Ok(()) => Finding::Fine(format!("{} can be written", root.display())),
        Err(error) => Finding::Wrong {
            what: error.to_string(),
            mend: "let the user that runs sanvat own the folder, or free some space".to_owned(),
        },
    }
}

async fn index(config: &Config) -> Finding {
    match crate::market::index::open(config).await {
        Ok(opened) => match opened.index.health().await {
            Ok(health) if health.rebuild.is_none() => Finding::Fine(health.engine),
            Ok(_) => Finding::Wrong {
                what: "it is empty, damaged or of another version".to_owned(),
                mend: "run sanvat reindex (serve does it too)".to_owned(),
            },
            Err(error) => wrong_index(&error.to_string()),
        },
        Err(error) => wrong_index(&error),
    }
}

fn wrong_index(what: &str) -> Finding {
    Finding::Wrong {
        what: what.to_owned(),
        mend: "embedded: stop other processes that use the data folder, run sanvat reindex; Meilisearch: check \
               SANVAT_SEARCH_URL and SANVAT_SEARCH_KEY"
            .to_owned(),
    }
}

/// Asks `/healthz` of the server at the listening address.
pub async fn healthcheck(config: &Config) -> Result<(), String> {
    let mut address = config.listen;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /healthz HTTP/1.0\r\nhost: localhost\r\n\r\n").await?;
        let mut answer = Vec::new();
        stream.take(4096).read_to_end(&mut answer).await?;
        Ok::<_, std::io::Error>(answer)
    };
    let answer = tokio::time::timeout(Duration::from_secs(3), ask)
        .await
        .map_err(|_| format!("{address} did not answer within 3 seconds"))?
        .map_err(|error| format!("{address}: {error}"))?;
    let status = answer.split(|b| *b == b' ').nth(1).unwrap_or_default();
    if status == b"200" { Ok(()) } else { Err(format!("{address} answered {}", String::from_utf8_lossy(status))) }
}
