//! The methods that every generated builder has in addition to its setters.

use std::future::IntoFuture;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::call::{Call, Remarked};
use crate::error::Result;
use crate::http::BoxFuture;
use crate::page::{Items, Page};

/// A list call whose records are decoded into a type that the caller chose.
#[derive(Debug, Clone)]
#[must_use = "a call does nothing unless it is awaited"]
pub struct RecordsAs<T, M> {
    call: Call,
    types: PhantomData<fn() -> (T, M)>,
}

impl<T, M> RecordsAs<T, M>
where
    T: DeserializeOwned + Send + 'static,
    M: DeserializeOwned + Default + Send + 'static,
{
    #[doc(hidden)]
    pub fn new(call: Call) -> Self {
        Self { call, types: PhantomData }
    }

    /// A stream of the records of all pages.
    pub fn items(self) -> Items<T> {
        self.call.items()
    }

    /// Makes the call, as awaiting this value does. `tokio::spawn` and `join!` take the future that
    /// this method returns.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Page<T, M>> {
        self.call.page().await
    }
}

impl<T, M> IntoFuture for RecordsAs<T, M>
where
    T: DeserializeOwned + Send + 'static,
    M: DeserializeOwned + Default + Send + 'static,
{
    type Output = Result<Page<T, M>>;
    type IntoFuture = BoxFuture<'static, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// A call for one record, which is decoded into a type that the caller chose.
#[derive(Debug, Clone)]
#[must_use = "a call does nothing unless it is awaited"]
pub struct RecordAs<T> {
    call: Call,
    types: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned + Send + 'static> RecordAs<T> {
    #[doc(hidden)]
    pub fn new(call: Call) -> Self {
        Self { call, types: PhantomData }
    }

    /// Makes the call, as awaiting this value does. `tokio::spawn` and `join!` take the future that
    /// this method returns.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<T> {
        self.call.record().await
    }

    /// Makes the call; the record, and what the vendor reports beside it.
    ///
    /// # Errors
    ///
    /// See [`ErrorKind`](crate::ErrorKind).
    pub async fn send_with_remarks(self) -> Result<Remarked<T>> {
        self.call.record_with_remarks().await
    }
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for RecordAs<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

/// The struct of a builder, its setters, and the methods that all builders share.
#[doc(hidden)]
#[macro_export]
macro_rules! __builder {
    ($(#[$meta:meta])* $builder:ident -> $output:ty {
        $(
            $(#[$setter_meta:meta])*
            $setter:ident : $kind:tt $(:: $name:ident)? $(= $wire:literal)? $(or $clear:ident)?
        ),* $(,)?
        $(; $(null $null:ident = $null_wire:literal),+ $(,)?)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[must_use = "nothing is sent before the builder is awaited; `tokio::spawn` and `join!` take \
                      `.send()` of it"]
        pub struct $builder {
            call: $crate::Call,
        }

        impl $builder {
            $(
                $(#[$setter_meta])*
                pub fn $setter(
                    mut self,
                    $setter: $crate::__argument!($kind $(:: $name)?),
                ) -> Self {
                    let value: $crate::__field_type!($kind $(:: $name)?) =
                        $crate::__value!($setter, $kind $(:: $name)?);
                    self.call.set($crate::__wire!($setter $($wire)?), value);
                    self
                }

                $crate::__builder_clear!([$($clear)?] $setter $($wire)?);
            )*

            $($(
                #[doc = concat!("Sends `null` as `", $null_wire, "`.")]
                pub fn $null(mut self) -> Self {
                    self.call.set($null_wire, $crate::serde_json::Value::Null);
                    self
                }
            )+)?

            /// Sets any argument by its name on the wire, even if there is no setter for it.
            pub fn param(mut self, name: &str, value: impl $crate::serde::Serialize) -> Self {
                self.call.set(name, value);
                self
            }

            /// Changes the options of this call: timeout, idempotency key, field selection.
            pub fn options(
                mut self,
                change: impl FnOnce($crate::CallOptions) -> $crate::CallOptions,
            ) -> Self {
                let options = ::core::mem::take(self.call.options());
                *self.call.options() = change(options);
                self
            }

            /// The request that this call would send, with every secret masked. Nothing is sent.
            ///
            /// # Errors
            ///
            /// The error that the call would return before it sends anything, such as `Validation`.
            pub fn dry_run(&self) -> $crate::Result<$crate::DryRun> {
                self.call.dry_run()
            }
        }

        impl ::core::future::IntoFuture for $builder {
            type Output = $crate::Result<$output>;
            type IntoFuture = $crate::BoxFuture<'static, Self::Output>;

            fn into_future(self) -> Self::IntoFuture {
                ::std::boxed::Box::pin(self.send())
            }
        }
    };
}

/// The setter that sends `null`, if there is one.
#[doc(hidden)]
#[macro_export]
macro_rules! __builder_clear {
    ([] $($wire:tt)+) => {};
    ([$clear:ident] $($wire:tt)+) => {
        #[doc = concat!("Sends `null` as `", $crate::__wire!($($wire)+), "`.")]
        pub fn $clear(mut self) -> Self {
            self.call.set($crate::__wire!($($wire)+), $crate::serde_json::Value::Null);
            self
        }
    };
}

/// Declares the builder of a list call: the types of its records and metadata, and its setters.
///
/// A setter is a name, a kind (`String`, `i64`, `f64`, `bool`, `any`, a named type, `[kind]` for a
/// list, `{String: kind}` for a table), `= "…"` where the wire has another name, and `or` with the
/// name of the setter that sends `null`.
///
/// ```
/// use airbyte_agent_engine::list_builder;
/// use airbyte_agent_engine::serde_json::Value;
///
/// list_builder! {
///     /// A call of `users.list` being put together.
///     pub struct UsersList: Value, Value {
///         /// Token of the next page.
///         cursor: String,
///         /// Numbers of the users wanted.
///         ids: [i64] = "userIds",
///     }
/// }
///
/// fn second_page(users: UsersList) -> UsersList {
///     users.ids([1, 2]).cursor("…")
/// }
/// ```
#[macro_export]
macro_rules! list_builder {
    ($(#[$meta:meta])* pub struct $builder:ident : $record:ty, $data:ty { $($setters:tt)* }) => {
        $crate::__builder!(
            $(#[$meta])* $builder -> $crate::Page<$record, $data> { $($setters)* }
        );

        impl $builder {
            /// Makes the call, as awaiting the builder does. `tokio::spawn` and `join!` take the
            /// future that this method returns.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$crate::Page<$record, $data>> {
                self.call.page().await
            }

            /// A stream of the records of all pages.
            pub fn items(self) -> $crate::Items<$record> {
                self.call.items()
            }

            /// A stream of the pages; each page takes one request.
            pub fn pages(self) -> $crate::Pages<$crate::Page<$record, $data>> {
                self.call.pages()
            }

            /// Starts at the position of a cursor instead of the beginning.
            pub fn resume(mut self, cursor: $crate::Cursor) -> Self {
                self.call.resume(cursor);
                self
            }

            /// Decodes the records into a type of your own.
            pub fn records_as<T>(self) -> $crate::RecordsAs<T, $data>
            where
                T: $crate::serde::de::DeserializeOwned + Send + 'static,
            {
                $crate::RecordsAs::new(self.call)
            }
        }
    };
}

/// Declares the builder of a call for one record: the record's type, and its setters as in
/// [`list_builder!`](crate::list_builder!).
#[macro_export]
macro_rules! record_builder {
    ($(#[$meta:meta])* pub struct $builder:ident : $record:ty { $($setters:tt)* }) => {
        $crate::__builder!($(#[$meta])* $builder -> $record { $($setters)* });

        impl $builder {
            /// Makes the call, as awaiting the builder does. `tokio::spawn` and `join!` take the
            /// future that this method returns.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$record> {
                self.call.record().await
            }

            /// Makes the call; the record, and what the vendor reports beside it although the call has
            /// succeeded, such as a warning. [`send`](Self::send) writes that to the log.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send_with_remarks(self) -> $crate::Result<$crate::Remarked<$record>> {
                self.call.record_with_remarks().await
            }

            /// Decodes the record into a type of your own.
            pub fn record_as<T>(self) -> $crate::RecordAs<T>
            where
                T: $crate::serde::de::DeserializeOwned + Send + 'static,
            {
                $crate::RecordAs::new(self.call)
            }
        }
    };
}

/// Declares the builder of a download with its setters, as in
/// [`list_builder!`](crate::list_builder!).
#[macro_export]
macro_rules! download_builder {
    ($(#[$meta:meta])* pub struct $builder:ident { $($setters:tt)* }) => {
        $crate::__builder!($(#[$meta])* $builder -> $crate::Download { $($setters)* });

        impl $builder {
            /// Makes the call, as awaiting the builder does. `tokio::spawn` and `join!` take the
            /// future that this method returns.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$crate::Download> {
                self.call.download().await
            }

            /// Requests a part of the file: the bytes from `first` to `last`, both included.
            pub fn range(mut self, first: u64, last: u64) -> Self {
                self.call.set("range_header", ::std::format!("bytes={first}-{last}"));
                self
            }
        }
    };
}

/// Adds the methods for jobs to the builder of a call that starts one. The second builder reads the
/// result of the job.
#[macro_export]
macro_rules! starts_job {
    ($builder:ident => $result:ty) => {
        impl $builder {
            /// Makes the call, which starts a job at the vendor. When the job is done, `wait` gives the
            /// call that reads its result.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn start_job(self) -> $crate::Result<$crate::Job<$result>> {
                self.call.start().await
            }

            /// A job that was started earlier, by its identifier. Nothing is sent.
            ///
            /// # Errors
            ///
            /// `Validation` when the identifier is empty.
            pub fn resume_job(
                self,
                id: impl ::core::convert::Into<::std::string::String>,
            ) -> $crate::Result<$crate::Job<$result>> {
                self.call.job(id)
            }
        }
    };
}

/// Declares that a builder reads the result of a job.
#[macro_export]
macro_rules! reads_job {
    ($builder:ident) => {
        impl ::core::convert::From<$crate::Call> for $builder {
            fn from(call: $crate::Call) -> Self {
                Self { call }
            }
        }
    };
}

/// Declares the accessor of an entity: a struct that borrows the connector's client. Its methods
/// are in an `impl` block of their own.
#[macro_export]
macro_rules! accessor {
    ($(#[$meta:meta])* pub struct $accessor:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $accessor<'a> {
            client: &'a $crate::Client,
        }

        impl<'a> $accessor<'a> {
            pub(crate) const fn new(client: &'a $crate::Client) -> Self {
                Self { client }
            }
        }
    };
}

/// Adds the methods that query the context store to the accessor of an entity. It takes the name of
/// the entity and its fields, and for the example one of the fields and the expression that reaches
/// the accessor.
#[macro_export]
macro_rules! in_context_store {
    ($accessor:ident: $entity:literal, $fields:ident :: $field:ident,
        $library:ident :: $connector:ident, $variable:ident.$method:ident()) => {
        impl $accessor<'_> {
            #[doc = concat!(
                "Searches `", $entity, "` in the context store, a copy of the records kept for ",
                "searching: on the hosted platform, where it may be an hour old, or on this machine ",
                "(`Local::local_store`), as `airbyte-agent sync` left it.\n\n",
                "```no_run\n",
                "# use ", stringify!($library), "::context_store::{Order, StoreField};\n",
                "# use ", stringify!($library), "::{", stringify!($connector),
                ", Result, store::", stringify!($fields), "};\n",
                "# async fn example(", stringify!($variable), ": &", stringify!($connector),
                ") -> Result<()> {\n",
                "let search = ", stringify!($variable), ".", stringify!($method),
                "().context_store_search();\n",
                "let search = search.filter(", stringify!($fields), "::", stringify!($field),
                ".eq(\"…\"));\n",
                "let page = search.sort(", stringify!($fields), "::", stringify!($field),
                ", Order::Ascending).limit(20).await?;\n",
                "for record in page.data {\n",
                "    println!(\"{:?}\", record.get(", stringify!($fields), "::",
                stringify!($field), "));\n",
                "}\n",
                "# Ok(())\n",
                "# }\n",
                "```",
            )]
            pub fn context_store_search(&self) -> $crate::context_store::Search<$fields> {
                $crate::context_store::Search::new(self.client.clone(), $entity)
            }

            /// Queries the context store in SQL; entities are tables. The dialect is that of DuckDB
            /// on the hosted platform, and of SQLite on this machine.
            pub fn context_store_sql_query(
                &self,
                sql: impl Into<String>,
            ) -> $crate::context_store::SqlQuery<$fields> {
                $crate::context_store::SqlQuery::new(self.client.clone(), $entity, sql)
            }
        }
    };
}
