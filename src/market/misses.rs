//! What people looked for and did not find: noted from the catalogue, shown to the officer at `/van-phong/tim-kiem`.

use std::net::IpAddr;

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use super::ask::Asked;
use super::enquiry::Daily;
use super::store::misses::{self as store, Miss};
use super::texts::Texts;
use crate::clock::Day;
use crate::fold::{fold, nfc};
use crate::web::page::Area;
use crate::web::{AppError, Ctx, Page};

/// Notes of one network in one day: more is a program trying words.
const A_DAY: u32 = 60;
/// Longer questions are no names of things.
const CHARACTERS_MAX: usize = 80;
/// Lines shown.
const SHOWN: i64 = 200;

/// Keeps one network from filling the list.
#[derive(Clone, Default)]
pub struct Noted(Daily);

impl Noted {
    fn takes(&self, address: IpAddr, today: Day) -> bool {
        self.0.takes(address, today, A_DAY)
    }

    /// Notes a question that found nothing, if it may be kept. What goes wrong here is no reason to fail the page.
    pub async fn note(&self, ctx: &Ctx, text: &str) {
        let asked = nfc(text.split_whitespace().collect::<Vec<_>>().join(" ").as_str());
        if !may_be_kept(&asked) || !self.takes(ctx.address, ctx.today()) {
            return;
        }
        let written = async {
            let mut tx = ctx.app.db.begin().await?;
            store::note(&mut tx.cx(), ctx.commune_id(), &fold(&asked), &asked, ctx.now()).await?;
            tx.commit().await
        };
        if let Err(error) = written.await {
            tracing::warn!(%error, "a search that found nothing could not be noted");
        }
    }
}

/// Words only: what may be a person's phone number, identity number or e-mail address is not kept (Luật Bảo vệ dữ
/// liệu cá nhân 91/2025/QH15: no more than the purpose needs).
fn may_be_kept(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2 && digits <= 4 && text.chars().count() <= CHARACTERS_MAX && !text.contains(['@', '/', '<', '\\'])
}

/// A line of the officer's list.
struct Line {
    miss: Miss,
    /// The catalogue, asked the same.
    url: String,
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/misses.html")]
struct MissesPage {
    page: Page,
    t: Texts,
    lines: Vec<Line>,
}

/// `GET /van-phong/tim-kiem`: for officers and those who may look.
pub async fn page(ctx: Ctx) -> Result<Response, AppError> {
    ctx.office_reader()?;
    let misses = {
        let mut conn = ctx.app.db.read().await?;
        store::most_wanted(&mut conn.cx(), ctx.commune_id(), SHOWN).await?
    };
    let line = |miss: Miss| Line { url: Asked { text: miss.asked.clone(), ..Asked::default() }.url(None, None), miss };
    let lines = misses.into_iter().map(line).collect();
    Ok(MissesPage { page: Page::of(&ctx, Area::Office, "/van-phong"), t: Texts(ctx.lang), lines }.into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_kept() {
        for fine in ["sầu riêng", "gạo ST25", "nước mắm 40 độ"] {
            assert!(may_be_kept(fine), "{fine}");
        }
        for not in
            ["0912000900", "chị Lan 0912 000 900", "a@b.vn", "!!!", "x", "<script>alert</script>", "030123456789 x"]
        {
            assert!(!may_be_kept(not), "{not}");
        }
        assert!(!may_be_kept(&"dài ".repeat(40)));
    }
}
