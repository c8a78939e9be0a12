//! The fields of a product as people meet them: in which step each is asked, what it is called, how its value
//! reads. Field names are those of [`ProductContent`]; officers' notes and the diff of a review use them too.

use super::catalogue;
use super::model::ProductContent;
use super::season::season_text;
use crate::web::i18n::Lang;

/// A step of the product form; each is one page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Name and category.
    Name,
    /// Photos.
    Photos,
    /// Description, story, warnings.
    Words,
    /// Price, unit, net quantity.
    Price,
    /// Season, availability, keeping.
    Season,
    /// Origin, standards, GTIN.
    Origin,
    /// Certificates.
    Papers,
    /// Where it is sold.
    Channels,
}

impl Step {
    /// In the order in which they are asked.
    pub const ALL: [Self; 8] =
        [Self::Name, Self::Photos, Self::Words, Self::Price, Self::Season, Self::Origin, Self::Papers, Self::Channels];

    /// Its part of the address.
    pub const fn slug(self) -> &'static str {
        match self {
            Self::Name => "ten",
            Self::Photos => "anh",
            Self::Words => "mo-ta",
            Self::Price => "gia",
            Self::Season => "mua-vu",
            Self::Origin => "nguon-goc",
            Self::Papers => "giay-to",
            Self::Channels => "noi-ban",
        }
    }

    /// The step of this address.
    pub fn from_slug(slug: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.slug() == slug)
    }

    /// What it is about.
    pub const fn title(self, lang: Lang) -> &'static str {
        match self {
            Self::Name => lang.pick("Tên và nhóm hàng", "Name and kind"),
            Self::Photos => lang.pick("Ảnh", "Photos"),
            Self::Words => lang.pick("Giới thiệu", "About it"),
            Self::Price => lang.pick("Giá và quy cách", "Price and pack"),
            Self::Season => lang.pick("Mùa vụ và còn hàng", "Season and stock"),
            Self::Origin => lang.pick("Nguồn gốc và tiêu chuẩn", "Origin and standards"),
            Self::Papers => lang.pick("Giấy chứng nhận", "Certificates"),
            Self::Channels => lang.pick("Nơi bán", "Where it is sold"),
        }
    }

    /// The fields it asks for.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::Name => &["name", "name_en", "category"],
            Self::Photos => &["photos"],
            Self::Words => &["description", "story", "warnings", "description_en", "story_en"],
            Self::Price => &["price", "unit", "net_quantity"],
            Self::Season => &["season", "season_peak", "availability", "shelf_life_days", "storage"],
            Self::Origin => &["origin", "standards", "gtin"],
            Self::Papers => &["certificates"],
            Self::Channels => &["channels"],
        }
    }

    /// The step that asks for a field; the first one for a field that is not known.
    pub fn of_field(field: &str) -> Self {
        Self::ALL.into_iter().find(|step| step.fields().contains(&field)).unwrap_or(Self::Name)
    }

    /// From 1.
    pub fn number(self) -> usize {
        Self::ALL.iter().position(|step| *step == self).map_or(1, |at| at + 1)
    }

    /// The one after it.
    pub fn next(self) -> Option<Self> {
        Self::ALL.get(self.number()).copied()
    }

    /// True if nothing in it must be told.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::Papers | Self::Channels)
    }

    /// True if everything that must be told here is.
    pub fn is_done(self, content: &ProductContent) -> bool {
        self.fields().iter().all(|field| !is_missing(content, field))
            && (!self.is_optional() || self.fields().iter().any(|field| !shown(content, field, Lang::Vi).is_empty()))
    }

    /// True if something of it is told.
    pub fn is_begun(self, content: &ProductContent) -> bool {
        self.fields().iter().any(|field| !shown(content, field, Lang::Vi).is_empty())
    }

    /// Its answers in one line, for the task list.
    pub fn summary(self, content: &ProductContent, lang: Lang) -> String {
        let shown = |field| shown(content, field, lang);
        let parts = match self {
            Self::Name => vec![shown("name"), shown("category")],
            Self::Words => vec![content.description.clone()],
            Self::Price => vec![shown("price"), shown("net_quantity")],
            Self::Season if content.availability.is_none() => vec![],
            Self::Season => vec![shown("season"), shown("availability")],
            Self::Origin => vec![shown("origin")],
            Self::Papers => content
                .certificates
                .iter()
                .map(|c| catalogue::certificate_kind_name(&c.kind, lang).to_owned())
                .collect(),
            Self::Channels => content.channels.iter().map(|c| c.name.clone()).collect(),
            Self::Photos => vec![shown("photos")],
        };
        let whole = parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        match whole.char_indices().nth(90) {
            Some((at, _)) => format!("{}…", whole[..at].trim_end()),
            None => whole,
        }
    }
}

