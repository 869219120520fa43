//! Every way an attempt can end, against servers that behave badly on purpose.

use std::convert::Infallible;
use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use owed::domain::ids::Address;
use owed::outbox::folder::Folder;
use owed::outbox::memory::Memory;
use owed::outbox::smtp::SmtpPool;
use owed::outbox::transport::{Outcome, Outgoing, Transport};
use owed::outbox::{Limits, Route, Security};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::smtp_peer::{Act, Cue, Peer, Script};

const AMPLE: Duration = Duration::from_secs(20);
/// For steps that are meant to run into their limit.
const SHORT: Duration = Duration::from_millis(150);

fn mail(text: &str) -> Outgoing {
    Outgoing {
        from: Address::parse("owed@brook.example").unwrap(),
        to: Address::parse("marta@brook.example").unwrap(),
        message_id: "<abcdefghijklmnopqrst@brook.example>".to_owned(),
        bytes: format!(
            "Date: Fri, 20 Nov 2026 17:00:00 +0000\r\nX-Owed-Case: OW-7K3F-2\r\n\r\n{text}\r\n"
        )
        .into_bytes(),
    }
}

fn route(peer: &Peer) -> Route {
    Route {
        host: "127.0.0.1".to_owned(),
        port: peer.port,
        security: Security::None,
        ca: None,
        login: None,
        hello: "owed.brook.example".to_owned(),
        connections: 2,
        limits: Limits { connect: AMPLE, command: AMPLE, dot: AMPLE },
    }
}

fn through(route: Route) -> Transport {
    Transport::Smtp(SmtpPool::new(route).unwrap())
}

fn fine() -> impl Future<Output = Result<(), Infallible>> + Send {
    std::future::ready(Ok(()))
}

async fn send(transport: &Transport, text: &str) -> Outcome {
    transport.send(&mail(text), AMPLE, fine()).await
}

/// One mail to a server that does `act` at `verb`, and what the server saw.
async fn outcome_at(verb: &'static str, act: Act) -> (Outcome, Peer) {
    let endless = matches!(act, Act::Silence | Act::Drip);
    let peer = Script::at(verb, act).start().await;
    let mut route = route(&peer);
    if endless && verb == "DOT" {
        route.limits.dot = SHORT;
    } else if endless {
        route.limits.command = SHORT;
    }
    (send(&through(route), "hello").await, peer)
}

