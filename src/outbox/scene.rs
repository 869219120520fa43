//! What a case has to say to one reader, gathered from its state and journal.

use jiff::tz::TimeZone;
use jiff::{Timestamp, Zoned};

use super::stationery::{Stationery, Subject};
use crate::domain::case::{Case, Phase};
use crate::domain::check_in::{End, Stage};
use crate::domain::effect::{Notice, Purpose, What};
use crate::domain::ids::PersonId;
use crate::domain::job::Job;
use crate::domain::obligation::{Kind, Obligation};
use crate::domain::policy::Policy;
use crate::domain::roster::{Person, Recipient};
use crate::domain::rule::Channel;
use crate::mail::letter::{self, Entry, Letter, Matter, Reader, Role};
use crate::mail::link::Verb;
use crate::store::{self, Line, Recorded, Tx};

/// What happened in a case, as far as a letter tells it.
#[derive(Debug, Default)]
pub(super) struct Story {
    heard: Option<Recorded>,
    journal: Vec<Line>,
    history: Vec<String>,
}

/// All that one letter is made of.
pub(super) struct Scene<'a> {
    pub(super) policy: &'a Policy,
    pub(super) stationery: &'a Stationery,
    pub(super) case: &'a Case,
    pub(super) obligation: &'a Obligation,
    pub(super) notice: &'a Notice,
    /// When the notice was decided.
    pub(super) at: Timestamp,
    pub(super) now: Timestamp,
}

impl Story {
    /// What is told of an obligation in full.
    pub(super) async fn of(
        tx: &mut Tx,
        case: &Case,
        obligation: &Obligation,
        now: &Zoned,
    ) -> store::Result<Self> {
        let asked = asked_since(case, obligation);
        let ledger = tx.ledger_beside(case.number, &case.contact.address, now.timestamp()).await?;
        // Where a person says that it goes on, the contact wrote before that.
        let heard = match tx.words_since(case.number, asked).await? {
            Some(heard) => Some(heard),
            None => tx.last_heard(case.number).await?,
        };
        Ok(Self {
            heard,
            journal: tx.journal_of(case.number).await?,
            history: letter::ledger(&ledger, now),
        })
    }
}

impl Story {
    /// Whether a colleague asked, by raising a concern.
    fn is_concern(&self) -> bool {
        self.heard.as_ref().is_some_and(|heard| heard.channel == Channel::Concern)
    }
}

/// When the contact asked for what is owed: a promise or a word meanwhile is owed
/// because of a question before it.
fn asked_since(case: &Case, obligation: &Obligation) -> Timestamp {
    let questions = case.obligations.iter().filter(|o| o.kind == Kind::Reply);
    let before = questions.map(|o| o.since).filter(|since| *since <= obligation.since);
    before.max().unwrap_or(case.opened_at)
}

