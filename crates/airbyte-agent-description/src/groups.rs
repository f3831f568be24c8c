//! Groups of arguments of which at least one has to be given, for whoever makes samples of calls.

use serde_json::{Map, Value};

use super::{Operation, Parameter, Schema};

impl Operation {
    /// For every group of arguments of which none is given, its first parameter.
    pub fn alternatives(&self, is_given: impl Fn(&Parameter) -> bool) -> Vec<&Parameter> {
        let mut chosen: Vec<&Parameter> = Vec::new();
        for group in self.at_least_one.iter().filter(|group| group.inside.is_empty()) {
            let mut known = group.names.iter().filter_map(|name| self.parameter(name));
            let Some(first) = known.clone().next() else { continue };
            if !known.any(|one| is_given(one) || chosen.iter().any(|other| other.name == one.name))
            {
                chosen.push(first);
            }
        }
        chosen
    }

    /// Adds to sample arguments the first member of every group of which they have none. `make` gives
    /// a value for a name and a schema. Objects that are not there are not added.
    pub fn complete_groups(
        &self,
        arguments: &mut Map<String, Value>,
        make: impl Fn(&str, &Schema) -> Value,
    ) {
        for parameter in self.alternatives(|one| arguments.contains_key(one.name.as_ref())) {
            let value = make(&parameter.name, &parameter.schema);
            arguments.insert(parameter.name.to_string(), value);
        }
        for group in self.at_least_one.iter() {
            let Some((outermost, inside)) = group.inside.split_first() else { continue };
            let Some(parameter) = self.parameter(outermost) else { continue };
            let object =
                arguments.get_mut(outermost.as_ref()).map(|value| (value, &parameter.schema));
            let object = inside.iter().fold(object, |object, name| {
                let (value, schema) = object?;
                Some((value.get_mut(name.as_ref())?, &schema.property(name)?.schema))
            });
            let Some((Value::Object(members), schema)) = object else { continue };
            if group.names.iter().any(|name| members.contains_key(name.as_ref())) {
                continue;
            }
            if let Some(first) = group.names.iter().find_map(|name| schema.property(name)) {
                members.insert(first.name.to_string(), make(&first.name, &first.schema));
            }
        }
    }
}