fn refused(permanent: bool, reply: &str) -> Outcome {
    Outcome::Refused { permanent, reply: reply.to_owned() }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_given() {
    let peer = Script::default().start().await;
    let transport = through(route(&peer));
    assert_eq!(send(&transport, "one\r\n.\r\n..two\r\n.").await, Outcome::Given);
    let heard = peer.heard();
    assert_eq!(heard.mails, [mail("one\r\n.\r\n..two\r\n.").bytes]);
    let said = ["EHLO owed.brook.example", "MAIL FROM:<owed@brook.example>"];
    assert_eq!(heard.lines[..2], said);
    assert_eq!(heard.lines[2..], ["RCPT TO:<marta@brook.example>", "DATA"]);
}

#[tokio::test]
async fn a_refusal_at_a_verb_is_the_servers_word() {
    for (verb, line, permanent) in [
        ("MAIL", "451 4.3.0 later", false),
        ("MAIL", "553 5.1.8 not from you", true),
        ("MAIL", "421 4.3.2 going down", false),
        ("RCPT", "450 4.2.0 greylisted", false),
        ("RCPT", "550 5.1.1 no such user", true),
        ("DATA", "452 4.3.1 full", false),
        ("DATA", "554 5.5.1 no", true),
        ("DOT", "451 4.7.1 scan failed", false),
        ("DOT", "552 5.3.4 too big", true),
        ("RCPT", "571 5.7.1 blocked", true),
        ("DOT", "471 later", false),
        ("DOT", "571 5.7.1 spam", true),
        ("DOT", "550", true),
        ("DOT", "550 5.7.1 kein Einlaß", true),
    ] {
        let (outcome, _) = outcome_at(verb, Act::Say(line)).await;
        assert_eq!(outcome, refused(permanent, line), "{verb} {line}");
    }
}

#[tokio::test]
async fn a_reply_counts_in_whatever_shape_it_comes() {
    let (outcome, _) = outcome_at("DOT", Act::Say("250")).await;
    assert_eq!(outcome, Outcome::Given);
    let (outcome, _) = outcome_at("DOT", Act::SayBytes(b"250 \xfcbernommen")).await;
    assert_eq!(outcome, Outcome::Given);
    let (outcome, _) = outcome_at("RCPT", Act::SayBytes(b"550-kein\r\n550 Empf\xe4nger")).await;
    assert_eq!(outcome, refused(true, "550 kein Empf?nger"));
}

#[tokio::test]
async fn a_mail_that_was_cut_off_within_its_content_was_not_given() {
    let long = "a line of text\r\n".repeat(1_000_000);
    for act in [Act::Close, Act::Silence] {
        let shown = format!("{act:?}");
        let peer = Script::at("CONTENT", act).start().await;
        let limits = Limits { dot: Duration::from_secs(2), ..route(&peer).limits };
        let outcome = send(&through(Route { limits, ..route(&peer) }), &long).await;
        assert!(matches!(outcome, Outcome::NotGiven(_)), "{shown}: {outcome:?}");
    }
}

#[tokio::test]
async fn whatever_breaks_before_the_dot_was_not_given() {
    for verb in ["GREETING", "EHLO", "MAIL", "RCPT", "DATA"] {
        for act in [Act::Close, Act::Silence, Act::Drip, Act::Say("HTTP/1.1 400 Bad Request")] {
            let shown = format!("{verb} {act:?}");
            let (outcome, peer) = outcome_at(verb, act).await;
            assert!(matches!(outcome, Outcome::NotGiven(_)), "{shown}: {outcome:?}");
            assert_eq!(peer.heard().mails.len(), 0, "{shown}");
        }
    }
}

#[tokio::test]
async fn a_server_that_is_closed_for_now_is_told_in_its_words() {
    for (verb, line) in [("GREETING", "554 no service"), ("EHLO", "550 who are you")] {
        let (outcome, _) = outcome_at(verb, Act::Say(line)).await;
        assert!(matches!(&outcome, Outcome::NotGiven(why) if why.contains(line)), "{outcome:?}");
    }
}

#[tokio::test]
async fn no_clear_reply_to_the_dot_is_ambiguous() {
    for act in [Act::Silence, Act::Drip, Act::Close, Act::Say("banana")] {
        let shown = format!("{act:?}");
        let (outcome, peer) = outcome_at("DOT", act).await;
        assert!(matches!(outcome, Outcome::Ambiguous(_)), "{shown}: {outcome:?}");
        assert_eq!(peer.heard().mails.len(), 1, "{shown}");
    }
}

#[tokio::test]
async fn a_reply_that_fits_no_question_is_no_answer() {
    for (verb, line) in [
        ("MAIL", "354 go on"),
        ("RCPT", "334 more"),
        ("DATA", "250 taken"),
        ("DATA", "354 go on\r\n250 taken"),
    ] {
        let (outcome, _) = outcome_at(verb, Act::Say(line)).await;
        assert!(matches!(outcome, Outcome::NotGiven(_)), "{verb} {line}: {outcome:?}");
    }
}

#[tokio::test]
async fn nothing_after_the_reply_to_the_dot_changes_it() {
    let (outcome, peer) = outcome_at("DOT", Act::SayAndClose("250 2.0.0 taken")).await;
    assert_eq!(outcome, Outcome::Given);
    assert_eq!(peer.heard().mails.len(), 1);

    let peer = Script::at("QUIT", Act::Close).start().await;
    let transport = through(route(&peer));
    assert_eq!(send(&transport, "hello").await, Outcome::Given);
    transport.rest().await;
    let heard = peer.heard();
    assert_eq!((heard.mails.len(), heard.lines.last().unwrap().as_str()), (1, "QUIT"));
}

#[tokio::test]
async fn a_connection_that_went_stale_is_replaced_at_no_cost() {
    let closed_with_421 = Script { mails_each: Some(1), ..Script::default() };
    let closed_in_one_breath =
        Script::at("DOT", Act::SayAndClose("250 2.0.0 taken\r\n421 4.4.2 that is all"));
    let reset_after_250 = Script::at("DOT", Act::SayAndClose("250 2.0.0 taken"));
    for script in [closed_with_421, closed_in_one_breath, reset_after_250] {
        let peer = script.start().await;
        let transport = through(route(&peer));
        for text in ["one", "two", "three"] {
            assert_eq!(send(&transport, text).await, Outcome::Given, "{text}");
        }
        let heard = peer.heard();
        let all: Vec<Vec<u8>> = ["one", "two", "three"].map(|text| mail(text).bytes).to_vec();
        assert_eq!((heard.connections, heard.mails), (3, all));
    }
}

#[tokio::test]
async fn a_dead_connection_is_replaced_once_only() {
    let at = |connection, verb, act| Cue { connection: Some(connection), verb, act };
    let script = Script {
        cues: vec![at(1, "MAIL", Act::Close), at(2, "MAIL", Act::Close)],
        mails_each: Some(1),
        ..Script::default()
    };
    let peer = script.start().await;
    let transport = through(route(&peer));
    assert_eq!(send(&transport, "one").await, Outcome::Given);
    let outcome = send(&transport, "two").await;
    assert!(matches!(outcome, Outcome::NotGiven(_)), "{outcome:?}");
    assert_eq!(peer.heard().connections, 2);
}

#[tokio::test]
async fn a_connection_serves_on_after_one_recipient_was_refused() {
    let peer = Script::at("RCPT", Act::Say("550 5.1.1 no such user")).start().await;
    let transport = through(route(&peer));
    for _ in 0..3 {
        assert_eq!(send(&transport, "x").await, refused(true, "550 5.1.1 no such user"));
    }
    let heard = peer.heard();
    assert_eq!((heard.connections, heard.mails.len()), (1, 0));
}

#[tokio::test]
async fn the_caller_records_before_the_dot_or_nothing_is_sent() {
    let peer = Script::default().start().await;
    let transport = through(route(&peer));
    let outcome = transport.send(&mail("x"), AMPLE, async { Err("the disk is full") }).await;
    assert!(matches!(&outcome, Outcome::NotGiven(why) if why.contains("the disk is full")));
    let recorded = async {
        assert_eq!(peer.heard().lines.last().unwrap(), "DATA");
        assert_eq!(peer.heard().mails.len(), 0, "nothing was given before it was recorded");
        Ok::<(), Infallible>(())
    };
    assert_eq!(transport.send(&mail("x"), AMPLE, recorded).await, Outcome::Given);
    assert_eq!(peer.heard().mails.len(), 1);
}

#[tokio::test]
async fn the_whole_attempt_has_an_end() {
    for (verb, ambiguous) in [("RCPT", false), ("DOT", true)] {
        let peer = Script::at(verb, Act::Silence).start().await;
        let within = Duration::from_secs(1);
        let outcome = through(route(&peer)).send(&mail("x"), within, fine()).await;
        assert_eq!(matches!(outcome, Outcome::Ambiguous(_)), ambiguous, "{outcome:?}");
        assert_eq!(matches!(outcome, Outcome::NotGiven(_)), !ambiguous, "{outcome:?}");
    }
}

#[tokio::test]
async fn nobody_at_the_address_is_told_with_what_to_check() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let peer = Script::default().start().await;
    let outcome = send(&through(Route { port, ..route(&peer) }), "x").await;
    let told = format!("127.0.0.1:{port} could not be reached");
    assert!(
        matches!(&outcome, Outcome::NotGiven(why)
        if why.starts_with(&told) && why.contains("check host and port")),
        "{outcome:?}"
    );
}

