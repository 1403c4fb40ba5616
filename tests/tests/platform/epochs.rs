//! What was begun before its owner acted is over: every act against everything that can be begun, used after the act, and caught between its
//! reads and its write while the act was done.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use local::aws::Barrier;
use serde_json::{Value, json};
use shared::identity::{self, Begun, NormalIdentifier};
use shared::keys::{Handle, HandleKind};
use shared::store;
use tests::{ADA, Application, PASSWORD, Tokens, View, Visitor, World, value_of};

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CIBA: &str = "urn:openid:params:grant-type:ciba";
const NEW: &str = "a brand new pass phrase 52";
const TRANSACTION: &str = "dynamodb.TransactWriteItems";

/// What ends things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    PasswordChanged,
    Recovered,
    SignedOutElsewhere,
    SignedOut,
    Withdrawn,
    Blocked,
}

/// Every act of the platform is one of the matrix.
const fn row_of(act: identity::Act<'_>) -> Act {
    match act {
        identity::Act::PasswordChanged { .. } => Act::PasswordChanged,
        identity::Act::Recovered => Act::Recovered,
        identity::Act::SignedOutElsewhere { .. } => Act::SignedOutElsewhere,
        identity::Act::SignedOut(_) => Act::SignedOut,
        identity::Act::Withdrawn(_) => Act::Withdrawn,
        identity::Act::Blocked => Act::Blocked,
    }
}

const ACTS: [Act; 6] = [
    Act::PasswordChanged,
    Act::Recovered,
    Act::SignedOutElsewhere,
    Act::SignedOut,
    Act::Withdrawn,
    Act::Blocked,
];

/// What was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Artefact {
    /// A sign-in whose password was right, and whose customer is asked for consent.
    SignIn,
    /// A mailed link that recovers the account.
    RecoveryLink,
    /// A session of a browser.
    Session,
    Code,
    DeviceApproval,
    BackchannelApproval,
    /// Tokens that end with their session.
    BoundGrant,
    /// Tokens with `offline_access`.
    OfflineGrant,
}

/// In the order in which they are used: the link comes last, since it is an act by itself.
const ARTEFACTS: [Artefact; 8] = [
    Artefact::Session,
    Artefact::Code,
    Artefact::DeviceApproval,
    Artefact::BackchannelApproval,
    Artefact::BoundGrant,
    Artefact::OfflineGrant,
    Artefact::SignIn,
    Artefact::RecoveryLink,
];

/// Everything that carries an epoch has columns of the matrix.
const fn columns_of(begun: Begun<'_>) -> &'static [Artefact] {
    match begun {
        Begun::Proof => &[Artefact::SignIn, Artefact::RecoveryLink],
        Begun::Session(_) => &[Artefact::Session],
        Begun::Approval(_) => &[Artefact::Code, Artefact::DeviceApproval, Artefact::BackchannelApproval],
        Begun::Grant(_) => &[Artefact::BoundGrant, Artefact::OfflineGrant],
    }
}

/// What rests in the table `sessions`: the artefact as which acts of the customer end it; none, where it carries no proof of anybody.
const ENTITIES: [(&str, Option<Artefact>); 17] = [
    ("transaction", Some(Artefact::SignIn)),
    ("proof", Some(Artefact::SignIn)),
    ("session", Some(Artefact::Session)),
    ("code", Some(Artefact::Code)),
    ("pending", Some(Artefact::DeviceApproval)),
    ("approval", Some(Artefact::BackchannelApproval)),
    ("grant", Some(Artefact::BoundGrant)),
    ("access_token", Some(Artefact::BoundGrant)),
    ("user_code", None),
    ("pushed_request", None),
    ("revoked_token", None),
    ("dpop_proof", None),
    ("assertion", None),
    ("placeholder", None),
    ("client_document", None),
    ("bucket", None),
    ("guess", None),
];

/// Whether the artefact is over after the act. (What is used *during* an act may always fail.)
const fn ends(act: Act, artefact: Artefact) -> bool {
    match (act, artefact) {
        (Act::Recovered | Act::Blocked, _) => true,
        (Act::PasswordChanged | Act::SignedOutElsewhere, Artefact::OfflineGrant) => false,
        (Act::PasswordChanged | Act::SignedOutElsewhere, _) => true,
        (Act::SignedOut, Artefact::SignIn | Artefact::RecoveryLink | Artefact::OfflineGrant) => false,
        (Act::SignedOut, _) => true,
        // Asked after it, the customer may allow it again.
        (Act::Withdrawn, Artefact::SignIn | Artefact::RecoveryLink | Artefact::Session) => false,
        (Act::Withdrawn, _) => true,
    }
}

/// An artefact, and the way to use it.
struct Thing<'w> {
    artefact: Artefact,
    world: &'w World,
    application: Application,
    browser: Visitor<'w>,
    state: State,
}

