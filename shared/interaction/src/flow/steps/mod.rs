//! The steps that customers take, each posted to the function of its name: do the step, then move the transaction on, or show the
//! same page again with what is wrong.

mod account;
mod consent;
mod identify;
mod password;
mod recover;
mod reset;
mod sign_up;
mod verify;

pub use account::account;
pub use consent::consent;
pub use identify::{identify, identify_and_password};
pub use password::password;
pub use recover::{look_recover, recover};
pub use reset::{look_reset, reset};
pub use sign_up::{look_sign_up, sign_up};
pub use verify::{look_verify, verify};

use super::advance::where_at;
use super::engine::Step;
use super::rejection::Rejection;
use super::show::{self, Outcome, Shown};
use super::visit::Visit;
use crate::app::App;
use crate::app::function::Reply;
use crate::limit::LimitError;

/// The same step again, with what is wrong.
async fn again(app: &App, visit: &Visit<'_>, step: Step, wrong: Rejection) -> Reply {
    let (_, situation) = where_at(app, visit).await?;
    let outcome = Outcome { wrong: Some(wrong), notice: None };
    show::step(app, visit, Shown { step, situation, outcome }).await
}

/// Too many attempts as something that a page shows; anything else stays an error.
fn too_many(error: LimitError) -> Result<Rejection, LimitError> {
    match error {
        LimitError::Exceeded { seconds } => Ok(Rejection::too_many(seconds)),
        LimitError::Store(_) => Err(error),
    }
}
