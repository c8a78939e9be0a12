//! [`TestApp`]: the program on a free port, with a clock that stands still.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::password::Hasher;
use sanvat::accounts::{slips, store as accounts};
use sanvat::app::App;
use sanvat::clock::{Clock, Day, Time};
use sanvat::config::Config;
use sanvat::db::{Conn, Db, Tx};
use sanvat::ids::{CommuneId, ProducerId, UserId, VillageId};
use sanvat::jobs;
use sanvat::web::communes::{self, Commune};

use super::on;
use super::visitor::Visitor;

/// The commune of tests: xã Hà Bắc.
pub const COMMUNE: CommuneId = CommuneId(10816);

/// The password of every account that [`TestApp::register`] makes.
pub const PASSWORD: &str = "vải thiều chín đỏ";

/// The program as a test meets it; clones are the same one.
#[derive(Clone)]
pub struct TestApp(Arc<Parts>);

/// The parts of a [`TestApp`].
pub struct Parts {
    /// The program.
    pub app: App,
    /// Its clock: Sunday 14/06/2026, 14:05 in Việt Nam, until moved.
    pub clock: Clock,
    /// The commune's code.
    pub commune: CommuneId,
    address: SocketAddr,
    server: tokio::task::AbortHandle,
    leaves_jobs: AtomicBool,
    people: AtomicU32,
}

impl std::ops::Deref for TestApp {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What the office's registers are to tell, and what they tell.
const REGISTERS: [(&str, &str); 2] = [
    (
        "SELECT p.id, p.name_folded, p.kind, p.state, p.village_id, p.phone, p.tax_code, p.updated_at, \
         (SELECT COUNT(*) FROM products s WHERE s.commune_id = p.commune_id AND s.producer_id = p.id \
           AND s.state = 'approved') AS products, \
         COALESCE((SELECT MAX(d.expires_on) FROM ocop_decisions d JOIN products s ON s.commune_id = d.commune_id \
           AND s.id = d.product_id WHERE s.commune_id = p.commune_id AND s.producer_id = p.id \
           AND d.voided_at IS NULL AND d.stars >= 3), '') AS stars_until, \
         COALESCE((SELECT MAX(r.given_on) FROM support_records r WHERE r.commune_id = p.commune_id \
           AND r.producer_id = p.id AND r.state IN ('delivered', 'known')), '') AS supported_on, \
         (SELECT COUNT(*) FROM support_records r WHERE r.commune_id = p.commune_id AND r.producer_id = p.id \
           AND r.state IN ('delivered', 'known') AND r.year = (SELECT MAX(o.year) FROM support_records o \
             WHERE o.commune_id = p.commune_id AND o.producer_id = p.id \
             AND o.state IN ('delivered', 'known'))) AS supported \
         FROM producers p",
        "SELECT producer_id, name_folded, kind, state, village_id, phone, tax_code, updated_at, products, \
         stars_until, supported_on, supported FROM producer_register",
    ),
    (
        "SELECT s.id, s.producer_id, s.name_folded, p.name_folded, p.kind, p.village_id, s.category, s.state, \
         s.price_min, s.updated_at, \
         COALESCE((SELECT MAX(COALESCE(c.expires_on, '9999-12-31')) FROM certificates c \
           WHERE c.commune_id = s.commune_id AND c.product_id = s.id AND c.retired_at IS NULL), '') AS papers_until, \
         COALESCE((SELECT MAX(d.expires_on) FROM ocop_decisions d WHERE d.commune_id = s.commune_id \
           AND d.product_id = s.id AND d.voided_at IS NULL AND d.stars >= 3), '') AS stars_until, \
         (SELECT COUNT(*) FROM lots l WHERE l.commune_id = s.commune_id AND l.product_id = s.id \
           AND l.state <> 'set_aside') AS lots \
         FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id",
        "SELECT product_id, producer_id, name_folded, producer_folded, producer_kind, village_id, category, state, \
         price_min, updated_at, papers_until, stars_until, lots FROM product_register",
    ),
];

impl TestApp {
    pub(super) async fn start(db: Db, folder: &Path, settings: &impl Fn(&mut Config)) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("the port is known");
        let mut config = Config::in_folder(folder);
        config.listen = address;
        settings(&mut config);
        let clock = Clock::standing_at(Day::new(2026, 6, 14).expect("a day").at(14, 5));
        let app = App::assemble(config, clock.clone(), Hasher::cheap(), db).await.expect("the program starts");
        let service = app.router().into_make_service_with_connect_info::<SocketAddr>();
        let server = tokio::spawn(async move { axum::serve(listener, service).await }).abort_handle();
        let this = Self(Arc::new(Parts {
            app,
            clock,
            commune: COMMUNE,
            address,
            server,
            leaves_jobs: AtomicBool::new(false),
            people: AtomicU32::new(0),
        }));
        this.add_commune(COMMUNE, "Hà Bắc", None).await;
        this
    }

