//! A request within a transaction: its parameters, its browser, and the transaction that both belong to.

use std::sync::Arc;

use http::Method;

use super::FlowError;
use super::advance::AUTHORIZE;
use super::definition::{Flow, FlowKind, Task};
use super::rejection::Rejection;
use super::seed;
use super::transaction::{self, Transaction};
use crate::app::App;
use crate::client;
use crate::hook::{Actor, Cause};
use crate::http::{Params, Problem, Request, RequestContext};
use crate::keys::{Handle, HandleKind};
use crate::page::{Frame, Locale};
use crate::session::{Browser, browser, browser_within};
use crate::store::Stored;

/// Who shows the steps to the customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// We do, in a browser: as pages, or as data for scripts.
    Browser,
    /// An application does, and is told what comes next as an error of OAuth.
    Application,
}

/// A request within a transaction.
pub struct Visit<'a> {
    pub(super) request: &'a Request,
    pub(super) context: RequestContext,
    pub(super) params: Params,
    pub(super) browser: Browser,
    /// The transaction's handle, as the browser has it.
    pub(super) handle: String,
    pub(super) tx: Stored<Transaction>,
    pub(super) manner: Manner,
}

impl<'a> Visit<'a> {
    /// A form or a JSON object posted within a transaction: checked against forgery, then against the transaction's browser.
    ///
    /// # Errors
    /// 400 for a malformed request and for a transaction that is over, 403 for a forged one.
    pub async fn posted(app: &App, request: &'a Request) -> Result<Self, Problem> {
        let params = request.form_or_json()?;
        let browser = browser_within(app, request, params.get("tx"));
        if let Err(problem) = browser.check(app, request, &params).await {
            let page = Handle::parse(HandleKind::Transaction, params.get("tx").unwrap_or_default());
            let path = page.map_or_else(|| "/signin".to_owned(), |tx| format!("/signin?tx={}", tx.expose()));
            return Err(problem.leading_to(path));
        }
        Self::of(app, request, params, browser).await
    }

    /// A page looked at within a transaction; `None` where the query names none.
    ///
    /// # Errors
    /// 400 for a malformed request and for a transaction that is over.
    pub async fn looked(app: &App, request: &'a Request) -> Result<Option<Self>, Problem> {
        let params = request.query()?;
        if params.get("tx").is_none() {
            return Ok(None);
        }
        let browser = browser_within(app, request, params.get("tx"));
        Self::of(app, request, params, browser).await.map(Some)
    }

    async fn of(app: &App, request: &'a Request, params: Params, browser: Browser) -> Result<Self, Problem> {
        let handle = params.get("tx").ok_or(FlowError::Expired)?.to_owned();
        let tx = transaction::load(app, &browser, &handle).await?;
        if tx.outcome.is_some() && !shows_outcomes(request) {
            return Err(FlowError::moved(app, &handle).into());
        }
        Ok(Self { request, context: request.context(), params, browser, handle, tx, manner: Manner::Browser })
    }

    /// `result`, and where a condition of it did not hold, why: another request of this browser may have been faster, such as a second
    /// click. It has taken the transaction on, and its page knows where.
    pub(super) async fn explain_race<T>(
        &self,
        app: &App,
        result: Result<T, FlowError>,
    ) -> Result<T, FlowError> {
        match (result, self.manner) {
            (Err(FlowError::Raced), Manner::Browser) => {
                self.check_unmoved(app).await?;
                Err(FlowError::Raced)
            }
            (result, Manner::Browser | Manner::Application) => result,
        }
    }

    /// Demands that no other request of this browser has taken the transaction on since it was read.
    pub(super) async fn check_unmoved(&self, app: &App) -> Result<(), FlowError> {
        if self.manner == Manner::Application {
            return Ok(());
        }
        let tx = transaction::load(app, &self.browser, &self.handle).await?;
        if tx.rev == self.tx.rev { Ok(()) } else { Err(FlowError::moved(app, &self.handle)) }
    }

