//! What a match is worth. The embedded index builds its query from these weights; hits of Meilisearch, whose own rules
//! know no marks, are put in order by [`Ranker`] with the same ones, so both engines rank alike.

use super::highlight::{Shown, one_slip};
use super::query::Lang;
use super::typed::{Typed, TypedWord, Unit};
use super::words::{Word, singular, words};

/// Percent of a field's weight for a word found in it.
pub mod tier {
    pub const EXACT: u32 = 100;
    /// Nothing typed says which marks: only a little less than exact.
    pub const FOLDED_BARE: u32 = 72;
    /// Marks were typed and they differ.
    pub const FOLDED_OTHER: u32 = 20;
    pub const PREFIX_MARKED: u32 = 60;
    pub const PREFIX_BARE: u32 = 45;
    pub const PREFIX_OTHER: u32 = 15;
    pub const SLIP: u32 = 12;
    pub const SYNONYM: u32 = 90;
}

/// What a whole match in a field is worth.
pub mod weight {
    pub const NAME: u32 = 1000;
    pub const ENGLISH: u32 = 550;
    pub const ENGLISH_PAGE: u32 = 950;
    pub const WHO: u32 = 500;
    pub const BODY: u32 = 240;
    /// Two words side by side, as typed.
    pub const PAIR_MARKED: u32 = 300;
    pub const PAIR_BARE: u32 = 200;
    pub const PAIR_OTHER: u32 = 60;
    /// The name begins with the first word.
    pub const BEGIN_MARKED: u32 = 120;
    pub const BEGIN_BARE: u32 = 80;
    pub const BEGIN_OTHER: u32 = 20;
}

/// Names of a longer run do not matter for ranking.
pub const NAME_LENGTH_MAX: i64 = 31;

/// The place of a match among others: what it is worth, and of two alike the one with the shorter name.
pub fn place(worth: i64, name_length: i64) -> i64 {
    worth * (NAME_LENGTH_MAX + 1) - name_length.min(NAME_LENGTH_MAX)
}

/// What a name in the page's other language is worth.
pub fn english_weight(lang: Lang) -> u32 {
    if lang == Lang::En { weight::ENGLISH_PAGE } else { weight::ENGLISH }
}

/// Ranks documents by their texts, for an engine that can't.
pub struct Ranker<'a> {
    typed: &'a Typed,
    lang: Lang,
}

/// The words of a document, cut.
struct Cut {
    name: Vec<Word>,
    english: Vec<Word>,
    who: Vec<Vec<Word>>,
    body: Vec<Word>,
}

impl Cut {
    fn of(shown: &Shown, more: &str) -> Self {
        let who = [shown.producer.as_str(), &shown.village, &shown.category, more];
        Self {
            name: words(&shown.name),
            english: words(&shown.name_en),
            who: who.iter().map(|text| words(text)).collect(),
            body: words(&shown.body),
        }
    }

    fn fields(&self) -> impl Iterator<Item = (&[Word], u32)> {
        let who = self.who.iter().map(|text| (text.as_slice(), weight::WHO));
        [(self.name.as_slice(), weight::NAME), (self.body.as_slice(), weight::BODY)].into_iter().chain(who)
    }
}

fn holds(text: &[Word], fits: impl Fn(&Word) -> bool) -> bool {
    text.iter().any(fits)
}

/// Whether words stand side by side.
fn phrase(text: &[Word], wanted: &[&str], form: impl Fn(&Word) -> &str) -> bool {
    text.windows(wanted.len()).any(|run| {
        let together = run.windows(2).all(|pair| pair[1].position == pair[0].position + 1);
        together && run.iter().map(&form).eq(wanted.iter().copied())
    })
}

impl<'a> Ranker<'a> {
    /// For one question.
    pub fn new(typed: &'a Typed, lang: Lang) -> Self {
        Self { typed, lang }
    }

    /// The place of a document; higher comes first. `more` holds words that are searched and not shown.
    pub fn place(&self, shown: &Shown, more: &str) -> i64 {
        let cut = Cut::of(shown, more);
        let units: u32 = self.typed.units.iter().map(|unit| self.unit(unit, &cut)).sum();
        place(i64::from(units + self.bonuses(&cut)), cut.name.len() as i64)
    }

    fn unit(&self, unit: &Unit, cut: &Cut) -> u32 {
        let each: Vec<u32> = unit.words.iter().map(|word| self.word(word, cut)).collect();
        let whole = unit.words.iter().zip(&each).all(|(word, worth)| word.optional || *worth > 0);
        let typed = if whole { each.iter().sum() } else { 0 };
        let span = unit.words.len() as u32;
        let synonyms = unit.synonyms.iter().map(|phrase| synonym(phrase, span, cut));
        synonyms.chain([typed]).max().unwrap_or(0)
    }

    fn word(&self, typed: &TypedWord, cut: &Cut) -> u32 {
        let folded = &typed.word.folded;
        let best = self.outright(typed, cut);
        if best > 0 || folded.chars().count() < 3 {
            return best;
        }
        let slips = cut.fields().filter(|(text, _)| holds(text, |w| one_slip(&w.folded, folded)));
        slips.map(|(_, points)| points * tier::SLIP / 100).max().unwrap_or(0)
    }

