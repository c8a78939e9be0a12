//! The fields of a producer's or product's content, live and under review, with what changed in each.
//! Start at [`producer_fields`] and [`product_fields`].

use std::fmt::Write;

use crate::accounts::model::Phone;
use crate::ids::FileId;
use crate::producers::model::ProducerContent;
use crate::products::model::{CertificateContent, ProductContent, SalesChannel};
use crate::web::i18n::Lang;

use super::diff::{Bit, Mark, text_diff};
use super::names::{self, Villages};
use super::texts::Texts;

/// A field of a content, in both editions.
#[derive(Clone, Debug)]
pub struct Field {
    /// Name of the field in the content; an officer's words on it are kept under this.
    pub key: &'static str,
    /// Name for people.
    pub label: &'static str,
    /// The live value.
    pub old: Vec<Bit>,
    /// The value under review.
    pub new: Vec<Bit>,
    /// True if the two differ.
    pub changed: bool,
}

impl Field {
    /// True if each bit is a line of its own: certificates, places of sale.
    pub fn is_lines(&self) -> bool {
        matches!(self.key, "certificates" | "channels")
    }

    /// True if nothing is told in the new edition.
    pub fn is_empty(&self) -> bool {
        self.new.is_empty()
    }
}

fn long_text(key: &'static str, label: &'static str, old: &str, new: &str) -> Field {
    let (old_bits, new_bits) = text_diff(old, new);
    Field { key, label, old: old_bits, new: new_bits, changed: old != new }
}

/// A short value, compared as a whole: a price or a month is not read word by word.
fn value(key: &'static str, label: &'static str, old: String, new: String, changed: bool) -> Field {
    let bit = |text: String, mark| {
        let mark = if changed { mark } else { Mark::Same };
        if text.is_empty() { Vec::new() } else { vec![Bit::words(mark, text)] }
    };
    Field { key, label, old: bit(old, Mark::Gone), new: bit(new, Mark::New), changed }
}

fn list(key: &'static str, label: &'static str, old: Vec<Bit>, new: Vec<Bit>) -> Field {
    let changed =
        old.iter().map(|b| (&b.text, b.picture, b.paper)).ne(new.iter().map(|b| (&b.text, b.picture, b.paper)));
    let marked = |bits: &[Bit], others: &[Bit], mark| {
        bits.iter()
            .map(|bit| {
                let same = others.iter().any(|o| (&o.text, o.picture, o.paper) == (&bit.text, bit.picture, bit.paper));
                Bit { mark: if same { Mark::Same } else { mark }, ..bit.clone() }
            })
            .collect::<Vec<_>>()
    };
    let (old_bits, new_bits) = (marked(&old, &new, Mark::Gone), marked(&new, &old, Mark::New));
    Field { key, label, old: old_bits, new: new_bits, changed }
}

/// A tax code as the office sees it: a twelve-digit personal number but for its last three digits hidden
/// (DOMAIN.md §5).
pub fn tax_code(code: &str) -> String {
    if code.len() == 12 && code.bytes().all(|b| b.is_ascii_digit()) {
        format!("•••••••••{}", &code[9..])
    } else {
        code.to_owned()
    }
}

/// A phone in groups, or as it stands.
pub fn phone(digits: &str) -> String {
    Phone::parse(digits).map_or_else(|_| digits.to_owned(), |phone| phone.grouped())
}

