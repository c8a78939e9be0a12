//! Products with their certificates, OCOP decisions and the revisions that wait.

use crate::amounts::Dong;
use crate::app::App;
use crate::clock::Time;
use crate::db::{Cx, Result};
use crate::files::store::{self as files, FileRow, FileState, FileUse};
use crate::ids::{FileId, ProductId, RevisionId, new_id, new_short};
use crate::producers::model::{Channel, State};
use crate::products::model::{CertificateContent, Price, Product, ProductContent, SalesChannel, ocop_term_ends};
use crate::products::store::{self as products, OcopDecision};
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::seeding::sample::{PendingEdit, Sample, SamplePicture, SamplePrice, SampleProduct};

use super::Made;

/// A picture to be drawn for a file.
pub(super) struct Wanted {
    pub(super) file: FileId,
    pub(super) drawing: String,
    pub(super) variant: u32,
    pub(super) colours: Vec<usize>,
}

pub(super) async fn load(app: &App, sample: &Sample, made: &mut Made) -> std::result::Result<Vec<Wanted>, String> {
    let mut wanted = Vec::new();
    let mut tx = app.db.begin().await.map_err(|e| e.to_string())?;
    let mut cx = tx.cx();
    for (number, product) in sample.products.iter().enumerate() {
        insert(&mut cx, made, product, number, &mut wanted)
            .await
            .map_err(|error| format!("product {}: {error}", product.key))?;
    }
    tx.commit().await.map_err(|e| e.to_string())?;
    Ok(wanted)
}

async fn insert(
    cx: &mut Cx<'_>,
    made: &mut Made,
    p: &SampleProduct,
    number: usize,
    wanted: &mut Vec<Wanted>,
) -> Result<()> {
    let at = made.at(p.registered_day, number);
    let producer_id = *made.producers.get(&p.producer).ok_or(sqlx::Error::RowNotFound)?;
    let public = p.state == State::Approved;
    let mut content = content(made, p, at);
    for picture in &p.pictures {
        let file = FileId(new_id(at));
        files::insert(cx, &file_row(made, file, producer_id, picture, public, at)).await?;
        content.photos.push(file);
        wanted.push(Wanted {
            file,
            drawing: picture.drawing.clone(),
            variant: picture.variant,
            colours: picture.colours.clone(),
        });
    }
    let decided = public.then(|| made.at(p.registered_day + 3, number + 5));
    let product = Product {
        commune_id: made.commune,
        id: ProductId::new(at),
        producer_id,
        short: new_short(),
        state: p.state,
        name: p.name_vi.clone(),
        category: p.category.clone(),
        content,
        version: 1,
        created_at: at,
        updated_at: decided.unwrap_or(at),
        approved_at: decided,
    };
    products::insert(cx, &product, None).await?;
    if public {
        products::put_certificates(cx, made.commune, producer_id, product.id, &product.content, at).await?;
    }
    revisions::insert(cx, &revision(made, &product, p)).await?;
    if let Some(edit) = &p.pending_edit {
        revisions::insert(cx, &pending(made, &product, edit, number)).await?;
    }
    if let Some(ocop) = &p.ocop {
        let decided_on = made.today.plus_days(ocop.decided_day);
        let decision = OcopDecision {
            number: ocop.decision_no.clone(),
            authority: ocop.authority.clone(),
            decided_on,
            expires_on: ocop_term_ends(decided_on),
            stars: i32::from(ocop.stars),
        };
        products::insert_decision(cx, made.commune, product.id, &decision, None, Some(made.officer), at).await?;
    }
    made.products.insert(p.key.clone(), (product.id, producer_id));
    Ok(())
}

fn file_row(
    made: &Made,
    id: FileId,
    producer: crate::ids::ProducerId,
    picture: &SamplePicture,
    public: bool,
    at: Time,
) -> FileRow {
    FileRow {
        commune_id: made.commune,
        id,
        producer_id: Some(producer),
        kind: FileUse::Picture,
        state: FileState::Ready,
        media_type: "image/jpeg".to_owned(),
        bytes: 0,
        sha256: String::new(),
        width: Some(super::pictures::WIDTH as i32),
        height: Some(super::pictures::WIDTH as i32 / 4 * 3),
        name: picture.alt_vi.clone(),
        refusal: None,
        public,
        created_by: None,
        created_at: at,
    }
}

