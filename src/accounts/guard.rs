//! The guard against guessing passwords.
//!
//! Failures are counted for an account *as tried from one address*: five in fifteen minutes close that pair
//! for fifteen minutes. An address alone is never closed: a carrier's one address may stand before a whole
//! village. An account tried from ever new addresses is closed by a count of its own; whoever is logged in stays so,
//! and a login slip still opens it.

use std::net::IpAddr;
use std::time::Duration;

use crate::app::App;
use crate::db::Cx;
use crate::ids::digest;
use crate::web::AppError;

use super::store;

const WINDOW: Duration = Duration::from_mins(15);
const LOCK: Duration = Duration::from_mins(15);

struct Counter {
    key: String,
    most: i32,
}

fn counters(account: &str, address: IpAddr) -> [Counter; 2] {
    [
        Counter { key: digest(&format!("pair|{account}|{address}")), most: 5 },
        Counter { key: digest(&format!("account|{account}")), most: 50 },
    ]
}

/// Refuses while one of the counters is closed.
pub async fn check(app: &App, cx: &mut Cx<'_>, account: &str, address: IpAddr) -> Result<(), AppError> {
    let now = app.clock.now();
    for counter in counters(account, address) {
        let guard = store::guard(cx, &counter.key).await?;
        if guard.and_then(|g| g.locked_until).is_some_and(|until| until > now) {
            return Err(AppError::TooMany);
        }
    }
    Ok(())
}

/// Counts a failure.
pub async fn failed(app: &App, cx: &mut Cx<'_>, account: &str, address: IpAddr) -> Result<(), AppError> {
    let now = app.clock.now();
    for counter in counters(account, address) {
        let failures = store::count_failure(cx, &counter.key, now, now.minus(WINDOW)).await?;
        if failures >= counter.most {
            store::lock(cx, &counter.key, now.plus(LOCK)).await?;
        }
    }
    Ok(store::sweep_guards(cx, now.minus(WINDOW), now).await?)
}

/// The right password: the pair's failures are forgotten.
pub async fn succeeded(cx: &mut Cx<'_>, account: &str, address: IpAddr) -> Result<(), AppError> {
    let [pair, ..] = counters(account, address);
    Ok(store::clear_guard(cx, &pair.key).await?)
}
