//! Rules that texts, and numbers that stand for times, have to keep beyond their type.

use serde::Serialize;
use serde_json::Value;

use super::format::Format;
use super::query::Grammar;
use super::{List, Schema, Text};

/// A rule that a text, or a number that stands for a time, has to keep.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TextRule {
    /// The value has one of these formats. What is no name of a format is a word that may stand there.
    Formats(List<Text>),
    /// The text has a part that this regular expression matches.
    Pattern(Text),
    /// The text is written in this language.
    Grammar(Grammar),
}

impl TextRule {
    /// The rule of a regular expression; `None` if it cannot be read, or only by other programs.
    pub fn pattern(pattern: impl Into<Text>) -> Option<Self> {
        let pattern = pattern.into();
        regex_lite::Regex::new(&pattern).is_ok().then_some(Self::Pattern(pattern))
    }

    /// What is wrong with a value, as the end of a sentence about it, such as `must be a day`; `None` if
    /// nothing is. An empty text breaks no rule: vendors take it for none.
    pub fn problem(&self, value: &Value) -> Option<String> {
        if value.as_str().is_some_and(str::is_empty) {
            return None;
        }
        match self {
            Self::Formats(names) => wrong_format(names, value),
            Self::Pattern(pattern) => {
                let text = value.as_str()?;
                let regex = regex_lite::Regex::new(pattern).ok()?;
                (!regex.is_match(text)).then(|| format!("must match {pattern}"))
            }
            Self::Grammar(grammar) => {
                let error = grammar.check(value.as_str()?).err()?;
                Some(format!("must be {}; {error}", grammar.language.title()))
            }
        }
    }
}

/// What is wrong with a value that must have one of these formats.
fn wrong_format(names: &[Text], value: &Value) -> Option<String> {
    let text = value.as_str();
    let mut titles = Vec::new();
    for name in names {
        match Format::find(name) {
            Some(format) if format.fits(value) => return None,
            Some(format) => titles.push(format!("{}, such as {}", format.title, format.example)),
            None if text == Some(name.as_ref()) => return None,
            None => titles.push(format!("'{name}'")),
        }
    }
    // A number that stands for no time is of another kind than the formats speak of.
    let has_format = names.iter().any(|name| Format::find(name).is_some());
    if titles.is_empty() || !has_format || text.is_none() && !value.is_number() {
        return None;
    }
    Some(format!("must be {}", titles.join(", or ")))
}

impl Schema {
    /// A text, or the digits of a number, that has the format of the schema or is written in its language; `None` if
    /// it has neither, or if its other rules do not permit the example.
    pub fn text_example(&self) -> Option<&'static str> {
        let of_rule = |rule: &TextRule| match rule {
            TextRule::Formats(names) => {
                Some(names.iter().find_map(|name| Format::find(name))?.example)
            }
            TextRule::Grammar(grammar) => Some(grammar.language.example()),
            TextRule::Pattern(_) => None,
        };
        let has_formats = self.rules.iter().any(|rule| matches!(rule, TextRule::Formats(_)));
        let own = || Some(Format::find(&self.format).filter(|_| !has_formats)?.example);
        let found = self.rules.iter().find_map(of_rule).or_else(own);
        found.filter(|text| self.misfit(&Value::from(*text)).is_none())
    }

    /// What is wrong with a text or a number that has one of the types of the schema: its format, its
    /// pattern or its grammar; `None` if nothing is.
    pub fn misfit(&self, value: &Value) -> Option<String> {
        if !value.is_string() && !value.is_number() {
            return None;
        }
        let has_formats = self.rules.iter().any(|rule| matches!(rule, TextRule::Formats(_)));
        if !has_formats
            && let Some(problem) = wrong_format(std::slice::from_ref(&self.format), value)
            && !value.as_str().is_some_and(str::is_empty)
        {
            return Some(problem);
        }
        self.rules.iter().find_map(|rule| rule.problem(value))
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::json;

    use super::*;
    use crate::query::Language;

    #[test]
    fn rules_say_what_would_be_right() {
        const EITHER: &[Text] = &[Cow::Borrowed("date"), Cow::Borrowed("now")];
        let formats = TextRule::Formats(Cow::Borrowed(EITHER));
        let pattern = TextRule::Pattern(Cow::Borrowed("^(gte|lt)\\|"));
        let grammar = TextRule::Grammar(Grammar::new(Language::Jql));
        for (rule, value, expected) in [
            (&formats, json!("2025-03-01"), None),
            (&formats, json!("now"), None),
            (&formats, json!(""), None),
            (&formats, json!("soon"), Some("must be a day, such as 2025-03-01, or 'now'")),
            (&pattern, json!("gte|2025"), None),
            (&pattern, json!("2025"), Some("must match ^(gte|lt)\\|")),
            (&pattern, json!(5), None),
            (&grammar, json!("a = 1"), None),
            (
                &grammar,
                json!("a = "),
                Some("must be a JQL query; at character 5: a value is expected, found the end"),
            ),
        ] {
            assert_eq!(rule.problem(&value).as_deref(), expected, "{value}");
        }
    }

    #[test]
    fn the_format_of_a_schema_counts_unless_a_rule_has_others() {
        let plain = Schema { format: "date-time".into(), ..Schema::ANY };
        assert!(plain.misfit(&json!("yesterday")).is_some());
        assert_eq!(plain.misfit(&json!({"yesterday": 1})), None);
        let rules = vec![TextRule::Formats(vec!["date-time".into(), "yesterday".into()].into())];
        let ruled = Schema { rules: rules.into(), ..plain };
        assert_eq!(ruled.misfit(&json!("yesterday")), None);
        let unknown = Schema { format: "color".into(), ..Schema::ANY };
        assert_eq!(unknown.misfit(&json!("yesterday")), None);
    }
}
