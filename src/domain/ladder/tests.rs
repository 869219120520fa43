//! The order of the steps, and their times.

use super::super::fixture::*;
use super::*;

fn before(amount: Allowance) -> Offset {
    Offset::Before(amount)
}

fn after(amount: Allowance) -> Offset {
    Offset::After(amount)
}

#[test]
fn steps_stand_in_the_order_in_which_they_are_taken() {
    let elapsed = |hours| Allowance::Elapsed(SignedDuration::from_hours(hours));
    let in_order = [
        (before(Allowance::WorkingDays(2)), Tell::Owner),
        (before(mins(9 * 60)), Tell::Owner),
        (before(Allowance::WorkingDays(1)), Tell::Owner),
        (before(elapsed(10)), Tell::Owner),
        (before(mins(45)), Tell::Owner),
        (after(mins(0)), Tell::Owner),
        (after(mins(0)), Tell::Above(1)),
        (after(mins(240)), Tell::Above(1)),
        (after(elapsed(6)), Tell::Above(2)),
        (after(Allowance::WorkingDays(1)), Tell::Above(2)),
    ];
    let rungs: Vec<Rung> =
        in_order.iter().map(|&(offset, tell)| rung(offset, tell, None)).collect();
    for turned in 0..rungs.len() {
        let mut written = rungs.clone();
        written.rotate_left(turned);
        written.swap(0, 5);
        assert_eq!(Ladder::new("any", written).rungs, rungs);
    }
}

#[test]
fn an_absurd_distance_is_still_a_distance() {
    let huge = Allowance::Working(SignedDuration::MAX);
    let written = vec![rung(after(huge), Tell::Owner, None), rung(before(huge), Tell::Owner, None)];
    assert_eq!(Ladder::new("any", written).rungs[0].offset, before(huge));
}

#[test]
fn a_step_is_taken_as_the_table_says() {
    let office = office();
    let elapsed = |minutes| Allowance::Elapsed(SignedDuration::from_mins(minutes));
    let table = [
        ("2026-03-04 18:00", before(mins(45)), "2026-03-04 17:15"),
        ("2026-03-04 18:00", after(mins(0)), "2026-03-04 18:00"),
        ("2026-03-04 18:00", after(mins(240)), "2026-03-05 14:00"),
        ("2026-03-09 10:00", before(mins(120)), "2026-03-06 14:00"),
        ("2026-03-09 10:00", before(elapsed(120)), "2026-03-09 08:00"),
        ("2026-03-04 18:00", after(elapsed(90)), "2026-03-04 19:30"),
        ("2026-03-09 10:00", before(Allowance::WorkingDays(1)), "2026-03-06 10:00"),
        ("2026-03-09 18:00", before(Allowance::WorkingDays(1)), "2026-03-06 15:00"),
        ("2026-03-30 10:00", before(Allowance::WorkingDays(1)), "2026-03-27 10:00"),
    ];
    for (due, offset, expected) in table {
        let nominal = rung(offset, Tell::Owner, None).nominal(at(due), &office);
        assert_eq!(shown(nominal), expected, "{offset:?} {due}");
    }
}
