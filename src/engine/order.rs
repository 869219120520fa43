//! Orders by mail: what somebody of ours asks for by answering owed's own mail.
//!
//! An order counts where three things hold: it went to an address with a token of
//! ours, it is from the person whom the token is for, and a server of ours, or our
//! Sent folder, vouches for that. What else comes to owed's own address is written down
//! with its reason and changes nothing, but for people outside, who are heard as if they had
//! written to a mailbox. Machines are not answered.

mod answered;

use std::sync::Arc;

use jiff::Timestamp;

use self::answered::a_day;
use super::place::followed;
use super::receive::Taken;
use super::{Engine, Error};
use crate::domain::act::Act;
use crate::domain::calendar::Days;
use crate::domain::check_in::Showing;
use crate::domain::effect::{self, Entry, What};
use crate::domain::ids::{Address, CaseNumber, MessageId, PersonId};
use crate::domain::roster::Person;
use crate::judge::own;
use crate::judge::verdict::Kind;
use crate::mail::approval::Asked;
use crate::mail::command::Order;
use crate::mail::concern::concern;
use crate::mail::orders::{Line, answer};
use crate::mail::outcome::{self, Said};
use crate::mail::parse::Message;
use crate::mail::token::{Grant, Keys, LIFE, Purpose, Refused, in_address};
use crate::mail::trust::Vouch;
use crate::store::{About, Tx};

/// What a message is that was followed as an order.
const ORDER: &str = "order";

/// Where owed itself is written to.
#[derive(Debug)]
pub(super) struct Desk {
    own: Address,
    keys: Keys,
}

/// Why a mail to owed is not followed, in words.
enum Turned {
    /// It is in order, and just no order.
    Filed(String),
    /// Somebody may have tried to pass for another.
    Suspicious(String),
    /// It is one of ours, and owed cannot tell what about: they hear of it.
    Lost(PersonId, String),
}

/// Somebody who may give orders, and the cases of the mail that they answer.
pub(super) struct Given {
    pub(super) person: Person,
    cases: Vec<CaseNumber>,
    /// Those by which they may be named: where one has gone into another, by either's.
    known: Vec<CaseNumber>,
    /// What that mail asked them.
    asked: Asked,
    /// The job about which it asked, and its case.
    job: Option<(CaseNumber, u32)>,
    /// When it was as they saw it: its address is as old as the mail.
    seen: Timestamp,
    /// Whether that mail is itself an answer to what they wrote.
    again: bool,
}

/// What came of an order, in words.
struct Deed {
    case: Option<CaseNumber>,
    said: Result<String, String>,
}

impl Desk {
    /// Whether this is an address of owed's own.
    pub(super) fn is(&self, address: &Address) -> bool {
        in_address(&self.own, address).is_some()
    }
}

impl Engine {
    /// The same engine, which takes orders by mail to `own`, sealed with `keys`.
    #[must_use]
    pub fn taking_orders(self, own: Address, keys: Keys) -> Self {
        let trust = self.trust.but(|trust| trust.desk = Some(Arc::new(Desk { own, keys })));
        Self { trust, ..self }
    }

    /// How a mail is for owed itself, and whether it is astray there.
    pub(super) fn for_owed(
        &self,
        message: &Message,
        envelope: &[Address],
    ) -> (Option<String>, bool) {
        let Some(desk) = self.trust.get().desk else { return (None, false) };
        let policy = self.policy();
        let house = (&desk.own, &policy.roster);
        let seal = own::seal(message, envelope, house);
        let astray = own::is_astray(message, seal.as_deref(), house);
        (seal, astray)
    }

    /// Does what a mail to owed itself asks for, or writes down why not, and answers.
    pub(super) async fn take_order(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        (row, seal): (i64, &str),
    ) -> Result<(), Error> {
        if let Some(case) = self.wants_no_more(seal, taken.at) {
            return self.opt_out_by_mail(tx, taken, case).await;
        }
        if self.take_concern(tx, taken, (row, seal)).await? {
            return Ok(());
        }
        let given = match self.given(tx, taken, seal).await? {
            Ok(given) => given,
            Err(turned) => return self.turn_away(tx, taken, (row, turned)).await,
        };
        let Given { person, cases, asked, .. } = &given;
        let read = answer(&taken.verdict.visible_text, *asked, &person.calendar, taken.at);
        let keys = given.keys(row, &read, self.now());
        if let Some(words) = self.answer_concern(tx, (taken, row), &given, &read).await? {
            return self.reply(tx, &keys, (person, cases), &words).await;
        }
        let mut said = Vec::new();
        for line in &read.lines {
            for Deed { case, said: words } in self.follow(tx, &given, line).await? {
                let done = words.is_ok();
                let words = words.unwrap_or_else(|why| why);
                let reason = outcome::ordered(&given.person.name, &line.text, (done, &words));
                let mut entry = Entry::new(taken.at, What::Ordered, reason);
                entry.owner = Some(given.person.id.clone());
                tx.write_journal(case, &entry.about(taken.message.id.as_ref())).await?;
                said.push(Said { line: line.text.clone(), done, words });
            }
        }
        let reason = format!("orders of {} by mail, which were answered", given.person.name);
        tx.judge_message(row, ORDER, &reason).await?;
        let puzzled = read.lines.iter().any(|line| line.order.is_err()).then_some(*asked);
        let mut words = outcome::answered(&said, read.unread.as_deref(), puzzled);
        if (read.is_words || read.more) && self.is_of_concern(tx, cases).await? {
            words.push_str(outcome::KEPT_BACK);
        }
        self.reply(tx, &keys, (person, cases), &words).await
    }

