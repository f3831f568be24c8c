//! Plans: which entities are copied, in which order, and which cannot be.

use std::collections::HashSet;

use airbyte_agent_core::description::{
    Action, Connector, Entity, Operation, SyncDeletions, SyncRule, SyncSource,
};
use airbyte_agent_core::suggestion;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// Which entities are copied, in which order, and which cannot be.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Plan {
    /// The entities, parents before those whose lists need their records.
    pub entities: Vec<Planned>,
    /// The entities that are left out.
    pub skipped: Vec<Skipped>,
    /// Entities whose records are there already; see [`without`](Self::without).
    pub(crate) ready: Vec<String>,
}

/// An entity that is copied.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Planned {
    /// Name of the entity.
    pub entity: String,
    /// The action that lists its records.
    pub action: Action,
    /// How its records are copied.
    pub source: SyncSource,
    /// Whether the caller asked for it, and not only for an entity that needs its records.
    pub is_wanted: bool,
}

/// An entity that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Skipped {
    /// Name of the entity.
    pub entity: String,
    /// Why it is left out.
    pub reason: String,
}

impl Plan {
    /// The plan for these entities, or for all of them if none is named. `given` are arguments of the caller, and
    /// `settings` those of the client ([`Client::config`](airbyte_agent_core::Client::config)): an entity is left
    /// out if its list needs an argument that comes from neither.
    ///
    /// # Errors
    ///
    /// [`Error::Plan`] if an entity is named that does not exist or cannot be copied.
    pub fn new(
        connector: &Connector,
        wanted: &[impl AsRef<str>],
        given: &Map<String, Value>,
        settings: &Map<String, Value>,
    ) -> Result<Self> {
        let mut planner = Planner {
            connector,
            given,
            settings,
            known: HashSet::new(),
            plan: Self { entities: Vec::new(), skipped: Vec::new(), ready: Vec::new() },
        };
        if wanted.is_empty() {
            for entity in connector.entities.iter() {
                if source_of(entity).is_none() {
                    continue;
                }
                if let Err(reason) = planner.add(&entity.name) {
                    let entity = entity.name.to_string();
                    planner.plan.skipped.push(Skipped { entity, reason });
                }
            }
        }
        for name in wanted {
            let name = name.as_ref();
            if connector.entity(name).is_none() {
                let names: Vec<&str> = connector.entities.iter().map(|e| e.name.as_ref()).collect();
                let near = suggestion(name, &names);
                return Err(Error::Plan(format!(
                    "{} has no entity '{name}'{near}",
                    connector.name
                )));
            }
            planner.add(name).map_err(|reason| {
                Error::Plan(format!("{}.{name} cannot be copied: {reason}", connector.name))
            })?;
        }
        let mut plan = planner.plan;
        for planned in &mut plan.entities {
            planned.is_wanted =
                wanted.is_empty() || wanted.iter().any(|name| name.as_ref() == planned.entity);
        }
        Ok(plan)
    }

    /// The plan without entities all of whose records are in the store already. Those that need them use these.
    #[must_use]
    pub fn without(mut self, is_there: impl Fn(&str) -> bool) -> Self {
        let entities = std::mem::take(&mut self.entities);
        let (ready, left): (Vec<_>, Vec<_>) =
            entities.into_iter().partition(|planned| is_there(&planned.entity));
        self.entities = left;
        self.ready.extend(ready.into_iter().map(|planned| planned.entity));
        self
    }
}

/// The operation whose records are those of the entity, and its rule.
fn source_of(entity: &Entity) -> Option<(&Operation, &SyncRule)> {
    let mut all = entity.operations.iter();
    all.find_map(|operation| Some((operation, operation.sync.as_ref()?)))
}

struct Planner<'c> {
    connector: &'c Connector,
    given: &'c Map<String, Value>,
    settings: &'c Map<String, Value>,
    /// Entities that are planned, or being planned.
    known: HashSet<String>,
    plan: Plan,
}

impl Planner<'_> {
    /// Adds an entity behind those that it needs. Says why it cannot be copied.
    fn add(&mut self, name: &str) -> Result<(), String> {
        if self.known.contains(name) {
            return Ok(());
        }
        let found = self.connector.entity(name).and_then(source_of);
        let (operation, source) = match found {
            None => return Err("the vendor offers no list of it".to_owned()),
            Some((_, SyncRule::Cannot { reason })) => return Err(reason.to_string()),
            Some((operation, SyncRule::Source(source))) => (operation, source.clone()),
        };
        let source = self.without_given_parents(source);
        let needs = source.needs.iter().map(AsRef::as_ref);
        let missing: Vec<String> = needs
            .chain(self.without_setting(operation, &source))
            .filter(|name| !self.given.contains_key(*name))
            .map(|name| format!("-p {name}=…"))
            .collect();
        if !missing.is_empty() {
            return Err(format!("it needs an argument: {}", missing.join(" ")));
        }
        self.known.insert(name.to_owned());
        for parent in source.parents.iter() {
            if let Err(reason) = self.add(&parent.entity) {
                self.known.remove(name);
                return Err(format!("it needs the records of `{}`: {reason}", parent.entity));
            }
        }
        if let SyncDeletions::Feed { entity, .. } = &source.deletions
            && let Err(reason) = self.add(entity)
        {
            let reason = format!("its deletions are in `{entity}`, which is left out: {reason}");
            self.plan.skipped.push(Skipped { entity: name.to_owned(), reason });
        }
        self.plan.entities.push(Planned {
            entity: name.to_owned(),
            action: operation.action,
            source,
            is_wanted: true,
        });
        Ok(())
    }

    /// The arguments that the list requires and that only settings supply which the client does not have.
    fn without_setting<'o>(
        &self,
        operation: &'o Operation,
        source: &SyncSource,
    ) -> impl Iterator<Item = &'o str> {
        let of_parents: HashSet<&str> = source
            .parents
            .iter()
            .flat_map(|parent| parent.arguments.iter())
            .map(|(name, _)| name.as_ref())
            .collect();
        let is_unset = |name: &str| {
            let mut rules = self.connector.scoping.iter();
            let rule = rules.find(|rule| rule.parameter == name);
            rule.is_some_and(|rule| !self.settings.contains_key(rule.config_key.as_ref()))
        };
        let parameters = operation.parameters.iter().filter(|parameter| {
            parameter.required
                && parameter.default.is_none()
                && is_unset(&parameter.name)
                && !of_parents.contains(parameter.name.as_ref())
                && !source.arguments.iter().any(|(name, _)| *name == parameter.name)
        });
        parameters.map(|parameter| parameter.name.as_ref()).collect::<Vec<_>>().into_iter()
    }

    /// The rule without parents all of whose arguments the caller gives.
    fn without_given_parents(&self, mut source: SyncSource) -> SyncSource {
        let given = |name: &str| self.given.contains_key(name);
        let needed = source
            .parents
            .iter()
            .filter(|parent| !parent.arguments.iter().all(|(name, _)| given(name)));
        source.parents = needed.cloned().collect::<Vec<_>>().into();
        source
    }
}
