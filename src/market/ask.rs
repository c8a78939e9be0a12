//! A question to the catalogue as it stands in an address: [`Asked`] reads it, says what is wrong with it, and
//! writes it back with one thing more or less.
//!
//! The catalogue page and the API take the same names: `q`, `category`, `village`, `kind` (of producer), `stars`,
//! `certificate`, `season` (1–12 or `now`), `available`, `price_min`, `price_max`, `sort`, `limit`, `cursor`.

use uuid::Uuid;

use crate::amounts::Dong;
use crate::clock::Day;
use crate::ids::CommuneId;
use crate::market::index;
use crate::producers::model::ProducerKind;
use crate::products::catalogue;
use crate::products::model::Availability;
use crate::search::{Filters, Kind, PriceBand, Query, Sort};
use crate::web::form::encode;
use crate::web::i18n::{Lang, texts};
use crate::web::{FieldError, Form};

texts! {
    one_of(list): "Cần là một trong: {list}." / "Expected one of: {list}.";
    a_code: "Không có mã này." / "There is no such code.";
    a_month: "Cần là tháng 1–12 hoặc now." / "Expected a month 1–12 or now.";
    a_price: "Cần là số đồng, ví dụ 45000." / "Expected whole đồng, such as 45000.";
    a_limit: "Cần là số từ 1 đến 100." / "Expected a number from 1 to 100.";
    price_order: "Giá cao nhất phải không thấp hơn giá thấp nhất." / "The highest price must not be below the lowest.";
    too_long: "Tối đa 200 chữ." / "At most 200 characters.";
}

/// The most characters of a question that are looked at.
const LONGEST: usize = 200;

/// The orders of results, with their names in addresses.
pub const SORTS: [(Sort, &str); 5] = [
    (Sort::Relevance, "relevance"),
    (Sort::Newest, "newest"),
    (Sort::PriceAsc, "price_asc"),
    (Sort::PriceDesc, "price_desc"),
    (Sort::Scans, "scans"),
];

/// What somebody asked of the catalogue.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// What was typed.
    pub text: String,
    /// The filters that make sense.
    pub filters: Filters,
    /// Order.
    pub sort: Sort,
    /// Products a page; None: the asker's own default.
    pub limit: Option<usize>,
    /// Where the page begins.
    pub cursor: Option<String>,
    /// What made no sense, by field.
    pub errors: Vec<FieldError>,
}

impl Asked {
    /// Reads the query part of an address. What makes no sense is left out and noted in `errors`.
    pub fn read(query: &str, lang: Lang, today: Day) -> Self {
        let form = Form::parse(query.as_bytes());
        let mut asked = Self { text: form.value("q").to_owned(), ..Self::default() };
        let t = Texts(lang);
        if asked.text.chars().count() > LONGEST {
            asked.text = asked.text.chars().take(LONGEST).collect();
            asked.fail("q", t.too_long());
        }
        asked.filters.kind = Some(Kind::Product);
        asked.filters.category = asked.codes(&form, "category", t, |code| {
            let known = catalogue::category(code).is_some() || catalogue::groups().iter().any(|g| g.code == code);
            known.then(|| code.to_owned())
        });
        asked.filters.village =
            asked.codes(&form, "village", t, |code| code.parse::<Uuid>().ok().map(|id| id.simple().to_string()));
        asked.filters.producer_kind =
            asked.codes(&form, "kind", t, |code| code.parse::<ProducerKind>().ok().map(|k| k.word().to_owned()));
        asked.filters.certificate =
            asked.codes(&form, "certificate", t, |code| catalogue::certificate_kind(code).map(|k| k.code.clone()));
        for star in form.values("stars") {
            match star {
                "3" | "4" | "5" => asked.filters.stars.push(star.as_bytes()[0] - b'0'),
                _ => asked.fail("stars", t.one_of("3, 4, 5")),
            }
        }
        asked.read_availability(&form, t);
        asked.read_season(form.value("season"), today, t);
        asked.filters.price_min = asked.price(&form, "price_min", t);
        asked.filters.price_max = asked.price(&form, "price_max", t);
        if let (Some(min), Some(max)) = (asked.filters.price_min, asked.filters.price_max)
            && max < min
        {
            asked.filters.price_max = None;
            asked.fail("price_max", t.price_order());
        }
        asked.read_page(&form, t);
        asked
    }

