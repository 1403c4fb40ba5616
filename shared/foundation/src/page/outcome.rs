//! The pages at the end of a way: signing out, errors, and the way back to the application.

use serde::{Serialize, Serializer};

use super::{Answer, ClientLink, Fault, Field, Frame, Link};

/// Do you want to sign out: `POST /oauth2/logout` with the given fields (RP-Initiated Logout 1.0 §2).
#[derive(Serialize)]
pub struct LogoutConfirm {
    /// The form's frame.
    pub frame: Frame,
    /// What the answer must carry.
    pub fields: Vec<Field>,
}

/// You are signed out.
#[derive(Serialize)]
pub struct LoggedOut {
    /// The application that the customer came from.
    pub client: Option<ClientLink>,
    /// Addresses of applications that learn of it by being loaded (Front-Channel Logout 1.0 §3).
    pub frames: Vec<Link>,
    /// Where the browser goes on to when they are: an address that the application has registered.
    pub onward: Option<String>,
    /// Only when they follow the link.
    pub waits: bool,
}

/// It did not work, and no form can mend it.
#[derive(Serialize)]
pub struct ErrorPage {
    /// What is wrong; serialized as its id.
    #[serde(serialize_with = "id")]
    pub fault: Fault,
    /// What a developer needs to know, such as an `error_description`.
    pub detail: Option<String>,
    /// The request's id, for support.
    pub request_id: String,
    /// The application to go back to.
    pub client: Option<ClientLink>,
    /// The path at which it can be tried again.
    pub again: Option<String>,
}

/// The sign-in is over, and its page was opened again: what came of it, and the way on.
#[derive(Serialize)]
pub struct Finished {
    /// The application that it was for.
    pub client: Option<ClientLink>,
    /// Whether the customer is signed in, or said no.
    pub answer: Answer,
}

fn id<S: Serializer>(fault: &Fault, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(fault.id())
}

/// The response to the application as a form (OAuth 2.0 Form Post Response Mode §2).
#[derive(Serialize)]
pub struct FormPost {
    /// The application's redirect address.
    pub action: Link,
    /// The response's parameters.
    pub fields: Vec<Field>,
    /// The application's name.
    pub client: Option<String>,
}
