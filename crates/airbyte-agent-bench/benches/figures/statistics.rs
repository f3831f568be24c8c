//! Medians of pairs of measurements: a machine that is busy for a moment slows both sides of a pair
//! down.

use std::time::{Duration, Instant};

use crate::figures::Measured;

/// Runs a function and returns how long it took.
pub(crate) fn time(run: impl FnOnce()) -> Duration {
    let started = Instant::now();
    run();
    started.elapsed()
}

/// Measures two functions in turn, each of them first in every second pair. Returns the median of
/// their ratios.
pub(crate) fn pairs(
    rounds: usize,
    names: [&str; 2],
    mut first: impl FnMut() -> Duration,
    mut second: impl FnMut() -> Duration,
) -> Measured {
    let mut ratios = Vec::new();
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..rounds {
        let (a, b) = if round % 2 == 0 {
            let a = first();
            (a, second())
        } else {
            let b = second();
            (first(), b)
        };
        ratios.push(a.as_secs_f64() / b.as_secs_f64());
        times[0].push(a.as_secs_f64());
        times[1].push(b.as_secs_f64());
    }
    let [a, b] = times.map(|times| shown(median(times)));
    Measured { value: median(ratios), parts: format!("{} {a}, {} {b}", names[0], names[1]) }
}

/// The value in the middle.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn shown(seconds: f64) -> String {
    if seconds < 0.001 {
        format!("{:.1} µs", seconds * 1e6)
    } else {
        format!("{:.2} ms", seconds * 1e3)
    }
}
