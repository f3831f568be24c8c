//! Decisions with their reasons, as inference puts them together.

use crate::decision::Decided;

/// Below this confidence a decision is not made.
pub(crate) const THRESHOLD: f64 = 0.5;

/// A decision with one reason.
pub(crate) fn decided<T>(value: T, confidence: f64, evidence: impl Into<String>) -> Decided<T> {
    Decided { value, confidence, evidence: vec![evidence.into()] }
}
