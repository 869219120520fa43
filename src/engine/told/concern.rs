//! A concern as programs and people tell of it: checked field by field as a message is.

use serde::{Deserialize, Serialize};

use super::{LONGEST_TEXT, Reading, Unfit, field};
use crate::engine::concern::Concern;
use crate::engine::{Engine, Error};

/// A concern, as it is told; every field in words.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ToldConcern {
    /// Who of us has it: a short name, number or address.
    pub by: Option<String>,
    /// What is going wrong, in their words.
    pub text: Option<String>,
    /// The case it is about.
    pub case: Option<String>,
}

impl Engine {
    /// What `told` says, or all that is wrong in it.
    pub fn understood_concern(&self, told: &ToldConcern) -> Result<Concern, Error> {
        let reading = Reading { policy: &self.policy(), now: self.now(), wrong: Vec::new() };
        reading.concern(told).map_err(Error::Unfit)
    }
}

impl Reading<'_> {
    fn concern(mut self, told: &ToldConcern) -> Result<Concern, Vec<Unfit>> {
        let roster = &self.policy.roster;
        let by = match field(told.by.as_ref()) {
            None => self.refuse("by", "say who has it: a short name, number or address"),
            Some(name) => match roster.person_called(name) {
                Some(person) => Some(person.id.clone()),
                None => self.refuse("by", roster.unknown(name).to_string()),
            },
        };
        self.fits("text", told.text.as_ref(), LONGEST_TEXT);
        let text = field(told.text.as_ref()).map(str::to_owned);
        let text = text.or_else(|| self.refuse("text", "say what is going wrong"));
        let about = self.case(told.case.as_ref());
        match (by, text, self.wrong.is_empty()) {
            (Some(by), Some(text), true) => Ok(Concern { by, about, text }),
            _ => Err(self.wrong),
        }
    }
}
