//! The thing that is opened at the right of the queue, with all an officer needs to decide on it.

use uuid::Uuid;

use super::errands::Errand;
use super::fields::{self, Field};
use super::model::Revision;
use super::names::Villages;
use super::queue::{Waiting, named};
use super::queue_store::{self, Enquiry, Likeness, Report};
use super::store;
use super::texts::Texts;
use crate::db::Cx;
use crate::fold::fold;
use crate::ids::RevisionId;
use crate::jobs::Job;
use crate::misuse::store::cases::Case;
use crate::producers::model::{Producer, ProducerContent, State};
use crate::producers::store as producers;
use crate::products::model::{Product, ProductContent};
use crate::products::store as products;
use crate::recalls::store::alerts::Alert;
use crate::support::model::SupportRow;
use crate::support::needs::model::NeedRow;
use crate::web::{AppError, Ctx, Lang};

/// What is opened; at most one of these.
#[derive(Default)]
pub struct Opened {
    /// Its id, if there is anything.
    pub id: Option<Uuid>,
    /// A revision that waits.
    pub revision: Option<Box<UnderReview>>,
    /// A recall by a producer, or a request for one.
    pub recall: Option<Alert>,
    /// What a producer says it needs.
    pub need: Option<NeedRow>,
    /// Support whose result is due.
    pub result: Option<Box<SupportRow>>,
    /// What waits in a room of its own.
    pub errand: Option<Errand>,
    /// A case of misuse.
    pub case: Option<Box<Case>>,
    /// A buyer's report.
    pub report: Option<Report>,
    /// An enquiry that waits.
    pub enquiry: Option<Enquiry>,
    /// A failed job.
    pub job: Option<Job>,
}

impl Opened {
    /// True if `id` is what is opened.
    pub fn is(&self, id: &Uuid) -> bool {
        self.id.as_ref() == Some(id)
    }

    /// True if something was asked for that no longer waits.
    pub fn is_gone(&self) -> bool {
        self.id.is_some()
            && self.revision.is_none()
            && self.recall.is_none()
            && self.need.is_none()
            && self.result.is_none()
            && self.errand.is_none()
            && self.case.is_none()
            && self.report.is_none()
            && self.enquiry.is_none()
            && self.job.is_none()
    }
}

/// A producer that may be the same as the one under review.
pub struct Suspect {
    /// Name.
    pub name: String,
    /// Suffix of its address.
    pub short: String,
    /// Where it stands.
    pub state: &'static str,
    /// In what they are alike.
    pub why: String,
}

/// A revision with what it changes.
pub struct UnderReview {
    /// The revision.
    pub revision: Revision,
    /// Whose it is.
    pub producer: Producer,
    /// Of which product.
    pub product: Option<Product>,
    /// True if nothing of it was ever approved.
    pub is_new: bool,
    /// The fields that are shown: all that hold something (new), or those that change.
    pub fields: Vec<Field>,
    /// How many others there are (changed only).
    pub unchanged: Vec<Field>,
    /// Name of the producer's village.
    pub village: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// Producers that may be the same.
    pub suspects: Vec<Suspect>,
    /// True if the content can't be read.
    pub broken: bool,
}

impl UnderReview {
    /// Heading.
    pub fn title(&self, lang: Lang) -> String {
        let name = named(self.product.as_ref().map_or(&self.producer.name, |product| &product.name), lang);
        if self.is_new { name } else { Texts(lang).changes_in(name, self.fields.len()) }
    }

    /// When it was handed in.
    pub fn sent(&self) -> crate::clock::Time {
        self.revision.submitted_at.unwrap_or(self.revision.updated_at)
    }

    /// True if the product's producer is not public yet.
    pub fn producer_pending(&self) -> bool {
        self.product.is_some() && self.producer.state != State::Approved
    }

    /// By what way it was written.
    pub fn channel(&self, lang: Lang) -> &'static str {
        self.revision.channel.label(lang)
    }
}

/// True if a content has a field of this name.
pub fn is_field(key: &str) -> bool {
    let villages = Villages::default();
    let (producer, product) = (ProducerContent::default(), ProductContent::default());
    fields::producer_fields(&producer, &producer, &villages, Lang::Vi).iter().any(|field| field.key == key)
        || fields::product_fields(&product, &product, Lang::Vi).iter().any(|field| field.key == key)
}

