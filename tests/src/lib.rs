//! Actors for the end-to-end tests: the platform in this process, with a stopped clock, seeded chance and mails kept in memory; a
//! visitor with a browser; a client application. A test reads as what they do.
#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

mod application;
mod certificate;
mod holder;
mod page;
mod receiver;
mod visitor;
mod web;
mod world;

pub use application::{Application, Tokens};
pub use certificate::{Authority, self_signed};
pub use holder::Holder;
pub use page::{Form, View};
pub use receiver::{Posted, Receiver};
pub use visitor::Visitor;
pub use web::Web;
pub use world::{ADA, GRACE, PASSWORD, Row, World, form_request, value_of};
