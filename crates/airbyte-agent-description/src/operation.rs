//! One operation: what it takes, what it sends, what comes back.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{Json, JsonPath, List, Paging, Schema, Template, Text};

/// What is done with an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Records, page by page.
    List,
    /// Reads one record, found by its id.
    Get,
    /// Makes a new record.
    Create,
    /// Changes a record that exists.
    Update,
    /// Removes a record that exists.
    Delete,
    /// Records that match a query, by the vendor's own search.
    Search,
    /// The bytes of a file.
    Download,
}

impl Action {
    /// Every action, in the order of declaration.
    pub const ALL: [Self; 7] = [
        Self::List,
        Self::Get,
        Self::Create,
        Self::Update,
        Self::Delete,
        Self::Search,
        Self::Download,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Get => "get",
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Search => "search",
            Self::Download => "download",
        }
    }

    /// Whether the result is an array of records.
    pub const fn is_array(self) -> bool {
        matches!(self, Self::List | Self::Search)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Action {
    type Err = ();

    /// Understands every action and `api_search`, the former name of `search`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let name = if text == "api_search" { "search" } else { text };
        Self::ALL.into_iter().find(|action| action.as_str() == name).ok_or(())
    }
}

/// HTTP methods that occur.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

impl Method {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// One operation: what it takes, sends and gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operation {
    /// `operationId` of the spec, empty when it has none.
    pub id: Text,
    /// Entity it belongs to.
    pub entity: Text,
    /// The action that it performs on its entity.
    pub action: Action,
    /// What it does, in one line.
    pub summary: Text,
    /// What comes back and when to use it.
    pub description: Text,
    /// HTTP method of the request.
    pub method: Method,
    /// Path below the base URL; names are path parameters.
    pub path: Template,
    /// Everything a caller may pass, in one flat name space.
    pub parameters: List<Parameter>,
    /// How the body is made.
    pub body: Body,
    /// Where records and metadata stand in the answer.
    pub response: Response,
    /// How a list continues.
    pub paging: Paging,
    /// How a file is fetched; downloads only.
    pub download: Option<Download>,
    /// What the operation does to the vendor's data.
    pub hints: Hints,
    /// Header that makes a repeated request harmless, where the vendor has one.
    pub idempotency_header: Option<Text>,
    /// Groups of arguments of which at least one has to be given.
    pub at_least_one: List<AtLeastOne>,
}

/// Arguments, or members of an object inside an argument, of which at least one has to be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AtLeastOne {
    /// Names that lead to the object whose members are meant, from an argument inwards; empty when
    /// arguments are meant.
    pub inside: List<Text>,
    /// The names of the arguments or members.
    pub names: List<Text>,
}

impl Operation {
    /// The operation as `entity.action`, for error messages.
    pub fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }
}

/// What an operation does to the vendor's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Hints {
    /// The call changes nothing at the vendor.
    pub read_only: bool,
    /// Something may be lost.
    pub destructive: bool,
    /// Doing it twice is as good as once.
    pub idempotent: bool,
    /// Chosen to check credentials.
    pub preferred_for_check: bool,
}

/// Something a caller may pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Name in arguments, and on the wire unless `wire` says otherwise.
    pub name: Text,
    /// Name on the wire where it is another; see [`wire_name`](Self::wire_name).
    pub wire: Option<Text>,
    /// The part of the request that the argument goes into.
    pub location: Location,
    /// Whether a call without it (and without default) is refused.
    pub required: bool,
    /// What the parameter means, for documents and models.
    pub description: Text,
    /// What it may be.
    pub schema: Schema,
    /// How lists and objects are written in a query.
    pub style: Style,
    /// Value used when the caller passes none; see `send_default`.
    pub default: Option<Json>,
    /// Whether the default goes out when the caller passes nothing.
    pub send_default: bool,
    /// Value used by `check`, possibly a template.
    pub probe_default: Option<Json>,
    /// Configuration that supplies the value when the caller passes none.
    pub config: Option<ConfigInject>,
}

impl Parameter {
    /// The name under which a request carries the value.
    pub fn wire_name(&self) -> &str {
        self.wire.as_deref().unwrap_or(&self.name)
    }
}

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// The argument fills a `{name}` in the path.
    Path,
    /// The argument becomes a query parameter.
    Query,
    /// The argument becomes a header.
    Header,
    /// Into the body, as a top-level member.
    Body,
    /// Into the variables (or the field selection) of a GraphQL document.
    GraphQl,
}

/// How lists and objects are written in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// `a=1&a=2`
    Repeat,
    /// `a=1,2`
    Comma,
    /// `a=1 2`
    Space,
    /// `a=1|2`
    Pipe,
    /// `a[x]=1&a[y]=2`
    DeepObject,
}

