//! Texts of recalls: the office's pages, the producer's, and the public notices.

use super::model::{Kind, Scope};
use crate::web::i18n::texts;

texts! {
    recalls: "Thu hồi" / "Recalls";
    register_title: "Sổ thu hồi" / "Register of recalls";
    register_lead: "Thu hồi bắt đầu từ một lô: mở lô đó, bấm “Thu hồi lô này”. Diễn tập cũng vậy, và không đổi trang nào." / "A recall begins with a lot: open the lot and choose “Recall this lot”. So does a drill, which changes no page.";
    register_none: "Chưa có lần thu hồi hay diễn tập nào." / "No recall and no drill so far.";
    to_lots: "Chọn một lô" / "Choose a lot";
    filter: "Lọc" / "Filter";
    any: "Tất cả" / "All";
    kind: "Loại" / "Kind";
    state: "Tình trạng" / "State";
    grade: "Mức" / "Grade";
    number: "Số" / "No.";
    began_with: "Từ lô" / "Began with";
    lots: "Số lô" / "Lots";
    when: "Ngày, giờ" / "When";
    took: "Từ lúc bắt đầu" / "Took";
    table: "Bảng thu hồi và diễn tập" / "Table of recalls and drills";
    row_range(from, to, total): "Dòng {from}–{to} trong {total}" / "Rows {from}–{to} of {total}";
    recall_title(number): "Thu hồi số {number}" / "Recall no. {number}";
    drill_title(number): "Diễn tập số {number}" / "Drill no. {number}";
    part: "Một phần" / "Part";
    drill_done: "Xong" / "Done";
    lot_code(code): "Lô {code}" / "Lot {code}";
    lot: "Lô" / "Lot";
    depth: "Bậc" / "Steps";
    depth_0: "Lô gốc" / "First lot";
    depth_n(n): "Sau {n} bước" / "{n} steps on";
    product: "Sản phẩm" / "Product";
    producer: "Cơ sở" / "Producer";
    made_on: "Ngày làm" / "Made on";
    best_before: "Dùng trước" / "Best before";
    quantity: "Số lượng" / "Quantity";
    unit: "Đơn vị" / "Unit";
    codes: "Mã tem" / "Label codes";
    scans: "Quét 30 ngày" / "Scans, 30 days";
    asked_count: "Người hỏi" / "Enquiries";
    phone: "Điện thoại" / "Phone";

    begin_title(code): "Thu hồi từ lô {code}" / "Recall from lot {code}";
    begin_lead: "Bước này chỉ dò xem hàng đã đi tới đâu. Chưa trang nào thay đổi cho tới khi bạn xác nhận." / "This step only finds out how far the goods have gone. No page changes until you confirm.";
    begin_kind: "Thật hay diễn tập?" / "Real or a drill?";
    kind_missing: "Chọn thu hồi thật hay diễn tập." / "Choose a real recall or a drill.";
    real_hint: "Sau khi xác nhận, mọi trang tem báo ngay." / "Once confirmed, every label page says it at once.";
    drill_hint: "Đi hết các bước và đo thời gian; không đổi trang nào." / "Goes through all steps and is timed; no page changes.";
    begin_scope: "Thu hồi bao nhiêu?" / "How much of it?";
    serials_hint: "Lô làm từ lô này thì không tính: không biết gói nào đã đi vào đó." / "Lots made from it are left out: nobody knows which pieces went into them.";
    serials_of(number): "Đợt tem số {number}" / "Label run no. {number}";
    serials_form(count): "Tem số 1 đến {count}. Ghi như 12-40, 55." / "Labels 1 to {count}. Write 12-40, 55.";
    serials_missing: "Ghi số tem cần thu hồi, hoặc chọn cả lô." / "Write which labels, or choose the whole lot.";
    serials_shape(text): "Không đọc được “{text}”. Ghi số, hoặc số đầu-số cuối: 12-40, 55." / "“{text}” can't be read. Write a number, or first-last: 12-40, 55.";
    serials_backwards(text): "“{text}”: số đầu lớn hơn số cuối." / "“{text}”: the first number is greater than the last.";
    serials_outside(text, count): "“{text}” nằm ngoài đợt này: chỉ có tem số 1 đến {count}." / "“{text}” is outside this run: it has labels 1 to {count}.";
    serials_many(most): "Nhiều khoảng quá, tối đa {most}." / "Too many ranges, at most {most}.";
    begin_do: "Xem hàng đã đi tới đâu" / "See how far it has gone";
    already: "Tất cả đang bị thu hồi rồi, không còn gì để thêm." / "All of it is being recalled already; there is nothing to add.";
    standing_now: "Lô này đang có lệnh thu hồi" / "This lot is being recalled";

    draft_lead: "Xem kỹ, rồi xác nhận ở cuối trang. Chưa có gì thay đổi." / "Look at it all, then confirm at the end of the page. Nothing has changed yet.";
    changed: "Danh sách đã đổi trong lúc bạn xem: dưới đây là danh sách mới. Xem lại rồi xác nhận." / "The list changed while you looked: this is the new one. Look again, then confirm.";
    followed(depth, lots): "Dò tối đa {depth} bước và {lots} lô." / "Followed for at most {depth} steps and {lots} lots.";
    cut: "Chuỗi lô dài hơn mức dò: còn lô chưa nằm trong danh sách." / "The chain is longer than was followed: some lots are not in the list.";
    left_out(n): "Còn {n} lô làm từ lô gốc chưa bị thu hồi (của cơ sở khác, hoặc mới ghi thêm)." / "{n} lots made from the first are not recalled (of another producer, or recorded since).";
    left_out_do: "Thu hồi cả những lô đó" / "Recall these too";
    reached_lots: "Các lô" / "Lots";
    more_lots(n): "Còn {n} lô nữa trong tệp tải về." / "{n} more lots are in the file.";
    more_rows(n): "Còn {n} dòng nữa trong tệp tải về." / "{n} more are in the file.";
    pieces: "Tem bị thu hồi (đợt: số)" / "Labels taken back (run: numbers)";
    receivers: "Đã gửi tới đâu" / "Where it was sent";
    receivers_none: "Không có lần gửi hàng nào được ghi." / "No sending was recorded.";
    receiver_untold: "chưa ghi nơi nhận" / "receiver not told";
    askers: "Ai đã hỏi mua, ai đã báo" / "Who asked, who reported";
    askers_none: "Không có ai hỏi mua hay báo gì từ ngày làm lô." / "Nobody asked or reported since the lots were made.";
    enquiry: "Hỏi mua" / "Enquiry";
    report: "Báo vấn đề" / "Report";
    confirm_title: "Xác nhận" / "Confirm";
    choose_grade: "Mức độ" / "How grave is it?";
    grade_missing: "Chọn mức độ." / "Choose how grave it is.";
    reason: "Lý do, lưu trong sổ" / "The reason, for the register";
    reason_hint: "Ví dụ: phiếu kiểm nghiệm số …, dư lượng vượt mức." / "Such as: test report no. …, residue above the limit.";
    reason_missing: "Ghi lý do thu hồi." / "Write the reason.";
    notice: "Lời cho người mua" / "Words for buyers";
    notice_hint: "Hiện trên mọi trang tem và trang thông báo. Để trống thì dùng lý do trên." / "Shown on every label page and on the notice. If empty, the reason above is shown.";
    confirm_real: "Thu hồi ngay" / "Recall now";
    confirm_drill: "Danh sách đã đủ, kết thúc diễn tập" / "The list is complete, end the drill";
    give_up: "Bỏ, không thu hồi" / "Give up, recall nothing";
    taken(number): "Số {number} đã được người khác xác nhận hoặc bỏ. Mở lại để xem." / "No. {number} was confirmed or given up by somebody else. Open it again to see.";
    at: "Xác nhận lúc" / "Confirmed";
    request_title(code): "Đề nghị thu hồi lô {code}" / "Ask for a recall of lot {code}";
    request_lead: "Đề nghị gửi tới cán bộ xã. Cán bộ xem rồi quyết định thu hồi." / "The office sees the request and decides.";
    request_reason: "Vì sao?" / "Why?";
    request_hint: "Thấy gì, ở đâu, từ khi nào. Chỉ cán bộ đọc." / "What, where and since when. Only the office reads it.";
    request_do: "Gửi đề nghị" / "Send the request";
    request_waits: "Đề nghị của cơ sở cho lô này đang chờ cán bộ xem." / "Your request for this lot waits for the office.";
    lot_set_aside: "Lô đã bỏ vì việc làm ra nó bị rút lại; không còn gì để thu hồi." / "The lot was set aside; there is nothing to recall.";
    started: "Bắt đầu lúc" / "Began";
    seen_by_public: "Xem trang thông báo" / "See the public notice";
    download_lots: "Tải danh sách lô" / "Download the lots";
    download_parties: "Tải nơi nhận, người hỏi" / "Download receivers and enquiries";
    drill_note: "Diễn tập: không trang nào thay đổi, không sự kiện nào được ghi." / "A drill: no page changed and no event was written.";

    lift: "Thôi thu hồi" / "End the recall";
    lift_title(number): "Thôi thu hồi số {number}" / "End recall no. {number}";
    lift_lead(lots): "Trang tem của {lots} lô thôi báo thu hồi, trừ lô còn nằm trong lệnh khác. Việc thu hồi và lý do vẫn lưu." / "Label pages of {lots} lots stop saying so, except lots held by another recall. The recall and its reason are kept.";
    lift_reason: "Vì sao thôi thu hồi?" / "Why does the recall end?";
    lift_reason_hint: "Người mua đọc được trên trang thông báo." / "Buyers read it on the notice.";
    lift_reason_missing: "Ghi lý do thôi thu hồi." / "Write why it ends.";
    not_standing(number): "Lệnh thu hồi số {number} không còn hiệu lực: đã thôi, hoặc chưa xác nhận." / "Recall no. {number} does not stand: it has ended or was never confirmed.";
    lifted_at(time): "Thôi lúc {time}" / "Ended {time}";

    export_lots(number): "Lô bị thu hồi, số {number}" / "Recalled lots, no. {number}";
    export_parties(number): "Nơi nhận và người hỏi, thu hồi số {number}" / "Receivers and enquiries, recall no. {number}";
    concerned_as: "Liên quan" / "Concerned as";
    as_receiver: "Nơi nhận" / "Receiver";
    sender: "Bên gửi" / "Sender";
    receiver: "Bên nhận" / "Receiver";
    day: "Ngày" / "Day";
    words: "Ghi chú, nội dung" / "Words";

    own_title(code): "Thu hồi lô {code}" / "Recall lot {code}";
    own_lead: "Trang của mọi tem thuộc lô này sẽ báo thu hồi ngay, kèm lý do. Cán bộ thấy việc này." / "The page of every label of this lot says so at once, with the reason. The office is told.";
    own_labels: "Tem đã in" / "Labels printed";
    own_codes(n): "{n} mã tem" / "{n} label codes";
    own_opened: "Đã mở" / "Opened";
    own_scans(n): "{n} lượt quét" / "{n} scans";
    own_with: "Thu hồi cùng lô này" / "Recalled with it";
    own_with_hint: "Lô của cơ sở mình làm từ lô này, và những lô làm tiếp từ đó." / "Your own lots made from this one, and what was made from them.";
    own_others: "Lô của cơ sở khác" / "Lots of other producers";
    own_others_hint: "Cán bộ xã sẽ quyết định về các lô này." / "The commune's office decides about these.";
    own_reason: "Lý do, người mua sẽ đọc" / "The reason, for buyers to read";
    own_reason_hint: "Ví dụ: mẫu kiểm nghiệm vượt mức cho phép. Xin ngừng dùng và gọi cơ sở." / "Such as: a test sample was above the limit. Please stop using it and call the producer.";
    own_do: "Thu hồi lô" / "Recall the lot";

    notices_title: "Thông báo thu hồi" / "Recall notices";
    notices_lead: "Hàng của xã đang được thu hồi, và những lệnh đã thôi. Quét tem trên gói hàng để biết gói của bạn có thuộc lô đó không." / "Goods of the commune that are being taken back, and recalls that ended. Scan the label on your pack to see whether it belongs to such a lot.";
    notices_none: "Không có lô nào đang bị thu hồi." / "No lot is being recalled.";
    notices_standing: "Đang thu hồi" / "Being recalled";
    notices_ended: "Đã thôi" / "Ended";
    notices_feed: "Theo dõi bằng Atom" / "Follow by Atom";
    since(day): "từ {day}" / "since {day}";
    until(from, to): "{from} đến {to}" / "{from} to {to}";
    stands_now(day): "Đang thu hồi từ {day}. Xin đừng dùng, đừng bán." / "Being recalled since {day}. Please do not use or sell it.";
    stands_label(day): "Đang thu hồi từ {day} vì ghi sai nhãn." / "Being recalled since {day} because the label is wrong.";
    ended_on(day): "Đã thôi thu hồi từ {day}." / "The recall ended on {day}.";
    ended_because(reason): "Lý do thôi: {reason}" / "It ended because: {reason}";
    why: "Vì sao" / "Why";
    which: "Những lô nào" / "Which lots";
    which_whole: "Mã lô in trên tem. Quét hoặc gõ mã tem: trang tem sẽ nói gói đó có bị thu hồi không." / "The lot's code is printed on the label. Scan the label or type its code: its page says whether the pack is recalled.";
    which_part(pieces): "Chỉ những tem này bị thu hồi (đợt: số): {pieces}. Tem khác của lô không thuộc phần đó." / "Only these labels are taken back (run: numbers): {pieces}. Other labels of the lot are not part of it.";
    more_public(n): "Và {n} lô khác làm từ lô này; quét tem để biết gói của bạn." / "And {n} more lots made from it; scan your pack's label to know.";
    look_up: "Xem một mã tem" / "Look up a label";
    unnamed(commune): "Một cơ sở của xã {commune}" / "A producer of {commune} commune";
    photo_of(product): "Ảnh: {product}" / "Photo: {product}";
    what_to_do: "Nên làm gì" / "What to do";
    do_stop: "Ngừng dùng, để riêng ra." / "Stop using it and keep it apart.";
    do_stop_more: "Đừng cho người khác hay vật nuôi dùng." / "Do not give it to other people or animals.";
    do_read: "Đọc lại theo thông báo này." / "Go by this notice.";
    do_read_more: "Đừng dựa vào chỗ ghi sai trên nhãn." / "Do not rely on what the label says wrongly.";
    do_return: "Mang lại nơi đã mua." / "Take it back to where you bought it.";
    do_return_more: "Giữ tem, và hóa đơn nếu có." / "Keep the label, and the receipt if there is one.";
    do_doctor: "Thấy không khỏe thì đi khám." / "If you feel unwell, see a doctor.";
    do_doctor_more: "Nói với trạm y tế mã lô." / "Tell the health station the lot's code.";
    contact: "Liên hệ xã" / "Contact the commune";
    feed_title(commune): "Thông báo thu hồi của xã {commune}" / "Recall notices of {commune} commune";
    feed_author(commune, province): "Ủy ban nhân dân xã {commune}, thành phố {province}" / "People's Committee of {commune} commune, {province} city";
    feed_standing(product, lot): "Thu hồi: {product}, lô {lot}" / "Recall: {product}, lot {lot}";
    feed_lifted(product, lot): "Đã thôi thu hồi: {product}, lô {lot}" / "Recall ended: {product}, lot {lot}";
}

impl Texts {
    /// What choosing a kind means.
    pub fn kind_hint(self, kind: Kind) -> &'static str {
        if kind == Kind::Drill { self.drill_hint() } else { self.real_hint() }
    }

    /// What choosing how much means.
    pub fn scope_hint(self, scope: Scope) -> &'static str {
        if scope == Scope::Serials { self.serials_hint() } else { "" }
    }

    /// How somebody who wrote is concerned.
    pub fn as_asking(self, is_enquiry: bool) -> &'static str {
        if is_enquiry { self.enquiry() } else { self.report() }
    }

    /// How far a lot is from the first.
    pub fn depth_text(self, depth: i64) -> String {
        if depth == 0 { self.depth_0().to_owned() } else { self.depth_n(depth) }
    }
}
