//! What is left of a producer's name without the words that only say its kind, so that `HTX Vải Bến Sậy` and
//! `Hợp tác xã vải Bến Sậy` are told to be one name.

/// Words at a name's beginning that say its kind or how a person is addressed, folded; longer ones first.
const KINDS: [&str; 33] = [
    "cong ty trach nhiem huu han mot thanh vien",
    "cong ty trach nhiem huu han",
    "hop tac xa dich vu nong nghiep",
    "hop tac xa nong nghiep",
    "doanh nghiep tu nhan",
    "ho kinh doanh ca the",
    "cong ty tnhh mtv",
    "cong ty co phan",
    "cong ty tnhh",
    "ho kinh doanh",
    "co so san xuat",
    "ho gia dinh",
    "cong ty cp",
    "ho san xuat",
    "hop tac xa",
    "to hop tac",
    "trang trai",
    "gia dinh",
    "htx dvnn",
    "cong ty",
    "nha vuon",
    "ho ca the",
    "dntn",
    "co so",
    "hkd",
    "htx",
    "tht",
    "ong",
    "anh",
    "chi",
    "ba",
    "co",
    "ho",
];

/// The key of a folded name: its words, separated by one space, without those of its kind; all its words if nothing
/// else is left, and the name as it is if it has no words.
pub fn name_key(folded: &str) -> String {
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if words.is_empty() {
        return folded.to_owned();
    }
    let whole = words.join(" ");
    let mut left = whole.as_str();
    while let Some(rest) = KINDS.iter().find_map(|kind| left.strip_prefix(kind)?.strip_prefix(' ')) {
        left = rest;
    }
    left.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fold::fold;

    fn key(name: &str) -> String {
        name_key(&fold(name))
    }

    #[test]
    fn words_of_a_kind_are_left_out() {
        assert_eq!(key("HTX Vải Bến Sậy"), "vai ben say");
        assert_eq!(key("Hợp tác xã  vải Bến Sậy"), "vai ben say");
        assert_eq!(key("Hộ kinh doanh ông Nguyễn Văn Mẫu"), "nguyen van mau");
        assert_eq!(key("Hộ sản xuất – Nguyễn Văn Mẫu"), "nguyen van mau");
        assert_eq!(key("Công ty TNHH MTV Đặc sản (Hà Bắc)"), "dac san ha bac");
    }

    #[test]
    fn what_is_nothing_but_a_kind_keeps_its_words() {
        assert_eq!(key("Hợp tác xã"), "hop tac xa");
        assert_eq!(key("Hộ Bà"), "ba");
        assert_eq!(key("Hồng Vải"), "hong vai", "a word that only begins like one");
        assert_eq!(key(""), "");
        assert_eq!(key("–!"), fold("–!"), "a key that is empty would be looked for again and again");
    }
}
