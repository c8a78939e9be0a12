//! What SQLite is told of its tables' sizes, in its own table of statistics.
//!
//! Without statistics SQLite believes that a commune's number alone leads to ten rows, though all rows of a small
//! machine have the same one, and now and then reads a whole table where an id would have led to one row. Statistics
//! gathered by `ANALYZE` would change plans with the data, and say nothing of tables that were empty then. So each
//! index is given the same plain numbers on every machine, large enough for plans that hold when there is much
//! (<https://sqlite.org/optoverview.html>, "manual control of query plans using `sqlite_stat` tables").

use std::collections::BTreeMap;

use sqlx::{Connection as _, SqliteConnection};

/// Rows that every table is taken to have: so many that reading a whole table first, for a Bloom filter or an index of
/// the moment, never looks cheaper than going to the few rows that are asked for.
const ROWS: i64 = 1_000_000_000;
/// Rows that one value of an id, a code, a time leads to.
const ROWS_OF_ONE: i64 = 10;
/// Columns with a handful of values, by their names; flags are told by their type.
const FEW_VALUES: [&str; 6] = ["category", "kind", "market", "role", "scope", "state"];
/// Share of the rows that one of a handful of values has: one in so many.
const FEW: i64 = 4;

const INDEXES: &str = "SELECT t.name, i.name, i.\"unique\", c.name, lower(f.type)
    FROM sqlite_schema t JOIN pragma_index_list(t.name) i JOIN pragma_index_info(i.name) c
      JOIN pragma_table_info(t.name) f ON f.name = c.name
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '_sqlx%'
    ORDER BY t.name, i.name, c.seqno";
const IS_THERE: &str = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sqlite_stat1')";
const TOLD: &str = "SELECT idx, stat FROM sqlite_stat1 WHERE idx IS NOT NULL";

/// Tells SQLite of all indexes, unless it was told the same before.
pub(super) async fn tell(conn: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let indexes = indexes(conn).await?;
    if sqlx::query_scalar::<_, bool>(IS_THERE).fetch_one(&mut *conn).await? {
        let told: Vec<(String, String)> = sqlx::query_as(TOLD).fetch_all(&mut *conn).await?;
        let wanted = indexes.iter().map(|((_, index), columns)| (index.clone(), statistic(columns)));
        if told.into_iter().collect::<BTreeMap<_, _>>() == wanted.collect() {
            return Ok(());
        }
    }
    let mut tx = conn.begin().await?;
    // Makes the table of statistics; nothing else can.
    sqlx::raw_sql("PRAGMA analysis_limit = 1; ANALYZE communes; DELETE FROM sqlite_stat1").execute(&mut *tx).await?;
    for ((table, index), columns) in &indexes {
        let insert = sqlx::query("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ($1, $2, $3)");
        insert.bind(table).bind(index).bind(statistic(columns)).execute(&mut *tx).await?;
    }
    // Another connection reads statistics again when it finds the schema changed.
    sqlx::raw_sql("CREATE TABLE statistics_told (x); DROP TABLE statistics_told").execute(&mut *tx).await?;
    tx.commit().await?;
    sqlx::raw_sql("ANALYZE sqlite_schema").execute(conn).await.map(drop)
}

/// A column of an index.
struct Column {
    /// True if the index allows a list of values once.
    unique: bool,
    name: String,
    /// As declared, in lower case.
    kind: String,
}

/// The columns of each index, by table and index.
async fn indexes(conn: &mut SqliteConnection) -> Result<BTreeMap<(String, String), Vec<Column>>, sqlx::Error> {
    let rows: Vec<(String, String, bool, String, String)> = sqlx::query_as(INDEXES).fetch_all(conn).await?;
    let mut indexes: BTreeMap<_, Vec<Column>> = BTreeMap::new();
    for (table, index, unique, name, kind) in rows {
        indexes.entry((table, index)).or_default().push(Column { unique, name, kind });
    }
    Ok(indexes)
}

/// Bytes that a row of an index is taken to have: fewer than any row of a table, so that an index that holds all that a
/// statement reads is read instead of the table, however many columns it has.
const INDEX_ROW: u32 = 20;

/// Rows of the table, then rows that the first column's value leads to, the first two columns' and so on; at last the
/// size of a row.
fn statistic(columns: &[Column]) -> String {
    let mut rows = ROWS;
    let mut told = rows.to_string();
    for (at, column) in columns.iter().enumerate() {
        rows = match column.name.as_str() {
            // All of it is one commune's.
            "commune_id" => rows,
            name if column.kind == "boolean" || FEW_VALUES.contains(&name) => (rows / FEW).max(1),
            _ => rows.min(ROWS_OF_ONE),
        };
        if column.unique && at + 1 == columns.len() {
            rows = 1;
        }
        told.push(' ');
        told.push_str(&rows.to_string());
    }
    format!("{told} sz={INDEX_ROW}")
}

#[cfg(test)]
mod tests {
    use sqlx::sqlite::SqliteSynchronous;

    use super::super::{Db, migrate};
    use super::*;

    fn column(name: &str, kind: &str, unique: bool) -> Column {
        Column { unique, name: name.to_owned(), kind: kind.to_owned() }
    }

    #[test]
    fn a_commune_or_a_state_leads_to_many_rows_and_an_id_to_few() {
        let graph = [column("commune_id", "integer", false), column("lot_id", "uuid", false)];
        assert_eq!(statistic(&graph), "1000000000 1000000000 10 sz=20");
        let key = [column("commune_id", "integer", true), column("id", "uuid", true)];
        assert_eq!(statistic(&key), "1000000000 1000000000 1 sz=20");
        let states = [column("commune_id", "integer", false), column("state", "text", false)];
        assert_eq!(statistic(&states), "1000000000 1000000000 250000000 sz=20");
    }

    #[tokio::test]
    async fn every_connection_plans_by_ids_though_the_tables_are_empty() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open_sqlite(&folder.path().join("x.db"), SqliteSynchronous::Off).await.unwrap();
        migrate(&db).await.unwrap();
        let Db::Sqlite(pools) = &db else { panic!("not SQLite") };
        // Without statistics the inner table is read by its commune alone.
        const JOINED: &str = "EXPLAIN QUERY PLAN SELECT i.lot_id FROM trace_event_lots o
            JOIN trace_event_lots i ON i.commune_id = o.commune_id AND i.event_id = o.event_id AND i.role = 'input'
            WHERE o.commune_id = $1 AND o.lot_id = $2 AND o.role IN ('output', 'parent')";
        for pool in [&pools.read, &pools.write, &pools.scans] {
            let plan: Vec<(i64, i64, i64, String)> = sqlx::query_as(JOINED).fetch_all(pool).await.unwrap();
            assert!(plan.iter().all(|step| !step.3.ends_with("(commune_id=?)")), "{plan:?}");
        }
        let told: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_stat1").fetch_one(&pools.read).await.unwrap();
        migrate(&db).await.unwrap();
        let again: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_stat1").fetch_one(&pools.read).await.unwrap();
        assert!(told > 100 && told == again, "{told}, {again}");
    }
}
