//! What a tick costs: ten cases due among a thousand open ones, and the same ten
//! among a hundred thousand.
//!
//! `cargo bench --bench tick`; the store is a file, as in the daemon, and every
//! tick is durable. Where the two times are alike, nothing is scanned that is
//! only open.

use std::io::{Write, stdout};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::case::{Case, Event, Need, Received};
use owed::domain::ids::{Address, CaseNumber, Party};
use owed::domain::policy::Policy;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::store::{Loaded, Store};

/// How many cases are due in each tick.
const DUE: i64 = 10;

/// How many ticks are measured.
const TICKS: usize = 60;

/// How many cases are written in one transaction.
const GROUP: i64 = 1_000;

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Done {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        for open in [1_000, 100_000] {
            let (tick, wake) = measure(open).await?;
            writeln!(
                stdout(),
                "{open:>7} open: a tick with {DUE} due {tick:?}, one with nothing due {wake:?}"
            )?;
        }
        Ok(())
    })
}

/// The median times of a tick with some due, and of one with none.
async fn measure(open: i64) -> Done<(Duration, Duration)> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&folder.path().join("owed.db")).await?;
    let policy = Arc::new(policy());
    let clock = Arc::new(SettableClock::new(monday()));
    let world: Arc<dyn Clock> = clock.clone();
    let engine = Engine::new(store.clone(), Arc::clone(&policy), Vec::new(), world);
    for first in (0..open).step_by(usize::try_from(GROUP)?) {
        fill(&store, &policy, GROUP.min(open - first)).await?;
    }
    let (mut ticks, mut wakes) = (Vec::new(), Vec::new());
    for round in 0..TICKS {
        let now = clock.now().saturating_add(SignedDuration::from_secs(2))?;
        clock.set(now);
        let first = i64::try_from(round)? * DUE + 1;
        let mut tx = store.write().await?;
        for row in first..first + DUE {
            tx.arm(CaseNumber::from_row(row), Some(now)).await?;
        }
        tx.commit().await?;
        ticks.push(timed(&engine).await?);
        wakes.push(timed(&engine).await?);
    }
    Ok((median(ticks), median(wakes)))
}

async fn timed(engine: &Engine) -> Done<Duration> {
    let start = now();
    engine.tick().await?;
    Ok(now().duration_since(start))
}

/// Cases that are due on Monday evening.
async fn fill(store: &Store, policy: &Policy, count: i64) -> Done {
    let mut tx = store.write().await?;
    for _ in 0..count {
        let number = tx.begin_case().await?;
        let asked = asked(number);
        let begun = Loaded::begun(Case::begin(number, &asked), 0);
        let step = begun.case.clone().step(Event::Received(asked), policy, monday())?;
        tx.save_case(&begun, &step.next, "the tap").await?;
        tx.arm(number, step.next.wake_at(policy, monday())).await?;
    }
    Ok(tx.commit().await?)
}

fn asked(number: CaseNumber) -> Received {
    let contact = format!("c{}@customer.example", number.row());
    Received {
        message: None,
        from: Party { name: "Jo".to_owned(), address: address(&contact) },
        subject: "The tap".to_owned(),
        at: monday(),
        mailbox: address("help@brook.example"),
        to: vec![address("help@brook.example")],
        named: None,
        answers: None,
        also: Vec::new(),
        text: "The tap drips.".to_owned(),
        internal: false,
        channel: Channel::Email,
        language: None,
        complaint: false,
        receipt: false,
        need: Need::Reply,
        reason: "a person asks".to_owned(),
    }
}

fn policy() -> Policy {
    let text = include_str!("../config/owed.example.toml");
    let loaded = config::load("owed.example.toml", text, Path::new("/etc/owed"));
    loaded.expect("the shipped example is sound").policy
}

fn address(text: &str) -> Address {
    Address::parse(text).expect("an address")
}

fn monday() -> Timestamp {
    "2026-11-23T10:00:00Z".parse().expect("a time")
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures the time that passes")]
fn now() -> Instant {
    Instant::now()
}
