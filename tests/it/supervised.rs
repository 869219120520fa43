//! owed as a service: what the service manager is told, what it passes, how it ends.

use std::net::{Shutdown, TcpListener};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;

use crate::house::{House, Lmtp, Running, question, until};
use crate::smtp_peer::{Act, Script};

const RULE: &str = r#"
[[rule]]
name = "everyone"
reply_within = "WHEN"
escalation = "late"

[escalation.late]
steps = [{ after = "0m", tell = "supervisor", any_time = true }]
"#;

/// A service manager: it hears what it is told.
struct Manager {
    socket: std::path::PathBuf,
    told: Arc<Mutex<Vec<String>>>,
}

impl Manager {
    fn new(house: &House) -> Self {
        let socket = house.path("notify");
        let ear = UnixDatagram::bind(&socket).unwrap();
        let told = Arc::new(Mutex::new(Vec::new()));
        let paper = Arc::clone(&told);
        std::thread::spawn(move || {
            let mut news = [0; 4096];
            while let Ok(length) = ear.recv(&mut news) {
                let news = String::from_utf8_lossy(&news[..length]).into_owned();
                paper.lock().unwrap().push(news);
            }
        });
        Self { socket, told }
    }

    fn start(&self, house: &House) -> Running {
        house.spawn_by(Command::new(env!("CARGO_BIN_EXE_owed")), |command| {
            command.env("NOTIFY_SOCKET", &self.socket).env("WATCHDOG_USEC", "150000")
        })
    }

    fn told(&self) -> Vec<String> {
        self.told.lock().unwrap().clone()
    }

    /// How often something was told.
    fn count(&self, what: &str) -> usize {
        self.told().iter().filter(|news| news.lines().any(|line| line.starts_with(what))).count()
    }

    async fn hears(&self, what: &str) {
        self.hears_again(what, 0).await;
    }

    async fn hears_again(&self, what: &str, than: usize) {
        until(|| self.count(what) > than, || format!("no {what:?} in {:?}", self.told())).await;
    }
}

