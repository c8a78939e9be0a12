//! What a line tells of a product, by the steps of the product's own form.

use crate::fold::fold;
use crate::imports::kinds::Around;
use crate::imports::model::Told;
use crate::imports::words;
use crate::products::fields::Step;
use crate::products::model::{Availability, ProductContent};
use crate::products::{catalogue, steps};
use crate::web::{Form, Lang};

/// Fields of the form by step.
const STEPS: [(Step, &[&str]); 6] = [
    (Step::Name, &["name", "name_en", "category"]),
    (Step::Words, &["description", "story", "warnings", "description_en", "story_en"]),
    (Step::Price, &["price", "unit", "net_quantity"]),
    (Step::Season, &["season", "season_peak", "availability", "shelf_life_days", "storage"]),
    (Step::Origin, &["origin", "standards", "gtin"]),
    (Step::Channels, &["channels"]),
];

/// Code of the entry of a list that is named so, in either language, or by its code.
fn code<'a>(entries: impl Iterator<Item = (&'a str, [&'a str; 2])>, text: &str) -> Option<String> {
    let folded = fold(text);
    let mut entries = entries;
    entries
        .find(|(code, names)| *code == text || names.iter().any(|name| fold(name) == folded))
        .map(|(code, _)| code.to_owned())
}

/// Puts a field into the form of its step, as the form would send it.
fn fill(form: &mut Form, field: &str, text: &str, around: Around) -> Result<(), String> {
    let t = around.t();
    match field {
        "category" => {
            let list = catalogue::categories().iter().map(|c| (c.code.as_str(), Lang::ALL.map(|lang| c.name(lang))));
            form.set("category", &code(list, text).ok_or_else(|| t.not_in_list(text))?);
        }
        "unit" => {
            let list = catalogue::units().iter().map(|u| (u.code.as_str(), Lang::ALL.map(|lang| u.name(lang))));
            form.set("unit", &code(list, text).ok_or_else(|| t.not_in_list(text))?);
        }
        "availability" => {
            let list = Availability::ALL.iter().map(|a| (a.word(), Lang::ALL.map(|lang| a.label(lang))));
            form.set("availability", &code(list, text).ok_or_else(|| t.not_in_list(text))?);
        }
        "price" => match words::price(text) {
            words::Told::Ask => form.set("price_kind", "ask"),
            words::Told::One(price) => {
                form.set("price_kind", "exact");
                form.set("price", price);
            }
            words::Told::Range(from, to) => {
                form.set("price_kind", "range");
                form.set("price_from", from);
                form.set("price_to", to);
            }
        },
        "season" | "season_peak" => {
            let months = words::read_months(text).ok_or_else(|| t.months_wrong(text))?;
            form.set(field, "");
            for month in &months {
                form.push(field, &month.to_string());
            }
            if field == "season" {
                form.set("season_kind", if months.is_empty() { "all" } else { "months" });
            }
        }
        "channels" => {
            let channels = words::read_channels(text);
            if channels.len() > steps::MOST_CHANNELS {
                return Err(t.channels_many(steps::MOST_CHANNELS));
            }
            for at in 0..steps::MOST_CHANNELS {
                let channel = channels.get(at).cloned().unwrap_or_default();
                form.set(&format!("name_{at}"), &channel.name);
                form.set(&format!("note_{at}"), &channel.note);
                form.set(&format!("url_{at}"), &channel.url);
            }
        }
        _ => form.set(field, text),
    }
    Ok(())
}

/// The line's field that a complaint about a form's field is about.
fn asked_in<'a>(fields: &[&'a str], complained: &str) -> Option<&'a str> {
    let stem = complained.split(['_']).next().unwrap_or_default();
    let exact = fields.iter().find(|field| **field == complained);
    let of_price = complained.starts_with("price").then_some("price");
    let of_season = (complained == "season_kind").then_some("season");
    let of_channel = (["name", "note", "url"].contains(&stem) && fields == ["channels"]).then_some("channels");
    exact.copied().or(of_price).or(of_season).or(of_channel)
}

/// Reads a line over what is there; what is wrong is noted in the line.
pub(super) fn read(told: &mut Told, before: &ProductContent, around: Around) -> ProductContent {
    let mut content = before.clone();
    for (step, fields) in &STEPS {
        if !told.tells(fields) {
            continue;
        }
        let mut form = steps::fill(*step, &content);
        for field in *fields {
            let text = told.get(field).to_owned();
            if text.is_empty() {
                continue;
            }
            if let Err(message) = fill(&mut form, field, &text, around) {
                told.fail(field, message);
            }
        }
        content = steps::read_all(*step, &mut form, &content, around.lang);
        // What the line does not tell may still be missing: then it stays a draft.
        for error in form.errors() {
            if let Some(field) = asked_in(fields, &error.field).filter(|field| !told.get(field).is_empty())
                && !told.faults.iter().any(|fault| fault.field == field)
            {
                told.fail(field, error.message.clone());
            }
        }
    }
    content
}
