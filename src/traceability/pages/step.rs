//! The form of one step: its facts, when, photos; and recording it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::super::access::{MyLot, my_lot};
use super::super::chain::store as chain;
use super::super::diary::{Told, record_step, warnings_of};
use super::super::facts::FactKind;
use super::super::history::{LotHistory, lot_history};
use super::super::model::{Lot, templates};
use super::super::store::events::{Stored, of_client};
use super::super::store::lots::{self, After};
use super::super::store::places;
use super::super::template::{FactTemplate, StepTemplate};
use super::super::texts::Texts;
use super::super::warnings::Warning;
use super::diary::steps_of;
use super::identifiers;
use super::places::offered;
use super::step_answers::{check_sent, input_lot, read};
use super::step_gone;
use super::timeline::say_warning;
use crate::clock::Time;
use crate::db::Cx;
use crate::files::receive::{Received, Upload};
use crate::files::store::{self as files, FileRow, FileUse};
use crate::ids::FileId;
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
    /// True if all of it is a withholding period that is not over.
    early: bool,
    /// Version of the templates that the form is made of.
    version: u32,
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
    Ok(page(ctx, cx, form, h, step, Vec::new(), &[]).await?.into_response())
}

async fn page(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    mut form: Form,
    h: LotHistory,
    step: &'static StepTemplate,
    photos: Vec<FileId>,
    warnings: &[Warning],
) -> Result<StepPage, AppError> {
    let places = offered(places::of_producer(cx, ctx.commune_id(), h.producer.id).await?);
    if let ([only], "") = (places.as_slice(), form.value("place")) {
        form.set("place", &only.0.clone());
    }
    let mut others = lots::of_producer(cx, ctx.commune_id(), h.producer.id, After::start(ctx.today()), 50).await?;
    if step.takes_lots() {
        others.extend(chain::received_by(cx, ctx.commune_id(), h.producer.id).await?);
    }
    let others =
        others.into_iter().filter(|row| row.lot.id != h.lot.id && !row.lot.is_recalled() && !row.lot.is_set_aside());
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
        early: warnings.iter().all(|warning| matches!(warning, Warning::HarvestTooEarly { .. })),
        warnings: warnings.iter().map(|warning| say_warning(warning, Texts(ctx.lang))).collect(),
        version: templates().version,
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
        units: fact.units.iter().map(|uom| (uom.code(), uom.name(lang))).collect(),
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
    let Some(step) = step else {
        return Ok(step_gone::page(ctx, &form, h, &photos));
    };
    if form.has("chon-lai", "1") {
        form.answer_with(StatusCode::OK);
        return again(ctx, cx, form, h, step, &photos, &[]).await;
    }
    if form.sent("mau") && form.value("mau") != templates().version.to_string() {
        form.answer_with(StatusCode::CONFLICT);
        form.fail("viec", t.step_changed());
        return again(ctx, cx, form, h, step, &photos, &[]).await;
    }
    if photos.len() > MOST_PHOTOS {
        form.fail("anh", t.too_many_photos());
    }
    let places = places::of_producer(cx, ctx.commune_id(), mine.producer.id).await?;
    let read = read(ctx, &mut form, &h, step, &places);
    let input = input_lot(ctx, cx, &mut form, &lot, step).await?;
    if let Some(read) = &read {
        check_sent(ctx, cx, &mut form, &lot, step, &read.facts).await?;
    }
    let Some(read) = read.filter(|_| form.is_fine()) else {
        return again(ctx, cx, form, h, step, &photos, &[]).await;
    };
    let warnings = warnings_of(&h, step, &read.facts, read.at);
    if !warnings.is_empty() && form.value("van-ghi").is_empty() {
        return again(ctx, cx, form, h, step, &photos, &warnings).await;
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
    warnings: &[Warning],
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
