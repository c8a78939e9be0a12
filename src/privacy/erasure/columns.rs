//! Every column of words in the schema: emptied by an erasure, or kept for a reason that is written here.

use super::places::PLACES;
use crate::db::{Db, migrate, on};

/// Columns that hold a word of a list, a unit, a day or a number of ours, wherever they are.
const CODES: &[&str] = &[
    "kind",
    "state",
    "uom",
    "channel",
    "day",
    "role",
    "rule",
    "outcome",
    "figure",
    "period",
    "category",
    "unit",
    "availability",
    "short",
    "device",
    "referrer",
    "step",
    "paper",
    "parts",
    "answer_due",
    "done_due",
    "received_on",
    "given_on",
    "result_due",
    "quantity_unit",
    "result_unit",
    "made_on",
    "best_before",
    "issued_on",
    "expires_on",
    "decided_on",
    "due_on",
    "bought_on",
    "starts_on",
    "ends_on",
    "from_day",
    "to_day",
    "signed_on",
    "passed_on",
    "before_day",
    "after_day",
    "sha256",
    "media_type",
    "text_version",
];

/// Written by the rooms that know them, inside the same erasure; the API's tests read the whole database after it.
const BY_ROOMS: &[(&str, &[&str])] = &[
    ("producers", &["name", "name_folded", "phone", "tax_code", "content"]),
    ("producer_register", &["name_folded", "name_key", "phone", "tax_code"]),
    ("products", &["name", "name_folded", "content"]),
    ("product_register", &["name_folded", "producer_folded", "producer_kind"]),
    ("producer_merges", &["note", "before"]),
    ("files", &["name", "refusal"]),
];

/// What stays, and why.
const KEPT: &[(&str, &[&str], &str)] = &[
    (
        "activities",
        &["title", "topic", "hours", "place", "runs_by", "description", "token", "results", "cancel_reason"],
        "of the office",
    ),
    ("activity_feedback", &["words"], "without a name from the start"),
    ("activity_invitations", &["answer"], "a word of a list"),
    ("audit_log", &["action", "subject_kind"], "words of lists"),
    ("code_guesses", &["source"], "a hash with the day's salt"),
    ("commune_support_kinds", &["code", "name_vi", "name_en"], "of the office"),
    ("communes", &["name", "province", "host", "id_base"], "of the commune"),
    ("consents", &["field"], "that there was a consent, and its end, is to be proven"),
    ("erasures", &["told"], "figures"),
    ("exports", &["what", "format", "purpose", "filter", "columns"], "who took what for what purpose is to be proven"),
    ("feedback", &["code_text"], "the code of a label"),
    ("holidays", &["name"], "of the office"),
    (
        "import_batches",
        &["mode", "file_name", "sheet", "trouble"],
        "as the office called its file; the file is dropped",
    ),
    ("import_headings", &["heading", "field"], "headings"),
    ("jobs", &["payload", "last_error"], "ids; gone when done"),
    ("label_runs", &["void_reason"], "what buyers of such a label read"),
    ("label_voids", &["reason"], "what buyers of such a label read"),
    ("leases", &["name", "holder"], "of the program"),
    ("login_guards", &["key"], "a hash; swept after its window"),
    ("lots", &["code", "recall_reason"], "safety of goods"),
    ("misuse_cases", &["subject", "evidence", "note"], "a finding about labels: figures and what the office found"),
    ("ocop_decisions", &["number", "authority", "void_reason"], "public decisions"),
    ("ocop_dossiers", &["product_group", "rubric", "item_list", "letter"], "codes and the number of a letter"),
    ("ocop_item_lists", &["code", "holds_from", "content"], "of the office"),
    ("producer_register", &["stars_until", "supported_on"], "days"),
    ("product_register", &["papers_until", "stars_until"], "days"),
    ("ocop_item_files", &["source", "source_mark"], "where a file came from: a word of a list and a hash"),
    ("ocop_refusals", &["level"], "a word of a list"),
    ("ocop_rubrics", &["code", "content"], "of the office"),
    ("ocop_scores", &["points"], "figures"),
    ("place_certificates", &["market"], "a market"),
    ("potential_gaps", &["gap"], "a word of a list"),
    ("potential_reviews", &["ocop", "digital"], "words of lists"),
    ("producer_merge_moves", &["place"], "a table"),
    ("recall_alerts", &["reason", "note"], "safety of goods"),
    ("recall_lots", &["state_before"], "a word of a list"),
    ("recalls", &["scope", "grade", "reason", "notice", "lift_reason"], "safety of goods"),
    ("reports", &["figures", "difficulties", "proposals", "number"], "signed papers"),
    ("scan_salts", &["salt"], "of a day; swept after it"),
    ("scans", &["visitor"], "a hash with the day's salt"),
    ("search_misses", &["folded", "asked"], "without who asked"),
    ("settings", &["key", "value"], "of the program"),
    ("support_kinds", &["code", "name_vi", "name_en"], "of the office"),
    ("support_programmes", &["name", "source", "legal_basis", "targets"], "of the office"),
    ("support_records", &["void_reason"], "why public money was not counted"),
    ("support_records", &["officer"], "who of the office was in charge"),
    (
        "trace_events",
        &[
            "event_id",
            "event_hash",
            "event_type",
            "action",
            "biz_step",
            "disposition",
            "zone_offset",
            "read_point",
            "biz_location",
            "body",
        ],
        "events hold no personal data, and are never changed",
    ),
    ("villages", &["name"], "of the commune"),
];

