//! The form of one step: its facts, when, photos; and recording it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::super::access::{MyLot, my_lot};
use super::super::diary::{Told, must_follow, record_step, warnings_of};
use super::super::facts::{FactKind, Facts};
use super::super::history::{LotHistory, lot_history};
use super::super::model::{Lot, Place};
use super::super::store::events::{Stored, of_client};
use super::super::store::lots::{self, After};
use super::super::store::places;
use super::super::template::{FactTemplate, StepTemplate};
use super::super::texts::Texts;
use super::diary::steps_of;
use super::lots::{offered, say_warning};
use super::{identifiers, past_day};
use crate::clock::Time;
use crate::db::Cx;
use crate::files::receive::{Received, Upload};
use crate::files::store::{self as files, FileRow, FileUse};
use crate::ids::{FileId, PlaceId};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// Most photos of a step.
const MOST_PHOTOS: usize = 6;

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/step.html")]
struct StepPage {
    page: Page,
    t: Texts,
    form: Form,
    h: LotHistory,
    key: &'static str,
    label: &'static str,
    hint: &'static str,
    asked: Vec<Asked>,
    places: Vec<(String, String)>,
    /// Other lots that may have gone into this one.
    inputs: Vec<(String, String)>,
    takes_lots: bool,
    /// The phone's own id of the step.
    client: String,
    /// Photos that came with an earlier try.
    photos: Vec<FileId>,
    /// What to look at before it is recorded.
    warnings: Vec<String>,
    now: Time,
}

/// One question as the page asks it.
struct Asked {
    name: &'static str,
    label: String,
    kind: &'static str,
    /// Name of the unit's field, for an amount.
    unit_name: String,
    units: Vec<(&'static str, &'static str)>,
}

impl StepPage {
    /// True if date and time stand as they were filled in.
    fn is_now(&self) -> bool {
        self.form.error("ngay").is_none()
            && self.form.error("gio").is_none()
            && self.form.value("ngay") == self.now.date_text()
            && self.form.value("gio") == self.now.clock_text()
    }
}

/// The form of a step, as it is first shown: now, at the lot's place.
pub async fn first(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    h: LotHistory,
    step: &'static StepTemplate,
) -> Result<Response, AppError> {
    let mut form = Form::default();
    let now = ctx.now();
    form.push("ngay", &now.date_text());
    form.push("gio", &now.clock_text());
    if let Some(place) = &h.place {
        form.push("place", &place.id.to_string());
    }
    Ok(page(ctx, cx, form, h, step, Vec::new(), Vec::new()).await?.into_response())
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    mut form: Form,
    h: LotHistory,
    step: &'static StepTemplate,
    photos: Vec<FileId>,
    warnings: Vec<String>,
) -> Result<StepPage, AppError> {
    let places = offered(places::of_producer(cx, ctx.commune_id(), h.producer.id).await?);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    let others = lots::of_producer(cx, ctx.commune_id(), h.producer.id, After::start(ctx.today()), 50).await?;
    let others = others.into_iter().filter(|row| row.lot.id != h.lot.id && !row.lot.is_recalled());
    let client = form.value("khach").parse::<uuid::Uuid>().unwrap_or_else(|_| crate::ids::new_id(ctx.now()));
    Ok(StepPage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        key: &step.key,
        label: step.label.text(ctx.lang),
        hint: step.hint.text(ctx.lang),
        asked: step.facts.iter().filter_map(|fact| asked(fact, ctx.lang)).collect(),
        places,
        inputs: others
            .map(|row| {
                (row.lot.code.to_string(), format!("{} – {}, {}", row.lot.code, row.product_name, row.lot.made_on))
            })
            .collect(),
        takes_lots: step.takes_lots(),
        client: client.to_string(),
        photos,
        warnings,
        now: ctx.now(),
        form,
        h,
    })
}

fn asked(fact: &'static FactTemplate, lang: Lang) -> Option<Asked> {
    let kind = match fact.kind {
        FactKind::Quantity => "quantity",
        FactKind::WithholdingDays => "days",
        FactKind::Temperature => "degrees",
        FactKind::Note => "area",
        // Asked once for all steps, below.
        FactKind::Place => return None,
        FactKind::InputName | FactKind::Dose | FactKind::Destination | FactKind::Source | FactKind::Vehicle => "text",
    };
    let label = fact.label.text(lang);
    let optional = crate::web::page::Texts(lang).optional();
    Some(Asked {
        name: &fact.key,
        label: if fact.required { label.to_owned() } else { format!("{label} ({optional})") },
        kind,
        unit_name: format!("{}_uom", fact.key),
        units: fact.units.iter().map(|uom| (uom.code(), lang.pick(uom.name_vi(), uom.name_en()))).collect(),
    })
}

