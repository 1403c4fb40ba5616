//! One page and one message of each kind, with what real ones show. Also what the unit tests render.

use time::macros::datetime;

use super::page::{
    AccountGrants, AccountPassword, AccountProfile, AccountRow, AccountSessions, Accounts, Answer, Ask,
    BackchannelRequest, Channel, ClientLink, Consent, Decided, Detail, DetailField, Device, DeviceCode,
    ErrorPage, Fault, Field, FieldError, Finished, FormPost, Frame, GrantRow, IdentifierKind, IdentifierRow,
    Identify, Link, LoggedOut, LogoutConfirm, Message, Moment, Notice, Page, Password, Place, ProfileValues,
    Recover, RecoverSent, Reset, ResetDone, ResetInvalid, Scope, SessionRow, SignUp, SignUpValues, Verify,
};

/// Every page by the name of its file; with errors too where the page has a form.
pub(crate) fn pages() -> Vec<(&'static str, Page)> {
    let mut pages = signin();
    pages.extend(signup());
    pages.extend(account());
    pages.extend(outcomes());
    pages
}

/// One message of each kind.
pub(crate) fn messages() -> Vec<Message> {
    let link = || "https://id.example.com/recover/reset?token=lk_rc_eu_5Jd0p2Vq".to_owned();
    let recover = || "https://id.example.com/recover".to_owned();
    vec![
        Message::VerifyEmail { code: "402913".into(), minutes: 10 },
        Message::VerifyPhone { code: "402913".into(), host: "id.example.com".into() },
        Message::Recovery { link: link(), minutes: 30 },
        Message::ApproveSignIn {
            client: "Borealis Bikes".into(),
            link: "https://id.example.com/approve?request=lk_ap_eu_9fQ2".into(),
            minutes: 10,
        },
        Message::AccountExists { sign_in: "https://id.example.com/signin".into(), recover: recover() },
        Message::PasswordChanged { recover: recover() },
        Message::AdminInvitation { link: link(), hours: 24 },
    ]
}

fn frame() -> Frame {
    let client = Some("Borealis Bikes".into());
    Frame { csrf: "c5rf".into(), tx: Some("lk_tx_eu_9fQ2".into()), client, ..Frame::default() }
}

fn failed(errors: Vec<FieldError>) -> Frame {
    Frame { errors, ..frame() }
}

fn payment() -> Detail {
    let field = |label: &str, value: &str| DetailField { label: label.to_owned(), value: value.to_owned() };
    Detail {
        title: "Make a payment".to_owned(),
        fields: vec![
            field("Amount", "12.50 EUR"),
            field("To", "Bike Rental Ltd, DE02 1203 0000 0000 2020 51"),
        ],
    }
}

fn scopes() -> Vec<Scope> {
    let words = |(name, title, description): (&str, &str, &str)| Scope {
        name: name.into(),
        title: Some(title.into()),
        description: (!description.is_empty()).then(|| description.into()),
    };
    [
        ("profile", "Your profile", "Your name and what else you tell of yourself."),
        ("email", "Your email address", ""),
        ("rides:read", "See your rides", "Routes and dates of the last twelve months."),
    ]
    .map(words)
    .into()
}

fn client() -> ClientLink {
    ClientLink { name: "Borealis Bikes".into(), uri: Link::parse("https://bikes.example.com/") }
}

