//! Real mail, where a collection of it lies beside the repository: how often
//! the judgement is right, a row of a table a question.
//!
//! This file knows the collection's tables and what a row is measured by; each
//! module asks one sort of question. Nothing of that mail is kept or quoted.
//! `cargo test --test it corpus -- --show-output` prints the rows and the misses.

mod evidence;
mod kinds;
mod month;
mod text;
mod threads;
mod words;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use owed::mail::parse::{Malformed, Message, parse};

/// A line of one of the collection's tables, by the names of its columns.
type Row = BTreeMap<String, String>;

/// One mail of `manifest.tsv`.
struct Mail {
    /// What the collection says of it.
    row: Row,
    /// As it is read.
    message: Result<Message, Malformed>,
}

impl Mail {
    fn says(&self, column: &str) -> &str {
        self.row.get(column).map_or("", String::as_str)
    }
}

/// Where the collection is, unless it is absent: that is said aloud, and the
/// test that asks has nothing to measure.
fn corpus() -> Option<PathBuf> {
    let home = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let found = home.ancestors().map(|dir| dir.join("shared/corpus")).find(|dir| dir.is_dir());
    if found.is_none() {
        // Past the harness, which keeps the words of tests that pass to itself.
        let left_out = "left out: measuring on real mail; there is no ../shared/corpus";
        let _ = writeln!(std::io::stderr(), "{left_out}");
    }
    found
}

/// The rows of a table.
fn rows(path: &Path) -> Vec<Row> {
    let table = std::fs::read_to_string(path).unwrap();
    let mut lines = table.lines();
    let names: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let row = |line: &str| {
        names.iter().zip(line.split('\t')).map(|(n, v)| ((*n).into(), v.into())).collect()
    };
    lines.map(row).collect()
}

/// Every single mail of the collection, read once for all modules.
fn mails(corpus: &Path) -> &'static [Mail] {
    static MAILS: OnceLock<Vec<Mail>> = OnceLock::new();
    MAILS.get_or_init(|| {
        let rows = rows(&corpus.join("manifest.tsv"));
        in_parallel(&rows, |row| {
            let raw = std::fs::read(corpus.join(&row["path"])).unwrap();
            Mail { row: row.clone(), message: parse(&raw) }
        })
    })
}

/// What `of` makes of each item, in order, by all cores.
fn in_parallel<T: Sync, R: Send>(items: &[T], of: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let cores = std::thread::available_parallelism().map_or(1, Into::into);
    let share = items.len().div_ceil(cores).max(1);
    let work = &|chunk: &[T]| chunk.iter().map(&of).collect::<Vec<R>>();
    std::thread::scope(|scope| {
        let chunks = items.chunks(share);
        let working: Vec<_> = chunks.map(|chunk| scope.spawn(move || work(chunk))).collect();
        working.into_iter().flat_map(|done| done.join().unwrap()).collect()
    })
}

/// How many of a sort there are, and which of them went wrong.
#[derive(Default)]
struct Share {
    all: usize,
    wrong: Vec<String>,
    /// How many of the wrong ones have a label that we think wrong.
    doubted: usize,
}

impl Share {
    /// Counts one; `miss` says which it was and what it was taken for.
    fn count(&mut self, right: bool, miss: impl FnOnce() -> String) {
        self.all += 1;
        if !right {
            self.wrong.push(miss());
        }
    }

    /// Counts one that goes against its label, which we think wrong for a reason.
    fn doubt(&mut self, reason: &str, miss: impl FnOnce() -> String) {
        self.doubted += 1;
        self.count(false, || format!("{} (label in doubt: {reason})", miss()));
    }
}

/// What a row has to reach.
#[derive(Clone, Copy)]
enum Floor {
    /// No more wrong ones than that.
    Wrong(usize),
    /// At least that many of a hundred right.
    Percent(f64),
    /// Only shown.
    Shown,
}

/// Rows of the table that is printed, and those that miss what is asked of them.
#[derive(Default)]
struct Table {
    lines: String,
    short: Vec<String>,
}

impl Table {
    /// A row of counted items: those that went wrong, and those that go against a
    /// label in doubt, which are shown but not held against the floor.
    #[expect(clippy::cast_precision_loss, reason = "counts of mails are small")]
    fn share(&mut self, name: &str, share: &Share, floor: Floor) {
        let Share { all, wrong, doubted } = share;
        let missed = wrong.len() - doubted;
        let percent = 100.0 * (all - missed) as f64 / (*all).max(1) as f64;
        let figure = format!("{missed:4} + {doubted:2} wrong of {all:5}, {percent:6.2} % right");
        let (reached, asked) = match floor {
            Floor::Wrong(most) => (missed <= most, format!("at most {most} wrong")),
            Floor::Percent(least) => (percent >= least, format!("at least {least} %")),
            Floor::Shown => (true, String::new()),
        };
        self.line(name, &figure, (reached && *all > 0, &asked));
        for miss in wrong {
            let _ = writeln!(self.lines, "    {miss}");
        }
    }

    /// A row of any other figure that has to be at least `floor`.
    fn figure(&mut self, name: &str, value: f64, floor: f64) {
        let asked = format!("at least {floor}");
        self.line(name, &format!("{value:.4}"), (value >= floor, &asked));
    }

    fn line(&mut self, name: &str, figure: &str, (reached, asked): (bool, &str)) {
        let line = format!("{name:34} {figure}   {asked}");
        let _ = writeln!(self.lines, "{}", line.trim_end());
        if !reached {
            self.short.push(line);
        }
    }

    /// Prints the rows, and fails where one misses what is asked of it.
    #[track_caller]
    fn close(self) {
        println!("{}", self.lines);
        assert!(self.short.is_empty(), "below what is asked:\n{}", self.short.join("\n"));
    }
}
