//! What models are told of every connector.
