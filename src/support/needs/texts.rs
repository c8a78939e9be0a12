//! Texts of needs: the producer's page and the office's.

use crate::web::i18n::texts;

texts! {
    mine: "Hỗ trợ từ xã" / "Support from the commune";
    mine_lead: "Nói với Phòng Kinh tế bạn cần gì. Cán bộ trả lời ngay tại đây." / "Tell the Economic Office what you need. Its answer comes here.";
    tell: "Nêu nhu cầu" / "Say what you need";
    tell_title: "Bạn cần hỗ trợ gì?" / "What support do you need?";
    needs: "Nhu cầu đã nêu" / "Needs";
    needs_none: "Chưa nêu nhu cầu nào." / "None stated yet.";
    got: "Đã được hỗ trợ" / "Support received";
    got_none: "Chưa có lượt hỗ trợ nào." / "None yet.";
    told_on(date, channel): "Nêu ngày {date}, {channel}" / "Told on {date}, {channel}";
    answered_on(date): "Phòng Kinh tế trả lời ngày {date}" / "The Economic Office answered on {date}";
    in_programme(name): "Sẽ hỗ trợ trong chương trình “{name}”." / "It will be in the programme “{name}”.";
    later_when(when): "Để sau: {when}." / "Later: {when}.";
    withdraw: "Rút lại" / "Withdraw";
    withdraw_of(kind): "Rút lại nhu cầu {kind}" / "Withdraw the need: {kind}";
    kind: "Nội dung cần hỗ trợ" / "Kind of support";
    kind_missing: "Chọn nội dung cần hỗ trợ." / "Choose the kind of support.";
    choose: "Chọn…" / "Choose…";
    words: "Cần cụ thể điều gì?" / "What exactly?";
    words_hint: "Ví dụ: 500 hộp giấy loại 2 kg trước mùa vải." / "Such as: 500 paper boxes of 2 kg before the lychee season.";
    words_missing: "Viết vài chữ để cán bộ hiểu bạn cần gì." / "Write a few words so that the office understands.";
    product: "Cho sản phẩm nào?" / "For which product?";
    whole_producer: "Cho cả cơ sở" / "For the producer as a whole";
    product_wrong: "Chọn một sản phẩm của cơ sở này." / "Choose a product of this producer.";
    send: "Gửi cho Phòng Kinh tế" / "Send it to the office";
    too_many: "Đang có 20 nhu cầu chờ trả lời. Hãy đợi cán bộ trả lời bớt." / "20 needs wait for an answer. Please wait for some of them.";
    raced: "Nhu cầu này vừa thay đổi. Tải lại trang để xem." / "This need has just changed. Load the page again.";
    improve_title: "Xã đề nghị hoàn thiện" / "What the commune suggests to improve";
    improve_lead(year): "Theo rà soát năm {year}, sản phẩm của bạn có tiềm năng và còn thiếu:" / "By the review of {year} your products have potential and lack:";
    improve_helps(name): "Ai giúp: {name}" / "Helped by {name}";
    improve_by(day): "trước {day}" / "by {day}";

    office_title: "Nhu cầu hỗ trợ" / "Support needed";
    back: "Hỗ trợ" / "Support";
    state: "Tình trạng" / "State";
    see: "Xem" / "Show";
    none: "Không có nhu cầu nào ở tình trạng này." / "No need is in this state.";
    n_needs(n): "{n} nhu cầu" / "{n} needs";
    table: "Bảng nhu cầu" / "Table of needs";
    date: "Ngày" / "Date";
    producer: "Cơ sở" / "Producer";
    need_of(name): "Nhu cầu của {name}" / "What {name} needs";
    row_range(from, to, total): "Dòng {from}–{to} trong {total}" / "Rows {from}–{to} of {total}";
    answer: "Trả lời" / "Answer";
    answer_of(name): "Trả lời {name}" / "Answer {name}";
    answer_again: "Trả lời lại" / "Answer anew";
    how: "Trả lời thế nào?" / "Which answer?";
    how_missing: "Chọn một cách trả lời." / "Choose an answer.";
    how_programme: "Đưa vào một chương trình" / "Take it into a programme";
    how_later: "Để sau" / "Later";
    how_refused: "Chưa hỗ trợ được" / "No";
    programme: "Chương trình" / "Programme";
    programme_missing: "Chọn chương trình đang mở." / "Choose a programme that is open.";
    programme_hint: "Khi chọn “Đưa vào một chương trình”." / "Where it is taken into a programme.";
    later: "Để đến khi nào?" / "Until when?";
    later_hint: "Ví dụ: quý II năm sau, khi có kinh phí. Khi chọn “Để sau”." / "Such as: next year's second quarter. Where it is for later.";
    later_missing: "Ghi dự kiến khi nào." / "Write when.";
    said: "Lời nhắn cho cơ sở" / "Words to the producer";
    said_hint: "Cơ sở đọc được. Bắt buộc khi chưa hỗ trợ được." / "The producer reads them. Needed where the answer is no.";
    reason_missing: "Ghi lý do để cơ sở hiểu." / "Write the reason.";
    answer_send: "Gửi trả lời" / "Send the answer";
    give_now: "Ghi hỗ trợ cho nhu cầu này" / "Record support for this need";
    is_withdrawn: "Cơ sở đã rút nhu cầu này." / "The producer has withdrawn this need.";
    overview: "Toàn cảnh cơ sở" / "The producer at a glance";
}