fn signin() -> Vec<(&'static str, Page)> {
    let wrong = || vec![FieldError::on("password", Fault::CredentialsWrong)];
    let accounts = vec![
        AccountRow {
            session: "s1".into(),
            name: "Ada Lovelace".into(),
            identifier: "a•••@example.com".into(),
        },
        AccountRow {
            session: "s2".into(), name: String::new(), identifier: "+44 •••• ••00 42".into()
        },
    ];
    let identify =
        |frame, identifier: &str| Page::Identify(Identify { frame, identifier: identifier.into() });
    let decided = |place, answer| Page::Decided(Decided { client: client(), place, answer });
    let device = |frame, code: &str| Page::DeviceCode(DeviceCode { frame, user_code: code.into() });
    let password = |frame| Page::Password(Password { frame, username: "ada@example.com".into() });
    vec![
        ("identify", identify(frame(), "")),
        ("identify-direct", identify(Frame { client: None, tx: None, ..frame() }, "")),
        (
            "identify-error",
            identify(failed(vec![FieldError::on("identifier", Fault::IdentifierInvalid)]), "ada@"),
        ),
        ("password", password(frame())),
        ("password-error", password(failed(wrong()))),
        (
            "password-limited",
            password(failed(vec![FieldError::general(Fault::TooManyAttempts { seconds: 290 })])),
        ),
        (
            "consent",
            Page::Consent(Consent {
                frame: frame(),
                client: client(),
                device: None,
                host: Some("bikes.example.com".into()),
                request: None,
                policy_uri: Link::parse("https://bikes.example.com/privacy"),
                tos_uri: Link::parse("https://bikes.example.com/terms"),
                scopes: scopes(),
                details: vec![payment()],
                signed_in_as: "Ada Lovelace".into(),
                account: "usr_sample".to_owned(),
            }),
        ),
        (
            "consent-device",
            Page::Consent(Consent {
                frame: frame(),
                client: client(),
                device: Some(Device {
                    code: "WDJB-MJHT".into(),
                    address: "203.0.113.7".into(),
                    asked: Moment(datetime!(2027-01-15 08:00 UTC)),
                }),
                host: None,
                request: None,
                policy_uri: None,
                tos_uri: None,
                scopes: scopes(),
                details: Vec::new(),
                signed_in_as: "Ada Lovelace".into(),
                account: "usr_sample".to_owned(),
            }),
        ),
        (
            "consent-request",
            Page::Consent(Consent {
                frame: frame(),
                client: client(),
                device: None,
                host: None,
                request: Some(BackchannelRequest {
                    message: Some("Rental 4711".into()),
                    asked: Moment(datetime!(2027-01-15 08:00 UTC)),
                }),
                policy_uri: None,
                tos_uri: None,
                scopes: scopes(),
                details: Vec::new(),
                signed_in_as: "Ada Lovelace".into(),
                account: "usr_sample".to_owned(),
            }),
        ),
        ("device", device(Frame { client: None, tx: None, ..frame() }, "")),
        ("device-error", device(failed(vec![FieldError::on("user_code", Fault::UserCodeWrong)]), "WDJB-MJH")),
        ("device-granted", decided(Place::Device, Answer::Granted)),
        ("device-denied", decided(Place::Device, Answer::Denied)),
        ("approve-granted", decided(Place::Application, Answer::Granted)),
        ("approve-denied", decided(Place::Application, Answer::Denied)),
        ("accounts", Page::Accounts(Accounts { frame: frame(), accounts })),
        ("recover", Page::Recover(Recover { frame: frame(), identifier: "ada@example.com".into() })),
        ("recover-sent", Page::RecoverSent(RecoverSent { tx: frame().tx, minutes: 30 })),
        (
            "reset",
            Page::Reset(Reset {
                frame: failed(vec![FieldError::on("password", Fault::PasswordTooCommon)]),
                token: "lk_rc_eu_5Jd0p2Vq".into(),
                username: "ada@example.com".into(),
                password_minimum: 12,
            }),
        ),
        ("reset-done", Page::ResetDone(ResetDone { tx: frame().tx })),
        ("reset-invalid", Page::ResetInvalid(ResetInvalid { tx: None })),
    ]
}

fn signup() -> Vec<(&'static str, Page)> {
    let values = SignUpValues {
        email: "ada@example".into(),
        phone: "0171 23".into(),
        given_name: "Ada".into(),
        family_name: "Lovelace".into(),
    };
    let errors = vec![
        FieldError::on("email", Fault::EmailInvalid),
        FieldError::on("phone", Fault::PhoneInvalid),
        FieldError::on("password", Fault::PasswordTooShort { minimum: 12 }),
    ];
    let verify = |frame, channel, to: &str| {
        let skippable = channel == Channel::Sms;
        let identifier = String::new();
        Page::Verify(Verify { frame, channel, to: to.into(), correctable: true, skippable, identifier })
    };
    let resent = Frame { notice: Some(Notice::CodeSent), ..frame() };
    vec![
        (
            "signup",
            Page::SignUp(SignUp {
                frame: frame(),
                values: SignUpValues::default(),
                phone: Ask::No,
                name: Ask::No,
                password_minimum: 12,
            }),
        ),
        (
            "signup-error",
            Page::SignUp(SignUp {
                frame: failed(errors),
                values,
                phone: Ask::Optional,
                name: Ask::Required,
                password_minimum: 12,
            }),
        ),
        ("verify-email", verify(resent, Channel::Email, "a•••@example.com")),
        (
            "verify-sms",
            verify(failed(vec![FieldError::on("code", Fault::CodeWrong)]), Channel::Sms, "+44 •••• ••00 42"),
        ),
    ]
}

