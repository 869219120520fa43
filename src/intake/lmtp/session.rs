//! One LMTP conversation: bytes in, actions out. No sockets, no clock.
//!
//! Feed it what came, poll it for what to do. After [`Action::Deliver`] it says
//! nothing until [`Session::answer`] tells what became of the mail; commands
//! that were pipelined behind it wait meanwhile. smtp-proto reads the commands,
//! one whole line at a time: the lines are cut here, so that the same bytes
//! give the same actions however the network cut them.
//!
//! Every address that is one is taken: the operator's mail server routes, and
//! the judgement decides what a mail is.

use std::collections::VecDeque;

use smtp_proto::{Error, MAIL_BODY_BINARYMIME, MailFrom, RcptTo, Request};

use super::content::Content;
use crate::domain::ids::Address;

/// The longest command line, with its end.
pub const MAX_LINE: usize = 4096;

/// The most recipients of one mail.
pub const MAX_RECIPIENTS: usize = 1000;

/// After so many commands that made no sense the other side is no mail server.
const MAX_FAULTS: u32 = 20;

/// What a conversation is held under.
#[derive(Debug, Clone)]
pub struct Terms {
    /// The name that we greet with.
    pub name: String,
    /// Of a longer mail only so many bytes are kept.
    pub max_message: usize,
}

/// What is to be done next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write this.
    Reply(String),
    /// Hand this mail over, then call [`Session::answer`].
    Deliver(Envelope, Vec<u8>),
    /// Write what is left to write and hang up.
    Close,
}

/// From whom and to whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// The sender; empty for a report that wants no answer.
    pub from: String,
    /// The recipients, in the order they were named.
    pub to: Vec<Address>,
    /// Whether the mail was longer than what is kept of it.
    pub cut: bool,
}

/// What became of a mail that was handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is durable.
    Taken,
    /// It could not be stored now.
    NotStored,
    /// The daemon is ending.
    Closing,
}

/// Where the conversation is.
#[derive(Debug)]
enum Phase {
    /// Nobody has said LHLO.
    Fresh,
    /// Between two mails.
    Greeted,
    /// After MAIL.
    Mail(Envelope),
    /// After DATA.
    Content(Envelope, Content),
    /// After [`Action::Deliver`], with the number of recipients.
    Waiting(usize),
    /// After [`Action::Close`].
    Over,
}

/// One conversation.
#[derive(Debug)]
pub struct Session {
    terms: Terms,
    phase: Phase,
    input: Vec<u8>,
    used: usize,
    actions: VecDeque<Action>,
    /// The rest of a line that was too long is still to come.
    skipping: bool,
    faults: u32,
    turns: u64,
    stopping: bool,
}

impl Session {
    /// A conversation that opens with our greeting.
    pub fn new(terms: Terms) -> Self {
        let greeting = format!("220 {} LMTP owed ready", terms.name);
        let mut session = Self {
            terms,
            phase: Phase::Fresh,
            input: Vec::new(),
            used: 0,
            actions: VecDeque::new(),
            skipping: false,
            faults: 0,
            turns: 0,
            stopping: false,
        };
        session.say(&greeting);
        session
    }

