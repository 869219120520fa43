//! A supervisor's morning: how things stand with those they are above.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::desk::Desk;
use super::occasion::Told;
use super::owing::{due_by, item};
use super::scene::clocks;
use crate::domain::calendar::next_midnight;
use crate::domain::deadline::{self, Place};
use crate::domain::effect::{Occasion, What};
use crate::domain::ids::{Address, PersonId};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::mail::letter::{self, AfterJobs, Away, Decided, Digest, FiledMail, Item};
use crate::store::{self, Decision, Owed, Sorted};

/// How far the first digest looks back.
const FIRST: SignedDuration = SignedDuration::from_hours(7 * 24);

/// How much of what was decided one digest holds, and of what people wrote that was
/// filed, or that nobody could read.
const DECISIONS: usize = 200;
const WRITTEN: usize = 200;
const UNREAD: i64 = 200;

/// How long contacts may take to answer what is asked behind a yes.
const ANSWERING: SignedDuration = SignedDuration::from_hours(1);

/// What people write, by the names that verdicts have.
const WRITTEN_BY_PEOPLE: [&str; 2] = ["human", "thanks"];

/// To somebody who is above others; `None` where there is nothing to tell. It looks back to
/// the last one that they got.
pub(super) async fn digest(
    desk: &mut Desk<'_>,
    occasion: &Occasion,
    at: Timestamp,
) -> store::Result<Option<Told>> {
    let (Occasion { to, .. }, policy, now) = (occasion, desk.policy, desk.now);
    let zone = clocks(policy, to);
    let view = View { policy, to, zone, now };
    let last = desk.tx.last_occasion(occasion, at).await?;
    let first = at.saturating_sub(FIRST).unwrap_or(at);
    let since = last.unwrap_or(first);
    let tonight = next_midnight(&view.zone, now);
    let above = |place: Place<'_>| view.is_above(place.owner, place.mailbox);
    let owed = due_by(desk, (tonight, now), above).await?;
    // What comes between deciding and writing is for the next one.
    let period = (since, at);
    let [chased, dismissed, corrected] = view.decided(desk, period).await?;
    let after_jobs = view.after_jobs(desk, period).await?;
    let filed = view.filed(desk, period).await?;
    let unread = desk.tx.unread(period, UNREAD).await;
    let mut unread = desk.readable(unread).await?.unwrap_or_default();
    unread.retain(|sorted| view.reached(sorted));
    let digest = Digest {
        now: view.local(now),
        since: view.local(since),
        overdue: view.items(owed.iter().filter(|owed| owed.due <= now)),
        today: view.items(owed.iter().filter(|owed| owed.due > now)),
        chased,
        dismissed,
        corrected,
        after_jobs,
        filed: filed.kinds(),
        human: filed.human,
        unread: unread.iter().map(filed_mail).collect(),
        away: view.away(),
    };
    Ok((!digest.is_empty()).then(|| (letter::digest(&digest), digest.cases())))
}

/// What was filed, as far as a digest tells it.
#[derive(Default)]
struct Pile {
    counts: BTreeMap<String, usize>,
    human: Vec<FiledMail>,
}

/// How the organisation looks to one reader.
struct View<'a> {
    policy: &'a Policy,
    to: &'a Recipient,
    zone: TimeZone,
    now: Timestamp,
}

