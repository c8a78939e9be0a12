//! The office's tables of producers and products: the filter of the address, the rows it leaves, their order.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::listing::Listing;
use super::names::Villages;
use super::register_store::{self as store, ProducerRow, ProductRow};
use crate::clock::Day;
use crate::fold::fold;
use crate::ids::{ProducerId, VillageId};
use crate::producers::model::{ProducerKind, State};
use crate::support::model::SupportKind;
use crate::support::store as support;
use crate::web::{AppError, Ctx};

/// A producer with what is counted of it.
#[derive(Clone, Debug)]
pub struct ProducerLine {
    /// Its row.
    pub row: ProducerRow,
    /// Approved products.
    pub products: i64,
    /// Most stars of its products that stand today.
    pub stars: Option<i32>,
    /// Kind (code) and day of the last support.
    pub support: Option<(String, Day)>,
}

/// The table of producers.
#[derive(Clone, Debug)]
pub struct ProducerTable {
    /// The rows that the filter leaves, in order.
    pub lines: Vec<ProducerLine>,
    /// Names of the villages.
    pub villages: Villages,
    /// Names of the kinds of support.
    pub kinds: Vec<SupportKind>,
}

/// Which producers are looked for.
#[derive(Clone, Debug, Default)]
struct ProducerFilter {
    words: String,
    digits: String,
    village: Option<VillageId>,
    kind: Option<ProducerKind>,
    state: Option<State>,
    supported: Option<bool>,
    stars: Option<StarsFilter>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StarsFilter {
    Any,
    None,
    Exactly(i32),
}

impl StarsFilter {
    fn of(word: &str) -> Option<Self> {
        match word {
            "co" => Some(Self::Any),
            "khong" => Some(Self::None),
            "3" | "4" | "5" => word.parse().ok().map(Self::Exactly),
            _ => None,
        }
    }

    fn takes(self, stars: Option<i32>) -> bool {
        match self {
            Self::Any => stars.is_some(),
            Self::None => stars.is_none(),
            Self::Exactly(wanted) => stars == Some(wanted),
        }
    }
}

fn yes_or_no(word: &str) -> Option<bool> {
    match word {
        "co" => Some(true),
        "chua" => Some(false),
        _ => None,
    }
}

impl ProducerFilter {
    fn of(listing: &Listing) -> Self {
        let words = fold(listing.get("q"));
        let digits: String = words.chars().filter(char::is_ascii_digit).collect();
        // Digits are a phone or a tax code only if nothing but digits and their separators was typed.
        let only = words.chars().all(|c| c.is_ascii_digit() || " .-+()".contains(c));
        Self {
            digits: if only && digits.len() >= 4 { digits } else { String::new() },
            words,
            village: listing.parsed("thon"),
            kind: listing.parsed("loai"),
            state: listing.parsed("tinh-trang"),
            supported: yes_or_no(listing.get("ho-tro")),
            stars: StarsFilter::of(listing.get("ocop")),
        }
    }

