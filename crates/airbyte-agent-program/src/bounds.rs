//! What a program may take of a machine.

use std::time::Duration;

/// How long a program may compute, without the time of its calls.
pub(crate) const COMPUTING: Duration = Duration::from_secs(5);

/// How long a process may be silent while no call is being made. It is a little longer than a program may compute,
/// so that the process itself can say what happened.
pub(crate) const SILENCE: Duration = Duration::from_secs(8);

/// The memory of the interpreter, in bytes.
pub(crate) const MEMORY: usize = 128 * 1_024 * 1_024;

/// The stack of the interpreter, in bytes: the smallest main thread has one megabyte.
pub(crate) const STACK: usize = 256 * 1_024;

/// The longest line of a process, in bytes.
pub(crate) const LINE: usize = 1_024 * 1_024;

/// The longest JSON text of what a program returns, in characters. With what is printed it stays below [`LINE`].
pub(crate) const VALUE: usize = 200_000;

/// How deep values may be nested; what reads them on the other side takes 128 levels.
pub(crate) const DEPTH: usize = 100;

/// The most that a program prints, in characters.
pub(crate) const PRINTED: usize = 20_000;

/// How many calls are made at the same time.
pub(crate) const AT_ONCE: usize = 8;
