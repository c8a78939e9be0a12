//! A product as it stands in lists: [`Card`].

use crate::files::picture_url;
use crate::market::store::Listed;
use crate::products::catalogue;
use crate::products::model::Availability;
use crate::search::{Highlight, HighlightField};
use crate::web::Lang;

use super::texts::Texts;

/// A text in pieces; true marks what was searched for.
pub type Marked = Vec<(bool, String)>;

/// What a list shows of a product.
pub struct Card {
    /// Its page.
    pub path: String,
    /// Name, with what matched.
    pub name: Marked,
    /// Who makes it and where, with what matched.
    pub maker: Marked,
    /// A piece of the text in which something matched; empty if the name says it.
    pub snippet: Marked,
    /// Price and unit.
    pub price: String,
    /// Small picture.
    pub photo: Option<String>,
    /// What the picture shows.
    pub alt: String,
    /// Availability.
    pub tag: Option<Tag>,
    /// Stars that may be shown today.
    pub stars: Option<i32>,
}

/// A word with a shape: class and text.
#[derive(Clone, Copy)]
pub struct Tag {
    /// Class beside `tag`.
    pub class: &'static str,
    /// The word.
    pub text: &'static str,
}

/// The tag of an availability.
pub fn availability_tag(availability: Option<Availability>, lang: Lang) -> Option<Tag> {
    let availability = availability?;
    let class = match availability {
        Availability::InStock => "ok",
        Availability::SoldOut => "wait",
        Availability::ToOrder | Availability::Seasonal => "",
    };
    Some(Tag { class, text: availability.label(lang) })
}

/// `45.000 đ / kg`; without a unit when one must ask.
pub fn price_text(row: &Listed, lang: Lang) -> String {
    let price = row.content.price.text(lang);
    if row.content.unit.is_empty() || row.content.price.min().is_none() {
        return price;
    }
    format!("{price} / {}", catalogue::unit_name(&row.content.unit, lang))
}

impl Card {
    /// The card of a product, with what the index found in it.
    pub fn new(row: &Listed, highlights: &[Highlight], lang: Lang) -> Self {
        let t = Texts(lang);
        let content = &row.content;
        let wanted =
            if lang == Lang::En && !content.name_en.is_empty() { HighlightField::NameEn } else { HighlightField::Name };
        let shown = lang.pick_or(&content.name, &content.name_en);
        let name = marked(highlights, wanted, shown);
        let mut maker = marked(highlights, HighlightField::Producer, &row.producer_name);
        if let Some(village) = &row.village {
            maker.push((false, format!(", {}", t.village_of(village))));
        }
        let found_in_name = name.iter().chain(&maker).any(|(mark, _)| *mark);
        let snippet = if found_in_name { Marked::new() } else { marked(highlights, HighlightField::Body, "") };
        Self {
            path: row.path(),
            name,
            maker,
            snippet,
            price: price_text(row, lang),
            photo: content.photos.first().map(|id| picture_url(*id, 's')),
            alt: t.picture_of(shown),
            tag: availability_tag(content.availability, lang),
            stars: row.stars,
        }
    }

    /// A card without marks.
    pub fn plain(row: &Listed, lang: Lang) -> Self {
        Self::new(row, &[], lang)
    }
}

/// The text in pieces: as the index marked it, if it did.
pub fn marked(highlights: &[Highlight], field: HighlightField, otherwise: &str) -> Marked {
    match highlights.iter().find(|h| h.field == field) {
        Some(highlight) => pieces(highlight),
        None if otherwise.is_empty() => Marked::new(),
        None => vec![(false, otherwise.to_owned())],
    }
}

/// A highlighted text in pieces.
pub fn pieces(highlight: &Highlight) -> Marked {
    let mut pieces = Marked::new();
    let mut at = 0;
    for mark in &highlight.marks {
        let (Some(before), Some(hit)) = (highlight.text.get(at..mark.start), highlight.text.get(mark.clone())) else {
            break;
        };
        if !before.is_empty() {
            pieces.push((false, before.to_owned()));
        }
        pieces.push((true, hit.to_owned()));
        at = mark.end;
    }
    if let Some(rest) = highlight.text.get(at..).filter(|rest| !rest.is_empty()) {
        pieces.push((false, rest.to_owned()));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_falls_into_what_matched_and_the_rest() {
        #[expect(clippy::single_range_in_vec_init, reason = "one mark")]
        let highlight =
            Highlight { field: HighlightField::Name, text: "Mật ong hoa vải".to_owned(), marks: vec![0..10] };
        let pieces = pieces(&highlight);
        assert_eq!(pieces.iter().map(|(_, text)| text.as_str()).collect::<String>(), highlight.text);
        assert!(pieces[0].0 && !pieces[1].0);
    }
}
