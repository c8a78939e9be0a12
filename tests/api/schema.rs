//! The schema: the same on both engines, keyed by commune, every reference indexed.

use std::collections::{BTreeMap, BTreeSet};

use crate::support::{TestApp, on, on_both_engines};

/// Tables that hold no commune's data, or whose key is not led by the commune, and why.
const NOT_BY_COMMUNE: &[(&str, &str)] = &[
    ("communes", "the list of tenants"),
    ("settings", "of the whole service"),
    ("users", "a person may hold roles in several communes"),
    ("sessions", "a person's"),
    ("login_slips", "a person's"),
    ("login_guards", "a phone number's"),
    ("grants", "a person's; operator has no commune"),
    ("jobs", "one queue for all communes; each job names its commune"),
    ("leases", "of the whole service"),
    ("scan_salts", "one a day for the whole service"),
    ("support_kinds", "a list that all communes share"),
];

/// Columns that name a commune without a foreign key, and why.
const NOT_REFERENCED: &[(&str, &str)] = &[("scans", "a reference would lock the commune's row on each scan")];

/// The table in which the migrations are noted; not ours.
const MIGRATIONS: &str = "_sqlx_migrations";

/// A table as both engines tell of it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Table {
    /// Column to (family of type, nullable).
    columns: BTreeMap<String, (&'static str, bool)>,
    key: Vec<String>,
    /// Columns of each index, whether it is unique, whether it is partial.
    indexes: BTreeSet<(Vec<String>, bool, bool)>,
    /// Columns here, table and columns there.
    references: BTreeSet<(Vec<String>, String, Vec<String>)>,
}

fn family(declared: &str) -> &'static str {
    match declared.to_ascii_lowercase().as_str() {
        "text" | "varchar" | "character varying" => "text",
        "integer" | "int4" => "integer",
        "bigint" | "int8" => "bigint",
        "boolean" | "bool" => "boolean",
        "uuid" => "uuid",
        "timestamptz" | "timestamp with time zone" => "time",
        "blob" | "bytea" => "bytes",
        "real" | "double precision" | "float8" => "real",
        other => panic!("a type that the schema does not use: {other}"),
    }
}

async fn tables(app: &TestApp) -> BTreeMap<String, Table> {
    if app.app.db.is_shared() { postgres(app).await } else { sqlite(app).await }
}

async fn rows<T>(app: &TestApp, sql: &'static str) -> Vec<T>
where
    T: Send + Unpin,
    T: for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow> + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let mut conn = app.read().await;
    let mut cx = conn.cx();
    on!(cx, c => sqlx::query_as(sql).fetch_all(c).await).unwrap()
}

async fn sqlite(app: &TestApp) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns: Vec<(String, String, String, bool, i64)> = rows(
        app,
        "SELECT m.name, c.name, c.type, c.\"notnull\" = 0, c.pk FROM sqlite_schema m, pragma_table_info(m.name) c
         WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.pk",
    )
    .await;
    for (table, column, declared, nullable, key) in columns {
        if table == MIGRATIONS {
            continue;
        }
        let table = tables.entry(table).or_default();
        if key > 0 {
            table.key.push(column.clone());
        }
        // A key of one integer column is never NULL, though SQLite calls it nullable.
        table.columns.insert(column, (family(&declared), nullable && key == 0));
    }
    let indexes: Vec<(String, String, bool, bool, Option<String>)> = rows(
        app,
        "SELECT m.name, i.name, i.\"unique\" = 1, i.partial = 1, c.name FROM sqlite_schema m,
           pragma_index_list(m.name) i, pragma_index_info(i.name) c
         WHERE m.type = 'table' AND i.origin <> 'pk' ORDER BY m.name, i.name, c.seqno",
    )
    .await;
    add_indexes(&mut tables, indexes);
    let references: Vec<(String, i64, String, String, Option<String>)> = rows(
        app,
        "SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f
         WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq",
    )
    .await;
    add_references(&mut tables, references);
    tables
}

async fn postgres(app: &TestApp) -> BTreeMap<String, Table> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    let columns: Vec<(String, String, String, bool)> = rows(
        app,
        "SELECT c.table_name::text, c.column_name::text, c.data_type::text, c.is_nullable = 'YES'
         FROM information_schema.columns c WHERE c.table_schema = 'public' ORDER BY 1, c.ordinal_position",
    )
    .await;
    for (table, column, declared, nullable) in columns {
        if table == MIGRATIONS {
            continue;
        }
        tables.entry(table).or_default().columns.insert(column, (family(&declared), nullable));
    }
    let keys: Vec<(String, String)> = rows(
        app,
        "SELECT t.relname::text, a.attname::text FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
         JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public',
         LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
         JOIN pg_attribute a ON a.attnum = k.attnum
         WHERE i.indisprimary AND a.attrelid = i.indrelid ORDER BY 1, k.position",
    )
    .await;
    for (table, column) in keys {
        if table == MIGRATIONS {
            continue;
        }
        tables.entry(table).or_default().key.push(column);
    }
    let indexes: Vec<(String, String, bool, bool, Option<String>)> = rows(
        app,
        "SELECT t.relname::text, x.relname::text, i.indisunique, i.indpred IS NOT NULL, a.attname::text
         FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
         JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public',
         LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, position)
         LEFT JOIN pg_attribute a ON a.attnum = k.attnum
         WHERE NOT i.indisprimary AND a.attrelid = i.indrelid ORDER BY 1, 2, k.position",
    )
    .await;
    add_indexes(&mut tables, indexes);
    let references: Vec<(String, i64, String, String, Option<String>)> = rows(
        app,
        "SELECT t.relname::text, f.oid::int8, r.relname::text, a.attname::text, b.attname::text
         FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
         JOIN pg_namespace n ON n.oid = t.relnamespace AND n.nspname = 'public',
         LATERAL unnest(f.conkey, f.confkey) WITH ORDINALITY AS k (here, there, position)
         JOIN pg_attribute a ON a.attnum = k.here JOIN pg_attribute b ON b.attnum = k.there
         WHERE f.contype = 'f' AND a.attrelid = f.conrelid AND b.attrelid = f.confrelid ORDER BY 1, 2, k.position",
    )
    .await;
    add_references(&mut tables, references);
    tables
}

