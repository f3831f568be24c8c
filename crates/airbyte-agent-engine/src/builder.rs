//! What every generated builder can do besides its setters.

use std::future::IntoFuture;
use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::call::Call;
use crate::error::Result;
use crate::http::BoxFuture;
use crate::page::{Items, Page};

/// A list call whose records are decoded into a type of the caller's.
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

    /// The records, page after page.
    pub fn items(self) -> Items<T> {
        self.call.items()
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
        Box::pin(self.call.page())
    }
}

/// A call for one record, decoded into a type of the caller's.
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
}

impl<T: DeserializeOwned + Send + 'static> IntoFuture for RecordAs<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.call.record())
    }
}

/// The methods that all builders share.
#[doc(hidden)]
#[macro_export]
macro_rules! __builder {
    ($builder:ident, $output:ty) => {
        impl $builder {
            /// Sets any argument by its name on the wire, also one that has no setter.
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

            /// What would be sent, every secret masked. Sends nothing.
            ///
            /// # Errors
            ///
            /// Whatever is wrong with the call.
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

/// Gives a struct with the single field `call: Call` what a list builder has.
#[macro_export]
macro_rules! list_builder {
    ($builder:ident, $record:ty, $meta:ty) => {
        $crate::__builder!($builder, $crate::Page<$record, $meta>);

        impl $builder {
            /// Makes the call; awaiting the builder does the same.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$crate::Page<$record, $meta>> {
                self.call.page().await
            }

            /// The records, page after page.
            pub fn items(self) -> $crate::Items<$record> {
                self.call.items()
            }

            /// The pages, one request each.
            pub fn pages(self) -> $crate::Pages<$crate::Page<$record, $meta>> {
                self.call.pages()
            }

            /// Starts where a cursor points instead of at the beginning.
            pub fn resume(mut self, cursor: $crate::Cursor) -> Self {
                self.call.resume(cursor);
                self
            }

            /// Decodes the records into a type of your own.
            pub fn records_as<T>(self) -> $crate::RecordsAs<T, $meta>
            where
                T: $crate::serde::de::DeserializeOwned + Send + 'static,
            {
                $crate::RecordsAs::new(self.call)
            }
        }
    };
}

/// Gives a struct with the single field `call: Call` what a builder for one record has.
#[macro_export]
macro_rules! record_builder {
    ($builder:ident, $record:ty) => {
        $crate::__builder!($builder, $record);

        impl $builder {
            /// Makes the call; awaiting the builder does the same.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$record> {
                self.call.record().await
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

/// Gives a struct with the single field `call: Call` what a download builder has.
#[macro_export]
macro_rules! download_builder {
    ($builder:ident) => {
        $crate::__builder!($builder, $crate::Download);

        impl $builder {
            /// Makes the call; awaiting the builder does the same.
            ///
            /// # Errors
            ///
            /// See [`airbyte_agent_engine::ErrorKind`]($crate::ErrorKind).
            pub async fn send(self) -> $crate::Result<$crate::Download> {
                self.call.download().await
            }

            /// Asks for a part of the file: the bytes `first` to `last`, both included.
            pub fn range(mut self, first: u64, last: u64) -> Self {
                self.call.set("range_header", ::std::format!("bytes={first}-{last}"));
                self
            }
        }
    };
}
