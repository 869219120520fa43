//! `[[intake.imap]]`, `[intake.lmtp]`, `[intake.maildir]`: where mail comes in.

use std::net::SocketAddr;
use std::path::Path;

use super::edges::{host, is_loopback, port};
use super::secrets::secret;
use crate::config::faults::{Fault, Faults, Span};
use crate::config::raw::{self, Raw, Text, every};
use crate::config::settings::{Imap, Lmtp, Maildir, Settings, Tls, Vouched};
use crate::domain::ids::Address;

/// `listen` of what listens on a socket that systemd has opened.
pub(super) const PASSED: &str = "systemd";

/// Warns where no mail would ever come in.
pub(super) fn anything(raw: &Raw, faults: &mut Faults) {
    let intake = &raw.intake;
    let none = intake.imap.is_empty() && intake.lmtp.is_none() && intake.maildir.is_none();
    if none && !faults.was_struck("intake") {
        faults.push(
            Fault::warning("W-no-intake", "no mail comes in: the file has no [intake.…]").right(
                "[[intake.imap]], [intake.lmtp] or [intake.maildir]; \
                        `owed rehearse` needs none of them",
            ),
        );
    }
}

/// Warns where mail comes in and no answer could ever count, because nothing
/// vouches for who sent it; or only a signature, and nobody said that there are.
pub(super) fn answers(raw: &Raw, settings: &Settings, faults: &mut Faults) {
    let maildir = settings.maildir.as_ref();
    let sent = maildir.is_some_and(|folders| folders.paths.iter().any(|p| Maildir::is_sent(p)));
    let signed = settings.dkim && raw.trust.dkim.is_some();
    let vouching = signed
        || !settings.imap.is_empty()
        || !settings.authserv_ids.is_empty()
        || sent
        || believes_all(settings);
    if (settings.lmtp.is_some() || maildir.is_some()) && !vouching && faults.errors() == 0 {
        let nothing = "no answer would ever count: nothing vouches for who sent a mail";
        let signed = "an answer counts only where its mail is signed (DKIM) by your own domain";
        let what = if settings.dkim { signed } else { nothing };
        let mut fault = Fault::warning("W-no-answer", what).right(
            "[trust] authserv_id = \"mx.brook.example\", your mail server's name in its \
             Authentication-Results; or an [[intake.imap]] with its Sent folder",
        );
        if settings.dkim {
            fault = fault.right("[trust] dkim = true, where that is what you want");
        }
        faults.push(fault);
    }
}

/// Warns where receipts are wanted and none would ever be sent, because nothing vouches for
/// anybody outside: a Sent folder and a signature speak for those of ours alone.
pub(super) fn receipts(raw: &Raw, settings: &Settings, faults: &mut Faults) {
    let wanted = raw.rule.iter().find(|rule| rule.get_ref().receipt);
    let vouching = !settings.authserv_ids.is_empty() || believes_all(settings);
    let Some(rule) = wanted.filter(|_| !vouching && faults.errors() == 0) else { return };
    let what = "no receipt would ever be sent: nothing vouches for who wrote from outside";
    let right = "[trust] authserv_id = \"mx.brook.example\", your mail server's name in its \
        Authentication-Results";
    let fault = Fault::warning("W-no-receipt", what).at(rule.span());
    faults.push(fault.label("this rule wants receipts").right(right));
}

/// Whether whatever comes in somewhere is believed.
fn believes_all(settings: &Settings) -> bool {
    let lmtp = settings.lmtp.as_ref().map(|lmtp| &lmtp.vouched);
    let maildir = settings.maildir.as_ref().map(|maildir| &maildir.vouched);
    lmtp.into_iter().chain(maildir).any(|vouched| *vouched == Vouched::All)
}

/// The mailboxes that are read by IMAP.
pub(super) fn imap(raw: &Raw, folder: &Path, faults: &mut Faults) -> Vec<Imap> {
    let mut all = Vec::new();
    for written in &raw.intake.imap {
        all.extend(one_imap(written.get_ref(), &written.span(), folder, faults));
    }
    all
}

fn one_imap(written: &raw::Imap, place: &Span, folder: &Path, faults: &mut Faults) -> Option<Imap> {
    let host = required(written.host.as_ref(), ("host", "imap.brook.example"), place, faults)
        .and_then(|text| host(text, faults));
    let tls = tls(written.tls.as_ref(), written.port.as_ref(), host.as_deref(), faults);
    let usual = if matches!(tls, Some(Tls::StartTls | Tls::None)) { 143 } else { 993 };
    let port = port(written.port.as_ref(), usual, faults);
    let user = required(written.user.as_ref(), ("user", "help@brook.example"), place, faults)
        .and_then(|text| super::given(Some(text), faults));
    let password =
        required(written.password.as_ref(), ("password", "credential:imap-help"), place, faults)
            .and_then(|text| secret(text, folder, faults));
    let inbox = super::given(written.folders.inbox.as_ref(), faults);
    let sent = super::given(written.folders.sent.as_ref(), faults);
    let owner = match &written.owner {
        Some(text) => super::address(text.get_ref(), text.span(), faults),
        None => user.as_deref().and_then(Address::parse),
    };
    Some(Imap {
        host: host?,
        port: port?,
        tls: tls?,
        ca: ca(written.ca.as_ref(), folder, faults),
        user: user?,
        password: password?,
        inbox: inbox.unwrap_or_else(|| "INBOX".to_owned()),
        sent: sent.unwrap_or_else(|| "Sent".to_owned()),
        owner,
    })
}

