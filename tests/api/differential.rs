//! The same operations, drawn at random, done on both engines: what comes back must be the same.

use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use sanvat::accounts::model::{Phone, Role};
use sanvat::accounts::store as accounts;
use sanvat::clock::Time;
use sanvat::db::{Cx, is_unique_violation};
use sanvat::ids::{ProducerId, UserId, VillageId, digest, new_id};
use sanvat::jobs;
use sanvat::producers::model::{Channel, ConsentField, Producer, ProducerContent, ProducerKind};
use sanvat::producers::store::{self as producers, ConsentGiven};
use sanvat::review::flow::{self, Author, Decision};
use sanvat::review::model::{FieldNotes, Revision};
use sanvat::review::store as revisions;

use crate::support::{TestApp, on_both_engines};

/// Draws the operations; change it to draw others.
const SEED: u64 = 10_816;
const OPERATIONS: usize = 400;

const PHONES: [&str; 4] = ["0912345678", "0987654321", "0321234567", "02203812345"];
const TEXTS: [&str; 9] = [
    "",
    "Hộ mẫu Bến Sậy",
    "Đặc sản ổi 'Thanh Hà'",
    "\"; DROP TABLE users; --",
    "dòng một\ndòng hai\ttab",
    "🥭 vải 100% \\ $1 ? :a",
    "ƯỚC ước Ước",
    "null",
    "a\u{300}\u{323}",
];

/// What exists by now, alike on both engines.
#[derive(Default)]
struct World {
    users: Vec<UserId>,
    villages: Vec<VillageId>,
    producers: Vec<ProducerId>,
}

fn one_of<T: Copy>(random: &mut StdRng, list: &[T]) -> Option<T> {
    (!list.is_empty()).then(|| list[random.random_range(0..list.len())])
}

/// A result in words that both engines share.
fn told<T: Debug>(result: Result<T, sqlx::Error>) -> String {
    match result {
        Ok(value) => format!("{value:?}"),
        Err(error) if is_unique_violation(&error) => "there is one already".to_owned(),
        Err(error) => match error.as_database_error().map(sqlx::error::DatabaseError::kind) {
            Some(kind) => format!("{kind:?}"),
            None => format!("{error}"),
        },
    }
}

fn text(random: &mut StdRng) -> &'static str {
    TEXTS[random.random_range(0..TEXTS.len())]
}

fn content(random: &mut StdRng, world: &World) -> ProducerContent {
    let kind = ProducerKind::ALL[random.random_range(0..ProducerKind::ALL.len())];
    ProducerContent {
        kind: random.random_bool(0.8).then_some(kind),
        name: text(random).to_owned(),
        phone: if random.random_bool(0.5) { PHONES[0].to_owned() } else { String::new() },
        story: text(random).to_owned(),
        village: if random.random_bool(0.7) { one_of(random, &world.villages) } else { None },
        ..ProducerContent::default()
    }
}

fn shown(p: &Producer) -> String {
    format!("{} {} {:?} {:?} v{} {:?} {:?}", p.state, p.kind, p.name, p.content, p.version, p.updated_at, p.approved_at)
}

fn revision(r: &Revision) -> String {
    format!("{} v{} {:?} {:?} {:?} {}", r.state, r.version, r.note, r.field_notes, r.submitted_at, r.content)
}

#[tokio::test]
async fn both_engines_answer_alike() {
    let told = Mutex::new(Vec::new());
    on_both_engines(async |app| {
        let mut random = StdRng::seed_from_u64(SEED);
        let mut world = World::default();
        let mut lines = Vec::with_capacity(OPERATIONS);
        for n in 0..OPERATIONS {
            app.later(Duration::from_millis(random.random_range(1..90_000_000)));
            let kind = random.random_range(0..8);
            let line = match kind {
                0 => people(&app, &mut random, &mut world, n).await,
                1 => sessions(&app, &mut random, &world).await,
                2 => guards(&app, &mut random).await,
                3 | 4 => producing(&app, &mut random, &mut world).await,
                5 => reviewing(&app, &mut random, &world).await,
                6 => consenting(&app, &mut random, &world).await,
                _ => queueing(&app, &mut random).await,
            };
            lines.push(format!("{n}: {line}"));
        }
        assert!(lines.iter().any(|line| line.contains("there is one already")), "nothing collided");
        assert!(lines.iter().any(|line| line.contains("Stale")), "no edit came too late");
        told.lock().unwrap().push(number_ids(&lines.join("\n")));
        app.registers_tell_the_records().await.unwrap();
        app.leave_jobs();
    })
    .await;
    let told = told.into_inner().unwrap();
    if let [sqlite, postgres] = told.as_slice() {
        for (a, b) in sqlite.lines().zip(postgres.lines()) {
            assert_eq!(a, b, "SQLite left, PostgreSQL right; seed {SEED}");
        }
    }
}

