//! The step of certificates: the list, and one page for each with its file.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use uuid::Uuid;

use super::desk::Desk;
use super::fields::Step;
use super::model::CertificateContent;
use super::texts::Texts;
use super::{catalogue, papers};
use crate::clock::Day;
use crate::db::Cx;
use crate::files::store::{self as files, FileUse};
use crate::files::{Received, Upload, paper_url};
use crate::ids::{FileId, ProductId};
use crate::review::flow::Written;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// Address part of a certificate that is not yet there.
const NEW: &str = "moi";

/// A certificate of the list, as shown.
struct Row {
    url: String,
    name: &'static str,
    more: String,
    tag: &'static str,
    state: &'static str,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/papers.html")]
struct ListPage {
    page: Page,
    t: Texts,
    heading: String,
    back: String,
    next: String,
    add: String,
    on_behalf: Option<String>,
    asked: Vec<(String, String)>,
    waiting: bool,
    rows: Vec<Row>,
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/paper.html")]
struct PaperPage {
    page: Page,
    t: Texts,
    form: Form,
    heading: String,
    action: String,
    back: String,
    is_new: bool,
    stale: bool,
    waiting: bool,
    kept: Option<String>,
}

impl ListPage {
    fn title(&self) -> &'static str {
        Step::Papers.title(self.page.lang)
    }

    fn place(&self) -> String {
        self.t.step_of(Step::Papers.number(), Step::ALL.len())
    }
}

impl PaperPage {
    fn title(&self) -> &'static str {
        if self.is_new { self.t.paper_new() } else { self.t.paper_edit() }
    }

    fn of(ctx: &Ctx, desk: &Desk, id: &str, form: Form) -> Self {
        let t = Texts(ctx.lang);
        Self {
            page: desk.page(ctx),
            t,
            heading: desk.title(t),
            action: format!("{}/{id}", desk.step_path(Step::Papers)),
            back: desk.step_path(Step::Papers),
            is_new: id == NEW,
            stale: false,
            waiting: desk.is_waiting(),
            kept: form.value("kept").parse().ok().map(paper_url),
            form,
        }
    }

    fn kinds(&self) -> Vec<(&'static str, &'static str)> {
        catalogue::certificate_kinds().iter().map(|kind| (kind.code.as_str(), kind.name(self.page.lang))).collect()
    }
}

fn row(c: &CertificateContent, base: &str, today: Day, t: Texts) -> Row {
    let lang: Lang = t.0;
    let expired = c.expires_on.is_some_and(|day| day < today);
    let until = c.expires_on.map(|day| t.until(day)).unwrap_or_default();
    let more = [c.number.clone(), c.issuer.clone(), until];
    Row {
        url: format!("{base}/{}", c.id),
        name: catalogue::certificate_kind(&c.kind).map_or("", |kind| kind.name(lang)),
        more: more.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        tag: if expired { "wait" } else { "ok" },
        state: if expired { t.paper_expired() } else { t.paper_valid() },
    }
}

/// `GET /cua-toi/san-pham/{short}/giay-to`.
pub async fn list(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let desk = Desk::read(&ctx, &short).await?;
    let t = Texts(ctx.lang);
    let base = desk.step_path(Step::Papers);
    let back_to = if ctx.query.split('&').any(|pair| pair == "ve=xem-lai") { super::desk::CHECK } else { "" };
    let page = ListPage {
        page: desk.page(&ctx),
        t,
        heading: desk.title(t),
        back: desk.path(),
        next: desk.after(Step::Papers, back_to).replace("?da-luu=1", ""),
        add: format!("{base}/{NEW}"),
        on_behalf: desk.on_behalf(t),
        asked: desk.asked(Step::Papers),
        waiting: desk.is_waiting(),
        rows: desk.content.certificates.iter().map(|c| row(c, &base, ctx.today(), t)).collect(),
    };
    Ok(page.into_response())
}

/// `GET /cua-toi/san-pham/{short}/giay-to/{id}`, and `…/moi`.
pub async fn show(ctx: Ctx, Path((short, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let desk = Desk::read(&ctx, &short).await?;
    let mut form = match find(&desk, &id) {
        Some(certificate) => papers::fill(certificate),
        None if id == NEW => Form::default(),
        None => return Err(AppError::NotFound),
    };
    form.set("ban", &desk.stamp());
    form.set("lan", &crate::ids::new_id(ctx.now()).to_string());
    Ok(PaperPage::of(&ctx, &desk, &id, form).into_response())
}

fn find<'a>(desk: &'a Desk, id: &str) -> Option<&'a CertificateContent> {
    let id: Uuid = id.parse().ok()?;
    desk.content.certificates.iter().find(|certificate| certificate.id == id)
}

