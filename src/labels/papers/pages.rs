//! `/cua-toi/tem/giay`: a producer's papers, adding and changing one, and the page to calibrate a printer with.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use http::{StatusCode, header};
use serde::Deserialize;
use uuid::Uuid;

use crate::db::Cx;
use crate::ids::new_id;
use crate::producers::acting::Acting;
use crate::producers::model::Producer;
use crate::traceability::access::producers_of;
use crate::web::audit::{self, Entry};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

use super::super::sheet::{self, OwnGeometry, SheetJob, SheetSpec, papers};
use super::super::store::papers::{self as store, OwnPaper};
use super::form::{self, Field};
use super::texts::Texts;
use super::{find, name};

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/papers.html")]
struct PapersPage {
    page: Page,
    t: Texts,
    groups: Vec<(Producer, Vec<OwnRow>)>,
    /// Key and name.
    on_offer: Vec<(String, String)>,
}

/// A producer's own paper in the list.
struct OwnRow {
    key: String,
    name: String,
    measures: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "labels/templates/paper.html")]
struct PaperPage {
    page: Page,
    t: Texts,
    form: Form,
    fields: Vec<Field>,
    producer: Producer,
    /// The paper that is changed; None: a new one.
    edited: Option<OwnPaper>,
    stale: bool,
}

impl PaperPage {
    fn new(ctx: &Ctx, form: Form, producer: Producer, edited: Option<OwnPaper>) -> Self {
        let (page, t) = (Page::of(ctx, Area::Mine, "/cua-toi"), Texts(ctx.lang));
        Self { page, t, form, fields: form::fields(t), producer, edited, stale: false }
    }

    fn title(&self) -> String {
        match &self.edited {
            Some(paper) => self.t.edit_title(&paper.name),
            None => self.t.new_title().to_owned(),
        }
    }
}

/// The query of these pages.
#[derive(Debug, Default, Deserialize)]
pub struct Whose {
    /// Short address of a producer.
    #[serde(default, rename = "co-so")]
    co_so: String,
    /// Key of the paper to begin with.
    #[serde(default)]
    tu: String,
}

/// `GET /cua-toi/tem/giay`.
pub async fn list(ctx: Ctx, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut groups = Vec::new();
    for producer in producers_of(&ctx, &mut conn.cx(), &whose.co_so).await? {
        let own = store::of_producer(&mut conn.cx(), ctx.commune_id(), producer.id).await?;
        let row = |own: OwnPaper| {
            let spec = own.geometry.spec(own.id.to_string());
            OwnRow { measures: name(&spec, ctx.lang), key: spec.key, name: own.name }
        };
        groups.push((producer, own.into_iter().map(row).collect()));
    }
    let on_offer = papers().iter().map(|spec| (spec.key.clone(), name(spec, ctx.lang))).collect();
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    Ok(PapersPage { page, t: Texts(ctx.lang), groups, on_offer }.into_response())
}

/// `GET /cua-toi/tem/giay/moi?co-so=…&tu=…`: a new paper, like one on offer.
pub async fn begin(ctx: Ctx, Query(whose): Query<Whose>) -> Result<Response, AppError> {
    let (producer, _) = Acting::of(&ctx, &whose.co_so).await?;
    let like = SheetSpec::by_key(&whose.tu).or(SheetSpec::by_key("a4-24")).ok_or(AppError::NotFound)?;
    let mut form = Form::default();
    form::fill(&mut form, "", &OwnGeometry::like(like), ctx.lang);
    form.set("co-so", &producer.short);
    form.set("lan", &new_id(ctx.now()).to_string());
    Ok(PaperPage::new(&ctx, form, producer, None).into_response())
}

/// `POST /cua-toi/tem/giay/moi`: adds it; the same form sent again adds it once.
pub async fn add(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = Acting::of(&ctx, form.value("co-so")).await?;
    let Some((name, geometry)) = form::read(&mut form, ctx.lang) else {
        return Ok((form.status(), PaperPage::new(&ctx, form, producer, None)).into_response());
    };
    let id = form.request_id(ctx.now());
    let paper = OwnPaper { id, producer_id: producer.id, name, geometry, kept: true, version: 1 };
    let mut tx = ctx.app.db.begin().await?;
    store::insert(&mut tx.cx(), ctx.commune_id(), &paper, author.user, ctx.now()).await?;
    noted(&ctx, &mut tx.cx(), "labels.paper.add", &paper).await?;
    tx.commit().await?;
    Ok(to_list(&producer))
}

