//! Pages that tell what this is, what happens with people's data, how to use it and whom to ask.
//!
//! Their words stand here whole, Vietnamese beside English, so that who changes one sees the other.

use askama::Template;
use askama_web::WebTemplate;
use axum::response::{IntoResponse, Response};

use crate::web::{Ctx, Lang, Page};

/// A text in Vietnamese and English. `{xa}` and `{tinh}` stand for the commune and its city.
type Both = (&'static str, &'static str);

/// A heading and what stands under it.
struct Section {
    heading: Both,
    paragraphs: &'static [Both],
    /// Points of a list after the paragraphs.
    points: &'static [Both],
}

struct Text {
    title: Both,
    lead: Both,
    sections: &'static [Section],
    /// Where to go on: path and words.
    ways: &'static [(&'static str, Both)],
}

#[derive(Template, WebTemplate)]
#[template(path = "market/templates/about.html")]
struct AboutPage {
    page: Page,
    title: String,
    lead: String,
    sections: Vec<Shown>,
    ways: Vec<(&'static str, String)>,
}

struct Shown {
    heading: String,
    paragraphs: Vec<String>,
    points: Vec<String>,
}

/// `GET /gioi-thieu`.
pub async fn about(ctx: Ctx) -> Response {
    page(&ctx, &ABOUT, "")
}

/// `GET /quyen-rieng-tu`.
pub async fn privacy(ctx: Ctx) -> Response {
    page(&ctx, &PRIVACY, "")
}

/// `GET /tro-giup`.
pub async fn help(ctx: Ctx) -> Response {
    page(&ctx, &HELP, "/tro-giup")
}

/// `GET /lien-he`.
pub async fn contact(ctx: Ctx) -> Response {
    page(&ctx, &CONTACT, "")
}

fn page(ctx: &Ctx, text: &Text, current: &'static str) -> Response {
    let say = |both: &Both| say(both, ctx.lang, &ctx.commune.name, &ctx.commune.province);
    let sections = text.sections.iter().map(|section| Shown {
        heading: say(&section.heading),
        paragraphs: section.paragraphs.iter().map(say).collect(),
        points: section.points.iter().map(say).collect(),
    });
    let mut page = Page::new(ctx);
    page.current = current;
    page.description = say(&text.lead);
    AboutPage {
        title: say(&text.title),
        lead: say(&text.lead),
        sections: sections.collect(),
        ways: text.ways.iter().map(|(path, words)| (*path, say(words))).collect(),
        page,
    }
    .into_response()
}

fn say(both: &Both, lang: Lang, commune: &str, province: &str) -> String {
    lang.pick(both.0, both.1).replace("{xa}", commune).replace("{tinh}", province)
}

const ABOUT: Text = Text {
    title: ("Giới thiệu", "About"),
    lead: (
        "Trang này giới thiệu sản vật của xã {xa}: ai làm ra, làm thế nào, mùa nào có, hỏi mua ở đâu.",
        "This site shows the specialities of {xa} commune: who makes them, how, when, and where to ask for them.",
    ),
    sections: &[
        Section {
            heading: ("Ai phụ trách", "Who runs it"),
            paragraphs: &[(
                "Phòng Kinh tế thuộc Ủy ban nhân dân xã {xa}, {tinh}, duyệt từng cơ sở và sản phẩm trước khi hiện lên đây. Tổ công nghệ số cộng đồng ở mỗi thôn giúp bà con khai và ghi sổ.",
                "The Economic Office of the People's Committee of {xa} commune, {tinh}, reviews each producer and product before it is shown. The community digital team of each village helps people to fill in forms and keep the diary.",
            )],
            points: &[],
        },
        Section {
            heading: ("Bạn làm được gì ở đây", "What you can do here"),
            paragraphs: &[],
            points: &[
                (
                    "Tìm sản phẩm theo loại, thôn, mùa, giá và chứng nhận; gõ không dấu cũng được.",
                    "Find products by kind, village, season, price and certificate; Vietnamese may be typed without marks.",
                ),
                (
                    "Quét mã trên tem, hoặc gõ 14 ký tự dưới mã, để xem lô hàng đã đi qua những bước nào.",
                    "Scan the code of a label, or type its 14 characters, to see the steps a lot has gone through.",
                ),
                ("Gửi lời hỏi mua thẳng cho cơ sở.", "Send a question straight to the producer."),
                (
                    "Nếu bạn làm ra sản phẩm ở {xa}: đăng ký cơ sở, khai sản phẩm, ghi nhật ký, in tem. Miễn phí.",
                    "If you make something in {xa}: register, describe your products, keep the diary, print labels. Free of charge.",
                ),
            ],
        },
        Section {
            heading: ("Điều trang này nói và không nói", "What it says and does not say"),
            paragraphs: &[
                (
                    "Nhật ký và lô hàng do cơ sở tự ghi; trang này giữ nguyên những gì đã ghi và nói rõ ai ghi, lúc nào. Sao OCOP chỉ hiện khi còn hạn; giấy chứng nhận hết hạn thì nói là hết hạn. Trang không khẳng định hàng trong tay bạn là thật: hãy xem tem còn nguyên không và hỏi lại người bán khi ngờ.",
                    "Diary and lots are recorded by the producers; this site keeps what was recorded and says by whom and when. OCOP stars are shown while they are valid; a certificate that has expired says so. The site does not declare the goods in your hand genuine: look whether the label is whole, and ask the seller when in doubt.",
                ),
                (
                    "Ở đây không có giỏ hàng và không nhận tiền. Mua bán là giữa bạn với cơ sở, nên không ai phải gửi số thẻ hay tiền đặt cọc qua trang này. Nếu có người nhân danh trang để đòi tiền, xin báo ngay cho xã.",
                    "There is no cart and no payment here. Buying is between you and the producer, so nobody has to send a card number or a deposit through this site. If somebody asks for money in its name, please tell the commune at once.",
                ),
            ],
            points: &[],
        },
        Section {
            heading: ("OCOP là gì", "What OCOP is"),
            paragraphs: &[(
                "“Mỗi xã một sản phẩm”: chương trình đánh giá sản phẩm từ 3 đến 5 sao. Kết quả công nhận có giá trị 36 tháng, theo bộ tiêu chí tại Quyết định 148/QĐ-TTg.",
                "“One Commune One Product”: products are rated from 3 to 5 stars. A rating stands for 36 months, by the criteria of Decision 148/QĐ-TTg.",
            )],
            points: &[],
        },
    ],
    ways: &[("/san-pham", ("Xem sản phẩm", "See the products")), ("/dang-ky", ("Đăng ký cơ sở", "Register"))],
};

const PRIVACY: Text = Text {
    title: ("Quyền riêng tư", "Privacy"),
    lead: (
        "Trang giữ ít nhất có thể, chỉ công khai những gì bạn đồng ý, và bạn rút lại được bất cứ lúc nào.",
        "We keep as little as we can, show only what you agree to, and you can withdraw it at any time.",
    ),
    sections: &[
        Section {
            heading: ("Khi bạn chỉ xem", "When you only look"),
            paragraphs: &[(
                "Không cần tài khoản. Không có quảng cáo, không có mã theo dõi của bên khác. Khi bạn quét tem, trang đếm một lượt quét của mã đó, không ghi số điện thoại, tên hay địa chỉ của bạn. Từng lượt được xóa sau vài tháng, chỉ còn số đếm. Một cookie nhớ bạn chọn tiếng Việt hay tiếng Anh.",
                "No account is needed. There are no advertisements and no trackers of others. When you scan a label, one scan of that code is counted, without your phone number, name or address. Single scans are deleted after some months; only numbers stay. One cookie remembers whether you chose Vietnamese or English.",
            )],
            points: &[],
        },
        Section {
            heading: ("Khi bạn hỏi mua", "When you ask to buy"),
            paragraphs: &[(
                "Lời hỏi và số điện thoại của bạn chỉ cơ sở đó thấy, để gọi lại cho bạn. Sau 90 ngày lời hỏi bị xóa hẳn.",
                "Your message and phone number are seen by that producer alone, to call you back. After 90 days they are deleted for good.",
            )],
            points: &[],
        },
        Section {
            heading: ("Khi bạn đăng ký cơ sở", "When you register as a producer"),
            paragraphs: &[(
                "Tên cơ sở, thôn và sản phẩm đã duyệt thì ai cũng xem được. Những mục sau chỉ hiện khi bạn đồng ý riêng từng mục:",
                "Your trade name, village and approved products are public. These are shown only if you agree to each of them:",
            )],
            points: &[
                ("số điện thoại;", "phone number;"),
                ("tên người đại diện;", "name of the representative;"),
                ("địa chỉ cụ thể;", "exact address;"),
                ("tên cơ sở và thôn in trên tem.", "trade name and village printed on labels."),
            ],
        },
        Section {
            heading: ("Ai xem được những gì không công khai", "Who sees what is not public"),
            paragraphs: &[(
                "Cán bộ Phòng Kinh tế của xã {xa} xem hồ sơ để duyệt và hỗ trợ. Người của Tổ công nghệ số chỉ xem hồ sơ trong thôn mình giúp. Mã số thuế và giấy tờ bạn gửi không bao giờ hiện ra trang công khai. Mỗi lần cán bộ xuất danh sách đều được ghi lại: ai, lúc nào, để làm gì.",
                "Officers of the Economic Office of {xa} see records in order to review and support. Helpers see only records of the villages they help in. Tax codes and papers that you send are never public. Each export of a list by an officer is recorded: who, when, what for.",
            )],
            points: &[],
        },
        Section {
            heading: ("Giữ bao lâu", "How long it is kept"),
            paragraphs: &[],
            points: &[
                ("Lời hỏi mua: 90 ngày.", "Questions of buyers: 90 days."),
                (
                    "Hồ sơ cơ sở, sản phẩm và nhật ký lô hàng: chừng nào còn cần để truy xuất nguồn gốc; nhật ký không chứa tên hay số điện thoại.",
                    "Records of producers, products and lots: as long as they are needed for tracing; the diary holds no names or phone numbers.",
                ),
                (
                    "Hồ sơ hỗ trợ của xã: theo quy định về lưu trữ.",
                    "The commune's support records: as the rules on archives say.",
                ),
            ],
        },
        Section {
            heading: ("Quyền của bạn", "Your rights"),
            paragraphs: &[
                (
                    "Theo Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15), bạn có quyền biết, xem, sửa, rút lại đồng ý, yêu cầu xóa và khiếu nại. Rút lại đồng ý có hiệu lực ngay trên trang.",
                    "Under the Law on Personal Data Protection (91/2025/QH15) you may know, see and correct your data, withdraw consent, ask for deletion and complain. A withdrawn consent takes effect on these pages at once.",
                ),
                (
                    "Cách làm: vào phần “Của tôi” để tự sửa hoặc rút lại; hoặc nói với Tổ công nghệ số của thôn; hoặc đến Phòng Kinh tế xã, mang theo giấy tờ để cán bộ biết đúng là bạn.",
                    "How: change or withdraw it yourself under “Mine”; or tell your village's helper; or come to the commune's Economic Office with an identity paper, so that they know it is you.",
                ),
            ],
            points: &[],
        },
        Section {
            heading: ("Không bán hàng, không thu tiền", "No selling, no payment"),
            paragraphs: &[(
                "Trang không có giỏ hàng và không nhận thanh toán, để không phải giữ thông tin thẻ hay tài khoản của ai.",
                "There is no cart and no payment here, so that nobody's card or account has to be kept.",
            )],
            points: &[],
        },
    ],
    ways: &[
        ("/quyen-rieng-tu/yeu-cau", ("Gửi yêu cầu về dữ liệu của tôi", "Send a request about my data")),
        ("/lien-he", ("Liên hệ", "Contact")),
        ("/cua-toi/du-lieu", ("Dữ liệu của tôi", "My data")),
    ],
};

const HELP: Text = Text {
    title: ("Trợ giúp", "Help"),
    lead: ("Những câu hay được hỏi, trả lời ngắn.", "What people often ask, in short."),
    sections: &[
        Section {
            heading: ("Tìm sản phẩm", "Finding a product"),
            paragraphs: &[(
                "Gõ tên sản phẩm, cơ sở hoặc thôn vào ô tìm. Không cần dấu: “vai thieu” cũng ra “vải thiều”. Nhiều kết quả quá thì bấm “Lọc” để chọn loại, thôn, mùa, giá.",
                "Type a product, producer or village into the search box. Marks are not needed: “vai thieu” finds “vải thiều”. If there are too many results, use “Filter” for kind, village, season and price.",
            )],
            points: &[],
        },
        Section {
            heading: ("Hỏi mua", "Asking to buy"),
            paragraphs: &[(
                "Mở trang sản phẩm, bấm “Hỏi mua”, viết bạn cần bao nhiêu và số điện thoại. Cơ sở gọi lại cho bạn. Giá, giao hàng và trả tiền do hai bên thỏa thuận.",
                "Open the product's page, press “Ask to buy”, write how much you need and your phone number. The producer calls you back. Price, delivery and payment are agreed between the two of you.",
            )],
            points: &[],
        },
        Section {
            heading: ("Quét tem", "Scanning a label"),
            paragraphs: &[(
                "Mở camera, đưa vào mã vuông trên tem rồi bấm đường dẫn hiện ra. Mã bị xước thì vào mục “Mã tem”, gõ 14 ký tự in dưới mã; viết hoa hay thường, có gạch hay không đều được.",
                "Open your camera, point it at the square code and tap the link. If the code is scratched, choose “Label code” and type the 14 characters below it; capitals and dashes do not matter.",
            )],
            points: &[
                (
                    "“Không phải mã do xã phát hành”: có thể gõ nhầm. Xem lại từng chữ; nếu vẫn vậy, bấm báo cho xã.",
                    "“Not issued here”: it may be mistyped. Check each character; if it stays so, report it to the commune.",
                ),
                (
                    "“Lô đã thu hồi”: ngừng dùng và làm theo lời dặn trên trang.",
                    "“Lot recalled”: stop using it and do what the page says.",
                ),
            ],
        },
        Section {
            heading: ("Đăng ký cơ sở", "Registering as a producer"),
            paragraphs: &[(
                "Bấm “Đăng nhập”, chọn “Đăng ký”, rồi khai từng bước; dừng lúc nào cũng được, phần đã khai vẫn còn. Cán bộ xem trong giờ làm việc và trả lời ngay trên trang: duyệt, hoặc nhờ sửa chỗ nào.",
                "Press “Log in”, choose “Register”, then go step by step; you may stop at any time, what you wrote is kept. Officers look at it in office hours and answer on this site: approved, or what to change.",
            )],
            points: &[
                (
                    "Không quen dùng điện thoại: nhờ Tổ công nghệ số của thôn khai giúp, bạn chỉ cần nói và đồng ý.",
                    "Not used to the phone: your village's helper fills it in; you only tell them, and agree.",
                ),
                (
                    "Quên mật khẩu: nhờ Tổ công nghệ số hoặc cán bộ in cho một phiếu vào.",
                    "Forgot the password: a helper or officer prints you a login slip.",
                ),
                (
                    "Chưa có ảnh đẹp: chụp ngoài trời buổi sáng, sản phẩm chiếm gần hết khung hình là được.",
                    "No good photo: take one outdoors in the morning, with the product filling most of the frame.",
                ),
            ],
        },
        Section {
            heading: ("Ghi nhật ký và in tem", "Diary and labels"),
            paragraphs: &[(
                "Vào “Của tôi”, tạo một lô rồi ghi từng việc: làm gì, lúc nào, chụp một tấm ảnh. Khi đóng gói xong, chọn số tem và tải tệp PDF về in trên giấy đề-can khổ A4.",
                "Under “Mine”, make a lot and record each step: what, when, a photo. When it is packed, choose how many labels and download the PDF, to be printed on A4 sticker sheets.",
            )],
            points: &[],
        },
    ],
    ways: &[("/t", ("Gõ mã tem", "Type a label code")), ("/lien-he", ("Hỏi người phụ trách", "Ask those who run it"))],
};

const CONTACT: Text = Text {
    title: ("Liên hệ", "Contact"),
    lead: (
        "Phòng Kinh tế, Ủy ban nhân dân xã {xa}, {tinh} phụ trách trang này.",
        "The Economic Office of the People's Committee of {xa} commune, {tinh}, runs this site.",
    ),
    sections: &[
        Section {
            heading: ("Gặp trực tiếp", "In person"),
            paragraphs: &[(
                "Trụ sở Ủy ban nhân dân xã {xa}, Phòng Kinh tế, trong giờ hành chính từ thứ Hai đến thứ Sáu. Ở thôn, bạn gặp Tổ công nghệ số cộng đồng tại nhà văn hóa thôn.",
                "At the seat of the People's Committee of {xa}, Economic Office, in office hours from Monday to Friday. In the villages you meet the community digital team at the village hall.",
            )],
            points: &[],
        },
        Section {
            heading: ("Hỏi về một sản phẩm", "About a product"),
            paragraphs: &[(
                "Mở trang của sản phẩm rồi bấm “Hỏi mua”: lời hỏi đến thẳng cơ sở làm ra nó.",
                "Open its page and press “Ask to buy”: the question goes straight to the producer.",
            )],
            points: &[],
        },
        Section {
            heading: ("Báo tem lạ, hàng kém, hay nội dung sai", "A strange label, poor goods, wrong content"),
            paragraphs: &[(
                "Quét tem hoặc gõ mã tem, rồi bấm “Báo vấn đề” ở cuối trang. Lời báo kèm đúng mã đó và đến Phòng Kinh tế.",
                "Scan the label or type its code, then press “Report it” at the end of the page. The report carries that code and reaches the Economic Office.",
            )],
            points: &[],
        },
        Section {
            heading: ("Yêu cầu về dữ liệu cá nhân", "Requests about personal data"),
            paragraphs: &[(
                "Muốn xem, sửa, rút lại đồng ý hoặc xóa dữ liệu của mình: xem trang Quyền riêng tư, hoặc đến Phòng Kinh tế.",
                "To see, correct, withdraw or delete your data: see the privacy page, or come to the Economic Office.",
            )],
            points: &[],
        },
    ],
    ways: &[("/t", ("Gõ mã tem", "Type a label code")), ("/quyen-rieng-tu", ("Quyền riêng tư", "Privacy"))],
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_says_something_in_both_languages() {
        for text in [&ABOUT, &PRIVACY, &HELP, &CONTACT] {
            let sections = text.sections.iter();
            let inside = sections.flat_map(|s| std::iter::once(&s.heading).chain(s.paragraphs).chain(s.points));
            let ways = text.ways.iter().map(|(_, words)| words);
            for both in [&text.title, &text.lead].into_iter().chain(inside).chain(ways) {
                assert!(!both.0.trim().is_empty() && !both.1.trim().is_empty(), "{both:?}");
                assert!(!say(both, Lang::En, "Hà Bắc", "Hải Phòng").contains(['{', '}']), "{both:?}");
            }
        }
    }
}
