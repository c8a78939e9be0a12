//! A certificate of a place, when it counts, and its form.

use uuid::Uuid;

use crate::amounts::Thousandths;
use crate::clock::{Day, Time};
use crate::db::words;
use crate::ids::{CommuneId, FileId, PlaceId, UserId};
use crate::products::catalogue;
use crate::products::papers;
use crate::traceability::quantity::thousandths_vi;
use crate::web::i18n::Lang;
use crate::web::{Form, audit};

use super::texts::Texts;

/// The kind that is a growing-area code (mã số vùng trồng).
pub const GROWING_AREA: &str = "growing-area-code";
/// Kinds that speak for goods or for a name and never for a place.
const NOT_OF_PLACES: [&str; 4] = ["test-report", "self-declaration", "trademark", "geographical-indication"];
/// The largest area, in thousandths of a hectare: a commune has some 20 km².
const MOST_AREA: i64 = 10_000_000;

words! {
    /// Where a certificate stands.
    CertificateState {
        /// Added; the office has not looked at it.
        Submitted = "submitted": "Chờ xã xem" / "Waiting for the office",
        /// Buyers see it while it is valid.
        Approved = "approved": "Đã công nhận" / "Accepted",
        /// The office turned it down, with a reason.
        Rejected = "rejected": "Không công nhận" / "Turned down",
        /// Taken off by the producer, or by the office with a reason.
        Withdrawn = "withdrawn": "Đã bỏ" / "Withdrawn",
    }
}

/// A certificate's row.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct PlaceCertificate {
    /// Commune.
    pub commune_id: CommuneId,
    /// Id.
    pub id: Uuid,
    /// Of which place.
    pub place_id: PlaceId,
    /// Code in `seed/certificate-kinds.json`.
    pub kind: String,
    /// Number on the paper; the code of a growing area.
    pub number: String,
    /// Who issued it.
    pub issuer: String,
    /// What it covers.
    pub scope: String,
    /// The market that a growing area was registered for; "" if none is told.
    pub market: String,
    /// Area in square metres.
    pub area: Option<i64>,
    /// First day.
    pub issued_on: Option<Day>,
    /// Last day; None: without end.
    pub expires_on: Option<Day>,
    /// The paper.
    pub file_id: Option<FileId>,
    /// Where it stands.
    pub state: CertificateState,
    /// Why it was turned down or withdrawn.
    pub reason: String,
    /// Counts up with each decision.
    pub version: i64,
    /// By whom it was entered.
    pub created_by: Option<UserId>,
    /// When it was entered.
    pub created_at: Time,
}

impl PlaceCertificate {
    /// True if it covers this day.
    pub fn is_valid_on(&self, day: Day) -> bool {
        self.issued_on.is_none_or(|from| from <= day) && self.expires_on.is_none_or(|to| day <= to)
    }

    /// True if a lot made on `made_on` may be told of it: it covered that day, or covers today.
    pub fn speaks_for(&self, made_on: Day, today: Day) -> bool {
        self.is_valid_on(made_on) || self.is_valid_on(today)
    }

    /// True for a growing-area code.
    pub fn is_growing_area(&self) -> bool {
        self.kind == GROWING_AREA
    }

    /// Name of its kind.
    pub fn name(&self, lang: Lang) -> &str {
        catalogue::certificate_kind_name(&self.kind, lang)
    }

    /// What it covers, with market and area.
    pub fn covers(&self, lang: Lang) -> String {
        let t = Texts(lang);
        let market = (!self.market.is_empty()).then(|| t.for_market(&self.market));
        let area = self.area.map(|metres| t.hectares(Thousandths(metres / 10).text(lang)));
        let scope = (!self.scope.is_empty()).then(|| self.scope.clone());
        [scope, market, area].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Number, issuer, what it covers and its days, in one line.
    pub fn line(&self, lang: Lang) -> String {
        let t = Texts(lang);
        let from = self.issued_on.map(|day| t.since_day(day));
        let until = self.expires_on.map(|day| t.until(day));
        let parts = [Some(self.number.clone()), Some(self.issuer.clone()), Some(self.covers(lang)), from, until];
        parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
    }

    /// What the audit log keeps of it.
    pub fn for_log(&self) -> String {
        format!("{} {}: {}", self.kind, self.number, self.state)
    }

    /// The log's entry of something done to it.
    pub fn entry<'a>(&self, action: &'a str, by: UserId, after: &'a str, address: Option<String>) -> audit::Entry<'a> {
        let subject = Some(self.id);
        audit::Entry {
            actor: Some(by),
            action,
            subject_kind: "place_certificate",
            subject,
            after: Some(after),
            address,
            ..audit::Entry::default()
        }
    }

    /// True while its producer may take it off.
    pub fn may_be_withdrawn(&self) -> bool {
        matches!(self.state, CertificateState::Submitted | CertificateState::Approved)
    }
}

/// The kinds that a place may have, code and name.
pub fn kinds(lang: Lang) -> Vec<(&'static str, &'static str)> {
    let of_places = catalogue::certificate_kinds().iter().filter(|kind| !NOT_OF_PLACES.contains(&kind.code.as_str()));
    of_places.map(|kind| (kind.code.as_str(), kind.name(lang))).collect()
}

/// What a form tells of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// As of a product's certificate.
    pub content: crate::products::model::CertificateContent,
    /// Market of a growing area.
    pub market: String,
    /// Square metres.
    pub area: Option<i64>,
}

