//! Parents: the entities whose records give the arguments of a list, as declared or out of the relationships
//! of entities.

use std::collections::{BTreeSet, HashMap};

use airbyte_agent_description::{
    JsonPath, Location, Operation, ParentValue, Step, SyncParent, SyncRule, Text,
};

use super::{KEY, Rules, State};
use crate::lower::Op;

/// Where the arguments come from that a list requires.
#[derive(Default)]
pub(super) struct Sources {
    pub(super) parents: Vec<SyncParent>,
    /// Arguments that nothing gives, so that the caller has to.
    pub(super) missing: Vec<Text>,
}

/// An argument that the records of an entity give.
#[derive(Clone, PartialEq, Eq)]
struct Given {
    argument: String,
    entity: String,
    member: String,
}

impl<'a> Rules<'_, 'a> {
    /// The parents that a spec declares, and the required arguments that they do not give.
    pub(super) fn declared_parents(
        &mut self,
        operation: &Operation,
        op: Op<'a>,
        given: &[&str],
        parents: Vec<SyncParent>,
    ) -> Result<Sources, String> {
        for parent in &parents {
            self.can_give(op, &parent.entity)?;
        }
        let names = parents.iter().flat_map(|parent| parent.arguments.iter());
        let names: BTreeSet<&str> = names.map(|(name, _)| name.as_ref()).collect();
        let missing = self.required(operation, given);
        let missing = missing.into_iter().filter(|name| !names.contains(name.as_str()));
        let missing = missing.map(Text::from).collect();
        Ok(Sources { parents, missing })
    }

    /// The parents that the relationships of entities name for the required arguments.
    pub(super) fn inferred_parents(
        &mut self,
        operation: &Operation,
        op: Op<'a>,
        given: &[&str],
    ) -> Result<Sources, String> {
        let mut sources = Sources::default();
        let mut found: Vec<Given> = Vec::new();
        for argument in self.required(operation, given) {
            let own = self.relations_from.get(operation.entity.as_ref()).into_iter().flatten();
            let mut relations = own.filter(|r| r.foreign_key == argument && r.target != r.source);
            match (relations.next(), relations.next()) {
                (Some(only), None) => found.push(Given {
                    argument,
                    entity: only.target.to_string(),
                    member: only.target_key.to_string(),
                }),
                (None, _) => sources.missing.push(argument.into()),
                (Some(_), Some(_)) => {
                    let reason = format!("several entities could give `{argument}`");
                    self.undecided(op, &reason);
                    return Err(reason);
                }
            }
        }
        let mut entities: Vec<String> = Vec::new();
        for given in &found {
            if !entities.contains(&given.entity) {
                self.can_give(op, &given.entity)?;
                entities.push(given.entity.clone());
            }
        }
        for entity in entities {
            // An entity below another one knows the arguments by which its records were listed.
            let below = self.parent_below(&entity, &found);
            for given in found.iter().filter(|given| given.entity == entity) {
                let (entity, value) = match &below {
                    Some((below, origins)) if origins.contains_key(&given.argument) => {
                        (below.clone(), ParentValue::Argument(origins[&given.argument].clone()))
                    }
                    _ => (entity.clone(), ParentValue::Member(member(&given.member))),
                };
                add(&mut sources.parents, &entity, &given.argument, value);
            }
        }
        if sources.parents.len() > 1 {
            let names: Vec<&str> = sources.parents.iter().map(|p| p.entity.as_ref()).collect();
            let reason = format!("its arguments come from {}", names.join(" and "));
            self.undecided(op, &format!("{reason}, whose records do not belong together"));
            return Err(reason);
        }
        Ok(sources)
    }

    /// Another entity of `found` whose list has all arguments that `entity` gives: the name of that entity,
    /// and its own names of these arguments.
    fn parent_below(
        &mut self,
        entity: &str,
        found: &[Given],
    ) -> Option<(String, HashMap<String, Text>)> {
        let wanted: Vec<&Given> = found.iter().filter(|given| given.entity == entity).collect();
        let mut deepest: Option<(String, HashMap<String, Text>)> = None;
        for other in found.iter().filter(|other| other.entity != entity) {
            let origins: Option<HashMap<_, _>> = wanted
                .iter()
                .map(|given| {
                    let own = self.argument_from(&other.entity, entity, &given.member)?;
                    Some((given.argument.clone(), own))
                })
                .collect();
            let is_deeper = |(known, _): &(String, _)| self.is_below(&other.entity, known);
            if let Some(origins) = origins
                && deepest.as_ref().is_none_or(is_deeper)
            {
                deepest = Some((other.entity.clone(), origins));
            }
        }
        deepest
    }

    /// Whether `ancestor` is a parent of `entity`, or one of its parents' parents.
    fn is_below(&self, entity: &str, ancestor: &str) -> bool {
        let Some(State::Done(Some(rule))) = self.known.get(entity) else { return false };
        let SyncRule::Source(source) = &rule.1 else { return false };
        let mut parents = source.parents.iter();
        parents.any(|parent| parent.entity == ancestor || self.is_below(&parent.entity, ancestor))
    }

    /// The argument of the list of `entity` that takes this member of the records of `ancestor`.
    fn argument_from(&mut self, entity: &str, ancestor: &str, wanted: &str) -> Option<Text> {
        let (_, SyncRule::Source(source)) = self.of(entity)? else { return None };
        for parent in source.parents.iter() {
            for (argument, value) in parent.arguments.iter() {
                let fits = match value {
                    ParentValue::Member(place) => {
                        parent.entity == ancestor && *place == member(wanted)
                    }
                    ParentValue::Argument(name) => {
                        self.argument_from(&parent.entity, ancestor, wanted).as_ref() == Some(name)
                    }
                };
                if fits {
                    return Some(argument.clone());
                }
            }
        }
        None
    }

    /// Says why the records of `entity` cannot give arguments.
    fn can_give(&mut self, op: Op<'a>, entity: &str) -> Result<(), String> {
        if self.is_open(entity) {
            return Err(format!("it and `{entity}` need each other's records"));
        }
        match self.of(entity) {
            Some((_, SyncRule::Source(_))) => Ok(()),
            Some((_, SyncRule::Cannot { reason })) => {
                Err(format!("it needs the records of `{entity}`, which cannot be copied: {reason}"))
            }
            None => {
                let reason = format!("it needs the records of `{entity}`, which cannot be listed");
                self.undecided(op, &reason);
                Err(reason)
            }
        }
    }

    /// The arguments that a call has to pass, because neither defaults nor settings nor the scheme of
    /// authentication supply them.
    fn required(&self, operation: &Operation, given: &[&str]) -> Vec<String> {
        let signed = |name: &str| {
            let headers = self.connector.auth.iter().flat_map(|scheme| scheme.headers.iter());
            headers.into_iter().any(|header| header.name.eq_ignore_ascii_case(name))
        };
        let parameters = operation.parameters.iter();
        let needed = parameters.filter(|parameter| {
            let is_header = parameter.location == Location::Header;
            parameter.required
                && (parameter.default.is_none() || parameter.location == Location::Path)
                && parameter.config.is_none()
                && !given.contains(&parameter.name.as_ref())
                && !self.is_scoped(&parameter.name)
                && !(is_header && signed(&parameter.name))
        });
        needed.map(|parameter| parameter.name.to_string()).collect()
    }

    /// The required arguments that say which part of an account is listed.
    pub(super) fn scope(
        &self,
        operation: &Operation,
        supplied: &[&str],
        parents: &[SyncParent],
    ) -> Vec<Text> {
        let of_parents = |name: &str| {
            let mut all = parents.iter().flat_map(|parent| parent.arguments.iter());
            all.any(|(argument, _)| argument == name)
        };
        let parameters = operation.parameters.iter().filter(|parameter| {
            parameter.required
                && parameter.default.is_none()
                && self.is_scoped(&parameter.name)
                && !supplied.contains(&parameter.name.as_ref())
                && !of_parents(&parameter.name)
        });
        parameters.map(|parameter| parameter.name.clone()).collect()
    }

    fn is_scoped(&self, argument: &str) -> bool {
        self.connector.scoping.iter().any(|rule| rule.parameter == argument)
    }

    fn undecided(&self, op: Op<'a>, reason: &str) {
        self.cx.report.warning(
            op.place(KEY),
            format!(
                "{reason}; write `{KEY}: {{parents: {{ENTITY: {{ARGUMENT: member}}}}}}`, with several \
                 entities if every combination of their records is meant, or `cannot`"
            ),
        );
    }
}

fn member(name: &str) -> JsonPath {
    let steps: Vec<Step> = name.split('.').map(|name| Step::Key(name.to_owned().into())).collect();
    JsonPath { steps: steps.into() }
}

fn add(parents: &mut Vec<SyncParent>, entity: &str, argument: &str, value: ParentValue) {
    let argument = (Text::from(argument.to_owned()), value);
    match parents.iter_mut().find(|parent| parent.entity == entity) {
        Some(parent) => parent.arguments.to_mut().push(argument),
        None => parents.push(SyncParent {
            entity: entity.to_owned().into(),
            arguments: vec![argument].into(),
        }),
    }
}
