//! Reads a query of words and signs.

use super::super::QueryError;
use super::super::tokens::{Kind, Token, Tokens};
use super::token::tokens;
use super::{Clause, Condition, Direction, Jql, Operand, Operator, OrderBy, Predicate};

/// Words that mean something in the language, so that as a value they need quotation marks.
const KEYWORDS: [&str; 19] = [
    "and", "or", "not", "in", "is", "was", "changed", "order", "by", "asc", "desc", "after",
    "before", "during", "from", "on", "to", "empty", "null",
];
const PREDICATES: [&str; 7] = ["after", "before", "by", "during", "from", "on", "to"];
/// How many parentheses and negations may stand inside one another.
const MOST_INSIDE: usize = 100;

/// Reads a whole query.
pub(super) fn query(text: &str) -> Result<Jql, QueryError> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: Tokens::new(&tokens), depth: 0 };
    let condition = match parser.tokens.peek() {
        token if token.kind == Kind::End || parser.is_order() => None,
        _ => Some(parser.any_of()?),
    };
    let order = parser.order()?;
    let next = parser.tokens.peek();
    if next.kind != Kind::End {
        return Err(parser.unexpected_behind(order.is_empty()));
    }
    Ok(Jql { condition, order })
}

struct Parser<'t> {
    tokens: Tokens<'t>,
    depth: usize,
}