enum State {
    Page(View),
    Link(String),
    Session,
    Approval(Vec<(&'static str, String)>),
    Tokens(Tokens),
}

impl<'w> Thing<'w> {
    /// Begins it, in a browser of its own.
    async fn begin(world: &'w World, artefact: Artefact) -> Self {
        let metadata = json!({
            "grant_types": ["authorization_code", "refresh_token", DEVICE, CIBA],
            "backchannel_token_delivery_mode": "poll",
            "access_token_format": "jwt",
        });
        let application = Application::register(world, metadata).await;
        let mut browser = world.visitor();
        let state = match artefact {
            Artefact::SignIn => {
                let start = browser.get(&application.authorize_path(&[])).await;
                let page = browser.submit(&start, "identify", &[("identifier", ADA)]).await;
                State::Page(browser.submit(&page, "sign-in", &[("password", PASSWORD)]).await)
            }
            Artefact::RecoveryLink => State::Link(browser.recovery_link(ADA).await),
            Artefact::Session => {
                browser.sign_in(ADA).await;
                State::Session
            }
            Artefact::Code => {
                browser.sign_in(ADA).await;
                let start = browser.get(&application.authorize_path(&[("scope", "openid profile")])).await;
                let end = browser.complete(start, ADA).await;
                State::Approval(vec![("code", value_of(end.location().unwrap(), "code").unwrap())])
            }
            Artefact::DeviceApproval => {
                let form = [("scope", "openid profile")];
                let given = asked(world, &application, "/oauth2/device_authorization", &form).await;
                let page = browser.get(path(world, text(&given, "verification_uri_complete"))).await;
                let start = browser.submit(&page, "device", &[]).await;
                browser.complete(start, ADA).await;
                let code = text(&given, "device_code").to_owned();
                State::Approval(vec![("grant_type", DEVICE.to_owned()), ("device_code", code)])
            }
            Artefact::BackchannelApproval => {
                let form = [("scope", "openid profile"), ("login_hint", ADA)];
                let given = asked(world, &application, "/oauth2/bc-authorize", &form).await;
                let messages = world.messages(ADA).await;
                let prefix = format!("{}/approve", world.issuer());
                let mut words = messages.iter().flat_map(|text| text.split_whitespace());
                let link = words.find(|word| word.starts_with(&prefix)).unwrap();
                let start = browser.get(path(world, link)).await;
                browser.complete(start, ADA).await;
                let id = text(&given, "auth_req_id").to_owned();
                State::Approval(vec![("grant_type", CIBA.to_owned()), ("auth_req_id", id)])
            }
            Artefact::BoundGrant => {
                State::Tokens(tokens(world, &application, &mut browser, "openid profile").await)
            }
            Artefact::OfflineGrant => {
                State::Tokens(tokens(world, &application, &mut browser, "openid offline_access").await)
            }
        };
        Self { artefact, world, application, browser, state }
    }

    /// The request that uses it.
    async fn request(&mut self) -> Request<Bytes> {
        match &self.state {
            State::Page(page) => self.browser.request_of(page, "consent", &[("decision", "allow")]),
            State::Link(link) => {
                let page = self.browser.get(link).await;
                match page.form("reset") {
                    Some(_) => {
                        self.browser.request_of(&page, "reset", &[("password", "the way of a thief 77")])
                    }
                    None => self.browser.request(Method::GET, link, &[]),
                }
            }
            State::Session => {
                let page = self.browser.get("/account").await;
                match page.form("profile") {
                    Some(_) => self.browser.request_of(&page, "profile", &[("nickname", "Mallory")]),
                    None => self.browser.request(Method::GET, "/account", &[]),
                }
            }
            State::Approval(form) => {
                let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
                match form.as_slice() {
                    [("code", code)] => self.application.redemption(code),
                    form => self.application.token_request(form),
                }
            }
            State::Tokens(tokens) => self.application.refreshment(tokens.refresh()),
        }
    }

    /// Where the request is held: before the write by which it counts.
    fn barrier(&self) -> Barrier {
        let stack = self.world.stack();
        let hash = |kind, text: &str| Handle::parse(kind, text).unwrap().hash();
        match &self.state {
            State::Page(_) => stack.hold(TRANSACTION, "code#"),
            State::Link(link) => {
                stack.hold(TRANSACTION, &hash(HandleKind::Recovery, &value_of(link, "token").unwrap()))
            }
            State::Session => stack.hold(TRANSACTION, "Mallory"),
            State::Approval(form) => {
                let (_, text) = form.last().unwrap();
                let kind = match self.artefact {
                    Artefact::DeviceApproval => HandleKind::DeviceCode,
                    Artefact::BackchannelApproval => HandleKind::AuthRequest,
                    _ => HandleKind::Code,
                };
                stack.hold(TRANSACTION, &hash(kind, text))
            }
            State::Tokens(tokens) => {
                stack.hold("dynamodb.UpdateItem", &hash(HandleKind::RefreshToken, tokens.refresh()))
            }
        }
    }

    /// Whether it still gives anything, now that its use was answered with `answer`.
    async fn lives(&mut self, answer: &View) -> bool {
        assert!(!answer.status.is_server_error(), "{:?}: {} {}", self.artefact, answer.status, answer.body);
        let world = self.world;
        match &self.state {
            State::Page(_) => {
                let Some(code) = answer.location().and_then(|location| value_of(location, "code")) else {
                    return false;
                };
                let tokens = self.application.ask(world, self.application.redemption(&code)).await;
                tokens.status == StatusCode::OK
                    && gives(world, &self.application, &Tokens(tokens.json())).await
            }
            State::Link(_) => answer.status == StatusCode::OK,
            State::Session => {
                let named = world.rows("IdentitiesTable").await;
                named.iter().any(|row| row["profile"]["nickname"] == "Mallory")
            }
            State::Approval(_) => {
                answer.status == StatusCode::OK
                    && gives(world, &self.application, &Tokens(answer.json())).await
            }
            State::Tokens(before) => {
                let after = Tokens(answer.json());
                let refreshed =
                    answer.status == StatusCode::OK && gives(world, &self.application, &after).await;
                refreshed || userinfo(world, before.access()).await == StatusCode::OK
            }
        }
    }
}

/// Whether tokens are good for anything: userinfo, introspection and refreshing must agree.
async fn gives(world: &World, application: &Application, tokens: &Tokens) -> bool {
    let informs = userinfo(world, tokens.access()).await == StatusCode::OK;
    assert_eq!(application.is_active(world, tokens.access()).await, informs);
    let active = application.is_active(world, tokens.refresh()).await;
    let refreshed = application.ask(world, application.refreshment(tokens.refresh())).await;
    assert_eq!((active, refreshed.status == StatusCode::OK), (informs, informs), "{}", refreshed.body);
    informs
}

async fn userinfo(world: &World, token: &str) -> StatusCode {
    world.get_as("/oauth2/userinfo", token).await.status
}

async fn tokens(world: &World, application: &Application, browser: &mut Visitor<'_>, scope: &str) -> Tokens {
    let start = browser.get(&application.authorize_path(&[("scope", scope), ("prompt", "consent")])).await;
    let end = browser.complete(start, ADA).await;
    let code = value_of(end.location().expect("a way back"), "code").expect("a code");
    application.tokens(world, application.redemption(&code)).await
}

async fn asked(world: &World, application: &Application, path: &str, form: &[(&str, &str)]) -> Value {
    let view = application.ask(world, application.post(path, form)).await;
    assert_eq!(view.status, StatusCode::OK, "{}", view.body);
    view.json()
}

fn text<'a>(given: &'a Value, name: &str) -> &'a str {
    given[name].as_str().unwrap()
}

