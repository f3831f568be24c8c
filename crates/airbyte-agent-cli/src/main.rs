//! The `airbyte-agent` program. Its code is in the library of this crate.

use std::process::ExitCode;

fn main() -> ExitCode {
    airbyte_agent_cli::main()
}
