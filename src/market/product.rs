//! `/san-pham/{slug}-{short}`: a product, who makes it, its papers, its lots, and asking to buy it.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::calendar::{Calendar, Row};
use super::card::{Card, Tag, availability_tag};
use super::home::beginning;
use super::poster;
use super::store::{self, Listed};
use super::texts::Texts;
use crate::clock::Day;
use crate::files::{picture_url, store as files};
use crate::ids::short_of;
use crate::labels::qr;
use crate::producers::model::ConsentField;
use crate::producers::store as producers;
use crate::products::catalogue;
use crate::products::store::{self as products, Certificate, OcopDecision};
use crate::traceability::model::Lot;
use crate::traceability::store as traceability;
use crate::web::{AppError, Ctx, Form, Lang, Page};

/// A paper in the list of papers.
pub struct Paper {
    pub title: String,
    pub detail: String,
    pub tag: Tag,
}

/// A lot in the list of lots.
struct LotLine {
    title: String,
    detail: String,
    tag: Tag,
}

/// A word and what it says.
pub struct Fact {
    pub name: &'static str,
    pub value: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/product.html")]
struct ProductPage {
    page: Page,
    t: Texts,
    form: Form,
    path: String,
    name: String,
    description: String,
    story: String,
    photos: Vec<(String, String)>,
    main_photo: Option<(String, String)>,
    photo_size: (i32, i32),
    tags: Vec<Tag>,
    stars: Option<i32>,
    price: String,
    unit: String,
    back: Option<(String, String)>,
    calendar: Option<Calendar>,
    facts: Vec<Fact>,
    warnings: String,
    producer_name: String,
    producer_path: String,
    producer_line: Option<String>,
    phone: Option<String>,
    since: Option<String>,
    village: Option<String>,
    papers: Vec<Paper>,
    lots: Vec<LotLine>,
    channels: Vec<crate::products::model::SalesChannel>,
    others: Vec<Card>,
    lan: String,
    url: String,
    poster: String,
    json_ld: String,
    qr: String,
}

/// The product of an address; a wrong name in it redirects to the right one.
pub async fn listed(ctx: &Ctx, address: &str) -> Result<Listed, AppError> {
    let short = short_of(address).ok_or(AppError::NotFound)?;
    let mut conn = ctx.app.db.read().await?;
    let row = store::listed_by_short(&mut conn.cx(), ctx.commune_id(), &short, ctx.today()).await?;
    row.ok_or(AppError::NotFound)
}

/// `GET /san-pham/{slug}-{short}`.
pub async fn product(ctx: Ctx, Path(address): Path<String>) -> Result<Response, AppError> {
    let row = listed(&ctx, &address).await?;
    let path = row.path();
    if !path.ends_with(&format!("/{address}")) {
        let to = if ctx.query.is_empty() { path } else { format!("{path}?{}", ctx.query) };
        return Err(AppError::Moved(to));
    }
    Ok(page(&ctx, row, Form::default()).await?.into_response())
}

/// `GET /s/{short}` and `/S/{SHORT}`: the address in a shelf card's QR code.
pub async fn short(ctx: Ctx, Path(short): Path<String>) -> Result<Redirect, AppError> {
    Ok(Redirect::to(&listed(&ctx, &short).await?.path()))
}

/// The page with the form as it was typed.
pub async fn page(ctx: &Ctx, row: Listed, form: Form) -> Result<impl IntoResponse + use<>, AppError> {
    let around = Around::of(ctx, &row).await?;
    let (t, lang, today) = (Texts(ctx.lang), ctx.lang, ctx.today());
    let content = &row.content;
    let name = lang.pick_or(&content.name, &content.name_en).to_owned();
    let description = lang.pick_or(&content.description, &content.description_en).to_owned();
    let mut photos = content.photos.iter().enumerate().map(|(n, id)| {
        let alt = if n == 0 { t.picture_of(&name) } else { t.photo_n(n + 1, &name) };
        (picture_url(*id, if n == 0 { 'm' } else { 's' }), alt)
    });
    let main_photo = photos.next();
    let category = catalogue::category(&content.category);
    let mut page = Page::new(ctx);
    page.current = "/san-pham";
    page.description = beginning(&description, 200);
    let url = page.canonical();
    let image = content.photos.first().map(|id| format!("{}{}", page.public_url, picture_url(*id, 'l')));
    let poster = format!("{}{}", page.public_url, poster::url(&row.short));
    let mut tags: Vec<Tag> = availability_tag(content.availability, lang).into_iter().collect();
    tags.truncate(1);
    let mut form = form;
    if form.value("lan").is_empty() {
        form.set("lan", &crate::ids::new_id(ctx.now()).to_string());
    }
    let seasonal = !(content.season.is_empty() || content.season.len() == 12);
    let since = around.approved.map(|day| t.since(day.text()));
    let kind = row.kind().map(|kind| kind.label(lang));
    let json_ld = json_ld(&row, &around, &url, image.as_deref());
    // In capitals, so that the QR code stays small (alphanumeric mode).
    let qr_text = format!("{}/S/{}", page.public_url, row.short).to_ascii_uppercase();
    Ok(ProductPage {
        lan: form.value("lan").to_owned(),
        form,
        path: row.path(),
        story: lang.pick_or(&content.story, &content.story_en).to_owned(),
        photos: photos.collect(),
        main_photo,
        photo_size: around.photo_size,
        tags,
        stars: row.stars,
        price: content.price.text(lang),
        unit: if content.price.min().is_some() && !content.unit.is_empty() {
            t.per(catalogue::unit_name(&content.unit, lang))
        } else {
            String::new()
        },
        back: category.map(|c| (format!("/san-pham?category={}", c.code), t.back_to(lower_first(c.name(lang))))),
        calendar: seasonal.then(|| Calendar::new(vec![Row::of(content, String::new(), lang)], today.month())),
        facts: facts(&row, lang),
        warnings: content.warnings.clone(),
        producer_name: row.producer_name.clone(),
        producer_path: row.producer_path(),
        producer_line: kind.zip(row.village.as_deref()).map(|(kind, village)| t.who_line(kind, village)),
        phone: around.phone.clone(),
        since,
        village: row.village.clone(),
        papers: papers(&around, today, lang),
        lots: around.lots.iter().map(|lot| lot_line(lot, today, lang)).collect(),
        channels: content.channels.clone(),
        others: around.others.iter().map(|other| Card::plain(other, lang)).collect(),
        qr: qr::svg(&qr_text, &t.qr_of(&name)).unwrap_or_default(),
        name,
        description,
        url,
        poster,
        json_ld,
        page,
        t,
    })
}

/// What stands around a product: papers, lots, its producer's consent and other products.
struct Around {
    certificates: Vec<Certificate>,
    decisions: Vec<OcopDecision>,
    lots: Vec<Lot>,
    others: Vec<Listed>,
    phone: Option<String>,
    approved: Option<Day>,
    photo_size: (i32, i32),
}

impl Around {
    async fn of(ctx: &Ctx, row: &Listed) -> Result<Self, AppError> {
        let commune = ctx.commune_id();
        let mut conn = ctx.app.db.read().await?;
        let cx = &mut conn.cx();
        let mut certificates = products::certificates(cx, commune, row.id).await?;
        certificates.extend(store::certificates_of_producer(cx, commune, row.producer_id).await?);
        let decisions = products::decisions(cx, commune, row.id).await?;
        let lots = traceability::lots::of_product(cx, commune, row.id, 5).await?;
        let mut others = store::listed_of(cx, commune, row.producer_id, ctx.today()).await?;
        others.retain(|other| other.id != row.id);
        others.truncate(4);
        let consents = producers::consents(cx, commune, row.producer_id).await?;
        let producer = producers::by_id(cx, commune, row.producer_id).await?;
        let phone = producer
            .as_ref()
            .filter(|p| consents.contains(&ConsentField::Phone) && !p.content.phone.is_empty())
            .map(|p| p.content.phone.clone());
        let approved = producer.and_then(|p| p.approved_at).map(|at| at.day());
        let photo = match row.content.photos.first() {
            Some(id) => files::by_id(cx, commune, *id).await?,
            None => None,
        };
        // Width and height keep the page from jumping while the picture loads; 4:3 until they are known.
        let photo_size = photo.and_then(|photo| photo.width.zip(photo.height)).unwrap_or((800, 600));
        Ok(Self { certificates, decisions, lots, others, phone, approved, photo_size })
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map(|first| first.to_lowercase().chain(characters).collect()).unwrap_or_default()
}

fn facts(row: &Listed, lang: Lang) -> Vec<Fact> {
    let (t, content) = (Texts(lang), &row.content);
    let keeps = content.shelf_life_days.filter(|days| *days > 0).map(|days| t.days(days)).unwrap_or_default();
    let category = catalogue::category(&content.category).map(|c| c.name(lang).to_owned()).unwrap_or_default();
    let facts = [
        (t.category(), category),
        (t.origin(), content.origin.clone()),
        (t.net_quantity(), content.net_quantity.clone()),
        (t.storage(), content.storage.clone()),
        (t.keeps(), keeps),
        (t.standards(), content.standards.clone()),
        (t.gtin(), content.gtin.clone()),
    ];
    facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| Fact { name, value }).collect()
}

fn validity(from: Option<Day>, to: Option<Day>, today: Day, t: Texts) -> Tag {
    if to.is_some_and(|to| to < today) {
        Tag { class: "wait", text: t.is_expired() }
    } else if from.is_some_and(|from| today < from) {
        Tag { class: "", text: t.not_yet() }
    } else {
        Tag { class: "ok", text: t.is_valid() }
    }
}

/// Stars that stand today first, then certificates; of these, those that have run out say so and stand last.
fn papers(around: &Around, today: Day, lang: Lang) -> Vec<Paper> {
    let t = Texts(lang);
    let stars = around.decisions.iter().filter(|d| d.shows_on(today)).map(|d| Paper {
        title: t.stars(d.stars),
        detail: format!("{}, {}", t.decision(&d.number), t.until(d.expires_on.text())),
        tag: validity(Some(d.decided_on), Some(d.expires_on), today, t),
    });
    let mut papers: Vec<Paper> = stars.chain(certificate_papers(&around.certificates, today, lang)).collect();
    papers.sort_by_key(|paper| paper.tag.class != "ok");
    papers
}

/// Certificates as lines of the list of papers.
pub fn certificate_papers(certificates: &[Certificate], today: Day, lang: Lang) -> Vec<Paper> {
    let t = Texts(lang);
    let papers = certificates.iter().map(|c| {
        let kind = catalogue::certificate_kind_name(&c.kind, lang);
        let number = (!c.number.is_empty()).then(|| t.number(&c.number));
        let until = c.expires_on.map(|day| t.until(day.text()));
        let issuer = (!c.issuer.is_empty()).then(|| c.issuer.clone());
        Paper {
            title: if c.scope.is_empty() { kind.to_owned() } else { format!("{kind}, {}", c.scope) },
            detail: [number, until, issuer].into_iter().flatten().collect::<Vec<_>>().join(", "),
            tag: validity(c.issued_on, c.expires_on, today, t),
        }
    });
    papers.collect()
}

fn lot_line(lot: &Lot, today: Day, lang: Lang) -> LotLine {
    let t = Texts(lang);
    let tag = if lot.is_recalled() {
        Tag { class: "bad", text: t.recalled() }
    } else if lot.is_expired_on(today) {
        Tag { class: "wait", text: t.lot_past() }
    } else if lot.is_open() {
        Tag { class: "ok", text: t.lot_open() }
    } else {
        Tag { class: "", text: t.lot_done() }
    };
    let before = lot.best_before.map(|day| t.lot_best_before(day.text()));
    LotLine {
        title: t.lot(lot.code.as_str(), lot.made_on.text()),
        detail: [Some(lot.quantity_text(lang)), before].into_iter().flatten().collect::<Vec<_>>().join(", "),
        tag,
    }
}

/// schema.org/Product for search engines, safe inside `<script>`: no `<`, `>` or `&` as such.
fn json_ld(row: &Listed, around: &Around, url: &str, image: Option<&str>) -> String {
    use crate::products::model::Availability;
    let content = &row.content;
    let availability = match content.availability {
        Some(Availability::InStock) => "https://schema.org/InStock",
        Some(Availability::ToOrder) => "https://schema.org/MadeToOrder",
        Some(Availability::Seasonal) => "https://schema.org/LimitedAvailability",
        Some(Availability::SoldOut) | None => "https://schema.org/OutOfStock",
    };
    let mut product = json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": content.name,
        "description": content.description,
        "url": url,
        "brand": { "@type": "Brand", "name": row.producer_name },
    });
    if let Some(image) = image {
        product["image"] = json!([image]);
    }
    if !content.gtin.is_empty() {
        product["gtin"] = json!(content.gtin);
    }
    if let Some(category) = catalogue::category(&content.category) {
        product["category"] = json!(category.name(Lang::Vi));
    }
    if let (Some(low), Some(high)) = (content.price.min(), content.price.max()) {
        let seller = json!({ "@type": "Organization", "name": row.producer_name });
        product["offers"] = if low == high {
            json!({ "@type": "Offer", "price": low.0, "priceCurrency": "VND", "availability": availability,
                "url": url, "seller": seller })
        } else {
            json!({ "@type": "AggregateOffer", "lowPrice": low.0, "highPrice": high.0, "priceCurrency": "VND",
                "availability": availability, "url": url, "seller": seller })
        };
    }
    let number = around.certificates.iter().find(|c| !c.number.is_empty());
    if let Some(certificate) = number {
        product["hasCertification"] = json!({ "@type": "Certification",
            "name": catalogue::certificate_kind_name(&certificate.kind, Lang::Vi),
            "certificationIdentification": certificate.number });
    }
    let text = product.to_string();
    text.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paper_says_whether_it_stands_today() {
        let t = Texts(Lang::Vi);
        let day = |text: &str| Some(Day::parse(text).unwrap());
        let today = day("22/11/2026").unwrap();
        assert_eq!(validity(day("01/01/2026"), day("22/11/2026"), today, t).class, "ok");
        assert_eq!(validity(None, day("21/11/2026"), today, t).text, t.is_expired());
        assert_eq!(validity(day("23/11/2026"), None, today, t).text, t.not_yet());
        assert_eq!(validity(None, None, today, t).class, "ok");
    }

    #[test]
    fn only_the_first_letter_is_lowered() {
        assert_eq!(lower_first("Đồ uống có cồn"), "đồ uống có cồn");
        assert_eq!(lower_first(""), "");
    }
}
