//! The command line: one file a verb. Each verb takes what it needs and a
//! writer, and says how it went; `main` alone turns that into an exit code.

pub mod check;
