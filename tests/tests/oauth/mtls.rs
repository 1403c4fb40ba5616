//! Clients with certificates (RFC 8705): how one proves a client, and what does not.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{StatusCode, header};
use local::seed::{SERVICE_ID, SERVICE_SECRET};
use serde_json::{Value, json};
use shared::client::{AuthMethod, KeySet, TlsIdentity, TokenFormat};
use shared::config::{CertificateSource, Config, MutualTls, OriginSecret, OriginSecrets, Proxy, ProxyKind};
use shared::http::{Chain, ClientCertificate};
use shared::settings;
use tests::{Authority, self_signed};

use crate::world::{Answer, SHOP, SHOP_CALLBACK, VERIFIER, World, claims, text};

const FORM: [(&str, &str); 2] = [("grant_type", "client_credentials"), ("client_id", SERVICE_ID)];
const DAY: Duration = Duration::from_secs(24 * 3600);

fn invalid() -> (u16, String) {
    (401, "invalid_client".to_owned())
}

impl World {
    /// A form of a client that comes with this certificate.
    pub(crate) async fn post_over(
        &self,
        path: &str,
        certificate: Option<&ClientCertificate>,
        form: &[(&str, &str)],
    ) -> Answer {
        let mut request =
            http::Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(certificate) = certificate {
            request = request.extension(certificate.clone());
        }
        self.send(request, serde_urlencoded::to_string(form).unwrap()).await
    }

    async fn authenticate(&self, certificate: Option<&ClientCertificate>) -> Answer {
        self.post_over("/oauth2/token", certificate, &FORM).await
    }

    async fn trust(&self, authority: &Authority) {
        let mut settings = settings::load(self.app()).await.unwrap().as_ref().clone();
        settings.mutual_tls.anchors = vec![authority.pem()];
        settings::save(self.app(), &settings).await.unwrap();
    }

    /// The service proves who it is by a certificate that is `identity`'s.
    async fn identify_by(&self, identity: TlsIdentity) {
        self.change(SERVICE_ID, |client| {
            client.auth_method = AuthMethod::TlsClientAuth;
            client.tls = Some(identity);
        })
        .await;
    }

    fn configure(&mut self, configure: impl FnOnce(&mut Config)) {
        let platform = Arc::get_mut(&mut self.platform).unwrap();
        configure(&mut Arc::get_mut(&mut platform.app).unwrap().config);
    }
}

#[tokio::test]
async fn a_certificate_of_a_trusted_issuer_proves_whom_it_names() {
    let world = World::new().await;
    let (ours, theirs) = (Authority::new("Acme Root"), Authority::new("Acme Root"));
    world.trust(&ours).await;
    world.identify_by(TlsIdentity::SubjectDn("CN=Client".to_owned())).await;
    let good = ours.issue("client", &["client.acme.example"]);
    assert_eq!(world.authenticate(Some(&good)).await.status, StatusCode::OK);
    assert_eq!(world.authenticate(None).await.error(), invalid());
    for wrong in [
        ours.issue("another", &["client.acme.example"]),
        theirs.issue("client", &["client.acme.example"]),
        self_signed("client"),
    ] {
        assert_eq!(world.authenticate(Some(&wrong)).await.error(), invalid());
    }
    world.identify_by(TlsIdentity::SanDns("client.acme.example".to_owned())).await;
    assert_eq!(world.authenticate(Some(&good)).await.status, StatusCode::OK);
    assert_eq!(world.authenticate(Some(&ours.issue("client", &[]))).await.error(), invalid());
    let elsewhere = ours.issue("client", &["other.acme.example"]);
    assert_eq!(world.authenticate(Some(&elsewhere)).await.error(), invalid());
}

#[tokio::test]
async fn a_certificate_that_expired_proves_nothing() {
    let world = World::new().await;
    world.identify_by(TlsIdentity::SubjectDn("CN=client".to_owned())).await;
    let issued = Authority::new("Acme Root").issue("client", &[]);
    let checked = ClientCertificate::new(issued.der().to_vec(), Chain::Checked).unwrap();
    assert_eq!(world.authenticate(Some(&checked)).await.status, StatusCode::OK);
    world.app().clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(world.authenticate(Some(&checked)).await.error(), invalid());
    let nonsense = ClientCertificate::new(b"not a certificate".as_slice(), Chain::Checked).unwrap();
    assert_eq!(world.authenticate(Some(&nonsense)).await.error(), invalid());
}

