//! `/van-phong/ra-soat/san-pham/{short}`: the review of one product, beside what the program knows of it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, years};
use crate::clock::Day;
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::PotentialId;
use crate::potential::model::{Facts, Finding, Gap, GapRow, GapState, Missing, Prospect, Review};
use crate::potential::store;
use crate::potential::texts::Texts;
use crate::producers::model::Producer;
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::listing::Listing;
use crate::traceability::model::amount_text;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page, audit};

/// Names of a gap's fields: what to do, who helps, by when, whether it is done.
const fn names(gap: Gap) -> [&'static str; 4] {
    match gap {
        Gap::Packaging => ["viec-packaging", "ai-packaging", "han-packaging", "xong-packaging"],
        Gap::Brand => ["viec-brand", "ai-brand", "han-brand", "xong-brand"],
        Gap::Traceability => ["viec-traceability", "ai-traceability", "han-traceability", "xong-traceability"],
        Gap::Standard => ["viec-standard", "ai-standard", "han-standard", "xong-standard"],
        Gap::Volume => ["viec-volume", "ai-volume", "han-volume", "xong-volume"],
        Gap::Channel => ["viec-channel", "ai-channel", "han-channel", "xong-channel"],
        Gap::Story => ["viec-story", "ai-story", "han-story", "xong-story"],
    }
}

/// A gap in the form.
struct GapField {
    gap: Gap,
    label: &'static str,
    /// What the program knows of it.
    known: String,
    what: &'static str,
    who: &'static str,
    due: &'static str,
    done: &'static str,
    row: Option<GapRow>,
}

#[derive(Template, WebTemplate)]
#[template(path = "potential/templates/one.html")]
struct OnePage {
    page: Page,
    t: Texts,
    form: Form,
    subject: Subject,
    gaps: Vec<GapField>,
    of_year: Form,
    years: Vec<(String, String)>,
    may_change: bool,
}

impl OnePage {
    fn prospects(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        Prospect::ALL.iter().map(|one| (one.word(), one.label(self.page.lang), "")).collect()
    }

    fn is_told_of_another(&self) -> bool {
        self.form.status() == StatusCode::CONFLICT
    }
}

/// A product with its review of the year, or the last before it.
struct Subject {
    year: i32,
    product: Product,
    producer: Producer,
    facts: Facts,
    stars: Option<i32>,
    review: Option<Review>,
    rows: Vec<GapRow>,
}

impl Subject {
    /// The review of the year itself.
    fn own(&self) -> Option<&Review> {
        self.review.as_ref().filter(|review| review.year == self.year)
    }

    /// The year of an earlier review from which the form is filled in.
    fn earlier(&self) -> Option<i32> {
        self.review.as_ref().map(|review| review.year).filter(|year| *year != self.year)
    }

    fn row(&self, gap: Gap) -> Option<&GapRow> {
        self.rows.iter().find(|row| row.gap == gap && row.state != GapState::Dropped)
    }
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, short: &str) -> Result<Subject, AppError> {
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let asked: Option<i32> = Listing::of(ctx).parsed("nam");
    let year = asked.filter(|year| (2010..=today.year()).contains(year)).unwrap_or(today.year());
    let product = products::by_short(cx, commune, short).await?.ok_or(AppError::NotFound)?;
    let producer = producers::by_id(cx, commune, product.producer_id).await?.ok_or(AppError::NotFound)?;
    let content = &product.content;
    let facts = Facts {
        photos: content.photos.len(),
        story: !content.story.trim().is_empty(),
        net_quantity: content.net_quantity.clone(),
        channels: content.channels.len(),
        on_net: content.channels.iter().filter(|channel| !channel.url.is_empty()).count(),
        ..store::facts(cx, commune, product.id, today).await?
    };
    let decisions = products::decisions(cx, commune, product.id).await?;
    let stars = decisions.iter().find(|decision| decision.shows_on(today)).map(|decision| decision.stars);
    let review = store::latest(cx, commune, product.id, year).await?;
    let rows = match &review {
        Some(review) => store::gaps(cx, commune, &[review.id]).await?,
        None => Vec::new(),
    };
    Ok(Subject { year, product, producer, facts, stars, review, rows })
}

