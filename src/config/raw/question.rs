//! What a contact may be asked after a yes, as it is written.

use serde::Deserialize;

use super::{Text, Texts};

/// `[[check_in.question]]`: asked on the page after a yes; three at most, and each may be
/// left out.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table")]
pub(in crate::config) struct Question {
    /// What is asked. Needed.
    pub(in crate::config) text: Option<Text>,
    /// `"scale"`: from 1 to 5; `"choice"`: one of `options`; `"words"`. Default `"words"`.
    pub(in crate::config) kind: Option<Text>,
    /// Two to seven answers to choose from. Needed for a choice.
    pub(in crate::config) options: Texts,
    /// What 1 means. Needed for a scale.
    pub(in crate::config) low: Option<Text>,
    /// What 5 means. Needed for a scale.
    pub(in crate::config) high: Option<Text>,
}
