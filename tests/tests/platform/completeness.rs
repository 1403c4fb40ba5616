//! Completeness: the template, the registry of functions, the binaries and the sample events name the same functions, and every
//! route has a test.
#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use local::template::Template;
use shared::app::Handler;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn template() -> Template {
    Template::read(root().join("template.yaml")).unwrap()
}

/// The names of the files in `folder` that end in `extension`, without it.
fn stems(folder: &str, extension: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(extension).map(str::to_owned))
        .collect()
}

fn registered() -> BTreeSet<String> {
    functions::ALL.iter().map(|function| function.name.to_owned()).collect()
}

#[test]
fn the_template_deploys_every_function_and_no_other() {
    let deployed: BTreeSet<_> = template().functions.into_iter().map(|function| function.name).collect();
    assert_eq!(deployed, registered());
}

#[test]
fn every_function_has_a_binary() {
    assert_eq!(stems("functions/mains/src/bin", ".rs"), registered());
}

#[test]
fn every_function_has_a_sample_event() {
    assert_eq!(stems("events", ".json"), registered());
}

#[test]
fn a_function_is_called_the_same_everywhere() {
    for function in template().functions {
        let words = function.name.split(['-', '_']);
        let pascal: String = words.map(|word| word[..1].to_uppercase() + &word[1..]).collect();
        assert_eq!(function.resource, format!("{pascal}Function"));
        let file =
            root().join("functions/src").join(function.name.replacen('-', "/", 1)).with_extension("rs");
        assert!(file.exists(), "{}", file.display());
    }
}

#[test]
fn functions_with_routes_answer_http_and_others_take_events() {
    let template = template();
    let routed: BTreeSet<_> = template.routes.iter().map(|route| route.function.as_str()).collect();
    for function in functions::ALL {
        let answers_http = matches!(function.handler, Handler::Http(..));
        assert_eq!(answers_http, routed.contains(function.name), "{}", function.name);
    }
}

