//! How a story is written down.
//!
//! ```text
//! What it shows, in a sentence or two.
//!
//! --- rules
//! TOML, in place of the usual rules and ladders
//! ---
//! 2026-03-04 17:40 mail #tap Jo Client <jo@customer.example> -> help@brook.example | The tap
//!     What Jo writes.
//! 2026-03-04 17:50 sent #answer ana@brook.example -> jo@customer.example | re #tap
//!     What Ana answers, seen in her Sent folder.
//! 2026-03-04 18:00 do ana claim #tap
//! 2026-03-06 12:00 end
//! ```
//!
//! Times are on the clocks of Lisbon, where it is winter time. What else may follow a time: a
//! mail to `reply` answers owed's last letter to its writer, one to `reply-1` the letter
//! before that; `auto` is an automatic answer, `form` a mail that a web site generated; `again
//! #tap | help@…` delivers the same mail once more; `flood 500 -> help@…` is 500 mails at
//! once; `rules` with an indented block changes the configuration, `without ben` takes Ben out
//! of it; `away ana 2026-03-04..2026-03-05`; `refuses 5.2.2 why` lets the mail server refuse
//! the next mail for good, `silent why` take the next and never say so; `bounce #answer jo@…`
//! tells a writer of ours that theirs came back; `stops` and `starts` are the daemon's own.
//!
//! Of jobs: `job 4711 Jo Client <jo@…> ana | What was done` tells of one as another system
//! does, or puts it right, `job 4712 #tap ana | …` of one in the case of a mail, and `unjob
//! 4711 why` takes it back; `page #tap ok words` is the contact's answer on the page, `page
//! #tap not-ok words` the other one, and `page #tap stop` asks for no more; with `lets ana`
//! all of Ana's check-ins go by themselves, with `holds ana` no more.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// A story, read.
pub(super) struct Script {
    /// Rules and ladders, where it has its own.
    pub(super) rules: Option<String>,
    /// What happens, in order.
    pub(super) lines: Vec<Line>,
}

/// One thing that happens.
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) at: Timestamp,
    pub(super) deed: Deed,
}

/// What can happen.
pub(super) enum Deed {
    /// A mail arrives, or is seen in a Sent folder.
    Mail(Mail),
    /// A mail arrives once more, at another address.
    Again { label: String, to: String },
    /// So many mails of different people arrive at once.
    Flood { count: usize, to: String },
    /// Somebody does something to the case of a mail.
    Do { who: String, verb: String, label: String, rest: String },
    /// Somebody is away on these days.
    Away { who: String, days: String },
    /// The configuration is another from now on.
    Rules(String),
    /// Somebody is no longer in the configuration.
    Without { who: String },
    /// The mail server refuses the next mail for good.
    Refuses(String),
    /// The mail server never says whether it takes the next mail.
    Silent(String),
    /// A mail of ours comes back to its writer, because of one recipient.
    Bounce { label: String, lost: String },
    /// Another system tells of a job.
    Job { reference: String, contact: String, who: String, title: String },
    /// Another system takes a job back.
    Unjob { reference: String, why: String },
    /// The contact says something on the page of a check-in.
    Page { label: String, word: String, words: String },
    /// Somebody lets all their check-ins go by themselves, or no longer.
    Lets { who: String, agreed: bool },
    /// The daemon stops.
    Stops,
    /// The daemon starts.
    Starts,
    /// Nothing: time passes until then.
    End,
}

/// A mail of a story.
#[derive(Clone)]
pub(super) struct Mail {
    pub(super) label: String,
    pub(super) from: String,
    pub(super) to: String,
    pub(super) subject: String,
    pub(super) parent: Option<String>,
    pub(super) sent: bool,
    /// What its Auto-Submitted says, where it has one.
    pub(super) submitted: Option<&'static str>,
    pub(super) body: String,
}

const RULES: &str = "--- rules\n";

impl Script {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (rules, first) = match text.split_once(RULES) {
            None => (None, 1),
            Some((before, rest)) => {
                let (rules, _) = rest.split_once("\n---\n").ok_or("the rules have no end")?;
                (Some(rules.to_owned()), before.lines().count() + rules.lines().count() + 3)
            }
        };
        let mut lines: Vec<Line> = Vec::new();
        let mut empty = 0;
        for (number, line) in text.lines().enumerate().map(|(at, line)| (at + 1, line)) {
            let wrong = |what: &str| format!("{number}: {what}: {line}");
            if number < first {
                continue;
            }
            if let Some(body) = line.strip_prefix("    ") {
                let last = lines.last_mut().ok_or_else(|| wrong("whose text is it?"))?;
                let text = last.deed.body().ok_or_else(|| wrong("nothing has a text here"))?;
                text.push_str(&"\n".repeat(empty));
                text.push_str(body);
                text.push('\n');
                empty = 0;
            } else if line.starts_with("20") {
                empty = 0;
                let (time, deed) = line.split_at_checked(16).ok_or_else(|| wrong("no time"))?;
                let at = instant(time).map_err(|error| wrong(&error))?;
                let deed = Deed::read(deed.trim()).ok_or_else(|| wrong("not understood"))?;
                lines.push(Line { number, at, deed });
            } else if line.trim().is_empty() {
                empty += 1;
            } else if !lines.is_empty() {
                return Err(wrong("not understood"));
            }
        }
        Ok(Self { rules, lines })
    }
}