/// What the program knows of a gap, in words.
fn known(facts: &Facts, gap: Gap, lang: Lang) -> String {
    let t = Texts(lang);
    let n = |n: i64| whole(n, lang);
    match gap {
        Gap::Packaging if facts.net_quantity.is_empty() => t.f_none().to_owned(),
        Gap::Packaging => t.f_net(&facts.net_quantity),
        Gap::Brand if facts.brands == 0 => t.f_none().to_owned(),
        Gap::Brand => t.f_brands(n(facts.brands)),
        Gap::Traceability => t.f_traced(n(facts.lots), n(facts.runs)),
        Gap::Standard if facts.standards == 0 && facts.ended > 0 => t.f_ended(n(facts.ended)),
        Gap::Standard if facts.standards == 0 => t.f_none().to_owned(),
        Gap::Standard => t.f_standards(n(facts.standards)),
        Gap::Volume if facts.made.is_empty() => t.f_none().to_owned(),
        Gap::Volume => {
            let made: Vec<String> = facts.made.iter().map(|(uom, sum)| amount_text(*sum, *uom, lang)).collect();
            t.f_made(made.join(", "))
        }
        Gap::Channel => {
            let (channels, asked) = (t.f_channels(facts.channels, facts.on_net), (n(facts.scans), n(facts.enquiries)));
            format!("{channels} {}", t.f_asked(asked.0, asked.1))
        }
        Gap::Story => {
            let story = if facts.story { t.f_story() } else { t.f_no_story() };
            format!("{} {story}", t.f_photos(facts.photos))
        }
    }
}

/// The form as it is first shown: the year's review, else what an earlier one left to do, else what seems missing.
fn filled(ctx: &Ctx, subject: &Subject) -> Form {
    let (t, mut form) = (Texts(ctx.lang), Form::default());
    form.push("version", &subject.own().map_or(0, |review| review.version).to_string());
    if let Some(review) = &subject.review {
        form.push("ocop", review.ocop.word());
        form.push("so", review.digital.word());
        form.push("ghi-chu", if subject.own().is_some() { &review.note } else { "" });
    }
    let year_end = Day::new(subject.year, 12, 31).unwrap_or(ctx.today()).text();
    for gap in Gap::ALL {
        let [what, who, due, done] = names(*gap);
        match (subject.row(*gap), &subject.review) {
            (Some(row), _) if subject.own().is_some() || row.is_missing() => {
                form.push("thieu", gap.word());
                form.push(what, &row.words);
                form.push(who, &row.helper);
                let day = row.due_on.filter(|_| subject.own().is_some());
                form.push(due, &day.map_or_else(|| year_end.clone(), |day| day.text()));
                if row.stands() == GapState::Done {
                    form.push(done, "1");
                }
                continue;
            }
            (None, None) if subject.facts.lacks(*gap) => form.push("thieu", gap.word()),
            _ => {}
        }
        form.push(who, t.who_usual());
        form.push(due, &year_end);
    }
    form
}

fn shown(ctx: &Ctx, form: Form, subject: Subject) -> OnePage {
    let field = |gap: &Gap| {
        let [what, who, due, done] = names(*gap);
        let known = known(&subject.facts, *gap, ctx.lang);
        let row = subject.row(*gap).filter(|_| subject.own().is_some()).cloned();
        GapField { gap: *gap, label: gap.label(ctx.lang), known, what, who, due, done, row }
    };
    OnePage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        gaps: Gap::ALL.iter().map(field).collect(),
        of_year: Form::parse(format!("nam={}", subject.year).as_bytes()),
        years: years(ctx, subject.year),
        may_change: ctx.officer().is_ok(),
        subject,
    }
}

/// `GET /van-phong/ra-soat/san-pham/{short}`: `?nam=` names another year than this.
pub async fn ask(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    let subject = load(&ctx, &mut conn.cx(), &short).await?;
    let form = filled(&ctx, &subject);
    Ok(shown(&ctx, form, subject).into_response())
}

/// Reads the form; None if something is wrong, noted in it.
fn read(ctx: &Ctx, form: &mut Form, year: i32) -> Option<Finding> {
    let t = Texts(ctx.lang);
    let mut prospect = |name: &str| {
        let chosen = form.value(name).parse::<Prospect>().ok();
        if chosen.is_none() {
            form.fail(name, t.choose_prospect());
        }
        chosen
    };
    let (ocop, digital) = (prospect("ocop"), prospect("so"));
    let note = form.text("ghi-chu", 1000, ctx.lang);
    let mut gaps = Vec::new();
    for gap in Gap::ALL.iter().copied().filter(|gap| form.has("thieu", gap.word())).collect::<Vec<_>>() {
        gaps.extend(missing(form, gap, year, t));
    }
    if !form.is_fine() {
        return None;
    }
    Some(Finding { ocop: ocop?, digital: digital?, note: note?, gaps })
}

