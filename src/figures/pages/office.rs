//! `/van-phong/luot-mo`: openings of the commune's labels by village and group, and before and after support.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::super::model::{Period, WINDOW, before_and_after};
use super::super::store::sums;
use super::super::texts::Texts;
use super::{Chart, Choice};
use crate::clock::Day;
use crate::db::Cx;
use crate::ids::ProductId;
use crate::review::listing::Listing;
use crate::review::names::{self, Villages};
use crate::support::model::kind_name;
use crate::support::store as support;
use crate::web::chart::{Bar, Bars};
use crate::web::i18n::whole;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

/// A kind of support or a programme with the openings of what it was given for.
struct Supported {
    name: String,
    products: usize,
    before: i64,
    after: i64,
}

/// The commune's figures of a period.
struct Figures {
    period: Period,
    by_day: BTreeMap<Day, i64>,
    opened: i64,
    before: i64,
    villages: Vec<(String, i64)>,
    kinds: Vec<(String, i64)>,
    categories: Vec<(String, i64)>,
    year: i32,
    supported: Vec<Supported>,
    programmes: Vec<Supported>,
}

impl Figures {
    async fn read(ctx: &Ctx, listing: &Listing) -> Result<Self, AppError> {
        let (t, commune) = (Texts(ctx.lang), ctx.commune_id());
        let period = super::period(listing, ctx.today());
        let this = ctx.today().year();
        let year = listing.parsed("nam").filter(|year| (this - 20..=this).contains(year)).unwrap_or(this);
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        let by_day = sums::by_days(cx, commune, period).await?;
        let before = sums::by_days(cx, commune, period.before()).await?;
        let opened: i64 = by_day.values().sum();
        let names = Villages::load(cx, commune).await?;
        let by_village = sums::by_village(cx, commune, period).await?;
        let mut villages: Vec<(String, i64)> =
            by_village.iter().map(|(id, n)| (names.name(Some(*id)).to_owned(), *n)).collect();
        villages.push((t.no_village().to_owned(), opened - by_village.values().sum::<i64>()));
        villages.retain(|row| row.1 > 0);
        let by_product = sums::by_product(cx, commune, period).await?;
        let groups = sums::groups(cx, commune, &by_product.keys().copied().collect::<Vec<_>>()).await?;
        let of = |id: &ProductId| by_product.get(id).copied().unwrap_or(0);
        let kinds = groups.iter().map(|(id, kind, _)| (kind_of(kind, ctx), of(id)));
        let categories = groups.iter().map(|(id, _, category)| (names::category(category, ctx.lang), of(id)));
        let (supported, programmes) = supported(ctx, cx, year).await?;
        Ok(Self {
            period,
            opened,
            before: before.values().sum(),
            by_day,
            villages: super::sorted(villages),
            kinds: super::grouped(kinds),
            categories: super::grouped(categories),
            year,
            supported,
            programmes,
        })
    }
}

fn kind_of(word: &str, ctx: &Ctx) -> String {
    let kind: Result<crate::producers::model::ProducerKind, _> = word.parse();
    kind.map_or_else(|_| word.to_owned(), |kind| kind.label(ctx.lang).to_owned())
}

/// Openings before and after, by kind of support given in a year and by programme.
async fn supported(ctx: &Ctx, cx: &mut Cx<'_>, year: i32) -> Result<(Vec<Supported>, Vec<Supported>), AppError> {
    let commune = ctx.commune_id();
    let day = |month, day| Day::new(year, month, day).map_err(AppError::internal);
    let whole_year = Period { from: day(1, 1)?, to: day(12, 31)? };
    let given = sums::supported(cx, commune, whole_year).await?;
    let kinds = support::all_kinds(cx, commune).await?;
    let around = Period { from: whole_year.from.plus_days(-WINDOW), to: whole_year.to.plus_days(WINDOW) };
    let mut days: BTreeMap<ProductId, BTreeMap<Day, i64>> = BTreeMap::new();
    let mut by_kind = BTreeMap::new();
    let mut by_programme = BTreeMap::new();
    for (kind, programme, given_on, product) in given {
        let by_day = match days.entry(product) {
            std::collections::btree_map::Entry::Occupied(held) => held.into_mut(),
            std::collections::btree_map::Entry::Vacant(free) => {
                free.insert(sums::days_of_product(cx, commune, product, around).await?)
            }
        };
        let (before, after) = before_and_after(given_on, ctx.today(), by_day);
        add(&mut by_kind, kind, product, (before, after));
        if let Some(programme) = programme {
            add(&mut by_programme, programme, product, (before, after));
        }
    }
    let mut by_kind = rows(by_kind);
    for row in &mut by_kind {
        row.name = kind_name(&kinds, &row.name, ctx.lang).to_owned();
    }
    Ok((by_kind, rows(by_programme)))
}

