//! What is your password. For an account that there is and one that there is not the same is read, hashed, counted and told.

use serde_json::json;

use super::{again, too_many};
use crate::app::App;
use crate::app::function::Reply;
use crate::credential::password::{self, Verdict};
use crate::flow::FlowError;
use crate::flow::advance::{Change, advance};
use crate::flow::claimed_account::ClaimedAccount;
use crate::flow::complete::by_password;
use crate::flow::engine::Step;
use crate::flow::rejection::Rejection;
use crate::flow::situation::KnownRecords;
use crate::flow::visit::Visit;
use crate::hook::EventKind;
use crate::identity::{NormalIdentifier, User};
use crate::keys::sealer;
use crate::limit::guess::{self, Attempt, Guesser};
use crate::limit::{self, Bucket};
use crate::page::{Fault, FieldError};
use crate::secret::Secret;
use crate::store;

/// Checks a password.
///
/// # Errors
/// When another request was faster, or the store does not answer.
pub async fn password(app: &App, mut visit: Visit<'_>) -> Reply {
    let Some(identifier) = visit.tx.progress.identified.clone() else {
        return again(app, &visit, Step::Identify, required("identifier", Fault::IdentifierRequired)).await;
    };
    let typed = Secret::new(visit.typed("password").to_owned());
    if typed.expose().is_empty() {
        return again(app, &visit, Step::Password, required("password", Fault::PasswordRequired)).await;
    }
    let mut claimed = ClaimedAccount::load(app, &visit, &identifier).await?;
    let attempt = match begin_attempt(app, &visit, (&identifier, &claimed)).await {
        Ok(attempt) => attempt,
        Err(FlowError::Limit(error)) => {
            let wrong = too_many(error)?;
            announce_attempt(app, &visit, claimed.user.as_deref(), EventKind::SignInThrottled).await?;
            return again(app, &visit, Step::Password, wrong).await;
        }
        Err(error) => return Err(error.into()),
    };
    let verdict = password::verify_stored(app, claimed.password.take(), &typed).await?;
    match (verdict, claimed.user.as_deref()) {
        (Verdict::Right, Some(account)) => {
            if !account.is_active(app.clock.now()) {
                announce_attempt(app, &visit, Some(account), EventKind::SignInFailed).await?;
                let wrong = Rejection::forbidden(FieldError::general(Fault::AccountDisabled));
                return again(app, &visit, Step::Password, wrong).await;
            }
            visit.tx.progress.authentication = Some(by_password(app, account));
            let writes = vec![attempt.succeeded()];
            advance(app, visit, Change { writes, given: KnownRecords::Read(Box::new(claimed)) }).await
        }
        (Verdict::Right | Verdict::Wrong, account) => {
            announce_attempt(app, &visit, account, EventKind::SignInFailed).await?;
            let wrong = Rejection::unproven(FieldError::on("password", Fault::CredentialsWrong));
            again(app, &visit, Step::Password, wrong).await
        }
    }
}

fn required(field: &'static str, fault: Fault) -> Rejection {
    Rejection::typed(vec![FieldError::on(field, fault)])
}

/// Counts the attempt against the caller's address, then against the identifier that was typed: a count of the account would tell
/// which identifiers are of one account. A device that its owner has signed in with before has a count of its own, so that nobody
/// else's guesses lock the owner out.
async fn begin_attempt(
    app: &App,
    visit: &Visit<'_>,
    (identifier, claimed): (&NormalIdentifier, &ClaimedAccount),
) -> Result<Attempt, FlowError> {
    limit::take(app, Bucket::SignIn, &limit::of_address(visit.context.address)).await?;
    let guesser = match &claimed.device {
        Some(device) => Guesser::Device(&device.hash),
        None => Guesser::Stranger,
    };
    Ok(guess::begin(app, &identifier.mac(&*sealer(app).await?), guesser).await?)
}

/// Tells of a failed attempt, for an account that there is not as well.
async fn announce_attempt(
    app: &App,
    visit: &Visit<'_>,
    account: Option<&User>,
    kind: EventKind,
) -> Result<(), FlowError> {
    let event = visit.cause().event(app, kind).with(json!({ "method": "pwd", "known": account.is_some() }));
    let event = account.into_iter().fold(event, |event, user| event.to(&user.id));
    let client = visit.tx.purpose.request().map(|asked| asked.client_id.as_str());
    let event = client.into_iter().fold(event, |event, client| event.of_client(client));
    Ok(store::write(app, event.announce()).await?)
}
