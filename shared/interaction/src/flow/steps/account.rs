//! Which account: one that is signed in on the browser, or another one. Choosing `leave` goes back to where one says who one is.

use super::again;
use crate::app::App;
use crate::app::function::Reply;
use crate::flow::advance::{Change, advance};
use crate::flow::definition::FlowKind;
use crate::flow::engine::Step;
use crate::flow::progress::Progress;
use crate::flow::rejection::Rejection;
use crate::flow::visit::Visit;
use crate::http::Problem;
use crate::id::SessionId;
use crate::page::{Fault, FieldError};

/// Takes which account is wanted.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn account(app: &App, mut visit: Visit<'_>) -> Reply {
    if visit.tx.progress.authentication.is_some() {
        // Whoever has proven who they are in this sign-in goes on with it.
        return advance(app, visit, Change::default()).await;
    }
    let progress = match visit.typed("action") {
        "choose" => match visit.typed("session").parse::<SessionId>() {
            Ok(session) => Progress { chosen: Some(session), ..Progress::default() },
            Err(_) => {
                let wrong = Rejection::typed(vec![FieldError::general(Fault::RequestInvalid)]);
                return again(app, &visit, Step::SelectAccount, wrong).await;
            }
        },
        "use_other" | "leave" => Progress { other_account: true, ..Progress::default() },
        _ => return Err(Problem::invalid_request("`action` must be choose, use_other or leave")),
    };
    visit.tx.kind = FlowKind::SignIn;
    visit.tx.progress = progress;
    advance(app, visit, Change::default()).await
}
