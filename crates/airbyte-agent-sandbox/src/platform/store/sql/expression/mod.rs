//! The values of expressions. A condition is true, false or `null`.

mod aggregate;

use serde_json::{Value, json};
use sqlparser::ast::{
    AccessExpr, BinaryOperator, Expr, Ident, Subscript, UnaryOperator, Value as Literal,
};

use super::relation::{Joined, Part};
use super::{Row, Session, function, sql_error, unsupported};
use crate::platform::error::ApiError;
use crate::platform::store::compare::{order, same};
use crate::platform::store::filter::is_like;

/// The row for which an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s> {
    pub(super) session: &'s Session<'s>,
    pub(super) parts: &'s [Part],
    row: &'s [std::rc::Rc<Row>],
    /// The rows over which aggregates are computed.
    pub(super) group: Option<&'s [Joined]>,
}

impl<'s> Scope<'s> {
    pub(super) fn empty(session: &'s Session<'s>) -> Self {
        Self { session, parts: &[], row: &[], group: None }
    }

    pub(super) fn of(session: &'s Session<'s>, parts: &'s [Part], row: &'s Joined) -> Self {
        Self { session, parts, row, group: None }
    }

    pub(super) fn grouped(self, group: &'s [Joined]) -> Self {
        Self { group: Some(group), ..self }
    }

    /// The value of a column of one table.
    pub(super) fn of_part(&self, part: usize, column: &str) -> Value {
        self.row.get(part).and_then(|row| row.get(column)).cloned().unwrap_or(Value::Null)
    }

    /// Whether a condition is true.
    pub(super) fn is_true(&self, condition: &Expr) -> Result<bool, ApiError> {
        Ok(self.value(condition)? == Value::Bool(true))
    }

