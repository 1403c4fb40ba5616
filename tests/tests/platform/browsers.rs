//! The manners of browsers and of people: old engines, foreign cookies, keyboards of other scripts, several tabs, second clicks, the way
//! back.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use serde_json::json;
use tests::{ADA, Application, GRACE, PASSWORD, View, Visitor, World, value_of};

const CALLBACK: &str = "https://client.example/callback";

/// Sends `request` with these headers in the place of those that it has.
async fn send_with(world: &World, mut request: Request<Bytes>, headers: &[(&'static str, &str)]) -> View {
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse().unwrap());
    }
    let path = request.uri().to_string();
    View::of(&path, world.send(request).await)
}

#[tokio::test]
async fn an_opaque_origin_needs_the_forms_token_and_fetch_metadata_or_none() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let page = visitor.get("/account").await;
    let form = |values: &[(&str, &str)]| visitor.request_of(&page, "identify", values);
    let own = [("identifier", ADA)];
    let forged = [("identifier", ADA), ("csrf", "x")];
    for headers in [
        &[("origin", "null"), ("sec-fetch-site", "cross-site")][..],
        &[("origin", "null"), ("sec-fetch-site", "same-site")],
        &[("origin", "https://evil.example")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
    ] {
        let view = send_with(&world, form(&own), headers).await;
        assert_eq!(view.status, StatusCode::FORBIDDEN, "{headers:?}");
    }
    let view = send_with(&world, form(&forged), &[("origin", "null")]).await;
    assert_eq!(view.status, StatusCode::FORBIDDEN, "without the form's token");
    // WebKit before Fetch Metadata, on a page that sends no referrer.
    let view = send_with(&world, form(&own), &[("origin", "null")]).await;
    assert_eq!(view.status, StatusCode::SEE_OTHER, "{}", view.body);
}

#[tokio::test]
async fn a_form_that_posts_itself_says_where_it_comes_from() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let start = visitor.get(&application.authorize_path(&[("response_mode", "form_post")])).await;
    assert_eq!(start.header(header::REFERRER_POLICY), Some("no-referrer"));
    let answer = visitor.complete(start, ADA).await;
    assert!(answer.form("response").is_some(), "{}", answer.body);
    let policies: Vec<_> = answer.headers.get_all(header::REFERRER_POLICY).iter().collect();
    assert_eq!(policies, ["origin"]);
}

#[tokio::test]
async fn a_foreign_cookie_that_cannot_be_read_is_passed_over_alone() {
    let world = World::start().await;
    let mut visitor = world.customer(ADA).await;
    let before = visitor.cookies.clone();
    for foreign in ["name=Zoë Ångström", "json={\"a\":[1,2]}; flag", "=; ;;", "bad=%FF%FE\""] {
        let mut request = visitor.request(Method::GET, "/account/profile", &[]);
        let own = request.headers()[header::COOKIE].to_str().unwrap();
        let line = format!("{foreign}; {own}; last={foreign}");
        request
            .headers_mut()
            .insert(header::COOKIE, header::HeaderValue::from_bytes(line.as_bytes()).unwrap());
        let page = visitor.follow(request).await;
        assert!(page.form("profile").is_some(), "{foreign}: {} {}", page.status, page.path);
    }
    assert_eq!(visitor.cookies, before);
}

#[tokio::test]
async fn a_code_may_be_typed_on_any_keyboard() {
    let world = World::start().await;
    for (email, zero) in [("wide@example.com", '０'), ("arabic@example.com", '٠')] {
        let mut visitor = world.visitor();
        let page = visitor.begin_sign_up(email).await;
        let digit = |char: char| char::from_u32(u32::from(zero) + char.to_digit(10).unwrap()).unwrap();
        let code: String = world.code_for(email).await.chars().map(digit).collect();
        let done = visitor.submit(&page, "verify", &[("code", &code)]).await;
        assert!(done.form("profile").is_some(), "{code}: {} {}", done.status, done.body);
    }
}

/// Keeps the cookies of an answer that the browser has read, and says where it leads within the platform, or to.
fn keep(world: &World, visitor: &mut Visitor<'_>, view: &View) -> String {
    for line in view.headers.get_all(header::SET_COOKIE) {
        let pair = line.to_str().unwrap().split(';').next().unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        visitor.cookies.insert(name.to_owned(), value.to_owned());
    }
    let location = view.location().unwrap_or_else(|| panic!("{} {}", view.status, view.body));
    location.strip_prefix(world.issuer()).unwrap_or(location).to_owned()
}

/// The code that an answer brings to the application.
fn code_in(location: &str) -> String {
    assert!(location.starts_with(CALLBACK), "{location}");
    assert_eq!(value_of(location, "state").as_deref(), Some("some state"));
    value_of(location, "code").unwrap_or_else(|| panic!("no code in {location}"))
}