fn add_indexes(tables: &mut BTreeMap<String, Table>, rows: Vec<(String, String, bool, bool, Option<String>)>) {
    let mut indexes: BTreeMap<(String, String), (Vec<String>, bool, bool)> = BTreeMap::new();
    for (table, index, unique, partial, column) in rows {
        let entry = indexes.entry((table, index)).or_insert((Vec::new(), unique, partial));
        entry.0.push(column.unwrap_or_else(|| "an expression".to_owned()));
    }
    for ((table, _), index) in indexes {
        tables.entry(table).or_default().indexes.insert(index);
    }
}

fn add_references(tables: &mut BTreeMap<String, Table>, rows: Vec<(String, i64, String, String, Option<String>)>) {
    type Reference = (String, Vec<String>, Vec<String>);
    let mut references: BTreeMap<(String, i64), Reference> = BTreeMap::new();
    for (table, id, to, here, there) in rows {
        let entry = references.entry((table, id)).or_insert((to, Vec::new(), Vec::new()));
        entry.1.push(here);
        entry.2.push(there.expect("the referenced columns are named"));
    }
    for ((table, _), (to, here, there)) in references {
        tables.entry(table).or_default().references.insert((here, to, there));
    }
}

#[tokio::test]
async fn both_engines_have_the_same_schema() {
    let found = std::sync::Mutex::new(Vec::new());
    on_both_engines(async |app| {
        let tables = tables(&app).await;
        assert!(tables.len() > 20, "{:?}", tables.keys());
        found.lock().unwrap().push(tables);
    })
    .await;
    let found = found.into_inner().unwrap();
    if let [sqlite, postgres] = found.as_slice() {
        assert_eq!(sqlite.keys().collect::<Vec<_>>(), postgres.keys().collect::<Vec<_>>());
        for (name, table) in sqlite {
            assert_eq!(Some(table), postgres.get(name), "table {name}: SQLite left, PostgreSQL right");
        }
    }
}

#[tokio::test]
async fn every_key_begins_with_the_commune() {
    on_both_engines(async |app| {
        let tables = tables(&app).await;
        for (name, table) in &tables {
            let by_commune = table.key.first().is_some_and(|column| column == "commune_id");
            let excused = NOT_BY_COMMUNE.iter().any(|(excused, _)| excused == name);
            assert!(by_commune != excused, "{name}: key {:?}, excused: {excused}", table.key);
            if by_commune && !NOT_REFERENCED.iter().any(|(excused, _)| excused == name) {
                let to_communes =
                    table.references.iter().any(|(here, to, _)| here == &["commune_id"] && to == "communes");
                assert!(to_communes, "{name} refers to no commune");
            }
        }
        for (name, why) in NOT_BY_COMMUNE.iter().chain(NOT_REFERENCED) {
            assert!(tables.contains_key(*name), "{name} ({why}) is excused and not there");
        }
    })
    .await;
}

#[tokio::test]
async fn a_reference_never_leaves_the_commune() {
    on_both_engines(async |app| {
        let tables = tables(&app).await;
        for (name, table) in &tables {
            for (here, to, there) in &table.references {
                let target_by_commune = tables[to].key.first().is_some_and(|column| column == "commune_id");
                if target_by_commune {
                    assert_eq!(here.first().map(String::as_str), Some("commune_id"), "{name}: {here:?} -> {to}");
                    assert_eq!(there, &tables[to].key, "{name}: {here:?} -> {to}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn every_reference_has_an_index() {
    on_both_engines(async |app| {
        for (name, table) in tables(&app).await {
            for (here, to, _) in &table.references {
                let leads = |columns: &Vec<String>| columns.starts_with(here);
                let indexed =
                    leads(&table.key) || table.indexes.iter().any(|(columns, _, partial)| !partial && leads(columns));
                assert!(indexed, "{name}: no index begins with {here:?}, which refers to {to}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn no_text_column_holds_a_time() {
    on_both_engines(async |app| {
        for (name, table) in tables(&app).await {
            for (column, (family, _)) in table.columns {
                if column.ends_with("_at") || column == "at" {
                    assert_eq!(family, "time", "{name}.{column}");
                }
                if column.ends_with("_on") {
                    assert_eq!(family, "text", "{name}.{column}: days are YYYY-MM-DD");
                }
            }
        }
    })
    .await;
}
