//! Charts as SVG, drawn by the server: pure text, no script, no style of their own.
//!
//! [`Timeline`] shows a number over days or months, [`Bars`] compares things by name. Both name themselves to a screen
//! reader (`title`, `desc`); the page puts a table beneath with the same numbers. Colours come from the style sheet's
//! classes (`f1`, `f0`, `ln`, `fa`, `ax`), so they follow light and dark. A template writes them with `|safe`: what
//! is not a number is escaped here.

use std::fmt::Write as _;

use super::i18n::{Lang, whole};

/// Width of every drawing in its own units; the page scales it.
const WIDTH: i64 = 420;
/// Left and right end of a timeline's field.
const FIELD: (i64, i64) = (58, 408);
/// Upper and lower end of a timeline's field.
const HEIGHT: (i64, i64) = (30, 180);
/// The most points that are drawn as columns; more become a line.
const MOST_COLUMNS: usize = 45;
/// Room of one bar with its name above it.
const ROW: i64 = 50;
/// The longest name beside a bar, in characters.
const LONGEST: usize = 34;

/// A number over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// Names the drawing among those of its page: letters and dashes.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// What there is to see, in a sentence: for those who do not see it.
    pub description: String,
    /// From the earliest on: what stands under a point, and its number.
    pub points: Vec<(String, i64)>,
    /// Where something happened: the index of the first point after it, and its name.
    pub mark: Option<(usize, String)>,
}

/// A bar.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bar {
    /// Of what.
    pub name: String,
    /// How much.
    pub value: i64,
    /// What it is compared with, such as the same before; drawn pale under it.
    pub before: Option<i64>,
}

/// Things compared by name, in the order given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bars {
    /// Names the drawing among those of its page: letters and dashes.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// What there is to see, in a sentence.
    pub description: String,
    /// From above.
    pub bars: Vec<Bar>,
}

impl Timeline {
    /// The drawing, as markup.
    pub fn svg(&self, lang: Lang) -> String {
        let top = ceiling(self.points.iter().map(|point| point.1).max().unwrap_or(0));
        let mut svg = open(&self.id, &self.title, &self.description, 212);
        for value in [0, top / 2, top] {
            let y = height(value, top);
            let _ = write!(
                svg,
                "<path class=\"ax\" d=\"M{} {y}H{}\"/><text x=\"{}\" y=\"{}\" text-anchor=\"end\">{}</text>",
                FIELD.0,
                FIELD.1,
                FIELD.0 - 6,
                y + 5,
                whole(value, lang)
            );
        }
        if self.points.len() <= MOST_COLUMNS {
            self.columns(&mut svg, top);
        } else {
            self.line(&mut svg, top);
        }
        self.marked(&mut svg);
        self.highest(&mut svg, top, lang);
        self.names(&mut svg);
        svg + "</svg>"
    }

    /// Left end and width of a point's place, in hundredths.
    fn place(&self, at: usize) -> (i64, i64) {
        let count = self.points.len().max(1) as i64;
        let from = |at: i64| FIELD.0 * 100 + (FIELD.1 - FIELD.0) * 100 * at / count;
        (from(at as i64), from(at as i64 + 1) - from(at as i64))
    }

    /// Middle of a point's place.
    fn middle(&self, at: usize) -> i64 {
        let (x, width) = self.place(at);
        (x + width / 2) / 100
    }

    fn columns(&self, svg: &mut String, top: i64) {
        for (at, (_, value)) in self.points.iter().enumerate().filter(|(_, point)| point.1 > 0) {
            let (x, width) = self.place(at);
            let gap = width / 8;
            let y = height(*value, top);
            let (x, width) = (hundredths(x + gap), hundredths((width - 2 * gap).min(4_000)));
            let _ =
                write!(svg, "<rect class=\"f1\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{}\"/>", HEIGHT.1 - y);
        }
    }

    fn line(&self, svg: &mut String, top: i64) {
        let mut way = String::new();
        for (at, (_, value)) in self.points.iter().enumerate() {
            let (x, width) = self.place(at);
            let letter = if at == 0 { 'M' } else { 'L' };
            let _ = write!(way, "{letter}{} {}", hundredths(x + width / 2), height(*value, top));
        }
        let (first, last) = (self.middle(0), self.middle(self.points.len() - 1));
        let floor = HEIGHT.1;
        let _ = write!(svg, "<path class=\"fa\" d=\"{way}L{last} {floor}L{first} {floor}Z\"/>");
        let _ = write!(svg, "<path class=\"ln\" d=\"{way}\"/>");
    }

