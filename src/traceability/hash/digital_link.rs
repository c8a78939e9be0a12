//! EPC URNs and GS1 Digital Links of any host as canonical links of `https://id.gs1.org`.
//!
//! What is kept is the finest level of identification only: a serial makes the lot superfluous (CBV 2.0 section 8.9.2,
//! rules 3 and 4 on identifiers; EPC Tag Data Standard 2.0 sections 6 and 8; GS1 Digital Link 1.2 section 4.11).

/// The canonical link of `uri`, or `None` when it is neither an EPC URN nor a GS1 Digital Link that names a known key.
pub fn canonical_link(uri: &str) -> Option<String> {
    let path = match uri.strip_prefix("urn:epc:") {
        Some(urn) => from_urn(urn)?,
        None => from_link(uri)?,
    };
    Some(format!("https://id.gs1.org/{path}"))
}

fn from_urn(urn: &str) -> Option<String> {
    let (kind, rest) = urn.split_once(':')?;
    let (scheme, body) = rest.split_once(':')?;
    match kind {
        "id" => from_epc(scheme, body),
        "class" if scheme == "lgtin" => {
            let (gtin, lot) = gtin_and_rest(body)?;
            Some(format!("01/{gtin}/10/{}", text_part(lot, 20)?))
        }
        "idpat" => from_pattern(scheme, body),
        _ => None,
    }
}

/// `urn:epc:id:…`: one object, place or party.
fn from_epc(scheme: &str, body: &str) -> Option<String> {
    match scheme {
        "sgtin" => {
            let (gtin, serial) = gtin_and_rest(body)?;
            Some(format!("01/{gtin}/21/{}", text_part(serial, 20)?))
        }
        "upui" => {
            let (gtin, serial) = gtin_and_rest(body)?;
            Some(format!("01/{gtin}/235/{}", text_part(serial, 28)?))
        }
        "itip" => {
            let (gtin, rest) = gtin_and_rest(body)?;
            let (piece, total, serial) = piece_of(rest)?;
            Some(format!("8006/{gtin}{piece}{total}/21/{}", text_part(serial, 20)?))
        }
        "sscc" => {
            let (prefix, reference) = prefix_and_reference(body, 17)?;
            let (extension, serial) = reference.split_at_checked(1)?;
            Some(format!("00/{}", with_check_digit(format!("{extension}{prefix}{serial}"))))
        }
        "sgln" => {
            let (gln, extension) = key_and_rest(body, 12, "")?;
            let extension = text_part(extension, 20)?;
            Some(if extension == "0" { format!("414/{gln}") } else { format!("414/{gln}/254/{extension}") })
        }
        "pgln" => {
            let (prefix, reference) = prefix_and_reference(body, 12)?;
            Some(format!("417/{}", with_check_digit(format!("{prefix}{reference}"))))
        }
        "grai" => {
            let (grai, serial) = key_and_rest(body, 12, "0")?;
            Some(format!("8003/{grai}{}", text_part(serial, 16)?))
        }
        "gdti" => {
            let (gdti, serial) = key_and_rest(body, 12, "")?;
            Some(format!("253/{gdti}{}", text_part(serial, 17)?))
        }
        "sgcn" => {
            let (sgcn, serial) = key_and_rest(body, 12, "")?;
            Some(format!("255/{sgcn}{}", digit_part(serial, 12)?))
        }
        "gsrn" | "gsrnp" => {
            let (prefix, reference) = prefix_and_reference(body, 17)?;
            let ai = if scheme == "gsrn" { "8018" } else { "8017" };
            Some(format!("{ai}/{}", with_check_digit(format!("{prefix}{reference}"))))
        }
        "gsin" => {
            let (prefix, reference) = prefix_and_reference(body, 16)?;
            Some(format!("402/{}", with_check_digit(format!("{prefix}{reference}"))))
        }
        "giai" | "ginc" => {
            let (prefix, reference) = company_prefix(body)?;
            let ai = if scheme == "giai" { "8004" } else { "401" };
            Some(format!("{ai}/{prefix}{}", text_part(reference, 30 - prefix.len())?))
        }
        "cpi" => {
            let (prefix, rest) = company_prefix(body)?;
            let (reference, serial) = rest.split_once('.')?;
            let reference = component_part(reference, 30 - prefix.len())?;
            Some(format!("8010/{prefix}{reference}/8011/{}", digit_part(serial, 12)?))
        }
        _ => None,
    }
}

