//! Brook & Sons with their mail servers and the real daemon between them.

use std::cell::RefCell;
use std::fs;
use std::path::PathBuf;

use jiff::Timestamp;
use mail_parser::MessageParser;
use serde_json::Value;

use crate::binary::{Running, Said, owed};
use crate::peers::{Maildir, PASSWORD, Peers, patiently};

pub(super) const ANA: &str = "ana@brook.example";
pub(super) const MARTA: &str = "marta@brook.example";
pub(super) const CLARA: &str = "clara@customer.example";

/// What every question asks.
pub(super) const QUESTION: &str = "Could you tell me what it costs?";

/// People, rules and the way out; deadlines of seconds, at any hour.
const CONFIGURATION: &str = r#"
[organisation]
name = "Brook & Sons"
domains = ["brook.example"]
time_zone = "Europe/Lisbon"
last_resort = "ben@brook.example"

[calendar.always]
mon-sun = ["00:00-24:00"]

[[person]]
id = "004"
short = "marta"
name = "Marta Brook"
email = ["marta@brook.example"]
calendar = "always"

[[person]]
id = "017"
short = "ana"
name = "Ana Ruiz"
email = ["ana@brook.example"]
calendar = "always"
supervisor = "004"

[[person]]
id = "021"
short = "ben"
name = "Ben Ode"
email = ["ben@brook.example"]
calendar = "always"
supervisor = "004"

[[mailbox]]
address = "help@brook.example"
served_by = ["021", "017"]

[[rule]]
name = "everyone"
reply_within = "@seconds@s elapsed"
escalation = "quick"

[escalation.quick]
steps = [
  { before = "3s elapsed", tell = "owner", any_time = true },
  { after = "0m", tell = "supervisor", any_time = true },
]

[trust]
authserv_id = ["mx.brook.example"]

[deliver.smtp]
host = "localhost"
port = @smtp@
tls = "starttls"
ca = "@ca@"
from = "owed@brook.example"
user = "marta@brook.example"
password = "file:password"
"#;

const BY_IMAP: &str = r#"
[[intake.imap]]
host = "localhost"
port = @imap@
tls = "implicit"
ca = "@ca@"
user = "ana@brook.example"
password = "file:password"
"#;

const BY_LMTP: &str = r#"
[intake.lmtp]
listen = "127.0.0.1:@lmtp@"
vouched = "authentication-results"
"#;

/// The servers and the daemon.
pub(super) struct House {
    daemon: RefCell<Running>,
    folder: PathBuf,
    peers: Peers,
}

impl House {
    /// owed reads Ana's mailbox.
    pub(super) fn by_imap() -> Self {
        Self::start(BY_IMAP, 8)
    }

    /// Postfix hands owed a copy of everything; answers have so many seconds.
    pub(super) fn by_lmtp(seconds: u32) -> Self {
        Self::start(BY_LMTP, seconds)
    }

    fn start(intake: &str, seconds: u32) -> Self {
        let peers = Peers::start().unwrap();
        let folder = peers.dir().join("owed");
        fs::create_dir(&folder).unwrap();
        let configuration = format!("{CONFIGURATION}{intake}")
            .replace("@seconds@", &seconds.to_string())
            .replace("@ca@", &peers.ca_pem().display().to_string())
            .replace("@imap@", &peers.imap_port().to_string())
            .replace("@smtp@", &peers.smtp_port().to_string())
            .replace("@lmtp@", &peers.owed_port().to_string());
        fs::write(folder.join("owed.toml"), configuration).unwrap();
        fs::write(folder.join("password"), PASSWORD).unwrap();
        assert_eq!(owed(&folder, &["list"]).code, 3, "nobody can be reached before the start");
        let mut daemon = Running::start(&folder, &["run"]);
        daemon.wait_for("owed is running");
        Self { daemon: RefCell::new(daemon), folder, peers }
    }

    /// Runs a verb beside the daemon.
    pub(super) fn owed(&self, words: &[&str]) -> Said {
        owed(&self.folder, words)
    }

    /// Clara asks about something.
    pub(super) fn asks(&self, what: &str, to: &str) {
        let mail = Mail::question(what, to);
        self.peers.send(CLARA, to, &mail.bytes()).unwrap();
    }

    /// Ana's mail program puts what she sent into her Sent folder.
    pub(super) fn appears_in_sent(&self, mail: &Mail) {
        self.peers.append_to_sent(ANA, &mail.bytes()).unwrap();
    }

    /// Ana sends it through the house's server, logged in.
    pub(super) fn is_sent_by_ana(&self, mail: &Mail) {
        self.peers.submit(ANA, CLARA, &mail.bytes()).unwrap();
    }

    /// Somebody outside sends it to the house in Ana's name.
    pub(super) fn is_forged(&self, mail: &Mail) {
        self.peers.send("mallory@customer.example", "help@brook.example", &mail.bytes()).unwrap();
    }

    /// The number of the case about something, as soon as there is one.
    pub(super) fn case_of(&self, what: &str) -> String {
        let subject = format!("The {what}");
        let found = patiently(|| {
            let rows = self.owed(&["list", "--json"]).json();
            let row = rows.into_iter().find(|row| row["subject"] == subject.as_str())?;
            row["case"].as_str().map(str::to_owned)
        });
        found.unwrap_or_else(|| unreachable!("no case {subject:?}; {}", self.log()))
    }

