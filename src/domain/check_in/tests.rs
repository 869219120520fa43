//! The life of a check-in: every reason not to ask, every arrow at random.

use proptest::prelude::*;

use super::super::calendar::Allowance;
use super::super::fixture::*;
use super::super::ids::CaseNumber;
use super::civil::CIVIL;
use super::*;

fn terms() -> Terms {
    let days = Allowance::WorkingDays;
    Terms {
        after: days(2),
        at: jiff::civil::time(10, 0, 0, 0),
        approval: Approval::Standing,
        quiet_for: days(30),
        again_after: days(5),
        urgent: mins(120),
        patience: 2,
    }
}

/// One job of Ana's in the office of the fixture.
struct Job {
    policy: Policy,
    terms: Terms,
    calendar: Calendar,
    done_by: Vec<PersonId>,
}

impl Job {
    fn new() -> Self {
        let done_by = vec![id("017")];
        Self { policy: policy(), terms: terms(), calendar: office(), done_by }
    }

    fn around(&self) -> Around<'_> {
        let Self { policy, terms, calendar, done_by } = self;
        Around { policy, terms, done_by, calendar }
    }
}

fn agreed() -> Standing {
    Standing { agreed: [id("017")].into(), ..Standing::default() }
}

#[test]
fn it_is_planned_for_the_usual_hour_of_a_working_day() {
    let job = Job::new();
    for (closed, planned) in [
        ("2026-03-04 16:00", "2026-03-06 10:00"),
        ("2026-03-05 17:30", "2026-03-09 10:00"),
        ("2026-03-07 12:00", "2026-03-11 10:00"),
        ("2026-12-23 12:00", "2027-01-01 10:00"),
    ] {
        let at = CheckIn::planned(job.around(), at(closed)).wake_at();
        assert_eq!(at.map(shown).as_deref(), Some(planned), "closed {closed}");
    }
}

#[test]
fn whom_not_to_ask_is_decided_at_the_moment_of_asking() {
    let job = Job::new();
    let now = at("2026-03-06 10:00");
    let recently = Some(at("2026-02-02 10:00"));
    for (standing, expected) in [
        (Standing { content: true, ..agreed() }, "said already that all is well"),
        (Standing { opted_out: true, ..agreed() }, "wants no such mails"),
        (Standing { bounces: true, ..agreed() }, "comes back"),
        (Standing { automatic: true, ..agreed() }, "no person reads"),
        (Standing { open: Some(CaseNumber::from_row(7)), ..agreed() }, "same contact is open"),
        (Standing { asked_at: recently, ..agreed() }, "asked about another job"),
    ] {
        let planned = CheckIn::planned(job.around(), at("2026-03-04 16:00"));
        let (over, then) = planned.step(Event::Due(standing), job.around(), now).unwrap();
        let Then::End(End::Refused, why) = then else { panic!("{expected}: {then:?}") };
        assert!(why.contains(expected) && !over.is_live(), "{why}");
    }
    let long_ago = Some(at("2026-01-15 10:00"));
    let standing = Standing { asked_at: long_ago, ..agreed() };
    let planned = CheckIn::planned(job.around(), at("2026-03-04 16:00"));
    let (_, then) = planned.step(Event::Due(standing), job.around(), now).unwrap();
    assert_eq!(then, Then::Ask(1));
}

#[test]
fn one_mail_a_day_is_enough_and_nobody_is_asked_at_night() {
    let job = Job::new();
    let planned = || CheckIn::planned(job.around(), at("2026-03-04 16:00"));
    let due = |standing, now: &str| {
        let (next, _) = planned().step(Event::Due(standing), job.around(), at(now)).unwrap();
        next.wake_at().map(shown).unwrap()
    };
    let had_one = Standing { had_one_today: true, ..agreed() };
    assert_eq!(due(had_one, "2026-03-06 10:00"), "2026-03-09 10:00");
    // owed was down on the day, and wakes in the night after.
    assert_eq!(due(agreed(), "2026-03-07 02:00"), "2026-03-09 10:00");
    let until = at("2026-03-09 10:00");
    let shown_to_ben = Stage::Shown { until, reminded: false };
    let (sent, _) = CheckIn { stage: shown_to_ben, ..planned() }
        .step(
            Event::Sent { by: id("017"), words: None, seen: None },
            job.around(),
            at("2026-03-06 22:30"),
        )
        .unwrap();
    assert_eq!(sent.wake_at().map(shown).as_deref(), Some("2026-03-09 10:00"));
}

#[test]
fn who_agreed_once_for_all_agreed_to_what_is_put_right_too_while_it_is_theirs() {
    let (job, now) = (Job::new(), at("2026-03-06 08:00"));
    let others = Job { done_by: vec![id("021")], ..Job::new() };
    let stage = Stage::Agreed { at: at("2026-03-06 10:00") };
    for (standing, job, anew) in
        [(true, &job, false), (true, &others, true), (false, &job, true), (false, &others, true)]
    {
        let planned = CheckIn::planned(job.around(), at("2026-03-04 16:00"));
        let agreed = CheckIn { stage, standing, by: Some(id("017")), ..planned };
        let stepped = agreed.step(Event::Corrected, job.around(), now);
        assert_eq!(stepped.is_ok(), anew, "{standing} {:?}", job.done_by);
        assert!(stepped.is_err() || stepped.is_ok_and(|(next, _)| next.name() == "planned"));
    }
}

