//! `/van-phong/ra-soat/de-xuat`: what products with potential lack becomes proposed support, a record each.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{NAV, gap_choices, years};
use crate::db::Cx;
use crate::potential::model::Gap;
use crate::potential::store::proposals::{self, FreeGap};
use crate::potential::texts::Texts;
use crate::producers::store as producers;
use crate::review::listing::Listing;
use crate::review::names::Villages;
use crate::support::model::{NewSupport, SupportKind};
use crate::support::pages::kind_choices;
use crate::support::programmes::model::Programme;
use crate::support::programmes::store as programmes;
use crate::support::record::{self, programme_choices};
use crate::support::state::{StepKind, SupportState};
use crate::support::store as support;
use crate::support::store::steps::After;
use crate::support::{entry, warn};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// Fields of a proposal.
const ASKED: &[&str] = &["chuong-trinh", "ngay", "du-toan", "ghi-chu"];

#[derive(Template, WebTemplate)]
#[template(path = "potential/templates/propose.html")]
struct ProposePage {
    page: Page,
    t: Texts,
    form: Form,
    year: i32,
    gap: Gap,
    years: Vec<(String, String)>,
    gaps: Vec<(String, String)>,
    kinds: Vec<(String, String)>,
    programmes: Vec<(String, String)>,
    villages: Villages,
    rows: Vec<FreeGap>,
    warnings: Vec<String>,
}

impl ProposePage {
    fn is_ticked(&self, row: &FreeGap) -> bool {
        self.form.has("chon", &row.id.to_string())
    }
}

/// What is missing, and what may be chosen for it.
struct Subject {
    year: i32,
    gap: Gap,
    rows: Vec<FreeGap>,
    kinds: Vec<SupportKind>,
    programmes: Vec<Programme>,
    villages: Villages,
}

async fn load(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Subject, AppError> {
    let (listing, commune, today) = (Listing::of(ctx), ctx.commune_id(), ctx.today());
    let year = listing.parsed("nam").filter(|year| (2010..=2999).contains(year)).unwrap_or(today.year());
    let gap = listing.parsed("thieu").unwrap_or(Gap::Packaging);
    let mut rows = proposals::free(cx, commune, year, gap).await?;
    let words = crate::fold::fold(listing.get("q"));
    rows.retain(|row| row.folded().contains(&words));
    let villages = Villages::load(cx, commune).await?;
    let kinds = support::kinds(cx, commune).await?;
    Ok(Subject { year, gap, rows, kinds, programmes: programmes::open(cx, commune).await?, villages })
}

fn shown(ctx: &Ctx, mut form: Form, subject: Subject, warnings: Vec<String>) -> ProposePage {
    form.set("nam", &subject.year.to_string());
    form.set("thieu", subject.gap.word());
    ProposePage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        years: years(ctx, subject.year),
        gaps: gap_choices(ctx.lang),
        kinds: kind_choices(ctx, &subject.kinds),
        programmes: programme_choices(&subject.programmes),
        villages: subject.villages,
        rows: subject.rows,
        year: subject.year,
        gap: subject.gap,
        warnings,
    }
}

/// `GET /van-phong/ra-soat/de-xuat`: `?thieu=` names what is missing, `?nam=` the year.
pub async fn ask(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let subject = load(&ctx, &mut conn.cx()).await?;
    let mut form = After::blank(SupportState::Proposed, ctx.today()).into_form(ctx.today());
    form.set("du-toan", "");
    form.push("q", Listing::of(&ctx).get("q"));
    let usual = subject.gap.support_kind();
    if subject.kinds.iter().any(|kind| kind.code == usual) {
        form.push("loai", usual);
    }
    Ok(shown(&ctx, form, subject, Vec::new()).into_response())
}

/// What is told of each alike.
struct Told {
    kind: String,
    after: After,
    chosen: Vec<FreeGap>,
}

fn read(ctx: &Ctx, begun: After, form: &mut Form, subject: &Subject) -> Option<Told> {
    let t = Texts(ctx.lang);
    let kind = form.value("loai").to_owned();
    if !subject.kinds.iter().any(|k| k.code == kind) {
        form.fail("loai", t.kind_missing());
    }
    let all = form.has("tat-ca", "1");
    let is_chosen = |row: &&FreeGap| all || form.has("chon", &row.id.to_string());
    let chosen: Vec<FreeGap> = subject.rows.iter().filter(is_chosen).cloned().collect();
    if !form.sent("chon") && !all {
        form.fail("chon", t.propose_nothing());
    }
    let after = entry::read(ctx, form, begun, ASKED, &subject.programmes)?;
    Some(Told { kind, after, chosen })
}

/// `POST /van-phong/ra-soat/de-xuat`: proposes support for each chosen; what an officer should know is told first. What
/// has support on its way by now is left alone, so the same form sent twice proposes once.
pub async fn propose(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    if let Ok(programme) = form.value("chuong-trinh").parse() {
        programmes::hold(&mut tx.cx(), ctx.commune_id(), programme).await?;
    }
    let subject = load(&ctx, &mut tx.cx()).await?;
    let begun = After::begun(&ctx, SupportState::Proposed)?;
    let Some(told) = read(&ctx, begun, &mut form, &subject) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form, subject, Vec::new())).into_response());
    };
    let warnings = warnings(&ctx, &mut tx.cx(), &told, &subject.kinds).await?;
    if !warnings.is_empty() && !form.has("van-ghi", &warn::mark(&warnings)) {
        return Ok(shown(&ctx, form, subject, warnings).into_response());
    }
    for gap in &told.chosen {
        store_one(&ctx, &mut tx.cx(), gap, &told).await?;
    }
    tx.commit().await?;
    let year = told.after.given_on.year();
    Ok(Redirect::to(&format!("{NAV}?nam={year}&tinh-trang=proposed&da-luu=1")).into_response())
}

async fn warnings(ctx: &Ctx, cx: &mut Cx<'_>, told: &Told, kinds: &[SupportKind]) -> Result<Vec<String>, AppError> {
    let mut chosen = Vec::with_capacity(told.chosen.len());
    for gap in &told.chosen {
        chosen.extend(producers::by_id(cx, ctx.commune_id(), gap.producer_id).await?);
    }
    let about = warn::About { kind: &told.kind, after: &told.after, request: uuid::Uuid::nil() };
    let mut warnings = warn::of(ctx, cx, &about, &chosen, kinds).await?;
    let mut seen = std::collections::HashSet::new();
    warnings.retain(|warning| seen.insert(warning.clone()));
    Ok(warnings)
}

async fn store_one(ctx: &Ctx, cx: &mut Cx<'_>, gap: &FreeGap, told: &Told) -> Result<(), AppError> {
    let commune = ctx.commune_id();
    if !proposals::take(cx, commune, gap.id).await? {
        return Ok(());
    }
    let mut after = told.after.clone();
    let words = [after.note.as_str(), gap.words.as_str()];
    after.note = words.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join(". ");
    // Each is a record of its own, so each has a number of its own.
    let request = crate::ids::new_id(ctx.now());
    let (by, at) = (ctx.user_id()?, ctx.now());
    let new = NewSupport::of(after, (gap.producer_id, Some(gap.product_id)), &told.kind, request, by, at);
    if record::store(ctx, cx, &new, StepKind::Proposed).await? {
        proposals::bind(cx, commune, gap.id, new.id).await?;
        let about = ("product", gap.product_id.0);
        audit::note(ctx, cx, "potential.propose", about, None, Some(&told.kind)).await?;
    }
    Ok(())
}
