//! The office of the stories: the engine and the courier as in the daemon, on a
//! clock that jumps from one alarm to the next.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use mail_parser::MessageParser;
use owed::clock::{Clock, SettableClock};
use owed::config;
use owed::domain::act::Act;
use owed::domain::calendar::Days;
use owed::domain::ids::{Address, CaseNumber, MessageId, Party};
use owed::domain::job::{Done as Finished, Reference};
use owed::domain::policy::Policy;
use owed::domain::rule::Channel;
use owed::engine::Engine;
use owed::engine::accept::{Delivery, Proof};
use owed::engine::check_in::Said;
use owed::engine::concern::Concern;
use owed::engine::job::{Told, Whose};
use owed::engine::once::Once;
use owed::outbox::courier::Courier;
use owed::outbox::memory::Memory;
use owed::outbox::stationery::Stationery;
use owed::outbox::transport::{Outcome, Outgoing, Transport};
use owed::pulse::Pulse;
use owed::random::SeededRandom;
use owed::store::{Outage, Store};

use super::script::{Deed, Mail, Script, instant};

const PEOPLE: &str = include_str!("people.toml");
const RULES: &str = include_str!("rules.toml");

type Done<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// The daemon's insides, and what was seen of them.
pub(super) struct Office {
    engine: Engine,
    courier: Courier,
    memory: Memory,
    clock: Arc<SettableClock>,
    /// Mails by their label: how they lie on disk.
    mails: BTreeMap<String, (Mail, String)>,
    /// Since when the daemon is stopped, and what came meanwhile.
    stopped: Option<(Timestamp, Vec<Delivery>)>,
    journal: i64,
    letters: usize,
    told: String,
}

impl Office {
    pub(super) async fn open(script: &Script) -> Self {
        let start = script.lines.first().expect("something happens").at;
        let clock = Arc::new(SettableClock::new(start));
        let store = Store::in_memory().await.expect("a store");
        let policy = policy(script.rules.as_deref().unwrap_or(RULES));
        let world: Arc<dyn Clock> = clock.clone();
        let engine = Engine::new(store.clone(), Arc::clone(&policy), Vec::new(), world.clone());
        engine.adopt(policy).await.expect("a policy");
        let memory = Memory::default();
        let address = Address::parse("owed@brook.example").expect("an address");
        let sender = Party { name: "owed, Brook & Sons".to_owned(), address: address.clone() };
        let key = b"a key that is only for tests".to_vec();
        let stationery = Stationery::new(sender, key);
        let engine = engine.taking_orders(address, stationery.keys.clone());
        let courier = Courier {
            store,
            policy: engine.in_force().clone(),
            stationery,
            transport: Transport::Memory(memory.clone()),
            holder: "the office".to_owned(),
            clock: world,
            random: Arc::new(SeededRandom::new(1)),
            pulse: Pulse::default(),
        };
        let (mails, told) = (BTreeMap::new(), String::new());
        Self { engine, courier, memory, clock, mails, stopped: None, journal: 0, letters: 0, told }
    }

    /// Everything that was written down and sent, in order.
    pub(super) fn told(self) -> String {
        self.told
    }

    pub(super) async fn does(&mut self, at: Timestamp, deed: &Deed) -> Done {
        self.pass_until(at).await?;
        match deed {
            Deed::Mail(mail) => self.arrives(at, mail).await?,
            Deed::Again { label, to } => {
                let (mail, raw) = self.mails.get(label).ok_or("no such mail")?.clone();
                self.take(delivery(at, &mail, &raw, &[to.as_str()])).await?;
            }
            Deed::Flood { count, to } => {
                for n in 1..=*count {
                    self.arrives(at, &flooding(n, to)).await?;
                }
            }
            Deed::Do { who, verb, label, rest } => self.acts(who, verb, label, rest).await?,
            Deed::Rules(text) => self.engine.adopt(policy(text)).await?,
            Deed::Without { who } => self.engine.adopt(policy_without(who)).await?,
            Deed::Away { .. } | Deed::Refuses(_) if self.stopped.is_some() => {
                return Err("the daemon is stopped".into());
            }
            Deed::Away { who, days } => self.leaves(who, days).await?,
            Deed::Refuses(why) => {
                let reply = format!("550 {why}");
                self.memory.answer_next(Outcome::Refused { permanent: true, reply });
            }
            Deed::Silent(why) => self.memory.answer_next(Outcome::Ambiguous(why.clone())),
            Deed::Bounce { label, lost } => {
                let (mail, _) = self.mails.get(label).ok_or("no such mail")?;
                let from = mail.from.as_str();
                let raw = report(mail, lost, at);
                self.take(delivery(at, mail, &raw, &[from])).await?;
            }
            Deed::Job { reference, contact, who, title } => {
                self.hears_of_job(reference, contact, (who, title)).await?;
            }
            Deed::Unjob { reference, why } => {
                self.engine.cancel_job(&referred(reference), "the shop", why).await?;
            }
            Deed::Page { label, word, words } => self.answers(label, word, words).await?,
            Deed::Lets { who, agreed } => {
                let policy = self.engine.policy();
                let person = policy.roster.person_called(who).ok_or("nobody is called so")?;
                self.engine.let_check_ins_go(&person.id, *agreed).await?;
            }
            Deed::Stops => self.stopped = Some((at, Vec::new())),
            Deed::Starts => self.starts(at).await?,
            Deed::End => {}
        }
        self.work().await
    }

