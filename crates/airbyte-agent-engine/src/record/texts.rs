//! Lists of texts in the forms that setters accept.

/// A list of texts: an array, a `Vec` or another iterator over values that can be converted into a
/// `String`.
///
/// ```
/// use airbyte_agent_engine::Texts;
///
/// assert_eq!(["a", "b"].into_texts(), ["a", "b"]);
/// assert_eq!(vec![String::from("a")].into_texts(), ["a"]);
/// ```
///
/// A single text is not a list, so that `"a,b"` is not taken for two texts:
///
/// ```compile_fail,E0277
/// # use airbyte_agent_engine::Texts;
/// fn properties(names: impl Texts) {}
///
/// properties("a,b");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of texts",
    label = "expected a list, such as `[\"a\", \"b\"]`",
    note = "a list is an array, a `Vec` or another iterator, also for a single text: `[\"a\"]`"
)]
pub trait Texts {
    /// Returns the texts in their order.
    fn into_texts(self) -> Vec<String>;
}

#[diagnostic::do_not_recommend]
impl<I> Texts for I
where
    I: IntoIterator,
    I::Item: Into<String>,
{
    fn into_texts(self) -> Vec<String> {
        self.into_iter().map(Into::into).collect()
    }
}
