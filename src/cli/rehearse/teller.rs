//! Tells a rehearsal while it runs, and sums it up.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use super::month::{Month, Whole};
use super::pile::Pile;
use crate::cli::speak::{say, say_json};
use crate::cli::timeline::Timeline;
use crate::daemon::rehearsal::{Happening, Sent};
use crate::domain::effect::What;
use crate::domain::ids::{Address, CaseNumber, MessageId};
use crate::domain::policy::Policy;
use crate::report::event::Event;
use crate::store::{Line, Owed};

/// Tells what happens, and counts.
pub(super) struct Teller {
    policy: Arc<Policy>,
    json: bool,
    timeline: Timeline,
    month: Month,
    /// What was filed on the day that is told.
    pile: Pile,
    /// A message that came and of which the next line may say more.
    heard: Option<Line>,
    /// What each message is about, by its Message-ID.
    titles: BTreeMap<MessageId, String>,
    /// How often each recipient was told of each case.
    told: BTreeMap<(CaseNumber, Address), usize>,
}

impl Teller {
    /// Tells people, or programs where `json` is wanted.
    pub(super) fn new(
        policy: Arc<Policy>,
        json: bool,
        titles: BTreeMap<MessageId, String>,
    ) -> Self {
        let (timeline, month, told) = (Timeline::default(), Month::default(), BTreeMap::new());
        let (pile, heard) = (Pile::of(Date::MIN), None);
        Self { policy, json, timeline, month, pile, heard, titles, told }
    }

    /// Tells something that happened.
    pub(super) fn tell(&mut self, happening: &Happening) {
        let at = match happening {
            Happening::Journal(line) => line.entry.at,
            Happening::Mail(sent) => sent.at,
        };
        let day = at.to_zoned(self.policy.roster.zone.clone()).date();
        if let Some(heard) = self.heard.take_if(|heard| !is_filed(heard, happening)) {
            self.say_line(&heard);
        }
        self.heard = None;
        if !self.json && day != self.pile.day {
            self.tell_filed(day);
        }
        match happening {
            Happening::Journal(line) => self.tell_line(line),
            Happening::Mail(sent) => self.tell_mail(sent),
        }
    }

    fn tell_line(&mut self, line: &Line) {
        self.month.count(line, &self.policy);
        let again = self.tells_again(line);
        match line {
            _ if self.json => say_json(&Event::of(line, &self.policy)),
            Line { case: None, entry, .. } => self.pile.add(&entry.reason, &self.about(line)),
            Line { entry, .. } if entry.what == What::Received => self.heard = Some(line.clone()),
            _ if again => {}
            _ => self.say_line(line),
        }
    }

    fn say_line(&mut self, line: &Line) {
        let about = self.about(line);
        say(self.timeline.tell(line, &about, &self.policy));
    }

    /// What the message is called that a line is about.
    fn about(&self, line: &Line) -> String {
        let first_word = matches!(line.entry.what, What::Received | What::Answered | What::Ignored);
        let title = line.entry.message.as_ref().and_then(|id| self.titles.get(id));
        title.filter(|_| first_word).cloned().unwrap_or_default()
    }

    /// A mail about cases was told with the step that it tells.
    fn tell_mail(&mut self, sent: &Sent) {
        self.month.count_mail(sent, &self.policy);
        let Some(occasion) = &sent.occasion else { return };
        if self.json {
            let what = (sent.at, occasion, sent.subject.as_str());
            say_json(&Event::of_occasion(what, &self.policy));
        } else {
            say(self.timeline.tell_mail(sent, occasion, &self.policy));
        }
    }

    /// Ends a day with what was filed on it; the next is `day`.
    fn tell_filed(&mut self, day: Date) {
        let pile = std::mem::replace(&mut self.pile, Pile::of(day));
        for words in pile.in_words() {
            say(self.timeline.tell_of_day(pile.day, "filed", &words));
        }
    }

    /// Whether the line tells somebody what they were told before: a person who
    /// reads along wants to see that once, and the number at the end.
    fn tells_again(&mut self, line: &Line) -> bool {
        let (Some(case), Some(to)) = (line.case, &line.entry.to) else { return false };
        let times = self.told.entry((case, to.clone())).or_default();
        *times += 1;
        *times > 1
    }

    /// Sums up for people.
    pub(super) fn sum_up(&mut self, whole: &Whole<'_>) {
        if self.json {
            return;
        }
        if let Some(heard) = self.heard.take() {
            self.say_line(&heard);
        }
        self.tell_filed(Date::MAX);
        if !whole.owed.is_empty() {
            say("\nStill owed at the end");
        }
        for owed in whole.owed {
            say(self.left(owed, whole));
        }
        say(format_args!("\n{}\n", self.month.in_words(whole, &self.policy)));
        say("Who is told again of the same is listed once above. Time went on for a week after \
             the last mail, so that its deadlines could pass.");
    }

    fn left(&self, owed: &Owed, whole: &Whole<'_>) -> String {
        let told = self.told.iter().filter(|((case, _), _)| *case == owed.case);
        let told: Vec<String> =
            told.map(|((_, to), times)| format!("{to} was told {times}×")).collect();
        let (contact, subject) = (owed.contact.called(), &owed.subject);
        let days = whole.end.duration_since(owed.since).as_hours() / 24;
        let owner = owed.owner.as_ref().map(|id| self.policy.roster.name_of(id));
        let who = owner.map_or_else(|| owed.mailbox.to_string(), ToOwned::to_owned);
        let told = told.join(", ");
        format!("  {}  for {days} days  {who}  «{contact}: {subject}»  {told}", owed.case)
    }
}

/// Whether what happens next is that a message which came needs no answer: the one line
/// says both.
fn is_filed(heard: &Line, next: &Happening) -> bool {
    let Happening::Journal(next) = next else { return false };
    next.entry.what == What::Ignored
        && (next.case, &next.entry.message) == (heard.case, &heard.entry.message)
}