/// The link with this id.
fn link(view: &View, id: &str) -> String {
    let (_, rest) =
        view.body.split_once(&format!("id=\"{id}\" href=\"")).unwrap_or_else(|| panic!("{}", view.body));
    rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#x2f;", "/")
}

#[tokio::test]
async fn tabs_that_open_at_once_in_a_new_browser_all_work() {
    let world = World::start().await;
    let application = Application::register(&world, json!({ "consent": "implied" })).await;
    let mut visitor = world.visitor();
    let opened = visitor.request(Method::GET, &application.authorize_path(&[]), &[]);
    let answers = world.race_all(vec![opened; 4]).await;
    let mut pages = Vec::new();
    for path in answers.iter().map(|answer| keep(&world, &mut visitor, answer)).collect::<Vec<_>>() {
        pages.push(visitor.get(&path).await);
    }
    let mut passwords = Vec::new();
    for page in pages.iter().rev() {
        passwords.push(visitor.submit(page, "identify", &[("identifier", ADA)]).await);
    }
    for page in passwords {
        let next = visitor.submit(&page, "sign-in", &[("password", PASSWORD)]).await;
        let end = visitor.complete(next, ADA).await;
        let code = code_in(end.location().unwrap());
        application.tokens(&world, application.redemption(&code)).await;
    }
    // Another browser, which has a cookie of its own, is still another browser.
    let mut stranger = world.visitor();
    stranger.get("/recover").await;
    let started = visitor.get("/signin?tx=none").await;
    assert_eq!(started.status, StatusCode::BAD_REQUEST);
    let mut fresh = world.visitor();
    let begun = fresh.get(&application.authorize_path(&[])).await;
    let taken = stranger.get(&begun.path).await;
    assert_eq!(taken.status, StatusCode::BAD_REQUEST, "{}", taken.body);
    let form = fresh.request_of(&begun, "identify", &[("identifier", ADA)]);
    let forged = stranger.request_of(&begun, "identify", &[("identifier", ADA)]);
    assert_eq!(View::of("", world.send(forged).await).status, StatusCode::FORBIDDEN);
    assert_eq!(View::of("", world.send(form).await).status, StatusCode::SEE_OTHER);
}

/// A visitor of a new application before the last click, and the request that this sends.
async fn before_the_last_click<'w>(
    world: &'w World,
    application: &Application,
    asked: &[(&str, &str)],
) -> (Visitor<'w>, Request<Bytes>) {
    let mut visitor = world.visitor();
    let identify = visitor.get(&application.authorize_path(asked)).await;
    let password = visitor.submit(&identify, "identify", &[("identifier", ADA)]).await;
    let consent = visitor.submit(&password, "sign-in", &[("password", PASSWORD)]).await;
    let click = visitor.request_of(&consent, "consent", &[("decision", "allow")]);
    (visitor, click)
}

#[tokio::test]
async fn a_second_click_ends_as_the_first_did_and_one_code_lives() {
    let world = World::start().await;
    for mode in ["query", "jwt"] {
        let application = Application::register(&world, json!({})).await;
        let (mut visitor, click) =
            before_the_last_click(&world, &application, &[("response_mode", mode)]).await;
        let answers = world.race_all(vec![click.clone(), click.clone(), click]).await;
        let mut codes = Vec::new();
        for answer in answers {
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
            let location = keep(&world, &mut visitor, &answer);
            let end = if location.starts_with('/') { visitor.get(&location).await } else { answer };
            let location = end.location().unwrap_or_else(|| panic!("{mode} {} {}", end.status, end.body));
            assert!(location.starts_with(CALLBACK), "{location}");
            codes.extend(value_of(location, "code"));
        }
        assert!(visitor.is_signed_in().await);
        if let Some((last, others)) = codes.split_last() {
            assert_eq!(others.len(), 2);
            application.tokens(&world, application.redemption(last)).await;
            for other in others {
                assert_eq!(application.refusal(&world, application.redemption(other)).await, "invalid_grant");
            }
            assert!(world.events("code.reused").await.is_empty(), "what was withdrawn is no theft");
        }
    }
    assert_eq!(world.events("session.started").await.len(), 2, "one session for each sign-in");
}

#[tokio::test]
async fn an_answer_that_was_lost_on_the_way_comes_once_more() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let (mut visitor, click) = before_the_last_click(&world, &application, &[]).await;
    // The browser reads nothing of the first answer, neither its cookies nor where it leads.
    let lost = View::of("", world.send(click.clone()).await);
    let end = visitor.follow(click).await;
    let code = code_in(end.location().unwrap_or_else(|| panic!("{} {}", end.status, end.body)));
    assert!(visitor.is_signed_in().await);
    let first = code_in(lost.location().unwrap());
    assert_eq!(application.refusal(&world, application.redemption(&first)).await, "invalid_grant");
    application.tokens(&world, application.redemption(&code)).await;
    assert_eq!(world.events("session.started").await.len(), 1);
}

