//! Why a file is turned away, in words that tell the sender what to do about it.

use super::sniff::FileKind;

/// What the sender was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// A photo: JPEG, PNG or WebP.
    Picture,
    /// A certificate or other evidence: PDF, JPEG, PNG or WebP.
    Paper,
}

/// A reason not to take a file. `Display` is the English sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.in_english())]
pub enum Refusal {
    Empty,
    /// Sizes in bytes.
    TooHeavy {
        bytes: usize,
        limit: usize,
    },
    WrongKind {
        found: FileKind,
        wanted: Wanted,
    },
    /// Larger in pixels (or, once unpacked, in memory) than is worked on.
    TooManyPixels {
        width: u32,
        height: u32,
    },
    Animated,
    /// A legal JPEG that is stored in a way the decoder gets wrong.
    RareLayout,
    /// The file ends before it should: an upload or a copy that broke off.
    CutOff,
    /// It begins like its kind, and what follows is not that.
    Broken {
        kind: FileKind,
    },
}

impl Refusal {
    /// Stable code for JSON answers and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "file_empty",
            Self::TooHeavy { .. } => "file_too_heavy",
            Self::WrongKind { .. } => "file_wrong_kind",
            Self::TooManyPixels { .. } => "picture_too_many_pixels",
            Self::Animated => "picture_animated",
            Self::RareLayout => "picture_rare_layout",
            Self::CutOff => "file_cut_off",
            Self::Broken { .. } => "file_broken",
        }
    }

    /// The sentence for a page in Vietnamese.
    pub fn in_vietnamese(&self) -> String {
        match self {
            Self::Empty => "Tệp rỗng, hãy chọn lại tệp.".into(),
            Self::TooHeavy { bytes, limit } => {
                format!("Tệp nặng {} MB, tối đa {} MB.", megabytes(*bytes, ','), megabytes(*limit, ','))
            }
            Self::WrongKind { found: FileKind::Heic, .. } => {
                "Ảnh HEIC của iPhone chưa đọc được: vào Cài đặt › Camera › \
                 Định dạng, chọn “Tương thích nhất” rồi chụp lại, hoặc gửi ảnh dạng JPEG."
                    .into()
            }
            Self::WrongKind { found, wanted } => {
                format!("{} {}", vietnamese_kind(*found, *wanted), vietnamese_wish(*wanted))
            }
            Self::TooManyPixels { width, height } => format!(
                "Ảnh quá lớn ({width} × {height} điểm ảnh). Hãy chụp ở độ phân giải thấp hơn hoặc thu nhỏ rồi gửi lại."
            ),
            Self::Animated => "Đây là ảnh động, hãy gửi ảnh tĩnh.".into(),
            Self::RareLayout => {
                "Ảnh JPEG này được lưu theo cách hiếm gặp, chưa đọc được. Hãy chụp màn hình ảnh rồi gửi.".into()
            }
            Self::CutOff => "Tệp bị cắt ngang khi gửi hoặc khi chép, hãy gửi lại.".into(),
            Self::Broken { kind: FileKind::Pdf } => "Tệp PDF bị hỏng, hãy mở thử rồi gửi lại.".into(),
            Self::Broken { .. } => "Ảnh bị hỏng, không mở được. Hãy chọn ảnh khác hoặc chụp lại.".into(),
        }
    }

    /// The sentence for a page in English.
    pub fn in_english(&self) -> String {
        match self {
            Self::Empty => "The file is empty; please choose it again.".into(),
            Self::TooHeavy { bytes, limit } => {
                format!("The file is {} MB; at most {} MB is allowed.", megabytes(*bytes, '.'), megabytes(*limit, '.'))
            }
            Self::WrongKind { found: FileKind::Heic, .. } => {
                "An iPhone's HEIC photo can't be read: in Settings › Camera \
                 › Formats choose “Most Compatible” and take it again, or send a JPEG."
                    .into()
            }
            Self::WrongKind { found, wanted } => format!("{} {}", english_kind(*found, *wanted), english_wish(*wanted)),
            Self::TooManyPixels { width, height } => format!(
                "The picture is too large ({width} × {height} pixels). Please take it at a lower resolution, or shrink it."
            ),
            Self::Animated => "This is an animation; please send a still picture.".into(),
            Self::RareLayout => {
                "This JPEG is stored in a rare way that can't be read. Please send a screenshot of it.".into()
            }
            Self::CutOff => "The file was cut off while sending or copying; please send it again.".into(),
            Self::Broken { kind: FileKind::Pdf } => {
                "The PDF is damaged; please try to open it, then send it again.".into()
            }
            Self::Broken { .. } => "The picture is damaged and can't be opened. Please choose or take another.".into(),
        }
    }
}

