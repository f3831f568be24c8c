//! One operation: what it takes, what it sends, what it returns.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::{
    AtLeastOne, Download, EmptyList, ErrorCheck, FieldFilter, FieldSelection, FileArgument, Hints,
    Job, Json, JsonPath, List, Paging, Schema, SyncRule, Template, Text, Upload, UploadAddress,
};

/// What is done with an entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Reads records, one page for each call.
    List,
    /// Reads one record, found by its id.
    Get,
    /// Makes a new record.
    Create,
    /// Changes a record that exists.
    Update,
    /// Removes a record that exists.
    Delete,
    /// Reads the records that match a query of the vendor's own search, one page for each call.
    Search,
    /// Reads the bytes of a file.
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

    /// Whether it makes, changes or removes a record.
    pub const fn is_change(self) -> bool {
        matches!(self, Self::Create | Self::Update | Self::Delete)
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

/// One operation: what it takes, what it sends and what it returns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Operation {
    /// `operationId` of the spec, empty when it has none.
    pub id: Text,
    /// Name of the entity that the operation belongs to.
    pub entity: Text,
    /// The action that it performs on its entity.
    pub action: Action,
    /// What the operation does, in one line.
    pub summary: Text,
    /// What the operation returns and when to use it.
    pub description: Text,
    /// How people ask for exactly this operation, in a few words each.
    pub phrases: List<Text>,
    /// HTTP method of the request.
    pub method: Method,
    /// Path below the base URL; names are path parameters.
    pub path: Template,
    /// Everything a caller may pass, in one flat name space.
    pub parameters: List<Parameter>,
    /// How the body of the request is made.
    pub body: Body,
    /// Media type of a JSON body; `None` for `application/json`.
    pub json_type: Option<Text>,
    /// Where the response holds records and metadata.
    pub response: Response,
    /// How a list continues.
    pub paging: Paging,
    /// How the file of a download is fetched; `None` for other actions.
    pub download: Option<Download>,
    /// What the operation does to the vendor's data.
    pub hints: Hints,
    /// Header that makes a repeated request harmless, where the vendor has one.
    pub idempotency_header: Option<Text>,
    /// How the vendor is asked for fields; `None` where callers cannot choose them, or choose them in a
    /// GraphQL document.
    pub field_selection: Option<FieldSelection>,
    /// Groups of arguments of which at least one has to be given.
    pub at_least_one: List<AtLeastOne>,
    /// Parameters that the vendor usually needs although a call without them is no mistake by itself, for
    /// example because it needs one of several. Examples pass them.
    pub recommended: List<Text>,
    /// Whether Airbyte's hosted platform does not know the operation.
    pub is_addition: bool,
    /// Whether an argument, such as a query in the vendor's language, may name any kind of record, so that the
    /// operation reads other entities than its own.
    pub reads_any: bool,
    /// The job that the operation starts at the vendor, if it starts one.
    pub job: Option<Job>,
    /// How the records of the list are copied into a store; `None` for operations that are no source of records.
    pub sync: Option<SyncRule>,
    /// By which fields the records of the list can be requested; see [`FieldFilter`].
    #[serde(skip_serializing_if = "<[FieldFilter]>::is_empty")]
    pub filters: List<FieldFilter>,
    /// The address that is requested instead of the path below the base URL; `None` if the path is.
    pub address: Option<UploadAddress>,
    /// The operations that a call of this one consists of, if it is an upload in steps. It is never requested itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<Upload>,
}

impl Operation {
    /// The operation as `entity.action`, for error messages.
    pub fn place(&self) -> String {
        format!("{}.{}", self.entity, self.action)
    }

    /// Whether the vendor answers "not modified" to whoever knows what it would send.
    pub const fn is_conditional(&self) -> bool {
        matches!(&self.sync, Some(SyncRule::Source(source)) if source.conditional)
    }

    /// The parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<&Parameter> {
        self.parameters.iter().find(|parameter| parameter.name == name)
    }

    /// Whether the body is a GraphQL document.
    pub const fn is_graphql(&self) -> bool {
        matches!(self.body, Body::GraphQl(_))
    }
}

/// A parameter: something that a caller may pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Parameter {
    /// Name of the argument, and the name in the request unless `wire` gives another.
    pub name: Text,
    /// Name in the request if it differs; see [`wire_name`](Self::wire_name).
    pub wire: Option<Text>,
    /// The part of the request that the argument goes into.
    pub location: Location,
    /// Whether a call is refused if it does not pass the parameter and there is no default.
    pub required: bool,
    /// What the parameter means, for documents and models.
    pub description: Text,
    /// The values that are allowed.
    pub schema: Schema,
    /// How lists and objects are written in a query.
    pub style: Style,
    /// Value used when the caller passes none; see `send_default`.
    pub default: Option<Json>,
    /// Whether the default is sent when the caller passes nothing.
    pub send_default: bool,
    /// The value that a check of the credentials passes, possibly a template.
    pub probe_default: Option<Json>,
    /// The configuration that supplies the value when the caller passes none.
    pub config: Option<ConfigInject>,
    /// Whether Airbyte's hosted platform does not know the parameter, although it knows the operation.
    pub is_addition: bool,
    /// Text that the path already has before the value. An argument that begins with it is sent without
    /// it, because vendors show the value with it.
    pub prefix: Option<Text>,
    /// A value that works, for parameters whose schema does not say enough to make one.
    pub example: Option<Json>,
}

