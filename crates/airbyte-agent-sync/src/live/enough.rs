//! Whether any rows are enough for a query, and how many.

use sqlparser::ast::{
    Expr, GroupByExpr, LimitClause, Query, SelectItem, SetExpr, TableFactor, TableWithJoins,
    WildcardAdditionalOptions,
};

use super::literal::{Literal, arguments, simple_name};

/// How many rows of the only table are enough, if it does not matter which.
pub(super) fn enough(query: &Query) -> Option<u64> {
    let SetExpr::Select(select) = query.body.as_ref() else { return None };
    let [TableWithJoins { relation: TableFactor::Table { .. }, joins }] = select.from.as_slice()
    else {
        return None;
    };
    let is_ungrouped = matches!(&select.group_by, GroupByExpr::Expressions(all, more) if all.is_empty() && more.is_empty());
    let is_simple = query.with.is_none()
        && query.order_by.is_none()
        && joins.is_empty()
        && select.distinct.is_none()
        && is_ungrouped
        && select.having.is_none()
        && select.projection.iter().all(is_of_one_row_item);
    if !is_simple {
        return None;
    }
    let number = |expr: &Expr| match Literal::of(expr)? {
        Literal::Integer(number) => u64::try_from(number).ok(),
        _ => None,
    };
    match query.limit_clause.as_ref()? {
        LimitClause::LimitOffset { limit: Some(limit), offset, limit_by }
            if limit_by.is_empty() =>
        {
            // A negative offset counts as none.
            if let Some(offset) = offset {
                number(&offset.value)?;
            }
            number(limit)
        }
        LimitClause::OffsetCommaLimit { offset, limit } => {
            number(offset)?;
            number(limit)
        }
        LimitClause::LimitOffset { .. } => None,
    }
}

fn is_of_one_row_item(item: &SelectItem) -> bool {
    let is_plain = |options: &WildcardAdditionalOptions| {
        options.opt_exclude.is_none()
            && options.opt_except.is_none()
            && options.opt_replace.is_none()
            && options.opt_rename.is_none()
            && options.opt_ilike.is_none()
    };
    match item {
        SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => {
            is_plain(options)
        }
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
            is_of_one_row(expr)
        }
        SelectItem::ExprWithAliases { .. } => false,
    }
}

/// Functions of the values of one row.
const OF_ONE_ROW: [&str; 14] = [
    "json_extract",
    "lower",
    "upper",
    "length",
    "substr",
    "coalesce",
    "ifnull",
    "nullif",
    "date",
    "datetime",
    "strftime",
    "round",
    "trim",
    "replace",
];

/// Whether the value of an expression depends on one row only.
fn is_of_one_row(expr: &Expr) -> bool {
    match expr {
        Expr::Identifier(_) | Expr::CompoundIdentifier(_) | Expr::Value(_) => true,
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => is_of_one_row(inner),
        Expr::BinaryOp { left, right, .. } => is_of_one_row(left) && is_of_one_row(right),
        Expr::Function(function) => {
            simple_name(function).is_some_and(|name| OF_ONE_ROW.contains(&name.as_str()))
                && arguments(function).is_some_and(|all| all.into_iter().all(is_of_one_row))
        }
        _ => false,
    }
}