    /// The value of an expression.
    pub(super) fn value(&self, expression: &Expr) -> Result<Value, ApiError> {
        Ok(match expression {
            Expr::Identifier(name) => self.column(std::slice::from_ref(name))?,
            Expr::CompoundIdentifier(names) => self.column(names)?,
            Expr::CompoundFieldAccess { root, access_chain } => self.access(root, access_chain)?,
            Expr::Nested(inner) => self.value(inner)?,
            Expr::Value(value) => literal(&value.value)?,
            Expr::TypedString(text) => literal(&text.value.value)?,
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right)?,
            Expr::UnaryOp { op, expr } => {
                let value = self.value(expr)?;
                match (op, value) {
                    (UnaryOperator::Not, Value::Bool(is)) => (!is).into(),
                    (UnaryOperator::Minus, Value::Number(number)) => {
                        function::arithmetic('-', &json!(0), &Value::Number(number))
                    }
                    (UnaryOperator::Plus, value) => value,
                    (_, Value::Null) => Value::Null,
                    _ => return Err(unsupported(expression)),
                }
            }
            Expr::IsNull(inner) => self.value(inner)?.is_null().into(),
            Expr::IsNotNull(inner) => (!self.value(inner)?.is_null()).into(),
            Expr::IsTrue(inner) => (self.value(inner)? == json!(true)).into(),
            Expr::IsNotTrue(inner) => (self.value(inner)? != json!(true)).into(),
            Expr::IsFalse(inner) => (self.value(inner)? == json!(false)).into(),
            Expr::IsNotFalse(inner) => (self.value(inner)? != json!(false)).into(),
            Expr::IsDistinctFrom(one, other) => {
                (!same(&self.value(one)?, &self.value(other)?)).into()
            }
            Expr::IsNotDistinctFrom(one, other) => {
                same(&self.value(one)?, &self.value(other)?).into()
            }
            Expr::InList { expr, list, negated } => {
                let list = list.iter().map(|item| self.value(item));
                is_among(&self.value(expr)?, &list.collect::<Result<Vec<_>, _>>()?, *negated)
            }
            Expr::InSubquery { expr, subquery, negated } => {
                let table = self.session.query(subquery)?;
                let first = table.columns.first().cloned().unwrap_or_default();
                let list: Vec<Value> =
                    table.rows.iter().filter_map(|row| row.get(&first).cloned()).collect();
                is_among(&self.value(expr)?, &list, *negated)
            }
            Expr::Subquery(query) => {
                let table = self.session.query(query)?;
                let row = table.rows.into_iter().next().unwrap_or_default();
                row.into_iter().next().map_or(Value::Null, |(_, value)| value)
            }
            Expr::Exists { subquery, negated } => {
                (self.session.query(subquery)?.rows.is_empty() == *negated).into()
            }
            Expr::Between { expr, negated, low, high } => {
                let value = self.value(expr)?;
                let low = order(&value, &self.value(low)?).map(std::cmp::Ordering::is_ge);
                let high = order(&value, &self.value(high)?).map(std::cmp::Ordering::is_le);
                low.zip(high).map_or(Value::Null, |(low, high)| ((low && high) != *negated).into())
            }
            Expr::Like { negated, any: false, expr, pattern, escape_char: None } => {
                self.like(expr, pattern, *negated, false)?
            }
            Expr::ILike { negated, any: false, expr, pattern, escape_char: None } => {
                self.like(expr, pattern, *negated, true)?
            }
            Expr::Case { operand, conditions, else_result, .. } => {
                let operand = operand.as_ref().map(|operand| self.value(operand)).transpose()?;
                for case in conditions {
                    let found = match &operand {
                        Some(operand) => same(operand, &self.value(&case.condition)?),
                        None => self.is_true(&case.condition)?,
                    };
                    if found {
                        return self.value(&case.result);
                    }
                }
                else_result.as_ref().map_or(Ok(Value::Null), |other| self.value(other))?
            }
            Expr::Cast { expr, data_type, .. } => {
                function::cast(self.value(expr)?, &data_type.to_string())?
            }
            Expr::Extract { field, expr, .. } => {
                function::date_part(&field.to_string(), &self.value(expr)?)?
            }
            Expr::Substring { expr, substring_from, substring_for, .. } => {
                let mut arguments = vec![self.value(expr)?];
                for part in [substring_from, substring_for].into_iter().flatten() {
                    arguments.push(self.value(part)?);
                }
                function::call("substring", &arguments)?
            }
            Expr::Trim { expr, trim_where: None, trim_what: None, .. } => {
                function::call("trim", &[self.value(expr)?])?
            }
            Expr::Floor { expr, .. } => function::call("floor", &[self.value(expr)?])?,
            Expr::Ceil { expr, .. } => function::call("ceil", &[self.value(expr)?])?,
            Expr::Function(call) => {
                if let Some(kind) = aggregate::aggregate_of(call) {
                    return aggregate::aggregate_value(self, kind, call);
                }
                let arguments = aggregate::arguments(call)?.into_iter();
                let arguments: Result<Vec<Value>, _> =
                    arguments.map(|argument| self.value(argument)).collect();
                function::call(&call.name.to_string().to_lowercase(), &arguments?)?
            }
            other => return Err(unsupported(other)),
        })
    }

    fn column(&self, names: &[Ident]) -> Result<Value, ApiError> {
        let [first, rest @ ..] = names else { return Ok(Value::Null) };
        let part = self.parts.iter().position(|part| part.name.eq_ignore_ascii_case(&first.value));
        if let (Some(part), [column, path @ ..]) = (part, rest)
            && let Some(column) = find_column(&self.parts[part], &column.value)
        {
            return Ok(value_inside(self.of_part(part, column), path));
        }
        let mut found = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(at, part)| Some((at, find_column(part, &first.value)?)));
        match (found.next(), found.next()) {
            (Some((part, column)), None) => Ok(value_inside(self.of_part(part, column), rest)),
            (Some(_), Some(_)) => Err(sql_error(format!("`{}` is in two tables", first.value))),
            _ => {
                let columns = self.parts.iter().flat_map(|part| part.columns.iter());
                let columns: Vec<&str> = columns.map(String::as_str).collect();
                let all = columns.join(", ");
                Err(sql_error(format!("there is no column `{}`; there are {all}", first.value)))
            }
        }
    }

    fn access(&self, root: &Expr, chain: &[AccessExpr]) -> Result<Value, ApiError> {
        let mut value = self.value(root)?;
        for step in chain {
            value = match step {
                AccessExpr::Dot(Expr::Identifier(name)) => member(&value, &name.value),
                AccessExpr::Subscript(Subscript::Index { index }) => match self.value(index)? {
                    Value::String(name) => member(&value, &name),
                    // Positions in lists begin at one.
                    index => index
                        .as_u64()
                        .and_then(|at| usize::try_from(at).ok()?.checked_sub(1))
                        .and_then(|at| value.get(at).cloned())
                        .unwrap_or(Value::Null),
                },
                other => return Err(unsupported(other)),
            };
        }
        Ok(value)
    }

    fn like(
        &self,
        text: &Expr,
        pattern: &Expr,
        negated: bool,
        ignores_case: bool,
    ) -> Result<Value, ApiError> {
        let (text, pattern) = (self.value(text)?, self.value(pattern)?);
        let (Some(text), Some(pattern)) =
            (function::value_text(&text), function::value_text(&pattern))
        else {
            return Ok(Value::Null);
        };
        let fits = if ignores_case {
            is_like(&text.to_lowercase(), &pattern.to_lowercase())
        } else {
            is_like(&text, &pattern)
        };
        Ok((fits != negated).into())
    }

    fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr) -> Result<Value, ApiError> {
        let (one, other) = (self.value(left)?, self.value(right)?);
        let ordered = |fits: fn(std::cmp::Ordering) -> bool| {
            order(&one, &other).map_or(Value::Null, |order| fits(order).into())
        };
        let truth = |value: &Value| value.as_bool();
        Ok(match op {
            BinaryOperator::And => match (truth(&one), truth(&other)) {
                (Some(false), _) | (_, Some(false)) => false.into(),
                (Some(true), Some(true)) => true.into(),
                _ => Value::Null,
            },
            BinaryOperator::Or => match (truth(&one), truth(&other)) {
                (Some(true), _) | (_, Some(true)) => true.into(),
                (Some(false), Some(false)) => false.into(),
                _ => Value::Null,
            },
            BinaryOperator::Eq => equality(&one, &other, true),
            BinaryOperator::NotEq => equality(&one, &other, false),
            BinaryOperator::Gt => ordered(std::cmp::Ordering::is_gt),
            BinaryOperator::GtEq => ordered(std::cmp::Ordering::is_ge),
            BinaryOperator::Lt => ordered(std::cmp::Ordering::is_lt),
            BinaryOperator::LtEq => ordered(std::cmp::Ordering::is_le),
            BinaryOperator::Plus => function::arithmetic('+', &one, &other),
            BinaryOperator::Minus => function::arithmetic('-', &one, &other),
            BinaryOperator::Multiply => function::arithmetic('*', &one, &other),
            BinaryOperator::Divide => function::arithmetic('/', &one, &other),
            BinaryOperator::Modulo => function::arithmetic('%', &one, &other),
            BinaryOperator::StringConcat => {
                match (function::value_text(&one), function::value_text(&other)) {
                    (Some(one), Some(other)) => format!("{one}{other}").into(),
                    _ => Value::Null,
                }
            }
            BinaryOperator::Arrow => extract(&one, &other),
            BinaryOperator::LongArrow => {
                function::value_text(&extract(&one, &other)).map_or(Value::Null, Value::from)
            }
            other => return Err(unsupported(other)),
        })
    }
}

