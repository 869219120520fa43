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

/// Mails that cost more than most: read and judged.
mod costly_mail {
    use divan::Bencher;
    use jiff::tz::TimeZone;
    use owed::domain::calendar::Calendar;
    use owed::judge::promise::{Said, promises};
    use owed::judge::verdict::{Known, judge};
    use owed::mail::parse::parse;

    const HEAD: &str = "From: Jo <jo@client.example>\r\nTo: Help <help@brook.example>\r\n\
        Subject: Re: The tap\r\nMessage-ID: <tap.2@client.example>\r\nMIME-Version: 1.0\r\n";

    fn read_and_judge(bencher: Bencher<'_, '_>, mail: &str) {
        let policy = super::policy();
        bencher.counter(divan::counter::BytesCount::of_str(mail)).bench(|| {
            let message = parse(divan::black_box(mail.as_bytes())).expect("a mail");
            judge(&message, Some(&policy.roster), &[], Known::default())
        });
    }

    /// As newsletters are made, of so many kB.
    #[divan::bench(args = [100, 1000])]
    fn long_html(bencher: Bencher<'_, '_>, kilobytes: usize) {
        let row = "<tr><td style=\"padding:8px\"><p>When will you come by, please?</p>\
            <a href=\"https://client.example/a?b=c\">More</a></td></tr>\r\n";
        let table = row.repeat(kilobytes * 1024 / row.len());
        let head = format!("{HEAD}Content-Type: text/html; charset=utf-8\r\n\r\n");
        read_and_judge(bencher, &format!("{head}<html><body><table>{table}</table></body></html>"));
    }

    /// A long conversation, quoted in whole below each answer.
    #[divan::bench(args = [100, 1000])]
    fn many_quotes(bencher: Bencher<'_, '_>, answers: usize) {
        let quoted = |depth: usize| {
            let mark = "> ".repeat(depth.min(30));
            format!(
                "{mark}On Thursday, Ben Ode wrote:\r\n{mark}> Dear Jo,\r\n{mark}> it is mended.\r\n"
            )
        };
        let answered: String = (0..answers).map(quoted).collect();
        read_and_judge(bencher, &format!("{HEAD}\r\nCould you come by?\r\n\r\n{answered}"));
    }

    /// What looks like something, in every line of as much text as is read.
    #[divan::bench(args = LINES, sample_count = 10, sample_size = 1)]
    fn nasty_lines(bencher: Bencher<'_, '_>, line: &str) {
        let text = format!("{line}\r\n").repeat((512 << 10) / (line.len() + 2));
        read_and_judge(bencher, &format!("{HEAD}\r\n{text}"));
    }

    const LINES: [&str; 10] = [
        "On Monday, 2 March 2026 at 10:00, Ann said that",
        "On Mon, Ann wrote:",
        "> > > On Mon, Ann wrote:",
        "From: Jo <jo@client.example>",
        "JD> yes",
        "-- ",
        "Sent from my telephone",
        "This message is confidential and for its recipient.",
        "I will call you tomorrow",
        "",
    ];

    /// The same in one line.
    #[divan::bench(args = WORDS, sample_count = 10, sample_size = 1)]
    fn nasty_words(bencher: Bencher<'_, '_>, words: &str) {
        read_and_judge(bencher, &format!("{HEAD}\r\n{}", words.repeat((512 << 10) / words.len())));
    }

    const WORDS: [&str; 7] = [
        "I will call you by Friday. ",
        "on 3 March at 10:00 and in two weeks ",
        "Any news? Thank you. ",
        "I am away until 3 March. ",
        "e\u{301}",
        "<a@b.example> ",
        "[[[[((((",
    ];

    /// Sentences that promise nothing, as many of a person of ours as are heard.
    #[divan::bench(args = ["on 3 March at 10:00. ", "We will see if we can. "])]
    fn no_promises(bencher: Bencher<'_, '_>, sentence: &str) {
        let calendar = Calendar::always(TimeZone::UTC);
        let said = Said { at: super::friday(), calendar: &calendar };
        let text = sentence.repeat((64 << 10) / sentence.len());
        bencher.bench(|| promises(divan::black_box(&text), &said));
    }

