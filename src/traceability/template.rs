//! Steps as people know them: per product family, in Vietnamese and English, and how each becomes an EPCIS event.
//!
//! The steps are data (`seed/step-templates.json`), built into the program; start at [`StepTemplates::built_in`].

mod rules;

use serde::Deserialize;

use super::epcis::{Action, EventType};
use super::facts::{FactError, FactKind, FactProblem, Facts, read_fact};
use super::quantity::Uom;

/// A product family by how its goods come to be (TCVN 12850:2019 and its parts by branch).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Fresh fruit and vegetables.
    Fresh,
    /// Rice, grain, seeds.
    Grain,
    /// Livestock, fish, ragworm, crab.
    Livestock,
    /// Processed food, drink, herbal products.
    Processed,
    /// Crafts and ornamental plants.
    Craft,
    /// Community tourism: no lots, no steps.
    Tourism,
}

impl Family {
    /// All families.
    pub const ALL: [Self; 6] = [Self::Fresh, Self::Grain, Self::Livestock, Self::Processed, Self::Craft, Self::Tourism];

    /// The key in the database and in step keys.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Grain => "grain",
            Self::Livestock => "livestock",
            Self::Processed => "processed",
            Self::Craft => "craft",
            Self::Tourism => "tourism",
        }
    }

    /// The family of a key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|family| family.as_str() == key)
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bilingual {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

/// What a step means for the rules on steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRole {
    /// Life begins here: sown, planted, born, stocked.
    Planting,
    /// Growing and tending.
    Care,
    /// Something was used that may need a withholding period.
    InputUse,
    /// Goods come into being from nature.
    Harvest,
    /// Cooling, drying, sampling, finishing.
    Handling,
    /// Goods are made from other goods.
    Making,
    /// Goods are packed into a new lot.
    Packing,
    /// Goods leave.
    Shipping,
    /// Goods arrive.
    Receiving,
}

/// What a step does to lots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LotUse {
    /// The lot comes into being, or grows.
    Makes,
    /// Something happened to the lot.
    Observes,
    /// Input lots are used up, a new lot comes out.
    Transforms,
    /// The lot leaves for somebody.
    Sends,
    /// The lot comes from somebody.
    Receives,
}

/// How a step becomes an EPCIS event.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct EventMapping {
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: EventType,
    /// The action; none for a transformation.
    pub action: Option<Action>,
    /// The CBV business step, bare.
    pub biz_step: String,
    /// The CBV disposition, bare.
    pub disposition: Option<String>,
    /// What it does to lots.
    pub lots: LotUse,
}

/// One question of a step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FactTemplate {
    /// Its name in forms; the unit of an amount is `{key}_uom`.
    pub key: String,
    /// What kind of answer it takes.
    pub kind: FactKind,
    /// Whether it must be answered.
    pub required: bool,
    /// The question in a few words.
    pub label: Bilingual,
    /// The units that an amount may have, the usual one first.
    #[serde(default)]
    pub units: Vec<Uom>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTemplate {
    /// Its key, led by the family: `fresh.harvest`.
    pub key: String,
    /// What it means for the rules on steps.
    pub role: StepRole,
    /// The name of its drawing.
    pub icon: String,
    /// What it is called on its button.
    pub label: Bilingual,
    /// One sentence of help.
    pub hint: Bilingual,
    /// What the timeline says once it is done.
    pub told: Bilingual,
    /// Its questions in order.
    pub facts: Vec<FactTemplate>,
    /// The event that it becomes.
    pub event: EventMapping,
}

impl StepTemplate {
    /// Reads the typed answers of this step; `answer` gives what was typed for a name, if anything.
    ///
    /// Answers that are ids ([`FactKind::is_reference`]) are the caller's to resolve; required ones are only checked
    /// to be there. The error lists every refused answer, so that a form can say them all at once.
    pub fn read_facts<'a>(&self, answer: impl Fn(&str) -> Option<&'a str>) -> Result<Facts, Vec<FactProblem>> {
        let mut facts = Facts::default();
        let mut problems = Vec::new();
        for fact in &self.facts {
            let Some(text) = answer(&fact.key).filter(|text| !text.trim().is_empty()) else {
                if fact.required {
                    problems.push(FactProblem { key: fact.key.clone(), error: FactError::Missing });
                }
                continue;
            };
            if fact.kind.is_reference() {
                continue;
            }
            match read_fact(fact.kind, text, answer(&format!("{}_uom", fact.key)), &fact.units) {
                Ok(value) => facts.push(&fact.key, fact.kind, value),
                Err(error) => problems.push(FactProblem { key: fact.key.clone(), error }),
            }
        }
        if problems.is_empty() { Ok(facts) } else { Err(problems) }
    }

    /// The same step told of one lot alone, without the lots that went into it: packing is then something that
    /// was seen of the lot, and everything else makes it. Steps that transform nothing stay as they are.
    pub fn of_one_lot(&self) -> Self {
        let mut step = self.clone();
        if step.event.lots == LotUse::Transforms {
            let packs = step.role == StepRole::Packing;
            step.event.event_type = EventType::ObjectEvent;
            step.event.action = Some(if packs { Action::Observe } else { Action::Add });
            step.event.lots = if packs { LotUse::Observes } else { LotUse::Makes };
        }
        step
    }

    /// True where another lot may have gone into it.
    pub fn takes_lots(&self) -> bool {
        self.event.lots == LotUse::Transforms
    }
}

