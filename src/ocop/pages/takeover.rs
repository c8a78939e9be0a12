//! What an item may take over from the records that are here: papers of certificates, photos of the product, and papers
//! made of what traceability knows.

use std::collections::HashMap;

use crate::db::Cx;
use crate::files::picture_url;
use crate::files::receive::keep;
use crate::files::store::{self as files, FileState, FileUse};
use crate::ids::FileId;
use crate::labels::model::code_of;
use crate::labels::store as labels;
use crate::ocop::facts::{MOST_LOTS, Made, Traced};
use crate::ocop::model::{ItemFile, ItemRow, Source};
use crate::ocop::store::items::{self as store, Taken};
use crate::ocop::texts::Texts;
use crate::producers::model::ConsentField;
use crate::producers::store as producers;
use crate::products::catalogue;
use crate::products::model::Product;
use crate::support::export::FileFormat;
use crate::traceability::history::lot_history;
use crate::traceability::model::LotState;
use crate::traceability::store::lots;
use crate::web::{AppError, Ctx, Form, Lang};

/// A photo that may be taken over.
pub(super) struct Photo {
    pub id: String,
    pub url: String,
    pub alt: String,
}

/// What an item may take over and hasn't.
#[derive(Default)]
pub(super) struct Offers {
    /// Papers of certificates: id, name, nothing.
    pub papers: Vec<(String, String, &'static str)>,
    /// Photos of the product.
    pub photos: Vec<Photo>,
    /// Sources of which a paper is made: code, name, when one was made last.
    pub facts: Vec<(&'static str, &'static str, String)>,
}

impl Offers {
    /// What this item may take over.
    pub async fn of(
        ctx: &Ctx,
        cx: &mut Cx<'_>,
        product: &Product,
        (row, held): (&ItemRow, &[ItemFile]),
    ) -> Result<Self, AppError> {
        let (commune, t) = (ctx.commune_id(), Texts(ctx.lang));
        let is_there = |id: &FileId| held.iter().any(|file| file.file_id == *id);
        let name = |(kind, number, id): (String, String, FileId)| {
            let kind = catalogue::certificate_kind_name(&kind, ctx.lang);
            (id.to_string(), format!("{kind} {number}").trim().to_owned(), "")
        };
        let papers = store::held(cx, commune, product.id).await?;
        let mut offers = Self {
            papers: papers.into_iter().filter(|(_, _, id)| !is_there(id)).map(name).collect(),
            ..Self::default()
        };
        if row.item.sources.contains(&Source::Photo) {
            let photos = photos(cx, ctx, product).await?;
            let photo = |(at, id): (usize, FileId)| Photo {
                id: id.to_string(),
                url: picture_url(id, 's'),
                alt: t.take_photo(at + 1),
            };
            offers.photos = photos.into_iter().enumerate().filter(|(_, id)| !is_there(id)).map(photo).collect();
        }
        let facts: Vec<Source> = row.item.sources.iter().copied().filter(|source| source.is_facts()).collect();
        if !facts.is_empty() && !lots::of_product(cx, commune, product.id, 1).await?.is_empty() {
            let last =
                |source: Source| held.iter().filter(|file| file.source == source).map(|file| file.added_at).max();
            let told = |source: Source| last(source).map_or_else(String::new, |at| t.take_last(at.day()));
            offers.facts = facts.into_iter().map(|one| (one.word(), one.label(ctx.lang), told(one))).collect();
        }
        Ok(offers)
    }
}

/// The photos of a product that can be shown, in their order.
async fn photos(cx: &mut Cx<'_>, ctx: &Ctx, product: &Product) -> Result<Vec<FileId>, AppError> {
    let mut photos = Vec::new();
    for id in &product.content.photos {
        let file = files::by_id(cx, ctx.commune_id(), *id).await?;
        photos.extend(file.filter(|file| file.state == FileState::Ready).map(|file| file.id));
    }
    Ok(photos)
}

/// The certificates' papers and the photos that the form names.
pub(super) async fn chosen(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    product: &Product,
    row: &ItemRow,
    form: &Form,
) -> Result<Vec<Taken>, AppError> {
    let is_chosen = |id: &FileId| form.has("giay", &id.to_string());
    let taken = |source| move |file| Taken { file, source, mark: String::new() };
    let papers = store::held(cx, ctx.commune_id(), product.id).await?.into_iter().map(|(_, _, id)| id);
    let mut all: Vec<Taken> = papers.filter(is_chosen).map(taken(Source::Certificate)).collect();
    if row.item.sources.contains(&Source::Photo) {
        let photos = photos(cx, ctx, product).await?.into_iter();
        all.extend(photos.filter(is_chosen).map(taken(Source::Photo)));
    }
    Ok(all)
}

/// Makes the papers of traceability that the form asks for. One of which nothing changed since it was taken over is
/// noted in the form and not made again.
pub(super) async fn made(
    ctx: &Ctx,
    product: &Product,
    (row, held): (&ItemRow, &[ItemFile]),
    form: &mut Form,
) -> Result<Vec<Taken>, AppError> {
    let wanted = |source: &Source| source.is_facts() && form.has("tu-lieu", source.word());
    let wanted: Vec<Source> = row.item.sources.iter().copied().filter(wanted).collect();
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let t = Texts(ctx.lang);
    let traced = {
        let mut conn = ctx.app.db.read().await?;
        traced(ctx, &mut conn.cx(), product).await?
    };
    let mut taken = Vec::new();
    for source in wanted {
        let label = source.label(ctx.lang);
        let Some(Made { table, mark }) = traced.paper(source) else {
            form.fail("tu-lieu", t.take_nothing(label));
            continue;
        };
        if let Some(same) = held.iter().find(|file| file.source == source && file.mark == mark) {
            form.fail("tu-lieu", t.take_same(label, same.added_at.day()));
            continue;
        }
        let name = format!("{}, {}.pdf", source.label(Lang::Vi), ctx.today().text().replace('/', "-"));
        let bytes = tokio::task::spawn_blocking(move || table.write(FileFormat::Pdf, None));
        let bytes = bytes.await.map_err(AppError::internal)?.map_err(AppError::internal)?;
        match keep(ctx, Some(product.producer_id), FileUse::Paper, &name, bytes).await? {
            Ok(file) => taken.push(Taken { file, source, mark }),
            Err(why) => form.fail("tu-lieu", why.say(ctx.lang)),
        }
    }
    Ok(taken)
}

async fn traced(ctx: &Ctx, cx: &mut Cx<'_>, product: &Product) -> Result<Traced, AppError> {
    let commune = ctx.commune_id();
    let producer = producers::by_id(cx, commune, product.producer_id).await?.ok_or(AppError::NotFound)?;
    let consents = producers::consents(cx, commune, producer.id).await?;
    let mut lots = lots::of_product(cx, commune, product.id, MOST_LOTS).await?;
    lots.retain(|lot| lot.state != LotState::SetAside);
    let ids: Vec<_> = lots.iter().map(|lot| lot.id).collect();
    let codes = labels::codes_of_lots(cx, commune, &ids).await?;
    let label = |(lot, id)| code_of(commune, id).map(|code| (lot, code.to_string()));
    let labels: HashMap<_, _> = codes.into_iter().filter_map(label).collect();
    let mut histories = Vec::with_capacity(lots.len());
    for lot in lots {
        histories.push(lot_history(cx, commune, lot).await?);
    }
    Ok(Traced {
        lots: histories,
        labels,
        locates: consents.contains(&ConsentField::Address),
        producer: producer.name,
        product: product.name.clone(),
        commune: ctx.commune.name.clone(),
        today: ctx.today(),
    })
}
