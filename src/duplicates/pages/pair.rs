//! Two producers side by side: which words stand, merging them, or saying that they are two.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::fields::{self, Choice};
use super::super::merge::{self, By};
use super::super::model::{Pair, Reasons, alike, in_order};
use super::super::store::{self, Apart, merges};
use super::super::texts::Texts;
use super::{HERE, NAV, in_words};
use crate::db::Cx;
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::store as products;
use crate::review::names::Villages;
use crate::support::store as support;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// One of the two, with what is counted of it.
struct Side {
    producer: Producer,
    products: usize,
    support: usize,
}

#[derive(Template, WebTemplate)]
#[template(path = "duplicates/templates/pair.html")]
struct PairPage {
    page: Page,
    t: Texts,
    form: Form,
    sides: [Side; 2],
    choices: Vec<Choice>,
    reasons: String,
    /// What the officer said of them, and when: name, date, words.
    said: Option<(String, String, String)>,
    villages: Villages,
    may_change: bool,
}

impl PairPage {
    fn kept(&self) -> &Producer {
        &self.sides[0].producer
    }

    fn other(&self) -> &Producer {
        &self.sides[1].producer
    }

    fn options(&self, choice: &Choice) -> [(&'static str, String, &'static str); 2] {
        let text = |text: &String| if text.is_empty() { self.t.empty().to_owned() } else { text.clone() };
        [("kept", self.t.of_kept(text(&choice.kept)), ""), ("other", self.t.of_other(text(&choice.other)), "")]
    }

    fn address(&self) -> String {
        format!("{HERE}/{}/{}", self.kept().short, self.other().short)
    }

    fn swapped(&self) -> String {
        format!("{HERE}/{}/{}", self.other().short, self.kept().short)
    }
}

async fn side(cx: &mut Cx<'_>, ctx: &Ctx, short: &str) -> Result<Producer, AppError> {
    let producer = producers::by_short(cx, ctx.commune_id(), short).await?.ok_or(AppError::NotFound)?;
    if producer.state == State::Withdrawn {
        return Err(AppError::Conflict(Texts(ctx.lang).not_standing().to_owned()));
    }
    Ok(producer)
}

async fn both(cx: &mut Cx<'_>, ctx: &Ctx, (kept, other): &(String, String)) -> Result<(Producer, Producer), AppError> {
    if kept == other {
        return Err(AppError::NotFound);
    }
    Ok((side(cx, ctx, kept).await?, side(cx, ctx, other).await?))
}

/// What the two have in common now.
async fn reasons(cx: &mut Cx<'_>, ctx: &Ctx, a: &Producer, b: &Producer) -> Result<Reasons, AppError> {
    let commune = ctx.commune_id();
    let (a, b) = (store::marks(cx, commune, a.id).await?, store::marks(cx, commune, b.id).await?);
    Ok(a.zip(b).map(|(a, b)| alike(&a, &b)).unwrap_or_default())
}

async fn load(ctx: &Ctx, shorts: &(String, String), form: Form) -> Result<PairPage, AppError> {
    let commune = ctx.commune_id();
    let t = Texts(ctx.lang);
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let (kept, other) = both(&mut cx, ctx, shorts).await?;
    let villages = Villages::load(&mut cx, commune).await?;
    let (first, second) = in_order(kept.id, other.id);
    let said = store::apart(&mut cx, commune, first, second)
        .await?
        .map(|said: Apart| (said.by_name.unwrap_or_else(|| t.program().to_owned()), said.at.date_text(), said.note));
    let reasons = in_words(t, reasons(&mut cx, ctx, &kept, &other).await?);
    let choices = fields::choices(&kept.content, &other.content, &villages, ctx.lang);
    let mut sides = Vec::new();
    for producer in [kept, other] {
        let products = products::of_producer(&mut cx, commune, producer.id).await?.len();
        let support = support::of_producer(&mut cx, commune, producer.id).await?.len();
        sides.push(Side { producer, products, support });
    }
    let sides = sides.try_into().map_err(|_| AppError::NotFound)?;
    let page = Page::of(ctx, Area::Office, NAV);
    let may_change = ctx.officer().is_ok();
    Ok(PairPage { page, t, form, sides, choices, reasons, said, villages, may_change })
}

/// `GET /van-phong/trung-lap/{kept}/{other}`.
pub async fn show(ctx: Ctx, Path(shorts): Path<(String, String)>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut page = load(&ctx, &shorts, Form::default()).await?;
    for choice in &page.choices {
        page.form.set(choice.key, if choice.kept.is_empty() { "other" } else { "kept" });
    }
    let (kept, other) = (page.kept().version, page.other().version);
    page.form.set("kept-version", &kept.to_string());
    page.form.set("other-version", &other.to_string());
    Ok(page.into_response())
}