/// `POST /cua-toi/lo/{code}/ghi`: records the step, unless it was recorded already.
pub async fn save(ctx: Ctx, Path(code): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let mine = {
        let mut conn = ctx.app.db.read().await?;
        my_lot(&ctx, &mut conn.cx(), &code).await?
    };
    let received = upload.receive(&ctx, Some(mine.producer.id), &[("anh", FileUse::Picture)]).await?;
    let mut tx = ctx.app.db.begin().await?;
    let reply = save_in(&ctx, &mut tx.cx(), mine, received).await?;
    // A form that is shown again wrote nothing.
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(reply)
}

async fn save_in(ctx: &Ctx, cx: &mut Cx<'_>, mine: MyLot, received: Received) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let photos = photos(ctx, cx, &mine, &received).await?;
    let mut form = received.form;
    let client = form.value("khach").parse::<uuid::Uuid>().ok();
    if let Some(client) = client
        && of_client(cx, ctx.commune_id(), mine.producer.id, client).await?.is_some()
    {
        return Ok(done(&mine.lot, true));
    }
    // Read again in this transaction: the lot may have been recalled while the photos came.
    let MyLot { lot, author, .. } = my_lot(ctx, cx, mine.lot.code.as_str()).await?;
    if !lot.is_open() {
        return Err(AppError::Conflict(t.not_open().to_owned()));
    }
    let h = lot_history(cx, ctx.commune_id(), lot.clone()).await?;
    let step = steps_of(&h.product.category).iter().find(|step| step.key == form.value("viec"));
    let step = step.ok_or_else(|| AppError::field("viec", t.step_unknown()))?;
    if photos.len() > MOST_PHOTOS {
        form.fail("anh", t.too_many_photos());
    }
    let places = places::of_producer(cx, ctx.commune_id(), mine.producer.id).await?;
    let read = read(ctx, &mut form, &h, step, &places);
    let input = input_lot(ctx, cx, &mut form, &lot, step).await?;
    let Some(read) = read.filter(|_| form.is_fine()) else {
        return again(ctx, cx, form, h, step, &photos, Vec::new()).await;
    };
    let warnings = warnings_of(&h, step, &read.facts, read.at);
    if !warnings.is_empty() && form.value("van-ghi").is_empty() {
        let said = warnings.iter().map(|warning| say_warning(warning, t)).collect();
        return again(ctx, cx, form, h, step, &photos, said).await;
    }
    let told = Told {
        template: step,
        facts: &read.facts,
        at: read.at,
        place: read.place,
        input: input.as_ref(),
        client,
        note: &read.note,
        photos: &photos,
        by: Some(author.user),
    };
    let stored = record_step(cx, &identifiers(ctx)?, &lot, &told, ctx.now()).await?;
    if let Stored::Added(_) = stored {
        // Lots are made of approved products only, so their photos are for buyers to see.
        for photo in &photos {
            files::publish(cx, ctx.commune_id(), photo.id).await?;
        }
    }
    Ok(done(&lot, !matches!(stored, Stored::Added(_))))
}

fn done(lot: &Lot, repeated: bool) -> Response {
    let how = if repeated { "lai" } else { "1" };
    Redirect::to(&format!("/cua-toi/lo/{}?da-ghi={how}", lot.code)).into_response()
}

async fn again(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: Form,
    h: LotHistory,
    step: &'static StepTemplate,
    photos: &[FileRow],
    warnings: Vec<String>,
) -> Result<Response, AppError> {
    let photos = photos.iter().map(|photo| photo.id).collect();
    let status = form.status();
    let page = page(ctx, cx, form, h, step, photos, warnings).await?;
    Ok((status, page).into_response())
}

/// The photos that came with the form, and those that came with an earlier try of it.
async fn photos(ctx: &Ctx, cx: &mut Cx<'_>, mine: &MyLot, received: &Received) -> Result<Vec<FileRow>, AppError> {
    let before = received.form.values("anh-da-gui").filter_map(|text| text.parse::<FileId>().ok());
    let mut ids: Vec<FileId> = before.take(MOST_PHOTOS).chain(received.ids("anh")).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut rows = Vec::new();
    for id in ids {
        let row = files::by_id(cx, ctx.commune_id(), id).await?;
        let of_it = |row: &FileRow| row.producer_id == Some(mine.producer.id) && row.kind == FileUse::Picture;
        rows.push(row.filter(of_it).ok_or(AppError::NotFound)?);
    }
    Ok(rows)
}

/// What was told, read.
struct Read {
    facts: Facts,
    at: Time,
    place: PlaceId,
    note: String,
}

/// Reads the form of a step; None, or an error noted, where something is wrong.
fn read(ctx: &Ctx, form: &mut Form, h: &LotHistory, step: &StepTemplate, places: &[Place]) -> Option<Read> {
    let t = Texts(ctx.lang);
    let facts = {
        // Where is asked of all steps alike, and checked below.
        let answer = |key: &str| if key == "place" { "-" } else { form.value(key) };
        step.read_facts(|key| Some(answer(key)))
    };
    if let Err(problems) = &facts {
        for problem in problems {
            let fact = step.facts.iter().find(|fact| fact.key == problem.key);
            let label = fact.map_or("", |fact| fact.label.text(ctx.lang));
            form.fail(&problem.key, t.fact_error(label, &problem.error));
        }
    }
    let chosen = form.value("place").parse::<PlaceId>().ok();
    let place = chosen.filter(|id| places.iter().any(|place| place.id == *id));
    if place.is_none() {
        form.fail("place", t.place_missing());
    }
    let at = read_when(form, t, ctx.now());
    if let Some(at) = at
        && let Some(first) = must_follow(h, step, at)
    {
        form.fail("gio", t.before_made(first.label.text(ctx.lang), first.at.text()));
    }
    let note = beside(form, step, ctx.lang);
    Some(Read { facts: facts.ok()?, at: at?, place: place?, note: note? })
}

