//! The entry of this server in the file of a client.

use airbyte_agent_core::Error;
use serde_json::{Map, Value, json};

use super::clients::{Client, Reference};
use crate::failure::usage_error;

/// How a client reaches the server.
#[derive(Debug, Clone)]
pub(super) enum Server {
    /// The client starts a program.
    Program {
        /// The path of the program.
        command: String,
        /// The arguments of the program.
        args: Vec<String>,
        /// Environment variables of the program.
        variables: Vec<Variable>,
    },
    /// The client connects to a server that is already running at this address.
    Address(String),
}

/// An environment variable of the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    /// The value. `None` takes it from the environment of the client.
    pub(super) value: Option<String>,
}

impl Variable {
    /// Parses `NAME` or `NAME=VALUE`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !valid {
            return Err(usage_error("--env takes NAME or NAME=VALUE"));
        }
        Ok(Self { name: name.to_owned(), value })
    }
}

impl Server {
    /// The entry in the form that the client expects.
    pub(super) fn to_entry(&self, client: &Client) -> Result<Map<String, Value>, Error> {
        let mut entry = Map::new();
        let (command, args, variables) = match self {
            Self::Address(url) => {
                let Some(member) = client.address else {
                    let title = client.title;
                    return Err(usage_error(format!(
                        "{title} supports only servers that it starts itself; leave out --url"
                    )));
                };
                insert_all(&mut entry, client.remote);
                entry.insert(member.to_owned(), json!(url));
                return Ok(entry);
            }
            Self::Program { command, args, variables } => (command, args, variables),
        };
        insert_all(&mut entry, client.extra);
        entry.insert("command".to_owned(), json!(command));
        entry.insert("args".to_owned(), json!(args));
        let mut env = Map::new();
        let mut passed_on = Vec::new();
        for Variable { name, value } in variables {
            let value = match (value, client.reference) {
                (Some(value), _) => value.clone(),
                (None, Reference::Braces) => format!("${{{name}}}"),
                (None, Reference::Env) => format!("${{env:{name}}}"),
                (None, Reference::Listed) => {
                    passed_on.push(name.as_str());
                    continue;
                }
                (None, Reference::None) => {
                    return Err(usage_error(format!(
                        "{} passes on nothing of its own environment: write --env {name}=VALUE, or \
                         keep the value in a file and give --config FILE",
                        client.title
                    )));
                }
            };
            env.insert(name.clone(), value.into());
        }
        if !env.is_empty() {
            entry.insert("env".to_owned(), Value::Object(env));
        }
        if !passed_on.is_empty() {
            entry.insert("env_vars".to_owned(), json!(passed_on));
        }
        Ok(entry)
    }

    /// The same server, with placeholders for the values of variables.
    pub(super) fn masked(&self) -> Self {
        let mut masked = self.clone();
        if let Self::Program { variables, .. } = &mut masked {
            for variable in variables {
                if variable.value.is_some() {
                    variable.value = Some(format!("<value of {}>", variable.name));
                }
            }
        }
        masked
    }
}

fn insert_all(entry: &mut Map<String, Value>, members: &[(&str, &str)]) {
    for (name, value) in members {
        entry.insert((*name).to_owned(), json!(value));
    }
}