    /// Stops serving. After a test that passed, no job may be left undone, and the registers tell the records.
    pub(super) async fn finish(self, passed: bool) -> Result<(), String> {
        self.server.abort();
        if !passed || self.leaves_jobs.load(Ordering::Relaxed) {
            return Ok(());
        }
        self.registers_tell_the_records().await?;
        let left: Vec<(String, Option<String>)> = {
            let mut conn = self.app.db.read().await.map_err(|e| format!("the queue can't be read: {e}"))?;
            let mut cx = conn.cx();
            on!(cx, c => sqlx::query_as("SELECT kind, last_error FROM jobs WHERE state <> 'dead'").fetch_all(c).await)
                .map_err(|e| e.to_string())?
        };
        if left.is_empty() {
            Ok(())
        } else {
            Err(format!("the test left jobs undone (run_jobs() does them, leave_jobs() says it is meant): {left:?}"))
        }
    }

    /// Compares the rows of the office's registers with the records that they tell of.
    pub async fn registers_tell_the_records(&self) -> Result<(), String> {
        let mut conn = self.app.db.read().await.map_err(|e| format!("the registers can't be read: {e}"))?;
        let mut cx = conn.cx();
        for (records, register) in REGISTERS {
            let sql = format!("SELECT COUNT(*) FROM ({records} EXCEPT {register}) one");
            let back = format!("SELECT COUNT(*) FROM ({register} EXCEPT {records}) one");
            for sql in [sql, back] {
                let wrong: i64 = on!(cx, c => {
                    sqlx::query_scalar(sqlx::AssertSqlSafe(sql.clone())).fetch_one(c).await
                })
                .map_err(|e| e.to_string())?;
                if wrong > 0 {
                    return Err(format!("{wrong} rows of a register differ from what they tell of: {sql}"));
                }
            }
        }
        Ok(())
    }

    /// The test means to leave jobs in the queue.
    pub fn leave_jobs(&self) {
        self.leaves_jobs.store(true, Ordering::Relaxed);
    }

    /// Does every job that is due; returns how many were begun.
    pub async fn run_jobs(&self) -> usize {
        jobs::run_pending(&self.app).await.expect("the queue can be read")
    }

    /// Where the program listens, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Now, by the program's clock.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// Today, by the program's clock.
    pub fn today(&self) -> Day {
        self.clock.today()
    }

    /// Moves the clock on.
    pub fn later(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// A connection to read from.
    pub async fn read(&self) -> Conn {
        self.app.db.read().await.expect("a connection to read")
    }

    /// A transaction to write in.
    pub async fn begin(&self) -> Tx {
        self.app.db.begin().await.expect("a transaction")
    }

    /// Adds a commune that this program serves too.
    pub async fn add_commune(&self, id: CommuneId, name: &str, host: Option<&str>) {
        let commune = Commune {
            id,
            name: name.to_owned(),
            province: "Hải Phòng".to_owned(),
            host: host.map(str::to_owned),
            id_base: "https://id.example".to_owned(),
            sample: false,
            created_at: self.now(),
        };
        let mut tx = self.begin().await;
        communes::insert(&mut tx.cx(), &commune).await.expect("the commune is added");
        tx.commit().await.expect("committed");
        self.app.communes.reload(&self.app.db).await.expect("the communes are read");
    }

    /// Someone with a browser who is not logged in.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.url())
    }

