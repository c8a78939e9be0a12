//! Texts of the public pages.

use crate::web::i18n::texts;

texts! {
    // Home
    home_title: "Sản vật của xã" / "Local specialities";
    home_h1(commune): "{commune} đang có gì ngon?" / "What is good in {commune} now?";
    home_lead: "Tìm nông sản, đồ ăn và đồ thủ công do người trong xã làm ra. Hỏi mua thẳng với cơ sở." / "Find produce, food and crafts made by people of the commune. Ask them directly.";
    home_description(commune, province): "Sản vật xã {commune}, {province}: ai làm, mùa nào có, giá bao nhiêu, nguồn gốc ra sao." / "Local specialities of {commune} commune, {province}: who makes them, when, at what price, and how they came about.";
    find: "Tìm" / "Search";
    find_label: "Tìm sản phẩm, cơ sở hoặc thôn" / "Find products, producers or villages";
    find_example: "vải thiều, mat ong, thôn Đông…" / "lychee, honey, thôn Đông…";
    find_hint: "Gõ không dấu cũng tìm được." / "Vietnamese words may be typed without marks.";
    in_season(month): "Tháng {month} đang vào vụ" / "In season in {month}";
    see_all(n): "Xem cả {n} sản phẩm" / "See all {n} products";
    see_in_season: "Xem hết sản phẩm đang vào vụ" / "See all that is in season";
    calendar: "Lịch mùa trong năm" / "The year's seasons";
    calendar_caption: "Tháng nào có sản phẩm nào" / "Which product there is in which month";
    product: "Sản phẩm" / "Product";
    month: "Tháng " / "Month ";
    has: "có" / "yes";
    peak: "rộ" / "peak";
    key_has: "có hàng" / "to be had";
    key_peak: "rộ nhất" / "at its best";
    by_kind: "Tìm theo loại" / "By kind";
    with_stars: "Sản phẩm đạt sao OCOP" / "Products with OCOP stars";
    with_stars_lead: "Được thành phố đánh giá, còn hạn công nhận hôm nay." / "Rated by the city, and the rating still stands today.";
    see_stars: "Xem hết sản phẩm OCOP" / "See all OCOP products";
    read_story(name): "Đọc chuyện của {name}" / "Read the story of {name}";
    have_label: "Có tem mà không quét được?" / "Can't scan the label?";
    label_code: "Nhập 14 ký tự in dưới mã" / "Type the 14 characters below the code";
    label_hint: "Ví dụ 2MG5-7TQ4-K9WB-3X. Viết liền hay có gạch đều được." / "Such as 2MG5-7TQ4-K9WB-3X, with or without dashes.";
    see_origin: "Xem nguồn gốc" / "See its origin";
    you_make(commune): "Bạn làm ra sản phẩm ở {commune}?" / "Do you make something in {commune}?";
    you_make_lead: "Đăng ký miễn phí, làm trên điện thoại, dừng lúc nào cũng được. Tổ công nghệ số của thôn giúp điền nếu cần." / "Registering is free, works on a phone and can be done bit by bit. Your village's helpers fill it in with you if you like.";
    register: "Đăng ký cơ sở" / "Register";
    nothing_yet: "Chưa có sản phẩm nào được duyệt." / "No product has been approved yet.";

    // Kinds on the home page
    kind_fruit: "Trái cây, rau tươi" / "Fruit and vegetables";
    kind_seafood: "Thủy sản, thịt, trứng" / "Fish, meat, eggs";
    kind_rice: "Gạo, nếp, bánh" / "Rice and rice cakes";
    kind_processed: "Mật ong, đồ chế biến" / "Honey and prepared food";
    kind_drink: "Đồ uống, trà" / "Drinks and tea";
    kind_herbal: "Dược liệu" / "Herbs";
    kind_craft: "Đồ thủ công" / "Crafts";
    kind_ornamental: "Cây cảnh, hoa" / "Plants and flowers";
    kind_tourism: "Tham quan, lưu trú" / "Visits and stays";

    // Cards
    village_of(name): "thôn {name}" / "{name} village";
    picture_of(name): "Ảnh {name}" / "Picture of {name}";
    no_picture: "Chưa có ảnh" / "No picture yet";
    stars(n): "OCOP {n} sao" / "OCOP {n} stars";

    // Catalogue
    catalogue_title: "Sản phẩm" / "Products";
    catalogue_of(q): "Tìm “{q}”" / "Search for “{q}”";
    catalogue_description(commune): "Tìm sản phẩm của xã {commune} theo loại, thôn, mùa, giá và chứng nhận." / "Find products of {commune} by kind, village, season, price and certificate.";
    found(n): "{n} sản phẩm" / "{n} products";
    found_one: "1 sản phẩm" / "1 product";
    filter: "Lọc" / "Filter";
    filter_n(n): "Lọc ({n})" / "Filter ({n})";
    filter_label: "Lọc kết quả" / "Narrow the results";
    filtering: "Đang lọc:" / "Narrowed to:";
    remove: "bỏ lọc này" / "remove this filter";
    clear: "Bỏ hết bộ lọc" / "Remove all filters";
    show: "Xem kết quả" / "Show results";
    close: "Đóng" / "Close";
    sort_by: "Xếp theo" / "Sort by";
    sort: "Xếp" / "Sort";
    sort_relevance: "Phù hợp nhất" / "Best match";
    sort_newest: "Mới nhất" / "Newest";
    sort_price_asc: "Giá thấp trước" / "Lowest price";
    sort_price_desc: "Giá cao trước" / "Highest price";
    sort_scans: "Quét tem nhiều nhất" / "Labels opened most";
    price_band(from, to): "{from} – {to}" / "{from} – {to}";
    makers_found: "Cơ sở" / "Producers";
    near_found: "Không có sản phẩm nào đúng hết chữ đã gõ. Đây là những sản phẩm gần nhất." / "Nothing has all the words you typed. These come closest.";
    did_you_mean: "Có phải bạn tìm" / "Did you mean";
    misses_title: "Tìm mà không thấy" / "Searched and not found";
    misses_lead: "Chữ người xem đã tìm mà danh mục không có, nhiều lần nhất đứng trước. Dùng để biết nên vận động đăng ký sản phẩm nào, hay nên thêm tên gọi nào. Không lưu ai đã tìm; dòng nào 180 ngày không ai tìm nữa thì tự xóa." / "What visitors searched for and the catalogue lacks, most often first: which products to invite, or which other names to add. Who searched is not kept; a line that nobody tried for 180 days goes away.";
    misses_none: "Chưa có lượt tìm nào mà không thấy." / "Nothing was searched for in vain yet.";
    misses_words: "Chữ đã tìm" / "Words";
    misses_times: "Số lần" / "Times";
    misses_last: "Gần nhất" / "Last";
    misses_back: "Việc cần làm" / "To do";
    facet_category: "Loại" / "Kind";
    facet_available: "Còn hàng" / "Availability";
    facet_season: "Mùa" / "Season";
    facet_village: "Thôn" / "Village";
    facet_kind: "Loại cơ sở" / "Kind of producer";
    facet_stars: "Sao OCOP" / "OCOP stars";
    facet_certificate: "Chứng nhận còn hạn" / "Valid certificate";
    facet_price: "Giá (đồng)" / "Price (đồng)";
    price_from: "Từ" / "From";
    price_to: "Đến" / "To";
    price_from_chip(price): "từ {price}" / "from {price}";
    price_to_chip(price): "đến {price}" / "up to {price}";
    season_now: "Đang vào vụ" / "In season now";
    season_month(month): "Có vào {month}" / "To be had in {month}";
    next: "Trang sau" / "Next page";
    first: "Về trang đầu" / "First page";
    more_pages: "Trang kết quả" / "Pages of results";
    makeshift: "Máy tìm kiếm đang nghỉ, nên kết quả lấy thẳng từ danh mục: chưa đếm được theo bộ lọc và chỉ tìm đúng chữ đã gõ." / "The search engine is away, so these results come straight from the list: no counts by filter, and only words as typed.";
    dropped: "Có bộ lọc không dùng được nên đã bỏ qua:" / "Some filters made no sense and were left out:";
    nothing_found: "Không tìm thấy sản phẩm nào" / "No product found";
    nothing_hint: "Thử gõ ngắn hơn, gõ không dấu, hoặc bỏ bớt bộ lọc." / "Try fewer words, without marks, or fewer filters.";
    try_without(q): "Tìm “{q}” không kèm bộ lọc" / "Search for “{q}” without filters";
    try_plain(q): "Tìm “{q}”" / "Search for “{q}”";
    try_kinds: "Có thể bạn tìm trong những loại này" / "Perhaps among these kinds";
    try_season: "Đang vào vụ" / "In season now";
    try_producers(q): "Tìm cơ sở tên “{q}”" / "Look for a producer named “{q}”";

    // Product
    place: "Vị trí" / "Where you are";
    back_to(name): "Về danh sách {name}" / "Back to {name}";
    photo_n(n, name): "Ảnh {n} của {name}" / "Picture {n} of {name}";
    valid(name): "{name} còn hạn" / "{name} valid";
    per(unit): "một {unit}" / "per {unit}";
    ask_to_buy: "Hỏi mua" / "Ask to buy";
    share: "Chia sẻ" / "Share";
    share_lead: "Chép địa chỉ này gửi cho người quen:" / "Copy this address and send it on:";
    season: "Mùa" / "Season";
    season_all: "Có quanh năm." / "To be had all year.";
    months_caption: "Tháng có hàng" / "Months in which it can be had";
    story: "Chuyện của sản phẩm" / "Its story";
    know: "Cần biết" / "Good to know";
    origin: "Xuất xứ" / "Origin";
    net_quantity: "Khối lượng, quy cách" / "Net quantity";
    storage: "Bảo quản" / "Storage";
    keeps: "Dùng trong" / "Keeps for";
    days(n): "{n} ngày kể từ khi làm ra" / "{n} days from when it was made";
    standards: "Tiêu chuẩn" / "Standards";
    category: "Loại" / "Kind";
    gtin: "Mã GTIN" / "GTIN";
    warnings: "Lưu ý khi dùng" / "Please note";
    who: "Ai làm ra" / "Who makes it";
    who_line(kind, village): "{kind} ở thôn {village}." / "{kind} in {village} village.";
    since(date): "Đã ghi sổ trên trang này từ {date}." / "Registered here since {date}.";
    phone_hidden: "Cơ sở chưa đồng ý công khai số điện thoại. Bạn gửi lời hỏi mua, cơ sở sẽ gọi lại." / "The producer has not agreed to show a phone number. Send your question and they will call you.";
    call(phone): "Gọi {phone}" / "Call {phone}";
    certificates: "Giấy chứng nhận" / "Certificates";
    number(number): "số {number}" / "no. {number}";
    until(date): "đến {date}" / "until {date}";
    is_valid: "Còn hạn" / "Valid";
    is_expired: "Đã hết hạn" / "Expired";
    not_yet: "Chưa tới ngày" / "Not yet valid";
    decision(number): "Quyết định số {number}" / "Decision no. {number}";
    lots: "Các lô gần đây" / "Recent lots";
    lot(code, date): "Lô {code}, ngày {date}" / "Lot {code}, {date}";
    recalled: "Đã thu hồi" / "Recalled";
    lot_best_before(date): "nên dùng trước {date}" / "best before {date}";
    lot_past: "Quá hạn dùng" / "Past its date";
    lot_open: "Đang ghi sổ" / "Being recorded";
    lot_done: "Đã ghi xong" / "Recorded";
    where_to_buy: "Mua ở đâu" / "Where to buy";
    other_site: "mở trang khác" / "opens another site";
    more_of(name): "Sản phẩm khác của {name}" / "More from {name}";
    shelf: "Thẻ kệ hàng để in" / "Shelf card to print";
    shelf_hint: "In trang này ra thẻ kệ hàng khổ A6. Khách quét để mở trang sản phẩm." / "Printing this page gives an A6 shelf card. Buyers scan it to open this page.";
    qr_of(name): "Mã QR mở trang {name}" / "QR code that opens the page of {name}";

    // Ask to buy
    ask_message: "Bạn muốn mua bao nhiêu, khi nào lấy?" / "How much would you like, and when?";
    ask_message_missing: "Viết bạn muốn mua gì, bao nhiêu." / "Write what you would like, and how much.";
    ask_phone: "Số điện thoại để cơ sở gọi lại" / "Phone number to call you back";
    ask_phone_missing: "Ghi số điện thoại để cơ sở gọi lại." / "Write a phone number, so that they can call you.";
    ask_phone_hint: "Chỉ cơ sở này thấy. Xóa sau 90 ngày. Bấm gửi là bạn đồng ý cho cơ sở dùng số này để trả lời." / "Only this producer sees it. Deleted after 90 days. By sending you agree that they use it to answer you.";
    ask_send: "Gửi lời hỏi" / "Send";
    ask_too_many: "Hôm nay từ mạng này đã gửi nhiều lời hỏi. Mai bạn gửi tiếp, hoặc gọi thẳng cho cơ sở." / "Many questions came from this network today. Please try tomorrow, or call the producer.";
    asked_title: "Đã gửi lời hỏi mua" / "Your question was sent";
    asked_lead(name): "{name} đã nhận được và sẽ gọi lại cho bạn. Mua bán và trả tiền là giữa bạn với cơ sở." / "{name} has it and will call you. Buying and paying is between you and them.";
    asked_back: "Về trang sản phẩm" / "Back to the product";
    asked_more: "Xem sản phẩm khác" / "See other products";

    // Pictures of shared links
    poster_village(village): "Thôn {village}" / "{village} village";
    poster_stars(n): "OCOP {n} sao" / "OCOP, {n} stars";
    poster_site(commune, province): "Sản vật xã {commune}, {province}" / "Specialities of {commune}, {province}";
    poster_sample: "Dữ liệu mẫu" / "Sample data";

    // Producers
    producers_title: "Cơ sở" / "Producers";
    producers_lead(commune): "Những người làm ra sản vật của xã {commune}." / "The people who make the specialities of {commune}.";
    producers_found(n): "{n} cơ sở" / "{n} producers";
    producers_find: "Tên cơ sở hoặc thôn" / "Name or village";
    producers_none: "Không tìm thấy cơ sở nào" / "No producer found";
    all_villages: "Mọi thôn" / "All villages";
    all_kinds: "Mọi loại" / "All kinds";
    product_count(n): "{n} sản phẩm" / "{n} products";
    products_of: "Sản phẩm" / "Products";
    no_products: "Chưa có sản phẩm nào được duyệt." / "No product approved yet.";
    about_producer: "Về cơ sở" / "About";
    contact_producer: "Liên hệ" / "Contact";
    representative: "Người đại diện" / "Represented by";
    phone: "Điện thoại" / "Phone";
    address: "Địa chỉ" / "Address";
    website: "Trang riêng" / "Own website";
    contact_hidden: "Cơ sở chưa đồng ý công khai cách liên hệ. Mở một sản phẩm rồi bấm “Hỏi mua”." / "This producer has not agreed to show contact details. Open a product and use “Ask to buy”.";
    picture_of_place(name): "Ảnh của {name}" / "Picture of {name}";

    // Enquiries
    inbox_title: "Lời hỏi mua" / "Questions from buyers";
    inbox_lead: "Gọi lại cho người hỏi, rồi bấm “Đã trả lời”. Lời hỏi tự xóa sau 90 ngày." / "Call the buyer back, then press “Answered”. Questions are deleted after 90 days.";
    inbox_empty: "Chưa có ai hỏi mua." / "Nobody has asked yet.";
    inbox_new: "Mới" / "New";
    inbox_answered: "Đã trả lời" / "Answered";
    inbox_mark: "Đánh dấu đã trả lời" / "Mark as answered";
    inbox_back: "Về trang của tôi" / "Back to my page";
}
