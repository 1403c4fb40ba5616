//! The two faces of a step: a page for people, JSON for who asks for it. Both are made of the same typed page.

use http::{Method, StatusCode};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use super::FlowError;
use super::challenge;
use super::complete::Ending;
use super::definition::{Ask, Task};
use super::engine::Step;
use super::mask::mask;
use super::progress::Progress;
use super::rejection::Rejection;
use super::situation::Situation;
use super::transaction::{DeviceRequest, Purpose};
use super::visit::{Manner, Visit, of_flow};
use crate::app::App;
use crate::app::function::Reply;
use crate::client::Client;
use crate::clock::Timestamp;
use crate::http::{ContentSecurity, Problem, RequestContext, Response};
use crate::id::RequestId;
use crate::identity::IdentifierKind;
use crate::keys::sealer;
use crate::oauth::scope;
use crate::page::{
    AccountRow, Accounts, BackchannelRequest, Channel, ClientLink, Consent, Device, Frame, Identify, Link,
    Locale, Moment, Notice, Page, Password, SignUp, SignUpValues, Verify,
};
use crate::session::SignedIn;
use crate::settings;

/// A step to be shown.
pub(super) struct Shown {
    pub(super) step: Step,
    pub(super) situation: Situation,
    pub(super) outcome: Outcome,
}

/// What came of the last attempt at a step.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) wrong: Option<Rejection>,
    pub(super) notice: Option<Notice>,
}

impl Shown {
    pub(super) fn fresh(step: Step, situation: Situation) -> Self {
        Self { step, situation, outcome: Outcome::default() }
    }
}

/// A page on its way out, and the step that it is the face of.
pub(super) struct Face<'a> {
    pub(super) step: &'static str,
    pub(super) page: Page,
    pub(super) frame: &'a Frame,
    pub(super) locale: Locale,
    pub(super) wrong: Option<Rejection>,
}

/// Shows a step of the visit's transaction.
pub(super) async fn step(app: &App, visit: &Visit<'_>, shown: Shown) -> Reply {
    let Shown { step, situation, outcome } = shown;
    if visit.manner == Manner::Application && !challenge::is_native(&step) {
        return challenge::redirect_to_web();
    }
    let csrf = match visit.manner {
        Manner::Browser => visit.browser.csrf(app, Some(&visit.handle)).await?,
        Manner::Application => String::new(),
    };
    let frame = Frame {
        csrf,
        tx: Some(visit.handle.clone()),
        client: situation.client.as_deref().map(|client| client.display_name().to_owned()),
        errors: outcome.wrong.as_ref().map(|wrong| wrong.errors().to_vec()).unwrap_or_default(),
        notice: outcome.notice,
    };
    let page = page(app, visit, (&step, &situation), frame.clone()).await?;
    let face = Face { step: step.name(), page, frame: &frame, locale: visit.locale(), wrong: outcome.wrong };
    match visit.manner {
        Manner::Browser => Ok(visit.browser.remember(app, face.response(app, &visit.context)?)),
        Manner::Application => challenge::insufficient(face),
    }
}

/// Where the visit's transaction leads that is over.
pub(super) fn ending(app: &App, visit: &Visit<'_>, ending: Ending) -> Reply {
    if visit.manner == Manner::Application {
        return challenge::ended(ending);
    }
    if !visit.context.wants_json {
        let context = RequestContext { locale: visit.locale(), ..visit.context.clone() };
        return ending.respond(app, &context);
    }
    let mut body = match ending {
        Ending::Client(response) => response.to_json(),
        Ending::Page(path) => json!({ "location": app.config.url(&path) }),
        Ending::Elsewhere(decided) => json!({ "answer": decided.answer }),
    };
    body["step"] = json!(Step::Complete.name());
    Response::json(StatusCode::OK, &body)
}

