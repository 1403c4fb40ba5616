//! What a customer has approved, and a client has not fetched yet, ends when they sign out or think better of it.

use http::{Method, Request, StatusCode};
use serde_json::{Value, json};
use tests::{ADA, Application, View, Visitor, World, value_of};

use super::Agent;

const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
const CIBA: &str = "urn:openid:params:grant-type:ciba";

/// How a client waits for what was approved.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Code,
    Device,
    Backchannel,
}

const WAYS: [Way; 3] = [Way::Code, Way::Device, Way::Backchannel];

/// How it ends before the client comes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum End {
    /// At the account centre.
    Logout,
    /// By the API, from another session.
    Session,
    Withdrawn,
}

struct Waiting {
    application: Application,
    form: Vec<(&'static str, String)>,
}

impl Waiting {
    /// Ada approves it in `browser`.
    async fn approved(world: &World, browser: &mut Visitor<'_>, (way, scope): (Way, &str)) -> Self {
        let metadata = json!({
            "grant_types": ["authorization_code", "refresh_token", DEVICE, CIBA],
            "backchannel_token_delivery_mode": "poll",
        });
        let application = Application::register(world, metadata).await;
        let (start, form) = match way {
            Way::Code => (browser.get(&application.authorize_path(&[("scope", scope)])).await, Vec::new()),
            Way::Device => {
                let given =
                    asked(world, &application, "/oauth2/device_authorization", &[("scope", scope)]).await;
                let page = browser.get(path(world, text(&given, "verification_uri_complete"))).await;
                let form = vec![
                    ("grant_type", DEVICE.to_owned()),
                    ("device_code", text(&given, "device_code").to_owned()),
                ];
                (browser.submit(&page, "device", &[]).await, form)
            }
            Way::Backchannel => {
                let form = [("scope", scope), ("login_hint", ADA)];
                let given = asked(world, &application, "/oauth2/bc-authorize", &form).await;
                let messages = world.messages(ADA).await;
                let prefix = format!("{}/approve", world.issuer());
                let link = messages.iter().flat_map(|text| text.split_whitespace());
                let link = link.into_iter().find(|word| word.starts_with(&prefix)).unwrap();
                let form = vec![
                    ("grant_type", CIBA.to_owned()),
                    ("auth_req_id", text(&given, "auth_req_id").to_owned()),
                ];
                (browser.get(path(world, link)).await, form)
            }
        };
        let end = browser.complete(start, ADA).await;
        let form = match way {
            Way::Code => vec![("code", value_of(end.location().unwrap(), "code").unwrap())],
            Way::Device | Way::Backchannel => form,
        };
        Self { application, form }
    }

    async fn fetch(&self, world: &World) -> View {
        let form: Vec<_> = self.form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let request = match form.as_slice() {
            [("code", code)] => self.application.redemption(code),
            form => self.application.token_request(form),
        };
        self.application.ask(world, request).await
    }
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

impl Waiting {
    async fn end(&self, agent: &Agent<'_>, browser: &mut Visitor<'_>, end: End) {
        match end {
            End::Logout => {
                let page = browser.get("/account").await;
                browser.submit(&page, "logout", &[]).await;
            }
            End::Session => {
                for session in agent.sessions().await.iter().filter(|session| session["current"] != true) {
                    let path = format!("/v1/account/sessions/{}", text(session, "id"));
                    assert_eq!(agent.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
                }
            }
            End::Withdrawn => {
                let path = format!("/v1/account/grants/{}", self.application.id);
                assert_eq!(agent.call(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
            }
        }
    }
}

#[tokio::test]
async fn what_was_approved_ends_with_the_session_and_with_the_consent() {
    for way in WAYS {
        let world = World::start().await;
        let agent = Agent::of(&world, ADA).await;
        for end in [End::Logout, End::Session, End::Withdrawn] {
            let mut browser = world.customer(ADA).await;
            let waiting = Waiting::approved(&world, &mut browser, (way, "openid profile")).await;
            waiting.end(&agent, &mut browser, end).await;
            let answer = waiting.fetch(&world).await;
            assert_eq!(
                (answer.status, &answer.json()["error"]),
                (StatusCode::BAD_REQUEST, &json!("invalid_grant")),
                "{way:?} {end:?}: {}",
                answer.body
            );
        }
        let mut browser = world.customer(ADA).await;
        let kept = Waiting::approved(&world, &mut browser, (way, "openid profile")).await;
        assert_eq!(kept.fetch(&world).await.status, StatusCode::OK, "{way:?}");
    }
}

/// `offline_access` outlasts the session, and what was withdrawn may be allowed again.
#[tokio::test]
async fn what_outlasts_the_session_is_given_after_its_end_but_not_once_it_was_withdrawn() {
    for way in WAYS {
        let world = World::start().await;
        let agent = Agent::of(&world, ADA).await;
        let mut browser = world.customer(ADA).await;
        let waiting = Waiting::approved(&world, &mut browser, (way, "openid offline_access")).await;
        waiting.end(&agent, &mut browser, End::Logout).await;
        assert_eq!(waiting.fetch(&world).await.status, StatusCode::OK, "{way:?}");

        let mut browser = world.customer(ADA).await;
        let waiting = Waiting::approved(&world, &mut browser, (way, "openid offline_access")).await;
        waiting.end(&agent, &mut browser, End::Withdrawn).await;
        assert_eq!(waiting.fetch(&world).await.status, StatusCode::BAD_REQUEST, "{way:?}");
        if way == Way::Code {
            world.advance(std::time::Duration::from_secs(1));
            let code = waiting.application.code(&mut browser, ADA).await;
            let again: Request<_> = waiting.application.redemption(&code);
            assert_eq!(waiting.application.ask(&world, again).await.status, StatusCode::OK);
        }
    }
}
