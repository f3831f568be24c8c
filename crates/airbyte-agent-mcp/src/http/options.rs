//! The options of a server over HTTP.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use airbyte_agent_core::{Error, ErrorKind, Result};

use super::oauth::OAuth;
use crate::config::file::Table;

/// The options of a server over HTTP.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The address at which the server listens; a free port of 127.0.0.1 unless it is set.
    pub listen: Option<SocketAddr>,
    /// The token that clients have to present. It is needed where other machines can connect.
    pub token: Option<Token>,
    /// The authorization server whose tokens clients have to present instead.
    pub oauth: Option<OAuth>,
    /// Whether clients of revisions that have sessions get one, as they do unless it is `false`. Without sessions
    /// each request stands alone: several servers can share the work, and nobody can be asked in the middle
    /// of a call. From revision 2026-07-28 on there are none in any case.
    pub sessions: bool,
    /// The origins of web pages that may connect, such as `https://app.example.com` or
    /// `http://localhost:*`; none unless they are set. Programs send no origin and need none.
    pub origins: Vec<String>,
    /// The host names under which clients reach the server, besides the local ones.
    pub hosts: Vec<String>,
    /// How long a session may be unused before it ends; half an hour unless it is set, and never shorter
    /// than a call may take.
    pub idle: Option<Duration>,
    /// How long a session may exist before its first call; a minute unless it is set.
    pub first_call: Option<Duration>,
}

/// A bearer token. Its debug output does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A token, which has to have at least 16 visible ASCII characters.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for any other text. The message does not repeat it.
    pub fn new(token: impl Into<String>) -> Result<Self> {
        let token = token.into();
        let token = token.trim();
        if token.len() < 16 || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "the bearer token must have at least 16 visible ASCII characters";
            return Err(Error::new(ErrorKind::Usage, message));
        }
        Ok(Self(token.to_owned()))
    }

    /// Whether `given` is this token. The time does not depend on how much of it is right.
    pub(super) fn is(&self, given: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), given.as_bytes());
        let same = ours.iter().zip(theirs).fold(0, |all, (a, b)| all | (a ^ b)) == 0;
        same && ours.len() == theirs.len()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token([redacted])")
    }
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            listen: None,
            token: None,
            oauth: None,
            sessions: true,
            origins: Vec::new(),
            hosts: Vec::new(),
            idle: None,
            first_call: None,
        }
    }
}

impl HttpOptions {
    /// Sets the address at which the server listens.
    #[must_use]
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = Some(address);
        self
    }

    /// Sets the token that clients have to present.
    #[must_use]
    pub fn token(mut self, token: Token) -> Self {
        self.token = Some(token);
        self
    }

    /// Sets the authorization server whose tokens clients have to present.
    #[must_use]
    pub fn oauth(mut self, oauth: OAuth) -> Self {
        self.oauth = Some(oauth);
        self
    }

    /// Sets whether clients of revisions that have sessions get one.
    #[must_use]
    pub fn sessions(mut self, wanted: bool) -> Self {
        self.sessions = wanted;
        self
    }

    /// Sets how long a session may be unused before it ends.
    #[must_use]
    pub fn idle(mut self, longest: Duration) -> Self {
        self.idle = Some(longest);
        self
    }

    /// Sets how long a session may exist before its first call.
    #[must_use]
    pub fn first_call(mut self, longest: Duration) -> Self {
        self.first_call = Some(longest);
        self
    }

    /// The address at which the server listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.listen.unwrap_or_else(|| (Ipv4Addr::LOCALHOST, 0).into())
    }

    /// The host names under which requests may come. `None` stands for any name, where the server listens at
    /// all addresses and is protected by the token alone.
    pub(super) fn hosts(&self, address: SocketAddr) -> Option<Vec<String>> {
        if address.ip().is_unspecified() && self.hosts.is_empty() {
            return None;
        }
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()];
        hosts.push(address.ip().to_string());
        hosts.extend(self.hosts.iter().cloned());
        let known = self.oauth.as_ref().and_then(|oauth| url::Url::parse(&oauth.resource).ok());
        hosts.extend(known.and_then(|url| url.host_str().map(str::to_owned)));
        Some(hosts)
    }

    /// Reads the options of a table.
    pub(crate) fn read(mut table: Table<'_>) -> Result<Self> {
        let options = Self {
            listen: table.parsed("listen", listen)?,
            token: table.parsed("token", |text| Token::new(text))?,
            oauth: table.table("oauth")?.map(OAuth::read).transpose()?,
            sessions: table.flag("sessions")?.unwrap_or(true),
            origins: table.texts("origins")?,
            hosts: table.texts("hosts")?,
            idle: table.seconds("idle")?,
            first_call: None,
        };
        table.end();
        Ok(options)
    }
}

/// Reads an address: `127.0.0.1:8080`, `localhost:8080`, or a port of 127.0.0.1 alone.
///
/// # Errors
///
/// [`ErrorKind::Usage`] when the text is no address.
pub fn listen(text: &str) -> Result<SocketAddr> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok((Ipv4Addr::LOCALHOST, port).into());
    }
    let local = text.strip_prefix("localhost:").and_then(|port| port.parse().ok());
    if let Some(port) = local {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse().map_err(|_| {
        let message = format!("'{text}' is no address; write 127.0.0.1:8080, or a port alone");
        Error::new(ErrorKind::Usage, message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_local_unless_said_otherwise() {
        for (text, expected) in [
            ("8080", "127.0.0.1:8080"),
            ("localhost:1", "127.0.0.1:1"),
            ("0.0.0.0:80", "0.0.0.0:80"),
            ("[::1]:0", "[::1]:0"),
        ] {
            assert_eq!(listen(text).unwrap().to_string(), expected);
        }
        assert!(listen("example.com").is_err());
    }

    #[test]
    fn tokens_are_compared_whole_and_never_shown() {
        let token = Token::new("0123456789abcdef").unwrap();
        assert!(token.is("0123456789abcdef"));
        for other in ["0123456789abcdee", "0123456789abcde", "0123456789abcdef0", ""] {
            assert!(!token.is(other), "{other}");
        }
        assert!(!format!("{token:?}").contains("0123"));
        assert!(Token::new("short").is_err());
    }
}
