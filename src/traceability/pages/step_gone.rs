//! A step whose template is not there any more, or that none was chosen for: what was typed and the photos are kept,
//! and the step is chosen again.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::history::LotHistory;
use super::super::texts::Texts;
use super::diary::{Pad, pads_of};
use crate::files::store::FileRow;
use crate::ids::FileId;
use crate::web::page::Area;
use crate::web::{Ctx, Form, Page};

/// Fields of the form that are not what a person told.
const OWN: [&str; 5] = ["viec", "mau", "anh-da-gui", "chon-lai", "van-ghi"];
/// Fields whose values are codes or ids.
const CODES: [&str; 4] = ["khach", "place", "tu-lo", "quantity_uom"];

#[derive(Template, WebTemplate)]
#[template(path = "traceability/templates/step_gone.html")]
struct GonePage {
    page: Page,
    t: Texts,
    h: LotHistory,
    kept: Vec<(String, String)>,
    /// What was typed, for the eye.
    words: Vec<String>,
    photos: Vec<FileId>,
    pads: Vec<Pad>,
}

/// The page on which a step is chosen again; nothing was recorded.
pub(super) fn page(ctx: &Ctx, form: &Form, h: LotHistory, photos: &[FileRow]) -> Response {
    let told = form.pairs().iter().filter(|(name, value)| !OWN.contains(&name.as_str()) && !value.trim().is_empty());
    let kept: Vec<(String, String)> = told.cloned().collect();
    let words = kept.iter().filter(|(name, _)| !CODES.contains(&name.as_str())).map(|(_, value)| value.clone());
    let page = GonePage {
        page: Page::of(ctx, Area::Mine, "/cua-toi"),
        t: Texts(ctx.lang),
        words: words.collect(),
        kept,
        photos: photos.iter().map(|photo| photo.id).collect(),
        pads: pads_of(&h, ctx.lang),
        h,
    };
    (form.status(), page).into_response()
}
