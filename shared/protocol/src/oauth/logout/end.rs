//! The end of one session.

use crate::app::App;
use crate::hook::Cause;
use crate::identity::{self, Act, User};
use crate::oauth::grants::{self, Reason};
use crate::session::{self, Session, SignedIn};
use crate::store::{self, StoreError};

/// The place of the write that removes the session in the transaction.
const SESSION: usize = 0;
/// The place of the write that raises the customer's counter.
const ACCOUNT: usize = 1;

/// Ends a session and all that was granted in it without `offline_access`, in one transaction as far as that holds it, and returns it as it
/// was in the end. One that has ended already is no error.
///
/// # Errors
/// When the store does not answer.
pub async fn end(
    app: &App,
    signed_in: &SignedIn,
    reason: &'static str,
    cause: &Cause<'_>,
) -> Result<Session, StoreError> {
    const TRIES: usize = 5;
    let SignedIn { mut session, mut user } = signed_in.clone();
    for _ in 0..TRIES {
        let (after, raise) = identity::raise_write(&user, Act::SignedOut(&session.id));
        let mut change = session::end_as_read_writes(app, &session, reason, cause);
        change.insert(ACCOUNT, raise);
        let groups = grants::revoke_ended(app, &after, Reason::SessionEnded, cause).await?;
        match store::transact_groups(app, change, groups).await {
            Ok(_) => return Ok(session.entity),
            Err(error @ StoreError::Refused { index: SESSION, .. }) => match error.winner()? {
                // It was used meanwhile, maybe for a further client, who is to be told as well.
                Some(used) => session = used,
                None => return Ok(session.entity),
            },
            Err(error @ StoreError::Refused { index: ACCOUNT, .. }) => match error.winner::<User>()? {
                Some(changed) => user = changed,
                None => return Ok(session.entity),
            },
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}
