//! The public notices: what is being taken back, and what no longer is.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::super::model::{Grade, Recall, RecalledLot};
use super::super::pieces::serials_text;
use super::super::store::{self, Filter, ListedRecall, lots, serials};
use super::super::texts::Texts;
use super::{cached, numbered};
use crate::db::Cx;
use crate::ids::ProducerId;
use crate::labels::scan::facts::Picture;
use crate::labels::scan::load::pictures;
use crate::producers::model::ConsentField;
use crate::producers::store as producers;
use crate::products::store as products;
use crate::review::listing::{Listing, Pager};
use crate::web::{AppError, Ctx, Lang, Page};

/// Lots that a notice lists.
const SHOWN: usize = 200;

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/notices.html")]
struct NoticesPage {
    page: Page,
    t: Texts,
    standing: Vec<ListedRecall>,
    ended: Vec<ListedRecall>,
    pager: Pager,
}

#[derive(Template, WebTemplate)]
#[template(path = "recalls/templates/notice.html")]
struct NoticePage {
    page: Page,
    t: Texts,
    recall: Recall,
    rows: Vec<RecalledLot>,
    more: usize,
    /// Trade names of those who agreed to be named on labels.
    names: HashMap<ProducerId, String>,
    pieces: String,
    picture: Option<Picture>,
}

impl NoticesPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }
}

impl NoticePage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn has_more(&self) -> bool {
        self.more > 0
    }

    fn product(&self) -> &str {
        self.rows.first().map_or("", |row| &row.product_name)
    }

    fn code(&self) -> String {
        self.rows.first().map(|row| row.lot.code.to_string()).unwrap_or_default()
    }

    fn name(&self, row: &RecalledLot) -> String {
        let named = self.names.get(&row.lot.producer_id).cloned();
        named.unwrap_or_else(|| self.t.unnamed(&self.page.commune.name))
    }

    /// What a buyer does, as a heading and a sentence each.
    fn to_do(&self) -> Vec<(&'static str, &'static str)> {
        let t = self.t;
        let first = match self.recall.grade {
            Some(Grade::Label) => (t.do_read(), t.do_read_more()),
            _ => (t.do_stop(), t.do_stop_more()),
        };
        let mut all = vec![first, (t.do_return(), t.do_return_more())];
        if self.recall.grade != Some(Grade::Label) {
            all.push((t.do_doctor(), t.do_doctor_more()));
        }
        all
    }
}

/// A page that is the same for everybody.
fn public_page(ctx: &Ctx) -> Page {
    Page { person: None, notice: None, ..Page::new(ctx) }
}

/// `GET /thu-hoi`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    let filter = Filter { public: true, ..Filter::default() };
    let mut rows = {
        let mut conn = ctx.app.db.read().await?;
        store::listed(&mut conn.cx(), ctx.commune_id(), filter).await?
    };
    let t = Texts(ctx.lang);
    let pager = Pager::cut(&Listing::of(&ctx), &mut rows);
    let (standing, ended) = rows.into_iter().partition(|row| row.recall.stands());
    let page = Page { description: t.notices_lead().to_owned(), ..public_page(&ctx) };
    Ok(cached(&ctx, NoticesPage { page, t, standing, ended, pager }.into_response()))
}

/// `GET /thu-hoi/{number}`; a draft and a drill are not there.
pub async fn show(ctx: Ctx, Path(number): Path<String>) -> Result<Response, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let recall = numbered(&ctx, cx, &number).await?;
    if !recall.is_public() {
        return Err(AppError::NotFound);
    }
    let rows = lots::named(cx, ctx.commune_id(), recall.id, SHOWN as i64).await?;
    let more = lots::ids(cx, ctx.commune_id(), recall.id).await?.len() - rows.len();
    let page = NoticePage {
        page: Page { description: recall.notice.clone(), ..public_page(&ctx) },
        t: Texts(ctx.lang),
        names: names(&ctx, cx, &rows).await?,
        pieces: serials_text(&serials::of_recall(cx, ctx.commune_id(), recall.id).await?),
        picture: picture(&ctx, cx, &rows).await?,
        rows,
        more,
        recall,
    };
    Ok(cached(&ctx, page.into_response()))
}

/// The trade names that may be public, as on labels.
async fn names(ctx: &Ctx, cx: &mut Cx<'_>, rows: &[RecalledLot]) -> Result<HashMap<ProducerId, String>, AppError> {
    let mut names = HashMap::new();
    let mut asked = std::collections::HashSet::new();
    for row in rows {
        let id = row.lot.producer_id;
        if asked.insert(id) && producers::consents(cx, ctx.commune_id(), id).await?.contains(&ConsentField::Labels) {
            names.insert(id, row.producer_name.clone());
        }
    }
    Ok(names)
}

/// The main photo of the product that it began with.
async fn picture(ctx: &Ctx, cx: &mut Cx<'_>, rows: &[RecalledLot]) -> Result<Option<Picture>, AppError> {
    let Some(first) = rows.first() else { return Ok(None) };
    let Some(product) = products::by_id(cx, ctx.commune_id(), first.lot.product_id).await? else { return Ok(None) };
    let photos = &product.content.photos;
    Ok(pictures(cx, ctx.commune_id(), &photos[..photos.len().min(1)]).await?.pop())
}