impl Deed {
    fn read(text: &str) -> Option<Self> {
        let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
        Some(match verb {
            "mail" => Self::Mail(Mail::read(rest)?),
            "auto" => Self::Mail(Mail { submitted: Some("auto-replied"), ..Mail::read(rest)? }),
            "form" => Self::Mail(Mail { submitted: Some("auto-generated"), ..Mail::read(rest)? }),
            "sent" => Self::Mail(Mail { sent: true, ..Mail::read(rest)? }),
            "again" => {
                let (label, to) = rest.split_once(" | ")?;
                Self::Again { label: label.to_owned(), to: to.to_owned() }
            }
            "flood" => {
                let (count, to) = rest.split_once(" -> ")?;
                Self::Flood { count: count.parse().ok()?, to: to.to_owned() }
            }
            "do" => {
                let mut words = rest.splitn(4, ' ');
                let mut next = || words.next().unwrap_or_default().to_owned();
                Self::Do { who: next(), verb: next(), label: next(), rest: next() }
            }
            "away" => {
                let (who, days) = rest.split_once(' ')?;
                Self::Away { who: who.to_owned(), days: days.to_owned() }
            }
            "rules" => Self::Rules(String::new()),
            "without" => Self::Without { who: rest.to_owned() },
            "refuses" => Self::Refuses(rest.to_owned()),
            "silent" => Self::Silent(rest.to_owned()),
            "bounce" => {
                let (label, lost) = rest.split_once(' ')?;
                Self::Bounce { label: label.to_owned(), lost: lost.to_owned() }
            }
            "job" => {
                let (told, title) = rest.split_once(" | ")?;
                let (reference, told) = told.split_once(' ')?;
                let (contact, who) = told.rsplit_once(' ')?;
                let [reference, contact, who, title] =
                    [reference, contact, who, title].map(str::to_owned);
                Self::Job { reference, contact, who, title }
            }
            "unjob" => {
                let (reference, why) = rest.split_once(' ')?;
                Self::Unjob { reference: reference.to_owned(), why: why.to_owned() }
            }
            "page" => {
                let mut words = rest.splitn(3, ' ');
                let mut next = || words.next().unwrap_or_default().to_owned();
                Self::Page { label: next(), word: next(), words: next() }
            }
            "lets" => Self::Lets { who: rest.to_owned(), agreed: true },
            "holds" => Self::Lets { who: rest.to_owned(), agreed: false },
            "stops" => Self::Stops,
            "starts" => Self::Starts,
            "end" => Self::End,
            _ => return None,
        })
    }

    fn body(&mut self) -> Option<&mut String> {
        match self {
            Self::Mail(mail) => Some(&mut mail.body),
            Self::Rules(text) => Some(text),
            _ => None,
        }
    }
}

impl Mail {
    /// `#label FROM -> TO | SUBJECT`, or `| re #parent` for the subject of the
    /// parent, or both: `| SUBJECT | re #parent`.
    fn read(text: &str) -> Option<Self> {
        let (label, rest) = text.split_once(' ')?;
        let (from, rest) = rest.split_once(" -> ")?;
        let mut parts = rest.split(" | ");
        let to = parts.next()?.to_owned();
        let (mut subject, mut parent) = (String::new(), None);
        for part in parts {
            match part.strip_prefix("re #") {
                Some(name) => parent = Some(format!("#{name}")),
                None => part.clone_into(&mut subject),
            }
        }
        let (label, from) = (label.to_owned(), from.to_owned());
        let (sent, submitted, body) = (false, None, String::new());
        Some(Self { label, from, to, subject, parent, sent, submitted, body })
    }
}

/// The instant of a civil time in Lisbon: `2026-03-04 17:40`.
pub(super) fn instant(text: &str) -> Result<Timestamp, String> {
    let civil: DateTime = text.trim().parse().map_err(|error| format!("{error}"))?;
    let zone = TimeZone::get("Europe/Lisbon").map_err(|error| error.to_string())?;
    let zoned = zone.to_ambiguous_zoned(civil).compatible().map_err(|error| error.to_string())?;
    Ok(zoned.timestamp())
}
