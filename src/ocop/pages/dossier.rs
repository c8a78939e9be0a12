//! `/van-phong/ocop/{id}`: one dossier with all that belongs to it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::outcome::LEVELS;
use super::{NAV, group_name, load};
use crate::amounts::Thousandths;
use crate::clock::Day;
use crate::db::Cx;
use crate::ocop::item_list::{by_code, in_force};
use crate::ocop::model::{
    Dossier, DossierState, ItemFile, ItemRow, Lacking, Mark, Opinion, Point, Refusal, Sheet, StepRow, mean,
};
use crate::ocop::rubric::Rubric;
use crate::ocop::store::{self, items as item_store, judged, lists, refusals};
use crate::ocop::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "ocop/templates/dossier.html")]
pub(super) struct DossierPage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    dossier: Dossier,
    rows: Vec<ItemRow>,
    files: Vec<ItemFile>,
    sheets: Vec<Sheet>,
    rubric: Option<Rubric>,
    list_name: String,
    /// Another version of the list holds today.
    newer: bool,
    /// There is more than one version.
    has_lists: bool,
    opinion: Option<Opinion>,
    refusal: Option<Refusal>,
    history: Vec<StepRow>,
    others: Vec<Dossier>,
    stars: Vec<(String, String)>,
    has_mine: bool,
    may_change: bool,
}

impl DossierPage {
    fn group(&self) -> String {
        group_name(&self.dossier.product_group, self.page.lang)
    }

    /// The items of the list under the headings of its parts.
    fn parts_of_list(&self) -> Vec<(&str, Vec<&ItemRow>)> {
        let mut parts: Vec<(&str, Vec<&ItemRow>)> = Vec::new();
        for row in self.rows.iter().filter(|row| row.listed) {
            match parts.last_mut().filter(|(part, _)| *part == row.item.part) {
                Some((_, rows)) => rows.push(row),
                None => parts.push((&row.item.part, vec![row])),
            }
        }
        parts
    }

    fn unlisted(&self) -> Vec<&ItemRow> {
        self.rows.iter().filter(|row| !row.listed).collect()
    }

    fn n_files(&self, row: &ItemRow) -> usize {
        self.files.iter().filter(|file| file.number == row.number).count()
    }

    fn mean(&self) -> Option<(String, i32)> {
        mean(&self.sheets).map(|mean| (mean.shown().text(self.page.lang), mean.stars()))
    }

    fn parts(&self, sheet: &Sheet) -> Vec<String> {
        let parts = self.rubric.as_ref().map(|rubric| rubric.by_part(&sheet.points.0)).unwrap_or_default();
        parts.into_iter().map(|sum| Thousandths(sum).text(self.page.lang)).collect()
    }

    fn total(&self, sheet: &Sheet) -> String {
        Thousandths(sheet.total).text(self.page.lang)
    }

    fn points(opinion: &Opinion) -> Vec<(Point, Option<Mark>, String)> {
        let one = |point: &Point| {
            let (mark, words) = opinion.marks.of(*point);
            (*point, mark, words.to_owned())
        };
        Point::ALL.iter().map(one).collect()
    }

    fn lacking(&self) -> Lacking {
        Lacking::of(&self.rows, self.opinion.as_ref())
    }

    fn lacking_items(&self) -> String {
        self.lacking().items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
    }

    fn is_complete(&self) -> bool {
        self.dossier.state == DossierState::Complete
    }

    /// True if an officer may say that it is complete.
    fn may_be_complete(&self) -> bool {
        self.dossier.state.is_open() && !self.is_complete() && self.lacking().items.is_empty()
    }

    fn levels(&self) -> Vec<(&'static str, &'static str)> {
        LEVELS.iter().map(|level| (level.word(), level.label(self.page.lang))).collect()
    }

    fn is_passed(&self) -> bool {
        self.dossier.state == DossierState::Passed
    }

    fn is_live(&self) -> bool {
        self.dossier.state.is_live()
    }

    fn step(&self, row: &StepRow) -> String {
        step_name(self.t, &row.step)
    }
}

/// A step of the history in words; its code if there is no word.
pub(super) fn step_name(t: Texts, code: &str) -> String {
    match code {
        "open" => t.s_open(),
        "handed" => t.s_handed(),
        "removed" => t.s_removed(),
        "added" => t.s_added(),
        "checked" => t.s_checked(),
        "scored" => t.s_scored(),
        "opinion" => t.s_opinion(),
        "passed" => t.s_passed(),
        "decided" => t.s_decided(),
        "returned" => t.s_returned(),
        "stopped" => t.s_stopped(),
        "voided" => t.s_voided(),
        "list" => t.s_list(),
        "complete" => t.s_complete(),
        "incomplete" => t.s_incomplete(),
        "refused" => t.s_refused(),
        "unrefused" => t.s_unrefused(),
        "again" => t.s_again(),
        "taken" => t.s_taken(),
        other => other,
    }
    .to_owned()
}

/// The page of a dossier with a form that was sent to it.
pub(super) async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, id: &str, mut form: Form) -> Result<DossierPage, AppError> {
    let commune = ctx.commune_id();
    let dossier = load(ctx, cx, id).await?;
    let sheets = judged::sheets(cx, commune, dossier.id).await?;
    let me = ctx.user_id()?;
    let t = Texts(ctx.lang);
    for (name, value) in [("ngay-chuyen", ctx.today().text()), ("co-quan", t.authority_usual(&ctx.commune.province))] {
        if !form.sent(name) {
            form.push(name, &value);
        }
    }
    let mut others = store::of_product(cx, commune, dossier.product_id).await?;
    others.retain(|other| other.id != dossier.id);
    let lists = lists::all(cx, commune).await?;
    let list = by_code(&lists, &dossier.item_list);
    Ok(DossierPage {
        page: Page::of(ctx, Area::Office, NAV),
        t,
        form,
        today: ctx.today(),
        rows: item_store::rows(cx, commune, &dossier).await?,
        files: item_store::files(cx, commune, dossier.id).await?,
        has_mine: sheets.iter().any(|sheet| sheet.scorer_id == me),
        sheets,
        rubric: store::rubrics(cx, commune).await?.into_iter().find(|one| one.code == dossier.rubric),
        list_name: list.name.clone(),
        newer: dossier.state.is_open() && in_force(&lists, ctx.today()).code != list.code,
        has_lists: lists.len() > 1,
        opinion: judged::opinion(cx, commune, dossier.id).await?,
        refusal: refusals::of_dossier(cx, commune, dossier.id).await?,
        history: store::history(cx, commune, dossier.id).await?,
        others,
        stars: (1..=5).map(|n| (n.to_string(), t.n_stars(n))).collect(),
        may_change: ctx.officer().is_ok(),
        dossier,
    })
}

/// `GET /van-phong/ocop/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(shown(&ctx, &mut conn.cx(), &id, Form::default()).await?.into_response())
}
