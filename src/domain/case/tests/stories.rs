//! Promises, hand-overs and ends, as stories: what happens, line by line, gives
//! the journal, the notices and what is owed then.

use super::super::super::calendar::Allowance;
use super::super::super::effect::Notice;
use super::*;

/// An answer of Ben's that says when more is to come.
pub(super) fn promises(civil: &str, due: &str) -> Event {
    pledges(civil, Some(due))
}

fn pledges(civil: &str, due: Option<&str>) -> Event {
    let Event::Answered(answer) = writes_to(civil, ANN) else { unreachable!() };
    let pledge = Some(Pledge { words: "You will have it".to_owned(), due: due.map(at) });
    Event::Answered(Answer { pledge, ..answer })
}

fn person(number: &str) -> PersonId {
    id(number)
}

/// Plays events at their own moments, with the clock's alarms between them; each
/// journal entry and each notice is a line.
struct Play {
    policy: Policy,
    case: Case,
    now: Timestamp,
    lines: Vec<String>,
}

impl Play {
    fn new(policy: Policy) -> Self {
        let case = new_case();
        Self { policy, case, now: at("2026-03-04 10:00"), lines: Vec::new() }
    }

    fn until(&mut self, civil: &str) {
        let end = at(civil);
        while let Some(alarm) = self.case.wake_at(&self.policy, self.now).filter(|a| *a <= end) {
            self.now = alarm;
            self.step(Event::TimePassed).unwrap();
        }
        self.now = end;
    }

    fn does(&mut self, civil: &str, event: Event) -> Result<(), Illegal> {
        self.until(civil);
        self.step(event)
    }

    fn step(&mut self, event: Event) -> Result<(), Illegal> {
        let step = self.case.clone().step(event, &self.policy, self.now)?;
        self.case = step.next;
        for effect in step.effects {
            self.lines.push(match effect {
                Effect::Journal(entry) => format!("{} {}", shown(self.now), entry.what.name()),
                Effect::Notice(notice) | Effect::Later(_, notice) => told(&notice),
            });
        }
        Ok(())
    }

    fn said(&mut self) -> String {
        std::mem::take(&mut self.lines).join("\n")
    }

    /// What is open, by kind and due time.
    fn owes(&self) -> String {
        let open = |o: &Obligation| format!("{} by {}", o.kind.name(), &shown(o.due)[5..]);
        self.case.open().map(open).collect::<Vec<_>>().join(", ")
    }
}

fn told(notice: &Notice) -> String {
    format!("  → {} {}", notice.purpose.name(), notice.to.address.local_part())
}

/// Ann asks on Wednesday at ten, and Ben has it.
fn asked(policy: Policy) -> Play {
    let mut play = Play::new(policy);
    play.does("2026-03-04 10:00", asks("2026-03-04 10:00")).unwrap();
    play.does("2026-03-04 10:05", Event::Claimed { by: person("021") }).unwrap();
    play.said();
    play
}

#[test]
fn a_promise_is_kept_by_what_is_said_after_it() {
    let mut play = asked(policy());
    let promise = promises("2026-03-04 11:00", "2026-03-06 12:00");
    play.does("2026-03-04 11:00", promise).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:00 answered\n2026-03-04 11:00 promised");
    assert_eq!(play.owes(), "promise by 03-06 12:00");
    let thanks = wrote("2026-03-04 12:00", Need::Nothing);
    play.does("2026-03-04 12:00", thanks).unwrap();
    assert_eq!(play.owes(), "promise by 03-06 12:00", "it survives later messages");
    play.said();
    play.does("2026-03-05 12:00", writes_to("2026-03-05 12:00", ANN)).unwrap();
    assert_eq!(play.said(), "2026-03-05 12:00 promise-kept");
    assert_eq!(play.owes(), "");
}

#[test]
fn of_two_promises_the_last_word_counts_in_whatever_order_they_come() {
    let first = ("2026-03-04 11:00", "2026-03-06 12:00");
    for (second, last) in [("2026-03-04 11:00", "03-05 12:00"), ("2026-03-04 10:59", "03-06 12:00")]
    {
        let mut play = asked(policy());
        play.does("2026-03-04 11:00", promises(first.0, first.1)).unwrap();
        play.does("2026-03-04 11:01", promises(second, "2026-03-05 12:00")).unwrap();
        assert_eq!(play.owes(), format!("promise by {last}"), "the second is of {second}");
    }
}