/// A family with its steps, those most used first.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilySteps {
    /// The family.
    pub key: Family,
    /// What it is called.
    pub label: Bilingual,
    /// Whether its products have lots at all.
    pub lots: bool,
    /// Its steps.
    pub steps: Vec<StepTemplate>,
}

/// All families and steps.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTemplates {
    /// Rises whenever a step changes.
    pub version: u32,
    families: Vec<FamilySteps>,
}

/// Why a set of templates was refused.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// Not the JSON of templates.
    #[error("step templates: {0}")]
    Json(#[from] serde_json::Error),
    /// A rule is broken.
    #[error("step template `{key}`: {message}")]
    Rule {
        /// The step or family.
        key: String,
        /// What is wrong.
        message: String,
    },
}

impl StepTemplates {
    /// The templates that come with the program.
    pub fn built_in() -> Result<Self, TemplateError> {
        Self::from_json(include_str!("../../seed/step-templates.json"))
    }

    /// Reads and checks templates.
    pub fn from_json(text: &str) -> Result<Self, TemplateError> {
        let templates: Self = serde_json::from_str(text)?;
        rules::check(&templates)?;
        Ok(templates)
    }

    /// The steps of a family.
    pub fn family(&self, family: Family) -> Option<&FamilySteps> {
        self.families.iter().find(|steps| steps.key == family)
    }

    /// The step of a key such as `fresh.harvest`.
    pub fn step(&self, key: &str) -> Option<&StepTemplate> {
        self.steps().find(|step| step.key == key)
    }

    /// All steps of all families.
    pub fn steps(&self) -> impl Iterator<Item = &StepTemplate> {
        self.families.iter().flat_map(|family| &family.steps)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn the_built_in_templates_keep_their_rules() {
        let templates = StepTemplates::built_in().unwrap();
        assert!(templates.family(Family::Tourism).unwrap().steps.is_empty());
        for (family, steps) in [
            (
                Family::Fresh,
                &["plant", "prune", "spray", "fertilise", "harvest", "cool", "pack", "ship", "receive"][..],
            ),
            (Family::Grain, &["plant", "harvest", "dry", "mill", "pack", "ship"]),
            (Family::Livestock, &["stock", "feed", "treat", "slaughter", "catch", "pack", "ship"]),
            (Family::Processed, &["receive", "make", "pack", "ship"]),
            (Family::Craft, &["receive", "make", "care", "finish", "ship"]),
        ] {
            for step in steps {
                assert!(templates.step(&format!("{}.{step}", family.as_str())).is_some(), "{family:?} {step}");
            }
        }
    }

    #[test]
    fn where_something_is_used_its_name_dose_and_days_are_asked() {
        let templates = StepTemplates::built_in().unwrap();
        let used: Vec<&StepTemplate> = templates.steps().filter(|step| step.role == StepRole::InputUse).collect();
        assert!(used.len() >= 6, "{}", used.len());
        for step in used {
            let asked: Vec<(FactKind, bool)> = step.facts.iter().map(|fact| (fact.kind, fact.required)).collect();
            for fact in [(FactKind::InputName, true), (FactKind::Dose, false), (FactKind::WithholdingDays, false)] {
                assert!(asked.contains(&fact), "{}: {fact:?}", step.key);
            }
        }
        for key in ["fresh.plant", "grain.plant", "livestock.stock"] {
            assert_eq!(templates.step(key).unwrap().role, StepRole::Planting, "{key}");
        }
    }

    #[test]
    fn all_refused_answers_are_told_at_once() {
        let templates = StepTemplates::built_in().unwrap();
        let harvest = templates.step("fresh.harvest").unwrap();
        let typed = BTreeMap::from([("quantity", "12.5"), ("quantity_uom", "KGM")]);
        let problems = harvest.read_facts(|key| typed.get(key).copied()).unwrap_err();
        let keys: Vec<&str> = problems.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, ["quantity", "place"]);
    }

    #[test]
    fn typed_answers_become_facts() {
        let templates = StepTemplates::built_in().unwrap();
        let spray = templates.step("fresh.spray").unwrap();
        // Decomposed letters, as some phones type them.
        let typed = BTreeMap::from([
            ("input_name", " Che\u{302}\u{301} phẩm Bt "),
            ("withholding_days", "7"),
            ("place", "p1"),
            ("note", "anh Mẫu phun"),
        ]);
        let facts = spray.read_facts(|key| typed.get(key).copied()).unwrap();
        assert_eq!(facts.input_name(), Some("Chế phẩm Bt"));
        assert_eq!(facts.withholding_days(), Some(7));
        assert_eq!(facts.beside().collect::<Vec<_>>(), [("note", "anh Mẫu phun")]);
    }

    #[test]
    fn an_amount_takes_only_the_units_of_its_step() {
        let templates = StepTemplates::built_in().unwrap();
        let harvest = templates.step("grain.harvest").unwrap();
        let typed = |unit| BTreeMap::from([("quantity", "5"), ("quantity_uom", unit), ("place", "p")]);
        assert!(harvest.read_facts(|key| typed("DTN").get(key).copied()).is_ok());
        assert!(harvest.read_facts(|key| typed("LTR").get(key).copied()).is_err());
        assert!(harvest.read_facts(|key| typed("XYZ").get(key).copied()).is_err());
    }
}
