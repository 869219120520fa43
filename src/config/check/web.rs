//! `[web]`: where pages and the API listen, how they are reached, who may ask; and
//! `[metrics]`: where monitoring does.

use std::collections::BTreeMap;
use std::path::Path;

use super::edges::is_loopback;
use super::intake::{PASSED, listening, required};
use super::secrets::secret;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, Text, every};
use crate::config::settings::{Scope, Token, Web};

/// The pages and the API, where they are wanted.
pub(super) fn web(raw: &Raw, folder: &Path, faults: &mut Faults) -> Option<Web> {
    let written = raw.web.as_ref()?;
    let (place, written) = (written.span(), written.get_ref());
    let listen = required(written.listen.as_ref(), ("listen", "127.0.0.1:8025"), &place, faults);
    let listen = match listen {
        Some(text) if text.get_ref().trim() == PASSED => Some(None),
        Some(text) => listening(text, faults).map(Some),
        None => None,
    };
    let public_url = written.public_url.as_ref().and_then(|text| public_url(text, faults));
    if written.public_url.is_none() {
        let fault = Fault::warning("W-no-links", "owed's mails will have no links to its pages");
        let fault = fault.at(place).label("nobody knows how they are reached");
        faults.push(fault.right("public_url = \"https://owed.brook.example\""));
    }
    let tokens = tokens(&written.token, folder, faults);
    Some(Web { listen: listen?, public_url, tokens })
}

/// Where monitoring asks, where it does.
pub(super) fn metrics(raw: &Raw, faults: &mut Faults) -> Option<String> {
    let written = raw.metrics.as_ref()?;
    let (place, written) = (written.span(), written.get_ref());
    let text = required(written.listen.as_ref(), ("listen", "127.0.0.1:9025"), &place, faults)?;
    let listen = listening(text, faults)?;
    let host = listen.rsplit_once(':').map_or("", |(host, _)| host).trim_matches(['[', ']']);
    if !is_loopback(host) {
        let what = "whoever reaches this address can see how much mail there is";
        let fault = Fault::warning("W-public-metrics", what).at(text.span());
        faults.push(fault.right("listen = \"127.0.0.1:9025\", unless a firewall is before it"));
    }
    Some(listen)
}

fn public_url(text: &Text, faults: &mut Faults) -> Option<String> {
    let url = text.get_ref().trim().trim_end_matches('/');
    let (sealed, rest) = match (url.strip_prefix("https://"), url.strip_prefix("http://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => (true, ""),
    };
    let odd = |c: char| c.is_whitespace() || c.is_control() || "\"<>?#@".contains(c);
    if rest.is_empty() || rest.contains(odd) {
        let fault = Fault::error("E-value", format!("{url:?} is no web address"));
        faults.push(fault.at(text.span()).right("public_url = \"https://owed.brook.example\""));
        return None;
    }
    let host = rest.split('/').next().unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host).trim_matches(['[', ']']);
    if !sealed && !is_loopback(host) {
        let fault = Fault::warning("W-no-tls", "links in mails would open without encryption");
        let fault = fault.at(text.span()).label("who listens on the way can use them");
        faults.push(fault.right("let a reverse proxy speak https, and say https:// here"));
    }
    Some(url.to_owned())
}

fn tokens(
    written: &[toml::Spanned<raw::WebToken>],
    folder: &Path,
    faults: &mut Faults,
) -> Vec<Token> {
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let mut tokens = Vec::new();
    for token in written {
        let (place, token) = (token.span(), token.get_ref());
        let name = required(token.name.as_ref(), ("name", "door"), &place, faults);
        if let Some(name) = name
            && let Some(first) = names.insert(name.get_ref().clone(), name.span())
        {
            let what = format!("two tokens are called {:?}", name.get_ref());
            let line = faults.line(&first);
            let fault = Fault::error("E-duplicate", what).at(name.span());
            faults.push(fault.right(format!("line {line} has the first")));
        }
        let found = required(token.secret.as_ref(), ("secret", "credential:door"), &place, faults)
            .and_then(|text| secret(text, folder, faults));
        let scopes = scopes(token, &place, faults);
        if let (Some(name), Some(secret)) = (name, found) {
            tokens.push(Token { name: name.get_ref().clone(), secret, scopes });
        }
    }
    tokens
}

fn scopes(token: &raw::WebToken, place: &Span, faults: &mut Faults) -> Vec<Scope> {
    let written = every(&token.scopes);
    if written.is_empty() {
        let fault = Fault::error("E-missing", "this token is good for nothing");
        faults.missing(place, "scopes", fault.right("scopes = [\"leave\"]"));
    }
    let mut scopes = Vec::new();
    for (text, span) in written {
        let found = Scope::called(text);
        if found.is_none() {
            let known: Vec<&str> = Scope::names().collect();
            let fault = Fault::error("E-value", format!("there is no scope {text:?}"));
            let fault = fault.at(span).label("not known");
            faults.push(fault.right(format!("the scopes are {}", known.join(", "))));
        }
        scopes.extend(found);
    }
    scopes
}