    /// Takes a mail that raises a concern, if it is one. It changes nothing that
    /// anybody else owes, so that whoever is vouched for needs no token.
    async fn take_concern(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        (row, seal): (i64, &str),
    ) -> Result<bool, Error> {
        let Taken { message, verdict, vouch, at, .. } = taken;
        let policy = self.policy();
        let from = message.from.as_ref().map(|party| &party.address);
        let author = from.and_then(|address| policy.roster.person_at(address));
        let human = matches!(verdict.kind, Kind::Human | Kind::Thanks) && vouch.holds();
        let said = concern(&message.subject, &verdict.visible_text);
        let Some((person, (named, text))) = author.filter(|_| human).zip(said) else {
            return Ok(false);
        };
        let grant = self.opened(seal, *at).ok().filter(|grant| grant.person == person.id);
        let about = named.or_else(|| grant?.case);
        // It is taken up as a mail of its own, to somebody else than owed.
        let parent = message.id.as_ref();
        let raised = Box::pin(self.raise_within(tx, &person.id, about, (&text, parent))).await;
        let words = match raised {
            Err(why) if why.is_theirs() => outcome::not_done(&why.to_string()),
            raised => raised?.words(),
        };
        let reason = format!("a concern of {}, which was passed on", person.name);
        tx.judge_message(row, ORDER, &reason).await?;
        self.reply(tx, &[row.to_string()], (person, about.as_slice()), &words).await?;
        Ok(true)
    }

    /// Who gives the order, and about which cases.
    async fn given(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        seal: &str,
    ) -> Result<Result<Given, Turned>, Error> {
        let Grant { person, case, obligation, until, .. } = match self.granted(taken, seal) {
            Ok(grant) => grant,
            Err(turned) => return Ok(Err(turned)),
        };
        let policy = self.policy();
        let Some(person) = policy.roster.hand(&person) else {
            let why = "an order to an address of somebody who is not here any more";
            return Ok(Err(Turned::Suspicious(why.to_owned())));
        };
        let notice = i64::from(obligation);
        let (cases, again) = if let Some(case) = case {
            (vec![case], false)
        } else {
            let told = tx.notice(notice).await?.map(|told| told.about);
            let again = matches!(told, Some(About::Occasion(about)) if about.is_answer());
            (tx.cases_told_with(notice).await?, again)
        };
        let (asked, job) = self.asked_by(tx, &taken.ties.parents).await?;
        let seen = until.saturating_sub(LIFE).unwrap_or(until);
        let mut known = cases.clone();
        for case in &cases {
            let now = followed(tx, *case).await?.map(|loaded| loaded.case.number);
            known.extend(now.filter(|now| !cases.contains(now)));
        }
        Ok(Ok(Given { person, cases, known, asked, job, seen, again }))
    }

    /// What the mail of ours asked that somebody answers, and about which job.
    async fn asked_by(
        &self,
        tx: &mut Tx,
        parents: &[MessageId],
    ) -> Result<(Asked, Option<(CaseNumber, u32)>), Error> {
        let Some(parent) = parents.first() else { return Ok((Asked::Nothing, None)) };
        let told = tx.told_by(&format!("<{}>", parent.as_str())).await?;
        let mut asked = told.iter().filter_map(|told| match &told.about {
            About::Case(case, notice) => match notice.purpose {
                effect::Purpose::Approve => {
                    Some((Asked::Approval, Some((*case, notice.obligation))))
                }
                effect::Purpose::Doubt => Some((Asked::Meaning, None)),
                _ => None,
            },
            About::Occasion(_) => None,
        });
        Ok(asked.next().unwrap_or((Asked::Nothing, None)))
    }

