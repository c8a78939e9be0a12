//! `/van-phong/du-lieu-ca-nhan/{id}/xoa`: whose data a request is about, what erasing it would empty, and doing it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::HERE;
use super::whose::{self, Chosen};
use crate::accounts::model::Role;
use crate::amounts::Dong;
use crate::db::Cx;
use crate::fold::nfc;
use crate::ids::DataRequestId;
use crate::privacy::erasure::group::Group;
use crate::privacy::erasure::{Erased, Order, Refusal, Subject, erase};
use crate::privacy::model::{DataRequest, RequestKind, RequestState};
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/erase.html")]
struct ErasePage {
    page: Page,
    t: Texts,
    form: Form,
    row: DataRequest,
    /// The field that names the subject, and its value.
    field: (&'static str, String),
    /// What is to be typed.
    name: String,
    version: i64,
    is_producer: bool,
    would: Result<Erased, Refusal>,
}

impl ErasePage {
    fn groups(&self) -> Vec<(&'static str, u64)> {
        let Ok(would) = &self.would else { return Vec::new() };
        would.rows.iter().map(|(group, rows)| (group_name(self.t, *group), *rows)).collect()
    }

    fn kept(&self) -> Vec<String> {
        let (Ok(would), t) = (&self.would, self.t) else { return Vec::new() };
        let mut kept = Vec::new();
        if would.records > 0 {
            kept.push(t.kept_support(would.records, Dong(would.paid).text(self.page.lang)));
        }
        if would.papers > 0 {
            kept.push(t.kept_papers(would.papers));
        }
        if would.lots > 0 {
            kept.push(t.kept_lots(would.lots));
        }
        if would.left > 0 {
            kept.push(t.kept_accounts(would.left));
        }
        kept.push(t.kept_request().to_owned());
        kept
    }

    fn confirm_label(&self) -> String {
        self.t.erase_confirm(&self.name)
    }

    fn refusal(&self) -> Option<String> {
        self.would.as_ref().err().map(|refusal| say(self.t, refusal))
    }

    fn options(&self) -> Vec<(&'static str, &'static str, &'static str)> {
        let t = self.t;
        vec![("ten", t.option_names(), t.option_names_hint()), ("chung-tu", t.option_papers(), t.option_papers_hint())]
    }
}

fn group_name(t: Texts, group: Group) -> &'static str {
    match group {
        Group::Producers => t.g_producers(),
        Group::Products => t.g_products(),
        Group::Revisions => t.g_revisions(),
        Group::Consents => t.g_consents(),
        Group::Certificates => t.g_certificates(),
        Group::Places => t.g_places(),
        Group::Chain => t.g_chain(),
        Group::Parties => t.g_parties(),
        Group::Support => t.g_support(),
        Group::Needs => t.g_needs(),
        Group::Dossiers => t.g_dossiers(),
        Group::Attendance => t.g_attendance(),
        Group::Messages => t.g_messages(),
        Group::Requests => t.g_requests(),
        Group::Accounts => t.g_accounts(),
        Group::Files => t.g_files(),
        Group::Imports => t.g_imports(),
        Group::Log => t.g_log(),
    }
}