#[tokio::test]
async fn going_back_after_the_sign_in_leads_to_the_application() {
    let world = World::start().await;
    for (links, expected) in [
        (json!({}), "https://client.example".to_owned()),
        (json!({ "client_uri": "https://client.example/home" }), "https://client.example/home".to_owned()),
        (
            json!({ "initiate_login_uri": "https://client.example/login?a=b" }),
            format!("https://client.example/login?a=b&iss={}", "http%3A%2F%2Flocalhost%3A3000"),
        ),
    ] {
        let application = Application::register(&world, links).await;
        let mut visitor = world.visitor();
        let begun = visitor.get(&application.authorize_path(&[])).await;
        let end = visitor.complete(begun.clone(), ADA).await;
        application.tokens(&world, application.redemption(&code_in(end.location().unwrap()))).await;
        // The page that the browser goes back to, and its form sent once more.
        let tx = begun.path.split("tx=").nth(1).unwrap().to_owned();
        let back = visitor.get(&format!("/signin?tx={tx}")).await;
        let resent = visitor.submit(&begun, "identify", &[("identifier", ADA)]).await;
        for view in [back, resent] {
            assert_eq!(view.status, StatusCode::OK, "{}", view.body);
            assert!(view.body.contains("You are signed in"), "{}", view.body);
            assert_eq!(link(&view, "client"), expected);
        }
        // In another browser it says nothing; after signing out it is over.
        assert_eq!(world.visitor().get(&format!("/signin?tx={tx}")).await.status, StatusCode::BAD_REQUEST);
        let question = visitor.get("/oauth2/logout").await;
        visitor.submit(&question, "logout", &[]).await;
        let late = visitor.get(&format!("/signin?tx={tx}")).await;
        assert_eq!(late.status, StatusCode::BAD_REQUEST, "{}", late.body);
        assert!(!visitor.is_signed_in().await);
    }
}

#[tokio::test]
async fn going_back_after_signing_in_at_the_account_centre_leads_there() {
    let world = World::start().await;
    let mut visitor = world.visitor();
    let begun = visitor.get("/account").await;
    let end = visitor.complete(begun.clone(), ADA).await;
    assert!(end.form("profile").is_some());
    for view in
        [visitor.get(&begun.path).await, visitor.submit(&begun, "identify", &[("identifier", GRACE)]).await]
    {
        assert!(view.form("profile").is_some(), "{} {}", view.path, view.body);
    }
    world.advance(Duration::from_secs(601));
    assert_eq!(
        visitor.get(&begun.path).await.status,
        StatusCode::BAD_REQUEST,
        "it is remembered for some minutes"
    );
}

#[tokio::test]
async fn a_second_no_says_no_again() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let begun = visitor.get(&application.authorize_path(&[])).await;
    let password = visitor.submit(&begun, "identify", &[("identifier", ADA)]).await;
    let consent = visitor.submit(&password, "sign-in", &[("password", PASSWORD)]).await;
    for _ in 0..2 {
        let denied = visitor.submit(&consent, "consent", &[("decision", "deny")]).await;
        assert_eq!(value_of(denied.location().unwrap(), "error").as_deref(), Some("access_denied"));
    }
    world.advance(Duration::from_secs(120));
    let later = visitor.get(&begun.path).await;
    assert_eq!(link(&later, "client"), "https://client.example");
}

#[tokio::test]
async fn a_sign_in_that_took_too_long_is_begun_anew_by_a_link() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    let begun = visitor.get(&application.authorize_path(&[])).await;
    world.advance(Duration::from_secs(31 * 60));
    let late = visitor.submit(&begun, "identify", &[("identifier", ADA)]).await;
    assert_eq!(late.status, StatusCode::BAD_REQUEST);
    let again = link(&late, "again");
    assert_eq!(world.visitor().get(&again).await.status, StatusCode::BAD_REQUEST, "not in another browser");
    let anew = visitor.get(&again).await;
    let end = visitor.complete(anew, ADA).await;
    application.tokens(&world, application.redemption(&code_in(end.location().unwrap()))).await;
}

