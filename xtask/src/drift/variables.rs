//! Compares the variables of a GraphQL document with the types that the vendor's schema gives them.

use airbyte_agent_description::{GraphQl, Operation, Variable, VariableValue};

use super::finding::{Findings, Kind};
use super::values::{Values, deprecated, needed};
use airbyte_agent_document::{self as vendor, Opener, Schema};

/// Both sides of a comparison of variables.
#[derive(Debug)]
pub(super) struct Variables<'a, 'd> {
    pub(super) operation: &'a Operation,
    pub(super) graphql: &'a GraphQl,
    pub(super) theirs: &'d vendor::Operation,
    pub(super) opener: &'a Opener<'d>,
}

impl<'d> Variables<'_, 'd> {
    pub(super) fn compare(&self, out: &mut Findings) {
        for variable in self.graphql.variables.iter() {
            let place = format!("${}", variable.name);
            let theirs = self.theirs.parameters.iter().find(|theirs| theirs.name == variable.name);
            let Some(theirs) = theirs else {
                let detail = "The variable is filled in, and the document does not declare it.";
                out.add(Kind::ArgumentUnknown, &place, detail);
                continue;
            };
            let schema = Schema::One(&theirs.schema);
            self.value(&place, &variable.value, &schema, theirs.required, theirs.deprecated, out);
        }
        for theirs in &self.theirs.parameters {
            let is_filled =
                self.graphql.variables.iter().any(|own| own.name == theirs.name.as_str());
            if theirs.required && !is_filled {
                let detail = "The document needs the variable, and nothing fills it in.";
                out.add(Kind::ArgumentMissing, &format!("${}", theirs.name), detail);
            }
        }
    }

    fn value(
        &self,
        place: &str,
        value: &VariableValue,
        theirs: &Schema<'d>,
        is_needed: bool,
        is_deprecated: bool,
        out: &mut Findings,
    ) {
        match value {
            VariableValue::Parameter(name) => {
                let Some(own) = self.operation.parameter(name) else { return };
                needed(own, is_needed, out);
                deprecated(&own.name, &own.description, is_deprecated, out);
                let values = Values { opener: self.opener, as_text: false };
                values.compare(&own.name, &own.schema, theirs, out);
            }
            VariableValue::Constant(json) => {
                let shape = self.opener.open(theirs);
                let value = json.value();
                let is_known = shape.choices.is_none_or(|choices| choices.contains(&&value));
                if !is_known && !value.is_null() {
                    let detail = format!("The vendor does not list this value: {value}.");
                    out.add(Kind::EnumUnknown, place, detail);
                }
            }
            VariableValue::Object(members) => self.object(place, members, theirs, out),
            VariableValue::Array(values) => {
                let Some(items) = self.opener.open(theirs).items else { return };
                for value in values.iter() {
                    self.value(&format!("{place}[]"), value, &items, false, false, out);
                }
            }
            // What the text of a template may be is not known.
            VariableValue::Text(_) => {}
        }
    }

    fn object(&self, place: &str, own: &[Variable], theirs: &Schema<'d>, out: &mut Findings) {
        let shape = self.opener.open(theirs);
        if shape.members.is_empty() {
            return;
        }
        for member in own {
            let inside = format!("{place}.{}", member.name);
            let Some(theirs) = shape.members.get(member.name.as_ref()) else {
                let detail = "The vendor's input has no such member; the request is refused.";
                out.add(Kind::ArgumentUnknown, &inside, detail);
                continue;
            };
            let is_needed = shape.required.contains(&member.name.as_ref());
            let is_deprecated = self.opener.open(theirs).deprecated;
            self.value(&inside, &member.value, theirs, is_needed, is_deprecated, out);
        }
        for name in &shape.required {
            if !own.iter().any(|own| own.name == *name) {
                let detail = "The vendor requires the member, and nothing fills it in.";
                out.add(Kind::ArgumentMissing, &format!("{place}.{name}"), detail);
            }
        }
    }
}
