//! `/san-pham`: the catalogue, searched and narrowed.

use askama::Template;
use askama_web::WebTemplate;
use axum::Extension;
use axum::response::{IntoResponse, Response};

use super::ask::{Asked, SORTS};
use super::card::{Card, Marked, marked};
use super::find::{self, Answer};
use super::home::{self, KindLink};
use super::misses::Noted;
use super::texts::Texts;
use super::{producer, store};
use crate::amounts::Dong;
use crate::fold::fold;
use crate::producers::model::ProducerKind;
use crate::producers::store::Village;
use crate::products::catalogue;
use crate::products::model::Availability;
use crate::products::season::month_name;
use crate::search::{Facet, HighlightField, PRICE_BANDS, Sort};
use crate::web::i18n::whole;
use crate::web::{AppError, Ctx, FieldError, Lang, Page};

/// Producers shown above the products.
const MAKERS: usize = 4;

/// One value that results can be narrowed to.
struct Choice {
    value: String,
    label: String,
    /// Products; None when nobody counted.
    count: Option<u64>,
    chosen: bool,
}

/// A list of choices of one filter.
struct Choices {
    name: &'static str,
    title: &'static str,
    list: Vec<Choice>,
}

/// A filter that is set, and the address without it.
struct Chip {
    label: String,
    url: String,
}

/// A band of prices to narrow to.
struct Band {
    label: String,
    url: String,
    count: u64,
    chosen: bool,
}

/// A producer that the words find.
struct Maker {
    path: String,
    name: Marked,
    detail: String,
}

/// What to do when nothing was found.
struct Suggestions {
    /// Another spelling, with how many products it finds.
    corrected: Option<(String, String, String)>,
    without_filters: Option<String>,
    plain: Option<(String, String)>,
    producers: Option<String>,
    kinds: Vec<KindLink>,
    in_season: Vec<Card>,
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/catalogue.html")]
struct CataloguePage {
    page: Page,
    t: Texts,
    asked: Asked,
    title: String,
    cards: Vec<Card>,
    count: String,
    facets: Vec<Choices>,
    bands: Vec<Band>,
    makers: Vec<Maker>,
    near: bool,
    chips: Vec<Chip>,
    sorts: Vec<(&'static str, &'static str)>,
    hidden: Vec<(&'static str, String)>,
    next: Option<String>,
    first: Option<String>,
    makeshift: bool,
    dropped: Vec<FieldError>,
    suggestions: Option<Suggestions>,
}

impl CataloguePage {
    fn price_min(&self) -> String {
        self.asked.filters.price_min.map(|p| Dong(p).digits()).unwrap_or_default()
    }

