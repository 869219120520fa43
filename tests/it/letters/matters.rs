//! Invented cases that letters are written about.

use jiff::Zoned;
use owed::domain::ids::{Address, CaseNumber, Party};
use owed::mail::letter::{Matter, Reader};

pub(crate) fn lisbon(time: &str) -> Zoned {
    format!("{time}[Europe/Lisbon]").parse().unwrap()
}

pub(crate) fn party(name: &str, address: &str) -> Party {
    Party { name: name.to_owned(), address: Address::parse(address).unwrap() }
}

/// A tap that drips, written on a Friday morning, seen at `now`.
pub(crate) fn tap(now: &str) -> Matter {
    Matter {
        case: CaseNumber::from_row(7),
        subject: "Kitchen tap still drips".to_owned(),
        contact: party("Jo Client", "jo@customer.example"),
        mailbox: "help@brook.example".to_owned(),
        owner: Some("Ana Ruiz".to_owned()),
        owner_called: Some("ana".to_owned()),
        owner_away: false,
        since: lisbon("2026-11-20T09:12"),
        due: lisbon("2026-11-20T17:00"),
        now: lisbon(now),
        because: "before Ana Ruiz leaves at 17:00".to_owned(),
        rule: "everyone".to_owned(),
        words: "Good morning Ana,\n\nthe tap in the kitchen was repaired on Tuesday, but it drips \
                again since last night, about once a second. We have put a bucket under it.\n\n\
                Could somebody have a look before the weekend? We are at home until six.\n\n\
                Many thanks\nJo"
            .to_owned(),
        chases: 0,
        done: Vec::new(),
        history: Vec::new(),
        actions: Vec::new(),
    }
}

/// The same, after a reminder and two questions.
pub(crate) fn tap_overdue(now: &str) -> Matter {
    Matter {
        chases: 2,
        done: vec![
            (lisbon("2026-11-20T09:12"), "the mail arrived at help@brook.example".to_owned()),
            (lisbon("2026-11-20T13:40"), "Jo Client asked again".to_owned()),
            (lisbon("2026-11-20T16:05"), "Jo Client asked again".to_owned()),
            (lisbon("2026-11-20T16:15"), "Ana Ruiz was reminded by mail".to_owned()),
        ],
        ..tap(now)
    }
}

/// The same, owned by somebody who is away.
pub(crate) fn tap_of_ben(now: &str) -> Matter {
    Matter {
        owner: Some("Ben Ode".to_owned()),
        owner_called: Some("ben".to_owned()),
        owner_away: true,
        mailbox: "ben@brook.example".to_owned(),
        words: tap(now).words.replace("Ana", "Ben"),
        ..tap(now)
    }
}

/// The same, with nobody who has taken it.
pub(crate) fn tap_unowned(now: &str) -> Matter {
    Matter {
        owner: None,
        owner_called: None,
        because: "before the last of help@brook.example leaves at 17:00".to_owned(),
        ..tap(now)
    }
}

pub(crate) fn ana() -> Reader {
    Reader { called: Some("ana".to_owned()), first_told: None }
}

pub(crate) fn marta(first_told: Option<&str>) -> Reader {
    Reader { called: Some("marta".to_owned()), first_told: first_told.map(lisbon) }
}
