//! Letting people in: login slips that the office prints, and confirming that a phone is theirs.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::desk::log;
use super::texts::Texts;
use crate::accounts::model::{Grant, Person, Role};
use crate::accounts::{slips, store as accounts};
use crate::ids::{CommuneId, UserId};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// True if `issuer` may make a login slip for somebody with these grants. A slip lets its holder in as that
/// person, so an officer makes none for another of the office, and nobody for who works elsewhere too.
pub fn may_issue_slip(issuer: &Person, grants: &[Grant], commune: CommuneId) -> bool {
    let is_here = grants.iter().any(|grant| grant.commune_id == Some(commune));
    let is_elsewhere = grants.iter().any(|grant| grant.role == Role::Operator || grant.commune_id != Some(commune));
    let is_office = grants.iter().any(|grant| matches!(grant.role, Role::Officer | Role::Viewer | Role::Admin));
    let admin = issuer.has_role(commune, &[Role::Admin]);
    is_here && !is_elsewhere && (admin || (!is_office && issuer.has_role(commune, &[Role::Officer])))
}

#[derive(Template, WebTemplate)]
#[template(path = "review/templates/slip.html")]
struct SlipPage {
    page: Page,
    t: Texts,
    name: String,
    url: String,
    qr: Option<String>,
    until: String,
    back: String,
}

/// Makes a slip for a user and shows it, once: only its hash is kept.
pub async fn issue_slip(ctx: &Ctx, user: UserId, back: String) -> Result<Response, AppError> {
    let t = Texts(ctx.lang);
    let officer = ctx.officer()?.clone();
    let mut tx = ctx.app.db.begin().await?;
    let grants = accounts::grants(&mut tx.cx(), user).await?;
    if !grants.iter().any(|grant| grant.commune_id == Some(ctx.commune_id())) {
        return Err(AppError::NotFound);
    }
    if !may_issue_slip(&officer, &grants, ctx.commune_id()) {
        return Err(AppError::Conflict(t.slip_forbidden().to_owned()));
    }
    let holder = accounts::user(&mut tx.cx(), user).await?.ok_or(AppError::NotFound)?;
    let path = slips::make(&ctx.app, &mut tx.cx(), user, Some(officer.id)).await?;
    log(ctx, &mut tx.cx(), "user.slip", "user", user.0, Some(&holder.name)).await?;
    tx.commit().await?;
    let url = format!("{}{path}", ctx.app.config.public());
    let page = SlipPage {
        page: Page::of(ctx, Area::Office, ""),
        t,
        name: holder.name,
        qr: qr(&url),
        url,
        until: ctx.now().plus(slips::LASTS).text(),
        back,
    };
    Ok(page.into_response())
}

/// The address as a QR drawing. It is case-sensitive, so it takes byte mode, unlike labels.
fn qr(url: &str) -> Option<String> {
    let code = qrcode::QrCode::with_error_correction_level(url.as_bytes(), qrcode::EcLevel::M).ok()?;
    let drawing = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    // Within a page there is no XML declaration.
    drawing.find("<svg").map(|at| drawing[at..].to_owned())
}

/// Notes that a user's phone is theirs, as the officer who met them says.
pub async fn verify_phone(ctx: &Ctx, user: UserId) -> Result<(), AppError> {
    let mut tx = ctx.app.db.begin().await?;
    match accounts::verify_phone(&mut tx.cx(), user, "officer", ctx.now()).await {
        Ok(()) => {}
        Err(error) if crate::db::is_unique_violation(&error) => {
            return Err(AppError::Conflict(Texts(ctx.lang).verify_taken().to_owned()));
        }
        Err(error) => return Err(error.into()),
    }
    log(ctx, &mut tx.cx(), "user.verify_phone", "user", user.0, None).await?;
    tx.commit().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::model::Phone;
    use crate::ids::ProducerId;

    const HERE: CommuneId = CommuneId(10816);

    fn grant(role: Role, commune: i32) -> Grant {
        let producer_id = (role == Role::Owner).then_some(ProducerId(uuid::Uuid::nil()));
        Grant { role, commune_id: Some(CommuneId(commune)), producer_id, village_id: None }
    }

    fn person(role: Role) -> Person {
        Person {
            id: UserId(uuid::Uuid::nil()),
            name: "Cán bộ mẫu".to_owned(),
            phone: Phone::parse("0912345678").unwrap(),
            phone_verified: true,
            grants: vec![grant(role, HERE.0)],
            session: String::new(),
        }
    }

    #[test]
    fn an_officer_lets_producers_in_but_not_colleagues() {
        let officer = person(Role::Officer);
        assert!(may_issue_slip(&officer, &[grant(Role::Owner, HERE.0)], HERE));
        assert!(may_issue_slip(&officer, &[grant(Role::Helper, HERE.0)], HERE));
        let both = [grant(Role::Owner, HERE.0), grant(Role::Officer, HERE.0)];
        assert!(!may_issue_slip(&officer, &both, HERE));
        assert!(may_issue_slip(&person(Role::Admin), &both, HERE));
    }

    #[test]
    fn nobody_lets_in_who_works_elsewhere_or_nowhere() {
        let admin = person(Role::Admin);
        assert!(!may_issue_slip(&admin, &[], HERE));
        assert!(!may_issue_slip(&admin, &[grant(Role::Owner, 1)], HERE));
        assert!(!may_issue_slip(&admin, &[grant(Role::Owner, HERE.0), grant(Role::Officer, 1)], HERE));
        let operator = Grant { role: Role::Operator, commune_id: None, producer_id: None, village_id: None };
        assert!(!may_issue_slip(&admin, &[grant(Role::Owner, HERE.0), operator], HERE));
        assert!(!may_issue_slip(&person(Role::Viewer), &[grant(Role::Owner, HERE.0)], HERE));
    }

    #[test]
    fn the_slip_is_drawn_without_an_xml_declaration() {
        let svg = qr("https://sanvat.example/vao/abcdefgh").unwrap();
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
        assert!(!svg.contains("style="));
    }
}
