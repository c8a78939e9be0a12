//! The three lists: pairs that may be one, pairs said to be two, merges.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::model::{Merge, Reasons};
use super::super::store::{self, Named, merges};
use super::super::texts::Texts;
use super::{NAV, in_words};
use crate::ids::ProducerId;
use crate::review::listing::{Listing, Pager, ROWS};
use crate::review::names::Villages;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// A pair as a line.
struct Line {
    first: Named,
    second: Named,
    reasons: String,
    /// Who said that they are two, when, and why.
    said: Option<(String, String)>,
}

#[derive(Template, WebTemplate)]
#[template(path = "duplicates/templates/lists.html")]
struct ListsPage {
    page: Page,
    t: Texts,
    which: &'static str,
    lines: Vec<Line>,
    merges: Vec<Merge>,
    villages: Villages,
    pager: Pager,
}

impl ListsPage {
    fn tabs(&self) -> [(&'static str, &'static str); 3] {
        [("", self.t.tab_open()), ("khac", self.t.tab_apart()), ("gop", self.t.tab_merged())]
    }

    fn none(&self) -> &'static str {
        match self.which {
            "khac" => self.t.none_apart(),
            "gop" => self.t.none_merged(),
            _ => self.t.none_open(),
        }
    }
}

/// `GET /van-phong/trung-lap`.
pub async fn show(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let t = Texts(ctx.lang);
    let listing = Listing::of(&ctx);
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let villages = Villages::load(&mut cx, commune).await?;
    let page = Page::of(&ctx, Area::Office, NAV);
    let which = ["khac", "gop"].into_iter().find(|which| *which == listing.get("xem")).unwrap_or_default();
    let (mut lines, mut merges) = (Vec::new(), Vec::new());
    let pager = match which {
        "gop" => {
            let pager = Pager::of(&listing, merges::count(&mut cx, commune).await? as usize);
            merges = merges::latest(&mut cx, commune, ROWS as i64, pager.offset() as i64).await?;
            pager
        }
        "khac" => {
            let pager = Pager::of(&listing, store::count_apart(&mut cx, commune).await? as usize);
            let rows = store::said_apart(&mut cx, commune, ROWS as i64, pager.offset() as i64).await?;
            let ids: Vec<ProducerId> = rows.iter().flat_map(|row| [row.first_id, row.second_id]).collect();
            let names = store::names(&mut cx, commune, &ids).await?;
            lines.extend(rows.into_iter().filter_map(|row| {
                let by = row.by_name.unwrap_or_else(|| t.program().to_owned());
                let said = Some((t.who_when(by, row.at.date_text()), row.note));
                line(t, &names, (row.first_id, row.second_id), Reasons(row.reasons), said)
            }));
            pager
        }
        _ => {
            let mut pairs = store::suspected(&mut cx, commune).await?;
            let pager = Pager::cut(&listing, &mut pairs);
            let ids: Vec<ProducerId> = pairs.iter().flat_map(|pair| [pair.first, pair.second]).collect();
            let names = store::names(&mut cx, commune, &ids).await?;
            let shown = pairs.into_iter().filter_map(|p| line(t, &names, (p.first, p.second), p.reasons, None));
            lines.extend(shown);
            pager
        }
    };
    Ok(ListsPage { page, t, which, lines, merges, villages, pager }.into_response())
}

fn line(
    t: Texts,
    names: &HashMap<ProducerId, Named>,
    (first, second): (ProducerId, ProducerId),
    reasons: Reasons,
    said: Option<(String, String)>,
) -> Option<Line> {
    let (first, second) = (names.get(&first)?.clone(), names.get(&second)?.clone());
    Some(Line { first, second, reasons: in_words(t, reasons), said })
}
