//! Whose data a request is about: found by name, by phone, by the account that asked.

use askama::Template;
use askama_web::WebTemplate;

use crate::accounts::model::Phone;
use crate::accounts::store::{self as accounts, User};
use crate::db::Cx;
use crate::ids::UserId;
use crate::privacy::erasure::Subject;
use crate::privacy::model::{DataRequest, RequestKind};
use crate::privacy::store::{self, Candidate};
use crate::privacy::texts::Texts;
use crate::producers::store as producers;
use crate::review::listing::Listing;
use crate::review::names::Villages;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/whose.html")]
pub struct WhosePage {
    page: Page,
    t: Texts,
    form: Form,
    row: DataRequest,
    looked: bool,
    producers: Vec<Candidate>,
    accounts: Vec<User>,
    phone: Option<Phone>,
    villages: Villages,
}

impl WhosePage {
    fn title(&self) -> &'static str {
        if self.row.kind == RequestKind::Erasure { self.t.whose_title() } else { self.t.give_whose() }
    }

    fn way(&self) -> &'static str {
        if self.row.kind == RequestKind::Erasure { "xoa" } else { "xuat" }
    }

    /// A phone number alone leads to rows that may be somebody else's words: they are erased, not handed over.
    fn phone(&self) -> Option<&Phone> {
        self.phone.as_ref().filter(|_| self.row.kind == RequestKind::Erasure)
    }
}

/// Whose data, as an address or a form names it.
pub struct Chosen {
    /// Whose.
    pub subject: Subject,
    /// The field that names it, and its value.
    pub field: (&'static str, String),
    /// Its name.
    pub name: String,
    /// The version that is seen.
    pub version: i64,
}

/// Whose data is meant; None while nothing is chosen.
pub async fn chosen(ctx: &Ctx, cx: &mut Cx<'_>, get: impl Fn(&str) -> String) -> Result<Option<Chosen>, AppError> {
    let (short, account, phone) = (get("co-so"), get("tai-khoan"), get("so"));
    if !short.is_empty() {
        let producer = producers::by_short(cx, ctx.commune_id(), &short).await?.ok_or(AppError::NotFound)?;
        let (name, version) = (producer.name.clone(), producer.version);
        return Ok(Some(Chosen {
            subject: Subject::Producer(Box::new(producer)),
            field: ("co-so", short),
            name,
            version,
        }));
    }
    if !account.is_empty() {
        let id: UserId = account.parse().map_err(|_| AppError::NotFound)?;
        let user = accounts::user(cx, id).await?.filter(|user| user.closed_at.is_none()).ok_or(AppError::NotFound)?;
        return Ok(Some(Chosen {
            subject: Subject::Account(id),
            field: ("tai-khoan", account),
            name: user.name,
            version: 0,
        }));
    }
    let Ok(phone) = Phone::parse(&phone) else { return Ok(None) };
    let field = ("so", phone.as_str().to_owned());
    Ok(Some(Chosen { name: phone.grouped(), subject: Subject::Phone(phone), field, version: 0 }))
}

/// The page that finds whose data a request is about.
pub async fn page(ctx: &Ctx, cx: &mut Cx<'_>, row: DataRequest) -> Result<WhosePage, AppError> {
    let (commune, listing) = (ctx.commune_id(), Listing::of(ctx));
    let looked = Form::parse(ctx.query.as_bytes()).sent("tim");
    let words = if looked { listing.get("tim").to_owned() } else { row.contact.clone() };
    let phone = Phone::parse(&words).ok();
    let mut found = store::candidates(cx, commune, &words, phone.as_ref()).await?;
    let mut people = match &phone {
        Some(phone) => accounts::users_by_phone(cx, phone).await?,
        None => Vec::new(),
    };
    if let Some(user) = row.user_id {
        for own in store::candidates_of(cx, commune, user).await? {
            if !found.iter().any(|one| one.short == own.short) {
                found.insert(0, own);
            }
        }
        if !people.iter().any(|one| one.id == user) {
            people.extend(accounts::user(cx, user).await?.filter(|user| user.closed_at.is_none()));
        }
    }
    let mut form = Form::default();
    form.push("tim", &words);
    Ok(WhosePage {
        page: Page::of(ctx, Area::Office, "/van-phong"),
        t: Texts(ctx.lang),
        form,
        row,
        looked: looked || !found.is_empty() || !people.is_empty(),
        producers: found,
        accounts: people,
        phone,
        villages: Villages::load(cx, commune).await?,
    })
}
