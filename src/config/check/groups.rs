//! `[group.NAME]`: contacts that rules treat alike.

use std::collections::BTreeMap;

use crate::config::faults::{Fault, Faults};
use crate::config::nearest::suggestion;
use crate::config::raw::{self, Raw, Text, Texts, every};
use crate::domain::rule::Group;

/// The groups by name; a broken one is known all the same.
pub(super) struct Groups {
    by_name: BTreeMap<String, Group>,
}

impl Groups {
    /// The groups that are called so; a name that points nowhere is told.
    pub(super) fn called(&self, names: &Texts, faults: &mut Faults) -> Vec<Group> {
        let mut groups = Vec::new();
        for (name, span) in every(names) {
            match self.by_name.get(name) {
                Some(group) => groups.push(group.clone()),
                None if faults.lost_a_name("group") => {}
                None => {
                    let known = self.by_name.keys().map(String::as_str);
                    let right = suggestion(name, known, "[group.NAME]");
                    let fault =
                        Fault::error("E-unknown-name", format!("there is no group {name:?}"));
                    faults.push(fault.at(span).label("points nowhere").right(right));
                }
            }
        }
        groups
    }
}

/// All groups of the file.
pub(super) fn groups(raw: &Raw, faults: &mut Faults) -> Groups {
    let groups = raw.group.iter().map(|(name, written)| {
        if every(&written.get_ref().addresses).is_empty()
            && every(&written.get_ref().domains).is_empty()
            && !faults.struck_within(&format!("group.{}", name.get_ref()))
        {
            let fault =
                Fault::error("E-missing", format!("nobody is in the group {:?}", name.get_ref()));
            let right =
                "addresses = [\"ann@customer.example\"], or domains = [\"customer.example\"]";
            faults.push(fault.at(written.span()).right(right));
        }
        (name.get_ref().clone(), group(name, written.get_ref(), faults))
    });
    Groups { by_name: groups.collect() }
}

fn group(name: &Text, written: &raw::Group, faults: &mut Faults) -> Group {
    let (mut addresses, mut domains) = (Vec::new(), Vec::new());
    for (text, span) in every(&written.addresses) {
        addresses.extend(super::address(text, span, faults));
    }
    for (text, span) in every(&written.domains) {
        domains.extend(super::domain(text, span, faults));
    }
    Group { name: name.get_ref().clone(), addresses, domains }
}