#[test]
fn a_broken_promise_is_written_down_at_its_moment_and_climbs_the_ladder() {
    let mut play = asked(policy());
    let promise = promises("2026-03-04 11:00", "2026-03-05 12:00");
    play.does("2026-03-04 11:00", promise).unwrap();
    play.said();
    play.until("2026-03-05 13:00");
    assert_eq!(
        play.said(),
        "2026-03-05 11:15 reminded\n  → remind ben\n2026-03-05 12:00 promise-broken\n\
         2026-03-05 12:00 escalated\n  → escalate marta"
    );
    let late = writes_to("2026-03-05 14:00", ANN);
    play.does("2026-03-05 14:00", late).unwrap();
    assert_eq!(play.said(), "2026-03-05 14:00 answered", "what comes late was not kept");
}

#[test]
fn another_word_on_when_replaces_the_first() {
    let mut play = asked(policy());
    let (first, second) = ("2026-03-05 12:00", "2026-03-09 12:00");
    play.does("2026-03-04 11:00", promises("2026-03-04 11:00", first)).unwrap();
    play.said();
    play.does("2026-03-05 10:00", promises("2026-03-05 10:00", second)).unwrap();
    assert_eq!(play.said(), "2026-03-05 10:00 answered\n2026-03-05 10:00 promised");
    assert_eq!(play.owes(), "promise by 03-09 12:00");
}

#[test]
fn a_promise_without_a_day_is_given_one() {
    let mut play = asked(policy());
    play.does("2026-03-04 11:00", pledges("2026-03-04 11:00", None)).unwrap();
    assert_eq!(play.owes(), "promise by 03-06 11:00");
    let mut policy = policy();
    policy.rules[0].keep_informed = Some(Allowance::WorkingDays(1));
    let mut play = asked(policy);
    play.does("2026-03-04 11:00", pledges("2026-03-04 11:00", None)).unwrap();
    assert_eq!(play.owes(), "promise by 03-05 11:00");
}

#[test]
fn whoever_waits_long_hears_of_us_between() {
    let mut policy = policy();
    policy.rules[0].keep_informed = Some(Allowance::WorkingDays(2));
    let mut play = asked(policy);
    let promise = promises("2026-03-04 11:00", "2026-03-13 12:00");
    play.does("2026-03-04 11:00", promise.clone()).unwrap();
    assert_eq!(play.owes(), "promise by 03-13 12:00, update by 03-06 11:00");
    play.does("2026-03-06 10:00", promises("2026-03-06 10:00", "2026-03-13 12:00")).unwrap();
    assert_eq!(play.owes(), "promise by 03-13 12:00, update by 03-10 10:00");
    play.does("2026-03-10 09:00", writes_to("2026-03-10 09:00", ANN)).unwrap();
    assert_eq!(play.owes(), "");
}

#[test]
fn a_matter_has_an_end_that_closing_meets() {
    let mut policy = policy();
    policy.rules[0].resolve_within = Some(Allowance::WorkingDays(3));
    let mut play = asked(policy);
    assert_eq!(play.owes(), "reply by 03-04 18:00, resolution by 03-09 10:00");
    play.does("2026-03-04 11:00", writes_to("2026-03-04 11:00", ANN)).unwrap();
    assert_eq!(play.owes(), "resolution by 03-09 10:00");
    assert!(!play.case.is_owed(), "the contact waits for nothing");
    let done =
        Event::Closed { by: "Ben".to_owned(), hand: None, title: Some("fixed the tap".to_owned()) };
    play.does("2026-03-04 12:00", done).unwrap();
    assert_eq!((play.owes(), play.case.wake_at(&play.policy, play.now)), (String::new(), None));
}

#[test]
fn nothing_is_closed_while_the_contact_waits() {
    let closes = || Event::Closed { by: "Ben".to_owned(), hand: None, title: None };
    let mut play = asked(policy());
    let still = |what| Err(Illegal::StillOwed { case: CaseNumber::from_row(1), what });
    assert_eq!(play.does("2026-03-04 11:00", closes()), still("an answer"));
    play.does("2026-03-04 11:00", promises("2026-03-04 11:00", "2026-03-09 12:00")).unwrap();
    assert_eq!(play.does("2026-03-04 12:00", closes()), still("what was promised"));
    play.does("2026-03-04 13:00", writes_to("2026-03-04 13:00", ANN)).unwrap();
    assert_eq!(play.does("2026-03-04 14:00", closes()), Ok(()));
    let again = play.does("2026-03-04 15:00", closes());
    let already = Illegal::Already { case: CaseNumber::from_row(1), state: "closed" };
    assert_eq!(again, Err(already));
}

