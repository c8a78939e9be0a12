//! `/van-phong/du-lieu-ca-nhan/{id}/xuat`: a copy of somebody's data, for a request to see it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::as_archive;
use super::whose::{self, Chosen};
use crate::accounts::store as accounts;
use crate::db::Cx;
use crate::ids::DataRequestId;
use crate::privacy::erasure::Subject;
use crate::privacy::held::{self, Whose, is_for};
use crate::privacy::model::DataRequest;
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::support::store::{self as support, Exported};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/give.html")]
struct GivePage {
    page: Page,
    t: Texts,
    row: DataRequest,
    field: (&'static str, String),
    name: String,
}

/// The request, which must ask to see data and be open.
async fn request(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<DataRequest, AppError> {
    let id: DataRequestId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = store::by_id(cx, ctx.commune_id(), id).await?;
    row.filter(is_for).ok_or(AppError::NotFound)
}

/// `GET …/xuat`: whose data it is; once that is chosen, what the copy holds.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let row = request(&ctx, &mut conn.cx(), &id).await?;
    let asked = Form::parse(ctx.query.as_bytes());
    let Some(Chosen { field, name, .. }) =
        whose::chosen(&ctx, &mut conn.cx(), |name| asked.value(name).to_owned()).await?
    else {
        return Ok(whose::page(&ctx, &mut conn.cx(), row).await?.into_response());
    };
    let page = Page::of(&ctx, Area::Office, "/van-phong");
    Ok(GivePage { page, t: Texts(ctx.lang), row, field, name }.into_response())
}

/// `POST …/xuat`: the copy, logged with the request that it answers.
pub async fn download(ctx: Ctx, Path(id): Path<String>, form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let commune = ctx.commune_id();
    let mut tx = ctx.app.db.begin().await?;
    let row = request(&ctx, &mut tx.cx(), &id).await?;
    let chosen = whose::chosen(&ctx, &mut tx.cx(), |name| form.value(name).to_owned()).await?;
    let whose = match chosen.map(|chosen| chosen.subject) {
        Some(Subject::Producer(producer)) => Whose { account: None, producers: vec![*producer] },
        Some(Subject::Account(user)) => {
            let account = accounts::user(&mut tx.cx(), user).await?;
            Whose { account, producers: store::owned_by(&mut tx.cx(), commune, user).await? }
        }
        Some(Subject::Phone(_)) | None => return Err(AppError::NotFound),
    };
    let held = held::held(&ctx, &mut tx.cx(), &whose).await?;
    let purpose = Texts(crate::web::Lang::Vi).erase_asked(&row.name, row.received_on);
    let filter = row.id.to_string();
    let exported = Exported {
        by: officer,
        what: "person-data",
        format: "zip",
        purpose: &purpose,
        filter: &filter,
        columns: "",
        rows: 1,
    };
    support::log_export(&mut tx.cx(), commune, &exported, ctx.now()).await?;
    audit::note(&ctx, &mut tx.cx(), "privacy.give", ("data_request", row.id.0), None, None).await?;
    tx.commit().await?;
    Ok(as_archive(held::archive(&ctx.app, commune, &held, ctx.lang).await?, "du-lieu-ca-nhan"))
}