impl Face<'_> {
    pub(super) fn response(self, app: &App, context: &RequestContext) -> Reply {
        let status = self.wrong.as_ref().map_or(StatusCode::OK, Rejection::status);
        if context.wants_json {
            return self.json(status, &context.id);
        }
        let html = app.pages.render(self.locale, &self.page).map_err(Problem::internal)?;
        let response = Response::html(status, html, ContentSecurity::Page);
        Ok(self.wrong.iter().fold(response, |response, wrong| wrong.with_retry_after(response)))
    }

    /// The step as data; what is wrong as problem details (RFC 9457) with the step beside them.
    fn json(self, status: StatusCode, id: &RequestId) -> Reply {
        let mut fields = serde_json::to_value(&self.page).map_err(Problem::internal)?;
        if let Value::Object(members) = &mut fields {
            members.remove("frame");
        }
        let mut body = Map::new();
        let mut put = |name: &str, value: Value| {
            body.insert(name.to_owned(), value);
        };
        put("step", json!(self.step));
        put("tx", json!(self.frame.tx));
        put("csrf", json!(self.frame.csrf));
        put("client", json!(self.frame.client));
        put("fields", fields);
        put("notice", json!(self.frame.notice));
        match self.wrong {
            Some(wrong) => Ok(wrong.details(id, body)),
            None => Response::json(status, &body),
        }
    }
}

async fn page(
    app: &App,
    visit: &Visit<'_>,
    (step, situation): (&Step, &Situation),
    frame: Frame,
) -> Result<Page, FlowError> {
    Ok(match step {
        Step::SelectAccount => Page::Accounts(Accounts { frame, accounts: accounts(situation) }),
        Step::Password => {
            let username = visit.tx.progress.identified.as_ref().map(|who| who.value().to_owned());
            Page::Password(Password { frame, username: username.unwrap_or_default() })
        }
        Step::SignUp => Page::SignUp(sign_up(app, visit, frame).await?),
        Step::Verify(kind) => Page::Verify(verify(app, visit, *kind, frame).await?),
        Step::Consent => Page::Consent(consent(app, visit, (situation, frame)).await?),
        Step::Identify
        | Step::Recover
        | Step::FollowLink
        | Step::SetPassword
        | Step::Complete
        | Step::Refuse(_) => Page::Identify(Identify { frame, identifier: typed_identifier(visit) }),
    })
}

/// What was typed, else what the client hints at.
fn typed_identifier(visit: &Visit<'_>) -> String {
    const LONGEST: usize = 320;
    let hint = || visit.tx.purpose.request().and_then(|asked| asked.login_hint.as_deref());
    visit.params.get("identifier").or_else(hint).unwrap_or_default().chars().take(LONGEST).collect()
}

fn accounts(situation: &Situation) -> Vec<AccountRow> {
    let row = |signed_in: &SignedIn| {
        let user = &signed_in.user;
        let primary = IdentifierKind::ALL.into_iter().find_map(|kind| user.primary(kind));
        AccountRow {
            session: signed_in.session.id.to_string(),
            name: user.profile.name.clone().unwrap_or_default(),
            identifier: primary.map(|own| mask(own.kind, &own.value)).unwrap_or_default(),
        }
    };
    situation.sessions.iter().map(row).collect()
}

async fn sign_up(app: &App, visit: &Visit<'_>, frame: Frame) -> Result<SignUp, FlowError> {
    let (name, phone) = sign_up_asks(app).await?;
    let password_minimum = settings::load(app).await?.passwords.shortest;
    let values = match &visit.tx.progress.sign_up {
        Some(pending) if visit.request.method == Method::GET => pending.values(&*sealer(app).await?)?,
        Some(_) | None => typed_values(visit),
    };
    Ok(SignUp {
        frame,
        values,
        phone: phone.into(),
        name: name.into(),
        password_minimum: u32::try_from(password_minimum).unwrap_or(u32::MAX),
    })
}

fn typed_values(visit: &Visit<'_>) -> SignUpValues {
    let typed = |field: &str| visit.typed(field).chars().take(320).collect::<String>();
    SignUpValues {
        email: typed("email"),
        phone: typed("phone"),
        given_name: typed("given_name"),
        family_name: typed("family_name"),
    }
}

