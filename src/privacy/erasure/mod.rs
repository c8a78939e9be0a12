//! Erasing somebody's personal data (Law 91/2025/QH15; Nghị định 356/2025: done within 15 days): in one transaction
//! that the caller commits, or drops after reading what it would do. What the law has the commune keep stays without
//! a name: support with its day, kind and money, the chain of lots, recalls, decisions.
//!
//! Start at [`erase`]; [`places`] lists what is emptied.

#[cfg(test)]
mod columns;
pub mod group;
pub mod places;
pub mod store;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use self::group::Group;
use self::places::{By, PLACES};
use self::store::Dropped;
use crate::accounts::model::{Phone, Role};
use crate::accounts::store as accounts;
use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::duplicates::store::merges;
use crate::files::render::kind_of;
use crate::files::store::FileUse;
use crate::files::{FileKey, Size};
use crate::ids::{CommuneId, DataRequestId, ErasureId, ImportId, ProducerId, UserId};
use crate::imports;
use crate::jobs::{self, Job};
use crate::market::index;
use crate::producers::model::{Producer, ProducerContent, State};
use crate::producers::store as producers;
use crate::products::model::ProductContent;
use crate::products::store as products;

/// The name of a producer that was erased.
pub const NAMELESS: &str = "Cơ sở đã xóa dữ liệu";
/// The name of its products, where their names go too.
const NAMELESS_PRODUCT: &str = "Sản phẩm đã xóa dữ liệu";

/// Kind of the job that drops the bytes of files.
pub const DROP: &str = "privacy.drop";
/// Files that one job drops.
const AT_ONCE: usize = 200;

/// Whose data is erased.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A producer with all that is its own, and the accounts that act for nobody else.
    Producer(Box<Producer>),
    /// An account.
    Account(UserId),
    /// What a phone number leads to: questions, reports, attendance, address books.
    Phone(Phone),
}

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Order<'a> {
    /// On which request.
    pub request: DataRequestId,
    /// Whose.
    pub subject: &'a Subject,
    /// Names of products go too.
    pub names: bool,
    /// Papers of support go too.
    pub evidence: bool,
    /// The officer.
    pub by: UserId,
    /// When.
    pub at: Time,
}

/// What an erasure emptied.
#[derive(Clone, Debug, Default)]
pub struct Erased {
    /// Rows by group; groups without a row are left out.
    pub rows: BTreeMap<Group, u64>,
    /// Accounts that are closed with it.
    pub accounts: usize,
    /// Accounts that only stop acting for the producer.
    pub left: usize,
    /// Records of support that stay, without words.
    pub records: i64,
    /// The đồng paid by them.
    pub paid: i64,
    /// Lots that stay.
    pub lots: i64,
    /// Papers of support that stay.
    pub papers: usize,
}

impl Erased {
    fn add(&mut self, group: Group, rows: u64) {
        if rows > 0 {
            *self.rows.entry(group).or_default() += rows;
        }
    }
}

/// Why nothing is erased.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Recalls with these numbers are open: those who have the goods must be able to learn whose they are.
    Recalls(Vec<i64>),
    /// The account works for the office or a village, or acts for a producer: that is to be ended or erased first.
    Roles(Vec<Role>),
    /// Somebody changed the producer meanwhile, or it is erased already.
    Stale,
}

/// Erases. What comes back as a refusal, and what is only looked at, must not be committed.
pub async fn erase(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    order: &Order<'_>,
) -> Result<std::result::Result<Erased, Refusal>> {
    let id = ErasureId::new(order.at);
    store::begin(cx, commune, id, order.request, order.by, order.at).await?;
    let mut erased = Erased::default();
    let mut phones = Vec::new();
    match order.subject {
        Subject::Producer(producer) => {
            if let Some(refusal) = subjects(cx, commune, id, producer, &mut phones, &mut erased).await? {
                return Ok(Err(refusal));
            }
        }
        Subject::Account(user) => {
            let roles = store::roles(cx, *user).await?;
            if !roles.is_empty() {
                return Ok(Err(Refusal::Roles(roles)));
            }
            phones.extend(add_account(cx, commune, id, *user).await?);
            erased.accounts = 1;
        }
        Subject::Phone(phone) => phones.push(phone.clone()),
    }
    let mut files = store::files(cx, commune, id, order.evidence).await?;
    for phone in &phones {
        files.extend(store::files_of_phone(cx, commune, phone).await?);
    }
    (erased.records, erased.paid, erased.lots) = store::kept(cx, commune, id).await?;
    if let Subject::Producer(producer) = order.subject
        && !empty_producers(cx, commune, producer, order, &mut erased).await?
    {
        return Ok(Err(Refusal::Stale));
    }
    // First what numbers lead to: lines of imports are found by what was emptied.
    for phone in &phones {
        for (group, rows) in store::empty_phone(cx, commune, phone).await? {
            erased.add(group, rows);
        }
    }
    for place in PLACES.iter().filter(|place| place.by == By::Subject) {
        let rows = store::empty(cx, commune, id, place).await?;
        erased.add(place.group, rows);
    }
    let workbooks = store::workbooks(cx, commune).await?;
    drop_files(cx, commune, &files, &workbooks, order.at).await?;
    erased.add(Group::Files, files.len() as u64);
    erased.add(Group::Imports, workbooks.len() as u64);
    erased.papers = store::evidence(cx, commune, id).await?.len();
    store::touch(cx, commune, id).await?;
    store::told(cx, commune, id, &serde_json::to_string(&erased.rows).unwrap_or_default()).await?;
    Ok(Ok(erased))
}