fn to_list(producer: &Producer) -> Response {
    Redirect::to(&format!("/cua-toi/tem/giay?co-so={}&da-luu=1", producer.short)).into_response()
}

async fn noted(ctx: &Ctx, cx: &mut Cx<'_>, action: &str, paper: &OwnPaper) -> Result<(), AppError> {
    let after = format!("{}: {:?}", paper.name, paper.geometry);
    let entry = Entry {
        actor: Some(ctx.user_id()?),
        action,
        subject_kind: "label_paper",
        subject: Some(paper.id),
        after: Some(&after),
        address: Some(ctx.address.to_string()),
        ..Entry::default()
    };
    Ok(audit::write(cx, ctx.commune_id(), &entry, ctx.now()).await?)
}

/// The paper of this id with its producer, for those who act for that.
async fn my_paper(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<(OwnPaper, Producer), AppError> {
    ctx.person()?;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let paper = store::by_id(cx, ctx.commune_id(), id).await?.filter(|paper| paper.kept).ok_or(AppError::NotFound)?;
    let (producer, _) = Acting::of_id(ctx, cx, paper.producer_id).await?;
    Ok((paper, producer))
}

/// `GET /cua-toi/tem/giay/{id}`.
pub async fn edit(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let (paper, producer) = my_paper(&ctx, &mut conn.cx(), &id).await?;
    let mut form = Form::default();
    form::fill(&mut form, &paper.name, &paper.geometry, ctx.lang);
    form.set("ban", &paper.version.to_string());
    Ok(PaperPage::new(&ctx, form, producer, Some(paper)).into_response())
}

/// `POST /cua-toi/tem/giay/{id}`: changes it, unless somebody did meanwhile.
pub async fn change(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (paper, producer) = my_paper(&ctx, &mut tx.cx(), &id).await?;
    let Some((name, geometry)) = form::read(&mut form, ctx.lang) else {
        return Ok((form.status(), PaperPage::new(&ctx, form, producer, Some(paper))).into_response());
    };
    let version = form.value("ban").parse().unwrap_or_default();
    let changed = OwnPaper { name, geometry, version, ..paper.clone() };
    if !store::update(&mut tx.cx(), ctx.commune_id(), &changed).await? {
        form.set("ban", &paper.version.to_string());
        let page = PaperPage { stale: true, ..PaperPage::new(&ctx, form, producer, Some(paper)) };
        return Ok((StatusCode::CONFLICT, page).into_response());
    }
    noted(&ctx, &mut tx.cx(), "labels.paper.change", &changed).await?;
    tx.commit().await?;
    Ok(to_list(&producer))
}

/// `POST /cua-toi/tem/giay/{id}/bo`: puts it aside.
pub async fn put_aside(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let (paper, producer) = my_paper(&ctx, &mut tx.cx(), &id).await?;
    store::put_aside(&mut tx.cx(), ctx.commune_id(), paper.id).await?;
    noted(&ctx, &mut tx.cx(), "labels.paper.put_aside", &paper).await?;
    tx.commit().await?;
    Ok(to_list(&producer))
}

/// `GET /cua-toi/tem/giay/{key}/canh.pdf`: the page to calibrate a printer with.
pub async fn calibrate(ctx: Ctx, Path(key): Path<String>) -> Result<Response, AppError> {
    ctx.person()?;
    let mut conn = ctx.app.db.read().await?;
    let spec = if let Some(spec) = SheetSpec::by_key(&key) {
        spec.clone()
    } else {
        let (paper, producer) = my_paper(&ctx, &mut conn.cx(), &key).await?;
        let own = find(&mut conn.cx(), ctx.commune_id(), producer.id, &paper.id.to_string()).await?;
        own.ok_or(AppError::NotFound)?
    };
    drop(conn);
    let t = Texts(ctx.lang);
    let words = [t.sheet_1().to_owned(), name(&spec, ctx.lang), t.sheet_2().to_owned(), t.sheet_3().to_owned()];
    let title = t.sheet_title(name(&spec, ctx.lang));
    let job = SheetJob { title, site: format!("Sản Vật {}", ctx.commune.name), created: ctx.now().utc(), skip: 0 };
    let pdf = sheet::calibration(&spec, &words, &job).map_err(AppError::internal)?;
    let name = "inline; filename=\"to-canh.pdf\"";
    Ok(([(header::CONTENT_TYPE, "application/pdf"), (header::CONTENT_DISPOSITION, name)], pdf).into_response())
}
