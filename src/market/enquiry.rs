//! Asking to buy: a buyer's message to a producer, kept 90 days, seen by that producer alone.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use askama::Template;
use askama_web::WebTemplate;
use axum::Extension;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::product;
use super::store::enquiries::{self, Enquiry};
use super::texts::Texts;
use crate::accounts::model::Phone;
use crate::clock::Day;
use crate::ids::EnquiryId;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// Questions taken from one address a day: a village behind one carrier address may still ask.
const A_DAY: u32 = 20;
/// Addresses counted a day; beyond that all share one count, so that memory stays bounded.
const MOST_ADDRESSES: usize = 50_000;

/// How many questions came today from which address. Addresses are kept as salted hashes and forgotten at midnight.
#[derive(Clone, Default)]
pub struct Daily(Arc<Mutex<Counts>>);

#[derive(Default)]
struct Counts {
    day: Option<Day>,
    salt: RandomState,
    by_address: HashMap<u64, u32>,
}

impl Daily {
    /// Counts one more; false if that is more than `most` of one network today.
    pub fn takes(&self, address: IpAddr, today: Day, most: u32) -> bool {
        let mut counts = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if counts.day != Some(today) {
            *counts = Counts { day: Some(today), ..Counts::default() };
        }
        let full = counts.by_address.len() >= MOST_ADDRESSES;
        let key = counts.salt.hash_one(network_of(address));
        let key = if full && !counts.by_address.contains_key(&key) { 0 } else { key };
        let count = counts.by_address.entry(key).or_default();
        *count = count.saturating_add(1);
        *count <= most
    }
}

/// One household has a whole /64 of IPv6.
fn network_of(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6((u128::from(v6) & !u128::from(u64::MAX)).into()),
    }
}

/// `POST /san-pham/{…}/hoi-mua`.
pub async fn ask(
    ctx: Ctx,
    Extension(daily): Extension<Daily>,
    Path(address): Path<String>,
    mut form: Form,
) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let row = product::listed(&ctx, &address).await?;
    let message = form.required("message", 1000, t.ask_message_missing(), ctx.lang);
    if form.value("phone").is_empty() {
        form.fail("phone", t.ask_phone_missing());
    }
    let phone = form.parse_with("phone", Phone::parse, |error| error.say(ctx.lang));
    let (Some(message), Some(phone)) = (message, phone) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, product::page(&ctx, row, form).await?).into_response());
    };
    let now = ctx.now();
    let enquiry = Enquiry {
        id: EnquiryId::new(now),
        product_id: row.id,
        producer_id: row.producer_id,
        phone: phone.as_str().to_owned(),
        message,
        is_answered: false,
        created_at: now,
    };
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let request = form.request_id(now);
    if !enquiries::is_known(cx, ctx.commune_id(), request).await? {
        if !daily.takes(ctx.address, ctx.today(), A_DAY) {
            drop(tx);
            form.fail("message", t.ask_too_many());
            return Ok((StatusCode::TOO_MANY_REQUESTS, product::page(&ctx, row, form).await?).into_response());
        }
        enquiries::insert(cx, ctx.commune_id(), &enquiry, request).await?;
        enquiries::forget_old(cx, ctx.commune_id(), now).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}/da-hoi", row.path())).into_response())
}

/// `GET /san-pham/{…}/hoi-mua`: where a reload or a change of language of the re-shown form leads.
pub async fn form(ctx: Ctx, Path(address): Path<String>) -> Result<Redirect, AppError> {
    let row = product::listed(&ctx, &address).await?;
    let query = if ctx.query.is_empty() { String::new() } else { format!("?{}", ctx.query) };
    Ok(Redirect::to(&format!("{}{query}#hoi-mua", row.path())))
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/asked.html")]
struct AskedPage {
    page: Page,
    t: Texts,
    producer_name: String,
    path: String,
}

/// `GET /san-pham/{…}/da-hoi`.
pub async fn asked(ctx: Ctx, Path(address): Path<String>) -> Result<Response, AppError> {
    let row = product::listed(&ctx, &address).await?;
    let page = Page { indexed: false, current: "/san-pham", ..Page::new(&ctx) };
    Ok(AskedPage { page, t: Texts(ctx.lang), path: row.path(), producer_name: row.producer_name }.into_response())
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/inbox.html")]
struct InboxPage {
    page: Page,
    t: Texts,
    list: Vec<enquiries::Received>,
}

/// `GET /cua-toi/hoi-mua`: what buyers asked the producers that somebody acts for.
pub async fn inbox(ctx: Ctx) -> Result<Response, AppError> {
    let person = ctx.person()?;
    let mut list = Vec::new();
    {
        let mut conn = ctx.app.db.read().await?;
        for producer in person.producers(ctx.commune_id()) {
            list.extend(enquiries::of_producer(&mut conn.cx(), ctx.commune_id(), producer, ctx.now()).await?);
        }
    }
    list.sort_by_key(|one| (one.is_answered, std::cmp::Reverse(one.created_at)));
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(InboxPage { page, t: Texts(ctx.lang), list }.into_response())
}

/// `POST /cua-toi/hoi-mua/{id}`: marks one as answered.
pub async fn answered(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let person = ctx.person()?;
    let id: EnquiryId = id.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let producer = enquiries::producer_of(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    if !person.acts_for(ctx.commune_id(), producer) {
        return Err(AppError::NotFound);
    }
    enquiries::set_answered(cx, ctx.commune_id(), id, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to("/cua-toi/hoi-mua?da-luu=1").into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_so_often_a_day_and_forgotten_the_next() {
        let daily = Daily::default();
        let today = Day::new(2026, 11, 22).unwrap();
        let one: IpAddr = "203.0.113.9".parse().unwrap();
        for _ in 0..A_DAY {
            assert!(daily.takes(one, today, A_DAY));
        }
        assert!(!daily.takes(one, today, A_DAY));
        assert!(daily.takes("203.0.113.10".parse().unwrap(), today, A_DAY));
        assert!(daily.takes(one, today.plus_days(1), A_DAY));
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let (a, b): (IpAddr, IpAddr) = ("2001:db8:1:2::5".parse().unwrap(), "2001:db8:1:2:9::6".parse().unwrap());
        assert_eq!(network_of(a), network_of(b));
        assert_ne!(network_of(a), network_of("2001:db8:1:3::5".parse().unwrap()));
    }
}
