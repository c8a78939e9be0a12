//! What labels are printed on: papers on offer and a producer's own, and the page that shows how a printer slips.
//!
//! [`find`] turns a key (of a paper on offer) or an id (of an own one) into a paper; [`pages`] are under
//! `/cua-toi/tem/giay`.

pub mod form;
pub mod pages;
mod texts;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::db::{Cx, Result};
use crate::ids::{CommuneId, ProducerId};
use crate::web::Lang;

use super::sheet::{PaperKind, SheetSpec, papers};
use super::store::papers as store;
use texts::Texts;

/// The routes of papers.
pub fn router() -> Router<App> {
    Router::new()
        .route("/cua-toi/tem/giay", get(pages::list))
        .route("/cua-toi/tem/giay/moi", get(pages::begin).post(pages::add))
        .route("/cua-toi/tem/giay/{key}", get(pages::edit).post(pages::change))
        .route("/cua-toi/tem/giay/{key}/bo", post(pages::put_aside))
        .route("/cua-toi/tem/giay/{key}/canh.pdf", get(pages::calibrate))
}

/// The paper of a key: one on offer, or an own one of this producer (also one that was put aside, since sheets were
/// printed on it).
pub async fn find(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId, key: &str) -> Result<Option<SheetSpec>> {
    if let Some(spec) = SheetSpec::by_key(key) {
        return Ok(Some(spec.clone()));
    }
    let Ok(id) = key.parse() else { return Ok(None) };
    let own = store::by_id(cx, commune, id).await?.filter(|own| own.producer_id == producer);
    Ok(own.filter(|own| own.geometry.faults().is_empty()).map(|own| own.geometry.spec(own.id.to_string())))
}

/// As [`find`], without papers that were put aside: what may be printed on from now on.
pub async fn find_kept(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    key: &str,
) -> Result<Option<SheetSpec>> {
    let kept = match key.parse() {
        Ok(id) => store::by_id(cx, commune, id).await?.is_some_and(|own| own.kept),
        Err(_) => true,
    };
    if kept { find(cx, commune, producer, key).await } else { Ok(None) }
}

/// The papers that a producer may choose among, its own first: key and name.
pub async fn offered(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: ProducerId,
    lang: Lang,
) -> Result<Vec<(String, String)>> {
    let own = store::of_producer(cx, commune, producer).await?;
    let own = own.into_iter().map(|own| {
        let spec = own.geometry.spec(own.id.to_string());
        (spec.key.clone(), format!("{}: {}", own.name, name(&spec, lang)))
    });
    Ok(own.chain(papers().iter().map(|spec| (spec.key.clone(), name(spec, lang)))).collect())
}

/// A paper by its measures, for people.
pub fn name(spec: &SheetSpec, lang: Lang) -> String {
    let t = Texts(lang);
    let (width, height) = (millimetres(spec.label_width, lang), millimetres(spec.label_height, lang));
    match spec.kind {
        PaperKind::Sticky => t.sticky(spec.per_page(), width, height),
        PaperKind::Plain => t.plain(spec.per_page(), width, height),
        PaperKind::Roll => t.roll(width, height),
        PaperKind::Card => t.card().to_owned(),
    }
}

/// A length in mm as people write it, with up to two decimals.
pub fn millimetres(mm: f32, lang: Lang) -> String {
    let text = format!("{mm:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if lang == Lang::Vi { text.replace('.', ",") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_paper_can_be_told_from_the_others() {
        for lang in Lang::ALL {
            let names: BTreeSet<String> = papers().iter().map(|spec| name(spec, lang)).collect();
            assert_eq!(names.len(), papers().len());
        }
        assert_eq!(millimetres(38.1, Lang::Vi), "38,1");
        assert_eq!(millimetres(70.0, Lang::Vi), "70");
        assert_eq!(millimetres(0.05, Lang::En), "0.05");
    }
}
