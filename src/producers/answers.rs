//! What was answered, in words: for the check page, the task list, and for showing what another editor stored.

use crate::web::Lang;

use super::model::{ConsentField, ProducerContent, TaxAnswer};
use super::registration::Registration;
use super::steps::{Progress, Step};
use super::tax_code;
use super::texts::Texts;
use crate::accounts::model::Phone;

/// One question and its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The page that asks it.
    pub step: Step,
    /// The question, short.
    pub label: String,
    /// The answer; "" if there is none.
    pub value: String,
    /// What stands for an empty answer.
    pub none: &'static str,
    /// Who may see it, where that is a choice.
    pub seen: &'static str,
    /// True if it must be answered and is not.
    pub missing: bool,
}

/// Every answer of a step.
pub fn of_step(record: &Registration, step: Step, lang: Lang) -> Vec<Answer> {
    let t = Texts(lang);
    let content = &record.content;
    let fields = record.consent_fields();
    let seen = |field: ConsentField, value: &str| match (value.is_empty(), fields.contains(&field)) {
        (true, _) => "",
        (false, true) => t.seen_all(),
        (false, false) => t.seen_office(),
    };
    let required = step.progress(content) == Progress::Missing;
    let plain = |label: &str, value: String| {
        let missing = required && value.is_empty();
        let none = if missing { t.no_answer() } else { t.left_empty() };
        Answer { step, label: label.to_owned(), value, none, seen: "", missing }
    };
    match step {
        Step::Kind => {
            vec![plain(t.kind_title(), content.kind.map(|k| k.label(lang).to_owned()).unwrap_or_default())]
        }
        Step::Place => vec![
            plain(t.name(), content.name.clone()),
            plain(t.village(), record.village_name().to_owned()),
            Answer {
                seen: seen(ConsentField::Address, &content.address),
                ..plain(t.address(), content.address.clone())
            },
        ],
        Step::Contact => {
            let phone = Phone::parse(&content.phone).map(|p| p.grouped()).unwrap_or_default();
            vec![
                Answer {
                    seen: seen(ConsentField::Representative, &content.representative),
                    ..plain(t.representative(), content.representative.clone())
                },
                Answer {
                    seen: seen(ConsentField::Phone, &phone),
                    none: if required { t.no_answer() } else { t.no_phone() },
                    missing: false,
                    ..plain(t.phone(), phone)
                },
            ]
        }
        Step::Tax => vec![Answer { none: t.no_answer(), ..plain(t.tax_title(), tax(content, lang)) }],
        Step::Story => vec![
            plain(t.story(), content.story.clone()),
            plain(t.story_en(), content.story_en.clone()),
            plain(t.website(), content.website.clone()),
        ],
        Step::Picture => {
            let value = if content.picture.is_some() { t.has_picture() } else { "" };
            vec![plain(t.picture_title(), value.to_owned())]
        }
        Step::Labels => {
            let value = match (fields.contains(&ConsentField::Labels), content.asked_labels) {
                (true, _) => t.labels_yes(),
                (false, true) => t.labels_no(),
                (false, false) => "",
            };
            vec![Answer { none: t.no_answer(), ..plain(t.labels_title(), value.to_owned()) }]
        }
    }
}

/// Every answer, in the order of the steps.
pub fn all(record: &Registration, lang: Lang) -> Vec<Answer> {
    Step::ALL.into_iter().flat_map(|step| of_step(record, step, lang)).collect()
}

/// A step's answers in one line, for the task list.
pub fn line(record: &Registration, step: Step, lang: Lang) -> String {
    let answers = of_step(record, step, lang);
    let words: Vec<&str> = answers.iter().map(|a| a.value.as_str()).filter(|v| !v.is_empty()).collect();
    let line = match step {
        Step::Story => words.first().copied().unwrap_or_default().to_owned(),
        _ => words.join(", "),
    };
    if line.chars().count() <= 90 {
        return line;
    }
    let cut: String = line.chars().take(88).collect();
    format!("{}…", cut.trim_end())
}

fn tax(content: &ProducerContent, lang: Lang) -> String {
    let t = Texts(lang);
    if !content.tax_code.is_empty() {
        return tax_code::shown(&content.tax_code);
    }
    match content.tax_answer {
        Some(TaxAnswer::NoCode) => t.tax_none().to_owned(),
        Some(TaxAnswer::Unknown) => t.tax_unknown().to_owned(),
        Some(TaxAnswer::Known) | None => String::new(),
    }
}

impl Step {
    /// Title of the page.
    pub fn title(self, lang: Lang) -> &'static str {
        let t = Texts(lang);
        match self {
            Self::Kind => t.kind_title(),
            Self::Place => t.place_title(),
            Self::Contact => t.contact_title(),
            Self::Tax => t.tax_title(),
            Self::Story => t.story_title(),
            Self::Picture => t.picture_title(),
            Self::Labels => t.labels_title(),
        }
    }
}
