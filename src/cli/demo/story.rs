//! The demo's story: who writes what, and when.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// Something that happens.
#[derive(Debug)]
pub(super) struct Scene {
    /// How many seconds after the start.
    pub(super) second: i64,
    /// What to tell.
    pub(super) words: &'static str,
    /// What comes in.
    pub(super) mail: Option<Mail>,
}

/// A made-up mail.
#[derive(Debug)]
pub(super) struct Mail {
    from: &'static str,
    to: &'static str,
    subject: &'static str,
    id: &'static str,
    answers: Option<&'static str>,
    marks: &'static str,
    text: &'static str,
}

const JO: &str = "Jo Client <jo@client.example>";
const LEE: &str = "Lee Park <lee@client.example>";
const SAM: &str = "Sam Weaver <sam@weaver.example>";
const ANA: &str = "Ana Ruiz <ana@brook.example>";
const BEN: &str = "Ben Ode <ben@brook.example>";
const HELP: &str = "Help <help@brook.example>";

/// The story.
pub(super) const SCENES: &[Scene] = &[
    Scene {
        second: 1,
        words: "Jo asks the help desk about a tap.",
        mail: Some(Mail {
            from: JO,
            to: HELP,
            subject: "The tap drips again",
            id: "tap.1@client.example",
            answers: None,
            marks: "",
            text: "Hello,\n\nthe tap that you repaired last week drips again. Could somebody \
                   come by this week?\n\nJo\n",
        }),
    },
    Scene {
        second: 2,
        words: "Lee asks Ana for a quote.",
        mail: Some(Mail {
            from: LEE,
            to: ANA,
            subject: "Quote for the bathroom",
            id: "quote.1@client.example",
            answers: None,
            marks: "",
            text: "Dear Ana,\n\ncan you send me the quote for the bathroom that we spoke \
                   of?\n\nThank you,\nLee\n",
        }),
    },
    Scene {
        second: 3,
        words: "A newsletter comes. Nobody has to answer it, and owed says why.",
        mail: Some(Mail {
            from: "Pipes Weekly <news@pipes.example>",
            to: ANA,
            subject: "Ten pipes you must see",
            id: "issue.48@pipes.example",
            answers: None,
            marks: "List-Unsubscribe: <https://pipes.example/u/48>\r\n\
                    List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
            text: "This week: copper, brass and a surprise.\n",
        }),
    },
    Scene {
        second: 6,
        words: "Ana's mail program answers Lee with an out-of-office. That is no answer.",
        mail: Some(Mail {
            from: ANA,
            to: LEE,
            subject: "Automatic reply: Quote for the bathroom",
            id: "away.1@brook.example",
            answers: Some("quote.1@client.example"),
            marks: "Auto-Submitted: auto-replied\r\n",
            text: "I am away from my desk and will read your mail later.\n",
        }),
    },
    Scene { second: 11, words: "Ten seconds are left: the owners are reminded.", mail: None },
    Scene {
        second: 15,
        words: "Ana answers Lee, in time.",
        mail: Some(Mail {
            from: ANA,
            to: LEE,
            subject: "Re: Quote for the bathroom",
            id: "quote.2@brook.example",
            answers: Some("quote.1@client.example"),
            marks: "",
            text: "Dear Lee,\n\nhere it is: 1,240 euros, tiles included.\n\nAna\n",
        }),
    },
    Scene { second: 21, words: "Jo's time is up: Marta, the supervisor, is told.", mail: None },
    Scene {
        second: 25,
        words: "Jo asks again. That is counted, and the clock is not set back.",
        mail: Some(Mail {
            from: JO,
            to: HELP,
            subject: "Re: The tap drips again",
            id: "tap.2@client.example",
            answers: Some("tap.1@client.example"),
            marks: "",
            text: "Any news? I am still waiting for an answer.\n",
        }),
    },
    Scene {
        second: 30,
        words: "Ben answers Jo. The case falls silent.",
        mail: Some(Mail {
            from: BEN,
            to: JO,
            subject: "Re: The tap drips again",
            id: "tap.3@brook.example",
            answers: Some("tap.2@client.example"),
            marks: "",
            text: "Dear Jo,\n\nI am sorry for the trouble. I will be with you on Thursday at \
                   nine.\n\nBen\n",
        }),
    },
    Scene {
        second: 33,
        words: "Sam asks something. This one is left for you to look at.",
        mail: Some(Mail {
            from: SAM,
            to: HELP,
            subject: "Do you also mend boilers?",
            id: "boiler.1@weaver.example",
            answers: None,
            marks: "",
            text: "Good morning,\n\nmy boiler makes a noise like a kettle. Do you mend those \
                   too?\n\nSam\n",
        }),
    },
    Scene { second: 35, words: "The end of the story.", mail: None },
];

/// Hands a mail to the daemon, as a mail server would (RFC 2033).
pub(super) async fn deliver(lmtp: SocketAddr, mail: &Mail) -> std::io::Result<()> {
    let mut stream = BufReader::new(TcpStream::connect(lmtp).await?);
    expect(&mut stream, "220").await?;
    let lines = [
        ("LHLO demo.example", "250"),
        (&format!("MAIL FROM:<{}>", address(mail.from)), "250"),
        (&format!("RCPT TO:<{}>", address(mail.to)), "250"),
        ("DATA", "354"),
        (&format!("{}\r\n.", mail.bytes()), "250"),
        ("QUIT", "221"),
    ];
    for (line, reply) in lines {
        stream.get_mut().write_all(format!("{line}\r\n").as_bytes()).await?;
        expect(&mut stream, reply).await?;
    }
    Ok(())
}

async fn expect(stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        match (line.strip_prefix(reply), line.as_bytes().get(3)) {
            (Some(_), Some(b'-')) => {}
            (Some(_), _) => return Ok(()),
            (None, _) => return Err(std::io::Error::other(format!("LMTP said {:?}", line.trim()))),
        }
    }
}

fn address(party: &str) -> &str {
    party.rsplit_once('<').map_or(party, |(_, rest)| rest.trim_end_matches('>'))
}

impl Mail {
    fn bytes(&self) -> String {
        let Self { from, to, subject, id, marks, text, .. } = self;
        let answers = self.answers.map_or(String::new(), |answers| {
            format!("In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n")
        });
        let text = text.replace('\n', "\r\n");
        format!(
            "From: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
             {answers}{marks}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
             \r\n{text}"
        )
    }
}
