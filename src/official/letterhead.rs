//! What stands around an official list: Nghị định 30/2020/NĐ-CP, appendix I, part II.

/// Quốc hiệu (item 1).
pub const NATION: &str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM";
/// Tiêu ngữ (item 1).
pub const MOTTO: &str = "Độc lập - Tự do - Hạnh phúc";
/// Where it goes to (item 9); the first line is for the office to fill in.
pub const RECEIVERS: [&str; 3] = ["Nơi nhận:", "- …………………;", "- Lưu: VT."];
/// Who signs for whom (item 7).
pub const SIGNER: [&str; 2] = ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH"];

/// The words of an official list that are its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letterhead {
    /// Who issues it (item 2), in capitals, line by line.
    pub authority: [String; 2],
    /// The number with room for it, and the sign (item 3): `Số: ………/DS-UBND`.
    pub number: String,
    /// Place and day (item 4), the day with room for it: `Hà Bắc, ngày …… tháng …… năm 2026`.
    pub place_and_day: String,
    /// Name of the kind of document (item 5), in capitals.
    pub kind: String,
    /// What it is about (item 5).
    pub subject: String,
    /// The last line of the text: how much it holds.
    pub closing: String,
}

impl Letterhead {
    /// Of a list (danh sách, DS) that a commune's people's committee issues in a year.
    pub fn list(commune: &str, year: i32, subject: &str, closing: String) -> Self {
        Self {
            authority: ["ỦY BAN NHÂN DÂN".to_owned(), format!("XÃ {}", commune.to_uppercase())],
            number: "Số: ………/DS-UBND".to_owned(),
            place_and_day: format!("{commune}, ngày …… tháng …… năm {year}"),
            kind: "DANH SÁCH".to_owned(),
            subject: subject.to_owned(),
            closing,
        }
    }
}
