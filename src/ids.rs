//! Identifiers: UUIDv7 newtypes inside, short base32 suffixes in public addresses.
//!
//! Start at [`new_id`]; each kind of thing has its own type so that one is never passed for another.

use std::sync::atomic::{AtomicU64, Ordering};

use rand::{Rng, RngExt};
use uuid::Uuid;

use crate::clock::Time;

/// Alphabet of public suffixes: Crockford's base32 in lower case.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Bits after the millisecond that count up, so that ids of one millisecond sort as they were made (RFC 9562
/// section 6.2, method 1); the other 48 bits are random.
const COUNTER_BITS: u64 = 26;

/// A new UUIDv7 at `now`: ids made later sort later, also within a millisecond.
pub fn new_id(now: Time) -> Uuid {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = u128::from(COUNTER.fetch_add(1, Ordering::Relaxed) % (1 << COUNTER_BITS));
    let millis = (now.micros().max(0) / 1000) as u128 & 0xffff_ffff_ffff;
    let (high, low) = (count >> 14, count & 0x3fff);
    let random = u128::from(rand::rng().next_u64() >> 16);
    Uuid::from_u128(millis << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low << 48 | random)
}

/// Eight random base32 characters, the part of a public address that resolves.
pub fn new_short() -> String {
    let mut random = rand::rng();
    (0..8).map(|_| char::from(ALPHABET[random.random_range(0..32)])).collect()
}

/// The suffix of `slug-of-name-abcd1234`, if the text ends in one.
pub fn short_of(address: &str) -> Option<String> {
    let tail = address.rsplit('-').next()?.to_ascii_lowercase();
    (tail.len() == 8 && tail.bytes().all(|b| ALPHABET.contains(&b))).then_some(tail)
}

/// Random bytes as lower-case base32 without padding, for tokens: `bytes` × 8 bits of chance.
pub fn new_token(bytes: usize) -> String {
    let mut raw = vec![0u8; bytes];
    rand::rng().fill_bytes(&mut raw);
    data_encoding::BASE32_NOPAD.encode(&raw).to_ascii_lowercase()
}

/// SHA-256 of a text as hex: what the database keeps of a token.
pub fn digest(text: &str) -> String {
    use sha2::Digest;
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(text.as_bytes()))
}

/// Official code of a commune (xã, phường): 10816 is xã Hà Bắc. It is the tenant's key.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type,
)]
#[sqlx(transparent)]
#[serde(transparent)]
pub struct CommuneId(pub i32);

impl std::fmt::Display for CommuneId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}", self.0)
    }
}

/// Declares newtypes over [`Uuid`] that both engines store as they store a uuid.
macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, sqlx::Type)]
        #[sqlx(transparent)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A new id at `now`.
            pub fn new(now: Time) -> Self {
                Self(new_id(now))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }
    )*};
}

uuid_ids! {
    /// A person who may log in.
    UserId;
    /// A village (thôn).
    VillageId;
    /// A producer (chủ thể).
    ProducerId;
    /// A product (sản phẩm).
    ProductId;
    /// One edition of a producer's or product's content under review.
    RevisionId;
    /// An uploaded picture or paper.
    FileId;
    /// A plot, workshop or store.
    PlaceId;
    /// A lot (lô).
    LotId;
    /// A trace event's row.
    EventId;
    /// Goods that change hands.
    HandoverId;
    /// A statement of what one piece of a product weighs or holds.
    ConversionId;
    /// Something bought from outside for a lot.
    PurchaseId;
    /// Something about a recall that the office is to look at.
    AlertId;
    /// An outside receiver of goods.
    PartyId;
    /// A label run (đợt in tem).
    RunId;
    /// A support record (lượt hỗ trợ).
    SupportId;
    /// A support programme (chương trình hỗ trợ).
    ProgrammeId;
    /// Two producers made one.
    MergeId;
    /// What a producer says it needs (nhu cầu).
    NeedId;
    /// The review of a product's potential in a year (rà soát).
    PotentialId;
    /// A training class, fair or consultation (hoạt động).
    ActivityId;
    /// A request about personal data.
    DataRequestId;
    /// An erasure of personal data.
    ErasureId;
    /// A report whose figures were taken (báo cáo).
    ReportId;
    /// A line of an activity's attendance.
    AttendanceId;
    /// A product's dossier for OCOP (hồ sơ OCOP).
    DossierId;
    /// Something a product lacks, as a review found.
    GapId;
    /// A buyer's enquiry (hỏi mua).
    EnquiryId;
    /// A buyer's rating or report.
    FeedbackId;
    /// A file read into the register, and what came of it.
    ImportId;
    /// A recall or a drill (thu hồi, diễn tập).
    RecallId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_ids_sort_later() {
        let early = new_id(Time::from_micros(1_700_000_000_000_000));
        let late = new_id(Time::from_micros(1_700_000_000_002_000));
        assert!(early < late);
        assert_eq!(late.get_version_num(), 7);
        assert_eq!(late.get_variant(), uuid::Variant::RFC4122);
        let at_once: Vec<_> = (0..5_000).map(|_| new_id(Time::from_micros(1_700_000_000_003_000))).collect();
        assert!(at_once.is_sorted() && late < at_once[0]);
    }

    #[test]
    fn only_the_suffix_of_an_address_resolves() {
        let short = new_short();
        assert_eq!(short_of(&format!("vai-thieu-ben-say-{short}")), Some(short.clone()));
        assert_eq!(short_of(&short), Some(short));
        assert_eq!(short_of("vai-thieu"), None);
        assert_eq!(short_of(""), None);
    }
}
