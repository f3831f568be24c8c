//! The actions that a query asks for, by its verbs and question words.

use super::words::is_stop_word;
use airbyte_agent_description::Action;

/// How well each action answers a query, in the order of [`Action::ALL`], from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Intent([f32; 7]);

/// How much it counts whether the query asks for the action.
const ACTION: f32 = 0.55;

/// What the score of a change is multiplied by when the query asks to read.
const WRITE_FOR_READ: f32 = 0.5;

/// The intent of a query that begins with a word that may be a verb: people read more often than they change.
const UNKNOWN: Intent = Intent([1.0, 0.9, 0.6, 0.6, 0.5, 0.95, 0.6]);

/// The intent of a query that names records without saying what is to be done with them.
const NAMING: Intent = Intent([1.0, 0.9, 0.25, 0.25, 0.2, 0.95, 0.6]);

/// The intent of a question, which is answered by reading.
const READING: Intent = Intent([1.0, 0.9, 0.0, 0.0, 0.0, 0.95, 0.5]);

use Action::{Create, Delete, Download, Get, List, Search, Update};

/// Words that ask for an action wherever they occur in a query.
const ANYWHERE: &[(&str, &[Action])] = &[
    ("add", &[Create]),
    ("adjust", &[Create, Update]),
    ("apply", &[Create]),
    ("approve", &[Update, Create]),
    ("arrange", &[Create]),
    ("assign", &[Update, Create]),
    ("attach", &[Create]),
    ("book", &[Create]),
    ("build", &[Create]),
    ("cancel", &[Delete, Update, Create]),
    ("change", &[Update]),
    ("close", &[Update]),
    ("connect", &[Create]),
    ("convert", &[Update]),
    ("correct", &[Update]),
    ("create", &[Create]),
    ("deactivate", &[Update]),
    ("delete", &[Delete]),
    ("detail", &[Get]),
    ("details", &[Get]),
    ("disable", &[Update]),
    ("download", &[Download]),
    ("drop", &[Delete]),
    ("edit", &[Update]),
    ("enable", &[Update]),
    ("enter", &[Create]),
    ("erase", &[Delete]),
    ("export", &[Download, List, Get, Create]),
    ("extend", &[Update]),
    ("fetch", &[Get, List]),
    ("find", &[Search, List]),
    ("finish", &[Update]),
    ("fix", &[Update]),
    ("forward", &[Create]),
    ("get", &[Get, List]),
    ("give", &[Create, List]),
    ("grant", &[Create]),
    ("hide", &[Update, Delete]),
    ("import", &[Create]),
    ("increase", &[Update, Create]),
    ("insert", &[Create]),
    ("invite", &[Create]),
    ("kick", &[Create, Delete]),
    ("launch", &[Create]),
    ("leave", &[Create, Delete]),
    ("list", &[List]),
    ("look", &[Search, Get, List]),
    ("lookup", &[Get, Search]),
    ("make", &[Create]),
    ("merge", &[Update, Create]),
    ("modify", &[Update]),
    ("move", &[Update, Create]),
    ("new", &[Create]),
    ("notify", &[Create]),
    ("one", &[Get]),
    ("pause", &[Update]),
    ("prepare", &[Create]),
    ("prolong", &[Update]),
    ("publish", &[Create, Update]),
    ("put", &[Create, Update]),
    ("raise", &[Update, Create]),
    ("read", &[Get, List]),
    ("reassign", &[Update]),
    ("redo", &[Update]),
    ("reduce", &[Update, Create]),
    ("register", &[Create]),
    ("remind", &[Create]),
    ("remove", &[Delete]),
    ("rename", &[Update]),
    ("reopen", &[Update]),
    ("replace", &[Update]),
    ("reschedule", &[Update]),
    ("reset", &[Update]),
    ("resolve", &[Update]),
    ("restore", &[Update, Create]),
    ("revoke", &[Delete]),
    ("save", &[Download, Create]),
    ("schedule", &[Create]),
    ("search", &[Search, List]),
    ("send", &[Create]),
    ("set", &[Update, Create]),
    ("show", &[List, Get]),
    ("single", &[Get]),
    ("start", &[Create]),
    ("stop", &[Update, Delete]),
    ("submit", &[Create]),
    ("subscribe", &[Create]),
    ("switch", &[Update]),
    ("take", &[Delete, Update]),
    ("tell", &[Create]),
    ("throw", &[Delete, Create]),
    ("transfer", &[Update, Create]),
    ("turn", &[Update]),
    ("unassign", &[Update, Delete]),
    ("undo", &[Delete]),
    ("unlink", &[Delete]),
    ("unsubscribe", &[Update, Delete]),
    ("update", &[Update]),
    ("upload", &[Create]),
    ("view", &[Get, List]),
    ("void", &[Delete, Update]),
    ("write", &[Create]),
];

/// Words that are also adjectives, and ask for an action only at the beginning of a query.
const AT_THE_START: &[(&str, &[Action])] = &[
    ("abort", &[Delete, Update, Create]),
    ("accept", &[Update, Create]),
    ("archive", &[Create, Update, Delete]),
    ("ban", &[Create]),
    ("block", &[Create, Update]),
    ("capture", &[Create, Update]),
    ("charge", &[Create]),
    ("clear", &[Delete, Update]),
    ("clone", &[Create]),
    ("collect", &[Create]),
    ("complete", &[Update]),
    ("confirm", &[Create, Update]),
    ("copy", &[Create]),
    ("decline", &[Update, Create]),
    ("duplicate", &[Create]),
    ("empty", &[Delete]),
    ("escalate", &[Update, Create]),
    ("execute", &[Create]),
    ("follow", &[Create]),
    ("hire", &[Create, Update]),
    ("lock", &[Update, Create]),
    ("lower", &[Update]),
    ("mark", &[Update, Create]),
    ("mute", &[Update, Create]),
    ("pay", &[Create, Update]),
    ("pin", &[Create]),
    ("place", &[Create]),
    ("promote", &[Update, Create]),
    ("react", &[Create]),
    ("refund", &[Create]),
    ("reject", &[Update, Create]),
    ("resume", &[Update, Create]),
    ("run", &[Create, Get, List]),
    ("snooze", &[Update, Create]),
    ("trigger", &[Create]),
    ("unarchive", &[Update, Create, Delete]),
    ("unblock", &[Delete, Update]),
    ("unpin", &[Delete, Create]),
    ("vote", &[Create]),
];

