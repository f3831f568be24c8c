//! The fields that a GraphQL selection names: a strict parser of the text between two braces.
//!
//! Arguments, directives and fragments are skipped; what a fragment selects counts as selected.
//! Whatever is not GraphQL is an error, so that no caller relies on a selection read in part.

/// Deepest nesting that is read.
const DEEPEST: usize = 32;

/// A GraphQL selection, as the names that it holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    fields: Vec<Selected>,
}

/// A field of a selection.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Selected {
    /// Name of the field at the vendor.
    name: String,
    /// Name in the response: the alias, or the name itself.
    shown: String,
    below: Selection,
}

impl Selection {
    /// Reads the text between the braces, as a description's default selection has it.
    ///
    /// # Errors
    ///
    /// What is wrong with the text.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut reader = Reader { rest: text, depth: 0 };
        let mut all = Self::default();
        reader.fields(&mut all)?;
        match reader.next()? {
            None => Ok(all),
            Some(token) => Err(format!("unexpected {token}")),
        }
    }

    /// The fields at the vendor's names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| field.name.as_str())
    }

    /// What is selected below the vendor's field of this name, wherever it is selected.
    pub fn below(&self, name: &str) -> Vec<&Self> {
        let same = self.fields.iter().filter(|field| field.name == name);
        same.map(|field| &field.below).collect()
    }

    /// Whether responses have a field at this path of names as the response has them.
    pub fn shows(&self, path: &[&str]) -> bool {
        let [first, rest @ ..] = path else { return true };
        self.fields.iter().any(|field| field.shown == *first && field.below.shows(rest))
    }
}

/// A word or sign of GraphQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Token<'t> {
    Name(&'t str),
    /// A number or a quoted text: only as an argument.
    Literal,
    Spread,
    Sign(char),
}

impl std::fmt::Display for Token<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => write!(f, "'{name}'"),
            Self::Literal => f.write_str("a value"),
            Self::Spread => f.write_str("'...'"),
            Self::Sign(sign) => write!(f, "'{sign}'"),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Reader<'t> {
    /// Fields and spreads until something else comes.
    fn fields(&mut self, into: &mut Selection) -> Result<(), String> {
        loop {
            match self.peek()? {
                Some(Token::Name(name)) => {
                    self.next()?;
                    self.field(name, into)?;
                }
                Some(Token::Spread) => {
                    self.next()?;
                    self.spread(into)?;
                }
                _ => return Ok(()),
            }
        }
    }

    fn field(&mut self, first: &str, into: &mut Selection) -> Result<(), String> {
        let mut name = first;
        if self.take(':')? {
            name = self.name()?;
        }
        if self.take('(')? {
            self.skip(')')?;
        }
        self.directives()?;
        let mut below = Selection::default();
        if self.take('{')? {
            self.nested(&mut below)?;
        }
        let (name, shown) = (name.to_owned(), first.to_owned());
        into.fields.push(Selected { name, shown, below });
        Ok(())
    }

    /// Behind `...`: a selection on a type, or a fragment by its name, of which nothing is known.
    fn spread(&mut self, into: &mut Selection) -> Result<(), String> {
        if let Some(Token::Name(name)) = self.peek()? {
            self.next()?;
            if name != "on" {
                return self.directives();
            }
            self.name()?;
        }
        self.directives()?;
        if !self.take('{')? {
            return Err("a fragment without selection".to_owned());
        }
        self.nested(into)
    }

    /// What stands behind `{`, and the brace that closes it.
    fn nested(&mut self, into: &mut Selection) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(format!("a selection more than {DEEPEST} deep"));
        }
        let before = into.fields.len();
        self.fields(into)?;
        self.depth -= 1;
        match self.next()? {
            Some(Token::Sign('}')) if into.fields.len() > before => Ok(()),
            Some(Token::Sign('}')) => Err("a selection of nothing".to_owned()),
            Some(token) => Err(format!("unexpected {token}")),
            None => Err("a '{' that is never closed".to_owned()),
        }
    }

    fn directives(&mut self) -> Result<(), String> {
        while self.take('@')? {
            self.name()?;
            if self.take('(')? {
                self.skip(')')?;
            }
        }
        Ok(())
    }

    /// Arguments, up to the sign that closes them.
    fn skip(&mut self, closing: char) -> Result<(), String> {
        let mut open = vec![closing];
        while let Some(due) = open.last().copied() {
            match self.next()? {
                None => return Err(format!("a '{due}' is missing")),
                Some(Token::Sign('(')) => open.push(')'),
                Some(Token::Sign('[')) => open.push(']'),
                Some(Token::Sign('{')) => open.push('}'),
                Some(Token::Sign(sign @ (')' | ']' | '}'))) => {
                    if sign != due {
                        return Err(format!("'{sign}' where '{due}' is due"));
                    }
                    open.pop();
                }
                Some(_) => {}
            }
            if open.len() > DEEPEST {
                return Err(format!("arguments more than {DEEPEST} deep"));
            }
        }
        Ok(())
    }

    fn name(&mut self) -> Result<&'t str, String> {
        match self.next()? {
            Some(Token::Name(name)) => Ok(name),
            Some(token) => Err(format!("unexpected {token}")),
            None => Err("a name is missing".to_owned()),
        }
    }

    /// Whether the sign comes next, which is then passed.
    fn take(&mut self, sign: char) -> Result<bool, String> {
        let is_next = self.peek()? == Some(Token::Sign(sign));
        if is_next {
            self.next()?;
        }
        Ok(is_next)
    }

    fn peek(&mut self) -> Result<Option<Token<'t>>, String> {
        let rest = self.rest;
        let token = self.next();
        self.rest = rest;
        token
    }

    fn next(&mut self) -> Result<Option<Token<'t>>, String> {
        loop {
            let Some(first) = self.rest.chars().next() else { return Ok(None) };
            match first {
                ' ' | '\t' | '\n' | '\r' | ',' | '\u{feff}' => self.pass(first.len_utf8()),
                '#' => self.pass(self.rest.find(['\n', '\r']).unwrap_or(self.rest.len())),
                _ => return self.token(first).map(Some),
            }
        }
    }

    fn token(&mut self, first: char) -> Result<Token<'t>, String> {
        let text = self.rest;
        if text.starts_with("...") {
            self.pass(3);
            return Ok(Token::Spread);
        }
        if is_name_start(first) {
            let end = text.find(|c| !is_name_part(c)).unwrap_or(text.len());
            self.pass(end);
            return Ok(Token::Name(&text[..end]));
        }
        if first == '"' {
            let length = quoted(text).ok_or("a text that is never closed")?;
            self.pass(length);
            return Ok(Token::Literal);
        }
        if first.is_ascii_digit() || first == '-' {
            let is_part = |c: char| is_name_part(c) || matches!(c, '-' | '+' | '.');
            self.pass(text.find(|c| !is_part(c)).unwrap_or(text.len()));
            return Ok(Token::Literal);
        }
        if !"!$&():=@[]{|}".contains(first) {
            return Err(format!("unexpected '{}'", first.escape_default()));
        }
        self.pass(1);
        Ok(Token::Sign(first))
    }

    fn pass(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
    }
}

