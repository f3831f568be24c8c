//! Aggregates: one value for many rows.

use serde_json::{Value, json};
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

use super::Scope;
use crate::platform::error::ApiError;
use crate::platform::store::compare::sort_order;
use crate::platform::store::sql::{function, sql_error, unsupported};

/// The aggregates that the sandbox supports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aggregate {
    Count,
    Sum,
    Avg,
    Min,
    Max,
    Any,
    List,
    Text,
}

/// The aggregate that a call computes; `None` for any other function.
pub(super) fn aggregate_of(call: &Function) -> Option<Aggregate> {
    let name = call.name.to_string().to_lowercase();
    Some(match name.as_str() {
        "count" => Aggregate::Count,
        "sum" => Aggregate::Sum,
        "avg" | "mean" => Aggregate::Avg,
        "min" => Aggregate::Min,
        "max" => Aggregate::Max,
        "any_value" | "first" => Aggregate::Any,
        "list" | "array_agg" => Aggregate::List,
        "string_agg" => Aggregate::Text,
        _ => return None,
    })
}

/// The arguments of a call without `*`.
pub(super) fn arguments(call: &Function) -> Result<Vec<&Expr>, ApiError> {
    if call.over.is_some() || call.filter.is_some() || !call.within_group.is_empty() {
        return Err(unsupported(call));
    }
    let list = match &call.args {
        FunctionArguments::None => return Ok(Vec::new()),
        FunctionArguments::List(list) if list.clauses.is_empty() => list,
        _ => return Err(unsupported(call)),
    };
    let mut arguments = Vec::new();
    for argument in &list.args {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => arguments.push(expression),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => {}
            _ => return Err(unsupported(call)),
        }
    }
    Ok(arguments)
}

/// The value of an aggregate over the rows of the scope's group.
pub(super) fn aggregate_value(
    scope: &Scope<'_>,
    kind: Aggregate,
    call: &Function,
) -> Result<Value, ApiError> {
    let group = scope
        .group
        .ok_or_else(|| sql_error(format!("`{call}` is not allowed outside of a group")))?;
    let arguments = arguments(call)?;
    let Some(argument) = arguments.first() else {
        return match kind {
            Aggregate::Count => Ok(group.len().into()),
            _ => Err(sql_error(format!("`{call}` needs an argument"))),
        };
    };
    let mut values = Vec::new();
    for row in group {
        let value = Scope::of(scope.session, scope.parts, row).value(argument)?;
        if !value.is_null() {
            values.push(value);
        }
    }
    let distinct = matches!(&call.args, FunctionArguments::List(list)
        if list.duplicate_treatment == Some(DuplicateTreatment::Distinct));
    if distinct {
        let mut seen = std::collections::HashSet::new();
        values.retain(|value| seen.insert(value.to_string()));
    }
    let sum = || values.iter().fold(json!(0), |sum, one| function::arithmetic('+', &sum, one));
    Ok(match kind {
        Aggregate::Count => values.len().into(),
        Aggregate::Sum if values.is_empty() => Value::Null,
        Aggregate::Sum => sum(),
        Aggregate::Avg => function::arithmetic('/', &sum(), &values.len().into()),
        Aggregate::Min => values.into_iter().min_by(sort_order).unwrap_or(Value::Null),
        Aggregate::Max => values.into_iter().max_by(sort_order).unwrap_or(Value::Null),
        Aggregate::Any => values.into_iter().next().unwrap_or(Value::Null),
        Aggregate::List => values.into(),
        Aggregate::Text => {
            let between = match arguments.get(1) {
                Some(between) => function::value_text(&scope.value(between)?).unwrap_or_default(),
                None => ",".to_owned(),
            };
            let texts: Vec<String> = values.iter().filter_map(function::value_text).collect();
            if texts.is_empty() { Value::Null } else { texts.join(&between).into() }
        }
    })
}
