//! Arguments by the names that paginators use: the name of a parameter, or a dotted path to a member of an
//! object that a parameter takes.

use serde_json::{Map, Value};

use super::{Operation, Schema};

impl Operation {
    /// The parameter that a name leads to, and the steps from its value to the member that is meant. A
    /// parameter whose own name has dots comes first.
    pub fn argument_path<'n>(&self, name: &'n str) -> (&'n str, Vec<&'n str>) {
        if self.parameter(name).is_some() {
            return (name, Vec::new());
        }
        let mut steps = name.split('.');
        (steps.next().unwrap_or(name), steps.collect())
    }

    /// The argument, or the member of one, with this name.
    pub fn argument<'a>(&self, arguments: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
        // Nearly all names are those of arguments.
        if let Some(value) = arguments.get(name) {
            return Some(value);
        }
        let (parameter, steps) = self.argument_path(name);
        steps.into_iter().try_fold(arguments.get(parameter)?, |value, step| value.get(step))
    }

    /// Sets the argument, or the member of one, with this name. Objects on the way to it are made.
    pub fn set_argument(&self, arguments: &mut Map<String, Value>, name: &str, value: Value) {
        let (parameter, steps) = self.argument_path(name);
        let mut place = arguments.entry(parameter).or_insert(Value::Null);
        for step in steps {
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            let Some(members) = place.as_object_mut() else { return };
            place = members.entry(step).or_insert(Value::Null);
        }
        *place = value;
    }

    /// Removes the argument, or the member of one, with this name, and objects that are empty without it.
    pub fn remove_argument(&self, arguments: &mut Map<String, Value>, name: &str) {
        let (parameter, steps) = self.argument_path(name);
        remove(arguments, parameter, &steps);
    }

    /// The values that are allowed for the argument, or the member of one, with this name.
    pub fn argument_schema(&self, name: &str) -> Option<&Schema> {
        let (parameter, steps) = self.argument_path(name);
        let schema = &self.parameter(parameter)?.schema;
        steps
            .into_iter()
            .try_fold(schema, |schema, step| schema.property(step).map(|member| &member.schema))
    }
}

fn remove(members: &mut Map<String, Value>, name: &str, steps: &[&str]) {
    if let [next, rest @ ..] = steps {
        let Some(inner) = members.get_mut(name).and_then(Value::as_object_mut) else { return };
        remove(inner, next, rest);
        if !inner.is_empty() {
            return;
        }
    }
    members.shift_remove(name);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::build::query;
    use crate::{Action, Template};

    fn operation() -> Operation {
        let path = Template::parse("/things", "{", "}");
        let mut operation = Operation::get("listThings", "things", Action::List, path);
        operation.parameters = vec![query("a.b", Schema::ANY), query("page", Schema::ANY)].into();
        operation
    }

    #[test]
    fn dotted_names_lead_into_arguments_unless_a_parameter_has_them() {
        let operation = operation();
        for (name, before, after, without) in [
            ("page", json!({}), json!({"page": 7}), json!({})),
            ("a.b", json!({"a": 1}), json!({"a": 1, "a.b": 7}), json!({"a": 1})),
            ("page.after", json!({}), json!({"page": {"after": 7}}), json!({})),
            ("page.after", json!({"page": null}), json!({"page": {"after": 7}}), json!({})),
            (
                "page.x.after",
                json!({"page": {"size": 2}}),
                json!({"page": {"size": 2, "x": {"after": 7}}}),
                json!({"page": {"size": 2}}),
            ),
        ] {
            let mut arguments = before.as_object().cloned().unwrap_or_default();
            operation.set_argument(&mut arguments, name, json!(7));
            assert_eq!(Value::Object(arguments.clone()), after, "{name}");
            assert_eq!(operation.argument(&arguments, name), Some(&json!(7)), "{name}");
            operation.remove_argument(&mut arguments, name);
            assert_eq!(Value::Object(arguments.clone()), without, "{name}");
            assert_eq!(operation.argument(&arguments, name), None, "{name}");
        }
    }
}
