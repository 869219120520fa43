//! What operators read: tracing to standard error.
//!
//! `OWED_LOG` takes the directives of [`EnvFilter`] (`debug`, or
//! `owed::intake=debug,info`). Under journald, which stamps each line itself,
//! lines carry no time and no colour. A thing has one field name wherever it is
//! logged (`case`, `to`, `source`, `error`), so that a search finds all of a
//! case. Bodies, passwords and tokens are never fields.

use std::io::{self, IsTerminal};

use tracing::Dispatch;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;
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
    /// journald, which knows the time better.
    Journal,
}

/// Sends everything that is logged from now on to standard error. To be called
/// once, before the first task starts.
pub fn set_up() -> Result<(), LogError> {
    let journal = environment("JOURNAL_STREAM").is_some();
    let filter = filter(environment(VARIABLE).as_deref())?;
    lines(reader(journal, io::stderr().is_terminal()), filter, io::stderr).try_init()?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the log is set up before there is a configuration")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn reader(journal: bool, terminal: bool) -> Reader {
    match (terminal, journal) {
        // A terminal inside a service's shell still has somebody at it.
        (true, _) => Reader::Terminal,
        (false, true) => Reader::Journal,
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
        Reader::Journal => Dispatch::new(lines.without_time().finish()),
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
    fn the_journal_gets_lines_without_time_or_colour() {
        assert_eq!(
            written(Reader::Journal, None),
            " INFO owed::log::tests: owed case=\"7K3F-2\"\n"
        );
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
    fn the_journal_is_known_unless_somebody_looks_on() {
        assert_eq!(reader(true, false), Reader::Journal);
        assert_eq!(reader(true, true), Reader::Terminal);
        assert_eq!(reader(false, true), Reader::Terminal);
        assert_eq!(reader(false, false), Reader::File);
    }
}
