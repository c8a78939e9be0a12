//! One activity: everything about it, its papers, and its steps.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::{HERE, NAV, load, note};
use crate::activities::model::{
    Activity, ActivityState, Attendance, AttendanceState, FeedbackSums, Invitation, InvitationAnswer,
};
use crate::activities::store::{self, feedback, people};
use crate::activities::texts::Texts;
use crate::clock::{Day, Time};
use crate::db::Cx;
use crate::files::store::FileUse;
use crate::files::{Upload, paper_url};
use crate::ids::FileId;
use crate::review::names::Villages;
use crate::support::programmes::store as programmes;
use crate::web::chart::{Bar, Bars};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "activities/templates/one.html")]
pub(super) struct OnePage {
    page: Page,
    t: Texts,
    form: Form,
    today: Day,
    activity: Activity,
    programme: Option<String>,
    invited: Vec<Invitation>,
    people: Vec<Attendance>,
    villages: Villages,
    materials: Vec<(FileId, String, Time)>,
    sums: FeedbackSums,
    words: Vec<String>,
    may_change: bool,
}

impl OnePage {
    fn coming(&self) -> usize {
        self.invited.iter().filter(|one| one.answer == InvitationAnswer::Coming).count()
    }

    fn waiting(&self) -> usize {
        self.people.iter().filter(|one| one.state == AttendanceState::Waiting).count()
    }

    fn url(file: &FileId) -> String {
        paper_url(*file)
    }

    fn is_planned(&self) -> bool {
        self.activity.state == ActivityState::Planned
    }

    fn has_begun(&self) -> bool {
        self.activity.starts_on <= self.today
    }

    fn is_cancelled(&self) -> bool {
        self.activity.state == ActivityState::Cancelled
    }

    fn questions(&self) -> Vec<(&'static str, String)> {
        let t = self.t;
        let names = [t.q_useful(), t.q_clear(), t.q_usable(), t.q_organised()];
        let tenths = |n: i64| crate::amounts::Thousandths(n * 100).text(self.page.lang);
        names.into_iter().zip(self.sums.means()).map(|(name, mean)| (name, t.mean_of_five(tenths(mean)))).collect()
    }

    fn chart(&self) -> String {
        let t = self.t;
        let names = [t.q_useful(), t.q_clear(), t.q_usable(), t.q_organised()];
        let bar = |(name, mean): (&str, i64)| Bar { name: name.to_owned(), value: mean, before: None };
        let bars = Bars {
            id: "y-kien".to_owned(),
            title: t.feedback().to_owned(),
            description: t.chart_described(self.sums.answers),
            bars: names.into_iter().zip(self.sums.means()).map(bar).collect(),
        };
        bars.svg(self.page.lang)
    }
}

pub(super) async fn shown(ctx: &Ctx, cx: &mut Cx<'_>, id: &str, form: Form) -> Result<OnePage, AppError> {
    let commune = ctx.commune_id();
    let activity = load(ctx, cx, id).await?;
    let programme = match activity.programme_id {
        Some(id) => programmes::by_id(cx, commune, id).await?.map(|programme| programme.name),
        None => None,
    };
    Ok(OnePage {
        page: Page::of(ctx, Area::Office, NAV),
        t: Texts(ctx.lang),
        form,
        today: ctx.today(),
        programme,
        invited: people::invited(cx, commune, activity.id).await?,
        people: people::rows(cx, commune, activity.id).await?,
        villages: Villages::load(cx, commune).await?,
        materials: store::materials(cx, commune, activity.id).await?,
        sums: feedback::sums(cx, commune, activity.id).await?,
        words: feedback::words(cx, commune, activity.id).await?,
        may_change: ctx.officer().is_ok(),
        activity,
    })
}

/// `GET /van-phong/hoat-dong/{id}`.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let mut conn = ctx.app.db.read().await?;
    Ok(shown(&ctx, &mut conn.cx(), &id, Form::default()).await?.into_response())
}

/// What a step makes of an activity; None if it can't be taken or something is wrong, noted in the form.
fn turned(ctx: &Ctx, way: &str, form: &mut Form, before: &Activity) -> Result<Option<Activity>, AppError> {
    let t = Texts(ctx.lang);
    let mut after = before.clone();
    match way {
        "mo-cua" | "dong-cua" if before.state == ActivityState::Planned => after.door_open = way == "mo-cua",
        "ket-qua" if before.state != ActivityState::Cancelled => {
            let parse = |text: &str| text.replace('.', "").parse::<i64>();
            let count = form.parse_with("so-nguoi", parse, |_| t.participants_wrong().to_owned());
            if count.is_none_or(|count| !(0..=1_000_000).contains(&count)) {
                form.fail("so-nguoi", t.participants_wrong());
            }
            let results = form.required("ket-qua", 2_000, t.results_missing(), ctx.lang);
            if before.starts_on > ctx.today() {
                form.fail("ket-qua", t.results_early());
            }
            let (Some(count), Some(results), true) = (count, results, form.is_fine()) else { return Ok(None) };
            (after.state, after.door_open) = (ActivityState::Held, false);
            (after.participants, after.results) = (Some(count), results);
        }
        "huy" if before.state == ActivityState::Planned => {
            let Some(why) = form.required("ly-do", 300, t.why_missing(), ctx.lang) else { return Ok(None) };
            (after.state, after.door_open, after.cancel_reason) = (ActivityState::Cancelled, false, why);
        }
        "mo-cua" | "dong-cua" | "ket-qua" | "huy" => return Err(AppError::Conflict(t.turned().to_owned())),
        _ => return Err(AppError::NotFound),
    }
    Ok(Some(after))
}

/// `POST /van-phong/hoat-dong/{id}/{way}`: the door opened or closed, results written, called off.
pub async fn turn(ctx: Ctx, Path((id, way)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut tx = ctx.app.db.begin().await?;
    let before = load(&ctx, &mut tx.cx(), &id).await?;
    let Some(after) = turned(&ctx, &way, &mut form, &before)? else {
        let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if after != before {
        let seen = Activity { version: form.value("version").parse().unwrap_or(-1), ..after.clone() };
        if !store::turn(&mut tx.cx(), ctx.commune_id(), &seen).await? {
            form.fail(if way == "huy" { "ly-do" } else { "ket-qua" }, Texts(ctx.lang).raced());
            let page = shown(&ctx, &mut tx.cx(), &id, form).await?;
            return Ok((StatusCode::CONFLICT, page).into_response());
        }
        let told = format!("{way} {}{}", after.cancel_reason, after.results);
        note(&ctx, &mut tx.cx(), &before, "activity.turn", told.trim()).await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", before.id)).into_response())
}

/// `POST /van-phong/hoat-dong/{id}/tai-lieu`: adds a paper for those who come.
pub async fn add_material(ctx: Ctx, Path(id): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let activity = {
        let mut conn = ctx.app.db.read().await?;
        load(&ctx, &mut conn.cx(), &id).await?
    };
    let received = upload.receive(&ctx, None, &[("tep", FileUse::Paper)]).await?;
    let (file, mut form) = (received.id("tep"), received.form);
    let mut tx = ctx.app.db.begin().await?;
    let Some(file) = file else {
        form.fail("tep", Texts(ctx.lang).material_missing());
        let status = form.status();
        return Ok((status, shown(&ctx, &mut tx.cx(), &id, form).await?).into_response());
    };
    if store::add_material(&mut tx.cx(), ctx.commune_id(), activity.id, file, officer, ctx.now()).await? {
        note(&ctx, &mut tx.cx(), &activity, "activity.material", "").await?;
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", activity.id)).into_response())
}
