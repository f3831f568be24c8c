//! The errors of the generator.

/// The reason why no crate was generated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The types of the spec could not be turned into Rust.
    #[error("types: {message}")]
    TypeSpace {
        /// The message of progenitor, which generates the types.
        message: String,
    },
    /// A generated file is not valid Rust, which is a defect of the generator.
    #[error("the generator wrote invalid Rust: {message}")]
    Unparsable {
        /// The file, and the message of the parser.
        message: String,
    },
}