#[test]
fn it_goes_at_an_hour_that_is_civil_on_the_contacts_clocks_too() {
    let job = Job::new();
    let planned = || CheckIn::planned(job.around(), at("2026-03-04 16:00"));
    let asked = |hours: i8, now: &str| {
        let clocks = jiff::tz::Offset::from_hours(hours).ok();
        let standing = Standing { clocks, ..agreed() };
        let agreed = CheckIn { stage: Stage::Agreed { at: at(now) }, ..planned() };
        let (next, then) = agreed.step(Event::Due(standing), job.around(), at(now)).unwrap();
        match then {
            Then::Ask(_) => "now".to_owned(),
            Then::Move(when, why) if why.contains("clocks") => shown(when),
            other => panic!("{other:?}, {next:?}"),
        }
    };
    for (ahead, now, goes) in [
        (0, "2026-03-06 10:00", "now"),
        (1, "2026-03-06 10:00", "now"),
        // Six in the morning in New York; the usual hour is too early there on any day.
        (-5, "2026-03-06 11:00", "2026-03-06 13:00"),
        (-5, "2026-03-06 13:00", "now"),
        // Eight in the evening in Bangkok; the usual hour of the next day is not.
        (7, "2026-03-06 13:00", "2026-03-09 10:00"),
        (9, "2026-03-06 10:00", "now"),
        // No hour is civil on both: theirs count.
        (12, "2026-03-06 10:00", "2026-03-06 20:00"),
        (-12, "2026-03-06 10:00", "2026-03-06 20:00"),
        (12, "2026-03-06 20:30", "now"),
    ] {
        assert_eq!(asked(ahead, now), goes, "{ahead} hours ahead, {now}");
    }
}

fn event() -> impl Strategy<Value = Event> {
    let how = prop::sample::select(vec![End::Fine, End::NotFine, End::InWords]);
    let read = prop::sample::select(vec![End::Fine, End::NotFine]);
    let standing = prop_oneof![
        4 => Just(agreed()),
        1 => Just(Standing::default()),
        1 => Just(Standing { opted_out: true, ..agreed() }),
        1 => Just(Standing { had_one_today: true, ..agreed() }),
    ];
    prop_oneof![
        8 => standing.prop_map(Event::Due),
        1 => Just(Event::Sent { by: id("017"), words: None, seen: None }),
        1 => Just(Event::Skipped { reason: String::new(), seen: None }),
        1 => how.prop_map(|how| Event::Answered { how, reason: String::new() }),
        1 => read.prop_map(|how| Event::Read { how, reason: String::new() }),
        1 => Just(Event::Away { back: None }),
        1 => Just(Event::Corrected),
        1 => Just(Event::Bounced(String::new())),
        1 => Just(Event::Cancelled(String::new())),
    ]
}

proptest! {
    #![proptest_config(cases(400))]

    /// Nobody is asked a third time, nor sooner than after a while, nor at night, nor when
    /// it is over; and it always ends.
    #[test]
    fn whatever_happens_it_asks_twice_at_the_most_and_ends(
        events in prop::collection::vec((event(), 0_i64..4000), 0..12),
    ) {
        let job = Job::new();
        let mut now = at("2026-03-04 16:00");
        let mut check_in = CheckIn::planned(job.around(), now);
        let mut asked: Vec<Timestamp> = Vec::new();
        let mut rest = events.into_iter();
        for _ in 0..200 {
            let event = rest.next();
            let (event, later) = event.unwrap_or((Event::Due(agreed()), 0));
            let woken = check_in.wake_at().unwrap_or(now);
            let due = matches!(event, Event::Due(_));
            now = if due { now.max(woken) } else { now + SignedDuration::from_mins(later) };
            let was_live = check_in.is_live();
            let Ok((next, then)) = check_in.clone().step(event, job.around(), now) else {
                continue;
            };
            if let Then::Ask(n) = then {
                let local = now.to_zoned(zone(LISBON));
                prop_assert!(was_live && n <= 2 && usize::from(n) == asked.len() + 1);
                prop_assert!(CIVIL.contains(&local.hour()), "asked at {}", shown(now));
                let soonest = asked.last().map(|at| job.calendar.add(*at, terms().again_after));
                prop_assert!(soonest.is_none_or(|soonest| soonest <= now), "asked again too soon");
                asked.push(now);
            }
            prop_assert_eq!(next.wake_at().is_some(), next.is_live(), "no alarm");
            prop_assert!(was_live || !next.is_live(), "what is over begins again");
            check_in = next;
        }
        prop_assert!(!check_in.is_live(), "it never ends: {:?}", check_in);
    }
}
