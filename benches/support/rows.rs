//! The rows that every benchmark begins with, and the program on a free port.

use std::net::SocketAddr;
use std::path::Path;

use axum::Router;
use sanvat::accounts::password::Hasher;
use sanvat::app::App;
use sanvat::clock::{Clock, Time};
use sanvat::config::Config;
use sanvat::ids::{CommuneId, LotId, PlaceId, ProducerId, ProductId, new_short};
use sanvat::producers::model::{Channel, Producer, ProducerContent, ProducerKind, State};
use sanvat::products::model::{Product, ProductContent};
use sanvat::traceability::model::{Lot, LotCode, LotState};
use sanvat::traceability::quantity::Uom;
use sanvat::web::communes::Commune;
use tokio::net::TcpListener;

use super::Outcome;

pub const COMMUNE: CommuneId = CommuneId(10_816);
/// Under which identifiers in events stand.
pub const ID_BASE: &str = "https://id.example";

/// The commune.
pub fn commune(now: Time) -> Commune {
    Commune {
        id: COMMUNE,
        name: "Hà Bắc".to_owned(),
        province: "Hải Phòng".to_owned(),
        host: None,
        id_base: ID_BASE.to_owned(),
        sample: true,
        created_at: now,
    }
}

/// An approved producer.
pub fn producer(kind: ProducerKind, name: &str, now: Time) -> Producer {
    Producer {
        commune_id: COMMUNE,
        id: ProducerId::new(now),
        short: new_short(),
        state: State::Approved,
        kind: kind.word().to_owned(),
        name: name.to_owned(),
        village_id: None,
        content: ProducerContent { kind: Some(kind), name: name.to_owned(), ..ProducerContent::default() },
        channel: Channel::Office,
        version: 1,
        created_at: now,
        updated_at: now,
        approved_at: Some(now),
    }
}

/// An approved product with this content.
pub fn product(producer: ProducerId, content: ProductContent, now: Time) -> Product {
    Product {
        commune_id: COMMUNE,
        id: ProductId::new(now),
        producer_id: producer,
        short: new_short(),
        state: State::Approved,
        name: content.name.clone(),
        category: content.category.clone(),
        content,
        version: 1,
        created_at: now,
        updated_at: now,
        approved_at: Some(now),
    }
}

/// Fresh produce of this name.
pub fn fresh(name: &str) -> ProductContent {
    let category = "food-fresh-produce".to_owned();
    ProductContent { name: name.to_owned(), category, ..ProductContent::default() }
}

/// A lot of a tonne, made today.
pub fn lot(product: &Product, place: Option<PlaceId>, now: Time) -> Lot {
    Lot {
        commune_id: COMMUNE,
        id: LotId::new(now),
        producer_id: product.producer_id,
        product_id: product.id,
        place_id: place,
        code: LotCode::random(),
        state: LotState::Open,
        made_on: now.day(),
        best_before: None,
        quantity: 1_000_000,
        uom: Uom::Kilogram,
        recall_reason: None,
        recalled_at: None,
        recalled_by: None,
        version: 1,
        created_by: None,
        created_at: now,
    }
}

/// The program over a database, for a free port of this machine.
pub async fn open(url: &str, folder: &Path) -> Outcome<(App, TcpListener)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let mut config = Config::in_folder(folder.join(format!("data-{}", address.port())));
    config.listen = address;
    config.database_url = Some(url.to_owned());
    Ok((App::build(config, Clock::default(), Hasher::cheap()).await?, listener))
}

/// Serves until the handle is used.
pub fn serve(listener: TcpListener, router: Router) -> tokio::task::AbortHandle {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await }).abort_handle()
}
