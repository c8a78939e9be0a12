//! `/cua-toi/luot-mo`: openings of a producer's labels by day and lot, and what people did next.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::model::Period;
use super::super::store::{next, sums};
use super::super::texts::Texts;
use super::{Chart, Choice};
use crate::clock::Day;
use crate::db::Cx;
use crate::producers::model::Producer;
use crate::products::store as products;
use crate::review::listing::Listing;
use crate::traceability::access::producers_of;
use crate::web::chart::Timeline;
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// A producer's figures of a period.
struct Figures {
    period: Period,
    by_day: std::collections::BTreeMap<Day, i64>,
    opened: i64,
    before: i64,
    lots: Vec<(String, i64)>,
    products: Vec<(String, i64)>,
    hours: [i64; 24],
    ways: Vec<(String, i64)>,
    next: next::Next,
}

impl Figures {
    async fn read(ctx: &Ctx, cx: &mut Cx<'_>, producer: &Producer, period: Period) -> Result<Self, AppError> {
        let commune = ctx.commune_id();
        let by_day = sums::by_days_of(cx, commune, producer.id, period).await?;
        let before = sums::by_days_of(cx, commune, producer.id, period.before()).await?;
        let by_product = sums::by_product_of(cx, commune, producer.id, period).await?;
        let names = products::of_producer(cx, commune, producer.id).await?;
        let products =
            names.into_iter().filter_map(|product| Some((product.name, *by_product.get(&product.id)?))).collect();
        let lots = sums::by_lot_of(cx, commune, producer.id, period).await?;
        let ways = sums::ways_of(cx, commune, producer.id, period).await?;
        let way = |(device, referrer, n): (crate::labels::visitor::Device, crate::labels::visitor::Referrer, i64)| {
            (format!("{}, {}", device.label(ctx.lang), referrer.label(ctx.lang).to_lowercase()), n)
        };
        Ok(Self {
            period,
            opened: by_day.values().sum(),
            before: before.values().sum(),
            by_day,
            lots: lots.into_iter().map(|(_, code, product, n)| (format!("{code}, {product}"), n)).collect(),
            products: super::sorted(products),
            hours: sums::hours_of(cx, commune, producer.id, period).await?,
            ways: super::sorted(ways.into_iter().map(way).collect()),
            next: next::of_producer(cx, commune, producer.id, period).await?,
        })
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "figures/templates/mine.html")]
struct MinePage {
    page: Page,
    t: Texts,
    form: Form,
    choices: Vec<Choice>,
    /// Producers to choose among, if there are several.
    producers: Vec<Choice>,
    short: String,
    name: String,
    f: Figures,
    time: Option<Chart>,
    lots: Option<Chart>,
    products: Option<Chart>,
    hours: Option<Chart>,
    csv: String,
}

impl MinePage {
    fn count(&self, n: i64) -> String {
        whole(n, self.page.lang)
    }

    fn mean(&self) -> Option<String> {
        let tenths = self.f.next.mean()?;
        let comma = self.page.lang.pick(",", ".");
        Some(self.t.mean(format!("{}{comma}{}", tenths / 10, tenths % 10)))
    }
}

/// The producers that somebody acts for, and the one that the page is about.
async fn chosen(ctx: &Ctx, cx: &mut Cx<'_>, listing: &Listing) -> Result<(Vec<Producer>, Producer), AppError> {
    let asked = listing.get("co-so");
    let own = producers_of(ctx, cx, "").await?;
    let producer = match own.iter().find(|one| one.short == asked).or(own.first().filter(|_| asked.is_empty())) {
        Some(producer) => producer.clone(),
        // Somebody else's: an officer or helper may look too.
        None => producers_of(ctx, cx, asked).await?.pop().filter(|_| !asked.is_empty()).ok_or(AppError::NotFound)?,
    };
    Ok((own, producer))
}

/// `GET /cua-toi/luot-mo`.
pub async fn show(ctx: Ctx) -> Result<Response, AppError> {
    let (t, listing) = (Texts(ctx.lang), Listing::of(&ctx));
    ctx.person()?;
    let mut conn = ctx.app.db.read().await?;
    let (own, producer) = chosen(&ctx, &mut conn.cx(), &listing).await?;
    let f = Figures::read(&ctx, &mut conn.cx(), &producer, super::period(&listing, ctx.today())).await?;
    drop(conn);
    let choice = |one: &Producer| Choice {
        href: format!("/cua-toi/luot-mo{}", listing.with("co-so", &one.short)),
        name: one.name.clone(),
        current: one.id == producer.id,
    };
    let lots = super::bars("lo", t.by_lot(), t.by_lot_of(f.lots.len()), f.lots.clone(), ctx.lang);
    let by_product = t.by_product_of(f.products.len());
    let page = MinePage {
        page: Page::of(&ctx, Area::Mine, "/cua-toi"),
        form: super::form(f.period),
        choices: super::choices(&ctx, &listing, f.period),
        producers: if own.len() > 1 { own.iter().map(choice).collect() } else { Vec::new() },
        time: super::over_time(t, f.period, &f.by_day),
        lots,
        products: super::bars("sp", t.by_product(), by_product, f.products.clone(), ctx.lang),
        hours: by_hour(t, &f.hours),
        csv: format!("/cua-toi/luot-mo/tai.csv{}", listing.query()),
        short: producer.short,
        name: producer.name,
        f,
        t,
    };
    Ok(page.into_response())
}

fn by_hour(t: Texts, hours: &[i64; 24]) -> Option<Chart> {
    let (most, n) = hours.iter().enumerate().max_by_key(|(_, n)| **n)?;
    if *n == 0 {
        return None;
    }
    let points: Vec<(String, i64)> = hours.iter().enumerate().map(|(hour, n)| (format!("{hour}h"), *n)).collect();
    let (title, description) = (t.by_hour().to_owned(), t.by_hour_of(most));
    let drawn = Timeline { id: "gio".to_owned(), title, description, points: points.clone(), mark: None };
    Some(Chart { lang: t.0, svg: drawn.svg(t.0), rows: points.into_iter().filter(|point| point.1 > 0).collect() })
}

/// `GET /cua-toi/luot-mo/tai.csv`: the same figures as a table.
pub async fn csv(ctx: Ctx) -> Result<Response, AppError> {
    let (t, listing) = (Texts(ctx.lang), Listing::of(&ctx));
    ctx.person()?;
    let mut conn = ctx.app.db.read().await?;
    let (_, producer) = chosen(&ctx, &mut conn.cx(), &listing).await?;
    let f = Figures::read(&ctx, &mut conn.cx(), &producer, super::period(&listing, ctx.today())).await?;
    drop(conn);
    let mut rows: Vec<(&str, String, Option<i64>, i64)> =
        f.by_day.iter().map(|(day, n)| (t.by_day(), day.iso(), None, *n)).collect();
    let mut add = |table, list: Vec<(String, i64)>| {
        rows.extend(list.into_iter().map(|(name, n)| (table, name, None, n)));
    };
    add(t.by_product(), f.products);
    add(t.by_lot(), f.lots);
    add(t.by_device(), f.ways);
    let next = [(t.asked(), f.next.asked), (t.called(), f.next.called), (t.rated(), f.next.rated)];
    rows.extend(
        next.into_iter().chain([(t.reported(), f.next.reported)]).map(|(name, n)| (name, String::new(), None, n)),
    );
    super::file(t, &format!("luot-mo-{}-{}", f.period.from.iso(), f.period.to.iso()), rows)
}
