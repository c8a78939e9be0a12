//! People, their roles, and the phone number that names them.

use crate::db::{text_column, words};
use crate::ids::{CommuneId, ProducerId, UserId, VillageId};
use crate::web::i18n::Lang;

words! {
    /// What a grant lets a person do.
    Role {
        /// Owner of a producer.
        Owner = "owner": "chủ cơ sở" / "owner",
        /// Works for a producer.
        Staff = "staff": "người làm của cơ sở" / "staff",
        /// Member of a village's community digital team.
        Helper = "helper": "Tổ công nghệ số" / "helper",
        /// Officer of the Economic Office.
        Officer = "officer": "cán bộ Phòng Kinh tế" / "officer",
        /// Looks at the office's pages, changes nothing.
        Viewer = "viewer": "người xem" / "viewer",
        /// Officer who also manages people.
        Admin = "admin": "quản trị xã" / "administrator",
        /// Runs the service for all communes.
        Operator = "operator": "vận hành" / "operator",
    }
}

/// One permission of a person.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Grant {
    /// What it lets them do.
    pub role: Role,
    /// Where; None (operator only): in every commune.
    pub commune_id: Option<CommuneId>,
    /// For owner and staff.
    pub producer_id: Option<ProducerId>,
    /// For helpers.
    pub village_id: Option<VillageId>,
}

/// A person who is logged in, with their grants.
#[derive(Clone, Debug)]
pub struct Person {
    /// Id of the user.
    pub id: UserId,
    /// Name as given.
    pub name: String,
    /// Phone as given.
    pub phone: Phone,
    /// True once an officer, a helper or the command line confirmed that the phone is theirs.
    pub phone_verified: bool,
    /// Their grants, in every commune.
    pub grants: Vec<Grant>,
    /// Hash of the token of this session.
    pub session: String,
}

impl Person {
    /// True with one of these roles in this commune. An operator has every office role everywhere.
    pub fn has_role(&self, commune: CommuneId, roles: &[Role]) -> bool {
        self.grants.iter().any(|grant| {
            grant.role == Role::Operator || (grant.commune_id == Some(commune) && roles.contains(&grant.role))
        })
    }

    /// True if they own or work for this producer.
    pub fn acts_for(&self, commune: CommuneId, producer: ProducerId) -> bool {
        self.grants.iter().any(|grant| {
            matches!(grant.role, Role::Owner | Role::Staff)
                && grant.commune_id == Some(commune)
                && grant.producer_id == Some(producer)
        })
    }

    /// The producers they act for in this commune.
    pub fn producers(&self, commune: CommuneId) -> Vec<ProducerId> {
        let mut ids: Vec<_> = self
            .grants
            .iter()
            .filter(|g| g.commune_id == Some(commune) && matches!(g.role, Role::Owner | Role::Staff))
            .filter_map(|g| g.producer_id)
            .collect();
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        ids
    }

    /// The villages they help in, in this commune.
    pub fn villages(&self, commune: CommuneId) -> Vec<VillageId> {
        self.grants
            .iter()
            .filter(|g| g.commune_id == Some(commune) && g.role == Role::Helper)
            .filter_map(|g| g.village_id)
            .collect()
    }

    /// Where they go after logging in.
    pub fn home(&self, commune: CommuneId) -> &'static str {
        if self.has_role(commune, &[Role::Officer, Role::Admin, Role::Viewer]) {
            "/van-phong"
        } else if !self.villages(commune).is_empty() {
            "/ho-tro"
        } else {
            "/cua-toi"
        }
    }
}

/// A Vietnamese phone number, as ten digits (mobile) or eleven (landline) from 0.
///
/// Mobile prefixes and landline form as in the national numbering plan (DOMAIN.md §5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Phone(String);

/// Why a phone number could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneError {
    /// Nothing was written.
    #[error("empty")]
    Empty,
    /// A letter or sign that is no part of a number.
    #[error("strange character {0:?}")]
    Strange(char),
    /// So many digits, fewer than needed.
    #[error("{0} digits, too few")]
    TooShort(usize),
    /// So many digits, more than there are.
    #[error("{0} digits, too many")]
    TooLong(usize),
    /// The first digits belong to no network.
    #[error("no such prefix")]
    Prefix,
}