    fn marked(&self, svg: &mut String) {
        let Some((at, name)) = self.mark.as_ref().filter(|(at, _)| *at < self.points.len()) else { return };
        let x = self.place(*at).0 / 100;
        let (anchor, beside) = if x > WIDTH / 2 { ("end", x - 5) } else { ("start", x + 5) };
        let _ = write!(
            svg,
            "<path class=\"ln old\" d=\"M{x} 18V{}\"/><text x=\"{beside}\" y=\"14\" text-anchor=\"{anchor}\">{}</text>",
            HEIGHT.1,
            escaped(name)
        );
    }

    /// The number above the highest point.
    fn highest(&self, svg: &mut String, top: i64, lang: Lang) {
        let highest = self.points.iter().enumerate().rev().max_by_key(|(_, point)| point.1);
        let Some((at, (_, value))) = highest.filter(|(_, point)| point.1 > 0) else { return };
        let x = self.middle(at).clamp(FIELD.0 + 16, FIELD.1 - 16);
        let y = height(*value, top) - 6;
        let value = whole(*value, lang);
        let _ = write!(svg, "<text x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-weight=\"700\">{value}</text>");
    }

    /// Names under the first point, the last and at most three between, evenly.
    fn names(&self, svg: &mut String) {
        let count = self.points.len();
        let steps = count.saturating_sub(1).min(4);
        let shown = (0..=steps).map(|step| (step * count.saturating_sub(1)).checked_div(steps).unwrap_or(0));
        for at in shown.filter(|at| *at < count) {
            let anchor = match at {
                _ if count == 1 => "middle",
                0 => "start",
                _ if at + 1 == count => "end",
                _ => "middle",
            };
            let x = match anchor {
                "start" => FIELD.0,
                "end" => FIELD.1,
                _ => self.middle(at),
            };
            let name = escaped(&self.points[at].0);
            let _ = write!(svg, "<text x=\"{x}\" y=\"204\" text-anchor=\"{anchor}\">{name}</text>");
        }
    }
}

impl Bars {
    /// The drawing, as markup.
    pub fn svg(&self, lang: Lang) -> String {
        let most = self.bars.iter().map(|bar| bar.value.max(bar.before.unwrap_or(0))).max().unwrap_or(0).max(1);
        let mut svg = open(&self.id, &self.title, &self.description, ROW * (self.bars.len().max(1) as i64));
        for (at, bar) in self.bars.iter().enumerate() {
            let y = ROW * at as i64;
            let width = |value: i64| hundredths(share(value, most));
            let value = match bar.before {
                Some(before) => format!("{} → {}", whole(before, lang), whole(bar.value, lang)),
                None => whole(bar.value, lang),
            };
            let _ = write!(
                svg,
                "<text x=\"0\" y=\"{0}\">{1}</text><text x=\"{WIDTH}\" y=\"{0}\" text-anchor=\"end\" \
                 font-weight=\"700\">{value}</text><rect class=\"f0\" y=\"{2}\" width=\"{WIDTH}\" height=\"14\"/>",
                y + 17,
                escaped(&shortened(&bar.name)),
                y + 24,
            );
            match bar.before {
                Some(before) => {
                    let (before, after) = (width(before), width(bar.value));
                    let _ = write!(
                        svg,
                        "<rect class=\"f3\" y=\"{}\" width=\"{before}\" height=\"7\"/>\
                         <rect class=\"f1\" y=\"{}\" width=\"{after}\" height=\"7\"/>",
                        y + 24,
                        y + 31
                    );
                }
                None => {
                    let _ = write!(
                        svg,
                        "<rect class=\"f1\" y=\"{}\" width=\"{}\" height=\"14\"/>",
                        y + 24,
                        width(bar.value)
                    );
                }
            }
        }
        svg + "</svg>"
    }
}

/// The least number of the kind 2, 4, 6, 8, 10, 20, 40 … that is not below: half of it is whole.
fn ceiling(most: i64) -> i64 {
    let mut scale: i64 = 1;
    loop {
        for step in [2, 4, 6, 8, 10] {
            match scale.checked_mul(step) {
                Some(top) if top >= most => return top,
                Some(_) => {}
                None => return i64::MAX,
            }
        }
        scale = scale.saturating_mul(10);
    }
}

/// Length of a value's bar where the most has all the width, in hundredths.
fn share(value: i64, most: i64) -> i64 {
    let length = i128::from(value.clamp(0, most)) * i128::from(WIDTH) * 100 / i128::from(most.max(1));
    i64::try_from(length).unwrap_or(0)
}

