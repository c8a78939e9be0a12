//! Turns the sample commune's data into records, through the same stores and rules that people's input takes.
//!
//! Start at [`load`]. All days are offsets from today, so that seasons, expiries and "open cases" stay alive.

mod catalogue;
mod chains;
mod desk;
mod labels;
mod lot_plan;
mod lots;
mod office;
mod people;
mod pictures;
mod recalls;
mod scans;
mod sights;

use std::collections::HashMap;
use std::time::Instant;

use crate::app::App;
use crate::clock::{Day, Time};
use crate::ids::{CommuneId, LotId, PlaceId, ProducerId, ProductId, UserId, VillageId};

use super::sample::Sample;

pub use people::{ACCOUNTS, PASSWORD};
pub use sights::{is_loaded, sights};

/// Told while seeding: what is being done, and how many of how many.
pub type Progress<'a> = &'a (dyn Fn(&str) + Sync);

/// Prints a line of progress on standard error.
pub fn tell(line: &str) {
    eprintln!("  {line}");
}

/// What was made so far, by the keys of the sample data.
struct Made {
    commune: CommuneId,
    today: Day,
    now: Time,
    officer: UserId,
    villages: HashMap<String, (VillageId, String)>,
    producers: HashMap<String, ProducerId>,
    /// Product, its producer, its place of making once it has one.
    products: HashMap<String, (ProductId, ProducerId)>,
    places: HashMap<(ProducerId, String), PlaceId>,
    /// Lots with the label that stands for each.
    lots: Vec<MadeLot>,
    /// The lot to be recalled of each product that has one.
    recalls: HashMap<String, LotId>,
}

/// A lot that was made, for labels and scans.
struct MadeLot {
    id: LotId,
    product: ProductId,
    producer: ProducerId,
    made_on: Day,
    recalled: bool,
    quantity: i64,
}

impl Made {
    /// An instant `days` from today at an hour of the day that differs by `salt`.
    fn at(&self, days: i64, salt: usize) -> Time {
        let hour = 7 + (salt * 7 % 10) as u8;
        let minute = (salt * 13 % 60) as u8;
        self.today.plus_days(days).at(hour, minute).min(self.now)
    }
}

/// Loads the sample commune into an empty database, tells what it does, and builds the index.
pub async fn load(app: &App, progress: Progress<'_>) -> Result<(), String> {
    let begun = Instant::now();
    let text = |e: &dyn std::fmt::Display| e.to_string();
    let sample = Sample::load().map_err(|e| text(&e))?;
    let now = app.clock.now();
    let mut made = Made {
        commune: CommuneId(app.config.commune),
        today: now.day(),
        now,
        officer: UserId::new(now),
        villages: HashMap::new(),
        producers: HashMap::new(),
        products: HashMap::new(),
        places: HashMap::new(),
        lots: Vec::new(),
        recalls: HashMap::new(),
    };
    progress(&format!("{} villages, {} producers", sample.villages.len(), sample.producers.len()));
    people::load(app, &sample, &mut made).await?;
    progress(&format!("{} products", sample.products.len()));
    let pictures = catalogue::load(app, &sample, &mut made).await?;
    progress(&format!("{} pictures to draw", pictures.len()));
    pictures::load(app, made.commune, pictures).await?;
    progress("lots and the way of each, labels");
    lots::load(app, &sample, &mut made).await?;
    let codes = labels::load(app, &made).await?;
    recalls::load(app, &sample, &made).await?;
    progress("support given, openings of labels");
    office::load(app, &sample, &made).await?;
    desk::load(app, &made).await?;
    scans::load(app, &made, &codes).await?;
    progress("search index");
    crate::market::index::rebuild(app).await?;
    sights::mark_loaded(app).await.map_err(|e| text(&e))?;
    progress(&format!("done in {:.1} s", begun.elapsed().as_secs_f32()));
    Ok(())
}
