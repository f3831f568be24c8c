//! The airbyte-agent program.

fn main() {}
