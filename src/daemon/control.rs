//! The control socket: how the command line talks to the running daemon.
//!
//! A connection carries one request, a JSON object on a line, and one answer,
//! a JSON object on a line. Who may open the socket may do all of it: its
//! file's owner and group are the operators.

mod act;
mod attendance;
mod job;
mod overrule;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use data_encoding::BASE64;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

pub use act::Wish;
pub use overrule::{Overrule, Wrong};

use crate::domain::ids::{Address, CaseNumber, Party};
use crate::domain::roster::Person;
use crate::engine::once::{JobNoted, Once};
use crate::engine::told::{Told, ToldConcern, ToldJob};
use crate::engine::{self, Engine};
use crate::report::away;
use crate::report::exception;
use crate::report::filed;
use crate::report::jobs;
use crate::report::leave::{Leave, leave};
use crate::report::outbox;
use crate::report::owed::{Listed, Wanted, rows};
use crate::report::show::{Show, show};
use crate::report::transcript::{Form, transcript};
use crate::report::trouble;
use crate::store::Choice;

/// Who says something where nobody is named.
pub const COMMAND_LINE: &str = "the command line";

/// The longest request that is read.
const LONGEST: u64 = 1 << 20;

/// How long one conversation may take: a reader that hangs is no burden.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long to wait when the system gives no more connections.
const BREATH: Duration = Duration::from_secs(1);

/// What the command line may ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// What is owed.
    List {
        /// By whom: a short name, number or address.
        person: Option<String>,
        /// In which mailbox.
        mailbox: Option<String>,
        /// To whom.
        contact: Option<String>,
    },
    /// What nobody has to answer, and why.
    Filed,
    /// All about a case.
    Show {
        /// Its number.
        case: String,
    },
    /// What was said in a case between us and its contact.
    Transcript {
        /// Its number.
        case: String,
        /// `text`, `html` or `mbox`.
        format: String,
    },
    /// Whether somebody may leave.
    Leave {
        /// Who: a short name, number or address.
        person: String,
    },
    /// Who is away, and who will be.
    Absences,
    /// Somebody is away.
    Away {
        /// Who: a short name, number or address.
        person: String,
        /// The first day, as year, month and day; else today.
        first: Option<String>,
        /// The last day; else the first.
        last: Option<String>,
        /// Who says so, in words.
        by: String,
    },
    /// Somebody is here again.
    Back {
        /// Who: a short name, number or address.
        person: String,
    },
    /// Something was said outside mail.
    Told(Told),
    /// A job was done for a contact.
    Job(ToldJob),
    /// Which jobs were done, and where asking after them stands.
    Jobs {
        /// Also those of which nothing more comes by itself.
        all: bool,
    },
    /// There was no such job.
    CancelJob {
        /// Which system told of it; without it, somebody by hand.
        source: Option<String>,
        /// What it is called there.
        reference: String,
        /// Who says so, in words.
        by: String,
        /// Why.
        reason: String,
    },
    /// Somebody here has a concern.
    Concern(ToldConcern),
    /// Somebody does something to a case.
    Act {
        /// The case number.
        case: String,
        /// Who: a short name, number or address.
        by: String,
        /// What.
        wish: Wish,
    },
    /// Somebody overrules what was judged.
    Overrule {
        /// Who says so: a short name, number or address, or [`COMMAND_LINE`].
        by: String,
        /// What.
        what: Overrule,
    },
    /// What is remembered of senders.
    Exceptions,
    /// What keeps owed from telling people.
    Troubles,
    /// The configuration is to be read again.
    Reload,
    /// Which mails may have arrived.
    Outbox,
    /// One of them is sent again.
    Release {
        /// Its number.
        mail: i64,
        /// Who says so.
        by: String,
    },
    /// One of them is not sent again.
    Drop {
        /// Its number.
        mail: i64,
        /// Who says so.
        by: String,
    },
}