    /// Takes what the other side wrote.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.input.drain(..self.used);
        self.used = 0;
        self.input.extend_from_slice(bytes);
    }

    /// What to do next; `None` until more is fed or answered.
    pub fn poll(&mut self) -> Option<Action> {
        while self.actions.is_empty() {
            let moved = match self.phase {
                Phase::Over | Phase::Waiting(_) => false,
                Phase::Content(..) => self.take_content(),
                Phase::Fresh | Phase::Greeted | Phase::Mail(_) => self.take_line(),
            };
            if !moved {
                return None;
            }
        }
        self.actions.pop_front()
    }

    /// Tells what became of the mail of the last [`Action::Deliver`]: one reply
    /// for each of its recipients.
    pub fn answer(&mut self, answer: Answer) {
        let Phase::Waiting(recipients) = self.phase else { return };
        let reply = match answer {
            Answer::Taken => "250 2.0.0 taken",
            Answer::NotStored => "452 4.3.1 could not be stored now, try again later",
            Answer::Closing => "421 4.3.2 owed is shutting down, try again later",
        };
        self.end_mail(recipients, reply);
        if answer == Answer::Closing && !matches!(self.phase, Phase::Over) {
            self.over();
        }
    }

    /// The daemon is ending: a mail whose content is under way is finished
    /// first, everything else is asked to come again.
    pub fn stop(&mut self) {
        self.stopping = true;
        if matches!(self.phase, Phase::Fresh | Phase::Greeted | Phase::Mail(_)) {
            self.say("421 4.3.2 owed is shutting down, try again later");
            self.over();
        }
    }

    /// The other side was silent for too long.
    pub fn expire(&mut self) {
        self.say("421 4.4.2 waited too long, try again");
        self.over();
    }

    /// Counts commands and mails: where it stands still, nothing was achieved.
    pub fn turns(&self) -> u64 {
        self.turns
    }

    /// Whether a mail's content is being received.
    pub fn in_content(&self) -> bool {
        matches!(self.phase, Phase::Content(..))
    }

    fn take_content(&mut self) -> bool {
        let Phase::Content(_, content) = &mut self.phase else { return false };
        let (used, ended) = content.take(self.input.get(self.used..).unwrap_or_default());
        self.used += used;
        if !ended {
            return false;
        }
        self.turns += 1;
        let Phase::Content(envelope, content) = std::mem::replace(&mut self.phase, Phase::Greeted)
        else {
            return false;
        };
        let (bytes, cut) = content.finish();
        let bytes = with_return_path(&envelope.from, bytes);
        self.phase = Phase::Waiting(envelope.to.len());
        self.actions.push_back(Action::Deliver(Envelope { cut, ..envelope }, bytes));
        true
    }

    fn end_mail(&mut self, recipients: usize, reply: &str) {
        self.phase = Phase::Greeted;
        for _ in 0..recipients {
            self.say(reply);
        }
        if self.stopping {
            self.stop();
        }
    }

    fn take_line(&mut self) -> bool {
        let rest = self.input.get(self.used..).unwrap_or_default();
        let Some(end) = rest.iter().position(|b| *b == b'\n') else {
            return self.take_part_of_line();
        };
        let line = rest.get(..=end).unwrap_or_default().to_vec();
        self.used += line.len();
        if std::mem::take(&mut self.skipping) {
            return true;
        }
        self.turns += 1;
        if line.len() > MAX_LINE {
            self.fault("500 5.5.2 the line is too long");
        } else if ends_properly(&line) {
            self.command(&line);
        } else {
            // RFC 5321, 2.3.8: CR and LF stand together or not at all.
            self.fault("500 5.5.2 a line ends in CRLF and holds no other CR, LF or NUL");
        }
        true
    }

    /// A line whose end has not come: held while it may still be one, else
    /// refused now and skipped to its end.
    fn take_part_of_line(&mut self) -> bool {
        let length = self.input.len() - self.used;
        if !self.skipping && length < MAX_LINE {
            return false;
        }
        self.used = self.input.len();
        if !self.skipping {
            self.skipping = true;
            self.turns += 1;
            self.fault("500 5.5.2 the line is too long");
        }
        !self.actions.is_empty()
    }

    fn command(&mut self, line: &[u8]) {
        match Request::parse(&mut line.iter()) {
            Ok(Request::Lhlo { .. }) => self.greet(),
            Ok(Request::Mail { from }) => self.mail(&from),
            Ok(Request::Rcpt { to }) => self.recipient(&to),
            Ok(Request::Data) => self.data(),
            Ok(Request::Rset) => {
                if matches!(self.phase, Phase::Mail(_)) {
                    self.phase = Phase::Greeted;
                }
                self.say("250 2.0.0 forgotten");
            }
            Ok(Request::Noop { .. }) => self.say("250 2.0.0 still here"),
            Ok(Request::Vrfy { .. }) => self.say("252 2.5.2 send it and see"),
            Ok(Request::Quit) => {
                self.say("221 2.0.0 goodbye");
                self.over();
            }
            // RFC 2033, 4.1: a server must not take HELO or EHLO for LHLO.
            Ok(Request::Ehlo { .. } | Request::Helo { .. }) => {
                self.fault("500 5.5.1 this is LMTP, say LHLO");
            }
            Ok(_) => self.fault("502 5.5.1 not offered here"),
            Err(error) => self.fault(&complaint(&error)),
        }
    }

    fn greet(&mut self) {
        self.phase = Phase::Greeted;
        let name = self.terms.name.clone();
        // RFC 1870, 3: without a number there is no fixed maximum.
        let offers = ["PIPELINING", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "SIZE"];
        let last = offers.len() - 1;
        self.say(&format!("250-{name}"));
        for (place, offer) in offers.iter().enumerate() {
            self.say(&format!("250{}{offer}", if place == last { ' ' } else { '-' }));
        }
    }

    fn mail(&mut self, from: &MailFrom<std::borrow::Cow<'_, str>>) {
        match self.phase {
            Phase::Greeted => {}
            Phase::Mail(_) => return self.fault("503 5.5.1 one mail at a time, or RSET"),
            _ => return self.fault("503 5.5.1 say LHLO first"),
        }
        if from.flags & MAIL_BODY_BINARYMIME != 0 {
            return self.fault("555 5.5.4 BINARYMIME is not offered here");
        }
        let from = from.address.to_string();
        self.phase = Phase::Mail(Envelope { from, ..Envelope::default() });
        self.say("250 2.1.0 sender noted");
    }

    fn recipient(&mut self, to: &RcptTo<std::borrow::Cow<'_, str>>) {
        let Phase::Mail(envelope) = &mut self.phase else {
            return self.fault("503 5.5.1 say MAIL first");
        };
        if envelope.to.len() >= MAX_RECIPIENTS {
            return self.say("452 4.5.3 that is as many recipients as one mail may have");
        }
        match Address::parse(&to.address) {
            Some(address) => {
                envelope.to.push(address);
                self.say("250 2.1.5 recipient noted");
            }
            None => self.say("553 5.1.3 that is no address"),
        }
    }

    fn data(&mut self) {
        match std::mem::replace(&mut self.phase, Phase::Greeted) {
            Phase::Mail(envelope) if !envelope.to.is_empty() => {
                self.phase = Phase::Content(envelope, Content::new(self.terms.max_message));
                self.say("354 end it with a dot on a line of its own");
            }
            // RFC 2033, 4.2: without a recipient DATA fails.
            other => {
                self.phase = other;
                self.fault("503 5.5.1 name a recipient first");
            }
        }
    }

    fn say(&mut self, line: &str) {
        self.actions.push_back(Action::Reply(format!("{line}\r\n")));
    }

    fn fault(&mut self, line: &str) {
        self.say(line);
        self.faults += 1;
        if self.faults >= MAX_FAULTS {
            self.say("421 4.7.0 too many commands that make no sense");
            self.over();
        }
    }

    fn over(&mut self) {
        self.phase = Phase::Over;
        self.actions.push_back(Action::Close);
    }
}

