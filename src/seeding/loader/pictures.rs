//! Draws the sample pictures and puts their sizes into the file store, on every core.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::app::App;
use crate::files::{FileKey, Size, picture};
use crate::ids::CommuneId;
use crate::seeding::pictures::Drawings;

use super::catalogue::Wanted;

/// Width of the pictures that are drawn, px.
pub(super) const WIDTH: u32 = 960;

pub(super) async fn load(app: &App, commune: CommuneId, wanted: Vec<Wanted>) -> Result<(), String> {
    let drawings = Arc::new(Drawings::load().map_err(|e| e.to_string())?);
    let wanted = Arc::new(wanted);
    let next = Arc::new(AtomicUsize::new(0));
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let mut tasks = Vec::new();
    for _ in 0..workers {
        let (app, drawings, wanted, next) = (app.clone(), drawings.clone(), wanted.clone(), next.clone());
        tasks.push(tokio::spawn(async move {
            while let Some(at) = Some(next.fetch_add(1, Ordering::Relaxed)).filter(|at| *at < wanted.len()) {
                draw(&app, commune, &drawings, &wanted, at).await?;
            }
            Ok::<_, String>(())
        }));
    }
    for task in tasks {
        task.await.map_err(|e| e.to_string())??;
    }
    Ok(())
}

async fn draw(
    app: &App,
    commune: CommuneId,
    drawings: &Arc<Drawings>,
    wanted: &Arc<Vec<Wanted>>,
    at: usize,
) -> Result<(), String> {
    let (drawings, all) = (drawings.clone(), wanted.clone());
    let rendered = tokio::task::spawn_blocking(move || {
        let picture = &all[at];
        let jpeg =
            drawings.jpeg(&picture.drawing, picture.variant, &picture.colours, WIDTH).map_err(|e| e.to_string())?;
        picture::render(&jpeg).map_err(|e| e.to_string())
    });
    let rendered = rendered.await.map_err(|e| e.to_string())??;
    let id = wanted[at].file.0;
    for (size, rendition) in
        [(Size::Small, rendered.small), (Size::Medium, rendered.medium), (Size::Large, rendered.large)]
    {
        let key = FileKey::picture(commune.0 as u32, id, size);
        app.files.put(key, rendition.jpeg).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}
