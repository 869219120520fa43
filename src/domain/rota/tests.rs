//! Turns, and what is put in their place.

use super::super::fixture::*;
use super::*;

/// From Monday 2 March 2026, week by week, at nine.
fn weekly() -> Rota {
    Rota {
        people: ["a", "b", "c"].map(id).to_vec(),
        first: "2026-03-02".parse().unwrap(),
        turn: 7,
        at: jiff::civil::time(9, 0, 0, 0),
        zone: zone(LISBON),
        overrides: Vec::new(),
    }
}

fn order(rota: &Rota, civil: &str) -> String {
    rota.order(at(civil)).map(PersonId::as_str).collect()
}

#[test]
fn each_has_a_turn_which_begins_at_its_hour() {
    let rota = weekly();
    let table = [
        ("2026-03-02 08:59", "cab", "the week before is of the last"),
        ("2026-03-02 09:00", "abc", "the first"),
        ("2026-03-09 08:59", "abc", "until the next takes over"),
        ("2026-03-09 09:00", "bca", "the second"),
        ("2026-03-30 08:59", "abc", "the clocks went forward on the day before"),
        ("2026-03-30 09:00", "bca", "and it still begins at nine"),
        ("2026-02-23 09:00", "cab", "it has no beginning"),
        ("2026-02-16 09:00", "bca", "nor before that"),
    ];
    for (civil, expected, why) in table {
        assert_eq!(order(&rota, civil), expected, "{civil}: {why}");
    }
}

#[test]
fn turns_may_be_days_and_one_alone_is_always_on_duty() {
    let daily = Rota { turn: 1, ..weekly() };
    let days: Vec<String> =
        (2..6).map(|day| order(&daily, &format!("2026-03-0{day} 12:00"))).collect();
    assert_eq!(days, ["abc", "bca", "cab", "abc"]);
    let alone = Rota { people: vec![id("a")], ..weekly() };
    assert_eq!(order(&alone, "2026-07-01 12:00"), "a");
    let nobody = Rota { people: Vec::new(), ..weekly() };
    assert_eq!(nobody.on_duty(at("2026-07-01 12:00")), None);
}

#[test]
fn an_override_holds_for_the_duties_that_begin_on_its_days() {
    let instead =
        |person: &str| Override { days: days("2026-03-04", "2026-03-04"), person: id(person) };
    let swapped = Rota { overrides: vec![instead("c")], ..weekly() };
    let table = [
        ("2026-03-04 08:59", "abc"),
        ("2026-03-04 09:00", "cab"),
        ("2026-03-05 08:59", "cab"),
        ("2026-03-05 09:00", "abc"),
    ];
    for (civil, expected) in table {
        assert_eq!(order(&swapped, civil), expected, "{civil}");
    }
    let guest = Rota { overrides: vec![instead("x")], ..weekly() };
    assert_eq!(order(&guest, "2026-03-04 12:00"), "xabc");
    assert_eq!(guest.everybody().map(PersonId::as_str).collect::<String>(), "abcx");
}