impl PhoneError {
    /// What to tell the person.
    pub fn say(self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Empty, Lang::Vi) => "Ghi số điện thoại.".to_owned(),
            (Self::Empty, Lang::En) => "Write a phone number.".to_owned(),
            (Self::Strange(c), Lang::Vi) => format!("Số điện thoại có ký tự lạ: {c}. Chỉ ghi chữ số."),
            (Self::Strange(c), Lang::En) => format!("The phone number has a strange character: {c}. Digits only."),
            (Self::TooShort(n), Lang::Vi) => {
                format!("Bạn đã ghi {n} chữ số, còn thiếu {}.", 10_usize.saturating_sub(n))
            }
            (Self::TooShort(n), Lang::En) => format!("{n} digits, {} too few.", 10_usize.saturating_sub(n)),
            (Self::TooLong(n), Lang::Vi) => format!("Bạn đã ghi {n} chữ số, thừa {}.", n.saturating_sub(10)),
            (Self::TooLong(n), Lang::En) => format!("{n} digits, {} too many.", n.saturating_sub(10)),
            (Self::Prefix, Lang::Vi) => "Đầu số này không có ở Việt Nam. Xem lại các số đầu.".to_owned(),
            (Self::Prefix, Lang::En) => "No network has this prefix. Check the first digits.".to_owned(),
        }
    }
}

impl Phone {
    /// Reads a number in any spacing, with 0 or +84.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let mut digits = String::new();
        for c in text.trim().chars() {
            match c {
                '0'..='9' => digits.push(c),
                '+' if digits.is_empty() => {}
                ' ' | '.' | '-' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
                other => return Err(PhoneError::Strange(other)),
            }
        }
        if digits.is_empty() {
            return Err(PhoneError::Empty);
        }
        if digits.len() >= 11 && digits.starts_with("84") {
            digits.replace_range(..2, "0");
            if digits.starts_with("00") {
                digits.remove(0);
            }
        }
        let landline = digits.starts_with("02");
        let wanted = if landline { 11 } else { 10 };
        if digits.len() < wanted {
            return Err(PhoneError::TooShort(digits.len()));
        }
        if digits.len() > wanted {
            return Err(PhoneError::TooLong(digits.len()));
        }
        let second = digits.as_bytes()[2];
        let known = landline
            || match &digits[..2] {
                "03" => (b'2'..=b'9').contains(&second),
                "05" => matches!(second, b'2' | b'5' | b'6' | b'8' | b'9'),
                "07" => matches!(second, b'0' | b'6'..=b'9'),
                "08" => (b'1'..=b'9').contains(&second),
                "09" => matches!(second, b'0'..=b'4' | b'6'..=b'9'),
                _ => false,
            };
        if known { Ok(Self(digits)) } else { Err(PhoneError::Prefix) }
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups for reading: `0912 345 678`.
    pub fn grouped(&self) -> String {
        let head = self.0.len() - 6;
        format!("{} {} {}", &self.0[..head], &self.0[head..head + 3], &self.0[head + 3..])
    }

    /// All but the last three digits hidden: `•••• ••• 678`.
    pub fn masked(&self) -> String {
        format!("•••• ••• {}", &self.0[self.0.len() - 3..])
    }
}

impl std::fmt::Display for Phone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

text_column!(Phone, |phone| phone.0.clone(), |text: &str| Phone::parse(text));

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_any_spacing() {
        for text in
            ["0912 345 678", "0912.345.678", "+84 912 345 678", "84912345678", "(091) 234-5678", "+84 0912345678"]
        {
            assert_eq!(Phone::parse(text).map(|p| p.0), Ok("0912345678".to_owned()), "{text}");
        }
        assert_eq!(Phone::parse("0220 3812 345").map(|p| p.grouped()), Ok("02203 812 345".to_owned()));
    }

    #[test]
    fn what_is_wrong_is_told() {
        assert_eq!(Phone::parse("0912 345 67"), Err(PhoneError::TooShort(9)));
        assert_eq!(Phone::parse("0912 345 6789"), Err(PhoneError::TooLong(11)));
        assert_eq!(Phone::parse("0112345678"), Err(PhoneError::Prefix));
        assert_eq!(Phone::parse("0512345678"), Err(PhoneError::Prefix));
        assert_eq!(Phone::parse("09a2345678"), Err(PhoneError::Strange('a')));
        assert_eq!(Phone::parse(" "), Err(PhoneError::Empty));
        assert!(PhoneError::TooShort(9).say(Lang::Vi).contains("thiếu 1"));
    }

    proptest! {
        #[test]
        fn every_mobile_number_of_the_plan_is_read(
            number in "0(3[2-9]|5[25689]|7[06-9]|8[1-9]|9[0-46-9])[0-9]{7}"
        ) {
            let phone = Phone::parse(&number).unwrap();
            prop_assert_eq!(phone.as_str(), &number);
            prop_assert_eq!(Phone::parse(&phone.grouped()).unwrap(), phone.clone());
            let with_country = format!("+84 {}", &number[1..]);
            prop_assert_eq!(Phone::parse(&with_country).unwrap(), phone);
        }

        #[test]
        fn nothing_typed_makes_it_panic(text in "\\PC{0,40}") {
            if let Ok(phone) = Phone::parse(&text) {
                prop_assert!(phone.as_str().len() == 10 || phone.as_str().len() == 11);
            }
        }
    }
}
