use super::*;
use crate::clock::Time;
use crate::ids::UserId;

const NOW: Time = Time::from_micros(1_790_000_000_000_000);

fn form(pairs: &[(&str, &str)]) -> Form {
    let mut form = Form::default();
    for (name, value) in pairs {
        form.push(name, value);
    }
    form
}

fn read(step: Step, pairs: &[(&str, &str)], content: &mut ProducerContent) -> (Form, Vec<Choice>) {
    let mut form = form(pairs);
    let choices = step.read(&mut form, content, &[], Lang::Vi);
    (form, choices)
}

#[test]
fn every_step_is_found_by_its_path_and_in_order() {
    for (index, step) in Step::ALL.into_iter().enumerate() {
        assert_eq!(Step::of_path(step.path()), Some(step));
        assert_eq!(step.number(), index + 1);
        assert_eq!(step.previous().and_then(Step::next), step.previous().map(|_| step));
    }
    assert_eq!(Step::Labels.next(), None);
    assert_eq!(Step::Kind.previous(), None);
    assert_eq!(Step::of_path("xem-lai"), None);
}

#[test]
fn nothing_is_chosen_for_anybody() {
    let person = Person {
        id: UserId::new(NOW),
        name: "Nguyễn Văn Mẫu".to_owned(),
        phone: Phone::parse("0912345678").unwrap(),
        phone_verified: false,
        grants: Vec::new(),
        session: String::new(),
    };
    let empty = ProducerContent::default();
    let contact = Step::Contact.fill(&empty, &[], Some(&person));
    assert_eq!(contact.value("representative"), "Nguyễn Văn Mẫu");
    assert_eq!(contact.value("phone"), "0912 345 678");
    assert_eq!(contact.value("phone_seen"), "");
    assert_eq!(contact.value("representative_seen"), "");
    assert_eq!(Step::Contact.fill(&empty, &[], None).value("phone"), "");
    assert_eq!(Step::Labels.fill(&empty, &[], Some(&person)).value("labels"), "");
    assert_eq!(Step::Tax.fill(&empty, &[], Some(&person)).value("tax_answer"), "");
}

#[test]
fn a_choice_that_was_not_made_is_asked_for() {
    let mut content = ProducerContent::default();
    let pairs = [("representative", "Mẫu"), ("phone", "0912 345 67")];
    let (form, choices) = read(Step::Contact, &pairs, &mut content);
    assert!(form.error("phone").is_some_and(|e| e.contains("thiếu 1")));
    assert!(form.error("phone_seen").is_some());
    assert!(form.error("representative_seen").is_some());
    assert!(choices.is_empty());
}

#[test]
fn a_phone_is_stored_as_digits_and_may_be_lacking() {
    let mut content = ProducerContent::default();
    let pairs = [
        ("representative", "Mẫu"),
        ("representative_seen", "office"),
        ("phone", "+84 912 345 678"),
        ("phone_seen", "all"),
    ];
    let (form, choices) = read(Step::Contact, &pairs, &mut content);
    assert!(form.is_fine());
    assert_eq!(content.phone, "0912345678");
    assert!(choices.contains(&Choice { field: ConsentField::Phone, public: true }));

    let pairs = [("representative", "Mẫu"), ("representative_seen", "office"), ("no_phone", "1"), ("phone", "")];
    let (form, choices) = read(Step::Contact, &pairs, &mut content);
    assert!(form.is_fine());
    assert_eq!(content.phone, "");
    assert!(choices.contains(&Choice { field: ConsentField::Phone, public: false }));
    assert_eq!(Step::Contact.fill(&content, &[], None).value("no_phone"), "1");
}

#[test]
fn only_villages_that_may_be_chosen_are_taken() {
    let (mine, other) = (VillageId::new(NOW), VillageId::new(NOW));
    let mut content = ProducerContent::default();
    let other_text = other.to_string();
    let pairs =
        [("name", "Vườn mẫu"), ("village", other_text.as_str()), ("address", "Xóm 2"), ("address_seen", "office")];
    let mut strange = form(&pairs);
    Step::Place.read(&mut strange, &mut content, &[mine], Lang::Vi);
    assert_eq!(strange.error("village"), Some(Texts(Lang::Vi).village_strange()));
    assert_eq!(content.village, None);
    let mut fine = form(&pairs);
    Step::Place.read(&mut fine, &mut content, &[mine, other], Lang::Vi);
    assert!(fine.is_fine());
    assert_eq!(content.village, Some(other));
}

#[test]
fn not_having_and_not_knowing_a_tax_code_are_answers() {
    let mut content = ProducerContent::default();
    for answer in ["none", "unknown"] {
        let (form, _) = read(Step::Tax, &[("tax_answer", answer)], &mut content);
        assert!(form.is_fine());
        assert_eq!(Step::Tax.progress(&content), Progress::Done);
        assert_eq!(Step::Tax.fill(&content, &[], None).value("tax_answer"), answer);
    }
    let (form, _) = read(Step::Tax, &[], &mut content);
    assert!(form.error("tax_answer").is_some());
    let (form, _) = read(Step::Tax, &[("tax_answer", "none"), ("tax_code", "0100047516")], &mut content);
    assert!(form.error("tax_code").is_some());
}

#[test]
fn a_personal_number_stays_and_is_not_shown_in_the_form() {
    let mut content = ProducerContent::default();
    let (form, _) = read(Step::Tax, &[("tax_answer", "known"), ("tax_code", "030075001234")], &mut content);
    assert!(form.is_fine());
    let shown = Step::Tax.fill(&content, &[], None);
    assert_eq!((shown.value("tax_code"), shown.value("tax_answer")), ("", "known"));
    let (form, _) = read(Step::Tax, &[("tax_answer", "known"), ("tax_code", "")], &mut content);
    assert!(form.is_fine());
    assert_eq!(content.tax_code, "030075001234");
}

#[test]
fn long_and_foreign_input_is_refused_by_field() {
    let mut content = ProducerContent::default();
    let long = "ă".repeat(10_000);
    let (form, _) = read(Step::Story, &[("story", &long), ("website", "javascript:alert(1)")], &mut content);
    assert!(form.error("story").is_some());
    assert!(form.error("website").is_some());
    assert_eq!(form.value("story").chars().count(), 10_000);
}

#[test]
fn what_must_be_answered_is_kind_place_and_contact() {
    assert_eq!(missing(&ProducerContent::default()), [Step::Kind, Step::Place, Step::Contact]);
}
