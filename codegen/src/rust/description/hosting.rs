//! Writes what the hosted platform stores for a connector as code.

use airbyte_agent_description::{Constant, Hosting, Setting, StoredVariable};

use super::code::{Code, list};
use super::schema::schema;

/// Settings, constants and server variables of the stored configuration, as an expression.
pub(super) fn hosting(hosting: &Hosting) -> Code {
    let Hosting { settings, constants, variables } = hosting;
    let fields = vec![
        ("settings", list(settings, setting)),
        ("constants", list(constants, constant)),
        ("variables", list(variables, stored_variable)),
    ];
    Code::Struct("Hosting", fields)
}

fn setting(setting: &Setting) -> Code {
    let Setting { name, title, path, required, schema: value } = setting;
    let head = [Code::text(name), Code::text(title), Code::text(path), schema(value)];
    Code::call("Setting::new", head).mark("required", *required)
}

/// A constant at a place of the stored configuration, as an expression.
pub(super) fn constant(constant: &Constant) -> Code {
    let Constant { path, value } = constant;
    Code::call("Constant::new", [Code::text(path), Code::text(&value.0)])
}

fn stored_variable(variable: &StoredVariable) -> Code {
    let StoredVariable { path, variable, format } = variable;
    Code::call("StoredVariable::new", [path, variable, format].map(|text| Code::text(text)))
}