#[test]
fn what_stays_quiet_closes_by_itself_and_opens_when_the_contact_writes() {
    let mut policy = policy();
    policy.rules[0].close_after_quiet = Some(Allowance::WorkingDays(2));
    let mut play = asked(policy);
    play.does("2026-03-04 11:00", writes_to("2026-03-04 11:00", ANN)).unwrap();
    play.said();
    play.until("2026-03-20 12:00");
    assert_eq!(play.said(), "2026-03-06 11:00 closed");
    play.does("2026-03-20 12:00", asks("2026-03-20 12:00")).unwrap();
    assert_eq!(
        play.said(),
        "2026-03-20 12:00 received\n2026-03-20 12:00 reopened\n2026-03-20 12:00 owed"
    );
}

#[test]
fn a_hand_over_is_asked_for_and_accepted_not_thrown() {
    let mut play = asked(policy());
    let (ana, ben) = (person("017"), person("021"));
    let offers = || Event::Offered { by: person("021"), to: person("017") };
    play.does("2026-03-04 11:00", offers()).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:00 offered\n  → offer ana");
    assert_eq!(play.case.open().next().unwrap().owner.as_ref(), Some(&ben), "it is Ben's still");
    let reason = "I leave at noon".to_owned();
    let stranger = Event::Accepted { by: person("004") };
    assert!(play.does("2026-03-04 11:05", stranger).is_err());
    play.does("2026-03-04 11:10", Event::Refused { by: ana.clone(), reason }).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:10 refused\n  → refused ben");
    assert!(play.does("2026-03-04 11:15", Event::Accepted { by: ana.clone() }).is_err());
    play.does("2026-03-04 11:20", offers()).unwrap();
    play.said();
    play.does("2026-03-04 11:30", Event::Accepted { by: ana.clone() }).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:30 claimed\n  → accepted ben");
    assert_eq!(play.case.open().next().unwrap().owner, Some(ana));
}

#[test]
fn whoever_had_a_case_hears_that_another_took_it() {
    let mut play = asked(policy());
    play.does("2026-03-04 11:00", Event::Claimed { by: person("017") }).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:00 claimed\n  → accepted ben");
    let offers = Event::Offered { by: person("021"), to: person("004") };
    play.does("2026-03-04 11:10", offers).unwrap();
    play.said();
    play.does("2026-03-04 11:20", Event::Accepted { by: person("004") }).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:20 claimed\n  → accepted ben\n  → accepted ana");
}

#[test]
fn nobody_is_told_the_same_twice() {
    let mut play = asked(policy());
    let tells = || Event::ToldWhen { by: person("021"), due: at("2026-03-06 10:00") };
    play.does("2026-03-04 11:00", tells()).unwrap();
    let case = CaseNumber::from_row(1);
    let again = Err(Illegal::Already { case, state: "promised for then" });
    assert_eq!(play.does("2026-03-04 11:05", tells()), again);
}

#[test]
fn moving_to_another_owner_gives_the_due_time_of_their_day() {
    let mut policy = policy();
    works(&mut policy, "017", LISBON, "09:00-14:00");
    help(&mut policy).calendar = None;
    let mut play = asked(policy);
    assert_eq!(play.owes(), "reply by 03-04 18:00");
    play.does("2026-03-04 11:00", Event::Claimed { by: person("017") }).unwrap();
    assert_eq!(play.owes(), "reply by 03-04 14:00");
    let promise = Event::ToldWhen { by: person("017"), due: at("2026-03-06 10:00") };
    play.does("2026-03-04 12:00", promise).unwrap();
    play.does("2026-03-04 12:30", Event::Claimed { by: person("021") }).unwrap();
    assert_eq!(play.owes(), "promise by 03-06 10:00", "the contact was told so");
}

#[test]
fn a_note_that_says_when_meets_the_reply_unless_it_does_not_arrive() {
    let mut play = asked(policy());
    let tells = Event::ToldWhen { by: person("021"), due: at("2026-03-06 10:00") };
    play.does("2026-03-04 11:00", tells).unwrap();
    let said = "2026-03-04 11:00 answered\n2026-03-04 11:00 promised\n  → tell-when ann";
    assert_eq!(play.said(), said);
    assert_eq!(play.owes(), "promise by 03-06 10:00");
    let notice = Notice {
        obligation: 2,
        rung: 0,
        occurrence: 0,
        to: super::super::super::roster::Recipient { address: address(ANN), person: None },
        purpose: super::super::super::effect::Purpose::TellWhen,
    };
    let why = "no such mailbox".to_owned();
    play.does("2026-03-04 11:01", Event::Undelivered { notice, why }).unwrap();
    assert_eq!(play.said(), "2026-03-04 11:01 unreachable");
    assert_eq!(play.owes(), "reply by 03-04 18:00");
}

