//! The answers as the text of a configuration, with a word on each part.

use std::fmt::Write as _;

use toml::Value;

use super::{Answers, Login};

/// The folder of the passwords, beside the configuration.
pub(super) const CREDENTIALS: &str = "credentials";
/// The files in it.
pub(super) const IMAP: &str = "imap";
/// The other one.
pub(super) const SMTP: &str = "smtp";

/// The whole file. A system's service may write in its own folders only, and gets its
/// passwords from systemd.
pub(super) fn page(answers: &Answers, system: bool) -> String {
    let parts = [
        organisation(answers),
        people(&answers.people),
        rules(answers),
        intake(answers, system),
        deliver(answers, system),
        daemon(system),
    ];
    parts.join("\n")
}

fn organisation(answers: &Answers) -> String {
    let head = answers.people.first().map_or("", |(_, address)| address);
    format!(
        "# Written by `owed init`. owed.example.toml has all that may stand here, and\n\
         # docs/configuration.md a word on each key. `owed check` finds every mistake.\n\
         \n\
         [organisation]\n\
         name = {}\n\
         domains = {}\n\
         time_zone = {}\n\
         last_resort = {}    # told when nobody else can be\n\
         \n\
         [calendar.office]    # change these to your hours: before their end, answers are due\n\
         mon-fri = [\"09:00-12:30\", \"13:30-17:30\"]\n\
         # holidays = [\"2026-12-25\", \"file:holidays.ics\"]\n",
        text(&answers.organisation),
        list(&answers.domains),
        text(&answers.zone),
        text(head),
    )
}

fn people(people: &[(String, String)]) -> String {
    let mut page = String::new();
    for (at, (name, address)) in people.iter().enumerate() {
        let (id, name, email) = (text(&number(at)), text(name), text(address));
        let _whole = write!(page, "[[person]]\nid = {id}\nname = {name}\nemail = {email}\n");
        page += if at == 0 { "\n" } else { "supervisor = \"001\"    # told when it is late\n\n" };
    }
    page.trim_end().to_owned() + "\n"
}

fn number(at: usize) -> String {
    format!("{:03}", at + 1)
}

fn rules(answers: &Answers) -> String {
    // Whoever is told of what is late answers themselves only where nobody else does.
    let first = usize::from(answers.people.len() > 1);
    let serving: Vec<String> = (first..answers.people.len()).map(number).collect();
    let mailbox = answers.mailbox.as_ref().map_or(String::new(), |address| {
        let (address, served_by) = (text(address), list(&serving));
        format!("[[mailbox]]\naddress = {address}\nserved_by = {served_by}\n\n")
    });
    format!(
        "{mailbox}\
         [[rule]]\n\
         name = \"everyone\"\n\
         before_leaving = true    # whoever wrote today hears of you today\n\
         escalation = \"standard\"\n\
         \n\
         [escalation.standard]\n\
         steps = [\n  \
           {{ before = \"45m\", tell = \"owner\" }},\n  \
           {{ after = \"0m\", tell = \"supervisor\" }},\n  \
           {{ after = \"4h\", tell = \"supervisor.supervisor\", repeat = \"1d\" }},\n\
         ]\n"
    )
}

fn intake(answers: &Answers, system: bool) -> String {
    let trust = match &answers.authserv_id {
        Some(name) => format!("\n[trust]\nauthserv_id = {}\n", text(name)),
        None => String::new(),
    };
    let intake = match &answers.imap {
        Some(login) => format!("[[intake.imap]]\n{}", server(answers, login, IMAP, system)),
        None => "[intake.lmtp]    # let your mail server hand a copy here\n\
                 listen = \"127.0.0.1:2424\"\n"
            .to_owned(),
    };
    intake + &trust
}

fn deliver(answers: &Answers, system: bool) -> String {
    let from = text(&answers.from);
    if let Some(login) = &answers.smtp {
        return format!("[deliver.smtp]\nfrom = {from}\n{}", server(answers, login, SMTP, system));
    }
    let path = if system { "/var/lib/owed/outbox" } else { "outbox" };
    format!(
        "[deliver.folder]    # mails are written there, as .eml files\n\
         path = \"{path}\"\n\
         from = {from}\n"
    )
}

fn server(answers: &Answers, login: &Login, name: &str, system: bool) -> String {
    let mut page = format!("host = {}\n", text(&login.host));
    if let Some(port) = login.port {
        let _whole = writeln!(page, "port = {port}");
    }
    // A server on this very machine mostly has no certificate, and needs none.
    let here = ["localhost", "127.0.0.1", "::1"].contains(&&*login.host);
    if here && !matches!(login.port, Some(465 | 587 | 993)) {
        page += "tls = \"none\"\n";
    } else if let Some(ca) = &answers.ca {
        let _whole = writeln!(page, "ca = {}", text(&ca.to_string_lossy()));
    }
    if let Some(user) = &login.user {
        let place = if system {
            format!("credential:owed_{name}")
        } else {
            format!("file:{CREDENTIALS}/{name}")
        };
        let _whole = write!(page, "user = {}\npassword = {}\n", text(user), text(&place));
    }
    page
}

fn daemon(system: bool) -> String {
    let places = if system {
        "socket = \"/run/owed/owed.sock\"\n\n[store]\nurl = \"sqlite:/var/lib/owed/owed.db\"\n"
    } else {
        "\n[store]\nurl = \"sqlite:owed.db\"\n"
    };
    format!(
        "[daemon]\n\
         mode = \"shadow\"    # nobody is written to yet; \"live\" when you like what you see\n\
         {places}"
    )
}

/// A text as TOML has it, whatever is in it.
fn text(text: &str) -> String {
    Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    Value::from(texts.to_vec()).to_string()
}
