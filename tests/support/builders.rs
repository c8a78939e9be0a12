//! Villages, producers and products, made through the same stores and flows as the pages use.

use sanvat::accounts::model::Role;
use sanvat::amounts::Dong;
use sanvat::ids::{ProducerId, UserId, VillageId};
use sanvat::labels::code::LabelCode;
use sanvat::labels::issue::issue;
use sanvat::labels::model::RunKind;
use sanvat::labels::store::{self as labels, NewRun};
use sanvat::producers::model::{Channel, ConsentField, Producer, ProducerContent, ProducerKind, State};
use sanvat::producers::store::{self as producers, ConsentGiven};
use sanvat::products::model::{Availability, Price, Product, ProductContent};
use sanvat::products::store as products;
use sanvat::review::flow::{self, Author, Decision};
use sanvat::review::store as revisions;

use sanvat::traceability::model::LotCode;
use sanvat::traceability::store::lots;

use super::app::TestApp;
use super::on;
use super::visitor::Visitor;

/// A producer in being made.
pub struct ProducerBuilder {
    app: TestApp,
    content: ProducerContent,
    state: State,
    consents: Vec<ConsentField>,
    owner: Option<UserId>,
}

/// A product in being made.
pub struct ProductBuilder {
    app: TestApp,
    content: ProductContent,
    state: State,
    producer: Option<ProducerId>,
}

/// A little of everything, for pages that list things.
pub struct Sample {
    /// The village Đông.
    pub village: VillageId,
    /// An approved producer there, which consents to all.
    pub producer: Producer,
    /// Its approved product.
    pub product: Product,
    /// A producer that waits for review.
    pub waiting: Producer,
    /// The browser of the approved producer's owner.
    pub owner: Visitor,
    /// Path of the owner's page of a lot of the product.
    pub lot: String,
    /// Public path of a label of that lot, `/t/CODE`.
    pub label: String,
}

