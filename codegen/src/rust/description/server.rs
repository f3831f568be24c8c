//! Writes base addresses as code.

use airbyte_agent_description::{Derivation, Server, ServerVariable};

use super::code::Code;
use super::schema::template;

/// A base address with its variables, as an expression.
pub(super) fn server(server: &Server) -> Code {
    let Server { url, variables } = server;
    Code::call("Server::new", [template(url), Code::list(variables.iter().map(server_variable))])
}

fn server_variable(variable: &ServerVariable) -> Code {
    let ServerVariable { name, description, default, choices, example, derived_from, from_token } =
        variable;
    let code = Code::call("ServerVariable::new", [Code::text(name), Code::text(description)])
        .maybe("default", default.as_deref().map(Code::text))
        .maybe("choices", (!choices.is_empty()).then(|| Code::texts(choices.iter())))
        .said("example", example)
        .mark("from_token", *from_token);
    match derived_from {
        Some(Derivation { field, delimiter }) => {
            code.with("derived_from", [Code::text(field), Code::text(delimiter)])
        }
        None => code,
    }
}
