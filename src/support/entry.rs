//! What the forms of a record ask for, by step, and how it is read: fields that a step does not ask for stay as they
//! are.

use super::model::SupportRow;
use super::pages::amount_wrong;
use super::programmes::model::Programme;
use super::state::{Money, MoneyError, StepKind, SupportState};
use super::store::steps::After;
use super::texts::Texts;
use super::warnings::months_before;
use crate::amounts::{Dong, Thousandths};
use crate::clock::{Day, DayError};
use crate::web::{AppError, Ctx, Form, Lang};

/// Months after which the office asks what came of support, unless told otherwise.
pub const RESULT_AFTER: i32 = 6;

/// Fields of a new record.
pub const NEW: &[&str] = &[
    "chuong-trinh",
    "ngay",
    "so-luong",
    "don-vi",
    "du-toan",
    "duyet",
    "chi",
    "vuot",
    "hoi-ket-qua",
    "can-bo",
    "ghi-chu",
];

/// Fields that the form of a step asks for.
pub const fn fields(step: StepKind) -> &'static [&'static str] {
    match step {
        StepKind::Approved => &["chuong-trinh", "duyet"],
        StepKind::Delivered => &["ngay", "so-luong", "don-vi", "chi", "vuot", "hoi-ket-qua"],
        StepKind::Known => &["ket-qua", "so-ket-qua", "don-vi-ket-qua"],
        StepKind::Changed => NEW,
        StepKind::Proposed | StepKind::Evidence | StepKind::Void => &[],
    }
}

impl After {
    /// A record that is only being made.
    pub fn blank(state: SupportState, today: Day) -> Self {
        Self {
            state,
            programme: None,
            given_on: today,
            quantity: None,
            unit: String::new(),
            money: Money::default(),
            overpaid: String::new(),
            officer: String::new(),
            note: String::new(),
            result_due: None,
            result: String::new(),
            result_amount: None,
            result_unit: String::new(),
        }
    }

    /// A record that this officer begins, and sees through unless another is named.
    pub fn begun(ctx: &Ctx, state: SupportState) -> Result<Self, AppError> {
        Ok(Self { officer: ctx.officer()?.name.clone(), ..Self::blank(state, ctx.today()) })
    }

    /// A record as it is.
    pub fn of(row: &SupportRow) -> Self {
        Self {
            state: row.state,
            programme: row.programme_id,
            given_on: row.given_on,
            quantity: row.quantity,
            unit: row.quantity_unit.clone(),
            money: row.money(),
            overpaid: row.overpaid.clone(),
            officer: row.officer.clone(),
            note: row.note.clone(),
            result_due: row.result_due,
            result: row.result.clone(),
            result_amount: row.result_amount,
            result_unit: row.result_unit.clone(),
        }
    }

    /// As a form's fields.
    pub fn into_form(self, today: Day) -> Form {
        let mut form = Form::default();
        let number = |number: Option<Thousandths>| number.map(|n| n.text(crate::web::Lang::Vi)).unwrap_or_default();
        let day = if self.state.counts() { self.given_on } else { self.given_on.min(today) };
        for (name, value) in [
            ("chuong-trinh", self.programme.map(|id| id.to_string()).unwrap_or_default()),
            ("ngay", day.text()),
            ("so-luong", number(self.quantity)),
            ("don-vi", self.unit),
            ("du-toan", self.money.budgeted.digits()),
            ("duyet", self.money.approved.digits()),
            ("chi", self.money.paid.digits()),
            ("vuot", self.overpaid),
            ("hoi-ket-qua", self.result_due.map(|day| day.text()).unwrap_or_default()),
            ("can-bo", self.officer),
            ("ghi-chu", self.note),
            ("ket-qua", self.result),
            ("so-ket-qua", number(self.result_amount)),
            ("don-vi-ket-qua", self.result_unit),
        ] {
            form.push(name, &value);
        }
        form
    }
}

/// Reads the asked fields over what was before; None if something is wrong, noted in the form. `programmes` are those
/// that may be chosen.
pub fn read(ctx: &Ctx, form: &mut Form, after: After, asked: &[&str], programmes: &[Programme]) -> Option<After> {
    read_on(ctx.today(), ctx.lang, form, after, asked, programmes)
}

