//! The macro that declares request objects.

/// Declares a strict struct for a request, with a constructor that takes the required members and a
/// setter for each other member.
///
/// The kinds of members are those of the setters of [`list_builder!`](crate::list_builder!), with
/// `Value` for any JSON. A member that may be `null` is followed by `or` and the name of the setter
/// that sends `null`. `..extra` keeps members that are not declared.
///
/// ```
/// use airbyte_agent_engine::request;
///
/// request! {
///     /// A task.
///     pub struct TaskInput {
///         required {
///             /// What is to be done.
///             title: String,
///         }
///         /// Who does it.
///         assignee_id: i64 = "assigneeId" or clear_assignee_id,
///         /// Words to find it by.
///         labels: [String],
///     }
/// }
///
/// let task = TaskInput::new("Tidy up").labels(["house"]).clear_assignee_id();
/// assert_eq!(
///     serde_json::to_value(task)?,
///     serde_json::json!({"title": "Tidy up", "assigneeId": null, "labels": ["house"]})
/// );
/// # Ok::<(), serde_json::Error>(())
/// ```
#[macro_export]
macro_rules! request {
    ($(#[$meta:meta])* pub struct $type:ident {
        required { $($required:tt)* }
        $($optional:tt)*
    }) => {
        $crate::__request!($(#[$meta])* $type [] { $($required)* } { $($optional)* });
    };
    ($(#[$meta:meta])* pub struct $type:ident { $($optional:tt)* }) => {
        $crate::__request!($(#[$meta])* $type [Default] {} { $($optional)* });
    };
}

/// The implementation of [`request!`](crate::request!).
#[doc(hidden)]
#[macro_export]
macro_rules! __request {
    ($(#[$meta:meta])* $type:ident [$($default:ident)?]
    {
        $(
            $(#[$required_meta:meta])*
            $required:ident : $required_kind:tt $(:: $required_name:ident)?
            $(= $required_wire:literal)?,
        )*
    }
    {
        $(
            $(#[$field_meta:meta])*
            $field:ident : $kind:tt $(:: $name:ident)? $(= $wire:literal)? $(or $clear:ident)?,
        )*
        $(.. $extra:ident)?
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, $($default,)? PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[cfg_attr(feature = "schemars", derive(::schemars::JsonSchema))]
        #[non_exhaustive]
        pub struct $type {
            $(
                $(#[$required_meta])*
                $(#[serde(rename = $required_wire)])?
                pub $required: $crate::__field_type!($required_kind $(:: $required_name)?),
            )*
            $(
                $(#[$field_meta])*
                #[serde($(rename = $wire,)? default, skip_serializing_if = "Option::is_none")]
                pub $field: Option<$crate::__nullable!([$($clear)?] $kind $(:: $name)?)>,
            )*
            $(
                /// Members that the spec does not name.
                #[serde(flatten)]
                pub $extra: $crate::Extra,
            )?
        }

        impl $type {
            $crate::__request_new!([$($default)?]
                { $($required : $required_kind $(:: $required_name)?,)* }
                { $($field)* } $($extra)?);

            $(
                $(#[$field_meta])*
                #[must_use]
                pub fn $field(mut self, $field: $crate::__argument!($kind $(:: $name)?)) -> Self {
                    let value: $crate::__field_type!($kind $(:: $name)?) =
                        $crate::__value!($field, $kind $(:: $name)?);
                    self.$field = Some($crate::__some!([$($clear)?] value));
                    self
                }

                $crate::__request_clear!([$($clear)?] $field $($wire)?);
            )*

            $(
                /// Sets a member that the spec does not name.
                #[must_use]
                pub fn param(
                    mut self,
                    name: impl Into<String>,
                    value: impl Into<$crate::serde_json::Value>,
                ) -> Self {
                    self.$extra.insert(name.into(), value.into());
                    self
                }
            )?
        }
    };
}

/// The setter that sends `null`, if the member has one.
#[doc(hidden)]
#[macro_export]
macro_rules! __request_clear {
    ([] $field:ident $($wire:literal)?) => {};
    ([$clear:ident] $field:ident $($wire:literal)?) => {
        #[doc = concat!("Sends `null` as `", $crate::__wire!($field $($wire)?), "`.")]
        #[must_use]
        pub fn $clear(mut self) -> Self {
            self.$field = Some(None);
            self
        }
    };
}

/// The constructor of a request object.
#[doc(hidden)]
#[macro_export]
macro_rules! __request_new {
    ([Default] {} { $($field:ident)* } $($extra:ident)?) => {
        /// An object in which no member is set.
        #[must_use]
        pub fn new() -> Self {
            Self::default()
        }
    };
    ([] { $($required:ident : $kind:tt $(:: $name:ident)?,)* } { $($field:ident)* }
        $($extra:ident)?) => {
        /// An object with its required members.
        #[must_use]
        pub fn new($($required: $crate::__argument!($kind $(:: $name)?)),*) -> Self {
            Self {
                $($required: $crate::__value!($required, $kind $(:: $name)?),)*
                $($field: None,)*
                $($extra: $crate::Extra::new(),)?
            }
        }
    };
}

/// The type of a member, depending on whether it may be sent as `null`.
#[doc(hidden)]
#[macro_export]
macro_rules! __nullable {
    ([] $($kind:tt)+) => { $crate::__field_type!($($kind)+) };
    ([$clear:ident] $($kind:tt)+) => { Option<$crate::__field_type!($($kind)+)> };
}

/// The value of a member, depending on whether it may be sent as `null`.
#[doc(hidden)]
#[macro_export]
macro_rules! __some {
    ([] $value:expr) => {
        $value
    };
    ([$clear:ident] $value:expr) => {
        Some($value)
    };
}
