//! The fields of the embedded index and how a document fills them. Start at [`Fields::build`].

use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};

use crate::fold::nfc;
use crate::search::document::{Document, NEVER, day_number};
use crate::search::highlight::Shown;
use crate::search::words::{Word, singular, words};

/// Stands before the first word of a name, so that "begins with" is a phrase.
pub const BEGIN: &str = "\u{2}";
/// Parts a certificate's word from its last day.
pub const DAY_MARK: char = '\u{1}';
/// Positions between two texts in one field.
const TEXT_GAP: usize = 16;

/// Handles of all fields.
#[derive(Debug, Clone, Copy)]
pub struct Fields {
    pub key: Field,
    pub commune: Field,
    pub name_folded: Field,
    pub name_marked: Field,
    pub english: Field,
    pub who_folded: Field,
    pub who_marked: Field,
    pub body_folded: Field,
    pub body_marked: Field,
    pub certificate_words: Field,
    pub shown: Field,
    id_high: Field,
    id_low: Field,
    kind: Field,
    category: Field,
    village: Field,
    producer_kind: Field,
    availability: Field,
    stars: Field,
    stars_until: Field,
    certificate: Field,
    certificate_until: Field,
    season: Field,
    price_min: Field,
    price_max: Field,
    updated_at: Field,
    scans: Field,
    name_length: Field,
}

