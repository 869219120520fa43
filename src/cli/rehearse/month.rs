//! How a rehearsed time would have looked, in figures that a supervisor reads.
//!
//! Every wait for an answer is counted once, by how it ended. What is overdue still
//! counts with what came late, so that nobody looks good by not answering at all.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::cli::speak::table;
use crate::daemon::rehearsal::Sent;
use crate::domain::effect::{OccasionKind, What};
use crate::domain::ids::{Address, PersonId};
use crate::domain::policy::Policy;
use crate::store::{End, Line, Owed, Reply};

/// What has happened so far.
#[derive(Debug, Default)]
pub(super) struct Month {
    counts: BTreeMap<&'static str, usize>,
    filed: usize,
    /// By name, or by address where it is nobody's here.
    people: BTreeMap<String, Share>,
}

/// What falls to one person.
#[derive(Debug, Default, Clone)]
struct Share {
    owed: usize,
    in_time: usize,
    late: usize,
    overdue: usize,
    reminders: usize,
    escalations: usize,
    evenings: usize,
    departures: usize,
    digests: usize,
    mails: usize,
}

/// The whole of it: from when to when, how many mails came, how each wait ended, and what
/// is left.
#[derive(Debug)]
pub(super) struct Whole<'a> {
    pub(super) first: Timestamp,
    pub(super) last: Timestamp,
    pub(super) end: Timestamp,
    pub(super) mails: usize,
    pub(super) replies: &'a [Reply],
    pub(super) owed: &'a [Owed],
}

/// How one wait stands at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    InTime,
    Late,
    Dropped,
    Overdue,
    Later,
}

impl Month {
    /// Counts a line of the journal.
    pub(super) fn count(&mut self, line: &Line, policy: &Policy) {
        let entry = &line.entry;
        *self.counts.entry(entry.what.name()).or_default() += 1;
        match (entry.what, &entry.to) {
            (What::Ignored, _) if line.case.is_none() => self.filed += 1,
            (What::Reminded, Some(to)) => self.share(to, policy).reminders += 1,
            (What::Escalated, Some(to)) => self.share(to, policy).escalations += 1,
            _ => {}
        }
    }

    /// Counts a mail that would have been sent.
    pub(super) fn count_mail(&mut self, sent: &Sent, policy: &Policy) {
        let share = self.share(&sent.to, policy);
        share.mails += 1;
        match sent.occasion.as_ref().map(|occasion| occasion.kind) {
            Some(OccasionKind::Leaving) => share.evenings += 1,
            Some(OccasionKind::Left) => share.departures += 1,
            Some(OccasionKind::Digest) => share.digests += 1,
            _ => {}
        }
    }

    /// All of it, in words.
    pub(super) fn in_words(&self, whole: &Whole<'_>, policy: &Policy) -> String {
        let zone = &policy.roster.zone;
        let day = |at: Timestamp| at.to_zoned(zone.clone()).strftime("%-d %B %Y").to_string();
        let (first, last) = (day(whole.first), day(whole.last));
        let title = format!("How it would have looked, {first} to {last}, and the week after");
        [title, self.figures(whole), String::new(), self.shares(whole, policy)].join("\n")
    }

    fn figures(&self, whole: &Whole<'_>) -> String {
        let all: Vec<Standing> = whole.standings().map(|(_, standing)| standing).collect();
        let count = |wanted| all.iter().filter(|standing| **standing == wanted).count();
        let (in_time, late, overdue) =
            (count(Standing::InTime), count(Standing::Late), count(Standing::Overdue));
        let of = |what: What| self.counts.get(what.name()).copied().unwrap_or(0);
        let share = percent(in_time, in_time + late + overdue);
        let lines = [
            (whole.mails, "mails came, from both sides".to_owned()),
            (self.filed, "of them belong to no case: nobody owes an answer".to_owned()),
            (all.len(), "times somebody began to wait for an answer; of these".to_owned()),
            (in_time, format!("    were answered in time{share}")),
            (late, "    were answered late".to_owned()),
            (count(Standing::Dropped), "    needed none any more, or were settled".to_owned()),
            (overdue, format!("    are overdue still{}", whole.oldest())),
            (count(Standing::Later), "    are not due yet".to_owned()),
            (of(What::Chased), "times a contact asked again".to_owned()),
            (of(What::Promised), "promises were made".to_owned()),
            (of(What::PromiseBroken), "promises were broken".to_owned()),
        ];
        // Nobody in a rehearsal says that one may be sent, so none is asked.
        let shown = of(What::CheckInPlanned);
        let shown = (shown > 0).then(|| (shown, "jobs that would be asked about".to_owned()));
        let line = |(count, what): (usize, String)| format!("  {count:6}  {what}");
        lines.into_iter().chain(shown).map(line).collect::<Vec<_>>().join("\n")
    }

