//! `GET /t/{code}`: the page of a scanned label.

use std::sync::Arc;

use askama::Template;
use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, header};

use crate::app::App;
use crate::ids::new_id;
use crate::misuse::guesses;
use crate::misuse::model::Standing;
use crate::web::communes::Commune;
use crate::web::{AppError, Ctx, Page};

use super::super::cache::{Gap, Key, OfPiece, Rendered, Stamp};
use super::super::code::LabelCode;
use super::super::model::{Found, Openings, RunKind, key_of};
use super::super::scan_log::Scan;
use super::super::visitor;
use super::facts::{Facts, Status};
use super::load::{self, Reader};
use super::texts::Texts;
use super::{json, missing};

/// The band at the top: what is said first.
pub struct Band {
    class: &'static str,
    icon: &'static str,
    say: String,
    advice: String,
    small: String,
}

/// What stands for the gaps while a page is rendered.
pub struct Gaps {
    code: String,
    compact: String,
    serial: String,
    openings: String,
    first: String,
    second: String,
}

impl Default for Gaps {
    fn default() -> Self {
        let mark = |gap: Gap| gap.mark().to_string();
        Self {
            code: mark(Gap::Code),
            compact: mark(Gap::Compact),
            serial: mark(Gap::Serial),
            openings: mark(Gap::Openings),
            first: mark(Gap::FirstForm),
            second: mark(Gap::SecondForm),
        }
    }
}

#[derive(Template)]
#[template(path = "labels/templates/scan.html")]
struct ScanPage {
    page: Page,
    t: Texts,
    f: Facts,
    band: Band,
    gap: Gaps,
    origin: String,
    is_serial: bool,
    poster: Option<String>,
    stars: [(&'static str, &'static str); 5],
}

impl ScanPage {
    /// True if nothing but the label is wrong.
    fn is_of_label(&self) -> bool {
        self.f.recall().is_some_and(super::recall::Recall::is_of_label)
    }
}

/// The label that a request is about.
pub struct Asked {
    /// Its code.
    pub code: LabelCode,
    /// What was found under it.
    pub found: Found,
}

/// What a code in an address comes to.
pub enum Lookup {
    /// A label.
    Label(Box<Asked>),
    /// The answer for a code that is mistyped or was never issued.
    Missing(Response),
}

/// True if the answer is for a program.
pub fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accept.contains("json") && !accept.contains("text/html")
}

/// Finds the label of a code in an address, however it was typed.
pub async fn lookup(ctx: &Ctx, headers: &HeaderMap, typed: &str) -> Result<Lookup, AppError> {
    let code = match LabelCode::parse(typed) {
        Ok(code) => code,
        Err(error) => return Ok(Lookup::Missing(missing::mistyped(ctx, headers, typed, &error))),
    };
    let (commune, id) = key_of(code);
    let found = if commune == ctx.commune_id() { ctx.app.codes.find(&ctx.app.db, commune, id).await? } else { None };
    Ok(match found {
        Some(found) => Lookup::Label(Box::new(Asked { code, found })),
        None if commune == ctx.commune_id() && !may_try(ctx, id).await? => return Err(AppError::TooMany),
        None => Lookup::Missing(missing::never_issued(ctx, headers, code)),
    })
}

/// Notes a code that was never issued; false if who asks tried too many different ones.
async fn may_try(ctx: &Ctx, id: i64) -> Result<bool, AppError> {
    let salt = ctx.app.scans.salt(&ctx.app.db, ctx.today()).await?;
    Ok(ctx.app.guesses.takes(ctx.commune_id(), &guesses::source(&salt, ctx.address), id, ctx.now()))
}

/// The address that people see for this commune's labels.
pub fn origin(app: &App, commune: &Commune) -> String {
    let public = app.config.public();
    match (&commune.host, public.split_once("://")) {
        (Some(host), Some((scheme, _))) if app.config.is_https() => format!("{scheme}://{host}"),
        _ => public,
    }
}