fn login(route: Route) -> Route {
    Route { login: Some(("owed".to_owned(), "s3cret".to_owned().into())), ..route }
}

#[tokio::test]
async fn a_login_is_made_in_the_way_the_server_knows() {
    for (offer, said) in [
        ("AUTH LOGIN PLAIN", vec!["AUTH PLAIN AG93ZWQAczNjcmV0"]),
        ("AUTH LOGIN", vec!["AUTH LOGIN", "b3dlZA==", "czNjcmV0"]),
    ] {
        let peer = Script { offers: vec![offer], ..Script::default() }.start().await;
        assert_eq!(send(&through(login(route(&peer))), "x").await, Outcome::Given, "{offer}");
        assert_eq!(peer.heard().lines[1..=said.len()], said, "{offer}");
    }
}

#[tokio::test]
async fn a_wrong_password_says_what_to_check_and_not_what_it_was() {
    let script = Script {
        offers: vec!["AUTH PLAIN"],
        ..Script::at("AUTH", Act::Say("535 5.7.8 bad credentials"))
    };
    let peer = script.start().await;
    let route = login(route(&peer));
    assert!(!format!("{route:?}").contains("s3cret"));
    let Outcome::NotGiven(why) = send(&through(route), "x").await else { panic!("given") };
    assert!(why.contains("535 5.7.8 bad credentials") && why.contains("check user and password"));
    assert!(!why.contains("s3cret"));
}