    async fn leaves(&self, who: &str, days: &str) -> Done {
        let policy = self.engine.policy();
        let person = policy.roster.person_called(who).ok_or("nobody is called so")?;
        let (first, last) = days.split_once("..").ok_or("from which day to which?")?;
        let days = Days { first: first.parse()?, last: last.parse()? };
        self.engine.away(&person.id, days, &format!("by {who}")).await?;
        Ok(())
    }

    async fn hears_of_job(
        &self,
        reference: &str,
        contact: &str,
        (who, title): (&str, &str),
    ) -> Done {
        let policy = self.engine.policy();
        let people = who.split(',').map(|name| policy.roster.person_called(name));
        let people: Option<Vec<_>> = people.collect();
        let done_by = people.ok_or("nobody is called so")?.iter().map(|p| p.id.clone()).collect();
        let whose = if contact.starts_with('#') {
            Whose::Case(self.case_of(contact).await?)
        } else {
            let (name, address) = contact.trim_end_matches('>').split_once(" <").ok_or("whose?")?;
            let address = Address::parse(address).ok_or("no address")?;
            Whose::Contact(Party { name: name.to_owned(), address }, None)
        };
        let told = Told {
            done: Finished {
                title: title.to_owned(),
                done_by,
                closed_at: self.clock.now(),
                reference: Some(referred(reference)),
            },
            by: "the shop".to_owned(),
            whose,
            dated: false,
        };
        self.engine.note_job(told).await?;
        Ok(())
    }

    /// The contact's word on the page; a label is that of a mail, or of a job's reference.
    async fn answers(&self, label: &str, word: &str, words: &str) -> Done {
        let job = self.job_of(label).await?;
        if word == "stop" {
            return Ok(self.engine.opt_out(job.0).await?);
        }
        let said = Said { fine: word == "ok", words: words.to_owned() };
        self.engine.contact_answers(job, &said).await?;
        Ok(())
    }

    async fn job_of(&self, label: &str) -> Done<(CaseNumber, u32)> {
        let job = referred(label.trim_start_matches('#'));
        let known = self.engine.store().read().await?.job_referred(&job).await?;
        if let Some(job) = known {
            return Ok(job);
        }
        let case = self.case_of(label).await?;
        let loaded = self.engine.store().read().await?.case(case).await?.ok_or("no case")?;
        Ok((case, loaded.case.jobs.last().ok_or("no job")?.seq))
    }

    async fn starts(&mut self, at: Timestamp) -> Done {
        let (from, missed) = self.stopped.take().ok_or("it runs already")?;
        self.engine.was_down(Outage { from, to: at });
        // What came meanwhile lies in the mailboxes, with the times at which it came.
        for delivery in missed {
            self.engine.take(delivery).await?;
        }
        Ok(())
    }

    async fn arrives(&mut self, at: Timestamp, mail: &Mail) -> Done {
        let mail = &self.addressed(mail).ok_or("nobody wrote to them")?;
        let raw = self.raw(at, mail);
        self.mails.insert(mail.label.clone(), (mail.clone(), raw.clone()));
        let to: Vec<&str> = mail.to.split(", ").collect();
        self.take(delivery(at, mail, &raw, &to)).await
    }

    async fn take(&mut self, delivery: Delivery) -> Done {
        match &mut self.stopped {
            Some((_, missed)) => missed.push(delivery),
            None => self.engine.take(delivery).await?,
        }
        Ok(())
    }

    /// Lets time pass, from alarm to alarm and from letter to letter.
    async fn pass_until(&mut self, end: Timestamp) -> Done {
        while self.stopped.is_none() {
            let alarm = self.engine.tick().await?;
            let letter = self.courier.work().await?;
            self.tell().await?;
            let next = alarm.into_iter().chain(letter).min().filter(|next| *next <= end);
            let Some(next) = next else { break };
            self.clock.set(next.max(self.clock.now()));
        }
        self.clock.set(end);
        Ok(())
    }

    async fn work(&mut self) -> Done {
        if self.stopped.is_none() {
            self.engine.tick().await?;
            self.courier.work().await?;
        }
        self.tell().await
    }

