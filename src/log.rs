//! What operators read: tracing to the journal, or to standard error.
//!
//! `OWED_LOG` takes the directives of [`EnvFilter`] (`debug`, or
//! `owed::intake=debug,info`). A thing has one field name wherever it is logged, so that a
//! search finds all of a case; in the journal it is in capitals:
//!
//! | field | what it is |
//! | --- | --- |
//! | `case` | a case number, as in `journalctl CASE=7K3F-2` |
//! | `person` | the number of somebody here |
//! | `message_id` | a mail, by its Message-ID |
//!
//! All else stands in the words, because the journal shows nothing but these.
//! `error` is for what somebody has to look at, `warn` for what owed tries to mend, `info`
//! for what happened to cases and mails, `debug` for what peers did. Subjects, bodies,
//! passwords and tokens are never logged, at no level.

use std::io::{self, IsTerminal};
use std::os::unix::fs::MetadataExt;

use tracing::Dispatch;
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable that says what is logged.
pub const VARIABLE: &str = "OWED_LOG";

/// What is logged where nobody said anything else.
pub const DEFAULT: &str = "info";

/// Why the log could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The directives are none.
    #[error("understand {VARIABLE}={directives:?}: {source}; try `info` or `owed=debug,info`")]
    Directives {
        /// What was written.
        directives: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// Somebody set a log up before.
    #[error("set up the log: {0}")]
    Installed(#[from] tracing_subscriber::util::TryInitError),
}

/// Where the log goes, and so what its lines carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reader {
    /// Somebody at a terminal: time and colours.
    Terminal,
    /// A file or another program: time, no colours.
    File,
    /// A program that reads a JSON object a line.
    Program,
}

/// Logs everything from now on, as `json` or as lines for people. To be called once,
/// before the first task starts. Under systemd it goes to the journal with its fields.
pub fn set_up(json: bool) -> Result<(), LogError> {
    let filter = filter(environment(VARIABLE).as_deref())?;
    if !json
        && is_journal(environment("JOURNAL_STREAM").as_deref())
        && let Ok(journal) = tracing_journald::layer()
    {
        // What happens to every mail is no notice, which would stand out.
        let priorities = PriorityMappings {
            info: Priority::Informational,
            debug: Priority::Debug,
            ..PriorityMappings::new()
        };
        let journal = journal
            .with_field_prefix(None)
            .with_syslog_identifier("owed".to_owned())
            .with_priority_mappings(priorities);
        tracing_subscriber::registry().with(journal).with(filter).try_init()?;
        return Ok(());
    }
    lines(reader(json, io::stderr().is_terminal()), filter, io::stderr).try_init()?;
    Ok(())
}

/// Whether standard error is what `JOURNAL_STREAM` says: who was started in a service
/// may have been sent elsewhere since.
fn is_journal(stream: Option<&str>) -> bool {
    let ours = std::fs::metadata("/proc/self/fd/2");
    let ours = ours.map(|stderr| format!("{}:{}", stderr.dev(), stderr.ino()));
    ours.ok().as_deref().is_some_and(|ours| stream == Some(ours))
}

#[expect(clippy::disallowed_methods, reason = "the log is set up before there is a configuration")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn reader(json: bool, terminal: bool) -> Reader {
    match (json, terminal) {
        (true, _) => Reader::Program,
        (false, true) => Reader::Terminal,
        (false, false) => Reader::File,
    }
}

fn filter(directives: Option<&str>) -> Result<EnvFilter, LogError> {
    let directives = directives.unwrap_or(DEFAULT);
    EnvFilter::try_new(directives)
        .map_err(|source| LogError::Directives { directives: directives.to_owned(), source })
}

fn lines<W>(reader: Reader, filter: EnvFilter, writer: W) -> Dispatch
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(reader == Reader::Terminal)
        .with_writer(writer);
    match reader {
        Reader::Program => Dispatch::new(lines.json().flatten_event(true).finish()),
        Reader::Terminal | Reader::File => Dispatch::new(lines.finish()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// A place to write to that is read afterwards.
    #[derive(Debug, Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(reader: Reader, directives: Option<&str>) -> String {
        let paper = Paper::default();
        let sheet = paper.clone();
        let dispatch = lines(reader, filter(directives).unwrap(), move || sheet.clone());
        tracing::dispatcher::with_default(&dispatch, || {
            tracing::info!(case = "7K3F-2", "owed");
            tracing::debug!(case = "7K3F-2", "looked at");
        });
        String::from_utf8(paper.0.lock().unwrap().clone()).unwrap()
    }

    #[test]
    fn a_program_gets_an_object_a_line_with_the_fields_beside_the_message() {
        let line = written(Reader::Program, None);
        let object: serde_json::Value = serde_json::from_str(&line).unwrap();
        let field = |name: &str| object[name].as_str().unwrap_or_default().to_owned();
        assert_eq!((field("level"), field("message")), ("INFO".to_owned(), "owed".to_owned()));
        assert_eq!(field("case"), "7K3F-2");
        assert!(field("timestamp").parse::<jiff::Timestamp>().is_ok(), "{line}");
    }

    #[test]
    fn a_file_gets_the_time_and_no_colour() {
        let line = written(Reader::File, None);
        let (time, rest) = line.split_once(' ').unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time} is no time");
        assert_eq!(rest, " INFO owed::log::tests: owed case=\"7K3F-2\"\n");
    }

    #[test]
    fn a_terminal_gets_colour() {
        assert!(written(Reader::Terminal, None).contains('\u{1b}'));
    }

    #[test]
    fn directives_say_what_is_logged() {
        assert_eq!(written(Reader::File, Some("warn")), "");
        assert_eq!(written(Reader::File, Some("owed=debug,warn")).lines().count(), 2);
        assert_eq!(written(Reader::File, Some("owed::store=debug")).lines().count(), 0);
    }

    #[test]
    fn bad_directives_are_named_with_a_way_out() {
        let error = filter(Some("owed=loud")).unwrap_err().to_string();
        assert!(error.starts_with("understand OWED_LOG=\"owed=loud\": "), "{error}");
        assert!(error.ends_with("; try `info` or `owed=debug,info`"), "{error}");
    }

    #[test]
    fn the_journal_is_what_standard_error_leads_to() {
        let stderr = std::fs::metadata("/proc/self/fd/2").unwrap();
        let (dev, ino) = (stderr.dev(), stderr.ino());
        assert!(is_journal(Some(&format!("{dev}:{ino}"))));
        assert!(!is_journal(Some(&format!("{dev}:{}", ino + 1))));
        assert!(!is_journal(None));
    }
}
