//! `/cua-toi`: the home of a producer's people: what needs them, their producers and products, the big button.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use crate::clock::Day;
use crate::db::Cx;
use crate::files::picture_url;
use crate::misuse::store::cases;
use crate::ocop::model::TOLD_MONTHS;
use crate::ocop::store as ocop;
use crate::products::catalogue;
use crate::products::model::Product;
use crate::products::store as products;
use crate::review::model::Revision;
use crate::review::store as revisions;
use crate::support::warnings::months_before;
use crate::traceability::chain::store as chain;
use crate::traceability::place_certificates::store::{self as place_certificates, ListedCertificate};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Lang, Page};

use super::helping::tag;
use super::model::{Producer, State};
use super::pages::address;
use super::store;
use super::texts::Texts;

/// A certificate that ends within so many days needs its owner.
const SOON_DAYS: i64 = 60;

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/home.html")]
struct HomePage {
    page: Page,
    t: Texts,
    name: String,
    needs: Vec<Need>,
    producers: Vec<Mine>,
    /// Enquiries that nobody has answered.
    enquiries: i64,
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/start.html")]
struct StartPage {
    page: Page,
    t: Texts,
    name: String,
}

/// One thing that waits for the person.
struct Need {
    href: String,
    text: String,
    hint: String,
    class: &'static str,
    tag: &'static str,
}

/// A producer with its products.
struct Mine {
    short: String,
    name: String,
    href: String,
    class: &'static str,
    tag: &'static str,
    products: Vec<Line>,
    enquiries: i64,
}

struct Line {
    href: String,
    name: String,
    price: String,
    picture: Option<String>,
    class: &'static str,
    tag: &'static str,
}

/// `GET /cua-toi`.
pub async fn home(ctx: Ctx) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let t = Texts(ctx.lang);
    let page = Page::of(&ctx, Area::Mine, "/cua-toi");
    let own = person.producers(ctx.commune_id());
    if own.is_empty() {
        return Ok(StartPage { page, t, name: person.name.clone() }.into_response());
    }
    let mut conn = ctx.app.db.read().await?;
    let (mut needs, mut producers) = (Vec::new(), Vec::new());
    for id in own {
        if let Some(producer) = store::by_id(&mut conn.cx(), ctx.commune_id(), id).await? {
            producers.push(gather(&ctx, &mut conn.cx(), &producer, &mut needs).await?);
        }
    }
    let enquiries = producers.iter().map(|p| p.enquiries).sum();
    Ok(HomePage { page, t, name: person.name.clone(), needs, producers, enquiries }.into_response())
}

async fn gather(ctx: &Ctx, cx: &mut Cx<'_>, producer: &Producer, needs: &mut Vec<Need>) -> Result<Mine, AppError> {
    let t = Texts(ctx.lang);
    let commune = producer.commune_id;
    let open = revisions::open_of_all(cx, commune, producer.id).await?;
    let name = if producer.name.is_empty() { t.nameless().to_owned() } else { producer.name.clone() };
    let own = open.iter().find(|r| r.product_id.is_none());
    let state = stands(producer.state, own);
    let href = address(&producer.short, "");
    needs.extend(need(state, &name, &href, own, t));

    let enquiries = store::new_enquiries(cx, commune, producer.id).await?;
    if enquiries > 0 {
        let class = " wait";
        let text = t.need_enquiries(enquiries);
        let href = format!("/cua-toi/hoi-mua?co-so={}", producer.short);
        needs.push(Need { href, text, hint: name.clone(), class, tag: t.tag_todo() });
    }
    let waiting = chain::waiting_for(cx, commune, producer.id).await?.len();
    if waiting > 0 {
        let href = format!("/cua-toi/nhan-hang?co-so={}", producer.short);
        let text = t.need_handovers(waiting);
        needs.push(Need { href, text, hint: name.clone(), class: " wait", tag: t.tag_todo() });
    }
    let cases = cases::count_open_of(cx, commune, producer.id).await?;
    if cases > 0 {
        let href = "/cua-toi/nghi-van".to_owned();
        needs.push(Need { href, text: t.need_cases(cases), hint: name.clone(), class: " wait", tag: t.tag_todo() });
    }
    ending_at_places(cx, producer, ctx.today(), t, needs).await?;
    of_ocop(cx, producer, ctx.today(), t, needs).await?;
    let mut lines = Vec::new();
    for product in products::of_producer(cx, commune, producer.id).await? {
        let revision = open.iter().find(|r| r.product_id == Some(product.id));
        let state = stands(product.state, revision);
        if state == State::Withdrawn {
            continue;
        }
        let line = line(&product, state, ctx.lang);
        needs.extend(need(state, &line.name, &line.href, revision, t));
        if product.state == State::Approved {
            ending(cx, &product, &line.href, ctx.today(), t, needs).await?;
        }
        lines.push(line);
    }
    let (class, tag) = tag(state, ctx.lang);
    Ok(Mine { short: producer.short.clone(), name, href, class, tag, products: lines, enquiries })
}

