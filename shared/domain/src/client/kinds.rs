//! What kinds of clients there are, by the names that their metadata have for it.

names! {
    /// How a client proves who it is (`token_endpoint_auth_method`, RFC 7591 §2).
    AuthMethod {
        /// Not at all: a public client.
        None "none",
        /// Its secret in `Authorization: Basic` (RFC 6749 §2.3.1).
        ClientSecretBasic "client_secret_basic",
        /// Its secret in the form (RFC 6749 §2.3.1).
        ClientSecretPost "client_secret_post",
        /// A JWT that it authenticated with its secret (OpenID Connect Core §9).
        ClientSecretJwt "client_secret_jwt",
        /// A JWT that it signed (RFC 7523 §2.2, OpenID Connect Core §9).
        PrivateKeyJwt "private_key_jwt",
        /// A certificate of an issuer that the deployment trusts (RFC 8705 §2.1).
        TlsClientAuth "tls_client_auth",
        /// A certificate that it made itself and has registered (RFC 8705 §2.2).
        SelfSignedTlsClientAuth "self_signed_tls_client_auth",
    }
    /// What a client may exchange for tokens (`grant_types`, RFC 7591 §2).
    GrantType {
        /// A code that a customer's sign-in gave (RFC 6749 §4.1).
        AuthorizationCode "authorization_code",
        /// Nothing: tokens come from the authorization endpoint (OpenID Connect Core §3.2, §3.3).
        Implicit "implicit",
        /// A refresh token (RFC 6749 §6).
        RefreshToken "refresh_token",
        /// Its own authentication (RFC 6749 §4.4).
        ClientCredentials "client_credentials",
        /// A request that a customer was asked about elsewhere (OpenID CIBA Core 1.0).
        Ciba "urn:openid:params:grant-type:ciba",
        /// A code that a customer typed elsewhere (RFC 8628).
        DeviceCode "urn:ietf:params:oauth:grant-type:device_code",
        /// What somebody whom the deployment trusts says of a customer (RFC 7523 §2.1).
        JwtBearer "urn:ietf:params:oauth:grant-type:jwt-bearer",
        /// A token that it was given (RFC 8693).
        TokenExchange "urn:ietf:params:oauth:grant-type:token-exchange",
    }
    /// What a client may have in an answer of the authorization endpoint (`response_types`, OpenID Connect Registration §2, OAuth 2.0
    /// Multiple Response Types §3, §5).
    ResponseType {
        /// A code.
        Code "code",
        /// An ID token.
        IdToken "id_token",
        /// An ID token and an access token.
        IdTokenToken "id_token token",
        /// A code and an ID token.
        CodeIdToken "code id_token",
        /// A code and an access token.
        CodeToken "code token",
        /// All three.
        CodeIdTokenToken "code id_token token",
    }
    /// How a client learns what its customer said (`backchannel_token_delivery_mode`, CIBA Core §4).
    DeliveryMode {
        /// It asks the token endpoint.
        Poll "poll",
        /// It is told when to ask.
        Ping "ping",
        /// It is sent the tokens.
        Push "push",
    }
    /// Where a client runs (`application_type`, OpenID Connect Registration §2).
    ApplicationType {
        /// On a server, or in a browser.
        Web "web",
        /// On the customer's device (RFC 8252).
        Native "native",
    }
    /// By which names a client knows customers (`subject_type`, OpenID Connect Core §8).
    #[derive(Default)]
    SubjectType {
        /// By one that every client knows.
        #[default]
        Public "public",
        /// By one that its sector alone knows.
        Pairwise "pairwise",
    }
    /// Whether a request must use PKCE (RFC 7636). For public clients, and those with a security profile, it always must.
    Pkce {
        /// It must.
        Required "required",
        /// It may.
        Optional "optional",
    }
    /// Whether customers are asked before the client gets what it asks for.
    Consent {
        /// They are: the client is somebody else's.
        Ask "ask",
        /// They are not: the client belongs to whoever runs this deployment.
        Implied "implied",
    }
    /// What a client's access tokens look like.
    TokenFormat {
        /// A JWT that any API can check by itself (RFC 9068).
        Jwt "jwt",
        /// A handle that says nothing; APIs ask by introspection.
        Opaque "opaque",
    }
    /// Whether a token that was exchanged says who acts for the customer (RFC 8693 §1.1).
    ExchangeKind {
        /// It does: the client, or whom its `actor_token` is about.
        Delegation "delegation",
        /// It need not: the client may be taken for the customer's own.
        Impersonation "impersonation",
    }
    /// Whether a client may be used.
    Status {
        /// It may.
        Active "active",
        /// An administrator has stopped it.
        Disabled "disabled",
    }
}

impl AuthMethod {
    /// Whether it proves anything: a client without proof is public (RFC 6749 §2.1).
    #[must_use]
    pub const fn is_public(self) -> bool {
        matches!(self, Self::None)
    }

    /// Whether it works with a secret.
    #[must_use]
    pub const fn needs_secret(self) -> bool {
        matches!(self, Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt)
    }

    /// Whether it works with the certificate of the TLS connection.
    #[must_use]
    pub const fn needs_certificate(self) -> bool {
        matches!(self, Self::TlsClientAuth | Self::SelfSignedTlsClientAuth)
    }
}
