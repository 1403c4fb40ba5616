//! The pages and messages, rendered.
