//! Texts of places, lots and the diary.

use super::facts::FactError;
use super::quantity::QuantityError;
use crate::web::i18n::{Lang, texts};

texts! {
    mine: "Của tôi" / "Mine";
    places: "Nơi sản xuất" / "Places";
    places_lead: "Thửa, vườn, ao, xưởng, kho: mỗi công đoạn ghi ở một nơi. Người mua thấy tên nơi, không thấy địa chỉ nhà." / "Plots, ponds, workshops, stores: each step happens at one. Buyers see its name, not your address.";
    no_places: "Chưa có nơi nào. Thêm nơi đầu tiên, ví dụ “Vườn số 3”." / "No places yet. Add the first, such as “Orchard 3”.";
    add_place: "Thêm nơi" / "Add a place";
    place_kind: "Đây là nơi gì?" / "What kind of place is it?";
    place_kind_missing: "Chọn loại nơi." / "Choose the kind of place.";
    place_name: "Tên gọi" / "Name";
    place_name_hint: "Như nhà mình vẫn gọi: Vườn số 3, Ao dưới, Xưởng sấy." / "As you call it: Orchard 3, Lower pond, Drying shed.";
    place_name_missing: "Ghi tên gọi của nơi này." / "Write what the place is called.";
    village: "Thôn" / "Village";
    village_unset: "Chọn thôn" / "Choose the village";
    village_unknown: "Chọn một thôn trong danh sách." / "Choose a village of the list.";
    place_kind_short: "Loại" / "Kind";
    place_edit: "Sửa nơi này" / "Change this place";
    place_stale: "Người khác vừa sửa nơi này. Những gì bạn gõ còn nguyên; xem lại rồi lưu lần nữa." / "Somebody else has just changed this place. What you typed is kept; look again and save once more.";
    place_address: "Chỗ cụ thể" / "Where exactly";
    place_address_hint: "Ví dụ: đầu bờ kênh, cạnh trạm bơm. Chỉ hiện cho người khác khi cơ sở đồng ý công khai địa chỉ." / "Such as: by the canal, next to the pump. Shown to others only if the producer agreed to publish its address.";
    place_located: "Cơ sở đã đồng ý công khai." / "The producer agreed to publish it.";
    place_not_located: "Chỉ cơ sở và xã thấy." / "For the producer and the office only.";
    gln: "Mã địa điểm GLN" / "Global location number (GLN)";
    gln_hint: "13 chữ số do GS1 cấp. Không có thì bỏ trống." / "13 digits issued by GS1. Leave empty if there is none.";
    gln_length: "GLN có đúng 13 chữ số." / "A GLN has exactly 13 digits.";
    gln_check: "Số cuối của GLN không khớp. Xem lại từng số." / "The last digit of the GLN does not agree. Check each digit.";
    more_codes: "Mã số, nếu có" / "Codes, if any";
    hide_place: "Không dùng nữa" / "No longer used";
    show_place: "Dùng lại" / "Use again";
    hidden: "Không dùng" / "Not used";
    save_place: "Lưu nơi này" / "Save the place";

    lots: "Các lô" / "Lots";
    lots_lead: "Mỗi lô là một lần thu hoạch hoặc một mẻ làm." / "Each lot is one harvest or one batch.";
    new_lot: "Tạo lô mới" / "Make a lot";
    no_lots: "Chưa có lô nào" / "No lots yet";
    no_lots_more: "Khi sản phẩm đã được duyệt, tạo lô rồi ghi công đoạn và in tem." / "Once a product is approved, make a lot, note its steps and print labels.";
    no_open_lots: "Chưa có lô nào đang ghi" / "No lot is open";
    which_product: "Lô của sản phẩm nào?" / "A lot of which product?";
    no_products: "Chưa có sản phẩm nào được duyệt" / "No product is approved yet";
    no_products_more: "Lô chỉ tạo được cho sản phẩm đã duyệt." / "A lot can only be made of an approved product.";
    to_products: "Sản phẩm của tôi" / "My products";
    not_approved: "Sản phẩm này chưa được duyệt nên chưa tạo lô được. Cán bộ duyệt xong là tạo được ngay." / "This product is not approved yet. Once the office approves it, you can make a lot.";
    no_lot_family: "Dịch vụ du lịch không có lô. Hãy in tem cho cả dịch vụ: khách quét là mở trang giới thiệu." / "A tourism service has no lots. Print a label for the service itself: visitors scan it to open its page.";
    product_label: "In tem sản phẩm" / "Print product labels";
    made_on: "Ngày thu hoạch hoặc làm ra" / "Harvested or made on";
    made_on_hint: "Ghi ngày/tháng/năm, ví dụ 14/06/2026" / "Day/month/year, such as 14/06/2026";
    made_on_missing: "Ghi ngày thu hoạch hoặc ngày làm ra." / "Write the day it was harvested or made.";
    day_shape: "Ghi ngày theo mẫu 14/06/2026." / "Write the date like 14/06/2026.";
    day_none: "Trong lịch không có ngày này." / "There is no such day in the calendar.";
    day_future: "Ngày này chưa tới. Ghi ngày hôm nay hoặc trước đó." / "This day is still to come. Write today or an earlier day.";
    day_too_old: "Ngày này đã quá lâu. Xem lại năm." / "This is too long ago. Check the year.";
    best_before: "Dùng tốt nhất đến" / "Best before";
    best_before_hint(days): "Tính theo hạn dùng {days} ngày đã khai. Sửa được." / "From the {days} days it keeps, as you told. You may change it.";
    best_before_free: "Để trống nếu hàng không có hạn dùng." / "Leave empty if it does not expire.";
    best_before_title: "Sửa hạn dùng của lô" / "Change the lot's last good day";
    best_before_edit: "Sửa hạn dùng" / "Change it";
    best_before_labelled: "Tem của lô đã in với hạn cũ. Sửa bây giờ là đính chính: cần lý do, và trang tem nói hạn đã đính chính." / "Labels were printed with the earlier day. A change now is a correction: it needs a reason, and label pages say so.";
    best_before_save: "Lưu hạn dùng" / "Save";
    correction_reason: "Vì sao đính chính?" / "Why is it corrected?";
    correction_reason_hint: "Chỉ cơ sở và cán bộ đọc." / "Only you and the office read it.";
    correction_reason_missing: "Ghi vì sao đính chính." / "Write why it is corrected.";
    correction_save: "Đính chính" / "Correct it";
    corrections: "Hạn dùng đã sửa" / "Changes of the last good day";
    changed_day(before, after): "Từ {before} thành {after}" / "{before} to {after}";
    no_day: "chưa ghi" / "none";
    lot_changed_meanwhile: "Lô vừa được sửa trong lúc bạn nhập. Chưa lưu gì. Mở lại lô." / "The lot was changed meanwhile. Nothing was saved. Open it again.";
    best_before_early: "Hạn dùng phải sau ngày làm ra." / "It must be after the day it was made.";
    expired: "Đã hết hạn" / "Expired";
    quantity: "Số lượng" / "Quantity";
    quantity_hint: "Ví dụ 120 hoặc 1.240,5" / "Such as 120 or 1.240,5";
    unit: "Đơn vị" / "Unit";
    place: "Nơi" / "Place";
    made_at: "Làm ra ở đâu?" / "Where was it made?";
    choose_place: "Chọn nơi" / "Choose the place";
    place_missing: "Chọn nơi." / "Choose the place.";
    new_place: "Tên nơi làm ra" / "Name of the place";
    save_lot: "Tạo lô" / "Make the lot";
    lot: "Lô" / "Lot";
    lot_code(code): "Lô {code}" / "Lot {code}";
    producer: "Cơ sở" / "Producer";
    product: "Sản phẩm" / "Product";
    record_step: "Ghi công đoạn" / "Note a step";
    print_labels: "In tem" / "Print labels";
    recall_number(number): "Đang thu hồi: số {number}" / "Being recalled: no. {number}";
    recall_part: "Một phần" / "Part";
    recall: "Thu hồi lô này" / "Recall this lot";
    close_lot: "Lô này đã xong" / "This lot is done";
    open_lot: "Mở lại để ghi" / "Open it again";
    closed_note: "Lô đã xong, không ghi thêm công đoạn. Vẫn in tem và thu hồi được." / "The lot is done; no more steps. Labels and recall still work.";
    the_way: "Đã làm những gì" / "What happened";
    no_steps: "Chưa ghi công đoạn nào. Ghi việc đầu tiên, chỉ mất chừng nửa phút." / "No steps yet. Note the first one; it takes half a minute.";
    at_place(place): "tại {place}" / "at {place}";
    days: "ngày" / "days";
    in_village(village): "thôn {village}" / "{village} village";
    dose(dose): "liều {dose}" / "dose {dose}";
    withheld_to(day): "cách ly đến hết {day}" / "withheld to the end of {day}";
    celsius(t): "{t} °C" / "{t} °C";
    photo_of(what, time): "Ảnh: {what}, {time}" / "Photo: {what}, {time}";
    harvest_from(day): "Đang trong thời gian cách ly. Thu hoạch được từ {day}." / "Within a withholding period. Harvest is in order from {day}.";
    too_early(what, used, days, harvested, safe): "{what} dùng ngày {used}, phải chờ {days} ngày. Thu hoạch ngày {harvested} là sớm; từ {safe} mới đủ ngày." / "{what} was used on {used} and needs {days} days. Harvest on {harvested} is early; it is in order from {safe}.";
    some_input: "Thuốc, chế phẩm" / "A treatment";
    work_wrong: "Ghi sai? Rút lại việc này" / "Wrong? Take this back";
    set_aside_note: "Lô đã bỏ: việc làm ra nó bị rút lại. Không ghi, không in tem, không dùng nữa." / "The lot was set aside: the work that made it was taken back. It can't be used any more.";
    ask_recall: "Đề nghị thu hồi" / "Ask for a recall";
    step_wrong: "Bước này ghi sai" / "This step is wrong";
    taken_back(time): "Đã báo ghi sai lúc {time}" / "Taken back on {time}";
    documents: "Hồ sơ của lô" / "Documents of the lot";
    still_missing(what): "Còn thiếu: {what}" / "Missing: {what}";
    documents_all: "Bản in, bảng Excel, EPCIS, hộ chiếu số" / "Printed page, table, EPCIS, passport";
    recalled_on(time): "Lô bị thu hồi từ {time}" / "The lot is recalled since {time}";

    diary: "Ghi nhật ký" / "Diary";
    diary_lead: "Vừa làm cho lô nào?" / "Which lot did you work on?";
    change_lot: "Đổi lô" / "Another lot";
    change_step: "Đổi việc" / "Another step";
    what: "1. Vừa làm gì?" / "1. What was done?";
    facts: "Chi tiết" / "Details";
    when: "Khi nào?" / "When?";
    just_now: "Vừa xong" / "Just now";
    other_time: "Sửa ngày giờ" / "Change date or time";
    date: "Ngày" / "Date";
    time: "Giờ" / "Time";
    time_hint: "Ví dụ 16:20" / "Such as 16:20";
    time_wrong: "Ghi giờ theo mẫu 16:20." / "Write the time like 16:20.";
    time_future: "Giờ này chưa tới." / "This time is still to come.";
    before_made(step, time): "Việc này phải sau “{step}”, đã ghi lúc {time}." / "This must come after “{step}”, noted for {time}.";
    before_lot(day): "Lô này làm ra ngày {day}; việc này không thể trước ngày đó." / "This lot was made on {day}; this can't come before.";
    before_lot_day(done, made): "Ghi là làm ra ngày {done}, trước ngày {made} của lô." / "Noted as made on {done}, before the lot's day, {made}.";
    harvest_before_planting(harvested, planted): "Thu hoạch ngày {harvested} mà ngày {planted} mới trồng, thả." / "Harvested on {harvested}, but planted or stocked on {planted} only.";
    check_title: "Xem lại trước khi ghi" / "Please check before it is recorded";
    step_gone_title: "Chọn lại việc vừa làm" / "Choose the step again";
    step_gone: "Mẫu của việc này đã thay đổi hoặc chưa được chọn, nên chưa ghi gì. Những gì bạn đã gõ và ảnh vẫn còn: chọn lại việc rồi lưu." / "The form of this step has changed or none was chosen, so nothing was recorded. What you typed and your photos are kept: choose the step again and save.";
    step_changed: "Mẫu của việc này vừa thay đổi. Chưa ghi gì; xem lại các ô rồi lưu lần nữa." / "The form of this step has just changed. Nothing was recorded; look at the fields and save again.";
    typed_before: "Bạn đã gõ" / "You typed";
    photos: "Ảnh, nếu có" / "Photos, if any";
    shoot: "Chụp hoặc chọn ảnh" / "Take or choose photos";
    shoot_hint: "Máy tự thu nhỏ ảnh" / "Your phone shrinks them";
    photo_done(n): "Đã nhận {n} ảnh" / "{n} photos received";
    shrinking: "Đang thu nhỏ ảnh" / "Shrinking the photos";
    shrunk: "Ảnh đã sẵn sàng" / "The photos are ready";
    too_many_photos: "Mỗi việc tối đa 6 ảnh." / "At most 6 photos a step.";
    save_step: "Lưu việc này" / "Save this step";
    made_of_lot: "Làm từ lô nào?" / "Made from which lot?";
    made_of_lot_hint: "Nếu dùng một lô khác đã ghi ở đây." / "If another lot noted here was used.";
    made_of_no_lot: "Không dùng lô khác" / "No other lot";
    made_of_unknown: "Chọn một lô trong danh sách." / "Choose a lot of the list.";
    made_of_itself(input, lot): "Lô {input} lại được làm từ chính lô {lot}. Một lô không thể làm ra chính nó." / "Lot {input} was itself made from lot {lot}. A lot can't be made from itself.";
    early_title: "Thu hoạch sớm hơn ngày cho phép" / "Harvest before the withholding period is over";
    early_more: "Người mua sẽ thấy điều này. Nếu ngày ghi ở trên đúng như vậy, vẫn ghi được." / "Buyers will see this. If the dates are right, it can still be recorded.";
    early_confirm: "Đúng như vậy, vẫn ghi" / "The dates are right, record it";
    recent: "Gần đây" / "Lately";
    saved_step: "Đã ghi." / "Recorded.";
    saved_repeat: "Việc này đã được ghi từ trước." / "This step was recorded before.";
    not_open: "Lô này không còn ghi thêm công đoạn được." / "No more steps can be recorded for this lot.";
    with_photos(n): "có {n} ảnh" / "{n} photos";
    today_at(time): "hôm nay, {time}" / "today, {time}";
    step_unknown: "Chọn một việc." / "Choose a step.";

    wrong_title: "Báo bước ghi sai" / "Take a step back";
    wrong_lead: "Bước đã ghi không bị xóa: nó được gạch đi, kèm lý do, để ai cũng thấy đã sửa gì." / "A step is not deleted: it is struck through with the reason, so that everybody sees what was corrected.";
    wrong_why: "Sai thế nào?" / "What is wrong?";
    wrong_never: "Việc này không xảy ra" / "It never happened";
    wrong_never_hint: "Ghi nhầm lô, bấm nhầm việc." / "Wrong lot, wrong step.";
    wrong_data: "Có làm, nhưng ghi sai" / "It happened, but not as noted";
    wrong_data_hint: "Sau đó ghi lại một bước đúng." / "Note the right step afterwards.";
    wrong_why_missing: "Chọn một lý do." / "Choose a reason.";
    wrong_note: "Lý do, bằng lời của bạn" / "The reason in your words";
    wrong_note_missing: "Ghi vài chữ về lý do." / "Write a few words on the reason.";
    wrong_save: "Gạch bước này" / "Strike it through";
    already_wrong: "Bước này đã được báo ghi sai từ trước." / "This step was taken back before.";

    recall_labels(n): "{n} mã tem đã in" / "{n} label codes printed";
    recall_scans(n): "{n} lượt quét" / "{n} scans";
    reach_labels: "Tem" / "Labels";
    reach_scans: "Người mua đã mở" / "Opened by buyers";
    no_steps_yet: "Chưa có công đoạn nào được ghi." / "No steps noted yet.";
    office_lots: "Lô hàng" / "Lots";
    found(n): "{n} lô" / "{n} lots";
    state: "Tình trạng" / "State";
    any_state: "Mọi tình trạng" / "Any state";
    any_village: "Mọi thôn" / "Any village";
    find_code: "Mã lô" / "Lot code";
    find_code_wrong: "Không có lô mang mã này." / "No lot has this code.";
    filter: "Lọc" / "Filter";
    no_filter: "Bỏ lọc" / "Clear the filter";
    none_found: "Không có lô nào như vậy" / "No such lots";
    later: "Lô cũ hơn" / "Older lots";
    latest: "Về đầu danh sách" / "To the latest";
    table: "Bảng các lô" / "Table of lots";
    more_for(name): "của {name}" / "of {name}";
}

