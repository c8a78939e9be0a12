//! Style sheets, scripts and drawings, compiled in and served under an address that holds their hash, so a
//! browser keeps them for ever and a change is a new address.

use std::collections::HashMap;
use std::io::Write;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};

use super::error::AppError;

#[derive(rust_embed::RustEmbed)]
#[folder = "src/web/assets"]
struct Embedded;

struct Asset {
    hash: String,
    media_type: &'static str,
    plain: Vec<u8>,
    gzip: Option<Vec<u8>>,
}

static ASSETS: LazyLock<HashMap<String, Asset>> = LazyLock::new(|| {
    Embedded::iter()
        .filter_map(|name| {
            let plain = Embedded::get(&name)?.data.into_owned();
            let media_type = media_type(&name);
            let hash = data_encoding::HEXLOWER.encode(&<sha2::Sha256 as sha2::Digest>::digest(&plain)[..5]);
            let gzip = media_type.contains("charset").then(|| gzip(&plain));
            Some((name.into_owned(), Asset { hash, media_type, plain, gzip }))
        })
        .collect()
});

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml; charset=utf-8",
        Some("jpg") => "image/jpeg",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    // Writing to a Vec does not fail.
    let _ = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

/// Address of an asset; an unknown name gives an address that answers 404 (a test asks for every one used).
pub fn url(name: &str) -> String {
    let hash = ASSETS.get(name).map_or("0", |asset| asset.hash.as_str());
    format!("/a/{hash}/{name}")
}

/// True if there is such an asset.
pub fn exists(name: &str) -> bool {
    ASSETS.contains_key(name)
}

/// Answers `/a/{hash}/{*name}`.
pub async fn serve(Path((hash, name)): Path<(String, String)>, headers: HeaderMap) -> Result<Response, AppError> {
    let asset = ASSETS.get(&name).ok_or(AppError::NotFound)?;
    let takes_gzip = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.contains("gzip"));
    let cache = if hash == asset.hash { "public, max-age=31536000, immutable" } else { "public, max-age=60" };
    let (body, encoding) = match &asset.gzip {
        Some(gzip) if takes_gzip => (gzip.as_slice(), Some("gzip")),
        _ => (asset.plain.as_slice(), None),
    };
    let mut response = body.to_vec().into_response();
    let map = response.headers_mut();
    map.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.media_type));
    map.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    map.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    if let Some(encoding) = encoding {
        map.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    Ok(response)
}
