//! The steps that are plain forms: [`fill`] puts a product's answers into a form, [`read`] takes them out again,
//! each field checked, with its complaint in plain words. Pure; the pages are in [`super::step_pages`].
//!
//! Photos and certificates come with files and have pages of their own.

use super::fields::Step;
use super::gtin::Gtin;
use super::model::{Availability, Price, ProductContent, SalesChannel};
use super::texts::Texts;
use super::{catalogue, season};
use crate::amounts::{AmountError, Dong};
use crate::web::{Form, Lang};

/// Most places of sale.
pub const MOST_CHANNELS: usize = 10;

/// A form with the answers of this step.
pub fn fill(step: Step, content: &ProductContent) -> Form {
    let mut form = Form::default();
    match step {
        Step::Name => {
            form.set("name", &content.name);
            form.set("name_en", &content.name_en);
            form.set("category", &content.category);
        }
        Step::Words => {
            form.set("description", &content.description);
            form.set("story", &content.story);
            form.set("warnings", &content.warnings);
            form.set("description_en", &content.description_en);
            form.set("story_en", &content.story_en);
        }
        Step::Price => fill_price(&mut form, content),
        Step::Season => fill_season(&mut form, content),
        Step::Origin => {
            form.set("origin", &content.origin);
            form.set("standards", &content.standards);
            form.set("gtin", &content.gtin);
        }
        Step::Channels => {
            for (at, channel) in content.channels.iter().enumerate() {
                form.set(&format!("name_{at}"), &channel.name);
                form.set(&format!("note_{at}"), &channel.note);
                form.set(&format!("url_{at}"), &channel.url);
            }
        }
        Step::Photos | Step::Papers => {}
    }
    form
}

fn fill_price(form: &mut Form, content: &ProductContent) {
    if !content.unit.is_empty() {
        let kind = match content.price {
            Price::Ask => "ask",
            Price::Exact(price) => {
                form.set("price", &price.digits());
                "exact"
            }
            Price::Range(from, to) => {
                form.set("price_from", &from.digits());
                form.set("price_to", &to.digits());
                "range"
            }
        };
        form.set("price_kind", kind);
    }
    form.set("unit", &content.unit);
    form.set("net_quantity", &content.net_quantity);
}

fn fill_season(form: &mut Form, content: &ProductContent) {
    if let Some(availability) = content.availability {
        form.set("availability", availability.word());
        form.set("season_kind", if content.season.is_empty() { "all" } else { "months" });
    }
    for month in &content.season {
        form.push("season", &month.to_string());
    }
    for month in &content.season_peak {
        form.push("season_peak", &month.to_string());
    }
    form.set("shelf_life_days", &content.shelf_life_days.map(|n| n.to_string()).unwrap_or_default());
    form.set("storage", &content.storage);
}

/// The product with this step's answers; None with complaints noted in the form.
pub fn read(step: Step, form: &mut Form, before: &ProductContent, lang: Lang) -> Option<ProductContent> {
    let content = read_all(step, form, before, lang);
    form.is_fine().then_some(content)
}

/// As [`read`], also where something is wrong: then what is missing or wrong is as if it was never told.
pub fn read_all(step: Step, form: &mut Form, before: &ProductContent, lang: Lang) -> ProductContent {
    let mut content = before.clone();
    let t = Texts(lang);
    match step {
        Step::Name => {
            content.name = required_line(form, "name", 120, t.name_missing(), lang).unwrap_or_default();
            content.name_en = line(form, "name_en", 120, lang).unwrap_or_default();
            form.value("category").clone_into(&mut content.category);
            if catalogue::category(&content.category).is_none() {
                form.fail("category", t.category_missing());
            }
        }
        Step::Words => {
            content.description = form.required("description", 1000, t.description_missing(), lang).unwrap_or_default();
            content.story = form.text("story", 4000, lang).unwrap_or_default();
            content.warnings = form.text("warnings", 1000, lang).unwrap_or_default();
            content.description_en = form.text("description_en", 1000, lang).unwrap_or_default();
            content.story_en = form.text("story_en", 4000, lang).unwrap_or_default();
        }
        Step::Price => {
            content.price = read_price(form, t).unwrap_or_default();
            form.value("unit").clone_into(&mut content.unit);
            if catalogue::unit(&content.unit).is_none() {
                form.fail("unit", t.unit_missing());
            }
            content.net_quantity = line(form, "net_quantity", 60, lang).unwrap_or_default();
        }
        Step::Season => read_season(form, &mut content, t),
        Step::Origin => {
            content.origin = required_line(form, "origin", 200, t.origin_missing(), lang).unwrap_or_default();
            content.standards = form.text("standards", 500, lang).unwrap_or_default();
            let gtin = form.parse_with("gtin", Gtin::parse, |error| error.say(lang));
            content.gtin = gtin.map(|gtin| gtin.as_str().to_owned()).unwrap_or_default();
        }
        Step::Channels => content.channels = read_channels(form, t),
        Step::Photos | Step::Papers => {}
    }
    content
}