#[tokio::test]
async fn a_certificate_is_no_substitute_for_the_registered_method() {
    let world = World::new().await;
    let certificate = checked("client");
    assert_eq!(world.authenticate(Some(&certificate)).await.error(), invalid(), "it has a secret");
    world.identify_by(TlsIdentity::SubjectDn("CN=client".to_owned())).await;
    let basic = Some((SERVICE_ID, SERVICE_SECRET));
    assert_eq!(world.post("/oauth2/token", basic, &FORM[..1]).await.error(), invalid());
    let posted = [FORM[0], FORM[1], ("client_secret", SERVICE_SECRET)];
    assert_eq!(world.post_over("/oauth2/token", Some(&certificate), &posted).await.error(), invalid());
    assert_eq!(world.authenticate(Some(&certificate)).await.status, StatusCode::OK);
}

fn key_set(certificate: &ClientCertificate) -> Value {
    key_with(certificate, certificate)
}

/// The key of `own` with the certificate `said`.
fn key_with(own: &ClientCertificate, said: &ClientCertificate) -> Value {
    // RFC 5480 §2.2: a bit string of an uncompressed point.
    const POINT: [u8; 4] = [0x03, 0x42, 0x00, 0x04];
    let der = own.der();
    let at = der.windows(POINT.len()).position(|bytes| bytes == POINT).unwrap() + POINT.len();
    let coordinate = |from| URL_SAFE_NO_PAD.encode(&der[from..from + 32]);
    json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "x": coordinate(at), "y": coordinate(at + 32),
        "x5c": [STANDARD.encode(said.der())],
    }] })
}

#[tokio::test]
async fn a_certificate_of_its_own_making_proves_who_registered_it() {
    let world = World::new().await;
    let own = self_signed("client");
    world
        .change(SERVICE_ID, |client| {
            client.auth_method = AuthMethod::SelfSignedTlsClientAuth;
            client.jwks = Some(KeySet::parse(&key_set(&own)).unwrap());
        })
        .await;
    assert_eq!(world.authenticate(Some(&own)).await.status, StatusCode::OK);
    let other = self_signed("client");
    assert_eq!(world.authenticate(Some(&other)).await.error(), invalid());
    assert_eq!(world.authenticate(None).await.error(), invalid());
    let mixed = KeySet::parse(&key_with(&own, &other)).unwrap();
    world.change(SERVICE_ID, |client| client.jwks = Some(mixed)).await;
    for certificate in [&own, &other] {
        let refused = world.authenticate(Some(certificate)).await.error();
        assert_eq!(refused, invalid(), "`x5c` is of another key (RFC 7517 §4.7)");
    }
    world.change(SERVICE_ID, |client| client.jwks = Some(KeySet::parse(&key_set(&own)).unwrap())).await;
    world.app().clock.advance(DAY + Duration::from_secs(1));
    assert_eq!(world.authenticate(Some(&own)).await.error(), invalid());
}

#[tokio::test]
async fn header_spoofing_is_of_no_use() {
    let mut world = World::new().await;
    world.identify_by(TlsIdentity::SubjectDn("CN=client".to_owned())).await;
    let ours = Authority::new("Acme Root");
    world.trust(&ours).await;
    let sequence = format!(":{}:", STANDARD.encode(ours.issue("client", &[]).der()));
    let secret = "a-secret-of-the-proxy,-long-enough";
    let ask = async |world: &World, verify: Option<&str>| {
        let mut request = http::Request::post("/oauth2/token")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("x-forwarded-for", "192.0.2.7")
            .header("client-cert", &sequence);
        if let Some(verify) = verify {
            request = request.header("x-origin-verify", verify);
        }
        world.send(request, serde_urlencoded::to_string(FORM).unwrap()).await
    };
    assert_eq!(ask(&world, Some(secret)).await.error(), invalid(), "no header was asked for");
    world.configure(|config| {
        let secret = OriginSecret::Known(Arc::new(OriginSecrets::parse(secret).unwrap()));
        config.proxy = Some(Proxy { kind: ProxyKind::Header, secret });
        config.mutual_tls = Some(MutualTls { source: CertificateSource::Header, origin: None });
    });
    for verify in [None, Some("a-secret-of-somebody-else's-proxy")] {
        assert_eq!(ask(&world, verify).await.status, StatusCode::FORBIDDEN, "{verify:?}");
    }
    assert_eq!(ask(&world, Some(secret)).await.status, StatusCode::OK);
}

