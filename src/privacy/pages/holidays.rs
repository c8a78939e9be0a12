//! Holidays and days worked instead, as a commune sets them.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Redirect, Response};
use http::StatusCode;

use super::HERE;
use crate::clock::Day;
use crate::privacy::model::built_in;
use crate::privacy::store;
use crate::privacy::texts::Texts;
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Form, Page, audit};

/// What a day that is worked on begins with.
const WORKED: &str = "làm";

#[derive(Template, WebTemplate)]
#[template(path = "privacy/templates/holidays.html")]
struct HolidaysPage {
    page: Page,
    t: Texts,
    form: Form,
    known: Vec<(String, String)>,
}

fn shown(ctx: &Ctx, form: Form) -> HolidaysPage {
    let known = built_in().iter().map(|(day, name)| (day.text(), name.clone())).collect();
    HolidaysPage { page: Page::of(ctx, Area::Office, "/van-phong"), t: Texts(ctx.lang), form, known }
}

/// `GET /van-phong/du-lieu-ca-nhan/ngay-nghi`.
pub async fn ask(ctx: Ctx) -> Result<Response, AppError> {
    ctx.officer()?;
    let mut conn = ctx.app.db.read().await?;
    let own = store::holidays(&mut conn.cx(), ctx.commune_id()).await?;
    let lines: Vec<String> = own.iter().map(|(day, name, _)| format!("{} {name}", day.text())).collect();
    let mut form = Form::default();
    form.push("ngay", &lines.join("\n"));
    Ok(shown(&ctx, form).into_response())
}

/// Day, name and whether it is off, of each line; the number of the first that is none.
fn read(text: &str) -> Result<Vec<(Day, String, bool)>, usize> {
    let mut days = Vec::new();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let (day, name) = line.trim().split_once(char::is_whitespace).ok_or(at + 1)?;
        let day = Day::parse(day.trim_end_matches([',', ';', ':'])).map_err(|_| at + 1)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(at + 1);
        }
        days.push((day, name.to_owned(), !name.to_lowercase().starts_with(WORKED)));
    }
    Ok(days)
}

/// `POST /van-phong/du-lieu-ca-nhan/ngay-nghi`: sets all days of the commune's own. Requests that came before keep theirs.
pub async fn save(ctx: Ctx, mut form: Form) -> Result<Response, AppError> {
    let officer = ctx.officer()?.id;
    let t = Texts(ctx.lang);
    let told = form.parse_with("ngay", read, |line| t.holiday_wrong(line)).unwrap_or_default();
    if !form.is_fine() {
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, shown(&ctx, form)).into_response());
    }
    let (commune, now) = (ctx.commune_id(), ctx.now());
    let mut tx = ctx.app.db.begin().await?;
    let before = store::holidays(&mut tx.cx(), commune).await?;
    for (day, ..) in before.iter().filter(|(day, ..)| !told.iter().any(|(one, ..)| one == day)) {
        store::set_holiday(&mut tx.cx(), commune, *day, None, officer, now).await?;
    }
    for (day, name, off) in &told {
        store::set_holiday(&mut tx.cx(), commune, *day, Some((name, *off)), officer, now).await?;
    }
    let said = |days: &[(Day, String, bool)]| {
        days.iter().map(|(day, name, _)| format!("{} {name}", day.text())).collect::<Vec<_>>().join("; ")
    };
    let about = ("holidays", uuid::Uuid::nil());
    audit::note(&ctx, &mut tx.cx(), "privacy.holidays", about, Some(&said(&before)), Some(&said(&told))).await?;
    tx.commit().await?;
    Ok(Redirect::to(&format!("{HERE}/ngay-nghi?da-luu=1")).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_day_and_its_name() {
        let days = read("30/04/2027 Ngày Chiến thắng\n\n22/08/2026, Làm bù Quốc khánh").unwrap();
        assert_eq!((days[0].0.text().as_str(), days[0].2), ("30/04/2027", true));
        assert_eq!((days[1].0.text().as_str(), days[1].2), ("22/08/2026", false));
        assert_eq!(read("30/04/2027 a\n31/02/2027 b"), Err(2));
        assert_eq!(read("30/04/2027"), Err(1));
    }
}
