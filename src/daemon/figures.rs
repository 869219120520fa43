//! How owed is, in figures: one line for systemd, many for Prometheus.
//!
//! What it costs to ask does not depend on how much is open. No figure and no label
//! holds an address, a subject or a secret; the line names ways in as the operator does.

use std::fmt::{self, Write};

use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::Registry;

use super::health::{Health, Seen};
use crate::domain::policy::Policy;
use crate::intake::Condition;
use crate::store::{self, Tally};

/// So many ways in are told one by one; of more, only those that fail.
const TOLD: usize = 4;

/// A label with its value.
type Label = [(&'static str, String); 1];

/// How owed is at a moment.
#[derive(Debug)]
pub struct Figures {
    /// The moment.
    pub now: Timestamp,
    /// How much there is.
    pub tally: Tally,
    /// The ways in.
    pub ways: Vec<Seen>,
    /// The loops, and whether each makes progress.
    pub loops: [(&'static str, bool); 2],
}

impl Figures {
    /// How owed is now.
    pub async fn of(health: &Health) -> store::Result<Self> {
        let now = health.engine.now();
        let mut tx = health.engine.store().read().await?;
        let tally = tx.tally(now).await?;
        let posted = health.board.posted();
        let clock = !health.engine.pulse().is_late(now);
        let loops = [("clock", clock), ("outbox", !posted.outbox.is_late(now))];
        Ok(Self { now, tally, ways: posted.ways.clone(), loops })
    }

    /// How late the earliest alarm is, in seconds.
    fn lateness(&self) -> i64 {
        let late = self.tally.earliest_alarm.map(|due| self.now.duration_since(due).as_secs());
        late.unwrap_or_default().max(0)
    }

    /// In a line for people: `312 owed, 4 overdue, next alarm 14:20; lmtp …: works`.
    pub fn in_a_line(&self, policy: &Policy) -> String {
        let owed: i64 = self.tally.owed.values().sum();
        let mut line = format!("{owed} owed, {} overdue", self.tally.overdue);
        if let Some(due) = self.tally.earliest_alarm {
            let [now, due] = [self.now, due].map(|at| at.to_zoned(policy.roster.zone.clone()));
            let form = if now.date() == due.date() { "%H:%M" } else { "%a %d %b %H:%M" };
            // A line that cannot be written to memory does not exist.
            let _whole = write!(line, ", next alarm {}", due.strftime(form));
        }
        let few = self.ways.len() <= TOLD;
        let told = self.ways.iter().map(|way| (&way.name, way.status.condition()));
        for (name, condition) in told.filter(|(_, c)| few || !matches!(c, Condition::Well(_))) {
            let fares = match condition {
                Condition::Starting => "not reached yet".to_owned(),
                Condition::Well(_) => "works".to_owned(),
                Condition::Failing(since, trouble) => {
                    let since = since.to_zoned(policy.roster.zone.clone());
                    format!("fails since {}: {trouble}", since.strftime("%a %d %b %H:%M"))
                }
            };
            let _whole = write!(line, "; {name}: {fares}");
        }
        line
    }

    /// In the text format of Prometheus (`OpenMetrics`).
    pub fn exposition(&self) -> Result<String, fmt::Error> {
        let mut registry = Registry::with_prefix("owed");
        let version = vec![("version", env!("CARGO_PKG_VERSION"))];
        registry.register("build", "Which owed this is", Info::new(version));
        self.register_cases(&mut registry);
        self.register_mail(&mut registry);
        let up = |way: &Seen| i64::from(matches!(way.status.condition(), Condition::Well(_)));
        let seen = |way: &Seen| way.status.last_seen().map_or(0, Timestamp::as_second);
        let ways = |value: &dyn Fn(&Seen) -> i64| {
            gauges("intake", self.ways.iter().map(|way| (way.label.clone(), value(way))))
        };
        registry.register("intake_up", "Whether a way in works", ways(&up));
        let help = "When a way in last worked, in seconds since 1970; 0 for never";
        registry.register("intake_last_seen_timestamp_seconds", help, ways(&seen));
        let loops = self.loops.iter().map(|(name, well)| ((*name).to_owned(), i64::from(*well)));
        registry.register("loop_up", "Whether a loop makes progress", gauges("loop", loops));
        let mut text = String::new();
        encode(&mut text, &registry)?;
        Ok(text)
    }

    fn register_cases(&self, registry: &mut Registry) {
        let tally = &self.tally;
        registry.register("cases_open", "Cases that are open", gauge(tally.cases));
        let owed = tally.owed.iter().map(|(kind, number)| (kind.clone(), *number));
        registry.register("obligations", "What is owed, by its kind", gauges("kind", owed));
        let help = "What is overdue, and somebody is told of";
        registry.register("obligations_overdue", help, gauge(tally.overdue));
        let help = "How late the earliest alarm is; more than a minute or two is trouble";
        registry.register("alarm_lateness_seconds", help, gauge(self.lateness()));
    }

    fn register_mail(&self, registry: &mut Registry) {
        let tally = &self.tally;
        let mails = tally.mails.iter().map(|(state, number)| (state.clone(), *number));
        registry.register("outbox_mails", "Mails of owed's own", gauges("state", mails));
        let help = "Notices that are no part of a mail yet";
        registry.register("outbox_notices", help, gauge(tally.notices));
        registry.register("inbound_pending", "Mails not judged yet", gauge(tally.pending));
        registry.register("inbound_set_aside", "Unreadable mails", gauge(tally.set_aside));
        let messages = Family::<[(&'static str, String); 2], Counter>::default();
        for ((direction, kind), number) in &tally.messages {
            let labels = [("direction", direction.clone()), ("kind", kind.clone())];
            let number = u64::try_from(*number).unwrap_or_default();
            messages.get_or_create(&labels).inc_by(number);
        }
        registry.register("messages", "Messages that came, as they were judged", messages);
    }
}

fn gauge(value: i64) -> Gauge {
    let gauge = Gauge::default();
    gauge.set(value);
    gauge
}

/// A gauge for each value of one label.
fn gauges(
    label: &'static str,
    values: impl Iterator<Item = (String, i64)>,
) -> Family<Label, Gauge> {
    let family = Family::<Label, Gauge>::default();
    for (which, value) in values {
        family.get_or_create(&[(label, which)]).set(value);
    }
    family
}
