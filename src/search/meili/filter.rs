//! Filters in the server's language, and which of its fields each facet is counted by. Start at [`filter`].

use super::record::attribute;
use crate::search::query::{Facet, Query};
use crate::search::typed::{StarsWanted, Typed};

/// The field that a facet is counted by.
pub fn field(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => "kind",
        Facet::Category => "category_codes",
        Facet::Village => "village_code",
        Facet::ProducerKind => "producer_kind",
        Facet::Stars => "stars_key",
        Facet::Certificate => "certificate_key",
        Facet::Season => "season",
        Facet::Availability => "availability",
        Facet::Price => "price_bands",
    }
}

/// The filter of one facet, if it has one. Codes were checked by [`Query::check`], so quoting is safe.
pub fn facet_filter(query: &Query, facet: Facet, today: u64) -> Option<String> {
    let f = &query.filters;
    let one_of = |codes: &[String]| {
        let quoted: Vec<String> = codes.iter().map(|c| format!("\"{c}\"")).collect();
        (!codes.is_empty()).then(|| format!("{} IN [{}]", field(facet), quoted.join(", ")))
    };
    match facet {
        Facet::Kind => f.kind.map(|k| format!("kind = {}", k.code())),
        Facet::Category => one_of(&f.category),
        Facet::Village => one_of(&f.village),
        Facet::ProducerKind => one_of(&f.producer_kind),
        Facet::Availability => one_of(&f.availability),
        Facet::Season => f.season.map(|m| format!("season = {m}")),
        Facet::Stars => {
            let stars: Vec<String> = f.stars.iter().map(u8::to_string).collect();
            (!stars.is_empty()).then(|| format!("stars IN [{}] AND stars_until >= {today}", stars.join(", ")))
        }
        Facet::Certificate => {
            let valid = |code: &String| format!("certificate_until.{} >= {today}", attribute(code));
            let any: Vec<String> = f.certificate.iter().map(valid).collect();
            (!any.is_empty()).then(|| format!("({})", any.join(" OR ")))
        }
        Facet::Price => {
            let least = f.price_min.map(|least| format!("price_max >= {least}"));
            let most = f.price_max.map(|most| format!("price_min <= {most}"));
            let both: Vec<String> = least.into_iter().chain(most).collect();
            (!both.is_empty()).then(|| both.join(" AND "))
        }
    }
}

/// What the words find, whatever the question is narrowed by; each clause must be met.
pub fn text_filter<'a>(commune: &'a str, words: &'a [String]) -> Vec<&'a str> {
    [commune].into_iter().chain(words.iter().map(String::as_str)).collect()
}

/// The filter of the question's commune.
pub fn commune_filter(query: &Query) -> String {
    format!("commune = {}", query.commune)
}

/// The stars that were typed, and all filters but that of `ignored`; none where nothing narrows.
pub fn filter(query: &Query, typed: &Typed, ignored: Option<Facet>, today: u64) -> Option<String> {
    let stars = match typed.stars {
        Some(StarsWanted::Any) => Some(format!("stars_until >= {today}")),
        Some(StarsWanted::Exactly(n)) => Some(format!("stars = {n} AND stars_until >= {today}")),
        None => None,
    };
    let facets = Facet::ALL.into_iter().filter(|facet| Some(*facet) != ignored);
    let parts: Vec<String> = stars.into_iter().chain(facets.filter_map(|f| facet_filter(query, f, today))).collect();
    (!parts.is_empty()).then(|| parts.join(" AND "))
}

#[cfg(test)]
mod tests {
    use time::{Date, Month};

    use super::*;
    use crate::search::settings::Settings;
    use crate::search::typed::Vocabulary;

    struct AsTyped;
    impl Vocabulary for AsTyped {
        fn knows(&self, _: &str) -> bool {
            true
        }
        fn knows_marked(&self, _: &str) -> bool {
            false
        }
    }

    fn read(text: &str) -> Typed {
        Typed::read(text, &Settings::bundled().unwrap(), &AsTyped)
    }

    #[test]
    fn filters_hold_the_day_and_leave_out_only_the_facet_that_is_counted() {
        let mut query = Query::new(10816, "", Date::from_calendar_date(2026, Month::November, 22).unwrap());
        query.filters.stars = vec![4, 5];
        query.filters.certificate = vec!["viet.gap".into()];
        query.filters.village = vec!["v1".into()];
        let typed = read("ocop ổi");
        let all = filter(&query, &typed, None, 20_261_122).unwrap();
        assert_eq!(
            all,
            "stars_until >= 20261122 AND village_code IN [\"v1\"] AND stars IN [4, 5] AND \
             stars_until >= 20261122 AND (certificate_until.viet_dot_gap >= 20261122)"
        );
        let without = filter(&query, &typed, Some(Facet::Village), 20_261_122).unwrap();
        assert_eq!(without, all.replace("village_code IN [\"v1\"] AND ", ""));
    }
}
