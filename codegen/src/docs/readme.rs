//! README.md, which is also the front page of the crate's documentation: every Rust block in it
//! compiles as a doctest.

use airbyte_agent_description::{AuthKind, AuthScheme, Next, ServerVariable};

use super::table;
use crate::model::{BuilderKind, EntityModel, Model, OperationModel, SchemeModel};
use crate::prose;
use crate::rust::{bare_call, call_example, connect_example, imports, params, print, record_name};

/// The text.
pub(crate) fn readme(model: &Model<'_>) -> String {
    let connector = model.connector;
    let title = prose::markdown(&connector.title);
    let package = model.package();
    let mut out = format!("# {package}\n\n");
    out.push_str(&format!(
        "{title} for Rust programs and AI agents: typed operations that go straight to the vendor with \
         your own credentials, or through Airbyte's hosted platform, which keeps them for you.\n\n"
    ));
    out.push_str(&format!("{}\n\n", prose::markdown(&connector.description)));
    out.push_str("## What it can do\n\n");
    out.push_str(&entities(model));
    let reference = page(model, "REFERENCE.md");
    out.push_str(&format!(
        "Every operation with its parameters and fields is in [REFERENCE.md]({reference}).\n\n",
    ));
    out.push_str(&questions(model));
    out.push_str(&format!(
        "## Install\n\n```sh\ncargo add {package}\ncargo add tokio --features macros,rt\n```\n\n"
    ));
    if let Some(scheme) = first_scheme(model) {
        out.push_str(&local(model, scheme));
    }
    out.push_str(&hosted(model));
    out.push_str(&dynamic(model));
    out.push_str(&paging(model));
    out.push_str(&features(model));
    out.push_str("## More\n\n");
    out.push_str(&format!(
        "* [AUTH.md]({}): ways to authenticate, what each needs and where to get it\n",
        page(model, "AUTH.md")
    ));
    out.push_str(&format!("* [REFERENCE.md]({reference}): every operation\n"));
    for link in connector.links.iter() {
        let title = if link.title.is_empty() {
            link.kind.replace('_', " ")
        } else {
            link.title.to_string()
        };
        out.push_str(&format!("* [{}]({})\n", prose::cell(&title), link.url));
    }
    out.push_str(&format!(
        "\nConnector version {}, definition `{}`.\n",
        connector.version, connector.definition_id
    ));
    out
}

fn entities(model: &Model<'_>) -> String {
    let rows: Vec<Vec<String>> = model
        .entities
        .iter()
        .map(|entity| {
            vec![
                format!("`{}`", entity.entity.name),
                prose::cell(&entity.entity.description),
                action_links(entity, &page(model, "REFERENCE.md")),
            ]
        })
        .collect();
    table(&["Entity", "What a record is", "Actions"], &rows)
}

/// Where a file of the crate can be read: the README also stands in registries and API documents,
/// where a relative link leads nowhere.
fn page(model: &Model<'_>, file: &str) -> String {
    format!("{}/blob/main/crates/{}/{file}", env!("CARGO_PKG_REPOSITORY"), model.package())
}

/// An entity's actions with links to their headings in `page`, the page itself when empty.
pub(crate) fn action_links(entity: &EntityModel<'_>, page: &str) -> String {
    let link = |operation: &OperationModel<'_>| {
        let action = operation.operation.action;
        format!("[{action}]({page}#{})", anchor(&entity.entity.name, action.as_str()))
    };
    entity.operations.iter().map(link).collect::<Vec<_>>().join(", ")
}

/// The anchor of an operation's heading in REFERENCE.md.
pub(crate) fn anchor(entity: &str, action: &str) -> String {
    format!("{}-{action}", entity.to_lowercase())
}

fn questions(model: &Model<'_>) -> String {
    let questions = &model.connector.questions;
    let list = |items: &[airbyte_agent_description::Text]| -> String {
        items
            .iter()
            .flat_map(|item| ["* ".to_owned(), prose::cell(item), "\n".to_owned()])
            .collect()
    };
    let mut out = String::new();
    if !questions.direct.is_empty() {
        out.push_str("## Questions it answers\n\n");
        out.push_str(&list(&questions.direct));
        out.push('\n');
    }
    if !questions.search.is_empty() {
        out.push_str("From the search index of the hosted platform:\n\n");
        out.push_str(&list(&questions.search));
        out.push('\n');
    }
    if !questions.unsupported.is_empty() {
        out.push_str("It does not:\n\n");
        out.push_str(&list(&questions.unsupported));
        out.push('\n');
    }
    out
}

