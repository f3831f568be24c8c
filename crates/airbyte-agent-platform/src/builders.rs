//! How types of requests are put together member by member.

/// Defines a module `builder` with a builder for each of the types named, and `builder()` of the types.
///
/// A member is written as `name: Type`, or as `name: Type = value` with the value that it has when it is
/// not set. A member without such a value has to be set.
macro_rules! builders {
    ($($name:ident { $($member:ident: $type:ty $(= $initial:expr)?,)* })*) => {
        $(
            impl $name {
                /// Begins one, to be put together member by member.
                pub fn builder() -> builder::$name {
                    builder::$name::default()
                }
            }
        )*

        pub(super) mod builder {
            #[allow(unused_imports, reason = "a group may name no type of its own")]
            use super::*;

            $(
                #[doc = concat!("Puts a [`", stringify!($name), "`](super::", stringify!($name), ") together.")]
                #[derive(Clone)]
                pub struct $name {
                    $($member: Result<$type, String>,)*
                }

                impl Default for $name {
                    fn default() -> Self {
                        Self { $($member: $crate::builders::initial!($member $(, $initial)?),)* }
                    }
                }

                impl $name {
                    $(
                        #[doc = concat!(
                            "Sets [`", stringify!($member), "`](super::", stringify!($name), "::",
                            stringify!($member), ")."
                        )]
                        pub fn $member(
                            mut self,
                            value: impl TryInto<$type, Error: ::std::fmt::Display>,
                        ) -> Self {
                            self.$member = value.try_into().map_err(|error| {
                                format!(concat!("'", stringify!($member), "': {}"), error)
                            });
                            self
                        }
                    )*
                }

                impl TryFrom<$name> for super::$name {
                    type Error = super::super::error::ConversionError;

                    fn try_from(builder: $name) -> Result<Self, Self::Error> {
                        Ok(Self { $($member: builder.$member?,)* })
                    }
                }

                impl From<super::$name> for $name {
                    fn from(value: super::$name) -> Self {
                        Self { $($member: Ok(value.$member),)* }
                    }
                }
            )*
        }
    };
}

/// What a member is before it is set: its value by default, or the message that it is missing.
macro_rules! initial {
    ($member:ident) => {
        Err(concat!("'", stringify!($member), "' is missing").to_owned())
    };
    ($member:ident, $initial:expr) => {
        Ok($initial)
    };
}

pub(crate) use {builders, initial};
