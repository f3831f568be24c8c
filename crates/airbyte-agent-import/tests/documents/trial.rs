//! Imports a document, makes a sandbox of it, and calls every operation. Knows no document.

use std::collections::BTreeMap;

use airbyte_agent_core::description::{
    Action, Body, Connector, Kind, Location, Next, Piece, RefreshGrant, Template,
};
use airbyte_agent_core::{Client, Credentials, Description, ErrorKind, Local};
use airbyte_agent_import::{Imported, Options, import};
use airbyte_agent_sandbox::{Sandbox, sample};
use airbyte_agent_spec::{Problem, Spec};
use serde_json::{Map, Value};

/// The most pages of a list that are read.
const MOST_PAGES: usize = 2_000;

/// What went wrong with one document: the kind of the problem, and the problem itself.
pub(crate) type Wrong = Vec<(&'static str, String)>;

/// Imports a document.
pub(crate) fn imported(name: &str, text: &str) -> Result<Imported, String> {
    let document = airbyte_agent_document::parse(name, text).map_err(|error| error.to_string())?;
    let mut imported = import(&document, text.as_bytes(), &Options::default())
        .map_err(|error| error.to_string())?;
    // What cannot be lowered is found where the text is.
    let _ = imported.lower();
    Ok(imported)
}

/// The description of what was imported, by way of the text that is written. Adds what lint reports.
pub(crate) fn lowered(imported: &Imported, wrong: &mut Wrong) -> Option<Connector> {
    let text = airbyte_agent_yaml::write(&imported.spec, airbyte_agent_yaml::Style::Compact);
    let spec = match Spec::parse(&text) {
        Ok(spec) => spec,
        Err(problems) => {
            wrong.extend(problems.iter().map(|problem| ("parse", shown(problem, &text))));
            return None;
        }
    };
    if spec.document() != &imported.spec {
        wrong.push(("yaml", "the text is not read back as what was written".to_owned()));
    }
    wrong.extend(spec.lint().iter().map(|problem| ("lint", shown(problem, &text))));
    match spec.lower() {
        Ok(connector) => Some(connector),
        Err(problems) => {
            wrong.extend(problems.iter().map(|problem| ("lower", shown(problem, &text))));
            None
        }
    }
}

fn shown(problem: &Problem, text: &str) -> String {
    let line = text.lines().nth(problem.line.saturating_sub(1) as usize).unwrap_or_default();
    format!("{problem}   [{}]", line.trim().chars().take(120).collect::<String>())
}

/// A client of the connector for a sandbox, with credentials that the sandbox accepts.
///
/// # Errors
///
/// What the engine says of the connector.
pub(crate) fn client(connector: &Connector, origin: &str) -> Result<Client, String> {
    let signs = |grant: Option<RefreshGrant>| grant == Some(RefreshGrant::JwtBearer);
    let mut schemes = connector.auth.iter();
    let scheme =
        schemes.find(|scheme| !signs(scheme.refresh.as_ref().map(|refresh| refresh.grant)));
    let mut credentials = Credentials::new();
    for field in scheme.into_iter().flat_map(|scheme| scheme.fields.iter()) {
        credentials = credentials.field(field.name.clone(), format!("sandbox-{}", field.name));
    }
    if let Some(scheme) = scheme {
        credentials = credentials.scheme(scheme.name.clone());
    }
    let mut local = Local::new(credentials).via(origin);
    for variable in connector.variables() {
        if variable.default.is_none() {
            // What stands at the beginning of the address is a whole one.
            let is_whole = matches!(connector.server.url.pieces.first(), Some(Piece::Name(name)) if *name == variable.name);
            let otherwise = if is_whole { "https://sandbox.test" } else { "sandbox" };
            let value =
                variable.choices.first().map_or_else(|| otherwise.to_owned(), ToString::to_string);
            local = local.config(variable.name.to_string(), value);
        }
    }
    Client::local(Description::from(connector.clone()), local).map_err(|error| error.to_string())
}

/// How many operations were called.
#[derive(Debug, Default)]
pub(crate) struct Tried {
    pub(crate) operations: usize,
    /// Those that the sandbox understood, but for an id that it does not know.
    pub(crate) unidentified: usize,
    /// Those that cannot be tried.
    pub(crate) skipped: usize,
}

/// Calls every operation in a sandbox; lists are read to their end.
pub(crate) async fn run(connector: &Connector, wrong: &mut Wrong) -> Tried {
    let sandbox = Sandbox::builder().connector(connector.clone()).start().await.unwrap();
    let client = match client(connector, &sandbox.url()) {
        Ok(client) => client,
        Err(error) => {
            wrong.push(("client", error));
            return Tried::default();
        }
    };
    let mut operations: Vec<_> = connector.operations().collect();
    let order = |action: Action| match action {
        Action::List => 0,
        Action::Search => 1,
        Action::Get | Action::Download => 2,
        Action::Create => 3,
        Action::Update => 4,
        Action::Delete => 5,
    };
    operations.sort_by_key(|operation| order(operation.action));
    let mut known: BTreeMap<String, Value> = BTreeMap::new();
    let count = operations.len();
    let (mut unidentified, mut skipped) = (0, 0);
    for operation in operations {
        let record = record(connector, &operation.entity, &known);
        let mut arguments = sample::arguments(operation, &record);
        // A form without any member has no body at all, which its vendor would refuse.
        let mut members = operation
            .parameters
            .iter()
            .filter(|p| matches!(p.location, Location::Body | Location::File));
        let is_form = matches!(operation.body, Body::Multipart { .. } | Body::Form);
        if is_form
            && !members.clone().any(|member| arguments.contains_key(member.name.as_ref()))
            && let Some(text) = members.find(|member| member.schema.kinds.contains(&Kind::String))
        {
            arguments.insert(text.name.to_string(), sample::value_of(text, &record));
        }
        // The sandbox answers at the addresses of sign-in and tokens itself, and no sample is a token of a list.
        let is_token_endpoint = connector.auth.iter().any(|scheme| {
            let urls = scheme
                .refresh
                .iter()
                .map(|refresh| &refresh.url)
                .chain(scheme.oauth.iter().map(|o| &o.token_url))
                .chain(scheme.oauth.iter().map(|o| &o.authorization_url));
            let path = text_of(&operation.path);
            urls.into_iter().any(|url| text_of(url).ends_with(&path))
        });
        let mut steers = operation.paging.parameters();
        if is_token_endpoint
            || steers.any(|name| {
                operation.parameter(name).is_some_and(|p| {
                    p.required
                        && p.default.is_none()
                        && matches!(operation.paging.next, Next::Cursor { .. })
                })
            })
        {
            skipped += 1;
            continue;
        }
        let arguments = Value::Object(arguments);
        let name = format!("{}.{}", operation.entity, operation.action);
        let call = client.execute(&operation.entity, operation.action.as_str(), arguments.clone());
        if operation.action.is_array() {
            let call = match call.into_call() {
                Ok(call) => call,
                Err(error) => {
                    wrong.push(("arguments", format!("{name}: {error} for {arguments}")));
                    continue;
                }
            };
            let mut pages = call.pages::<Value, Value>();
            let mut records = Vec::new();
            let is_unknown = matches!(operation.paging.next, Next::Unknown { .. });
            let mut read = 0;
            loop {
                match pages.try_next().await {
                    Ok(Some(page)) => records.extend(page.data),
                    Ok(None) => break,
                    Err(error) if is_unknown && read > 0 && error.kind() == ErrorKind::Usage => {
                        break;
                    }
                    Err(error) => {
                        wrong.push((
                            "list",
                            format!("{name}: {error} for {arguments} behind {read} pages"),
                        ));
                        break;
                    }
                }
                read += 1;
                if read > MOST_PAGES {
                    wrong.push(("endless", format!("{name}: more than {MOST_PAGES} pages")));
                    break;
                }
            }
            if let Some(first) = records.into_iter().next() {
                known.entry(operation.entity.to_string()).or_insert(first);
            }
            continue;
        }
        let result = if operation.action == Action::Download {
            match call.into_call() {
                Ok(call) => match call.download().await {
                    Ok(file) => file.bytes().await.map(|_| ()),
                    Err(error) => Err(error),
                },
                Err(error) => Err(error),
            }
        } else {
            call.await.map(|_| ())
        };
        if let Err(error) = result {
            // The request was understood; nothing in the document says where such an id comes from.
            if error.kind() == ErrorKind::NotFound {
                unidentified += 1;
                continue;
            }
            wrong.push(("call", format!("{name}: {error} for {arguments}")));
        }
    }
    sandbox.shutdown().await;
    Tried { operations: count, unidentified, skipped }
}

fn text_of(template: &Template) -> String {
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => text.to_string(),
        Piece::Name(name) => format!("{{{name}}}"),
    });
    pieces.collect()
}

/// A record of the entity, with the ids of the records that it belongs to.
fn record(connector: &Connector, entity: &str, known: &BTreeMap<String, Value>) -> Value {
    let mut all = Map::new();
    for link in connector.relationships.iter().filter(|link| link.source == entity) {
        let id =
            known.get(link.target.as_ref()).and_then(|record| record.get(link.target_key.as_ref()));
        if let Some(id) = id {
            all.insert(link.foreign_key.to_string(), id.clone());
        }
    }
    if let Some(Value::Object(own)) = known.get(entity) {
        all.extend(own.clone());
    }
    all.entry("id").or_insert_with(|| "1".into());
    Value::Object(all)
}
