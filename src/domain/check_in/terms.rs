//! What an organisation decides about check-ins, all of it in its configuration.

use jiff::civil::Time;

use crate::domain::calendar::Allowance;

/// What the organisation has decided about check-ins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// How long after the job.
    pub after: Allowance,
    /// At what time of that day.
    pub at: Time,
    /// Whose word it takes.
    pub approval: Approval,
    /// For how long a contact who was asked is not asked about another job.
    pub quiet_for: Allowance,
    /// After how much silence they are asked once more, and then never again.
    pub again_after: Allowance,
    /// How long the answer to "not OK" may take.
    pub urgent: Allowance,
    /// How often a case may come back as not OK before one more above is told.
    pub patience: usize,
}

/// Whose word a check-in takes to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Approval {
    /// Its person's, each time.
    Person,
    /// Its person's, once for all of theirs.
    Standing,
}
