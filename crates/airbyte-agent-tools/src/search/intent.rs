//! The actions that a query asks for, by its verbs and question words.

use super::verbs::{ANYWHERE, AT_THE_START, WITH_OBJECT};
use super::words::is_stop_word;
use airbyte_agent_description::Action;

use Action::{Create, Delete, Get, List, Search, Update};

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Intent {
    /// How well each action answers the query, in the order of [`Action::ALL`], from 0 to 1.
    scores: [f32; 7],
    /// The verb that asks for the action, empty if there is none.
    pub(super) verb: String,
}

/// How much it counts whether the query asks for the action.
const ACTION: f32 = 0.55;

/// What the score of a change is multiplied by when the query asks to read.
const WRITE_FOR_READ: f32 = 0.5;

/// What the score of a change is multiplied by when the query asks for another change.
const OTHER_WRITE: f32 = 0.8;

/// What the score of a reading operation is multiplied by when the query asks for a change.
const READ_FOR_WRITE: f32 = 0.8;

/// From this on, an action is one of those that the query asks for.
const WANTED: f32 = 0.5;

/// The intent of a query that begins with a word that may be a verb: people read more often than they change.
const UNKNOWN: [f32; 7] = [1.0, 0.9, 0.6, 0.6, 0.5, 0.95, 0.6];

/// The intent of a query that names records without saying what is to be done with them.
const NAMING: [f32; 7] = [1.0, 0.9, 0.25, 0.25, 0.2, 0.95, 0.6];

/// The intent of a question, which is answered by reading.
const READING: [f32; 7] = [1.0, 0.9, 0.0, 0.0, 0.0, 0.95, 0.5];

/// Words that begin the object of a verb.
const BEFORE_OBJECTS: &[&str] = &[
    "a",
    "an",
    "another",
    "every",
    "her",
    "him",
    "his",
    "it",
    "its",
    "me",
    "my",
    "new",
    "our",
    "some",
    "someone",
    "somebody",
    "that",
    "the",
    "their",
    "them",
    "these",
    "this",
    "those",
    "to",
    "us",
    "on",
    "with",
    "everyone",
    "everybody",
];

/// Verbs that are also nouns, and whose object follows behind "to".
const BEFORE_TO: &[&str] = &["answer", "reply", "post", "push", "promote", "resume", "write"];

/// Words with which people lead up to what they want.
const POLITE: &[&str] = &[
    "please", "can", "could", "would", "you", "i", "i'd", "want", "need", "like", "to", "let",
    "lets", "let's", "me", "us", "we", "hey", "hi", "help", "just", "now", "then", "should",
    "must", "have", "d", "ll", "go", "ahead", "and", "make", "sure", "try", "quickly", "kindly",
];

/// Words with which a question begins.
const QUESTION_WORDS: &[&str] = &[
    "which",
    "what",
    "who",
    "whose",
    "where",
    "when",
    "how",
    "is",
    "are",
    "does",
    "did",
    "has",
    "do",
    "was",
    "were",
    "why",
    "whats",
    "any",
    "anyone",
    "everything",
    "everybody",
    "everyone",
    "count",
];

/// Words with which a clause begins that describes something.
const CLAUSE_WORDS: &[&str] = &["that", "which", "who", "whose", "where", "when", "because"];