#[tokio::test]
async fn metadata_tell_of_certificates_where_they_are_taken() {
    let mut world = World::new().await;
    let metadata = async |world: &World| {
        world.send(http::Request::get("/.well-known/openid-configuration"), String::new()).await.json()
    };
    let told = metadata(&world).await;
    let methods = told["token_endpoint_auth_methods_supported"].as_array().unwrap().clone();
    assert!(methods.contains(&json!("tls_client_auth")));
    assert!(methods.contains(&json!("self_signed_tls_client_auth")));
    assert_eq!(told["tls_client_certificate_bound_access_tokens"], true);
    let aliases = told["mtls_endpoint_aliases"].as_object().unwrap();
    assert_eq!(aliases["token_endpoint"], "https://localhost:3001/oauth2/token");
    for (name, alias) in aliases {
        let path = alias.as_str().unwrap().strip_prefix("https://localhost:3001").unwrap();
        assert!(told[name].as_str().unwrap().ends_with(path), "{name} is an endpoint of its own");
    }
    world.configure(|config| config.mutual_tls = None);
    world.app().clock.advance(DAY);
    let told = metadata(&world).await.to_string();
    assert!(!told.contains("tls"), "{told}");
}

/// A certificate whose chain the host has checked.
fn checked(name: &str) -> ClientCertificate {
    ClientCertificate::new(self_signed(name).der().to_vec(), Chain::Checked).unwrap()
}

impl World {
    /// What userinfo answers to a token that comes with this certificate.
    async fn userinfo_over(&self, certificate: Option<&ClientCertificate>, tokens: &Value) -> Answer {
        let bearer = format!("Bearer {}", text(tokens, "access_token"));
        let mut request = http::Request::get("/oauth2/userinfo").header(header::AUTHORIZATION, bearer);
        if let Some(certificate) = certificate {
            request = request.extension(certificate.clone());
        }
        self.send(request, String::new()).await
    }