    /// Someone who makes an account by the form, with [`PASSWORD`]; comes back logged in.
    pub async fn register(&self, name: &str, phone: &str) -> Visitor {
        let visitor = self.visitor().stays_on_redirect();
        let form = visitor.get("/dang-ky").await.form("form[action='/dang-ky']");
        let answer = form.fill("name", name).fill("phone", phone).fill("password", PASSWORD).submit().await;
        assert!(answer.status().is_redirection(), "{name} could not register: {answer}");
        visitor.follows_redirects()
    }

    /// Someone who logs in by the form.
    pub async fn login(&self, phone: &str, password: &str) -> Visitor {
        let visitor = self.visitor().stays_on_redirect();
        let answer = visitor.try_login(phone, password).await;
        assert!(answer.status().is_redirection(), "{phone} could not log in: {answer}");
        visitor.follows_redirects()
    }

    /// An officer of the commune's Economic Office.
    pub async fn officer(&self) -> Visitor {
        let user = self.person("Cán bộ mẫu").await;
        self.grant(user, Role::Officer, None, None).await;
        self.enter(user).await
    }

    /// Someone who may look at the office's pages and change nothing.
    pub async fn viewer(&self) -> Visitor {
        let user = self.person("Người xem mẫu").await;
        self.grant(user, Role::Viewer, None, None).await;
        self.enter(user).await
    }

    /// A member of this village's community digital team.
    pub async fn helper(&self, village: VillageId) -> Visitor {
        let user = self.person("Tổ công nghệ số mẫu").await;
        self.grant(user, Role::Helper, None, Some(village)).await;
        self.enter(user).await
    }

    /// The owner of a producer.
    pub async fn owner_of(&self, producer: ProducerId) -> Visitor {
        let user = self.person("Chủ cơ sở mẫu").await;
        self.grant(user, Role::Owner, Some(producer), None).await;
        self.enter(user).await
    }

    /// An account whose phone is confirmed; no password, no role.
    pub async fn person(&self, name: &str) -> UserId {
        let number = self.people.fetch_add(1, Ordering::Relaxed);
        let phone = Phone::parse(&format!("0900{number:06}")).expect("a phone number");
        let user = UserId::new(self.now());
        let mut tx = self.begin().await;
        let verified = Some((self.now(), "command"));
        accounts::insert_user(&mut tx.cx(), user, &phone, verified, name, None, self.now()).await.expect("a user");
        tx.commit().await.expect("committed");
        user
    }

    /// Gives a person a role in the commune.
    pub async fn grant(&self, user: UserId, role: Role, producer: Option<ProducerId>, village: Option<VillageId>) {
        let mut tx = self.begin().await;
        accounts::insert_grant(&mut tx.cx(), user, role, Some(self.commune), producer, village, self.now())
            .await
            .expect("a grant");
        tx.commit().await.expect("committed");
    }

    /// A login slip for a person: the path to open.
    pub async fn slip(&self, user: UserId) -> String {
        let mut tx = self.begin().await;
        let path = slips::make(&self.app, &mut tx.cx(), user, None).await.expect("a slip");
        tx.commit().await.expect("committed");
        path
    }

    /// A person's browser, entered by a login slip.
    pub async fn enter(&self, user: UserId) -> Visitor {
        let slip = self.slip(user).await;
        let visitor = self.visitor().stays_on_redirect();
        let answer = visitor.post(&slip, &[]).await;
        assert!(answer.status().is_redirection(), "the slip did not open: {answer}");
        visitor.follows_redirects()
    }

    /// Counts the rows of a query that returns one number.
    pub async fn count(&self, sql: &'static str) -> i64 {
        let mut conn = self.read().await;
        let mut cx = conn.cx();
        on!(cx, c => sqlx::query_scalar(sql).fetch_one(c).await).expect("a count")
    }
}