/// Which test goes through a route: its name, as it stands in a file below tests/. Refusals of every route are in
/// tests/e2e/attacks/bodies.test.js, which reads the routes from the template.
const TESTED: &[(&str, &str)] = &[
    ("GET /.well-known/openid-configuration", "discovery tells the truth about what is served"),
    ("GET /.well-known/oauth-authorization-server", "discovery tells the truth about what is served"),
    ("GET /.well-known/jwks.json", "tokens verify against the published keys"),
    (
        "OPTIONS /.well-known/openid-configuration",
        "metadata answers the preflight of any origin, with any header",
    ),
    (
        "OPTIONS /.well-known/oauth-authorization-server",
        "metadata answers the preflight of any origin, with any header",
    ),
    ("OPTIONS /.well-known/jwks.json", "metadata answers the preflight of any origin, with any header"),
    ("OPTIONS /openapi.json", "metadata answers the preflight of any origin, with any header"),
    ("OPTIONS /oauth2/register", "scripts of any origin may register where anybody may"),
    ("OPTIONS /oauth2/register/{client_id}", "scripts of any origin may register where anybody may"),
    ("GET /oauth2/authorize", "a code becomes tokens, and userinfo tells the claims of the scopes"),
    ("POST /oauth2/authorize", "an authorization request may be posted"),
    ("POST /oauth2/authorize-challenge", "an application signs a customer in without a browser"),
    ("POST /oauth2/par", "a pushed request is used once, by its own client alone"),
    ("OPTIONS /oauth2/par", "scripts of a registered origin may use the endpoints that take tokens"),
    ("POST /oauth2/token", "a code is redeemed once; its second use revokes what came of it"),
    ("OPTIONS /oauth2/token", "scripts of a registered origin may use the endpoints that take tokens"),
    ("GET /oauth2/userinfo", "userinfo takes GET and POST, a header and a form"),
    ("POST /oauth2/userinfo", "userinfo takes GET and POST, a header and a form"),
    ("OPTIONS /oauth2/userinfo", "scripts of a registered origin may use the endpoints that take tokens"),
    ("POST /oauth2/introspect", "introspection tells a client about its own tokens alone"),
    ("POST /oauth2/revoke", "a revoked refresh token ends its family"),
    ("OPTIONS /oauth2/revoke", "scripts of a registered origin may use the endpoints that take tokens"),
    ("GET /oauth2/logout", "sign-out with an ID token ends the session and returns to the client"),
    ("POST /oauth2/logout", "sign-out without a hint asks the customer"),
    ("POST /oauth2/bc-authorize", "a client without the grant has nobody asked"),
    ("GET /approve", "a link that leads nowhere says so"),
    ("POST /oauth2/device_authorization", "a device that asks for nothing that it may have is refused"),
    ("GET /device", "the page works without scripts, in an old engine"),
    (
        "POST /device",
        "a code may be typed in any case, with or without its dash, and a wrong one is told beside its field",
    ),
    ("POST /oauth2/register", "bad metadata is refused by name"),
    ("GET /oauth2/register/{client_id}", "a registration is read, changed and removed with its own token"),
    ("PUT /oauth2/register/{client_id}", "a registration is read, changed and removed with its own token"),
    ("DELETE /oauth2/register/{client_id}", "a registration is read, changed and removed with its own token"),
    ("GET /signin", "login_hint fills in the identifier"),
    ("POST /signin/identify", "an empty identifier is told beside its field"),
    ("POST /signin/password", "a wrong password is told beside its field, and the customer can go on"),
    ("POST /signin/consent", "a denied consent is told to the client, and asked again next time"),
    ("POST /signin/account", "prompt=select_account shows the accounts"),
    (
        "GET /signup",
        "a customer signs up, proves the address by the mailed code, and is signed in at the application",
    ),
    ("POST /signup", "a weak, short, common or reused password is refused beside its field"),
    ("GET /verify", "a wrong code is told beside its field, and a new one helps"),
    ("POST /verify", "a mailed code takes a few guesses, then only a new one helps"),
    ("GET /recover", "recovery by the mailed link sets a password and ends the session of another browser"),
    ("POST /recover", "recovery by the mailed link sets a password and ends the session of another browser"),
    ("GET /recover/reset", "a spent recovery link says so"),
    ("POST /recover/reset", "a recovery link works once, and its page is not for another site"),
    ("GET /account", "a customer who is not signed in is asked to, at every page of the account centre"),
    (
        "GET /account/profile",
        "a customer who is not signed in is asked to, at every page of the account centre",
    ),
    ("POST /account/profile", "the profile is edited and kept"),
    ("GET /v1/account/profile", "an application reads and changes the profile with the scope account"),
    ("PATCH /v1/account/profile", "an application reads and changes the profile with the scope account"),
    (
        "GET /account/password",
        "a customer who is not signed in is asked to, at every page of the account centre",
    ),
    ("POST /account/password", "the password is changed, and the owner is told by mail"),
    ("POST /v1/account/password", "an application changes the password, given the present one"),
    ("GET /account/sessions", "sessions are listed, ended one by one, and all others at once"),
    ("POST /account/sessions", "sessions are listed, ended one by one, and all others at once"),
    ("GET /v1/account/sessions", "an application lists and ends sessions"),
    ("DELETE /v1/account/sessions", "an application lists and ends sessions"),
    ("DELETE /v1/account/sessions/{session_id}", "an application lists and ends sessions"),
    ("GET /account/grants", "what a client was granted is shown, and can be taken back"),
    ("POST /account/grants", "what a client was granted is shown, and can be taken back"),
    ("GET /v1/account/grants", "an application lists grants and takes one back"),
    ("DELETE /v1/account/grants/{client_id}", "an application lists grants and takes one back"),
    ("GET /health", "health, the API's description and the assets are there for everybody"),
    ("GET /openapi.json", "health, the API's description and the assets are there for everybody"),
    ("GET /assets/{file}", "health, the API's description and the assets are there for everybody"),
];

#[test]
fn every_route_has_a_test() {
    // HEAD stands beside each GET, and `browsers` tests that.
    let served: BTreeSet<String> = template()
        .routes
        .iter()
        .filter(|route| route.method != "HEAD")
        .map(local::template::Route::key)
        .collect();
    let tested: BTreeSet<String> = TESTED.iter().map(|(route, _)| (*route).to_owned()).collect();
    assert_eq!(served, tested, "add the test of a new route to `TESTED`");
    let mut texts = String::new();
    for folder in ["protocol", "browser", "attacks"] {
        for stem in stems(&format!("tests/e2e/{folder}"), ".test.js") {
            let file = root().join("tests/e2e").join(folder).join(format!("{stem}.test.js"));
            texts.push_str(&std::fs::read_to_string(file).unwrap());
        }
    }
    for (route, name) in TESTED {
        let quoted = format!("test('{}'", name.replace('\'', "\\'"));
        assert!(texts.contains(&quoted), "{route}: there is no test called \"{name}\"");
    }
}