/// Every field, in the order of the steps.
pub fn all() -> impl Iterator<Item = &'static str> {
    Step::ALL.into_iter().flat_map(|step| step.fields().iter().copied())
}

/// What a field is called; its own name for one that is not known.
pub fn label(field: &str, lang: Lang) -> &str {
    let (vi, en) = match field {
        "name" => ("Tên sản phẩm", "Name"),
        "name_en" => ("Tên tiếng Anh", "English name"),
        "category" => ("Nhóm hàng", "Kind"),
        "photos" => ("Ảnh", "Photos"),
        "description" => ("Mô tả", "Description"),
        "description_en" => ("Mô tả bằng tiếng Anh", "Description in English"),
        "story" => ("Câu chuyện", "Story"),
        "story_en" => ("Câu chuyện bằng tiếng Anh", "Story in English"),
        "warnings" => ("Lưu ý khi dùng", "Warnings"),
        "price" => ("Giá", "Price"),
        "unit" => ("Đơn vị tính", "Unit"),
        "net_quantity" => ("Quy cách", "Pack"),
        "season" => ("Tháng có bán", "Months"),
        "season_peak" => ("Tháng rộ", "At its best"),
        "availability" => ("Còn hàng", "Availability"),
        "shelf_life_days" => ("Để được bao lâu", "Keeps for"),
        "storage" => ("Cách giữ", "Storage"),
        "origin" => ("Nơi làm ra", "Origin"),
        "standards" => ("Tiêu chuẩn áp dụng", "Standards"),
        "gtin" => ("Số mã vạch", "Barcode number"),
        "certificates" => ("Giấy chứng nhận", "Certificates"),
        "channels" => ("Nơi bán", "Where it is sold"),
        other => return other,
    };
    lang.pick(vi, en)
}

/// A field's value as people read it; "" if it is not told.
pub fn shown(content: &ProductContent, field: &str, lang: Lang) -> String {
    let unit = catalogue::unit_name(&content.unit, lang);
    match field {
        "name" => content.name.clone(),
        "name_en" => content.name_en.clone(),
        "category" => match catalogue::category(&content.category) {
            Some(category) => category.name(lang).to_owned(),
            None => content.category.clone(),
        },
        "photos" => match (content.photos.len(), lang) {
            (0, _) => String::new(),
            (n, Lang::Vi) => format!("{n} ảnh"),
            (1, Lang::En) => "1 photo".to_owned(),
            (n, Lang::En) => format!("{n} photos"),
        },
        "description" => content.description.clone(),
        "description_en" => content.description_en.clone(),
        "story" => content.story.clone(),
        "story_en" => content.story_en.clone(),
        "warnings" => content.warnings.clone(),
        "price" if unit.is_empty() => String::new(),
        "price" if content.price.min().is_none() => content.price.text(lang),
        "price" => format!("{} / {unit}", content.price.text(lang)),
        "unit" => unit.to_owned(),
        "net_quantity" => content.net_quantity.clone(),
        "season" => season_text(&content.season, lang),
        "season_peak" if content.season_peak.is_empty() => String::new(),
        "season_peak" => season_text(&content.season_peak, lang),
        "availability" => content.availability.map(|a| a.label(lang)).unwrap_or_default().to_owned(),
        "shelf_life_days" => content.shelf_life_days.map(|n| days(n, lang)).unwrap_or_default(),
        "storage" => content.storage.clone(),
        "origin" => content.origin.clone(),
        "standards" => content.standards.clone(),
        "gtin" => content.gtin.clone(),
        "certificates" => certificates(content, lang),
        "channels" => channels(content),
        _ => String::new(),
    }
}

