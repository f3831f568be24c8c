//! Short handles in the place of cursors. A cursor says everything that is needed to read a list on, which costs a model
//! up to seventy tokens on every page; a handle stands for a cursor that this process keeps.
//!
//! A handle is good in the session that got it. The cursor behind it is bound to its operation, its account and its
//! arguments like any other. Where calls belong to no session, results have the cursors themselves.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ring::rand::{SecureRandom as _, SystemRandom};

use super::error::ToolError;

/// How long a handle is good after it was given out or used.
const WINDOW: Duration = Duration::from_secs(60 * 60);

/// The most handles of a session, and those of all sessions. The oldest are forgotten.
const MOST: (usize, usize) = (256, 4_096);

/// What every handle begins with, so that it is no token of a vendor.
const MARK: char = '~';

/// A handle has as many pairs of a consonant and a vowel, which models copy without mistakes.
const PAIRS: usize = 4;

const CONSONANTS: &[u8; 16] = b"bcdfghjklmnprstv";
const VOWELS: &[u8; 4] = b"aeio";

/// The cursors for which handles were given out.
#[derive(Debug, Default)]
pub(super) struct CursorMemory(Mutex<VecDeque<Entry>>);

#[derive(Debug)]
struct Entry {
    handle: String,
    session: u64,
    cursor: String,
    used: Instant,
}

/// The handles of one call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Handles<'m> {
    pub(super) memory: &'m CursorMemory,
    pub(super) session: u64,
    /// Whether results have handles in the place of cursors.
    pub(super) is_short: bool,
}

impl Handles<'_> {
    /// The cursor for which a text stands; see [`CursorMemory::resolve`].
    pub(super) fn resolve(&self, text: &str) -> Result<String, ToolError> {
        self.memory.resolve(self.session, text)
    }

    /// What is shown in the place of a cursor: a handle, or the cursor itself.
    pub(super) fn shown(&self, cursor: Option<String>) -> Option<String> {
        let cursor = cursor?;
        let Some(handle) = self.is_short.then(new_handle).flatten() else { return Some(cursor) };
        self.memory.keep(self.session, handle.clone(), cursor);
        Some(handle)
    }
}

impl CursorMemory {
    /// Keeps the cursor for this session under a handle that [`new_handle`] made.
    pub(super) fn keep(&self, session: u64, handle: String, cursor: String) {
        self.keep_at(Entry { handle, session, cursor, used: Instant::now() });
    }

    fn keep_at(&self, entry: Entry) {
        let (session, now) = (entry.session, entry.used);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|known| now.saturating_duration_since(known.used) < WINDOW);
        all.push_front(entry);
        let mut own = 0;
        all.retain(|known| {
            own += usize::from(known.session == session);
            known.session != session || own <= MOST.0
        });
        all.truncate(MOST.1);
    }

    /// The cursor for which a text stands; the text itself unless it has the form of a handle.
    ///
    /// # Errors
    ///
    /// When the session has no such handle.
    pub(super) fn resolve(&self, session: u64, text: &str) -> Result<String, ToolError> {
        self.resolve_at(session, text, Instant::now())
    }

    fn resolve_at(&self, session: u64, text: &str, now: Instant) -> Result<String, ToolError> {
        let text = text.trim();
        if !is_handle(text) {
            return Ok(text.to_owned());
        }
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_wanted = |known: &&mut Entry| {
            known.session == session
                && known.handle == text
                && now.saturating_duration_since(known.used) < WINDOW
        };
        let found = all.iter_mut().find(is_wanted);
        let known = found.ok_or_else(|| {
            ToolError::argument(
                "cursor",
                format!(
                    "cursor {text} is not known here: it was changed, is older than an hour, comes from another \
                     session, or the server has started again since"
                ),
            )
            .with_advice("Start the list again without cursor; pass next_cursor unchanged.")
        })?;
        known.used = now;
        Ok(known.cursor.clone())
    }
}

/// A handle that no other cursor has; `None` where the system gives no random numbers.
pub(super) fn new_handle() -> Option<String> {
    let mut bytes = [0_u8; PAIRS];
    SystemRandom::new().fill(&mut bytes).ok()?;
    let mut handle = MARK.to_string();
    for byte in bytes {
        let letters = [CONSONANTS.get(usize::from(byte & 15)), VOWELS.get(usize::from(byte >> 6))];
        handle.extend(letters.into_iter().flatten().map(|letter| char::from(*letter)));
    }
    Some(handle)
}

fn is_handle(text: &str) -> bool {
    let Some(letters) = text.strip_prefix(MARK) else { return false };
    let mut pairs = letters.as_bytes().chunks(2);
    letters.len() == 2 * PAIRS
        && pairs.all(|pair| {
            matches!(pair, [first, second] if CONSONANTS.contains(first) && VOWELS.contains(second))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(n: usize) -> String {
        format!("cursor-{n}")
    }

    #[test]
    fn a_handle_is_good_in_its_session_and_for_an_hour() {
        let memory = CursorMemory::default();
        let handle = new_handle().unwrap();
        assert!(is_handle(&handle), "{handle}");
        assert_ne!(new_handle(), new_handle());
        let start = Instant::now();
        let entry = Entry { handle: handle.clone(), session: 1, cursor: cursor(1), used: start };
        memory.keep_at(entry);
        let later = |minutes: u64| start + Duration::from_secs(minutes * 60);
        for (session, text, now, good) in [
            (1, handle.as_str(), later(0), true),
            (2, handle.as_str(), later(0), false),
            (1, "~babebibo", later(0), handle == "~babebibo"),
            (1, handle.as_str(), later(59), true),
            // It was used since.
            (1, handle.as_str(), later(100), true),
            (1, handle.as_str(), later(161), false),
        ] {
            let found = memory.resolve_at(session, text, now);
            assert_eq!(found.is_ok(), good, "{session} {text} {found:?}");
            if let Ok(found) = found {
                assert_eq!(found, "cursor-1");
            }
        }
        // Whatever is no handle is for others to judge.
        for text in ["eyJvIjoi", "~abcdefgh", "~baba", "~", "abababab", "~babababab"] {
            assert_eq!(memory.resolve(1, text).unwrap(), text);
        }
    }

    #[test]
    fn a_session_forgets_its_oldest_and_disturbs_no_other() {
        let memory = CursorMemory::default();
        let keep = |session: u64, n: usize| {
            memory.keep(session, format!("{session}-{n}"), cursor(n));
        };
        keep(7, 0);
        (0..MOST.0 + 10).for_each(|n| keep(1, n));
        let count = |session: u64| {
            let all = memory.0.lock().unwrap();
            all.iter().filter(|entry| entry.session == session).count()
        };
        assert_eq!((count(7), count(1)), (1, MOST.0));
        (10..MOST.1 as u64 + 10).for_each(|session| keep(session, 0));
        assert_eq!(memory.0.lock().unwrap().len(), MOST.1);
    }
}
