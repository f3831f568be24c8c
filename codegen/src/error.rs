//! Why no crate could be made.

/// Why no crate could be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The types of the spec could not be turned into Rust.
    #[error("types: {message}")]
    TypeSpace {
        /// What progenitor says.
        message: String,
    },
    /// The generator wrote something that is no Rust; a defect of the generator.
    #[error("the generator wrote invalid Rust: {message}")]
    Unparsable {
        /// Where, and what the parser says.
        message: String,
    },
}