    async fn redeem_over(&self, certificate: Option<&ClientCertificate>, code: &str) -> Answer {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", SHOP),
            ("code", code),
            ("redirect_uri", SHOP_CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.post_over("/oauth2/token", certificate, &form).await
    }

    async fn refresh_over(&self, certificate: Option<&ClientCertificate>, tokens: &Value) -> Answer {
        let token = text(tokens, "refresh_token");
        let form = [("grant_type", "refresh_token"), ("client_id", SHOP), ("refresh_token", token)];
        self.post_over("/oauth2/token", certificate, &form).await
    }
}

#[tokio::test]
async fn a_token_that_is_bound_is_of_no_use_without_its_certificate() {
    let (own, thiefs) = (checked("shop"), checked("thief"));
    for format in [TokenFormat::Jwt, TokenFormat::Opaque] {
        let world = World::new().await;
        world
            .change(SHOP, |client| {
                client.certificate_bound = true;
                client.access_token_format = format;
            })
            .await;
        let code = world.code("openid").await;
        assert_eq!(world.redeem_over(None, &code).await.error(), (400, "invalid_request".to_owned()));
        let tokens = world.redeem_over(Some(&own), &code).await.json();
        assert_eq!(world.userinfo_over(Some(&own), &tokens).await.status, StatusCode::OK);
        for stolen in [None, Some(&thiefs)] {
            let answer = world.userinfo_over(stolen, &tokens).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
            let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap();
            assert!(challenge.contains(r#"error="invalid_token""#), "{challenge}");
        }
        if format == TokenFormat::Jwt {
            let bound = json!({ "x5t#S256": own.thumbprint() });
            assert_eq!(claims(&tokens["access_token"])["cnf"], bound);
        }
    }
}

#[tokio::test]
async fn a_public_clients_refresh_token_is_bound_as_well() {
    let world = World::new().await;
    world.change(SHOP, |client| client.certificate_bound = true).await;
    let (own, thiefs) = (checked("shop"), checked("thief"));
    let code = world.code("openid offline_access").await;
    let tokens = world.redeem_over(Some(&own), &code).await.json();
    let stolen = world.refresh_over(Some(&thiefs), &tokens).await;
    assert_eq!(stolen.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(world.refresh_over(None, &tokens).await.error(), (400, "invalid_request".to_owned()));
    world.change(SHOP, |client| client.certificate_bound = false).await;
    let without = world.refresh_over(None, &tokens).await;
    assert_eq!(without.error(), (400, "invalid_grant".to_owned()), "it stays bound");
    world.change(SHOP, |client| client.certificate_bound = true).await;
    let fresh = world.refresh_over(Some(&own), &tokens).await;
    assert_eq!(fresh.status, StatusCode::OK);
    assert_eq!(world.userinfo_over(Some(&own), &fresh.json()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn introspection_tells_what_a_token_is_bound_to() {
    let world = World::new().await;
    let own = checked("client");
    world.change(SERVICE_ID, |client| client.certificate_bound = true).await;
    let secret = [("client_id", SERVICE_ID), ("client_secret", SERVICE_SECRET)];
    world.change(SERVICE_ID, |client| client.auth_method = AuthMethod::ClientSecretPost).await;
    let form = [&secret[..], &[FORM[0]]].concat();
    let tokens = world.post_over("/oauth2/token", Some(&own), &form).await.json();
    let form = [&secret[..], &[("token", text(&tokens, "access_token"))]].concat();
    let told = world.post_over("/oauth2/introspect", None, &form).await.json();
    assert_eq!(told["cnf"], json!({ "x5t#S256": own.thumbprint() }));
}

#[tokio::test]
async fn a_client_registers_for_certificates_where_they_are_taken() {
    let mut world = World::new().await;
    let register = async |world: &World, metadata: &Value| {
        let mut body = json!({ "grant_types": ["client_credentials"], "scope": "demo.read" });
        body.as_object_mut().unwrap().extend(metadata.as_object().unwrap().clone());
        let request =
            http::Request::post("/oauth2/register").header(header::CONTENT_TYPE, "application/json");
        world.send(request, body.to_string()).await
    };
    let named = json!({
        "token_endpoint_auth_method": "tls_client_auth",
        "tls_client_auth_subject_dn": "CN=client",
        "tls_client_certificate_bound_access_tokens": true,
    });
    let answer = register(&world, &named).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let told = answer.json();
    assert_eq!((&told["tls_client_auth_subject_dn"], told.get("client_secret")), (&json!("CN=client"), None));
    let own = checked("client");
    let form = [FORM[0], ("client_id", text(&told, "client_id"))];
    let tokens = world.post_over("/oauth2/token", Some(&own), &form).await.json();
    assert_eq!(claims(&tokens["access_token"])["cnf"]["x5t#S256"], own.thumbprint());

    let bound = json!({ "tls_client_certificate_bound_access_tokens": true });
    let own_making =
        |keys: Value| json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": keys });
    assert_eq!(register(&world, &own_making(key_set(&own))).await.status, StatusCode::CREATED);
    for wrong in [
        json!({ "token_endpoint_auth_method": "tls_client_auth" }),
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "client" }),
        json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth" }),
    ] {
        let answer = register(&world, &wrong).await;
        assert_eq!(answer.error(), (400, "invalid_client_metadata".to_owned()), "{wrong}");
    }
    world.configure(|config| config.mutual_tls = None);
    for promise in [named, bound, own_making(key_set(&own))] {
        let answer = register(&world, &promise).await;
        assert_eq!(answer.error(), (400, "invalid_client_metadata".to_owned()), "{promise}");
    }
}