/// The scheme that is easiest to begin with: the first without an OAuth dance.
pub(crate) fn first_scheme<'m, 'd>(model: &'m Model<'d>) -> Option<&'m SchemeModel<'d>> {
    let plain = |scheme: &&SchemeModel<'_>| !matches!(scheme.scheme.kind, AuthKind::OAuth2 { .. });
    model.schemes.iter().find(plain).or_else(|| model.schemes.first())
}

/// The operation that examples begin with: a list that needs as little as possible.
pub(crate) fn first_operation<'m, 'd>(
    model: &'m Model<'d>,
) -> Option<(&'m EntityModel<'d>, &'m OperationModel<'d>)> {
    let all = || {
        model
            .entities
            .iter()
            .flat_map(|entity| entity.operations.iter().map(move |op| (entity, op)))
    };
    let effort = |(_, operation): &(&EntityModel<'_>, &OperationModel<'_>)| {
        let required = operation.required().count();
        let checked = operation.operation.hints.preferred_for_check;
        (
            operation.kind() != BuilderKind::List,
            !operation.operation.hints.read_only,
            required,
            !checked,
        )
    };
    all().min_by_key(effort)
}

/// Server variables that somebody has to set.
pub(crate) fn required_variables<'m>(
    model: &'m Model<'_>,
    scheme: &'m AuthScheme,
) -> impl Iterator<Item = &'m ServerVariable> {
    let server = model.connector.server_of(scheme, |_| false);
    server.variables.iter().filter(|variable| {
        variable.default.is_none() && variable.derived_from.is_none() && !variable.from_token
    })
}

/// `GithubConnector::local(…)` with everything that has to be said.
pub(crate) fn local_options(model: &Model<'_>, scheme: &AuthScheme, auth: &str) -> (String, bool) {
    let configuration: Vec<String> = required_variables(model, scheme)
        .map(|variable| {
            let example = if variable.example.is_empty() { "example" } else { &variable.example };
            format!(".config({:?}, {example:?})", variable.name)
        })
        .collect();
    if configuration.is_empty() {
        return (auth.to_owned(), false);
    }
    (format!("Local::new({auth}){}", configuration.concat()), true)
}

fn local(model: &Model<'_>, scheme: &SchemeModel<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let auth_class = &scheme.class;
    let connect = connect_example(model, scheme).replace('\n', "\n    ");
    let (options, configured) = local_options(model, scheme.scheme, "auth");
    let Some((entity, operation)) = first_operation(model) else { return String::new() };
    let call = call_example(model, entity, operation).replace('\n', "\n    ");
    let auth_path = format!("auth::{auth_class}");
    let mut names = vec![class.as_str(), &auth_path];
    if configured {
        names.push("Local");
    }
    let uses = imports(library, &names, &call);
    let env = if connect.contains("env::") { "use std::env;\n\n" } else { "" };
    format!(
        "## First call\n\n\
         ```rust,no_run\n\
         {env}{uses}\n\n\
         #[tokio::main(flavor = \"current_thread\")]\n\
         async fn main() -> Result<(), Box<dyn std::error::Error>> {{\n    \
             let auth = {connect};\n    \
             let {variable} = {class}::local({options})?;\n\n    \
             {call}\n    \
             Ok(())\n\
         }}\n\
         ```\n\n"
    )
}

fn hosted(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    format!(
        "## Through Airbyte\n\n\
         The hosted platform keeps the vendor's credentials and makes the calls. Set `AIRBYTE_CLIENT_ID` and \
         `AIRBYTE_CLIENT_SECRET`, and name the workspace whose connector is meant. Everything else stays as it is.\n\n\
         ```rust,no_run\n\
         {}\n\n\
         fn connect() -> Result<{class}> {{\n    \
             let {variable} = {class}::hosted(Hosted::from_env()?.workspace(\"customer-123\"))?;\n    \
             Ok({variable})\n\
         }}\n\
         ```\n\n",
        imports(library, &[class, "Hosted", "Result"], "")
    )
}

fn dynamic(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let Some((entity, operation)) = first_operation(model) else { return String::new() };
    let params = params(operation);
    format!(
        "## Any action by name\n\n\
         What a model decides at run time goes through the same engine:\n\n\
         ```rust,no_run\n\
         {}\n\n\
         async fn call({variable}: &{class}) -> Result<()> {{\n    \
             let outcome = {variable}.execute({:?}, {:?}, json!({params})).await?;\n    \
             println!(\"{{}}\", outcome.data);\n    \
             Ok(())\n\
         }}\n\
         ```\n\n",
        imports(library, &[class, "Result"], "json!("),
        entity.entity.name,
        operation.operation.action.as_str(),
    )
}