    /// Waits until something is owed to a contact.
    pub(super) fn wait_until_owed_to(&self, contact: &str) {
        let row = || self.owed(&["list", "--json", "--contact", contact]).json().into_iter().next();
        assert!(patiently(row).is_some(), "nothing is owed to {contact}; {}", self.log());
    }

    /// All about a case.
    pub(super) fn show(&self, case: &str) -> Value {
        let said = self.owed(&["show", case, "--json"]);
        assert_eq!(said.code, 0, "{}", said.err);
        said.json().remove(0)
    }

    /// Waits until a case is as wanted.
    pub(super) fn wait_until(&self, case: &str, wanted: impl Fn(&Value) -> bool) {
        let reached = patiently(|| wanted(&self.show(case)).then_some(()));
        assert!(reached.is_some(), "never: {:#}; {}", self.show(case), self.log());
    }

    /// Waits for the letter to Marta about a case.
    pub(super) fn letter_to_marta(&self, case: &str) {
        let about = |mails: &[String]| letters(mails, case).into_iter().next();
        self.inbox(MARTA).wait_for(about).unwrap();
    }

    /// All letters to Marta about a case.
    pub(super) fn letters_to_marta(&self, case: &str) -> Vec<String> {
        letters(&self.inbox(MARTA).mails(), case)
    }

    /// How long after its due time each letter to Marta was in her mailbox.
    pub(super) fn how_late(&self) -> String {
        let rows = self.owed(&["list", "--json"]).json();
        let late = rows.iter().flat_map(|row| {
            let due: Timestamp = row["due"].as_str().unwrap().parse().unwrap();
            let mark = format!("X-Owed-Case: {}", row["case"].as_str().unwrap());
            let arrived = self.inbox(MARTA).arrivals(&mark);
            arrived.into_iter().map(move |at| at.duration_since(due).as_millis().to_string())
        });
        format!("overdue to delivered, in ms: {}", late.collect::<Vec<_>>().join(", "))
    }

    /// Ends the daemon, which ends well, and is then not there to be asked.
    pub(super) fn ends(self) {
        let Self { daemon, folder, peers } = self;
        let (code, said) = daemon.into_inner().end("TERM");
        assert_eq!(code, 0, "{said}");
        assert!(!said.contains("ERROR"), "{said}");
        assert_eq!(owed(&folder, &["list"]).code, 3);
        fs::write(folder.join("owed.toml"), "[organisation\n").unwrap();
        assert_eq!(owed(&folder, &["list"]).code, 4);
        assert_eq!(owed(&folder, &["run"]).code, 4);
        drop(peers);
    }

    fn inbox(&self, address: &str) -> Maildir {
        self.peers.inbox(address)
    }

    fn log(&self) -> String {
        format!("the daemon says:\n{}", self.daemon.borrow_mut().so_far())
    }
}

/// The letters that name a case, alone or among others that fell due with it.
fn letters(mails: &[String], case: &str) -> Vec<String> {
    let names = |mail: &&String| {
        let letter = MessageParser::default().parse(mail.as_bytes()).unwrap();
        letter.body_text(0).is_some_and(|text| text.contains(case))
    };
    mails.iter().filter(names).cloned().collect()
}

/// A mail that somebody writes about something.
pub(super) struct Mail {
    from: &'static str,
    to: String,
    subject: String,
    id: String,
    marks: String,
    text: String,
}

impl Mail {
    fn question(what: &str, to: &str) -> Self {
        Self {
            from: "Clara Pond <clara@customer.example>",
            to: to.to_owned(),
            subject: format!("The {what}"),
            id: format!("{what}@customer.example"),
            marks: String::new(),
            text: format!("Hello,\r\n\r\nit is about the {what}. {QUESTION}\r\n\r\nClara\r\n"),
        }
    }

    /// Ana's answer to a question of Clara's.
    pub(super) fn answer(what: &str) -> Self {
        Self {
            from: "Ana Ruiz <ana@brook.example>",
            to: CLARA.to_owned(),
            subject: format!("Re: The {what}"),
            id: format!("{what}.answer@brook.example"),
            marks: format!("In-Reply-To: <{what}@customer.example>\r\n"),
            text: "Dear Clara,\r\n\r\nit is 240 euros.\r\n\r\nAna\r\n".to_owned(),
        }
    }

    /// What Ana's mail program answers while she is away.
    pub(super) fn out_of_office(what: &str) -> Self {
        let away = "I am away and will read your mail next week.\r\n";
        Self { text: away.to_owned(), ..Self::answer(what) }
            .marked("Auto-Submitted: auto-replied\r\n")
    }

    /// The same with more header lines on top.
    pub(super) fn marked(self, marks: &str) -> Self {
        Self { marks: format!("{marks}{}", self.marks), ..self }
    }

    fn bytes(&self) -> Vec<u8> {
        let Self { from, to, subject, id, marks, text } = self;
        let mail = format!(
            "{marks}From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
             \r\n{text}"
        );
        mail.into_bytes()
    }
}
