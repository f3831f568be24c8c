//! Aggregates: one value out of many rows.

use serde_json::{Value, json};
use sqlparser::ast::{
    DuplicateTreatment, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
};

use super::expression::Scope;
use super::{beyond, function, refuse};
use crate::platform::refusal::Refusal;
use crate::platform::store::compare::rank;

/// The aggregates there are.
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

/// The aggregate that a call is of.
pub(super) fn of(call: &Function) -> Option<Aggregate> {
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

/// The arguments of a call; `*` is left out.
pub(super) fn arguments(call: &Function) -> Result<Vec<&Expr>, Refusal> {
    if call.over.is_some() || call.filter.is_some() || !call.within_group.is_empty() {
        return Err(beyond(call));
    }
    let list = match &call.args {
        FunctionArguments::None => return Ok(Vec::new()),
        FunctionArguments::List(list) if list.clauses.is_empty() => list,
        _ => return Err(beyond(call)),
    };
    let mut arguments = Vec::new();
    for argument in &list.args {
        match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => arguments.push(expression),
            FunctionArg::Unnamed(FunctionArgExpr::Wildcard) => {}
            _ => return Err(beyond(call)),
        }
    }
    Ok(arguments)
}

/// The aggregate over the rows of the scope's group.
pub(super) fn value(scope: &Scope<'_>, kind: Aggregate, call: &Function) -> Result<Value, Refusal> {
    let group = scope.group.ok_or_else(|| refuse(format!("`{call}` stands where no group is")))?;
    let arguments = arguments(call)?;
    let Some(argument) = arguments.first() else {
        return match kind {
            Aggregate::Count => Ok(group.len().into()),
            _ => Err(refuse(format!("`{call}` needs an argument"))),
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
        Aggregate::Min => values.into_iter().min_by(rank).unwrap_or(Value::Null),
        Aggregate::Max => values.into_iter().max_by(rank).unwrap_or(Value::Null),
        Aggregate::Any => values.into_iter().next().unwrap_or(Value::Null),
        Aggregate::List => values.into(),
        Aggregate::Text => {
            let between = match arguments.get(1) {
                Some(between) => function::text(&scope.value(between)?).unwrap_or_default(),
                None => ",".to_owned(),
            };
            let texts: Vec<String> = values.iter().filter_map(function::text).collect();
            if texts.is_empty() { Value::Null } else { texts.join(&between).into() }
        }
    })
}