/// How to go through all pages, where anything pages.
fn paging(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let paged = model
        .entities
        .iter()
        .flat_map(|entity| entity.operations.iter().map(move |operation| (entity, operation)))
        .filter(|(_, operation)| {
            operation.kind() == BuilderKind::List
                && !matches!(operation.operation.paging.next, Next::None { .. })
        })
        .min_by_key(|(_, operation)| operation.required().count());
    let Some((entity, operation)) = paged else { return String::new() };
    let call = bare_call(model, entity, operation);
    let record = record_name(model, entity);
    let mut out = format!(
        "## All pages\n\n\
         ```rust,no_run\n\
         {}\n\n\
         async fn all({variable}: &{class}) -> Result<()> {{\n    \
             let mut records = {}.items().max(500);\n    \
             while let Some({record}) = records.try_next().await? {{\n        \
                 {}\n    \
             }}\n    \
             Ok(())\n\
         }}\n\
         ```\n\n",
        imports(library, &[class, "Result"], &call),
        call.replace('\n', "\n    "),
        print(model, &operation.record, &record),
    );
    let page = match &operation.meta {
        Some(meta) => format!("Page<{}, types::{meta}>", operation.record_type()),
        None => format!("Page<{}>", operation.record_type()),
    };
    let arguments = [format!("{variable}: &{class}"), "after: Option<Cursor>".to_owned()];
    let mut head = format!("async fn page({}) -> Result<{page}>", arguments.join(", "));
    if head.len() > 98 {
        head = format!("async fn page(\n    {},\n) -> Result<{page}>", arguments.join(",\n    "));
    }
    let mut names = vec![class.as_str(), "Cursor", "Page", "Result"];
    if operation.scalar {
        names.push("Scalar");
    }
    let code = format!("{call}{page}");
    out.push_str(&format!(
        "Or one page at a time, from where the last one ended. What methods take and give has its name in \
         this crate:\n\n\
         ```rust,no_run\n\
         {}\n\n\
         {head} {{\n    \
             let call = {};\n    \
             match after {{\n        \
                 Some(cursor) => call.resume(cursor).await,\n        \
                 None => call.await,\n    \
             }}\n\
         }}\n\
         ```\n\n",
        imports(library, &names, &code),
        call.replace('\n', "\n    "),
    ));
    out
}

/// The crate's features, and how the description is used without builders.
fn features(model: &Model<'_>) -> String {
    let (library, package) = (&model.library, model.package());
    let rows = [
        ("`typed` (default)", "Builders and record types; includes `engine`."),
        (
            "`engine`",
            "What runs the description, `DESCRIPTION`, by names. Without it there is no HTTP client \
             in the tree.",
        ),
        ("`tools`", "`tools()`: the operations as tools of a language model."),
        (
            "`testing`",
            "`testing`: a mock of the vendor, and recorded traffic, for tests without a network.",
        ),
        ("`schemars`", "JSON Schemas of request objects."),
    ];
    let rows: Vec<Vec<String>> =
        rows.into_iter().map(|(name, adds)| vec![name.to_owned(), adds.to_owned()]).collect();
    let mut out = format!("## Features\n\n{}", table(&["Feature", "What it adds"], &rows));
    let first = first_operation(model).zip(model.connector.auth.first());
    let Some(((entity, operation), scheme)) = first else { return out };
    let (options, configured) = local_options(model, scheme, "credentials");
    let mut names = vec!["Client", "Credentials", "DESCRIPTION", "Result"];
    if configured {
        names.push("Local");
    }
    let params = params(operation);
    out.push_str(&format!(
        "Without `typed` (`cargo add {package} --no-default-features --features engine`) calls go by name:\n\n\
         ```rust,no_run\n\
         {}\n\n\
         async fn call() -> Result<()> {{\n    \
             let credentials = Credentials::from_env(&DESCRIPTION);\n    \
             let client = Client::local(&DESCRIPTION, {options})?;\n    \
             let outcome = client.execute({:?}, {:?}, json!({params})).await?;\n    \
             println!(\"{{}}\", outcome.data);\n    \
             Ok(())\n\
         }}\n\
         ```\n\n",
        imports(library, &names, "json!("),
        entity.entity.name,
        operation.operation.action.as_str(),
    ));
    out
}
