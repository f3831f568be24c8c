//! SOQL: the order of clauses, conditions and their values. What fields, objects and functions there are is
//! not known here.

use super::QueryError;
use super::soql_token::tokens;
use super::tokens::{Kind, Tokens};

/// The clauses behind the object, in the only order that the language has.
const CLAUSES: [&str; 11] = [
    "USING", "WHERE", "WITH", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FOR", "UPDATE", "ALL",
];
const OPERATORS: [&str; 6] = ["=", "!=", "<>", "<", "<=", ">"];
/// How many parentheses and queries may stand inside one another.
const MOST_INSIDE: usize = 60;

/// Checks a whole query.
pub(super) fn check(text: &str) -> Result<(), QueryError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: Tokens::new(&tokens), depth: 0 };
    parser.query()?;
    match parser.tokens.peek() {
        end if end.kind == Kind::End => Ok(()),
        next if next.is_sign(")") => Err(parser.tokens.error("')' closes no parenthesis")),
        next => Err(parser.tokens.error(format!("{} means nothing here", next.shown()))),
    }
}

struct Parser<'t> {
    tokens: Tokens<'t>,
    depth: usize,
}

impl Parser<'_> {
    fn expected(&self, what: &str) -> QueryError {
        self.tokens.error(format!("{what} is expected, found {}", self.tokens.peek().shown()))
    }

    /// The clause that begins here.
    fn clause(&self) -> Option<usize> {
        CLAUSES.iter().position(|clause| self.tokens.peek().is(clause))
    }

    fn ends(&self) -> bool {
        self.tokens.peek().kind == Kind::End || self.tokens.peek().is_sign(")")
    }

    fn deeper(&mut self) -> Result<(), QueryError> {
        self.depth += 1;
        if self.depth > MOST_INSIDE {
            Err(self.tokens.error("the query is nested too deeply"))
        } else {
            Ok(())
        }
    }

    fn query(&mut self) -> Result<(), QueryError> {
        self.deeper()?;
        if !self.tokens.take("select") {
            return Err(self.expected("SELECT with the names of fields"));
        }
        self.selection()?;
        if !self.tokens.take("from") {
            return Err(self.expected("FROM and the name of an object"));
        }
        self.object()?;
        let mut last = None;
        while !self.ends() {
            let Some(clause) = self.clause() else {
                return Err(self.expected("WHERE, GROUP BY, ORDER BY, LIMIT or the end"));
            };
            if let Some(before) = last
                && before >= clause
                && !(before == clause && matches!(CLAUSES[clause], "FOR" | "UPDATE"))
            {
                return Err(self.tokens.error(if before == clause {
                    format!("{} stands twice", CLAUSES[clause])
                } else {
                    format!("{} stands before {}", CLAUSES[clause], CLAUSES[before])
                }));
            }
            last = Some(clause);
            self.tokens.pass(1);
            self.rest_of(CLAUSES[clause])?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// What follows the first word of a clause.
    fn rest_of(&mut self, clause: &str) -> Result<(), QueryError> {
        match clause {
            "WHERE" | "HAVING" => self.condition(),
            "GROUP" | "ORDER" => {
                if !self.tokens.take("by") {
                    return Err(self.expected("BY"));
                }
                self.items(clause)
            }
            "LIMIT" | "OFFSET" => match &self.tokens.peek().kind {
                Kind::Word(number) if number.chars().all(|c| c.is_ascii_digit()) => {
                    self.tokens.pass(1);
                    Ok(())
                }
                _ => Err(self.expected("a whole number")),
            },
            // The others are short and rare; what they may contain depends on the edition.
            _ => {
                let start = self.tokens.passed();
                while !self.ends() && (self.tokens.passed() == start || self.clause().is_none()) {
                    self.skip()?;
                }
                if self.tokens.passed() == start {
                    Err(self.expected("the rest of the clause"))
                } else {
                    Ok(())
                }
            }
        }
    }

    /// One word or sign, or everything in a pair of parentheses.
    fn skip(&mut self) -> Result<(), QueryError> {
        let start = self.tokens.next();
        if !start.is_sign("(") {
            return Ok(());
        }
        self.deeper()?;
        while !self.tokens.peek().is_sign(")") {
            if self.tokens.peek().kind == Kind::End {
                return Err(QueryError::new(start.at, "the parenthesis '(' is not closed"));
            }
            self.skip()?;
        }
        self.tokens.pass(1);
        self.depth -= 1;
        Ok(())
    }

    /// What is selected: fields, functions, queries of children, each perhaps with another name.
    fn selection(&mut self) -> Result<(), QueryError> {
        loop {
            if self.tokens.peek().is_sign("*") {
                return Err(self
                    .tokens
                    .error("there is no '*'; name the fields, or write FIELDS(STANDARD)"));
            }
            if self.tokens.peek().is("typeof") {
                while !self.tokens.take("end") {
                    if self.ends() {
                        return Err(self.expected("END of TYPEOF"));
                    }
                    self.skip()?;
                }
            } else if self.tokens.peek().is_sign("(") && self.tokens.ahead(1).is("select") {
                let start = self.tokens.next();
                self.query()?;
                if !self.tokens.take_sign(")") {
                    return Err(QueryError::new(start.at, "the parenthesis '(' is not closed"));
                }
            } else {
                self.name("the name of a field")?;
                if !self.tokens.peek().is("from")
                    && matches!(self.tokens.peek().kind, Kind::Word(_))
                {
                    self.tokens.pass(1);
                }
            }
            if !self.tokens.take_sign(",") {
                return Ok(());
            }
        }
    }

    /// A name, or a function with what it is called with.
    fn name(&mut self, what: &str) -> Result<(), QueryError> {
        let is_keyword = ["select", "from", "where", "limit", "by", "and", "or"]
            .iter()
            .any(|word| self.tokens.peek().is(word));
        if is_keyword || !matches!(self.tokens.peek().kind, Kind::Word(_)) {
            return Err(self.expected(what));
        }
        self.tokens.pass(1);
        if self.tokens.peek().is_sign("(") { self.skip() } else { Ok(()) }
    }

    /// The object, perhaps with another name, and further ones of its relations.
    fn object(&mut self) -> Result<(), QueryError> {
        loop {
            if !matches!(self.tokens.peek().kind, Kind::Word(_)) || self.clause().is_some() {
                return Err(self.expected("the name of an object"));
            }
            self.tokens.pass(1);
            self.tokens.take("as");
            if matches!(self.tokens.peek().kind, Kind::Word(_)) && self.clause().is_none() {
                self.tokens.pass(1);
            }
            if !self.tokens.take_sign(",") {
                return Ok(());
            }
        }
    }

    /// What is grouped or ordered by.
    fn items(&mut self, clause: &str) -> Result<(), QueryError> {
        loop {
            self.name("the name of a field")?;
            if clause == "ORDER" {
                let _ = self.tokens.take("asc") || self.tokens.take("desc");
                if self.tokens.take("nulls")
                    && !self.tokens.take("first")
                    && !self.tokens.take("last")
                {
                    return Err(self.expected("FIRST or LAST"));
                }
            }
            if !self.tokens.take_sign(",") {
                return Ok(());
            }
        }
    }

    fn condition(&mut self) -> Result<(), QueryError> {
        let mut joined_by: Option<&str> = None;
        loop {
            self.comparison()?;
            let word = if self.tokens.peek().is("and") {
                "AND"
            } else if self.tokens.peek().is("or") {
                "OR"
            } else {
                return Ok(());
            };
            if joined_by.is_some_and(|before| before != word) {
                return Err(self
                    .tokens
                    .error("AND and OR need parentheses: (a = 1 OR b = 2) AND c = 3"));
            }
            joined_by = Some(word);
            self.tokens.pass(1);
        }
    }

    fn comparison(&mut self) -> Result<(), QueryError> {
        self.deeper()?;
        while self.tokens.take("not") {}
        if self.tokens.peek().is_sign("(") {
            let start = self.tokens.next();
            self.condition()?;
            if !self.tokens.take_sign(")") {
                return Err(match self.tokens.peek().kind {
                    Kind::End => QueryError::new(start.at, "the parenthesis '(' is not closed"),
                    _ => self.expected("AND, OR or ')'"),
                });
            }
        } else {
            self.name("a condition, such as Name = 'Acme',")?;
            self.operator_and_value()?;
        }
        self.depth -= 1;
        Ok(())
    }

    fn operator_and_value(&mut self) -> Result<(), QueryError> {
        let operator = self.tokens.next();
        let back = |problem: &str| Err(QueryError::new(operator.at, problem));
        match &operator.kind {
            Kind::Sign("==") => back("'==' is no operator; write '='"),
            Kind::Sign(sign) if OPERATORS.contains(sign) || *sign == ">=" => self.value(),
            Kind::Word(_) if operator.is("like") => match self.tokens.peek().kind {
                Kind::Quoted(_) => self.value(),
                Kind::Word(ref word) if word.starts_with(':') => self.value(),
                _ => Err(self.expected("a text in single quotation marks")),
            },
            Kind::Word(_) if operator.is("is") => {
                back("there is no IS; compare with = null or != null")
            }
            Kind::Word(_) if operator.is("between") => {
                back("there is no BETWEEN; write a >= 1 AND a <= 2")
            }
            Kind::Word(_) if operator.is("contains") => {
                back("there is no CONTAINS; write Name LIKE '%text%'")
            }
            Kind::Word(_)
                if operator.is("in")
                    || operator.is("includes")
                    || operator.is("excludes")
                    || operator.is("not") && self.tokens.take("in") =>
            {
                match &self.tokens.peek().kind {
                    Kind::Sign("(") => self.list(),
                    Kind::Word(word) if word.starts_with(':') => self.value(),
                    _ => Err(self.expected("a list in parentheses, ('a', 'b'),")),
                }
            }
            _ => Err(QueryError::new(
                operator.at,
                format!(
                    "an operator (= != < <= > >= LIKE, IN, NOT IN, INCLUDES, EXCLUDES) is expected, found {}",
                    operator.shown()
                ),
            )),
        }
    }

    fn value(&mut self) -> Result<(), QueryError> {
        match &self.tokens.peek().kind {
            Kind::Word(word) if word.starts_with(|c: char| c.is_alphabetic()) => {
                self.named_value(word)
            }
            Kind::Quoted(_) | Kind::Word(_) => {
                self.tokens.pass(1);
                Ok(())
            }
            _ => Err(self.expected("a value")),
        }
    }

    /// A value without quotation marks that begins with a letter: a constant, the name of a period, or a
    /// function. Anything else is a text without its quotation marks.
    fn named_value(&mut self, word: &str) -> Result<(), QueryError> {
        let period = word.split(':').next().unwrap_or(word).to_ascii_uppercase();
        let is_constant = matches!(
            period.as_str(),
            "TRUE" | "FALSE" | "NULL" | "TODAY" | "YESTERDAY" | "TOMORROW"
        );
        let is_period =
            ["LAST_", "NEXT_", "THIS_", "N_"].iter().any(|start| period.starts_with(start))
                || period.contains("_AGO");
        // Amounts of money begin with the code of a currency, as in USD5000.
        let is_amount = word.len() > 3
            && word[..].chars().take(3).all(|c| c.is_ascii_alphabetic())
            && word.chars().skip(3).all(|c| c.is_ascii_digit() || c == '.');
        if self.tokens.ahead(1).is_sign("(") {
            self.tokens.pass(1);
            return self.skip();
        }
        if !is_constant && !is_period && !is_amount {
            return Err(self.tokens.error(format!(
                "'{word}' is no value; a text stands in single quotation marks: '{word}'"
            )));
        }
        self.tokens.pass(1);
        Ok(())
    }

    /// Values, or a query, in parentheses.
    fn list(&mut self) -> Result<(), QueryError> {
        let start = self.tokens.next();
        if self.tokens.peek().is("select") {
            self.query()?;
        } else {
            self.value()?;
            while self.tokens.take_sign(",") {
                self.value()?;
            }
        }
        if self.tokens.take_sign(")") {
            return Ok(());
        }
        Err(match self.tokens.peek().kind {
            Kind::End => QueryError::new(start.at, "the parenthesis '(' is not closed"),
            _ => self.expected("a comma or ')'"),
        })
    }
}