    /// As much on one line as a mail server takes.
    #[divan::bench(sample_count = 10, sample_size = 1)]
    fn one_line_of_25_megabytes(bencher: Bencher<'_, '_>) {
        read_and_judge(bencher, &format!("{HEAD}\r\n{}", "when? ".repeat((25 << 20) / 6)));
    }
}

#[divan::bench]
fn a_deadline(bencher: divan::Bencher<'_, '_>) {
    let (policy, mailbox) = (policy(), help());
    let rule = policy.rules.last().expect("the example has rules");
    let place = Place { mailbox: &mailbox, owner: None };
    bencher.bench(|| due(&policy, rule, place, divan::black_box(friday())));
}

/// Working time on calendars that make it easy, and hard.
mod working_time {
    use std::array;

    use divan::{Bencher, black_box};
    use jiff::civil::date;
    use jiff::tz::TimeZone;
    use jiff::{SignedDuration, Timestamp, ToSpan};
    use owed::domain::calendar::{Allowance, Calendar, Days, Interval};

    /// Friday afternoon, on the clocks of Lisbon in winter.
    const FRIDAY: &str = "2026-11-20T14:50:00Z";
    /// The Friday before the clocks go forward.
    const MARCH: &str = "2026-03-27T14:50:00Z";

    /// A split day from Monday to Friday, with so many single holidays.
    fn office(holidays: i32) -> Calendar {
        let hours =
            |start: u16, end: u16| Interval::new(start * 60, end * 60).expect("a stretch of time");
        let day = vec![hours(9, 12), hours(13, 18)];
        let week = array::from_fn(|at| if at < 5 { day.clone() } else { Vec::new() });
        // One in eighteen days, as in most countries: 400 are twenty years.
        let holiday = |n: i32| date(2016, 1, 1).checked_add((n * 18).days()).expect("in range");
        let closed = (0..holidays).map(|n| Days::one(holiday(n))).collect();
        Calendar::new(TimeZone::get("Europe/Lisbon").expect("it is known"), week, closed)
            .expect("it opens")
    }

    fn add(bencher: Bencher<'_, '_>, calendar: &Calendar, from: &str, amount: Allowance) {
        let from: Timestamp = from.parse().expect("a time");
        bencher.bench(|| calendar.add(black_box(from), black_box(amount)));
    }

    fn hours(hours: i64) -> Allowance {
        Allowance::Working(SignedDuration::from_hours(hours))
    }

    #[divan::bench(args = [0, 400])]
    fn four_hours(bencher: Bencher<'_, '_>, holidays: i32) {
        add(bencher, &office(holidays), FRIDAY, hours(4));
    }

    #[divan::bench(args = [0, 400])]
    fn forty_hours(bencher: Bencher<'_, '_>, holidays: i32) {
        add(bencher, &office(holidays), FRIDAY, hours(40));
    }

    #[divan::bench(args = [0, 400])]
    fn forty_hours_over_a_change_of_the_clocks(bencher: Bencher<'_, '_>, holidays: i32) {
        add(bencher, &office(holidays), MARCH, hours(40));
    }

    #[divan::bench(args = [0, 400])]
    fn two_days(bencher: Bencher<'_, '_>, holidays: i32) {
        add(bencher, &office(holidays), FRIDAY, Allowance::WorkingDays(2));
    }

    #[divan::bench(args = [0, 400])]
    fn the_end_of_the_day(bencher: Bencher<'_, '_>, holidays: i32) {
        let (calendar, from) = (office(holidays), FRIDAY.parse().expect("a time"));
        bencher.bench(|| calendar.end_of_day(black_box(from)));
    }

    #[divan::bench(args = [0, 400])]
    fn what_is_worked_of_a_year(bencher: Bencher<'_, '_>, holidays: i32) {
        let (calendar, from) = (office(holidays), FRIDAY.parse::<Timestamp>().expect("a time"));
        let until = from + SignedDuration::from_hours(365 * 24);
        bencher.bench(|| calendar.working_between(black_box(from), black_box(until)));
    }
}
