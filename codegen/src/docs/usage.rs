//! The sections of README.md that show how the crate is called. Every Rust block compiles as a doctest,
//! because the README is also the front page of the crate's documentation.

use airbyte_agent_description::Next;

use super::first::{first_operation, local_options};
use super::links::page;
use super::table;
use crate::model::{BuilderKind, Model, OperationModel, SchemeModel};
use crate::prose;
use crate::rust::{bare_call, call_example, connect_example, imports, params, print, record_name};
use crate::types::Rust;

/// The shortest program that calls the vendor.
pub(super) fn local(model: &Model<'_>, scheme: &SchemeModel<'_>) -> String {
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
         ```\n\n\
         [AUTH.md]({}) says how to get the credentials.\n\n{}",
        page(model, "AUTH.md"),
        results(operation),
    )
}

/// What the call of the first example returns.
fn results(operation: &OperationModel<'_>) -> String {
    let mut out = String::new();
    if operation.kind() == BuilderKind::List {
        out.push_str(
            "A call is a builder, which `.await` sends. A function that takes a future gets `.send()` of it: \
             `tokio::spawn(call.send())`.\n\n\
             A list returns one page. Its records are in `data`, what the vendor says about the page is in \
             `meta`, and `next` is the cursor of the next page: `None` on the last one.",
        );
    }
    if matches!(operation.record, Rust::Named(_)) && !operation.scalar {
        out.push_str(
            " Every field of a record is an `Option`, because vendors leave fields out; members without a field \
             of their own are in `extra`.",
        );
    }
    if out.is_empty() { out } else { format!("{}\n\n", out.trim_start()) }
}

/// How to read all pages of a list, if the connector has a list with several pages.
pub(super) fn paging(model: &Model<'_>) -> String {
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
         `items()` reads record after record and requests the next page when it is needed. `max` ends the list \
         after that many records.\n\n\
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
        "`resume` continues the same list from the cursor that an earlier page returned as `next`. The arguments \
         must be those of the earlier call:\n\n\
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

/// The section about errors and repeated requests.
pub(super) fn errors(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let Some((entity, operation)) = first_operation(model) else { return String::new() };
    let call = bare_call(model, entity, operation).replace('\n', "\n    ");
    let success = match operation.kind() {
        BuilderKind::List => "Ok(page) => println!(\"{} records\", page.data.len())",
        BuilderKind::Record => "Ok(record) => println!(\"{record:?}\")",
        BuilderKind::Download => {
            "Ok(file) => println!(\"{} bytes\", file.save(\"file.bin\").await?)"
        }
    };
    let policy = &model.connector.retry;
    let statuses: Vec<String> = policy.statuses.iter().map(ToString::to_string).collect();
    let mut out = format!(
        "## Errors\n\n\
         Every call returns `Result<_, Error>`. `Error::kind()` tells what went wrong: `Validation` (an argument \
         is wrong), `Authentication` (credentials are missing or were refused), `NotFound`, `RateLimited`, \
         `Network` (there was no response), `Vendor` (any other failure that the vendor reports), and some more. \
         The message says what was tried, what came back and what to do. It never contains a credential.\n\n\
         ```rust,no_run\n\
         {}\n\n\
         async fn call({variable}: &{class}) -> Result<()> {{\n    \
             match {call}.await {{\n        \
                 {success},\n        \
                 Err(error) if error.needs_reauth() => println!(\"new credentials are needed: {{error}}\"),\n        \
                 Err(error) if error.is_rate_limited() => println!(\"wait {{:?}}\", error.retry_after()),\n        \
                 Err(error) => return Err(error),\n    \
             }}\n    \
             Ok(())\n\
         }}\n\
         ```\n\n",
        imports(library, &[class, "Result"], &call),
    );
    if policy.max_attempts > 1 && !statuses.is_empty() {
        out.push_str(&format!(
            "A request that fails with status {} is sent again, up to {} times in all, unless it might have an \
             effect twice. `Local::retry` and `Hosted::retry` change this.",
            statuses.join(", "),
            policy.max_attempts,
        ));
    }
    if !model.connector.rate_limits.is_empty() {
        let reference = page(model, "REFERENCE.md");
        out.push_str(&format!(
            " The [rate limits]({reference}#rate-limits) of the vendor are in the reference."
        ));
    }
    format!("{}\n\n", out.trim_end())
}

/// How the hosted platform makes the calls.
pub(super) fn hosted(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    format!(
        "## Through Airbyte\n\n\
         The hosted platform keeps the vendor's credentials and makes the calls. `Hosted::from_env` reads the \
         client id and secret of your Airbyte organization from `AIRBYTE_CLIENT_ID` and `AIRBYTE_CLIENT_SECRET`. \
         A workspace contains the connectors of one tenant, for example of one of your customers; the one named \
         `default` is used unless another is given. Calls, records and errors are the same as without the \
         platform.\n\n\
         ```rust,no_run\n\
         {}\n\n\
         fn connect() -> Result<{class}> {{\n    \
             let {variable} = {class}::hosted(Hosted::from_env()?.workspace(\"customer-123\"))?;\n    \
             Ok({variable})\n\
         }}\n\
         ```\n\n\
         `airbyte-agent platform setup {}` adds the connector to a workspace, step by step; the crate \
         `airbyte-agent-platform` does it in code.\n\n",
        imports(library, &[class, "Hosted", "Result"], ""),
        model.slug,
    )
}

/// How an operation is called whose name is known at run time only.
pub(super) fn by_name(model: &Model<'_>) -> String {
    let (library, class, variable) = (&model.library, &model.class, &model.variable);
    let Some((entity, operation)) = first_operation(model) else { return String::new() };
    let params = params(operation);
    format!(
        "## Operations by name\n\n\
         `execute` calls an operation whose name is known at run time only, for example because a model chose it. \
         Arguments have the names of the reference. `data` is an array of records for `list` and `search`, and an \
         object for the other actions.\n\n\
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

/// The crate's features, and how the description is used without builders.
pub(super) fn features(model: &Model<'_>) -> String {
    let (library, package) = (&model.library, model.package());
    let rows = [
        ("`typed` (default)", "Builders and record types. Includes `engine`."),
        (
            "`engine`",
            "Calls by name with `Client`. Without this feature the crate is the constant `DESCRIPTION` alone and \
             depends on no HTTP client.",
        ),
        (
            "`tools`",
            "The method `tools()`, which offers the operations to a language model as tools.",
        ),
        (
            "`testing`",
            "The module `testing`: a mock of the vendor, and recorded traffic, for tests without a network.",
        ),
        ("`schemars`", "JSON Schemas of the objects that requests contain."),
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
    let field = scheme.fields.iter().find(|field| field.required);
    let variable = field.map_or(String::new(), |field| {
        let name = prose::code(&model.environment_variable(&field.name));
        format!(" `Credentials::from_env` reads variables such as {name}.")
    });
    out.push_str(&format!(
        "Without `typed` (`cargo add {package} --no-default-features --features engine`) a client runs the \
         description.{variable}\n\n\
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
