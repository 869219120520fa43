//! What can happen to a case, and what of it its state does not allow.

use jiff::Timestamp;

use crate::domain::check_in;
use crate::domain::effect::Notice;
use crate::domain::ids::{Address, CaseNumber, MessageId, Party, PersonId};
use crate::domain::job::{Done, PutRight};
use crate::domain::roster::Roster;
use crate::domain::rule::{Channel, Traits};

/// What can happen to a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The other side wrote.
    Received(Received),
    /// Our side wrote, or says that it answered.
    Answered(Answer),
    /// The contact is written to, in the name of whoever asked for it, when the
    /// answer comes.
    ToldWhen {
        /// In whose name, because they asked for it.
        by: PersonId,
        /// When the answer comes.
        due: Timestamp,
    },
    /// A promise was understood wrongly, and its owner puts it right.
    Corrected {
        /// Which obligation.
        seq: u32,
        /// Who says so.
        by: PersonId,
        /// What was meant; `None` where it was no promise at all.
        due: Option<Timestamp>,
    },
    /// Somebody takes the case, whoever had it.
    Claimed {
        /// Who.
        by: PersonId,
    },
    /// Somebody asks another to take the case.
    Offered {
        /// Who asks.
        by: PersonId,
        /// Whom.
        to: PersonId,
    },
    /// Who was asked to take the case does.
    Accepted {
        /// Who.
        by: PersonId,
    },
    /// Who was asked to take the case does not.
    Refused {
        /// Who.
        by: PersonId,
        /// Why, in their words; may be empty.
        reason: String,
    },
    /// Somebody of us judged that no answer is needed.
    Dismissed {
        /// Who, in words.
        by: String,
        /// Why.
        reason: String,
    },
    /// Somebody of us says that the matter is at an end.
    Closed {
        /// Who, in words.
        by: String,
        /// Whose hand it is, where that is known.
        hand: Option<PersonId>,
        /// What was done, where a job was.
        title: Option<String>,
    },
    /// Somebody of us says that it is not.
    Reopened {
        /// Who, in words.
        by: String,
        /// Why.
        reason: String,
    },
    /// A job was done for the contact, says somebody or some other system.
    JobDone {
        /// Who says so, in words.
        by: String,
        /// What was done.
        done: Done,
    },
    /// What was told of a job is put right.
    JobCorrected {
        /// Which of the case's jobs.
        seq: u32,
        /// Who says so, in words.
        by: String,
        /// What it was.
        put_right: PutRight,
    },
    /// There was no such job.
    JobCancelled {
        /// Which of the case's jobs.
        seq: u32,
        /// Who says so, in words.
        by: String,
        /// Why.
        reason: String,
    },
    /// Something happens to a check-in.
    CheckIn {
        /// Of which of the case's jobs; without it of the one that it can happen to.
        job: Option<u32>,
        /// What.
        event: check_in::Event,
    },
    /// A mail about the case will not arrive.
    Undelivered {
        /// What it told.
        notice: Notice,
        /// Why, in words.
        why: String,
    },
    /// What was to be told was not: there was nothing to tell any more.
    Unsaid {
        /// What it would have told.
        notice: Notice,
    },
    /// An answer of ours did not arrive.
    CameBack(Returned),
    /// The configuration, or who is here, is another than when due times were
    /// given; with what the open obligations were asked by.
    PolicyChanged(Vec<Asked>),
    /// The clock reached the alarm.
    TimePassed,
}

/// A message of the other side, with what was judged of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its Message-ID.
    pub message: Option<MessageId>,
    /// Who wrote it, where answers are wanted.
    pub from: Party,
    /// Its subject.
    pub subject: String,
    /// When we accepted it.
    pub at: Timestamp,
    /// Which of our mailboxes it is for.
    pub mailbox: Address,
    /// Everybody it is addressed to, ours and others.
    pub to: Vec<Address>,
    /// Who of us it is written to by name, where that is one.
    pub named: Option<PersonId>,
    /// The job whose question it answers, where it answers one.
    pub answers: Option<u32>,
    /// Addresses that an answer may go to beside its writer's.
    pub also: Vec<Address>,
    /// What its writer wrote.
    pub text: String,
    /// Whether it is from a colleague.
    pub internal: bool,
    /// How it came.
    pub channel: Channel,
    /// Its language, as a two-letter code, where it can be told.
    pub language: Option<String>,
    /// Whether it complains.
    pub complaint: bool,
    /// Whether a machine of ours may tell its writer that it came.
    pub receipt: bool,
    /// What it asks of us.
    pub need: Need,
    /// Why, in words.
    pub reason: String,
}

