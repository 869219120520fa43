//! `[escalation.NAME]`: the steps, from a reminder to the supervisor's own.
//!
//! A ladder that never tells anybody above the owner is refused: an overdue
//! answer that only its owner knows of is what owed exists to prevent.

use std::collections::BTreeMap;

use super::amounts::{allowance, parse, positive};
use crate::config::faults::{Fault, Faults, Span};
use crate::config::nearest::{listed, nearest, suggestion};
use crate::config::raw::{Escalation, Raw, Step, Text};
use crate::domain::calendar::Allowance;
use crate::domain::ladder::{Ladder, Offset, Rung, Tell};
use crate::domain::policy::Pace;

/// So many levels above the owner can be told.
const HIGHEST: usize = 8;

/// The ladders by name; a broken one is known all the same.
pub(super) struct Ladders {
    by_name: BTreeMap<String, Option<Ladder>>,
}

impl Ladders {
    /// Those without a fault.
    pub(super) fn sound(self) -> BTreeMap<String, Ladder> {
        self.by_name.into_iter().filter_map(|(name, ladder)| Some((name, ladder?))).collect()
    }

    /// The name of a rule's ladder, which is the only one where it names none.
    pub(super) fn of_rule(
        &self,
        name: Option<&Text>,
        (rule, place): (&str, &Span),
        faults: &mut Faults,
    ) -> Option<String> {
        let names = || self.by_name.keys().map(String::as_str);
        if let Some(name) = name {
            let written = name.get_ref();
            if !self.by_name.contains_key(written) && !faults.lost_a_name("escalation") {
                let what = format!("there is no escalation {written:?}");
                let right = suggestion(written, names(), "[escalation.NAME]");
                let fault = Fault::error("E-unknown-name", what).at(name.span());
                faults.push(fault.label("points nowhere").right(right));
            }
            return Some(written.clone());
        }
        if let (Some(only), None) = (names().next(), names().nth(1)) {
            return Some(only.to_owned());
        }
        let right = match listed(names()) {
            names if names.is_empty() => "add an [escalation.standard] with steps".to_owned(),
            names => format!("say which with escalation = …: there are {names}"),
        };
        if !faults.lost_a_name("escalation") {
            let what = format!("the rule {rule:?} has no escalation");
            faults.missing(place, "escalation", Fault::error("E-missing", what).right(right));
        }
        None
    }
}

/// All ladders of the file.
pub(super) fn ladders(raw: &Raw, pace: Pace, faults: &mut Faults) -> Ladders {
    let mut by_name = BTreeMap::new();
    for (name, written) in &raw.escalation {
        let ladder = ladder(name, written.get_ref(), &written.span(), faults);
        warn_of_late_reminders(written.get_ref(), pace, faults);
        by_name.insert(name.get_ref().clone(), ladder);
    }
    Ladders { by_name }
}

fn ladder(name: &Text, written: &Escalation, place: &Span, faults: &mut Faults) -> Option<Ladder> {
    let errors = faults.errors();
    let steps = written.steps.as_ref().map(toml::Spanned::get_ref);
    let rungs: Vec<Rung> = steps
        .into_iter()
        .flatten()
        .filter_map(|step| rung(step.get_ref(), &step.span(), faults))
        .collect();
    if faults.errors() > errors || faults.struck_within(&format!("escalation.{}", name.get_ref())) {
        return None;
    }
    let tells =
        |rung: &Rung| matches!((rung.offset, rung.tell), (Offset::After(_), Tell::Above(_)));
    if rungs.iter().any(tells) {
        return Some(Ladder::new(name.get_ref(), rungs));
    }
    let what = format!("the escalation {:?} tells no supervisor", name.get_ref());
    let fault = Fault::error("E-nobody", what)
        .at(name.span())
        .label(if rungs.is_empty() { "has no steps" } else { "tells nobody above the owner" })
        .right("add a step at the due time or later: { after = \"0m\", tell = \"supervisor\" }");
    if written.steps.is_some() {
        faults.push(fault);
    } else {
        faults.missing(place, "steps", fault);
    }
    None
}

/// A reminder that waits for others, and that for most of the time that is left.
fn warn_of_late_reminders(written: &Escalation, pace: Pace, faults: &mut Faults) {
    let steps = written.steps.as_ref().map(toml::Spanned::get_ref).into_iter().flatten();
    let steps = steps.map(toml::Spanned::get_ref).filter(|step| step.after.is_none());
    let told = |step: &&Step| step.tell.as_ref().is_some_and(|tell| tell.get_ref() == "owner");
    for text in steps.filter(told).filter_map(|step| step.before.as_ref()) {
        let Ok(time) = parse(text.get_ref()) else { continue };
        let short = match time {
            Allowance::Working(time) | Allowance::Elapsed(time) => time <= pace.bundle_within,
            Allowance::WorkingDays(_) => false,
        };
        if short {
            let what = "this reminder comes when half of its time is over";
            let fault = Fault::warning("W-late-reminder", what);
            faults.push(
                fault
                    .at(text.span())
                    .label("no longer than reminders wait for each other")
                    .right("a longer time, or a shorter bundle_within under [daemon]"),
            );
        }
    }
}

fn rung(written: &Step, place: &Span, faults: &mut Faults) -> Option<Rung> {
    let offset = offset(written, place, faults);
    if written.tell.is_none() {
        let fault = Fault::error("E-missing", "this step tells nobody");
        let right = "tell = \"owner\", or tell = \"supervisor\"";
        faults.missing(place, "tell", fault.right(right));
    }
    let tell = written.tell.as_ref().and_then(|text| tell(text, faults));
    let repeat = written.repeat.as_ref().and_then(|text| {
        positive(text, "a step cannot be repeated without a pause: repeat = \"1d\"", faults)
    });
    Some(Rung { offset: offset?, tell: tell?, any_time: written.any_time, repeat })
}

fn offset(written: &Step, place: &Span, faults: &mut Faults) -> Option<Offset> {
    match (&written.before, &written.after) {
        (Some(before), None) => {
            positive(before, "for the due time itself, write after = \"0m\"", faults)
                .map(Offset::Before)
        }
        (None, Some(after)) => allowance(after, faults).map(Offset::After),
        (Some(_), Some(after)) => {
            let fault = Fault::error("E-value", "a step is either before or after the due time");
            let fault = fault.at(after.span()).label("it has both");
            faults.push(fault.right("make two steps of it"));
            None
        }
        (None, None) => {
            let fault = Fault::error("E-missing", "this step has no time");
            let right = "before = \"45m\", or after = \"0m\" for the due time itself";
            if !faults.was_struck("escalation.steps.before") {
                faults.missing(place, "after", fault.right(right));
            }
            None
        }
    }
}

fn tell(text: &Text, faults: &mut Faults) -> Option<Tell> {
    let written = text.get_ref().trim();
    if written == "owner" {
        return Some(Tell::Owner);
    }
    let levels = written.split('.').count();
    if written.split('.').all(|part| part == "supervisor") && levels <= HIGHEST {
        return u8::try_from(levels).ok().map(Tell::Above);
    }
    let words = ["owner", "supervisor", "supervisor.supervisor"];
    let right = match nearest(written, words) {
        Some(near) => format!("did you mean {near:?}?"),
        None => "\"owner\", \"supervisor\", or \"supervisor.supervisor\" for theirs".to_owned(),
    };
    let fault = Fault::error("E-value", format!("a step cannot tell {written:?}"));
    faults.push(fault.at(text.span()).label("not known").right(right));
    None
}
