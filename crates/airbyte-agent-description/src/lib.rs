#![doc = include_str!("../README.md")]

mod argument;
mod at_least_one;
mod auth;
pub mod build;
mod closest;
mod connector;
mod download;
mod empty;
mod entity;
#[cfg(feature = "expressions")]
pub mod expression;
mod failure;
mod field;
mod field_filter;
mod field_selection;
mod format;
mod groups;
mod hints;
mod hosting;
mod job;
mod lookup;
mod operation;
mod paging;
mod path;
mod pattern;
pub mod query;
mod rate_limit;
mod retry;
mod schema;
mod selection;
mod server;
mod sync;
mod template;
mod text_rule;
mod upload;

use std::borrow::Cow;

pub use at_least_one::AtLeastOne;
pub use auth::{
    ApiKeyLocation, AuthKind, AuthScheme, CredentialField, Header, Mapping, OAuthEndpoints,
    Refresh, RefreshFormat, RefreshGrant, RefreshStyle, SchemeServer, Scope,
};
pub use closest::{closest, suggestion};
pub use connector::{Connector, Link, Questions, Relationship};
pub use download::{Download, UrlStep};
pub use empty::EmptyList;
pub use entity::{Entity, Scoping, StoreField};
pub use failure::{ErrorCheck, ErrorCode, ErrorCondition, ErrorMeaning, FailureKind};
pub use field::{FieldPath, field_path, is_secret_name};
pub use field_filter::FieldFilter;
pub use field_selection::FieldSelection;
pub use format::{FORMATS, Format};
pub use hints::Hints;
pub use hosting::{Constant, Hosting, Setting, StoredField, StoredVariable};
pub use job::{Job, JobStep};
pub use lookup::{UnknownName, find_operation};
pub use operation::{
    Action, Body, ConfigInject, Filter, GraphQl, Location, MetaField, MetaSource, Method,
    Operation, Parameter, Response, Style, Transform, Variable, VariableValue,
};
pub use paging::{Next, PageSize, Paging, Source};
pub use path::{JsonPath, Step};
pub use pattern::fits_pattern;
pub use rate_limit::{RateLimit, RateLimitCost, RateLimitHeaders};
pub use retry::{RetryPolicy, WaitFormat};
pub use schema::{Json, Kind, Property, Schema};
pub use selection::{Selection, is_name as is_graphql_name};
pub use server::{Derivation, Server, ServerVariable};
pub use sync::{
    ParentValue, SyncChange, SyncDeletions, SyncOrder, SyncParent, SyncRule, SyncSource, SyncTime,
};
pub use template::{Piece, Template};
pub use text_rule::TextRule;
pub use upload::{AddressIssuer, FileArgument, MoreExpected, Upload, UploadAddress, UploadStep};

/// Text of a description: borrowed in generated crates, owned in dynamic ones.
pub type Text = Cow<'static, str>;

/// A list of a description: borrowed in generated crates, owned in dynamic ones.
pub type List<T> = Cow<'static, [T]>;