    async fn acts(&mut self, who: &str, verb: &str, label: &str, rest: &str) -> Done {
        let policy = self.engine.policy();
        let person = |name: &str| {
            let found = policy.roster.person_called(name).map(|person| person.id.clone());
            found.ok_or_else(|| format!("nobody is called {name}"))
        };
        if verb == "concern" {
            let about = if label == "-" { None } else { Some(self.case_of(label).await?) };
            let concern = Concern { by: person(who)?, about, text: rest.to_owned() };
            let once = Once { source: "a story", key: None, body: &[] };
            let told = self.engine.raise(&concern, once).await?.words();
            writeln!(self.told, "{}  {who} is told: {told}", shown(self.clock.now()))?;
            return Ok(());
        }
        let (by, case) = (person(who)?, self.case_of(label).await?);
        let time = || instant(rest.get(..16).unwrap_or(rest));
        let (words, behind) = (rest.to_owned(), rest.get(17..).unwrap_or("").to_owned());
        let act = match verb {
            "claim" => Act::Claim,
            "offer" => Act::HandOver { to: person(rest)? },
            "accept" => Act::Accept,
            "refuse" => Act::Refuse { reason: words },
            "answered" => Act::Answered { how: words },
            "promise" => Act::Promise { due: time()?, words: behind },
            "tell-when" => Act::TellWhen { due: time()?, again: false },
            "dismiss" => Act::Dismiss { reason: words },
            "close" => Act::Close { title: words },
            "send" => {
                let words = Some(words).filter(|words| !words.is_empty());
                Act::Send { shown: None, words }
            }
            "skip" => Act::Skip { shown: None, reason: words },
            "means" => Act::Read { fine: rest == "ok" },
            "reopen" => Act::Reopen { reason: words },
            _ => return Err(format!("nobody can {verb}").into()),
        };
        if let Err(error) = self.engine.act(case, &by, act).await {
            writeln!(self.told, "{}  {who} cannot {verb}: {error}", shown(self.clock.now()))?;
        }
        Ok(())
    }

    async fn case_of(&self, label: &str) -> Done<CaseNumber> {
        let job = referred(label.trim_start_matches('#'));
        if let Some((case, _)) = self.engine.store().read().await?.job_referred(&job).await? {
            return Ok(case);
        }
        let id = MessageId::parse(&message_id(label)).ok_or("no Message-ID")?;
        let mut tx = self.engine.store().read().await?;
        Ok(tx.case_of_thread(&[id]).await?.ok_or("no case has this mail")?)
    }

    /// Tells what is new in the journal and among the letters.
    async fn tell(&mut self) -> Done {
        let lines = self.engine.store().read().await?.journal_after(self.journal, 10_000).await?;
        let mut told: Vec<(String, usize)> = Vec::new();
        for line in lines {
            self.journal = line.id;
            let entry = line.entry;
            let whom = entry.to.map(|to| format!(" {to}"));
            let due = entry.due.map(|due| format!(" due {}", shown(due)));
            let (whom, due) = (whom.unwrap_or_default(), due.unwrap_or_default());
            let (at, what) = (shown(entry.at), entry.what.name());
            let line = format!("{at}  {what}{whom}{due}: {}", entry.reason);
            match told.iter_mut().find(|(known, _)| *known == line) {
                Some((_, times)) => *times += 1,
                None => told.push((line, 1)),
            }
        }
        for (line, times) in told {
            let times = if times > 1 { format!("{times} times ") } else { String::new() };
            writeln!(self.told, "{times}{line}")?;
        }
        let sent = self.memory.sent();
        for mail in sent.iter().skip(self.letters) {
            let parsed = MessageParser::default().parse(&mail.bytes).ok_or("an unreadable mail")?;
            let text = parsed.body_text(0).unwrap_or_default().replace("\r\n", "\n");
            let (at, subject) = (shown(self.clock.now()), parsed.subject().unwrap_or_default());
            writeln!(self.told, "\n{at}  letter to {}\n    Subject: {subject}\n", mail.to)?;
            for line in text.trim_end().lines() {
                writeln!(self.told, "{}", format!("    {line}").trim_end())?;
            }
            writeln!(self.told)?;
        }
        self.letters = sent.len();
        Ok(())
    }

    /// The same mail, where it answers a letter to its writer: to where that wants answers,
    /// and in its thread. With `reply` it is the last letter, with `reply-1` the one before.
    fn addressed(&self, mail: &Mail) -> Option<Mail> {
        let mut mail = mail.clone();
        let reply = mail.to.strip_prefix("reply").map(|n| n.trim_start_matches('-').to_owned());
        let before = reply.as_deref().and_then(|n| n.parse().ok()).unwrap_or(0);
        let sent = self.memory.sent();
        let to_them = |sent: &&Outgoing| mail.from.contains(sent.to.as_str());
        let letter = sent.iter().rev().filter(to_them).nth(before);
        if reply.is_some() {
            let letter = MessageParser::default().parse(&letter?.bytes)?;
            mail.to = letter.reply_to().or(letter.from())?.first()?.address()?.to_owned();
        }
        if mail.parent.as_ref().is_some_and(|label| !self.mails.contains_key(label)) {
            mail.parent = Some(letter?.message_id.clone());
        }
        Some(mail)
    }

