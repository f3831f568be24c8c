//! Who is connected, and which sessions there are: nobody may take all places.
//!
//! Knows nothing about the protocol. A session is opened, used and closed; a peer is the address from which
//! a connection comes.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The number of requests of a session from which on it counts as used: the first one only completes the
/// greeting.
const USED_FROM: u32 = 2;

/// How many sessions and connections there may be, and how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// The most sessions at the same time.
    pub(super) sessions: usize,
    /// The most sessions of one peer at the same time.
    pub(super) sessions_of_peer: usize,
    /// The most connections at the same time.
    pub(super) connections: usize,
    /// The most connections of one peer at the same time.
    pub(super) connections_of_peer: usize,
    /// How long a session may exist before it is used.
    pub(super) first_call: Duration,
    /// How long the longest call may take. Only sessions that have not been used for longer give their place away.
    pub(super) longest_call: Duration,
}

/// The peers and their sessions.
pub(super) struct Visitors {
    bounds: Bounds,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connections: HashMap<IpAddr, usize>,
    sessions: HashMap<Arc<str>, Session>,
}

struct Session {
    peer: IpAddr,
    /// Whose session it is, where callers are known by name. Nobody else may use it.
    owner: Option<Arc<str>>,
    opened: Instant,
    last_request: Instant,
    requests: u32,
}

impl Session {
    const fn is_used(&self) -> bool {
        self.requests >= USED_FROM
    }
}

/// A place for a connection; it is free again when this is dropped.
pub(super) struct Place {
    visitors: Arc<Visitors>,
    peer: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.visitors.state();
        if let Some(count) = state.connections.get_mut(&self.peer) {
            *count -= 1;
            if *count == 0 {
                state.connections.remove(&self.peer);
            }
        }
    }
}

