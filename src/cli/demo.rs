//! `sanvat demo`: the whole product with sample data.

use std::path::Path;

use crate::app::App;
use crate::config::Config;
use crate::ids::CommuneId;
use crate::seeding::{self, loader};

use super::serve;

/// The folder of the demo when none was named.
const FOLDER: &str = "sanvat-demo";
/// Lies in a folder that the demo made, so that `--fresh` empties no other.
const MARK: &str = ".sanvat-demo";

/// The demo has a data folder of its own unless one was named.
pub fn settle(config: &mut Config) {
    if config.data_dir == Path::new("sanvat-data") {
        config.data_dir = FOLDER.into();
    }
}

/// Empties the demo's data folder; refuses one that the demo did not make.
pub fn empty(config: &Config) -> Result<(), String> {
    let folder = &config.data_dir;
    if !folder.exists() {
        return Ok(());
    }
    if config.database_url.is_some() {
        return Err(
            "--fresh empties the demo's own folder; give an empty database instead of --database-url".to_owned()
        );
    }
    if !folder.join(MARK).exists() {
        return Err(format!(
            "{} was not made by the demo: it is left as it is. Name another with --data-dir",
            folder.display()
        ));
    }
    std::fs::remove_dir_all(folder).map_err(|error| format!("{} can't be emptied: {error}", folder.display()))
}

/// Loads the sample commune where it is missing, then serves it.
pub async fn run(app: App) -> Result<(), String> {
    let commune = CommuneId(app.config.commune);
    match app.communes.get(commune) {
        Some(commune) if !commune.sample => {
            return Err(format!(
                "this database holds the real commune {}; the demo needs one of its own",
                commune.name
            ));
        }
        Some(_) if loader::is_loaded(&app).await? => {}
        Some(_) => return Err("loading the sample data was interrupted: start again with --fresh".to_owned()),
        None => {
            let mark = app.config.data_dir.join(MARK);
            std::fs::write(&mark, "").map_err(|error| format!("{} can't be written: {error}", mark.display()))?;
            eprintln!("Loading the sample commune into {} …", app.config.data_dir.display());
            seeding::base::ensure(&app, true).await.map_err(|e| e.to_string())?;
            loader::load(&app, &loader::tell).await?;
        }
    }
    let guide = guide(&app).await?;
    serve::run(app, || println!("{guide}")).await
}

/// What to open, and how to enter.
async fn guide(app: &App) -> Result<String, String> {
    let url = app.config.public();
    let sights = loader::sights(app).await.map_err(|e| e.to_string())?;
    let mut lines = vec![
        String::new(),
        "Sản Vật is ready (sample data; Ctrl-C stops it).".to_owned(),
        format!("  home               {url}/"),
        format!("  a product          {url}{}", sights.product),
        format!("  a producer         {url}{}", sights.producer),
        format!("  a lot's label      {url}/t/{}", sights.lot),
        format!("  a recalled lot's   {url}/t/{}", sights.recalled),
        format!("  a serial label     {url}/t/{}", sights.serial),
        format!("  log in at          {url}/dang-nhap   password: {}", loader::PASSWORD),
    ];
    for account in &loader::ACCOUNTS {
        lines.push(format!("    {}   {}", account.phone, account.role));
    }
    Ok(lines.join("\n"))
}