/// What a message asks of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// An answer.
    Reply,
    /// An answer where the rule counts messages in which we are only in Cc.
    ReplyIfCopied,
    /// The answer that is owed already.
    Again,
    /// Nothing any more: it says that the matter is settled.
    Settled,
    /// Nothing: it says, of this job that was done, that all is well.
    Fine(u32),
    /// To put right this job that was done: it says that it is not OK.
    NotFine(u32),
    /// Nothing.
    Nothing,
}

/// An answer of our side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Its Message-ID, where it is a mail.
    pub message: Option<MessageId>,
    /// The messages that it names as what it answers.
    pub parents: Vec<MessageId>,
    /// Who gave it, where that is known.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    /// How: `by mail`, `by phone`.
    pub how: String,
    /// Whether it can meet what is owed.
    pub adequate: Adequate,
    /// What it commits us to, if it says that more is to come.
    pub pledge: Option<Pledge>,
}

/// Whether an answer can meet what is owed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Adequate {
    /// It is a person's, it is vouched for, and it went to these.
    To(Vec<Address>),
    /// It was told by hand.
    Told,
    /// It cannot; why, in words.
    No(String),
}

/// An answer of ours that a mail server could not deliver.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// Its Message-ID.
    pub message: MessageId,
    /// When it was sent.
    pub sent: Timestamp,
    /// Who of those it went to has it.
    pub reached: Vec<Address>,
}

/// What an answer says is still to come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pledge {
    /// The words, as they were written or said.
    pub words: String,
    /// The time they name.
    pub due: Option<Timestamp>,
}

/// What an obligation was asked by, for rules to be asked again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The obligation.
    pub seq: u32,
    /// Who wrote.
    pub from: Address,
    /// Everybody it was addressed to.
    pub to: Vec<Address>,
    /// Its subject.
    pub subject: String,
    /// What its writer wrote.
    pub text: String,
    /// Whether it was from a colleague.
    pub internal: bool,
    /// How it came.
    pub channel: Channel,
    /// Its language.
    pub language: Option<String>,
    /// Whether it complained.
    pub complaint: bool,
}

