//! Check-ins: what is known of a contact at the moment of asking, and what comes back.
//!
//! When to ask, whom and why not is decided by the case; here its facts are gathered.

use jiff::Timestamp;

use super::receive::Taken;
use super::{Engine, Error};
use crate::domain::case::{Case, Event, Need, Received};
use crate::domain::check_in::{self, CheckIn, End, Stage, Standing};
use crate::domain::effect::Purpose;
use crate::domain::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use crate::domain::job::Job;
use crate::domain::rule::Channel;
use crate::judge::away;
use crate::judge::verdict::{Kind, Verdict};
use crate::judge::well::{Well, well};
use crate::mail::automatic::is_no_reply;
use crate::mail::parse::{head, parse};
use crate::mail::spoken::{Spoken, spoken};
use crate::mail::thread;
use crate::store::{About, Inbound, Loaded, Recorded, Tx};

/// How many check-ins of one contact end when they want no more.
const MOST: i64 = 1_000;

/// What a contact does who answers on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// Whether all is well.
    pub fine: bool,
    /// What else they say; may be empty.
    pub words: String,
}

/// What became of that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Heard {
    /// It is noted.
    Noted,
    /// They said the same before, at this time.
    Before(Timestamp),
}

impl Engine {
    /// Takes on the check-ins of a case whose moment has come.
    pub(super) async fn take_on_check_ins(
        &self,
        tx: &mut Tx,
        mut loaded: Loaded,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        for seq in loaded.case.due_check_ins(now) {
            let standing = self.standing(tx, &loaded.case, seq, now).await?;
            let event = check_in::Event::Due(standing);
            let event = Event::CheckIn { job: Some(seq), event };
            loaded = self.happen(tx, loaded, event, now).await?;
        }
        Ok(loaded)
    }

    /// What is known of the contact of a case who may be asked about a job now.
    async fn standing(
        &self,
        tx: &mut Tx,
        case: &Case,
        seq: u32,
        now: Timestamp,
    ) -> Result<Standing, Error> {
        let address = &case.contact.address;
        let known = tx.contact(address).await?;
        let unheard = case.jobs.iter().find(|job| job.seq == seq && job.check_in.asked == 0);
        let content = match unheard {
            Some(job) => self.says_so_already(tx, case, job).await?,
            None => false,
        };
        let mail = tx.last_mail_of(address).await?;
        Ok(Standing {
            clocks: mail.and_then(|raw| head(&raw).ok()?.clocks()),
            open: tx.open_case_of(address, case.number).await?,
            content,
            opted_out: known.opted_out_at.is_some(),
            bounces: known.bounced_at.is_some(),
            automatic: is_no_reply(address.local_part())
                || !address.is_reachable()
                || self.is_own(address),
            asked_at: tx.asked_beside(address, case.number).await?.max(asked_within(case, seq)),
            had_one_today: !tx.may_write_to(address, now).await?,
            agreed: tx.who_lets_check_ins_go().await?,
        })
    }

    /// Whether the contact said, after our last word, that all is well.
    async fn says_so_already(&self, tx: &mut Tx, case: &Case, job: &Job) -> Result<bool, Error> {
        let Some(last) = tx.last_heard(case.number).await? else { return Ok(false) };
        let after_us = case.answered_at.is_none_or(|answered| last.at >= answered);
        let human = [Kind::Human.name(), Kind::Thanks.name()].contains(&last.kind.as_str());
        let says = || well(&last.words, &self.known_words(case, job)) == Well::Fine;
        Ok(after_us && human && says())
    }

    /// Words that say nothing of how it went: those of the job's title, and names.
    fn known_words(&self, case: &Case, job: &Job) -> String {
        let policy = self.policy();
        let names = job.done_by.iter().map(|id| policy.roster.name_of(id));
        let words = [&*job.title, &case.contact.name].into_iter().chain(names);
        words.collect::<Vec<_>>().join(" ")
    }

    /// The job of this case whose question a message answers, as its first parent says.
    pub(super) async fn question_of(
        &self,
        tx: &mut Tx,
        parents: &[MessageId],
        case: CaseNumber,
    ) -> Result<Option<u32>, Error> {
        let Some(parent) = parents.first() else { return Ok(None) };
        let told = tx.told_by(&format!("<{}>", parent.as_str())).await?;
        Ok(told.iter().find_map(|told| match &told.about {
            About::Case(of, notice) if *of == case && notice.purpose == Purpose::CheckIn => {
                Some(notice.obligation)
            }
            _ => None,
        }))
    }