    fn raw(&self, at: Timestamp, mail: &Mail) -> String {
        let date = at.to_zoned(TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000");
        let parent = mail.parent.as_ref();
        let named = parent.map(|parent| {
            let id = if parent.starts_with('<') {
                parent.clone()
            } else {
                format!("<{}>", message_id(parent))
            };
            format!("In-Reply-To: {id}\r\n")
        });
        let subject = match parent.and_then(|label| self.mails.get(label)) {
            Some((parent, _)) if mail.subject.is_empty() => {
                format!("Re: {}", parent.subject.trim_start_matches("Re: "))
            }
            _ => mail.subject.clone(),
        };
        let marks = mail.submitted.map(|word| format!("Auto-Submitted: {word}\r\n"));
        let marks = marks.unwrap_or_default();
        format!(
            "From: {}\r\nTo: {}\r\nSubject: {subject}\r\nMessage-ID: <{}>\r\n\
             Date: {date}\r\n{}{marks}\r\n{}",
            mail.from,
            mail.to,
            message_id(&mail.label),
            named.unwrap_or_default(),
            mail.body.replace('\n', "\r\n"),
        )
    }
}

fn policy(rules: &str) -> Arc<Policy> {
    read(&format!("{PEOPLE}\n{rules}"))
}

/// The usual rules for everybody but one.
fn policy_without(who: &str) -> Arc<Policy> {
    let mut blocks: Vec<&str> = PEOPLE.split("\n\n").collect();
    let theirs = blocks.iter().position(|block| block.contains(&format!("short = \"{who}\"")));
    let gone = blocks.remove(theirs.expect("somebody is called so"));
    let id = gone.lines().find_map(|line| line.strip_prefix("id = ")).expect("a number");
    let text = blocks.join("\n\n").replace(&format!(", {id}"), "");
    read(&format!("{}\n{RULES}", text.replace(&format!("deputy = {id}\n"), "")))
}

fn read(text: &str) -> Arc<Policy> {
    let loaded = config::load("owed.toml", text, Path::new("/"));
    let loaded = loaded.unwrap_or_else(|faults| {
        let told: Vec<String> = faults.iter().map(|fault| format!("{fault:?}")).collect();
        panic!("{}", told.join("\n"))
    });
    Arc::new(loaded.policy)
}

fn referred(name: &str) -> Reference {
    Reference { source: "shop".to_owned(), name: name.to_owned() }
}

fn flooding(n: usize, to: &str) -> Mail {
    Mail {
        label: format!("#flood-{n}"),
        from: format!("Customer {n} <c{n}@customer.example>"),
        to: to.to_owned(),
        subject: format!("No water in house {n}"),
        parent: None,
        sent: false,
        submitted: None,
        body: "When will there be water again?\n".to_owned(),
    }
}

/// What a mail server writes that could not deliver a mail to one of its recipients.
fn report(mail: &Mail, lost: &str, at: Timestamp) -> String {
    let (writer, id) = (&mail.from, message_id(&mail.label));
    format!(
        "From: Mail Delivery System <MAILER-DAEMON@mx.brook.example>\r\nTo: {writer}\r\n\
         Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{}@mx.brook.example>\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\n\r\nYour message could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.brook.example\r\n\r\n\
         Final-Recipient: rfc822; {lost}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{id}>\r\n\r\n--b--\r\n",
        at.as_second(),
    )
}

fn message_id(label: &str) -> String {
    format!("{}@story.example", label.trim_start_matches('#'))
}

fn delivery(at: Timestamp, mail: &Mail, raw: &str, to: &[&str]) -> Delivery {
    Delivery {
        position: None,
        source: "a story".to_owned(),
        at,
        envelope: to.iter().filter_map(|text| Address::parse(text)).collect(),
        proof: if mail.sent { Proof::Sent } else { Proof::All },
        channel: Channel::Email,
        raw: raw.as_bytes().to_vec(),
    }
}

fn shown(at: Timestamp) -> String {
    let zone = TimeZone::get("Europe/Lisbon").expect("Lisbon has clocks");
    // To the minute; what owed does in the seconds after it is the same moment.
    let at = at.saturating_sub(SignedDuration::from_secs(at.as_second() % 60)).unwrap_or(at);
    at.to_zoned(zone).strftime("%F %H:%M").to_string()
}
