//! Producers: what a line tells goes through the steps of the registration's form. A new one is a draft of the office;
//! nothing of it is shown to anybody until consent is recorded and an officer approves (DOMAIN.md §6).

use std::collections::{HashMap, HashSet};

use super::people::{Found, Keys, People};
use super::subject::{self, Seen};
use super::{Around, Work as Any, Writing, Written, json};
use crate::clock::Time;
use crate::db::{Cx, is_unique_violation};
use crate::fold::fold;
use crate::ids::{CommuneId, ProducerId};
use crate::imports::model::{Field, Outcome, Planned, Told, Undo, What};
use crate::imports::store::{Item, register};
use crate::producers::model::{Channel, Producer, ProducerContent, ProducerKind, State};
use crate::producers::steps::{self, Step};
use crate::producers::store as producers;
use crate::producers::tax_code::TaxCode;
use crate::review::flow::{self, Author};
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::web::{AppError, Lang};

/// Its columns.
pub const FIELDS: &[Field] = &[
    Field::text("id", "Mã cơ sở", "Producer code", 12),
    Field::text("kind", "Loại cơ sở", "Kind", 18),
    Field::text("name", "Tên cơ sở", "Trade name", 34),
    Field::text("village", "Thôn", "Village", 14),
    Field::text("address", "Địa chỉ", "Address", 30).private(),
    Field::text("representative", "Người đại diện", "Representative", 24).private(),
    Field::text("phone", "Điện thoại", "Phone", 14).read_as(What::Phone).private(),
    Field::text("tax_code", "Mã số thuế", "Tax code", 16).read_as(What::TaxCode),
    Field::text("story", "Giới thiệu", "About it", 50),
    Field::text("story_en", "Giới thiệu bằng tiếng Anh", "About it in English", 50),
    Field::text("website", "Trang web", "Web page", 30),
];

const KEYS: Keys = Keys { id: "id", name: "name", phone: "phone", tax_code: "tax_code", village: "village" };

/// Fields of the form by step.
const STEPS: [(Step, &[&str]); 5] = [
    (Step::Kind, &["kind"]),
    (Step::Place, &["name", "village", "address"]),
    (Step::Contact, &["representative", "phone"]),
    (Step::Tax, &["tax_code"]),
    (Step::Story, &["story", "story_en", "website"]),
];

/// A producer to be made or changed.
#[derive(Clone, Debug)]
pub struct Work {
    /// The one that is there.
    pub id: Option<ProducerId>,
    /// Its open revision, as it was seen.
    pub seen: Option<Seen>,
    /// The live version that was seen.
    pub version: i64,
    /// What it was.
    pub before: ProducerContent,
    /// What it becomes.
    pub after: ProducerContent,
}

/// A producer as it is being written: the open revision before the live version.
#[derive(Clone, Debug)]
pub struct Current {
    /// The live row.
    pub live: Producer,
    /// The open revision.
    pub open: Option<Revision>,
    /// The content.
    pub content: ProducerContent,
}

impl Current {
    fn of(live: Producer, open: Option<Revision>) -> Result<Self, AppError> {
        let content = match &open {
            Some(open) => serde_json::from_str(&open.content).map_err(AppError::internal)?,
            None => live.content.clone(),
        };
        Ok(Self { live, open, content })
    }

    async fn load(cx: &mut Cx<'_>, commune: CommuneId, id: ProducerId) -> Result<Option<Self>, AppError> {
        let Some(live) = producers::by_id(cx, commune, id).await? else { return Ok(None) };
        let open = revisions::open(cx, commune, id, None).await?;
        Self::of(live, open).map(Some)
    }
}

/// These producers as they are being written.
pub async fn current(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    ids: &[ProducerId],
) -> Result<HashMap<ProducerId, Current>, AppError> {
    let mut open: HashMap<ProducerId, Revision> =
        register::open_of_producers(cx, commune, ids).await?.into_iter().map(|r| (r.producer_id, r)).collect();
    let mut all = HashMap::with_capacity(ids.len());
    for live in register::producers(cx, commune, ids).await? {
        let revision = open.remove(&live.id);
        all.insert(live.id, Current::of(live, revision)?);
    }
    Ok(all)
}

/// A field as our files show it; a personal number is not in them.
pub fn cell(content: &ProducerContent, field: &str, people: &People, lang: Lang) -> String {
    match field {
        "kind" => content.kind.map(|kind| kind.label(lang).to_owned()).unwrap_or_default(),
        "name" => content.name.clone(),
        "village" => people.village_name(content.village).to_owned(),
        "address" => content.address.clone(),
        "representative" => content.representative.clone(),
        "phone" => content.phone.clone(),
        "tax_code" if TaxCode::parse(&content.tax_code).is_ok_and(|code| code.is_personal()) => String::new(),
        "tax_code" => content.tax_code.clone(),
        "story" => content.story.clone(),
        "story_en" => content.story_en.clone(),
        "website" => content.website.clone(),
        _ => String::new(),
    }
}

