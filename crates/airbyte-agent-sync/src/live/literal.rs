//! Values of a query: literals, and expressions of them that can be worked out on their own.

use airbyte_agent_store::ColumnKind;
use serde_json::{Number, Value};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator,
    Value as Sql,
};

/// A value that stands in a query.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Integer(i64),
    Real(f64),
    Text(String),
    Bool(bool),
}

impl Literal {
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        match expr {
            Expr::Nested(inner) => Self::of(inner),
            Expr::Value(value) => match &value.value {
                Sql::Number(text, _) => Self::number(text),
                Sql::SingleQuotedString(text) => Some(Self::Text(text.clone())),
                Sql::Boolean(known) => Some(Self::Bool(*known)),
                _ => None,
            },
            Expr::UnaryOp { op: UnaryOperator::Minus, expr } => match Self::of(expr)? {
                Self::Integer(number) => number.checked_neg().map(Self::Integer),
                Self::Real(number) => Some(Self::Real(-number)),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value of a row of a result.
    pub(super) fn of_row(value: &Value) -> Option<Self> {
        match value {
            Value::Number(number) => match (number.as_i64(), number.as_f64()) {
                (Some(whole), _) => Some(Self::Integer(whole)),
                (None, real) => real.map(Self::Real),
            },
            Value::String(text) => Some(Self::Text(text.clone())),
            _ => None,
        }
    }

    fn number(text: &str) -> Option<Self> {
        let is_plain = text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
        if !is_plain {
            return None;
        }
        text.parse().map(Self::Integer).ok().or_else(|| text.parse().map(Self::Real).ok())
    }

    /// The value as a record has it in a column of this kind (`None`: inside JSON), if every row for which SQL finds
    /// the two equal has exactly this value.
    pub(super) fn in_column(&self, kind: Option<ColumnKind>) -> Option<Value> {
        let whole = |number: i64| Value::Number(Number::from(number));
        match (kind, self) {
            // A column of texts turns a whole number into its digits.
            (Some(ColumnKind::Text), Self::Integer(number)) => Some(number.to_string().into()),
            (Some(ColumnKind::Text) | None, Self::Text(text)) => Some(text.clone().into()),
            (Some(ColumnKind::Integer), Self::Integer(number)) => Some(whole(*number)),
            (Some(ColumnKind::Integer), Self::Text(text)) => {
                let number: i64 = text.parse().ok()?;
                (number.to_string() == *text).then(|| whole(number))
            }
            (Some(ColumnKind::Boolean), Self::Bool(known)) => Some((*known).into()),
            (Some(ColumnKind::Boolean), Self::Integer(number @ (0 | 1))) => {
                Some((*number == 1).into())
            }
            // Inside JSON, SQL sees truth values as 0 and 1.
            (None, Self::Integer(number)) if !matches!(number, 0 | 1) => Some(whole(*number)),
            _ => None,
        }
    }

    /// The literal in SQL.
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Real(number) => format!("{number:?}"),
            Self::Text(text) => format!("'{}'", text.replace('\'', "''")),
            Self::Bool(known) => if *known { "1" } else { "0" }.to_owned(),
        }
    }
}

/// The bound of a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Bound {
    Fixed(Literal),
    /// An expression in SQL, which may depend on the time.
    Computed(String),
}

impl Bound {
    pub(super) fn of(expr: &Expr) -> Option<Self> {
        Literal::of(expr).map(Self::Fixed).or_else(|| computed(expr).map(Self::Computed))
    }

    pub(super) fn sql(&self) -> String {
        match self {
            Self::Fixed(literal) => literal.sql(),
            Self::Computed(text) => text.clone(),
        }
    }
}

/// Functions whose value depends on their arguments and the time only.
const COMPUTED: [&str; 10] = [
    "date",
    "datetime",
    "strftime",
    "unixepoch",
    "julianday",
    "now",
    "to_timestamp",
    "date_trunc",
    "round",
    "abs",
];

/// An expression of literals and functions of time, written again in SQL.
fn computed(expr: &Expr) -> Option<String> {
    if let Some(literal) = Literal::of(expr) {
        return Some(literal.sql());
    }
    match expr {
        Expr::Nested(inner) => Some(format!("({})", computed(inner)?)),
        Expr::BinaryOp { left, op, right } => {
            let op = match op {
                BinaryOperator::Plus => "+",
                BinaryOperator::Minus => "-",
                BinaryOperator::Multiply => "*",
                _ => return None,
            };
            Some(format!("({} {op} {})", computed(left)?, computed(right)?))
        }
        Expr::Function(function) => {
            let arguments = arguments(function)?;
            let name = simple_name(function)?;
            COMPUTED.contains(&name.as_str()).then_some(())?;
            let arguments = arguments.into_iter().map(computed).collect::<Option<Vec<_>>>()?;
            Some(format!("{name}({})", arguments.join(", ")))
        }
        _ => None,
    }
}

/// The name of a function in lower case.
pub(super) fn simple_name(function: &Function) -> Option<String> {
    let [part] = function.name.0.as_slice() else { return None };
    let plain = function.filter.is_none()
        && function.over.is_none()
        && function.within_group.is_empty()
        && function.null_treatment.is_none();
    plain.then(|| part.as_ident().map(|name| name.value.to_ascii_lowercase())).flatten()
}

/// The arguments of a plain call.
pub(super) fn arguments(function: &Function) -> Option<Vec<&Expr>> {
    match &function.args {
        FunctionArguments::List(list)
            if list.duplicate_treatment.is_none() && list.clauses.is_empty() =>
        {
            let expr = |argument| match argument {
                &FunctionArg::Unnamed(FunctionArgExpr::Expr(ref expr)) => Some(expr),
                _ => None,
            };
            list.args.iter().map(expr).collect()
        }
        _ => None,
    }
}
