//! Login slips that a helper or officer makes for a producer's person: an account for the name and number if there
//! is none, the right to act for the producer, and a code to scan.
//!
//! Whoever makes a slip could use it themselves, so none is made for an account that may do more than the maker:
//! office, helper and operator accounts, and (for helpers) owners in other villages. An account that was registered
//! with somebody's number but never confirmed is not taken over: its password may be a stranger's.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use crate::accounts::model::{Grant, Phone, Role};
use crate::accounts::slips;
use crate::accounts::store as accounts;
use crate::clock::Time;
use crate::db::{Cx, is_unique_violation};
use crate::ids::{CommuneId, UserId};
use crate::labels::qr;
use crate::review::flow::Author;
use crate::web::{AppError, Ctx, Form, Page, audit};

use super::acting::Acting;
use super::model::{Channel, Producer};
use super::pages::{Pick, area};
use super::store;
use super::texts::Texts;

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/slip_ask.html")]
struct AskPage {
    page: Page,
    t: Texts,
    form: Form,
    name: String,
    short: String,
}

impl AskPage {
    fn ways(&self) -> [Pick; 2] {
        [("called", self.t.slip_how_called(), ""), ("known", self.t.slip_how_known(), "")]
    }
}

#[derive(Template, WebTemplate)]
#[template(path = "producers/templates/slip.html")]
struct SlipPage {
    page: Page,
    t: Texts,
    person: String,
    producer: String,
    short: String,
    qr: String,
    link: String,
    until: String,
}

/// Why no slip is made; the words are for the helper.
enum Refused {
    /// The account may do more than the maker may give.
    OtherRights,
    /// Another account was confirmed for the number just now.
    Taken,
    /// Ours.
    Failed(AppError),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        if is_unique_violation(&error) { Self::Taken } else { Self::Failed(error.into()) }
    }
}

/// The producer, for a helper of its village or an officer; nobody makes slips for themselves.
async fn gate(ctx: &Ctx, short: &str) -> Result<(Producer, Author), AppError> {
    let (producer, author) = Acting::of(ctx, short).await?;
    if author.channel == Channel::OneSelf { Err(AppError::NotFound) } else { Ok((producer, author)) }
}

/// `GET /ho-tro/co-so/{short}/phieu`: for whom.
pub async fn ask(ctx: Ctx, Path(short): Path<String>) -> Result<Response, AppError> {
    let (producer, author) = gate(&ctx, &short).await?;
    let mut form = Form::default();
    form.push("name", &producer.content.representative);
    let phone = Phone::parse(&producer.content.phone).map(|phone| phone.grouped()).unwrap_or_default();
    form.push("phone", &phone);
    Ok(ask_page(&ctx, &producer, author, form).into_response())
}

fn ask_page(ctx: &Ctx, producer: &Producer, author: Author, form: Form) -> AskPage {
    let t = Texts(ctx.lang);
    let (area, current) = area(author);
    let name = if producer.name.is_empty() { t.nameless().to_owned() } else { producer.name.clone() };
    AskPage { page: Page::of(ctx, area, current), t, form, name, short: producer.short.clone() }
}

/// `POST /ho-tro/co-so/{short}/phieu`: makes the slip and shows it once.
pub async fn make(ctx: Ctx, Path(short): Path<String>, mut form: Form) -> Result<Response, AppError> {
    let (producer, author) = gate(&ctx, &short).await?;
    let t = Texts(ctx.lang);
    let name = form.required("name", 80, t.slip_name_missing(), ctx.lang);
    let phone = Phone::parse(form.value("phone")).map_err(|e| form.fail("phone", e.say(ctx.lang))).ok();
    if !matches!(form.value("how"), "called" | "known") {
        form.fail("how", t.slip_how_missing());
    }
    let (Some(name), Some(phone), true) = (name, phone, form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, ask_page(&ctx, &producer, author, form)).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    let made = slip_for(&ctx, &mut tx.cx(), &producer, author, &name, &phone).await;
    let path = match made {
        Ok(path) => path,
        Err(Refused::Failed(error)) => return Err(error),
        Err(refused) => {
            drop(tx);
            let other_rights = matches!(refused, Refused::OtherRights);
            form.fail("phone", if other_rights { t.slip_other_rights() } else { t.slip_taken() });
            return Ok((StatusCode::CONFLICT, ask_page(&ctx, &producer, author, form)).into_response());
        }
    };
    tx.commit().await?;
    let (area, current) = area(author);
    let link = format!("{}{path}", ctx.app.config.public());
    // Upper case fits QR's alphanumeric mode: a smaller code, which cheap phones read. Case changes nothing here.
    let qr = qr::svg(&link.to_ascii_uppercase(), &t.slip_qr(&name)).map_err(AppError::internal)?;
    Ok(SlipPage {
        page: Page::of(&ctx, area, current),
        t,
        person: name,
        producer: producer.name,
        short: producer.short,
        qr,
        link,
        until: ctx.now().plus(slips::LASTS).text(),
    }
    .into_response())
}

