//! The pages of dossiers.

pub mod begin;
pub mod decision;
pub mod dossier;
pub mod item;
pub mod item_lists;
pub mod list;
pub mod mine;
pub mod move_list;
pub mod opinion;
pub mod outcome;
pub mod papers;
pub mod rubrics;
pub mod score;
mod takeover;
pub mod turn;
pub mod void;

use super::model::{Dossier, ItemFile, Source};
use super::store;
use super::texts::Texts;
use crate::clock::{Day, DayError};
use crate::db::Cx;
use crate::files::store::FileUse;
use crate::files::{paper_url, picture_url};
use crate::ids::DossierId;
use crate::products::catalogue;
use crate::web::{AppError, Ctx, Form, Lang};

/// The office's address.
const HERE: &str = "/van-phong/ocop";
/// The navigation item.
const NAV: &str = "/van-phong/ho-tro";

async fn load(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Dossier, AppError> {
    let id: DossierId = id.parse().map_err(|_| AppError::NotFound)?;
    store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

/// The dossier, taken for this transaction.
async fn held(ctx: &Ctx, cx: &mut Cx<'_>, id: &str) -> Result<Dossier, AppError> {
    let id: DossierId = id.parse().map_err(|_| AppError::NotFound)?;
    store::hold(cx, ctx.commune_id(), id).await?;
    store::by_id(cx, ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

/// Adds a line to the history and an entry to the log, of the person at hand.
async fn note(ctx: &Ctx, cx: &mut Cx<'_>, dossier: &Dossier, step: &str, words: &str) -> Result<(), AppError> {
    store::note(cx, ctx.commune_id(), dossier.id, step, words, ctx.user_id()?, ctx.now()).await?;
    let told = format!("{step} {words}");
    let about = ("product", dossier.product_id.0);
    crate::web::audit::note(ctx, cx, "ocop.dossier", about, None, Some(told.trim())).await
}

/// What people call a file.
fn file_name(file: &ItemFile, t: Texts) -> String {
    match (file.name.as_str(), file.source) {
        ("", Source::Upload) => t.file_plain().to_owned(),
        ("", source) | (_, source @ Source::Photo) => source.label(t.0).to_owned(),
        (name, _) => name.to_owned(),
    }
}

/// When a file came, and where from unless it was handed in.
fn file_note(file: &ItemFile, t: Texts) -> String {
    match file.source {
        Source::Upload => file.added_at.text(),
        source if source.is_facts() => t.source_facts(file.added_at.text()),
        source => t.source_taken(file.added_at.text(), source.label(t.0)),
    }
}

/// Where a file is read.
fn file_url(file: &ItemFile) -> String {
    match file.kind {
        FileUse::Paper => paper_url(file.file_id),
        FileUse::Picture => picture_url(file.file_id, 'l'),
    }
}

/// A day that was, typed into a field.
fn past_day(form: &mut Form, name: &str, today: Day, t: Texts) -> Option<Day> {
    if form.value(name).is_empty() {
        form.fail(name, t.day_missing());
    }
    let day = form.parse_with(name, Day::parse, |_: DayError| t.day_wrong().to_owned())?;
    if day > today {
        form.fail(name, t.day_future());
    }
    Some(day)
}

/// The six groups.
fn groups(lang: Lang) -> Vec<(String, String)> {
    catalogue::groups().iter().map(|group| (group.code.clone(), group.name(lang).to_owned())).collect()
}

fn group_name(code: &str, lang: Lang) -> String {
    let group = catalogue::groups().iter().find(|group| group.code == code);
    group.map_or_else(|| code.to_owned(), |group| group.name(lang).to_owned())
}
