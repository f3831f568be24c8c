//! Which record a request means by the name or identifier that it gives.

use airbyte_agent_description::Operation;

use super::Execution;
use crate::data::{identifiers, plain, singular};
use crate::hash::stable;
use crate::vendor::failure::Failure;
use crate::vendor::identity::{Naming, is_absent_name, is_given_name, is_named, naming};
use crate::vendor::records::Shape;

impl Execution<'_> {
    /// The number of the record that the request names. A name that people give, such as a branch,
    /// exists even if no record has it; an identifier that the vendor gives must be that of a record.
    pub(super) fn locate(&self, shape: &Shape) -> Result<u64, Failure> {
        let (name, is_own) = match naming(self.description, self.operation) {
            Naming::Single => return Ok(0),
            Naming::Own(name) => (name, true),
            Naming::Parent(name) => (name, false),
        };
        let Some(wanted) = self.arguments.text(&name) else { return Ok(0) };
        let total = self.records.initial_count(self.entity());
        let stand_in = stable(&[&wanted]) % total;
        if !is_own {
            return Ok(stand_in);
        }
        let existing = self.records.indexes(self.entity());
        let position = self.records.position_among(&existing, self.entity(), &wanted);
        let found = position.or_else(|| self.position_by_name(shape, &existing, &name, &wanted));
        if let Some(at) = found {
            return Ok(existing[at]);
        }
        let may_exist = !self.is_listed(&name) || is_given_name(&name) && !is_absent_name(&wanted);
        if may_exist && existing.contains(&stand_in) {
            return Ok(stand_in);
        }
        Err(Failure::NoRecord { what: singular(self.entity()), name: wanted })
    }

    /// Numbers of the records with these identifiers, each with its identifier. The identifier may
    /// be that of a record of the entity which `name` speaks of: `callId` for another view of calls.
    pub(super) fn numbers(
        &self,
        shape: &Shape,
        existing: &[u64],
        name: &str,
        ids: &[String],
    ) -> Vec<(u64, String)> {
        let connector = &self.description.name;
        let of_other_entity = |wanted: &str| {
            let other = self.records.entity_called(name.strip_suffix("id")?)?;
            let mut all = 0..self.records.initial_count(other);
            all.find(|index| identifiers(connector, other, *index).iter().any(|id| id == wanted))
        };
        let number = |wanted: &String| -> Option<(u64, String)> {
            let position = self
                .records
                .position_among(existing, self.entity(), wanted)
                .or_else(|| self.position_by_name(shape, existing, name, wanted));
            let stand_in = || {
                let number = stable(&[wanted]) % self.records.initial_count(self.entity());
                existing.contains(&number).then_some(number).filter(|_| !self.can_be_known(name))
            };
            let number = position
                .map(|at| existing[at])
                .or_else(|| of_other_entity(wanted))
                .or_else(stand_in)?;
            Some((number, wanted.clone()))
        };
        ids.iter().filter_map(number).collect()
    }

    /// Whether a caller can find out which identifiers exist: there is a list of the entity that can
    /// be read without them.
    fn can_be_known(&self, name: &str) -> bool {
        let needs_them = |list: &Operation| {
            let mut required = list.parameters.iter().filter(|parameter| parameter.required);
            required.any(|parameter| singular(&plain(&parameter.name)) == name)
        };
        let entity = self.description.entity(self.entity());
        let mut all = entity.into_iter().flat_map(|entity| entity.operations.iter());
        all.any(|operation| operation.action.is_array() && !needs_them(operation))
    }

    fn position_by_name(
        &self,
        shape: &Shape,
        existing: &[u64],
        name: &str,
        wanted: &str,
    ) -> Option<usize> {
        existing.iter().position(|index| {
            is_named(&self.records.record(shape, self.entity(), *index), name, wanted)
        })
    }

    /// Whether the entity's lists show every record that can be requested. They do not when the
    /// request needs something besides the name that no list takes, such as the type of the record.
    fn is_listed(&self, name: &str) -> bool {
        let entity = self.description.entity(self.entity());
        let mut lists = entity
            .into_iter()
            .flat_map(|entity| entity.operations.iter())
            .filter(|operation| operation.action.is_array());
        let besides: Vec<&str> =
            self.operation.path.names().filter(|other| *other != name).collect();
        lists.any(|list| besides.iter().all(|other| list.parameter(other).is_some()))
    }
}
