//! Handing goods on: to a producer of the commune, who confirms, or to somebody outside.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};

use super::super::access::{Held, held};
use super::super::flow::{self, Hand};
use super::super::model::{Handover, HandoverState, Party, stands};
use super::super::store;
use super::super::texts::Texts;
use super::{Whose, read_amount, say, units_of};
use crate::accounts::model::Phone;
use crate::amounts::Thousandths;
use crate::clock::{Day, Time};
use crate::db::Cx;
use crate::ids::{HandoverId, PartyId, PlaceId, ProducerId};
use crate::producers::model::State;
use crate::producers::store as producers;
use crate::products::store as products;
use crate::traceability::access::address;
use crate::traceability::conversions::texts::Texts as Stated;
use crate::traceability::model::{Lot, amount_text};
use crate::traceability::pages::{identifiers, past_day};
use crate::traceability::quantity::Quantity;
use crate::traceability::store::{lots, places};
use crate::traceability::texts::Texts as Words;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "traceability/chain/templates/ship.html")]
struct ShipPage {
    page: Page,
    t: Texts,
    form: Form,
    lot: Lot,
    product: String,
    holder: String,
    left: String,
    /// What is stated of a piece.
    rate: Option<String>,
    units: Vec<(&'static str, &'static str)>,
    receivers: Vec<(String, String)>,
    parties: Vec<Party>,
    places: Vec<(String, String)>,
    sides: Vec<(&'static str, &'static str, &'static str)>,
    refusal: Option<String>,
    back: String,
    lan: String,
}

/// What was told.
struct Told {
    amount: Quantity,
    at: Time,
    place: PlaceId,
    to: To,
}

enum To {
    Producer(ProducerId),
    Outside { name: String, phone: Option<Phone> },
}

/// `GET /cua-toi/lo/{code}/giao`.
pub async fn ask(ctx: Ctx, Path(code): Path<String>, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let held = held(&ctx, cx, &code, &whose.producer).await?;
    let mut form = Form::default();
    form.push("ngay", &ctx.today().text());
    form.push("quantity", &Thousandths(held.balance.left_in(held.lot.uom)).text(Lang::Vi));
    form.push("uom", held.lot.uom.code());
    Ok(page(&ctx, cx, form, held).await?.into_response())
}

async fn page(ctx: &Ctx, cx: &mut Cx<'_>, mut form: Form, held: Held) -> Result<ShipPage, AppError> {
    let t = Texts(ctx.lang);
    let commune = ctx.commune_id();
    let product = products::by_id(cx, commune, held.lot.product_id).await?.ok_or(AppError::NotFound)?;
    let mine = places::of_producer(cx, commune, held.holder.id).await?;
    let places = crate::traceability::pages::places::offered(mine);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    let refusal = if held.balance.is_empty() {
        Some(t.refused_nothing_left().to_owned())
    } else {
        stands(&held.lot, product.state).err().map(|refusal| say(&refusal, t))
    };
    Ok(ShipPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t,
        lan: form.request_id(ctx.now()).to_string(),
        product: product.name,
        left: amount_text(held.balance.left_in(held.lot.uom), held.lot.uom, ctx.lang),
        units: units_of(held.lot.uom, held.balance.rate, ctx.lang),
        rate: held.balance.rate.map(|rate| Stated(ctx.lang).by_statement(rate.text(ctx.lang))),
        receivers: store::receivers(cx, commune, held.holder.id).await?,
        parties: store::parties_of(cx, commune, held.holder.id).await?,
        places,
        sides: vec![("co-so", t.to_producer(), t.to_producer_hint()), ("ngoai", t.to_outside(), t.to_outside_hint())],
        refusal,
        back: held.page(),
        holder: held.holder.short,
        lot: held.lot,
        form,
    })
}

/// `POST /cua-toi/lo/{code}/giao`.
pub async fn send(ctx: Ctx, Path(code): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let cx = &mut tx.cx();
    let held = held(&ctx, cx, &code, form.value("co-so")).await?;
    let id = HandoverId(form.request_id(ctx.now()));
    let back = held.page();
    if let Some(there) = store::handover(cx, ctx.commune_id(), id).await? {
        let same = there.handover.from_producer_id == held.holder.id;
        return if same {
            Ok(Redirect::to(&format!("{back}?da-luu=1")).into_response())
        } else {
            Err(AppError::NotFound)
        };
    }
    let seen = form.value("phien").parse::<i64>().ok();
    if flow::take_all(cx, ctx.commune_id(), &[(held.lot.id, seen)]).await?.is_some() {
        return Err(AppError::Conflict(t.changed_meanwhile().to_owned()));
    }
    let Some(told) = read(&ctx, cx, &mut form, &held).await? else {
        let status = form.status();
        return Ok((status, page(&ctx, cx, form, held).await?).into_response());
    };
    let (to_producer_id, party_id) = match &told.to {
        To::Producer(id) => (Some(*id), None),
        To::Outside { name, phone } => (None, Some(party(&ctx, cx, &held, name, phone.as_ref()).await?)),
    };
    let handover = Handover {
        commune_id: ctx.commune_id(),
        id,
        lot_id: held.lot.id,
        from_producer_id: held.holder.id,
        to_producer_id,
        party_id,
        quantity: told.amount.thousandths(),
        uom: told.amount.uom(),
        received_quantity: None,
        state: if party_id.is_some() { HandoverState::Delivered } else { HandoverState::Sent },
        handed_at: told.at,
        ship_event_id: None,
        receive_event_id: None,
        reason: None,
        version: 1,
        created_by: Some(held.author.user),
        created_at: ctx.now(),
    };
    let ids = identifiers(&ctx)?;
    let hand = Hand {
        commune: ctx.commune_id(),
        identifiers: &ids,
        holder: held.holder.id,
        by: Some(held.author.user),
        now: ctx.now(),
    };
    flow::send(cx, hand, &handover, Some(told.place)).await?;
    let entry = Entry {
        actor: Some(held.author.user),
        action: "lot.ship",
        subject_kind: "lot",
        subject: Some(held.lot.id.0),
        after: Some(handover.state.word()),
        address: address(&ctx),
        ..Entry::default()
    };
    audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{back}?da-luu=1")).into_response())
}

