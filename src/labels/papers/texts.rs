//! Texts of papers.

use crate::web::i18n::texts;

texts! {
    title: "Giấy in tem" / "Label papers";
    lead: "Chọn loại giấy đúng cỡ tem bạn mua. Không thấy cỡ của mình thì thêm vào đây một lần, lần sau chọn là xong." / "Choose the paper whose labels have the size you bought. If yours is missing, add it here once.";
    tip: "Máy in nào cũng lệch một ít. Tải tờ canh, in đúng cỡ 100% lên giấy thường, đặt chồng lên tờ tem rồi soi ra sáng." / "Every printer slips a little. Print the test page at 100% on plain paper, lay it on a sheet of labels and hold both to the light.";
    own: "Giấy của bạn" / "Your papers";
    own_of(name): "Giấy của {name}" / "Papers of {name}";
    own_none: "Bạn chưa thêm loại giấy nào." / "You have not added any.";
    add: "Thêm loại giấy" / "Add a paper";
    on_offer: "Giấy có sẵn" / "Papers on offer";
    test_page: "Tờ canh (PDF)" / "Test page (PDF)";
    edit: "Sửa" / "Change";
    sticky(n, w, h): "{n} tem một tờ A4, mỗi tem {w} × {h} mm, giấy tem dán sẵn" / "{n} labels on A4, each {w} × {h} mm, sticky label paper";
    plain(n, w, h): "{n} tem một tờ A4, mỗi tem {w} × {h} mm, giấy thường, cắt bằng kéo" / "{n} labels on A4, each {w} × {h} mm, plain paper, cut with scissors";
    roll(w, h): "Cuộn tem {w} × {h} mm, mỗi trang một tem" / "Roll of labels {w} × {h} mm, one a page";
    card: "Thẻ kệ A6, có ảnh và câu chuyện" / "Shelf card A6 with photo and story";
    new_title: "Thêm loại giấy" / "Add a paper";
    edit_title(name): "Sửa giấy “{name}”" / "Change paper “{name}”";
    form_lead: "Đo bằng thước, tính bằng milimét. Số lẻ ghi dấu phẩy, ví dụ 38,1." / "Measure with a ruler, in millimetres, such as 38.1.";
    name: "Gọi loại giấy này là gì?" / "What do you call it?";
    name_hint: "Ví dụ: giấy tem 30 con, mua ở Thanh Hà" / "For example: 30 labels, from the shop in Thanh Hà";
    name_missing: "Đặt cho giấy một cái tên." / "Give it a name.";
    label_width: "Một tem rộng" / "Width of a label";
    label_height: "Một tem cao" / "Height of a label";
    columns: "Số tem một hàng ngang" / "Labels in a row";
    rows: "Số hàng trên một tờ" / "Rows on a sheet";
    margin_left: "Từ mép trái tờ giấy đến tem đầu" / "From the left edge of the sheet to the first label";
    margin_top: "Từ mép trên tờ giấy đến tem đầu" / "From the upper edge of the sheet to the first label";
    pitch_x: "Từ mép trái tem này đến mép trái tem bên cạnh" / "From the left edge of a label to that of the next";
    pitch_y: "Từ mép trên tem này đến mép trên tem dưới" / "From the upper edge of a label to that of the one below";
    pitch_hint: "Chỉ một tem thì để trống." / "Leave it empty if there is only one.";
    offset_x: "Máy in cần in lệch sang phải" / "This printer must print further right by";
    offset_y: "Máy in cần in lệch xuống dưới" / "This printer must print further down by";
    offset_hint: "Xem ở tờ canh. Sang trái hoặc lên trên thì ghi số âm, ví dụ -1,5." / "See the test page. For left or up write a negative number, such as -1.5.";
    number_wrong: "Ghi một số, ví dụ 38,1." / "Write a number, such as 38.1.";
    count_wrong: "Ghi một số nguyên, ví dụ 3." / "Write a whole number, such as 3.";
    between_mm(least, most): "Từ {least} đến {most} mm." / "From {least} to {most} mm.";
    between(least, most): "Từ {least} đến {most}." / "From {least} to {most}.";
    overlap(mm): "Các tem chồng lên nhau {mm} mm: khoảng này không được nhỏ hơn cỡ tem." / "Labels lie on each other by {mm} mm: this can't be less than the size of a label.";
    off_page(mm): "Tem ra ngoài tờ A4 {mm} mm. Xem lại số tem, lề và khoảng cách." / "Labels reach {mm} mm beyond the A4 sheet. Check their number, margins and distances.";
    save: "Lưu giấy" / "Save";
    put_aside: "Bỏ loại giấy này" / "Put this paper aside";
    stale: "Có người vừa sửa giấy này. Xem lại bên dưới rồi lưu lần nữa." / "Somebody has just changed this paper. Look below and save again.";
    sheet_title(name): "Tờ canh: {name}" / "Test page: {name}";
    sheet_1: "Tờ canh" / "Test page";
    sheet_2: "In ở 100%. Vạch 100 phải cách mép giấy đúng 100 mm." / "Print at 100%. The stroke at 100 must be 100 mm from the edge.";
    sheet_3: "Khung lệch tem bao nhiêu thì ghi vào hai ô lệch." / "If frames and labels differ, enter by how much.";
}
