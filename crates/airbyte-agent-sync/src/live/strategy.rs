//! By which calls the records that a query needs of an entity can be had. Every strategy gives at least the records that
//! are needed.

use airbyte_agent_core::description::{
    Action, Connector, FieldFilter, Json, JsonPath, Operation, Parameter, Step, SyncParent,
    SyncSource, SyncTime, Text,
};
use airbyte_agent_store::ColumnKind;
use serde_json::Value;

use super::range::{Range, mark};
use super::reference::Field;
use super::templates::{accepted, filled, merge};
use super::wanted::{Needs, Values, Wanted, shown};
use crate::arguments::{Arguments, SINCE, arguments, fitted};
use crate::mark::Mark;
use crate::record::{self, PARENT};

/// What stands for a value in templates.
const VALUE: &str = "{value}";

/// What stands for several values in templates.
const VALUES: &str = "{values}";

/// An entity whose records can be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reading<'c> {
    pub(super) connector: &'c Connector,
    pub(super) operation: &'c Operation,
    pub(super) source: &'c SyncSource,
}

/// How the records are had.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Strategy {
    pub(super) action: Action,
    /// How good the strategy is; lower is better.
    pub(super) rank: u8,
    /// The arguments of the calls, each with those of them that come from parents.
    pub(super) calls: Vec<Planned>,
    /// What the calls are made for each of, if that is not known yet.
    pub(super) each: Option<String>,
    /// The parents whose records in the store give further arguments.
    pub(super) parents: Vec<SyncParent>,
    /// The conditions that the vendor applies.
    pub(super) pushed: Vec<String>,
    /// The member that marks records which the list does not have.
    pub(super) unless: Option<JsonPath>,
}

/// A call of a strategy.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Planned {
    /// What goes before everything else.
    pub(super) given: Arguments,
    /// What takes the place of records of parents.
    pub(super) of_parents: Arguments,
}

/// Arguments that tell one list of an entity from another, with the values that conditions give them.
#[derive(Debug)]
struct Bound<'c> {
    /// Those that otherwise come from records of parents.
    parents: Vec<(&'c str, Wanted)>,
    /// Those that otherwise come from the settings of the connector.
    scope: Vec<(&'c str, Wanted)>,
}

impl Bound<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &Wanted)> {
        self.parents.iter().chain(&self.scope).map(|(name, wanted)| (*name, wanted))
    }
}

/// The filters of a list: those of the spec, and the one for changes.
fn filters(reading: Reading<'_>) -> Vec<(FieldFilter, SyncTime)> {
    let mut all: Vec<(FieldFilter, SyncTime)> = Vec::new();
    for filter in reading.operation.filters.iter() {
        all.push((filter.clone(), filter.format));
    }
    if let Some(change) = &reading.source.change
        && !change.filter.is_empty()
        && !all.iter().any(|(filter, _)| filter.field == change.field && !filter.from.is_empty())
    {
        let renamed = change
            .filter
            .iter()
            .map(|(name, template)| (name.clone(), Json(template.0.replace(SINCE, VALUE).into())));
        let filter = FieldFilter {
            from: renamed.collect::<Vec<_>>().into(),
            format: change.filter_format,
            ..airbyte_agent_core::description::build::field_filter(change.field.clone())
        };
        all.push((filter, change.format));
    }
    all
}

/// Whether a field is the one that a place means.
fn is_field(field: &Field, place: &JsonPath) -> bool {
    field.path.len() == place.steps.len()
        && field.path.iter().zip(place.steps.iter()).all(|(own, step)| match step {
            Step::Key(name) => name == own,
            Step::Index(_) | Step::Each => false,
        })
}

/// The argument that gets nothing but the value.
fn only_argument(arguments: &[(Text, Json)]) -> Option<&str> {
    match arguments {
        [(name, template)] if template.value() == VALUE => Some(name),
        _ => None,
    }
}

