//! Invented cases that letters are written about.

use jiff::Zoned;
use owed::domain::ids::{Address, CaseNumber, Party};
use owed::domain::obligation::Kind;
use owed::mail::letter::{Entry, Matter, Reader, Role};
use owed::mail::link::{Verb, link};

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
        concern: false,
        mailbox: "help@brook.example".to_owned(),
        kind: Kind::Reply,
        promised: None,
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
        words_at: lisbon("2026-11-20T09:12"),
        complaint: false,
        came_back: None,
        not_ok: None,
        in_doubt: None,
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

/// What Ana promised on Thursday, for Friday afternoon.
pub(crate) fn promised(now: &str) -> Matter {
    Matter {
        kind: Kind::Promise,
        promised: Some("I will ask the plumber and let you know by Friday afternoon.".to_owned()),
        since: lisbon("2026-11-19T10:30"),
        due: lisbon("2026-11-20T15:00"),
        because: "it was promised for then".to_owned(),
        words_at: lisbon("2026-11-19T09:12"),
        ..tap(now)
    }
}

/// A contact to whom a word is due while they wait.
pub(crate) fn unheard(now: &str) -> Matter {
    Matter {
        kind: Kind::Update,
        since: lisbon("2026-11-17T10:30"),
        because: "the contact hears of us every 3 working days".to_owned(),
        words_at: lisbon("2026-11-17T09:12"),
        ..tap(now)
    }
}

/// A whole matter that is to come to its end.
pub(crate) fn unsettled(now: &str) -> Matter {
    Matter {
        kind: Kind::Resolution,
        since: lisbon("2026-11-10T09:12"),
        because: "the rule gives the whole matter 8 working days".to_owned(),
        words_at: lisbon("2026-11-10T09:12"),
        ..tap(now)
    }
}

/// The same with links, as where owed has pages.
pub(crate) fn clickable(matter: Matter, verbs: &[(Verb, &str)]) -> Matter {
    let token = "cb2ngz5yaaaaaqabgaytojxw4zlmfq3tqobrgeztinjwg44dsoi";
    let link = |(verb, said): &(Verb, &str)| {
        ((*said).to_owned(), link("https://owed.brook.example", token, *verb))
    };
    Matter { actions: verbs.iter().map(link).collect(), ..matter }
}

/// What an owner can do with one click.
pub(crate) const MINE: &[(Verb, &str)] = &[
    (Verb::TellWhen, "Tell them when"),
    (Verb::Answered, "Answered by phone"),
    (Verb::HandOver, "Ask a colleague"),
    (Verb::Dismiss, "Needs no answer"),
];

/// Several matters of Ana's, the most urgent first, and more than are told in full.
pub(crate) fn many(now: &str, count: i64) -> Vec<Entry> {
    let broken = Matter { case: CaseNumber::from_row(3), ..promised(now) };
    let first = Entry { role: Role::Mine, matter: clickable(broken, MINE) };
    let asked = Matter { case: CaseNumber::from_row(4), chases: 1, ..tap_of_ben(now) };
    let asked = Entry { role: Role::Asked("Ben Ode".to_owned()), matter: asked };
    let other = |row| {
        let contact = party(&format!("Contact {row}"), &format!("contact{row}@customer.example"));
        let subject = format!("Question {row}");
        let matter = Matter { case: CaseNumber::from_row(row), contact, subject, ..tap(now) };
        Entry { role: Role::Mine, matter: clickable(matter, MINE) }
    };
    [first, asked]
        .into_iter()
        .chain((10..).take(usize::try_from(count).unwrap() - 2).map(other))
        .collect()
}
