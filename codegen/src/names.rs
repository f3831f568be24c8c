//! Turns names of a spec into names that Rust accepts. Knows no connector and no type.

use std::collections::BTreeSet;

use heck::{ToSnakeCase, ToUpperCamelCase};

/// Keywords of Rust, which cannot be identifiers, with those reserved for later.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Names of types that generated files use for something else.
const TAKEN_TYPES: &[&str] = &[
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "String",
    "Box",
    "Value",
    "Extra",
    "BTreeMap",
    "Default",
    "Clone",
    "Debug",
    "Serialize",
    "Deserialize",
    "From",
    "Into",
];

/// The name of a public field: as [`ident`], except that `2fa` becomes `field_2fa`.
pub(crate) fn member(text: &str) -> String {
    let ident = ident(text);
    if ident.starts_with('_') { format!("field{ident}") } else { ident }
}

/// An identifier: `page[size]` → `page_size`, `type` → `type_`, `2fa` → `_2fa`, `+1` → `plus_1`.
pub(crate) fn ident(text: &str) -> String {
    let snake = format!("{}{}", sign(text).to_lowercase(), text.to_snake_case());
    if snake.is_empty() {
        return "value".to_owned();
    }
    if snake.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("_{snake}");
    }
    if KEYWORDS.contains(&snake.as_str()) { format!("{snake}_") } else { snake }
}

/// The name of a type: `zendesk-support` → `ZendeskSupport`; never a name of `TAKEN_TYPES`.
pub(crate) fn class(text: &str) -> String {
    let pascal = text.to_upper_camel_case();
    if pascal.is_empty() {
        return "Record".to_owned();
    }
    if pascal.starts_with(|c: char| c.is_ascii_digit()) {
        return format!("N{pascal}");
    }
    if TAKEN_TYPES.contains(&pascal.as_str()) { format!("{pascal}Record") } else { pascal }
}

/// The name of the variant for a string: `OPEN` → `Open`, `+1` → `Plus1`, the empty string → `Empty`.
pub(crate) fn variant(value: &str) -> String {
    let sign = sign(value).trim_end_matches('_');
    let mut words: String =
        value.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    // A text in capitals has no camel case that could be split.
    if !words.chars().any(char::is_lowercase) {
        words = words.to_lowercase();
    }
    let pascal = format!("{sign}{}", words.to_upper_camel_case());
    match pascal.as_str() {
        "" if value.is_empty() => "Empty".to_owned(),
        "" => "Symbol".to_owned(),
        // The variant `Other` contains values that the spec does not name.
        "Other" | "Self" => format!("{pascal}Value"),
        digit if digit.starts_with(|c: char| c.is_ascii_digit()) => format!("V{digit}"),
        _ => pascal,
    }
}

/// The word for a sign before a digit. Without it `+1` and `-1` would get the same name.
fn sign(text: &str) -> &'static str {
    let mut chars = text.chars();
    match (chars.next(), chars.next().is_some_and(|c| c.is_ascii_digit())) {
        (Some('+'), true) => "Plus_",
        (Some('-'), true) => "Minus_",
        _ => "",
    }
}

/// The singular of the last word of a `snake_case` or `camelCase` name.
pub(crate) fn singular(text: &str) -> String {
    const ALIKE: &[&str] =
        &["news", "series", "status", "media", "data", "address", "analytics", "stats"];
    let lower = text.to_lowercase();
    let unchanged = |suffix: &&&str| lower.ends_with(**suffix);
    if ALIKE.iter().any(|word| unchanged(&word)) || !lower.ends_with('s') || lower.len() < 4 {
        return text.to_owned();
    }
    let cut = |n: usize| text[..text.len() - n].to_owned();
    if lower.ends_with("ies") {
        return format!("{}y", cut(3));
    }
    if ["sses", "shes", "ches", "xes", "zes", "uses"].iter().any(|end| lower.ends_with(end)) {
        return cut(2);
    }
    if ["ss", "us", "is"].iter().any(|end| lower.ends_with(end)) {
        return text.to_owned();
    }
    cut(1)
}

