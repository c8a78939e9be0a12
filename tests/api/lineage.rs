//! The lot graph as the store walks it.

use sanvat::ids::{CommuneId, EventId, LotId};
use sanvat::products::model::Product;
use sanvat::traceability::epcis::{Action, EventType};
use sanvat::traceability::event_lots::{EventLot, LotAmount, LotRole};
use sanvat::traceability::identifiers::Identifiers;
use sanvat::traceability::quantity::{Quantity, Uom};
use sanvat::traceability::record::RecordedEvent;
use sanvat::traceability::store::events::{NewEvent, Stored, insert};
use sanvat::traceability::store::lineage::{Direction, Reach, lineage, links_among};

use crate::support::{TestApp, on, on_both_engines};

const ID_BASE: &str = "https://id.example";

/// Rows of lots and events, written past the diary: damaged and outsized graphs cannot be made by it.
struct Graph {
    app: TestApp,
    product: Product,
}

impl Graph {
    async fn new(app: &TestApp) -> Self {
        let product = app.product().approved().create().await;
        Self { app: app.clone(), product }
    }

    async fn lots(&self, count: usize) -> Vec<LotId> {
        let mut made = Vec::new();
        let mut tx = self.app.begin().await;
        for _ in 0..count {
            let id = LotId::new(self.app.now());
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query(
                "INSERT INTO lots (commune_id, id, producer_id, product_id, code, state, made_on, quantity, uom, version,
                   created_at) VALUES ($1, $2, $3, $4, $5, 'open', '2026-06-01', 1000, 'KGM', 1, $6)")
                .bind(self.app.commune)
                .bind(id)
                .bind(self.product.producer_id)
                .bind(self.product.id)
                .bind(id.to_string())
                .bind(self.app.now())
                .execute(c)
                .await
                .map(drop))
            .unwrap();
            made.push(id);
        }
        sanvat::products::listed::recount(&mut tx.cx(), self.app.commune, self.product.id).await.unwrap();
        tx.commit().await.unwrap();
        made
    }

    /// An event that links `near` to `far`; `action` None is a transformation. It happens `minute` minutes after
    /// the clock's time.
    async fn event(&self, name: &str, action: Option<&str>, near: &[LotId], far: &[LotId], minute: u64) -> EventId {
        self.write(name, action, false, near, far, minute).await
    }

    async fn take_back(&self, name: &str, action: Option<&str>, near: &[LotId], far: &[LotId]) {
        self.write(name, action, true, near, far, 0).await;
    }

    async fn write(
        &self,
        name: &str,
        action: Option<&str>,
        declares: bool,
        near: &[LotId],
        far: &[LotId],
        minute: u64,
    ) -> EventId {
        let (from, to) = match action {
            Some(_) => (LotRole::Child, LotRole::Parent),
            None => (LotRole::Input, LotRole::Output),
        };
        let identifiers = Identifiers::new(ID_BASE).unwrap();
        let part = |lot: &LotId, role| EventLot {
            role,
            amount: LotAmount {
                class: match role {
                    LotRole::Parent => identifiers.object(&lot.to_string()),
                    _ => identifiers.lot(&lot.to_string()),
                }
                .unwrap(),
                quantity: Quantity::new(500, Uom::Kilogram).ok(),
            },
        };
        let lots = near.iter().map(|lot| part(lot, from)).chain(far.iter().map(|lot| part(lot, to))).collect();
        let event = RecordedEvent {
            event_type: if action.is_some() { EventType::AggregationEvent } else { EventType::TransformationEvent },
            action: action.map(|word| Action::parse(word).unwrap()),
            biz_step: None,
            disposition: None,
            event_time: self.app.now().plus(std::time::Duration::from_secs(60 * minute)).utc(),
            tz: "+07:00".to_owned(),
            read_point: None,
            biz_location: None,
            event_id: name.to_owned(),
            event_hash: name.to_owned(),
            is_error_declaration: declares,
            lots,
            body: "{}".to_owned(),
        };
        let new = NewEvent {
            event: &event,
            producer: self.product.producer_id,
            place: None,
            client: None,
            step: "test",
            note: "",
            files: &[],
            by: None,
            now: self.app.now(),
        };
        let mut tx = self.app.begin().await;
        let stored = insert(&mut tx.cx(), self.app.commune, &identifiers, &new).await.unwrap();
        tx.commit().await.unwrap();
        match stored {
            Stored::Added(id) => id,
            other => panic!("{name}: {other:?}"),
        }
    }

    async fn reach(&self, start: &[LotId], direction: Direction, depth: i64, most: i64) -> Reach {
        let mut conn = self.app.read().await;
        lineage(&mut conn.cx(), self.app.commune, start, direction, depth, most).await.unwrap()
    }

    /// Places in `all` of what is reached, each with its depth.
    async fn told(&self, all: &[LotId], start: usize, direction: Direction) -> Vec<(usize, i64)> {
        let reach = self.reach(&[all[start]], direction, 10, 1_000).await;
        assert!(!reach.cut, "{reach:?}");
        reach.lots.iter().map(|one| (all.iter().position(|lot| *lot == one.lot).unwrap(), one.depth)).collect()
    }
}

