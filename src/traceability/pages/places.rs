//! A producer's places: list, page, add, edit, put aside.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use serde::Deserialize;

use super::super::access::{self, producers_of};
use super::super::model::{GlnError, Place, PlaceKind, gln};
use super::super::place_certificates;
use super::super::place_certificates::model::{CertificateState, PlaceCertificate};
use super::super::place_certificates::texts::Texts as CertificateTexts;
use super::super::store::places;
use super::super::texts::Texts;
use crate::accounts::pages::local_path;
use crate::clock::Day;
use crate::ids::{PlaceId, UserId, VillageId};
use crate::producers::acting::Acting;
use crate::producers::model::{ConsentField, Producer};
use crate::producers::store::{self as producers, Village};
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/places.html")]
struct PlacesPage {
    page: Page,
    t: Texts,
    groups: Vec<(Producer, Vec<Place>)>,
    villages: Vec<Village>,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/place_form.html")]
struct PlaceFormPage {
    page: Page,
    t: Texts,
    form: Form,
    producer: Producer,
    kinds: Vec<(&'static str, &'static str, &'static str)>,
    villages: Vec<(String, String)>,
    lan: String,
    next: String,
    /// The place that is changed; None: a new one.
    edited: Option<PlaceId>,
    /// Somebody else changed it meanwhile.
    stale: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/place.html")]
struct PlacePage {
    page: Page,
    t: Texts,
    /// Texts of certificates.
    c: CertificateTexts,
    place: Place,
    producer: Producer,
    village: String,
    /// The producer agreed to be located.
    located: bool,
    rows: Vec<PlaceCertificate>,
    today: Day,
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

impl PlaceFormPage {
    fn title(&self) -> &'static str {
        if self.edited.is_some() { self.t.place_edit() } else { self.t.add_place() }
    }
}

impl PlacePage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn is_over(&self, row: &PlaceCertificate) -> bool {
        row.state == CertificateState::Approved && row.expires_on.is_some_and(|last| last < self.today)
    }

    fn tag(row: &PlaceCertificate) -> &'static str {
        match row.state {
            CertificateState::Submitted => " wait",
            CertificateState::Approved => " ok",
            CertificateState::Rejected => " bad",
            CertificateState::Withdrawn => "",
        }
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
    Ok(form_page(&ctx, form, producer, None).await?.into_response())
}

async fn form_page(
    ctx: &Ctx,
    form: Form,
    producer: Producer,
    edited: Option<PlaceId>,
) -> Result<PlaceFormPage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let villages = producers::villages(&mut conn.cx(), ctx.commune_id()).await?;
    let villages = villages.into_iter().map(|village| (village.id.to_string(), village.name)).collect();
    Ok(PlaceFormPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()).to_string(),
        next: local_path(form.value("tiep")).to_owned(),
        form,
        producer,
        kinds: PlaceKind::ALL.iter().map(|kind| (kind.word(), kind.label(ctx.lang), "")).collect(),
        villages,
        edited,
        stale: false,
    })
}

/// `GET /cua-toi/noi/{id}`: a place with its growing-area codes and certificates.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let (place, producer, _) = access::my_place(&ctx, cx, &id).await?;
    let rows = place_certificates::store::of_place(cx, ctx.commune_id(), place.id).await?;
    let located = producers::consents(cx, ctx.commune_id(), producer.id).await?.contains(&ConsentField::Address);
    let village = match place.village_id {
        Some(id) => producers::village(cx, ctx.commune_id(), id).await?.map(|village| village.name),
        None => None,
    };
    let page = PlacePage {
        page: Page::of(&ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        c: CertificateTexts(ctx.lang),
        place,
        producer,
        village: village.unwrap_or_default(),
        located,
        rows,
        today: ctx.today(),
    };
    Ok(page.into_response())
}

