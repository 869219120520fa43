//! `[daemon]`, `[store]`, `[trust]`: how the daemon itself is set up.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::delivery::deliver;
use super::{House, intake, questions, templates, web};
use crate::config::Beside;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{Raw, Text, every};
use crate::config::settings::{Mode, Settings};

/// 25 MB: what most mail servers take.
const MAX_MESSAGE: usize = 25 * 1024 * 1024;
const SMALLEST: i64 = 64 * 1024;
const LARGEST: i64 = 1024 * 1024 * 1024;

/// Where the daemon's ends are.
pub(super) fn settings(
    raw: &Raw,
    house: &House,
    beside: Beside<'_>,
    faults: &mut Faults,
) -> Option<Settings> {
    let folder = beside.folder;
    let mode = match &raw.daemon.mode {
        Some(text) => {
            super::word("mode", text, &[("live", Mode::Live), ("shadow", Mode::Shadow)], faults)
        }
        None => Some(Mode::Live),
    };
    let store = store(raw, folder, faults);
    let socket = socket(raw, store.as_deref().unwrap_or(folder), folder, faults);
    let imap = intake::imap(raw, folder, faults);
    let lmtp = intake::lmtp(raw, faults);
    let maildir = intake::maildir(raw, folder, faults);
    intake::anything(raw, faults);
    let deliver = deliver(raw, house, folder, faults);
    let web = web::web(raw, folder, faults);
    let metrics = web::metrics(raw, faults);
    doors(raw, faults);
    let max_message = max_message(raw, faults);
    let authserv_ids = authserv_ids(raw, faults);
    Some(Settings {
        mode: mode?,
        store: store?,
        socket,
        dkim: dkim(raw, &authserv_ids, faults),
        authserv_ids,
        lmtp,
        maildir,
        imap,
        deliver: deliver?,
        web,
        questions: questions::questions(raw, faults),
        templates: templates::templates(raw, beside, faults)?,
        metrics,
        max_message: max_message?,
        log_json: log_json(raw, faults),
    })
}

/// The first instant of the day from which waiting periods are escalated.
pub(super) fn enforce_from(raw: &Raw, zone: &TimeZone, faults: &mut Faults) -> Option<Timestamp> {
    let text = raw.daemon.enforce_from.as_ref()?;
    match super::days::date(text.get_ref()) {
        Ok(date) => zone.to_ambiguous_zoned(date.to_datetime(jiff::civil::Time::midnight())),
        Err(fault) => {
            faults.push(fault.at(text.span()));
            return None;
        }
    }
    .compatible()
    .ok()
    .map(|midnight| midnight.timestamp())
}

/// The file of the database.
fn store(raw: &Raw, folder: &Path, faults: &mut Faults) -> Option<PathBuf> {
    let Some(text) = &raw.store.url else { return Some(folder.join("owed.db")) };
    let url = text.get_ref().trim();
    if url.starts_with("postgres:") || url.starts_with("postgresql:") {
        faults.push(
            Fault::error("E-later", "PostgreSQL comes with a later version")
                .at(text.span())
                .label("not yet")
                .right("until then, one SQLite file: url = \"sqlite:owed.db\""),
        );
        return None;
    }
    let path = url.strip_prefix("sqlite:").map(|path| path.strip_prefix("//").unwrap_or(path));
    match path {
        Some(path) if !path.is_empty() && !path.starts_with(':') && !path.contains('?') => {
            Some(folder.join(path))
        }
        _ => {
            faults.push(
                Fault::error("E-value", "this is no place for owed's state")
                    .at(text.span())
                    .label("not sqlite: and a path")
                    .right("url = \"sqlite:owed.db\", seen from the folder of this file"),
            );
            None
        }
    }
}

/// Where commands find the daemon, whatever else is wrong with the file.
pub(in crate::config) fn control_socket(raw: &Raw, folder: &Path, faults: &mut Faults) -> PathBuf {
    let store = store(raw, folder, faults);
    socket(raw, store.as_deref().unwrap_or(folder), folder, faults)
}

fn socket(raw: &Raw, store: &Path, folder: &Path, faults: &mut Faults) -> PathBuf {
    match super::given(raw.daemon.socket.as_ref(), faults) {
        Some(path) => folder.join(path),
        None if raw.store.url.is_some() => store.with_file_name("owed.sock"),
        None => folder.join("owed.sock"),
    }
}