fn path<'a>(world: &World, link: &'a str) -> &'a str {
    link.strip_prefix(world.issuer()).unwrap()
}

/// The owner, who acts.
struct Owner<'w> {
    world: &'w World,
    tokens: Tokens,
}

impl<'w> Owner<'w> {
    async fn of(world: &'w World) -> Self {
        let application = Application::register(world, json!({})).await;
        let mut browser = world.visitor();
        let tokens = tokens(world, &application, &mut browser, "openid account").await;
        Self { world, tokens }
    }

    async fn call(&self, method: Method, path: &str, body: Value) -> View {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.tokens.access()))
            .header(header::CONTENT_TYPE, "application/json");
        let body = if body.is_null() { String::new() } else { body.to_string() };
        View::of(path, self.world.send(request.body(Bytes::from(body)).unwrap()).await)
    }

    async fn act(&self, act: Act, things: &[Thing<'_>]) {
        let done = match act {
            Act::PasswordChanged => {
                let body = json!({ "current_password": PASSWORD, "new_password": NEW });
                self.call(Method::POST, "/v1/account/password", body).await
            }
            Act::SignedOutElsewhere => self.call(Method::DELETE, "/v1/account/sessions", Value::Null).await,
            Act::SignedOut => {
                let list = self.call(Method::GET, "/v1/account/sessions", Value::Null).await.json();
                for session in list["sessions"].as_array().unwrap() {
                    if session["current"] != true {
                        let path = format!("/v1/account/sessions/{}", text(session, "id"));
                        let done = self.call(Method::DELETE, &path, Value::Null).await;
                        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
                    }
                }
                return;
            }
            Act::Withdrawn => {
                for thing in things {
                    let path = format!("/v1/account/grants/{}", thing.application.id);
                    let done = self.call(Method::DELETE, &path, Value::Null).await;
                    // There is nothing yet to withdraw from a client that was allowed nothing.
                    let has_nothing = matches!(
                        thing.artefact,
                        Artefact::SignIn | Artefact::RecoveryLink | Artefact::Session
                    );
                    let status = if has_nothing { StatusCode::NOT_FOUND } else { StatusCode::NO_CONTENT };
                    assert_eq!(done.status, status, "{:?} {}", thing.artefact, done.body);
                }
                return;
            }
            Act::Recovered => {
                let mut visitor = self.world.visitor();
                let link = visitor.recovery_link(ADA).await;
                let page = visitor.get(&link).await;
                let done = visitor.submit(&page, "reset", &[("password", NEW)]).await;
                assert_eq!(done.status, StatusCode::OK, "{}", done.body);
                return;
            }
            Act::Blocked => {
                let app = self.world.app();
                let ada = NormalIdentifier::email(ADA).unwrap();
                let ada = identity::load_by(app, &ada).await.unwrap().unwrap();
                store::write(app, identity::raise_write(&ada, identity::Act::Blocked).1).await.unwrap();
                return;
            }
        };
        assert_eq!(done.status, StatusCode::NO_CONTENT, "{}", done.body);
    }
}

