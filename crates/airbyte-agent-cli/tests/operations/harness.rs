//! What must be true for every operation of a connector. Knows no connector.

use std::collections::BTreeMap;
use std::future::IntoFuture;

use airbyte_agent_cli::engine::LocalEngine;
use airbyte_agent_core::description::{Action, Connector, Location, Operation as Described, Piece};
use airbyte_agent_core::{
    BoxFuture, Client, Cursor, Download, DryRun, Error, ErrorKind, Hosted, Page, Pages,
};
use airbyte_agent_sandbox::{CLIENT_ID, CLIENT_SECRET, Sandbox, sample};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::lists;

type Result<T> = std::result::Result<T, Error>;

/// An operation of the connector `C`.
pub(crate) struct Operation<C> {
    /// `entity.action`
    pub(crate) name: &'static str,
    /// A value for every parameter of the operation, as JSON.
    pub(crate) arguments: &'static str,
    /// The request that the builder would send with the same values.
    pub(crate) all: fn(&C) -> Result<DryRun>,
    /// Calls the builder with no more arguments than the sandbox requires.
    pub(crate) needed: fn(&C, &Arguments) -> BoxFuture<'static, Result<Value>>,
}

/// Arguments that are known when the test runs.
pub(crate) struct Arguments(Map<String, Value>);

impl Arguments {
    pub(crate) fn get<T: DeserializeOwned>(&self, name: &str) -> T {
        let value = self.0.get(name).cloned().unwrap_or_default();
        let shown = value.to_string();
        serde_json::from_value(value)
            .unwrap_or_else(|error| panic!("argument '{name}', {shown}: {error}"))
    }
}

/// Parts of the errors for hosted lists that continue by an address, or by a value that the platform
/// does not return.
const NO_WAY_ON: [&str; 2] = ["the platform cannot follow", "the platform does not hand on"];

/// All pages of a list. They are small if their size can be chosen.
macro_rules! list {
    ($builder:expr, $size:expr, $records:expr) => {
        $crate::harness::list!($builder.param($size, $records))
    };
    ($builder:expr) => {{
        let builder = $builder;
        $crate::harness::pages(builder.clone().pages(), move |cursor| {
            builder.clone().resume(cursor).pages()
        })
    }};
}
pub(crate) use list;

/// The pages of a list, each an array of records. They are read to the end or as far as the transport
/// can follow. Then the second page is read again by its cursor.
pub(crate) fn pages<T, M>(
    mut all: Pages<Page<T, M>>,
    resume: impl FnOnce(Cursor) -> Pages<Page<T, M>> + Send + 'static,
) -> BoxFuture<'static, Result<Value>>
where
    T: Serialize + Send + 'static,
    M: Send + 'static,
{
    Box::pin(async move {
        let mut pages: Vec<Value> = Vec::new();
        let mut second = None;
        loop {
            match all.try_next().await {
                Ok(Some(page)) => pages.push(json!(page.data)),
                Ok(None) => break,
                Err(why)
                    if pages.len() == 1
                        && NO_WAY_ON.iter().any(|no| why.message().contains(no)) =>
                {
                    break;
                }
                Err(why) => return Err(why),
            }
            second = second.or_else(|| all.cursor().cloned());
        }
        if let Some(cursor) = second.filter(|_| pages.len() > 1) {
            // A cursor survives being written down.
            let cursor = cursor.to_string().parse()?;
            let again = resume(cursor).try_next().await?.map(|page| json!(page.data));
            if again.as_ref() != pages.get(1) {
                let why = "the cursor of the second page leads to another page";
                return Err(Error::new(ErrorKind::Internal, why));
            }
        }
        Ok(pages.into())
    })
}

/// The record that a call returns.
pub(crate) fn record<T: Serialize>(
    call: impl IntoFuture<Output = Result<T>, IntoFuture: Send> + 'static,
) -> BoxFuture<'static, Result<Value>> {
    let call = call.into_future();
    Box::pin(async move { Ok(json!(call.await?)) })
}

/// The bytes of a file as a JSON array.
pub(crate) fn download(
    call: impl IntoFuture<Output = Result<Download>, IntoFuture: Send> + 'static,
) -> BoxFuture<'static, Result<Value>> {
    let call = call.into_future();
    Box::pin(async move { Ok(json!(call.await?.bytes().await?)) })
}

/// The typed and the dynamic interface of a connector over one transport.
struct Interface<C> {
    name: &'static str,
    typed: C,
    dynamic: Client,
}

