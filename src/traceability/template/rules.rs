//! The rules that step templates keep, so that every step of them can become a valid event.

use std::collections::BTreeSet;

use super::{Bilingual, Family, LotUse, StepTemplate, StepTemplates, TemplateError};
use crate::traceability::epcis::{Action, EventType, Vocabulary};
use crate::traceability::facts::FactKind;

/// The first rule that these templates break.
pub(super) fn check(templates: &StepTemplates) -> Result<(), TemplateError> {
    let mut keys = BTreeSet::new();
    for family in Family::ALL {
        if templates.family(family).is_none() {
            return Err(rule(family.as_str(), "the family is missing"));
        }
    }
    for family in &templates.families {
        for step in &family.steps {
            check_step(family.key, step).map_err(|message| rule(&step.key, &message))?;
            if !keys.insert(&step.key) {
                return Err(rule(&step.key, "stands here twice"));
            }
        }
        if family.lots == family.steps.is_empty() {
            return Err(rule(family.key.as_str(), "a family has steps exactly when it has lots"));
        }
        check_text(&family.label).map_err(|message| rule(family.key.as_str(), &message))?;
    }
    Ok(())
}

fn rule(key: &str, message: &str) -> TemplateError {
    TemplateError::Rule { key: key.to_owned(), message: message.to_owned() }
}

fn check_text(text: &Bilingual) -> Result<(), String> {
    let missing = text.vi.trim().is_empty() || text.en.trim().is_empty();
    if missing { Err("every text needs Vietnamese and English".to_owned()) } else { Ok(()) }
}

fn check_step(family: Family, step: &StepTemplate) -> Result<(), String> {
    if step.key.split_once('.').is_none_or(|(lead, name)| lead != family.as_str() || name.is_empty()) {
        return Err(format!("the key must be led by `{}.`", family.as_str()));
    }
    for text in [&step.label, &step.hint, &step.told] {
        check_text(text)?;
    }
    let event = &step.event;
    if !Vocabulary::BizStep.contains(&event.biz_step) {
        return Err(format!("`{}` is no CBV business step", event.biz_step));
    }
    if let Some(disposition) = event.disposition.as_deref().filter(|word| !Vocabulary::Disposition.contains(word)) {
        return Err(format!("`{disposition}` is no CBV disposition"));
    }
    let expected = match event.lots {
        LotUse::Makes => (EventType::ObjectEvent, Some(Action::Add)),
        LotUse::Observes | LotUse::Sends | LotUse::Receives => (EventType::ObjectEvent, Some(Action::Observe)),
        LotUse::Transforms => (EventType::TransformationEvent, None),
    };
    if (event.event_type, event.action) != expected {
        return Err(format!("a step that {:?} lots must be {expected:?}", event.lots));
    }
    let quantity = step.facts.iter().find(|fact| fact.kind == FactKind::Quantity);
    let must_count = matches!(event.lots, LotUse::Makes | LotUse::Transforms);
    if must_count && !quantity.is_some_and(|fact| fact.required) {
        return Err("a step that makes a lot must ask for its quantity".to_owned());
    }
    if !step.facts.iter().any(|fact| fact.kind == FactKind::Place && fact.required) {
        return Err("every step must ask for its place".to_owned());
    }
    let mut keys = BTreeSet::new();
    for fact in &step.facts {
        check_text(&fact.label)?;
        if (fact.kind == FactKind::Quantity) == fact.units.is_empty() {
            return Err(format!("`{}`: units belong to amounts", fact.key));
        }
        if !keys.insert(&fact.key) {
            return Err(format!("`{}` is asked twice", fact.key));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_that_is_no_cbv_word_is_refused() {
        let text = include_str!("../../../seed/step-templates.json");
        for (from, to) in [
            ("\"creating_class_instance\"", "\"harvesting\""),
            ("\"in_transit\"", "\"on_the_way\""),
            ("\"en\": \"Harvest\"", "\"en\": \" \""),
            ("\"action\": \"ADD\"", "\"action\": \"DELETE\""),
            ("\"fresh.pack\"", "\"fresh.harvest\""),
        ] {
            assert!(text.contains(from), "{from}");
            assert!(StepTemplates::from_json(&text.replacen(from, to, 1)).is_err(), "{to}");
        }
    }
}
