//! `/`: what is in season, the year's calendar, kinds, stars, one producer's story.

use std::collections::HashMap;

use askama::Template;
use askama_web::WebTemplate;

use super::calendar::{Calendar, Row};
use super::card::Card;
use super::store::{self, Listed, ListedProducer};
use super::texts::Texts;
use crate::files::picture_url;
use crate::ids::{FileId, ProducerId};
use crate::products::season::month_name;
use crate::web::form::encode;
use crate::web::{AppError, Ctx, Lang, Page};

/// A kind on the home page: drawing and the categories it stands for.
struct HomeKind {
    drawing: &'static str,
    name: fn(Texts) -> &'static str,
    categories: &'static [&'static str],
}

const KINDS: [HomeKind; 9] = [
    HomeKind { drawing: "fruit", name: Texts::kind_fruit, categories: &["food-fresh-produce"] },
    HomeKind { drawing: "seafood", name: Texts::kind_seafood, categories: &["food-fresh-animal", "food-from-animal"] },
    HomeKind { drawing: "rice", name: Texts::kind_rice, categories: &["food-grain", "food-from-rice"] },
    HomeKind {
        drawing: "processed",
        name: Texts::kind_processed,
        categories: &["food-honey-other", "food-ready", "food-from-produce"],
    },
    HomeKind { drawing: "drink", name: Texts::kind_drink, categories: &["drink"] },
    HomeKind { drawing: "herbal", name: Texts::kind_herbal, categories: &["herbal"] },
    HomeKind { drawing: "craft", name: Texts::kind_craft, categories: &["craft"] },
    HomeKind { drawing: "ornamental", name: Texts::kind_ornamental, categories: &["ornamental"] },
    HomeKind { drawing: "tourism", name: Texts::kind_tourism, categories: &["tourism"] },
];

/// A kind with its picture and how many products it has.
pub struct KindLink {
    /// The catalogue, narrowed to it.
    pub url: String,
    /// Name of the drawing among the assets.
    pub drawing: String,
    /// Name.
    pub name: &'static str,
    /// Products.
    pub count: i64,
}

