//! What generated files say about a connector: its entities, operations and arguments with their Rust
//! names and types. The modules `rust` and `docs` write files from it.

use airbyte_agent_description::{
    Action, AuthScheme, Body, Connector, CredentialField, Entity, Job, JobStep, Location,
    Operation, Parameter,
};
use serde_json::Value;

use crate::document::{Document, OperationObject};
use crate::draft::{Draft, draft_operations};
use crate::names::{self, Scope};
use crate::types::{Collector, Rust, Shape, Types, nullable};

/// A connector, with the Rust names and types of its entities, operations and arguments.
#[derive(Debug)]
pub(crate) struct Model<'d> {
    pub(crate) connector: &'d Connector,
    /// Name of the connector, such as `github`, which names of crates and specs contain.
    pub(crate) slug: String,
    /// Name of the library, such as `airbyte_agent_github`.
    pub(crate) library: String,
    /// Name of the connector's type, such as `GithubConnector`.
    pub(crate) class: String,
    /// Name of a variable that contains a connector in examples, such as `github`.
    pub(crate) variable: String,
    pub(crate) entities: Vec<EntityModel<'d>>,
    pub(crate) schemes: Vec<SchemeModel<'d>>,
    pub(crate) types: Types,
}

/// An entity with its Rust names and its operations.
#[derive(Debug)]
pub(crate) struct EntityModel<'d> {
    pub(crate) entity: &'d Entity,
    /// Name of the connector's method, and of the module.
    pub(crate) accessor: String,
    /// Name of the accessor's type.
    pub(crate) class: String,
    pub(crate) operations: Vec<OperationModel<'d>>,
}

/// An operation with its Rust names and types.
#[derive(Debug)]
pub(crate) struct OperationModel<'d> {
    pub(crate) operation: &'d Operation,
    pub(crate) object: Option<OperationObject<'d>>,
    /// Name of the builder's type.
    pub(crate) builder: String,
    pub(crate) record: Rust,
    /// Whether a record is not an object, so that it comes unwrapped or as `{"value": …}`.
    pub(crate) scalar: bool,
    /// Name of the type of the metadata, if there is any.
    pub(crate) meta: Option<String>,
    pub(crate) arguments: Vec<Argument<'d>>,
}

/// Which macro of the engine declares a builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BuilderKind {
    /// `list_builder!`: the call returns pages of records.
    List,
    /// `record_builder!`: the call returns one record.
    Record,
    /// `download_builder!`: the call returns a file.
    Download,
}

/// A parameter with its Rust name and type.
#[derive(Debug)]
pub(crate) struct Argument<'d> {
    pub(crate) parameter: &'d Parameter,
    pub(crate) ident: String,
    pub(crate) rust: Rust,
    /// Whether the method of the accessor takes it; a setter takes the others.
    pub(crate) positional: bool,
    /// Whether there is also a setter `clear_…`, which sends `null`.
    pub(crate) clearable: bool,
    pub(crate) example: Option<&'d Value>,
}

/// A scheme with the Rust names of its type and fields.
#[derive(Debug)]
pub(crate) struct SchemeModel<'d> {
    pub(crate) scheme: &'d AuthScheme,
    pub(crate) class: String,
    pub(crate) fields: Vec<(String, &'d CredentialField)>,
}

impl Argument<'_> {
    /// Whether the vendor refuses a call without it, and only the caller can supply it.
    pub(crate) fn is_required(&self) -> bool {
        is_required(self.parameter)
    }

    /// Name of the Rust argument. A leading underscore would mark it as unused.
    pub(crate) fn binding(&self) -> String {
        if self.ident.starts_with('_') {
            format!("value{}", self.ident)
        } else {
            self.ident.clone()
        }
    }
}

impl<'d> OperationModel<'d> {
    /// The type of a record, as files of entities write it.
    pub(crate) fn record_type(&self) -> String {
        let text = self.record.text("types::");
        if self.scalar { format!("Scalar<{text}>") } else { text }
    }