#[tokio::test]
async fn a_server_that_wants_a_login_has_not_refused_the_mail() {
    let (outcome, _) = outcome_at("MAIL", Act::Say("530 5.7.0 authentication required")).await;
    assert!(matches!(&outcome, Outcome::NotGiven(why) if why.contains("wants a login")));
}

/// A private authority's certificate in a file, and a server it vouches for.
struct Authority {
    folder: tempfile::TempDir,
    server: TlsAcceptor,
}

impl Authority {
    fn for_host(host: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![host.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &ca).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("ca.pem"), ca.pem()).unwrap();
        let secret = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let ring = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(ring)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], secret)
            .unwrap();
        Self { folder, server: TlsAcceptor::from(Arc::new(config)) }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn implicit(&self) -> Script {
        Script { implicit: Some(self.server.clone()), ..Script::default() }
    }

    fn start_tls(&self) -> Script {
        Script {
            start_tls: Some(self.server.clone()),
            offers: vec!["STARTTLS", "AUTH PLAIN"],
            ..Script::default()
        }
    }
}

#[tokio::test]
async fn mail_goes_through_tls_that_is_vouched_for() {
    let authority = Authority::for_host("127.0.0.1");
    for (script, security) in
        [(authority.implicit(), Security::Implicit), (authority.start_tls(), Security::StartTls)]
    {
        let peer = script.start().await;
        let transport = through(Route { security, ca: Some(authority.file()), ..route(&peer) });
        assert_eq!(send(&transport, "one").await, Outcome::Given, "{security:?}");
        assert_eq!(send(&transport, "two").await, Outcome::Given, "{security:?}");
        let heard = peer.heard();
        assert_eq!((heard.connections, heard.mails.len()), (1, 2), "{security:?}");
    }
}

