//! `GET /thu-hoi.atom`: the notices as an Atom feed (RFC 4287), for who watches them by program.

use askama::Template;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

use super::super::store::{self, Filter, ListedRecall};
use super::super::texts::Texts;
use super::cached;
use crate::clock::Time;
use crate::ids::digest;
use crate::web::{AppError, Ctx, Lang};

/// Notices in the feed, those that stand and the latest first.
const MOST: usize = 50;

#[derive(Template)]
#[template(path = "recalls/templates/feed.xml")]
struct Feed {
    t: Texts,
    lang: Lang,
    /// The feed's id never follows the host.
    id_base: String,
    origin: String,
    commune: String,
    province: String,
    updated: Time,
    rows: Vec<ListedRecall>,
}

impl Feed {
    fn title(&self, row: &ListedRecall) -> String {
        if row.recall.is_lifted() {
            self.t.feed_lifted(&row.product_name, &row.lot_code)
        } else {
            self.t.feed_standing(&row.product_name, &row.lot_code)
        }
    }

    fn summary(&self, row: &ListedRecall) -> String {
        let grade = row.recall.grade.map(|grade| format!("{}. ", grade.label(self.lang))).unwrap_or_default();
        let ended = row.recall.lift_reason.as_ref().map(|reason| format!(" {}", self.t.ended_because(reason)));
        format!("{grade}{}{}", row.recall.notice, ended.unwrap_or_default())
    }
}

/// When a notice last changed.
fn updated(row: &ListedRecall) -> Time {
    row.recall.lifted_at.unwrap_or(row.recall.at())
}

/// `GET /thu-hoi.atom`.
pub async fn feed(ctx: Ctx, headers: HeaderMap) -> Result<Response, AppError> {
    let filter = Filter { public: true, ..Filter::default() };
    let mut rows = {
        let mut conn = ctx.app.db.read().await?;
        store::listed(&mut conn.cx(), ctx.commune_id(), filter).await?
    };
    let newest = rows.iter().map(updated).max().unwrap_or(ctx.commune.created_at);
    rows.truncate(MOST);
    let feed = Feed {
        t: Texts(ctx.lang),
        lang: ctx.lang,
        id_base: ctx.commune.id_base.clone(),
        origin: crate::labels::scan::page::origin(&ctx.app, &ctx.commune),
        commune: ctx.commune.name.clone(),
        province: ctx.commune.province.clone(),
        updated: newest,
        rows,
    };
    let body = feed.render()?;
    let tag = format!("\"{}\"", &digest(&body)[..32]);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let response = if known.split(',').any(|one| one.trim().trim_start_matches("W/") == tag) {
        (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response()
    } else {
        let kind = "application/atom+xml; charset=utf-8".to_owned();
        ([(header::CONTENT_TYPE, kind), (header::ETAG, tag)], body).into_response()
    };
    Ok(cached(&ctx, response))
}