    /// What the address lets its holder do, where it is they who write.
    fn granted(&self, taken: &Taken, seal: &str) -> Result<Grant, Turned> {
        let Taken { message, verdict, vouch, at, .. } = taken;
        if !matches!(verdict.kind, Kind::Human | Kind::Thanks) {
            let why = &verdict.reason;
            return Err(Turned::Filed(format!("no order, and nobody's to answer: {why}")));
        }
        let policy = self.policy();
        let from = message.from.as_ref().map(|party| &party.address);
        let author = from.and_then(|address| policy.roster.hand_at(address));
        let lost = |why: String| match (&author, vouch) {
            (Some(author), vouch) if vouch.holds() => Turned::Lost(author.id.clone(), why),
            (_, _) if seal.is_empty() => Turned::Filed(why),
            (_, _) => Turned::Suspicious(why),
        };
        if seal.is_empty() {
            let why = "it went to owed's own address, and not to that of an answer to a mail \
                       from owed";
            return Err(lost(why.to_owned()));
        }
        let grant = self.opened(seal, *at).map_err(|why| lost(why.to_owned()))?;
        if author.as_ref().is_none_or(|author| author.id != grant.person) {
            let from = from.map_or("nobody", Address::as_str);
            let whose = policy.roster.name_of(&grant.person);
            return Err(lost(format!("it is from {from}, in answer to a mail to {whose}")));
        }
        match vouch {
            Vouch::NotVouched(why) => {
                let why = format!("an order whose sender is not vouched for: {why}");
                Err(Turned::Suspicious(why))
            }
            _ => Ok(grant),
        }
    }

    /// The case whose contact wants no more check-ins, as the address says that a mail
    /// went to. Its token proves it, whoever's address the mail came from.
    fn wants_no_more(&self, seal: &str, at: Timestamp) -> Option<CaseNumber> {
        let opened = self.trust.get().desk?.keys.open(seal, Purpose::OptOut, at);
        opened.ok()?.case
    }

    async fn opt_out_by_mail(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        case: CaseNumber,
    ) -> Result<(), Error> {
        let address = self.loaded(tx, case).await?.case.contact.address;
        self.opt_out_within(tx, &address).await?;
        let reason = format!("{address} wants no more check-ins");
        let entry = Entry::new(taken.at, What::Ignored, reason);
        Ok(tx.write_journal(Some(case), &entry.about(taken.message.id.as_ref())).await?)
    }

    /// Whether a token of ours stands in somebody's words, with which another could act as
    /// they.
    pub(super) fn holds_token(&self, words: &str, at: Timestamp) -> bool {
        let Some(desk) = self.trust.get().desk else { return false };
        let opens = |token, purpose| desk.keys.open(token, purpose, at).is_ok();
        let mut parts = words.split(|c: char| !c.is_ascii_alphanumeric());
        parts.any(|part| opens(part, Purpose::Act) || opens(part, Purpose::Reply))
    }