    /// A request of the application that drives the transaction. It brings no cookies, so nothing can be forged.
    pub(super) fn driven(
        app: &App,
        (request, params): (&'a Request, Params),
        (handle, tx): (String, Stored<Transaction>),
    ) -> Self {
        let browser = browser(app, request);
        let manner = Manner::Application;
        Self { request, context: request.context(), params, browser, handle, tx, manner }
    }

    /// The same request once more, at the transaction as it was read.
    pub(super) fn again(&self, app: &App) -> Self {
        Self {
            request: self.request,
            context: self.context.clone(),
            params: self.params.clone(),
            browser: browser_within(app, self.request, Some(&self.handle)),
            handle: self.handle.clone(),
            tx: self.tx.clone(),
            manner: self.manner,
        }
    }

    /// The flow that the transaction goes by.
    pub(super) async fn flow(&self, app: &App) -> Result<Arc<Flow>, FlowError> {
        seed::flow(app, self.tx.kind).await
    }

    /// The language of the page.
    pub(super) fn locale(&self) -> Locale {
        self.tx.purpose.locale(&self.context)
    }

    /// Who is taken to act: the customer who has proven who they are, else nobody in particular.
    pub(super) fn cause(&self) -> Cause<'_> {
        let proven = self.tx.progress.authentication.as_ref();
        let actor = proven.map_or(Actor::Anonymous, |proven| Actor::User(proven.user.clone()));
        Cause::new(actor, &self.context)
    }

    /// A parameter, or nothing.
    pub(super) fn typed(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }
}

/// The page of the form that was posted: its own path, with what its link brought.
fn page_of(request: &Request, params: &Params) -> String {
    let brought = ["token", "tx"].into_iter().filter_map(|name| Some((name, params.get(name)?)));
    let query = brought.fold(Params::default(), |query, (name, value)| query.with(name, value)).encode();
    if query.is_empty() { request.path.clone() } else { format!("{}?{query}", request.path) }
}

/// Whether what came of a sign-in is shown at the address that `request` is for.
fn shows_outcomes(request: &Request) -> bool {
    request.method == Method::GET && ["/signin", AUTHORIZE].contains(&request.path.as_str())
}

/// What `find` says of the first step of the kind's flow that it says anything of.
pub(super) async fn of_flow<T>(
    app: &App,
    kind: FlowKind,
    find: impl Fn(&Task) -> Option<T>,
) -> Result<Option<T>, FlowError> {
    Ok(seed::flow(app, kind).await?.steps.iter().find_map(|step| find(&step.task)))
}

/// A request that may be part of a transaction and makes sense without one.
pub(super) struct Loose<'a> {
    pub(super) request: &'a Request,
    pub(super) context: RequestContext,
    pub(super) params: Params,
    pub(super) browser: Browser,
    /// The transaction's handle and the transaction, if this browser has one that is not over.
    within: Option<(String, Stored<Transaction>)>,
}

impl<'a> Loose<'a> {
    /// A page that is looked at.
    pub(super) async fn looked(app: &App, request: &'a Request) -> Result<Self, Problem> {
        let params = request.query()?;
        let browser = browser_within(app, request, params.get("tx"));
        Self::of(app, request, params, browser).await
    }

    /// A form or a JSON object that was posted, checked against forgery.
    pub(super) async fn posted(app: &App, request: &'a Request) -> Result<Self, Problem> {
        let params = request.form_or_json()?;
        let browser = browser_within(app, request, params.get("tx"));
        let checked = browser.check(app, request, &params).await;
        checked.map_err(|problem| problem.leading_to(page_of(request, &params)))?;
        Self::of(app, request, params, browser).await
    }

    async fn of(app: &App, request: &'a Request, params: Params, browser: Browser) -> Result<Self, Problem> {
        let within = match params.get("tx") {
            Some(handle) => match transaction::load(app, &browser, handle).await {
                Ok(tx) => Some((handle.to_owned(), tx)),
                Err(FlowError::Expired | FlowError::TimedOut { .. }) => None,
                Err(error) => return Err(error.into()),
            },
            None => None,
        };
        Ok(Self { request, context: request.context(), params, browser, within })
    }

    pub(super) fn handle(&self) -> Option<&str> {
        self.within.as_ref().map(|(handle, _)| handle.as_str())
    }

    pub(super) fn locale(&self) -> Locale {
        match &self.within {
            Some((_, tx)) => tx.purpose.locale(&self.context),
            None => self.context.locale,
        }
    }

    pub(super) fn typed(&self, name: &str) -> &str {
        self.params.get(name).unwrap_or_default()
    }

    /// The frame of its page.
    pub(super) async fn frame(&self, app: &App, wrong: Option<&Rejection>) -> Result<Frame, FlowError> {
        let client = match self.within.as_ref().and_then(|(_, tx)| tx.purpose.client_id()) {
            Some(id) => client::find(app, id).await?,
            None => None,
        };
        Ok(Frame {
            csrf: self.browser.csrf(app, self.handle()).await?,
            tx: self.handle().map(str::to_owned),
            client: client.map(|client| client.display_name().to_owned()),
            errors: wrong.map(|wrong| wrong.errors().to_vec()).unwrap_or_default(),
            notice: None,
        })
    }
}