/// Every field of a producer, live and under review.
pub fn producer_fields(old: &ProducerContent, new: &ProducerContent, villages: &Villages, lang: Lang) -> Vec<Field> {
    let t = Texts(lang);
    let kind = |c: &ProducerContent| c.kind.map(|k| k.label(lang).to_owned()).unwrap_or_default();
    let village = |c: &ProducerContent| villages.name(c.village).to_owned();
    let picture = |c: &ProducerContent| c.picture.into_iter().map(|id| photo(id, 1, lang)).collect();
    vec![
        value("kind", t.f_kind(), kind(old), kind(new), old.kind != new.kind),
        long_text("name", t.f_name(), &old.name, &new.name),
        value("village", t.f_village(), village(old), village(new), old.village != new.village),
        long_text("representative", t.f_representative(), &old.representative, &new.representative),
        value("phone", t.f_phone(), phone(&old.phone), phone(&new.phone), old.phone != new.phone),
        long_text("address", t.f_address(), &old.address, &new.address),
        value(
            "tax_code",
            t.f_tax_code(),
            tax_code(&old.tax_code),
            tax_code(&new.tax_code),
            old.tax_code != new.tax_code,
        ),
        long_text("story", t.f_story(), &old.story, &new.story),
        long_text("story_en", t.f_story_en(), &old.story_en, &new.story_en),
        value("website", t.f_website(), old.website.clone(), new.website.clone(), old.website != new.website),
        list("picture", t.f_picture(), picture(old), picture(new)),
    ]
}

/// Every field of a product, live and under review.
pub fn product_fields(old: &ProductContent, new: &ProductContent, lang: Lang) -> Vec<Field> {
    let t = Texts(lang);
    let category = |c: &ProductContent| names::category(&c.category, lang);
    let price = |c: &ProductContent| price(c, lang);
    let season = |months: &[u8]| season(months, lang);
    let availability = |c: &ProductContent| c.availability.map(|a| a.label(lang).to_owned()).unwrap_or_default();
    let days = |c: &ProductContent| c.shelf_life_days.map(|n| t.days(n)).unwrap_or_default();
    let photos =
        |c: &ProductContent| c.photos.iter().enumerate().map(|(at, id)| photo(*id, at + 1, lang)).collect::<Vec<_>>();
    let papers = |c: &ProductContent| c.certificates.iter().map(|one| certificate(one, lang)).collect::<Vec<_>>();
    let channels = |c: &ProductContent| c.channels.iter().map(channel).collect::<Vec<_>>();
    vec![
        list("photos", t.f_photos(), photos(old), photos(new)),
        long_text("name", t.f_product_name(), &old.name, &new.name),
        long_text("name_en", t.f_name_en(), &old.name_en, &new.name_en),
        value("category", t.f_category(), category(old), category(new), old.category != new.category),
        value("price", t.f_price(), price(old), price(new), (old.price, &old.unit) != (new.price, &new.unit)),
        long_text("net_quantity", t.f_net_quantity(), &old.net_quantity, &new.net_quantity),
        long_text("description", t.f_description(), &old.description, &new.description),
        long_text("description_en", t.f_description_en(), &old.description_en, &new.description_en),
        long_text("story", t.f_story(), &old.story, &new.story),
        long_text("story_en", t.f_story_en(), &old.story_en, &new.story_en),
        long_text("warnings", t.f_warnings(), &old.warnings, &new.warnings),
        long_text("origin", t.f_origin(), &old.origin, &new.origin),
        value("season", t.f_season(), season(&old.season), season(&new.season), old.season != new.season),
        value(
            "season_peak",
            t.f_season_peak(),
            peak(&old.season_peak, lang),
            peak(&new.season_peak, lang),
            old.season_peak != new.season_peak,
        ),
        value(
            "availability",
            t.f_availability(),
            availability(old),
            availability(new),
            old.availability != new.availability,
        ),
        value("shelf_life_days", t.f_shelf_life(), days(old), days(new), old.shelf_life_days != new.shelf_life_days),
        long_text("storage", t.f_storage(), &old.storage, &new.storage),
        long_text("standards", t.f_standards(), &old.standards, &new.standards),
        value("gtin", t.f_gtin(), old.gtin.clone(), new.gtin.clone(), old.gtin != new.gtin),
        list("certificates", t.f_certificates(), papers(old), papers(new)),
        list("channels", t.f_channels(), channels(old), channels(new)),
    ]
}