/// A title as the name of a type, without filler words: `OAuth 2.0 Authentication` → `OAuth2`.
pub(crate) fn title(text: &str) -> String {
    const FILLER: &[&str] =
        &["authentication", "authorization", "auth", "method", "scheme", "the", "with", "via"];
    let text = text.split('(').next().unwrap_or(text).replace(".0", "");
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        if FILLER.contains(&word.to_lowercase().as_str()) {
            continue;
        }
        let shouted = word.chars().count() > 1 && !word.chars().any(char::is_lowercase);
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        name.push_str(&head.to_uppercase());
        name.push_str(&if shouted { tail.to_lowercase() } else { tail.to_owned() });
    }
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return class(&text);
    }
    name
}

/// The names that are already used in one scope.
#[derive(Debug, Default, Clone)]
pub(crate) struct Scope(BTreeSet<String>);

impl Scope {
    /// A scope in which `names` are already used.
    pub(crate) fn with<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(str::to_owned).collect())
    }

    /// `name`, or the first of `name_`, `name_2`, `name_3` … that is not used yet.
    pub(crate) fn ident(&mut self, name: &str) -> String {
        let alternatives = std::iter::once(format!("{}_", name.trim_end_matches('_')))
            .chain((2..).map(|n| format!("{}_{n}", name.trim_end_matches('_'))));
        self.first(std::iter::once(name.to_owned()).chain(alternatives), name)
    }

    /// `name`, or the first of `name2`, `name3` … that is not used yet.
    pub(crate) fn class(&mut self, name: &str) -> String {
        let alternatives = (2..).map(|n: u32| format!("{name}{n}"));
        self.first(std::iter::once(name.to_owned()).chain(alternatives), name)
    }

    /// Whether the name is already used.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    fn first(&mut self, mut names: impl Iterator<Item = String>, name: &str) -> String {
        let free = names.find(|name| !self.0.contains(name)).unwrap_or_else(|| name.to_owned());
        self.0.insert(free.clone());
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_become_identifiers() {
        for (text, expected) in [
            ("page[size]", "page_size"),
            ("created_at.after", "created_at_after"),
            ("workspace-id", "workspace_id"),
            ("statuses[]", "statuses"),
            ("type", "type_"),
            ("from", "from"),
            ("fromDateTime", "from_date_time"),
            ("HTTPServerURL", "http_server_url"),
            ("2fa", "_2fa"),
            ("@type", "type_"),
            ("%", "value"),
            ("+1", "plus_1"),
            ("-1", "minus_1"),
        ] {
            assert_eq!(ident(text), expected, "{text}");
        }
    }

    #[test]
    fn values_become_variants() {
        for (text, expected) in [
            ("OPEN", "Open"),
            ("IN_PROGRESS", "InProgress"),
            ("inProgress", "InProgress"),
            ("+1", "Plus1"),
            ("-1", "Minus1"),
            ("30d", "V30d"),
            ("self", "SelfValue"),
            ("other", "OtherValue"),
            ("", "Empty"),
            ("<", "Symbol"),
            ("é", "É"),
        ] {
            assert_eq!(variant(text), expected, "{text}");
        }
    }

    #[test]
    fn the_last_word_becomes_singular() {
        for (text, expected) in [
            ("issues", "issue"),
            ("companies", "company"),
            ("statuses", "status"),
            ("cases", "case"),
            ("boxes", "box"),
            ("addresses", "address"),
            ("address", "address"),
            ("calls_extensive", "calls_extensive"),
            ("analysis", "analysis"),
            ("ids", "ids"),
            ("callIds", "callId"),
        ] {
            assert_eq!(singular(text), expected, "{text}");
        }
    }

    #[test]
    fn titles_become_type_names() {
        for (text, expected) in [
            ("Personal access token", "PersonalAccessToken"),
            ("OAuth 2", "OAuth2"),
            ("OAuth 2.0 Authentication", "OAuth2"),
            ("API key", "ApiKey"),
            ("API Token (recommended)", "ApiToken"),
            ("Basic authentication", "Basic"),
        ] {
            assert_eq!(title(text), expected, "{text}");
        }
    }

    #[test]
    fn a_name_given_twice_gets_a_number() {
        let mut scope = Scope::with(["send"]);
        let names: Vec<_> = ["send", "a", "a", "a"].map(|n| scope.ident(n)).into();
        assert_eq!(names, ["send_", "a", "a_", "a_2"]);
    }
}