impl Parser<'_> {
    fn is_order(&self) -> bool {
        self.tokens.peek().is("order") && self.tokens.ahead(1).is("by")
    }

    /// Something stands where a condition or an order has ended.
    fn unexpected_behind(&self, in_condition: bool) -> QueryError {
        let next = self.tokens.peek();
        let before = self.tokens.before();
        if let (Some(Token { kind: Kind::Word(before), .. }), Kind::Word(after)) =
            (before, &next.kind)
            && in_condition
        {
            return QueryError::new(
                next.at,
                format!(
                    "'{after}' stands where AND, OR or ORDER BY is expected; a value of several words \
                     needs quotation marks: \"{before} {after}\""
                ),
            );
        }
        let expected = if in_condition { "AND, OR or ORDER BY" } else { "a comma or the end" };
        QueryError::new(next.at, format!("{} stands where {expected} is expected", next.shown()))
    }

    fn any_of(&mut self) -> Result<Condition, QueryError> {
        let mut all = vec![self.all_of()?];
        while self.tokens.take("or") || self.tokens.take_sign("||") || self.tokens.take_sign("|") {
            all.push(self.all_of()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::Or(all) })
    }

    fn all_of(&mut self) -> Result<Condition, QueryError> {
        let mut all = vec![self.one()?];
        while self.tokens.take("and") || self.tokens.take_sign("&&") || self.tokens.take_sign("&") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn one(&mut self) -> Result<Condition, QueryError> {
        if self.depth >= MOST_INSIDE {
            return Err(self.tokens.error("conditions are nested too deeply"));
        }
        self.depth += 1;
        let start = self.tokens.peek();
        let condition = if self.tokens.take("not") || self.tokens.take_sign("!") {
            Condition::Not(Box::new(self.one()?))
        } else if self.tokens.take_sign("(") {
            let inside = self.any_of()?;
            if !self.tokens.take_sign(")") {
                return Err(match self.tokens.peek().kind {
                    Kind::End => QueryError::new(start.at, "the parenthesis '(' is not closed"),
                    _ => self.unexpected_behind(true),
                });
            }
            inside
        } else {
            Condition::Clause(self.clause()?)
        };
        self.depth -= 1;
        Ok(condition)
    }

    fn clause(&mut self) -> Result<Clause, QueryError> {
        let field = self.field("a condition, such as status = Done,")?;
        let operator = self.operator(&field)?;
        let operand = match operator {
            Operator::Changed => None,
            _ => Some(self.operand_of(operator)?),
        };
        let mut predicates = Vec::new();
        let is_past = matches!(
            operator,
            Operator::Was
                | Operator::WasNot
                | Operator::WasIn
                | Operator::WasNotIn
                | Operator::Changed
        );
        while is_past && PREDICATES.iter().any(|name| self.tokens.peek().is(name)) {
            let Kind::Word(name) = &self.tokens.next().kind else { break };
            let operand = self.operand()?;
            predicates.push(Predicate { name: name.to_uppercase(), operand });
        }
        Ok(Clause { field, operator, operand, predicates })
    }

    fn field(&mut self, what: &str) -> Result<String, QueryError> {
        let token = self.tokens.peek();
        match &token.kind {
            Kind::Word(word) if KEYWORDS.iter().any(|keyword| token.is(keyword)) => {
                Err(self.tokens.error(format!("{what} is expected before '{word}'")))
            }
            Kind::Word(name) | Kind::Quoted(name) => {
                self.tokens.pass(1);
                Ok(name.clone())
            }
            Kind::Sign(_) | Kind::End => {
                Err(self.tokens.error(format!("{what} is expected, found {}", token.shown())))
            }
        }
    }

    fn operator(&mut self, field: &str) -> Result<Operator, QueryError> {
        let token = self.tokens.next();
        let simple = match &token.kind {
            Kind::Sign("=") => {
                if self.tokens.peek().is_sign("=") {
                    return Err(QueryError::new(token.at, "'==' is no operator; write '='"));
                }
                Some(Operator::Equals)
            }
            Kind::Sign("!=") => Some(Operator::NotEquals),
            Kind::Sign("<") => {
                if self.tokens.peek().is_sign(">") {
                    return Err(QueryError::new(token.at, "'<>' is no operator; write '!='"));
                }
                Some(Operator::Less)
            }
            Kind::Sign("<=") => Some(Operator::LessOrEqual),
            Kind::Sign(">") => Some(Operator::Greater),
            Kind::Sign(">=") => Some(Operator::GreaterOrEqual),
            Kind::Sign("~") => Some(Operator::Contains),
            Kind::Sign("!~") => Some(Operator::ContainsNot),
            _ if token.is("in") => Some(Operator::In),
            _ if token.is("changed") => Some(Operator::Changed),
            _ => None,
        };
        if let Some(operator) = simple {
            return Ok(operator);
        }
        if token.is("not") && self.tokens.take("in") {
            return Ok(Operator::NotIn);
        }
        if token.is("is") {
            return Ok(if self.tokens.take("not") { Operator::IsNot } else { Operator::Is });
        }
        if token.is("was") {
            let not = self.tokens.take("not");
            return Ok(match (not, self.tokens.take("in")) {
                (false, false) => Operator::Was,
                (true, false) => Operator::WasNot,
                (false, true) => Operator::WasIn,
                (true, true) => Operator::WasNotIn,
            });
        }
        let mut problem = format!(
            "an operator (= != ~ !~ < <= > >= IN, NOT IN, IS, IS NOT, WAS, CHANGED) is expected behind '{field}', \
             found {}",
            token.shown()
        );
        match &token.kind {
            Kind::Word(word) if word.eq_ignore_ascii_case("like") => {
                problem.push_str("; what contains words is written with ~");
            }
            Kind::Word(word) => problem.push_str(&format!(
                "; a name of several words needs quotation marks: \"{field} {word}\"; words are found by \
                 text ~ \"{field} {word}\""
            )),
            Kind::End => problem.push_str("; words are found by text ~ \"words\""),
            _ => {}
        }
        Err(QueryError::new(token.at, problem))
    }

    fn operand_of(&mut self, operator: Operator) -> Result<Operand, QueryError> {
        let start = self.tokens.peek();
        let operand = self.operand()?;
        let fits = match operator {
            Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn => {
                matches!(operand, Operand::List(_) | Operand::Function { .. })
            }
            Operator::Is | Operator::IsNot => operand == Operand::Empty,
            Operator::Was | Operator::WasNot => true,
            _ => !matches!(operand, Operand::List(_)),
        };
        if fits {
            return Ok(operand);
        }
        let problem = match operator {
            Operator::Is | Operator::IsNot => {
                "IS and IS NOT compare with EMPTY only; compare with a value by = or !="
            }
            Operator::In | Operator::NotIn | Operator::WasIn | Operator::WasNotIn => {
                "IN is followed by values in parentheses: IN (a, \"b c\")"
            }
            _ => "several values are compared by IN or NOT IN",
        };
        Err(QueryError::new(start.at, problem))
    }

    fn operand(&mut self) -> Result<Operand, QueryError> {
        let token = self.tokens.next();
        match &token.kind {
            Kind::Word(word) => {
                if token.is("empty") || token.is("null") {
                    return Ok(Operand::Empty);
                }
                if KEYWORDS.iter().any(|keyword| token.is(keyword)) {
                    return Err(QueryError::new(
                        token.at,
                        format!(
                            "a value is expected, found the keyword '{word}'; put a text in quotation marks: \"{}\"",
                            self.words_from(token)
                        ),
                    ));
                }
                if self.tokens.peek().is_sign("(") {
                    return self.function(word, token);
                }
                Ok(Operand::Text(word.clone()))
            }
            Kind::Quoted(text) => {
                if self.tokens.peek().is_sign("(") {
                    return self.function(text, token);
                }
                Ok(Operand::Text(text.clone()))
            }
            Kind::Sign("(") => {
                if self.depth >= MOST_INSIDE {
                    return Err(self.tokens.error("lists are nested too deeply"));
                }
                self.depth += 1;
                let mut list = vec![self.operand()?];
                while self.tokens.take_sign(",") {
                    list.push(self.operand()?);
                }
                self.depth -= 1;
                if !self.tokens.take_sign(")") {
                    return Err(self.unclosed_list(token));
                }
                Ok(Operand::List(list))
            }
            Kind::Sign(_) | Kind::End => Err(QueryError::new(
                token.at,
                format!("a value is expected, found {}", token.shown()),
            )),
        }
    }

    fn unclosed_list(&self, start: &Token) -> QueryError {
        let next = self.tokens.peek();
        match next.kind {
            Kind::End => QueryError::new(start.at, "the parenthesis '(' is not closed"),
            _ => QueryError::new(
                next.at,
                format!(
                    "{} stands where a comma or ')' is expected; a value of several words needs quotation marks",
                    next.shown()
                ),
            ),
        }
    }

    fn function(&mut self, name: &str, start: &Token) -> Result<Operand, QueryError> {
        self.tokens.next();
        let mut arguments = Vec::new();
        while !self.tokens.take_sign(")") {
            if !arguments.is_empty() && !self.tokens.take_sign(",") {
                return Err(self.unclosed_list(start));
            }
            match &self.tokens.peek().kind {
                Kind::Word(text) | Kind::Quoted(text) => arguments.push(text.clone()),
                _ => return Err(self.unclosed_list(start)),
            }
            self.tokens.pass(1);
        }
        Ok(Operand::Function { name: name.to_owned(), arguments })
    }

    /// The words from a token to the next sign or keyword that joins conditions: what was probably meant as
    /// one text.
    fn words_from(&self, start: &Token) -> String {
        let words = self.tokens.from(start).iter().enumerate().map_while(|(index, token)| {
            let ends = index > 0 && ["and", "or", "order"].iter().any(|word| token.is(word));
            match &token.kind {
                Kind::Word(word) if !ends => Some(word.as_str()),
                _ => None,
            }
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn order(&mut self) -> Result<Vec<OrderBy>, QueryError> {
        if !self.is_order() {
            if self.tokens.peek().is("order") {
                self.tokens.pass(1);
                return Err(self.tokens.error("ORDER is followed by BY and a field"));
            }
            return Ok(Vec::new());
        }
        self.tokens.pass(2);
        let mut order = Vec::new();
        loop {
            let field = self.field("a field to order by")?;
            let direction = if self.tokens.take("asc") {
                Some(Direction::Ascending)
            } else {
                self.tokens.take("desc").then_some(Direction::Descending)
            };
            order.push(OrderBy { field, direction });
            if !self.tokens.take_sign(",") {
                return Ok(order);
            }
        }
    }
}