/// Reads date and time. A minute of the future is forgiven: clocks differ.
fn read_when(form: &mut Form, t: Texts, now: Time) -> Option<Time> {
    let day = past_day(form, "ngay", t, now.day());
    if form.value("ngay").is_empty() {
        form.fail("ngay", t.day_shape());
    }
    let clock = clock_of(form.value("gio"));
    if clock.is_none() {
        form.fail("gio", t.time_wrong());
    }
    let (hour, minute) = clock?;
    let at = day?.at(hour, minute);
    if at > now.plus(std::time::Duration::from_mins(1)) {
        form.fail("gio", t.time_future());
        return None;
    }
    Some(at)
}

/// Reads `16:20`, `16h20`, `16.20`, `16h`.
fn clock_of(text: &str) -> Option<(u8, u8)> {
    let text = text.trim().to_lowercase();
    let (hour, minute) = text.split_once([':', 'h', '.', 'g'])?;
    let number = |part: &str| -> Option<u8> {
        let part = part.trim();
        (part.len() <= 2 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
    };
    let hour = number(hour)?;
    let minute = if minute.trim().is_empty() { 0 } else { number(minute)? };
    (hour < 24 && minute < 60).then_some((hour, minute))
}

/// What stays beside the event, since it may name people: who it went to or came from, the vehicle, the note.
fn beside(form: &mut Form, step: &StepTemplate, lang: Lang) -> Option<String> {
    let mut lines = Vec::new();
    for fact in &step.facts {
        let named = matches!(fact.kind, FactKind::Destination | FactKind::Source | FactKind::Vehicle);
        if !named && fact.kind != FactKind::Note {
            continue;
        }
        let text = form.text(&fact.key, if named { 120 } else { 1000 }, lang)?;
        if text.is_empty() {
            continue;
        }
        // The label is kept in Vietnamese, the language of the record.
        lines.push(if named { format!("{}: {}", fact.label.vi, text.replace('\n', " ")) } else { text });
    }
    Some(lines.join("\n"))
}

/// The other lot that went into this one, if one was chosen: only of the same producer, and not recalled.
async fn input_lot(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    form: &mut Form,
    lot: &Lot,
    step: &StepTemplate,
) -> Result<Option<Lot>, AppError> {
    let code = form.value("tu-lo").to_owned();
    if code.is_empty() || !step.takes_lots() {
        return Ok(None);
    }
    let found = match code.parse() {
        Ok(code) => lots::by_code(cx, ctx.commune_id(), &code).await?,
        Err(_) => None,
    };
    let fit = |other: &Lot| other.producer_id == lot.producer_id && other.id != lot.id && !other.is_recalled();
    let found = found.filter(fit);
    if found.is_none() {
        form.fail("tu-lo", Texts(ctx.lang).made_of_unknown());
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Day;

    #[test]
    fn a_time_is_read_as_people_write_it() {
        for (text, clock) in [
            ("16:20", (16, 20)),
            ("16h20", (16, 20)),
            ("6h", (6, 0)),
            (" 05 : 04 ", (5, 4)),
            ("6g30", (6, 30)),
            ("0:00", (0, 0)),
        ] {
            assert_eq!(clock_of(text), Some(clock), "{text}");
        }
        for text in ["", "1620", "24:00", "12:60", "a:b", "1:234", "-1:00", "+1:00"] {
            assert_eq!(clock_of(text), None, "{text}");
        }
    }

    #[test]
    fn a_step_of_the_future_is_refused() {
        let now = Day::new(2026, 6, 14).unwrap().at(16, 20);
        let t = Texts(Lang::Vi);
        let read = |day: &str, clock: &str| {
            let mut form = Form::default();
            form.push("ngay", day);
            form.push("gio", clock);
            let at = read_when(&mut form, t, now);
            (at, form.errors().iter().map(|error| error.message.clone()).collect::<Vec<_>>())
        };
        assert_eq!(read("14/06/2026", "16:20"), (Some(now), vec![]));
        assert_eq!(read("14/06/2026", "16:22"), (None, vec![t.time_future().to_owned()]));
        assert_eq!(read("15/06/2026", "05:00"), (None, vec![t.day_future().to_owned()]));
        assert_eq!(read("31/02/2026", "05:00"), (None, vec![t.day_none().to_owned()]));
        assert_eq!(read("", "").1, [t.day_shape(), t.time_wrong()]);
    }
}
