//! Texts of purchases from outside.

use crate::web::i18n::texts;

texts! {
    title: "Mua từ bên ngoài" / "Bought from outside";
    lead: "Ghi nguyên liệu đã mua của nơi không có trong hệ thống và dùng cho lô này." / "Tell what was bought from somebody who is not in the system and went into this lot.";
    add: "Ghi mua ngoài" / "Bought from outside";
    goods: "Đã mua gì?" / "What was bought?";
    goods_hint: "Ví dụ đường cát trắng, giống vịt con" / "Such as white sugar, ducklings";
    goods_missing: "Ghi tên hàng đã mua." / "Write what was bought.";
    amount: "Bao nhiêu?" / "How much?";
    unit: "Đơn vị" / "Unit";
    kind: "Mua của ai?" / "From whom?";
    kind_missing: "Chọn loại người bán." / "Choose what the supplier is.";
    firm_hint: "Tên được hiện trên trang tem." / "The name is shown on label pages.";
    person_hint: "Tên chỉ cơ sở và cán bộ thấy." / "Only you and the office see the name.";
    name: "Tên người bán" / "Name of the supplier";
    name_missing: "Ghi tên người bán." / "Write the supplier's name.";
    place: "Ở đâu?" / "Where?";
    place_hint: "Ví dụ chợ Hồng Lạc; thành phố Hải Phòng. Bỏ trống nếu không biết." / "Such as a market or a city. Leave empty if you do not know.";
    document: "Số hóa đơn, phiếu giao" / "Number of the invoice or delivery note";
    document_hint: "Bỏ trống nếu không có." / "Leave empty if there is none.";
    day: "Ngày mua" / "Day";
    save: "Ghi lại" / "Record";
    bought: "mua ngoài" / "bought outside";
    from(supplier): "của {supplier}" / "from {supplier}";
    paper(number): "số {number}" / "no. {number}";
    full: "Lô đã ghi nhiều lần mua ngoài. Không ghi thêm được." / "Too many purchases are noted for this lot.";
}
