//! Pages of logging in, registering and one's account.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Query;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;

use super::model::{Person, Phone};
use super::password::{LONGEST, SHORTEST};
use super::store::{OwnSession, User};
use super::texts::Texts;
use super::{guard, session, store};
use crate::ids::{UserId, new_id};
use crate::web::kept::Kept;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

#[derive(Template, WebTemplate)]
#[template(path = "accounts/templates/login.html")]
struct LoginPage {
    page: Page,
    t: Texts,
    form: Form,
    /// Where to go after.
    next: String,
    /// What was typed before the session ended, as `name=value&…`.
    kept: String,
    /// Fields of that form in which files came, parted by spaces; "-" for a form with files in which none came.
    kept_files: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/templates/register.html")]
struct RegisterPage {
    page: Page,
    t: Texts,
    form: Form,
    next: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/templates/resume.html")]
struct ResumePage {
    page: Page,
    t: Texts,
    action: String,
    form: Form,
    is_multipart: bool,
    files: Vec<String>,
}

#[derive(Template, WebTemplate)]
#[template(path = "accounts/templates/account.html")]
struct AccountPage {
    page: Page,
    t: Texts,
    form: Form,
    person: std::sync::Arc<Person>,
    sessions: Vec<OwnSession>,
    roles: Vec<&'static str>,
}

/// The query of the login page.
#[derive(Deserialize)]
pub struct Next {
    #[serde(default)]
    tiep: String,
}

/// The login page that leads back to `path`.
pub fn login_url(path: &str) -> String {
    let path = percent_encoding::utf8_percent_encode(path, percent_encoding::NON_ALPHANUMERIC);
    format!("/dang-nhap?tiep={path}")
}

/// A path of this site to go on to; anything else becomes "".
pub fn local_path(path: &str) -> &str {
    // Browsers drop tabs and line breaks from an address: `/<tab>/host` would lead to another site.
    let plain =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(|c: char| c == '\\' || c.is_control());
    if plain { path } else { "" }
}

/// What a browser says it is, shortened.
pub fn device_of(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// `GET /dang-nhap`.
pub async fn login(ctx: Ctx, Query(next): Query<Next>) -> Response {
    if let Some(person) = &ctx.person {
        let to = Some(local_path(&next.tiep)).filter(|p| !p.is_empty());
        return Redirect::to(to.unwrap_or(person.home(ctx.commune_id()))).into_response();
    }
    login_page(&ctx, Form::default(), local_path(&next.tiep).to_owned()).into_response()
}

/// The login page that keeps a form whose session had ended.
pub fn login_again(ctx: &Ctx, kept: &Kept) -> Response {
    let mut form = Form::default();
    form.set("giu", &crate::web::form::encode(kept.form.pairs()));
    if kept.is_multipart {
        let files = kept.files.join(" ");
        form.set("giu-tep", if files.is_empty() { NO_FILES } else { &files });
    }
    let mut page = login_page(ctx, form, ctx.path.clone());
    // The address itself may take no GET; the language link must lead somewhere.
    "/dang-nhap".clone_into(&mut page.page.path);
    page.page.query.clear();
    (StatusCode::UNAUTHORIZED, Html(page.render().unwrap_or_default())).into_response()
}

/// The form had fields for files, and none was chosen.
const NO_FILES: &str = "-";

fn login_page(ctx: &Ctx, form: Form, next: String) -> LoginPage {
    let (kept, kept_files) = (form.value("giu").to_owned(), form.value("giu-tep").to_owned());
    let page = Page { indexed: false, current: "/dang-nhap", ..Page::new(ctx) };
    LoginPage { page, t: Texts(ctx.lang), form, next, kept, kept_files }
}

/// `POST /dang-nhap`.
pub async fn log_in(ctx: Ctx, headers: HeaderMap, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let (next, kept) = (local_path(form.value("tiep")).to_owned(), form.value("giu").to_owned());
    let phone = match Phone::parse(form.value("phone")) {
        Ok(phone) => phone,
        Err(error) => {
            form.fail("phone", error.say(ctx.lang));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, login_page(&ctx, form, next)).into_response());
        }
    };
    match check_password(&ctx, &phone, form.value("password")).await {
        Ok(Some(user)) => {
            let mut tx = ctx.app.db.begin().await?;
            let cookie = session::begin(&ctx.app, &mut tx.cx(), user, device_of(&headers)).await?;
            guard::succeeded(&mut tx.cx(), phone.as_str(), ctx.address).await?;
            tx.commit().await?;
            let cookie = session::set_cookie(cookie);
            if !kept.is_empty() && !next.is_empty() {
                let page = Page { indexed: false, ..Page::new(&ctx) };
                let files = form.value("giu-tep");
                let resume = ResumePage {
                    page,
                    t,
                    action: next,
                    is_multipart: !files.is_empty(),
                    files: files
                        .split(' ')
                        .filter(|name| !name.is_empty() && *name != NO_FILES)
                        .map(str::to_owned)
                        .collect(),
                    form: Form::parse(kept.as_bytes()),
                };
                return Ok((cookie, resume).into_response());
            }
            let to = if next.is_empty() { "/tai-khoan/vao".to_owned() } else { next };
            Ok((cookie, Redirect::to(&to)).into_response())
        }
        Ok(None) => {
            form.fail("phone", t.wrong());
            Ok((StatusCode::UNPROCESSABLE_ENTITY, login_page(&ctx, form, next)).into_response())
        }
        Err(AppError::TooMany) => {
            form.fail("phone", t.locked());
            Ok((StatusCode::TOO_MANY_REQUESTS, login_page(&ctx, form, next)).into_response())
        }
        Err(error) => Err(error),
    }
}

/// The user whose phone and password these are. A wrong password and a phone that nobody has are alike in
/// answer and time.
async fn check_password(ctx: &Ctx, phone: &Phone, password: &str) -> Result<Option<UserId>, AppError> {
    let candidates: Vec<User> = {
        let mut conn = ctx.app.db.read().await?;
        guard::check(&ctx.app, &mut conn.cx(), phone.as_str(), ctx.address).await?;
        store::users_by_phone(&mut conn.cx(), phone).await?
    };
    let hasher = &ctx.app.passwords;
    let mut found = None;
    for user in candidates.iter().filter(|u| u.password_hash.is_some()) {
        if hasher.verify(password, user.password_hash.as_deref()).await {
            found = Some(user.id);
            break;
        }
    }
    if found.is_none() {
        if candidates.iter().all(|u| u.password_hash.is_none()) {
            hasher.verify(password, None).await;
        }
        let mut tx = ctx.app.db.begin().await?;
        guard::failed(&ctx.app, &mut tx.cx(), phone.as_str(), ctx.address).await?;
        tx.commit().await?;
    }
    Ok(found)
}

/// `POST /dang-xuat`: ends this session, or all with `moi-noi`.
pub async fn log_out(ctx: Ctx, form: Form) -> Result<Response, AppError> {
    if let Some(person) = &ctx.person {
        let mut tx = ctx.app.db.begin().await?;
        if form.has("moi-noi", "1") {
            store::end_all_sessions(&mut tx.cx(), person.id).await?;
        } else {
            store::end_session(&mut tx.cx(), &person.session).await?;
        }
        tx.commit().await?;
    }
    Ok((session::set_cookie(session::end_cookie(&ctx.app)), Redirect::to("/")).into_response())
}

/// `GET /dang-ky`.
pub async fn register(ctx: Ctx, Query(next): Query<Next>) -> Response {
    let next = local_path(&next.tiep);
    if ctx.person.is_some() {
        return Redirect::to(if next.is_empty() { "/cua-toi" } else { next }).into_response();
    }
    let mut form = Form::default();
    form.set("lan", &new_id(ctx.now()).to_string());
    RegisterPage { page: Page::new(&ctx), t: Texts(ctx.lang), form, next: next.to_owned() }.into_response()
}

/// `POST /dang-ky`: makes an account whose phone is not yet confirmed, and logs it in. A phone that somebody
/// has already is not told of: whoever owns the number is confirmed later, and the other account stays harmless.
pub async fn do_register(ctx: Ctx, headers: HeaderMap, mut form: Form) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let next = local_path(form.value("tiep")).to_owned();
    let name = form.required("name", 80, t.name_missing(), ctx.lang);
    let phone = Phone::parse(form.value("phone")).map_err(|e| form.fail("phone", e.say(ctx.lang))).ok();
    let password = new_password(&mut form, "password", t);
    let (Some(name), Some(phone), Some(password)) = (name, phone, password) else {
        let page = RegisterPage { page: Page::new(&ctx), t, form, next };
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    };
    // Registering again with the right password simply logs in, so this is a place to guess passwords too: it
    // stands behind the same guard as the login.
    let user = match check_password(&ctx, &phone, &password).await {
        Ok(Some(user)) => user,
        Ok(None) => make_user(&ctx, &form, &phone, &name, &password).await?,
        Err(AppError::TooMany) => {
            form.fail("phone", t.locked());
            let page = RegisterPage { page: Page::new(&ctx), t, form, next };
            return Ok((StatusCode::TOO_MANY_REQUESTS, page).into_response());
        }
        Err(error) => return Err(error),
    };
    let mut tx = ctx.app.db.begin().await?;
    let cookie = session::begin(&ctx.app, &mut tx.cx(), user, device_of(&headers)).await?;
    tx.commit().await?;
    Ok((session::set_cookie(cookie), Redirect::to(after_register(&next))).into_response())
}