/// What its people are told: what comes next where something is open, else the live state.
fn stands(live: State, open: Option<&Revision>) -> State {
    open.map_or(live, |revision| revision.state)
}

fn need(state: State, name: &str, href: &str, open: Option<&Revision>, t: Texts) -> Option<Need> {
    let (text, tag, class) = match state {
        State::ChangesRequested => (t.need_change(name), t.tag_fix(), " bad"),
        State::Draft => (t.need_draft(name), t.tag_todo(), " wait"),
        State::Rejected => (t.need_rejected(name), t.tag_fix(), " bad"),
        _ => return None,
    };
    let asked = open.filter(|r| r.state == State::ChangesRequested);
    let hint = asked.map(|r| if r.note.is_empty() { first_note(r) } else { r.note.clone() }).unwrap_or_default();
    Some(Need { href: href.to_owned(), text, hint, class, tag })
}

fn first_note(revision: &Revision) -> String {
    revision.field_notes.0.values().next().cloned().unwrap_or_default()
}

fn line(product: &Product, state: State, lang: Lang) -> Line {
    let t = Texts(lang);
    let content = &product.content;
    let (class, tag) = tag(state, lang);
    Line {
        href: format!("/cua-toi/san-pham/{}", product.short),
        name: if product.name.is_empty() { t.nameless_product().to_owned() } else { product.name.clone() },
        price: if product.name.is_empty() { String::new() } else { content.price.text(lang) },
        picture: content.photos.first().map(|id| picture_url(*id, 's')),
        class,
        tag,
    }
}

/// Certificates of a live product that end soon or have ended.
async fn ending(
    cx: &mut Cx<'_>,
    product: &Product,
    href: &str,
    today: Day,
    t: Texts,
    needs: &mut Vec<Need>,
) -> Result<(), AppError> {
    for certificate in products::certificates(cx, product.commune_id, product.id).await? {
        let Some(day) = certificate.expires_on.filter(|day| day.days_since(today) <= SOON_DAYS) else { continue };
        let name = catalogue::certificate_kind_name(&certificate.kind, t.0);
        let text = if day < today { t.need_certificate_over(name, day) } else { t.need_certificate(name, day) };
        let hint = t.need_certificate_hint(&product.name);
        let (class, tag) = if day < today { (" bad", t.tag_fix()) } else { (" wait", t.tag_todo()) };
        needs.push(Need { href: href.to_owned(), text, hint, class, tag });
    }
    Ok(())
}

/// Items of OCOP dossiers that are to be handed in, and stars that end soon.
async fn of_ocop(
    cx: &mut Cx<'_>,
    producer: &Producer,
    today: Day,
    t: Texts,
    needs: &mut Vec<Need>,
) -> Result<(), AppError> {
    for (short, name, items) in ocop::items::wanted_of(cx, producer.commune_id, producer.id).await? {
        let href = format!("/cua-toi/san-pham/{short}/ocop");
        needs.push(Need { href, text: t.need_ocop(items), hint: name, class: " wait", tag: t.tag_todo() });
    }
    let until = months_before(today, -TOLD_MONTHS[0]);
    for one in ocop::decisions::ending_of(cx, producer.commune_id, producer.id, today, until).await? {
        let href = format!("/cua-toi/san-pham/{}/ocop", one.product_short);
        let text = t.need_stars(one.stars, one.expires_on);
        let class = if one.is_near(today) { " bad" } else { " wait" };
        needs.push(Need { href, text, hint: one.product_name, class, tag: t.tag_todo() });
    }
    Ok(())
}

/// Certificates of places that end soon or have ended, unless a later one of their kind is there.
async fn ending_at_places(
    cx: &mut Cx<'_>,
    producer: &Producer,
    today: Day,
    t: Texts,
    needs: &mut Vec<Need>,
) -> Result<(), AppError> {
    let all = place_certificates::of_producer(cx, producer.commune_id, producer.id).await?;
    for row in &all {
        let one = &row.certificate;
        let Some(day) = one.expires_on.filter(|day| day.days_since(today) <= SOON_DAYS) else { continue };
        let renews = |other: &ListedCertificate| {
            let other = &other.certificate;
            (other.place_id, &other.kind) == (one.place_id, &one.kind)
                && other.expires_on.is_none_or(|until| until > day)
        };
        if all.iter().any(renews) {
            continue;
        }
        let name = one.name(t.0);
        let text = if day < today { t.need_certificate_over(name, day) } else { t.need_certificate(name, day) };
        let hint = t.need_certificate_hint(&row.place_name);
        let (class, tag) = if day < today { (" bad", t.tag_fix()) } else { (" wait", t.tag_todo()) };
        needs.push(Need { href: format!("/cua-toi/noi/{}", one.place_id), text, hint, class, tag });
    }
    Ok(())
}
