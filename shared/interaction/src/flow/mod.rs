//! The sign-in, sign-up and recovery state machine: one engine, flows as data. `definition` is what a flow can say, `engine` decides
//! what comes next, `situation` gathers the facts, `steps` do what is asked for, `advance` moves on and `complete` ends.

mod advance;
mod approve;
mod begin;
mod challenge;
mod claimed_account;
mod complete;
mod definition;
mod device;
mod ending;
mod engine;
mod error;
mod facts;
mod mask;
mod outcome;
mod pending_sign_up;
mod placeholder;
mod progress;
mod proof;
mod rejection;
mod seed;
mod show;
mod situation;
pub mod steps;
#[cfg(test)]
mod tests;
mod transaction;
mod visit;

pub use advance::current;
pub use approve::approve;
pub use begin::{begin, begin_sign_up, restart};
pub use challenge::{Answering, challenge, client_of};
pub use definition::{Ask, AskAccount, Flow, FlowKind, FlowStep, Method, Need, Task, When};
pub use device::{enter_device, look_device};
pub use ending::{PasswordSet, end_other_sessions, end_session, ended_groups, known_of, password_set_writes};
pub use engine::{Refusal, Step, candidate, next, suffices};
pub use error::FlowError;
pub use facts::{AccountFacts, ClientFacts, Demand, Facts, SessionFacts};
pub use outcome::SignInOutcome;
pub use pending_sign_up::PendingSignUp;
pub use progress::{Decision, Progress};
pub use rejection::Rejection;
pub use seed::{defaults, flow, seed};
pub use transaction::{AccountPage, Application, DeviceRequest, Purpose, Transaction};
pub use visit::Visit;
