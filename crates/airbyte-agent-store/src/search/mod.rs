//! Searches: by the filters of the context store, and by words.