impl View<'_> {
    fn local(&self, at: Timestamp) -> jiff::Zoned {
        at.to_zoned(self.zone.clone())
    }

    /// Whether the reader is the one above whoever owes it.
    fn is_above(&self, owner: Option<&PersonId>, mailbox: &Address) -> bool {
        let place = Place { mailbox, owner };
        let acting =
            || deadline::responsible(self.policy, place, self.now).map(|acting| &acting.id);
        let above = self.policy.roster.above(owner.or_else(acting), 1, self.now);
        above.as_ref() == Some(self.to)
    }

    /// Those whom the reader is above.
    fn team(&self) -> impl Iterator<Item = &Person> {
        let roster = &self.policy.roster;
        let above = |person: &&Person| roster.above(Some(&person.id), 1, self.now);
        roster.people.values().filter(move |person| above(person).as_ref() == Some(self.to))
    }

    fn items<'a>(&self, owed: impl Iterator<Item = &'a Owed>) -> Vec<Item> {
        let mut owed: Vec<&Owed> = owed.collect();
        owed.sort_by_key(|owed| owed.kind.rank(owed.due, self.now));
        owed.into_iter().map(|owed| item(self.policy, owed, &self.zone)).collect()
    }

    /// Who asked again, what was dismissed, and what was put right.
    async fn decided(
        &self,
        desk: &mut Desk<'_>,
        period: (Timestamp, Timestamp),
    ) -> store::Result<[Vec<Decided>; 3]> {
        let theirs = |d: &Decision| self.is_above(d.owner.as_ref(), &d.mailbox);
        let [mut chased, mut dismissed, mut corrected] = [Vec::new(), Vec::new(), Vec::new()];
        for decision in desk.tx.decided(period, DECISIONS, theirs).await? {
            let Some(decision) = desk.readable(decision).await? else { continue };
            let list = match decision.line.entry.what {
                What::Chased => &mut chased,
                What::Dismissed => &mut dismissed,
                _ => &mut corrected,
            };
            list.push(self.decision(decision));
        }
        Ok([chased, dismissed, corrected])
    }

    /// What came of asking after the jobs of those whom the reader is above.
    async fn after_jobs(
        &self,
        desk: &mut Desk<'_>,
        period: (Timestamp, Timestamp),
    ) -> store::Result<AfterJobs> {
        let theirs = |d: &Decision| self.is_above(d.owner.as_ref(), &d.mailbox);
        let mut after = AfterJobs::default();
        for decision in desk.tx.after_jobs(period, DECISIONS, theirs).await? {
            let Some(decision) = desk.readable(decision).await? else { continue };
            match decision.line.entry.what {
                What::CheckIn => after.asked += 1,
                What::CheckInOk => after.fine += 1,
                What::CheckInNotOk => after.not_ok.push(self.decision(decision)),
                _ => after.nothing.push(self.decision(decision)),
            }
        }
        after.answers = self.answers(desk, period).await?;
        Ok(after)
    }

    /// What they answered to the questions behind a yes. That takes them a while: each yes
    /// is looked at by the digest that comes an hour after it.
    async fn answers(
        &self,
        desk: &mut Desk<'_>,
        (since, until): (Timestamp, Timestamp),
    ) -> store::Result<BTreeMap<String, Vec<String>>> {
        let [since, until] = [since, until].map(|at| at.saturating_sub(ANSWERING).unwrap_or(at));
        let fine = |d: &Decision| d.line.entry.what == What::CheckInOk;
        let theirs = |d: &Decision| fine(d) && self.is_above(d.owner.as_ref(), &d.mailbox);
        let mut answers: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for decision in desk.tx.after_jobs((since, until), DECISIONS, theirs).await? {
            let Some(decision) = desk.readable(decision).await? else { continue };
            for (question, answer) in desk.tx.answers_since(decision.case, since).await? {
                answers.entry(question).or_default().push(answer);
            }
        }
        Ok(answers)
    }

    fn decision(&self, decision: Decision) -> Decided {
        let Decision { line, case, subject, contact, .. } = decision;
        Decided { case, subject, contact, at: self.local(line.entry.at), words: line.entry.reason }
    }

    /// What was filed as needing no answer and was for one of theirs.
    async fn filed(
        &self,
        desk: &mut Desk<'_>,
        period: (Timestamp, Timestamp),
    ) -> store::Result<Pile> {
        let (mut pile, mut unreadable) = (Pile::default(), Vec::new());
        let sort = |sorted: store::Result<Sorted>| match sorted {
            Ok(sorted) if self.reached(&sorted) => {
                pile.add(&sorted, self.ours(&sorted).next().is_some());
            }
            Ok(_) => {}
            Err(error) => unreadable.push(error),
        };
        desk.tx.sorted(period, sort).await?;
        for error in unreadable {
            desk.readable::<()>(Err(error)).await?;
        }
        Ok(pile)
    }

    /// Whether a mail was for one of theirs. What names nobody here is told to the
    /// last resort.
    fn reached(&self, sorted: &Sorted) -> bool {
        let roster = &self.policy.roster;
        let mut ours = self.ours(sorted).peekable();
        if ours.peek().is_none() {
            return roster.above(None, 1, self.now).as_ref() == Some(self.to);
        }
        ours.any(|mailbox| {
            let owner = roster.person_at(mailbox).map(|person| &person.id);
            self.is_above(owner, mailbox)
        })
    }

    /// To which of our addresses a mail was addressed.
    fn ours<'b>(&'b self, sorted: &'b Sorted) -> impl Iterator<Item = &'b Address> {
        sorted.recipients.iter().filter(|to| self.policy.roster.watches(to))
    }

    fn away(&self) -> Vec<Away> {
        let roster = &self.policy.roster;
        let away = |person: &Person| {
            let today = person.calendar.working_date(self.now);
            let days = person.absences.iter().filter(|days| days.contains(today));
            Some(Away {
                name: person.name.clone(),
                until: days.map(|days| days.last).max()?,
                deputy: person.deputy.as_ref().map(|id| roster.name_of(id).to_owned()),
            })
        };
        self.team().filter_map(away).collect()
    }
}

impl Pile {
    /// Counts a mail; one that a person wrote to us is named too, for a person to look at.
    fn add(&mut self, sorted: &Sorted, to_us: bool) {
        let kind = sorted.filed.kind.as_str();
        *self.counts.entry(kind.to_owned()).or_default() += 1;
        let human = to_us && WRITTEN_BY_PEOPLE.contains(&kind);
        if human && self.human.len() < WRITTEN {
            self.human.push(filed_mail(sorted));
        }
    }

    /// How many there are of each kind, most first.
    fn kinds(&self) -> Vec<(String, usize)> {
        let mut kinds: Vec<(String, usize)> = self.counts.clone().into_iter().collect();
        kinds.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        kinds
    }
}

fn filed_mail(sorted: &Sorted) -> FiledMail {
    let Sorted { filed, .. } = sorted;
    let (from, subject) = (filed.from.clone(), filed.subject.clone());
    FiledMail { from, subject, reason: filed.reason.clone() }
}
