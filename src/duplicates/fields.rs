//! The fields of two producers side by side, and what a merge makes of them.

use crate::producers::model::{ConsentField, ProducerContent};
use crate::review::fields;
use crate::review::names::Villages;
use crate::web::{Form, Lang};

/// A field in which the two differ.
pub struct Choice {
    /// Its name in the content, and in the form.
    pub key: &'static str,
    /// Its name for people.
    pub label: &'static str,
    /// What the kept one says.
    pub kept: String,
    /// What the other says.
    pub other: String,
}

/// The fields in which they differ, in the order of the form.
pub fn choices(kept: &ProducerContent, other: &ProducerContent, villages: &Villages, lang: Lang) -> Vec<Choice> {
    let said = |bits: &[crate::review::diff::Bit], gone: bool| -> String {
        use crate::review::diff::Mark;
        let leave = if gone { Mark::New } else { Mark::Gone };
        bits.iter().filter(|bit| bit.mark != leave).map(|bit| bit.text.as_str()).collect()
    };
    fields::producer_fields(kept, other, villages, lang)
        .into_iter()
        .filter(|field| field.changed)
        .map(|field| Choice {
            key: field.key,
            label: field.label,
            kept: said(&field.old, true),
            other: said(&field.new, false),
        })
        .collect()
}

/// The kept one's content with what the form takes of the other's.
pub fn merged(kept: &ProducerContent, other: &ProducerContent, form: &Form) -> ProducerContent {
    let takes = |key: &str| form.value(key) == "other";
    let mut content = kept.clone();
    if takes("kind") {
        content.kind = other.kind;
    }
    if takes("name") {
        content.name.clone_from(&other.name);
    }
    if takes("village") {
        content.village = other.village;
    }
    if takes("representative") {
        content.representative.clone_from(&other.representative);
    }
    if takes("phone") {
        content.phone.clone_from(&other.phone);
    }
    if takes("address") {
        content.address.clone_from(&other.address);
    }
    if takes("tax_code") {
        content.tax_code.clone_from(&other.tax_code);
        content.tax_answer = other.tax_answer;
    }
    if takes("story") {
        content.story.clone_from(&other.story);
    }
    if takes("story_en") {
        content.story_en.clone_from(&other.story_en);
    }
    if takes("website") {
        content.website.clone_from(&other.website);
    }
    if takes("picture") {
        content.picture = other.picture;
    }
    content
}

/// Consents of the kept one that can't stand: their field's words came from the other, which had not consented.
pub fn unconsented(
    before: &ProducerContent,
    after: &ProducerContent,
    kept: &[ConsentField],
    other: &[ConsentField],
) -> Vec<ConsentField> {
    let changed = |field: ConsentField| match field {
        ConsentField::Phone => before.phone != after.phone,
        ConsentField::Representative => before.representative != after.representative,
        ConsentField::Address => before.address != after.address,
        ConsentField::Labels => before.name != after.name || before.village != after.village,
        ConsentField::Helping => false,
    };
    kept.iter().copied().filter(|field| changed(*field) && !other.contains(field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(name: &str, phone: &str) -> ProducerContent {
        ProducerContent { name: name.to_owned(), phone: phone.to_owned(), ..ProducerContent::default() }
    }

    #[test]
    fn only_what_the_form_takes_comes_from_the_other() {
        let (kept, other) = (content("A", "0912345678"), content("B", "0987654321"));
        let mut form = Form::default();
        form.push("phone", "other");
        form.push("name", "kept");
        assert_eq!(merged(&kept, &other, &form), content("A", "0987654321"));
        assert_eq!(merged(&kept, &other, &Form::default()), kept);
    }

    #[test]
    fn every_field_that_can_differ_can_be_taken() {
        let kept = ProducerContent::default();
        let text = |n: usize| format!("chữ mẫu {n}");
        let other = ProducerContent {
            kind: Some(crate::producers::model::ProducerKind::Household),
            name: text(1),
            representative: text(2),
            phone: "0912345678".to_owned(),
            village: Some(crate::ids::VillageId(uuid::Uuid::from_u128(1))),
            address: text(3),
            tax_code: "0100047516".to_owned(),
            story: text(4),
            story_en: text(5),
            website: text(6),
            picture: Some(crate::ids::FileId(uuid::Uuid::from_u128(2))),
            ..ProducerContent::default()
        };
        let mut form = Form::default();
        for field in fields::producer_fields(&kept, &other, &Villages::default(), Lang::Vi) {
            form.push(field.key, "other");
        }
        assert_eq!(merged(&kept, &other, &form), other);
    }

    #[test]
    fn a_consent_does_not_cover_words_of_one_that_did_not_consent() {
        let (kept, other) = (content("A", "0912345678"), content("A", "0987654321"));
        let all = ConsentField::ALL;
        assert_eq!(unconsented(&kept, &other, all, &[]), [ConsentField::Phone]);
        assert_eq!(unconsented(&kept, &other, all, &[ConsentField::Phone]), []);
        assert_eq!(unconsented(&kept, &kept, all, &[]), []);
    }
}