/// Finds what is asked for among what waits.
pub async fn open(ctx: &Ctx, waiting: &Waiting, id: Uuid) -> Result<Opened, AppError> {
    let mut opened = Opened { id: Some(id), ..Opened::default() };
    if waiting.revisions.iter().any(|one| one.id.0 == id) {
        opened.revision = under_review(ctx, waiting, RevisionId(id)).await?.map(Box::new);
    }
    opened.recall = waiting.recalls.iter().find(|one| one.id.0 == id).cloned();
    opened.need = waiting.needs.iter().find(|one| one.id.0 == id).cloned();
    opened.result = waiting.results.iter().find(|one| one.id.0 == id).cloned().map(Box::new);
    opened.errand = waiting.errands.iter().find(|one| one.id == id).cloned();
    opened.case = waiting.cases.iter().find(|one| one.id == id).cloned().map(Box::new);
    opened.report = waiting.reports.iter().find(|one| one.id.0 == id).cloned();
    opened.enquiry = waiting.enquiries.iter().find(|one| one.id.0 == id).cloned();
    opened.job = waiting.jobs.iter().find(|one| one.id == id).cloned();
    Ok(opened)
}

async fn under_review(ctx: &Ctx, waiting: &Waiting, id: RevisionId) -> Result<Option<UnderReview>, AppError> {
    let commune = ctx.commune_id();
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let Some(revision) = store::by_id(&mut cx, commune, id).await?.filter(|r| r.state == State::Submitted) else {
        return Ok(None);
    };
    let Some(producer) = producers::by_id(&mut cx, commune, revision.producer_id).await? else { return Ok(None) };
    let product = match revision.product_id {
        Some(id) => products::by_id(&mut cx, commune, id).await?,
        None => None,
    };
    let author = match revision.author_id {
        Some(id) => queue_store::user_name(&mut cx, id).await?,
        None => None,
    };
    let is_new = product.as_ref().map_or(producer.approved_at, |product| product.approved_at).is_none();
    let read = fields(&revision, &producer, product.as_ref(), is_new, waiting, ctx.lang);
    let broken = read.is_none();
    let (fields, unchanged) = read.unwrap_or_default();
    let suspects =
        if is_new && product.is_none() { suspects(&mut cx, ctx, &revision, &producer).await? } else { Vec::new() };
    let village = waiting.villages.name(producer.village_id).to_owned();
    Ok(Some(UnderReview { revision, producer, product, is_new, fields, unchanged, village, author, suspects, broken }))
}

/// The fields to show and the others; None if the content can't be read.
fn fields(
    revision: &Revision,
    producer: &Producer,
    product: Option<&Product>,
    is_new: bool,
    waiting: &Waiting,
    lang: Lang,
) -> Option<(Vec<Field>, Vec<Field>)> {
    let all = if let Some(product) = product {
        let new: ProductContent = serde_json::from_str(&revision.content).ok()?;
        let old = if is_new { new.clone() } else { product.content.clone() };
        fields::product_fields(&old, &new, lang)
    } else {
        let new: ProducerContent = serde_json::from_str(&revision.content).ok()?;
        let old = if is_new { new.clone() } else { producer.content.clone() };
        fields::producer_fields(&old, &new, &waiting.villages, lang)
    };
    if is_new {
        return Some((all, Vec::new()));
    }
    let (changed, same) = all.into_iter().partition(|field| field.changed);
    Some((changed, same))
}

async fn suspects(
    cx: &mut Cx<'_>,
    ctx: &Ctx,
    revision: &Revision,
    producer: &Producer,
) -> Result<Vec<Suspect>, AppError> {
    let Ok(content) = serde_json::from_str::<ProducerContent>(&revision.content) else { return Ok(Vec::new()) };
    let name_folded = fold(&content.name);
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let (phone, tax_code) = (filled(&content.phone), filled(&content.tax_code));
    let like = Likeness {
        id: producer.id,
        phone: phone.as_deref(),
        tax_code: tax_code.as_deref(),
        village: content.village,
        name_folded: &name_folded,
    };
    let found = queue_store::duplicates(cx, ctx.commune_id(), like).await?;
    let t = Texts(ctx.lang);
    let suspect = |one: queue_store::Duplicate| {
        let mut why = Vec::new();
        if phone.is_some() && one.phone == phone {
            why.push(t.same_phone());
        }
        if tax_code.is_some() && one.tax_code == tax_code {
            why.push(t.same_tax());
        }
        if one.village_id == content.village && one.name_folded == name_folded {
            why.push(t.same_name());
        }
        Suspect {
            name: named(&one.name, ctx.lang),
            short: one.short,
            state: one.state.label(ctx.lang),
            why: why.join(", "),
        }
    };
    Ok(found.into_iter().map(suspect).collect())
}
