//! The conversion of results into Parquet files, whether or not it is built in.

use crate::error::Result;
use crate::export::ParquetFile;
use crate::sql::Rows;

impl Rows {
    /// The rows as a file in the format Parquet, which needs the feature `parquet`. The names of the columns are
    /// [`names`](Self::names).
    ///
    /// A column of a table has the type that [`ColumnKind`](crate::ColumnKind) says: a whole number of 64 bits, a
    /// double, a truth value, a text, or a moment in UTC of microseconds; JSON is a text. A computed column has the
    /// type of all its values. Where a value does not have the type of its column, or would be rounded, the whole
    /// column consists of texts, which a note tells; values that are no texts are JSON there. Every value may be null.
    ///
    /// # Errors
    ///
    /// [`Error::Export`](crate::Error::Export) without the feature, or if the file cannot be made.
    pub fn parquet(&self) -> Result<ParquetFile> {
        #[cfg(feature = "parquet")]
        {
            crate::parquet::file(self)
        }
        #[cfg(not(feature = "parquet"))]
        {
            Err(crate::error::Error::Export(
                "this program was built without Parquet; build it with the feature `parquet`, or choose another format"
                    .to_owned(),
            ))
        }
    }
}
