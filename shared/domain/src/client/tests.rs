//! What the client room promises, as far as it needs no store.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::fetch::Reach;

const NOW: Timestamp = Timestamp(1_800_000_000);

fn client(redirect_uris: &[&str]) -> Client {
    let mut client = Client::new("acme", NOW);
    client.redirect_uris = redirect_uris.iter().map(|uri| (*uri).to_owned()).collect();
    client
}

fn native(redirect_uris: &[&str]) -> Client {
    Client { application_type: ApplicationType::Native, ..client(redirect_uris) }
}

#[test]
fn redirect_uris_match_exactly() {
    let acme = client(&["https://acme.example/cb", "https://acme.example/cb?tenant=1"]);
    assert!(acme.may_redirect_to("https://acme.example/cb"));
    assert!(acme.may_redirect_to("https://acme.example/cb?tenant=1"));
    for hostile in [
        "https://acme.example/cb/",
        "https://acme.example/cb?x=1",
        "https://acme.example/CB",
        "https://ACME.example/cb",
        "https://acme.example:443/cb",
        "https://acme.example/x/../cb",
        "https://acme.example/cb#",
        "https://acme.example@evil.example/cb",
        "https://acme.example.evil.example/cb",
        "http://acme.example/cb",
        "//acme.example/cb",
        "",
        " https://acme.example/cb",
    ] {
        assert!(!acme.may_redirect_to(hostile), "{hostile}");
    }
}

#[test]
fn only_the_port_of_a_loopback_address_may_differ() {
    let acme = client(&["http://127.0.0.1/cb", "http://[::1]:8080/cb", "http://localhost:3000/cb"]);
    for good in [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:65535/cb",
        "http://[::1]/cb",
        "http://[::1]:9/cb",
        "http://localhost:3000/cb",
    ] {
        assert!(acme.may_redirect_to(good), "{good}");
    }
    for hostile in [
        "http://127.0.0.1:65536/cb",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:80:81/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.0.0.1:80/cb/",
        "http://127.0.0.1:80/cb?x",
        "https://127.0.0.1:80/cb",
        "http://127.0.0.2/cb",
        "http://2130706433/cb",
        "http://localhost:3001/cb",
        "http://localhost/cb",
    ] {
        assert!(!acme.may_redirect_to(hostile), "{hostile}");
    }
    assert!(native(&["http://localhost/cb"]).may_redirect_to("http://localhost:51004/cb"));
}

#[test]
fn what_may_be_registered_depends_on_where_the_client_runs() {
    let rules = |application_type, localhost| RedirectRules { application_type, localhost, implicit: false };
    let web = rules(ApplicationType::Web, false);
    let development = rules(ApplicationType::Web, true);
    let native = rules(ApplicationType::Native, false);
    assert_eq!(web.check("https://acme.example/cb"), Ok(()));
    assert_eq!(web.check("http://127.0.0.1/cb"), Ok(()));
    assert_eq!(web.check("http://localhost:3000/cb"), Err(UriFault::Insecure));
    assert_eq!(development.check("http://localhost:3000/cb"), Ok(()));
    assert_eq!(native.check("http://localhost/cb"), Ok(()));
    assert_eq!(native.check("com.acme.app:/cb"), Ok(()));
    assert_eq!(web.check("com.acme.app:/cb"), Err(UriFault::Scheme));
    assert_eq!(native.check("acme:/cb"), Err(UriFault::Scheme));
    for rules in [web, development, native] {
        assert_eq!(rules.check("http://acme.example/cb"), Err(UriFault::Insecure));
        assert_eq!(rules.check("http://localhost.evil.example/cb"), Err(UriFault::Insecure));
        assert_eq!(rules.check("https://user@acme.example/cb"), Err(UriFault::UserInfo));
        assert_eq!(rules.check("https://acme.example/cb#x"), Err(UriFault::Fragment));
        assert_eq!(rules.check("https://*.acme.example/cb"), Err(UriFault::Malformed));
        for host in ["evil.example,sandbox", "evil.example;sandbox", "evil.example'x"] {
            assert_eq!(rules.check(&format!("https://{host}/cb")), Err(UriFault::Malformed), "{host}");
        }
        assert_eq!(rules.check("javascript:alert(1)"), Err(UriFault::Scheme));
        assert_eq!(rules.check("data:text/html,x"), Err(UriFault::Scheme));
        assert_eq!(rules.check("/cb"), Err(UriFault::Malformed));
        assert_eq!(rules.check("https://acme.example/\r\nx"), Err(UriFault::Malformed));
    }
}