    fn opened(&self, token: &str, at: Timestamp) -> Result<Grant, &'static str> {
        let desk = self.trust.get().desk.ok_or("owed takes no orders here")?;
        desk.keys.open(token, Purpose::Reply, at).map_err(|refused| match refused {
            Refused::Expired => "the mail that it answers is too old: its address opens no more",
            Refused::Malformed | Refused::Forged => {
                "the address that it went to is none of owed's, or is damaged"
            }
        })
    }

    /// Writes down why nothing is done. One of ours hears of it, a few times a day.
    async fn turn_away(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        (row, turned): (i64, Turned),
    ) -> Result<(), Error> {
        let reason = match turned {
            Turned::Filed(reason) => reason,
            Turned::Suspicious(reason) => {
                tracing::warn!("an order by mail was not followed: {reason}");
                format!("suspicious: {reason}")
            }
            Turned::Lost(person, why) => {
                let policy = self.policy();
                if let Some(person) = policy.roster.hand(&person) {
                    let keys = a_day("lost", &person, self.now());
                    self.reply(tx, &keys, (&person, &[]), &outcome::lost(&why)).await?;
                }
                let name = policy.roster.name_of(&person);
                format!("an order of {name} that was not followed: {why}")
            }
        };
        tx.judge_message(row, taken.verdict.kind.name(), &reason).await?;
        let entry = Entry::new(taken.at, What::Ignored, reason);
        Ok(tx.write_journal(None, &entry.about(taken.message.id.as_ref())).await?)
    }

    /// Does what a line asks for, in each case that it is about.
    async fn follow(&self, tx: &mut Tx, given: &Given, line: &Line) -> Result<Vec<Deed>, Error> {
        let order = match &line.order {
            Ok(order) => order,
            Err(why) => return Ok(vec![Deed::none(Err(outcome::not_understood(why)))]),
        };
        if let Some(said) = self.of_person(tx, given, order).await? {
            return Ok(vec![Deed::none(said)]);
        }
        let cases = match given.meant(line) {
            Ok(Some(cases)) => cases,
            Ok(None) => return Ok(vec![Deed::none(Err(self.which(tx, given, line).await?))]),
            Err(why) => return Ok(vec![Deed::none(Err(outcome::not_done(&why.to_string())))]),
        };
        let mut deeds = Vec::with_capacity(cases.len());
        for case in cases {
            let done = match self.act_meant(order) {
                Ok(act) => {
                    let act = act.in_answer_to(given.showing(case));
                    self.act_within(tx, case, &given.person.id, act).await
                }
                Err(why) => Err(why),
            };
            deeds.push(Deed { case: Some(case), said: said(done)? });
        }
        Ok(deeds)
    }

    /// Does what is about somebody and no case; `None` where the order is about one.
    async fn of_person(
        &self,
        tx: &mut Tx,
        given: &Given,
        order: &Order,
    ) -> Result<Option<Result<String, String>>, Error> {
        let person = &given.person;
        let done = match order {
            Order::Do(_) | Order::Give(_) => return Ok(None),
            Order::Help => Ok(outcome::help(given.asked)),
            Order::Back => self.back_within(tx, &person.id).await.map(|()| outcome::back()),
            Order::Away(days) => self.leave_of(tx, person, *days).await,
            Order::CheckIns { go } => {
                tx.let_check_ins_go(&person.id, *go, self.now()).await?;
                Ok(outcome::check_ins(*go))
            }
        };
        said(done).map(Some)
    }

    fn act_meant(&self, order: &Order) -> Result<Act, Error> {
        match order {
            Order::Do(act) => Ok(act.clone()),
            Order::Give(to) => {
                let policy = self.policy();
                let found = policy.roster.person_called(to).map(|to| to.id.clone());
                let to = found.ok_or_else(|| Error::NotCalled(policy.roster.unknown(to)))?;
                Ok(Act::HandOver { to })
            }
            Order::Away(_) | Order::Back | Order::Help | Order::CheckIns { .. } => {
                Err(Error::NoOneCase)
            }
        }
    }

    /// Asks of which case of a mail about several, with what to type for each that
    /// still owes something.
    async fn which(&self, tx: &mut Tx, given: &Given, line: &Line) -> Result<String, Error> {
        let mut open = Vec::new();
        for number in &given.cases {
            let case = self.loaded(tx, *number).await?.case;
            if case.open().next().is_some() {
                open.push(case);
            }
        }
        Ok(outcome::which(&line.text, &open))
    }

    /// Notes the days, and tells who stands in on the first of them.
    async fn leave_of(&self, tx: &mut Tx, person: &Person, days: Days) -> Result<String, Error> {
        self.away_within(tx, &person.id, days, &format!("a mail of {}", person.name)).await?;
        let noon = days.first.at(12, 0, 0, 0);
        let noon = person.calendar.zone().to_ambiguous_timestamp(noon).compatible();
        let policy = self.policy();
        let stands_in = noon.ok().and_then(|at| policy.roster.acting_for(&person.id, at));
        Ok(outcome::away(days, stands_in.map(|person| person.name.as_str())))
    }
}

impl Given {
    /// What the mail that they answer showed them of this case.
    fn showing(&self, case: CaseNumber) -> Showing {
        let job = self.job.filter(|(of, _)| *of == case);
        Showing { job: job.map(|(_, job)| job), at: self.seen }
    }

    /// The cases that a line is about: those it names, or the only one there is. `None`
    /// where there are several: nothing is guessed.
    pub(super) fn meant(&self, line: &Line) -> Result<Option<Vec<CaseNumber>>, Error> {
        if line.cases.is_empty() {
            return match self.cases.as_slice() {
                [] => Err(Error::NoOneCase),
                [one] => Ok(Some(vec![*one])),
                _ => Ok(None),
            };
        }
        let known = |written: &String| {
            let whole = written.parse().ok().filter(|number| self.known.contains(number));
            let mut called = self.known.iter().filter(|number| number.is_called(written));
            whole.or_else(|| called.next().copied().filter(|_| called.next().is_none()))
        };
        let found = |written| known(written).ok_or_else(|| Error::NotInThatMail(written.clone()));
        line.cases.iter().map(found).collect::<Result<Vec<_>, _>>().map(Some)
    }
}

impl Deed {
    fn none(said: Result<String, String>) -> Self {
        Self { case: None, said }
    }
}

/// What is said of an order that was done, or was not because of who gave it.
fn said(done: Result<String, Error>) -> Result<Result<String, String>, Error> {
    match done {
        Ok(words) => Ok(Ok(words)),
        Err(why) if why.is_theirs() => Ok(Err(outcome::not_done(&why.to_string()))),
        Err(error) => Err(error),
    }
}
