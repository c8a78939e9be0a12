//! [`Page`]: what the layout needs on every page. Page structs hold one as `page` and extend
//! `web/templates/layout.html`.

use std::sync::Arc;

use super::assets;
use super::communes::Commune;
use super::context::Ctx;
use super::i18n::{Lang, texts};
use crate::accounts::model::Person;
use crate::accounts::model::Role;

texts! {
    skip: "Đến nội dung chính" / "Skip to main content";
    sample_strong: "Dữ liệu mẫu." / "Sample data.";
    sample_rest: "Tên, số, hình chỉ là ví dụ." / "Names, numbers and pictures are examples.";
    nav_main: "Chính" / "Main";
    nav_products: "Sản phẩm" / "Products";
    nav_producers: "Cơ sở" / "Producers";
    nav_label: "Mã tem" / "Label code";
    nav_help: "Trợ giúp" / "Help";
    nav_mine: "Của tôi" / "Mine";
    nav_helper: "Hỗ trợ bà con" / "Helping";
    nav_office: "Văn phòng" / "Office";
    nav_queue: "Việc cần làm" / "To do";
    nav_lots: "Lô hàng" / "Lots";
    nav_recalls: "Thu hồi" / "Recalls";
    nav_support: "Hỗ trợ" / "Support";
    import_link: "Nhập từ Excel" / "Import from Excel";
    nav_people: "Người dùng" / "People";
    log_in: "Đăng nhập" / "Log in";
    log_out: "Đăng xuất" / "Log out";
    account: "Tài khoản" / "Account";
    committee(commune, province): "Ủy ban nhân dân xã {commune}, thành phố {province}." / "People's Committee of {commune} commune, {province} city.";
    office_runs: "Phòng Kinh tế phụ trách trang này." / "Run by the commune's Economic Office.";
    about: "Giới thiệu" / "About";
    privacy: "Quyền riêng tư" / "Privacy";
    contact: "Liên hệ" / "Contact";
    recall_notices: "Thông báo thu hồi" / "Recall notices";
    back: "Quay lại" / "Back";
    errors_found(n): "Còn {n} chỗ cần sửa" / "{n} to correct";
    error_prefix: "Lỗi:" / "Error:";
    request: "Mã yêu cầu" / "Request id";
    to_home: "Về trang đầu" / "To the home page";
    to_products: "Xem sản phẩm" / "See the products";
    log_in_to_go_on: "Đăng nhập để làm tiếp" / "Log in to carry on";
    typed_kept: "Nội dung bạn gõ còn nguyên ở đây; chưa phải gõ lại." / "What you typed is kept here; nothing needs retyping.";
    file_again: "Chọn lại ảnh hoặc tệp" / "Choose the photo or file again";
    date_form: "ngày/tháng/năm" / "dd/mm/yyyy";
    send_again: "Gửi lại" / "Send again";
    loading: "Đang tải" / "Loading";
    optional: "không bắt buộc" / "optional";
    yes: "Có" / "Yes";
    no: "Không" / "No";
    save: "Lưu" / "Save";
    next: "Tiếp tục" / "Continue";
    cancel: "Thôi" / "Cancel";
    edit: "Sửa" / "Change";
    previous_page: "Trang trước" / "Previous";
    next_page: "Trang sau" / "Next";
}

/// Which part of the site a page belongs to; decides its navigation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Area {
    /// Visitors.
    #[default]
    Public,
    /// A producer's own pages.
    Mine,
    /// A helper's pages.
    Helper,
    /// The officer's desk.
    Office,
}

/// What the layout needs.
#[derive(Clone)]
pub struct Page {
    /// Language of the page.
    pub lang: Lang,
    /// The commune.
    pub commune: Arc<Commune>,
    /// Who is logged in.
    pub person: Option<Arc<Person>>,
    /// Part of the site.
    pub area: Area,
    /// The navigation item that is current: its path.
    pub current: &'static str,
    /// Path of this page, without query.
    pub path: String,
    /// Query of this page, without `lang`.
    pub query: String,
    /// Said out loud at the top: "Đã lưu".
    pub notice: Option<String>,
    /// For search engines and shares.
    pub description: String,
    /// False: search engines shall not list it.
    pub indexed: bool,
    /// Address that people see, `https://…`.
    pub public_url: String,
}

impl Page {
    /// For a visitors' page.
    pub fn new(ctx: &Ctx) -> Self {
        let query: Vec<&str> =
            ctx.query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("lang=")).collect();
        let saved = query.contains(&"da-luu=1");
        Self {
            lang: ctx.lang,
            commune: ctx.commune.clone(),
            person: ctx.person.clone(),
            area: Area::Public,
            current: "",
            path: ctx.path.clone(),
            query: query.join("&"),
            notice: saved.then(|| ctx.lang.pick("Đã lưu.", "Saved.").to_owned()),
            description: String::new(),
            indexed: true,
            public_url: ctx.app.config.public(),
        }
    }

    /// For a part of the site that is behind the login; never indexed.
    pub fn of(ctx: &Ctx, area: Area, current: &'static str) -> Self {
        Self { area, current, indexed: false, ..Self::new(ctx) }
    }

    /// The shared texts.
    pub fn t(&self) -> Texts {
        Texts(self.lang)
    }

    /// `Sản Vật Hà Bắc`.
    pub fn site(&self) -> String {
        format!("Sản Vật {}", self.commune.name)
    }

    /// Address of an asset, with its content's hash in it.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// True if this page is in Vietnamese.
    pub fn is_vi(&self) -> bool {
        self.lang == Lang::Vi
    }

    /// True on the officer's desk.
    pub fn is_desk(&self) -> bool {
        self.area == Area::Office
    }

    /// This page in the other language.
    pub fn other_lang_url(&self) -> String {
        let lang = self.lang.other().tag();
        if self.query.is_empty() {
            format!("{}?lang={lang}", self.path)
        } else {
            format!("{}?{}&lang={lang}", self.path, self.query)
        }
    }

    /// The address of this page without language, for `rel=canonical`.
    pub fn canonical(&self) -> String {
        format!("{}{}", self.public_url, self.path)
    }

    /// `aria-current` for a navigation item.
    pub fn is_current(&self, path: &str) -> bool {
        self.current == path
    }

    /// True if the person logged in has producers of their own.
    pub fn has_producers(&self) -> bool {
        self.person.as_ref().is_some_and(|p| p.grants.iter().any(|g| matches!(g.role, Role::Owner | Role::Staff)))
    }

    /// True if the person logged in is a helper here.
    pub fn is_helper(&self) -> bool {
        self.person.as_ref().is_some_and(|p| !p.villages(self.commune.id).is_empty())
    }

    /// True if the person logged in works in the office.
    pub fn is_office(&self) -> bool {
        self.person.as_ref().is_some_and(|p| p.has_role(self.commune.id, &[Role::Officer, Role::Admin, Role::Viewer]))
    }
}
