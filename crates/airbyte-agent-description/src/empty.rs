//! Failures that mean that a list is empty.

use serde::Serialize;

use super::{Text, fits_pattern};

/// A failure that means that a list has no records. A response has to fit everything that is given here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EmptyList {
    /// HTTP status of the response.
    pub status: Option<u16>,
    /// The vendor's error code.
    pub code: Option<Text>,
    /// Pattern of the vendor's message, in which `*` stands for any text. Upper and lower case are the
    /// same.
    pub message: Option<Text>,
}

impl EmptyList {
    /// Whether a message fits the pattern; without a pattern, every message does.
    pub fn fits_message(&self, message: &str) -> bool {
        self.message.as_deref().is_none_or(|pattern| {
            fits_pattern(&pattern.to_lowercase(), message.trim().to_lowercase().as_str())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_messages() {
        for (pattern, message, expected) in [
            ("No calls found", "no calls found", true),
            ("No calls found", "No calls found.", false),
            ("No * found*", "No calls found corresponding to the filters", true),
            ("No * found*", "Found no calls", false),
            ("*nothing*here*", "there is nothing to see here", true),
            ("*nothing*here*", "here is nothing", false),
            ("a*a", "a", false),
            ("*", "", true),
        ] {
            let failure = EmptyList { message: Some(pattern.into()), ..EmptyList::new() };
            assert_eq!(failure.fits_message(message), expected, "{pattern}: {message}");
        }
        assert!(EmptyList::new().fits_message("anything"));
    }
}
