//! A job: a piece of work that was done for a contact, by name.
//!
//! It lies in the case of its contact. What comes of asking them afterwards whether
//! all is well is the [`check_in`](super::check_in)'s.

use jiff::Timestamp;

use super::check_in::CheckIn;
use super::ids::{Address, PersonId};

/// A job that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its place among the jobs of its case, counted from 1.
    pub seq: u32,
    /// What was done, as its contact would call it.
    pub title: String,
    /// Who did it; the first of them is who asks whether all is well.
    pub done_by: Vec<PersonId>,
    /// When it was done.
    pub closed_at: Timestamp,
    /// What another system knows it by.
    pub reference: Option<Reference>,
    /// What came of asking.
    pub check_in: CheckIn,
}

/// What another system knows a job by; unique there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// Which system: `csv`, the name of an API token.
    pub source: String,
    /// Its own number or name of the job.
    pub name: String,
}

/// A job as somebody tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// What was done.
    pub title: String,
    /// Who did it.
    pub done_by: Vec<PersonId>,
    /// When.
    pub closed_at: Timestamp,
    /// What another system knows it by.
    pub reference: Option<Reference>,
}

/// What is put right of a job by whoever tells of it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutRight {
    /// What was done.
    pub title: String,
    /// Who did it.
    pub done_by: Vec<PersonId>,
    /// When, where that is another day.
    pub closed_at: Option<Timestamp>,
    /// The name of the contact; may be empty.
    pub name: String,
    /// The mailbox of ours that they know, where that is told.
    pub mailbox: Option<Address>,
}
