//! Records by what a request calls them.

use super::identity::{Naming, is_absent, is_given, is_named, naming};
use super::perform::{Call, Missing};
use super::shapes::Shape;
use crate::data::{count, identifiers};
use crate::hash::stable;

impl Call<'_> {
    /// The position of the record with this identifier, found without making the records.
    pub(super) fn by_identifier(&self, indexes: &[u64], wanted: &str) -> Option<usize> {
        indexes.iter().position(|index| {
            let all = identifiers(&self.connector.name, self.entity(), *index);
            all.iter().any(|one| one == wanted)
        })
    }

    /// Whether the entity's lists show every record that can be asked for. They do not when the
    /// request names something beside the record that no list takes, such as the type of it.
    fn is_listed(&self, name: &str) -> bool {
        let entity = self.connector.entity(self.entity());
        let mut lists = entity
            .into_iter()
            .flat_map(|entity| entity.operations.iter())
            .filter(|operation| operation.action.is_array());
        let beside: Vec<&str> =
            self.operation.path.names().filter(|other| *other != name).collect();
        lists.any(|list| beside.iter().all(|other| list.parameter(other).is_some()))
    }

    /// The number of the record that the request names.
    pub(super) fn find(&self, shape: &Shape) -> Result<u64, Missing> {
        let total = count(&self.connector.name, self.entity());
        let existing = self.store.indexes(&self.connector.name, self.entity());
        let (name, own) = match naming(self.connector, self.operation) {
            Naming::Single => return Ok(0),
            Naming::Own(name) => (name, true),
            Naming::Parent(name) => (name, false),
        };
        let Some(wanted) = self.arguments.text(&name) else { return Ok(0) };
        let drawn = stable(&[&wanted]) % total;
        if !own {
            return Ok(drawn);
        }
        let found = self
            .by_identifier(&existing, &wanted)
            .or_else(|| {
                existing.iter().position(|i| is_named(&self.record(shape, *i), &name, &wanted))
            })
            .map(|at| existing[at]);
        let listed = self.is_listed(&name);
        match found {
            Some(index) => Ok(index),
            None if existing.contains(&drawn)
                && (!listed || is_given(&name) && !is_absent(&wanted)) =>
            {
                Ok(drawn)
            }
            None => Err(Missing(wanted)),
        }
    }

    /// Numbers of the records with these identifiers. An identifier may be that of a record of
    /// the entity that `name` speaks of: `callId` for another view of calls.
    pub(super) fn numbers(
        &self,
        shape: &Shape,
        existing: &[u64],
        name: &str,
        ids: &[String],
    ) -> Vec<(u64, String)> {
        let of_other = |wanted: &str| {
            let other = self.world.entity_called(name.strip_suffix("id")?)?;
            let all = 0..count(&self.connector.name, other);
            all.into_iter().find(|i| {
                identifiers(&self.connector.name, other, *i).iter().any(|id| id == wanted)
            })
        };
        let find = |wanted: &String| -> Option<(u64, String)> {
            let at = self.by_identifier(existing, wanted).or_else(|| {
                existing.iter().position(|i| is_named(&self.record(shape, *i), name, wanted))
            });
            let number = at.map(|at| existing[at]).or_else(|| of_other(wanted))?;
            Some((number, wanted.clone()))
        };
        ids.iter().filter_map(find).collect()
    }
}
