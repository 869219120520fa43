//! `[[rule]]`: which messages get which targets. The first that matches holds.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::amounts::{positive, working_time};
use super::groups::Groups;
use super::ladders::Ladders;
use super::patterns::regex;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::nearest::nearest;
use crate::config::raw::{self, Raw, Texts, every};
use crate::domain::ids::Address;
use crate::domain::rule::{Channel, Rule, When};

/// What arrives this close to leaving is due the next working day, unless the
/// rule says otherwise.
const CUTOFF: SignedDuration = SignedDuration::from_mins(30);

type Watched = BTreeMap<Address, (String, Span)>;

/// All rules of the file, in its order.
pub(super) fn rules(
    raw: &Raw,
    ladders: &Ladders,
    known: (&Watched, &Groups),
    faults: &mut Faults,
) -> Vec<Rule> {
    if raw.rule.is_empty() && !faults.was_struck("rule") {
        faults.push(
            Fault::error("E-missing", "the file has no [[rule]]: nothing would ever be due")
                .right("[[rule]] with name = \"everyone\", before_leaving = true")
                .right("and escalation = \"…\" is enough to begin with"),
        );
    }
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut sound = Vec::new();
    let mut whens: Vec<(When, Span)> = Vec::new();
    for written in &raw.rule {
        let place = written.span();
        let name = name(written.get_ref(), &place, &mut names, faults);
        let errors = faults.errors();
        let when = when(&written.get_ref().when, known, faults);
        if faults.errors() == errors {
            let span = written.get_ref().name.as_ref().map_or(place.clone(), toml::Spanned::span);
            whens.push((when.clone(), span));
        }
        sound.extend(rule(written.get_ref(), (&name, &place), when, ladders, faults));
    }
    // What could not be read would make a rule look wider than it is.
    if faults.errors() == 0 {
        never_reached(&whens, faults);
        not_covered(&whens, faults);
    }
    sound
}

fn name(
    written: &raw::Rule,
    place: &Span,
    names: &mut BTreeMap<String, Span>,
    faults: &mut Faults,
) -> String {
    let Some(text) = &written.name else {
        let fault = Fault::error("E-missing", "this rule has no name");
        let right = "name = \"everyone\": every reminder says by which rule it comes";
        faults.missing(place, "name", fault.right(right));
        return "this rule".to_owned();
    };
    let name = super::given(Some(text), faults).unwrap_or_default();
    if let Some(first) = names.get(&name) {
        let line = faults.line(first);
        let fault = Fault::error("E-duplicate", format!("the rule name {name:?} is taken"));
        let right = format!("line {line} has it already; give each rule its own");
        faults.push(fault.at(text.span()).label("given twice").right(right));
    } else {
        names.insert(name.clone(), text.span());
    }
    name
}

fn rule(
    written: &raw::Rule,
    (name, place): (&str, &Span),
    when: When,
    ladders: &Ladders,
    faults: &mut Faults,
) -> Option<Rule> {
    let before_leaving = written.before_leaving.as_ref().is_some_and(|flag| *flag.get_ref());
    if written.reply_within.is_none() && !before_leaving {
        no_target(name, place, faults);
    }
    let mut amount = |text: &Option<raw::Text>, why: &str| {
        text.as_ref().and_then(|text| positive(text, why, faults))
    };
    let reply_within =
        amount(&written.reply_within, "give them some time, as in reply_within = \"4h\"");
    let resolve_within =
        amount(&written.resolve_within, "give them some time, as in resolve_within = \"5d\"");
    let keep_informed =
        amount(&written.keep_informed, "leave some time between, as in keep_informed = \"3d\"");
    let close_after_quiet =
        amount(&written.close_after_quiet, "wait a while, as in close_after_quiet = \"5d\"");
    let cutoff = match &written.cutoff {
        Some(text) => working_time(text, faults),
        None => Some(CUTOFF),
    };
    let ladder = ladders.of_rule(written.escalation.as_ref(), (name, place), faults);
    Some(Rule {
        name: name.to_owned(),
        when,
        reply_within,
        before_leaving,
        cutoff: cutoff?,
        escalation: ladder?,
        cc: written.cc.unwrap_or(false),
        resolve_within,
        keep_informed,
        close_after_quiet,
        job_on_close: written.job_on_close.as_ref().is_some_and(|flag| *flag.get_ref()),
        receipt: written.receipt,
        transcript_on_close: written.transcript_on_close,
    })
}

fn no_target(name: &str, place: &Span, faults: &mut Faults) {
    let fault =
        Fault::error("E-no-target", format!("the rule {name:?} gives no time to answer in"))
            .right(
                "add before_leaving = true, or reply_within = \"4h\", or both: the earlier counts",
            )
            .right(
                "what it matches would be owed and never due; mail to be left alone needs no rule",
            );
    if !faults.was_struck("rule.before_leaving") {
        faults.missing(place, "reply_within", fault);
    }
}

