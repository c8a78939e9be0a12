//! Recording support: choosing one producer or many, one form, a record for each.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::entry;
use super::model::{NewSupport, SupportKind};
use super::pages::{kind_choices, log, producer_kind_choices};
use super::programmes::model::Programme;
use super::programmes::store as programmes;
use super::state::{StepKind, SupportState};
use super::store;
use super::store::picks::{self, PickFilter, PickRow};
use super::store::steps::{self, After, NewStep};
use super::texts::Texts;
use super::warn;
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::ProductId;
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::names::Villages;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// How many producers the search shows.
const OFFERED: i64 = 100;
/// How many get a record by one form.
const MOST: usize = 500;
const HERE: &str = "/van-phong/ho-tro";

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/pick.html")]
struct PickPage {
    page: Page,
    t: Texts,
    form: Form,
    rows: Vec<PickRow>,
    total: i64,
    villages: Villages,
    kinds: Vec<(String, String)>,
}

impl PickPage {
    fn may_take_all(&self) -> bool {
        self.total > 1 && self.total as usize <= MOST
    }

    fn most() -> usize {
        MOST
    }

    fn is_public(row: &PickRow) -> bool {
        row.state == State::Approved
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/record.html")]
struct RecordPage {
    page: Page,
    t: Texts,
    form: Form,
    chosen: Vec<Producer>,
    products: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    programmes: Vec<(String, String)>,
    states: Vec<(String, String)>,
    /// Told before saving.
    warnings: Vec<String>,
    lan: uuid::Uuid,
    asked: &'static [&'static str],
}

impl RecordPage {
    fn asks(&self, name: &str) -> bool {
        self.asked.contains(&name)
    }

