//! Where words about people stand, and what becomes of them. Figures, days, states and quantities stay: the ledger's
//! sums and the chain of lots are the same after an erasure. A test holds this list, and that of what stays, against
//! the schema, column by column.

use super::group::Group;

/// By what the rows of a place are found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// By the producers and accounts of an erasure: `$2` is its id.
    Subject,
    /// By a phone number: `$2` is its digits.
    Phone,
}

/// A place and the statement that empties it; `$1` is the commune.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// What is told of it, as a group.
    pub group: Group,
    /// How its rows are found.
    pub by: By,
    /// The statement.
    pub sql: &'static str,
}

macro_rules! of {
    ($kind:literal) => {
        concat!(
            "IN (SELECT subject_id FROM erasure_subjects WHERE commune_id = $1 AND erasure_id = $2 AND kind = '",
            $kind,
            "')"
        )
    };
}
macro_rules! through {
    ($table:literal) => {
        concat!(
            "IN (SELECT t.id FROM ",
            $table,
            " t JOIN erasure_subjects e ON e.commune_id = t.commune_id AND e.subject_id = t.producer_id \
             WHERE e.commune_id = $1 AND e.erasure_id = $2 AND e.kind = 'producer')"
        )
    };
}
macro_rules! dossiers {
    () => {
        "IN (SELECT d.id FROM ocop_dossiers d JOIN products t ON t.commune_id = d.commune_id AND t.id = d.product_id \
         JOIN erasure_subjects e ON e.commune_id = t.commune_id AND e.subject_id = t.producer_id \
         WHERE e.commune_id = $1 AND e.erasure_id = $2 AND e.kind = 'producer')"
    };
}
macro_rules! at {
    () => {
        "(SELECT at FROM erasures WHERE commune_id = $1 AND id = $2)"
    };
}
// Digits alone, whatever people put between them.
macro_rules! digits {
    ($column:literal) => {
        concat!("REPLACE(REPLACE(REPLACE(", $column, ", ' ', ''), '.', ''), '-', '')")
    };
}

const fn by_subject(group: Group, sql: &'static str) -> Place {
    Place { group, by: By::Subject, sql }
}

const fn by_phone(group: Group, sql: &'static str) -> Place {
    Place { group, by: By::Phone, sql }
}