/// Whether CR and LF stand together at the end and nowhere else.
fn ends_properly(line: &[u8]) -> bool {
    line.strip_suffix(b"\r\n").is_some_and(|text| !text.iter().any(|b| matches!(b, b'\r' | 0)))
}

fn complaint(error: &Error) -> String {
    match error {
        Error::UnknownCommand => "500 5.5.1 unknown command".to_owned(),
        Error::InvalidSenderAddress => "553 5.1.7 that is no sender's address".to_owned(),
        Error::InvalidRecipientAddress => "553 5.1.3 that is no address".to_owned(),
        Error::SyntaxError { syntax } => format!("501 5.5.4 expected {syntax}"),
        Error::InvalidParameter { param } => format!("501 5.5.4 {param} has no such value"),
        Error::UnsupportedParameter { .. } => "555 5.5.4 a parameter is not known".to_owned(),
        // A whole line was given: that it wants more means that it is broken.
        Error::NeedsMoreData { .. } | Error::ResponseTooLong | Error::InvalidResponse { .. } => {
            "501 5.5.2 the line could not be read".to_owned()
        }
    }
}

/// The mail with its envelope's sender on top (RFC 5321, 4.4), unless it says so
/// already: a report is known by the empty one.
fn with_return_path(from: &str, bytes: Vec<u8>) -> Vec<u8> {
    if has_return_path(&bytes) {
        return bytes;
    }
    let mut whole = format!("Return-Path: <{from}>\r\n").into_bytes();
    whole.extend_from_slice(&bytes);
    whole
}

