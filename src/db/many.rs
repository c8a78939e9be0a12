//! Lists of ids and many rows in one statement, in a way both engines take.

use std::iter::{Chain, Copied, Repeat, Take};
use std::slice::Iter;

use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{Encode, FromRow, Postgres, Sqlite, Type};

use super::{Cx, Result, on};
use crate::ids::CommuneId;

/// What both engines take for an id.
pub trait Id:
    Copy + Send + Type<Sqlite> + Type<Postgres> + for<'q> Encode<'q, Sqlite> + for<'q> Encode<'q, Postgres> + 'static
{
}

impl<T> Id for T where
    T: Copy
        + Send
        + Type<Sqlite>
        + Type<Postgres>
        + for<'q> Encode<'q, Sqlite>
        + for<'q> Encode<'q, Postgres>
        + 'static
{
}

/// What either engine's rows become.
pub trait Row: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

impl<T> Row for T where T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}

/// How many ids one text takes; the smallest first. Numbered parameters take SQLite longer the more there are (see
/// [`Rows`]): a thousand some 2 ms, four thousand 40.
const LENGTHS: [usize; 6] = [1, 4, 16, 64, 256, 1_024];

/// A statement with a list of ids in it, as texts of a few fixed lengths, so that each is prepared once.
pub struct WithIds([String; 6]);

/// Ids to bind to a text: those of the list, and its first as often as there are places left.
pub type Bound<'a, T> = Take<Chain<Copied<Iter<'a, T>>, Repeat<T>>>;

impl WithIds {
    /// The most ids of one statement.
    pub const MOST: usize = LENGTHS[LENGTHS.len() - 1];

    /// `open $first, $first+1, … close`.
    pub fn new(open: &str, first: usize, close: &str) -> Self {
        Self(LENGTHS.map(|count| {
            let ids: Vec<String> = (first..first + count).map(|number| format!("${number}")).collect();
            format!("{open}{}{close}", ids.join(", "))
        }))
    }

    /// The text for one of `ids.chunks(WithIds::MOST)`, and what to bind to it.
    pub fn of<'a, T: Copy>(&'static self, ids: &'a [T]) -> (&'static str, Bound<'a, T>) {
        let at = LENGTHS.iter().position(|count| *count >= ids.len()).unwrap_or(LENGTHS.len() - 1);
        (&self.0[at], ids.iter().copied().chain(std::iter::repeat(ids[0])).take(LENGTHS[at]))
    }

    /// The rows for any number of ids, for a statement of the commune (`$1`) and its ids; in order within each
    /// [`WithIds::MOST`] of them.
    pub async fn rows<R: Row>(&'static self, cx: &mut Cx<'_>, commune: CommuneId, ids: &[impl Id]) -> Result<Vec<R>> {
        let mut all = Vec::new();
        for ids in ids.chunks(Self::MOST) {
            let (sql, ids) = self.of(ids);
            let rows: Vec<R> = on!(cx, c => {
                let mut query = sqlx::query_as(sql).bind(commune);
                for id in ids {
                    query = query.bind(id);
                }
                query.fetch_all(c).await
            })?;
            all.extend(rows);
        }
        Ok(all)
    }

    /// Runs a statement of the commune (`$1`) and its ids for any number of them.
    pub async fn run(&'static self, cx: &mut Cx<'_>, commune: CommuneId, ids: &[impl Id]) -> Result<()> {
        for ids in ids.chunks(Self::MOST) {
            let (sql, ids) = self.of(ids);
            on!(cx, c => {
                let mut query = sqlx::query(sql).bind(commune);
                for id in ids {
                    query = query.bind(id);
                }
                query.execute(c).await.map(drop)
            })?;
        }
        Ok(())
    }
}

/// How many rows one statement adds, unless it is told; the largest first.
const ROWS: [usize; 3] = [100, 10, 1];

/// A statement that adds rows, as texts for some numbers of them, so that each is prepared once. All columns are bound
/// for each row, the commune too.
///
/// SQLite looks a numbered parameter's name up in a list that it walks from its beginning, and sqlx asks for the name
/// of each: a thousand numbered ones take longer to bind than their rows to be written. So SQLite gets bare `?`.
pub struct Rows(Vec<RowsText>);

/// The texts for a number of rows.
struct RowsText {
    rows: usize,
    sqlite: String,
    postgres: String,
}

impl Rows {
    /// `open (…), (…) close` for a hundred rows, ten and one.
    pub fn new(open: &str, columns: usize, close: &str) -> Self {
        Self::of_lengths(&ROWS, open, columns, close)
    }

