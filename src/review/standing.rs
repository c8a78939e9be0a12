//! Taking a public producer or product down for the time being, and showing it again: both alike, with a reason
//! and over the version that the officer saw. Start at [`change`].

use axum::response::{IntoResponse, Redirect, Response};
use uuid::Uuid;

use super::desk::log;
use super::texts::Texts;
use crate::clock::Time;
use crate::db::Cx;
use crate::ids::CommuneId;
use crate::market::index;
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::web::{AppError, Ctx, Form};

/// Of what kind the thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Producer,
    Product,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Producer => "producer",
            Self::Product => "product",
        }
    }

    /// The office's page of one of them, after something was done there.
    pub(super) fn saved(self, short: &str) -> String {
        match self {
            Self::Producer => format!("/van-phong/co-so/{short}?da-luu=1"),
            Self::Product => format!("/van-phong/san-pham/{short}?da-luu=1"),
        }
    }

    async fn live(self, cx: &mut Cx<'_>, commune: CommuneId, short: &str) -> Result<Live, AppError> {
        let live = match self {
            Self::Producer => producers::by_short(cx, commune, short).await?.map(|live| Live::Producer(Box::new(live))),
            Self::Product => products::by_short(cx, commune, short).await?.map(|live| Live::Product(Box::new(live))),
        };
        live.ok_or(AppError::NotFound)
    }
}

/// What is done to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Taken down for the time being.
    Suspend,
    /// Shown again.
    Resume,
}

impl Turn {
    fn word(self) -> &'static str {
        match self {
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }

    /// Where it must stand, and where it stands then.
    fn states(self) -> (State, State) {
        match self {
            Self::Suspend => (State::Approved, State::Suspended),
            Self::Resume => (State::Suspended, State::Approved),
        }
    }
}

/// The live row.
enum Live {
    Producer(Box<Producer>),
    Product(Box<Product>),
}

impl Live {
    fn state(&self) -> State {
        match self {
            Self::Producer(live) => live.state,
            Self::Product(live) => live.state,
        }
    }

    fn id(&self) -> Uuid {
        match self {
            Self::Producer(live) => live.id.0,
            Self::Product(live) => live.id.0,
        }
    }

    /// Writes the state over this version and queues the index; false if somebody else changed it meanwhile.
    async fn set(&self, cx: &mut Cx<'_>, state: State, version: i64, now: Time) -> crate::db::Result<bool> {
        match self {
            Self::Producer(live) => {
                index::enqueue_producer(cx, live.commune_id, live.id, now).await?;
                producers::update(cx, live.commune_id, live.id, state, &live.content, version, now).await
            }
            Self::Product(live) => {
                index::enqueue_product(cx, live.commune_id, live.id, now).await?;
                products::update(cx, live.commune_id, live.id, state, &live.content, version, now).await
            }
        }
    }
}

/// Suspends or resumes; None if the form says no reason, which it then tells. What stands so already is the form
/// sent twice.
pub(super) async fn change(
    ctx: &Ctx,
    kind: Kind,
    short: &str,
    form: &mut Form,
    turn: Turn,
) -> Result<Option<Response>, AppError> {
    ctx.officer()?;
    let t = Texts(ctx.lang);
    let Some(reason) = form.required("ly-do", 500, t.reason_missing(), ctx.lang) else { return Ok(None) };
    let version: i64 = form.value("version").parse().unwrap_or(-1);
    let (from, to) = turn.states();
    let mut tx = ctx.app.db.begin().await?;
    let live = kind.live(&mut tx.cx(), ctx.commune_id(), short).await?;
    if live.state() != to {
        if live.state() != from || !live.set(&mut tx.cx(), to, version, ctx.now()).await? {
            return Err(AppError::Conflict(t.stale().to_owned()));
        }
        let action = format!("{}.{}", kind.word(), turn.word());
        log(ctx, &mut tx.cx(), &action, kind.word(), live.id(), Some(&reason)).await?;
        tx.commit().await?;
        ctx.app.jobs.ring();
    }
    Ok(Some(Redirect::to(&kind.saved(short)).into_response()))
}