fn price(price: SamplePrice) -> Price {
    match price {
        SamplePrice::Ask => Price::Ask,
        SamplePrice::Fixed { dong } => Price::Exact(Dong(dong)),
        SamplePrice::Range { from, to } => Price::Range(Dong(from), Dong(to)),
    }
}

fn content(made: &Made, p: &SampleProduct, at: Time) -> ProductContent {
    let certificates = p
        .certificates
        .iter()
        .map(|c| CertificateContent {
            id: new_id(at),
            kind: c.kind.clone(),
            number: c.number.clone(),
            issuer: c.issuer.clone(),
            scope: c.scope.clone(),
            issued_on: Some(made.today.plus_days(c.issued_day)),
            expires_on: c.expires_day.map(|day| made.today.plus_days(day)),
            file: None,
        })
        .collect();
    let channels = p
        .channels
        .iter()
        .map(|c| SalesChannel { name: c.label.clone(), note: String::new(), url: String::new() })
        .collect();
    ProductContent {
        name: p.name_vi.clone(),
        name_en: p.name_en.clone(),
        category: p.category.clone(),
        description: p.summary_vi.clone(),
        description_en: p.summary_en.clone(),
        story: p.story_vi.clone().unwrap_or_default(),
        warnings: p.warnings.clone().unwrap_or_default(),
        origin: p.origin.clone(),
        unit: p.unit.clone(),
        price: price(p.price),
        net_quantity: p.pack.clone().unwrap_or_default(),
        season: if p.season.months.len() == 12 { Vec::new() } else { p.season.months.clone() },
        season_peak: p.season.peak.clone(),
        availability: Some(p.availability),
        shelf_life_days: p.shelf_life_days,
        standards: p.standards.join("; "),
        certificates,
        channels,
        ..ProductContent::default()
    }
}

fn revision(made: &Made, product: &Product, p: &SampleProduct) -> Revision {
    let decided = matches!(p.state, State::Approved | State::ChangesRequested | State::Rejected);
    Revision {
        commune_id: made.commune,
        id: RevisionId(new_id(product.created_at)),
        producer_id: product.producer_id,
        product_id: Some(product.id),
        state: p.state,
        content: serde_json::to_string(&product.content).unwrap_or_default(),
        note: p.review.as_ref().map(|r| r.reason.clone()).unwrap_or_default(),
        field_notes: super::people::field_notes(p.review.as_ref()),
        author_id: None,
        channel: Channel::OneSelf,
        decided_by: decided.then_some(made.officer),
        decided_at: decided.then_some(product.updated_at),
        submitted_at: (p.state != State::Draft).then_some(product.created_at),
        version: 1,
        created_at: product.created_at,
        updated_at: product.updated_at,
    }
}

/// A change to a live product that waits for an officer.
fn pending(made: &Made, product: &Product, edit: &PendingEdit, number: usize) -> Revision {
    let mut content = product.content.clone();
    if let Some(new) = edit.price {
        content.price = price(new);
    }
    content.availability = edit.availability.or(content.availability);
    content.description = edit.summary_vi.clone().unwrap_or(content.description);
    content.description_en = edit.summary_en.clone().unwrap_or(content.description_en);
    let at = made.at(edit.submitted_day, number);
    Revision {
        commune_id: made.commune,
        id: RevisionId(new_id(at)),
        producer_id: product.producer_id,
        product_id: Some(product.id),
        state: State::Submitted,
        content: serde_json::to_string(&content).unwrap_or_default(),
        note: String::new(),
        field_notes: crate::review::model::FieldNotes::default(),
        author_id: None,
        channel: Channel::OneSelf,
        decided_by: None,
        decided_at: None,
        submitted_at: Some(at),
        version: 1,
        created_at: at,
        updated_at: at,
    }
}