/// Ids are drawn anew on each engine: each is shown by its place of first appearance instead.
fn number_ids(text: &str) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(|c: char| c.is_ascii_hexdigit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let word = rest.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(rest.len());
        let word = &rest[..word];
        if uuid::Uuid::parse_str(word).is_ok() && word.len() == 36 {
            let number = seen.iter().position(|id| *id == word).unwrap_or_else(|| {
                seen.push(word);
                seen.len() - 1
            });
            out.extend(["#", &number.to_string()]);
        } else {
            out.push_str(word);
        }
        rest = &rest[word.len()..];
    }
    out.push_str(rest);
    out
}

async fn people(app: &TestApp, random: &mut StdRng, world: &mut World, n: usize) -> String {
    let (now, phone) = (app.now(), PHONES[random.random_range(0..PHONES.len())]);
    let phone = Phone::parse(phone).unwrap();
    let mut tx = app.begin().await;
    let line = match random.random_range(0..5) {
        0 => {
            let id = UserId(uuid::Uuid::from_u128(n as u128 + 1));
            let verified = random.random_bool(0.3).then_some((now, "officer"));
            let password = random.random_bool(0.5).then_some("$argon2id$mẫu");
            let made = accounts::insert_user(&mut tx.cx(), id, &phone, verified, text(random), password, now).await;
            if made.is_ok() {
                world.users.push(id);
            }
            told(made)
        }
        1 => told(accounts::users_by_phone(&mut tx.cx(), &phone).await),
        2 => match one_of(random, &world.users) {
            Some(user) => told(accounts::verify_phone(&mut tx.cx(), user, "helper", now).await),
            None => "nobody".to_owned(),
        },
        3 => told(accounts::all_users(&mut tx.cx()).await),
        _ => {
            if world.villages.len() < 12 {
                tx.commit().await.unwrap();
                world.villages.push(app.village(&format!("{} {n}", text(random))).await);
                return "people: a village".to_owned();
            }
            told(producers::villages(&mut tx.cx(), app.commune).await)
        }
    };
    // What failed is dropped, as handlers do.
    finish(tx, &line).await;
    format!("people {line}")
}

async fn finish(tx: sanvat::db::Tx, line: &str) {
    if line != "there is one already" && !line.ends_with("Violation") {
        tx.commit().await.unwrap();
    }
}

async fn sessions(app: &TestApp, random: &mut StdRng, world: &World) -> String {
    let Some(user) = one_of(random, &world.users) else { return "nobody".to_owned() };
    let now = app.now();
    let hash = digest(&random.random_range(0..6).to_string());
    let expires = now.plus(Duration::from_hours(random.random_range(1..5000)));
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    let line = match random.random_range(0..9) {
        0 | 1 => told(accounts::insert_session(&mut cx, &hash, user, text(random), now, expires).await),
        2 => told(accounts::touch_session(&mut cx, &hash, now, expires).await),
        3 => told(accounts::session(&mut cx, &hash, now).await),
        4 => told(accounts::sessions(&mut cx, user, now).await),
        5 => told(accounts::sweep_sessions(&mut cx, now).await),
        6 => told(accounts::insert_slip(&mut cx, &hash, user, None, now, expires).await),
        7 => told(accounts::use_slip(&mut cx, &hash, now).await),
        _ => {
            let role = Role::ALL[random.random_range(0..Role::ALL.len())];
            let (producer, village) = (one_of(random, &world.producers), one_of(random, &world.villages));
            let given = accounts::insert_grant(&mut cx, user, role, Some(app.commune), producer, village, now).await;
            format!("{} {}", told(given), told(accounts::grants(&mut cx, user).await))
        }
    };
    finish(tx, &line).await;
    format!("sessions {line}")
}

async fn guards(app: &TestApp, random: &mut StdRng) -> String {
    let now = app.now();
    let key = format!("key {}", random.random_range(0..3));
    let window = now.minus(Duration::from_hours(random.random_range(0..40)));
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    let line = match random.random_range(0..4) {
        0 => told(accounts::lock(&mut cx, &key, now.plus(Duration::from_hours(20))).await),
        1 => told(accounts::sweep_guards(&mut cx, window, now).await),
        _ => told(accounts::count_failure(&mut cx, &key, now, window).await),
    };
    let line = format!("{line} {}", told(accounts::guard(&mut cx, &key).await));
    tx.commit().await.unwrap();
    format!("guards {line}")
}

