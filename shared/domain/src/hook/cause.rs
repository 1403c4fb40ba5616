//! Who makes a change, and in which request: what every event of the change says.

use super::{Actor, Event, EventKind};
use crate::app::App;
use crate::http::RequestContext;
use crate::id::UserId;

/// The cause of a change.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// Who.
    pub actor: Actor,
    /// In which request; none for a job.
    pub context: Option<&'a RequestContext>,
}

impl<'a> Cause<'a> {
    /// `actor` in the request of `context`.
    #[must_use]
    pub fn new(actor: Actor, context: &'a RequestContext) -> Self {
        Self { actor, context: Some(context) }
    }

    /// A customer, in the request of `context`.
    #[must_use]
    pub fn user(user: &UserId, context: &'a RequestContext) -> Self {
        Self::new(Actor::User(user.clone()), context)
    }

    /// The platform itself.
    #[must_use]
    pub fn system() -> Cause<'static> {
        Cause { actor: Actor::System, context: None }
    }

    /// An event of this cause.
    #[must_use]
    pub fn event(&self, app: &App, kind: EventKind) -> Event {
        let event = Event::new(app, kind, self.actor.clone());
        match self.context {
            Some(context) => event.from(context),
            None => event,
        }
    }
}