/// `urn:epc:idpat:…`: a class, the serial left open with `*`.
fn from_pattern(scheme: &str, body: &str) -> Option<String> {
    let class = body.strip_suffix(".*")?;
    let ends = |rest: &str| rest.is_empty().then_some(());
    match scheme {
        "sgtin" | "upui" => {
            let (gtin, rest) = gtin_and_rest(class)?;
            ends(rest)?;
            Some(format!("01/{gtin}"))
        }
        "itip" => {
            let (gtin, rest) = gtin_and_rest(class)?;
            let (piece, total) = rest.split_once('.')?;
            Some(format!("8006/{gtin}{}{}", two_digits(piece)?, two_digits(total)?))
        }
        "grai" | "gdti" | "sgcn" => {
            let (lead, ai) = match scheme {
                "grai" => ("0", "8003"),
                "gdti" => ("", "253"),
                _ => ("", "255"),
            };
            let (key, rest) = key_and_rest(class, 12, lead)?;
            ends(rest)?;
            Some(format!("{ai}/{key}"))
        }
        "cpi" => {
            let (prefix, reference) = company_prefix(class)?;
            Some(format!("8010/{prefix}{}", component_part(reference, 30 - prefix.len())?))
        }
        _ => None,
    }
}

/// A company prefix of 6 to 12 digits, and what follows its dot.
fn company_prefix(body: &str) -> Option<(&str, &str)> {
    let (prefix, rest) = body.split_once('.')?;
    ((6..=12).contains(&prefix.len()) && all_digits(prefix)).then_some((prefix, rest))
}

/// A company prefix and a reference that have `digits` digits together and nothing after them.
fn prefix_and_reference(body: &str, digits: usize) -> Option<(&str, &str)> {
    let (prefix, reference) = company_prefix(body)?;
    (prefix.len() + reference.len() == digits && all_digits(reference)).then_some((prefix, reference))
}

/// The same, followed by a dot and more; the key with its check digit, led by `lead`, and the rest.
fn key_and_rest<'a>(body: &'a str, digits: usize, lead: &str) -> Option<(String, &'a str)> {
    let (prefix, rest) = company_prefix(body)?;
    let (reference, rest) = rest.split_once('.').unwrap_or((rest, ""));
    if prefix.len() + reference.len() != digits || !all_digits(reference) {
        return None;
    }
    Some((with_check_digit(format!("{lead}{prefix}{reference}")), rest))
}

/// A GTIN of 14 digits from `prefix.indicator-and-item.rest`, and the rest.
fn gtin_and_rest(body: &str) -> Option<(String, &str)> {
    let (prefix, rest) = company_prefix(body)?;
    let (item, rest) = rest.split_once('.').unwrap_or((rest, ""));
    if prefix.len() + item.len() != 13 || !all_digits(item) {
        return None;
    }
    let (indicator, item) = item.split_at_checked(1)?;
    Some((with_check_digit(format!("{indicator}{prefix}{item}")), rest))
}

/// `piece.total.serial` of a trade item piece.
fn piece_of(rest: &str) -> Option<(&str, &str, &str)> {
    let mut parts = rest.splitn(3, '.');
    Some((two_digits(parts.next()?)?, two_digits(parts.next()?)?, parts.next()?))
}

fn two_digits(text: &str) -> Option<&str> {
    (text.len() == 2 && all_digits(text)).then_some(text)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn digit_part(text: &str, most: usize) -> Option<&str> {
    ((1..=most).contains(&text.len()) && all_digits(text)).then_some(text)
}

/// Appends the GS1 mod-10 check digit (GS1 General Specifications section 7.9.1).
fn with_check_digit(mut digits: String) -> String {
    let weighted = digits.bytes().rev().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 });
    let sum: u32 = weighted.sum();
    digits.push(char::from(b'0' + ((10 - sum % 10) % 10) as u8));
    digits
}