#[test]
fn an_escalation_that_bounces_goes_to_the_next_above() {
    let mut play = asked(policy());
    play.until("2026-03-05 09:30");
    play.said();
    let marta = super::super::super::roster::recipient(&play.policy.roster.people[&person("004")]);
    let notice = Notice {
        obligation: 1,
        rung: 1,
        occurrence: 0,
        to: marta.unwrap(),
        purpose: super::super::super::effect::Purpose::Escalate,
    };
    let why = "mailbox full".to_owned();
    play.step(Event::Undelivered { notice, why }).unwrap();
    let said = "2026-03-05 09:30 unreachable\n2026-03-05 09:30 escalated\n  → escalate owner";
    assert_eq!(play.said(), said);
}

#[test]
fn who_asks_again_moves_the_case_up_a_step_each_time() {
    let mut play = asked(policy());
    let mut said = Vec::new();
    for civil in ["2026-03-04 11:00", "2026-03-04 12:00", "2026-03-04 13:40"] {
        play.does(civil, wrote(civil, Need::Again)).unwrap();
        play.until(&civil.replace(":00", ":01").replace(":40", ":41"));
        said.push(play.said());
    }
    assert!(said[0].ends_with("reminded\n  → remind ben"), "{said:?}");
    assert!(said[1].ends_with("escalated\n  → escalate marta"), "{said:?}");
    assert!(said[2].ends_with("escalated\n  → escalate owner"), "{said:?}");
}

#[test]
fn a_complaint_is_heard_of_at_once() {
    let mut play = Play::new(policy());
    let complains = Received { complaint: true, ..message(ANN, "2026-03-04 10:00", Need::Reply) };
    play.does("2026-03-04 10:00", Event::Received(complains)).unwrap();
    play.said();
    play.until("2026-03-04 10:00");
    assert_eq!(play.said(), "2026-03-04 10:00 reminded\n  → remind ana");
}

#[test]
fn a_rule_that_changes_gives_due_times_anew_and_a_policy_that_ends_ends_them() {
    let mut play = asked(policy());
    play.until("2026-03-04 12:00");
    play.policy.rules[0].reply_within = Some(mins(60));
    play.step(Event::PolicyChanged(Vec::new())).unwrap();
    assert_eq!(play.owes(), "reply by 03-04 11:00");
    assert_eq!(play.said(), "2026-03-04 12:00 rederived");
    play.until("2026-03-04 12:00");
    assert_eq!(play.said(), "2026-03-04 12:00 escalated\n  → escalate marta");

    play.policy.rules.clear();
    play.step(Event::PolicyChanged(Vec::new())).unwrap();
    assert_eq!(play.said(), "2026-03-04 12:00 dismissed");
    assert_eq!((play.owes(), play.case.wake_at(&play.policy, play.now)), (String::new(), None));
}

#[test]
fn somebody_who_opens_a_case_again_makes_an_answer_owed() {
    let mut play = asked(policy());
    play.does("2026-03-04 11:00", writes_to("2026-03-04 11:00", ANN)).unwrap();
    let done = Event::Closed { by: "Ben".to_owned(), hand: None, title: None };
    play.does("2026-03-04 12:00", done).unwrap();
    let again = Event::Reopened { by: "Ana".to_owned(), reason: "it drips again".to_owned() };
    play.does("2026-03-05 10:00", again).unwrap();
    assert_eq!(play.owes(), "reply by 03-05 18:00");
}

#[test]
fn what_was_understood_of_a_promise_is_put_right_by_its_owner() {
    let mut play = asked(policy());
    play.does("2026-03-04 11:00", promises("2026-03-04 11:00", "2026-03-05 12:00")).unwrap();
    let right = |due| Event::Corrected { seq: 2, by: person("021"), due };
    play.does("2026-03-04 12:00", right(Some(at("2026-03-06 12:00")))).unwrap();
    assert_eq!(play.owes(), "promise by 03-06 12:00");
    assert_eq!(
        play.does("2026-03-04 12:00", right(Some(at("2026-03-03 12:00")))),
        Err(Illegal::Past)
    );
    play.does("2026-03-04 13:00", right(None)).unwrap();
    assert_eq!(play.owes(), "");
    assert!(play.does("2026-03-04 13:00", right(None)).is_err());
}