    fn read_availability(&mut self, form: &Form, t: Texts) {
        for word in form.values("available") {
            match word.parse::<Availability>() {
                Ok(one) => self.filters.availability.push(one.word().to_owned()),
                Err(_) if word == "1" => {
                    let any = Availability::ALL.iter().filter(|a| **a != Availability::SoldOut);
                    self.filters.availability.extend(any.map(|a| a.word().to_owned()));
                }
                Err(_) => {
                    let words: Vec<&str> = Availability::ALL.iter().map(|a| a.word()).collect();
                    self.fail("available", t.one_of(format!("1, {}", words.join(", "))));
                }
            }
        }
    }

    fn read_season(&mut self, text: &str, today: Day, t: Texts) {
        match (text, text.parse::<u8>()) {
            ("", _) => {}
            ("now", _) => self.filters.season = Some(today.month()),
            (_, Ok(month)) if (1..=12).contains(&month) => self.filters.season = Some(month),
            _ => self.fail("season", t.a_month()),
        }
    }

    fn read_page(&mut self, form: &Form, t: Texts) {
        match SORTS.iter().find(|(_, name)| *name == form.value("sort")) {
            Some((sort, _)) => self.sort = *sort,
            None if form.value("sort").is_empty() => {}
            None => self.fail("sort", t.one_of(SORTS.map(|(_, name)| name).join(", "))),
        }
        match (form.value("limit"), form.value("limit").parse::<usize>()) {
            ("", _) => {}
            (_, Ok(limit)) if (1..=100).contains(&limit) => self.limit = Some(limit),
            _ => self.fail("limit", t.a_limit()),
        }
        self.cursor = Some(form.value("cursor").to_owned()).filter(|cursor| !cursor.is_empty());
    }

    fn fail(&mut self, field: &str, message: impl Into<String>) {
        if !self.errors.iter().any(|e| e.field == field) {
            self.errors.push(FieldError { field: field.to_owned(), message: message.into() });
        }
    }

    fn codes(&mut self, form: &Form, name: &str, t: Texts, known: impl Fn(&str) -> Option<String>) -> Vec<String> {
        let mut codes = Vec::new();
        for code in form.values(name).take(50) {
            match known(code) {
                Some(code) if codes.contains(&code) => {}
                Some(code) => codes.push(code),
                None => self.fail(name, t.a_code()),
            }
        }
        codes
    }

    fn price(&mut self, form: &Form, name: &str, t: Texts) -> Option<i64> {
        let text = form.value(name);
        if text.is_empty() {
            return None;
        }
        let price = Dong::parse(text).ok().map(|price| price.0);
        if price.is_none() {
            self.fail(name, t.a_price());
        }
        price
    }

    /// The question to the index.
    pub fn query(&self, commune: CommuneId, lang: Lang, today: Day, limit: usize) -> Option<Query> {
        let mut query = Query::new(commune.0, self.text.clone(), index::date(today)?);
        query.lang = match lang {
            Lang::Vi => crate::search::Lang::Vi,
            Lang::En => crate::search::Lang::En,
        };
        query.filters = self.filters.clone();
        query.sort = self.sort;
        query.limit = self.limit.unwrap_or(limit);
        query.cursor.clone_from(&self.cursor);
        Some(query)
    }

    /// The same question with the prices of one band, or without prices when it has just these.
    pub fn with_band(&self, band: &PriceBand) -> Self {
        let mut asked = self.clone();
        asked.cursor = None;
        let (min, max) = if self.is_band(band) { (None, None) } else { (Some(band.min), band.max) };
        (asked.filters.price_min, asked.filters.price_max) = (min, max);
        asked
    }

    /// True if the prices asked for are those of the band.
    pub fn is_band(&self, band: &PriceBand) -> bool {
        (self.filters.price_min.unwrap_or(0), self.filters.price_max) == (band.min, band.max)
            && (self.filters.price_min, self.filters.price_max) != (None, None)
    }