#[test]
fn scripts_of_the_clients_own_origins_may_read() {
    let mut acme = client(&["https://acme.example/cb", "com.acme.app:/cb"]);
    acme.origins = vec!["https://dev.acme.example:8443".to_owned()];
    assert!(acme.has_origin("https://acme.example"));
    assert!(acme.has_origin("https://dev.acme.example:8443"));
    for foreign in ["https://acme.example:444", "http://acme.example", "https://evil.example", "null", ""] {
        assert!(!acme.has_origin(foreign), "{foreign}");
    }
}

#[test]
fn a_public_client_always_uses_pkce() {
    let public = Client { pkce: Pkce::Optional, ..client(&[]) };
    assert!(public.must_use_pkce());
    let lifted = Client { auth_method: AuthMethod::ClientSecretBasic, pkce: Pkce::Optional, ..client(&[]) };
    assert!(!lifted.must_use_pkce());
    assert!(Client { pkce: Pkce::Required, ..lifted }.must_use_pkce());
}

fn jwk() -> Value {
    // The public half of the key of RFC 7515 §A.3.
    json!({
        "kty": "EC", "crv": "P-256", "kid": "one",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

#[test]
fn a_key_set_verifies_the_signature_of_the_standard() {
    let keys = KeySet::parse(&json!({ "keys": [jwk()] })).unwrap();
    let message = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    let signature = base64::Engine::decode(
        &base64::engine::general_purpose::URL_SAFE_NO_PAD,
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
    )
    .unwrap();
    assert!(keys.verify(None, Algorithm::ES256, message.as_bytes(), &signature));
    assert!(keys.verify(Some("one"), Algorithm::ES256, message.as_bytes(), &signature));
    assert!(!keys.verify(Some("two"), Algorithm::ES256, message.as_bytes(), &signature));
    assert!(!keys.verify(None, Algorithm::RS256, message.as_bytes(), &signature));
    assert!(!keys.verify(None, Algorithm::ES256, b"other", &signature));
}

#[test]
fn a_key_set_has_public_keys_alone() {
    let mut private = jwk();
    private["d"] = json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
    assert!(KeySet::parse(&json!({ "keys": [private] })).is_err());
    assert!(KeySet::parse(&json!({ "keys": [{ "kty": "oct", "k": "c2VjcmV0" }] })).is_err());
    assert!(
        KeySet::parse(&json!({ "keys": [{ "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA" }] })).is_err()
    );
    assert!(KeySet::parse(&json!({ "keys": [] })).is_err());
    assert!(KeySet::parse(&json!({})).is_err());
    let mixed = json!({ "keys": [{ "kty": "unknown" }, jwk()] });
    assert_eq!(KeySet::parse(&mixed).unwrap().keys.len(), 1);
}

fn policy() -> Policy {
    let scopes = ["openid", "email", "offline_access"].map(str::to_owned).to_vec();
    let grant_types = GrantType::ALL.iter().copied().filter(|grant| *grant != GrantType::Implicit).collect();
    Policy {
        detail_types: Vec::new(),
        challenge: false,
        localhost: false,
        reach: Reach::Public,
        scopes,
        grant_types,
        response_types: vec![ResponseType::Code],
        auth_methods: AuthMethod::ALL.to_vec(),
        pkce: Pkce::Required,
        redirect_hosts: Vec::new(),
        request_uris: false,
        unsigned_request_objects: false,
    }
}

/// What a deployment allows that gives tokens in the front channel.
fn policy_with_implicit() -> Policy {
    Policy { grant_types: GrantType::ALL.to_vec(), response_types: ResponseType::ALL.to_vec(), ..policy() }
}

fn register(metadata: Value) -> Result<Client, ClientError> {
    register_under(&policy(), metadata)
}

fn register_under(policy: &Policy, metadata: Value) -> Result<Client, ClientError> {
    let mut client = Client::new("acme", NOW);
    serde_json::from_value::<Metadata>(metadata).unwrap().apply(policy, &mut client)?;
    Ok(client)
}

#[test]
fn response_types_go_with_grant_types() {
    let ask = |policy: &Policy, types: &[&str], grants: &[&str]| {
        let uris = ["https://acme.example/cb"];
        let metadata = json!({ "redirect_uris": uris, "response_types": types, "grant_types": grants });
        register_under(policy, metadata).map(|client| (client.response_types, client.grant_types))
    };
    let (on, off) = (policy_with_implicit(), policy());
    let (code, implicit) = (GrantType::AuthorizationCode, GrantType::Implicit);
    let hybrid = ask(&on, &["code", "id_token code"], &["authorization_code", "implicit"]).unwrap();
    assert_eq!(hybrid, (vec![ResponseType::Code, ResponseType::CodeIdToken], vec![code, implicit]));
    let tokens = ask(&on, &["id_token", "token id_token"], &["implicit"]).unwrap();
    assert_eq!(tokens, (vec![ResponseType::IdToken, ResponseType::IdTokenToken], vec![implicit]));
    let unused = ask(&on, &["code"], &["authorization_code", "implicit"]).unwrap();
    assert_eq!(unused.1, [code]);
    for (types, grants) in [
        (["code id_token"], ["authorization_code"]),
        (["code token"], ["implicit"]),
        (["id_token"], ["authorization_code"]),
        (["token"], ["implicit"]),
    ] {
        assert!(ask(&on, &types, &grants).is_err(), "{types:?} {grants:?}");
    }
    let left = ask(&off, &["code", "code id_token"], &["authorization_code", "implicit"]).unwrap();
    assert_eq!(left, (vec![ResponseType::Code], vec![code]));
    assert!(ask(&off, &["id_token"], &["implicit"]).is_err());
}

#[test]
fn a_web_application_that_is_sent_tokens_uses_https() {
    let metadata = json!({
        "redirect_uris": ["http://127.0.0.1/cb"], "response_types": ["id_token"], "grant_types": ["implicit"],
    });
    assert!(register_under(&policy_with_implicit(), metadata.clone()).is_err());
    let localhost = Policy { localhost: true, reach: Reach::PublicAndLocal, ..policy_with_implicit() };
    assert!(register_under(&localhost, metadata).is_ok());
}

#[test]
fn metadata_have_the_defaults_of_the_standard() {
    let acme =
        register(json!({ "redirect_uris": ["https://acme.example/cb"], "unknown": { "x": 1 } })).unwrap();
    assert_eq!(acme.auth_method, AuthMethod::ClientSecretBasic);
    assert_eq!(acme.grant_types, [GrantType::AuthorizationCode]);
    assert_eq!(acme.scopes, policy().scopes);
    assert_eq!((acme.consent, acme.pkce), (Consent::Ask, Pkce::Required));
    let told = serde_json::to_value(Metadata::of(&acme)).unwrap();
    assert_eq!(told["response_types"], json!(["code"]));
    assert_eq!(told["id_token_signed_response_alg"], "RS256");
    assert_eq!(told.get("unknown"), None);
    assert_eq!(register(told).unwrap(), acme);
}

#[test]
fn pkce_is_left_to_confidential_clients_alone_and_only_where_the_policy_does() {
    let policy = Policy { pkce: Pkce::Optional, ..policy() };
    let redirects = json!(["https://acme.example/cb"]);
    let acme = register_under(&policy, json!({ "redirect_uris": redirects })).unwrap();
    assert!(!acme.must_use_pkce());
    let strict = json!({ "redirect_uris": redirects, "latchkey_pkce": "required" });
    assert!(register_under(&policy, strict).unwrap().must_use_pkce());
    let public = json!({ "redirect_uris": redirects, "token_endpoint_auth_method": "none" });
    assert!(register_under(&policy, public).unwrap().must_use_pkce());
}

#[test]
fn a_client_gets_no_more_than_the_policy_gives() {
    let acme = register(json!({
        "redirect_uris": ["https://acme.example/cb"],
        "grant_types": ["authorization_code", "implicit", "refresh_token"],
        "scope": "openid admin:users:write",
    }))
    .unwrap();
    assert_eq!(acme.scopes, ["openid"]);
    assert_eq!(acme.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
}

#[test]
fn metadata_that_cannot_be_kept_are_refused() {
    let with = |name: &str, value: Value| {
        let mut metadata = json!({ "redirect_uris": ["https://acme.example/cb"] });
        metadata[name] = value;
        register(metadata)
    };
    for (name, value) in [("redirect_uris", json!([])), ("redirect_uris", json!(["http://acme.example/cb"]))]
    {
        assert!(matches!(with(name, value), Err(ClientError::InvalidRedirectUri(_))), "{name}");
    }
    for (name, value) in [
        ("token_endpoint_auth_method", json!("client_secret")),
        ("token_endpoint_auth_method", json!("private_key_jwt")),
        ("token_endpoint_auth_signing_alg", json!("HS256")),
        ("grant_types", json!(["implicit"])),
        ("response_types", json!(["token"])),
        ("scope", json!("nothing")),
        ("jwks_uri", json!("http://acme.example/jwks")),
        ("jwks_uri", json!("https://169.254.169.254/jwks")),
        ("jwks_uri", json!("http://localhost:3000/jwks")),
        ("subject_type", json!("private")),
        ("sector_identifier_uri", json!("http://acme.example/sector")),
        ("id_token_signed_response_alg", json!("none")),
        ("id_token_encrypted_response_alg", json!("RSA-OAEP")),
        ("require_signed_request_object", json!(true)),
        ("client_name", json!("x".repeat(101))),
        ("client_name", json!("line\nbreak")),
        ("logo_uri", json!("javascript:alert(1)")),
        ("application_type", json!("toaster")),
        ("latchkey_pkce", json!("never")),
    ] {
        assert!(matches!(with(name, value), Err(ClientError::InvalidMetadata(_))), "{name}");
    }
    assert!(with("require_signed_request_object", json!(false)).is_ok());
    let public = json!({ "token_endpoint_auth_method": "none", "grant_types": ["client_credentials"] });
    assert!(register(public).is_err());
}

#[test]
fn addresses_for_signing_out_are_checked_and_told() {
    let with = |more: Value| {
        let mut metadata = json!({ "redirect_uris": ["https://acme.example/cb"] });
        metadata.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        register(metadata)
    };
    let good = json!({
        "frontchannel_logout_uri": "https://acme.example/out?x=1",
        "frontchannel_logout_session_required": true,
        "backchannel_logout_uri": "https://api.acme.example/out",
        "backchannel_logout_session_required": true,
    });
    let acme = with(good.clone()).unwrap();
    let told = serde_json::to_value(Metadata::of(&acme)).unwrap();
    for (name, value) in good.as_object().unwrap() {
        assert_eq!(&told[name], value);
    }
    assert_eq!(register(told).unwrap(), acme);
    for (name, uri) in [
        ("frontchannel_logout_uri", "https://other.example/out"),
        ("frontchannel_logout_uri", "https://acme.example:444/out"),
        ("frontchannel_logout_uri", "http://acme.example/out"),
        ("frontchannel_logout_uri", "https://acme.example/out#x"),
        ("frontchannel_logout_uri", "com.acme.app:/out"),
        ("backchannel_logout_uri", "http://acme.example/out"),
        ("backchannel_logout_uri", "http://127.0.0.1/out"),
        ("backchannel_logout_uri", "http://localhost/out"),
        ("backchannel_logout_uri", "https://10.0.0.1/out"),
        ("backchannel_logout_uri", "https://acme.example/out#x"),
        ("backchannel_logout_uri", "com.acme.app:/out"),
    ] {
        let refused = with(json!({ name: uri }));
        assert!(matches!(refused, Err(ClientError::InvalidMetadata(_))), "{name} {uri}");
    }
}

proptest! {
    /// Whatever is asked for, an accepted address is a registered one, or a loopback address with another port.
    #[test]
    fn no_address_is_accepted_that_was_not_registered(asked in any::<String>(), tail in "[ -~]{0,20}") {
        let registered = ["https://acme.example/cb", "http://127.0.0.1/cb"];
        let acme = client(&registered);
        for asked in [asked, format!("https://acme.example{tail}"), format!("http://127.0.0.1{tail}")] {
            if acme.may_redirect_to(&asked) && !registered.contains(&asked.as_str()) {
                let port = asked.strip_prefix("http://127.0.0.1:").and_then(|rest| rest.strip_suffix("/cb"));
                prop_assert!(port.unwrap().parse::<u16>().is_ok());
            }
        }
    }

    #[test]
    fn any_port_of_a_registered_loopback_address_is_accepted(port in any::<u16>()) {
        let (v4, v6) = (format!("http://127.0.0.1:{port}/cb"), format!("http://[::1]:{port}/cb"));
        let acme = client(&["http://127.0.0.1:1/cb", "http://[::1]/cb"]);
        prop_assert!(acme.may_redirect_to(&v4) && acme.may_redirect_to(&v6));
    }

    #[test]
    fn a_registered_address_can_stand_in_a_header(uri in any::<String>(), scheme in "https|http|[a-z.]{1,8}") {
        for uri in [uri.clone(), format!("{scheme}:{uri}"), format!("{scheme}://acme.example/{uri}")] {
            let rules = RedirectRules { application_type: ApplicationType::Native, localhost: true, implicit: false };
            if rules.check(&uri).is_ok() {
                prop_assert!(http::HeaderValue::from_str(&uri).is_ok());
                prop_assert!(!uri.contains('#'));
            }
        }
    }

    #[test]
    fn hostile_metadata_never_panic(text in any::<String>(), number in any::<f64>()) {
        let value = json!({ "client_name": text, "scope": text, "redirect_uris": [text], "jwks": { "keys": [text, number] } });
        let _ = register(value);
    }
}
