//! The office's register of recalls and drills.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::model::{Kind, State, span_text};
use super::super::store::{self, Filter, ListedRecall};
use super::super::texts::Texts;
use crate::review::listing::{Listing, Pager};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Lang, Page};

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/register.html")]
struct RegisterPage {
    page: Page,
    t: Texts,
    form: Form,
    rows: Vec<ListedRecall>,
    pager: Pager,
    kinds: Vec<(&'static str, &'static str)>,
    states: Vec<(&'static str, &'static str)>,
}

impl RegisterPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn count(&self, number: i64) -> String {
        whole(number, self.page.lang)
    }

    fn took(&self, row: &ListedRecall) -> String {
        row.recall.took().map_or_else(|| "–".to_owned(), |span| span_text(span, self.page.lang))
    }
}

/// `GET /van-phong/thu-hoi`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let listing = Listing::of(&ctx);
    let filter = Filter { kind: listing.parsed("kieu"), state: listing.parsed("tinh-trang"), public: false };
    let mut rows = {
        let mut conn = ctx.app.db.read().await?;
        store::listed(&mut conn.cx(), ctx.commune_id(), filter).await?
    };
    let pager = Pager::cut(&listing, &mut rows);
    let page = RegisterPage {
        page: Page::of(&ctx, Area::Office, "/van-phong/thu-hoi"),
        t: Texts(ctx.lang),
        form: listing.form(),
        rows,
        pager,
        kinds: Kind::ALL.iter().map(|kind| (kind.word(), kind.label(ctx.lang))).collect(),
        states: State::ALL.iter().map(|state| (state.word(), state.label(ctx.lang))).collect(),
    };
    Ok(page.into_response())
}
