//! `/cua-toi/tem/moi?lo=…|san-pham=…`: what is to be printed, and issuing it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use crate::db::Cx;
use crate::ids::{RunId, new_id};
use crate::producers::acting::Acting;
use crate::producers::model::{ConsentField, Producer};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::flow::Author;
use crate::traceability::model::{Lot, LotCode};
use crate::traceability::store::lots;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

use super::super::issue as issuing;
use super::super::model::{MOST_PRINTS, MOST_SERIALS, RunKind};
use super::super::store::{self, NewRun};
use super::gate::Obstacle;
use super::texts::Texts;

/// The longest purpose, in characters.
const LONGEST: usize = 200;

/// The query of the form.
#[derive(Debug, Default, Deserialize)]
pub struct What {
    #[serde(default)]
    lo: String,
    #[serde(default, rename = "san-pham")]
    san_pham: String,
}

/// Why labels can't be issued now, and where to mend it.
struct Refused {
    title: &'static str,
    why: &'static str,
    to: String,
    go: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/order.html")]
struct OrderPage {
    page: Page,
    t: Texts,
    form: Form,
    refused: Option<Refused>,
    what: String,
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    count_hint: String,
}

/// What labels are ordered for, and by whom.
struct Subject {
    producer: Producer,
    author: Author,
    product: Product,
    lot: Option<Lot>,
    consents: bool,
}

/// The lot of this code, else the product of this address; only for those who act for its producer.
async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, lot: &str, product: &str) -> Result<Subject, AppError> {
    let commune = ctx.commune_id();
    ctx.person()?;
    let lot = if lot.is_empty() {
        None
    } else {
        let code = LotCode::parse(lot).map_err(|_| AppError::NotFound)?;
        Some(lots::by_code(cx, commune, &code).await?.ok_or(AppError::NotFound)?)
    };
    let product = match &lot {
        Some(lot) => products::by_id(cx, commune, lot.product_id).await?,
        None => products::by_short(cx, commune, product).await?,
    };
    let product = product.ok_or(AppError::NotFound)?;
    let (producer, author) = Acting::of_id(ctx, cx, product.producer_id).await?;
    let consents = producers::consents(cx, commune, producer.id).await?.contains(&ConsentField::Labels);
    Ok(Subject { producer, author, product, lot, consents })
}

impl Subject {
    /// What stands in the way of issuing labels, and where to mend it.
    fn refused(&self, ctx: &Ctx, t: Texts) -> Option<Refused> {
        let obstacle = Obstacle::of(&self.product, self.lot.as_ref(), self.consents, ctx.today())?;
        let lot = self.lot.as_ref().map(|lot| lot.code.to_string()).unwrap_or_default();
        let (title, to, go) = match obstacle {
            Obstacle::NotApproved => {
                (t.new_title(), format!("/cua-toi/san-pham/{}", self.product.short), t.back_to_product())
            }
            Obstacle::NoConsent => {
                (t.consent_title(), format!("/cua-toi/co-so/{}/tem", self.producer.short), t.consent_go())
            }
            _ => (t.new_title(), format!("/cua-toi/lo/{lot}"), t.back_to_lot()),
        };
        Some(Refused { title, why: obstacle.why(t), to, go })
    }

    fn kinds(&self) -> &'static [RunKind] {
        if self.lot.is_some() { &[RunKind::Lot, RunKind::Serial] } else { &[RunKind::Product] }
    }

    fn name(&self, t: Texts) -> String {
        match &self.lot {
            Some(lot) => format!("{}, {}", self.product.name, t.lot(&lot.code)),
            None => self.product.name.clone(),
        }
    }

    fn page(&self, ctx: &Ctx, form: Form, refused: Option<Refused>) -> OrderPage {
        let t = Texts(ctx.lang);
        let hint = |kind| match kind {
            RunKind::Product => t.kind_product_hint(),
            RunKind::Lot => t.kind_lot_hint(),
            RunKind::Serial => t.kind_serial_hint(),
        };
        OrderPage {
            page: Page::of(ctx, Area::Mine, "/cua-toi"),
            what: self.name(t),
            kinds: self.kinds().iter().map(|kind| (kind.word(), kind.label(ctx.lang), hint(*kind))).collect(),
            count_hint: match &self.lot {
                Some(_) => t.count_hint(whole(MOST_PRINTS, ctx.lang), whole(MOST_SERIALS, ctx.lang)),
                None => t.count_range(whole(MOST_PRINTS, ctx.lang)),
            },
            form,
            refused,
            t,
        }
    }
}

