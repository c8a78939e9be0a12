//! Reading the form of lots made from lots. What is wrong is noted at its field, and what was typed stays.

use super::super::access::Held;
use super::super::flow;
use super::super::model::{Output, Work};
use super::super::texts::Texts;
use super::work::MOST_PARTS;
use super::{read_amount, say};
use crate::clock::{Day, Time};
use crate::db::Cx;
use crate::ids::{LotId, PlaceId, ProductId};
use crate::producers::model::State;
use crate::products::store as products;
use crate::traceability::conversions::model::Rate;
use crate::traceability::conversions::store as conversions;
use crate::traceability::model::{Lot, LotCode, LotState, amount_text, family_of};
use crate::traceability::pages::{day_error, past_day};
use crate::traceability::quantity::{Measure, Quantity, Uom};
use crate::traceability::store::{lots, places};
use crate::traceability::template::Family;
use crate::traceability::texts::Texts as Words;
use crate::traceability::warnings::{Warning, mass_balance};
use crate::web::{AppError, Ctx, Form, Lang};

/// Lots that may go into one work.
const MOST_INPUTS: usize = 60;

/// What was told, read and checked; the inputs are taken.
pub(super) struct Read {
    pub(super) inputs: Vec<(Lot, Quantity)>,
    pub(super) outputs: Vec<Lot>,
    pub(super) at: Time,
    pub(super) place: PlaceId,
    /// What to look at before it is recorded.
    pub(super) warnings: Vec<String>,
}

pub(super) async fn read(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    held: &Held,
    work: Work,
) -> Result<Option<Read>, AppError> {
    let t = Texts(ctx.lang);
    let inputs = inputs(ctx, cx, form, held, work).await?;
    let place = place(ctx, cx, form, held).await?;
    let product = product(ctx, cx, form, held, work).await?;
    let amounts = if work == Work::Split { parts(form, ctx.lang) } else { one_amount(form, ctx.lang) };
    let (made_on, best_before) = days(ctx, form, &inputs, work);
    if inputs.len() < 2 && work == Work::Merge && form.is_fine() {
        form.fail(&format!("vao-{}", held.lot.code), t.merge_needs_two());
    }
    let (Some(place), Some(product), Some(made_on)) = (place, product, made_on) else { return Ok(None) };
    if !form.is_fine() {
        return Ok(None);
    }
    let warnings = if work == Work::Pack { Vec::new() } else { out_of(ctx, cx, &inputs, product, &amounts).await? };
    // A split or merged lot was made where it was made; what is processed or packed, here.
    let made_at = if work.keeps_product() { held.lot.place_id } else { Some(place) };
    let output = |amount: &Quantity| lot(ctx, held, Output { product, amount: *amount }, made_at, made_on, best_before);
    let today = ctx.today();
    // Of an earlier day only the day is told; noon stands for it.
    let at = if made_on < today && !work.keeps_product() { made_on.at(12, 0) } else { ctx.now() };
    let warnings = warnings.iter().map(|warning| say_balance(warning, t)).collect();
    Ok(Some(Read { outputs: amounts.iter().map(output).collect(), inputs, at, place, warnings }))
}

/// More out than in; where pieces and kilograms meet, by what is stated of a piece.
async fn out_of(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    inputs: &[(Lot, Quantity)],
    product: ProductId,
    made: &[Quantity],
) -> Result<Vec<Warning>, AppError> {
    let used: Vec<Quantity> = inputs.iter().map(|(_, amount)| *amount).collect();
    let warnings = mass_balance(&used, made);
    if !warnings.is_empty() {
        return Ok(warnings);
    }
    let measured = |rate: Option<Rate>, amount: Quantity| rate.and_then(|r| r.measured(amount)).unwrap_or(amount);
    let mut used = Vec::new();
    for (lot, amount) in inputs {
        let rate = conversions::of_product(cx, ctx.commune_id(), lot.product_id).await?.latest();
        used.push(measured(rate, *amount));
    }
    let rate = conversions::of_product(cx, ctx.commune_id(), product).await?.latest();
    let made: Vec<Quantity> = made.iter().map(|amount| measured(rate, *amount)).collect();
    Ok(mass_balance(&used, &made))
}

fn lot(ctx: &Ctx, held: &Held, output: Output, place: Option<PlaceId>, made_on: Day, best_before: Option<Day>) -> Lot {
    Lot {
        commune_id: ctx.commune_id(),
        id: LotId::new(ctx.now()),
        producer_id: held.holder.id,
        product_id: output.product,
        place_id: place,
        code: LotCode::random(),
        state: LotState::Open,
        made_on,
        best_before,
        quantity: output.amount.thousandths(),
        uom: output.amount.uom(),
        recall_reason: None,
        recalled_at: None,
        recalled_by: None,
        version: 1,
        created_by: Some(held.author.user),
        created_at: ctx.now(),
    }
}