/// As [`cell`], for the eyes of the office: a personal number with most of its digits hidden.
fn shown(content: &ProducerContent, field: &str, people: &People, lang: Lang) -> String {
    if field == "tax_code" {
        crate::producers::tax_code::shown(&content.tax_code)
    } else {
        cell(content, field, people, lang)
    }
}

/// The kind of this name: our word in either language, or one that offices use.
fn kind(text: &str) -> Option<ProducerKind> {
    let folded = fold(text);
    let short = match folded.as_str() {
        "htx" => Some(ProducerKind::Cooperative),
        "tht" => Some(ProducerKind::CooperativeGroup),
        "hkd" | "ho kd" => Some(ProducerKind::HouseholdBusiness),
        "ho" | "ho gia dinh" | "ho nong dan" | "ho ca the" => Some(ProducerKind::Household),
        "dn" | "cong ty" | "cong ty tnhh" | "cong ty co phan" => Some(ProducerKind::Enterprise),
        _ => None,
    };
    let named =
        |kind: &&ProducerKind| kind.word() == text || Lang::ALL.iter().any(|lang| fold(kind.label(*lang)) == folded);
    short.or_else(|| ProducerKind::ALL.iter().find(named).copied())
}

/// Reads a line over what is there; what is wrong is noted in the line.
fn read(told: &mut Told, before: &ProducerContent, people: &People, around: Around) -> ProducerContent {
    let t = around.t();
    let mut content = before.clone();
    let villages = people.village_ids();
    for (step, fields) in &STEPS {
        if !told.tells(fields) {
            continue;
        }
        let mut form = step.fill(&content, &[], None);
        for field in *fields {
            let text = told.get(field).to_owned();
            if text.is_empty() {
                continue;
            }
            let value = match *field {
                "kind" => kind(&text).map(|kind| kind.word().to_owned()).ok_or_else(|| t.not_in_list(&text)),
                "village" => people.village(&text).map(|id| id.to_string()).ok_or_else(|| t.no_village(&text)),
                _ => Ok(text),
            };
            match value {
                Ok(value) => form.set(field, &value),
                Err(message) => told.fail(field, message),
            }
        }
        // Who may see what is asked of the producer itself: a file is no consent, and takes none back.
        for choice in ["address_seen", "representative_seen", "phone_seen"] {
            form.set(choice, "office");
        }
        form.set("no_phone", if form.value("phone").is_empty() { "1" } else { "" });
        if !told.get("tax_code").is_empty() {
            form.set("tax_answer", "known");
        }
        let _ = step.read(&mut form, &mut content, &villages, around.lang);
        // What the line does not tell may still be missing: then it stays a draft.
        for error in form.errors() {
            let is_told = !told.get(&error.field).is_empty();
            if is_told && !told.faults.iter().any(|fault| fault.field == error.field) {
                told.fail(&error.field, error.message.clone());
            }
        }
    }
    content
}

/// Holds the lines against the register.
pub async fn check(cx: &mut Cx<'_>, around: Around, mut lines: Vec<Told>) -> Result<Vec<Planned<Any>>, AppError> {
    let people = People::load(cx, around).await?;
    for told in &mut lines {
        // A list of households names the person alone.
        if told.get("name").is_empty() && told.get("id").is_empty() {
            let person = told.get("representative").to_owned();
            told.set("name", person);
        }
    }
    let ids: HashSet<ProducerId> = lines
        .iter()
        .filter_map(|told| match people.find(told, KEYS) {
            Found::One(mark) => Some(mark.id),
            _ => None,
        })
        .collect();
    let ids: Vec<ProducerId> = ids.into_iter().collect();
    let known = current(cx, around.commune, &ids).await?;
    let mut before_them: HashMap<String, u32> = HashMap::new();
    Ok(lines.into_iter().map(|told| plan(told, &people, &known, &mut before_them, around)).collect())
}