async fn slip_for(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    producer: &Producer,
    author: Author,
    name: &str,
    phone: &Phone,
) -> Result<String, Refused> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let user = account(ctx, cx, producer, author, name, phone).await?;
    let grants = accounts::grants(cx, user).await?;
    let owns = grants.iter().any(|g| is_of(g, commune, producer));
    if !owns {
        accounts::insert_grant(cx, user, Role::Owner, Some(commune), Some(producer.id), None, now).await?;
    }
    let path = slips::make(&ctx.app, cx, user, Some(author.user)).await?;
    let entry = audit::Entry {
        actor: Some(author.user),
        action: "account.slip",
        subject_kind: "producer",
        subject: Some(producer.id.0),
        before: None,
        after: Some(phone.as_str()),
        address: Some(ctx.address.to_string()),
    };
    audit::write(cx, commune, &entry, now).await?;
    Ok(path)
}

/// The account of this number: the confirmed one, the one that began this producer (its password and sessions are
/// dropped, since whoever set them was not confirmed), or a new one.
async fn account(
    ctx: &Ctx,
    cx: &mut Cx<'_>,
    producer: &Producer,
    author: Author,
    name: &str,
    phone: &Phone,
) -> Result<UserId, Refused> {
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let how = how(author);
    for user in accounts::users_by_phone(cx, phone).await? {
        let grants = accounts::grants(cx, user.id).await?;
        if user.phone_verified_at.is_some() {
            return if may_enter(ctx, cx, author, &grants).await? { Ok(user.id) } else { Err(Refused::OtherRights) };
        }
        if grants.iter().any(|g| is_of(g, commune, producer)) && may_enter(ctx, cx, author, &grants).await? {
            confirm(cx, user.id, how, now).await?;
            return Ok(user.id);
        }
    }
    let id = UserId::new(now);
    accounts::insert_user(cx, id, phone, Some((now, how)), name, None, now).await?;
    Ok(id)
}

fn how(author: Author) -> &'static str {
    if author.channel == Channel::Helper { "helper" } else { "officer" }
}

async fn confirm(cx: &mut Cx<'_>, user: UserId, how: &str, now: Time) -> Result<(), Refused> {
    accounts::verify_phone(cx, user, how, now).await?;
    accounts::clear_password(cx, user).await?;
    accounts::end_all_sessions(cx, user).await?;
    Ok(())
}

fn is_of(grant: &Grant, commune: CommuneId, producer: &Producer) -> bool {
    matches!(grant.role, Role::Owner | Role::Staff)
        && grant.commune_id == Some(commune)
        && grant.producer_id == Some(producer.id)
}

/// True if the maker could do for each of these grants what the slip's user may: only producers of this commune,
/// and for a helper only those of their villages.
async fn may_enter(ctx: &Ctx, cx: &mut Cx<'_>, author: Author, grants: &[Grant]) -> Result<bool, Refused> {
    let villages = ctx.person().map_err(Refused::Failed)?.villages(ctx.commune_id());
    for grant in grants {
        let (true, Some(commune), Some(producer)) =
            (matches!(grant.role, Role::Owner | Role::Staff), grant.commune_id, grant.producer_id)
        else {
            return Ok(false);
        };
        if commune != ctx.commune_id() {
            return Ok(false);
        }
        if author.channel == Channel::Helper {
            let producer = store::by_id(cx, commune, producer).await?;
            let own = producer.and_then(|p| p.village_id).is_some_and(|village| villages.contains(&village));
            if !own {
                return Ok(false);
            }
        }
    }
    Ok(true)
}