impl TestApp {
    /// Adds a village to the commune.
    pub async fn village(&self, name: &str) -> VillageId {
        let id = VillageId::new(self.now());
        let mut tx = self.begin().await;
        {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query(
                "INSERT INTO villages (commune_id, id, name, position, hidden) VALUES ($1, $2, $3, 1, FALSE)")
                .bind(self.commune)
                .bind(id)
                .bind(name)
                .execute(c)
                .await
                .map(drop))
            .expect("a village");
        }
        tx.commit().await.expect("committed");
        id
    }

    /// Kinds of support, as a fresh installation has them: `packaging` and `fair`.
    pub async fn support_kinds(&self) {
        let mut tx = self.begin().await;
        {
            let mut cx = tx.cx();
            on!(cx, c => sqlx::query(
                "INSERT INTO support_kinds (code, name_vi, name_en, position, hidden)
                VALUES ('packaging', 'Bao bì', 'Packaging', 1, FALSE), ('fair', 'Hội chợ', 'Fair', 2, FALSE)
                ON CONFLICT (code) DO NOTHING")
                .execute(c)
                .await
                .map(drop))
            .expect("kinds of support");
        }
        tx.commit().await.expect("committed");
    }

    /// A household producer to be made; a draft unless told otherwise.
    pub fn producer(&self) -> ProducerBuilder {
        let content = ProducerContent {
            kind: Some(ProducerKind::Household),
            name: "Hộ mẫu Bến Sậy".to_owned(),
            representative: "Nguyễn Thị Mẫu".to_owned(),
            phone: "0912345678".to_owned(),
            address: "Xóm 2, bờ sông mẫu".to_owned(),
            story: "Vườn vải trồng từ năm 1987, ba đời chăm.".to_owned(),
            ..ProducerContent::default()
        };
        ProducerBuilder { app: self.clone(), content, state: State::Draft, consents: Vec::new(), owner: None }
    }

    /// A product to be made; a draft of a new approved producer unless told otherwise.
    pub fn product(&self) -> ProductBuilder {
        let content = ProductContent {
            name: "Vải thiều mẫu".to_owned(),
            category: "food-fresh-produce".to_owned(),
            description: "Vải chín đỏ, cùi dày, hái trong ngày.".to_owned(),
            unit: "kg".to_owned(),
            price: Price::Exact(Dong(45_000)),
            season: vec![5, 6, 7],
            availability: Some(Availability::InStock),
            ..ProductContent::default()
        };
        ProductBuilder { app: self.clone(), content, state: State::Draft, producer: None }
    }

    /// A little of everything.
    pub async fn sample(&self) -> Sample {
        let village = self.village("Đông").await;
        let consents = ConsentField::ALL.iter().copied();
        let producer = self.producer().in_village(village).consenting(consents).approved().create().await;
        let product = self.product().of(producer.id).approved().create().await;
        let waiting = self.producer().named("Tổ hợp tác mẫu").in_village(village).submitted().create().await;
        let owner = self.owner_of(producer.id).await;
        let lot = self.lot(&owner, &product).await;
        let label = self.label_of_lot(&product, lot.rsplit('/').next().unwrap_or_default()).await;
        Sample { village, producer, product, waiting, owner, lot, label }
    }

    /// A lot of an approved product, made today by its owner's form; returns the path of its page.
    pub async fn lot(&self, owner: &Visitor, product: &Product) -> String {
        let page = owner.get(&format!("/cua-toi/lo/moi?san-pham={}", product.short)).await.expect(200);
        let form = page.form("form[action='/cua-toi/lo/moi']").fill("made_on", &self.today().text());
        let form = form.fill("quantity", "120").fill("place_name", "Vườn mẫu bờ sông");
        form.submit().await.expect(200).url().path().to_owned()
    }

    /// Recalls a lot, and what was made from it, as an officer does; returns the path of the recall's page.
    pub async fn recall(&self, lot: &str, notice: &str) -> String {
        let officer = self.officer().await;
        let begin = officer.get(&format!("/van-phong/lo/{lot}/thu-hoi")).await.expect(200).form("main form");
        let draft = begin.submit().await.expect(200);
        let form = draft.form("main form:not([action])").choose("grade", "harm").fill("reason", "phiếu kiểm mẫu");
        form.fill("notice", notice).submit().await.expect(200).url().path().to_owned()
    }

    /// A label that stands for a lot; returns its public path.
    pub async fn label_of_lot(&self, product: &Product, lot: &str) -> String {
        let mut tx = self.begin().await;
        let code: LotCode = lot.parse().expect("a lot's code");
        let lot = lots::by_code(&mut tx.cx(), self.commune, &code).await.expect("read").expect("the lot is there");
        let new = NewRun {
            kind: RunKind::Lot,
            producer: product.producer_id,
            product: product.id,
            lot: Some(lot.id),
            count: 10,
            purpose: "thử".to_owned(),
            by: None,
        };
        let run = issue(&mut tx.cx(), self.commune, &new, self.now()).await.expect("labels");
        let labels = labels::labels_of(&mut tx.cx(), self.commune, run.id).await.expect("read");
        tx.commit().await.expect("committed");
        let code = LabelCode::new(self.commune.0 as u32, labels[0].id as u64).expect("a code");
        format!("/t/{code}")
    }
}

