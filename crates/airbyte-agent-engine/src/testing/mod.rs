//! Tests without a network: a transport with responses that a test sets, and recorded traffic.
//!
//! [`Mock`] replaces the vendor. It returns the responses that a test has set, refuses all other
//! calls, and records the calls. Arguments are checked by the connector's description as in real
//! calls, so that a test fails where a real call would.
//!
//! ```
//! use airbyte_agent_engine::testing::Mock;
//! use airbyte_agent_engine::{ErrorKind, Result};
//! # use airbyte_agent_engine::Description;
//! use serde_json::json;
//!
//! # async fn example(description: Description) -> Result<()> {
//! let mock = Mock::new();
//! mock.on("issues", "list").with(json!({"owner": "acme"})).reply(json!([{"number": 1}]));
//! mock.on("issues", "create").fail(ErrorKind::RateLimited).reply(json!({"number": 2}));
//!
//! let client = mock.client(description);
//! let issues = client.execute("issues", "list", json!({"owner": "acme", "repo": "app"})).await?;
//! assert_eq!(issues.data[0]["number"], 1);
//! assert_eq!(mock.calls()[0].arguments["repo"], "app");
//! # Ok(())
//! # }
//! ```
//!
//! A typed connector can use it as well: `let gong: GongConnector = mock.connector();`.
//!
//! Where real responses matter, [`Recorder`] stores the vendor's responses without secrets, and
//! [`Replay`] returns them again.

mod cassette;
mod compare;
mod mock;
mod recorder;
mod replay;
mod scrub;
mod shapes;
mod suspect;

pub use self::mock::{Failure, Mock, Rule, Seen};
pub use self::recorder::Recorder;
pub use self::replay::Replay;
