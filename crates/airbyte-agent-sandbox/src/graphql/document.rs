//! A GraphQL document, parsed as far as answering it needs.

use std::collections::BTreeSet;

use super::token::{SPREAD, Token, tokens};

/// A document.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    pub(crate) operations: Vec<Operation>,
    pub(crate) fragments: Vec<Fragment>,
}

/// A query or mutation.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) name: Option<String>,
    pub(crate) variables: Vec<Definition>,
    pub(crate) selection: Vec<Selection>,
    /// Variables that occur in it.
    pub(crate) used: BTreeSet<String>,
}

/// A declared variable.
#[derive(Debug, Clone)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) kind: Type,
    pub(crate) has_default: bool,
}

/// A type of a variable.
#[derive(Debug, Clone)]
pub(crate) struct Type {
    /// As written.
    pub(crate) text: String,
    pub(crate) shape: Shape,
    pub(crate) required: bool,
}

/// A name or a list of a type.
#[derive(Debug, Clone)]
pub(crate) enum Shape {
    Named(String),
    List(Box<Type>),
}

/// A named fragment.
#[derive(Debug, Clone)]
pub(crate) struct Fragment {
    pub(crate) name: String,
    pub(crate) selection: Vec<Selection>,
    used: BTreeSet<String>,
}

/// What is selected.
#[derive(Debug, Clone)]
pub(crate) enum Selection {
    Field { key: String, name: String, selection: Vec<Selection> },
    Spread(String),
    Inline { on: Option<String>, selection: Vec<Selection> },
}

/// A selected field: its key in the answer, its name, and what is selected of it.
pub(crate) type Field<'d> = (&'d str, &'d str, &'d [Selection]);

impl Document {
    /// Parses `source`; the error is what a server would say.
    pub(crate) fn parse(source: &str) -> Result<Self, String> {
        if source.contains("{{") {
            return Err("Syntax Error: Expected Name, found \"{\" (a placeholder is left)".into());
        }
        let tokens = tokens(source).map_err(|why| format!("Syntax Error: {why}"))?;
        let mut parser = Parser { tokens: &tokens, at: 0, used: BTreeSet::new() };
        let mut document = Self::default();
        while parser.at < tokens.len() {
            parser.definition(&mut document).map_err(|why| format!("Syntax Error: {why}"))?;
        }
        if document.operations.is_empty() {
            return Err("Syntax Error: Unexpected <EOF>".to_owned());
        }
        let of_fragments: Vec<String> =
            document.fragments.iter().flat_map(|f| f.used.iter().cloned()).collect();
        for operation in &mut document.operations {
            operation.used.extend(of_fragments.iter().cloned());
        }
        Ok(document)
    }

    /// The operation of this name, or the first.
    pub(crate) fn operation(&self, name: Option<&str>) -> Option<&Operation> {
        let named = |o: &&Operation| name.is_some() && o.name.as_deref() == name;
        self.operations.iter().find(named).or_else(|| self.operations.first())
    }

    /// The fields of a selection, spreads and inline fragments opened. Of several inline fragments
    /// the first one is what the record is.
    pub(crate) fn fields<'d>(
        &'d self,
        selection: &'d [Selection],
    ) -> (Option<&'d str>, Vec<Field<'d>>) {
        let mut fields: Vec<Field<'d>> = Vec::new();
        let mut kind = None;
        for item in selection {
            let (on, inner) = match item {
                Selection::Field { key, name, selection } => {
                    if !fields.iter().any(|(known, ..)| known == key) {
                        fields.push((key, name, selection));
                    }
                    continue;
                }
                Selection::Spread(name) => {
                    let fragment = self.fragments.iter().find(|f| f.name == *name);
                    (None, fragment.map_or(&[][..], |f| &f.selection))
                }
                Selection::Inline { on, selection } => (on.as_deref(), selection.as_slice()),
            };
            if kind.is_some() && on.is_some() && kind != on {
                continue;
            }
            kind = kind.or(on);
            let (inner_kind, inner_fields) = self.fields(inner);
            kind = kind.or(inner_kind);
            for field in inner_fields {
                if !fields.iter().any(|(known, ..)| *known == field.0) {
                    fields.push(field);
                }
            }
        }
        (kind, fields)
    }
}

struct Parser<'t> {
    tokens: &'t [Token],
    at: usize,
    used: BTreeSet<String>,
}

