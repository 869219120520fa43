//! Nothing is lost and every due step is told once, whenever the power goes.
//!
//! The real program is killed at twenty moments of its work, each counted in
//! what the outside sees (a reply by LMTP, a mail or a byte at the mail server)
//! or in milliseconds under load, and is started again on the same state. The
//! seed is printed; `OWED_SEED` sets it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use mail_parser::MessageParser;
use owed::domain::effect::What;
use owed::domain::ids::CaseNumber;
use owed::random::{Random, SeededRandom, SystemRandom};
use owed::store::{About, Place, Store};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::house::{House, Lmtp, question};

const KILLS: usize = 20;
const MAILS_EACH: usize = 15;
const FEEDERS: usize = 3;

/// How long a moment is waited for before the power goes all the same.
const MOMENT: Duration = Duration::from_secs(3);

/// How long the last start may take to make everything good.
const PATIENCE: Duration = Duration::from_mins(1);

/// The top step of the ladder below.
const TOP: u16 = 2;

const RULES: &str = r#"
[[rule]]
name = "everyone"
reply_within = "2s elapsed"
escalation = "quick"

[escalation.quick]
steps = [
  { before = "1s elapsed", tell = "owner", any_time = true },
  { after = "0m", tell = "supervisor", any_time = true },
  { after = "1s elapsed", tell = "supervisor", any_time = true },
]

[deliver.smtp]
host = "127.0.0.1"
port = PORT
tls = "none"

# Nothing is held back: as many mails as there may be.
[daemon]
storm = 1000
"#;

/// What was seen from outside so far.
#[derive(Debug, Clone, Copy, Default)]
struct Seen {
    replies: usize,
    mails: usize,
    bytes: usize,
}

/// When the power goes, counted from a start.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Reply(usize),
    Mail(usize),
    Byte(usize),
    After(Duration),
}

/// What the mail server was given whole, in order.
type Given = Arc<Mutex<Vec<Vec<u8>>>>;

/// A mail server that takes everything, not always at once.
struct Sink {
    port: u16,
    given: Given,
}