#[tokio::test]
async fn a_hint_at_another_account_signs_nobody_else_in() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    application.code(&mut visitor, ADA).await;
    let hinted = |visitor: &Visitor<'_>, more: &[(&str, &str)]| {
        visitor.request(Method::GET, &application.authorize_path(more), &[])
    };
    let own = visitor.follow(hinted(&visitor, &[("login_hint", "Ada@Example.com")])).await;
    code_in(own.location().unwrap());
    for hint in [GRACE, "nobody@example.com", "+49 171 1234567", "some.name"] {
        for prompt in ["", "login"] {
            let asked = visitor.follow(hinted(&visitor, &[("login_hint", hint), ("prompt", prompt)])).await;
            let form =
                asked.form("identify").unwrap_or_else(|| panic!("{hint}: {} {}", asked.path, asked.body));
            assert_eq!(form.fields["identifier"], hint);
        }
        let silent = visitor.follow(hinted(&visitor, &[("login_hint", hint), ("prompt", "none")])).await;
        assert_eq!(
            value_of(silent.location().unwrap(), "error").as_deref(),
            Some("login_required"),
            "{hint}"
        );
    }
    let anew = visitor.follow(hinted(&visitor, &[("login_hint", ADA), ("prompt", "login")])).await;
    assert_eq!(anew.form("sign-in").unwrap().fields["username"], ADA);
    // Whom the customer signs in as in the end is for them to say.
    let asked = visitor.follow(hinted(&visitor, &[("login_hint", GRACE)])).await;
    let end = visitor.complete(asked, GRACE).await;
    let tokens = application.tokens(&world, application.redemption(&code_in(end.location().unwrap()))).await;
    let subject = tokens.id_claims()["sub"].as_str().unwrap().to_owned();
    let own = visitor.follow(hinted(&visitor, &[("login_hint", &subject), ("prompt", "none")])).await;
    code_in(own.location().unwrap());
}

#[tokio::test]
async fn every_error_page_has_a_true_heading_and_a_way_on() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let id = application.id.as_str();
    let reference = "urn:ietf:params:oauth:request_uri:lk_pr_r1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let mut visitor = world.visitor();
    for (path, heading) in [
        ("/oauth2/authorize".to_owned(), "Unknown application"),
        ("/oauth2/authorize?client_id=nobody".to_owned(), "Unknown application"),
        (format!("/oauth2/authorize?client_id=nobody&request_uri={reference}"), "Unknown application"),
        (format!("/oauth2/authorize?client_id={id}&request_uri={reference}"), "Request not found"),
        (
            format!("/oauth2/authorize?client_id={id}&redirect_uri=https://evil.example"),
            "Unknown return address",
        ),
        ("/signin?tx=lk_tx_r1_AAAA".to_owned(), "Start again"),
        ("/no-such-page".to_owned(), "Page not found"),
        ("/approve?request=x".to_owned(), "Link not valid"),
    ] {
        let view = visitor.get(&path).await;
        assert!(view.status.is_client_error(), "{path}: {}", view.status);
        assert!(view.body.contains(&format!("<h1>{heading}</h1>")), "{path}: {}", view.body);
        assert_eq!(link(&view, "account"), "/account");
    }
    let page = visitor.get("/recover").await;
    let forged = visitor.submit(&page, "recover", &[("identifier", ADA), ("csrf", "x")]).await;
    assert_eq!((forged.status, link(&forged, "again").as_str()), (StatusCode::FORBIDDEN, "/recover"));
    let page = visitor.get(&application.authorize_path(&[])).await;
    let forged = visitor.submit(&page, "identify", &[("identifier", ADA), ("csrf", "x")]).await;
    assert_eq!((forged.status, link(&forged, "again")), (StatusCode::FORBIDDEN, page.path));
}

#[tokio::test]
async fn head_is_answered_wherever_get_is_without_a_body() {
    let world = World::start().await;
    let gets = world.platform.template.routes.iter().filter(|route| route.method == "GET");
    let paths: Vec<String> = gets.map(|route| route.path.replace(['{', '}'], "")).collect();
    assert!(paths.len() > 20, "{paths:?}");
    for path in &paths {
        let visitor = world.visitor();
        let got = View::of(path, world.send(visitor.request(Method::GET, path, &[])).await);
        let asked = View::of(path, world.send(visitor.request(Method::HEAD, path, &[])).await);
        assert_eq!((asked.status, asked.body.as_str()), (got.status, ""), "{path}");
        assert_eq!(asked.header(header::CONTENT_TYPE), got.header(header::CONTENT_TYPE), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_a_browser_fetches_ahead_begins_and_gives_nothing() {
    let world = World::start().await;
    let application = Application::register(&world, json!({})).await;
    let mut visitor = world.visitor();
    application.code(&mut visitor, ADA).await;
    let before = world.census().await;
    for purpose in ["prefetch", "prefetch;prerender", "prefetch;anonymous-client-ip"] {
        for path in [application.authorize_path(&[]).as_str(), "/signup", "/oauth2/logout"] {
            let mut request = visitor.request(Method::GET, path, &[]);
            request.headers_mut().insert("sec-purpose", purpose.parse().unwrap());
            let view = View::of(path, world.send(request).await);
            assert_eq!(
                (view.status, view.location()),
                (StatusCode::SERVICE_UNAVAILABLE, None),
                "{purpose} {path}"
            );
        }
    }
    assert_eq!(world.census().await, before);
}
