//! The macros that give generated types their serde implementations.

/// Declares a struct for a record as a vendor sends it, with its serde implementations.
///
/// Every member is an `Option` of the given type. `= "…"` gives the member's name on the wire where
/// it differs. Members that are not declared are kept in `extra`, and so is a number that its
/// member cannot represent, such as 3.7 for an integer.
///
/// A later version may add members. Code that builds a record, in a test for example, therefore
/// ends it with `..Default::default()`, and code that destructures one ends the pattern with `..`.
///
/// ```
/// use airbyte_agent_engine::record;
///
/// record! {
///     /// Somebody who signs in.
///     pub struct User {
///         /// Number of the user.
///         pub id: i64,
///         /// Address for mail.
///         pub email_address: String = "emailAddress",
///     }
/// }
///
/// let user: User = serde_json::from_str(r#"{"id": "7", "emailAddress": null, "plan": "pro"}"#)?;
/// assert_eq!(user.id, Some(7));
/// assert_eq!(user.extra["plan"], "pro");
///
/// let expected = User { id: Some(7), ..Default::default() };
/// assert_eq!(expected.id, user.id);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$meta:meta])* $vis:vis struct $type:ident {
        $($(#[$field_meta:meta])* $field_vis:vis $field:ident : $field_type:ty $(= $name:literal)?),* $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq)]
        $vis struct $type {
            $($(#[$field_meta])* $field_vis $field: ::core::option::Option<$field_type>,)*
            /// Members that the spec does not name, and numbers that the member of their name
            /// cannot represent. That member is `None` then.
            pub extra: $crate::Extra,
        }

        const _: () = {
        #[allow(non_camel_case_types)]
        #[doc(hidden)]
        #[allow(unreachable_pub)]
        pub enum Member {
            $($field,)*
        }

        impl $crate::__private::Record for $type {
            const NAME: &'static str = stringify!($type);

            type Member = Member;

            #[inline]
            fn find(key: &str) -> ::core::option::Option<Member> {
                match key {
                    $($crate::__wire!($field $($name)?) => {
                        ::core::option::Option::Some(Member::$field)
                    })*
                    _ => ::core::option::Option::None,
                }
            }

            #[inline]
            #[allow(unused_variables)]
            fn member<'de, A: $crate::serde::de::MapAccess<'de>>(
                &mut self,
                member: Member,
                map: &mut A,
            ) -> ::core::result::Result<(), A::Error> {
                match member {
                    $(Member::$field => {
                        match map.next_value_seed($crate::__private::Field::new())? {
                            ::core::result::Result::Ok(value) => self.$field = value,
                            ::core::result::Result::Err(value) => $crate::__private::keep(
                                &mut self.extra,
                                $crate::__wire!($field $($name)?),
                                value,
                            ),
                        }
                    })*
                }
                Ok(())
            }

            fn extra(&mut self) -> &mut $crate::Extra {
                &mut self.extra
            }
        }
        };

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let record: ::core::option::Option<Self> = $crate::__private::decode(deserializer)?;
                ::core::result::Result::Ok(record.unwrap_or_default())
            }
        }

        impl $crate::__private::Lenient for $type {
            fn lenient<'de, D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                $crate::__private::decode(deserializer)
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                use $crate::serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(if let Some(value) = &self.$field {
                    map.serialize_entry($crate::__wire!($field $($name)?), value)?;
                })*
                for (name, value) in &self.extra {
                    map.serialize_entry(name, value)?;
                }
                map.end()
            }
        }
    };
}

/// Declares a string enum that accepts values it does not know.
///
/// ```
/// use airbyte_agent_engine::open_enum;
///
/// open_enum!(
///     /// State of an issue.
///     IssueState {
///         /// Still open.
///         Open = "OPEN",
///         /// Closed.
///         Closed = "CLOSED",
///     }
/// );
///
/// assert_eq!(IssueState::from("OPEN"), IssueState::Open);
/// assert_eq!(IssueState::from("DRAFT").as_str(), "DRAFT");
/// ```
#[macro_export]
macro_rules! open_enum {
    ($(#[$meta:meta])* $type:ident { $($(#[$variant_meta:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $type {
            $($(#[$variant_meta])* $variant,)*
            /// A value that the spec does not name.
            Other(String),
        }

        impl $type {
            /// The value on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $name,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl ::core::fmt::Display for $type {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::convert::From<&str> for $type {
            fn from(text: &str) -> Self {
                match text {
                    $($name => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl ::core::convert::From<String> for $type {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($name => Self::$variant,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(
                &self,
                serializer: S,
            ) -> ::core::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<Self, D::Error> {
                let value: ::core::option::Option<Self> =
                    $crate::__private::decode_enum(deserializer)?;
                value.ok_or_else(|| {
                    $crate::serde::de::Error::custom("expected a text, got null")
                })
            }
        }

        impl $crate::__private::Lenient for $type {
            fn lenient<'de, D: $crate::serde::Deserializer<'de>>(
                deserializer: D,
            ) -> ::core::result::Result<::core::option::Option<Self>, D::Error> {
                $crate::__private::decode_enum(deserializer)
            }
        }

        $crate::__open_enum_schema!($type { $($name),* });
    };
}

/// The JSON Schema of an open enum: the values that the spec names. Other values can be read, but
/// requests should contain one of these.
#[cfg(feature = "schemars")]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($type:ident { $($name:literal),* }) => {
        impl $crate::__private::schemars::JsonSchema for $type {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($type))
            }

            fn json_schema(
                _: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                $crate::__private::schemars::json_schema!({"type": "string", "enum": [$($name),*]})
            }
        }
    };
}

/// Without the feature `schemars`, there is no JSON Schema.
#[cfg(not(feature = "schemars"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __open_enum_schema {
    ($type:ident { $($name:literal),* }) => {};
}