fn is_name_start(c: char) -> bool {
    c.is_ascii_alphabetic() || c == '_'
}

fn is_name_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// Whether a text is a name of GraphQL.
pub fn is_name(text: &str) -> bool {
    text.starts_with(is_name_start) && text.chars().all(is_name_part)
}

/// Bytes of the quoted text at the beginning.
fn quoted(text: &str) -> Option<usize> {
    if let Some(mut inside) = text.strip_prefix("\"\"\"") {
        loop {
            let end = inside.find("\"\"\"")?;
            // Inside a block only three quotes can be escaped.
            let is_escaped = inside[..end].ends_with('\\');
            inside = &inside[end + 3..];
            if !is_escaped {
                return Some(text.len() - inside.len());
            }
        }
    }
    let mut characters = text.char_indices().skip(1);
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some(at + 1),
            '\n' | '\r' => return None,
            '\\' => {
                characters.next()?;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn show(selection: &Selection) -> String {
        let fields = selection.fields.iter().map(|field| {
            let Selected { name, shown, below } = field;
            let alias = if name == shown { String::new() } else { format!("{shown}=") };
            let below = show(below);
            let below = if below.is_empty() { below } else { format!("({below})") };
            format!("{alias}{name}{below}")
        });
        fields.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn names_are_read_and_everything_else_is_read_over() {
        for (text, expected) in [
            ("id, title\n\tbody", "id title body"),
            ("a { b { c } d }", "a(b(c) d)"),
            ("labels(first: 5, by: {a: [1, -2.5e3]}) { nodes { name } }", "labels(nodes(name))"),
            ("target { oid ... on Tag { said: message } }", "target(oid said=message)"),
            ("...Rest @include(if: $x) id @skip(if: true)", "id"),
            ("... @include(if: $x) { id }", "id"),
            ("a # b { c\n d", "a d"),
            ("a(x: \"} { \\\" #\") b", "a b"),
            ("a(x: \"\"\" \" \\\"\"\" } \"\"\") b", "a b"),
            ("a(x: \"\"\"\\\\\"\"\" } \"\"\") c", "a c"),
            ("", ""),
        ] {
            let found = Selection::parse(text);
            assert_eq!(found.as_ref().map(show).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_selection_is_refused() {
        let deep = format!("{}x{}", "a{".repeat(40), "}".repeat(40));
        for text in [
            "id }",
            "id } } mutation { x",
            "{ id }",
            "a {",
            "a { }",
            "a(",
            "a(])",
            "a(x: [)",
            "a:",
            "a: :",
            "...",
            "... on { id }",
            "... on T",
            "\"a\"",
            "1",
            "a(x: \"",
            "a(x: \"\n\")",
            "a(x: \"\"\" \")",
            "a(x: \"\"\" \\\"\"\")",
            "é",
            "a.b",
            "$x",
            "a\u{a0}b",
            "@x",
            "a @",
            deep.as_str(),
        ] {
            assert!(Selection::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn names_are_those_of_the_vendor_and_paths_those_of_the_answer() {
        let all = Selection::parse("t { ... on Tag { said: message } } t { oid }").unwrap();
        let below: Vec<&str> = all.below("t").into_iter().flat_map(Selection::names).collect();
        assert_eq!(below, ["message", "oid"]);
        assert!(all.shows(&["t", "said"]) && all.shows(&["t"]) && all.shows(&["t", "oid"]));
        assert!(!all.shows(&["t", "message"]) && !all.shows(&["t", "oid", "x"]));
    }

    #[test]
    fn names_of_graphql_are_known() {
        for (text, expected) in
            [("a", true), ("_a1", true), ("1a", false), ("", false), ("a b", false), ("é", false)]
        {
            assert_eq!(is_name(text), expected, "{text}");
        }
    }
}