impl Visitors {
    pub(super) fn new(bounds: Bounds) -> Self {
        Self { bounds, state: Mutex::default() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Entries are added and removed as a whole, so state that a panic poisoned is still good.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for a connection of the peer, `None` if there is none.
    pub(super) fn admit(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let mut state = self.state();
        let all: usize = state.connections.values().sum();
        let own = state.connections.entry(peer).or_default();
        if all >= self.bounds.connections || *own >= self.bounds.connections_of_peer {
            return None;
        }
        *own += 1;
        Some(Place { visitors: Arc::clone(self), peer })
    }

    /// Forgets the sessions that `exists` does not know, and returns those that have to be closed for a
    /// new session of the peer: the oldest unused ones first. `None` if there is no place.
    pub(super) fn make_room(
        &self,
        peer: IpAddr,
        exists: impl Fn(&str) -> bool,
    ) -> Option<Vec<Arc<str>>> {
        let mut state = self.state();
        state.sessions.retain(|id, _| exists(id));
        let own = state.sessions.values().filter(|session| session.peer == peer).count();
        let among_own = own >= self.bounds.sessions_of_peer;
        if !among_own && state.sessions.len() < self.bounds.sessions {
            return Some(Vec::new());
        }
        let can_go = |session: &Session| {
            (!among_own || session.peer == peer)
                && (!session.is_used() || session.last_request.elapsed() > self.bounds.longest_call)
        };
        let candidates = state.sessions.iter().filter(|(_, session)| can_go(session));
        let order = |session: &Session| (session.is_used(), session.last_request);
        let oldest = candidates.min_by_key(|(_, session)| order(session));
        let oldest = oldest.map(|(id, _)| Arc::clone(id))?;
        state.sessions.remove(&oldest);
        Some(vec![oldest])
    }

    /// Notes that the peer has opened a session, in whose name.
    pub(super) fn opened(&self, id: Arc<str>, peer: IpAddr, owner: Option<Arc<str>>) {
        let now = Instant::now();
        let session = Session { peer, owner, opened: now, last_request: now, requests: 0 };
        self.state().sessions.insert(id, session);
    }

    /// Notes a request of a session, and says whether whoever sends it may use the session.
    pub(super) fn used(&self, id: &str, caller: Option<&str>) -> bool {
        let mut state = self.state();
        let Some(session) = state.sessions.get_mut(id) else { return true };
        if session.owner.as_deref() != caller {
            return false;
        }
        session.last_request = Instant::now();
        session.requests = session.requests.saturating_add(1);
        true
    }

    /// The sessions that were opened and not used in time. They are forgotten, and have to be closed.
    pub(super) fn take_unused(&self) -> Vec<Arc<str>> {
        let mut state = self.state();
        let is_late = |session: &Session| {
            !session.is_used() && session.opened.elapsed() > self.bounds.first_call
        };
        let late = state.sessions.iter().filter(|(_, session)| is_late(session));
        let late: Vec<Arc<str>> = late.map(|(id, _)| Arc::clone(id)).collect();
        for id in &late {
            state.sessions.remove(id);
        }
        late
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOUNDS: Bounds = Bounds {
        sessions: 3,
        sessions_of_peer: 2,
        connections: 3,
        connections_of_peer: 2,
        first_call: Duration::ZERO,
        longest_call: Duration::from_secs(60),
    };

    fn peer(number: u8) -> IpAddr {
        [127, 0, 0, number].into()
    }

    fn open(visitors: &Visitors, id: &str, from: u8) -> Option<Vec<Arc<str>>> {
        let closed = visitors.make_room(peer(from), |_| true)?;
        visitors.opened(id.into(), peer(from), None);
        std::thread::sleep(Duration::from_millis(2));
        Some(closed)
    }

    #[test]
    fn the_oldest_unused_session_makes_room() {
        let visitors = Visitors::new(BOUNDS);
        let closed = |id: &str, from| {
            let closed = open(&visitors, id, from)?;
            Some(closed.first().map(ToString::to_string))
        };
        assert_eq!(closed("a", 1), Some(None));
        assert_eq!(closed("b", 1), Some(None));
        for _ in 0..USED_FROM {
            visitors.used("a", None);
        }
        // The peer has two already: its own unused one goes, although another one is older.
        assert_eq!(closed("c", 1), Some(Some("b".to_owned())));
        assert_eq!(closed("d", 2), Some(None));
        // All places are taken: the oldest unused one of anybody goes.
        assert_eq!(closed("e", 3), Some(Some("c".to_owned())));
        for id in ["d", "e"] {
            (0..USED_FROM).for_each(|_| assert!(visitors.used(id, None)));
        }
        // A session that was just used stays, so there is no room.
        assert_eq!(closed("f", 3), None);
        // Sessions that have ended make room.
        assert_eq!(visitors.make_room(peer(3), |id| id != "d"), Some(Vec::new()));
    }

    #[test]
    fn sessions_that_are_never_used_end_soon() {
        let visitors = Visitors::new(BOUNDS);
        open(&visitors, "a", 1).unwrap();
        open(&visitors, "b", 1).unwrap();
        (0..USED_FROM).for_each(|_| assert!(visitors.used("b", None)));
        let ended: Vec<String> = visitors.take_unused().iter().map(ToString::to_string).collect();
        assert_eq!(ended, ["a"]);
        assert!(visitors.take_unused().is_empty());
    }

    #[test]
    fn a_session_is_used_by_its_owner_only() {
        let visitors = Visitors::new(BOUNDS);
        visitors.opened("a".into(), peer(1), Some("ann".into()));
        visitors.opened("b".into(), peer(1), None);
        for (id, caller, expected) in [
            ("a", Some("ann"), true),
            ("a", Some("bob"), false),
            ("a", None, false),
            ("b", None, true),
            ("b", Some("ann"), false),
            ("c", Some("ann"), true),
        ] {
            assert_eq!(visitors.used(id, caller), expected, "{id} {caller:?}");
        }
    }

    #[test]
    fn a_peer_has_so_many_connections_only() {
        let visitors = Arc::new(Visitors::new(BOUNDS));
        let places: Vec<Place> =
            [1, 1, 2].iter().filter_map(|n| visitors.admit(peer(*n))).collect();
        assert_eq!(places.len(), 3);
        assert!(visitors.admit(peer(1)).is_none());
        assert!(visitors.admit(peer(3)).is_none());
        drop(places);
        assert!(visitors.admit(peer(1)).is_some());
        assert_eq!(visitors.state().connections.len(), 1);
    }
}
