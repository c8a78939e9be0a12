use super::*;

fn activity(state: ActivityState, door_open: bool) -> Activity {
    let day = |text| Day::parse(text).unwrap();
    Activity {
        id: ActivityId(uuid::Uuid::nil()),
        kind: ActivityKind::Training,
        title: "Bán hàng".to_owned(),
        topic: Topic::Selling,
        starts_on: day("12/06/2026"),
        ends_on: day("13/06/2026"),
        hours: String::new(),
        place: String::new(),
        runs_by: String::new(),
        programme_id: None,
        seats: None,
        description: String::new(),
        state,
        door_open,
        token: String::new(),
        participants: None,
        results: String::new(),
        cancel_reason: String::new(),
        version: 1,
        attended: 0,
        producers: 0,
    }
}

#[test]
fn the_door_is_open_around_its_days_while_the_office_has_it_open() {
    let on = |text| Day::parse(text).unwrap();
    let planned = activity(ActivityState::Planned, true);
    for (day, open) in [("10/06/2026", false), ("11/06/2026", true), ("14/06/2026", true), ("15/06/2026", false)] {
        assert_eq!(planned.takes_at_door(on(day)), open, "{day}");
    }
    assert!(!activity(ActivityState::Planned, false).takes_at_door(on("12/06/2026")));
    assert!(!activity(ActivityState::Cancelled, true).takes_at_door(on("12/06/2026")));
    assert!(planned.takes_feedback(on("12/06/2026")) && !planned.takes_feedback(on("11/06/2026")));
    assert!(planned.takes_feedback(on("14/07/2026")) && !planned.takes_feedback(on("15/07/2026")));
    assert_eq!(planned.days(), "12/06/2026 – 13/06/2026");
}

#[test]
fn means_are_rounded_to_tenths_and_few_answers_are_said_to_be_few() {
    let sums = FeedbackSums { answers: 3, useful: 14, clear: 15, usable: 3, organised: 10 };
    assert_eq!(sums.means(), [47, 50, 10, 33]);
    assert!(sums.is_few() && !FeedbackSums { answers: 5, ..sums }.is_few());
    assert_eq!(FeedbackSums::default().means(), [0; 4]);
}
