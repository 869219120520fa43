//! The program: argv to exit code, nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    owed::cli::main()
}
