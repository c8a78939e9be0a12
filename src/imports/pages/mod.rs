//! The pages: files sent ([`upload`]), what a file would do and did ([`batch`]), the same beside its lines ([`marked`]),
//! what its columns hold ([`columns`]), files that come back unchanged ([`exports`]).

pub mod batch;
pub mod columns;
pub mod exports;
pub mod marked;
pub mod upload;

use super::kinds::Around;
use super::model::{Actor, Batch};
use super::store;
use super::texts::Texts;
use crate::activities::model::ActivityState;
use crate::activities::store as activities;
use crate::db::Cx;
use crate::ids::ActivityId;
use crate::web::{AppError, Ctx, Form};

/// Where the pages are.
pub const HERE: &str = "/van-phong/nhap";
/// The field that names an activity.
const ACTIVITY: &str = "hoat-dong";

/// The batch of this id.
async fn load(ctx: &Ctx, id: &str) -> Result<Batch, AppError> {
    let id = id.parse().map_err(|_| AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    store::by_id(&mut conn.cx(), ctx.commune_id(), id).await?.ok_or(AppError::NotFound)
}

fn around(ctx: &Ctx) -> Around {
    Around { commune: ctx.commune_id(), lang: ctx.lang, today: ctx.today(), activity: None }
}

/// How many activities a field offers.
const OFFERED: usize = 200;

/// Activities that a list of those who came may be of, for a field: those that began, the latest first.
async fn activity_choices(ctx: &Ctx, cx: &mut Cx<'_>) -> Result<Vec<(String, String)>, AppError> {
    let today = ctx.today();
    let all = activities::all(cx, ctx.commune_id()).await?;
    let begun = all.into_iter().filter(|one| one.state != ActivityState::Cancelled && one.starts_on <= today);
    Ok(begun.take(OFFERED).map(|one| (one.id.to_string(), format!("{} ({})", one.title, one.days()))).collect())
}

/// The activity that a form's field names; one that is not offered is told.
fn chosen_activity(form: &mut Form, offered: &[(String, String)], t: Texts) -> Option<ActivityId> {
    let chosen = form.value(ACTIVITY).to_owned();
    if !chosen.is_empty() && !offered.iter().any(|(id, _)| *id == chosen) {
        form.fail(ACTIVITY, t.activity_gone());
    }
    chosen.parse().ok()
}

fn actor(ctx: &Ctx) -> Result<Actor, AppError> {
    Ok(Actor { by: ctx.user_id()?, lang: ctx.lang, address: ctx.address.to_string() })
}
