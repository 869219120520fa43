//! Times and days that a sentence names, in any of the languages: "by Friday",
//! "tomorrow morning", "in two hours", "on the 14th".
//!
//! A grammar of its own, because those that exist read what is not there: a
//! number of reports for an hour, a year for a time of day. The words stand in
//! the language's file, section `dates`; [`terms`] reads them, [`parts`] and
//! [`grammar`] put them together, [`resolve`] finds the day on somebody's calendar. What a
//! sentence is about, nobody knows here.

mod grammar;
mod parts;
pub(super) mod resolve;
mod terms;

use jiff::SignedDuration;

pub(super) use grammar::mentions;
pub(super) use terms::{Order, Vocabulary, vocabulary};

/// A day or time as a sentence names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Named {
    /// Which day, where one is named.
    pub day: Option<Day>,
    /// Which time of the day, or how long from now.
    pub time: Option<Time>,
    /// How it is led in.
    pub lead: Lead,
    /// Whether it goes on from the one before it: "Monday or Tuesday".
    pub joined: bool,
    /// Where in the sentence it begins, in bytes.
    pub at: usize,
}

/// What stands before a day or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Lead {
    /// Nothing that changes it: "on Friday".
    #[default]
    None,
    /// It is an end: "by", "until", "within".
    Limit,
    /// It is excluded: "before".
    Before,
    /// It is past, or a beginning: "last", "since", "from".
    Past,
}

/// A day, or a run of days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// So many days from today: "today", "tomorrow".
    Offset(i32),
    /// "Friday", "next Friday", "Friday of this week"; Monday is 0.
    Weekday(i8, Week),
    /// "the 14th", "Dec 3", "3 December 2026".
    Date { day: i8, month: Option<i8>, year: Option<i16> },
    /// "3/12", in whichever order.
    Slashed { first: i8, second: i8, year: Option<i16> },
    /// A week so many weeks from this one.
    Week(i32, Portion),
    /// A month so many months from this one.
    Months(i32, Portion),
    /// "mid-December".
    InMonth(i8, Portion),
    /// The Saturday and Sunday so many weeks from now.
    Weekend(i32),
    /// "within three days".
    Count(i32, Unit),
}

/// Which of the weeks a weekday is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Week {
    /// The next time the day comes.
    Coming,
    /// The week so many weeks from this one.
    From(i32),
}

/// Which part of a week or a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Portion {
    /// "early", "the beginning of".
    Start,
    /// "mid".
    Middle,
    /// "the end of", and where nothing is said.
    End,
}

/// What days are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    /// Days.
    Days,
    /// Days that are worked.
    WorkingDays,
    /// Weeks.
    Weeks,
    /// Months.
    Months,
}

/// A time of day, or a length of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// On the clock.
    Clock(i8, i8),
    /// Until the middle of the working day.
    Noon,
    /// Until the end of the working day.
    Close,
    /// Until midnight.
    Night,
    /// So long from now.
    After(SignedDuration),
}
