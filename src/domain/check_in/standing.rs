//! Why a contact is not asked whether all is well, decided at the moment of asking.
//! In doubt they are not.

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::Offset;

use super::Around;
use crate::domain::ids::{CaseNumber, PersonId};

/// What is known of a contact at the moment of asking.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a reason of its own")]
pub struct Standing {
    /// Another case of theirs that is open.
    pub open: Option<CaseNumber>,
    /// Whether they have said already that all is well.
    pub content: bool,
    /// Whether they want no more of these mails.
    pub opted_out: bool,
    /// Whether mail to them comes back.
    pub bounces: bool,
    /// Whether no person reads their address.
    pub automatic: bool,
    /// When they were last asked about another job.
    pub asked_at: Option<Timestamp>,
    /// Whether they got their one automatic mail of the day.
    pub had_one_today: bool,
    /// What their clocks are ahead of UTC, as their last mail said.
    pub clocks: Option<Offset>,
    /// Who of us agreed to all check-ins in their name.
    pub agreed: BTreeSet<PersonId>,
}

impl Standing {
    /// Why this contact is not asked, if so.
    pub fn forbids(&self, around: Around<'_>, now: Timestamp) -> Option<String> {
        let Around { policy, terms, calendar, .. } = around;
        let quiet = self.asked_at.filter(|asked| calendar.add(*asked, terms.quiet_for) > now);
        let reason = if !policy.writes_to_contacts {
            "owed is only tried out here (mode = \"shadow\") and writes to nobody outside"
        } else if self.opted_out {
            "the contact wants no such mails"
        } else if self.bounces {
            "mail to this address comes back"
        } else if self.automatic {
            "no person reads this address"
        } else if self.content {
            "the contact has said already that all is well"
        } else if let Some(case) = self.open {
            return Some(format!("{case} of the same contact is open"));
        } else if quiet.is_some() {
            "the contact was asked about another job not long ago"
        } else {
            return None;
        };
        Some(reason.to_owned())
    }
}
