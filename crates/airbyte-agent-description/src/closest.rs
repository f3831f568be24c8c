//! "Did you mean": the names nearest to one that does not exist.

/// At most three of `names` that look like `wanted`, nearest first.
pub fn closest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Vec<&'n str> {
    let wanted = wanted.to_lowercase();
    let mut scored: Vec<(f64, &str)> = names
        .into_iter()
        .map(|name| {
            let lower = name.to_lowercase();
            let inside = lower.contains(&wanted) || wanted.contains(&lower);
            let score = strsim::jaro_winkler(&wanted, &lower);
            (if inside { score.max(0.9) } else { score }, name)
        })
        .filter(|(score, _)| *score > 0.75)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    scored.into_iter().take(3).map(|(_, name)| name).collect()
}

/// The end of a message about a name that does not exist:
/// `, did you mean a, b or c?` or, when nothing is near, `; there are: a, b, …`.
pub fn suggestion(wanted: &str, names: &[&str]) -> String {
    let near = closest(wanted, names.iter().copied());
    match near.as_slice() {
        [] if names.is_empty() => String::new(),
        [] => {
            let shown = names.iter().take(30).copied().collect::<Vec<_>>().join(", ");
            let more = if names.len() > 30 { ", …" } else { "" };
            format!("; there are: {shown}{more}")
        }
        [one] => format!(", did you mean '{one}'?"),
        [rest @ .., last] => {
            let rest = rest.iter().map(|n| format!("'{n}'")).collect::<Vec<_>>().join(", ");
            format!(", did you mean {rest} or '{last}'?")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_listed() {
        let names = ["issues", "pull_requests", "users"];
        for (wanted, expected) in [
            ("isues", ", did you mean 'issues'?"),
            ("Issue", ", did you mean 'issues'?"),
            ("zzz", "; there are: issues, pull_requests, users"),
        ] {
            assert_eq!(suggestion(wanted, &names), expected);
        }
    }
}
