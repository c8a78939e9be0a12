//! Why a file is not taken, and what to do.

use crate::web::Lang;
use crate::web::i18n::whole;

use super::MOST_ROWS;

/// Why a file is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing is in it.
    #[error("empty")]
    Empty,
    /// Excel's old binary form.
    #[error("an old workbook (.xls)")]
    OldWorkbook,
    /// It opens with a password only.
    #[error("protected by a password")]
    Password,
    /// It unpacks into more than any list of an office has.
    #[error("unpacks too large")]
    Bomb,
    /// More lines than are read at once.
    #[error("too many rows")]
    TooManyRows,
    /// No workbook and no text of lines.
    #[error("not a table")]
    NotATable,
    /// A workbook that can't be read.
    #[error("a broken workbook")]
    Broken,
}

impl Refusal {
    /// What to tell the person.
    pub fn say(&self, lang: Lang) -> String {
        let (vi, en) = match self {
            Self::Empty => {
                ("Tệp không có dòng nào. Hãy chọn tệp khác.", "The file has no lines. Please choose another.")
            }
            Self::OldWorkbook => (
                "Đây là tệp Excel kiểu cũ (.xls). Mở bằng Excel hoặc LibreOffice, chọn “Lưu thành” kiểu .xlsx rồi gửi lại.",
                "This is an old Excel file (.xls). Open it, choose “Save as” .xlsx and send that.",
            ),
            Self::Password => (
                "Tệp có mật khẩu nên không đọc được. Mở tệp, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu rồi gửi lại.",
                "The file is protected by a password. Open it, take the password off, save it and send it again.",
            ),
            Self::Bomb => (
                "Tệp nén bung ra quá lớn, không giống bảng của văn phòng. Chép riêng bảng cần nhập sang tệp mới rồi gửi lại.",
                "The file unpacks far too large for a table. Copy the table into a new file and send that.",
            ),
            Self::NotATable => (
                "Tệp này không phải bảng. Chỉ nhận Excel (.xlsx) hoặc CSV.",
                "This file is no table. Only Excel (.xlsx) or CSV can be read.",
            ),
            Self::Broken => (
                "Không đọc được sổ làm việc này, có thể tệp bị hỏng. Mở bằng Excel, lưu lại dạng .xlsx rồi gửi lại.",
                "This workbook can't be read; it may be damaged. Open it, save it again as .xlsx and send that.",
            ),
            Self::TooManyRows => {
                let most = whole(MOST_ROWS as i64, lang);
                return match lang {
                    Lang::Vi => format!("Tệp có hơn {most} dòng. Hãy tách thành nhiều tệp rồi nhập từng tệp."),
                    Lang::En => format!("The file has more than {most} lines. Please split it."),
                };
            }
        };
        lang.pick(vi, en).to_owned()
    }
}

/// What an OLE compound file is: an encrypted workbook is kept in one under a name of its own ([MS-OFFCRYPTO] 2.3.4);
/// else it is an old workbook.
pub fn of_compound(bytes: &[u8]) -> Refusal {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(name.len()).any(|window| window == name) { Refusal::Password } else { Refusal::OldWorkbook }
}
