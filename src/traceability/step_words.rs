//! What steps are called that have no template, and which drawing stands for a step.

use super::chain::event::{RECEIVE, SHIP};
use super::event_lots::LotRole;
use super::history::{RECALL, RECALL_LIFTED};
use super::purchases::model::PURCHASE;
use super::template::Bilingual;

/// What lots made from lots and goods that change hands are called, by the lot's part in it.
pub(super) fn chain_words(key: &str, role: LotRole) -> Option<Bilingual> {
    let (vi, en) = match (key, role) {
        ("split", LotRole::Input) => ("Tách thành các lô nhỏ", "Split into smaller lots"),
        ("split", _) => ("Tách từ một lô lớn", "Split off a larger lot"),
        ("merge", LotRole::Input) => ("Gộp vào một lô khác", "Merged into another lot"),
        ("merge", _) => ("Gộp từ nhiều lô", "Merged from several lots"),
        ("transform", LotRole::Input) => ("Dùng làm ra lô khác", "Used to make another lot"),
        ("transform", _) => ("Làm ra từ các lô khác", "Made from other lots"),
        ("pack", LotRole::Child) => ("Xếp vào thùng có mã riêng", "Packed into a unit with a code"),
        ("pack", _) => ("Đóng gói từ các lô khác", "Other lots packed into it"),
        ("unpack", LotRole::Child) => ("Lấy ra khỏi thùng", "Taken out of the unit"),
        ("unpack", _) => ("Mở gói, hàng trở lại các lô", "Opened; what was inside is in its lots again"),
        (SHIP, _) => ("Giao hàng", "Sent"),
        (PURCHASE, _) => ("Mua từ bên ngoài", "Bought from outside"),
        (RECEIVE, _) => ("Bên nhận đã nhận hàng", "Received by the other side"),
        _ => return None,
    };
    Some(bilingual(vi, en))
}

pub(super) fn bilingual(vi: &str, en: &str) -> Bilingual {
    Bilingual { vi: vi.to_owned(), en: en.to_owned() }
}

pub(super) fn notice_icon(key: &str) -> &'static str {
    match key {
        RECALL => "stop",
        RECALL_LIFTED => "seal",
        "split" | "merge" => "prune",
        "transform" => "cook",
        "pack" | "unpack" => "pack",
        SHIP => "truck",
        RECEIVE | PURCHASE => "receive",
        _ => "other",
    }
}

/// The name in `web/templates/icons.html` of a template's drawing.
pub fn icon_of(drawing: &str) -> &'static str {
    match drawing {
        "basket" | "net" => "harvest",
        "spray" => "spray",
        "leaf" => "leaf",
        "drop" => "water",
        "cut" | "knife" => "prune",
        "seedling" => "plant",
        "snow" => "cool",
        "box" => "pack",
        "truck" => "truck",
        "inbox" => "receive",
        "sun" => "dry",
        "mill" => "mill",
        "bowl" => "feed",
        "needle" | "flask" => "test",
        "pot" => "cook",
        "hand" | "brush" => "tag",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::traceability::model::templates;

    #[test]
    fn every_step_of_the_templates_has_a_drawing() {
        for step in templates().steps() {
            assert_ne!(icon_of(&step.icon), "other", "{}", step.key);
        }
    }
}
