//! When a contact may be written to: at a civil hour of a working day, on the
//! organisation's clocks and on their own, as far as these are known.
//!
//! Of theirs nobody knows more than the offset that their last mail named. Where no hour
//! is civil on both, theirs count.

use std::ops::Range;

use jiff::civil::{Date, Time};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

use super::Around;
use crate::domain::calendar::SEARCH_DAYS;

/// The civil hours.
pub(super) const CIVIL: Range<i8> = 8..20;

/// Clocks that are so far apart have no civil hour in common: the hours are half a day.
const HALF_A_DAY: i32 = 12 * 60 * 60;

impl Around<'_> {
    /// The first moment from `now` on at which a contact may be written to.
    pub(super) fn civil(&self, now: Timestamp, theirs: Option<Offset>) -> Timestamp {
        if self.is_civil(now, theirs) {
            return now;
        }
        self.civil_from(now.to_zoned(self.calendar.zone().clone()).date(), now, theirs)
    }

    /// The usual hour of the first working day from `day` on, after `earliest`; another hour
    /// of that day where the usual one is night for them.
    pub(super) fn civil_from(
        &self,
        day: Date,
        earliest: Timestamp,
        theirs: Option<Offset>,
    ) -> Timestamp {
        let days = std::iter::successors(Some(day), |day| day.tomorrow().ok()).take(SEARCH_DAYS);
        let others =
            (0..24).filter(|_| theirs.is_some()).filter_map(|h| Time::new(h, 0, 0, 0).ok());
        let hours = || std::iter::once(self.terms.at).chain(others.clone());
        let at = |day: Date, hour: Time| {
            let civil = self.calendar.zone().to_ambiguous_timestamp(day.to_datetime(hour));
            civil.compatible().ok().filter(|at| *at > earliest && self.is_civil(*at, theirs))
        };
        let found = days
            .filter(|day| self.calendar.works_on(*day))
            .find_map(|day| hours().find_map(|hour| at(day, hour)));
        found.unwrap_or_else(|| {
            earliest.saturating_add(SignedDuration::from_hours(24)).unwrap_or(earliest)
        })
    }

    fn is_civil(&self, at: Timestamp, theirs: Option<Offset>) -> bool {
        let local = at.to_zoned(self.calendar.zone().clone());
        let ours = CIVIL.contains(&local.hour());
        let civil = theirs.map_or(ours, |theirs| {
            let apart = (local.offset().seconds() - theirs.seconds()).abs() == HALF_A_DAY;
            CIVIL.contains(&theirs.to_datetime(at).hour()) && (ours || apart)
        });
        civil && self.calendar.works_on(local.date())
    }
}