/// Whether the sign-up flow asks for names, and for a phone number.
pub(super) async fn sign_up_asks(app: &App) -> Result<(Ask, Ask), FlowError> {
    let asks = of_flow(app, super::FlowKind::SignUp, |task| match task {
        Task::SignUp { name, phone } => Some((*name, *phone)),
        _ => None,
    });
    Ok(asks.await?.unwrap_or((Ask::No, Ask::No)))
}

async fn verify(
    app: &App,
    visit: &Visit<'_>,
    kind: IdentifierKind,
    frame: Frame,
) -> Result<Verify, FlowError> {
    let channel = match kind {
        IdentifierKind::Phone => Channel::Sms,
        IdentifierKind::Email | IdentifierKind::Username => Channel::Email,
    };
    let progress = &visit.tx.progress;
    let to = progress.sent_to.as_ref().map(|sent| mask(sent.kind(), sent.value())).unwrap_or_default();
    let correctable = progress.sign_up.as_ref().is_some_and(|pending| pending.identifier(kind).is_some());
    let skippable = may_skip(app, progress, kind).await?;
    let identifier = visit.typed("identifier").chars().take(320).collect();
    Ok(Verify { frame, channel, to, correctable, skippable, identifier })
}

/// Whether a new customer may go without the identifier of `kind`: the account is there, and the flow does not insist.
pub(super) async fn may_skip(
    app: &App,
    progress: &Progress,
    kind: IdentifierKind,
) -> Result<bool, FlowError> {
    let typed = progress.sign_up.as_ref().and_then(|pending| pending.identifier(kind));
    if typed.is_none() || progress.authentication.is_none() || kind != IdentifierKind::Phone {
        return Ok(false);
    }
    let (_, phone) = sign_up_asks(app).await?;
    Ok(phone != Ask::Required)
}

async fn consent(
    app: &App,
    visit: &Visit<'_>,
    (situation, frame): (&Situation, Frame),
) -> Result<Consent, FlowError> {
    let registry = scope::registry(app).await?;
    let scopes = situation.facts.demand.scopes.iter().filter(|scope| *scope != scope::OPENID);
    let scopes = scopes.map(|scope| app.pages.scope(visit.locale(), scope, registry.title(scope)));
    let links = situation.client.as_deref().map(|client| client.links.clone()).unwrap_or_default();
    let link = |address: &Option<String>| address.as_deref().and_then(Link::parse);
    let account = situation.account.as_ref();
    Ok(Consent {
        frame,
        client: situation.client.as_deref().map(ClientLink::from).unwrap_or_default(),
        device: device(&visit.tx.purpose),
        host: situation.client.as_deref().and_then(Client::document_host),
        request: request(&visit.tx.purpose),
        policy_uri: link(&links.policy_uri),
        tos_uri: link(&links.tos_uri),
        scopes: scopes.collect(),
        details: visit.tx.purpose.details().map(|details| details.words(&registry)).unwrap_or_default(),
        signed_in_as: account.map(|user| user.display_name().to_owned()).unwrap_or_default(),
        account: account.map(|user| user.id.to_string()).unwrap_or_default(),
    })
}

/// What tells the customer whether it is the device in front of them that asks.
fn device(purpose: &Purpose) -> Option<Device> {
    let Purpose::Device(asked) = purpose else { return None };
    let DeviceRequest { pending, code } = asked.as_ref();
    let (code, address) = (code.clone(), pending.address.clone());
    Some(Device { code, address, asked: moment(pending.asked_at) })
}

/// What tells the customer which request of the application it is that asks.
fn request(purpose: &Purpose) -> Option<BackchannelRequest> {
    let Purpose::Backchannel(pending) = purpose else { return None };
    Some(BackchannelRequest { message: pending.binding_message.clone(), asked: moment(pending.asked_at) })
}

fn moment(at: Timestamp) -> Moment {
    Moment(OffsetDateTime::from_unix_timestamp(at.0).unwrap_or(OffsetDateTime::UNIX_EPOCH))
}