/// What the daemon answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// What is owed.
    Rows(Listed),
    /// What nobody has to answer, and why.
    Filed(Vec<filed::Row>),
    /// All about a case.
    Show(Box<Show>),
    /// Whether somebody may leave.
    Leave(Leave),
    /// Who is away, and who will be.
    Absences(Vec<away::Row>),
    /// What is remembered of senders.
    Exceptions(Vec<exception::Row>),
    /// What keeps owed from telling people.
    Troubles(Vec<trouble::Row>),
    /// Which mails may have arrived.
    Outbox(Vec<outbox::Row>),
    /// A file, in base 64.
    Document(String),
    /// It is done and durable.
    Done,
    /// The same, with what was done in words.
    Said(String),
    /// Which jobs were done, and where asking after them stands.
    Jobs(Vec<jobs::Row>),
    /// What became of a job.
    Job(JobNoted),
    /// A job is not noted: what is wrong, a line for each field.
    Refused(String),
    /// It is not, and why: what was asked makes no sense here.
    No(String),
    /// The configuration was not taken, and why; the one before holds.
    NotTaken(String),
}

/// Whoever is told what became of a reload: what was changed, or why nothing was.
pub type Asked = oneshot::Sender<Result<String, String>>;

/// Why the socket could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("the control socket {path} could not be opened: {error}")]
pub struct NoSocket {
    path: PathBuf,
    error: std::io::Error,
}

/// What answers requests.
#[derive(Debug, Clone)]
pub struct Desk {
    /// Acts and reads.
    pub engine: Engine,
    /// Has the configuration read again.
    pub asking: mpsc::Sender<Asked>,
}

/// Opens the socket; its owner and group may use it.
pub fn open(path: &Path) -> Result<UnixListener, NoSocket> {
    let wrong = |error| NoSocket { path: path.to_owned(), error };
    // Whoever got here holds the lock of the state, so a socket that is left is
    // a dead predecessor's.
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(wrong(error)),
        _ => {}
    }
    let listener = UnixListener::bind(path).map_err(wrong)?;
    std::fs::set_permissions(path, PermissionsExt::from_mode(0o660)).map_err(wrong)?;
    Ok(listener)
}

/// Answers until `stop`.
pub async fn serve(listener: UnixListener, desk: Desk, stop: CancellationToken) {
    let mut conversations = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            connection = listener.accept() => match connection {
                Ok((stream, _)) => {
                    let desk = desk.clone();
                    conversations.spawn(async move {
                        timeout(PATIENCE, Box::pin(desk.converse(stream))).await?
                    });
                }
                Err(error) => {
                    tracing::warn!("a control connection could not be taken: {error}");
                    sleep(BREATH).await;
                }
            },
            Some(ended) = conversations.join_next() => {
                if let Ok(Err(error)) = ended {
                    tracing::debug!("a control connection ended early: {error}");
                }
            }
            () = stop.cancelled() => return,
        }
    }
}

/// Asks the daemon behind the socket at `path`.
pub async fn ask(path: &Path, request: &Request) -> std::io::Result<Answer> {
    let mut stream = UnixStream::connect(path).await?;
    let mut line = serde_json::to_vec(request)?;
    line.push(b'\n');
    stream.write_all(&line).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    Ok(serde_json::from_slice(&answer)?)
}

impl Desk {
    async fn converse(&self, mut stream: UnixStream) -> std::io::Result<()> {
        let mut line = String::new();
        BufReader::new((&mut stream).take(LONGEST)).read_line(&mut line).await?;
        let answer = match serde_json::from_str(&line) {
            Ok(request) => Box::pin(self.answer(request)).await.unwrap_or_else(Answer::No),
            Err(error) => Answer::No(format!("that is no request: {error}")),
        };
        let mut bytes = serde_json::to_vec(&answer)?;
        bytes.push(b'\n');
        stream.write_all(&bytes).await?;
        stream.shutdown().await
    }

