//! The first administrator: an account with the owner's role, and a mail that says where to set its password. The mail holds no
//! secret: the way in is the recovery of the account, whose own short-lived link proves the address.

use super::SeedError;
use crate::app::App;
use crate::hook::Cause;
use crate::identity::{self, NormalIdentifier, UNPROVEN_LIFETIME, User};
use crate::keys;
use crate::message::{self, Destination, Outgoing};
use crate::page::{Locale, Message};
use crate::store;

/// The role that may do everything.
const OWNER: &str = "owner";

/// Invites whoever has `email`, unless there is such an account. An invitation that nobody follows for a week is void; the next
/// deployment repeats it.
pub(super) async fn invite(app: &App, email: &str) -> Result<(), SeedError> {
    let identifier = NormalIdentifier::email(email).map_err(|fault| SeedError::AdminEmail(fault.id()))?;
    if identity::find(app, &identifier).await?.is_some() {
        return Ok(());
    }
    let sealer = keys::sealer(app).await?;
    let mut admin = User::new(app, std::slice::from_ref(&identifier));
    admin.roles = vec![OWNER.to_owned()];
    let cause = Cause::system();
    let mut writes = identity::create_writes(app, &sealer, &admin, &cause);
    let invitation = Outgoing {
        to: Destination::Email(identifier.value().to_owned()),
        message: Message::AdminInvitation { link: app.config.url("/recover"), hours: hours() },
        locale: Locale::En,
        user: Some(&admin.id),
        expires_at: app.clock.now().plus(UNPROVEN_LIFETIME),
    };
    writes.push(message::request(app, &sealer, invitation, &cause));
    match store::transact(app, writes).await {
        Err(error) if error.is_refused() => Ok(()), // the address has become somebody's in the meantime
        other => Ok(other?),
    }
}

fn hours() -> u32 {
    u32::try_from(UNPROVEN_LIFETIME.as_secs() / 3600).unwrap_or(u32::MAX)
}