fn vietnamese_kind(found: FileKind, wanted: Wanted) -> String {
    let name = match found {
        FileKind::Html => "trang HTML",
        FileKind::Svg => "hình vẽ SVG",
        FileKind::Gif => "ảnh GIF",
        FileKind::Avif => "ảnh AVIF",
        FileKind::Heic => "ảnh HEIC",
        FileKind::Tiff => "ảnh TIFF hoặc ảnh thô của máy ảnh",
        FileKind::Bmp => "ảnh BMP",
        FileKind::Pdf => "tệp PDF",
        FileKind::Office => "tệp Word, Excel hoặc PowerPoint",
        FileKind::Zip => "tệp nén ZIP",
        FileKind::Video => "tệp phim",
        FileKind::Jpeg => "ảnh JPEG",
        FileKind::Png => "ảnh PNG",
        FileKind::WebP => "ảnh WebP",
        FileKind::Unknown => return "Không nhận ra loại tệp này.".into(),
    };
    match wanted {
        Wanted::Picture if !found.is_any_picture() => format!("Đây là {name}, không phải ảnh."),
        _ => format!("Đây là {name}, chưa dùng được."),
    }
}

fn english_kind(found: FileKind, wanted: Wanted) -> String {
    let name = match found {
        FileKind::Html => "an HTML page",
        FileKind::Svg => "an SVG drawing",
        FileKind::Gif => "a GIF",
        FileKind::Avif => "an AVIF picture",
        FileKind::Heic => "a HEIC picture",
        FileKind::Tiff => "a TIFF or a camera's raw picture",
        FileKind::Bmp => "a BMP picture",
        FileKind::Pdf => "a PDF",
        FileKind::Office => "a Word, Excel or PowerPoint file",
        FileKind::Zip => "a ZIP archive",
        FileKind::Video => "a video",
        FileKind::Jpeg => "a JPEG picture",
        FileKind::Png => "a PNG picture",
        FileKind::WebP => "a WebP picture",
        FileKind::Unknown => return "This kind of file is not known.".into(),
    };
    match wanted {
        Wanted::Picture if !found.is_any_picture() => format!("This is {name}, not a picture."),
        _ => format!("This is {name}, which can't be used."),
    }
}

fn vietnamese_wish(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Picture => "Hãy chọn ảnh JPEG, PNG hoặc WebP.",
        Wanted::Paper => "Hãy chọn tệp PDF hoặc ảnh JPEG, PNG, WebP.",
    }
}

fn english_wish(wanted: Wanted) -> &'static str {
    match wanted {
        Wanted::Picture => "Please choose a JPEG, PNG or WebP picture.",
        Wanted::Paper => "Please choose a PDF, or a JPEG, PNG or WebP picture.",
    }
}

impl FileKind {
    /// Whether people would call it a picture, usable here or not.
    pub fn is_any_picture(self) -> bool {
        matches!(
            self,
            Self::Jpeg
                | Self::Png
                | Self::WebP
                | Self::Gif
                | Self::Heic
                | Self::Avif
                | Self::Tiff
                | Self::Bmp
                | Self::Svg
        )
    }
}

/// Megabytes with one decimal, rounded up so that a file just over the limit never reads as the limit itself.
fn megabytes(bytes: usize, decimal_mark: char) -> String {
    let tenths = (bytes as u64 * 10).div_ceil(1024 * 1024);
    if tenths.is_multiple_of(10) {
        (tenths / 10).to_string()
    } else {
        format!("{}{decimal_mark}{}", tenths / 10, tenths % 10)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::MAX_BYTES;

    #[test]
    fn a_heavy_file_is_told_its_weight_and_the_limit() {
        let refusal = Refusal::TooHeavy { bytes: 40 * 1024 * 1024, limit: MAX_BYTES };
        assert_eq!(refusal.in_vietnamese(), "Tệp nặng 40 MB, tối đa 15 MB.");
        assert_eq!(refusal.to_string(), "The file is 40 MB; at most 15 MB is allowed.");
    }

    #[test]
    fn one_byte_too_many_does_not_read_as_the_limit() {
        let refusal = Refusal::TooHeavy { bytes: MAX_BYTES + 1, limit: MAX_BYTES };
        assert_eq!(refusal.in_vietnamese(), "Tệp nặng 15,1 MB, tối đa 15 MB.");
    }

    #[test]
    fn a_page_is_not_a_picture_and_a_gif_is_one_of_the_wrong_kind() {
        let html = Refusal::WrongKind { found: FileKind::Html, wanted: Wanted::Picture };
        assert!(html.in_vietnamese().starts_with("Đây là trang HTML, không phải ảnh."));
        let gif = Refusal::WrongKind { found: FileKind::Gif, wanted: Wanted::Picture };
        assert!(gif.in_vietnamese().starts_with("Đây là ảnh GIF, chưa dùng được."));
    }
}