/// The types of the entities of the table `sessions`, as the code has them.
fn entities_of_the_code() -> BTreeSet<String> {
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared")];
    let mut found = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let source = fs::read_to_string(&path).unwrap_or_default();
        for entity in source.split("impl Entity for ").skip(1) {
            let body = entity.split("\n}").next().unwrap();
            let kind =
                body.split("const TYPE: &'static str = \"").nth(1).and_then(|rest| rest.split('"').next());
            found.extend(kind.filter(|_| body.contains("Table::Sessions")).map(str::to_owned));
        }
    }
    found
}

#[test]
fn every_act_and_everything_that_is_begun_is_in_the_matrix() {
    assert!(ACTS.contains(&row_of(identity::Act::Recovered)));
    assert!(columns_of(Begun::Proof).iter().all(|artefact| ARTEFACTS.contains(artefact)));
    let known: BTreeSet<String> = ENTITIES.iter().map(|(entity, _)| (*entity).to_owned()).collect();
    assert_eq!(entities_of_the_code(), known, "say how acts of the customer end it, and try it");
}

#[tokio::test]
async fn what_was_begun_before_an_act_ends_with_it() {
    for act in ACTS {
        let world = World::start().await;
        let mut things = Vec::new();
        for artefact in ARTEFACTS {
            things.push(Thing::begin(&world, artefact).await);
        }
        Owner::of(&world).await.act(act, &things).await;
        for thing in &mut things {
            let request = thing.request().await;
            let answer = View::of("", world.send(request).await);
            let told = format!("{act:?} {:?}: {}", thing.artefact, answer.body);
            assert_eq!(thing.lives(&answer).await, !ends(act, thing.artefact), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_caught_between_its_reads_and_its_write_ends_as_well() {
    for act in ACTS {
        let world = World::start().await;
        let mut things = Vec::new();
        for artefact in ARTEFACTS {
            things.push(Thing::begin(&world, artefact).await);
        }
        let owner = Owner::of(&world).await;
        let mut caught = Vec::new();
        for thing in &mut things {
            let request = thing.request().await;
            let barrier = thing.barrier();
            let answer = world.spawn(request);
            barrier.arrived().await;
            caught.push((barrier, answer));
        }
        owner.act(act, &things).await;
        let mut answers = Vec::new();
        for (barrier, answer) in caught {
            barrier.release();
            answers.push(answer);
        }
        for (thing, answer) in things.iter_mut().zip(answers) {
            let answer = answer.await.unwrap();
            let told = format!("{act:?} {:?}: {} {}", thing.artefact, answer.status, answer.body);
            assert!(!(thing.lives(&answer).await && ends(act, thing.artefact)), "{told}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_password_that_is_in_flight_gives_nothing() {
    for act in [Act::PasswordChanged, Act::Recovered] {
        let world = World::start().await;
        let application = Application::register(&world, json!({})).await;
        // Consent was given before, so that the password is the last step.
        application.sign_in(&world, ADA).await;
        let mut browser = world.visitor();
        let start = browser.get(&application.authorize_path(&[])).await;
        let page = browser.submit(&start, "identify", &[("identifier", ADA)]).await;
        let owner = Owner::of(&world).await;
        let barrier = world.stack().hold(TRANSACTION, "code#");
        let caught = world.spawn(browser.request_of(&page, "sign-in", &[("password", PASSWORD)]));
        barrier.arrived().await;
        owner.act(act, &[]).await;
        barrier.release();
        let answer = caught.await.unwrap();
        assert_eq!(answer.location().and_then(|to| value_of(to, "code")), None, "{act:?}");
        assert!(answer.status.is_client_error(), "{act:?}: {}", answer.status);
    }
}

#[tokio::test]
async fn a_recovery_drops_what_strangers_typed_into_an_account_of_which_nothing_was_proven() {
    let world = World::start().await;
    let app = world.app();
    let address = NormalIdentifier::email("victim@example.com").unwrap();
    let phone = NormalIdentifier::phone("+49 170 1234567", None).unwrap();
    let mut user = identity::User::new(app, &[address.clone(), phone.clone()]);
    user.profile.merge(json!({ "nickname": "Mallory" }).as_object().unwrap()).unwrap();
    let sealer = shared::keys::sealer(app).await.unwrap();
    let cause = shared::hook::Cause::system();
    store::transact(app, identity::create_writes(app, &sealer, &user, &cause)).await.unwrap();
    let mut visitor = world.visitor();
    let link = visitor.recovery_link("victim@example.com").await;
    let page = visitor.get(&link).await;
    let done = visitor.submit(&page, "reset", &[("password", NEW)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    let account = identity::load(app, &user.id).await.unwrap().unwrap();
    assert_eq!(account.identifiers.len(), 1);
    assert!(account.identifier(&address).unwrap().verified_at.is_some());
    assert_eq!(account.display_name(), "victim@example.com");
    assert!(identity::find(app, &phone).await.unwrap().is_none(), "the number is free");
}