/// How a connection to `host` is encrypted. Without a word for it, the ports of
/// STARTTLS mean STARTTLS and all others TLS from the first byte.
pub(super) fn tls(
    text: Option<&Text>,
    port: Option<&toml::Spanned<i64>>,
    host: Option<&str>,
    faults: &mut Faults,
) -> Option<Tls> {
    let Some(text) = text else {
        let starts = port.is_some_and(|port| [25, 143, 587].contains(port.get_ref()));
        return Some(if starts { Tls::StartTls } else { Tls::Implicit });
    };
    let words = [("implicit", Tls::Implicit), ("starttls", Tls::StartTls), ("none", Tls::None)];
    let tls = super::word("tls", text, &words, faults)?;
    if tls == Tls::None && host.is_some_and(|host| !is_loopback(host)) {
        faults.push(
            Fault::error("E-no-tls", "mail and passwords would cross the network in the clear")
                .at(text.span())
                .label("only for a server on this machine")
                .right("tls = \"implicit\" or \"starttls\"; a private authority goes into ca = …"),
        );
    }
    Some(tls)
}

/// The file of extra root certificates.
pub(super) fn ca(
    text: Option<&Text>,
    folder: &Path,
    faults: &mut Faults,
) -> Option<std::path::PathBuf> {
    super::given(text, faults).map(|path| folder.join(path))
}

/// A text that a table at an edge must have.
pub(super) fn required<'a>(
    text: Option<&'a Text>,
    (key, example): (&str, &str),
    place: &Span,
    faults: &mut Faults,
) -> Option<&'a Text> {
    if text.is_none() {
        let fault = Fault::error("E-missing", format!("this table has no `{key}`"));
        faults.missing(place, key, fault.right(format!("{key} = {example:?}")));
    }
    text
}

/// The LMTP listener.
pub(super) fn lmtp(raw: &Raw, faults: &mut Faults) -> Option<Lmtp> {
    let written = raw.intake.lmtp.as_ref()?;
    let (place, written) = (written.span(), written.get_ref());
    let vouched = vouched(written.vouched.as_ref(), faults);
    let listen = required(written.listen.as_ref(), ("listen", "127.0.0.1:2424"), &place, faults)?;
    let socket = listen.get_ref().trim();
    let listen = match socket.strip_prefix("unix:") {
        Some(path) if Path::new(path).is_absolute() => Some(socket.to_owned()),
        _ if socket == PASSED => None,
        _ => Some(listening(listen, faults)?),
    };
    Some(Lmtp { listen, vouched })
}

/// A host and a port to listen on.
pub(super) fn listening(text: &Text, faults: &mut Faults) -> Option<String> {
    let written = text.get_ref().trim();
    let named = || {
        let (host, port) = written.rsplit_once(':')?;
        (host == "localhost" && port.parse::<u16>().is_ok()).then_some(())
    };
    if written.parse::<SocketAddr>().is_ok() || named().is_some() {
        return Some(written.to_owned());
    }
    faults.push(
        Fault::error("E-value", format!("{written:?} is nothing to listen on"))
            .at(text.span())
            .label("an IP address, a colon and a port")
            .right("as in \"127.0.0.1:2424\", or \"0.0.0.0:2424\" for every interface"),
    );
    None
}

/// The Maildir folders.
pub(super) fn maildir(raw: &Raw, folder: &Path, faults: &mut Faults) -> Option<Maildir> {
    let written = raw.intake.maildir.as_ref()?;
    let (place, written) = (written.span(), written.get_ref());
    let paths = every(&written.paths);
    if paths.is_empty() {
        let fault = Fault::error("E-missing", "this table has no `paths`");
        faults.missing(&place, "paths", fault.right("paths = [\"/var/mail/journal\"]"));
    }
    let paths = paths.into_iter().map(|(path, _)| folder.join(path)).collect();
    Some(Maildir { paths, vouched: vouched(written.vouched.as_ref(), faults) })
}

fn vouched(text: Option<&Text>, faults: &mut Faults) -> Vouched {
    let Some(text) = text else { return Vouched::AuthenticationResults };
    let words = [("authentication-results", Vouched::AuthenticationResults), ("all", Vouched::All)];
    let vouched =
        super::word("vouched", text, &words, faults).unwrap_or(Vouched::AuthenticationResults);
    if vouched == Vouched::All {
        faults.push(
            Fault::warning("W-vouched-all", "ANY mail that comes in here is believed")
                .at(text.span())
                .label("its sender is not checked")
                .right(
                    "a forged \"From\" of one of you would count as your answer, or as a command",
                )
                .right("right only where nobody but your own mail server can deliver"),
        );
    }
    vouched
}
