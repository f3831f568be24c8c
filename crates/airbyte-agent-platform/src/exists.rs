//! Recognises that the platform refuses to create something because it exists.

use airbyte_agent_core::Error;

/// Whether the error says that something exists already. Newer servers respond with the status 409, older
/// ones with 400 or 422 and these words.
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
    fn an_error_without_a_status_does_not_come_from_the_platform() {
        assert!(!already_exists(&Error::new(ErrorKind::Vendor, "Template already exists")));
    }
}
