//! The faults that wait for matching requests.

use std::sync::{Mutex, PoisonError};

use super::{Fault, FaultKind, Matching};

/// What a request is about, as far as it is known. Unknown parts are empty.
#[derive(Debug, Clone, Default)]
pub(crate) struct Target {
    pub(crate) connector: String,
    pub(crate) entity: String,
    pub(crate) action: String,
}

/// The faults that wait for matching requests, in the order in which they were added.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue(Mutex<Vec<Fault>>);

impl FaultQueue {
    pub(crate) fn add(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    pub(crate) fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Takes the first fault that applies to this request, and counts the request.
    pub(crate) fn take(&self, target: &Target, path: &str) -> Option<FaultKind> {
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = faults
            .iter()
            .position(|fault| fault.times > 0 && fault.matching.includes(target, path))?;
        let fault = faults.get_mut(at)?;
        fault.times -= 1;
        let kind = fault.kind.clone();
        if fault.times == 0 {
            faults.remove(at);
        }
        Some(kind)
    }
}

impl Matching {
    fn includes(&self, target: &Target, path: &str) -> bool {
        let agrees = |wanted: &Option<String>, is: &str| wanted.as_deref().is_none_or(|w| w == is);
        agrees(&self.connector, &target.connector)
            && agrees(&self.entity, &target.entity)
            && agrees(&self.action, &target.action)
            && self.path.as_deref().is_none_or(|part| path.contains(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_applies_as_often_as_it_says_and_only_to_what_matches() {
        let faults = FaultQueue::default();
        faults.add(Fault::new(FaultKind::Close).operation("users", "list").times(2));
        let target = |entity: &str| Target {
            connector: "acme".into(),
            entity: entity.into(),
            action: "list".into(),
        };
        assert_eq!(faults.take(&target("teams"), "/x"), None);
        assert!(faults.take(&target("users"), "/x").is_some());
        assert!(faults.take(&target("users"), "/x").is_some());
        assert_eq!(faults.take(&target("users"), "/x"), None);
    }
}