fn photo(id: FileId, number: usize, lang: Lang) -> Bit {
    Bit { mark: Mark::Same, text: Texts(lang).photo(number), picture: Some(id), paper: None }
}

fn price(content: &ProductContent, lang: Lang) -> String {
    match content.price.min() {
        None => content.price.text(lang),
        Some(_) => format!("{} / {}", content.price.text(lang), names::unit(&content.unit, lang)),
    }
}

fn season(months: &[u8], lang: Lang) -> String {
    if months.is_empty() { Texts(lang).all_year().to_owned() } else { peak(months, lang) }
}

fn peak(months: &[u8], lang: Lang) -> String {
    let months = months.iter().map(u8::to_string).collect::<Vec<_>>().join(", ");
    if months.is_empty() { months } else { Texts(lang).months(months) }
}

fn certificate(one: &CertificateContent, lang: Lang) -> Bit {
    let t = Texts(lang);
    let mut text = names::certificate(&one.kind, lang);
    // Writing to a String does not fail.
    if !one.number.is_empty() {
        let _ = write!(text, ", {} {}", t.cert_number(), one.number);
    }
    for part in [&one.issuer, &one.scope] {
        if !part.is_empty() {
            let _ = write!(text, ", {part}");
        }
    }
    if let Some(day) = one.issued_on {
        let _ = write!(text, ", {} {day}", t.cert_from());
    }
    if let Some(day) = one.expires_on {
        let _ = write!(text, " {} {day}", t.cert_to());
    }
    Bit { mark: Mark::Same, text, picture: None, paper: one.file }
}

fn channel(one: &SalesChannel) -> Bit {
    let parts = [one.name.as_str(), one.note.as_str(), one.url.as_str()];
    Bit::words(Mark::Same, parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amounts::Dong;
    use crate::products::model::Price;

    #[test]
    fn changed_price_and_photos_are_told_and_other_fields_are_not() {
        let photos: Vec<FileId> = (1..4).map(|n| FileId(uuid::Uuid::from_u128(n))).collect();
        let old = ProductContent {
            name: "Ổi lê".to_owned(),
            unit: "kg".to_owned(),
            price: Price::Exact(Dong(20_000)),
            photos: vec![photos[0], photos[1]],
            ..ProductContent::default()
        };
        let new =
            ProductContent { price: Price::Exact(Dong(22_000)), photos: vec![photos[0], photos[2]], ..old.clone() };
        let fields = product_fields(&old, &new, Lang::Vi);
        let changed: Vec<&str> = fields.iter().filter(|f| f.changed).map(|f| f.key).collect();
        assert_eq!(changed, ["photos", "price"]);
        let price = fields.iter().find(|f| f.key == "price").unwrap();
        assert_eq!(price.old[0].text, "20.000 đ / kg");
        assert_eq!(price.new[0].text, "22.000 đ / kg");
        let shown = fields.iter().find(|f| f.key == "photos").unwrap();
        assert_eq!(shown.new.iter().map(|b| b.mark).collect::<Vec<_>>(), [Mark::Same, Mark::New]);
    }

    #[test]
    fn a_personal_number_is_masked_and_a_tax_code_is_not() {
        assert_eq!(tax_code("031098001234"), "•••••••••234");
        assert_eq!(tax_code("0100233488"), "0100233488");
        assert_eq!(tax_code("0100233488-001"), "0100233488-001");
        assert_eq!(tax_code(""), "");
        let old = ProducerContent { tax_code: "031098001234".to_owned(), ..ProducerContent::default() };
        let new = ProducerContent { tax_code: "031098009234".to_owned(), ..ProducerContent::default() };
        let fields = producer_fields(&old, &new, &Villages::default(), Lang::Vi);
        let shown = fields.iter().find(|f| f.changed).unwrap();
        assert_eq!(shown.key, "tax_code");
        assert!(fields.iter().flat_map(|f| f.old.iter().chain(&f.new)).all(|bit| !bit.text.contains("031098")));
    }
}
