//! The entry of the server in a client's file.

use airbyte_agent_core::Error;
use serde_json::{Map, Value, json};

use super::clients::{Client, Reference};
use crate::failure::usage;

/// What a client is told of the server.
#[derive(Debug, Clone)]
pub(super) enum Server {
    /// A program that it starts.
    Program {
        /// The program.
        command: String,
        /// Its arguments.
        args: Vec<String>,
        /// Variables of its environment.
        variables: Vec<Variable>,
    },
    /// A server that runs already, at this address.
    Address(String),
}

/// A variable of the environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Variable {
    pub(super) name: String,
    /// The value; without one the client takes it from its own environment.
    pub(super) value: Option<String>,
}

impl Variable {
    /// Reads `NAME` or `NAME=VALUE`.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (text, None),
        };
        let valid = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if name.is_empty() || !valid {
            return Err(usage("--env takes NAME or NAME=VALUE"));
        }
        Ok(Self { name: name.to_owned(), value })
    }
}

impl Server {
    /// The entry in the form of the client.
    pub(super) fn entry(&self, client: &Client) -> Result<Map<String, Value>, Error> {
        let mut entry = Map::new();
        let (command, args, variables) = match self {
            Self::Address(url) => {
                let Some(member) = client.address else {
                    let title = client.title;
                    return Err(usage(format!("{title} starts programs only; leave out --url")));
                };
                put_all(&mut entry, client.remote);
                entry.insert(member.to_owned(), json!(url));
                return Ok(entry);
            }
            Self::Program { command, args, variables } => (command, args, variables),
        };
        put_all(&mut entry, client.extra);
        entry.insert("command".to_owned(), json!(command));
        entry.insert("args".to_owned(), json!(args));
        let mut env = Map::new();
        let mut listed = Vec::new();
        for Variable { name, value } in variables {
            let value = match (value, client.reference) {
                (Some(value), _) => value.clone(),
                (None, Reference::Braces) => format!("${{{name}}}"),
                (None, Reference::Env) => format!("${{env:{name}}}"),
                (None, Reference::Listed) => {
                    listed.push(name.as_str());
                    continue;
                }
                (None, Reference::None) => {
                    return Err(usage(format!(
                        "{} passes nothing of its own environment on: write --env {name}=VALUE, or \
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
        if !listed.is_empty() {
            entry.insert("env_vars".to_owned(), json!(listed));
        }
        Ok(entry)
    }

    /// The same server with values that may be shown.
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

fn put_all(entry: &mut Map<String, Value>, members: &[(&str, &str)]) {
    for (name, value) in members {
        entry.insert((*name).to_owned(), json!(value));
    }
}
