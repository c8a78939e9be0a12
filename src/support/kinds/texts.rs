//! Texts of the pages of kinds of support.

use crate::web::i18n::texts;

texts! {
    title: "Nội dung hỗ trợ" / "Kinds of support";
    lead: "Đổi tên, ẩn hoặc thêm nội dung. Lượt hỗ trợ đã ghi giữ nguyên." / "Rename, hide or add kinds. Recorded support stays as it is.";
    back: "Hỗ trợ" / "Support";
    add: "Thêm nội dung" / "Add a kind";
    edit: "Sửa nội dung hỗ trợ" / "Change a kind of support";
    edit_of(name): "Sửa {name}" / "Change {name}";
    name_vi: "Tên tiếng Việt" / "Name in Vietnamese";
    name_en: "Tên tiếng Anh" / "Name in English";
    name_missing: "Ghi tên." / "Write the name.";
    months: "Nhắc khi hỗ trợ lặp lại trong (tháng)" / "Warn when given again within (months)";
    months_hint: "Ghi 0 nếu không cần nhắc." / "0 for no warning.";
    months_wrong: "Ghi số tháng, từ 0 đến 120." / "Months, from 0 to 120.";
    never: "không nhắc" / "no warning";
    n_months(n): "{n} tháng" / "{n} months";
    hide: "Ẩn khỏi danh sách chọn" / "No longer offer it";
    hide_hint: "Lượt đã ghi vẫn hiện tên nội dung này." / "Recorded support still shows its name.";
    hidden: "Đã ẩn" / "Hidden";
    offered: "Đang dùng" / "Offered";
    state: "Tình trạng" / "State";
    same_name: "Đã có nội dung mang tên này." / "There is a kind of this name.";
    save: "Lưu" / "Save";
    raced: "Người khác vừa sửa nội dung này. Tải lại trang để xem bản mới rồi sửa tiếp." / "Somebody has just changed this kind. Load the page again and go on from there.";
    table: "Bảng nội dung hỗ trợ" / "Table of kinds of support";
}