impl Parser<'_> {
    fn definition(&mut self, document: &mut Document) -> Result<(), String> {
        self.used.clear();
        if self.peek_sign('{') {
            let selection = self.selection()?;
            document.operations.push(Operation {
                name: None,
                variables: Vec::new(),
                selection,
                used: std::mem::take(&mut self.used),
            });
            return Ok(());
        }
        let kind = self.word()?;
        match kind.as_str() {
            "query" | "mutation" | "subscription" => {
                let name = self.peek_word().then(|| self.word()).transpose()?;
                let variables = if self.take('(') { self.variables()? } else { Vec::new() };
                self.used.clear();
                self.directives()?;
                let selection = self.selection()?;
                document.operations.push(Operation {
                    name,
                    variables,
                    selection,
                    used: std::mem::take(&mut self.used),
                });
            }
            "fragment" => {
                let name = self.word()?;
                let on = self.word()?;
                if on != "on" {
                    return Err(format!("Expected \"on\", found \"{on}\""));
                }
                self.word()?;
                self.directives()?;
                let selection = self.selection()?;
                let used = std::mem::take(&mut self.used);
                document.fragments.push(Fragment { name, selection, used });
            }
            other => return Err(format!("Unexpected Name \"{other}\"")),
        }
        Ok(())
    }

    fn variables(&mut self) -> Result<Vec<Definition>, String> {
        let mut all = Vec::new();
        while !self.take(')') {
            self.expect('$')?;
            let name = self.word()?;
            self.expect(':')?;
            let kind = self.kind()?;
            let has_default = self.take('=');
            if has_default {
                self.value()?;
            }
            self.directives()?;
            all.push(Definition { name, kind, has_default });
        }
        Ok(all)
    }

    fn kind(&mut self) -> Result<Type, String> {
        let (shape, mut text) = if self.take('[') {
            let inner = self.kind()?;
            self.expect(']')?;
            let text = format!("[{}]", inner.text);
            (Shape::List(Box::new(inner)), text)
        } else {
            let name = self.word()?;
            (Shape::Named(name.clone()), name)
        };
        let required = self.take('!');
        if required {
            text.push('!');
        }
        Ok(Type { text, shape, required })
    }

    fn selection(&mut self) -> Result<Vec<Selection>, String> {
        self.expect('{')?;
        let mut all = Vec::new();
        while !self.take('}') {
            all.push(self.selected()?);
        }
        if all.is_empty() { Err("Expected Name, found \"}\"".to_owned()) } else { Ok(all) }
    }

    fn selected(&mut self) -> Result<Selection, String> {
        if self.take(SPREAD) {
            if self.peek_word() {
                let name = self.word()?;
                if name != "on" {
                    self.directives()?;
                    return Ok(Selection::Spread(name));
                }
                let on = Some(self.word()?);
                self.directives()?;
                return Ok(Selection::Inline { on, selection: self.selection()? });
            }
            self.directives()?;
            return Ok(Selection::Inline { on: None, selection: self.selection()? });
        }
        let key = self.word()?;
        let name = if self.take(':') { self.word()? } else { key.clone() };
        if self.take('(') {
            while !self.take(')') {
                self.word()?;
                self.expect(':')?;
                self.value()?;
            }
        }
        self.directives()?;
        let selection = if self.peek_sign('{') { self.selection()? } else { Vec::new() };
        Ok(Selection::Field { key, name, selection })
    }

    fn directives(&mut self) -> Result<(), String> {
        while self.take('@') {
            self.word()?;
            if self.take('(') {
                while !self.take(')') {
                    self.word()?;
                    self.expect(':')?;
                    self.value()?;
                }
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<(), String> {
        if self.take('$') {
            let name = self.word()?;
            self.used.insert(name);
        } else if self.take('[') {
            while !self.take(']') {
                self.value()?;
            }
        } else if self.take('{') {
            while !self.take('}') {
                self.word()?;
                self.expect(':')?;
                self.value()?;
            }
        } else {
            match self.tokens.get(self.at) {
                Some(Token::Word(_) | Token::Text(_)) => self.at += 1,
                other => return Err(format!("Expected a value, found {}", show(other))),
            }
        }
        Ok(())
    }

    fn peek_sign(&self, sign: char) -> bool {
        self.tokens.get(self.at) == Some(&Token::Sign(sign))
    }

    fn peek_word(&self) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(_)))
    }

    fn take(&mut self, sign: char) -> bool {
        let found = self.peek_sign(sign);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        Err(format!("Expected \"{sign}\", found {}", show(self.tokens.get(self.at))))
    }

    fn word(&mut self) -> Result<String, String> {
        match self.tokens.get(self.at) {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word.clone())
            }
            other => Err(format!("Expected Name, found {}", show(other))),
        }
    }
}

fn show(token: Option<&Token>) -> String {
    match token {
        None => "<EOF>".to_owned(),
        Some(Token::Word(word)) => format!("Name \"{word}\""),
        Some(Token::Text(text)) => format!("String {text}"),
        Some(Token::Sign(SPREAD)) => "\"...\"".to_owned(),
        Some(Token::Sign(sign)) => format!("\"{sign}\""),
    }
}