/// What was opened before and after, by a name, with the products counted once.
type Groups = BTreeMap<String, (BTreeSet<ProductId>, i64, i64)>;

fn add(groups: &mut Groups, name: String, product: ProductId, (before, after): (i64, i64)) {
    let row = groups.entry(name).or_default();
    row.0.insert(product);
    row.1 += before;
    row.2 += after;
}

fn rows(groups: Groups) -> Vec<Supported> {
    let row = |(name, (products, before, after)): (String, (BTreeSet<ProductId>, i64, i64))| Supported {
        name,
        products: products.len(),
        before,
        after,
    };
    groups.into_iter().map(row).collect()
}

#[derive(Template, WebTemplate)]
#[template(path = "figures/templates/office.html")]
struct OfficePage {
    page: Page,
    t: Texts,
    form: Form,
    choices: Vec<Choice>,
    years: Vec<(String, String)>,
    f: Figures,
    time: Option<Chart>,
    villages: Option<Chart>,
    kinds: Option<Chart>,
    categories: Option<Chart>,
    /// Drawing of what was supported.
    before_after: String,
    csv: String,
}

impl OfficePage {
    fn count(&self, n: i64) -> String {
        whole(n, self.page.lang)
    }
}

/// `GET /van-phong/luot-mo`.
pub async fn show(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let (t, listing) = (Texts(ctx.lang), Listing::of(&ctx));
    let f = Figures::read(&ctx, &listing).await?;
    let bar = |one: &Supported| Bar { name: one.name.clone(), value: one.after, before: Some(one.before) };
    let drawn = Bars {
        id: "ho-tro".to_owned(),
        title: t.supported(f.year),
        description: t.supported_of(f.supported.len()),
        bars: f.supported.iter().map(bar).collect(),
    };
    let this = ctx.today().year();
    let mut form = super::form(f.period);
    form.set("nam", &f.year.to_string());
    let groups = |rows: &[(String, i64)]| t.by_group_of(rows.len());
    let page = OfficePage {
        page: Page::of(&ctx, Area::Office, "/van-phong"),
        form,
        choices: super::choices(&ctx, &listing, f.period),
        years: (this - 5..=this).rev().map(|year| (year.to_string(), year.to_string())).collect(),
        time: super::over_time(t, f.period, &f.by_day),
        villages: super::bars("thon", t.by_village(), t.by_village_of(f.villages.len()), f.villages.clone(), ctx.lang),
        kinds: super::bars("loai", t.by_kind(), groups(&f.kinds), f.kinds.clone(), ctx.lang),
        categories: super::bars("nhom", t.by_category(), groups(&f.categories), f.categories.clone(), ctx.lang),
        before_after: drawn.svg(ctx.lang),
        csv: format!("/van-phong/luot-mo/tai.csv{}", listing.query()),
        f,
        t,
    };
    Ok(page.into_response())
}

/// `GET /van-phong/luot-mo/tai.csv`: the same figures as a table.
pub async fn csv(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let t = Texts(ctx.lang);
    let f = Figures::read(&ctx, &Listing::of(&ctx)).await?;
    let mut rows: Vec<(&str, String, Option<i64>, i64)> =
        f.by_day.iter().map(|(day, n)| (t.by_day(), day.iso(), None, *n)).collect();
    for (table, list) in [(t.by_village(), f.villages), (t.by_kind(), f.kinds), (t.by_category(), f.categories)] {
        rows.extend(list.into_iter().map(|(name, n)| (table, name, None, n)));
    }
    let title = t.supported(f.year);
    let supported = f.supported.into_iter().chain(f.programmes);
    rows.extend(supported.map(|one| (title.as_str(), one.name, Some(one.before), one.after)));
    super::file(t, &format!("luot-mo-{}-{}", f.period.from.iso(), f.period.to.iso()), rows)
}
