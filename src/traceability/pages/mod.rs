//! Pages of this room: places and lots of a producer, the diary, and the office's lots.

pub mod best_before;
pub mod diary;
pub mod lot_new;
pub mod lots;
pub mod office;
pub mod places;
pub mod step;
mod step_answers;
mod step_gone;
mod timeline;
pub mod wrong;

use super::identifiers::Identifiers;
use super::store::lots::After;
use super::texts::Texts;
use crate::clock::{Day, DayError};
use crate::ids::LotId;
use crate::web::{AppError, Ctx, Form};

/// Rows on a page of a list.
const PAGE_ROWS: usize = 50;

/// Identifiers under the commune's base.
pub(super) fn identifiers(ctx: &Ctx) -> Result<Identifiers, AppError> {
    Identifiers::new(&ctx.commune.id_base).map_err(AppError::internal)
}

/// Reads a day that may not be in the future; notes what is wrong with it.
pub(super) fn past_day(form: &mut Form, name: &str, t: Texts, today: Day) -> Option<Day> {
    let day = form.parse_with(name, Day::parse, |error| day_error(error, t).to_owned())?;
    if day > today {
        form.fail(name, t.day_future());
        return None;
    }
    if today.days_since(day) > 5 * 366 {
        form.fail(name, t.day_too_old());
        return None;
    }
    Some(day)
}

pub(super) fn day_error(error: DayError, t: Texts) -> &'static str {
    match error {
        DayError::Shape => t.day_shape(),
        DayError::NoSuchDay => t.day_none(),
    }
}

/// Where a page of a list begins: `{day}_{id}` of the row before it.
fn after(text: &str, today: Day) -> After {
    let read = || {
        let (day, id) = text.split_once('_')?;
        Some(After { made_on: Day::parse(day).ok()?, id: id.parse::<LotId>().ok()? })
    };
    read().unwrap_or_else(|| After::start(today))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::Lang;

    #[test]
    fn a_day_to_come_and_one_that_never_was_are_refused() {
        let today = Day::new(2026, 6, 14).unwrap();
        let t = Texts(Lang::Vi);
        for (text, error) in [
            ("15/06/2026", Some(t.day_future())),
            ("31/02/2026", Some(t.day_none())),
            ("14/06/1926", Some(t.day_too_old())),
            ("hôm qua", Some(t.day_shape())),
            ("14/06/2026", None),
        ] {
            let mut form = Form::default();
            form.push("made_on", text);
            let day = past_day(&mut form, "made_on", t, today);
            assert_eq!(form.error("made_on"), error, "{text}");
            assert_eq!(day.is_none(), error.is_some(), "{text}");
        }
    }

    #[test]
    fn a_cursor_that_is_none_begins_at_the_top() {
        let today = Day::new(2026, 6, 14).unwrap();
        assert!(after("", today).made_on > today);
        assert!(after("x_y", today).made_on > today);
        let id = LotId(uuid::Uuid::from_u128(7));
        let cursor = after(&format!("2026-06-01_{id}"), today);
        assert_eq!((cursor.made_on.iso(), cursor.id), ("2026-06-01".to_owned(), id));
    }
}