    /// The same for these numbers of rows, the largest first.
    pub fn of_lengths(lengths: &[usize], open: &str, columns: usize, close: &str) -> Self {
        let text = |rows: usize, place: &dyn Fn(usize) -> String| {
            let row = |row: usize| {
                let places: Vec<String> = (0..columns).map(|column| place(1 + row * columns + column)).collect();
                format!("({})", places.join(", "))
            };
            format!("{open}{}{close}", (0..rows).map(row).collect::<Vec<_>>().join(", "))
        };
        let texts = lengths.iter().map(|rows| RowsText {
            rows: *rows,
            sqlite: text(*rows, &|_| "?".to_owned()),
            postgres: text(*rows, &|number| format!("${number}")),
        });
        Self(texts.collect())
    }

    /// The rows in pieces, each with the text that takes as many.
    pub fn chunks<'a, T>(
        &'static self,
        cx: &Cx<'_>,
        rows: &'a [T],
    ) -> impl Iterator<Item = (&'static str, &'a [T])> + use<'a, T> {
        let is_sqlite = matches!(cx, Cx::Sqlite(_));
        let mut rest = rows;
        std::iter::from_fn(move || {
            let text = self.0.iter().find(|text| text.rows <= rest.len())?;
            let (chunk, after) = rest.split_at(text.rows);
            rest = after;
            Some((text.of(is_sqlite), chunk))
        })
    }

    /// The least text that takes at least so many rows, and how many it takes; none if there are more than the
    /// longest takes.
    pub fn fitting(&'static self, cx: &Cx<'_>, rows: usize) -> Option<(&'static str, usize)> {
        let text = self.0.iter().rfind(|text| text.rows >= rows)?;
        Some((text.of(matches!(cx, Cx::Sqlite(_))), text.rows))
    }
}

impl RowsText {
    fn of(&self, is_sqlite: bool) -> &str {
        if is_sqlite { &self.sqlite } else { &self.postgres }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use sqlx::Connection as _;

    use super::*;

    #[test]
    fn a_list_is_filled_up_to_the_length_of_its_text() {
        static STATEMENT: LazyLock<WithIds> = LazyLock::new(|| WithIds::new("x IN (", 2, ")"));
        let statement = &*STATEMENT;
        assert_eq!(statement.of(&[7]).0, "x IN ($2)");
        let (text, ids) = statement.of(&[7, 8, 9]);
        assert!(text.starts_with("x IN ($2, $3") && text.ends_with(", $5)"), "{text}");
        let ids: Vec<i32> = ids.collect();
        assert_eq!(ids, [7, 8, 9, 7]);
        let many: Vec<usize> = (0..WithIds::MOST).collect();
        assert_eq!(statement.of(&many).1.count(), WithIds::MOST);
    }

    #[tokio::test]
    async fn rows_come_by_the_hundred_then_by_ten_then_alone() {
        static STATEMENT: LazyLock<Rows> = LazyLock::new(|| Rows::new("INSERT INTO t VALUES ", 3, " ON CONFLICT"));
        let mut conn = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let cx = Cx::Sqlite(&mut conn);
        let rows: Vec<u32> = (0..213).collect();
        let chunks: Vec<(&str, &[u32])> = STATEMENT.chunks(&cx, &rows).collect();
        let lengths: Vec<usize> = chunks.iter().map(|(_, rows)| rows.len()).collect();
        assert_eq!(lengths, [100, 100, 10, 1, 1, 1]);
        assert_eq!(chunks[5].0, "INSERT INTO t VALUES (?, ?, ?) ON CONFLICT");
        assert!(chunks[3].0.len() < chunks[2].0.len() && chunks[2].0.ends_with("(?, ?, ?), (?, ?, ?) ON CONFLICT"));
        assert_eq!(chunks.iter().flat_map(|(_, rows)| rows.iter().copied()).collect::<Vec<_>>(), rows);
        assert_eq!(STATEMENT.0[1].postgres.split('(').nth(10), Some("$28, $29, $30) ON CONFLICT"));
    }

    #[tokio::test]
    async fn a_group_takes_the_least_text_that_holds_it() {
        static STATEMENT: LazyLock<Rows> = LazyLock::new(|| Rows::of_lengths(&[8, 4, 1], "VALUES ", 1, ""));
        let mut conn = sqlx::SqliteConnection::connect("sqlite::memory:").await.unwrap();
        let cx = Cx::Sqlite(&mut conn);
        let places = |rows| STATEMENT.fitting(&cx, rows).map(|(_, places)| places);
        assert_eq!((places(1), places(2), places(4), places(5), places(9)), (Some(1), Some(4), Some(4), Some(8), None));
    }
}