/// Reads the form of a certificate under this id; None with complaints noted in the form.
pub fn read(form: &mut Form, id: Uuid, today: Day, lang: Lang) -> Option<Told> {
    let t = Texts(lang);
    if NOT_OF_PLACES.contains(&form.value("kind")) {
        form.fail("kind", t.kind_not_of_places());
    }
    let content = papers::read(form, id, today, lang);
    let market = form.text("market", 80, lang).map(|text| text.replace('\n', " "));
    let area = form.parse_with(
        "area",
        |text| thousandths_vi(text).ok().filter(|hectares| (1..=MOST_AREA).contains(hectares)).ok_or(()),
        |()| t.area_wrong().to_owned(),
    );
    form.is_fine().then_some(())?;
    // A thousandth of a hectare is ten square metres.
    Some(Told { content: content?, market: market?, area: area.map(|hectares| hectares * 10) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(month: u8, day: u8) -> Day {
        Day::new(2026, month, day).unwrap()
    }

    fn certificate(from: Option<Day>, to: Option<Day>) -> PlaceCertificate {
        PlaceCertificate {
            commune_id: CommuneId(10816),
            id: Uuid::nil(),
            place_id: PlaceId(Uuid::nil()),
            kind: GROWING_AREA.to_owned(),
            number: "VN-MAU-0001".to_owned(),
            issuer: String::new(),
            scope: "vải".to_owned(),
            market: "EU".to_owned(),
            area: Some(25_000),
            issued_on: from,
            expires_on: to,
            file_id: None,
            state: CertificateState::Approved,
            reason: String::new(),
            version: 1,
            created_by: None,
            created_at: Time::from_micros(0),
        }
    }

    #[test]
    fn it_speaks_for_a_lot_made_while_it_was_valid_or_while_it_is() {
        let (made, today) = (day(6, 1), day(6, 14));
        for (from, to, speaks) in [
            (None, None, true),
            (Some(day(6, 1)), Some(day(6, 1)), true),
            (Some(day(6, 2)), Some(day(6, 13)), false),
            (Some(day(6, 2)), None, true),
            (None, Some(day(5, 31)), false),
            (Some(day(6, 15)), None, false),
        ] {
            assert_eq!(certificate(from, to).speaks_for(made, today), speaks, "{from:?} {to:?}");
        }
    }

    #[test]
    fn a_growing_area_tells_its_market_and_area() {
        assert_eq!(certificate(None, None).covers(Lang::Vi), "vải, thị trường EU, 2,5 ha");
    }

    #[test]
    fn a_form_is_read_and_its_slips_are_told() {
        let read_from = |pairs: &[(&str, &str)]| {
            let mut form = Form::default();
            for (name, value) in pairs {
                form.push(name, value);
            }
            let read = read(&mut form, Uuid::nil(), day(6, 14), Lang::Vi);
            (read, form)
        };
        let (told, form) = read_from(&[("kind", GROWING_AREA), ("number", "vn-mau-01"), ("area", "2,5")]);
        let told = told.unwrap_or_else(|| panic!("{:?}", form.errors()));
        assert_eq!((told.content.number.as_str(), told.area), ("VN-MAU-01", Some(25_000)));
        for (field, wrong) in
            [("area", "2.5"), ("area", "0"), ("area", "nhiều"), ("number", "VN 1"), ("kind", "trademark")]
        {
            let mut pairs = vec![("kind", GROWING_AREA), ("number", "VN-MAU-01")];
            pairs.retain(|(name, _)| *name != field);
            pairs.push((field, wrong));
            let (told, form) = read_from(&pairs);
            assert!(told.is_none() && form.error(field).is_some(), "{field} {wrong}: {:?}", form.errors());
        }
    }
}
