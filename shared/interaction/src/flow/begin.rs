//! Where flows begin: at once to the end, where a good session leaves nothing to ask; else a transaction, and its first page.

use super::complete::{self, Completion};
use super::definition::FlowKind;
use super::engine::{self, Step};
use super::progress::Progress;
use super::seed;
use super::situation::{KnownRecords, Situation};
use super::transaction::{self, AccountPage, Purpose, REMEMBERED, Transaction};
use super::visit::Manner;
use crate::app::App;
use crate::app::function::Reply;
use crate::http::{Request, Response};
use crate::identity::{IdentifierKind, NormalIdentifier, User};
use crate::session::{browser, browser_within};
use crate::store::{self, Write};

/// Signs a customer in for `purpose`.
///
/// # Errors
/// When the store does not answer.
pub async fn begin(app: &App, request: &Request, purpose: Purpose) -> Reply {
    let kind = purpose.first_flow();
    begin_with(app, request, kind, purpose).await
}

/// Lets a customer make an account, for no client.
///
/// # Errors
/// When the store does not answer.
pub async fn begin_sign_up(app: &App, request: &Request) -> Reply {
    begin_with(app, request, FlowKind::SignUp, Purpose::account(AccountPage::Profile)).await
}

async fn begin_with(app: &App, request: &Request, kind: FlowKind, purpose: Purpose) -> Reply {
    let mut progress = Progress::default();
    let flow = seed::flow(app, kind).await?;
    let situation = Situation::gather(app, request, (&purpose, &progress), KnownRecords::Nothing).await?;
    let step = engine::next(&flow, &progress, &situation.facts);
    match step {
        Step::Complete => {
            let manner = Manner::Browser;
            let completion = Completion {
                request,
                manner,
                purpose: &purpose,
                progress: &progress,
                situation,
                changes_account: false,
                within: None,
            };
            complete::at_once(app, completion).await
        }
        Step::Refuse(refusal) => {
            let about = (&purpose, situation.client.as_deref());
            complete::refusal(app, about, refusal).await?.respond(app, &request.context())
        }
        step => {
            progress.identified = expected(&situation, &progress);
            let step = if progress.identified.is_some() {
                engine::next(&flow, &progress, &situation.facts)
            } else {
                step
            };
            start(app, request, (kind, step), (purpose, progress)).await
        }
    }
}

/// Writes the transaction and goes to the page of its first step.
async fn start(
    app: &App,
    request: &Request,
    (kind, step): (FlowKind, Step),
    (purpose, progress): (Purpose, Progress),
) -> Reply {
    let browser = browser(app, request);
    let (transaction, handle) = Transaction::begin(app, &browser, kind, (purpose, progress)).await?;
    store::write(app, Write::create(&transaction)).await?;
    let response = Response::see_other(&app.config.url(&step.path(handle.expose())))?;
    let lifetime = transaction.expires_at.since(transaction.started_at) + REMEMBERED;
    Ok(browser.remember_within(app, response, (&handle, lifetime)))
}

/// Begins anew what took too long, for the browser that had begun it.
///
/// # Errors
/// When it is not remembered, or the store does not answer.
pub async fn restart(app: &App, request: &Request, handle: &str) -> Reply {
    let browser = browser_within(app, request, Some(handle));
    let purpose = transaction::load_purpose(app, &browser, handle).await?;
    begin(app, request, purpose).await
}

/// Who will have to prove again who they are: the customer whose session is too old, or whom the client wants to see again.
pub(super) fn expected(situation: &Situation, progress: &Progress) -> Option<NormalIdentifier> {
    let candidate = situation.candidate(progress)?;
    let facts = engine::candidate(progress, &situation.facts)?;
    if engine::suffices(facts, &situation.facts) {
        return None;
    }
    best_identifier(&candidate.user)
}

fn best_identifier(user: &User) -> Option<NormalIdentifier> {
    IdentifierKind::ALL.into_iter().find_map(|kind| user.primary(kind)).map(|own| own.normal())
}

impl Step {
    /// The page of this step within a transaction.
    #[must_use]
    pub fn path(&self, handle: &str) -> String {
        let page = match self {
            Self::SignUp => "/signup",
            Self::Verify(_) => "/verify",
            Self::Recover => "/recover",
            Self::SelectAccount
            | Self::Identify
            | Self::Password
            | Self::Consent
            | Self::FollowLink
            | Self::SetPassword
            | Self::Complete
            | Self::Refuse(_) => "/signin",
        };
        format!("{page}?tx={handle}")
    }
}
