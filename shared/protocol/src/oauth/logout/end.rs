//! The end of one session.

use crate::app::App;
use crate::hook::Cause;
use crate::oauth::grants;
use crate::session::{self, Session};
use crate::store::{self, StoreError, Stored};

/// Ends `session` and all that was granted in it without `offline_access`, in one transaction, and returns it as it was in the end.
/// One that has ended already is no error.
///
/// # Errors
/// When the store does not answer.
pub async fn end(
    app: &App,
    session: &Stored<Session>,
    reason: &'static str,
    cause: &Cause<'_>,
) -> Result<Session, StoreError> {
    const TRIES: usize = 3;
    let mut known = session.clone();
    for _ in 0..TRIES {
        let mut writes = session::end_as_read_writes(app, &known, reason, cause);
        writes.extend(grants::end_writes_of_session(app, &known.user, &known.id, cause).await?);
        match store::transact(app, writes).await {
            Ok(()) => return Ok(known.entity),
            Err(error @ StoreError::Refused { index: 0, .. }) => match error.winner()? {
                // It was used meanwhile, maybe for a further client, who is to be told as well.
                Some(used) => known = used,
                None => return Ok(known.entity),
            },
            // A grant was revoked meanwhile: look again.
            Err(StoreError::Refused { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Err(StoreError::Busy)
}