fn searched(builder: &mut SchemaBuilder, name: &str, option: IndexRecordOption) -> Field {
    let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(option).set_fieldnorms(false);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

fn counted(builder: &mut SchemaBuilder, name: &str) -> Field {
    builder.add_text_field(name, TextOptions::default().set_fast("raw"))
}

impl Fields {
    /// The schema with its handles.
    pub fn build() -> (Schema, Self) {
        let mut b = Schema::builder();
        let phrases = IndexRecordOption::WithFreqsAndPositions;
        let fields = Self {
            key: searched(&mut b, "key", IndexRecordOption::Basic),
            commune: b.add_i64_field("commune", INDEXED),
            name_folded: searched(&mut b, "name_folded", phrases),
            name_marked: searched(&mut b, "name_marked", phrases),
            english: searched(&mut b, "english", phrases),
            who_folded: searched(&mut b, "who_folded", phrases),
            who_marked: searched(&mut b, "who_marked", phrases),
            body_folded: searched(&mut b, "body_folded", phrases),
            body_marked: searched(&mut b, "body_marked", phrases),
            certificate_words: searched(&mut b, "certificate_words", IndexRecordOption::Basic),
            shown: b.add_text_field("shown", STORED),
            id_high: b.add_u64_field("id_high", FAST),
            id_low: b.add_u64_field("id_low", FAST),
            kind: counted(&mut b, "kind"),
            category: counted(&mut b, "category"),
            village: counted(&mut b, "village"),
            producer_kind: counted(&mut b, "producer_kind"),
            availability: counted(&mut b, "availability"),
            stars: b.add_u64_field("stars", FAST),
            stars_until: b.add_u64_field("stars_until", FAST),
            certificate: counted(&mut b, "certificate"),
            certificate_until: b.add_u64_field("certificate_until", FAST),
            season: b.add_u64_field("season", FAST),
            price_min: b.add_i64_field("price_min", FAST),
            price_max: b.add_i64_field("price_max", FAST),
            updated_at: b.add_i64_field("updated_at", FAST),
            scans: b.add_i64_field("scans", FAST),
            name_length: b.add_u64_field("name_length", FAST),
        };
        (b.build(), fields)
    }

    /// The engine's form of a document.
    pub fn fill(&self, document: &Document) -> Result<TantivyDocument, serde_json::Error> {
        let mut filled = TantivyDocument::new();
        filled.add_pre_tokenized_text(self.key, raw(&document.id.key()));
        filled.add_i64(self.commune, i64::from(document.id.commune));
        let (high, low) = document.id.id.as_u64_pair();
        filled.add_u64(self.id_high, high);
        filled.add_u64(self.id_low, low);
        filled.add_text(self.kind, document.kind.code());
        let shown = shown(document);
        let stored = super::Stored { kind: document.kind.code().to_owned(), texts: shown };
        filled.add_text(self.shown, serde_json::to_string(&stored)?);
        let shown = stored.texts;

        let name = words(&shown.name);
        filled.add_u64(self.name_length, name.len() as u64);
        let begun = |form: &dyn Fn(&Word) -> &String| {
            let mut all = vec![token(BEGIN, 0)];
            all.extend(name.iter().map(|word| token(form(word), word.position + 1)));
            together(all)
        };
        filled.add_pre_tokenized_text(self.name_folded, begun(&|w| &w.folded));
        filled.add_pre_tokenized_text(self.name_marked, begun(&|w| &w.marked));
        let english = words(&shown.name_en);
        let english = english.iter().map(|word| token(singular(&word.folded), word.position)).collect();
        filled.add_pre_tokenized_text(self.english, together(english));
        let parent = document.parent_category.as_ref().map(|c| nfc(&c.label)).unwrap_or_default();
        let kind = nfc(&document.producer_kind.label);
        let (folded, marked) =
            tokens(&[&shown.producer, &shown.village, &shown.category, &parent, &kind].map(String::as_str));
        filled.add_pre_tokenized_text(self.who_folded, folded);
        filled.add_pre_tokenized_text(self.who_marked, marked);
        let (folded, marked) = tokens(&[&shown.body]);
        filled.add_pre_tokenized_text(self.body_folded, folded);
        filled.add_pre_tokenized_text(self.body_marked, marked);

        for code in [&document.category, &document.parent_category].into_iter().flatten().map(|c| &c.code) {
            filled.add_text(self.category, code);
        }
        for (field, code) in [
            (self.village, &document.village.code),
            (self.producer_kind, &document.producer_kind.code),
            (self.availability, &document.availability),
        ] {
            if !code.is_empty() {
                filled.add_text(field, code);
            }
        }
        if let Some(stars) = document.stars {
            filled.add_u64(self.stars, u64::from(stars.stars));
            filled.add_u64(self.stars_until, day_number(stars.until));
        }
        for (code, until, label) in latest_certificates(document) {
            filled.add_text(self.certificate, code);
            filled.add_u64(self.certificate_until, until);
            for word in words(&nfc(label)) {
                filled
                    .add_pre_tokenized_text(self.certificate_words, raw(&format!("{}{DAY_MARK}{until}", word.folded)));
            }
        }
        filled.add_u64(self.season, u64::from(document.season_months));
        if let Some(price) = document.price_min {
            filled.add_i64(self.price_min, price);
        }
        if let Some(price) = document.price_max.or(document.price_min) {
            filled.add_i64(self.price_max, price);
        }
        filled.add_i64(self.updated_at, document.updated_at);
        filled.add_i64(self.scans, document.scans);
        Ok(filled)
    }
}

/// The texts a hit shows.
pub fn shown(document: &Document) -> Shown {
    Shown {
        name: nfc(&document.name),
        name_en: nfc(document.name_en.as_deref().unwrap_or_default()),
        producer: nfc(&document.producer_name),
        village: nfc(&document.village.label),
        category: nfc(document.category.as_ref().map(|c| c.label.as_str()).unwrap_or_default()),
        body: nfc(&[document.description.as_str(), document.story.as_str()].join("\n")).trim().to_owned(),
    }
}

/// One entry per kind of certificate: code, last day, words. Several of a kind count as the one that lasts longest.
pub fn latest_certificates(document: &Document) -> Vec<(&str, u64, &str)> {
    let mut latest: Vec<(&str, u64, &str)> = Vec::new();
    for certificate in &document.certificates {
        let until = certificate.until.map_or(NEVER, day_number);
        match latest.iter_mut().find(|(code, ..)| *code == certificate.kind.code) {
            Some(entry) => entry.1 = entry.1.max(until),
            None => latest.push((&certificate.kind.code, until, &certificate.kind.label)),
        }
    }
    latest
}

fn token(text: &str, position: usize) -> Token {
    Token { offset_from: 0, offset_to: 0, position, text: text.to_owned(), position_length: 1 }
}

fn together(tokens: Vec<Token>) -> PreTokenizedString {
    PreTokenizedString { text: String::new(), tokens }
}

fn raw(text: &str) -> PreTokenizedString {
    together(vec![token(text, 0)])
}

/// The words of some texts without and with their marks; no phrase reaches from one text into the next.
fn tokens(texts: &[&str]) -> (PreTokenizedString, PreTokenizedString) {
    let (mut folded, mut marked): (Vec<Token>, Vec<Token>) = (Vec::new(), Vec::new());
    let mut start = 0;
    for text in texts {
        for word in words(text) {
            folded.push(token(&word.folded, start + word.position));
            marked.push(token(&word.marked, start + word.position));
        }
        start = folded.last().map_or(0, |t| t.position + TEXT_GAP);
    }
    (together(folded), together(marked))
}