/// Refuses two doors in one place: only the first of them could be opened.
fn doors(raw: &Raw, faults: &mut Faults) {
    let lmtp = raw.intake.lmtp.as_ref().and_then(|table| table.get_ref().listen.as_ref());
    let web = raw.web.as_ref().and_then(|table| table.get_ref().listen.as_ref());
    let metrics = raw.metrics.as_ref().and_then(|table| table.get_ref().listen.as_ref());
    let mut known: Vec<(&str, SocketAddr, Span)> = Vec::new();
    for (table, text) in [("[intake.lmtp]", lmtp), ("[web]", web), ("[metrics]", metrics)] {
        let Some(text) = text else { continue };
        let place = text.get_ref().trim().replace("localhost", "127.0.0.1");
        let Ok(place) = place.parse::<SocketAddr>() else { continue };
        let first = known.iter().find(|(_, other, _)| takes(*other, place) || takes(place, *other));
        if let Some((other, _, span)) = first {
            let what = format!("{table} would listen where {other} does");
            let line = faults.line(span);
            let fault = Fault::error("E-duplicate", what).at(text.span()).label("taken");
            faults.push(fault.right(format!("line {line} has the first: take another port here")));
        }
        known.push((table, place, text.span()));
    }
}

/// Whether nobody else can listen at `other` where somebody does at `one`.
fn takes(one: SocketAddr, other: SocketAddr) -> bool {
    let everywhere = one.ip().is_unspecified() && (one.is_ipv6() || other.is_ipv4());
    one.port() == other.port() && one.port() != 0 && (everywhere || one.ip() == other.ip())
}

/// Whether the log is for a program; else it is for people.
fn log_json(raw: &Raw, faults: &mut Faults) -> bool {
    let Some(text) = &raw.daemon.log else { return false };
    super::word("log", text, &[("plain", false), ("json", true)], faults).unwrap_or_default()
}

fn max_message(raw: &Raw, faults: &mut Faults) -> Option<usize> {
    let Some(number) = &raw.daemon.max_message else { return Some(MAX_MESSAGE) };
    if (SMALLEST..=LARGEST).contains(number.get_ref()) {
        return usize::try_from(*number.get_ref()).ok();
    }
    faults.push(
        Fault::error("E-value", "this is no sensible size for the largest mail")
            .at(number.span())
            .label("in bytes, from 65536 to 1073741824")
            .right("25 MB is max_message = 26214400, which also holds without this line"),
    );
    None
}

fn authserv_ids(raw: &Raw, faults: &mut Faults) -> Vec<String> {
    let mut ids = Vec::new();
    for (text, span) in every(&raw.trust.authserv_id) {
        let clean = text.trim().to_lowercase();
        if clean.is_empty() || clean.contains(char::is_whitespace) {
            let fault = Fault::error("E-value", format!("{text:?} names no mail server"));
            let right = "what stands first in its Authentication-Results: \"mx.brook.example\"";
            faults.push(fault.at(span).right(right));
        } else {
            ids.push(clean);
        }
    }
    ids
}

/// Whether signatures are checked here: where no mail server says what it found,
/// unless the file says so or says otherwise.
fn dkim(raw: &Raw, authserv_ids: &[String], faults: &mut Faults) -> bool {
    let built_in = cfg!(feature = "dkim");
    let Some(written) = &raw.trust.dkim else { return built_in && authserv_ids.is_empty() };
    if *written.get_ref() && !built_in {
        faults.push(
            Fault::error("E-built-without", "this owed cannot check signatures")
                .at(written.span())
                .label("it was built without the feature dkim")
                .right("build it with that feature, or take this line out"),
        );
    }
    built_in && *written.get_ref()
}

/// A port where one is written.
pub(super) fn port(
    written: Option<&toml::Spanned<i64>>,
    usual: u16,
    faults: &mut Faults,
) -> Option<u16> {
    let Some(number) = written else { return Some(usual) };
    let port = u16::try_from(*number.get_ref()).ok().filter(|port| *port > 0);
    if port.is_none() {
        let fault = Fault::error("E-value", format!("{} is no port", number.get_ref()));
        faults.push(
            fault.at(number.span()).label("from 1 to 65535").right(format!("port = {usual}")),
        );
    }
    port
}

/// A host name or an address of a machine.
pub(super) fn host(text: &Text, faults: &mut Faults) -> Option<String> {
    let written = text.get_ref().trim();
    let plain = |c: char| c.is_alphanumeric() || "-._".contains(c);
    let name = !written.is_empty() && written.chars().all(plain);
    if name || written.parse::<std::net::IpAddr>().is_ok() {
        return Some(written.to_owned());
    }
    faults.push(
        Fault::error("E-value", format!("{written:?} is no host"))
            .at(text.span())
            .label("a name alone, without port or scheme")
            .right("host = \"mail.brook.example\", and the port on a line of its own"),
    );
    None
}

/// Whether mail to this host never leaves the machine.
pub(super) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