/// Notes the producer, those that went into it, and their accounts.
async fn subjects(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    id: ErasureId,
    producer: &Producer,
    phones: &mut Vec<Phone>,
    erased: &mut Erased,
) -> Result<Option<Refusal>> {
    let all = family(cx, commune, producer.id).await?;
    for one in &all {
        store::add_producer(cx, commune, id, *one).await?;
    }
    let recalls = store::open_recalls(cx, commune, id).await?;
    if !recalls.is_empty() {
        return Ok(Some(Refusal::Recalls(recalls)));
    }
    for one in all {
        let said = producers::by_id(cx, commune, one).await?.map(|producer| producer.content.phone);
        phones.extend(said.and_then(|phone| Phone::parse(&phone).ok()));
        for user in store::people_of(cx, commune, one).await? {
            if store::acts_elsewhere(cx, commune, id, user).await? {
                erased.left += 1;
            } else {
                phones.extend(add_account(cx, commune, id, user).await?);
                erased.accounts += 1;
            }
        }
    }
    phones.sort_by(|a, b| a.as_str().cmp(b.as_str()));
    phones.dedup();
    Ok(None)
}

/// A producer and all that went into it, and into those.
async fn family(cx: &mut Cx<'_>, commune: CommuneId, producer: ProducerId) -> Result<Vec<ProducerId>> {
    let mut all = vec![producer];
    let mut open = VecDeque::from([producer]);
    while let Some(kept) = open.pop_front() {
        for gone in store::merged_into(cx, commune, kept).await? {
            if !all.contains(&gone) {
                all.push(gone);
                open.push_back(gone);
            }
        }
    }
    Ok(all)
}

/// Notes an account; its phone, where that is known to be theirs.
async fn add_account(cx: &mut Cx<'_>, commune: CommuneId, id: ErasureId, user: UserId) -> Result<Option<Phone>> {
    store::add_user(cx, commune, id, user).await?;
    let user = accounts::user(cx, user).await?;
    Ok(user.filter(|user| user.phone_verified_at.is_some()).map(|user| user.phone))
}

/// Writes producers and products without what tells who they are; false if the one at hand was changed meanwhile.
async fn empty_producers(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    producer: &Producer,
    order: &Order<'_>,
    erased: &mut Erased,
) -> Result<bool> {
    for id in family(cx, commune, producer.id).await? {
        let Some(current) = producers::by_id(cx, commune, id).await? else { continue };
        let version = if id == producer.id { producer.version } else { current.version };
        let content = ProducerContent {
            kind: current.content.kind,
            name: NAMELESS.to_owned(),
            village: current.content.village,
            ..ProducerContent::default()
        };
        let erased_before = id == producer.id && current.content == content;
        if erased_before || !producers::update(cx, commune, id, State::Withdrawn, &content, version, order.at).await? {
            return Ok(false);
        }
        erased.add(Group::Producers, 1);
        for product in store::products(cx, commune, id).await? {
            let Some(current) = products::by_id(cx, commune, product).await? else { continue };
            let content = without_words(current.content, order.names);
            products::update(cx, commune, product, State::Withdrawn, &content, current.version, order.at).await?;
            erased.add(Group::Products, 1);
        }
        merges::forget(cx, commune, id).await?;
        index::enqueue_producer(cx, commune, id, order.at).await?;
    }
    Ok(true)
}

/// What stays of a product: what a buyer who has it needs to know.
fn without_words(content: ProductContent, names: bool) -> ProductContent {
    ProductContent {
        name: if names { NAMELESS_PRODUCT.to_owned() } else { content.name },
        category: content.category,
        warnings: content.warnings,
        unit: content.unit,
        net_quantity: content.net_quantity,
        season: content.season,
        shelf_life_days: content.shelf_life_days,
        storage: content.storage,
        gtin: content.gtin,
        ..ProductContent::default()
    }
}

/// Payload of [`DROP`].
#[derive(Debug, Default, Serialize, Deserialize)]
struct Drop {
    files: Vec<Dropped>,
    workbooks: Vec<ImportId>,
}

/// Empties the rows of files and workbooks, and queues the dropping of their bytes.
async fn drop_files(
    cx: &mut Cx<'_>,
    commune: CommuneId,
    files: &[Dropped],
    workbooks: &[ImportId],
    at: Time,
) -> Result<()> {
    for file in files {
        store::empty_file(cx, commune, file.id).await?;
    }
    for workbook in workbooks {
        imports::store::dropped(cx, commune, *workbook, at).await?;
    }
    for files in files.chunks(AT_ONCE) {
        jobs::enqueue(cx, commune, DROP, &Drop { files: files.to_vec(), ..Drop::default() }, at).await?;
    }
    for workbooks in workbooks.chunks(AT_ONCE) {
        jobs::enqueue(cx, commune, DROP, &Drop { workbooks: workbooks.to_vec(), ..Drop::default() }, at).await?;
    }
    Ok(())
}

/// Does the job; done again it changes nothing.
pub async fn job(app: &App, job: &Job) -> std::result::Result<(), String> {
    let Drop { files, workbooks } = serde_json::from_str(&job.payload).map_err(|e| e.to_string())?;
    let commune = job.commune_id.0 as u32;
    let mut keys: Vec<FileKey> = workbooks.into_iter().map(|id| imports::plan::key(job.commune_id, id)).collect();
    for file in files {
        keys.push(FileKey::original(commune, file.id.0, kind_of(&file.media_type)));
        if file.kind == FileUse::Picture {
            keys.extend(
                [Size::Small, Size::Medium, Size::Large].map(|size| FileKey::picture(commune, file.id.0, size)),
            );
        }
    }
    for key in keys {
        app.files.delete(key).await.map_err(|e| e.to_string())?;
    }
    Ok(())
}
