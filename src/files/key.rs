//! Names under which bytes are stored: `10816/ab/0192…-m.jpg`.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use super::sniff::FileKind;

/// Which rendition of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Size {
    Small,
    Medium,
    Large,
}

impl Size {
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    fn letter(self) -> char {
        match self {
            Self::Small => 's',
            Self::Medium => 'm',
            Self::Large => 'l',
        }
    }
}

/// A checked name: commune, a shard of two hexadecimal digits, and a file name of `a-z 0-9 -` with one extension.
/// It has no other form, so no key leads out of the store's folder.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FileKey(String);

/// The text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a file key: expected something like 10816/ab/0192f0c1-….jpg")]
pub struct BadKey;

impl FileKey {
    /// A rendition of picture `id`.
    pub fn picture(commune: u32, id: Uuid, size: Size) -> Self {
        Self(format!("{}-{}.jpg", Self::stem(commune, id), size.letter()))
    }

    /// A file kept as it came: a paper, or a photo that waits for its renditions.
    pub fn original(commune: u32, id: Uuid, kind: FileKind) -> Self {
        Self(format!("{}-o.{}", Self::stem(commune, id), kind.extension()))
    }

    /// Ids begin with the time, so the shard comes from their random end: files spread evenly over 256 folders.
    fn stem(commune: u32, id: Uuid) -> String {
        format!("{commune}/{:02x}/{id}", id.as_bytes()[15])
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FileKey {
    type Err = BadKey;

    fn from_str(text: &str) -> Result<Self, BadKey> {
        let mut parts = text.split('/');
        let (Some(commune), Some(shard), Some(file), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(BadKey);
        };
        let (name, extension) = file.split_once('.').ok_or(BadKey)?;
        let lower_hex = |c: u8| matches!(c, b'0'..=b'9' | b'a'..=b'f');
        let lower = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
        let well_formed = (1..=6).contains(&commune.len())
            && commune.bytes().all(|c| c.is_ascii_digit())
            && shard.len() == 2
            && shard.bytes().all(lower_hex)
            && (1..=80).contains(&name.len())
            && name.bytes().all(|c| lower(c) || c == b'-')
            && (1..=5).contains(&extension.len())
            && extension.bytes().all(lower);
        if well_formed { Ok(Self(text.to_owned())) } else { Err(BadKey) }
    }
}

impl fmt::Display for FileKey {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl FileKind {
    /// File name extension without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Pdf => "pdf",
            _ => "bin",
        }
    }

    /// Media type to serve it with. What is not among the accepted kinds is never shown, only downloaded.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Pdf => "application/pdf",
            _ => "application/octet-stream",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ID: Uuid = Uuid::from_u128(0x0192_f0c1_0000_7000_8000_0000_0000_00ab);

    #[test]
    fn made_keys_are_keys() {
        let key = FileKey::picture(10816, ID, Size::Medium);
        assert_eq!(key.as_str(), "10816/ab/0192f0c1-0000-7000-8000-0000000000ab-m.jpg");
        assert_eq!(key.as_str().parse(), Ok(key));
        let paper = FileKey::original(10816, ID, FileKind::Pdf);
        assert_eq!(paper.as_str().parse(), Ok(paper));
    }

    #[test]
    fn ways_out_of_the_folder_are_no_keys() {
        for text in [
            "",
            "/etc/passwd",
            "10816/../../etc/passwd",
            "10816/ab/../x.jpg",
            "10816/ab/..",
            "10816/ab/.jpg",
            "10816/ab/a.tar.gz",
            "10816/ab/A.jpg",
            "10816/ab/a\0.jpg",
            "10816/ab\\x/a.jpg",
            "10816/abc/a.jpg",
            "10816//a.jpg",
            "10816/ab/a.jpg/",
            "./ab/a.jpg",
            "10816/ab/ảnh.jpg",
        ] {
            assert_eq!(text.parse::<FileKey>(), Err(BadKey), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_parses_stays_inside(text in "[0-9a-f./\\\\-]{0,24}") {
            if let Ok(key) = text.parse::<FileKey>() {
                let path = std::path::Path::new(key.as_str());
                prop_assert!(path.is_relative());
                prop_assert!(path.components().all(|part| matches!(part, std::path::Component::Normal(_))));
                prop_assert_eq!(path.components().count(), 3);
            }
        }
    }
}