/// Cuts `%hh` escapes and single characters out of `text`; `None` where an escape is broken.
fn units(text: &str) -> Option<Vec<&str>> {
    let mut units = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first == '%' { 3 } else { first.len_utf8() };
        let (unit, tail) = rest.split_at_checked(length)?;
        if first == '%' && !unit[1..].bytes().all(|b| b.is_ascii_hexdigit()) {
            return None;
        }
        units.push(unit);
        rest = tail;
    }
    Some(units)
}

/// The character that a unit stands for, if it is ASCII.
fn meaning(unit: &str) -> Option<char> {
    match unit.strip_prefix('%') {
        Some(hex) => u8::from_str_radix(hex, 16).ok().map(char::from),
        None => unit.chars().next(),
    }
}

/// Text of 1 to `most` characters of GS1's 82, escaped as in a URN, written as a link escapes it.
fn text_part(text: &str, most: usize) -> Option<String> {
    let units = units(text)?;
    if units.is_empty() || units.len() > most {
        return None;
    }
    let mut out = String::new();
    for unit in units {
        let c = meaning(unit)?;
        // What a URN must escape (EPC Tag Data Standard, annex A) may not stand bare in it.
        if !is_ai82(c) || (unit.len() == 1 && matches!(c, '"' | '%' | '&' | '/' | '<' | '>' | '?')) {
            return None;
        }
        match c {
            '!' | '(' | ')' | '*' | '+' | ',' | ':' if unit.len() == 1 => {
                out.push('%');
                out.push_str(&data_encoding::HEXUPPER.encode(&[c as u8]));
            }
            _ => out.push_str(unit),
        }
    }
    Some(out)
}

/// A component or part reference: capitals, digits, `-`, and `#` and `/` escaped.
fn component_part(text: &str, most: usize) -> Option<&str> {
    let units = units(text)?;
    let allowed = |unit: &&str| {
        let c = meaning(unit).unwrap_or(' ');
        c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-' || (unit.len() == 3 && matches!(c, '#' | '/'))
    };
    ((1..=most).contains(&units.len()) && units.iter().all(allowed)).then_some(text)
}

/// GS1's character set 82 (General Specifications, figure 7.11-1).
fn is_ai82(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!\"%&'()*+,-./:;<=>?_".contains(c)
}

/// A primary key: its AI, its short name, and the qualifiers that may follow, in their order.
struct Key {
    ai: &'static str,
    name: &'static str,
    qualifiers: &'static [(&'static str, &'static str)],
}

const KEYS: [Key; 14] = [
    Key { ai: "00", name: "sscc", qualifiers: &[] },
    Key { ai: "01", name: "gtin", qualifiers: &[("22", "cpv"), ("10", "lot"), ("21", "ser"), ("235", "tpx")] },
    Key { ai: "253", name: "gdti", qualifiers: &[] },
    Key { ai: "255", name: "gcn", qualifiers: &[] },
    Key { ai: "401", name: "ginc", qualifiers: &[] },
    Key { ai: "402", name: "gsin", qualifiers: &[] },
    Key { ai: "414", name: "gln", qualifiers: &[("254", "glnx")] },
    Key { ai: "417", name: "party", qualifiers: &[] },
    Key { ai: "8003", name: "grai", qualifiers: &[] },
    Key { ai: "8004", name: "giai", qualifiers: &[] },
    Key { ai: "8006", name: "itip", qualifiers: &[("22", "cpv"), ("10", "lot"), ("21", "ser")] },
    Key { ai: "8010", name: "cpid", qualifiers: &[("8011", "cpsn")] },
    Key { ai: "8017", name: "gsrnp", qualifiers: &[] },
    Key { ai: "8018", name: "gsrn", qualifiers: &[] },
];

/// A link of any host: what stands before the key is dropped, and so are query, fragment and coarser qualifiers.
fn from_link(uri: &str) -> Option<String> {
    let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"))?;
    let rest = &rest[..rest.find(['?', '#']).unwrap_or(rest.len())];
    let (host, path) = rest.split_once('/')?;
    if host.is_empty() {
        return None;
    }
    let segments: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
    (0..segments.len()).find_map(|start| from_segments(&segments[start..]))
}

