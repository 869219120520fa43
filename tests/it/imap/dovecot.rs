//! A Dovecot of our own on the loopback interface, with its files in a folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

use crate::peers::{DOVECOT, required_or_left_out};

pub(crate) const PASSWORD: &str = "heron-at-dawn";

/// Mails belong to this user: Dovecot reads none as root.
const NOBODY: u32 = 65534;

pub(crate) struct Dovecot {
    root: TempDir,
    server: Option<Child>,
    names: AtomicU32,
    pub(crate) port: u16,
    pub(crate) tls_port: u16,
}

/// A server, or `None` and a line that says so where it cannot be started.
pub(crate) fn installed() -> Option<Dovecot> {
    required_or_left_out("reading mailboxes by IMAP", &DOVECOT).then(Dovecot::new)
}

impl Dovecot {
    fn new() -> Self {
        let root = tempfile::tempdir().expect("a folder");
        let mut made =
            Self { root, server: None, names: AtomicU32::new(0), port: free(), tls_port: free() };
        let open = |path: &Path| {
            fs::set_permissions(path, Permissions::from_mode(0o755)).expect("readable");
        };
        open(made.root.path());
        own(&made.root.path().join("mail"));
        made.create("inbox");
        made.create("sent");
        made.renumber("inbox", 1000);
        made.certify();
        fs::write(made.root.path().join("dovecot.conf"), made.configuration()).expect("written");
        made.start();
        made
    }

    /// Starts it and waits until it listens.
    pub(crate) fn start(&mut self) {
        let log = fs::File::create(self.root.path().join("stderr")).expect("created");
        let server = Command::new("dovecot")
            .args(["-F", "-c"])
            .arg(self.root.path().join("dovecot.conf"))
            .env("PATH", "/usr/sbin:/usr/local/sbin:/usr/bin:/bin")
            .process_group(0)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn();
        self.server = Some(server.expect("it starts"));
        for _ in 0..600 {
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        let told = ["log", "stderr"].map(|f| fs::read_to_string(self.root.path().join(f)));
        unreachable!("dovecot did not listen: {told:?}");
    }

    /// Ends it and every connection.
    pub(crate) fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            // With its children, which would hold their connections on.
            let group = format!("-{}", server.id());
            let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
            let _ = server.wait();
        }
    }

    pub(crate) fn certificate(&self) -> PathBuf {
        self.root.path().join("cert.pem")
    }

    /// Makes a folder.
    pub(crate) fn create(&self, name: &str) {
        own(&self.folder(name));
        for part in ["tmp", "new", "cur"] {
            own(&self.folder(name).join(part));
        }
    }

    /// Puts a mail into a folder, as a delivery agent does.
    pub(crate) fn deliver(&self, folder: &str, subject: &str) {
        self.put(folder, subject, None);
    }

    /// The same with a date of its own.
    pub(crate) fn deliver_at(&self, folder: &str, subject: &str, at: SystemTime) {
        self.put(folder, subject, Some(at));
    }

    fn put(&self, folder: &str, subject: &str, at: Option<SystemTime>) {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}.m{number:05}.brook", 1_700_000_000 + number);
        let tmp = self.folder(folder).join("tmp").join(&name);
        fs::write(&tmp, format!("Subject: {subject}\r\n\r\nHello\r\n")).expect("written");
        chown(&tmp, Some(NOBODY), Some(NOBODY)).expect("given");
        if let Some(at) = at {
            let file = fs::File::options().write(true).open(&tmp).expect("opened");
            file.set_modified(at).expect("dated");
        }
        fs::rename(tmp, self.folder(folder).join("new").join(name)).expect("moved");
    }

    /// The flags of each mail in a folder; without any the name has none.
    pub(crate) fn flags(&self, folder: &str) -> Vec<String> {
        let part = |part: &str| fs::read_dir(self.folder(folder).join(part)).expect("listed");
        part("new")
            .chain(part("cur"))
            .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
            .map(|name| name.split_once(":2,").map_or("", |(_, flags)| flags).to_owned())
            .collect()
    }

    /// Gives a folder a UIDVALIDITY and forgets all UIDs.
    pub(crate) fn renumber(&self, folder: &str, validity: u32) {
        let folder = self.folder(folder);
        for entry in fs::read_dir(&folder).expect("listed") {
            let path = entry.expect("a file").path();
            if path.is_file() {
                fs::remove_file(path).expect("removed");
            }
        }
        let list = folder.join("dovecot-uidlist");
        fs::write(&list, format!("3 V{validity} N1 G{validity:032x}\n")).expect("written");
        chown(&list, Some(NOBODY), Some(NOBODY)).expect("given");
    }

    fn folder(&self, name: &str) -> PathBuf {
        let mail = self.root.path().join("mail");
        match name {
            "inbox" => mail,
            "sent" => mail.join(".Sent"),
            other => mail.join(format!(".{other}")),
        }
    }

    fn certify(&self) {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("made");
        fs::write(self.certificate(), made.cert.pem()).expect("written");
        let key = made.signing_key.serialize_pem();
        fs::write(self.root.path().join("key.pem"), key).expect("written");
    }

    fn configuration(&self) -> String {
        let root = self.root.path().display();
        let (port, tls_port) = (self.port, self.tls_port);
        format!(
            "protocols = imap\nlisten = 127.0.0.1\nbase_dir = {root}/run\nstate_dir = {root}/run\n\
             log_path = {root}/log\nssl = yes\nssl_cert = <{root}/cert.pem\n\
             ssl_key = <{root}/key.pem\ndisable_plaintext_auth = no\nfirst_valid_uid = {NOBODY}\n\
             mail_location = maildir:{root}/mail\nmail_max_userip_connections = 100\n\
             auth_failure_delay = 0\n\
             passdb {{\n driver = static\n args = password={PASSWORD}\n}}\n\
             userdb {{\n driver = static\n args = uid={NOBODY} gid={NOBODY} home={root}/mail\n}}\n\
             service imap-login {{\n inet_listener imap {{\n port = {port}\n }}\n \
             inet_listener imaps {{\n port = {tls_port}\n ssl = yes\n }}\n}}\n"
        )
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        self.kill();
    }
}

fn own(path: &Path) {
    fs::create_dir_all(path).expect("created");
    chown(path, Some(NOBODY), Some(NOBODY)).expect("given");
}

fn free() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}