/// As [`read`], where no request is at hand.
pub fn read_on(
    today: Day,
    lang: Lang,
    form: &mut Form,
    mut after: After,
    asked: &[&str],
    programmes: &[Programme],
) -> Option<After> {
    let t = Texts(lang);
    let asks = |name: &str| asked.contains(&name);
    if asks("ngay") {
        after.given_on = day(form, today, after.state, t).unwrap_or(after.given_on);
    }
    if asks("chuong-trinh") {
        programme(form, &mut after, programmes, t);
    }
    in_its_year(form, &after, programmes, t);
    if asks("so-luong") {
        (after.quantity, after.unit) = amount(form, ("so-luong", "don-vi"), t);
    }
    if asks("so-ket-qua") {
        after.result = form.required("ket-qua", 1000, t.result_missing(), lang)?;
        (after.result_amount, after.result_unit) = amount(form, ("so-ket-qua", "don-vi-ket-qua"), t);
    }
    for (name, sum) in [("duyet", &mut after.money.approved), ("chi", &mut after.money.paid)] {
        if asks(name) {
            *sum = form.parse_with(name, Dong::parse, |error| amount_wrong(error, lang)).unwrap_or_default();
        }
    }
    if asks("du-toan") {
        let budgeted = form.parse_with("du-toan", Dong::parse, |error| amount_wrong(error, lang));
        after.money.budgeted = budgeted.unwrap_or(after.money.approved);
    }
    if asks("vuot") {
        after.overpaid = form.text("vuot", 300, lang).unwrap_or_default();
    }
    if asks("can-bo") {
        after.officer = form.text("can-bo", 100, lang).unwrap_or_default();
    }
    if asks("ghi-chu") {
        after.note = form.text("ghi-chu", 500, lang).unwrap_or_default();
    }
    if asks("hoi-ket-qua") {
        result_due(form, &mut after, t);
    }
    if form.is_fine() {
        match after.money.check(after.state, &after.overpaid) {
            Ok(()) => {}
            Err(MoneyError::TooEarly) if after.money.approved.0 > 0 => form.fail("duyet", t.too_early()),
            Err(MoneyError::TooEarly) => form.fail("chi", t.too_early()),
            Err(MoneyError::PaidAbove) if asks("chi") => form.fail("chi", t.paid_above()),
            Err(MoneyError::PaidAbove) => form.fail("duyet", t.paid_above()),
        }
    }
    if after.money.paid <= after.money.approved {
        after.overpaid.clear();
    }
    form.is_fine().then_some(after)
}

/// A day of the past where support was given; one to come where it is only meant.
fn day(form: &mut Form, today: Day, state: SupportState, t: Texts) -> Option<Day> {
    if form.value("ngay").is_empty() {
        form.fail("ngay", t.date_missing());
        return None;
    }
    let day = form.parse_with("ngay", Day::parse, |error| wrong_day(error, t))?;
    // The commune's programmes began with OCOP in 2018; before 2010 it is a slip of the pen, and so is a plan for
    // more than three years ahead.
    if day.year() < 2010 || day.year() > today.year() + 3 {
        form.fail("ngay", t.date_early());
    } else if state.counts() && day > today {
        form.fail("ngay", t.date_future());
    }
    Some(day)
}

fn wrong_day(error: DayError, t: Texts) -> String {
    match error {
        DayError::Shape => t.date_wrong().to_owned(),
        DayError::NoSuchDay => t.date_no_day().to_owned(),
    }
}

fn programme(form: &mut Form, after: &mut After, programmes: &[Programme], t: Texts) {
    let chosen = form.value("chuong-trinh").to_owned();
    after.programme = programmes.iter().find(|p| p.id.to_string() == chosen).map(|p| p.id);
    if after.programme.is_none() && !chosen.is_empty() {
        form.fail("chuong-trinh", t.programme_wrong());
    }
}

/// A programme's records are of its year, so that a year's list with the programme's filter holds all of them.
fn in_its_year(form: &mut Form, after: &After, programmes: &[Programme], t: Texts) {
    let programme = programmes.iter().find(|p| Some(p.id) == after.programme);
    if let Some(p) = programme.filter(|p| p.year != after.given_on.year()) {
        let field = if form.sent("ngay") { "ngay" } else { "chuong-trinh" };
        form.fail(field, t.programme_year(p.year));
    }
}

/// A number with its unit, or neither.
fn amount(form: &mut Form, names: (&str, &str), t: Texts) -> (Option<Thousandths>, String) {
    let (number, unit) = names;
    let quantity = form.parse_with(number, Thousandths::parse, |error| amount_wrong(error, t.0));
    let words = form.text(unit, 30, t.0);
    match (form.value(number).is_empty(), form.value(unit).is_empty()) {
        (false, true) => form.fail(unit, t.unit_missing()),
        (true, false) => form.fail(number, t.quantity_missing()),
        _ => {}
    }
    (quantity, words.unwrap_or_default())
}

fn result_due(form: &mut Form, after: &mut After, t: Texts) {
    let typed = form.parse_with("hoi-ket-qua", Day::parse, |error| wrong_day(error, t));
    if typed.is_some_and(|day| day <= after.given_on) {
        form.fail("hoi-ket-qua", t.due_early());
    }
    let usual = (after.state == SupportState::Delivered).then(|| months_before(after.given_on, -RESULT_AFTER));
    after.result_due = typed.or(usual);
}
