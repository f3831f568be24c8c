//! "Already exists": what the platform says when something is made a second time.

use airbyte_agent_core::Error;

/// Whether the platform refuses because the thing is there. Newer servers answer 409, older ones
/// 400 with these words.
pub(crate) fn already_exists(error: &Error) -> bool {
    match error.status() {
        Some(409) => true,
        Some(400 | 422) => error.message().to_lowercase().contains("already exists"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use airbyte_agent_core::{Error, ErrorKind};

    use super::*;

    #[test]
    fn an_error_without_a_status_is_something_else() {
        assert!(!already_exists(&Error::new(ErrorKind::Vendor, "Template already exists")));
    }
}
