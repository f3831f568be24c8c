//! Verbs of several words, which English has many of, as verbs of one word.

/// What people write, and the verb that it means. A `*` stands for up to three words that may lie between.
const REWRITES: &[(&str, &str)] = &[
    ("back out of", "cancel"),
    ("blast out", "send"),
    ("bring * back", "restore"),
    ("bring * into", "invite"),
    ("bring * in", "invite"),
    ("call * off", "cancel"),
    ("check * off", "complete"),
    ("clean * up", "delete"),
    ("clear * out", "delete"),
    ("cross * off", "complete"),
    ("draw * up", "create"),
    ("fire * off", "send"),
    ("get rid of", "delete"),
    ("get notified", "subscribe notify"),
    ("give * access", "share access"),
    ("give * back", "return back"),
    ("give me", "show"),
    ("give us", "show"),
    ("go live", "publish"),
    ("hand * over", "reassign"),
    ("hold * back", "pause"),
    ("how many", "count"),
    ("jot * down", "write"),
    ("kick * off", "start"),
    ("kick * out", "kick remove"),
    ("leave a", "write a"),
    ("leave an", "write an"),
    ("leave some", "write"),
    ("let * know", "notify"),
    ("look * up", "find"),
    ("look for", "find"),
    ("looking for", "find"),
    ("make live", "publish"),
    ("mark * as", "mark"),
    ("move * back", "move"),
    ("no longer want", "remove"),
    ("note * down", "write"),
    ("opt * in", "subscribe"),
    ("opt * out", "unsubscribe"),
    ("pull * up", "show"),
    ("push * back", "postpone"),
    ("put * back", "restore"),
    ("put * on hold", "pause"),
    ("put together", "create"),
    ("roll * out", "publish"),
    ("send * out", "send"),
    ("set * up", "create"),
    ("shut * down", "close archive"),
    ("sign * up", "subscribe add"),
    ("spin * up", "create"),
    ("switch * off", "pause disable"),
    ("switch * on", "enable activate"),
    ("take * away", "remove"),
    ("take * back", "remove"),
    ("take * down", "remove"),
    ("take * off", "remove"),
    ("take * out", "remove"),
    ("tell me", "show"),
    ("tell us", "show"),
    ("thumbs up", "react thumbs up"),
    ("throw * out", "kick remove"),
    ("throw * away", "delete"),
    ("tick * off", "complete"),
    ("turn * down", "reject"),
    ("turn * off", "pause disable"),
    ("turn * on", "enable activate"),
    ("wipe * out", "delete"),
    ("write * down", "write"),
];

/// The most words that `*` stands for.
const MOST_BETWEEN: usize = 3;

/// The words of a query with every verb of several words replaced. The words between its parts stay.
pub(super) fn rewrite(words: Vec<String>) -> Vec<String> {
    let mut words = words;
    for (pattern, verb) in REWRITES {
        let begins = pattern.split(' ').next().unwrap_or_default();
        let Some(first) = words.iter().position(|word| word == begins) else { continue };
        let parts: Vec<&str> = pattern.split(' ').collect();
        if let Some(found) = places(&words, first, &parts) {
            let mut rewritten: Vec<String> = words[..first].to_vec();
            rewritten.extend(verb.split(' ').map(str::to_owned));
            let others = words.iter().enumerate().skip(first);
            rewritten.extend(
                others.filter(|(index, _)| !found.contains(index)).map(|(_, word)| word.clone()),
            );
            words = rewritten;
        }
    }
    words
}

/// Where the parts of a pattern stand, from its first word on.
fn places(words: &[String], first: usize, parts: &[&str]) -> Option<Vec<usize>> {
    let mut found = vec![first];
    let mut between = 0;
    for part in &parts[1..] {
        if *part == "*" {
            between = MOST_BETWEEN;
            continue;
        }
        let from = found.last().map_or(first, |last| last + 1);
        let window = words.iter().enumerate().skip(from).take(between + 1);
        found.push(window.into_iter().find(|(_, word)| word == part)?.0);
        between = 0;
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verbs_of_several_words_become_one() {
        for (text, expected) in [
            ("turn off the campaign", "pause disable the campaign"),
            ("take bob off the list", "remove bob the list"),
            ("kick off a build", "start a build"),
            ("turn the page over", "turn the page over"),
            ("list tasks", "list tasks"),
        ] {
            let words = rewrite(text.split(' ').map(str::to_owned).collect());
            assert_eq!(words.join(" "), expected);
        }
    }
}