    fn price_max(&self) -> String {
        self.asked.filters.price_max.map(|p| Dong(p).digits()).unwrap_or_default()
    }
}

/// `GET /san-pham`.
pub async fn catalogue(ctx: Ctx, Extension(noted): Extension<Noted>) -> Result<Response, AppError> {
    let mut asked = Asked::read(&ctx.query, ctx.lang, ctx.today());
    asked.limit = None;
    let mut dropped = std::mem::take(&mut asked.errors);
    let answer = match find::find(&ctx, &asked).await {
        // An old cursor, or one of yesterday: the first page is better than an error.
        Err(AppError::Invalid(errors)) if asked.cursor.is_some() => {
            dropped.extend(errors.into_iter().filter(|e| e.field != "cursor"));
            asked.cursor = None;
            find::find(&ctx, &asked).await?
        }
        other => other?,
    };
    let asked_words = !asked.text.is_empty() && asked.cursor.is_none();
    if asked_words && !asked.is_filtered() && (answer.total == 0 || answer.near) && !answer.is_makeshift() {
        noted.note(&ctx, &asked.text).await;
    }
    Ok(page(&ctx, asked, answer, dropped).await?.into_response())
}

async fn page(ctx: &Ctx, asked: Asked, answer: Answer, dropped: Vec<FieldError>) -> Result<CataloguePage, AppError> {
    let t = Texts(ctx.lang);
    let villages = {
        let mut conn = ctx.app.db.read().await?;
        crate::producers::store::villages(&mut conn.cx(), ctx.commune_id()).await?
    };
    let suggestions = if answer.rows.is_empty() { Some(suggest(ctx, &asked).await?) } else { None };
    // Producers stand before the first page of products only.
    let makers = if asked.cursor.is_none() { find::producers(ctx, &asked.text, MAKERS).await? } else { Vec::new() };
    let makers = makers.into_iter().map(|(row, highlights)| Maker {
        path: row.path(),
        name: marked(&highlights, HighlightField::Name, &row.content.name),
        detail: producer::detail(&row, ctx.lang),
    });
    let cards = answer.rows.iter().map(|row| {
        let highlights = answer.highlights.get(&row.id).map_or(&[][..], Vec::as_slice);
        Card::new(row, highlights, ctx.lang)
    });
    let mut page = Page::new(ctx);
    page.current = "/san-pham";
    page.description = t.catalogue_description(&ctx.commune.name);
    page.indexed = asked.text.is_empty() && asked.cursor.is_none();
    let mut hidden = asked.filter_pairs();
    if !asked.text.is_empty() {
        hidden.insert(0, ("q", asked.text.clone()));
    }
    Ok(CataloguePage {
        title: if asked.text.is_empty() { t.catalogue_title().to_owned() } else { t.catalogue_of(&asked.text) },
        count: match answer.total {
            1 => t.found_one().to_owned(),
            n => t.found(whole(n as i64, ctx.lang)),
        },
        facets: facets(&asked, &answer, &villages, ctx),
        bands: bands(&asked, &answer, ctx.lang),
        makers: makers.collect(),
        near: answer.near,
        chips: chips(&asked, &villages, ctx.lang),
        sorts: SORTS.iter().map(|(sort, name)| (*name, sort_label(*sort, t))).collect(),
        next: answer.next.as_deref().map(|cursor| asked.url(None, Some(cursor))),
        first: asked.cursor.as_ref().map(|_| asked.url(None, None)),
        makeshift: answer.is_makeshift(),
        cards: cards.collect(),
        hidden,
        dropped,
        suggestions,
        page,
        t,
        asked,
    })
}

fn sort_label(sort: Sort, t: Texts) -> &'static str {
    match sort {
        Sort::Relevance => t.sort_relevance(),
        Sort::Newest => t.sort_newest(),
        Sort::PriceAsc => t.sort_price_asc(),
        Sort::PriceDesc => t.sort_price_desc(),
        Sort::Scans => t.sort_scans(),
    }
}

/// The lists to narrow by: what has products or is chosen.
fn facets(asked: &Asked, answer: &Answer, villages: &[Village], ctx: &Ctx) -> Vec<Choices> {
    let (t, lang) = (Texts(ctx.lang), ctx.lang);
    let list = |name: &'static str, title: &'static str, facet: Facet, values: Vec<(String, String)>| {
        let choices = values.into_iter().map(|(value, label)| {
            let count = answer.facets.as_ref().map(|facets| facets.count(facet, &value));
            let chosen = asked.has(name, &value);
            Choice { value, label, count, chosen }
        });
        let list = choices.filter(|choice| choice.chosen || choice.count != Some(0)).collect();
        Choices { name, title, list }
    };
    let categories = catalogue::categories().iter().map(|c| (c.code.clone(), c.name(lang).to_owned()));
    let groups = catalogue::groups().iter().map(|g| (g.code.clone(), g.name(lang).to_owned()));
    let chosen_groups = groups.filter(|(code, _)| asked.has("category", code));
    let available = Availability::ALL.iter().map(|a| (a.word().to_owned(), a.label(lang).to_owned()));
    let month = asked.filters.season.unwrap_or(ctx.today().month());
    let season =
        if month == ctx.today().month() { t.season_now().to_owned() } else { t.season_month(month_name(month, lang)) };
    let stars = [5, 4, 3].map(|n: i32| (n.to_string(), t.stars(n)));
    let certificates = catalogue::certificate_kinds().iter().map(|k| (k.code.clone(), k.name(lang).to_owned()));
    let kinds = ProducerKind::ALL.iter().map(|k| (k.word().to_owned(), k.label(lang).to_owned()));
    let villages = villages.iter().map(|v| (v.id.0.simple().to_string(), v.name.clone()));
    let lists = vec![
        list("category", t.facet_category(), Facet::Category, chosen_groups.chain(categories).collect()),
        list("available", t.facet_available(), Facet::Availability, available.collect()),
        list("season", t.facet_season(), Facet::Season, vec![(month.to_string(), season)]),
        list("stars", t.facet_stars(), Facet::Stars, stars.into()),
        list("village", t.facet_village(), Facet::Village, villages.collect()),
        list("certificate", t.facet_certificate(), Facet::Certificate, certificates.collect()),
        list("kind", t.facet_kind(), Facet::ProducerKind, kinds.collect()),
    ];
    lists.into_iter().filter(|choices| !choices.list.is_empty()).collect()
}

/// The bands of prices that have products, or the one that is chosen.
fn bands(asked: &Asked, answer: &Answer, lang: Lang) -> Vec<Band> {
    let t = Texts(lang);
    let Some(facets) = &answer.facets else { return Vec::new() };
    let bands = PRICE_BANDS.iter().map(|band| Band {
        label: match band.max {
            Some(max) if band.min == 0 => t.price_to_chip(Dong(max).text(lang)),
            Some(max) => t.price_band(Dong(band.min).digits(), Dong(max).text(lang)),
            None => t.price_from_chip(Dong(band.min).text(lang)),
        },
        url: asked.with_band(band).url(None, None),
        count: facets.count(Facet::Price, band.code),
        chosen: asked.is_band(band),
    });
    bands.filter(|band| band.count > 0 || band.chosen).collect()
}

fn chips(asked: &Asked, villages: &[Village], lang: Lang) -> Vec<Chip> {
    let t = Texts(lang);
    let label = |name: &str, value: &str| -> String {
        let price = || value.parse().map(|p| Dong(p).text(lang)).unwrap_or_default();
        match name {
            "category" => {
                let group = catalogue::groups().iter().find(|g| g.code == value).map(|g| g.name(lang));
                catalogue::category(value).map(|c| c.name(lang)).or(group).unwrap_or(value).to_owned()
            }
            "available" => value.parse::<Availability>().map(|a| a.label(lang).to_owned()).unwrap_or_default(),
            "village" => {
                let village = villages.iter().find(|v| v.id.0.simple().to_string() == value);
                village.map(|v| t.village_of(&v.name)).unwrap_or_default()
            }
            "kind" => value.parse::<ProducerKind>().map(|k| k.label(lang).to_owned()).unwrap_or_default(),
            "certificate" => catalogue::certificate_kind_name(value, lang).to_owned(),
            "stars" => t.stars(value),
            "season" => t.season_month(month_name(value.parse().unwrap_or(0), lang)),
            "price_min" => t.price_from_chip(price()),
            _ => t.price_to_chip(price()),
        }
    };
    let pairs = asked.filter_pairs();
    let chips = pairs.iter().map(|(name, value)| {
        let label = label(name, value);
        // A village that was merged away has no name any more, and can still be taken out.
        let label = if label.is_empty() { value.clone() } else { label };
        Chip { label, url: asked.url(Some((name, value)), None) }
    });
    chips.collect()
}

/// No dead end: the same words without filters or marks, kinds that sound like them, what is in season.
async fn suggest(ctx: &Ctx, asked: &Asked) -> Result<Suggestions, AppError> {
    let t = Texts(ctx.lang);
    let (seasonal, counts) = {
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        let seasonal = store::seasonal(cx, ctx.commune_id(), 60, ctx.today()).await?;
        (seasonal, store::per_category(cx, ctx.commune_id()).await?)
    };
    let folded = fold(&asked.text);
    let words: Vec<&str> = folded.split(' ').filter(|word| word.len() > 1).collect();
    let mut kinds = home::kinds(&counts, t);
    let near = |kind: &KindLink| {
        let name = fold(kind.name);
        words.iter().any(|word| name.contains(word))
    };
    kinds.sort_by_key(|kind| (!near(kind), std::cmp::Reverse(kind.count)));
    kinds.truncate(4);
    let unfiltered = Asked { text: asked.text.clone(), ..Asked::default() };
    // A shorter question: its first words, when there are many.
    let shorter = asked.text.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    let plain = (asked.text.split_whitespace().count() > 2)
        .then(|| (shorter.clone(), Asked { text: shorter, ..Asked::default() }.url(None, None)));
    let producers = (!asked.text.is_empty())
        .then(|| format!("/co-so?{}", crate::web::form::encode(&[("q".to_owned(), asked.text.clone())])));
    let in_season = home::in_season(&seasonal, ctx.today().month(), 4);
    let corrected = find::correction(ctx, asked).await.map(|correction| {
        let count = match correction.total {
            1 => t.found_one().to_owned(),
            n => t.found(whole(n as i64, ctx.lang)),
        };
        let url = Asked { text: correction.text.clone(), ..Asked::default() }.url(None, None);
        (correction.text, url, count)
    });
    Ok(Suggestions {
        corrected,
        without_filters: asked.is_filtered().then(|| unfiltered.url(None, None)),
        plain,
        producers,
        kinds,
        in_season: in_season.iter().map(|row| Card::plain(row, ctx.lang)).collect(),
    })
}