/// Mail servers that deliver by LMTP until each mail has its 250.
#[derive(Clone)]
struct Feed {
    waiting: Arc<Mutex<VecDeque<String>>>,
    taken: Arc<Mutex<BTreeSet<String>>>,
    seen: watch::Sender<Seen>,
    stop: CancellationToken,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_was_taken_is_told_once_however_often_the_power_goes() {
    let random = Arc::new(SeededRandom::new(seed()));
    let (seen, _) = watch::channel(Seen::default());
    let sink = Sink::open(&seen, &random).await;
    let house = House::new(&RULES.replace("PORT", &sink.port.to_string()));
    let feed = Feed::start(&house, &seen);

    for round in 0..KILLS {
        feed.give(round);
        let moment = Moment::draw(round, random.as_ref());
        let mut running = house.spawn();
        let _either_way = timeout(MOMENT, moment.comes(&seen)).await;
        running.kill();
        eprintln!("killed at {moment:?}: {:?}", *seen.borrow());
    }

    let running = house.start().await;
    let contacts = feed.all_taken(KILLS * MAILS_EACH).await;
    let store = house.store().await;
    let told = all_told(&store, &contacts).await;
    let made = made(&store, &told).await;
    assert_eq!(running.stop().await, Some(0));
    compare(&made, &sink.given.lock().unwrap());
    let overview = store.read().await.unwrap().overview().await.unwrap();
    assert_eq!((overview.pending, overview.quarantined, overview.failed), (0, 0, 0));
}

/// Each case with the recipients of what its journal says was told.
type Told = BTreeMap<CaseNumber, Vec<String>>;

/// Waits until each of `contacts` has one case, the case took the top step of
/// the ladder, and every mail about it is out.
async fn all_told(store: &Store, contacts: &BTreeSet<String>) -> Told {
    let mut last = String::new();
    let wait = async {
        loop {
            match told(store, contacts).await {
                Ok(told) => return told,
                Err(missing) => last = missing,
            }
            sleep(Duration::from_millis(100)).await;
        }
    };
    let told = timeout(PATIENCE, wait).await;
    told.unwrap_or_else(|_| panic!("{last}"))
}

async fn told(store: &Store, contacts: &BTreeSet<String>) -> Result<Told, String> {
    let mut tx = store.read().await.unwrap();
    let owed = tx.owed(Place::START, 10_000).await.unwrap();
    let waiting: Vec<String> = owed.iter().map(|owed| owed.contact.address.to_string()).collect();
    let once: BTreeSet<String> = waiting.iter().cloned().collect();
    assert_eq!(once.len(), waiting.len(), "somebody has two cases");
    if once != *contacts {
        return Err(format!("{} of {} mails are judged", once.len(), contacts.len()));
    }
    let mut told = Told::new();
    for owed in owed {
        let case = tx.case(owed.case).await.unwrap().expect("a listed case").case;
        let step = case.obligations[0].told;
        if step.is_none_or(|step| step.rung < TOP) {
            return Err(format!("{} has not come to the top of its ladder", owed.case));
        }
        assert_eq!(step.map(|step| (step.rung, step.times)), Some((TOP, 1)), "{}", owed.case);
        let fates = tx.fates(owed.case).await.unwrap();
        if let Some(fate) = fates.iter().find(|fate| fate.state != "sent") {
            return Err(format!("{} waits: {fate:?}", owed.case));
        }
        let journal = tx.journal_of(owed.case).await.unwrap();
        let lines = journal.iter().map(|line| &line.entry);
        let telling = lines.filter(|e| matches!(e.what, What::Reminded | What::Escalated));
        let mut written: Vec<String> =
            telling.filter_map(|e| Some(e.to.as_ref()?.to_string())).collect();
        let mut sent: Vec<String> = fates.into_iter().map(|fate| fate.recipient).collect();
        written.sort();
        sent.sort();
        assert_eq!(written, sent, "the journal and the mails of {} differ", owed.case);
        told.insert(owed.case, sent);
    }
    Ok(told)
}

/// A mail by whom it is for and which cases it tells of.
type Mail = (String, BTreeSet<String>);

/// The mails that were made, each notice in one of them.
async fn made(store: &Store, told: &Told) -> Vec<Mail> {
    let mut tx = store.read().await.unwrap();
    let mut made = Vec::new();
    let mut notices: Told = Told::new();
    for mail in 1.. {
        let of_mail = tx.notices_of(mail).await.unwrap();
        let Some(first) = of_mail.first() else { break };
        let to = first.about.to().address.to_string();
        let mut cases = BTreeSet::new();
        for notice in of_mail {
            let About::Case(case, about) = notice.about else { unreachable!("no evenings here") };
            assert_eq!(about.to.address.as_str(), to, "a mail to two");
            notices.entry(case).or_default().push(to.clone());
            cases.insert(case.to_string());
        }
        made.push((to, cases));
    }
    for to in notices.values_mut() {
        to.sort();
    }
    assert_eq!(&notices, told, "what was sealed (left) is not what was told (right)");
    made.sort();
    made
}

/// Holds what the mail server was given against the mails that were made.
fn compare(made: &[Mail], given: &[Vec<u8>]) {
    let mut mails: BTreeMap<String, &[u8]> = BTreeMap::new();
    let mut arrived: Vec<Mail> = Vec::new();
    for mail in given {
        let parsed = MessageParser::default().parse(mail).unwrap();
        let id = parsed.message_id().unwrap().to_owned();
        if let Some(first) = mails.insert(id.clone(), mail) {
            assert_eq!(first, mail, "{id} came again with other bytes");
            continue;
        }
        let to = parsed.to().unwrap().first().unwrap().address().unwrap().to_owned();
        let text = parsed.body_text(0).unwrap();
        let cases = text.split(|c: char| c != '-' && !c.is_ascii_alphanumeric());
        let cases = cases.filter(|word| word.starts_with("OW-")).map(str::to_owned);
        arrived.push((to, cases.collect()));
    }
    arrived.sort();
    eprintln!("{} mails, {} of them sent twice", mails.len(), given.len() - mails.len());
    assert_eq!(arrived, made, "what arrived (left) is not what was made (right)");
    let mut told: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (to, cases) in made {
        for case in cases {
            told.entry(case).or_default().push(to);
        }
    }
    for (case, to) in &told {
        let count = |who: &str| to.iter().filter(|to| **to == who).count();
        let (ana, marta) = (count("ana@brook.example"), count("marta@brook.example"));
        assert!(ana <= 1 && (1..=2).contains(&marta) && ana + marta == to.len(), "{case}: {to:?}");
    }
}

/// The seed that was asked for, or one by chance; it is told.
fn seed() -> u64 {
    let mut bytes = [0; 4];
    SystemRandom.fill(&mut bytes);
    let asked = std::env::var_os("OWED_SEED").map(|seed| seed.into_string().unwrap());
    let seed = asked.map_or(u32::from_le_bytes(bytes).into(), |seed| seed.parse().unwrap());
    eprintln!("OWED_SEED={seed}");
    seed
}

/// A number from 1 to `most`.
fn draw(random: &dyn Random, most: usize) -> usize {
    let mut bytes = [0; 4];
    random.fill(&mut bytes);
    usize::try_from(u32::from_le_bytes(bytes)).unwrap() % most + 1
}

impl Moment {
    /// Bursts of intake and of sending take turns.
    fn draw(round: usize, random: &dyn Random) -> Self {
        match round % 4 {
            0 => Self::Reply(draw(random, MAILS_EACH)),
            1 => Self::Mail(draw(random, 30)),
            2 => Self::Byte(draw(random, 60_000)),
            _ => Self::After(Duration::from_millis(draw(random, 600) as u64)),
        }
    }

