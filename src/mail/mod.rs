//! Mail: bytes to values and back, purely.
//!
//! Reading ([`parse`], [`automatic`], [`visible`], [`thread`], [`trust`]) never
//! fails for want of good manners in a mail: what can be read is read, and only
//! bytes that are no mail at all are an error. Writing ([`letter`], [`compose`])
//! knows every sentence that owed says to people ([`template`] those to contacts).

pub mod approval;
pub mod automatic;
mod bulk;
pub mod command;
pub mod compose;
pub mod concern;
pub mod dated;
#[cfg(feature = "dkim")]
pub mod dkim;
mod flowed;
mod header;
mod html;
pub mod languages;
pub mod letter;
pub mod limit;
mod line;
pub mod link;
pub mod moment;
pub mod orders;
pub mod outcome;
mod outlook;
pub(crate) mod page;
pub mod parse;
pub mod pattern;
pub mod phrase;
mod report;
pub mod spoken;
pub mod template;
pub mod thread;
pub mod token;
pub mod transcript;
pub mod trust;
pub mod typeset;
pub mod visible;
pub mod when;
mod wording;
