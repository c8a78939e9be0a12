//! The picture that goes along when a link is shared (Open Graph, <https://ogp.me>, "og:image"): photo, name,
//! producer, village and valid OCOP stars of a product, 1200 × 630 pixels, drawn here so that a link in a chat says
//! at once what it leads to.

mod draw;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::header;
use tokio::sync::Semaphore;

use super::store::{self, Listed};
use super::texts::Texts;
use crate::clock::Day;
use crate::files::{FileKey, Size};
use crate::ids::CommuneId;
use crate::web::{AppError, Ctx, Lang};

pub use draw::{HEIGHT, WIDTH};

use draw::Poster;

/// Pictures kept in memory, of some 80 KB each.
const KEPT: usize = 64;
/// The picture changes with the product, and its stars with the day.
const FOR_A_DAY: &str = "public, max-age=86400";

/// What a picture is made of: whose product, in which state, on which day, in which language.
type Key = (CommuneId, String, i64, Day, Lang);

/// Pictures drawn lately. One is drawn at a time: it is work for the processor, and nobody waits for it at a stall.
#[derive(Debug)]
pub struct Posters {
    kept: Mutex<HashMap<Key, Bytes>>,
    turn: Arc<Semaphore>,
}

impl Default for Posters {
    fn default() -> Self {
        Self { kept: Mutex::default(), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Posters {
    fn get(&self, key: &Key) -> Option<Bytes> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn put(&self, key: Key, jpeg: Bytes) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, jpeg);
    }
}

/// Address of the picture of the product whose public address ends in `short`.
pub fn url(short: &str) -> String {
    format!("/chia-se/{short}.jpg")
}

/// `GET /chia-se/{short}.jpg`.
pub async fn show(ctx: Ctx, Path(name): Path<String>) -> Result<Response, AppError> {
    let short = name.strip_suffix(".jpg").ok_or(AppError::NotFound)?;
    let row = {
        let mut conn = ctx.app.db.read().await?;
        store::listed_by_short(&mut conn.cx(), ctx.commune_id(), short, ctx.today()).await?
    };
    let row = row.ok_or(AppError::NotFound)?;
    let key = (row.commune_id, row.short.clone(), row.updated_at.micros(), ctx.today(), ctx.lang);
    let jpeg = if let Some(jpeg) = ctx.app.posters.get(&key) {
        jpeg
    } else {
        let jpeg = drawn(&ctx, &row).await?;
        ctx.app.posters.put(key, jpeg.clone());
        jpeg
    };
    let headers = [
        (header::CONTENT_TYPE, "image/jpeg"),
        (header::CACHE_CONTROL, FOR_A_DAY),
        (header::VARY, "accept-language, cookie"),
    ];
    Ok((headers, jpeg).into_response())
}

async fn drawn(ctx: &Ctx, row: &Listed) -> Result<Bytes, AppError> {
    let turn = ctx.app.posters.turn.clone().acquire_owned().await.map_err(AppError::internal)?;
    let photo = match row.content.photos.first() {
        // A photo that is still being made, or gone, is left out of the picture.
        Some(id) => ctx.app.files.get(FileKey::picture(row.commune_id.0 as u32, id.0, Size::Medium)).await.ok(),
        None => None,
    };
    let poster = Poster { photo, ..words(ctx, row) };
    let jpeg = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        poster.jpeg()
    });
    Ok(jpeg.await.map_err(AppError::internal)?.map_err(AppError::internal)?.into())
}

fn words(ctx: &Ctx, row: &Listed) -> Poster {
    let (t, commune) = (Texts(ctx.lang), &ctx.commune);
    Poster {
        name: ctx.lang.pick_or(&row.content.name, &row.content.name_en).to_owned(),
        producer: row.producer_name.clone(),
        village: row.village.as_deref().map(|village| t.poster_village(village)).unwrap_or_default(),
        stars: row.stars.and_then(|stars| u8::try_from(stars).ok()).unwrap_or_default(),
        stars_word: row.stars.map(|stars| t.poster_stars(stars)).unwrap_or_default(),
        site: t.poster_site(&commune.name, &commune.province),
        sample: if commune.sample { t.poster_sample().to_owned() } else { String::new() },
        photo: None,
    }
}