    async fn comes(self, seen: &watch::Sender<Seen>) {
        let start = *seen.borrow();
        let reached = |now: &Seen| match self {
            Self::Reply(count) => now.replies >= start.replies + count,
            Self::Mail(count) => now.mails >= start.mails + count,
            Self::Byte(count) => now.bytes >= start.bytes + count,
            Self::After(_) => false,
        };
        if let Self::After(wait) = self {
            return sleep(wait).await;
        }
        seen.subscribe().wait_for(reached).await.expect("somebody counts");
    }
}

impl Feed {
    fn start(house: &House, seen: &watch::Sender<Seen>) -> Self {
        let stop = CancellationToken::new();
        let (waiting, taken) = (Arc::default(), Arc::default());
        let feed = Self { waiting, taken, seen: seen.clone(), stop };
        for _ in 0..FEEDERS {
            let (feed, port) = (feed.clone(), house.port());
            tokio::spawn(async move {
                while !feed.stop.is_cancelled() {
                    // Nobody listens, or not any more: a mail server comes back.
                    let _broken = feed.deliver(port).await;
                    sleep(Duration::from_millis(5)).await;
                }
            });
        }
        feed
    }

    fn give(&self, round: usize) {
        let contacts = (0..MAILS_EACH).map(|n| format!("cora-{round}-{n}@customer.example"));
        self.waiting.lock().unwrap().extend(contacts);
    }

    async fn deliver(&self, port: u16) -> std::io::Result<()> {
        let mut lmtp = Lmtp::connect(port).await?;
        loop {
            let next = self.waiting.lock().unwrap().pop_front();
            let Some(contact) = next else { return Ok(()) };
            let name = contact.split('@').next().unwrap_or_default();
            let reply = lmtp.deliver("help@brook.example", &question(&contact, name)).await;
            match reply {
                Ok(reply) if reply.starts_with("250") => {
                    self.taken.lock().unwrap().insert(contact);
                    self.seen.send_modify(|seen| seen.replies += 1);
                }
                broken => {
                    self.waiting.lock().unwrap().push_back(contact);
                    broken?;
                }
            }
        }
    }

    /// Everybody whose mail was taken, when all are.
    async fn all_taken(&self, count: usize) -> BTreeSet<String> {
        let all = self.seen.subscribe().wait_for(|seen| seen.replies >= count).await.map(|_| ());
        all.expect("somebody counts");
        self.stop.cancel();
        self.taken.lock().unwrap().clone()
    }
}

impl Sink {
    async fn open(seen: &watch::Sender<Seen>, random: &Arc<SeededRandom>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let given = Given::default();
        let (taking, seen, random) = (Arc::clone(&given), seen.clone(), Arc::clone(random));
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (given, seen, random) =
                    (Arc::clone(&taking), seen.clone(), Arc::clone(&random));
                tokio::spawn(async move { serve(tcp, &given, &seen, random.as_ref()).await });
            }
        });
        Self { port, given }
    }
}

/// One connection, until the other side is gone.
async fn serve(
    tcp: TcpStream,
    given: &Mutex<Vec<Vec<u8>>>,
    seen: &watch::Sender<Seen>,
    random: &SeededRandom,
) -> Option<()> {
    tcp.set_nodelay(true).ok()?;
    let mut stream = BufReader::new(tcp);
    stream.write_all(b"220 sink.example\r\n").await.ok()?;
    loop {
        let line = line(&mut stream, seen).await?;
        let verb = String::from_utf8_lossy(&line).to_uppercase();
        if !verb.starts_with("DATA") {
            stream.write_all(b"250 2.0.0 fine\r\n").await.ok()?;
            continue;
        }
        linger(random).await;
        stream.write_all(b"354 go on\r\n").await.ok()?;
        let mut mail = Vec::new();
        loop {
            let line = self::line(&mut stream, seen).await?;
            if line == b".\r\n" {
                break;
            }
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
        given.lock().unwrap().push(mail);
        seen.send_modify(|seen| seen.mails += 1);
        // The mail is here and its sender does not know it yet.
        linger(random).await;
        stream.write_all(b"250 2.0.0 taken\r\n").await.ok()?;
    }
}

async fn line(stream: &mut BufReader<TcpStream>, seen: &watch::Sender<Seen>) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.ok().filter(|read| *read > 0)?;
    seen.send_modify(|seen| seen.bytes += line.len());
    Some(line)
}

async fn linger(random: &SeededRandom) {
    sleep(Duration::from_millis(10).mul_f64(random.fraction())).await;
}
