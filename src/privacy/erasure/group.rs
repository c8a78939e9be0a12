//! What an erasure empties, as people are told of it.

/// Groups of rows, as the preview and the note of an erasure tell them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Producers.
    Producers,
    /// Products.
    Products,
    /// Versions handed in.
    Revisions,
    /// Consents that are withdrawn with it.
    Consents,
    /// Certificates of products and places.
    Certificates,
    /// Places.
    Places,
    /// Words beside events, runs and prints.
    Chain,
    /// Receivers and suppliers.
    Parties,
    /// Records of support: words only.
    Support,
    /// Needs.
    Needs,
    /// Dossiers and reviews.
    Dossiers,
    /// Attendance at activities.
    Attendance,
    /// Questions to sellers, reports of labels.
    Messages,
    /// Requests about personal data.
    Requests,
    /// Accounts.
    Accounts,
    /// Files.
    Files,
    /// Lines of imports and workbooks.
    Imports,
    /// Values in the log.
    Log,
}
