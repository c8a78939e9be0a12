//! Everything an officer sees of a recall before and after it is confirmed.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use super::super::flow;
use super::super::model::{Recall, RecalledLot, fingerprint};
use super::super::pieces::RunSerials;
use super::super::store::{concerned, concerned::Asked, lots, serials};
use super::identifiers;
use crate::clock::{Day, Time};
use crate::db::Cx;
use crate::ids::{ProducerId, ProductId};
use crate::producers::store as producers;
use crate::traceability::identifiers::Identifiers;
use crate::web::{AppError, Ctx};

/// Lots, sendings and enquiries that the page lists of each; the files have all.
const SHOWN: usize = 100;
/// How far back scans are counted.
const SCANS_OF: Duration = Duration::from_hours(30 * 24);

/// Goods that were sent on, with the receiver as far as it was told.
#[derive(Clone, Debug)]
pub struct SentOn {
    /// Code of the lot.
    pub lot_code: String,
    /// Name of its product.
    pub product: String,
    /// Trade name of the sender.
    pub sender: String,
    /// When.
    pub at: Time,
    /// Name of the receiver; "" where it was not told.
    pub receiver: String,
    /// What the sender wrote beside it.
    pub note: String,
}

/// What a recall reaches and whom it concerns.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its lots, nearest first.
    pub rows: Vec<RecalledLot>,
    /// Pieces, if it takes back only some.
    pub pieces: Vec<RunSerials>,
    /// Label codes that say it.
    pub codes: i64,
    /// Openings of its lots' labels in 30 days.
    pub scans: i64,
    /// Who received.
    pub sent: Vec<SentOn>,
    /// Who asked since the lots were made, latest first.
    pub asked: Vec<Asked>,
    /// Lots made from it that are not recalled.
    pub left_out: usize,
    /// Of what was looked at.
    pub fingerprint: String,
}

impl Preview {
    /// Reads it all: a few statements, however many lots and codes there are.
    pub async fn load(ctx: &Ctx, cx: &mut Cx<'_>, recall: &Recall) -> Result<Self, AppError> {
        let commune = ctx.commune_id();
        let rows = lots::table(cx, commune, recall.id, ctx.now().minus(SCANS_OF)).await?;
        let pieces = serials::of_recall(cx, commune, recall.id).await?;
        let made = made_on(&rows);
        let first = made.values().min().copied().unwrap_or(ctx.today());
        let mut asked = concerned::asked(cx, commune, recall.id, first.at(0, 0)).await?;
        asked.retain(|one| made.get(&one.product_id).is_some_and(|day| one.at >= day.at(0, 0)));
        let codes = if recall.is_partial() {
            pieces.iter().map(|piece| piece.serials.count()).sum()
        } else {
            rows.iter().map(|row| row.codes).sum()
        };
        Ok(Self {
            codes,
            scans: rows.iter().map(|row| row.scans).sum(),
            sent: sent(ctx, cx, recall).await?,
            left_out: flow::left_out(cx, recall).await?,
            fingerprint: fingerprint(rows.iter().map(|row| row.lot.id), &pieces),
            rows,
            pieces,
            asked,
        })
    }

    /// Lots that the page lists.
    pub fn shown_lots(&self) -> &[RecalledLot] {
        &self.rows[..self.rows.len().min(SHOWN)]
    }

    /// Lots that it does not.
    pub fn more_lots(&self) -> usize {
        self.rows.len().saturating_sub(SHOWN)
    }

    /// Sendings that the page lists.
    pub fn shown_sent(&self) -> &[SentOn] {
        &self.sent[..self.sent.len().min(SHOWN)]
    }

    /// Sendings that it does not.
    pub fn more_sent(&self) -> usize {
        self.sent.len().saturating_sub(SHOWN)
    }

    /// Enquiries and reports that the page lists.
    pub fn shown_asked(&self) -> &[Asked] {
        &self.asked[..self.asked.len().min(SHOWN)]
    }

    /// Enquiries and reports that it does not.
    pub fn more_asked(&self) -> usize {
        self.asked.len().saturating_sub(SHOWN)
    }

    /// How many asked for a lot's product since it was made.
    pub fn asked_for(&self, row: &RecalledLot) -> usize {
        let since = row.lot.made_on.at(0, 0);
        self.asked.iter().filter(|one| one.product_id == row.lot.product_id && one.at >= since).count()
    }
}

/// The first day on which each product was made.
fn made_on(rows: &[RecalledLot]) -> HashMap<ProductId, Day> {
    let mut made: HashMap<ProductId, Day> = HashMap::new();
    for row in rows {
        let day = made.entry(row.lot.product_id).or_insert(row.lot.made_on);
        *day = (*day).min(row.lot.made_on);
    }
    made
}

/// Who received goods of the recall's lots: producers here as the events name them, others by the sender's book.
pub async fn sent(ctx: &Ctx, cx: &mut Cx<'_>, recall: &Recall) -> Result<Vec<SentOn>, AppError> {
    let identifiers = identifiers(ctx)?;
    let mut names: HashMap<ProducerId, String> = HashMap::new();
    let mut all = Vec::new();
    for row in concerned::sent(cx, ctx.commune_id(), recall.id).await? {
        let mut receivers = Vec::new();
        for party in parties(&row.body, &identifiers) {
            if let Entry::Vacant(entry) = names.entry(party) {
                let found = producers::by_id(cx, ctx.commune_id(), party).await?;
                entry.insert(found.map(|producer| producer.name).unwrap_or_default());
            }
            receivers.extend(names.get(&party).filter(|name| !name.is_empty()).cloned());
        }
        receivers.extend(row.party);
        all.push(SentOn {
            lot_code: row.lot_code,
            product: row.product_name,
            sender: row.sender_name,
            at: row.at,
            receiver: receivers.join(", "),
            note: row.note,
        });
    }
    Ok(all)
}

/// The producers among an event's destinations (EPCIS 2.0 section 7.3.5.5).
fn parties(body: &str, identifiers: &Identifiers) -> Vec<ProducerId> {
    let Ok(event) = serde_json::from_str::<serde_json::Value>(body) else { return Vec::new() };
    let destinations = event["destinationList"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut found: Vec<ProducerId> = destinations
        .iter()
        .filter_map(|one| identifiers.local("party", one["destination"].as_str()?)?.parse().ok())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn receivers_are_the_producers_among_the_destinations() {
        let identifiers = Identifiers::new("https://id.example").unwrap();
        let id = "0190f5a0-0000-7000-8000-000000000001";
        let party = format!("https://id.example/party/{id}");
        let body = format!(
            "{{\"destinationList\":[{{\"type\":\"owning_party\",\"destination\":\"{party}\"}},
              {{\"type\":\"possessing_party\",\"destination\":\"{party}\"}},
              {{\"type\":\"location\",\"destination\":\"https://id.example/loc/{id}\"}},
              {{\"type\":\"owning_party\",\"destination\":\"urn:epc:id:pgln:9521321.12345\"}}]}}"
        );
        assert_eq!(parties(&body, &identifiers), [id.parse().unwrap()]);
        assert_eq!(parties("{}", &identifiers), []);
        assert_eq!(parties("no JSON", &identifiers), []);
    }
}
