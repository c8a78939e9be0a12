//! What goes wrong on the web: one enum, one table of code, status and public message, two renderers.
//!
//! Stores and models return their own errors; handlers turn them into an [`AppError`]. The response
//! carries it to the layer of its route family ([`super::layers`]), which renders a page or
//! problem+json (RFC 9457). A 500 shows its request id only; the chain goes to the log.

use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::i18n::Lang;

/// One field's complaint.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// Name of the field as in the form or query.
    pub field: String,
    /// What is wrong, for people.
    pub message: String,
}

/// An error as a visitor may meet it.
#[derive(Clone, Debug)]
pub enum AppError {
    /// No such page or record, or none that this person may know of.
    NotFound,
    /// Moved: the path it is at now (301).
    Moved(String),
    /// Logged in, but not allowed to do this.
    Forbidden,
    /// Not logged in.
    LoginNeeded,
    /// A form or link from another site (cross-site request).
    CrossSite,
    /// Fields that can't be taken as they are.
    Invalid(Vec<FieldError>),
    /// Somebody else was first; the message says what happened.
    Conflict(String),
    /// Larger than allowed; the message says the limit.
    TooLarge(String),
    /// Too many tries; wait.
    TooMany,
    /// A method that this address does not take.
    MethodNotAllowed,
    /// The database or the disk does not answer just now. Nothing was stored.
    Unavailable,
    /// There is no room left to write. Nothing was stored.
    NoRoom,
    /// Ours. The text is for the log only.
    Internal(String),
}

impl AppError {
    /// A single field's error.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// Wraps anything unexpected for the log.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// The one table: code, status, title and what to do, in both languages.
    pub fn row(&self, lang: Lang) -> ErrorRow {
        let (code, status, title, advice): (_, _, (&str, &str), (&str, &str)) = match self {
            Self::NotFound => (
                "not_found",
                StatusCode::NOT_FOUND,
                ("Không có trang này", "There is no such page"),
                (
                    "Địa chỉ có thể đã gõ nhầm, hoặc nội dung đã được gỡ xuống.",
                    "The address may be mistyped, or what was here has been taken down.",
                ),
            ),
            Self::Moved(_) => ("moved", StatusCode::MOVED_PERMANENTLY, ("Đã chuyển chỗ", "Moved"), ("", "")),
            Self::Forbidden => (
                "forbidden",
                StatusCode::FORBIDDEN,
                ("Bạn không được vào phần này", "This part is not open to you"),
                (
                    "Tài khoản của bạn không có quyền xem hoặc sửa nội dung này.",
                    "Your account may not see or change this.",
                ),
            ),
            Self::LoginNeeded => (
                "login_needed",
                StatusCode::UNAUTHORIZED,
                ("Bạn cần đăng nhập", "Please log in"),
                ("Đăng nhập rồi làm tiếp.", "Log in, then carry on."),
            ),
            Self::CrossSite => (
                "cross_site",
                StatusCode::FORBIDDEN,
                ("Yêu cầu đến từ trang khác", "The request came from another site"),
                ("Hãy mở lại trang này rồi gửi lại từ đây.", "Open this page again and send the form from here."),
            ),
            Self::Invalid(_) => (
                "invalid",
                StatusCode::UNPROCESSABLE_ENTITY,
                ("Có chỗ cần sửa", "Some fields need correcting"),
                ("Xem lại những chỗ được nêu dưới đây.", "See the fields named below."),
            ),
            Self::Conflict(_) => {
                ("conflict", StatusCode::CONFLICT, ("Đã có người làm trước", "Somebody was first"), ("", ""))
            }
            Self::TooLarge(_) => (
                "too_large",
                StatusCode::PAYLOAD_TOO_LARGE,
                ("Dữ liệu gửi lên quá lớn", "What was sent is too large"),
                ("", ""),
            ),
            Self::TooMany => (
                "too_many",
                StatusCode::TOO_MANY_REQUESTS,
                ("Thử quá nhiều lần", "Too many tries"),
                ("Chờ ít phút rồi thử lại.", "Wait a few minutes, then try again."),
            ),
            Self::MethodNotAllowed => (
                "method_not_allowed",
                StatusCode::METHOD_NOT_ALLOWED,
                ("Địa chỉ này không nhận yêu cầu như vậy", "This address does not take such a request"),
                ("", ""),
            ),
            Self::Unavailable => (
                "unavailable",
                StatusCode::SERVICE_UNAVAILABLE,
                ("Máy chủ đang bận", "The server is busy"),
                (
                    "Kho dữ liệu chưa trả lời. Chưa có gì được ghi; chờ một phút rồi gửi lại.",
                    "The data store does not answer. Nothing was stored; wait a minute and send it again.",
                ),
            ),
            Self::NoRoom => (
                "no_room",
                StatusCode::INSUFFICIENT_STORAGE,
                ("Máy chủ hết chỗ lưu", "The server has no room left"),
                (
                    "Chưa có gì được ghi. Hãy báo cán bộ xã, rồi gửi lại sau.",
                    "Nothing was stored. Please tell the commune's office, then send it again later.",
                ),
            ),
            Self::Internal(_) => (
                "internal",
                StatusCode::INTERNAL_SERVER_ERROR,
                ("Có lỗi ở phía chúng tôi", "Something failed on our side"),
                (
                    "Lỗi đã được ghi lại. Nếu cần hỏi, hãy đọc mã yêu cầu dưới đây cho cán bộ.",
                    "The failure has been recorded. If you ask about it, quote the request id below.",
                ),
            ),
        };
        let advice = match self {
            Self::Conflict(text) | Self::TooLarge(text) => text.clone(),
            _ => lang.pick(advice.0, advice.1).to_owned(),
        };
        ErrorRow { code, status, title: lang.pick(title.0, title.1).to_owned(), advice }
    }

    /// True where the same form may do later: it is kept and offered to be sent again.
    pub fn may_be_tried_again(&self) -> bool {
        matches!(self, Self::LoginNeeded | Self::Unavailable | Self::NoRoom | Self::Internal(_))
    }

    /// The HTTP status of this error.
    pub fn status(&self) -> StatusCode {
        self.row(Lang::Vi).status
    }
}

/// One row of the table of errors.
#[derive(Clone, Debug)]
pub struct ErrorRow {
    /// Stable code for programs.
    pub code: &'static str,
    /// HTTP status.
    pub status: StatusCode,
    /// What happened.
    pub title: String,
    /// What to do about it.
    pub advice: String,
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        if crate::db::is_full(&error) {
            tracing::error!(%error, "the database's disk is full");
            Self::NoRoom
        } else if crate::db::is_unavailable(&error) {
            tracing::error!(%error, "the database does not answer");
            Self::Unavailable
        } else {
            Self::Internal(format!("database: {error}"))
        }
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::Internal(format!("template: {error}"))
    }
}