const COLUMNS: &str = "SELECT t.name, c.name FROM sqlite_schema t JOIN pragma_table_info(t.name) c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!' AND t.name NOT LIKE '!_%' ESCAPE '!'
      AND LOWER(c.type) = 'text' ORDER BY t.name, c.cid";

fn is_emptied(table: &str, column: &str) -> bool {
    PLACES.iter().any(|place| {
        let set = place.sql.strip_prefix(&format!("UPDATE {table} SET ")).map(|rest| format!(" {rest}"));
        let set =
            set.as_deref().and_then(|set| set.rsplit_once("WHERE commune_id = $1").or(set.rsplit_once("WHERE id IN")));
        set.is_some_and(|(set, _)| set.contains(&format!(" {column} = ")))
            || place.sql.starts_with(&format!("DELETE FROM {table} "))
    })
}

#[tokio::test]
async fn every_column_of_words_is_emptied_or_kept_for_a_reason() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.db");
    let db = Db::open_sqlite(&path, sqlx::sqlite::SqliteSynchronous::Off).await.unwrap();
    migrate(&db).await.unwrap();
    let mut conn = db.read().await.unwrap();
    let cx = &mut conn.cx();
    let columns: Vec<(String, String)> = on!(cx, c => sqlx::query_as(COLUMNS).fetch_all(c).await).unwrap();
    assert!(columns.len() > 200);
    let has = |columns: &[&str], column: &str| columns.contains(&column);
    let loose: Vec<String> = columns
        .iter()
        .filter(|(table, column)| {
            let by_room = BY_ROOMS.iter().any(|(name, columns)| name == table && has(columns, column));
            let kept = KEPT.iter().any(|(name, columns, _)| name == table && has(columns, column));
            !has(CODES, column) && !by_room && !kept && !is_emptied(table, column)
        })
        .map(|(table, column)| format!("{table}.{column}"))
        .collect();
    assert!(loose.is_empty(), "neither emptied nor kept for a reason: {loose:?}");
    // Nothing is listed that is not there, or that is emptied after all.
    for (table, names, _) in KEPT {
        for column in *names {
            assert!(columns.iter().any(|(t, c)| t == table && c == column), "no such column: {table}.{column}");
            assert!(!is_emptied(table, column), "both kept and emptied: {table}.{column}");
        }
    }
}
