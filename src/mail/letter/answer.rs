//! What somebody answers to a colleague's concern: their own words, and none of owed's.

use super::plain_topic;
use crate::domain::ids::CaseNumber;
use crate::mail::orders::words;
use crate::mail::typeset::Written;

/// To whoever raised a concern: what was written in answer to a mail of owed's about it.
pub fn answer(case: CaseNumber, concern: &str, written: &str) -> Written {
    let words = words(written);
    let subject = format!("Re: {} [{case}]", plain_topic(concern));
    Written { subject, text: format!("{words}\n"), words, html: None }
}
