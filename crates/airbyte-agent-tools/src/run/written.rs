//! The result of a call that can be written once more within tighter limits.

use std::fmt;

use crate::error::ToolError;
use crate::limits::ResultLimits;
use crate::output::ToolOutput;

/// The result of a call.
pub(crate) struct Written<'t> {
    output: ToolOutput,
    shorter: Option<Shorter<'t>>,
}

/// Writes the same result within tighter limits.
type Shorter<'t> = Box<dyn Fn(&ResultLimits) -> Result<ToolOutput, ToolError> + Send + Sync + 't>;

impl<'t> Written<'t> {
    /// A result that stays as it is.
    pub(crate) const fn only(output: ToolOutput) -> Self {
        Self { output, shorter: None }
    }

    /// A result that `shorter` writes once more.
    pub(super) fn shortenable(
        output: ToolOutput,
        shorter: impl Fn(&ResultLimits) -> Result<ToolOutput, ToolError> + Send + Sync + 't,
    ) -> Self {
        Self { output, shorter: Some(Box::new(shorter)) }
    }

    /// The result.
    pub(crate) const fn output(&self) -> &ToolOutput {
        &self.output
    }

    /// The result, which will not be written once more.
    pub(crate) fn into_output(self) -> ToolOutput {
        self.output
    }

    /// Whether the result can be written once more.
    pub(crate) const fn is_shortenable(&self) -> bool {
        self.shorter.is_some()
    }

    /// The same result within tighter limits; `None` for a result that stays as it is.
    ///
    /// # Errors
    ///
    /// When not even one record is within the limits.
    pub(crate) fn within(&self, limits: &ResultLimits) -> Option<Result<ToolOutput, ToolError>> {
        self.shorter.as_ref().map(|shorter| shorter(limits))
    }
}

impl fmt::Debug for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Written").field("records", &self.output.records).finish_non_exhaustive()
    }
}
