//! Results of queries as files of other programs.

/// A result as a file in the format Parquet.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ParquetFile {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// One sentence for each column that has another type than its table says, or than its first values suggest.
    pub notes: Vec<String>,
}

impl ParquetFile {
    /// Whether such files can be made: whether this was built with the feature `parquet`.
    pub const IS_POSSIBLE: bool = cfg!(feature = "parquet");
}
