//! The `airbyte-agent` program. Everything it does is in the library beside it.

use std::process::ExitCode;

fn main() -> ExitCode {
    airbyte_agent_cli::main()
}