fn when(written: &raw::When, (watched, groups): (&Watched, &Groups), faults: &mut Faults) -> When {
    let mut domains = Vec::new();
    for (text, span) in every(&written.from_domain) {
        domains.extend(super::domain(text, span, faults));
    }
    let to = addresses(&written.to, faults);
    for (address, span) in &to {
        unwatched(address, span, watched, faults);
    }
    When {
        internal: written.internal,
        to: to.into_iter().map(|(address, _)| address).collect(),
        from: addresses(&written.from, faults).into_iter().map(|(address, _)| address).collect(),
        from_domain: domains,
        subject: written.subject.as_ref().and_then(|text| regex(text, faults)),
        text: written.text.as_ref().and_then(|text| regex(text, faults)),
        channel: channels(&written.channel, faults),
        language: languages(&written.language, faults),
        complaint: written.complaint,
        group: groups.called(&written.group, faults),
    }
}

fn channels(texts: &Texts, faults: &mut Faults) -> Vec<Channel> {
    let mut channels = Vec::new();
    for (text, span) in every(texts) {
        if let Some(channel) = Channel::called(text) {
            channels.push(channel);
            continue;
        }
        let right = match nearest(text, Channel::names()) {
            Some(near) => format!("did you mean {near:?}?"),
            None => Channel::names().collect::<Vec<_>>().join(", "),
        };
        let fault = Fault::error("E-value", format!("there is no channel {text:?}"));
        faults.push(fault.at(span).label("not known").right(right));
    }
    channels
}

fn languages(texts: &Texts, faults: &mut Faults) -> Vec<String> {
    let mut languages = Vec::new();
    for (text, span) in every(texts) {
        let code = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_lowercase());
        if code {
            languages.push(text.to_owned());
            continue;
        }
        let fault = Fault::error("E-value", format!("{text:?} names no language"));
        let fault = fault.at(span).label("not a two-letter code");
        faults.push(fault.right("as in language = \"de\", or [\"pt\", \"es\"]"));
    }
    languages
}

fn addresses(texts: &Texts, faults: &mut Faults) -> Vec<(Address, Span)> {
    every(texts)
        .into_iter()
        .filter_map(|(text, span)| Some((super::address(text, span.clone(), faults)?, span)))
        .collect()
}

/// A rule may name an alias that the mail server knows; but often it is a slip.
fn unwatched(address: &Address, span: &Span, watched: &Watched, faults: &mut Faults) {
    if watched.contains_key(address) || faults.was_struck("mailbox.address") {
        return;
    }
    let right = match nearest(address.as_str(), watched.keys().map(Address::as_str)) {
        Some(near) => format!("did you mean {near:?}?"),
        None => "add a [[mailbox]] for it, unless it is an alias of one".to_owned(),
    };
    let what = format!("{address} is neither a mailbox nor a person here");
    faults.push(Fault::warning("W-unwatched", what).at(span.clone()).right(right));
}

/// Whether `when` takes all mail, from outside or among ourselves.
fn takes_all(when: &When) -> bool {
    let When { internal: _, to, from, from_domain, subject, text, .. } = when;
    let When { channel, language, complaint, group, .. } = when;
    let said = to.is_empty() && from.is_empty() && from_domain.is_empty() && group.is_empty();
    let written = subject.is_none() && text.is_none() && language.is_empty();
    said && written && channel.is_empty() && complaint.is_none()
}

fn never_reached(whens: &[(When, Span)], faults: &mut Faults) {
    let internal = |when: &When| when.internal.unwrap_or(false);
    for (at, (when, span)) in whens.iter().enumerate() {
        let before = whens.get(..at).unwrap_or_default();
        let taker = before.iter().find(|(b, _)| takes_all(b) && internal(b) == internal(when));
        let Some((_, first)) = taker else { continue };
        let line = faults.line(first);
        faults.push(
            Fault::warning("W-never-reached", "this rule never matches anything")
                .at(span.clone())
                .label("comes too late")
                .right(format!("the first rule that matches holds, and the one in line {line}"))
                .right("takes all that is left: put this rule before it"),
        );
    }
}

fn not_covered(whens: &[(When, Span)], faults: &mut Faults) {
    let covers = |when: &When| takes_all(when) && !when.internal.unwrap_or(false);
    let Some((_, last)) = whens.last() else { return };
    if !whens.iter().any(|(when, _)| covers(when)) {
        faults.push(
            Fault::warning("W-gap", "what none of the rules matches has no due time")
                .at(last.clone())
                .label("the last rule")
                .right("end with a rule without `when`, which takes all that is left"),
        );
    }
}