/// Words that are mostly names of records. They ask for an action at the beginning of a query, and only if a
/// word follows with which no name goes on: "email an invoice" does, "email campaigns" does not.
const WITH_OBJECT: &[(&str, &[Action])] = &[
    ("answer", &[Create]),
    ("comment", &[Create]),
    ("draft", &[Create]),
    ("email", &[Create]),
    ("file", &[Create]),
    ("link", &[Create]),
    ("log", &[Create]),
    ("message", &[Create]),
    ("note", &[Create]),
    ("open", &[Create]),
    ("order", &[Create]),
    ("post", &[Create]),
    ("record", &[Create]),
    ("release", &[Create, Update]),
    ("reply", &[Create]),
    ("store", &[Create]),
    ("tag", &[Create, Update]),
];

/// Words that begin the object of a verb.
const BEFORE_OBJECTS: &[&str] = &[
    "a", "an", "another", "every", "her", "him", "his", "it", "its", "me", "my", "new", "our",
    "some", "someone", "that", "the", "their", "them", "these", "this", "those", "to", "us",
];

/// Several words that together ask for an action, whatever the other verbs are.
const PHRASES: &[(&[&str], &[Action])] = &[
    (&["get", "rid"], &[Delete]),
    (&["give", "me"], &[List, Get]),
    (&["give", "us"], &[List, Get]),
    (&["new", "name"], &[Update]),
];

/// Words with which a question begins.
const QUESTION_WORDS: &[&str] =
    &["which", "what", "who", "whose", "where", "when", "how", "is", "are", "does", "did", "has"];

/// Words with which a clause begins that describes something.
const CLAUSE_WORDS: &[&str] = &["that", "which", "who", "whose", "where", "when", "because"];

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
fn is_plural(word: &str) -> bool {
    let ends = |ending: &str| word.ends_with(ending);
    word == "people" || word.len() > 3 && ends("s") && !["ss", "us", "is"].into_iter().any(ends)
}

impl Intent {
    /// The intent of a query with these words, which are whole and in small letters.
    pub(super) fn of(words: &[String]) -> Self {
        let polite = |word: &&String| {
            ["please", "can", "could", "you", "i", "want", "need", "to", "let", "me", "us", "we"]
                .contains(&word.as_str())
        };
        let words: Vec<&str> = words.iter().skip_while(polite).map(String::as_str).collect();
        let Some(first) = words.first() else { return UNKNOWN };
        if QUESTION_WORDS.contains(first) {
            return READING.counting(&words);
        }
        let occurs = |phrase: &[&str]| words.windows(phrase.len()).any(|some| some == phrase);
        if let Some((_, actions)) = PHRASES.iter().find(|(phrase, _)| occurs(phrase)) {
            return Self(ranked([0.0; 7], actions, 1.0));
        }
        let follows = |index: usize| words.get(index + 1).copied().unwrap_or_default();
        let mut wanted: Option<[f32; 7]> = None;
        // Verbs in a clause describe a record and not what is to be done with it.
        let main = words.iter().take_while(|word| !CLAUSE_WORDS.contains(word));
        for (index, word) in main.enumerate() {
            let has_object = index == 0 && BEFORE_OBJECTS.contains(&follows(index));
            let leading = AT_THE_START.iter().filter(|_| index == 0);
            let with_object = WITH_OBJECT.iter().filter(|_| has_object);
            let mut all = ANYWHERE.iter().chain(leading).chain(with_object);
            let Some((_, actions)) = all.find(|(known, _)| known == word) else { continue };
            // The first verb is the one that is meant; the others describe it.
            let strength = if wanted.is_none() { 1.0 } else { 0.5 };
            let scores = wanted.unwrap_or(if index == 0 { [0.0; 7] } else { UNKNOWN.0 });
            wanted = Some(ranked(scores, actions, strength));
        }
        let is_verb = BEFORE_OBJECTS.contains(&follows(0));
        match wanted {
            Some(wanted) => Self(wanted),
            None if is_verb => UNKNOWN,
            None => NAMING.counting(&words),
        }
    }

    /// The same for one record or for several, as the words say.
    fn counting(mut self, words: &[&str]) -> Self {
        if words.iter().any(|word| is_name_of_one(word)) {
            self.0[Get as usize] = 1.0;
            self.0[List as usize] = ONE_OF_LIST;
        } else if words.iter().find(|word| !is_stop_word(word)).is_some_and(|word| is_plural(word))
        {
            self.0[Get as usize] = GET_MANY;
        }
        self
    }

    /// What the score of an operation with this action is multiplied by.
    pub(super) fn factor(&self, action: Action) -> f32 {
        let is_write = matches!(action, Create | Update | Delete);
        // Whoever asks to read never means a change, however well its words fit.
        let penalty = if is_write && self.reads() { WRITE_FOR_READ } else { 1.0 };
        penalty * (1.0 - ACTION + ACTION * self.0[action as usize])
    }

    /// Whether the query asks for no change.
    fn reads(&self) -> bool {
        [Create, Update, Delete].into_iter().all(|action| self.0[action as usize] < 0.5)
    }
}
