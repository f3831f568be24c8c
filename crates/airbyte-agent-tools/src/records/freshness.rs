//! How old an answer of the store is, which every answer says.

use std::time::Duration;

use airbyte_agent_engine::local_store::Freshness;

use super::scope::Readable;

/// The most tables whose age is told one by one.
const MOST_TABLES: usize = 6;

/// The age of the records of these tables, in one sentence.
pub(super) fn sentence(tables: &[&Readable<'_>]) -> Option<String> {
    let mut parts: Vec<(String, Vec<&str>)> = Vec::new();
    for table in tables {
        let age = of_accounts(table.freshness());
        match parts.iter_mut().find(|(known, _)| *known == age) {
            Some((_, names)) => names.push(&table.table.name),
            None => parts.push((age, vec![&table.table.name])),
        }
    }
    let said = parts.iter().map(|(age, names)| {
        let shown = names.len().min(MOST_TABLES);
        let more = match names.len() - shown {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("{}{more} {age}", names[..shown].join(", "))
    });
    (!parts.is_empty()).then(|| format!("Copies: {}.", said.collect::<Vec<_>>().join("; ")))
}

/// The age of the records of each account; without names if it is the same for all.
pub(super) fn of_accounts(accounts: &[Freshness]) -> String {
    let mut ages: Vec<(String, Vec<&str>)> = Vec::new();
    for freshness in accounts {
        let age = of_one(freshness);
        match ages.iter_mut().find(|(known, _)| *known == age) {
            Some((_, names)) => names.push(&freshness.account),
            None => ages.push((age, vec![&freshness.account])),
        }
    }
    match ages.as_slice() {
        [] => "never synced".to_owned(),
        [(age, _)] => age.clone(),
        several => {
            let several =
                several.iter().map(|(age, names)| format!("{age} ({})", names.join(", ")));
            several.collect::<Vec<_>>().join(", ")
        }
    }
}

fn of_one(freshness: &Freshness) -> String {
    let age = match (freshness.age, &freshness.synced_at) {
        (Some(age), _) => format!("synced {} ago", in_words(age)),
        (None, Some(moment)) => format!("synced at {moment}"),
        (None, None) => "never synced".to_owned(),
    };
    if freshness.complete_at.is_none() && freshness.synced_at.is_some() {
        format!("{age}, PARTIAL: records are missing")
    } else if freshness.is_in_pass {
        format!("{age}, being synced")
    } else {
        age
    }
}

fn in_words(age: Duration) -> String {
    match age.as_secs() {
        seconds @ 0..120 => format!("{seconds} s"),
        seconds @ 120..7_200 => format!("{} min", seconds / 60),
        seconds @ 7_200..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn freshness(account: &str, seconds: Option<u64>, is_complete: bool) -> Freshness {
        let mut freshness = Freshness::default();
        account.clone_into(&mut freshness.account);
        freshness.age = seconds.map(Duration::from_secs);
        freshness.synced_at = seconds.map(|_| "2026-01-01T00:00:00Z".to_owned());
        freshness.complete_at = freshness.synced_at.clone().filter(|_| is_complete);
        freshness
    }

    #[test]
    fn ages_are_told_in_words_and_what_is_missing_too() {
        for (accounts, expected) in [
            (vec![], "never synced"),
            (vec![freshness("a", None, false)], "never synced"),
            (vec![freshness("a", Some(5), true)], "synced 5 s ago"),
            (vec![freshness("a", Some(3 * 3_600), true)], "synced 3 h ago"),
            (
                vec![freshness("a", Some(600), true), freshness("b", Some(610), true)],
                "synced 10 min ago",
            ),
            (
                vec![freshness("a", Some(600), true), freshness("b", Some(400_000), false)],
                "synced 10 min ago (a), synced 4 days ago, PARTIAL: records are missing (b)",
            ),
        ] {
            assert_eq!(of_accounts(&accounts), expected);
        }
    }
}