fn equality(one: &Value, other: &Value, wanted: bool) -> Value {
    if one.is_null() || other.is_null() {
        return Value::Null;
    }
    (same(one, other) == wanted).into()
}

/// The value of `IN`.
fn is_among(value: &Value, list: &[Value], negated: bool) -> Value {
    if value.is_null() {
        return Value::Null;
    }
    let found = list.iter().any(|item| same(value, item));
    if !found && list.contains(&Value::Null) {
        return Value::Null;
    }
    (found != negated).into()
}

/// The column of a table by its name, in upper or lower case.
fn find_column<'p>(part: &'p Part, name: &str) -> Option<&'p str> {
    let exact = part.columns.iter().find(|column| *column == name);
    let loose = || part.columns.iter().find(|column| column.eq_ignore_ascii_case(name));
    exact.or_else(loose).map(String::as_str)
}

/// The value at a path of members.
fn value_inside(value: Value, path: &[Ident]) -> Value {
    path.iter().fold(value, |value, step| member(&value, &step.value))
}

fn member(value: &Value, name: &str) -> Value {
    value.get(name).cloned().unwrap_or(Value::Null)
}

/// The value of `->`: a member by its name or path, an element by its position.
fn extract(value: &Value, path: &Value) -> Value {
    match path {
        Value::String(path) => {
            let steps = path.strip_prefix("$.").unwrap_or(path).split('.');
            steps.fold(value.clone(), |value, step| member(&value, step))
        }
        path => path
            .as_u64()
            .and_then(|at| value.get(usize::try_from(at).ok()?).cloned())
            .unwrap_or(Value::Null),
    }
}

fn literal(value: &Literal) -> Result<Value, ApiError> {
    Ok(match value {
        Literal::Number(text, _) => serde_json::from_str(text)
            .map_err(|_| sql_error(format!("`{text}` is not a number")))?,
        Literal::SingleQuotedString(text) | Literal::EscapedStringLiteral(text) => {
            text.clone().into()
        }
        Literal::Boolean(is) => (*is).into(),
        Literal::Null => Value::Null,
        other => return Err(unsupported(other)),
    })
}

/// Whether an expression contains an aggregate.
pub(super) fn has_aggregate(expression: &Expr) -> bool {
    let any = |all: &[&Expr]| all.iter().any(|one| has_aggregate(one));
    match expression {
        Expr::Function(call) => {
            aggregate::aggregate_of(call).is_some()
                || aggregate::arguments(call).is_ok_and(|all| any(&all))
        }
        Expr::Nested(one)
        | Expr::IsNull(one)
        | Expr::IsNotNull(one)
        | Expr::UnaryOp { expr: one, .. }
        | Expr::Cast { expr: one, .. }
        | Expr::Extract { expr: one, .. }
        | Expr::Floor { expr: one, .. }
        | Expr::Ceil { expr: one, .. }
        | Expr::InList { expr: one, .. } => has_aggregate(one),
        Expr::BinaryOp { left, right, .. } => any(&[left, right]),
        Expr::Between { expr, low, high, .. } => any(&[expr, low, high]),
        Expr::Case { conditions, else_result, .. } => {
            conditions.iter().any(|case| any(&[&case.condition, &case.result]))
                || else_result.as_ref().is_some_and(|other| has_aggregate(other))
        }
        _ => false,
    }
}