fn missing(form: &mut Form, gap: Gap, year: i32, t: Texts) -> Option<Missing> {
    let [what, who, due, done] = names(gap);
    let words = form.text(what, 300, t.0);
    let helper = form.required(who, 120, t.who_missing(), t.0);
    if form.value(due).is_empty() {
        form.fail(due, t.by_when_missing());
    }
    let due_on = form.parse_with(due, Day::parse, |_| t.day_wrong().to_owned());
    // A plan reaches to the end of the commune's own: five years.
    let range = (year - 1, year + 5);
    if due_on.is_some_and(|day| !(range.0..=range.1).contains(&day.year())) {
        form.fail(due, t.day_range(range.0, range.1));
    }
    Some(Missing { gap, words: words?, helper: helper?, due_on, done: form.has(done, "1") })
}

/// `POST /van-phong/ra-soat/san-pham/{short}`: writes it over the version that was seen.
pub async fn save(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let subject = load(&ctx, &mut tx.cx(), &short).await?;
    let Some(finding) = read(&ctx, &mut form, subject.year) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, subject)).into_response());
    };
    let seen: i64 = form.value("version").parse().unwrap_or(-1);
    let done = match subject.own() {
        None => {
            let key = (PotentialId::new(now), subject.product.id, subject.year);
            seen == 0 && store::insert(&mut tx.cx(), commune, key, &finding, officer, now).await?
        }
        Some(review) => {
            seen == review.version
                && store::update(&mut tx.cx(), commune, (review.id, seen), &finding, officer, now).await?
        }
    };
    if done {
        let told = format!("{}: OCOP {}, {}", subject.year, finding.ocop, finding.digital);
        let about = ("product", subject.product.id.0);
        audit::note(&ctx, &mut tx.cx(), "potential.review", about, None, Some(&told)).await?;
    } else if !is_sent_twice(&ctx, &mut tx.cx(), &subject, &finding).await? {
        form.fail("ocop", Texts(ctx.lang).raced());
        form.answer_with(StatusCode::CONFLICT);
        form.set("version", &current(&ctx, &mut tx.cx(), &subject).await?.to_string());
        return Ok((StatusCode::CONFLICT, shown(&ctx, form, subject)).into_response());
    }
    let to = after(&ctx, &mut tx.cx(), &subject, form.has("tiep", "1")).await?;
    tx.commit().await?;
    Ok(Redirect::to(&to).into_response())
}

/// True if what is stored says what the form says: it was sent twice.
async fn is_sent_twice(ctx: &Ctx, cx: &mut Cx<'_>, subject: &Subject, finding: &Finding) -> Result<bool, AppError> {
    let commune = ctx.commune_id();
    let stored = store::latest(cx, commune, subject.product.id, subject.year).await?;
    let Some(stored) = stored.filter(|review| review.year == subject.year) else { return Ok(false) };
    let rows = store::gaps(cx, commune, &[stored.id]).await?;
    Ok(finding.is_told_by(&stored, &rows))
}

/// The version that is stored by now.
async fn current(ctx: &Ctx, cx: &mut Cx<'_>, subject: &Subject) -> Result<i64, AppError> {
    let stored = store::latest(cx, ctx.commune_id(), subject.product.id, subject.year).await?;
    Ok(stored.filter(|review| review.year == subject.year).map_or(0, |review| review.version))
}

/// Where to go after saving: the next product that nobody looked at, or this one again.
async fn after(ctx: &Ctx, cx: &mut Cx<'_>, subject: &Subject, next: bool) -> Result<String, AppError> {
    let (year, product) = (subject.year, &subject.product);
    if !next {
        return Ok(format!("{HERE}/san-pham/{}?nam={year}&da-luu=1", product.short));
    }
    let here = fold(&product.name);
    let next = store::list::next_unseen(cx, ctx.commune_id(), year, (&here, product.id)).await?;
    Ok(match next {
        Some(short) => format!("{HERE}/san-pham/{short}?nam={year}&da-luu=1"),
        None => format!("{HERE}?nam={year}&da-luu=1"),
    })
}