    async fn answer(&self, request: Request) -> Result<Answer, String> {
        match request {
            Request::List { person, mailbox, contact } => {
                let wanted = Wanted {
                    person: person.map(|name| self.person(&name).map(|p| p.id)).transpose()?,
                    mailbox: mailbox.map(|text| self.watched(&text)).transpose()?,
                    contact: contact.map(|text| contact_of(&text)).transpose()?,
                };
                self.list(&wanted).await.map(Answer::Rows).map_err(failed)
            }
            Request::Filed => {
                let mut tx = self.engine.store().read().await.map_err(failed)?;
                let rows = filed::rows(&mut tx, &self.engine.policy()).await;
                rows.map(Answer::Filed).map_err(failed)
            }
            Request::Show { case } => self.show(number(&case)?).await,
            Request::Transcript { case, format } => {
                self.transcript(number(&case)?, &format).await.map(Answer::Document)
            }
            Request::Leave { person } => {
                let mut tx = self.engine.store().read().await.map_err(failed)?;
                let person = self.person(&person)?;
                let answer =
                    leave(&mut tx, &self.engine.policy(), &person, self.engine.now()).await;
                answer.map(Answer::Leave).map_err(failed)
            }
            Request::Absences => self.absences().await,
            Request::Away { person, first, last, by } => {
                self.away(&person, (first.as_deref(), last.as_deref()), &by).await
            }
            Request::Back { person } => self.back(&person).await,
            Request::Act { case, by, wish } => self.act(&case, &by, wish).await.map(Answer::Said),
            Request::Overrule { by, what } => {
                self.overrule(&self.named(&by)?, what).await.map(Answer::Said)
            }
            Request::Exceptions => self.exceptions().await,
            Request::Concern(told) => {
                let concern = self.engine.understood_concern(&told).map_err(failed)?;
                let once = Once { source: COMMAND_LINE, key: None, body: &[] };
                let raised = self.engine.raise(&concern, once).await.map_err(failed)?;
                Ok(Answer::Said(raised.words()))
            }
            Request::Troubles => {
                let mut tx = self.engine.store().read().await.map_err(failed)?;
                let rows = trouble::rows(&mut tx, &self.engine.policy()).await;
                rows.map(Answer::Troubles).map_err(failed)
            }
            Request::Job(job) => {
                Ok(self.note_job(&job).await.map_or_else(Answer::Refused, Answer::Job))
            }
            Request::Jobs { all } => self.jobs(all).await,
            Request::CancelJob { source, reference, by, reason } => {
                let (by, reason) = (self.named(&by)?, given(&reason)?);
                self.cancel_job((source, reference), (&by, reason)).await
            }
            Request::Outbox => {
                let mut tx = self.engine.store().read().await.map_err(failed)?;
                let rows = outbox::rows(&mut tx, &self.engine.policy()).await;
                rows.map(Answer::Outbox).map_err(failed)
            }
            Request::Release { mail, by } => self.decide(mail, Choice::Release, &by).await,
            Request::Drop { mail, by } => self.decide(mail, Choice::Drop, &by).await,
            Request::Told(told) => self.tell(&told).await.map(Answer::Said),
            Request::Reload => self.reload().await,
        }
    }

    async fn reload(&self) -> Result<Answer, String> {
        let ending = || "owed is ending".to_owned();
        let (asked, answered) = oneshot::channel();
        self.asking.send(asked).await.map_err(|_| ending())?;
        let answer = answered.await.map_err(|_| ending())?;
        Ok(answer.map_or_else(Answer::NotTaken, Answer::Said))
    }

    async fn decide(&self, mail: i64, choice: Choice, by: &str) -> Result<Answer, String> {
        let by = self.named(by)?;
        self.engine.decide_held(mail, choice, &by).await.map(Answer::Said).map_err(failed)
    }

    async fn list(&self, wanted: &Wanted) -> crate::store::Result<Listed> {
        let mut tx = self.engine.store().read().await?;
        rows(&mut tx, &self.engine.policy(), wanted, self.engine.now()).await
    }