/// Where a value lies in a timeline's field.
fn height(value: i64, top: i64) -> i64 {
    let field = i128::from(HEIGHT.1 - HEIGHT.0);
    let above = i128::from(value.clamp(0, top)) * field / i128::from(top.max(1));
    // What is there is seen, however little it is.
    let above = if value > 0 { above.max(1) } else { 0 };
    HEIGHT.1 - i64::try_from(above).unwrap_or(0)
}

/// Hundredths as a short decimal.
fn hundredths(value: i64) -> String {
    match (value / 100, value % 100) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part:02}").trim_end_matches('0').to_owned(),
    }
}

fn open(id: &str, title: &str, description: &str, height: i64) -> String {
    format!(
        "<svg class=\"full\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"{id}-t {id}-d\"><title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escaped(title),
        escaped(description)
    )
}

/// A name cut to what stands beside its number.
fn shortened(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let kept: String = name.chars().take(LONGEST - 1).collect();
    format!("{}…", kept.trim_end())
}

/// Text for markup.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timeline(values: &[i64]) -> Timeline {
        let points = values.iter().enumerate().map(|(at, value)| (format!("{:02}/06", at + 1), *value)).collect();
        Timeline { id: "ngay".to_owned(), title: "Lượt mở".to_owned(), points, ..Timeline::default() }
    }

    #[test]
    fn the_scale_ends_at_a_round_number_whose_half_is_whole() {
        let tops: Vec<i64> = [0, 2, 3, 9, 11, 37, 81, 101, 4_870].into_iter().map(ceiling).collect();
        assert_eq!(tops, [2, 2, 4, 10, 20, 40, 100, 200, 6_000]);
        assert!(ceiling(i64::MAX) == i64::MAX);
    }

    #[test]
    fn a_few_days_are_columns_and_many_a_line() {
        let few = timeline(&[1, 0, 4]).svg(Lang::Vi);
        assert_eq!(few.matches("<rect").count(), 2, "nothing stands for nothing: {few}");
        assert!(few.contains("height=\"150\"") && !few.contains("class=\"ln\""), "{few}");
        let many = timeline(&[5; 90]).svg(Lang::Vi);
        assert!(many.contains("class=\"ln\"") && !many.contains("<rect"), "{many}");
    }

    #[test]
    fn the_highest_number_is_told_and_at_most_five_names_stand_below() {
        let svg = timeline(&[3, 4_870, 5, 6, 7, 8, 9, 10]).svg(Lang::Vi);
        assert!(svg.contains("font-weight=\"700\">4.870<"), "{svg}");
        assert_eq!(svg.matches("/06<").count(), 5);
        assert!(svg.contains(">01/06<") && svg.contains(">08/06<"));
    }

    #[test]
    fn a_mark_stands_before_the_point_it_names() {
        let mut line = timeline(&[1, 1, 1, 1]);
        line.mark = Some((2, "Hỗ trợ".to_owned()));
        assert!(line.svg(Lang::Vi).contains("M233 18V180"), "{}", line.svg(Lang::Vi));
        line.mark = Some((9, "Hỗ trợ".to_owned()));
        assert!(!line.svg(Lang::Vi).contains("Hỗ trợ"));
    }

    #[test]
    fn a_bar_is_as_long_as_its_share_and_its_name_is_cut_and_escaped() {
        let bar = |name: &str, value, before| Bar { name: name.to_owned(), value, before };
        let bars = Bars {
            bars: vec![bar("Thôn <Đông>", 50, None), bar(&"rất ".repeat(20), 200, Some(100))],
            ..Bars::default()
        };
        let svg = bars.svg(Lang::Vi);
        assert!(svg.contains("Thôn &lt;Đông&gt;") && svg.contains("rất r…<"), "{svg}");
        assert!(svg.contains("width=\"105\" height=\"14\""), "{svg}");
        assert!(svg.contains("class=\"f3\" y=\"74\" width=\"210\"") && svg.contains("100 → 200"), "{svg}");
    }

    proptest! {
        #[test]
        fn whatever_is_counted_stays_in_the_field(values in proptest::collection::vec(any::<i64>(), 0..120)) {
            let svg = timeline(&values).svg(Lang::En);
            prop_assert!(svg.starts_with("<svg") && svg.ends_with("</svg>"));
            for value in values {
                let y = height(value, ceiling(value.max(0)));
                prop_assert!((HEIGHT.0..=HEIGHT.1).contains(&y), "{y}");
            }
        }
    }
}