    fn title(&self) -> String {
        match self.chosen.as_slice() {
            [one] => self.t.for_producer(&one.name),
            many => self.t.for_many(many.len()),
        }
    }
}

/// Whom and what the form is about.
struct Subject {
    chosen: Vec<Producer>,
    /// Products that may be chosen: of one producer alone.
    own: Vec<Product>,
    kinds: Vec<SupportKind>,
    programmes: Vec<Programme>,
}

/// `GET /van-phong/ho-tro/moi`: finds producers, then shows the form (`?co-so={short}`, as often as there are).
pub async fn begin(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let asked = Form::parse(ctx.query.as_bytes());
    let is_chosen = asked.values("co-so").next().is_some() || asked.has("tat-ca", "1");
    let mut conn = ctx.app.db.read().await?;
    if !is_chosen {
        return pick(&ctx, &mut conn.cx(), asked).await;
    }
    let subject = subject(&ctx, &mut conn.cx(), &asked).await?;
    let mut form = After::begun(&ctx, SupportState::Delivered)?.into_form(ctx.today());
    form.set("du-toan", "");
    form.push("tinh-trang", SupportState::Delivered.word());
    for name in ["san-pham", "loai", "chuong-trinh"] {
        form.set(name, asked.value(name));
    }
    Ok(record_page(&ctx, form, subject, Vec::new()).into_response())
}

fn pick_filter(form: &Form) -> PickFilter {
    PickFilter {
        words: fold(form.value("q")),
        village: form.value("thon").parse().ok(),
        kind: form.value("loai-co-so").parse().ok(),
    }
}

async fn pick(ctx: &Ctx, cx: &mut Cx<'_>, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let filter = pick_filter(&form);
    let total = picks::count(cx, ctx.commune_id(), &filter).await?;
    let rows = picks::page(cx, ctx.commune_id(), &filter, OFFERED).await?;
    let villages = Villages::load(cx, ctx.commune_id()).await?;
    if form.sent("chon") {
        form.fail("co-so", t.pick_nothing());
    }
    let status = if form.is_fine() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let page = Page::of(ctx, Area::Office, HERE);
    let kinds = producer_kind_choices(ctx.lang);
    Ok((status, PickPage { page, t, form, rows, total, villages, kinds }).into_response())
}

async fn subject(ctx: &Ctx, cx: &mut Cx<'_>, form: &Form) -> Result<Subject, AppError> {
    let commune = ctx.commune_id();
    let mut shorts: Vec<String> = if form.has("tat-ca", "1") {
        let rows = picks::page(cx, commune, &pick_filter(form), MOST as i64).await?;
        rows.into_iter().map(|row| row.short).collect()
    } else {
        form.values("co-so").map(str::to_owned).collect()
    };
    let mut seen = std::collections::HashSet::new();
    shorts.retain(|short| seen.insert(short.clone()));
    if shorts.is_empty() || shorts.len() > MOST {
        return Err(AppError::NotFound);
    }
    let mut chosen = Vec::with_capacity(shorts.len());
    for short in &shorts {
        chosen.push(producers::by_short(cx, commune, short).await?.ok_or(AppError::NotFound)?);
    }
    let own = match chosen.as_slice() {
        [one] => products::of_producer(cx, commune, one.id).await?,
        _ => Vec::new(),
    };
    let kinds = store::kinds(cx, commune).await?;
    Ok(Subject { chosen, own, kinds, programmes: programmes::open(cx, commune).await? })
}

/// Programmes for a field.
pub fn programme_choices(programmes: &[Programme]) -> Vec<(String, String)> {
    programmes.iter().map(|p| (p.id.to_string(), format!("{} ({})", p.name, p.year))).collect()
}

fn record_page(ctx: &Ctx, form: Form, subject: Subject, warnings: Vec<String>) -> RecordPage {
    let starts = [SupportState::Proposed, SupportState::Approved, SupportState::Delivered];
    RecordPage {
        page: Page::of(ctx, Area::Office, HERE),
        t: Texts(ctx.lang),
        lan: form.request_id(ctx.now()),
        form,
        chosen: subject.chosen,
        products: subject.own.iter().map(|product| (product.short.clone(), product.name.clone())).collect(),
        kinds: kind_choices(ctx, &subject.kinds),
        programmes: programme_choices(&subject.programmes),
        states: starts.iter().map(|s| (s.word().to_owned(), s.label(ctx.lang).to_owned())).collect(),
        warnings,
        asked: entry::NEW,
    }
}

/// What the form tells, of each producer alike.
struct Told {
    step: StepKind,
    kind: String,
    product: Option<ProductId>,
    after: After,
}

/// Reads the form; None if something is wrong, noted in it.
fn read(ctx: &Ctx, form: &mut Form, subject: &Subject) -> Option<Told> {
    let t = Texts(ctx.lang);
    let kind = form.value("loai").to_owned();
    if !subject.kinds.iter().any(|k| k.code == kind) {
        form.fail("loai", t.kind_missing());
    }
    let product = product(form, &subject.own, t);
    let step = form.value("tinh-trang").parse::<StepKind>().ok();
    let Some((step, state)) = step.and_then(|step| Some((step, step.leads_to(None)?))) else {
        form.fail("tinh-trang", t.state_missing());
        return None;
    };
    let blank = After::blank(state, ctx.today());
    let after = entry::read(ctx, form, blank, entry::NEW, &subject.programmes)?;
    Some(Told { step, kind, product, after })
}

fn product(form: &mut Form, own: &[Product], t: Texts) -> Option<ProductId> {
    let short = form.value("san-pham").to_owned();
    if short.is_empty() {
        return None;
    }
    let found = own.iter().find(|product| product.short == short).map(|product| product.id);
    if found.is_none() {
        form.fail("san-pham", t.product_wrong());
    }
    found
}

/// `POST /van-phong/ho-tro/moi`: records it for each producer chosen; what an officer should know is told first, and
/// the same form sent again records what it has.
pub async fn record(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    if !form.sent("co-so") {
        for (name, value) in Form::parse(ctx.query.as_bytes()).pairs().iter().filter(|(name, _)| name == "co-so") {
            form.push(name, value);
        }
    }
    let mut tx = ctx.app.db.begin().await?;
    if let Ok(programme) = form.value("chuong-trinh").parse() {
        programmes::hold(&mut tx.cx(), ctx.commune_id(), programme).await?;
    }
    let mut subject = subject(&ctx, &mut tx.cx(), &form).await?;
    let Some(told) = read(&ctx, &mut form, &subject) else {
        let page = record_page(&ctx, form, subject, Vec::new());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    let request = form.request_id(ctx.now());
    let about = warn::About { kind: &told.kind, after: &told.after, request };
    let warnings = warn::of(&ctx, &mut tx.cx(), &about, &subject.chosen, &subject.kinds).await?;
    if !warnings.is_empty() && !form.has("van-ghi", &warn::mark(&warnings)) {
        return Ok(record_page(&ctx, form, subject, warnings).into_response());
    }
    // In one order whoever writes: two who record for the same producers at once never wait each for each.
    subject.chosen.sort_by_key(|producer| producer.id);
    for producer in &subject.chosen {
        store_one(&ctx, &mut tx.cx(), producer, &told, request).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?nam={}&da-luu=1", told.after.given_on.year())).into_response())
}

async fn store_one(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    producer: &Producer,
    told: &Told,
    request: uuid::Uuid,
) -> Result<(), AppError> {
    let (by, at) = (ctx.user_id()?, ctx.now());
    let new = NewSupport::of(told.after.clone(), (producer.id, told.product), &told.kind, request, by, at);
    store(ctx, cx, &new, told.step).await.map(drop)
}

/// Writes a record with the first line of its history; false if this form's record is there already.
pub async fn store(ctx: &Ctx, cx: &mut Cx<'_>, new: &NewSupport, step: StepKind) -> Result<bool, AppError> {
    let commune = ctx.commune_id();
    if !store::insert(cx, commune, new).await? {
        return Ok(false);
    }
    let line = NewStep { record: new.id, step, told: "", note: &new.note, by: new.by, at: new.at };
    steps::note(cx, commune, &line).await?;
    let said = format!("{} {} {} {}", new.kind, new.state, new.given_on.iso(), new.money.paid.0);
    log(ctx, cx, "support.record", ("producer", new.producer.0), None, &said).await?;
    Ok(true)
}