impl<'c> Reading<'c> {
    /// The best strategy for the records; `None` if all of them have to be read. `most` is how many calls are worth it to
    /// read records or lists one by one; with `is_partial`, it is enough to read some pages of one list.
    pub(super) fn strategy(self, needs: &Needs, most: usize, is_partial: bool) -> Option<Strategy> {
        if self.source.key.is_empty() {
            // Of records without an identity, nobody could say which are the same.
            let has_parents = !self.source.parents.is_empty();
            return (is_partial && !has_parents && self.is_free()).then(|| self.plain());
        }
        let bound = self.bound(needs);
        let by_key = self.by_key(needs, &bound, most);
        by_key
            .or_else(|| self.by_list(needs, &bound, most))
            .or_else(|| (is_partial && self.is_free()).then(|| self.plain()))
    }

    /// Whether the list needs no argument that only a condition could give.
    fn is_free(self) -> bool {
        self.source.needs.is_empty()
    }

    /// The pages of the list as they come.
    fn plain(self) -> Strategy {
        Strategy {
            action: self.operation.action,
            rank: 4,
            calls: vec![Planned::default()],
            each: None,
            parents: self.source.parents.to_vec(),
            pushed: Vec::new(),
            unless: None,
        }
    }

    /// The arguments that tell one list from another, as far as conditions give them.
    fn bound(self, needs: &Needs) -> Bound<'c> {
        let parents = self.source.parents.iter().flat_map(|parent| parent.arguments.iter());
        Bound {
            parents: self.bound_arguments(needs, parents.map(|(name, _)| name.as_ref())),
            scope: self.bound_arguments(needs, self.source.scope.iter().map(AsRef::as_ref)),
        }
    }

    fn bound_arguments(
        self,
        needs: &Needs,
        names: impl Iterator<Item = &'c str>,
    ) -> Vec<(&'c str, Wanted)> {
        let found = names.filter_map(|name| {
            let own = [PARENT.to_owned(), record::member(name)];
            let by_filter = |wanted: &&Wanted| {
                let mut filters = self.operation.filters.iter();
                filters.any(|filter| {
                    is_field(&wanted.field, &filter.field)
                        && only_argument(&filter.equals) == Some(name)
                })
            };
            let wanted = needs.wanted.iter().find(|wanted| wanted.field.path == own);
            let wanted = wanted.or_else(|| needs.wanted.iter().find(by_filter))?;
            Some((name, wanted.clone()))
        });
        found.collect()
    }

    fn parent_arguments(self) -> usize {
        self.source.parents.iter().map(|parent| parent.arguments.len()).sum()
    }

    /// Records one by one.
    fn by_key(self, needs: &Needs, bound: &Bound<'_>, most: usize) -> Option<Strategy> {
        let get = self.connector.operation(&self.operation.entity, Action::Get)?;
        if !get.hints.read_only || bound.parents.len() < self.parent_arguments() {
            return None;
        }
        let with_get = self.operation.filters.iter().filter(|filter| filter.get.is_some());
        let mut found = with_get.filter_map(|filter| {
            let wanted = needs.wanted.iter().find(|w| is_field(&w.field, &filter.field))?;
            Some((filter.get.as_deref()?, wanted, filter.unless.clone()))
        });
        let (argument, wanted, unless) = found.next()?;
        let mut all: Vec<(&str, &Wanted)> = vec![(argument, wanted)];
        all.extend(bound.all());
        let is_there = |parameter: &&Parameter| {
            !parameter.required
                || parameter.default.is_some()
                || parameter.config.is_some()
                || all.iter().any(|(name, _)| *name == parameter.name)
                || self.connector.scoping.iter().any(|rule| rule.parameter == parameter.name)
        };
        if !get.parameters.iter().all(|parameter| is_there(&parameter))
            || !record::list_names(self.source).all(|name| get.parameter(name).is_some())
        {
            return None;
        }
        let (calls, each) = combinations(get, &all, most)?;
        let of_parents = |given: &Arguments| {
            let names = bound.all().map(|(name, _)| name);
            names.filter_map(|name| Some((name.to_owned(), given.get(name)?.clone()))).collect()
        };
        let calls =
            calls.into_iter().map(|given| Planned { of_parents: of_parents(&given), given });
        Some(Strategy {
            action: Action::Get,
            rank: u8::from(each.is_some()) * 2,
            calls: calls.collect(),
            each,
            parents: Vec::new(),
            pushed: all.iter().map(|(_, wanted)| shown(wanted)).collect(),
            unless,
        })
    }

    /// Lists with arguments.
    fn by_list(self, needs: &Needs, bound: &Bound<'_>, most: usize) -> Option<Strategy> {
        let operation = self.operation;
        let mut given = Arguments::new();
        let mut pushed = Vec::new();
        let mut several: Option<(Vec<Arguments>, &Wanted)> = None;
        let mut later: Option<(&str, &Wanted)> = None;
        let all_bound = bound.parents.len() == self.parent_arguments();
        let bound: Vec<(&str, &Wanted)> = match all_bound {
            true => bound.all().collect(),
            false => Vec::new(),
        };
        let (lists, each) = combinations(operation, &bound, most)?;
        pushed.extend(bound.iter().map(|(_, wanted)| shown(wanted)));
        let filters = filters(self);
        for wanted in &needs.wanted {
            if bound.iter().any(|(_, known)| known.field == wanted.field) {
                continue;
            }
            let Some((filter, _)) = filters.iter().find(|(f, _)| {
                is_field(&wanted.field, &f.field) && !(f.equals.is_empty() && f.any_of.is_empty())
            }) else {
                continue;
            };
            match &wanted.values {
                Values::Later(_) if several.is_none() && each.is_none() && later.is_none() => {
                    let named = filter.equals.first().or(filter.any_of.first());
                    later = named.map(|(name, _)| (name.as_ref(), wanted));
                }
                Values::Later(_) => {}
                Values::Known(values) => match values.as_slice() {
                    [one] => {
                        let single = filled(operation, &filter.equals, VALUE, one);
                        let single = single.or_else(|| {
                            let list = Value::Array(vec![one.clone()]);
                            filled(operation, &filter.any_of, VALUES, &list)
                        });
                        if single.is_some_and(|more| merge(&mut given, more)) {
                            pushed.push(shown(wanted));
                        }
                    }
                    many if several.is_none() && later.is_none() => {
                        let calls = self.calls_of(filter, many);
                        let room = most / lists.len().max(1);
                        several =
                            calls.filter(|calls| calls.len() <= room).map(|calls| (calls, wanted));
                    }
                    _ => {}
                },
            }
        }
        for range in &needs.ranges {
            let is_applied = |sql: &String| sql.starts_with(&format!("{} = ", range.field.sql));
            if !pushed.contains(&range.sql) && pushed.iter().any(is_applied) {
                continue;
            }
            let found = filters.iter().find(|(filter, _)| {
                let side = if range.is_from { &filter.from } else { &filter.to };
                is_field(&range.field, &filter.field) && !side.is_empty()
            });
            if let Some((filter, format)) = found
                && let Some(more) = self.of_range(range, filter, *format)
                && merge(&mut given, more)
                && !pushed.contains(&range.sql)
            {
                pushed.push(range.sql.clone());
            }
        }
        let mut calls: Vec<Planned> = lists
            .into_iter()
            .map(|of_parents| Planned { given: given.clone(), of_parents })
            .collect();
        if let Some((more, wanted)) = several {
            // Of every value, or of none: a call that is left out would leave out records.
            let both = |call: &Planned, more: &Arguments| {
                let mut call = call.clone();
                merge(&mut call.given, more.clone()).then_some(call)
            };
            let all: Option<Vec<Planned>> = calls
                .iter()
                .flat_map(|call| more.iter().map(move |more| both(call, more)))
                .collect();
            if let Some(all) = all {
                calls = all;
                pushed.push(shown(wanted));
            }
        }
        let mut each = each;
        if let Some((name, wanted)) = later {
            let Values::Later(text) = &wanted.values else { return None };
            for call in &mut calls {
                call.given.insert(name.to_owned(), format!("<{text}>").into());
            }
            each = Some(text.clone());
            pushed.push(shown(wanted));
        }
        let is_given =
            |name: &Text| calls.iter().all(|call| call.given.contains_key(name.as_ref()));
        if pushed.is_empty() || !self.source.needs.iter().all(is_given) {
            return None;
        }
        let by_values =
            pushed.len() > needs.ranges.iter().filter(|r| pushed.contains(&r.sql)).count();
        let rank = match (&each, by_values) {
            (Some(_), _) => 2,
            (None, true) => 1,
            (None, false) => 3,
        };
        Some(Strategy {
            action: operation.action,
            rank,
            calls,
            each,
            parents: if all_bound { Vec::new() } else { self.source.parents.to_vec() },
            pushed,
            unless: None,
        })
    }

    /// The arguments of the calls that list the records with any of these values.
    fn calls_of(self, filter: &FieldFilter, values: &[Value]) -> Option<Vec<Arguments>> {
        if filter.any_of.is_empty() {
            let one = |value| filled(self.operation, &filter.equals, VALUE, value);
            return values.iter().map(one).collect();
        }
        let most = usize::try_from(filter.most).unwrap_or(usize::MAX).max(1);
        let chunk = |chunk: &[Value]| {
            filled(self.operation, &filter.any_of, VALUES, &Value::Array(chunk.to_vec()))
        };
        values.chunks(most).map(chunk).collect()
    }

    /// The arguments for a range, which is somewhat wider than the condition.
    fn of_range(self, range: &Range, filter: &FieldFilter, format: SyncTime) -> Option<Arguments> {
        let mark = mark(range, format)?;
        let direction = if range.is_from { -1 } else { 1 };
        // Texts of times may have other offsets, and no two vendors write them alike.
        let seconds = match range.field.kind {
            Some(ColumnKind::Timestamp) => 24 * 60 * 60,
            Some(ColumnKind::Text) => 2 * 24 * 60 * 60,
            _ => 0,
        };
        let moved = mark.moved(filter.format, direction, direction * seconds);
        let written = moved.write(filter.format);
        // A moment beyond the calendar is written as another one.
        let read = Mark::read(filter.format, &written)?;
        if range.is_from && read > mark || !range.is_from && read < mark {
            return None;
        }
        let arguments = if range.is_from { &filter.from } else { &filter.to };
        filled(self.operation, arguments, VALUE, &written)
    }

    /// The arguments of a call of the list.
    pub(super) fn arguments(self, call: &Planned, of_parents: &Arguments) -> Arguments {
        let mut of_parents = of_parents.clone();
        of_parents.extend(call.of_parents.clone());
        arguments(self.operation, self.source, &call.given, &of_parents, None)
    }
}

/// Every combination of the values of arguments; `None` if there are too many, or if an argument cannot have such a
/// value. The text says for each of what a call is made if that is not known yet.
fn combinations(
    operation: &Operation,
    wanted: &[(&str, &Wanted)],
    most: usize,
) -> Option<(Vec<Arguments>, Option<String>)> {
    let mut all = vec![Arguments::new()];
    let mut each = None;
    for (name, wanted) in wanted {
        let parameter = operation.parameter(name)?;
        let values = match &wanted.values {
            Values::Later(text) => {
                each = Some(text.clone());
                vec![Value::String(format!("<{text}>"))]
            }
            Values::Known(values) => values
                .iter()
                .map(|value| accepted(parameter, fitted(Some(parameter), value.clone())))
                .collect::<Option<Vec<_>>>()?,
        };
        if all.len().saturating_mul(values.len()) > most {
            return None;
        }
        all = all
            .into_iter()
            .flat_map(|before| {
                let with = |value: &Value| {
                    let mut more = before.clone();
                    more.insert((*name).to_owned(), value.clone());
                    more
                };
                values.iter().map(with).collect::<Vec<_>>()
            })
            .collect();
    }
    Some((all, each))
}
