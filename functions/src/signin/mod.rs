//! The steps of the flow engine, each for people (forms and pages) and for programs (JSON).

pub mod account;
pub mod consent;
pub mod identify;
pub mod page;
pub mod password;
pub mod recover;
pub mod reset;
pub mod signup;
pub mod verify;