    fn takes(&self, line: &ProducerLine, year: i32) -> bool {
        let row = &line.row;
        let has = |field: &Option<String>| {
            !self.digits.is_empty() && field.as_deref().is_some_and(|text| text.contains(&self.digits))
        };
        (row.name_folded.contains(&self.words) || has(&row.phone) || has(&row.tax_code))
            && self.village.is_none_or(|village| row.village_id == Some(village))
            && self.kind.is_none_or(|kind| row.kind == kind.word())
            && self.state.is_none_or(|state| row.state == state)
            && self.stars.is_none_or(|stars| stars.takes(line.stars))
            && self
                .supported
                .is_none_or(|wanted| wanted == line.support.as_ref().is_some_and(|(_, day)| day.year() == year))
    }
}

/// Reads the table of producers as the address filters and orders it.
pub async fn producers(ctx: &Ctx, listing: &Listing) -> Result<ProducerTable, AppError> {
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let rows = store::producers(&mut cx, commune).await?;
    let counts: HashMap<ProducerId, i64> = store::product_counts(&mut cx, commune).await?.into_iter().collect();
    let mut stars: HashMap<ProducerId, i32> = HashMap::new();
    for (_, producer, count, _) in store::stars(&mut cx, commune, today).await? {
        let most = stars.entry(producer).or_insert(count);
        *most = (*most).max(count);
    }
    // The earliest come first, so the last of each producer stays.
    let given: HashMap<ProducerId, (String, Day)> =
        support::all_given(&mut cx, commune).await?.into_iter().map(|(id, kind, day)| (id, (kind, day))).collect();
    let villages = Villages::load(&mut cx, commune).await?;
    let kinds = support::all_kinds(&mut cx, commune).await?;
    let filter = ProducerFilter::of(listing);
    let mut lines: Vec<ProducerLine> = rows
        .into_iter()
        .map(|row| ProducerLine {
            products: counts.get(&row.id).copied().unwrap_or(0),
            stars: stars.get(&row.id).copied(),
            support: given.get(&row.id).cloned(),
            row,
        })
        .filter(|line| filter.takes(line, today.year()))
        .collect();
    order(&mut lines, listing, |column, a, b| match column {
        "thon" => fold(villages.name(a.row.village_id)).cmp(&fold(villages.name(b.row.village_id))),
        "loai" => a.row.kind.cmp(&b.row.kind),
        "san-pham" => a.products.cmp(&b.products),
        "ocop" => a.stars.cmp(&b.stars),
        "ho-tro" => a.support.as_ref().map(|s| s.1).cmp(&b.support.as_ref().map(|s| s.1)),
        "tinh-trang" => a.row.state.cmp(&b.row.state),
        "sua" => a.row.updated_at.cmp(&b.row.updated_at),
        _ => a.row.name_folded.cmp(&b.row.name_folded),
    });
    Ok(ProducerTable { lines, villages, kinds })
}

/// Sorts stably by the column of the address; rows come in by name.
fn order<T>(lines: &mut [T], listing: &Listing, compare: impl Fn(&str, &T, &T) -> Ordering) {
    let (column, downwards) = listing.sorted();
    lines.sort_by(|a, b| {
        let order = compare(column, a, b);
        if downwards { order.reverse() } else { order }
    });
}

/// A product with what is counted of it.
#[derive(Clone, Debug)]
pub struct ProductLine {
    /// Its row.
    pub row: ProductRow,
    /// Stars that stand today, and their last day.
    pub stars: Option<(i32, Day)>,
    /// Certificates that are valid today.
    pub valid: usize,
    /// Certificates that are not.
    pub ended: usize,
    /// Lots.
    pub lots: i64,
}

/// The table of products.
#[derive(Clone, Debug)]
pub struct ProductTable {
    /// The rows that the filter leaves, in order.
    pub lines: Vec<ProductLine>,
    /// Names of the villages.
    pub villages: Villages,
}

/// Reads the table of products as the address filters and orders it.
pub async fn products(ctx: &Ctx, listing: &Listing) -> Result<ProductTable, AppError> {
    let (commune, today) = (ctx.commune_id(), ctx.today());
    let mut conn = ctx.app.db.read().await?;
    let mut cx = conn.cx();
    let rows = store::products(&mut cx, commune).await?;
    let stars: HashMap<_, (i32, Day)> = store::stars(&mut cx, commune, today)
        .await?
        .into_iter()
        .map(|(product, _, stars, until)| (product, (stars, until)))
        .collect();
    let mut papers: HashMap<_, (usize, usize)> = HashMap::new();
    for (product, from, to) in store::certificates(&mut cx, commune).await? {
        let count = papers.entry(product).or_default();
        if from.is_none_or(|from| from <= today) && to.is_none_or(|to| today <= to) {
            count.0 += 1;
        } else {
            count.1 += 1;
        }
    }
    let lots: HashMap<_, i64> = store::lot_counts(&mut cx, commune).await?.into_iter().collect();
    let villages = Villages::load(&mut cx, commune).await?;
    let filter = ProductFilter::of(listing);
    let mut lines: Vec<ProductLine> = rows
        .into_iter()
        .map(|row| {
            let (valid, ended) = papers.get(&row.id).copied().unwrap_or_default();
            let lots = lots.get(&row.id).copied().unwrap_or(0);
            ProductLine { stars: stars.get(&row.id).copied(), valid, ended, lots, row }
        })
        .filter(|line| filter.takes(line))
        .collect();
    order(&mut lines, listing, |column, a, b| match column {
        "co-so" => fold(&a.row.producer_name).cmp(&fold(&b.row.producer_name)),
        "thon" => fold(villages.name(a.row.village_id)).cmp(&fold(villages.name(b.row.village_id))),
        "nhom" => a.row.category.cmp(&b.row.category),
        "gia" => a.row.price_min.cmp(&b.row.price_min),
        "chung-nhan" => a.valid.cmp(&b.valid),
        "ocop" => a.stars.cmp(&b.stars),
        "lo" => a.lots.cmp(&b.lots),
        "tinh-trang" => a.row.state.cmp(&b.row.state),
        "sua" => a.row.updated_at.cmp(&b.row.updated_at),
        _ => a.row.name_folded.cmp(&b.row.name_folded),
    });
    Ok(ProductTable { lines, villages })
}

#[derive(Clone, Debug, Default)]
struct ProductFilter {
    words: String,
    village: Option<VillageId>,
    kind: Option<ProducerKind>,
    state: Option<State>,
    category: String,
    papers: String,
    stars: Option<StarsFilter>,
}

impl ProductFilter {
    fn of(listing: &Listing) -> Self {
        Self {
            words: fold(listing.get("q")),
            village: listing.parsed("thon"),
            kind: listing.parsed("loai"),
            state: listing.parsed("tinh-trang"),
            category: listing.get("nhom").to_owned(),
            papers: listing.get("chung-nhan").to_owned(),
            stars: StarsFilter::of(listing.get("ocop")),
        }
    }

