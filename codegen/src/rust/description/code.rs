//! Rust expressions, and how they are divided into lines. This module knows brackets and line
//! widths, and no connector.
//!
//! An expression is written on one line if it fits. Otherwise its lists get one line for each element, and a
//! tall chain one line for each call. A long text is never divided: it counts as short, but a list that
//! contains one gets one line for each element.

use airbyte_agent_description::Text;

/// The widest line, not counting long texts.
const WIDTH: usize = 100;

/// The largest width that a text counts for.
const TEXT: usize = 40;

/// A Rust expression.
#[derive(Debug, Clone)]
pub(super) enum Code {
    /// Code that is written unchanged.
    Plain(String),
    /// A string literal.
    Text(String),
    /// A call, `head(arguments)`.
    Call(String, Vec<Code>),
    /// A list, `head![elements]`; `head` includes the exclamation mark.
    List(&'static str, Vec<Code>),
    /// A struct, `Name { field: value }`.
    Struct(&'static str, Vec<(&'static str, Code)>),
    /// A chain of calls, `head.call(arguments).call(arguments)`.
    Chain(Box<Code>, Vec<(&'static str, Vec<Code>)>, Layout),
}

/// How a chain that does not fit on one line is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layout {
    /// Inside the lists of its arguments.
    Flat,
    /// With one line for each call.
    Tall,
}

impl Code {
    pub(super) fn plain(text: impl Into<String>) -> Self {
        Self::Plain(text.into())
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    pub(super) fn call(head: &str, arguments: impl IntoIterator<Item = Self>) -> Self {
        Self::Call(head.to_owned(), arguments.into_iter().collect())
    }

    /// The expression `Some(…)` or `None`.
    pub(super) fn option(value: Option<Self>) -> Self {
        value.map_or_else(|| Self::plain("None"), |value| Self::call("Some", [value]))
    }

    /// The expression `list![…]`.
    pub(super) fn list(elements: impl IntoIterator<Item = Self>) -> Self {
        Self::List("list!", elements.into_iter().collect())
    }

    /// The expression `texts![…]`.
    pub(super) fn texts<'t>(texts: impl IntoIterator<Item = &'t (impl AsRef<str> + 't)>) -> Self {
        let texts = texts.into_iter().map(|text| Self::text(text.as_ref()));
        Self::List("texts!", texts.collect())
    }

    /// The expression with a call appended.
    pub(super) fn with(
        self,
        call: &'static str,
        arguments: impl IntoIterator<Item = Self>,
    ) -> Self {
        let call = (call, arguments.into_iter().collect());
        match self {
            Self::Chain(head, mut calls, layout) => {
                calls.push(call);
                Self::Chain(head, calls, layout)
            }
            head => Self::Chain(Box::new(head), vec![call], Layout::Flat),
        }
    }

    /// The expression with a call appended if `when` is true.
    pub(super) fn mark(self, call: &'static str, when: bool) -> Self {
        if when { self.with(call, []) } else { self }
    }

    /// The expression with a call that takes `value` appended, if there is a value.
    pub(super) fn maybe(self, call: &'static str, value: Option<Self>) -> Self {
        match value {
            Some(value) => self.with(call, [value]),
            None => self,
        }
    }

    /// The expression with a call that takes the text appended, unless the text is empty.
    pub(super) fn said(self, call: &'static str, text: &str) -> Self {
        self.maybe(call, (!text.is_empty()).then(|| Self::text(text)))
    }

    /// The expression with a call that takes a list appended, unless the list is empty.
    pub(super) fn each<T>(
        self,
        call: &'static str,
        elements: &[T],
        write: impl Fn(&T) -> Self,
    ) -> Self {
        self.maybe(call, (!elements.is_empty()).then(|| Self::list(elements.iter().map(write))))
    }

    /// The expression, to be written with one line for each call if it does not fit on one line.
    pub(super) fn tall(self) -> Self {
        match self {
            Self::Chain(head, calls, _) => Self::Chain(head, calls, Layout::Tall),
            other => other,
        }
    }

    /// Whether it contains a list with so much text that each element gets a line.
    fn has_long_list(&self) -> bool {
        let any = |list: &[Self]| list.iter().any(Self::has_long_list);
        match self {
            Self::Plain(_) | Self::Text(_) => false,
            Self::Call(_, arguments) => any(arguments),
            Self::List(_, elements) => {
                !elements.is_empty() && (self.flat().len() > WIDTH || any(elements))
            }
            Self::Struct(_, fields) => fields.iter().any(|(_, value)| value.has_long_list()),
            Self::Chain(head, calls, _) => {
                head.has_long_list() || calls.iter().any(|(_, arguments)| any(arguments))
            }
        }
    }

    /// The expression on one line.
    fn flat(&self) -> String {
        let join = |list: &[Self]| list.iter().map(Self::flat).collect::<Vec<_>>().join(", ");
        match self {
            Self::Plain(text) => text.clone(),
            Self::Text(text) => literal(text),
            Self::Call(head, arguments) => format!("{head}({})", join(arguments)),
            Self::List(head, elements) => format!("{head}[{}]", join(elements)),
            Self::Struct(name, fields) => {
                let fields: Vec<_> = fields
                    .iter()
                    .map(|(name, value)| format!("{name}: {}", value.flat()))
                    .collect();
                format!("{name} {{ {} }}", fields.join(", "))
            }
            Self::Chain(head, calls, _) => {
                calls.iter().fold(head.flat(), |text, (call, arguments)| {
                    format!("{text}.{call}({})", join(arguments))
                })
            }
        }
    }

    /// Number of characters on one line, where long texts count as short ones.
    fn width(&self) -> usize {
        let sum = |list: &[Self]| list.iter().map(|code| code.width() + 2).sum::<usize>();
        match self {
            Self::Plain(text) => text.len(),
            Self::Text(text) => text.len().min(TEXT) + 2,
            Self::Call(head, arguments) => head.len() + 2 + sum(arguments).saturating_sub(2),
            Self::List(head, elements) => head.len() + 2 + sum(elements).saturating_sub(2),
            Self::Struct(name, fields) => {
                let fields = fields.iter().map(|(name, value)| name.len() + 4 + value.width());
                name.len() + 4 + fields.sum::<usize>()
            }
            Self::Chain(head, calls, _) => {
                let calls = calls
                    .iter()
                    .map(|(call, arguments)| call.len() + 3 + sum(arguments).saturating_sub(2));
                head.width() + calls.sum::<usize>()
            }
        }
    }

    /// The expression on as many lines as it needs, starting in a line that is indented by `margin`.
    pub(super) fn write(&self, margin: usize) -> String {
        if margin + self.width() <= WIDTH && !self.has_long_list() {
            return self.flat();
        }
        let line = |text: String| format!("\n{}{text}", " ".repeat(margin + 4));
        let end = format!("\n{}", " ".repeat(margin));
        let join = |list: &[Self]| {
            list.iter().map(|code| code.write(margin)).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Plain(_) | Self::Text(_) => self.flat(),
            Self::Call(head, arguments) => format!("{head}({})", join(arguments)),
            Self::List(head, elements) => {
                let lines =
                    elements.iter().map(|element| line(format!("{},", element.write(margin + 4))));
                format!("{head}[{}{end}]", lines.collect::<String>())
            }
            Self::Struct(name, fields) => {
                let lines = fields
                    .iter()
                    .map(|(name, value)| line(format!("{name}: {},", value.write(margin + 4))));
                format!("{name} {{{}{end}}}", lines.collect::<String>())
            }
            Self::Chain(head, calls, Layout::Flat) => {
                calls.iter().fold(head.write(margin), |text, (call, arguments)| {
                    format!("{text}.{call}({})", join(arguments))
                })
            }
            Self::Chain(head, calls, Layout::Tall) => {
                calls.iter().fold(head.write(margin), |text, (call, arguments)| {
                    let arguments: Vec<_> =
                        arguments.iter().map(|code| code.write(margin + 4)).collect();
                    text + &line(format!(".{call}({})", arguments.join(", ")))
                })
            }
        }
    }
}

/// The expression `text("…")`.
pub(super) fn text(text: &str) -> Code {
    Code::call("text", [Code::text(text)])
}

/// The expression `Borrowed(list![…])`.
pub(super) fn list<T>(elements: &[T], write: impl Fn(&T) -> Code) -> Code {
    if elements.is_empty() {
        return Code::plain("Borrowed(&[])");
    }
    borrowed(Code::list(elements.iter().map(write)))
}

/// The expression `Borrowed(texts![…])`.
pub(super) fn texts(texts: &[Text]) -> Code {
    if texts.is_empty() {
        return Code::plain("Borrowed(&[])");
    }
    borrowed(Code::texts(texts.iter()))
}

/// The expression `Borrowed(list)`.
pub(super) fn borrowed(list: Code) -> Code {
    Code::call("Borrowed", [list])
}

/// A string literal: a raw one if escapes would make the text hard to read.
fn literal(text: &str) -> String {
    let hidden = text.contains(['"', '\\']);
    let impossible = text.chars().any(char::is_control);
    if !hidden || impossible {
        return format!("{text:?}");
    }
    let mut marks = String::new();
    while text.contains(&format!("\"{marks}")) {
        marks.push('#');
    }
    format!("r{marks}\"{text}\"{marks}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_break_and_long_texts_do_not() {
        let parameter = |name: &str| {
            Code::call("query", [Code::text(name), Code::plain("STRING")])
                .with("description", [Code::text(&"long ".repeat(40))])
        };
        let code = Code::call("get", [Code::text("a")])
            .said("summary", "say \"a\"")
            .with("parameters", [Code::list([parameter("one"), parameter("two")])])
            .tall();
        let long = "long ".repeat(40);
        let expected = format!(
            "get(\"a\")
    .summary(r#\"say \"a\"\"#)
    .parameters(list![
        query(\"one\", STRING).description(\"{long}\"),
        query(\"two\", STRING).description(\"{long}\"),
    ])"
        );
        assert_eq!(code.write(0), expected);
        assert_eq!(Code::list([Code::text("a"), Code::plain("B")]).write(0), "list![\"a\", B]");
    }
}
