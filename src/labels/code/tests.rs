use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

fn any_code() -> impl Strategy<Value = LabelCode> {
    (0..COMMUNE_LIMIT, 0..NUMBER_LIMIT).prop_map(|(commune, number)| LabelCode::new(commune, number).unwrap())
}

/// Computed outside this program by multiplying out the sum over GF(32) with explicit powers of α.
#[test]
fn codes_agree_with_an_independent_computation() {
    for (commune, number, text) in [
        (10816, 0x1234_5678_9abc, "2MG0-J6HB-7H6N-W5"),
        (0, 1, "0000-0000-0000-12"),
        (131_071, 0xffff_ffff_ffff, "ZZZZ-ZZZZ-ZZZZ-ZE"),
        (10816, 0, "2MG0-0000-0000-04"),
        (1, 0xdead_beef, "0008-003F-AVFQ-FR"),
    ] {
        let code = LabelCode::new(commune, number).unwrap();
        assert_eq!(code.to_string(), text);
        assert_eq!(LabelCode::parse(text), Ok(code));
    }
}

#[test]
fn each_fault_has_its_own_error() {
    assert_eq!(LabelCode::parse(""), Err(CodeError::Empty));
    assert_eq!(LabelCode::parse(" - – "), Err(CodeError::Empty));
    assert_eq!(LabelCode::parse("2MG0-J6HB-7H6N-W"), Err(CodeError::WrongLength { found: 13 }));
    assert_eq!(LabelCode::parse("2MG0-J6HB-7H6N-W55"), Err(CodeError::WrongLength { found: 15 }));
    assert_eq!(LabelCode::parse("2MG0-J6HB-7H6N-W6"), Err(CodeError::Mistyped));
    assert_eq!(LabelCode::parse("2MGO-J6HB-7H6N-W5").map(LabelCode::commune), Ok(10816));
    assert_eq!(LabelCode::parse("2MG0-J6HU-7H6N-W5"), Err(CodeError::StrangeCharacter { character: 'U', position: 8 }));
    assert_eq!(LabelCode::parse("đ"), Err(CodeError::StrangeCharacter { character: 'đ', position: 1 }));
}

#[test]
fn a_commune_or_number_too_large_is_refused() {
    assert_eq!(LabelCode::new(COMMUNE_LIMIT, 0), Err(CodeOutOfRange { commune: COMMUNE_LIMIT, number: 0 }));
    assert_eq!(LabelCode::new(0, NUMBER_LIMIT), Err(CodeOutOfRange { commune: 0, number: NUMBER_LIMIT }));
}

#[test]
fn generated_codes_keep_the_commune_and_use_all_48_bits() {
    let mut rng = StdRng::seed_from_u64(20_261_122);
    let mut ones = 0_i64;
    let mut zeros = 0_i64;
    for _ in 0..200 {
        let code = LabelCode::generate(10816, &mut rng).unwrap();
        assert_eq!(code.commune(), 10816);
        ones |= code.number();
        zeros |= !code.number();
    }
    let all = NUMBER_LIMIT as i64 - 1;
    assert_eq!(ones, all);
    assert_eq!(zeros & all, all);
}

#[test]
fn json_holds_the_grouped_code_and_refuses_a_mistyped_one() {
    let code = LabelCode::new(10816, 0x1234_5678_9abc).unwrap();
    assert_eq!(serde_json::to_string(&code).unwrap(), r#""2MG0-J6HB-7H6N-W5""#);
    assert_eq!(serde_json::from_str::<LabelCode>(r#""2mg0j6hb7h6nw5""#).unwrap(), code);
    assert!(serde_json::from_str::<LabelCode>(r#""2mg0j6hb7h6nw6""#).is_err());
}

proptest! {
    #[test]
    fn a_code_reads_back_as_itself(code in any_code()) {
        prop_assert_eq!(LabelCode::parse(&code.compact()), Ok(code));
        prop_assert_eq!(LabelCode::parse(&code.to_string()), Ok(code));
        prop_assert_eq!(code.compact().len(), CODE_LENGTH);
        prop_assert_eq!(LabelCode::new(code.commune(), code.number() as u64), Ok(code));
    }

    #[test]
    fn case_look_alikes_dashes_and_spaces_do_not_matter(
        code in any_code(),
        separator in prop::sample::select(vec!["", " ", "-", "–", "—", "−", "\u{2011}", "\u{a0}", " - ", "\t"]),
        zero in prop::sample::select(vec!['0', 'O', 'o']),
        one in prop::sample::select(vec!['1', 'I', 'i', 'L', 'l']),
        lower in any::<bool>(),
    ) {
        let mut typed = String::new();
        for character in code.compact().chars() {
            typed.push_str(separator);
            typed.push(match character {
                '0' => zero,
                '1' => one,
                other if lower => other.to_ascii_lowercase(),
                other => other,
            });
        }
        typed.push_str(separator);
        prop_assert_eq!(LabelCode::parse(&typed), Ok(code));
    }

    #[test]
    fn every_single_wrong_character_is_caught(code in any_code()) {
        let right = code.compact().into_bytes();
        for position in 0..CODE_LENGTH {
            for &other in ALPHABET {
                if other != right[position] {
                    let mut wrong = right.clone();
                    wrong[position] = other;
                    let wrong = String::from_utf8(wrong).unwrap();
                    prop_assert_eq!(LabelCode::parse(&wrong), Err(CodeError::Mistyped), "{}", wrong);
                }
            }
        }
    }

    /// The rule asks for neighbours; distinct weights catch any two.
    #[test]
    fn every_swap_of_two_different_characters_is_caught(code in any_code()) {
        let right = code.compact().into_bytes();
        for first in 0..CODE_LENGTH {
            for second in first + 1..CODE_LENGTH {
                if right[first] != right[second] {
                    let mut wrong = right.clone();
                    wrong.swap(first, second);
                    let wrong = String::from_utf8(wrong).unwrap();
                    prop_assert_eq!(LabelCode::parse(&wrong), Err(CodeError::Mistyped), "{}", wrong);
                }
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Ok(code) = LabelCode::parse(&text) {
            prop_assert_eq!(LabelCode::parse(&code.compact()), Ok(code));
        }
    }
}