    /// The arguments that a call must have, whether the method or a setter takes them.
    pub(crate) fn required(&self) -> impl Iterator<Item = &Argument<'d>> {
        self.arguments.iter().filter(|argument| argument.is_required())
    }

    /// The macro that declares the builder.
    pub(crate) fn kind(&self) -> BuilderKind {
        match self.operation.action {
            Action::List | Action::Search => BuilderKind::List,
            Action::Download => BuilderKind::Download,
            _ => BuilderKind::Record,
        }
    }

    /// The arguments that the method of the accessor takes, in order.
    pub(crate) fn positional(&self) -> impl Iterator<Item = &Argument<'d>> {
        self.arguments.iter().filter(|argument| argument.positional)
    }

    /// The arguments that setters take, in order.
    pub(crate) fn setters(&self) -> impl Iterator<Item = &Argument<'d>> {
        self.arguments.iter().filter(|argument| !argument.positional)
    }
}

/// Methods that every connector has; no method of an entity may have such a name.
const CONNECTOR_METHODS: &[&str] = &[
    "local",
    "hosted",
    "from_client",
    "client",
    "execute",
    "check",
    "list_entities",
    "describe",
    "entity_schema",
    "tools",
    "clone",
    "into",
    "from",
];

/// Names that the files of entities import.
const IMPORTED: &[&str] = &["Action", "BTreeMap", "Call", "Client", "Scalar", "Serialize", "Value"];

/// Methods that every builder has; no setter may have such a name.
const BUILDER_METHODS: &[&str] =
    &["send", "options", "param", "dry_run", "into_future", "record_as", "clone", "into", "from"];

/// Methods that list builders have in addition.
const LIST_METHODS: &[&str] = &["items", "pages", "records_as", "resume"];

/// Methods that the builders of calls that start jobs have in addition.
const JOB_METHODS: &[&str] = &["start_job", "resume_job"];

impl<'d> Model<'d> {
    /// The operation that a step of a job calls.
    pub(crate) fn step(&self, step: &JobStep) -> Option<(&EntityModel<'d>, &OperationModel<'d>)> {
        let entity = self.entities.iter().find(|entity| entity.entity.name == step.entity)?;
        let mut operations = entity.operations.iter();
        Some((entity, operations.find(|known| known.operation.action == step.action)?))
    }

    /// The jobs of the connector, each with the operation that starts it.
    pub(crate) fn jobs(&self) -> impl Iterator<Item = (&OperationModel<'d>, &Job)> {
        let operations = self.entities.iter().flat_map(|entity| &entity.operations);
        operations.filter_map(|start| Some((start, start.operation.job.as_ref()?)))
    }

    /// Reads the description and the document of the spec.
    pub(crate) fn new(connector: &'d Connector, document: Document<'d>) -> Self {
        let slug = connector.name.to_string();
        let mut collector = Collector::new(document);
        let drafts = draft_operations(connector, document, &mut collector);
        let types = collector.finish();
        let entities = finish(connector, document, drafts, &types);
        let mut classes = Scope::with(["Credentials", "AuthFor"]);
        let schemes = connector
            .auth
            .iter()
            .map(|scheme| {
                let title = if scheme.title.is_empty() { &scheme.name } else { &scheme.title };
                let mut idents = Scope::with(["new", "clone", "into", "from"]);
                SchemeModel {
                    scheme,
                    class: classes.class(&names::title(title)),
                    fields: scheme
                        .fields
                        .iter()
                        .map(|field| (idents.ident(&names::ident(&field.name)), field))
                        .collect(),
                }
            })
            .collect();
        let snake = slug.replace('-', "_");
        Self {
            connector,
            library: format!("airbyte_agent_{snake}"),
            class: format!("{}Connector", names::class(&slug)),
            variable: names::ident(&snake),
            slug,
            entities,
            schemes,
            types,
        }
    }

    /// Name of the generated crate.
    pub(crate) fn package(&self) -> String {
        format!("airbyte-agent-{}", self.slug)
    }

    /// The environment variable from which the engine and the program read a credential field.
    pub(crate) fn environment_variable(&self, field: &str) -> String {
        format!("AIRBYTE_AGENT_{}_{}", self.slug, field).to_uppercase().replace('-', "_")
    }

