//! `GET /van-phong/ho-tro/co-so/{short}`: one producer's way, as stages and sections.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};

use super::store::{self, Stages};
use super::texts::Texts;
use crate::clock::{Day, Time};
use crate::producers::model::{Producer, State};
use crate::producers::store as producers;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::names::Villages;
use crate::support::model::{SupportKind, SupportRow, kind_name};
use crate::support::needs::model::NeedRow;
use crate::support::needs::store as needs;
use crate::support::store as support;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Lang, Page};

/// Lines of a section; the number beside the heading counts all.
const SHOWN: usize = 8;

/// A stage of the strip at the top.
struct Stage {
    /// Id of its section.
    at: &'static str,
    name: &'static str,
    count: String,
    reached: bool,
}

#[derive(Template, WebTemplate)]
#[template(path = "support/templates/journey.html")]
struct JourneyPage {
    page: Page,
    t: Texts,
    producer: Producer,
    village: String,
    stages: Stages,
    needs: Vec<NeedRow>,
    support: Vec<SupportRow>,
    products: Vec<Product>,
    lots: Vec<(String, Day, String)>,
    opened: Vec<(String, i64)>,
    enquiries: Vec<(Time, String, String)>,
    kinds: Vec<SupportKind>,
    may_change: bool,
}

impl JourneyPage {
    fn lang(&self) -> Lang {
        self.page.lang
    }

    fn strip(&self) -> Vec<Stage> {
        let (t, s) = (self.t, &self.stages);
        let count = |n: i64| whole(n, t.0);
        let stage = |at, name, n: i64, count: String| Stage { at, name, count, reached: n > 0 };
        vec![
            stage("nc", t.needs(), s.needs, t.n_needs(count(s.needs))),
            stage("ht", t.supported(), s.supported, t.n_records(count(s.supported))),
            stage("sp", t.listed(), s.listed, t.n_products(count(s.listed))),
            stage("lo", t.traced(), s.lots, t.n_lots(count(s.lots))),
            stage("qt", t.scanned(), s.scans, t.n_scans(count(s.scans))),
            stage("hm", t.asked(), s.enquiries, t.n_enquiries(count(s.enquiries))),
        ]
    }

    fn kind<'a>(&'a self, code: &'a str) -> &'a str {
        kind_name(&self.kinds, code, self.page.lang)
    }

    /// How many of `total` are not shown; None where all are.
    fn rest(total: usize) -> Option<usize> {
        total.checked_sub(SHOWN).filter(|rest| *rest > 0)
    }

    fn shown<T>(list: &[T]) -> &[T] {
        &list[..list.len().min(SHOWN)]
    }

    fn is_approved(&self) -> bool {
        self.producer.state == State::Approved
    }

    fn is_public(product: &Product) -> bool {
        product.state == State::Approved
    }
}

/// `GET /van-phong/ho-tro/co-so/{short}`.
pub async fn show(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let producer = producers::by_short(&mut cx, commune, &short).await?.ok_or(AppError::NotFound)?;
    let id = producer.id;
    let villages = Villages::load(&mut cx, commune).await?;
    let page = JourneyPage {
        page: Page::of(&ctx, Area::Office, "/van-phong/co-so"),
        t: Texts(ctx.lang),
        village: villages.name(producer.village_id).to_owned(),
        stages: store::stages(&mut cx, commune, id).await?,
        needs: needs::of_producer(&mut cx, commune, id).await?,
        support: support::of_producer(&mut cx, commune, id).await?,
        products: products::of_producer(&mut cx, commune, id).await?,
        lots: store::lots(&mut cx, commune, id).await?,
        opened: store::opened(&mut cx, commune, id).await?,
        enquiries: store::enquiries(&mut cx, commune, id).await?,
        kinds: support::all_kinds(&mut cx, commune).await?,
        may_change: ctx.officer().is_ok(),
        producer,
    };
    Ok(page.into_response())
}
