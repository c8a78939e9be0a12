//! Texts of logging in and of one's account.

use crate::web::i18n::texts;

texts! {
    my_data: "Dữ liệu của tôi" / "My data";
    login_title: "Đăng nhập" / "Log in";
    login_lead: "Dùng số điện thoại và mật khẩu của bạn." / "With your phone number and password.";
    phone: "Số điện thoại" / "Phone number";
    phone_hint: "Số di động có 10 chữ số, ví dụ 0912 345 678" / "A mobile number has 10 digits, such as 0912 345 678";
    password: "Mật khẩu" / "Password";
    password_hint: "Ít nhất 8 chữ. Một câu ngắn dễ nhớ là tốt nhất." / "At least 8 characters. A short sentence is best.";
    log_in: "Đăng nhập" / "Log in";
    wrong: "Số điện thoại hoặc mật khẩu chưa đúng. Xem lại cả hai." / "Phone number or password is not right. Check both.";
    locked: "Thử sai quá nhiều lần. Chờ 15 phút rồi thử lại, hoặc nhờ cán bộ in phiếu vào." / "Too many wrong tries. Wait 15 minutes, or ask the office for a login slip.";
    forgot: "Quên mật khẩu? Nhờ cán bộ xã hoặc Tổ công nghệ số của thôn in cho một phiếu vào." / "Forgot it? Ask the office or your village's helper for a login slip.";
    no_account: "Chưa có tài khoản?" / "No account yet?";
    register: "Đăng ký" / "Register";
    register_title: "Đăng ký tài khoản" / "Make an account";
    register_lead: "Miễn phí. Mất chừng một phút, sau đó bạn khai cơ sở và sản phẩm." / "Free, and takes a minute. Then you tell of your business and products.";
    name: "Tên của bạn" / "Your name";
    name_hint: "Tên để cán bộ gọi. Không hiện trên trang công khai." / "What the office calls you. Not shown to visitors.";
    make_account: "Tạo tài khoản" / "Make the account";
    have_account: "Đã có tài khoản?" / "Have an account?";
    name_missing: "Ghi tên của bạn." / "Write your name.";
    password_short(n): "Mật khẩu cần ít nhất {n} chữ." / "A password needs at least {n} characters.";
    password_long(n): "Mật khẩu dài nhất {n} chữ." / "A password has at most {n} characters.";
    again_title: "Phiên đã hết, nội dung còn nguyên" / "Your session ended; what you typed is kept";
    again_lead: "Đăng nhập lại, rồi bấm gửi tiếp. Bạn không phải gõ lại." / "Log in again, then send it on. Nothing needs retyping.";
    resume_title: "Gửi tiếp nội dung vừa nhập" / "Send on what you typed";
    resume_lead: "Bạn đã đăng nhập lại. Nội dung bạn gõ trước đó vẫn còn; bấm để gửi." / "You are logged in again. What you typed is kept; press to send it.";
    resume: "Gửi tiếp" / "Send on";
    account_title: "Tài khoản" / "Account";
    verified: "Số điện thoại đã được xác nhận." / "The phone number is confirmed.";
    unverified: "Số điện thoại chưa được xác nhận. Cán bộ hoặc Tổ công nghệ số sẽ xác nhận khi gặp bạn." / "The phone number is not confirmed yet. The office or a helper will confirm it when they meet you.";
    devices: "Thiết bị đang đăng nhập" / "Devices logged in";
    this_device: "máy này" / "this device";
    last_seen(time): "dùng lần cuối {time}" / "last used {time}";
    log_out: "Đăng xuất" / "Log out";
    log_out_all: "Đăng xuất mọi thiết bị" / "Log out everywhere";
    new_password: "Mật khẩu mới" / "New password";
    old_password: "Mật khẩu đang dùng" / "Present password";
    old_wrong: "Mật khẩu đang dùng chưa đúng." / "The present password is not right.";
    change_password: "Đổi mật khẩu" / "Change password";
    roles: "Vai trò" / "Roles";
    slip_title: "Vào bằng phiếu" / "Enter with your slip";
    slip_lead(name): "Phiếu này dành cho {name}. Bấm nút để vào; phiếu chỉ dùng được một lần." / "This slip is for {name}. Press to enter; it works once.";
    slip_enter: "Vào" / "Enter";
    slip_gone_title: "Phiếu này không dùng được nữa" / "This slip no longer works";
    slip_gone: "Phiếu đã được dùng hoặc đã quá hạn. Nhờ cán bộ xã hoặc Tổ công nghệ số in phiếu khác." / "It has been used or has expired. Ask the office or a helper for another.";
    form_used: "Biểu mẫu này đã được dùng. Hãy mở lại trang đăng ký và ghi lại." / "This form was used already. Open the registration page again and fill it in anew.";
    unknown_device: "Thiết bị khác" / "Another device";
}
