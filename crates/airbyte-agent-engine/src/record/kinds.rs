//! Macros by which generated setters accept values: they turn a kind into Rust types and
//! conversions.
//!
//! A kind is `String`, `i64`, `f64`, `bool`, `Value` (anything as JSON), `any` (anything that
//! serde can write), `[kind]` (a list), `{String: kind}` (a table), `(kind)` (in a box) or the
//! path of a named type.

/// The type of an argument that takes a value of this kind.
#[doc(hidden)]
#[macro_export]
macro_rules! __argument {
    (String) => { impl Into<String> };
    (i64) => { i64 };
    (f64) => { f64 };
    (bool) => { bool };
    (Value) => { impl Into<$crate::serde_json::Value> };
    (any) => { impl $crate::serde::Serialize };
    ([String]) => { impl $crate::Texts };
    ([$($item:tt)+]) => { impl IntoIterator<Item = $crate::__argument!($($item)+)> };
    ({String: $($item:tt)+}) => {
        impl IntoIterator<Item = (impl Into<String>, $crate::__argument!($($item)+))>
    };
    (($($inner:tt)+)) => { $crate::__argument!($($inner)+) };
    ($($named:tt)+) => { impl Into<$($named)+> };
}

/// The type of a field that stores a value of this kind.
#[doc(hidden)]
#[macro_export]
macro_rules! __field_type {
    (Value) => { $crate::serde_json::Value };
    (any) => { _ };
    ([$($item:tt)+]) => { ::std::vec::Vec<$crate::__field_type!($($item)+)> };
    ({String: $($item:tt)+}) => {
        ::std::collections::BTreeMap<String, $crate::__field_type!($($item)+)>
    };
    (($($inner:tt)+)) => { ::std::boxed::Box<$crate::__field_type!($($inner)+)> };
    ($($named:tt)+) => { $($named)+ };
}

/// The value made of an argument of this kind.
#[doc(hidden)]
#[macro_export]
macro_rules! __value {
    ($argument:expr, i64) => { $argument };
    ($argument:expr, f64) => { $argument };
    ($argument:expr, bool) => { $argument };
    ($argument:expr, any) => { $argument };
    ($argument:expr, [String]) => { $crate::Texts::into_texts($argument) };
    ($argument:expr, [$($item:tt)+]) => {
        $argument.into_iter().map(|item| $crate::__value!(item, $($item)+)).collect()
    };
    ($argument:expr, {String: $($item:tt)+}) => {
        $argument
            .into_iter()
            .map(|(key, item)| (key.into(), $crate::__value!(item, $($item)+)))
            .collect()
    };
    ($argument:expr, ($($inner:tt)+)) => {
        ::std::boxed::Box::new($crate::__value!($argument, $($inner)+))
    };
    ($argument:expr, $($named:tt)+) => { $argument.into() };
}

/// The name on the wire: the given name, or else that of the field.
#[doc(hidden)]
#[macro_export]
macro_rules! __wire {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}