fn within(when: &str) -> String {
    RULE.replace("WHEN", when)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_manager_hears_when_owed_is_ready_how_it_is_and_that_it_lives() {
    let house = House::new(&within("4h elapsed"));
    let manager = Manager::new(&house);
    let running = manager.start(&house);
    manager.hears("READY=1").await;
    assert!(manager.told()[0].starts_with("READY=1"), "{:?}", manager.told());
    manager.hears("WATCHDOG=1").await;
    let place = format!("lmtp 127.0.0.1:{}: works", house.port());
    manager.hears("STATUS=0 owed, 0 overdue, next alarm").await;
    assert!(manager.told().iter().any(|news| news.contains(&place)), "{:?}", manager.told());

    let mail = question("first@customer.example", "first");
    house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    manager.hears("STATUS=1 owed, 0 overdue, next alarm").await;
    let fed = manager.count("WATCHDOG=1");
    manager.hears_again("WATCHDOG=1", fed + 2).await;

    assert_eq!(running.stop().await, Some(0));
    manager.hears("STOPPING=1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_manager_hears_whom_owed_cannot_reach() {
    let peer = Script::at("RCPT", Act::Say("550 5.1.1 no such user")).start().await;
    let smtp =
        format!("[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n", peer.port);
    let house = House::new(&format!("{}{smtp}", within("1s elapsed")));
    let manager = Manager::new(&house);
    let running = manager.start(&house);
    manager.hears("READY=1").await;
    let mail = question("first@customer.example", "first");
    house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    let lost =
        |news: &String| news.contains("STATUS=1 owed, 1 overdue") && news.contains("do not arrive");
    let told = || manager.told().iter().any(lost);
    until(told, || format!("{:?}", manager.told())).await;
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reload_is_told_to_its_end_whether_the_file_is_taken_or_not() {
    let house = House::new(&within("4h elapsed"));
    let manager = Manager::new(&house);
    let running = manager.start(&house);
    manager.hears("READY=1").await;
    for (when, code) in [("2h elapsed", 0), ("whenever", 4)] {
        let (begun, done) = (manager.count("RELOADING=1"), manager.count("READY=1"));
        house.configure(&within(when));
        let mut reload = Command::new(env!("CARGO_BIN_EXE_owed"));
        let reload = reload.args(["reload", "--socket"]).arg(house.path("owed.sock"));
        assert_eq!(reload.output().unwrap().status.code(), Some(code));
        // Both were said before the command was answered.
        manager.hears_again("READY=1", done).await;
        assert_eq!(manager.count("RELOADING=1"), begun + 1);
    }
    let news = manager.told();
    let reloading = news.iter().filter(|news| news.starts_with("RELOADING=1"));
    assert!(
        reloading.clone().count() == 2
            && reloading.clone().all(|news| {
                let at = news.lines().find_map(|line| line.strip_prefix("MONOTONIC_USEC="));
                at.is_some_and(|at| at.parse::<u64>().is_ok())
            }),
        "{news:?}"
    );
    assert_eq!(running.stop().await, Some(0));
}

/// The program as systemd starts it with one socket: number 3, called `name`.
fn activated(socket: TcpListener, name: &str) -> Command {
    let mut shell = Command::new("sh");
    let script = "exec 3<&0 0</dev/null; export LISTEN_PID=$$; exec \"$@\"";
    shell.args(["-c", script, "sh", env!("CARGO_BIN_EXE_owed")]);
    shell.env("LISTEN_FDS", "1").env("LISTEN_FDNAMES", name);
    shell.stdin(Stdio::from(OwnedFd::from(socket)));
    shell
}

fn start_activated(house: &House, socket: TcpListener, name: &str) -> Running {
    let passed = Stdio::from(OwnedFd::from(socket.try_clone().unwrap()));
    house.spawn_by(activated(socket, name), |command| command.stdin(passed))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mail_that_came_before_owed_waits_on_the_socket_that_was_passed() {
    let house = House::new(&within("4h elapsed"));
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = socket.local_addr().unwrap().port();
    let text = std::fs::read_to_string(house.path("owed.toml")).unwrap();
    let own = format!("listen = \"127.0.0.1:{}\"", house.port());
    std::fs::write(house.path("owed.toml"), text.replace(&own, "listen = \"systemd\"")).unwrap();

    let early = tokio::spawn(async move {
        let mut lmtp = Lmtp::connect(port).await.unwrap();
        let mail = question("first@customer.example", "first");
        lmtp.deliver("help@brook.example", &mail).await.unwrap()
    });
    let running = start_activated(&house, socket, "lmtp");
    assert!(early.await.unwrap().starts_with("250"));
    until(|| house.waiting() == ["first@customer.example"], || running.log()).await;
    assert_eq!(running.stop().await, Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_socket_that_is_not_what_the_configuration_says_is_refused() {
    let house = House::new(&within("4h elapsed"));
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let place = socket.local_addr().unwrap().to_string();
    let mut running = start_activated(&house, socket.try_clone().unwrap(), "lmtp");
    assert_eq!(running.ended().await, Some(1));
    running.logs(&format!("but the socket that systemd passed is {place}")).await;

    let text = std::fs::read_to_string(house.path("owed.toml")).unwrap();
    let own = format!("listen = \"127.0.0.1:{}\"", house.port());
    std::fs::write(house.path("owed.toml"), text.replace(&own, "listen = \"systemd\"")).unwrap();
    let mut running = start_activated(&house, socket, "mail");
    assert_eq!(running.ended().await, Some(1));
    running.logs("owed has no use for").await;
    running.logs("systemd passed no socket called lmtp: enable owed-lmtp.socket").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_whose_dot_is_out_gets_its_answer_before_owed_ends() {
    let leave = Arc::new(Semaphore::new(0));
    let peer = Script::at("DOT", Act::Await(Arc::clone(&leave))).start().await;
    let smtp =
        format!("[deliver.smtp]\nhost = \"127.0.0.1\"\nport = {}\ntls = \"none\"\n", peer.port);
    let house = House::new(&format!("{}{smtp}", within("1s elapsed")));
    let mut running = house.spawn();
    running.logs("owed is running").await;
    let mail = question("first@customer.example", "first");
    house.lmtp().await.deliver("help@brook.example", &mail).await.unwrap();
    until(|| peer.heard().mails.len() == 1, || running.log()).await;

    let pid = running.pid().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    // It no longer listens, and still waits.
    until(|| refuses(house.port()), || running.log()).await;
    assert!(running.is_up());
    leave.add_permits(1000);
    assert_eq!(running.ended().await, Some(0));
    running.logs("a mail was sent").await;

    let running = house.start().await;
    let outcome = house.ask(&["show", &case(&house), "--json"]);
    assert!(String::from_utf8_lossy(&outcome.stdout).contains("sent"), "{outcome:?}");
    assert_eq!(peer.heard().mails.len(), 1, "it was sent twice");
    assert_eq!(running.stop().await, Some(0));
}

fn case(house: &House) -> String {
    house.list()[0]["case"].as_str().unwrap().to_owned()
}

fn refuses(port: u16) -> bool {
    let tried = std::net::TcpStream::connect_timeout(
        &([127, 0, 0, 1], port).into(),
        Duration::from_secs(1),
    );
    tried.map(|stream| stream.shutdown(Shutdown::Both)).is_err()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_lmtp_is_receiving_is_taken_before_owed_ends() {
    let house = House::new(&within("4h elapsed"));
    let mut running = house.start().await;
    let mut lmtp = house.lmtp().await;
    for line in ["MAIL FROM:<>", "RCPT TO:<help@brook.example>", "DATA"] {
        lmtp.say(line).await.unwrap();
    }
    let mut idle = house.lmtp().await;
    let pid = running.pid().to_string();
    Command::new("kill").args(["-TERM", &pid]).status().unwrap();
    until(|| refuses(house.port()), || running.log()).await;
    // Who has no mail in hand is told to come again; who has one ends it.
    let farewell = idle.say("NOOP").await.unwrap();
    assert!(farewell.starts_with("421"), "{farewell}");
    let mail = question("first@customer.example", "first");
    let text = String::from_utf8(mail).unwrap();
    let reply = lmtp.say(&format!("{text}.")).await.unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    assert_eq!(running.ended().await, Some(0));

    let running = house.start().await;
    until(|| house.waiting() == ["first@customer.example"], || running.log()).await;
    assert_eq!(running.stop().await, Some(0));
}
