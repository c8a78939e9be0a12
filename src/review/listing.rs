//! Lists whose filter, order and page are in the address, so that what is seen can be sent to a colleague, and
//! what is exported is what is seen.

use futures_util::future::BoxFuture;

use crate::web::{AppError, Ctx, Form, form};

/// Rows on one page of a table.
pub const ROWS: usize = 50;

/// The filter, order and page of a list, as in its address.
#[derive(Clone, Debug, Default)]
pub struct Listing {
    pairs: Vec<(String, String)>,
}

/// What is not part of a list's filter.
const PASSING: [&str; 5] = ["lang", "da-luu", "xong", "trang", "dang"];

impl Listing {
    /// From a request's address.
    pub fn of(ctx: &Ctx) -> Self {
        Self::parse(&ctx.query)
    }

    /// From a query, without `?`.
    pub fn parse(query: &str) -> Self {
        let form = Form::parse(query.as_bytes());
        let mut pairs: Vec<(String, String)> = Vec::new();
        for (name, value) in form.pairs() {
            let value: String = value.trim().chars().take(200).collect();
            if !value.is_empty() && !pairs.iter().any(|(n, _)| n == name) {
                pairs.push((name.clone(), value));
            }
        }
        Self { pairs }
    }

    /// A value; empty if it is not there.
    pub fn get(&self, name: &str) -> &str {
        self.pairs.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// A value that parses; None if it is missing or no such thing.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.get(name).parse().ok()
    }

    /// The page asked for, from 1.
    pub fn page(&self) -> usize {
        self.parsed("trang").unwrap_or(1).clamp(1, 100_000)
    }

    /// The filter and order as a query with `?`; empty if there is none.
    pub fn query(&self) -> String {
        self.with("", "")
    }

    /// As [`Listing::query`], with one value set (removed if empty).
    pub fn with(&self, name: &str, value: &str) -> String {
        let mut pairs: Vec<(String, String)> =
            self.pairs.iter().filter(|(n, _)| n != name && !PASSING.contains(&n.as_str())).cloned().collect();
        if !name.is_empty() && !value.is_empty() {
            pairs.push((name.to_owned(), value.to_owned()));
        }
        if pairs.is_empty() { String::new() } else { format!("?{}", form::encode(&pairs)) }
    }

    /// True if anything but the order is set.
    pub fn is_filtered(&self) -> bool {
        self.pairs.iter().any(|(n, _)| n != "sap" && !PASSING.contains(&n.as_str()))
    }

    /// The values as a form, for the filter's fields.
    pub fn form(&self) -> Form {
        let mut form = Form::default();
        for (name, value) in &self.pairs {
            form.push(name, value);
        }
        form
    }

    /// The column sorted by, and whether downwards.
    pub fn sorted(&self) -> (&str, bool) {
        let asked = self.get("sap");
        asked.strip_prefix('-').map_or((asked, false), |column| (column, true))
    }

    /// Link of a column's heading: sorts by it, or turns the order round.
    pub fn sort_link(&self, column: &str) -> String {
        let turned = self.sorted() == (column, false);
        let link = self.with("sap", &if turned { format!("-{column}") } else { column.to_owned() });
        if link.is_empty() { "?".to_owned() } else { link }
    }

    /// `aria-sort` of a column's heading; empty if the list is not sorted by it.
    pub fn aria_sort(&self, column: &str) -> &'static str {
        match self.sorted() {
            (sorted, false) if sorted == column => "ascending",
            (sorted, true) if sorted == column => "descending",
            _ => "",
        }
    }
}

/// Counts what a filter leaves and reads the page that the address asks for at once, over two connections: whoever
/// waits, waits for the longer of both. Past the end, the last page is read.
pub async fn counted<'a, C, T>(
    listing: &Listing,
    count: impl Future<Output = Result<C, AppError>> + Send,
    total: impl Fn(&C) -> usize,
    read: impl Fn(i64) -> BoxFuture<'a, Result<T, AppError>>,
) -> Result<(C, Pager, T), AppError> {
    let asked = (listing.page() - 1) * ROWS;
    let (counted, rows) = tokio::try_join!(count, read(asked as i64))?;
    let pager = Pager::of(listing, total(&counted));
    let rows = if pager.offset() == asked { rows } else { read(pager.offset() as i64).await? };
    Ok((counted, pager, rows))
}

/// One page of a list: which rows, and the ways to the others.
#[derive(Clone, Debug)]
pub struct Pager {
    /// First row, from 1; 0 of an empty list.
    pub from: usize,
    /// Last row.
    pub to: usize,
    /// All rows.
    pub total: usize,
    /// The page before.
    pub previous: Option<String>,
    /// The page after.
    pub next: Option<String>,
}

impl Pager {
    /// Keeps one page of `rows`.
    pub fn cut<T>(listing: &Listing, rows: &mut Vec<T>) -> Self {
        let pager = Self::of(listing, rows.len());
        *rows = rows.drain(..).skip(pager.offset()).take(ROWS).collect();
        pager
    }

    /// The page asked for of so many rows, which are read page by page.
    pub fn of(listing: &Listing, total: usize) -> Self {
        let pages = total.div_ceil(ROWS).max(1);
        let page = listing.page().min(pages);
        let start = (page - 1) * ROWS;
        let link = |page: usize| {
            let query = listing.query();
            format!("{}trang={page}", if query.is_empty() { "?".to_owned() } else { format!("{query}&") })
        };
        Self {
            from: if total == 0 { 0 } else { start + 1 },
            to: (start + ROWS).min(total),
            total,
            previous: (page > 1).then(|| link(page - 1)),
            next: (page < pages).then(|| link(page + 1)),
        }
    }

    /// Rows before this page.
    pub fn offset(&self) -> usize {
        self.from.saturating_sub(1)
    }

    /// True if there is more than one page.
    pub fn is_long(&self) -> bool {
        self.previous.is_some() || self.next.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_keep_the_filter_and_leave_the_page_behind() {
        let listing = Listing::parse("q=v%E1%BA%A3i&thon=&trang=3&lang=en&sap=ten");
        assert_eq!(listing.get("q"), "vải");
        assert_eq!(listing.page(), 3);
        assert_eq!(listing.query(), "?q=v%E1%BA%A3i&sap=ten");
        assert_eq!(listing.sort_link("ten"), "?q=v%E1%BA%A3i&sap=-ten");
        assert_eq!(listing.aria_sort("ten"), "ascending");
        assert_eq!(listing.aria_sort("thon"), "");
        assert!(listing.is_filtered());
        assert!(!Listing::parse("sap=ten").is_filtered());
    }

    #[test]
    fn a_page_past_the_end_is_the_last() {
        let listing = Listing::parse("trang=9");
        let mut rows: Vec<usize> = (0..120).collect();
        let pager = Pager::cut(&listing, &mut rows);
        assert_eq!((pager.from, pager.to, pager.total), (101, 120, 120));
        assert_eq!(pager.previous.as_deref(), Some("?trang=2"));
        assert_eq!(pager.next, None);
        let mut none: Vec<usize> = Vec::new();
        assert_eq!(Pager::cut(&Listing::parse("trang=-4"), &mut none).from, 0);
    }
}