impl Scene<'_> {
    /// The letter about this alone.
    pub(super) fn letter(&self, story: &Story) -> Option<Letter> {
        let matter = self.matter(story);
        let reader = self.reader(story);
        Some(match (self.notice.purpose, self.role(story)) {
            (Purpose::Remind | Purpose::Hear, _) if matter.owner.is_none() => {
                letter::reminder_for_mailbox(&matter, &reader)
            }
            (Purpose::Remind | Purpose::Hear, Role::Mine) => letter::reminder(&matter, &reader),
            (Purpose::Remind | Purpose::Hear, _) => letter::reminder_for_another(&matter, &reader),
            (Purpose::Escalate, _) => letter::escalation(&matter, &reader),
            (Purpose::Doubt, _) => letter::doubt(&matter, reader.called.as_deref()),
            (_, Role::Asked(by)) => letter::offer(&matter, &by, reader.called.as_deref()),
            (_, Role::Taken(who)) => letter::accepted(&matter, &who),
            (_, Role::NotTaken(said)) => letter::refused(&matter, &said),
            (_, Role::Released(then)) => letter::withdrawn(&matter, &then),
            _ => return None,
        })
    }

    /// This, as one matter of several.
    pub(super) fn entry(&self, story: &Story) -> Entry {
        Entry { role: self.role(story), matter: self.matter(story) }
    }

    /// What it is to its reader.
    fn role(&self, story: &Story) -> Role {
        let name = |id| self.policy.roster.name_of(id).to_owned();
        let owner = self.owner();
        let owner = owner.as_ref();
        match self.notice.purpose {
            Purpose::Offer => {
                let by = self.case.offer.as_ref().map(|offer| &offer.by).or(owner);
                Role::Asked(by.map_or_else(|| "A colleague".to_owned(), name))
            }
            Purpose::Accepted => Role::Taken(owner.map_or_else(|| "A colleague".to_owned(), name)),
            Purpose::Refused => {
                let said = story.journal.iter().rfind(|line| line.entry.what == What::Refused);
                let said = said.map(|line| line.entry.reason.clone());
                Role::NotTaken(said.unwrap_or_else(|| "Whom you asked cannot take it".to_owned()))
            }
            Purpose::Withdrawn => Role::Released(self.became()),
            _ if owner.is_some() && self.notice.to.person.as_ref() == owner => Role::Mine,
            _ => Role::Anothers,
        }
    }

    /// What became of a case that somebody was asked to take.
    fn became(&self) -> String {
        let name = |id| self.policy.roster.name_of(id).to_owned();
        let open = self.case.open().min_by_key(|o| o.rank(self.now));
        match (self.case.phase, &self.case.offer, open) {
            (Phase::GoesOn { into, .. }, ..) => format!("It is one with {into} now."),
            (_, Some(offer), _) => format!("{} is asked instead.", name(&offer.to)),
            (_, None, None) => "Nothing is owed in it any more.".to_owned(),
            (_, None, Some(open)) => match &open.owner {
                Some(owner) => format!("{} has it.", name(owner)),
                None => "It waits for whoever is on duty.".to_owned(),
            },
        }
    }

    fn matter(&self, story: &Story) -> Matter {
        let roster = &self.policy.roster;
        let obligation = self.obligation;
        let owner = self.owner();
        let owner = owner.as_ref();
        let person = owner.and_then(|id| roster.hand(id));
        let heard = story.heard.as_ref();
        let complains = heard.is_some_and(|heard| heard.complaint)
            || (obligation.hastened.is_some() && obligation.chases == 0);
        Matter {
            case: self.case.number,
            subject: self.case.subject.clone(),
            contact: self.case.contact.clone(),
            concern: story.is_concern(),
            mailbox: self.case.mailbox.to_string(),
            kind: obligation.kind,
            promised: obligation.words.clone().filter(|_| obligation.message.is_some()),
            owner: owner.map(|id| roster.name_of(id).to_owned()),
            owner_called: person.as_ref().map(called),
            owner_away: person.is_some_and(|person| person.is_away(self.at)),
            since: self.local(obligation.since),
            due: self.local(obligation.due),
            now: self.local(self.now),
            because: obligation.because.clone(),
            rule: obligation.rule.clone(),
            words: heard.map(|message| message.words.clone()).unwrap_or_default(),
            words_at: self.local(heard.map_or(obligation.since, |message| message.at)),
            complaint: complains,
            came_back: self.came_back(story),
            not_ok: self.not_ok(),
            in_doubt: self.in_doubt().map(|job| job.title.clone()),
            chases: obligation.chases,
            done: self
                .before(story)
                .filter_map(|line| Some((self.local(line.entry.at), self.deed(line)?)))
                .collect(),
            history: story.history.clone(),
            actions: self.actions(story),
        }
    }

    /// When an answer came back since this is owed.
    fn came_back(&self, story: &Story) -> Option<Zoned> {
        let returned = self.before(story).filter(|line| line.entry.what == What::CameBack);
        returned.last().map(|line| self.local(line.entry.at))
    }

    /// Who owes it. What came to an address that is nobody's owes whoever reads that.
    fn owner(&self) -> Option<PersonId> {
        let (roster, mailbox) = (&self.policy.roster, &self.case.mailbox);
        let reads = || roster.hand_at(mailbox).filter(|_| !roster.watches(mailbox));
        self.obligation.owner.clone().or_else(|| reads().map(|reader| reader.id))
    }

    /// The job that this is owed for, because it was not OK.
    fn not_ok(&self) -> Option<String> {
        let since = self.obligation.since;
        let bad = |job: &&Job| match job.check_in.stage {
            Stage::Over { at, how: End::NotFine } => at >= since,
            _ => false,
        };
        self.case.jobs.iter().rfind(bad).map(|job| job.title.clone())
    }

    /// The job of which they said what may mean OK or not.
    fn in_doubt(&self) -> Option<&Job> {
        self.case.in_doubt().filter(|_| self.obligation.kind == Kind::Reply)
    }

    fn reader(&self, story: &Story) -> Reader {
        let whats = match self.notice.purpose {
            Purpose::Escalate if !story.is_concern() => [What::Escalated].as_slice(),
            _ => &[What::Escalated, What::Reminded],
        };
        let told = |line: &&Line| {
            let to = line.entry.to.as_ref();
            whats.contains(&line.entry.what) && to == Some(&self.notice.to.address)
        };
        Reader {
            called: self.recipient().as_ref().map(called),
            first_told: self.before(story).find(told).map(|line| self.local(line.entry.at)),
        }
    }

    /// What was written in this waiting period before the notice was decided.
    fn before<'a>(&'a self, story: &'a Story) -> impl Iterator<Item = &'a Line> {
        let period = self.obligation.since..self.at;
        story.journal.iter().filter(move |line| period.contains(&line.entry.at))
    }

    fn deed(&self, line: &Line) -> Option<String> {
        let roster = &self.policy.roster;
        let to = line.entry.to.as_ref();
        let told = to.map(|address| match roster.person_at(address) {
            Some(person) => person.name.clone(),
            None if *address == self.case.contact.address => letter::called(&self.case.contact),
            None => address.to_string(),
        });
        let by = line.entry.owner.as_ref().map(|id| roster.name_of(id).to_owned());
        let by = by.filter(|_| line.entry.what != What::Chased);
        let who = told.or(by).unwrap_or_else(|| letter::called(&self.case.contact));
        letter::deed(line.entry.what, &who)
    }

    /// What the reader can do with one click, where there are pages.
    fn actions(&self, story: &Story) -> Vec<(String, String)> {
        let Some(person) = &self.notice.to.person else { return Vec::new() };
        let about = Subject { case: Some(self.case.number), obligation: self.obligation.seq };
        let link = |(verb, said): &(Verb, &str)| {
            let link = self.stationery.link(about, person, *verb, self.now)?;
            Some(((*said).to_owned(), link))
        };
        self.verbs(story).iter().filter_map(link).collect()
    }

    fn verbs(&self, story: &Story) -> Vec<(Verb, &'static str)> {
        match self.notice.purpose {
            Purpose::Offer => {
                return vec![(Verb::Accept, "I take it"), (Verb::Refuse, "I cannot")];
            }
            Purpose::Accepted
            | Purpose::TellWhen
            | Purpose::Answer
            | Purpose::Receipt
            | Purpose::Withdrawn
            | Purpose::Approve
            | Purpose::CheckIn
            | Purpose::Fine
            | Purpose::Transcript => return Vec::new(),
            Purpose::Remind
            | Purpose::Escalate
            | Purpose::Hear
            | Purpose::Refused
            | Purpose::Doubt => {}
        }
        let reader = self.notice.to.person.as_ref();
        let mine = reader.is_some() && reader == self.owner().as_ref();
        let mut verbs = Vec::new();
        if self.in_doubt().is_some() {
            verbs.push((Verb::Fine, "It means OK"));
            verbs.push((Verb::NotFine, "It means not OK"));
        }
        if !mine {
            verbs.push((Verb::Claim, "I take it"));
        }
        if self.case.takes_letters(self.policy) && self.obligation.kind.is_awaited() {
            verbs.push((Verb::TellWhen, "Tell them when"));
        }
        if mine && self.obligation.kind == Kind::Promise {
            verbs.push((Verb::Correct, "Correct the promise"));
        }
        if story.is_concern() {
            // Whoever has one is owed an answer.
            verbs.push((Verb::Answered, "Answered in person"));
            verbs.push((Verb::HandOver, "Ask a colleague"));
            return verbs;
        }
        verbs.push((Verb::Answered, "Answered by phone"));
        verbs.push((Verb::HandOver, "Ask a colleague"));
        verbs.push((Verb::Dismiss, "Needs no answer"));
        verbs
    }

    fn recipient(&self) -> Option<Person> {
        self.notice.to.person.as_ref().and_then(|id| self.policy.roster.hand(id))
    }

    fn local(&self, at: Timestamp) -> Zoned {
        at.to_zoned(clocks(self.policy, &self.notice.to))
    }
}

/// The clocks of a person, or the organisation's.
pub(super) fn zone_of(policy: &Policy, person: Option<&Person>) -> TimeZone {
    person.map_or(&policy.roster.zone, |person| person.calendar.zone()).clone()
}

/// The clocks of whoever reads a mail.
pub(super) fn clocks(policy: &Policy, to: &Recipient) -> TimeZone {
    zone_of(policy, to.person.as_ref().and_then(|id| policy.roster.people.get(id)))
}

/// What commands call a person.
pub(super) fn called(person: &Person) -> String {
    person.short.clone().unwrap_or_else(|| person.id.to_string())
}
