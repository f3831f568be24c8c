//! Vendors and the hosted platform, emulated from connector descriptions.
