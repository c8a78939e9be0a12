//! What search engines and browsers ask for on their own: `robots.txt`, `sitemap.xml`, `favicon.ico`.

use std::fmt::Write as _;

use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Redirect, Response};
use futures_util::stream;
use http::header;

use super::store;
use crate::ids::{ProducerId, ProductId};
use crate::web::{AppError, Ctx, assets};

/// Rows read at once while a site map is written.
const BATCH: i64 = 500;
/// The most addresses of one site map (sitemaps.org, protocol).
const MOST: usize = 50_000;

/// Pages that are there in every commune.
const PAGES: [&str; 8] =
    ["/", "/san-pham", "/co-so", "/thu-hoi", "/gioi-thieu", "/quyen-rieng-tu", "/tro-giup", "/lien-he"];

/// `GET /robots.txt`.
pub async fn robots(ctx: Ctx) -> Response {
    let base = ctx.app.config.public();
    let text = format!(
        "User-agent: *\nDisallow: /cua-toi\nDisallow: /ho-tro\nDisallow: /van-phong\nDisallow: /tai-khoan\n\
         Disallow: /t/\nDisallow: /T/\nDisallow: /api/\nSitemap: {base}/sitemap.xml\n"
    );
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `GET /favicon.ico`.
pub async fn favicon() -> Redirect {
    Redirect::permanent(&assets::url("mark.svg"))
}

/// Where the writing of a site map stands.
enum At {
    Start,
    Producers(ProducerId),
    Products(ProductId),
    End,
}

/// `GET /sitemap.xml`, written batch by batch so that its length costs no memory.
pub async fn sitemap(ctx: Ctx) -> Response {
    let body = stream::try_unfold((ctx, At::Start, 0usize), |(ctx, at, count)| async move {
        let written = write_next(&ctx, at, count).await.map_err(|error| {
            tracing::error!(?error, "the site map broke off");
            std::io::Error::other("the site map broke off")
        })?;
        Ok::<_, std::io::Error>(written.map(|(text, at, count)| (Bytes::from(text), (ctx, at, count))))
    });
    ([(header::CONTENT_TYPE, "application/xml; charset=utf-8")], Body::from_stream(body)).into_response()
}

async fn write_next(ctx: &Ctx, at: At, count: usize) -> Result<Option<(String, At, usize)>, AppError> {
    let (base, commune) = (ctx.app.config.public(), ctx.commune_id());
    let mut text = String::new();
    let next = match at {
        At::End => return Ok(None),
        At::Start => {
            text.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
            text.push_str("<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n");
            for page in PAGES {
                entry(&mut text, &format!("{base}{page}"), None);
            }
            return Ok(Some((text, At::Producers(ProducerId(uuid::Uuid::nil())), count + PAGES.len())));
        }
        At::Producers(after) => {
            let mut conn = ctx.app.db.read().await?;
            let rows = store::producers_after(&mut conn.cx(), commune, after, BATCH).await?;
            for row in &rows {
                entry(&mut text, &format!("{base}{}", row.path()), Some(&row.updated_at.day().iso()));
            }
            let last = rows.last().map(|row| row.id);
            (rows.len(), last.map_or(At::Products(ProductId(uuid::Uuid::nil())), At::Producers))
        }
        At::Products(after) => {
            let mut conn = ctx.app.db.read().await?;
            let rows = store::listed_after(&mut conn.cx(), commune, after, BATCH, ctx.today()).await?;
            for row in &rows {
                entry(&mut text, &format!("{base}{}", row.path()), Some(&row.updated_at.day().iso()));
            }
            (rows.len(), rows.last().map_or(At::End, |row| At::Products(row.id)))
        }
    };
    let (written, next) = next;
    let count = count + written;
    let next = if count + BATCH as usize > MOST { At::End } else { next };
    if matches!(next, At::End) {
        text.push_str("</urlset>\n");
    }
    Ok(Some((text, next, count)))
}

/// Our addresses are `a-z`, `0-9` and dashes: nothing to escape.
fn entry(text: &mut String, url: &str, changed: Option<&str>) {
    let changed = changed.map(|day| format!("<lastmod>{day}</lastmod>")).unwrap_or_default();
    // Writing to a String does not fail.
    let _ = writeln!(text, "<url><loc>{url}</loc>{changed}</url>");
}