/// An event that the present state does not allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// There is nothing to answer, dismiss, claim or hand over.
    #[error("nothing is owed in {case}, so there is nothing to {what}")]
    NothingOwed {
        /// The case.
        case: CaseNumber,
        /// What was tried, as a verb.
        what: &'static str,
    },
    /// A case with something owed cannot be closed.
    #[error(
        "{case} cannot be closed yet: {what} is still owed; \
         give it, note that it was given, or say why none is needed"
    )]
    StillOwed {
        /// The case.
        case: CaseNumber,
        /// What is owed, in words.
        what: &'static str,
    },
    /// Somebody takes or refuses what they were not asked to take.
    #[error("{case} is not offered to {who}")]
    NotOffered {
        /// The case.
        case: CaseNumber,
        /// Their name.
        who: String,
    },
    /// Somebody is asked to take what they have.
    #[error("{case} is with them already")]
    TheirsAlready {
        /// The case.
        case: CaseNumber,
    },
    /// It is closed already, or open.
    #[error("{case} is {state} already")]
    Already {
        /// The case.
        case: CaseNumber,
        /// `closed` or `open`.
        state: &'static str,
    },
    /// The last resort's address would have a case, and is nobody.
    #[error(
        "{who} is the last resort and nobody by name, so {case} cannot be theirs: answer it, or \
         ask somebody to take it"
    )]
    Nobodys {
        /// The case.
        case: CaseNumber,
        /// The address.
        who: String,
    },
    /// There is no such promise.
    #[error("there is no open promise of that number in {case}")]
    NoPromise {
        /// The case.
        case: CaseNumber,
    },
    /// The contact is a colleague, to whom owed does not write.
    #[error("in {case} a colleague waits, to whom owed writes nothing: tell them yourself")]
    Colleague {
        /// The case.
        case: CaseNumber,
    },
    /// The contact has no mail address.
    #[error(
        "no mail address is known of who waits in {case}: please tell them yourself, and note \
         it as promised"
    )]
    NoAddress {
        /// The case.
        case: CaseNumber,
    },
    /// owed writes to no contact, because it is only tried out.
    #[error(
        "owed is only tried out here (mode = \"shadow\") and writes to nobody outside: please \
         tell the contact yourself, and note it as promised"
    )]
    Shadow,
    /// Somebody is asked who cannot be written to.
    #[error(
        "{who} has no mail address here, so nobody was asked to take {case}: ask them \
         yourself, and let them take it"
    )]
    Unreachable {
        /// The case.
        case: CaseNumber,
        /// Their name.
        who: String,
    },
    /// Something is to happen in a case that went into another.
    #[error("{case} goes on in {into}: name that one")]
    GoesOn {
        /// The case.
        case: CaseNumber,
        /// The other.
        into: CaseNumber,
    },
    /// A case that is to be one with itself.
    #[error("{case} is one with itself already: name another")]
    Itself {
        /// The case.
        case: CaseNumber,
    },
    /// There is no such job.
    #[error("there is no job of that number in {case}")]
    NoJob {
        /// The case.
        case: CaseNumber,
    },
    /// No check-in is there to be sent, skipped or answered.
    #[error("no check-in in {case} waits for that any more")]
    NoCheckIn {
        /// The case.
        case: CaseNumber,
    },
    /// Several check-ins wait for a word, and it is not said which is meant.
    #[error(
        "several check-ins in {case} wait for your word, each with a mail of its own: answer the \
         mail that shows the one you mean"
    )]
    WhichJob {
        /// The case.
        case: CaseNumber,
    },
    /// Nobody was shown yet what would be asked, as it is now.
    #[error(
        "what would be asked in {case} was not shown yet, or was put right since: a mail shows \
         it as it is now, and waits for your word"
    )]
    NotShown {
        /// The case.
        case: CaseNumber,
    },
    /// Nobody wonders what the contact's words mean.
    #[error(
        "no answer after a job waits in {case} for a word on whether it means OK; to end what is \
         owed, note the answer or say why none is needed"
    )]
    NoDoubt {
        /// The case.
        case: CaseNumber,
    },
    /// Somebody would ask in their own name about another's job.
    #[error("the job in {case} is not {who}'s: only who did it asks whether all is well")]
    NotTheirs {
        /// The case.
        case: CaseNumber,
        /// Their name.
        who: String,
    },
    /// A promise for a time that has passed.
    #[error("that time has passed: promise one that is still to come")]
    Past,
}

impl Event {
    /// Whether it may come to a case that is empty by now: it only tells how things stand,
    /// or what was told of a job that was done in it.
    pub(super) fn is_of_what_was(&self) -> bool {
        matches!(
            self,
            Self::Undelivered { .. }
                | Self::Unsaid { .. }
                | Self::PolicyChanged(_)
                | Self::TimePassed
                | Self::JobCorrected { .. }
                | Self::JobCancelled { .. }
        )
    }

    /// Whether it is `who`'s own doing.
    pub fn is_by(&self, who: &PersonId, roster: &Roster) -> bool {
        match self {
            Self::ToldWhen { by, .. }
            | Self::Corrected { by, .. }
            | Self::Claimed { by }
            | Self::Offered { by, .. }
            | Self::Accepted { by }
            | Self::Refused { by, .. } => by == who,
            Self::Answered(answer) => answer.by.as_ref() == Some(who),
            Self::Dismissed { by, .. } | Self::Closed { by, .. } | Self::Reopened { by, .. } => {
                by == roster.name_of(who)
            }
            Self::Received(_)
            | Self::JobDone { .. }
            | Self::JobCorrected { .. }
            | Self::JobCancelled { .. }
            | Self::CheckIn { .. }
            | Self::Undelivered { .. }
            | Self::Unsaid { .. }
            | Self::CameBack(_)
            | Self::PolicyChanged(_)
            | Self::TimePassed => false,
        }
    }
}

impl Received {
    /// What rules look at.
    pub fn traits(&self) -> Traits<'_> {
        Traits {
            internal: self.internal,
            from: &self.from.address,
            to: &self.to,
            subject: &self.subject,
            text: &self.text,
            channel: self.channel,
            language: self.language.as_deref(),
            complaint: self.complaint,
        }
    }
}

impl Asked {
    /// What rules look at.
    pub fn traits(&self) -> Traits<'_> {
        Traits {
            internal: self.internal,
            from: &self.from,
            to: &self.to,
            subject: &self.subject,
            text: &self.text,
            channel: self.channel,
            language: self.language.as_deref(),
            complaint: self.complaint,
        }
    }
}