/// The rows that are emptied. Producers, products, merges and files are written by the rooms that know them.
pub const PLACES: &[Place] = &[
    by_subject(
        Group::Revisions,
        concat!(
            "UPDATE revisions SET content = '{}', note = '', field_notes = '{}', version = version + 1, \
             state = CASE WHEN state IN ('draft', 'submitted', 'changes_requested') THEN 'withdrawn' ELSE state END \
             WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Consents,
        concat!(
            "UPDATE consents SET evidence = '', withdrawn_at = COALESCE(withdrawn_at, ",
            at!(),
            ") WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Certificates,
        concat!(
            "UPDATE certificates SET number = '', issuer = '', scope = '', file_id = NULL, \
             retired_at = COALESCE(retired_at, ",
            at!(),
            ") WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Certificates,
        concat!(
            "UPDATE place_certificates SET number = '', issuer = '', scope = '', reason = '', file_id = NULL, \
             state = 'withdrawn', version = version + 1 WHERE commune_id = $1 AND place_id ",
            through!("places")
        ),
    ),
    by_subject(
        Group::Places,
        concat!(
            "UPDATE places SET name = '…', address = '', gln = NULL, hidden = TRUE, version = version + 1 \
             WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE trace_events SET note = '' WHERE commune_id = $1 AND note <> '' AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE label_runs SET purpose = '' WHERE commune_id = $1 AND purpose <> '' AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE label_prints SET reason = '' WHERE commune_id = $1 AND reason <> '' AND run_id ",
            through!("label_runs")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE label_papers SET name = '…', version = version + 1 WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!("UPDATE purchases SET goods = '…', document = '' WHERE commune_id = $1 AND lot_id ", through!("lots")),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE handovers SET reason = '' WHERE commune_id = $1 AND reason <> '' AND to_producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Chain,
        concat!(
            "UPDATE best_before_changes SET reason = '' WHERE commune_id = $1 AND reason <> '' AND lot_id ",
            through!("lots")
        ),
    ),
    by_subject(
        Group::Parties,
        concat!(
            "UPDATE parties SET name = '…', place = '', phone = NULL WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Support,
        concat!(
            "UPDATE support_records SET note = '', result = '', overpaid = CASE overpaid WHEN '' THEN '' ELSE '…' END, \
             version = version + 1 WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Support,
        concat!(
            "UPDATE support_steps SET note = '', told = '' WHERE commune_id = $1 AND step <> 'void' \
             AND (note <> '' OR told <> '') AND record_id ",
            through!("support_records")
        ),
    ),
    by_subject(
        Group::Needs,
        concat!(
            "UPDATE support_needs SET words = '', answer = '', later = '', version = version + 1 \
             WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE potential_reviews SET note = '', version = version + 1 WHERE commune_id = $1 AND product_id ",
            through!("products")
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE potential_gaps SET words = '', helper = '' WHERE commune_id = $1 AND review_id IN \
             (SELECT r.id FROM potential_reviews r WHERE r.commune_id = $1 AND r.product_id ",
            through!("products"),
            ")"
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE ocop_items SET note = '', version = version + 1 WHERE commune_id = $1 AND note <> '' AND dossier_id ",
            dossiers!()
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE ocop_scores SET note = '', version = version + 1 WHERE commune_id = $1 AND dossier_id ",
            dossiers!()
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE ocop_opinions SET marks = '{}', words = '', version = version + 1 WHERE commune_id = $1 AND dossier_id ",
            dossiers!()
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!("UPDATE ocop_steps SET note = '' WHERE commune_id = $1 AND note <> '' AND dossier_id ", dossiers!()),
    ),
    by_subject(
        Group::Dossiers,
        concat!(
            "UPDATE ocop_refusals SET reason = '' WHERE commune_id = $1 AND reason <> '' AND dossier_id ",
            dossiers!()
        ),
    ),
    by_subject(
        Group::Dossiers,
        concat!("UPDATE ocop_dossiers SET override = '' WHERE commune_id = $1 AND override <> '' AND id ", dossiers!()),
    ),
    by_subject(
        Group::Attendance,
        concat!(
            "UPDATE activity_attendance SET name = '…', village = '', phone = '', reason = '' WHERE commune_id = $1 \
             AND (producer_id ",
            of!("producer"),
            " OR user_id ",
            of!("user"),
            ")"
        ),
    ),
    by_subject(
        Group::Messages,
        concat!(
            "UPDATE enquiries SET phone = '', message = '' WHERE commune_id = $1 AND producer_id ",
            of!("producer")
        ),
    ),
    by_subject(
        Group::Requests,
        concat!(
            "UPDATE data_request_steps SET note = '' WHERE commune_id = $1 AND data_request_id IN \
             (SELECT r.id FROM data_requests r JOIN erasures x ON x.commune_id = r.commune_id AND x.id = $2 \
              WHERE r.commune_id = $1 AND r.id <> x.data_request_id AND r.user_id ",
            of!("user"),
            ")"
        ),
    ),
    by_subject(
        Group::Requests,
        concat!(
            "UPDATE data_requests SET name = '…', contact = '', words = '', version = version + 1 \
             WHERE commune_id = $1 AND id NOT IN (SELECT data_request_id FROM erasures WHERE commune_id = $1 AND id = $2) \
             AND user_id ",
            of!("user")
        ),
    ),
    by_subject(
        Group::Imports,
        concat!(
            "UPDATE import_items SET name = '', before_value = NULL, after_value = '{}', undo = 'erased' \
             WHERE commune_id = $1 AND undo <> 'erased' AND (subject_id ",
            of!("producer"),
            " OR subject_id ",
            through!("products"),
            " OR subject_id ",
            through!("support_records"),
            " OR subject_id IN (SELECT id FROM activity_attendance WHERE commune_id = $1 AND name = '…'))"
        ),
    ),
    by_subject(
        Group::Log,
        concat!(
            "UPDATE audit_log SET before_value = NULL, after_value = NULL WHERE commune_id = $1 \
             AND (before_value IS NOT NULL OR after_value IS NOT NULL) AND (subject_id ",
            of!("producer"),
            " OR subject_id ",
            of!("user"),
            " OR subject_id ",
            through!("products"),
            " OR subject_id ",
            through!("places"),
            " OR subject_id ",
            through!("revisions"),
            " OR subject_id ",
            through!("certificates"),
            " OR subject_id ",
            through!("parties"),
            " OR subject_id ",
            through!("lots"),
            " OR subject_id ",
            through!("support_records"),
            " OR subject_id ",
            through!("support_needs"),
            " OR subject_id ",
            dossiers!(),
            ")"
        ),
    ),
    by_subject(
        Group::Log,
        concat!(
            "UPDATE audit_log SET address = NULL WHERE commune_id = $1 AND address IS NOT NULL AND actor_id ",
            of!("user")
        ),
    ),
    by_subject(
        Group::Log,
        concat!(
            "UPDATE producers_apart SET note = '' WHERE commune_id = $1 AND (first_id ",
            of!("producer"),
            " OR second_id ",
            of!("producer"),
            ")"
        ),
    ),
    by_subject(Group::Accounts, concat!("DELETE FROM sessions WHERE user_id ", of!("user"))),
    by_subject(Group::Accounts, concat!("DELETE FROM login_slips WHERE user_id ", of!("user"))),
    by_subject(
        Group::Accounts,
        concat!(
            "DELETE FROM grants WHERE (user_id ",
            of!("user"),
            ") OR (commune_id = $1 AND producer_id ",
            of!("producer"),
            ")"
        ),
    ),
    by_subject(
        Group::Accounts,
        concat!(
            "UPDATE users SET name = 'Tài khoản đã xóa dữ liệu', phone = '02000000000', phone_verified_at = NULL, \
             phone_verified_how = NULL, password_hash = NULL, closed_at = COALESCE(closed_at, ",
            at!(),
            ") WHERE id ",
            of!("user")
        ),
    ),
    by_phone(Group::Messages, "UPDATE enquiries SET phone = '', message = '' WHERE commune_id = $1 AND phone = $2"),
    by_phone(Group::Messages, "UPDATE feedback SET phone = '', message = '' WHERE commune_id = $1 AND phone = $2"),
    by_phone(
        Group::Attendance,
        concat!(
            "UPDATE activity_attendance SET name = '…', village = '', phone = '', reason = '' WHERE commune_id = $1 AND ",
            digits!("phone"),
            " = $2"
        ),
    ),
    by_phone(
        Group::Parties,
        "UPDATE parties SET name = '…', place = '', phone = NULL WHERE commune_id = $1 AND phone = $2",
    ),
    by_phone(
        Group::Requests,
        concat!(
            "UPDATE data_requests SET name = '…', contact = '', words = '', version = version + 1 \
             WHERE commune_id = $1 AND state IN ('done', 'refused') AND ",
            digits!("contact"),
            " = $2"
        ),
    ),
];