    /// A row for everybody to whom anything fell. Answers are theirs who gave them.
    fn shares(&self, whole: &Whole<'_>, policy: &Policy) -> String {
        const HEAD: [&str; 11] = [
            "WHO",
            "OWED",
            "IN TIME",
            "LATE",
            "OVERDUE",
            "REMINDED",
            "TOLD OF OTHERS",
            "EVENINGS",
            "WENT HOME",
            "DIGESTS",
            "MAILS IN ALL",
        ];
        let name = |id: Option<&PersonId>| {
            id.map_or("(nobody yet)", |id| policy.roster.name_of(id)).to_owned()
        };
        let mut people = self.people.clone();
        for (reply, standing) in whole.standings() {
            let owner = people.entry(name(reply.owner.as_ref())).or_default();
            owner.owed += 1;
            owner.overdue += usize::from(standing == Standing::Overdue);
            if let Some(End::Answered { by, .. }) = &reply.end {
                let answerer = people.entry(name(by.as_ref())).or_default();
                answerer.in_time += usize::from(standing == Standing::InTime);
                answerer.late += usize::from(standing == Standing::Late);
            }
        }
        let rows: Vec<_> = people.into_iter().map(|(name, share)| share.row(name)).collect();
        table(&HEAD, &rows, 32)
    }

    fn share(&mut self, address: &Address, policy: &Policy) -> &mut Share {
        let person = policy.roster.person_at(address);
        let name = person.map_or_else(|| address.to_string(), |person| person.name.clone());
        self.people.entry(name).or_default()
    }
}

impl Share {
    fn row(&self, name: String) -> Vec<String> {
        let Self { owed, in_time, late, overdue, reminders, .. } = self;
        let Self { escalations, evenings, departures, digests, mails, .. } = self;
        let counts = [
            owed,
            in_time,
            late,
            overdue,
            reminders,
            escalations,
            evenings,
            departures,
            digests,
            mails,
        ];
        std::iter::once(name).chain(counts.map(ToString::to_string)).collect()
    }
}

impl<'a> Whole<'a> {
    fn standings(&self) -> impl Iterator<Item = (&'a Reply, Standing)> {
        let end = self.end;
        self.replies.iter().map(move |reply| {
            let standing = match &reply.end {
                Some(End::Answered { at, .. }) if *at <= reply.due => Standing::InTime,
                Some(End::Answered { .. }) => Standing::Late,
                Some(End::Dropped) => Standing::Dropped,
                None if reply.due <= end => Standing::Overdue,
                None => Standing::Later,
            };
            (reply, standing)
        })
    }

    /// For how long the oldest of what is overdue has waited.
    fn oldest(&self) -> String {
        let overdue = self.standings().filter(|(_, standing)| *standing == Standing::Overdue);
        let oldest = overdue.map(|(reply, _)| reply.since).min();
        oldest.map_or(String::new(), |since| {
            format!(", the oldest for {} days", self.end.duration_since(since).as_hours() / 24)
        })
    }
}

/// Of 100, to the nearest, where there are any.
fn percent(part: usize, all: usize) -> String {
    let percent = (200 * part + all).checked_div(2 * all);
    percent.map_or(String::new(), |percent| format!(": {percent} % of all that fell due"))
}