/// Reads the form; the lot is taken.
async fn read(ctx: &Ctx, cx: &mut Cx<'_>, form: &mut Form, held: &Held) -> Result<Option<Told>, AppError> {
    let t = Texts(ctx.lang);
    let words = Words(ctx.lang);
    let amount = read_amount(form, "quantity", "uom", ctx.lang);
    // As it stands now that it is taken: it may have been recalled meanwhile.
    let lot = lots::by_id(cx, ctx.commune_id(), held.lot.id).await?.ok_or(AppError::NotFound)?;
    if let Some(amount) = amount
        && let Some(refusal) = flow::check(cx, &lot, held.holder.id, amount).await?
    {
        form.fail("quantity", say(&refusal, t));
    }
    let to = receiver(ctx, cx, form, held).await?;
    let mine = places::of_producer(cx, ctx.commune_id(), held.holder.id).await?;
    let place = form.value("place").parse::<PlaceId>().ok().filter(|id| mine.iter().any(|place| place.id == *id));
    if place.is_none() {
        form.fail("place", words.place_missing());
    }
    if form.value("ngay").is_empty() {
        form.fail("ngay", words.day_shape());
    }
    let day = past_day(form, "ngay", words, ctx.today());
    if day.is_some_and(|day| day < lot.made_on) {
        form.fail("ngay", t.before_made(lot.made_on));
    }
    let (Some(amount), Some(to), Some(place), Some(day)) = (amount, to, place, day) else { return Ok(None) };
    Ok(form.is_fine().then(|| Told { amount, at: moment(ctx, day), place, to }))
}

/// Now, or noon of an earlier day, of which only the day is told.
fn moment(ctx: &Ctx, day: Day) -> Time {
    if day < ctx.today() { day.at(12, 0) } else { ctx.now() }
}

async fn receiver(ctx: &Ctx, cx: &mut Cx<'_>, form: &mut Form, held: &Held) -> Result<Option<To>, AppError> {
    let t = Texts(ctx.lang);
    match form.value("ben") {
        "co-so" => {
            let found = producers::by_short(cx, ctx.commune_id(), form.value("nhan")).await?;
            let found = found.filter(|producer| producer.state == State::Approved);
            match found {
                None => form.fail("nhan", t.receiver_missing()),
                Some(own) if own.id == held.holder.id => form.fail("nhan", t.receiver_oneself()),
                Some(back) if back.id == held.lot.producer_id => form.fail("nhan", t.receiver_maker()),
                Some(other) => return Ok(Some(To::Producer(other.id))),
            }
            Ok(None)
        }
        "ngoai" => {
            let name = form.required("ten-ngoai", 120, t.outside_missing(), ctx.lang);
            let phone = form.parse_with("dien-thoai", Phone::parse, |error| error.say(ctx.lang));
            if phone.is_some() && form.value("dong-y").is_empty() {
                form.fail("dong-y", t.phone_needs_consent());
            }
            Ok(name.map(|name| To::Outside { name: name.replace('\n', " "), phone }))
        }
        _ => {
            form.fail("ben", t.side_missing());
            Ok(None)
        }
    }
}

/// The outside receiver of this name in the holder's book, added if it is new.
async fn party(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    held: &Held,
    name: &str,
    phone: Option<&Phone>,
) -> Result<PartyId, AppError> {
    let known = store::parties_of(cx, ctx.commune_id(), held.holder.id).await?;
    let phone = phone.map(ToString::to_string);
    if let Some(party) = known.into_iter().find(|party| party.name == name) {
        if let Some(phone) = &phone {
            store::set_phone(cx, ctx.commune_id(), party.id, phone, ctx.now()).await?;
        }
        return Ok(party.id);
    }
    let party = Party {
        commune_id: ctx.commune_id(),
        id: PartyId::new(ctx.now()),
        producer_id: held.holder.id,
        name: name.to_owned(),
        phone_consent_at: phone.as_ref().map(|_| ctx.now()),
        phone,
        created_by: Some(held.author.user),
        created_at: ctx.now(),
    };
    store::insert_party(cx, &party).await?;
    Ok(party.id)
}
