//! Texts of stated conversions.

use crate::web::i18n::texts;

texts! {
    title: "Một cái nặng bao nhiêu?" / "How much is one piece?";
    lead: "Khai một quả, một con, một chai nặng hoặc chứa bao nhiêu, để số còn lại tính được khi nơi dùng cái, nơi dùng kg. Không khai thì không ai đoán." / "State what one piece weighs or holds, so that what is left can be counted where pieces and kilograms meet. Without a statement nobody guesses.";
    piece: "Một cái (quả, con, chai) là" / "One piece is";
    unit: "Đơn vị" / "Unit";
    piece_unit_missing: "Chọn kg, g, lít hoặc ml." / "Choose kg, g, litre or ml.";
    save: "Khai" / "State it";
    end: "Không quy đổi nữa" / "No longer convert";
    counts_from_now: "Khai mới chỉ tính cho việc ghi từ nay. Việc đã ghi giữ nguyên." / "A new statement counts for what is recorded from now on. What was recorded stays.";
    none: "Chưa khai." / "Nothing is stated yet.";
    history: "Đã khai" / "Stated so far";
    ended: "Thôi quy đổi" / "Conversion ended";
    stated(time, who): "{time}, {who}" / "{time}, {who}";
    office: "người đã nghỉ" / "somebody who left";
    by_statement(rate): "Quy đổi theo khai báo: {rate}" / "Converted as stated: {rate}";
    counted(rate): "Có phần quy đổi theo khai báo; nay là {rate}." / "Some of it is converted as stated, at present {rate}.";
    counted_before: "Có phần quy đổi theo khai báo trước đây." / "Some of it is converted as stated earlier.";
    ask: "Khai một cái nặng bao nhiêu" / "State what one piece weighs";
    changed: "Có người vừa khai khác. Xem lại rồi khai." / "Somebody stated something else meanwhile. Look again.";
}
