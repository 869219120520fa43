//! The one promise of an escalation: of whatever organisation the checker takes,
//! somebody is told, whoever is late and whoever is away.

use std::fmt::Write as _;
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use owed::config;
use owed::domain::policy::Policy;
use proptest::prelude::*;

/// Somebody at random: their superior and their deputy, by number, and some days
/// on which they are away. A superior beyond the people is a rota or nobody.
#[derive(Debug, Clone)]
struct Somebody {
    superior: usize,
    deputy: usize,
    away: Option<(i8, i8)>,
}

/// An organisation at random, sensible or not, as it is written.
fn written(people: &[Somebody], rota: &[usize], last_resort: bool) -> String {
    let mut text = include_str!("config/small.toml").to_owned();
    let first = text.find("[[person]]").expect("somebody is there");
    let rules = text.find("[[rule]]").expect("a rule is there");
    text.replace_range(first..rules, "");
    if !last_resort {
        let line = text.lines().find(|line| line.starts_with("last_resort")).expect("it has one");
        text = text.replace(line, "");
    }
    for (n, somebody) in people.iter().enumerate() {
        let superior = match somebody.superior {
            s if s < people.len() => format!("supervisor = \"{s}\"\n"),
            s if s % 2 == 0 => "supervisor = \"rota:duty\"\n".to_owned(),
            _ => String::new(),
        };
        let deputy = Some(somebody.deputy).filter(|deputy| *deputy < people.len());
        let deputy = deputy.map_or(String::new(), |deputy| format!("deputy = \"{deputy}\"\n"));
        let away = somebody.away.map_or(String::new(), |(first, more)| {
            format!("absences = \"2026-03-{first:02}..2026-03-{:02}\"\n", first + more)
        });
        write!(
            text,
            "\n[[person]]\nid = \"{n}\"\nname = \"N{n}\"\nemail = \"n{n}@brook.example\"\n\
             {superior}{deputy}{away}"
        )
        .expect("a text has room");
    }
    let rota: Vec<String> = rota.iter().map(|n| format!("\"{}\"", n % people.len())).collect();
    let rota = rota.join(", ");
    text + &format!("\n[rota.duty]\npeople = [{rota}]\nfirst = \"2026-03-02\"\nturn = \"1d\"\n")
}

fn organisations() -> impl Strategy<Value = String> {
    let away = prop::option::of((1_i8..10, 0_i8..15));
    let somebody = (0_usize..8, 0_usize..8, away).prop_map(|(superior, deputy, away)| Somebody {
        superior,
        deputy,
        away,
    });
    let people = prop::collection::vec(somebody, 1..6);
    let rota = prop::collection::vec(0_usize..6, 1..4);
    (people, rota, prop::bool::weighted(0.8)).prop_map(|(p, r, l)| written(&p, &r, l))
}

fn taken(text: &str) -> Option<Policy> {
    config::load("owed.toml", text, Path::new("/")).ok().map(|loaded| loaded.policy)
}

#[test]
fn some_of_these_organisations_are_taken_and_others_are_not() {
    let somebody = |superior| Somebody { superior, deputy: 9, away: None };
    assert!(taken(&written(&[somebody(8), somebody(0)], &[0, 1], true)).is_some());
    assert!(taken(&written(&[somebody(8), somebody(0)], &[0, 1], false)).is_none());
    assert!(taken(&written(&[somebody(1), somebody(0)], &[0], true)).is_none(), "a circle");
}

fn worlds() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) }
}

proptest! {
    #![proptest_config(worlds())]

    #[test]
    fn the_chain_never_ends_in_nobody(
        text in organisations(),
        minutes in prop::collection::vec(0_i64..40 * 24 * 60, 8),
        levels in 1_u8..9,
    ) {
        let Some(policy) = taken(&text) else { return Ok(()) };
        let start: Timestamp = "2026-02-25T00:00:00Z".parse().expect("a time");
        for minute in minutes {
            let at = start + SignedDuration::from_mins(minute);
            for person in policy.roster.people.values() {
                let told = policy.roster.above(Some(&person.id), levels, at);
                prop_assert!(told.is_some(), "{} is late at {at}\n{text}", person.name);
                let told = told.expect("somebody");
                let resort = told.address.as_str() == "owner@brook.example";
                let themselves = told.person.as_ref() == Some(&person.id);
                prop_assert!(resort || !themselves, "{} tells on themselves\n{text}", person.name);
            }
        }
    }
}
