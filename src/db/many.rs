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

/// How many ids one text takes; the smallest first. SQLite takes 32,766 parameters, PostgreSQL 65,535.
const LENGTHS: [usize; 4] = [1, 16, 256, 4_096];

/// A statement with a list of ids in it, as texts of a few fixed lengths, so that each is prepared once.
pub struct WithIds([String; 4]);

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

/// How many rows one statement adds; the largest first.
const ROWS: [usize; 3] = [100, 10, 1];

/// A statement that adds rows, as texts for a hundred, ten and one, so that each is prepared once.
pub struct Rows([String; 3]);

impl Rows {
    /// `open ($1, $2 …), ($1, $n …) close`: the first column is the same in all rows, the commune.
    pub fn new(open: &str, columns: usize, close: &str) -> Self {
        Self(ROWS.map(|count| {
            let row = |row: usize| {
                let own = (0..columns).map(|column| format!("${}", 2 + row * columns + column));
                format!("({})", std::iter::once("$1".to_owned()).chain(own).collect::<Vec<_>>().join(", "))
            };
            let rows: Vec<String> = (0..count).map(row).collect();
            format!("{open}{}{close}", rows.join(", "))
        }))
    }

    /// The rows in pieces, each with the text that takes as many.
    pub fn chunks<'a, T>(&'static self, rows: &'a [T]) -> impl Iterator<Item = (&'static str, &'a [T])> {
        let mut rest = rows;
        std::iter::from_fn(move || {
            let at = ROWS.iter().position(|count| *count <= rest.len())?;
            let (chunk, after) = rest.split_at(ROWS[at]);
            rest = after;
            Some((self.0[at].as_str(), chunk))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    #[test]
    fn a_list_is_filled_up_to_the_length_of_its_text() {
        static STATEMENT: LazyLock<WithIds> = LazyLock::new(|| WithIds::new("x IN (", 2, ")"));
        let statement = &*STATEMENT;
        assert_eq!(statement.of(&[7]).0, "x IN ($2)");
        let (text, ids) = statement.of(&[7, 8, 9]);
        assert!(text.starts_with("x IN ($2, $3") && text.ends_with(", $17)"), "{text}");
        let ids: Vec<i32> = ids.collect();
        assert_eq!((ids.len(), &ids[..4]), (16, &[7, 8, 9, 7][..]));
        let many: Vec<usize> = (0..WithIds::MOST).collect();
        assert_eq!(statement.of(&many).1.count(), WithIds::MOST);
    }

    #[test]
    fn rows_come_by_the_hundred_then_by_ten_then_alone() {
        static STATEMENT: LazyLock<Rows> = LazyLock::new(|| Rows::new("INSERT INTO t VALUES ", 2, " ON CONFLICT"));
        let rows: Vec<u32> = (0..213).collect();
        let chunks: Vec<(&str, &[u32])> = STATEMENT.chunks(&rows).collect();
        let lengths: Vec<usize> = chunks.iter().map(|(_, rows)| rows.len()).collect();
        assert_eq!(lengths, [100, 100, 10, 1, 1, 1]);
        assert_eq!(chunks[5].0, "INSERT INTO t VALUES ($1, $2, $3) ON CONFLICT");
        assert!(chunks[3].0.len() < chunks[2].0.len() && chunks[2].0.contains("($1, $20, $21) ON"), "{}", chunks[2].0);
        assert_eq!(chunks.iter().flat_map(|(_, rows)| rows.iter().copied()).collect::<Vec<_>>(), rows);
    }
}
