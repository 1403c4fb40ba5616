//! The link that a customer is sent who is asked on a device of their own (CIBA Core §7.2): it begins a sign-in, in which they say yes or no.
//! Nothing is decided by following it.

use super::begin::begin;
use super::transaction::Purpose;
use crate::app::App;
use crate::app::function::Reply;
use crate::http::{Problem, Request};
use crate::oauth::ciba;
use crate::page::Fault;

/// Begins the sign-in of the request that the link leads to.
///
/// # Errors
/// When the link leads nowhere any more, or the store does not answer.
pub async fn approve(app: &App, request: &Request) -> Reply {
    let query = request.query()?;
    match ciba::find_approval(app, query.get("request").unwrap_or_default()).await? {
        Some(pending) => begin(app, request, Purpose::Backchannel(Box::new(pending))).await,
        None => {
            let detail = "the link was used, or is too old";
            Err(Problem::bad_request("link_invalid", detail).saying(Fault::LinkInvalid))
        }
    }
}