async fn again(ctx: &Ctx, shorts: &(String, String), form: Form, status: StatusCode) -> Result<Response, AppError> {
    Ok((status, load(ctx, shorts, form).await?).into_response())
}

/// `POST /van-phong/trung-lap/{kept}/{other}`: makes them one.
pub async fn merge(ctx: Ctx, Path(shorts): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let user = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let commune = ctx.commune_id();
    let Some(note) = form.required("ghi-chu", 500, t.note_missing(), ctx.lang) else {
        return again(&ctx, &shorts, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let mut tx = ctx.app.db.begin().await?;
    let mut cx = tx.cx();
    if let Some(done) = was_done(&mut cx, &ctx, &shorts).await? {
        return Ok(done);
    }
    let (kept, other) = both(&mut cx, &ctx, &shorts).await?;
    if let Some(why) = unfit(t, &kept, &other) {
        drop(tx);
        form.fail("ghi-chu", why);
        return again(&ctx, &shorts, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let seen = |name: &str, version: i64| form.value(name).parse() == Ok(version);
    let is_fresh = seen("kept-version", kept.version) && seen("other-version", other.version);
    let content = fields::merged(&kept.content, &other.content, &form);
    let by = By { user, at: ctx.now(), note: &note };
    let merged = if is_fresh { merge::merge(&mut cx, commune, &kept, &other, &content, by).await? } else { None };
    let Some(id) = merged else {
        drop(tx);
        form.fail("ghi-chu", t.stale());
        form.set("kept-version", &kept.version.to_string());
        form.set("other-version", &other.version.to_string());
        return again(&ctx, &shorts, form, StatusCode::CONFLICT).await;
    };
    log(&ctx, &mut cx, "producer.merge", &kept, &format!("{}: {note}", other.name)).await?;
    log(&ctx, &mut cx, "producer.merged", &other, &format!("{}: {note}", kept.name)).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{HERE}/gop/{id}?da-luu=1")).into_response())
}

/// Why these two can't be merged this way round. What buyers see would go out of sight, or what the office took down
/// would be shown again.
fn unfit(t: Texts, kept: &Producer, other: &Producer) -> Option<&'static str> {
    match (kept.state, other.state) {
        (State::Suspended, _) | (_, State::Suspended) => Some(t.is_suspended()),
        (State::Approved, _) => None,
        (_, State::Approved) => Some(t.keep_approved()),
        _ => None,
    }
}

/// The same form sent twice: these two are one already.
async fn was_done(cx: &mut Cx<'_>, ctx: &Ctx, (kept, other): &(String, String)) -> Result<Option<Response>, AppError> {
    let commune = ctx.commune_id();
    let Some(other) = producers::by_short(cx, commune, other).await? else { return Ok(None) };
    let merge = merges::standing_of(cx, commune, other.id).await?.filter(|merge| merge.kept_short == *kept);
    Ok(merge.map(|merge| Redirect::to(&format!("{HERE}/gop/{}", merge.id)).into_response()))
}

pub(super) async fn log(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    action: &str,
    producer: &Producer,
    words: &str,
) -> Result<(), AppError> {
    audit::note(ctx, cx, action, ("producer", producer.id.0), None, Some(words)).await
}

/// `POST /van-phong/trung-lap/{kept}/{other}/khac`: they are two, and not to be told of again.
pub async fn set_apart(ctx: Ctx, Path(shorts): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let user = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let Some(note) = form.required("vi-sao", 500, t.apart_missing(), ctx.lang) else {
        return again(&ctx, &shorts, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    };
    let mut tx = ctx.app.db.begin().await?;
    let mut cx = tx.cx();
    let (a, b) = both(&mut cx, &ctx, &shorts).await?;
    let (first, second) = in_order(a.id, b.id);
    let pair = Pair { first, second, reasons: reasons(&mut cx, &ctx, &a, &b).await? };
    store::set_apart(&mut cx, ctx.commune_id(), pair, &note, user, ctx.now()).await?;
    log(&ctx, &mut cx, "producer.apart", &a, &format!("{}: {note}", b.name)).await?;
    log(&ctx, &mut cx, "producer.apart", &b, &format!("{}: {note}", a.name)).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}

/// `POST /van-phong/trung-lap/{kept}/{other}/xem-lai`: they may be one after all.
pub async fn look_again(ctx: Ctx, Path(shorts): Path<(String, String)>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let mut cx = tx.cx();
    let (a, b) = both(&mut cx, &ctx, &shorts).await?;
    let (first, second) = in_order(a.id, b.id);
    if store::unset_apart(&mut cx, ctx.commune_id(), first, second).await? {
        log(&ctx, &mut cx, "producer.not_apart", &a, &b.name).await?;
        log(&ctx, &mut cx, "producer.not_apart", &b, &a.name).await?;
        tx.commit().await?;
    }
    Ok(Redirect::to(&format!("{HERE}/{}/{}", shorts.0, shorts.1)).into_response())
}
