//! People of the office and helpers: who has which role, granted and taken back by an administrator.

use askama::Template;
use askama_web::WebTemplate;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;
use uuid::Uuid;

use super::access;
use super::desk::log;
use super::names::Villages;
use super::people_store::{self as store, Granted};
use super::texts::Texts;
use crate::accounts::model::{Person, Phone, Role};
use crate::accounts::store as accounts;
use crate::db::Cx;
use crate::ids::{UserId, VillageId};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page};

const HERE: &str = "/van-phong/nguoi-dung";

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/users.html")]
struct UsersPage {
    page: Page,
    t: Texts,
    form: Form,
    rows: Vec<Granted>,
    villages: Villages,
    roles: Vec<(String, String)>,
}

fn admin(ctx: &Ctx) -> Result<&Person, AppError> {
    let person = ctx.person()?;
    if person.has_role(ctx.commune_id(), &[Role::Admin]) { Ok(person) } else { Err(AppError::Forbidden) }
}

async fn users_page(ctx: &Ctx, form: Form) -> Result<UsersPage, AppError> {
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let rows = store::of_office(&mut cx, ctx.commune_id()).await?;
    let villages = Villages::load(&mut cx, ctx.commune_id()).await?;
    let roles = [Role::Helper, Role::Officer, Role::Viewer];
    let roles = roles.iter().map(|role| (role.word().to_owned(), role.label(ctx.lang).to_owned())).collect();
    Ok(UsersPage { page: Page::of(ctx, Area::Office, HERE), t: Texts(ctx.lang), form, rows, villages, roles })
}

/// `GET /van-phong/nguoi-dung`.
pub async fn list(ctx: Ctx) -> Result<Response, AppError> {
    admin(&ctx)?;
    Ok(users_page(&ctx, Form::default()).await?.into_response())
}

/// What the form of granting says.
struct NewGrant {
    phone: Phone,
    name: String,
    role: Role,
    village: Option<VillageId>,
}

fn read(ctx: &Ctx, form: &mut Form, villages: &Villages) -> Option<NewGrant> {
    let t = Texts(ctx.lang);
    let phone = Phone::parse(form.value("phone")).map_err(|error| form.fail("phone", error.say(ctx.lang))).ok();
    let name = form.required("ten", 80, t.user_name_missing(), ctx.lang);
    let role = form.value("vai-tro").parse().ok().filter(|r| matches!(r, Role::Helper | Role::Officer | Role::Viewer));
    if role.is_none() {
        form.fail("vai-tro", t.user_role_missing());
    }
    let village = form.value("thon").parse::<VillageId>().ok().filter(|id| villages.has(*id));
    if role == Some(Role::Helper) && village.is_none() {
        form.fail("thon", t.user_village_missing());
    }
    if !form.is_fine() {
        return None;
    }
    let role = role?;
    Some(NewGrant { phone: phone?, name: name?, role, village: village.filter(|_| role == Role::Helper) })
}

/// `POST /van-phong/nguoi-dung`: grants a role to whoever has this number confirmed, or makes an account that is
/// entered by slip. An account that nobody confirmed is never taken: anyone may have registered the number.
pub async fn grant(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    admin(&ctx)?;
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let villages = {
        let mut conn = ctx.app.db.read().await?;
        Villages::load(&mut conn.cx(), commune).await?
    };
    let Some(new) = read(&ctx, &mut form, &villages) else {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, users_page(&ctx, form).await?).into_response());
    };
    let mut tx = ctx.app.db.begin().await?;
    let user = user_of(&mut tx.cx(), &ctx, &new).await?;
    let has = accounts::grants(&mut tx.cx(), user).await?;
    let twice = has.iter().any(|g| g.role == new.role && g.commune_id == Some(commune) && g.village_id == new.village);
    if twice {
        drop(tx);
        form.fail("vai-tro", Texts(ctx.lang).user_has());
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, users_page(&ctx, form).await?).into_response());
    }
    accounts::insert_grant(&mut tx.cx(), user, new.role, Some(commune), None, new.village, now).await?;
    log(&ctx, &mut tx.cx(), "user.grant", "user", user.0, Some(new.role.word())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}

async fn user_of(cx: &mut Cx<'_>, ctx: &Ctx, new: &NewGrant) -> Result<UserId, AppError> {
    let known = accounts::users_by_phone(cx, &new.phone).await?;
    if let Some(user) = known.iter().find(|user| user.phone_verified_at.is_some()) {
        return Ok(user.id);
    }
    let (id, now) = (UserId::new(ctx.now()), ctx.now());
    accounts::insert_user(cx, id, &new.phone, Some((now, "officer")), &new.name, None, now).await?;
    Ok(id)
}

/// `POST /van-phong/nguoi-dung/thu-quyen/{grant}`: takes a role back.
pub async fn revoke(ctx: Ctx, Path(grant): Path<String>) -> Result<Response, AppError> {
    let me = admin(&ctx)?.id;
    let grant: Uuid = grant.parse().map_err(|_| AppError::NotFound)?;
    let mut tx = ctx.app.db.begin().await?;
    let all = store::of_office(&mut tx.cx(), ctx.commune_id()).await?;
    let Some(row) = all.into_iter().find(|row| row.grant_id == grant) else {
        // Taken back already, by this form sent twice or by a colleague.
        return Ok(Redirect::to(HERE).into_response());
    };
    if row.id == me && row.role == Role::Admin {
        return Err(AppError::Conflict(Texts(ctx.lang).user_self().to_owned()));
    }
    store::revoke(&mut tx.cx(), ctx.commune_id(), grant).await?;
    log(&ctx, &mut tx.cx(), "user.revoke", "user", row.id.0, Some(row.role.word())).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}?da-luu=1")).into_response())
}

/// `POST /van-phong/nguoi-dung/{user}/phieu-vao`: a login slip.
pub async fn slip(ctx: Ctx, Path(user): Path<String>) -> Result<Response, AppError> {
    admin(&ctx)?;
    let user: UserId = user.parse().map_err(|_| AppError::NotFound)?;
    access::issue_slip(&ctx, user, HERE.to_owned()).await
}
