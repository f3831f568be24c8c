//! Tests without a network: a transport that answers as told, and recorded traffic.
//!
//! [`Mock`] takes the place of the vendor. It is told what to answer, refuses what it was not told
//! of, and remembers the calls. Arguments are checked by the connector's description as in real
//! calls, so that a test fails where production would.
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
//! A typed connector works on it as well: `let gong: GongConnector = mock.connector();`.
//!
//! Where real responses matter, [`Recorder`] writes down what a vendor says, without secrets, and
//! [`Replay`] says it again.

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