/// Configuration that supplies a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConfigInject {
    /// Key of the configuration that supplies the value.
    pub source: Text,
    /// From configuration value to parameter value; none passes the value on.
    pub map: List<(Text, Json)>,
}

/// How the body is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The request has no body.
    None,
    /// An object of the body parameters.
    Json {
        /// Whether arguments that no parameter declares go into the body too.
        open: bool,
        /// Whether the object is sent as the only element of an array.
        in_array: bool,
    },
    /// Body parameters as a form, nested values with brackets.
    Form,
    /// Body parameters as fields of `multipart/form-data`.
    Multipart,
    /// A JSON part and a file part (`multipart/related`).
    Related {
        /// Body parameter that holds the file as base64 text.
        file: Text,
    },
    /// A GraphQL document with variables.
    GraphQl(GraphQl),
}

/// A GraphQL document with variables.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GraphQl {
    /// The document; may hold `{{ fields }}`.
    pub document: Text,
    /// Selection put in for `{{ fields }}` when the caller chooses none.
    pub default_fields: Option<Text>,
    /// Variables of the document, in the order of the spec.
    pub variables: List<Variable>,
    /// Variables that may be sent as an explicit `null`.
    pub nullable: List<Text>,
    /// `operationName`, when the document holds several operations.
    pub operation_name: Option<Text>,
}

/// Where a document takes the field selection.
const FIELDS: &str = "{{ fields }}";

impl GraphQl {
    /// The document with this selection, or with the default one; `None` when it needs a selection
    /// and has no default.
    pub fn document(&self, fields: Option<&str>) -> Option<String> {
        if !self.takes_selection() {
            return Some(self.document.to_string());
        }
        let fields = fields.or(self.default_fields.as_deref())?;
        Some(self.document.replace(FIELDS, fields))
    }

    /// Whether the document has a place for a selection.
    pub fn takes_selection(&self) -> bool {
        self.document.contains(FIELDS)
    }
}

/// A variable of a GraphQL document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variable {
    /// Name of the variable in the document.
    pub name: Text,
    /// Where the value of the variable comes from.
    pub value: VariableValue,
}

/// The value of a GraphQL variable.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum VariableValue {
    /// A parameter, with its type.
    Parameter(Text),
    /// A text over parameters; absent when one of them is.
    Text(Template),
    /// A value that is the same in every call.
    Constant(Json),
    /// An object of values.
    Object(List<Variable>),
    /// An array of values.
    Array(List<VariableValue>),
}

/// Where records and metadata stand in the answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Response {
    /// Where the records stand; the whole body when absent.
    pub records: Option<JsonPath>,
    /// Which records are kept.
    pub filter: Option<Filter>,
    /// Fields computed for every record.
    pub transform: List<Transform>,
    /// Metadata to read from an answer, beside its records.
    pub meta: List<MetaField>,
    /// Failures inside a successful answer, besides those of the connector.
    pub errors: List<ErrorCheck>,
    /// JSON Schema of one record, references resolved; `None` when the spec does not say.
    pub schema: Option<Json>,
}

/// Which records of a list are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Those in which this place is false, null or empty. A record without it is an error.
    Unless(JsonPath),
    /// Those for which the template over `record` renders neither empty nor false.
    Expression(Text),
}

/// A field computed for every record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Transform {
    /// Name of the field.
    pub field: Text,
    /// The field's new value, as an expression over `record`.
    pub expression: Text,
}

/// A metadata field and where an answer holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetaField {
    /// Name of the field in results.
    pub name: Text,
    /// Where it comes from.
    pub source: MetaSource,
}

/// Where a metadata field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetaSource {
    /// A place in the body.
    Body(JsonPath),
    /// The URL of this relation in the `Link` header.
    Link(Text),
    /// The value of the response header with this name.
    Header(Text),
}

/// A failure that a vendor reports inside a successful answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ErrorCheck {
    /// Place to look at.
    pub path: JsonPath,
    /// When it is a failure.
    pub when: ErrorCondition,
    /// Where the message stands.
    pub message: Option<JsonPath>,
}

/// When a value is a failure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCondition {
    /// When it equals this.
    Equals(Json),
    /// When it is a non-empty array, object or text.
    NotEmpty,
    /// When it is not empty and everything beside it in its object is: nothing was done. Where
    /// something was, the errors are part of the record.
    Alone,
}

/// How a file is fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Download {
    /// Where the answer holds the file's address; `None` when the answer is the file.
    pub file_url: Option<List<UrlStep>>,
}

/// A step to the address of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlStep {
    /// Member of an object.
    Key(Text),
    /// Element of an array.
    Index(usize),
    /// Member or element named by an argument.
    Argument(Text),
}