/// The actions of a verb in a sorted table.
fn actions(table: &[(&str, &'static [Action])], word: &str) -> Option<&'static [Action]> {
    let found = table.binary_search_by_key(&word, |(known, _)| known).ok()?;
    Some(table[found].1)
}

/// Whether a word is a verb that asks for an action wherever it stands.
pub(super) fn is_verb(word: &str) -> bool {
    actions(ANYWHERE, word).is_some()
}

/// The scores, raised for the actions that a verb may mean, the likeliest first.
fn ranked(mut scores: [f32; 7], actions: &[Action], strength: f32) -> [f32; 7] {
    for (rank, action) in actions.iter().enumerate() {
        let best = &mut scores[*action as usize];
        *best = best.max(strength * [1.0, 0.85, 0.75, 0.65][rank.min(3)]);
    }
    scores
}

/// How well an action that reads one record answers a query about several.
const GET_MANY: f32 = 0.75;

/// How well a list answers a query about one record.
const ONE_OF_LIST: f32 = 0.85;

/// Whether a word is the number or the key of one record.
fn is_name_of_one(word: &str) -> bool {
    word.len() > 2 && word.bytes().any(|byte| byte.is_ascii_digit())
}

/// Whether a word names several records.
pub(super) fn is_plural(word: &str) -> bool {
    let ends = |ending: &str| word.ends_with(ending);
    word == "people" || word.len() > 3 && ends("s") && !["ss", "us", "is"].into_iter().any(ends)
}

/// The words without those that lead up to what is wanted, and whether there were any.
fn without_politeness(words: &[String]) -> (Vec<&str>, bool) {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // "How do I create" asks for a change, other questions are answered by reading.
    let asks_how = matches!(
        words.as_slice(),
        ["how", "do" | "can" | "could" | "would" | "should", "i" | "we" | "you", ..]
            | ["how", "to", ..]
    );
    let begin = usize::from(asks_how);
    let polite = |word: &&str| POLITE.contains(word) || asks_how && *word == "do";
    let mut skipped = words[begin..].iter().take_while(|word| polite(word)).count() + begin;
    // "To make sure" leads up to something, "make a call" does not.
    while skipped > 0 && matches!(words[skipped - 1], "make" | "go" | "help" | "try") {
        skipped -= 1;
    }
    (words[skipped..].to_vec(), skipped > 0)
}

impl Intent {
    /// The intent of a query with these words, which are whole and in small letters. `has_verb` says that the
    /// first is a verb for sure, and `is_known` whether texts of the index have a word.
    pub(super) fn of(words: &[String], has_verb: bool, is_known: impl Fn(&str) -> bool) -> Self {
        let (mut words, is_polite) = without_politeness(words);
        // "Let Tom follow" and "ask Ana to review" name somebody between the verbs.
        let is_somebody = words.first().is_some_and(|word| !is_known(word) && !is_verb(word));
        if is_polite && is_somebody && words.len() > 2 {
            words.remove(0);
        }
        let is_certain = is_polite || has_verb;
        let Some(first) = words.first() else { return Self::without_verb(UNKNOWN) };
        if QUESTION_WORDS.contains(first) {
            return Self::without_verb(READING).counting(&words);
        }
        let follows = |index: usize| words.get(index + 1).copied().unwrap_or_default();
        let mut wanted: Option<[f32; 7]> = None;
        let mut verb = "";
        // Verbs in a clause describe a record and not what is to be done with it.
        let main = words
            .iter()
            .enumerate()
            .take_while(|(index, word)| *index == 0 || !CLAUSE_WORDS.contains(word));
        for (index, word) in main {
            let next = follows(index);
            // Names of people and records that no text has.
            let is_name = || !next.is_empty() && !is_stop_word(next) && !is_known(next);
            let has_object = index == 0
                && (is_certain
                    || BEFORE_OBJECTS.contains(&next)
                    || next.bytes().any(|byte| byte.is_ascii_digit())
                    || is_name());
            // "New leads" are those that came last, "new lead" is one to be made.
            let is_new = *word == "new" && is_plural(next);
            // "Resume of a candidate" and "link to a message" are no requests.
            let is_noun = next == "of" || next == "to" && !BEFORE_TO.contains(word);
            let meant = match () {
                () if is_new => None,
                () if index == 0 && is_noun && !is_certain => None,
                () if index == 0 => actions(AT_THE_START, word)
                    .or_else(|| actions(WITH_OBJECT, word).filter(|_| has_object)),
                () => None,
            };
            let Some(meant) = meant.or_else(|| actions(ANYWHERE, word).filter(|_| !is_new)) else {
                continue;
            };
            // The first verb is the one that is meant; the others describe it.
            let strength = if wanted.is_none() { 1.0 } else { 0.5 };
            let scores = wanted.unwrap_or(if index == 0 { [0.0; 7] } else { UNKNOWN });
            if wanted.is_none() {
                verb = word;
            }
            wanted = Some(ranked(scores, meant, strength));
        }
        let may_be_verb = BEFORE_OBJECTS.contains(&follows(0)) && !is_plural(first);
        match wanted {
            Some(scores) => Self { scores, verb: verb.to_owned() },
            None if may_be_verb => Self { scores: UNKNOWN, verb: (*first).to_owned() },
            None => Self::without_verb(NAMING).counting(&words),
        }
    }

    fn without_verb(scores: [f32; 7]) -> Self {
        Self { scores, verb: String::new() }
    }

    /// The same for one record or for several, as the words say.
    fn counting(mut self, words: &[&str]) -> Self {
        if words.iter().any(|word| is_name_of_one(word)) {
            self.scores[Get as usize] = 1.0;
            self.scores[List as usize] = ONE_OF_LIST;
        } else if words.iter().find(|word| !is_stop_word(word)).is_some_and(|word| is_plural(word))
        {
            self.scores[Get as usize] = GET_MANY;
        }
        self
    }

    /// What the score of an operation with this action is multiplied by. `is_asked` says whether the query has
    /// the very words for the operation.
    pub(super) fn factor(&self, action: Action, is_asked: bool) -> f32 {
        if is_asked {
            return 1.0;
        }
        let penalty = match (self.changes(), action.is_change()) {
            // Whoever asks to read never means a change, however well its words fit.
            (false, true) if self.reads() => WRITE_FOR_READ,
            (true, true) if !self.wants(action) => OTHER_WRITE,
            (true, false) if !self.wants(action) => READ_FOR_WRITE,
            _ => 1.0,
        };
        penalty * (1.0 - ACTION + ACTION * self.scores[action as usize])
    }

    /// Whether the query asks for the action.
    pub(super) fn wants(&self, action: Action) -> bool {
        self.scores[action as usize] >= WANTED
    }

    /// Whether the query asks for no change.
    pub(super) fn reads(&self) -> bool {
        !self.wants(Create) && !self.wants(Update) && !self.wants(Delete)
    }

    /// Whether the query asks for a change and nothing else.
    pub(super) fn changes(&self) -> bool {
        !self.reads() && !self.wants(List) && !self.wants(Search) && !self.wants(Get)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        for table in [ANYWHERE, AT_THE_START, WITH_OBJECT] {
            assert!(table.is_sorted_by_key(|(word, _)| word));
        }
    }

    #[test]
    fn verbs_say_which_action_is_meant() {
        for (query, expected) in [
            ("create a task", Create),
            ("please could you rename the folder", Update),
            ("how do i delete a task", Delete),
            ("how many tasks are there", List),
            ("comment on a task", Create),
            ("tag zoltan as vip", Create),
            ("comments of a task", List),
            ("new leads", List),
            ("link to a message", List),
            ("resume of the candidate", List),
            ("reply to a message", Create),
            ("new lead", Create),
            ("find a lead", Search),
            ("i want to label the issue", Create),
        ] {
            let words: Vec<String> = query.split(' ').map(str::to_owned).collect();
            let intent = Intent::of(&words, false, |word| word != "zoltan");
            let best = Action::ALL
                .into_iter()
                .max_by(|a, b| intent.scores[*a as usize].total_cmp(&intent.scores[*b as usize]));
            assert_eq!(best, Some(expected), "{query}: {intent:?}");
        }
    }
}
