//! A producer's places: list, add, put aside.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::super::access::{self, producers_of};
use super::super::model::{GlnError, Place, PlaceKind, gln, growing_area_code};
use super::super::store::places;
use super::super::texts::Texts;
use crate::accounts::pages::local_path;
use crate::ids::{PlaceId, VillageId};
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::producers::store::{self as producers, Village};
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/places.html")]
struct PlacesPage {
    page: Page,
    t: Texts,
    groups: Vec<(Producer, Vec<Place>)>,
    villages: Vec<Village>,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/place_new.html")]
struct NewPlacePage {
    page: Page,
    t: Texts,
    form: Form,
    producer: Producer,
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    villages: Vec<(String, String)>,
    lan: String,
    next: String,
}

/// Whose places, and where to go after adding one.
#[derive(Deserialize)]
pub struct Whose {
    #[serde(default, rename = "co-so")]
    producer: String,
    #[serde(default)]
    tiep: String,
}

impl PlacesPage {
    fn village(&self, place: &Place) -> &str {
        let id = place.village_id;
        self.villages.iter().find(|village| Some(village.id) == id).map_or("", |village| village.name.as_str())
    }

    fn kind(&self, place: &Place) -> &'static str {
        place.kind.label(self.page.lang)
    }

    fn is_one(&self) -> bool {
        self.groups.len() == 1
    }
}

/// Places as a select offers them.
pub fn offered(places: Vec<Place>) -> Vec<(String, String)> {
    places.into_iter().filter(|place| !place.hidden).map(|place| (place.id.to_string(), place.name)).collect()
}

/// `GET /cua-toi/noi`.
pub async fn list(ctx: Ctx, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let mut groups = Vec::new();
    for producer in producers_of(&ctx, cx, &whose.producer).await? {
        let of_it = places::of_producer(cx, ctx.commune_id(), producer.id).await?;
        groups.push((producer, of_it));
    }
    let villages = producers::villages(cx, ctx.commune_id()).await?;
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(PlacesPage { page, t: Texts(ctx.lang), groups, villages }.into_response())
}

/// `GET /cua-toi/noi/moi`.
pub async fn new(ctx: Ctx, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let (producer, _) = Acting::of(&ctx, &whose.producer).await?;
    let mut form = Form::default();
    form.push("tiep", local_path(&whose.tiep));
    if let Some(village) = producer.village_id {
        form.push("village", &village.to_string());
    }
    Ok(new_page(&ctx, form, producer).await?.into_response())
}

async fn new_page(ctx: &Ctx, form: Form, producer: Producer) -> Result<NewPlacePage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let villages = producers::villages(&mut conn.cx(), ctx.commune_id()).await?;
    let villages = villages.into_iter().map(|village| (village.id.to_string(), village.name)).collect();
    Ok(NewPlacePage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()).to_string(),
        next: local_path(form.value("tiep")).to_owned(),
        form,
        producer,
        kinds: PlaceKind::ALL.iter().map(|kind| (kind.word(), kind.label(ctx.lang), "")).collect(),
        villages,
    })
}

/// `POST /cua-toi/noi/moi`.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, form.value("co-so")).await?;
    let villages = {
        let mut conn = ctx.app.db.read().await?;
        producers::villages(&mut conn.cx(), ctx.commune_id()).await?
    };
    let Some(place) = read_place(&ctx, &mut form, &producer, &villages) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, new_page(&ctx, form, producer).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    places::insert(&mut tx.cx(), &place).await?;
    let after = format!("{}: {}", place.kind, place.name);
    let entry = Entry {
        actor: Some(author.user),
        action: "place.add",
        subject_kind: "place",
        subject: Some(place.id.0),
        after: Some(&after),
        address: access::address(&ctx),
        ..Entry::default()
    };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    let next = local_path(form.value("tiep"));
    let list = format!("/cua-toi/noi?co-so={}&da-luu=1", producer.short);
    Ok(Redirect::to(if next.is_empty() { &list } else { next }).into_response())
}

/// Reads the form of a place; None with what is wrong noted.
fn read_place(ctx: &Ctx, form: &mut Form, producer: &Producer, villages: &[Village]) -> Option<Place> {
    let t = Texts(ctx.lang);
    let kind = form.parse_with("kind", str::parse::<PlaceKind>, |_| t.place_kind_missing().to_owned());
    if kind.is_none() {
        form.fail("kind", t.place_kind_missing());
    }
    let name = form.required("name", 80, t.place_name_missing(), ctx.lang);
    let known = |text: &str| {
        let id: VillageId = text.parse().map_err(|_| ())?;
        if villages.iter().any(|village| village.id == id) { Ok(id) } else { Err(()) }
    };
    let village_id = form.parse_with("village", known, |()| t.village_unknown().to_owned());
    let area =
        form.parse_with("area_code", |text| growing_area_code(text).ok_or(()), |()| t.area_code_wrong().to_owned());
    let gln = form.parse_with("gln", gln, |error| match error {
        GlnError::Length => t.gln_length().to_owned(),
        GlnError::CheckDigit => t.gln_check().to_owned(),
    });
    form.is_fine().then_some(())?;
    Some(Place {
        commune_id: ctx.commune_id(),
        id: PlaceId(form.request_id(ctx.now())),
        producer_id: producer.id,
        kind: kind?,
        name: name?.replace('\n', " "),
        village_id,
        gln,
        growing_area_code: area,
        hidden: false,
        created_at: ctx.now(),
    })
}

/// `POST /cua-toi/noi/dung`: a place is no longer offered for new steps, or again. What happened there stays.
pub async fn set_aside(ctx: Ctx, form: Form) -> Result<Response, AppError> {
    let (producer, _) = Acting::of(&ctx, form.value("co-so")).await?;
    let id: PlaceId = form.value("noi").parse().map_err(|_| AppError::NotFound)?;
    let hidden = form.value("dung") != "1";
    let mut tx = ctx.app.db.begin().await?;
    if !places::set_hidden(&mut tx.cx(), ctx.commune_id(), producer.id, id, hidden).await? {
        return Err(AppError::NotFound);
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/noi?co-so={}&da-luu=1", producer.short)).into_response())
}