/// `POST /cua-toi/san-pham/{short}/giay-to/{id}`: adds or changes a certificate.
pub async fn save(ctx: Ctx, Path((short, id)): Path<(String, String)>, upload: Upload) -> Result<Response, AppError> {
    let producer = Desk::read(&ctx, &short).await?.producer.id;
    let received = upload.receive(&ctx, Some(producer), &[("file", FileUse::Paper)]).await?;
    let mut form = received.form.clone();
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let file = file_of(&ctx, &mut tx.cx(), &desk, &received).await?;
    form.set("kept", &file.map(|file| file.to_string()).unwrap_or_default());
    let own = match find(&desk, &id) {
        Some(certificate) => certificate.id,
        None if id == NEW => id_from(desk.product.id, form.request_id(ctx.now())),
        None => return Err(AppError::NotFound),
    };
    let mut content = desk.content.clone();
    let at = content.certificates.iter().position(|c| c.id == own);
    if at.is_none() && content.certificates.len() >= papers::MOST {
        form.fail("kind", Texts(ctx.lang).papers_full());
    }
    let Some(certificate) = papers::read(&mut form, own, ctx.today(), ctx.lang) else {
        let status = form.status();
        return Ok((status, PaperPage::of(&ctx, &desk, &id, form)).into_response());
    };
    let certificate = CertificateContent { file, ..certificate };
    match at {
        Some(at) => content.certificates[at] = certificate,
        None => content.certificates.push(certificate),
    }
    match desk.save(&mut tx.cx(), form.value("ban"), &content, ctx.now()).await? {
        Written::Done => {
            tx.commit().await?;
            Ok(Redirect::to(&format!("{}?da-luu=1", desk.step_path(Step::Papers))).into_response())
        }
        Written::Stale => {
            form.set("ban", &desk.stamp());
            let page = PaperPage { stale: true, ..PaperPage::of(&ctx, &desk, &id, form) };
            Ok((StatusCode::CONFLICT, page).into_response())
        }
    }
}

/// The paper that goes with the form: the one just sent, else the one it had. One that is named by the form must be
/// this producer's.
async fn file_of(ctx: &Ctx, cx: &mut Cx<'_>, desk: &Desk, received: &Received) -> Result<Option<FileId>, AppError> {
    if let Some(file) = received.id("file") {
        return Ok(Some(file));
    }
    if received.form.has("drop_file", "1") {
        return Ok(None);
    }
    let Ok(kept) = received.form.value("kept").parse::<FileId>() else { return Ok(None) };
    let row = files::by_id(cx, ctx.commune_id(), kept).await?;
    let own = row.filter(|row| row.producer_id == Some(desk.producer.id) && row.kind == FileUse::Paper);
    Ok(own.map(|row| row.id))
}

/// The id of a certificate that this form adds: the same for the same form sent twice, and never one of another
/// product, whatever request id was sent.
fn id_from(product: ProductId, request: Uuid) -> Uuid {
    let digest = crate::ids::digest(&format!("{product}|{request}"));
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digest.as_bytes().chunks(2)) {
        let hex = std::str::from_utf8(pair).unwrap_or("00");
        *byte = u8::from_str_radix(hex, 16).unwrap_or(0);
    }
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

/// `POST /cua-toi/san-pham/{short}/giay-to/{id}/bo`: takes a certificate off.
pub async fn remove(ctx: Ctx, Path((short, id)): Path<(String, String)>) -> Result<Response, AppError> {
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let id: Uuid = id.parse().map_err(|_| AppError::NotFound)?;
    let mut content = desk.content.clone();
    content.certificates.retain(|certificate| certificate.id != id);
    if desk.save(&mut tx.cx(), &desk.stamp(), &content, ctx.now()).await? == Written::Stale {
        return Err(AppError::Conflict(Texts(ctx.lang).stale().to_owned()));
    }
    tx.commit().await?;
    Ok(Redirect::to(&format!("{}?da-luu=1", desk.step_path(Step::Papers))).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    #[test]
    fn a_form_makes_one_certificate_and_only_of_its_product() {
        let (one, other) = (ProductId::new(Time::from_micros(1)), ProductId::new(Time::from_micros(2)));
        let form = Uuid::nil();
        assert_eq!(id_from(one, form), id_from(one, form));
        assert_ne!(id_from(one, form), id_from(other, form));
    }
}
