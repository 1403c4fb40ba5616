//! What the client room promises.