fn after_register(next: &str) -> &str {
    if next.is_empty() { "/cua-toi/co-so/moi" } else { next }
}

/// Makes the account of a registration. The form's own number is the user's id: the same form sent twice at
/// once, by an impatient thumb, makes one account.
async fn make_user(ctx: &Ctx, form: &Form, phone: &Phone, name: &str, password: &str) -> Result<UserId, AppError> {
    let hash = ctx.app.passwords.hash(password).await.map_err(AppError::Internal)?;
    let now = ctx.now();
    let user = UserId(form.request_id(now));
    let mut tx = ctx.app.db.begin().await?;
    match store::insert_user(&mut tx.cx(), user, phone, None, name, Some(&hash), now).await {
        Ok(()) => {
            tx.commit().await?;
            return Ok(user);
        }
        Err(error) if crate::db::is_unique_violation(&error) => drop(tx),
        Err(error) => return Err(error.into()),
    }
    match check_password(ctx, phone, password).await? {
        Some(user) => Ok(user),
        None => Err(AppError::Conflict(Texts(ctx.lang).form_used().to_owned())),
    }
}

fn new_password(form: &mut Form, field: &str, t: Texts) -> Option<String> {
    let password = form.value(field).to_owned();
    let length = password.chars().count();
    if length < SHORTEST {
        form.fail(field, t.password_short(SHORTEST));
        return None;
    }
    if length > LONGEST {
        form.fail(field, t.password_long(LONGEST));
        return None;
    }
    Some(password)
}