fn account() -> Vec<(&'static str, Page)> {
    let signed_in_as = || "Ada Lovelace".to_owned();
    let frame = |notice| Frame { csrf: "c5rf".into(), notice, ..Frame::default() };
    vec![
        ("account-profile", profile(frame(Some(Notice::ProfileSaved)))),
        (
            "account-profile-error",
            profile(Frame {
                errors: vec![
                    FieldError::on("birthdate", Fault::BirthdateInvalid),
                    FieldError::on("locale", Fault::LocaleInvalid),
                ],
                ..frame(None)
            }),
        ),
        (
            "account-password",
            Page::AccountPassword(AccountPassword {
                frame: Frame {
                    errors: vec![FieldError::on("current_password", Fault::PasswordWrong)],
                    ..frame(None)
                },
                signed_in_as: signed_in_as(),
                username: "ada@example.com".into(),
                password_minimum: 12,
            }),
        ),
        (
            "account-sessions",
            Page::AccountSessions(AccountSessions {
                frame: frame(None),
                signed_in_as: signed_in_as(),
                sessions: sessions(),
            }),
        ),
        (
            "account-grants",
            Page::AccountGrants(AccountGrants {
                frame: frame(Some(Notice::GrantRevoked)),
                signed_in_as: signed_in_as(),
                grants: vec![GrantRow {
                    client_id: "bikes".into(),
                    client: "Borealis Bikes".into(),
                    client_uri: Link::parse("https://bikes.example.com/"),
                    scopes: scopes(),
                    details: vec![payment()],
                    since: Moment(datetime!(2026-03-09 14:05 UTC)),
                }],
            }),
        ),
        (
            "account-grants-none",
            Page::AccountGrants(AccountGrants {
                frame: frame(None),
                signed_in_as: signed_in_as(),
                grants: Vec::new(),
            }),
        ),
    ]
}

fn profile(frame: Frame) -> Page {
    let identifier = |kind, value: &str, verified| IdentifierRow { kind, value: value.into(), verified };
    Page::AccountProfile(AccountProfile {
        frame,
        signed_in_as: "Ada Lovelace".into(),
        values: ProfileValues {
            name: "Ada Lovelace".into(),
            given_name: "Ada".into(),
            family_name: "Lovelace".into(),
            nickname: String::new(),
            birthdate: "1815-12-10".into(),
            zoneinfo: "Europe/London".into(),
            locale: "en".into(),
        },
        identifiers: vec![
            identifier(IdentifierKind::Email, "ada@example.com", true),
            identifier(IdentifierKind::Phone, "+44 20 7946 0042", false),
            identifier(IdentifierKind::Username, "ada", true),
        ],
    })
}

fn sessions() -> Vec<SessionRow> {
    let row = |id: &str, device: &str, address: &str, current| SessionRow {
        id: id.into(),
        device: device.into(),
        address: address.into(),
        started: Moment(datetime!(2026-11-02 08:41 UTC)),
        seen: Moment(datetime!(2026-11-23 21:08 UTC)),
        current,
        clients: vec!["Borealis Bikes".into(), "Northern Post".into()],
    };
    vec![
        row("s1", "Firefox on Linux", "192.0.2.17", true),
        row("s2", "Safari on iPhone", "2001:db8:85a3::8a2e:370:7334", false),
        SessionRow { clients: Vec::new(), ..row("s3", "", "198.51.100.4", false) },
    ]
}

fn outcomes() -> Vec<(&'static str, Page)> {
    let field = |name: &str, value: &str| Field { name: name.into(), value: value.into() };
    let error = |fault, detail: Option<&str>, client: Option<ClientLink>| {
        let request_id = "5f2c1b7e-6d0a-4c55-9b1e-2f0a7d3e9c11".into();
        let again = client.is_none().then(|| "/signin".to_owned());
        Page::Error(ErrorPage { fault, detail: detail.map(str::to_owned), request_id, client, again })
    };
    let mut pages = vec![
        (
            "logout",
            Page::LogoutConfirm(LogoutConfirm {
                frame: frame(),
                fields: vec![field("client_id", "borealis-bikes"), field("confirm", "yes")],
            }),
        ),
        (
            "logged-out",
            Page::LoggedOut(LoggedOut {
                client: Some(client()),
                frames: Vec::new(),
                onward: None,
                waits: false,
            }),
        ),
        (
            "logged-out-onward",
            Page::LoggedOut(LoggedOut {
                client: Some(client()),
                frames: Link::parse("https://bikes.example.com/logout?iss=x&sid=y").into_iter().collect(),
                onward: Some("https://bikes.example.com/?state=af0ifjsldkj".into()),
                waits: false,
            }),
        ),
        (
            "error",
            error(
                Fault::RedirectUriInvalid,
                Some("`redirect_uri` is not registered for client `bikes`"),
                None,
            ),
        ),
        ("error-expired", error(Fault::TransactionExpired, None, Some(client()))),
        ("finished", Page::Finished(Finished { client: Some(client()), answer: Answer::Granted })),
        ("finished-denied", Page::Finished(Finished { client: None, answer: Answer::Denied })),
    ];
    pages.extend(Link::parse("https://bikes.example.com/callback").map(|action| {
        let fields = vec![field("code", "lk_ac_eu_x"), field("state", "af0ifjsldkj")];
        ("form-post", Page::FormPost(FormPost { action, fields, client: Some("Borealis Bikes".into()) }))
    }));
    pages
}