fn say(t: Texts, refusal: &Refusal) -> String {
    match refusal {
        Refusal::Recalls(numbers) => {
            t.refused_recall(numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "))
        }
        Refusal::Roles(roles) if roles.iter().all(|role| matches!(role, Role::Owner | Role::Staff)) => {
            t.refused_owner().to_owned()
        }
        Refusal::Roles(_) => t.refused_role().to_owned(),
        Refusal::Stale => t.refused_stale().to_owned(),
    }
}

/// The request, which must ask for erasure and be open.
async fn request(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<DataRequest, AppError> {
    let id: DataRequestId = id.parse().map_err(|_| AppError::NotFound)?;
    let row = store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)?;
    if row.kind == RequestKind::Erasure && row.state.is_open() { Ok(row) } else { Err(AppError::NotFound) }
}

/// `GET …/xoa`: whose data it is; once that is chosen, what erasing it would empty. Nothing is written.
pub async fn show(ctx: Ctx, Path(id): Path<String>) -> Result<Response, AppError> {
    ctx.officer()?;
    // It is run and dropped: what is shown is what it would do.
    let mut tx = ctx.app.db.begin().await?;
    let row = request(&ctx, &mut tx.cx(), &id).await?;
    let asked = Form::parse(ctx.query.as_bytes());
    let Some(chosen) = whose::chosen(&ctx, &mut tx.cx(), |name| asked.value(name).to_owned()).await? else {
        return Ok(whose::page(&ctx, &mut tx.cx(), row).await?.into_response());
    };
    let mut form = Form::default();
    form.push("tra-loi", Texts(ctx.lang).erased_answer());
    Ok(preview(&ctx, &mut tx.cx(), row, chosen, form).await?.into_response())
}

async fn preview(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    row: DataRequest,
    chosen: Chosen,
    form: Form,
) -> Result<ErasePage, AppError> {
    let order = order(ctx, &row, &chosen.subject, &form)?;
    let would = erase(cx, ctx.commune_id(), &order).await?;
    Ok(ErasePage {
        page: Page::of(ctx, Area::Office, "/van-phong"),
        t: Texts(ctx.lang),
        form,
        row,
        field: chosen.field,
        name: chosen.name,
        version: chosen.version,
        is_producer: matches!(chosen.subject, Subject::Producer(_)),
        would,
    })
}

fn order<'a>(ctx: &Ctx, row: &DataRequest, subject: &'a Subject, form: &Form) -> Result<Order<'a>, AppError> {
    Ok(Order {
        request: row.id,
        subject,
        names: form.has("them", "ten"),
        evidence: form.has("them", "chung-tu"),
        by: ctx.officer()?.id,
        at: ctx.now(),
    })
}

/// `POST …/xoa`: erases, once the name is typed, and closes the request.
pub async fn confirm(ctx: Ctx, Path(id): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let (t, commune) = (Texts(ctx.lang), ctx.commune_id());
    let mut tx = ctx.app.db.begin().await?;
    let row = request(&ctx, &mut tx.cx(), &id).await?;
    let Some(mut chosen) = whose::chosen(&ctx, &mut tx.cx(), |name| form.value(name).to_owned()).await? else {
        return Err(AppError::NotFound);
    };
    if !is_typed(form.value("xac-nhan"), &chosen.name) {
        form.fail("xac-nhan", t.confirm_wrong());
    }
    let said = form.required("tra-loi", 2_000, t.said_missing(), ctx.lang);
    let (Some(said), true) = (said, form.is_fine()) else {
        let page = preview(&ctx, &mut tx.cx(), row, chosen, form).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    if let Subject::Producer(producer) = &mut chosen.subject {
        producer.version = form.value("version").parse().unwrap_or(-1);
    }
    let done = erase(&mut tx.cx(), commune, &order(&ctx, &row, &chosen.subject, &form)?).await?;
    let closed = match &done {
        Ok(_) => {
            let step = (RequestState::Done, said.as_str());
            store::turn(&mut tx.cx(), commune, (row.id, row.version), step.0, step.1, officer, ctx.now()).await?
        }
        Err(_) => false,
    };
    let (Ok(erased), true) = (done, closed) else {
        drop(tx);
        let mut tx = ctx.app.db.begin().await?;
        form.fail("xac-nhan", t.raced());
        let row = request(&ctx, &mut tx.cx(), &id).await?;
        let Some(again) = whose::chosen(&ctx, &mut tx.cx(), |name| form.value(name).to_owned()).await? else {
            return Err(AppError::NotFound);
        };
        let page = preview(&ctx, &mut tx.cx(), row, again, form).await?;
        return Ok((StatusCode::CONFLICT, page).into_response());
    };
    let told = serde_json::to_string(&erased.rows).unwrap_or_default();
    audit::note(&ctx, &mut tx.cx(), "privacy.erase", ("data_request", row.id.0), None, Some(&told)).await?;
    tx.commit().await?;
    ctx.app.jobs.ring();
    Ok(Redirect::to(&format!("{HERE}/{}?da-luu=1", row.id)).into_response())
}

/// True if what was typed is the name, in whatever case and spacing.
fn is_typed(typed: &str, name: &str) -> bool {
    let plain = |text: &str| nfc(text).split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    !plain(typed).is_empty() && plain(typed) == plain(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_typed_whole() {
        assert!(is_typed(" hộ  mẫu Bến Sậy", "Hộ mẫu Bến Sậy"));
        assert!(is_typed("Hộ mẫu", "Hộ mẫu"), "whatever the form of its marks");
        for wrong in ["", "Hộ", "Ho mau Ben Say", "Hộ mẫu Bến Sậy 2"] {
            assert!(!is_typed(wrong, "Hộ mẫu Bến Sậy"), "{wrong}");
        }
        assert!(!is_typed("", ""));
    }
}