    /// What a message of the other side says of the job that its case asks about: that all
    /// is well, or not; `None` where it says neither, or nobody wants to know.
    pub(super) fn says_of_job(
        &self,
        verdict: &Verdict,
        case: &Case,
        answers: Option<u32>,
    ) -> Option<(Need, String)> {
        let job = case.asks_about(answers)?;
        if !matches!(verdict.kind, Kind::Human | Kind::Thanks) {
            return None;
        }
        let of = format!("it answers whether “{}” is OK", job.title);
        match well(&verdict.visible_text, &self.known_words(case, job)) {
            Well::Fine => Some((Need::Fine(job.seq), format!("{of}: all is well"))),
            Well::NotFine => Some((Need::NotFine(job.seq), format!("{of}: it is not"))),
            Well::Unclear => None,
        }
    }

    /// Hears from a contact's mail program that they are away: whoever was asked is given
    /// time. The case as it is then.
    pub(super) async fn contact_is_away(
        &self,
        tx: &mut Tx,
        taken: &Taken,
        place: Option<Loaded>,
    ) -> Result<Option<Loaded>, Error> {
        let Taken { verdict, at, .. } = taken;
        let says = verdict.back_on.is_some() || away::is_away(&verdict.visible_text);
        let Some(loaded) = place else { return Ok(None) };
        let waits = loaded.case.jobs.iter().any(|job| job.check_in.is_asked());
        if !waits || verdict.kind != Kind::AutoReply || !says {
            return Ok(Some(loaded));
        }
        let event = check_in::Event::Away { back: verdict.back_on };
        let of = self.question_of(tx, &taken.ties.parents, loaded.case.number).await?;
        let asked = |job: &&Job| Some(job.seq) == of && job.check_in.is_asked();
        let job = loaded.case.jobs.iter().find(asked).map(|job| job.seq);
        let event = Event::CheckIn { job, event };
        match self.happen(tx, loaded.clone(), event, *at).await {
            // They are back before anybody would ask again.
            Err(Error::Illegal(_)) => Ok(Some(loaded)),
            moved => moved.map(Some),
        }
    }

    /// Notes what a contact answers on a page about a job.
    pub async fn contact_answers(
        &self,
        (case, seq): (CaseNumber, u32),
        said: &Said,
    ) -> Result<Heard, Error> {
        let now = self.now();
        let mut tx = self.store.write().await?;
        // The job is one of the case that they were asked in, wherever that goes on.
        let asked_in = tx.case(case).await?.ok_or(Error::NoSuchCase(case))?.case;
        let job = asked_in.jobs.iter().find(|job| job.seq == seq && job.check_in.asked > 0);
        let job = job.ok_or_else(|| Error::NoSuchJob(seq.to_string()))?;
        let loaded = self.loaded(&mut tx, case).await?;
        let how = if said.fine { End::Fine } else { End::NotFine };
        if let Stage::Over { at, how: before } = job.check_in.stage
            && before == how
            && said.words.trim().is_empty()
        {
            return Ok(Heard::Before(at));
        }
        let received = self.written_down(&mut tx, &loaded.case, job, said).await?;
        self.happen(&mut tx, loaded, Event::Received(received), now).await?;
        self.acted(tx).await?;
        Ok(Heard::Noted)
    }

    /// Makes a message of what was said on a page, so that it is read where all others are.
    async fn written_down(
        &self,
        tx: &mut Tx,
        case: &Case,
        job: &Job,
        said: &Said,
    ) -> Result<Received, Error> {
        let unwritable = |why: &dyn std::fmt::Display| Error::Unwritable(why.to_string());
        let received = received(case, job, said, self.now());
        let raw = spoken(&Spoken {
            from: received.from.clone(),
            to: Party { name: String::new(), address: case.mailbox.clone() },
            subject: received.subject.clone(),
            text: received.text.clone(),
            at: received.at,
            id: received.message.clone().ok_or_else(|| unwritable(&"it has no name"))?,
            parents: Vec::new(),
        });
        let raw = raw.map_err(|error| unwritable(&error))?;
        let message = parse(&raw).map_err(|error| unwritable(&error))?;
        let mail = Inbound {
            position: None,
            source: "the page of a check-in",
            at: received.at,
            envelope: case.mailbox.as_str(),
            proof: 0,
            channel: received.channel,
            raw: &raw,
        };
        // Without a position it is always new.
        let inbound = tx.accept(mail).await?.unwrap_or_default();
        let identity = thread::identity(&message, &raw);
        let row = tx.record_message(&identity, inbound, &recorded(&received), &[]).await?;
        tx.attach_message(row, case.number).await?;
        tx.taken_up(inbound).await?;
        Ok(received)
    }

