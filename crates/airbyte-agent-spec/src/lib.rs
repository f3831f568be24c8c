//! Reads and checks a connector spec and lowers it to a connector description.
