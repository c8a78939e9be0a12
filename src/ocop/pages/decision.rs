//! What officers type of a decision, on a dossier's page and on a product's.

use super::past_day;
use crate::clock::Day;
use crate::ocop::level::{Level, LevelError};
use crate::ocop::texts::Texts;
use crate::products::model::ocop_term_ends;
use crate::products::store::OcopDecision;
use crate::web::{Ctx, Form};

/// Reads a decision from the fields `so`, `ngay`, `co-quan`, `sao` and `han`; None if something is wrong, noted in the
/// form. Three stars and up are the city's to give ([`Level::check`]).
pub fn read(ctx: &Ctx, form: &mut Form) -> Option<OcopDecision> {
    let t = Texts(ctx.lang);
    let number = form.required("so", 60, t.number_missing(), ctx.lang);
    let authority = form.required("co-quan", 120, t.authority_missing(), ctx.lang);
    let decided_on = past_day(form, "ngay", ctx.today(), t);
    let until = form.parse_with("han", Day::parse, |_| t.day_wrong().to_owned());
    if until.zip(decided_on).is_some_and(|(until, from)| until <= from || until > ocop_term_ends(from)) {
        form.fail("han", t.until_wrong());
    }
    let stars = form.value("sao").parse::<i32>().ok().filter(|stars| (1..=5).contains(stars));
    if stars.is_none() {
        form.fail("sao", t.stars_missing());
    }
    if let (Some(authority), Some(day), Some(stars)) = (&authority, decided_on, stars) {
        match Level::check(authority, &ctx.commune.province, day, stars) {
            Ok(()) => {}
            Err(LevelError::Unknown) => form.fail("co-quan", t.level_unknown()),
            Err(LevelError::TooLow(level)) => form.fail("co-quan", t.level_low(level.label(ctx.lang).to_lowercase())),
        }
    }
    if !form.is_fine() {
        return None;
    }
    let decided_on = decided_on?;
    let expires_on = until.unwrap_or_else(|| ocop_term_ends(decided_on));
    Some(OcopDecision { number: number?, authority: authority?, decided_on, expires_on, stars: stars? })
}
