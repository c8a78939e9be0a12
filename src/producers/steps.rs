//! The steps of telling of a producer: one group of questions a page. Pure rules: which fields a step has, how
//! they are filled from the content and read back into it, and what is still missing.

use crate::accounts::model::{Person, Phone};
use crate::ids::VillageId;
use crate::web::{Form, Lang};

use super::model::{ConsentField, ProducerContent, ProducerKind, TaxAnswer};
use super::tax_code::TaxCode;
use super::texts::Texts;
use super::website;

/// Longest texts, in characters.
const NAME: usize = 120;
const REPRESENTATIVE: usize = 80;
const ADDRESS: usize = 200;
const STORY: usize = 3000;

/// Values of "who may see this?".
const FOR_OFFICE: &str = "office";
const FOR_ALL: &str = "all";

/// A page of questions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Which of the five kinds.
    Kind,
    /// Trade name, village, exact address.
    Place,
    /// Representative and phone.
    Contact,
    /// Tax code.
    Tax,
    /// Story and web page.
    Story,
    /// Picture; has a form of its own, since it carries a file.
    Picture,
    /// Consent for printed labels.
    Labels,
}

/// How far a step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// Answered.
    Done,
    /// Must be answered before it can be handed in.
    Missing,
    /// May stay empty.
    Optional,
}

/// A choice about who may see a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The field.
    pub field: ConsentField,
    /// True: anyone.
    pub public: bool,
}

impl Step {
    /// All, in order.
    pub const ALL: [Self; 7] =
        [Self::Kind, Self::Place, Self::Contact, Self::Tax, Self::Story, Self::Picture, Self::Labels];

    /// Last part of its address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Kind => "loai",
            Self::Place => "noi",
            Self::Contact => "lien-he",
            Self::Tax => "thue",
            Self::Story => "gioi-thieu",
            Self::Picture => "anh",
            Self::Labels => "tem",
        }
    }

    /// From the last part of an address.
    pub fn of_path(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.path() == path)
    }

    /// The step that asks for a field of the content.
    pub fn of_field(field: &str) -> Option<Self> {
        Some(match field {
            "kind" => Self::Kind,
            "name" | "village" | "address" => Self::Place,
            "representative" | "phone" => Self::Contact,
            "tax_code" => Self::Tax,
            "story" | "story_vi" | "story_en" | "website" => Self::Story,
            "picture" => Self::Picture,
            "labels" => Self::Labels,
            _ => return None,
        })
    }

    /// 1 for the first.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).unwrap_or_default() + 1
    }

    /// The step after this one.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// The step before this one.
    pub fn previous(self) -> Option<Self> {
        Self::ALL.get(self.number().checked_sub(2)?).copied()
    }

    /// How far this step is.
    pub fn progress(self, content: &ProducerContent) -> Progress {
        let required = |done: bool| if done { Progress::Done } else { Progress::Missing };
        let optional = |done: bool| if done { Progress::Done } else { Progress::Optional };
        match self {
            Self::Kind => required(content.kind.is_some()),
            Self::Place => {
                required(!content.name.is_empty() && content.village.is_some() && !content.address.is_empty())
            }
            Self::Contact => required(!content.representative.is_empty()),
            Self::Tax => optional(content.tax_answer.is_some() || !content.tax_code.is_empty()),
            Self::Story => optional(!content.story.is_empty()),
            Self::Picture => optional(content.picture.is_some()),
            Self::Labels => optional(content.asked_labels),
        }
    }

    /// The form of this step as it stands. `own` is the person at the form when they act for themselves.
    pub fn fill(self, content: &ProducerContent, consents: &[ConsentField], own: Option<&Person>) -> Form {
        let mut form = Form::default();
        match self {
            Self::Kind => form.push("kind", content.kind.map(|k| k.word()).unwrap_or_default()),
            Self::Place => {
                form.push("name", &content.name);
                form.push("village", &content.village.map(|v| v.to_string()).unwrap_or_default());
                form.push("address", &content.address);
                fill_choice(&mut form, ConsentField::Address, &content.address, consents);
            }
            Self::Contact => fill_contact(&mut form, content, consents, own),
            Self::Tax => {
                let personal = TaxCode::parse(&content.tax_code).is_ok_and(|code| code.is_personal());
                form.push("tax_code", if personal { "" } else { &content.tax_code });
                let answer = if content.tax_code.is_empty() { content.tax_answer } else { Some(TaxAnswer::Known) };
                form.push("tax_answer", answer.map(|a| a.word()).unwrap_or_default());
            }
            Self::Story => {
                form.push("story", &content.story);
                form.push("story_en", &content.story_en);
                form.push("website", &content.website);
            }
            Self::Picture => {}
            Self::Labels => {
                if consents.contains(&ConsentField::Labels) {
                    form.push("labels", FOR_ALL);
                } else if content.asked_labels {
                    form.push("labels", FOR_OFFICE);
                }
            }
        }
        form
    }

    /// Reads a form into the content. What is wrong is noted in the form; the choices hold if nothing is.
    /// `villages` are those that may be chosen.
    pub fn read(
        self,
        form: &mut Form,
        content: &mut ProducerContent,
        villages: &[VillageId],
        lang: Lang,
    ) -> Vec<Choice> {
        let t = Texts(lang);
        match self {
            Self::Kind => {
                content.kind = form.value("kind").parse::<ProducerKind>().ok();
                if content.kind.is_none() {
                    form.fail("kind", t.kind_missing());
                }
                Vec::new()
            }
            Self::Place => read_place(form, content, villages, lang),
            Self::Contact => read_contact(form, content, lang),
            Self::Tax => {
                read_tax(form, content, lang);
                Vec::new()
            }
            Self::Story => {
                content.story = form.text("story", STORY, lang).unwrap_or_default();
                content.story_en = form.text("story_en", STORY, lang).unwrap_or_default();
                content.website = form.parse_with("website", website::parse, |e| e.say(lang)).unwrap_or_default();
                Vec::new()
            }
            Self::Picture => Vec::new(),
            Self::Labels => {
                content.asked_labels = true;
                read_choice(form, ConsentField::Labels, t.labels_missing()).into_iter().collect()
            }
        }
    }
}