#[tokio::test]
async fn a_certificate_nobody_vouches_for_is_refused() {
    let unknown = Authority::for_host("127.0.0.1");
    let other_name = Authority::for_host("other.example");
    let trusted = Authority::for_host("127.0.0.1");
    for (authority, ca) in [(&unknown, trusted.file()), (&other_name, other_name.file())] {
        for (script, security) in [
            (authority.implicit(), Security::Implicit),
            (authority.start_tls(), Security::StartTls),
        ] {
            let peer = script.start().await;
            let route = login(Route { security, ca: Some(ca.clone()), ..route(&peer) });
            let outcome = send(&through(route), "x").await;
            assert!(
                matches!(&outcome, Outcome::NotGiven(why)
                if why.contains("certificate") && why.contains("set ca")),
                "{outcome:?}"
            );
            let said = peer.heard().lines.join("\n");
            assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
        }
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_said_in_the_clear() {
    let authority = Authority::for_host("127.0.0.1");
    let stripped = Script { offers: vec!["AUTH PLAIN"], ..authority.start_tls() };
    let refusing = Script {
        offers: vec!["STARTTLS", "AUTH PLAIN"],
        ..Script::at("STARTTLS", Act::Say("454 4.7.0 not now"))
    };
    let injecting = Script {
        start_tls: Some(authority.server.clone()),
        offers: vec!["STARTTLS", "AUTH PLAIN"],
        ..Script::at("STARTTLS", Act::Say("220 go ahead\r\n250 injected"))
    };
    for script in [stripped, refusing, injecting] {
        let peer = script.start().await;
        let security = Security::StartTls;
        let route = login(Route { security, ca: Some(authority.file()), ..route(&peer) });
        let outcome = send(&through(route), "x").await;
        assert!(matches!(outcome, Outcome::NotGiven(_)), "{outcome:?}");
        let said = peer.heard().lines.join("\n");
        assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{said}");
    }
}

#[tokio::test]
async fn a_silent_server_costs_its_own_place_only() {
    let slow = Script {
        cues: vec![Cue { connection: Some(0), verb: "RCPT", act: Act::Silence }],
        ..Script::default()
    };
    let peer = slow.start().await;
    let transport = Arc::new(through(route(&peer)));
    let stuck = tokio::spawn({
        let transport = transport.clone();
        async move { send(&transport, "stuck").await }
    });
    while !peer.heard().lines.iter().any(|line| line.starts_with("RCPT")) {
        tokio::task::yield_now().await;
    }
    for _ in 0..20 {
        assert_eq!(send(&transport, "free").await, Outcome::Given);
    }
    assert!(!stuck.is_finished());
    stuck.abort();
    assert_eq!(peer.heard().mails.len(), 20);
}

#[tokio::test]
async fn a_mail_in_a_folder_is_one_whole_file_however_often_it_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("deep/outbox");
    let transport = Transport::Folder(Folder::new(&outbox));
    for text in ["first", "second"] {
        assert_eq!(send(&transport, text).await, Outcome::Given);
    }
    let files: Vec<_> = std::fs::read_dir(&outbox).unwrap().map(|e| e.unwrap().path()).collect();
    let name = "20261120T170000-OW-7K3F-2-marta@brook.example-abcdefghijkl.eml";
    assert_eq!(files, [outbox.join(name)]);
    assert_eq!(std::fs::read(&files[0]).unwrap(), mail("second").bytes);
}

#[tokio::test]
async fn a_mail_in_a_folder_is_for_its_owner_alone() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::Folder(Folder::new(folder.path()));
    let name = "20261120T170000-OW-7K3F-2-marta@brook.example-abcdefghijkl.eml";
    // Both what was sent before and what was interrupted were open to everybody.
    for left_over in [name.to_owned(), format!(".{name}.tmp")] {
        let path = folder.path().join(left_over);
        std::fs::write(&path, "from before").unwrap();
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
    }
    assert_eq!(send(&transport, "x").await, Outcome::Given);
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    assert_eq!(files[0].metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read(files[0].path()).unwrap(), mail("x").bytes);
}

#[tokio::test]
async fn a_folder_keeps_mails_of_bad_intent_inside() {
    let folder = tempfile::tempdir().unwrap();
    let transport = Transport::Folder(Folder::new(folder.path()));
    let mut mail = mail("x");
    mail.to = Address::parse("../../etc/passwd@brook.example").unwrap();
    assert_eq!(transport.send(&mail, AMPLE, fine()).await, Outcome::Given);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_folder_shows_nothing_that_was_not_recorded_or_could_not_be_written() {
    let folder = tempfile::tempdir().unwrap();
    let outbox = folder.path().join("outbox");
    let transport = Transport::Folder(Folder::new(&outbox));
    let outcome = transport.send(&mail("x"), AMPLE, async { Err("the disk is full") }).await;
    assert!(matches!(outcome, Outcome::NotGiven(_)));
    let shown = |e: std::io::Result<std::fs::DirEntry>| {
        !e.unwrap().file_name().to_string_lossy().starts_with('.')
    };
    assert_eq!(
        std::fs::read_dir(&outbox).unwrap().filter_map(|e| shown(e).then_some(())).count(),
        0
    );

    std::fs::write(folder.path().join("file"), "in the way").unwrap();
    let blocked = Transport::Folder(Folder::new(folder.path().join("file")));
    let outcome = send(&blocked, "x").await;
    assert!(matches!(&outcome, Outcome::NotGiven(why) if why.contains("could not be written")));
}

#[tokio::test]
async fn memory_remembers_what_may_have_arrived() {
    let memory = Memory::default();
    let transport = Transport::Memory(memory.clone());
    memory.answer_next(refused(true, "550 no"));
    memory.answer_next(Outcome::Ambiguous("lost".to_owned()));
    assert_eq!(send(&transport, "one").await, refused(true, "550 no"));
    assert_eq!(send(&transport, "two").await, Outcome::Ambiguous("lost".to_owned()));
    assert_eq!(send(&transport, "three").await, Outcome::Given);
    assert_eq!(memory.sent(), [mail("two"), mail("three")]);
}