/// `GET /t/{code}` and `GET /T/{CODE}`.
pub async fn show(
    ctx: Ctx,
    method: Method,
    headers: HeaderMap,
    Path(typed): Path<String>,
) -> Result<Response, AppError> {
    let asked = match lookup(&ctx, &headers, &typed).await? {
        Lookup::Label(asked) => asked,
        Lookup::Missing(response) => return Ok(response),
    };
    let scan = opening(&ctx, &method, &headers, &asked).await;
    let openings = openings(&ctx, &asked, scan.as_ref()).await?;
    let json = wants_json(&headers);
    // The page is made while the opening is being written; the answer waits for both.
    let (rendered, _counted) = tokio::join!(rendered(&ctx, &asked.found, openings, json), count(&ctx.app, scan));
    let (page, unusual) = rendered?;
    Ok(respond(&ctx, &asked, (openings, unusual), json, &page))
}

async fn count(app: &App, scan: Option<Scan>) {
    if let Some(scan) = scan {
        app.scans.add(scan).await;
    }
}

/// The opening to be counted; None for a look at the headers and for what a browser fetches ahead. A salt that
/// can't be had costs the count, not the page.
async fn opening(ctx: &Ctx, method: &Method, headers: &HeaderMap, asked: &Asked) -> Option<Scan> {
    if *method != Method::GET || visitor::is_prefetch(headers) {
        return None;
    }
    let now = ctx.now();
    let salt = match ctx.app.scans.salt(&ctx.app.db, ctx.today()).await {
        Ok(salt) => salt,
        Err(error) => {
            tracing::error!(%error, "the day's salt can't be had; a scan is not counted");
            return None;
        }
    };
    let agent = visitor::agent(headers);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    Some(Scan {
        id: new_id(now),
        commune: ctx.commune_id(),
        label: asked.found.id,
        at: now,
        visitor: visitor::hash(&salt, ctx.address, agent),
        device: visitor::device(agent),
        referrer: visitor::referrer(text(header::REFERER), text(header::HOST)),
        person: visitor::is_person(agent),
    })
}

/// How often a label of one piece was opened, this time included; others are opened by everybody.
async fn openings(ctx: &Ctx, asked: &Asked, scan: Option<&Scan>) -> Result<Openings, AppError> {
    if asked.found.kind != RunKind::Serial {
        return Ok(Openings::default());
    }
    let visitor = scan.filter(|scan| scan.person).map(|scan| &*scan.visitor);
    Ok(ctx.app.pages.opened(&ctx.app.db, ctx.commune_id(), &asked.found, visitor, ctx.now()).await?)
}

/// The page with its gaps, from memory if what it is made of did not change, and whether it says that the label was
/// opened unusually often.
async fn rendered(ctx: &Ctx, found: &Found, openings: Openings, json: bool) -> Result<(Arc<Rendered>, bool), AppError> {
    let (stamp, now) = (Stamp::of(found, ctx.today()), ctx.now());
    let (piece, void, standing) = match found.serial {
        Some(serial) => {
            let run = (ctx.commune_id(), found.run_id);
            ctx.app.pages.of_piece(&ctx.app.db, run, (found.id, serial), &stamp).await?
        }
        None => (OfPiece::default(), None, None),
    };
    // What the office looked at goes before what was only counted.
    let unusual = standing.map_or(openings.is_unusual(found.kind), |standing| standing == Standing::Suspected);
    let key = Key { commune: ctx.commune_id(), run: found.run_id, lang: ctx.lang, json, unusual, piece };
    // A single label that was declared void has a page that the rest of its run has not.
    let shared = found.label_voided_at.is_none();
    if shared && let Some(page) = ctx.app.pages.get(&key, &stamp, now) {
        return Ok((page, unusual));
    }
    let (commune, lang, today) = (&ctx.commune, ctx.lang, ctx.today());
    let through = Gap::Compact.mark().to_string();
    let reader = Reader { commune, lang, today, unusual, taken_back: piece.taken_back, through: &through };
    let void = void.map(|void| found.declared_void(void.created_at, &void.reason));
    let facts = {
        let mut conn = ctx.app.db.read().await?;
        load::facts(&mut conn.cx(), void.as_ref().unwrap_or(found), reader).await?
    };
    let text = if json { json::render(ctx, &facts, found.kind) } else { html(ctx, facts, found.kind)? };
    let page = Arc::new(Rendered::new(&text));
    if shared {
        ctx.app.pages.put(key, stamp, now, page.clone());
    }
    Ok((page, unusual))
}

