//! The letters of an evening and a morning, about invented cases.

use std::collections::BTreeMap;

use owed::domain::ids::CaseNumber;
use owed::domain::obligation::Kind;
use owed::mail::letter::{
    AfterJobs, Away, Decided, Digest, Evening, FiledMail, Item, Letter, digest, leaving, left,
};
use owed::mail::typeset;

use super::fixtures::same_as_fixture;
use super::matters::{lisbon, party};

/// Each of them, by the name of its fixture.
pub(crate) fn letters() -> Vec<(&'static str, Letter)> {
    let one = Evening { items: vec![tap()], concern: None, ..evening("2026-11-20T16:30") };
    let gone = Evening {
        name: "Ana Ruiz".to_owned(),
        called: Some("marta".to_owned()),
        items: all().into_iter().map(with_others).collect(),
        ..evening("2026-11-20T17:00")
    };
    vec![
        ("leaving", leaving(&evening("2026-11-20T16:30"))),
        ("leaving-one", leaving(&one)),
        ("left", left(&gone)),
        ("left-known", left(&Evening { items: vec![tap()], known: 6, ..gone.clone() })),
        ("digest", digest(&morning())),
        ("digest-quiet", digest(&quiet())),
    ]
}

#[test]
fn each_of_several_has_its_own_links() {
    let link = |item: Item| {
        let link = |what: &str| {
            let page = what.to_lowercase().replace(' ', "-");
            (what.to_owned(), format!("https://owed.brook.example/a/{}/{page}", item.case))
        };
        let actions = vec![link("Ask somebody to take it"), link("Tell them when")];
        Item { actions, ..item }
    };
    let items: Vec<Item> = all().into_iter().map(with_others).map(link).collect();
    let gone = Evening { called: Some("marta".to_owned()), items, ..evening("2026-11-20T17:00") };
    let letter = left(&gone);
    same_as_fixture("left-links.txt", &typeset::text(&letter));
    same_as_fixture("left-links.html", &typeset::html(&letter).unwrap());
}

#[test]
fn however_much_is_owed_a_letter_has_an_end() {
    let many = Evening { items: (0..50).map(|_| tap()).collect(), ..evening("2026-11-20T16:30") };
    let text = typeset::text(&leaving(&many));
    assert!(text.contains("And 38 more; “owed list” has all of them."), "{text}");
    let letter = digest(&Digest { overdue: many.items, ..morning() });
    assert!(typeset::text(&letter).contains("- 40 more."));
}

fn evening(now: &str) -> Evening {
    Evening {
        name: "Ana Ruiz".to_owned(),
        called: Some("ana".to_owned()),
        leaves: lisbon("2026-11-20T17:00"),
        back: lisbon("2026-11-23T09:00"),
        now: lisbon(now),
        items: all(),
        known: 0,
        concern: Some("https://owed.brook.example/a/key/concern".to_owned()),
    }
}

fn all() -> Vec<Item> {
    vec![quote(), tap(), invoice()]
}

fn tap() -> Item {
    Item {
        case: CaseNumber::from_row(7),
        subject: "Re: Kitchen tap still drips".to_owned(),
        contact: party("Jo Client", "jo@customer.example"),
        kind: Kind::Reply,
        owner: Some("Ana Ruiz".to_owned()),
        mailbox: "help@brook.example".to_owned(),
        since: lisbon("2026-11-20T09:12"),
        due: lisbon("2026-11-20T17:00"),
        chases: 2,
        others: Vec::new(),
        actions: Vec::new(),
    }
}

fn quote() -> Item {
    Item {
        case: CaseNumber::from_row(5),
        subject: "Offer for the boiler".to_owned(),
        contact: party("", "sam@works.example"),
        kind: Kind::Promise,
        since: lisbon("2026-11-18T11:00"),
        due: lisbon("2026-11-19T17:00"),
        chases: 0,
        ..tap()
    }
}

fn invoice() -> Item {
    Item {
        case: CaseNumber::from_row(9),
        subject: "Invoice 2026-118".to_owned(),
        owner: None,
        since: lisbon("2026-11-20T14:00"),
        chases: 0,
        ..tap()
    }
}

fn with_others(item: Item) -> Item {
    let names = if item.owner.is_some() { ["Ben Ode", "Kim Lee"].as_slice() } else { &["Ben Ode"] };
    Item { others: names.iter().map(|name| (*name).to_owned()).collect(), ..item }
}

fn decided(row: i64, words: &str, at: &str) -> Decided {
    Decided {
        case: CaseNumber::from_row(row),
        subject: "Re: Radiator in the hall".to_owned(),
        contact: party("Lea Home", "lea@home.example"),
        at: lisbon(at),
        words: words.to_owned(),
    }
}

fn morning() -> Digest {
    Digest {
        now: lisbon("2026-11-20T08:30"),
        since: lisbon("2026-11-19T08:30"),
        overdue: vec![quote()],
        today: vec![Item { since: lisbon("2026-11-19T16:50"), ..tap() }, invoice_of_yesterday()],
        chased: vec![decided(3, "asked again twice while the answer is owed", "2026-11-19T15:40")],
        dismissed: vec![decided(4, "he came by (by Ben Ode)", "2026-11-19T16:05")],
        corrected: vec![decided(
            6,
            "what was promised is put right (by Ana Ruiz)",
            "2026-11-19T10:20",
        )],
        after_jobs: AfterJobs {
            asked: 3,
            fine: 2,
            not_ok: vec![Decided {
                subject: "Fitted the sink".to_owned(),
                ..decided(5, "“Fitted the sink”: not OK: it does not drain", "2026-11-19T11:00")
            }],
            nothing: vec![decided(
                7,
                "“Painted the door”: over: nobody said that it may be sent",
                "2026-11-19T10:00",
            )],
            answers: BTreeMap::from([
                ("How easy was it?".to_owned(), ["5", "4", "5"].map(str::to_owned).into()),
                ("What could we do better?".to_owned(), vec!["Come a bit earlier.".to_owned()]),
            ]),
        },
        filed: vec![("bulk".to_owned(), 14), ("auto-reply".to_owned(), 2), ("human".to_owned(), 1)],
        human: vec![FiledMail {
            from: "Kim Lee <kim@works.example>".to_owned(),
            subject: "Parking on Friday".to_owned(),
            reason: "our side is only in Cc".to_owned(),
        }],
        unread: vec![FiledMail {
            from: "help@brook.example, INBOX, 2231".to_owned(),
            subject: String::new(),
            reason: "the message could not be read".to_owned(),
        }],
        away: vec![
            Away {
                name: "Ben Ode".to_owned(),
                until: "2026-11-27".parse().unwrap(),
                deputy: Some("Ana Ruiz".to_owned()),
            },
            Away { name: "Kim Lee".to_owned(), until: "2026-11-20".parse().unwrap(), deputy: None },
        ],
    }
}

fn invoice_of_yesterday() -> Item {
    Item { since: lisbon("2026-11-19T17:10"), ..invoice() }
}

/// Nothing but a dismissal.
fn quiet() -> Digest {
    let Digest { now, since, dismissed, .. } = morning();
    Digest {
        now,
        since,
        dismissed,
        overdue: Vec::new(),
        today: Vec::new(),
        chased: Vec::new(),
        corrected: Vec::new(),
        after_jobs: AfterJobs::default(),
        filed: Vec::new(),
        human: Vec::new(),
        unread: Vec::new(),
        away: Vec::new(),
    }
}