fn has_return_path(bytes: &[u8]) -> bool {
    const NAME: &[u8] = b"return-path:";
    bytes
        .split(|b| *b == b'\n')
        .take_while(|line| !line.is_empty() && *line != b"\r")
        .any(|line| line.get(..NAME.len()).is_some_and(|start| start.eq_ignore_ascii_case(NAME)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MAX: usize = 300;

    /// Every action of a conversation in which each mail is taken.
    fn actions(chunks: &[&[u8]]) -> Vec<Action> {
        let terms = Terms { name: "mx.brook.example".to_owned(), max_message: MAX };
        let mut session = Session::new(terms);
        let mut seen = Vec::new();
        for chunk in std::iter::once(&&b""[..]).chain(chunks) {
            session.feed(chunk);
            while let Some(action) = session.poll() {
                if matches!(action, Action::Deliver(..)) {
                    session.answer(Answer::Taken);
                }
                seen.push(action);
            }
        }
        seen
    }

    fn said(input: &[u8]) -> String {
        let reply = |action| if let Action::Reply(line) = action { line } else { String::new() };
        actions(&[input]).into_iter().map(reply).collect()
    }

    #[test]
    fn a_recipient_too_many_is_put_off_and_the_others_are_served() {
        let mut input = b"LHLO x\r\nMAIL FROM:<>\r\n".to_vec();
        for n in 0..=MAX_RECIPIENTS {
            input.extend_from_slice(format!("RCPT TO:<r{n}@brook.example>\r\n").as_bytes());
        }
        input.extend_from_slice(b"DATA\r\na: b\r\n.\r\n");
        let said = said(&input);
        assert_eq!(said.matches("250 2.1.5").count(), MAX_RECIPIENTS);
        assert_eq!(said.matches("452 4.5.3").count(), 1);
        assert_eq!(said.matches("250 2.0.0 taken").count(), MAX_RECIPIENTS);
    }

    #[test]
    fn a_line_too_long_is_refused_once_and_the_next_is_understood() {
        for length in [MAX_LINE, MAX_LINE + 1, 5 * MAX_LINE] {
            let mut input = vec![b'x'; length];
            input.extend_from_slice(b"\r\nNOOP\r\n");
            let said = said(&input);
            assert_eq!(said.matches("500 5.5.2").count(), 1, "{length}: {said}");
            assert!(said.ends_with("still here\r\n"), "{said}");
        }
    }

    #[test]
    fn nonsense_without_end_is_hung_up_on() {
        let said = said(&b"x\r\n".repeat(100));
        assert_eq!(said.matches("500 5.5.1").count(), MAX_FAULTS as usize);
        assert!(said.ends_with("421 4.7.0 too many commands that make no sense\r\n"), "{said}");
    }

    #[test]
    fn ending_finishes_the_content_at_hand_and_puts_off_the_rest() {
        let terms = Terms { name: "x".to_owned(), max_message: MAX };
        let mut session = Session::new(terms);
        session.feed(b"LHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<c@d.example>\r\nDATA\r\nS: x");
        while session.poll().is_some() {}
        session.stop();
        assert_eq!(session.poll(), None, "the content goes on");
        session.feed(b"\r\n.\r\nMAIL FROM:<a@b.example>\r\n");
        assert!(matches!(session.poll(), Some(Action::Deliver(..))));
        session.answer(Answer::Taken);
        let rest: Vec<_> = std::iter::from_fn(|| session.poll()).collect();
        let [Action::Reply(taken), Action::Reply(bye), Action::Close] = &rest[..] else {
            panic!("{rest:?}")
        };
        assert!(taken.starts_with("250 2.0.0") && bye.starts_with("421 4.3.2"), "{rest:?}");
    }

    fn fragment() -> impl Strategy<Value = Vec<u8>> {
        let known = proptest::sample::select(vec![
            "LHLO x\r\n",
            "MAIL FROM:<>\r\n",
            "MAIL FROM:<a@b.example> SIZE=10\r\n",
            "QUIT\r\n",
            "RCPT TO:<c@d.example>\r\n",
            "RCPT TO:<\"",
            "DATA\r\n",
            "a: b\r\n\r\nc\r\n.\r\n",
            ".\r\n",
            "\r\n",
            "RSET\r\n",
            "NOOP\n",
            "BDAT 3 LAST\r\n",
            "AUTH PLAIN +",
            "\0",
            "+\r\n",
            "RCPT TO:<c@d.example> NOTIFY=",
            "MAIL FROM:<a@b.example> RET=HDRS BODY=8BITMIME\r\n",
        ]);
        prop_oneof![
            6 => known.prop_map(|text| text.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 0..40),
            1 => (0usize..9000).prop_map(|length| vec![b'y'; length]),
        ]
    }

    proptest! {
        #[test]
        fn the_same_bytes_give_the_same_actions_however_they_are_cut(
            parts in proptest::collection::vec(fragment(), 0..14),
            cuts in proptest::collection::vec(any::<proptest::sample::Index>(), 0..8),
        ) {
            let whole = parts.concat();
            let mut at: Vec<usize> = cuts.iter().map(|i| i.index(whole.len() + 1)).collect();
            at.extend([0, whole.len()]);
            at.sort_unstable();
            let chunks: Vec<&[u8]> = at.windows(2).map(|pair| &whole[pair[0]..pair[1]]).collect();
            let bytewise: Vec<&[u8]> = whole.chunks(1).collect();
            let once = actions(&[&whole]);
            prop_assert_eq!(&actions(&chunks), &once);
            prop_assert_eq!(&actions(&bytewise), &once);
        }
    }
}
