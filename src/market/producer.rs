//! `/co-so` and `/co-so/{slug}-{short}`: producers, by name or as found, and each one's page.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use data_encoding::BASE64URL_NOPAD;

use super::card::Card;
use super::home::beginning;
use super::product::{Fact, Paper, certificate_papers};
use super::store::{self, ByName, ListedProducer};
use super::texts::Texts;
use crate::duplicates::store::merges;
use crate::files::picture_url;
use crate::fold::fold;
use crate::ids::{ProducerId, VillageId, short_of};
use crate::market::index;
use crate::producers::model::{ConsentField, ProducerKind};
use crate::producers::store::{self as producers, Village};
use crate::search::{Filters, Kind, Query};
use crate::web::form::encode;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// Producers of a page.
const PAGE: usize = 30;

/// A producer in the list.
struct Line {
    path: String,
    name: String,
    detail: String,
    picture: Option<String>,
    count: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/producers.html")]
struct ProducersPage {
    page: Page,
    t: Texts,
    form: Form,
    villages: Vec<(String, String)>,
    kinds: Vec<(&'static str, &'static str)>,
    lines: Vec<Line>,
    next: Option<String>,
}

/// What the list is narrowed to.
#[derive(Default)]
struct Wanted {
    text: String,
    village: Option<VillageId>,
    kind: String,
    cursor: String,
}

impl Wanted {
    fn read(form: &Form) -> Self {
        Self {
            text: form.value("q").chars().take(200).collect(),
            village: form.value("village").parse().ok(),
            kind: form.value("kind").parse::<ProducerKind>().map(|k| k.word().to_owned()).unwrap_or_default(),
            cursor: form.value("cursor").to_owned(),
        }
    }

    fn url(&self, cursor: &str) -> String {
        let village = self.village.map(|v| v.0.simple().to_string()).unwrap_or_default();
        let pairs = [("q", &self.text), ("village", &village), ("kind", &self.kind), ("cursor", &cursor.to_owned())]
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect::<Vec<_>>();
        format!("/co-so?{}", encode(&pairs))
    }
}

/// `GET /co-so`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let form = Form::parse(ctx.query.as_bytes());
    let wanted = Wanted::read(&form);
    let (rows, next) =
        if wanted.text.is_empty() { by_name(&ctx, &wanted).await? } else { found(&ctx, &wanted).await? };
    let villages = {
        let mut conn = ctx.app.db.read().await?;
        producers::villages(&mut conn.cx(), ctx.commune_id()).await?
    };
    let mut page = Page::new(&ctx);
    page.current = "/co-so";
    page.description = t.producers_lead(&ctx.commune.name);
    page.indexed = wanted.text.is_empty();
    let simple = |village: Village| (village.id.0.simple().to_string(), t.village_of(&village.name));
    Ok(ProducersPage {
        villages: villages.into_iter().map(simple).collect(),
        kinds: ProducerKind::ALL.iter().map(|k| (k.word(), k.label(ctx.lang))).collect(),
        lines: rows.iter().map(|row| line(row, ctx.lang)).collect(),
        next: next.map(|cursor| wanted.url(&cursor)),
        page,
        t,
        form,
    }
    .into_response())
}

fn line(row: &ListedProducer, lang: Lang) -> Line {
    Line {
        path: row.path(),
        name: row.content.name.clone(),
        detail: detail(row, lang),
        picture: row.content.picture.map(|id| picture_url(id, 's')),
        count: Texts(lang).product_count(row.products),
    }
}