impl Texts {
    /// The texts of the chain of lots, in the same language.
    pub fn chain(self) -> super::chain::texts::Texts {
        super::chain::texts::Texts(self.0)
    }

    /// What is wrong with an answer of a step.
    pub fn fact_error(self, label: &str, error: &FactError) -> String {
        let vi = self.0 == Lang::Vi;
        match error {
            FactError::Missing if vi => format!("Ghi {}.", lower_first(label)),
            FactError::Missing => format!("Write: {}.", lower_first(label)),
            FactError::Quantity(error) => self.quantity_error(*error).to_owned(),
            FactError::UnitNotOffered => {
                self.0.pick("Chọn một đơn vị trong danh sách.", "Choose a unit of the list.").to_owned()
            }
            FactError::TooLong(most) if vi => format!("Dài quá, tối đa {most} chữ."),
            FactError::TooLong(most) => format!("Too long, at most {most} characters."),
            FactError::Unprintable => {
                self.0.pick("Có ký tự không hiện được. Gõ lại.", "It holds characters that cannot be shown.").to_owned()
            }
            FactError::BadDays => self.0.pick("Ghi số ngày, từ 0 đến 730.", "Whole days, from 0 to 730.").to_owned(),
            FactError::BadTemperature => {
                self.0.pick("Ghi số độ C, từ -100 đến 500.", "Degrees Celsius, from -100 to 500.").to_owned()
            }
        }
    }

