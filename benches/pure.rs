//! How long the pure parts take: reading, judging, deadlines, a step.
//!
//! `cargo bench --bench pure`; times are of one core.

use std::path::Path;

use jiff::Timestamp;
use owed::config;
use owed::domain::deadline::{Place, due};
use owed::domain::ids::Address;
use owed::domain::policy::Policy;
use owed::judge::verdict::{Known, judge};
use owed::mail::parse::parse;

fn main() {
    divan::main();
}

const MAIL: &str = "From: Jo Client <jo@client.example>\r\n\
    To: Help <help@brook.example>\r\n\
    Subject: Re: The tap drips again\r\n\
    Message-ID: <tap.2@client.example>\r\n\
    In-Reply-To: <tap.1@brook.example>\r\n\
    Date: Fri, 20 Nov 2026 10:00:00 +0000\r\n\
    \r\n\
    Hello,\r\n\r\nthe tap that you repaired drips again. Could you come by?\r\n\r\nJo\r\n\r\n\
    On Thursday, Ben Ode wrote:\r\n\
    > Dear Jo,\r\n> it is mended now.\r\n> Ben\r\n";

fn policy() -> Policy {
    let text = include_str!("../config/owed.example.toml");
    let loaded = config::load("owed.example.toml", text, Path::new("/etc/owed"));
    loaded.expect("the shipped example is sound").policy
}

fn help() -> Address {
    Address::parse("help@brook.example").expect("an address")
}

fn friday() -> Timestamp {
    "2026-11-20T14:50:00Z".parse().expect("a time")
}

#[divan::bench]
fn read_a_mail() -> bool {
    parse(divan::black_box(MAIL.as_bytes())).is_ok()
}

#[divan::bench]
fn judge_a_mail(bencher: divan::Bencher<'_, '_>) {
    let (policy, message) = (policy(), parse(MAIL.as_bytes()).expect("a mail"));
    bencher.bench(|| judge(&message, Some(&policy.roster), &[], Known::default()));
}

#[divan::bench]
fn a_deadline(bencher: divan::Bencher<'_, '_>) {
    let (policy, mailbox) = (policy(), help());
    let rule = policy.rules.last().expect("the example has rules");
    let place = Place { mailbox: &mailbox, owner: None };
    bencher.bench(|| due(&policy, rule, place, divan::black_box(friday())));
}

#[divan::bench]
fn four_working_hours(bencher: divan::Bencher<'_, '_>) {
    let policy = policy();
    let person = policy.roster.person_called("ana").expect("the example has her");
    let amount = jiff::SignedDuration::from_hours(4);
    bencher.bench(|| person.calendar.add_working(divan::black_box(friday()), amount));
}
