//! What a query needs of each place that names a table: values that stand in it, and values out of records that are
//! there already.

use std::collections::HashSet;

use airbyte_agent_store::QueryLimits;
use serde_json::Value;

use super::literal::{Bound, Literal};
use super::range::Range;
use super::reference::{Condition, Reference, Test};
use super::session::Session;
use super::wanted::{Needs, Values, Wanted};
use crate::error::{Error, Result};

impl Session<'_> {
    /// What the query needs of a reference, with values out of records that are there.
    pub(super) async fn needs(&mut self, reference: usize) -> Result<Needs> {
        let mut needs = Needs::default();
        let Reference { conditions, links, .. } = &self.analysis.references[reference];
        let (conditions, links) = (conditions.clone(), links.clone());
        for condition in conditions {
            let field = condition.field.clone();
            match condition.test {
                Test::In(_) if field.path == ["_account"] => {}
                Test::In(literals) => {
                    if let [only] = literals.as_slice() {
                        let sql = format!("{} = {}", field.sql, only.sql());
                        for is_from in [true, false] {
                            let (field, bound, sql) = (field.clone(), only.clone(), sql.clone());
                            needs.ranges.push(Range { field, is_from, bound, sql });
                        }
                    }
                    let values = literals.iter().map(|literal| literal.in_column(field.kind));
                    if let Some(values) = values.collect::<Option<Vec<Value>>>() {
                        add(&mut needs, Wanted { field, values: Values::Known(values) });
                    }
                }
                Test::From(bound) => {
                    let sql = format!("{} >= {}", field.sql, bound.sql());
                    if let Some(bound) = self.worked_out(bound).await? {
                        needs.ranges.push(Range { field, is_from: true, bound, sql });
                    }
                }
                Test::To(Bound::Fixed(bound)) => {
                    let sql = format!("{} <= {}", field.sql, bound.sql());
                    needs.ranges.push(Range { field, is_from: false, bound, sql });
                }
                // What grows with the time would be too small when the query runs.
                Test::To(Bound::Computed(_)) => {}
            }
        }
        let open: HashSet<usize> =
            self.open().into_iter().map(|(reference, _)| reference).collect();
        for link in links {
            if link.other == reference || open.contains(&link.other) {
                continue;
            }
            let other = self.analysis.references[link.other].clone();
            let name = self.tables[other.table].name().to_owned();
            if self.expected.contains(&link.other) {
                let values = Values::Later(format!("{name}.{}", link.other_field.path.join(".")));
                add(&mut needs, Wanted { field: link.field, values });
                continue;
            }
            let mut conditions = Vec::new();
            for condition in other.conditions.clone() {
                match &condition.test {
                    // When the query runs, the bound has grown.
                    Test::To(Bound::Computed(_)) => continue,
                    // That it has not shrunk is checked.
                    Test::From(bound @ Bound::Computed(_)) => {
                        self.worked_out(bound.clone()).await?;
                    }
                    _ => {}
                }
                conditions.push(condition_sql(&condition));
            }
            conditions.push(format!("{} IS NOT NULL", link.other_field.sql));
            let sql = format!(
                "SELECT DISTINCT {} FROM \"{}\" WHERE {}",
                link.other_field.sql,
                name.replace('"', "\"\""),
                conditions.join(" AND ")
            );
            let most = usize::try_from(self.budget.left()).unwrap_or(usize::MAX).clamp(1, 10_000);
            let limits = QueryLimits::default().rows(most).time(self.options.limits.time);
            let rows = self.in_overlay(move |overlay| overlay.query(&sql, &limits)).await?;
            if rows.cut.is_some() {
                continue;
            }
            let values = rows
                .rows
                .iter()
                .map(|row| Literal::of_row(row.first()?)?.in_column(link.field.kind));
            if let Some(values) = values.collect::<Option<Vec<Value>>>() {
                add(&mut needs, Wanted { field: link.field, values: Values::Known(values) });
            }
        }
        Ok(needs)
    }

    /// The value of a bound, which is remembered if it depends on the time.
    async fn worked_out(&mut self, bound: Bound) -> Result<Option<Literal>> {
        let text = match bound {
            Bound::Fixed(literal) => return Ok(Some(literal)),
            Bound::Computed(text) => text,
        };
        if let Some((_, known)) = self.computed.iter().find(|(known, _)| *known == text) {
            return Ok(Some(known.clone()));
        }
        let value = self.value_of(&text).await?;
        self.computed.extend(value.clone().map(|value| (text, value)));
        Ok(value)
    }

    async fn value_of(&self, expression: &str) -> Result<Option<Literal>> {
        let sql = format!("SELECT {expression}");
        let limits = QueryLimits::default();
        let rows = self.in_overlay(move |overlay| overlay.query(&sql, &limits)).await?;
        Ok(rows.rows.first().and_then(|row| row.first()).and_then(Literal::of_row))
    }

    /// Lower bounds that depend on the time may have grown since, which does no harm, but must not have shrunk.
    pub(super) async fn still_holds(&self) -> Result<()> {
        for (expression, before) in &self.computed {
            let now = self.value_of(expression).await?;
            let is_sound = match (before, &now) {
                (Literal::Integer(before), Some(Literal::Integer(now))) => before <= now,
                (Literal::Real(before), Some(Literal::Real(now))) => before <= now,
                (Literal::Text(before), Some(Literal::Text(now))) => before <= now,
                _ => false,
            };
            if !is_sound {
                return Err(Error::Plan(format!(
                    "{expression} becomes smaller as time goes on; write its value instead"
                )));
            }
        }
        Ok(())
    }
}

/// A condition in SQL.
pub(super) fn condition_sql(condition: &Condition) -> String {
    let field = &condition.field.sql;
    match &condition.test {
        Test::In(literals) => {
            let all: Vec<String> = literals.iter().map(Literal::sql).collect();
            format!("{field} IN ({})", all.join(", "))
        }
        Test::From(bound) => format!("{field} >= {}", bound.sql()),
        Test::To(bound) => format!("{field} <= {}", bound.sql()),
    }
}

/// Adds the values of a field. Of two conditions on the same one, that with fewer values counts.
fn add(needs: &mut Needs, more: Wanted) {
    let Some(known) = needs.wanted.iter_mut().find(|known| known.field.path == more.field.path)
    else {
        needs.wanted.push(more);
        return;
    };
    let is_better = match (&known.values, &more.values) {
        (Values::Known(known), Values::Known(more)) => more.len() < known.len(),
        (Values::Later(_), Values::Known(_)) => true,
        (_, Values::Later(_)) => false,
    };
    if is_better {
        *known = more;
    }
}