    /// What a word is worth where it stands as typed, with other marks, or begins another.
    fn outright(&self, typed: &TypedWord, cut: &Cut) -> u32 {
        let Word { folded, marked, .. } = &typed.word;
        let bare = !typed.word.has_marks();
        let letters = folded.chars().count();
        let folded_tier = if bare { tier::FOLDED_BARE } else { tier::FOLDED_OTHER };
        let prefix_tier = if bare { tier::PREFIX_BARE } else { tier::PREFIX_OTHER };
        let mut best = 0;
        let mut way = |points: u32, tier: u32| best = best.max(points * tier / 100);
        for (text, points) in cut.fields() {
            if holds(text, |w| w.marked == *marked) {
                way(points, tier::EXACT);
            }
            if holds(text, |w| w.folded == *folded) {
                way(points, folded_tier);
            }
            if typed.last && (points > weight::BODY || letters >= 3) && holds(text, |w| w.folded.starts_with(folded)) {
                way(points, prefix_tier);
            }
        }
        let english = english_weight(self.lang);
        if holds(&cut.english, |w| singular(&w.folded) == singular(folded)) {
            way(english, if bare { tier::EXACT } else { tier::FOLDED_OTHER });
        }
        if typed.last && holds(&cut.english, |w| w.folded.starts_with(folded)) {
            way(english, prefix_tier);
        }
        if typed.last && !bare && holds(&cut.name, |w| w.marked.starts_with(marked)) {
            way(weight::NAME, tier::PREFIX_MARKED);
        }
        best
    }

    fn bonuses(&self, cut: &Cut) -> u32 {
        let typed: Vec<&Word> = self.typed.words().map(|w| &w.word).collect();
        let bare = typed.iter().all(|w| !w.has_marks());
        let folded_pair = if bare { weight::PAIR_BARE } else { weight::PAIR_OTHER };
        let mut sum = 0;
        for pair in typed.windows(2) {
            let marked: Vec<&str> = pair.iter().map(|w| w.marked.as_str()).collect();
            let folded: Vec<&str> = pair.iter().map(|w| w.folded.as_str()).collect();
            let single: Vec<&str> = folded.iter().map(|w| singular(w)).collect();
            let in_who =
                |wanted: &[&str], form: &dyn Fn(&Word) -> &str| cut.who.iter().any(|t| phrase(t, wanted, form));
            let ways = [
                (phrase(&cut.name, &marked, |w| &w.marked), weight::PAIR_MARKED),
                (phrase(&cut.name, &folded, |w| &w.folded), folded_pair),
                (phrase(&cut.english, &single, |w| singular(&w.folded)), folded_pair),
                (in_who(&marked, &|w| &w.marked), weight::PAIR_MARKED / 3),
                (in_who(&folded, &|w| &w.folded), folded_pair / 3),
                (phrase(&cut.body, &marked, |w| &w.marked), weight::PAIR_MARKED / 4),
            ];
            sum += ways.into_iter().filter(|(is, _)| *is).map(|(_, worth)| worth).max().unwrap_or(0);
        }
        if let (Some(first), Some(begins)) = (self.typed.words().find(|w| !w.optional), cut.name.first()) {
            sum += match () {
                () if begins.marked == first.word.marked => weight::BEGIN_MARKED,
                () if begins.folded == first.word.folded && bare => weight::BEGIN_BARE,
                () if begins.folded == first.word.folded => weight::BEGIN_OTHER,
                () => 0,
            };
        }
        sum
    }
}

/// A phrase that may stand for `span` typed words scores a little less than those words would.
fn synonym(wanted: &[Word], span: u32, cut: &Cut) -> u32 {
    let marked: Vec<&str> = wanted.iter().map(|w| w.marked.as_str()).collect();
    let folded: Vec<&str> = wanted.iter().map(|w| w.folded.as_str()).collect();
    let worth = |(text, points): (&[Word], u32)| {
        let pairs = if points == weight::NAME { weight::PAIR_MARKED } else { 0 };
        let full = (span * points + (span - 1) * pairs) * tier::SYNONYM / 100;
        match () {
            () if phrase(text, &marked, |w| &w.marked) => full,
            // Texts written without marks are found too, unless one bare word could mean anything.
            () if wanted.len() > 1 && phrase(text, &folded, |w| &w.folded) => full * tier::FOLDED_OTHER / 100,
            () => 0,
        }
    };
    cut.fields().map(worth).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::settings::Settings;
    use super::super::typed::Vocabulary;
    use super::*;

    struct Any;
    impl Vocabulary for Any {
        fn knows(&self, _: &str) -> bool {
            false
        }
        fn knows_marked(&self, _: &str) -> bool {
            true
        }
    }

    #[test]
    fn marks_that_agree_come_first() {
        let settings = Settings::bundled().unwrap();
        let order = |text: &str, better: &str, worse: &str| {
            let typed = Typed::read(text, &settings, &Any);
            let place = |name: &str| {
                Ranker::new(&typed, Lang::Vi).place(&Shown { name: name.to_owned(), ..Shown::default() }, "")
            };
            assert!(place(better) > place(worse), "{text}: {better}, {worse}");
        };
        order("cáy", "Mắm cáy", "Cây giống");
        order("cam", "Cam sành", "Cám gạo");
        order("cam", "Cam sành", "Cam sành vườn nhà");
        order("trà xanh", "Chè xanh", "Trá xành");
        order("vair thieeuf", "Vải thiều", "Vai thiêu");
        order("trái thơm", "Dứa mật", "Gạo thơm");
        order("mật ong", "Mật ong nhãn", "Ong và mật");
    }
}
