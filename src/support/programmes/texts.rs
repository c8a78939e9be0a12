//! Texts of the pages of support programmes.

use crate::web::i18n::texts;

texts! {
    list_title(year): "Chương trình hỗ trợ năm {year}" / "Support programmes of {year}";
    back: "Hỗ trợ" / "Support";
    add: "Thêm chương trình" / "Add a programme";
    add_title: "Thêm chương trình hỗ trợ" / "Add a support programme";
    edit_title: "Sửa chương trình" / "Change the programme";
    none: "Năm này chưa có chương trình nào." / "No programme in this year yet.";
    year: "Năm" / "Year";
    year_hint: "Lượt hỗ trợ của chương trình phải trong năm này." / "The programme's support is of this year.";
    year_wrong: "Ghi năm bằng bốn chữ số, ví dụ 2026." / "A year of four digits, such as 2026.";
    see: "Xem" / "Show";
    name: "Tên chương trình" / "Name";
    name_missing: "Ghi tên chương trình." / "Write the name.";
    budget: "Kinh phí" / "Budget";
    budget_hint: "Ví dụ 120.000.000 hoặc 120 triệu." / "Such as 120,000,000.";
    budget_missing: "Ghi kinh phí của chương trình; không có thì ghi 0." / "Write the budget; 0 if there is none.";
    source: "Nguồn kinh phí" / "Source of money";
    source_hint: "Ví dụ: ngân sách xã, xã hội hóa." / "Such as: commune budget, donations.";
    legal_basis: "Căn cứ" / "Legal basis";
    legal_hint: "Số và ngày của quyết định hoặc kế hoạch." / "Number and date of the decision or plan.";
    targets: "Chỉ tiêu" / "Targets";
    targets_hint: "Mỗi dòng một chỉ tiêu, số trước, đơn vị sau. Ví dụ: 50 hộ" / "One a line, the number first, then its unit. Such as: 50 households";
    target_wrong(line): "Dòng “{line}” chưa đúng: ghi số rồi đơn vị, ví dụ 50 hộ." / "“{line}” is no target: a number, then its unit, such as 50 households.";
    no_targets: "Chưa ghi chỉ tiêu." / "No targets are written.";
    save: "Lưu chương trình" / "Save the programme";
    budgeted: "Dự toán" / "Estimated";
    approved: "Đã duyệt chi" / "Approved";
    paid: "Đã chi" / "Paid";
    left: "Còn lại" / "Left";
    left_hint: "Kinh phí trừ số đã duyệt (đề xuất tính theo dự toán)" / "Budget less what is approved (proposals by their estimate)";
    over: "Vượt kinh phí" / "Over budget";
    records: "Lượt hỗ trợ" / "Support records";
    n_records(n): "{n} lượt" / "{n} records";
    no_records: "Chưa có lượt hỗ trợ nào." / "No support is recorded yet.";
    all_records: "Xem cả danh sách, lọc, tải về" / "The whole list, with filters and downloads";
    give: "Ghi hỗ trợ theo chương trình này" / "Record support of this programme";
    close: "Đóng chương trình" / "Close the programme";
    close_lead: "Chương trình đã đóng không nhận thêm lượt hỗ trợ; lượt đã ghi vẫn làm tiếp được." / "A closed programme takes no more records; those that are there go on.";
    reopen: "Mở lại chương trình" / "Open it again";
    used(percent): "Đã dùng {percent} % kinh phí" / "{percent}% of the budget is used";
    raced: "Người khác vừa sửa chương trình này. Tải lại trang để xem bản mới rồi sửa tiếp." / "Somebody has just changed this programme. Load the page again and go on from there.";
    table: "Bảng chương trình" / "Table of programmes";
    caption: "Lượt đã bỏ không tính." / "Voided records are left out.";
    facts: "Thông tin" / "Facts";
    state: "Tình trạng" / "State";
    date: "Ngày" / "Date";
    producer: "Cơ sở" / "Producer";
    kind: "Nội dung" / "Kind";
    dash: "–" / "–";
}