    /// A day, or that there is none.
    pub fn day_or_none(self, day: Option<crate::clock::Day>) -> String {
        day.map_or_else(|| self.no_day().to_owned(), crate::clock::Day::text)
    }

    /// What is wrong with an amount.
    pub fn quantity_error(self, error: QuantityError) -> &'static str {
        let (vi, en) = match error {
            QuantityError::Empty => ("Ghi số lượng.", "Write the quantity."),
            QuantityError::NotANumber => (
                "Chỉ ghi số, ví dụ 1.240,5. Đơn vị chọn bên cạnh.",
                "Digits only, such as 1.240,5. The unit stands beside.",
            ),
            QuantityError::AmbiguousDot => (
                "Dấu chấm ngăn hàng nghìn (1.240); phần lẻ dùng dấu phẩy (12,5).",
                "A dot parts thousands (1.240); write decimals with a comma (12,5).",
            ),
            QuantityError::TooFine => ("Tối đa ba số lẻ sau dấu phẩy.", "At most three decimals."),
            QuantityError::NotPositive => ("Số lượng phải lớn hơn 0.", "It must be more than zero."),
            QuantityError::TooLarge => ("Số này lớn quá. Xem lại.", "This is too large. Check it."),
            QuantityError::BrokenPiece => ("Cái thì đếm số chẵn, không có phần lẻ.", "Pieces are whole numbers."),
            QuantityError::UnknownUnit => ("Chọn một đơn vị trong danh sách.", "Choose a unit of the list."),
        };
        self.0.pick(vi, en)
    }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_lowercase().chain(characters).collect())
}
