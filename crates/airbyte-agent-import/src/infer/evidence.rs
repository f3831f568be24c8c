//! Decisions with their reasons, as inference puts them together.

use crate::decision::Decided;

/// The confidence of what is assumed and not decided.
pub(crate) const ASSUMED: f64 = 0.45;

/// A decision with one reason.
pub(crate) fn decided<T>(value: T, confidence: f64, evidence: impl Into<String>) -> Decided<T> {
    Decided { value, confidence, evidence: vec![evidence.into()] }
}