/// The steps that must still be answered.
pub fn missing(content: &ProducerContent) -> Vec<Step> {
    Step::ALL.into_iter().filter(|step| step.progress(content) == Progress::Missing).collect()
}

/// Name of the form's field for the choice about a field.
pub fn choice_name(field: ConsentField) -> &'static str {
    match field {
        ConsentField::Phone => "phone_seen",
        ConsentField::Representative => "representative_seen",
        ConsentField::Address => "address_seen",
        ConsentField::Labels => "labels",
        ConsentField::Helping => "helping",
    }
}

/// A choice that was made before is shown; one that was never made is not made for anybody.
fn fill_choice(form: &mut Form, field: ConsentField, value: &str, consents: &[ConsentField]) {
    if consents.contains(&field) {
        form.push(choice_name(field), FOR_ALL);
    } else if !value.is_empty() {
        form.push(choice_name(field), FOR_OFFICE);
    }
}

fn read_choice(form: &mut Form, field: ConsentField, missing: &str) -> Option<Choice> {
    let name = choice_name(field);
    match form.value(name) {
        FOR_ALL => Some(Choice { field, public: true }),
        FOR_OFFICE => Some(Choice { field, public: false }),
        _ => {
            form.fail(name, missing);
            None
        }
    }
}

/// Name and phone of the person at the form stand in until the step is answered.
fn fill_contact(form: &mut Form, content: &ProducerContent, consents: &[ConsentField], own: Option<&Person>) {
    let fresh = content.representative.is_empty();
    let own = own.filter(|_| fresh);
    form.push("representative", own.map_or(content.representative.as_str(), |person| person.name.as_str()));
    let phone = match own {
        Some(person) if content.phone.is_empty() => person.phone.grouped(),
        _ => Phone::parse(&content.phone).map(|phone| phone.grouped()).unwrap_or_default(),
    };
    form.push("phone", &phone);
    if !fresh && content.phone.is_empty() {
        form.push("no_phone", "1");
    }
    fill_choice(form, ConsentField::Representative, &content.representative, consents);
    fill_choice(form, ConsentField::Phone, &content.phone, consents);
}

fn read_place(form: &mut Form, content: &mut ProducerContent, villages: &[VillageId], lang: Lang) -> Vec<Choice> {
    let t = Texts(lang);
    content.name = form.required("name", NAME, t.name_missing(), lang).unwrap_or_default();
    match form.value("village").parse::<VillageId>() {
        Ok(village) if villages.contains(&village) => content.village = Some(village),
        Ok(_) => form.fail("village", t.village_strange()),
        Err(_) => form.fail("village", t.village_missing()),
    }
    content.address = form.required("address", ADDRESS, t.address_missing(), lang).unwrap_or_default();
    read_choice(form, ConsentField::Address, t.seen_missing()).into_iter().collect()
}

fn read_contact(form: &mut Form, content: &mut ProducerContent, lang: Lang) -> Vec<Choice> {
    let t = Texts(lang);
    content.representative =
        form.required("representative", REPRESENTATIVE, t.representative_missing(), lang).unwrap_or_default();
    let mut choices: Vec<Choice> =
        read_choice(form, ConsentField::Representative, t.seen_missing()).into_iter().collect();
    if form.has("no_phone", "1") {
        if form.value("phone").is_empty() {
            content.phone.clear();
            choices.push(Choice { field: ConsentField::Phone, public: false });
        } else {
            form.fail("phone", t.phone_both());
        }
        return choices;
    }
    match Phone::parse(form.value("phone")) {
        Ok(phone) => phone.as_str().clone_into(&mut content.phone),
        Err(error) => form.fail("phone", error.say(lang)),
    }
    choices.extend(read_choice(form, ConsentField::Phone, t.seen_missing()));
    choices
}

/// A code that is written speaks for itself; a stored personal number, which the form never shows, stays when
/// "yes" is chosen and nothing is written.
fn read_tax(form: &mut Form, content: &mut ProducerContent, lang: Lang) {
    let t = Texts(lang);
    let answer = form.value("tax_answer").parse::<TaxAnswer>().ok();
    let written = form.value("tax_code").to_owned();
    match (answer, written.is_empty()) {
        (Some(TaxAnswer::NoCode | TaxAnswer::Unknown), false) => form.fail("tax_code", t.tax_both()),
        (Some(TaxAnswer::Known) | None, false) => match TaxCode::parse(&written) {
            Ok(code) => {
                code.as_str().clone_into(&mut content.tax_code);
                content.tax_answer = Some(TaxAnswer::Known);
            }
            Err(error) => form.fail("tax_code", error.say(lang)),
        },
        (Some(TaxAnswer::Known), true) => {
            if !TaxCode::parse(&content.tax_code).is_ok_and(|code| code.is_personal()) {
                form.fail("tax_code", t.tax_missing());
            }
        }
        (answer @ Some(_), true) => {
            content.tax_code.clear();
            content.tax_answer = answer;
        }
        (None, true) => form.fail("tax_answer", t.tax_choose()),
    }
}

#[cfg(test)]
#[path = "steps_tests.rs"]
mod tests;