fn plan(
    mut told: Told,
    people: &People,
    known: &HashMap<ProducerId, Current>,
    before_them: &mut HashMap<String, u32>,
    around: Around,
) -> Planned<Any> {
    let t = around.t();
    let found = match people.find(&told, KEYS) {
        Found::One(mark) if mark.state == State::Withdrawn => {
            told.fail("id", t.withdrawn());
            None
        }
        Found::One(mark) => known.get(&mark.id),
        Found::Nobody => None,
        Found::NoSuchCode => {
            told.fail("id", t.no_such_code(told.get("id")));
            None
        }
        Found::Several(names) => {
            told.fail("name", t.several(names.join("; ")));
            None
        }
    };
    let blank = ProducerContent::default();
    let before = found.map_or(&blank, |current| &current.content);
    let after = read(&mut told, before, people, around);
    if after.name.is_empty() && told.faults.is_empty() {
        told.fail("name", t.name_missing());
    }
    let identity = match found {
        Some(current) => current.live.short.clone(),
        None => format!("{}\n{}", fold(&after.name), people.village_name(after.village)),
    };
    if let Some(earlier) = before_them.get(&identity) {
        told.fail("name", t.twice(*earlier));
    } else {
        before_them.insert(identity, told.number);
    }
    let name = if after.name.is_empty() { before.name.clone() } else { after.name.clone() };
    let id = found.map(|current| current.live.id);
    if !told.faults.is_empty() {
        return subject::wrong(told, name, id.map(|id| id.0), id);
    }
    let outcome = match found {
        None => Outcome::New,
        Some(_) if after == *before => Outcome::Same,
        Some(_) => Outcome::Changed,
    };
    let missing = steps::missing(&after);
    if outcome != Outcome::Same && !missing.is_empty() {
        told.notes.push(t.still_missing(missing.len()));
    }
    let changes = if outcome == Outcome::Changed {
        subject::changes(FIELDS, |key, new| shown(if new { &after } else { before }, key, people, around.lang))
    } else {
        Vec::new()
    };
    let work = (outcome != Outcome::Same).then(|| {
        Any::Producer(Box::new(Work {
            id,
            seen: found.and_then(|current| current.open.as_ref()).map(Seen::of),
            version: found.map_or(0, |current| current.live.version),
            before: before.clone(),
            after,
        }))
    });
    let (number, notes) = (told.number, told.notes);
    Planned {
        number,
        name,
        outcome,
        changes,
        faults: Vec::new(),
        notes,
        cautions: Vec::new(),
        subject: id.map(|id| id.0),
        producer: id,
        work,
    }
}

/// Writes a line: a draft of the office, or a revision. What is public waits for review, like any other change of it.
pub async fn write(cx: &mut Cx<'_>, writing: Writing<'_>, work: &Work) -> Result<Written, AppError> {
    let author = Author { user: writing.actor.by, channel: Channel::Office };
    let Some(id) = work.id else {
        let (producer, _) = flow::begin_producer(cx, writing.commune, &work.after, author, writing.now).await?;
        return Ok(Some((producer.id.0, None, json(&work.after), 0)));
    };
    let current = Current::load(cx, writing.commune, id).await?.ok_or(AppError::NotFound)?;
    if current.live.version != work.version || current.open.as_ref().map(Seen::of) != work.seen {
        return Ok(None);
    }
    if !put(cx, &current, &work.after, author, writing.now).await? {
        return Ok(None);
    }
    Ok(Some((id.0, Some(json(&work.before)), json(&work.after), 0)))
}

/// Puts content into the open revision, or a new one; false if somebody was faster. What visitors see is handed in, unless
/// somebody else was still writing it.
async fn put(
    cx: &mut Cx<'_>,
    current: &Current,
    content: &ProducerContent,
    author: Author,
    now: Time,
) -> Result<bool, AppError> {
    let was = current.open.as_ref().map(|open| open.state);
    let revision = match flow::open_producer(cx, &current.live, author, now).await {
        Ok(revision) => revision,
        // Another editor opened one at the same moment.
        Err(error) if is_unique_violation(&error) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    if flow::save_producer(cx, &revision, content, now).await? == flow::Written::Stale {
        return Ok(false);
    }
    let waits = was.is_none_or(|state| state == State::Submitted) && current.live.approved_at.is_some();
    if waits && steps::missing(content).is_empty() {
        return subject::hand_in(cx, current.live.commune_id, current.live.id, None, now).await;
    }
    Ok(true)
}

/// Takes a line back.
pub async fn undo(cx: &mut Cx<'_>, writing: Writing<'_>, item: &Item) -> Result<Undo, AppError> {
    let (commune, id) = (writing.commune, ProducerId(item.subject_id));
    let Some(current) = Current::load(cx, commune, id).await? else { return Ok(Undo::Edited) };
    let after: ProducerContent = serde_json::from_str(&item.after_value).map_err(AppError::internal)?;
    if current.content != after || current.live.state == State::Withdrawn {
        return Ok(Undo::Edited);
    }
    let done = match &item.before_value {
        None => {
            if current.live.approved_at.is_some() {
                return Ok(Undo::Decided);
            }
            let Some(open) = &current.open else { return Ok(Undo::Decided) };
            if register::producer_is_used(cx, commune, id).await? {
                return Ok(Undo::Used);
            }
            flow::withdraw(cx, open, writing.now).await? == flow::Written::Done
        }
        Some(before) => {
            let before: ProducerContent = serde_json::from_str(before).map_err(AppError::internal)?;
            let author = Author { user: writing.actor.by, channel: Channel::Office };
            match &current.open {
                Some(open) if current.live.approved_at.is_some() && current.live.content == before => {
                    flow::withdraw(cx, open, writing.now).await? == flow::Written::Done
                }
                _ => put(cx, &current, &before, author, writing.now).await?,
            }
        }
    };
    Ok(if done { Undo::Done } else { Undo::Edited })
}
