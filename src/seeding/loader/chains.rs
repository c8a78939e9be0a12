//! Lots that go from producer to producer and become another product: the sample's graph of lots.

use crate::clock::Time;
use crate::db::Cx;
use crate::ids::{HandoverId, ProducerId, new_id};
use crate::seeding::sample::{ChainPacked, LotPattern, SampleChain};
use crate::traceability::chain::flow::{self, Hand, Making, Word};
use crate::traceability::chain::model::{Handover, HandoverState, Work};
use crate::traceability::chain::store;
use crate::traceability::model::Lot;
use crate::traceability::quantity::{Quantity, Uom};

use super::lot_plan::first_steps;
use super::lots::{Fallible, Line, Loader};

impl Loader<'_> {
    /// Makes the input lots, hands them to the maker, makes the output of them, packs some of it.
    pub(super) async fn chain(
        &mut self,
        cx: &mut Cx<'_>,
        patterns: &[LotPattern],
        chain: &SampleChain,
    ) -> Fallible<()> {
        let pattern_of = |key: &str| patterns.iter().find(|pattern| pattern.product == key).ok_or("no such product");
        let made_on = self.made.today.plus_days(chain.made_day);
        let out = self.line(cx, pattern_of(&chain.output)?).await?;
        let mut inputs = Vec::new();
        for input in &chain.inputs {
            let line = self.line(cx, pattern_of(&input.product)?).await?;
            let day = made_on.plus_days(-1);
            let lot = self.lot(cx, &line, day, input.quantity * 1_000, line.shelf_life).await?;
            self.steps(cx, &line, &lot, &first_steps(line.pattern, &lot), None).await?;
            let amount = lot.amount().ok_or("an amount of nothing")?;
            if line.producer != out.producer {
                self.hand_on(cx, &lot, amount, out.producer, day.at(16, 10)).await?;
            }
            inputs.push((lot, amount));
        }
        let made = self.planned(&out, made_on, chain.quantity * 1_000, out.shelf_life);
        let made = self.make(cx, &out, Work::Transform, &inputs, made, made_on.at(9, 30)).await?;
        if let Some(ChainPacked { quantity, units }) = chain.packed {
            let amount = Quantity::new(quantity * 1_000, out.uom).map_err(|e| e.to_string())?;
            let mut unit = self.planned(&out, made_on.plus_days(1), units * 1_000, out.shelf_life);
            unit.uom = Uom::Piece;
            let at = made_on.plus_days(1).at(14, 20);
            self.make(cx, &out, Work::Pack, &[(made, amount)], unit, at).await?;
        }
        Ok(())
    }

    fn hand(&self, holder: ProducerId, at: Time) -> Hand<'_> {
        Hand {
            commune: self.made.commune,
            identifiers: &self.identifiers,
            holder,
            by: None,
            now: at.min(self.made.now),
        }
    }

    async fn make(
        &mut self,
        cx: &mut Cx<'_>,
        out: &Line<'_>,
        work: Work,
        inputs: &[(Lot, Quantity)],
        output: Lot,
        at: Time,
    ) -> Fallible<Lot> {
        let making = Making { work, inputs, outputs: vec![output], at, place: out.place, client: new_id(at) };
        let made = flow::work(cx, self.hand(out.producer, at), making).await.map_err(|e| e.to_string())?;
        let made = made.into_iter().next().ok_or("nothing was made")?;
        self.note(&made);
        Ok(made)
    }

    /// Sends a lot and lets the receiver confirm it two hours later.
    async fn hand_on(&self, cx: &mut Cx<'_>, lot: &Lot, amount: Quantity, to: ProducerId, at: Time) -> Fallible<()> {
        let handover = Handover {
            commune_id: lot.commune_id,
            id: HandoverId::new(at),
            lot_id: lot.id,
            from_producer_id: lot.producer_id,
            to_producer_id: Some(to),
            party_id: None,
            quantity: amount.thousandths(),
            uom: amount.uom(),
            received_quantity: None,
            state: HandoverState::Sent,
            handed_at: at,
            ship_event_id: None,
            receive_event_id: None,
            reason: None,
            version: 1,
            created_by: None,
            created_at: at,
        };
        flow::send(cx, self.hand(lot.producer_id, at), &handover, lot.place_id).await.map_err(|e| e.to_string())?;
        let sent = store::handover(cx, lot.commune_id, handover.id).await.map_err(|e| e.to_string())?;
        let later = at.plus(std::time::Duration::from_hours(2));
        let word = Word::Yes(amount.thousandths());
        let hand = self.hand(to, later);
        flow::decide(cx, hand, &sent.ok_or("no handover")?, word, None).await.map_err(|e| e.to_string())?;
        Ok(())
    }
}
