//! Other credentials in the place of those of a client, while programs hold copies of it.
//!
//! The clients of an account form a chain to which new ones are added at its end. A call keeps the client with which it
//! began, so that no call is completed with the settings of one and sent with the credentials of another.

use std::sync::{Arc, OnceLock};

use crate::error::{Error, Result};
use crate::runtime::Runtime;

/// How often the credentials of a client can be replaced. Each of them stays in memory.
const MOST: usize = 1_000;

/// The beginning of the chain, which a client and its copies share.
#[derive(Clone)]
pub(crate) struct Exchange(Arc<Link>);

/// What took the place of a client, if anything did.
#[derive(Default)]
struct Link(OnceLock<Box<Successor>>);

struct Successor {
    runtime: Runtime,
    next: Link,
}

impl Exchange {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    /// Adds the runtime of another client of the same connector to the end of the chain. `of` is the first one.
    pub(crate) fn add(&self, of: &Runtime, runtime: Runtime) -> Result<()> {
        let (ours, other) = (&of.description().name, &runtime.description().name);
        if ours != other {
            return Err(Error::usage(format!("a client of {other} cannot replace one of {ours}")));
        }
        let mut successor = Box::new(Successor { runtime, next: Link::default() });
        let mut link = &*self.0;
        for _ in 0..MOST {
            match link.0.set(successor) {
                Ok(()) => return Ok(()),
                // Somebody was there before: this one comes behind.
                Err(back) => successor = back,
            }
            let Some(known) = link.0.get() else { break };
            link = &known.next;
        }
        Err(Error::usage("the credentials of this client were replaced too often; start again"))
    }

    /// What took the place of the first client last; `None` as long as nothing did.
    pub(crate) fn last(&self) -> Option<&Runtime> {
        let mut last = self.0.0.get()?;
        while let Some(next) = last.next.0.get() {
            last = next;
        }
        Some(&last.runtime)
    }
}