/// `key/value` and then pairs of qualifiers, to the end of the path.
fn from_segments(segments: &[&str]) -> Option<String> {
    let (name, value) = (segments.first()?, segments.get(1)?);
    let key = KEYS.iter().find(|key| key.ai == *name || key.name == *name)?;
    let value = key_value(key.ai, value)?;
    let mut last = None;
    let mut finest = None;
    for pair in segments[2..].chunks(2) {
        let [name, value] = pair else { return None };
        let position = key.qualifiers.iter().position(|(ai, short)| ai == name || short == name)?;
        if last.is_some_and(|last| position <= last) {
            return None;
        }
        last = Some(position);
        let ai = key.qualifiers[position].0;
        let value = qualifier_value(ai, value)?;
        // A consumer product variant names no batch and no object, so it does not belong to the id.
        if ai != "22" {
            finest = Some((ai, value));
        }
    }
    Some(match finest {
        Some((ai, qualifier)) => format!("{}/{value}/{ai}/{qualifier}", key.ai),
        None => format!("{}/{value}", key.ai),
    })
}

fn key_value(ai: &str, value: &str) -> Option<String> {
    let digits = |length: usize| (value.len() == length && all_digits(value)).then(|| value.to_owned());
    let digits_then = |length: usize, most: usize| {
        let (key, serial) = value.split_at_checked(length)?;
        (all_digits(key) && (serial.is_empty() || is_link_text(serial, most))).then(|| value.to_owned())
    };
    match ai {
        "01" => {
            let fits = matches!(value.len(), 8 | 12 | 13 | 14) && all_digits(value);
            fits.then(|| format!("{value:0>14}"))
        }
        "00" | "8006" | "8017" | "8018" => digits(18),
        "402" => digits(17),
        "414" | "417" => digits(13),
        "253" => digits_then(13, 17),
        "255" => digits_then(13, 12).filter(|value| all_digits(value)),
        "8003" => digits_then(14, 16),
        // Company prefix first: a private path such as /401/about is no key.
        "401" | "8004" | "8010" => {
            let prefixed = value.len() > 4 && value.bytes().take(4).all(|b| b.is_ascii_digit());
            (prefixed && is_link_text(value, 30)).then(|| value.to_owned())
        }
        _ => None,
    }
}

fn qualifier_value(ai: &str, value: &str) -> Option<String> {
    let fits = match ai {
        "8011" => digit_part(value, 12).is_some(),
        "235" => is_link_text(value, 28),
        _ => is_link_text(value, 20),
    };
    fits.then(|| value.to_owned())
}

/// 1 to `most` characters of GS1's 82 (and `#`, for part references), bare or escaped.
fn is_link_text(text: &str, most: usize) -> bool {
    units(text).is_some_and(|units| {
        (1..=most).contains(&units.len())
            && units.iter().all(|unit| meaning(unit).is_some_and(|c| is_ai82(c) || (c == '#' && unit.len() == 3)))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_serial_is_counted_in_characters_not_in_escapes() {
        assert!(canonical_link(&format!("urn:epc:id:sgtin:4012345.011111.{}", "%22".repeat(20))).is_some());
        assert!(canonical_link(&format!("urn:epc:id:sgtin:4012345.011111.{}", "a".repeat(21))).is_none());
        assert!(canonical_link("urn:epc:id:sgtin:4012345.011111.%2").is_none());
        assert!(canonical_link("urn:epc:id:sgtin:4012345.011111.").is_none());
    }

    #[test]
    fn a_private_path_is_no_key() {
        for uri in [
            "https://sanvat.example/class/0190-lot",
            "https://sanvat.example/loc/01",
            "https://sanvat.example/401/about",
            "https:///01/04012345123456",
        ] {
            assert_eq!(canonical_link(uri), None, "{uri}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_link_is_its_own_canonical_form(prefix in "[0-9]{7}", item in "[0-9]{6}", serial in "[0-9A-Za-z_.-]{1,20}") {
            let link = canonical_link(&format!("urn:epc:id:sgtin:{prefix}.{item}.{serial}")).unwrap();
            prop_assert_eq!(canonical_link(&link), Some(link.clone()));
        }

        #[test]
        fn no_text_makes_it_panic(text in "(urn:epc:(id|class|idpat):(sgtin|sgln|itip|cpi|lgtin|sscc):|https://x/(01|253|8010)/)?\\PC{0,40}") {
            let _ = canonical_link(&text);
        }
    }
}
