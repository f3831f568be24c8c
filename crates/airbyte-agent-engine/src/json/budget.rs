//! How much memory the values of a response may take while it is read.
//!
//! Reading happens in one go on one thread, through code that cannot be handed a counter: the decoders
//! of generated types. So the counter belongs to the thread.

use std::cell::Cell;

use serde::de::Error;

thread_local! {
    static LEFT: Cell<usize> = const { Cell::new(usize::MAX) };
    static EXCEEDED: Cell<bool> = const { Cell::new(false) };
}

/// Does something during which so many bytes may be held; also says whether that was too little.
pub(crate) fn within<R>(bytes: usize, work: impl FnOnce() -> R) -> (R, bool) {
    let former = LEFT.replace(bytes);
    let was_exceeded = EXCEEDED.replace(false);
    let result = work();
    LEFT.set(former);
    (result, EXCEEDED.replace(was_exceeded))
}

/// Counts bytes that are held from now on, and fails when they are more than there may be.
pub(crate) fn spend<E: Error>(bytes: usize) -> Result<(), E> {
    let left = LEFT.get().checked_sub(bytes);
    LEFT.set(left.unwrap_or_default());
    match left {
        Some(_) => Ok(()),
        None => Err(exceeded()),
    }
}

/// How many values of a size may still be held.
pub(crate) fn most_of(size: usize) -> usize {
    LEFT.get() / size.max(1)
}

/// The error for more values than may be held.
pub(crate) fn exceeded<E: Error>() -> E {
    EXCEEDED.set(true);
    E::custom("more than may be held in memory")
}
