//! Withdrawing a code that never arrived, so that another one can take its place: of all that are given for one sign-in, one lives.

use super::Code;
use crate::app::App;
use crate::store::{self, Condition, StoreError, Write};

/// The write that withdraws the code with this hash, refused if it is redeemed meanwhile; `None` where it has been redeemed, or is not
/// remembered any more.
///
/// # Errors
/// When the store does not answer.
pub async fn withdraw_write(app: &App, hash: &str) -> Result<Option<Write>, StoreError> {
    let code = store::get_now::<Code>(app, Code::key_of(hash)).await?;
    let unused = [Condition::Exists, Condition::Absent("redeemed_at")];
    Ok(code
        .filter(|code| code.redeemed_at.is_none())
        .map(|_| Write::delete::<Code>(Code::key_of(hash), &unused)))
}