/// The lots that go in, taken for this transaction over the versions that the page showed.
async fn inputs(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    held: &Held,
    work: Work,
) -> Result<Vec<(Lot, Quantity)>, AppError> {
    let t = Texts(ctx.lang);
    let mut asked: Vec<(Lot, Quantity, String)> = Vec::new();
    for (field, code) in named(form) {
        let lot = lots::by_code(cx, ctx.commune_id(), &code).await?;
        let fits = |lot: &Lot| !work.keeps_product() || lot.product_id == held.lot.product_id;
        let Some(lot) = lot.filter(fits).filter(|lot| asked.iter().all(|(other, ..)| other.id != lot.id)) else {
            form.fail(&field, t.input_unknown());
            continue;
        };
        if lot.producer_id != held.holder.id && flow::balance_of(cx, &lot, held.holder.id).await?.had == 0 {
            form.fail(&field, t.input_unknown());
            continue;
        }
        if work == Work::Split && lot.id != held.lot.id {
            form.fail(&field, t.input_unknown());
            continue;
        }
        if let Some(amount) = read_amount(form, &field, &format!("{field}-uom"), ctx.lang) {
            asked.push((lot, amount, field));
        }
    }
    if asked.is_empty() && form.is_fine() {
        form.fail(&format!("vao-{}", held.lot.code), t.input_missing());
    }
    let versions: Vec<_> = asked
        .iter()
        .map(|(lot, ..)| (lot.id, form.value(&format!("phien-{}", lot.code)).parse::<i64>().ok()))
        .collect();
    if flow::take_all(cx, ctx.commune_id(), &versions).await?.is_some() {
        return Err(AppError::Conflict(t.changed_meanwhile().to_owned()));
    }
    let mut read = Vec::new();
    for (lot, amount, field) in asked {
        // As it stands now that it is taken: it may have been recalled meanwhile.
        let lot = lots::by_id(cx, ctx.commune_id(), lot.id).await?.ok_or(AppError::NotFound)?;
        match flow::check(cx, &lot, held.holder.id, amount).await? {
            Some(refusal) => form.fail(&field, say(&refusal, t)),
            None => read.push((lot, amount)),
        }
    }
    Ok(read)
}

/// Fields `vao-{code}` with an amount in them.
fn named(form: &Form) -> Vec<(String, LotCode)> {
    let named = form.pairs().iter().filter(|(_, value)| !value.trim().is_empty()).filter_map(|(name, _)| {
        let code = name.strip_prefix("vao-").filter(|rest| !rest.ends_with("-uom"))?;
        Some((name.clone(), LotCode::parse(code).ok()?))
    });
    named.take(MOST_INPUTS).collect()
}

fn one_amount(form: &mut Form, lang: Lang) -> Vec<Quantity> {
    read_amount(form, "quantity", "uom", lang).into_iter().collect()
}

fn parts(form: &mut Form, lang: Lang) -> Vec<Quantity> {
    let mut parts = Vec::new();
    for n in 1..=MOST_PARTS {
        let name = format!("ra-{n}");
        if !form.value(&name).is_empty() {
            parts.extend(read_amount(form, &name, "ra_uom", lang));
        }
    }
    if parts.len() < 2 && form.is_fine() {
        let empty = if form.value("ra-1").is_empty() { "ra-1" } else { "ra-2" };
        form.fail(empty, Texts(lang).split_needs_two());
    }
    parts
}

async fn place(ctx: &Ctx, cx: &mut Cx<'_>, form: &mut Form, held: &Held) -> Result<Option<PlaceId>, AppError> {
    let mine = places::of_producer(cx, ctx.commune_id(), held.holder.id).await?;
    let chosen = form.value("place").parse::<PlaceId>().ok().filter(|id| mine.iter().any(|place| place.id == *id));
    if chosen.is_none() {
        form.fail("place", Words(ctx.lang).place_missing());
    }
    Ok(chosen)
}

/// The product that comes out: what went in, or an approved product of the holder.
async fn product(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    held: &Held,
    work: Work,
) -> Result<Option<ProductId>, AppError> {
    if work.keeps_product() {
        return Ok(held.is_own().then_some(held.lot.product_id));
    }
    let found = products::by_short(cx, ctx.commune_id(), form.value("san-pham")).await?;
    let fits = |p: &crate::products::model::Product| {
        p.producer_id == held.holder.id && p.state == State::Approved && family_of(&p.category) != Some(Family::Tourism)
    };
    let found = found.filter(fits);
    if found.is_none() {
        form.fail("san-pham", Texts(ctx.lang).product_missing());
    }
    Ok(found.map(|product| product.id))
}

/// Day made and last good day of what comes out. What is split or merged keeps those of what went in: the earliest.
fn days(ctx: &Ctx, form: &mut Form, inputs: &[(Lot, Quantity)], work: Work) -> (Option<Day>, Option<Day>) {
    if work.keeps_product() {
        let made_on = inputs.iter().map(|(lot, _)| lot.made_on).min();
        return (made_on, inputs.iter().filter_map(|(lot, _)| lot.best_before).min());
    }
    let (t, words) = (Texts(ctx.lang), Words(ctx.lang));
    if form.value("made_on").is_empty() {
        form.fail("made_on", words.made_on_missing());
    }
    let made_on = past_day(form, "made_on", words, ctx.today());
    let best_before = form.parse_with("best_before", Day::parse, |error| day_error(error, words).to_owned());
    if let Some(made) = made_on {
        if best_before.is_some_and(|last| last < made) {
            form.fail("best_before", words.best_before_early());
        }
        if let Some((late, _)) = inputs.iter().find(|(lot, _)| lot.made_on > made) {
            form.fail("made_on", t.before_input(&late.code, late.made_on));
        }
    }
    (made_on, best_before)
}

/// `Ra 51 kg, nhiều hơn vào 50 kg`.
fn say_balance(warning: &Warning, t: Texts) -> String {
    let Warning::MoreOutThanIn { measure, input, output } = warning else { return String::new() };
    let (uom, per) = match measure {
        Measure::Mass => (Uom::Kilogram, 1_000),
        Measure::Volume => (Uom::Litre, 1_000),
        Measure::Length => (Uom::Metre, 1),
        Measure::Count => (Uom::Piece, 1),
    };
    let text = |amount: i128| amount_text(i64::try_from(amount / per).unwrap_or(i64::MAX), uom, t.0);
    t.more_out(text(*output), text(*input))
}
