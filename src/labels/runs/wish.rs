//! What somebody wishes to print: which labels, on which paper, with which parts.

use crate::db::Cx;
use crate::web::i18n::whole;
use crate::web::{AppError, Form, Lang};

use super::super::model::MOST_OF_A_PDF;
use super::super::papers;
use super::super::sheet::{PaperKind, Part, SheetSpec};
use super::super::store::papers as store;
use super::load::WholeRun;
use super::texts::Texts;

/// The paper that is offered first.
pub const USUAL_SHEET: &str = "a4-24";

/// A wish that can be done.
#[derive(Clone, Debug)]
pub struct Wish {
    /// On which paper.
    pub spec: SheetSpec,
    /// Parts beside the usual.
    pub parts: Vec<Part>,
    /// Places of the first page to leave empty.
    pub skip: usize,
    /// First label, counted from 1.
    pub first: i64,
    /// Last label.
    pub last: i64,
}

/// Puts into a form what it does not say: what the producer chose last, else what is usual.
pub async fn complete(cx: &mut Cx<'_>, run: &WholeRun, form: &mut Form) -> Result<(), AppError> {
    let chosen = store::chosen(cx, run.run.commune_id, run.producer.id).await?;
    if form.value("mau").is_empty() {
        let paper = chosen.as_ref().map_or(USUAL_SHEET, |choice| choice.paper.as_str());
        let fits =
            papers::find_kept(cx, run.run.commune_id, run.producer.id, paper).await?.filter(|spec| suits(spec, run));
        form.set("mau", fits.map_or(USUAL_SHEET, |_| paper));
    }
    if form.value("chon").is_empty() {
        form.set("chon", "1");
        let spec = papers::find_kept(cx, run.run.commune_id, run.producer.id, form.value("mau")).await?;
        let parts = match chosen {
            Some(choice) => parts_of(&choice.parts),
            None => spec.map(|spec| spec.parts).unwrap_or_default(),
        };
        for part in parts {
            form.push("in-them", part.word());
        }
    }
    for (field, usual) in [("bo-qua", 0), ("tu", 1), ("den", run.run.count.min(MOST_OF_A_PDF))] {
        if form.value(field).is_empty() {
            form.set(field, &usual.to_string());
        }
    }
    Ok(())
}

/// Parts from their words.
pub fn parts_of(words: &str) -> Vec<Part> {
    words.split_whitespace().filter_map(|word| word.parse().ok()).filter(|part| Part::CHOSEN.contains(part)).collect()
}

/// Parts as words.
pub fn words_of(parts: &[Part]) -> String {
    parts.iter().map(|part| part.word()).collect::<Vec<_>>().join(" ")
}

/// A card stands for a product or a lot, never for one piece.
pub fn suits(spec: &SheetSpec, run: &WholeRun) -> bool {
    spec.kind != PaperKind::Card || !run.is_serial()
}

/// Reads a completed form; None with the errors noted. What else is wrong with the form does not matter here.
pub async fn read(cx: &mut Cx<'_>, run: &WholeRun, form: &mut Form, lang: Lang) -> Result<Option<Wish>, AppError> {
    let (t, wrong_before) = (Texts(lang), form.errors().len());
    let spec = papers::find_kept(cx, run.run.commune_id, run.producer.id, form.value("mau")).await?;
    let Some(spec) = spec.filter(|spec| suits(spec, run)) else {
        form.fail("mau", t.sheet_wrong());
        return Ok(None);
    };
    let parts = form.values("in-them").filter_map(|word| word.parse().ok()).collect::<Vec<Part>>();
    let mut number = |field: &str, least: i64, most: i64| {
        let read = form.value(field).replace(['.', ','], "").parse::<i64>().ok();
        let fits = read.filter(|number| (least..=most).contains(number));
        if fits.is_none() {
            form.fail(field, t.number_between(whole(least, lang), whole(most, lang)));
        }
        fits.unwrap_or(least)
    };
    let skip = number("bo-qua", 0, spec.per_page() as i64 - 1) as usize;
    let first = number("tu", 1, run.run.count);
    let last = number("den", first, run.run.count);
    if last - first >= MOST_OF_A_PDF {
        form.fail("den", t.too_many_for_a_pdf(whole(MOST_OF_A_PDF, lang)));
    }
    let parts = Part::CHOSEN.into_iter().filter(|part| parts.contains(part)).collect();
    // One card is enough for a shelf.
    let last = if spec.kind == PaperKind::Card { first } else { last };
    Ok((form.errors().len() == wrong_before).then_some(Wish { spec, parts, skip, first, last }))
}
