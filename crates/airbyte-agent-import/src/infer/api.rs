//! What holds for a whole document: its name, its servers, and what is put together from the other modules.

use airbyte_agent_document::{Rest, Server};

use super::auth::auth;
use super::evidence::decided;
use super::failures::failures;
use super::limits::limits;
use super::schemas::Schemas;
use super::words::words;
use crate::decision::{
    Decided, DocumentDecision, OperationDecision, ServerDecision, ServerVariable,
};

/// Words of titles that are no part of a name.
const NO_NAMES: [&str; 14] = [
    "api",
    "apis",
    "rest",
    "restful",
    "the",
    "openapi",
    "swagger",
    "specification",
    "documentation",
    "public",
    "reference",
    "v1",
    "v2",
    "v3",
];

/// The decision about a document, from those about its operations.
pub(crate) fn document<'a>(
    rest: &'a Rest,
    schemas: &Schemas<'a>,
    operations: Vec<OperationDecision>,
) -> DocumentDecision {
    let mut open_questions = Vec::new();
    let auth = auth(rest);
    if auth.is_empty() {
        open_questions.push("The document does not say how requests authenticate.".to_owned());
    }
    let servers: Vec<ServerDecision> = servers(rest);
    if !servers.iter().any(|server| server.url.contains("://") || server.url.starts_with('{')) {
        open_questions.push("The document does not name the host to which requests go.".to_owned());
    }
    let (error_code, error_message) = failures(rest, schemas);
    DocumentDecision {
        title: rest.title.clone(),
        slug: slug(rest),
        servers,
        auth,
        rate_limits: limits(&rest.description),
        error_code,
        error_message,
        operations,
        open_questions,
    }
}

/// The words of the title without those that every title has, or else the host.
fn slug(rest: &Rest) -> Decided<String> {
    let mut name: Vec<String> = words(&rest.title);
    name.retain(|word| !NO_NAMES.contains(&word.as_str()) && word.is_ascii());
    name.truncate(3);
    if !name.is_empty() {
        return decided(name.join("-"), 0.7, "the title of the document");
    }
    let host = rest.servers.iter().find_map(|server| {
        let (_, behind) = server.url.split_once("://")?;
        let host = behind.split(['/', ':']).next()?;
        let mut names = host.rsplit('.').skip(1);
        names.next().filter(|name| !name.is_empty()).map(str::to_lowercase)
    });
    match host {
        Some(host) => decided(host, 0.6, "the host of the server"),
        None => decided("api".to_owned(), 0.1, "the document states neither a title nor a host"),
    }
}

fn servers(rest: &Rest) -> Vec<ServerDecision> {
    let mut found: Vec<&Server> = rest.servers.iter().collect();
    if found.is_empty() {
        for server in rest.operations.iter().flat_map(|operation| &operation.servers) {
            if !found.iter().any(|known| known.url == server.url) {
                found.push(server);
            }
        }
    }
    // Addresses for tests stand first in some documents. What is meant for real use comes first, TLS before none.
    let rank = |server: &&Server| {
        let text = format!("{} {}", server.url, server.description).to_lowercase();
        let is_test = ["sandbox", "staging", "localhost", "127.0.0.1", "mock"]
            .iter()
            .any(|word| text.contains(word));
        (is_test, server.url.starts_with("http://"))
    };
    found.sort_by_key(rank);
    found
        .into_iter()
        .map(|server| ServerDecision {
            url: server.url.clone(),
            description: server.description.clone(),
            variables: server
                .variables
                .iter()
                .map(|variable| ServerVariable {
                    name: variable.name.clone(),
                    default: Some(variable.default.clone()).filter(|value| !value.is_empty()),
                    choices: variable.choices.clone(),
                    description: variable.description.clone(),
                })
                .collect(),
        })
        .collect()
}
