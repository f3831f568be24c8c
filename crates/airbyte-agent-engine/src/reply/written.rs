//! What is known of a response beside its values.

use url::Url;

/// What paging has to know of a response beside its values.
pub(super) trait Written {
    /// A hash of the records as they stand there.
    fn fingerprint(&self) -> Option<u32>;

    /// How the value at a place of the plan is written, digit by digit.
    fn spelling(&self, place: usize) -> Option<String>;

    /// The places of every metadata field.
    fn meta_places(&self) -> &[Vec<usize>];

    /// The server that gave the response, where it matters.
    fn base(&self) -> Option<&Url>;
}
