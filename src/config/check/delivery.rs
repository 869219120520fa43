//! `[deliver.smtp]` or `[deliver.folder]`: how owed's own mails leave.
//!
//! owed never writes to itself: the address it writes from must be nobody's
//! here, or its reminders would be owed an answer.

use std::collections::BTreeMap;
use std::path::Path;

use super::House;
use super::edges::{host, port};
use super::intake::{ca, required, tls};
use super::secrets::secret;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, Text};
use crate::config::settings::{Deliver, Folder, Secret, Settings, Smtp, Tls};
use crate::domain::ids::Address;

/// The way out; without a word about it, a folder beside the configuration.
pub(super) fn deliver(
    raw: &Raw,
    house: &House,
    folder: &Path,
    faults: &mut Faults,
) -> Option<Deliver> {
    match (&raw.deliver.smtp, &raw.deliver.folder) {
        (Some(smtp), both) => {
            if let Some(other) = both {
                faults.push(both_ways(smtp.span(), other.span(), faults));
            }
            smtp_settings(smtp.get_ref(), &smtp.span(), (house, folder), faults).map(Deliver::Smtp)
        }
        (None, written) => {
            let written = written.as_ref().map(toml::Spanned::get_ref);
            let path = written.and_then(|folder| super::given(folder.path.as_ref(), faults));
            let path = folder.join(path.as_deref().unwrap_or("outbox"));
            let from = from(written.and_then(|folder| folder.from.as_ref()), house, faults)?;
            Some(Deliver::Folder(Folder { path, from }))
        }
    }
}

fn both_ways(smtp: Span, other: Span, faults: &Faults) -> Fault {
    let (first, second) = if smtp.start < other.start { (smtp, other) } else { (other, smtp) };
    let line = faults.line(&first);
    Fault::error("E-duplicate", "mail can leave one way only")
        .at(second)
        .label("a second way out")
        .right(format!("line {line} has the first; keep [deliver.smtp] to send,"))
        .right("or [deliver.folder] to look at .eml files")
}

fn smtp_settings(
    written: &raw::Smtp,
    place: &Span,
    (house, folder): (&House, &Path),
    faults: &mut Faults,
) -> Option<Smtp> {
    let host = required(written.host.as_ref(), ("host", "smtp.brook.example"), place, faults)
        .and_then(|text| host(text, faults));
    let tls = tls(written.tls.as_ref(), written.port.as_ref(), host.as_deref(), faults);
    let usual = match tls {
        Some(Tls::StartTls) => 587,
        Some(Tls::None) => 25,
        _ => 465,
    };
    let port = port(written.port.as_ref(), usual, faults);
    let login = login(written, place, folder, faults);
    let ca = ca(written.ca.as_ref(), folder, faults);
    let from = from(written.from.as_ref(), house, faults);
    Some(Smtp { host: host?, port: port?, tls: tls?, ca, from: from?, login })
}

fn login(
    written: &raw::Smtp,
    place: &Span,
    folder: &Path,
    faults: &mut Faults,
) -> Option<(String, Secret)> {
    let (user, password) = (written.user.as_ref(), written.password.as_ref());
    if user.is_some() != password.is_some() {
        required(user, ("user", "owed"), place, faults);
        required(password, ("password", "credential:smtp"), place, faults);
    }
    let secret = password.and_then(|text| secret(text, folder, faults));
    Some((super::given(user, faults)?, secret?))
}

/// The address that mails come from: `owed@` the first domain unless written.
fn from(text: Option<&Text>, house: &House, faults: &mut Faults) -> Option<Address> {
    match text {
        Some(text) => super::address(text.get_ref(), text.span(), faults),
        // Without a domain, that is told already.
        None => Address::parse(&format!("owed@{}", house.domains.first()?)),
    }
}

/// Tells where owed's own address is somebody's.
pub(super) fn own_address(
    raw: &Raw,
    settings: &Settings,
    house: &House,
    watched: &BTreeMap<Address, (String, Span)>,
    faults: &mut Faults,
) {
    let own = settings.deliver.from();
    let smtp = raw.deliver.smtp.as_ref().and_then(|smtp| smtp.get_ref().from.as_ref());
    let other = raw.deliver.folder.as_ref().and_then(|other| other.get_ref().from.as_ref());
    let why = match smtp.or(other) {
        Some(text) => format!("line {} has it as owed's own address", faults.line(&text.span())),
        None => "owed writes from it, since [deliver.…] has no `from`".to_owned(),
    };
    if let Some((who, place)) = watched.get(own) {
        let what = format!("{own} is given to {who} and to owed itself");
        let fault = Fault::error("E-own-address", what).at(place.clone()).label("owed's own");
        faults.push(fault.right(why.clone()).right("give owed an address that nobody else has"));
    }
    if let Some((address, place)) = &house.last_resort
        && address == own
    {
        let what = "the last resort is owed itself, and nobody would read what it is told";
        let fault = Fault::error("E-own-address", what).at(place.clone()).label("owed's own");
        faults.push(fault.right(why).right("name a person who reads their mail"));
    }
}