    /// The name of the order, as in the address.
    pub fn sort_name(&self) -> &'static str {
        SORTS.iter().find(|(sort, _)| *sort == self.sort).map_or("relevance", |(_, name)| name)
    }

    /// Every filter that is set, as name and value, in a fixed order.
    pub fn filter_pairs(&self) -> Vec<(&'static str, String)> {
        let f = &self.filters;
        let lists = [
            ("category", &f.category),
            ("available", &f.availability),
            ("village", &f.village),
            ("kind", &f.producer_kind),
            ("certificate", &f.certificate),
        ];
        let mut pairs: Vec<(&'static str, String)> = Vec::new();
        for (name, codes) in lists {
            pairs.extend(codes.iter().map(|code| (name, code.clone())));
        }
        pairs.extend(f.stars.iter().map(|s| ("stars", s.to_string())));
        pairs.extend(f.season.map(|m| ("season", m.to_string())));
        pairs.extend(f.price_min.map(|p| ("price_min", p.to_string())));
        pairs.extend(f.price_max.map(|p| ("price_max", p.to_string())));
        pairs
    }

    /// True if any filter is set.
    pub fn is_filtered(&self) -> bool {
        !self.filter_pairs().is_empty()
    }

    /// True if this value of a filter is set.
    pub fn has(&self, name: &str, value: &str) -> bool {
        self.filter_pairs().iter().any(|(n, v)| *n == name && v == value)
    }

    /// The address of the catalogue with this question, less one filter value if given, at a cursor if given.
    pub fn url(&self, without: Option<(&str, &str)>, cursor: Option<&str>) -> String {
        let mut pairs = Vec::new();
        if !self.text.is_empty() {
            pairs.push(("q".to_owned(), self.text.clone()));
        }
        let kept = self.filter_pairs().into_iter().filter(|(n, v)| without != Some((*n, v.as_str())));
        pairs.extend(kept.map(|(n, v)| (n.to_owned(), v)));
        if self.sort != Sort::Relevance {
            pairs.push(("sort".to_owned(), self.sort_name().to_owned()));
        }
        pairs.extend(cursor.map(|c| ("cursor".to_owned(), c.to_owned())));
        if pairs.is_empty() { "/san-pham".to_owned() } else { format!("/san-pham?{}", encode(&pairs)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Asked {
        Asked::read(query, Lang::En, Day::new(2026, 11, 22).unwrap())
    }

    #[test]
    fn a_question_is_read_and_written_back() {
        let asked = read(
            "q=v%E1%BA%A3i&category=food-grain&category=food-grain&available=in_stock&season=now&stars=4&sort=newest",
        );
        assert!(asked.errors.is_empty(), "{:?}", asked.errors);
        assert_eq!(asked.filters.category, ["food-grain"]);
        assert_eq!(asked.filters.season, Some(11));
        let again = read(asked.url(None, None).trim_start_matches("/san-pham?"));
        assert_eq!(again.filters, asked.filters);
        assert_eq!((again.text.as_str(), again.sort), ("vải", Sort::Newest));
        let less = asked.url(Some(("stars", "4")), None);
        assert!(!less.contains("stars"), "{less}");
    }

    #[test]
    fn what_makes_no_sense_is_named_by_field_and_left_out() {
        let asked = read(
            "category=nope&village=x&kind=y&stars=9&certificate=z&season=13&available=w&price_min=a&price_max=-1&sort=v&limit=0",
        );
        let fields: Vec<&str> = asked.errors.iter().map(|e| e.field.as_str()).collect();
        assert_eq!(
            fields,
            [
                "category",
                "village",
                "kind",
                "certificate",
                "stars",
                "available",
                "season",
                "price_min",
                "price_max",
                "sort",
                "limit"
            ]
        );
        assert!(!asked.is_filtered());
    }

    #[test]
    fn prices_are_read_as_people_write_them_and_kept_in_order() {
        let asked = read("price_min=45.000&price_max=20k");
        assert_eq!((asked.filters.price_min, asked.filters.price_max), (Some(45_000), None));
        assert_eq!(asked.errors[0].field, "price_max");
    }

    #[test]
    fn available_at_all_is_everything_but_sold_out() {
        assert_eq!(read("available=1").filters.availability, ["in_stock", "to_order", "seasonal"]);
    }
}