/// Its kind and village in a line.
pub fn detail(row: &ListedProducer, lang: Lang) -> String {
    let kind = row.kind().map(|kind| kind.label(lang).to_owned());
    let village = row.village.as_deref().map(|village| Texts(lang).village_of(village));
    [kind, village].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

type Rows = (Vec<ListedProducer>, Option<String>);

/// By name, from the database; the cursor is the last one's folded name and id.
async fn by_name(ctx: &Ctx, wanted: &Wanted) -> Result<Rows, AppError> {
    let (name, id) = read_cursor(&wanted.cursor).unwrap_or_default();
    let from = ByName { after_name: &name, after: id, village: wanted.village, kind: &wanted.kind };
    let mut conn = ctx.app.db.read().await?;
    let mut rows = store::producers_by_name(&mut conn.cx(), ctx.commune_id(), &from, PAGE as i64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let next = rows.last().filter(|_| more).map(|last| write_cursor(&fold(&last.content.name), last.id.0));
    Ok((rows, next))
}

fn write_cursor(name: &str, id: uuid::Uuid) -> String {
    BASE64URL_NOPAD.encode(&[id.as_bytes(), name.as_bytes()].concat())
}

fn read_cursor(cursor: &str) -> Option<(String, uuid::Uuid)> {
    let bytes = BASE64URL_NOPAD.decode(cursor.as_bytes()).ok()?;
    let (id, name) = bytes.split_at_checked(16)?;
    Some((String::from_utf8(name.to_vec()).ok()?, uuid::Uuid::from_slice(id).ok()?))
}

/// By what was typed, from the index; from the first names of the database if that is away.
async fn found(ctx: &Ctx, wanted: &Wanted) -> Result<Rows, AppError> {
    let today = index::date(ctx.today()).ok_or_else(|| AppError::internal("the clock is beyond the calendar"))?;
    let mut query = Query::new(ctx.commune_id().0, wanted.text.clone(), today);
    query.filters = Filters {
        kind: Some(Kind::Producer),
        village: wanted.village.iter().map(|v| v.0.simple().to_string()).collect(),
        producer_kind: Some(wanted.kind.clone()).filter(|kind| !kind.is_empty()).into_iter().collect(),
        ..Filters::default()
    };
    query.limit = PAGE;
    query.cursor = Some(wanted.cursor.clone()).filter(|cursor| !cursor.is_empty());
    let ids = match ctx.app.search.search(&query).await {
        Ok(found) => {
            let ids: Vec<ProducerId> = found.hits.iter().map(|hit| ProducerId(hit.id)).collect();
            let mut conn = ctx.app.db.read().await?;
            let rows = store::producers_among(&mut conn.cx(), ctx.commune_id(), &ids).await?;
            return Ok((rows, found.next_cursor));
        }
        Err(error) => error,
    };
    tracing::warn!(error = %ids, "the search index does not answer; answering from the database");
    let words: Vec<String> = fold(&wanted.text).split(' ').map(str::to_owned).collect();
    let from = ByName { village: wanted.village, kind: &wanted.kind, ..ByName::default() };
    let mut conn = ctx.app.db.read().await?;
    let mut rows = store::producers_by_name(&mut conn.cx(), ctx.commune_id(), &from, 5000).await?;
    rows.retain(|row| {
        let text = fold(&format!("{} thôn {}", row.content.name, row.village.as_deref().unwrap_or_default()));
        words.iter().all(|word| text.contains(word.as_str()))
    });
    rows.truncate(100);
    Ok((rows, None))
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/producer.html")]
struct ProducerPage {
    page: Page,
    t: Texts,
    name: String,
    detail: String,
    picture: Option<String>,
    story: String,
    contact: Vec<Fact>,
    phone: Option<String>,
    website: Option<String>,
    papers: Vec<Paper>,
    cards: Vec<Card>,
}

/// `GET /co-so/{slug}-{short}`.
pub async fn producer(ctx: Ctx, Path(address): Path<String>) -> Result<Response, AppError> {
    let (t, lang, commune) = (Texts(ctx.lang), ctx.lang, ctx.commune_id());
    let short = short_of(&address).ok_or(AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let cx = &mut conn.cx();
    let Some(row) = store::producer_by_short(cx, commune, &short).await? else {
        // Not for good: a merge can be undone.
        let kept = merges::into_by_short(cx, commune, &short).await?.ok_or(AppError::NotFound)?;
        return Ok(Redirect::temporary(&format!("/co-so/{kept}")).into_response());
    };
    let path = row.path();
    if !path.ends_with(&format!("/{address}")) {
        return Err(AppError::Moved(if ctx.query.is_empty() { path } else { format!("{path}?{}", ctx.query) }));
    }
    let consents = producers::consents(cx, commune, row.id).await?;
    let products = store::listed_of(cx, commune, row.id, ctx.today()).await?;
    let certificates = store::certificates_of_producer(cx, commune, row.id).await?;
    let content = &row.content;
    let shown =
        |field: ConsentField, text: &str| (consents.contains(&field) && !text.is_empty()).then(|| text.to_owned());
    let contact = [
        (t.representative(), shown(ConsentField::Representative, &content.representative)),
        (t.address(), shown(ConsentField::Address, &content.address)),
    ];
    let first = line(&row, lang);
    let mut page = Page::new(&ctx);
    page.current = "/co-so";
    let story = lang.pick_or(&content.story, &content.story_en).to_owned();
    page.description = beginning(&story, 200);
    let is_web = content.website.starts_with("https://") || content.website.starts_with("http://");
    Ok(ProducerPage {
        detail: first.detail,
        picture: content.picture.map(|id| picture_url(id, 'm')),
        contact: contact.into_iter().filter_map(|(name, value)| Some(Fact { name, value: value? })).collect(),
        phone: shown(ConsentField::Phone, &content.phone),
        website: is_web.then(|| content.website.clone()),
        papers: certificate_papers(&certificates, ctx.today(), lang),
        cards: products.iter().map(|row| Card::plain(row, lang)).collect(),
        name: first.name,
        story,
        page,
        t,
    }
    .into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_as_written_and_others_are_refused() {
        let id = uuid::Uuid::from_u128(7);
        assert_eq!(read_cursor(&write_cursor("htx vai", id)), Some(("htx vai".to_owned(), id)));
        assert_eq!(read_cursor("!"), None);
        assert_eq!(read_cursor("AAAA"), None);
    }
}