fn days(n: i32, lang: Lang) -> String {
    match (n, lang) {
        (n, Lang::Vi) => format!("{n} ngày"),
        (1, Lang::En) => "1 day".to_owned(),
        (n, Lang::En) => format!("{n} days"),
    }
}

fn certificates(content: &ProductContent, lang: Lang) -> String {
    let line = |c: &super::model::CertificateContent| {
        let mut parts = vec![catalogue::certificate_kind_name(&c.kind, lang).to_owned(), c.number.clone()];
        parts.push(c.issuer.clone());
        parts.push(c.scope.clone());
        match (c.issued_on, c.expires_on) {
            (Some(from), Some(to)) => parts.push(format!("{} – {}", from.text(), to.text())),
            (Some(from), None) => parts.push(format!("{} {}", lang.pick("cấp", "issued"), from.text())),
            (None, Some(to)) => parts.push(format!("{} {}", lang.pick("đến", "until"), to.text())),
            (None, None) => {}
        }
        parts.push(c.file.map(|_| lang.pick("có tệp", "with file").to_owned()).unwrap_or_default());
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    };
    content.certificates.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn channels(content: &ProductContent) -> String {
    let line = |c: &super::model::SalesChannel| {
        [&c.name, &c.note, &c.url].into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
    };
    content.channels.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// True if a field must be told before the product is handed in, and is not. A price "on request" is an answer;
/// its unit tells that the question was met.
pub fn is_missing(content: &ProductContent, field: &str) -> bool {
    match field {
        "name" => content.name.is_empty(),
        "category" => catalogue::category(&content.category).is_none(),
        "photos" => content.photos.is_empty(),
        "description" => content.description.is_empty(),
        "price" => content.unit.is_empty(),
        "availability" => content.availability.is_none(),
        "origin" => content.origin.is_empty(),
        _ => false,
    }
}

/// The fields that must still be told, in the order of the steps.
pub fn missing(content: &ProductContent) -> Vec<&'static str> {
    all().filter(|field| is_missing(content, field)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::amounts::Dong;
    use crate::products::model::{Availability, Price};

    #[test]
    fn every_field_of_the_content_is_asked_once_and_named() {
        let json = serde_json::to_value(ProductContent::default()).unwrap();
        let mut asked: Vec<&str> = all().collect();
        for field in json.as_object().unwrap().keys() {
            assert!(asked.contains(&field.as_str()), "{field} is asked in no step");
            assert_ne!(label(field, Lang::Vi), field, "{field} has no name");
            assert_ne!(label(field, Lang::En), field, "{field} has no name");
        }
        let count = asked.len();
        asked.sort_unstable();
        asked.dedup();
        assert_eq!(asked.len(), count);
        assert_eq!(asked.len(), json.as_object().unwrap().len());
    }

    #[test]
    fn what_is_missing_is_named() {
        let mut content = ProductContent::default();
        assert_eq!(missing(&content), ["name", "category", "photos", "description", "price", "availability", "origin"]);
        content.name = "Ổi lê".to_owned();
        content.category = "food-fresh-produce".to_owned();
        content.unit = "kg".to_owned();
        content.availability = Some(Availability::InStock);
        assert_eq!(missing(&content), ["photos", "description", "origin"]);
    }

    #[test]
    fn a_price_reads_with_its_unit() {
        let mut content = ProductContent { unit: "kg".to_owned(), ..ProductContent::default() };
        assert_eq!(shown(&content, "price", Lang::Vi), "Hỏi giá");
        content.price = Price::Range(Dong(20_000), Dong(30_000));
        assert_eq!(shown(&content, "price", Lang::Vi), "20.000 – 30.000 đ / kg");
    }

    #[test]
    fn a_long_summary_is_cut_at_a_character() {
        let content = ProductContent { description: "ầ".repeat(1000), ..ProductContent::default() };
        assert_eq!(Step::Words.summary(&content, Lang::Vi).chars().count(), 91);
    }

    #[test]
    fn steps_are_found_by_their_address() {
        for step in Step::ALL {
            assert_eq!(Step::from_slug(step.slug()), Some(step));
        }
        assert_eq!(Step::from_slug("khong-co"), None);
        assert_eq!(Step::Channels.next(), None);
        assert_eq!(Step::Name.next(), Some(Step::Photos));
    }
}