struct Story {
    name: String,
    path: String,
    village: Option<String>,
    text: String,
    picture: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/home.html")]
struct HomePage {
    page: Page,
    t: Texts,
    month: String,
    in_season: Vec<Card>,
    calendar: Calendar,
    kinds: Vec<KindLink>,
    stars: Vec<Card>,
    story: Option<Story>,
    total: i64,
}

/// `GET /`.
pub async fn home(ctx: Ctx) -> Result<axum::response::Response, AppError> {
    let (t, today, commune) = (Texts(ctx.lang), ctx.today(), ctx.commune_id());
    let (seasonal, counts, with_stars, producers) = {
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        (
            store::seasonal(cx, commune, 160, today).await?,
            store::per_category(cx, commune).await?,
            store::with_stars(cx, commune, 40, today).await?,
            store::producers_after(cx, commune, ProducerId(uuid::Uuid::nil()), 60).await?,
        )
    };
    let month = today.month();
    let in_season = in_season(&seasonal, month, 8);
    let mut page = Page::new(&ctx);
    page.description = t.home_description(&ctx.commune.name, &ctx.commune.province);
    let photos: HashMap<ProducerId, FileId> = seasonal
        .iter()
        .chain(&with_stars)
        .filter_map(|row| Some((row.producer_id, *row.content.photos.first()?)))
        .collect();
    let story = story(producers, &photos, today.days_since(crate::clock::Time::from_micros(0).day()), ctx.lang);
    let home = HomePage {
        month: if ctx.lang == Lang::Vi { month.to_string() } else { month_name(month, ctx.lang) },
        in_season: in_season.iter().map(|row| Card::plain(row, ctx.lang)).collect(),
        calendar: calendar(&seasonal, month, ctx.lang),
        kinds: kinds(&counts, t),
        stars: best_starred(with_stars, 4).iter().map(|row| Card::plain(row, ctx.lang)).collect(),
        story,
        total: counts.iter().map(|(_, count)| count).sum(),
        page,
        t,
    };
    Ok(axum::response::IntoResponse::into_response(home))
}

/// What is in season this month: at its best first, then what has a picture and stars; makers take turns.
pub fn in_season(rows: &[Listed], month: u8, most: usize) -> Vec<&Listed> {
    let bit = 1 << (i32::from(month) - 1);
    let mut now: Vec<&Listed> = rows.iter().filter(|row| row.content.season_bits() & bit != 0).collect();
    now.sort_by_key(|row| {
        let content = &row.content;
        (!content.season_peak.contains(&month), content.photos.is_empty(), std::cmp::Reverse(row.stars.unwrap_or(0)))
    });
    let mut of_maker: HashMap<ProducerId, usize> = HashMap::new();
    let mut of_category: HashMap<&str, usize> = HashMap::new();
    let turns: HashMap<_, usize> = now
        .iter()
        .map(|row| {
            let maker = of_maker.entry(row.producer_id).or_default();
            let category = of_category.entry(&row.content.category).or_default();
            let turn = *maker * 2 + *category / 2;
            (*maker, *category) = (*maker + 1, *category + 1);
            (row.id, turn)
        })
        .collect();
    now.sort_by_key(|row| turns.get(&row.id).copied().unwrap_or(0));
    now.truncate(most);
    now
}

/// Products with a short season tell most; at most two of a category, in the order of the year.
fn calendar(rows: &[Listed], now: u8, lang: Lang) -> Calendar {
    let mut rows: Vec<&Listed> = rows.iter().collect();
    rows.sort_by_key(|row| {
        let content = &row.content;
        (content.season_peak.is_empty(), std::cmp::Reverse(row.stars.unwrap_or(0)), content.season.len())
    });
    let mut of_category: HashMap<&str, usize> = HashMap::new();
    rows.retain(|row| {
        let count = of_category.entry(&row.content.category).or_default();
        *count += 1;
        *count <= 2
    });
    let mut rows: Vec<Row> = rows.iter().take(8).map(|row| Row::of(&row.content, row.path(), lang)).collect();
    rows.sort_by_key(Row::begins);
    Calendar::new(rows, now)
}

/// The kinds that have products.
pub fn kinds(counts: &[(String, i64)], t: Texts) -> Vec<KindLink> {
    let group_of =
        |code: &str| crate::products::catalogue::category(code).map(|c| c.group.as_str()).unwrap_or_default();
    let links = KINDS.iter().map(|kind| {
        let within = |code: &str| kind.categories.contains(&code) || kind.categories.contains(&group_of(code));
        let pairs: Vec<(String, String)> =
            kind.categories.iter().map(|code| ("category".to_owned(), (*code).to_owned())).collect();
        KindLink {
            url: format!("/san-pham?{}", encode(&pairs)),
            drawing: format!("kinds/{}.svg", kind.drawing),
            name: (kind.name)(t),
            count: counts.iter().filter(|(code, _)| within(code)).map(|(_, count)| count).sum(),
        }
    });
    links.filter(|kind| kind.count > 0).collect()
}

fn best_starred(mut rows: Vec<Listed>, most: usize) -> Vec<Listed> {
    rows.sort_by_key(|row| std::cmp::Reverse(row.stars.unwrap_or(0)));
    let mut seen = std::collections::HashSet::new();
    rows.retain(|row| seen.insert(row.producer_id));
    rows.truncate(most);
    rows
}

/// Another producer's story each day, with its own picture or one of what it makes.
fn story(producers: Vec<ListedProducer>, photos: &HashMap<ProducerId, FileId>, day: i64, lang: Lang) -> Option<Story> {
    let picture = |p: &ListedProducer| p.content.picture.or_else(|| photos.get(&p.id).copied());
    let mut told: Vec<(ListedProducer, FileId)> = producers
        .into_iter()
        .filter(|p| !p.content.story.is_empty())
        .filter_map(|p| picture(&p).map(|picture| (p, picture)))
        .collect();
    let count = i64::try_from(told.len()).ok().filter(|count| *count > 0)?;
    let (chosen, picture) = told.swap_remove(day.rem_euclid(count) as usize);
    Some(Story {
        path: chosen.path(),
        picture: picture_url(picture, 'm'),
        village: chosen.village,
        text: beginning(lang.pick_or(&chosen.content.story, &chosen.content.story_en), 260),
        name: chosen.content.name,
    })
}

/// The first sentences of a text, at most about `most` characters.
pub fn beginning(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let cut: String = text.chars().take(most).collect();
    match cut.rfind(['.', '!', '?']) {
        Some(end) if end > most / 3 => cut[..=end].to_owned(),
        _ => format!("{}…", cut.rsplit_once(' ').map_or(cut.as_str(), |(words, _)| words)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::products::catalogue;

    #[test]
    fn every_category_is_in_one_kind_of_the_home_page() {
        for category in catalogue::categories() {
            let kinds = KINDS.iter().filter(|k| {
                k.categories.contains(&category.code.as_str()) || k.categories.contains(&category.group.as_str())
            });
            assert_eq!(kinds.count(), 1, "{}", category.code);
        }
        for kind in &KINDS {
            assert!(crate::web::assets::exists(&format!("kinds/{}.svg", kind.drawing)), "{}", kind.drawing);
        }
    }

    #[test]
    fn a_text_is_cut_at_a_sentence() {
        let text = "Câu một dài vừa đủ ở đây. Câu hai còn dài hơn nữa.";
        assert_eq!(beginning(text, 30), "Câu một dài vừa đủ ở đây.");
        assert_eq!(beginning("một hai ba bốn", 8), "một hai…");
        assert_eq!(beginning("ngắn", 8), "ngắn");
    }
}
