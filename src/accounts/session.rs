//! Sessions: a random token in a cookie, its hash in the database.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};

use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::ids::{UserId, digest, new_token};
use crate::web::AppError;

use super::model::Person;
use super::store;

/// How long a session lasts after it was last seen: people stay logged in on their own phone.
const LASTS: Duration = Duration::from_hours(60 * 24);
/// How often being seen is written.
const TOUCH_EVERY: Duration = Duration::from_hours(6);

/// Name of the cookie; `__Host-` binds it to this host and https.
pub fn cookie_name(app: &App) -> &'static str {
    if app.config.is_https() { "__Host-phien" } else { "phien" }
}

/// Begins a session; returns the cookie to set.
pub async fn begin(app: &App, cx: &mut Cx<'_>, user: UserId, device: &str) -> Result<HeaderValue> {
    let token = new_token(32);
    let now = app.clock.now();
    let device: String = device.chars().take(200).collect();
    store::insert_session(cx, &digest(&token), user, &device, now, now.plus(LASTS)).await?;
    store::sweep_sessions(cx, now).await?;
    Ok(cookie(app, &token, LASTS.as_secs()))
}

/// The cookie that takes the session's cookie away.
pub fn end_cookie(app: &App) -> HeaderValue {
    cookie(app, "", 0)
}

fn cookie(app: &App, value: &str, max_age: u64) -> HeaderValue {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}", cookie_name(app));
    // Tokens are base32: always a valid header value.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// A `Set-Cookie` pair for a response.
pub fn set_cookie(value: HeaderValue) -> [(header::HeaderName, HeaderValue); 1] {
    [(header::SET_COOKIE, value)]
}

/// The person of a token, with their grants.
pub async fn person_of(app: &App, token: &str) -> std::result::Result<Option<Arc<Person>>, AppError> {
    let hash = digest(token);
    let now = app.clock.now();
    let mut conn = app.db.read().await?;
    let mut cx = conn.cx();
    let Some(row) = store::session(&mut cx, &hash, now).await? else { return Ok(None) };
    let grants = store::grants(&mut cx, row.user_id).await?;
    drop(conn);
    if now.since(row.seen_at) > TOUCH_EVERY {
        touch(app, &hash, now).await;
    }
    Ok(Some(Arc::new(Person {
        id: row.user_id,
        name: row.name,
        phone: row.phone,
        phone_verified: row.phone_verified_at.is_some(),
        grants,
        session: hash,
    })))
}

async fn touch(app: &App, hash: &str, now: Time) {
    let touched = async {
        let mut tx = app.db.begin().await?;
        store::touch_session(&mut tx.cx(), hash, now, now.plus(LASTS)).await?;
        tx.commit().await
    };
    if let Err(error) = touched.await {
        tracing::warn!(%error, "a session could not be marked as seen");
    }
}

/// What people would call a browser by what it says of itself: `Chrome, Android`; "" when it says nothing known.
pub fn device_name(agent: &str) -> String {
    // Each also carries the marks below its own.
    const BROWSERS: &[(&str, &str)] = &[
        ("Zalo", "Zalo"),
        ("coc_coc", "Cốc Cốc"),
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("CriOS", "Chrome"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: &[(&str, &str)] = &[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Macintosh", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ];
    let known =
        [BROWSERS, SYSTEMS].map(|list| list.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name));
    known.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::device_name;

    #[test]
    fn devices_are_named_as_people_call_them() {
        let phone = "Mozilla/5.0 (Linux; Android 11; SM-A125F) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36";
        assert_eq!(device_name(phone), "Chrome, Android");
        let apple = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile Zalo iOS/540";
        assert_eq!(device_name(apple), "Zalo, iPhone");
        let desk = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0";
        assert_eq!(device_name(desk), "Edge, Windows");
        assert_eq!(device_name("curl/8"), "");
    }
}
