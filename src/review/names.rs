//! Words for the codes and ids that the office's pages show: villages, categories, units, certificates.

use std::collections::HashMap;

use crate::db::{Cx, Result};
use crate::ids::{CommuneId, VillageId};
use crate::products::catalogue;
use crate::web::i18n::Lang;

use super::village_store;

/// Name of a category; its code if it is not listed.
pub fn category(code: &str, lang: Lang) -> String {
    catalogue::category(code).map_or_else(|| code.to_owned(), |category| category.name(lang).to_owned())
}

/// Every category with its name, in the lists' order.
pub fn category_choices(lang: Lang) -> Vec<(String, String)> {
    catalogue::categories().iter().map(|c| (c.code.clone(), c.name(lang).to_owned())).collect()
}

/// Name of a price unit; its code if it is not listed.
pub fn unit(code: &str, lang: Lang) -> &str {
    catalogue::unit_name(code, lang)
}

/// Name of a kind of certificate; its code if it is not listed.
pub fn certificate(code: &str, lang: Lang) -> String {
    catalogue::certificate_kind_name(code, lang).to_owned()
}

/// The commune's villages, hidden ones too: a record keeps its village.
#[derive(Clone, Debug, Default)]
pub struct Villages {
    list: Vec<village_store::VillageRow>,
    by_id: HashMap<VillageId, usize>,
}

impl Villages {
    /// Reads them.
    pub async fn load(cx: &mut Cx<'_>, commune: CommuneId) -> Result<Self> {
        let list = village_store::all(cx, commune).await?;
        let by_id = list.iter().enumerate().map(|(at, village)| (village.id, at)).collect();
        Ok(Self { list, by_id })
    }

    /// A village's name; empty if there is none.
    pub fn name(&self, id: Option<VillageId>) -> &str {
        id.and_then(|id| self.by_id.get(&id)).and_then(|at| self.list.get(*at)).map_or("", |v| v.name.as_str())
    }

    /// True if it is one of the commune's.
    pub fn has(&self, id: VillageId) -> bool {
        self.by_id.contains_key(&id)
    }

    /// Ids and names for a field.
    pub fn choices(&self) -> Vec<(String, String)> {
        self.list.iter().map(|village| (village.id.to_string(), village.name.clone())).collect()
    }
}
