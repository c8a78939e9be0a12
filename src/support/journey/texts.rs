//! Texts of the page of one producer's way.

use crate::web::i18n::texts;

texts! {
    title(name): "{name}: toàn cảnh" / "{name} at a glance";
    back: "Cơ sở" / "Producers";
    stages: "Các chặng" / "Stages";
    needs: "Nhu cầu" / "Needs";
    supported: "Được hỗ trợ" / "Supported";
    listed: "Lên trang" / "Listed";
    traced: "Truy xuất" / "Traced";
    scanned: "Quét tem" / "Scanned";
    asked: "Hỏi mua" / "Asked to buy";
    n_needs(n): "{n} nhu cầu" / "{n} needs";
    n_records(n): "{n} lượt" / "{n} times";
    n_products(n): "{n} sản phẩm" / "{n} products";
    n_lots(n): "{n} lô" / "{n} lots";
    n_scans(n): "{n} lượt trong 30 ngày" / "{n} in 30 days";
    n_enquiries(n): "{n} lần" / "{n} times";
    unanswered(n): "{n} chưa đáp" / "{n} unanswered";
    none: "Chưa có." / "None yet.";
    give: "Ghi hỗ trợ" / "Record support";
    tell: "Ghi nhu cầu" / "Note a need";
    file: "Hồ sơ cơ sở" / "The producer's record";
    lot(code): "Lô {code}" / "Lot {code}";
    reached: "đã có" / "reached";
    missing: "chưa có" / "not yet";
    is_new: "Chưa đáp" / "Unanswered";
    is_answered: "Đã đáp" / "Answered";
    more(n): "và {n} nữa" / "and {n} more";
    dash: "–" / "–";
}