/// Tries all operations of a connector over both transports against one sandbox.
pub(crate) async fn run<C>(
    connector: &'static Connector,
    typed: impl Fn(Client) -> C,
    operations: &[Operation<C>],
) {
    let engine = LocalEngine::new([connector]);
    let sandbox = Sandbox::builder().connector(connector.clone()).executor(engine.clone());
    let sandbox = sandbox.start().await.unwrap();
    // A server of one's own, because Airbyte's does not know the additions of the specs.
    let hosted = Hosted::new(CLIENT_ID, CLIENT_SECRET).workspace("default").base_url(sandbox.url());
    let interface =
        |name, dynamic: Client| Interface { name, typed: typed(dynamic.clone()), dynamic };
    let interfaces = [
        interface("local", engine.client(&connector.name, &sandbox.url()).unwrap()),
        interface("hosted", Client::hosted(connector, hosted).unwrap()),
    ];
    let mut wrong = Vec::new();
    let names: Vec<String> =
        connector.operations().map(|o| format!("{}.{}", o.entity, o.action)).collect();
    let tried: Vec<&str> = operations.iter().map(|operation| operation.name).collect();
    assert_eq!(tried, names, "operations of the test and of the connector");
    for (described, operation) in connector.operations().zip(operations) {
        let arguments: Value = serde_json::from_str(operation.arguments).unwrap();
        for parameter in described.parameters.iter() {
            if arguments.get(parameter.name.as_ref()).is_none() {
                let name = &parameter.name;
                wrong
                    .push(format!("{}: '{name}' is not tried; give it an example", operation.name));
            }
        }
        for interface in &interfaces {
            if let Err(why) = sends_the_same(operation, &arguments, interface) {
                wrong.push(format!("{} {}: {why}", interface.name, operation.name));
            }
        }
    }
    compare_responses(connector, operations, &interfaces, &sandbox, &mut wrong).await;
    sandbox.shutdown().await;
    let count = operations.len();
    assert!(
        wrong.is_empty(),
        "{} failures in {count} operations:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Compares the requests that the builder and the dynamic interface would send for the same
/// arguments.
fn sends_the_same<C>(
    operation: &Operation<C>,
    arguments: &Value,
    interface: &Interface<C>,
) -> std::result::Result<(), String> {
    let (entity, action) = operation.name.split_once('.').unwrap();
    let typed = (operation.all)(&interface.typed).map_err(|error| format!("builder: {error}"))?;
    let dynamic = interface.dynamic.execute(entity, action, arguments.clone()).into_call();
    let dynamic = dynamic.and_then(|call| call.dry_run()).map_err(|error| error.to_string())?;
    if typed == dynamic {
        return Ok(());
    }
    Err(format!(
        "the builder would send {}, the dynamic interface {}",
        json!(typed),
        json!(dynamic)
    ))
}

/// Runs every operation over both transports and compares the responses. Operations that only read
/// come first, so that both transports see the same data; then each transport changes a record of
/// its own.
async fn compare_responses<C>(
    connector: &Connector,
    operations: &[Operation<C>],
    interfaces: &[Interface<C>; 2],
    sandbox: &Sandbox,
    wrong: &mut Vec<String>,
) {
    let mut steps: Vec<_> = connector.operations().zip(operations).collect();
    steps.sort_by_key(|(described, _)| {
        let order = [
            Action::List,
            Action::Search,
            Action::Get,
            Action::Download,
            Action::Create,
            Action::Update,
            Action::Delete,
        ];
        order.iter().position(|action| *action == described.action)
    });
    let mut known: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for (described, operation) in steps {
        let mut answers = Vec::new();
        for (n, interface) in interfaces.iter().enumerate() {
            let n = if described.hints.read_only { 0 } else { n };
            let record = record_for(connector, &described.entity, &known, n);
            let mut arguments = Arguments(sample::arguments(described, &record));
            if n > 0 {
                arguments.0.values_mut().for_each(rename);
            }
            let sent = Value::Object(arguments.0.clone());
            match (operation.needed)(&interface.typed, &arguments).await {
                Ok(Value::Array(pages)) if described.action.is_array() => {
                    let whole = interface.name == "local" || lists::goes_on_when_hosted(described);
                    if let Err(why) = lists::is_whole(described, &pages, whole) {
                        wrong.push(format!("{} {}: {why}", interface.name, operation.name));
                    }
                    answers.push(pages.into_iter().flat_map(records).collect());
                }
                Ok(answer) => answers.push(answer),
                Err(why) => {
                    wrong.push(format!("{} {}: {why} for {sent}", interface.name, operation.name));
                }
            }
            if let Err(why) = is_meant(connector, described, &arguments, sandbox) {
                wrong.push(format!("{} {}: {why}", interface.name, operation.name));
            }
        }
        if described.hints.read_only
            && let [local, hosted] = answers.as_mut_slice()
        {
            if let (Value::Array(local), Value::Array(hosted), false) =
                (&mut *local, &*hosted, lists::goes_on_when_hosted(described))
            {
                local.truncate(hosted.len());
            }
            for answer in [&mut *local, &mut *hosted] {
                answer.as_array_mut().into_iter().flatten().for_each(unwrap);
            }
            if local != hosted {
                wrong.push(format!("{}: {}", operation.name, difference(local, hosted)));
            }
        }
        if let (true, Some(Value::Array(found))) =
            (described.action.is_array(), answers.into_iter().next())
        {
            let found = lists::listed(found);
            let record = record_for(connector, &described.entity, &known, 0);
            let arguments = sample::arguments(described, &record);
            for interface in interfaces {
                let searched =
                    lists::finds(described, &arguments, &found, &interface.dynamic).await;
                if let Err(why) = searched {
                    wrong.push(format!("{} {}: {why}", interface.name, operation.name));
                }
            }
            known.entry(described.entity.to_string()).or_insert(found);
        }
    }
}

/// Gives a made-up name an ending, so that no two steps change the same record by it.
fn rename(value: &mut Value) {
    match value {
        Value::String(text) if text == "sample" => text.push_str("-other"),
        Value::String(text) if text == "ada@example.com" => text.insert_str(0, "other-"),
        Value::Array(items) => items.iter_mut().for_each(rename),
        _ => {}
    }
}

/// Takes a scalar out of the object in which an untyped result has it.
fn unwrap(record: &mut Value) {
    let is_alone = record.as_object().is_some_and(|members| members.len() == 1);
    if let Some(inner) = record.get_mut("value").filter(|inner| is_alone && !inner.is_object()) {
        *record = inner.take();
    }
}

/// Whether two operations have the same method and, apart from names, the same path, and the second
/// one takes the arguments, too.
fn looks_like(one: &Described, other: &Described, arguments: &Arguments) -> bool {
    let form = |operation: &Described| -> Vec<String> {
        let pieces = operation.path.pieces.iter().map(|piece| match piece {
            Piece::Text(text) => text.to_string(),
            Piece::Name(_) => String::new(),
        });
        pieces.collect()
    };
    let mut sent = one.parameters.iter().filter(|parameter| {
        parameter.location != Location::Path && arguments.0.contains_key(parameter.name.as_ref())
    });
    one.method == other.method
        && form(one) == form(other)
        && sent.all(|parameter| other.parameter(&parameter.name).is_some())
}

/// Whether the sandbox has recognized the operation of the last request. Searches that differ in
/// their texts only, downloads in two steps, and operations whose requests look the same cannot be
/// distinguished.
fn is_meant(
    connector: &Connector,
    described: &Described,
    arguments: &Arguments,
    sandbox: &Sandbox,
) -> std::result::Result<(), String> {
    let requests = sandbox.requests();
    let mut vendor = requests.iter().rev().filter(|request| request.connector != "platform");
    let Some(last) = vendor.next() else { return Err("no request came".to_owned()) };
    // An upload in steps is requested as the operations that it consists of.
    let last_step = described.upload.as_ref().and_then(|upload| upload.steps().last());
    if last_step.is_some_and(|step| step.entity == last.entity) {
        return Ok(());
    }
    if matches!(described.action, Action::Download | Action::Search)
        || last.entity == described.entity && last.action == described.action.as_str()
    {
        return Ok(());
    }
    let taken = last.action.parse().ok().and_then(|a| connector.operation(&last.entity, a));
    if taken.is_some_and(|taken| looks_like(described, taken, arguments)) {
        return Ok(());
    }
    Err(format!("was taken for {}.{}", last.entity, last.action))
}

fn records(page: Value) -> Vec<Value> {
    if let Value::Array(records) = page { records } else { Vec::new() }
}

/// The `n`th record of the entity, together with the identifiers of the records that it belongs to.
fn record_for(
    connector: &Connector,
    entity: &str,
    known: &BTreeMap<String, Vec<Value>>,
    n: usize,
) -> Value {
    let pick = |entity: &str| {
        let records = known.get(entity)?;
        records.get(n).or(records.first())
    };
    let mut all = Map::new();
    for link in connector.relationships.iter().filter(|link| link.source == entity) {
        if let Some(id) = pick(&link.target).and_then(|r| r.get(link.target_key.as_ref())) {
            all.insert(link.foreign_key.to_string(), id.clone());
        }
    }
    if let Some(Value::Object(own)) = pick(entity) {
        all.extend(own.clone());
    }
    // Where no list shows what there is any identifier will do, as long as no two steps share it.
    all.entry("id").or_insert_with(|| (n + 1).to_string().into());
    Value::Object(all)
}

/// The first difference between two responses, with its place.
fn difference(local: &Value, hosted: &Value) -> String {
    let pairs: Vec<(String, &Value, &Value)> = match (local, hosted) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().map(|(key, value)| (key.clone(), value, &hosted[key])).collect()
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().map(|(n, (a, b))| (n.to_string(), a, b)).collect()
        }
        _ => Vec::new(),
    };
    if let Some((key, a, b)) = pairs.into_iter().find(|(_, a, b)| a != b) {
        return format!("{key}.{}", difference(a, b));
    }
    let short = |value: &Value| value.to_string().chars().take(300).collect::<String>();
    format!(" local {} but hosted {}", short(local), short(hosted))
}
