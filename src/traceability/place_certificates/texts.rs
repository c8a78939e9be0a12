//! Texts of certificates of places.

use crate::web::i18n::texts;

texts! {
    add: "Thêm mã vùng trồng, giấy chứng nhận" / "Add a growing-area code or certificate";
    add_lead(place): "Giấy cấp cho nơi “{place}”. Người mua thấy trên trang tem của các lô làm ra ở đây, sau khi xã xem." / "A paper issued for “{place}”. Buyers see it on labels of lots made there, once the office has looked at it.";
    kind: "Loại giấy" / "Kind";
    kind_blank: "Chọn loại giấy" / "Choose the kind";
    kind_not_of_places: "Loại giấy này thuộc về sản phẩm. Thêm ở trang sản phẩm." / "This kind belongs to a product. Add it there.";
    number: "Số, hoặc mã vùng trồng" / "Number, or the growing-area code";
    number_hint: "Như ghi trên giấy, ví dụ VN-HDOR-0012" / "As on the paper, such as VN-HDOR-0012";
    issuer: "Nơi cấp" / "Issuer";
    scope: "Cấp cho việc gì" / "What it covers";
    scope_hint: "Ví dụ: trồng vải" / "Such as: growing lychee";
    market: "Thị trường, nếu là mã vùng trồng" / "Market, for a growing-area code";
    market_hint: "Ví dụ: Trung Quốc, EU, trong nước" / "Such as: China, EU, domestic";
    area: "Diện tích" / "Area";
    area_hint: "Tính bằng héc-ta, ví dụ 2,5" / "In hectares, such as 2,5";
    area_wrong: "Ghi số héc-ta, ví dụ 2,5 (tối đa 10.000)." / "Hectares, such as 2,5 (at most 10,000).";
    issued_on: "Có hiệu lực từ" / "Valid from";
    expires_on: "Có hiệu lực đến" / "Valid until";
    expires_hint: "Để trống nếu không có hạn." / "Leave empty if it has no end.";
    file: "Ảnh hoặc bản quét" / "Photo or scan";
    file_hint: "PDF, JPEG, PNG. Chỉ cơ sở và xã xem được." / "PDF, JPEG or PNG. For the producer and the office only.";
    file_now: "Đã nhận tệp" / "File received";
    save: "Gửi cho xã xem" / "Send to the office";
    withdraw: "Bỏ giấy này" / "Withdraw it";
    list: "Mã vùng trồng, giấy chứng nhận" / "Growing-area codes, certificates";
    list_none: "Chưa có giấy nào cho nơi này." / "None for this place yet.";
    full: "Nơi này đã có quá nhiều giấy." / "This place has too many papers.";
    expired: "Hết hạn" / "Expired";
    for_market(market): "thị trường {market}" / "market {market}";
    hectares(n): "{n} ha" / "{n} ha";
    since_day(day): "từ {day}" / "from {day}";
    until(day): "đến {day}" / "until {day}";
    office_title: "Giấy tờ của nơi sản xuất" / "Certificates of places";
    office_lead: "Xem giấy rồi mới công nhận: sau đó người mua thấy trên trang tem." / "Look at the paper before accepting it: buyers then see it on label pages.";
    office_waiting: "Chờ xem" / "Waiting";
    office_accepted: "Đang hiển thị" / "Shown";
    office_none: "Không có giấy nào chờ xem." / "None is waiting.";
    office_accepted_none: "Chưa công nhận giấy nào." / "None was accepted yet.";
    see_file: "Mở bản quét" / "Open the scan";
    no_file: "Không kèm bản quét" / "No scan attached";
    at(place): "tại {place}" / "at {place}";
    accept: "Công nhận" / "Accept";
    reject: "Không công nhận" / "Turn down";
    reason: "Lý do, cơ sở sẽ đọc" / "The reason, for the producer to read";
    reason_missing: "Ghi lý do." / "Write the reason.";
    revoke: "Thôi công nhận" / "No longer accept";
    raced: "Giấy này đã thay đổi trong lúc bạn xem. Mở lại danh sách." / "It changed meanwhile. Open the list again.";
}