fn respond(ctx: &Ctx, asked: &Asked, (openings, unusual): (Openings, bool), json: bool, page: &Rendered) -> Response {
    let (code, compact) = (asked.code.to_string(), asked.code.compact());
    let serial = asked.found.serial.unwrap_or_default().to_string();
    let times = openings.times.to_string();
    let said = opened(Texts(ctx.lang), openings, unusual);
    let (first, second) = (new_id(ctx.now()).to_string(), new_id(ctx.now()).to_string());
    let text = page.fill(|gap| match gap {
        Gap::Code => &code,
        Gap::Compact => &compact,
        Gap::Serial => &serial,
        Gap::Openings => &said,
        Gap::Times => &times,
        Gap::FirstForm => &first,
        Gap::SecondForm => &second,
    });
    let mut response = if json {
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    } else {
        Html(text).into_response()
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, accept-language, cookie"));
    response
}

fn opened(t: Texts, openings: Openings, unusual: bool) -> String {
    match openings.times {
        0 | 1 => t.opened_first().to_owned(),
        n if n > Openings::MOST => t.opened_more(Openings::MOST),
        n if unusual => t.opened_often(n),
        n => t.opened(n),
    }
}

fn html(ctx: &Ctx, facts: Facts, kind: RunKind) -> Result<String, AppError> {
    let t = Texts(ctx.lang);
    let gap = Gaps::default();
    let band = band(t, &facts);
    let origin = origin(&ctx.app, &ctx.commune);
    let page = Page {
        // Nothing on it depends on who looks: it is shared from memory.
        person: None,
        notice: None,
        indexed: false,
        path: format!("/t/{}", gap.compact),
        query: String::new(),
        description: band.say.clone(),
        public_url: origin.clone(),
        ..Page::new(ctx)
    };
    let stars = [("1", t.rate_1()), ("2", t.rate_2()), ("3", t.rate_3()), ("4", t.rate_4()), ("5", t.rate_5())];
    // A picture that praises does not go along with a warning.
    let poster = facts.public_short().filter(|_| facts.is_issued()).map(crate::market::poster::url);
    let is_serial = kind == RunKind::Serial;
    let page = ScanPage { page, t, f: facts, band, gap, origin, is_serial, poster, stars };
    Ok(page.render()?)
}

fn band(t: Texts, f: &Facts) -> Band {
    let who = f.producer.as_ref().map_or_else(|| t.a_producer(&f.commune), |producer| producer.name.clone());
    let small = t.issued_small(&who, f.issued_on);
    let reason = |text: &str| if text.is_empty() { String::new() } else { t.reason(text) };
    let recall = f.recall();
    let part = f.lot.as_ref().and_then(|lot| lot.part_recall.as_ref());
    let last = f.lot.as_ref().and_then(|lot| lot.best_before);
    match (f.status, recall, &f.voided, last) {
        (Status::Recalled, Some(recall), _, _) => Band {
            class: " bad",
            icon: "stop",
            say: if recall.is_partial() { t.recalled_piece(recall.at.day()) } else { t.recalled(recall.at.day()) },
            advice: format!("{} {}", recall.grade_text, reason(&recall.reason)).trim().to_owned(),
            small,
        },
        (Status::Voided, _, Some(voided), _) => Band {
            class: " bad",
            icon: "none",
            say: t.voided(voided.on),
            advice: format!("{} {}", reason(&voided.reason), t.voided_advice()).trim().to_owned(),
            small,
        },
        (Status::Expired, _, _, Some(last)) => {
            Band { class: " wait", icon: "late", say: t.expired(last), advice: t.expired_advice().to_owned(), small }
        }
        (Status::PartRecalled, ..) => Band {
            class: " wait",
            icon: "stop",
            say: part.map(|part| t.part_recalled(part.at.day())).unwrap_or_default(),
            advice: part.map(|part| reason(&part.reason)).unwrap_or_default(),
            small,
        },
        (Status::Unusual, _, _, _) => Band {
            class: " wait",
            icon: "often",
            say: t.unusual().to_owned(),
            advice: t.unusual_advice().to_owned(),
            small,
        },
        _ => Band {
            class: "",
            icon: "seal",
            say: t.issued_by(&who, f.issued_on),
            advice: String::new(),
            small: String::new(),
        },
    }
}