    async fn show(&self, case: CaseNumber) -> Result<Answer, String> {
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let shown = show(&mut tx, &self.engine.policy(), case, self.engine.now()).await;
        let shown =
            shown.map_err(failed)?.ok_or_else(|| failed(engine::Error::NoSuchCase(case)))?;
        Ok(Answer::Show(Box::new(shown)))
    }

    async fn transcript(&self, case: CaseNumber, format: &str) -> Result<String, String> {
        let form = Form::called(format).ok_or_else(|| {
            let known: Vec<&str> = Form::names().collect();
            format!("a transcript is no {format:?}: it is {}", known.join(", "))
        })?;
        let mut tx = self.engine.store().read().await.map_err(failed)?;
        let found = transcript(&mut tx, &self.engine.policy(), case, form).await.map_err(failed)?;
        let found = found.ok_or_else(|| failed(engine::Error::NoSuchCase(case)))?;
        Ok(BASE64.encode(&found))
    }

    /// Takes in what was said; what became of it, in words.
    async fn tell(&self, told: &Told) -> Result<String, String> {
        let said = self.engine.understood(told).map_err(failed)?;
        let once = Once { source: "told by hand", key: None, body: &[] };
        let heard = self.engine.tell(&said, once).await.map_err(failed)?;
        Ok(match heard.case {
            Some(case) => format!("{case}: {}: {}", heard.verdict, heard.reason),
            None => format!("{}: {}", heard.verdict, heard.reason),
        })
    }

    fn watched(&self, mailbox: &str) -> Result<Address, String> {
        let address = address(mailbox)?;
        if self.engine.policy().roster.watches(&address) {
            return Ok(address);
        }
        Err(format!("{address} is neither a mailbox nor a person's address in the configuration"))
    }

    /// Who says something, by their name: somebody here, or whoever is at the command
    /// line.
    fn named(&self, by: &str) -> Result<String, String> {
        match by {
            "" | COMMAND_LINE => Ok(by.to_owned()),
            name => self.hand(name).map(|hand| hand.name),
        }
    }

    /// Whoever may act: a person, or the last resort, by its address.
    fn hand(&self, name: &str) -> Result<Person, String> {
        let roster = &self.engine.policy().roster;
        roster.hand_called(name).ok_or_else(|| failed(roster.unknown(name)))
    }

    fn person(&self, name: &str) -> Result<Person, String> {
        let roster = &self.engine.policy().roster;
        roster.person_called(name).cloned().ok_or_else(|| failed(roster.unknown(name)))
    }
}

fn number(text: &str) -> Result<CaseNumber, String> {
    text.parse().map_err(|error: crate::domain::ids::NotACaseNumber| error.to_string())
}

fn address(text: &str) -> Result<Address, String> {
    Address::parse(text).ok_or_else(|| format!("{text:?} is no mail address"))
}

/// What stands for whoever is meant: an address, a number, a name.
fn contact_of(text: &str) -> Result<Address, String> {
    let party = Party::called_so(text);
    party.map(|party| party.address).ok_or_else(|| format!("{text:?} is nobody's address or name"))
}

/// A reason stays on record, so there has to be one.
fn given(reason: &str) -> Result<&str, String> {
    said(reason, "say why: the reason stays on record")
}

/// What was said, or what is missing.
fn said<'a>(text: &'a str, missing: &str) -> Result<&'a str, String> {
    let said = Some(text.trim()).filter(|text| !text.is_empty());
    said.ok_or_else(|| missing.to_owned())
}

fn failed(error: impl std::fmt::Display) -> String {
    error.to_string()
}

#[cfg(test)]
mod tests {
    use super::given;

    #[test]
    fn a_dismissal_without_a_reason_is_refused() {
        assert_eq!(given(" it was a thank-you "), Ok("it was a thank-you"));
        assert!(given("").is_err() && given(" \n").is_err());
    }
}