/// `GET /cua-toi/noi/{id}/sua`.
pub async fn edit(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let (place, producer) = {
        let mut conn = ctx.app.db.read().await?;
        let (place, producer, _) = access::my_place(&ctx, &mut conn.cx(), &id).await?;
        (place, producer)
    };
    let mut form = Form::default();
    form.push("kind", place.kind.word());
    form.push("name", &place.name);
    form.push("village", &place.village_id.map(|id| id.to_string()).unwrap_or_default());
    form.push("address", &place.address);
    form.push("gln", place.gln.as_deref().unwrap_or_default());
    form.push("version", &place.version.to_string());
    Ok(form_page(&ctx, form, producer, Some(place.id)).await?.into_response())
}

/// `POST /cua-toi/noi/{id}/sua`.
pub async fn change(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (before, producer, author) = access::my_place(&ctx, &mut tx.cx(), &id).await?;
    let villages = producers::villages(&mut tx.cx(), ctx.commune_id()).await?;
    let Some(told) = read_place(&ctx, &mut form, &producer, &villages) else {
        drop(tx);
        return Ok((form.status(), form_page(&ctx, form, producer, Some(before.id)).await?).into_response());
    };
    let version = form.value("version").parse().unwrap_or_default();
    let (hidden, created_at) = (before.hidden, before.created_at);
    let place = Place { id: before.id, version, hidden, created_at, ..told };
    if !places::update(&mut tx.cx(), &place).await? {
        drop(tx);
        form.set("version", &before.version.to_string());
        let page = PlaceFormPage { stale: true, ..form_page(&ctx, form, producer, Some(before.id)).await? };
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    place_certificates::store::changed(&mut tx.cx(), ctx.commune_id(), place.id).await?;
    let (was, is) = (for_log(&before), for_log(&place));
    let entry = Entry { before: Some(&was), ..entry(&ctx, "place.change", author.user, place.id, &is) };
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/noi/{}?da-luu=1", place.id)).into_response())
}

/// What the log keeps of a place: all but where exactly it is.
fn for_log(place: &Place) -> String {
    format!("{}: {}", place.kind, place.name)
}

fn entry<'a>(ctx: &Ctx, action: &'a str, by: UserId, place: PlaceId, after: &'a str) -> Entry<'a> {
    Entry {
        actor: Some(by),
        action,
        subject_kind: "place",
        subject: Some(place.0),
        after: Some(after),
        address: access::address(ctx),
        ..Entry::default()
    }
}

/// `POST /cua-toi/noi/moi`.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, form.value("co-so")).await?;
    let villages = {
        let mut conn = ctx.app.db.read().await?;
        producers::villages(&mut conn.cx(), ctx.commune_id()).await?
    };
    let Some(place) = read_place(&ctx, &mut form, &producer, &villages) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, form_page(&ctx, form, producer, None).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    places::insert(&mut tx.cx(), &place).await?;
    let after = for_log(&place);
    let entry = entry(&ctx, "place.add", author.user, place.id, &after);
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
    let address = form.text("address", 200, ctx.lang);
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
        address: address?.replace('\n', " "),
        hidden: false,
        version: 1,
        created_at: ctx.now(),
    })
}

/// `POST /cua-toi/noi/dung`: a place is no longer offered for new steps, or again. What happened there stays.
pub async fn set_aside(ctx: Ctx, form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, form.value("co-so")).await?;
    let id: PlaceId = form.value("noi").parse().map_err(|_| AppError::NotFound)?;
    let hidden = form.value("dung") != "1";
    let mut tx = ctx.app.db.begin().await?;
    if !places::set_hidden(&mut tx.cx(), ctx.commune_id(), producer.id, id, hidden).await? {
        return Err(AppError::NotFound);
    }
    let entry = entry(&ctx, "place.set_aside", author.user, id, if hidden { "hidden" } else { "shown" });
    audit::write(&mut tx.cx(), ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("/cua-toi/noi?co-so={}&da-luu=1", producer.short)).into_response())
}
