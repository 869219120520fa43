//! Civil time and instants: the time line in pieces in which civil time runs
//! evenly, because no clock is changed inside one.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

use super::Interval;

const A_DAY: SignedDuration = SignedDuration::from_hours(24);

/// The first midnight in `zone` after `at`.
pub fn next_midnight(zone: &TimeZone, at: Timestamp) -> Timestamp {
    let tomorrow = zone.to_datetime(at).date().tomorrow().unwrap_or(Date::MAX);
    let midnight = zone.to_ambiguous_zoned(midnight(tomorrow)).later();
    let midnight = midnight.map(|zoned| zoned.timestamp()).ok().filter(|next| *next > at);
    midnight.unwrap_or_else(|| at.saturating_add(A_DAY).unwrap_or(Timestamp::MAX))
}

/// A part of the time line between two changes of the clocks: in it, civil time
/// runs evenly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece {
    pub(super) since: Timestamp,
    pub(super) until: Timestamp,
    pub(super) offset: Offset,
}

impl Piece {
    pub(super) fn first_date(&self) -> Date {
        self.offset.to_datetime(self.since).date()
    }

    pub(super) fn last_date(&self) -> Date {
        self.offset.to_datetime(self.until).date()
    }

    /// When `hours` of the civil day `date` are in this piece.
    pub(super) fn clip(&self, date: Date, hours: Interval) -> Option<(Timestamp, Timestamp)> {
        let midnight = self.offset.to_timestamp(midnight(date)).ok()?;
        let at = |minutes: u16| {
            midnight.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(midnight)
        };
        let (start, end) = (at(hours.start).max(self.since), at(hours.end).min(self.until));
        (start < end).then_some((start, end))
    }
}

pub(super) fn midnight(date: Date) -> DateTime {
    date.to_datetime(Time::midnight())
}
