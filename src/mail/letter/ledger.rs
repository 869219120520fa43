//! A contact's ledger in a few lines.

use jiff::Zoned;

use super::when;
use crate::domain::ledger::Ledger;

/// How it went with a contact, in at most five short lines, on the clocks of
/// `now`; none where nothing is known.
pub fn ledger(ledger: &Ledger, now: &Zoned) -> Vec<String> {
    let said = [
        answers(ledger),
        chases(ledger, now),
        promises(ledger, now),
        check_ins(ledger),
        overdue(ledger),
    ];
    said.into_iter().flatten().collect()
}

fn answers(ledger: &Ledger) -> Option<String> {
    match (ledger.in_time, ledger.after_due) {
        (0, 0) => None,
        (times, 0) => Some(format!("Answered in time {}.", when::times(times))),
        (0, times) => Some(format!("Answered after the due time {}.", when::times(times))),
        (in_time, after) => Some(format!(
            "Answered in time {}, after the due time {}.",
            when::times(in_time),
            when::times(after)
        )),
    }
}

fn chases(ledger: &Ledger, now: &Zoned) -> Option<String> {
    let last = on(ledger.last_chased?, now);
    Some(match ledger.chased {
        1 => format!("Asked again once, {last}."),
        times => format!("Asked again {}, last {last}.", when::times(times)),
    })
}

fn promises(ledger: &Ledger, now: &Zoned) -> Option<String> {
    let kept = (ledger.kept > 0).then(|| format!("Promises kept: {}.", ledger.kept));
    let broken = ledger.last_broken.map(|at| {
        let last = on(at, now);
        match ledger.broken {
            1 => format!("One promised time passed, {last}."),
            count => format!("{count} promised times passed, the last {last}."),
        }
    });
    let said: Vec<String> = kept.into_iter().chain(broken).collect();
    (!said.is_empty()).then(|| said.join(" "))
}

fn check_ins(ledger: &Ledger) -> Option<String> {
    match (ledger.fine, ledger.not_fine) {
        (0, 0) => None,
        (fine, 0) => Some(format!("After a job all was well {}.", when::times(fine))),
        (0, not) => Some(format!("After a job something was not OK {}.", when::times(not))),
        (fine, not) => Some(format!(
            "After a job all was well {}, something was not OK {}.",
            when::times(fine),
            when::times(not)
        )),
    }
}

fn overdue(ledger: &Ledger) -> Option<String> {
    match ledger.overdue {
        0 => None,
        1 => Some("Beside this, one thing is overdue with them.".to_owned()),
        count => Some(format!("Beside this, {count} things are overdue with them.")),
    }
}

/// The day of `at` as somebody says it at `now`.
fn on(at: jiff::Timestamp, now: &Zoned) -> String {
    when::date(&at.to_zoned(now.time_zone().clone()), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ledger_is_said_in_a_few_lines() {
        let now: Zoned = "2026-11-20T16:45[Europe/Lisbon]".parse().unwrap();
        let at = |text: &str| Some(text.parse().unwrap());
        let known = Ledger {
            in_time: 7,
            kept: 3,
            after_due: 2,
            chased: 3,
            last_chased: at("2026-11-19T10:00:00Z"),
            broken: 1,
            last_broken: at("2026-03-03T10:00:00Z"),
            overdue: 2,
            fine: 2,
            not_fine: 1,
        };
        assert_eq!(
            ledger(&known, &now),
            [
                "Answered in time 7 times, after the due time twice.",
                "Asked again 3 times, last yesterday.",
                "Promises kept: 3. One promised time passed, on 3 March.",
                "After a job all was well twice, something was not OK once.",
                "Beside this, 2 things are overdue with them.",
            ]
        );
        assert_eq!(ledger(&Ledger::default(), &now), Vec::<String>::new());
    }
}