    fn takes(&self, line: &ProductLine) -> bool {
        let row = &line.row;
        let papers = match self.papers.as_str() {
            "con" => line.valid > 0,
            "het" => line.valid == 0 && line.ended > 0,
            "chua" => line.valid + line.ended == 0,
            _ => true,
        };
        papers
            && (row.name_folded.contains(&self.words) || fold(&row.producer_name).contains(&self.words))
            && self.village.is_none_or(|village| row.village_id == Some(village))
            && self.kind.is_none_or(|kind| row.producer_kind == kind.word())
            && self.state.is_none_or(|state| row.state == state)
            && (self.category.is_empty() || row.category == self.category)
            && self.stars.is_none_or(|stars| stars.takes(line.stars.map(|s| s.0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::producers::model::Channel;

    fn line(name: &str, phone: &str, stars: Option<i32>) -> ProducerLine {
        let at = Time::from_micros(1);
        ProducerLine {
            row: ProducerRow {
                id: ProducerId(uuid::Uuid::nil()),
                short: "abcd1234".to_owned(),
                state: State::Approved,
                kind: "cooperative".to_owned(),
                name: name.to_owned(),
                name_folded: fold(name),
                village_id: None,
                phone: Some(phone.to_owned()),
                tax_code: None,
                channel: Channel::OneSelf,
                created_at: at,
                updated_at: at,
            },
            products: 0,
            stars,
            support: Some(("fair".to_owned(), Day::new(2026, 1, 2).unwrap())),
        }
    }

    fn takes(query: &str, line: &ProducerLine) -> bool {
        ProducerFilter::of(&Listing::parse(query)).takes(line, 2026)
    }

    #[test]
    fn a_producer_is_found_by_name_without_marks_or_by_phone() {
        let one = line("HTX Vải Bến Sậy", "0912345678", Some(4));
        assert!(takes("", &one));
        assert!(takes("q=ben+say", &one));
        assert!(takes("q=0912+345", &one));
        assert!(!takes("q=htx+99", &one));
        assert!(!takes("q=mam", &one));
    }

    #[test]
    fn stars_and_support_filter_both_ways() {
        let with = line("A", "0912345678", Some(4));
        let without = line("B", "0912345678", None);
        assert!(takes("ocop=4", &with) && takes("ocop=co", &with) && !takes("ocop=5", &with));
        assert!(takes("ocop=khong", &without) && !takes("ocop=co", &without));
        assert!(takes("ho-tro=co", &with) && !takes("ho-tro=chua", &with));
        assert!(takes("ocop=nonsense&tinh-trang=zzz", &without), "what is no filter filters nothing");
    }
}