impl Parameter {
    /// The name under which a request carries the value.
    pub fn wire_name(&self) -> &str {
        self.wire.as_deref().unwrap_or(&self.name)
    }
}

/// The part of a request that an argument goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Location {
    /// The argument fills a `{name}` in the path.
    Path,
    /// The argument becomes a query parameter.
    Query,
    /// The argument becomes a header.
    Header,
    /// The argument becomes a top-level member of the body.
    Body,
    /// The argument says how a file in the body is called, or what media type it has.
    File,
    /// The argument becomes a variable, or the field selection, of a GraphQL document.
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
    /// The parameter's value for each value of the configuration; if empty, the value is passed unchanged.
    pub map: List<(Text, Json)>,
}

/// How the body of the request is made.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// The request has no body.
    None,
    /// A JSON object of the body parameters.
    Json {
        /// Whether arguments that no parameter declares go into the body too.
        open: bool,
        /// Whether the object is sent as the only element of an array.
        in_array: bool,
    },
    /// Body parameters as a form, nested values with brackets.
    Form,
    /// The value of one argument as JSON.
    Value {
        /// The argument whose value is the body.
        argument: Text,
    },
    /// The content of one file.
    Raw(FileArgument),
    /// Body parameters as fields of `multipart/form-data`, and then its files.
    Multipart {
        /// The body parameters that are files.
        files: List<FileArgument>,
    },
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
    /// Text of the document, which may contain `{{ fields }}`.
    pub document: Text,
    /// Selection put in for `{{ fields }}` when the caller chooses none.
    pub default_fields: Option<Text>,
    /// Variables of the document, in the order of the spec.
    pub variables: List<Variable>,
    /// Variables that may be sent as an explicit `null`.
    pub nullable: List<Text>,
    /// `operationName`, when the document holds several operations.
    pub operation_name: Option<Text>,
    /// Variables, or dotted names of members of variables, that disappear from what is sent if the caller
    /// passes no value for them.
    pub optional: List<Text>,
}

/// The place in a document that the field selection is put into.
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
    /// The value of a parameter, with its type.
    Parameter(Text),
    /// A template over parameters; the variable is absent when one of them is.
    Text(Template),
    /// A constant: the same value in every call.
    Constant(Json),
    /// An object whose members are such values.
    Object(List<Variable>),
    /// An array whose elements are such values.
    Array(List<VariableValue>),
}

/// Where the response holds records and metadata.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Response {
    /// Where the body holds the records; `None` if the whole body is the records.
    pub records: Option<JsonPath>,
    /// Whether the vendor leaves the place of the records out when there are none.
    pub records_optional: bool,
    /// Whether a response with the status 204 and no content is expected: it is an empty list, or a change
    /// without a record.
    pub no_content: bool,
    /// Where a response says how many records the whole list has.
    pub total: Option<MetaSource>,
    /// Failures that mean that there are no records.
    pub empty: List<EmptyList>,
    /// The filter that removes records; `None` if all are kept.
    pub filter: Option<Filter>,
    /// Fields computed for every record.
    pub transform: List<Transform>,
    /// The metadata to read from a response.
    pub meta: List<MetaField>,
    /// Failures in responses with a success status, in addition to those of the connector.
    pub errors: List<ErrorCheck>,
    /// JSON Schema of one record, references resolved; `None` when the spec does not say.
    pub schema: Option<Json>,
    /// Members of the record that are headers of the response, each with the name of the header.
    #[serde(skip_serializing_if = "<[(Text, Text)]>::is_empty")]
    pub headers: List<(Text, Text)>,
}

/// A filter of the records of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Keeps the records in which this place is false, null or empty. A record without it is an error.
    Unless(JsonPath),
    /// Keeps the records for which the template over `record` gives neither an empty nor a false text.
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

/// A metadata field and where a response holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MetaField {
    /// Name of the field in results.
    pub name: Text,
    /// The part of the response that it comes from.
    pub source: MetaSource,
}

/// Where a metadata field comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MetaSource {
    /// A place in the body of the response.
    Body(JsonPath),
    /// The URL of this relation in the `Link` header.
    Link(Text),
    /// The value of the response header with this name.
    Header(Text),
}
