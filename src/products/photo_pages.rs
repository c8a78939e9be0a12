//! The step of photos: one form that takes new ones, removes some and chooses the main one.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};

use super::desk::{CHECK, Desk};
use super::fields::Step;
use super::texts::Texts;
use crate::db::Cx;
use crate::files::store::{self as files, FileState, FileUse};
use crate::files::{Upload, picture_url};
use crate::ids::{CommuneId, FileId};
use crate::review::flow::Written;
use crate::web::{AppError, Ctx, Form, Page};

/// Most photos of a product.
pub const MOST: usize = 8;

/// A photo as shown to its producer.
pub struct Tile {
    pub id: FileId,
    pub url: String,
    pub state: FileState,
}

impl Tile {
    /// True while its sizes are being made.
    pub fn is_pending(&self) -> bool {
        self.state == FileState::Pending
    }

    /// True if it could not be read.
    pub fn is_refused(&self) -> bool {
        self.state == FileState::Refused
    }
}

/// The photos of a product in their order.
pub async fn tiles(cx: &mut Cx<'_>, commune: CommuneId, photos: &[FileId]) -> Result<Vec<Tile>, AppError> {
    let mut tiles = Vec::with_capacity(photos.len());
    for id in photos {
        if let Some(file) = files::by_id(cx, commune, *id).await? {
            tiles.push(Tile { id: *id, url: picture_url(*id, 's'), state: file.state });
        }
    }
    Ok(tiles)
}

#[derive(Template, WebTemplate)]
#[template(path = "products/templates/photos.html")]
struct PhotosPage {
    page: Page,
    t: Texts,
    form: Form,
    heading: String,
    action: String,
    back: String,
    on_behalf: Option<String>,
    asked: Vec<(String, String)>,
    waiting: bool,
    tiles: Vec<Tile>,
    /// Where to go without photos; only while it is first written.
    skip: Option<String>,
}

impl PhotosPage {
    async fn of(ctx: &Ctx, desk: &Desk, photos: &[FileId], form: Form) -> Result<Self, AppError> {
        let t = Texts(ctx.lang);
        let tiles = {
            let mut conn = ctx.app.db.read().await?;
            tiles(&mut conn.cx(), ctx.commune_id(), photos).await?
        };
        let back = if form.value("ve") == CHECK { format!("{}/{CHECK}", desk.path()) } else { desk.path() };
        Ok(Self {
            page: desk.page(ctx),
            t,
            skip: desk.skip(Step::Photos, form.value("ve")).filter(|_| photos.is_empty()),
            form,
            heading: desk.title(t),
            action: desk.step_path(Step::Photos),
            back,
            on_behalf: desk.on_behalf(t),
            asked: desk.asked(Step::Photos),
            waiting: desk.is_waiting(),
            tiles,
        })
    }

    fn title(&self) -> &'static str {
        Step::Photos.title(self.page.lang)
    }

    fn place(&self) -> String {
        self.t.step_of(Step::Photos.number(), Step::ALL.len())
    }

    fn has_pending(&self) -> bool {
        self.tiles.iter().any(Tile::is_pending)
    }

    fn is_full(&self) -> bool {
        self.tiles.len() >= MOST
    }
}

/// `GET /cua-toi/san-pham/{short}/anh`.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let desk = Desk::read(&ctx, &short).await?;
    let mut form = Form::default();
    if ctx.query.split('&').any(|pair| pair == "ve=xem-lai") {
        form.set("ve", CHECK);
    }
    Ok(PhotosPage::of(&ctx, &desk, &desk.content.photos, form).await?.into_response())
}

/// `POST /cua-toi/san-pham/{short}/anh`. Adding, removing and choosing are done to whatever the list is by now, so
/// two people who add photos at once both do.
pub async fn save(ctx: Ctx, Path(short): Path<String>, upload: Upload) -> Result<Response, AppError> {
    let producer = Desk::read(&ctx, &short).await?.producer.id;
    let received = upload.receive(&ctx, Some(producer), &[("photos", FileUse::Picture)]).await?;
    let mut form = received.form.clone();
    let t = Texts(ctx.lang);
    let mut tx = ctx.app.db.begin().await?;
    let desk = Desk::open(&ctx, &mut tx.cx(), &short).await?;
    let mut content = desk.content.clone();
    let left = add(&mut content.photos, received.ids("photos"));
    if left > 0 {
        form.fail("photos", t.photos_full(left));
    }
    let action = form.value("lam").to_owned();
    arrange(&mut content.photos, &action);
    if desk.save(&mut tx.cx(), &desk.stamp(), &content, ctx.now()).await? == Written::Stale {
        return Err(AppError::Conflict(t.stale().to_owned()));
    }
    tx.commit().await?;
    ctx.app.jobs.ring();
    let sent_any = received.id("photos").is_some();
    if content.photos.is_empty() && action == "tiep" || action == "len" && !sent_any {
        form.fail("photos", t.photos_nothing());
    }
    if !form.is_fine() {
        let status = form.status();
        let page = PhotosPage::of(&ctx, &desk, &content.photos, form).await?;
        return Ok((status, page).into_response());
    }
    let here = || match form.value("ve") {
        CHECK => format!("{}?ve={CHECK}&da-luu=1", desk.step_path(Step::Photos)),
        _ => format!("{}?da-luu=1", desk.step_path(Step::Photos)),
    };
    let to = if action == "tiep" { desk.after(Step::Photos, form.value("ve")) } else { here() };
    Ok(Redirect::to(&to).into_response())
}

/// Adds photos up to [`MOST`], each once; returns how many found no room.
fn add(photos: &mut Vec<FileId>, new: impl Iterator<Item = FileId>) -> usize {
    let mut left = 0;
    for id in new {
        if photos.contains(&id) {
            continue;
        }
        if photos.len() < MOST {
            photos.push(id);
        } else {
            left += 1;
        }
    }
    left
}

/// `bo-{id}` removes a photo, `chinh-{id}` puts it first; anything else leaves the order.
fn arrange(photos: &mut Vec<FileId>, action: &str) {
    if let Some(id) = action.strip_prefix("bo-").and_then(|id| id.parse::<FileId>().ok()) {
        photos.retain(|photo| *photo != id);
    }
    if let Some(id) = action.strip_prefix("chinh-").and_then(|id| id.parse::<FileId>().ok())
        && let Some(at) = photos.iter().position(|photo| *photo == id)
    {
        photos[..=at].rotate_right(1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;

    fn ids(n: usize) -> Vec<FileId> {
        (0..n).map(|i| FileId::new(Time::from_micros(1_700_000_000_000_000 + i as i64 * 1000))).collect()
    }

    #[test]
    fn eight_photos_are_taken_and_each_once() {
        let ids = ids(10);
        let mut photos = ids[..2].to_vec();
        assert_eq!(add(&mut photos, ids.iter().copied()), 2);
        assert_eq!(photos, ids[..8]);
    }

    #[test]
    fn the_main_photo_comes_first_and_the_others_keep_their_order() {
        let ids = ids(3);
        let mut photos = ids.clone();
        arrange(&mut photos, &format!("chinh-{}", ids[2]));
        assert_eq!(photos, [ids[2], ids[0], ids[1]]);
        arrange(&mut photos, &format!("bo-{}", ids[0]));
        assert_eq!(photos, [ids[2], ids[1]]);
        for action in ["", "bo-", "chinh-x", "tiep"] {
            arrange(&mut photos, action);
        }
        arrange(&mut photos, &format!("chinh-{}", ids[0]));
        assert_eq!(photos, [ids[2], ids[1]]);
    }
}