/// A text of one line: runs of white space become one space.
pub fn line(form: &mut Form, name: &str, most: usize, lang: Lang) -> Option<String> {
    form.text(name, most, lang).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn required_line(form: &mut Form, name: &str, most: usize, missing: &str, lang: Lang) -> Option<String> {
    form.required(name, most, missing, lang).map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn read_price(form: &mut Form, t: Texts) -> Option<Price> {
    let kind = match form.value("price_kind") {
        // Who types a price and chooses nothing means that price.
        "" if !form.value("price").is_empty() => "exact",
        "" if !form.value("price_from").is_empty() => "range",
        kind => kind,
    };
    match kind {
        "ask" => Some(Price::Ask),
        "exact" => {
            form.set("price_kind", "exact");
            read_dong(form, "price", t).map(Price::Exact)
        }
        "range" => {
            form.set("price_kind", "range");
            let (from, to) = (read_dong(form, "price_from", t), read_dong(form, "price_to", t));
            let (from, to) = (from?, to?);
            match from.cmp(&to) {
                std::cmp::Ordering::Less => Some(Price::Range(from, to)),
                std::cmp::Ordering::Equal => Some(Price::Exact(from)),
                std::cmp::Ordering::Greater => {
                    form.fail("price_to", t.price_order(from.digits(), to.digits()));
                    None
                }
            }
        }
        _ => {
            form.fail("price_kind", t.price_kind_missing());
            None
        }
    }
}

fn read_dong(form: &mut Form, name: &str, t: Texts) -> Option<Dong> {
    let typed: String = form.value(name).chars().take(24).collect();
    let message = match Dong::parse(form.value(name)) {
        Ok(Dong(1..)) => return Dong::parse(form.value(name)).ok(),
        Ok(_) | Err(AmountError::TooSmall) => t.price_zero().to_owned(),
        Err(AmountError::Empty) => t.price_empty().to_owned(),
        Err(AmountError::TooLarge) => t.price_large().to_owned(),
        Err(AmountError::NotANumber | AmountError::TooFine) => t.price_letters(typed),
    };
    form.fail(name, message);
    None
}

fn read_season(form: &mut Form, content: &mut ProductContent, t: Texts) {
    let months = |form: &Form, name: &str| season::tidy(form.values(name).filter_map(|m| m.parse().ok()));
    let (named, peak) = (months(form, "season"), months(form, "season_peak"));
    match form.value("season_kind") {
        "all" => content.season = Vec::new(),
        // Months that were ticked are an answer of their own.
        "months" | "" if !named.is_empty() => {
            form.set("season_kind", "months");
            // It can surely be had in the months in which it is at its best.
            let months = season::tidy(named.iter().chain(&peak).copied());
            content.season = if months.len() == 12 { Vec::new() } else { months };
        }
        "months" => form.fail("season", t.months_missing()),
        _ => form.fail("season_kind", t.season_missing()),
    }
    content.season_peak = if peak.len() == 12 { Vec::new() } else { peak };
    content.availability = form.value("availability").parse::<Availability>().ok();
    if content.availability.is_none() {
        form.fail("availability", t.availability_missing());
    }
    content.shelf_life_days = form.parse_with("shelf_life_days", parse_days, |()| t.days_wrong().to_owned());
    content.storage = form.text("storage", 300, t.0).unwrap_or_default();
}

/// `5`, `5 ngày`; at least one day, at most a hundred years.
fn parse_days(text: &str) -> Result<i32, ()> {
    let text = text.to_lowercase();
    let digits = text.trim_end_matches("ngày").trim_end_matches("days").trim_end_matches("day").trim();
    match digits.parse() {
        Ok(days @ 1..=36_500) if digits.bytes().all(|b| b.is_ascii_digit()) => Ok(days),
        _ => Err(()),
    }
}

/// How many rows of places of sale the page shows: those that were sent or told, and one more to fill in.
pub fn channel_rows(form: &Form) -> usize {
    let filled =
        |at: &usize| ["name", "note", "url"].iter().any(|part| !form.value(&format!("{part}_{at}")).is_empty());
    (0..MOST_CHANNELS).filter(filled).max().map_or(1, |last| (last + 2).min(MOST_CHANNELS))
}

fn read_channels(form: &mut Form, t: Texts) -> Vec<SalesChannel> {
    let mut channels = Vec::new();
    for at in 0..MOST_CHANNELS {
        let (name, note, url) = (format!("name_{at}"), format!("note_{at}"), format!("url_{at}"));
        let channel = SalesChannel {
            name: line(form, &name, 120, t.0).unwrap_or_default(),
            note: line(form, &note, 200, t.0).unwrap_or_default(),
            url: form.parse_with(&url, parse_url, |()| t.url_wrong().to_owned()).unwrap_or_default(),
        };
        if form.value(&name).is_empty() && !(form.value(&note).is_empty() && form.value(&url).is_empty()) {
            form.fail(&name, t.channel_name_missing());
        }
        if !channel.name.is_empty() {
            channels.push(channel);
        }
    }
    channels
}

/// A web address; `https://` is added where people leave it out.
fn parse_url(text: &str) -> Result<String, ()> {
    let lower = text.to_ascii_lowercase();
    let full = if lower.starts_with("http://") || lower.starts_with("https://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let uri: http::Uri = full.parse().map_err(|_| ())?;
    let host = uri.host().unwrap_or_default();
    let named = host.contains('.') && !host.starts_with('.') && !host.ends_with('.');
    let plain = uri.authority().is_some_and(|a| !a.as_str().contains('@'));
    if named && plain && full.len() <= 300 { Ok(full) } else { Err(()) }
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