#[tokio::test]
async fn lineage_goes_both_ways_through_transformations_and_packing() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(5).await;
        let press = graph.event("press", None, &[l[0], l[1]], &[l[2]], 0).await;
        let pack = graph.event("pack", Some("ADD"), &[l[2]], &[l[3]], 1).await;
        assert_eq!(graph.told(&l, 0, Direction::Forward).await, [(0, 0), (2, 1), (3, 2)]);
        assert_eq!(graph.told(&l, 3, Direction::Back).await, [(3, 0), (2, 1), (0, 2), (1, 2)]);
        assert_eq!(graph.told(&l, 4, Direction::Back).await, [(4, 0)]);
        let both = graph.reach(&[l[1], l[0], l[1]], Direction::Forward, 10, 1_000).await;
        assert_eq!(both.lots.iter().filter(|one| one.depth == 0).count(), 2, "{both:?}");
        let mut conn = app.read().await;
        let links = links_among(&mut conn.cx(), app.commune, &l).await.unwrap();
        let drawn: Vec<_> = links.iter().map(|link| (link.from, link.to, link.event)).collect();
        assert_eq!(drawn, [(l[0], l[2], press), (l[1], l[2], press), (l[2], l[3], pack)]);
        assert_eq!((links[0].quantity, links[0].uom.map(|uom| uom.code())), (Some(500), Some("KGM")));
        let some = links_among(&mut conn.cx(), app.commune, &[l[0], l[1], l[3]]).await.unwrap();
        assert_eq!(some, []);
    })
    .await;
}

#[tokio::test]
async fn what_was_taken_back_or_unpacked_links_nothing() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(5).await;
        graph.event("mill", None, &[l[0]], &[l[1]], 0).await;
        graph.event("pack", Some("ADD"), &[l[1], l[2]], &[l[3]], 5).await;
        assert_eq!(graph.told(&l, 0, Direction::Forward).await, [(0, 0), (1, 1), (3, 2)]);
        graph.event("unpack before", Some("DELETE"), &[l[1]], &[l[3]], 4).await;
        assert_eq!(graph.told(&l, 3, Direction::Back).await, [(3, 0), (1, 1), (2, 1), (0, 2)]);
        graph.event("unpack", Some("DELETE"), &[l[1]], &[l[3]], 6).await;
        assert_eq!(graph.told(&l, 3, Direction::Back).await, [(3, 0), (2, 1)]);
        graph.take_back("unpack", Some("DELETE"), &[l[1]], &[l[3]]).await;
        assert_eq!(graph.told(&l, 3, Direction::Back).await, [(3, 0), (1, 1), (2, 1), (0, 2)]);
        graph.take_back("mill", None, &[l[0]], &[l[1]]).await;
        assert_eq!(graph.told(&l, 3, Direction::Back).await, [(3, 0), (1, 1), (2, 1)]);
        assert_eq!(graph.told(&l, 0, Direction::Forward).await, [(0, 0)]);
    })
    .await;
}

#[tokio::test]
async fn a_circle_ends_and_limits_are_told() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(6).await;
        for n in 0..5 {
            graph.event(&format!("step {n}"), None, &[l[n]], &[l[n + 1]], 0).await;
        }
        graph.event("back to the start", None, &[l[5]], &[l[0]], 0).await;
        assert_eq!(graph.told(&l, 4, Direction::Forward).await, [(4, 0), (5, 1), (0, 2), (1, 3), (2, 4), (3, 5)]);
        let near = graph.reach(&[l[0]], Direction::Forward, 2, 1_000).await;
        assert_eq!(near.lots.iter().map(|one| one.lot).collect::<Vec<_>>(), l[..3]);
        assert!(near.cut);
        let few = graph.reach(&[l[0]], Direction::Back, 10, 4).await;
        assert_eq!(few.lots.iter().map(|one| one.lot).collect::<Vec<_>>(), [l[0], l[5], l[4], l[3]]);
        assert!(few.cut);
        assert!(!graph.reach(&[l[0]], Direction::Back, 5, 6).await.cut);
    })
    .await;
}

#[tokio::test]
async fn lots_that_are_reached_by_very_many_paths_are_walked_once() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(200).await;
        let layers: Vec<_> = l.chunks(20).collect();
        for (n, pair) in layers.windows(2).enumerate() {
            graph.event(&format!("layer {n}"), None, pair[0], pair[1], 0).await;
        }
        // 20^9 paths lead to each lot of the last layer.
        let reach = graph.reach(&[l[0]], Direction::Forward, 9, 1_000).await;
        assert_eq!((reach.lots.len(), reach.cut), (181, false));
        assert_eq!(reach.lots.last().map(|one| one.depth), Some(9));
        let back = graph.reach(layers[9], Direction::Back, 9, 1_000).await;
        assert_eq!((back.lots.len(), back.cut), (200, false));
    })
    .await;
}

#[tokio::test]
async fn a_lot_that_ways_of_every_length_lead_to_stands_at_the_shortest() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(40).await;
        for n in 0..39 {
            graph.event(&format!("into all later ones, {n}"), None, &[l[n]], &l[n + 1..], 0).await;
        }
        let all = graph.reach(&[l[0]], Direction::Forward, 10, 1_000).await;
        assert_eq!((all.lots.len(), all.cut), (40, false));
        assert!(all.lots[1..].iter().all(|one| one.depth == 1), "{all:?}");
        let few = graph.reach(&[l[39]], Direction::Back, 10, 39).await;
        assert_eq!((few.lots.len(), few.cut), (39, true));
        assert!(!graph.reach(&[l[39]], Direction::Back, 1, 40).await.cut);
    })
    .await;
}

#[tokio::test]
async fn another_communes_lots_are_not_there() {
    on_both_engines(async |app| {
        let graph = Graph::new(&app).await;
        let l = graph.lots(2).await;
        graph.event("mill", None, &[l[0]], &[l[1]], 0).await;
        let other = CommuneId(10813);
        app.add_commune(other, "Thanh Sơn", Some("thanh-son.example")).await;
        let mut conn = app.read().await;
        let reach = lineage(&mut conn.cx(), other, &l, Direction::Forward, 10, 1_000).await.unwrap();
        assert_eq!(reach, Reach::default());
        assert_eq!(links_among(&mut conn.cx(), other, &l).await.unwrap(), []);
    })
    .await;
}
