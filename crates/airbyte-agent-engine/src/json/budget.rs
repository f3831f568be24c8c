//! Limits how much memory the values of a response may take while it is read.
//!
//! A response is read on one thread, in one call of code to which no counter can be passed: the
//! decoders of generated types. Therefore the counter belongs to the thread.

use std::cell::Cell;

use serde::de::Error;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Calls `work`, during which the values that are read may take so many bytes. Also returns whether
/// that was too little.
pub(crate) fn within<R>(bytes: usize, work: impl FnOnce() -> R) -> (R, bool) {
    let former = LEFT.replace(bytes);
    let was_exceeded = EXCEEDED.replace(false);
    let result = work();
    LEFT.set(former);
    (result, EXCEEDED.replace(was_exceeded))
}

/// Counts bytes that are in use from now on. Fails when they exceed the limit.
pub(crate) fn spend<E: Error>(bytes: usize) -> Result<(), E> {
    let left = LEFT.get().checked_sub(bytes);
    LEFT.set(left.unwrap_or_default());
    match left {
        Some(_) => Ok(()),
        None => Err(exceeded()),
    }
}

/// How many more values of a size fit into the limit.
pub(crate) fn most_of(size: usize) -> usize {
    LEFT.get() / size.max(1)
}

/// The error for values that exceed the limit.
pub(crate) fn exceeded<E: Error>() -> E {
    EXCEEDED.set(true);
    E::custom("more than may be held in memory")
}