/// `GET /tai-khoan`.
pub async fn account(ctx: Ctx) -> Result<Response, AppError> {
    Ok(account_page(&ctx, Form::default()).await?.into_response())
}

/// `GET /tai-khoan/vao`: to the page where this person works.
pub async fn home(ctx: Ctx) -> Result<Redirect, AppError> {
    Ok(Redirect::to(ctx.person()?.home(ctx.commune_id())))
}

async fn account_page(ctx: &Ctx, form: Form) -> Result<AccountPage, AppError> {
    let person = ctx.person()?.clone();
    let mut conn = ctx.app.db.read().await?;
    let sessions = store::sessions(&mut conn.cx(), person.id, ctx.now()).await?;
    let mut roles: Vec<&str> = person.grants.iter().map(|g| g.role.label(ctx.lang)).collect();
    roles.dedup();
    let mut page = Page::of(ctx, Area::Public, "/tai-khoan");
    // Also shown in answer to a form sent elsewhere, where a language link would find no page.
    "/tai-khoan".clone_into(&mut page.path);
    Ok(AccountPage { page, t: Texts(ctx.lang), form, person, sessions, roles })
}

/// `POST /tai-khoan/mat-khau`: sets a new password; one that exists must be given.
pub async fn change_password(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let person = ctx.person()?.clone();
    let t = Texts(ctx.lang);
    let user = {
        let mut conn = ctx.app.db.read().await?;
        guard::check(&ctx.app, &mut conn.cx(), person.phone.as_str(), ctx.address).await?;
        store::user(&mut conn.cx(), person.id).await?.ok_or(AppError::NotFound)?
    };
    if user.password_hash.is_some() && !ctx.app.passwords.verify(form.value("old"), user.password_hash.as_deref()).await
    {
        let mut tx = ctx.app.db.begin().await?;
        guard::failed(&ctx.app, &mut tx.cx(), person.phone.as_str(), ctx.address).await?;
        tx.commit().await?;
        form.fail("old", t.old_wrong());
    }
    let password = new_password(&mut form, "new", t);
    let Some(password) = password.filter(|_| form.is_fine()) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, account_page(&ctx, form).await?).into_response());
    };
    let hash = ctx.app.passwords.hash(&password).await.map_err(AppError::Internal)?;
    let mut tx = ctx.app.db.begin().await?;
    store::set_password(&mut tx.cx(), person.id, &hash).await?;
    // Whoever knew the old password is out; this device stays.
    store::end_other_sessions(&mut tx.cx(), person.id, &person.session).await?;
    tx.commit().await?;
    Ok(Redirect::to("/tai-khoan?da-luu=1").into_response())
}
