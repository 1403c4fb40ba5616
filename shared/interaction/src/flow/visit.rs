//! A request within a transaction: its parameters, its browser, and the transaction that both belong to.

use std::sync::Arc;

use super::FlowError;
use super::definition::{Flow, FlowKind, Task};
use super::rejection::Rejection;
use super::seed;
use super::transaction::{self, Transaction};
use crate::app::App;
use crate::client;
use crate::hook::{Actor, Cause};
use crate::http::{Params, Problem, Request, RequestContext};
use crate::page::{Frame, Locale};
use crate::session::{Browser, browser};
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
        let browser = browser(app, request);
        browser.check(app, request, &params).await?;
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
        let browser = browser(app, request);
        Self::of(app, request, params, browser).await.map(Some)
    }

    async fn of(app: &App, request: &'a Request, params: Params, browser: Browser) -> Result<Self, Problem> {
        let handle = params.get("tx").ok_or(FlowError::Expired)?.to_owned();
        let tx = transaction::load(app, &browser, &handle).await?;
        Ok(Self { request, context: request.context(), params, browser, handle, tx, manner: Manner::Browser })
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
            browser: browser(app, self.request),
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
        Self::of(app, request, request.query()?, browser(app, request)).await
    }

    /// A form or a JSON object that was posted, checked against forgery.
    pub(super) async fn posted(app: &App, request: &'a Request) -> Result<Self, Problem> {
        let params = request.form_or_json()?;
        let browser = browser(app, request);
        browser.check(app, request, &params).await?;
        Self::of(app, request, params, browser).await
    }

    async fn of(app: &App, request: &'a Request, params: Params, browser: Browser) -> Result<Self, Problem> {
        let within = match params.get("tx") {
            Some(handle) => match transaction::load(app, &browser, handle).await {
                Ok(tx) => Some((handle.to_owned(), tx)),
                Err(FlowError::Expired) => None,
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
