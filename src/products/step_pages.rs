//! The pages of the steps that are plain forms.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::desk::{CHECK, Desk};
use super::fields::{self, Step};
use super::model::Availability;
use super::texts::Texts;
use super::{catalogue, season, steps};
use crate::review::flow::Written;
use crate::web::{AppError, Ctx, Form, Page};

/// One step.
#[derive(Template, WebTemplate)]
#[template(path = "products/templates/step.html")]
pub struct StepPage {
    pub page: Page,
    pub t: Texts,
    pub step: Step,
    pub form: Form,
    /// Name of the product, or "a new product".
    pub heading: String,
    /// Where the form goes.
    pub action: String,
    pub back: String,
    pub on_behalf: Option<String>,
    /// What an officer asked to change here: name of the field, words.
    pub asked: Vec<(String, String)>,
    /// Somebody saved meanwhile.
    pub stale: bool,
    /// It waits for an officer.
    pub waiting: bool,
    /// Where to go without answering; only while it is first written.
    pub skip: Option<String>,
}

/// An OCOP group as shown: opened where the chosen sub-group is.
pub struct GroupRow {
    pub name: &'static str,
    pub open: bool,
    pub chosen: bool,
    pub categories: Vec<(&'static str, &'static str)>,
}

/// Names of the fields of one place of sale.
pub struct ChannelRow {
    pub title: String,
    pub name: String,
    pub note: String,
    pub url: String,
}

impl StepPage {
    /// A page with nothing special on it.
    pub fn new(ctx: &Ctx, page: Page, step: Step, form: Form) -> Self {
        Self {
            page,
            t: Texts(ctx.lang),
            step,
            form,
            heading: String::new(),
            action: String::new(),
            back: String::new(),
            on_behalf: None,
            asked: Vec::new(),
            stale: false,
            waiting: false,
            skip: None,
        }
    }

    fn of(ctx: &Ctx, desk: &Desk, step: Step, form: Form) -> Self {
        let t = Texts(ctx.lang);
        let back = if form.value("ve") == CHECK { format!("{}/{CHECK}", desk.path()) } else { desk.path() };
        let label = |(field, text): (String, String)| (fields::label(&field, ctx.lang).to_owned(), text);
        Self {
            heading: desk.title(t),
            action: desk.step_path(step),
            back,
            on_behalf: desk.on_behalf(t),
            asked: desk.asked(step).into_iter().map(label).collect(),
            waiting: desk.is_waiting(),
            skip: desk.skip(step, form.value("ve")),
            ..Self::new(ctx, desk.page(ctx), step, form)
        }
    }

    fn title(&self) -> &'static str {
        self.step.title(self.page.lang)
    }

    fn is_new(&self) -> bool {
        self.form.sent("lan")
    }

    fn slug(&self) -> &'static str {
        self.step.slug()
    }

    fn place(&self) -> String {
        self.t.step_of(self.step.number(), Step::ALL.len())
    }

    fn is_from_tasks(&self) -> bool {
        self.skip.is_none() && !self.is_new()
    }

    fn has_english(&self) -> bool {
        ["description_en", "story_en"].iter().any(|f| !self.form.value(f).is_empty() || self.form.error(f).is_some())
    }

    fn origin_hint(&self) -> String {
        self.t.origin_hint(&self.page.commune.name)
    }

    fn groups(&self) -> Vec<GroupRow> {
        let lang = self.page.lang;
        let chosen = self.form.value("category");
        let known = catalogue::category(chosen).map(|category| category.group.as_str());
        let row = |(at, group): (usize, &'static catalogue::Group)| GroupRow {
            name: group.name(lang),
            open: known.map_or(at == 0, |known| known == group.code),
            chosen: known == Some(group.code.as_str()),
            categories: catalogue::categories_of(&group.code).map(|c| (c.code.as_str(), c.name(lang))).collect(),
        };
        catalogue::groups().iter().enumerate().map(row).collect()
    }

    fn units(&self) -> Vec<(&'static str, &'static str)> {
        catalogue::units().iter().map(|unit| (unit.code.as_str(), unit.name(self.page.lang))).collect()
    }

    /// Value, number for the eye, name for the ear.
    fn months(&self) -> Vec<(String, String)> {
        (1..=12u8).map(|m| (m.to_string(), season::month_name(m, self.page.lang))).collect()
    }

    fn availabilities(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        Availability::ALL.iter().map(|a| (a.word(), a.label(self.page.lang), "")).collect()
    }

    fn channel_rows(&self) -> Vec<ChannelRow> {
        let row = |at| ChannelRow {
            title: self.t.channel_n(at + 1),
            name: format!("name_{at}"),
            note: format!("note_{at}"),
            url: format!("url_{at}"),
        };
        (0..steps::channel_rows(&self.form)).map(row).collect()
    }

    fn may_add_channel(&self) -> bool {
        steps::channel_rows(&self.form) < steps::MOST_CHANNELS
    }
}

/// `GET /cua-toi/san-pham/{short}/{step}`.
pub async fn show(ctx: Ctx, Path((short, slug)): Path<(String, String)>) -> Result<StepPage, AppError> {
    let step = Step::from_slug(&slug).ok_or(AppError::NotFound)?;
    let desk = Desk::read(&ctx, &short).await?;
    let mut form = steps::fill(step, &desk.content);
    form.set("ban", &desk.stamp());
    if ctx.query.split('&').any(|pair| pair == "ve=xem-lai") {
        form.set("ve", CHECK);
    }
    Ok(StepPage::of(&ctx, &desk, step, form))
}

/// `POST /cua-toi/san-pham/{short}/{step}`: saves the step into the open revision.
pub async fn save(ctx: Ctx, Path((short, slug)): Path<(String, String)>, mut form: Form) -> Result<Response, AppError> {
    let step = Step::from_slug(&slug).ok_or(AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let Some(content) = steps::read(step, &mut form, &desk.content, ctx.lang) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, StepPage::of(&ctx, &desk, step, form)).into_response());
    };
    match desk.save(&mut tx.cx(), form.value("ban"), &content, ctx.now()).await? {
        Written::Done => {
            tx.commit().await?;
            let more = step == Step::Channels && form.has("lam", "them");
            let to =
                if more { format!("{}?da-luu=1", desk.step_path(step)) } else { desk.after(step, form.value("ve")) };
            Ok(Redirect::to(&to).into_response())
        }
        Written::Stale => {
            form.set("ban", &desk.stamp());
            let page = StepPage { stale: true, ..StepPage::of(&ctx, &desk, step, form) };
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}
