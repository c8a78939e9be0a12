//! Openings of labels over the past 90 days: more on market days and while goods are fresh.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::app::App;
use crate::db::Cx;
use crate::figures::count;
use crate::ids::{FeedbackId, new_id};
use crate::labels::model::code_of;
use crate::labels::scan::feedback::{FeedbackKind, NewFeedback};
use crate::labels::scan_log::Scan;
use crate::labels::store as labels;
use crate::labels::visitor::{Device, Referrer};

use super::Made;
use super::labels::MadeLabel;

/// How many openings there are in all.
const COUNT: usize = 6_000;
/// Openings of the one label that somebody copied.
const COPIED: usize = 36;
/// Over how many days.
const DAYS: i64 = 90;

pub(super) async fn load(app: &App, made: &Made, codes: &[MadeLabel]) -> Result<(), String> {
    let mut random = StdRng::seed_from_u64(10816);
    let fresh: Vec<&MadeLabel> = codes.iter().filter(|code| code.age < 240).collect();
    let total: u64 = fresh.iter().map(|code| code.weight).sum();
    if total == 0 {
        return Ok(());
    }
    let mut scans: Vec<Scan> = (0..COUNT).map(|_| opening(made, &fresh, total, &mut random)).collect();
    let copied = fresh.iter().filter(|code| code.piece).min_by_key(|code| code.age);
    scans.extend(copied.iter().flat_map(|code| (0..COPIED).map(|number| of_a_copy(made, code, number))));
    scans.sort_by_key(|scan| scan.at);
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    labels::insert_scans(&mut tx.cx(), &scans).await.map_err(|e| e.to_string())?;
    if let Some(code) = copied {
        report(&mut tx.cx(), made, code).await?;
    }
    tx.commit().await.map_err(|e| e.to_string())?;
    count::run(app, made.commune).await.map(drop).map_err(|e| e.to_string())
}

/// An opening of a label that somebody copied: by another phone each time, over four days.
fn of_a_copy(made: &Made, code: &MadeLabel, number: usize) -> Scan {
    let at = made.at(-((number % 4) as i64), number);
    let visitor: Arc<str> = crate::ids::digest(&format!("mau-chep-{number}")).into();
    Scan {
        id: new_id(at),
        commune: made.commune,
        label: code.id,
        at,
        visitor,
        device: Device::Phone,
        referrer: if number.is_multiple_of(3) { Referrer::Social } else { Referrer::Direct },
        person: true,
    }
}

/// What a buyer wrote about the copied label.
async fn report(cx: &mut Cx<'_>, made: &Made, code: &MadeLabel) -> Result<(), String> {
    let (text, found) = (|e: sqlx::Error| e.to_string(), labels::find(cx, made.commune, code.id).await);
    let Some(found) = found.map_err(text)? else { return Ok(()) };
    let at = made.at(-1, 5);
    let report = NewFeedback {
        id: FeedbackId::new(at),
        label: Some(code.id),
        product: Some(found.product_id),
        lot: found.lot_id,
        code: code_of(made.commune, code.id).map(|code| code.to_string()).unwrap_or_default(),
        kind: FeedbackKind::Report,
        stars: None,
        message: "Thấy nhiều hộp cùng một mã ở chợ (dữ liệu mẫu).".to_owned(),
        phone: String::new(),
        request: new_id(at),
    };
    labels::insert_feedback(cx, made.commune, &report, at).await.map_err(text)
}

fn opening(made: &Made, codes: &[&MadeLabel], total: u64, random: &mut StdRng) -> Scan {
    let mut at = random.random_range(0..total);
    let code = codes
        .iter()
        .find(|code| {
            let found = at < code.weight;
            at = at.saturating_sub(code.weight);
            found
        })
        .unwrap_or(&codes[0]);
    let oldest = code.age.clamp(0, DAYS);
    // The product of two draws lies nearer to the day the label was made.
    let back = oldest - (random.random_range(0.0..1.0_f64) * random.random_range(0.3..1.0) * oldest as f64) as i64;
    let hour = [6, 7, 8, 9, 10, 11, 12, 16, 17, 18, 19, 20][random.random_range(0..12)];
    let at = made.today.plus_days(-back).at(hour, random.random_range(0..60)).min(made.now);
    let device = match random.random_range(0..20) {
        0 => Device::Desktop,
        1 => Device::Tablet,
        _ => Device::Phone,
    };
    let referrer = if random.random_range(0..9) == 0 { Referrer::Social } else { Referrer::Direct };
    let visitor = format!("mau-{}", random.random_range(0..900));
    let visitor: Arc<str> = crate::ids::digest(&visitor).into();
    Scan { id: new_id(at), commune: made.commune, label: code.id, at, visitor, device, referrer, person: true }
}