    /// Name of the module under which `airbyte-agent` re-exports the crate.
    pub(crate) fn module(&self) -> String {
        self.slug.replace('-', "_")
    }
}

fn finish<'d>(
    connector: &'d Connector,
    document: Document<'d>,
    drafts: Vec<Draft>,
    types: &Types,
) -> Vec<EntityModel<'d>> {
    let mut drafts = drafts.into_iter();
    let mut accessors = Scope::with(CONNECTOR_METHODS.iter().copied());
    let mut classes = Scope::with(IMPORTED.iter().copied());
    let named: Vec<_> = connector
        .entities
        .iter()
        .map(|entity| {
            let accessor = accessors.ident(&names::ident(&entity.name));
            (accessor, classes.class(&names::class(&entity.name)))
        })
        .collect();
    connector
        .entities
        .iter()
        .zip(named)
        .map(|(entity, (accessor, class))| EntityModel {
            operations: entity
                .operations
                .iter()
                .zip(&mut drafts)
                .map(|(operation, draft)| OperationModel {
                    scalar: is_scalar(&draft.record, types),
                    record: draft.record,
                    operation,
                    object: document.operation(operation),
                    builder: classes
                        .class(&names::class(&format!("{} {}", entity.name, operation.action))),
                    meta: draft.meta,
                    arguments: arguments(operation, document.operation(operation), draft.arguments),
                })
                .collect(),
            entity,
            accessor,
            class,
        })
        .collect()
}

/// Whether a record of this type is not an object.
fn is_scalar(record: &Rust, types: &Types) -> bool {
    match record {
        Rust::String | Rust::Integer | Rust::Number | Rust::Boolean | Rust::List(_) => true,
        Rust::Value | Rust::Table(_) => false,
        Rust::Named(name) => {
            matches!(types.get(name).map(|named| &named.shape), Some(Shape::Enum(_)))
        }
        Rust::Boxed(inner) => is_scalar(inner, types),
    }
}

fn arguments<'d>(
    operation: &'d Operation,
    object: Option<OperationObject<'d>>,
    types: Vec<Rust>,
) -> Vec<Argument<'d>> {
    let of_lists = if operation.action.is_array() { LIST_METHODS } else { &[] };
    let of_jobs = if operation.job.is_some() { JOB_METHODS } else { &[] };
    let mut taken = Scope::with([BUILDER_METHODS, of_lists, of_jobs].concat());
    let mut arguments: Vec<Argument<'d>> = operation
        .parameters
        .iter()
        .zip(types)
        .map(|(parameter, rust)| Argument {
            parameter,
            ident: taken.ident(&names::ident(&parameter.name)),
            positional: is_required(parameter) && addresses(parameter, object),
            clearable: rust != Rust::Value && takes_null(operation, parameter, object),
            rust,
            example: object.and_then(|object| object.example(parameter)),
        })
        .collect();
    // Members of the body come after the arguments that say which record is meant.
    arguments.sort_by_key(|argument| {
        matches!(argument.parameter.location, Location::Body | Location::File)
    });
    arguments
}

/// Whether only the caller can supply the value, and a call without it is refused.
fn is_required(parameter: &Parameter) -> bool {
    parameter.required && parameter.default.is_none() && parameter.config.is_none()
}

/// Whether the value says which thing the call is about. Members of the body are its content instead.
fn addresses(parameter: &Parameter, object: Option<OperationObject<'_>>) -> bool {
    match parameter.location {
        Location::Path | Location::Query | Location::Header => true,
        Location::Body | Location::File => false,
        Location::GraphQl => object.is_some_and(|object| object.declares(parameter)),
    }
}

/// Whether an explicit `null` reaches the vendor.
fn takes_null(
    operation: &Operation,
    parameter: &Parameter,
    object: Option<OperationObject<'_>>,
) -> bool {
    match (&operation.body, parameter.location) {
        (Body::GraphQl(graphql), Location::GraphQl) => graphql.nullable.contains(&parameter.name),
        (Body::Json { .. }, Location::Body) => {
            parameter.schema.nullable
                || object.and_then(|o| o.parameter(parameter)).is_some_and(nullable)
        }
        _ => false,
    }
}