    /// Notes that the contact of a case wants no more check-ins, for ever: what was to be
    /// asked is not.
    pub async fn opt_out(&self, case: CaseNumber) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let address = self.loaded(&mut tx, case).await?.case.contact.address;
        self.opt_out_within(&mut tx, &address).await?;
        self.acted(tx).await
    }

    pub(super) async fn opt_out_within(&self, tx: &mut Tx, who: &Address) -> Result<(), Error> {
        let now = self.now();
        tx.opt_out(who, now).await?;
        for number in tx.check_ins_of(who, MOST).await? {
            let loaded = self.loaded(tx, number).await?;
            let loaded = self.brought_up(tx, loaded, now).await?;
            self.ask_no_more(tx, loaded, now).await?;
        }
        Ok(())
    }

    /// Whoever wants no more of it is asked about no job of this case.
    pub(super) async fn ask_no_more(
        &self,
        tx: &mut Tx,
        mut loaded: Loaded,
        now: Timestamp,
    ) -> Result<Loaded, Error> {
        let live = |job: &&Job| job.check_in.is_live();
        let seqs: Vec<u32> = loaded.case.jobs.iter().filter(live).map(|job| job.seq).collect();
        for seq in seqs {
            let why = "the contact wants no more of these mails".to_owned();
            let event = check_in::Event::Cancelled(why);
            let event = Event::CheckIn { job: Some(seq), event };
            loaded = self.step(tx, loaded, event, now).await?;
        }
        Ok(loaded)
    }

    /// Keeps what a contact answers to the questions behind a check-in.
    pub async fn survey_answered(
        &self,
        about: (CaseNumber, u32),
        answers: &[(String, String)],
    ) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        for (question, answer) in answers {
            tx.keep_answer(about, (question, answer), self.now()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes that a person lets all their check-ins go by themselves, or no longer.
    pub async fn let_check_ins_go(&self, person: &PersonId, agreed: bool) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        tx.let_check_ins_go(person, agreed, self.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Whether an address is owed's own.
    pub(super) fn is_own(&self, address: &Address) -> bool {
        self.trust.get().desk.is_some_and(|desk| desk.is(address))
    }
}

/// When the contact was last asked about another job of the same case; after one that was
/// not OK they are glad to be asked again, and what did not arrive asked nothing.
fn asked_within(case: &Case, seq: u32) -> Option<Timestamp> {
    let other = |job: &&Job| {
        let CheckIn { stage, asked, .. } = &job.check_in;
        let nothing = match stage {
            Stage::Over { how: End::NotFine, .. } => true,
            Stage::Over { how: End::Bounced, .. } => *asked == 1,
            _ => false,
        };
        job.seq != seq && !nothing
    };
    case.jobs.iter().filter(other).filter_map(|job| job.check_in.asked_at).max()
}

/// What a case is told of an answer on a page about a job, which may be another's that
/// went into it.
fn received(case: &Case, job: &Job, said: &Said, at: Timestamp) -> Received {
    let (answer, plain) =
        if said.fine { ("all is well", "All is well.") } else { ("it is not", "It is not OK.") };
    let need = match (case.jobs.contains(job), said.fine) {
        (true, true) => Need::Fine(job.seq),
        (true, false) => Need::NotFine(job.seq),
        (false, true) => Need::Nothing,
        (false, false) => Need::Reply,
    };
    let words = said.words.trim();
    let id = format!("page.{}.{}.{}", case.number, job.seq, at.as_microsecond()).to_lowercase();
    Received {
        message: MessageId::parse(&format!("{id}@{}", case.mailbox.domain())),
        from: case.contact.clone(),
        subject: format!("Re: {}", case.subject),
        at,
        mailbox: case.mailbox.clone(),
        to: vec![case.mailbox.clone()],
        named: None,
        answers: Some(job.seq),
        also: Vec::new(),
        text: if words.is_empty() { plain } else { words }.to_owned(),
        internal: case.internal,
        channel: Channel::Form,
        language: None,
        complaint: false,
        receipt: false,
        need,
        reason: format!("it answers whether “{}” is OK, on the page: {answer}", job.title),
    }
}

/// The same as it is recorded. Its link vouches for it: nobody else has one.
fn recorded(received: &Received) -> Recorded {
    Recorded {
        id: 0,
        message_id: received.message.clone(),
        at: received.at,
        direction: "inbound",
        kind: Kind::Human.name().to_owned(),
        vouched: true,
        from: Some(received.from.clone()),
        recipients: received.to.clone(),
        subject: received.subject.clone(),
        words: received.text.clone(),
        reason: received.reason.clone(),
        channel: received.channel,
        language: None,
        complaint: false,
        conversation: None,
    }
}