async fn producing(app: &TestApp, random: &mut StdRng, world: &mut World) -> String {
    let Some(user) = one_of(random, &world.users) else { return "nobody".to_owned() };
    let (now, author) = (app.now(), Author { user, channel: Channel::Helper });
    let mut tx = app.begin().await;
    let line = if world.producers.len() < 4 {
        let new = content(random, world);
        let begun = flow::begin_producer(&mut tx.cx(), app.commune, &new, author, now).await;
        if let Ok((producer, _)) = &begun {
            world.producers.push(producer.id);
        }
        told(begun.map(|(p, r)| format!("{} {}", shown(&p), revision(&r))))
    } else {
        let id = one_of(random, &world.producers).unwrap();
        let producer = producers::by_id(&mut tx.cx(), app.commune, id).await.unwrap().unwrap();
        let mut open = flow::open_producer(&mut tx.cx(), &producer, author, now).await.unwrap();
        if random.random_bool(0.2) {
            open.version -= 1;
        }
        let new = content(random, world);
        let saved = told(flow::save_producer(&mut tx.cx(), &open, &new, now).await);
        let after = producers::by_short(&mut tx.cx(), app.commune, &producer.short).await;
        format!("{saved} {}", told(after.map(|p| p.map(|p| shown(&p)))))
    };
    tx.commit().await.unwrap();
    format!("producing {line}")
}

async fn reviewing(app: &TestApp, random: &mut StdRng, world: &World) -> String {
    let (Some(id), Some(user)) = (one_of(random, &world.producers), one_of(random, &world.users)) else {
        return "nothing to review".to_owned();
    };
    let now = app.now();
    let mut tx = app.begin().await;
    let Some(open) = revisions::open(&mut tx.cx(), app.commune, id, None).await.unwrap() else {
        let last = revisions::last(&mut tx.cx(), app.commune, id, None).await;
        return format!("reviewing {}", told(last.map(|r| r.map(|r| revision(&r)))));
    };
    let note = text(random).to_owned();
    let fields = FieldNotes([("name".to_owned(), text(random).to_owned())].into());
    let decision = match random.random_range(0..3) {
        0 => Decision::Approve,
        1 => Decision::AskChanges { note, fields },
        _ => Decision::Reject { note },
    };
    let done = if random.random_bool(0.5) {
        told(flow::submit(&mut tx.cx(), &open, now).await)
    } else {
        told(flow::decide(&mut tx.cx(), &open, &decision, user, "::1".to_owned(), now).await)
    };
    let queue = revisions::queue(&mut tx.cx(), app.commune).await;
    let queue = told(queue.map(|all| all.iter().map(revision).collect::<Vec<_>>()));
    tx.commit().await.unwrap();
    format!("reviewing {done} {queue}")
}

async fn consenting(app: &TestApp, random: &mut StdRng, world: &World) -> String {
    let Some(id) = one_of(random, &world.producers) else { return "nobody".to_owned() };
    let field = ConsentField::ALL[random.random_range(0..ConsentField::ALL.len())];
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    let done = if random.random_bool(0.6) {
        let given = ConsentGiven { by: None, channel: Channel::Paper, evidence: text(random), at: app.now() };
        told(producers::give_consent(&mut cx, app.commune, id, field, &given).await)
    } else {
        told(producers::withdraw_consent(&mut cx, app.commune, id, field, app.now()).await)
    };
    let mut standing = producers::consents(&mut cx, app.commune, id).await.unwrap();
    standing.sort_unstable();
    tx.commit().await.unwrap();
    format!("consenting {done} {standing:?}")
}

async fn queueing(app: &TestApp, random: &mut StdRng) -> String {
    let now = app.now();
    let mut tx = app.begin().await;
    let mut cx = tx.cx();
    if random.random_bool(0.7) {
        jobs::enqueue(&mut cx, app.commune, "test.kind", &text(random), now).await.unwrap();
    }
    let waiting = told(jobs::waiting(&mut cx).await);
    tx.commit().await.unwrap();
    let line = if random.random_bool(0.3) { app.run_jobs().await } else { 0 };
    format!("queueing {waiting} {line}")
}

/// Times at the edges and beyond are read back as they were written, and sort alike.
#[tokio::test]
async fn times_are_kept_to_the_microsecond() {
    on_both_engines(async |app| {
        let micros = [0, 1, -1, 1_781_420_700_000_001, -62_135_596_800_000_000, 253_402_300_799_999_999];
        let mut expected = Vec::new();
        for (n, at) in micros.into_iter().enumerate() {
            let mut tx = app.begin().await;
            let at = Time::from_micros(at);
            accounts::count_failure(&mut tx.cx(), &format!("{n}"), at, at).await.unwrap();
            let guard = accounts::guard(&mut tx.cx(), &format!("{n}")).await.unwrap().unwrap();
            assert_eq!(guard.window_started_at, at);
            tx.commit().await.unwrap();
            expected.push((at, format!("{n}")));
        }
        expected.sort();
        let mut conn = app.read().await;
        let mut cx: Cx<'_> = conn.cx();
        let sorted: Vec<String> = crate::support::on!(cx, c =>
            sqlx::query_scalar("SELECT key FROM login_guards ORDER BY window_started_at").fetch_all(c).await)
        .unwrap();
        assert_eq!(sorted, expected.into_iter().map(|(_, key)| key).collect::<Vec<_>>());
        assert!(new_id(app.now()) > new_id(app.now().minus(Duration::from_secs(1))));
    })
    .await;
}