/// `GET /cua-toi/tem/moi`.
pub async fn ask(ctx: Ctx, Query(what): Query<What>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let subject = subject(&ctx, &mut conn.cx(), &what.lo, &what.san_pham).await?;
    drop(conn);
    let mut form = Form::default();
    form.set("lan", &new_id(ctx.now()).to_string());
    form.set("lo", &what.lo);
    form.set("san-pham", &what.san_pham);
    let refused = subject.refused(&ctx, Texts(ctx.lang));
    Ok(subject.page(&ctx, form, refused).into_response())
}

/// `POST /cua-toi/tem/moi`: issues the run; the same form sent twice is one run.
pub async fn issue(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let mut subject = subject_of(&ctx, &mut tx.cx(), &form).await?;
    if let Some(lot) = &subject.lot {
        // Whoever changes the lot now is waited for, and waits.
        lots::hold(&mut tx.cx(), ctx.commune_id(), lot.id).await?;
        subject = subject_of(&ctx, &mut tx.cx(), &form).await?;
    }
    let id = RunId(form.request_id(ctx.now()));
    if let Some(run) = store::run_by_id(&mut tx.cx(), ctx.commune_id(), id).await? {
        let own = run.producer_id == subject.producer.id;
        return if own { Ok(to_run(run.number)) } else { Err(AppError::NotFound) };
    }
    let t = Texts(ctx.lang);
    let refused = subject.refused(&ctx, t);
    let read = read(&mut form, &subject, t, &ctx);
    let Some(new) = read.filter(|_| refused.is_none()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, subject.page(&ctx, form, refused)).into_response());
    };
    let now = ctx.now();
    let run = issuing::order(&mut tx.cx(), ctx.commune_id(), id, &new, now).await?;
    let after = format!("{} {} × {}", run.number, run.kind, run.count);
    let entry = audit::Entry {
        actor: Some(subject.author.user),
        action: "labels.issue",
        subject_kind: "label_run",
        subject: Some(run.id.0),
        after: Some(&after),
        address: Some(ctx.address.to_string()),
        ..audit::Entry::default()
    };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, now).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(to_run(run.number))
}

async fn subject_of(ctx: &Ctx, cx: &mut Cx<'_>, form: &Form) -> Result<Subject, AppError> {
    subject(ctx, cx, form.value("lo"), form.value("san-pham")).await
}

fn to_run(number: i64) -> Response {
    Redirect::to(&format!("/cua-toi/tem/{number}?da-luu=1")).into_response()
}

fn read(form: &mut Form, subject: &Subject, t: Texts, ctx: &Ctx) -> Option<NewRun> {
    let kind = form.value("loai").parse::<RunKind>().ok().filter(|kind| subject.kinds().contains(kind));
    if kind.is_none() {
        form.fail("loai", t.kind_missing());
    }
    let most = if kind == Some(RunKind::Serial) { MOST_SERIALS } else { MOST_PRINTS };
    let count = count(form.value("so-tem"));
    match count {
        None => form.fail("so-tem", t.count_wrong()),
        Some(count) if !(1..=most).contains(&count) => form.fail("so-tem", t.count_range(whole(most, ctx.lang))),
        Some(_) => {}
    }
    let purpose = form.text("muc-dich", LONGEST, ctx.lang);
    if !form.is_fine() {
        return None;
    }
    Some(NewRun {
        kind: kind?,
        producer: subject.producer.id,
        product: subject.product.id,
        lot: subject.lot.as_ref().map(|lot| lot.id),
        count: count?,
        purpose: purpose?,
        by: Some(subject.author.user),
    })
}

/// A whole number as people type it, with or without marks between thousands.
fn count(text: &str) -> Option<i64> {
    let digits: String = text.chars().filter(|c| !matches!(c, '.' | ',' | ' ' | '\u{a0}')).collect();
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_read_as_people_type_it() {
        assert_eq!(count("120"), Some(120));
        assert_eq!(count("1.200"), Some(1200));
        assert_eq!(count(" 20 000"), Some(20_000));
        assert_eq!(count("1.000.000.000"), Some(1_000_000_000), "refused by its range, in words");
        for text in ["", "mười", "-5", "1e3", "99999999999999999999"] {
            assert_eq!(count(text), None, "{text}");
        }
    }
}
