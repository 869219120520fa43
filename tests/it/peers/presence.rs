//! Whether the peers are on this machine, and what is said where they are not.

use std::env;
use std::io::Write as _;
use std::path::Path;

/// What a test with real peers cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// A program, and the packages that bring it.
    Program(&'static str, &'static str),
    /// The rights that mail servers start with.
    Root,
}

/// Dovecot, Postfix and the rights to start them.
pub(crate) const SERVERS: [Need; 3] = [
    Need::Program("dovecot", "dovecot-imapd dovecot-lmtpd"),
    Need::Program("postfix", "postfix"),
    Need::Root,
];

/// Dovecot alone, and the rights to start it.
pub(crate) const DOVECOT: [Need; 2] =
    [Need::Program("dovecot", "dovecot-imapd dovecot-lmtpd"), Need::Root];

/// A browser, and what drives it.
pub(crate) const BROWSER: [Need; 2] =
    [Need::Program("chromium", "chromium"), Need::Program("chromedriver", "chromium-driver")];

/// Whether a test that needs these goes on. Where something is missing, a line
/// that no harness captures says which test was left out and how to run it;
/// with `OWED_REQUIRE_PEERS=1` the test fails instead.
#[track_caller]
pub(crate) fn required_or_left_out(test: &str, needs: &[Need]) -> bool {
    let missing: Vec<_> = needs.iter().copied().filter(|need| !is_here(*need)).collect();
    if missing.is_empty() {
        return true;
    }
    let said = words(test, &missing);
    let required = env::var_os("OWED_REQUIRE_PEERS").is_some_and(|value| value == "1");
    assert!(!required, "{said}");
    // Straight to the descriptor: what a passing test prints is not shown.
    let _ = writeln!(std::io::stderr(), "{said}");
    false
}

fn is_here(need: Need) -> bool {
    match need {
        Need::Program(name, _) => on_path(name),
        Need::Root => owner_of_this_process() == Some(0),
    }
}

fn on_path(name: &str) -> bool {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(name).is_file())
}

fn owner_of_this_process() -> Option<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Some(Path::new("/proc/self").metadata().ok()?.uid())
}

fn words(test: &str, missing: &[Need]) -> String {
    let told = missing.iter().map(|need| match need {
        Need::Program(name, packages) => {
            format!("no {name}, install it with `apt-get install {packages}`")
        }
        Need::Root => "mail servers start as root only, use root or `.ci/run`".to_owned(),
    });
    let told = told.collect::<Vec<_>>().join("; ");
    format!("left out: {test}: {told}; OWED_REQUIRE_PEERS=1 makes this a failure")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_told_with_the_way_to_run_it() {
        let nobody = Need::Program("nosuchd", "nosuchd-core");
        assert_eq!(
            words("mail arrives", &[nobody]),
            "left out: mail arrives: no nosuchd, install it with `apt-get install nosuchd-core`; \
             OWED_REQUIRE_PEERS=1 makes this a failure"
        );
    }

    #[test]
    fn a_program_is_here_when_it_is_on_the_path() {
        assert!(is_here(Need::Program("sh", "dash")));
        assert!(!is_here(Need::Program("nosuchd", "nosuchd-core")));
    }
}