impl ProducerBuilder {
    /// Its trade name.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.content.name);
        self
    }

    /// Its village.
    pub fn in_village(mut self, village: VillageId) -> Self {
        self.content.village = Some(village);
        self
    }

    /// Its phone.
    pub fn phone(mut self, phone: &str) -> Self {
        phone.clone_into(&mut self.content.phone);
        self
    }

    /// Changes what it tells of itself.
    pub fn with(mut self, change: impl FnOnce(&mut ProducerContent)) -> Self {
        change(&mut self.content);
        self
    }

    /// It consents to these fields being public.
    pub fn consenting(mut self, fields: impl IntoIterator<Item = ConsentField>) -> Self {
        self.consents.extend(fields);
        self
    }

    /// Whose it is.
    pub fn owned_by(mut self, owner: UserId) -> Self {
        self.owner = Some(owner);
        self
    }

    /// It is handed in for review.
    pub fn submitted(mut self) -> Self {
        self.state = State::Submitted;
        self
    }

    /// An officer approved it.
    pub fn approved(mut self) -> Self {
        self.state = State::Approved;
        self
    }

    /// Makes it.
    pub async fn create(self) -> Producer {
        let (app, now) = (&self.app, self.app.now());
        let owner = match self.owner {
            Some(owner) => owner,
            None => app.person("Chủ cơ sở mẫu").await,
        };
        let author = Author { user: owner, channel: Channel::OneSelf };
        let mut tx = app.begin().await;
        let (producer, _) =
            flow::begin_producer(&mut tx.cx(), app.commune, &self.content, author, now).await.expect("a producer");
        for field in self.consents {
            let given = ConsentGiven { by: Some(owner), channel: Channel::OneSelf, evidence: "", at: now };
            producers::give_consent(&mut tx.cx(), app.commune, producer.id, field, &given).await.expect("consent");
        }
        tx.commit().await.expect("committed");
        app.grant(owner, Role::Owner, Some(producer.id), None).await;
        app.review(producer.id, None, self.state).await;
        let mut conn = app.read().await;
        producers::by_id(&mut conn.cx(), app.commune, producer.id).await.expect("read").expect("the producer is there")
    }
}

impl ProductBuilder {
    /// Its name.
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.content.name);
        self
    }

    /// Whose it is.
    pub fn of(mut self, producer: ProducerId) -> Self {
        self.producer = Some(producer);
        self
    }

    /// One price, in whole đồng.
    pub fn priced(mut self, dong: i64) -> Self {
        self.content.price = Price::Exact(Dong(dong));
        self
    }

    /// Changes what is told of it.
    pub fn with(mut self, change: impl FnOnce(&mut ProductContent)) -> Self {
        change(&mut self.content);
        self
    }

    /// It is handed in for review.
    pub fn submitted(mut self) -> Self {
        self.state = State::Submitted;
        self
    }

    /// An officer approved it.
    pub fn approved(mut self) -> Self {
        self.state = State::Approved;
        self
    }

    /// Makes it.
    pub async fn create(self) -> Product {
        let (app, now) = (&self.app, self.app.now());
        let producer = match self.producer {
            Some(producer) => producer,
            None => app.producer().approved().create().await.id,
        };
        let author = Author { user: app.person("Người khai mẫu").await, channel: Channel::OneSelf };
        let mut tx = app.begin().await;
        let (product, _) = flow::begin_product(&mut tx.cx(), app.commune, producer, &self.content, author, now)
            .await
            .expect("a product");
        tx.commit().await.expect("committed");
        app.review(producer, Some(product.id), self.state).await;
        let mut conn = app.read().await;
        products::by_id(&mut conn.cx(), app.commune, product.id).await.expect("read").expect("the product is there")
    }
}

impl TestApp {
    /// Brings the open revision of a producer or product to `state`: stays a draft, is handed in, is approved.
    async fn review(&self, producer: ProducerId, product: Option<sanvat::ids::ProductId>, state: State) {
        if state == State::Draft {
            return;
        }
        let now = self.now();
        let mut tx = self.begin().await;
        let open = revisions::open(&mut tx.cx(), self.commune, producer, product).await.expect("read");
        flow::submit(&mut tx.cx(), &open.expect("an open revision"), now).await.expect("handed in");
        if state == State::Approved {
            let open = revisions::open(&mut tx.cx(), self.commune, producer, product).await.expect("read");
            let revision = open.expect("an open revision");
            let officer = UserId::new(now);
            flow::decide(&mut tx.cx(), &revision, &Decision::Approve, officer, "127.0.0.1".to_owned(), now)
                .await
                .expect("approved");
        }
        tx.commit().await.expect("committed");
        self.run_jobs().await;
    }
}
